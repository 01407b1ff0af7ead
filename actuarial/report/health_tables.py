"""Tables of a health valuation as DataFrames: members, use, prices, expenditure, finance, calibration, key results."""

from typing import Any

import pandas as pd
import xarray as xr

from actuarial.health.scheme import PAYERS
from actuarial.report import columns
from actuarial.report.columns import by_year, split, with_units
from actuarial.report.tables import CRITICAL, decades, figure_rows, stations

MONEY, PERSONS = "currency/year", "persons"
PER_MEMBER, PER_THOUSAND = "currency/person/year", "per 1,000 members"
BODY = ["sex", "age"]
PAID_BY = {
    "member": "members",
    "employer": "employers",
    "pensioner": "pensioners",
    "state": "state",
    "donor": "donors",
    "other": "others",
}
RATES = {
    "payg_cost_rate": "PAYG cost rate",
    "payg_rate_with_reserve": "PAYG cost rate with the reserve of the law",
    "contribution_rate": "contribution rate",
    "loss_ratio": "benefits over contributions",
    "out_of_pocket_share": "share that patients pay",
}
OF_EARNINGS = ("payg_cost_rate", "payg_rate_with_reserve", "contribution_rate")
TO_ECONOMY = {
    "outgo_to_gdp": "outgo over gross domestic product",
    "state_income_to_government": "paid by the State over its expenditure",
}


def needed(result: xr.Dataset, *names: str) -> None:
    """Raise MissingVariable, naming what a table needs and a result lacks."""
    columns.needed(result, *names, of="actuarial.project_health")


def with_members(result: xr.Dataset, value: xr.DataArray) -> xr.DataArray:
    """The groups of a variable that have members in some year; the uninsured, for example, have none."""
    heads = result["health_members"].sum([dim for dim in result["health_members"].dims if dim != "health_group"])
    return value.sel(health_group=heads["health_group"].values[(heads > 0).values])


def members_table(result: xr.Dataset, basis: xr.Dataset | None = None) -> pd.DataFrame:
    """Members by group: means of the year.

    Parameters
    ----------
    result : Dataset of `project_health`
    basis : Dataset with `population_0`, optional
        Adds the mean population of the year and the share of it that is covered.

    Returns
    -------
    DataFrame
        Indexed by year, or by scenario and year; persons, one column per group that ever has members, and their total.

    Raises
    ------
    MissingVariable

    Examples
    --------
    members_table(result, basis).loc[[2030, 2050]]
    """
    needed(result, "health_members", "population")
    members = result["health_members"].sum(BODY)
    total = members.sum("health_group")
    groups = split(with_members(result, members), "health_group", PERSONS, ("total members", "population", "coverage"))
    shown = {**groups, "total members": (PERSONS, total)}
    if basis is not None:
        columns.needed(basis, "population_0")
        people = mean_population(result["population"], basis["population_0"])
        shown |= {"population": (PERSONS, people), "coverage": ("fraction", total / people)}
    return by_year(shown)


def mean_population(population: xr.DataArray, opening: xr.DataArray) -> xr.DataArray:
    """Mean of the population at the beginning and at the end of each year (scenario, year), persons."""
    later, first = population.sum(BODY).drop_attrs(), opening.sum(BODY).drop_attrs()
    before = later.shift(year=1)
    return 0.5 * (later + before.where(later["year"] > later["year"][0], first))


def contacts_table(result: xr.Dataset) -> pd.DataFrame:
    """Contacts per 1,000 members of all groups by year, one column per service; NaN without members."""
    needed(result, "contacts", "health_members")
    heads = result["health_members"].sum(["health_group", *BODY])
    rate = 1000.0 * result["contacts"].sum(["health_group", *BODY]) / heads.where(heads > 0)
    return by_year(split(rate, "service_type", PER_THOUSAND))


def unit_cost_table(result: xr.Dataset) -> pd.DataFrame:
    """Mean reference cost of a contact, groups weighted by contacts, one column per service; NaN without contacts."""
    needed(result, "contacts", "unit_cost")
    weight = result["contacts"].sum(BODY)
    total = weight.sum("health_group")
    mean = (weight * result["unit_cost"]).sum("health_group") / total.where(total > 0)
    return by_year(split(mean, "service_type", "currency/contact"))


def expenditure_by_service(result: xr.Dataset) -> pd.DataFrame:
    """Expenditure incurred by service, cash benefits by kind, their total, and what patients pay; currency/year."""
    needed(result, "health_expenditure", "cash_expenditure", "out_of_pocket")
    services = result["health_expenditure"].sum("health_group")
    cash = result["cash_expenditure"].sum("health_group")
    all_services = services.sum("service_type")
    own = ("all services", "services and cash benefits", "paid by patients")
    shown = {**split(services, "service_type", MONEY, own), "all services": (MONEY, all_services)}
    shown |= split(cash, "benefit", MONEY, (*own, *shown))
    shown["services and cash benefits"] = (MONEY, all_services + cash.sum("benefit"))
    shown["paid by patients"] = (MONEY, result["out_of_pocket"].sum(["service_type", "health_group"]))
    return by_year(shown)


