"""JSON Schema of scheme files: editors complete and check them from it."""

from dataclasses import MISSING, fields, is_dataclass
from inspect import cleandoc
from typing import Any

from pydantic import TypeAdapter

from actuarial.forms import FORMS
from actuarial.pension.formulas import FORMULA
from actuarial.scheme import Scheme

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scheme file, from the classes of the law and the table of forms.

    Each property has the description and unit of its field. A [[benefit]] is one of the benefits that `form` may name,
    and a formula one of the formulas; forms added by `register_form` are among them.

    Returns
    -------
    dict
        Plain dicts, lists, words and numbers, ready for `json.dumps`.

    Notes
    -----
    What goes beyond one table (names that another part refers to, keys that exclude each other) is not in the schema;
    `open_scheme` checks it.
    """
    parts: dict[str, Any] = {}
    scheme = _table(Scheme, parts)
    properties = {"benefit" if key == "benefits" else key: value for key, value in scheme["properties"].items()}
    described = {"description": properties["benefit"]["description"]}
    properties["benefit"] = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/benefit"}} | described
    for word, form in FORMS.items():
        parts[word] = _with_form(word, _table(form, parts))
    for kind, wanted in (("benefit", True), (FORMULA, False)):
        words = [word for word, form in FORMS.items() if hasattr(form, "claim") == wanted]
        parts[kind] = {"type": "object", "required": ["form"], "oneOf": [{"$ref": f"#/$defs/{word}"} for word in words]}
    required = [*scheme["required"], "benefit"]
    whole = scheme | {"$schema": DIALECT, "title": "scheme.toml", "properties": properties, "required": required}
    return _mended(whole | {"$defs": parts})


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
    form = {"form": {"const": word, "description": "Form of the benefit or formula"}}
    return table | {
        "properties": form | table.get("properties", {}),
        "required": ["form", *table.get("required", [])],
    }


def _mended(part: Any) -> Any:
    """The schema with formulas at their places, and without null, which TOML does not have."""
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
    return {key: _mended(value) for key, value in kept.items()}
