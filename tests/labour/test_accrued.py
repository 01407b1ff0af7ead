"""Accrued benefits of the insured stage: what present members have earned by the valuation date, nothing more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.demography.population import project_population
from actuarial.errors import BadInput
from actuarial.labour import earnings
from actuarial.labour.insured import project_insured
from actuarial.labour.reported import CLAIM_NAMES
from tests.labour.test_insured import SCHEME
from tests.reference import insured_loop
from tests.reference.insured_basis import basis_of, population_of, scheme_of
from tests.reference.scenario import SCENARIO
from tests.reference.small import small_basis

CLAIMS = list(CLAIM_NAMES.values())


def few_credits():
    """The active of the scenario at four credits only."""
    kept = np.zeros_like(SCENARIO.active_0)
    for months in (60, 140, 175, 290):
        kept[45:62, months] = SCENARIO.active_0[45:62].sum(axis=1) / 4
    return kept


NO_EXITS = replace(
    SCENARIO, years=8, target=SCENARIO.target[:8], exit_rate=np.zeros(101), inactive_0=0 * SCENARIO.inactive_0,
    reentry_share=np.zeros(101), wage_cv=0.0, revaluation="wages", active_0=few_credits(),
)


def run(basis, **options):
    return project_insured(project_population(basis), basis, SCHEME, **options)


@pytest.fixture(scope="module")
def small():
    """The small basis, its open run, and the present members with whole and with accrued benefits."""
    basis = small_basis()
    whole = run(basis, service="years")
    parts = {
        accrued: run(basis, service="years", entries=whole, members="present", accrued=accrued)
        for accrued in ("no", "projected", "frozen")
    }
    return basis, whole, parts


def test_only_claims_are_returned(small):
    """Stocks would count months instead of persons."""
    _, _, parts = small
    for accrued in ("projected", "frozen"):
        assert sorted(parts[accrued].data_vars) == sorted(CLAIMS)
        assert parts[accrued]["claims_number"].attrs["events"] == parts["no"]["claims_number"].attrs["events"]


def test_accrued_is_part_of_the_whole(small):
    _, _, parts = small
    whole, projected, frozen = (parts[accrued] for accrued in ("no", "projected", "frozen"))
    for name in CLAIMS:
        assert (projected[name] <= whole[name] * (1 + 1e-12)).all()
    assert (frozen["claims_amount"] <= projected["claims_amount"] * (1 + 1e-12)).all()
    assert_allclose(frozen["claims_number"], projected["claims_number"], rtol=0)
    assert float(frozen["claims_amount"].sum() / projected["claims_amount"].sum()) < 0.99
    assert float(projected["claims_amount"].sum() / whole["claims_amount"].sum()) < 0.95


def by_hand(scenario, replay, salary):
    """Pensions and persons of those who retire (t, y), each with the months of the valuation date and no other.

    One run of the loop for the members of each credit: c_0/c of accrual x c/12 x RS is accrual x c_0/12 x RS.
    """
    amount, number = np.zeros((scenario.years, 101)), np.zeros((scenario.years, 101))
    for months in np.flatnonzero(scenario.active_0.any(axis=0)):
        alone = np.zeros_like(scenario.active_0)
        alone[:, months] = scenario.active_0[:, months]
        retired = insured_loop.project(replace(scenario, active_0=alone), replay=replay)["claims_number"]
        amount += retired * scenario.accrual * months / 12 * salary
        number += retired
    return amount, number


def mean_salary(scenario, salary):
    """Reference earnings (t, y) of a salary by year (from the base year on) and age, revalued by the growth."""
    mean = np.zeros((scenario.years, 101))
    for t in range(1, scenario.years + 1):
        for y in range(101):
            mean[t - 1, y] = np.mean([
                salary(t - k, max(y - k, 0)) * (1 + scenario.growth) ** k for k in range(scenario.reference_years)
            ])
    return mean


def projected_salary(year, age):
    return NO_EXITS.salary_0[age] * (1 + NO_EXITS.growth) ** year


def frozen_salary(year, age):
    return projected_salary(min(year, 0), max(age - max(year, 0), 0))


@pytest.mark.parametrize(("accrued", "salary"), [("projected", projected_salary), ("frozen", frozen_salary)])
def test_members_without_exits_are_awarded_the_months_they_had(accrued, salary):
    basis, scheme = basis_of(NO_EXITS), scheme_of(NO_EXITS)
    whole = project_insured(population_of(basis), basis, scheme)
    found = project_insured(population_of(basis), basis, scheme, entries=whole, members="present", accrued=accrued)
    one = found.sel(benefit="old_age", sex="male")
    assert float(whole["contraction_rate"].max()) == 0
    replay = insured_loop.Replay(np.zeros((8, 101)), np.zeros(8), np.zeros((8, 101)))
    amount, number = by_hand(NO_EXITS, replay, mean_salary(NO_EXITS, salary))
    assert amount.sum() > 0
    assert_allclose(one["claims_amount"], amount, rtol=1e-9, atol=1e-9 * amount.max())
    assert (one["claims_number"] <= number + 1e-9).all()


def test_salaries_of_cohorts_stand_still():
    basis = small_basis()
    path = earnings.salary_path(basis, before=2)
    still = earnings.frozen(path, 2024)
    xr.testing.assert_identical(still.sel(year=slice(None, 2024)), path.sel(year=slice(None, 2024)))
    for age, then in ((40, 37), (2, 0), (100, 97)):
        assert_allclose(still.sel(year=2027, age=age), path.sel(year=2024, age=then), rtol=0)


def test_scenarios_are_the_runs_of_their_own(small):
    basis, _, parts = small
    factor = xr.DataArray([1.0, 1.5], dims="scenario", coords={"scenario": ["central", "exits"]})
    both = basis.assign(exit_rate=basis["exit_rate"] * factor)
    whole = run(both, service="years")
    found = run(both, service="years", entries=whole, members="present", accrued="frozen")
    alone = basis.assign(exit_rate=basis["exit_rate"] * 1.5)
    other = run(alone, service="years", entries=run(alone, service="years"), members="present", accrued="frozen")
    for name in CLAIMS:
        assert_allclose(found[name].sel(scenario="central"), parts["frozen"][name], rtol=0)
        assert_allclose(found[name].sel(scenario="exits"), other[name], rtol=0)


@pytest.mark.parametrize(("options", "message"), [
    ({"accrued": "half"}, "accrued: 'half' is not known; write one of 'no', 'projected', 'frozen'"),
    ({"members": "future"}, "accrued: only present members have accrued benefits, not 'future'"),
    ({"entries": None}, "accrued: present members re-enter at the rates of an open run; project it first"),
    ({"keep": ("service",)}, "keep: a run of accrued benefits counts months instead of persons"),
])
def test_what_cannot_be_accrued_is_refused(small, options, message):
    basis, whole, _ = small
    with pytest.raises(BadInput, match=message):
        run(basis, **({"service": "years", "entries": whole, "members": "present", "accrued": "frozen"} | options))
