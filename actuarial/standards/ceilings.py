"""Maximum benefits and earnings: Article 65(3) of C102 lets them stand as long as the skilled wage is served."""

from collections.abc import Sequence
from fractions import Fraction

from actuarial.errors import BadInput
from actuarial.standards.judging import judge, quotient
from actuarial.standards.numbers import Number, exact, plain
from actuarial.standards.parameters import find, levels
from actuarial.standards.replacement import NONE, Allowances, replacement_rate
from actuarial.standards.verdicts import Verdict, message
from actuarial.standards.wages import ReferenceWage
from actuarial.translation import N_

LOWEST = N_("The lowest replacement rate up to the skilled wage stands at earnings of {earnings}.")


def ceiling(
    name: str,
    schedule: Sequence[tuple[Number, Number]],
    wage: ReferenceWage | Number,
    *,
    allowances: Allowances = NONE,
) -> Verdict:
    """Level at all previous earnings up to the skilled wage, where the law limits benefits or earnings.

    Parameters
    ----------
    name : str
        Id of the level, such as "C102.V".
    schedule : sequence of (earnings, benefit), currency per period
        Benefit of the standard beneficiary at earnings below, at and above the skilled wage; the wage itself must be
        among them. Those above it do not count.
    wage : ReferenceWage or Number, currency per period
        Wage of the skilled manual male employee.
    allowances : Allowances

    Returns
    -------
    Verdict
        `value` is the lowest replacement rate.

    Raises
    ------
    BadInput
        The wage is not among the earnings, or there is no such level.

    References
    ----------
    .. [1] International Labour Organization (1952), Convention No. 102, Article 65(3).

    Examples
    --------
    >>> ceiling("C102.V", [(500, 225), (700, 315), (1000, 315)], 1000).arithmetic
    '315 / 1000 = 63/200 = 31.50%'
    """
    rule = find(levels(), name, "level")
    top = wage.wage if isinstance(wage, ReferenceWage) else exact(wage, "wage")
    points = [(exact(earned, "earnings"), exact(benefit, "benefit")) for earned, benefit in schedule]
    if top not in {earned for earned, _ in points}:
        raise BadInput(f"{name}: the benefit at the skilled wage of {plain(top)} is missing; give it among the others.")
    kept, paid = exact(allowances.contingency), exact(allowances.work)
    below_top = [(earned, benefit) for earned, benefit in points if earned <= top and earned + paid]
    value, earned, benefit = min((replacement_rate(b, e, allowances), e, b) for e, b in below_top)
    above = f"({plain(benefit)} + {plain(kept)})" if kept or paid else plain(benefit)
    below = f"({plain(earned)} + {plain(paid)})" if kept or paid else plain(earned)
    return judge(
        rule,
        value,
        rule.rate,
        article=f"{rule.article}, {rule.methods['earnings']}(3)",
        alternative=f"{rule.methods['earnings']}(3)",
        subject="level",
        arithmetic=quotient(f"{above} / {below}", value, rule.rate),
        evidence=(wage.evidence,) if isinstance(wage, ReferenceWage) else (),
        note=(message(LOWEST, earnings=earned),),
    )


def least_ceiling(
    name: str, rate: Number, wage: ReferenceWage | Number, *, allowances: Allowances = NONE
) -> Fraction | None:
    """Smallest ceiling on earnings with which a benefit of a constant share of earnings meets its level.

    Parameters
    ----------
    name : str
        Id of the level.
    rate : Number
        Benefit of the standard beneficiary as a share of earnings below the ceiling.
    wage : ReferenceWage or Number, currency per period
        Wage of the skilled manual male employee.
    allowances : Allowances

    Returns
    -------
    Fraction or None, currency per period
        None where no ceiling suffices, as the share itself is too low.

    Notes
    -----
    r min(W, C) + F_c >= p (W + F_w), so that C = (p (W + F_w) - F_c) / r, at least zero.

    Examples
    --------
    >>> least_ceiling("C102.V", "0.45", 1000)
    Fraction(8000, 9)
    """
    top = wage.wage if isinstance(wage, ReferenceWage) else exact(wage, "wage")
    needed = find(levels(), name, "level").rate * (top + exact(allowances.work)) - exact(allowances.contingency)
    share = exact(rate, "rate")
    if needed <= 0:
        return Fraction(0)
    if share * top < needed:
        return None
    return needed / share
