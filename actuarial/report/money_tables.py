"""The financial table in constant prices, in per cent of the insurable payroll and of the gross domestic product."""

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.check.period import year_fraction
from actuarial.report.columns import needed, noted
from actuarial.report.tables import financial_table
from actuarial.translation import N_

MONEY = ("currency/year", "currency")


def constant_prices_table(
    result: xr.Dataset, basis: xr.Dataset, *, financial: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Income, outgo and reserve of the projected years in the prices of the year before the projection.

    Parameters
    ----------
    result : Dataset of `actuarial.project`
    basis : Dataset with `inflation` (1/year by year)
    financial : DataFrame of `financial_table`, optional, where it has been made already

    Returns
    -------
    DataFrame
        The money of `financial_table` over (1 + i_1) ... (1 + i_t), i the growth of prices of the projected years up
        to that of the row, the reserve as well. Rates are left out: they are those of current prices. The attribute
        `note` says which prices.

    Raises
    ------
    MissingVariable
    """
    needed(basis, "inflation", of="the basis")
    table = _projected(_money(_whole(result, financial)), result)
    prices = (1.0 + basis["inflation"]).cumprod("year")
    real = _over(table, prices)
    text = N_("In prices of {year}, by the growth of prices of the basis.")
    return noted(real, text, before=True, year=int(result["year"][0]) - 1)


def payroll_share_table(result: xr.Dataset, *, financial: pd.DataFrame | None = None) -> pd.DataFrame:
    """Income, outgo and reserve as shares of the insurable earnings of the year.

    Parameters
    ----------
    result : Dataset of `actuarial.project`
    financial : DataFrame of `financial_table`, optional, where it has been made already

    Returns
    -------
    DataFrame
        The money of `financial_table` over its insurable payroll, fractions; NaN in years without a payroll.

    Raises
    ------
    MissingVariable
    """
    whole = _whole(result, financial)
    payroll = whole["insurable payroll"]
    return _share(_money(whole).drop(columns="insurable payroll"), payroll.where(payroll > 0).to_numpy())


def gdp_share_table(
    result: xr.Dataset, basis: xr.Dataset, *, financial: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Income, outgo and reserve of the projected years as shares of the gross domestic product of the year.

    Parameters
    ----------
    result : Dataset of `actuarial.project`
    basis : Dataset with `gdp` (currency/year, of whole years)
    financial : DataFrame of `financial_table`, optional, where it has been made already

    Returns
    -------
    DataFrame
        The money of `financial_table` over the product, fractions. Where the first year is a part of one, its flows
        are compared with that part of the product, and the reserve with the product of the whole year.

    Raises
    ------
    MissingVariable
    """
    needed(basis, "gdp", of="the basis")
    table = _projected(_money(_whole(result, financial)), result)
    product, units = basis["gdp"], table.attrs["units"]
    whole = _share(table, _along(table, product.where(product > 0)))
    flows = [column for column in table.columns if units[column] == "currency/year"]
    whole[flows] = whole[flows].div(_along(table, year_fraction(basis) * xr.ones_like(product)), axis=0)
    return whole


def _whole(result: xr.Dataset, financial: pd.DataFrame | None) -> pd.DataFrame:
    return financial_table(result) if financial is None else financial


def _money(table: pd.DataFrame) -> pd.DataFrame:
    """The columns of a table that are money, and the one that tells audited years apart."""
    units = table.attrs["units"]
    kept = [column for column in table.columns if units[column] in MONEY or column == "figures"]
    part = table[kept].copy()
    part.attrs = table.attrs | {"units": {column: units[column] for column in kept}}
    return part


def _projected(table: pd.DataFrame, result: xr.Dataset) -> pd.DataFrame:
    """The rows of a table that are years of the projection."""
    part = table[table.index.get_level_values("year").isin(result["year"].values)].copy()
    part.attrs = table.attrs
    return part


def _along(table: pd.DataFrame, array: xr.DataArray) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Values of an array by year, or by scenario and year, in the rows of a table."""
    keys = [key for key in table.index.names if key in array.dims]
    rows = table.index if len(keys) > 1 else table.index.get_level_values("year")
    return array.transpose(*keys).to_series().reindex(rows).to_numpy()


def _over(table: pd.DataFrame, by: xr.DataArray) -> pd.DataFrame:
    """Every figure of a table over the value of its row."""
    return _divided(table, _along(table, by), table.attrs["units"])


def _share(table: pd.DataFrame, by: "np.ndarray[Any, np.dtype[np.float64]]") -> pd.DataFrame:
    """Every figure of a table over the value of its row, as fractions."""
    units = {column: "" if column == "figures" else "fraction" for column in table.columns}
    return _divided(table, by, units)


def _divided(
    table: pd.DataFrame, by: "np.ndarray[Any, np.dtype[np.float64]]", units: dict[str, str]
) -> pd.DataFrame:
    figures = [column for column in table.columns if column != "figures"]
    part = table.copy()
    part[figures] = table[figures].div(by, axis=0)
    part.attrs = table.attrs | {"units": units}
    return part
