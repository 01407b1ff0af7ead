"""What the words of scheme files mean: a page for each form and table, and the list of them."""

import json
import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from textwrap import TextWrapper
from typing import Any, NamedTuple

from actuarial.errors import BadInput
from actuarial.translation import N_, Language, Meaning, Told
from actuarial.translation import language as language_of
from actuarial.vocabulary import explain as explain_variable
from actuarial.vocabulary import variables

EXAMPLES = Path(__file__).parent / "datasets" / "forms"
SHARED = ("balance", "employed", "pensioners", "population", "contributions", "administration", "insurable_earnings")
"""Words that are a variable of the vocabulary and a form or a table of scheme files as well."""
WIDTH, KEY, KIND = 110, 25, 17
MENTIONED = 6  # names that are told of those in whose meaning a word is
ADJUSTMENT = "indexation"  # a table with a page of its own
ALTERNATIVES = ("formula", "payment", "benefit", "member_group")
PLACES = {
    "benefit": N_('benefit: [[benefit]] with form = "{word}"'),
    "formula": N_('formula of a benefit: formula = {{ form = "{word}", ... }}'),
    "member_group": N_('group of members: [[member_group]] with form = "{word}"'),
    "payment": N_('payment of a service: payment = {{ form = "{word}", ... }}'),
    "key": N_("adjustment of pensions or balances: {word} = {{ ... }}, or one of the words none, prices, wages"),
    "list": N_("table, one for each: [[{word}]]"),
    "table": N_("table: [{word}]"),
}
OF_SCHEMES = {"pension": N_("{word}, of pension schemes; {place}"), "health": N_("{word}, of health schemes; {place}")}
HEADINGS = {
    "benefit": (N_("Benefits"), "[[benefit]]"),
    "formula": (N_("Formulas of benefits"), "formula = { form = ..., ... }"),
    "member_group": (N_("Groups of members"), "[[member_group]]"),
    "payment": (N_("Payment of a service"), "payment = { form = ..., ... }"),
    "key": (N_("Adjustment of pensions and balances"), "indexation = { ... }, growth = { ... }"),
    "list": (N_("Tables of which there may be several"), "[[...]]"),
    "table": (N_("Tables"), "[...]"),
}
LISTED = {"pension": N_("{heading}, {code} of pension schemes"), "health": N_("{heading}, {code} of health schemes")}
NUMBERS = N_(
    "A number* may change by year, {years}, and without a path holds until the next one; by year of birth, {cohorts}; "
    "by age, {ages}; by sex, {sexes}; by group of insured, {groups}. Money is written {once} or {indexed}, which grows "
    'from 2025 on; per is "week" (52 of them), "month" or "year".'
)
WRITTEN = {
    "years": '{ 2025 = 60, 2045 = 65, path = "ramp" }',
    "cohorts": "{ cohort = { 1960 = 60, 1970 = 65 } }",
    "ages": "{ age = { 0 = 0.1, 60 = 0.2 } }",
    "sexes": "{ male = 65, female = 60 }",
    "groups": "{ group = { NAME = 0.05, OTHER = 0.06 } }",
    "once": '{ value = 100, per = "month" }',
    "indexed": '{ 2025 = 100, per = "month", indexed = "wages" }',
}
"""How numbers are written in scheme files, in all languages."""
KINDS = {
    "number": N_("number"),
    "integer": N_("whole number"),
    "boolean": N_("true or false"),
    "string": N_("word"),
    "formula": N_("formula"),
    "payment": N_("payment"),
    "benefit": N_("benefit"),
    "member_group": N_("group of members"),
}
LISTS = {
    "number": N_("list of numbers"),
    "number*": N_("list of numbers*"),
    "whole number": N_("list of whole numbers"),
    "word": N_("list of words"),
    "table": N_("list of tables"),
    "formula": N_("list of formulas"),
    "benefit": N_("list of benefits"),
    "payment": N_("list of payments"),
}


class Entry(NamedTuple):
    """A form or a table: the word, the kind of scheme, what it is (a key of PLACES), its JSON Schema."""

    word: str
    scheme: str
    what: str
    table: dict[str, Any]


