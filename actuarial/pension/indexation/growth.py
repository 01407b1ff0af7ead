"""A yearly growth: a mix of the growth of prices, wages and domestic product, of the return, and of a fixed rate."""

from typing import Any

import numpy as np
import xarray as xr
from pydantic import Field

from actuarial import check
from actuarial.dated import Number, evaluate
from actuarial.errors import BadInput
from actuarial.fields import Change, Fraction, rule
from actuarial.fitting import check_order, require_order
from actuarial.person import growth_path, make_grid
from actuarial.quick import labelled

SOURCES = ("prices", "wages", "gdp", "real_gdp", "interest")
"""Fields that are weights, in the order in which they add up."""
VARIABLES = {"prices": "inflation", "wages": "wage_growth", "interest": "interest_rate"}


@rule
class Mix:
    """A mix of yearly growth rates between a floor and a cap.

    adj_t = clip((1 + m_t)/(1 + norm) - 1, floor, cap)

    with m_t = fixed + sum over sources of weight x mean of the last n rates until t - lag. The norm is the growth that
    the pension has been given in advance, where its divisor was reckoned with it.
    """

    prices: Fraction = Field(default=0.0, description="Weight of the growth of prices (fraction)")
    wages: Fraction = Field(default=0.0, description="Weight of the growth of wages (fraction)")
    gdp: Fraction = Field(default=0.0, description="Weight of the nominal growth of the gross domestic product")
    real_gdp: Fraction = Field(default=0.0, description="Weight of the real growth of the gross domestic product")
    interest: Fraction = Field(default=0.0, description="Weight of the return on the reserve (fraction)")
    fixed: Change = Field(default=0.0, description="Fixed adjustment (fraction per year)")
    norm: Change = Field(
        default=0.0, description="Growth given in advance, by which 1 + the mix is divided (fraction per year)"
    )
    average_over: int = Field(default=1, ge=1, le=30, description="Years whose growth rates are averaged (years)")
    lag: int = Field(default=0, ge=0, le=10, description="Years between the growth and the adjustment")
    floor: Change | None = Field(default=None, description="Least adjustment (fraction per year)")
    cap: Change | None = Field(default=None, description="Greatest adjustment (fraction per year)")

    def __post_init__(self) -> None:
        require_order(self, "floor", "cap")

    def growth(self, basis: xr.Dataset, years: Any = None) -> xr.DataArray:
        """Growth by year, 1/year, in the years of the basis or in others that do not lie after them."""
        person = make_grid(basis, None, years=years)
        total = evaluate(self.fixed, person) + 0.0 * person.year
        for source in SOURCES:
            share = evaluate(getattr(self, source), person)
            if isinstance(share, xr.DataArray) or share != 0.0:
                total = total + share * self._mean(basis, source, person.year)
        if self.norm != 0.0:
            total = (1.0 + total) / (1.0 + evaluate(self.norm, person)) - 1.0
        least: Number = -np.inf if self.floor is None else evaluate(self.floor, person)
        most: Number = np.inf if self.cap is None else evaluate(self.cap, person)
        check_order("floor", least, "cap", most)
        total = np.minimum(np.maximum(total, least), most)
        return total.transpose(..., "year")

    def _mean(self, basis: xr.Dataset, source: str, year: xr.DataArray) -> xr.DataArray:
        """Mean of the last growth rates of a source."""
        rates = []
        for back in range(self.average_over):
            rate = growth_of(basis, source, year.values - self.lag - back)
            labels = {dim: year if dim == "year" else rate[dim] for dim in rate.dims}
            rates.append(labelled(rate.values, rate.dims, labels))
        return sum(rates[1:], start=rates[0]) / len(rates) if len(rates) > 1 else rates[0]

    def reads(self, *sources: str) -> bool:
        """Whether the mix gives weight to one of the sources."""
        return any(getattr(self, source) != 0.0 for source in sources)


def growth_of(basis: xr.Dataset, source: str, years: Any) -> xr.DataArray:
    """Yearly growth of a source for any years up to the end of the basis, see `growth_path`.

    Parameters
    ----------
    basis : Dataset
        `gdp` by year for "gdp" and "real_gdp", `interest_rate` for "interest".
    source : "prices", "wages", "gdp", "real_gdp" or "interest"
    years : sequence of int

    Raises
    ------
    MissingVariable
        The basis lacks the variable.
    BadInput
        The growth of one single year without the product of the year before; a year after the end of the basis.

    Notes
    -----
    The product grows by GDP_t/GDP_{t-1} - 1, in real terms by (1 + that)/(1 + infl_t) - 1. In the first projected year
    GDP_{t-1} is `gdp_0`; without it that year has the growth of the next one.
    """
    if source in VARIABLES:
        return growth_path(basis, VARIABLES[source], years)
    growth = _product_growth(basis)
    if source == "real_gdp":
        growth = (1.0 + growth) / (1.0 + growth_path(basis, "inflation", basis["year"].values)) - 1.0
    return growth_path(basis.assign(gdp_growth=growth), "gdp_growth", years)


def _product_growth(basis: xr.Dataset) -> xr.DataArray:
    """Growth of the gross domestic product in the years of the basis."""
    check.require(basis, "gdp")
    level = basis["gdp"].drop_attrs()
    known = level / level.shift(year=1) - 1.0
    if "gdp_0" in basis:
        first = level.isel(year=0, drop=True) / basis["gdp_0"].drop_attrs() - 1.0
    elif level.sizes["year"] > 1:
        first = known.isel(year=1, drop=True)
    else:
        raise BadInput(
            "gdp: the growth of a single year needs the product of the year before; add gdp_0 to the basis, or years."
        )
    return known.where(known["year"] > known["year"][0], first).transpose(..., "year")
