"""The kernel of the insured against an oracle on arbitrary small inputs, and what must hold whatever the inputs."""

from __future__ import annotations

import os
from dataclasses import replace
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import betabinom, binom

from actuarial.jit import WIDTH
from actuarial.labour import kernels, records
from actuarial.labour.dispersion import beta_binomial
from actuarial.labour.transfers import Links, project_coupled
from actuarial.numeric import limited_tables
from tests.oracle.insured import MOVED as ORACLE_MOVED
from tests.oracle.insured import ORIGINS, Accrued, Case, Claim, Held, Part, Run, run_together

YEARS, AGES = 4, 9
UNCOMPILED = os.environ.get("NUMBA_DISABLE_JIT") == "1"
CONCEPTS = {"status": kernels.STATUS, "average": kernels.AVERAGE, "any": kernels.ANY}
MEMBERS = {"all": ([1.0], [1.0]), "present": ([1.0, 1.0], [1.0, 0.0]), "future": ([1.0, 0.0], [1.0, 1.0])}


def examples(number):
    """Number of generated inputs: fewer where kernels run as plain Python, which is slow and done for coverage."""
    return max(4, number // 5) if UNCOMPILED else number


def rows_of(tables):
    """Distinct rows of tables (t, y, c), and the row of every (table, t, y)."""
    stacked = np.stack(tables)
    rows, index = np.unique(stacked.reshape(-1, stacked.shape[-1]), axis=0, return_inverse=True)
    return index.reshape(stacked.shape[:-1]).astype(np.int64), np.ascontiguousarray(rows)


def answers_of(claims, apart, months=None):
    """The law of a case as the kernel takes it; the claims are in the order of their events.

    With months (c,) what is recorded of a claim is one part in as many as there are months.
    """
    parts = [part for claim in claims for part in claim.parts]
    units = list({id(part.rate): part for part in parts}.values())
    idle = [claim.share if claim.idle is None else claim.idle for claim in claims]
    claim_index, claim_rows = rows_of([claim.share for claim in claims] + idle)
    claim_index = claim_index.reshape(2, len(claims), *claim_index.shape[1:])
    award_index = claim_index
    if months is not None:
        award_index = claim_index + len(claim_rows)
        claim_rows = np.concatenate([claim_rows, claim_rows / np.where(months > 0, months, np.inf)])
    everywhere = np.ones_like(units[0].rate)
    shares = [
        everywhere if share is None else everywhere * share
        for share in [getattr(unit, name) for name in ("shares", "most_shares", "offset_shares") for unit in units]
    ]
    unit_index, unit_rows = rows_of([unit.rate for unit in units] + shares)
    rate_index, floor_index, ceiling_index, offset_index = unit_index.reshape(4, len(units), *unit_index.shape[1:])
    return records.Answers(
        np.array([sum(claim.event < event for claim in claims) for event in range(5)]),
        np.array([int(claim.leaves) for claim in claims]),
        claim_index,
        award_index,
        claim_rows,
        np.cumsum([0] + [len(claim.parts) for claim in claims]),
        np.array([[part.rate is unit.rate for unit in units].index(True) for part in parts]),
        np.stack([np.full_like(part.scale, part.multiple) for part in parts]),
        np.array([-1 if part.part is None else part.part for part in parts]),
        np.array([int(part.rest) for part in parts]),
        np.full(len(parts), -1),
        np.zeros(len(claims)),
        np.full((len(claims), len(everywhere)), 1e30),
        np.zeros(len(claims), dtype=np.int64),
        rate_index,
        unit_rows,
        np.array([-1 if unit.base is None else unit.base for unit in units]),
        np.array([apart.index(unit.base) if unit.base in apart else -1 for unit in units]),
        np.array([int(unit.capped) for unit in units]),
        np.stack([unit.scale for unit in units]),
        np.stack([unit.least for unit in units]),
        floor_index,
        np.minimum(np.stack([unit.most for unit in units]), 1e30),
        ceiling_index,
        np.array([unit.kind for unit in units]),
        np.stack([np.zeros_like(unit.scale) if unit.offset is None else unit.offset for unit in units]),
        offset_index,
    )


WORDS = ("full", "floor", "ceiling", "insured", "below")


def accounts_of(case, years):
    """The accounts of a case as the kernel takes them, and the opening balances of active and inactive (q, x, c)."""
    masses = [(held, word) for held in case.accounts for word in held.credits]
    rows = np.full((len(case.accounts), len(WORDS)), -1)
    place = 0
    for a, held in enumerate(case.accounts):
        for word in held.credits:
            rows[a, WORDS.index(word)] = place
            place += 1

    def over(values):
        shape = (years, AGES, len(masses))
        return np.ascontiguousarray(np.stack(values, axis=-1)[:years]) if values else np.zeros(shape)

    def reached(values):
        return np.concatenate([values[:, :1], values[:, :-1]], axis=1)

    half = [held.grown**0.5 if held.interest else held.grown for held, _ in masses]
    rest = [held.grown / part * held.inherited for (held, _), part in zip(masses, half, strict=True)]
    late = [reached(held.grown) ** 0.25 if held.interest else np.ones_like(held.grown) for held, _ in masses]
    credits = [held.credits[word] for held, word in masses]
    stay = [
        credit * late**2 * reached(held.inherited)
        for (held, _), credit, late in zip(masses, credits, late, strict=True)
    ]
    part = [credit * late for credit, late in zip(credits, late, strict=True)]
    accounts = records.Accounts(
        rows, np.array([int(held.own) for held, _ in masses], dtype=np.int64),
        np.zeros((0, len(masses)), dtype=np.int64),
        over([held.grown * held.inherited for held, _ in masses]), over(half), over(rest), over(stay), over(part),
        over(credits),
        np.zeros(0, dtype=np.int64),
        np.zeros((0, case.active_0.shape[1])),
        *np.zeros((3, years, AGES, 0)),
    )
    shape = (len(masses), *case.active_0.shape)
    heads = np.stack([held.opening[word] for held, word in masses]) if masses else np.zeros(shape)
    return accounts, heads * case.active_0, heads * case.inactive_0, heads * invalids_of(case)


def invalids_of(case):
    """Invalids who may recover before the first year (x, c)."""
    return np.zeros_like(case.active_0) if case.recovery is None else case.recovery["opening"]


def arguments_of(case, members="all", given_entries=None, years=None, most_tables=0, accrued=False):
    """Arguments of the kernel; given_entries are (new, rho, kappa) of an open run.

    Accrued: the tranche of the present members holds their months, and a claim with c months is recorded as 1/c.
    """
    years = years or len(case.target)
    share, joins = MEMBERS[members]
    ages, cells = case.active_0.shape
    months = case.step * np.arange(cells) if accrued else None
    share = [share[0], months] if accrued else share
    references = case.reference.shape[2]
    heads = [value.T[:, :, None] for value in (
        case.earnings_0, np.tile(case.floor_0, (ages, 1)), np.tile(case.ceiling_0, (ages, 1)))]
    products = np.array([heads[0][k] * value[k] for k in case.apart for value in heads]).reshape(-1, ages, 1)
    masses = [case.inactive_0[None] * value for value in (*heads, products)]
    accounts, *held, kept = accounts_of(case, years)
    ill = invalids_of(case)
    invalid = [np.stack([f * ill for f in share]), *(ill[None] * value for value in (*heads, products)), kept]
    if case.recovery is None:
        sizes = (len(share), *(references,) * 3, 3 * len(case.apart), len(accounts.own))
        invalid = [np.zeros((size, 0, 0)) for size in sizes]
    state = records.State(
        np.stack([f * case.active_0 for f in share]), np.stack([f * case.inactive_0 for f in share]),
        *(np.ascontiguousarray(mass) for mass in masses), *held, *map(np.ascontiguousarray, invalid),
        np.zeros((3, ages), dtype=np.int64),
    )
    spare = records.State(*(np.full_like(array, 7.0) for array in state))
    nothing = np.zeros((years, ages))
    entries = records.Entries(
        np.array([CONCEPTS[case.concept] if given_entries is None else kernels.GIVEN]),
        case.target[:years], np.array(joins), *(given_entries or (nothing,) * 3),
        case.admitted * np.ones(years), case.readmitted * np.ones(years), np.zeros(years),
    )
    r = case.rates
    names = ("q", "q", "exit", "invalidity", "density", "profile", "reentry", "cv")
    *tables, table = limited_tables(r["cv"][:years], most_tables)
    taps = np.zeros((2, years, ages, 0)) if case.taps is None else [part[:years] for part in case.taps]
    rates = records.Rates(*(r[name][:years] for name in names), table, *tables, *taps, *recovery_of(case, years))
    claims, bases = len(case.claims), references + len(case.accounts)
    flows = records.Flows(
        np.zeros((len(kernels.BY_AGE), years, ages)), np.zeros((len(kernels.BY_CLAIM), years, claims, ages)),
        np.zeros((len(kernels.BY_ACCOUNT), years, len(accounts.own), ages)),
        np.zeros((3, years, len(accounts.banded), ages)),
    )
    answers = answers_of(case.claims, case.apart, months)
    work = records.Work(
        *np.full((3, cells), 9.0), np.full(4, 9.0), *np.full((6, cells), 9.0),
        np.full((len(answers.unit_base), 4), 9.0), np.zeros((len(answers.unit_base), 2), dtype=np.int64),
        *np.full((3, len(answers.unit_base), cells), 9.0),
        np.full((len(accounts.own), cells), 9.0), *np.full((5, bases, cells), 9.0),
        np.full((len(case.apart), 7, cells), 9.0),
    )
    history = np.zeros((years, 2 if case.recovery is None else 3, ages, cells))
    apart = np.array(case.apart, dtype=np.int64)
    limits = (part[:, np.newaxis] for part in (case.floor, case.ceiling, case.growth))  # the same at all ages
    earnings = records.Earnings(case.reference, *limits, apart)
    return (
        state, spare, rates, entries, earnings, accounts, answers, flows, work, history,
        float(case.step),
    )


def recovery_of(case, years):
    """Who stays invalid and who recovers as the kernel takes it; at the last two ages it is the same."""
    if case.recovery is None:
        return np.array([-1]), *(np.zeros((0, 0)) for _ in range(5))
    stays, alive, converts = (case.recovery[name][:years] for name in ("stays", "alive", "converts"))
    recovers = (1 - stays / alive) * (1 + alive) / 2
    older = [np.concatenate([part[:, :1], part[:, :-1]], axis=1) for part in (stays, recovers)]
    back = np.divide(older[1], 1 - older[0], out=np.zeros_like(stays), where=older[0] < 1)
    return np.array([case.recovery["claim"]]), stays, back, (1 + older[0]) / 2, older[1] / 2, converts


def project(case, members="all", given_entries=None, **options):
    """Run the kernel, see `arguments_of`. Returns flows, history and closing state."""
    arguments = arguments_of(case, members, given_entries, **options)
    kernels.project_insured(*arguments, 0, len(arguments[2].density))
    return outcome(arguments)


def outcome(arguments):
    """Flows by name, history and closing state among the arguments of the kernel after a run."""
    state, spare, rates, *_, flows, _, history, _ = arguments
    names, tables = (*kernels.BY_AGE, *kernels.BY_CLAIM), (*flows.by_age, *flows.by_claim)
    named = SimpleNamespace(**dict(zip(names, tables, strict=True)))
    named.by_account = dict(zip(kernels.BY_ACCOUNT, flows.by_account, strict=True))
    return named, history, (state, spare)[len(rates.density) % 2]


class Recipe(NamedTuple):
    """What a random case is made of."""

    seed: int
    step: int
    density: float | None
    opening: int
    inactive: float
    exits: bool
    invalids: bool
    reentry: float
    spread: bool
    level: float
    references: int
    concept: str
    accounts: int
    gates: tuple[float, float] = (1.0, 1.0)
    dispersion: float | None = None
    recovers: bool = False
    apart: tuple[int, ...] = ()


def cases(concepts=tuple(CONCEPTS)):
    """Small cases: random stocks, rates and law; targets that rise or fall, few or many inactive.

    Where all concepts may be, groups may be closed to some of those who enter, so that targets are missed.
    """
    gates = [(1.0, 1.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0), (0.3, 0.6)] if len(concepts) > 1 else [(1.0, 1.0)]
    recipe = st.builds(
        Recipe,
        seed=st.integers(0, 2**32 - 1),
        step=st.sampled_from([1, 12]),
        density=st.sampled_from([None, 0.0, 0.25, 1 / 3, 1.0]),
        opening=st.sampled_from([3, 6]),
        inactive=st.sampled_from([0.0, 5.0, 60.0]),
        exits=st.booleans(),
        invalids=st.booleans(),
        reentry=st.sampled_from([0.0, 0.5, 1.0]),
        spread=st.booleans(),
        level=st.sampled_from([0.0, 0.5, 0.9, 1.1, 2.0]),
        references=st.sampled_from([1, 2]),
        concept=st.sampled_from(concepts),
        accounts=st.sampled_from([0, 0, 1, 3]),
        gates=st.sampled_from(gates),
        recovers=st.booleans(),
        apart=st.sampled_from([(), (0,), (0, 1), (1,)]),
        dispersion=st.sampled_from([None, None, None, None, 0.4]),
    )
    return recipe.map(random_case)


def random_case(recipe):
    """The case of a recipe."""
    rng = np.random.default_rng(recipe.seed)
    density = rng.uniform(0.05, 1.0 if recipe.step == 12 else 0.4, (YEARS, AGES))
    if recipe.density is not None:
        density[:] = min(recipe.density, 1.0 if recipe.step == 12 else 0.5)
    taps = None
    if recipe.step == 1 and recipe.dispersion is not None:
        taps = tuple(beta_binomial_by_scipy(n, density, recipe.dispersion) for n in (12, 6))
    half = int(np.ceil(6 * density.max() / recipe.step)) if taps is None else 6
    cells = recipe.opening + YEARS * 2 * half + 2  # who leaves and returns in a year is split at each half of it
    cells = max(cells, WIDTH)
    used = np.arange(cells) < recipe.opening
    active = rng.uniform(0, 100, (AGES, cells)) * used * (rng.random((AGES, cells)) < 0.6)
    inactive = rng.uniform(0, recipe.inactive, (AGES, cells)) * used
    profile = rng.random((YEARS, AGES)) * (rng.random(AGES) < 0.7) + np.eye(AGES)[2]
    rates = {
        "q": rng.uniform(0, 0.2, (YEARS, AGES)),
        "exit": rng.uniform(0, 0.3, (YEARS, AGES)) * recipe.exits,
        "invalidity": rng.uniform(0, 0.1, (YEARS, AGES)) * recipe.invalids,
        "density": density,
        "profile": profile / profile.sum(axis=1, keepdims=True),
        "reentry": rng.uniform(0, recipe.reentry, (YEARS, AGES)),
        "cv": rng.uniform(0, 1, (YEARS, AGES)) * recipe.spread,
    }
    level = recipe.level ** np.arange(1, YEARS + 1)
    target = active.sum() * level * (density.mean() if recipe.concept == "average" else 1.0)
    k = recipe.references
    reference = rng.uniform(50, 150, (YEARS, AGES, k))
    low, high = rng.uniform(0, 60, (YEARS, k)), rng.uniform(90, 200, (YEARS, k))
    accounts = tuple(random_account(rng, cells, recipe.step, a) for a in range(recipe.accounts))
    claims = random_law(rng, cells, k)
    claims += account_claims(rng, cells, k, len(accounts), claims[0].share + claims[1].share)
    claims, recovery = sorted(claims, key=lambda claim: claim.event), None
    if recipe.recovers and recipe.invalids:
        alive, remain = rng.uniform(0.7, 1.0, (2, YEARS, AGES))
        alive[:, -1], remain[:, -1] = alive[:, -2], remain[:, -2]
        converts = np.broadcast_to(np.where(np.arange(AGES) == 5, 0.5, np.arange(AGES) > 5), (YEARS, AGES)).copy()
        place = [claim.event for claim in claims].index(1)
        opening = rng.uniform(0, 40, (AGES, cells)) * used * (rng.random((AGES, cells)) < 0.06)
        recovery = {"claim": place, "stays": alive * remain, "alive": alive, "converts": converts, "opening": opening}
    return Case(
        recipe.step, active, inactive, reference[0] * 0.8, low[0], high[0], rates, recipe.concept, target, reference,
        low, high, rng.uniform(-0.05, 0.1, (YEARS, k)), claims, repr(recipe),
        accounts, *recipe.gates, recovery, tuple(b for b in recipe.apart if b < k), taps,
    )


def beta_binomial_by_scipy(months, density, rho):
    """Chances (t, y, months + 1) of months contributed."""
    k, d = np.arange(months + 1), density[..., None]
    if rho == 0.0:
        return binom.pmf(k, months, d)
    size = 1 / rho - 1
    inside = np.where((d > 0) & (d < 1), d, 0.5)
    found = betabinom.pmf(k, months, inside * size, (1 - inside) * size)
    return np.where(d > 0, np.where(d < 1, found, 1.0 * (k == months)), 1.0 * (k == 0))


def random_account(rng, cells, step, a):
    """The first is one of earnings with limits, of which a part does not count, the second of months, the third a plain
    one with interest."""
    shape, months = (YEARS, AGES), step * np.arange(cells)
    full = 12.0 * (rng.random(shape) < 0.5) if a == 1 else rng.uniform(10, 20, shape)
    credits, opening = {"full": full}, {"full": (5.0 if a != 1 else 0.4) * months * np.ones((AGES, 1))}
    if a == 0:
        parts = dict(zip(WORDS[1:], (0.3, 1.4, 0.7, rng.uniform(0.1, 0.3)), strict=True))
        credits |= {word: share * full for word, share in parts.items()}
        opening |= {word: share * opening["full"] for word, share in parts.items()}
    grown = np.ones(shape) * (rng.uniform(0.97, 1.1, (YEARS, 1)) if a != 1 else 1.0)
    inherited = rng.uniform(1.0, 1.05, shape) if a == 2 else np.ones(shape)
    inherited[:, -1] = inherited[:, -2]
    interest, own = rng.random(2) < 0.5
    return Held(credits, grown, inherited, bool(interest) and a != 1, bool(own) and a == 0, opening)


def account_claims(rng, cells, references, accounts, retire):
    """A pension beside those on retirement, a death benefit with parts of service, those at exit and invalidity with an
    offset; all with minimums."""
    if not accounts:
        return []
    shape = (YEARS, AGES, cells)
    idle = rng.random(shape) * retire
    ones, free = np.ones(shape[:2]), np.full(shape[:2], np.inf)
    level = rng.uniform(0.01, 0.05) * np.ones(shape)
    limited = rng.uniform(0, 30, shape[:2])
    pension = Part(level, ones, limited, limited + 1.0, references, int(rng.integers(1, 3)), shares=rng.random(cells),
                   most_shares=1.0 + rng.random(cells))
    claims = [Claim(0, rng.random(shape) * retire, [pension], leaves=False, idle=idle)]
    if accounts > 1:
        other = {"part": references + 1}
        base = Part(0.02 * np.ones(shape), ones, 0.1 * limited, free, 0, False, **other)
        claims.append(Claim(2, rng.random(shape), [base, replace(base, multiple=0.5, rest=True)]))
        held = references + int(rng.choice([0, 2]))
        kinds = [Part(0.02 * k * np.ones(shape), ones, 0.4 * limited, free, held, 1 + (held == references),
                      kind=k, offset=limited, offset_shares=rng.random(cells))
                 for k in (1, 2)]
        claims.append(Claim(3, rng.random(shape), kinds))
        money = Part(20.0 * np.ones(shape), ones, 25.0 * ones, free, None, False, kind=1, offset=limited)
        claims.append(Claim(1, rng.random(shape), [money]))
    return claims


def random_law(rng, cells, references):
    """Two retirement benefits of which each cell has one at most, invalidity with two amounts beside one that is not
    due, death, exit."""
    shape = (YEARS, AGES, cells)
    served = np.broadcast_to(np.arange(cells) >= cells // 3, shape)
    old = np.broadcast_to((np.arange(AGES) >= 5)[:, None], shape)

    def part(base):
        limited = rng.random() < 0.5
        least = rng.uniform(0, 40, shape[:2]) * limited
        return Part(
            rng.random() * np.arange(cells) / 12 * rng.integers(0, 2, shape[:2])[:, :, None] + 0.1,
            rng.uniform(0.5, 1.5, shape[:2]), least, np.where(limited, least + rng.uniform(0, 60, shape[:2]), np.inf),
            base, bool(rng.random() < 0.5),
        )

    k = references - 1
    pension = part(0)
    return [
        Claim(0, 0.6 * (served & old), [pension]),
        Claim(0, 0.9 * (~served & old), [part(k)]),
        Claim(1, rng.random(shape), [replace(pension, multiple=0.0), part(None), part(k)]),
        Claim(2, 1.0 * served, [replace(pension, multiple=0.6)]),
        Claim(2, rng.random(shape), [replace(pension, multiple=0.2), part(k)]),
        Claim(3, rng.random(shape) * (rng.random() < 0.5), [part(0)]),
    ]


def close(found, expected, name, rtol=1e-10):
    assert_allclose(found, expected, rtol=rtol, atol=1e-10 * (1 + np.max(np.abs(expected), initial=0)), err_msg=name)


def dense(cells, shape, origins):
    """Stock (y, c) of a dictionary of persons."""
    found = np.zeros(shape)
    for (origin, y, c), n in cells.items():
        found[y, c] += n * (origin in origins)
    return found


@settings(max_examples=examples(40))
@given(cases(), st.sampled_from(list(MEMBERS)))
def test_kernel_agrees_with_the_oracle(case, members):
    """Every table, every cell, for all members and for each tranche, monthly and yearly steps, all concepts."""
    agree(Run(case), *project(case, members)[:2], members)


def agree(expected, flows, history, members):
    """Every table and every cell of the kernel is that of the oracle."""
    origins = ORIGINS if members == "all" else (members,)
    own = ("rho", "kappa", "shortfall", "refused")
    for name in (*kernels.BY_AGE, *kernels.BY_CLAIM):
        if name not in own:
            book = expected.claims if name in kernels.BY_CLAIM else expected.flows
            close(getattr(flows, name), sum(book[o][name] for o in origins), name, 1e-9)
    for name in kernels.BY_ACCOUNT:
        close(flows.by_account[name], expected.book[name], name, 1e-9)
    close(flows.rho, expected.rho, "rho")
    close(flows.kappa[:, 1:], expected.kappa[:, 1:], "kappa")
    close(flows.shortfall, expected.shortfall * (members != "present"), "shortfall", 1e-8)
    close(flows.refused, expected.refused * (members != "present"), "refused", 1e-8)
    for t in range(YEARS):
        for i in range(len(expected.cells[t])):
            close(history[t, i], dense(expected.cells[t][i], history[t, i].shape, origins), f"cells {t} {i}")


def mirrored(case, gates):
    """Another group with the same law and the ages the other way round, of half the size."""
    rates = {name: values if name == "density" else values[:, ::-1].copy() for name, values in case.rates.items()}
    return replace(
        case, active_0=0.5 * case.active_0[::-1], inactive_0=0.5 * case.inactive_0[::-1], rates=rates,
        earnings_0=case.earnings_0[::-1].copy(), reference=case.reference[:, ::-1].copy(), target=0.6 * case.target,
        admitted=gates[0], readmitted=gates[1],
    )


@settings(max_examples=examples(10))
@given(cases(), st.sampled_from(list(MEMBERS)), st.integers(0, 2**32 - 1))
def test_groups_whose_members_move_agree_with_the_oracle(case, members, seed):
    """Three groups: members move between some of them, and the third is asked for whom the others refuse."""
    rng = np.random.default_rng(seed)
    group = [case, mirrored(case, (0.2, 1.0)), mirrored(case, (1.0, 0.5))]
    shape = (YEARS, 3, 3, AGES)
    active, inactive = (
        rng.uniform(0, 0.5, shape) * (1 - np.eye(3))[:, :, None] * (rng.random((1, 3, 3, 1)) < 0.6) for _ in range(2)
    )
    sent = {(0, 2): 0.4, (1, 2): 1.0}
    expected, who = run_together(group, active, inactive, sent)
    given = [arguments_of(one, members) for one in group]
    shares = np.zeros((3, 3))
    for pair, share in sent.items():
        shares[pair] = share
    moved, brought = project_coupled(given, Links(active[:, None], inactive[:, None], shares, [0, 1, 2]), 0)
    for g in range(3):
        agree(expected[g], *outcome(given[g])[:2], members)
        if members == "all":
            for i, name in enumerate(ORACLE_MOVED):
                close(moved[g, i], who[g][name], name)
    assert_allclose(moved[:, 0].sum(0), moved[:, 1].sum(0), rtol=1e-9, atol=1e-9)
    assert_allclose(moved[:, 4].sum(0), 0, atol=1e-9 * (1 + abs(moved[:, 4]).max()))
    assert_allclose(brought.sum(0), 0, atol=1e-9 * (1 + abs(brought).max(initial=0.0)))


@settings(max_examples=examples(20))
@given(cases(), st.booleans())
def test_accrued_benefits_agree_with_the_oracle_that_follows_everybody(case, given_entries):
    """A claim with c of one who had c_0 on the valuation date counts c_0/c, with the earnings of all members."""
    whole, _, _ = project(case)
    entries = (whole.new, whole.rho, whole.kappa) if given_entries else None
    found, _, _ = project(case, "present", entries, accrued=True)
    expected = Accrued(case)
    for name in kernels.BY_CLAIM:
        close(getattr(found, name), expected.total(name), name, 1e-9)
    present, _, _ = project(case, "present", entries)
    assert (found.claims <= present.claims * (1 + 1e-12)).all()
    assert (found.amounts <= present.amounts * (1 + 1e-12)).all()


def test_accrued_benefits_are_not_prorated_by_the_mean_credit():
    """Two of an age with 10 and 30 months, half of whom retire in the fourth year: not as two with 20 months."""
    two = one_person(2, 10) + one_person(2, 30)
    case = quiet(active_0=two, target=np.array([2.0, 2.0, 2.0, 1.0, 0.5]))
    nobody = tuple(np.zeros((5, AGES)) for _ in range(3))
    found = project(case, "present", nobody, accrued=True)[0]
    by_hand = [
        n * 0.5 * 0.02 * 100 * 1.1**4 * c_0 / 12 * (c >= 24)
        for c_0 in (10, 30) for c, n in ((c_0 + 25, 0.8), (c_0 + 26, 0.2))
    ]  # 7.2 months a year for three years, then half a year: 25.2
    assert_allclose(found.amounts[3].sum(), sum(by_hand), rtol=1e-12)
    assert_allclose(found.amounts, Accrued(case).total("amounts"), rtol=1e-12)
    by_mean = Accrued(case, months=lambda c: 20).total("claims")
    assert abs(found.claims[3].sum() / by_mean[3].sum() - 1) > 0.01


@settings(max_examples=examples(25))
@given(cases())
def test_nobody_and_no_month_is_lost(case):
    """Persons: entrants less deaths, invalids, retirements. Credits: months contributed less what is carried away."""
    flows, history, _ = project(case)
    people = np.concatenate([[case.active_0.sum() + case.inactive_0.sum()], (flows.active + flows.inactive).sum(1)])
    gone = flows.deaths_active + flows.deaths_inactive + flows.invalids + flows.retired_active + flows.retired_inactive
    assert_allclose(np.diff(people), (flows.new + flows.recoveries - gone).sum(1), rtol=0, atol=1e-9 * people.max())
    months = case.step * np.arange(case.active_0.shape[1])
    held = [((case.active_0 + case.inactive_0) @ months).sum(), *(flows.active_credits + flows.inactive_credits).sum(1)]
    change = (flows.months_stayers + flows.months_entrants - flows.credits_removed + flows.credits_restored).sum(1)
    assert_allclose(np.diff(held), change, rtol=0, atol=1e-9 * (1 + np.max(held)))
    leave = [j for j, claim in enumerate(case.claims) if claim.event == 0 and claim.leaves]
    assert_allclose(flows.claims[:, leave].sum(1), flows.retired_active + flows.retired_inactive, rtol=1e-12)
    assert history.min() >= 0
    for i, name in enumerate(("active", "inactive")):
        assert_allclose(history[:, i].sum(-1), getattr(flows, name), rtol=1e-12)
        assert_allclose(history[:, i] @ months, getattr(flows, f"{name}_credits"), rtol=1e-12)


@settings(max_examples=examples(25))
@given(cases())
def test_each_age_rolls_forward(case):
    """Active of an age: those a year younger, plus entrants and re-entrants, less all who leave; inactive likewise."""
    flows, _, _ = project(case)
    for name, plus, less in (
        ("active", ("new", "reentrants"), ("deaths_active", "invalids", "exits", "retired_active")),
        ("inactive", ("exits", "recoveries"), ("reentrants", "deaths_inactive", "retired_inactive")),
    ):
        stock = np.concatenate([[getattr(case, f"{name}_0").sum(1)], getattr(flows, name)])
        older = np.zeros_like(stock[:-1])
        older[:, 1:] = stock[:-1, :-1]
        older[:, -1] += stock[:-1, -1]
        change = sum(getattr(flows, n) for n in plus) - sum(getattr(flows, n) for n in less)
        assert_allclose(stock[1:], older + change, rtol=0, atol=1e-9 * (1 + stock.max()), err_msg=name)


@settings(max_examples=examples(25))
@given(cases(("status",)))
def test_target_is_reached(case):
    """From below by entries, from above by contraction; never both, and re-entrants are never more than there are."""
    flows, _, _ = project(case)
    assert_allclose(flows.active.sum(1), case.target, rtol=1e-10, atol=1e-9)
    entered = (flows.new + flows.reentrants).sum(1)
    assert not (entered * flows.kappa[:, 0] > 1e-9).any()
    assert_allclose(flows.reentrants, flows.rho * (flows.inactive + flows.reentrants), rtol=1e-9, atol=1e-9)
    assert (flows.rho <= 1).all()
    assert (flows.kappa <= 1).all()
    wish = entered[:, None] * case.rates["profile"] * case.rates["reentry"]
    assert_allclose(flows.reentrants + flows.shortfall, wish, rtol=1e-9, atol=1e-8)
    scarce = flows.shortfall > 1e-6
    assert_allclose(flows.inactive[scarce], 0, atol=1e-9)


@settings(max_examples=examples(25))
@given(cases(("average",)))
def test_average_concept_counts_each_active_by_density(case):
    flows, _, _ = project(case)
    if case.rates["density"].max() == 0:
        assert (flows.new == 0).all()  # no number of entrants would do
    else:
        assert_allclose((flows.active * case.rates["density"]).sum(1), case.target, rtol=1e-10, atol=1e-9)


@settings(max_examples=examples(25))
@given(cases(("any",)))
def test_any_concept_counts_all_who_were_active_in_the_year(case):
    flows, _, _ = project(case)
    opening = np.array([case.active_0.sum(), *flows.active.sum(1)[:-1]])
    anybody = opening + (flows.new + flows.reentrants).sum(1)
    assert_allclose(anybody, np.maximum(case.target, opening), rtol=1e-10, atol=1e-9)


@settings(max_examples=examples(25))
@given(cases())
def test_open_group_is_present_members_plus_future_entrants(case):
    """With the rates of re-entry and contraction of the open run and its entrants given, and also by themselves."""
    whole, history, _ = project(case)
    entries = (whole.new, whole.rho, whole.kappa)
    again, _, _ = project(case, "all", entries)
    for name in (*kernels.BY_AGE, *kernels.BY_CLAIM):
        if name not in ("shortfall", "refused"):
            close(getattr(again, name), getattr(whole, name), name)
    tranches = [project(case, members, entries) for members in ("present", "future")]
    for name in (*kernels.BY_AGE, *kernels.BY_CLAIM):
        if name not in ("rho", "kappa", "shortfall", "refused"):
            close(sum(getattr(part[0], name) for part in tranches), getattr(whole, name), name, 1e-9)
    close(sum(part[1] for part in tranches), history, "cells")
    for part in ("present", "future"):
        by_target = project(case, part)[0]
        close(by_target.claims, tranches[part == "future"][0].claims, "claims by target")


@settings(max_examples=examples(25))
@given(cases())
def test_closed_group_only_shrinks(case):
    case = replace(case, recovery=None)
    whole, _, _ = project(case)
    closed, _, _ = project(case, "present", (np.zeros_like(whole.new), whole.rho, whole.kappa))
    assert (closed.new == 0).all()
    people = np.array([case.active_0.sum() + case.inactive_0.sum(), *(closed.active + closed.inactive).sum(1)])
    assert (np.diff(people) <= 1e-9).all()


def resized(case, factor):
    """A part of the members and of the target."""
    recovery = case.recovery and case.recovery | {"opening": factor * case.recovery["opening"]}
    return replace(case, active_0=factor * case.active_0, inactive_0=factor * case.inactive_0, recovery=recovery,
                   target=factor * case.target)


@settings(max_examples=examples(25))
@given(cases(("status",)), st.floats(0.05, 0.95))
def test_two_groups_that_are_alike_are_one(case, share):
    """Stocks and target split in two parts of the same kind: every flow is the sum."""
    parts = [project(resized(case, f))[0] for f in (share, 1 - share)]
    whole = project(case)[0]
    for name in (*kernels.BY_AGE, *kernels.BY_CLAIM):
        if name not in ("rho", "kappa"):
            close(sum(getattr(part, name) for part in parts), getattr(whole, name), name, 1e-9)


@settings(max_examples=examples(25))
@given(cases())
def test_a_shorter_run_is_the_beginning_of_a_longer_one(case):
    longer, shorter = project(case)[0], project(case, years=2)[0]
    for name in (*kernels.BY_AGE, *kernels.BY_CLAIM):
        assert (getattr(longer, name)[:2] == getattr(shorter, name)).all(), name


@settings(max_examples=examples(25))
@given(cases())
def test_inactive_without_exits_and_reentries_only_die_and_retire(case):
    none = {name: case.rates[name] * 0 for name in ("exit", "reentry")}
    target = np.maximum.accumulate(case.target + case.active_0.sum())
    case = replace(case, recovery=None, rates=case.rates | none, target=target)
    flows, _, _ = project(case)
    left = np.array([case.inactive_0.sum(), *flows.inactive.sum(1)])
    assert_allclose(-np.diff(left), (flows.deaths_inactive + flows.retired_inactive).sum(1), rtol=1e-9, atol=1e-9)


def quiet(step=1, cells=80, **changes):
    """Nobody, no decrement, a pension of 2% per year of service from age 6 with 24 months; ages 0..8, five years."""
    shape = (5, AGES)
    zero = np.zeros(shape)
    months = step * np.arange(cells)
    entitled = (np.arange(AGES)[:, None] >= 6) & (months >= 24)
    pension = Claim(0, np.broadcast_to(0.5 * entitled, (*shape, cells)), [Part(
        np.broadcast_to(0.02 * months / 12, (*shape, cells)), np.ones(shape), zero, np.full(shape, np.inf), 0, False
    )])
    rates = dict.fromkeys(("q", "exit", "invalidity", "reentry", "cv"), zero)
    rates |= {"density": np.full(shape, 0.6), "profile": np.tile(np.eye(AGES)[1], (5, 1))}
    reference = 100.0 * 1.1 ** np.arange(1, 6)[:, None, None] + np.zeros((5, AGES, 1))
    plain = Case(
        step, np.zeros((AGES, cells)), np.zeros((AGES, cells)), np.full((AGES, 1), 100.0), np.zeros(1),
        np.full(1, 1e30), rates, "status", np.zeros(5), reference, np.zeros((5, 1)), np.full((5, 1), 1e30),
        np.full((5, 1), 0.1), [pension],
    )
    return replace(plain, **changes)


def one_person(age, months, cells=80):
    stock = np.zeros((AGES, cells))
    stock[age, months] = 1.0
    return stock


def test_one_person_by_hand():
    """Aged 2 with 10 months: dies at 10%, leaves at 20% from age 4 on, retires at 6 with probability 1/2.

    Months after each year: 17.2, 24.4, 31.6; in the fourth year half a year makes 35.2 and a whole one 38.8.
    """
    case = quiet(active_0=one_person(2, 10), target=np.full(5, 1e-300))
    rates = case.rates | {"q": np.full((5, AGES), 0.1), "exit": np.full((5, AGES), 0.2) * (np.arange(AGES) >= 4)}
    alive = np.array([1.0, 0.9, 0.81, 0.81 * 0.72, 0.81 * 0.72 * 0.72 * 0.5])
    entries = tuple(np.zeros((5, AGES)) for _ in range(3))
    flows, history, _ = project(replace(case, rates=rates), given_entries=entries)
    for t in range(4):
        assert_allclose(flows.active[t, 3 + t], alive[t + 1], rtol=1e-12)
    assert_allclose(history[0, 0, 3, [17, 18]], [0.9 * 0.8, 0.9 * 0.2], rtol=1e-12)
    assert_allclose(flows.active_credits[3, 6], alive[4] * 38.8, rtol=1e-12)
    force = np.log(0.9) + np.log(0.8)
    leaves = np.log(0.8) / force * 0.28
    assert_allclose(flows.exits[2, 5], 0.81 * leaves, rtol=1e-12)
    assert_allclose(flows.inactive_credits[2, 5], 0.81 * leaves * (24.4 + 3.6), rtol=1e-12)
    assert_allclose(flows.retired_active[3, 6], alive[3] * 0.72 * 0.5, rtol=1e-12)
    pension = alive[3] * 0.72 * 0.5 * 0.02 * 35.2 / 12 * 146.41
    waiting = 0.81 * leaves * 0.9
    assert_allclose(flows.retired_inactive[3, 6], waiting * 0.5, rtol=1e-12)
    late = waiting * 0.5 * 0.02 * 28.0 / 12 * 133.1 * 1.1
    assert_allclose(flows.amounts[3, 0, 6], pension + late, rtol=1e-12)
    assert_allclose(flows.credits[3, 0, 6], alive[3] * 0.36 * 35.2 + waiting * 0.5 * 28.0, rtol=1e-12)
    assert_allclose(flows.months_stayers[3, 6], alive[3] * 3.6 + alive[4] * 3.6, rtol=1e-12)


def test_split_credit_at_the_qualifying_period():
    """20 months and 3.6: six in ten reach 24 and half of them retire, on 24 months; credits still balance."""
    case = quiet(active_0=one_person(5, 20))
    flows, history, _ = project(case, given_entries=tuple(np.zeros((5, AGES)) for _ in range(3)))
    assert_allclose(flows.retired_active[0, 6], 0.3, rtol=1e-12)
    assert_allclose(flows.credits[0, 0, 6], 0.3 * 24, rtol=1e-12)
    assert_allclose(flows.credits_removed[0, 6], 0.3 * 23.6, rtol=1e-12)
    assert_allclose(flows.months_stayers[0, 6], 0.3 * 3.6 + 0.7 * 7.2, rtol=1e-12)
    assert_allclose(history[0, 0, 6, [27, 28]], [0.56, 0.14], rtol=1e-12)


def test_open_age_keeps_both_ages():
    case = quiet(active_0=one_person(7, 3) + one_person(8, 3), inactive_0=one_person(7, 1) + 2 * one_person(8, 2))
    flows, _, state = project(case, given_entries=tuple(np.zeros((5, AGES)) for _ in range(3)), years=1)
    assert flows.active[0, 8] == pytest.approx(2.0)
    assert flows.inactive[0, 8] == pytest.approx(3.0)
    assert_allclose(state.earnings[0, 8, [1, 2]], [110.0, 220.0])


def test_reentrants_take_their_share_of_the_earnings():
    """Eight of ten inactive return: two keep a fifth of the mass, and the mean per head stays."""
    case = quiet(inactive_0=10 * one_person(3, 30), target=np.full(5, 16.0))
    rates = case.rates | {"profile": np.tile(np.eye(AGES)[4], (5, 1)), "reentry": np.full((5, AGES), 0.5)}
    flows, _, state = project(replace(case, rates=rates), years=1)
    assert_allclose([flows.reentrants[0, 4], flows.new[0, 4], flows.rho[0, 4]], [8, 8, 0.8], rtol=1e-12)
    assert_allclose(state.inactive[0, 4, 30], 2, rtol=1e-12)
    assert_allclose(state.earnings[0, 4, 30], 2 * 110.0, rtol=1e-12)
    assert_allclose(state.active[0, 4, [3, 4, 33, 34]], [3.2, 4.8, 3.2, 4.8], rtol=1e-12)


def test_leaving_in_a_contraction_counts_as_an_exit():
    """Target of half: five of ten leave with half a year of credit, and what is due on exit is claimed by them."""
    case = quiet(active_0=10 * one_person(3, 12), target=np.full(5, 5.0))
    refund = Claim(3, np.ones((5, AGES, 80)), [Part(np.ones((5, AGES, 80)), np.ones((5, AGES)), np.zeros((5, AGES)),
                                                  np.full((5, AGES), np.inf), None, False)])
    flows, _, _ = project(replace(case, claims=[*case.claims, refund]), years=1)
    assert_allclose([flows.kappa[0, 4], flows.exits[0, 4], flows.inactive[0, 4]], [0.5, 5, 5], rtol=1e-12)
    assert_allclose(flows.inactive_credits[0, 4], 5 * 15.6, rtol=1e-12)
    assert_allclose([flows.claims[0, 1, 4], flows.amounts[0, 1, 4]], [5, 5], rtol=1e-12)
    assert_allclose(flows.months_stayers[0, 4], 5 * 7.2 + 5 * 3.6, rtol=1e-12)


def test_a_closed_group_takes_back_its_own_and_a_group_in_run_off_nobody():
    """Sixteen places, ten inactive: eight return and eight new ones are refused; in run-off all sixteen are refused."""
    case = quiet(inactive_0=10 * one_person(3, 30), target=np.full(5, 16.0))
    rates = case.rates | {"profile": np.tile(np.eye(AGES)[4], (5, 1)), "reentry": np.full((5, AGES), 0.5)}
    case = replace(case, rates=rates)
    for admitted, readmitted, expected in ((0.0, 1.0, [0, 8, 8]), (0.0, 0.0, [0, 0, 16]), (0.5, 0.25, [4, 2, 10])):
        flows, _, _ = project(replace(case, admitted=admitted, readmitted=readmitted), years=1)
        assert_allclose([flows.new[0, 4], flows.reentrants[0, 4], flows.refused[0, 4]], expected, rtol=1e-12)
    falling = quiet(active_0=10 * one_person(3, 12), target=np.full(5, 5.0))
    closed = project(replace(falling, admitted=0.0), years=1)[0]
    assert closed.kappa.max() == closed.exits.max() == 0, "a closed group is not forced out by its target"


@pytest.mark.parametrize(("rho", "sd", "chance"), [
    (None, 2.0, 0.579), (0.1, 12.3, 0.519), (0.3, 17.6, 0.516), (0.6, 23.4, 0.514),
])
def test_spread_of_careers_of_25_years(rho, sd, chance):
    """Standard deviation of credits after 25 years with a density of 0.6, and the chance of 15 years, as published.

    The mean is 180 months whatever the spread.
    """
    years, cells = 25, 320
    case = quiet(cells=cells, active_0=one_person(0, 0, cells))
    shape = (years, AGES)
    rates = {name: np.zeros(shape) for name in ("q", "exit", "invalidity", "reentry", "cv")}
    rates |= {"density": np.full(shape, 0.6), "profile": np.tile(np.eye(AGES)[1], (years, 1))}
    nothing = np.zeros((*shape, cells))
    nobody = Claim(0, nothing, [Part(nothing, np.zeros(shape), np.zeros(shape), np.zeros(shape), None, False)])
    taps = None if rho is None else tuple(beta_binomial(n, rates["density"], np.full(shape, rho)) for n in (12, 6))
    case = replace(
        case, rates=rates, target=np.ones(years), reference=np.zeros((*shape, 1)), claims=[nobody], taps=taps,
        floor=np.zeros((years, 1)), ceiling=np.full((years, 1), 1e30), growth=np.zeros((years, 1)),
    )
    _, history, _ = project(case)
    people, months = history[-1, 0].sum(axis=0), np.arange(cells)
    mean = people @ months
    assert_allclose([people.sum(), mean], [1, 180], rtol=1e-12)
    assert round(float(np.sqrt(people @ (months - mean) ** 2)), 1) == pytest.approx(sd)
    assert round(float(people[180:].sum()), 3) == pytest.approx(chance)


def test_a_trace_above_the_others_is_left_out_and_not_more():
    """2^-61 of an age above its other cells changes no digit and is gone; 2^-59 stays, and a trace below it."""
    stock = one_person(2, 30) + 2.0**-61 * one_person(2, 50)
    more = one_person(3, 30) + 2.0**-61 * one_person(3, 40) + 2.0**-59 * one_person(3, 50)
    still = {"density": np.zeros((5, AGES))}
    case = quiet(active_0=stock + more, inactive_0=stock + more, target=np.full(5, 2.0))
    flows, _, state = project(replace(case, rates=case.rates | still), years=1)
    for status, held in enumerate((state.active[0], state.inactive[0])):
        assert held[3].tolist() == one_person(2, 30)[2].tolist()
        assert held[4].tolist() == more[3].tolist()
        assert state.top[status, 3:5].tolist() == [30, 50]
    assert flows.active[0, 3:5].tolist() == [1.0, 1.0]
    assert state.earnings[0, 3, 31:].tolist() == [0.0] * 49


def test_certain_death_leaves_nobody():
    case = quiet(active_0=one_person(3, 12), inactive_0=one_person(3, 12))
    rates = case.rates | {"q": np.ones((5, AGES)), "exit": np.full((5, AGES), 0.3)}
    flows, _, _ = project(replace(case, rates=rates), years=1)
    assert flows.deaths_active[0, 4] == flows.deaths_inactive[0, 4] == 1
    assert flows.active.sum() == flows.inactive.sum() == flows.exits.sum() == 0


def test_tables_of_limited_means_change_nothing():
    recipe = Recipe(5, 1, None, 6, 60.0, True, True, 0.5, True, 0.9, 2, "status", 3, apart=(0, 1))
    case = random_case(recipe)
    cv = np.where(np.arange(AGES) < 4, 0.6, np.where(np.arange(AGES) < 8, 1.2, 0.03)) + np.zeros((YEARS, 1))
    case = replace(case, rates=case.rates | {"cv": cv})
    exact, looked_up = project(case)[0], project(case, most_tables=5)[0]
    assert exact.topups.sum() > 0
    for name in ("amounts", "topups", "claims"):
        close(getattr(looked_up, name), getattr(exact, name), name, rtol=1e-12)


@settings(max_examples=examples(15))
@given(cases(("status",)))
def test_members_of_a_cell_who_are_alike_are_one(case):
    """Where nobody leaves or recovers last earnings do not lie apart, but at the last age, where two ages meet."""
    stays = case.rates | {"exit": np.zeros((YEARS, AGES))}
    case = replace(case, rates=stays, recovery=None, target=np.full(YEARS, 2.0 * case.active_0.sum()))
    one, two = (project(replace(case, apart=apart))[0] for apart in ((), (0,)))
    for name in kernels.BY_CLAIM:
        close(getattr(two, name)[..., :-1], getattr(one, name)[..., :-1], name, 1e-12)
