"""Variables against the vocabulary: present, on their dims, finite, within bounds."""

import difflib
from collections.abc import Mapping
from functools import reduce
from typing import Any

import numpy as np
import xarray as xr

from actuarial.check.kinds import wrong_kind
from actuarial.errors import BadDimensions, BadInput, MissingVariable, OutOfBounds
from actuarial.quick import quick_set
from actuarial.translation import N_, Meaning, Told
from actuarial.vocabulary import FREE, INPUTS, LINES, SEXES, YEARS, Variable, variable, variables
from actuarial.warned import Warned

GROWTHS = ("wage_growth", "salary_growth", "inflation", "interest_rate")
"""Rates by year that no projection has above 1, so that a greater number is a percentage."""
PLAIN = ("fraction", "ratio", "boys/girl")
"""Units of pure numbers, which other programs and life tables call 1."""
NEGATIVE = {
    "persons": Told("Numbers of persons cannot be negative."),
    "fraction": Told("Shares cannot be negative."),
    "currency/year": Told("Amounts cannot be negative."),
}


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
            Told(
                "A Dataset is needed, with {names} and what goes with them (got {kind}).\n"
                "  Give the arguments in their order.",
                names=tuple(names[:3]),
                kind=kind,
            )
        )
    absent = [name for name in names if name not in dataset]
    if absent:
        of_another = wrong_kind(dataset, names, absent)
        raise MissingVariable(of_another or Told("{mistakes}", mistakes=[_absent(dataset, name) for name in absent]))
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
    hint = Told(" Rename {close!r} if it is meant.", close=close[0]) if close else ""
    dims = Told(" by {dims}", dims=tuple(row.dims)) if row.dims else ""
    return Told(
        "{name} is missing: {meaning} ({units}{dims}).{hint}",
        name=name,
        meaning=Meaning(row.meaning),
        units=Meaning(row.units) if row.units else "",
        dims=dims,
        hint=hint,
    )


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
        raise BadDimensions(
            Told(
                "{dim} must be whole years (got {label}).\n"
                "  Years are made of words with .astype(int), of dates with .dt.year.",
                dim=dim,
                label=repr(years[0].item()) if np.issubdtype(years.dtype, np.number) else repr(str(years[0])),
            )
        )
    _refuse_gaps(dim, years, int(years.max()))


def check_past(years: np.ndarray, first: int) -> None:
    """BadDimensions where past years, in order, do not reach the first projected one: the rest is unknown."""
    if years.size:
        _refuse_gaps("past_year", np.append(years, first), first - 1)


def _refuse_gaps(dim: str, years: np.ndarray, last: int) -> None:
    gaps = np.flatnonzero(np.diff(years) != 1)
    if gaps.size:
        at = int(gaps[0])
        raise BadDimensions(
            Told(
                "{dim}: the years must follow each other without gaps; {before} is followed by {here} "
                "({count} such places). Give every year from {first} to {last} once.",
                dim=dim,
                before=int(years[at]),
                here=int(years[at + 1]),
                count=gaps.size,
                first=int(years.min()),
                last=last,
            )
        )


def _check_ages(ages: np.ndarray) -> None:
    wrong = np.flatnonzero(ages != np.arange(ages.size))
    if wrong.size:
        at = int(wrong[0])
        raise BadDimensions(
            Told(
                "age: ages must be 0, 1, 2, ... in order, the last one open; position {at} holds {label!r}"
                " ({number} of {count} ages are out of place). Sort and complete the ages.",
                at=at,
                label=ages[at].item(),
                number=wrong.size,
                count=ages.size,
            )
        )


def _check_sexes(words: list[str]) -> None:
    if words != list(SEXES):
        swapped = sorted(words) == sorted(SEXES)
        hint = Told(" The order is fixed: a swapped order would exchange men and women.") if swapped else ""
        raise BadDimensions(
            Told("sex: the labels must be male, female (got {names}).{hint}", names=tuple(words), hint=hint)
        )


