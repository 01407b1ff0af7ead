"""Parameters of a basis or a scheme by their path: what a trial changes, and where its numbers may lie."""

import dataclasses
import math
from collections.abc import Callable
from typing import Annotated, Any, get_args, get_origin

import numpy as np
import xarray as xr

from actuarial.amending import parts_inside
from actuarial.dated import Money, Split
from actuarial.errors import BadInput, BadScheme
from actuarial.fields import ended, keys_of, suggestion
from actuarial.scheme import Scheme
from actuarial.studies.changes import AnyScheme, over_years
from actuarial.studies.dates import CHANGES, bounds_of_change, changed_number, legal_bounds, numbers_of
from actuarial.translation import N_
from actuarial.valuation.series import is_number
from actuarial.vocabulary import ordered, variable

Function = Callable[[xr.Dataset, Any, float], tuple[xr.Dataset, Any]]
NEUTRAL = {"add": 0.0, "multiply": 1.0}
OWN = ("insurable_earnings", "administration", "funding")
LISTS = ("contributions", "accounts", "benefits", "services", "groups")
UNITS = {(0.0, 1.0): "fraction", (-0.99, 1.0): "fraction", (0.0, 10.0): "ratio", (0.0, 120.0): "years"}
UNITS[0.0, 80.0] = "years"
"""Units of the numbers of a scheme by what they can be: shares and changes, ratios, ages, years of service."""
LEAST_RATE = -0.5  # of a growth or interest of the basis, where nothing else is said


@dataclasses.dataclass(frozen=True)
class Parameter:
    """What x changes.

    Attributes
    ----------
    path : the words that name it
    owner : "scheme", "basis" or "function"
    low, high : values of x that are tried at most
    start : value of x that leaves basis and scheme as they are; None where there is none
    first : first value to try
    change : "replace", "add" or "multiply"
    from_year : first year that is changed; None for all
    function : (basis, scheme, x) -> (basis, scheme); x has the dim scenario where the basis is changed by scenario
    units : units of x; "" where nothing tells them
    """

    path: str
    owner: str
    low: float
    high: float
    start: float | None
    first: float
    change: str
    from_year: int | None
    function: Any
    units: str = ""

    @property
    def second(self) -> float:
        """Second value to try: a fiftieth of the first away from it, or a hundredth of the whole range."""
        width = self.high - self.low
        step = 0.02 * abs(self.first) or (0.01 * width if math.isfinite(width) else 1.0)
        if math.isfinite(width):
            step = min(step, 0.25 * width)
        return self.first + step if self.first + step <= self.high else self.first - step

    def within(self, bounds: tuple[float, float] | None) -> "Parameter":
        """The same parameter tried between other bounds.

        Raises
        ------
        BadInput
            No two finite numbers in order, or numbers that the law or the basis cannot have.
        """
        if bounds is None:
            return self
        pair = isinstance(bounds, tuple | list) and len(bounds) == 2 and all(is_number(b) for b in bounds)
        if not (pair and bounds[0] < bounds[1]):
            raise BadInput(f"solve: bounds must be two finite numbers, the lower one first (got {bounds!r}).")
        low, high = map(float, bounds)
        if low < self.low - 1e-12 or high > self.high + 1e-12:
            raise BadInput(
                f"solve: bounds {low:g} to {high:g} leave the values that {self.path} can have with "
                f"change={self.change!r}, {self.low:g} to {self.high:g}.\n  Give bounds within them."
            )
        inside = low <= self.first <= high
        first = self.first if inside else (low + high) / 2
        return dataclasses.replace(self, low=low, high=high, first=first)


