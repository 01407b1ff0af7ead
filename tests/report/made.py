"""A result and a basis made by hand: small numbers that add up, no projection behind them."""

import numpy as np
import xarray as xr

from actuarial.valuation.accounts import AccountLine

YEARS = np.arange(2025, 2066)
AGES = np.arange(101)
BENEFITS = ["old_age", "widows", "funeral_grant"]
COORDS = {"year": YEARS, "sex": ["male", "female"], "age": AGES, "group": ["private", "public"], "benefit": BENEFITS}
LINES = [
    AccountLine("insurable_earnings", 1.2e9, 1.25e9, 1.26e9, 1.0, 1.008),
    AccountLine("number:old_age", 5000.0, 5000.0, 5200.0, 1.0, 1.04),
]


def _random(seed, dims, low=1.0, high=2.0):
    sizes = [len(COORDS[dim]) for dim in dims]
    return dims, np.random.default_rng(seed).uniform(low, high, sizes)


def _finance(dataset):
    """Income, outgo, reserve and rates that follow from the benefits and the payroll."""
    dataset["total_insurable_earnings"] = dataset["insurable_earnings"].sum(["group", "sex"])
    payroll = dataset["total_insurable_earnings"]
    dataset["contributions"] = 0.1 * payroll
    dataset["state_income"] = 0.01 * payroll
    dataset["other_income"] = 0.002 * payroll
    dataset["administration"] = 0.005 * payroll
    dataset["outgo"] = dataset["benefit_expenditure"].sum("benefit") + dataset["administration"]
    reserve, interest = [5e8], []
    income = dataset["contributions"] + dataset["state_income"] + dataset["other_income"]
    for net in (income - dataset["outgo"]).values:
        interest.append(0.04 * reserve[-1])
        reserve.append(reserve[-1] + interest[-1] + net)
    dataset["investment_income"] = "year", interest
    dataset["total_income"] = income + dataset["investment_income"]
    dataset["balance"] = dataset["total_income"] - dataset["outgo"]
    dataset["reserve"] = "year", reserve[1:]
    dataset["reserve_ratio"] = dataset["reserve"] / dataset["outgo"]
    dataset["payg_cost_rate"] = dataset["outgo"] / payroll
    dataset["contribution_rate"] = dataset["contributions"] / payroll
    return dataset


def result_by_hand(factor: float = 1.0) -> xr.Dataset:
    """One scenario; `factor` multiplies the benefits."""
    cell = ("year", "sex", "age")
    made = xr.Dataset(
        {
            "population": _random(1, cell, 1e4, 2e4),
            "births": _random(2, cell, 0, 10),
            "deaths": _random(3, cell, 0, 10),
            "employed": _random(4, cell, 3e3, 5e3),
            "average_contributors": _random(5, ("year", "group", "sex", "age"), 1e3, 2e3),
            "active": _random(6, ("year", "group", "sex", "age"), 1e3, 2e3),
            "active_credits": _random(7, ("year", "group", "sex", "age"), 1e5, 2e5),
            "new_entrants": _random(8, ("year", "group", "sex", "age"), 1, 50),
            "reentrants": _random(9, ("year", "group", "sex", "age"), 1, 50),
            "exits": _random(10, ("year", "group", "sex", "age"), 1, 50),
            "salary": _random(11, ("year", "group", "sex", "age"), 1e4, 2e4),
            "insurable_share": _random(12, ("year", "group", "sex", "age"), 0.8, 1.0),
            "insurable_earnings": _random(13, ("year", "group", "sex"), 1e9, 2e9),
            "benefit_expenditure": _random(14, ("year", "benefit"), factor * 1e8, factor * 2e8),
            "pensioners": _random(15, ("year", "benefit", "sex", "age"), 10, 20),
            "new_awards": _random(16, ("year", "benefit", "sex", "age"), 1, 2),
            "terminations": _random(17, ("year", "benefit", "sex", "age"), 0, 1),
            "demographic_ratio": _random(18, ("year",), 0.1, 0.2),
            "financial_ratio": _random(19, ("year",), 0.3, 0.5),
            "general_average_premium": ((), 0.1234 * factor),
            "general_average_premium_net": ((), 0.1134 * factor),
            "year_outgo_exceeds_contributions": ((), 2041.0),
            "year_reserve_falls": ((), 2050.0),
            "year_reserve_exhausted": ((), np.nan),
        },
        COORDS,
        {"scheme": "National Pension Scheme", "currency": "LTD", "service_grid": "months", "warnings": ""},
    )
    made["pensioners"].loc[{"benefit": "funeral_grant"}] = 0.0
    made["financial_ratio"][0] = np.nan
    return _finance(made)


def two_scenarios() -> xr.Dataset:
    """The same people, other benefits: the population has no scenario."""
    both = xr.concat([result_by_hand(), result_by_hand(1.5)], dim="scenario", data_vars="different", compat="equals")
    return both.assign_coords(scenario=["low", "central"])


def basis_by_hand() -> xr.Dataset:
    """The variables of a basis that the tables read."""
    return xr.Dataset(
        {
            "net_migration": _random(30, ("year", "sex", "age"), -1, 1),
            "asfr": _random(31, ("year", "age"), 0, 0.03),
            "inflation": _random(32, ("year",), 0.01, 0.03),
            "wage_growth": _random(33, ("year",), 0.02, 0.04),
            "collection_rate": _random(34, ("year", "group"), 0.9, 1.0),
            "participation_rate": _random(35, ("year", "sex", "age"), 0.1, 0.9),
            "pensioners_0": _random(36, ("benefit", "sex", "age")),
            "reserve_0": ((), 5e8),
        },
        COORDS,
        {
            "coverage_concept": "status", "valuation_date": "2024-12-31", "currency": "LTD", "price_basis": "nominal",
        },
    )  # fmt: skip
