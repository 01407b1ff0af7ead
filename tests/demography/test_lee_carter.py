"""Models of Lee and Carter and of Cairns, Blake and Dowd: known truth, other searches, limits and refusals."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose
from scipy.optimize import minimize
from scipy.special import gammaln

from actuarial.demography import cairns_blake_dowd, lee_carter, mortality_for_e0
from actuarial.demography.survival import survival_table
from actuarial.errors import BadDimensions, BadInput, NoSolution, OutOfBounds
from actuarial.readers import read_wpp

AGES, YEARS = np.arange(40, 52), np.arange(2000, 2015)


def truth():
    """alpha, beta with sum 1 and kappa with sum 0."""
    beta = np.linspace(2.0, 0.5, AGES.size)
    kappa = -0.8 * np.arange(YEARS.size) + np.sin(3.0 * np.arange(YEARS.size))
    return -7.0 + 0.09 * (AGES - 40), beta / beta.sum(), kappa - kappa.mean()


@pytest.fixture(scope="module")
def data():
    """Deaths drawn around known rates, and exposures; none in a few cells."""
    alpha, beta, kappa = truth()
    rng = np.random.default_rng(11)
    exposure = rng.uniform(1e3, 4e3, (YEARS.size, AGES.size))
    return rng.poisson(exposure * np.exp(alpha + np.outer(kappa, beta))).astype(float), exposure


def labels():
    return {"ages": AGES, "years": YEARS}


def parameters(model):
    return [model[name].values for name in ("alpha", "beta", "kappa")]


@pytest.mark.parametrize("method", ["poisson", "svd"])
def test_exact_data_give_the_truth(method):
    alpha, beta, kappa = truth()
    exposure = np.linspace(1e5, 3e5, AGES.size) * np.ones((YEARS.size, 1))
    model = lee_carter(exposure * np.exp(alpha + np.outer(kappa, beta)), exposure, method=method, **labels())
    for found, known in zip(parameters(model), truth(), strict=True):
        assert_allclose(found, known, rtol=0, atol=1e-8)
    assert float(model.deviance) == pytest.approx(0.0, abs=1e-8)


def test_exact_data_of_the_binomial_give_the_truth():
    alpha, beta, kappa = truth()
    q = 1 / (1 + np.exp(-(alpha + np.outer(kappa, beta))))
    initial = np.full(q.shape, 2e5)
    model = lee_carter(initial * q, initial * (1 - q / 2), method="binomial", **labels())
    for found, known in zip(parameters(model), truth(), strict=True):
        assert_allclose(found, known, rtol=0, atol=1e-8)
    assert_allclose(model.qx, q, rtol=1e-9)
    assert_allclose(model.mx, q / (1 - q / 2), rtol=1e-9)


def minus_likelihood(deaths, exposure, method):
    """Minus the log-likelihood as a function of alpha, beta of all ages but one and kappa of all years but one."""
    ages, years = deaths.shape[1], deaths.shape[0]

    def unpacked(free):
        alpha, beta, kappa = free[:ages], free[ages : 2 * ages - 1], free[2 * ages - 1 :]
        return alpha, np.append(beta, 1 - beta.sum()), np.append(kappa, -kappa.sum())

    def of(free):
        alpha, beta, kappa = unpacked(free)
        eta = alpha + np.outer(kappa, beta)
        if method == "poisson":
            mean = exposure * np.exp(eta)
            return -(deaths * np.log(mean) - mean - gammaln(deaths + 1)).sum()
        initial, q = exposure + deaths / 2, 1 / (1 + np.exp(-eta))
        n, d = np.round(initial), np.round(deaths)
        ways = gammaln(n + 1) - gammaln(d + 1) - gammaln(n - d + 1)
        return -(ways + deaths * np.log(q) + (initial - deaths) * np.log(1 - q)).sum()

    return of, unpacked, 2 * ages + years - 2


@pytest.mark.parametrize("method", ["poisson", "binomial"])
def test_likelihood_against_a_search_from_another_start(data, method):
    deaths, exposure = (one[:8, :5] for one in data)
    deaths = deaths.copy()
    deaths[2, 1] = 0.0
    model = lee_carter(deaths, exposure, method=method)
    of, unpacked, size = minus_likelihood(deaths, exposure, method)
    start = np.concatenate([np.full(5, -6.5), np.full(4, 0.2), np.linspace(1, -1, 8)[:-1]])
    found = minimize(of, start, method="BFGS", options={"gtol": 1e-5, "maxiter": 2000})
    assert -found.fun == pytest.approx(float(model.log_likelihood), abs=1e-6)
    for one, other in zip(parameters(model), unpacked(found.x), strict=True):
        assert_allclose(one, other, rtol=0, atol=2e-3)
    assert int(model.parameters) == size == start.size
    assert float(model.aic) == pytest.approx(2 * size - 2 * float(model.log_likelihood))
    assert float(model.bic) == pytest.approx(size * np.log(40) - 2 * float(model.log_likelihood))


@pytest.mark.parametrize("method", ["poisson", "binomial"])
def test_likelihood_equations(data, method):
    """All deaths of an age and, weighted, those of a year are met: no search is needed to see that."""
    deaths, exposure = data
    model = lee_carter(deaths, exposure, method=method, **labels())
    left = deaths - model.expected_deaths.values
    assert_allclose(left.sum(0), 0.0, atol=1e-6)
    assert_allclose(left @ model.beta.values, 0.0, atol=1e-6)
    assert_allclose(model.kappa.values @ left, 0.0, atol=1e-5)
    assert float(model.beta.sum()) == pytest.approx(1.0, abs=1e-12)
    assert float(model.kappa.sum()) == pytest.approx(0.0, abs=1e-9)


def test_truth_is_recovered_within_its_errors():
    """Errors of alpha and kappa were the other parameters known; those of beta likewise."""
    alpha, beta, kappa = truth()
    mean = 3e5 * np.exp(alpha + np.outer(kappa, beta))
    deaths = np.random.default_rng(5).poisson(mean).astype(float)
    model = lee_carter(deaths, np.full(mean.shape, 3e5), **labels())
    errors = [mean.sum(0) ** -0.5, (kappa**2 @ mean) ** -0.5, (mean @ beta**2) ** -0.5]
    for found, known, error in zip(parameters(model), truth(), errors, strict=True):
        off = (found - known) / error
        assert np.abs(off).max() < 4
        assert 0.5 < np.sqrt((off**2).mean()) < 1.5
    residual = model.residual.values
    assert (residual**2).sum() == pytest.approx(deaths.size - int(model.parameters), rel=0.2)
    assert float(model.deviance) == pytest.approx((residual**2).sum())


def test_svd_is_the_best_rank_one_of_centred_logs(data):
    deaths, exposure = (one + 1 for one in data)
    model = lee_carter(deaths, exposure, method="svd", **labels())
    logs = np.log(deaths / exposure)
    centred = logs - logs.mean(0)
    size, direction = np.linalg.eigh(centred.T @ centred)  # of the normal equations, not of the decomposition itself
    beta = direction[:, -1] / direction[:, -1].sum()
    assert_allclose(model.beta, beta, rtol=0, atol=1e-10)
    assert_allclose(model.kappa, centred @ beta / (beta @ beta), rtol=0, atol=1e-9)
    left = logs - np.log(model.mx.values)
    assert (left**2).sum() == pytest.approx(size[:-1].sum())
    assert "aic" not in model


def test_svd_adjusted_to_deaths_and_life_expectancy(shared):
    rates = read_wpp(shared / "data" / "wpp", "GHA")["mx"].isel(year=slice(0, 77, 4)).drop_attrs()
    exposure = xr.full_like(rates, 1e4) * np.exp(-0.04 * rates.age)
    deaths = rates * exposure
    model = lee_carter(deaths, exposure, method="svd", adjust_kappa="deaths")
    assert_allclose(model.expected_deaths.sum("age"), deaths.sum("age"), rtol=1e-9)
    model = lee_carter(deaths, exposure, method="svd", adjust_kappa="e0")
    reached, known = (survival_table(mx.transpose("year", "sex", "age")).ex.sel(age=0) for mx in (model.mx, rates))
    assert_allclose(reached, known, rtol=0, atol=1e-9)
    assert_allclose(model.kappa.sum("year"), 0.0, atol=1e-9)


def test_pattern_of_a_country_and_its_path_of_life_expectancy(shared):
    """Rates of World Population Prospects 2024 of Viet Nam as data: the fitted pattern meets the same path."""
    rates = read_wpp(shared / "data" / "wpp", "VNM")["mx"].drop_attrs()
    exposure = xr.full_like(rates, 1e5)
    model = lee_carter(rates * exposure, exposure)
    e0 = survival_table(rates)["ex"].sel(age=0, drop=True)
    found = mortality_for_e0(e0, model)
    assert_allclose(survival_table(found.mx).ex.sel(age=0), e0, rtol=0, atol=1e-9)
    assert (found["index"].diff("year") < 0).all()
    assert float(np.abs(np.log(found.mx / rates)).sel(age=slice(20, 90)).mean()) < 0.03


def test_sexes_are_fitted_one_by_one(data):
    deaths, exposure = (
        xr.DataArray(
            np.stack([one, one[::-1]], axis=1),
            dims=("year", "sex", "age"),
            coords={"year": YEARS, "sex": ["male", "female"], "age": AGES},
        )
        for one in data
    )
    both = lee_carter(deaths, exposure)
    assert both.mx.dims == ("year", "sex", "age")
    alone = lee_carter(deaths.sel(sex="female", drop=True), exposure.sel(sex="female", drop=True))
    for name in ("alpha", "beta", "kappa", "mx", "aic"):
        assert_allclose(both[name].sel(sex="female"), alone[name], rtol=1e-10)
    assert_allclose(both.kappa.sel(sex="female"), both.kappa.sel(sex="male")[::-1], atol=1e-6)


def test_cells_of_weight_0_say_nothing(data):
    deaths, exposure = data
    weights = np.ones(deaths.shape)
    weights[3, 4] = weights[10, 0] = 0
    other = deaths.copy()
    other[3, 4], other[10, 0] = 900.0, 0.0
    one, two = (lee_carter(dead, exposure, weights=weights, **labels()) for dead in (deaths, other))
    for a, b in zip(parameters(one), parameters(two), strict=True):
        assert_allclose(a, b, rtol=0, atol=1e-9)
    assert int(one.observations) == deaths.size - 2
    assert float(one.log_likelihood) == pytest.approx(float(two.log_likelihood))


def test_clip_leaves_out_the_outer_cohorts(data):
    model = lee_carter(*data, clip=3, **labels())
    cohort = YEARS[:, None] - AGES
    outer = (cohort < cohort.min() + 3) | (cohort > cohort.max() - 3)
    assert outer.sum() == 12
    assert ((model.weight.values == 0) == outer).all()


def test_no_deaths_in_cells_but_some_in_each_age_and_year():
    rng = np.random.default_rng(2)
    alpha, beta, kappa = truth()
    exposure = np.full((YEARS.size, AGES.size), 250.0)
    deaths = rng.poisson(exposure * np.exp(alpha + 2.0 + np.outer(kappa, beta))).astype(float)
    assert (deaths == 0).sum() > 10
    model = lee_carter(deaths, exposure, **labels())
    assert np.isfinite(model.to_array()).all()
    with pytest.raises(OutOfBounds, match=rf"must have deaths: {(deaths == 0).sum()} of 180 are not") as said:
        lee_carter(deaths, exposure, method="svd", **labels())
    assert "Graduate the death rates first" in str(said.value)


def test_line_of_each_year_against_another_search(data):
    deaths, exposure = data
    model = cairns_blake_dowd(deaths, exposure, **labels())
    x, initial = AGES - AGES.mean(), exposure + deaths / 2

    def of(k, t):
        eta = k[0] + k[1] * x
        return -(deaths[t] * eta - initial[t] * np.logaddexp(0, eta)).sum()

    for t in (0, 7, 14):
        found = minimize(of, [-5.0, 0.0], args=(t,), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-10})
        assert_allclose(model.kappa[t], found.x, rtol=0, atol=1e-5)
    assert int(model.parameters) == 2 * YEARS.size
    left = deaths - model.expected_deaths.values
    assert_allclose(left.sum(1), 0.0, atol=1e-6)
    assert_allclose(left @ x, 0.0, atol=1e-5)


def test_line_of_known_truth_by_sex():
    x = AGES - AGES.mean()
    kappa = np.stack([-4.0 - 0.02 * np.arange(YEARS.size), 0.1 + 0.001 * np.arange(YEARS.size)])
    q = 1 / (1 + np.exp(-(kappa[0][:, None] + np.outer(kappa[1], x))))
    initial = np.full(q.shape, 1e5)
    pair = xr.DataArray(
        np.stack([initial * q, initial * q / 2]),
        dims=("sex", "year", "age"),
        coords={"sex": ["male", "female"], "year": YEARS, "age": AGES},
    )
    model = cairns_blake_dowd(pair, initial - pair / 2)
    assert model.kappa.dims == ("year", "sex", "index")
    assert_allclose(model.kappa.sel(sex="male"), kappa.T, rtol=0, atol=1e-9)
    assert_allclose(model.qx.sel(sex="male"), q, rtol=1e-9)


def broken(data, change):
    deaths, exposure = (one.copy() for one in data)
    change(deaths, exposure)
    return deaths, exposure


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda d, e: d.__setitem__((slice(None), 3), 0), OutOfBounds, "each age must have deaths: 1 of 12 .* age 43"),
        (lambda d, e: d.__setitem__(2, 0), OutOfBounds, "each year must have deaths: 1 of 15 .* year 2002"),
        (lambda d, e: (e.__setitem__((1, 1), 0), d.__setitem__((1, 1), 2)), OutOfBounds, "need an exposure above 0: 1"),
        (lambda d, e: d.__setitem__((1, 1), -1), OutOfBounds, "deaths must be at least 0: 1 of 180"),
        (lambda d, e: d.__setitem__((1, 1), np.nan), OutOfBounds, "deaths must be numbers: 1 of 180"),
    ],
)
def test_data_that_are_refused(data, change, error, words):
    with pytest.raises(error, match=words):
        lee_carter(*broken(data, change), **labels())


def test_arguments_that_are_refused(data):
    deaths, exposure = data
    with pytest.raises(BadInput, match="'ml' is not known; write one of poisson"):
        lee_carter(deaths, exposure, method="ml")
    with pytest.raises(BadInput, match=r'only with method="svd"'):
        lee_carter(deaths, exposure, adjust_kappa="deaths")
    with pytest.raises(BadInput, match="cannot leave cells out"):
        lee_carter(deaths + 1, exposure, method="svd", clip=2)
    with pytest.raises(OutOfBounds, match="weights must be 0 or 1: 180 of 180"):
        lee_carter(deaths, exposure, weights=np.full(deaths.shape, 0.5))
    with pytest.raises(BadInput, match="two labels of year"):
        lee_carter(deaths[:1] + 1, exposure[:1])
    with pytest.raises(BadInput, match="cohorts need consecutive labels of year"):
        lee_carter(deaths, exposure, clip=1, ages=AGES, years=2 * YEARS)
    with pytest.raises(BadDimensions, match="the same labels"):
        lee_carter(deaths, exposure[:-1])
    with pytest.raises(OutOfBounds, match=r"initial exposure E \+ D/2: 180 of 180"):
        lee_carter(deaths + 3 * exposure, exposure, method="binomial")
    with pytest.raises(OutOfBounds, match="there is no index"):
        lee_carter(np.ones((4, 3)), np.full((4, 3), 50.0), method="svd")
    with pytest.raises(BadInput, match="needs the ages 0, 1, 2"):
        lee_carter(deaths + 1, exposure, method="svd", adjust_kappa="e0", **labels())


def test_no_maximum_is_said():
    """An age whose only deaths are in the year of most deaths: its beta has no largest value."""
    deaths = np.array([[9.0, 8.0, 0.0], [12.0, 11.0, 0.0], [20.0, 19.0, 5.0]])
    with pytest.raises(NoSolution, match=r"would add .* to the log-likelihood of -14\.8") as said:
        lee_carter(deaths, np.full(deaths.shape, 100.0))
    assert "of very few deaths, or without a common trend" in str(said.value)
    runs_off = np.vstack([deaths, [[8.0, 12.0, 0.0], [11.0, 9.0, 0.0]]])
    with pytest.raises(NoSolution, match=r"no maximum|towards 0"):
        lee_carter(runs_off, np.full(runs_off.shape, 100.0))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("method", ["poisson", "binomial"])
def test_a_weak_trend_is_found(method, seed):
    """Scoring alone needs hundreds of steps where rates fall by 1% a year over twelve years, with few deaths."""
    ages, years = np.arange(40, 90), np.arange(2000, 2012)
    rates = 1e-4 * np.exp(0.1 * (ages - 30)) * 0.99 ** (years - 2000)[:, np.newaxis]
    exposure = np.full(rates.shape, 5_000.0)
    deaths = np.random.default_rng(seed).poisson(rates * exposure)
    model = lee_carter(deaths, exposure, ages=ages, years=years, method=method)
    eta = (model.alpha + model.beta * model.kappa).transpose("year", "age").values
    at_risk = exposure + (0.5 * deaths if method == "binomial" else 0.0)
    left = deaths - at_risk * (np.exp(eta) if method == "poisson" else 1.0 / (1.0 + np.exp(-eta)))
    slopes = [left.sum(0), model.kappa.values @ left, left @ model.beta.values]
    assert max(np.abs(slope).max() for slope in slopes) < 1e-4