def explain(name: str, depth: int = 3, *, language: str = "en") -> str:
    """What a word means: a variable with its formula, or a form or table of scheme files with its keys and an example.

    Parameters
    ----------
    name : str
        A variable of the vocabulary or its symbol, a form (`old_age`, `final_average`, `capitation`), or a table of
        scheme files (`account`, `contributions`, `service`).
    depth : int
        Of a variable: levels of formulas below it; each symbol is shown once, where it comes first.
    language : {"en", "fr", "es"}
        Of all words that are not written in files.

    Returns
    -------
    str
        Lines of plain text. Where a word is both, first the variable.

    Raises
    ------
    BadInput
        Neither a variable nor a form has that name.

    Examples
    --------
    >>> print(explain("trust_fund_ratio", depth=1).splitlines()[0])
    trust_fund_ratio (TFR): Reserve at the start of the year over its outgo
    >>> print(explain("balance").splitlines()[0])
    balance (Bal): Total income less outgo
    >>> print(explain("flat").splitlines()[0])
    flat, of pension schemes; formula of a benefit: formula = { form = "flat", ... }
    """
    if not isinstance(name, str):
        raise BadInput(f"explain: give the name of a variable or a form as text (got {name!r}).")
    texts = [explain_variable(name, depth, language=language)] if name in variables() else []
    if not texts or name in SHARED:
        texts += explain_form(name, language_of(language))
    if not texts:
        symbols = [row.name for row in variables().values() if row.symbol == name]
        texts = [explain_variable(one, depth, language=language) for one in symbols]
    if not texts:
        raise BadInput(_nothing(name, language_of(language)))
    return "\n\n".join(texts)


def _nothing(name: str, say: Language) -> str:
    """That a word is no name, with names like it and names in whose meaning it is, in English or the language."""
    known = {entry.word: entry.table["description"] for entry in entries()}
    known |= {row.name: f"{row.meaning}\n{say(row.meaning)}" for row in variables().values()}
    close = get_close_matches(name, known, n=3) or [one for one in known if name in one][:3]
    part = re.compile(rf"\b{re.escape(name.strip().casefold().removesuffix('s'))}")
    heads = {one: text.partition("\n\n")[0].casefold() for one, text in known.items() if one not in close}
    inside = [one for one, text in heads.items() if len(name) > 2 and part.search(text)]
    lines = [Told("there is neither a variable nor a form {name!r}.", name=name)]
    if close:
        text = N_("there is neither a variable nor a form {name!r}; did you mean {names}?")
        lines = [Told(text, name=name, names=tuple(close))]
    if inside:
        lines.append(_mentioned(inside))
    if not close and not inside:
        lines.append(Told("  `actuarial explain` lists all variables, `actuarial explain --forms` all forms."))
    return Told("{lines}", lines=lines)


def _mentioned(names: list[str]) -> Told:
    """That a word is in the meaning of some names."""
    more = len(names) - MENTIONED
    if more > 1:
        first = tuple(names[:MENTIONED])
        return Told("  The word is in the meaning of {names} and {more} more.", names=first, more=more)
    return Told("  The word is in the meaning of {names}.", names=tuple(names))


def explain_form(word: str, say: Language) -> list[str]:
    """Pages of a form or table: one, or one for each kind of scheme that has such a table; none of another word."""
    return list(dict.fromkeys(form_page(entry, say) for entry in entries() if entry.word == word))


def forms_listed(say: Language) -> str:
    """All forms and tables of scheme files, by kind of scheme and by what they are, with a line on each."""
    lines: list[str] = []
    known = entries()
    width = max(len(entry.word) for entry in known)
    for scheme in dict.fromkeys(entry.scheme for entry in known):
        for what, (heading, code) in HEADINGS.items():
            rows = [entry for entry in known if (entry.scheme, entry.what) == (scheme, what)]
            if rows:
                lines += ["", say(LISTED[scheme], heading=say(heading), code=code)]
                lines += [f"  {row.word.ljust(width)}  {_first(_meant(row.table, say))}" for row in rows]
    return "\n".join(lines[1:])


