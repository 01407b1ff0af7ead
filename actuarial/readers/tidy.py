"""A plain table of deaths, exposures or populations: a row for each year, sex and age."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise, product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from actuarial.errors import BadBasis, BadInput
from actuarial.fields import ended, suggestion
from actuarial.readers.basis_faults import path_of, refuse
from actuarial.readers.basis_table import NO_END
from actuarial.readers.tidy_words import (
    DIMS,
    GAPS,
    age_of,
    decimal_of,
    dim_of,
    named,
    near_of,
    separator_of,
    sexes,
    value_of,
    wide_of,
)
from actuarial.translation import N_, Told, few, why
from actuarial.vocabulary import SEXES

if TYPE_CHECKING:
    import xarray as xr

DECIMALS = (None, ".", ",")


@dataclass
class Table:
    """What is read of a file, and the mistakes found."""

    path: Path
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    values: dict[str, int] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)
    separator: str = ","

    def add(self, text: str, line: int | None = None) -> None:
        place = self.path.name if line is None else f"{self.path.name}:{line}"
        self.found.append(Told("{place}: {text}", place=place, text=text))


def read_tidy(
    path: str | Path,
    values: Mapping[str, str] | None = None,
    *,
    decimal: str | None = None,
    missing: str = "refuse",
    least: float | None = 0.0,
    encoding: str = "utf-8-sig",
) -> "xr.Dataset":
    """Numbers by year, sex and age from a table with a row for each combination of them, such as a CSV of deaths.

    Parameters
    ----------
    path : file of text with columns separated by commas, semicolons or tabs, the first line of names
        Columns year, sex and age, any of which may be absent, and one or more of numbers, in any order. Names and sexes
        may be English, French or Spanish, with or without accents and capitals: année, año, sexe, edad; male, homme,
        hombre, H, mujer. Ages are 5, 5-9, 100+, "100 et plus", "100 y más".
    values : mapping of column to name, optional
        Columns of numbers to read and their names in the result; by default all, of which deaths, exposure, population
        and births are known in the three languages and others keep their name.
    decimal : "." or ",", optional
        Mark of decimals; found out by default, and refused where it cannot be told.
    missing : "refuse" (default) or "nan"
        What to do where a cell is empty, a point or NA.
    least : float, optional
        Least number allowed; None for any.
    encoding : str
        Of the text; "cp1252" for files of older spreadsheets.

    Returns
    -------
    Dataset by year, sex, age (those that the file has)
        Labels of ages are the first of each group; the attribute `open_age` is the first age of the last group where
        it has no end.

    Raises
    ------
    BadBasis
        Mistakes, each with its line and all at once: words that are no sex or could be either, ages and years that are
        no numbers, numbers that are none or below `least`, rows twice, rows missing, ages that do not follow each
        other; or a file that is no table.
    BadInput
        Other words for the options, a column that is not there.

    Notes
    -----
    M is male beside F and female (mujer) beside H; beside both it is refused. Alone it is male (masculin), but refused
    where the name of a column is Spanish, as M may be mujer. Numbers have no separators of
    thousands.

    Examples
    --------
    data = read_tidy("décès.csv", {"décès": "deaths", "exposition": "exposure"})
    data.deaths.sel(sex="male")
    """
    if decimal not in DECIMALS:
        raise BadInput(Told('decimal: write "." or "," or leave it out (got {decimal!r}).', decimal=decimal))
    if values is not None and not isinstance(values, Mapping):
        wrong = N_("values: give a mapping of columns to names, such as {example} (got {values!r}).")
        raise BadInput(Told(wrong, example='{"décès": "deaths"}', values=values))
    if missing not in ("refuse", "nan"):
        raise BadInput(Told('missing: write "refuse" or "nan" (got {missing!r}).', missing=missing))
    table = Table(path_of(path))
    _load(table, encoding)
    refuse(table.path, table.found)
    _columns(table, values)
    refuse(table.path, table.found)
    labels, open_age = _labels(table)
    numbers = _numbers(table, decimal, missing == "nan", least)
    _refuse_holes(table, labels)
    refuse(table.path, table.found)
    return _dataset(labels, numbers, open_age)


def _load(table: Table, encoding: str) -> None:
    """Rows with their lines, as wide as the header."""
    try:
        text = table.path.read_text(encoding=encoding)
    except LookupError as error:
        unknown = N_("encoding: {encoding!r} is not known; write utf-8-sig or cp1252.")
        raise BadInput(Told(unknown, encoding=encoding)) from error
    except (UnicodeDecodeError, OSError) as error:
        other = Told("it is not {encoding} text; save it as CSV UTF-8 or give encoding", encoding=encoding)
        unread = N_("{file}: the file cannot be read: {reason}.")
        raise BadBasis(Told(unread, file=table.path, reason=why(error, other))) from error
    head = next(iter(text.splitlines()), "")
    table.separator = separator_of(head)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=table.separator, strict=True)
    try:
        table.rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        table.add(Told("the file cannot be read as CSV ({error}); it may be truncated", error=error), reader.line_num)
        return
    if len(table.rows) < 2:
        table.add(Told("the file has no numbers; it needs a line of names and at least one row"))
    elif text[-1] not in "\r\n":
        table.add(NO_END, reader.line_num)
    width = len(table.rows[0][1]) if table.rows else 0
    for line, row in table.rows:
        if len(row) != width:
            split = Told("a decimal comma may split a number") if len(row) > width else Told("it may be truncated")
            text = N_("the row has {cells} cells, the line of names {width}; {hint}")
            table.add(Told(text, cells=len(row), width=width, hint=split), line)


def _columns(table: Table, values: Mapping[str, str] | None) -> None:
    """Places of the dims and of the numbers."""
    line, header = table.rows.pop(0)
    names = table.names = [name.strip() for name in header]
    asked = dict(values or {})
    nameless = names.count("")
    if nameless > 1:
        text = N_("{count} of {whole} columns have no name; the names must stand in the first line")
        table.add(Told(text, count=nameless, whole=len(names)), line)
        return
    absent = [name for name in asked if name not in names]
    if absent:
        hint = ended(suggestion(absent[0], names, N_("it has {names}")))
        text = N_("values: {file} has no column {names}; {hint}")
        raise BadInput(Told(text, file=table.path.name, names=tuple(absent), hint=hint))
    for place, name in enumerate(names):
        dim = None if name in asked else dim_of(name)
        target = dim or (asked.get(name) if values else value_of(name))
        if target is None:
            continue
        store = table.places if dim else table.values
        if target in store:
            text = N_("the columns {one} and {other} are both {target}; name the columns to read")
            table.add(Told(text, one=names[store[target]], other=name, target=target), line)
        store.setdefault(target, place)
    faults = near_of([name for name in names if name not in asked], values is None)
    for fault in faults + (wide_of(names) if values is None else []):
        table.add(fault, line)
    if faults:
        return
    if not table.places:
        table.add(Told("no column is the year, the sex or the age; the names are {names}", names=tuple(names)), line)
    if not table.values:
        table.add(Told("no column has numbers beside {names}", names=tuple(table.places)), line)


def _labels(table: Table) -> tuple[dict[str, list[Any]], int | None]:
    """Labels of every row by dim (None after a mistake), and the first age of the open group."""
    result: dict[str, list[Any]] = {}
    open_age = None
    for dim in (dim for dim in DIMS if dim in table.places):
        cells = [(line, row[table.places[dim]].strip()) for line, row in table.rows]
        if dim == "year":
            result[dim] = [_year(table, line, cell) for line, cell in cells]
        elif dim == "sex":
            found, wrong = sexes({cell for _, cell in cells}, table.names)
            for line, cell in cells:
                if cell in wrong:
                    table.add(wrong[cell], line)
            result[dim] = [found.get(cell) for _, cell in cells]
        else:
            result[dim], open_age = _ages(table, cells)
    return result, open_age


def _year(table: Table, line: int, cell: str) -> int | None:
    text = cell.removesuffix(".0")
    if text.isascii() and text.isdigit() and len(text) == 4:
        return int(text)
    table.add(Told("the year must be such as 2020 (got {cell!r})", cell=cell), line)
    return None


def _ages(table: Table, cells: list[tuple[int, str]]) -> tuple[list[Any], int | None]:
    """First ages; the ends of the groups say whether they follow each other."""
    spans: dict[int, tuple[int | None, int]] = {}
    result: list[Any] = []
    for line, cell in cells:
        found = age_of(cell)
        if found is None:
            table.add(Told("the age must be such as 5, 5-9 or 100+ (got {cell!r})", cell=cell), line)
            result.append(None)
            continue
        first, last = found
        known, before = spans.setdefault(first, (last, line))
        if known != last:
            text = N_("the age {cell!r} begins as another one does in line {before}, but ends elsewhere")
            table.add(Told(text, cell=cell, before=before), line)
        result.append(first)
    firsts = sorted(spans)
    for first, following in pairwise(firsts):
        last, line = spans[first]
        if last is None or last + 1 != following:
            ends = N_("the age that begins with {first} ends with {last}, the next one begins with {following}")
            is_open = N_("the age that begins with {first} is open, the next one begins with {following}")
            table.add(
                Told(is_open, first=first, following=following) if last is None
                else Told(ends, first=first, last=last, following=following), line,
            )  # fmt: skip
    return result, firsts[-1] if firsts and spans[firsts[-1]][0] is None else None


def _numbers(table: Table, decimal: str | None, gaps: bool, least: float | None) -> dict[str, np.ndarray]:
    """Numbers of every row by variable."""
    cells = {line: [row[place] for place in table.values.values()] for line, row in table.rows}
    mark, doubt = (decimal, "") if decimal else decimal_of(cells, table.separator)
    if doubt:
        table.add(Told('{doubt}: write decimal="." or decimal=",", and no separators of thousands', doubt=doubt))
    result = {name: np.full(len(table.rows), np.nan) for name in table.values}
    for number, (line, row) in enumerate(table.rows):
        for name, place in table.values.items():
            cell = row[place].strip()
            if cell.casefold() in GAPS:
                if not gaps:
                    text = N_('{name} is missing ({cell!r}); fill the cell, or write missing="nan"')
                    table.add(Told(text, name=name, cell=cell), line)
                continue
            value = None if doubt else _number(cell, mark)
            if value is not None:
                result[name][number] = value
            if not doubt and (value is None or (least is not None and value < least)):
                table.add(_no_number(name, cell, None if value is None else least), line)
    return result


def _no_number(name: str, cell: str, least: float | None) -> Told:
    """What to say of a cell that is no number, or a number below the least one."""
    if least is None:
        return Told("{name}: {cell!r} is no number", name=name, cell=cell)
    return Told("{name}: {cell!r} is no number of at least {least:g}", name=name, cell=cell, least=least)


def _number(cell: str, mark: str) -> float | None:
    if ("." if mark == "," else ",") in cell or "_" in cell:
        return None
    try:
        value = float(cell.replace(mark, "."))
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _refuse_holes(table: Table, labels: dict[str, list[Any]]) -> None:
    """Rows twice and rows missing."""
    first: dict[tuple[Any, ...], int] = {}
    keys = list(zip(*labels.values(), strict=True))
    for key, (line, _) in zip(keys, table.rows, strict=True):
        if None not in key and key in first:
            text = N_("{cell} stands already in line {first}; remove one of the rows")
            table.add(Told(text, cell=named(labels, key), first=first[key]), line)
        first.setdefault(key, line)
    if any(None in key for key in keys):
        return
    years = labels.get("year")
    if years:
        skipped = sorted(set(range(min(years), max(years))) - set(years))
        if skipped:
            table.add(Told("years are missing between others: {years}", years=few(skipped)))
    absent = [key for key in product(*(sorted(set(words)) for words in labels.values())) if key not in first]
    if absent:
        text = N_("{count} rows are missing, the first: {cell}")
        table.add(Told(text, count=len(absent), cell=named(labels, absent[0])))


def _dataset(labels: dict[str, list[Any]], numbers: dict[str, np.ndarray], open_age: int | None) -> "xr.Dataset":
    import xarray as xr

    axes = {dim: sorted(set(words)) for dim, words in labels.items()}
    if "sex" in axes:
        axes["sex"] = [sex for sex in SEXES if sex in axes["sex"]]
    shape = tuple(len(words) for words in axes.values())
    at = tuple(np.array([axes[dim].index(word) for word in words]) for dim, words in labels.items())
    columns = {}
    for name, values in numbers.items():
        array = np.full(shape, np.nan)
        array[at] = values
        columns[name] = (tuple(axes), array)
    dataset = xr.Dataset(columns, axes)
    return dataset if open_age is None else dataset.assign_attrs(open_age=open_age)
