"""The reserve: its recursion from year to year, the interest it earns, its ratios and the years in which it turns."""

import numpy as np
import xarray as xr

from actuarial.check.period import first_period
from actuarial.valuation.series import align, labelled, year_end_factors
from actuarial.warned import Warned

SIGNS = {"contributions": 1.0, "other_income": 1.0, "outgo": -1.0}
"""What flows into a fund, and out of it."""
LEAST_TIMES, MOST_TIMES = 0.8, 1.5  # of the reserve over the first outgo: a ratio to the outgo of the year before
ROUNDING = 1e-9  # differences below this share of the outgo of the year are rounding, not a deficit


def roll_reserve(
    contributions,
    outgo,
    interest,
    *,
    reserve,
    other_income=0.0,
    timing=0.5,
    within_year="compound",
    first_period=1.0,
):
    """Carry a reserve forward over yearly income and outgo.

    Parameters
    ----------
    contributions, outgo : series by year, currency/year
        1-D arrays, pandas Series or DataArrays by `year`; numbers are constant; a `scenario` dim broadcasts.
    interest : series by year or number, 1/year
        Return on the reserve; may be negative, above -1.
    reserve : number or array by scenario, currency
        Reserve on 31 December before the first year.
    other_income : series by year or number, currency/year
        Income other than contributions and interest (State, penalties, taxation of benefits).
    timing : float or mapping
        Fraction of the year at which flows fall: one number or a mapping with the keys `contributions`, `outgo`,
        `other_income`; flows that are not named fall at mid-year.
    within_year : "compound" or "simple"
        How interest accrues from the date of a flow to 31 December.
    first_period : float, years
        Length of the first period, where the reserve is that of a day inside the first year: the flows of that year are
        those after the day, their timing is a fraction of the period and its interest (1+i)^first_period - 1.

    Returns
    -------
    Dataset by (scenario,) year
        `reserve` (31 December, may become negative and then bears interest as a debt), `investment_income`,
        `reserve_ratio` V_t / O_t, `trust_fund_ratio` V_{t-1} / O_t, with the outgo of the first period at the pace of a
        year; the ratios are NaN in years without outgo.

    Raises
    ------
    BadInput
        Series of different years, NaN, interest of -1 or below, an unknown timing, a first period that is no part of a
        year.

    Notes
    -----
    V_t = (1 + i_t) V_{t-1} + sum over flows of +/- F_t g_t(tau), with g = (1+i)^(1-tau) or 1 + (1-tau) i; the
    investment income is what remains of V_t - V_{t-1} after the flows.

    References
    ----------
    .. [1] Plamondon et al. (2002), Actuarial practice in social security, chapters 9 and 15.
    .. [2] Iyer (1999), Actuarial mathematics of social security pensions, chapter 1.

    Examples
    --------
    >>> import numpy as np
    >>> rolled = roll_reserve(np.array([110.0, 110.0]), np.array([100.0, 120.0]), 0.05, reserve=200.0, timing=1.0)
    >>> [round(float(v), 4) for v in rolled.reserve]
    [220.0, 221.0]
    """
    flows = {"contributions": contributions, "outgo": outgo, "other_income": other_income, "interest": interest}
    series, level = _rolled(flows, reserve, timing, within_year, first_period)
    outgo_of_year = series.yearly("outgo")
    net = series["contributions"] + series["other_income"] - series["outgo"]
    return labelled(
        {
            "reserve": series.by_year(level, "reserve"),
            "investment_income": series.by_year(level - before(series["reserve"], level) - net, "investment_income"),
            "reserve_ratio": series.by_year(ratio(level, outgo_of_year), "reserve_ratio"),
            "trust_fund_ratio": series.by_year(
                ratio(before(series["reserve"], level), outgo_of_year), "trust_fund_ratio"
            ),
        }
    )


def critical_years(
    contributions,
    outgo,
    interest,
    *,
    reserve,
    other_income=0.0,
    timing=0.5,
    within_year="compound",
    first_period=1.0,
):
    """The three years of a pension fund's life in which its balance turns.

    Parameters are those of `roll_reserve`.

    Returns
    -------
    Dataset by (scenario)
        `year_outgo_exceeds_contributions`, the first year whose contributions and other income do not cover its outgo;
        `year_reserve_falls`, the first year in which investment income does not make up for it either;
        `year_reserve_exhausted`, the first year at whose end the reserve is negative.
        NaN means that it does not happen within the series; it never means "in the last year".

    Raises
    ------
    BadInput
        As `roll_reserve`.

    Notes
    -----
    A shortfall of less than 1e-9 of the outgo of the year is rounding and does not count. With an opening reserve and
    interest that are not negative the three years come in this order.

    Examples
    --------
    >>> import numpy as np
    >>> years = critical_years(np.full(30, 100.0), np.linspace(80.0, 167.0, 30), 0.03, reserve=100.0)
    >>> [int(years[name]) for name in years]
    [8, 10, 21]
    """
    flows = {"contributions": contributions, "outgo": outgo, "other_income": other_income, "interest": interest}
    series, level = _rolled(flows, reserve, timing, within_year, first_period)
    earned = series["contributions"] + series["other_income"]
    found = turning_years(series.years, earned, series["outgo"], level, series["reserve"])
    return labelled({name: series.at_date(values, name) for name, values in found.items()})


