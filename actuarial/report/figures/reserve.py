"""The reserve and the reserve ratio by year."""

from typing import Any

import pandas as pd
import xarray as xr

from actuarial.report import plots
from actuarial.report.figures import frame, measure
from actuarial.report.plots import ENGLISH, Drawn
from actuarial.translation import Language

RESERVE, RATIO = "reserve", "reserve ratio"


def draw_reserve(
    result: xr.Dataset, *, inflation: xr.DataArray | None = None, unit: float | None = None, say: Language = ENGLISH
) -> Drawn:
    """Draw the reserve on 31 December, and below it the reserve over the outgo of the year.

    Parameters
    ----------
    result : Dataset of `project`, one scenario and two years at least
    inflation, unit, say : as those of `draw_cash_flow`

    Returns
    -------
    Drawn
        `figure`, and `data`: indexed by year, columns reserve (currency) and reserve ratio (years of outgo).

    Raises
    ------
    BadInput
        Several scenarios, a single year, a year without growth of prices; no matplotlib.
    MissingVariable

    Examples
    --------
    draw_reserve(result).data["reserve ratio"]
    """
    years = frame.by_year(result, "reserve", "reserve_ratio")
    data = pd.DataFrame({RESERVE: result["reserve"].to_series(), RATIO: result["reserve_ratio"].to_series()})
    data[RESERVE] /= measure.prices(inflation, years)
    shown = measure.money(say, str(result.attrs.get("currency", "")), measure.greatest(data[RESERVE]), unit)
    times = measure.outgo(say, 2)
    labels = {RESERVE: say("Reserve on 31 December"), RATIO: say("Reserve over outgo of the year")}
    title, note = say("Reserve and reserve ratio"), frame.notes(result, say, money=True)
    measured = (_measured(say, shown, inflation, years[0]), times.words)
    with frame.page(title, frame.foot(result, say, note), height=4.2, panels=(3, 2)) as (figure, (above, below)):
        styles = plots.line_styles(2, 1)
        above.plot(data.index, data[RESERVE], **styles[0])
        above.fill_between(data.index, 0.0, data[RESERVE], color=plots.PALETTE[6], alpha=0.5, linewidth=0.0)
        below.plot(data.index, data[RATIO], **styles[1])
        above.set_title(measured[0], loc="left")
        below.set_title(measured[1], loc="left")
        for axes, one in ((above, shown), (below, times)):
            one.axis(say, axes.yaxis)
            frame.zero_line(axes)
        frame.years_axis(below, years)
        for axes, name, style in ((above, RESERVE, styles[0]), (below, RATIO, styles[1])):
            frame.beside(axes, [frame.Beside(frame.end_of(data[name]), labels[name], style)], laid_out=axes is below)
        _exhausted(say, above, result, years)
    units = {RESERVE: measure.priced("currency", inflation, years), RATIO: "years of outgo"}
    ways = {RESERVE: shown, RATIO: times}
    alt = [frame.path_of(say, labels[name], data[name], ways[name]) for name in (RESERVE, RATIO)]
    alt += [text for text in [_exhaustion(say, result)] if text]
    told = frame.Told(title, labels, index=say("Year"), alt=alt, note=note, measured=measured)
    return Drawn(figure, told.on(data, units, ways))


def _measured(say: Language, shown: measure.Measure, inflation: xr.DataArray | None, first: int) -> str:
    return shown.words if inflation is None else say("{unit}, at prices of {year}", unit=shown.words, year=first - 1)


def _exhaustion(say: Language, result: xr.Dataset) -> str:
    """A sentence where the reserve is used up."""
    if "year_reserve_exhausted" not in result or not bool(result["year_reserve_exhausted"].notnull()):
        return ""
    return say("The reserve is used up in {year}.", year=int(result["year_reserve_exhausted"]))


def _exhausted(say: Language, axes: Any, result: xr.Dataset, years: list[int]) -> None:
    """A mark in the year in which the reserve is used up."""
    if not _exhaustion(say, result):
        return
    year = int(result["year_reserve_exhausted"])
    if not years[0] <= year <= years[-1]:
        return
    axes.axvline(year, color=plots.GREY, linewidth=0.9, linestyle=(0, (2, 2)))
    soon = year < years[0] + 0.3 * (years[-1] - years[0])
    place, shift = ((year, 1.0), (3, -2)) if soon else ((year, 0.0), (-3, 3))
    sides = {"ha": "left", "va": "top"} if soon else {"ha": "right", "va": "bottom"}
    text = say("used up in {year}", year=year)
    axes.annotate(text, place, shift, xycoords=axes.get_xaxis_transform(), textcoords="offset points", **sides)
