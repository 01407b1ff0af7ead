"""The return that audited accounts imply: the interest at which a year's flows lead from one reserve to the next."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from actuarial.audited import CLOSES, audited_line
from actuarial.errors import BadBasis
from actuarial.translation import N_, Told
from actuarial.valuation.reserve import SIGNS, net_value
from actuarial.valuation.series import Series, as_block, year_end_factors
from actuarial.warned import Warned

LEAST, GREATEST = -0.999, 1.0
FAR = 0.15  # difference of an implied return from the assumed one that is worth a look
ROUNDING = 1e-12  # of the flows and reserves of a year: a reserve that misses its goal by less meets it


def implied_returns(
    series: Series, basis: xr.Dataset, timing: object, within_year: str
) -> np.ndarray:
    """Interest by year: that of the basis, in audited years the one that leads to the audited reserve.

    Parameters
    ----------
    series : Series with `interest`, `reserve` (the opening one), `contributions`, `other_income` and `outgo`
    basis : Dataset with `audited_accounts`; of a year the line `reserve` or `investment_income` counts, or both of them
    timing, within_year : as in `roll_reserve`

    Returns
    -------
    array of (..., year), 1/year

    Raises
    ------
    BadBasis
        Reserve and income of an audited year contradict each other, or no return between -99.9% and 100% joins them.

    Notes
    -----
    The return i of an audited year solves V_t = (1 + i) V_{t-1} + sum of +/- F_t g_t(i), g the value on 31 December of
    one unit of a flow. With it the reserve rolls and discounts in audited years as in all others. A year that ends with
    the audited reserve whatever the return, since there is none on which to earn, keeps that of the basis.
    """
    found = np.array(series["interest"])
    known = {line: audited_line(basis, line) for line in ("reserve", "investment_income")}
    if all(line is None for line in known.values()):
        return found
    given = {line: _block(line_values, series) for line, line_values in known.items()}
    level = np.array(series["reserve"], dtype="float64")
    for t, year in enumerate(series.years):
        net = sum(sign * series[flow][..., t] for flow, sign in SIGNS.items())
        wanted = _wanted(given, level, net, t, int(year))
        if not np.isfinite(wanted).any():
            if not np.isfinite(np.stack([values[..., t:] for values in given.values()])).any():
                return found
            wanted = np.full(level.shape, np.nan)
        for place in np.ndindex(level.shape):
            flows = {flow: float(series[flow][(*place, t)]) for flow in SIGNS}
            if np.isfinite(wanted[place]):
                opening, goal = float(level[place]), float(wanted[place])
                assumed = float(found[(*place, t)])
                found[(*place, t)] = _solved(assumed, opening, flows, goal, int(year), timing, within_year)
            level[place] = _rolled(found[(*place, t)], float(level[place]), flows, timing, within_year)
    return found


def unusual_returns(finance: xr.Dataset, basis: xr.Dataset) -> list[str]:
    """Warnings: audited years whose accounts imply a return far from that of other years."""
    away = (finance["audited"] > 0) & (abs(finance["interest_rate"] - basis["interest_rate"]) > FAR)
    if not bool(away.any()):
        return []
    others = [dim for dim in away.dims if dim != "year"]
    shown = []
    for year in away["year"].values[away.any(others).values]:
        rates = finance["interest_rate"].sel(year=year)
        shown.append(Told("{year} {rate:.1%}", year=int(year), rate=float(rates.where(away.sel(year=year)).max())))
    return [
        Warned(
            "audited_accounts: the reserves imply returns more than {points:.0f} points away from those assumed: "
            "{returns}; look at the accounts of these years.",
            "The reserves of audited years imply returns more than {points} points away from those assumed: {returns}.",
            points=100 * FAR,
            returns=tuple(shown),
        )
    ]


def _block(values: xr.DataArray | None, series: Series) -> np.ndarray:
    """Audited values on the shape of the series, NaN where there are none."""
    return np.broadcast_to(np.nan if values is None else as_block(values, series.extra), series["interest"].shape)


def _wanted(given: Mapping[str, np.ndarray], level: np.ndarray, net: np.ndarray, t: int, year: int) -> np.ndarray:
    """Reserve at the end of a year as audited: stated, or by the investment income; NaN where neither is."""
    reserve, income = given["reserve"][..., t], given["investment_income"][..., t]
    by_income = level + net + income
    apart = np.abs(by_income - reserve)
    bad = apart > CLOSES * np.maximum(np.abs(reserve), np.abs(level))
    if bad.any():
        place = tuple(np.argwhere(bad)[0])
        text = N_(
            "audited_accounts of {year}: reserve and flows do not close: opening reserve {opening:,.0f}, income less "
            "outgo without investments {net:,.0f}, investment income {income:,.0f} give {sum:,.0f},\n  but the reserve "
            "is {reserve:,.0f}. Put changes in the value of assets into investment_income, or leave one of the two "
            "lines blank."
        )
        given = {"opening": level, "net": net, "income": income, "sum": by_income, "reserve": reserve}
        raise BadBasis(Told(text, year=year, **{name: values[place] for name, values in given.items()}))
    return np.where(np.isfinite(reserve), reserve, by_income)


def _rolled(interest: float, opening: float, flows: Mapping[str, float], timing: object, within_year: str) -> float:
    worth = year_end_factors(np.array([interest]), timing, within_year)
    return (1 + interest) * opening + float(net_value(flows, worth)[0])


def _solved(
    assumed: float, opening: float, flows: Mapping[str, float], goal: float, year: int, timing: object, within_year: str
) -> float:
    """The return that leads to the goal; the assumed one where every return does."""
    from scipy.optimize import brentq

    def miss(interest: float) -> float:
        return _rolled(interest, opening, flows, timing, within_year) - goal

    size = abs(opening) + abs(goal) + sum(abs(flow) for flow in flows.values())
    if max(abs(miss(LEAST)), abs(miss(GREATEST)), abs(miss(assumed))) <= ROUNDING * size:
        return assumed
    if miss(LEAST) * miss(GREATEST) > 0:
        text = N_(
            "audited_accounts of {year}: no return leads from the reserve {opening:,.0f} with the flows of the year "
            "({flows}) to the reserve {goal:,.0f}.\n"
            "  Look at the units of the accounts, and whether the reserve is that of 31 December."
        )
        signed = (Told("{flow} {amount:+,.0f}", flow=flow, amount=sign * flows[flow]) for flow, sign in SIGNS.items())
        raise BadBasis(Told(text, year=year, opening=opening, flows=tuple(signed), goal=goal))
    return float(brentq(miss, LEAST, GREATEST, xtol=1e-15, rtol=8.9e-16))
