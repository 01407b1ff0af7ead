"""Accounting identities of a population by groups: whoever leaves a group dies, emigrates or joins another one."""

import xarray as xr

from actuarial.check.identities import identity
from actuarial.check.population import check_population, migrants_at_start, one_year_older, stock_before


def check_population_groups(population: xr.Dataset, basis: xr.Dataset) -> None:
    """The groups roll forward along every cohort, transfers lose nobody, and the groups add up to the population.

    Parameters
    ----------
    population : Dataset
        As `demography.project_groups` returns it.
    basis : Dataset
        `population_0` (group, sex, age) and `net_migration` (year, group, sex, age), persons.

    Raises
    ------
    IdentityFailed
        An identity fails by more than 1e-9 of the persons concerned.

    Notes
    -----
    With T+ and T- those who join and leave a group, the others as in `check_population`::

        N_t[g, x] = N_{t-1}[g, x-1] + s M[g, x-1] - D[g, x] + (1-s) M[g, x] + T+[g, x] - T-[g, x]
        sum over g of (T+ - T-) = 0, in every year, sex and age

    and the sums over the groups meet `check_population`.

    References
    ----------
    .. [1] Rogers, A. (1995), Multiregional demography: principles, methods and extensions, Wiley, chapter 4.
    """
    share = migrants_at_start(population.attrs.get("migration"))
    after, moved = population["population"], basis["net_migration"]
    came, left = population["population_transfers_in"], population["population_transfers_out"]
    before = stock_before(after, basis["population_0"])
    born = population["births"].sum("age") * (after["age"] == 0)
    net = (came - left).sum("group")
    identity("Who changes the group of the population leaves one and joins another", net, 0.0 * net, came.sum("group"))
    identity(
        "Persons of a group and age are the cohort of the year before less deaths, plus migrants and transfers",
        after,
        one_year_older(before + share * moved) + born - population["deaths"] + (1.0 - share) * moved + came - left,
        one_year_older(before + share * abs(moved)) + born + abs(moved) + came + left,
    )
    persons = ["population", "population_midyear", "births", "deaths"]
    totals = basis[["population_0", "net_migration"]].sum("group")
    check_population(population[persons].sum("group", keep_attrs=True), totals)
