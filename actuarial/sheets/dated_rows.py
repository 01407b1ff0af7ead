"""A number that changes with the law as rows of a sheet, one for each plain number in it, and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actuarial.sheets.layout import NESTING, TITLES
from actuarial.sheets.plain import is_plain_text
from actuarial.translation import Told

DIGITS = {"year": 4, "cohort": 4, "age": 3}
ALONG = tuple(DIGITS)
"""What values hold along from a stated one on, in steps or on straight lines."""
WORDS = ("cohort", "age", "group")
"""Kinds of change that a file names with a word; years and sexes are their own keys."""


class NotRows(Exception):
    """A value that rows cannot hold."""


@dataclass(frozen=True)
class Row:
    """A plain number, what it is for from the outside in, and the path of each level that values hold along."""

    value: Any
    labels: tuple[tuple[str, Any], ...] = ()
    paths: tuple[str, ...] = ()
    spot: Any = None

    @property
    def order(self) -> tuple[str, ...]:
        return tuple(dim for dim, _ in self.labels)


def rows_of(raw: Any, labels: tuple[tuple[str, Any], ...] = (), paths: tuple[str, ...] = ()) -> list[Row]:
    """Rows of a number as a scheme file has it.

    Raises
    ------
    NotRows
        No number that changes, or one that changes twice with the same thing.
    """
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return [Row(raw, labels, paths)]
    if isinstance(raw, str) and not labels and is_plain_text(raw):
        return [Row(raw)]
    dim, table, path = _level(raw)
    if dim in (known for known, _ in labels):
        raise NotRows
    inner = (*paths, path) if dim in ALONG else paths
    rows = []
    for label, value in table.items():
        rows += rows_of(value, (*labels, (dim, int(label) if dim in ALONG else label)), inner)
    return rows


def _level(raw: Any) -> tuple[str, Mapping[str, Any], str]:
    """What a table changes with, its values by label, and its path."""
    if not isinstance(raw, Mapping) or not raw:
        raise NotRows
    keys = set(raw) - {"path"}
    path = raw.get("path", "step")
    if path != "ramp" and "path" in raw:
        raise NotRows
    dim = next((word for word in WORDS if keys == {word}), "sex" if keys == {"male", "female"} else "year")
    table = raw[dim] if dim in WORDS else {key: raw[key] for key in raw if key != "path"}
    if not isinstance(table, Mapping) or not table or (dim not in ALONG and "path" in raw):
        raise NotRows
    good = all(_is_label(dim, label) for label in table)
    if not good:
        raise NotRows
    return dim, table, path


def _is_label(dim: str, label: str) -> bool:
    if dim in ALONG:
        whole = label.isascii() and label.isdigit() and str(int(label)) == label
        return whole and (len(label) <= 3 if dim == "age" else len(label) == 4)
    return is_plain_text(label)


def order_of(dims: set[str], stated: str) -> tuple[str, ...]:
    """What a row changes with, from the outside in: as it states, or else as it is usual."""
    words = tuple(stated.split())
    return words if set(words) == dims and len(words) == len(dims) else tuple(d for d in NESTING if d in dims)


@dataclass
class Gathered:
    """What rows are together: the value as a scheme file has it, the row of each key in it, and what does not fit."""

    places: dict[tuple[str, ...], Any]
    found: list[tuple[Any, Told]]

    def value(self, rows: list[Row], depth: int = 0, keys: tuple[str, ...] = ()) -> Any:
        """The value of rows; mistakes are added to `found` with the spot of their row."""
        self.places.setdefault(keys, rows[0].spot)
        first = rows[0].order[depth : depth + 1]
        strange = [row for row in rows if row.order[depth : depth + 1] != first]
        if strange or (not first and len(rows) > 1):
            self.found.append(((strange or rows[1:])[0].spot, _unlike(first, strange)))
            return rows[0].value
        if not first:
            return rows[0].value
        dim, start = first[0], (*keys, *([first[0]] if first[0] in WORDS else []))
        groups: dict[Any, list[Row]] = {}
        for row in rows:
            groups.setdefault(row.labels[depth][1], []).append(row)
        inner = {str(label): self.value(group, depth + 1, (*start, str(label))) for label, group in groups.items()}
        table: dict[str, Any] = {dim: inner} if dim in WORDS else inner
        if dim in ALONG:
            self.path(table, rows, depth)
        return table

    def path(self, table: dict[str, Any], rows: list[Row], depth: int) -> None:
        """Add the path that the rows of a level state."""
        stated: dict[str, Any] = {}
        for row in rows:
            level = sum(dim in ALONG for dim in row.order[:depth])
            words = row.paths if len(row.paths) != 1 else row.paths * (level + 1)
            if level < len(words):
                stated.setdefault(words[level], row.spot)
        if len(stated) > 1:
            text = Told(
                "the rows of one number do not say the same between years ({words}); write one of them",
                words=", ".join(stated),
            )
            self.found.append((list(stated.values())[-1], text))
        if stated and next(iter(stated)) != "step":
            table["path"] = next(iter(stated))


def _unlike(first: tuple[str, ...], strange: list[Row]) -> Told:
    if strange and first:
        return Told(
            'the column "{column}" is filled in above, and not in this row; fill in the same columns in all rows of a '
            "number",
            column=Told(TITLES[first[0]]),
        )
    if strange:
        return Told("the number has one value for all above, and not in this row; fill in the same columns in all rows")
    return Told("the same number stands here twice; clear one of the rows, or say what each of them is for")
