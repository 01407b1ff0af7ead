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
from actuarial.report.adequacy import format_awards
from actuarial.report.health_tables import calibration_margins, health_key_results
from actuarial.report.tables import key_results
from actuarial.translation import Language, language
from actuarial.valuation.accounts import format_accounts

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
        Language of the heading of the warnings; all else is in English, as tables in Python are.

    Returns
    -------
    str

    Raises
    ------
    MissingVariable
        The result lacks a key figure.
    """
    years = result["year"].values
    name = str(result.attrs.get("scheme", "")) or "valuation"
    table = health_key_results(result) if "health_members" in result else key_results(result)
    blocks = [f"{name}: {years[0]} to {years[-1]}{_audited(result)}", figures(table)]
    if "passes" in result.attrs:
        blocks.append(f"Rules that look back at the finances: {result.attrs['passes']} passes.")
    if "calibration_by_service" in result and bool((result["calibration_by_service"] != 1.0).any()):
        blocks.append(factors(result))
    which = f" (scenario {result['scenario'].values[0]})" if "scenario" in result.dims else ""
    if accounts:
        heading = f"Model year 1 against the accounts of the base year{which}\n"
        blocks.append(heading + textwrap.indent(format_accounts(accounts), "  "))
    if awards:
        heading = f"New awards as last observed (amounts with wages) and of {years[0]}{which}, * far apart\n"
        blocks.append(heading + textwrap.indent(format_awards(awards), "  "))
    blocks.append(listed(warnings, say))
    return "\n\n".join(blocks)


def _audited(result: xr.Dataset) -> str:
    """Which years are those of accounts, where there are any."""
    span = span_audited(result)
    return f"; income, outgo and reserve of {span} as audited" if span else ""


def places(files: Mapping[str, Path]) -> str:
    """Where the files of a run are: file name to path."""
    width = max(map(len, files))
    return "Files\n" + "\n".join(f"  {name.ljust(width)}  {path}" for name, path in files.items())


def figures(table: pd.DataFrame) -> str:
    """Key results as aligned text, one column per scenario."""
    heads = [str(column) for column in table.columns] if list(table.columns) != ["value"] else [""]
    labels = [label for label, _ in table.index]
    cells = [[shown(value, units) for value in row] for (_, units), row in zip(table.index, table.values, strict=True)]
    first = max(map(len, labels))
    widths = [max(len(cell) for cell in column) for column in zip(heads, *cells, strict=True)]
    lines = [_line("", heads, first, widths)] if heads != [""] else []
    lines += [_line(label, row, first, widths) for label, row in zip(labels, cells, strict=True)]
    return "Key results\n" + "\n".join(lines)


def factors(result: xr.Dataset) -> str:
    """Calibration factors of the base year by service and by group as aligned text; unusual ones are marked."""
    which = f", scenario {result['scenario'].values[0]}" if "scenario" in result.dims else ""
    low, high = USUAL
    lines = [f"Calibration to the accounts of the base year{which} (* outside {low:g} to {high:g})"]
    table = calibration_margins(result)
    first = max(len(f"  {name}") for _, name in table.index)
    for part in ("service", "group"):
        lines.append(f"  {'by ' + part:<{first}}  factor  lowest  highest")
        for name, *numbers in table.loc[part].itertuples():
            cells = [_factor(value) for value in numbers]
            lines.append(f"    {name:<{first - 2}}  {cells[0]:>7} {cells[1]:>7}  {cells[2]:>7}".rstrip())
    return "\n".join(lines)


def _factor(value: float) -> str:
    """A factor with its mark."""
    if math.isnan(value):
        return "- "
    return f"{value:.3f}{' ' if USUAL[0] <= value <= USUAL[1] else '*'}"


def _line(label: str, cells: Sequence[str], first: int, widths: Sequence[int]) -> str:
    numbers = "  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
    return f"  {label.ljust(first)}  {numbers}".rstrip()


def shown(value: float, units: str) -> str:
    """A key figure in words: per cent, a ratio, persons and money without decimals, or a year."""
    if units == "year":
        return "not within the projection" if math.isnan(value) else f"{value:.0f}"
    if math.isnan(value):
        return "-"
    if units == "fraction":
        return f"{100 * value:,.2f}%"
    return f"{value:,.0f}" if units.startswith(WHOLE) else f"{value:,.2f}"


def listed(warnings: Iterable[str], say: Language | None = None) -> str:
    """Warnings under a heading, wrapped; a sentence where there are none; heading and sentence in a language."""
    texts, say = [str(text) for text in warnings], say or language("en")
    if not texts:
        return say("No warnings.")
    wrapper = textwrap.TextWrapper(WIDTH, initial_indent="  - ", subsequent_indent="    ", break_long_words=False)
    wrapped = [wrapper.fill(text) for text in texts]
    return say("Warnings: {count}", count=len(texts)) + "\n" + "\n".join(wrapped)