def parameter_of(
    path: str | Function,
    basis: xr.Dataset,
    scheme: AnyScheme,
    *,
    change: str | None = None,
    from_year: int | None = None,
) -> Parameter:
    """The parameter that a path or function means.

    Parameters
    ----------
    path : "NAME.field" or "NAME.part.field" of the scheme, "NAME.bands[1].field" of the second of a list, "basis.NAME",
        or (basis, scheme, x) -> (basis, scheme)
    change : "replace", "add" or "multiply"; "replace" for the scheme where it is not given
    from_year : first year that is changed

    Raises
    ------
    BadInput, BadScheme
        No such part, field or variable; a field that is no number; another word for the change.
    """
    if change is not None and change not in CHANGES:
        raise BadInput(f"solve: change must be one of {', '.join(CHANGES)} (got {change!r}).")
    if callable(path):
        if change is not None or from_year is not None:
            raise BadInput("solve: a function says itself what it changes; leave change and from_year out.")
        return Parameter("the function", "function", -math.inf, math.inf, None, math.nan, "replace", None, path)
    if not isinstance(path, str) or "." not in path:
        raise BadInput(
            f'solve: a parameter is written "NAME.field" (for example "employees.rate"), "basis.NAME", or is a '
            f"function (basis, scheme, x) -> (basis, scheme) (got {path!r})."
        )
    if from_year is not None and from_year not in basis["year"].values:
        span = f"{int(basis['year'][0])} to {int(basis['year'][-1])}"
        raise BadInput(f"solve: from_year={from_year} lies outside the projection, {span}.")
    if path.startswith("basis."):
        return _of_basis(path, basis, change, from_year)
    return _of_scheme(path, scheme, change or "replace", from_year)


def field_of(scheme: AnyScheme, path: str) -> tuple[Any, str, Any]:
    """The object of a scheme that holds a field, the name of the field, and its value.

    Raises
    ------
    BadScheme
        No such part or field.
    """
    first, *inner, field = path.split(".")
    lists = (getattr(scheme, word, ()) for word in LISTS)
    parts: dict[str, Any] = {part.name: part for given in lists for part in given}
    parts |= {word: getattr(scheme, word) for word in OWN if hasattr(scheme, word)}
    if first not in parts:
        hint = ended(suggestion(first, [*parts, "basis"], N_("the parts are {names}")))
        raise BadScheme(f"solve: the scheme has no part {first!r}; {hint}")
    part, place = parts[first], first
    if not dataclasses.is_dataclass(part):
        raise BadScheme(
            f"solve: {first} is a {type(part).__name__} without fields that can be amended; give a function "
            "(basis, scheme, x) -> (basis, scheme), or make it a dataclass."
        )
    for word in inner:
        inside = parts_inside(part)
        if word not in inside:
            hint = suggestion(word, inside, N_("the parts are {names}")) if inside else "it has no parts"
            raise BadScheme(f"solve: {place} has no part {word!r}; {ended(hint)}")
        part, place = inside[word], f"{place}.{word}"
    keys = keys_of(part)
    if field not in keys:
        hint = ended(suggestion(field, keys, N_("the keys are {names}")))
        raise BadScheme(f"{place}.{field}: unknown key; {hint}")
    return part, field, getattr(part, field)


def _of_scheme(path: str, scheme: AnyScheme, change: str, from_year: int | None) -> Parameter:
    part, field, value = field_of(scheme, path)
    if type(value) is int and _declared(part, field) not in (int, "int"):
        value = float(value)
    legal = legal_bounds(type(part), field)
    _check_number(path, part, field, value, change, from_year)
    numbers = numbers_of(value, from_year) if isinstance(value, (float, *Split, Money)) else []
    _check_factor(path, numbers, change)
    low, high = bounds_of_change(numbers, change, legal)
    if change in NEUTRAL:
        start: float | None = NEUTRAL[change]
    else:
        start = numbers[0] if len(set(numbers)) == 1 and _one_for_all(value) else None
    first = start if start is not None else float(np.mean(numbers)) if numbers else (low + high) / 2
    holder = path.rpartition(".")[0]

    def apply(basis: xr.Dataset, scheme: Scheme, x: float) -> tuple[xr.Dataset, Scheme]:
        new = changed_number(value, float(x), change, from_year, legal)
        return basis, scheme.amend(holder, **{field: new})

    units = "ratio" if change == "multiply" else _units_of(value, legal, scheme.currency)
    return Parameter(path, "scheme", low, high, start, first, change, from_year, apply, units)


def _units_of(value: Any, legal: tuple[float, float], currency: str) -> str:
    """Units of a number of the law: those of money, or what numbers between such bounds are."""
    if isinstance(value, Money):
        return currency if value.per == "once" else f"{currency}/{value.per}"
    return UNITS.get(legal, "1")


def _declared(part: Any, field: str) -> Any:
    """What the class of a part says that a field is."""
    kind = next(one.type for one in dataclasses.fields(part) if one.name == field)
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _one_for_all(value: Any) -> bool:
    """Whether a constant in its place leaves a number as it is where all its leaves are that constant."""
    return not (isinstance(value, Money) and value.indexed != "none")


