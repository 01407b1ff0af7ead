"""The page of a figure as wide as the text of a report: panels, words beside lines and bands, what a figure says."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.audited import span_audited
from actuarial.errors import BadInput
from actuarial.report import plots
from actuarial.report.columns import needed, with_units
from actuarial.translation import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 6.3
"""Inches, which are 16 cm: printed so no letter is smaller than 8 points."""
SMALL: Any = {
    "font.size": 8,
    "axes.titlesize": 8,
    "figure.titlesize": 9.5,
    "figure.labelsize": 8,
    "legend.fontsize": 8,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
}
ROOM = 0.26
"""Share of the width for the words beside the axes."""
LETTERS = 20
"""Letters of a line beside the axes."""
MORE_ROOM, MORE_LETTERS = 0.335, 27
"""The same two for a figure of many bands, whose words stand in one line each."""
LINE = 10.5
"""Points from line to line."""
STEPS, MOST_YEARS = (1, 2, 5, 10, 20, 50), 9
"""Years between those that an axis writes, and how many of them there are at most."""


class NothingToDraw(BadInput):
    """A study that has nothing that a figure could show."""


@dataclass(frozen=True)
class Beside:
    """Words beside the right end of a line or band: where it ends, what it is called, how it is drawn.

    Without `lead` no thin line goes from there to the words, as of a line that ends before the right side.
    """

    value: float
    text: str
    style: Mapping[str, Any]
    band: bool = False
    lead: bool = True


@dataclass
class Told:
    """What goes with the numbers of a figure: words of its columns and rows, sentences for who cannot see it, and what
    is measured where the units alone do not say it."""

    title: str
    labels: Mapping[str, str]
    rows: Mapping[Any, str] = field(default_factory=dict)
    index: str = ""
    alt: Sequence[str] = ()
    note: str = ""
    measured: Sequence[str] = ()

    def on(self, data: pd.DataFrame, units: Mapping[str, str], shown: Mapping[str, Any]) -> pd.DataFrame:
        """The numbers with their units, the way in which they are shown, and these words as attributes."""
        data = with_units(data, units)
        alt = " ".join((f"{self.title}.", *self.alt))
        words = {"title": self.title, "alt": alt, "labels": dict(self.labels), "rows": dict(self.rows)}
        words |= {"index": self.index, "note": self.note, "measured": list(self.measured)}
        data.attrs |= words | {"shown": dict(shown)}
        return data


@contextmanager
def page(
    title: str, source: str, *, height: float = 3.7, panels: Sequence[float] = (1.0,), room: float = ROOM
) -> Iterator[tuple["Figure", list["Axes"]]]:
    """A figure with panels below each other, which share what runs to the right, and room for words beside them."""
    with plots.look():
        from matplotlib import rc_context
        from matplotlib.figure import Figure
        from matplotlib.layout_engine import ConstrainedLayoutEngine

        with rc_context(SMALL):
            engine = ConstrainedLayoutEngine(rect=(0.0, 0.0, 1.0 - room, 1.0), hspace=0.04, h_pad=0.05, w_pad=0.06)
            figure = Figure(figsize=(WIDTH, height), layout=engine)
            plots.headed(figure, title, source, (75, 92))
            grid = figure.subplots(len(panels), 1, sharex=True, squeeze=False, height_ratios=list(panels))
            for axes in grid[:, 0]:
                axes.tick_params(length=0)
            yield figure, list(grid[:, 0])


def beside(
    axes: "Axes", entries: Sequence[Beside], *, laid_out: bool = False, letters: int = LETTERS
) -> None:
    """Write words beside the right end of lines and bands, as near as they can be without touching each other.

    A figure that is laid out already, for words beside another panel, is not laid out again.
    """
    texts = [textwrap.fill(one.text, letters) for one in entries]
    figure: Any = axes.figure
    if not laid_out:
        figure.get_layout_engine().execute(figure)
    tall = axes.get_window_extent().height * 72.0 / figure.dpi
    low, high = axes.get_ylim()
    values = [one.value for one in entries]
    if axes.get_yscale() == "log":
        low, high, *values = np.log([low, high, *values]).tolist()
    wanted = [(value - low) / (high - low) for value in values]
    sizes = [(LINE * (1 + text.count("\n")) + 2.0) / tall for text in texts]
    for one, text, place, at in zip(entries, texts, spread(wanted, sizes), wanted, strict=True):
        _sample(axes, one, place, at)
        label = axes.text(1.075, place, text, transform=axes.transAxes, va="center", linespacing=1.15)
        label.set_in_layout(False)


def spread(wanted: Sequence[float], sizes: Sequence[float], low: float = 0.0, high: float = 1.0) -> list[float]:
    """Middles of boxes of given sizes that do not overlap, as near to where they are wanted as can be.

    Boxes that touch move together, to the mean of where they want to be; all lie between `low` and `high` if there is
    room for them.
    """
    order = sorted(range(len(wanted)), key=lambda one: wanted[one])
    groups: list[tuple[list[int], float]] = []
    for one in order:
        groups.append(([one], wanted[one]))
        while True:
            members, middle = groups[-1]
            tall = sum(sizes[each] for each in members)
            middle = max(min(middle, high - tall / 2), low + tall / 2)
            groups[-1] = members, middle
            if len(groups) == 1:
                break
            before, other = groups[-2]
            if other + sum(sizes[each] for each in before) / 2 <= middle - tall / 2 + 1e-12:
                break
            joined = before + members
            groups[-2:] = [(joined, _mean_place(joined, wanted, sizes))]
    return _middles(groups, sizes)


def _mean_place(members: list[int], wanted: Sequence[float], sizes: Sequence[float]) -> float:
    """Middle of boxes in a row that lie, in the mean, where they want to be."""
    tall = sum(sizes[each] for each in members)
    offsets, before = [], 0.0
    for each in members:
        offsets.append(before + sizes[each] / 2 - tall / 2)
        before += sizes[each]
    return float(np.mean([wanted[each] - offset for each, offset in zip(members, offsets, strict=True)]))


def _middles(groups: list[tuple[list[int], float]], sizes: Sequence[float]) -> list[float]:
    found = dict.fromkeys(range(len(sizes)), 0.0)
    for members, middle in groups:
        at = middle - sum(sizes[each] for each in members) / 2
        for each in members:
            found[each] = at + sizes[each] / 2
            at += sizes[each]
    return list(found.values())


def _sample(axes: "Axes", one: Beside, place: float, at: float) -> None:
    """A piece of the line or band before its words, and a thin line from where it ends."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle

    common: dict[str, Any] = {"transform": axes.transAxes, "clip_on": False, "in_layout": False}
    if one.lead:
        lead = Line2D([1.0, 1.02], [min(max(at, 0.0), 1.0), place], color="#AAAAAA", linewidth=0.6, **common)
        axes.add_artist(lead)
    if one.band:
        tall = 7.0 * axes.figure.dpi / 72.0 / axes.get_window_extent().height
        axes.add_artist(Rectangle((1.025, place - tall / 2), 0.035, tall, **one.style, **common))
    else:
        mark: dict[str, Any] = {"markevery": [1]} if "marker" in one.style else {}
        axes.add_artist(Line2D([1.022, 1.044, 1.066], [place] * 3, **one.style, **mark, **common))


