"""Draws of the assumptions: the given quantiles in every year, the given correlations, the same for the same number."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import ndtr, ndtri

from actuarial.demography import draw_assumptions
from actuarial.demography.futures.draws import SERIES, deviations, normal_scores
from actuarial.errors import BadDimensions, BadInput, OutOfBounds
from tests.demography.draw_data import LEVELS, country, uncertainty

MANY = 8000
NUMBERS = np.arange(MANY)


@pytest.fixture(scope="module")
def given():
    return uncertainty(country(5), migration=0.6)


@pytest.fixture(scope="module")
def scores(given):
    return normal_scores(given, NUMBERS, 3)


def test_marginals_are_the_given_quantiles(given):
    draws = draw_assumptions(given, MANY, 3)
    for name in SERIES:
        for level in LEVELS:
            below = (draws[name] <= given.deviation.sel(series=name, level=level)).mean("scenario")
            assert_allclose(below, level, rtol=0, atol=4.5 * np.sqrt(level * (1 - level) / MANY))


def test_scores_are_standard_normal(scores):
    flat = scores.reshape(MANY, -1)
    assert_allclose(flat.mean(0), 0, atol=4.5 / np.sqrt(MANY))
    assert_allclose(flat.var(0), 1, atol=4.5 * np.sqrt(2 / MANY))
    below = (flat <= 1.0).mean(0)
    assert_allclose(below, ndtr(1.0), atol=4.5 * np.sqrt(0.16 * 0.84 / MANY))


def test_correlation_over_time_is_the_product_of_those_of_the_years(given, scores):
    kept = given.persistence.sel(series=list(SERIES)).values
    for i in range(len(SERIES)):
        found = np.corrcoef(scores[:, :, i].T)
        for s in range(5):
            for t in range(s, 5):
                assert found[s, t] == pytest.approx(np.prod(kept[i, s + 1 : t + 1]), abs=4.5 / np.sqrt(MANY))
    assert kept[3, 1] < 0.6 < kept[1, 4]


def test_correlation_of_the_series(scores):
    for t in range(5):
        found = np.corrcoef(scores[:, t].T)
        expected = np.eye(4)
        expected[1, 2] = expected[2, 1] = 0.95
        assert_allclose(found, expected, atol=4.5 / np.sqrt(MANY))


def test_series_that_move_together(given):
    """All correlations 1: the first year has one normal score for all of them."""
    found = normal_scores(replace(given, correlation=given.correlation * 0 + 1.0), np.arange(5), seed=1)
    assert_allclose(found[:, 0], np.tile(found[:, 0, :1], 4), rtol=1e-12)


def test_quantile_function(given):
    row = given.deviation.sel(series="net_migration")
    knots = ndtri(LEVELS)
    at_knots = deviations(row, np.tile(knots[:, None], 5))
    assert_allclose(at_knots, row.transpose("level", "year"), rtol=1e-12, atol=1e-9)
    z = np.linspace(-5, 5, 401)
    found = deviations(row, np.tile(z[:, None], 5))
    assert (np.diff(found, axis=0) > 0).all()
    low, next_ = (row.sel(level=level).values for level in (0.025, 0.1))
    assert_allclose(found[0], low - (next_ - low) / (knots[1] - knots[0]) * (5 + knots[0]), rtol=1e-12)
    high, before = (row.sel(level=level).values for level in (0.975, 0.9))
    assert_allclose(found[-1], high + (high - before) / (knots[4] - knots[3]) * (5 - knots[4]), rtol=1e-12)


def test_a_scenario_depends_on_seed_and_number_alone(given):
    few, many = draw_assumptions(given, 4, 11), draw_assumptions(given, 40, 11)
    picked = draw_assumptions(given, [3, 1], 11)
    for name in SERIES:
        assert_array_equal(few[name], many[name][:4])
        assert_array_equal(picked[name], many[name][[3, 1]])
        assert not (draw_assumptions(given, 4, 12)[name] == few[name]).any()
        assert np.unique(many[name].values).size == many[name].size
    assert draw_assumptions(given, 1, 11).net_migration.attrs["units"] == "persons"


def test_early_years_do_not_depend_on_the_last_one(given):
    short = given.of_years(given.years[:2])
    for name in SERIES:
        assert_array_equal(draw_assumptions(short, 3, 5)[name], draw_assumptions(given, 3, 5)[name][:, :2])


def test_the_stream_is_that_of_philox(given):
    """Of net migration, which is correlated with no other series: the fourth number of a year."""
    own = np.random.Generator(np.random.Philox(key=[5, 2])).standard_normal((5, 4))[:, 3]
    kept = given.persistence.sel(series="net_migration").values
    z = [own[0]]
    for t in range(1, 5):
        z.append(kept[t] * z[-1] + (1 - kept[t] ** 2) ** 0.5 * own[t])
    assert_allclose(normal_scores(given, np.array([2]), 5)[0, :, 3], z, rtol=1e-14)


@pytest.mark.parametrize("scenarios", [0, -1, [], [1, 1], [-1, 2], 2.5, True, [0.5]])
def test_scenarios_refused(given, scenarios):
    with pytest.raises(BadInput, match="scenarios"):
        draw_assumptions(given, scenarios, 1)


@pytest.mark.parametrize("seed", [-1, 2**64, 1.0, None, True])
def test_seed_refused(given, seed):
    with pytest.raises(BadInput, match="seed"):
        draw_assumptions(given, 1, seed)


def test_uncertainty_refused(given):
    deviation, persistence, correlation = given.deviation, given.persistence, given.correlation
    crossing = deviation.copy()
    crossing.loc[{"series": "net_migration", "level": 0.9, "year": 2027}] = -1e6
    with pytest.raises(OutOfBounds, match=r"cross in 1 of 20 .* net_migration, 2027"):
        replace(given, deviation=crossing)
    with pytest.raises(OutOfBounds, match="numbers"):
        replace(given, deviation=deviation.where(deviation["year"] != 2026))
    with pytest.raises(OutOfBounds, match="level"):
        replace(given, deviation=deviation.sel(level=[0.025, 0.1, 0.9]))
    with pytest.raises(BadDimensions, match="same years"):
        replace(given, deviation=deviation.sel(year=[2025, 2026, 2028, 2029]))
    with pytest.raises(BadDimensions, match="same years"):
        replace(given, persistence=persistence.isel(year=slice(1, None)))
    renamed = deviation.assign_coords(series=["tfr", *list(SERIES)[1:]])
    with pytest.raises(BadDimensions, match="series"):
        replace(given, deviation=renamed)
    with pytest.raises(BadDimensions, match="dims"):
        replace(given, correlation=correlation.values)
    with pytest.raises(OutOfBounds, match="persistence"):
        replace(given, persistence=persistence + 1.0)
    with pytest.raises(OutOfBounds, match="matrix"):
        replace(given, correlation=correlation * 0 + 1.5 * np.eye(4) - 0.5)
    with pytest.raises(BadInput, match=r"2 of 3 years are missing, the first is 2030"):
        given.of_years(np.array([2029, 2030, 2031]))
