"""The law of a scheme in words: every field of every part of it that is not empty, whatever the form."""

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from actuarial.dated import ByAge, ByCohort, ByGroup, BySex, ByYear, Money
from actuarial.fitting import LIMITS
from actuarial.provenance import digest
from actuarial.report.content.blocks import if_written, section
from actuarial.report.content.cells import cell, listed
from actuarial.report.content.material import Material, Part
from actuarial.report.content.names import form_of, joined, name_of, payer_of, word_of
from actuarial.report.document import Block, Section, Table, Terms
from actuarial.translation import N_, Language, inside

YEARLY = N_("fraction per year")
SHARES = ("fraction", YEARLY)
UNITS = (N_("fraction"), YEARLY, N_("money"), N_("money, once"))
"""Units that the value shows by itself, so that the words leave them out."""
REFERRING = (
    "of",
    "follows",
    "counted_with",
    "instead_of",
    "totalises",
    "contributions",
    "accounts",
    "account",
    "together_with",
    "groups",
    "exempt",
    "converts_to",
    "finances",
)
"""Fields that name other parts of a scheme."""
HIDDEN = ("name", "law")
DEEPEST = 6
Row = tuple[str, str, int]
"""Words, what they say, and how many objects they are inside."""
PERS = {"week": N_("{amount} a week"), "month": N_("{amount} a month"), "year": N_("{amount} a year")}
FOLLOWS = {"wages": N_("{text}, following wages"), "prices": N_("{text}, following prices")}


class Speaker:
    """Puts the values of the fields of a scheme into words.

    Parameters
    ----------
    say : the language
    scheme : scheme whose parts may be named
    """

    def __init__(self, say: Language, scheme: Any) -> None:
        self.say, self.currency = say, str(scheme.currency)

    def value(self, value: Any, share: bool = False, money: bool = False) -> str:
        """A value: a number, a dated number, money, a word or several of them."""
        say = self.say
        if isinstance(value, bool):
            return say("yes") if value else say("no")
        if isinstance(value, (int, float)):
            return self.number(float(value), share, money)
        if isinstance(value, str):
            return word_of(say, value)
        if isinstance(value, Money):
            amount = self.points(value.value, money=True)
            text = say(PERS[value.per], amount=amount) if value.per in PERS else amount
            text = say(FOLLOWS[value.indexed], text=text) if value.indexed in FOLLOWS else text
            return self.stepped(value.value, text)
        if isinstance(value, (ByYear, ByCohort, ByAge)):
            return self.stepped(value, self._along(value, share, money))
        if isinstance(value, BySex):
            pair = {name: self.value(getattr(value, name), share, money) for name in ("male", "female")}
            return say("men {male}, women {female}", **pair)
        if isinstance(value, ByGroup):
            return joined(say, (f"{name_of(say, name)} {self.value(one, share, money)}" for name, one in value.values))
        if isinstance(value, Mapping):
            return joined(say, (f"{word_of(say, str(k))} {self.value(v, share, money)}" for k, v in value.items()))
        if isinstance(value, (tuple, list)):
            return ", ".join(self.value(one, share, money) for one in value)
        return name_of(say, form_of(value) or type(value).__name__)

    def number(self, value: float, share: bool, money: bool) -> str:
        """A number: a percentage with as many decimals as it has, an amount, or a plain number."""
        if money:
            return f"{self.say.number(value, _digits(value))} {self.currency}"
        return self.say.percent(value, _digits(100 * value)) if share else self.say.number(value, _digits(value))

    def points(self, value: Any, share: bool = False, money: bool = False) -> str:
        """A value without the words on what it is between its dates, which follow its units."""
        along = isinstance(value, (ByYear, ByCohort, ByAge))
        return self._along(value, share, money) if along else self.value(value, share, money)

    def stepped(self, value: Any, text: str) -> str:
        """The text of a value with what it is between its dates."""
        say, ramp = self.say, getattr(value, "path", None) == "ramp" and len(value.points) > 1
        return say("{text}, in equal steps between these", text=text) if ramp else text

    def _along(self, value: Any, share: bool, money: bool) -> str:
        say = self.say
        where = {
            ByYear: say("from {key}"),
            ByCohort: say("born from {key}"),
            ByAge: say("from age {key}"),
        }[type(value)]
        points = [(key, self.value(one, share, money)) for key, one in value.points]
        if len(points) == 1:
            return points[0][1]
        return joined(say, (f"{one} ({where.format(key=key)})" for key, one in points))


