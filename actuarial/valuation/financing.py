"""The rates that would finance a scheme, side by side: by horizon, in steady state, level within control periods."""

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.errors import BadInput
from actuarial.valuation.finance import OTHER_PAYERS, convention_of, first_period_of
from actuarial.valuation.premiums import level_rate
from actuarial.valuation.series import is_whole
from actuarial.valuation.steady import steady_rate
from actuarial.valuation.stepped import scaled_premium
from actuarial.valuation.summarized import summarized_rates
from actuarial.vocabulary import annotate

NEEDED = (
    "contributions",
    "state_income",
    "other_income",
    "contribution_income",
    "outgo",
    "total_insurable_earnings",
    "interest_rate",
    "reserve_0",
    "target_reserve",
    "flow_timing",
)
SUMMARIZED = ("summarized_income_rate", "summarized_cost_rate", "actuarial_balance")
REVIEW = 3  # years at the rates of the projection before the steady-state rate is charged
GROWTH_OF = 10  # last years whose growth goes on over an infinite horizon


def financing_rates(
    finance: xr.Dataset, *, horizons: tuple[int, ...] = (25, 50, 75), control_periods: tuple[int, ...] = (10, 15, 20)
) -> xr.Dataset:
    """Level rates, summarized rates, balances, the steady-state rate and scaled premiums of projected finances.

    Parameters
    ----------
    finance : Dataset
        Result of `project_finance`.
    horizons : ints, years
        Horizons beside the whole projection and the infinite one; those that are longer than the projection are left
        out, which the attribute `note` says.
    control_periods : ints, years
        Periods of the scaled premium.

    Returns
    -------
    Dataset
        By (scenario,) horizon (years; `inf` is the infinite one): `level_rate` with the target reserve of the finances
        at its end (none at infinity), `summarized_income_rate`, `summarized_cost_rate`, `actuarial_balance`; by
        (scenario) `steady_rate`, charged after three years at the projected rates; by (scenario,) control_period, year
        `scaled_premium`. Rates are net of what the State and others pay as projected; what makes good a deficit is
        nobody's income here.

        NaN, with the reason in the attribute `note` of the variable: the infinite horizon where the earnings of the
        last ten years grow as fast as interest; the steady rate where the projection does not reach the 60th year.

    Raises
    ------
    MissingVariable
        Finances that are not those of `project_finance`.
    BadInput
        A horizon or period below one year, no earnings, a year that no rate can mend.

    References
    ----------
    .. [1] Plamondon et al. (2002), Actuarial practice in social security, chapter 9.
    .. [2] The 2026 Annual Report of the Board of Trustees of the Federal OASDI Trust Funds, section IV.B.

    Examples
    --------
    rates = financing_rates(finance)
    rates.level_rate.sel(horizon=75)
    """
    check.require(finance, *NEEDED)
    flows, common = _flows(finance)
    for name, given in (("horizons", horizons), ("control_periods", control_periods)):
        if not isinstance(given, tuple | list) or not all(is_whole(one) and one >= 1 for one in given):
            raise BadInput(f"{name} must be whole numbers of years, at least 1, such as (10, 20), but it is {given!r}.")
    if not len(control_periods):
        raise BadInput("control_periods: none is given; the scaled premium needs one.")
    years = finance["year"].values
    fitting = [int(horizon) for horizon in sorted(set(horizons)) if horizon < years.size]
    parts = [_of_horizon(finance, flows, common, length) for length in [*fitting, years.size]]
    parts.append(_infinite(finance, flows, common))
    by_horizon = xr.concat(parts, xr.DataArray([*fitting, years.size, np.inf], dims="horizon", name="horizon"))
    steady, scaled = _steady(finance, flows, common), _scaled(flows, common, control_periods)
    found = by_horizon.assign(steady_rate=steady, scaled_premium=scaled)
    for name in ("level_rate", *SUMMARIZED):
        found[name].attrs = {"note": parts[-1][name].attrs["note"]}
    left_out = sorted(horizon for horizon in set(horizons) if horizon > years.size)
    note = f"horizons of {', '.join(map(str, left_out))} years are longer than the projection" if left_out else "none"
    return annotate(found.drop_attrs(deep=False)).assign_attrs(note=note)


