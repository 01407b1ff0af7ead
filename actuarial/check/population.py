"""Accounting identities of the population: nobody appears or vanishes but by birth, death or migration."""

import numpy as np
import xarray as xr

from actuarial.check.identities import identity
from actuarial.check.period import first_period, year_fraction
from actuarial.check.variables import require
from actuarial.errors import BadBasis, BadInput
from actuarial.quick import alike, like
from actuarial.translation import Told

MIGRANTS_AT_START = {"end": 0.0, "even": 0.5, "start": 1.0}
"""Share of the net migrants of a year who move at its start, by the word for the timing; the others move at its end."""


def check_population(population: xr.Dataset, basis: xr.Dataset) -> None:
    """The population rolls forward, in total by sex and along every cohort, in every scenario.

    Parameters
    ----------
    population : Dataset
        As `demography.project_population` returns it; its attribute `migration` names the timing of the migrants.
    basis : Dataset
        `population_0` (sex, age) and `net_migration` (year, sex, age), persons; with a valuation date inside the year
        `newborn_0` (sex).

    Raises
    ------
    IdentityFailed
        An identity fails by more than 1e-9 of the persons concerned.
    BadInput
        The attribute `migration` is missing or another word.

    Notes
    -----
    With M the net migrants and s the share of them who move at the start of the year, each sex by itself::

        sum_x N_t[x] = sum_x N_{t-1}[x] + sum_x B_t[x] - sum_x D_t[x] + sum_x M_t[x]
        N_t[0] = sum_x B_t[x] - D_t[0] + (1-s) M_t[0]
        N_t[x] = N_{t-1}[x-1] + s M_t[x-1] - D_t[x] + (1-s) M_t[x], the open age from the last two ages
        mid-year stock = (N_{t-1} + N_t) / 2

    In a first period of the fraction phi of a year M is phi times that of the year, those born in the year before the
    valuation date are added at age 0, and the mean population is phi/2 N_{t-1} + (1 - phi/2) N_t.

    References
    ----------
    .. [1] Preston, S. H., Heuveline, P., Guillot, M. (2001), Demography, Blackwell, chapters 1 and 6.
    """
    require(population, "population", "population_midyear", "births", "deaths")
    require(basis, "population_0", "net_migration")
    share = migrants_at_start(population.attrs.get("migration"))
    length = year_fraction(basis)
    after, deaths, moved = population["population"], population["deaths"], basis["net_migration"] * length
    before = stock_before(after, basis["population_0"])
    born = population["births"].sum("age")
    infants = newborn_0(basis) * (length["year"] == length["year"][0])
    totals = [array.sum("age") for array in (before, deaths, moved)]
    identity(
        "Population by sex is that of the year before plus births, less deaths, plus net migration",
        after.sum("age"),
        totals[0] + born + infants - totals[1] + totals[2],
        totals[0] + born + infants + abs(moved).sum("age"),
    )
    reached = one_year_older(before + share * moved) + _newborn(born + infants, after)
    identity(
        "Population by age is the cohort of the year before (at age 0 the births) less deaths plus net migration",
        after,
        reached - deaths + (1.0 - share) * moved,
        one_year_older(before + share * abs(moved)) + _newborn(born + infants, after) + abs(moved),
    )
    mean = mean_population(before, after, length)
    identity("Population on 1 July is the mean of two 31 December stocks", population["population_midyear"], mean, mean)


def mean_population(before: xr.DataArray, after: xr.DataArray, length: xr.DataArray) -> xr.DataArray:
    """Mean population of every period by age: the mean of two 31 December stocks in a whole year.

    In the last part phi of a year whoever is x at its end has been x for more of the time: phi/2 N' + (1 - phi/2) N.
    """
    weight = 0.5 * length
    return (weight * before + (1.0 - weight) * after).transpose(*after.dims)


def newborn_0(basis: xr.Dataset) -> xr.DataArray:
    """Persons born in the first projected year before the valuation date (sex); none where it begins with a year.

    Raises
    ------
    MissingVariable
        The date lies inside the year, and the basis does not say how many they are.
    BadBasis
        There are some, although the date is the last day of a year.
    """
    if first_period(basis) < 1.0:
        require(basis, "newborn_0")
    elif "newborn_0" in basis and bool((basis["newborn_0"] != 0).any()):
        raise BadBasis(
            Told(
                "newborn_0: nobody is born between the valuation date {valuation_date} and the first "
                "projected year.\n"
                "  Leave it out, or state a valuation_date inside the first year.",
                valuation_date=basis.attrs.get("valuation_date", ""),
            )
        )
    else:
        return xr.DataArray(0.0)
    return basis["newborn_0"].drop_attrs()


def migrants_at_start(timing: object) -> float:
    """Share of the migrants who move at the start of the year; BadInput where the word is not known."""
    if not isinstance(timing, str) or timing not in MIGRANTS_AT_START:
        words = ", ".join(f'"{word}"' for word in MIGRANTS_AT_START)
        raise BadInput(
            Told(
                "migration: {timing!r} is not a timing of the migrants; write one of {words}.",
                timing=timing,
                words=words,
            )
        )
    return MIGRANTS_AT_START[timing]


def stock_before(stock: xr.DataArray, stock_0: xr.DataArray) -> xr.DataArray:
    """The stock on 31 December of the year before each year, from the stocks and the one before the first year."""
    sizes = {dim: size for dim, size in stock.sizes.items() if dim != "year"}
    axis = stock.get_axis_num("year")
    before = np.empty(stock.shape)
    by_year = np.moveaxis(before, axis, 0)
    first = stock_0 if alike(stock_0, stock) else stock_0.reindex_like(stock, copy=False)
    by_year[0] = first.variable.set_dims(sizes).values
    by_year[1:] = np.moveaxis(stock.values, axis, 0)[:-1]
    return like(stock, before)


def first_year(basis: xr.Dataset, name: str) -> xr.DataArray:
    """A variable of a basis in the first projected year."""
    return basis[name].isel(year=0, drop=True) if "year" in basis[name].dims else basis[name]


def employed_before(basis: xr.Dataset) -> xr.DataArray:
    """Employed on the valuation date at the rates of the first projected year (sex, age), persons."""
    working = basis["population_0"] * first_year(basis, "participation_rate")
    return working * (1.0 - first_year(basis, "unemployment_rate"))


def one_year_older(stock: xr.DataArray) -> xr.DataArray:
    """A stock by the age a year later if all live: nobody at age 0, the last two ages together in the open age."""
    by_age = np.moveaxis(stock.values, stock.get_axis_num("age"), -1)
    older = np.zeros(by_age.shape)
    older[..., 1:] = by_age[..., :-1]
    older[..., -1] += by_age[..., -1]
    return like(stock, np.moveaxis(older, -1, stock.get_axis_num("age")))


def _newborn(born: xr.DataArray, stock: xr.DataArray) -> xr.DataArray:
    """Births of the year at age 0, nobody at the other ages."""
    return born * (stock["age"] == 0)
