"""How a sheet of a workbook is printed: upright or across, its columns on how many pages beside each other."""

import math
from collections.abc import Sequence
from itertools import product
from typing import Any, NamedTuple

A4, SIDES = 9, (595.3, 841.9)
"""Paper of Excel, and its sides in points."""
MARGINS = {"left": 0.4, "right": 0.4, "top": 0.5, "bottom": 0.6}
"""In inches."""
INCH = 72.0
LEAST = 0.5
"""Type of 11 points is not printed smaller than 5.5."""
LETTER, EDGE = 5.25, 3.75
"""Points of a character and of the edges of a column."""
LINE_HEIGHT = 15
HEAD = 4
"""Lines that the repeated headers take."""
ABOVE, MOST_ABOVE = 0.2, 250
"""Inches of a line above the pages, and characters that a spreadsheet program is sure to keep of them."""
MOST = 20
"""Pages beside each other that are tried."""


class Paper(NamedTuple):
    """Whether a sheet is printed across, on how many pages beside each other, and how many pages it takes."""

    landscape: bool
    across: int
    pages: int


def paper_for(widths: Sequence[float], keys: int, rows: int) -> Paper:
    """The way of printing that takes the fewest pages in letters that can be read; across where it makes no difference.

    Parameters
    ----------
    widths : characters of each column
    keys : columns of labels, which stand on every page
    rows : lines below the headers
    """
    points = [LETTER * width + EDGE for width in widths]
    fixed, rest = sum(points[:keys]), sum(points[keys:])
    ways = product(range(1, MOST + 1), (True, False))
    tried = [_tried(fixed, rest, rows, across, landscape) for across, landscape in ways]
    readable = [found for scale, found in tried if scale >= LEAST] or [tried[-2][1]]
    return min(readable, key=lambda one: (one.pages, one.across, not one.landscape))


def plain(text: str) -> str:
    """A text as the lines above pages have it, in which & begins a code."""
    return text.replace("&", "&&")


def _tried(fixed: float, rest: float, rows: int, across: int, landscape: bool) -> tuple[float, Paper]:
    """Scale and pages of one way of printing."""
    short, long = SIDES
    wide, high = (long, short) if landscape else (short, long)
    room = wide - INCH * (MARGINS["left"] + MARGINS["right"])
    scale = min(1.0, room / (fixed + rest / across))
    lines = math.floor((high - INCH * (MARGINS["top"] + MARGINS["bottom"])) / scale / LINE_HEIGHT) - HEAD
    return scale, Paper(landscape, across, across * math.ceil(max(rows, 1) / lines))


def on_paper(sheet: Any, paper: Paper | None = None, above: str = "") -> None:
    """Print a sheet, its columns on so many pages beside each other, with its name and numbers of pages.

    `above` stands above every page.
    """
    if paper is None or paper.landscape:
        sheet.set_landscape()
    else:
        sheet.set_portrait()
    sheet.set_paper(A4)
    lines = above.count("\n") + 1 if above else 0
    sheet.set_margins(**MARGINS | {"top": MARGINS["top"] + ABOVE * lines})
    if above:
        sheet.set_header(f"&L{plain(above)}", {"margin": 0.3})
    sheet.fit_to_pages(1 if paper is None else paper.across, 0)
    sheet.set_footer("&L&A&R&P / &N", {"margin": 0.3})
