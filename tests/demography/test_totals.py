"""Yearly totals of scenarios of factors, against the ordinary projection."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

import actuarial.demography.population as population
from actuarial.demography import project_population, project_population_totals
from actuarial.demography.mortality import basis_life_table
from actuarial.errors import BadDimensions, BadInput, MissingVariable, OutOfBounds
from tests.demography.draw_data import country

BASIS = country(5)
LABELS = {"scenario": ["low", "same", "high"], "year": BASIS.year.values, "sex": BASIS.sex.values}


def factor(low, high, sexes=False):
    """By scenario and year, and by sex: 1 in the second scenario, changing over the years in the others."""
    dims = ("scenario", "year", "sex") if sexes else ("scenario", "year")
    shape = [len(LABELS[dim]) for dim in dims]
    values = np.linspace(low, high, int(np.prod(shape))).reshape(shape)
    values[1] = 1.0
    return xr.DataArray(values, dims=dims, coords={dim: LABELS[dim] for dim in dims})


FACTORS = {
    "mortality_factor": factor(0.7, 1.4, sexes=True),
    "fertility_factor": factor(0.6, 1.3),
    "migration_factor": factor(2.0, -1.0),
}


def totals_of(population, moved):
    stock, age = population.population.sum("sex"), population["age"]
    found = {
        "total_population": stock.sum("age"),
        "population_0_14": stock.where(age < 15, 0).sum("age"),
        "population_15_64": stock.where((age >= 15) & (age < 65), 0).sum("age"),
        "population_65_and_over": stock.where(age >= 65, 0).sum("age"),
        "births": population.births.sum(("sex", "age")),
        "deaths": population.deaths.sum(("sex", "age")),
        "net_migration": moved.sum(("sex", "age")),
    }
    return found | {"old_age_dependency_ratio": found["population_65_and_over"] / found["population_15_64"]}


def compare(found, expected):
    assert set(found.data_vars) == set(expected)
    for name, values in expected.items():
        assert_allclose(found[name], values.transpose(*found[name].dims), rtol=1e-12)


@pytest.mark.parametrize("timing", ["end", "even", "start"])
def test_fertility_and_migration_are_those_of_the_ordinary_projection(timing):
    factors = {name: one for name, one in FACTORS.items() if name != "mortality_factor"}
    found = project_population_totals(BASIS, migration=timing, **factors)
    assert found.total_population.dims == ("scenario", "year")
    assert found.births.attrs == {"units": "persons/year", "long_name": "Live births"}
    asfr, moved = BASIS.asfr * FACTORS["fertility_factor"], BASIS.net_migration * FACTORS["migration_factor"]
    basis = BASIS.assign(asfr=asfr.drop_attrs(), net_migration=moved)
    compare(found, totals_of(project_population(basis, migration=timing), moved))


@pytest.mark.parametrize("place", range(3))
def test_mortality_multiplies_the_force_of_mortality(place, monkeypatch):
    def table(basis):
        found = basis_life_table(basis)
        return found.assign(survival_ratio=found["survival_ratio"] ** one)

    found = project_population_totals(BASIS, **FACTORS)
    chosen = {name: array.isel(scenario=place) for name, array in FACTORS.items()}
    one, moved = chosen["mortality_factor"], BASIS.net_migration * chosen["migration_factor"]
    monkeypatch.setattr(population, "basis_life_table", table)
    basis = BASIS.assign(asfr=BASIS.asfr * chosen["fertility_factor"], net_migration=moved).drop_vars("scenario")
    compare(found.isel(scenario=place), totals_of(project_population(basis), moved))


def test_threads_and_order_change_nothing():
    number = np.arange(700)
    many = {name: one.isel(scenario=number % 3).assign_coords(scenario=number) for name, one in FACTORS.items()}
    found = project_population_totals(BASIS, threads=1, **many)
    xr.testing.assert_identical(project_population_totals(BASIS, threads=3, **many), found)
    turned = {name: one.transpose(..., "scenario").isel(year=slice(None, None, -1)) for name, one in many.items()}
    xr.testing.assert_identical(project_population_totals(BASIS, **turned), found)
    few = project_population_totals(BASIS, **FACTORS)
    np.testing.assert_array_equal(found.deaths.values[:3], few.deaths.values)


def refused(error, match, basis=BASIS, **options):
    with pytest.raises(error, match=match):
        project_population_totals(basis, **(FACTORS | options))


def test_refusals():
    births = FACTORS["fertility_factor"]
    same, high = births["scenario"] == "same", births["scenario"] == "high"
    refused(BadInput, "'late' is not a timing", migration="late")
    refused(BadInput, "threads: give how many", threads=0)
    refused(BadInput, "whole years", BASIS.assign_attrs(valuation_date="2025-06-30"))
    refused(BadInput, "ages up to 60 cannot tell", BASIS.isel(age=slice(0, 61)))
    refused(MissingVariable, "srb is missing", BASIS.drop_vars("srb"))
    refused(BadDimensions, "select one scenario", BASIS.expand_dims(scenario=["a"]))
    refused(BadDimensions, "fertility_factor: give a DataArray", fertility_factor=1.2)
    refused(BadDimensions, "fertility_factor needs the labelled dims", fertility_factor=FACTORS["mortality_factor"])
    refused(BadDimensions, "it has scenario, year\\)", fertility_factor=births.drop_vars("year"))
    refused(BadDimensions, "it has year", mortality_factor=births.isel(scenario=0))
    others = births.assign_coords(scenario=["a", "b", "c"])
    refused(BadDimensions, "fertility_factor has the scenarios a, b, c", fertility_factor=others)
    first = births.isel(year=slice(0, 4))
    refused(BadDimensions, "fertility_factor: 1 of 5 labels of year .* the first is 2029", fertility_factor=first)
    refused(BadInput, "fertility_factor: give numbers", fertility_factor=births.astype(str))
    with pytest.raises(BadInput, match=r"fertility_factor: give numbers \(there are none"):
        project_population_totals(BASIS, fertility_factor=births.isel(scenario=[]))
    still = births.where(births["year"] != 2027, 0.0)
    refused(OutOfBounds, "mortality_factor .* above 0: 3 of 15 .* low, year 2027 -> 0", mortality_factor=still)
    refused(OutOfBounds, "fertility_factor .* 0 or more: 5 of 15", fertility_factor=births.where(~same, -1.0))
    missing = births.where(~same | (births["year"] != 2029))
    refused(OutOfBounds, "migration_factor .* finite: 1 of 15 .* nan", migration_factor=missing)
    left = births.where(~high, -200.0)
    place = r"1 of 3 scenarios, the first high: population .* the first: year=2025, sex='male', age=\d+ -> -"
    with pytest.raises(OutOfBounds, match=f"(?s){place}"):
        project_population_totals(BASIS, migration_factor=left)
    twice = births.assign_coords(scenario=["low", "same", "low"])
    with pytest.raises(BadDimensions, match="scenario: 1 label is there more than once, the first is 'low'"):
        project_population_totals(BASIS, fertility_factor=twice)
    with pytest.raises(BadInput, match="at least one factor"):
        project_population_totals(BASIS)
    fertile = BASIS.copy(deep=True)
    fertile.asfr[0, 0] = 0.1
    refused(OutOfBounds, "asfr must be 0 at the first", fertile)
