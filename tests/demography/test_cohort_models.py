"""Models with effects of cohorts: equations of the likelihood, known effects, constraints, refusals."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.demography import age_period_cohort, cairns_blake_dowd_cohorts, mortality_for_e0
from actuarial.errors import BadInput, NoSolution, OutOfBounds

YEARS, AGES = np.arange(1990, 2010), np.arange(60, 72)
BORN = YEARS[:, None] - AGES
FITS = {
    "poisson": age_period_cohort,
    "binomial": lambda *data, **options: age_period_cohort(*data, method="binomial", **options),
    "line": cairns_blake_dowd_cohorts,
}


def simulated(seed=1):
    eta = -4.5 + 0.1 * (AGES - 60) - 0.02 * (YEARS[:, None] - 1990) + 0.15 * np.sin(BORN / 3.0)
    exposure = np.random.default_rng(seed).uniform(2e3, 2e4, eta.shape)
    coords = {"year": YEARS, "age": AGES}
    lived = xr.DataArray(exposure, dims=("year", "age"), coords=coords)
    return lived.copy(data=np.random.default_rng(seed + 1).poisson(exposure * np.exp(eta)).astype(float)), lived


@pytest.mark.parametrize("kind", sorted(FITS))
def test_deaths_of_each_year_age_and_cohort_are_met(kind):
    """The equations of the highest likelihood of canonical links, and the constraints of what they do not tell."""
    model = FITS[kind](*simulated(), clip=2)
    missed = (model.weight * (model.deaths - model.expected_deaths)).fillna(0.0)
    assert float(abs(missed).max()) > 5
    moments = [missed.sum("age"), (missed * model.age).sum("age"), (missed * model.age**2).sum("age")]
    sums = [missed.sum("age"), missed.sum("year")] if "alpha" in model else moments
    for part in sums:
        assert_allclose(part, 0.0, atol=1e-4)
    for cohort in np.unique(BORN):
        assert abs(missed.values[cohort == BORN].sum()) < 1e-6
    seen = model.gamma.dropna("cohort")
    assert seen.cohort.values.tolist() == list(range(BORN.min() + 2, BORN.max() - 1))
    degree = 1 if "alpha" in model else 2
    for power in range(degree + 1):
        assert float((seen * (seen.cohort - seen.cohort.mean()) ** power).sum()) == pytest.approx(0.0, abs=1e-7)
    others = AGES.size + YEARS.size if "alpha" in model else 3 * YEARS.size
    assert int(model.parameters) == others + seen.size - 3
    assert int(np.isnan(model.mx).sum()) == int((model.weight == 0).sum()) == 6


def test_known_effects_come_back():
    wave = np.cos(1.1 * np.arange(BORN.min(), BORN.max() + 1))
    trend = np.polynomial.polynomial.polyvander(np.arange(wave.size) - 15.0, 1)
    gamma = 0.1 * (wave - trend @ np.linalg.lstsq(trend, wave, rcond=None)[0])
    alpha, kappa = 0.1 * AGES - 11.0, 0.3 * np.sin(YEARS)
    kappa -= kappa.mean()
    mx = np.exp(alpha + kappa[:, None] + gamma[BORN - BORN.min()])
    model = age_period_cohort(1e6 * mx, np.full(mx.shape, 1e6), ages=AGES, years=YEARS.astype(float))
    for name, known in {"alpha": alpha, "kappa": kappa, "gamma": gamma}.items():
        assert_allclose(model[name], known, atol=1e-9)


def test_groups_are_fitted_one_by_one():
    deaths, exposure = (xr.concat(pair, dim=xr.DataArray(["male", "female"], dims="sex")) for pair in
                        zip(simulated(1), simulated(7), strict=True))  # fmt: skip
    both = cairns_blake_dowd_cohorts(deaths, exposure)
    one = cairns_blake_dowd_cohorts(*simulated(7))
    assert both.gamma.dims == ("sex", "cohort")
    assert_allclose(both.kappa.sel(sex="female"), one.kappa, rtol=1e-9)
    assert both.beta.dims == ("index", "age")


def test_what_is_refused():
    deaths, exposure = simulated()
    with pytest.raises(BadInput, match="effects of cohorts, which are in no table of a family"):
        mortality_for_e0([20.0, 21.0], age_period_cohort(deaths, exposure))
    with pytest.raises(BadInput, match="labels of year that follow each other"):
        age_period_cohort(deaths[::2], exposure[::2])
    with pytest.raises(BadInput, match="at least three labels of age"):
        cairns_blake_dowd_cohorts(deaths[:, :2], exposure[:, :2])
    with pytest.raises(BadInput, match="3 cohorts are used; the model needs 4 or more"):
        cairns_blake_dowd_cohorts(deaths[:3, :3], exposure[:3, :3], clip=1)
    with pytest.raises(BadInput, match="write one of poisson, binomial"):
        age_period_cohort(deaths, exposure, method="svd")
    with pytest.raises(NoSolution, match=r"of the likelihood|the likelihood rises"):
        age_period_cohort(deaths.where(deaths.year - deaths.age > BORN.min(), 0.0), exposure)
    with pytest.raises(OutOfBounds, match="each year must have deaths"):
        cairns_blake_dowd_cohorts(deaths.where(deaths.year != 2000, 0.0), exposure)
