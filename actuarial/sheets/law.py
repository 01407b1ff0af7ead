"""A law from the sheets of a workbook: the tables of a scheme file, and the cell of everything in them."""

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from typing import Any

from actuarial.errors import BadWorkbook
from actuarial.sheets import layout
from actuarial.sheets.cell_words import Names, base_of, folded, is_form, meant, options_of, unknown
from actuarial.sheets.cells import Grid, numeric_text, oddity
from actuarial.sheets.dated_rows import ALONG, Row, order_of
from actuarial.sheets.law_rows import (
    BETWEEN,
    CHOICE,
    MANY,
    NUMBER,
    ONE_OR_MANY,
    OWN,
    TEXT,
    TRUTH,
    Keyed,
    path_of,
    table_of,
)
from actuarial.sheets.layout import COLUMNS, FIRST, INDICES, KEYS, LAW, NO, ORDER, PATHS, PERS, PLACES, VALUE, YES
from actuarial.sheets.marks import MAKE, Marked
from actuarial.translation import LANGUAGES, Language, Told, language
from actuarial.vocabulary import SEXES

BLOCK = re.compile(r"\[\[(\w+)\]\]")
KEYED = re.compile(r"(\S+)(?: \((.+)\))?")
BESIDE = re.compile(r"\s*\([^)]*\)|\s*[;:].*")
"""What the short form of the label of a row has not: units, and what is explained."""
CHOSEN = {layout.PER: PERS, layout.INDEXED: INDICES, layout.PATH: PATHS}
"""Words of the law that the cells of a column may say."""
Spot = tuple[Grid, int]


@dataclass
class Law:
    """The tables of a scheme file, the cell and label of each path in them, and the mistakes of cells by addresses."""

    raw: dict[str, Any] = field(default_factory=dict)
    places: dict[tuple[Any, ...], str] = field(default_factory=dict)
    found: list[tuple[str, str]] = field(default_factory=list)
    labels: dict[tuple[Any, ...], str] = field(default_factory=dict)
    broken: set[tuple[Any, ...]] = field(default_factory=set)
    whole: bool = True
    say: Language = field(default_factory=language)
    names: Names = field(default_factory=Names)

    def add(self, place: str, told: "str | Told") -> None:
        """Add a mistake, said in the language of the workbook."""
        self.found.append((place, told.said(self.say) if isinstance(told, Told) else told))

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

    def called(self, path: tuple[Any, ...], name: str) -> str:
        """A path as its reader knows it: in English by its name, else by the label of its row and its name."""
        if self.say.code == "en":
            return name
        label = next((self.labels[path[:n]] for n in range(len(path), 0, -1) if self.labels.get(path[:n])), "")
        return f"{BESIDE.sub('', label)} ({name})" if label else name


def read_law(opened: Marked) -> Law:
    """The law of a workbook; mistakes of cells are collected.

    Raises
    ------
    BadWorkbook
        The workbook has no sheets of a law.
    """
    grids = opened.of(LAW)
    law = Law(say=opened.say, names=opened.names)
    law.whole = not any(mark.split()[0] == LAW for mark in opened.lacking)
    if not grids and not opened.found:
        text = opened.say(
            "the workbook has a basis and no scheme.\n"
            "  Make one with both: actuarial template FILE.xlsx --scheme SCHEME.toml --basis BASIS."
        )
        raise BadWorkbook(f"{opened.book.path}: {text}")
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
            law.add(grid.place(KEYS, column), shifted(key, grid.place(KEYS, there[0]) if there else ""))
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
            text = Told("{word} stands before the first block; {remedy}", word=repr(word), remedy=Told(MAKE))
            law.add(grid.place(row, 1), text)
    for start, fields in blocks:
        if not key or _used(grid, start, fields, law):
            _add(grid, start, key, fields, law)


