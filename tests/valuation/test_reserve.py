"""The reserve against a loop, its identity with present values, its ratios and the years in which it turns."""

import math

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from actuarial.errors import BadInput
from actuarial.valuation import critical_years, level_rate, roll_reserve
from actuarial.valuation.reserve import accumulate, judge_reserve_ratio
from tests.oracle import finance as oracle
from tests.valuation.data import EARNINGS, INTEREST, OUTGO, histories, timings


def arrays(history, *names):
    return [np.array(history[name]) for name in names]


@given(histories(), timings, timings, timings, st.sampled_from(["compound", "simple"]))
def test_roll_equals_the_loop_under_every_timing(history, paid_in, paid_out, other_at, within_year):
    contributions, outgo, other, interest = arrays(history, "contributions", "outgo", "earnings", "interest")
    timing = {"contributions": paid_in, "outgo": paid_out, "other_income": other_at}
    rolled = roll_reserve(
        contributions,
        outgo,
        interest,
        reserve=history["reserve"],
        other_income=other,
        timing=timing,
        within_year=within_year,
    )
    flows = [(history["contributions"], paid_in), ([-x for x in outgo], paid_out), (history["earnings"], other_at)]
    expected = oracle.roll(history["reserve"], flows, history["interest"], within_year)
    turnover = oracle.roll(abs(history["reserve"]), [(abs(np.array(s)), tau) for s, tau in flows], history["interest"])
    allowed = 1e-12 * (max(turnover) + max(outgo) + max(other) + max(contributions))
    np.testing.assert_allclose(rolled.reserve, expected, rtol=0, atol=allowed)
    change = np.array(expected) - np.array([history["reserve"], *expected[:-1]])
    found = rolled.investment_income + contributions + other - outgo
    np.testing.assert_allclose(found, change, rtol=0, atol=allowed)


@pytest.mark.parametrize("tau", [0.0, 0.5, 1.0])
@given(history=histories(low=-0.1))
def test_discounted_reserve_is_opening_reserve_and_discounted_flows(tau, history):
    contributions, outgo, interest = arrays(history, "contributions", "outgo", "interest")
    level = roll_reserve(contributions, outgo, interest, reserve=history["reserve"], timing=tau).reserve
    today = oracle.discount(history["interest"])[-1] * float(level[-1])
    worth = [oracle.present_value(history[name], history["interest"], tau) for name in ("contributions", "outgo")]
    size = abs(history["reserve"]) + sum(worth) + 1
    assert abs(today - (history["reserve"] + worth[0] - worth[1])) <= 1e-12 * size


@given(histories(low=-0.1, high=0.2), timings, timings)
def test_the_reserve_of_every_year_is_that_of_later_flows_and_the_last_reserve(history, paid_in, paid_out):
    """Retrospective = prospective: V_t = PV_t(later outgo) - PV_t(later contributions) + PV_t(V_T)."""
    contributions, outgo, interest = arrays(history, "contributions", "outgo", "interest")
    timing = {"contributions": paid_in, "outgo": paid_out}
    level = roll_reserve(contributions, outgo, interest, reserve=history["reserve"], timing=timing).reserve.values
    for t in range(len(outgo)):
        later = history["interest"][t + 1 :]
        owed = oracle.present_value(history["outgo"][t + 1 :], later, paid_out)
        paid = oracle.present_value(history["contributions"][t + 1 :], later, paid_in)
        rest = level[-1] * oracle.discount([0.0, *later])[-1]
        size = 1e-11 * (owed + paid + abs(rest) + abs(level[t]) + 1)
        assert level[t] == pytest.approx(owed - paid + rest, abs=size)


def test_simple_interest_is_the_exposure_of_the_flow():
    rolled = roll_reserve(np.array([100.0]), 0.0, 0.04, reserve=0.0, timing=0.482, within_year="simple")
    assert float(rolled.reserve[0]) == pytest.approx(100 * (1 + 0.518 * 0.04), rel=1e-14)


def test_ratios_take_the_outgo_of_the_same_year():
    rolled = roll_reserve(np.array([50.0, 50.0]), np.array([100.0, 0.0]), 0.0, reserve=200.0)
    assert rolled.reserve.values.tolist() == [150.0, 200.0]
    assert float(rolled.reserve_ratio[0]) == 1.5
    assert float(rolled.trust_fund_ratio[0]) == 2.0
    assert np.isnan(rolled.reserve_ratio[1])
    assert np.isnan(rolled.trust_fund_ratio[1])


def test_negative_interest_works():
    rolled = roll_reserve(np.full(2, 10.0), 0.0, -0.02, reserve=100.0, timing=1.0)
    assert rolled.reserve.values.tolist() == pytest.approx([108.0, 115.84], rel=1e-14)
    assert rolled.investment_income.values.tolist() == pytest.approx([-2.0, -2.16], rel=1e-12)


def test_a_negative_reserve_bears_interest_as_a_debt():
    rolled = roll_reserve(np.zeros(2), np.array([150.0, 0.0]), 0.10, reserve=100.0, timing=1.0)
    assert rolled.reserve.values.tolist() == pytest.approx([-40.0, -44.0], rel=1e-14)


