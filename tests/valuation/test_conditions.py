"""Lowest level rates under conditions and the steady-state rate: by trial, in closed form, and what is refused."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from actuarial.errors import BadInput
from actuarial.valuation import (
    NotFalling,
    ReserveRatio,
    SameRatio,
    Solvent,
    level_rate,
    lowest_rate,
    roll_reserve,
    steady_rate,
)
from tests.oracle import finance as oracle
from tests.valuation.data import EARNINGS, INTEREST, OUTGO, histories, timings

W, O = np.array(EARNINGS), np.array(OUTGO)


def holds(condition, outgo, start, end):
    """The condition as a question to reserves [V_0, V_1, ...], asked in the positions start..end of the years."""
    years = range(end - condition.last + 1 if condition.last else start, end + 1)
    if isinstance(condition, NotFalling):
        return lambda v: all(v[t + 1] >= v[t] for t in years)
    if isinstance(condition, Solvent):
        return lambda v: all(v[t + 1] >= 0 for t in years)
    shift = int(condition.outgo_of == "next")
    return lambda v: all(v[t + 1] >= condition.at_least * outgo[t + shift] for t in years)


@pytest.mark.parametrize(
    "condition",
    [
        Solvent(),
        NotFalling(),
        NotFalling(last=1),
        ReserveRatio(at_least=1.5),
        ReserveRatio(at_least=2.0, last=1),
        ReserveRatio(at_least=0.5, outgo_of="next"),
    ],
    ids=repr,
)
@settings(max_examples=25)
@given(history=histories(low=0.0, high=0.1), tau=timings, start=st.integers(0, 12))
def test_the_rate_equals_the_one_found_by_trial(condition, history, tau, start):
    outgo, interest = history["outgo"], history["interest"]
    earnings = [w + 100 for w in history["earnings"]]
    end = len(outgo) - 2
    first = min(start, end)
    expected = oracle.lowest_rate(
        outgo[: end + 1],
        earnings[: end + 1],
        interest[: end + 1],
        holds(condition, outgo, first, end),
        opening=history["reserve"],
        before=0.08,
        first=first,
        timing=tau,
    )
    found = lowest_rate(
        np.array(outgo),
        np.array(earnings),
        np.array(interest),
        conditions=[condition],
        reserve=history["reserve"],
        first_year=first + 1,
        last_year=end + 1,
        rate_before=0.08,
        timing=tau,
    )
    assert float(found) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert (found.attrs["first_year"], found.attrs["last_year"]) == (first + 1, end + 1)


def test_of_several_conditions_the_tightest_decides():
    chosen = [Solvent(), NotFalling(last=10), ReserveRatio(at_least=2.0, years=(40, 60))]
    alone = [float(lowest_rate(O, W, INTEREST, conditions=[condition])) for condition in chosen]
    assert len(set(alone)) == 3
    assert float(lowest_rate(O, W, INTEREST, conditions=chosen)) == max(alone)


def test_solvency_to_the_end_is_the_level_rate_and_a_final_ratio_its_target():
    assert float(lowest_rate(O, W, INTEREST)) == pytest.approx(float(level_rate(O, W, INTEREST)), rel=1e-12)
    final = lowest_rate(O, W, INTEREST, conditions=ReserveRatio(at_least=2.0, last=1))
    assert float(final) == pytest.approx(0.11178485, abs=5e-9)
    next_one = ReserveRatio(at_least=2.0, years=59, outgo_of="next")
    following = lowest_rate(O, W, INTEREST, conditions=next_one, last_year=59)
    assert float(following) == pytest.approx(float(level_rate(O, W, INTEREST, target=2.0, last_year=59)), rel=1e-12)


def test_a_condition_of_named_years_is_that_of_no_other_year():
    rate = float(lowest_rate(O, W, INTEREST, conditions=ReserveRatio(at_least=3.0, years=50)))
    level = roll_reserve(rate * W, O, INTEREST, reserve=0.0)
    assert float(level.reserve_ratio.sel(year=50)) == pytest.approx(3.0, rel=1e-10)
    assert float(level.reserve_ratio.sel(year=60)) < 3.0


@given(histories(low=0.0, high=0.1), timings, st.integers(0, 5))
def test_the_steady_rate_makes_two_reserve_ratios_equal(history, tau, start):
    outgo, earnings = np.array(history["outgo"]) + 100, np.array(history["earnings"]) + 100
    interest, other = np.array(history["interest"]), np.array(history["contributions"])
    count = len(outgo)
    first = min(start, count - 2) + 1
    settings = {"reserve": history["reserve"], "other_income": other, "timing": {"contributions": tau, "outgo": 0.75}}
    rate = steady_rate(outgo, earnings, interest, years=(first, count), first_year=first, rate_before=0.1, **settings)
    charged = np.where(np.arange(1, count + 1) < first, 0.1, float(rate)) * earnings
    rolled = roll_reserve(charged, outgo, interest, **settings)
    pair = rolled.reserve_ratio.sel(year=[first, count]).values
    turnover = (abs(charged) + outgo + other).sum() * 1.1**count + abs(history["reserve"]) * 1.1**count
    assert pair[0] == pytest.approx(pair[1], abs=1e-12 * turnover / outgo.min() * (1 + abs(float(rate))))


def test_steady_rate_by_trial_after_a_review_of_three_years():
    """Ten and sixty years after three years at 4%: the 13th and the 63rd year of the example, continued."""
    wages = [1000 * 1.03 ** (t - 0.5) for t in range(1, 66)]
    outgo = [w * (0.04 + 0.16 / (1 + np.exp(-(t - 28) / 8))) for t, w in enumerate(wages, start=1)]

    def same(shift):
        def rising(levels):
            return levels[63] / outgo[62 + shift] >= levels[13] / outgo[12 + shift]

        return oracle.lowest_rate(outgo, wages, [0.05] * 65, rising, opening=50.0, before=0.04, first=3)

    settings = {"reserve": 50.0, "first_year": 4, "rate_before": 0.04}
    found = steady_rate(np.array(outgo), np.array(wages), 0.05, **settings)
    assert found.attrs["same_ratio_in"] == (13, 63)
    assert (found.attrs["first_year"], found.attrs["last_year"]) == (4, 63)
    assert float(found) == pytest.approx(same(0), rel=1e-10)
    following = steady_rate(np.array(outgo), np.array(wages), 0.05, outgo_of="next", **settings)
    assert float(following) == pytest.approx(same(1), rel=1e-10)
    assert float(following) != pytest.approx(float(found), rel=1e-4)


@pytest.mark.parametrize("condition", [SameRatio(years=(10, 60)), SameRatio(last=1), SameRatio(last=30)], ids=repr)
def test_in_a_mature_scheme_the_steady_rate_is_payg_less_the_yield_above_growth(condition):
    """Outgo and earnings grow at g and the reserve with them: p = c - (i - g) V_0 / (W_1 (1+i)^(1/2))."""
    years = np.arange(60)
    earnings = 1000 * 1.02**years
    rate = lowest_rate(0.15 * earnings, earnings, 0.045, conditions=condition, reserve=700.0)
    assert float(rate) == pytest.approx(0.15 - 0.025 * 700 / (1000 * 1.045**0.5), rel=1e-11)


def test_scenarios_have_rates_of_their_own():
    interest = xr.DataArray([0.05, 0.02], dims="scenario", coords={"scenario": ["high", "low"]})
    conditions = [NotFalling(last=20), Solvent()]
    both = lowest_rate(O, W, interest, conditions=conditions)
    assert both.dims == ("scenario",)
    for name, rate in (("high", 0.05), ("low", 0.02)):
        assert float(both.sel(scenario=name)) == float(lowest_rate(O, W, rate, conditions=conditions))


@given(histories(low=-0.05, high=0.1), st.sampled_from([1e-3, 35.0, 1e9]))
def test_currency_leaves_rates_alone(history, unit):
    outgo, earnings, interest = (np.array(history[name]) for name in ("outgo", "earnings", "interest"))
    outgo, earnings = outgo + 10, earnings + 100
    for condition in (Solvent(last=1), ReserveRatio(at_least=2.0, last=1), SameRatio(last=1)):
        rates = []
        for size in (1.0, unit):
            flows = (size * outgo, size * earnings, interest)
            rates.append(float(lowest_rate(*flows, conditions=condition, reserve=size * history["reserve"])))
        assert rates[1] == pytest.approx(rates[0], rel=1e-7, abs=1e-9)


def test_a_year_that_no_rate_can_mend_is_named():
    earnings = np.array([100.0, 0.0, 100.0])
    text = r"The reserve of 2 does not rise with the contribution rate .* the reserve does not fall \(in 1 of 1 cases"
    with pytest.raises(BadInput, match=text):
        lowest_rate(np.full(3, 10.0), earnings, 0.0, conditions=NotFalling())
    assert float(lowest_rate(np.full(3, 10.0), earnings, 0.0)) == pytest.approx(0.2)


def test_a_year_that_a_higher_rate_makes_worse_is_named_unless_it_is_kept_anyway():
    """At -60% interest the first year's contributions are lost again in the second."""
    flows = (np.array([10.0, 0.0]), np.array([100.0, 1.0]), -0.6)
    with pytest.raises(BadInput, match=r"The reserve of 2 does not rise .* is broken"):
        lowest_rate(*flows, conditions=NotFalling(), timing=1.0, reserve=10.0)
    kept = lowest_rate(*flows, conditions=[NotFalling(last=1), Solvent(years=1)], timing=1.0, reserve=0.0)
    assert float(kept) == pytest.approx(0.1, rel=1e-12)


