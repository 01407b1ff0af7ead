"""How a table fits paper: size of its type, upright or across, widths of columns, parts of too many columns."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, permutations, takewhile
from math import ceil

import numpy as np

from actuarial.report.shown import Grid, Heading

ROOMS = (170.0, 257.0)
"""Widths of the text on A4, in mm: upright and across."""
SIZES = (9.0, 8.5, 8.0, 7.5, 7.0)
"""Sizes of type in points, the first that fits is taken."""
FEW_LINES, NARROW = 2, 0.5
"""A line of a cell beyond the first ones counts as so much of a line of the table besides."""
MOST_LINES = 5
"""Labels of a row take no more lines than these where a smaller type avoids it."""
LONGEST = 16.0
"""No word has a right to more than these em; longer ones are broken."""
WIDEST = 60.0
"""No column of words wants more than these em."""
PADDING = 1.1
STEP = 4.0
"""Millimetres by which words are set off that belong to others."""
LINE, ROW_AIR, CAPTION_LINES = 1.17, 0.65, 3.0
"""Distance of lines in em, mm above and below a row, lines that a caption with its distances takes, about."""
PAIR_SIZE = 10.0
"""Type in points of words and what they say."""
AIR = 1.25
"""By so much columns grow where a page has room, for a type that is wider than the one that was reckoned with."""
MM_OF_POINT = 25.4 / 72
_NARROW = frozenset("iljtfrI.,:;!'|()[]-/ \u00a0\u202f")


@dataclass(frozen=True)
class Fit:
    """Type in points, whether the page lies across, and parts: for each its columns and their widths in mm."""

    size: float
    across: bool
    parts: tuple[tuple[tuple[int, ...], tuple[float, ...]], ...]


def fit(grid: Grid, rooms: tuple[float, float] = ROOMS) -> Fit:
    """The largest type with which a table fits, upright before across, and its labels take few lines; columns in parts
    if none does.

    Two parts of about the same width stand upright, more of them lie across. Every part begins with the label columns.
    """
    least, wanted = _least(grid), _wanted(grid)
    whole = _whole(grid, least, wanted, rooms)
    first = next(whole, None)
    if first is not None:
        same = takewhile(lambda one: one.across == first.across, chain([first], whole))
        return next((one for one in same if _lines(grid, one) <= MOST_LINES), first)
    for size in SIZES:
        parts = _laid(grid, least, wanted, rooms[0], size)
        if len(parts) == 2:
            return Fit(size, False, parts)
    return Fit(SIZES[-1], rooms[1] > rooms[0], _laid(grid, least, wanted, max(rooms), SIZES[-1]))


def _whole(grid: Grid, least: list[float], wanted: list[float], rooms: tuple[float, float]) -> Iterator[Fit]:
    """Every way in which no column is taken away, the best first."""
    columns = tuple(range(len(least)))
    for across, room in enumerate(rooms):
        for size in SIZES:
            em = size * MM_OF_POINT
            if sum(least) * em <= room:
                widths = _shifted(grid, least, _widths(least, wanted, room / em, em), em)
                yield Fit(size, bool(across), ((columns, widths),))


def _shifted(grid: Grid, least: Sequence[float], widths: tuple[float, ...], em: float) -> tuple[float, ...]:
    """Widths in mm, of which columns of words give others what they can spare while the table has fewer lines so, or
    fewer cells that are narrow and high."""
    cells = [np.array([em_width(row[column]) * 1.08 for row in grid.rows]) for column in range(grid.labels)]

    @cache
    def lines(column: int, width: float) -> np.ndarray:
        return np.maximum(1.0, np.ceil(cells[column] / max(width - PADDING, 0.1) - 1e-9))

    def all_lines(tried: Sequence[float]) -> float:
        many = np.array([lines(column, width) for column, width in enumerate(tried)])
        return float(many.max(axis=0).sum() + NARROW * np.maximum(many - FEW_LINES, 0.0).sum())

    def moved(found: Sequence[float]) -> Iterator[list[float]]:
        for taker, giver in permutations(range(grid.labels), 2):
            many = lines(taker, found[taker])
            high = many > 1.0
            for step in np.unique(cells[taker][high] / (many[high] - 1.0) + PADDING - found[taker]).tolist():
                if found[giver] - step >= least[giver]:
                    changed = {giver: found[giver] - step, taker: found[taker] + step}
                    yield [changed.get(column, width) for column, width in enumerate(found)]

    found = [width / em for width in widths[: grid.labels]]
    fewest = all_lines(found) if len(found) > 1 else 0
    while fewest > len(grid.rows):
        best = min(moved(found), key=all_lines, default=found)
        if all_lines(best) >= fewest:
            break
        fewest, found = all_lines(best), best
    return (*(round(width * em, 2) for width in found), *widths[grid.labels :])


def height(grid: Grid, laid: Fit) -> float:
    """About how high a table is with its caption and notes, in mm."""
    em, found = laid.size * MM_OF_POINT, 0.0
    for columns, widths in laid.parts:
        head, rows = part_of(grid, columns)
        heads = [[(one.text, sum(widths[one.first : one.first + one.columns])) for one in row] for row in head]
        for row in (*heads, *(list(zip(row, widths, strict=True)) for row in rows)):
            lines = [ceil(em_width(text) * 1.08 * em / (width - PADDING * em)) for text, width in row]
            found += LINE * em * max(lines, default=1) + ROW_AIR
    return found + LINE * em * (len(grid.below) + CAPTION_LINES * len(laid.parts))


def _lines(grid: Grid, laid: Fit) -> int:
    """About how many lines the longest label before the numbers of a row takes."""
    ((_, widths),) = laid.parts
    em = laid.size * MM_OF_POINT
    labels = [pair for row in grid.rows for pair in zip(row[: grid.labels], widths, strict=False)]
    lines = [ceil(em_width(cell) * em / (width - PADDING * em)) for cell, width in labels]
    return max(lines, default=1) if grid.labels < grid.columns else 1


def _laid(
    grid: Grid, least: list[float], wanted: list[float], width: float, size: float
) -> tuple[tuple[tuple[int, ...], tuple[float, ...]], ...]:
    """As few parts as a width in mm allows, each with its columns and their widths; labels get lines of their own."""
    em = size * MM_OF_POINT
    room = width / em
    if sum(wanted[: grid.labels]) < room / 2:
        least = [*wanted[: grid.labels], *least[grid.labels :]]
    return tuple(
        (columns, _widths([least[c] for c in columns], [wanted[c] for c in columns], room, em))
        for columns in _even_parts(least, grid.labels, room)
    )


def size_on_paper(grid: Grid) -> tuple[float, bool]:
    """Type in points and whether the page lies across, for a format that cannot take columns apart."""
    laid = fit(grid)
    if len(laid.parts) == 1:
        return laid.size, laid.across
    return max(3.0, ROOMS[1] / MM_OF_POINT / sum(_least(grid)) // 0.5 * 0.5), True


def part_of(grid: Grid, columns: Sequence[int]) -> tuple[tuple[tuple[Heading, ...], ...], tuple[tuple[str, ...], ...]]:
    """Headings and rows of some columns of a table."""
    head = []
    for row in grid.head:
        kept = []
        for heading in row:
            places = [new for new, old in enumerate(columns) if heading.first <= old < heading.first + heading.columns]
            if places:
                kept.append(Heading(heading.text, places[0], len(places), heading.rows))
        head.append(tuple(kept))
    return tuple(head), tuple(tuple(row[column] for column in columns) for row in grid.rows)


def pair_widths(rows: Sequence[tuple[str, str]], depths: Sequence[int], room: float) -> tuple[float, float]:
    """Widths in mm of words and of what they say: as much as the words want, if the others have enough, or half."""
    em = PAIR_SIZE * MM_OF_POINT
    deep = zip(rows, depths, strict=True)
    words = max(em * (em_width(word) * 1.08 + 2 * PADDING) + STEP * depth for (word, _), depth in deep)
    others = max(em * (em_width(text) + 2 * PADDING) for _, text in rows)
    first = min(words, max(0.45 * room, room - others))
    return first, room - first


@lru_cache(maxsize=20_000)
def em_width(text: str) -> float:
    """About how wide a text is, in em."""
    return sum(map(_character, text))


def has_long_words(text: str) -> bool:
    """Whether a word is wider than a column has to be."""
    return any(em_width(word) > LONGEST for word in _words(text))


def is_long(text: str) -> bool:
    """Whether a text is wider than a column has to be."""
    return em_width(text) > LONGEST


def breakable(text: str, most: float = LONGEST) -> str:
    """The text with places for breaks in words that are wider than `most` em."""
    return re.sub(r"[^\s\u200b]+", lambda found: _broken(found.group(), most), text)


def _broken(word: str, most: float) -> str:
    if em_width(word) <= most:
        return word
    pieces, piece = [], ""
    for character in word:
        if em_width(piece + character) > 1.5 and not unicodedata.combining(character):
            pieces.append(piece)
            piece = ""
        piece += character
    return "\u200b".join([*pieces, piece])


@cache
def _character(character: str) -> float:
    if character in _NARROW:
        return 0.33
    if character in "mwMW%—@" or character.isupper():
        return 0.8 if character in "mwMW%—@" else 0.68
    kind = unicodedata.category(character)
    if kind in ("Mn", "Cf"):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(character) in "WF" else 0.53


def _least(grid: Grid) -> list[float]:
    """Least width of each column, in em: its widest word, or its widest number as a whole."""
    widths = [0.0] * grid.columns
    for row in grid.rows:
        for column, cell in enumerate(row):
            words = _words(cell) if column < grid.labels else [cell]
            widths[column] = max(widths[column], *map(em_width, words or [""]))
    for row_of_head in grid.head:
        for heading in row_of_head:
            widest = max(map(em_width, _words(heading.text)), default=0.0) * 1.08 / heading.columns
            for column in range(heading.first, heading.first + heading.columns):
                widths[column] = max(widths[column], widest)
    if grid.strong:
        widths = [width * 1.06 for width in widths]
    return [min(width, LONGEST) + PADDING for width in widths]


def _wanted(grid: Grid) -> list[float]:
    """Width of each column at which none of its cells takes two lines, within bounds, in em."""
    widths = _least(grid)
    for column in range(grid.columns):
        cells = [em_width(row[column]) * 1.08 for row in grid.rows]
        cells += [em_width(h.text) * 0.6 for row in grid.head for h in row if (h.first, h.columns) == (column, 1)]
        widths[column] = max(widths[column], min(max(cells, default=0.0), WIDEST) + PADDING)
    return widths


def _widths(least: Sequence[float], wanted: Sequence[float], room: float, em: float) -> tuple[float, ...]:
    """Widths in mm: what is spare goes to columns in proportion to what they miss, so that their lines are as many."""
    spare = max(0.0, room - sum(least))
    missing = [want - need for want, need in zip(wanted, least, strict=True)]
    share = min(1.0, spare / total) if (total := sum(missing)) > 0.0 else 0.0
    widths = [need + share * miss for need, miss in zip(least, missing, strict=True)]
    air = max(1.0, min(AIR, room / sum(widths)))
    return tuple(round(width * air * em, 2) for width in widths)


def _even_parts(least: Sequence[float], labels: int, room: float) -> list[tuple[int, ...]]:
    """As few parts as there is room for, the widest of them as narrow as it can be."""
    parts = list(_parts(least, labels, room))
    while len(parts) > 1:
        narrower = max(sum(least[column] for column in part) for part in parts) - 1e-9
        tried = list(_parts(least, labels, narrower))
        if len(tried) > len(parts) or max(sum(least[column] for column in part) for part in tried) > narrower:
            break
        parts = tried
    return parts


def _parts(least: Sequence[float], labels: int, room: float) -> Iterator[tuple[int, ...]]:
    """Columns of each part, the labels first in all of them."""
    stub = tuple(range(labels))
    used = sum(least[column] for column in stub)
    part, width = list(stub), used
    for column in range(labels, len(least)):
        if width + least[column] > room and len(part) > labels:
            yield tuple(part)
            part, width = list(stub), used
        part.append(column)
        width += least[column]
    yield tuple(part)


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[ \t\n\u200b]+|(?<=/)|(?<=[-\u2013\u2010])(?!\d)", text) if word]
