"""A scheme in a few lines, as a notebook or a console shows it: names, forms, and the rates of today."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from actuarial.dated import ByYear, Money, Split, at, leaves
from actuarial.fitting import LIMITS

PARTS = ("groups", "services", "contributions", "accounts", "benefits")
"""Fields of schemes that hold parts with names, in the order in which they are shown."""
LINES, WIDTH, LEAST = 24, 110, 2
LARGE = 1e6
WHOLE = "actuarial.scheme_saving.scheme_text(scheme) is the whole law as a file has it"
Rows = list[tuple[str, ...]]


def outline_text(scheme: Any) -> str:
    """The scheme in at most 24 lines of plain text; parts that find no room are counted.

    Parameters
    ----------
    scheme : Scheme or HealthScheme
    """
    sections = _sections(scheme)
    shown = _cut(sections)
    lines = [f"<{type(scheme).__name__} {_heading(scheme)}"]
    for title, rows in shown.items():
        widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
        lines.append(title)
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True) if width]
            lines.append(f"  {'  '.join(cells)}")
        hidden = len(sections[title]) - len(rows)
        lines += [f"  ... and {hidden} more"] if hidden else []
    return "\n".join(_short(line.rstrip()) for line in [*lines, f"{WHOLE}>"])


def outline_html(scheme: Any) -> str:
    """The scheme as an HTML table of the same cells, all parts of it; whatever a name holds is text."""
    from html import escape

    lines = [f"<table><caption>{escape(type(scheme).__name__)} {escape(_heading(scheme))}</caption>"]
    for title, rows in _sections(scheme).items():
        lines.append(f'<tr><th colspan="4" style="text-align:left">{escape(title)}</th></tr>')
        for row in rows:
            cells = "".join(f'<td style="text-align:left">{escape(cell)}</td>' for cell in row)
            lines.append(f"<tr>{cells}</tr>")
    return "\n".join([*lines, "</table>"])


def _heading(scheme: Any) -> str:
    law = f": {scheme.law}" if scheme.law else ""
    return _plain(f"{scheme.name!r}, {scheme.currency}{law}")


def _sections(scheme: Any) -> dict[str, Rows]:
    """Rows of name, kind, what it is, and article, by heading."""
    year, found = date.today().year, {}
    for field in PARTS:
        parts = getattr(scheme, field, ())
        if parts:
            title = f"{field} ({year})" if field in ("contributions", "accounts") else field
            found[title] = [tuple(_plain(cell) for cell in _row(field, part, year)) for part in parts]
    return found


def _row(field: str, part: Any, year: int) -> tuple[str, str, str, str]:
    law = str(getattr(part, "law", "") or "")
    if field == "contributions":
        return part.name, part.payer, _paid(part, year), law
    if field == "accounts":
        return part.name, type(part).__name__, _credited(part, year), law
    inner = [getattr(part, name, None) for name in ("formula", "payment")]
    forms = ", ".join(type(one).__name__ for form in inner for one in _several(form))
    if field == "services":
        return part.name, forms, "", law
    other = getattr(part, "of", None)
    return part.name, type(part).__name__, forms or (f"of {other}" if isinstance(other, str) else ""), law


def _paid(line: Any, year: int) -> str:
    """What is due on a line of income in a year."""
    whole = line.rate is None or (line.rate == 1.0 and line.base in ("fixed", "minimum", "deficit", "account_credits"))
    base = line.base if whole else f"{_number(line.rate, year)} of {line.base}{_within(line, year)}"
    each = f"for each {base}" if base in ("head", "household") else base
    return base if line.amount is None else f"{_number(line.amount, year)} {each}"


def _credited(account: Any, year: int) -> str:
    """What is credited to an account in a year."""
    credits = getattr(account, "credits", "")
    lines = getattr(account, "contributions", ())
    if lines:
        return f"{credits}: {', '.join(lines)}{_within(account, year)}"
    rate = getattr(account, "rate", None)
    return credits if rate is None else f"{_number(rate, year)} of {credits}{_within(account, year)}"


def _within(part: Any, year: int) -> str:
    """Limits of its own of the earnings that count, by their fields."""
    given = ((name, getattr(part, name, None)) for name in LIMITS)
    return "".join(f", {name} {_number(value, year)}" for name, value in given if value is not None)


def _several(form: Any) -> tuple[Any, ...]:
    """Formulas that add up, one, or none."""
    return form if isinstance(form, tuple) else () if form is None else (form,)


def _number(value: Any, year: int) -> str:
    """A dated number in a year; its range where it differs by more than the year."""
    if isinstance(value, Money):
        per = "" if value.per == "once" else f" a {value.per}"
        return f"{_number(value.value, year)}{per}"
    low, high = (pick(_values(value, year)) for pick in (min, max))
    return _digits(low) if low == high else f"{_digits(low)} to {_digits(high)}"


def _digits(number: float) -> str:
    """A number as it is, one of millions in whole numbers with separators."""
    return f"{number:,.0f}" if abs(number) >= LARGE else f"{number:g}"


def _values(value: Any, year: int) -> list[float]:
    """Plain numbers that a value may have in a year; of rates by length of service those of every length."""
    if isinstance(value, tuple):
        return [number for band in value for number in _values(band.rate, year)]
    if isinstance(value, ByYear):
        if not any(isinstance(inner, Split) for _, inner in value.points):
            return [at(value, year=year)]
        before = [inner for key, inner in value.points if key <= year]
        return _values(before[-1] if before else value.points[0][1], year)
    return [number for _, number in leaves(value)]


def _cut(sections: dict[str, Rows]) -> dict[str, Rows]:
    """As many rows as there is room for, the longest sections cut first."""
    kept = {title: len(rows) for title, rows in sections.items()}

    def lines() -> Iterator[int]:
        for title, count in kept.items():
            yield 1 + count + (count < len(sections[title]))

    while sum(lines()) + 2 > LINES and max(kept.values()) > LEAST:
        longest = max(kept, key=lambda title: kept[title])
        kept[longest] -= 1
    return {title: rows[: kept[title]] for title, rows in sections.items()}


def _plain(text: str) -> str:
    """Text on one line, without what steers a console."""
    return "".join(letter if letter.isprintable() else " " for letter in " ".join(str(text).split()))


def _short(line: str) -> str:
    return line if len(line) <= WIDTH else line[: WIDTH - 3] + "..."
