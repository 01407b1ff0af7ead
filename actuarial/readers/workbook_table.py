"""One sheet of a basis in a workbook: the variables that have the same dims."""

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import product
from typing import Any

import numpy as np

from actuarial.basis.saving import WHOLE
from actuarial.readers.basis_faults import inputs
from actuarial.readers.basis_table import Table
from actuarial.sheets.cell_words import Names
from actuarial.sheets.cells import Grid, Odd, no_number, oddity
from actuarial.sheets.law import no_sex, sex_of, shifted
from actuarial.sheets.law_words import FORMS
from actuarial.sheets.layout import AS_THEY_ARE, FIRST, HEADS, KEYS, NAMED, across, gaps_are_zero
from actuarial.sheets.marks import MAKE, Marked
from actuarial.translation import N_, Language, Told
from actuarial.vocabulary import LINES, SEXES, YEARS, variables

LONG = 60
"""Characters of a meaning of which more than its first part is shown."""
ALIKE = 0.8
"""Share of the letters that a word has in common with one that is likely to be meant."""
START = 4
"""First column of labels and values; before it stand key, name and units."""


@dataclass
class Block:
    """The rows of a variable: the row of each place, and the values in it."""

    rows: dict[tuple[Any, ...], int] = field(default_factory=dict)
    values: list[list[Any]] = field(default_factory=list)
    broken: bool = False