def _add(grid: Grid, start: int, key: str, fields: list[Keyed], law: Law) -> None:
    """Add a table with its places."""
    found: list[tuple[Spot, Told]] = []
    table, places = table_of(fields, found)
    for spot, told in found:
        law.add(spot[0].place(spot[1], VALUE), told)
    path: tuple[Any, ...] = ()
    if key:
        several = law.raw.setdefault(key, [])
        path = (key, len(several))
        law.places[path] = grid.place(start, VALUE)
        law.labels[path] = str(grid.at(start, 2) or "")
        several.append(table)
    else:
        law.raw |= table
    law.broken |= {(*path, *(path_of(one.key) or ())) for one in fields if one.broken}
    law.labels |= {(*path, *inner): str(spot[0].at(spot[1], 2) or "") for inner, spot in places.items()}
    law.places |= {(*path, *inner): spot[0].place(spot[1], VALUE) for inner, spot in places.items()}


def _used(grid: Grid, row: int, fields: list[Keyed], law: Law) -> bool:
    """Whether a block is in use; where it does not say so and has values, that is a mistake."""
    word = grid.at(row, VALUE)
    if said(word, YES):
        return True
    filled = [one for one in fields if one.rows and one.key != "form"]
    if said(word, NO) or (word is None and not filled):
        return False
    answers = {"yes": Told(YES), "no": Told(NO)}
    law.add(
        grid.place(row, VALUE),
        Told("the block has values and does not say whether they are used; write {yes} or {no}", **answers)
        if word is None
        else Told("{word} is no answer; write {yes} or {no}", word=repr(word), **answers),
    )
    return True


def said(word: Any, text: str) -> bool:
    """Whether a cell says yes or no in one of the languages."""
    if isinstance(word, bool):
        return word == (text == YES)
    return isinstance(word, str) and folded(word) in _answers(text)


@cache
def _answers(text: str) -> set[str]:
    """How a word is said, and what spreadsheet programs call true and false."""
    truths = {"true", "vrai", "verdadero"} if text == YES else {"false", "faux", "falso"}
    return {folded(language(code)(text)) for code in LANGUAGES} | truths


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
        law.add(grid.place(row, VALUE), Told("the cell is empty while the row says what it is for; fill it"))
        return
    value, labels = _value(grid, row, one, law), _labels(grid, row, law)
    told = {column: _words(grid, row, column, law) for column in (layout.PATH, layout.PER, layout.INDEXED)}
    if value is None or labels is None or None in told.values():
        one.broken = True
        return
    order = order_of(set(labels), str(grid.at(row, ORDER) or ""))
    paths = tuple(told[layout.PATH] or ())
    one.rows.append(Row(value, tuple((dim, labels[dim]) for dim in order), paths, (grid, row)))
    for column, stated in ((layout.PER, one.per), (layout.INDEXED, one.indexed)):
        for word in told[column] or ():
            stated.setdefault(word, (grid, row))


def _words(grid: Grid, row: int, column: int, law: Law) -> list[str] | None:
    """The words of the law that a cell of a column says, none or several with strokes between them; None for others."""
    value, words = grid.at(row, column), CHOSEN[column]
    if value is None:
        return []
    parts = str(value).split("/") if column == layout.PATH else [str(value)]
    known = [meant(part, words) for part in parts]
    if None in known:
        law.add(grid.place(row, column), oddity(value) or unknown(law.say, value, words))
        return None
    return [word for word in known if word]


def _keyed(grid: Grid, row: int, word: Any, fields: list[Keyed], law: Law) -> Keyed | None:
    """The field of a row."""
    if word is None:
        if not fields:
            law.add(grid.place(row, VALUE), Told("the row belongs to no field; put it below one, or clear it"))
        return fields[-1] if fields else None
    match = KEYED.fullmatch(str(word))
    if not isinstance(word, str) or match is None:
        text = Told("{word} is no key of a field; {remedy}", word=repr(word), remedy=Told(MAKE))
        law.add(grid.place(row, 1), text)
        return None
    key, kind = match.group(1), match.group(2) or ""
    known = next((one for one in fields if one.key == key), None)
    if known is None:
        known = Keyed(key, kind, (grid, row))
        fields.append(known)
    return known


