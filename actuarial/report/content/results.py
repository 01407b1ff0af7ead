"""Demographic and financial results, and contribution rates."""

from collections.abc import Iterator

import pandas as pd
import xarray as xr

from actuarial.check.period import year_fraction
from actuarial.report.annex import insured_table
from actuarial.report.content import leads
from actuarial.report.content.blocks import if_written, section
from actuarial.report.content.cells import Column, by_year, cell, deflated, listed, scenario_word
from actuarial.report.content.material import Material, Part
from actuarial.report.content.names import PAYERS, name_of
from actuarial.report.document import Block, Section, Table
from actuarial.report.premium_tables import (
    MINIMUM_NOTE,
    PERIOD,
    REVIEW,
    level_premiums,
    minimum_rates,
    scaled_premium,
    steady_rates,
)
from actuarial.translation import N_

PEOPLE = ["sex", "age"]


def demographic(material: Material) -> Section | None:
    """Insured persons and pensioners."""
    part, say = material.pension, material.say
    if part is None:
        return None
    blocks: tuple[Block | None, ...] = (
        leads.demographic(say, part),
        insured(material, part),
        pensioners(material, part),
        awards(material, part),
        averages(material, part),
        ratios(material, part),
        *material.shown("members", "pensioners", "ratios"),
    )
    return section("demographic", say("Demographic results"), blocks)


def _series(table: pd.DataFrame, key: str) -> xr.DataArray:
    return xr.DataArray.from_series(table[key])


def insured(material: Material, part: Part) -> Table:
    """Contributors by sex, movements, credits and earnings."""
    say, table = material.say, insured_table(part.result)
    contributors = part.result["average_contributors"].sum("group")
    total = contributors.sum(PEOPLE)
    age = (contributors * contributors["age"]).sum(PEOPLE) / total.where(total > 0)
    columns = [
        Column(say("Total"), total, "persons", say("Average contributors")),
        Column(say("Men"), _series(table, "male"), "persons", say("Average contributors")),
        Column(say("Women"), _series(table, "female"), "persons", say("Average contributors")),
        Column(say("New entrants"), _series(table, "new entrants"), "persons", say("Movements")),
        Column(say("Re-entrants"), _series(table, "re-entrants"), "persons", say("Movements")),
        Column(say("Exits"), _series(table, "exits"), "persons", say("Movements")),
        Column(say("Age"), age, "years", say("Means")),
        Column(say("Years of service"), _series(table, "average credits"), "years", say("Means")),
        Column(say("Earnings"), _series(table, "average salary"), "amount", say("Means")),
        Column(say("Insurable share"), _series(table, "ceiling ratio"), "percent", say("Means")),
    ]
    return by_year(material, part, "insured", say("Insured persons"), columns)


def paid_benefits(part: Part) -> list[str]:
    """Benefits that are in payment at the end of some year; lump sums are not."""
    stock = part.result["pensioners"].sum(PEOPLE)
    return [str(name) for name in stock["benefit"].values if bool((stock.sel(benefit=name) > 0).any())]


def pensioners(material: Material, part: Part) -> Table:
    """Beneficiaries on 31 December by benefit, and by sex."""
    say, stock = material.say, part.result["pensioners"]
    columns = [
        Column(name_of(say, name), stock.sel(benefit=name, drop=True).sum(PEOPLE), "persons", say("Pensioners"))
        for name in paid_benefits(part)
    ]
    columns.append(Column(say("Total"), stock.sum(["benefit", *PEOPLE]), "persons", say("Pensioners")))
    for sex, words in (("male", N_("Men")), ("female", N_("Women"))):
        value = stock.sel(sex=sex, drop=True).sum(["benefit", "age"])
        columns.append(Column(say(words), value, "persons", say("By sex")))
    return by_year(material, part, "pensioners", say("Pensioners on 31 December"), columns)


