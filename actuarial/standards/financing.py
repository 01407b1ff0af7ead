"""Financing: the employees' share of resources, and actuarial studies before changes; Article 71 of C102."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import pairwise

from actuarial.errors import BadInput, OutOfBounds
from actuarial.standards.judging import judge, over, quotient, unanswered
from actuarial.standards.numbers import Number, exact
from actuarial.standards.parameters import PARTS, find, instruments, raw
from actuarial.standards.verdicts import Message, Verdict, Word, message, with_notes
from actuarial.translation import N_

POOLED = N_("All branches are pooled; family benefit is left out, and employment injury where it is a separate branch.")
INCOMPLETE = message(N_("Not all branches are given, so that the pooled share is not known."))
BETWEEN = message(
    N_("Whether a study from before an earlier change looked at the later one as well is no figure.")
)
PERIODIC = N_("How often is no figure; the studies lie {years} years apart at most.")
NO_STUDY = message(N_("No actuarial study is known."))


@dataclass(frozen=True, kw_only=True)
class Resources:
    """What is allocated to the protection of employees, their wives and children in a branch, currency per year.

    Attributes
    ----------
    part : str
        Part of C102, such as "V".
    employees : Number
        Contributions that the employees bear.
    others : Number
        All else: employers, State, income of reserves.
    separate : bool
        Whether the branch is separate; it matters for employment injury only.
    """

    part: str
    employees: Number
    others: Number
    separate: bool = False


def employees_share(branches: Sequence[Resources], *, complete: bool) -> Verdict:
    """Share of the employees in the resources of all branches together, Article 71(2): half at most.

    Parameters
    ----------
    branches : sequence of Resources
        Family benefit, and employment injury where separate, may be among them and are left out.
    complete : bool
        Whether these are all branches of the country. A part of them decides nothing: another may turn the share.

    Returns
    -------
    Verdict

    Raises
    ------
    BadInput
        A branch that is no Part of C102, or none that counts.
    OutOfBounds
        There are no resources.

    References
    ----------
    .. [1] International Labour Organization (1952), Convention No. 102, Article 71(2).

    Examples
    --------
    >>> pensions, sickness = Resources(part="V", employees=8, others=6), Resources(part="III", employees=0, others=3)
    >>> employees_share([pensions], complete=True).verdict, employees_share([pensions, sickness], complete=True).verdict
    ('fail', 'pass')
    """
    rules, rule = raw()["financing"], find(instruments(), "C102", "instrument")
    if unknown := [one.part for one in branches if one.part not in PARTS]:
        raise BadInput(f"employees' share: {', '.join(unknown)} is no Part of C102; there are {', '.join(PARTS)}.")
    pooled = [one for one in branches if _counts(one, rules["not_pooled"], rules["not_pooled_if_separate"])]
    if not pooled:
        raise BadInput("employees' share: no branch counts; give those other than family benefit and separate injury.")
    paid = sum((exact(one.employees, "employees") for one in pooled), Fraction(0))
    total = paid + sum((exact(one.others, "others") for one in pooled), Fraction(0))
    if total == 0:
        raise OutOfBounds("employees' share: there are no resources to take a share of.")
    value, most = paid / total, Fraction(rules["employees_most"])
    return judge(
        rule,
        value if complete else None,
        most,
        article=rules["employees"],
        subject="financing",
        at="most",
        arithmetic=quotient(over(paid, total), value, most),
        note=(message(POOLED), *(() if complete else (INCOMPLETE,))),
    )


def actuarial_studies(studies: Sequence[date], changes: Sequence[date]) -> Verdict:
    """Actuarial studies before each change in benefits, contributions or allocated taxes, Article 71(3).

    Parameters
    ----------
    studies : sequence of date
        When studies of financial equilibrium were made.
    changes : sequence of date
        When changes took effect; none leaves only the duty to study periodically, which is no figure.

    Returns
    -------
    Verdict
        A count: changes with a study since the change before, of all changes. A change without any study before it
        does not meet the Article; an older study only needs a finding.

    References
    ----------
    .. [1] International Labour Organization (1952), Convention No. 102, Article 71(3).

    Examples
    --------
    >>> studies, changes = [date(2020, 1, 1), date(2023, 1, 1)], [date(2021, 1, 1), date(2022, 1, 1)]
    >>> actuarial_studies(studies, changes).arithmetic
    '1 / 2'
    """
    rule, article = find(instruments(), "C102", "instrument"), raw()["financing"]["studies"]
    made, moved = sorted(studies), sorted(set(changes))
    note = (_apart(made),) if len(made) > 1 else () if made else (NO_STUDY,)
    if not moved:
        word: Word = "not_assessable" if made else "fail"
        return unanswered(rule, word, article=article, subject="financing", note=note)
    before = [date.min, *moved[:-1]]
    served = sum(any(last <= study < change for study in made) for last, change in zip(before, moved, strict=True))
    found = judge(
        rule,
        Fraction(served),
        Fraction(len(moved)),
        article=article,
        subject="financing",
        unit="count",
        arithmetic=f"{served} / {len(moved)}",
        note=note,
    )
    if found.verdict == "fail" and made and made[0] < moved[0]:
        return replace(with_notes(found, BETWEEN), verdict="not_assessable")
    return found


def _counts(one: Resources, never: Sequence[str], if_separate: Sequence[str]) -> bool:
    return one.part not in never and not (one.separate and one.part in if_separate)


def _apart(made: Sequence[date]) -> Message:
    longest = max((later - earlier).days for earlier, later in pairwise(made))
    return message(PERIODIC, years=Fraction(4 * longest, 1461))
