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
    "benefit": 'benefit: [[benefit]] with form = "{}"',
    "formula": 'formula of a benefit: formula = {{ form = "{}", ... }}',
    "member_group": 'group of members: [[member_group]] with form = "{}"',
    "payment": 'payment of a service: payment = {{ form = "{}", ... }}',
    "key": "adjustment of pensions or balances: {} = {{ ... }}, or one of the words none, prices, wages",
    "list": "table, one for each: [[{}]]",
    "table": "table: [{}]",
}
HEADINGS = {
    "benefit": "Benefits, [[benefit]]",
    "formula": "Formulas of benefits, formula = { form = ..., ... }",
    "member_group": "Groups of members, [[member_group]]",
    "payment": "Payment of a service, payment = { form = ..., ... }",
    "key": "Adjustment of pensions and balances, indexation = { ... } or growth = { ... }",
    "list": "Tables of which there may be several, [[...]]",
    "table": "Tables, [...]",
}
NUMBERS = """\
A number* may change by year, { 2025 = 60, 2045 = 65, path = "ramp" }, and without a path holds until the next one;
by year of birth, { cohort = { 1960 = 60, 1970 = 65 } }; by age, { age = { 0 = 0.1, 60 = 0.2 } }; by sex,
{ male = 65, female = 60 }; by group of insured, { group = { NAME = 0.05, OTHER = 0.06 } }. Money is written
{ value = 100, per = "month" } or { 2025 = 100, per = "month", indexed = "wages" }, which grows from 2025 on; per is
"week" (52 of them), "month" or "year"."""


class Entry(NamedTuple):
    """A form or a table: the word, the kind of scheme, what it is (a key of PLACES), its JSON Schema."""

    word: str
    scheme: str
    what: str
    table: dict[str, Any]


def explain(name: str, depth: int = 3) -> str:
    """What a word means: a variable with its formula, or a form or table of scheme files with its keys and an example.

    Parameters
    ----------
    name : str
        A variable of the vocabulary or its symbol, a form (`old_age`, `final_average`, `capitation`), or a table of
        scheme files (`account`, `contributions`, `service`).
    depth : int
        Of a variable: levels of formulas below it; each symbol is shown once, where it comes first.

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
    texts = [explain_variable(name, depth)] if name in variables() else []
    if not texts or name in SHARED:
        texts += explain_form(name)
    if not texts:
        texts = [explain_variable(row.name, depth) for row in variables().values() if row.symbol == name]
    if not texts:
        raise BadInput(_nothing(name))
    return "\n\n".join(texts)


def _nothing(name: str) -> str:
    """That a word is no name, with names like it and names in whose meaning it is."""
    known = {entry.word: entry.table["description"] for entry in entries()}
    known |= {row.name: row.meaning for row in variables().values()}
    close = get_close_matches(name, known, n=3) or [one for one in known if name in one][:3]
    part = re.compile(rf"\b{re.escape(name.strip().casefold().removesuffix('s'))}")
    heads = {one: text.partition("\n\n")[0].casefold() for one, text in known.items() if one not in close}
    inside = [one for one, text in heads.items() if len(name) > 2 and part.search(text)]
    text = f"there is neither a variable nor a form {name!r}"
    text += f"; did you mean {', '.join(close)}?" if close else "."
    if inside:
        more = f" and {len(inside) - MENTIONED} more" if len(inside) > MENTIONED else ""
        text += f"\n  The word is in the meaning of {', '.join(inside[:MENTIONED])}{more}."
    hint = "`actuarial explain` lists all variables, `actuarial explain --forms` all forms."
    return text if close or inside else f"{text}\n  {hint}"


def explain_form(word: str) -> list[str]:
    """Pages of a form or table: one, or one for each kind of scheme that has such a table; none of another word."""
    return list(dict.fromkeys(form_page(entry) for entry in entries() if entry.word == word))


def forms_listed() -> str:
    """All forms and tables of scheme files, by kind of scheme and by what they are, with a line on each."""
    lines: list[str] = []
    known = entries()
    width = max(len(entry.word) for entry in known)
    for scheme in dict.fromkeys(entry.scheme for entry in known):
        for what, heading in HEADINGS.items():
            rows = [entry for entry in known if (entry.scheme, entry.what) == (scheme, what)]
            if rows:
                lines += ["", f"{heading} of {scheme} schemes"]
                lines += [f"  {row.word.ljust(width)}  {_first(row.table['description'])}" for row in rows]
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


def form_page(entry: Entry) -> str:
    """Meaning, keys, tables inside, example of one form or table."""
    parts = entry.table["$defs"]
    lines = [f"{entry.word}, of {entry.scheme} schemes; {PLACES[entry.what].format(entry.word)}"]
    lines += _wrapped(entry.table["description"], "  ", "  ")
    lines += ["", "Keys", *_keys(entry.table, parts)]
    for place, table, outer in _inside(entry.table, parts, ()):
        own = {key: value for key, value in table["properties"].items() if value != outer["properties"].get(key)}
        besides = "" if len(own) == len(table["properties"]) else ", besides some of those around it"
        if own:
            lines += ["", f"Keys inside {place}{besides}", *_keys(table | {"properties": own}, parts)]
    lines += ["", NUMBERS]
    snippet = example(entry)
    if snippet:
        lines += ["", "Example", *(f"  {line}".rstrip() for line in snippet.splitlines())]
    return "\n".join(lines)


def _keys(table: dict[str, Any], parts: dict[str, Any]) -> Iterator[str]:
    """Keys of a table with kind, meaning and default."""
    needed = table.get("required", ())
    for key, value in table.get("properties", {}).items():
        if key == "form":
            continue
        default = json.dumps(value["default"]) if value.get("default") not in (None, [], "") else ""
        notes = [value.get("description", "")]
        notes += [f"one of {', '.join(value['enum'])}"] if "enum" in value else []
        notes += ["see `explain indexation`"] if _adjusts(_table(value, parts)) else []
        notes += ["needed"] if key in needed else [f"default {default}"] if default else []
        text = "; ".join(part for part in notes if part)
        start = f"  {key.ljust(KEY)}  {_kind(value).ljust(KIND)}  "
        yield from _wrapped(text or "see the class", start, " " * (KEY + KIND + 6))


def _kind(value: dict[str, Any]) -> str:
    """What a value may be, in a word or two."""
    if "per" in value.get("properties", {}):
        return "money"
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        return name if name in ALTERNATIVES else "table"
    if "enum" in value:
        return "word"
    if "anyOf" in value:
        kinds = list(dict.fromkeys(_kind(one) for one in value["anyOf"]))
        if "table" in kinds and "number" in kinds and any("patternProperties" in one for one in value["anyOf"]):
            kinds = ["number*", *(kind for kind in kinds if kind not in ("number", "table"))]
        if kinds[0] == "formula":
            kinds = ["formula"]
        return " or ".join([", ".join(kinds[:-1]), kinds[-1]] if len(kinds) > 1 else kinds)
    plain = {"number": "number", "integer": "whole number", "boolean": "true or false", "string": "word"}
    if value.get("type") == "array":
        kind = _kind(value.get("items", {}))
        return "list" if " or " in kind else f"list of {kind}s"
    return "word" if "const" in value else plain.get(str(value.get("type")), "table")


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
    return text.split(": ")[0].split(". ")[0].rstrip(".")


def _wrapped(text: str, start: str, below: str) -> list[str]:
    return TextWrapper(WIDTH, initial_indent=start, subsequent_indent=below, break_long_words=False).wrap(text)
