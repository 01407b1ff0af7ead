"""A basis from the sheets of a workbook."""

import json
import tomllib
from collections import Counter
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np

from actuarial.check.attributes import KNOWN, LABELS
from actuarial.errors import BadWorkbook
from actuarial.readers.basis_faults import faults_of, inputs
from actuarial.readers.basis_folder import united
from actuarial.readers.basis_table import Table
from actuarial.readers.workbook_choices import CHOICES
from actuarial.readers.workbook_table import TableSheet, called, no_variable
from actuarial.sheets.cell_words import meant, unknown
from actuarial.sheets.cells import Grid, Odd, no_number, oddity
from actuarial.sheets.layout import BASIS, FIRST, GENERAL, HEADS, VALUE
from actuarial.sheets.marks import MAKE, Marked
from actuarial.sheets.told import in_columns
from actuarial.translation import Told, few, told
from actuarial.vocabulary import DIMS, annotate, ordered

if TYPE_CHECKING:
    import xarray as xr


def basis_of_workbook(opened: Marked) -> tuple["xr.Dataset | None", list[str]]:
    """The basis of an opened workbook, or None, and what is wrong in it: address and message of each mistake.

    Raises
    ------
    BadWorkbook
        The workbook has no sheets of a basis.
    """
    grids = opened.of(BASIS)
    if not grids and not opened.found:
        text = opened.say(
            "the workbook has a scheme and no basis.\n"
            "  Make one with both: actuarial template FILE.xlsx --scheme SCHEME.toml --basis BASIS."
        )
        raise BadWorkbook(f"{opened.book.path}: {text}")
    reading = _Reading(opened, grids)
    dataset = reading.dataset()
    opened.places = reading.places | opened.places
    return dataset