class TableSheet:
    """Reads the variables of a sheet; mistakes are added to `found`, each with the address of its cell.

    A row is a variable (key in column A) and a label of every dim but the one that lies across; its values stand below
    the labels of that dim. Empty cells are mistakes, but for tables by service (zero) and by line (no number); a
    variable without any number is left out where a basis need not have it.
    """

    def __init__(self, grid: Grid, dims: tuple[str, ...], found: list[str], opened: Marked) -> None:
        self.grid, self.dims, self.found, self.say = grid, dims, found, opened.say
        self.names = Names(opened.names.own, frozenset(FORMS))
        self.plain: set[str] = set()
        self.across = across(dims)
        self.heads = [dim for dim in dims if dim != self.across]
        self.first = START + len(self.heads)
        self.places: dict[str, str] = {}

    def called(self, name: str) -> str:
        return called(self.say, name)

    def add(self, row: int, column: int, told: Told) -> None:
        self.found.append(f"{self.grid.place(row, column)}: {told.said(self.say)}")

    def tables(self) -> dict[str, Table]:
        """Variables of the sheet by their names."""
        if not self.keys():
            return {}
        labels = self.columns()
        if labels is None:
            return {}
        blocks = self.blocks(len(labels))
        made = {name: self.made(name, block, labels) for name, block in blocks.items()}
        return {name: table for name, table in made.items() if table is not None}

    def keys(self) -> bool:
        """Whether the keys of the columns stand where they belong."""
        for column, key in enumerate([*self.heads, self.across or "value"], START):
            words = (key, f"{key}{AS_THEY_ARE}")
            if self.grid.at(KEYS, column) not in words:
                there = [c for c in self.grid.rows.get(KEYS, {}) if self.grid.at(KEYS, c) in words]
                self.add(KEYS, column, shifted(key, self.grid.place(KEYS, there[0]) if there else ""))
                return False
            if self.grid.at(KEYS, column) != key:
                self.plain.add(key)
        return True

    def columns(self) -> list[Any] | None:
        """Labels of the dim that lies across; None after a mistake."""
        if not self.across:
            return ["value"]
        given = self.grid.rows.get(HEADS, {})
        last = max((column for column in given if column >= self.first), default=0)
        if not last:
            text = Told("the labels of {dim} are missing; write one above each column", dim=Told(self.across))
            self.add(HEADS, self.first, text)
            return None
        before = len(self.found)
        labels = [self.label(self.across, HEADS, column) for column in range(self.first, last + 1)]
        if len(self.found) == before:
            self.axis(self.across, labels, [(HEADS, column) for column in range(self.first, last + 1)])
        return labels if len(self.found) == before else None

    def label(self, dim: str, row: int, column: int) -> Any:
        """A label as a whole number or a word; None after a mistake."""
        value = self.grid.at(row, column)
        wrong = oddity(value)
        if value is None:
            wrong = Told("the label of {dim} is empty; fill it, or remove the row or column", dim=Told(dim))
        elif dim in WHOLE and not _is_whole(value):
            digits = isinstance(value, str) and value.isdigit()
            wrong = wrong or (
                Told(
                    "{dim} must be a whole number: {word} is text; write it as a number",
                    dim=Told(dim),
                    word=repr(value),
                )
                if digits
                else Told("{dim} must be a whole number: {word} is none", dim=Told(dim), word=repr(value))
            )
        elif dim == "sex" and sex_of(value) is None:
            wrong = wrong or no_sex(value)
        elif isinstance(value, bool):
            text = N_("the label of {dim} is {word}, which is no word; write the one that is meant")
            wrong = wrong or Told(text, dim=Told(dim), word=str(value).upper())
        if wrong:
            self.add(row, column, wrong)
            return None
        if dim in WHOLE:
            return int(value)
        if dim == "sex":
            return sex_of(value)
        word = value if isinstance(value, str) else repr(value)
        return self.names.meant(word) if dim in NAMED and dim not in self.plain else word

    def axis(self, dim: str, labels: list[Any], places: list[tuple[int, int]]) -> bool:
        """Order and completeness of the labels of a dim; `places` are their cells."""
        twice = next((i for i, label in enumerate(labels) if label in labels[:i]), None)
        if twice is not None:
            label = self.shown(dim, labels[twice])
            text = Told("{dim} {label} stands there twice; correct one of them", dim=Told(dim), label=label)
            self.add(*places[twice], text)
            return False
        if dim == "sex" and labels != list(SEXES):
            both = {sex: Told(sex) for sex in SEXES}
            self.add(
                *places[0], Told("the sexes must be {male} and {female} in this order; give both, men first", **both)
            )
            return False
        if dim in (*YEARS, "age"):
            start = 0 if dim == "age" else labels[0]
            wrong = next((i for i, label in enumerate(labels) if label != start + i), None)
            if wrong is not None:
                what = _out_of_order(labels, wrong)
                self.add(
                    *places[wrong], Told("{dim}: {what}; put them right with their numbers", dim=Told(dim), what=what)
                )
                return False
        return True

    def blocks(self, width: int) -> dict[str, Block]:
        """Rows by variable."""
        blocks: dict[str, Block] = {}
        columns = range(self.first, self.first + width)
        for row in sorted(row for row in self.grid.rows if row >= FIRST):
            cells, key = self.grid.rows[row], self.grid.at(row, 1)
            outside = [c for c in cells if c >= columns.stop and isinstance(cells[c], (int, float))]
            if outside and self.across:
                text = Told(
                    "a number stands outside the table, where no label is above it; the row may be shifted: put it "
                    "right, or remove what is outside"
                )
                self.add(row, outside[0], text)
            if key is None:
                if any(column in cells for column in range(START, columns.stop)):
                    text = Told(
                        "the row has numbers and no key in the hidden column A; copy it from a row above, or {remedy}",
                        remedy=Told(MAKE),
                    )
                    self.add(row, 1, text)
                continue
            if key not in inputs():
                self.add(row, 1, Told("{name}: {wrong}", name=repr(key), wrong=no_variable(str(key))))
                continue
            self.row(row, blocks.setdefault(str(key), Block()), [cells.get(column) for column in columns])
        return blocks

    def row(self, row: int, block: Block, values: list[Any]) -> None:
        """Add a row to its variable."""
        labels = tuple(self.label(dim, row, column) for column, dim in enumerate(self.heads, START))
        if None in labels:
            block.broken = True
            return
        if labels in block.rows:
            other = self.grid.place(block.rows[labels], START)
            what = self.named(labels) if labels else Told("the variable")
            text = Told("{what} stands there twice, already in {place}; remove one of the rows", what=what, place=other)
            self.add(row, START, text)
            block.broken = True
            return
        block.rows[labels] = row
        block.values.append(values)

    def made(self, name: str, block: Block, columns: list[Any]) -> Table | None:
        """Values of a variable on its labels; None where it has mistakes or no numbers."""
        if block.broken:
            return None
        row = inputs()[name]
        extra = [dim for dim in self.dims if dim not in row.dims and dim != "scenario"]
        first = next(iter(block.rows.values()))
        self.places[name] = self.grid.place(first, self.first)
        if extra:
            words = ", ".join(self.say(dim) for dim in extra)
            told = Told(
                "{name} has no dimension {dims}; remove its rows from this sheet", name=self.called(name), dims=words
            )
            self.add(first, 1, told)
            return None
        if all(value is None for values in block.values for value in values):
            if not row.may_be_missing:
                text = Told(
                    "{name}: all cells are empty; fill them, or remove its rows where the scheme does not need it",
                    name=self.called(name),
                )
                self.add(first, self.first, text)
            return None
        labels = [list(dict.fromkeys(column)) for column in zip(*block.rows, strict=True)]
        if not self.complete(name, block, labels):
            return None
        values = self.numbers(name, block)
        if values is None:
            return None
        coords = dict(zip(self.heads, labels, strict=True)) | ({self.across: columns} if self.across else {})
        order = {place: i for i, place in enumerate(product(*labels))}
        target = np.empty_like(values)
        target[[order[place] for place in block.rows]] = values
        shape = [len(found) for found in labels] + ([len(columns)] if self.across else [])
        dims = [*self.heads, *([self.across] if self.across else [])]
        turned = target.reshape(shape).transpose([dims.index(dim) for dim in self.dims])
        arrays = {dim: np.array(coords[dim], dtype=np.int64 if dim in WHOLE else str) for dim in self.dims}
        return Table(arrays, np.ascontiguousarray(turned))

    def complete(self, name: str, block: Block, labels: list[list[Any]]) -> bool:
        """Every combination of labels once, ages and years without gaps."""
        for i, dim in enumerate(self.heads):
            firsts: dict[Any, tuple[int, int]] = {}
            for place, row in block.rows.items():
                firsts.setdefault(place[i], (row, START + i))
            if not self.axis(dim, labels[i], [firsts[label] for label in labels[i]]):
                return False
        missing = [place for place in product(*labels) if place not in block.rows]
        if missing and not self.misspelt(name, block):
            row = next(iter(block.rows.values()))
            text = Told(
                "{name}: {count} rows are missing, the first: {first}; add them",
                name=self.called(name),
                count=len(missing),
                first=self.named(missing[0]),
            )
            self.add(row, START, text)
        return not missing

    def misspelt(self, name: str, block: Block) -> bool:
        """Whether a word stands in fewer rows than another that it looks like, or a number in the place of a word, and
        in none that this one has as well, which is said of its first cell."""
        before = len(self.found)
        for i, dim in enumerate(self.heads):
            rows: dict[Any, dict[Any, int]] = {}
            for place, row in block.rows.items():
                rows.setdefault(place[i], {})[place[:i] + place[i + 1 :]] = row
            for label, one in rows.items() if dim not in WHOLE else ():
                more = [other for other, its in rows.items() if len(its) > len(one) and not its.keys() & one.keys()]
                close = get_close_matches(label, more, n=1, cutoff=ALIKE)
                if more and not close and _is_number(label):
                    text = Told(
                        "{name}: the label of {dim} is the number {word}; write the word that is meant, such as {like}",
                        name=self.called(name), dim=Told(dim), word=label,
                        like=repr(self.shown(dim, max(more, key=lambda other: len(rows[other])))),
                    )  # fmt: skip
                    self.add(next(iter(one.values())), START + i, text)
                if close:
                    most, word, like = len(rows[close[0]]), self.shown(dim, label), self.shown(dim, close[0])
                    text = Told(
                        "{name}: {word} stands in fewer rows ({count}) than {like} ({most}); write {like} if that is "
                        "meant",
                        name=self.called(name), word=repr(word), count=len(one), like=repr(like), most=most,
                    )  # fmt: skip
                    self.add(next(iter(one.values())), START + i, text)
        return len(self.found) > before

    def numbers(self, name: str, block: Block) -> np.ndarray | None:
        """Values (row, column); one sentence for each kind of mistake, with the first cell and the number of cells."""
        gap = 0.0 if gaps_are_zero(self.dims) else np.nan
        silent = gap == 0.0 or any(dim in LINES for dim in self.dims)
        values = np.empty((len(block.values), len(block.values[0])))
        bad: dict[str, list[tuple[int, int, Told]]] = {}
        for i, (row, cells) in enumerate(zip(block.rows.values(), block.values, strict=True)):
            filled = [gap if value is None else value for value in cells] if silent else cells
            if set(map(type, filled)) <= {int, float}:
                values[i] = filled
                continue
            for j, value in enumerate(cells):
                plain = value.strip() or None if isinstance(value, str) else value
                wrong = None if plain is None and silent else no_number(plain)
                values[i, j] = gap if wrong or plain is None else plain
                if wrong:
                    kind = plain.kind if isinstance(plain, Odd) else type(plain).__name__
                    bad.setdefault(kind, []).append((row, self.first + j, wrong))
        for places in bad.values():
            row, column, told = places[0]
            more = _more(len(places))
            self.add(row, column, Told("{name}: {wrong}{more}", name=self.called(name), wrong=told, more=more))
        return None if bad or not self.bounded(name, block, values) else values

    def bounded(self, name: str, block: Block, values: np.ndarray) -> bool:
        """Whether all numbers lie where the vocabulary wants them."""
        about = inputs()[name]
        out = np.argwhere((values < about.lower) | (values > about.upper))
        if not len(out):
            return True
        i, j = (int(one) for one in out[0])
        number = float(values[i, j])
        low = number < about.lower
        sign = (">=" if low else "<=") if self.say.code == "en" else ("≥" if low else "≤")
        limit = f"{sign} {self.number(about.lower if low else about.upper)}"
        percent = about.upper <= 1 and 1 < number <= 100
        told_of = {"name": self.called(name), "limit": limit, "number": self.number(number), "more": _more(len(out))}
        told = Told("{name}: must be {limit} (got {number}); correct it{more}", **told_of)
        if percent:
            told = Told(
                "{name}: must be {limit} (got {number}); fractions are meant, did you mean {meant}?{more}",
                meant=self.number(number / 100),
                **told_of,
            )
        self.add(list(block.rows.values())[i], self.first + j, told)
        return False

    def number(self, value: float) -> str:
        """A number with the decimal mark of the language."""
        return f"{value:g}".replace(".", self.say.decimal)

    def named(self, place: tuple[Any, ...]) -> str:
        """The labels of a row in words, as the sheet shows them."""
        labels = zip(self.heads, place, strict=True)
        return ", ".join(f"{self.say(dim)}={self.shown(dim, label)}" for dim, label in labels)

    def shown(self, dim: str, label: Any) -> Any:
        """A label as the sheet shows it."""
        if dim in NAMED and dim not in self.plain:
            return self.names.shown(self.say, label)
        return self.say(label) if dim == "sex" else label


