"""What stands in the cells of a workbook of a valuation, in the language of its reader."""

import re
from collections.abc import Mapping
from datetime import date
from functools import partial
from itertools import product

import pandas as pd
import xarray as xr

from actuarial.report.adequacy import AWARDS
from actuarial.report.annex import SPLITS
from actuarial.report.content.labels import account_word, variable_word
from actuarial.report.content.names import SCENARIOS, SEXES, name_of
from actuarial.report.units import header, shown
from actuarial.translation import N_, Language, NotTranslated
from actuarial.vocabulary import variables

SCENARIO_NOTE = N_("One row per scenario and year: filter the first column to see one scenario.")
COLUMNS = {
    "figures": N_("Figures"),
    "insurable payroll": N_("Insurable earnings"),
    "contributions": N_("Contributions"),
    "state": N_("Income from the State"),
    "other income": N_("Other income"),
    "interest": N_("Interest"),
    "total income": N_("Total income"),
    "total benefits": N_("Total benefits"),
    "administrative": N_("Cost of administration"),
    "total expenditure": N_("Total expenditure"),
    "result": N_("Result of the year"),
    "PAYG rate": N_("Pay-as-you-go cost rate"),
    "reserve": N_("Reserve"),
    "reserve coefficient": N_("Reserve ratio"),
    "employed": N_("Employed"),
    "active contributors": N_("Active contributors"),
    "total pensioners": N_("Total pensioners"),
    "total new": N_("Total of new awards"),
    "terminations": N_("Terminations"),
    "total": N_("Total"),
    "male": N_("Men"),
    "female": N_("Women"),
    "0-14": N_("Aged 0 to 14"),
    "15-64": N_("Aged 15 to 64"),
    "65+": N_("Aged 65 and over"),
    "births": N_("Births"),
    "deaths": N_("Deaths"),
    "net migration": N_("Net migration"),
    "dependency ratio": N_("Dependency ratio"),
    "average contributors": N_("Average contributors"),
    "active": N_("Active on 31 December"),
    "new entrants": N_("New entrants"),
    "re-entrants": N_("Re-entrants"),
    "exits": N_("Exits"),
    "average credits": N_("Average years of service"),
    "average salary": N_("Average salary"),
    "ceiling ratio": N_("Insurable share"),
    "average pension over average wage": N_("Average pension over average wage"),
    "contributors over labour force": N_("Contributors over labour force"),
    "contributors over employed": N_("Contributors over employed persons"),
    "women among contributors": N_("Women among contributors"),
    "women among pensioners": N_("Women among pensioners"),
    "carried forward": N_("Carried forward"),
    "projected": N_("Projected"),
    "difference": N_("Difference"),
    "beyond the band": N_("Beyond the band"),
    "base-year accounts": N_("Accounts of the base year"),
    "model year 1": N_("First projected year"),
    "calibration": N_("Factor of calibration"),
    "ratio": N_("Ratio"),
    "total fertility rate": N_("Children for each woman"),
    "value": N_("Value"),
}
OLD = N_("Pensioners over population aged {age} and over")
OF_BENEFIT = {"pensioners": N_("Pensioners: {benefit}"), "new": N_("New awards: {benefit}")}
OF_AWARDS = {
    "age": N_("{benefit}: mean age"),
    "service": N_("{benefit}: mean service"),
    "amount": N_("{benefit}: mean amount"),
    "at minimum": N_("{benefit}: share at the minimum"),
    "over earnings": N_("{benefit}: over earnings"),
    "over average wage": N_("{benefit}: over average wage"),
}
INDICATORS = {
    "general average premium (GAP)": N_("General average premium"),
    "GAP net of income from the State and others": N_(
        "General average premium net of income from the State and others"
    ),
    "PAYG cost rate": N_("Pay-as-you-go cost rate"),
    "contribution rate": N_("Contribution rate"),
    "level rate for all outgo": N_("Level rate for all outgo"),
    "level rate net of income from the State and others": N_("Level rate net of income from the State and others"),
    "scaled premium": N_("Scaled premium"),
    "demographic ratio": N_("Demographic ratio"),
    "financial ratio": N_("Financial ratio"),
    "reserve ratio": N_("Reserve over outgo of the year"),
    "outgo exceeds contributions and State income in": N_("Outgo exceeds contributions and income from the State in"),
    "reserve falls for the first time in": N_("Reserve falls for the first time in"),
    "reserve is exhausted in": N_("Reserve is used up in"),
}
FIGURES = {
    "new awards": N_("New awards"),
    "mean age": N_("Mean age"),
    "mean service": N_("Mean service"),
    "mean amount": N_("Mean amount"),
    "share at the minimum": N_("Share at the minimum"),
}
KEYS = {
    "scenario": N_("Scenario"),
    "sex": N_("Sex"),
    "year": N_("Year"),
    "indicator": N_("Indicator"),
    "units": N_("Units"),
    "benefit": N_("Benefit"),
    "figure": N_("Figure"),
    "line": N_("Line"),
    "entry": N_("Entry"),
}
MARKS = {"accounts": N_("accounts"), "audited": N_("audited"), "projected": N_("projected")}
UNITS = {
    "1/year": N_("% a year"),
    "currency/year": N_("{unit} a year"),
    "currency/year or persons": N_("{unit} a year, or persons"),
    "persons/year": N_("persons a year"),
    "births/woman": N_("births per woman"),
    "boys/girl": N_("boys per girl"),
}
TOLD = {
    r"([+-]\d+)%": N_("{difference}%"),
    r"([+-]\d+) points": N_("{difference} points"),
    r"([+-][\d.]+) years": N_("{difference} years"),
    "nobody": N_("nobody"),
    "observed none": N_("none observed"),
    "": "",
}
INFINITE = N_("infinite")


