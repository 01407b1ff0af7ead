"""The parameters of the standards as typed records, read once from instruments.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from actuarial.errors import BadInput
from actuarial.translation import few

FILE = Path(__file__).with_name("instruments.toml")
PARTS = ("II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
"""Parts of C102 that hold a benefit."""

CODE = "European_Code"

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Record:
    """What all entries have: an id such as "C102.VI.incapacity", and whether the text of the instrument was read."""

    id: str
    seen: bool

    @property
    def standard(self) -> str:
        """The instrument."""
        return self.id.split(".")[0]

    @property
    def part(self) -> str:
        """The Part; empty where the instrument has none."""
        second = self.id.split(".")[1:2]
        return second[0] if second and second[0] in PARTS else ""


R = TypeVar("R", bound=Record)


@dataclass(frozen=True, kw_only=True)
class Instrument(Record):
    """An instrument; `replaces` names the Part of C102 for each of its Parts, "*" where it is accepted as a whole."""

    title: str
    year: int
    in_force: str = ""
    binding: bool = True
    replaces: Mapping[str, str] | None = None
    article: str = ""
    suspended_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Level(Record):
    """Percentage of a Schedule for a standard beneficiary, with the article of each method."""

    contingency: str
    rate: Fraction
    article: str
    methods: Mapping[str, str]
    beneficiary: str = ""
    rate_with_declaration: Fraction | None = None
    average: str = ""
    average_interpreted: bool = False
    partial: str = ""
    lump_sum: str = ""
    lump_sum_below: Fraction | None = None
    minimum: tuple[str, ...] = ()
    net: str = ""
    other_methods: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """A way to protect enough persons: the group counted, the group it is a share of, and the least share."""

    article: str
    group: str
    of: str = ""
    share: Fraction | None = None
    families: str = ""
    women: bool = False
    declaration: bool = False
    means: str = ""
    exceptions: Fraction | None = None
    exceptions_article: str = ""


@dataclass(frozen=True, kw_only=True)
class Persons(Record):
    """Alternatives of persons protected."""

    rows: tuple[Alternative, ...]
    contingency: str = ""
    left_out: str = ""


@dataclass(frozen=True, kw_only=True)
class Period:
    """A qualifying period, in years of contribution or employment or of residence, or in months of the former."""

    article: str
    contribution: int | None = None
    residence: int | None = None
    months: int | None = None
    points: Fraction = Fraction(0)


@dataclass(frozen=True, kw_only=True)
class Graded:
    """Years between which the percentage may be reduced in proportion."""

    article: str
    contribution: tuple[int, int]
    residence: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Qualifying(Record):
    """Qualifying periods that may be asked for."""

    article: str = ""
    rule: str = ""
    none: bool = False
    full: Period | None = None
    universal: Period | None = None
    reduced: Period | None = None
    reduced_universal: Period | None = None
    lower: Period | None = None
    graded: Graded | None = None
    rising_with_age: Period | None = None
    transitional: str = ""
    whose: str = ""
    marriage: str = ""


@dataclass(frozen=True, kw_only=True)
class Span:
    """Weeks to which a benefit may be limited."""

    weeks: int
    article: str
    per: str = "case"
    persons: str = ""
    declaration: bool = False
    average: bool = False
    or_absence: bool = False


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Days for which a benefit need not be paid."""

    days: int
    article: str
    declaration: bool = False
    limited_only: bool = False
    law_at_entry: bool = False


@dataclass(frozen=True, kw_only=True)
class Days:
    """Days paid in a year for each person protected."""

    days: int
    article: str


