"""How a sheet of a workbook is printed: upright or across, its columns on how many pages beside each other."""

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise, product
from typing import Any, NamedTuple

A3, A4 = 8, 9
"""Paper of Excel."""
SIDES = {A3: (841.9, 1190.6), A4: (595.3, 841.9)}
"""Its sides in points."""
MARGINS = {"left": 0.4, "right": 0.4, "top": 0.5, "bottom": 0.6}
"""In inches."""
INCH = 72.0
LEAST = 0.5
"""Type of 11 points is not printed smaller than 5.5."""
LETTER, EDGE = 5.25, 3.75
"""Points of a character and of the edges of a column."""
RESERVE = 0.97
"""Columns are a little wider than is told here."""
LINE_HEIGHT = 15
HEAD = 4
"""Lines that the repeated headers take."""
ABOVE, MOST_ABOVE = 0.2, 250
"""Inches of a line above the pages, and characters that a spreadsheet program is sure to keep of them."""
SLACK = 0.9
"""Pages with as many rows each are filled no more than this, since programs differ in the widths of their letters."""
MOST = 20
"""Pages beside each other that are tried."""


class Paper(NamedTuple):
    """Whether a sheet is printed across, on how many pages beside each other, how many pages it takes, and which.

    `lines` is the room of a page below the headers.
    """

    landscape: bool
    across: int
    pages: int
    size: int = A4
    lines: int = 0

    def even_breaks(self, rows: int) -> list[int]:
        """The rows before which pages begin that have as many rows each; none where programs would add pages."""
        down = self.pages // self.across
        each = math.ceil(rows / down)
        return list(range(each, rows, each)) if each <= SLACK * self.lines else []


def paper_for(widths: Sequence[float], keys: int, rows: int, size: int = A4) -> Paper:
    """The way of printing that takes the fewest pages in letters that can be read; across where it makes no difference.

    Parameters
    ----------
    widths : characters of each column
    keys : columns of labels, which stand on every page
    rows : lines below the headers
    size : paper of Excel
    """
    points = points_of(widths)
    fixed, rest = sum(points[:keys]), sum(points[keys:])
    ways = product(range(1, MOST + 1), (True, False))
    tried = [_tried(fixed, rest, rows, across, landscape, size) for across, landscape in ways]
    readable = [found for scale, found in tried if scale >= LEAST] or [tried[-2][1]]
    return min(readable, key=lambda one: (one.pages, one.across, not one.landscape))


def points_of(widths: Sequence[float]) -> list[float]:
    """Points that columns of so many characters take."""
    return [LETTER * width + EDGE for width in widths]


def beside(widths: Sequence[float], size: int) -> int:
    """Number of columns that one page across has room for, in the smallest letters that can be read."""
    room = (SIDES[size][1] - INCH * (MARGINS["left"] + MARGINS["right"])) / LEAST
    ends = list(accumulate(points_of(widths)))
    return sum(end <= room for end in ends)


def plain(text: str) -> str:
    """A text as the lines above pages have it, in which & begins a code."""
    return text.replace("&", "&&")


def _tried(fixed: float, rest: float, rows: int, across: int, landscape: bool, size: int) -> tuple[float, Paper]:
    """Scale and pages of one way of printing."""
    short, long = SIDES[size]
    wide, high = (long, short) if landscape else (short, long)
    room = wide - INCH * (MARGINS["left"] + MARGINS["right"])
    scale = min(1.0, room / (fixed + rest / across))
    lines = math.floor((high - INCH * (MARGINS["top"] + MARGINS["bottom"])) / scale / LINE_HEIGHT) - HEAD
    return scale, Paper(landscape, across, across * math.ceil(max(rows, 1) / lines), size, lines)


def on_paper(sheet: Any, paper: Paper | None = None, above: str = "") -> None:
    """Print a sheet, its columns on so many pages beside each other, with its name and numbers of pages.

    `above` stands above every page.
    """
    if paper is None or paper.landscape:
        sheet.set_landscape()
    else:
        sheet.set_portrait()
    sheet.set_paper(A4 if paper is None else paper.size)
    lines = above.count("\n") + 1 if above else 0
    sheet.set_margins(**MARGINS | {"top": MARGINS["top"] + ABOVE * lines})
    if above:
        sheet.set_header(f"&L{plain(above)}", {"margin": 0.3})
    sheet.fit_to_pages(1 if paper is None else paper.across, 0)
    sheet.set_footer("&L&A&R&P / &N", {"margin": 0.3})


def in_blocks(sheet: Any, widths: Sequence[float], begins: Sequence[int], lines: Sequence[int]) -> None:
    """Print a sheet across and one page wide; a page begins before a block of rows that does not fit on the one before.

    Parameters
    ----------
    widths : characters of each column
    begins : row in which each block begins, from 0
    lines : lines of text that each row is high
    """
    on_paper(sheet)
    short, long = SIDES[A4]
    room = long - INCH * (MARGINS["left"] + MARGINS["right"])
    scale = min(1.0, RESERVE * room / sum(points_of(widths)))
    most = math.floor((short - INCH * (MARGINS["top"] + MARGINS["bottom"])) / scale / LINE_HEIGHT) - HEAD
    sheet.set_h_pagebreaks(pages_begin(begins, lines, most))


def pages_begin(begins: Sequence[int], lines: Sequence[int], most: int) -> list[int]:
    """The blocks before which a page begins, where a page has room for so many lines.

    A block that is longer than a page begins one where more than half of the last page is taken.

    Examples
    --------
    >>> pages_begin([2, 4, 6], [1] * 8, 5)
    [4]
    """
    found, taken = [], sum(lines[: begins[0]]) if begins else 0
    for begin, end in pairwise([*begins, len(lines)]):
        high = sum(lines[begin:end])
        if taken + high > most and (high <= most or taken > most / 2):
            found.append(begin)
            taken = 0
        taken = (taken + high) % most
    return found
