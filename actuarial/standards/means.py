"""Means-tested benefits: Article 67 of C102."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from actuarial.errors import BadInput
from actuarial.standards.judging import judge, stated
from actuarial.standards.numbers import Number, exact, plain
from actuarial.standards.parameters import find, levels, raw
from actuarial.standards.replacement import NONE, Allowances
from actuarial.standards.verdicts import Verdict, message
from actuarial.standards.wages import ReferenceWage
from actuarial.translation import N_, Told

AGGREGATE = ("III", "V", "IX", "X")
"""Parts of C102 that Article 67(d) lists."""
DECENCY = message(
    N_("Benefit and other means must also suffice to keep the family in health and decency, which is no figure.")
)


@dataclass(frozen=True, kw_only=True)
class Means:
    """Means test of a law for all residents, which a scheme cannot say.

    Attributes
    ----------
    deducted : bool or None
        Whether other means of the family reduce the benefit; None takes the scheme as it is written.
    disregarded : Number or None
        Other means of a family that do not reduce it, currency/year; None where nobody said.
    taper : Number
        Share of the means above it by which the benefit is reduced.
    limit : Number or None
        Other means from which on nothing is paid, currency/year; None where the reduction alone ends the benefit.
    substantial : bool or None
        Whether the amount that is disregarded is prescribed and substantial (Article 67(b) of C102).
    decency : bool or None
        Whether benefit and other means keep a family in health and decency (Article 67(c)).
    paid : mapping of Part of C102 to Number
        All benefits paid under the Part in the year, currency; by default those of the result (Article 67(d)).
    beneficiaries : mapping of Part of C102 to Number
        Persons who would be in payment had a fifth of the residents been protected (Article 67(d)).
    """

    deducted: bool | None = None
    disregarded: Number | None = None
    taper: Number = 1
    limit: Number | None = None
    substantial: bool | None = None
    decency: bool | None = None
    paid: Mapping[str, Number] = field(default_factory=dict)
    beneficiaries: Mapping[str, Number] = field(default_factory=dict)

    def __post_init__(self) -> None:
        exact(self.taper, "means, taper", most=1)
        for name, amount in (("disregarded", self.disregarded), ("limit", self.limit)):
            if amount is not None:
                exact(amount, f"means, {name}")
        given = {"disregarded": self.disregarded is not None, "limit": self.limit is not None}
        if self.deducted is False and any(given.values()):
            named = tuple(name for name, there in given.items() if there)
            text = N_("means: deducted is false, and {named} would have no meaning; leave one of them out.")
            raise BadInput(Told(text, named=named))
        for name, table in (("paid", self.paid), ("beneficiaries", self.beneficiaries)):
            if not isinstance(table, Mapping) or any(part not in AGGREGATE for part in table):
                text = N_("means, {name}: must be a table of numbers by Part; there are {known}.")
                raise BadInput(Told(text, name=name, known=tuple(AGGREGATE)))
            for part, number in table.items():
                if exact(number, f"means, {name}, {part}") == 0:
                    text = N_("means, {name}, {part}: zero compares nothing; leave it out where it is not known.")
                    raise BadInput(Told(text, name=name, part=part))


def means_tested_benefit(
    scale: Number, other_means: Number, disregarded: Number, *, taper: Number = 1, limit: Number | None = None
) -> Fraction:
    """Benefit of a prescribed scale, reduced by other means above an amount that does not count, 67(a) and (b).

    Parameters
    ----------
    scale : Number, currency per period
        Benefit of a family without other means.
    other_means : Number, currency per period
    disregarded : Number, currency per period
        Prescribed substantial amount of other means.
    taper : Number
        Share of the means above it by which the benefit is reduced.
    limit : Number, optional
        Other means from which on nothing is paid.

    Returns
    -------
    Fraction, currency per period

    Examples
    --------
    >>> means_tested_benefit(300, 100, 60)
    Fraction(260, 1)
    """
    if limit is not None and exact(other_means, "other means") >= exact(limit, "limit of means"):
        return Fraction(0)
    counted = max(exact(other_means, "other means") - exact(disregarded, "disregarded means"), Fraction(0))
    return max(exact(scale, "scale") - exact(taper, "taper", most=1) * counted, Fraction(0))


def means_tested(
    name: str,
    scale: Number,
    wage: ReferenceWage | Number,
    *,
    other_means: Number = 0,
    disregarded: Number = 0,
    taper: Number = 1,
    limit: Number | None = None,
    allowances: Allowances = NONE,
    rate: Fraction | None = None,
    alternative: str = "",
) -> Verdict:
    """Benefit and other means of a family against what Article 66 would give, Article 67(c).

    Parameters
    ----------
    name : str
        Id of the level; it must know the means-tested method.
    scale, other_means, disregarded, taper, limit
        As of `means_tested_benefit`.
    wage : ReferenceWage or Number, currency per period
        Wage of the ordinary adult male labourer.
    allowances : Allowances
        Family allowances.
    rate : Fraction, optional
        Percentage after the years of a career; by default that of the Schedule.
    alternative : str, optional
        What was tried; by default Article 67(c).

    Returns
    -------
    Verdict
        In money. Health and decency are a finding that the note asks for.

    Notes
    -----
    total = benefit + max(other means - disregarded means, 0), floor = p (W + F_w) - F_c.

    Raises
    ------
    BadInput
        There is no such level, or it does not know the method, or the wage is that of a skilled worker.

    References
    ----------
    .. [1] International Labour Organization (1952), Convention No. 102, Article 67(a) to (c).

    Examples
    --------
    >>> means_tested("C102.V", 330, 800, other_means=100, disregarded=60).arithmetic
    '290 + 40 = 330, 0.4 x 800 = 320'
    """
    rule = find(levels(), name, "level")
    if "means" not in rule.methods:
        raise BadInput(f"{name}: there is no means-tested method; there are {', '.join(rule.methods)}.")
    if isinstance(wage, ReferenceWage) and wage.worker != "labourer":
        raise BadInput(f"{name}: a means-tested benefit is compared with the labourer's wage, not with {wage.article}.")
    amount = wage.wage if isinstance(wage, ReferenceWage) else exact(wage, "wage")
    share = rule.rate if rate is None else rate
    benefit = means_tested_benefit(scale, other_means, disregarded, taper=taper, limit=limit)
    counted = max(exact(other_means) - exact(disregarded), Fraction(0))
    kept, paid = exact(allowances.contingency), exact(allowances.work)
    floor = share * (amount + paid) - kept
    base = plain(amount) if not paid else f"({plain(amount)} + {plain(paid)})"
    less = f" - {plain(kept)}" if kept else ""
    return judge(
        rule,
        benefit + counted,
        floor,
        article=f"{rule.article}, {rule.methods['means']}",
        alternative=alternative or f"{rule.methods['means']}(c)",
        subject="level",
        unit="money",
        arithmetic=f"{plain(benefit)} + {plain(counted)} = {plain(benefit + counted)}, "
        f"{plain(share)} x {base}{less} = {plain(floor)}",
        evidence=(wage.evidence,) if isinstance(wage, ReferenceWage) else (),
        note=(DECENCY,),
    )


def decency(name: str, suffices: bool | None) -> Verdict:
    """Whether benefit and other means suffice for health and decency, Article 67(c): a finding, not a figure."""
    rule = find(levels(), name, "level")
    article = f"{rule.methods.get('means', '67')}(c)"
    return stated(rule, suffices, DECENCY, article=article, subject="level", alternative=article)


def means_aggregate(name: str, paid: Number, beneficiaries: Number, amount: Number) -> Verdict:
    """All benefits of a Part against what Article 66 would cost for a fifth of the residents, Article 67(d).

    Parameters
    ----------
    name : str
        "C102.III", "C102.V", "C102.IX" or "C102.X"; Part IV is not among them.
    paid : Number, currency per year
        Benefits paid under the Part.
    beneficiaries : Number
        Those who would be in payment had the alternative of 20 per cent of residents been applied.
    amount : Number, currency per year
        What Article 66 would give to each.

    Returns
    -------
    Verdict
        In money.

    Raises
    ------
    BadInput
        Article 67(d) does not list the Part.

    References
    ----------
    .. [1] International Labour Organization (1952), Convention No. 102, Article 67(d).

    Examples
    --------
    >>> means_aggregate("C102.V", 500_000_000, 100_000, 320 * 12).arithmetic
    '1.3 x 100000 x 3840 = 499200000'
    """
    rules = raw()["calculation"]["rules"]
    rule = find(levels(), name, "level")
    against = rules["means_aggregate_against"]
    if rule.standard not in {"C102", "European_Code"} or rule.part not in against:
        listed = ", ".join(f"C102.{part}" for part in against)
        raise BadInput(f"{name}: Article 67(d) of C102 does not list it; it lists {listed}.")
    factor = Fraction(rules["means_aggregate"])
    number, each = exact(beneficiaries, "beneficiaries"), exact(amount, "amount")
    threshold = factor * number * each
    return judge(
        rule,
        exact(paid, "benefits paid"),
        threshold,
        article=f"{rules['means_aggregate_article']}, 66, {against[rule.part]}",
        alternative=rules["means_aggregate_article"],
        subject="level",
        unit="money",
        arithmetic=f"{plain(factor)} x {plain(number)} x {plain(each)} = {plain(threshold)}",
    )
