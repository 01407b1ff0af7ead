"""Conditions on results: the numbers that they return, and what is said where none of them can be zero."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import xarray as xr

from actuarial.errors import BadInput
from actuarial.studies.parameters import Parameter
from actuarial.studies.roots import Failed

Condition = Callable[[xr.Dataset], Any]
EXAMPLE = "lambda r: r.reserve_ratio.sel(year=2075) - 2.0"


def answers(
    condition: Condition, result: xr.Dataset, numbers: list[int], wanted: Parameter, asked: Mapping[int, float]
) -> list[float]:
    """The condition for each of the scenarios of a result.

    Raises
    ------
    BadInput
        It returns no number, more than one by scenario, or NaN.
    """
    try:
        found = condition(result)
    except (KeyError, AttributeError) as error:
        raise BadInput(
            f"solve: the condition asks for what the results do not have ({error}).\n  They run from "
            f"{int(result['year'][0])} to {int(result['year'][-1])}; write it as {EXAMPLE}."
        ) from error
    array = found if isinstance(found, xr.DataArray) else _plain(found)
    if array.dtype == bool:
        raise BadInput(f"solve: the condition is true or false; return a number that is to be zero: {EXAMPLE}.")
    if not np.issubdtype(array.dtype, np.number):
        raise BadInput(f"solve: the condition must return a number (got {found!r}): {EXAMPLE}.")
    extra = [str(dim) for dim in array.dims if dim != "scenario"]
    if extra:
        raise BadInput(
            f"solve: the condition must be one number, or one by scenario, but it has the dimension "
            f"{', '.join(extra)}; select from it or sum over it: {EXAMPLE}."
        )
    values = [float(value) for value in np.broadcast_to(array.values, (len(numbers),))]
    for number, value in zip(numbers, values, strict=True):
        if not math.isfinite(value):
            raise BadInput(
                f"solve: the condition is {value} at {wanted.path} = {asked[number]:g}"
                f"{_of_scenario(result, numbers.index(number))}.\n"
                "  A year that does not come within the projection and a ratio to nothing are NaN: ask for a quantity "
                "that always has a value, such as the reserve of a year, or give bounds= within which it has one."
            )
    return values


def _plain(found: Any) -> xr.DataArray:
    if isinstance(found, (int, float, np.number, np.bool_)) or (isinstance(found, np.ndarray) and found.ndim == 0):
        return xr.DataArray(found)
    raise BadInput(
        f"solve: the condition must return a number or a DataArray by scenario (got {type(found).__name__}): {EXAMPLE}."
    )


def _of_scenario(result: xr.Dataset, place: int) -> str:
    return f", scenario={str(result['scenario'].values[place])!r}" if "scenario" in result.dims else ""


def no_solution(wanted: Parameter, failed: dict[int, Failed], labels: Any) -> str:
    """Where no root was found, and what to do."""
    count = "" if labels is None else f" in {len(failed)} of {len(labels)} scenarios"
    jumps = [number for number, one in failed.items() if one.jumps]
    tried = next(iter(failed.values()))
    what = f"no value of {wanted.path} between {tried.low[0]:.9g} and {tried.high[0]:.9g} meets the condition{count}"
    if len(jumps) == len(failed):
        what = f"the condition jumps over zero when {wanted.path} is changed{count}"
    lines = [
        ("" if labels is None else f"scenario={str(labels[number])!r}: ")
        + f"it is {one.low[1]:.6g} at {one.low[0]:.9g} and {one.high[1]:.6g} at {one.high[0]:.9g}"
        for number, one in failed.items()
    ]
    advice = (
        "Aim at another value, change another parameter, or give other bounds; where the condition turns between them, "
        "bounds on one side of the turn."
    )
    if all(one.low[1] == one.high[1] for one in failed.values()):
        advice = f"The condition does not change with {wanted.path}: take another condition or another parameter."
    if jumps:
        advice = "The law or the condition changes in steps there; take one of the two values, or another condition."
    listed = "\n  ".join(lines[:4] + ([f"and {len(lines) - 4} more"] if len(lines) > 4 else []))
    return f"solve: {what}.\n  {listed}\n  {advice}"
