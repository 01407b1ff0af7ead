"""One figure against another: the verdict that a rule of an instrument gives, none where its text was not read."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from actuarial.standards.numbers import percent, plain, ratio
from actuarial.standards.parameters import Record, instruments
from actuarial.standards.verdicts import NO_DECLARATION, Message, Subject, Unit, Verdict, Word, message
from actuarial.translation import N_

NOT_READ = message(N_("The text of this instrument was not read in the original: figures without a verdict."))
NOT_CHECKED = message(
    N_("These figures are those of C102 and were not checked against the text of the instrument: no verdict.")
)


def judge(
    rule: Record,
    value: Fraction | None,
    threshold: Fraction | None,
    *,
    article: str,
    subject: Subject,
    unit: Unit = "share",
    at: Literal["least", "most"] = "least",
    alternative: str = "",
    arithmetic: str = "",
    evidence: Sequence[Message] = (),
    note: Sequence[Message] = (),
    interpreted: bool = False,
    open_: bool = True,
) -> Verdict:
    """A value against the figure of a rule, compared as fractions without rounding.

    Parameters
    ----------
    rule : Record
        Entry of the instrument; one that was not read gives "not_verified", whatever the value.
    value, threshold : Fraction or None
        Without either the verdict is "undetermined".
    article, alternative : str
        Where the figure stands.
    subject, unit : str
        See `Verdict`.
    at : {"least", "most"}
        Whether the value must be at least or at most the threshold; the threshold itself meets it.
    arithmetic : str
        Calculation of the value.
    evidence, note : sequence of Message
    interpreted : bool
    open_ : bool
        False where the clause needs a declaration that is not in force: the alternative is not met.

    Returns
    -------
    Verdict
    """
    notes = list(note)
    word: Word
    if not rule.seen:
        word = "not_verified"
        notes.append(_unseen(rule))
    elif not open_:
        word = "fail"
        notes.append(NO_DECLARATION)
    elif value is None or threshold is None:
        word = "undetermined"
    else:
        word = "pass" if (value >= threshold if at == "least" else value <= threshold) else "fail"
    return Verdict(
        rule.standard,
        rule.part,
        article,
        alternative,
        value,
        threshold,
        word,
        arithmetic,
        tuple(evidence),
        tuple(notes),
        unit,
        subject,
        interpreted,
    )


def unanswered(
    rule: Record,
    word: Word,
    *,
    article: str,
    subject: Subject,
    alternative: str = "",
    note: Sequence[Message] = (),
    evidence: Sequence[Message] = (),
    interpreted: bool = False,
) -> Verdict:
    """A verdict without figures: a finding that somebody stated, or one that is still needed."""
    notes = (*note, _unseen(rule)) if not rule.seen else tuple(note)
    return Verdict(
        rule.standard,
        rule.part,
        article,
        alternative,
        None,
        None,
        word if rule.seen else "not_verified",
        "",
        tuple(evidence),
        notes,
        "none",
        subject,
        interpreted,
    )


def stated(
    rule: Record, answer: bool | None, needed: Message, *, article: str, subject: Subject, alternative: str = ""
) -> Verdict:
    """A requirement that is no figure, answered by who knows: yes, no, or not answered yet.

    Parameters
    ----------
    rule : Record
    answer : bool or None
        None where nobody answered; then the verdict is "not_assessable".
    needed : Message
        What is asked.
    article, subject, alternative : str

    Returns
    -------
    Verdict
    """
    word: Word = "not_assessable" if answer is None else "pass" if answer else "fail"
    return unanswered(rule, word, article=article, subject=subject, alternative=alternative, note=(needed,))


def quotient(left: str, value: Fraction, threshold: Fraction | None = None) -> str:
    """Arithmetic of a share: what was divided, the fraction, and per cent."""
    return f"{left} = {ratio(value)} = {percent(value, threshold)}"


def over(part: Fraction, whole: Fraction) -> str:
    """Two amounts as a division."""
    return f"{plain(part)} / {plain(whole)}"


def _unseen(rule: Record) -> Message:
    """What was not read: the instrument, or an entry of one that was read otherwise."""
    known = instruments().get(rule.standard)
    return NOT_CHECKED if known is not None and known.seen else NOT_READ
