"""The people and the law of a `Scenario` as a basis, a population and a scheme of the library: men of one group."""

from __future__ import annotations

import numpy as np
import xarray as xr

from actuarial.pension import FinalAverage, OldAge
from actuarial.scheme import Scheme

FIRST = 2025
GROUP = "all"


def coordinates(scenario):
    """Labels of the basis."""
    ages, services = scenario.active_0.shape
    return {
        "year": np.arange(FIRST, FIRST + scenario.years),
        "group": [GROUP],
        "sex": ["male", "female"],
        "age": np.arange(ages),
        "service": np.arange(services),
    }


def basis_of(scenario):
    """Basis whose men are the people of the scenario; there are no women, and coverage x employed is the target."""
    size = {name: len(labels) for name, labels in coordinates(scenario).items()}

    def by_age(values):
        return ("age",), np.asarray(values, dtype=float)

    def men(values, *dims):
        block = np.zeros((1, 2, *np.shape(values)))
        block[0, 0] = values
        return ("group", "sex", *dims), block

    coverage = np.zeros((size["year"], 1, 2))
    coverage[:, 0, 0] = scenario.target / (2 * scenario.target.max())
    people = np.zeros((2, size["age"]))
    people[0, 40] = 2 * scenario.target.max()
    data = {
        "population_0": (("sex", "age"), people),
        "mx": (("year", "sex", "age"), np.broadcast_to(scenario.mx, (size["year"], 2, size["age"])).copy()),
        "a0": ((), 0.5),
        "participation_rate": by_age(np.ones(size["age"])),
        "unemployment_rate": by_age(np.zeros(size["age"])),
        "coverage": (("year", "group", "sex"), coverage),
        "density": by_age(scenario.density),
        "exit_rate": by_age(scenario.exit_rate),
        "invalidity_rate": by_age(scenario.invalidity_rate),
        "reentry_share": by_age(scenario.reentry_share),
        "entry_profile": by_age(scenario.entry_profile),
        "salary_0": (("group", "sex", "age"), np.broadcast_to(scenario.salary_0, (1, 2, size["age"])).copy()),
        "earnings_cv": by_age(np.full(size["age"], scenario.wage_cv)),
        "collection_rate": ((), 1.0),
        "wage_growth": (("year",), np.full(size["year"], scenario.growth)),
        "inflation": (("year",), np.zeros(size["year"])),
        "active_0": men(scenario.active_0, "age", "service"),
        "inactive_0": men(scenario.inactive_0, "age", "service"),
        "inactive_earnings_0": men(scenario.inactive_earnings_0, "age"),
    }
    return xr.Dataset(data, coords=coordinates(scenario), attrs={"coverage_concept": "status"})


def population_of(basis):
    """The population of the valuation date in every year."""
    return xr.Dataset({"population": basis["population_0"].expand_dims(year=basis["year"])})


def scheme_of(scenario):
    """The pension of the scenario and nothing else."""
    formula = FinalAverage(
        accrual=scenario.accrual, years=scenario.reference_years, revaluation=scenario.revaluation
    )
    pension = OldAge(
        retirement_age=scenario.retirement_age,
        qualifying_years=scenario.qualifying_months / 12,
        retirement_rate=scenario.claim_rate,
        formula=formula,
    )
    return Scheme(name="test", currency="LTD", benefits=(pension,))


def tables_of(insured):
    """Results of the men as arrays (T, age), under the names of the references."""
    one = insured.sel(group=GROUP, sex="male")
    names = [name for name in one.data_vars if one[name].dims == ("year", "age")]
    claims = ("claims_number", "claims_credits", "claims_amount")
    tables = {name: one[name].values for name in names}
    return tables | {name: one[name].sel(benefit="old_age").values for name in claims}
