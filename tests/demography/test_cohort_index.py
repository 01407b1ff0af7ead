"""Effects of cohorts to come: closed form, known processes, other constraints, draws, bootstrap, refusals."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose
from scipy.stats import norm

from actuarial.demography import (
    age_period_cohort,
    arima_index,
    cairns_blake_dowd_cohorts,
    lee_carter,
    mortality_bootstrap,
    mortality_draws,
    mortality_forecast,
)
from actuarial.errors import BadInput

YEARS, AGES = np.arange(1980, 2010), np.arange(60, 72)
BORN = YEARS[:, None] - AGES
COHORTS = np.arange(BORN.min(), BORN.max() + 1)
LAST = int(YEARS[-1])
HORIZON = 15


def process(seed, size=COHORTS.size, drift=0.01, ar=0.6, sd=0.02):
    """ARIMA(1, 1, 0) from 0 on, its changes stationary."""
    random = np.random.default_rng(seed)
    change = drift + sd / np.sqrt(1 - ar**2) * random.normal()
    found = [0.0]
    for shock in sd * random.normal(size=size - 1):
        found.append(found[-1] + change)
        change = drift + ar * (change - drift) + shock
    return np.array(found)


def rates(gamma, seed=5):
    kappa = -0.02 * (YEARS - 1995) + np.random.default_rng(seed).normal(0, 0.02, YEARS.size).cumsum()
    return -4.5 + 0.1 * (AGES - 60), kappa, gamma


def model_of(alpha, kappa, gamma, people=1e6):
    """Fitted to deaths without noise."""
    mx = np.exp(alpha + kappa[:, None] + gamma[BORN - BORN.min()])
    return age_period_cohort(people * mx, np.full(mx.shape, people), ages=AGES, years=YEARS)


@pytest.fixture(scope="module")
def model():
    return model_of(*rates(process(3)))


def later_of(gamma, fit, steps, index="year"):
    """Means and variances of an ARIMA(1, 1, 0) to come, by the sum of its changes, one by one."""
    ar, drift, sd = float(fit.ar), float(fit.drift), float(fit.innovation)
    change, value, means = gamma[-1] - gamma[-2], gamma[-1], []
    for _ in range(steps):
        change = drift + ar * (change - drift)
        value += change
        means.append(value)
    shares = np.array([sum(ar**j for j in range(k + 1)) for k in range(steps)])
    of_drift = np.array([k - sum(ar**j for j in range(1, k + 1)) for k in range(1, steps + 1)])
    return np.array(means), sd**2 * np.cumsum(shares**2), (of_drift * float(fit.standard_error)) ** 2


def test_forecast_in_closed_form(model):
    """Seen effects stay; the later ones are the sums of changes that go back to the drift; rates have all three."""
    found = mortality_forecast(model, HORIZON, level=0.9)
    fit = arima_index(model.gamma.values, (1, 1, 0))
    means, of_shocks, of_drift = later_of(model.gamma.values, fit, HORIZON)
    oldest = LAST + 1 - AGES[-1]
    assert found.cohort.values.tolist() == list(range(oldest, LAST + HORIZON - AGES[0] + 1))
    seen = found.cohort.values <= BORN.max()
    assert_allclose(found.gamma[seen], model.gamma.sel(cohort=slice(oldest, None)), rtol=1e-14)
    assert_allclose(found.gamma[~seen], means, rtol=1e-10)
    assert_allclose(found.gamma_process_variance[~seen], of_shocks, rtol=1e-10)
    assert_allclose(found.gamma_drift_variance[~seen], of_drift, rtol=1e-9)
    assert float(found.gamma_process_variance[seen].sum() + found.gamma_drift_variance[seen].sum()) == 0
    wide = norm.ppf(0.95)
    for h, age in ((1, 71), (1, 60), (4, 62), (HORIZON, 60), (HORIZON, 71)):
        cohort = found.sel(cohort=LAST + h - age)
        kappa = found.kappa.sel(year=LAST + h)
        eta = float(model.alpha.sel(age=age) + kappa + cohort.gamma)
        at = found.isel(year=h - 1).sel(age=age)
        variance = at.process_variance + at.drift_variance + cohort.gamma_process_variance + cohort.gamma_drift_variance
        assert float(np.log(at.mx)) == pytest.approx(eta, abs=1e-12)
        assert float(np.log(at.mx_upper / at.mx)) == pytest.approx(wide * float(np.sqrt(variance)), rel=1e-12)
        assert float(np.log(at.mx_lower / at.mx)) == pytest.approx(-wide * float(np.sqrt(variance)), rel=1e-12)


@pytest.mark.parametrize("order", [(0, 1, 0), (1, 1, 0), (0, 1, 1)])
def test_constraints_change_no_forecast(order):
    """The linear trends that the fit moves between ages, years and cohorts: rates are those of the true effects."""
    alpha, kappa, gamma = rates(process(4, drift=-0.03))
    found = mortality_forecast(model_of(alpha, kappa, gamma), HORIZON, cohort_order=order)
    walk, born = arima_index(kappa, (0, 1, 0)), arima_index(gamma, order)
    true = xr.DataArray(gamma, dims="cohort", coords={"cohort": COHORTS})
    fitted = age_period_cohort(np.ones((30, 12)), np.ones((30, 12)), ages=AGES, years=YEARS)
    same = fitted.assign(alpha=("age", alpha), kappa=("year", kappa), gamma=true)
    by_truth = mortality_forecast(same, HORIZON, cohort_order=order)
    assert_allclose(found.mx, by_truth.mx, rtol=1e-6)
    assert_allclose(found.mx_upper / found.mx, by_truth.mx_upper / by_truth.mx, rtol=1e-5)
    assert_allclose(found.gamma_process_variance[-1], by_truth.gamma_process_variance[-1], rtol=1e-5)
    later = kappa[-1] + HORIZON * float(walk.drift)
    assert float(by_truth.kappa[-1]) == pytest.approx(later, rel=1e-12)
    assert abs(float(found.kappa[-1]) - later) > 0.1  # a trend of the years was moved
    assert float(born.drift) < -0.01


def test_a_known_process_comes_back_and_is_within_the_limits():
    """Effects of simulated histories: the mean of what is estimated, and how often the future is within 80%."""
    size, ahead, many = 60, 8, 30
    years, ages = np.arange(1970, 2010), np.arange(60, 81)
    ones = xr.DataArray(np.ones((40, 21)), dims=("year", "age"), coords={"year": years, "age": ages})
    shell = age_period_cohort(ones, ones).assign(kappa=("year", -0.01 * np.arange(40.0)))
    cohorts = shell.cohort.values
    assert cohorts.size == size
    within, found = np.zeros(ahead), []
    for seed in range(many):
        gamma = process(seed, size + ahead)
        later = mortality_forecast(shell.assign(gamma=("cohort", gamma[:size])), ahead)
        later = later.sel(cohort=slice(cohorts[-1] + 1, None))
        variance = later.gamma_process_variance.values
        wide = norm.ppf(0.9) * np.sqrt(variance + later.gamma_drift_variance.values)
        within += abs(later.gamma.values - gamma[size:]) < wide
        found.append([variance[0] ** 0.5, (variance[1] / variance[0] - 1) ** 0.5 - 1])  # 1 and 1 + ar of a shock
    sd, ar = np.mean(found, axis=0)
    assert sd == pytest.approx(0.02, abs=4 * 0.02 / np.sqrt(2 * size * many))
    assert ar == pytest.approx(0.6 - (1 + 4 * 0.6) / size, abs=4 * 0.8 / np.sqrt(size * many))  # Kendall (1954)
    assert within.mean() / many == pytest.approx(0.8, abs=0.08)


def test_draws_have_the_moments_of_the_forecast(model):
    many = 3000
    ahead = mortality_forecast(model, 8)
    drawn = mortality_draws(model, 8, many, 11)
    assert drawn.gamma.dims == ("scenario", "cohort")
    assert drawn.cohort.equals(ahead.cohort)
    seen = ahead.cohort.values <= BORN.max()
    assert_allclose(drawn.gamma[:, seen], np.broadcast_to(ahead.gamma[seen], (many, seen.sum())), rtol=1e-14)
    variance = (ahead.gamma_process_variance + ahead.gamma_drift_variance)[~seen]
    later = drawn.gamma[:, ~seen]
    assert_allclose((later.mean("scenario") - ahead.gamma[~seen]) / np.sqrt(variance / many), 0.0, atol=4.0)
    assert_allclose(later.var("scenario") / variance, 1.0, atol=0.12)
    below = (drawn.mx < ahead.mx_lower).mean("scenario")
    assert_allclose(below, 0.025, atol=0.014)
    assert abs(np.corrcoef(drawn.kappa[:, -1], later[:, 0])[0, 1]) < 4 / np.sqrt(many)  # independent of the index
    of_process = mortality_draws(model, 8, many, 11, uncertainty="process").gamma[:, ~seen]
    assert_allclose(of_process.var("scenario") / ahead.gamma_process_variance[~seen], 1.0, atol=0.12)
    first = mortality_draws(model, 3, 5, 11)
    assert_allclose(first.mx, drawn.mx.isel(scenario=slice(0, 5), year=slice(0, 3)), rtol=1e-12)


def test_draws_of_the_index_are_as_without_cohorts(model):
    """Cohorts have streams of their own."""
    drawn = mortality_draws(model, 4, 3, 2).kappa
    assert_allclose(drawn, mortality_draws(model.drop_vars(["gamma", "cohort"]), 4, 3, 2).kappa, rtol=1e-14)


def test_cohorts_left_out_are_forecast(model):
    """Clipping takes the last cohorts away, and the first of the forecast follows the last one seen."""
    clipped = age_period_cohort(model.deaths, model.exposure, clip=2)
    found = mortality_forecast(clipped, 3)
    fit = arima_index(clipped.gamma.dropna("cohort").values, (1, 1, 0))
    means, *_ = later_of(clipped.gamma.dropna("cohort").values, fit, 5)
    assert_allclose(found.gamma[-5:], means, rtol=1e-9)
    assert not found.mx.isnull().any()
    with pytest.raises(BadInput, match="the cohorts of 2 cells of the last year are not seen"):
        mortality_forecast(clipped, 3, jump_off="observed")


def test_start_from_observed_rates(model):
    """The difference to the fitted rates of the last year, by age, is in all years to come."""
    others = model.assign(deaths=model.deaths * np.exp(0.01 * (model.age - 65)))
    moved = mortality_forecast(others, 5, jump_off="observed").mx / mortality_forecast(model, 5).mx
    assert_allclose(np.log(moved), np.broadcast_to(0.01 * (AGES - 65), (5, AGES.size)), atol=1e-9)


def test_model_of_curves_and_of_two_sexes():
    """Forecasts of a Dataset of sexes are those of each; their cohorts share shocks in the draws."""
    random, both = np.random.default_rng(2), process(6)
    coords = {"year": YEARS, "age": AGES}
    deaths, exposure = [], xr.DataArray(np.full(BORN.shape, 1e5), dims=("year", "age"), coords=coords)
    for sex in (0.0, 0.2):
        eta = -3.5 - sex + 0.1 * (AGES - 65) - 0.02 * (YEARS[:, None] - 1995) + both[BORN - BORN.min()]
        q = 1 / (1 + np.exp(-eta))
        deaths.append(exposure.copy(data=random.poisson(1e5 * q / (1 - q / 2)).astype(float)))
    data = xr.concat(deaths, dim=xr.DataArray(["male", "female"], dims="sex", coords={"sex": ["male", "female"]}))
    model = cairns_blake_dowd_cohorts(data, exposure.expand_dims(sex=data.sex))
    found = mortality_forecast(model, 6, cohort_order=(0, 1, 0))
    for sex in ("male", "female"):
        one = mortality_forecast(model.sel(sex=sex, drop=True), 6, cohort_order=(0, 1, 0))
        for name in ("qx", "qx_upper", "gamma", "gamma_process_variance"):
            assert_allclose(found[name].sel(sex=sex).transpose(*one[name].dims), one[name], rtol=1e-10)
    change = model.gamma.diff("cohort")
    seen = np.corrcoef(change.values)[0, 1]
    drawn = mortality_draws(model, 1, 1500, 4, cohort_order=(0, 1, 0), uncertainty="process").gamma.isel(cohort=-1)
    assert np.corrcoef(drawn.transpose("sex", ...).values)[0, 1] == pytest.approx(seen, abs=0.08)


def test_bootstrap_has_the_errors_of_the_likelihood():
    """Samples keep the constraints; their spread is that of the information of effects within the constraints."""
    born = BORN[:12, :6] - BORN[:12, :6].min()
    gamma = 0.1 * np.sin(np.arange(born.max() + 1.0))
    mx = np.exp(-4.5 + 0.1 * np.arange(6) - 0.02 * np.arange(12.0)[:, None] + gamma[born])
    model = age_period_cohort(1e5 * mx, np.full(mx.shape, 1e5), ages=AGES[:6], years=YEARS[:12])
    samples = mortality_bootstrap(model, 100, 3)
    assert samples.gamma.dims == ("sample", "cohort")
    assert float(abs(samples.gamma.sum("cohort")).max()) < 1e-8
    assert float(abs((samples.gamma * (samples.cohort - samples.cohort.mean())).sum("cohort")).max()) < 1e-7
    assert float(abs(samples.kappa.sum("year")).max()) < 1e-9
    c = born.max() + 1
    design = np.zeros((*mx.shape, 6 + 12 + c))
    for t in range(12):
        for x in range(6):
            design[t, x, [x, 6 + t, 18 + born[t, x]]] = 1.0
    rows = design.reshape(-1, design.shape[-1])
    bound = np.zeros((3, rows.shape[1]))
    bound[0, 6:18], bound[1, 18:], bound[2, 18:] = 1.0, 1.0, np.arange(c)
    free = np.linalg.svd(bound)[2][3:].T  # changes that keep the constraints
    information = (rows * (1e5 * mx).ravel()[:, None]).T @ rows
    expected = np.sqrt(np.diag(free @ np.linalg.inv(free.T @ information @ free) @ free.T))
    spread = np.concatenate([samples[name].std("sample").values for name in ("alpha", "kappa", "gamma")])
    assert_allclose(spread / expected, 1.0, atol=0.28)
    assert (spread / expected).mean() == pytest.approx(1.0, abs=0.05)
    assert_allclose((samples.gamma.mean("sample") - model.gamma) / expected[18:], 0.0, atol=4.5 / np.sqrt(100))


def test_draws_of_bootstrapped_effects(model):
    samples = mortality_bootstrap(model, 2, 1)
    drawn = mortality_draws(model, 2, 3, 7, bootstrap=samples)
    alone = mortality_draws(model.assign(samples.isel(sample=1, drop=True)), 2, 2, 7)
    assert_allclose(drawn.mx[1], alone.mx[1], rtol=1e-12)
    assert_allclose(drawn.gamma[1], alone.gamma[1], rtol=1e-12)
    assert float(abs(drawn.gamma[0] - drawn.gamma[2])[0]) == 0  # the same sample, a cohort that was seen
    with pytest.raises(BadInput, match="it is not that of the model"):
        mortality_draws(model, 2, 3, 7, bootstrap=samples.drop_vars("gamma"))


def test_bootstrap_of_curves():
    q = 1 / (1 + np.exp(3.5 - 0.1 * (AGES - 65) - 0.1 * np.sin(BORN)))
    model = cairns_blake_dowd_cohorts(1e5 * q, 1e5 * (1 - q / 2), ages=AGES, years=YEARS, clip=1)
    samples = mortality_bootstrap(model, 2, 9)
    seen = samples.gamma.dropna("cohort")
    for power in range(3):
        assert float(abs((seen * (seen.cohort - seen.cohort.mean()) ** power).sum("cohort")).max()) < 1e-6
    assert_allclose(seen.mean("sample"), model.gamma.dropna("cohort"), atol=0.05)
    assert float(abs(samples.kappa.isel(sample=0) - samples.kappa.isel(sample=1)).max()) > 1e-4


def test_what_is_refused(model):
    few = age_period_cohort(model.deaths[:4, :2], model.exposure[:4, :2])
    with pytest.raises(BadInput, match=r"gamma: the order \(1, 1, 0\) needs at least 6 cohorts, but 5 are seen"):
        mortality_forecast(few, 2)
    assert mortality_forecast(few, 2, cohort_order=(0, 1, 0)).gamma.sizes["cohort"] == 3
    seen = xr.where(model.year - model.age == 1930, 0.0, 1.0)
    without = age_period_cohort(model.deaths, model.exposure, weights=seen)
    with pytest.raises(BadInput, match=r"gamma: cohorts must follow each other.*; 1 are not: 1930"):
        mortality_draws(without, 2, 2, 1)
    short = cairns_blake_dowd_cohorts(model.deaths[:4], model.exposure[:4], clip=5)
    with pytest.raises(BadInput, match="the year 1984 needs the cohort of 1913, but the first one seen is that of 191"):
        mortality_forecast(short, 2, cohort_order=(0, 1, 0))
    with pytest.raises(BadInput, match="cohort_order: write one of"):
        mortality_forecast(model, 2, cohort_order=(1, 0, 0))
    plain = lee_carter(model.deaths, model.exposure)
    with pytest.raises(BadInput, match="cohort_order: the model has no effects of cohorts"):
        mortality_forecast(plain, 2, cohort_order=(1, 1, 0))