def _digits(value: float) -> int:
    """Decimals that a number of a law needs, at most four."""
    return next((digits for digits in range(4) if abs(value - round(value, digits)) < 1e-9), 4)


def scheme(material: Material) -> Section | None:
    """The scheme as its law describes it: income, insurable earnings, and each benefit."""
    inner = [one for part in material.parts for one in _of_part(material, part, len(material.parts) > 1)]
    fields = if_written(material, "scheme.provisions")
    return section("provisions", material.say("Provisions of the law"), fields, inner, covers=("scheme.provisions",))


def _of_part(material: Material, part: Part, several: bool) -> Iterator[Section]:
    say, scheme, speaker = material.say, part.scheme, Speaker(material.say, part.scheme)
    health = hasattr(scheme, "services")
    prefix = "health" if health else "pension"
    title = say("Income: {scheme}", scheme=scheme.name) if several else say("Income")
    blocks: tuple[Block, ...] = (_law(say, scheme), _contributions(material, part, speaker, prefix))
    yield Section(f"provisions_{prefix}_income", title, blocks)
    for field, words in (
        ("insurable_earnings", N_("Insurable earnings")),
        ("administration", N_("Cost of administration")),
        ("funding", N_("Reserve and timing")),
    ):
        if hasattr(scheme, field) and (rows := described(speaker, getattr(scheme, field))):
            yield Section(f"provisions_{prefix}_{field}", say(words), (_terms(rows),))
    for field, words in (("groups", N_("Groups of members")), ("services", N_("Services of the package"))):
        if parts := getattr(scheme, field, ()):
            rows = [row for one in parts for row in _headed(speaker, one)]
            yield Section(f"provisions_{prefix}_{field}", say(words), (_terms(rows),))
    for field in ("accounts", "benefits"):
        for one in getattr(scheme, field, ()):
            rows = described(speaker, one) or [(say("Form"), name_of(say, form_of(one) or str(one.name)), 0)]
            yield Section(f"provisions_{prefix}_{field}_{one.name}", _title(speaker, one), (_terms(rows),))


def _terms(rows: Sequence[Row]) -> Terms:
    return Terms(tuple((label, text) for label, text, _ in rows), tuple(depth for *_, depth in rows))


def _headed(speaker: Speaker, one: Any) -> list[Row]:
    """A row with the name of a part and what it is, and those that describe it."""
    form = form_of(one)
    what = name_of(speaker.say, form) if form and form != one.name else ""
    return [(name_of(speaker.say, str(one.name)), what, 0), *described(speaker, one, 1)]


def _law(say: Language, scheme: Any) -> Terms:
    rows = [(say("Scheme"), scheme.name), (say("Currency"), scheme.currency)]
    return Terms(tuple([*rows, (say("Law"), scheme.law)] if scheme.law else rows))


def _title(speaker: Speaker, one: Any) -> str:
    """Name of a part, with its form where the name is another one."""
    form, name = form_of(one), name_of(speaker.say, str(one.name))
    return f"{name} ({name_of(speaker.say, form)})" if form and form != one.name else name


def _contributions(material: Material, part: Part, speaker: Speaker, prefix: str) -> Table:
    say = material.say
    rows = []
    for line in part.scheme.contributions:
        amount = line.rate if line.rate is not None else line.amount
        given = speaker.value(amount, share=line.rate is not None)
        if line.rate is not None and line.amount is not None:
            given = joined(say, (given, speaker.value(line.amount)))
        groups = ", ".join(name_of(say, name) for name in line.groups) or say("all")
        base = _assessed_on(speaker, line)
        rows.append((name_of(say, line.name), payer_of(say, line.payer), base, given, groups, line.law))
    head = (say("Line"), say("Paid by"), say("Assessed on"), say("Rate or amount"), say("Groups"), say("Article"))
    source = say("Law of the scheme: {law}", law=part.scheme.law) if part.scheme.law else say("Law of the scheme")
    return listed(
        material,
        f"contributions_{prefix}",
        say("Contributions and other income by law"),
        head,
        rows,
        units=say("per cent of what the line is due on, or amounts"),
        source=source,
        labels=6,
    )


def _assessed_on(speaker: Speaker, line: Any) -> str:
    """What a line is due on: the benefits where these are named, the limits of earnings where it has its own."""
    say, base = speaker.say, word_of(speaker.say, line.base)
    if of := getattr(line, "of", ()):
        base = say("{place}: {subject}", place=base, subject=_named(say, of))
    limits = [
        say("{place}: {subject}", place=inside(label), subject=speaker.value(value))
        for key, label, value, _ in _fields(speaker, line)
        if key in LIMITS
    ]
    return joined(say, (base, *limits))


