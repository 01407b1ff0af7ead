"""The sheets of a basis: attributes and plain numbers, then one sheet for the variables of each set of dims."""

import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from actuarial.basis.saving import WHOLE
from actuarial.check.attributes import LABELS
from actuarial.readers.workbook_choices import CHOICES
from actuarial.readers.workbook_styles import LINE_HEIGHT, between, choose, comment, exact_sheet, lines_of, said
from actuarial.readers.workbook_styles import write_value as put
from actuarial.readers.workbook_table import short
from actuarial.scheme_saving import toml_value
from actuarial.sheets.cell_words import Names, shown
from actuarial.sheets.law_words import FORMS
from actuarial.sheets.layout import (
    AS_THEY_ARE,
    FIRST,
    GENERAL,
    HEADS,
    KEYS,
    MARK,
    NAMED,
    SHEETS,
    VALUE,
    across,
    gaps_are_zero,
)
from actuarial.sheets.paper import A3, beside, on_paper, paper_for
from actuarial.sheets.plain import is_plain_text, protected
from actuarial.translation import Language
from actuarial.vocabulary import LINES, Variable, variable

LABELLED = (40, 64)
"""Least and greatest width of the column of variables; a longer label is shown in smaller letters."""
UNITS = (14, 26)
"""Least and greatest width of the column of units, likewise."""
MONEY = 18
"""Width of columns of money, of which a country has billions."""
GENERAL_WIDTHS = {"B": 52, "C": 24, "D": 40}
START, LONGEST_NAME, CLEARED = 4, 31, str.maketrans("", "", "[]:*?/\\'")


@dataclass(frozen=True)
class Content:
    """What the sheets of a basis hold: attributes, numbers without dims, labels by dim, and by dims the values of each
    variable (None where it is to be filled in); `own` are attributes of single variables, `names` the order of all."""

    attributes: Mapping[str, Any]
    scalars: Mapping[str, float | None]
    labels: Mapping[str, list[Any]]
    tables: Mapping[tuple[str, ...], Mapping[str, Any]]
    own: Mapping[str, Mapping[str, Any]]
    names: list[str]


