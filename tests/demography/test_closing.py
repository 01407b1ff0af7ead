"""Closing of old ages: known laws come back, fits by another way, the life expectancy above, what is refused."""

import math
import warnings

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose
from scipy.optimize import minimize
from scipy.special import expit, gammaln

from actuarial.demography import close_table, life_table
from actuarial.errors import BadDimensions, BadInput, NoSolution, OutOfBounds

AGES = np.arange(96)
METHODS = ["kannisto", "gompertz", "makeham", "coale-kisker", "denuit-goderniaux"]
LAWS = {
    "kannisto": lambda x: expit(-10.0 + 0.1 * x),
    "gompertz": lambda x: np.exp(-10.5 + 0.1 * x),
    "makeham": lambda x: 0.02 + np.exp(-10.5 + 0.1 * x),
    "coale-kisker": lambda x: 0.09 * np.exp(0.1 * (x - 84) - 0.0005 * (x - 84) * (x - 83)),
    "denuit-goderniaux": lambda x: (q := np.exp(-7e-4 * (130.0 - x) ** 2)) / (1 - q / 2),
}
OPTIONS = {"coale-kisker": {"rate_110": LAWS["coale-kisker"](110)}}


def expectancy(mx):
    """Life expectancy at the first age of a list of rates, the last of which is of all ages above."""
    left = 1 / mx[-1]
    for m in mx[-2::-1]:
        q = m / (1 + m / 2)
        left = 1 - q / 2 + (1 - q) * left
    return left


