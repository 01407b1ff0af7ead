"""Numbers that change with the law: by year, by year of birth, by age, sex, group of insured, nested at will.

A dated number is a plain number or one of the frozen objects below. It is evaluated for a person (one, or a whole grid
of labelled coordinates) and answers on the dims it needs, out of year, group, sex and age.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from numbers import Real
from typing import Any, ClassVar, Protocol

import xarray as xr

from actuarial.advice import BY_GROUP, UNIT_MISSING, by_unit, by_year
from actuarial.errors import BadInput, BadScheme
from actuarial.labelled import Number as Number
from actuarial.labelled import along, of_group, of_sex
from actuarial.labelled import choose as choose
from actuarial.labelled import clip as clip
from actuarial.translation import N_, Told

PATHS = ("step", "ramp")
PERS = {"week": 52.0, "month": 12.0, "year": 1.0, "once": 1.0}
INDICES = ("none", "wages", "prices")


class Coordinates(Protocol):
    """What a dated number reads of a person: labels or DataArrays of labels."""

    @property
    def year(self) -> Any: ...
    @property
    def group(self) -> Any: ...
    @property
    def sex(self) -> Any: ...
    @property
    def age(self) -> Any: ...
    @property
    def birth_year(self) -> Any: ...
    def index(self, name: str, year: int | None = None) -> Any: ...


class Misstated(BadScheme, ValueError):
    """A mistake inside a value, with the keys that lead to it."""

    def __init__(self, text: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(f"{'.'.join(map(str, path))}: {text}" if path else text)
        self.text, self.path = text, path

    def inside(self, *keys: str | int) -> "Misstated":
        """The same mistake seen from further out."""
        return Misstated(self.text, (*keys, *self.path))


@dataclass(frozen=True)
class Along:
    """Values from stated keys on, held until the next one ("step") or joined by straight lines ("ramp").

    Each class says what its keys are, the coordinate of a person that they are compared with, and the words under which
    a file writes them.
    """

    points: tuple[tuple[int, "Dated"], ...]
    path: str = "step"

    what: ClassVar[str]
    coordinate: ClassVar[str]
    words: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        _check_points(self.points, self.path, self.what)

    def evaluate(self, person: Coordinates) -> Number:
        keys, inner = zip(*self.points, strict=True)
        return along(getattr(person, self.coordinate), keys, [evaluate(one, person) for one in inner], self.path)


class ByYear(Along):
    """Values from stated years on."""

    what, coordinate = "year", "year"


class ByCohort(Along):
    """Values from stated years of birth on; the year of birth is the year less the age reached on its 31 December."""

    what, coordinate, words = N_("year of birth"), "birth_year", ("cohort",)


class ByAge(Along):
    """Values from stated ages on; the age is the one reached on 31 December."""

    what, coordinate, words = "age", "age", ("age",)


@dataclass(frozen=True)
class BySex:
    """One value for men and one for women."""

    male: "Dated"
    female: "Dated"

    def evaluate(self, person: Coordinates) -> Number:
        return of_sex(person.sex, lambda sex: evaluate(getattr(self, sex), person))


@dataclass(frozen=True)
class ByGroup:
    """One value for each group of insured."""

    values: tuple[tuple[str, "Dated"], ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise Misstated(Told("names no group; {advice}", advice=BY_GROUP))

    def evaluate(self, person: Coordinates) -> Number:
        values = dict(self.values)
        return of_group(person.group, list(values), lambda name: evaluate(values[name], person))


Dated = float | Along | BySex | ByGroup
Split = (Along, BySex, ByGroup)


@dataclass(frozen=True)
class Money:
    """An amount of money a week, a month, a year or once; from each stated year it may follow wages or prices.

    Parameters
    ----------
    value : dated number, currency
    per : "week" (52 a year), "month", "year" or, for lump sums, "once"
    indexed : "none", "wages" or "prices"
        With an index the value of a stated year grows from that year until the next stated year, and years before the
        first stated year get the first value taken back along the same index. Without one it is constant between them.
    """

    value: Dated
    per: str
    indexed: str = "none"

    def __post_init__(self) -> None:
        if self.per not in PERS:
            raise Misstated(Told('must be "week", "month", "year" or "once" (got {per!r})', per=self.per), ("per",))
        if self.indexed not in INDICES:
            raise Misstated(
                Told('must be "none", "wages" or "prices" (got {indexed!r})', indexed=self.indexed), ("indexed",)
            )
        if self.indexed != "none":
            _check_indexed(self.value)

    def evaluate(self, person: Coordinates) -> Number:
        """Amount in currency per year; for a lump sum in currency."""
        value = evaluate(self.value, person) if self.indexed == "none" else _grown(self.value, self.indexed, person)
        return value * PERS[self.per]


def step(values: Mapping[int, Dated]) -> ByYear:
    """Values that hold from each stated year until the next; before the first year the first value holds.

    Parameters
    ----------
    values : mapping of year to number, or to a number that changes by sex, group or year of birth

    Raises
    ------
    BadScheme
        A key that is no year, no value, or a value that is no number.

    Examples
    --------
    >>> at(step({2025: 0.05, 2035: 0.06}), year=2034)
    0.05
    """
    return ByYear(_points(values), "step")


def ramp(values: Mapping[int, Dated]) -> ByYear:
    """Values joined by straight lines between the stated years, constant before the first and after the last.

    x(t) = x_a + (x_b - x_a) (t - a)/(b - a) between the stated years a and b. Parameters and errors as `step`.

    Examples
    --------
    >>> at(ramp({2025: 60, 2045: 65}), year=2035)
    62.5
    """
    return ByYear(_points(values), "ramp")


def by_cohort(values: Mapping[int, Dated], path: str = "step") -> ByCohort:
    """Values by year of birth, which is the year less the age reached on its 31 December.

    The path is "step" (held from each stated year until the next) or "ramp" (straight lines); errors as `step`.

    Examples
    --------
    >>> at(by_cohort({1960: 60, 1970: 65}, path="ramp"), birth_year=1962)
    61.0
    """
    return ByCohort(_points(values), path)


def by_age(values: Mapping[int, Dated], path: str = "step") -> ByAge:
    """Values by the age reached on 31 December; the path and errors as `by_cohort`.

    Examples
    --------
    >>> at(by_age({0: 0.001, 60: 0.01}), age=65)
    0.01
    """
    return ByAge(_points(values), path)


def by_sex(*, male: Dated, female: Dated) -> BySex:
    """One value for men and one for women, numbers or numbers that change; BadScheme where one is no number."""
    return BySex(parse(male), parse(female))


def by_group(values: Mapping[str, Dated]) -> ByGroup:
    """One value for each group of insured by its name, numbers or numbers that change; BadScheme where one is neither.

    Examples
    --------
    >>> at(by_group({"public": 0.06, "private": 0.05}), group="public")
    0.06
    """
    if not hasattr(values, "items"):
        raise Misstated(
            Told('a number by group needs groups and their values, {{"NAME": ...}} (got {value!r})', value=values)
        )
    return ByGroup(tuple((str(name), parse(value)) for name, value in values.items()))


def money(value: Dated, per: str, indexed: str = "none") -> Money:
    """An amount of money per month, per year or once, that may follow an index; parameters as `Money`.

    Raises
    ------
    BadScheme
        Another word, a value that is no number, an index on what is not stated by year.

    Examples
    --------
    >>> at(money(step({2025: 15_000, 2026: 17_500}), per="month"), year=2026)
    210000.0
    """
    return Money(parse(value), per, indexed)


def evaluate(value: Dated | Money, person: Coordinates) -> Number:
    """Value for a person: a float, or a DataArray on the dims it needs out of year, group, sex, age.

    Money is evaluated to currency per year.
    """
    return float(value) if isinstance(value, (int, float)) else value.evaluate(person)


@dataclass(frozen=True)
class _Place:
    """Scalar coordinates; asking for one that was not given is an error."""

    given: tuple[tuple[str, Any], ...]

    def __getattr__(self, name: str) -> Any:
        value = dict(self.given).get(name)
        if value is None:
            raise BadInput(f"the number changes with {name}; say which: at(value, {name}=...).")
        return value

    def index(self, name: str, year: int | None = None) -> float:
        raise BadInput(f"the amount follows {name}; evaluate it for a person with a basis.")


def at(
    value: Dated | Money,
    *,
    year: int | None = None,
    sex: str | None = None,
    group: str | None = None,
    birth_year: int | None = None,
    age: int | None = None,
) -> float:
    """A dated number at one place; money in currency per year.

    Examples
    --------
    >>> at(by_sex(male=65, female=step({2025: 60, 2030: 62})), year=2031, sex="female")
    62.0
    """
    place = _Place((("year", year), ("sex", sex), ("group", group), ("birth_year", birth_year), ("age", age)))
    return float(evaluate(value, place))  # type: ignore[arg-type]


def leaves(value: Dated | Money, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], float]]:
    """Every plain number inside a value, with the keys that lead to it."""
    if isinstance(value, Money):
        yield from leaves(value.value, path)
    elif isinstance(value, Along):
        for key, inner in value.points:
            yield from leaves(inner, (*path, *value.words, str(key)))
    elif isinstance(value, BySex):
        yield from leaves(value.male, (*path, "male"))
        yield from leaves(value.female, (*path, "female"))
    elif isinstance(value, ByGroup):
        for name, inner in value.values:
            yield from leaves(inner, (*path, "group", name))
    else:
        yield path, float(value)


def parse(raw: Any) -> Dated:
    """A dated number from what a file or a caller wrote.

    Raises
    ------
    BadScheme
        Neither a number nor one of the ways to write a number that changes.
    """
    if isinstance(raw, Split):
        return raw
    if isinstance(raw, bool) or not isinstance(raw, (Real, Mapping)):
        raise Misstated(
            Told(
                "must be a number, or a table of numbers by year, cohort, age, sex or group (got {value!r})", value=raw
            )
        )
    if not isinstance(raw, Mapping):
        if not math.isfinite(raw):
            raise Misstated(Told("must be a finite number (got {value})", value=raw))
        return float(raw)
    return _parse_table({str(key): value for key, value in raw.items()})


def parse_money(raw: Any) -> Money:
    """An amount of money from { value = ..., per = "month" } or { 2025 = ..., per = "year" }."""
    if isinstance(raw, Money):
        return raw
    if not isinstance(raw, Mapping):
        shown = raw if isinstance(raw, (int, float)) and not isinstance(raw, bool) else "..."
        raise Misstated(Told("an amount of money needs its unit; {advice}", advice=by_unit(shown)))
    table = {str(key): value for key, value in raw.items()}
    if "per" not in table:
        raise Misstated(UNIT_MISSING)
    per, indexed = table.pop("per"), table.pop("indexed", "none")
    if "value" not in table:
        return Money(parse(table), per, indexed)
    extra = [key for key in table if key != "value"]
    if extra:
        raise Misstated(Told("unknown key beside value; the keys are value, per, indexed"), (extra[0],))
    try:
        return Money(parse(table["value"]), per, indexed)
    except Misstated as mistake:
        raise (mistake if mistake.path[:1] in (("per",), ("indexed",)) else mistake.inside("value")) from None


def plain(value: Dated | Money) -> Any:
    """The value as a file would write it; `parse` and `parse_money` read it back."""
    if isinstance(value, Money):
        inner = plain(value.value)
        table = dict(inner) if isinstance(value.value, Along) else {"value": inner}
        return table | {"per": value.per} | ({} if value.indexed == "none" else {"indexed": value.indexed})
    if isinstance(value, BySex):
        return {"male": plain(value.male), "female": plain(value.female)}
    if isinstance(value, ByGroup):
        return {"group": {name: plain(inner) for name, inner in value.values}}
    if isinstance(value, Along):
        table = {str(key): plain(inner) for key, inner in value.points}
        for word in value.words:
            table = {word: table}
        return table | ({} if value.path == "step" else {"path": value.path})
    return float(value)


def _parse_table(table: dict[str, Any]) -> Dated:
    for kind in (ByCohort, ByAge):
        (word,) = kind.words
        if word in table:
            _only(table, word, "path")
            points = _inside(partial(_points_of, table[word]), word)
            return kind(points, table.get("path", "step"))
    if "group" in table:
        _only(table, "group")
        pairs = _table(table["group"]).items()
        return _inside(lambda: ByGroup(tuple((n, _inside(partial(parse, v), n)) for n, v in pairs)), "group")
    if "male" in table or "female" in table:
        _only(table, "male", "female")
        absent = [sex for sex in ("male", "female") if sex not in table]
        if absent:
            raise Misstated(Told("a number by sex needs both; {absent} is missing", absent=absent[0]))
        return BySex(*(_inside(partial(parse, table[s]), s) for s in ("male", "female")))
    return ByYear(path=table.pop("path", "step"), points=_points(table))


def _inside(build: Callable[[], Any], *keys: str) -> Any:
    try:
        return build()
    except Misstated as mistake:
        raise mistake.inside(*keys) from None


def _table(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        raise Misstated(Told("must be a table (got {value!r})", value=raw))
    return {str(key): value for key, value in raw.items()}


def _only(table: dict[str, Any], *keys: str) -> None:
    extra = [key for key in table if key not in keys]
    if extra:
        raise Misstated(
            Told("unknown key beside {keys}; the keys are {names}", keys=keys[0], names=tuple(keys)), (extra[0],)
        )


def _points_of(raw: Any) -> tuple[tuple[int, Dated], ...]:
    return _points(_table(raw))


def _points(values: Mapping[Any, Any]) -> tuple[tuple[int, Dated], ...]:
    if not hasattr(values, "items"):
        raise Misstated(
            Told("a number that changes needs years and values, {{2025: ..., 2035: ...}} (got {value!r})", value=values)
        )
    pairs = []
    for key, value in values.items():
        try:
            year = int(str(key))
        except ValueError:
            raise Misstated(
                Told(
                    "unknown key; a number that changes is written {{ 2025 = ..., 2035 = ... }}, with {path}, "
                    "{{ male = ..., female = ... }}, {{ cohort = {{ 1960 = ... }} }}, {{ age = {{ 60 = ... }} }} or "
                    "{{ group = {{ NAME = ... }} }}",
                    path='path = "ramp"',
                ),
                (str(key),),
            ) from None
        pairs.append((year, _inside(partial(parse, value), str(key))))
    return tuple(sorted(pairs, key=lambda pair: pair[0]))


def _check_points(points: tuple[tuple[int, Dated], ...], path: str, what: str) -> None:
    if path not in PATHS:
        raise Misstated(Told('must be "step" or "ramp" (got {path!r})', path=path), ("path",))
    if not points:
        raise Misstated(Told("is empty; give at least one {what} and its value", what=Told(what)))
    for key, _ in points:
        if what == "age" and not 0 <= key <= 150:
            raise Misstated(Told("is not an age between 0 and 150"), (str(key),))
        if what != "age" and not 1000 <= key <= 9999:
            raise Misstated(Told("is not a {what} of four digits", what=Told(what)), (str(key),))
    if any(a >= b for (a, _), (b, _) in pairwise(points)):
        raise Misstated(Told("each {what} must be given once, in order", what=Told(what)))


def _check_indexed(value: Dated) -> None:
    """An indexed amount says in every branch from which year it grows, once, and in steps."""
    if isinstance(value, ByYear):
        if value.path == "ramp":
            raise Misstated(
                Told("an amount that follows an index cannot be a ramp as well; state its years as steps"), ("path",)
            )
        if any(isinstance(inner, Split) for _, inner in value.points):
            raise Misstated(
                Told("an amount that follows an index holds plain numbers by year; put sex or group outside")
            )
    elif isinstance(value, (ByCohort, ByAge)):
        raise Misstated(Told("an amount by year of birth or age cannot follow an index"), value.words)
    elif isinstance(value, BySex):
        for inner in (value.male, value.female):
            _check_indexed(inner)
    elif isinstance(value, ByGroup):
        for _, inner in value.values:
            _check_indexed(inner)
    else:
        text = N_("an amount that follows an index needs the year from which it does{advice}")
        raise Misstated(Told(text, advice=by_year(value)))


def _grown(value: Dated, name: str, person: Coordinates) -> Number:
    """Value with each stated year's number multiplied by the growth of an index since that year."""
    if isinstance(value, BySex):
        return of_sex(person.sex, lambda sex: _grown(getattr(value, sex), name, person))
    if isinstance(value, ByGroup):
        values = dict(value.values)
        return of_group(person.group, list(values), lambda group: _grown(values[group], name, person))
    assert isinstance(value, ByYear)
    level = person.index(name)
    result: Number = math.nan
    for i, (key, inner) in enumerate(value.points):
        if i > 0 and not bool((xr.DataArray(person.year) >= key).any()):
            break
        grown = evaluate(inner, person) * level / person.index(name, key)
        result = grown if i == 0 else choose(person.year >= key, grown, result)
    return result
