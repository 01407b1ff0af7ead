"""Numbers by groups of ages: where the groups begin and end, and the curves of single ages that go with them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography.labels import gap_in, labelled, numbers_of, refuse
from actuarial.errors import BadInput
from actuarial.translation import few
from actuarial.vocabulary import SEXES

PLAIN_DIMS = {1: ("age",), 2: ("year", "age"), 3: ("year", "sex", "age")}
YOUNGEST_MOTHER, FEW = 8, 0.01


def by_group(
    values: Any, ages: Sequence[int] | np.ndarray | None, name: str, least: float | None = None
) -> tuple[xr.DataArray, np.ndarray]:
    """Numbers by groups of ages as a DataArray whose last dim is `age`, and the ages at which the groups begin.

    Plain numbers of one, two or three dims are (age), (year, age) or (year, sex, age). Where `ages` has one number more
    than there are groups, the last one is where the last group ends; else the last group is open.
    """
    told = _told(values, name, ages is not None)
    if ages is None and told is None:
        raise BadInput(f"{name}: tell with ages= at which ages the groups begin, such as (0, 1, 5, 10, ...).")
    bounds = bounds_of(told if ages is None else ages, name)
    plain = values if isinstance(values, xr.DataArray) else numbers_of(values, name)
    dims = ("age",) if isinstance(plain, xr.DataArray) else PLAIN_DIMS.get(plain.ndim, ("age",))
    size = dict(zip(plain.dims if isinstance(plain, xr.DataArray) else dims, plain.shape, strict=False)).get("age")
    if size is not None and size not in (bounds.size, bounds.size - 1):
        raise BadInput(
            f"{name}: {size} groups of ages, but ages= has {bounds.size} numbers. Give the first age of "
            "each group, and where the last group is not open also the age at which it ends."
        )
    _require_same(told, bounds[:size], name)
    if isinstance(plain, xr.DataArray) and size is not None:
        plain = plain.assign_coords(age=bounds[:size])
    coords = {"age": bounds[:size]} | ({"sex": SEXES} if "sex" in dims else {})
    return labelled(plain, name, dims, coords, least=least), bounds


def _told(values: Any, name: str, given: bool) -> np.ndarray | None:
    """Ages that the labels of xarray or pandas tell; an index without a name may be the numbers of rows."""
    if isinstance(values, xr.DataArray):
        return values["age"].values if "age" in values.coords else None
    axes: list[Any] = list(getattr(values, "axes", ()))
    labels = np.asarray(axes[-1]) if axes else None
    if labels is None or np.array_equal(labels, np.arange(labels.size)):
        return None
    if labels.dtype.kind not in "iuf":
        way = "stand in the columns of a DataFrame; turn it with .T" if len(axes) > 1 else "stand in its index"
        raise BadInput(f"{name}: the labels of pandas are {few(labels.tolist())}, but the ages {way}.")
    named = str(axes[-1].name).lower() in ("age", "x")
    return labels if named or not (given or bool((np.diff(labels) == 1).all())) else None


def _require_same(told: np.ndarray | None, starts: np.ndarray, name: str) -> None:
    """Refuse labels that tell other ages than the argument; labels that only count from 0 tell none."""
    if told is None or np.array_equal(told, starts) or np.array_equal(told, np.arange(told.size)):
        return
    raise BadInput(f"{name}: its labels are the ages {few(told.tolist())}, but ages= tells {few(starts.tolist())}.")


def bounds_of(ages: Any, name: str) -> np.ndarray:
    """Ages at which groups begin, checked."""
    numbers = numbers_of(ages, f"{name}: ages")
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


def refuse_wider(array: xr.DataArray, name: str, remedy: str) -> None:
    """Refuse ages that are not single and consecutive."""
    ages = array["age"].values
    gap = gap_in(ages) if ages.dtype.kind in "iuf" else f" (got {few(ages.tolist())})"
    if gap:
        raise BadInput(f"{name}: single ages that follow each other are needed{gap}. {remedy}")


def refuse_children(rates: xr.DataArray, name: str, remedy: str) -> None:
    """Refuse rates with a part of the births at ages at which there are none."""
    young = rates.where(rates["age"] < YOUNGEST_MOTHER, 0.0)
    many = young.sum("age") > FEW * rates.sum("age")
    early = ((young > 0) & many).transpose(*rates.dims).values
    refuse(rates, early, f"{name} must be 0 below age {YOUNGEST_MOTHER}", remedy)