def awards(material: Material, part: Part) -> Table:
    """New beneficiaries of the year by benefit, and terminations."""
    say, new = material.say, part.result["new_awards"].sum(PEOPLE)
    columns = [
        Column(name_of(say, str(name)), new.sel(benefit=name, drop=True), "persons", say("New awards"))
        for name in new["benefit"].values
    ]
    columns.append(Column(say("Total"), new.sum("benefit"), "persons", say("New awards")))
    ended = part.result["terminations"].sum(["benefit", *PEOPLE])
    columns.append(Column(say("All benefits"), ended, "persons", say("Terminations")))
    return by_year(material, part, "awards", say("New awards and terminations"), columns)


def averages(material: Material, part: Part) -> Table:
    """Average pension and average age of the pensioners by benefit."""
    say, stock, mass = material.say, part.result["pensioners"], part.result["pension_mass"].sum(PEOPLE)
    heads = stock.sum(PEOPLE)
    columns = []
    for name in paid_benefits(part):
        there = heads.sel(benefit=name, drop=True)
        mean = mass.sel(benefit=name, drop=True) / there.where(there > 0)
        columns.append(Column(name_of(say, name), mean, "amount", say("Average pension")))
    for name in paid_benefits(part):
        there = stock.sel(benefit=name, drop=True)
        count = there.sum(PEOPLE)
        age = (there * there["age"]).sum(PEOPLE) / count.where(count > 0)
        columns.append(Column(name_of(say, name), age, "years", say("Average age")))
    note = say("Average pension: twelve monthly payments, before taxes.")
    return by_year(material, part, "averages", say("Pensions in payment on 31 December"), columns, notes=(note,))


def ratios(material: Material, part: Part) -> Table:
    """Pensioners for each contributor, and pensions over earnings."""
    say, result = material.say, part.result
    columns = [
        Column(say("Pensioners to contributors"), result["demographic_ratio"], "percent"),
        Column(say("Average pension to average insurable earnings"), result["financial_ratio"], "percent"),
    ]
    note = say(
        "Average pension: expenditure on pensions in the year, with all extra payments, for each pensioner; average "
        "insurable earnings: earnings on which contributions were collected, for each contributor."
    )
    return by_year(material, part, "ratios", say("Demographic and financial ratios"), columns, notes=(note,))


def financial(material: Material) -> Section | None:
    """Income, outgo and reserve of the pension scheme."""
    part, say = material.pension, material.say
    if part is None:
        return None
    flows = (
        leads.flows(say, part),
        income(material, part),
        outgo(material, part),
        constant(material, part),
        shares(material, part),
        *material.shown("income_outgo", "reserve", "expenditure"),
        *if_written(material, "results.financial_equilibrium"),
    )
    paying = (payers(material, part), *if_written(material, "compliance.employee_share"))
    product = to_gdp(material, part)
    weight = leads.economy(say, part, over_product(part, "outgo")) if product is not None else None
    inner = (
        section("flows", say("Income, outgo and reserve"), flows, covers=("results.financial_equilibrium",)),
        section("paying", say("Who pays"), paying),
        section("economy", say("Weight in the economy"), (weight, product)) if product is not None else None,
    )
    return section("financial", say("Financial results"), (), inner)


def income(material: Material, part: Part, years: list[int] | None = None, name: str = "income") -> Table:
    """Payroll and income by source, in the columns of the ILO's financial summary."""
    say, result = material.say, part.result
    columns = [
        Column(say("Insurable earnings"), result["total_insurable_earnings"], "money"),
        Column(say("Contributions"), result["contributions"], "money", say("Income")),
        Column(say("State"), result["state_income"], "money", say("Income")),
        Column(say("Other"), result["other_income"], "money", say("Income")),
        Column(say("Investments"), result["investment_income"], "money", say("Income")),
        Column(say("Total"), result["total_income"], "money", say("Income")),
    ]
    return by_year(material, part, name, say("Insurable earnings and income"), columns, years=years)


