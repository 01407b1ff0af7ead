"""Variables against the vocabulary: present, on their dims, finite, within bounds."""

import difflib
from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from actuarial.check.kinds import wrong_kind
from actuarial.errors import BadDimensions, BadInput, MissingVariable, OutOfBounds
from actuarial.quick import quick_set
from actuarial.vocabulary import FREE, INPUTS, LINES, SEXES, YEARS, Variable, variable, variables

GROWTHS = ("wage_growth", "salary_growth", "inflation", "interest_rate")
"""Rates by year that no projection has above 1, so that a greater number is a percentage."""


def require(dataset: Any, *names: str) -> None:
    """Every named variable is there, on dims that the vocabulary knows, without NaN and within its bounds.

    Raises
    ------
    MissingVariable, BadDimensions, OutOfBounds
        With what, where, how many and what to do.
    """
    if not isinstance(dataset, xr.Dataset):
        kind = type(dataset).__name__
        raise BadInput(
            f"A Dataset is needed, with {', '.join(names[:3])} and what goes with them (got {kind}).\n"
            "  Give the arguments in their order."
        )
    absent = [name for name in names if name not in dataset]
    if absent:
        of_another = wrong_kind(dataset, names, absent)
        raise MissingVariable(of_another or "\n".join(_absent(dataset, name) for name in absent))
    check_axes(dataset)
    arrays = quick_set(dataset)
    for name in names:
        check_variable(arrays[name], variable(name))


def check_variables(dataset: Any) -> None:
    """Every variable of the vocabulary that a Dataset has; errors as `require`."""
    check_axes(dataset)
    arrays = quick_set(dataset)
    for name in dataset.data_vars:
        check_variable(arrays[name], variable(str(name)))


def _absent(dataset: Any, name: str) -> str:
    row = variable(name)
    unknown = [str(have) for have in dataset.data_vars if have not in variables()]
    close = difflib.get_close_matches(name, unknown, n=1)
    hint = f" Rename {close[0]!r} if it is meant." if close else ""
    dims = f" by {', '.join(row.dims)}" if row.dims else ""
    return f"{name} is missing: {row.meaning} ({row.units}{dims}).{hint}"


def check_axes(dataset: Any) -> None:
    """Years without gaps, ages 0, 1, 2, ..., the two sexes in their order; what was selected down to one label is free.

    Raises
    ------
    BadDimensions
    """
    checked = (*YEARS, "age", "sex")
    axes = {dim: dataset.variables[dim].values for dim in checked if dim in dataset.dims and dim in dataset.coords}
    for dim in YEARS:
        if dim in axes:
            _check_years(dim, axes[dim])
    if "age" in axes:
        _check_ages(axes["age"])
    if "sex" in axes:
        _check_sexes([str(word) for word in axes["sex"]])


def _check_years(dim: str, years: np.ndarray) -> None:
    if not np.issubdtype(years.dtype, np.number) or np.any(np.mod(years, 1) != 0):
        raise BadDimensions(f"{dim} must be whole years (got {years[0]!r}).")
    gaps = np.flatnonzero(np.diff(years) != 1)
    if gaps.size:
        at = int(gaps[0])
        raise BadDimensions(
            f"{dim}: the years must follow each other without gaps; {int(years[at])} is followed by "
            f"{int(years[at + 1])} ({gaps.size} such places). "
            f"Give every year from {int(years.min())} to {int(years.max())} once."
        )


def _check_ages(ages: np.ndarray) -> None:
    wrong = np.flatnonzero(ages != np.arange(ages.size))
    if wrong.size:
        at = int(wrong[0])
        raise BadDimensions(
            f"age: ages must be 0, 1, 2, ... in order, the last one open; position {at} holds {ages[at].item()!r} "
            f"({wrong.size} of {ages.size} ages are out of place). Sort and complete the ages."
        )


def _check_sexes(words: list[str]) -> None:
    if words != list(SEXES):
        swapped = sorted(words) == sorted(SEXES)
        hint = " The order is fixed: a swapped order would exchange men and women." if swapped else ""
        raise BadDimensions(f"sex: the labels must be male, female (got {', '.join(words)}).{hint}")


