"""Odd inputs of rates, graduation and fits: what would have given numbers without a word is refused or right."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.demography import (
    brass_from_deaths,
    brass_table,
    exposure_from_records,
    fit_tests,
    graduate,
    whittaker,
)
from actuarial.errors import BadDimensions, BadInput, OutOfBounds

DEATHS, EXPECTED = np.array([12.0, 15, 9, 22, 30]), np.array([10.0, 13, 12, 20, 33])
STANDARD = [1.0, 0.9, 0.5]


def by_age(values, first):
    return xr.DataArray(values, dims="age", coords={"age": np.arange(first, first + len(values))})


def records(**columns):
    row = {"birth": ["1950-07-01"], "entry": ["2020-01-01"], "exit": ["2021-07-01"], "status": ["dead"]}
    return row | columns


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: fit_tests(by_age(DEATHS, 60), by_age(EXPECTED, 50)), BadDimensions, "other labels of age"),
        (lambda: fit_tests(by_age(DEATHS, 60), EXPECTED), BadDimensions, "other labels of age"),
        (lambda: fit_tests(DEATHS, EXPECTED, parameters=-1), BadInput, "at least 0, but it is -1"),
        (lambda: fit_tests(DEATHS, EXPECTED, parameters=np.nan), BadInput, "at least 0, but it is nan"),
        (lambda: fit_tests([], []), BadInput, "there are none"),
        (lambda: whittaker([1, 2, 2, 3, 4], [1] * 4, smoothing=1.0), BadDimensions, "must have the same labels"),
        (lambda: whittaker(by_age(DEATHS, 60), [1] * 5), BadDimensions, "must have the same labels"),
        (lambda: graduate(DEATHS, EXPECTED, extend_years=(2020, 2030)), BadInput, "nothing is smoothed along year"),
        (lambda: graduate(DEATHS, EXPECTED, extend_ages=90), BadInput, "give the first and the last"),
        (lambda: graduate(DEATHS, EXPECTED, smoothing=[1, 2]), BadInput, "needs numbers above 0 for age"),
        (lambda: graduate(DEATHS, EXPECTED, ages=list("abcde")), BadInput, "ages: give a sequence of numbers"),
        (lambda: brass_table(STANDARD, np.nan), OutOfBounds, "alpha must be finite numbers"),
        (lambda: brass_table(STANDARD, [0.1, 0.2]), BadDimensions, "alpha: give one number, or a DataArray"),
        (lambda: brass_table(STANDARD, "low"), BadInput, "alpha: give numbers"),
        (lambda: brass_from_deaths([1, 2], [9.0, 9], STANDARD, ax=np.nan), BadInput, "ax: give a number from 0 to 1"),
        (lambda: brass_from_deaths([1, 2], [9.0, 9], STANDARD, ax=[0.5] * 3), BadInput, "each of the 2 ages"),
        (lambda: brass_from_deaths([], [], STANDARD), BadInput, "there are none"),
        (lambda: exposure_from_records(None), BadInput, "not a NoneType"),
        (lambda: exposure_from_records({k: v[0] for k, v in records().items()}), BadInput, "one value for each row"),
        (lambda: exposure_from_records(records(), oldest=70.5), BadInput, r"oldest: give a whole number \(got 70\.5\)"),
        (lambda: exposure_from_records(records(birth=["1850-07-01"])), BadInput, "more than 130 years after the birth"),
    ],
)
def test_what_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_rows_of_a_person_have_one_birth():
    two = {name: values * 2 for name, values in records(status=["alive"], person=[1]).items()}
    two |= {"entry": ["2020-01-01", "2020-06-01"], "exit": ["2020-06-01", "2021-07-01"]}
    assert exposure_from_records(two).days.sum() == 547
    with pytest.raises(BadInput, match=r"1 of 2 rows are refused, the birth is another one .* row 1"):
        exposure_from_records(two | {"birth": ["1950-07-01", "1950-07-02"]})


def test_dates_keep_the_day_of_their_own_zone():
    entry = pd.Series(pd.to_datetime(["2020-01-01"])).dt.tz_localize("Pacific/Auckland")
    assert exposure_from_records(records(entry=entry)).days.sel(year=2020).sum() == 366


def test_runs_of_many_cells():
    """Of n above and n below in two runs the probability is 2 over the number of orders, also where that is huge."""
    expected = np.full(2400, 10.0)
    few = fit_tests(np.where(np.arange(2400) < 1200, 12.0, 8.0), expected)
    many = fit_tests(np.where(np.arange(2400) % 2, 12.0, 8.0), expected)
    assert few.p_value.sel(test="runs") < 1e-300
    assert_allclose(many.p_value.sel(test="runs"), 1.0)
    small = fit_tests([12.0, 12, 8, 8], [10.0] * 4)
    assert_allclose(small.p_value.sel(test="runs"), 2 / 6)


def test_no_expected_deaths_test_nothing():
    found = fit_tests([0.0, 0.0], [0.0, 0.0])
    assert found.cells == 0
    assert found.p_value.isnull().all()


def test_unknown_values_without_weight():
    found = whittaker([1.0, np.nan, 2.0, 3.0], [1, 0, 1, 1], smoothing=1.0).fitted
    assert found.identical(whittaker([1.0, 7.0, 2.0, 3.0], [1, 0, 1, 1], smoothing=1.0).fitted)
    with pytest.raises(OutOfBounds, match="values must be numbers where the weight is above 0: 1 of 4"):
        whittaker([1.0, np.nan, 2.0, 3.0], [1, 1, 1, 1], smoothing=1.0)
