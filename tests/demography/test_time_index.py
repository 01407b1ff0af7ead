"""Forecasts of the index of a mortality model: closed form against draws, streams, bootstrap, refusals."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.demography import (
    arima_index,
    cairns_blake_dowd,
    lee_carter,
    mortality_bootstrap,
    mortality_draws,
    mortality_forecast,
    random_walk,
)
from actuarial.errors import BadInput, MissingVariable, NoSolution, OutOfBounds

AGES, YEARS, SEXES = np.arange(60, 68), np.arange(2000, 2016), ["male", "female"]


def simulated(exposure, seed=4):
    """Deaths of men and women whose indices share their shocks, and exposures."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(-1.0, 0.8, YEARS.size)
    kappa = np.cumsum(np.stack([shared, shared + rng.normal(0, 0.4, YEARS.size)]), axis=1)
    eta = -4.5 + 0.09 * (AGES - 60) + (kappa - kappa.mean(1, keepdims=True))[..., None] / AGES.size
    coords = {"sex": SEXES, "year": YEARS, "age": AGES}
    lived = xr.DataArray(np.full(eta.shape, exposure), dims=("sex", "year", "age"), coords=coords)
    return lived.copy(data=rng.poisson(exposure * np.exp(eta)).astype(float)), lived


@pytest.fixture(scope="module")
def data():
    return simulated(1e6)


@pytest.fixture(scope="module")
def models(data):
    return {
        "poisson": lee_carter(*data),
        "binomial": lee_carter(*data, method="binomial"),
        "line": cairns_blake_dowd(*data),
        "men": lee_carter(*(one.sel(sex="male", drop=True) for one in data)),
    }


def test_drift_and_its_error_in_closed_form():
    rng = np.random.default_rng(1)
    kappa = rng.normal(-0.7, 1.2, (2, 30)).cumsum(axis=1)
    coords = {"index": ["level", "slope"], "year": np.arange(1990, 2020)}
    walk = random_walk(xr.DataArray(kappa, dims=("index", "year"), coords=coords))
    n = 29
    assert int(walk.changes) == n
    assert_allclose(walk.drift, (kappa[:, -1] - kappa[:, 0]) / n)
    for i in range(2):
        for j in range(2):
            left = [[k[t + 1] - k[t] - (k[-1] - k[0]) / n for t in range(n)] for k in (kappa[i], kappa[j])]
            product = sum(a * b for a, b in zip(*left, strict=True))
            assert float(walk.covariance[i, j]) == pytest.approx(product / (n - 1))
    assert_allclose(walk.standard_error, np.sqrt(np.diag(walk.covariance) / n))
    assert_allclose(walk["last"], kappa[:, -1])


def test_walk_of_known_drift():
    rng = np.random.default_rng(8)
    kappa = xr.DataArray(rng.normal(-0.7, 1.2, (400, 51)).cumsum(1), dims=("sample", "year"))
    walk = random_walk(kappa)
    assert float(walk.drift.mean()) == pytest.approx(-0.7, abs=4 * 1.2 / np.sqrt(400 * 50))
    assert float(walk.drift.std()) == pytest.approx(1.2 / np.sqrt(50), rel=0.15)
    assert float((walk.innovation**2).mean()) == pytest.approx(1.44, rel=0.03)


def test_forecast_by_hand(models):
    model = models["men"]
    found = mortality_forecast(model, 12, level=0.9)
    changes = np.diff(model.kappa.values)
    s2, n, h = changes.var(ddof=1), 15, 12
    assert found.year.values.tolist() == list(range(2016, 2028))
    k = float(model.kappa[-1]) + h * changes.mean()
    assert float(found.kappa[-1]) == pytest.approx(k)
    assert float(found.process_variance[-1]) == pytest.approx(h * s2)
    assert float(found.drift_variance[-1]) == pytest.approx(h**2 * s2 / n)
    half = 1.6448536269514722 * np.abs(model.beta.values) * np.sqrt(h * s2 + h**2 * s2 / n)
    assert_allclose(found.mx[-1], np.exp(model.alpha + model.beta * k))
    assert_allclose(np.log(found.mx_upper / found.mx)[-1], half)
    assert_allclose(np.log(found.mx / found.mx_lower)[-1], half)


@pytest.mark.parametrize("name", ["poisson", "line"])
@pytest.mark.parametrize(("uncertainty", "process", "drift"), [("process", 1, 0), ("parameter", 0, 1), ("both", 1, 1)])
def test_draws_have_the_variance_of_the_closed_form(models, name, uncertainty, process, drift):
    model, many = models[name], 3000
    ahead = mortality_forecast(model, 10)
    drawn = mortality_draws(model, 10, many, 7, uncertainty=uncertainty)
    variance = process * ahead.process_variance + drift * ahead.drift_variance
    assert_allclose(drawn.kappa.var("scenario") / variance, 1.0, atol=5 * np.sqrt(2 / many))
    assert (np.abs(drawn.kappa.mean("scenario") - ahead.kappa) < 4.5 * np.sqrt(variance / many)).all()
    if uncertainty == "both":
        inside = ((drawn.mx >= ahead.mx_lower) & (drawn.mx <= ahead.mx_upper)).mean("scenario")
        assert_allclose(inside, 0.95, atol=4.5 * np.sqrt(0.05 * 0.95 / many))
        assert_allclose(drawn.mx.median("scenario") / ahead.mx, 1.0, atol=0.02)