def expenditure_by_group(result: xr.Dataset) -> pd.DataFrame:
    """Expenditure incurred on services and cash benefits by group with members and in all, currency/year."""
    needed(result, "health_expenditure", "cash_expenditure", "health_members")
    spent = result["health_expenditure"].sum("service_type") + result["cash_expenditure"].sum("benefit")
    by_group = split(with_members(result, spent), "health_group", MONEY, ("total",))
    return by_year({**by_group, "total": (MONEY, spent.sum("health_group"))})


def cost_per_member_table(result: xr.Dataset) -> pd.DataFrame:
    """Benefits incurred and income for each member by group, currency/person/year; NaN where a group has no members."""
    needed(result, "cost_per_member", "contribution_per_member", "health_members")
    cost, income = (
        split(with_members(result, result[name]), "health_group", PER_MEMBER)
        for name in ("cost_per_member", "contribution_per_member")
    )
    shown = {f"cost: {name}": part for name, part in cost.items()}
    return by_year(shown | {f"income: {name}": part for name, part in income.items()})


def health_finance_table(result: xr.Dataset) -> pd.DataFrame:
    """Income by source, outgo and reserve by year.

    Parameters
    ----------
    result : Dataset of `project_health`

    Returns
    -------
    DataFrame
        Indexed by year, or by scenario and year; money in currency/year, the reserve in currency on 31 December. Total
        income is the sum of the sources and of interest, total expenditure that of services, cash benefits and
        administration, the result their difference.

    Raises
    ------
    MissingVariable

    References
    ----------
    .. [1] Cichon, M. et al. (1999), Modelling in health care finance, International Labour Office, chapter 8.
    """
    needed(result, "contribution_income", "investment_income", "total_income", "service_expenditure", "cash_benefits")
    needed(result, "administration", "outgo", "balance", "reserve", "contingency_reserve")
    shown = sources(result)
    shown |= {
        "interest": (MONEY, result["investment_income"]),
        "total income": (MONEY, result["total_income"]),
        "services paid": (MONEY, result["service_expenditure"]),
        "cash benefits": (MONEY, result["cash_benefits"]),
        "administrative": (MONEY, result["administration"]),
        "total expenditure": (MONEY, result["outgo"]),
        "result": (MONEY, result["balance"]),
        "reserve": ("currency", result["reserve"]),
        "reserve of the law": ("currency", result["contingency_reserve"]),
    }
    return by_year(shown)


def health_rates_table(result: xr.Dataset) -> pd.DataFrame:
    """Rates on earnings, the reserve in months, and shares of the economy where the basis had them, by year.

    Rates on earnings are left out for a scheme without contributions on earnings; else as `health_finance_table`.
    """
    needed(result, *RATES, "total_insurable_earnings", "reserve_months")
    shown = {"insurable earnings": (MONEY, result["total_insurable_earnings"])} if _on_earnings(result) else {}
    shown |= {label: ("fraction", result[name]) for name, label in _rates(result).items()}
    shown["reserve in months"] = ("months", result["reserve_months"])
    return by_year(shown | {label: ("fraction", result[name]) for name, label in _to_economy(result).items()})


def _on_earnings(result: xr.Dataset) -> bool:
    """Whether contributions are due on earnings in some year."""
    return bool((result["total_insurable_earnings"] > 0).any())


def _rates(result: xr.Dataset) -> dict[str, str]:
    """Rates that a scheme has, with their words."""
    return {name: label for name, label in RATES.items() if name not in OF_EARNINGS or _on_earnings(result)}


def _to_economy(result: xr.Dataset) -> dict[str, str]:
    return {name: label for name, label in TO_ECONOMY.items() if name in result}


def sources(result: xr.Dataset) -> dict[str, tuple[str, xr.DataArray]]:
    """Income by who pays it, without payers who never pay anything."""
    lines = result["contribution_income"]
    parts = {PAID_BY[payer]: lines.where(lines["payer"] == payer, 0.0).sum("contribution") for payer in PAYERS}
    return {name: (MONEY, part) for name, part in parts.items() if bool((part != 0).any())}


def calibration_table(result: xr.Dataset) -> pd.DataFrame:
    """Factors that carry unit costs to the accounts of the base year, services down, groups across.

    NaN where a group had no contacts in the base year; with scenarios the index has them first.
    """
    needed(result, "calibration_by_service", "contacts_0")
    factors = result["calibration_by_service"].where(result["contacts_0"].sum(BODY) > 0)
    keys = [dim for dim in ("scenario", "service_type") if dim in factors.dims]
    table = factors.transpose(*keys, "health_group").to_series().unstack("health_group")
    order = [str(name) for name in factors["health_group"].values]
    labels = pd.MultiIndex.from_product([factors[dim].values.tolist() for dim in keys])
    table = table.reindex(index=labels if len(keys) > 1 else labels.get_level_values(0), columns=order)
    table.index.names = [dim.removesuffix("_type") for dim in keys]
    return with_units(table.rename_axis(columns=None), dict.fromkeys(order, "factor"))


