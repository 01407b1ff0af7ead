"""Texts of a report that people write: a TOML file whose keys are the fields of the checklist."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from actuarial.errors import BadInput
from actuarial.report.completeness import asked, by_assumption, fields, only_actuary
from actuarial.report.content.labels import variable_word
from actuarial.report.document import Field
from actuarial.toml_faults import syntax
from actuarial.translation import N_, Language, Told, language, why
from actuarial.vocabulary import variables


def read_fields(path: str | Path) -> dict[str, str]:
    """Texts of a file by the name of their field.

    Parameters
    ----------
    path : path of a TOML file; `[statement]` with `isap = "..."` is the field statement.isap

    Returns
    -------
    dict of name to text, without those that are empty

    Raises
    ------
    BadInput
        No such file, no TOML, unknown fields, or what is no text: all of them at once.

    Examples
    --------
    document = build(result, basis, scheme, fields=read_fields("report.toml"))
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        cannot = N_("{file}: the texts of the report cannot be read: {why}.\n  Give a TOML file.")
        raise BadInput(Told(cannot, file=file, why=why(error, Told("it is not UTF-8 text")))) from None
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(syntax(file, text, error)) from None
    return checked_fields(raw, file.name)


def checked_fields(raw: Mapping[str, Any], where: str = "fields") -> dict[str, str]:
    """Texts by the name of their field, from nested tables or from full names; errors as `read_fields`."""
    flat = list(_flat(raw))
    faults = [fault for name, value in flat if (fault := _fault(name, value))]
    if faults:
        text = N_("{file}: {count} of {whole} fields cannot be used.\n{mistakes}")
        raise BadInput(Told(text, file=where, count=len(faults), whole=len(flat), mistakes=faults))
    return {name: value.strip() for name, value in flat if value.strip()}


def _flat(raw: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in raw.items():
        name = f"{before}.{key}" if before else str(key)
        if isinstance(value, Mapping):
            yield from _flat(value, name)
        else:
            yield name, value


def _fault(name: str, value: Any) -> str:
    """What is wrong with a field; empty if nothing is."""
    known = fields()
    field = next((one for one in by_assumption() if name.startswith(f"{one}.")), "")
    if field:
        names = [one for one, row in variables().items() if row.role in ("basis", "health_basis")]
        word = name.removeprefix(f"{field}.")
        if word not in names:
            close = get_close_matches(word, names, n=1)
            meant = Told("did you mean {close}?", close=close[0]) if close else Told("name a variable of a basis.")
            return Told("  {name}: no such assumption; {hint}", name=name, hint=meant)
    elif name not in known:
        close = get_close_matches(name, known, n=1)
        all_of_them = Told("actuarial report --fields-template FILE.toml writes a file with all fields.")
        hint = Told("did you mean {close}?", close=close[0]) if close else all_of_them
        return Told("  {name}: unknown field; {hint}", name=name, hint=hint)
    return "" if isinstance(value, str) else Told("  {name}: must be a text (got {value!r}).", name=name, value=value)


def fields_template(code: str = "en", locale: str | None = None, assumptions: Iterable[str] = ()) -> str:
    """The text of a file of fields in which nothing is written yet; what is asked for stands in comments.

    Parameters
    ----------
    code, locale : language of the comments
    assumptions : names of variables of the basis, each of which gets an empty text of its own

    Returns
    -------
    str
        TOML that `read_fields` accepts.

    Examples
    --------
    >>> print(fields_template().splitlines()[0])
    # Texts of the report that people write. What is left empty is shown as still to be written.
    """
    say = language(code, locale)
    intro = say("Texts of the report that people write. What is left empty is shown as still to be written.")
    lines = [_comment(intro)]
    group = ""
    for name in fields():
        head, _, key = name.partition(".")
        if head != group:
            lines += ["", f"[{head}]"]
            group = head
        lines.append(_comment(asked(say, name)))
        if only_actuary(name):
            lines.append(_comment(say("Only the actuary who signs the report can write this.")))
        lines += _empty(say, key, assumptions if name in by_assumption() else None)
    return "\n".join(lines) + "\n"


def _empty(say: Language, key: str, assumptions: Iterable[str] | None) -> list[str]:
    """Lines of a field without text; of one that may have a text for each assumption, with what each of them is."""
    if assumptions is None:
        return [f'{key} = ""']
    names = list(assumptions)
    if not names:
        either = say("One text for all assumptions, or one for each of them: {example}", example=f'{key}.mx = "..."')
        return [_comment(either), f'{key} = ""']
    return [line for one in names for line in (_comment(variable_word(say, one)), f'{key}.{one} = ""')]


def _comment(text: str) -> str:
    return "# " + " ".join(text.split())


def field(say: Language, written: Mapping[str, str], name: str) -> Field:
    """The block of a field, with its text as far as somebody wrote it."""
    return Field(name, asked(say, name), written.get(name, ""), only_actuary(name))
