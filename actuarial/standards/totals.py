"""Totalisation: periods in two countries taken together, and the share that each pays."""

from dataclasses import dataclass
from fractions import Fraction

from actuarial.standards.judging import judge
from actuarial.standards.numbers import Number, exact, plain, share_of
from actuarial.standards.parameters import find, instruments
from actuarial.standards.verdicts import Verdict, message
from actuarial.translation import N_

ALONE = message(N_("Periods of this country alone."))
TOGETHER = message(N_("Periods of all countries together, those that overlap counted once."))
SHARED = message(N_("The amount is the theoretical one times own over all periods, unless agreements say otherwise."))


@dataclass(frozen=True)
class Totalised:
    """Right to a benefit without and with the periods of other countries, and what this country pays.

    Attributes
    ----------
    alone, together : Verdict
        In years, against the qualifying period of the law.
    amount : Fraction or None, currency per period
        Share of the theoretical amount; None without a right.
    """

    alone: Verdict
    together: Verdict
    amount: Fraction | None


def pro_rata(theoretical: Number, own: Number, total: Number) -> Fraction:
    """Share of a theoretical amount in proportion to own periods.

    Parameters
    ----------
    theoretical : Number, currency per period
        What the law would pay had all periods been its own.
    own, total : Number, years

    Notes
    -----
    P_i = T_i n_i / sum n.

    Examples
    --------
    >>> pro_rata(600, 12, 30)
    Fraction(240, 1)
    """
    share = share_of(own, total, "own periods")
    return exact(theoretical, "theoretical amount") * exact(share, "share of own periods", most=1)


def totalised(own: Number, others: Number, least: Number, theoretical: Number, *, standard: str = "C118") -> Totalised:
    """Right to a benefit and its amount when periods in several countries are added.

    Parameters
    ----------
    own, others : Number, years
        Periods here and elsewhere, those that overlap counted once.
    least : Number, years
        Qualifying period of the law.
    theoretical : Number, currency per period
        Benefit for all the periods.
    standard : str
        Instrument on which totalisation rests; one that was not read gives no verdict.

    Returns
    -------
    Totalised

    References
    ----------
    .. [1] International Labour Organization (1962), Convention No. 118, Article 7.

    Examples
    --------
    >>> found = totalised(12, 18, 15, 600)
    >>> found.alone.verdict, found.together.verdict, found.amount
    ('fail', 'pass', Fraction(240, 1))
    """
    rule = find(instruments(), standard, "instrument")
    here, there, needed = exact(own, "own periods"), exact(others, "other periods"), exact(least, "qualifying period")
    alone = judge(
        rule,
        here,
        needed,
        article="7",
        alternative="",
        subject="qualifying",
        unit="years",
        arithmetic=_sign(plain(here), here, needed),
        note=(ALONE,),
    )
    together = judge(
        rule,
        here + there,
        needed,
        article="7",
        subject="qualifying",
        unit="years",
        arithmetic=_sign(f"{plain(here)} + {plain(there)} = {plain(here + there)}", here + there, needed),
        note=(TOGETHER, SHARED),
    )
    paid = pro_rata(theoretical, here, here + there) if here + there >= needed and here + there else None
    return Totalised(alone, together, paid)


def _sign(shown: str, value: Fraction, least: Fraction) -> str:
    return f"{shown} {'>=' if value >= least else '<'} {plain(least)}"
