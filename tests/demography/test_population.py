"""The stage: labels, scenarios, attributes, refusals."""

import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.demography import project_population
from actuarial.demography.survival import survival_table
from actuarial.errors import BadInput, MissingVariable, OutOfBounds
from tests.demography.bases import small_basis, with_scenarios
from tests.oracle import population as oracle


@pytest.mark.parametrize("timing", ["end", "even", "start"])
def test_stage_equals_oracle(timing):
    basis = small_basis()
    a0 = (0.045 + 2.684 * 0.02, 0.053 + 2.8 * 0.015)
    years = basis.mx.values.tolist()
    survival = [[oracle.survival_ratios(m, [a0[x], *[0.5] * 5]) for x, m in enumerate(year)] for year in years]
    path, births, deaths = oracle.project(
        basis.population_0.values.tolist(), survival, basis.asfr.values.tolist(), basis.srb.values.tolist(),
        basis.net_migration.values.tolist(), timing,
    )  # fmt: skip
    got = project_population(basis, migration=timing)
    assert_allclose(got.population, path, rtol=1e-12)
    assert_allclose(got.births, births, rtol=1e-12)
    assert_allclose(got.deaths, deaths, rtol=1e-12)
    assert_allclose(got.population_midyear[0], (basis.population_0 + path[0]) / 2, rtol=1e-12)
    assert_allclose(got.population_midyear[1], (got.population[0] + path[1]) / 2, rtol=1e-12)
    assert got.attrs == {"migration": timing, "a0_rule": "coale_demeny_west"}


def test_labels_and_units():
    got = project_population(small_basis())
    assert list(got.data_vars) == ["population", "population_midyear", "births", "deaths"]
    for name, units in {"population": "persons", "births": "persons/year", "deaths": "persons/year"}.items():
        assert got[name].dims == ("year", "sex", "age")
        assert got[name].attrs["units"] == units
    assert got.population_midyear.attrs["timing"] == "mid"


def test_migration_of_the_end_is_the_default():
    xr.testing.assert_identical(project_population(small_basis()), project_population(small_basis(), migration="end"))


@pytest.mark.parametrize("name", ["population_0", "mx", "asfr", "srb", "net_migration"])
def test_every_scenario_is_projected_by_itself(name):
    basis = with_scenarios(name, central=1.0, other=1.1)
    both = project_population(basis)
    assert both.population.dims == ("scenario", "year", "sex", "age")
    for label in ("central", "other"):
        alone = project_population(basis.sel(scenario=label, drop=True))
        xr.testing.assert_identical(both.sel(scenario=label, drop=True), alone)
    assert float(abs(both.population.diff("scenario")).max()) > 0


def test_a_given_a0_with_scenarios():
    basis = small_basis()
    coords = {"scenario": ["a", "b"], "sex": basis.sex}
    a0 = xr.DataArray([[0.1, 0.2], [0.3, 0.3]], dims=("scenario", "sex"), coords=coords)
    got = project_population(basis.assign(a0=a0))
    assert got.attrs["a0_rule"] == "given"
    alone = project_population(basis.assign(a0=a0.sel(scenario="b", drop=True)))
    xr.testing.assert_identical(got.sel(scenario="b", drop=True), alone)
    table = survival_table(basis.mx, a0)
    assert_allclose(table.qx.sel(scenario="b", sex="male", age=0), 0.02 / (1 + 0.7 * 0.02), rtol=1e-14)


def test_the_basis_is_not_changed():
    basis = with_scenarios("mx", central=1.0, other=1.1)
    before = basis.copy(deep=True)
    project_population(basis)
    xr.testing.assert_identical(basis, before)


def test_more_leave_than_there_are():
    basis = small_basis()
    basis.net_migration.loc[{"year": 2026, "sex": "female", "age": 3}] = -300
    with pytest.raises(OutOfBounds) as refused:
        project_population(basis)
    text = str(refused.value)
    assert text.startswith("population is negative on 31 December: 3 of 48 cells.\n")
    assert "the first: year=2026, sex='female', age=3 -> -2" in text
    assert "lower the net emigration of net_migration" in text


def test_more_leave_at_the_start_than_there_are_at_the_open_age():
    basis = small_basis()
    basis.net_migration.loc[{"year": 2025, "sex": "male", "age": 5}] = -120
    place = "year=2025, sex='male', age=5 -> -10"
    with pytest.raises(OutOfBounds, match=rf"on 1 January, .*: 1 of 48 cells.\n  the first: {place}"):
        project_population(basis, migration="start")


def test_negative_in_one_scenario_names_it():
    basis = with_scenarios("net_migration", calm=1.0, exodus=-100.0)
    with pytest.raises(OutOfBounds, match="the first: scenario='exodus', year=2025, sex='male', age=0"):
        project_population(basis)


def test_births_at_the_open_age_are_refused():
    basis = small_basis()
    basis.asfr.loc[{"year": 2027, "age": 5}] = 0.01
    text = r"first and at the open age 5: 1 of 8 cells.\n  the first: year=2027, age=5 -> 0.01"
    with pytest.raises(OutOfBounds, match=text):
        project_population(basis)


def test_unknown_timing():
    text = r"""migration: 'half' is not a timing of the migrants; write one of "end", "even", "start"\."""
    with pytest.raises(BadInput, match=text):
        project_population(small_basis(), migration="half")


@pytest.mark.parametrize("name", ["population_0", "mx", "asfr", "srb", "net_migration"])
def test_missing_input(name):
    with pytest.raises(MissingVariable, match=f"{name} is missing"):
        project_population(small_basis().drop_vars(name))