def _value(grid: Grid, row: int, one: Keyed, law: Law) -> Any:
    """What a cell of values holds, as scheme files have it; None after a mistake."""
    value, place, base = grid.at(row, VALUE), grid.place(row, VALUE), base_of(one.kind)
    wrong = oddity(value, word=base not in ("", NUMBER))
    if wrong is None and base == NUMBER and isinstance(value, str):
        wrong = numeric_text(value)
    if wrong:
        law.add(place, wrong)
        return None
    if one.kind == ONE_OR_MANY or base == MANY:
        return _many(str(value) if isinstance(value, str) else repr(value), one.kind, law.names)
    if base == CHOICE or (base == NUMBER and isinstance(value, str)):
        return _chosen(value, place, one, law)
    if base == TRUTH:
        return next((answer for text, answer in ((YES, True), (NO, False)) if said(value, text)), value)
    if base not in ("", NUMBER) and isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(value)
    refers = base == TEXT and isinstance(value, str) and one.key.rpartition(".")[2] not in OWN
    return law.names.meant(value) if refers else value


def _chosen(value: Any, place: str, one: Keyed, law: Law) -> Any:
    """The word of the law that a cell says; None after a mistake, where a number cannot be meant either."""
    words, form = options_of(one.kind), is_form(one.key)
    known = meant(str(value), words, form=form)
    if known is None and (base_of(one.kind) == CHOICE or words):
        law.add(place, unknown(law.say, value, words, form=form))
        return None
    return value if known is None else known


def _many(text: str, kind: str, names: Names) -> str:
    """Words with commas between them, names among them as the law has them."""
    known = meant(text, options_of(kind)) if kind != ONE_OR_MANY else None
    parts = [names.meant(part.strip()) for part in BETWEEN.split(text) if part.strip()]
    return known or ", ".join(parts) or text


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
            if not whole:
                wrong = wrong or Told("{word} must be a whole number; write it as a number", word=repr(value))
            labels[dim] = int(value) if whole else None
        elif dim == "sex":
            labels[dim] = sex_of(value)
            if not labels[dim]:
                wrong = wrong or no_sex(value)
        else:
            labels[dim] = value if isinstance(value, str) else repr(value)
        if wrong:
            law.add(grid.place(row, column), wrong)
            good = False
    return labels if good else None


def shifted(key: str, place: str) -> Told:
    """That a column does not stand where it belongs, but in another place or nowhere."""
    if not place:
        return Told(
            "the table has been shifted: the column {key} is missing; undo the insertion or removal of rows or "
            "columns, or {remedy}",
            key=key,
            remedy=Told(MAKE),
        )
    return Told(
        "the table has been shifted: what belongs here stands in {place}; undo the insertion or removal of rows or "
        "columns, or {remedy}",
        place=place,
        remedy=Told(MAKE),
    )


def sex_of(word: Any) -> str | None:
    """The sex that a cell says in one of the languages."""
    return _sexes().get(folded(word)) if isinstance(word, str) else None


def no_sex(word: Any) -> Told:
    """That a cell says no sex; what it may say, and which of that looks like it."""
    close = get_close_matches(folded(str(word)), _sexes(), n=1, cutoff=0.6)
    both = {sex: Told(sex) for sex in SEXES}
    if not close:
        return Told("{word} is no sex; write {male} or {female}", word=repr(word), **both)
    return Told(
        "{word} is no sex; write {male} or {female} ({close}?)",
        word=repr(word), close=Told(_sexes()[close[0]]), **both,
    )  # fmt: skip


@cache
def _sexes() -> dict[str, str]:
    return {folded(word): sex for sex in SEXES for word in (sex, *(language(code)(sex) for code in LANGUAGES))}
