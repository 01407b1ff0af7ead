"""The identities of the population hold, and one corrupted cell is seen."""

import pytest
import xarray as xr

from actuarial.check.population import check_population
from actuarial.demography import project_population
from actuarial.errors import BadInput, IdentityFailed
from tests.demography.bases import small_basis, with_scenarios

TIMINGS = ("end", "even", "start")


@pytest.mark.parametrize("timing", TIMINGS)
def test_identities_hold(timing):
    basis = with_scenarios("net_migration", central=1.0, more=2.0)
    check_population(project_population(basis, migration=timing), basis)


@pytest.mark.parametrize("timing", TIMINGS)
@pytest.mark.parametrize("name", ["population", "population_midyear", "births", "deaths"])
@pytest.mark.parametrize("age", [0, 2, 5])
def test_one_corrupted_cell_is_seen(timing, name, age):
    basis = with_scenarios("mx", central=1.0, other=1.1)
    population = project_population(basis, migration=timing)
    spot = {"scenario": "other", "year": 2027, "sex": "female", "age": age}
    population[name].loc[spot] *= 1 + 1e-6
    population[name].loc[spot] += 1e-6
    with pytest.raises(IdentityFailed, match="scenario='other', year=2027, sex='female'"):
        check_population(population, basis)


@pytest.mark.parametrize("name", ["population_0", "net_migration"])
def test_a_basis_of_another_projection_is_seen(name):
    basis = small_basis()
    population = project_population(basis)
    with pytest.raises(IdentityFailed, match="Population by sex"):
        check_population(population, basis.assign({name: basis[name] + 1e-4}))


def test_persons_moved_between_cohorts_are_seen():
    basis = small_basis()
    population = project_population(basis)
    moved = xr.zeros_like(population.population)
    moved.loc[{"year": 2028, "sex": "male", "age": 1}], moved.loc[{"year": 2028, "sex": "male", "age": 2}] = 1e-3, -1e-3
    wrong = population.assign(population=(population.population + moved).assign_attrs(population.population.attrs))
    with pytest.raises(IdentityFailed, match="Population by age is the cohort"):
        check_population(wrong, basis)


def test_timing_belongs_to_the_population():
    basis = small_basis()
    population = project_population(basis, migration="even")
    with pytest.raises(IdentityFailed, match="Population by age"):
        check_population(population.assign_attrs(migration="end"), basis)
    with pytest.raises(BadInput, match="migration: None is not a timing"):
        check_population(population.drop_attrs(), basis)
