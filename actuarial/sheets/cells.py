"""Cells of a workbook: plain numbers and words, and what only looks like them."""

import re
import warnings
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from actuarial.errors import BadWorkbook
from actuarial.sheets.structure import Structure, never_calculated, structures
from actuarial.translation import N_, Told, why

WORKBOOKS = (".xlsx", ".xlsm")
OTHERS = (".xls", ".xlsb", ".ods", ".numbers")
NUMERIC = re.compile(r"[-+(]?[\s'\u00a0\u202f]*[\d.,][\d.,\s'\u00a0\u202f]*[)%]?\s*%?(?:[eE][-+]?\d+)?")


@dataclass(frozen=True)
class Odd:
    """What is neither a number nor a word: a date, the error of a formula, a formula without a stored result."""

    kind: str
    shown: str


@dataclass
class Grid:
    """The cells of a sheet that hold something, by row and column from 1."""

    title: str
    rows: dict[int, dict[int, Any]]
    structure: Structure = field(default_factory=Structure)

    def at(self, row: int, column: int) -> Any:
        """What a cell holds: a number, a word without spaces around it, True, False, `Odd`, or None."""
        value = self.rows.get(row, {}).get(column)
        return value.strip() or None if isinstance(value, str) else value

    def place(self, row: int, column: int) -> str:
        """Address of a cell, as `Sheet!C14`."""
        return f"{quoted(self.title)}!{letters(column)}{row}"


def quoted(title: str) -> str:
    """Name of a sheet as addresses have it."""
    return title if re.fullmatch(r"\w+", title) else "'" + title.replace("'", "''") + "'"


def letters(column: int) -> str:
    """Letters of a column from 1."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def is_workbook(path: str | Path) -> bool:
    """Whether a path is that of a workbook, of a kind that can be read or not."""
    return Path(path).suffix.lower() in (*WORKBOOKS, *OTHERS)


class Book:
    """An opened workbook; each sheet is read when it is asked for.

    Raises
    ------
    BadWorkbook
        No such file, or it cannot be read as a workbook.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.structures, self.never_calculated = _opened(self.path)
        self.book = _load(self.path, results=False)
        self.grids: dict[str, Grid] = {}

    @property
    def titles(self) -> list[str]:
        """Names of the sheets with cells, in their order."""
        return [sheet.title for sheet in self.book.worksheets]

    def hidden(self, title: str) -> bool:
        """Whether a sheet is not shown."""
        return bool(self.book[title].sheet_state != "visible")

    def mark(self, title: str) -> str:
        """What the first cell of a sheet says."""
        sheet = self.book[title]
        first = next(sheet.iter_rows(min_row=1, max_row=1, min_col=1, max_col=1, values_only=True), ((None,)))
        return str(first[0]) if first and isinstance(first[0], str) else ""

    def grid(self, title: str) -> Grid:
        """The cells of a sheet."""
        if title not in self.grids:
            self.grids[title] = self._read(title)
        return self.grids[title]

    @cached_property
    def results(self) -> Any:
        """The same workbook with the results of its formulas."""
        return _load(self.path, results=True)

    def _read(self, title: str) -> Grid:
        sheet = self.book[title]
        sheet.reset_dimensions()
        rows: dict[int, dict[int, Any]] = {}
        formulas: dict[tuple[int, int], str] = {}
        for cells in sheet.iter_rows():
            found = {}
            for cell in cells:
                value = cell.value
                if value is None or (isinstance(value, str) and not value.strip()):
                    continue
                kind = cell.data_type
                if kind == "f":
                    formulas[cell.row, cell.column] = str(getattr(value, "text", value))
                elif kind == "e":
                    value = Odd("error", str(value))
                elif isinstance(value, (date, datetime)) or kind == "d":
                    value = Odd("date", _day(value))
                found[cell.column] = value
                row = cell.row
            if found:
                rows[row] = found
        if formulas:
            self._put_results(title, rows, formulas)
        return Grid(title, rows, self.structures.get(title, Structure()))

    def _put_results(self, title: str, rows: dict[int, dict[int, Any]], formulas: dict[tuple[int, int], str]) -> None:
        """Stored results in the place of formulas; none is believed where the workbook says it was never calculated."""
        sheet = self.results[title]
        sheet.reset_dimensions()
        for place, text in formulas.items():
            rows[place[0]][place[1]] = Odd("unstored", text)
        if self.never_calculated:
            return
        for cells in sheet.iter_rows():
            for cell in cells:
                value = cell.value
                if value is not None and (cell.row, cell.column) in formulas:
                    odd = Odd("error", str(value)) if cell.data_type == "e" else value
                    rows[cell.row][cell.column] = Odd("date", _day(value)) if cell.data_type == "d" else odd


