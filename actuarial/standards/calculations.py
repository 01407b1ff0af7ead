"""Calculations of verdicts as a reader of a language writes them."""

import re
from decimal import Decimal
from fractions import Fraction

from actuarial.translation import Language

SIGNS = {">=": "≥", "<=": "≤", "~": "≈"}
SIMPLE = 1000
"""Denominators up to which a share is written as a fraction before its percentage."""
SHORT = ((100.0, 2), (1.0, 4))
"""Decimals of numbers from these on, such as amounts of money, where nothing is compared with them."""


def calculation(arithmetic: str, say: Language) -> str:
    """A calculation with the separators, the percent sign and the signs of comparison of a language and country.

    A share is written as a fraction where that is a simple one, and always in per cent; amounts have two decimals
    unless they are compared with each other. What is rounded is marked.

    Parameters
    ----------
    arithmetic : str
        Of a verdict: digits with points, as `numbers.plain` writes them.
    say : Language

    Examples
    --------
    >>> from actuarial.translation import language
    >>> calculation("~1234.50 x 2 >= 43.28%", language("es"))
    '≈1.234,50 × 2 ≥ 43,28\xa0%'
    >>> calculation("1 / 3 = ~0.333333 = 33.33%", language("en"))
    '1 / 3 ≈ 33.33%'
    >>> calculation("~674.308892 / 1558.045 = 10387/24000 = 43.28%", language("en"))
    '≈674.31 / ≈1,558.04 ≈ 43.28%'
    """
    text = re.sub(r"= ~[\d.]+ = (?=[\d.]+%)", "~ ", arithmetic).replace("= ~", "~ ")
    text = re.sub(r"= (\d+)/(\d+) = ([\d.]+)%", lambda found: _share(*found.groups()), text)
    if not re.search("[<>]", text):
        text = re.sub(r"~?\d+\.\d+(?![\d.]*%)", lambda found: _shortened(found.group()), text)
    text = re.sub(r"\b x \b", " × ", re.sub("|".join(SIGNS), lambda sign: SIGNS[sign.group()], text))
    text = re.sub(r"(?<!\S)-(?=\d)", "\N{MINUS SIGN}", text)
    return re.sub(r"(\d+)(\.\d+)?(%?)", lambda found: _number(say, *found.groups(default="")), text)


def _share(above: str, below: str, percent: str) -> str:
    """A share as a simple fraction and in per cent."""
    sign = "=" if Fraction(int(above), int(below)) * 100 == Fraction(percent) else "~"
    fraction = f"= {above}/{below} " if int(below) <= SIMPLE else ""
    return f"{fraction}{sign} {percent}%"


def _shortened(text: str) -> str:
    """A number with as many decimals as its size asks for, rounded as notes round it."""
    number = text.removeprefix("~")
    digits = next((digits for least, digits in SHORT if float(number) >= least), len(number))
    return text if len(number.partition(".")[2]) <= digits else f"~{round(Decimal(number), digits)}"


def _number(say: Language, whole: str, decimals: str, percent: str) -> str:
    """A number of as many decimals as it has."""
    sign = say.percent(0.0, 0)[1:] if percent else ""
    return say.number(int(whole)) + decimals.replace(".", say.decimal) + sign
