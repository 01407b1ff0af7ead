"""What the finances of a scheme mean: cost rates, ratios, the level rate and the years in which the fund turns."""

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.errors import BadInput
from actuarial.quick import quick_set
from actuarial.translation import N_, Told
from actuarial.valuation.finance import OTHER_PAYERS, check_finance, convention_of, first_period_of
from actuarial.valuation.premiums import level_rate
from actuarial.valuation.reserve import before, ratio, turning_years
from actuarial.valuation.series import align, labelled

YEARLY = (
    "contributions",
    "state_income",
    "other_income",
    "deficit_income",
    "administration",
    "outgo",
    "total_insurable_earnings",
    "total_contributors",
    "total_pensioners",
    "pension_expenditure",
    "lump_sum_expenditure",
    "reserve",
    "interest_rate",
)


def value(
    finance: xr.Dataset, *, last_year: int | None = None, target: float | None = None, target_of: str = "next"
) -> xr.Dataset:
    """Value the projected finances of a scheme.

    Parameters
    ----------
    finance : Dataset
        Result of `project_finance`.
    last_year : int, optional
        End of the horizon of the general average premium; by default the last projected year. Outgo after it serves
        the target reserve.
    target : float, years, optional
        Reserve wanted at the end of the horizon in years of outgo; by default `target_reserve` of the finances.
    target_of : "next" or "last"
        The year whose outgo is meant, see `level_rate`.

    Returns
    -------
    Dataset by (scenario,) year
        `payg_cost_rate` = `demographic_ratio` x `financial_ratio` + `lump_sum_rate` + `administration_rate`,
        `contribution_rate`, `reserve_ratio`, `trust_fund_ratio`; by (scenario) `general_average_premium` (all that
        earnings would have to pay), `general_average_premium_net` (the same net of the income from the State and
        others as projected, without what makes good a deficit), `year_outgo_exceeds_contributions`,
        `year_reserve_falls`, `year_reserve_exhausted` (NaN: not within the projection). `financial_ratio` is NaN in
        years without pensioners, the reserve ratios in years without outgo.

    Raises
    ------
    BadInput
        Zero insurable earnings or contributors in a year, a year outside the projection.
    IdentityFailed
        The finances do not add up, or the cost rate is not the sum of its factors.

    Notes
    -----
    PAYG_t = O_t / W_t with O benefits and administration and W the insurable earnings on which contributions were
    collected. Demographic ratio: mean pensioners over average contributors; financial ratio: average pension over
    average insurable earnings. General average premium: (PV(O) + PV(target) - V_0) / PV(W), see `level_rate`.

    Where the first period is a part of a year, ratios of a stock to a flow and averages per head take the flow at the
    pace of a year; rates of flows over flows need nothing.

    References
    ----------
    .. [1] Plamondon et al. (2002), Actuarial practice in social security, chapter 9.
    .. [2] Iyer (1999), Actuarial mathematics of social security pensions, chapter 1.

    Examples
    --------
    result = value(finance)
    result.general_average_premium
    """
    check.require(finance, *YEARLY, "reserve_0", "target_reserve", "flow_timing", "contribution_income")
    check_finance(finance)
    finance = quick_set(finance)
    yearly = {name: finance[name] for name in YEARLY}
    series = align(yearly, {"reserve_0": finance["reserve_0"]}, first_period_of(finance))
    _something_insured(series)
    yearly = {name: series.by_year(values, name) for name, values in yearly_rates(series).items()}
    _check_factors(yearly)
    earned = series["contributions"] + series["state_income"] + series["other_income"]
    turns = turning_years(series.years, earned, series["outgo"], series["reserve"], series["reserve_0"])
    years = {name: series.at_date(values, name) for name, values in turns.items()}
    premiums = _premiums(finance, last_year, target, target_of)
    result = labelled({**yearly, **years, **premiums})
    for name, premium in premiums.items():
        result[name].attrs |= {key: premium.attrs[key] for key in ("first_year", "last_year", "target_outgo")}
    return result


def yearly_rates(series):
    """Yearly rates and ratios of a `Series`, or of a mapping of name to arrays of (..., year)."""
    earnings, outgo = series["total_insurable_earnings"], series["outgo"]
    average_pension = ratio(series.yearly("pension_expenditure"), series["total_pensioners"])
    average_earnings = series.yearly("total_insurable_earnings") / series["total_contributors"]
    return {
        "payg_cost_rate": outgo / earnings,
        "demographic_ratio": series["total_pensioners"] / series["total_contributors"],
        "financial_ratio": average_pension / average_earnings,
        "lump_sum_rate": series["lump_sum_expenditure"] / earnings,
        "administration_rate": series["administration"] / earnings,
        "contribution_rate": series["contributions"] / earnings,
        "reserve_ratio": ratio(series["reserve"], series.yearly("outgo")),
        "trust_fund_ratio": ratio(before(series["reserve_0"], series["reserve"]), series.yearly("outgo")),
    }


INSURED = {"total_insurable_earnings": N_("insurable earnings"), "total_contributors": N_("contributors")}
"""What rates are of."""


def _something_insured(series):
    for name, meaning in INSURED.items():
        empty = series[name] <= 0
        if empty.any():
            year = series.years[np.argwhere(empty)[0][-1]]
            text = N_(
                "{name}: {count} of {whole} years have no {meaning}, the first is {year}; a rate of nothing has no "
                "meaning.\n  Look at coverage and density of the basis, or value a shorter period."
            )
            found = {"count": int(empty.sum()), "whole": empty.size, "year": int(year)}
            raise BadInput(Told(text, name=name, meaning=Told(meaning), **found))


def _check_factors(rates):
    pensions = rates["demographic_ratio"] * rates["financial_ratio"].fillna(0.0)
    parts = pensions + rates["lump_sum_rate"] + rates["administration_rate"]
    total = rates["payg_cost_rate"]
    check.identity("the cost rate is the sum of its factors", parts, total, abs(total))


def _premiums(finance, last_year, target, target_of):
    """General average premium, of everything and net of the State's and other income."""
    wanted = finance["target_reserve"] if target is None else target
    common = {"reserve": finance["reserve_0"], "last_year": last_year, "target": wanted, "target_of": target_of}
    common |= convention_of(finance) | {"first_period": first_period_of(finance)}
    flows = (finance["outgo"], finance["total_insurable_earnings"], finance["interest_rate"])
    support = finance["state_income"] + finance["other_income"] - _deficit_of_others(finance)
    return {
        "general_average_premium": level_rate(*flows, **common),
        "general_average_premium_net": level_rate(*flows, other_income=support, **common),
    }


def _deficit_of_others(finance):
    """What the State and others pay of a deficit: it depends on the contribution rate, so it is no given income."""
    income = finance["contribution_income"]
    chosen = income["payer"].isin(OTHER_PAYERS) & (income["base"] == "deficit")
    return income.where(chosen, 0.0).sum("contribution")
