"""Runs side by side on paper: key results as text, and one workbook with tables and charts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.errors import BadInput
from actuarial.report.comparison_notes import notes_of, said_note
from actuarial.report.comparison_sheets import Block, Sheet, write_sheets
from actuarial.report.content.words import RUNS
from actuarial.report.summary import listed, shown
from actuarial.report.tables import CRITICAL, LEVELS, RATES, decades, stations
from actuarial.report.workbook_words import Translated, Words
from actuarial.translation import N_, Language, Told
from actuarial.translation import language as language_of
from actuarial.valuation.differences import difference_from
from actuarial.warned import lines_of

YEARLY = {
    "payg_cost_rate": (N_("PAYG cost rate"), "fraction"),
    "contribution_rate": (N_("Contribution rate"), "fraction"),
    "reserve": (N_("Reserve"), "currency"),
    "reserve_ratio": (N_("Reserve ratio"), "years of outgo"),
    "outgo": (N_("Total expenditure"), "currency/year"),
}
"""Sheets by year: title and units."""
MONEY = {"outgo": ("total expenditure", "currency/year"), "reserve": ("reserve", "currency")}
CAREER, LEVEL = 30, 1.0
"""Standard career among the key results: thirty years at the average wage."""
SAME = 1e-12
"""Relative difference below which two figures are the same but for rounding."""
WHOLE = ("currency/year", "currency")
PLAIN = N_("{difference:+,.0f}")
SIGNED = {
    "fraction": N_("{difference:+,.2f} pts"),
    "ratio": N_("{difference:+,.2f}"),
    "year": N_("{difference:+.0f} yr"),
}


def key_comparison(compared: xr.Dataset) -> pd.DataFrame:
    """Key results of all runs, and their differences to the reference.

    Parameters
    ----------
    compared : Dataset of `compare` or `reforms`
        One with scenarios has a block of rows for each.

    Returns
    -------
    DataFrame
        Indexed by (`scenario`,) `indicator` and `units` ("fraction", "ratio", "year", "currency/year", "currency"): one
        column per run, then one named "RUN less REFERENCE" for each of the others. Only what the comparison has:
        level rates, cost rates and ratios now, in thirty years and at the end, reserve ratios by decade, expenditure
        and reserve, critical years (NaN: not within the projection), replacement rates of thirty years at the average
        wage.

    Raises
    ------
    BadInput
        No comparison, or one without any of these figures.

    Examples
    --------
    key_comparison(compared).loc["general average premium (GAP)"]
    """
    parts = {name: _key_rows(part) for name, part in scenarios_of(compared)}
    return _joined(parts)


def yearly_comparison(compared: xr.Dataset, name: str) -> pd.DataFrame:
    """One variable by year, a column per run.

    Parameters
    ----------
    compared : Dataset of `compare`, or of `difference_from`
    name : variable by year

    Returns
    -------
    DataFrame
        Indexed by (`scenario`,) `year`.

    Examples
    --------
    yearly_comparison(compared, "payg_cost_rate").plot()
    """
    parts = {}
    for word, part in scenarios_of(compared):
        values = part[name].transpose("year", "run").values
        parts[word] = pd.DataFrame(values, index=pd.Index(part["year"].values, name="year"), columns=_runs(part))
    return _joined(parts)


def replacement_comparison(compared: xr.Dataset) -> pd.DataFrame:
    """Replacement rates of standard careers, a column per run.

    Parameters
    ----------
    compared : Dataset of `reforms`

    Returns
    -------
    DataFrame
        Indexed by (`scenario`,) `years of contributions`, `earnings` (multiples of the average wage), `sex` and `year
        of retirement`: fractions by run, differences to the reference, then the age at retirement of each run
        ("age: RUN"). NaN where no pension is due.

    Raises
    ------
    BadInput
        A comparison without replacement rates.
    """
    if "replacement_rate" not in compared:
        raise BadInput("the comparison has no replacement rates; make it with reforms(basis, scheme, ...).")
    return _joined({word: _rates_of_careers(part) for word, part in scenarios_of(compared)})


def comparison_text(compared: xr.Dataset, say: Language | None = None) -> str:
    """What `actuarial compare` prints: the runs, their key results side by side, notes and warnings.

    Parameters
    ----------
    compared : Dataset of `compare` or `reforms`
    say : Language, optional
        Of headings, indicators, notes and warnings.

    Returns
    -------
    str
    """
    say = say or language_of()
    words = _words(say, compared)
    schemes = str(compared.attrs.get("schemes", "")).splitlines()
    blocks = ["\n".join([say("Runs"), *(f"  {line}" for line in schemes)])] if schemes else []
    for name, part in scenarios_of(compared):
        table, runs, of = _key_rows(part), _runs(part), Told(", scenario {name}", name=name) if name else ""
        blocks.append(say("Key results{of}", of=of) + "\n" + _aligned(table[runs], words, signed=False))
        less = table[list(_differences(part))]
        less.columns = [run for run in runs if run != _reference(part)]
        heading = say("Difference to {run}{of}", run=words.column(_reference(part)), of=of)
        blocks.append(f"{heading}\n{_aligned(less, words, signed=True)}")
    if notes := [said_note(say, line) for line in lines_of(compared.attrs, "notes")]:
        blocks.append(listed(notes, say, N_("Notes: {count}")))
    if warnings := [said_note(say, line) for line in lines_of(compared.attrs, "warnings")]:
        blocks.append(listed(warnings, say))
    return "\n\n".join(blocks)


def write_comparison(
    compared: xr.Dataset, path: str | Path, *, language: str = "en", locale: str | None = None
) -> Path:
    """Write a comparison as one workbook, complete or not at all.

    Parameters
    ----------
    compared : Dataset of `compare` or `reforms`
    path : path of the .xlsx file; an older file is replaced
    language : {"en", "fr", "es"}
        Of names of sheets, titles, headings, units, charts and notes. Names of runs stay as they are.
    locale : str, optional
        Language and country such as `es_MX`, among the properties of the file.

    Returns
    -------
    Path

    Raises
    ------
    BadInput
        No comparison, an unknown language or locale, a path that cannot be written.

    Notes
    -----
    Sheets: key results (a column per run and per difference); PAYG cost rate, contribution rate, reserve, reserve
    ratio, expenditure and its difference (years down, runs across, with a chart); replacement rates where there are
    any; notes. With scenarios every sheet has one block for each. `report.files.write_netcdf` writes the same numbers
    as one file of data.

    Examples
    --------
    write_comparison(compare(now=result, reform=other), "comparison.xlsx")
    """
    words = _words(language_of(language, locale), compared)
    return write_sheets(path, list(_sheets(words, compared)), words)


def _words(say: Language, compared: xr.Dataset) -> Words:
    """The words of the workbook of a comparison."""
    currency = str(compared.attrs.get("currency", ""))
    if say.code == "en":
        return Words(say, currency)
    runs = {run: say(RUNS[run]) if run in RUNS else run for run in _runs(compared)}
    reference = _reference(compared)
    columns = dict(runs)
    for run, words in runs.items():
        columns[f"age: {run}"] = say("{place}: {subject}", place=say("Age"), subject=words)
        columns[f"{run} less {reference}"] = say("{one} less {other}", one=words, other=runs.get(reference, reference))
    return ComparisonWords(say, currency, columns)


class ComparisonWords(Translated):
    """Words of a comparison in another language."""

    def indicator(self, text: str) -> str:
        """Words of an indicator, with the year that its name may end with."""
        career = re.fullmatch(r"replacement rate, (\d+) years at the average wage, (\w+), (\d+)", text)
        if career:
            sex = self.say(N_("men") if career[2] == "male" else N_("women"))
            return self.say(
                "Replacement rate after {years} years, {sex}, retirement in {year}",
                years=career[1],
                sex=sex,
                year=career[3],
            )
        return super().indicator(text)


def scenarios_of(compared: xr.Dataset) -> Iterator[tuple[str, xr.Dataset]]:
    """Name and comparison of each scenario; an empty name and all of it where there are none."""
    if "run" not in getattr(compared, "dims", ()):
        raise BadInput("compared: give the Dataset of `compare`, which has the dimension run.")
    if "scenario" not in compared.dims:
        yield "", compared
        return
    for word in compared["scenario"].values:
        yield str(word), compared.sel(scenario=word, drop=True)


def _sheets(words: Words, compared: xr.Dataset) -> Iterator[Sheet]:
    say = words.say
    key = [Block(name, _key_rows(part), "", _differences(part)) for name, part in scenarios_of(compared)]
    yield Sheet(say("Key results"), say("Key results"), key)
    for name, (title, units) in YEARLY.items():
        if name in compared:
            yield Sheet(say(title), say(title), _by_year(compared, name, units), chart=True)
    if "outgo" in compared:
        title = say("Expenditure less that of {run}", run=words.column(_reference(compared)))
        blocks = _by_year(difference_from(compared), "outgo", "currency/year", signed=True)
        yield Sheet(say("Expenditure difference"), title, blocks, chart=True)
    if "replacement_rate" in compared:
        rates = [
            Block(name, _rates_of_careers(part), "fraction", _differences(part), filtered=True)
            for name, part in scenarios_of(compared)
        ]
        title = say("Pension over the earnings of the last year, by standard career")
        yield Sheet(say("Replacement rates"), title, rates)
    yield Sheet(say("Notes"), say("What was compared"), [Block("", notes_of(compared, say), "")])


def _by_year(compared: xr.Dataset, name: str, units: str, signed: bool = False) -> list[Block]:
    tables = {word: yearly_comparison(part, name) for word, part in scenarios_of(compared)}
    return [Block(word, table, units, tuple(table.columns) if signed else ()) for word, table in tables.items()]


def _key_rows(part: xr.Dataset) -> pd.DataFrame:
    """Key results of one scenario, differences last."""
    rows = list(_figures(part))
    if not rows:
        raise BadInput("the comparison has none of the key results, such as the general average premium.")
    index = pd.MultiIndex.from_tuples([row[:2] for row in rows], names=["indicator", "units"])
    values = np.array([np.asarray(value.values, dtype=float) for *_, value in rows])
    return _with_differences(pd.DataFrame(values, index=index, columns=_runs(part)), part)


def _figures(part: xr.Dataset) -> Iterator[tuple[str, str, xr.DataArray]]:
    """Label, units and values by run of every key figure that the comparison has."""
    span = (int(part["year"][0]), int(part["year"][-1])) if "year" in part.dims else None
    at = stations(*span) if span else []
    for name, label in LEVELS.items():
        if name in part:
            yield label, "fraction", part[name]
    for name, label in RATES.items():
        units = "ratio" if name.endswith("ratio") else "fraction"
        for year in at if name in part else ():
            yield f"{label} {year}", units, part[name].sel(year=year)
    for year in decades(*span) if span and "reserve_ratio" in part else ():
        yield f"reserve ratio {year}", "ratio", part["reserve_ratio"].sel(year=year)
    for name, (label, units) in MONEY.items():
        for year in at if name in part else ():
            yield f"{label} {year}", units, part[name].sel(year=year)
    for name, label in CRITICAL.items():
        if name in part:
            yield label, "year", part[name]
    yield from _careers(part)


def _careers(part: xr.Dataset) -> Iterator[tuple[str, str, xr.DataArray]]:
    """Replacement rates of the standard career, at the first and the last year of retirement."""
    if "replacement_rate" not in part or CAREER not in part["career"] or LEVEL not in part["earnings_level"]:
        return
    rates = part["replacement_rate"].sel(career=CAREER, earnings_level=LEVEL)
    years = part["year_of_retirement"].values
    for sex in part["sex"].values:
        for year in dict.fromkeys((int(years[0]), int(years[-1]))):
            label = f"replacement rate, {CAREER} years at the average wage, {sex}, {year}"
            yield label, "fraction", rates.sel(sex=sex, year_of_retirement=year)


def _rates_of_careers(part: xr.Dataset) -> pd.DataFrame:
    rates, ages = part["replacement_rate"], part["age_at_retirement"]
    dims = ("career", "earnings_level", "sex", "year_of_retirement")
    ages = ages.broadcast_like(rates).transpose(*dims, "run")
    labels = [part[dim].values.tolist() for dim in dims]
    names = ["years of contributions", "earnings", "sex", "year of retirement"]
    index = pd.MultiIndex.from_product(labels, names=names)
    runs = _runs(part)
    values = rates.transpose(*dims, "run").values.reshape(-1, len(runs))
    table = _with_differences(pd.DataFrame(values, index=index, columns=runs), part)
    aged = pd.DataFrame(ages.values.reshape(-1, len(runs)), index=index, columns=[f"age: {run}" for run in runs])
    return pd.concat([table, aged], axis=1)


def _with_differences(table: pd.DataFrame, part: xr.Dataset) -> pd.DataFrame:
    """The table with a column for the difference of each other run to the reference."""
    runs, reference = list(table.columns), _reference(part)
    base = table[reference]
    others = {f"{run} less {reference}": _less(table[run], base) for run in runs if run != reference}
    return pd.concat([table, pd.DataFrame(others, index=table.index)], axis=1)


def _less(one: pd.Series, other: pd.Series) -> pd.Series:
    """A column less another one; what only rounding keeps apart is the same."""
    apart = one - other
    return apart.where(~(apart.abs() <= SAME * np.maximum(one.abs(), other.abs())), 0.0)


def _differences(part: xr.Dataset) -> tuple[str, ...]:
    return tuple(f"{run} less {_reference(part)}" for run in _runs(part) if run != _reference(part))


def _reference(part: xr.Dataset) -> str:
    return str(part.attrs.get("reference", part["run"].values[0]))


def _runs(part: xr.Dataset) -> list[str]:
    return [str(name) for name in part["run"].values]


def _joined(parts: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The tables of all scenarios below each other."""
    return parts[""] if "" in parts else pd.concat(parts, names=["scenario"])


def _aligned(table: pd.DataFrame, words: Words, *, signed: bool) -> str:
    """Key results as aligned text."""
    heads = [words.column(str(column)) for column in table.columns]
    labels = [str(words.label("indicator", label)) for label, _ in table.index]
    cells = [
        [_word(value, units, signed, words.say) for value in row]
        for (_, units), row in zip(table.index, table.values, strict=True)
    ]
    first = max(map(len, labels))
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    rows = zip(["", *labels], [heads, *cells], strict=True)
    return "\n".join(_line(label, row, first, widths) for label, row in rows)


def _line(label: str, cells: Sequence[str], first: int, widths: Sequence[int]) -> str:
    numbers = "  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
    return f"  {label.ljust(first)}  {numbers}".rstrip()


def _word(value: float, units: str, signed: bool, say: Language) -> str:
    """A figure in words; a difference with its sign."""
    if np.isnan(value) and (signed or units != "year"):
        return "-"
    if signed:
        scale = 100 if units == "fraction" else 1
        text = say(SIGNED.get(units, PLAIN), difference=scale * value)
        return text if any(digit in text for digit in "123456789") else "0"
    return say.marked(f"{value:,.0f}") if units in WHOLE else shown(value, units, say)
