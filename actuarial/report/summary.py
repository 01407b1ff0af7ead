"""What a run prints: key results, accounts of the base year, warnings, and where the files are; plain aligned text."""

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from actuarial.audited import span_audited
from actuarial.health.calibration import USUAL
from actuarial.report.adequacy import award_cells, format_awards
from actuarial.report.content.labels import account_word
from actuarial.report.content.names import SEXES, name_of
from actuarial.report.health_labels import health_words
from actuarial.report.health_tables import calibration_margins, health_key_results
from actuarial.report.tables import key_results
from actuarial.report.workbook_words import Words, words_of
from actuarial.translation import N_, Language, Told, language
from actuarial.valuation.accounts import HEAD, account_cells, aligned, format_accounts

WIDTH = 100
WHOLE = ("persons", "currency")  # how the units of figures begin that are shown without decimals


def summary(
    result: xr.Dataset,
    *,
    accounts: Sequence[Any] = (),
    awards: Sequence[Any] = (),
    warnings: Sequence[str] = (),
    say: Language | None = None,
) -> str:
    """The text that a valuation prints.

    Parameters
    ----------
    result : Dataset of `actuarial.project` or `actuarial.project_health`
    accounts : sequence of `AccountLine`, see `compare_accounts`
    awards : sequence of `AwardLine`, see `compare_awards`
    warnings : sequence of str
    say : Language, optional
        Language of headings, indicators and names; in English they are those of tables in Python.

    Returns
    -------
    str

    Raises
    ------
    MissingVariable
        The result lacks a key figure.
    """
    say = say or language("en")
    years = result["year"].values
    health = "health_members" in result
    words = (health_words if health else words_of)(say, result, None)
    table = health_key_results(result) if health else key_results(result)
    blocks = [_title(result, say), figures(table, words)]
    if "passes" in result.attrs:
        blocks.append(say("Rules that look back at the finances: {count} passes.", count=result.attrs["passes"]))
    if "calibration_by_service" in result and bool((result["calibration_by_service"] != 1.0).any()):
        blocks.append(factors(result, say))
    which = _which(result)
    if accounts:
        heading = say("Model year 1 against the accounts of the base year{which}", which=which)
        blocks.append(f"{heading}\n" + textwrap.indent(_accounts(accounts, words), "  "))
    if awards:
        text = N_("New awards as last observed (amounts with wages) and of {year}{which}, * far apart")
        heading = say(text, year=years[0], which=which)
        blocks.append(f"{heading}\n" + textwrap.indent(_awards(awards, words), "  "))
    blocks.append(listed(warnings, say))
    return "\n\n".join(blocks)


def _title(result: xr.Dataset, say: Language) -> str:
    """The scheme, the years, and which of them are those of accounts, where there are any."""
    years, span = result["year"].values, span_audited(result)
    audited = Told("; income, outgo and reserve of {span} as audited", span=span) if span else ""
    scheme = str(result.attrs.get("scheme", "")) or Told("valuation")
    told = {"scheme": scheme, "first": years[0], "last": years[-1], "audited": audited}
    return say("{scheme}: {first} to {last}{audited}", **told)


def _which(result: xr.Dataset) -> Told | str:
    """The first scenario, where there are several."""
    return Told(" (scenario {name})", name=result["scenario"].values[0]) if "scenario" in result.dims else ""


def _accounts(rows: Sequence[Any], words: Words) -> str:
    """The first year beside the accounts, in the language."""
    say = words.say
    if say.code == "en":
        return format_accounts(rows)
    head = [words.key(HEAD[0]), *map(words.column, HEAD[1:])]
    body = [(account_word(say, row.line), *map(say.marked, account_cells(row)[1:])) for row in rows]
    return aligned([head, *body])


def _awards(rows: Sequence[Any], words: Words) -> str:
    """New awards beside those observed, in the language."""
    say = words.say
    if say.code == "en":
        return format_awards(rows)
    head, *body = award_cells(rows)
    places = dict.fromkeys((row.benefit, row.sex) for row in rows)
    labels = [f"{name_of(say, benefit)}, {say(SEXES[sex])}" for benefit, sex in places]
    cells = [[label, *map(say.marked, line[1:])] for label, line in zip(labels, body, strict=True)]
    return aligned([["", *(str(words.label("figure", one)) for one in head[1:])], *cells])


