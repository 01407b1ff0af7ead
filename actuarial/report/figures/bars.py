"""Bars below each other that lead from one amount to another: what is added or taken away floats where it acts."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from actuarial.report import plots

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ADDED, TAKEN, TOTAL = "added", "taken", "total"
FILLS: dict[str, dict[str, Any]] = {
    ADDED: {"facecolor": plots.PALETTE[2], "edgecolor": "white", "linewidth": 0.5},
    TAKEN: {"facecolor": plots.PALETTE[5], "edgecolor": "black", "hatch": "////", "linewidth": 0.5},
    TOTAL: {"facecolor": "#444444", "edgecolor": "white", "linewidth": 0.5},
}
"""Blue and plain, yellow and hatched: told apart without colours."""
LETTERS = 32
ROW = 0.33
"""Inches of a row."""


@dataclass(frozen=True)
class Bar:
    """A row: its words, where its bar begins and ends, what it is, and its number as it is written."""

    words: str
    start: float
    end: float
    kind: str
    text: str


def height_of(rows: int) -> float:
    """Height of a figure of so many rows, in inches."""
    return 1.25 + ROW * rows


def draw_bars(axes: "Axes", rows: Sequence[Bar], *, points: bool = False) -> None:
    """Draw the rows from the top, each number beside the end of its bar.

    With `points` totals are marks and not bars, for then the axis need not begin at zero.
    """
    for place, row in enumerate(rows):
        left, right = sorted((row.start, row.end))
        if points and row.kind == TOTAL:
            axes.plot([row.end], [place], linestyle="none", marker="D", markersize=6, color="#222222")
        else:
            axes.barh(place, right - left, 0.68, left=left, **FILLS[row.kind])
        if place + 1 < len(rows):
            axes.plot([row.end, row.end], [place, place + 1], color=plots.GREY, linewidth=0.7, zorder=0)
    _reach(axes, rows, points)
    for place, row in enumerate(rows):
        inside = points and row.kind == TOTAL
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        at, shift = (max(row.start, row.end), place), (7 if inside else 4, 0)
        axes.annotate(row.text, at, shift, textcoords="offset points", va="center", bbox=box)
    axes.set_yticks(range(len(rows)), [textwrap.fill(row.words, LETTERS) for row in rows])
    axes.tick_params(axis="y", labelcolor="black")
    axes.invert_yaxis()
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")


def _reach(axes: "Axes", rows: Sequence[Bar], points: bool) -> None:
    """Limits with room for the numbers; with zero, and a line there, unless totals are points."""
    ends = [end for row in rows for end in ((row.end,) if row.kind == TOTAL and points else (row.start, row.end))]
    low, high = min(ends), max(ends)
    if not points:
        low, high = min(low, 0.0), max(high, 0.0)
        axes.axvline(0.0, color=plots.GREY, linewidth=0.9)
    span = (high - low) or abs(high) or 1.0
    axes.set_xlim(low - (0.04 * span if low < 0.0 or points else 0.0), high + 0.2 * span)
