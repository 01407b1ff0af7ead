"""Identities compare cells of the same labels, however the sides are laid out."""

import numpy as np
import pytest
import xarray as xr

from actuarial.check import identity
from actuarial.errors import IdentityFailed

YEARS, SEXES = [2026, 2027, 2028], ["male", "female"]
SIDE = xr.DataArray(
    np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), dims=("year", "sex"), coords={"year": YEARS, "sex": SEXES}
)


def wrong(times=1.00001):
    array = SIDE.copy(deep=True)
    array.loc[{"year": 2027, "sex": "female"}] *= times
    return array


@pytest.mark.parametrize(
    "right",
    [SIDE, SIDE.T, SIDE.isel(sex=[1, 0]), SIDE * (1 + 1e-10)],
    ids=["same", "turned", "sorted", "rounded"],
)
def test_the_same_numbers_agree(right):
    identity("Both are the same", SIDE, right, SIDE)


@pytest.mark.parametrize("layout", [lambda side: side, lambda side: side.T, lambda side: side.isel(year=[2, 0, 1])])
@pytest.mark.parametrize("times", [1.00001, np.nan, np.inf])
def test_one_cell_that_differs_is_named(layout, times):
    with pytest.raises(IdentityFailed, match="differ in 1 of 6 cells") as failed:
        identity("Both are the same", SIDE, layout(wrong(times)), SIDE)
    assert "year=2027" in str(failed.value)
    assert "sex='female'" in str(failed.value)


def test_equal_numbers_of_exchanged_labels_differ():
    with pytest.raises(IdentityFailed, match="differ in 6 of 6 cells"):
        identity("Both are the same", SIDE, SIDE.assign_coords(sex=SEXES[::-1]), SIDE)


def test_a_scale_has_fewer_dims():
    identity("Both are the same", SIDE, SIDE + 1e-10, SIDE.isel(sex=0, drop=True))
    with pytest.raises(IdentityFailed, match="differ in 1 of 6 cells"):
        identity("Both are the same", SIDE, wrong(), SIDE.isel(sex=0, drop=True))
