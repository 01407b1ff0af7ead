"""Last pages of chapters on paper: a block that would stand alone there takes the one before it along."""

from collections.abc import Iterator, Sequence
from typing import Any

HIGH = 595.0, 842.0
"""Height of a page of A4 in points: across and upright."""
MARGINS = 135.0
"""Points of a page above and below its text, about."""
BETWEEN = 60.0
"""Points that headings and distances between two blocks take, about."""
LEFT = 0.35
"""So much of a page, at least, is filled above a block that goes to the next one."""
LITTLE = 0.28
"""A last page of a chapter is filled little above so much of its height."""


def turned_before(told: Sequence[dict[str, Any]], edges: Sequence[dict[str, Any]]) -> Iterator[int]:
    """Numbers of the blocks before which a page ends.

    Parameters
    ----------
    told : runs of pages of one direction, each with `across` and its `items`, which have kind and number
    edges : number, page and height (points from the top) of both ends of each block that no page takes apart

    Yields
    ------
    int
        Number of the block before the last one of a chapter, or of the headings in front of it, where the last one is
        alone on its page and there is room for both.
    """
    ends: dict[int, list[dict[str, Any]]] = {}
    for edge in edges:
        ends.setdefault(edge["number"], []).append(edge)
    for run in told:
        for chapter in _chapters(run["items"]):
            blocks = [item["number"] for item in chapter if item["kind"] != "heading"]
            if len(blocks) < 3:
                continue
            before, last = (ends.get(number, []) for number in blocks[-2:])
            if _goes_along(before, last, HIGH[not run["across"]]):
                yield _first(chapter, blocks[-2])


def ends_of_little(
    told: Sequence[dict[str, Any]], edges: Sequence[dict[str, Any]], tables: Sequence[dict[str, Any]]
) -> Iterator[str]:
    """Anchors of the tables of chapters whose last page, which stands upright, has a few lines.

    `told` and `edges` as above; `tables` have an anchor and the page of their first row.
    """
    ends = {edge["number"]: edge for edge in edges}
    first = {table["anchor"]: table["first"] for table in tables}
    for run in told:
        for chapter in _chapters(run["items"]) if not run["across"] else ():
            last = ends.get(chapter[-1]["number"])
            anchors = [item["anchor"] for item in chapter if item["kind"] == "table"]
            before = any(first.get(anchor, 0) < last["page"] for anchor in anchors) if last else False
            if last and before and last["y"] < LITTLE * HIGH[1]:
                yield from anchors


def _chapters(items: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Items between the headings that begin a page."""
    found: list[dict[str, Any]] = []
    for item in items:
        if found and item["kind"] == "heading" and item["new_page"]:
            yield found
            found = []
        found.append(item)
    yield found


def _goes_along(before: Sequence[dict[str, Any]], last: Sequence[dict[str, Any]], high: float) -> bool:
    """Whether a block is alone on its page, and the one before it, which ends the page before, fits there too."""
    if len(before) != 2 or len(last) != 2 or before[1]["page"] == last[0]["page"]:
        return False
    heights = sum(end["y"] - begin["y"] for begin, end in (before, last))
    return before[0]["y"] > LEFT * high and heights + BETWEEN <= high - MARGINS


def _first(chapter: Sequence[dict[str, Any]], number: int) -> int:
    """Number of the first of the headings right in front of a block, or of the block."""
    place = next(place for place, item in enumerate(chapter) if item["number"] == number)
    while place > 0 and chapter[place - 1]["kind"] == "heading":
        place -= 1
    return int(chapter[place]["number"])
