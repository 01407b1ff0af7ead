"""The parts of a report one after the other, in runs of pages that stand upright or lie across."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from actuarial.report.shown import Grid, Item, Part


@dataclass(frozen=True)
class Title:
    """A heading of the text."""

    text: str
    level: int
    anchor: str
    new_page: bool
    kind: str = "heading"


@dataclass(frozen=True)
class Run:
    """What stands on pages of one direction."""

    across: bool
    items: tuple[Title | Item, ...]


def runs(parts: Sequence[Part], lies: Callable[[Grid], bool]) -> tuple[Run, ...]:
    """Headings and blocks in runs; `lies` says which tables need a page across. Headings, and a list between one and a
    table, go with what follows them; the first heading begins a page."""
    found: list[tuple[bool, list[Title | Item]]] = []
    waiting: list[Title | Item] = []
    items = tuple(_flat(parts))
    for place, item in enumerate(items):
        waiting.append(replace(item, new_page=True) if place == 0 and isinstance(item, Title) else item)
        if isinstance(item, Title) or _leads(items[max(place - 1, 0) : place + 2]):
            continue
        across = isinstance(item, Grid) and lies(item)
        if not found or found[-1][0] != across:
            found.append((across, []))
        found[-1][1].extend(waiting)
        waiting = []
    if waiting and found and not found[-1][0]:
        found[-1][1].extend(waiting)
    elif waiting:
        found.append((False, waiting))
    return tuple(Run(across, tuple(items)) for across, items in found)


def _leads(items: Sequence[Title | Item]) -> bool:
    """Whether the second of three items is a list between a heading and a table, of which it says the first words."""
    return len(items) == 3 and tuple(item.kind for item in items) == ("heading", "lines", "table")


def _flat(parts: Sequence[Part]) -> Iterator[Title | Item]:
    for part in parts:
        yield Title(part.heading, part.level, part.anchor, part.new_page)
        yield from part.items
        yield from _flat(part.parts)
