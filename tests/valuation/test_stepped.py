"""The scaled premium: golden values, the rate found by trial, and what holds for every rising cost rate."""

import math

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from actuarial.errors import BadInput
from actuarial.valuation import (
    NotFalling,
    ReserveRatio,
    SameRatio,
    Solvent,
    level_rate,
    roll_reserve,
    scaled_premium,
    stepped_rates,
)
from tests.oracle import finance as oracle
from tests.valuation.data import EARNINGS, INTEREST, OUTGO, PAYG, histories, rising_schemes, timings

W, O = np.array(EARNINGS), np.array(OUTGO)
CONDITIONS = [(True, False, None), (False, True, None), (False, False, 1.5), (True, True, 0.5), (False, True, 2.0)]


def test_golden_rates_reserves_and_ratios_of_periods_of_fifteen_years():
    found = scaled_premium(O, W, INTEREST, control_period=15)
    ends = [15, 30, 45, 60]
    assert found.scaled_premium.sel(year=ends).round(6).values.tolist() == [0.060163, 0.109686, 0.158250, 0.177092]
    assert found.reserve.sel(year=ends).round(1).values.tolist() == [193.8, 993.1, 1884.6, 2383.0]
    assert found.reserve_ratio.sel(year=ends).round(3).values.tolist() == [1.903, 3.195, 2.765, 2.082]
    last_step = found.reserve.sel(year=ends).values - found.reserve.sel(year=[end - 1 for end in ends]).values
    np.testing.assert_allclose(last_step, 0.0, atol=1e-9)
    assert float(found.scaled_premium.sel(year=46)) < PAYG[45]


def test_finer_steps_converge_to_the_continuous_premium():
    """Force of interest 5%, payroll exp(.03 t): rate .05977089 over 15 years, reserve .20550373."""
    rates, reserves = [], []
    for parts in (128, 256):
        t = (np.arange(15 * parts) + 0.5) / parts
        payroll = np.exp(0.03 * t) / parts
        outgo = payroll * (0.04 + 0.16 / (1 + np.exp(-(t - 28) / 8)))
        found = scaled_premium(outgo, payroll, math.expm1(0.05 / parts), control_period=15 * parts)
        rates.append(float(found.scaled_premium[0]))
        reserves.append(float(found.reserve[-1]))
    assert rates[0] != pytest.approx(0.05977089, abs=1e-6)
    assert 2 * rates[1] - rates[0] == pytest.approx(0.05977089, abs=1e-8)
    assert 2 * reserves[1] - reserves[0] == pytest.approx(0.20550373, abs=1e-7)


