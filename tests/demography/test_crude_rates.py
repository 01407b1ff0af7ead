"""Crude rates, credibility, ratios to a standard and tests of fit, against sums and simulation."""

from itertools import combinations, pairwise
from math import comb

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose
from scipy.special import chdtrc, ndtr, ndtri, pdtr

from actuarial.demography.rates.credibility import full_credibility, limited_fluctuation
from actuarial.demography.rates.crude import crude_rates
from actuarial.demography.rates.goodness import fit_tests
from actuarial.demography.rates.graduation import graduate
from actuarial.demography.rates.standard_ratio import actual_to_expected
from actuarial.errors import BadDimensions, BadInput, OutOfBounds

AGES = np.arange(30, 60)
STANDARD = np.exp(-9.0 + 0.085 * AGES)


def test_exact_limits_leave_half_of_the_rest_on_either_side():
    deaths, exposure = np.array([1.0, 4.0, 30.0]), np.array([10.0, 200.0, 900.0])
    found = crude_rates(deaths, exposure, level=0.9)
    assert_allclose(pdtr(deaths, found.upper * exposure), 0.05, rtol=1e-9)
    assert_allclose(1.0 - pdtr(deaths - 1.0, found.lower * exposure), 0.05, rtol=1e-9)
    assert_allclose(found.mx, deaths / exposure)
    assert_allclose(found.standard_error, np.sqrt(deaths) / exposure)


def test_normal_limits_are_the_rate_and_its_standard_error():
    found = crude_rates([2.0, 30.0], [200.0, 900.0], method="normal")
    assert_allclose(found.upper, found.mx + ndtri(0.975) * found.standard_error, rtol=1e-14)
    assert_allclose(found.lower, [0.0, found.mx[1] - ndtri(0.975) * found.standard_error[1]], rtol=1e-14)


def test_byar_is_near_the_exact_limits_and_log_is_even():
    deaths, exposure = np.array([5.0, 20.0, 100.0]), np.ones(3)
    exact, byar, log = (crude_rates(deaths, exposure, method=name) for name in ("exact", "byar", "log"))
    assert_allclose(byar.lower, exact.lower, rtol=0.02)
    assert_allclose(byar.upper, exact.upper, rtol=0.003)
    assert_allclose(log.lower * log.upper, deaths**2)
    assert_allclose(ndtr(np.log(log.upper / deaths) * np.sqrt(deaths)), 0.975)


@pytest.mark.parametrize("method", ["exact", "byar", "log", "normal"])
def test_no_deaths_and_no_exposure(method):
    found = crude_rates([0.0, 0.0], [50.0, 0.0], method=method)
    assert found.mx.values[0] == found.lower.values[0] == 0.0
    assert found.upper.values[0] == pytest.approx(-np.log(0.025) / 50.0, rel=0.12)
    for name in ("mx", "lower", "upper", "standard_error"):
        assert np.isnan(found[name].values[1])


def test_crude_rates_that_are_refused():
    with pytest.raises(OutOfBounds, match="deaths need an exposure above 0: 1 of 2"):
        crude_rates([1, 0], [0.0, 2.0])
    with pytest.raises(BadInput, match="'wald' is not known; write one of exact, log, byar, normal"):
        crude_rates([1], [2.0], method="wald")
    with pytest.raises(BadInput, match="level"):
        crude_rates([1], [2.0], level=95)
    with pytest.raises(BadDimensions, match="deaths have the dims age, but exposure has year, age"):
        crude_rates([1], [[2.0]])
    with pytest.raises(BadDimensions, match="other labels of age"):
        crude_rates(*(xr.DataArray([1.0], {"age": [age]}) for age in (3, 4)))


def test_all_are_exposed_to_every_cause():
    deaths = xr.DataArray([[1.0, 2.0], [3.0, 4.0]], {"cause": ["a", "b"], "age": [60, 61]})
    found = crude_rates(deaths, deaths.isel(cause=0, drop=True) * 0 + 10.0)
    assert_allclose(found.mx, deaths / 10)
    assert found.exposure.dims == ("cause", "age")


