"""Scheme files: words become objects through the tables of forms, and every mistake is reported with its line."""

import tomllib
import warnings
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from difflib import get_close_matches
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from actuarial.dated import Misstated
from actuarial.errors import ActuarialError, BadScheme
from actuarial.fields import MISSED, Several, keys_of, path_text, suggestion, unknown_key
from actuarial.form_table import HEALTH, PENSION, Layout
from actuarial.scheme import ANSWERS, NEEDED, TOTALISED, Scheme
from actuarial.sheets.cells import is_workbook
from actuarial.sheets.law import Law, read_law
from actuarial.sheets.layout import MANIFEST
from actuarial.sheets.marks import MAKE, Marked, marked, refuse
from actuarial.sheets.told import in_columns, in_words, named_places
from actuarial.toml_faults import syntax
from actuarial.toml_lines import line_at, lines_of
from actuarial.translation import N_, Told, few, message_of, told, why

NAMED = N_("{name}: {wrong}")
"""A mistake after the name of where it is."""
REFERENCES = (
    ("follows", "benefit"),
    ("of", "benefit"),
    ("instead_of", "benefit"),
    ("totalises", "benefit"),
    ("contributions", "contribution"),
    ("accounts", "account"),
    ("together_with", "benefit"),
)


def open_scheme(path: str | Path) -> Any:
    """Read a scheme from a TOML file, or from a workbook that `actuarial template` made.

    Parameters
    ----------
    path : path of the file

    Returns
    -------
    Scheme, or HealthScheme where the file has [[member_group]] or [[service]]

    Raises
    ------
    BadScheme
        The file cannot be read, is no TOML, or has mistakes: all of them at once, each with line, place and remedy.
    BadWorkbook
        The same of a workbook, with the cell of each mistake.

    Examples
    --------
    scheme = open_scheme("my_country/scheme.toml")
    """
    file = Path(path)
    if is_workbook(file):
        opened = marked(file)
        scheme, found = scheme_of_workbook(opened)
        refuse(opened, [*opened.found, *found])
        return scheme
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = why(error, Told("it is not UTF-8 text"))
        inside = sorted(file.glob("*.toml")) if file.is_dir() else []
        which = f": {few(one.as_posix() for one in inside)}" if inside else ""
        text = N_("{file}: the scheme cannot be read: {reason}.\n  Give the path of a TOML file{which}.")
        raise BadScheme(Told(text, file=file, reason=reason, which=which)) from None
    return parse_scheme(text, file.name)


