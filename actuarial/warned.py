"""Warnings of a result: a sentence each that knows what it tells, so that reports say it in words of their reader."""

import json
from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from typing import Any, Self

from actuarial.errors import BadInput
from actuarial.translation import Language, Told


class Warned(Told):
    """A warning for those who work with the library, and `shown`, what a report says instead: without advice.

    Examples
    --------
    >>> line = Warned("srb: {value:g}; look at it.", "{variable}: {value}", variable="srb", value=1.4)
    >>> line, line.shown
    ('srb: 1.4; look at it.', '{variable}: {value}')
    """

    shown: str

    def __new__(cls, text: str, shown: str, /, **values: object) -> Self:
        warned = super().__new__(cls, text, **values)
        warned.shown = shown
        return warned

    def __getnewargs_ex__(self) -> tuple[tuple[str, ...], dict[str, object]]:
        return (self.text, self.shown), self.values

    def said(self, say: Language) -> str:
        """What a report says in another language, with names as the library has them; in English the warning itself."""
        return str(self) if say.code == "en" else say.written_as(self.text, self.shown, self.values)


def span_of(low: float, high: float) -> Told | float:
    """A number, or two that are the ends of a span."""
    if low == high:
        return low
    return Warned("{low:g} to {high:g}", "{low}–{high}", low=low, high=high)


class Warnings(tuple[str, ...]):
    """Warnings of a result, a sentence each; shown one below the other."""

    def __repr__(self) -> str:
        from textwrap import TextWrapper

        if not self:
            return "No warnings."
        wrapper = TextWrapper(110, initial_indent="  - ", subsequent_indent="    ", break_long_words=False)
        return "\n".join([f"Warnings: {len(self)}", *(wrapper.fill(line) for line in self)])


def warnings_of(result: Any) -> Warnings:
    """What a result says is implausible, taken from elsewhere or away from the accounts: one sentence each.

    Parameters
    ----------
    result : Dataset
        Of `project`, `project_health` or a study. Its attribute `warnings` holds them as one text with a line for each,
        so that it can be stored; this is the same as a sequence.

    Returns
    -------
    Warnings
        A tuple of str that is shown one below the other.

    Raises
    ------
    BadInput
        No Dataset.

    Examples
    --------
    >>> from types import SimpleNamespace as Result
    >>> warnings_of(Result(attrs={"warnings": "density is low\\nwages are high"}))
    Warnings: 2
      - density is low
      - wages are high
    """
    attrs = getattr(result, "attrs", None)
    if attrs is None:
        raise BadInput(f"warnings_of: give the Dataset of a run (got {type(result).__name__}).")
    return Warnings(lines_of(attrs, "warnings"))


def lines_of(attrs: Mapping[str, Any], name: str) -> list[str]:
    """The lines of an attribute, those that tell something as messages that can be said in other languages."""
    known = {str(one): one for one in map(_unpacked, json.loads(attrs.get(f"{name}_told", "[]")))}
    return [known.get(line, line) for line in str(attrs.get(name, "")).splitlines() if line.strip()]


def warning_attributes(lines: Iterable[str]) -> dict[str, str]:
    """Attributes of a result that hold its warnings: `warnings`, a line each, and `warnings_told`, what each tells."""
    return told_attributes("warnings", lines)


def told_attributes(name: str, lines: Iterable[str]) -> dict[str, str]:
    """An attribute with a line each, and what those tell that are messages."""
    found = list(lines)
    told = json.dumps([_packed(one) for one in found if isinstance(one, Told)], ensure_ascii=False)
    return {name: "\n".join(found), f"{name}_told": told}


def _packed(value: Any) -> Any:
    """A value of a message as JSON has it: messages as objects, tuples as lists, numbers of arrays as numbers."""
    if isinstance(value, Told):
        parts = {"text": value.text, "values": {name: _packed(one) for name, one in value.values.items()}}
        return parts | {"shown": value.shown} if isinstance(value, Warned) else parts
    if isinstance(value, (tuple, list)):
        return [_packed(one) for one in value]
    if isinstance(value, Real):
        return int(value) if isinstance(value, Integral) else float(value)
    return value


def _unpacked(value: Any) -> Any:
    if isinstance(value, dict):
        values = {name: _unpacked(one) for name, one in value["values"].items()}
        return Warned(value["text"], value["shown"], **values) if "shown" in value else Told(value["text"], **values)
    return tuple(map(_unpacked, value)) if isinstance(value, list) else value
