"""Charts of the workbook of a valuation, drawn by Excel from its sheets, and the list of sheets with links."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from actuarial.report.units import NUMBER_FORMATS, WHOLE
from actuarial.report.workbook_sheet import FIRST_ROW, scales_of
from actuarial.report.workbook_words import Words
from actuarial.translation import N_

LINES = ("#12264F", "#C2553F", "#1B6593", "#E69F00", "#009E73", "#CC79A7")
SIZE = {"width": 900, "height": 380}
ROWS = 21  # of a sheet beside each chart
MOST_TICKS = 12


class Chart(NamedTuple):
    """A line chart: its title, the sheet and the columns that it shows, and what a reader who does not see it hears.

    `share` says what shares are of, beside their axis.
    """

    title: str
    sheet: str
    columns: tuple[str, ...]
    told: str
    share: str = ""


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
        N_("share of insurable earnings"),
    ),
)
BY_SCENARIO = (
    (
        "PAYG cost rate",
        N_("Pay-as-you-go cost rate by scenario"),
        N_("A line of the cost rate for each scenario"),
        N_("share of insurable earnings"),
    ),
    ("reserve", N_("Reserve by scenario"), N_("A line of the reserve for each scenario"), ""),
    ("reserve ratio", N_("Reserve ratio by scenario"), N_("A line of the reserve over outgo for each scenario"), ""),
)


def scenario_charts(names: Sequence[str]) -> tuple[Chart, ...]:
    """Charts that put scenarios beside each other."""
    sheet = N_("Scenarios")
    return tuple(
        Chart(title, sheet, tuple(f"{figure}: {name}" for name in names), told, share)
        for figure, title, told, share in BY_SCENARIO
    )


def add_charts(
    book: Any,
    sheet: Any,
    tables: Mapping[str, pd.DataFrame],
    first: int,
    words: Words,
    charts: Sequence[Chart] = CHARTS,
) -> None:
    """Draw the charts below each other: years from the first projected one; none that would hold a gap."""
    place = 1
    for chart in charts:
        table = tables[words.say(chart.sheet)]
        years = table.index.to_numpy()
        begin = int(np.searchsorted(years, first))
        if not np.isfinite(table[list(chart.columns)].iloc[begin:].to_numpy(dtype=float)).all():
            continue
        told = {"description": words.say(chart.told)}
        sheet.insert_chart(place, 0, _drawn(book, chart, table, begin, words), told)
        place += ROWS


def _drawn(book: Any, chart: Chart, table: pd.DataFrame, begin: int, words: Words) -> Any:
    drawn = book.add_chart({"type": "scatter", "subtype": "straight"})
    page, title = words.say(chart.sheet), words.say(chart.title)
    top, bottom = FIRST_ROW + begin, FIRST_ROW + len(table) - 1
    for place, name in enumerate(chart.columns):
        column = 1 + list(table.columns).index(name)
        dash = ("solid", "dash", "square_dot", "long_dash")[place // len(LINES) % 4]
        drawn.add_series(
            {
                "name": words.column(name),
                "categories": [page, top, 0, bottom, 0],
                "values": [page, top, column, bottom, column],
                "line": {"color": LINES[place % len(LINES)], "width": 2, "dash_type": dash},
            }
        )
    units, scale = table.attrs["units"][chart.columns[0]], scales_of(table).get(chart.columns[0], WHOLE)
    shares = units == "fraction"
    grid = {"visible": True, "line": {"color": "#D9D9D9", "width": 0.75}}
    number = NUMBER_FORMATS[scale.format].replace("0.0", "0") if scale.format else "#,##0"
    axis: dict[str, Any] = {"major_gridlines": grid, "num_format": "0%" if shares else number}
    axis["name_font"] = {"bold": False}
    drawn.set_y_axis(axis | {"name": words.say(chart.share) if shares else words.units(units, scale.words)})
    drawn.set_x_axis(year_axis(int(table.index[begin]), int(table.index[-1])))
    drawn.set_title({"name": title, "overlay": False, "name_font": {"size": 12}})
    drawn.set_legend({"none": True} if len(chart.columns) == 1 else {"position": "bottom"})
    drawn.set_size(SIZE)
    return drawn


def year_axis(first: int, last: int) -> dict[str, Any]:
    """An axis of years with at most a dozen labels, which stand below negative values too."""
    steps = (1, 2, 5, 10, 20, 50)
    unit = next((step for step in steps if last - first < MOST_TICKS * step), steps[-1])
    ends: dict[str, Any] = {"min": first // unit * unit, "max": -(-last // unit) * unit, "major_unit": unit}
    return ends | {"num_format": "0", "label_position": "low", "major_gridlines": {"visible": False}}


def add_contents(
    sheet: Any, column: int, sheets: Sequence[tuple[str, str]], heads: tuple[str, str], head: Any, link: Any
) -> list[int]:
    """List the sheets with their titles beside the first table; each name leads to its sheet.

    Returns the widths of the two columns in characters.
    """
    for place, text in enumerate(heads, column):
        sheet.write_string(FIRST_ROW - 1, place, text, head)
    for row, (name, title) in enumerate(sheets, FIRST_ROW):
        target = name.replace("'", "''")
        sheet.write_url(row, column, f"internal:'{target}'!A1", link, name)
        sheet.write_string(row, column + 1, title)
    widths = [2 + max(map(len, texts)) for texts in zip(*sheets, strict=True)]
    for place, width in enumerate(widths, column):
        sheet.set_column(place, place, width)
    return widths