def called(say: Language, name: str) -> str:
    """A variable as its reader knows it: in English by its name, else by its label in the sheet and its name."""
    if say.code == "en":
        return name
    return f"{short(say(variables()[name].meaning))} ({name})"


def short(meaning: str) -> str:
    """A meaning up to its first part where it is long, without a parenthesis that this part only begins."""
    return meaning if len(meaning) <= LONG else re.sub(r"\s*\([^()]*$", "", re.split(r"\s*;", meaning)[0])


def no_variable(name: str) -> Told:
    """What to say of a variable that no basis has."""
    if name in variables():
        return Told("no variable of a basis but a result ({role}); remove it", role=Told(variables()[name].role))
    close = get_close_matches(name, list(inputs()), n=1, cutoff=0.7)
    if close:
        return Told("the vocabulary has no such variable; did you mean {close}?", close=close[0])
    return Told("the vocabulary has no such variable; `actuarial explain` without a name lists all variables")


def _is_whole(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value == int(value)


def _is_number(label: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", label) is not None


def _more(count: int) -> "Told | str":
    return Told(" ({count} cells are like this)", count=count) if count > 1 else ""


def _out_of_order(labels: list[Any], wrong: int) -> Told:
    """What is wrong with whole numbers that should follow each other: their order, or some are missing."""
    if not wrong:
        return Told("the first age must be 0 (got {label})", label=labels[0])
    before, here = labels[wrong - 1], labels[wrong]
    values = {"before": before, "here": here}
    if sorted(labels) == list(range(min(labels), max(labels) + 1)):
        return Told("{before} is followed by {here}; they must be in ascending order (none is missing)", **values)
    if here > before + 1:
        return Told(
            "{before} is followed by {here}; they must follow each other without gaps ({count} missing)",
            count=here - before - 1,
            **values,
        )
    return Told("{before} is followed by {here}; they must be in ascending order", **values)
