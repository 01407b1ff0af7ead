"""Kinds of fields of the objects of a scheme: what they accept, how they say no, how they look in the JSON Schema."""

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import cached_property, wraps
from typing import Annotated, Any, TypeVar, dataclass_transform, get_args

from pydantic import ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic.dataclasses import dataclass as pydantic_dataclass
from pydantic_core import core_schema

from actuarial.advice import ONCE, ONCE_MISSING
from actuarial.dated import Dated, Misstated, Money, leaves, parse, parse_money
from actuarial.translation import N_, Meaning, Told, message_of

T = TypeVar("T")
UNKNOWN = ("unexpected_keyword_argument", "extra_forbidden")
MISSING = ("missing", "missing_keyword_only_argument")
MISSED = N_("is missing; add it")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(Field,))
def rule(cls: type[T]) -> type[T]:
    """Make a class a frozen object of a scheme: keyword-only, checked when built, extra keys refused.

    Mistakes are raised as BadScheme, all of them at once.
    """
    made: Any = pydantic_dataclass(
        frozen=True, kw_only=True, config=ConfigDict(extra="forbid", arbitrary_types_allowed=True)
    )(cls)
    build = made.__init__

    @wraps(build)
    def checked(self: Any, *args: Any, **values: Any) -> None:
        try:
            build(self, *args, **values)
        except ValidationError as error:
            raise Several(mistakes(error, made), _place(made, values)) from None

    made.__init__ = checked
    return made


class Reads:
    """Annotation of a field that a function reads, whatever its type says.

    A `PlainValidator` of pydantic works out first what the type would accept, which takes longer than all the rest.
    """

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return core_schema.no_info_plain_validator_function(self.function)


class Shape:
    """Annotation of a field with a JSON Schema that is made when somebody asks for it."""

    def __init__(self, make: Callable[[], dict[str, Any]]) -> None:
        self.make = make

    @cached_property
    def json_schema(self) -> dict[str, Any]:
        return self.make()

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        return dict(self.json_schema)


def _place(kind: Any, values: dict[str, Any]) -> tuple[str, ...]:
    """Name under which the mistakes of an object are reported; a scheme itself has none."""
    if "benefits" in keys_of(kind):
        return ()
    name = values.get("name", getattr(kind, "name", None))
    return (name,) if isinstance(name, str) else (kind.__name__,)


def path_text(path: Iterable[str | int]) -> str:
    """`("old_age", "formula", 0, "rate")` as `old_age.formula[0].rate`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def suggestion(word: str, known: Iterable[str], what: str) -> Told:
    """`did you mean x?`, or `what`, a message that has the place {names} for what is known."""
    names = list(known)
    close = difflib.get_close_matches(word, names, n=1)
    return Told("did you mean {close}?", close=close[0]) if close else Told(what, names=tuple(names))


def ended(text: str) -> str:
    """The text with a full stop, unless it ends with a question mark."""
    return text if text.endswith("?") else Told("{text}.", text=text)


class Several(Misstated):
    """Mistakes inside a value or an object, each with the keys that lead to it; `place` is where the message starts."""

    def __init__(self, found: Iterable[Misstated], place: tuple[str, ...] = ()) -> None:
        self.mistakes = list(found)
        super().__init__("\n".join(f"{path_text((*place, *one.path))}: {one.text}" for one in self.mistakes))


def mistakes(error: ValidationError, kind: Any) -> list[Misstated]:
    """The mistakes that a validation found, each with the keys that lead to it."""
    found: list[Misstated] = []
    details = [(_at(detail), detail) for detail in error.errors(include_url=False)]
    meant = {_meant(place, kind) for place, detail in details if detail["type"] in UNKNOWN}
    for place, detail in details:
        short = detail["type"] == "too_short" and any(_inside(other, place) for other, _ in details)
        if short or (detail["type"] in MISSING and place in meant):
            continue
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, Several):
            found += [one.inside(*place) for one in cause.mistakes]
        elif isinstance(cause, Misstated):
            found.append(cause.inside(*place))
        elif isinstance(cause, ValueError):
            found.append(Misstated(message_of(cause), place))
        else:
            found.append(Misstated(_words(detail, kind, place), place))
    return found


def _at(detail: Any) -> tuple[str | int, ...]:
    """Keys that lead to a mistake that a validation found."""
    return tuple(part for part in detail["loc"] if not str(part).startswith("function-"))


def _inside(place: tuple[str | int, ...], outer: tuple[str | int, ...]) -> bool:
    """Whether a place lies inside another one."""
    return len(place) > len(outer) and place[: len(outer)] == outer


def _meant(place: tuple[str | int, ...], kind: Any) -> tuple[str | int, ...]:
    """Place of the field that an unknown key resembles; the key's own place where it resembles none."""
    close = difflib.get_close_matches(str(place[-1]), keys_of(inner_kind(kind, place[:-1])), n=1)
    return (*place[:-1], *(close or place[-1:]))


