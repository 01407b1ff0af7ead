"""A basis beyond its last year: the assumptions of that year stay, and the law goes on by its dates."""

import numpy as np
import xarray as xr

from actuarial.errors import BadInput
from actuarial.labour.packing import members_0
from actuarial.valuation.series import is_whole
from actuarial.vocabulary import variable, variables

BEYOND = 20
"""Years after the youngest member has reached the last age: members of the open age, and younger survivors."""

LONGEST = 500
"""Years by which a basis is prolonged at most; whoever is born on its last day is dead long before."""


def prolong(basis: xr.Dataset, last_year: int) -> xr.Dataset:
    """Prolong the projected years of a basis.

    Parameters
    ----------
    basis : Dataset over `year`
        Assumptions and base-year stocks; with or without scenarios.
    last_year : int
        New last year, not before the last year of the basis.

    Returns
    -------
    Dataset
        The same basis with more years. Rates, shares and numbers of persons of the last year stay (mortality and
        fertility too); an amount of money by year, such as `gdp`, goes on growing as in the last year, a_t =
        a_{t-1} a_T/a_{T-1}. Numbers of the law are not part of a basis: they go on by their dates.

    Raises
    ------
    BadInput
        A year before the last one, or no years at all.

    Notes
    -----
    A closed group runs off in as many years as its youngest member needs to reach the last age, which is longer than
    the period over which assumptions are usually stated.

    References
    ----------
    .. [1] Iyer, S. (1999), Actuarial mathematics of social security pensions, International Labour Office, chapter 1.

    Examples
    --------
    >>> basis = xr.Dataset({"wage_growth": ("year", [0.04, 0.03]), "gdp": ("year", [100.0, 110.0])},
    ...                    {"year": [2025, 2026]})
    >>> longer = prolong(basis, 2028)
    >>> longer.wage_growth.values.tolist(), longer.gdp.values.round(2).tolist()
    ([0.04, 0.03, 0.03, 0.03], [100.0, 110.0, 121.0, 133.1])
    """
    if "year" not in basis.dims:
        raise BadInput("prolong: the basis has no years.")
    end = int(basis["year"][-1])
    if not is_whole(last_year) or last_year < end:
        raise BadInput(f"prolong: {last_year} is no year from {end} on, the last year of the basis.")
    if last_year > end + LONGEST:
        raise BadInput(f"prolong: {last_year} is more than {LONGEST} years after {end}, the last year of the basis.")
    if last_year == end:
        return basis
    years = np.arange(int(basis["year"][0]), int(last_year) + 1)
    longer = basis.reindex(year=years, method="ffill")
    money = [name for name in basis.data_vars if _is_money(basis, name)]
    return longer.assign({name: _grown(basis[name], longer[name]) for name in money})


def _is_money(basis: xr.Dataset, name: object) -> bool:
    known = str(name) in variables() and variable(str(name)).units.startswith("currency")
    return known and "year" in basis[name].dims and basis.sizes["year"] > 1


def _grown(given: xr.DataArray, longer: xr.DataArray) -> xr.DataArray:
    """Amounts that go on growing as from the last but one year of `given` to its last."""
    before, last = given.isel(year=-2, drop=True), given.isel(year=-1, drop=True)
    growth = (last / before.where(before != 0)).fillna(1.0)
    beyond = (longer["year"] - int(given["year"][-1])).clip(min=0)
    return (longer * growth**beyond).transpose(*given.dims).assign_attrs(given.attrs)


def run_off_year(basis: xr.Dataset) -> int:
    """Year after which hardly any member of the valuation date is left, see `last_claim`."""
    stock = members_0(basis)
    return last_claim(basis, (stock > 0).any([dim for dim in stock.dims if dim != "age"]), 0)


def last_claim(basis: xr.Dataset, someone: xr.DataArray, elapsed: int) -> int:
    """Year after which hardly anybody is left of those whose ages are marked, or of their survivors.

    That is `BEYOND` years after the youngest of them, `elapsed` years after the valuation date, reaches the last age,
    which is open; not before the end of the basis.
    """
    ages, end = basis["age"].values, int(basis["year"][-1])
    if not bool(someone.any()):
        return end
    youngest = int(ages[np.argmax(someone.values)])
    return max(end, int(basis["year"][0]) - 1 + elapsed + int(ages[-1]) - youngest + BEYOND)
