"""Drawn futures side by side against the kernel of one, and places on the family against the search by secants."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from actuarial.demography.a0 import A0_RULES, LINES, a0_by_sex
from actuarial.demography.futures.draw_kernels import project_draw
from actuarial.demography.futures.tile_draw_kernels import (
    Family,
    find_places,
    new_draw_tile,
    new_places,
    project_draw_tiles,
)
from actuarial.demography.tile_kernels import BIRTHS, DEATHS, MIDDLE, MIGRANTS, OLD, TILE, YOUNG
from actuarial.demography.trends.e0_search import life_expectancy, log_linear_bounds, solve_k
from tests.kernels.test_draws import AGES, YEARS, inputs, numbers
from tests.kernels.test_tiles import EXAMPLES

SEXES, SCENARIOS = ("male", "female"), TILE + 2  # the second tile is not full
MANY = 5 if EXAMPLES < 10 else SCENARIOS
ROW = np.array([YOUNG, YOUNG, MIDDLE, OLD, OLD])


def family(population_0, log_mx, slope, first_age, asfr, srb, migration, pattern, row=ROW):
    """Arguments of the kernels; the line of a0 or its values (t, x)."""
    lines = np.zeros((*log_mx.shape[:2], 7))
    lines[..., 6] = first_age if isinstance(first_age, np.ndarray) else 0.0
    if isinstance(first_age, str):
        lines[:] = [LINES[first_age][sex] for sex in SEXES]
    with np.errstate(divide="ignore", over="ignore"):
        low, high = log_linear_bounds(np.moveaxis(log_mx, -1, 0), slope.T[:, None])
        unit = 1.0 / np.abs(slope).mean(axis=-1)
    lived = np.zeros(log_mx.shape[:2])
    for x in range(2):
        for t in range(len(log_mx)):
            lived[t, x] = life_expectancy(np.exp(log_mx[t, x])[:, None], a0_of(first_age, t, x, log_mx[t, x, 0]))[0]
    bend = np.zeros(lived.shape)
    return Family(population_0, log_mx, slope, lines, lived, low, high, unit, bend, asfr, srb, migration, pattern, row)


def a0_of(first_age, t, x, log_m0):
    if isinstance(first_age, str):
        return A0_RULES[first_age](np.exp(log_m0), SEXES[x])
    return first_age[t, x]


def by_scenario(low, high, *more):
    """Of five scenarios; the others repeat them."""
    return arrays(float, (5, YEARS, *more), elements=numbers(low, high))


def totals_of(case, *draws, turned=False):
    which = np.arange(SCENARIOS)[:: -1 if turned else 1] % 5
    ratio, k, more = (one[which] for one in draws)
    population_0, log_mx, slope, _, a0, asfr, srb, migration, _, pattern = case
    shared = family(population_0, log_mx, slope, a0, without_ends(asfr), srb, migration, pattern)
    totals, unmet = np.full((8, YEARS, SCENARIOS), 7.0), np.full((YEARS, SCENARIOS), 7.0)
    for first in (1, 0):
        project_draw_tiles(first, first + 1, shared, k, ratio, more, new_draw_tile(AGES), totals, unmet)
    return totals, unmet


def without_ends(asfr):
    asfr = asfr.copy()
    asfr[:, [0, -1]] = 0.0
    return asfr


@settings(max_examples=EXAMPLES)
@given(
    case=inputs(),
    ratio=by_scenario(0.5, 2),
    k=by_scenario(-1, 1, 2),
    more=by_scenario(-3000, 100),
)
def test_a_place_is_the_kernel_of_one_scenario(case, ratio, k, more):
    totals, unmet = totals_of(case, ratio, k, more)
    population_0, log_mx, slope, _, a0, asfr, srb, migration, _, pattern = case
    for s in range(5):
        population, births, deaths, moved, missed = project_draw(
            population_0, log_mx, slope, k[s], a0, asfr * ratio[s][:, None], srb, migration, more[s], pattern
        )
        for row in (YOUNG, MIDDLE, OLD):
            assert_allclose(totals[row, :, s], population[..., row == ROW].sum(axis=(1, 2)), rtol=1e-11, atol=1e-9)
        for row, cells in {BIRTHS: births, DEATHS: deaths, MIGRANTS: moved}.items():
            assert_allclose(totals[row, :, s], cells.sum(axis=(1, 2)), rtol=1e-11, atol=1e-9)
        assert_allclose(unmet[:, s], missed, rtol=1e-11, atol=1e-9)


@settings(max_examples=EXAMPLES)
@given(case=inputs(), ratio=by_scenario(0.5, 2), k=by_scenario(-1, 1, 2), more=by_scenario(-3000, 100))
def test_a_scenario_is_the_same_beside_others(case, ratio, k, more):
    found = totals_of(case, ratio, k, more)
    for one, other in zip(found, totals_of(case, ratio, k, more, turned=True), strict=True):
        assert_array_equal(other[..., ::-1], one)


def country(first_age, years=3, level=1.0):
    """A family of 41 ages and two sexes whose mortality falls."""
    age, year, sex = np.arange(41), np.arange(years)[:, None, None], np.array([1.0, 0.7])[:, None]
    log_mx = np.log(level * sex * (0.0003 + 0.03 * np.exp(-2.0 * age) + 2e-5 * np.exp(0.25 * age))) - 0.03 * year
    slope = np.stack([0.2 - 0.002 * age, 0.25 - 0.003 * age])
    rest = np.zeros((2, 41))
    return family(rest, log_mx, slope, first_age, np.zeros((years, 41)), np.ones(years), 0 * log_mx, rest, 0 * age)


@pytest.mark.parametrize("first_age", ["andreev_kingkade", "coale_demeny_west", np.full((3, 2), 0.2)], ids=str)
def test_places_have_their_life_expectancy(first_age):
    shared = country(first_age)
    away = np.random.default_rng(2).normal(0.0, 2.0, (MANY, 3, 2))
    away[4] = 0.0
    k = np.full(away.shape, 9.0)
    find_places(0, -(-MANY // TILE), shared, away, new_places(), k)
    mx = np.exp(shared.log_mx + shared.slope * k[..., None])
    lived = a0_by_sex(A0_RULES[first_age], mx[..., 0], SEXES) if isinstance(first_age, str) else first_age
    assert_allclose(life_expectancy(np.moveaxis(mx, -1, 0), lived), shared.e0 + away, rtol=0, atol=1e-11)
    assert_allclose(k[4], 0.0, atol=1e-12)
    assert_allclose(k, solve_k(shared.log_mx, shared.slope, shared.e0 + away, first_age, SEXES), rtol=0, atol=1e-8)


def test_places_do_not_depend_on_the_others_and_unreached_ones_are_missing():
    shared = country("andreev_kingkade")
    away = np.random.default_rng(3).normal(0.0, 2.0, (MANY, 3, 2))
    k, other = np.full(away.shape, 9.0), np.full(away.shape, 9.0)
    find_places(0, -(-MANY // TILE), shared, away, new_places(), k)
    away[3, 1, 0] = 500.0
    find_places(0, -(-MANY // TILE), shared, away[::-1].copy(), new_places(), other)
    missed = np.isnan(other[::-1])
    assert missed[3, 1, 0]
    assert missed.sum() == 1
    assert_array_equal(np.delete(other[::-1], 3, axis=0), np.delete(k, 3, axis=0))


def test_a_target_just_beyond_the_bounds_is_not_found():
    shared = country("andreev_kingkade", years=1)
    away, k = np.full((1, 1, 2), -1.0), np.zeros((1, 1, 2))
    find_places(0, 1, shared, away, new_places(), k)
    nearer = shared._replace(high=k[0] - np.array([[1e-7, -1e-7]]))
    find_places(0, 1, nearer, away, new_places(), k)
    assert np.isnan(k[0, 0]).tolist() == [True, False]


def test_a_target_in_a_jump_of_a0_is_left_to_the_other_search():
    """At a death rate of 0.06891 the rule for girls steps from 0.31410 to 0.31411, and life expectancy with it."""
    shared = country("andreev_kingkade", years=1, level=3.0)
    edge = (np.log(LINES["andreev_kingkade"]["female"][3]) - shared.log_mx[0, 1, 0]) / shared.slope[1, 0]
    ends = []
    for k in (edge - 1e-13, edge + 1e-13):
        mx = np.exp(shared.log_mx[0, 1] + shared.slope[1] * k)
        ends.append(life_expectancy(mx[:, None], A0_RULES["andreev_kingkade"](mx[:1], "female"))[0])
    away, k = np.zeros((1, 1, 2)), np.zeros((1, 1, 2))
    away[0, 0, 1] = 0.5 * (ends[0] + ends[1]) - shared.e0[0, 1]
    find_places(0, 1, shared, away, new_places(), k)
    assert abs(ends[0] - ends[1]) > 1e-9
    assert np.isnan(k[0, 0, 1])
    assert k[0, 0, 0] == pytest.approx(0.0, abs=1e-12)
