"""Duration of benefits and waiting periods."""

from fractions import Fraction

from actuarial.errors import BadInput, OutOfBounds
from actuarial.standards.judging import judge, over, unanswered
from actuarial.standards.numbers import Number, exact, plain
from actuarial.standards.parameters import Duration, Span, Waiting, durations, find
from actuarial.standards.verdicts import Message, Verdict, Word, any_of, message
from actuarial.translation import N_

THROUGHOUT = message(N_("The benefit must be paid throughout the contingency."))
UNTIL_OLD_AGE = message(N_("The benefit must be paid throughout the contingency or until old-age benefit is payable."))
IN_LIMITED = message(
    N_("The English text attaches waiting days to a benefit limited to 26 weeks; for a longer one it must be read.")
)
LAW_AT_ENTRY = message(N_("Only where the law had the waiting period when the Convention entered into force."))
AVERAGE = message(N_("Where the duration varies with contributions or past benefits, its average is compared."))
PERIODS = {
    "case": N_("Weeks of each case"),
    "12 months": N_("Weeks in twelve months"),
    "24 months": N_("Weeks in twenty-four months"),
    "spell": N_("Weeks of each spell"),
}


def duration(
    name: str,
    weeks: Number | None = None,
    *,
    throughout: bool | None = None,
    declaration: bool = False,
    persons: str = "employees",
    average: bool = False,
    absence: Number | None = None,
) -> Verdict:
    """Weeks for which a benefit is paid, against the least to which it may be limited.

    Parameters
    ----------
    name : str
        Id, such as "C102.IV", "C128.II" or "C183".
    weeks : Number, optional
        Weeks to which the law limits the benefit; the average if `average`.
    throughout : bool, optional
        Whether the benefit is paid as long as the contingency lasts; then weeks need not be given.
    declaration : bool
        Whether a declaration of temporary exceptions is in force.
    persons : {"employees", "means_tested"}
        Whom the law protects, for unemployment (Article 24(1) of C102).
    average : bool
        The duration varies with contributions or past benefits, and the weeks are their average (Article 24(2)).
    absence : Number, optional
        Weeks of absence that the law requires or authorises, for maternity (Article 52).

    Returns
    -------
    Verdict
        In weeks, all alternatives in `of`.

    Raises
    ------
    BadInput
        There is no such id.
    OutOfBounds
        Negative weeks.

    Examples
    --------
    >>> duration("C102.III", 26).verdict, duration("C130", 26).verdict, duration("C130", 26, declaration=True).verdict
    ('pass', 'fail', 'pass')
    """
    rule = find(durations(), name, "duration")
    note = UNTIL_OLD_AGE if rule.until_old_age else THROUGHOUT
    if throughout:
        return unanswered(rule, "pass", article=rule.article, subject="duration", note=(note,))
    spans = [span for span in rule.spans if span.average == average and span.persons in ("", persons)]
    if average and not spans:
        raise BadInput(f"{name}: no average duration is named for {persons}; give the weeks that the law names.")
    if not spans:
        word: Word = "undetermined" if throughout is None and weeks is None else "fail"
        return unanswered(rule, word, article=rule.article, subject="duration", note=(note,))
    length = None if weeks is None else exact(weeks, "weeks")
    return any_of([_span(rule, span, length, declaration, absence) for span in spans], subject="duration")


def waiting(
    name: str,
    days: Number,
    *,
    limited: bool = True,
    declaration: bool = False,
    law_at_entry: bool = False,
) -> Verdict:
    """Days for which a benefit is not paid at the beginning, against the most that are allowed.

    Parameters
    ----------
    name : str
        Id, such as "C102.III" or "C121".
    days : Number
    limited : bool
        Whether the benefit is limited in time; Article 18(1) of C102 speaks of waiting days only then.
    declaration : bool
        Whether a declaration of temporary exceptions is in force.
    law_at_entry : bool
        Whether the law had the waiting period when the Convention entered into force (Article 9(3)(a) of C121).

    Returns
    -------
    Verdict
        In days. Where the instrument names no waiting days the most is none at all.

    Raises
    ------
    BadInput
        There is no such id.
    OutOfBounds
        Negative days.

    Examples
    --------
    >>> waiting("C102.IV", 7).verdict, waiting("C102.IV", 8).verdict, waiting("C102.III", 3, limited=False).verdict
    ('pass', 'fail', 'not_assessable')
    """
    rule = find(durations(), name, "waiting period")
    found = exact(days, "waiting days")
    rows = rule.waiting or (Waiting(days=0, article=rule.article),)
    return any_of([_wait(rule, row, found, limited, declaration, law_at_entry) for row in rows], subject="waiting")


