"""Ensembles in a folder: order statistics of all scenarios read some years at a time, in memory that does not grow."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import actuarial as ac
from actuarial.ensemble import autoregression, open_parts, part_passes, quantiles, run, running
from actuarial.errors import BadInput
from tests.reference.small import small_basis

BASIS = small_basis().isel(year=slice(0, 5))
LAW = ac.open_scheme(Path(__file__).parents[1] / "smoke" / "small.toml")
ECONOMY = autoregression({"inflation": 0.01}, persistence=0.6)
YEARS = np.arange(2025, 2041)
NAMES = ["reserve", "flows", "premium", "exhausted"]


def made_up(*given):
    """Scenarios as a block gives them, without a valuation: by year, by year and flow, a number, a shared one."""
    first, last, _, done = given[4:]
    numbers = np.arange(first, last + 1)
    draws = [np.random.default_rng(number).normal(size=(16, 3)) for number in numbers]
    done(numbers.size)
    data = {
        "reserve": (("scenario", "year"), np.stack([one[:, 0] for one in draws]), {"units": "currency"}),
        "exhausted": ("scenario", np.where(numbers % 3 == 0, np.nan, 2040.0 + numbers), {"units": "year"}),
        "flows": (("scenario", "year", "flow"), np.stack([one[:, 1:] for one in draws])),
        "premium": ("scenario", np.array([one[0, 0] for one in draws])),
        "inflation": ("year", np.full(16, 0.02)),
    }
    return xr.Dataset(data, {"scenario": numbers, "year": YEARS, "flow": ["in", "out"]})


@pytest.fixture
def cheap(monkeypatch):
    monkeypatch.setattr(running, "run_block", made_up)


@pytest.mark.parametrize(("memory", "netcdf4"), [(1.0, True), (3e3, False), (64e6, True)])
def test_a_folder_gives_exact_order_statistics(cheap, monkeypatch, tmp_path, memory, netcdf4):
    monkeypatch.setattr(part_passes, "MEMORY", memory)
    monkeypatch.setattr("actuarial.netcdf.has_netcdf4", lambda: netcdf4)
    options = {"seed": 1, "scenarios": 23, "block": 5, "folder": tmp_path}
    none = run(BASIS, LAW, ECONOMY, gather=[], **options)
    assert not none.data_vars
    assert none.attrs["scenarios"] == 23
    found = quantiles(tmp_path, NAMES, [0.1, 0.5, 0.95])
    whole = run(BASIS, LAW, ECONOMY, **options)
    expected = quantiles(whole, NAMES, [0.1, 0.5, 0.95])
    xr.testing.assert_identical(found.drop_attrs(deep=False), expected.drop_attrs(deep=False))
    assert [found[name].attrs.get("units") for name in NAMES] == ["currency", None, None, "year"]
    assert np.array_equal(found.exhausted, [2044.0, 2057.0, np.nan], equal_nan=True)
    ordered = np.sort([np.random.default_rng(number).normal(size=(16, 3))[:, 0] for number in range(23)], axis=0)
    assert np.array_equal(found.reserve, ordered[[2, 11, 21]])
    assert found.attrs["seed"] == 1
    two = run(BASIS, LAW, ECONOMY, gather=["premium", "inflation"], **options)
    assert list(two) == ["premium", "inflation"]
    assert np.array_equal(two.premium, whole.premium)
    assert list(run(BASIS, LAW, ECONOMY, gather=["inflation"], **options)) == ["inflation"]


def test_memory_does_not_grow_with_the_scenarios(cheap, monkeypatch, tmp_path):
    monkeypatch.setattr(part_passes, "MEMORY", 3e5)
    peaks = []
    for scenarios in (1000, 6000):
        tracemalloc.start()
        run(BASIS, LAW, ECONOMY, seed=1, scenarios=scenarios, block=1000, folder=tmp_path / str(scenarios), gather=[])
        quantiles(tmp_path / str(scenarios), NAMES)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert 6000 * 16 * 3 * 8 > 2e6
    assert peaks[1] < peaks[0] + 5e5


def test_what_a_folder_does_not_have(cheap, tmp_path):
    with pytest.raises(BadInput, match="gather: without a folder"):
        run(BASIS, LAW, ECONOMY, seed=1, scenarios=3, gather=[])
    run(BASIS, LAW, ECONOMY, seed=1, scenarios=3, folder=tmp_path, gather=[])
    with pytest.raises(BadInput, match=r"outgo was not kept; the folder has reserve, exhausted"):
        quantiles(tmp_path, ["reserve", "outgo"])
    with pytest.raises(BadInput, match=r"reserv was not kept; did you mean reserve\?"):
        quantiles(tmp_path, "reserv")
    with pytest.raises(BadInput, match=r'gather: give a sequence of names, such as \["reserve"\]'):
        run(BASIS, LAW, ECONOMY, seed=1, scenarios=3, folder=tmp_path, gather="reserve")
    with pytest.raises(BadInput, match="outgo was not kept"):
        open_parts(tmp_path, ["outgo"])
    (tmp_path / "part_000000.nc").write_bytes(b"")
    with pytest.raises(BadInput, match="the first part is missing or damaged"):
        quantiles(tmp_path, "reserve")


def test_a_part_that_lacks_among_others_is_not_passed_over(cheap, tmp_path):
    run(BASIS, LAW, ECONOMY, seed=1, scenarios=8, block=2, folder=tmp_path, gather=[])
    assert quantiles(tmp_path, "reserve").attrs["scenarios"] == 8
    damaged = tmp_path / "part_000001.nc"
    damaged.write_bytes(damaged.read_bytes()[:-100])
    with pytest.raises(BadInput, match=r"part_000001.nc: this part is missing or damaged, with part_000002.nc, "):
        quantiles(tmp_path, "reserve")
    assert quantiles(open_parts(tmp_path), "reserve").attrs["scenarios"] == 2
    run(BASIS, LAW, ECONOMY, seed=1, scenarios=8, block=2, folder=tmp_path, gather=[])
    assert quantiles(tmp_path, "reserve").attrs["scenarios"] == 8
    (tmp_path / "part_000003.nc").unlink()
    assert quantiles(tmp_path, "reserve").attrs["scenarios"] == 6
