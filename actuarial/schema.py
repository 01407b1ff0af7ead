"""JSON Schema of scheme files: editors complete and check them from it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import MISSING, fields, is_dataclass
from functools import lru_cache
from inspect import cleandoc
from typing import Any

from pydantic import TypeAdapter

from actuarial.errors import BadInput
from actuarial.form_table import HEALTH, PENSION, Layout
from actuarial.pension.formulas import FORMULA

DIALECT = "https://json-schema.org/draft/2020-12/schema"
LAYOUTS = {"pension": PENSION, "health": HEALTH}
PAYMENT = "payment"  # mark of a payment method, as FORMULA is that of a formula
DEFINED = {"award": FORMULA, "claim": "benefit", "eligible": "member_group", "cost": PAYMENT}
"""Names of the alternatives of forms, by what the forms answer."""
MANY = {"benefit": "benefit", "member_group": "member_group"}
"""Keys of the file whose tables are one of the alternatives."""


def schema_hash(schema: Any) -> str:
    """The version of the fields of a law as sixteen letters; how they are explained does not matter."""
    text = json.dumps(_unexplained(schema), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def version_of(kind: str) -> str:
    """The version of the fields of a law of this kind, with the forms that are registered now."""
    return _version(kind, tuple(LAYOUTS[kind].forms().items()))


@lru_cache(maxsize=4)
def _version(kind: str, forms: Sequence[tuple[str, type]]) -> str:
    return schema_hash(_shared(kind, forms))


def _unexplained(node: Any) -> Any:
    """A schema without descriptions and titles; a property may well have such a name."""
    if isinstance(node, list):
        return [_unexplained(one) for one in node]
    if not isinstance(node, dict):
        return node
    words = ("description", "title")
    plain = {key: value for key, value in node.items() if key not in words or not isinstance(value, str)}
    return {key: _unexplained(value) for key, value in plain.items()}


def json_schema(kind: str = "pension") -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scheme file, from the classes of the law and the tables of forms.

    Each property has the description and unit of its field. A [[benefit]] is one of the benefits that `form` may name,
    a formula one of the formulas, a [[member_group]] one of the groups, a payment one of the payment methods; forms
    added by `register_form` are among them.

    Parameters
    ----------
    kind : "pension" or "health"
        Kind of scheme.

    Returns
    -------
    dict
        Plain dicts, lists, words and numbers, ready for `json.dumps`.

    Raises
    ------
    BadInput
        Another kind.

    Notes
    -----
    What goes beyond one table (names that another part refers to, keys that exclude each other) is not in the schema;
    `open_scheme` checks it.
    """
    if kind not in LAYOUTS:
        raise BadInput(f"json_schema: {kind!r} is no kind of scheme; the kinds are {', '.join(LAYOUTS)}.")
    return _mended(_whole(kind, tuple(LAYOUTS[kind].forms().items())))


def shared_schema(kind: str) -> dict[str, Any]:
    """The same schema, made once; nobody changes it."""
    return _shared(kind, tuple(LAYOUTS[kind].forms().items()))


@lru_cache(maxsize=4)
def _shared(kind: str, forms: Sequence[tuple[str, type]]) -> dict[str, Any]:
    return _mended(_whole(kind, forms))


@lru_cache(maxsize=4)
def _whole(kind: str, forms: Sequence[tuple[str, type]]) -> dict[str, Any]:
    """The schema of a kind of scheme with some forms before it is mended; nobody changes it."""
    layout = LAYOUTS[kind]
    parts: dict[str, Any] = {}
    scheme = _table(layout.kind, parts)
    properties = {layout.key(key): value for key, value in scheme["properties"].items()}
    for key, plain in layout.plain.items():
        parts[key] = _table(plain, parts)
    for key in layout.lists:
        described = {"description": properties[key]["description"]}
        items = {"items": {"$ref": f"#/$defs/{MANY.get(key, key)}"}}
        least = {} if key == "account" or (key == "benefit" and layout is HEALTH) else {"minItems": 1}
        properties[key] = {"type": "array"} | least | items | described
    for word, form in forms:
        parts[word] = _with_form(word, _table(form, parts))
    for answer in _answers(layout):
        refs = [{"$ref": f"#/$defs/{word}"} for word in layout.words(answer)]
        parts[DEFINED[answer]] = {"type": "object", "required": ["form"], "oneOf": refs}
    required = [layout.key(key) for key in scheme["required"]]
    required += [key for key in layout.lists if key not in required and "minItems" in properties[key]]
    whole = scheme | {"$schema": DIALECT, "title": "scheme.toml", "properties": properties, "required": required}
    return whole | {"$defs": parts}


def _answers(layout: Layout) -> list[str]:
    """What the forms of a kind of scheme answer."""
    return [answer for answer in DEFINED if layout.words(answer)]


def _table(form: type, parts: dict[str, Any]) -> dict[str, Any]:
    """Schema of the table of a class; the classes inside it are added to `parts`."""
    if hasattr(form, "__pydantic_fields__"):
        table = TypeAdapter(form).json_schema()
        parts |= {name: _first_paragraph(part) for name, part in table.pop("$defs", {}).items()}
        return _first_paragraph(table)
    table = {"type": "object", "description": cleandoc(form.__doc__ or form.__name__)}
    if is_dataclass(form):
        known = [field for field in fields(form) if field.init]
        needed = [f.name for f in known if f.default is MISSING and f.default_factory is MISSING]
        names: dict[str, Any] = {field.name: {} for field in known}
        table |= {"properties": names, "required": needed, "additionalProperties": False}
    return _first_paragraph(table)


def _first_paragraph(table: dict[str, Any]) -> dict[str, Any]:
    """The table described by the first paragraph of its class's docstring."""
    text = " ".join(table["description"].split("\n\n")[0].split())
    return table | {"description": text}


def _with_form(word: str, table: dict[str, Any]) -> dict[str, Any]:
    """The table with the word that chooses it."""
    form = {"form": {"const": word, "description": "Word that chooses the form"}}
    return table | {
        "properties": form | table.get("properties", {}),
        "required": ["form", *table.get("required", [])],
    }


def _mended(part: Any) -> Any:
    """The schema with formulas and payment methods at their places, and without null, which TOML does not have."""
    if isinstance(part, list):
        return [_mended(one) for one in part]
    if not isinstance(part, dict):
        return part
    kept = {key: value for key, value in part.items() if not (key == "default" and value is None)}
    if kept.get("anyOf") and {"type": "null"} in kept["anyOf"]:
        options = [one for one in kept.pop("anyOf") if one != {"type": "null"}]
        kept = (options[0] if len(options) == 1 else {"anyOf": options}) | kept
    if kept.get("$comment") == FORMULA:
        del kept["$comment"]
        one = {"$ref": f"#/$defs/{FORMULA}"}
        kept["anyOf"] = [one, {"type": "array", "minItems": 1, "items": one}]
    if kept.get("$comment") == PAYMENT:
        described = {key: value for key, value in kept.items() if key == "description"}
        return {"$ref": f"#/$defs/{PAYMENT}"} | described
    return {key: _mended(value) for key, value in kept.items()}