def outgo(material: Material, part: Part, years: list[int] | None = None, name: str = "outgo") -> Table:
    """Outgo by benefit, balance and reserve, in the columns of the ILO's financial summary."""
    say, result = material.say, part.result
    spent = result["benefit_expenditure"]
    columns = [
        Column(name_of(say, str(one)), spent.sel(benefit=one, drop=True), "money", say("Benefits"))
        for one in spent["benefit"].values
    ]
    columns += [
        Column(say("Total"), spent.sum("benefit"), "money", say("Benefits")),
        Column(say("Administration"), result["administration"], "money"),
        Column(say("Total outgo"), result["outgo"], "money"),
        Column(say("Balance"), result["balance"], "money"),
        Column(say("Reserve"), result["reserve"], "money"),
        Column(say("Reserve ratio"), result["reserve_ratio"], "ratio"),
    ]
    note = say("Reserve ratio: reserve on 31 December over the outgo of the year.")
    return by_year(material, part, name, say("Outgo, balance and reserve"), columns, notes=(note,), years=years)


def constant(material: Material, part: Part) -> Table | None:
    """The main flows in prices of the year of the valuation."""
    say, result = material.say, part.result
    if "inflation" not in part.basis:
        return None
    lines = (
        ("total_insurable_earnings", N_("Insurable earnings")),
        ("contributions", N_("Contributions")),
        ("total_income", N_("Total income")),
        ("outgo", N_("Total outgo")),
        ("reserve", N_("Reserve")),
    )
    columns = [Column(say(label), deflated(part, result[name]), "money") for name, label in lines]
    title = say("Main flows in prices of {year}", year=part.first - 1)
    return by_year(material, part, "constant_prices", title, columns)


def shares(material: Material, part: Part) -> Table:
    """Income and outgo in per cent of insurable earnings."""
    say, result = material.say, part.result
    payroll = result["total_insurable_earnings"]
    base = payroll.where(payroll > 0)
    spent = result["benefit_expenditure"]
    columns = [
        Column(say("Contributions"), result["contributions"] / base, "percent", say("Income")),
        Column(
            say("State and other"), (result["state_income"] + result["other_income"]) / base, "percent", say("Income")
        ),
        Column(say("Investments"), result["investment_income"] / base, "percent", say("Income")),
    ]
    for name in paid_benefits(part):
        columns.append(Column(name_of(say, name), spent.sel(benefit=name, drop=True) / base, "percent", say("Outgo")))
    columns.append(Column(say("Lump sums"), result["lump_sum_expenditure"] / base, "percent", say("Outgo")))
    columns.append(Column(say("Administration"), result["administration"] / base, "percent", say("Outgo")))
    columns.append(Column(say("Total"), result["payg_cost_rate"], "percent", say("Outgo")))
    return by_year(
        material, part, "share_of_earnings", say("Income and outgo in per cent of insurable earnings"), columns
    )


def to_gdp(material: Material, part: Part) -> Table | None:
    """The main flows in per cent of the gross domestic product."""
    say = material.say
    if "gdp" not in part.basis:
        return None
    lines = (
        ("total_insurable_earnings", N_("Insurable earnings")),
        ("contributions", N_("Contributions")),
        ("outgo", N_("Total outgo")),
        ("balance", N_("Balance")),
        ("reserve", N_("Reserve")),
    )
    columns = [Column(say(label), over_product(part, name), "percent2") for name, label in lines]
    return by_year(material, part, "share_of_gdp", say("Main flows in per cent of gross domestic product"), columns)


def over_product(part: Part, name: str) -> xr.DataArray:
    """A flow over the gross domestic product, of a period that is a part of a year over that part; or a stock."""
    product = part.basis["gdp"]
    return part.result[name] / (product if name == "reserve" else product * year_fraction(part.basis))


