"""Tables beside the standard ones: population, insured persons, yearly assumptions, accounts of the base year."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import xarray as xr

from actuarial.check.period import year_fraction
from actuarial.errors import MissingVariable
from actuarial.report.columns import by_year, needed, with_period, with_units
from actuarial.vocabulary import INPUTS, variables

SPLITS = ("sex", "group")
PERSONS = "persons"


def population_table(result: xr.Dataset, basis: xr.Dataset) -> pd.DataFrame:
    """Population on 31 December by broad age, with the flows of the year, fertility and length of life.

    Parameters
    ----------
    result : Dataset with `population`, `births`, `deaths` (year, sex, age)
    basis : Dataset with `net_migration` (year, sex, age)

    Returns
    -------
    DataFrame
        Indexed by year, or by scenario and year; persons, and the dependency ratio (0-14 and 65+) / (15-64). Children
        for each woman and life expectancies at birth and at 60 where the basis has fertility and mortality.

    Raises
    ------
    MissingVariable
    """
    needed(result, "population", "births", "deaths")
    needed(basis, "net_migration")
    people, age = result["population"], result["population"]["age"]
    both = people.sum("sex")
    young, work, old = (both.where(kept, 0.0).sum("age") for kept in (age < 15, (age >= 15) & (age < 65), age >= 65))
    columns = {
        "total": (PERSONS, both.sum("age")),
        "male": (PERSONS, people.sel(sex="male", drop=True).sum("age")),
        "female": (PERSONS, people.sel(sex="female", drop=True).sum("age")),
        "0-14": (PERSONS, young),
        "15-64": (PERSONS, work),
        "65+": (PERSONS, old),
        "births": (PERSONS, result["births"].sum(["sex", "age"])),
        "deaths": (PERSONS, result["deaths"].sum(["sex", "age"])),
        "net migration": (PERSONS, (basis["net_migration"] * year_fraction(basis)).sum(["sex", "age"])),
        "dependency ratio": ("ratio", (young + old) / work.where(work > 0)),
    }
    return with_period(by_year(columns | _lives(basis)), result)


def _lives(basis: xr.Dataset) -> dict[str, tuple[str, xr.DataArray]]:
    """Children for each woman and expectations of life by year, as far as the basis has them."""
    found: dict[str, tuple[str, xr.DataArray]] = {}
    if "asfr" in basis and "year" in basis["asfr"].dims:
        found["total fertility rate"] = ("births/woman", basis["asfr"].sum("age"))
    if "mx" in basis and "year" in basis["mx"].dims:
        from actuarial.demography.survival import survival_table

        years = survival_table(basis["mx"], basis["a0"] if "a0" in basis else basis.attrs.get("a0_rule"))["ex"]
        for age, words in ((0, "birth"), (60, "60")):
            for sex in ("male", "female"):
                found[f"life expectancy at {words}: {sex}"] = ("years", years.sel(age=age, sex=sex, drop=True))
    return found


def insured_table(result: xr.Dataset) -> pd.DataFrame:
    """Contributors by sex, movements of the insured, their credits and earnings.

    Parameters
    ----------
    result : Dataset of the insured stage

    Returns
    -------
    DataFrame
        Indexed by year, or by scenario and year. `average age` is that of the contributors, `average credits` are years
        held by the active on 31 December, `average salary` the earnings of twelve contributed months (currency/year),
        `ceiling ratio` the insurable part of earnings (fraction), both weighted by contributed months; NaN where nobody
        is insured.

    Raises
    ------
    MissingVariable
    """
    needed(result, "average_contributors", "active", "new_entrants", "reentrants", "exits", "active_credits")
    needed(result, "salary", "insurable_share")
    everybody = ["group", "sex", "age"]
    contributors, active = result["average_contributors"], result["active"].sum(everybody)
    earned = (contributors * result["salary"]).sum(everybody)
    insurable = (contributors * result["salary"] * result["insurable_share"]).sum(everybody)
    count = contributors.sum(everybody)
    by_sex = contributors.sum(["group", "age"])
    table = by_year(
        {
            "average contributors": (PERSONS, count),
            "male": (PERSONS, by_sex.sel(sex="male", drop=True)),
            "female": (PERSONS, by_sex.sel(sex="female", drop=True)),
            "active": (PERSONS, active),
            "new entrants": (PERSONS, result["new_entrants"].sum(everybody)),
            "re-entrants": (PERSONS, result["reentrants"].sum(everybody)),
            "exits": (PERSONS, result["exits"].sum(everybody)),
            "average age": ("years", (contributors * contributors["age"]).sum(everybody) / count.where(count > 0)),
            "average credits": ("years", result["active_credits"].sum(everybody) / active.where(active > 0) / 12),
            "average salary": ("currency/year", earned / count.where(count > 0)),
            "ceiling ratio": ("fraction", insurable / earned.where(earned > 0)),
        }
    )
    return with_period(table, result)


def assumptions_table(basis: xr.Dataset) -> pd.DataFrame:
    """Yearly assumptions: those by year, by year and sex or group in a column each, and the total fertility rate.

    Parameters
    ----------
    basis : Dataset

    Returns
    -------
    DataFrame
        Indexed by year, or by scenario and year; in the units of the vocabulary.

    Raises
    ------
    MissingVariable
        The basis has no assumption by year.
    """
    columns: dict[str, tuple[str, xr.DataArray]] = {}
    for name, row in variables().items():
        if name in basis and row.role in INPUTS and "year" in basis[name].dims:
            columns |= {label: (row.units, part) for label, part in _split(name, basis[name]).items()}
    if "asfr" in basis and "year" in basis["asfr"].dims:
        columns["total fertility rate"] = ("births/woman", basis["asfr"].sum("age"))
    if not columns:
        raise MissingVariable("the basis has no assumption by year; give the Dataset that was projected.")
    return by_year(columns)


def _split(name: str, array: xr.DataArray) -> dict[str, xr.DataArray]:
    """A column per sex and group; nothing of what has ages or benefits."""
    if not set(array.dims) <= {"scenario", "year", *SPLITS}:
        return {}
    parts = {name: array}
    for dim in SPLITS:
        if dim in array.dims:
            parts = {
                f"{label} {word}": part.sel({dim: word}, drop=True)
                for label, part in parts.items()
                for word in array[dim].values.tolist()
            }
    return parts


def accounts_table(rows: Sequence[Any]) -> pd.DataFrame:
    """Model year 1 beside the accounts of the base year, see `compare_accounts`; one row per line."""
    columns = {
        "base-year accounts": [row.accounts for row in rows],
        "carried forward": [row.carried_forward for row in rows],
        "model year 1": [row.model for row in rows],
        "calibration": [row.calibration for row in rows],
        "ratio": [row.ratio for row in rows],
    }
    money = dict.fromkeys(("base-year accounts", "carried forward", "model year 1"), "currency/year or persons")
    table = pd.DataFrame(columns, index=pd.Index([row.line for row in rows], name="line"))
    return with_units(table, {**money, "calibration": "factor", "ratio": "factor"})
