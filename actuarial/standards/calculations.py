"""Calculations of verdicts as a reader of a language writes them."""

import re

from actuarial.translation import Language

SIGNS = {">=": "≥", "<=": "≤", "~": "≈"}


def calculation(arithmetic: str, say: Language) -> str:
    """A calculation with the separators, the percent sign and the signs of comparison of a language and country.

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
    '1 / 3 ≈ 0.333333 = 33.33%'
    """
    arithmetic = arithmetic.replace("= ~", "~ ")
    text = re.sub(r"\b x \b", " × ", re.sub("|".join(SIGNS), lambda sign: SIGNS[sign.group()], arithmetic))
    text = re.sub(r"(?<!\S)-(?=\d)", "\N{MINUS SIGN}", text)
    return re.sub(r"(\d+)(\.\d+)?(%?)", lambda found: _number(say, *found.groups(default="")), text)


def _number(say: Language, whole: str, decimals: str, percent: str) -> str:
    """A number of as many decimals as it has."""
    sign = say.percent(0.0, 0)[1:] if percent else ""
    return say.number(int(whole)) + decimals.replace(".", say.decimal) + sign
