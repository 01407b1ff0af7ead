"""Scheme files: words become objects through one table of forms, and every mistake is reported with its line."""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from difflib import get_close_matches
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from actuarial import pension
from actuarial.dated import Misstated
from actuarial.errors import ActuarialError, BadScheme
from actuarial.fields import Several, keys_of, path_text, suggestion
from actuarial.scheme import ANSWERS, NEEDED, Scheme, conflicts
from actuarial.toml_lines import line_at, lines_of

FORMS: dict[str, type] = {
    "old_age": pension.OldAge,
    "invalidity": pension.Invalidity,
    "widows": pension.Widows,
    "orphans": pension.Orphans,
    "old_age_grant": pension.OldAgeGrant,
    "refund": pension.Refund,
    "funeral_grant": pension.FuneralGrant,
    "flat": pension.Flat,
    "final_average": pension.FinalAverage,
}
PARTS = ("contributions", "benefit")
REFERENCES = (("follows", "benefit"), ("of", "benefit"), ("instead_of", "benefit"), ("contributions", "contribution"))


def register_form(word: str, form: type) -> None:
    """Let a word in scheme files (`form = "word"`) mean a class: a benefit or a formula of one's own.

    Parameters
    ----------
    word : str
        Not yet taken by another class.
    form : class
        Keyword arguments are the keys of the file; a benefit answers as `actuarial.scheme.Benefit` does, a formula has
        `award(person, service)`.

    Raises
    ------
    BadScheme
        The word means another class already.

    Examples
    --------
    register_form("bereavement_leave", BereavementLeave)
    """
    if not callable(getattr(form, "award", None)):
        raise BadScheme(
            f"register_form: {getattr(form, '__name__', form)} is neither a benefit nor a formula.\n"
            "  Give a class with award(person, service) for a formula, or with claim(person) and award(person)."
        )
    if FORMS.get(word, form) is not form:
        raise BadScheme(f"register_form: {word!r} already means {FORMS[word].__name__}; choose another word.")
    FORMS[word] = form


def open_scheme(path: str | Path) -> Scheme:
    """Read a scheme from a TOML file.

    Parameters
    ----------
    path : path of the file

    Returns
    -------
    Scheme

    Raises
    ------
    BadScheme
        The file cannot be read, is no TOML, or has mistakes: all of them at once, each with line, place and remedy.

    Examples
    --------
    scheme = open_scheme("my_country/scheme.toml")
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise BadScheme(f"{file}: the scheme cannot be read: {reason}.\n  Give the path of a TOML file.") from None
    return parse_scheme(text, file.name)


def parse_scheme(text: str, name: str = "scheme.toml") -> Scheme:
    """Read a scheme from the text of a TOML file; `name` stands in the messages. Errors as `open_scheme`."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadScheme(_syntax(text, name, error)) from None
    found: list[Misstated] = []
    scheme = _scheme(raw, found)
    if found or scheme is None:
        lines = lines_of(text)
        texts = {(line_at(lines, one.path), f"{_shown(raw, one.path)}: {one.text}") for one in found}
        listed = [f"{name}:{line}: {message}" for line, message in sorted(texts)]
        raise BadScheme(listed[0] if len(listed) == 1 else f"{name}: {len(listed)} mistakes\n" + "\n".join(listed))
    return scheme


def _syntax(text: str, name: str, error: tomllib.TOMLDecodeError) -> str:
    """A sentence for a file that is no TOML, with the line."""
    message = str(error)
    what, _, place = message.rpartition(" (at ")
    if "end of document" in place or not what:
        last = max(1, len(text.rstrip().splitlines()))
        return f"{name}:{last}: the file ends too early ({what or message}); it may be truncated."
    line = place.removeprefix("line ").split(",")[0]
    return f"{name}:{line}: not readable as TOML ({what}); mend the line."


def _scheme(raw: dict[str, Any], found: list[Misstated]) -> Scheme | None:
    """The scheme of a parsed file; mistakes are added to `found`, with their paths in the file."""
    keys = ["benefit" if key == "benefits" else key for key in keys_of(Scheme)]
    unknown = [key for key in raw if key not in keys]
    found += [Misstated(f"unknown key; {suggestion(key, keys, 'the keys are')}", (key,)) for key in unknown]
    known = {key: _nested(value, (key,), found) for key, value in raw.items() if key in keys and key != "benefit"}
    known["benefits"] = _benefits(raw.get("benefit", []), found)
    try:
        return Scheme(**known)
    except Several as several:
        meant = {(match,) for key in unknown for match in get_close_matches(key, keys, n=1)}
        told = [one for one in several.mistakes if not (one.path in meant and one.text.startswith("is missing"))]
        found += [Misstated(one.text, _in_file(raw, one.path)) for one in told]
    lines = [_placeholder(table) for table in _tables(raw.get("contributions"))]
    parts = SimpleNamespace(contributions=lines, benefits=known["benefits"])
    found += [Misstated(text, _in_file(raw, path)) for path, text in conflicts(parts)]
    return None


