"""Which sheet of a workbook is which: by the mark in its first cell, as the manifest lists them."""

from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from actuarial.errors import BadWorkbook
from actuarial.sheets.cell_words import Names
from actuarial.sheets.cells import Book, Grid, letters, quoted
from actuarial.sheets.law_names import names_in_sheets
from actuarial.sheets.layout import BASIS, KEYS, LAW, LISTS, MANIFEST, ORDER, START, VERSION
from actuarial.translation import LANGUAGES, N_, Language, Told, language

LISTED = 60
"""Mistakes that one message lists."""
MAKE = N_("make a new workbook with `actuarial template` and copy the numbers into it")


@dataclass
class Marked:
    """An opened workbook: title of the sheet of each mark, words of the manifest, what is wrong so far,
    the marks of sheets that were not found, and the cell of each name that was read."""

    book: Book
    titles: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)

    @property
    def say(self) -> Language:
        """The language that the workbook was made in; English where it does not tell."""
        code = self.words.get("language", "en")
        return language(code if code in LANGUAGES else "en")

    @cached_property
    def names(self) -> Names:
        """Names of the parts of the law, if the workbook has one."""
        return names_in_sheets(
            {mark: self.book.grid(one) for mark, one in self.titles.items() if mark.split()[0] == LAW}
        )

    def of(self, part: str) -> dict[str, Grid]:
        """Sheets of the law or of the basis by their marks, after a look at what they hide or merge."""
        grids = {}
        for mark, title in self.titles.items():
            if mark.split()[0] == part:
                grids[mark] = grid = self.book.grid(title)
                self.found += faults_of_structure(grid, part, self.say)
        return grids


def marked(path: str | Path) -> Marked:
    """Open a workbook of inputs.

    Raises
    ------
    BadWorkbook
        The file cannot be read as a workbook, is none of inputs, or one of another version.
    """
    book = Book(path)
    marks = {title: _mark(book, title) for title in book.titles}
    if MANIFEST not in marks:
        if any(marks.values()):
            text = N_("{path}: the sheet {sheet} is missing. Undo its removal, or {remedy}.")
            raise BadWorkbook(Told(text, path=path, sheet=MANIFEST, remedy=Told(MAKE)))
        text = N_(
            "{path}: the workbook has no sheet {sheet}, so it is no workbook of inputs.\n"
            "  Make one: actuarial template FILE.xlsx; or give a folder with basis.toml, or a scheme file (.toml)."
        )
        raise BadWorkbook(Told(text, path=path, sheet=MANIFEST))
    result = Marked(book)
    listed = _manifest(result)
    _match(result, listed, {title: mark for title, mark in marks.items() if title not in (MANIFEST, LISTS)})
    return result


def _mark(book: Book, title: str) -> str:
    word = book.mark(title)
    return word if word.split(" ")[0] in (LAW, BASIS, START) else ""


def _manifest(result: Marked) -> dict[str, str]:
    """Title of the sheet of each mark, as the manifest has it; its other words become those of the workbook."""
    grid, listed = result.book.grid(MANIFEST), {}
    for row in sorted(grid.rows):
        key, first, second = (grid.at(row, column) for column in (1, 2, 3))
        if key == "sheet":
            listed[str(first)] = str(second)
        elif isinstance(key, str):
            result.words[key] = str(first)
    version = result.words.get("template_version")
    if version != str(VERSION):
        text = result.say(
            "the workbook was made for version {version} of the layout; this library reads {own}.\n"
            "  To go on, {remedy}.",
            version=version,
            own=VERSION,
            remedy=result.say(MAKE),
        )
        raise BadWorkbook(f"{result.book.path}: {text}")
    return listed


