"""One table on one sheet of a workbook: title, notes, headers and figures, their widths and how they are printed."""

import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import pandas as pd

from actuarial.report.units import LEAST, MONEY, NUMBER_FORMATS, WHOLE, Scale, format_of, scale_of
from actuarial.report.workbook_labels import INFINITE, MONEY_NOTE, SCENARIO_NOTE
from actuarial.report.workbook_words import Words
from actuarial.sheets.paper import LINE_HEIGHT, MOST_ABOVE, on_paper, paper_for, plain

WIDEST = 70
FIRST_ROW = 3
"""Row of the first figures of a sheet, counted from 0; the headers stand above it."""
MOST_TITLE = 200
"""Characters of a title that stand above pages and among the properties of the file."""
TITLE_WIDTH = 1.25
"""Characters of figures that are as wide as one of a title."""
EMPTY_WIDTH = 8.43
"""Characters of figures in a column that nobody has made wider."""
NOTE_WIDTH = 130
"""Characters of a line of a note."""
TOP = {"valign": "top"}
"""Cells of a row stand beside the first line of one that has several."""
INDENTED = {"align": "left", "indent": 1} | TOP
STRONG = {"bold": True, "top": 1}
"""Totals stand out."""
DECIMALS_BELOW = 1000
"""Amounts and persons have decimals where the largest of a table is smaller."""


def styles_of(book: Any) -> dict[str, Any]:
    """Formats of numbers by kind, also with their signs, and those of words."""
    head = {"bold": True, "text_wrap": True, "valign": "vcenter", "align": "center", "bottom": 1, "bg_color": "#E8EDF3"}
    words: dict[str, dict[str, Any]] = {"title": {"bold": True, "font_size": 13}, "head": head, "text": TOP}
    words |= {"word": INDENTED, "long": {"text_wrap": True} | INDENTED}
    words |= {"note": {"italic": True, "text_wrap": True} | TOP}
    numbers = {kind: {"num_format": text} | TOP for kind, text in NUMBER_FORMATS.items()}
    numbers |= {f"{kind} difference": {"num_format": signed(text)} | TOP for kind, text in NUMBER_FORMATS.items()}
    words |= {"dash": {"align": "right"} | TOP}
    usual: dict[str, dict[str, Any]] = numbers | words
    strong = {f"{kind} strong": style | STRONG for kind, style in usual.items()}
    return {kind: book.add_format(style) for kind, style in (usual | strong).items()}


def signed(text: str) -> str:
    """A format of numbers that shows their sign."""
    return text if text == "General" else f"+{text};-{text};{text}"


def scales_of(table: pd.DataFrame) -> dict[str, Scale]:
    """The unit of every column of money: that of the table, or whole units for one that is much smaller."""
    units = table.attrs.get("units", {})
    largest = {column: _largest(table[column]) for column in table.columns if units.get(column) in MONEY}
    scale = scale_of(largest.values())
    return {column: scale if most == 0 or most >= LEAST * scale.size else WHOLE for column, most in largest.items()}


def _largest(column: pd.Series) -> float:
    """The greatest amount of a column, 0 where it has none."""
    numbers = pd.to_numeric(column, errors="coerce").abs()
    return float(max((value for value in numbers if math.isfinite(value)), default=0.0))


