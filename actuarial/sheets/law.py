"""A law from the sheets of a workbook: the tables of a scheme file, and the cell of everything in them."""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from actuarial.errors import BadWorkbook
from actuarial.sheets import layout
from actuarial.sheets.cells import Grid, numeric_text, oddity
from actuarial.sheets.dated_rows import ALONG, Row, order_of
from actuarial.sheets.law_rows import NUMBER, TRUTH, Keyed, path_of, table_of
from actuarial.sheets.layout import COLUMNS, FIRST, KEYS, LAW, NO, ORDER, PLACES, VALUE, YES
from actuarial.sheets.marks import MAKE, Marked
from actuarial.translation import LANGUAGES, language
from actuarial.vocabulary import SEXES

BLOCK = re.compile(r"\[\[(\w+)\]\]")
KEYED = re.compile(r"(\S+)(?: \((.+)\))?")
Spot = tuple[Grid, int]


@dataclass
class Law:
    """The tables of a scheme file, the cell of each path in them, and the mistakes of the cells by their addresses."""

    raw: dict[str, Any] = field(default_factory=dict)
    places: dict[tuple[Any, ...], str] = field(default_factory=dict)
    found: list[tuple[str, str]] = field(default_factory=list)
    broken: set[tuple[Any, ...]] = field(default_factory=set)
    whole: bool = True

    def told(self, path: tuple[Any, ...]) -> bool:
        """Whether a mistake of the law comes from a mistake of a cell, or may come from a sheet that was not read."""
        near = any(path[: len(one)] == one or one[: len(path)] == path for one in self.broken)
        return near or not self.whole

    def place(self, path: tuple[Any, ...]) -> str:
        """Cell of a path, or of the innermost table around it that the workbook has."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
        return next(iter(self.places.values()), "")


def read_law(opened: Marked) -> Law:
    """The law of a workbook; mistakes of cells are collected.

    Raises
    ------
    BadWorkbook
        The workbook has no sheets of a law.
    """
    law, grids = Law(), opened.of(LAW)
    law.whole = not any(mark.split()[0] == LAW for mark in opened.lacking)
    if not grids and not opened.found:
        raise BadWorkbook(
            f"{opened.book.path}: the workbook has a basis and no scheme.\n"
            "  Make one with both: actuarial template FILE.xlsx --scheme SCHEME.toml --basis BASIS."
        )
    for mark, grid in grids.items():
        key = mark.partition(" ")[2]
        if key:
            law.places[key,] = grid.place(layout.MARK, 2)
        if _has_keys(grid, law):
            _sheet(grid, key, law)
        else:
            law.whole = False
    return law


def _has_keys(grid: Grid, law: Law) -> bool:
    """Whether the hidden row of keys is where it belongs."""
    for column, key in COLUMNS.items():
        if grid.at(KEYS, column) != key:
            there = [c for c in grid.rows.get(KEYS, {}) if grid.at(KEYS, c) == key]
            what = f"{key!r} is missing" if not there else f"what belongs here stands in {grid.place(KEYS, there[0])}"
            text = f"the table has been shifted: {what}; undo the insertion or removal of columns or rows, or {MAKE}"
            law.found.append((grid.place(KEYS, column), text))
            return False
    return True


def _sheet(grid: Grid, key: str, law: Law) -> None:
    """Add the fields of a sheet; on sheets of parts each block is a table."""
    blocks: list[tuple[int, list[Keyed]]] = [] if key else [(0, [])]
    for row in sorted(row for row in grid.rows if row >= FIRST):
        word = grid.at(row, 1)
        if isinstance(word, str) and BLOCK.fullmatch(word):
            blocks.append((row, []))
        elif blocks:
            _row(grid, row, blocks[-1][1], law)
        elif word is not None:
            law.found.append((grid.place(row, 1), f"{word!r} stands before the first block; {MAKE}"))
    for start, fields in blocks:
        if not key or _used(grid, start, fields, law):
            _add(grid, start, key, fields, law)


def _add(grid: Grid, start: int, key: str, fields: list[Keyed], law: Law) -> None:
    """Add a table with its places."""
    found: list[tuple[Spot, str]] = []
    table, places = table_of(fields, found)
    law.found += [(spot[0].place(spot[1], VALUE), text) for spot, text in found]
    path: tuple[Any, ...] = ()
    if key:
        several = law.raw.setdefault(key, [])
        path = (key, len(several))
        law.places[path] = grid.place(start, VALUE)
        several.append(table)
    else:
        law.raw |= table
    law.broken |= {(*path, *(path_of(one.key) or ())) for one in fields if one.broken}
    law.places |= {(*path, *inner): spot[0].place(spot[1], VALUE) for inner, spot in places.items()}


def _used(grid: Grid, row: int, fields: list[Keyed], law: Law) -> bool:
    """Whether a block is in use; where it does not say so and has values, that is a mistake."""
    word = grid.at(row, VALUE)
    if _said(word, YES):
        return True
    filled = [one for one in fields if one.rows and one.key != "form"]
    if _said(word, NO) or (word is None and not filled):
        return False
    what = "the block has values and does not say whether they are used" if word is None else f"{word!r} is no answer"
    law.found.append((grid.place(row, VALUE), f"{what}; write yes or no (oui, non; sí, no)"))
    return True


def _said(word: Any, text: str) -> bool:
    """Whether a cell says a word in one of the languages."""
    if isinstance(word, bool):
        return word == (text == YES)
    return isinstance(word, str) and word.lower() in _answers(text)


@cache
def _answers(text: str) -> set[str]:
    """How a word is said, and what spreadsheet programs call true and false."""
    truths = {"true", "vrai", "verdadero"} if text == YES else {"false", "faux", "falso"}
    return {language(code)(text) for code in LANGUAGES} | truths


def _row(grid: Grid, row: int, fields: list[Keyed], law: Law) -> None:
    """Add a row to the field of its key; one without key belongs to the field above."""
    word = grid.at(row, 1)
    cells = {column: grid.at(row, column) for column in range(VALUE, ORDER)}
    filled = {column for column, value in cells.items() if value is not None}
    if word is None and not filled:
        return
    one = _keyed(grid, row, word, fields, law)
    if one is None or not filled:
        return
    if VALUE not in filled:
        one.broken = True
        law.found.append((grid.place(row, VALUE), "the cell is empty while the row says what it is for; fill it"))
        return
    value, labels = _value(grid, row, one.kind, law), _labels(grid, row, law)
    if value is None or labels is None:
        one.broken = True
        return
    order = order_of(set(labels), str(grid.at(row, ORDER) or ""))
    paths = tuple(str(cells[layout.PATH]).split("/")) if layout.PATH in filled else ()
    one.rows.append(Row(value, tuple((dim, labels[dim]) for dim in order), paths, (grid, row)))
    for column, stated in ((layout.PER, one.per), (layout.INDEXED, one.indexed)):
        if column in filled:
            stated.setdefault(str(cells[column]), (grid, row))


def _keyed(grid: Grid, row: int, word: Any, fields: list[Keyed], law: Law) -> Keyed | None:
    """The field of a row."""
    if word is None:
        if not fields:
            law.found.append((grid.place(row, VALUE), "the row belongs to no field; put it below one, or clear it"))
        return fields[-1] if fields else None
    match = KEYED.fullmatch(str(word))
    if not isinstance(word, str) or match is None:
        law.found.append((grid.place(row, 1), f"{word!r} is no key of a field; {MAKE}"))
        return None
    key, kind = match.group(1), match.group(2) or ""
    known = next((one for one in fields if one.key == key), None)
    if known is None:
        known = Keyed(key, kind, (grid, row))
        fields.append(known)
    return known


def _value(grid: Grid, row: int, kind: str, law: Law) -> Any:
    """What a cell of values holds; None after a mistake."""
    value = grid.at(row, VALUE)
    wrong = oddity(value, word=kind not in ("", NUMBER))
    if kind == NUMBER and isinstance(value, str):
        wrong = numeric_text(value)
    if wrong:
        law.found.append((grid.place(row, VALUE), wrong))
        return None
    if kind == TRUTH:
        return next((answer for text, answer in ((YES, True), (NO, False)) if _said(value, text)), value)
    if kind not in ("", NUMBER) and isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(value)
    return value


def _labels(grid: Grid, row: int, law: Law) -> dict[str, Any] | None:
    """What a row is for; None after a mistake."""
    labels: dict[str, Any] = {}
    good = True
    for dim, column in PLACES.items():
        value = grid.at(row, column)
        if value is None:
            continue
        wrong = oddity(value)
        if dim in ALONG:
            whole = isinstance(value, (int, float)) and not isinstance(value, bool) and value == int(value)
            wrong = wrong or ("" if whole else f"{value!r} must be a whole number; write it as a number")
            labels[dim] = int(value) if whole else None
        elif dim == "sex":
            labels[dim] = sex_of(value)
            text = f"{value!r} is no sex; write one of {', '.join(_sexes())}"
            wrong = wrong or ("" if labels[dim] else text)
        else:
            labels[dim] = value if isinstance(value, str) else repr(value)
        if wrong:
            law.found.append((grid.place(row, column), wrong))
            good = False
    return labels if good else None


def sex_of(word: Any) -> str | None:
    """The sex that a cell says in one of the languages."""
    return _sexes().get(word) if isinstance(word, str) else None


@cache
def _sexes() -> dict[str, str]:
    return {word: sex for sex in SEXES for word in (sex, *(language(code)(sex) for code in LANGUAGES))}
