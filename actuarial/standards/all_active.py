"""All economically active persons protected: the alternatives of a prescribed period and a yearly average."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from actuarial.errors import BadInput
from actuarial.standards.judging import stated, unanswered
from actuarial.standards.numbers import Number, exact
from actuarial.standards.parameters import Period, find, levels, qualifying
from actuarial.standards.periods import within
from actuarial.standards.replacement import NONE, Allowances, Method, compared
from actuarial.standards.verdicts import Message, Verdict, all_of, message
from actuarial.standards.wages import ReferenceWage
from actuarial.translation import N_

UNIVERSAL = message(N_("In principle all economically active persons must be protected."))
AVERAGE_PAID = message(N_("The prescribed yearly average number of contributions must have been paid."))
HALF_PAID = message(
    N_("Half the prescribed yearly average number of contributions must be enough for a reduced benefit.")
)
PRESCRIBED = N_("Qualifying period of the law: {years} years of contribution; the article names no figure for it.")


def universal_level(
    name: str,
    benefit: Number,
    wage: ReferenceWage | Number,
    *,
    contribution_years: Number,
    all_active: bool | None,
    average_paid: bool | None = None,
    allowances: Allowances = NONE,
    method: Method = "earnings",
    option: str = "",
    evidence: Sequence[Message] = (),
) -> Verdict:
    """Level where in principle all economically active persons are protected, Articles 29(1)(b), 57(1)(b), 63(1)(b).

    Parameters
    ----------
    name : str
        Id of the level of a pension.
    benefit, wage, allowances, method
        As of `level`, for a person with the prescribed period and the prescribed yearly average of contributions.
    contribution_years : Number
        Prescribed period; invalidity and survivors' benefits may ask for three years at most.
    all_active, average_paid : bool or None
        Whether all economically active persons are protected, and whether the yearly average is part of the law;
        None where nobody said.
    option : str
        Option of the reference wage, for `alternative`.
    evidence : sequence of Message

    Returns
    -------
    Verdict
        All requirements in `of`.

    Raises
    ------
    BadInput
        The instrument has no such alternative for the Part.
    """
    rule, found = find(levels(), name, "level"), _universal(name, "universal")
    place = f"{found.article}; {option}" if option else found.article
    one = compared(rule, rule.rate, benefit, wage, allowances, method, alternative=place, evidence=evidence)
    period = universal_period(name, contribution_years, all_active=all_active, average_paid=average_paid)
    return replace(all_of((one, *period.of), article=found.article, subject="level"), alternative=place)


def universal_period(
    name: str, contribution_years: Number, *, all_active: bool | None, average_paid: bool | None = None
) -> Verdict:
    """Qualifying period where in principle all economically active persons are protected: 29(1)(b), 57(1)(b), 63(1)(b).

    Parameters
    ----------
    name, contribution_years, all_active, average_paid
        As of `universal_level`.

    Returns
    -------
    Verdict
        All requirements in `of`. Old age may ask for any prescribed period, the others for three years at most.

    Raises
    ------
    BadInput
        The instrument has no such alternative for the Part.

    Examples
    --------
    >>> universal_period("C102.V", 35, all_active=True, average_paid=True).verdict
    'pass'
    >>> universal_period("C102.IX", 5, all_active=True, average_paid=True).arithmetic
    '5 > 3'
    """
    return _for_all(name, "universal", contribution_years, all_active, average_paid, AVERAGE_PAID)


def reduced_universal(
    name: str, contribution_years: Number, *, all_active: bool | None, half_average: bool | None = None
) -> Verdict:
    """Reduced benefit where all economically active persons are protected, Articles 29(2)(b), 57(2)(b) and 63(2)(b).

    Parameters
    ----------
    name : str
        Id of the level of a pension of C102.
    contribution_years : Number
        Prescribed qualifying period of contribution; invalidity and survivors' benefits may ask for three years at
        most.
    all_active, half_average : bool or None
        Whether all economically active persons are protected, and whether half the prescribed yearly average of
        contributions is enough for a reduced benefit; None where nobody said.

    Returns
    -------
    Verdict
        All requirements in `of`. C102 fixes no amount of the reduced benefit.

    Raises
    ------
    BadInput
        The instrument has no such alternative for the Part.

    References
    ----------
    .. [1] International Labour Organization (1952), Convention No. 102, Articles 29(2), 57(2) and 63(2).

    Examples
    --------
    >>> reduced_universal("C102.X", 3, all_active=True, half_average=True).verdict
    'pass'
    >>> reduced_universal("C102.V", 20, all_active=True).verdict
    'not_assessable'
    """
    return _for_all(name, "reduced_universal", contribution_years, all_active, half_average, HALF_PAID)


def _universal(name: str, field: Literal["universal", "reduced_universal"]) -> Period:
    found: Period | None = getattr(find(qualifying(), name, "qualifying period"), field)
    if found is None:
        raise BadInput(f"{name}: there is no alternative for schemes that protect all economically active persons.")
    return found


def _for_all(
    name: str,
    field: Literal["universal", "reduced_universal"],
    years: Number,
    all_active: bool | None,
    average: bool | None,
    asked: Message,
) -> Verdict:
    """An alternative for schemes that protect all economically active persons: both findings, and its figure if any."""
    rule, period = find(levels(), name, "level"), _universal(name, field)
    article, length = period.article, exact(years, "contribution years")
    needs = [
        stated(rule, answer, text, article=article, subject="qualifying", alternative=article)
        for answer, text in ((all_active, UNIVERSAL), (average, asked))
    ]
    if period.contribution is None:
        note = (message(PRESCRIBED, years=length),)
        needs.append(
            unanswered(rule, "pass", article=article, subject="qualifying", alternative=article, note=note)
        )
    else:
        needs.append(within(rule, length, period.contribution, article))
    return replace(all_of(needs, article=article, subject="qualifying"), alternative=article)
