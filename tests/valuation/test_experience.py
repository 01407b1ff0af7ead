"""Actual over expected numbers with exact limits of a Poisson count."""

import numpy as np
import pytest
import xarray as xr
from scipy.stats import poisson

from actuarial.errors import BadInput
from actuarial.valuation.experience import experience

AGES = np.arange(60, 66)


def counts(*values):
    return xr.DataArray(np.array(values), {"age": AGES[: len(values)]})


@pytest.mark.parametrize(("number", "lower", "upper"), [(0, 0.0, 3.689), (5, 1.623, 11.668), (10, 4.795, 18.390)])
def test_limits_are_those_of_the_printed_tables(number, lower, upper):
    found = experience(counts(number), counts(1.0))
    assert found["actual_to_expected_lower"].item() == pytest.approx(lower, abs=5e-4)
    assert found["actual_to_expected_upper"].item() == pytest.approx(upper, abs=5e-4)


@pytest.mark.parametrize("number", [1, 7, 40])
def test_limits_leave_half_of_the_rest_on_either_side(number):
    """At the lower limit so many or more, at the upper so many or fewer have the probability 5%."""
    found = experience(counts(number), counts(20.0), level=0.90)
    low, high = (20.0 * found[f"actual_to_expected_{side}"].item() for side in ("lower", "upper"))
    assert poisson.sf(number - 1, low) == pytest.approx(0.05, abs=1e-12)
    assert poisson.cdf(number, high) == pytest.approx(0.05, abs=1e-12)


def test_bands_sum_both_sides_and_other_dims_of_the_expected():
    actual = counts(1, 2, 3, 4, 5, 6)
    split = counts(2.0, 2.0, 2.0, 2.0, 2.0, 2.0).expand_dims(sex=["male", "female"])
    found = experience(actual, split, bands=[60, 63])
    assert found["age_band"].values.tolist() == ["60-62", "63+"]
    assert found["actual_number"].values.tolist() == [6.0, 15.0]
    assert found["expected_number"].values.tolist() == [12.0, 12.0]
    assert found["actual_to_expected"].values.tolist() == [0.5, 1.25]


def test_nothing_expected_has_no_ratio():
    found = experience(counts(0, 2), counts(0.0, 4.0))
    assert np.isnan(found["actual_to_expected"][0])
    assert found["actual_to_expected"][1] == 0.5


def test_events_of_the_expected_law_are_covered_as_often_as_stated():
    rng = np.random.default_rng(1)
    ages = {"age": np.arange(4000)}
    mean = xr.DataArray(np.full(4000, 8.0), ages)
    found = experience(xr.DataArray(rng.poisson(8.0, 4000), ages), mean)
    inside = (found["actual_to_expected_lower"] <= 1) & (found["actual_to_expected_upper"] >= 1)
    assert 0.95 <= float(inside.mean()) < 0.98


@pytest.mark.parametrize(
    ("actual", "expected", "options", "message"),
    [
        (counts(1.5), counts(1.0), {}, "whole and not negative, but 1 of 1 are not, the first is 1.5"),
        (counts(1), counts(-1.0), {}, "must not be negative or NaN"),
        (counts(1, 2), counts(1.0), {}, "1 labels of age are missing, the first is 61"),
        (counts(1), counts(1.0).isel(age=0), {}, "expected has no dimension age"),
        (counts(1), counts(1.0), {"level": 95}, "level must lie between 0 and 1"),
        (counts(1, 2), counts(1.0, 1.0), {"bands": [61]}, "bands start at 61, but 1 persons are younger"),
        (counts(1), counts(1.0), {"bands": [60, 60]}, "rising first ages"),
    ],
)
def test_what_is_no_count_is_refused(actual, expected, options, message):
    with pytest.raises(BadInput, match=message):
        experience(actual, expected, **options)
