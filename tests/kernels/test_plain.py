"""The kernel for members while nobody is inactive and no amount has a limit: against the general one and the oracle."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actuarial.labour import kernels, plain
from tests.kernels.test_insured import AGES, YEARS, Recipe, arguments_of, cases, close, examples, outcome, random_case
from tests.oracle.insured import Run

OTHERS = ("rho", "kappa", "shortfall", "refused")


def free(case, leaving):
    """A case without limits and inactives, where members leave at the rates of some years (year,) only."""
    claims = [
        replace(claim, parts=[
            replace(part, least=0.0 * part.least, most=np.full_like(part.most, np.inf), capped=False)
            for part in claim.parts
        ])
        for claim in case.claims
    ]  # fmt: skip
    rates = case.rates | {"exit": case.rates["exit"] * leaving[:, np.newaxis]}
    return replace(case, claims=claims, rates=rates, inactive_0=0.0 * case.inactive_0)


def without_history(arguments):
    return (*arguments[:9], np.zeros((0, *arguments[9].shape[1:])), arguments[10])


simple = cases().filter(lambda case: not case.accounts and case.recovery is None and case.taps is None)


@settings(max_examples=examples(40))
@given(simple, st.sampled_from([(0, 0, 0, 0), (0, 0, 1, 1), (0, 1, 0, 0), (1, 1, 1, 1)]), st.booleans())
def test_flows_are_those_of_the_general_kernel_and_of_the_oracle(case, leaving, closed):
    """Years before, between and after those in which somebody becomes inactive, open groups and given entries."""
    case = free(case, np.array(leaving, dtype=float))
    new = np.random.default_rng(1).uniform(0, 5, (YEARS, AGES))
    entries = (new, np.zeros((YEARS, AGES)), np.zeros((YEARS, AGES))) if closed else None
    one, other = (without_history(arguments_of(case, given_entries=entries)) for _ in range(2))
    assert plain.fits(one)
    plain.project(one, YEARS)
    kernels.project_insured(*other, 0, YEARS)
    found, expected = outcome(one)[0], outcome(other)[0]
    for name in (*kernels.BY_AGE, *kernels.BY_CLAIM):
        close(getattr(found, name), getattr(expected, name), name, 1e-12)
    if not closed:
        slow = Run(case)
        for name in (*kernels.BY_AGE, *kernels.BY_CLAIM):
            if name not in OTHERS:
                book = slow.claims if name in kernels.BY_CLAIM else slow.flows
                close(getattr(found, name), book["present"][name] + book["future"][name], name, 1e-9)


@pytest.mark.parametrize("gates", [(1.0, 1.0), (0.3, 0.6)])
def test_years_end_where_somebody_becomes_inactive(gates):
    """A target that grows in two years and falls in the third: two years pass, and the third one leaves no trace."""
    recipe = Recipe(3, 12, None, 3, 0.0, False, True, 0.5, False, 1.1, 1, "status", 0, gates)
    case = free(random_case(recipe), np.zeros(YEARS))
    case = replace(case, target=case.target * np.array([1.0, 1.0, 0.1, 1.0]))
    arguments = without_history(arguments_of(case))
    assert plain._project_plain(arguments, YEARS) == 2
    flows = outcome(arguments)[0]
    assert flows.active[:2].all(axis=0).any()
    for name in (*kernels.BY_AGE, *kernels.BY_CLAIM):
        assert not getattr(flows, name)[2:].any(), name


def test_nobody_starts_a_benefit_beside_one_that_is_out_of_reach():
    """A pension of the last cell, which no member has by mid-year, and a benefit beside it that all members would have:
    nobody retires, by either kernel."""
    case = free(random_case(Recipe(3, 12, 1.0, 3, 0.0, False, False, 0.5, False, 1.1, 1, "status", 0)), np.zeros(YEARS))
    pension, beside = replace(case.claims[0], event=0), replace(case.claims[1], event=0, leaves=False)
    last = np.zeros_like(pension.share)
    last[..., -1] = 1.0
    claims = [replace(pension, share=last), replace(beside, share=np.ones_like(last))]
    one, other = (without_history(arguments_of(replace(case, claims=claims))) for _ in range(2))
    plain.project(one, YEARS)
    kernels.project_insured(*other, 0, YEARS)
    assert outcome(one)[0].active.any()
    assert not outcome(other)[0].claims.any()
    assert not outcome(one)[0].claims.any()


def changed(arguments, place, **arrays):
    parts = list(arguments)
    parts[place] = parts[place]._replace(**arrays)
    return tuple(parts)


@settings(max_examples=4)
@given(simple)
def test_laws_with_limits_and_members_with_more_than_credits_go_the_other_way(case):
    given = without_history(arguments_of(free(case, np.zeros(YEARS))))
    answers, state = given[6], given[0]
    assert plain.fits(given)
    assert not plain.fits(changed(given, 6, unit_capped=np.ones_like(answers.unit_capped)))
    assert not plain.fits(changed(given, 6, unit_floor=answers.unit_floor + 1.0))
    assert not plain.fits(changed(given, 6, unit_ceiling=answers.unit_ceiling * 0.0 + 9.0))
    assert not plain.fits(changed(given, 6, unit_kind=answers.unit_kind + 1))
    assert not plain.fits(changed(given, 6, amount_part=answers.amount_part + 1))
    assert not plain.fits(changed(given, 0, inactive=state.inactive + 1.0))
    assert not plain.fits(arguments_of(free(case, np.zeros(YEARS))))
    assert not plain.fits(without_history(arguments_of(free(case, np.zeros(YEARS)), "present")))
