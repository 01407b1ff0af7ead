"""Words that a cell holds and gives back as they are."""

import re

LONGEST = 32_000
ESCAPED = re.compile(r"x005F_|_x[0-9A-Fa-f]{4}_")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")


def is_plain_text(text: str) -> bool:
    """Whether a cell gives a word back as it is: no spaces around it, no control characters, not too long."""
    shown = bool(text) and text == text.strip() and len(text) <= LONGEST
    return shown and not CONTROL.search(text) and not ESCAPED.search(text)


def protected(toml: str) -> str:
    """A text of TOML without letters that workbooks read as the number of another letter."""
    return re.sub(r"x(?=[0-9A-Fa-f]{4}_)", r"\\u0078", toml) if ESCAPED.search(toml) else toml
