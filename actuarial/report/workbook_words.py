"""What stands in the cells of a workbook of a valuation, in the language of its reader."""

import re
from collections.abc import Mapping
from datetime import date
from itertools import product

import pandas as pd
import xarray as xr

from actuarial.report.adequacy import AWARDS
from actuarial.report.annex import SPLITS
from actuarial.report.content.labels import account_word, variable_word
from actuarial.report.content.names import SCENARIOS, SEXES, name_of
from actuarial.report.content.words import CAUSES, CHANGES, ITEMS
from actuarial.report.units import header, shown
from actuarial.report.workbook_labels import (
    COLUMNS,
    EVENTS,
    FIGURES,
    INDICATORS,
    KEYS,
    MARKS,
    OF_AWARDS,
    OF_BENEFIT,
    OF_PENSIONS,
    OLD,
    UNITS,
    YES_OR_NO,
)
from actuarial.translation import N_, Language, NotTranslated, Told
from actuarial.vocabulary import variables

SAID_AS_GIVEN = (
    *("year", "age", "age_band", "entry", "assumption", "earnings", "currency"),
    *("years of contributions", "year of retirement"),
)
CHANGED = {"base": N_("Base"), **{text: text for text in CHANGES}}
CAUSED = {**CAUSES, "previous valuation": N_("Previous valuation"), "current valuation": N_("Current valuation")}
ITEM_WORDS = {text: text for text in ITEMS.values()}
KINDS = {
    "benefit": N_("Benefit"),
    "group": N_("Group"),
    "service": N_("Service"),
    "cost": N_("Cost"),
    "income": N_("Income"),
}
PARTS = {"service": N_("Service"), "group": N_("Group")}
LIVES = (
    ("birth", N_("Life expectancy at birth, {sex}"), "male", N_("men")),
    ("birth", N_("Life expectancy at birth, {sex}"), "female", N_("women")),
    ("60", N_("Life expectancy at 60, {sex}"), "male", N_("men")),
    ("60", N_("Life expectancy at 60, {sex}"), "female", N_("women")),
)
ALL_INDICATORS = {**COLUMNS, **INDICATORS}
BY_SCENARIO = ("PAYG cost rate", "contribution rate", "reserve ratio", "reserve", "total expenditure")
"""What is put side by side by scenario."""
NAMING = ("benefit", "group", "service", "name", "line")
"""Columns of labels that are names of the law or of accounts."""


class Words:
    """English: the names of the tables themselves, with their units."""

    def __init__(self, say: Language, currency: str) -> None:
        self.say, self.currency = say, currency

    def heads(self, table: pd.DataFrame, scales: Mapping[str, str]) -> list[str]:
        """Headers of a table: its keys, then its columns with their units; `scales` are the words of large amounts.

        Columns among `heads` of the attributes of the table have the words that stand there; those among `named` have
        the name that the scheme gives to one of its parts, those among `scenarios` that of a scenario.
        """
        units, named = table.attrs.get("units", {}), table.attrs.get("named", {})
        words = dict(table.attrs.get("heads", {}))
        words |= {name: self.scenario(name) for name in table.attrs.get("scenarios", ())}
        words |= {column: self.named(name, column) for column, name in named.items()}
        columns = [str(column) for column in table.columns]
        shown = [
            self.head(words[name] if name in words else self.column(name), units.get(name, ""), scales.get(name, ""))
            for name in columns
        ]
        return [*(self.key(str(key)) for key in table.index.names), *shown]

    def money(self, scale: str) -> str:
        """The currency, in thousands, millions or billions where a scale says so."""
        unit = self.currency or self.say("currency")
        return self.say(scale, currency=unit) if scale else unit

    def column(self, name: str) -> str:
        """Words of a column."""
        return name

    def named(self, name: str, column: str) -> str:
        """Words of a column that has the name that the scheme gives to one of its parts."""
        return column

    def scenario(self, name: str) -> str:
        """Words of a scenario."""
        return name

    def head(self, text: str, units: str, scale: str = "") -> str:
        """Words of a column with its units."""
        return header(text, units, self.money(scale))

    def key(self, name: str) -> str:
        """Name of a column of labels."""
        return name.replace("_", " ")

    def units(self, units: str, scale: str = "") -> str:
        """Units in words."""
        return shown(units, self.money(scale))

    def label(self, key: str, label: object) -> object:
        """A label of a row; names of the law and of accounts as they are read."""
        if key == "units":
            return self.units(str(label))
        if key not in NAMING or not isinstance(label, str):
            return label
        words = label.replace("_", " ")
        return words.replace(":", ": ") if key == "line" else words

    def value(self, column: str, value: object) -> object:
        """A figure, or a word that stands for one."""
        return value

    def note(self, table: pd.DataFrame) -> str:
        """What is said below the title of a table."""
        return str(table.attrs.get("note", ""))


