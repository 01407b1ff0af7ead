"""A discount rate that is not the return, and the average-cost method beside present values."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from actuarial.errors import BadInput
from actuarial.valuation import average_cost_rates, level_rate, roll_reserve, summarized_rates
from tests.oracle import finance as oracle
from tests.valuation.data import EARNINGS, INTEREST, OUTGO, histories, timings

W, O = np.array(EARNINGS), np.array(OUTGO)


@given(histories(low=-0.05, high=0.1), st.lists(st.integers(0, 100), min_size=15, max_size=15), st.floats(0.0, 2.0))
def test_the_rolled_reserve_misses_its_target_by_the_yield_on_the_reserve_that_was_meant(history, rates, target):
    """With flows at the end of the year: V_T - target = sum of (i_t - d_t) times the reserve meant, with interest."""
    outgo, earnings, interest = (np.array(history[name]) for name in ("outgo", "earnings", "interest"))
    discount = np.array(rates[: len(outgo)]) / 1000
    common = {"reserve": history["reserve"], "timing": 1.0}
    rate = level_rate(outgo, earnings, interest, discount_rate=discount, target=target, target_of="last", **common)
    meant = roll_reserve(float(rate) * earnings, outgo, discount, **common).reserve.values
    rolled = roll_reserve(float(rate) * earnings, outgo, interest, **common).reserve.values
    missed = 0.0
    for t in range(len(outgo)):
        before = history["reserve"] if t == 0 else meant[t - 1]
        missed += (interest[t] - discount[t]) * before * np.prod(1 + interest[t + 1 :])
    size = 1e-10 * (abs(history["reserve"]) + abs(meant).max() + outgo.sum() + 1) * 1.1 ** len(outgo)
    assert meant[-1] == pytest.approx(target * outgo[-1], abs=size)
    assert rolled[-1] - target * outgo[-1] == pytest.approx(missed, abs=size)


def test_the_warning_says_from_when_and_nothing_else_changes():
    plain = level_rate(O, W, INTEREST, target=1.0)
    same = level_rate(O, W, INTEREST, target=1.0, discount_rate=INTEREST)
    assert "warning" not in plain.attrs
    xr.testing.assert_identical(plain, same)
    interest = np.where(np.arange(60) < 10, 0.06, INTEREST)
    other = level_rate(O, W, interest, target=1.0, discount_rate=INTEREST)
    assert float(other) == float(plain)
    assert other.attrs["warning"].startswith(
        "discount_rate is not the interest in 10 of 60 years, the first is 1: a reserve that earns the interest will "
        "not meet the target"
    )


@pytest.mark.filterwarnings("error")
@given(histories(low=-0.05, high=0.1), timings)
def test_present_values_are_those_of_the_discount_rate(history, tau):
    names = ("contributions", "outgo", "earnings", "interest")
    contributions, outgo, earnings, interest = (np.array(history[name]) for name in names)
    settings = {"reserve": history["reserve"], "timing": tau, "target_of": "last"}
    found = summarized_rates(contributions, outgo, earnings, interest - 0.01, discount_rate=interest, **settings)
    expected = summarized_rates(contributions, outgo, earnings, interest, **settings)
    xr.testing.assert_equal(found, expected)
    years = len(outgo)
    assert f"not the interest in {years} of {years} years, the first is 1" in found.attrs["warning"]
    worth = oracle.present_value(history["outgo"], history["interest"], tau)
    assert float(found.present_value_outgo) == pytest.approx(worth, rel=1e-11, abs=1e-9)


def test_an_infinite_horizon_discounts_at_its_own_rate():
    found = level_rate(O, W, 0.02, discount_rate=INTEREST, tail_growth=0.03)
    assert float(found) == pytest.approx(0.13634477, abs=5e-9)


def test_growth_after_the_end_by_scenario():
    growth = xr.DataArray([0.03, 0.01], dims="scenario", coords={"scenario": ["high", "low"]})
    both = level_rate(O, W, INTEREST, tail_growth=growth)
    for name, one in (("high", 0.03), ("low", 0.01)):
        assert float(both.sel(scenario=name)) == float(level_rate(O, W, INTEREST, tail_growth=one))
    assert both.attrs["target_outgo"] == "none: infinite horizon, flows grow by 0.01 to 0.03 a year after 60"
    with pytest.raises(BadInput, match=r"tail_growth=0.06 must lie below the interest of the last year, 0\.05"):
        level_rate(O, W, INTEREST, tail_growth=growth + 0.03)


# --- the average-cost method ------------------------------------------------------------------------------------------


@given(histories(low=-0.02, high=0.1), timings, st.floats(1.0, 1e4))
def test_average_cost_and_present_value_agree_where_earnings_grow_at_interest(history, tau, first):
    """W_t is proportional to the accumulated interest, so v_t W_t is the same every year."""
    contributions, outgo, interest = (np.array(history[name]) for name in ("contributions", "outgo", "interest"))
    at = np.cumprod(1 + interest) * (1 + interest) ** (tau - 1)  # what one unit of today is at the time of the flows
    earnings = first * at
    mean = average_cost_rates(contributions, outgo, earnings)
    worth = summarized_rates(contributions, outgo, earnings, interest, target=0.0, timing=tau)
    size = 1e-12 * (1 + (contributions + outgo).max() / earnings.min())
    assert float(mean.average_income_rate) == pytest.approx(float(worth.summarized_income_rate), abs=size)
    assert float(mean.average_cost_rate) == pytest.approx(float(worth.summarized_cost_rate), abs=size)
    assert float(mean.average_cost_balance) == pytest.approx(float(worth.actuarial_balance), abs=2 * size)


def test_average_cost_is_the_mean_of_yearly_rates_and_differs_otherwise():
    found = average_cost_rates(0.1 * W, O, W, other_income=0.02 * W, last_year=50)
    assert float(found.average_income_rate) == pytest.approx(0.12, rel=1e-12)
    mean = sum(OUTGO[t] / EARNINGS[t] for t in range(50)) / 50
    assert float(found.average_cost_rate) == pytest.approx(mean, rel=1e-12)
    assert float(found.average_cost_balance) == pytest.approx(0.12 - mean, rel=1e-12)
    worth = summarized_rates(0.1 * W, O, W, INTEREST, target=0.0, last_year=50)
    assert float(found.average_cost_rate) > float(worth.summarized_cost_rate) + 0.01
    assert found.attrs["last_year"] == 50


def test_a_year_without_earnings_has_no_rate():
    text = "earnings are zero in 1 of 2 years, the first is 2: the average-cost method has no rate"
    with pytest.raises(BadInput, match=text):
        average_cost_rates(np.ones(2), np.ones(2), np.array([1.0, 0.0]))
