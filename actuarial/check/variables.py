"""Variables against the vocabulary: present, on their dims, finite, within bounds."""

import difflib
from typing import Any

import numpy as np

from actuarial.errors import BadDimensions, MissingVariable, OutOfBounds
from actuarial.vocabulary import SEXES, Variable, variable

REMEDIES = {
    "fraction": "Rates are fractions: write 0.05 for 5%.",
    "1/year": "Rates are fractions per year: write 0.05 for 5%.",
    "persons": "Numbers of persons cannot be negative.",
}


def require(dataset: Any, *names: str) -> None:
    """Every named variable is there, on dims that the vocabulary knows, without NaN and within its bounds.

    Raises
    ------
    MissingVariable, BadDimensions, OutOfBounds
        With what, where, how many and what to do.
    """
    absent = [name for name in names if name not in dataset]
    if absent:
        raise MissingVariable("\n".join(_absent(dataset, name) for name in absent))
    check_axes(dataset)
    for name in names:
        check_variable(dataset[name], variable(name))


def check_variables(dataset: Any) -> None:
    """Every variable of the vocabulary that a Dataset has; errors as `require`."""
    check_axes(dataset)
    for name in dataset.data_vars:
        check_variable(dataset[name], variable(str(name)))


def _absent(dataset: Any, name: str) -> str:
    row = variable(name)
    close = difflib.get_close_matches(name, [str(have) for have in dataset.data_vars], n=1)
    hint = f" Did you mean it by {close[0]!r}?" if close else ""
    dims = f" by {', '.join(row.dims)}" if row.dims else ""
    return f"{name} is missing: {row.meaning} ({row.units}{dims}).{hint}"


def check_axes(dataset: Any) -> None:
    """Years without gaps, ages 0, 1, 2, ..., the two sexes in their order.

    Raises
    ------
    BadDimensions
    """
    for dim in ("year", "past_year"):
        if dim in dataset.coords:
            years = np.asarray(dataset[dim])
            if not np.issubdtype(years.dtype, np.integer) and not np.all(np.equal(np.mod(years, 1), 0)):
                raise BadDimensions(f"{dim} must be whole years (got {years[0]!r}).")
            gaps = np.flatnonzero(np.diff(years) != 1)
            if gaps.size:
                raise BadDimensions(
                    f"{dim}: the years must follow each other without gaps; {int(years[gaps[0]])} is followed by "
                    f"{int(years[gaps[0] + 1])} ({gaps.size} such places). Give every year from {int(years.min())} to {int(years.max())} once."
                )
    if "age" in dataset.coords:
        ages = np.asarray(dataset["age"])
        wrong = np.flatnonzero(ages != np.arange(ages.size))
        if wrong.size:
            at = int(wrong[0])
            raise BadDimensions(
                f"age: ages must be 0, 1, 2, ... in order, the last one open; position {at} holds {ages[at]!r} "
                f"({wrong.size} of {ages.size} ages are out of place). Sort and complete the ages."
            )
    if "sex" in dataset.coords:
        words = [str(word) for word in np.atleast_1d(dataset["sex"].values)]
        if words != list(SEXES):
            swapped = " The order is fixed: a swapped order would exchange men and women." if sorted(words) == sorted(SEXES) else ""
            raise BadDimensions(f"sex: the labels must be male, female (got {', '.join(words)}).{swapped}")


def check_variable(array: Any, row: Variable) -> None:
    """Dims, units, NaN and bounds of one variable; errors as `require`."""
    extra = [str(dim) for dim in array.dims if dim not in row.dims and dim != "scenario"]
    if extra:
        raise BadDimensions(
            f"{row.name} has the dimension {', '.join(extra)}; the vocabulary gives it {', '.join(row.dims) or 'none'}. "
            "Select or sum the extra dimension."
        )
    units = array.attrs.get("units")
    if units is not None and units != (row.units or "1"):
        raise OutOfBounds(f"{row.name}: the units must be {row.units or '1'} (got {units}). Convert it, or drop the attribute.")
    if not np.issubdtype(array.dtype, np.number):
        raise OutOfBounds(f"{row.name} must hold numbers (got {array.dtype}).")
    values = array.values
    missing = np.isnan(values)
    if missing.any() and not (row.may_be_missing and row.role not in ("basis",)) and "line" not in array.dims:
        raise OutOfBounds(_listed(array, missing, f"{row.name} ({row.meaning}) must not be NaN.", "Fill the cells; nothing is guessed."))
    with np.errstate(invalid="ignore"):
        bad = (values < row.lower) | (values > row.upper) | np.isinf(values)
    if bad.any():
        bounds = f"lie in [{row.lower:g}, {row.upper:g}]" if np.isfinite(row.upper) else f"be at least {row.lower:g}"
        if not np.isfinite(row.lower):
            bounds = "be finite"
        raise OutOfBounds(_listed(array, bad, f"{row.name} ({row.meaning}) must {bounds}.", _remedy(row, values[bad])))


def _remedy(row: Variable, values: np.ndarray) -> str:
    if row.name == "qx" and values.max() > 1:
        return "If these are central death rates, convert them with demography.qx_from_mx."
    if row.upper == 1 and 1 < np.median(values) <= 100:
        return f"Rates are fractions: did you mean {values.flat[0] / 100:g}?"
    return REMEDIES.get(row.units, "Correct the cells.")


def _listed(array: Any, bad: np.ndarray, what: str, remedy: str) -> str:
    spot = np.unravel_index(int(np.argmax(bad)), bad.shape) if bad.ndim else ()
    place = ", ".join(
        f"{dim}={array[dim].values[i].item()!r}" if dim in array.coords else f"{dim}={i}"
        for dim, i in zip(array.dims, spot, strict=True)
    )
    return (
        f"{what}\n  {int(bad.sum())} of {bad.size} cells fail; the first: {place or 'the only one'} -> {array.values[spot]:g}\n"
        f"  {remedy}"
    )
