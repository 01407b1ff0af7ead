"""The workbook of a valuation: one sheet per table, numbers as numbers."""

import json
import math
import os
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from actuarial.errors import BadInput
from actuarial.report import adequacy, annex, money_tables, premium_tables, tables
from actuarial.report.units import NUMBER_FORMATS, format_of
from actuarial.report.workbook_charts import add_charts, add_contents
from actuarial.report.workbook_words import INFINITE, SCENARIO_NOTE, Words, words_of
from actuarial.translation import N_, Language
from actuarial.translation import language as language_of
from actuarial.valuation.observed import compare_awards

LINE_HEIGHT, A4, WIDEST = 15, 9, 70
MOST_TITLE = 200  # characters of the title among the properties of a file
BY_SEX = {
    "male": (N_("Demographic male"), N_("{scheme}: demographic summary, male")),
    "female": (N_("Demographic female"), N_("{scheme}: demographic summary, female")),
    "total": (N_("Demographic total"), N_("{scheme}: demographic summary, total")),
}


def write_workbook(
    result: xr.Dataset,
    path: str | Path,
    *,
    basis: xr.Dataset | None = None,
    accounts: Sequence[Any] = (),
    manifest: Mapping[str, Any] | None = None,
    language: str = "en",
    locale: str | None = None,
) -> Path:
    """Write the tables of a valuation as a workbook, complete or not at all.

    Parameters
    ----------
    result : Dataset of `actuarial.project`
    path : path of the .xlsx file; an older file is replaced
    basis : Dataset, optional
        Adds the sheets Population, Adequacy and Assumptions, Constant prices and % of GDP where it has prices and
        the product, and New awards where awards were observed.
    accounts : sequence of `AccountLine`, optional
        Adds the sheet Accounts.
    manifest : mapping, optional
        Adds the sheet Manifest.
    language : {"en", "fr", "es"}
        Of names of sheets, titles, headings, notes, units and charts. Entries of the manifest and names that the
        scheme gives stay as they are; numbers are shown with the separators that the reader's own program uses.
    locale : str, optional
        Language and country such as `es_MX`, among the properties of the file and for decimals within words.

    Returns
    -------
    Path

    Raises
    ------
    MissingVariable
        With the names of what the result lacks.
    BadInput
        An unknown language or locale, or a path that cannot be written.
    NotTranslated
        A label without translation: a mistake of the library.

    Notes
    -----
    With several scenarios the first column of every table names the scenario; key results have a column for each,
    and there are no charts. The first sheet lists the others with links.
    """
    say = language_of(language, locale)
    words = words_of(say, result, basis)
    sheets = list(_sheets(say, result, basis, accounts, manifest))
    charted = "scenario" not in result.dims
    with complete_workbook(path) as (book, styles):
        scheme = str(result.attrs.get("scheme", ""))[:MOST_TITLE]
        book.set_properties({"title": scheme, "subject": say("Actuarial valuation")})
        book.set_custom_property("Language", say.locale.replace("_", "-"))
        pages = []
        for name, title, table in sheets:
            pages.append(book.add_worksheet(name))
            _table(pages[-1], title, table, styles, words)
            if charted and len(pages) == 1:
                drawing = book.add_worksheet(say("Charts"))
        listed = [(name, title) for name, title, _ in sheets[1:]]
        if charted:
            listed.insert(0, (say("Charts"), say("Charts of income, expenditure, reserve and cost rate")))
            tables_by_name = {name: table for name, _, table in sheets}
            add_charts(book, drawing, tables_by_name, int(result["year"][0]), words)
            drawing.set_paper(A4)
            drawing.fit_to_pages(1, 1)
        beside = len(sheets[0][2].columns) + sheets[0][2].index.nlevels + 1
        heads = (say("sheet"), say("title"))
        add_contents(pages[0], beside, listed, heads, styles["head"], book.get_default_url_format())
    return Path(path)


def write_tables(path: str | Path, sheets: Sequence[tuple[str, str, pd.DataFrame]], currency: str) -> Path:
    """Write tables as a workbook, complete or not at all: name, title and table of every sheet; returns its path."""
    words = Words(language_of(), currency)
    with complete_workbook(path) as (book, styles):
        for name, title, table in sheets:
            _table(book.add_worksheet(name), title, table, styles, words)
    return Path(path)