class BasisSheets:
    """Writes the sheets of a basis."""

    def __init__(self, book: Any, styles: dict[str, Any], say: Language, names: Names) -> None:
        self.book, self.styles, self.say = book, styles, say
        self.names = Names(names.own, frozenset(FORMS))
        self.marks: dict[str, str] = {}
        self.plain: set[str] = set()

    def write(self, content: Content) -> dict[str, str]:
        """Title of the sheet of each mark."""
        self.plain = {dim for dim in NAMED if not self.comes_back(content.labels.get(dim, []))}
        self.general(content)
        for dims, table in content.tables.items():
            self.table(dims, table, content.labels)
        return self.marks

    def new(self, mark: str, name: str, title: str, note: str) -> Any:
        """A new sheet with mark, title and note, and the headings that all have."""
        sheet = self.book.add_worksheet(name, worksheet_class=exact_sheet())
        self.marks[mark] = name
        put(sheet, MARK, 1, mark, self.styles, "key")
        put(sheet, MARK, 2, title, self.styles, "title")
        put(sheet, MARK + 1, 2, note, self.styles, "note")
        put(sheet, KEYS, 1, "key", self.styles, "key")
        put(sheet, HEADS, 2, self.say("Variable"), self.styles, "head")
        put(sheet, HEADS, 3, self.say("Units"), self.styles, "head")
        sheet.set_column("A:A", 3, None, {"hidden": True})
        for letter, width in GENERAL_WIDTHS.items():
            sheet.set_column(f"{letter}:{letter}", width)
        sheet.set_row(KEYS - 1, None, None, {"hidden": True})
        on_paper(sheet)
        return sheet

    def general(self, content: Content) -> None:
        """Attributes of the basis and numbers without dims; these have defined names."""
        name = self.say(SHEETS[GENERAL])
        title, note = self.say("The basis: facts and single numbers"), self.say("Fill the yellow cells.")
        sheet = self.new(GENERAL, name, title, note)
        put(sheet, KEYS, VALUE, "value", self.styles, "key")
        put(sheet, HEADS, VALUE, self.say("Value"), self.styles, "head")
        row = FIRST
        for key, value in content.attributes.items():
            label = self.say(LABELS[key]) if key in LABELS else key
            self.fact(sheet, row, f"attributes.{_word(key)}", label, value)
            if key in CHOICES:
                words = [shown(self.say, word) for word in CHOICES[key]]
                choose(sheet, (row, VALUE, row, VALUE), words, self.say)
            row += 1
        for name_of, facts in content.own.items():
            for key, value in facts.items():
                self.fact(sheet, row, f"variables.{name_of}.{_word(key)}", f"{name_of}: {key}", value)
                row += 1
        for name_of, number in content.scalars.items():
            about = variable(name_of)
            put(sheet, row, 1, f"scalars.{name_of}", self.styles, "key")
            put(sheet, row, 2, said(self.say, about.meaning), self.styles, "label")
            put(sheet, row, 3, said(self.say, about.units or "1"), self.styles, "plain")
            put(sheet, row, VALUE, number, self.styles, _style(about, ()))
            self.book.define_name(f"basis_{name_of}", f"='{name}'!$D${row}")
            between(sheet, (row, VALUE, row, VALUE), about.lower, about.upper, self.say)
            comment(sheet, row, 2, self.explained(about))
            if not about.may_be_missing:
                self.needed(sheet, (row, VALUE, row, VALUE))
            _high(sheet, row, said(self.say, about.meaning), number)
            row += 1
        sheet.freeze_panes(HEADS, 0)
        sheet.print_area(0, 1, row - 2, VALUE - 1)

    def fact(self, sheet: Any, row: int, key: str, label: str, value: Any) -> None:
        """A row of an attribute."""
        if isinstance(value, str) and value and not is_plain_text(value):
            key, value = f"{key} (toml)", protected(toml_value(value))
        put(sheet, row, 1, key, self.styles, "key")
        put(sheet, row, 2, label, self.styles, "label")
        put(sheet, row, 3, None, self.styles, "plain")
        word = key.partition(".")[2]
        told = shown(self.say, value) if value in CHOICES.get(word, ()) else value
        put(sheet, row, VALUE, None if value == "" else told, self.styles, "number" if _is_number(value) else "word")
        _high(sheet, row, label, told)

    def needed(self, sheet: Any, cells: tuple[int, int, int, int]) -> None:
        """Show cells that must be filled and are empty."""
        first, left, last, right = (one - 1 for one in cells)
        sheet.conditional_format(first, left, last, right, {"type": "blanks", "format": self.styles["needed"]})

    def table(self, dims: tuple[str, ...], table: Mapping[str, Any], labels: Mapping[str, list[Any]]) -> None:
        """A sheet: a row for each variable and label of the dims that are rows, a column for each label across."""
        words = [said(self.say, dim).replace("_", " ") for dim in dims]
        title = self.say("Basis by {dims}", dims=", ".join(words))
        sheet = self.new(f"basis {' '.join(dims)}", self.name(words), title, self.note(dims))
        wide = across(dims)
        heads = [dim for dim in dims if dim != wide]
        columns = labels[wide] if wide else [self.say("Value")]
        first = START + len(heads)
        for column, dim in enumerate([*heads, wide or "value"], START):
            put(sheet, KEYS, column, f"{dim}{AS_THEY_ARE}" if dim in self.plain else dim, self.styles, "key")
        widths = []
        for column, dim in enumerate(heads, START):
            word = said(self.say, dim).replace("_", " ")
            put(sheet, HEADS, column, word[:1].upper() + word[1:], self.styles, "head")
            widths.append(max(7, *(len(str(self.shown(dim, label))) + 2 for label in labels[dim])))
            sheet.set_column(column - 1, column - 1, widths[-1])
        for column, label in enumerate(columns, first):
            put(sheet, HEADS, column, self.shown(wide, label), self.styles, "head")
        filled = self.styles["amount"] if gaps_are_zero(dims) else None
        units = [said(self.say, variable(name).units or "1") for name in table]
        money = any(variable(name).units.startswith("currency") for name in table)
        each = MONEY if money else 10 if wide in (*WHOLE, "sex") else 14
        sheet.set_column(first - 1, first + len(columns) - 2, each, filled)
        sheet.set_row(HEADS - 1, 2 * LINE_HEIGHT)
        labelled = max(len(short(said(self.say, variable(name).meaning))) for name in table)
        widths = [_between(labelled, LABELLED), _between(max(map(len, units)), UNITS), *widths]
        sheet.set_column("B:B", widths[0])
        sheet.set_column("C:C", widths[1])
        row = FIRST
        for name, values in table.items():
            row = self.variable(sheet, name, values, (dims, heads, wide), labels, (row, first, len(columns)))
        sheet.freeze_panes(HEADS, first - 1)
        sheet.autofilter(HEADS - 1, 1, row - 2, first - 2)
        self.paper(sheet, row, widths, [each] * self.printed(dims, table, [*widths, *[each] * len(columns)]))

    def printed(self, dims: tuple[str, ...], table: Mapping[str, Any], widths: Sequence[float]) -> int:
        """Columns of values that are printed: all of them but for zeros at the end of a table in which an empty cell is
        a zero; of one that is empty as many as a page has room for."""
        keys = START - 2 + len(dims) - (1 if across(dims) else 0)
        columns = len(widths) - keys
        if not gaps_are_zero(dims):
            return columns
        wide = dims.index(across(dims))
        used = [np.nonzero(np.moveaxis(one, wide, 0))[0] for one in table.values() if one is not None]
        last = max((int(places.max()) + 1 for places in used if places.size), default=0)
        return min(columns, last or beside(widths, A3) - keys)

    def paper(self, sheet: Any, row: int, keys: Sequence[float], values: Sequence[float]) -> None:
        """How a table is printed: upright or across on few pages beside each other, with its labels on every page."""
        widths, rows = [*keys, *values], row - FIRST
        small = paper_for(widths, len(keys), rows)
        on_paper(sheet, small if small.across == 1 else paper_for(widths, len(keys), rows, A3))
        sheet.repeat_rows(HEADS - 1)
        sheet.repeat_columns(1, len(keys))
        sheet.print_area(0, 1, row - 2, len(widths))

    def variable(
        self, sheet: Any, name: str, values: Any, dims: tuple[Any, Any, str], labels: Any, at: tuple[int, int, int]
    ) -> int:
        """The rows of a variable, from a row on; returns the row after them."""
        whole, heads, wide = dims
        row, first, width = at
        about, begin = variable(name), row
        style, label = _style(about, whole), short(said(self.say, about.meaning))
        units = said(self.say, about.units or "1")
        order = [whole.index(dim) for dim in (*heads, *([wide] if wide else []))]
        rows = None if values is None else values.transpose(order).reshape(-1, width).tolist()
        zero = gaps_are_zero(whole)
        filled = zero and rows is not None and any(value != 0 for line in rows for value in line)
        for i, place in enumerate(product(*(labels[dim] for dim in heads))):
            put(sheet, row, 1, name, self.styles, "key")
            put(sheet, row, 2, label, self.styles, "named")
            put(sheet, row, 3, units, self.styles, "named")
            for column, (dim, one) in enumerate(zip(heads, place, strict=True), START):
                put(sheet, row, column, self.shown(dim, one), self.styles, "labelled" if dim in WHOLE else "plain")
            numbers = rows[i] if rows is not None else [None] * width
            for column, number in enumerate(numbers, first):
                empty = number is None or number != number
                kept = not empty and (str(number) != "0.0" or (not filled and (row, column) == (begin, first)))
                if kept or not zero:
                    put(sheet, row, column, None if empty else number, self.styles, style)
            row += 1
        cells = (begin, first, row - 1, first + width - 1)
        between(sheet, cells, about.lower, about.upper, self.say)
        comment(sheet, begin, 2, self.explained(about))
        if not zero and not any(dim in LINES for dim in whole) and not about.may_be_missing:
            self.needed(sheet, cells)
        return row

    def shown(self, dim: str, label: Any) -> Any:
        """A label as the sheet shows it: sexes and names of forms in the language, all others as they are."""
        if dim in NAMED and dim not in self.plain and label in FORMS:
            return self.names.shown(self.say, label)
        return self.say(label) if dim == "sex" else label

    def comes_back(self, labels: list[Any]) -> bool:
        """Whether the labels of a dim are read as what they are, although some are shown as something else."""
        return all(self.names.meant(self.names.shown(self.say, str(label))) == str(label) for label in labels)

    def name(self, words: list[str]) -> str:
        """Name of a sheet, which is short and unlike the others."""
        full = self.say("By {dims}", dims=", ".join(words)).translate(CLEARED)
        taken = {one.lower() for one in self.marks.values()}
        name, i = textwrap.shorten(full, LONGEST_NAME, placeholder="…"), 1
        while name.lower() in taken:
            i += 1
            name = textwrap.shorten(full, LONGEST_NAME, placeholder=f"… {i}")
        return name

    def note(self, dims: tuple[str, ...]) -> str:
        if gaps_are_zero(dims):
            return self.say("An empty cell is a zero on this sheet.")
        if any(dim in LINES for dim in dims):
            return self.say("An empty cell is a number that is not known.")
        return self.say("Every yellow cell needs a number. Shares are fractions: {share} for 5 %.", share=0.05)

    def explained(self, about: Variable) -> str:
        """What the comment of a variable says."""
        say = self.say
        parts = [said(say, about.meaning), say("Key: {key}; symbol: {symbol}", key=about.name, symbol=about.symbol)]
        parts.append(say("Units: {units}", units=said(say, about.units or "1")))
        if about.may_be_missing:
            parts.append(say("May be left empty."))
        return "\n".join(parts)


def _between(length: int, widths: tuple[int, int]) -> int:
    """The width of a column for a text of so many characters."""
    return min(max(widths[0], length), widths[1])


def _high(sheet: Any, row: int, label: str, value: Any) -> None:
    """Room for the lines of a label and of a value of the first sheet of a basis."""
    said_in = [(label, GENERAL_WIDTHS["B"]), *([(value, GENERAL_WIDTHS["D"])] if isinstance(value, str) else [])]
    lines = max(lines_of(text, width) for text, width in said_in)
    if lines > 1:
        sheet.set_row(row - 1, LINE_HEIGHT * lines)


def _style(about: Variable, dims: tuple[str, ...]) -> str:
    """The number format of a variable."""
    if about.units in ("fraction", "1/year"):
        return "fine" if "age" in dims else "share"
    return "amount" if about.units.startswith(("currency", "persons")) else "number"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _word(key: str) -> str:
    plain = key.isascii() and key.replace("_", "").isalnum()
    return key if plain else json.dumps(key)