def check_variable(array: Any, row: Variable) -> None:
    """Dims, units, NaN and bounds of one variable; errors as `require`."""
    extra = [str(dim) for dim in array.dims if dim not in row.dims and dim not in FREE]
    if extra:
        raise BadDimensions(
            Told(
                "{name} has the dimension {names}; the vocabulary gives it {dims}. Select or sum the extra dimension.",
                name=row.name,
                names=tuple(extra),
                dims=tuple(row.dims) or Told("none"),
            )
        )
    if row.role in INPUTS and row.units.startswith("persons"):
        lacking = [dim for dim in row.dims if dim not in array.dims and dim not in YEARS]
        if lacking:
            raise BadDimensions(
                Told(
                    "{name} lacks the dimension {names}: numbers of persons are never repeated over a "
                    "dimension, so its labels must be written out.",
                    name=row.name,
                    names=tuple(lacking),
                )
            )
    units = array.attrs.get("units")
    if units is not None and units != (row.units or "1") and not (units == "1" and row.units in PLAIN):
        raise OutOfBounds(
            Told(
                "{name}: the units must be {units} (got {given}). Convert it, or drop the attribute.",
                name=row.name,
                units=row.units or "1",
                given=units,
            )
        )
    if not np.issubdtype(array.dtype, np.number):
        raise OutOfBounds(Told("{name} must hold numbers (got {dtype}).", name=row.name, dtype=array.dtype))
    values = array.values
    if values.size and _within(float(values.min()), float(values.max()), row):
        return
    missing = np.isnan(values)
    gaps_allowed = any(dim in LINES for dim in array.dims) or (row.may_be_missing and row.role not in INPUTS)
    if missing.any() and not gaps_allowed:
        text = N_("{name} ({meaning}) must not be NaN.\n{cells}\n  Fill the cells; nothing is guessed.")
        raise OutOfBounds(Told(text, name=row.name, meaning=Meaning(row.meaning), cells=_listed(array, missing)))
    with np.errstate(invalid="ignore"):
        bad = (values < row.lower) | (values > row.upper) | np.isinf(values)
    if bad.any():
        remedy = _remedy(row, values[bad])
        told = {"name": row.name, "meaning": Meaning(row.meaning), "cells": _listed(array, bad), "remedy": remedy}
        raise OutOfBounds(Told(_limits(row), **told, lower=row.lower, upper=row.upper))


def _within(least: float, most: float, row: Variable) -> bool:
    """Whether the extremes of an array are numbers within the bounds; they are NaN where one value is."""
    return row.lower <= least and most <= row.upper and bool(np.isfinite(least) and np.isfinite(most))


def _limits(row: Variable) -> str:
    """What is said of numbers outside the bounds of a variable."""
    if not np.isfinite(row.lower):
        return N_("{name} ({meaning}) must be finite.\n{cells}\n  {remedy}")
    if np.isfinite(row.upper):
        return N_("{name} ({meaning}) must lie in [{lower:g}, {upper:g}].\n{cells}\n  {remedy}")
    return N_("{name} ({meaning}) must be at least {lower:g}.\n{cells}\n  {remedy}")


def _remedy(row: Variable, values: np.ndarray) -> Told:
    if np.isinf(values).any():
        return Told("Write finite numbers.")
    if row.name == "qx" and values.max() > 1:
        return Told("If these are central death rates, convert them with demography.qx_from_mx.")
    if row.name == "mx" and values.max() > row.upper:
        return Told("Central death rates are per person and year: write {rate} for 12 per thousand.", rate=0.012)
    most = np.median(values)
    if row.upper == 1 and (1.5 < most <= 100 or (row.name in GROWTHS and most > 1)):
        return Told("Rates are fractions: did you mean {meant:g}?", meant=values.flat[0] / 100)
    if values.min() < row.lower == 0:
        return NEGATIVE.get(row.units, Told("These numbers cannot be negative."))
    if values.max() > row.upper == 1:
        return Told("Shares cannot exceed 1.")
    return Told("Correct the cells.")


def _listed(array: Any, bad: np.ndarray) -> Told:
    return Told("  {number} of {count} cells fail; the first: {place} -> {value:g}", **failing(array, bad))


def failing(array: Any, bad: np.ndarray) -> dict[str, Any]:
    """What a message tells of marked cells: their number of a count, the place and the value of the first one."""
    place, value = first_place(array, bad)
    return {"number": int(bad.sum()), "count": bad.size, "place": place, "value": value}


def first_cell(marked: np.ndarray, coords: Mapping[str, Any]) -> str:
    """Labels of the first cell of an array that is marked, as "sex male, age 60"; `coords` has those of its dims."""
    spot = np.unravel_index(int(np.argmax(marked)), marked.shape)
    return ", ".join(f"{dim} {coords[dim].values[at]}" for dim, at in zip(coords, spot, strict=True))


def first_of(bad: np.ndarray, values: np.ndarray, coords: Mapping[str, Any]) -> dict[str, Any]:
    """What a message says of marked cells: how many of how many they are, and the place and value of the first."""
    return {
        "count": int(bad.sum()),
        "whole": bad.size,
        "place": first_cell(bad, coords),
        "value": float(values[bad][0]),
    }


def first_place(array: Any, bad: np.ndarray) -> tuple[Told, float]:
    """Labels and value of the first cell of an array that is marked."""
    spot = np.unravel_index(int(np.argmax(bad)), bad.shape) if bad.ndim else ()
    cell = {
        dim: array[dim].values[[i]].tolist()[0] if dim in array.coords else int(i)
        for dim, i in zip(array.dims, spot, strict=True)
    }
    labels: list[Told] = [Warned("{dim}={label!r}", "{dim} {label}", dim=dim, label=one) for dim, one in cell.items()]
    place = reduce(lambda one, other: Told("{one}, {other}", one=one, other=other), labels or [Told("the only one")])
    return place, float(array.values[spot])
