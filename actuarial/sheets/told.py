"""Messages about a law and a basis as the reader of a workbook needs them: with its cells, and with its columns in the
place of what is written in scheme files or in Python."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from actuarial.sheets.cell_words import Names
from actuarial.sheets.law import Law
from actuarial.translation import InFile, Language, Told, told
from actuarial.vocabulary import DIMS, SEXES

NAME = re.compile(r"\s*([A-Za-z_]\w*(?:\.\w+|\[\d+\])*)(?=[: ])")


def in_columns(text: str) -> str:
    """A message whose advice is about cells and columns, and no longer about what is written in scheme files."""
    if isinstance(text, InFile):
        return text.cells
    if isinstance(text, Told):
        return text.with_values({name: _in_columns(value, name) for name, value in text.values.items()})
    return text


def _in_columns(value: object, name: str = "") -> object:
    """What stands in a place of a message; dims and sexes of a cell are the words of the sheet, and no keys."""
    if isinstance(value, (tuple, list)):
        return type(value)(map(_in_columns, value))
    if isinstance(value, Told):
        return in_columns(value)
    return Told(value) if (name == "dim" and value in DIMS) or (name == "label" and value in SEXES) else value


def in_words(text: str, names: Names, say: Language) -> str:
    """A message in which benefits and groups that have no name of their own are called what the cells call them."""
    if not isinstance(text, Told):
        return text
    return text.with_values({place: _in_words(value, names, say) for place, value in text.values.items()})


def _in_words(value: object, names: Names, say: Language) -> object:
    if isinstance(value, (tuple, list)):
        return type(value)(_in_words(one, names, say) for one in value)
    if isinstance(value, Told):
        return in_words(value, names, say)
    return names.shown(say, value) if isinstance(value, str) and value in names.forms else value


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
