"""Plain or labelled numbers of the data of a country or a scheme, made labelled: by year, sex and age."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from numbers import Integral
from typing import Any

import numpy as np
import xarray as xr

from actuarial.errors import BadDimensions, BadInput, OutOfBounds
from actuarial.quick import without_attrs
from actuarial.translation import few

ORDER = ("scenario", "year", "cause", "group", "sex", "age")


def labelled(
    values: Any,
    name: str,
    dims: Sequence[str],
    coords: Mapping[str, Any] | None = None,
    *,
    least: float | None = None,
    gaps: bool = False,
) -> xr.DataArray:
    """Numbers as a float64 DataArray in the order of the library.

    Parameters
    ----------
    values : array, sequence or DataArray
        Plain numbers have exactly the dims of `dims`, in that order; a DataArray has at least them and any others. A
        Series or DataFrame of pandas is plain; its index (and columns) label ages, causes and calendar years that
        `coords` does not. Masked cells are NaN.
    name : str
        Word for the numbers, used in messages.
    dims : sequence of str
    coords : mapping of dim to labels, optional
        Labels of plain numbers, and ages and years of a DataArray without them; where they are left out the ages are
        0, 1, 2, ... and other dims are without labels.
    least : float, optional
        Smallest number allowed.
    gaps : bool
        Whether NaN may stay: see `known`.

    Returns
    -------
    DataArray
        A copy; dims in the order scenario, year, cause, group, sex, age, others before them.

    Raises
    ------
    BadDimensions
        Other dims, or labels of another length, that occur twice, or that are no numbers where they are years.
    BadInput
        Words instead of numbers, a Dataset, an index of pandas that may be ages or rows.
    OutOfBounds
        NaN, infinite numbers or numbers below `least`: how many, and where the first is.
    """
    array = (
        _from_labelled(_with_labels(values, coords or {}), name, dims)
        if isinstance(values, xr.DataArray)
        else _from_plain(values, name, dims, dict(coords or {}))
    )
    _require_labels(array, name)
    whole = {dim: _whole(array[dim].values) for dim in ("year", "age") if dim in array.dims and dim in array.coords}
    array = array.assign_coords({dim: (dim, labels, array[dim].attrs) for dim, labels in whole.items()})
    refuse(array, np.isinf(array.values) if gaps else ~np.isfinite(array.values), f"{name} must be numbers")
    if least is not None:
        refuse(array, array.values < least, f"{name} must be at least {least:g}")
    return array


def in_order(array: xr.DataArray) -> xr.DataArray:
    """With its dims in the order of the library, others before them."""
    others = [dim for dim in array.dims if dim not in ORDER]
    return array.transpose(*others, *[dim for dim in ORDER if dim in array.dims])


def known(array: xr.DataArray, weight: xr.DataArray, name: str) -> xr.DataArray:
    """The numbers with 0 in the place of those that are not known and have the weight 0; others must be known."""
    missing = np.isnan(array.values)
    used = weight.broadcast_like(array).transpose(*array.dims).values > 0
    refuse(array, missing & used, f"{name} must be numbers where the weight is above 0")
    return array.fillna(0.0)


def gap_in(labels: Any) -> str:
    """Where numbers do not rise by 1, in brackets after a message: " (2026 is followed by 2028)"; "" where they do."""
    numbers = np.asarray(labels)
    at = np.flatnonzero(np.diff(numbers) != 1)
    return f" ({numbers[at[0]]:g} is followed by {numbers[at[0] + 1]:g})" if at.size else ""


def same_labels(what: str, *arrays: xr.DataArray) -> None:
    """Refuse arrays whose labels differ along a dim that they share: nothing is dropped."""
    for first, other in combinations(arrays, 2):
        for dim in (dim for dim in first.dims if dim in other.dims):
            labels = [one[dim].values if dim in one.coords else np.arange(one.sizes[dim]) for one in (first, other)]
            plain = dim not in first.coords or dim not in other.coords
            if first.sizes[dim] != other.sizes[dim] or not (plain or np.array_equal(labels[0], labels[1])):
                raise BadDimensions(
                    f"{what} must have the same labels of {dim}: {few(labels[0])} and {few(labels[1])} were given."
                )


def refuse(array: xr.DataArray, bad: np.ndarray, what: str, remedy: str = "") -> None:
    """Raise OutOfBounds for the cells marked bad: what, how many, the first place and its number, what to do."""
    if bad.any():
        first = np.unravel_index(int(bad.argmax()), bad.shape)
        place = place_of(array, first) or "the number"
        more = f"\n  {remedy}" if remedy else ""
        raise OutOfBounds(
            f"{what}: {int(bad.sum())} of {bad.size} are not; the first: {place} -> {array.values[first]:g}{more}"
        )


def place_of(array: xr.DataArray, at: tuple[Any, ...]) -> str:
    """The labels of a cell, such as "sex male, age 5"; "" for a single number."""
    labels = [array[d].values[i] if d in array.coords else i for d, i in zip(array.dims, at, strict=True)]
    return ", ".join(f"{d} {label}" for d, label in zip(array.dims, labels, strict=True))


def described(dataset: xr.Dataset, words: Mapping[str, tuple[str, str]]) -> xr.Dataset:
    """The Dataset with the units and the long name of its variables as attributes."""
    for name, (units, long_name) in words.items():
        if name in dataset:
            dataset[name].attrs = {"units": units, "long_name": long_name}
    return dataset


def numbers_of(values: Any, name: str) -> np.ndarray:
    """Plain numbers as a new float64 array; BadInput where they are none."""
    if isinstance(values, xr.Dataset):
        found = ", ".join(map(str, values.data_vars)) or "no variable"
        raise BadInput(f"{name}: a Dataset was given; give one of its variables ({found}).")
    try:
        plain = np.ma.filled(values.astype(float), np.nan) if np.ma.isMaskedArray(values) else values
        _refuse_words(plain, name)
        return np.array(plain, float)
    except (TypeError, ValueError) as wrong:
        if isinstance(wrong, BadInput):
            raise
        raise BadInput(f"{name}: give numbers, as many for each label as for the others ({wrong}).") from wrong


def _refuse_words(values: Any, name: str) -> None:
    """Refuse digits that are words, which NumPy would read."""
    if getattr(getattr(values, "dtype", None), "kind", "O") in "iufb" or isinstance(values, (int, float, range)):
        return
    plain = np.asarray(values) if hasattr(values, "dtype") else np.asarray(values, dtype=object)
    if plain.dtype.kind not in "SUO":
        return
    found = [one for one in plain.ravel().tolist() if isinstance(one, (str, bytes))]
    if found:
        raise BadInput(f"{name}: give numbers; {len(found)} of {plain.size} are words, the first is {found[0]!r}.")


def _require_labels(array: xr.DataArray, name: str) -> None:
    """Refuse labels that occur twice, and years that are no numbers."""
    for dim in array.dims:
        labels = array[dim].values.tolist() if dim in array.coords else []
        again = len(labels) - len(set(labels))
        if again:
            first = next(label for place, label in enumerate(labels) if label in labels[:place])
            raise BadDimensions(
                f"{name}: {again} of {len(labels)} labels of {dim} occur before, the first is {first}; join or remove "
                "what has the same label."
            )
        dates = dim == "year" and bool(labels) and array[dim].dtype.kind not in "iufO"
        if dates or (dim == "year" and any(isinstance(label, str) for label in labels)):
            _refuse_years(name, labels[0])


def _refuse_years(name: str, first: Any) -> None:
    raise BadDimensions(
        f"{name}: years must be numbers such as 2020, but the first is {first!r}; of dates take the years (.year of an "
        "index of pandas, .dt.year of xarray), of words .astype(int)."
    )


def _take_axes(values: Any, name: str, dims: Sequence[str], coords: dict[str, Any]) -> None:
    """Take the labels of a Series or DataFrame of pandas for ages, causes and years that no argument names."""
    for dim, axis in zip(dims, getattr(values, "axes", ()), strict=False):
        labels = _whole(np.asarray(axis))
        counted = np.array_equal(labels, np.arange(labels.size))
        if str(axis.name).lower() in set(dims) - {dim}:
            raise BadDimensions(
                f"{name} needs the dims {', '.join(dims)}, but {axis.name} stands where {dim} is expected; turn the "
                "table with .T."
            )
        numbers = labels.dtype.kind in "iuf" and not np.isnan(labels).any()
        calendar = numbers and labels.size and labels.min() >= 1000 and labels.max() < 3000
        if dim == "year" and not numbers and labels.size:
            _refuse_years(name, float("nan") if labels.dtype.kind == "f" else axis[0])
        if dim == "year" and calendar and coords.get(dim) is None:
            coords[dim] = labels
        if dim not in ("age", "cause") or coords.get(dim) is not None or counted:
            continue
        if dim == "age" and labels.dtype.kind not in "iuf":
            raise BadInput(
                f"{name}: {few(labels.tolist())} stand where ages are expected; give one column of the table at a "
                "time, or a DataArray with its dims named."
            )
        if dim == "age" and str(axis.name).lower() not in ("age", "x") and labels[0] != 0:
            raise BadInput(
                f"{name}: the index of pandas ({few(labels.tolist())}) may be ages or rows; name it age if it is ages, "
                "or give plain numbers with .to_numpy()."
            )
        coords[dim] = labels


def _whole(labels: np.ndarray) -> np.ndarray:
    """Labels as int64 where all are whole numbers of whatever kind: objects of pandas, floats, few bytes."""
    if labels.dtype.kind == "O" and all(isinstance(one, Integral) for one in labels):
        return labels.astype(np.int64)
    numbers = labels.dtype.kind in "iu" or (labels.dtype.kind == "f" and np.array_equal(labels, np.round(labels)))
    return labels.astype(np.int64) if numbers and np.isfinite(labels).all() else labels


def with_ages(values: Any, name: str, ages: Any) -> Any:
    """Numbers with the ages of an argument, which must be those of a DataArray that has labels of its own."""
    if ages is None or not isinstance(values, xr.DataArray) or "age" not in values.dims:
        return values
    if "age" in values.coords:
        if np.array_equal(values["age"].values, np.asarray(ages)):
            return values
        raise BadInput(f"{name}: the ages are the labels of the DataArray already; leave the argument ages out.")
    if np.shape(ages) != (values.sizes["age"],):
        raise BadDimensions(f"{name} has {values.sizes['age']} ages, but {np.size(ages)} were given.")
    return values.assign_coords(age=np.asarray(ages))


def _with_labels(values: xr.DataArray, coords: Mapping[str, Any]) -> xr.DataArray:
    """The DataArray, if it has no labels, with the ages and years that are given apart and are as many."""
    for dim in ("year", "age"):
        absent = coords.get(dim) is not None and dim in values.dims and dim not in values.coords
        if absent and np.shape(coords[dim]) == (values.sizes[dim],):
            values = values.assign_coords({dim: np.asarray(coords[dim])})
    return values


def require_given(array: xr.DataArray, name: str, coords: Mapping[str, Any]) -> None:
    """Refuse labels that are not those given apart, such as by the arguments ages and years."""
    for dim in array.dims:
        labels = coords.get(str(dim))
        if labels is not None and not np.array_equal(array[dim].values, np.asarray(labels)):
            raise BadDimensions(
                f"{name}: the labels of {dim} are {few(array[dim].values.tolist())}, but "
                f"{few(np.ravel(labels).tolist())} were given; leave the latter out."
            )


def _from_labelled(values: xr.DataArray, name: str, dims: Sequence[str]) -> xr.DataArray:
    missing = [dim for dim in dims if dim not in values.dims]
    if missing:
        raise BadDimensions(
            f"{name} needs the dims {', '.join(dims)}; it has {', '.join(map(str, values.dims)) or 'none'}."
        )
    array = in_order(values).astype(float).compute()
    for dim in array.dims:
        if dim == "age" and "age" not in array.coords:
            array = array.assign_coords(age=np.arange(array.sizes["age"]))
    return without_attrs(array)


def _from_plain(values: Any, name: str, dims: Sequence[str], coords: dict[str, Any]) -> xr.DataArray:
    strange = [str(dim) for dim in coords if dim not in (*ORDER, *dims)]
    if strange:
        raise BadDimensions(f"{name}: labels were given for {', '.join(strange)}; the dims are {', '.join(dims)}.")
    numbers = numbers_of(values, name)
    if numbers.ndim != len(dims):
        raise BadDimensions(
            f"{name} must have {len(dims)} dims ({', '.join(dims)}); the array has the shape {numbers.shape}."
        )
    _take_axes(values, name, dims, coords)
    if "age" in dims and coords.get("age") is None:
        coords["age"] = np.arange(numbers.shape[list(dims).index("age")])
    given = {dim: np.asarray(coords[dim]) for dim in dims if coords.get(dim) is not None}
    for dim, labels in given.items():
        size = numbers.shape[list(dims).index(dim)]
        if labels.shape != (size,):
            raise BadDimensions(
                f"{name} has the shape {numbers.shape} by {', '.join(dims)}, but {labels.size} labels were given "
                f"for {dim}."
            )
    return xr.DataArray(numbers, dims=tuple(dims), coords=given)