class Translated(Words):
    """Another language, with the words of columns that depend on the result; what has no words in it is an error.

    Raises
    ------
    NotTranslated
        A label of a table that the library does not know in other languages.
    """

    def __init__(self, say: Language, currency: str, columns: Mapping[str, str]) -> None:
        super().__init__(say, currency)
        self.columns = {**{name: say(text) for name, text in COLUMNS.items()}, **columns}

    def column(self, name: str) -> str:
        """Words of a column."""
        old = re.fullmatch(r"pensioners over population (\d+)\+", name)
        if old:
            return self.say(OLD, age=old[1])
        if name.isdecimal() or name in self.columns:
            return self.columns.get(name, name)
        kind, _, quantity = name.partition(": ")
        if kind == "difference" and quantity:
            return self.say("Difference: {quantity}", quantity=self.indicator(quantity))
        return self.indicator(name)

    def named(self, name: str, column: str) -> str:
        """Words of a column that has the name that the scheme gives to one of its parts."""
        words, kind = name_of(self.say, name), column.removesuffix(name).removesuffix(": ")
        return self.say("{place}: {subject}", place=self.say(KINDS[kind]), subject=words) if kind else words

    def scenario(self, name: str) -> str:
        """Words of a scenario: a usual name in the language, another one as given."""
        return self.say(SCENARIOS[name]) if name in SCENARIOS else name

    def head(self, text: str, units: str, scale: str = "") -> str:
        """Words of a column with its units."""
        unit = self.units(units, scale)
        return f"{text} ({unit})" if unit else text

    def key(self, name: str) -> str:
        """Name of a column of labels."""
        return self.say(_known(KEYS, name))

    def units(self, units: str, scale: str = "") -> str:
        """Units in words."""
        if units in UNITS:
            text = UNITS[units]
            return self.say(text, unit=self.money(scale)) if "{unit}" in text else self.say(text)
        plain = shown(units, "")
        if plain == "currency":
            return self.money(scale)
        return self.say(plain) if plain not in ("", "%") else plain

    def label(self, key: str, label: object) -> object:
        """A label of a row."""
        if key in SAID_AS_GIVEN:
            return label
        text = str(label)
        if key == "units":
            return self.units(text)
        if key == "scenario":
            return self.scenario(text)
        if key == "line":
            return account_word(self.say, text)
        if key in NAMING:
            return name_of(self.say, text)
        if key == "indicator":
            return self.indicator(text)
        known = {"change": CHANGED, "cause": CAUSED, "decrement": EVENTS}
        if key in known:
            return self.say(known[key][text]) if text in known[key] else text
        return self.say(_known({"sex": SEXES, "figure": FIGURES, "item": ITEM_WORDS, "part": PARTS}[key], text))

    def indicator(self, text: str) -> str:
        """Words of an indicator, with the year or years that its name may end with."""
        if text in self.columns:
            return self.columns[text]
        dated = re.fullmatch(r"(.+) (\d+(?:-\d+)?)", text)
        if dated:
            return f"{self.say(_known(ALL_INDICATORS, dated[1]))} {dated[2]}"
        return self.say(_known(ALL_INDICATORS, text))

    def value(self, column: str, value: object) -> object:
        """A figure, or a word that stands for one."""
        if column == "figures":
            return self.say(_known(MARKS, str(value)))
        if column in ("sign as expected", "assumption held"):
            return self.say(YES_OR_NO[str(value)]) if value else ""
        return value.said(self.say) if isinstance(value, Told) else value

    def note(self, table: pd.DataFrame) -> str:
        """What is said below the title of a table."""
        said = [
            self.say(text, **{name: self.say.day(v) if isinstance(v, date) else v for name, v in values.items()})
            for text, values in table.attrs.get("notes", ())
        ]
        if table.attrs.get("note") and not said:
            raise NotTranslated(f"{self.say.code}: no words for the note {table.attrs['note']!r}.")
        return " ".join(said)


def words_of(say: Language, result: xr.Dataset, basis: xr.Dataset | None) -> Words:
    """The words of a workbook of a pension scheme."""
    currency = str(result.attrs.get("currency", ""))
    if say.code == "en":
        return Words(say, currency)
    columns = assumption_words(say, basis) | _benefits(say, result)
    lives = {f"life expectancy at {age}: {sex}": say(text, sex=say(word)) for age, text, sex, word in LIVES}
    scenarios = result["scenario"].values if "scenario" in result.dims else ()
    for kind in BY_SCENARIO:
        subject = say(ALL_INDICATORS[kind])
        for name in map(str, scenarios):
            word = say(SCENARIOS[name]) if name in SCENARIOS else name
            columns[f"{kind}: {name}"] = say("{place}: {subject}", place=subject, subject=word)
    return Translated(say, currency, columns | lives)


def _known(texts: Mapping[str, str], name: str) -> str:
    """The text of a name; an error of the library where there is none."""
    if name not in texts:
        raise NotTranslated(f"the label {name!r} of a table has no words in other languages.")
    return texts[name]


def _benefits(say: Language, result: xr.Dataset) -> dict[str, str]:
    """Words of the columns of each benefit."""
    found: dict[str, str] = {}
    for benefit in (str(name) for name in result["benefit"].values):
        words = name_of(say, benefit)
        found |= {f"{kind}: {benefit}": say(text, benefit=words) for kind, text in OF_BENEFIT.items()}
        found |= {f"{benefit}: {kind}": say(OF_AWARDS[kind], benefit=words) for _, kind in AWARDS.values()}
        found |= {f"{benefit}: {kind}": say(text, benefit=words) for kind, text in OF_PENSIONS.items()}
    return found


def assumption_words(say: Language, basis: xr.Dataset | None) -> dict[str, str]:
    """Words of the columns of the assumptions, those by sex and group with the words of both."""
    found: dict[str, str] = {}
    for name in variables():
        if basis is None or name not in basis or not set(basis[name].dims) <= {"scenario", "year", *SPLITS}:
            continue
        sets = [[str(one) for one in basis[name][dim].values] for dim in SPLITS if dim in basis[name].dims]
        for labels in product(*sets):
            words = [say(SEXES[one]) if one in SEXES else name_of(say, one) for one in labels]
            found[" ".join([name, *labels])] = ", ".join([variable_word(say, name), *words])
    return found