def test_sexes_change_together(models):
    walk = random_walk(models["poisson"].kappa)
    drawn = mortality_draws(models["poisson"], 2, 3000, 1, uncertainty="process").kappa
    seen = float(walk.covariance[0, 1]) / float(walk.innovation.prod())
    assert seen > 0.7
    first = drawn.isel(year=0)
    assert np.corrcoef(first.sel(sex="male"), first.sel(sex="female"))[0, 1] == pytest.approx(seen, abs=0.03)


def test_a_scenario_is_its_own(models):
    model = models["binomial"]
    many, few = mortality_draws(model, 12, 9, 3), mortality_draws(model, 5, 4, 3)
    assert_allclose(many.mx.isel(scenario=slice(4), year=slice(5)), few.mx, rtol=1e-13)
    assert many.mx.dims == ("scenario", "year", "sex", "age")
    assert not np.allclose(few.kappa, mortality_draws(model, 5, 4, 4).kappa)
    both, process, drift = (
        mortality_draws(model, 5, 4, 3, uncertainty=word).kappa - mortality_forecast(model, 5).kappa
        for word in ("both", "process", "parameter")
    )
    assert_allclose(both, process + drift, atol=1e-12)


@pytest.mark.parametrize("name", ["poisson", "binomial", "line"])
def test_start_from_observed_rates(models, data, name):
    model = models[name]
    deaths, exposure = (one.isel(year=-1) for one in data)
    found = mortality_forecast(model, 3, jump_off="observed")
    word, observed = ("mx", deaths / exposure) if name == "poisson" else ("qx", deaths / (exposure + deaths / 2))
    link = np.log if name == "poisson" else lambda q: np.log(q / (1 - q))
    fitted = mortality_forecast(model, 3)
    shift = link(observed) - link(model[word].isel(year=-1))
    assert_allclose(link(found[word]) - link(fitted[word]) - shift, 0.0, atol=1e-12)
    drawn = mortality_draws(model, 3, 2, 5, jump_off="observed")
    plain = mortality_draws(model, 3, 2, 5)
    assert_allclose(link(drawn[word]) - link(plain[word]) - shift, 0.0, atol=1e-12)


@pytest.mark.parametrize("name", ["men", "line"])
def test_bootstrap_has_the_errors_of_the_likelihood(models, name):
    """Standard deviation of kappa over the samples against the information of a year, other parameters known."""
    model = models[name]
    found = mortality_bootstrap(model, 40, 2)
    again = mortality_bootstrap(model, 3, 2)
    assert_allclose(found.kappa.isel(sample=slice(3)), again.kappa, rtol=1e-12)
    beta = model.beta
    spread = model.expected_deaths * (1 - model.qx if "qx" in model else 1)
    if "index" in beta.dims:
        x = beta.sel(index="slope")
        matrix = np.stack([[(spread * x**i).sum("age") for i in (0, 1)], [(spread * x**i).sum("age") for i in (1, 2)]])
        error = np.sqrt(np.linalg.inv(np.moveaxis(matrix, (0, 1), (-2, -1))).diagonal(axis1=-2, axis2=-1))
        ratio = found.kappa.std("sample").values / error
    else:
        error = 1 / np.sqrt((spread * beta**2).sum("age"))
        ratio = (found.kappa.std("sample") / error).values
        assert_allclose(found.beta.sum("age"), 1.0)
    assert 0.85 < ratio.mean() < 1.15
    off = (found.kappa.mean("sample") - model.kappa).values / error
    assert np.abs(off).max() < 5 / np.sqrt(40)


def test_draws_of_bootstrapped_parameters(models):
    model = models["men"]
    samples = mortality_bootstrap(model, 3, 2)
    drawn = mortality_draws(model, 4, 7, 1, bootstrap=samples)
    assert drawn.scenario.values.tolist() == list(range(7))
    for scenario in (1, 4):
        alone = mortality_draws(model.assign(samples.isel(sample=1)), 4, 5, 1)
        assert_allclose(drawn.mx.sel(scenario=scenario), alone.mx.sel(scenario=scenario), rtol=1e-12)


