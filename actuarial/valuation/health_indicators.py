"""What the finances of a health scheme mean: rates on earnings, the reserve in months, who pays for whom."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.health.scheme import PAYERS
from actuarial.quick import quick_set
from actuarial.valuation.finance import check_finance, convention_of, flow_of
from actuarial.valuation.health_finance import BENEFITS
from actuarial.valuation.premiums import level_rate
from actuarial.valuation.reserve import before, ratio, turning_years
from actuarial.valuation.series import Series, align, labelled, year_end_factors

HORIZONS = (3, 5, 10)
FUND = "fund"
YEARLY = (
    "contributions",
    "state_income",
    "other_income",
    "deficit_income",
    "outgo",
    *BENEFITS,
    "claims_outstanding",
    "contingency_reserve",
    "total_insurable_earnings",
    "reserve",
    "interest_rate",
    "investment_income",
    "total_income",
)


def value_health(
    finance: xr.Dataset,
    membership: xr.Dataset,
    cost: xr.Dataset,
    basis: xr.Dataset,
    *,
    cash: xr.Dataset | None = None,
    horizons: tuple[int, ...] = HORIZONS,
) -> xr.Dataset:
    """Value the projected finances of a health scheme.

    Parameters
    ----------
    finance : Dataset of `project_health_finance`
    membership : Dataset of `project_membership`
    cost : Dataset of `project_health_cost`
    basis : Dataset with `gdp` and `government_expenditure`, where shares of them are wanted
    cash : Dataset of `project_cash`, where there are cash benefits
    horizons : years over which a rate is to be level; those beyond the projection are left out

    Returns
    -------
    Dataset by (scenario,) year
        `payg_cost_rate`, `payg_rate_with_reserve`, `contribution_rate`; `level_rate` (horizon); `reserve_months`,
        `reserve_ratio`, `trust_fund_ratio`, `loss_ratio`, `out_of_pocket_share`; `cost_per_member` and
        `contribution_per_member` (health_group); `cross_subsidy` (health_group, receiving_group); `source_share`
        (source); `outgo_to_gdp`, `state_income_to_government`; the three critical years of `critical_years`. NaN where
        there is nothing to divide by, such as rates on earnings of a scheme that has no contributions on earnings.

    Raises
    ------
    IdentityFailed
        The finances do not add up.

    Notes
    -----
    With W the earnings on which contributions are due, O the outgo, C the given income, R the contingency reserve and
    g the worth on 31 December of one unit of a flow::

        PAYG_t with reserve = (R_t - (1 + i_t) R_{t-1} + O_t g_O - C_t g_C)/(W_t g_W),  R_0 the opening reserve
        level rate          = (PV(O - C) + PV(R_n) - V_0)/PV(W)

    These rates are those of all that is paid on earnings: by members and employers, and by others as a share of it.
    Months of reserve are those of benefits that the reserve less the claims outstanding pays for, so that they are
    the months of the law where the reserve is the contingency reserve. Who pays for whom: the surplus of a group is its
    contributions less its benefits incurred. Surpluses are divided among the groups with deficits in proportion to
    these; what no group needs goes to the fund, for administration and reserve.

    References
    ----------
    .. [1] Cichon, M. et al. (1999), Modelling in health care finance, International Labour Office, chapters 8 and 9.

    Examples
    --------
    value_health(finance, membership, cost, basis).payg_rate_with_reserve
    """
    check.require(finance, *YEARLY, "reserve_0", "flow_timing", "given_income", "contribution_by_group")
    finance, membership, cost, basis = (quick_set(given) for given in (finance, membership, cost, basis))
    cash = None if cash is None else quick_set(cash)
    check_finance(finance, BENEFITS)
    yearly = {name: finance[name] for name in YEARLY} | {"given": given_at_once(finance)}
    series = align(yearly, {"reserve_0": finance["reserve_0"]})
    rates = {name: series.by_year(values, name) for name, values in _yearly_rates(series, finance).items()}
    earned = series["contributions"] + series["state_income"] + series["other_income"]
    turns = turning_years(series.years, earned, series["outgo"], series["reserve"], series["reserve_0"])
    found: dict[str, Any] = rates | {name: series.at_date(values, name) for name, values in turns.items()}
    found["level_rate"] = level_rates(finance, horizons)
    found |= _of_groups(finance, membership, cost, cash)
    found |= _shares(finance, basis)
    return labelled(found)


def given_at_once(finance: xr.Dataset) -> xr.DataArray:
    """Income that no rate on earnings changes, all of it as if it came when other income does (year)."""
    given = finance["given_income"]
    worth = year_end_factors(finance["interest_rate"], **convention_of(finance))
    later = worth["contributions"] / worth["other_income"]
    return (given * later.where(flow_of(given) == "contributions", 1.0)).sum("contribution")


def _yearly_rates(series: Series, finance: xr.Dataset) -> dict[str, np.ndarray]:
    earnings, outgo = series["total_insurable_earnings"], series["outgo"]
    benefits = series["service_expenditure"] + series["cash_benefits"]
    worth = year_end_factors(series["interest_rate"], **convention_of(finance))
    wanted = series["contingency_reserve"]
    carried = (1 + series["interest_rate"]) * before(series["reserve_0"], wanted)
    needed = wanted - carried + outgo * worth["outgo"] - series["given"] * worth["other_income"]
    return {
        "payg_cost_rate": ratio(outgo, earnings),
        "payg_rate_with_reserve": ratio(needed, earnings * worth["contributions"]),
        "contribution_rate": ratio(series["contributions"], earnings),
        "reserve_ratio": ratio(series["reserve"], outgo),
        "trust_fund_ratio": ratio(before(series["reserve_0"], series["reserve"]), outgo),
        "reserve_months": 12.0 * ratio(series["reserve"] - series["claims_outstanding"], benefits),
    }


def level_rates(finance: xr.Dataset, horizons: tuple[int, ...] = HORIZONS) -> xr.DataArray:
    """Level rates on earnings over the first years of a projection that leave the contingency reserve at their end.

    Parameters
    ----------
    finance : Dataset of `project_health_finance`
    horizons : numbers of years; those beyond the projection are left out

    Returns
    -------
    DataArray by (scenario,) horizon, fraction of earnings; NaN without earnings
    """
    years = finance["year"].values
    chosen = [n for n in horizons if n <= years.size]
    outgo, earnings = finance["outgo"], finance["total_insurable_earnings"]
    given, convention = given_at_once(finance), convention_of(finance)
    rates = []
    for n in chosen:
        last = int(years[n - 1])
        some = earnings.isel(year=slice(0, n)).sum("year") > 0
        end, final = finance["contingency_reserve"].sel(year=last, drop=True), outgo.sel(year=last, drop=True)
        rate = level_rate(
            outgo,
            earnings.where(some, 1.0),
            finance["interest_rate"],
            reserve=finance["reserve_0"],
            other_income=given,
            target=(end / final.where(final > 0)).fillna(0.0),
            target_of="last",
            last_year=last,
            **convention,
        )
        rates.append(rate.where(some))
    if not chosen:
        return xr.DataArray(np.empty(0), dims="horizon", coords={"horizon": np.empty(0, dtype=int)})
    horizon = xr.DataArray(chosen, dims="horizon", name="horizon")
    return xr.concat(rates, dim=horizon, combine_attrs="drop")


def _of_groups(finance: xr.Dataset, membership: xr.Dataset, cost: xr.Dataset, cash: Any) -> dict[str, xr.DataArray]:
    """Cost, income and members of groups, what patients pay, and who pays for whom."""
    spent, pocket = cost["health_expenditure"].sum("service_type"), cost["out_of_pocket"].sum("service_type")
    incurred = spent
    if cash is not None and cash.sizes.get("benefit", 0):
        incurred = spent + cash["cash_expenditure"].sum("benefit")
    heads = membership["health_members"].sum(["sex", "age"])
    income = finance["contribution_by_group"].sum("contribution")
    lines = income.sum("health_group") - finance["deficit_income"]
    total = (spent + pocket).sum("health_group")
    return {
        "cost_per_member": _over(incurred, heads),
        "contribution_per_member": _over(income, heads),
        "cross_subsidy": cross_subsidy(income - incurred),
        "loss_ratio": _over(incurred.sum("health_group"), lines),
        "out_of_pocket_share": _over(pocket.sum("health_group"), total),
    }


def cross_subsidy(net: xr.DataArray) -> xr.DataArray:
    """Who pays for whom: the surpluses of groups by the group that receives them, and what is left to the fund.

    Parameters
    ----------
    net : DataArray with the dim health_group
        Contributions less benefits of each group, currency/year.

    Returns
    -------
    DataArray with health_group and receiving_group (the groups and "fund"), currency/year
        Rows sum to the surplus of a group, columns to the deficit of a group or, where surpluses do not suffice, to
        its part of them in proportion to the deficits.

    Examples
    --------
    >>> net = xr.DataArray([60.0, -20.0, -30.0], dims="health_group", coords={"health_group": ["a", "b", "c"]})
    >>> cross_subsidy(net).values.tolist()[0]
    [0.0, 20.0, 30.0, 10.0]
    """
    names = [str(name) for name in net["health_group"].values]
    given = net.clip(min=0.0)
    lacking = (-net).clip(min=0.0).rename(health_group="receiving_group")
    surplus, deficit = given.sum("health_group"), lacking.sum("receiving_group")
    most = xr.where(surplus > deficit, surplus, deficit)
    most = most.where(most > 0, 1.0)
    left = ((surplus - deficit).clip(min=0.0)).expand_dims(receiving_group=[FUND])
    parts = xr.concat([lacking, left], dim="receiving_group").assign_coords(receiving_group=[*names, FUND])
    return given * (parts / most)


def _over(part: xr.DataArray, whole: xr.DataArray) -> xr.DataArray:
    """Quotient, NaN where there is nothing to divide by."""
    return part / whole.where(whole != 0)


def _shares(finance: xr.Dataset, basis: xr.Dataset) -> dict[str, xr.DataArray]:
    """Sources of income, and shares of the economy where the basis has them."""
    lines, total = finance["contribution_income"], finance["total_income"]
    parts = [lines.where(lines["payer"] == payer, 0.0).sum("contribution") for payer in PAYERS]
    names = xr.DataArray([*PAYERS, "investment"], dims="source", name="source")
    found = {"source_share": _over(xr.concat([*parts, finance["investment_income"]], dim=names), total)}
    if "gdp" in basis:
        found["outgo_to_gdp"] = _over(finance["outgo"], basis["gdp"])
    if "government_expenditure" in basis:
        found["state_income_to_government"] = _over(finance["state_income"], basis["government_expenditure"])
    return found