def write_table(sheet: Any, title: str, table: pd.DataFrame, styles: Mapping[str, Any], words: Words) -> list[int]:
    """Title in the first row, notes below it, headers in the third, figures below; headers and keys stay in view.

    Returns the width of each column in characters.

    Beside `units` a table may have the attributes `differences` (columns that are shown with their sign),
    `difference_rows` (rows of which all figures are), and `formulas`: for a row the formula of its figures, in which
    COLUMN stands for their column (the cells hold the figure as its result), `amounts` (columns of whole amounts
    without units), `strong` (rows that stand out, as totals), `printed` (how many of the first rows are on paper).
    """
    keys, columns = [str(key) for key in table.index.names], [str(column) for column in table.columns]
    scales = scales_of(table)
    units = {column: table.attrs.get("units", {}).get(column, "") for column in columns}
    heads = words.heads(table, {column: scale.words for column, scale in scales.items()})
    sheet.write_string(0, 0, title, styles["title"])
    if "scenario" in keys:
        sheet.autofilter(FIRST_ROW - 1, 0, FIRST_ROW - 1 + len(table), len(keys) + len(columns) - 1)
    for place, text in enumerate(heads):
        sheet.write_string(FIRST_ROW - 1, place, text, styles["head"])
    sheet.freeze_panes(FIRST_ROW, len(keys))
    kinds, infinite = _kinds(table, units, scales), words.say(INFINITE)
    differences, strong, signs = (table.attrs.get(word, ()) for word in ("differences", "strong", "difference_rows"))
    formulas = table.attrs.get("formulas", {})
    shown: list[list[Any]] = []
    for row, (labels, cells) in enumerate(_rows(table, words), FIRST_ROW):
        at = row - FIRST_ROW
        bold = " strong" if at in strong else ""
        for place, (key, label) in enumerate(zip(keys, labels, strict=True)):
            write_cell(sheet, row, place, label, "year" if key in ("year", "age") else "plain", styles, bold=bold)
        of_row = str(table.index[at][-1]) if keys[-1] == "units" else ""
        for place, (column, value) in enumerate(zip(columns, cells, strict=True), len(keys)):
            kind = format_of(of_row) if of_row else kinds[column]
            if column in differences or at in signs:
                kind += " difference"
            formula = formulas[at].replace("COLUMN", _letters(place)) if at in formulas else ""
            write_cell(sheet, row, place, value, kind, styles, infinite, formula, bold)
        long = [value for value in (*labels, *cells) if isinstance(value, str) and len(value) > WIDEST]
        if long:
            sheet.set_row(row, LINE_HEIGHT * max(len(textwrap.wrap(value, WIDEST)) for value in long))
        shown.append([*labels, *cells])
    sizes = [1.0] * len(keys) + [scales.get(column, WHOLE).size for column in columns]
    widths, notes = _sizes(sheet, shown, heads, sizes), " ".join(_notes(table, keys, scales, words))
    _write_notes(sheet, notes, widths, styles["note"])
    _print(sheet, title, notes, widths, len(keys), table.attrs.get("printed", len(shown)))
    return widths


def _write_notes(sheet: Any, notes: str, widths: Sequence[int], style: Any) -> None:
    """Notes across the columns of a table, in as many lines as they need."""
    if not notes:
        return
    across = 0
    while across < len(widths) and sum(widths[: across + 1]) <= NOTE_WIDTH:
        across += 1
    last = max(across - 1, 0)
    wide = sum(widths[: last + 1]) + 2 * last
    sheet.set_row(1, LINE_HEIGHT * len(textwrap.wrap(notes, wide)))
    if last:
        sheet.merge_range(1, 0, 1, last, "", style)
    sheet.write_string(1, 0, notes, style)


def _notes(table: pd.DataFrame, keys: Sequence[str], scales: Mapping[str, Scale], words: Words) -> Iterator[str]:
    """What is said below the title: of the figures, of their scenarios, of the unit of money."""
    if text := words.note(table):
        yield text
    if "scenario" in keys:
        yield words.say(SCENARIO_NOTE)
    scale = next((one for one in scales.values() if one.words), None)
    if scale is not None:
        yield words.say(MONEY_NOTE, unit=words.money(scale.words))


def _kinds(table: pd.DataFrame, units: Mapping[str, str], scales: Mapping[str, Scale]) -> dict[str, str]:
    """The format of each column; amounts and persons have decimals where the largest of the same units is small."""
    large = {units[str(column)] for column in table.columns if _largest(table[column]) >= DECIMALS_BELOW}
    plain = {column: format_of(kind, whole=kind in large) for column, kind in units.items()}
    plain |= dict.fromkeys(table.attrs.get("amounts", ()), "amount")
    return plain | {column: scale.format for column, scale in scales.items() if scale.format}


