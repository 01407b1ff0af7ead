"""Verdicts shown: as lines of a console, as a table of a notebook, as a frame."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import zip_longest
from textwrap import wrap
from typing import TYPE_CHECKING

from actuarial.standards.calculations import calculation
from actuarial.standards.parameters import PARTS, instruments, raw, subject
from actuarial.standards.verdicts import PHRASES, Verdict, leaves
from actuarial.translation import N_, Language, language

if TYPE_CHECKING:
    from pandas import DataFrame

    from actuarial.standards.assessment import Assessment

WIDTH = 120
SUBJECTS = {
    "level": N_("Level of the benefit"),
    "persons": N_("Persons protected"),
    "qualifying": N_("Qualifying period"),
    "duration": N_("Duration"),
    "waiting": N_("Waiting period"),
    "age": N_("Age"),
    "financing": N_("Financing"),
    "ratification": N_("Ratification"),
    "review": N_("Review of pensions in payment"),
    "contingency": N_("Contingency"),
    "care": N_("Medical care"),
    "cost_sharing": N_("Cost sharing"),
    "children": N_("Age of children"),
    "administration": N_("Administration"),
    "instrument": N_("Whole instrument"),
    "other": N_("Other"),
}
UNITS = {
    "years": N_("{number} years"),
    "weeks": N_("{number} weeks"),
    "days": N_("{number} days"),
    "months": N_("{number} months"),
    "persons": N_("{number} persons"),
}
HEADS = {
    "standard": N_("Standard"),
    "part": N_("Part"),
    "subject": N_("Subject"),
    "article": N_("Article"),
    "alternative": N_("Alternative"),
    "tried": N_("Tried below another row"),
    "value": N_("Found"),
    "threshold": N_("Asked"),
    "unit": N_("Unit"),
    "verdict": N_("Code of the verdict"),
    "label": N_("Verdict"),
    "arithmetic": N_("Calculation"),
    "evidence": N_("Evidence"),
    "note": N_("Notes"),
    "interpreted": N_("By a reading"),
}
"""Words above the columns of a file; codes stand in one column, that of the verdict."""
KINDS = {
    "share": N_("share"),
    "money": N_("money"),
    "persons": N_("persons"),
    "years": N_("years"),
    "weeks": N_("weeks"),
    "days": N_("days"),
    "months": N_("months"),
    "count": N_("number"),
    "none": "",
}
READ = N_("By a reading: the text leaves the point open; the notes say how it was read.")
AT_MOST = {"qualifying", "waiting", "age", "financing"}
COLUMNS = (N_("Article"), N_("Subject"), N_("Asked"), N_("Found"), N_("Verdict"))
WIDTHS = (38, 28, 11, 11, 28)


def frame(rows: Sequence[tuple[Verdict, bool]], code: str) -> "DataFrame":
    """Verdicts as a table; those that are alternatives have no place among the articles."""
    from pandas import DataFrame

    say = language(code)
    return DataFrame(
        [
            {
                "standard": one.standard,
                "part": one.part,
                "subject": say(SUBJECTS[one.subject]),
                "article": phrased(one.article, say),
                "alternative": phrased(one.alternative, say),
                "tried": tried,
                "value": None if one.value is None else float(one.value),
                "threshold": None if one.threshold is None else float(one.threshold),
                "unit": one.unit,
                "verdict": one.verdict,
                "label": one.label(say),
                "arithmetic": one.arithmetic,
                "evidence": " ".join(each.said(say) for each in one.evidence),
                "note": " ".join(each.said(say) for each in one.note),
                "interpreted": one.interpreted,
            }
            for one, tried in rows
        ]
    )


def headed(table: "DataFrame", code: str) -> "DataFrame":
    """The table of a file: words above the columns and in them, codes in the column of the verdict alone.

    Parameters
    ----------
    table : DataFrame of `Assessment.to_frame` in the same language
    code : {"en", "fr", "es"}
    """
    say = language(code)
    words = {True: say(N_("yes")), False: say(N_("no"))}
    changed = table.assign(
        standard=[_instrument(one, say) for one in table["standard"]],
        arithmetic=[calculation(one, say) for one in table["arithmetic"]],
        unit=[say(KINDS[one]) if KINDS[one] else "" for one in table["unit"]],
        tried=[words[bool(one)] for one in table["tried"]],
        interpreted=[words[bool(one)] for one in table["interpreted"]],
    )
    return changed.rename(columns={name: say(head) for name, head in HEADS.items()})


def outline(assessment: "Assessment", say: Language) -> Iterator[str]:
    """Lines of at most 120 columns: reference wages, and for each Part a table with the arithmetic below each row.

    Parameters
    ----------
    assessment : Assessment
    say : Language
    """
    title = say("{scheme}: assessment for {year}, {currency} a year", **_heading(assessment))
    yield from wrap(title, WIDTH)
    yield ""
    yield say("Reference wages")
    for wage in assessment.wages:
        yield from _below(f"{wage.article}  {wage.evidence.said(say)}", 2)
    for average in assessment.averages:
        yield from _below(average.said(say), 4)
    yield ""
    yield say("Parts of C102")
    for part in PARTS:
        yield from _part(assessment, part, say)
    for heading, verdicts in sections(assessment, say):
        yield ""
        yield from wrap(heading, WIDTH)
        yield from _row(tuple(say(one) for one in COLUMNS))
        for one in verdicts:
            yield from _row(cells_of(one, say))
        yield from _worked(verdicts, say)
    yield ""
    found = assessment.ratification()
    text = say("Parts of C102 all of whose figures are met: {number} of at least {least}.", **_counts(found))
    yield from wrap(f"{text} {found.label(say)}. {' '.join(one.said(say) for one in found.note)}", WIDTH)
    if any(one.interpreted for verdict in assessment for one in (verdict, *leaves(verdict))):
        yield from wrap(say(READ), WIDTH)


def html(assessment: "Assessment", say: Language) -> str:
    """A table of the verdicts with their arithmetic; whatever a name holds is text."""
    from html import escape

    title = say("{scheme}: assessment for {year}, {currency} a year", **_heading(assessment))
    lines = [f"<table><caption>{escape(title)}</caption>"]
    head = "".join(f'<th scope="col" style="text-align:left">{escape(say(one))}</th>' for one in COLUMNS)
    for heading, verdicts in sections(assessment, say):
        lines.append(f'<tr><th colspan="5" style="text-align:left">{escape(heading)}</th></tr><tr>{head}</tr>')
        for one in verdicts:
            cells = "".join(f'<td style="text-align:left">{escape(cell)}</td>' for cell in cells_of(one, say))
            lines.append(f"<tr>{cells}</tr>")
            if one.arithmetic:
                worked = escape(calculation(one.arithmetic, say))
                lines.append(f'<tr><td colspan="5" style="text-align:left">{worked}</td></tr>')
    return "\n".join([*lines, "</table>"])


def sections(assessment: "Assessment", say: Language) -> list[tuple[str, list[Verdict]]]:
    """Verdicts by instrument and Part with their headings, in the order of the assessment."""
    found: dict[str, list[Verdict]] = {}
    order = list(dict.fromkeys(one.standard for one in assessment))
    for standard in order:
        for one in assessment:
            if one.standard == standard:
                found.setdefault(title_of(one, say), []).append(one)
    return list(found.items())


def title_of(one: Verdict, say: Language) -> str:
    """Heading of an instrument and Part, with the subject of the Part."""
    name = _instrument(one.standard, say)
    place = say("{standard}, Part {part}", standard=name, part=one.part) if one.part else name
    key = f"{one.standard.replace('European_Code', 'C102')}.{one.part}".strip(".")
    if key in raw()["part"]:
        return say("{place}: {subject}", place=place, subject=say(subject(one.standard, one.part)))
    if one.standard == "C102":
        return say("{standard}, Part XIII: common provisions", standard=name)
    return say("{place}: {subject}", place=place, subject=say(instruments()[one.standard].title))


def cells_of(one: Verdict, say: Language) -> tuple[str, ...]:
    """Article, subject, what is asked, what was found, and the verdict in words."""
    sign = "≤" if one.subject in AT_MOST and one.unit != "count" else "≥"
    asked = "" if one.threshold is None else f"{sign} {quantity(one.threshold, one.unit, say)}"
    value = "" if one.value is None else quantity(one.value, one.unit, say)
    return one.place_in(say), say(SUBJECTS[one.subject]), asked, value, one.marked(say)


def phrased(place: str, say: Language) -> str:
    """A reference to an article with its words in the language of the reader."""
    for phrase in PHRASES:
        place = place.replace(phrase, say(phrase))
    return place


def quantity(value: Fraction, unit: str, say: Language) -> str:
    """A number with its unit."""
    if unit == "share":
        return say.percent(float(value), 2)
    shown = say.number(float(value), 0 if value.denominator == 1 else 2)
    return say(UNITS[unit], number=shown) if unit in UNITS else shown


def _part(assessment: "Assessment", part: str, say: Language) -> Iterator[str]:
    """A Part and its verdict, with a mark where it is met by what somebody declares."""
    found = assessment.overall("C102", part)
    word = found.marked(say)
    if found.verdict == "pass" and any(one.declared for one in assessment.of("C102", part)):
        word = say("{verdict}, in part as declared", verdict=word)
    name = wrap(say(subject("C102", part)), 58)
    rows = zip_longest([f"{part.ljust(5)} {name[0]}", *(f"{'':6}{more}" for more in name[1:])], wrap(word, 50))
    for left, right in rows:
        yield f"  {(left or '').ljust(66)} {right or ''}".rstrip()


def _instrument(name: str, say: Language) -> str:
    """Short name of an instrument as a reader knows it."""
    if name == "European_Code":
        return say("European Code")
    return name.replace("_", " ")


def _worked(verdicts: Sequence[Verdict], say: Language) -> Iterator[str]:
    """Arithmetic of all that was tried, then what the figures rest on and what must be known, each once."""
    tried = dict.fromkeys(
        (phrased(leaf.alternative or leaf.article, say), calculation(leaf.arithmetic, say), leaf.marked(say))
        for one in verdicts
        for leaf in leaves(one)
        if leaf.arithmetic
    )
    for place, worked, word in tried:
        yield from _below(f"{place}: {worked}  [{word}]")
    several = [leaf for one in verdicts for leaf in (one, *(leaves(one) if one.of else ()))]
    told = dict.fromkeys(text.said(say) for one in several for text in (*one.evidence, *one.note))
    for text in told:
        yield from _below(f"- {text}")


def _row(cells: tuple[str, ...]) -> Iterator[str]:
    """Cells in columns, each on as many lines as it needs."""
    columns = [wrap(cell, width) for cell, width in zip(cells, WIDTHS, strict=True)]
    for place in range(max(len(one) for one in columns)):
        parts = [one[place] if place < len(one) else "" for one in columns]
        yield " ".join(part.ljust(width) for part, width in zip(parts, WIDTHS, strict=True)).rstrip()


def _below(text: str, by: int = 4) -> list[str]:
    return wrap(text, WIDTH, initial_indent=" " * by, subsequent_indent=" " * (by + 2))


def _heading(assessment: "Assessment") -> dict[str, object]:
    return {"scheme": assessment.name, "year": str(assessment.year), "currency": assessment.currency}


def _counts(found: Verdict) -> dict[str, object]:
    return {"number": int(found.value or 0), "least": int(found.threshold or 0)}