def _flows(finance):
    """Outgo, earnings and interest, and what all rates share."""
    lines = finance["contribution_income"]
    others = lines["payer"].isin(OTHER_PAYERS)
    deficit = lines.where(lines["base"] == "deficit", 0.0)
    support = finance["state_income"] + finance["other_income"] - deficit.where(others, 0.0).sum("contribution")
    paid = finance["contributions"] - deficit.where(~others, 0.0).sum("contribution")
    flows = {"outgo": finance["outgo"], "earnings": finance["total_insurable_earnings"]}
    flows |= {"interest": finance["interest_rate"], "contributions": paid}
    common = {"reserve": finance["reserve_0"], "other_income": support, "first_period": first_period_of(finance)}
    return flows, common | convention_of(finance)


def _of_horizon(finance, flows, common, length, tail_growth=None):
    """Level and summarized rates of so many years, or of all years with growth after the last one."""
    settings = {"last_year": int(finance["year"].values[length - 1]), "tail_growth": tail_growth}
    settings |= {"target": finance["target_reserve"] if tail_growth is None else 0.0}
    level = level_rate(flows["outgo"], flows["earnings"], flows["interest"], **common, **settings)
    summarized = summarized_rates(**flows, **common, **settings)[list(SUMMARIZED)]
    return summarized.assign(level_rate=level.drop_vars("year", errors="ignore"))


def _infinite(finance, flows, common):
    """The infinite horizon, NaN where earnings grow as fast as interest."""
    earnings, interest = flows["earnings"], flows["interest"].isel(year=-1, drop=True)
    span = min(GROWTH_OF, earnings.sizes["year"] - 1)
    first = earnings.isel(year=-1 - span, drop=True)
    if span < 1 or float(first.min()) <= 0:
        growth, note = interest, "no infinite horizon: there is no growth of earnings to go on"
    else:
        growth = (earnings.isel(year=-1, drop=True) / first) ** (1 / span) - 1
        note = f"infinite horizon: all flows grow as earnings did in the last {span} years, {_span(growth)} a year"
    finite = growth < interest
    size = earnings.sizes["year"]
    if not finite.any():
        found = _of_horizon(finance, flows, common, size) * np.nan
    else:
        safe = growth.where(finite, (1 + interest) / 1.01 - 1)
        found = _of_horizon(finance, flows, common, size, safe).where(finite)
    if span >= 1 and not finite.all():
        note += f"; no value in {int((~finite).sum())} of {finite.size} cases, where interest is not above it"
    for name in found:
        found[name].attrs["note"] = note
    return found


def _span(growth):
    least, greatest = float(growth.min()), float(growth.max())
    return f"{least:.4%}" if least == greatest else f"{least:.4%} to {greatest:.4%}"


def _steady(finance, flows, common):
    """Charged after a review period; NaN where the projection is too short or has no outgo to compare with."""
    years = finance["year"].values
    earnings = flows["earnings"]
    before = (flows["contributions"] / earnings.where(earnings > 0)).fillna(0.0)
    try:
        rate = steady_rate(
            flows["outgo"],
            earnings,
            flows["interest"],
            first_year=int(years[0]) + REVIEW,
            rate_before=before,
            **common,
        )
    except BadInput as error:
        nothing = flows["outgo"].isel(year=0, drop=True) * flows["interest"].isel(year=0, drop=True) * np.nan
        return nothing.assign_attrs(note=f"no steady rate: {error}")
    same = " and ".join(map(str, rate.attrs["same_ratio_in"]))
    return rate.assign_attrs(note=f"reserve ratios of {same} are the same; charged from {rate.attrs['first_year']}")


def _scaled(flows, common, control_periods):
    base = (flows["outgo"], flows["earnings"], flows["interest"])
    parts = [scaled_premium(*base, control_period=period, **common).scaled_premium for period in control_periods]
    return xr.concat(parts, xr.DataArray(list(control_periods), dims="control_period", name="control_period"))
