"""Individual accounts as a replacement rate: a full career of contributions turned into a pension."""

from fractions import Fraction

from actuarial.errors import OutOfBounds
from actuarial.standards.numbers import Number, exact


def account_rate(contribution: Number, years: int, annuity_factor: Number, *, growth: Number = 0) -> Fraction:
    """Pension of an individual account as a share of the last wage.

    Contributions of a constant share of the wage are paid at the ends of the years, the last one at retirement.

    Parameters
    ----------
    contribution : Number
        Share of the wage that is credited, charges deducted.
    years : int
        Of contributions.
    annuity_factor : Number, years
        Capital for a pension of one a year.
    growth : Number, 1/year
        Net return over the growth of wages.

    Returns
    -------
    Fraction

    Notes
    -----
    c sum_{k=0}^{n-1} x^k / a with x = 1 + growth.

    Raises
    ------
    OutOfBounds
        No annuity factor, negative years, or wages that outgrow the account altogether.

    Examples
    --------
    >>> account_rate("0.10", 30, 15)
    Fraction(1, 5)
    """
    return exact(contribution, "contribution") * _annuities(years, annuity_factor, growth)


def account_contribution(rate: Number, years: int, annuity_factor: Number, *, growth: Number = 0) -> Fraction:
    """Contribution with which an account reaches a replacement rate.

    Parameters
    ----------
    rate : Number
        Replacement rate, such as that of a level.
    years, annuity_factor, growth
        As of `account_rate`.

    Returns
    -------
    Fraction

    Examples
    --------
    >>> account_contribution("0.40", 30, 15)
    Fraction(1, 5)
    """
    return exact(rate, "replacement rate") / _annuities(years, annuity_factor, growth)


def _annuities(years: int, annuity_factor: Number, growth: Number) -> Fraction:
    factor = exact(annuity_factor, "annuity factor")
    step = 1 + exact(growth, "growth", least=None)
    if factor == 0 or years < 1 or step < 0:
        raise OutOfBounds(
            f"account: {years} years, an annuity factor of {annuity_factor} and a growth of {growth} make no pension; "
            "give at least one year, a positive factor and a growth above -1."
        )
    return sum((step**k for k in range(years)), Fraction(0)) / factor
