"""The tables of a scheme file as keyed rows of a sheet, and back: nothing here knows any form."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from actuarial.sheets.cell_words import base_of, options_of
from actuarial.sheets.dated_rows import Gathered, NotRows, Row, rows_of
from actuarial.sheets.plain import is_plain_text, protected
from actuarial.toml_faults import fault
from actuarial.translation import N_, Told

Path = tuple[Any, ...]
KEY = re.compile(r"[A-Za-z0-9_-]+")
STEP = re.compile(r"([A-Za-z0-9_-]+)|\[(\d+)\]")
BETWEEN = re.compile(r"[,;\n]")
NUMBER, TEXT, TRUTH, CHOICE = "number", "text", "truth", "choice"
MANY, ONE_OR_MANY, TOML = "list", "word or list", "toml"
"""Kinds of cells: a number, words as they are, yes or no, one of the words that the kind names; words with commas
between them, the same where a single word is no list, and a value as a scheme file has it."""

OWN = ("name", "law", "currency")
"""Texts that are no names of other parts of the law."""

Found = tuple[Any, Told]
"""What is wrong, after the spot of its row."""


class _Branch(dict[Any, Any]):
    """A table that keys with dots and brackets make."""


@dataclass(frozen=True)
class Entry:
    """A field of the law: its key, how its cell is written, its rows, and of money what it is per and follows."""

    key: str
    kind: str
    rows: tuple[Row, ...]
    per: str = ""
    indexed: str = ""


def entries(key: str, value: Any, write: Any) -> Iterator[Entry]:
    """The fields that a value of a scheme file is on a sheet; `write` gives the text of a value of TOML."""
    if isinstance(value, Mapping):
        one = _number(key, value)
        if one is not None:
            yield one
        elif value and all(KEY.fullmatch(name) for name in value):
            for name, inner in value.items():
                yield from entries(f"{key}.{name}", inner, write)
        else:
            yield _toml(key, value, write)
    elif isinstance(value, list):
        yield from _of_list(key, value, write)
    elif isinstance(value, str) and not is_plain_text(value):
        yield _toml(key, value, write)
    else:
        yield Entry(key, "", (Row(value),))


def _of_list(key: str, value: list[Any], write: Any) -> Iterator[Entry]:
    if value and all(isinstance(one, str) and is_plain_text(one) and not BETWEEN.search(one) for one in value):
        yield Entry(key, MANY, (Row(", ".join(value)),))
    elif value and all(isinstance(one, Mapping) and one for one in value):
        for i, one in enumerate(value):
            yield from entries(f"{key}[{i}]", one, write)
    else:
        yield _toml(key, value, write)


def _toml(key: str, value: Any, write: Any) -> Entry:
    return Entry(key, TOML, (Row(protected(write(value))),))


def _number(key: str, value: Mapping[str, Any]) -> Entry | None:
    """A number that changes, or an amount of money; None for any other table."""
    per, indexed = value.get("per", ""), value.get("indexed", "")
    inner: Any = {name: one for name, one in value.items() if name not in ("per", "indexed")}
    if ("per" in value or "indexed" in value) and "per" not in value:
        return None
    if per and set(inner) == {"value"}:
        inner = inner["value"]
    try:
        return Entry(key, "", tuple(rows_of(inner)), per, indexed)
    except NotRows:
        return None


@dataclass
class Keyed:
    """The rows of a sheet that have the same key."""

    key: str
    kind: str
    spot: Any
    broken: bool = False
    rows: list[Row] = field(default_factory=list)
    per: dict[str, Any] = field(default_factory=dict)
    indexed: dict[str, Any] = field(default_factory=dict)


def keyed(entry: Entry) -> Keyed:
    """What is read of the rows of a field."""
    per, indexed = ({word: None} if word else {} for word in (entry.per, entry.indexed))
    return Keyed(entry.key, entry.kind, None, rows=list(entry.rows), per=per, indexed=indexed)


def table_of(fields: list[Keyed], found: list[Found]) -> tuple[dict[str, Any], dict[Path, Any]]:
    """A table of a scheme file from the fields of a sheet, and the spot of each path in it.

    Mistakes are added to `found` with their spots. A field without rows has its spot and no value; the items of lists
    are counted anew where some have no value.
    """
    places: dict[Path, Any] = {}
    tree = _Branch()
    for one in fields:
        path = path_of(one.key)
        if path is None:
            found.append(
                (
                    one.spot,
                    Told("{key} is no key of a field; copy the row from an untouched workbook", key=repr(one.key)),
                )
            )
            continue
        places.setdefault(path, one.spot)
        if one.rows and not one.broken and not _put(tree, path, value_of(one, path, places, found)):
            found.append((one.spot, Told("the same is given by another row above; clear one of them")))
    return _listed(tree, (), (), places), places


def path_of(key: str) -> tuple[str | int, ...] | None:
    """`conditions[0].age` as ("conditions", 0, "age"); None where it is no key."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+(\[\d+\])*(\.[A-Za-z0-9_-]+(\[\d+\])*)*", key):
        return None
    return tuple(word or int(number) for word, number in STEP.findall(key))


