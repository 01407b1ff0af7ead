"""Messages about a law and a basis as the reader of a workbook needs them: with its cells, and with its columns in the
place of what is written in scheme files or in Python."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from actuarial.sheets.cell_words import Names
from actuarial.sheets.law import Law
from actuarial.translation import InFile, Language, Told, told
from actuarial.vocabulary import DIMS, SEXES

NAME = re.compile(r"\s*([A-Za-z_]\w*(?:\.\w+|\[\d+\])*)(?=[: ])")


def in_columns(text: str) -> str:
    """A message whose advice is about cells and columns, and no longer about what is written in scheme files."""
    changed: str = _changed(text, _as_column)
    return changed


def _as_column(value: Any, name: str) -> Any:
    """Advice about cells; dims and sexes of a cell are the words of the sheet, and no keys."""
    if isinstance(value, InFile):
        return value.cells
    keys: Any = {"dim": DIMS, "label": SEXES}.get(name, ())
    return Told(value) if _plain(value) and value in keys else value


def in_words(text: str, names: Names, say: Language) -> str:
    """A message in which benefits and groups that have no name of their own are called what the cells call them."""

    def shown(value: Any, _: str) -> Any:
        return names.shown(say, value) if _plain(value) and value in names.forms else value

    changed: str = _changed(text, shown)
    return changed


def _plain(value: object) -> bool:
    """Whether a value is a word, and no message."""
    return isinstance(value, str) and not isinstance(value, Told)


def _changed(value: Any, change: Callable[[Any, str], Any], name: str = "") -> Any:
    """What stands in a place of a message after a change of each of its parts; what has been changed is left so."""
    found = change(value, name)
    if found is not value:
        return found
    if isinstance(value, (tuple, list)):
        return type(value)(_changed(one, change) for one in value)
    if isinstance(value, Told):
        return value.with_values({place: _changed(one, change, place) for place, one in value.values.items()})
    return value


def in_cells(text: str, places: Mapping[str, str], names: Names, say: Language) -> str:
    """A message with advice about cells, each line that begins with a name of the workbook after the cell of it."""
    there = in_words(in_columns(text), names, say)
    cells = [cell_of(line, places) for line in there.split("\n")]
    said = told(there, say).split("\n")
    return "\n".join(f"{cell}: {line.lstrip()}" if cell else line for cell, line in zip(cells, said, strict=True))


def cell_of(line: str, places: Mapping[str, str]) -> str:
    """The cell of the name that a line begins with, or of the innermost table around it; "" where there is none."""
    found = NAME.match(line)
    name = found[1] if found else ""
    while name and name not in places:
        name = name.rpartition(".")[0]
    return places.get(name, "")


def named_places(law: Law) -> Iterable[tuple[str, str]]:
    """The cell of each part and field of a law, by the names that messages have for them."""
    for path, place in law.places.items():
        part: Any = law.raw.get(path[0])
        if not isinstance(part, list):
            yield _dotted(path), place
        elif len(path) > 1:
            table = part[path[1]]
            yield _dotted((table.get("name") or table.get("form", ""), *path[2:])), place


def _dotted(path: Iterable[Any]) -> str:
    """Keys with dots between them, places in lists in brackets."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).removeprefix(".")