def _in_file(raw: dict[str, Any], path: tuple[Any, ...]) -> tuple[Any, ...]:
    """Path in the file of a path that starts with the name of a contribution or benefit."""
    first, *rest = path
    if first == "benefits":
        return ("benefit", *rest)
    if first in raw:
        return path
    places = [(part, i) for part in PARTS for i, table in enumerate(_tables(raw.get(part))) if _name(table) == first]
    return (*places[-1], *rest) if places else path


def _shown(raw: dict[str, Any], path: tuple[Any, ...]) -> str:
    """The path as it is shown: contributions and benefits by their names."""
    if len(path) >= 2 and path[0] in PARTS and isinstance(path[1], int):
        tables = _tables(raw.get(path[0]))
        name = _name(tables[path[1]]) if path[1] < len(tables) else None
        return path_text((name, *path[2:])) if name else path_text(path)
    return path_text(path)


def _tables(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else []


def _name(table: Any) -> str | None:
    """Name of a contribution or benefit in the file; a benefit's defaults to its form."""
    name = table.get("name", table.get("form")) if isinstance(table, Mapping) else None
    return name if isinstance(name, str) else None


def _benefits(raw: Any, found: list[Misstated]) -> Any:
    """Objects of all [[benefit]] tables; where one has mistakes, what is left of it so that others may name it."""
    if not isinstance(raw, list):
        found.append(Misstated("must be a list of tables; write [[benefit]]", ("benefit",)))
        return [_placeholder(raw)]
    objects = []
    for i, table in enumerate(raw):
        before = len(found)
        made = _object(table, ("benefit", i), found, benefit=True)
        objects.append(made if len(found) == before else _placeholder(table))
    return objects


def _placeholder(table: Any) -> Any:
    """What is left of a contribution or benefit with mistakes: its name and the names that it gives."""
    given = dict(table) if isinstance(table, Mapping) else {}
    references = [(key, kind, _words(given.get(key))) for key, kind in REFERENCES]
    answers: dict[str, Any] = dict.fromkeys((*ANSWERS, *(word for needed in NEEDED.values() for word in needed)))
    return SimpleNamespace(
        **answers
        | {
            "name": _name(given) or f"nameless {id(table)}",
            "follows": _words(given.get("follows")),
            "finances": "all" if given.get("finances") == "all" else _words(given.get("finances")),
            "of": _words(given.get("of")),
            "refers_to": tuple(references),
        }
    )


def _words(raw: Any) -> tuple[str, ...]:
    several = raw if isinstance(raw, list) else [raw]
    return tuple(word for word in several if isinstance(word, str))


def _nested(raw: Any, path: tuple[Any, ...], found: list[Misstated]) -> Any:
    """The value of a key, in which tables that name a form have become objects."""
    if isinstance(raw, Mapping):
        if "form" in raw:
            return _object(raw, path, found, benefit=False)
        return {key: _nested(value, (*path, key), found) for key, value in raw.items()}
    if isinstance(raw, list):
        return tuple(_nested(value, (*path, i), found) for i, value in enumerate(raw))
    return raw


def _object(table: Any, path: tuple[Any, ...], found: list[Misstated], *, benefit: bool) -> Any:
    """The object of a table with a form; None, and mistakes added to `found`, where it cannot be made."""
    words = [word for word, form in FORMS.items() if hasattr(form, "claim") == benefit]
    if not isinstance(table, Mapping):
        return found.append(Misstated("must be a table", path))
    if "form" not in table:
        return found.append(Misstated(f"form is missing; the forms are {', '.join(words)}", path))
    word = table["form"]
    if word not in words:
        hint = suggestion(str(word), words, "the forms are")
        return found.append(Misstated(f"{word!r} is unknown; {hint}", (*path, "form")))
    values, broken = {}, set()
    for key, value in table.items():
        before = len(found)
        if key != "form":
            values[key] = _nested(value, (*path, key), found)
        if len(found) > before:
            broken.add(key)
    return _made(FORMS[word], values, broken, path, found)


def _needed(form: type) -> list[str]:
    """Fields of a plain dataclass that have no default."""
    if not is_dataclass(form):
        return []
    return [f.name for f in fields(form) if f.init and f.default is MISSING and f.default_factory is MISSING]


def _made(form: type, values: dict[str, Any], broken: set[str], path: tuple[Any, ...], found: list[Misstated]) -> Any:
    """Build an object; keys that are broken already are not reported again."""
    keys = keys_of(form) if is_dataclass(form) else list(values)
    kept = {key: value for key, value in values.items() if key not in broken}
    if not hasattr(form, "__pydantic_fields__"):
        wrong = [key for key in kept if key not in keys]
        found += [Misstated(f"unknown key; {suggestion(key, keys, 'the keys are')}", (*path, key)) for key in wrong]
        kept = {key: value for key, value in kept.items() if key in keys}
        found += [Misstated("is missing; add it", (*path, key)) for key in _needed(form) if key not in values]
        if any(key not in kept for key in _needed(form)):
            return None
    try:
        return form(**kept)
    except Several as several:
        found += [one.inside(*path) for one in several.mistakes if not one.path or one.path[0] not in broken]
    except (TypeError, ValueError, ActuarialError) as error:
        found.append(Misstated(str(error), path))
    return None