class Words:
    """English: the names of the tables themselves, with their units."""

    def __init__(self, say: Language, currency: str) -> None:
        self.say, self.currency = say, currency

    def column(self, name: str) -> str:
        """Name of a column."""
        return name

    def head(self, name: str, units: str) -> str:
        """Name of a column with its units."""
        return header(name, units, self.currency)

    def key(self, name: str) -> str:
        """Name of a column of labels."""
        return name

    def units(self, units: str) -> str:
        """Units in words."""
        return shown(units, self.currency)

    def label(self, key: str, label: object) -> object:
        """A label of a row."""
        return self.units(str(label)) if key == "units" else label

    def value(self, column: str, value: object) -> object:
        """A figure, or a word that stands for one."""
        return value

    def flat(self, table: pd.DataFrame) -> pd.DataFrame:
        """A table with its labels as columns before the others, in the words that are shown."""
        return table.reset_index()

    def note(self, table: pd.DataFrame) -> str:
        """What is said below the title of a table."""
        return str(table.attrs.get("note", ""))


class Translated(Words):
    """Another language; what has no words in it is an error.

    Raises
    ------
    NotTranslated
        A label of a table that the library does not know in other languages.
    """

    def __init__(self, say: Language, currency: str, result: xr.Dataset, basis: xr.Dataset | None) -> None:
        super().__init__(say, currency)
        self.columns = _scenarios(say, result) | _assumptions(say, basis) | _benefits(say, result)
        self.columns |= {name: say(text) for name, text in COLUMNS.items()}

    def column(self, name: str) -> str:
        """Name of a column."""
        old = re.fullmatch(r"pensioners over population (\d+)\+", name)
        if old:
            return self.say(OLD, age=old[1])
        return name if name.isdecimal() else _known(self.columns, name)

    def head(self, name: str, units: str) -> str:
        """Name of a column with its units."""
        unit = self.units(units)
        return f"{self.column(name)} ({unit})" if unit else self.column(name)

    def key(self, name: str) -> str:
        """Name of a column of labels."""
        return self.say(_known(KEYS, name))

    def units(self, units: str) -> str:
        """Units in words."""
        if units in UNITS:
            text = UNITS[units]
            return self.say(text, unit=self.currency or self.say("currency")) if "{unit}" in text else self.say(text)
        plain = shown(units, "")
        if plain == "currency":
            return self.currency or self.say("currency")
        return self.say(plain) if plain not in ("", "%") else plain

    def label(self, key: str, label: object) -> object:
        """A label of a row."""
        if key in ("year", "entry"):
            return label
        text = str(label)
        if key == "units":
            return self.units(text)
        if key == "scenario":
            return _known(self.columns, text)
        if key == "benefit":
            return name_of(self.say, text)
        if key == "line":
            return account_word(self.say, text)
        if key == "indicator":
            return self._indicator(text)
        return self.say(_known({"sex": SEXES, "figure": FIGURES}[key], text))

    def _indicator(self, text: str) -> str:
        dated = re.fullmatch(r"(.+) (\d+(?:-\d+)?)", text)
        if dated:
            return f"{self.say(_known(INDICATORS, dated[1]))} {dated[2]}"
        return self.say(_known(INDICATORS, text))

    def value(self, column: str, value: object) -> object:
        """A figure, or a word that stands for one."""
        if column == "figures":
            return self.say(_known(MARKS, str(value)))
        if column != "beyond the band":
            return value
        for pattern, text in TOLD.items():
            found = re.fullmatch(pattern, str(value))
            if found and found.groups():
                return self.say(text, difference=found[1].replace(".", self.say.decimal))
            if found:
                return self.say(text) if text else ""
        raise NotTranslated(f"{self.say.code}: no words for {value!r}.")

    def flat(self, table: pd.DataFrame) -> pd.DataFrame:
        """A table with its labels as columns before the others, in the words that are shown."""
        flat = table.reset_index()
        for key in table.index.names:
            flat[key] = flat[key].map(partial(self.label, str(key)))
        return flat

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
    """The words of a workbook of this result."""
    currency = str(result.attrs.get("currency", ""))
    return Words(say, currency) if say.code == "en" else Translated(say, currency, result, basis)


def _known(texts: Mapping[str, str], name: str) -> str:
    """The text of a name; an error of the library where there is none."""
    if name not in texts:
        raise NotTranslated(f"the label {name!r} of a table has no words in other languages.")
    return texts[name]


def _scenarios(say: Language, result: xr.Dataset) -> dict[str, str]:
    """Usual names of scenarios in words, others as given."""
    names = [str(name) for name in result["scenario"].values] if "scenario" in result.dims else []
    return {name: say(SCENARIOS[name]) if name in SCENARIOS else name for name in names}


def _benefits(say: Language, result: xr.Dataset) -> dict[str, str]:
    """Words of the columns of each benefit."""
    found = {}
    for benefit in (str(name) for name in result["benefit"].values):
        words = name_of(say, benefit)
        found[benefit] = words
        found |= {f"{kind}: {benefit}": say(text, benefit=words) for kind, text in OF_BENEFIT.items()}
        found |= {f"{benefit}: {kind}": say(OF_AWARDS[kind], benefit=words) for _, kind in AWARDS.values()}
    return found


def _assumptions(say: Language, basis: xr.Dataset | None) -> dict[str, str]:
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