def test_full_credibility():
    """1,082 deaths for 90% and 5%: Longley-Cook (1962)."""
    assert full_credibility() == pytest.approx(1082.217, abs=1e-3)
    assert full_credibility(0.95, 0.1) == pytest.approx(384.146, abs=1e-3)
    number = full_credibility(0.9, 0.05)
    inside = ndtr(0.05 * np.sqrt(number)) - ndtr(-0.05 * np.sqrt(number))
    assert inside == pytest.approx(0.9)
    assert_allclose(limited_fluctuation([0.0, number / 4, 2 * number]), [0.0, 0.5, 1.0])
    assert full_credibility(0.9, 0.05, variation=3.0) == pytest.approx(10 * number)
    assert float(limited_fluctuation(number, variation=3.0)) == pytest.approx(10**-0.5)
    for wrong in ((1.0, 0.05), (0.9, 0.0), (0.9, 0.05, -1.0)):
        with pytest.raises(BadInput):
            full_credibility(*wrong)
    with pytest.raises(BadInput, match="deaths must be at least 0: 1 of 2"):
        limited_fluctuation([-1.0, 2.0])


def experience():
    labels = {"year": [2020, 2021], "sex": ["male", "female"], "age": AGES}
    exposure = xr.DataArray(np.random.default_rng(1).uniform(100, 900, (2, 2, 30)), labels)
    deaths = exposure.copy(data=np.random.default_rng(2).poisson(exposure * STANDARD))
    standard = xr.DataArray(np.stack([STANDARD, STANDARD / 2]), {"sex": ["male", "female"], "age": AGES})
    return deaths, exposure, standard


def test_ratio_by_sex_and_band_is_a_plain_sum():
    deaths, exposure, standard = experience()
    found = actual_to_expected(deaths, exposure, standard, by=("sex",), bands=[30, 45, 50])
    assert found.age_band.values.tolist() == ["30-44", "45-49", "50+"]
    for sex in ("male", "female"):
        for band, (low, high) in zip(found.age_band.values, ((30, 44), (45, 49), (50, 59)), strict=True):
            actual = awaited = 0.0
            for year in (2020, 2021):
                for age in range(low, high + 1):
                    place = {"year": year, "sex": sex, "age": age}
                    actual += float(deaths.sel(place))
                    awaited += float(exposure.sel(place) * standard.sel(sex=sex, age=age))
            cell = found.sel(sex=sex, age_band=band)
            z = min(1.0, np.sqrt(actual / 1082.217))
            assert float(cell.ratio) == pytest.approx(actual / awaited)
            assert float(cell.credible_ratio) == pytest.approx(z * actual / awaited + 1 - z, rel=1e-6)
            expected = float(cell.credible_ratio) * standard.sel(sex=sex, age=slice(low, high))
            assert_allclose(cell.mx.sel(age=slice(low, high)), expected)


def test_one_ratio_keeps_its_interval():
    deaths, exposure, standard = experience()
    found = actual_to_expected(deaths, exposure, standard)
    number, awaited = float(deaths.sum()), float((exposure * standard).sum())
    assert pdtr(number, float(found.upper) * awaited) == pytest.approx(0.025)
    assert found.mx.dims == ("sex", "age")
    assert_allclose(found.mx / standard, float(found.credible_ratio))


def test_ages_without_experience_keep_the_standard():
    longer = xr.DataArray(np.full(70, 0.01), {"age": np.arange(70)})
    few = xr.DataArray([3.0, 0.0], {"age": [40, 50]})
    exposure = xr.DataArray([100.0, 0.0], {"age": [40, 50]})
    found = actual_to_expected(few, exposure, longer, bands=[40, 50])
    z = np.sqrt(3 / 1082.217)
    assert_allclose(found.mx.sel(age=[20, 39, 45, 60]), [0.01, 0.01, 0.01 * (3 * z + 1 - z), 0.01], rtol=1e-6)
    assert np.isnan(found.ratio.values[1])
    assert found.credibility.values[1] == 0.0


def test_ratios_that_are_refused():
    deaths, exposure, standard = experience()
    with pytest.raises(BadInput, match="1 labels of age are missing, the first is 30"):
        actual_to_expected(deaths, exposure, standard.isel(age=slice(1, None)))
    with pytest.raises(BadInput, match="standard has the dim sex, which the deaths have not"):
        actual_to_expected(deaths.sum("sex"), exposure.sum("sex"), standard)
    with pytest.raises(BadInput, match="standard has no dim cause"):
        actual_to_expected(deaths.rename(year="cause"), exposure.isel(year=0), standard)
    with pytest.raises(BadInput, match="by: the deaths have no dims group"):
        actual_to_expected(deaths, exposure, standard, by=("group",))
    with pytest.raises(BadInput, match="bands start at 40"):
        actual_to_expected(deaths, exposure, standard, bands=[40])
    with pytest.raises(OutOfBounds, match="deaths must be expected"):
        actual_to_expected([1.0], [9.0], [0.0])


