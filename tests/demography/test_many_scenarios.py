"""Many scenarios at once are the single ones, to the last bit, whatever carries the scenario."""

import numpy as np
import pytest
import xarray as xr

from actuarial.demography import project_population
from actuarial.errors import BadDimensions, OutOfBounds
from tests.demography.bases import small_basis

WORDS = [f"scenario {i}" for i in range(37)]
INSIDE = {"valuation_date": "2025-06-30"}


def factor(seed):
    return xr.DataArray(np.random.default_rng(seed).uniform(0.8, 1.2, 37), {"scenario": WORDS}, ("scenario",))


def varied(*names):
    """The small basis, with the scenario on some variables, once in front and once in the middle."""
    basis = small_basis()
    for seed, name in enumerate(names):
        basis[name] = basis[name] * factor(seed)
    return basis.assign({name: basis[name].transpose(..., "scenario", basis[name].dims[0]) for name in names[:1]})


@pytest.mark.parametrize("timing", ["end", "even", "start"])
@pytest.mark.parametrize("attributes", [{}, INSIDE])
@pytest.mark.parametrize("names", [("asfr",), ("srb", "population_0"), ("net_migration", "mx", "asfr")])
def test_scenarios_are_single_runs_to_the_bit(names, attributes, timing):
    basis = varied(*names).assign_attrs(attributes)
    if attributes:
        basis = basis.assign(newborn_0=("sex", [40.0, 41.0]))
    many = project_population(basis, migration=timing)
    assert many["scenario"].values.tolist() == WORDS
    for label in (WORDS[0], WORDS[17], WORDS[-1]):
        alone = project_population(basis.sel(scenario=label, drop=True), migration=timing)
        xr.testing.assert_identical(many.sel(scenario=label, drop=True), alone)
        for name, array in alone.items():
            assert many[name].sel(scenario=label).values.tobytes() == array.values.tobytes()


def test_scenarios_without_labels_are_numbered():
    found = project_population(varied("asfr").drop_vars("scenario"))
    assert found["scenario"].values.tolist() == list(range(37))
    xr.testing.assert_equal(found.drop_vars("scenario"), project_population(varied("asfr")).drop_vars("scenario"))


def test_a_label_that_is_there_twice_is_refused():
    with pytest.raises(BadDimensions, match="scenario: 1 label is there more than once, the first is 'scenario 0'"):
        project_population(varied("asfr").assign_coords(scenario=[*WORDS[:-1], WORDS[0]]))


@pytest.mark.parametrize("timing", ["end", "even", "start"])
@pytest.mark.parametrize("attributes", [{}, INSIDE])
def test_the_one_scenario_that_people_leave_is_found(attributes, timing):
    basis = varied("mx").assign_attrs(attributes)
    if attributes:
        basis = basis.assign(newborn_0=("sex", [40.0, 41.0]))
    leaving = xr.ones_like(factor(0) * basis["srb"])
    leaving.loc[{"scenario": "scenario 29", "year": 2027}] = -40.0
    with pytest.raises(OutOfBounds, match=r"population is negative.*\n.*scenario='scenario 29', year=2027"):
        project_population(basis.assign(net_migration=basis["net_migration"] * leaving), migration=timing)
