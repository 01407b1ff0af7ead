"""Tables of rates by year, of scenarios beside each other, and of careers: what the law gives to standard ones."""

import pandas as pd
import xarray as xr

from actuarial.report.columns import by_year, needed, with_period, with_units
from actuarial.report.premium_tables import have_premiums, scaled_premium

BY_SCENARIO = {
    "PAYG cost rate": ("fraction", "payg_cost_rate"),
    "contribution rate": ("fraction", "contribution_rate"),
    "reserve ratio": ("years of outgo", "reserve_ratio"),
    "reserve": ("currency", "reserve"),
    "total expenditure": ("currency/year", "outgo"),
}
CAREERS = {
    "age at retirement": ("years", "age_at_retirement"),
    "earnings at retirement": ("currency/person/year", "earnings_at_retirement"),
    "pension at retirement": ("currency/person/year", "pension_at_retirement"),
    "replacement rate": ("fraction", "replacement_rate"),
    "career replacement rate": ("fraction", "career_replacement_rate"),
}
KEYS = {
    "scenario": "scenario",
    "sex": "sex",
    "career": "years of contributions",
    "earnings_level": "earnings",
    "year_of_retirement": "year of retirement",
}


def rates_table(result: xr.Dataset) -> pd.DataFrame:
    """Cost rate, contribution rate, scaled premium and reserve ratios by year.

    Parameters
    ----------
    result : Dataset of `actuarial.project`

    Returns
    -------
    DataFrame
        Indexed by (scenario and) year: fractions of insurable earnings; the scaled premium where one keeps the
        reserve; `reserve ratio` the reserve over the outgo of the year, `trust fund ratio` that of the year before.

    Raises
    ------
    MissingVariable
    """
    needed(result, "payg_cost_rate", "contribution_rate", "reserve_ratio")
    cost, paid = result["payg_cost_rate"], result["contribution_rate"]
    columns = {
        "PAYG cost rate": ("fraction", cost),
        "contribution rate": ("fraction", paid),
        "difference of rates": ("fraction", paid - cost),
    }
    scaled = _scaled(result)
    if scaled is not None:
        columns["scaled premium"] = ("fraction", scaled)
    columns["reserve ratio"] = ("years of outgo", result["reserve_ratio"])
    if "trust_fund_ratio" in result:
        columns["trust fund ratio"] = ("years of outgo", result["trust_fund_ratio"])
    table = with_period(by_year(columns), result)
    table.attrs["differences"] = ("difference of rates",)
    return table


def _scaled(result: xr.Dataset) -> xr.DataArray | None:
    """The scaled premium by (scenario and) year, NaN in scenarios in which none keeps the reserve."""
    if not have_premiums(result):
        return None
    if "scenario" not in result.dims:
        return scaled_premium(result)
    nothing = xr.full_like(result["reserve_ratio"].isel(scenario=0, drop=True).drop_attrs(), float("nan"))
    parts = [scaled_premium(result.sel(scenario=name, drop=True)) for name in result["scenario"].values]
    if all(part is None for part in parts):
        return None
    whole = [nothing if part is None else part for part in parts]
    return xr.concat(whole, dim=xr.DataArray(result["scenario"].values, dims="scenario", name="scenario"))


def scenario_table(result: xr.Dataset) -> pd.DataFrame:
    """Rates, reserve and expenditure by year, the scenarios beside each other.

    Parameters
    ----------
    result : Dataset of `actuarial.project` with scenarios

    Returns
    -------
    DataFrame
        Indexed by year; columns `FIGURE: SCENARIO`.

    Raises
    ------
    MissingVariable
    """
    needed(result, *(name for _, name in BY_SCENARIO.values()))
    names = [str(name) for name in result["scenario"].values]
    columns = {}
    for label, (units, variable) in BY_SCENARIO.items():
        value = result[variable]
        for name in names:
            part = value.sel(scenario=name, drop=True) if "scenario" in value.dims else value
            columns[f"{label}: {name}"] = (units, part)
    return with_period(by_year(columns), result)


def career_table(found: xr.Dataset) -> pd.DataFrame:
    """What the law gives after standard careers: age, earnings, pension and replacement rates.

    Parameters
    ----------
    found : Dataset of `actuarial.studies.replacement.replacement_rates`

    Returns
    -------
    DataFrame
        Indexed by (scenario,) sex, years of contributions, earnings (multiples of the average wage) and year of
        retirement; `pension at retirement` is a year of all pensions before taxes, `replacement rate` the pension over
        the earnings of the last year, `career replacement rate` over the mean of the career in prices of that year.
        NaN where no pension is due.
    """
    dims = [dim for dim in KEYS if dim in found.dims]
    arrays = {label: found[name].drop_attrs() for label, (_, name) in CAREERS.items()}
    whole = xr.Dataset(dict(zip(arrays, xr.broadcast(*arrays.values()), strict=True)))
    table = whole.to_dataframe(dim_order=dims)[list(arrays)]
    table.index.names = [KEYS[dim] for dim in dims]
    return with_units(table, {label: units for label, (units, _) in CAREERS.items()})
