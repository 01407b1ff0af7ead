"""Qualifying periods of pensions, and the percentage that a benefit must reach after each number of years."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from actuarial.errors import BadInput
from actuarial.standards.declared import Declared
from actuarial.standards.judging import judge, stated
from actuarial.standards.numbers import Number, exact, plain
from actuarial.standards.parameters import Level, Period, Qualifying, find, levels, qualifying
from actuarial.standards.replacement import NONE, Allowances, Method, compared
from actuarial.standards.verdicts import Message, Verdict, all_of, any_of, message
from actuarial.standards.wages import ReferenceWage
from actuarial.translation import N_

Basis = Literal["contribution", "residence"]
ABUSE = "no longer than needed to preclude abuse"
"""The rule of instruments.toml on which a declaration is an answer."""

LINEAR = message(
    N_("The proportional reduction is read as a straight line between its end points, which is an interpretation.")
)
RULE = N_("The instrument names no figure: {rule}.")
TRANSITIONAL = message(
    N_("Persons too old to qualify when the scheme began get a reduced benefit, or the full one at a higher age.")
)


def required_rate(name: str, years: Number, basis: Basis = "contribution") -> Fraction:
    """Percentage that the benefit must reach for a person with that many years.

    Parameters
    ----------
    name : str
        Id of the level of a pension, such as "C102.V" or "C128.IV".
    years : Number
        From those of the percentage that is ten points lower to those of the full one.
    basis : {"contribution", "residence"}
        Years of contribution or employment, or of residence.

    Returns
    -------
    Fraction

    Notes
    -----
    p - d (n_1 - n) / (n_1 - n_0) for n_0 <= n <= n_1, which is 30% + 10 points (n - 10) / 20 for old age in C102.
    The straight line is an interpretation; its end points are in the text.

    Raises
    ------
    BadInput
        The instrument names no percentage for these years.

    References
    ----------
    .. [1] International Labour Organization (1952), Convention No. 102, Articles 29, 57 and 63.
    .. [2] International Labour Organization (1967), Convention No. 128, Articles 11, 18 and 24.

    Examples
    --------
    >>> required_rate("C102.V", 15), required_rate("C102.X", 5)
    (Fraction(13, 40), Fraction(3, 10))
    """
    return _required(name, exact(years, "years"), basis)[0]


def graded_level(
    name: str,
    years: Number,
    benefit: Number,
    wage: ReferenceWage | Number,
    *,
    basis: Basis = "contribution",
    allowances: Allowances = NONE,
    method: Method = "earnings",
    evidence: Sequence[Message] = (),
) -> Verdict:
    """Level of a pension after a number of years, against the percentage for these years.

    Parameters
    ----------
    name, benefit, wage, allowances, method, evidence
        As of `level`.
    years, basis
        As of `required_rate`.

    Returns
    -------
    Verdict
        `alternative` is the paragraph for these years, such as "29(3)".

    Examples
    --------
    >>> graded_level("C102.V", 10, 200, 1000).verdict, graded_level("C102.V", 30, 600, 1000).verdict
    ('fail', 'pass')
    """
    threshold, alternative, linear = _required(name, exact(years, "years"), basis)
    length = message(N_("Years completed: {years}"), years=exact(years))
    return compared(
        find(levels(), name, "level"),
        threshold,
        benefit,
        wage,
        allowances,
        method,
        alternative=alternative,
        note=(LINEAR,) if linear else (),
        evidence=(length, *evidence),
        interpreted=linear,
    )


def career_level(
    name: str,
    careers: Sequence[tuple[Number, Number]],
    wage: ReferenceWage | Number,
    *,
    basis: Basis = "contribution",
    least_years: Number | None = None,
    allowances: Allowances = NONE,
    method: Method = "earnings",
) -> Verdict:
    """Level of a pension by all paragraphs that are open: one that is met is enough.

    The full and the graded percentage come with the duty to pay a reduced benefit after a shorter period; the
    percentage that is ten points lower stands for both.

    Parameters
    ----------
    name : str
        Id of the level of a pension.
    careers : sequence of (years, benefit)
        Benefit of the standard beneficiary after each number of years, currency per period.
    wage, basis, allowances, method
        As of `graded_level`.
    least_years : Number, optional
        Years after which some benefit is paid; by default the shortest of the careers with a benefit.

    Returns
    -------
    Verdict
        With all alternatives in `of`.

    Raises
    ------
    BadInput
        There is no career, or the instrument names no percentage for its years.

    Examples
    --------
    >>> career_level("C102.V", [(10, 200), (30, 600)], 1000).alternative
    '29(1)(a)'
    """
    rule = find(qualifying(), name, "qualifying period")
    tried = [
        graded_level(name, years, benefit, wage, basis=basis, allowances=allowances, method=method)
        for years, benefit in careers
    ]
    paid = [exact(years) for years, benefit in careers if exact(benefit) > 0]
    least = exact(least_years, "least years") if least_years is not None else min(paid, default=None)
    reduced = _reduced(rule, least, least_years is not None, basis)
    lower = rule.lower.article if rule.lower else None
    with_reduced = [one if one.alternative == lower or reduced is None else _both(one, reduced) for one in tried]
    return any_of(with_reduced)


def reduced_right(name: str, least_years: Number | None, *, basis: Basis = "contribution") -> Verdict:
    """Whether a reduced benefit is secured after the shorter period, Articles 29(2)(a), 57(2)(a), 63(2)(a) of C102.

    Parameters
    ----------
    name : str
        Id of the level of a pension.
    least_years : Number or None
        Years after which some benefit is paid.
    basis : {"contribution", "residence"}

    Returns
    -------
    Verdict
        In years. C102 fixes no amount of the reduced benefit.

    Raises
    ------
    BadInput
        The instrument names no shorter period of this kind.

    Examples
    --------
    >>> reduced_right("C102.V", 15).verdict, reduced_right("C102.IX", 10).verdict
    ('pass', 'fail')
    """
    rule = find(qualifying(), name, "qualifying period")
    found = _reduced(rule, None if least_years is None else exact(least_years, "least years"), True, basis)
    if found is None:
        raise BadInput(f"{name}: no reduced benefit after a shorter period of {basis} is asked for.")
    return found


def qualifying_period(
    name: str,
    period: Number,
    basis: Literal["contribution", "residence", "months"],
    *,
    declared: Declared | None = None,
) -> Verdict:
    """Qualifying period of the law against the longest that the instrument allows.

    Parameters
    ----------
    name : str
        Id, such as "C102.VII" or "C128.III".
    period : Number
        In years of contribution or employment or of residence, or in months of contribution or employment.
    basis : {"contribution", "residence", "months"}
    declared : Declared, optional
        Whether the period is no longer than is considered necessary to preclude abuse, and why, where the instrument
        names this and no figure (Articles 11, 17, 23 and 51 of C102).

    Returns
    -------
    Verdict
        "not_assessable" where the instrument names no figure and nobody declared that the period keeps to it.

    Raises
    ------
    BadInput
        The instrument has no period of this kind, or what is declared is of another rule than its own.

    Examples
    --------
    >>> qualifying_period("C102.VII", 6, "months").verdict, qualifying_period("C102.III", 3, "months").verdict
    ('fail', 'not_assessable')
    """
    _known(basis, "contribution", "residence", "months")
    rule = find(qualifying(), name, "qualifying period")
    length = exact(period, "qualifying period")
    if declared is not None and rule.rule != ABUSE:
        raise BadInput(f"{name}: a declaration on the abuse of benefits is no answer to {rule.article}; leave it out.")
    if rule.none:
        return within(rule, length, 0, rule.article)
    if rule.full is None:
        note = message(RULE, rule=message(rule.rule))
        answer = None if declared is None else declared.answer
        found = stated(rule, answer, note, article=rule.article, subject="qualifying")
        return found if declared is None else replace(found, evidence=(declared.evidence(),))
    most = getattr(rule.full, basis)
    if basis == "months" and most is None and rule.full.contribution is not None:
        length, most = length / 12, rule.full.contribution
    elif basis == "contribution" and most is None and rule.full.months is not None:
        length, most, basis = length * 12, rule.full.months, "months"
    if most is None:
        raise BadInput(f"{name}: {rule.full.article} names no qualifying period of {basis}.")
    found = within(rule, length, most, rule.full.article)
    return replace(found, unit="months") if most == rule.full.months and basis == "months" else found


def period_at_lowest_age(name: str, years: Number) -> Verdict:
    """Period at the lowest age where it rises with age, Articles 11(5) and 24(5) of C128: five years at most."""
    found = find(qualifying(), name, "qualifying period").rising_with_age
    if found is None or found.contribution is None:
        raise BadInput(f"{name}: no qualifying period that rises with age is named.")
    return within(find(qualifying(), name, ""), exact(years, "years"), found.contribution, found.article)


def transitional(name: str, secured: bool | None) -> Verdict:
    """Whether persons too old to qualify at the beginning are provided for, Article 29(5) of C102: a finding."""
    rule = find(qualifying(), name, "qualifying period")
    if not rule.transitional:
        raise BadInput(f"{name}: there is no rule on persons too old to qualify at the beginning.")
    return stated(rule, secured, TRANSITIONAL, article=rule.transitional, subject="qualifying")


def declarable() -> tuple[str, ...]:
    """Parts of C102 whose qualifying period may be no longer than is considered necessary to preclude abuse."""
    return tuple(one.part for one in qualifying().values() if one.standard == "C102" and one.rule == ABUSE)


def _required(name: str, years: Fraction, basis: Basis) -> tuple[Fraction, str, bool]:
    rule, rate = find(qualifying(), name, "qualifying period"), find(levels(), name, "level").rate
    full, lower = _years(rule.full, basis), _years(rule.lower, basis)
    if rule.full is not None and years == full:
        return rate, rule.full.article, False
    if rule.lower is not None and years == lower:
        return rate - rule.lower.points, rule.lower.article, False
    between = getattr(rule.graded, basis) if rule.graded else None
    if rule.lower is None or rule.graded is None or between is None or not between[0] < years < between[1]:
        known = sorted({*(between or ()), *(n for n in (lower, full) if n is not None)})
        span = " to " if between else " and "
        raise BadInput(
            f"{name}: no percentage for {plain(years)} years of {basis}; "
            f"there is one for {span.join(str(n) for n in known) or 'none'}."
        )
    least, most = between
    return rate - rule.lower.points * (most - years) / (most - least), rule.graded.article, True


def _known(basis: str, *names: str) -> None:
    if basis not in names:
        raise BadInput(f"qualifying period: there is no basis {basis!r}; there are {', '.join(names)}.")


def _years(period: Period | None, basis: Basis) -> int | None:
    _known(basis, "contribution", "residence")
    return None if period is None else getattr(period, basis)


def _reduced(rule: Qualifying, least: Fraction | None, known: bool, basis: Basis) -> Verdict | None:
    most = _years(rule.reduced, basis)
    if rule.reduced is None or most is None:
        return None
    shown = least if known or (least is not None and least <= most) else None
    return within(rule, shown, most, rule.reduced.article)


def within(rule: Qualifying | Level, years: Fraction | None, most: int, article: str) -> Verdict:
    """Years of the law against the most that an article allows."""
    return judge(
        rule,
        years,
        Fraction(most),
        article=article,
        alternative=article,
        subject="qualifying",
        unit="years",
        at="most",
        arithmetic="" if years is None else f"{plain(years)} {'<=' if years <= most else '>'} {most}",
    )


def _both(one: Verdict, reduced: Verdict) -> Verdict:
    return replace(all_of((one, reduced)), alternative=one.alternative)
