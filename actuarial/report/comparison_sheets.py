"""Sheets of a comparison: blocks of figures below each other, with native charts beside them."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from actuarial.report.units import FORMATS, NUMBER_FORMATS, format_of, in_currency, shown
from actuarial.report.workbook import LINE_HEIGHT, complete_workbook, head_height, on_paper, width_of, write_cell

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#56B4E9", "#E69F00")
"""Colours that readers who confuse red and green can tell apart (Okabe and Ito)."""
CHART_WIDTH, CHART_HEIGHT, CHART_ROWS, CHART_COLUMNS = 640, 380, 20, 11
WIDEST = 100
SCALES = (("billions", 1e11, ",,,"), ("millions", 1e8, ",,"), ("thousands", 1e5, ","))


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


def write_sheets(path: str | Path, sheets: Sequence[Sheet], currency: str) -> Path:
    """Write sheets as a workbook, complete or not at all; returns its path."""
    with complete_workbook(path) as (book, styles):
        for kind, text in NUMBER_FORMATS.items():
            styles[f"{kind} difference"] = book.add_format({"num_format": _signed(text)})
        styles["heading"] = book.add_format({"bold": True})
        styles["key"] = book.add_format({"align": "left", "indent": 1, "valign": "top"})
        styles["text"] = book.add_format({"text_wrap": True, "valign": "top"})
        for sheet in sheets:
            _write(book, sheet, styles, currency)
    return Path(path)


def _signed(text: str) -> str:
    return text if text == "General" else f"+{text};-{text};{text}"


def _write(book: Any, sheet: Sheet, styles: Mapping[str, Any], currency: str) -> None:
    page = book.add_worksheet(sheet.name)
    page.write_string(0, 0, in_currency(sheet.title, currency), styles["title"])
    row, across = 2, 0
    for block in sheet.blocks:
        if block.heading:
            page.write_string(row, 0, f"Scenario: {block.heading}", styles["heading"])
            row += 1
        _block(page, row, block, styles, currency)
        across = max(across, block.table.index.nlevels + block.table.shape[1])
        if sheet.chart:
            page.insert_chart(row, across + 1, _chart(book, sheet, block, row, currency))
        row += 2 + max(len(block.table), CHART_ROWS if sheet.chart else 0)
    _page(page, sheet, row, across + CHART_COLUMNS if sheet.chart else across - 1)


def _page(page: Any, sheet: Sheet, bottom: int, right: int) -> None:
    """Widths of columns, what stays in view, and how the sheet is printed."""
    for place, width in enumerate(_widths(sheet.blocks)):
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


def _block(page: Any, top: int, block: Block, styles: Mapping[str, Any], currency: str) -> None:
    """Headers in the row `top`, figures below."""
    table = block.table
    keys, columns = [str(key) for key in table.index.names], [str(column) for column in table.columns]
    for place, text in enumerate((*keys, *columns)):
        page.write_string(top, place, text, styles["head"])
    page.set_row(top, head_height((*keys, *columns), _widths([block])))
    lines = zip(table.index, table.itertuples(index=False, name=None), strict=True)
    for row, (index, values) in enumerate(lines, top + 1):
        labels = index if isinstance(index, tuple) else (index,)
        units = str(labels[keys.index("units")]) if "units" in keys else block.units
        for place, (key, label) in enumerate(zip(keys, labels, strict=True)):
            if isinstance(label, str):
                page.write_string(row, place, shown(label, currency) if key == "units" else label, styles["key"])
            else:
                write_cell(page, row, place, label, "ratio" if key == "earnings" else "year", styles)
        for place, (column, value) in enumerate(zip(columns, values, strict=True), len(keys)):
            if isinstance(value, str):
                page.write_string(row, place, value, styles["text"])
                page.set_row(row, LINE_HEIGHT * max(1, len(textwrap.wrap(value, WIDEST - 5))))
                continue
            kind = "year" if column.startswith("age: ") else format_of(units)
            write_cell(page, row, place, value, f"{kind} difference" if column in block.differences else kind, styles)


def _chart(book: Any, sheet: Sheet, block: Block, top: int, currency: str) -> Any:
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
    title = f"{sheet.name}, {block.heading}" if block.heading else sheet.name
    chart.set_title({"name": title, "overlay": False, "name_font": {"size": 12}})
    words, number = _scale(table, block, currency)
    grid = {"visible": True, "line": {"color": "#D9D9D9"}}
    chart.set_y_axis({"name": words, "num_format": number, "major_gridlines": grid, "name_font": {"bold": False}})
    unit = next(step for step in (1, 2, 5, 10, 20, 50) if len(table) <= 12 * step or step == 50)
    begins, ends = int(table.index[0]), int(table.index[-1])
    axis = {"min": begins // unit * unit, "max": -(-ends // unit) * unit, "major_unit": unit, "num_format": "0"}
    chart.set_x_axis(axis | {"label_position": "low", "major_gridlines": {"visible": False}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": CHART_WIDTH, "height": CHART_HEIGHT})
    return chart


def _dash(place: int) -> str:
    """Lines that share a colour differ in their dashes."""
    return ("solid", "dash", "square_dot", "long_dash")[place // len(COLORS) % 4]


def _scale(table: pd.DataFrame, block: Block, currency: str) -> tuple[str, str]:
    """Words and number format of the axis; large amounts in thousands, millions or billions."""
    if block.units in FORMATS:
        return ("", "0%") if block.units == "fraction" else (block.units, "0")
    words = in_currency(block.units, currency)
    largest = table.abs().max().max()
    for name, least, commas in SCALES:
        if largest >= least:
            return f"{name} of {words}", f"#,##0{commas}"
    return words, "#,##0"


def _widths(blocks: Sequence[Block]) -> list[int]:
    """Characters of each column: its numbers, its words, and the longest word of its header."""
    found: dict[int, int] = {}
    for block in blocks:
        flat = block.table.reset_index()
        for place, name in enumerate(flat.columns):
            least = max(7, *(len(word) for word in str(name).split()), min(len(str(name)), 14))
            found[place] = max(found.get(place, 0), width_of(flat.iloc[:, place], least, WIDEST))
    return [found[place] for place in sorted(found)]
