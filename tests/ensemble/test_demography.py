"""Ensembles of drawn populations: the ordinary projection of them, the central one without deviations."""

from pathlib import Path

import numpy as np
import pytest

import actuarial as ac
from actuarial.ensemble import Uncertainties, autoregression, draw_basis, run
from tests.demography.draw_data import uncertainty
from tests.reference.small import small_basis

BASIS = small_basis().isel(year=slice(0, 4))
LAW = ac.open_scheme(Path(__file__).parents[1] / "smoke" / "small.toml")
ECONOMY = autoregression({"inflation": 0.01})


@pytest.mark.parametrize("scale", [0.0, 0.2])
def test_population_and_economy_are_drawn_apart(scale):
    both = Uncertainties(economy=ECONOMY, demography=uncertainty(BASIS, scale, migration=0.5))
    drawn = draw_basis(BASIS, both, seed=3, scenarios=3)
    alone = draw_basis(BASIS, ECONOMY, seed=3, scenarios=[2])
    assert np.array_equal(drawn.inflation.sel(scenario=[2]), alone.inflation)
    for name in ("mx", "asfr", "net_migration"):
        assert bool((drawn[name] == BASIS[name]).all()) == (scale == 0)
    found = run(BASIS, LAW, both, seed=3, scenarios=3, block=2, keep=["outgo", "active"])
    for i in range(3):
        one = draw_basis(BASIS, both, seed=3, scenarios=[i]).isel(scenario=0, drop=True)
        expected = ac.project(one, LAW, service="years")
        np.testing.assert_allclose(found.outgo.sel(scenario=i), expected.outgo, rtol=1e-12)
        np.testing.assert_allclose(found.active.sel(scenario=i), expected.active.sum("age"), rtol=1e-12)
