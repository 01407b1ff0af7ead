"""Scenarios of a health scheme in blocks: the same numbers as all at once, one block in memory."""

import gc
import weakref

import numpy as np
import pytest
import xarray as xr

from actuarial.demography.population import project_population
from actuarial.errors import BadInput
from actuarial.projection_health import project_health
from actuarial.studies import health_stream
from actuarial.studies.health_stream import stream_health
from tests.reference.health import health_basis, health_scheme

LABELS = ["a", "b", "c"]
SCHEME = health_scheme()


@pytest.fixture(scope="module")
def basis():
    known = health_basis(3)
    shift = xr.DataArray([0.0, 0.01, -0.01], coords={"scenario": LABELS})
    return known.assign(wage_growth=known["wage_growth"] + shift, mx=known["mx"] * (1.0 + 10 * shift))


@pytest.fixture(scope="module")
def whole(basis):
    return project_health(basis, SCHEME)


def test_blocks_are_the_scenarios_of_the_whole_without_services_sexes_and_ages(basis, whole):
    blocks = list(stream_health(basis, SCHEME, block=2))
    assert [block["scenario"].values.tolist() for block in blocks] == [["a", "b"], ["c"]]
    found = xr.concat(blocks, dim="scenario", data_vars="minimal", coords="minimal", compat="override")
    cells = {name for name, array in whole.data_vars.items() if {"service_type", "sex", "age"} & set(array.dims)}
    assert {"contacts", "provider_cost", "health_expenditure", "health_members"} <= cells
    assert set(found.data_vars) == set(whole.data_vars) - cells
    xr.testing.assert_identical(found.drop_attrs(), whole[list(found.data_vars)].drop_attrs())
    assert np.ptp(found["outgo"].values[:, -1]) > 0


def test_chosen_variables_from_stages_that_are_given(basis, whole):
    people = project_population(basis)
    blocks = list(stream_health(basis, SCHEME, block=1, keep=["reserve", "health_expenditure"], population=people))
    assert [list(block.data_vars) for block in blocks] == [["reserve", "health_expenditure"]] * 3
    for block, label in zip(blocks, LABELS, strict=True):
        for name in block.data_vars:
            np.testing.assert_array_equal(block[name].isel(scenario=0), whole[name].sel(scenario=label))


def test_a_block_is_projected_when_it_is_asked_for_and_given_up_afterwards(basis, monkeypatch):
    alive = []

    def watched(*args, **given):
        result = project_health(*args, **given)
        alive.append(weakref.ref(result["provider_cost"].values))
        return result

    monkeypatch.setattr(health_stream, "project_health", watched)
    blocks = stream_health(basis, SCHEME, block=1)
    assert not alive
    first = next(blocks)
    gc.collect()
    assert [one() for one in alive] == [None]
    assert all(first[name].values.base is None for name in ("outgo", "reserve"))


def test_what_cannot_be_streamed(basis):
    with pytest.raises(BadInput, match="no scenarios"):
        stream_health(basis.isel(scenario=0, drop=True), SCHEME)
    with pytest.raises(BadInput, match="at least one scenario"):
        stream_health(basis, SCHEME, block=0)
    with pytest.raises(BadInput, match="keep: the result has no profit"):
        next(stream_health(basis, SCHEME, keep=["outgo", "profit"]))
