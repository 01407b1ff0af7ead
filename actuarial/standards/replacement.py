"""Levels of periodical payments: the standard beneficiary's benefit against the wage of a reference worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from actuarial.errors import BadInput, OutOfBounds
from actuarial.standards.judging import judge, over, quotient
from actuarial.standards.numbers import Number, exact, plain
from actuarial.standards.parameters import Level, durations, find, levels
from actuarial.standards.verdicts import Message, Verdict, message
from actuarial.standards.wages import ReferenceWage, options
from actuarial.translation import N_

Method = Literal["earnings", "flat"]

MINIMUM = message(
    N_("The lowest week of those that must be paid is compared, which is a reading: only maternity has an average.")
)
AVERAGE = message(N_("The average over the contingency is compared."))
AVERAGE_READ = message(N_("The average is compared although the article does not name it; this is a reading."))


@dataclass(frozen=True)
class Allowances:
    """Family allowances for the same family and the same time basis as the benefit, currency per period.

    Attributes
    ----------
    contingency : Number
        Payable during the contingency; they are part of the numerator.
    work : Number
        Payable to a person protected in work; they are part of the denominator.
    """

    contingency: Number = 0
    work: Number = 0


NONE = Allowances()


def replacement_rate(benefit: Number, wage: Number, allowances: Allowances = NONE) -> Fraction:
    """Replacement rate of Articles 65(1) and 66(1) of C102.

    Parameters
    ----------
    benefit : Number, currency per period
        Of the standard beneficiary, with supplements for dependants; these are no family allowances.
    wage : Number, currency per period
        Previous earnings (65) or the wage of the ordinary labourer (66), on the same time basis.
    allowances : Allowances

    Returns
    -------
    Fraction

    Notes
    -----
    (B + F_c) / (W + F_w).

    Raises
    ------
    OutOfBounds
        A negative amount, or nothing to divide by.

    References
    ----------
    .. [1] International Labour Organization (1952), Social Security (Minimum Standards) Convention, No. 102,
       Articles 65(1), 65(4), 66(1) and 66(2).

    Examples
    --------
    >>> replacement_rate(380, 900, Allowances(contingency=80, work=80))
    Fraction(23, 49)
    """
    above = exact(benefit, "benefit") + exact(allowances.contingency, "family allowances in the contingency")
    below = exact(wage, "wage") + exact(allowances.work, "family allowances in work")
    if below == 0:
        raise OutOfBounds("wage: it is zero, so are family allowances in work; give the wage of the reference worker.")
    return above / below


def level(
    name: str,
    benefit: Number | None,
    wage: ReferenceWage | Number | None,
    *,
    allowances: Allowances = NONE,
    method: Method = "earnings",
    evidence: Sequence[Message] = (),
) -> Verdict:
    """Level of a benefit against the percentage of a Schedule.

    Parameters
    ----------
    name : str
        Id of the level, such as "C102.V", "C102.VI.survivors", "C128.III" or "C183".
    benefit : Number or None, currency per period
        Of the standard beneficiary, with supplements for dependants; without it the verdict is "undetermined".
    wage : ReferenceWage, Number or None, currency per period
        A `ReferenceWage` brings its article and its evidence along, and decides the method.
    allowances : Allowances
        Family allowances.
    method : {"earnings", "flat"}
        Article 65 or 66 of C102, and their likes in the later Conventions.
    evidence : sequence of Message

    Returns
    -------
    Verdict
        `value` is the replacement rate; the percentage itself meets the figure.

    Raises
    ------
    BadInput
        There is no such level, or it does not know the method.
    OutOfBounds
        A negative amount, or nothing to divide by.

    References
    ----------
    .. [1] International Labour Organization (1952), Convention No. 102, Articles 65 and 66, Schedule to Part XI.

    Examples
    --------
    >>> level("C102.V", 600, 1000).arithmetic
    '600 / 1000 = 3/5 = 60.00%'
    """
    rule = find(levels(), name, "level")
    return compared(rule, rule.rate, benefit, wage, allowances, method, evidence=evidence)


def compared(
    rule: Level,
    threshold: Fraction,
    benefit: Number | None,
    wage: ReferenceWage | Number | None,
    allowances: Allowances = NONE,
    method: Method = "earnings",
    *,
    alternative: str = "",
    note: Sequence[Message] = (),
    evidence: Sequence[Message] = (),
    interpreted: bool = False,
) -> Verdict:
    """A replacement rate against a percentage, be it that of the Schedule or a reduced one."""
    reference = wage if isinstance(wage, ReferenceWage) else None
    used: Method = method if reference is None else ("earnings" if reference.worker == "skilled" else "flat")
    if reference is not None and not options(rule.standard, [reference]):
        raise BadInput(f"{rule.id}: {rule.standard} does not offer the reference wage of {reference.article}.")
    amount = reference.wage if reference else None if wage is None else exact(wage, "wage")  # type: ignore[arg-type]
    value, shown = None, ""
    if benefit is not None and amount is not None:
        value = replacement_rate(benefit, amount, allowances)
        shown = quotient(_division(benefit, amount, allowances), value, threshold)
    return judge(
        rule,
        value,
        threshold,
        article=_article(rule, used),
        alternative=alternative or (_option(rule, used, reference.article) if reference else ""),
        subject="level",
        arithmetic=shown,
        evidence=(*((reference.evidence,) if reference else ()), *evidence),
        note=note,
        interpreted=interpreted or (reference is not None and reference.interpreted),
    )


def varying_level(
    name: str,
    profile: Sequence[tuple[Number, Number]],
    wage: ReferenceWage | Number,
    *,
    allowances: Allowances = NONE,
    method: Method = "earnings",
    weeks: Number | None = None,
) -> Verdict:
    """Level of a benefit that varies in the course of the contingency.

    For maternity the average over the contingency is compared (Article 50 of C102). For the other contingencies it is
    the lowest week of those that must be paid, which is an interpretation.

    Parameters
    ----------
    name : str
        Id of the level.
    profile : sequence of (weeks, benefit)
        In order of time; benefit in currency per period.
    wage, allowances, method
        As of `level`.
    weeks : Number, optional
        Weeks that must be paid; by default those to which the instrument allows the benefit to be limited.

    Returns
    -------
    Verdict

    Raises
    ------
    BadInput
        There is no week, or no such level.

    Examples
    --------
    >>> varying_level("C102.IV", [(6, 600), (7, 400)], 1000).verdict
    'fail'
    >>> varying_level("C102.VIII", [(4, 1000), (8, 500)], 1000).verdict
    'pass'
    """
    rule = find(levels(), name, "level")
    steps = [(exact(length, "weeks"), exact(benefit, "benefit")) for length, benefit in profile]
    total = sum(length for length, _ in steps)
    if not total:
        raise BadInput(f"{name}: the profile has no weeks; give at least one (weeks, benefit).")
    if rule.average or rule.average_interpreted:
        mean = sum((length * benefit for length, benefit in steps), Fraction(0)) / total
        note, lowered = (AVERAGE, False) if rule.average else (AVERAGE_READ, True)
        return compared(rule, rule.rate, mean, wage, allowances, method, note=(note,), interpreted=lowered)
    needed = _weeks(name) if weeks is None else exact(weeks, "weeks")
    least = min(benefit for benefit in _within(steps, needed))
    return compared(rule, rule.rate, least, wage, allowances, method, note=(MINIMUM,), interpreted=True)


def _division(benefit: Number, wage: Fraction, allowances: Allowances) -> str:
    kept, paid = exact(allowances.contingency), exact(allowances.work)
    if not kept and not paid:
        return over(exact(benefit), wage)
    return f"({plain(benefit)} + {plain(kept)}) / ({plain(wage)} + {plain(paid)})"


def _article(rule: Level, method: Method) -> str:
    if method not in rule.methods:
        raise BadInput(f"{rule.id}: there is no method {method!r}; there are {', '.join(rule.methods)}.")
    article = rule.methods[method]
    return rule.article if not article or article == rule.article else f"{rule.article}, {article}"


def _option(rule: Level, method: Method, article: str) -> str:
    """Option of Article 65(6) or 66(4) of C102 under the number that it has in the instrument."""
    return (rule.methods[method] or article[:2]) + article[2:]


def _weeks(name: str) -> Fraction | None:
    ids = (name, ".".join(name.split(".")[:2]), name.split(".")[0])
    rule = next((durations()[one] for one in ids if one in durations()), None)
    spans = [span.weeks for span in rule.spans if not span.declaration and not span.average] if rule else []
    return Fraction(min(spans)) if spans else None


def _within(steps: Sequence[tuple[Fraction, Fraction]], needed: Fraction | None) -> list[Fraction]:
    found, passed = [], Fraction(0)
    for length, benefit in steps:
        if length and (needed is None or passed < needed):
            found.append(benefit)
        passed += length
    return found
