"""The references check themselves and each other before anything of the library is held against them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.reference import insured_loop, steady_state
from tests.reference.microsim import compare, judge, pooled, simulate, simulate_once
from tests.reference.scenario import SCENARIO, cohort_period_q

SEEDS = (1, 2, 3, 4, 5)
ENOUGH = 100  # comparisons per seed
PAYG = [(0.0, 0.13276057), (steady_state.GAMMA, 0.16674258)]  # force of indexation, cost rate


@cache
def projected(scenario, event_share):
    """The cohort oracle, remembered for the tests of this file. Do not write into the result."""
    return insured_loop.project(scenario, event_share=event_share)


@pytest.fixture(scope="module")
def expected():
    return projected(SCENARIO, 0.5)


@pytest.fixture(scope="module")
def shrinking():
    """A falling target, a density by age, revalued earnings; credit never reaches the end of the grid."""
    target = np.where(np.arange(40) < 9, 700_000.0, 600_000.0 - 12_000 * np.arange(40))
    density = np.clip(0.45 + 0.005 * np.arange(101), 0, 0.7)
    return replace(SCENARIO, target=target, density=density, revaluation="wages")


# --- the cohort oracle ------------------------------------------------------------------------------------------------


def test_dependent_probabilities():
    probabilities, escape = insured_loop.dependent([0.004, 0.01, 0.05])
    assert_allclose(probabilities, [0.00387986, 0.00972897, 0.04965317], atol=5e-9)
    assert_allclose(sum(probabilities), 0.063262, atol=5e-9)
    assert_allclose(escape, 0.996 * 0.99 * 0.95, rtol=1e-14)
    assert insured_loop.dependent([0.0, 0.0]) == ([0.0, 0.0], 1.0)


def test_survival_from_one_31_december_to_the_next():
    """m = 2/3, 2/3, 1: l = 1, 1/2, 1/4; L = 3/4, 3/8, 1/4."""
    assert_allclose(cohort_period_q([2 / 3, 2 / 3, 1.0]), [1 / 2, 3 / 5, 3 / 5], rtol=1e-14)


def still(**changes):
    """One year without any decrement or initial stock, apart from the changes."""
    nothing, nobody = np.zeros(101), np.zeros((101, 601))
    plain = replace(
        SCENARIO, years=1, q=nothing, exit_rate=nothing, invalidity_rate=nothing, target=np.zeros(1), claim_rate=1.0
    )
    return replace(plain, active_0=nobody, inactive_0=nobody, **changes)


def people(age, months, number=1000.0):
    stock = np.zeros((101, 601))
    stock[age, months] = number
    return stock


def test_retirement_at_the_threshold_by_hand():
    """Aged 59 with 176 months: 3.6 more make 180 for 60%, who retire; the others get 7.2."""
    result = insured_loop.project(replace(still(), active_0=people(59, 176), target=np.full(1, 400.0)))
    wage = SCENARIO.salary_0
    reference = np.mean([wage[60 - k] * 1.03 ** (1 - k) for k in range(5)])
    assert_allclose(result["claims_number"][0, 60], 600, rtol=1e-12)
    assert_allclose(result["claims_credits"][0, 60], 600 * 180, rtol=1e-12)
    assert_allclose(result["claims_amount"][0, 60], 600 * 0.0175 * 15 * reference, rtol=1e-12)
    assert_allclose(result["active_cells"][60, [183, 184]], [320, 80], rtol=1e-12)
    assert_allclose(result["contribution_months_stayers"][0, 60], 600 * 3.6 + 400 * 7.2, rtol=1e-12)


def test_leavers_and_inactives_by_hand():
    """A tenth leaves with half a year of credit; an inactive retires on what he has and on the earnings kept."""
    leave = replace(still(), exit_rate=np.full(101, 0.1), active_0=people(40, 100), target=np.full(1, 900.0))
    result = insured_loop.project(leave)
    assert_allclose(result["inactive_cells"][41, [103, 104]], [40, 60], rtol=1e-12)
    reference = np.mean([SCENARIO.salary_0[41 - k] * 1.03 ** (1 - k) for k in range(5)])
    assert_allclose(result["earnings_cells"][41].sum(), 100 * reference, rtol=1e-12)
    retire = replace(still(), inactive_0=people(59, 180) + people(59, 179), inactive_earnings_0=np.full(101, 5000.0))
    for revaluation, factor in (("none", 1.0), ("wages", 1.03)):
        result = insured_loop.project(replace(retire, revaluation=revaluation))
        assert result["retirements_inactive"][0, 60] == 1000
        assert_allclose(result["claims_amount"][0, 60], 1000 * 0.0175 * 15 * 5000 * factor, rtol=1e-12)


def test_entries_by_hand():
    """A hundred entries at age 30: the share .32 comes from 50 inactive; all get half a year of credit."""
    profile = np.eye(101)[30]
    start = people(29, 10, 30.0) + people(29, 60, 20.0)
    result = insured_loop.project(replace(still(), inactive_0=start, entry_profile=profile, target=np.full(1, 100.0)))
    assert_allclose(SCENARIO.reentry_share[30], 0.32)
    assert_allclose(result["reentry_rate"][0, 30], 32 / 50, rtol=1e-12)
    cells = result["active_cells"][30, [3, 4, 13, 14, 63, 64]]
    assert_allclose(cells, np.outer([68, 19.2, 12.8], [0.4, 0.6]).ravel(), rtol=1e-12)
    assert_allclose(result["inactive_cells"][30, [10, 60]], [10.8, 7.2], rtol=1e-12)
    assert_allclose(result["contribution_months_entrants"][0, 30], 360, rtol=1e-12)
    few = insured_loop.project(replace(still(), inactive_0=start, entry_profile=profile, target=np.full(1, 200.0)))
    assert_allclose(
        [few[k][0, 30] for k in ("reentrants", "reentry_shortfall", "new_entrants")], [50, 14, 150], rtol=1e-12
    )


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_persons_and_credits_balance(share, shrinking):
    for scenario in (SCENARIO, shrinking):
        result = projected(scenario, share)
        before = np.concatenate(
            [[scenario.active_0.sum() + scenario.inactive_0.sum()], (result["active"] + result["inactive"]).sum(1)]
        )
        gone = sum(result[k] for k in ("deaths_active", "deaths_inactive", "new_invalids", "claims_number"))
        assert_allclose(np.diff(before), (result["new_entrants"] - gone).sum(1), atol=1e-9 * before[0])
        month = np.arange(scenario.active_0.shape[1])
        held = (result["active_credits"] + result["inactive_credits"]).sum(1)
        held = np.concatenate([[((scenario.active_0 + scenario.inactive_0) @ month).sum()], held])
        earned = result["contribution_months_stayers"] + result["contribution_months_entrants"]
        assert_allclose(np.diff(held), (earned - result["credits_removed"]).sum(1), atol=1e-9 * held[0])
        pensioners = np.concatenate([[0], result["pensioners"].sum(1)])
        assert_allclose(np.diff(pensioners), (result["claims_number"] - result["deaths_pensioners"]).sum(1), atol=1e-6)


def test_months_are_density_times_the_mean_of_two_stocks(shrinking):
    """Only when those who leave in the year contribute half of it; in a contraction too."""
    for scenario in (SCENARIO, replace(shrinking, density=SCENARIO.density)):
        stocks = np.concatenate([[scenario.active_0.sum()], projected(scenario, 0.5)["active"].sum(1)])
        mean = 12 * 0.6 * (stocks[:-1] + stocks[1:]) / 2
        for share, same in ((0.5, True), (1.0, False)):
            result = projected(scenario, share)
            months = (result["contribution_months_stayers"] + result["contribution_months_entrants"]).sum(1)
            assert np.allclose(months, mean, rtol=1e-12, atol=0) is same


def test_the_target_is_met(expected, shrinking):
    assert_allclose(expected["active"].sum(1), SCENARIO.target, rtol=1e-12)
    result = projected(shrinking, 0.5)
    assert_allclose(result["active"].sum(1), shrinking.target, rtol=1e-12)
    assert (result["contraction_rate"] > 0.01).any()
    assert (expected["contraction_rate"] == 0).all()
    assert (expected["reentry_shortfall"] == 0).all()


def test_open_group_is_present_members_plus_future_entrants(shrinking):
    nobody = np.zeros_like(SCENARIO.active_0)
    everyone = projected(shrinking, 0.5)
    replay = insured_loop.Replay(everyone["reentry_rate"], everyone["contraction_rate"], everyone["new_entrants"])
    present = insured_loop.project(shrinking, replay=replace(replay, new_entrants=np.zeros_like(replay.new_entrants)))
    future = insured_loop.project(replace(shrinking, active_0=nobody, inactive_0=nobody), replay=replay)
    for name in insured_loop.TABLES:
        if not name.endswith("_rate") and name != "reentry_shortfall":
            assert_allclose(present[name] + future[name], everyone[name], rtol=1e-11, atol=1e-6, err_msg=name)


# --- the simulation ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_simulation_agrees_with_the_cohort_oracle(expected):
    runs = [simulate_once(SCENARIO, seed) for seed in SEEDS]
    comparisons = [one for run in runs for one in compare(run, expected)]
    verdict = judge(comparisons)
    assert verdict.passed, verdict
    assert verdict.count >= ENOUGH * len(SEEDS)
    together = judge(compare(pooled(runs), expected))
    assert together.passed, together
    assert together.count > verdict.count / len(SEEDS)
    errors = np.std([one.z for one in comparisons])
    assert 0.85 < errors < 1.15, "the standard errors are not those of the simulation"


@pytest.mark.slow
def test_whole_year_of_credit_for_leavers_is_found_out(expected):
    """Wrong in the simulation or wrong in the oracle; and it is the right thing to find: wrong in both agrees."""
    wrong, right = simulate_once(SCENARIO, 1, full_year=True), simulate_once(SCENARIO, 1)
    wrong_expected = projected(SCENARIO, 1.0)
    assert judge(compare(wrong, wrong_expected)).passed
    for simulated, model in ((wrong, expected), (right, wrong_expected)):
        comparisons = compare(simulated, model)
        assert not judge(comparisons).passed
        at_award = [one for one in comparisons if one.name.startswith("mean credit at award")]
        assert len(at_award) >= 6
        assert min(abs(one.z) for one in at_award) > 4.5


def a_tenth(**changes):
    """The scenario with a tenth of the persons, and no re-entries at ages at which they would be too few for it."""
    age = np.arange(101)
    reentry_share = np.where((age > 34) & (age < 60), np.clip((age - 34) / 25, 0, 0.6), 0)
    small = replace(SCENARIO, active_0=SCENARIO.active_0 / 10, inactive_0=SCENARIO.inactive_0 / 10)
    return replace(small, target=SCENARIO.target / 10, reentry_share=reentry_share, **changes)


def test_small_simulation_with_other_rules():
    """Revalued earnings, a growing target, density by age, everyone claims at once, no spread of earnings."""
    tenth = a_tenth(revaluation="wages", claim_rate=1.0, wage_cv=0.0)
    growing = 70_000.0 + 1_000 * np.arange(1, 41)
    tenth = replace(tenth, target=growing, density=np.clip(0.45 + 0.005 * np.arange(101), 0, 0.7))
    simulated = simulate(tenth, 1)
    verdict = judge(compare(simulated, insured_loop.project(tenth), large=11_100, precision=0.01))
    assert verdict.passed, verdict
    nominal = insured_loop.project(replace(tenth, revaluation="none"))
    assert not judge(compare(simulated, nominal, large=11_100, precision=0.01)).passed


def test_nobody_is_lost_in_the_simulation():
    run = {name: table.sum(axis=(0, 2)) for name, table in simulate(a_tenth(years=5), 7).items()}
    assert (run["active"] == 70_000).all()
    stock = np.concatenate([[100_000], run["active"] + run["inactive"]])
    gone = run["deaths_active"] + run["deaths_inactive"] + run["new_invalids"] + run["claims_number"]
    assert (np.diff(stock) == run["new_entrants"] - gone).all()
    assert (run["pensioners"] == np.cumsum(run["claims_number"] - run["deaths_pensioners"])).all()


def test_simulation_without_enough_inactive_says_so():
    with pytest.raises(ValueError, match="fewer inactive than re-entries"):
        simulate(replace(a_tenth(years=5), reentry_share=SCENARIO.entry_profile * 0 + 1.0), 1)
    with pytest.raises(ValueError, match="more stayers than the target"):
        simulate(replace(a_tenth(years=2), target=np.full(2, 5e4)), 1)


# --- the steady state -------------------------------------------------------------------------------------------------


def test_continuous_theory():
    assert round(float(steady_state.life_expectancy()), 8) == 21.36995975
    assert round(float(steady_state.survivors(62)), 8) == 0.90188054
    for (beta, rate), premium in zip(PAYG, (0.06692639, 0.08189525), strict=True):
        assert_allclose(steady_state.payg(beta), rate, atol=1e-8)
        assert_allclose(steady_state.entrant_premium(0.03, beta), steady_state.payg(beta), rtol=1e-13)
        assert_allclose(steady_state.entrant_premium(0.05, beta), premium, atol=1e-8)


@pytest.mark.parametrize(("beta", "rate"), PAYG)
def test_yearly_steps_at_mid_year_reach_the_theory(beta, rate):
    tables = {
        "exact": steady_state.exact_survival(110),
        "a_x = 1/2, open from 100": steady_state.survival(steady_state.makeham_mx(100)),
        "a_x = 1/2, open from 110": steady_state.survival(steady_state.makeham_mx(110)),
    }
    for name, px in tables.items():
        assert abs(steady_state.discrete_payg(px, beta) / rate - 1) < 1e-4, name
    lives = steady_state.survivors(np.arange(112.0))
    exact_ages = steady_state.discrete_payg(lives[1:] / lives[:-1], beta)
    assert exact_ages / rate - 1 > 0.015  # l_{x+1}/l_x is not the survival of those aged x last birthday


@pytest.mark.parametrize(("beta", "rate"), PAYG)
def test_rolled_scheme_is_in_the_steady_state_and_finds_it(beta, rate):
    px = steady_state.survival(steady_state.makeham_mx(100))
    start = steady_state.stable_start(px, beta)
    steady = steady_state.discrete_payg(px, beta)
    expenditure, earnings = steady_state.roll(px, beta, 80, start)
    assert_allclose(expenditure / earnings, steady, rtol=1e-12)
    no_pensioners = replace(start, pensioners=start.pensioners * 0)
    expenditure, earnings = steady_state.roll(px, beta, 140, no_pensioners)
    assert_allclose((expenditure / earnings)[-1], steady, rtol=1e-12)
    assert (expenditure / earnings)[20] < 0.9 * steady


def test_wrong_timing_is_found_out():
    px = steady_state.exact_survival(110)
    start = steady_state.stable_start(px, 0.0)
    for timing, error in (("end-of-year", -0.0416), ("mixture", -0.0087)):
        expenditure, earnings = steady_state.roll(px, 0.0, 3, start, timing)
        assert_allclose(expenditure / earnings / steady_state.payg(0.0) - 1, error, atol=1e-4)


@pytest.mark.parametrize("beta", [0.0, steady_state.GAMMA])
def test_premium_of_entrants_in_yearly_steps(beta):
    px = steady_state.exact_survival(110)
    assert_allclose(steady_state.discrete_premium(px, 0.03, beta), steady_state.discrete_payg(px, beta), rtol=1e-12)
    assert_allclose(steady_state.discrete_premium(px, 0.05, beta), steady_state.entrant_premium(0.05, beta), rtol=2e-4)


def test_terminal_funding_closes():
    """Capital values of the year's awards, rolled with the payments, leave the annuity values of all pensioners."""
    px = steady_state.survival(steady_state.makeham_mx(100))
    interest, adjustment = 0.05, 0.015
    value = steady_state.annuities(px, interest, adjustment)
    mass, reserve = np.zeros(101), 0.0
    for year in range(1, 61):
        adjusted = mass * (1 + adjustment)
        mass = np.zeros(101)
        for x in range(101):
            mass[min(x + 1, 100)] += adjusted[x] * px[x]
        award = 1000.0 * 1.03**year
        mass[62] += award
        capital = award * (0.5 + (1 + interest) ** -0.5 * value[62])
        paid = (adjusted.sum() + mass.sum()) / 2
        reserve = (1 + interest) * reserve + (1 + interest) ** 0.5 * (capital - paid)
        assert_allclose(reserve, (mass * value).sum(), rtol=1e-10)
