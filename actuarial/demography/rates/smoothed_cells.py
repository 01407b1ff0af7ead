"""What graduations share: orders and smoothing by axis, labels beyond the data, one smoothing per group."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography.arguments import is_number
from actuarial.demography.labels import gap_in
from actuarial.demography.rates.smoother import Smoothed
from actuarial.errors import BadInput

AXES = ("year", "age")
QUALITY = {
    "smoothing_age": ("1", "Smoothing along ages"),
    "smoothing_year": ("1", "Smoothing along years"),
    "deviance": ("1", "Deviance"),
    "marginal_likelihood": ("1", "Logarithm of the marginal likelihood"),
}


def orders_of(order: int | Mapping[str, int], array: xr.DataArray) -> dict[str, int]:
    """Order by axis, along years only where there are several and the order names them."""
    given = dict(order) if isinstance(order, Mapping) else dict.fromkeys(AXES, order)
    whole = all(isinstance(k, (int, np.integer)) for k in given.values())
    if not set(given) <= set(AXES) or "age" not in given or not whole:
        raise BadInput(f"order must be a whole number, or such numbers for age and perhaps year, but it is {order!r}.")
    if not all(1 <= k <= 6 for k in given.values()):
        raise BadInput(f"order must lie between 1 and 6, but it is {order!r}.")
    return {axis: given[axis] for axis in AXES if axis in given and (axis == "age" or array.sizes.get(axis, 1) > 1)}


def smoothing_of(smoothing: Any, orders: Mapping[str, int]) -> list[float] | str | None:
    """Numbers by axis, or how they are found."""
    if smoothing is None or smoothing == "gcv":
        return smoothing
    if isinstance(smoothing, str):
        raise BadInput(f"smoothing: {smoothing!r} is not known; give a number above 0, None (REML) or \"gcv\".")
    given = dict(smoothing) if isinstance(smoothing, Mapping) else dict.fromkeys(orders, smoothing)
    if set(given) != set(orders) or not all(is_number(amount) and 0.0 < amount < np.inf for amount in given.values()):
        raise BadInput(f"smoothing needs numbers above 0 for {' and '.join(orders)}, but it is {smoothing!r}.")
    return [float(given[axis]) for axis in orders]


def extended(array: xr.DataArray, orders: Mapping[str, int], ranges: Mapping[str, Any]) -> xr.DataArray:
    """The array on consecutive labels from the first to the last that are asked for, 0 where it has no data."""
    unused = [axis for axis in AXES if ranges.get(axis) is not None and axis not in orders]
    if unused:
        raise BadInput(f"extend_{unused[0]}s: nothing is smoothed along {unused[0]}, so that it cannot be carried on.")
    array = array.assign_coords({axis: array[axis].values for axis in orders})
    for axis in orders:
        labels = array[axis].values
        gap = gap_in(labels) if labels.dtype.kind in "iuf" else " (they are no numbers)"
        if gap:
            raise BadInput(f"graduation: the labels of {axis} must be consecutive, single years{gap}.")
        if ranges.get(axis) is None:
            continue
        if np.shape(ranges[axis]) != (2,):
            raise BadInput(f"extend_{axis}s: give the first and the last label, not {ranges[axis]!r}.")
        first, last = ranges[axis]
        if first > labels[0] or last < labels[-1]:
            raise BadInput(f"extend_{axis}s: {first} to {last} must hold the data, {labels[0]} to {labels[-1]}.")
        array = array.reindex({axis: np.arange(first, last + 1)}, fill_value=0.0)
    return array


def each(one: Callable[..., Smoothed], arrays: Sequence[xr.DataArray], orders: Mapping[str, int]) -> xr.Dataset:
    """One smoothing after the other over the dims that are not smoothed."""
    first = arrays[0]
    others = [dim for dim in first.dims if dim not in orders]
    turned = [array.transpose(*others, *orders) for array in arrays]
    outer = turned[0].shape[: len(others)]
    cells = {name: np.empty(turned[0].shape) for name in ("cells", "variance", "edf")}
    scalars = {f"smoothing_{axis}": np.empty(outer) for axis in orders}
    scalars |= {name: np.empty(outer) for name in ("deviance", "marginal_likelihood")}
    for place in np.ndindex(*outer):
        found = one(*[array.values[place] for array in turned])
        cells["cells"][place], cells["variance"][place], cells["edf"][place] = (
            found.cells, found.variance, found.leverage,
        )
        scalars["deviance"][place], scalars["marginal_likelihood"][place] = found.deviance, found.marginal
        for axis, amount in zip(orders, found.smoothing, strict=True):
            scalars[f"smoothing_{axis}"][place] = amount
    whole = {name: turned[0].copy(data=values) for name, values in cells.items()}
    return xr.Dataset(whole | {name: (others, values) for name, values in scalars.items()})


def quantile(level: float) -> float:
    if not 0.0 < level < 1.0:
        raise BadInput(f"level must lie between 0 and 1, such as 0.95, but it is {level!r}.")
    from scipy.special import ndtri

    return float(ndtri((1.0 + level) / 2.0))