def _day(value: Any) -> str:
    """A date as ISO text, with its time of day where it has one."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == value.time().min else value.isoformat(" ")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _opened(path: Path) -> tuple[dict[str, Structure], bool]:
    """Structure of all sheets and whether formulas have no results, after a look at what kind of file it is."""
    if path.suffix.lower() in OTHERS:
        raise BadWorkbook(Told("{path}: workbooks of this kind are not read. Save it as .xlsx.", path=path))
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise BadWorkbook(
            Told(
                "{path}: the workbook cannot be read: {strerror}. Give the path of a file.",
                path=path,
                strerror=why(error),
            )
        ) from None
    if start == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise BadWorkbook(
            Told(
                "{path}: the workbook is protected with a password, or of the old kind .xls.\n"
                "  Open it, take the password off or save it as .xlsx, and give that file.",
                path=path,
            )
        )
    try:
        with ZipFile(path) as archive:
            return structures(archive), never_calculated(archive)
    except (BadZipFile, KeyError, SyntaxError, EOFError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> BadWorkbook:
    text = N_(
        "{path}: the file is no workbook, or is damaged ({why}).\n"
        "  Open it in a spreadsheet program and save it as .xlsx, or make a new one: actuarial template FILE.xlsx."
    )
    return BadWorkbook(Told(text, path=path, why=error))


def _load(path: Path, *, results: bool) -> Any:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(BytesIO(path.read_bytes()), read_only=True, data_only=results, keep_links=False)
    except Exception as error:  # whatever a damaged file makes the reader stumble over
        raise _unreadable(path, error) from None


def oddity(value: Any, *, word: bool = False) -> Told | None:
    """What is wrong with a cell that is neither a number nor a word, and what to do; None for all others."""
    if not isinstance(value, Odd):
        return None
    if value.kind == "error":
        return Told("the cell shows the error {shown}; mend the formula, or write the number itself", shown=value.shown)
    if value.kind == "unstored":
        return Told(
            "the result of the formula {shown} is not stored; open the workbook in a spreadsheet program, let it "
            "calculate, save it; or write the number itself",
            shown=value.shown,
        )
    if word:
        return Told(
            "the cell is a date ({shown}); give it the number format Text and write the words again", shown=value.shown
        )
    return Told(
        "the cell is a date ({shown}); give it the number format General and write the number again", shown=value.shown
    )


def no_number(value: Any) -> Told | None:
    """What is wrong with a cell that must be a number, and what to do; None where nothing is."""
    if isinstance(value, bool):
        return Told("the cell is true or false; write a number")
    if isinstance(value, (int, float)):
        return None
    if value is None:
        return Told("the cell is empty; fill it, nothing is guessed")
    if isinstance(value, str):
        return numeric_text(value) or Told("{word} is no number", word=repr(value))
    return oddity(value)


def numeric_text(text: str) -> Told | None:
    """What is wrong with a number that is stored as text; None for a word."""
    if not NUMERIC.fullmatch(text):
        return None
    return Told(
        "{word} is text and no number; give the cell the number format General and write the number again, with the "
        "decimal mark of your spreadsheet program and no mark of thousands",
        word=repr(text),
    )
