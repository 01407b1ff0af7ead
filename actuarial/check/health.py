"""Identities of a health projection: members, cost of services, payments, income by group."""

from typing import Any

import numpy as np

from actuarial.check.identities import identity
from actuarial.check.population import stock_before
from actuarial.check.variables import require
from actuarial.quick import like, quick_set

GROUPS = "health_group"


def check_membership(membership: Any, population: Any, basis: Any, remainder: str | None = None) -> None:
    """Nobody is a member twice, and with a remainder everybody is somewhere.

    Parameters
    ----------
    membership : Dataset of `project_membership`
    population : Dataset of `project_population`
    basis : Dataset with `population_0`
    remainder : name of the group of all who are members of no other group, where there is one

    Raises
    ------
    IdentityFailed
        A year, sex and age has more members than people, or the members of other groups and the remainder are not the
        population.

    Notes
    -----
    sum over the other groups of H_t + (U_{t-1} + U_t)/2 = (N_{t-1} + N_t)/2, with U the remainder on 31 December; on
    the valuation date U_0 = N_0 less the enrolled of the other groups.
    """
    require(membership, "health_eligible", "health_members", "health_members_0")
    membership, population, basis = quick_set(membership), quick_set(population), quick_set(basis)
    people = population["population"]
    mean = _mean(people, basis["population_0"])
    members = membership["health_members"]
    total = members.sum(GROUPS)
    least = total.where(total < mean, mean)
    identity("Members of all groups are at most the population", total, least, mean)
    if remainder is None:
        return
    others = [name for name in members[GROUPS].values if name != remainder]
    opening = basis["population_0"] - membership["health_members_0"].sel({GROUPS: others}).sum(GROUPS)
    rest = membership["health_eligible"].sel({GROUPS: remainder}, drop=True)
    inside = members.sel({GROUPS: others}).sum(GROUPS)
    total = inside + _mean(rest, opening)
    identity("Members of the groups and the remainder are the population", total, mean, mean)


def _mean(stock: Any, opening: Any) -> Any:
    """Mean of the stocks on 31 December of each year and of the year before."""
    dims = [dim for dim in stock.dims if dim != "year"]
    first = opening.broadcast_like(stock.isel(year=0, drop=True)).transpose(*dims).values
    year = stock.get_axis_num("year")
    earlier = np.delete(stock.values, -1, axis=year)
    before = np.concatenate([np.expand_dims(first, year), earlier], axis=year)
    return like(stock, 0.5 * (before + stock.values))


def check_health_cost(cost: Any, contacts: Any) -> None:
    """Expenditure is what providers are due less what patients pay, which is their share unless a ceiling spares them.

    Parameters
    ----------
    cost : Dataset of `project_health_cost`
    contacts : Dataset of `project_use`

    Raises
    ------
    IdentityFailed
    """
    require(cost, "provider_cost", "out_of_pocket", "health_expenditure", "ceiling_relief")
    cost, contacts = quick_set(cost), quick_set(contacts)
    due = _of_all_people(cost["provider_cost"])
    left = due - cost["out_of_pocket"]
    identity("Expenditure on a service is what providers are due less what patients pay",
             left, cost["health_expenditure"], due)  # fmt: skip
    price = _of_all_people(contacts["contacts"]) * contacts["unit_cost"]
    shares = (price * (1.0 - contacts["paid_share"])).sum("service_type")
    paid = cost["out_of_pocket"].sum("service_type") + cost["ceiling_relief"]
    identity("What patients pay and are spared is their share of the reference cost of contacts",
             paid, shares, price.sum("service_type"))  # fmt: skip


def _of_all_people(cells: Any) -> Any:
    """Sum over sexes and ages; what is not known in one cell is not known of all."""
    return cells.sum(["sex", "age"], skipna=False)


def check_health_finance(finance: Any, cost: Any, cash: Any, basis: Any) -> None:
    """Claims roll forward from what is incurred and paid, cash benefits and income by group are those of the totals.

    Parameters
    ----------
    finance : Dataset of `project_health_finance`
    cost : Dataset of `project_health_cost`
    cash : Dataset of `project_cash`
    basis : Dataset, with `claims_outstanding_0` where there are any

    Raises
    ------
    IdentityFailed

    Notes
    -----
    outstanding_t = outstanding_{t-1} + incurred_t - paid_t, with incurred the sum over services and groups
    """
    finance, cost, cash, basis = (quick_set(given) for given in (finance, cost, cash, basis))
    incurred = cost["health_expenditure"].sum(["service_type", GROUPS])
    opening = basis["claims_outstanding_0"] if "claims_outstanding_0" in basis else 0.0 * finance["reserve_0"]
    after = finance["claims_outstanding"]
    before = stock_before(after, opening)
    left = before + incurred - finance["service_expenditure"]
    identity("Claims outstanding are those of the year before plus what is incurred, less what is paid",
             after, left, before + incurred)  # fmt: skip
    paid = cash["cash_expenditure"].sum(["benefit", GROUPS])
    identity("Cash benefits are those of all groups and kinds", paid, finance["cash_benefits"], paid)
    lines = finance["contribution_income"]
    size = abs(finance["contribution_by_group"]).sum(GROUPS)
    identity("Income of a line is that of its groups", finance["contribution_by_group"].sum(GROUPS), lines, size)


def check_cross_subsidy(values: Any, finance: Any, cost: Any, cash: Any) -> None:
    """What a group gives is its surplus, what it receives at most its deficit.

    Parameters
    ----------
    values : Dataset of `value_health`
    finance, cost, cash : Datasets of `project_health_finance`, `project_health_cost`, `project_cash`

    Raises
    ------
    IdentityFailed
    """
    values, finance, cost, cash = (quick_set(given) for given in (values, finance, cost, cash))
    income = finance["contribution_by_group"].sum("contribution")
    spent = cost["health_expenditure"].sum("service_type") + cash["cash_expenditure"].sum("benefit")
    net, size = income - spent, abs(income) + spent
    given = values["cross_subsidy"].sum("receiving_group")
    identity("What a group gives is its surplus", given, net.where(net > 0, 0.0), size)
