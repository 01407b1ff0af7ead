"""The rows of a law in a workbook, from the JSON Schema of scheme files: nothing here knows any form."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from actuarial.scheme_saving import toml_value
from actuarial.sheets.cell_words import BETWEEN
from actuarial.sheets.law_rows import CHOICE, MANY, NUMBER, ONE_OR_MANY, TEXT, TOML, TRUTH, Entry, entries

ABSENT = object()
UNIT = re.compile(r"\((money|fraction|ratio|years|days|weeks|months|persons)\b[^()]*\)")
DEEPEST = 2
"""Tables inside tables that are shown where nothing is given: those of the outermost two levels."""
FORMULA = "formula."
"""Formulas that are made of others are shown one level deeper, so that these can be written."""


@dataclass(frozen=True)
class Line:
    """A row of a sheet: a field of the law with what its cell may hold, or (without key) a heading."""

    key: str
    label: str
    kind: str = ""
    level: int = 0
    units: str = ""
    options: tuple[str, ...] = ()
    bounds: tuple[float | None, float | None] = (None, None)
    dated: bool = False
    money: tuple[str, ...] = ()
    needed: bool = False
    forms: tuple[str, ...] = ()
    entry: Entry | None = None


class Fields:
    """Lines of the tables of a JSON Schema."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.parts: Mapping[str, Any] = schema["$defs"]

    def table(
        self, node: Mapping[str, Any], given: Any, prefix: str = "", level: int = 0, *, needed: bool = True
    ) -> Iterator[Line]:
        """Lines of a table: its fields in the order of the schema, then keys that the schema does not have."""
        raw = given if isinstance(given, Mapping) else {}
        known = node.get("properties", {})
        for name, field in known.items():
            must = needed and name in node.get("required", [])
            yield from self.field(prefix + name, field, raw.get(name, ABSENT), level, needed=must)
        for name in raw:
            if name not in known:
                yield from _free(prefix + name, raw[name], Line(prefix + name, name.replace("_", " "), level=level))

    def field(self, key: str, field: Mapping[str, Any], value: Any, level: int, *, needed: bool) -> Iterator[Line]:
        """Lines of a field: one, or several where it is a table, a list of tables or a number that changes."""
        label = str(field.get("description", key.rpartition(".")[2].replace("_", " ")))
        inner, several = self.inner(field)
        one = Line(key, label, level=level, needed=needed)
        if inner is None:
            yield from _free(key, value, replace(one, **_shape(field)))
        elif value is ABSENT and level + 1 >= DEEPEST + (key.startswith(FORMULA) and "oneOf" in inner):
            shape = _shape(field)
            if shape.get("kind") in (NUMBER, TRUTH) or shape["options"]:
                yield replace(one, **shape)
        elif isinstance(value, list) and several:
            for i, part in enumerate(value):
                yield from self.part(f"{key}[{i}]", one, inner, part, level)
        elif value is ABSENT or isinstance(value, Mapping):
            if several and not isinstance(value, Mapping) and "anyOf" not in field:
                key = f"{key}[0]"
            yield from self.part(key, one, inner, value, level, field)
        else:
            yield from _free(key, value, replace(one, **_shape(field)))

    def part(
        self, key: str, one: Line, inner: Mapping[str, Any], value: Any, level: int, field: Any = None
    ) -> Iterator[Line]:
        """Heading and fields of a table inside a table; where a word may stand for it, its line comes first."""
        if value == {}:
            yield from _free(key, value, one)
            return
        yield Line("", one.label, level=one.level)
        words = _shape(field) if field else {}
        if words.get("options") and value is ABSENT:
            yield replace(one, key=key, **words, level=level + 1)
        if "oneOf" in inner:
            yield from self.formed(key, inner, value, level, needed=one.needed)
        elif "properties" in inner:
            yield from self.table(inner, value, f"{key}.", level + 1, needed=one.needed or value is not ABSENT)
        else:
            names = inner.get("propertyNames", {}).get("enum", [])
            node = {"properties": dict.fromkeys(names, inner["additionalProperties"])}
            if value is ABSENT and not words.get("options"):
                yield replace(one, key=key, **words, level=level + 1)
            yield from self.table(node, value, f"{key}.", level + 1)

    def formed(self, key: str, inner: Mapping[str, Any], value: Any, level: int, *, needed: bool) -> Iterator[Line]:
        """Lines of a table whose form is chosen: those of its form, or of all forms where none is chosen."""
        forms = {str(ref["$ref"].rpartition("/")[2]): None for ref in inner["oneOf"]}
        chosen = value.get("form") if isinstance(value, Mapping) else None
        words = tuple(forms)
        for line in self.union(key, [str(chosen)] if chosen in forms else list(forms), value, level):
            if line.key == f"{key}.form":
                line = replace(line, options=words, needed=needed, forms=())
            elif chosen is None:
                line = replace(line, needed=False)
            yield line

    def union(self, key: str, words: list[str], value: Any, level: int) -> list[Line]:
        """Lines of several forms, each key once with the forms that have it."""
        lines: list[Line] = []
        forms: dict[str, list[str]] = {}
        for word in words:
            headings: list[Line] = []
            for line in self.table(self.parts[word], value, f"{key}.", level + 1):
                if not line.key:
                    headings.append(line)
                    continue
                if line.key not in forms:
                    lines += [*headings, line]
                    forms[line.key] = []
                headings = []
                forms[line.key].append(word)
        several = len(words) > 1
        return [replace(line, forms=tuple(forms[line.key]) if several and line.key else ()) for line in lines]

    def inner(self, field: Mapping[str, Any]) -> tuple[Mapping[str, Any] | None, bool]:
        """The table that a field holds, if any, and whether it may hold a list of them."""
        options = [field, *field.get("anyOf", [])]
        items = [one["items"] for one in options if isinstance(one.get("items"), Mapping)]
        tables = [self.resolved(one) for one in (*options, *items)]
        found = [one for one in tables if _is_table(one)]
        several = any(_is_table(self.resolved(one)) for one in items)
        return (found[0] if found else None), several

    def resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        return self.parts[str(node["$ref"]).rpartition("/")[2]] if "$ref" in node else node


