"""Dated numbers of a law changed by one number x: put in their place, added to them or multiplied by it."""

import math
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, get_args

from actuarial.dated import ByGroup, BySex, ByYear, Dated, Money, leaves
from actuarial.errors import BadInput
from actuarial.studies.changes import mapped

CHANGES = ("replace", "add", "multiply")


def changed_number(
    value: Dated | Money | None, x: float, change: str, from_year: int | None, legal: tuple[float, float]
) -> Any:
    """A dated number or amount of money changed by x, from a year on or throughout.

    Money keeps its unit and its index. Results that leave the legal bounds by rounding are put on them.
    """
    if isinstance(value, Money):
        inner = _of_money(value, x, change, from_year, legal)
        return Money(inner, value.per, value.indexed)
    if from_year is None:
        return _mapped(value, x, change, legal)
    return _since(value, from_year, lambda inner: _mapped(inner, x, change, legal))


def tail_points(value: ByYear, year: int) -> tuple[tuple[int, Dated], ...]:
    """The stated years of steps that count from a year on; the first of them holds in that year."""
    return value.points[max(sum(key <= year for key, _ in value.points) - 1, 0) :]


def numbers_of(value: Dated | Money, from_year: int | None) -> list[float]:
    """The plain numbers of a value that count from a year on; all of those that are not steps by year."""
    if from_year is not None and isinstance(value, ByYear) and value.path == "step":
        return [number for _, inner in tail_points(value, from_year) for _, number in leaves(inner)]
    return [number for _, number in leaves(value)]


def legal_bounds(kind: Any, name: str) -> tuple[float, float]:
    """Bounds that a field of a class of the law accepts; infinite where it states none."""
    known = getattr(kind, "__pydantic_fields__", {})
    low, high = -math.inf, math.inf
    if name not in known:
        return low, high
    for mark in chain(_marks(known[name].annotation), known[name].metadata):
        number = _number_schema(getattr(mark, "json_schema", None) or {})
        low = max(low, number.get("minimum", -math.inf), getattr(mark, "ge", -math.inf))
        if hasattr(mark, "gt"):
            low = max(low, math.nextafter(mark.gt, math.inf))
        high = min(high, number.get("maximum", math.inf), getattr(mark, "le", math.inf))
    return low, high


def bounds_of_change(numbers: list[float], change: str, legal: tuple[float, float]) -> tuple[float, float]:
    """Values of x that keep every number within its legal bounds; a factor is not negative."""
    low, high = legal
    if change == "replace" or not numbers:
        return legal
    least, greatest = min(numbers), max(numbers)
    if change == "add":
        return low - least, high - greatest
    factors = [high / greatest] if greatest > 0 else []
    if least < 0:
        factors.append(low / least)
    return 0.0, min(factors, default=math.inf)


def _mapped(value: Any, x: float, change: str, legal: tuple[float, float]) -> Any:
    if change == "replace":
        return float(x)
    return mapped(value, _within(_function(x, change), legal))


def _function(x: float, change: str) -> Callable[[float], float]:
    return (lambda number: number + x) if change == "add" else (lambda number: number * x)


def _within(function: Callable[[float], float], legal: tuple[float, float]) -> Callable[[float], float]:
    return lambda number: min(max(function(number), legal[0]), legal[1])


def _since(value: Any, year: int, new: Callable[[Any], Any]) -> ByYear:
    """A value until a year, and what a function makes of it from that year on."""
    if not (isinstance(value, ByYear) and value.path == "step"):
        first = value.points[0][0] if isinstance(value, ByYear) else year - 1
        return ByYear(((min(first, year - 1), value), (year, new(value))), "step")
    kept = tuple(point for point in value.points if point[0] < year) or ((year - 1, value.points[0][1]),)
    (_, held), *later = tail_points(value, year)
    return ByYear((*kept, (year, new(held)), *((key, new(inner)) for key, inner in later)), "step")


def _of_money(money: Money, x: float, change: str, from_year: int | None, legal: tuple[float, float]) -> Any:
    """The number of an amount of money; one that follows an index stays a number by year."""
    if money.indexed == "none":
        return changed_number(money.value, x, change, from_year, legal)
    if change != "replace":
        if from_year is not None:
            raise BadInput(
                f"solve: an amount that follows {money.indexed} cannot be changed from {from_year} on by {change!r}, "
                'since its value in that year is not stated.\n  Use change="replace", leave from_year out, or give a '
                "function (basis, scheme, x) -> (basis, scheme)."
            )
        return _mapped(money.value, x, change, legal)
    return _restated(money.value, x, from_year)


def _restated(value: Any, x: float, from_year: int | None) -> Any:
    """The stated numbers of an indexed amount replaced by one, stated for the first year or from a year on."""
    if isinstance(value, BySex):
        return BySex(_restated(value.male, x, from_year), _restated(value.female, x, from_year))
    if isinstance(value, ByGroup):
        return ByGroup(tuple((name, _restated(inner, x, from_year)) for name, inner in value.values))
    if from_year is None:
        return ByYear(((value.points[0][0], float(x)),), "step")
    kept = tuple(point for point in value.points if point[0] < from_year)
    return ByYear((*kept, (from_year, float(x))), "step")


def _marks(annotation: Any) -> Iterator[Any]:
    """Marks of an annotation and of what lies inside it."""
    yield from getattr(annotation, "__metadata__", ())
    for inner in get_args(annotation):
        yield from _marks(inner)


def _number_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The part of a JSON Schema that speaks of one plain number."""
    if schema.get("type") == "number":
        return schema
    options = schema.get("anyOf", []) or list(schema.get("patternProperties", {}).values())
    return _number_schema(options[0]) if options else {}
