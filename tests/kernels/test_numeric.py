"""Compiled scalars: decrements of constant force, the split of fractional credits, means of a clipped lognormal."""

from __future__ import annotations

import math
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from actuarial.jit import WIDTH, lean
from actuarial.labour.limit_kernels import limited_means, shares_below, within_limits
from actuarial.lanes import load, spread, store
from actuarial.numeric import (
    UNLIMITED,
    constant_force,
    expected_clip,
    expected_clip_array,
    limited,
    limited_mean,
    limited_tables,
    limited_value,
    normal_cdf,
    share_below,
    split,
    spread_of,
    tabled_cdf,
)


@lean
def limit_table(mean, limit, table, shares, which, below, share):
    """Limited means and shares below a limit of several distributions (lane,)."""
    tables = table, shares, spread(which)
    store(below, limited_means(load(mean), load(limit), tables))
    store(share, shares_below(load(mean), load(limit), tables))


@lean
def with_minimum(rate, mean, floor, ceiling, minimum, table, shares, found):
    """Amounts without and with a minimum, and who has it, of several persons: fills found (3, lane)."""
    r, m, low, high, least = load(rate), load(mean), load(floor), load(ceiling), load(minimum)
    tables = table, shares, spread(0.0)
    below_floor, below_ceiling = limited_means(m, low, tables), limited_means(m, high, tables)
    usual, paid, there = within_limits(
        r, m, low, high, below_floor, below_ceiling, least, spread(UNLIMITED), tables, True, False, True
    )
    store(found[0], usual)
    store(found[1], paid)
    store(found[2], there)


RATES = st.floats(0.0, 1.0)
MONEY = st.floats(1e-3, 1e6)


@given(st.floats(-12.0, 12.0))
def test_the_table_of_the_normal_distribution_is_the_distribution(z):
    assert_allclose(tabled_cdf(z), stats.norm.cdf(z), rtol=0, atol=4e-16)
    assert tabled_cdf(-40.0) == 0.0
    assert tabled_cdf(40.0) == 1.0


def test_dependent_probabilities_of_three_decrements():
    *dependent, stays = constant_force(0.004, 0.01, 0.05)
    assert_allclose(dependent, [0.00387986, 0.00972897, 0.04965317], rtol=0, atol=5e-9)
    assert_allclose([sum(dependent), stays], [0.063262, 0.936738], rtol=0, atol=5e-9)


@given(RATES, RATES, RATES)
def test_dependent_probabilities_and_survival_make_one_in_any_order(a, b, c):
    found = constant_force(a, b, c)
    assert_allclose(sum(found), 1.0, rtol=0, atol=1e-14)
    assert min(found) >= 0
    assert_allclose(found[3], (1 - a) * (1 - b) * (1 - c), rtol=1e-13)
    for order in permutations(range(3)):
        other = constant_force(*np.array([a, b, c])[list(order)])
        assert_allclose([other[order.index(i)] for i in range(3)], found[:3], rtol=1e-12, atol=1e-15)


@given(st.floats(0, 0.999), st.floats(0, 0.999), st.floats(0, 0.999))
def test_dependent_probabilities_are_integrals_of_the_forces(a, b, c):
    """(aq)_j = integral over the year of mu_j exp(-mu t)."""
    force = -np.log1p(-np.array([a, b, c]))
    t, weight = np.polynomial.legendre.leggauss(60)
    for j, found in enumerate(constant_force(a, b, c)[:3]):
        expected = (weight / 2 * force[j] * np.exp(-force.sum() * (t + 1) / 2)).sum()
        assert_allclose(found, expected, rtol=1e-10, atol=1e-300)


@pytest.mark.parametrize(("rates", "expected"), [
    ((0.0, 0.0, 0.0), (0, 0, 0, 1)), ((1.0, 0.2, 0.1), (1, 0, 0, 0)), ((1.0, 0.0, 1.0), (0.5, 0, 0.5, 0)),
    ((0.0, 0.3, 0.0), (0, 0.3, 0, 0.7)),
])
def test_certain_and_absent_decrements(rates, expected):
    assert_allclose(constant_force(*rates), expected, rtol=1e-15)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=10), st.floats(0, 12))
def test_split_keeps_number_and_mean_and_adds_known_variance(people, months):
    """A single person moves by `months` on average, with the variance f (1 - f) of the fraction f."""
    n, h = np.array(people), int(np.floor(months))
    over = months - h
    moved = np.full(len(n) + h + 1, 7.0)
    split(n, len(n) - 1, h, over, moved)
    assert_allclose(moved.sum(), n.sum(), rtol=1e-13)
    before, after = np.arange(len(n)), np.arange(len(moved))
    assert_allclose(moved @ after, n @ before + months * n.sum(), rtol=1e-12, atol=1e-12)
    if n.sum() > 1e-3:
        spread = [x @ (c - x @ c / x.sum()) ** 2 / x.sum() for x, c in ((n, before), (moved, after))]
        assert_allclose(spread[1] - spread[0], over * (1 - over), atol=1e-9)


