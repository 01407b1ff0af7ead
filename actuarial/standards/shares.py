"""Survivors' shares, partial loss of earning capacity, and lump sums instead of pensions."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from actuarial.errors import BadInput
from actuarial.standards.judging import judge, over, quotient, unanswered
from actuarial.standards.numbers import Number, exact, plain, share_of
from actuarial.standards.parameters import find, levels
from actuarial.standards.verdicts import Verdict, message
from actuarial.translation import N_

PROPORTION = message(
    N_("A suitable proportion is no figure: the degree of loss itself is read as one, less needs a finding.")
)
SLIGHT = message(N_("A slight degree of loss is no figure; the law or a finding says where it ends."))
PROPER_USE = message(N_("The competent authority must be satisfied that the lump sum will be properly used."))
EQUIVALENT = message(N_("Only in exceptional cases may a sum stand for a pension; it is its actuarial equivalent."))


def survivors_benefit(
    pension: Number, widow: Number, child: Number, children: int = 2, *, most: Number | None = None
) -> Fraction:
    """Benefit of a widow with children from the pension of the breadwinner.

    Parameters
    ----------
    pension : Number, currency per period
    widow, child : Number
        Share of the widow and of each child.
    children : int
    most : Number, optional
        Largest share that the law pays to the family.

    Returns
    -------
    Fraction, currency per period

    Notes
    -----
    P min(w + k c, m).

    Examples
    --------
    >>> survivors_benefit("0.45", "1/2", "1/6")
    Fraction(3, 8)
    """
    share = exact(widow, "share of the widow") + children * exact(child, "share of a child")
    return exact(pension, "pension") * (share if most is None else min(share, exact(most, "largest share")))


def partial_benefit(total: Number, degree: Number) -> Fraction:
    """Benefit in proportion to the degree of loss of earning capacity, Article 36(2) of C102.

    Parameters
    ----------
    total : Number, currency per period
        Benefit for total loss.
    degree : Number
        Share of earning capacity lost.

    Examples
    --------
    >>> partial_benefit("0.55", "0.40")
    Fraction(11, 50)
    """
    return exact(total, "benefit for total loss") * exact(degree, "degree of loss", most=1)


def partial_loss(name: str, benefit: Number, total: Number, degree: Number) -> Verdict:
    """Benefit for partial loss as a proportion of that for total loss, against the degree of loss.

    Parameters
    ----------
    name : str
        "C102.VI.invalidity" or "C121.total_permanent".
    benefit, total : Number, currency per period
        For the partial and for total loss.
    degree : Number

    Returns
    -------
    Verdict
        A proportion below the degree is "not_assessable": it may still be suitable.
    """
    rule = find(levels(), name, "level")
    value, wanted = share_of(benefit, total, "partial benefit"), exact(degree, "degree of loss", most=1)
    article = {"C102": "36(2)", "C121": "14"}.get(rule.standard)
    if article is None or rule.id not in {"C102.VI.invalidity", "C121.total_permanent"}:
        raise BadInput(f"{name}: partial loss is of C102.VI.invalidity and C121.total_permanent.")
    if value < wanted:
        return unanswered(rule, "not_assessable", article=article, subject="level", note=(PROPORTION,))
    return judge(
        rule,
        value,
        wanted,
        article=article,
        subject="level",
        arithmetic=quotient(over(exact(benefit), exact(total)), value, wanted),
        note=(PROPORTION,),
        interpreted=True,
    )


def lump_sum(name: str, degree: Number, *, slight_below: Number | None, properly_used: bool | None = None) -> Verdict:
    """Lump sum instead of a pension for partial loss.

    Parameters
    ----------
    name : str
        "C102.VI.invalidity" (Article 36(3)) or "C121.total_permanent" (Article 14(4)).
    degree : Number
        Share of earning capacity lost.
    slight_below : Number or None
        Degree below which the law calls the loss slight (not substantial); None where it does not say.
    properly_used : bool or None
        Whether the competent authority is satisfied of the proper use, which C102 accepts at any degree.

    Returns
    -------
    Verdict
        The boundary of the law is a reading of "slight", so that the verdict is marked as interpreted.
    """
    rule = find(levels(), name, "level")
    if rule.standard not in {"C102", "C121"} or not rule.lump_sum:
        raise BadInput(f"{name}: lump sums for partial loss are of C102.VI.invalidity and C121.total_permanent.")
    article = rule.lump_sum.split(",")[0]
    notes = (SLIGHT, PROPER_USE) if rule.standard == "C102" else (SLIGHT,)
    loss = exact(degree, "degree of loss", most=1)
    if rule.standard == "C102" and properly_used:
        return unanswered(rule, "pass", article=article, subject="level", note=(PROPER_USE,))
    if slight_below is None or (rule.standard == "C102" and properly_used is None and loss >= exact(slight_below)):
        return unanswered(rule, "not_assessable", article=article, subject="level", note=notes)
    limit = exact(slight_below, "limit of a slight loss", most=1)
    small = loss < limit
    shown = f"{plain(loss)} {'<' if small else '>='} {plain(limit)}"
    found = judge(rule, loss, limit, article=article, subject="level", arithmetic=shown, note=notes, interpreted=True)
    return replace(found, verdict="pass" if small else "fail") if rule.seen else found


def actuarial_equivalent(sum_paid: Number, payments: Sequence[tuple[Number, Number]]) -> Verdict:
    """Lump sum against the present value of the payments it stands for, Article 15(1) of C121.

    Parameters
    ----------
    sum_paid : Number, currency
    payments : sequence of (amount, factor)
        Yearly amounts with their annuity factors on the basis of the valuation, currency per year and years.

    Returns
    -------
    Verdict
        In money.
    """
    rule = find(levels(), "C121.total_permanent", "level")
    terms = [(exact(amount, "amount"), exact(factor, "annuity factor")) for amount, factor in payments]
    worth = sum((amount * factor for amount, factor in terms), Fraction(0))
    shown = " + ".join(f"{plain(amount)} x {plain(factor)}" for amount, factor in terms)
    return judge(
        rule,
        exact(sum_paid, "lump sum"),
        worth,
        article="15",
        subject="level",
        unit="money",
        arithmetic=f"{shown} = {plain(worth)}",
        note=(EQUIVALENT,),
    )
