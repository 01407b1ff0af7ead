"""Saving a scheme: a scheme file that gives the same scheme back, whole or not at all."""

import dataclasses
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from actuarial.dated import Money, Split, plain
from actuarial.errors import BadScheme
from actuarial.fields import path_text
from actuarial.form_table import HEALTH, PENSION, answer_of
from actuarial.forms import parse_scheme
from actuarial.health.scheme import HealthScheme
from actuarial.pension.indexation import Indexation
from actuarial.provenance import digest
from actuarial.scheme import Scheme

Place = tuple[str | int, ...]
NAMED = ("groups", "services", "contributions", "accounts", "benefits")
"""Fields of a scheme that hold its parts."""


def save_scheme(scheme: Scheme | HealthScheme, path: str | Path) -> None:
    """Write a scheme as a TOML file; `open_scheme` gives an equal one back.

    Keys stand in the order of the fields of their class, what has its default is left out. Comments of a file that the
    scheme was read from are not kept. The file is written under a temporary name beside the target and then renamed: an
    error or an interruption leaves an older file as it was. Folders above it are made.

    Parameters
    ----------
    scheme : Scheme or HealthScheme
    path : path of the file

    Raises
    ------
    BadScheme
        No Scheme; an object whose class has no word in scheme files (see `register_form`), or that a file cannot give
        back; a file that cannot be written.

    Examples
    --------
    save_scheme(scheme.amend("old_age", retirement_age=65), "reform.toml")
    """
    content = scheme_text(scheme).encode("utf-8")
    target = Path(path)
    scratch = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch.write_bytes(content)
        scratch.replace(target)
    except OSError as error:
        reason = error.strerror or error
        raise BadScheme(f"{target}: the scheme cannot be written: {reason}.\n  Give another path.") from None
    finally:
        scratch.unlink(missing_ok=True)


def scheme_text(scheme: Scheme | HealthScheme) -> str:
    """Text of the scheme file of a scheme; `parse_scheme` gives an equal one back. Errors as `save_scheme`."""
    if not isinstance(scheme, (Scheme, HealthScheme)):
        raise BadScheme(f"scheme: must be a Scheme (got {type(scheme).__name__}).\n  Give what open_scheme returned.")
    try:
        layout = HEALTH if isinstance(scheme, HealthScheme) else PENSION
        table = {layout.key(key): value for key, value in _fields(scheme, ()).items()}
        text = "\n".join(_lines(table, ())) + "\n"
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadScheme(f"scheme: {error.object[error.start]!r} in a word cannot be written as UTF-8.") from None
    try:
        back = parse_scheme(text)
    except BadScheme as error:
        raise BadScheme(f"the scheme cannot be written, its file would be refused:\n{error}") from None
    _check_same(scheme, back)
    return text


def _check_same(scheme: Any, back: Any) -> None:
    """BadScheme where what would be read is not what was to be written."""
    if digest(back) == digest(scheme):
        return
    pairs: list[tuple[str, Any, Any]] = [(scheme.name, scheme, back)]
    for field in NAMED:
        parts = zip(getattr(scheme, field, ()), getattr(back, field, ()), strict=True)
        pairs += [(one.name, one, other) for one, other in parts]
    name, part, _ = next(pair for pair in reversed(pairs) if digest(pair[1]) != digest(pair[2]))
    raise BadScheme(
        f"{name}: a scheme file would not give the same {type(part).__name__} back.\n"
        "  Let its class make numbers by year, tables and objects from what a file holds, as the library's forms do."
    )