def _words(detail: Any, kind: Any, place: tuple[str | int, ...]) -> str:
    """A sentence for each kind of mistake."""
    code, context = detail["type"], detail.get("ctx", {})
    got = detail["input"]
    if code in UNKNOWN:
        keys = keys_of(inner_kind(kind, place[:-1]))
        return unknown_key(str(place[-1]), keys) if keys else Told("unknown key; remove it")
    if code in MISSING:
        meaning = meaning_of(inner_kind(kind, place[:-1]), str(place[-1]))
        return Told("is missing; add it ({meaning})", meaning=Meaning(meaning)) if meaning else Told(MISSED)
    if code == "literal_error":
        return Told("must be {expected} (got {value!r})", expected=_one_of(context["expected"]), value=got)
    if code.startswith("int_"):
        return Told("must be a whole number (got {value!r})", value=got)
    if code.startswith(("float_", "finite_")):
        return Told("must be a number (got {value!r})", value=got)
    if code.startswith("bool_"):
        return Told("must be true or false (got {value!r})", value=got)
    if code.startswith("string_"):
        return Told("must be a word (got {value!r})", value=got)
    if code.startswith(("tuple_", "list_")):
        return Told("must be a list (got {value!r})", value=got)
    if code == "dataclass_type" and (keys := keys_of(inner_kind(kind, place))):
        return Told("must be a table, with the keys {names} (got {value!r})", names=tuple(keys), value=got)
    if code == "too_short":
        few = {"least": context["min_length"], "number": context["actual_length"]}
        return Told("must be a list of {least} or more (got {number})", **few)
    limits = {"greater_than_equal": (">=", "ge"), "less_than_equal": ("<=", "le"), "greater_than": (">", "gt")}
    if code in limits:
        sign, key = limits[code]
        return Told("must be {sign} {bound:g} (got {value!r})", sign=sign, bound=context[key], value=got)
    return Told("{message} (got {value!r})", message=detail["msg"], value=got)


def _one_of(known: str) -> str:
    """Words of which one is expected, as pydantic lists them: "'a', 'b' or 'c'"."""
    words, _, last = known.rpartition(" or ")
    return Told("{kinds} or {last}", kinds=words, last=last) if words else known


def unknown_key(key: str, keys: Iterable[str]) -> Told:
    """What is told of a key that is none of the keys of its table."""
    return Told("unknown key; {hint}", hint=suggestion(key, keys, N_("the keys are {names}")))


def inner_kind(kind: Any, path: Iterable[str | int]) -> Any:
    """Class of the object that lies at a path inside an object of a class; None if that is not one class."""
    for part in path:
        if isinstance(part, int):
            continue
        known = getattr(kind, "__pydantic_fields__", {})
        if part not in known:
            return None
        kinds = _classes(known[part].annotation)
        if len(kinds) != 1:
            return None
        kind = kinds[0]
    return kind


def _classes(annotation: Any) -> list[Any]:
    inner = get_args(annotation)
    if inner:
        return [kind for one in inner for kind in _classes(one)]
    return [annotation] if is_dataclass(annotation) else []


def keys_of(kind: Any) -> list[str]:
    """Names of the fields of a class of a scheme."""
    if kind is None:
        return []
    return [field.name for field in fields(kind)]


def meaning_of(kind: Any, name: str) -> str:
    """Description of a field, empty where there is none."""
    known = getattr(kind, "__pydantic_fields__", {})
    return (known[name].description or "") if name in known else ""


def bounds(lower: float, upper: float, advice: Callable[[float], str]) -> Callable[[float], str | None]:
    """What is wrong with a number that lies outside two bounds; None inside them."""

    def check(number: float) -> str | None:
        if number < lower:
            return Told("must be >= {bound:g} (got {number})", bound=lower, number=number)
        if number > upper:
            text = N_("must be <= {bound:g} (got {number}){advice}")
            return Told(text, bound=upper, number=number, advice=advice(number))
        return None

    return check


