"""Indices of mortality as ARIMA: a likelihood written otherwise, another program, draws, the random walk, refusals."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose
from scipy.stats import multivariate_normal

from actuarial.demography import arima_index, cairns_blake_dowd, mortality_draws, mortality_forecast, random_walk
from actuarial.demography.trends.arima_index import Fitted, course_of, fitted
from actuarial.errors import BadInput, NoSolution

DEPENDENT = [(1, 1, 0), (0, 1, 1), (1, 1, 1)]


def series(seed=3, ar=0.5, ma=-0.2, years=60):
    """An index of 61 years, from 10 on."""
    shocks, change = np.random.default_rng(seed).normal(size=years + 1), np.zeros(years)
    for t in range(years):
        before = change[t - 1] + 0.7 if t else 0.0
        change[t] = -0.7 + ar * before + shocks[t + 1] + ma * shocks[t]
    return 10.0 + np.concatenate([[0.0], np.cumsum(change)])


def covariances(ar, ma, lags):
    """Of changes at lags, from shocks far back, one by one."""
    psi = [1.0, ar + ma]
    while len(psi) < 600:
        psi.append(psi[-1] * ar)
    return np.array([sum(a * b for a, b in zip(psi, psi[lag:], strict=False)) for lag in range(lags)])


def likelihood(kappa, drift, ar, ma, variance):
    changes = np.diff(kappa)
    lag = np.abs(np.subtract.outer(np.arange(changes.size), np.arange(changes.size)))
    matrix = variance * covariances(ar, ma, changes.size)[lag]
    return multivariate_normal.logpdf(changes, np.full(changes.size, drift), matrix)


@pytest.mark.parametrize("order", DEPENDENT)
def test_likelihood_is_the_highest_of_its_neighbours(order):
    kappa = series()
    found, n = arima_index(kappa, order), 60
    free = n - 1 - order[0] - order[2]
    at = {"drift": float(found.drift), "ar": float(found.ar), "ma": float(found.ma)}
    at["variance"] = float(found.innovation) ** 2 * free / n
    best = likelihood(kappa, **at)
    assert float(found.log_likelihood) == pytest.approx(best, rel=1e-10)
    assert float(found.aic) == pytest.approx(2 * (2 + order[0] + order[2]) - 2 * best)
    names = ["drift", "variance", *["ar"] * order[0], *["ma"] * order[2]]
    for name in names:
        for step in (-1e-3, 1e-3):
            assert likelihood(kappa, **at | {name: at[name] + step}) < best


def test_another_program():
    """statsmodels 0.15.0, ARIMA(kappa, order=(1, 1, 1), trend="t"), whose start of the level is nearly diffuse."""
    kappa = series()
    found = arima_index(kappa, (1, 1, 1))
    assert_allclose([found.drift, found.ar, found.ma], [-0.858510, 0.608783, -0.397254], atol=1e-4)
    assert float(found.log_likelihood) == pytest.approx(-88.780424, abs=2e-5)
    assert float(found.innovation) ** 2 * 57 / 60 == pytest.approx(1.127622, abs=1e-5)
    course = course_of(xr.DataArray(kappa, dims="year"), (1, 1, 1), np.arange(5))
    expected = [-40.21187775, -41.24659245, -42.21237303, -43.13618768, -44.0344542]
    assert_allclose(kappa[-1] + course.expected, expected, atol=2e-4)
    variance = [1.12762157, 2.78274731, 4.80842403, 7.07800005, 9.50284532]
    assert_allclose(1.127622 * (course.shocks**2).cumsum("year"), variance, rtol=2e-5)


def test_expected_changes_are_those_of_the_joint_normal():
    """Conditional means, and the shares of the drift, by one covariance matrix of past and future changes."""
    changes = np.diff(series(years=12))
    one = Fitted(changes, -0.6, 0.55, 0.3, 0.0, changes, 0.1)
    lag = np.abs(np.subtract.outer(np.arange(16), np.arange(16)))
    whole = covariances(0.55, 0.3, 16)[lag]
    inverse = np.linalg.inv(whole)  # the mean of the last given the first is -inv(P_ff) P_fo (x - mean)
    weights = -np.linalg.solve(inverse[12:, 12:], inverse[12:, :12])
    expected, share = one.ahead(4)
    assert_allclose(expected, np.cumsum(-0.6 + weights @ (changes + 0.6)), rtol=1e-10)
    assert_allclose(share, np.cumsum(1 - weights.sum(axis=1)), rtol=1e-10)


def test_the_random_walk_is_the_order_without_dependence():
    coords = {"index": ["level", "slope"], "year": np.arange(1990, 2051)}
    kappa = xr.DataArray(np.stack([series(1), series(2)]), dims=("index", "year"), coords=coords)
    found, walk = arima_index(kappa, (0, 1, 0)), random_walk(kappa)
    for name in ("drift", "standard_error", "innovation", "last", "covariance", "changes"):
        assert_allclose(found[name], walk[name], rtol=1e-12)
    assert found.attrs["order"] == "0,1,0"
    course = course_of(kappa, (0, 1, 0), np.arange(2051, 2056))
    assert_allclose(course.expected, np.outer(walk.drift, np.arange(1.0, 6)), rtol=1e-12)
    assert_allclose(course.of_drift.sel(index="slope"), np.arange(1.0, 6) / np.sqrt(60), rtol=1e-12)


def test_draws_have_the_moments_of_the_forecast():
    """Both indices of a line in age, whose shocks go together; the share of the drift and of shocks to come."""
    ages, years = np.arange(60, 70), np.arange(1980, 2021)
    level, slope = 0.02 * series(5, years=40) - 4.2, 0.0005 * series(6, years=40) + 0.1
    q = 1 / (1 + np.exp(-(level[:, None] + np.outer(slope, ages - ages.mean()))))
    model = cairns_blake_dowd(1e7 * q, 1e7 * (1 - q / 2), ages=ages, years=years)
    order, many = (1, 1, 1), 4000
    ahead = mortality_forecast(model, 6, order=order)
    drawn = mortality_draws(model, 6, many, 11, order=order)
    variance = ahead.process_variance + ahead.drift_variance
    assert_allclose((drawn.kappa.mean("scenario") - ahead.kappa) / np.sqrt(variance / many), 0.0, atol=4.0)
    assert_allclose(drawn.kappa.var("scenario") / variance.transpose("index", "year"), 1.0, atol=0.12)
    below = (drawn.qx < ahead.qx_lower).mean("scenario")
    assert_allclose(below, 0.025, atol=0.012)
    first = mortality_draws(model, 3, 5, 11, order=order)
    assert_allclose(first.mx, drawn.mx.isel(scenario=slice(0, 5), year=slice(0, 3)), rtol=1e-12)
    walk = mortality_forecast(model, 6)
    assert float(abs(walk.mx / ahead.mx - 1).max()) > 1e-3


def test_bias_of_short_series_is_as_stated():
    """Of 30 changes with ar 0.6 and ma 0.3: 0.12 too low and 0.07 too high on average, the drift and shocks not."""
    many, found, at_the_edge = 100, [], 0
    for seed in range(1000, 1000 + many):
        changes = np.diff(series(seed, 0.6, 0.3, years=80))[-30:]
        try:
            one = fitted(changes, (1, 1, 1), "a series", np.ones(30))
        except NoSolution:
            at_the_edge += 1
            continue
        found.append([one.ar, one.ma, one.drift, one.errors @ one.errors / 27])
    ar, ma, drift, variance = np.mean(found, axis=0)
    assert ar == pytest.approx(0.48, abs=4 * 0.24 / np.sqrt(many))
    assert ar < 0.58
    assert ma == pytest.approx(0.37, abs=4 * 0.24 / np.sqrt(many))
    assert drift == pytest.approx(-0.7, abs=4 * 0.56 / np.sqrt(many))
    assert variance == pytest.approx(1.0, abs=4 * 0.28 / np.sqrt(many))
    assert at_the_edge <= 12


def test_what_is_refused():
    kappa = series()
    for order in ((2, 1, 0), (1, 0, 0), "110", (1, 1), None, (1.5, 1, 0)):
        with pytest.raises(BadInput, match=r"order: write one of \(0, 1, 0\), \(1, 1, 0\)"):
            arima_index(kappa, order)
    with pytest.raises(BadInput, match=r"the order \(1, 1, 0\) needs at least 6 years"):
        arima_index(kappa[:5])
    with pytest.raises(NoSolution, match=r"series 0: all changes are equal"):
        arima_index(np.arange(10.0))
    around_a_line = -0.5 * np.arange(40) + np.random.default_rng(1).normal(size=40)
    with pytest.raises(NoSolution, match="at the edge of what is stationary and can be inverted"):
        arima_index(around_a_line, (0, 1, 1))


def test_changes_that_alternate_are_at_the_edge():
    """Each change is the one before with the other sign: the matrix of covariances is singular at the edge."""
    with pytest.raises(NoSolution, match=r"at the edge of what is stationary .*ar -1\.0"):
        arima_index(np.cumsum(np.tile([1.0, -1.0], 10)), (1, 1, 0))
