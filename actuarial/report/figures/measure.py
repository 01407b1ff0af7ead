"""How the numbers of an axis are shown: what they are divided by, the words of their unit, decimals in texts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.errors import BadInput
from actuarial.report import plots
from actuarial.translation import N_, Language

if TYPE_CHECKING:
    from matplotlib.axis import Axis

PHRASES = {
    1e12: N_("{number} trillion {currency}"),
    1e9: N_("{number} billion {currency}"),
    1e6: N_("{number} million {currency}"),
    1.0: N_("{number} {currency}"),
}
"""Amounts in sentences, in the units of `plots.SCALES`."""
PERSONS = ((1e6, N_("millions of persons")), (1e3, N_("thousands of persons")), (1.0, N_("persons")))


@dataclass(frozen=True)
class Measure:
    """A way to show numbers.

    `words` name the unit of an axis. `phrase` is a number in a sentence, with the place {number}; the number is one of
    the axis, or whole where `whole` says so.
    """

    scale: float
    words: str
    digits: int
    phrase: str = "{number}"
    percent: bool = False
    whole: bool = False

    def number(self, say: Language, value: float) -> str:
        """A number without its unit, with the sign of a minus."""
        if self.percent:
            return plots.minus(say.percent(round(value, self.digits + 2) + 0.0, self.digits))
        return plots.minus(say.number(round(value / self.scale, self.digits) + 0.0, self.digits))

    def cell(self, say: Language, value: float) -> str:
        """A number of a table, with three decimals where it is one of thousands, millions or more."""
        if self.percent or self.scale <= 1.0:
            return self.number(say, value)
        return plots.minus(say.number(round(value / self.scale, 3) + 0.0, 3))

    def text(self, say: Language, value: float) -> str:
        """A number with its unit, as in a sentence."""
        number = plots.minus(say.number(round(value) + 0.0)) if self.whole else self.number(say, value)
        return self.phrase.format(number=number)

    def signed(self, say: Language, value: float) -> str:
        """A number whose sign is always written; that of a share in percentage points, without the mark."""
        shown = round(100.0 * value if self.percent else value / self.scale, self.digits)
        return ("+" if shown > 0 else "") + plots.minus(say.number(shown + 0.0, self.digits))

    def axis(self, say: Language, axis: "Axis") -> None:
        """Let an axis show its numbers so."""
        if self.percent:
            plots.share_axis(axis, say)
        else:
            plots.number_axis(axis, self.scale, say)


def share(digits: int = 1) -> Measure:
    """Fractions, in per cent."""
    return Measure(1.0, "", digits, percent=True)


def money(say: Language, currency: str, largest: float, unit: float | None = None) -> Measure:
    """Amounts of money, in the unit given or else in the greatest one of which the largest amount has one."""
    scale = plots.scale_of(largest) if unit is None else unit
    named = currency or say("currency")
    phrase = say(PHRASES[scale], number="{number}", currency=named)
    return Measure(scale, plots.money_words(scale, currency, say), _digits(largest / scale), phrase)


def persons(say: Language, largest: float) -> Measure:
    """Numbers of persons, in units, thousands or millions."""
    scale, words = next((pair for pair in PERSONS if largest >= 10.0 * pair[0]), PERSONS[-1])
    digits = 0 if scale == 1.0 else _digits(largest / scale)
    return Measure(scale, say(words), digits, say("{number} persons", number="{number}"), whole=True)


def plain(words: str, digits: int, phrase: str = "{number}", scale: float = 1.0) -> Measure:
    """Numbers as they are, with words for their unit."""
    return Measure(scale, words, digits, phrase)


def outgo(say: Language, digits: int = 1) -> Measure:
    """Years of outgo."""
    return plain(say("years of outgo"), digits, say("{number} years of outgo", number="{number}"))


def _digits(largest: float) -> int:
    """Decimals with which the largest of some numbers has three figures or more."""
    return 0 if abs(largest) >= 1000.0 else 1 if abs(largest) >= 10.0 else 2


def greatest(*parts: Any) -> float:
    """The greatest absolute value; 0 where there is none."""
    found = np.abs(np.concatenate([np.ravel(np.asarray(part, dtype=float)) for part in parts]))
    return float(np.nanmax(found, initial=0.0)) if np.isfinite(found).any() else 0.0


def priced(units: str, inflation: xr.DataArray | None, years: list[int]) -> str:
    """Units of money; where growth of prices is given, with the year whose prices they are in: before the first one."""
    return units if inflation is None else f"{units} at prices of {years[0] - 1}"


def prices(inflation: xr.DataArray | None, years: list[int]) -> "pd.Series[float]":
    """Level of prices by year over that of the year before the first one; 1 where growth of prices is not given.

    Raises
    ------
    BadInput
        A year without a growth of prices.
    """
    if inflation is None:
        return pd.Series(1.0, index=years)
    growth = inflation.to_series().reindex(years)
    absent = [year for year in years if np.isnan(growth.loc[year])]
    if absent:
        raise BadInput(f"inflation: it lacks {len(absent)} of the {len(years)} years of the result, from {absent[0]}.")
    return (1.0 + growth).cumprod()
