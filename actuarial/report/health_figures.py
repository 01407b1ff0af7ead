"""Numbers behind the figures of a health valuation, as DataFrames."""

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.errors import BadInput
from actuarial.report.columns import by_year, split, with_units
from actuarial.report.health_tables import MONEY, PER_MEMBER, needed, sources
from actuarial.translation import few


def cost_by_age(result: xr.Dataset, year: int) -> pd.DataFrame:
    """Cost of services for each member by age in one year, before patients pay their part.

    Parameters
    ----------
    result : Dataset of `project_health`
    year : one of its years

    Returns
    -------
    DataFrame
        Indexed by age, or by scenario and age, columns male, female and total, currency/person/year; NaN at ages
        without members.

    Raises
    ------
    BadInput
        A year that the result does not have.
    MissingVariable

    Examples
    --------
    cost_by_age(result, 2030)["total"]
    """
    needed(result, "provider_cost", "health_members")
    known = result["year"].values
    if year not in known:
        raise BadInput(f"year: {year} is not in the result, which has {known[0]} to {known[-1]}.")
    spent = result["provider_cost"].sel(year=year, drop=True).sum(["service_type", "health_group"])
    heads = result["health_members"].sel(year=year, drop=True).sum("health_group")
    both = spent.sum("sex") / heads.sum("sex").where(heads.sum("sex") > 0)
    by_sex = spent / heads.where(heads > 0)
    parts = {str(sex): by_sex.sel(sex=sex, drop=True) for sex in by_sex["sex"].values} | {"total": both}
    together = xr.broadcast(*(part.drop_attrs() for part in parts.values()))
    table = pd.DataFrame({n: part.transpose(..., "age").to_series() for n, part in zip(parts, together, strict=True)})
    return with_units(table, dict.fromkeys(parts, PER_MEMBER))


def shares_of_services(result: xr.Dataset, gdp: xr.DataArray | None = None) -> pd.DataFrame:
    """Share of every service in the expenditure on services by year, or its share of `gdp` (year); fraction."""
    needed(result, "health_expenditure")
    spent = result["health_expenditure"].sum("health_group")
    return by_year(split(_share(spent, "service_type", gdp), "service_type", "fraction"))


def shares_of_groups(result: xr.Dataset, gdp: xr.DataArray | None = None) -> pd.DataFrame:
    """Share of every group in the expenditure on services by year, or its share of `gdp` (year); fraction."""
    needed(result, "health_expenditure")
    spent = result["health_expenditure"].sum("service_type")
    return by_year(split(_share(spent, "health_group", gdp), "health_group", "fraction"))


def sources_of_finance(result: xr.Dataset) -> pd.DataFrame:
    """Income by who pays it, and interest, currency/year; their sum is total income."""
    needed(result, "contribution_income", "investment_income")
    return by_year({**sources(result), "interest": (MONEY, result["investment_income"])})


def growth_by_factor(growth: xr.Dataset) -> pd.DataFrame:
    """Change of expenditure on services from the year before, by factor; currency/year.

    Parameters
    ----------
    growth : Dataset of `decompose_health_expenditure`, year by year

    Returns
    -------
    DataFrame
        Indexed by year, or by scenario and year; one column per factor and `total`, which is their sum.

    Raises
    ------
    BadInput
        A decomposition of the change between two years only.

    Examples
    --------
    growth_by_factor(decompose_health_expenditure(result, basis)).loc[2030:]
    """
    if "year" not in growth.dims:
        raise BadInput(
            "growth: the decomposition is that of two years, which has no path.\n"
            "  Leave from_year and to_year out of decompose_health_expenditure."
        )
    summed = growth.sum(["service_type", "health_group"])
    parts, total = summed["health_growth"], summed["health_growth_total"]
    return by_year({**split(parts, "factor", MONEY), "total": (MONEY, total)})


def shares_of_sources(result: xr.Dataset) -> pd.DataFrame:
    """Share of every source, interest among them, in total income by year, fraction; NaN without income."""
    money = sources_of_finance(result)
    total = money.sum(axis=1)
    return with_units(money.div(total.where(total > 0), axis=0), dict.fromkeys(map(str, money.columns), "fraction"))


def growth_rates(growth: xr.Dataset, result: xr.Dataset, period: int = 1) -> pd.DataFrame:
    """Growth of expenditure on services over the year before, by factor, as means of periods; fraction a year.

    Parameters
    ----------
    growth : Dataset of `decompose_health_expenditure`, year by year, of one scenario
    result : Dataset that it decomposes
    period : years of a period; the last one may be shorter

    Returns
    -------
    DataFrame
        Indexed by period, such as `2027` or `2027-2036`; one column per factor and `total`, which is their sum and the
        mean of the yearly rates of growth. A year after one without expenditure counts in no mean.

    Raises
    ------
    BadInput
        A decomposition of two years only, a period of less than a year.

    Examples
    --------
    growth_rates(decompose_health_expenditure(result, basis), result, period=10)
    """
    needed(result, "health_expenditure")
    if period < 1:
        raise BadInput(f"period: it is counted in years, from 1 (got {period}).")
    change = growth_by_factor(growth)
    before = result["health_expenditure"].sum(["service_type", "health_group"]).to_series().shift()
    rates = change.div(before.where(before > 0).reindex(change.index), axis=0)
    years = change.index.to_numpy()
    first = years[0] + period * ((years - years[0]) // period)
    last = np.minimum(first + period - 1, years[-1])
    labels = [f"{begin}" if begin == end else f"{begin}-{end}" for begin, end in zip(first, last, strict=True)]
    means = rates.groupby(pd.Index(labels, name="period"), sort=False).mean()
    return with_units(means, dict.fromkeys(map(str, means.columns), "1/year"))


def _share(array: xr.DataArray, dim: str, gdp: xr.DataArray | None) -> xr.DataArray:
    """Over the sum along a dim, or over the gross domestic product of the same years."""
    if gdp is None:
        total = array.sum(dim)
    else:
        years = array["year"].values
        absent = [year for year in years if year not in gdp["year"].values]
        if absent:
            raise BadInput(f"gdp: it lacks {len(absent)} of the {len(years)} years of the result, {few(absent)}.")
        total = gdp.sel(year=years).drop_attrs()
    return array / total.where(total > 0)
