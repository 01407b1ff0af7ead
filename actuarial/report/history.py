"""Years before the projection, and audited years within it, in the tables of a result."""

import numpy as np
import xarray as xr

from actuarial.audited import BY_BENEFIT
from actuarial.quick import without_attrs

HISTORY, AUDITED, PROJECTED = "accounts", "audited", "projected"


def marks(result: xr.Dataset) -> xr.DataArray | None:
    """What the figures of each year are: `accounts` before the projection, `audited` or `projected` within it.

    None where the result holds nothing but projected years.
    """
    years = past_years(result)
    replaced = result["audited"].values > 0 if "audited" in result else np.zeros(result.sizes["year"], dtype=bool)
    if not years and not replaced.any():
        return None
    words = [HISTORY] * len(years) + [AUDITED if one else PROJECTED for one in replaced]
    return xr.DataArray(words, dims="year", coords={"year": [*years, *map(int, result["year"].values)]})


def past_years(result: xr.Dataset) -> list[int]:
    """Years of the audited accounts that lie before the projection."""
    if "audited_accounts" not in result:
        return []
    first = int(result["year"][0])
    return [int(year) for year in result["audited_accounts"]["account_year"].values if int(year) < first]


def with_past(result: xr.Dataset, value: xr.DataArray, *lines: str) -> xr.DataArray:
    """Projected values of a line with those of the past before them, NaN where the accounts do not hold them.

    Of several lines the accounts must hold all, since their sum is meant.
    """
    years = past_years(result)
    if not years:
        return value
    given = result["audited_accounts"]
    known = [str(line) for line in given["account_line"].values]
    past = xr.DataArray(np.full(len(years), np.nan), dims="year", coords={"year": years})
    if lines and all(line in known for line in lines):
        sums = given.sel(account_line=list(lines), account_year=years).sum("account_line", skipna=False)
        past = sums.rename(account_year="year")
    if "scenario" in value.dims and "scenario" not in past.dims:
        past = past.expand_dims(scenario=value["scenario"])
    return xr.concat([without_attrs(past), without_attrs(value)], dim="year").transpose(*value.dims)


def benefit_lines(result: xr.Dataset) -> tuple[str, ...]:
    """Lines of the accounts that are the expenditure on the benefits of the result."""
    return tuple(f"{BY_BENEFIT}{name}" for name in result["benefit"].values)
