"""What the sheets of a workbook hide or merge; the reader of cells does not say."""

import re
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*\bref=\"([A-Z]+)(\d+):([A-Z]+)(\d+)\"")
HIDDEN = re.compile(rb"\bhidden=\"(?:1|true)\"")
RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class Structure:
    """Hidden rows and columns, and the first and last cell of merged ones as (row, column, row, column), from 1."""

    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()


def structures(archive: ZipFile) -> dict[str, Structure]:
    """Structure of every sheet by its name."""
    found = {}
    parts = {str(one.get("Id")): str(one.get("Target")) for one in _tree(archive, "xl/_rels/workbook.xml.rels")}
    for sheet in _tree(archive, "xl/workbook.xml").iter():
        target = parts.get(str(sheet.get(RELATIONS)), "")
        if sheet.tag.endswith("}sheet") and "worksheets/" in target:
            name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            found[str(sheet.get("name"))] = _structure(archive.read(name))
    return found


def never_calculated(archive: ZipFile) -> bool:
    """Whether a workbook says that the results of its formulas are still to be calculated, as those have that programs
    other than spreadsheet programs wrote."""
    options = (one for one in _tree(archive, "xl/workbook.xml").iter() if one.tag.endswith("}calcPr"))
    return any(one.get("fullCalcOnLoad") in ("1", "true") for one in options)


def _tree(archive: ZipFile, name: str) -> Any:
    return ElementTree.fromstring(archive.read(name))


def _structure(text: bytes) -> Structure:
    before, _, after = text.partition(b"sheetData")
    columns = [one for one in COLUMN.findall(before) if HIDDEN.search(one)]
    rows = [one for one in ROW.findall(after) if HIDDEN.search(one)]
    return Structure(
        frozenset(number for one in rows if (number := _number(one, b"r"))),
        frozenset(i for one in columns for i in range(_number(one, b"min"), min(_number(one, b"max"), 16384) + 1)),
        tuple((int(top), _column(left), int(end), _column(right)) for left, top, right, end in MERGED.findall(after)),
    )


def _number(attributes: bytes, key: bytes) -> int:
    found = re.search(rb"(?:^|\s)" + key + rb"=\"(\d+)\"", attributes)
    return int(found.group(1)) if found else 0


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