def years_axis(axes: "Axes", years: Sequence[int]) -> None:
    """The same years in all figures of a report: from the first to the last one, of which the first is written."""
    plots.year_axis(axes.xaxis)
    axes.set_xticks(year_ticks(years[0], years[-1]))
    axes.tick_params(axis="x", pad=6.0)
    axes.set_xlim(years[0], years[-1])


def year_ticks(first: int, last: int) -> list[int]:
    """The first year and round ones after it, not so near to it that they would touch."""
    step = next((one for one in STEPS if last - first <= one * MOST_YEARS), STEPS[-1])
    return [first, *(year for year in range(first + 1, last + 1) if year % step == 0 and year - first > 0.6 * step)]


def zero_line(axes: "Axes") -> None:
    """A line at zero where the axis goes below, else the axis begins there."""
    low, high = min(axes.dataLim.y0, 0.0), max(axes.dataLim.y1, 0.0)
    room = 0.05 * (high - low) or 1.0
    if low < 0.0:
        axes.axhline(0.0, color=plots.GREY, linewidth=0.9)
    axes.set_ylim(low - room if low < 0.0 else 0.0, high + room)


def by_year(result: xr.Dataset, *names: str) -> list[int]:
    """Years of a result of one scenario that has these variables.

    Raises
    ------
    BadInput
        Several scenarios, a single year.
    MissingVariable
    """
    plots.one_scenario(result)
    needed(result, *names)
    years = [int(year) for year in result["year"].values]
    if len(years) < 2:
        raise BadInput("a figure by year needs two years, but the result has one.\n  Project more years.")
    return years


def notes(result: xr.Dataset, say: Language, *, money: bool = False) -> str:
    """What must be known of the years of a figure: a first year that is part of one, audited years."""
    found = []
    if "year_fraction" in result and float(result["year_fraction"].values[0]) != 1.0:
        found.append(say("{year}: the part of the year after the valuation date", year=int(result["year"][0])) + ".")
    span = span_audited(result)
    if money and span:
        found.append(say("Income, outgo and reserve of {span} are those of audited accounts.", span=span))
    return " ".join(found)


def foot(result: xr.Dataset, say: Language, note: str = "") -> str:
    """Notes and source at the foot of a figure."""
    return "\n".join(part for part in (note, plots.source_line(result, say)) if part)


def columns_of(data: pd.DataFrame) -> list[str]:
    """Names of the columns of a table."""
    return [str(name) for name in data.columns]


def end_of(series: "pd.Series[float]") -> float:
    """The last number of a series that there is; 0 where there is none."""
    known = series.dropna().to_numpy()
    return float(known[-1]) if len(known) else 0.0


def path_of(say: Language, what: str, series: "pd.Series[float]", measure: Any) -> str:
    """A sentence about a series: where it begins, ends, is greatest and least."""
    known = series.dropna()
    if known.empty:
        return say("{what}: no numbers.", what=what)
    values = known.to_numpy()
    places = {"first": 0, "last": -1, "most": int(values.argmax()), "least": int(values.argmin())}
    text = {word: measure.text(say, float(values[place])) for word, place in places.items()}
    return say(
        "{what}: {first} in {first_year}, {last} in {last_year}; greatest {most} in {most_year}, least {least} in "
        "{least_year}.",
        what=what,
        **text,
        **{f"{word}_year": known.index[place] for word, place in places.items()},
    )