def test_residuals_are_those_of_joined_ages():
    deaths, expected = np.array([1.0, 9.0, 3.0, 4.0, 1.0]), np.array([2.0, 6.0, 4.5, 1.5, 1.0])
    found = fit_tests(deaths, expected, parameters=1)
    z = np.array([2.0 / np.sqrt(8.0), (8.0 - 7.0) / np.sqrt(7.0)])
    assert int(found.cells) == 2
    assert float(found.degrees) == 1.0
    assert float(found.statistic.sel(test="chi_square")) == pytest.approx((z**2).sum())
    assert float(found.p_value.sel(test="chi_square")) == pytest.approx(chdtrc(1.0, (z**2).sum()))
    assert_allclose(found.residual, (deaths - expected) / np.sqrt(expected))


def test_signs_and_runs_are_counted_over_all_orders():
    signs = np.array([1, 1, 1, -1, -1, -1, -1, 1, 1])
    found = fit_tests(100.0 + signs, np.full(9, 100.0))

    def runs(places):
        row = [k in places for k in range(9)]
        return 1 + sum(a != b for a, b in pairwise(row))

    every = [runs(places) for places in combinations(range(9), 5)]
    def groups(places):
        return sum(k in places and k - 1 not in places for k in range(9))

    few = np.mean(np.array([groups(places) for places in combinations(range(9), 5)]) <= 2)
    assert found.statistic.sel(test="groups") == 2
    assert float(found.p_value.sel(test="groups")) == pytest.approx(few)
    assert found.statistic.sel(test="cumulative_deviation") == pytest.approx(1 / 30)
    assert float(found.p_value.sel(test="cumulative_deviation")) == pytest.approx(2 * ndtr(-1 / 30))
    assert found.statistic.sel(test="runs") == 3
    assert float(found.p_value.sel(test="runs")) == pytest.approx(np.mean(np.array(every) <= 3))
    both = 2 * sum(comb(9, k) for k in range(5)) / 2**9
    assert float(found.p_value.sel(test="signs")) == pytest.approx(min(1.0, both))


def test_right_rates_pass_as_often_as_they_should():
    """P-values of chi-square of the truth are even on 0 to 1, and those of other tests at most too large."""
    rng = np.random.default_rng(10)
    expected = np.full((400, 40), 60.0)
    deaths = rng.poisson(expected).astype(float)
    found = fit_tests(*(xr.DataArray(array, dims=("group", "age")) for array in (deaths, expected)))
    low = (found.p_value < 0.1).mean("group")
    assert abs(float(low.sel(test="chi_square")) - 0.1) < 0.045
    assert abs(float(low.sel(test="serial_correlation")) - 0.1) < 0.045
    assert float(low.sel(test="signs")) < 0.145
    assert float(low.sel(test="runs")) < 0.145
    assert float(low.sel(test="groups")) < 0.145
    assert abs(float(low.sel(test="cumulative_deviation")) - 0.1) < 0.045


def test_a_graduation_that_is_too_smooth_fails():
    exposure = np.full(30, 9000.0)
    deaths = np.random.default_rng(3).poisson(exposure * STANDARD * np.exp(0.4 * np.sin(AGES / 4.0))).astype(float)
    p = {}
    for name, smoothing in (("smooth", 1e7), ("likely", None)):
        graduated = graduate(deaths, exposure, smoothing=smoothing)
        p[name] = fit_tests(graduated.deaths, graduated.fitted_deaths, graduated.edf).p_value
    assert (p["likely"] > 0.05).all()
    for test in ("chi_square", "runs", "serial_correlation"):
        assert float(p["smooth"].sel(test=test)) < 0.02


def test_fit_tests_of_what_tells_nothing():
    found = fit_tests([1.0, 1.0], [1.0, 1.0], parameters=3)
    assert found.p_value.drop_sel(test="cumulative_deviation").isnull().all()
    assert fit_tests([0.0], [0.0]).p_value.isnull().all()
    with pytest.raises(OutOfBounds, match="deaths must be expected"):
        fit_tests([1.0], [0.0])
    with pytest.raises(BadInput, match="least must be above 0"):
        fit_tests([1.0], [1.0], least=0.0)
    with pytest.raises(BadDimensions, match="other labels of age"):
        fit_tests([1.0], [1.0, 2.0])
