"""Odd inputs of models and scales of mortality: what would have given numbers without a word is refused or right."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.demography import (
    cairns_blake_dowd,
    converging_improvement,
    lee_carter,
    mortality_bootstrap,
    mortality_draws,
    mortality_driven_by,
    mortality_forecast,
    projected_mortality,
    split_rates,
)
from actuarial.errors import BadDimensions, BadInput, NoSolution, OutOfBounds

YEARS, AGES = range(2015, 2021), range(60, 64)
MX = np.exp(np.array([-4.5, -4.2, -3.9, -3.6]) + np.outer([2.0, 1.3, 0.2, -0.3, -1.0, -2.2], [0.4, 0.3, 0.2, 0.1]))
EXPOSURE = np.full(MX.shape, 2e4)
DEATHS = np.round(EXPOSURE * MX)
LABELS = {"ages": AGES, "years": YEARS}


@pytest.fixture(scope="module")
def model():
    return lee_carter(DEATHS, EXPOSURE, **LABELS)


def by_age(values, first):
    return xr.DataArray(values, dims="age", coords={"age": np.arange(first, first + len(values))})


def test_draws_take_the_bootstrap_of_their_own_model(model):
    others = [
        cairns_blake_dowd(DEATHS, EXPOSURE, **LABELS),
        lee_carter(DEATHS, EXPOSURE, method="binomial", **LABELS),
        lee_carter(DEATHS[1:], EXPOSURE[1:], ages=AGES, years=YEARS[1:]),
    ]
    for other in others:
        with pytest.raises(BadInput, match="not that of the model"):
            mortality_draws(model, 2, 2, 1, bootstrap=mortality_bootstrap(other, 1, 1))
    assert mortality_draws(model, 2, 2, 1, bootstrap=mortality_bootstrap(model, 1, 1)).sizes["scenario"] == 2


def test_cells_without_exposure_are_no_observations():
    deaths, exposure, weights = DEATHS.copy(), EXPOSURE.copy(), np.ones(DEATHS.shape)
    weights[2, 1] = deaths[2, 1] = exposure[2, 1] = 0.0
    found, left_out = lee_carter(deaths, exposure), lee_carter(DEATHS, EXPOSURE, weights=weights)
    assert found.observations == MX.size - 1
    assert_allclose(found.bic, left_out.bic, rtol=1e-9)


@pytest.mark.parametrize(
    ("deaths", "exposure"), [([[10.0, 20, 30]], [[5.0, 10, 15]]), ([[0.0, 0, 30]], [[50.0, 50, 50]])]
)
def test_a_year_without_maximum(deaths, exposure):
    """Where all of a cell die, or only those of the last age, the likelihood rises without end."""
    with pytest.raises(NoSolution, match="year number 0"):
        cairns_blake_dowd(deaths, exposure)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda m: lee_carter(DEATHS, EXPOSURE, clip=-1), BadInput, "clip: -1 cohorts cannot"),
        (lambda m: lee_carter(DEATHS, EXPOSURE, clip=1.5), BadInput, r"clip: 1\.5 cohorts cannot"),
        (lambda m: mortality_forecast(m, 2.5), BadInput, r"horizon: a whole number .* \(got 2\.5\)"),
        (lambda m: mortality_forecast(m, 2050), BadInput, "give the number of years, up to 1000, and not the last one"),
        (lambda m: lee_carter(DEATHS, EXPOSURE[:-1]), BadDimensions, "deaths, exposure and weights must have the same"),
        (lambda m: mortality_draws(m, 2, [0, 1], 1), BadInput, "scenarios: a whole number"),
        (lambda m: mortality_bootstrap(m, 1.5, 1), BadInput, "samples: a whole number"),
        (
            lambda m: converging_improvement([0.02, 0.03], [0.01] * 3, range(2025, 2030), start=2025, end=2029),
            BadDimensions,
            "must have the same labels",
        ),
        (
            lambda m: converging_improvement(by_age([0.1] * 2, 60), by_age([0.1] * 2, 61), [2025], start=1, end=2),
            BadDimensions,
            "must have the same labels",
        ),
        (lambda m: converging_improvement("low", 0.1, [2025], start=1, end=2), BadInput, "^initial: give numbers"),
        (lambda m: projected_mortality([0.1], [0.1], 2025), BadInput, "years: give a sequence of numbers"),
        (lambda m: projected_mortality([0.1], [0.1], ["2025", "2026"]), BadInput, "years: give a sequence of numbers"),
        (lambda m: mortality_driven_by([0.1], by_age([0.1], 0)), BadDimensions, "reference needs the dims year, age"),
    ],
)
def test_what_is_refused(model, call, error, words):
    with pytest.raises(error, match=words):
        call(model)


def test_no_rates_that_are_missing():
    """Mean times beyond the width of a group have no life table."""
    ages = (0, 1, *range(5, 86, 5))
    groups = [0.02, 0.001, *(0.0002 * 1.5**k for k in range(17))]
    with pytest.raises(OutOfBounds, match="ax must be at most the width of the group: 18 of 19"):
        split_rates(groups, ages, ax=[50.0] * 19)


@pytest.mark.parametrize("fit", [lee_carter, cairns_blake_dowd])
def test_unknown_cells_without_weight(fit):
    """NaN is as good as any number where the weight is 0, and refused elsewhere."""
    weights = np.ones(DEATHS.shape)
    weights[2, 1] = 0.0
    gaps = [np.where(weights == 0, np.nan, data) for data in (DEATHS, EXPOSURE)]
    found, known = fit(*gaps, weights=weights), fit(DEATHS, EXPOSURE, weights=weights)
    assert_allclose(found.kappa, known.kappa, rtol=1e-12, atol=1e-12)
    with pytest.raises(OutOfBounds, match="deaths must be numbers where the weight is above 0: 1 of 24"):
        fit(*gaps, weights=np.ones(DEATHS.shape))