def places(files: Mapping[str, Path], say: Language | None = None) -> str:
    """Where the files of a run are: file name to path."""
    say, width = say or language(), max(map(len, files))
    return "\n".join([say("Files"), *(f"  {name.ljust(width)}  {path}" for name, path in files.items())])


def figures(table: pd.DataFrame, words: Words) -> str:
    """Key results as aligned text, one column per scenario."""
    say = words.say
    heads = [words.scenario(str(one)) for one in table.columns] if list(table.columns) != ["value"] else [""]
    labels = [str(words.label("indicator", label)) for label, _ in table.index]
    pairs = zip(table.index, table.values, strict=True)
    cells = [[shown(value, units, say) for value in row] for (_, units), row in pairs]
    first = max(map(len, labels))
    widths = [max(len(cell) for cell in column) for column in zip(heads, *cells, strict=True)]
    lines = [_line("", heads, first, widths)] if heads != [""] else []
    lines += [_line(label, row, first, widths) for label, row in zip(labels, cells, strict=True)]
    return say("Key results") + "\n" + "\n".join(lines)


def factors(result: xr.Dataset, say: Language) -> str:
    """Calibration factors of the base year by service and by group as aligned text; unusual ones are marked."""
    low, high = USUAL
    text = N_("Calibration to the accounts of the base year{which} (* outside {low:g} to {high:g})")
    which = Told(", scenario {name}", name=result["scenario"].values[0]) if "scenario" in result.dims else ""
    lines = [say(text, which=which, low=low, high=high)]
    table = calibration_margins(result)
    heads = [say("factor"), say("lowest"), say("highest")]
    called = {name: name if say.code == "en" else name_of(say, name) for _, name in table.index}
    first = max(len(f"  {name}") for name in called.values())
    for part, heading in (("service", say("by service")), ("group", say("by group"))):
        lines.append(f"  {heading:<{first}}  {heads[0]:>6}  {heads[1]:>6}  {heads[2]:>7}")
        for name, *numbers in table.loc[part].itertuples():
            cells = [say.marked(_factor(value)) for value in numbers]
            lines.append(f"    {called[name]:<{first - 2}}  {cells[0]:>7} {cells[1]:>7}  {cells[2]:>7}".rstrip())
    return "\n".join(lines)


def _factor(value: float) -> str:
    """A factor with its mark."""
    if math.isnan(value):
        return "- "
    return f"{value:.3f}{' ' if USUAL[0] <= value <= USUAL[1] else '*'}"


def _line(label: str, cells: Sequence[str], first: int, widths: Sequence[int]) -> str:
    numbers = "  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
    return f"  {label.ljust(first)}  {numbers}".rstrip()


def shown(value: float, units: str, say: Language) -> str:
    """A key figure in words: per cent, a ratio, persons and money without decimals, or a year."""
    if units == "year":
        return say("not within the projection") if math.isnan(value) else f"{value:.0f}"
    if math.isnan(value):
        return "-"
    if units == "fraction":
        return say.marked(f"{100 * value:,.2f}%")
    return say.marked(f"{value:,.0f}" if units.startswith(WHOLE) else f"{value:,.2f}")


def listed(
    warnings: Iterable[str], say: Language | None = None, heading: str = N_("Warnings: {count}")
) -> str:
    """Warnings under a heading, wrapped; a sentence where there are none; heading and sentence in a language."""
    texts, say = [str(text) for text in warnings], say or language("en")
    if not texts:
        return say("No warnings.")
    wrapper = textwrap.TextWrapper(WIDTH, initial_indent="  - ", subsequent_indent="    ", break_long_words=False)
    wrapped = [wrapper.fill(text) for text in texts]
    return "\n".join([say(heading, count=len(texts)), *wrapped])