@given(histories(low=0.0, high=0.1), timings, st.integers(1, 20))
def test_rates_and_reserves_equal_those_found_by_trial(history, tau, period):
    outgo, opening = history["outgo"], history["reserve"]
    earnings = [w + 100 for w in history["earnings"]]
    rates, reserves = oracle.scaled_premium(outgo, earnings, history["interest"], period, opening, tau)
    found = scaled_premium(
        np.array(outgo),
        np.array(earnings),
        np.array(history["interest"]),
        reserve=opening,
        control_period=period,
        timing=tau,
    )
    np.testing.assert_allclose(found.scaled_premium, rates, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(found.reserve, reserves, rtol=1e-8, atol=1e-4)


@given(rising_schemes(), st.sampled_from([5, 10, 15, 20]))
def test_with_a_rising_cost_rate_rates_rise_and_the_reserve_never_falls(scheme, period):
    outgo, earnings, interest = np.array(scheme[0]), np.array(scheme[1]), scheme[2]
    found = scaled_premium(outgo, earnings, interest, control_period=period)
    steps = np.diff(found.reserve, prepend=0.0)
    scale = float(found.reserve.max()) + outgo.max()
    assert steps.min() >= -1e-9 * scale
    rates = found.scaled_premium.values
    assert np.all(np.diff(rates) >= -1e-12)
    ends = [min(start + period, len(outgo)) - 1 for start in range(0, len(outgo), period)]
    np.testing.assert_allclose(steps[ends], 0.0, atol=1e-9 * scale)
    assert np.all(rates[ends] <= outgo[ends] / earnings[ends] * (1 + 1e-9))


@given(
    histories(low=0.0, high=0.1),
    st.integers(1, 8),
    st.sampled_from(CONDITIONS),
)
def test_the_rate_is_the_lowest_under_which_every_condition_holds(history, period, conditions):
    """In every period the tightest of all conditions is met exactly, and none is broken."""
    not_falling, solvent, ratio = conditions
    outgo, earnings, interest = (np.array(history[name]) for name in ("outgo", "earnings", "interest"))
    other = np.array(history["contributions"])
    found = scaled_premium(
        outgo,
        earnings,
        interest,
        reserve=history["reserve"],
        other_income=other,
        control_period=period,
        not_falling=not_falling,
        solvent=solvent,
        reserve_ratio=ratio,
        timing={"outgo": 0.25},
    )
    income = found.scaled_premium.values * earnings
    level = roll_reserve(
        income, outgo, interest, reserve=history["reserve"], other_income=other, timing={"outgo": 0.25}
    ).reserve.values
    slack = [np.diff(level, prepend=history["reserve"])] if not_falling else []
    slack += [level] if solvent else []
    slack += [level - ratio * outgo] if ratio is not None else []
    tightest = np.min(slack, axis=0)
    scale = 1e-10 * (abs(level).max() + abs(income).max() + outgo.max() + abs(history["reserve"]) + other.max() + 1)
    for start in range(0, len(outgo), period):
        assert tightest[start : start + period].min() == pytest.approx(0.0, abs=scale)
    np.testing.assert_allclose(found.reserve, level, rtol=0, atol=scale)


def test_periods_of_one_year_are_pay_as_you_go_and_one_period_of_solvency_is_the_level_rate():
    yearly = scaled_premium(O, W, INTEREST, control_period=1)
    np.testing.assert_allclose(yearly.scaled_premium, PAYG, rtol=1e-12)
    np.testing.assert_allclose(yearly.reserve, 0.0, atol=1e-9)
    whole = scaled_premium(O, W, INTEREST, control_period=60, not_falling=False, solvent=True)
    assert float(whole.scaled_premium[0]) == pytest.approx(float(level_rate(O, W, INTEREST)), rel=1e-12)


def test_a_very_long_period_gives_the_level_rate_of_an_infinite_horizon():
    years = np.arange(1, 1500)
    outgo, earnings = (np.append(x, x[-1] * 1.03**years) for x in (O, W))
    found = scaled_premium(outgo, earnings, INTEREST, control_period=outgo.size)
    rate = level_rate(O, W, INTEREST, tail_growth=0.03)
    assert float(found.scaled_premium[0]) == pytest.approx(float(rate), rel=1e-9)


def test_scenarios_stand_beside_each_other():
    interest = xr.DataArray([0.05, 0.02], dims="scenario", coords={"scenario": ["high", "low"]})
    both = scaled_premium(O, W, interest)
    assert both.scaled_premium.dims == ("scenario", "year")
    for k, rate in enumerate((0.05, 0.02)):
        np.testing.assert_array_equal(both.reserve[k], scaled_premium(O, W, rate).reserve)


@pytest.mark.parametrize("period", [0, -5, 2.5, "15"])
def test_a_period_must_be_whole_years(period):
    with pytest.raises(BadInput, match="control_period must be a whole number of years, at least 1, but it is"):
        scaled_premium(O, W, INTEREST, control_period=period)


def test_a_condition_is_needed():
    with pytest.raises(BadInput, match="scaled_premium needs a condition: not_falling, solvent or reserve_ratio"):
        scaled_premium(O, W, INTEREST, not_falling=False)


def test_a_year_that_no_rate_can_mend_is_named():
    earnings = np.array([100.0, 100.0, 0.0])
    with pytest.raises(BadInput, match=r"The reserve of 3 does not rise with the contribution rate \(no earnings"):
        scaled_premium(np.full(3, 10.0), earnings, 0.0, control_period=3)
    with pytest.raises(BadInput, match="The reserve of 2 does not rise"):
        scaled_premium(np.full(3, 10.0), np.array([100.0, 10.0, 10.0]), -0.6, control_period=3)


def two_thousand_schemes(seed, years=60):
    """Cost rates that rise every year, growth of 0-6%, interest of 2-8%, no opening reserve; as scenarios."""
    draw = np.random.default_rng(seed)
    count = 2000
    dims = ("scenario", "year")
    growth, interest = draw.uniform(0.0, 0.06, count), draw.uniform(0.02, 0.08, count)
    earnings = 100 * (1 + growth[:, None]) ** np.arange(years)
    steps = draw.exponential(0.003, (count, years)) * draw.choice([0.1, 1.0, 10.0], (count, years), p=[0.3, 0.6, 0.1])
    cost = draw.uniform(0.005, 0.08, (count, 1)) + np.cumsum(steps, axis=1)
    outgo, wages = (xr.DataArray(values, dims=dims) for values in (cost * earnings, earnings))
    return outgo, wages, xr.DataArray(interest, dims="scenario")


@pytest.mark.parametrize("period", [5, 10, 15, 20])
def test_on_two_thousand_random_schemes_rates_rise_and_the_reserve_never_falls(period):
    outgo, earnings, interest = two_thousand_schemes(period)
    found = scaled_premium(outgo, earnings, interest, control_period=period)
    rates, level, cost = found.scaled_premium.values, found.reserve.values, (outgo / earnings).values
    scale = outgo.values.max(axis=1) + level.max(axis=1)
    steps = np.diff(level, prepend=0.0, axis=1)
    assert (steps / scale[:, None]).min() > -1e-12
    starts = np.arange(period, 60, period)
    assert (rates[:, starts] - rates[:, starts - 1]).min() > 0
    ends = np.append(starts - 1, 59)
    assert (rates[:, ends] - cost[:, ends]).max() < 1e-12
    assert abs(steps[:, ends] / scale[:, None]).max() < 1e-12
    assert (rates[:, starts] < cost[:, starts]).any(), "a rate may lie below the cost rate at the start of its period"


KINDS = {
    "not_falling": (NotFalling(), lambda v, w, o, s: w >= v - s),
    "solvent": (Solvent(), lambda v, w, o, s: w >= -s),
    "ratio": (ReserveRatio(at_least=1.5), lambda v, w, o, s: w >= 1.5 * o - s),
}


@pytest.mark.parametrize("kind", KINDS)
@given(
    history=histories(low=0.0, high=0.1),
    tau=timings,
    period=st.integers(1, 8),
    event=st.booleans(),
    step=st.sampled_from([None, 0.001, 0.0025, 0.005]),
    limit=st.sampled_from([None, 0.01, 0.0225, 0.1]),
    lag=st.integers(0, 3),
    initial=st.sampled_from([None, 0.05, 0.112, 0.3]),
)
def test_stepped_rates_equal_those_found_by_trial(kind, history, tau, period, event, step, limit, lag, initial):
    condition, kept = KINDS[kind]
    lag = 0 if initial is None else lag
    outgo = [x + 1 for x in history["outgo"]]
    earnings = [x + 100 for x in history["earnings"]]
    size = abs(history["reserve"]) + sum(outgo) + sum(earnings)
    settings = {"period": period, "event": event, "step": step, "limit": limit, "lag": lag, "initial": initial}
    rates, reserves, holds = oracle.stepped(
        outgo, earnings, history["interest"], lambda v, w, o: kept(v, w, o, 0.0), settings, history["reserve"], tau
    )
    found = stepped_rates(
        np.array(outgo),
        np.array(earnings),
        np.array(history["interest"]),
        conditions=[condition],
        control_period=period,
        event_driven=event,
        rounding=step,
        maximum_step=limit,
        approval_lag=lag,
        initial_rate=initial,
        reserve=history["reserve"],
        timing=tau,
    )
    np.testing.assert_allclose(found.contribution_rate, rates, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(found.reserve, reserves, rtol=1e-8, atol=1e-7 * size)
    years = zip([history["reserve"], *reserves], reserves, outgo, strict=False)
    sure = [kept(v, w, o, -1e-6 * size) == kept(v, w, o, 1e-6 * size) for v, w, o in years]
    assert found.condition_kept.values[sure].tolist() == np.array(holds, dtype=float)[sure].tolist()


def test_plain_stepped_rates_are_scaled_premiums_to_the_last_digit():
    for period in (10, 15, 60):
        plain = stepped_rates(O, W, INTEREST, control_period=period, reserve=7.0)
        scaled = scaled_premium(O, W, INTEREST, control_period=period, reserve=7.0)
        np.testing.assert_array_equal(plain.contribution_rate, scaled.scaled_premium)
        np.testing.assert_array_equal(plain.reserve, scaled.reserve)
        assert plain.condition_kept.values.tolist() == [1.0] * 60


def test_rates_are_rounded_up_to_a_step():
    plain = stepped_rates(O, W, INTEREST).contribution_rate[0]
    for step, rate in ((0.001, 0.061), (0.0025, 0.0625), (0.005, 0.065)):
        rounded = stepped_rates(O, W, INTEREST, rounding=step)
        assert float(rounded.contribution_rate[0]) == pytest.approx(rate, rel=1e-12)
        assert float(plain) < rate
    exact = stepped_rates(np.full(3, 11.0), np.full(3, 100.0), 0.0, rounding=0.01)
    assert exact.contribution_rate.values.tolist() == [0.11] * 3


def test_an_event_comes_in_the_first_year_whose_condition_breaks():
    """Outgo 10, 10, 10, 16, 16, 20 of earnings of 100, a rate of 12%, the reserve kept positive: that lasts 4 years."""
    outgo = np.array([10.0, 10.0, 10.0, 16.0, 16.0, 20.0])
    found = stepped_rates(
        outgo, np.full(6, 100.0), 0.0, conditions=Solvent(), control_period=2, event_driven=True, initial_rate=0.12
    )
    np.testing.assert_allclose(found.contribution_rate, [0.12, 0.12, 0.12, 0.12, 0.17, 0.17], rtol=1e-12)
    np.testing.assert_allclose(found.reserve, [2, 4, 6, 2, 3, 0], atol=1e-12)


def test_what_a_lag_does_not_allow_is_reported_and_met_as_soon_as_it_can_be():
    flows = (np.full(5, 10.0), np.full(5, 100.0), 0.0)
    found = stepped_rates(
        *flows, conditions=Solvent(), control_period=3, event_driven=True, approval_lag=2, initial_rate=0.04
    )
    np.testing.assert_allclose(found.reserve, [-6, -12, 0, 12, 24], atol=1e-12)
    np.testing.assert_allclose(found.contribution_rate, [0.04, 0.04, 0.22, 0.22, 0.22], rtol=1e-12)
    assert found.condition_kept.values.tolist() == [0, 0, 1, 1, 1]


def test_what_a_greatest_step_does_not_allow_is_reported():
    flows = (np.full(4, 10.0), np.full(4, 100.0), 0.0)
    found = stepped_rates(*flows, control_period=1, maximum_step=0.03, initial_rate=0.05)
    np.testing.assert_allclose(found.contribution_rate, [0.08, 0.1, 0.1, 0.1], rtol=1e-12)
    assert found.condition_kept.values.tolist() == [0, 1, 1, 1]
    np.testing.assert_allclose(found.reserve, [-2, -2, -2, -2], atol=1e-12)


def test_scenarios_have_events_of_their_own():
    interest = xr.DataArray([0.05, 0.02, 0.08], dims="scenario")
    settings = {"event_driven": True, "control_period": 7, "rounding": 0.0025, "initial_rate": 0.06, "approval_lag": 1}
    together = stepped_rates(O, W, interest, **settings)
    assert together.contribution_rate.dims == ("scenario", "year")
    changes = [set(np.flatnonzero(np.diff(rates))) for rates in together.contribution_rate.values]
    assert len({frozenset(years) for years in changes}) == 3
    for k, rate in enumerate(interest.values):
        alone = stepped_rates(O, W, float(rate), **settings)
        for name in together:
            np.testing.assert_array_equal(together[name][k], alone[name])


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"rounding": 0.0}, "rounding must be a part of earnings between 0 and 1, such as 0.005, but it is 0.0"),
        ({"maximum_step": 5}, "maximum_step must be a part of earnings between 0 and 1"),
        ({"rounding": 0.01, "maximum_step": 0.005}, "maximum_step=0.005 is smaller than rounding=0.01: no rate could"),
        ({"approval_lag": 2}, "approval_lag=2 needs initial_rate, the rate of the years decided already"),
        ({"approval_lag": -1, "initial_rate": 0.1}, "approval_lag must be a whole number of years, at least 0"),
        ({"conditions": SameRatio(years=(1, 2))}, "SameRatio fixes a rate and bounds none: use lowest_rate or steady"),
        ({"conditions": Solvent(last=1), "event_driven": True}, "event_driven: a condition on the last years"),
        ({"conditions": Solvent(years=40)}, "None of the conditions looks at a year in which the rate is charged"),
        ({"conditions": ()}, "A condition is needed"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(settings, text):
    with pytest.raises(BadInput, match=text):
        stepped_rates(O, W, INTEREST, **settings)


@pytest.mark.parametrize("event", [False, True])
def test_a_year_is_kept_if_all_conditions_are(event):
    """Two years of the old rate lower a reserve that stays positive, whichever condition is named last."""
    flows = (np.full(4, 10.0), np.full(4, 100.0), 0.0)
    settings = {"approval_lag": 2, "initial_rate": 0.04, "reserve": 50.0, "event_driven": event, "control_period": 2}
    for conditions in ([NotFalling(), Solvent()], [Solvent(), NotFalling()]):
        found = stepped_rates(*flows, conditions=conditions, **settings)
        assert found.condition_kept.values.tolist() == [0, 0, 1, 1]
        np.testing.assert_allclose(found.contribution_rate, [0.04, 0.04, 0.1, 0.1], rtol=1e-12)
