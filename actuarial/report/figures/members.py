"""Contributors, pensioners, and pensioners for each contributor by year."""

import pandas as pd
import xarray as xr

from actuarial.report import plots
from actuarial.report.figures import frame, measure
from actuarial.report.plots import ENGLISH, Drawn
from actuarial.translation import Language

NAMES = ("total_contributors", "total_pensioners", "demographic_ratio")


def draw_members(result: xr.Dataset, *, say: Language = ENGLISH) -> Drawn:
    """Draw contributors and pensioners by year, and below them the pensioners for 100 contributors.

    Parameters
    ----------
    result : Dataset of `project`, one scenario and two years at least
    say : language of the figure

    Returns
    -------
    Drawn
        `figure`, and `data`: indexed by year, columns contributors, pensioners (persons, means of the year) and
        demographic ratio (pensioners over contributors).

    Raises
    ------
    BadInput
        Several scenarios, a single year; no matplotlib.
    MissingVariable

    Examples
    --------
    draw_members(result).data["demographic ratio"]
    """
    years = frame.by_year(result, *NAMES)
    columns = ("contributors", "pensioners", "demographic ratio")
    data = pd.DataFrame({word: result[name].values for word, name in zip(columns, NAMES, strict=True)}, index=years)
    data.index.name = "year"
    shown = measure.persons(say, measure.greatest(data[["contributors", "pensioners"]]))
    ratio = measure.plain(say("pensioners for 100 contributors"), 1, scale=0.01)
    title = say("Contributors and pensioners")
    labels = {
        "contributors": say("Contributors"),
        "pensioners": say("Pensioners"),
        "demographic ratio": say("Pensioners for 100 contributors"),
    }
    note = frame.notes(result, say)
    with frame.page(title, frame.foot(result, say, note), height=4.2, panels=(3, 2)) as (figure, (above, below)):
        styles = plots.line_styles(3, 1)
        for name, style in zip(columns, styles, strict=True):
            axes = below if name == "demographic ratio" else above
            axes.plot(data.index, data[name], **style)
        _axes(say, (above, shown), (below, ratio), years)
        both = zip(columns, styles, strict=True)
        ends = [frame.Beside(frame.end_of(data[name]), labels[name], style) for name, style in both]
        frame.beside(above, ends[:2])
        frame.beside(below, ends[2:], laid_out=True)
    ways = {"contributors": shown, "pensioners": shown, "demographic ratio": ratio}
    alt = [frame.path_of(say, labels[name], data[name], ways[name]) for name in columns]
    told = frame.Told(title, labels, index=say("Year"), alt=alt, note=note)
    units = {"contributors": "persons", "pensioners": "persons", "demographic ratio": "ratio"}
    return Drawn(figure, told.on(data, units, ways))


def _axes(say: Language, above: tuple, below: tuple, years: list[int]) -> None:
    for axes, shown in (above, below):
        axes.set_title(shown.words, loc="left")
        shown.axis(say, axes.yaxis)
        axes.set_ylim(bottom=0.0)
    frame.years_axis(below[0], years)
