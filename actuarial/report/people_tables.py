"""Tables of people beside the standard ones: labour market, pensions in payment, members and pensioners by age."""

from collections.abc import Sequence

import pandas as pd
import xarray as xr

from actuarial.errors import BadInput
from actuarial.quick import without_attrs
from actuarial.report.columns import by_year, needed, noted, with_period, with_total, with_units
from actuarial.report.tables import stations
from actuarial.translation import N_

PERSONS = "persons"
SEXES = ["total", "male", "female"]
PRINTED_NOTE = N_("On paper: both sexes together; men and women stand below them.")
LATER = 10
"""Years after the first one that a table by age shows besides those of the key results."""


def labour_table(result: xr.Dataset) -> pd.DataFrame:
    """Labour market and coverage by sex and year.

    Parameters
    ----------
    result : Dataset of `actuarial.project`

    Returns
    -------
    DataFrame
        Indexed by sex (male, female, total) and year, or by scenario, sex and year. `labour force`, `employed` and
        `active` (insured persons who contribute) on 31 December, `active contributors` the mean of the months of the
        year, persons; `unemployment rate` and both coverages fractions, NaN over nobody.

    Raises
    ------
    MissingVariable
    """
    needed(result, "labour_force", "employed", "active", "average_contributors")
    force, employed = (with_total(result[name].sum("age")) for name in ("labour_force", "employed"))
    active, contributing = (
        with_total(result[name].sum(["group", "age"])) for name in ("active", "average_contributors")
    )
    columns = {
        "labour force": (PERSONS, force),
        "employed": (PERSONS, employed),
        "unemployment rate": ("fraction", 1.0 - employed / force.where(force > 0)),
        "active": (PERSONS, active),
        "active contributors": (PERSONS, contributing),
        "contributors over labour force": ("fraction", contributing / force.where(force > 0)),
        "contributors over employed": ("fraction", contributing / employed.where(employed > 0)),
    }
    return with_period(by_year(columns), result)


def pensions_table(result: xr.Dataset) -> pd.DataFrame:
    """Average pension and average age of those who draw one on 31 December, by benefit, sex and year.

    Parameters
    ----------
    result : Dataset of `actuarial.project`

    Returns
    -------
    DataFrame
        Indexed by sex (male, female, total) and year, or by scenario, sex and year: `BENEFIT: average pension` of
        twelve monthly payments (currency/person/year) and `BENEFIT: average age` (years), NaN where nobody draws it.
        Lump sums have no columns.

    Raises
    ------
    MissingVariable
    BadInput
        Nobody draws a pension.
    """
    needed(result, "pensioners", "pension_mass")
    people, money = result["pensioners"], result["pension_mass"]
    columns: dict[str, tuple[str, xr.DataArray]] = {}
    if not paid(result):
        raise BadInput("pensions_table: nobody draws a pension in any year; lump sums are in the table of expenditure.")
    for name in paid(result):
        one = people.sel(benefit=name, drop=True)
        heads = with_total(one.sum("age"))
        mass = with_total(money.sel(benefit=name, drop=True).sum("age"))
        years = with_total((one * one["age"]).sum("age"))
        columns[f"{name}: average pension"] = ("currency/person/year", mass / heads.where(heads > 0))
        columns[f"{name}: average age"] = ("years", years / heads.where(heads > 0))
    return with_period(by_year(columns), result)


def paid(result: xr.Dataset) -> list[str]:
    """Benefits that are in payment at the end of some year; lump sums are not."""
    there = (result["pensioners"] > 0).any([dim for dim in result["pensioners"].dims if dim != "benefit"])
    return [str(name) for name in result["benefit"].values[there.values]]


def age_table(result: xr.Dataset, years: Sequence[int] | None = None) -> pd.DataFrame:
    """Contributors, their earnings, pensioners and their pensions by sex and age, in some years.

    Parameters
    ----------
    result : Dataset of `actuarial.project`
    years : years of the result, optional
        By default the first one, those ten and thirty years later, and the last one.

    Returns
    -------
    DataFrame
        Indexed by (scenario,) sex (total, male, female), year and age: `contributors` (means of the months of the year,
        persons), `average earnings` of twelve contributed months (currency/person/year, before floor and ceiling),
        `pensioners: BENEFIT` on 31 December and `BENEFIT: average pension` of twelve monthly payments. Ages of which
        there is nobody are left out; averages of nobody are NaN. Without scenarios the attribute `printed` says how
        many rows, those of both sexes together, are printed.

    Raises
    ------
    MissingVariable
    """
    needed(result, "average_contributors", "salary", "pensioners", "pension_mass")
    first, last = int(result["year"][0]), int(result["year"][-1])
    chosen = sorted({*stations(first, last), min(first + LATER, last)}) if years is None else list(years)
    part = result[["average_contributors", "salary", "pensioners", "pension_mass"]].sel(year=chosen)
    count = with_total(part["average_contributors"].sum("group"))
    earned = with_total((part["average_contributors"] * part["salary"]).sum("group"))
    columns = {"contributors": count, "average earnings": earned / count.where(count > 0)}
    units = {"contributors": PERSONS, "average earnings": "currency/person/year"}
    for name in paid(result):
        heads, mass = (with_total(part[of].sel(benefit=name, drop=True)) for of in ("pensioners", "pension_mass"))
        columns |= {f"pensioners: {name}": heads, f"{name}: average pension": mass / heads.where(heads > 0)}
        units |= {f"pensioners: {name}": PERSONS, f"{name}: average pension": "currency/person/year"}
    keys = [key for key in ("scenario", "sex", "year", "age") if any(key in value.dims for value in columns.values())]
    whole = xr.Dataset({name: without_attrs(value) for name, value in columns.items()}).sel(sex=SEXES)
    table = whole.to_dataframe(dim_order=keys)[list(columns)]
    counted = [name for name, unit in units.items() if unit == PERSONS]
    table = with_period(with_units(table[(table[counted] > 0).any(axis=1)], units), result)
    if "scenario" not in keys:
        table.attrs["printed"] = int((table.index.get_level_values("sex") == SEXES[0]).sum())
        table = noted(table, PRINTED_NOTE)
    return table