def entries() -> list[Entry]:
    """Forms and tables of both kinds of schemes, those that were added by `register_form` among them."""
    from actuarial.schema import LAYOUTS, json_schema

    found: list[Entry] = []
    for kind in LAYOUTS:
        schema = json_schema(kind)
        parts = schema["$defs"]
        for what in ALTERNATIVES:
            words = [one["$ref"].rpartition("/")[2] for one in parts.get(what, {}).get("oneOf", ())]
            found += [Entry(word, kind, what, parts[word] | {"$defs": parts}) for word in words]
        if kind == "pension":
            adjustment = _table(parts["old_age"]["properties"][ADJUSTMENT], parts)
            assert adjustment is not None
            described = {"description": adjustment["description"].partition("\n\n")[0]}
            found.append(Entry(ADJUSTMENT, kind, "key", adjustment | described | {"$defs": parts}))
        for key, value in schema["properties"].items():
            inner = value.get("items", value)
            name = inner.get("$ref", "").rpartition("/")[2]
            if name and name not in ALTERNATIVES:
                what = "list" if "items" in value else "table"
                found.append(Entry(key, kind, what, parts[name] | {"$defs": parts}))
    return found


def form_page(entry: Entry, say: Language) -> str:
    """Meaning, keys, tables inside, example of one form or table."""
    parts = entry.table["$defs"]
    place = say(PLACES[entry.what], word=entry.word)
    lines = [say(OF_SCHEMES[entry.scheme], word=entry.word, place=place)]
    lines += _wrapped(_meant(entry.table, say), "  ", "  ")
    lines += ["", say("Keys"), *_keys(entry.table, parts, say)]
    for inner, table, outer in _inside(entry.table, parts, ()):
        own = {key: value for key, value in table["properties"].items() if value != outer["properties"].get(key)}
        text = N_("Keys inside {place}")
        if len(own) < len(table["properties"]):
            text = N_("Keys inside {place}, besides some of those around it")
        if own:
            lines += ["", say(text, place=inner), *_keys(table | {"properties": own}, parts, say)]
    lines += ["", *_numbers(say)]
    snippet = example(entry)
    if snippet:
        lines += ["", say("Example"), *(f"  {line}".rstrip() for line in snippet.splitlines())]
    return "\n".join(lines)


def _numbers(say: Language) -> list[str]:
    """How numbers are written, in lines that do not break inside what is written."""
    whole = {name: text.replace(" ", "\0") for name, text in WRITTEN.items()}
    return [line.replace("\0", " ") for line in _wrapped(say(NUMBERS, **whole), "", "")]


def _meant(table: dict[str, Any], say: Language) -> str:
    """The description of a table or a key; that of a form of one's own as it is."""
    return Meaning(" ".join(table.get("description", "").partition("\n\n")[0].split())).said(say)


def _keys(table: dict[str, Any], parts: dict[str, Any], say: Language) -> Iterator[str]:
    """Keys of a table with kind, meaning and default."""
    needed = table.get("required", ())
    keys = {key: value for key, value in table.get("properties", {}).items() if key != "form"}
    kinds = {key: _kind(value, say) for key, value in keys.items()}
    for key, value in keys.items():
        notes = [_meant(value, say) if value.get("description") else ""]
        notes += [say("one of {names}", names=tuple(value["enum"]))] if "enum" in value else []
        notes += [say("see `explain indexation`")] if _adjusts(_table(value, parts)) else []
        notes += [say("needed")] if key in needed else _default(value, say)
        text = say("; ").join(part for part in notes if part)
        start = f"  {key.ljust(KEY)}  {kinds[key].ljust(KIND)}  "
        yield from _wrapped(text or say("see the class"), start, " " * (KEY + KIND + 6))


def _default(value: dict[str, Any], say: Language) -> list[str]:
    """What a key is where it is left out, as it would be written."""
    if value.get("default") in (None, [], ""):
        return []
    return [say("default {value}", value=json.dumps(value["default"]))]