def value_of(one: Keyed, path: Path, places: dict[Path, Any], found: list[Found]) -> Any:
    """The value of a field as a scheme file has it."""
    gathered = Gathered({}, found)
    value = gathered.value(one.rows)
    money = _stated(one, "per", found), _stated(one, "indexed", found)
    within = ("value",) if money[0] and not _by_time(value) else ()
    places |= {(*path, *within, *keys): spot for keys, spot in gathered.places.items()}
    if isinstance(value, str) and (one.kind in (TOML, ONE_OR_MANY) or base_of(one.kind) == MANY):
        value = _unpacked(value, one, found)
    if money[0]:
        value = {"value": value} if within else value
        value["per"] = money[0]
    if money[1]:
        value = value if isinstance(value, dict) else {"value": value}
        value["indexed"] = money[1]
    return value


def _by_time(value: Any) -> bool:
    """Whether a number changes along years, cohorts or ages on its outermost level."""
    return isinstance(value, dict) and "male" not in value and "group" not in value


def _stated(one: Keyed, what: str, found: list[Found]) -> str:
    """The word that the rows of a field agree on."""
    stated = getattr(one, what)
    if len(stated) > 1:
        words = ", ".join(map(repr, stated))
        text = Told("the rows of one amount do not say the same ({words}); write one of them", words=words)
        found.append((list(stated.values())[-1], text))
    return next(iter(stated), "")


def _unpacked(text: str, one: Keyed, found: list[Found]) -> Any:
    """The words of a list, or what a text of TOML says."""
    if one.kind == TOML:
        try:
            return tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError as error:
            wrong = N_("the value cannot be read as TOML: {what}; write it as a scheme file has it")
            found.append((one.spot, Told(wrong, what=fault(error))))
            return text
    words = [word.strip() for word in BETWEEN.split(text) if word.strip()]
    single = one.kind == ONE_OR_MANY and len(words) == 1
    return words[0] if single or text in options_of(one.kind) else words


def _put(tree: dict[Any, Any], path: tuple[Any, ...], value: Any) -> bool:
    """Put a value at a path of nested tables; False where another value is there or on the way."""
    for key in path[:-1]:
        tree = tree.setdefault(key, _Branch())
        if not isinstance(tree, _Branch):
            return False
    if path[-1] in tree:
        return False
    tree[path[-1]] = value
    return True


def _listed(tree: Any, old: tuple[Any, ...], new: tuple[Any, ...], places: dict[Path, Any]) -> Any:
    """The tables with lists where keys are numbers; spots of items that get another number move with them."""
    if not isinstance(tree, _Branch):
        return tree
    if tree and all(isinstance(key, int) for key in tree):
        order = sorted(tree)
        for i, key in enumerate(order):
            if i != key:
                moved = {path: spot for path, spot in places.items() if path[: len(old) + 1] == (*old, key)}
                places |= {(*new, i, *path[len(old) + 1 :]): spot for path, spot in moved.items()}
        return [_listed(tree[key], (*old, key), (*new, i), places) for i, key in enumerate(order)]
    return {key: _listed(value, (*old, key), (*new, key), places) for key, value in tree.items()}