def _check_number(path: str, part: Any, field: str, value: Any, change: str, from_year: int | None) -> None:
    """BadScheme where a field holds no number that x can stand for."""
    known = getattr(type(part), "__pydantic_fields__", {})
    if isinstance(value, int):
        what = "is true or false" if isinstance(value, bool) else "takes whole numbers only"
        raise BadScheme(f"solve: {path} {what}, so that nothing between two values can be tried; amend it instead.")
    if isinstance(value, (float, *Split, Money)):
        return
    dated = field in known and legal_bounds(type(part), field) != (-math.inf, math.inf)
    if value is None and dated and change == "replace" and from_year is None and not _is_money(known[field]):
        return
    if isinstance(value, dict) and dated and change == "replace" and from_year is None:
        return
    if value is None and dated:
        raise BadScheme(f"solve: {path} has no value that could be changed; state one first with scheme.amend.")
    bands = {word: one for word, one in parts_inside(part).items() if word.startswith(f"{field}[")}
    if bands:
        holder = path.rpartition(".")[0]
        numbers = [f"{holder}.{word}.{name}" for word, one in bands.items() for name in _numbers_in(one)]
        raise BadScheme(f"solve: {path} is a list of {len(bands)}; the numbers in it are {', '.join(numbers) or '-'}.")
    numeric = _numbers_in(part)
    raise BadScheme(
        f"solve: {path} is no number (it is {type(value).__name__}); the numbers there are {', '.join(numeric) or '-'}."
    )


def _numbers_in(part: Any) -> list[str]:
    """Fields of a part that hold numbers."""
    return [name for name in keys_of(part) if isinstance(getattr(part, name), (float, *Split, Money))]


def _is_money(info: Any) -> bool:
    return "actuarial.dated.Money" in str(info.annotation)


def _check_factor(path: str, numbers: list[float], change: str) -> None:
    if change == "multiply" and not any(numbers):
        raise BadInput(f'solve: {path} is 0 throughout, so that no factor changes it; use change="add" or "replace".')


def _of_basis(path: str, basis: xr.Dataset, change: str | None, from_year: int | None) -> Parameter:
    name = path.removeprefix("basis.")
    if name not in basis.data_vars:
        known = [str(word) for word in basis.data_vars]
        hint = ended(suggestion(name, known, N_("it has {names}")))
        raise BadInput(f"solve: the basis has no variable {name!r}; {hint}")
    if change is None:
        raise BadInput(
            f"solve: say how {path} is changed: change=\"add\" (all its numbers plus x), \"multiply\" (times x) or "
            '"replace" (x in their place).'
        )
    row, array = variable(name), basis[name]
    if from_year is not None and "year" not in row.dims:
        raise BadInput(f"solve: {name} does not change by year; leave from_year out.")
    if from_year is not None:
        array = over_years(basis, name)
        array = array.sel(year=slice(from_year, None))
    if not np.issubdtype(array.dtype, np.number):
        raise BadInput(f"solve: {path} holds no numbers.")
    numbers = [float(array.min()), float(array.max())]
    _check_factor(path, numbers, change)
    low = max(row.lower, LEAST_RATE) if row.kind == "rate" and row.lower < 0 else row.lower
    low, high = bounds_of_change(numbers, change, (min(low, numbers[0]), max(row.upper, numbers[1])))
    start = NEUTRAL.get(change, numbers[0] if numbers[0] == numbers[1] and from_year is None else None)
    first = start if start is not None else float(array.mean())

    def apply(basis: xr.Dataset, scheme: Scheme, x: Any) -> tuple[xr.Dataset, Scheme]:
        return basis.assign({name: _changed_variable(basis, name, x, change, from_year)}), scheme

    money = str(basis.attrs.get("currency", "currency"))
    units = "ratio" if change == "multiply" else (row.units or "1").replace("currency", money)
    return Parameter(path, "basis", low, high, start, first, change, from_year, apply, units)


def _changed_variable(basis: xr.Dataset, name: str, x: Any, change: str, from_year: int | None) -> xr.DataArray:
    """A variable of a basis changed by a number, or by one for each scenario."""
    array = basis[name] if from_year is None else over_years(basis, name)
    new = {"replace": 0.0 * array + x, "add": array + x, "multiply": array * x}[change]
    if from_year is not None:
        new = xr.where(array["year"] >= from_year, new, array)
    return new.transpose(*ordered(new.dims)).assign_attrs(array.attrs)