def _match(result: Marked, listed: dict[str, str], marks: dict[str, str]) -> None:
    """Find the sheet of each mark; what is missing, renamed, copied or looks alike is told."""
    say = result.say

    def add(title: str, text: str) -> None:
        result.found.append(f"{quoted(title)}!A1: {text}")

    for mark, title in listed.items():
        having = [name for name, own in marks.items() if own == mark]
        if not having:
            result.lacking.append(mark)
            add(title, _missing(result.book, mark, title, marks, say))
        elif title not in having:
            add(having[0], say("this is the sheet {title!r} under another name; name it {title!r} again", title=title))
        for copy in having if title in having else having[1:]:
            if copy != title:
                add(copy, say("the sheet is a copy of {title!r}; remove one of them", title=title))
        if having:
            result.titles[mark] = title if title in having else having[0]
    for title in result.titles.values():
        if result.book.hidden(title):
            add(title, say("the sheet is hidden; show it, so that all see what is valued"))
    for title, mark in marks.items():
        close = get_close_matches(title, list(listed.values()), n=1, cutoff=0.8)
        if mark and mark not in listed:
            text = say(
                "the sheet comes from another workbook; copy its numbers into the sheets of this one, and remove it"
            )
            add(title, text)
        elif not mark and close and title not in listed.values():
            text = say(
                "the sheet is not read; did you mean {close!r}? If it is your own, give it quite another name",
                close=close[0],
            )
            add(title, text)


def _missing(book: Book, mark: str, title: str, marks: dict[str, str], say: Language) -> str:
    """What is told of a sheet that was not found."""
    if title not in marks:
        return say("the sheet is missing; undo its removal, or {remedy}", remedy=say(MAKE))
    grid = book.grid(title)
    moved = [(r, c) for r in sorted(grid.rows)[:9] for c in sorted(grid.rows[r])[:9] if grid.at(r, c) == mark]
    if not moved:
        return say(
            "the mark {mark!r} is missing from the hidden column A; undo what removed it, or {remedy}",
            mark=mark,
            remedy=say(MAKE),
        )
    row, column = moved[0]
    rows = say("rows") if column == 1 else say("columns") if row == 1 else say("rows and columns")
    return say(
        "the table has been shifted: what belongs into A1 stands in {cell}; remove the {rows} that were inserted "
        "before it",
        cell=f"{letters(column)}{row}",
        rows=rows,
    )


def faults_of_structure(grid: Grid, part: str, say: Language) -> list[str]:
    """Merged cells, hidden rows and hidden columns of a table."""
    found, shape = [], grid.structure
    for top, left, end, right in shape.merged:
        if end >= KEYS:
            span = f"{letters(left)}{top}:{letters(right)}{end}"
            text = say("the cells {span} are merged; unmerge them and write what belongs into each of them", span=span)
            found.append(f"{grid.place(top, left)}: {text}")
    hidden = [row for row in sorted(shape.rows) if row != KEYS and _holds(grid, row)]
    for first, last in _runs(hidden):
        one = say("row {first} is hidden; show it (also with a filter), or remove it", first=first)
        many = say("rows {first} to {last} are hidden; show them (also with a filter), or remove them",
                   first=first, last=last)  # fmt: skip
        found.append(f"{grid.place(first, 2)}: {one if first == last else many}")
    own = (1, ORDER) if part == LAW else (1,)
    filled = {column for row in grid.rows.values() for column in row}
    for first, last in _runs(sorted(column for column in shape.columns if column not in own and column in filled)):
        one = say("column {first} is hidden; show it, or remove it", first=letters(first))
        many = say("columns {first} to {last} are hidden; show them, or remove them",
                   first=letters(first), last=letters(last))  # fmt: skip
        found.append(f"{grid.place(KEYS + 1, first)}: {one if first == last else many}")
    return found


def _holds(grid: Grid, row: int) -> bool:
    return any(grid.at(row, column) is not None for column in grid.rows.get(row, {}))


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """First and last of numbers that follow each other."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def refuse(opened: Marked, found: list[str]) -> None:
    """Raise the mistakes that were found in a workbook, if any, in its language.

    Raises
    ------
    BadWorkbook
    """
    every, say, path = list(dict.fromkeys(found)), opened.say, opened.book.path
    if every:
        more = [say("... and {count} more", count=len(every) - LISTED)] if len(every) > LISTED else []
        count = say("{count} mistakes", count=len(every)) if len(every) > 1 else say("1 mistake")
        raise BadWorkbook("\n".join([f"{path}: {count}", *every[:LISTED], *more]))
