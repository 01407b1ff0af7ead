"""Results of a health scheme: members, use, unit costs, expenditure, finance, rates, calibration."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.report import health_tables as tables
from actuarial.report.content import leads, sentences
from actuarial.report.content.blocks import if_written, section
from actuarial.report.content.cells import Column, by_year, cell, listed, projection_source
from actuarial.report.content.material import Material, Part
from actuarial.report.content.names import name_of
from actuarial.report.content.results import payers
from actuarial.report.document import Picture, Section, Table
from actuarial.translation import N_

FINANCE = (
    ("interest", N_("Investments"), N_("Income")),
    ("total income", N_("Total"), N_("Income")),
    ("services paid", N_("Services"), N_("Outgo")),
    ("cash benefits", N_("Cash benefits"), N_("Outgo")),
    ("administrative", N_("Administration"), N_("Outgo")),
    ("total expenditure", N_("Total"), N_("Outgo")),
    ("result", N_("Balance"), N_("Fund")),
    ("reserve", N_("Reserve"), N_("Fund")),
    ("reserve of the law", N_("Reserve of the law"), N_("Fund")),
)
SOURCES = {
    "members": N_("Members"),
    "employers": N_("Employers"),
    "pensioners": N_("Pensioners"),
    "state": N_("State"),
    "donors": N_("Donors"),
    "others": N_("Others"),
}
RATES = {
    "insurable earnings": (N_("Insurable earnings"), "money"),
    "PAYG cost rate": (N_("Pay-as-you-go cost rate"), "percent2"),
    "PAYG cost rate with the reserve of the law": (N_("Cost rate with the reserve of the law"), "percent2"),
    "contribution rate": (N_("Contribution rate"), "percent2"),
    "benefits over contributions": (N_("Benefits over contributions"), "percent"),
    "share that patients pay": (N_("Share that patients pay"), "percent"),
    "reserve in months": (N_("Reserve less claims outstanding, in months of benefits"), "months"),
    "outgo over gross domestic product": (N_("Outgo over gross domestic product"), "percent2"),
    "paid by the State over its expenditure": (N_("Paid by the State over its expenditure"), "percent2"),
}
WITH_RESERVE = N_(
    "Cost rate with the reserve of the law: the rate on earnings that, with what is paid on other bases, pays for the "
    "year and keeps the reserve at that of the law."
)
SUMS = {
    "total members": N_("All members"),
    "population": N_("Population"),
    "coverage": N_("Coverage"),
    "all services": N_("All services"),
    "services and cash benefits": N_("Services and cash benefits"),
    "paid by patients": N_("Paid by patients"),
    "total": N_("Total"),
}


def health(material: Material) -> Section | None:
    """Everything that is reported of a health scheme."""
    part, say = material.health, material.say
    if part is None:
        return None
    result, basis = part.result, part.basis

    def made(name: str, title: str, table: pd.DataFrame, kind: str, kinds: Sequence[tuple[str, str]] = ()) -> Table:
        return by_year(material, part, name, title, _columns(material, table, kind, dict(kinds)))

    def own(*names: str) -> tuple[Picture, ...]:
        """Figures of these names, which have another one beside those of the pensions."""
        return material.shown(*(names if material.pension is None else (f"health_{name}" for name in names)))

    with_people = basis if "population_0" in basis else None
    people = tables.members_table(result, with_people)
    covered = _array(people["coverage"]) if "coverage" in people else None
    members = section(
        "health_members",
        say("Members and use of services"),
        (
            leads.health_members(say, part, covered),
            made("health_members", say("Members by group"), people, "persons", (("coverage", "percent"),)),
            *own("population"),
            *material.shown("groups", "cost_by_age"),
            made("health_use", say("Contacts per 1,000 members"), tables.contacts_table(result), "rate"),
            made("health_unit_cost", say("Cost of a contact"), tables.unit_cost_table(result), "price"),
        ),
    )
    by_service, by_group = say("Expenditure incurred by service"), say("Expenditure incurred by group")
    spending = section(
        "health_expenditure",
        say("Expenditure"),
        (
            leads.health_spending(say, part),
            made("health_services", by_service, tables.expenditure_by_service(result), "money"),
            made("health_by_group", by_group, tables.expenditure_by_group(result), "money"),
            *material.shown("services", "services_to_gdp", "growth"),
        ),
    )
    money = section(
        "health_finance",
        say("Income, outgo and reserve"),
        (
            leads.flows(say, part),
            finance(material, part),
            payers(material, part),
            *own("income_outgo", "reserve"),
            *material.shown("sources"),
        ),
        covers=("results.financial_equilibrium",),
    )
    rates = section(
        "health_rates",
        say("Contribution rates and sustainability"),
        (
            leads.health_rates(say, part),
            _rates(material, part),
            _levels(material, part),
            *own("rates", "scenarios"),
            *if_written(material, "results.sustainability"),
        ),
        covers=("results.sustainability",),
    )
    calibration = section(
        "health_calibration", say("Calibration to the accounts of the base year"), (_calibration(material, part),)
    )
    return section("health", say("Results of the health scheme"), (), (members, spending, money, rates, calibration))


def _columns(material: Material, table: pd.DataFrame, kind: str, kinds: dict[str, str]) -> list[Column]:
    """Columns of a table, named as the parts of the scheme are."""
    say = material.say
    names = [str(name) for name in table]
    return [
        Column(say(SUMS[name]) if name in SUMS else name_of(say, name), _array(table[name]), kinds.get(name, kind))
        for name in names
    ]


def _array(series: pd.Series) -> xr.DataArray:
    return xr.DataArray.from_series(series)


def finance(material: Material, part: Part, years: list[int] | None = None, name: str = "health_flows") -> Table:
    """Income by source, outgo and reserve."""
    say, table = material.say, tables.health_finance_table(part.result)
    columns = [Column(say(SOURCES[key]), _array(table[key]), "money", say("Income")) for key in table if key in SOURCES]
    columns += [Column(say(words), _array(table[key]), "money", say(group)) for key, words, group in FINANCE]
    return by_year(material, part, name, say("Income, outgo and reserve"), columns, years=years)


def _rates(material: Material, part: Part) -> Table:
    say, table = material.say, tables.health_rates_table(part.result)
    columns = [Column(say(RATES[str(key)][0]), _array(table[key]), RATES[str(key)][1]) for key in table]
    title = say("Cost rates, contribution rates and reserve")
    notes = (say(WITH_RESERVE),) if "PAYG cost rate with the reserve of the law" in table else ()
    return by_year(material, part, "health_rates", title, columns, notes=notes)


def _levels(material: Material, part: Part) -> Table | None:
    """Level rates over the horizons that were valued."""
    say = material.say
    if "level_rate" not in part.result:
        return None
    rates = part.result["level_rate"]
    if not bool(np.isfinite(rates.values).any()):
        return None
    rows = [
        (say("{years} years", years=int(years)), cell(say, float(rates.sel(horizon=years)), "percent2"))
        for years in rates["horizon"].values
    ]
    return listed(
        material,
        "health_level_rates",
        say("Level contribution rates"),
        (say("Horizon"), say("Rate")),
        rows,
        units=say("per cent of insurable earnings"),
        source=projection_source(material, part),
        notes=(sentences.on_earnings(say),),
    )


def _calibration(material: Material, part: Part) -> Table | None:
    """Factors that carry the unit costs to the accounts."""
    say = material.say
    if "calibration_by_service" not in part.result:
        return None
    table = tables.calibration_margins(part.result)
    words: dict[str, Callable[[], str]] = {"service": lambda: say("Services"), "group": lambda: say("Groups")}
    rows = [
        (words[kind](), name_of(say, str(name)), *(cell(say, float(value), "factor") for value in values))
        for (kind, name), values in zip(table.index, table.values, strict=True)
    ]
    head = (say("By"), say("Name"), say("Factor"), say("Lowest"), say("Highest"))
    note = say("Factor by which the unit costs were multiplied so that the base year gives the accounts.")
    return listed(
        material,
        "health_calibration",
        say("Calibration factors"),
        head,
        rows,
        units=say("factor"),
        notes=(note,),
        source=projection_source(material, part),
        labels=2,
    )
