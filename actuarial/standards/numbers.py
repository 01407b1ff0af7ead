"""Numbers of the standards: fractions without rounding, and how arithmetic is written down."""

from decimal import Decimal
from fractions import Fraction
from math import floor, isfinite
from typing import SupportsFloat

from actuarial.errors import BadInput, OutOfBounds
from actuarial.translation import N_, Told

Number = Fraction | Decimal | int | float | str | SupportsFloat
"""What may be given: `Fraction`, `Decimal`, whole numbers and text are taken as they are; floats as `exact` says."""

PRECISION = Fraction(1, 10**12)
"""Share of a float by which it may be off, being the result of a calculation in floats."""

DIGITS = 12
"""Digits up to which a float is taken as it is written."""


def exact(value: Number, name: str = "value", least: Number | None = 0, most: Number | None = None) -> Fraction:
    """A number as a fraction.

    A fraction, a whole number, a `Decimal` and a text such as "2/3" or "0.0125" are what they say. A float of at most
    twelve digits is what is written; a longer one is the simplest fraction that it cannot be told from, so that 2/3
    computed in floats is two thirds and not a little less.

    Parameters
    ----------
    value : Number
    name : str
        What the number is, for the message.
    least, most : Number or None
        Bounds that the number must keep; None for no bound.

    Returns
    -------
    Fraction

    Raises
    ------
    OutOfBounds
        The number is not finite or outside its bounds.
    BadInput
        The text is no number.

    Examples
    --------
    >>> exact(600 / 900), exact("0.0125"), exact(0.1 + 0.2)
    (Fraction(2, 3), Fraction(1, 80), Fraction(3, 10))
    """
    found = _fraction(value, name)
    if least is not None and found < _fraction(least, name):
        text = N_("{name}: {value} is below {least}, the least that it can be.")
        raise OutOfBounds(Told(text, name=name, value=value, least=least))
    if most is not None and found > _fraction(most, name):
        text = N_("{name}: {value} is above {most}, the most that it can be.")
        raise OutOfBounds(Told(text, name=name, value=value, most=most))
    return found


def share_of(part: Number, whole: Number, name: str = "share") -> Fraction:
    """A part over its whole; a whole of nothing is refused.

    Raises
    ------
    OutOfBounds
        The whole is zero or negative.
    """
    below = exact(whole, f"{name}, the denominator")
    if below == 0:
        raise OutOfBounds(f"{name}: the denominator is zero, so that there is no share to compare.")
    return exact(part, f"{name}, the numerator") / below


def plain(value: Number) -> str:
    """A number as it is written in arithmetic: decimals where they end, else a fraction, else rounded and marked.

    Examples
    --------
    >>> plain("0.0125"), plain("8000/9"), plain(1000), plain("1/123457")
    ('0.0125', '8000/9', '1000', '~0.000008')
    """
    found = exact(value, least=None)
    for digits in range(7):
        if (found * 10**digits).denominator == 1:
            return _rounded(found, digits)
    return f"{found.numerator}/{found.denominator}" if found.denominator <= 10**4 else f"~{_rounded(found, 6)}"


def ratio(value: Number) -> str:
    """A share as a fraction, as it is compared; rounded and marked where its denominator has more than six digits.

    Examples
    --------
    >>> ratio("0.6"), ratio("4/2"), ratio("1/12345678")
    ('3/5', '2', '~0.0000000810')
    """
    found = exact(value, least=None)
    if found.denominator == 1:
        return str(found.numerator)
    return f"{found.numerator}/{found.denominator}" if found.denominator < 10**6 else f"~{_rounded(found, 10)}"


def percent(value: Number, threshold: Number | None = None) -> str:
    """A share in per cent with two decimals, and as many more as it takes to show on which side of a threshold it is.

    Examples
    --------
    >>> percent("2/3"), percent("0.449999", "0.45")
    ('66.67%', '44.9999%')
    """
    found = exact(value, least=None) * 100
    limit = None if threshold is None else exact(threshold, least=None) * 100
    digits = 2
    while limit is not None and found != limit and digits < 12 and _same(found, limit, digits):
        digits += 1
    return f"{_rounded(found, digits)}%"


def _same(found: Fraction, limit: Fraction, digits: int) -> bool:
    shown = Fraction(_rounded(found, digits))
    return (shown < limit) != (found < limit) or shown == limit


def _fraction(value: Number, name: str) -> Fraction:
    if isinstance(value, bool):
        raise BadInput(Told("{name}: {value} is true or false, not a number.", name=name, value=value))
    try:
        if isinstance(value, (Fraction, int, Decimal, str)):
            return Fraction(value)
        number = float(value)
    except (ValueError, TypeError, OverflowError, ZeroDivisionError) as error:
        text = N_("{name}: {value!r} is no number; give one such as 0.45, '2/3' or Fraction(2, 3).")
        raise BadInput(Told(text, name=name, value=value)) from error
    if not isfinite(number):
        raise OutOfBounds(Told("{name}: {number} is not finite.", name=name, number=number))
    written = Decimal(repr(number))
    return Fraction(written) if len(written.as_tuple().digits) <= DIGITS else simplest(Fraction(number))


def simplest(number: Fraction) -> Fraction:
    """The fraction of the smallest denominator within `PRECISION` of a number, by its continued fraction."""
    if number < 0:
        return -simplest(-number)
    return _between(number * (1 - PRECISION), number * (1 + PRECISION))


def _between(low: Fraction, high: Fraction) -> Fraction:
    """The fraction of the smallest denominator from low to high: whole numbers as long as both have the same ones, then
    the least that lies between what is left of them. Whole numbers alone are divided, which is quicker."""
    (a, b), (c, d) = low.as_integer_ratio(), high.as_integer_ratio()
    before, now = (0, 1), (1, 0)
    while True:
        whole, rest = divmod(a, b)
        last = whole if rest == 0 else whole + 1
        if rest == 0 or last * d <= c:
            return Fraction(last * now[0] + before[0], last * now[1] + before[1])
        before, now = now, (whole * now[0] + before[0], whole * now[1] + before[1])
        a, b, c, d = d, c - whole * d, b, rest


def _rounded(value: Fraction, digits: int) -> str:
    units = floor(abs(value) * 10**digits + Fraction(1, 2))
    whole, rest = divmod(units, 10**digits)
    text = f"{whole}.{rest:0{digits}d}" if digits else str(whole)
    return f"-{text}" if value < 0 and units else text
