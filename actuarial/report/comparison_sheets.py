"""Sheets of a comparison: blocks of figures below each other, with native charts beside them."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from actuarial.report.units import FORMATS, MONEY, NUMBER_FORMATS, WHOLE, Scale, format_of, scale_of
from actuarial.report.workbook_charts import year_axis
from actuarial.report.workbook_labels import INFINITE
from actuarial.report.workbook_sheet import (
    LINE_HEIGHT,
    head_height,
    styles_of,
    width_of,
    write_cell,
)
from actuarial.report.workbook_words import Words
from actuarial.sheets.complete import complete_book
from actuarial.sheets.paper import on_paper

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#56B4E9", "#E69F00")
"""Colours that readers who confuse red and green can tell apart (Okabe and Ito)."""
CHART_WIDTH, CHART_HEIGHT, CHART_ROWS, CHART_COLUMNS = 640, 380, 20, 11
WIDEST = 100


@dataclass(frozen=True)
class Block:
    """A table with its heading (the scenario; empty where there are none).

    `units` are those of all figures; empty where an index level `units` or the words of the cells say it. Columns among
    `differences` are shown with their sign; rows of a block that is `filtered` can be chosen by their keys.
    """

    heading: str
    table: pd.DataFrame
    units: str
    differences: tuple[str, ...] = ()
    filtered: bool = False


@dataclass(frozen=True)
class Sheet:
    """Blocks below each other under a title; with a chart of every block if wanted."""

    name: str
    title: str
    blocks: list[Block] = field(default_factory=list)
    chart: bool = False


def write_sheets(path: str | Path, sheets: Sequence[Sheet], words: Words) -> Path:
    """Write sheets as a workbook, complete or not at all; returns its path."""
    with complete_book(path) as book:
        book.set_custom_property("Language", words.say.locale.replace("_", "-"))
        styles = styles_of(book)
        styles["heading"] = book.add_format({"bold": True})
        styles["key"] = book.add_format({"align": "left", "indent": 1, "valign": "top"})
        styles["text"] = book.add_format({"text_wrap": True, "valign": "top"})
        for sheet in sheets:
            _write(book, sheet, styles, words)
    return Path(path)


def scale_of_sheet(sheet: Sheet) -> Scale:
    """The unit in which all amounts of a sheet are shown."""
    tables = [block.table for block in sheet.blocks if block.units in MONEY]
    return scale_of(float(value) for table in tables for value in table.to_numpy(dtype=float).ravel())


def _write(book: Any, sheet: Sheet, styles: Mapping[str, Any], words: Words) -> None:
    page, scale = book.add_worksheet(sheet.name), scale_of_sheet(sheet)
    units = sheet.blocks[0].units
    title = f"{sheet.title} ({words.units(units, scale.words)})" if units not in ("", "fraction") else sheet.title
    page.write_string(0, 0, title, styles["title"])
    row, across = 2, 0
    for block in sheet.blocks:
        if block.heading:
            page.write_string(row, 0, _heading(block, words), styles["heading"])
            row += 1
        _block(page, row, block, styles, words, scale)
        across = max(across, block.table.index.nlevels + block.table.shape[1])
        if sheet.chart:
            below = row + 1  # the row of headings is printed on every page, with what lies over it
            page.insert_chart(below, across + 1, _chart(book, sheet, block, row, words))
        row += 2 + max(len(block.table), CHART_ROWS if sheet.chart else 0)
    _page(page, sheet, row, across + CHART_COLUMNS if sheet.chart else across - 1, words, scale)


def _heading(block: Block, words: Words) -> str:
    return words.say("Scenario: {scenario}", scenario=words.scenario(block.heading))


def _page(page: Any, sheet: Sheet, bottom: int, right: int, words: Words, scale: Scale) -> None:
    """Widths of columns, what stays in view, and how the sheet is printed."""
    for place, width in enumerate(_widths(sheet.blocks, words, scale)):
        page.set_column(place, place, width + 2)
    first, *others = sheet.blocks
    alone = not others and not first.heading
    page.freeze_panes(3 if alone else 0, first.table.index.nlevels)
    if alone:
        page.repeat_rows(2)
        if first.filtered:
            page.autofilter(2, 0, 2 + len(first.table), right)
    on_paper(page)
    page.print_area(0, 0, bottom, right)


def _heads(block: Block, words: Words) -> list[str]:
    """Words of keys and columns, without units, which stand in the title of the sheet."""
    keys = [words.key(str(key)) for key in block.table.index.names]
    return [*keys, *(words.column(str(column)) for column in block.table.columns)]


def _block(page: Any, top: int, block: Block, styles: Mapping[str, Any], words: Words, scale: Scale) -> None:
    """Headers in the row `top`, figures below."""
    table, heads = block.table, _heads(block, words)
    keys, columns = [str(key) for key in table.index.names], [str(column) for column in table.columns]
    for place, text in enumerate(heads):
        page.write_string(top, place, text, styles["head"])
    page.set_row(top, head_height(heads, _widths([block], words, scale)))
    lines = zip(table.index, table.itertuples(index=False, name=None), strict=True)
    for row, (index, values) in enumerate(lines, top + 1):
        labels = index if isinstance(index, tuple) else (index,)
        units = str(labels[keys.index("units")]) if "units" in keys else block.units
        for place, (key, label) in enumerate(zip(keys, labels, strict=True)):
            said = words.label(key, label)
            if isinstance(said, str):
                page.write_string(row, place, said, styles["key"])
            else:
                write_cell(page, row, place, label, "ratio" if key == "earnings" else "year", styles)
        for place, (column, value) in enumerate(zip(columns, values, strict=True), len(keys)):
            if isinstance(value, str):
                page.write_string(row, place, value, styles["text"])
                page.set_row(row, LINE_HEIGHT * max(1, len(textwrap.wrap(value, WIDEST - 5))))
                continue
            kind = "year" if column.startswith("age: ") else scale.format or format_of(units)
            kind = f"{kind} difference" if column in block.differences else kind
            write_cell(page, row, place, value, kind, styles, words.say(INFINITE))


def _chart(book: Any, sheet: Sheet, block: Block, top: int, words: Words) -> Any:
    """Lines of all columns of a block by year."""
    table = block.table
    chart = book.add_chart({"type": "scatter", "subtype": "straight"})
    first, last = top + 1, top + len(table)
    skipped = 1 if block.differences else 0  # the reference, so that a run keeps its colour
    for place in range(table.shape[1]):
        color, dash = COLORS[(place + skipped) % len(COLORS)], _dash(place + skipped)
        chart.add_series(
            {
                "name": [sheet.name, top, place + 1],
                "categories": [sheet.name, first, 0, last, 0],
                "values": [sheet.name, first, place + 1, last, place + 1],
                "line": {"color": color, "width": 2, "dash_type": dash},
            }
        )
    title = f"{sheet.name}, {words.scenario(block.heading)}" if block.heading else sheet.name
    chart.set_title({"name": title, "overlay": False, "name_font": {"size": 12}})
    text, number = _axis(block, words, scale_of_sheet(sheet))
    grid = {"visible": True, "line": {"color": "#D9D9D9"}}
    chart.set_y_axis({"name": text, "num_format": number, "major_gridlines": grid, "name_font": {"bold": False}})
    chart.set_x_axis(year_axis(int(table.index[0]), int(table.index[-1])))
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": CHART_WIDTH, "height": CHART_HEIGHT})
    return chart


def _dash(place: int) -> str:
    """Lines that share a colour differ in their dashes."""
    return ("solid", "dash", "square_dot", "long_dash")[place // len(COLORS) % 4]


def _axis(block: Block, words: Words, scale: Scale = WHOLE) -> tuple[str, str]:
    """Words and number format of the axis of values."""
    if block.units in FORMATS:
        return ("", "0%") if block.units == "fraction" else (words.units(block.units), "0")
    number = NUMBER_FORMATS[scale.format].replace("0.0", "0") if scale.format else "#,##0"
    return words.units(block.units, scale.words), number


def _widths(blocks: Sequence[Block], words: Words, scale: Scale) -> list[int]:
    """Characters of each column: its numbers, its words, and the longest word of its header."""
    found: dict[int, int] = {}
    for block in blocks:
        index = block.table.index
        keys = [str(key) for key in index.names]
        levels = [[words.label(key, label) for label in index.get_level_values(k)] for k, key in enumerate(keys)]
        columns = [*levels, *(block.table.iloc[:, place].tolist() for place in range(block.table.shape[1]))]
        for place, (name, column) in enumerate(zip(_heads(block, words), columns, strict=True)):
            least = max([7, *(len(word) for word in name.split()), min(len(name), 14)])
            size = 1.0 if place < len(keys) else scale.size
            found[place] = max(found.get(place, 0), width_of(column, least, WIDEST, size))
    return [found[place] for place in sorted(found)]
