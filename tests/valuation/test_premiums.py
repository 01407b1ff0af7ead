"""Level rates, summarized rates and their sensitivity: golden values, properties, rates found by trial."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from actuarial.errors import BadInput
from actuarial.refusals import refusal
from actuarial.valuation import level_rate, rate_sensitivity, roll_reserve, summarized_rates
from tests.oracle import finance as oracle
from tests.valuation.data import EARNINGS, INTEREST, OUTGO, PAYG, histories, rising_schemes, timings

W, O = np.array(EARNINGS), np.array(OUTGO)


def test_golden_cost_rates_of_the_example():
    assert [round(PAYG[t - 1], 8) for t in (1, 20, 40, 60)] == [0.04529376, 0.08303063, 0.17081192, 0.19712221]


def test_golden_level_rate_and_its_reserve():
    rate = float(level_rate(O, W, INTEREST))
    assert rate == pytest.approx(0.10834287, abs=5e-9)
    reserve = roll_reserve(rate * W, O, INTEREST, reserve=0.0).reserve
    assert float(reserve[-1]) == pytest.approx(0.0, abs=1e-9 * float(reserve.max()))
    assert float(reserve.max()) == pytest.approx(4322.55, abs=5e-3)
    assert int(reserve.idxmax("year")) == 40


def test_golden_level_rate_with_a_target_of_two_years_of_the_last_outgo():
    assert float(level_rate(O, W, INTEREST, target=2.0, target_of="last")) == pytest.approx(0.11178485, abs=5e-9)


def test_golden_level_rate_over_an_infinite_horizon():
    rate = level_rate(O, W, INTEREST, tail_growth=0.03)
    assert float(rate) == pytest.approx(0.13634477, abs=5e-9)
    assert rate.attrs["target_outgo"].startswith("none: infinite horizon")
    years = np.arange(1, 1500)
    outgo, earnings = (x[-1] * 1.03**years for x in (O, W))
    long = level_rate(np.append(O, outgo), np.append(W, earnings), INTEREST)
    assert float(rate) == pytest.approx(float(long), rel=1e-11)


def test_tail_of_other_income_and_of_rates_before():
    """The tail is the limit of a long projection for every flow, and past rates are credited."""
    help_, years = 0.01 * W, np.arange(1, 1500)
    settings = {"first_year": 3, "rate_before": 0.04, "reserve": 50.0, "timing": {"contributions": 0.25, "outgo": 0.75}}
    short = level_rate(O, W, INTEREST, other_income=help_, tail_growth=0.03, **settings)
    outgo, earnings, other = (np.append(x, x[-1] * 1.03**years) for x in (O, W, help_))
    long = level_rate(outgo, earnings, INTEREST, other_income=other, **settings)
    assert float(short) == pytest.approx(float(long), rel=1e-11)


@given(histories(low=0.0, high=0.1), timings, st.floats(0.0, 3.0))
def test_level_rate_equals_the_rate_found_by_trial(history, tau, years_of_outgo):
    outgo, opening = history["outgo"], history["reserve"]
    earnings = [w + 100 for w in history["earnings"]]
    goal = years_of_outgo * outgo[-1]
    expected = oracle.level_rate(outgo, earnings, history["interest"], opening, goal, tau)
    found = level_rate(
        np.array(outgo),
        np.array(earnings),
        np.array(history["interest"]),
        reserve=opening,
        target=years_of_outgo,
        target_of="last",
        timing=tau,
    )
    assert float(found) == pytest.approx(expected, rel=1e-10, abs=1e-10)


@given(histories(low=-0.05, high=0.1), timings, timings, st.integers(0, 14), st.sampled_from(["compound", "simple"]))
def test_rolled_level_rate_meets_its_target(history, paid_in, paid_out, start, within_year):
    """Rates before, other income, two timings, an inner horizon: the final reserve is k years of the next outgo."""
    names = ("outgo", "earnings", "contributions", "interest")
    outgo, earnings, other, interest = (np.array(history[name]) for name in names)
    first, last = min(start, len(outgo) - 2) + 1, len(outgo) - 1
    given_ = {"reserve": history["reserve"], "other_income": other, "within_year": within_year}
    given_["timing"] = {"contributions": paid_in, "outgo": paid_out, "other_income": 0.3}
    rate = level_rate(
        outgo, earnings, interest, target=1.5, first_year=first, last_year=last, rate_before=0.07, **given_
    )
    charged = np.where(np.arange(1, len(outgo) + 1) < first, 0.07, float(rate)) * earnings
    reserve = roll_reserve(charged, outgo, interest, **given_).reserve
    size = 1e-11 * 1.1 ** len(outgo) * (abs(history["reserve"]) + outgo.sum() + other.sum() + abs(charged).sum() + 1)
    assert float(reserve.sel(year=last)) == pytest.approx(1.5 * outgo[last], abs=size)
    assert (rate.attrs["first_year"], rate.attrs["last_year"]) == (first, last)
    assert rate.attrs["target_outgo"] == f"outgo of {last + 1}"


def test_next_years_outgo_is_extrapolated_and_said():
    outgo = np.array([10.0, 12.0])
    rate = level_rate(outgo, np.full(2, 100.0), 0.0, target=1.0)
    assert float(rate) == pytest.approx((22 + 14.4) / 200, rel=1e-14)
    assert rate.attrs["target_outgo"] == "outgo of 3, extrapolated as the square of the outgo of 2 over that of 1"


@given(rising_schemes())
def test_level_rate_lies_between_the_first_and_the_last_cost_rate(scheme):
    outgo, earnings, interest = scheme
    rate = float(level_rate(np.array(outgo), np.array(earnings), interest))
    assert outgo[0] / earnings[0] <= rate * (1 + 1e-12)
    assert rate <= outgo[-1] / earnings[-1] * (1 + 1e-12)


@given(rising_schemes(), st.floats(0.1, 50.0), st.floats(0.1, 50.0))
def test_level_rate_falls_with_the_opening_reserve(scheme, opening, more):
    outgo, earnings, interest = scheme
    rates = level_rate(
        np.array(outgo),
        np.array(earnings),
        interest,
        reserve=xr.DataArray([0.0, opening, opening + more], dims="scenario"),
    )
    assert np.all(np.diff(rates) < 0)


@given(histories(low=-0.05, high=0.1), st.sampled_from([1e-6, 1e-3, 35.0, 1e9]))
def test_currency_and_size_leave_rates_alone(history, unit):
    names = ("outgo", "earnings", "contributions", "interest")
    outgo, earnings, other, interest = (np.array(history[name]) for name in names)
    opening = history["reserve"]
    one = level_rate(outgo, earnings, interest, reserve=opening, other_income=other)
    two = level_rate(unit * outgo, unit * earnings, interest, reserve=unit * opening, other_income=unit * other)
    assert float(two) == pytest.approx(float(one), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("tau", [0.0, 0.5, 1.0])
@given(history=histories(low=-0.05, high=0.1), prices=st.floats(-0.05, 0.2))
def test_inflation_of_everything_leaves_the_rate_alone(tau, history, prices):
    """Flows carry (1+j)^t and interest is (1+i)(1+j)-1: reserves, which stand on 31 December, carry (1+j)^(t+1-tau)."""
    outgo, earnings, interest = (np.array(history[name]) for name in ("outgo", "earnings", "interest"))
    level = (1 + prices) ** np.arange(1, len(outgo) + 1)
    real = level_rate(outgo, earnings, interest, reserve=history["reserve"], timing=tau, target=1.0, target_of="last")
    nominal = level_rate(
        outgo * level,
        earnings * level,
        (1 + interest) * (1 + prices) - 1,
        reserve=history["reserve"] * (1 + prices) ** (1 - tau),
        timing=tau,
        target=(1 + prices) ** (1 - tau),
        target_of="last",
    )
    assert float(nominal) == pytest.approx(float(real), rel=1e-9, abs=1e-9)


@given(histories(low=-0.05, high=0.1), timings, st.floats(-0.3, 0.3), st.floats(0.0, 2.0))
def test_balance_is_the_distance_of_the_rate_from_the_level_rate_of_the_same_target(history, tau, beyond, target):
    names = ("outgo", "earnings", "contributions", "interest")
    outgo, earnings, other, interest = (np.array(history[name]) for name in names)
    settings = {"reserve": history["reserve"], "other_income": other, "target": target, "target_of": "last"}
    settings["timing"] = {"contributions": tau, "earnings": tau, "outgo": 0.5, "other_income": 0.2}
    rate = float(level_rate(outgo, earnings, interest, **settings))
    found = summarized_rates((rate + beyond) * earnings, outgo, earnings, interest, **settings)
    assert float(found.actuarial_balance) == pytest.approx(beyond, abs=1e-11 * (1 + abs(rate)) * len(outgo))


@given(histories(low=-0.05, high=0.1), timings, timings, st.sampled_from(["compound", "simple"]))
def test_summarized_rates_equal_the_loop(history, paid_in, earned_at, within_year):
    timing = {"contributions": paid_in, "other_income": 0.625, "outgo": 0.5, "earnings": earned_at}
    names = ("contributions", "outgo", "earnings", "interest")
    contributions, outgo, earnings, interest = (np.array(history[name]) for name in names)
    other = list(reversed(history["contributions"]))
    found = summarized_rates(
        contributions,
        outgo,
        earnings,
        interest,
        reserve=history["reserve"],
        other_income=np.array(other),
        target=1.0,
        target_of="last",
        timing=timing,
        within_year=within_year,
    )
    income, cost, unfunded = oracle.summarized(
        history["contributions"],
        other,
        history["outgo"],
        history["earnings"],
        history["interest"],
        history["reserve"],
        history["outgo"][-1],
        timing,
        within_year,
    )
    assert float(found.summarized_income_rate) == pytest.approx(income, rel=1e-11, abs=1e-11)
    assert float(found.summarized_cost_rate) == pytest.approx(cost, rel=1e-11)
    size = float(found.present_value_outgo + found.present_value_contributions) + abs(history["reserve"])
    assert float(found.unfunded_obligation) == pytest.approx(unfunded, abs=1e-11 * (size + 1))


@given(histories(low=-0.05, high=0.1), st.lists(st.floats(0.0, 1.0), min_size=15, max_size=15))
def test_present_values_of_present_and_future_members_add_up(history, shares):
    names = ("contributions", "outgo", "earnings", "interest")
    contributions, outgo, earnings, interest = (np.array(history[name]) for name in names)
    share = np.array(shares[: len(outgo)]) * 0.9 + 0.05
    whole = summarized_rates(contributions, outgo, earnings, interest, target=0.0, reserve=history["reserve"])
    present = summarized_rates(
        contributions * share, outgo * share, earnings * share, interest, target=0.0, reserve=history["reserve"]
    )
    rest = 1 - share
    future = summarized_rates(contributions * rest, outgo * rest, earnings * rest, interest, target=0.0)
    for name in ("present_value_contributions", "present_value_outgo", "present_value_earnings", "unfunded_obligation"):
        size = float(whole.present_value_outgo + whole.present_value_contributions + whole.present_value_earnings)
        assert float(present[name] + future[name]) == pytest.approx(float(whole[name]), abs=1e-11 * (size + 1e4))


def test_golden_sensitivity_to_interest():
    found = rate_sensitivity(O, W, INTEREST)
    assert float(found.level_rate) == pytest.approx(0.10834287, abs=5e-9)
    assert float(found.duration_outgo) == pytest.approx(32.67386, abs=5e-6)
    assert float(found.duration_earnings) == pytest.approx(24.35629, abs=5e-6)
    assert float(found.level_rate_slope) == pytest.approx(-0.90114881, abs=5e-9)
    spread = float(found.duration_earnings - found.duration_outgo)
    assert float(found.level_rate_slope) == pytest.approx(float(found.level_rate) * spread, rel=1e-12)


@given(histories(low=-0.02, high=0.1), timings, timings)
def test_slope_equals_the_finite_difference(history, paid_in, paid_out):
    """With a reserve, other income, interest that changes and an inner horizon."""
    names = ("outgo", "contributions", "interest")
    outgo, other, interest = (np.array(history[name]) for name in names)
    earnings, last = np.array(history["earnings"]) + 1000, len(outgo) - 1
    settings = {"reserve": history["reserve"], "other_income": other, "last_year": last}
    settings["timing"] = {"contributions": paid_in, "outgo": paid_out, "other_income": 0.9}
    found = rate_sensitivity(outgo, earnings, interest, **settings)
    step = 1e-5
    up, down = (level_rate(outgo, earnings, (1 + interest) * np.exp(e) - 1, **settings) for e in (step, -step))
    scale = 1 + abs(float(found.level_rate)) * 15 + float((outgo + other).sum() / earnings.sum()) * 15
    assert float(found.level_rate_slope) == pytest.approx(float(up - down) / (2 * step), abs=1e-6 * scale)
    assert float(found.level_rate) == pytest.approx(float(level_rate(outgo, earnings, interest, **settings)), rel=1e-12)


def test_negative_interest_works():
    outgo, earnings = np.array([10.0, 30.0]), np.array([100.0, 100.0])
    rate = float(level_rate(outgo, earnings, -0.2, timing=1.0))
    assert rate == pytest.approx((10 * 0.8 + 30) / 180, rel=1e-14)


@pytest.mark.parametrize("earnings", [np.zeros(3), np.array([100.0, 0.0, 0.0])])
def test_no_earnings_to_charge_is_refused(earnings):
    text = "earnings from 2 to 3 are zero .*: no contribution rate can be charged on them"
    with pytest.raises(BadInput, match=text):
        level_rate(np.ones(3), earnings, 0.03, first_year=2)


def test_summarized_rates_and_sensitivity_refuse_zero_payroll():
    for call in (
        lambda: summarized_rates(np.ones(2), np.ones(2), np.zeros(2), 0.03),
        lambda: rate_sensitivity(np.ones(2), np.zeros(2), 0.03),
    ):
        with pytest.raises(BadInput, match=r"earnings from 1 to 2 are zero \(present value 0\.0 in 1 of 1 cases\)"):
            call()


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"target_of": "this"}, "target_of must be 'next' or 'last', but it is 'this'"),
        ({"first_year": 3, "last_year": 2}, "first_year=3 comes after the last year of the period, 2"),
        ({"last_year": 2070}, "last_year=2070 is not a year of the series, which run from 1 to 3"),
        ({"tail_growth": 0.03, "target": 1.0}, "tail_growth means an infinite horizon.*set target=0"),
        ({"tail_growth": 0.05}, "tail_growth=0.05 must lie below the interest of the last year, 0.05"),
        ({"tail_growth": np.nan}, "tail_growth must be a growth per year above -1 .* but it is nan"),
        ({"target": np.ones(3)}, "target must be one value"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(settings, text):
    with pytest.raises(BadInput, match=text):
        level_rate(np.array([1.0, 2.0, 3.0]), np.full(3, 50.0), 0.05, **settings)


@pytest.mark.parametrize("outgo", [np.array([5.0]), np.array([0.0, 5.0])])
def test_outgo_that_cannot_be_extrapolated_is_refused(outgo):
    text = rf"multiple of the outgo of {outgo.size + 1}, .*\n  Project one year more, or write target_reserve = 0"
    with pytest.raises(BadInput, match=text) as refused:
        level_rate(outgo, np.ones(outgo.size), 0.03, target=1.0)
    assert "target_reserve = 0" in refusal(refused.value, "es")