@pytest.mark.parametrize("method", METHODS)
def test_a_law_continues_itself(method):
    law = LAWS[method]
    closed = close_table(law(AGES), method=method, to_age=110, **OPTIONS.get(method, {}))
    assert closed.age.values.tolist() == list(range(111))
    assert_allclose(closed[:110], law(np.arange(110.0)), rtol=1e-9)
    further = [m for m in law(np.arange(110.0, 131)) if m < 2 - 1e-9]
    end = {"kannisto": law(131.0), "denuit-goderniaux": 2.0}.get(method, law(110.0 + len(further)))
    assert 1 / float(closed[-1]) == pytest.approx(expectancy([*further, end]), rel=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_life_expectancies_do_not_depend_on_the_open_age(method):
    mx = LAWS["kannisto"](AGES) * (1 + 0.05 * np.sin(AGES))
    options = OPTIONS.get(method, {})
    tables = [life_table(close_table(mx, method=method, to_age=age, **options), ax=0.5).ex for age in (95, 100, 110)]
    for table in tables[1:]:
        assert_allclose(table.sel(age=AGES), tables[0], rtol=1e-12)


@pytest.fixture(scope="module")
def sample():
    """Deaths by Kannisto's law in a small population, of two sexes."""
    rng = np.random.default_rng(11)
    exposure = np.array([[400.0], [900.0]]) * np.exp(-0.12 * (AGES - 80))
    exposure[:, -1] = 0.0
    truth = expit(np.array([[-9.8], [-10.3]]) + 0.1 * AGES)
    deaths = rng.poisson(np.where(AGES >= 70, exposure * truth, 0.0)).astype(float)
    coords = {"sex": ["male", "female"], "age": AGES}
    return [xr.DataArray(a, dims=("sex", "age"), coords=coords) for a in (truth, deaths, exposure)]


@pytest.mark.parametrize(("method", "inverse"), [("kannisto", expit), ("gompertz", np.exp)])
def test_the_most_likely_law_is_found(sample, method, inverse):
    truth, deaths, exposure = sample
    closed = close_table(truth, method=method, fit_ages=(80, 94), deaths=deaths, exposure=exposure, to_age=105)
    x = np.arange(80, 95)
    for sex in ("male", "female"):
        d, e = (a.sel(sex=sex, age=x).values for a in (deaths, exposure))

        def loss(p, d=d, e=e):
            mean = e * inverse(p[0] + p[1] * (x - 87))
            return (mean - d * np.log(mean) + gammaln(d + 1)).sum()

        options = {"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000}
        best = minimize(loss, [-1.5, 0.05], method="Nelder-Mead", options=options)
        expected = inverse(best.x[0] + best.x[1] * (np.arange(95, 105) - 87))
        assert_allclose(closed.sel(sex=sex, age=slice(95, 104)), expected, rtol=1e-5)
    assert_allclose(closed.sel(age=slice(0, 94)), truth.sel(age=slice(0, 94)), rtol=0)
    if method == "kannisto":
        assert_allclose(closed.sel(age=95), truth.sel(age=95), rtol=0.15)


def test_rates_alone_are_fitted_by_least_squares():
    mx = np.exp(-10.5 + 0.1 * AGES + 0.1 * np.cos(2.0 * AGES))
    x = np.arange(80, 95)
    slope, level = np.polyfit(x, np.log(mx[x]), 1)
    found = close_table(mx, method="gompertz", to_age=105)
    assert_allclose(found[95:105], np.exp(level + slope * np.arange(95, 105)), rtol=1e-9)
    slope, level = np.polyfit(x[5:], np.log(mx[x[5:]] / (1 - mx[x[5:]])), 1)
    found = close_table(mx, fit_ages=(85, 94), from_age=90, to_age=105)
    assert_allclose(found[90:105], expit(level + slope * np.arange(90, 105)), rtol=1e-9)
    assert_allclose(found[:90], mx[:90], rtol=0)
    d = np.linspace(100, 5, 96)
    away, q = (125.0 - np.arange(75, 95)) ** 2, mx[75:95] / (1 + mx[75:95] / 2)
    for weight, given in ((np.ones(20), {}), (d[75:95], {"deaths": d, "exposure": d / mx})):
        c = -np.linalg.lstsq((away * np.sqrt(weight))[:, None], np.log(q) * np.sqrt(weight), rcond=None)[0][0]
        found = close_table(mx, method="denuit-goderniaux", limit_age=125, to_age=125, **given)
        expected = np.exp(-c * (125.0 - np.arange(95, 125)) ** 2)
        assert_allclose(found[95:125] / (1 + found[95:125] / 2), expected, rtol=1e-9)
        assert float(found[-1]) == pytest.approx(2.0, rel=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_the_life_expectancy_of_the_open_age_is_kept(method):
    rates = xr.DataArray(
        np.array([LAWS["kannisto"](AGES[:86]), LAWS["gompertz"](AGES[:86])]),
        dims=("sex", "age"),
        coords={"sex": ["male", "female"], "age": AGES[:86]},
    )
    rates[:, 85] = [1 / 5.1, 1 / 5.4]
    before = life_table(rates).ex
    fit = {"fit_ages": (79, 84)} if method == "coale-kisker" else {}
    after = life_table(close_table(rates, method=method, keep_ex=True, to_age=105, **fit)).ex
    assert_allclose(after.sel(age=slice(0, 85)), before, rtol=1e-9)
    without = life_table(close_table(rates, method=method, to_age=105, **fit)).ex
    assert abs(without - before).sel(age=85).max() > 0.05


def test_kannisto_keeps_the_level_below_the_open_age():
    mx = LAWS["kannisto"](AGES[:86])
    mx[85] = 1 / 4.5
    closed = close_table(mx, keep_ex=True, to_age=100)
    line = np.log(closed[85:100] / (1 - closed[85:100]))
    slope = np.diff(line)
    assert_allclose(slope, slope[0], rtol=1e-8)
    assert float(line[0] - slope[0]) == pytest.approx(-10.0 + 0.1 * 84, rel=1e-10)


def test_coale_and_kisker_by_their_formulas():
    """R = (26 k_84 + ln m_84 - ln m_110)/351 and k_x = k_{x-1} - R, with the usual rates at 110 of men and of women."""
    rates = xr.DataArray(
        np.array([LAWS["kannisto"](AGES), LAWS["gompertz"](AGES)]) * (1 + 0.02 * np.cos(2.0 * AGES)),
        dims=("sex", "age"),
        coords={"sex": ["male", "female"], "age": AGES},
    )
    for fit, growth in ((None, slice(82, 87)), ((83, 84), slice(84, 85))):
        closed = close_table(rates, method="coale_kisker", fit_ages=fit, from_age=85, to_age=112)
        for sex, oldest in (("male", 1.0), ("female", 0.8)):
            m = rates.sel(sex=sex).values[:85].tolist()
            k = np.diff(np.log(rates.sel(sex=sex).values), prepend=np.nan)[growth].mean()
            fall = (26 * k + np.log(m[84]) - np.log(oldest)) / 351
            for _ in range(85, 112):
                k -= fall
                m.append(m[-1] * np.exp(k))
            assert_allclose(closed.sel(sex=sex)[:112], m, rtol=1e-12)
            assert float(closed.sel(sex=sex, age=110)) == pytest.approx(oldest, rel=1e-12)


def test_coale_and_kisker_stay_where_rates_would_fall():
    law = LAWS["coale-kisker"]
    mx = law(84) * np.exp(0.15 * (AGES - 84) - 0.0025 * (AGES - 84) * (AGES - 83))
    closed = close_table(mx, method="coale-kisker", rate_110=mx[84] * np.exp(3.9 - 0.005 * 351), to_age=125)
    rises = np.diff(np.log(closed[84:125]))
    assert_allclose(rises[:29], 0.15 - 0.005 * np.arange(1, 30), atol=1e-12)
    assert_allclose(rises[30:], 0.0, atol=1e-13)
    assert float(closed[125]) == pytest.approx(float(closed[124]), rel=1e-12)


def test_coale_and_kisker_keep_the_longest_lives():
    """Nobody lives longer than where rates stay what they are at the age below."""
    law, mx = LAWS["coale-kisker"], LAWS["coale-kisker"](AGES)
    asked = {"method": "coale-kisker", "rate_110": float(law(110.0)), "keep_ex": True, "to_age": 100}
    mx[95] = 1.001 * mx[94]
    after = life_table(close_table(mx, **asked), ax=0.5).ex
    assert float(after[95]) == pytest.approx(1.0 / mx[95], rel=1e-9)
    mx[95] = 0.999 * mx[94]
    with pytest.raises(OutOfBounds, match="must be one that the law can have"):
        close_table(mx, **asked)


@pytest.mark.parametrize("constant", [0.015, 0.0])
def test_makeham_is_the_closest_of_all(constant):
    """Maximum likelihood and least squares by another search, in two small populations at once."""
    rng, x = np.random.default_rng(3), np.arange(45, 95)
    exposure = np.array([[3e4], [6e4]]) * np.exp(-0.05 * (AGES - 45.0))
    deaths = rng.poisson(exposure * (constant + np.exp(-11.0 + 0.105 * AGES))).astype(float)
    crude = (deaths + 1.0) / exposure
    for given in ({}, {"deaths": deaths, "exposure": exposure}):
        closed = close_table(crude, method="makeham", fit_ages=(45, 94), to_age=105, **given)
        for row in range(2):

            def loss(p, row=row, given=given):
                m = abs(p[0]) + np.exp(p[1] + p[2] * (x - 70))
                if given:
                    mean = exposure[row, x] * m
                    return (mean - deaths[row, x] * np.log(mean) + gammaln(deaths[row, x] + 1)).sum()
                return ((np.log(crude[row, x]) - np.log(m)) ** 2).sum()

            options = {"xatol": 1e-10, "fatol": 1e-12, "maxiter": 8000, "maxfev": 8000}
            best = minimize(loss, [0.01, -3.7, 0.1], method="Nelder-Mead", options=options).x
            expected = abs(best[0]) + np.exp(best[1] + best[2] * (np.arange(95, 105) - 70))
            assert_allclose(closed[row, 95:105], expected, rtol=2e-5)


def test_no_deaths_at_some_ages_are_no_obstacle():
    exposure, deaths = np.full(96, 10.0), np.zeros(96)
    deaths[[82, 85, 88, 90, 91, 93, 94]] = [1, 1, 2, 3, 2, 4, 4]
    mx = deaths / exposure + np.where(AGES < 95, 0.0, 0.3)
    closed = close_table(mx, deaths=deaths, exposure=exposure, to_age=100)
    assert (np.diff(closed[95:100]) > 0).all()
    with pytest.raises(OutOfBounds, match=r"must lie between 0 and 1: .*age 80 -> 0\n  Give deaths and exposure"):
        close_table(mx, to_age=100)
    with pytest.raises(OutOfBounds, match="deaths are needed at two of the fitted ages"):
        close_table(mx, deaths=0 * deaths, exposure=exposure, to_age=100)


MX = LAWS["gompertz"](AGES)
CK = {"method": "coale-kisker"}


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"method": "heligman"}, BadInput, "'heligman' is not known; write one of kannisto, gompertz, makeham, coale"),
        (CK, BadInput, "the usual ones are those of men .* no such label sex; give rate_110"),
        (CK | {"rate_110": 2.5}, OutOfBounds, "rate_110 must be above 0 and at most 2"),
        (CK | {"rate_110": xr.DataArray([1.0, 0.8], dims="sex")}, BadInput, "it has the dims sex, which the rates"),
        (CK | {"rate_110": 1.0, "fit_ages": (81, 85)}, BadInput, "81 to 85 must be an even number of ages below 110"),
        (CK | {"rate_110": 1.0, "deaths": MX, "exposure": MX}, BadInput, "take rates alone"),
        (CK | {"rate_110": 0.3}, OutOfBounds, "the rates must still rise at .* 110.*\n  Give a higher rate_110"),
        ({"rate_110": 1.0}, BadInput, 'it goes with method="coale-kisker"'),
        (CK | {"rate_110": 1.0, "mx": 0.0 * MX}, OutOfBounds, "the fitted rates must be above 0: 6 of 6 are not"),
        ({"method": "makeham", "mx": 0.02 + np.exp(-0.1 * AGES)}, NoSolution, "the rates of 1 of 1 tables; give more"),
        ({"method": "makeham", "fit_ages": (80, 82)}, BadInput, "must be at least four ages"),
        ({"mx": MX[:60]}, BadInput, r"fit_ages: 80 to 58 must be at least three ages of 0 to 58.*such as \(53, 58\)"),
        (CK | {"rate_110": 1.0, "mx": MX[:86]}, BadInput, r"81 to 86 must be .* 0 to 84.*such as \(79, 84\)"),
        ({"method": "makeham", "mx": 0.1 + 0.0 * MX}, OutOfBounds, r"must rise with age \(slopes\)"),
        ({"method": "kannisto", "mx": 0.1 + 0.0 * MX}, OutOfBounds, r"must rise with age \(slopes\)"),
        ({"fit_ages": (80, 95)}, BadInput, "fit_ages: 80 to 95 must be"),
        ({"fit_ages": (90, 91)}, BadInput, "at least three ages"),
        ({"fit_ages": 80}, BadInput, r"fit_ages: give the first and the last.* \(got 80\)"),
        ({"from_age": 96}, BadInput, "from_age: 96 must be an age from 80"),
        ({"to_age": 105.5}, BadInput, "to_age: give a whole number"),
        ({"to_age": 90}, BadInput, "to_age: 90 must be an age from 95 to 150"),
        ({"method": "denuit-goderniaux", "to_age": 131}, BadInput, "to_age: 131 must be an age from 95 to 130"),
        ({"method": "denuit-goderniaux", "limit_age": 94}, BadInput, "limit_age: 94 must be above the fitted ages"),
        ({"keep_ex": True, "from_age": 90}, BadInput, "concerns the age 95 that was open; leave from_age out"),
        ({"deaths": MX}, BadInput, "give deaths and exposure, or neither"),
        ({"mx": MX[::-1]}, OutOfBounds, r"must rise with age \(slopes\)"),
        ({"method": "gompertz", "to_age": 130}, OutOfBounds, "the rates of the law must be at most 2: .*age 112"),
        ({"mx": np.append(MX[:-1], 3.0), "keep_ex": True}, OutOfBounds, "must be one that the law can have"),
        ({"mx": xr.DataArray(MX[:3], dims="age", coords={"age": [0, 1, 5]})}, BadDimensions, "the ages must be single"),
        ({"mx": -MX}, OutOfBounds, "mx must be at least 0"),
        ({"deaths": xr.DataArray(MX[:90], dims="age"), "exposure": MX}, BadDimensions, "deaths must have the dims"),
        ({"deaths": MX, "exposure": 0 * MX}, OutOfBounds, "deaths need an exposure above 0"),
    ],
)
def test_what_is_refused(arguments, error, words):
    with pytest.raises(error, match=words):
        close_table(**({"mx": MX} | arguments))


def test_a_law_that_is_far_from_the_last_rates_is_told():
    """Rates 25% above the law at the last ages; so few deaths as to show no such difference are not told."""
    mx = MX * np.where(AGES >= 90, 1.25, 1.0)
    both = np.stack([MX, mx])
    with pytest.warns(UserWarning, match=r"-1\d% away .* 90 to 94, in 1 of 2 tables \(that is the most: year 1\)"):
        close_table(both, method="makeham", fit_ages=(50, 94), to_age=100)
    for size in (1e6, 1e3):
        exposure = size * np.exp(-0.1 * (AGES - 50.0))
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            close_table(mx, method="gompertz", fit_ages=(50, 94), to_age=100, deaths=mx * exposure, exposure=exposure)
        assert bool(told) == (size == 1e6)


def test_the_rate_of_certain_death_is_two():
    assert math.isclose(LAWS["denuit-goderniaux"](130.0), 2.0)
