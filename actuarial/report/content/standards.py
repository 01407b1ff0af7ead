"""Annex of international standards: figures beside the figures of the articles, as far as they were found."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from actuarial.report.content.blocks import if_written, section
from actuarial.report.content.cells import cell, listed
from actuarial.report.content.material import Material
from actuarial.report.document import Block, Bullets, Paragraph, Section, Terms
from actuarial.standards.calculations import calculation
from actuarial.standards.shown import quantity
from actuarial.standards.verdicts import Message, Verdict
from actuarial.translation import N_, NO_NUMBER, Language

SUBJECTS = (
    ("levels", N_("Levels of benefits"), ("level",), "compliance.replacement_rates"),
    ("persons", N_("Persons protected"), ("persons",), "compliance.coverage"),
    ("review", N_("Review of pensions"), ("review",), "compliance.review_of_pensions"),
    ("others", N_("Other requirements"), (), ""),
)
"""Name, title and subjects of each table, and the field that it answers; the last one has all other subjects."""
BASIC, SHARE = "C102", "71(2)"
"""The instrument of the checklist, and its article on the employees' share of all branches."""
FIELDS = (*(field for *_, field in SUBJECTS if field), "compliance.ilo_conventions")
KINDS = {"share": "percent", "persons": "persons", "money": "persons", "count": "persons"}
TIMES = ("years", "weeks", "days", "months")


def standards(material: Material) -> Section | None:
    """Figures beside the figures of international standards, where they were assessed."""
    say, found = material.say, material.assessment
    fields = if_written(material, *FIELDS)
    if found is None:
        return section("standards", say("International standards"), fields, annex=True)
    verdicts = list(found.verdicts)
    inner = [_table(material, verdicts, *one) for one in SUBJECTS]
    text = Paragraph(say("The tables put figures beside the figures of the standards. They are no opinion on the law."))
    averages = _said(say, getattr(found, "averages", ()))
    money = Paragraph(say("Amounts of money are in {currency} a year.", currency=material.main.currency))
    blocks: tuple[Block | None, ...] = (text, money, Bullets(averages) if averages else None, *fields)
    covers = ("compliance.ilo_conventions",) if is_settled(verdicts) else ()
    return section("standards", say("International standards"), blocks, inner, covers=covers, annex=True)


def is_found(verdict: Verdict) -> bool:
    """Whether a verdict says anything: a figure that was found, or whether it meets what is asked."""
    return verdict.value is not None or verdict.verdict in ("pass", "fail")


def is_settled(verdicts: Sequence[Verdict]) -> bool:
    """Whether verdicts answer an item of the checklist: something was found, and no article of C102 lacks data."""
    lacking = any(one.standard == BASIC and one.verdict == "undetermined" for one in verdicts)
    return any(map(is_found, verdicts)) and not lacking


def _answered(chosen: Sequence[Verdict], field: str) -> Iterator[str]:
    """Fields that the verdicts of a table answer; the employees' share is one article of it."""
    if field and is_settled(chosen):
        yield field
    if is_settled([one for one in chosen if one.standard == BASIC and one.article == SHARE]):
        yield "compliance.employee_share"


def _table(
    material: Material, verdicts: Sequence[Verdict], name: str, title: str, subjects: Sequence[str], field: str
) -> Section | None:
    """The verdicts of some subjects; those of none of the named ones where no subject is given."""
    say = material.say
    named = {one for _, _, several, _ in SUBJECTS for one in several}
    chosen = [one for one in verdicts if (one.subject in subjects if subjects else one.subject not in named)]
    if not chosen:
        return None
    notes = _said(say, (note for one in chosen for note in (*one.evidence, *one.note)))
    head = (say("Standard"), say("Article"), say("Found"), say("Asked for"), say("Verdict"), say("Calculation"))
    table = listed(
        material,
        f"standards_{name}",
        say(title),
        (*head, say("Notes")),
        [(*_row(say, one), _numbers(say, one, notes)) for one in chosen],
        units=say("as the article says"),
        source=say("Law and results of the scheme; instruments of the standards"),
        labels=7,
    )
    below = Terms(tuple((str(number), note) for number, note in enumerate(notes, 1))) if notes else None
    covers = tuple(_answered(chosen, field))
    return section(f"standards_{name}", say(title), (table, below), covers=covers)


def _numbers(say: Language, one: Verdict, notes: Sequence[str]) -> str:
    """Numbers of the notes that a verdict has."""
    own = _said(say, (*one.evidence, *one.note))
    return ", ".join(map(str, sorted(notes.index(note) + 1 for note in own)))


def _said(say: Language, messages: Iterable[Message]) -> tuple[str, ...]:
    """Each message once."""
    return tuple(dict.fromkeys(one.said(say) for one in messages))


def _row(say: Language, one: Verdict) -> tuple[str, ...]:
    """A verdict as the cells of a row."""
    kind = KINDS.get(one.unit, "ratio")

    def figure(value: Fraction | None) -> str:
        if value is None:
            return NO_NUMBER
        return quantity(value, one.unit, say) if one.unit in TIMES else cell(say, float(value), kind)

    name = say("European Code") if one.standard == "European_Code" else one.standard.replace("_", " ")
    standard = " ".join(filter(None, (name, one.part)))
    sum_of = calculation(one.arithmetic, say)
    return (standard, one.place_in(say), figure(one.value), figure(one.threshold), one.marked(say), sum_of)