def test_years_may_be_missing():
    """Changes of u years have mean u drift and variance u s^2: least squares with their whole covariance."""
    years = np.array([1970, 1971, 1975, 1990, 1991, 2001, 2011])
    rng = np.random.default_rng(8)
    spans = np.diff(years)
    kappa = np.cumsum(np.append(0.0, rng.normal(-0.5 * spans, 0.7 * np.sqrt(spans))))
    index = xr.DataArray(kappa, dims="year", coords={"year": years})
    walk, same = random_walk(index), arima_index(index, (0, 1, 0))
    weight = np.diag(1.0 / spans)
    changes = np.diff(kappa)
    drift = spans @ weight @ changes / (spans @ weight @ spans)
    left = changes - drift * spans
    assert float(walk.drift) == pytest.approx(drift, rel=1e-12)
    assert drift == pytest.approx((kappa[-1] - kappa[0]) / 41, rel=1e-12)
    assert float(walk.innovation) == pytest.approx(np.sqrt(left @ weight @ left / 5), rel=1e-12)
    assert float(walk.standard_error) == pytest.approx(float(walk.innovation) / np.sqrt(41), rel=1e-12)
    for name in ("drift", "innovation", "standard_error", "last", "covariance", "changes"):
        assert_allclose(same[name], walk[name], rtol=1e-12)
    variance = left @ weight @ left / 6
    likely = -0.5 * (6 * np.log(2 * np.pi * variance) + np.log(spans).sum() + 6)
    assert float(same.log_likelihood) == pytest.approx(likely, rel=1e-12)


def test_walks_with_missing_years_have_the_drift_and_the_spread_of_all():
    rng, years = np.random.default_rng(9), np.arange(1971, 2012)
    kappa = rng.normal(-0.5, 0.7, (3000, years.size)).cumsum(axis=1)
    some = np.isin(years, [1971, 1976, 1981, 1991, 1992, 2001, 2011])
    index = xr.DataArray(kappa, dims=("sample", "year"), coords={"year": years})
    walk = random_walk(index.sel(year=years[some]))
    assert_allclose(walk.drift, random_walk(index).drift, atol=1e-12)
    assert float((walk.innovation**2).mean()) == pytest.approx(0.49, rel=0.04)
    assert float(walk.drift.std()) == pytest.approx(0.7 / np.sqrt(40), rel=0.04)


def test_a_forecast_with_a_year_missing(data):
    gap = lee_carter(*(one.drop_sel(year=2004) for one in data))
    ahead = mortality_forecast(gap, 5)
    walk = random_walk(gap.kappa)
    assert ahead.year.values.tolist() == list(range(2016, 2021))
    steps = xr.DataArray(np.arange(1.0, 6), dims="year", coords={"year": ahead.year})
    assert_allclose(ahead.kappa, (walk["last"] + walk.drift * steps).transpose(*ahead.kappa.dims), rtol=1e-12)
    spread = (walk.innovation**2 * steps**2 / 15).transpose(*ahead.kappa.dims)
    assert_allclose(ahead.drift_variance, spread, rtol=1e-12)
    assert_allclose(ahead.mx, mortality_forecast(lee_carter(*data), 5).mx, rtol=0.02)


def test_refusals(models, data):
    model = models["men"]
    with pytest.raises(BadInput, match="at least 3 years"):
        random_walk([1.0, 2.0])
    with pytest.raises(BadInput, match="each after the one before"):
        random_walk(xr.DataArray([1.0, 2.0, 3.0], dims="year", coords={"year": [2000, 2003, 2002]}))
    gap = lee_carter(*(one.drop_sel(year=2004) for one in data))
    with pytest.raises(BadInput, match=r"needs years that follow .*2003 is followed by 2005.*a random walk"):
        mortality_forecast(gap, 3, order=(1, 1, 0))
    with pytest.raises(BadInput, match=r"level: 95 is not between"):
        mortality_forecast(model, 3, level=95)
    with pytest.raises(BadInput, match="'last' is not known"):
        mortality_forecast(model, 3, jump_off="last")
    with pytest.raises(BadInput, match=r"horizon: a whole number of years .* \(got 0\)"):
        mortality_forecast(model, 0)
    with pytest.raises(BadInput, match="'all' is not known"):
        mortality_draws(model, 3, 2, 1, uncertainty="all")
    with pytest.raises(BadInput, match=r"scenarios: a whole number .* \(got 0\)"):
        mortality_draws(model, 3, 0, 1)
    with pytest.raises(BadInput, match=r"seed: a whole number between"):
        mortality_draws(model, 3, 2, -1)
    with pytest.raises(MissingVariable, match="beta, deaths, exposure is missing"):
        mortality_forecast(model[["kappa"]], 3)
    no_deaths = model.assign(deaths=model.deaths.where(model.age != 63, 0.0))
    with pytest.raises(OutOfBounds, match="each age must have deaths: 1 of 8 are not; the first: age 63"):
        mortality_forecast(no_deaths, 3, jump_off="observed")
    with pytest.raises(BadInput, match="maximum likelihood"):
        mortality_bootstrap(lee_carter(*data, method="svd"), 2, 1)
    few = lee_carter(*data)
    with pytest.raises(NoSolution, match="mortality_bootstrap of sex male, sample 0"):
        mortality_bootstrap(few.assign(expected_deaths=few.expected_deaths * 0.0 + (few.age > 62)), 2, 1)