def payers(material: Material, part: Part) -> Table | None:
    """Who pays what part of the contributions and other income but that of investments."""
    say, lines = material.say, part.result["contribution_income"]
    total = lines.sum("contribution")
    columns = []
    for payer, words in PAYERS.items():
        paid = lines.where(lines["payer"] == payer, 0.0).sum("contribution")
        if bool((paid != 0).any()):
            columns.append(Column(say(words), paid / total.where(total > 0), "percent"))
    if not columns:
        return None
    name = "payers_health" if part is material.health else "payers"
    return by_year(material, part, name, say("Who pays: share of income other than that of investments"), columns)


def rates(material: Material) -> Section | None:
    """Cost rates of each year, level rates and years that matter."""
    part, say = material.pension, material.say
    if part is None:
        return None
    blocks: tuple[Block | None, ...] = (
        leads.rates(say, part),
        yearly_rates(material, part),
        level_rates(material, part),
        scenario_rates(material, part),
        *if_written(material, "results.sustainability"),
        *material.shown("rates", "scenarios"),
    )
    return section("rates", say("Contribution rates and sustainability"), blocks, covers=("results.sustainability",))


def yearly_rates(material: Material, part: Part) -> Table:
    """Cost rate, contribution rate and reserve of each year."""
    say, result = material.say, part.result
    columns = [
        Column(say("Pay-as-you-go cost rate"), result["payg_cost_rate"], "percent2"),
        Column(say("Contribution rate"), result["contribution_rate"], "percent2"),
        Column(say("Difference"), result["contribution_rate"] - result["payg_cost_rate"], "percent2"),
        *_scaled(material, part),
        Column(say("Reserve ratio"), result["reserve_ratio"], "ratio"),
        Column(say("Fund ratio"), result["trust_fund_ratio"], "ratio"),
    ]
    notes = (
        say("Reserve ratio: reserve on 31 December over the outgo of the year; fund ratio: that of the year before."),
        say("Scaled premium: level for {years} years at a time, so that the reserve does not fall.", years=PERIOD),
    )
    title = say("Cost rates, contribution rates and reserve ratios")
    return by_year(material, part, "rates", title, columns, notes=notes if len(columns) > 5 else notes[:1])


def _scaled(material: Material, part: Part) -> Iterator[Column]:
    """The scaled premium, where it exists."""
    found = scaled_premium(part.result)
    if found is not None:
        yield Column(material.say("Scaled premium"), found, "percent2")


def level_rates(material: Material, part: Part) -> Table | None:
    """Level rates over several horizons, minimum and steady-state rates, gross and net of what others pay."""
    say, result = material.say, part.result
    if not bool((result["total_insurable_earnings"] > 0).any()):
        return None
    rows = [
        (_span(material, part, end), *(cell(say, value, "percent2") for value in values))
        for end, *values in level_premiums(result)
    ]
    for label, values in (
        (N_("Minimum rate"), minimum_rates(result)),
        (N_("Steady-state rate"), steady_rates(result)),
    ):
        rows.append((say(label), *(cell(say, value, "percent2") for value in values)))
    head = (say("Period"), say("For all outgo"), say("Net of income from the State and others"))
    note = say("Level rate of the first to the last year that leaves the reserve of the law at the end.")
    return listed(
        material,
        "level_rates",
        say("General average premiums"),
        head,
        rows,
        units=say("per cent of insurable earnings"),
        notes=(note, say(MINIMUM_NOTE, review=REVIEW)),
    )


def _span(material: Material, part: Part, end: int) -> str:
    return material.say("{first} to {last} ({years} years)", first=part.first, last=end, years=end - part.first + 1)


def scenario_rates(material: Material, part: Part) -> Table | None:
    """The cost rate by scenario in years ten years apart."""
    say = material.say
    if len(part.scenarios) < 2:
        return None
    columns = [Column(scenario_word(say, one), part.of("payg_cost_rate", one), "percent") for one in part.scenarios]
    years = [year for year in range(part.first, part.last + 1) if (year - part.first) % 10 == 0 or year == part.last]
    source = say("Projection of {scheme}", scheme=part.scheme.name)
    title = say("Pay-as-you-go cost rate by scenario")
    return by_year(material, part, "rates_by_scenario", title, columns, years=years, source=source)