def _rolled(flows, reserve, timing, within_year, first_period):
    """Aligned flows, and the reserve of every 31 December that they leave."""
    series = align(flows, {"reserve": reserve}, first_period)
    worth = year_end_factors(series["interest"], timing, within_year)
    level, _ = accumulate(series["reserve"], series["interest"], net_value(series, worth))
    return series, level


def net_value(flows, worth):
    """Income less outgo of each year valued on its 31 December: sum of +/- F_t g_t, g_t as of `year_end_factors`."""
    return sum(sign * flows[flow] * worth[flow] for flow, sign in SIGNS.items())


def accumulate(opening, interest, added, guaranteed=None):
    """Reserves at the year ends, and what a guarantor pays so that they do not become negative.

    Parameters
    ----------
    opening : array of (...), currency
    interest, added : arrays of (..., year)
        Return of the year; net flows of the year valued on its 31 December.
    guaranteed : array of (..., year), 0..1, optional
        Share of a shortfall that the guarantor makes good in the year.

    Returns
    -------
    reserve, paid : arrays of (..., year)
        `paid` is valued on 31 December.
    """
    shape: tuple[int, ...] = np.broadcast_shapes(interest.shape, added.shape)
    level, paid = np.zeros(shape), np.zeros(shape)
    last = np.array(np.broadcast_to(opening, shape[:-1]))
    for t in range(shape[-1]):
        last = (1 + interest[..., t]) * last + added[..., t]
        if guaranteed is not None:
            paid[..., t] = guaranteed[..., t] * np.maximum(0.0, -last)
            last = last + paid[..., t]
        level[..., t] = last
    return level, paid


def before(opening, level):
    """Reserve of the 31 December before, on the same axis."""
    return np.concatenate([np.broadcast_to(opening, level.shape[:-1])[..., None], level[..., :-1]], axis=-1)


def ratio(numerator, denominator):
    """Quotient, NaN where there is nothing to divide by."""
    missing = np.full(np.broadcast_shapes(numerator.shape, denominator.shape), np.nan)
    return np.divide(numerator, denominator, out=missing, where=denominator != 0)


def turning_years(years, earned, outgo, level, opening):
    """First years of the three conditions of `critical_years`; arrays of (..., year) in, arrays of (...) out."""
    slack = ROUNDING * np.abs(outgo)
    return {
        "year_outgo_exceeds_contributions": _first(years, earned < outgo - slack),
        "year_reserve_falls": _first(years, level < before(opening, level) - slack),
        "year_reserve_exhausted": _first(years, level < -slack),
    }


def _first(years, condition):
    return np.where(condition.any(axis=-1), years[np.argmax(condition, axis=-1)].astype("float64"), np.nan)


def judge_reserve_ratio(finance, basis):
    """Warn where the reserve ratio before the projection does not fit to the reserve and the outgo of the first year.

    Parameters
    ----------
    finance : Dataset with `outgo` (year), currency/year
    basis : Dataset with `reserve_0`, currency, and where the law looks back at it `reserve_ratio_0`, ratio

    Returns
    -------
    list of str
        One line, with both numbers, or none. The outgo of the year before the first projected one is mostly a little
        lower than that of the first, so that the ratio may be 0.8 to 1.5 times the reserve over the outgo of the first.
    """
    if "reserve_ratio_0" not in basis:
        return []
    first = finance["outgo"].isel(year=0, drop=True) / first_period(basis)
    implied = basis["reserve_0"] / first.where(first > 0)
    stated, implied = (array.values.ravel() for array in xr.broadcast(basis["reserve_ratio_0"], implied))
    with np.errstate(divide="ignore", invalid="ignore"):
        times = stated / implied
    away = np.isfinite(implied) & ~((times >= LEAST_TIMES) & (times <= MOST_TIMES)) & (stated != implied)
    if not away.any():
        return []
    at, year = int(np.argmax(away)), int(basis["year"][0])
    return [
        Warned(
            "reserve_ratio_0: {stated:.4g}, but reserve_0 is {implied:.4g} times the outgo of {year}; the law looks "
            "back at the former. Give reserve_0 over the outgo of {before}, which is mostly a little lower than that "
            "of {year}.",
            "The reserve ratio before the projection is {stated}, but the reserve is {implied} times the outgo of "
            "{year}; the law looks back at the former.",
            stated=stated[at],
            implied=implied[at],
            year=year,
            before=year - 1,
        )
    ]
