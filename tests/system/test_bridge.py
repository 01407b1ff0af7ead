"""The bridge from labels to plain arrays: labels are looked up, copies are copies, views are read only."""

import numpy as np
import pytest
import xarray as xr

from actuarial.bridge import align, view
from actuarial.errors import BadDimensions

YEARS, GROUPS = [2026, 2027, 2028], ["workers", "poor"]
ARRAY = xr.DataArray(
    np.arange(6.0).reshape(3, 2), dims=("year", "group"), coords={"year": YEARS, "group": GROUPS}, name="contacts"
)
COORDS = {"year": ARRAY["year"], "group": ARRAY["group"]}
DIMS = ("group", "year")


@pytest.mark.parametrize("answer", [align, view])
@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("given", [ARRAY, ARRAY.T, ARRAY.isel(group=[1, 0], year=[2, 0, 1]), ARRAY.drop_vars("year")])
def test_labels_decide_where_a_value_is_and_not_its_place(answer, plain, given):
    coords = {dim: labels.values if plain else labels for dim, labels in COORDS.items()}
    assert answer(given, DIMS, coords).tolist() == ARRAY.values.T.tolist()


@pytest.mark.parametrize("answer", [align, view])
def test_fewer_labels_are_selected_and_other_dims_repeated(answer):
    coords = {"year": xr.DataArray([2028, 2026], dims="year", coords={"year": [2028, 2026]}), "group": GROUPS}
    assert answer(ARRAY.sel(group="poor", drop=True), DIMS, coords).tolist() == [[5.0, 1.0], [5.0, 1.0]]
    assert answer(0.5, DIMS, coords).tolist() == [[0.5, 0.5], [0.5, 0.5]]


@pytest.mark.parametrize("answer", [align, view])
def test_what_does_not_fit_is_an_error(answer):
    with pytest.raises(BadDimensions, match="contacts: 1 of 3 labels of year are missing, the first is 2028"):
        answer(ARRAY.isel(year=slice(0, 2)), DIMS, COORDS)
    with pytest.raises(BadDimensions, match="contacts has 2 values along year, but 3 are needed"):
        answer(ARRAY.isel(year=slice(0, 2)).drop_vars("year"), DIMS, COORDS)
    with pytest.raises(BadDimensions, match="contacts has the dimension group; only year can be used here"):
        answer(ARRAY, ("year",), COORDS)


def test_an_index_that_was_dropped_does_not_count_as_positions():
    bare = ARRAY.isel(year=[2, 1, 0]).drop_indexes("year")
    labels = xr.DataArray([0, 1, 2], dims="year", coords={"year": [0, 1, 2]})
    with pytest.raises(BadDimensions, match="3 of 3 labels of year are missing"):
        align(bare, ("year", "group"), {"year": labels, "group": GROUPS})


@pytest.mark.parametrize("answer", [align, view])
@pytest.mark.parametrize("kind", ["float32", ">f8", ">f4"])
def test_decimals_of_other_kinds_are_doubles_and_indices_stay_whole(answer, kind):
    """Kernels read eight bytes of this machine for each number."""
    found = answer(ARRAY.astype(kind), DIMS, COORDS)
    assert found.dtype == np.float64
    assert found.tolist() == ARRAY.values.T.tolist()
    assert view(ARRAY.astype("int64"), DIMS, COORDS).dtype == np.int64


def test_aligned_values_are_copies_and_views_are_read_only():
    copy, seen = align(ARRAY, ARRAY.dims, COORDS), view(ARRAY, DIMS, COORDS)
    assert copy.flags.writeable
    assert copy.flags.c_contiguous
    assert not np.shares_memory(copy, ARRAY.values)
    assert np.shares_memory(seen, ARRAY.values)
    with pytest.raises(ValueError, match="read-only"):
        seen *= 2.0