@contextmanager
def complete_workbook(path: str | Path) -> Iterator[tuple[Any, dict[str, Any]]]:
    """A new workbook and its styles; it takes the place of an older file when all of it is written, or not at all."""
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    target = Path(path)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    if target.suffix != ".xlsx":
        raise BadInput(f"{target}: the name of a workbook ends with .xlsx.")
    words = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    try:
        with xlsxwriter.Workbook(str(temporary), words) as book:
            yield book, _styles(book)
        temporary.replace(target)
    except (FileCreateError, OSError) as error:
        cause = error if isinstance(error, OSError) else error.__context__
        reason = getattr(cause, "strerror", None) or str(error)
        raise BadInput(
            f"{target}: the workbook cannot be written: {reason}.\n"
            "  Close it where it is open in another program, make its folder, or give another path."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def _sheets(
    say: Language,
    result: xr.Dataset,
    basis: xr.Dataset | None,
    accounts: Sequence[Any],
    manifest: Mapping[str, Any] | None,
) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Name, title and table of every sheet, in their order."""
    scheme = str(result.attrs.get("scheme", ""))
    yield say("Key results"), say("{scheme}: key results", scheme=scheme), tables.key_results(result)
    yield say("Financial"), say("{scheme}: financial summary", scheme=scheme), tables.financial_table(result)
    if basis is not None and "inflation" in basis:
        heading = say("{scheme}: in constant prices", scheme=scheme)
        yield say("Constant prices"), heading, money_tables.constant_prices_table(result, basis)
    heading = say("{scheme}: in % of the insurable payroll", scheme=scheme)
    yield say("% of payroll"), heading, money_tables.payroll_share_table(result)
    if basis is not None and "gdp" in basis:
        heading = say("{scheme}: in % of the gross domestic product", scheme=scheme)
        yield say("% of GDP"), heading, money_tables.gdp_share_table(result, basis)
    if premium_tables.have_premiums(result):
        heading = say("{scheme}: level rates and scaled premium", scheme=scheme)
        yield say("Premiums"), heading, premium_tables.premiums_table(result)
    people = tables.demographic_table(result)
    for sex, (name, heading) in BY_SEX.items():
        yield say(name), say(heading, scheme=scheme), _of_sex(people, sex)
    if basis is not None:
        yield say("Population"), say("Population on 31 December"), annex.population_table(result, basis)
    yield say("Insured"), say("{scheme}: insured persons", scheme=scheme), annex.insured_table(result)
    if basis is not None and adequacy.can_be_judged(result):
        heading = say("{scheme}: new awards, replacement and coverage", scheme=scheme)
        yield say("Adequacy"), heading, adequacy.adequacy_table(result, basis)
        awards = compare_awards(result, basis)
        if awards:
            heading = say("New awards of the first projected year beside those observed")
            yield say("New awards"), heading, adequacy.awards_table(awards, basis)
    if accounts:
        heading = say("First projected year against the accounts of the base year")
        yield say("Accounts"), heading, annex.accounts_table(accounts)
    if basis is not None:
        yield say("Assumptions"), say("Yearly assumptions"), annex.assumptions_table(basis)
    if manifest is not None:
        name, heading, table = manifest_sheet(manifest)
        yield say(name), say(heading), table


def _of_sex(people: pd.DataFrame, sex: str) -> pd.DataFrame:
    table = people.loc[people.index.get_level_values("sex") == sex].droplevel("sex")
    table.attrs |= people.attrs
    return table


def manifest_sheet(manifest: Mapping[str, Any]) -> tuple[str, str, pd.DataFrame]:
    """The sheet of a manifest: two columns; what lies inside others is named with dots."""
    rows = dict(_leaves("", manifest))
    table = pd.DataFrame({"value": list(rows.values())}, index=pd.Index(list(rows), name="entry"), dtype=object)
    return N_("Manifest"), N_("What the result was made of and with"), table


def _leaves(place: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, (Mapping, list, tuple)) and value:
        pairs = value.items() if isinstance(value, Mapping) else enumerate(value, 1)
        for key, inner in pairs:
            yield from _leaves(f"{place}.{key}" if place else str(key), inner)
    else:
        yield place, json.dumps(value) if isinstance(value, (Mapping, list, tuple, bool, type(None))) else value


def _styles(book: Any) -> dict[str, Any]:
    """Formats of numbers by kind, and those of words."""
    head = {"bold": True, "text_wrap": True, "valign": "top", "align": "center", "bottom": 1, "bg_color": "#E8EDF3"}
    words = {"title": {"bold": True, "font_size": 13}, "head": head, "dash": {"align": "right"}}
    words |= {"word": {"indent": 1}, "long": {"indent": 1, "text_wrap": True, "valign": "top"}}
    words |= {"note": {"italic": True}}
    numbers = {kind: {"num_format": text} for kind, text in NUMBER_FORMATS.items()}
    return {kind: book.add_format(style) for kind, style in (numbers | words).items()}


def _table(sheet: Any, title: str, table: pd.DataFrame, styles: Mapping[str, Any], words: Words) -> None:
    """Title in the first row, headers in the third, figures below; the headers and the keys stay in view."""
    keys, columns = list(table.index.names), [str(column) for column in table.columns]
    sheet.write_string(0, 0, title, styles["title"])
    notes = [words.note(table), words.say(SCENARIO_NOTE) if "scenario" in keys else ""]
    if any(notes):
        sheet.write_string(1, 0, " ".join(filter(None, notes)), styles["note"])
    if "scenario" in keys:
        sheet.autofilter(2, 0, 2 + len(table), len(keys) + len(columns) - 1)
    units = {column: table.attrs.get("units", {}).get(column, "") for column in columns}
    heads = [words.key(str(key)) for key in keys] + [words.head(column, units[column]) for column in columns]
    for place, text in enumerate(heads):
        sheet.write_string(2, place, text, styles["head"])
    sheet.freeze_panes(3, len(keys))
    whole = _whole(table, units)
    for row, (index, values) in enumerate(zip(table.index, table.itertuples(index=False, name=None), strict=True), 3):
        labels = index if isinstance(index, tuple) else (index,)
        shown = [words.label(str(key), label) for key, label in zip(keys, labels, strict=True)]
        for place, label in enumerate(shown):
            write_cell(sheet, row, place, label, "year", styles)
        row_units = str(labels[-1]) if keys[-1] == "units" else ""
        cells = [words.value(column, value) for column, value in zip(columns, values, strict=True)]
        for place, (column, value) in enumerate(zip(columns, cells, strict=True), len(keys)):
            kind = format_of(row_units or units[column], whole=whole[units[column]])
            write_cell(sheet, row, place, value, kind, styles, words.say(INFINITE))
        wrapped = [textwrap.wrap(value, WIDEST) for value in (*shown, *cells) if isinstance(value, str)]
        if any(len(lines) > 1 for lines in wrapped):
            sheet.set_row(row, LINE_HEIGHT * max(map(len, wrapped)))
    _sizes(sheet, words.flat(table), heads)
    on_paper(sheet)
    sheet.repeat_rows(2)


def _whole(table: pd.DataFrame, units: Mapping[str, str]) -> dict[str, bool]:
    """Whether the largest figure of given units is large enough for all of them to be shown without decimals."""
    found: dict[str, bool] = {}
    for column in table.columns:
        largest = pd.to_numeric(table[column], errors="coerce").abs().max()
        kind = units[str(column)]
        found[kind] = found.get(kind, False) or bool(largest >= 1000)
    return found


def write_cell(
    sheet: Any, row: int, place: int, value: Any, kind: str, styles: Mapping[str, Any], infinite: str = "infinite"
) -> None:
    """Numbers as numbers, words as words (also those that begin like a formula), a dash for what does not exist."""
    if isinstance(value, str):
        style = "long" if len(value) > WIDEST else "word" if place else ""
        sheet.write_string(row, place, value, styles.get(style))
    elif math.isnan(value):
        sheet.write_string(row, place, "\N{EN DASH}", styles["dash"])
    elif math.isinf(value):
        sheet.write_string(row, place, infinite, styles["dash"])
    else:
        sheet.write_number(row, place, value, styles[kind])


def _sizes(sheet: Any, flat: pd.DataFrame, heads: Sequence[str]) -> None:
    """Columns wide enough for their figures and for the longest word of their headers; headers high enough to read."""
    widths = [
        width_of(flat.iloc[:, place], max([6, *(len(word) for word in text.split())]), WIDEST)
        for place, text in enumerate(heads)
    ]
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width + 2)
    sheet.set_row(2, head_height(heads, widths))


def width_of(column: pd.Series, least: int, widest: int) -> int:
    """Characters that a column needs: for its numbers, and for its words up to the widest."""
    numbers = pd.to_numeric(column, errors="coerce")
    if numbers.notna().any():
        least = max(least, len(f"{numbers.abs().max():,.0f}") + 3)
    return max([least, *(min(len(word), widest) for word in column if isinstance(word, str))])


def head_height(heads: Sequence[str], widths: Sequence[int]) -> int:
    """Height of a row of headers that are wrapped."""
    pairs = zip(heads, widths, strict=True)
    wrapped = (textwrap.wrap(text, width + 1, break_long_words=False) for text, width in pairs)
    return LINE_HEIGHT * max([1, *map(len, wrapped)]) + 3


def on_paper(sheet: Any) -> None:
    """Print a sheet across, all columns on one page."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
