"""Plain and labelled numbers made labelled."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from actuarial.demography import lee_carter
from actuarial.demography.labels import labelled, require_given
from actuarial.errors import BadDimensions, OutOfBounds


def test_plain_numbers_get_labels():
    array = labelled([[1, 2, 3], [4, 5, 6]], "deaths", ("year", "age"), {"year": [2020, 2021]})
    assert array.dims == ("year", "age")
    assert array.age.values.tolist() == [0, 1, 2]
    assert float(array.sel(year=2021, age=2)) == 6.0


def test_labelled_numbers_are_put_in_order_and_copied():
    given = xr.DataArray(np.ones((3, 2), dtype=int), dims=("age", "year"), coords={"year": [2020, 2021]})
    array = labelled(given, "deaths", ("year", "age"))
    array[0, 0] = 5.0
    assert array.dims == ("year", "age")
    assert (given == 1).all()


@pytest.mark.parametrize(
    ("values", "coords", "error", "words"),
    [
        ([1.0, 2.0], None, BadDimensions, r"deaths must have 2 dims \(year, age\); the array has the shape \(2,\)"),
        ([[1.0, 2.0]], {"age": [0, 1, 2]}, BadDimensions, r"but 3 labels were given for age"),
        ([[1.0, np.nan]], {"year": [2020]}, OutOfBounds, r"1 of 2 are not; the first: year 2020, age 1 -> nan"),
        ([[1.0, -2.0]], None, OutOfBounds, r"must be at least 0: 1 of 2 are not; the first: year 0, age 1 -> -2"),
        (xr.DataArray([1.0], dims="age"), None, BadDimensions, r"deaths needs the dims year, age; it has age"),
    ],
)
def test_what_is_refused(values, coords, error, words):
    with pytest.raises(error, match=words):
        labelled(values, "deaths", ("year", "age"), coords, least=0.0)


def test_labels_that_occur_twice_are_refused():
    with pytest.raises(BadDimensions, match=r"deaths: 2 of 4 labels of age occur before, the first is 5"):
        labelled([1, 2, 3, 4], "deaths", ("age",), {"age": [5, 6, 5, 6]})
    twice = xr.DataArray(np.ones((2, 2)), dims=("sex", "age"), coords={"sex": ["male", "male"]})
    with pytest.raises(BadDimensions, match=r"1 of 2 labels of sex .* male"):
        labelled(twice, "deaths", ("age",))


def test_years_are_numbers_and_labels_have_a_dim():
    with pytest.raises(BadDimensions, match=r"years must be numbers .* '2020'"):
        labelled([1, 2], "total", ("year",), {"year": ["2020", "2021"]})
    with pytest.raises(BadDimensions, match=r"labels were given for ages; the dims are age"):
        labelled([1, 2], "deaths", ("age",), {"ages": [60, 61]})


def test_masked_cells_are_missing():
    with pytest.raises(OutOfBounds, match=r"1 of 2 are not; the first: age 1"):
        labelled(np.ma.masked_array([1, 2], [False, True]), "deaths", ("age",))


def test_a_table_of_pandas_keeps_its_years_and_is_refused_where_it_lies_on_its_side():
    table = pd.DataFrame([[1, 2, 3], [4, 5, 6]], index=pd.Index([2020, 2021], name="year"), columns=range(3))
    assert labelled(table, "deaths", ("year", "age"))["year"].values.tolist() == [2020, 2021]
    with pytest.raises(BadDimensions, match=r"year stands where age is expected; turn"):
        labelled(table.T, "deaths", ("year", "age"))


@pytest.mark.parametrize(
    "index",
    [["2020", "2021"], pd.period_range("2020", periods=2, freq="Y"), pd.to_datetime(["2020-12-31", "2021-12-31"])],
)
def test_years_of_pandas_that_are_no_numbers(index):
    with pytest.raises(BadDimensions, match=r"years must be numbers .* first is .*2020.*\.year of an index"):
        labelled(pd.DataFrame(np.ones((2, 3)), index=index), "deaths", ("year", "age"))


def test_labels_given_beside_a_data_array():
    plain = xr.DataArray([[1.0, 2.0]], dims=("year", "age"))
    found = labelled(plain, "deaths", ("year", "age"), {"year": [2020], "age": [60, 61]})
    assert (found["year"].values.tolist(), found["age"].values.tolist()) == ([2020], [60, 61])
    require_given(found, "deaths", {"age": [60, 61], "year": None})
    with pytest.raises(BadDimensions, match=r"labels of age are 60, 61, but 61, 62 were given"):
        require_given(found, "deaths", {"age": [61, 62]})
    with pytest.raises(BadDimensions, match=r"labels of year are 2020, but 2021 were given"):
        lee_carter(found, found, years=[2021])


def test_whole_numbers_that_pandas_holds_as_objects_are_years():
    index = pd.Index([2020, 2021], dtype=object)
    found = labelled(pd.DataFrame(np.ones((2, 3)), index=index), "deaths", ("year", "age"))
    assert found["year"].values.tolist() == [2020, 2021]
    assert found["year"].dtype.kind == "i"


@pytest.mark.parametrize("kind", [float, "f4", "u2", "i2"])
def test_whole_years_and_ages_of_any_kind_are_whole_numbers(kind):
    """Readers of tables with gaps make years floats; their index of pandas was not taken for years."""
    years, ages = np.array([2020, 2021], dtype=kind), np.array([60, 61, 62], dtype=kind)
    table = pd.DataFrame(np.ones((2, 3)), index=pd.Index(years), columns=pd.Index(ages, name="age"))
    beside = xr.DataArray(np.ones((2, 3)), {"year": years, "age": ages}, ("year", "age"))
    for given in (table, beside.chunk()):
        found = labelled(given, "deaths", ("year", "age"))
        assert found["year"].values.tolist() == [2020, 2021]
        assert {found[dim].dtype for dim in found.dims} == {np.dtype(np.int64)}
    assert labelled([1.0, 2.0], "lx", ("age",), {"age": [60.5, 61.0]})["age"].values.tolist() == [60.5, 61.0]


def test_half_years_of_pandas_are_kept_and_years_that_are_missing_refused():
    """Both had been left out, so that the numbers had no years."""
    halves = pd.Series([1.0, 2.0], index=pd.Index([2010.5, 2020.5], name="year"))
    assert labelled(halves, "total", ("year",))["year"].values.tolist() == [2010.5, 2020.5]
    with pytest.raises(BadDimensions, match=r"total: years must be numbers .* the first is nan"):
        labelled(pd.Series([1.0, 2.0], index=[2020.0, np.nan]), "total", ("year",))
