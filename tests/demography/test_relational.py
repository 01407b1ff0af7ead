"""The model of Brass: known parameters come back, and a search by another way finds the same."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose
from scipy.optimize import minimize, minimize_scalar
from scipy.special import gammaln

from actuarial.demography import brass_family, life_table, mortality_for_e0
from actuarial.demography.rates.relational import brass, brass_table
from actuarial.demography.rates.relational_fit import brass_from_deaths
from actuarial.errors import BadInput, OutOfBounds

RATES = np.concatenate([[0.02], np.exp(-9.5 + 0.09 * np.arange(1, 100))])
STANDARD = np.concatenate([[1.0], np.exp(-np.cumsum(RATES))])


def rates_of(alpha, beta, ages):
    """Death rates of the model, an age at a time."""
    found = []
    for age in ages:
        left = []
        for l in STANDARD[age : age + 2]:
            y = 0.5 * np.log((1 - l) / l) if l < 1 else -np.inf
            left.append(1 / (1 + np.exp(2 * (alpha + beta * y))))
        q = 1 - left[1] / left[0]
        found.append(q / (1 - q / 2))
    return np.array(found)


def test_table_and_fit_are_inverse():
    table = brass_table(STANDARD, -0.3, 1.15)
    found = brass(table, STANDARD)
    assert float(found.alpha) == pytest.approx(-0.3, abs=1e-10)
    assert float(found.beta) == pytest.approx(1.15, abs=1e-10)
    assert table.values[0] == 1.0
    assert found.residual.isnull().values.tolist() == [True] + [False] * 100
    assert_allclose(brass_table(STANDARD, 0.0, 1.0), STANDARD, rtol=1e-12)


def test_level_alone_moves_the_odds_of_death():
    """beta = 1: q = c q_s/(l_s + (1 - l_s) c) with l_s at the end of the age and c = exp(2 alpha)."""
    table, c = brass_table(STANDARD, 0.2).values, np.exp(0.4)
    dying = 1 - STANDARD[1:] / STANDARD[:-1]
    assert_allclose(1 - table[1:] / table[:-1], c * dying / (STANDARD[1:] + (1 - STANDARD[1:]) * c), rtol=1e-9)


def test_weighted_least_squares_is_that_of_numpy():
    rng = np.random.default_rng(2)
    ages = np.arange(5, 90, 5)
    norm = STANDARD[ages]
    y = np.sort(-0.2 + 0.9 * 0.5 * np.log((1 - norm) / norm) + rng.normal(0, 0.05, ages.size))
    living, weights = 1 / (1 + np.exp(2 * y)), rng.uniform(0.2, 3.0, ages.size)
    found = brass(living, xr.DataArray(STANDARD, dims="age"), weights=weights, coords={"age": ages})
    beta, alpha = np.polyfit(0.5 * np.log((1 - norm) / norm), y, 1, w=np.sqrt(weights))
    assert_allclose([found.alpha, found.beta], [alpha, beta], rtol=1e-9)
    level = brass(living, xr.DataArray(STANDARD, dims="age"), beta=1.0, coords={"age": ages})
    assert float(level.alpha) == pytest.approx((y - 0.5 * np.log((1 - norm) / norm)).mean())


def test_likelihood_is_highest_by_another_search():
    ages = np.arange(0, 90)
    exposure = np.linspace(9000.0, 500.0, 90)
    deaths = np.random.default_rng(4).poisson(exposure * rates_of(0.25, 0.9, ages)).astype(float)

    def lost(point):
        mean = exposure * rates_of(*point, ages)
        return -(deaths * np.log(mean) - mean - gammaln(deaths + 1)).sum()

    best = minimize(lost, [0.5, 1.3], method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9})
    found = brass_from_deaths(deaths, exposure, STANDARD)
    assert_allclose([found.alpha, found.beta], best.x, atol=1e-5)
    assert_allclose(found.fitted_deaths, exposure * rates_of(*best.x, ages), rtol=1e-4)


def test_samples_are_right_on_average_and_errors_are_those_of_the_information():
    ages = np.arange(20, 70)
    exposure = np.full(50, 20_000.0)
    true = np.array([-0.15, 1.1])
    rates = rates_of(*true, ages)
    deaths = np.random.default_rng(5).poisson(rates * exposure, size=(200, 50))
    arrays = (xr.DataArray(array, {"age": ages}, ("group", "age")) for array in (deaths, np.tile(exposure, (200, 1))))
    found = brass_from_deaths(*arrays, STANDARD)
    steps = 1e-5 * np.eye(2)
    slopes = np.array([np.log(rates_of(*(true + e), ages) / rates_of(*(true - e), ages)) / 2e-5 for e in steps])
    errors = np.sqrt(np.diag(np.linalg.inv(slopes * rates * exposure @ slopes.T)))
    for name, value, error in zip(("alpha", "beta"), true, errors, strict=True):
        assert abs(float(found[name].mean()) - value) < 4 * error / np.sqrt(200)
        assert float(found[f"{name}_error"].mean()) == pytest.approx(error, rel=0.005)


def test_level_alone_from_few_deaths():
    ages = np.arange(30, 50)
    deaths = np.zeros(20)
    deaths[[7, 15]] = 1.0
    exposure = np.full(20, 300.0)
    with pytest.raises(BadInput, match=r"2 of them do not tell beta(?s:.*)Give it, such as beta=1.0"):
        brass_from_deaths(deaths, exposure, STANDARD, coords={"age": ages})
    found = brass_from_deaths(deaths, exposure, STANDARD, beta=1.0, coords={"age": ages})

    def lost(alpha):
        rates = rates_of(alpha, 1.0, ages)
        return (exposure * rates - deaths * np.log(rates)).sum()

    best = minimize_scalar(lost, bounds=(-5.0, 5.0), method="bounded", options={"xatol": 1e-9}).x
    assert float(found.alpha) == pytest.approx(best, abs=1e-6)
    assert float(found.fitted_deaths.sum()) == pytest.approx(2.0, rel=0.01)
    assert float(found.beta) == 1.0
    assert float(found.beta_error) == 0.0


def test_time_lived_by_those_who_die_matters():
    exposure, ages = np.full(3, 1e6), np.arange(3)
    ax = np.array([0.1, 0.5, 0.5])
    table = brass_table(STANDARD[:4], 0.3).values
    dying = 1 - table[1:] / table[:-1]
    deaths = exposure * dying / (1 - (1 - ax) * dying)
    found = brass_from_deaths(deaths, exposure, STANDARD, beta=1.0, ax=ax, coords={"age": ages})
    assert float(found.alpha) == pytest.approx(0.3, abs=1e-9)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: brass([1.0, 0.9, 0.8], [1.0, 0.9, 0.8]), BadInput, "3 ages between the ends of the table are needed"),
        (lambda: brass([9.0, 8.0], [1.0, 0.9]), OutOfBounds, "lx must be survivors of one birth(?s:.*)Divide them"),
        (lambda: brass(STANDARD, STANDARD[:50]), BadInput, "lack 51 labels of age, the first is 50"),
        (lambda: brass([0.9, 0.8, 0.7], [0.8, 0.8, 0.8]), BadInput, "equal at all ages"),
        (lambda: brass(STANDARD, STANDARD, beta=-1.0), BadInput, "beta must be above 0"),
        (lambda: brass_table(STANDARD, 0.0, 0.0), BadInput, "beta must be above 0"),
        (lambda: brass_from_deaths([0, 0], [9.0, 9.0], STANDARD), BadInput, "there are none"),
        (lambda: brass_from_deaths([5], [9.0], STANDARD), BadInput, "do not tell beta"),
        (lambda: brass_from_deaths([1, 1], [9.0, 9.0], STANDARD[:2]), BadInput, "lack 1 labels of age, the first is 2"),
        (lambda: brass_from_deaths([1], [9.0], [0.9, 0.9]), OutOfBounds, "must fall with age"),
        (lambda: brass_from_deaths([1], [9.0], [0.9, 0.0]), OutOfBounds, "must be above 0 up to the age after"),
    ],
)
def test_what_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_rising_survivors_are_refused_and_unknown_ones_need_no_weight():
    with pytest.raises(OutOfBounds, match=r"lx must not increase with age: 1 of 4 .*age 2 -> 0.95"):
        brass([1.0, 0.9, 0.95, 0.5], [1.0, 0.9, 0.8, 0.4])
    with pytest.raises(OutOfBounds, match="standard must not increase with age"):
        brass_table([1.0, 0.9, 0.95, 0.5], 0.1)
    lx, standard = np.array([1, 0.9, 0.8, 0.6, 0.5]), [1, 0.9, 0.8, 0.7, 0.4]
    gap = np.where(np.arange(5) == 2, np.nan, lx)
    weights = [1.0, 1, 0, 1, 1]
    assert float(brass(gap, standard, weights=weights).alpha) == float(brass(lx, standard, weights=weights).alpha)
    with pytest.raises(OutOfBounds, match="lx must be numbers where the weight is above 0: 1 of 5"):
        brass(gap, standard, weights=np.ones(5))


def test_a_moved_life_table_is_that_of_the_family():
    """Against the family that moves probabilities of dying by odds, at the level that has a life expectancy."""
    mx = np.append(RATES[:100], 0.4)
    table = life_table(mx, ax=np.append(0.1, np.full(100, 0.5)))
    aim = mortality_for_e0(60.0, brass_family(mx), a0=0.1)
    moved = brass_table(table, float(aim.index))
    assert_allclose(moved.mx, aim.mx, rtol=1e-10)
    assert_allclose(moved.lx, brass_table(table.lx, float(aim.index)), rtol=1e-15)
    assert_allclose(life_table(moved.mx, ax=table.ax.values).lx, moved.lx, rtol=1e-12)
    levels = xr.DataArray([0.0, 0.3], dims="region", coords={"region": ["north", "south"]})
    assert_allclose(brass_table(table, levels, 1.2).mx.sel(region="south"), brass_table(table, 0.3, 1.2).mx, rtol=1e-15)
    with pytest.raises(BadInput, match="it lacks mx, ax"):
        brass_table(table[["lx"]], 0.1)
    with pytest.raises(BadInput, match="it lacks age 0"):
        brass_table(table.sel(age=slice(1, None)), 0.1)
