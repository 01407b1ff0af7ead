"""Uncertainty from published quantiles: persistence by the growth of the widths."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.demography import draw_assumptions, uncertainty_from_intervals
from actuarial.demography.futures.draws import SERIES
from actuarial.demography.futures.draws_calibration import ar1_from_widths, consecutive
from actuarial.errors import BadDimensions, BadInput, MissingVariable, OutOfBounds
from tests.demography.draw_data import LEVELS, country, intervals, total, uncertainty

BASIS = country(6)


@pytest.mark.parametrize("phi", [0.0, 0.45, 0.9, 0.985])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e5])
def test_persistence_of_a_known_process_is_found(phi, scale):
    steps = np.arange(1, 78)
    widths = scale * np.sqrt(sum(np.where(j < steps, phi ** (2 * j), 0.0) for j in range(77)))
    assert ar1_from_widths(widths) == pytest.approx(phi, abs=1e-12)


def test_persistence_is_that_of_the_least_squares_of_another_search():
    from scipy.optimize import least_squares

    widths = np.array([0.6, 0.76, 0.81, 0.9, 0.95, 1.02, 1.1, 1.05, 1.12, 1.11])
    t = np.arange(1, 11)
    best = least_squares(lambda x: widths**2 - x[0] * (1 - x[1] ** (2 * t)), [2.0, 0.5], xtol=1e-14, ftol=1e-14)
    assert ar1_from_widths(widths) == pytest.approx(best.x[1], abs=6e-4)


def test_correlations_of_a_simulated_process():
    """x_t = phi x_t-1 + e_t with shocks of growing size: the correlation of two years follows from the widths."""
    rng = np.random.default_rng(1)
    x = np.zeros((200_000, 6))
    x[:, 0] = rng.standard_normal(200_000)
    for t in range(1, 6):
        x[:, t] = 0.8 * x[:, t - 1] + (1 + 0.3 * t) * rng.standard_normal(200_000)
    found = np.corrcoef(x.T)
    kept = consecutive(x.std(0), 0.8)
    assert kept[0] == 0
    assert_allclose(kept[1:], np.diag(found, 1), atol=0.005)
    assert np.prod(kept[1:]) == pytest.approx(found[0, 5], abs=0.01)


def test_consecutive_without_widths():
    assert_allclose(consecutive([0, 0, 2, 1, 0], 0.9), [0, 0.9, 0, 0.999, 0.9])
    assert ar1_from_widths(np.zeros(5)) == 0


def test_deviations_are_those_from_the_median():
    published = intervals(BASIS)
    found = uncertainty(BASIS)
    for name in SERIES:
        middle = published[name].sel(level=0.5)
        away = found.deviation.sel(series=name)
        back = middle * np.exp(away) if name == "total_fertility" else middle + away
        assert_allclose(back.transpose(*published[name].dims), published[name], rtol=1e-13)


def test_persistence_of_every_series():
    """Widths grow as the square root of time: a random walk has the correlation sqrt((t-1)/t)."""
    found = uncertainty(BASIS)
    walk = np.sqrt(np.arange(1, 6) / np.arange(2, 7))
    for sex in ("male", "female"):
        kept = found.persistence.sel(series=f"life_expectancy_{sex}")[1:]
        assert_allclose(kept, walk, rtol=1e-12)
    published = np.log(intervals(BASIS).total_fertility.transpose("year", "level").values)
    width = published[:, 3] - published[:, 1]
    expected = 0.98 * width[:-1] / width[1:]
    assert_allclose(found.persistence.sel(series="total_fertility")[1:], expected, rtol=1e-12)
    rate = np.sqrt(np.arange(1, 7)) / total(BASIS).values
    expected = ar1_from_widths(rate) * rate[:-1] / rate[1:]
    assert_allclose(found.persistence.sel(series="net_migration")[1:], expected, rtol=1e-12)
    other = uncertainty(BASIS, migration=0.3, mortality=0.5, fertility=0.7, sexes=0.4)
    assert_allclose(other.persistence.sel(series="net_migration")[1:], 0.3 * rate[:-1] / rate[1:], rtol=1e-12)
    assert_allclose(other.persistence.sel(series="life_expectancy_male")[1:], 0.5 * walk, rtol=1e-12)
    assert other.correlation.sel(series="life_expectancy_male", other="life_expectancy_female") == 0.4


def test_draws_have_the_published_quantiles():
    draws = draw_assumptions(uncertainty(BASIS), 4000, 9)
    published = intervals(BASIS)
    drawn = published.total_fertility.sel(level=0.5) * np.exp(draws.total_fertility)
    for level in LEVELS:
        below = (drawn <= published.total_fertility.sel(level=level)).mean("scenario")
        assert_allclose(below, level, atol=4.5 * np.sqrt(level * (1 - level) / 4000))


def refused(error, match, published=None, population=None, **options):
    with pytest.raises(error, match=match):
        uncertainty_from_intervals(
            intervals(BASIS) if published is None else published,
            total(BASIS) if population is None else population,
            **options,
        )


def changed(name, value, **place):
    published = intervals(BASIS)
    published[name].loc[place] = value
    return published


def test_refusals():
    published = intervals(BASIS)
    refused(MissingVariable, "net_migration missing", published.drop_vars("net_migration"))
    refused(BadInput, "e0B unknown", published.assign(e0B=published.life_expectancy_male))
    refused(BadInput, "Dataset", published.total_fertility)
    crossing = changed("life_expectancy_male", 10.0, level=0.9, year=2027)
    refused(OutOfBounds, "life_expectancy_male must rise .* 1 of 30 .*level 0.9, year 2027", crossing)
    refused(OutOfBounds, "total_fertility must be above 0", changed("total_fertility", -0.1, level=0.025, year=2026))
    refused(OutOfBounds, "net_migration must be numbers", changed("net_migration", np.nan, level=0.1, year=2026))
    refused(BadDimensions, "without gaps", published.sel(year=[2025, 2026, 2028]))
    refused(OutOfBounds, "0.5 must be among them", published.sel(level=[0.1, 0.9]))
    refused(OutOfBounds, "rise", published.isel(level=slice(None, None, -1)))
    refused(BadDimensions, "level", published.isel(level=0))
    refused(BadInput, "1 of 6 years are missing, the first is 2030", population=total(BASIS).isel(year=slice(0, 5)))
    refused(OutOfBounds, "above 0", population=0 * total(BASIS))
    refused(BadDimensions, "by year", population=xr.DataArray(np.ones(6), dims="year"))
    refused(BadInput, "fertility", fertility=1.2)
    refused(BadInput, "migration", migration=-0.1)
    refused(BadInput, "sexes", sexes=1.0)


def test_outcomes_beside_the_assumptions_are_not_read():
    published = intervals(BASIS).assign(total_population=total(BASIS))
    found = uncertainty_from_intervals(published, total(BASIS))
    xr.testing.assert_identical(found.deviation, uncertainty(BASIS).deviation)