CLIPS = [(0, 300, 298.4386), (0, 800, 688.1970), (0, 1500, 909.9918), (0, 3000, 991.6800), (400, 2000, 968.3495)]


def test_means_of_a_limited_lognormal():
    """Mean 1000, coefficient of variation .6."""
    sigma = np.sqrt(np.log1p(0.36))
    assert_allclose([sigma, np.log(1000) - sigma**2 / 2], [0.554513, 6.754013], rtol=0, atol=5e-7)
    for low, high, expected in CLIPS:
        assert_allclose(expected_clip(1000.0, 0.6, low, high), expected, rtol=0, atol=5e-5)
        if low == 0:
            assert_allclose(limited_value(1000.0, sigma, float(high)), expected, rtol=0, atol=5e-5)


def test_means_of_a_limited_lognormal_by_simulation():
    sigma = np.sqrt(np.log1p(0.36))
    draws = np.exp(np.random.default_rng(1).normal(np.log(1000) - sigma**2 / 2, sigma, 4_000_000))
    for low, high, _ in CLIPS:
        assert_allclose(expected_clip(1000.0, 0.6, low, high), np.clip(draws, low, high).mean(), rtol=1e-3)


@given(MONEY, st.floats(0.01, 3.0), MONEY, MONEY)
def test_mean_of_a_clipped_lognormal_against_its_distribution_function(mean, cv, a, b):
    """E[clip(X, low, high)] = low + integral of P(X > x) from low to high."""
    low, high = min(a, b), max(a, b)
    sigma = np.sqrt(np.log1p(cv * cv))
    law = stats.lognorm(sigma, scale=mean * np.exp(-(sigma**2) / 2))
    x, weight = np.polynomial.legendre.leggauss(100)
    edges = np.linspace(np.log(low), np.log(high), 41)
    total = low
    for left, right in pairwise(edges):
        y = (left + right) / 2 + (right - left) / 2 * x
        total += ((right - left) / 2 * weight * np.exp(y) * law.sf(np.exp(y))).sum()
    assert_allclose(expected_clip(mean, cv, low, high), total, rtol=1e-8)


@given(MONEY, st.floats(0, 4), MONEY, MONEY)
def test_mean_lies_between_the_limits(mean, cv, a, b):
    low, high = min(a, b), max(a, b)
    found = expected_clip(mean, cv, low, high)
    assert low <= found <= high
    assert expected_clip(mean, cv, 0.0, UNLIMITED) == mean
    assert_allclose(expected_clip(mean, cv, mean * 1e-12, mean * 1e12), mean, rtol=1e-3)
    assert_allclose(expected_clip(low * 1e-12, min(cv, 1.0), low, high), low, rtol=1e-9)


@given(MONEY, MONEY, MONEY)
def test_without_spread_it_is_the_clipped_mean(mean, a, b):
    low, high = min(a, b), max(a, b)
    sure = min(max(mean, low), high)
    assert expected_clip(mean, 0.0, low, high) == sure
    assert_allclose(expected_clip(mean, 1e-7, low, high), sure, rtol=1e-6)
    assert expected_clip(0.0, 0.5, low, high) == low
    assert expected_clip(mean, 0.5, high, high) == high


def test_array_of_clipped_means_broadcasts():
    found = expected_clip_array(np.array([[500.0], [1000.0]]), np.array(0.6), np.array([0.0, 400.0]), np.array(2000.0))
    expected = [[expected_clip(m, 0.6, low, 2000.0) for low in (0.0, 400.0)] for m in (500.0, 1000.0)]
    assert found.shape == (2, 2)
    assert_allclose(found, expected, rtol=0)


CVS = np.array([0.03, 0.06, 0.2, 0.6, 0.75, 1.5, 3.0])
TABLES, SHARES, PLACES = limited_tables(CVS)


TIMES = st.one_of(st.floats(1e-12, 1e12), st.floats(0.01, 100.0), st.floats(0.5, 2.0))


@given(st.sampled_from(range(len(CVS))), MONEY, TIMES)
def test_limited_mean_of_a_table_is_the_limited_mean(k, mean, times):
    """To 2e-12 of the lesser of mean and limit, which it cannot exceed; to 2e-15 of both together where cv is usual."""
    sigma, limit = spread_of(CVS[k]), times * mean
    exact = limited_mean(mean, sigma, limit, TABLES, -1)
    found = limited_mean(mean, sigma, limit, TABLES, PLACES[k])
    assert abs(found - exact) <= 2e-12 * min(mean, limit)
    assert abs(found - exact) <= 2e-15 * (mean + limit) or not 0.6 <= CVS[k] <= 1.5
    assert 0 <= found <= limit