def check_variable(array: Any, row: Variable) -> None:
    """Dims, units, NaN and bounds of one variable; errors as `require`."""
    extra = [str(dim) for dim in array.dims if dim not in row.dims and dim not in FREE]
    if extra:
        raise BadDimensions(
            f"{row.name} has the dimension {', '.join(extra)}; the vocabulary gives it "
            f"{', '.join(row.dims) or 'none'}. Select or sum the extra dimension."
        )
    if row.role in INPUTS and row.units.startswith("persons"):
        lacking = [dim for dim in row.dims if dim not in array.dims and dim not in YEARS]
        if lacking:
            raise BadDimensions(
                f"{row.name} lacks the dimension {', '.join(lacking)}: numbers of persons are never repeated over a "
                "dimension, so its labels must be written out."
            )
    units = array.attrs.get("units")
    if units is not None and units != (row.units or "1"):
        raise OutOfBounds(
            f"{row.name}: the units must be {row.units or '1'} (got {units}). Convert it, or drop the attribute."
        )
    if not np.issubdtype(array.dtype, np.number):
        raise OutOfBounds(f"{row.name} must hold numbers (got {array.dtype}).")
    values = array.values
    if values.size and _within(float(values.min()), float(values.max()), row):
        return
    missing = np.isnan(values)
    gaps_allowed = any(dim in LINES for dim in array.dims) or (row.may_be_missing and row.role not in INPUTS)
    if missing.any() and not gaps_allowed:
        what = f"{row.name} ({row.meaning}) must not be NaN."
        raise OutOfBounds(_listed(array, missing, what, "Fill the cells; nothing is guessed."))
    with np.errstate(invalid="ignore"):
        bad = (values < row.lower) | (values > row.upper) | np.isinf(values)
    if bad.any():
        bounds = f"lie in [{row.lower:g}, {row.upper:g}]" if np.isfinite(row.upper) else f"be at least {row.lower:g}"
        if not np.isfinite(row.lower):
            bounds = "be finite"
        what = f"{row.name} ({row.meaning}) must {bounds}."
        raise OutOfBounds(_listed(array, bad, what, _remedy(row, values[bad])))


def _within(least: float, most: float, row: Variable) -> bool:
    """Whether the extremes of an array are numbers within the bounds; they are NaN where one value is."""
    return row.lower <= least and most <= row.upper and bool(np.isfinite(least) and np.isfinite(most))


def _remedy(row: Variable, values: np.ndarray) -> str:
    if np.isinf(values).any():
        return "Write finite numbers."
    if row.name == "qx" and values.max() > 1:
        return "If these are central death rates, convert them with demography.qx_from_mx."
    if row.name == "mx" and values.max() > row.upper:
        return "Central death rates are per person and year: write 0.012 for 12 per thousand."
    most = np.median(values)
    if row.upper == 1 and (1.5 < most <= 100 or (row.name in GROWTHS and most > 1)):
        return f"Rates are fractions: did you mean {values.flat[0] / 100:g}?"
    if values.min() < row.lower == 0:
        kinds = {"persons": "Numbers of persons", "fraction": "Shares", "currency/year": "Amounts"}
        return f"{kinds.get(row.units, 'These numbers')} cannot be negative."
    if values.max() > row.upper == 1:
        return "Shares cannot exceed 1."
    return "Correct the cells."


def _listed(array: Any, bad: np.ndarray, what: str, remedy: str) -> str:
    place, value = first_place(array, bad)
    return f"{what}\n  {int(bad.sum())} of {bad.size} cells fail; the first: {place} -> {value:g}\n  {remedy}"


def first_cell(marked: np.ndarray, coords: Mapping[str, Any]) -> str:
    """Labels of the first cell of an array that is marked, as "sex male, age 60"; `coords` has those of its dims."""
    spot = np.unravel_index(int(np.argmax(marked)), marked.shape)
    return ", ".join(f"{dim} {coords[dim].values[at]}" for dim, at in zip(coords, spot, strict=True))


def first_place(array: Any, bad: np.ndarray) -> tuple[str, float]:
    """Labels and value of the first cell of an array that is marked."""
    spot = np.unravel_index(int(np.argmax(bad)), bad.shape) if bad.ndim else ()
    place = ", ".join(
        f"{dim}={array[dim].values[[i]].tolist()[0]!r}" if dim in array.coords else f"{dim}={i}"
        for dim, i in zip(array.dims, spot, strict=True)
    )
    return place or "the only one", float(array.values[spot])