def _kind(value: dict[str, Any], say: Language) -> str:
    """What a value may be, in a word or two."""
    kinds = [say(one) for one in _kinds(value)]
    return say("{kinds} or {last}", kinds=tuple(kinds[:-1]), last=kinds[-1]) if len(kinds) > 1 else kinds[0]


def _kinds(value: dict[str, Any]) -> list[str]:
    """All that a value may be."""
    if "per" in value.get("properties", {}):
        return [N_("money")]
    if "$ref" in value:
        return [KINDS.get(value["$ref"].rpartition("/")[2], N_("table"))]
    if "enum" in value or "const" in value:
        return [KINDS["string"]]
    if "anyOf" in value:
        return _alternatives(value["anyOf"])
    if value.get("type") == "array":
        kinds = _kinds(value.get("items", {}))
        return [LISTS[kinds[0]] if len(kinds) == 1 else N_("list")]
    return [KINDS.get(str(value.get("type")), N_("table"))]


def _alternatives(parts: list[dict[str, Any]]) -> list[str]:
    kinds = list(dict.fromkeys(kind for one in parts for kind in _kinds(one)))
    if "table" in kinds and "number" in kinds and any("patternProperties" in one for one in parts):
        kinds = [N_("number*"), *(kind for kind in kinds if kind not in ("number", "table"))]
    return [KINDS["formula"]] if kinds[0] == KINDS["formula"] else kinds


def _inside(
    table: dict[str, Any], parts: dict[str, Any], place: tuple[str, ...], known: tuple[str, ...] = ()
) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Tables inside a table, with the keys that lead to them, and what is around them; those of an adjustment once."""
    for key, value in table.get("properties", {}).items():
        inner = _table(value, parts)
        if inner is not None and not _adjusts(inner) and key not in known:
            yield ".".join((*place, key)), inner, table
            yield from _inside(inner, parts, (*place, key), (*known, *table["properties"]))


def _adjusts(table: dict[str, Any] | None) -> bool:
    """Whether a table is that of an adjustment of pensions or balances."""
    return table is not None and {"prices", "wages", "month"} <= {*table.get("properties", ())}


def _table(value: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any] | None:
    """The table that a value is, holds in a list, or may be; None where it is none, or one with a form."""
    for one in (value, value.get("items", {}), *value.get("anyOf", ())):
        name = one.get("$ref", "").rpartition("/")[2]
        if name and name not in ALTERNATIVES:
            return parts[name]
        if "properties" in one and "patternProperties" not in one and "path" not in one["properties"]:
            return one
        if "items" in one and one is not value.get("items"):
            inner = _table(one["items"], parts)
            if inner is not None:
                return inner
    return None


def example(entry: Entry) -> str:
    """The part of an example file that has the form or the table; empty for forms of one's own."""
    chunks = _chunks(entry.scheme)
    if entry.what == "key":
        return next((chunk for chunk in chunks if f"{entry.word} = {{" in chunk), "")
    if entry.what in ("list", "table"):
        return next((chunk for chunk in chunks if chunk.lstrip("[").startswith(f"{entry.word}]")), "")
    found = [chunk for chunk in chunks if f'form = "{entry.word}"' in chunk]
    return found[0] if found else ""


@cache
def _chunks(scheme: str) -> tuple[str, ...]:
    """The tables of an example file, each with those inside it."""
    found: list[list[str]] = []
    for line in (EXAMPLES / f"{scheme}.toml").read_text(encoding="utf-8").splitlines():
        name = line.strip("[]")
        if line.startswith("[") and "." not in name:
            found.append([])
        if found:
            found[-1].append(line)
    return tuple("\n".join(lines).strip() for lines in found)


def _first(text: str) -> str:
    return re.split(r"\s?: |\. ", text)[0].rstrip(".")


def _wrapped(text: str, start: str, below: str) -> list[str]:
    return TextWrapper(WIDTH, initial_indent=start, subsequent_indent=below, break_long_words=False).wrap(text)
