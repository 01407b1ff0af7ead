"""What a notebook shows of a report, of its checklist and of key results: plain HTML, everything in it escaped."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from actuarial.translation import Language

if TYPE_CHECKING:
    from actuarial.report.document import Document, Section

LEVELS = 2
"""Levels of sections that are listed."""
DECIMALS = {"percent": 2, "ratio": 2, "factor": 4, "amount": 0, "small": 2}


def document_html(document: "Document") -> str:
    """Title, contents and how much of each kind a report has; the report itself is what `write_html` writes."""
    from actuarial.report.document import Field, Picture, Table

    say = document.language
    blocks = list(document.blocks())
    empty = [one for one in blocks if isinstance(one, Field) and not one.text.strip()]
    kinds = [(say("Tables"), Table), (say("Drawings"), Picture), (say("Texts that people write"), Field)]
    rows = [(words, str(sum(isinstance(one, kind) for one in blocks))) for words, kind in kinds]
    rows.append((say("Texts that are still to be written"), str(len(empty))))
    return "\n".join(
        [
            f"<h3>{escape(document.title)}</h3>",
            f"<p>{escape(document.subtitle)}</p>",
            table_html((), [*document.front, *rows]),
            f"<details open><summary>{escape(say('Contents'))}</summary>",
            *_contents(document.sections, 1),
            "</details>",
        ]
    )


def _contents(sections: "Sequence[Section]", level: int) -> Iterator[str]:
    """Titles of sections as nested lists; annexes stand among them."""
    yield "<ul>"
    for section in sections:
        yield f"<li>{escape(section.title)}"
        if section.sections and level < LEVELS:
            yield from _contents(section.sections, level + 1)
        yield "</li>"
    yield "</ul>"


def checklist_html(items: Sequence[Any], say: Language, labels: dict[str, str]) -> str:
    """How many items are in which state, and each of them with what is asked."""
    count = Counter(one.status for one in items)
    total = ", ".join(f"{say(words)} {count[status]}" for status, words in labels.items() if count[status])
    rows = [one.row(say) for one in items]
    head = (say("Item"), say("Source"), say("Requirement"), say("Status"))
    return f"<p>{escape(say('Checklist of the report: {total}', total=total))}</p>\n{table_html(head, rows)}"


def figures_html(table: Any) -> str:
    """Figures with their units as a person reads them: shares in per cent, years as years, a dash for none."""
    from actuarial.report.units import shown

    rows = []
    for (label, units), values in zip(table.index, table.itertuples(index=False, name=None), strict=True):
        rows.append((str(label), shown(str(units), ""), *(_figure(float(value), str(units)) for value in values)))
    notes = f"<p><small>{escape(table.attrs['note'])}</small></p>" if table.attrs.get("note") else ""
    return table_html((*map(str, table.index.names), *map(str, table.columns)), rows) + notes


def _figure(value: float, units: str) -> str:
    from actuarial.report.units import format_of
    from actuarial.translation import NO_NUMBER

    kind = format_of(units)
    if value != value:
        return NO_NUMBER
    if kind == "year":
        return f"{value:.0f}"
    return f"{value:.2%}" if kind == "percent" else f"{value:,.{DECIMALS.get(kind, 2)}f}"


def table_html(head: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the first column is words, as are others that are no numbers."""
    heads = "".join(f'<th scope="col">{escape(text)}</th>' for text in head)
    lines = ["<table>", f"<thead><tr>{heads}</tr></thead>" if heads else "", "<tbody>"]
    lines += ["<tr>" + "".join(_cell(text) for text in row) + "</tr>" for row in rows]
    return "\n".join([*filter(None, lines), "</tbody>", "</table>"])


def _cell(text: str) -> str:
    number = re.fullmatch(r"[-–−]?\d[\d.,\s]*%?|–|", text) is not None
    return f'<td style="text-align: {"right" if number else "left"}">{escape(text)}</td>'