def test_a_steady_rate_that_breaks_another_condition_is_refused():
    conditions = [SameRatio(years=(10, 60)), ReserveRatio(at_least=50.0, years=60)]
    text = "No rate keeps all conditions: the reserve is at least 50 years of outgo is broken in 60 at the rate of 0"
    with pytest.raises(BadInput, match=text):
        lowest_rate(O, W, INTEREST, conditions=conditions)
    with pytest.raises(BadInput, match="the reserve ratio is that of 20 is broken in 50"):
        lowest_rate(O, W, INTEREST, conditions=[SameRatio(years=(10, 60)), SameRatio(years=(20, 50))])


def test_failing_scenarios_are_counted():
    earnings = xr.DataArray(np.array([[100.0, 100.0], [100.0, 0.0]]), dims=("scenario", "year"))
    with pytest.raises(BadInput, match=r"The reserve of 2 .* \(in 1 of 2 cases"):
        lowest_rate(np.full(2, 10.0), earnings, 0.0, conditions=NotFalling())
    with pytest.raises(BadInput, match=r"The reserve of 2 does not rise .* in 1 of 2 cases: there is no lowest rate"):
        lowest_rate(np.full(2, 10.0), earnings, 0.0, conditions=NotFalling(last=1))


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"conditions": ()}, "A condition is needed, such as Solvent"),
        ({"conditions": ["solvent"]}, r"conditions must be conditions such as Solvent\(\), but one is 'solvent'"),
        ({"conditions": Solvent(years=2070)}, "Solvent: 2070 is not a year of the period, which runs from 1 to 60"),
        ({"conditions": Solvent(years=2), "first_year": 3}, "Solvent: 2 is not a year of the period.* from 3 to 60"),
        ({"conditions": SameRatio(last=60)}, "SameRatio: last=60, but the period has 60 years"),
        ({"conditions": ReserveRatio(at_least=1.0, outgo_of="next")}, "outgo_of='next' needs the outgo of 61"),
        ({"conditions": ReserveRatio(at_least=1.0, outgo_of="last")}, "outgo_of must be 'same' or 'next'"),
        ({"first_year": 3, "last_year": 2}, "first_year=3 comes after the last year of the period, 2"),
    ],
)
def test_what_cannot_be_meant_is_refused(settings, text):
    with pytest.raises(BadInput, match=text):
        lowest_rate(O, W, INTEREST, **settings)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Solvent(years=3, last=2), "Solvent: give years or last, not both"),
        (lambda: NotFalling(last=0), "NotFalling: last must be a whole number of years, at least 1, but it is 0"),
        (lambda: SameRatio(years=(10, 10)), "SameRatio needs two different years, or last"),
        (lambda: SameRatio(), "SameRatio needs two different years, or last"),
    ],
)
def test_conditions_that_cannot_be_meant_are_refused(make, text):
    with pytest.raises(BadInput, match=text):
        make()


def test_a_steady_rate_needs_long_series_with_outgo():
    with pytest.raises(BadInput, match="The series end with 60, but the reserve ratios of 11 and 61 are wanted"):
        steady_rate(O, W, INTEREST, first_year=2)
    with pytest.raises(BadInput, match="SameRatio: no outgo in 1, so no reserve ratio"):
        steady_rate(np.array([0.0, 1.0]), np.ones(2), INTEREST, years=(1, 2))
    with pytest.raises(BadInput, match=r"does not rise with the contribution rate .* there is no lowest rate"):
        steady_rate(np.ones(3), np.array([1.0, 0.0, 0.0]), 0.0, years=(2, 3))
