"""Quick arithmetic of labelled arrays gives what xarray gives, cell by cell, with the same dims and labels."""

import operator

import numpy as np
import pytest
import xarray as xr
from xarray.testing import assert_identical

from actuarial.labelled import choose, clip
from actuarial.quick import (
    OPERATORS,
    REFLECTED,
    Quick,
    alike,
    axis,
    broadcast,
    dataset,
    gathered,
    pick,
    quick,
    quick_set,
    stacked,
    total,
    union,
    where,
    without_attrs,
)

YEAR, AGE, SEX = np.arange(2025, 2029), np.arange(5), ["male", "female"]


def array(*dims, seed=1, whole=False):
    labels = {"year": YEAR, "age": AGE, "sex": SEX}
    values = np.random.default_rng(seed).integers(1, 9, [len(labels[dim]) for dim in dims])
    return xr.DataArray(values if whole else values / 4.0, dims=dims, coords={dim: labels[dim] for dim in dims})


def plain(found):
    """The same as a DataArray of xarray."""
    return xr.DataArray(found.values, dims=found.dims, coords={dim: found[dim] for dim in found.dims})


PAIRS = {
    "the same dims": (array("year", "age"), array("year", "age", seed=2)),
    "another order": (array("year", "age"), array("age", "year", seed=2)),
    "fewer dims": (array("year", "age"), array("age", seed=2)),
    "more dims": (array("age"), array("sex", "age", "year", seed=2)),
    "no common dim": (array("year"), array("age", seed=2)),
    "no dims": (array("year"), xr.DataArray(2.0)),
    "a number": (array("year", "age"), 3.0),
}


@pytest.mark.parametrize("case", PAIRS)
@pytest.mark.parametrize("word", OPERATORS)
def test_operators_are_those_of_xarray(word, case):
    left, right = PAIRS[case]
    if word in ("and", "or", "xor"):
        left, right = left > 1.0, right > 1.0
    function = getattr(operator, f"__{word}__")
    found = function(quick(left), right)
    assert isinstance(found, Quick)
    assert_identical(plain(found), function(left, right))
    if word in REFLECTED:
        assert_identical(plain(function(right, quick(left))), function(right, left))


def test_labels_that_differ_are_the_matter_of_xarray():
    left, right = array("year", "age"), array("year").isel(year=slice(2))
    assert_identical(plain(quick(left) * right), left * right)
    assert (quick(left) * right).sizes["year"] == 2
    with xr.set_options(arithmetic_join="exact"), pytest.raises(ValueError, match="cannot align"):
        quick(left) * right
    shuffled = array("age", seed=3).isel(age=[4, 3, 2, 1, 0])
    assert_identical(plain(quick(left) - shuffled), left - shuffled)


def test_labels_that_are_missing_are_the_matter_of_xarray():
    unlabelled = xr.DataArray(np.arange(5.0), dims="age")
    assert_identical(plain(quick(array("age")) * unlabelled), array("age") * unlabelled)
    with_more = array("age").assign_coords(group="all")
    assert "group" in (quick(array("age")) * with_more).coords


def test_conditions_and_bounds_are_those_of_xarray():
    condition, yes, no = array("age") > 1.0, array("year", seed=2), array("sex", "age", seed=3)
    expected = xr.where(condition, yes, no)
    assert_identical(plain(where(quick(condition), yes, no)), expected)
    assert_identical(plain(choose(condition, quick(yes), no)), expected)
    assert_identical(plain(clip(quick(yes), 0.5, no)), clip(yes, 0.5, no))
    assert where(quick(condition), 1, 0.5).dtype == float


def test_what_a_dataset_holds():
    data = xr.Dataset({"a": array("year", "age"), "b": array("age", seed=2), "other": array("sex")})
    assert_identical(plain(total(data, ("a", "b"))), data["a"] + data["b"])
    assert_identical(plain(pick(data, "b")), data["b"].rename(None))
    assert axis(data, "sex").values.tolist() == SEX
    assert alike(data["b"], data["a"])
    assert not alike(data["a"], data["b"])
    assert not alike(data["b"].isel(age=slice(2)), data["a"])


def test_values_are_those_of_the_array_that_was_given():
    given = array("year", "age")
    made = quick(given)
    assert np.shares_memory(made.values, given.values)
    assert not np.shares_memory((made * 1.0).values, given.values)


