"""Ensembles: the ordinary projection of each drawn basis, the same bits whoever computes them, and sound parts."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose
from scipy.stats import binomtest

import actuarial as ac
from actuarial.demography.futures.draws import root_of
from actuarial.ensemble import autoregression, depletion, distribution, draw_economy, open_parts, quantiles, run, tail
from actuarial.errors import BadInput, MissingVariable, OutOfBounds
from tests.reference.small import small_basis

BASIS = small_basis().isel(year=slice(0, 5))
LAW = ac.open_scheme(Path(__file__).parents[1] / "smoke" / "small.toml")
SHOCKS = {"inflation": 0.01, "real_wage_growth": 0.01, "interest_rate": 0.02, "unemployment_rate": 0.2}
ECONOMY = autoregression(SHOCKS, persistence=0.6)


@pytest.fixture(scope="module")
def futures():
    return run(BASIS, LAW, ECONOMY, seed=7, scenarios=6, block=6)


@pytest.mark.parametrize(("below", "count"), [(0, 4), (3, 10), (10, 10), (40, 1000)])
def test_the_interval_of_a_probability_is_that_of_wilson(below, count):
    reserve = np.where(np.arange(count) < below, -1.0, 1.0)[:, None]
    found = depletion(xr.Dataset({"reserve": (("scenario", "year"), reserve)}, {"year": [2025]}), confidence=0.9)
    low, high = binomtest(below, count).proportion_ci(0.9, "wilson")
    assert_allclose([found.lower_ever_below[0], found.upper_ever_below[0]], [low, high], atol=1e-12)
    plain = (below / count * (1 - below / count) / count) ** 0.5
    assert float(found.standard_error_below[0]) > 0.0
    assert count < 1000 or float(found.standard_error_below[0]) == pytest.approx(plain, rel=0.02)


def test_a_name_that_an_ensemble_does_not_have():
    result = xr.Dataset({"reserve": ("scenario", [1.0, 2.0])}, attrs={"seed": 1})
    with pytest.raises(MissingVariable, match=r"reserv: the result has no such variable; did you mean reserve\?"):
        quantiles(result, "reserv")
    with pytest.raises(MissingVariable, match=r'outgo: the result has not kept it.\n  Run it again .*"outgo"'):
        quantiles(result, "outgo")


def test_a_scenario_is_the_ordinary_projection(futures):
    one = ac.ensemble.draw_basis(BASIS, ECONOMY, seed=7, scenarios=[4]).isel(scenario=0, drop=True)
    alone = ac.project(one, LAW, service="years")
    for name in futures:
        found = futures[name].sel(scenario=4) if "scenario" in futures[name].dims else futures[name]
        assert_allclose(found, (alone if name in alone else one)[name], rtol=1e-12, atol=0)
    assert float(futures.reserve.isel(year=-1).std()) > 0


def test_no_deviation_is_the_central_projection():
    still = run(BASIS, LAW, autoregression(dict.fromkeys(SHOCKS, 0.0)), seed=1, scenarios=2)
    central = ac.project(BASIS, LAW, service="years")
    drawn = ac.ensemble.draw_basis(BASIS, autoregression(dict.fromkeys(SHOCKS, 0.0)), seed=1, scenarios=2)
    assert all((drawn[name] == BASIS[name]).all() for name in drawn if "scenario" in drawn[name].dims)
    for name in set(map(str, still)) & set(map(str, central)):
        assert_allclose(*xr.broadcast(still[name], central[name]), rtol=1e-12, atol=0)


@pytest.mark.parametrize(("block", "workers", "scenarios"), [(1, 2, 6), (4, 1, 6), (2, 8, 6), (5, 1, 3)])
def test_blocks_workers_and_number_change_no_bit(futures, block, workers, scenarios):
    other = run(BASIS, LAW, ECONOMY, seed=7, scenarios=scenarios, block=block, workers=workers)
    for name in other:
        expected = futures[name].isel(scenario=slice(0, scenarios), missing_dims="ignore")
        assert np.array_equal(other[name], expected, equal_nan=True)


def test_parts_are_used_again_damaged_ones_not_and_other_runs_refused(futures, tmp_path):
    told = []
    options = {"seed": 7, "block": 2, "folder": tmp_path}
    run(BASIS, LAW, ECONOMY, scenarios=4, **options)
    kept = (tmp_path / "part_000000.nc").stat().st_mtime_ns
    damaged = tmp_path / "part_000001.nc"
    damaged.write_bytes(damaged.read_bytes()[:200])
    assert open_parts(tmp_path).sizes["scenario"] == 2
    again = run(BASIS, LAW, ECONOMY, scenarios=6, progress=told.append, **options)
    assert told == ["4 of 6 scenarios", "6 of 6 scenarios"]
    assert (tmp_path / "part_000000.nc").stat().st_mtime_ns == kept
    assert all(np.array_equal(again[name], futures[name], equal_nan=True) for name in futures)
    with pytest.raises(BadInput, match=r"1 of \d+ inputs differ:\n  seed: 7 there, 8 here"):
        run(BASIS, LAW, ECONOMY, scenarios=4, **{**options, "seed": 8})


def test_an_interruption_leaves_valid_parts(tmp_path):
    def interrupt(word):
        if word.startswith("4"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(BASIS, LAW, ECONOMY, seed=7, scenarios=6, block=2, folder=tmp_path, progress=interrupt)
    assert open_parts(tmp_path).sizes["scenario"] == 2


def test_draws_have_the_stated_deviation_and_correlation():
    names = ["inflation", "interest_rate"]
    related = xr.DataArray([[1.0, 0.5], [0.5, 1.0]], coords={"series": names, "other": names})
    given = autoregression(dict(zip(names, (0.01, 0.02), strict=True)), persistence=0.7, correlation=related)
    draws = draw_economy(given, np.arange(2025, 2030), 4000, 3)
    expected = given.standard_deviations(np.arange(2025, 2030))
    for name in names:
        assert_allclose(draws[name].std("scenario"), expected.sel(series=name), rtol=4.5 / np.sqrt(2 * 4000))
    assert np.corrcoef(draws.inflation[:, 4], draws.interest_rate[:, 4])[0, 1] == pytest.approx(0.5, abs=4.5 / 63)
    with pytest.raises(OutOfBounds, match=r"an eigenvalue is negative \(-0.5\).*is interest_rate"):
        autoregression(dict.fromkeys(names, 0.1), correlation=related.where(related == 1, 1.5))


def test_series_that_others_determine():
    """Wages move with inflation, three times as far; the matrix has no inverse and is the square of its root."""
    names = ["inflation", "interest_rate", "wage_growth"]
    related = xr.DataArray([[1, 0.6, 1], [0.6, 1, 0.6], [1, 0.6, 1.0]], coords={"series": names, "other": names})
    given = autoregression(dict(zip(names, (0.01, 0.02, 0.03), strict=True)), persistence=0.5, correlation=related)
    draws = draw_economy(given, [2025, 2026], 500, seed=3)
    assert_allclose(draws.wage_growth, 3.0 * draws.inflation, rtol=1e-12)
    assert_allclose(root_of(related.values) @ root_of(related.values).T, related, atol=1e-15)


def test_statistics_are_order_statistics_and_plain_counts():
    rng = np.random.default_rng(1)
    paths = rng.normal(1.0, 1.0, (50, 3))
    result = xr.Dataset({"reserve": (("scenario", "year"), paths)}, {"year": [2025, 2026, 2027]})
    assert quantiles(result, "reserve", [0.31]).reserve.values[0].tolist() == np.sort(paths, axis=0)[15].tolist()
    ever = [sum(any(v < 0 for v in path[: t + 1]) for path in paths) / 50 for t in range(3)]
    assert_allclose(depletion(result).probability_ever_below, ever)
    worst = tail(result, "reserve", 0.9, side="lower")
    assert_allclose(worst.expected_shortfall, np.sort(paths, axis=0)[:5].mean(axis=0))
    found = distribution(result, "reserve", [0.5])
    assert found.lower.values[0].tolist() == np.sort(paths, axis=0)[17].tolist()
    assert found.upper.values[0].tolist() == np.sort(paths, axis=0)[32].tolist()
