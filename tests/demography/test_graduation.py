"""Graduation against dense solutions, limits known in closed form, simulated truth and published data."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from numpy.testing import assert_allclose
from scipy.optimize import brentq, minimize
from scipy.special import gammaln, ndtr

from actuarial.demography.rates.graduation import graduate
from actuarial.demography.rates.penalised import Poisson, fit
from actuarial.demography.rates.penalty import Factor, band_matrix, difference_penalty
from actuarial.demography.rates.smoothing_choice import most_likely, smoothing_bounds
from actuarial.demography.rates.whittaker_henderson import whittaker
from actuarial.errors import BadDimensions, BadInput, OutOfBounds

AGES = np.arange(40, 70)
EXPOSURE = np.linspace(900.0, 100.0, AGES.size)
TRUE = np.exp(-10.0 + 0.09 * AGES)


def drawn(seed, rates=TRUE, exposure=EXPOSURE):
    return np.random.default_rng(seed).poisson(rates * exposure).astype(float)


def differences(size, order):
    return np.diff(np.eye(size), order, axis=0)


def dense_penalty(shape, orders, smoothing):
    """Kronecker sum on plain matrices, the last axis fastest."""
    total = 0.0
    for axis, (order, amount) in enumerate(zip(orders, smoothing, strict=True)):
        part = np.ones((1, 1))
        for place, size in enumerate(shape):
            d = differences(size, order)
            part = np.kron(part, d.T @ d if place == axis else np.eye(size))
        total = total + amount * part
    return total


def dense_newton(deaths, exposure, penalty):
    """Penalised Poisson fit by plain Newton steps from the mean rate, with the inverse of the matrix."""
    deaths, exposure = deaths.ravel(), exposure.ravel()
    cells = np.full(deaths.size, np.log(deaths.sum() / exposure.sum()))
    for _ in range(100):
        fitted = exposure * np.exp(cells)
        step = np.linalg.solve(np.diag(fitted) + penalty, deaths - fitted - penalty @ cells)
        cells = cells + np.clip(step, -1.0, 1.0)
    return cells, np.linalg.inv(np.diag(exposure * np.exp(cells)) + penalty)


def dense_marginal(deaths, exposure, order, smoothing):
    """Marginal likelihood by Laplace, with determinants of dense matrices."""
    d = differences(deaths.size, order)
    penalty = smoothing * d.T @ d
    cells, inverse = dense_newton(deaths, exposure, penalty)
    fitted = exposure * np.exp(cells)
    likelihood = (deaths * np.log(fitted) - fitted - gammaln(deaths + 1)).sum() - cells @ penalty @ cells / 2
    ranks = np.linalg.slogdet(smoothing * d @ d.T)[1] + np.linalg.slogdet(inverse)[1]
    return likelihood + ranks / 2 + order / 2 * np.log(2 * np.pi)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_linear_smoother_is_the_dense_solution(order):
    rng = np.random.default_rng(order)
    values, weights = rng.normal(size=30), rng.uniform(0.0, 3.0, size=30)
    weights[4:9] = 0.0
    found = whittaker(values, weights, order=order, smoothing=7.0)
    matrix = np.diag(weights) + dense_penalty((30,), [order], [7.0])
    assert_allclose(found.fitted, np.linalg.solve(matrix, weights * values), rtol=1e-9, atol=1e-11)
    inverse = np.linalg.inv(matrix)
    assert_allclose(found.standard_error, np.sqrt(np.diag(inverse)), rtol=1e-9)
    assert_allclose(found.edf, np.diag(inverse) * weights, rtol=1e-9)
    assert found.edf[4:9].sum() == 0.0


def test_one_dim_is_the_dense_solution():
    deaths = drawn(1)
    found = graduate(deaths, EXPOSURE, smoothing=50.0, ages=AGES, level=0.9)
    cells, inverse = dense_newton(deaths, EXPOSURE, dense_penalty((30,), [2], [50.0]))
    error = np.sqrt(np.diag(inverse))
    assert_allclose(found.rate, np.exp(cells), rtol=1e-8)
    assert_allclose(found.standard_error, error, rtol=1e-6)
    assert_allclose(ndtr(np.log(found.upper / found.rate) / error), 0.95, rtol=1e-6)
    assert_allclose(found.edf.sum(), np.trace(inverse * found.fitted_deaths.values), rtol=1e-6)


@pytest.mark.parametrize("shape", [(7, 12), (12, 7)])
def test_two_dims_are_the_dense_solution(shape):
    rng = np.random.default_rng(5)
    exposure = rng.uniform(50.0, 300.0, size=shape)
    exposure[2, 3] = exposure[5, 1] = 0.0
    deaths = rng.poisson(0.05 * exposure).astype(float)
    found = graduate(deaths, exposure, order={"year": 1, "age": 2}, smoothing={"year": 30.0, "age": 4.0})
    cells, inverse = dense_newton(deaths, exposure, dense_penalty(shape, [1, 2], [30.0, 4.0]))
    assert_allclose(found.rate.values.ravel(), np.exp(cells), rtol=1e-8)
    assert_allclose(found.standard_error.values.ravel(), np.sqrt(np.diag(inverse)), rtol=1e-6)
    assert_allclose(found.edf.values.ravel(), np.diag(inverse) * found.fitted_deaths.values.ravel(), rtol=1e-6)


def test_inverse_inside_the_band():
    shape, rng = (19, 5), np.random.default_rng(0)
    penalties = [difference_penalty(shape, axis, 2) for axis in (0, 1)]
    weights = rng.uniform(0.1, 2.0, size=shape)
    factor = Factor.of(band_matrix(weights, penalties, np.array([3.0, 0.2])))
    dense = np.diag(weights.ravel()) + dense_penalty(shape, [2, 2], [3.0, 0.2])
    inverse, found = np.linalg.inv(dense), factor.inverse_bands()
    for r in range(11):
        assert_allclose(found[r, : 95 - r], np.diag(inverse, -r), atol=1e-13)
    assert_allclose(factor.log_determinant(), np.linalg.slogdet(dense)[1], rtol=1e-12)


def test_little_smoothing_follows_the_crude_rates():
    deaths = drawn(2) + 1.0
    found = graduate(deaths, EXPOSURE, smoothing=1e-9)
    assert_allclose(found.rate, deaths / EXPOSURE, rtol=1e-7)
    assert_allclose(found.edf.sum(), 30.0, rtol=1e-6)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_much_smoothing_gives_the_polynomial_of_a_poisson_regression(order):
    deaths = drawn(3)
    basis = np.vander(np.linspace(-1.0, 1.0, 30), order)

    def lost(coefficients):
        fitted = EXPOSURE * np.exp(basis @ coefficients)
        return (fitted - deaths * (basis @ coefficients)).sum(), basis.T @ (fitted - deaths)

    start = np.zeros(order)
    start[-1] = np.log(deaths.sum() / EXPOSURE.sum())
    best = minimize(lost, start, jac=True, method="BFGS", options={"gtol": 1e-9}).x
    found = graduate(deaths, EXPOSURE, order=order, smoothing=1e9)
    assert_allclose(found.rate, np.exp(basis @ best), rtol=1e-4)
    assert_allclose(found.edf.sum(), order, atol=1e-3)


def test_much_smoothing_of_values_is_weighted_least_squares():
    rng = np.random.default_rng(4)
    values, weights = rng.normal(size=25), rng.uniform(0.5, 2.0, size=25)
    line = np.polyval(np.polyfit(np.arange(25), values, 1, w=np.sqrt(weights)), np.arange(25))
    assert_allclose(whittaker(values, weights, smoothing=1e9).fitted, line, atol=1e-5)


@pytest.mark.parametrize("seed", [11, 14])
def test_smoothing_has_the_highest_marginal_likelihood(seed):
    bumpy = TRUE * np.exp(0.6 * np.sin(AGES / 3.0))
    deaths, exposure = drawn(seed, bumpy, 5 * EXPOSURE), 5 * EXPOSURE
    found = graduate(deaths, exposure)
    best = float(found.smoothing_age)
    top = dense_marginal(deaths, exposure, 2, best)
    assert_allclose(found.marginal_likelihood, top, atol=1e-5)
    tried = best * np.exp(np.array([-3.0, -1.0, -0.1, 0.1, 1.0, 3.0]))
    assert all(dense_marginal(deaths, exposure, 2, amount) < top for amount in tried)


@pytest.mark.parametrize(("ages", "scale", "seed"), [(20, 3.0, 0), (90, 30.0, 0), (20, 3.0, 2), (60, 100.0, 0)])
def test_smoothing_on_a_flat_likelihood(ages, scale, seed):
    """Straight lines of log rates: the root of the slope by bisection, or the end where the likelihood still rises."""
    exposure = np.full(ages, 1e3 * scale)
    deaths = np.random.default_rng(seed).poisson(exposure * np.exp(-5 + 0.06 * np.arange(ages))).astype(float)
    family, penalties = Poisson(deaths, exposure), [difference_penalty((ages,), 0, 2)]
    found = most_likely(family, penalties)

    def slope(log):
        at = fit(family, penalties, np.exp([log]), found.cells)
        return float(at.marginal_slopes(at.factor.inverse_bands())[0])

    [(_, high)] = smoothing_bounds(family, penalties)
    if slope(high) > 0:
        assert float(np.log(found.smoothing[0])) == pytest.approx(high, abs=1e-9)
    else:
        root = brentq(slope, np.log(found.smoothing[0]) - 3, high)
        assert float(np.log(found.smoothing[0])) == pytest.approx(root, abs=0.002)


def test_marginal_likelihood_of_values_is_the_integral():
    """Three normal values, differences of order 1: a plain sum over a grid of the three means."""
    values, weights, smoothing = np.array([0.3, 1.1, 0.4]), np.array([2.0, 1.0, 3.0]), 1.7
    found = whittaker(values, weights, order=1, smoothing=smoothing)
    grid = np.linspace(-7.0, 8.0, 151)
    a, b, c = np.meshgrid(grid, grid, grid, indexing="ij", sparse=True)
    likelihood = sum(-w * (y - t) ** 2 / 2 for y, w, t in zip(values, weights, (a, b, c), strict=True))
    density = np.exp(likelihood - smoothing * ((b - a) ** 2 + (c - b) ** 2) / 2)
    total = np.log(density.sum() * (grid[1] - grid[0]) ** 3)
    prior = np.log(1.7 * 1.0) / 2 + np.log(1.7 * 3.0) / 2 - np.log(2 * np.pi)  # the penalty has the eigenvalues 0, 1, 3
    total += np.log(weights / (2 * np.pi)).sum() / 2 + prior
    assert_allclose(found.marginal_likelihood, total, atol=1e-6)


def test_slopes_of_the_marginal_likelihood_are_those_of_its_differences():
    shape = (15, 6)
    exposure = np.random.default_rng(8).uniform(100.0, 900.0, size=shape)
    deaths = np.random.default_rng(9).poisson(0.02 * exposure).astype(float)
    family, logs = Poisson(deaths, exposure), np.array([2.0, 3.0])
    penalties = [difference_penalty(shape, axis, 2) for axis in (0, 1)]

    def marginal(point):
        return fit(family, penalties, np.exp(point), family.start())

    here = marginal(logs)
    slopes = [(marginal(logs + e).marginal() - marginal(logs - e).marginal()) / 2e-3 for e in 1e-3 * np.eye(2)]
    assert_allclose(here.marginal_slopes(here.factor.inverse_bands()), slopes, atol=1e-5)


def test_two_dims_of_which_one_is_alone_are_one():
    deaths = drawn(6)
    line = graduate(deaths, EXPOSURE, ages=AGES)
    row = graduate(deaths[None], EXPOSURE[None], ages=AGES, years=[2020])
    assert_allclose(row.rate.sel(year=2020), line.rate, rtol=1e-12)
    assert "smoothing_year" not in row


def test_years_that_never_differ_are_their_sum():
    """Much smoothing of order 1 along years: all years have one rate, that of their sums."""
    deaths = np.array([drawn(seed) for seed in (20, 21, 22)])
    exposure = np.tile(EXPOSURE, (3, 1))
    grid = graduate(deaths, exposure, order={"year": 1, "age": 2}, smoothing={"year": 1e8, "age": 20.0})
    line = graduate(deaths.sum(axis=0), exposure.sum(axis=0), smoothing=60.0)
    assert_allclose(grid.rate, np.tile(line.rate, (3, 1)), rtol=1e-5)


def test_cross_validation_is_least():
    deaths, exposure = drawn(11, TRUE * np.exp(0.6 * np.sin(AGES / 3.0)), 5 * EXPOSURE), 5 * EXPOSURE

    def criterion(one):
        return float(one.deviance / (30.0 - one.edf.sum()) ** 2)

    found = graduate(deaths, exposure, smoothing="gcv")
    for factor in (0.5, 0.9, 1.1, 2.0):
        assert criterion(found) < criterion(graduate(deaths, exposure, smoothing=factor * float(found.smoothing_age)))


def test_continuation_is_a_polynomial_and_widens():
    deaths = drawn(7)
    short = graduate(deaths, EXPOSURE, ages=AGES)
    found = graduate(deaths, EXPOSURE, ages=AGES, extend_ages=(35, 90))
    assert_allclose(found.rate.sel(age=AGES), short.rate, rtol=1e-12)
    for part in (slice(68, 90), slice(35, 41)):
        assert_allclose(np.diff(np.log(found.rate.sel(age=part)), 2), 0.0, atol=1e-8)
    assert (np.diff(found.standard_error.sel(age=slice(69, 90))) > 0).all()
    assert found.crude.sel(age=75).isnull()
    assert found.edf.sel(age=75) == 0.0


def test_continuation_by_age_has_the_variance_of_the_joint_fit():
    """Along one axis cells without weight change nothing, so that one dense matrix knows the variance as well."""
    deaths = drawn(7)
    found = graduate(deaths, EXPOSURE, smoothing=25.0, ages=AGES, extend_ages=(40, 80))
    more = [np.pad(array, (0, 11)) for array in (deaths, EXPOSURE)]
    cells, inverse = dense_newton(*more, dense_penalty((41,), [2], [25.0]))
    assert_allclose(np.log(found.rate), cells, atol=1e-7)
    assert_allclose(found.standard_error, np.sqrt(np.diag(inverse)), rtol=1e-6)


def test_continuation_of_a_grid_keeps_the_data_and_meets_the_penalty():
    rng = np.random.default_rng(3)
    exposure = rng.uniform(100.0, 500.0, size=(6, 9))
    deaths = rng.poisson(0.03 * exposure).astype(float)
    amounts = {"year": 12.0, "age": 5.0}
    short = graduate(deaths, exposure, smoothing=amounts, years=range(2000, 2006))
    found = graduate(
        deaths, exposure, smoothing=amounts, years=range(2000, 2006), extend_ages=(0, 11), extend_years=(1999, 2008)
    )
    assert_allclose(found.rate.sel(year=short.year, age=short.age), short.rate, rtol=1e-12)
    inside = np.zeros(found.rate.shape, dtype=bool)
    inside[1:7, :9] = True
    penalty = dense_penalty((10, 12), [2, 2], [12.0, 5.0])
    new, old = np.flatnonzero(~inside), np.flatnonzero(inside)
    pulled = penalty @ np.log(found.rate.values.ravel())
    assert_allclose(pulled[new], 0.0, atol=1e-9)
    across = -np.linalg.solve(penalty[np.ix_(new, new)], penalty[np.ix_(new, old)])
    fitted = short.fitted_deaths.values.ravel()
    inner = np.linalg.inv(np.diag(fitted) + dense_penalty((6, 9), [2, 2], [12.0, 5.0]))
    variance = np.diag(across @ inner @ across.T + np.linalg.inv(penalty[np.ix_(new, new)]))
    assert_allclose(found.standard_error.values.ravel()[new] ** 2, variance, rtol=1e-6)


def share_of_truths_held(true, deaths, exposure, **options):
    """Share of the cells of each population in whose interval the truth lies: the mean, and its standard error."""
    dims = ("group", "age")
    found = graduate(xr.DataArray(deaths, dims=dims), xr.DataArray(exposure, dims=dims), **options)
    held = ((found.lower <= true) & (true <= found.upper)).mean("age")
    return float(held.mean()), float(held.std()) / np.sqrt(held.size)


def test_intervals_hold_a_law_of_gompertz_as_often_as_they_say():
    deaths = np.array([drawn(seed) for seed in range(60)])
    share, error = share_of_truths_held(TRUE, deaths, np.tile(EXPOSURE, (60, 1)))
    assert abs(share - 0.95) < 3 * error < 0.05


def test_intervals_hold_truths_of_the_prior_as_often_as_they_say():
    """Second differences of the logarithms are normal with the standard deviation 0.1: the smoothing is 100."""
    rng = np.random.default_rng(77)
    bends = rng.normal(0.0, 0.1, size=(200, 30))
    true = np.exp(-6.0 + np.cumsum(np.cumsum(bends, axis=1), axis=1))
    exposure = np.full((200, 30), 3000.0)
    cells = xr.DataArray(true, dims=("group", "age"))
    share, error = share_of_truths_held(cells, rng.poisson(true * exposure), exposure, smoothing=100.0)
    assert abs(share - 0.95) < 3 * error < 0.02


def test_zero_deaths_in_most_cells():
    exposure = np.full(40, 60.0)
    deaths = np.zeros(40)
    deaths[[12, 20, 31, 36]] = 1.0
    found = graduate(deaths, exposure, ages=range(50, 90))
    assert float(found.fitted_deaths.sum()) == pytest.approx(4.0, rel=1e-6)
    assert (found.lower > 0).all()
    assert np.isfinite(found.upper).all()
    assert float(found.credibility) == pytest.approx(np.sqrt(4 / 1082.217), rel=1e-5)


def test_steps_settle_where_likelihoods_round():
    """Deaths of 4 to 1e10: their likelihood rounds to 1e-5, which must not stop the last steps."""
    bends = np.random.default_rng(77).normal(0.0, 0.1, size=(200, 30))[63]
    deaths = np.rint(3000.0 * np.exp(-6.0 + np.cumsum(np.cumsum(bends))))
    for share in (1.0, 1.02, 1.05, 1.06):
        for smoothing in (1e8, 6e8, 1e9):
            found = graduate(share * deaths, np.full(30, 3000.0), smoothing=smoothing)
            assert_allclose(found.fitted_deaths.sum(), share * deaths.sum(), rtol=1e-12)


def test_deaths_are_kept_in_number_and_moment():
    """What the penalty does not hold is that of the data: the sum and the mean age of deaths."""
    deaths = drawn(9)
    found = graduate(deaths, EXPOSURE, ages=AGES)
    assert float(found.fitted_deaths.sum()) == pytest.approx(deaths.sum(), rel=1e-8)
    assert float((found.fitted_deaths * AGES).sum()) == pytest.approx((deaths * AGES).sum(), rel=1e-8)


def test_groups_are_graduated_one_by_one():
    deaths = xr.DataArray([drawn(1), drawn(2)], dims=("sex", "age"), coords={"sex": ["male", "female"], "age": AGES})
    exposure = deaths.copy(data=np.tile(EXPOSURE, (2, 1)))
    both = graduate(deaths, exposure)
    alone = graduate(drawn(2), EXPOSURE, ages=AGES)
    assert_allclose(both.rate.sel(sex="female"), alone.rate, rtol=1e-12)
    assert_allclose(both.smoothing_age.sel(sex="female"), alone.smoothing_age, rtol=1e-12)
    assert both.rate.attrs == {"units": "1/year", "long_name": "Graduated central death rate"}


def test_england_and_wales(shared):
    """Deaths and exposures of Villegas, Kaishev and Millossovich (2018), StMoMo, Journal of Statistical Software 84."""
    case = shared / "cases" / "stmomo_lee_carter_ew_males"
    deaths, exposure = (
        pd.read_csv(case / f"input_{name}.csv", index_col="age").rename(columns=int).T
        for name in ("deaths", "central_exposure")
    )
    labels = {"ages": deaths.columns, "years": deaths.index}
    found = graduate(deaths.to_numpy(), exposure.to_numpy(), **labels)
    assert_allclose(found.fitted_deaths.sum(), deaths.to_numpy().sum(), rtol=1e-9)
    assert_allclose(found.fitted_deaths.sum("year"), deaths.sum(), rtol=0.01)
    apart = np.abs(found.deaths - found.fitted_deaths) / np.sqrt(found.fitted_deaths)
    assert float(apart.max()) < 4.0
    assert 35 < float(found.edf.sum()) < 1785
    for axis in ("age", "year"):
        for factor in (0.7, 1.4):
            other = {name: float(found[f"smoothing_{name}"]) for name in ("age", "year")}
            other[axis] *= factor
            worse = graduate(deaths.to_numpy(), exposure.to_numpy(), smoothing=other, **labels)
            assert worse.marginal_likelihood < found.marginal_likelihood


@pytest.mark.parametrize(
    ("deaths", "exposure", "options", "error", "words"),
    [
        ([0, 0, 0, 0], [9.0] * 4, {}, BadInput, "there are no deaths"),
        ([1, 2], [9.0, 9.0], {}, BadInput, "order 2 needs more cells than that with data, but they span 2"),
        ([0, 1, 0, 0, 0], [9.0] * 5, {}, BadInput, "needs deaths in 2 cells that are not in one row; there are 1"),
        ([1, 0, 0, 2], [9.0, 0, 0, 9.0], {}, BadInput, "2 cells do not tell the smoothing"),
        ([1, 0, 2], [9.0, 9.0, 0.0], {}, OutOfBounds, "deaths need an exposure above 0: 1 of 3 are not; the first"),
        ([1, 1, 2], [9.0, 9.0], {}, BadDimensions, "other labels of age"),
        ([1, 1, 2], [9.0] * 3, {"ages": [0, 5, 10]}, BadInput, "must be consecutive"),
        ([1, 1, 2], [9.0] * 3, {"extend_ages": (1, 9)}, BadInput, "1 to 9 must hold the data, 0 to 2"),
        ([1, 1, 2], [9.0] * 3, {"smoothing": "aic"}, BadInput, "'aic' is not known"),
        ([1, 1, 2], [9.0] * 3, {"smoothing": -1.0}, BadInput, "needs numbers above 0 for age"),
        ([1, 1, 2], [9.0] * 3, {"order": 0}, BadInput, "order must lie between 1 and 6"),
        ([1, 1, 2], [9.0] * 3, {"order": {"year": 2}}, BadInput, "whole number, or such numbers for age"),
        ([1, 1, 0, 2], [9, 9, 0, 9], {"smoothing": 1e-9}, OutOfBounds, "upper limits .* the first: age 2"),
        ([1, 1, 2], [9.0] * 3, {"level": 95}, BadInput, "level must lie between 0 and 1"),
    ],
)
def test_what_is_refused(deaths, exposure, options, error, words):
    with pytest.raises(error, match=words):
        graduate(deaths, exposure, **options)
