"""Warnings of the checks in the words of the reader: names, places and numbers as a report has them."""

from collections.abc import Callable

from actuarial.report.content.labels import account_word, variable_word
from actuarial.report.content.names import SEXES, joined, name_of
from actuarial.translation import N_, Language, Told
from actuarial.warned import Warned

FIGURES = {
    "number": N_("number"),
    "age": N_("mean age"),
    "service": N_("mean service"),
    "pension": N_("mean pension"),
    "at_minimum": N_("share at the minimum"),
}
"""Figures of new awards."""


def said_warning(say: Language, line: str) -> str | None:
    """A warning in the language, for readers of a report; None for a sentence that does not know what it tells."""
    return _said(say, line) if isinstance(line, Told) else None


def _said(say: Language, told: Told) -> str:
    text = told.shown if isinstance(told, Warned) else told.text
    values = {name: _word(say, name, value) for name, value in told.values.items()}
    return say.written_as(told.text, text, values)


def _word(say: Language, name: str, value: object) -> object:
    """What stands in a place of a message: by the name of the place names in words; lists with semicolons."""
    if isinstance(value, Told):
        return _said(say, value)
    if isinstance(value, tuple):
        return joined(say, (str(_word(say, SINGLE.get(name, name), one)) for one in value))
    return VALUES[name](say, value) if name in VALUES and isinstance(value, str) else value


def _field(say: Language, text: str) -> str:
    """A number of the law by the part that has it and its key."""
    part, dot, key = text.partition(".")
    return f"{name_of(say, part)} ({key})" if dot else part


def _label(say: Language, text: str) -> str:
    return say(SEXES[text]) if text in SEXES else name_of(say, text)


VALUES: dict[str, Callable[[Language, str], str]] = {
    "benefit": name_of,
    "other_benefit": name_of,
    "group": name_of,
    "service": name_of,
    "account": name_of,
    "variable": variable_word,
    "line": account_word,
    "field": _field,
    "sex": _label,
    "figure": lambda say, text: say(FIGURES[text]) if text in FIGURES else text.replace("_", " "),
    "dim": lambda say, text: say(text).replace("_", " "),
    "label": _label,
}
"""How a word in a place is said, by the name of the place; other words stay as they are."""
SINGLE = {"benefits": "benefit", "services": "service", "variables": "variable"}
"""Names of one of several in a place."""