@given(st.sampled_from([k for k in range(len(CVS)) if PLACES[k] >= 0]), MONEY, TIMES)
def test_tabled_means_and_shares_are_those_of_the_distribution(k, mean, times):
    """The mean is that of `limited_mean`; the share is right to 4e-13, to 1e-15 where cv is usual."""
    sigma, limit = spread_of(CVS[k]), times * mean
    several = limit * np.array([1.0, 0.5, 2.0, 0.25, 4.0, 1.0, 1.0, 1.0])
    below, share = np.zeros(WIDTH), np.zeros(WIDTH)
    limit_table(np.full(WIDTH, mean), several, TABLES, SHARES, float(PLACES[k]), below, share)
    for lane, one in enumerate(several):
        assert_allclose(below[lane], limited_mean(mean, sigma, one, TABLES, PLACES[k]), rtol=1e-15)
        exact = normal_cdf(math.log(one / mean) / sigma + 0.5 * sigma)
        assert abs(share[lane] - exact) <= (1e-15 if 0.2 <= CVS[k] <= 0.75 else 4e-13)


def test_tables_at_nothing_and_without_a_limit():
    mean, limit = np.array([0.0, 0.0, 7.0, 7.0] * 2), np.array([0.0, 7.0, 0.0, UNLIMITED] * 2)
    below, share = np.zeros(WIDTH), np.zeros(WIDTH)
    limit_table(mean, limit, TABLES, SHARES, 2.0, below, share)
    assert below.tolist() == [0.0, 0.0, 0.0, 7.0] * 2
    assert share.tolist() == [1.0, 1.0, 0.0, 1.0] * 2


@pytest.mark.parametrize("limit", [1e20, 1e29, 9.999999999999999e29])
def test_a_limit_far_away_is_none(limit):
    assert_allclose(limited_mean(700.0, 0.5, limit, TABLES, 2), 700.0, rtol=1e-15)


def test_narrow_and_wide_distributions_have_no_table():
    assert list(PLACES) == [-1, 0, 1, 2, 3, 4, -1]
    assert TABLES.shape == (5, 4096, 4)
    assert list(limited_tables(CVS, 4)[-1]) == [-1] * 7


@pytest.mark.parametrize(("mean", "sigma", "limit", "expected"), [
    (100.0, 0.5, 0.0, 0.0), (100.0, 0.5, -5.0, -5.0), (0.0, 0.5, 7.0, 0.0), (100.0, 0.0, 7.0, 7.0),
    (100.0, 0.0, 700.0, 100.0), (100.0, 0.5, UNLIMITED, 100.0),
])
def test_limited_mean_without_a_distribution_or_a_limit(mean, sigma, limit, expected):
    assert limited_mean(mean, sigma, limit, TABLES, 2) == expected


def test_no_minimum_lowers_an_amount_not_even_by_rounding():
    """A minimum just above what everybody has adds less than the rounding of two means from a table."""
    (tables, shares, _), random = limited_tables(np.array([0.6])), np.random.Generator(np.random.Philox(5))
    sigma, least = float(np.sqrt(np.log1p(0.36))), 0.0
    for _ in range(500):
        rate, mean, floor = random.random(WIDTH), 1e4 * random.random(WIDTH), 2e3 * random.random(WIDTH)
        minimum, found = rate * floor * (1.0 + 1e-3 * random.random(WIDTH)), np.zeros((3, WIDTH))
        ceiling = floor * (1.0 + 50.0 * random.random(WIDTH))
        with_minimum(rate, mean, floor, ceiling, minimum, tables, shares, found)
        least = min(least, (found[1] - found[0]).min())
        for r, m, low, high, lowest in zip(rate, mean, floor, ceiling, minimum, strict=True):
            below, reached = (limited_mean(m, sigma, k, tables, 0) for k in (low, high))
            paid, plain = limited(r, m, sigma, low, high, below, reached, lowest, UNLIMITED, tables, 0)
            least = min(least, paid - plain)
    assert least == 0.0


@pytest.mark.parametrize(("rate", "there"), [(0.1, stats.norm.cdf(math.log(5.0) / 0.6 + 0.3)), (1.5, 0.0)])
def test_who_is_at_a_limit_that_is_the_minimum_is_not_raised_to_it(rate, there):
    """A tenth of the ceiling and 1.5 times the floor are the minimum, whatever their rounding."""
    tables, shares, _ = limited_tables(np.array([math.sqrt(math.expm1(0.36))]))
    one, minimum = np.ones(WIDTH), 30_000.0 * (1.0 + 1e-15 * np.array([-20.0, -3.0, -1.0, 0.0, 1.0, 2.0, 3.0, 20.0]))
    found = np.zeros((3, WIDTH))
    with_minimum(rate * one, 6e4 * one, 2e4 * one, 3e5 * one, minimum, tables, shares, found)
    alone = [share_below(least, rate, 6e4, 0.6, 2e4, 3e5) for least in minimum]
    assert_allclose(found[2], there, rtol=1e-8)
    assert_allclose(alone, there, rtol=1e-12)