class _Reading:
    """One pass over the sheets; mistakes are collected in `found`, the cells of what was read in `places`."""

    def __init__(self, opened: Marked, grids: dict[str, Grid]) -> None:
        self.opened, self.grids, self.say = opened, grids, opened.say
        self.found: list[str] = []
        self.places: dict[str, str] = {}
        self.heads: dict[tuple[str, str], str] = {}
        self.own: dict[str, dict[str, Any]] = {}

    def dataset(self) -> tuple["xr.Dataset | None", list[str]]:
        attributes, scalars = self.general()
        tables = self.tables()
        if self.opened.lacking or not self.agree(tables):
            return None, self.found
        dataset = self.made(attributes, scalars, tables)
        general = self.grids[GENERAL]
        faults = faults_of(
            dataset,
            self.opened.book.path,
            lambda name: self.places.get(name, general.place(HEADS, VALUE)),
            lambda name: self.places.get(name, ""),
        )
        known = {line.partition(": ")[0] for line in self.found}
        self.found += [
            f"{place}: {self.of_row(told(in_columns(text), self.say))}" for place, text in faults if place not in known
        ]
        return (None, self.found) if self.found or self.opened.found else (annotate(dataset), [])

    def made(self, attributes: dict[str, Any], scalars: dict[str, float], tables: dict[str, Table]) -> "xr.Dataset":
        """The Dataset of what was read, its variables in the order of the manifest."""
        import xarray as xr

        both = {name: (table, self.own.get(name, {})) for name, table in tables.items()}
        both |= united(both)
        data: dict[str, Any] = {name: ((), value) for name, value in scalars.items()}
        coords: dict[str, np.ndarray] = {}
        for name, (table, own) in both.items():
            data[name] = (tuple(table.labels), table.values, own)
            coords |= table.labels
        listed = [name for name in self.opened.words.get("variables", "").split() if name in data]
        order = dict.fromkeys([*listed, *data])
        return xr.Dataset({name: data[name] for name in order}, coords=coords, attrs=attributes)

    def general(self) -> tuple[dict[str, Any], dict[str, float]]:
        """Attributes, and numbers without dims; attributes of single variables are kept aside."""
        attributes: dict[str, Any] = {}
        scalars: dict[str, float] = {}
        grid = self.grids.get(GENERAL)
        if grid is None:
            return attributes, scalars
        seen: dict[str, int] = {}
        for row in sorted(row for row in grid.rows if row >= FIRST):
            key, value = grid.at(row, 1), grid.at(row, VALUE)
            if key is None:
                if value is not None:
                    text = Told("the row has a value and no key in the hidden column A; {remedy}", remedy=Told(MAKE))
                    self.add(grid, row, text)
                continue
            if key in seen:
                text = Told("{word} stands already in row {row}; remove one of them", word=repr(key), row=seen[key])
                self.add(grid, row, text)
                continue
            seen[key] = row
            self.one(grid, row, str(key), value, attributes, scalars)
        return attributes, scalars

    def add(self, grid: Grid, row: int, told: Told) -> None:
        self.found.append(f"{grid.place(row, VALUE)}: {told.said(self.say)}")

    def one(
        self, grid: Grid, row: int, key: str, value: Any, attributes: dict[str, Any], scalars: dict[str, float]
    ) -> None:
        """Add what a row of the general sheet gives."""
        part, _, name = key.removesuffix(" (toml)").partition(".")
        self.places[json.loads(name) if name.startswith('"') else name] = grid.place(row, VALUE)
        if part == "scalars":
            self.scalar(grid, row, name, value, scalars)
            return
        if part == "variables":
            name, _, inner = name.partition(".")
        word = inner if part == "variables" else name
        target = self.own.setdefault(name, {}) if part == "variables" else attributes
        if part not in ("attributes", "variables"):
            self.add(grid, row, Told("{word} is no key of a row; {remedy}", word=repr(key), remedy=Told(MAKE)))
        elif value is not None:
            self.attribute(grid, row, word, _packed(value, key), target)

    def scalar(self, grid: Grid, row: int, name: str, value: Any, scalars: dict[str, float]) -> None:
        if name not in inputs():
            self.add(grid, row, no_variable(name))
        elif value is None:
            if not inputs()[name].may_be_missing:
                text = Told(
                    "{name}: the cell is empty; fill it, or remove the row where the scheme does not need it",
                    name=called(self.say, name),
                )
                self.add(grid, row, text)
        elif wrong := no_number(value):
            self.add(grid, row, Told("{name}: {wrong}", name=called(self.say, name), wrong=wrong))
        else:
            scalars[name] = float(value)

    def attribute(self, grid: Grid, row: int, word: str, value: Any, target: dict[str, Any]) -> None:
        word = json.loads(word) if word.startswith('"') else word
        close = get_close_matches(word, KNOWN, n=1, cutoff=0.8)
        if isinstance(value, Odd) and value.kind == "date":
            value = value.shown
        if wrong := oddity(value):
            self.add(grid, row, Told("{name}: {wrong}", name=self.labelled(word), wrong=wrong))
        elif isinstance(value, bool):
            text = Told("{name}: must be a word or a number (got {value})", name=self.labelled(word), value=value)
            self.add(grid, row, text)
        elif word not in KNOWN and close and target is not self.own.get(word):
            self.add(grid, row, Told("unknown attribute {word}; did you mean {close}?", word=word, close=close[0]))
        elif (words := CHOICES.get(word)) and target is not self.own.get(word):
            known = meant(str(value), words)
            if known is None:
                wrong = unknown(self.say, value, words)
                self.add(grid, row, Told("{name}: {wrong}", name=self.labelled(word), wrong=wrong))
            else:
                target[word] = known
        else:
            target[word] = value

    def labelled(self, word: str) -> str:
        """An attribute as its reader knows it: in English by its name, else by its label and its name."""
        if self.say.code == "en" or word not in LABELS:
            return word
        return f"{self.say(LABELS[word]).partition(' (')[0]} ({word})"

    def of_row(self, text: str) -> str:
        """A sentence that may begin with an attribute, which is then as its reader knows it."""
        word, space, rest = text.partition(" ")
        return f"{self.labelled(word)}{space}{rest}"

    def tables(self) -> dict[str, Table]:
        """Variables with dims."""
        result: dict[str, Table] = {}
        for mark, grid in self.grids.items():
            if mark == GENERAL:
                continue
            dims = tuple(mark.split()[1:])
            if not dims or dims != ordered(dims) or any(dim not in DIMS for dim in dims):
                text = self.say("{mark!r} names no dimensions of a table; {remedy}", mark=mark, remedy=self.say(MAKE))
                self.found.append(f"{grid.place(1, 1)}: {text}")
                continue
            sheet = TableSheet(grid, dims, self.found, self.opened)
            for name, table in sheet.tables().items():
                if name in result:
                    text = self.say(
                        "{name} stands in another sheet as well ({place}); remove one of them",
                        name=name,
                        place=self.places[name],
                    )
                    self.found.append(f"{sheet.places[name]}: {text}")
                result[name] = table
            self.places |= sheet.places
        return result

    def agree(self, tables: dict[str, Table]) -> bool:
        """Whether all sheets have the same labels of a dim; those in the minority are named."""
        before = len(self.found)
        for dim in DIMS:
            having = {name: tuple(table.labels[dim].tolist()) for name, table in tables.items() if dim in table.labels}
            counts = Counter(having.values())
            if dim == "line" or len(counts) < 2:
                continue
            usual = counts.most_common(1)[0][0]
            like = next(name for name, labels in having.items() if labels == usual)
            for name, labels in having.items():
                if labels != usual:
                    less = few(label for label in usual if label not in labels)
                    extra = few(label for label in labels if label not in usual)
                    parts = [self.say("{labels} missing", labels=less)] if less else []
                    parts += [self.say("{labels} too many", labels=extra)] if extra else []
                    what = ", ".join(parts) or self.say("in another order ({labels})", labels=few(labels))
                    text = self.say(
                        "{name}: the labels of {dim} are not those of {like} ({place}): {what}; give all tables the "
                        "same labels",
                        name=called(self.say, name),
                        dim=self.say(dim),
                        like=called(self.say, like),
                        place=self.places[like],
                        what=what,
                    )
                    self.found.append(f"{self.places[name]}: {text}")
        return len(self.found) == before


def _packed(value: Any, key: str) -> Any:
    """A word that a cell cannot hold as it is."""
    if key.endswith(" (toml)") and isinstance(value, str):
        try:
            return tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            return value
    return value