@pytest.mark.parametrize("dim", [None, "age", ["year", "age"], "nothing"])
@pytest.mark.parametrize("holes", [False, True])
@pytest.mark.parametrize("kind", [float, int, bool])
def test_sums_are_those_of_xarray(dim, holes, kind):
    """To the bit, with what is NaN left out, over any dims, of any kind of numbers, and with the attributes."""
    values = np.random.default_rng(4).normal(size=(3, 40))
    values[1, 5:7] = np.nan if holes and kind is float else 0.0
    usual = xr.DataArray(values.astype(kind), dims=("year", "age"), coords={"year": [1, 2, 3], "age": np.arange(40)})
    usual = usual.rename("one").assign_attrs(units="persons")
    mine = quick_set(usual.to_dataset())["one"]
    if dim == "nothing":
        with pytest.raises(ValueError, match="nothing"):
            mine.sum(dim)
        return
    assert mine.sum(dim).identical(usual.sum(dim))
    assert mine.sum(dim, keep_attrs=True).identical(usual.sum(dim, keep_attrs=True))
    assert mine.sum(dim, min_count=1).identical(usual.sum(dim, min_count=1))
    assert mine.sum(dim, skipna=False).identical(usual.sum(dim, skipna=False))


@pytest.mark.parametrize("dim", [None, ..., "age", ["age"], ["age", "year"], []])
@pytest.mark.parametrize("word", ["max", "min", "mean", "any", "all"])
def test_other_reductions_are_those_of_xarray(dim, word):
    usual = array("year", "age", "sex").rename("one").assign_attrs(units="persons")
    usual = usual > 1.5 if word in ("any", "all") else usual.where(usual > 0.6)
    mine = quick_set(usual.rename("one").to_dataset())["one"]
    for keep in (None, True, False):
        expected = getattr(usual, word)(dim, keep_attrs=keep).rename("one")
        assert getattr(mine, word)(dim, keep_attrs=keep).identical(expected)
    with xr.set_options(keep_attrs=False):
        assert getattr(mine, word)(dim).attrs == {}
    with pytest.raises(ValueError, match="nothing"):
        getattr(mine, word)("nothing")
    shown = usual.assign_coords(code=("year", [5, 6, 7, 8])).rename("one")
    for one in (shown, usual.drop_vars("year").assign_coords(code=3).rename("one")):
        assert getattr(quick_set(one.to_dataset())["one"], word)("age").identical(getattr(one, word)("age"))


@pytest.mark.parametrize(
    "other", [None, 0.0, 2, array("year", "age", seed=5), array("age", "year", seed=5, whole=True)]
)
@pytest.mark.parametrize("dims", [("year",), ("age", "year"), ("sex",), ()])
def test_a_condition_leaves_what_xarray_leaves(dims, other):
    usual = array("year", "age").rename("one").assign_attrs(units="persons")
    condition = array(*dims, seed=3) > 1.0
    given = () if other is None else (other,)
    for one in (usual, usual.astype(int)):
        mine = quick_set(one.to_dataset())["one"]
        assert mine.where(condition, *given).identical(one.where(condition, *given))
        assert mine.where(quick(condition), *given).identical(one.where(condition, *given))
    with pytest.raises(ValueError, match=r"align|indexes"):
        mine.where(condition, array("year").isel(year=slice(2)))


def of_lines():
    """Numbers by year and line, with two words by line and one for all."""
    words = {"payer": ("line", ["state", "employer", "state"]), "run": "base", "line": ["a", "b", "c"]}
    values = np.random.default_rng(6).normal(size=(4, 3))
    given = xr.DataArray(values, {"year": YEAR, **words}, ("year", "line"), name="income", attrs={"units": "1"})
    return given, quick_set(given.to_dataset())["income"]


PLACES = (
    {}, {"year": 2}, {"line": -1}, {"year": 0, "line": 1}, {"line": [2, 0]}, {"line": [0, 1, 2]}, {"year": slice(1, 3)},
    {"year": slice(None, None, -1), "line": 2}, {"line": slice(0, 0)},
)  # fmt: skip


