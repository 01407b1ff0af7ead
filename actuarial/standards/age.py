"""Pensionable age."""

from fractions import Fraction

from actuarial.standards.judging import judge, over, quotient, stated, unanswered
from actuarial.standards.numbers import Number, exact, plain, share_of
from actuarial.standards.parameters import Age, ages, find
from actuarial.standards.verdicts import Verdict, all_of, any_of, message
from actuarial.translation import N_

WORKING_ABILITY = message(
    N_("A higher age needs a reasoned finding that due regard was had to the working ability of elderly persons.")
)
STATISTICS = message(N_("A higher age needs demographic, economic and social criteria that are shown by statistics."))
ARDUOUS = message(N_("At this age a lower one is needed for occupations that are arduous or unhealthy."))
SHARE = message(
    N_("A higher age may be set as long as residents of that age are a tenth of the younger ones over fifteen.")
)
FINDINGS = {"working_ability": WORKING_ABILITY, "statistics": STATISTICS}


def pensionable_age(
    standard: str,
    age: Number,
    *,
    finding: bool | None = None,
    lower_for_arduous: bool | None = None,
    residents_at_or_over: Number | None = None,
    residents_under: Number | None = None,
) -> Verdict:
    """Pensionable age against the highest one, or against what a higher one needs.

    Parameters
    ----------
    standard : {"C102", "C128", "European_Code"}
    age : Number, years
    finding : bool, optional
        Whether the finding exists that a higher age needs: due regard to the working ability of elderly persons in
        C102, statistics on demographic, economic and social criteria in C128.
    lower_for_arduous : bool, optional
        Whether a lower age holds for arduous or unhealthy occupations, which C128 asks for from 65 upwards.
    residents_at_or_over, residents_under : Number, optional
        Residents of that age or over, and residents over 15 and under that age, which the European Code compares.

    Returns
    -------
    Verdict
        In years, or as a share for the European Code.

    Raises
    ------
    BadInput
        There is no such instrument.

    References
    ----------
    .. [1] International Labour Organization (1952), Convention No. 102, Article 26(2).
    .. [2] International Labour Organization (1967), Convention No. 128, Article 15.
    .. [3] Council of Europe (1964), European Code of Social Security, Article 26(2).

    Examples
    --------
    >>> pensionable_age("C102", 65).verdict, pensionable_age("C102", 67).verdict
    ('pass', 'not_assessable')
    >>> pensionable_age("European_Code", 67, residents_at_or_over=12, residents_under=90).arithmetic
    '12 / 90 = 2/15 = 13.33%'
    """
    rule = find(ages(), standard, "pensionable age")
    years, most = exact(age, "age"), Fraction(rule.most)
    needs = [_highest(rule, years, most)]
    if years > most and rule.higher == "share":
        needs = [any_of([*needs, _share(rule, residents_at_or_over, residents_under)])]
    elif years > most:
        needs = [any_of([*needs, stated(rule, finding, FINDINGS[rule.higher], article=rule.article, subject="age")])]
    if years >= most and rule.lower_for_arduous:
        needs.append(stated(rule, lower_for_arduous, ARDUOUS, article=rule.lower_for_arduous, subject="age"))
    return needs[0] if len(needs) == 1 else all_of(needs)


def _highest(rule: Age, years: Fraction, most: Fraction) -> Verdict:
    return judge(
        rule,
        years,
        most,
        article=rule.article,
        alternative=rule.article,
        subject="age",
        unit="years",
        at="most",
        arithmetic=f"{plain(years)} {'<=' if years <= most else '>'} {plain(most)}",
    )


def _share(rule: Age, at_or_over: Number | None, under: Number | None) -> Verdict:
    if at_or_over is None or under is None:
        return unanswered(rule, "undetermined", article=rule.article, subject="age", note=(SHARE,))
    value = share_of(at_or_over, under, "residents over the age")
    return judge(
        rule,
        value,
        rule.share,
        article=rule.article,
        alternative=rule.article,
        subject="age",
        arithmetic=quotient(over(exact(at_or_over), exact(under)), value, rule.share),
        note=(SHARE,),
    )
