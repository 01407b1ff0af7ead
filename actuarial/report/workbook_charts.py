"""Charts of the workbook of a valuation, drawn by Excel from its sheets, and the list of sheets with links."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from actuarial.report.workbook_words import Words
from actuarial.translation import N_

LINES = ("#12264F", "#C2553F", "#1B6593")
SIZE = {"width": 900, "height": 380}
FIRST_ROW = 3  # of the figures of a sheet, counted from 0


class Chart(NamedTuple):
    """A line chart: its title, the sheet and the columns that it shows, and what a reader who does not see it hears."""

    title: str
    sheet: str
    columns: tuple[str, ...]
    told: str


CHARTS = (
    Chart(
        N_("Income and expenditure"),
        N_("Financial"),
        ("contributions", "total income", "total expenditure"),
        N_("Lines of contributions, total income and total expenditure by year"),
    ),
    Chart(
        N_("Reserve coefficient"),
        N_("Financial"),
        ("reserve coefficient",),
        N_("Line of the reserve over outgo by year"),
    ),
    Chart(
        N_("PAYG rate"),
        N_("Financial"),
        ("PAYG rate",),
        N_("Line of the expenditure over the insurable payroll by year"),
    ),
)


def add_charts(book: Any, sheet: Any, tables: Mapping[str, pd.DataFrame], first: int, words: Words) -> None:
    """Draw the charts below each other: years from the first projected one; none that would hold a gap."""
    place = 1
    for chart in CHARTS:
        table = tables[words.say(chart.sheet)]
        years = table.index.to_numpy()
        begin = int(np.searchsorted(years, first))
        if not np.isfinite(table[list(chart.columns)].iloc[begin:].to_numpy(dtype=float)).all():
            continue
        told = {"description": words.say(chart.told)}
        sheet.insert_chart(place, 0, _drawn(book, chart, table, begin, words), told)
        place += 21


def _drawn(book: Any, chart: Chart, table: pd.DataFrame, begin: int, words: Words) -> Any:
    drawn = book.add_chart({"type": "line"})
    page, title = words.say(chart.sheet), words.say(chart.title)
    top, bottom = FIRST_ROW + begin, FIRST_ROW + len(table) - 1
    for colour, name in zip(LINES, chart.columns, strict=False):
        column = 1 + list(table.columns).index(name)
        drawn.add_series(
            {
                "name": words.column(name),
                "categories": [page, top, 0, bottom, 0],
                "values": [page, top, column, bottom, column],
                "line": {"color": colour, "width": 2},
            }
        )
    units = table.attrs["units"][chart.columns[0]]
    shares = units == "fraction"
    grid = {"visible": True, "line": {"color": "#D9D9D9", "width": 0.75}}
    axis = {"major_gridlines": grid, "num_format": "0%" if shares else "#,##0"}
    drawn.set_y_axis(axis if shares else axis | {"name": words.units(units)})
    drawn.set_x_axis({"interval_unit": 10, "interval_tick": 10, "label_position": "low"})
    drawn.set_title({"name": title, "name_font": {"size": 12}})
    drawn.set_legend({"none": True} if len(chart.columns) == 1 else {"position": "bottom"})
    drawn.set_size(SIZE)
    return drawn


def add_contents(
    sheet: Any, column: int, sheets: Sequence[tuple[str, str]], heads: tuple[str, str], head: Any, link: Any
) -> None:
    """List the sheets with their titles beside the first table; each name leads to its sheet."""
    for place, text in enumerate(heads, column):
        sheet.write_string(2, place, text, head)
    for row, (name, title) in enumerate(sheets, FIRST_ROW):
        sheet.write_url(row, column, f"internal:'{name}'!A1", link, name)
        sheet.write_string(row, column + 1, title)
    sheet.set_column(column, column, 2 + max(len(name) for name, _ in sheets))
    sheet.set_column(column + 1, column + 1, 60)
