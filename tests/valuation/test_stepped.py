"""The scaled premium: golden values, the rate found by trial, and what holds for every rising cost rate."""

import math

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from actuarial.errors import BadInput
from actuarial.valuation import level_rate, roll_reserve, scaled_premium
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
