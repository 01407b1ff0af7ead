"""Population in drawn futures: against the ordinary projection, a plain loop, and its own promises."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose, assert_array_equal

from actuarial.demography import (
    basis_of_draws,
    draw_assumptions,
    project_population,
    project_population_draws,
    uncertainty_from_intervals,
)
from actuarial.demography.futures.paths import rogers_castro
from actuarial.demography.futures.stochastic import TOTALS
from actuarial.demography.mortality import basis_life_table
from actuarial.errors import BadDimensions, BadInput, MissingVariable, OutOfBounds
from tests.demography.draw_data import country, intervals, medians, total, uncertainty
from tests.oracle import population as oracle

BASIS = country(6)


@pytest.fixture(scope="module")
def given():
    return uncertainty(BASIS)


@pytest.fixture(scope="module")
def kept(given):
    return project_population_draws(BASIS, given, seed=7, scenarios=41, keep=list(TOTALS), block=16)


def totals_of(basis):
    """The totals once more, of the labelled arrays of a basis with or without scenarios."""
    projection, e0 = project_population(basis), basis_life_table(basis).ex.sel(age=0, drop=True)
    stock, ages = projection.population.sum("sex"), projection["age"]
    found = {
        "total_population": stock.sum("age"),
        "population_0_14": stock.where(ages < 15, 0).sum("age"),
        "population_15_64": stock.where((ages >= 15) & (ages < 65), 0).sum("age"),
        "population_65_and_over": stock.where(ages >= 65, 0).sum("age"),
        "births": projection.births.sum(("sex", "age")),
        "deaths": projection.deaths.sum(("sex", "age")),
        "net_migration": basis.net_migration.sum(("sex", "age")),
        "total_fertility": basis.asfr.sum("age"),
        "life_expectancy_male": e0.sel(sex="male"),
        "life_expectancy_female": e0.sel(sex="female"),
    }
    found["old_age_dependency_ratio"] = found["population_65_and_over"] / found["population_15_64"]
    return found


def test_no_uncertainty_is_the_central_projection():
    found = project_population_draws(BASIS, uncertainty(BASIS, 0.0), seed=1, scenarios=3, quantiles=[0.2, 0.5, 0.9])
    for name, central in totals_of(BASIS).items():
        assert found[name].dims == ("quantile", "year")
        assert_allclose(found[name], np.tile(central, (3, 1)), rtol=1e-12)
    assert found.attrs == {"scenarios": 3, "seed": 1, "scenarios_without_people": 0, "scenarios_of_longest_life": 0}


def test_totals_are_those_of_the_ordinary_projection_of_the_drawn_basis(given, kept):
    numbers = [0, 15, 16, 40]
    drawn = basis_of_draws(BASIS, given, seed=7, scenarios=numbers)
    for name, expected in totals_of(drawn).items():
        assert_allclose(kept[f"{name}_by_scenario"].sel(scenario=numbers), expected, rtol=1e-10)


def test_assumptions_are_the_drawn_ones(given):
    drawn = basis_of_draws(BASIS, given, seed=7, scenarios=5)
    away, middle = draw_assumptions(given, 5, 7), medians(BASIS)
    found = {name: values.transpose("scenario", "year") for name, values in totals_of(drawn).items()}
    expected = np.exp(away.total_fertility) * middle["total_fertility"]
    assert_allclose(found["total_fertility"], expected, rtol=1e-13)
    for name in ("life_expectancy_male", "life_expectancy_female"):
        assert_allclose(found[name], away[name] + middle[name], atol=1e-9, rtol=0)
    assert_allclose(found["net_migration"], away.net_migration + middle["net_migration"], rtol=1e-12)


def test_patterns_by_age(given):
    drawn, away = basis_of_draws(BASIS, given, seed=7, scenarios=3), draw_assumptions(given, 3, 7)
    cells = ("scenario", "year", "sex", "age")
    spread = (drawn.net_migration - BASIS.net_migration) / away.net_migration
    assert_allclose(spread.transpose(*cells), np.broadcast_to(rogers_castro(71), (3, 6, 2, 71)), rtol=1e-8)
    births = drawn.asfr / BASIS.asfr.where(BASIS.asfr > 0)
    assert_allclose(births.max("age"), births.min("age"), rtol=1e-13)
    moved = np.log(drawn.mx / BASIS.mx).transpose(*cells).values
    e0 = basis_life_table(BASIS).ex.sel(age=0).values
    for x in range(2):
        slope = np.array([np.polyfit(e0[:, x], np.log(BASIS.mx.values[:, x, a]), 1)[0] for a in range(71)])
        place = moved[:, :, x, 40] / slope[40]
        assert_allclose(moved[:, :, x], place[..., None] * slope, rtol=1e-8, atol=1e-12)


def test_patterns_can_be_given(given):
    flat = xr.DataArray(np.ones((2, 71)), dims=("sex", "age"), coords={"sex": BASIS.sex, "age": BASIS.age})
    girls = xr.where((flat["age"] == 9) & (flat["sex"] == "female"), 1.0, 0.0 * flat)
    drawn = basis_of_draws(
        BASIS, given, seed=7, scenarios=2, mortality_pattern=flat, migration_pattern=girls.transpose("sex", "age")
    )
    ratio = drawn.mx / BASIS.mx
    assert_allclose(ratio.max("age"), ratio.min("age"), rtol=1e-12)
    away = draw_assumptions(given, 2, 7)
    for name, e0 in {"life_expectancy_male": "male", "life_expectancy_female": "female"}.items():
        found = basis_life_table(drawn).ex.sel(age=0, sex=e0).transpose("scenario", "year")
        assert_allclose(found, (medians(BASIS)[name] + away[name]).transpose("scenario", "year"), atol=1e-9)
    others = (drawn.net_migration - BASIS.net_migration).where((drawn["age"] != 9) | (drawn["sex"] != "female"), 0)
    assert abs(others).max() < 1e-9


def test_against_the_plain_loop(given):
    drawn = basis_of_draws(BASIS, given, seed=7, scenarios=[4]).isel(scenario=0, drop=True)
    kept = project_population_draws(BASIS, given, seed=7, scenarios=[4], keep=["total_population", "deaths"])
    tables = basis_life_table(drawn)
    a0 = (tables.Lx - tables.lx.shift(age=-1)).sel(age=0) / tables.qx.sel(age=0)
    survival = [
        [oracle.survival_ratios(drawn.mx.values[t, x].tolist(), [float(a0[t, x])] + [0.5] * 70) for x in range(2)]
        for t in range(6)
    ]
    path, _, deaths = oracle.project(
        BASIS.population_0.values.tolist(), survival, drawn.asfr.values.tolist(), drawn.srb.values.tolist(),
        drawn.net_migration.values.tolist(), "end",
    )  # fmt: skip
    assert_allclose(kept.total_population_by_scenario[0], np.sum(path, axis=(1, 2)), rtol=1e-10)
    assert_allclose(kept.deaths_by_scenario[0], np.sum(deaths, axis=(1, 2)), rtol=1e-10)


@pytest.mark.parametrize("block", [1, 3, 41, 500])
def test_block_changes_nothing(given, kept, block):
    other = project_population_draws(BASIS, given, seed=7, scenarios=41, keep=list(TOTALS), block=block)
    xr.testing.assert_identical(other, kept)


def test_threads_change_nothing(given):
    several = [
        project_population_draws(BASIS, given, seed=7, scenarios=300, keep=list(TOTALS), block=128, threads=threads)
        for threads in (1, 3)
    ]
    xr.testing.assert_identical(*several)
    refused(BadInput, "threads", threads=0)


def test_a_scenario_is_the_same_among_others(given, kept):
    few = project_population_draws(BASIS, given, seed=7, scenarios=[2, 30], keep=["total_population"])
    expected = kept.total_population_by_scenario.sel(scenario=[2, 30])
    assert_array_equal(few.total_population_by_scenario, expected)
    other = project_population_draws(BASIS, given, seed=8, scenarios=[2, 30], keep=["total_population"])
    assert not (other.total_population_by_scenario.values == expected.values).any()


def test_quantiles_are_order_statistics(given, kept):
    levels = [0.001, 0.025, 0.1, 0.5, 0.9, 0.975, 0.999]
    found = project_population_draws(BASIS, given, seed=7, scenarios=41, quantiles=levels)
    ranks = [1, 2, 5, 21, 37, 40, 41]
    for name, (units, _) in TOTALS.items():
        values = kept[f"{name}_by_scenario"].values
        for t in range(6):
            ordered = sorted(values[:, t].tolist())
            assert found[name].values[:, t].tolist() == [ordered[rank - 1] for rank in ranks]
        assert found[name].attrs["units"] == units
    assert f"{name}_by_scenario" not in found


def test_ranks_of_whole_products(given):
    """0.9 of 10 scenarios is the ninth, though 10 times 0.9 may be rounded up."""
    found = project_population_draws(
        BASIS, given, seed=7, scenarios=10, quantiles=[0.1, 0.3, 0.7, 0.9], keep=["births"]
    )
    ordered = np.sort(found.births_by_scenario.values[:, 0])
    assert found.births.values[:, 0].tolist() == ordered[[0, 2, 6, 8]].tolist()


def test_large_emigration_is_counted():
    wide = intervals(BASIS)
    wide["net_migration"] = wide.net_migration - xr.where(wide["level"] < 0.5, 40_000.0, 0.0)
    given = uncertainty_from_intervals(wide, total(BASIS))
    found = project_population_draws(BASIS, given, seed=1, scenarios=60, keep=["total_population", "net_migration"])
    drawn = draw_assumptions(given, 60, 1).net_migration + BASIS.net_migration.sum(("sex", "age"))
    unmet = (found.net_migration_by_scenario - drawn > 1e-3).any("year")
    assert found.attrs["scenarios_without_people"] == int(unmet.sum()) > 0
    assert int(unmet.sum()) < 60
    assert (found.total_population_by_scenario > 0).all()
    project_population(basis_of_draws(BASIS, given, seed=1, scenarios=60))


def test_lives_longer_than_any_table_are_the_longest(given):
    """Where the oldest ages hardly move, life expectancy has an end; scenarios below it stay as they are."""
    ages = BASIS["age"].values
    young = xr.DataArray(np.tile(np.where(ages < 60, 1.0, 1e-4), (2, 1)), {"sex": BASIS.sex, "age": ages})
    names = [f"life_expectancy_{sex}" for sex in ("male", "female")]
    far = replace(given, deviation=given.deviation * xr.where(given.deviation["series"].isin(names), 2.0, 1.0))
    with pytest.warns(UserWarning, match=r"in \d+ of 50 scenarios more is drawn than any table"):
        found = project_population_draws(BASIS, far, seed=1, scenarios=50, keep=names, mortality_pattern=young)
    drawn, e0 = draw_assumptions(far, 50, 1), basis_life_table(BASIS).ex.sel(age=0, drop=True)
    longest = {}
    for name, sex in zip(names, ("male", "female"), strict=True):
        kept, asked = found[f"{name}_by_scenario"], drawn[name] + e0.sel(sex=sex)
        inside = abs(kept - asked) < 1e-6
        assert (kept.where(~inside, -np.inf) <= asked + 1e-6).all()
        longest[name] = ~inside
    beyond = int((longest[names[0]] | longest[names[1]]).any("year").sum())
    assert 0 < beyond < 50
    assert found.attrs["scenarios_of_longest_life"] == beyond
    with pytest.warns(UserWarning, match=f"in {beyond} of 50"):
        basis = basis_of_draws(BASIS, far, seed=1, scenarios=50, mortality_pattern=young)
    reached = basis_life_table(basis).ex.sel(age=0, sex="female", drop=True)
    assert_allclose(reached, found[f"{names[1]}_by_scenario"].transpose(*reached.dims), atol=1e-6)


def test_a_given_a0(given):
    a0 = xr.DataArray([0.2, 0.25], dims="sex", coords={"sex": BASIS.sex})
    basis = BASIS.drop_attrs().assign(a0=a0)
    drawn = basis_of_draws(basis, given, seed=7, scenarios=2)
    kept = project_population_draws(basis, given, seed=7, scenarios=2, keep=["deaths"])
    assert_allclose(kept.deaths_by_scenario, project_population(drawn).deaths.sum(("sex", "age")), rtol=1e-12)


def test_rogers_castro():
    schedule = rogers_castro(101)
    assert schedule.sum() == pytest.approx(1, abs=1e-14)
    assert_array_equal(schedule[0], schedule[1])
    assert 20 < schedule[0, 15:].argmax() + 15 < 26
    rate = 0.02 * np.exp(-3.0) + 0.06 * np.exp(-1.0 - np.exp(-4.0)) + 0.003
    first = 0.02 + 0.06 * np.exp(2.0 - np.exp(8.0)) + 0.003
    assert schedule[0, 30] / schedule[0, 0] == pytest.approx(rate / first, rel=1e-12)


def refused(error, match, basis=BASIS, given=None, **options):
    with pytest.raises(error, match=match):
        project_population_draws(basis, given or uncertainty(BASIS), **{"seed": 1, "scenarios": 2} | options)


def test_refusals(given):
    refused(BadInput, "quantiles", quantiles=[0.5, 0.1])
    refused(BadInput, "quantiles", quantiles=[0.0, 0.5])
    refused(BadInput, "keep: tfr unknown", keep=["tfr"])
    refused(BadInput, "block", block=0)
    refused(BadInput, "scenarios", scenarios=0)
    refused(MissingVariable, "srb", BASIS.drop_vars("srb"))
    refused(BadDimensions, "one central path", BASIS.expand_dims(scenario=["a"]))
    refused(BadInput, "whole years", BASIS.assign_attrs(valuation_date="2025-06-30"))
    longer = country(8)
    refused(BadInput, "2 of 8 years are missing, the first is 2031", longer)
    refused(BadInput, "cannot tell the population of 65", BASIS.sel(age=slice(0, 60)))
    still = BASIS.assign(mx=BASIS.mx.isel(year=0, drop=True).expand_dims(year=BASIS.year))
    refused(BadInput, "hardly changes", still)
    dead = BASIS.copy(deep=True)
    dead.mx[0, 0, 9] = 0.0
    refused(OutOfBounds, "1 of 852 death rates are 0", dead)
    flat = xr.DataArray(np.ones((2, 71)), dims=("sex", "age"), coords={"sex": BASIS.sex, "age": BASIS.age})
    refused(BadInput, "must be 1", migration_pattern=flat)
    refused(BadDimensions, "mortality_pattern: give a DataArray", mortality_pattern=flat.values)
    refused(BadDimensions, "migration_pattern: 1 of 71 labels", migration_pattern=flat.isel(age=slice(0, 70)))
    gap = flat.where(flat["age"] != 3)
    refused(OutOfBounds, "migration_pattern must be numbers: 2 of 142 .* age 3 -> nan", migration_pattern=gap)
    refused(OutOfBounds, "numbers", mortality_pattern=flat * np.nan)
    for_men = flat * (flat["sex"] == "female")
    refused(BadInput, r"mortality_pattern: it is 0 at every age \(male\), so", mortality_pattern=for_men)
    refused(BadDimensions, "labels of age", mortality_pattern=flat.isel(age=slice(0, 5)))
    names = [f"life_expectancy_{sex}" for sex in ("male", "female")]
    far = given.deviation * xr.where(given.deviation["series"].isin(names), 1000.0, 1.0)
    refused(OutOfBounds, "life expectancy of the scenarios 0 to 1", given=replace(given, deviation=far))
    emptied = BASIS.assign(net_migration=BASIS.net_migration - 1e6)
    refused(OutOfBounds, "negative on 31 December", emptied)
