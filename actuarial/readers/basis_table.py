"""One variable of a basis from its CSV file."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from actuarial.basis.saving import WHOLE
from actuarial.translation import N_, Told, why
from actuarial.vocabulary import SEXES, YEARS

NO_END = Told("the file may be truncated; complete it, and end the last line with a line break")
SEMICOLONS = N_("the columns are separated by semicolons; save the file with commas and decimal points")
KINDS = {
    "empty": N_("{place}: {where}: the cell is empty; fill it, nothing is guessed{more}"),
    "comma": N_(
        "{place}: {where}: {cell!r} is no number; write a decimal point, not a comma, and no separator of thousands"
        "{more}"
    ),
    "percent": N_("{place}: {where}: {cell!r} is no number; write a fraction ({written} for 5%){more}"),
    "number": N_("{place}: {where}: {cell!r} is no number{more}"),
}
"""What is told of cells that hold no number."""
ROWS, CELLS = N_(" ({count} rows are like this)"), N_(" ({count} cells are like this)")


@dataclass(frozen=True)
class Table:
    """Labels by dim, in the order of the dims, and values on them."""

    labels: dict[str, np.ndarray]
    values: np.ndarray


def read_table(file: Path, dims: Sequence[str], *, gaps: bool, found: list[str]) -> Table | None:
    """Read a variable; mistakes are added to `found` with file and line, and None is returned where there are any.

    Parameters
    ----------
    file : path of NAME.csv
        A header, then a row for every label of all dims but the last and a column for each label of the last one; with
        one dim the columns `DIM,value`.
    dims : dims of the variable
    gaps : whether an empty cell means that there is no number (NaN)
    found : list of sentences
    """
    before = len(found)
    table = _Reader(file, list(dims), gaps, found).table()
    return table if len(found) == before else None


@dataclass
class _Reader:
    file: Path
    dims: list[str]
    gaps: bool
    found: list[str]
    rows: list[tuple[int, list[str]]] = field(default_factory=list)

    def at(self, line: int | None) -> str:
        return self.file.name if line is None else f"{self.file.name}:{line}"

    def add(self, text: str, line: int | None = None) -> None:
        self.found.append(Told("{place}: {text}", place=self.at(line), text=text))

    def table(self) -> Table | None:
        if not self.load():
            return None
        heads = self.dims[:-1] or self.dims
        last = self.columns(heads)
        if last is None or not self.widths(len(heads) + len(last)):
            return None
        places = [self.place(line, heads, row) for line, row in self.rows]
        values = self.numbers(len(heads), last)
        if values is None or None in places:
            return None
        labels = [list(dict.fromkeys(column)) for column in zip(*places, strict=True)]
        if len(self.dims) > 1:
            labels.append(last)
        ordered = [self.axis(dim, found) for dim, found in zip(self.dims, labels, strict=True)]
        if not all(ordered) or not self.complete(heads, labels, places):
            return None
        shape = [len(found) for found in labels]
        target = np.empty((int(np.prod(shape[: len(heads)])), len(last)))
        target[self.order(labels[: len(heads)], places)] = values
        coords = {d: np.array(w, dtype=np.int64 if d in WHOLE else str) for d, w in zip(self.dims, labels, strict=True)}
        return Table(coords, target.reshape(shape))

    def load(self) -> bool:
        """Rows with their lines; False where the text cannot be taken apart."""
        try:
            text = self.file.read_text(encoding="utf-8-sig")
        except (UnicodeDecodeError, OSError) as error:
            reason = why(error, Told("it is not UTF-8 text"))
            self.add(Told("the file cannot be read: {reason}; save it as CSV UTF-8", reason=reason))
            return False
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            self.rows = [(reader.line_num, row) for row in reader if row]
        except csv.Error as error:
            text = Told("the file cannot be read as CSV ({error}); it may be truncated", error=str(error))
            self.add(text, reader.line_num)
            return False
        if text and text[-1] not in "\r\n":
            self.add(NO_END, reader.line_num)
            return False
        if len(self.rows) < 2:
            self.add(Told("the file has no numbers; it needs a header and at least one row"))
            return False
        return True

    def columns(self, heads: list[str]) -> list[Any] | None:
        """Labels of the last dim, from the header."""
        line, header = self.rows.pop(0)
        header = [cell.strip() for cell in header]
        if len(header) == 1 and ";" in header[0]:
            self.add(Told(SEMICOLONS), line)
            return None
        wrong = header[: len(heads)] != heads or (len(self.dims) == 1 and header[len(heads) :] != ["value"])
        if wrong or len(header) == len(heads):
            wanted = {"start": ",".join(heads), "got": _short(header)}
            if len(self.dims) == 1:
                self.add(Told("the header must be {start},value (got {got})", **wanted), line)
            else:
                form = N_("the header must be {start} and then a column for each label of {dim} (got {got})")
                self.add(Told(form, dim=self.dims[-1], **wanted), line)
            return None
        if len(self.dims) == 1:
            return ["value"]
        labels_found = [self.label(self.dims[-1], cell, line, Told("header")) for cell in header[len(heads) :]]
        if None in labels_found:
            return None
        twice = [label for label in dict.fromkeys(labels_found) if labels_found.count(label) > 1]
        if twice:
            self.add(Told("header: the column {label} stands there twice; remove one of them", label=twice[0]), line)
            return None
        return labels_found

    def label(self, dim: str, cell: str, line: int, place: str) -> Any:
        """A label as a whole number or a word; None after a mistake."""
        word = cell.strip()
        if dim in WHOLE:
            if word.isascii() and word.isdigit():
                return int(word)
            text = N_("{place}: {dim} must be a whole number (got {word!r})")
            self.add(Told(text, place=place, dim=dim, word=word), line)
            return None
        if dim == "sex" and word not in SEXES:
            close = get_close_matches(word.lower(), SEXES, n=1)
            hint = f" ({close[0]}?)" if close else ""
            text = N_("{place}: {word!r} is no sex; write male or female{hint}")
            self.add(Told(text, place=place, word=word, hint=hint), line)
            return None
        if not word:
            self.add(Told("{place}: the label of {dim} is empty", place=place, dim=dim), line)
            return None
        return word

    def widths(self, width: int) -> bool:
        """Every row has as many cells as the header."""
        bad = [(line, len(row)) for line, row in self.rows if len(row) != width]
        if bad:
            line, cells = bad[0]
            short, long = N_("the file may be truncated"), N_("a decimal comma splits a number: write {written}")
            hint = short if cells < width else long
            text = N_("the row has {cells} cells, the header {width}{more}; {hint}")
            told = Told(hint, written="0.75")
            self.add(Told(text, cells=cells, width=width, more=more(len(bad), ROWS), hint=told), line)
        return not bad

    def place(self, line: int, heads: list[str], row: list[str]) -> tuple[Any, ...] | None:
        labels = [self.label(dim, row[i], line, Told("column {label}", label=dim)) for i, dim in enumerate(heads)]
        return None if None in labels else tuple(labels)

    def numbers(self, skip: int, last: list[Any]) -> np.ndarray | None:
        """Values (row, column); one sentence for each kind of mistake, with the first place and the number of cells."""
        values = np.full((len(self.rows), len(last)), np.nan)
        bad: dict[str, list[tuple[int, Any, str]]] = {}
        for i, (line, row) in enumerate(self.rows):
            cells = row[skip:]
            try:
                values[i] = list(map(float, cells))
                if np.isfinite(values[i]).all() and "_" not in "".join(cells):
                    continue
            except ValueError:
                pass
            for j, cell in enumerate(cells):
                values[i, j], kind = _read(cell)
                if kind and not (kind == "empty" and self.gaps):
                    bad.setdefault(kind, []).append((line, last[j], cell))
        for kind, places in bad.items():
            line, label, cell = places[0]
            where = f"{self.dims[-1]} {label}" if len(self.dims) > 1 else Told("column {label}", label=label)
            told = {"place": self.at(line), "where": where, "more": more(len(places), CELLS)}
            self.found.append(Told(KINDS[kind], cell=cell, written="0.05", **told))
        return None if bad else values

    def axis(self, dim: str, labels: list[Any]) -> bool:
        """Order and completeness of the labels of a dim."""
        if dim == "sex" and labels != list(SEXES):
            if set(labels) == set(SEXES):
                self.add(Told("the sexes must stand in the order male, female; put the rows or columns of men first"))
            else:
                absent = next(sex for sex in SEXES if sex not in labels)
                self.add(Told("there is nothing for sex {sex}; give both sexes", sex=absent))
            return False
        if dim in (*YEARS, "age"):
            start = 0 if dim == "age" else labels[0]
            wrong = next((i for i, label in enumerate(labels) if label != start + i), None)
            if wrong is not None:
                self.add(Told("{place}: {text}", place=dim, text=sequence(dim, labels, wrong)))
                return False
        return True

    def complete(self, heads: list[str], labels: list[list[Any]], places: list[Any]) -> bool:
        """Every combination of labels once."""
        first: dict[Any, int] = {}
        good = True
        for place, (line, _) in zip(places, self.rows, strict=True):
            if place in first:
                text = N_("{row} stands already in line {first}; remove one of the rows")
                self.add(Told(text, row=named(heads, place), first=first[place]), line)
                good = False
            first.setdefault(place, line)
        missing = [place for place in product(*labels[: len(heads)]) if place not in first]
        if missing:
            text = N_("{count} rows are missing, the first: {row}")
            self.add(Told(text, count=len(missing), row=named(heads, missing[0])))
        return good and not missing

    def order(self, labels: list[list[Any]], places: list[Any]) -> np.ndarray:
        """Position of every row in the full table."""
        where = {place: i for i, place in enumerate(product(*labels))}
        return np.array([where[place] for place in places])


def _read(cell: str) -> tuple[float, str]:
    """Value of a cell, and the kind of mistake where it is no finite number."""
    try:
        value = float(cell)
    except ValueError:
        if not cell.strip():
            return np.nan, "empty"
        return np.nan, "comma" if "," in cell else "percent" if "%" in cell else "number"
    return value, "" if np.isfinite(value) and "_" not in cell else "number"


def more(count: int, text: str) -> str:
    return Told(text, count=count) if count > 1 else ""


def named(heads: list[str], place: tuple[Any, ...]) -> str:
    return ", ".join(f"{dim}={label}" for dim, label in zip(heads, place, strict=True))


def _short(header: list[str]) -> str:
    return ",".join(header[:6]) + (",..." if len(header) > 6 else "")


def sequence(dim: str, labels: list[Any], wrong: int) -> str:
    """What is wrong with an ascending sequence at a position."""
    if wrong == 0:
        return Told("the first age must be 0 (got {age})", age=labels[0])
    before, here = labels[wrong - 1], labels[wrong]
    if here > before + 1:
        text = N_("{before} is followed by {here}; {dim}s must follow each other without gaps ({missing} missing)")
        return Told(text, before=before, here=here, dim=dim, missing=here - before - 1)
    return Told("{before} is followed by {here}; {dim}s must be in ascending order", before=before, here=here, dim=dim)
