"""How figures of given units are shown: number formats of a workbook, and headers that name the units."""

from collections.abc import Iterable
from math import isfinite
from typing import NamedTuple

from actuarial.translation import N_

NUMBER_FORMATS = {
    "amount": "#,##0",
    "small": "#,##0.00",
    "thousands": "#,##0.0,",
    "millions": "#,##0.0,,",
    "billions": "#,##0.0,,,",
    "percent": "0.00%",
    "ratio": "0.00",
    "factor": "0.0000",
    "year": "0",
    "plain": "General",
}
FORMATS = {
    "fraction": "percent",
    "1/year": "percent",
    "ratio": "ratio",
    "years": "ratio",
    "years of outgo": "ratio",
    "months": "ratio",
    "per 1,000 members": "small",
    "currency/contact": "small",
    "births/woman": "ratio",
    "boys/girl": "factor",
    "factor": "factor",
    "rate": "factor",
    "year": "year",
    "": "plain",
}
SHOWN = {"fraction": "%", "1/year": "% a year", "factor": "", "rate": "", "1": ""}
MONEY = ("currency", "currency/year")
"""Units of amounts of a whole scheme, which are shown in thousands, millions or billions where they are large."""
LARGE = 1e3
"""Amounts are shown in the greatest unit in which the greatest of them is not smaller than this."""
LEAST = 0.1
"""Columns whose greatest amount is smaller than this in the unit of their table are shown in whole units."""


class Scale(NamedTuple):
    """The unit in which amounts are shown; the amounts themselves stay what they are."""

    size: float = 1.0
    format: str = ""
    words: str = ""


WHOLE = Scale()
SCALES = (
    Scale(1e9, "billions", N_("billions of {currency}")),
    Scale(1e6, "millions", N_("millions of {currency}")),
    Scale(1e3, "thousands", N_("thousands of {currency}")),
)


def scale_of(amounts: Iterable[float]) -> Scale:
    """The unit in which the greatest of some amounts is shown."""
    greatest = max((abs(value) for value in amounts if isfinite(value)), default=0.0)
    return next((scale for scale in SCALES if greatest / scale.size >= LARGE), WHOLE)


def header(column: str, units: str, currency: str = "") -> str:
    """Words of a column with its units: fractions are shown in per cent, money in the currency of the scheme."""
    words, unit = column.replace("_", " "), shown(units, currency)
    if unit in words.split(" "):
        return words
    return f"{words} ({unit})" if unit else words


def shown(units: str, currency: str) -> str:
    """Units in words, money in the currency of the scheme."""
    return in_currency(SHOWN.get(units, units), currency)


def in_currency(text: str, currency: str) -> str:
    """A text in which the currency of the scheme, if it has a name, stands for the word."""
    return text.replace("currency", currency or "currency")


def format_of(units: str, *, whole: bool = True) -> str:
    """Which of `NUMBER_FORMATS` figures of given units take; amounts and persons with decimals where not `whole`."""
    return FORMATS.get(units, "amount" if whole else "small")
