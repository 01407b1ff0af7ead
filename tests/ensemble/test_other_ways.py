"""Ensembles in ways less usual: health, months, the worst above, covariances, a bar."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.ensemble import autoregression, depletion, draw_basis, draw_economy, run, tail
from actuarial.errors import BadInput
from tests.ensemble.test_ensemble import BASIS, ECONOMY, LAW
from tests.reference.health import health_basis, health_scheme

SHORT = BASIS.isel(year=slice(0, 2))


def test_months_and_a_bar(capsys):
    """A scenario by months is the projection by months, and the bar counts what is done."""
    found = run(SHORT, LAW, ECONOMY, seed=3, scenarios=1, service="months", block=1, keep=["reserve"], progress=True)
    one = draw_basis(SHORT, ECONOMY, seed=3, scenarios=[0]).isel(scenario=0, drop=True)
    assert_allclose(found.reserve.sel(scenario=0), ac.project(one, LAW, service="months").reserve, rtol=1e-12)
    bar = capsys.readouterr().err
    assert "ensemble" in bar
    assert "1/1" in bar
    with pytest.raises(BadInput, match="progress: give True, or a function of a word"):
        run(SHORT, LAW, ECONOMY, seed=3, scenarios=1, progress="loud")


def test_the_worst_above_are_the_greatest_and_mirror_those_below():
    values = np.random.default_rng(2).normal(size=(53, 2))
    result = xr.Dataset({"cost": (("scenario", "year"), values)}, {"year": [2025, 2026]})
    found, below = tail(result, "cost", 0.9), tail(-result, "cost", 0.9, side="lower")
    order = np.sort(values, axis=0)
    assert_allclose(found.value_at_risk, order[47])  # rank ceil(0.9 x 53) = 48
    assert_allclose(found.expected_shortfall, (order[-5:].sum(axis=0) + 0.3 * order[-6]) / 5.3)
    assert (found.lower < found.value_at_risk).all()
    assert (found.upper > found.value_at_risk).all()
    for name, mirrored in (("value_at_risk",) * 2, ("expected_shortfall",) * 2, ("lower", "upper"), ("upper", "lower")):
        assert_allclose(found[name], -below[mirrored], err_msg=name)
    assert_allclose(found.standard_error, below.standard_error)


def test_covariances_are_deviations_with_a_correlation():
    names = ["inflation", "real_interest_rate"]
    coords = {"series": names, "other": names}
    covariance = xr.DataArray([[0.0004, -0.00018], [-0.00018, 0.0009]], dims=("series", "other"), coords=coords)
    related = xr.DataArray([[1.0, -0.3], [-0.3, 1.0]], dims=("series", "other"), coords=coords)
    years = np.arange(2025, 2030)
    apart = autoregression(dict(zip(names, (0.02, 0.03), strict=True)), persistence=0.5, correlation=related)
    for given in (covariance, covariance.isel(other=[1, 0]), covariance.T):
        together = autoregression(given, persistence=0.5)
        first, second = (draw_economy(one, years, 4, seed=1) for one in (together, apart))
        for name in names:
            assert_allclose(first[name], second[name], rtol=1e-12, atol=1e-16)
    with pytest.raises(BadInput, match="the covariances hold it already"):
        autoregression(covariance, correlation=related)


def test_draws_belong_to_a_series_wherever_it_is_given():
    names = ["inflation", "real_interest_rate"]
    coords = {"series": names, "other": names}
    related = xr.DataArray([[1.0, -0.3], [-0.3, 1.0]], dims=("series", "other"), coords=coords)
    sizes = {"inflation": 0.02, "real_interest_rate": 0.03}
    turned = dict(reversed(sizes.items()))
    first, second = (
        draw_economy(autoregression(given, persistence=0.5, correlation=related), [2025, 2026], 3, seed=1)
        for given in (sizes, turned)
    )
    xr.testing.assert_identical(first, second)


def test_tables_of_pandas_are_matrices_and_words_are_no_numbers():
    names = ["inflation", "real_interest_rate"]
    coords = {"series": names, "other": names}
    covariance = xr.DataArray([[0.0004, -0.0002], [-0.0002, 0.0009]], coords=coords)
    left = xr.DataArray([[0.5, 0.0], [0.3, 0.2]], coords=coords)
    related = xr.DataArray([[1.0, -0.3], [-0.3, 1.0]], coords=coords)
    sizes = {"inflation": 0.02, "real_interest_rate": 0.03}
    pairs = [
        (autoregression(covariance.to_pandas(), persistence=left.to_pandas()),
         autoregression(covariance, persistence=left)),
        (autoregression(pd.Series(sizes), persistence=pd.Series({"inflation": 0.4}), correlation=related.to_pandas()),
         autoregression(sizes, persistence={"inflation": 0.4}, correlation=related)),
    ]  # fmt: skip
    for given, expected in pairs:
        first, second = (draw_economy(one, [2025, 2026, 2027], 3, seed=1) for one in (given, expected))
        xr.testing.assert_identical(first, second)
    with pytest.raises(BadInput, match=r"shocks: that of inflation is no number \(got '1%'\)"):
        autoregression({"inflation": "1%"})
    with pytest.raises(BadInput, match=r"correlation: give numbers; 2 of 4 are words, the first is '-30%'"):
        autoregression(sizes, correlation=pd.DataFrame([[1.0, "-30%"], ["-30%", 1.0]], index=names, columns=names))
    with pytest.raises(BadInput, match=r"initial: give numbers by series, .* \(got 0.02\)"):
        autoregression(sizes, initial=0.02)
    with pytest.raises(BadInput, match=r"threshold: a number is needed \(got 'zero'\)"):
        depletion(xr.Dataset({"reserve": (("scenario", "year"), np.ones((2, 3)))}), threshold="zero")


def test_a_scenario_of_a_health_ensemble_is_the_ordinary_projection():
    basis, law = health_basis(2), health_scheme()
    found = run(basis, law, ECONOMY, seed=5, scenarios=2, block=2)
    one = draw_basis(basis, ECONOMY, seed=5, scenarios=[1]).isel(scenario=0, drop=True)
    alone = ac.project_health(one, law, service="years")
    shown = [name for name in found if name in alone and "scenario" in found[name].dims]
    assert {"outgo", "reserve"} <= set(shown)
    for name in shown:
        assert_allclose(found[name].sel(scenario=1), alone[name], rtol=1e-12, err_msg=name)
    assert float(found.reserve.isel(year=-1).std()) > 0