def in_percent(number: float) -> str:
    """Advice for a rate above 1."""
    if number > 100:
        return Told("; rates are fractions")
    return Told("; rates are fractions, did you mean {meant:g}?", meant=number / 100)


def _no_advice(_: float) -> str:
    return ""


def _months(number: float) -> str:
    return Told("; years, did you mean {meant:g}?", meant=number / 12) if number >= 12 else ""


def within(lower: float, upper: float, advice: Callable[[float], str] = _no_advice) -> Callable[[Any], Dated]:
    """Reader of a dated number whose every leaf lies between two bounds."""
    check = bounds(lower, upper, advice)

    def read(raw: Any) -> Dated:
        value = parse(raw)
        check_leaves(value, check)
        return value

    return read


fraction = within(0.0, 1.0, in_percent)


def _dated(lower: float, upper: float, advice: Callable[[float], str] = _no_advice) -> Any:
    """Annotations of a field that holds a dated number between two bounds."""
    number: dict[str, Any] = {"type": "number", "minimum": lower}
    if upper < 1e9:
        number["maximum"] = upper
    return Reads(within(lower, upper, advice)), WithJsonSchema(dated_schema(number))


def check_leaves(value: Dated | Money, check: Callable[[float], str | None], *place: str | int) -> None:
    """Misstated where a number inside a value fails a check, with the keys that lead to it after those of `place`."""
    found = [Misstated(text, (*place, *path)) for path, number in leaves(value) if (text := check(number))]
    if len(found) == 1:
        raise found[0]
    if found:
        raise Several(found)


def read_money(raw: Any) -> Money:
    """An amount per week, month or year."""
    value = _amount(raw)
    if value.per == "once":
        raise Misstated(Told('must be "week", "month" or "year"; "once" is for lump sums'), ("per",))
    return value


def _lump_sum(raw: Any) -> Money:
    """An amount that is paid once."""
    if not isinstance(raw, (Mapping, Money)):
        raise Misstated(Told("an amount of money needs its unit; {advice}", advice=ONCE))
    if isinstance(raw, Mapping) and "per" not in raw:
        raise Misstated(ONCE_MISSING)
    value = _amount(raw)
    if value.per != "once":
        raise Misstated(Told('must be "once" for a lump sum (got {per!r})', per=value.per), ("per",))
    return value


def _amount(raw: Any) -> Money:
    value = parse_money(raw)
    inner = ("value",) if isinstance(raw, Mapping) and "value" in raw else ()
    try:
        check_leaves(value, bounds(0.0, float("inf"), _no_advice))
    except Several as several:
        raise Several([one.inside(*inner) for one in several.mistakes]) from None
    except Misstated as mistake:
        raise mistake.inside(*inner) from None
    return value


def dated_schema(number: dict[str, Any]) -> dict[str, Any]:
    """JSON Schema of a number that may change by year, cohort, age, sex or group."""
    inner = {"anyOf": [number, {"type": "object"}]}
    table = {
        "type": "object",
        "patternProperties": {"^[0-9]{4}$": inner},
        "properties": {
            "path": {"enum": ["step", "ramp"]},
            "male": inner,
            "female": inner,
            "cohort": {"type": "object"},
            "age": {"type": "object"},
            "group": {"type": "object"},
        },
        "additionalProperties": False,
    }
    return {"anyOf": [number, table]}


def money_schema(*pers: str) -> dict[str, Any]:
    """JSON Schema of an amount of money."""
    table = dated_schema({"type": "number", "minimum": 0})["anyOf"][1]
    words = {"value": {}, "per": {"enum": list(pers)}, "indexed": {"enum": ["none", "wages", "prices"]}}
    return table | {"properties": table["properties"] | words, "required": ["per"]}


Fraction = Annotated[Dated, *_dated(0.0, 1.0, in_percent)]
Ratio = Annotated[Dated, *_dated(0.0, 10.0, in_percent)]
Change = Annotated[Dated, *_dated(-0.99, 1.0, in_percent)]
Age = Annotated[Dated, *_dated(0.0, 120.0)]
Years = Annotated[Dated, *_dated(0.0, 80.0, _months)]
Count = Annotated[Dated, *_dated(0.0, 1e12)]
Amounts = Annotated[Money, Reads(read_money), WithJsonSchema(money_schema("week", "month", "year"))]
LumpSum = Annotated[Money, Reads(_lump_sum), WithJsonSchema(money_schema("once"))]
Word = Annotated[str, Field(min_length=1, strict=True)]
