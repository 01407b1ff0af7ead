"""Present values of yearly flows on the valuation date, at the return of the basis or at another rate."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from actuarial.bridge import exact_labels
from actuarial.errors import BadInput
from actuarial.valuation.finance import convention_of, first_period_of
from actuarial.valuation.premiums import discounting, present_worth
from actuarial.valuation.series import align


@dataclass(frozen=True)
class Worth:
    """Value on the valuation date of one unit of each flow of a year, the time at which it falls, and a warning.

    `factor` and `time` by the words contributions, outgo, other_income, earnings; (scenario,) year and years.
    """

    factor: dict[str, xr.DataArray]
    time: dict[str, xr.DataArray]
    discount_rate: Any
    warning: str

    def value(self, flow: xr.DataArray, kind: Any, power: int = 0) -> xr.DataArray:
        """sum over t of v_t F_t (t - 1 + tau)^power, without `year`; `kind` is a word or one word per label."""
        with exact_labels():
            return (flow * self._by(self.factor, kind) * self._by(self.time, kind) ** power).sum("year")

    def after(self, flow: xr.DataArray, kind: str) -> xr.DataArray:
        """Value of what follows the last year over that of the years, if it falls on as in the last year; else NaN.

        r/(1-r) v_T F_T / sum of v_t F_t with r = v_T F_T / (v_{T-1} F_{T-1}).
        """
        present = (flow * self.factor[kind]).transpose(..., "year")
        if present.sizes["year"] < 2:
            return present.sum("year") * np.nan
        before_last, last = (present.isel(year=place, drop=True) for place in (-2, -1))
        ratio = last / before_last.where(before_last > 0)
        total = present.sum("year")
        return (ratio / (1.0 - ratio) * last / total.where(total > 0)).where(ratio < 1)

    def _by(self, table: dict[str, xr.DataArray], kind: Any) -> Any:
        if isinstance(kind, str):
            return table[kind]
        return sum(xr.where(kind == word, array, 0.0) for word, array in table.items())


def worth_of(finance: xr.Dataset, discount_rate: Any = None) -> Worth:
    """Discount factors with the flow timing of a run of finances.

    Parameters
    ----------
    finance : Dataset of `project_finance`
    discount_rate : number, or DataArray by (scenario,) year, 1/year, optional
        By default the return that the reserve earns. An array may end before the finances: its last rate stays.

    Returns
    -------
    Worth

    Raises
    ------
    BadInput
        A rate of -1 or below, not a number, or of other years.

    Notes
    -----
    v_t = 1/((1+i_1) ... (1+i_t)) g_t(tau), with g_t = (1+i_t)^(1-tau) or 1 + (1-tau) i_t, at the time t - 1 + tau; in
    a first period of the length phi (1+i_1)^phi stands for 1+i_1, and its flows fall at phi tau.
    """
    earned, rules, first = finance["interest_rate"], convention_of(finance), first_period_of(finance)
    whole = _whole(discount_rate, earned["year"])
    series = align(discounting(earned, whole), None, first)
    factors = present_worth(series["discount_rate"], **rules)
    year = xr.DataArray(series.years, dims="year", coords={"year": series.years})
    return Worth(
        {flow: series.by_year(values, flow) for flow, values in factors.items()},
        {flow: year.copy(data=values) for flow, values in series.times(rules["timing"]).items()},
        whole,
        _warning(series),
    )


def _whole(rate: Any, years: xr.DataArray) -> Any:
    """A rate by year on all years of the finances: that of its last year stays."""
    if not isinstance(rate, xr.DataArray) or "year" not in rate.dims:
        return rate
    given = rate["year"].values
    if given[0] > int(years[0]) or given[-1] < int(years[0]):
        raise BadInput(
            f"discount_rate runs from {given[0]} to {given[-1]}, but present values begin in {int(years[0])}.\n"
            "  Give the rate of that year, too."
        )
    return rate.reindex(year=years.values, method="ffill")


def _warning(series: Any) -> str:
    where = series.unlike("discount_rate", "interest")
    if not where:
        return ""
    return (
        f"discount_rate is not the return that the reserve earns {where}: a reserve as high as a liability would not "
        "pay for exactly what it counts."
    )
