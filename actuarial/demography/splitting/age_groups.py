"""Numbers by groups of ages: where the groups begin and end, and the curves of single ages that go with them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography.labels import labelled
from actuarial.errors import BadDimensions, BadInput, few
from actuarial.vocabulary import SEXES

PLAIN_DIMS = {1: ("age",), 2: ("year", "age"), 3: ("year", "sex", "age")}


def by_group(
    values: Any, ages: Sequence[int] | np.ndarray | None, name: str, least: float | None = None
) -> tuple[xr.DataArray, np.ndarray]:
    """Numbers by groups of ages as a DataArray whose last dim is `age`, and the ages at which the groups begin.

    Plain numbers of one, two or three dims are (age), (year, age) or (year, sex, age). Where `ages` has one number more
    than there are groups, the last one is where the last group ends; else the last group is open.
    """
    if ages is None and (not isinstance(values, xr.DataArray) or "age" not in values.coords):
        raise BadInput(f"{name}: tell with ages= at which ages the groups begin, such as (0, 1, 5, 10, ...).")
    bounds = _bounds(values["age"].values if ages is None else ages, name)
    plain = values.drop_vars("age", errors="ignore") if isinstance(values, xr.DataArray) else np.asarray(values, float)
    dims = ("age",) if isinstance(plain, xr.DataArray) else PLAIN_DIMS.get(plain.ndim, ("age",))
    coords = {"sex": SEXES} if "sex" in dims else None
    array = labelled(plain, name, dims, coords, least=least)
    if array.sizes["age"] not in (bounds.size, bounds.size - 1):
        raise BadInput(
            f"{name}: {array.sizes['age']} groups of ages, but ages= has {bounds.size} numbers. Give the first age of "
            "each group, and where the last group is not open also the age at which it ends."
        )
    return array.assign_coords(age=bounds[: array.sizes["age"]]), bounds


def _bounds(ages: Any, name: str) -> np.ndarray:
    numbers = np.asarray(ages, dtype=float)
    whole = np.rint(numbers).astype(int) if numbers.ndim == 1 and np.isfinite(numbers).all() else np.array([], int)
    if whole.size < 2 or (whole != numbers).any() or whole[0] < 0 or (np.diff(whole) <= 0).any():
        raise BadInput(f"{name}: ages must be two or more whole numbers of 0 or more, each above the one before.")
    return whole


def single_ages(array: xr.DataArray, curves: np.ndarray, first: int, name: str, units: str, words: str) -> xr.DataArray:
    """Curves of single ages from the age `first` on, over the other dims of `array`."""
    coords: dict[Any, Any] = {dim: array[dim] for dim in array.dims if dim in array.coords and dim != "age"}
    coords["age"] = np.arange(first, first + curves.shape[-1])
    made = xr.DataArray(curves.reshape(*array.shape[:-1], -1), dims=array.dims, coords=coords, name=name)
    return made.assign_attrs(units=units, long_name=words)


def rows(array: xr.DataArray) -> np.ndarray:
    """The numbers as rows: one curve each, ages in columns."""
    return array.values.reshape(-1, array.sizes["age"])


def same_labels(what: str, *arrays: xr.DataArray) -> None:
    """Refuse arrays whose labels differ along a dim that they share: nothing is dropped."""
    first, *others = arrays
    for other in others:
        shared = [dim for dim in first.dims if dim in other.dims]
        for dim in shared:
            labels = [one[dim].values if dim in one.coords else np.arange(one.sizes[dim]) for one in (first, other)]
            plain = dim not in first.coords or dim not in other.coords
            if first.sizes[dim] != other.sizes[dim] or not (plain or np.array_equal(labels[0], labels[1])):
                raise BadDimensions(
                    f"{what} must have the same labels of {dim}: {few(labels[0])} and {few(labels[1])} were given."
                )
