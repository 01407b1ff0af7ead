"""What the library says when something is wrong: each message tells what, where, how many and what to do."""

from collections.abc import Iterable
from typing import Any


class ActuarialError(Exception):
    """Any refusal of this library."""


class BadInput(ActuarialError, ValueError):
    """An argument or a number that cannot be meant."""


class MissingVariable(BadInput):
    """A Dataset lacks a variable that the calculation needs."""


class BadDimensions(BadInput):
    """Dimensions or labels that do not fit the vocabulary or each other."""


class OutOfBounds(BadInput):
    """Numbers outside what the vocabulary allows, NaN among them."""


class BadBasis(BadInput):
    """A basis whose parts contradict each other, or that cannot be read."""


class BadScheme(BadInput):
    """A law that cannot be meant."""


class BadWorkbook(BadBasis, BadScheme):
    """A workbook of inputs that cannot be read, or cells of it that cannot be meant: each mistake with its cell."""


class NoSolution(ActuarialError):
    """No value that may be tried meets a condition."""


class IdentityFailed(ActuarialError):
    """An accounting identity does not hold: the result must not be used."""


def few(labels: Iterable[object]) -> str:
    """Labels in words: all of them if they are at most four, else the first, the last and how many."""
    words = [str(label) for label in labels]
    return ", ".join(words) if len(words) <= 4 else f"{words[0]} to {words[-1]} ({len(words)} of them)"


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
    return Warnings(line for line in str(attrs.get("warnings", "")).splitlines() if line.strip())