def days_per_person(paid: Number, persons: Number, *, declaration: bool, name: str = "C102.III") -> Verdict:
    """Days of sickness benefit paid in a year for each person protected, Article 18(2)(a) of C102.

    Parameters
    ----------
    paid : Number
        Days for which benefit was paid in the year.
    persons : Number
        Average number of persons protected in the year.
    declaration : bool
        The clause is open only while a declaration of temporary exceptions is in force.
    name : str

    Examples
    --------
    >>> days_per_person(1_050_000, 100_000, declaration=True).arithmetic
    '1050000 / 100000 = 10.5'
    """
    rule = find(durations(), name, "duration")
    if rule.days_per_person is None:
        raise BadInput(f"{name}: no number of days for each person protected is named.")
    number = exact(persons, "persons protected")
    if number == 0:
        raise OutOfBounds("persons protected: there are none; the clause compares days with their number.")
    value = exact(paid, "days paid") / number
    return judge(
        rule,
        value,
        Fraction(rule.days_per_person.days),
        article=rule.days_per_person.article,
        alternative=rule.days_per_person.article,
        subject="duration",
        unit="days",
        arithmetic=f"{over(exact(paid), number)} = {plain(value)}",
        open_=declaration,
    )


def after_birth(weeks: Number) -> Verdict:
    """Weeks of compulsory leave after birth, Article 4 of C183."""
    return _further(find(durations(), "C183", "duration"), "after_birth", weeks)


def care_after_leaving(weeks: Number) -> Verdict:
    """Weeks of medical care after leaving the classes protected, for a case that began before, Article 16 of C130."""
    return _further(find(durations(), "C130", "duration"), "care_after_leaving", weeks)


def _span(rule: Duration, span: Span, weeks: Fraction | None, declaration: bool, absence: Number | None) -> Verdict:
    least = Fraction(span.weeks)
    if span.or_absence and absence is not None:
        least = max(least, exact(absence, "weeks of absence"))
    notes: list[Message] = [message(PERIODS[span.per])]
    if span.average:
        notes.append(AVERAGE)
    return judge(
        rule,
        weeks,
        least,
        article=span.article,
        alternative=span.article,
        subject="duration",
        unit="weeks",
        arithmetic=_sign(weeks, least),
        note=notes,
        open_=declaration or not span.declaration,
    )


def _wait(
    rule: Duration, row: Waiting, days: Fraction, limited: bool, declaration: bool, law_at_entry: bool
) -> Verdict:
    article, most = row.article, Fraction(row.days)
    if row.limited_only and not limited and 0 < days <= row.days:
        return unanswered(
            rule, "not_assessable", article=article, alternative=article, subject="waiting", note=(IN_LIMITED,)
        )
    if row.law_at_entry and not law_at_entry:
        return unanswered(rule, "fail", article=article, alternative=article, subject="waiting", note=(LAW_AT_ENTRY,))
    return judge(
        rule,
        days,
        most,
        article=article,
        alternative=article,
        subject="waiting",
        unit="days",
        at="most",
        arithmetic=f"{plain(days)} {'<=' if days <= most else '>'} {plain(most)}",
        open_=declaration or not row.declaration,
    )


def _further(rule: Duration, field: str, weeks: Number) -> Verdict:
    span: Span = getattr(rule, field)
    return _span(rule, span, exact(weeks, "weeks"), False, None)


def _sign(weeks: Fraction | None, least: Fraction) -> str:
    if weeks is None:
        return ""
    return f"{plain(weeks)} {'>=' if weeks >= least else '<'} {plain(least)}"