def parse_scheme(text: str, name: str = "scheme.toml") -> Any:
    """Read a scheme from the text of a TOML file; `name` stands in the messages. All else as `open_scheme`."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadScheme(syntax(name, text, error)) from None
    scheme, found = scheme_of(raw)
    if found or scheme is None:
        lines = lines_of(text)
        texts = {(line_at(lines, path), message) for path, message in found}
        listed = [Told("{file}:{line}: {wrong}", file=name, line=line, wrong=one) for line, one in sorted(texts)]
        several = Told("{file}: {count} mistakes\n{mistakes}", file=name, count=len(listed), mistakes=listed)
        raise BadScheme(listed[0] if len(listed) == 1 else several)
    return scheme


def scheme_of(raw: dict[str, Any]) -> tuple[Any, list[tuple[tuple[Any, ...], Told]]]:
    """The scheme of the tables of a file, or None, and what is wrong in them: path and message of each mistake."""
    found: list[Misstated] = []
    layout = layout_of(raw)
    scheme = _scheme(raw, found, layout)
    return scheme, [(one.path, Told(NAMED, name=_shown(raw, one.path, layout), wrong=one.text)) for one in found]


def scheme_of_workbook(opened: Marked) -> tuple[Any, list[str]]:
    """The scheme of an opened workbook, or None, and what is wrong in it: address and message of each mistake."""
    law = read_law(opened)
    scheme, mistakes = scheme_of(law.raw)
    found = [f"{place}: {text}" for place, text in law.found]
    found += [f"{law.place(path)}: {_in_workbook(law, path, text)}" for path, text in mistakes if not law.told(path)]
    opened.places |= dict(named_places(law))
    other = _other_rules(opened)
    say = opened.say
    if other and found:
        text = say("{what}; mistakes may come from that", what=other)
        return scheme, [f"{MANIFEST}: {text}", *found]
    if other:
        remedy = say("It could be read.\n  To have the new rules too, {remedy}.", remedy=say(MAKE))
        warnings.warn(f"{opened.book.path}: {other}. {remedy}", stacklevel=4)
    return scheme, found


def _in_workbook(law: Law, path: tuple[Any, ...], text: Told) -> str:
    """A mistake in the words of a workbook: its row by the label, benefits and groups as the cells call them."""
    named = text.with_values(text.values | {"name": law.called(path, str(text.values["name"]))})
    return told(in_words(in_columns(named), law.names, law.say), law.say)


def _other_rules(opened: Marked) -> str:
    """That a workbook was made for a law with other fields than those of this library; empty where it was not."""
    from actuarial import __version__
    from actuarial.schema import LAYOUTS, version_of

    kind, made = opened.words.get("kind", ""), opened.words.get("schema", "")
    if kind not in LAYOUTS or made == version_of(kind):
        return ""
    return opened.say(
        "the workbook was made by actuarial {version}, whose rules of a law are not those of {own}",
        version=opened.words.get("library", "?"),
        own=__version__,
    )


def layout_of(raw: Mapping[str, Any]) -> Layout:
    """The kind of scheme of a file: one of health services has groups of members or services, misspelt or not."""
    own = ("member_group", "service")
    unknown = [key for key in raw if key not in (*keys_of(Scheme), "benefit")]
    return HEALTH if any(get_close_matches(key, own, n=1, cutoff=0.8) for key in unknown) else PENSION


def _scheme(raw: dict[str, Any], found: list[Misstated], layout: Layout) -> Any:
    """The scheme of a parsed file; mistakes are added to `found`, with their paths in the file."""
    keys = [layout.key(field) for field in keys_of(layout.kind)]
    unknown = [key for key in raw if key not in keys]
    found += [Misstated(unknown_key(key, keys), (key,)) for key in unknown]
    known = {
        key: _nested(value, (key,), found, layout)
        for key, value in raw.items()
        if key in keys and key not in layout.lists
    }
    for key, field in layout.lists.items():
        known[field] = _objects(raw.get(key, []), key, found, layout)
    try:
        return layout.kind(**known)
    except Several as several:
        meant = {(match,) for key in unknown for match in get_close_matches(key, keys, n=1)}
        told = [one for one in several.mistakes if not (one.path in meant and one.text.startswith("is missing"))]
        told = [one for one in told if not _left(known, one.path)]
        found += [Misstated(one.text, _in_file(raw, one.path, layout)) for one in told]
    lines = [_placeholder(table, layout) for table in _tables(raw.get("contributions"))]
    parts = SimpleNamespace(contributions=lines, **{field: known[field] for field in layout.lists.values()})
    found += [Misstated(text, _in_file(raw, path, layout)) for path, text in layout.conflicts(parts)]
    return None


def _left(known: dict[str, Any], path: tuple[Any, ...]) -> bool:
    """Whether a path leads to what is left of a part with mistakes, which have been told."""
    if len(path) < 2 or not isinstance(path[1], int):
        return False
    parts = known.get(path[0])
    return isinstance(parts, list) and isinstance(parts[path[1]], SimpleNamespace)


def _in_file(raw: dict[str, Any], path: tuple[Any, ...], layout: Layout) -> tuple[Any, ...]:
    """Path in the file of a path that starts with a field of the scheme or with the name of one of its parts."""
    first, *rest = path
    if first in layout.lists.values():
        return (layout.key(first), *rest)
    if first in raw:
        return path
    places = [(part, i) for part in layout.parts for i, one in enumerate(_tables(raw.get(part))) if _name(one) == first]
    return (*places[-1], *rest) if places else path


def _shown(raw: dict[str, Any], path: tuple[Any, ...], layout: Layout) -> str:
    """The path as it is shown: contributions, benefits, groups and services by their names."""
    if len(path) >= 2 and path[0] in layout.parts and isinstance(path[1], int):
        tables = _tables(raw.get(path[0]))
        name = _name(tables[path[1]]) if path[1] < len(tables) else None
        return path_text((name, *path[2:])) if name else path_text(path)
    return path_text(path)


def _tables(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else []


def _name(table: Any) -> str | None:
    """Name of a part in the file; that of a benefit or group defaults to its form."""
    name = table.get("name", table.get("form")) if isinstance(table, Mapping) else None
    return name if isinstance(name, str) else None


def _objects(raw: Any, key: str, found: list[Misstated], layout: Layout) -> list[Any]:
    """Objects of all tables of a key; where one has mistakes, what is left of it so that others may name it."""
    if not isinstance(raw, list):
        found.append(Misstated(Told("must be a list of tables; write [[{key}]]", key=key), (key,)))
        return [_placeholder(raw, layout)]
    objects = []
    for i, table in enumerate(raw):
        before = len(found)
        if key in layout.plain:
            made = _filled(layout.plain[key], table, (key, i), found, layout)
        else:
            made = _object(table, (key, i), found, layout, "claim" if key == "benefit" else "eligible")
        objects.append(made if len(found) == before else _placeholder(table, layout))
    return objects


def _placeholder(table: Any, layout: Layout) -> Any:
    """What is left of a part with mistakes: its name and the names that it gives."""
    given = dict(table) if isinstance(table, Mapping) else {}
    references = [(key, kind, _words(given.get(key))) for key, kind in REFERENCES]
    wanted = [*NEEDED.values(), *(needed for needed, _ in TOTALISED.values())]
    answers: dict[str, Any] = dict.fromkeys((*ANSWERS, *(word for needed in wanted for word in needed)))
    if layout is HEALTH:
        answers |= _placeholder_of_health(given)
    return SimpleNamespace(
        **answers
        | {
            "name": _name(given) or f"nameless {id(table)}",
            "account": None,
            "follows": _words(given.get("follows")),
            "finances": "all" if given.get("finances") == "all" else _words(given.get("finances")),
            "of": _words(given.get("of")),
            "base": given.get("base", "insurable_earnings"),
            "refers_to": tuple(references),
        }
    )


def _placeholder_of_health(given: dict[str, Any]) -> dict[str, Any]:
    """What the parts of a health scheme ask of each other."""
    sharing = given.get("sharing")
    exempt = sharing.get("exempt") if isinstance(sharing, Mapping) else None
    form = HEALTH.forms().get(str(given.get("form")))
    return {
        "on": "death",
        "claim": callable,
        "eligible": callable,
        "groups": _words(given.get("groups")),
        "sharing": SimpleNamespace(exempt=_words(exempt)),
        "refers_to_groups": getattr(form, "refers_to_groups", False),
    }


def _words(raw: Any) -> tuple[str, ...]:
    several = raw if isinstance(raw, list) else [raw]
    return tuple(word for word in several if isinstance(word, str))


def _nested(raw: Any, path: tuple[Any, ...], found: list[Misstated], layout: Layout) -> Any:
    """The value of a key, in which tables that name a form have become objects."""
    if isinstance(raw, Mapping):
        if "form" in raw:
            return _object(raw, path, found, layout, layout.nested)
        return {key: _nested(value, (*path, key), found, layout) for key, value in raw.items()}
    if isinstance(raw, list):
        return tuple(_nested(value, (*path, i), found, layout) for i, value in enumerate(raw))
    return raw


def _object(table: Any, path: tuple[Any, ...], found: list[Misstated], layout: Layout, answer: str) -> Any:
    """The object of a table with a form; None, and mistakes added to `found`, where it cannot be made."""
    words = layout.words(answer)
    if not isinstance(table, Mapping):
        return found.append(Misstated(Told("must be a table"), path))
    if "form" not in table:
        return found.append(Misstated(Told("form is missing; the forms are {words}", words=tuple(words)), path))
    word = table["form"]
    if word not in words:
        unknown = _unknown(str(word), words, layout, answer)
        return found.append(Misstated(Told("{word!r} {unknown}", word=word, unknown=unknown), (*path, "form")))
    return _filled(layout.forms()[word], table, path, found, layout)


def _unknown(word: str, words: list[str], layout: Layout, answer: str) -> str:
    """What a word that is no form is told."""
    other = PENSION if layout is HEALTH else HEALTH
    if answer == "claim" and word in other.words("claim"):
        return Told(layout.elsewhere, names=tuple(words))
    of_another_kind = word in layout.forms()  # nobody misspelt it
    hint = suggestion("" if of_another_kind else word, words, N_("the forms are {names}"))
    return Told("is unknown; {hint}", hint=hint)


def _filled(form: type, table: Any, path: tuple[Any, ...], found: list[Misstated], layout: Layout) -> Any:
    """The object of a class with the keys of a table."""
    if not isinstance(table, Mapping):
        return found.append(Misstated(Told("must be a table"), path))
    values, broken = {}, set()
    for key, value in table.items():
        before = len(found)
        if key != "form" or form in layout.plain.values():
            values[key] = _nested(value, (*path, key), found, layout)
        if len(found) > before:
            broken.add(key)
    return _made(form, values, broken, path, found)


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
        found += [Misstated(unknown_key(key, keys), (*path, key)) for key in wrong]
        kept = {key: value for key, value in kept.items() if key in keys}
        found += [Misstated(Told(MISSED), (*path, key)) for key in _needed(form) if key not in values]
        if any(key not in kept for key in _needed(form)):
            return None
    try:
        return form(**kept)
    except Several as several:
        found += [one.inside(*path) for one in several.mistakes if not one.path or one.path[0] not in broken]
    except (TypeError, ValueError, ActuarialError) as error:
        found.append(Misstated(message_of(error), path))
    return None
