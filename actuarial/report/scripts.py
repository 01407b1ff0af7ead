"""Symbols and formulas as they are printed: what stands below and above the line."""

import re
from collections.abc import Iterator

_INDEX = r"[A-Za-z0-9]+(?:[-+,](?:\d+|[A-Za-z])(?![A-Za-z]))*"
_BELOW = rf"(?<=[\w\]'])_(?P<below>{_INDEX}(?:_{_INDEX})*)"
_ABOVE = r"\^(?:\((?P<inside>[^()]*)\)|(?P<above>-?(?:\d+|\([^()]*\))))"
_SCRIPT = re.compile(f"{_BELOW}|{_ABOVE}")


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """Pieces of a text with where they stand: "" on the line, "sub" below it, "sup" above it.

    Examples
    --------
    >>> list(pieces("V_t-1 (1+i)^(1/2)"))
    [('', 'V'), ('sub', 't-1'), ('', ' (1+i)'), ('sup', '1/2')]
    """
    begin = 0
    for found in _SCRIPT.finditer(text):
        if found.start() > begin:
            yield "", text[begin : found.start()]
        below, above = found["below"], found["above"] or found["inside"]
        yield ("sub", below.replace("_", ",")) if below else ("sup", above or "")
        begin = found.end()
    if begin < len(text):
        yield "", text[begin:]