@given(histories(low=0.0, high=0.1))
def test_years_of_turning_equal_the_loop_and_come_in_order(history):
    contributions, outgo = (np.ceil(flow) for flow in arrays(history, "contributions", "outgo"))
    interest, opening = np.array(history["interest"]), abs(history["reserve"])
    found = critical_years(contributions, outgo, interest, reserve=opening)
    years = [float(found[name]) for name in found]
    expected = oracle.turning_points(list(contributions), list(outgo), history["interest"], opening)
    assert [None if math.isnan(year) else int(year) for year in years] == expected
    reached = [math.inf if math.isnan(year) else year for year in years]
    assert reached == sorted(reached)


def test_years_that_do_not_come_are_nan_and_names_are_kept():
    found = critical_years(np.full(5, 10.0), np.full(5, 9.0), 0.03, reserve=0.0)
    assert list(found) == ["year_outgo_exceeds_contributions", "year_reserve_falls", "year_reserve_exhausted"]
    assert all(np.isnan(found[name]) for name in found)


def test_the_last_year_counts_as_a_turning_year():
    found = critical_years(np.array([10.0, 10.0, 10.0]), np.array([9.0, 9.0, 30.0]), 0.0, reserve=0.0)
    assert [int(found[name]) for name in found] == [3, 3, 3]


def test_other_income_counts_among_what_covers_the_outgo():
    help_ = np.array([2.0, 2.0, 0.0])
    with_help = critical_years(np.full(3, 8.0), np.full(3, 10.0), 0.0, reserve=0.0, other_income=help_)
    assert [int(with_help[name]) for name in with_help] == [3, 3, 3]


def test_rounding_of_a_balanced_fund_is_no_deficit():
    rate = float(level_rate(np.array(OUTGO), np.array(EARNINGS), INTEREST))
    found = critical_years(rate * np.array(EARNINGS), np.array(OUTGO), INTEREST, reserve=0.0)
    assert np.isnan(found.year_reserve_exhausted)
    assert int(found.year_reserve_falls) == 41


def test_a_guarantor_fills_its_share_of_a_shortfall():
    level, paid = accumulate(np.array(10.0), np.full(3, 0.1), np.array([-31.0, 5.0, 40.0]), np.array([1.0, 0.5, 0.5]))
    np.testing.assert_allclose(paid, [20.0, 0.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(level, [0.0, 5.0, 45.5], atol=1e-12)
    level, paid = accumulate(np.array(0.0), np.zeros(2), np.array([-10.0, -10.0]), np.array([0.25, 1.0]))
    assert paid.tolist() == [2.5, 17.5]
    assert level.tolist() == [-7.5, 0.0]


@pytest.mark.parametrize("interest", [-1.0, np.array([0.03, -1.5, 0.03])])
def test_interest_that_leaves_nothing_is_refused(interest):
    with pytest.raises(BadInput, match=r"interest must lie above -1 .* If these are percentages, divide them by 100"):
        roll_reserve(np.zeros(3), np.zeros(3), interest, reserve=0.0)


def test_unknown_words_and_fractions_are_refused():
    flows = (np.zeros(3), np.zeros(3), 0.03)
    with pytest.raises(BadInput, match="within_year must be 'compound' or 'simple', but it is 'monthly'"):
        roll_reserve(*flows, reserve=0.0, within_year="monthly")
    with pytest.raises(BadInput, match="timing of outgo must be a fraction of the year between 0 and 1, but it is 12"):
        roll_reserve(*flows, reserve=0.0, timing={"outgo": 12})
    with pytest.raises(BadInput, match="timing: unknown flow benefits; the flows are contributions, outgo,"):
        roll_reserve(*flows, reserve=0.0, timing={"benefits": 0.5})
    with pytest.raises(BadInput, match=r"reserve must be one value .* but it is a series by year"):
        roll_reserve(*flows, reserve=np.zeros(3))


def judged(ratio, outgo=400.0, reserve=1_000.0):
    years = {"year": [2025, 2026]}
    basis = xr.Dataset({"reserve_0": reserve, "reserve_ratio_0": ratio}, years)
    return judge_reserve_ratio(xr.Dataset({"outgo": ("year", [outgo, 9e9])}, years), basis)


@pytest.mark.parametrize(("ratio", "fits"), [(1.99, False), (2.01, True), (2.5, True), (3.74, True), (3.76, False)])
def test_a_reserve_ratio_before_the_projection_fits_to_its_first_outgo(ratio, fits):
    told = judged(ratio)
    assert (told == []) is fits
    if not fits:
        assert told == [
            f"reserve_ratio_0: {ratio}, but reserve_0 is 2.5 times the outgo of 2025; the law looks back at the "
            "former. Give reserve_0 over the outgo of 2024, which is mostly a little lower than that of 2025."
        ]


def test_a_reserve_ratio_without_a_reserve_or_by_scenario():
    assert judged(0.0, reserve=0.0) == []
    assert judged(1.0, outgo=0.0) == []
    assert "reserve_0 is 0 times" in judged(1.0, reserve=0.0)[0]
    assert judged(xr.DataArray([2.5, 1.0], dims="scenario"))[0].startswith("reserve_ratio_0: 1, but reserve_0 is 2.5")
    assert judge_reserve_ratio(xr.Dataset(), xr.Dataset({"reserve_0": 1.0})) == []
