"""Verdicts: a figure beside the figure of a standard, with its arithmetic; never an opinion on the law."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal, get_args

from actuarial.errors import BadInput
from actuarial.sheets.usual_names import names_in
from actuarial.translation import N_, Language

Word = Literal["pass", "fail", "not_assessable", "not_verified", "undetermined", "absent"]
WORDS: tuple[Word, ...] = get_args(Word)
LABELS: dict[Word, str] = {
    "pass": N_("Meets the figure"),
    "fail": N_("Does not meet the figure"),
    "not_assessable": N_("Needs a finding that is not a figure"),
    "not_verified": N_("Not verified, no verdict"),
    "undetermined": N_("Undetermined, data are missing"),
    "absent": N_("No benefit of this Part"),
}
"""What the reader of a report sees for each word; said with `say`."""

CLOSED = N_("Not open without a declaration")
"""What the reader sees for an alternative that needs a declaration which is not in force, whatever its figure."""

DECLARED = N_("Declared, not computed, for this reason: {reason}")
"""What stands below a requirement that somebody declares to be met or not."""

AS_DECLARED: dict[Word, str] = {"pass": N_("Met as declared"), "fail": N_("Not met as declared")}
"""What the reader sees for such a requirement."""

OPEN: tuple[Word, ...] = ("undetermined", "not_assessable", "not_verified", "absent")
"""Words that leave the question open, the first of which names a combination: data may still decide it."""

PHRASES = (
    N_("Schedule to Part XI"),
    N_("Schedule to Part V"),
    N_("Schedule II"),
    N_("para"),
    N_("Protocol, Section I, replacing Code"),
)
"""Words in the references to articles."""

Unit = Literal["share", "money", "persons", "years", "weeks", "days", "months", "count", "none"]
Subject = Literal[
    "level",
    "persons",
    "qualifying",
    "duration",
    "waiting",
    "age",
    "financing",
    "ratification",
    "review",
    "contingency",
    "care",
    "cost_sharing",
    "children",
    "administration",
    "instrument",
    "other",
]


@dataclass(frozen=True)
class Message:
    """A text of the library with the values in its places, said later in the language of the reader."""

    text: str
    values: tuple[tuple[str, object], ...] = ()

    def said(self, say: Language) -> str:
        """The text in a language; messages and usual names among the values are said in it, fractions as numbers."""
        return say(self.text, **{name: _said(value, say) for name, value in self.values})


def message(text: str, /, **values: object) -> Message:
    """A text marked with `N_`, with its values."""
    return Message(text, tuple(values.items()))


NO_DECLARATION = message(
    N_("Open only to a Member whose declaration of temporary exceptions is in force; none is stated.")
)


@dataclass(frozen=True)
class Verdict:
    """A figure beside the figure that an article names.

    Attributes
    ----------
    standard : str
        Instrument: "C102", "C121", "C128", "C130", "C183", "European_Code" and so on.
    part : str
        Part of it, such as "V"; empty where the instrument has none.
    article : str
        Article that names the figure, such as "28, Schedule to Part XI".
    alternative : str
        Which alternative was tried, such as "29(1)(a)"; empty where there is only one.
    value, threshold : Fraction or None
        What was found and what the article asks, both in `unit`; None where there is no such number.
    verdict : {"pass", "fail", "not_assessable", "not_verified", "undetermined", "absent"}
        "not_assessable" needs a finding of a person, "not_verified" is of a text that was not read,
        "undetermined" lacks data, "absent" is a Part of which the schemes have no benefit.
    arithmetic : str
        The calculation in digits and signs, the same in all languages.
    evidence : tuple of Message
        What the figures rest on, in the order of Article 76(1)(b) of C102.
    note : tuple of Message
        What the reader must know; one of them says so where a reading is an interpretation.
    unit : str
        "share", "money", "persons", "years", "weeks", "days", "months", "count" or "none".
    subject : str
        What is asked: "level", "persons", "qualifying", "duration", "waiting", "age", "financing", "ratification",
        "review", "contingency", "care", "cost_sharing", "children", "administration", "instrument" or "other".
    interpreted : bool
        The verdict rests on a reading that the text does not settle. Of a combination, where no single verdict that
        rests on none would be enough for the same word.
    of : tuple of Verdict
        The verdicts that a combination is made of, in the order they were tried.
    """

    standard: str
    part: str
    article: str
    alternative: str
    value: Fraction | None
    threshold: Fraction | None
    verdict: Word
    arithmetic: str = ""
    evidence: tuple[Message, ...] = ()
    note: tuple[Message, ...] = ()
    unit: Unit = "share"
    subject: Subject = "level"
    interpreted: bool = False
    of: "tuple[Verdict, ...]" = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if self.verdict not in WORDS:
            raise BadInput(f"verdict: {self.verdict!r} is none of {', '.join(WORDS)}.")

    @property
    def place(self) -> str:
        """Article and alternative, the latter alone where it says more of the same article."""
        if not self.alternative or self.alternative == self.article:
            return self.article
        return self.alternative if self.alternative.startswith(self.article) else f"{self.article}, {self.alternative}"

    def place_in(self, say: Language) -> str:
        """The place in the language of the reader: schedules and paragraphs are named in it, numbers stay."""
        text = self.place
        for phrase in PHRASES:
            text = text.replace(phrase, say(phrase))
        return text

    @property
    def declared(self) -> bool:
        """Whether somebody declares it, which is no combination of others."""
        return not self.of and self.verdict in AS_DECLARED and any(one.text == DECLARED for one in self.evidence)

    def label(self, say: Language) -> str:
        """The word of the verdict in the language of the reader."""
        if self.declared:
            return say(AS_DECLARED[self.verdict])
        closed = self.verdict == "fail" and not self.of and NO_DECLARATION in self.note
        return say(CLOSED) if closed else say(LABELS[self.verdict])

    def marked(self, say: Language) -> str:
        """The same, with a mark where the verdict rests on a reading."""
        read = self.interpreted and self.verdict in ("pass", "fail")
        return say("{verdict}, by a reading", verdict=self.label(say)) if read else self.label(say)


def any_of(verdicts: Iterable[Verdict], *, article: str = "", subject: Subject | None = None) -> Verdict:
    """Alternatives: one that meets its figure is enough.

    Where none does, the question stays open as long as one alternative is open: data may be missing, a finding may be
    needed, or the text may not have been read. Otherwise it does not meet the figure.

    Parameters
    ----------
    verdicts : iterable of Verdict
        At least one.
    article : str
        Article that offers the alternatives; by default that of the alternative that decides.
    subject : str, optional
        What is asked; by default that of the alternative that decides.

    Returns
    -------
    Verdict
        With the numbers of the alternative that decides and all alternatives in `of`.

    Raises
    ------
    BadInput
        There is no verdict to combine.
    """
    return _combined(tuple(verdicts), ("pass", *OPEN, "fail"), article, subject)


def all_of(verdicts: Iterable[Verdict], *, article: str = "", subject: Subject | None = None) -> Verdict:
    """Requirements: each must meet its figure.

    One that does not decides. Otherwise the question is open as long as one requirement is open.

    Parameters
    ----------
    verdicts : iterable of Verdict
        At least one.
    article : str
        Article that states the requirements; by default that of the requirement that decides.
    subject : str, optional
        What is asked; by default that of the requirement that decides.

    Returns
    -------
    Verdict
        With the numbers of the requirement that decides and all requirements in `of`.

    Raises
    ------
    BadInput
        There is no verdict to combine.
    """
    return _combined(tuple(verdicts), ("fail", *OPEN, "pass"), article, subject)


def leaves(verdict: Verdict) -> tuple[Verdict, ...]:
    """The single verdicts that a combination is made of, in order; a single verdict alone."""
    return tuple(leaf for part in verdict.of for leaf in leaves(part)) if verdict.of else (verdict,)


def with_notes(verdict: Verdict, *notes: Message, interpreted: bool | None = None) -> Verdict:
    """A verdict with further notes, marked as an interpretation if asked."""
    mark = verdict.interpreted if interpreted is None else interpreted
    return replace(verdict, note=(*verdict.note, *notes), interpreted=mark)


def _said(value: object, say: Language) -> object:
    if isinstance(value, Message):
        return value.said(say)
    if isinstance(value, Fraction):
        return say.number(float(value), 0 if value.denominator == 1 else 2)
    return names_in(say, value) if isinstance(value, str) else value


def _combined(verdicts: tuple[Verdict, ...], order: Sequence[Word], article: str, subject: Subject | None) -> Verdict:
    if not verdicts:
        raise BadInput("verdicts: there is none to combine; give at least one alternative or requirement.")
    word = min((one.verdict for one in verdicts), key=order.index)
    chosen = next(one for one in verdicts if one.verdict == word)
    return replace(
        chosen,
        article=article or chosen.article,
        subject=subject or chosen.subject,
        interpreted=_interpreted(verdicts, chosen, order),
        of=verdicts,
    )


def _interpreted(verdicts: Sequence[Verdict], chosen: Verdict, order: Sequence[Word]) -> bool:
    """Whether a combination rests on a reading: that of all that decide alone, that of any where all are needed."""
    marks = [one.interpreted for one in verdicts if one.verdict == chosen.verdict]
    if chosen.verdict == order[0]:
        return all(marks)
    return any(marks) if chosen.verdict == order[-1] else chosen.interpreted