def _raw(value: Any, place: Place) -> Any:
    """A value in the words, numbers, lists and tables of TOML."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (Money, *Split)):
        return _short(plain(value))
    if type(value) is Indexation:
        return _indexation(value, place)
    if isinstance(value, Mapping):
        return {str(key): _raw(one, (*place, str(key))) for key, one in value.items()}
    if isinstance(value, (tuple, list)):
        return [_raw(one, (*place, i)) for i, one in enumerate(value)]
    if isinstance(value, (bool, int, float, str)):
        return value
    return _object(value, place)


def _short(raw: Any) -> Any:
    """Whole numbers without their decimal point."""
    if isinstance(raw, dict):
        return {key: _short(one) for key, one in raw.items()}
    return int(raw) if isinstance(raw, float) and repr(raw).endswith(".0") and repr(raw) != "-0.0" else raw


def _indexation(value: Indexation, place: Place) -> Any:
    """The word of an adjustment that has one, else its table."""
    words: dict[str, dict[str, Any]] = {"none": {}, "prices": {"prices": 1.0}, "wages": {"wages": 1.0}}
    for word, weights in words.items():
        if value == Indexation(**weights):
            return word
    return _fields(value, place)


def _object(value: Any, place: Place) -> dict[str, Any]:
    """The table of an object, with its form where it needs one."""
    kind = type(value)
    known = [*PENSION.forms().items(), *HEALTH.forms().items()]
    word = next((word for word, form in known if form is kind), None)
    named, fields = answer_of(kind) is not None, dataclasses.is_dataclass(kind)
    inner = fields and not named and kind.__module__.split(".")[0] == __name__.split(".")[0]
    if word is None and named:
        raise BadScheme(
            f"{path_text(place)}: {kind.__name__} has no word in scheme files.\n"
            f'  Give it one with register_form("WORD", {kind.__name__}), wherever the scheme is saved or opened.'
        )
    if word is None and not inner:
        raise BadScheme(
            f"{path_text(place)}: a scheme file has no words for {kind.__name__}.\n"
            "  Use numbers, words, tables, and the objects of the library."
        )
    if not fields:
        raise BadScheme(
            f"{path_text(place)}: {kind.__name__} is no dataclass, so that its keys are not known.\n"
            "  Make it a frozen dataclass whose fields are the keys of the file."
        )
    return ({} if word is None else {"form": word}) | _fields(value, place)


def _fields(value: Any, place: Place) -> dict[str, Any]:
    """Fields of an object that have not their defaults, in the order of its class."""
    kind, table = type(value), {}
    checked = hasattr(kind, "__pydantic_fields__")
    for field in dataclasses.fields(value):
        one = getattr(value, field.name)
        if not field.init or _has_default(kind, field, one):
            continue
        here = (*place, field.name)
        if one is None:
            raise BadScheme(f"{path_text(here)} is None, which a scheme file cannot say.\n  Make None its default.")
        named = place or field.name not in NAMED
        raw = _raw(one, here) if named else [_object(part, (part.name,)) for part in one]
        table[field.name] = _short(raw) if checked and isinstance(raw, float) else raw
    return table


def _has_default(kind: type, field: Any, value: Any) -> bool:
    known = getattr(kind, "__pydantic_fields__", {})
    if field.name in known:
        about: Any = known[field.name]
        if about.is_required():
            return False
        default = about.default if about.default_factory is None else about.default_factory()
    elif field.default is not dataclasses.MISSING:
        default = field.default
    elif field.default_factory is not dataclasses.MISSING:
        default = field.default_factory()
    else:
        return False
    if type(value) is type(default) and isinstance(value, (bool, int, float, str)):
        return bool(value == default)
    if value is default or value is None or default is None:
        return value is default
    if isinstance(value, tuple) and isinstance(default, tuple) and len(value) != len(default):
        return False
    return digest(value) == digest(default)


def _lines(table: dict[str, Any], path: tuple[str, ...]) -> list[str]:
    """A table as lines: first what fits behind its key, then the tables that need a heading of their own."""
    apart = {key: value for key, value in table.items() if _stands_apart(value, top=not path)}
    words = {_key(key): toml_value(value) for key, value in table.items() if key not in apart}
    width = max(map(len, words), default=0)
    lines = [f"{key.ljust(width)} = {text}" for key, text in words.items()]
    for key, value in apart.items():
        heading = ".".join(map(_key, (*path, key)))
        for one in value if isinstance(value, list) else [value]:
            lines += ["", f"[[{heading}]]" if isinstance(value, list) else f"[{heading}]"]
            lines += _lines(one, (*path, key))
    return lines


def _stands_apart(value: Any, *, top: bool) -> bool:
    """Whether a value is a table, or a list of them, that has a heading: parts of the scheme, and what has a form."""
    tables = value if isinstance(value, list) else [value]
    return bool(tables) and all(isinstance(one, dict) and (top or "form" in one) for one in tables)


def _key(word: str) -> str:
    bare = word.isascii() and word.replace("_", "").replace("-", "").isalnum()
    return word if bare else toml_value(word)


def toml_value(value: Any) -> str:
    """A value behind its key; the strings of TOML are those of JSON, with DEL escaped as well."""
    if isinstance(value, dict):
        inner = ", ".join(f"{_key(key)} = {toml_value(one)}" for key, one in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value).lower() if isinstance(value, bool) else repr(value)