def described(speaker: Speaker, thing: Any, depth: int = 0) -> list[Row]:
    """Rows of words and values of an object: each field that differs from what it is when left out.

    Objects inside it follow their own row, one level deeper; the article of the law comes last.
    """
    rows: list[Row] = []
    for key, label, value, units in _fields(speaker, thing):
        if key in REFERRING and not _is_object(value):
            rows.append((label, _named(speaker.say, value), depth))
        else:
            rows += _rows(speaker, label, value, units, depth)
    law = getattr(thing, "law", "")
    return [*rows, (speaker.say("Article"), law, depth)] if isinstance(law, str) and law else rows


def _rows(speaker: Speaker, label: str, value: Any, units: str, depth: int) -> list[Row]:
    inner = value if isinstance(value, (tuple, list)) else (value,)
    if depth < DEEPEST and inner and all(_is_object(one) for one in inner):
        rows = []
        for one in inner:
            form = form_of(one)
            rows.append((label, name_of(speaker.say, form) if form else "", depth))
            rows += described(speaker, one, depth + 1)
        return rows
    text = speaker.points(value, share=units in SHARES)
    whole = speaker.say("{amount} a year", amount=text) if units == YEARLY else text
    return [(label, speaker.stepped(value, whole), depth)]


def _named(say: Language, value: Any) -> str:
    """Names of other parts of a scheme, or the word that stands for all of them."""
    names = value if isinstance(value, (tuple, list)) else (value,)
    return ", ".join(word_of(say, one) if one == "all" else name_of(say, str(one)) for one in names)


def _is_object(value: Any) -> bool:
    dated = (Money, ByYear, ByCohort, ByAge, BySex, ByGroup)
    return dataclasses.is_dataclass(value) and not isinstance(value, (type, *dated))


def _fields(speaker: Speaker, thing: Any) -> Iterator[tuple[str, str, Any, str]]:
    """Name, words, value and units of the fields that are not what they are when left out."""
    known = getattr(type(thing), "__pydantic_fields__", {})
    for field in dataclasses.fields(thing) if dataclasses.is_dataclass(thing) else ():
        value = getattr(thing, field.name)
        if field.name in HIDDEN or value is None or value == () or not field.init:
            continue
        about = known.get(field.name)
        if _left_out(about if about is not None else field, value):
            continue
        text = getattr(about, "description", None) or ""
        label = short(speaker.say, text) if text else field.name.replace("_", " ")
        units = next((one for one in UNITS if f"({one})" in text), "")
        yield field.name, label, value, units


def _left_out(about: Any, value: Any) -> bool:
    """Whether a value is the default of its field."""
    factory, default = about.default_factory, about.default
    if callable(factory):
        default = factory()
    return value is default or (type(value) is type(default) and digest(value) == digest(default))


def short(say: Language, description: str) -> str:
    """First clause of the description of a field in the language of the report, without units that its value shows, nor
    what is in brackets where the clause ends inside them, nor conditions or brackets that name other fields."""
    clause = re.sub(r"\s*\(([^)]*$|[^()]*\w_\w[^()]*\))", "", re.split(r"\s*[;:]", say(description))[0])
    text = re.split(r",[^,]*\w_\w|,?[^,]*[\"“«`]", clause)[0].strip() or clause
    units = "|".join(re.escape(say(one)) for one in UNITS)
    return re.sub(rf"\s*\((?:{units})\)", "", text, flags=re.IGNORECASE).replace("_", " ")


def event_rows(material: Material, part: Part) -> list[tuple[str, ...]]:
    """Benefits with the event that they are due on and what is projected of them."""
    say = material.say
    spent = part.result["benefit_expenditure"].sum("year")
    new = part.result["new_awards"].sum(["year", "sex", "age"])
    rows: list[tuple[str, ...]] = []
    for benefit in part.scheme.benefits:
        name = str(benefit.name)
        there = name in part.result["benefit"].values
        event = word_of(say, benefit.on) if benefit.on else "–"
        paid = there and float(spent.sel(benefit=name)) > 0
        persons = cell(say, float(new.sel(benefit=name)), "persons") if there else "–"
        rows.append((name_of(say, name), event, say("yes") if paid else say("no"), persons, benefit_law(benefit)))
    return rows


def benefit_law(benefit: Any) -> str:
    """Article of the law that grants a benefit."""
    return str(getattr(benefit, "law", "") or "–")