def calibration_margins(result: xr.Dataset) -> pd.DataFrame:
    """Factors that carry unit costs to the accounts of the base year, by service and by group.

    Returns
    -------
    DataFrame
        Indexed by `part` (service, group) and `name`; `factor`, `lowest` and `highest`. Of several scenarios the first.

    Notes
    -----
    factor = sum of c / sum of c/kappa over the groups of a service, or the services of a group, c the cost of the
    contacts of the base year at the unit costs of the first projected one; lowest and highest of kappa where there are
    contacts.
    """
    needed(result, "calibration_by_service", "contacts_0", "unit_cost")
    kept = _first_scenario(result[["calibration_by_service", "contacts_0", "unit_cost"]])
    contacts, factors = kept["contacts_0"].sum(BODY), kept["calibration_by_service"]
    cost = contacts * kept["unit_cost"].isel(year=0, drop=True)
    used = factors.where(cost > 0)
    tables = []
    for part, dim, other in (("service", "service_type", "health_group"), ("group", "health_group", "service_type")):
        mean = cost.sum(other) / (cost / used).sum(other).where(cost.sum(other) > 0)
        columns = {"factor": mean, "lowest": used.min(other), "highest": used.max(other)}
        table = pd.DataFrame({name: column.to_series() for name, column in columns.items()})
        table.index = pd.MultiIndex.from_product([[part], factors[dim].values.tolist()], names=["part", "name"])
        tables.append(table)
    return with_units(pd.concat(tables), dict.fromkeys(("factor", "lowest", "highest"), "factor"))


def base_year_table(result: xr.Dataset, basis: xr.Dataset) -> pd.DataFrame:
    """Accounts of the base year beside the expenditure of the first projected one, by service and by group.

    Parameters
    ----------
    result : Dataset of `project_health`; of several scenarios the first one is shown
    basis : Dataset with `expenditure_by_service_0`, `expenditure_by_group_0`, both, or none

    Returns
    -------
    DataFrame
        Indexed by `part` and `name`, currency/year; `growth` is the change from the base year (fraction, NaN over
        nothing). Empty where the basis has no accounts of services.
    """
    needed(result, "health_expenditure")
    first = _first_scenario(result["health_expenditure"]).isel(year=0)
    rows: list[tuple[str, str, float, float]] = []
    for part, dim in (("service", "service_type"), ("group", "health_group")):
        name = f"expenditure_by_{part}_0"
        if name in basis:
            given = _first_scenario(basis[name]).reindex({dim: first[dim]})
            later = first.sum([other for other in first.dims if other != dim])
            labels = [str(label) for label in first[dim].values]
            rows += zip([part] * len(labels), labels, given.values, later.values, strict=True)
    table = pd.DataFrame(rows, columns=["part", "name", "accounts of the base year", "first projected year"])
    table = table.set_index(["part", "name"]).astype(float)
    table["growth"] = table.iloc[:, 1] / table.iloc[:, 0].where(table.iloc[:, 0] > 0) - 1.0
    units = dict.fromkeys(table.columns[:2], MONEY) | {"growth": "fraction"}
    return with_units(table, units)


def _first_scenario(array: Any) -> Any:
    return array.isel(scenario=0, drop=True) if "scenario" in array.dims else array


def health_key_results(result: xr.Dataset) -> pd.DataFrame:
    """What is read first: rates now, in thirty years and at the end, level rates, reserve in months, critical years.

    Parameters
    ----------
    result : Dataset of `project_health`

    Returns
    -------
    DataFrame
        As `key_results`: one row per figure, indexed by `indicator` and `units`, one column per scenario. Rates on
        earnings are left out for a scheme without contributions on earnings.

    Raises
    ------
    MissingVariable

    Examples
    --------
    health_key_results(result)
    """
    needed(result, *RATES, *CRITICAL, "level_rate", "reserve_months", "health_members", "health_expenditure")
    needed(result, "cash_expenditure", "total_insurable_earnings")
    first, last = int(result["year"][0]), int(result["year"][-1])
    chosen = stations(first, last)
    heads = result["health_members"].sum(["health_group", *BODY])
    spent = result["health_expenditure"].sum(["service_type", "health_group"])
    spent = spent + result["cash_expenditure"].sum(["benefit", "health_group"])
    rows = [(f"members {year}", PERSONS, heads.sel(year=year)) for year in chosen]
    per_head = spent / heads.where(heads > 0)
    rows += [(f"benefits for each member {year}", PER_MEMBER, per_head.sel(year=year)) for year in chosen]
    for name, label in (_rates(result) | _to_economy(result)).items():
        rows += [(f"{label} {year}", "fraction", result[name].sel(year=year)) for year in chosen]
    for years in result["horizon"].values if _on_earnings(result) else ():
        rows.append((f"level rate over {years} years", "fraction", result["level_rate"].sel(horizon=years)))
    months = result["reserve_months"]
    rows += [(f"reserve in months {year}", "months", months.sel(year=year)) for year in decades(first, last)]
    rows += [(label, "year", result[name]) for name, label in CRITICAL.items()]
    return figure_rows(result, rows)