@pytest.mark.parametrize("drop", [False, True])
@pytest.mark.parametrize("places", PLACES)
def test_places_and_labels_are_those_of_xarray(places, drop):
    usual, mine = of_lines()
    assert mine.isel(places, drop=drop).identical(usual.isel(places, drop=drop))
    labels = {dim: usual[dim].values[place].tolist() for dim, place in places.items()}
    assert mine.sel(labels, drop=drop).identical(usual.sel(labels, drop=drop))
    assert mine.sel(**labels, drop=drop).identical(usual.sel(**labels, drop=drop))


def test_places_and_labels_that_are_none_are_refused_as_by_xarray():
    _, mine = of_lines()
    for wrong, kind in (({"year": 9}, IndexError), ({"age": 0}, ValueError)):
        with pytest.raises(kind):
            mine.isel(wrong)
    for wrong in ({"year": 1999}, {"line": "z"}, {"age": 1}):
        with pytest.raises(KeyError):
            mine.sel(wrong)
    twice = xr.DataArray([1.0, 2.0, 3.0], {"line": ["a", "a", "b"]}, ["line"])
    assert quick(twice).sel(line="a").identical(twice.sel(line="a"))
    dates = np.array(["2026-01-01", "2026-02-01", "2027-01-01"], "M8[ns]")
    days = xr.DataArray([1.0, 2.0, 3.0], {"day": dates}, ["day"])
    assert quick(days).sel(day="2026").identical(days.sel(day="2026"))
    pairs = array("year", "age").stack(cell=["year", "age"])
    assert quick(pairs).isel(cell=3).identical(pairs.isel(cell=3))
    assert quick(pairs).sel(year=2026).identical(pairs.sel(year=2026))


@pytest.mark.parametrize("order", [(), ("line", "year"), (..., "year"), ("year", ...), ("line", "year", ...)])
def test_dims_in_another_order(order):
    usual, mine = of_lines()
    assert mine.transpose(*order).identical(usual.transpose(*order))
    for wrong in (("line",), ("year", "age"), ("year", "year")):
        with pytest.raises(ValueError, match=r"permut|missing|[Dd]im"):
            mine.transpose(*wrong)


def test_what_goes_with_labels_stays_with_them():
    usual, mine = of_lines()
    state = usual["payer"] == "state"
    assert (quick(mine["payer"]) == "state").equals(state)
    assert mine.where(quick(state), 0.0).identical(usual.where(state, 0.0))
    assert (mine * usual["line"].notnull()).equals(usual * usual["line"].notnull())
    other = usual.isel(year=0).assign_coords(payer=("line", ["state", "state", "state"]))
    assert (mine * other).equals(usual * other)  # years of an array stand before the one year of another
    assert (other * mine).equals(other * usual)
    assert "payer" not in (mine * other).coords  # they differ
    assert mine.sum("year").identical(usual.sum("year"))
    assert mine.sum("line").identical(usual.sum("line"))


def test_functions_of_numpy():
    usual, mine = of_lines()
    for bound in (0.1, usual.isel(year=0, drop=True), xr.DataArray(0.2)):
        assert np.minimum(mine, bound).identical(np.minimum(usual, bound))
    bare, given = usual.drop_attrs(), of_lines()[1].drop_attrs()
    for function in (np.exp, np.isfinite):
        assert function(quick_set(given.to_dataset())["income"]).identical(function(bare))
    assert np.maximum(quick(bare), 0.0).equals(np.maximum(bare, 0.0))
    names = [quick_set(one.drop_attrs().to_dataset(name=word))[word] for one, word in ((usual, "a"), (usual, "b"))]
    assert np.add(*names).name == np.add(*map(xr.DataArray, names)).name == "a"
    with pytest.raises(NotImplementedError):
        np.add.reduce(quick(bare))


def test_arrays_side_by_side_are_those_of_xarray():
    several = [array("year"), array("age", "year", seed=2), array("year", seed=3)]
    words = {"line": ["a", "b", "c"], "payer": ["state", "employer", "state"]}
    name = xr.DataArray(words["line"], dims="line", name="line")
    expected = xr.concat(xr.broadcast(*several), name).assign_coords(payer=("line", words["payer"]))
    found = stacked([quick(one) for one in several], "line", words)
    assert found.dims[-1] == "line"
    assert found.equals(expected.transpose(*found.dims))
    for one, other in zip(broadcast(several), xr.broadcast(*several), strict=True):
        assert one.equals(other.transpose(*one.dims))
    with pytest.raises(ValueError, match="year"):
        broadcast([array("year"), array("year").isel(year=[0])])