def _is_table(node: Mapping[str, Any]) -> bool:
    """Whether a node is a table of fields, and not a number that changes."""
    if node.get("type") != "object" or "patternProperties" in node:
        return False
    return "oneOf" in node or "properties" in node or "propertyNames" in node


def _shape(field: Mapping[str, Any]) -> dict[str, Any]:
    """What a cell of a field may hold."""
    options = [one for one in (field, *field.get("anyOf", [])) if isinstance(one, Mapping)]
    words = [str(word) for one in options for word in one.get("enum", [one["const"]] if "const" in one else [])]
    kinds = {str(one.get("type")) for one in options}
    dated = [one for one in options if "patternProperties" in one]
    units = UNIT.search(str(field.get("description", "")))
    shape: dict[str, Any] = {"options": tuple(words), "units": units.group(1) if units else ""}
    if dated or kinds & {"number", "integer"}:
        numbers = [one for one in options if one.get("type") in ("number", "integer")]
        one = numbers[0] if numbers else {}
        low, high = one.get("minimum", one.get("exclusiveMinimum")), one.get("maximum", one.get("exclusiveMaximum"))
        pers = tuple(dated[0]["properties"].get("per", {}).get("enum", ())) if dated else ()
        return shape | {"kind": NUMBER, "bounds": (low, high), "dated": bool(dated), "money": pers}
    if "array" in kinds:
        word = ONE_OR_MANY if "string" in kinds and not words else MANY
        return shape | {"kind": " or ".join([word, *words])}
    if "boolean" in kinds:
        return shape | {"kind": TRUTH}
    return shape | ({"kind": TEXT} if "string" in kinds else {})


def _free(key: str, value: Any, line: Line) -> Iterator[Line]:
    """The line of a value, or the lines of what is inside it."""
    if value is ABSENT:
        yield line
        return
    for entry in entries(key, value, toml_value):
        kind = entry.kind
        if kind == MANY and line.kind.split(" or ")[0] == MANY:
            kind = line.kind
        elif not kind and line.kind in (NUMBER, TEXT, TRUTH):
            kind = _kind(line, entry)
        elif not kind and isinstance(entry.rows[0].value, str) and line.kind:
            plain = line.kind == ONE_OR_MANY or entry.rows[0].value in line.kind.split(" or ")[1:]
            kind = line.kind if plain else TEXT
        same = entry.key == key
        made = line if same else Line(entry.key, entry.key.rpartition(".")[2].replace("_", " "), level=line.level + 1)
        dated = made.dated or any(row.labels for row in entry.rows)
        yield replace(made, kind=kind, entry=entry, dated=dated, options=() if kind == TOML else made.options)


def _kind(line: Line, entry: Entry) -> str:
    """The kind of a cell, where what stands in it is of this kind."""
    values = [row.value for row in entry.rows]
    plain = all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in values)
    numbers = plain or all(one in line.options for one in values)
    fits = {NUMBER: numbers, TEXT: isinstance(values[0], str), TRUTH: isinstance(values[0], bool)}
    return line.kind if fits[line.kind] else ""


def written_kind(line: Line) -> str:
    """The kind of the cell of a line as its sheet says it: with the words that the cell may hold, if any."""
    values = [row.value for row in line.entry.rows] if line.entry else []
    if not line.options or line.kind not in ("", TEXT, NUMBER):
        return line.kind
    if line.kind == NUMBER:
        return BETWEEN.join((NUMBER, *line.options))
    return BETWEEN.join((CHOICE, *line.options)) if all(one in line.options for one in values) else line.kind
