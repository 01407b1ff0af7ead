"""Fertility by single ages: groups split, patterns, paths of total fertility and of the mean age."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import LinearConstraint, minimize

from actuarial.demography import fertility, gamma_pattern, mean_age_at_childbearing, shift_mean_age, split_asfr
from actuarial.errors import BadDimensions, BadInput, OutOfBounds

AGES = range(15, 51, 5)
YEARS = xr.DataArray([2.0], dims="year", coords={"year": [2025]})
EVERY = xr.DataArray(np.ones(110), dims="age")
GROUPS = np.array([0.02, 0.10, 0.12, 0.08, 0.03, 0.01, 0.001])


def test_groups_against_another_solver():
    """The quadratic programme by sequential programming, where ages are held at 0."""
    groups = np.array([0.001, 0.1, 0.03, 0.0005])
    got = split_asfr(groups, (15, 20, 25, 30, 35)).values[15:35]
    second = np.diff(np.eye(24), n=2, axis=0)[:, 2:-2]
    means = np.kron(np.eye(4), np.full((1, 5), 0.2))
    found = minimize(
        lambda f: np.sum((second @ f) ** 2),
        np.repeat(groups * 10, 5),
        jac=lambda f: 2 * second.T @ second @ f,
        bounds=[(0, None)] * 20,
        constraints=[LinearConstraint(means, groups * 10, groups * 10)],
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 1000},
    )
    assert (got == 0).sum() >= 2
    assert_allclose(got, found.x / 10, atol=2e-6)


@given(groups=st.lists(st.just(0.0) | st.floats(1e-6, 0.4), min_size=9, max_size=9))
def test_groups_are_met_and_nothing_is_negative(groups):
    single = split_asfr(groups, range(10, 56, 5))
    assert single.sizes["age"] == 101
    assert (single.values >= 0).all()
    assert_allclose(single.values[10:55].reshape(9, 5).mean(axis=1), groups, rtol=1e-12)
    assert (single.values[:10] == 0).all()
    assert (single.values[55:] == 0).all()


@given(women=st.lists(st.floats(1.0, 9.0), min_size=35, max_size=35))
def test_births_of_groups_are_met_with_women(women):
    single = split_asfr(GROUPS, AGES, women=women).values[15:50]
    births, exposed = (np.reshape(n, (7, 5)).sum(axis=1) for n in (single * women, women))
    assert_allclose(births / exposed, GROUPS, rtol=1e-12)


def test_smooth_curves_come_back():
    asfr = 1.9 * gamma_pattern(28.0, 6.0, youngest=10.0)
    groups = asfr.values[10:55].reshape(9, 5).mean(axis=1)
    got = split_asfr(np.stack([groups, 2 * groups]), range(10, 56, 5))
    assert got.dims == ("year", "age")
    assert_allclose(got.isel(year=0), asfr, atol=0.002)
    assert_allclose(got.isel(year=1), 2 * got.isel(year=0), rtol=1e-9, atol=1e-15)
    assert_allclose(got.sum("age"), [1.9, 3.8], rtol=1e-12)


@pytest.mark.parametrize(("mean", "sd"), [(26.0, 4.0), (28.0, 6.0), (31.0, 5.5)])
def test_gamma_mean_and_sd(mean, sd):
    """Not cut: the mean, and the variance with that of an age year (Sheppard)."""
    pattern = gamma_pattern(mean, sd, youngest=10.0, oldest=100.0)
    middle = pattern.age + 0.5
    assert float(pattern.sum()) == pytest.approx(1.0, abs=1e-14)
    assert float((middle * pattern).sum()) == pytest.approx(mean, abs=2e-4)
    assert float(((middle - mean) ** 2 * pattern).sum()) == pytest.approx(sd**2 + 1 / 12, rel=1e-3)


def test_gamma_density_is_integrated_between_its_ages():
    """Against a fine sum of the density, and a closed form: with k = 1 the births fall geometrically."""
    fine = np.arange(15.0, 50.0, 1e-4) + 5e-5
    k, scale = 13.0**2 / 36, 36 / 13.0
    density = (fine - 15) ** (k - 1) * np.exp(-(fine - 15) / scale)
    expected = density.reshape(35, -1).sum(axis=1) / density.sum()
    got = gamma_pattern(28.0, 6.0, youngest=15.0, oldest=50.0)
    assert_allclose(got[15:50], expected, rtol=1e-7)
    assert float(got[:15].sum() + got[50:].sum()) == 0.0
    falling = gamma_pattern(25.0, 10.0, youngest=15.0, oldest=50.0)[15:50].values
    assert_allclose(falling[1:] / falling[:-1], np.exp(-0.1), rtol=1e-12)


@given(mean=st.floats(20.0, 40.0))
def test_moved_to_any_mean_age(mean):
    pattern = gamma_pattern(28.0, 5.0, youngest=15.0, oldest=50.0)
    moved = shift_mean_age(pattern, mean)
    assert float(mean_age_at_childbearing(moved)) == pytest.approx(mean, abs=1e-11)
    assert float(moved.sum()) == pytest.approx(1.0, abs=1e-13)
    variances = [float(((p.age - 28 - d + 0.5) ** 2 * p).sum()) for p, d in ((pattern, 0.0), (moved, mean - 28))]
    assert variances[0] - 1e-2 <= variances[1] <= variances[0] + 0.26


def test_whole_years_move_the_shape_as_it_is():
    pattern = gamma_pattern(28.0, 5.0, youngest=15.0, oldest=50.0)
    moved = shift_mean_age(pattern, float(mean_age_at_childbearing(pattern)) + 3)
    assert_allclose(moved.values[18:53], pattern.values[15:50], atol=1e-13)


def test_paths():
    """Every year has its total and its mean age; a plain loop moves the cumulated births."""
    total, means, years = np.linspace(4, 2, 6), np.linspace(29, 31, 6), np.arange(2025, 2031)
    pattern = split_asfr(GROUPS, AGES)
    asfr = fertility(total, pattern, mean_age=means, years=years)
    assert asfr.dims == ("year", "age")
    assert asfr.name == "asfr"
    assert asfr.year.values.tolist() == years.tolist()
    assert_allclose(asfr.sum("age"), total, rtol=1e-13)
    assert_allclose(mean_age_at_childbearing(asfr), means, atol=1e-11)
    assert (asfr.isel(age=[0, -1]) == 0).all()
    below = np.concatenate([[0.0], np.cumsum(pattern.values)]) / float(pattern.sum())
    start = float(mean_age_at_childbearing(pattern))
    for t, (level, mean) in enumerate(zip(total, means, strict=True)):
        at = np.interp(np.arange(102) - (mean - start), np.arange(102), below)
        assert_allclose(asfr.isel(year=t), level * np.diff(at), atol=1e-13)


def test_patterns_by_year_and_scenarios():
    total = xr.DataArray(
        [[2.0, 2.1], [3.0, 3.1]], dims=("scenario", "year"), coords={"scenario": ["low", "high"], "year": [2025, 2026]}
    )
    rates = split_asfr(xr.DataArray([GROUPS, GROUPS[::-1]], dims=("year", "age"), coords={"year": [2025, 2026]}), AGES)
    asfr = fertility(total, rates, mean_age=30.0)
    assert asfr.dims == ("scenario", "year", "age")
    assert_allclose(asfr.sum("age"), total, rtol=1e-13)
    assert_allclose(mean_age_at_childbearing(asfr), 30.0, atol=1e-11)
    plain = fertility(total.sel(scenario="low"), rates)
    assert_allclose(plain.sel(year=2026), 2.1 * rates.sel(year=2026) / rates.sel(year=2026).sum(), rtol=1e-13)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: split_asfr(GROUPS, range(15, 46, 5)), BadInput, "the groups must be closed"),
        (lambda: split_asfr(GROUPS, range(0, 36, 5)), BadInput, "between the ages 1 and 100"),
        (lambda: split_asfr(-GROUPS, AGES), OutOfBounds, "at least 0"),
        (lambda: split_asfr(GROUPS, AGES, women=np.ones(30)), BadDimensions, "35 labels"),
        (lambda: split_asfr(GROUPS, AGES, women=np.repeat([1.0, 0.0], [30, 5])), OutOfBounds, "have women: 1 of 7"),
        (lambda: split_asfr(GROUPS, AGES, women=np.ones((2, 35))), BadDimensions, "dims that asfr has not"),
        (lambda: gamma_pattern(14.0, 5.0, youngest=15.0), BadInput, "in the order 0, youngest 15, mean_age 14"),
        (lambda: gamma_pattern(28.0, 0.0), BadInput, r"sd above 0 \(0\)"),
        (lambda: mean_age_at_childbearing(np.zeros(5)), BadInput, "no births"),
        (lambda: fertility([2.0], np.zeros(101)), BadInput, "0 at all ages"),
        (lambda: fertility([2.0], EVERY[:101]), OutOfBounds, "asfr must be 0 at the first and the last age"),
        (lambda: fertility([2.0], EVERY), BadInput, "beyond the open age 100"),
        (lambda: fertility([-2.0], gamma_pattern(28.0, 6.0)), OutOfBounds, "total must be at least 0"),
        (lambda: fertility([2.0, 2.0], gamma_pattern(28.0, 6.0), mean_age=[1.0, 28.0]), OutOfBounds, "stay within its"),
        (
            lambda: fertility([2.0, 2.0], gamma_pattern(28.0, 6.0), mean_age=[28.0]),
            BadDimensions,
            "2 labels were given",
        ),
        (lambda: fertility(YEARS, gamma_pattern(28.0, 6.0) * YEARS.assign_coords(year=[2026])), BadInput, "total and"),
    ],
)
def test_what_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()


WIDE = xr.DataArray([0.1, 0.2, 0.1], dims="age", coords={"age": [15, 20, 25]})


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: fertility([2.0], WIDE), BadInput, r"\(15 is followed by 20\). Split the groups by split_asfr"),
        (lambda: mean_age_at_childbearing(WIDE), BadInput, "single ages"),
        (lambda: shift_mean_age(WIDE, 22.0), BadInput, "single ages"),
        (lambda: fertility([2.0], gamma_pattern(28.0, 6.0), mean_age=np.nan), OutOfBounds, "mean_age must be numbers"),
        (lambda: mean_age_at_childbearing(35 * [0.1]), OutOfBounds, "asfr must be 0 below age 8: 8 of 35 .*\n  Plain"),
        (lambda: fertility([2.0], 35 * [0.1]), OutOfBounds, "pattern must be 0 below age 8"),
        (lambda: shift_mean_age(9 * [0.0] + [0.1], [1.0, 2.0]), BadInput, "target: give one mean age"),
        (lambda: gamma_pattern("28", 6.0), BadInput, "mean_age: give a number .*'28'"),
    ],
)
def test_what_cannot_be_meant(call, error, words):
    with pytest.raises(error, match=words):
        call()