def test_arrays_of_several_scenarios_side_by_side_say_which():
    scenarios = [array("year").assign_coords(scenario=word) for word in ("low", "high")]
    found = stacked(scenarios, "run", {"run": ["a", "b"]})
    assert found["scenario"].dims == ("run",)
    assert found["scenario"].values.tolist() == ["low", "high"]
    assert stacked(scenarios[:1] * 2, "run", {"run": ["a", "b"]})["scenario"].item() == "low"
    assert "scenario" not in stacked([*scenarios, array("year")], "run", {"run": ["a", "b", "c"]}).coords


def test_variables_together_are_those_of_a_dataset():
    usual, mine = of_lines()
    data = {"income": mine, "by_line": usual.sum("year").rename("x"), "alone": xr.DataArray(2.0, attrs={"units": "2"})}
    assert_identical(gathered(data), xr.Dataset(data))
    gathered(data)["alone"].attrs["units"] = "3"
    assert data["alone"].attrs == {"units": "2"}
    others = array("year").isel(year=[0]), xr.DataArray(np.ones(3), dims="line"), array("year").rename(year="line")
    for other in others:
        assert_identical(gathered(data | {"other": other}), xr.Dataset(data | {"other": other}))
    data["payer"] = array("sex")
    with pytest.raises(ValueError, match="payer"):
        gathered(data)


YEARS = xr.Dataset(coords={"year": ("year", [2026, 2027], {"units": "year"})})["year"]
SEXES = ["male", "female"]
TABLE = np.arange(4.0).reshape(2, 2)


def test_a_dataset_is_that_of_xarray():
    labels = {"year": YEARS, "sex": SEXES}
    known = xr.DataArray(TABLE[0], {"sex": SEXES}, ["sex"], attrs={"units": "persons"})
    data = {"by_both": (("year", "sex"), TABLE), "by_sex": known, "alone": ((), np.float64(3.0))}
    assert_identical(dataset(data, labels), xr.Dataset(data, labels))
    other = data | {"by_year": xr.DataArray([1.0], {"year": [2027]}, ["year"])}
    assert_identical(dataset(other, labels), xr.Dataset(other, labels))
    with pytest.raises(ValueError, match=r"by_both: \(2, 2\) values"):
        dataset({"by_both": (("year", "sex"), TABLE)}, labels | {"sex": ["all"]})


def test_a_union_is_a_merge():
    first = xr.Dataset({"a": (("year", "sex"), TABLE)}, {"year": YEARS, "sex": SEXES}, {"x": 1, "y": 2, "z": 3})
    second = xr.Dataset({"b": ("year", TABLE[0]), "a": ("year", TABLE[1])}, {"year": YEARS}, {"y": 5, "w": 4})
    assert union(first, second.assign_attrs(y=True, v=2.0)).attrs == {"x": 1, "z": 3, "w": 4, "v": 2.0}
    third = xr.Dataset({"c": ((), 1.0), "b": ((), 7.0)}, attrs={"y": 2, "z": 3})
    merge = {"join": "exact", "compat": "override", "combine_attrs": "drop_conflicts"}
    assert_identical(union(first, second, third), xr.merge([first, second, third], **merge))
    assert_identical(union(several := first.assign_attrs(x=np.array([1, 2]), y=float("nan")), several), several)
    beside = third.assign_coords(run="base")
    assert_identical(union(first, beside), xr.merge([first, beside], **merge))
    with pytest.raises(ValueError, match="year"):
        union(first, second.isel(year=[0]))


def test_attributes_are_left_out_and_stay_with_what_they_are_left_out_of():
    labels = {"year": ("year", YEAR, {"units": "1"}), "born": ("year", YEAR - 60, {"units": "2"})}
    given = xr.DataArray(np.ones(YEAR.size), labels, "year", name="x", attrs={"units": "3"})
    for one in (given, xr.Dataset({"x": given}, attrs={"name": "4"})):
        before = one.copy(deep=True)
        found = without_attrs(one)
        assert_identical(found, one.drop_attrs())
        found.attrs["units"] = found["born"].attrs["units"] = "5"
        assert_identical(one, before)
