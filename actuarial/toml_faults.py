"""What is wrong with a text that is no TOML, in words of ours: the standard library's reader speaks English alone."""

import re
import tomllib

from actuarial.translation import N_, Told

PLACE = re.compile(r"^(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$", re.DOTALL)
TEXT = N_("a text is not closed by its quotation mark, or has a character that no text may have")
TWICE = N_("a key or a table is there twice; keep one")
BACKSLASH = N_("a \\ is in a text; write \\\\, or single quotation marks around the text")
WHATS = {
    "Invalid value": N_(
        "no value stands behind the =; text needs quotation marks, a number a decimal point and no mark of thousands, "
        "yes and no are true and false"
    ),
    "Invalid statement": N_("the line has no key and no [table]"),
    "Expected '=' after a key": N_("a = is missing behind the key; words of a key are joined by _"),
    "Expected newline or end of document": N_("something stands behind the value; each key needs a line of its own"),
    "Expected ']": N_("a ] is missing"),
    "Unclosed array": N_("a list is not closed by ], or a comma is missing in it"),
    "Unclosed inline table": N_("a table in braces is not closed, or a comma is missing in it"),
    "Invalid initial character for a key": N_("a key is missing, or has a letter that needs quotation marks"),
    "Invalid date or datetime": N_("the day does not exist"),
    "Unterminated string": TEXT,
    "Expected": TEXT,
    "Illegal character": TEXT,
    "Found invalid character": TEXT,
    "Unescaped": BACKSLASH,
    "Escaped": BACKSLASH,
    "Invalid hex value": BACKSLASH,
    "Cannot": TWICE,
    "Duplicate": TWICE,
}
"""What the reader says at the beginning of its sentence, the longer beginnings first, and what a person is told."""


def syntax(file: object, text: str, error: tomllib.TOMLDecodeError) -> Told:
    """A sentence for a file that is no TOML: line, column, what is wrong and what to write.

    Examples
    --------
    >>> try:
    ...     tomllib.loads("a b = 3")
    ... except tomllib.TOMLDecodeError as error:
    ...     syntax("law.toml", "a b = 3", error)
    'law.toml:1: not readable as TOML at column 3: a = is missing behind the key; words of a key are joined by _.'
    """
    place = PLACE.match(str(error))
    if place is None or place["line"] is None:
        last = max(1, len(text.rstrip().splitlines()))
        ends = N_("{file}:{line}: the file ends too early: {what}. It may be truncated.")
        return Told(ends, file=file, line=last, what=fault(error))
    where = {"file": file, "line": int(place["line"]), "column": int(place["column"])}
    return Told("{file}:{line}: not readable as TOML at column {column}: {what}.", what=fault(error), **where)


def fault(error: tomllib.TOMLDecodeError) -> Told:
    """What is wrong with a text that is no TOML, without its place."""
    said = str(error)
    found = next((what for begins, what in WHATS.items() if said.startswith(begins)), N_("it cannot be read"))
    return Told(found)
