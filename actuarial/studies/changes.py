"""What a change of the assumptions or of the law is, for studies of sensitivity: words, expected effect, function."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import xarray as xr

from actuarial.dated import Along, ByGroup, BySex, Dated, Money, leaves
from actuarial.errors import BadInput
from actuarial.health.scheme import HealthScheme
from actuarial.scheme import Scheme
from actuarial.vocabulary import ordered, variable

AnyScheme = Scheme | HealthScheme
Changed = tuple[xr.Dataset, Any, str]
Function = Callable[..., Any]
SIGNS = ("up", "down", "either")


class NotApplicable(BadInput):
    """A change that a basis or a scheme has nothing for; the text is the reason."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change of the assumptions or of the law.

    Parameters
    ----------
    name : str
    words : str
        What is changed, for a table.
    function : (basis, scheme) -> (basis, scheme), or basis -> basis
        Returns new objects and leaves its arguments as they are. A third item, a sentence, is noted beside the result.
        It raises `NotApplicable` with the reason where it has nothing to change.
    expected : "up", "down" or "either"
        Sign of the effect on `effect_on`.
    why : str
        Reason for "either", or condition under which the sign holds.
    effect_on : str
        Quantity that the expected sign is about; where it is left out the level rate of the study.
    least_years : int
        Years of projection from which on the sign is judged.
    parameter : str
        What is changed up and down; changes of one parameter are one bar of a tornado.
    step : float
        How far the parameter moves: relative to its value where `unit` is "relative" (0.1 is 10%), else in units.
    unit : str
        "relative", or a unit such as "percentage point".

    Raises
    ------
    BadInput
        Another word for the sign, no function, or one that takes neither one nor two arguments.

    Examples
    --------
    >>> lower = Change(name="poor", words="Return 2 points lower", expected="up",
    ...                function=lambda basis: basis.assign(interest_rate=basis.interest_rate - 0.02))
    >>> lower.parameter
    'poor'
    """

    name: str
    words: str
    function: Function
    expected: Literal["up", "down", "either"] = "either"
    why: str = ""
    effect_on: str = ""
    least_years: int = 1
    parameter: str = ""
    step: float = float("nan")
    unit: str = ""

    def __post_init__(self) -> None:
        if self.expected not in SIGNS:
            raise BadInput(f"change {self.name!r}: expected must be one of {', '.join(SIGNS)} (got {self.expected!r}).")
        _arguments(self.name, self.function)
        if not self.parameter:
            object.__setattr__(self, "parameter", self.name)

    def apply(self, basis: xr.Dataset, scheme: AnyScheme) -> Changed:
        """Changed basis, changed scheme, and what is to be noted (empty if nothing is).

        Raises
        ------
        NotApplicable
            With the reason.
        BadInput
            The function returns something else.
        """
        if _arguments(self.name, self.function) == 1:
            return _dataset(self.name, self.function(basis)), scheme, ""
        found = self.function(basis, scheme)
        if not isinstance(found, tuple) or len(found) not in (2, 3) or not isinstance(found[1], AnyScheme):
            raise BadInput(
                f"change {self.name!r}: a function of a basis and a scheme must return both (got {_kind(found)}).\n"
                "  Write lambda basis, scheme: (basis.assign(...), scheme)."
            )
        return _dataset(self.name, found[0]), found[1], found[2] if len(found) == 3 else ""


def _arguments(name: str, function: Any) -> int:
    """Number of arguments of a function: of a basis, or of a basis and a scheme."""
    advice = "Give a function of a basis, or of a basis and a scheme."
    if not callable(function):
        raise BadInput(f"change {name!r}: is no function (got {type(function).__name__}).\n  {advice}")
    given = inspect.signature(function).parameters.values()
    places = [one for one in given if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    needed = [one for one in places if one.default is one.empty]
    if len(needed) not in (1, 2):
        raise BadInput(f"change {name!r}: the function takes {len(needed)} arguments.\n  {advice}")
    return len(needed)


def _dataset(name: str, found: Any) -> xr.Dataset:
    if not isinstance(found, xr.Dataset):
        raise BadInput(
            f"change {name!r}: the function must return a basis (got {_kind(found)}).\n"
            "  Write lambda basis: basis.assign(...)."
        )
    return found


def _kind(found: Any) -> str:
    if isinstance(found, tuple):
        return f"a tuple of {', '.join(type(item).__name__ for item in found) or 'nothing'}"
    return "None" if found is None else type(found).__name__


def replaced(basis: xr.Dataset, **arrays: xr.DataArray) -> tuple[xr.Dataset, str]:
    """The basis with some variables replaced within the bounds of the vocabulary, and how many cells met them.

    The basis given stays as it is; the variables keep their attributes.
    """
    new, notes = {}, []
    for name, array in arrays.items():
        row = variable(name)
        within = array.clip(row.lower, row.upper)
        hits = int((within != array).sum())
        if hits:
            notes.append(f"{name}: {hits} of {array.size} cells are held at the bounds {row.lower:g} to {row.upper:g}")
        new[name] = within.transpose(*ordered(within.dims)).assign_attrs(basis[name].attrs)
    return basis.assign(new), "; ".join(notes)


def over_years(basis: xr.Dataset, name: str) -> xr.DataArray:
    """A variable by year, also where it is the same in all years and the basis leaves the dim out."""
    array = basis[name]
    if "year" in array.dims:
        return array
    spread = array.expand_dims(year=basis["year"])
    return spread.transpose(*ordered(spread.dims)).assign_attrs(array.attrs)


def mapped(value: Dated | Money, change: Callable[[float], float]) -> Any:
    """A dated number or an amount of money with a function applied to every plain number in it."""
    if isinstance(value, Money):
        return Money(mapped(value.value, change), value.per, value.indexed)
    if isinstance(value, Along):
        return type(value)(tuple((key, mapped(inner, change)) for key, inner in value.points), value.path)
    if isinstance(value, BySex):
        return BySex(mapped(value.male, change), mapped(value.female, change))
    if isinstance(value, ByGroup):
        return ByGroup(tuple((name, mapped(inner, change)) for name, inner in value.values))
    return change(float(value))


def is_zero(value: Dated | Money | None) -> bool:
    """Whether a dated number is 0 throughout, or absent."""
    return value is None or not np.any([number for _, number in leaves(value)])