@dataclass(frozen=True, kw_only=True)
class Duration(Record):
    """How long a benefit is paid and from when."""

    article: str
    throughout: bool = False
    until_old_age: bool = False
    spans: tuple[Span, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    days_per_person: Days | None = None
    care_after_leaving: Span | None = None
    after_birth: Span | None = None
    seasonal: str = ""
    funeral: str = ""


@dataclass(frozen=True, kw_only=True)
class Age(Record):
    """Highest pensionable age, and what a higher one needs."""

    most: int
    higher: str
    article: str
    share: Fraction | None = None
    lower_for_arduous: str = ""
    reduction: str = ""
    suspension: str = ""


NESTED: dict[str, type] = {
    "full": Period,
    "universal": Period,
    "reduced": Period,
    "reduced_universal": Period,
    "lower": Period,
    "rising_with_age": Period,
    "graded": Graded,
    "days_per_person": Days,
    "care_after_leaving": Span,
    "after_birth": Span,
    "spans": Span,
    "waiting": Waiting,
    "rows": Alternative,
}
RATES = {"rate", "rate_with_declaration", "lump_sum_below", "share", "exceptions", "points"}


@cache
def raw() -> dict[str, Any]:
    """The file as it is: for tables that have no record of their own."""
    with FILE.open("rb") as file:
        return tomllib.load(file)


@cache
def instruments() -> dict[str, Instrument]:
    """Instruments by their short name, those whose text was not read among them."""
    return {name: _record(Instrument, {"id": name, **row}) for name, row in raw()["instrument"].items()}


@cache
def levels() -> dict[str, Level]:
    """Levels by id, those of the European Code among them: its Schedule is that of C102."""
    own = _table(Level, "level")
    return own | _of_the_code(own)


@cache
def persons() -> dict[str, Persons]:
    """Persons protected by id; those of the European Code are the figures of C102, not checked against its text."""
    own = _table(Persons, "persons")
    return own | _of_the_code(own, seen=False)


@cache
def qualifying() -> dict[str, Qualifying]:
    """Qualifying periods by id."""
    return _table(Qualifying, "qualifying")


@cache
def durations() -> dict[str, Duration]:
    """Durations and waiting periods by id; of the European Code what was not read is that of C102, unchecked."""
    own = _table(Duration, "duration")
    return own | _of_the_code(own, seen=False)


@cache
def ages() -> dict[str, Age]:
    """Pensionable ages by instrument."""
    return _table(Age, "age")


def find(table: Mapping[str, T], name: str, what: str) -> T:
    """An entry by its id.

    Raises
    ------
    BadInput
        There is none of that id; the message names those that there are.
    """
    if name not in table:
        raise BadInput(f"{what}: there is no {name!r}; there are {', '.join(table)}.")
    return table[name]


def exceptions(standard: str) -> tuple[str, ...]:
    """Clauses that are open only to a Member whose declaration of temporary exceptions is in force.

    Examples
    --------
    >>> exceptions("C128")
    ('9(2)', '13(2)', '16(2)', '22(2)')
    """
    return tuple(find(raw()["exceptions"], standard, "temporary exceptions")["clauses"])


def texts() -> tuple[str, ...]:
    """Every text of the file that a reader sees, to be translated: titles, subjects, contingencies, rules, care."""
    found = [one.title for one in instruments().values()] + list(raw()["part"].values())
    found += [text for one in levels().values() for text in (one.contingency, one.beneficiary)]
    found += [text for one in qualifying().values() for text in (one.rule, one.whose)]
    found += [line for one in raw()["care"] for key in ("morbid_condition", "pregnancy") for line in one.get(key, ())]
    return tuple(dict.fromkeys(text for text in found if text))


def subject(standard: str, part: str = "") -> str:
    """Subject of a Part, such as "Old-age benefit"; to be said with `say`.

    Examples
    --------
    >>> subject("C102", "V"), subject("C121")
    ('Old-age benefit', 'Employment injury benefit')
    """
    return find(raw()["part"], f"{standard.replace('European_Code', 'C102')}.{part}".strip("."), "part")


def _of_the_code(own: Mapping[str, R], **changes: bool) -> dict[str, R]:
    """Entries of C102 under the name of the European Code, but for those that it has of its own."""
    names = {name: name.replace("C102", CODE) for name, one in own.items() if one.standard == "C102"}
    return {new: replace(own[old], id=new, **changes) for old, new in names.items() if new not in own}


def _table(kind: type[T], name: str) -> dict[str, T]:
    rows = [_record(kind, row) for row in raw()[name]]
    return {row.id: row for row in rows}  # type: ignore[attr-defined]


def _record(kind: type[T], row: Mapping[str, Any]) -> T:
    known = {one.name for one in fields(kind)}  # type: ignore[arg-type]
    if unknown := set(row) - known:
        raise BadInput(f"{FILE.name}: {kind.__name__} has no {few(sorted(unknown))}; it has {few(sorted(known))}.")
    return kind(**{key: _value(key, value) for key, value in row.items()})


def _value(key: str, value: Any) -> Any:
    if key in NESTED:
        kind = NESTED[key]
        return tuple(_record(kind, row) for row in value) if isinstance(value, list) else _record(kind, value)
    if key in RATES:
        return Fraction(value)
    return tuple(value) if isinstance(value, list) else value
