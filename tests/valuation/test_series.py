"""Whatever form yearly series come in, they are aligned, or refused with a text that helps."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from actuarial.errors import BadInput
from actuarial.valuation import level_rate, roll_reserve
from actuarial.valuation.series import align, timings, year_end_discount

YEARS = np.arange(2026, 2030)
OUTGO = np.array([10.0, 12.0, 15.0, 17.0])
DATES = pd.date_range("2026", periods=4, freq="YE")


def labelled(values, **extra):
    dims = (*extra, "year")
    return xr.DataArray(values, dims=dims, coords={**extra, "year": YEARS})


def test_arrays_pandas_and_xarray_give_the_same_rate():
    forms = [OUTGO, pd.Series(OUTGO, index=YEARS), labelled(OUTGO), list(OUTGO)]
    rates = [float(level_rate(form, np.full(4, 100.0), 0.03, reserve=5.0)) for form in forms]
    assert rates == [rates[0]] * 4


def test_labels_of_years_reach_the_result_and_bare_series_count_from_one():
    named = roll_reserve(pd.Series(OUTGO, index=YEARS), OUTGO, 0.03, reserve=1.0)
    assert named.year.values.tolist() == YEARS.tolist()
    assert roll_reserve(OUTGO, OUTGO, 0.03, reserve=1.0).year.values.tolist() == [1, 2, 3, 4]


def test_every_scenario_is_what_it_would_be_alone():
    names = ["central", "low"]
    interest = xr.DataArray([0.04, 0.01], dims="scenario", coords={"scenario": names})
    outgo = labelled(np.stack([OUTGO, 1.3 * OUTGO]), scenario=names)
    opening = xr.DataArray([3.0, 0.0], dims="scenario", coords={"scenario": names})
    together = roll_reserve(np.full(4, 11.0), outgo.transpose("year", "scenario"), interest, reserve=opening)
    assert together.reserve.dims == ("scenario", "year")
    for k, name in enumerate(names):
        alone = roll_reserve(np.full(4, 11.0), outgo.values[k], float(interest[k]), reserve=float(opening[k]))
        np.testing.assert_array_equal(together.reserve.sel(scenario=name), alone.reserve)
    rates = level_rate(outgo, np.full(4, 100.0), interest, reserve=opening)
    assert rates.dims == ("scenario",)
    assert float(rates[1]) == float(level_rate(outgo.values[1], np.full(4, 100.0), 0.01))


def test_result_carries_units_and_meaning():
    reserve = roll_reserve(OUTGO, OUTGO, 0.0, reserve=0.0).reserve
    assert reserve.attrs["units"] == "currency"
    assert level_rate(OUTGO, OUTGO, 0.0).attrs["units"] == "fraction"


def test_discount_of_year_ends():
    np.testing.assert_allclose(year_end_discount(np.array([0.25, 0.0, -0.5])), [0.8, 0.8, 1.6], rtol=1e-15)


def test_flows_without_a_timing_of_their_own_fall_at_mid_year():
    assert timings({"outgo": 0.25}) == {"contributions": 0.5, "outgo": 0.25, "other_income": 0.5, "earnings": 0.5}
    assert set(timings(1).values()) == {1.0}


@pytest.mark.parametrize(
    ("outgo", "earnings", "text"),
    [
        (OUTGO, np.ones(3), r"earnings has 3 years, but outgo has 4\."),
        (labelled(OUTGO), np.ones(3), r"earnings has 3 years, but outgo has 4\."),
        (
            labelled(OUTGO),
            pd.Series(np.ones(4), index=YEARS + 1),
            "earnings runs over other years than outgo: 2027-2030 against 2026-2029. Select the same years in both.",
        ),
        (pd.Series(OUTGO, index=[2026, 2027, 2029, 2030]), 1.0, r"gap, but 2027 is followed by 2029 \(1 such places"),
        (labelled(OUTGO).assign_coords(year=YEARS + 0.5), 1.0, "outgo: the labels of year must be whole years"),
        (labelled(OUTGO).assign_coords(year=DATES), 1.0, r"2026-12-31.*\n .*\.dt\.year"),
        (np.ones((2, 4)), 1.0, r"outgo has 2 dimensions without names\. Give a DataArray"),
        (pd.DataFrame({"a": OUTGO}), 1.0, r"outgo: a pandas object must be a Series .* \(got a DataFrame\)"),
        (pd.Series(OUTGO, index=pd.date_range("2026", periods=4)), 1.0, r"\(got dtype datetime64.*\n .*with \.year"),
        ("many", 1.0, "outgo must be numbers, but it is str"),
        (1.0, 2.0, "None of outgo, earnings, .* is a series by year"),
        (np.array([]), 2.0, "None of outgo, earnings, .* is a series by year"),
    ],
)
def test_what_does_not_fit_is_refused(outgo, earnings, text):
    with pytest.raises(BadInput, match=text):
        level_rate(outgo, earnings, 0.03)


def test_nan_is_an_error_that_says_where():
    outgo = labelled(np.stack([OUTGO, [10.0, np.nan, 15.0, np.inf]]), scenario=["central", "low"])
    with pytest.raises(BadInput) as caught:
        level_rate(outgo, np.ones(4), 0.03)
    assert str(caught.value) == (
        "outgo must hold finite numbers.\n  2 of 8 fail; the first: scenario=low, year=2027 -> nan"
    )
    blank = pd.Series(OUTGO, index=YEARS, dtype="Float64").mask(YEARS == 2027)
    for missing in (np.ma.masked_equal(OUTGO, OUTGO[1]), blank):
        with pytest.raises(BadInput, match=r"1 of 4 fail; the first: year=(2|2027) -> nan"):
            level_rate(missing, np.ones(4), 0.03)
    with pytest.raises(BadInput, match="reserve must hold finite numbers"):
        level_rate(OUTGO, np.ones(4), 0.03, reserve=np.nan)


def test_scenarios_of_other_names_are_refused():
    one = xr.DataArray([0.03, 0.04], dims="scenario", coords={"scenario": ["central", "low"]})
    two = xr.DataArray([1.0, 2.0], dims="scenario", coords={"scenario": ["central", "high"]})
    with pytest.raises(BadInput, match="reserve: the labels of scenario differ from those of the other series"):
        roll_reserve(OUTGO, OUTGO, one, reserve=two)


def test_a_constant_series_is_stretched_over_the_years():
    series = align({"outgo": OUTGO, "earnings": 7.0})
    assert series["earnings"].tolist() == [7.0] * 4
    with pytest.raises(BadInput, match="last_year=9 is not a year of the series, which run from 1 to 4"):
        series.position(9, "last_year", 0)