def _rows(table: pd.DataFrame, words: Words) -> Iterator[tuple[list[Any], list[Any]]]:
    """Labels and figures of each row in the words that are shown."""
    keys, columns = [str(key) for key in table.index.names], [str(column) for column in table.columns]
    for index, values in zip(table.index, table.itertuples(index=False, name=None), strict=True):
        labels = index if isinstance(index, tuple) else (index,)
        yield (
            [words.label(key, label) for key, label in zip(keys, labels, strict=True)],
            [words.value(column, value) for column, value in zip(columns, values, strict=True)],
        )


def _letters(place: int) -> str:
    """The letters of a column, counted from 0."""
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(place))


def write_cell(
    sheet: Any,
    row: int,
    place: int,
    value: Any,
    kind: str,
    styles: Mapping[str, Any],
    infinite: str = "infinite",
    formula: str = "",
    bold: str = "",
) -> None:
    """Numbers as numbers, words as words (also those that begin like a formula), a dash for what does not exist."""
    if isinstance(value, str):
        style = "long" if len(value) > WIDEST else "word" if place else "text"
        sheet.write_string(row, place, value, styles[f"{style}{bold}"])
    elif math.isnan(value):
        sheet.write_string(row, place, "\N{EN DASH}", styles[f"dash{bold}"])
    elif math.isinf(value):
        sheet.write_string(row, place, infinite, styles[f"dash{bold}"])
    elif formula:
        sheet.write_formula(row, place, formula, styles[f"{kind}{bold}"], value)
    else:
        sheet.write_number(row, place, value, styles[f"{kind}{bold}"])


def _sizes(sheet: Any, rows: Sequence[Sequence[Any]], heads: Sequence[str], sizes: Sequence[float]) -> list[int]:
    """Widths of columns: for their figures and the longest word of their headers; headers are high enough to read."""
    columns = list(zip(*rows, strict=True)) or [()] * len(heads)
    widths = [
        width_of(column, max(6, *(len(word) for word in text.split()), min(len(text), 12)), WIDEST, size)
        for column, text, size in zip(columns, heads, sizes, strict=True)
    ]
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width + 2)
    sheet.set_row(FIRST_ROW - 1, head_height(heads, widths))
    return widths


def _print(sheet: Any, title: str, notes: str, widths: Sequence[int], keys: int, printed: int) -> None:
    """How a table is printed, its first `printed` rows; on several pages the title stands above each of them.

    Notes stand there too where there is room, since those of the sheet end where a page does. A title wider than its
    table is printed with empty columns beside it.
    """
    columns = [float(width + 2) for width in widths]
    beside = max(0, math.ceil((TITLE_WIDTH * len(title) - sum(columns)) / EMPTY_WIDTH))
    paper = paper_for(columns, keys, printed)
    if paper.pages == 1:
        paper = paper_for([*columns, *[EMPTY_WIDTH] * beside], keys, printed)
    above = f"{title}\n{notes}" if notes and len(plain(title + notes)) < MOST_ABOVE else title[:MOST_TITLE]
    begin = 1 if notes and notes not in above else FIRST_ROW - 1
    several = paper.pages > 1
    on_paper(sheet, paper, above if several else "")
    sheet.set_h_pagebreaks([FIRST_ROW + row for row in paper.even_breaks(printed)])
    last = len(widths) + (0 if several else beside) - 1
    sheet.print_area(begin if several else 0, 0, FIRST_ROW + max(printed, 1) - 1, last)
    sheet.repeat_rows(FIRST_ROW - 1)
    sheet.repeat_columns(0, keys - 1)


def width_of(column: Sequence[Any], least: int, widest: int, size: float = 1.0) -> int:
    """Characters that a column needs: for its numbers, shown in units of a size, and for its words up to the widest."""
    numbers = [abs(value) for value in column if not isinstance(value, str) and math.isfinite(value)]
    if numbers:
        least = max(least, len(f"{max(numbers) / size:,.0f}") + 3)
    return max(chain([least], (min(len(word), widest) for word in column if isinstance(word, str))))


def head_height(heads: Sequence[str], widths: Sequence[int]) -> int:
    """Height of a row of headers that are wrapped."""
    pairs = zip(heads, widths, strict=True)
    wrapped = (textwrap.wrap(text, width + 1, break_long_words=False) for text, width in pairs)
    return LINE_HEIGHT * max([1, *map(len, wrapped)]) + 3
