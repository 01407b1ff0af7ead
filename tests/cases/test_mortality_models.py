"""Published fits of mortality models."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy.special import betaln

from actuarial.demography import (
    age_period_cohort,
    cairns_blake_dowd,
    cairns_blake_dowd_cohorts,
    lee_carter,
    random_walk,
)


def england_and_wales(shared, case):
    """Deaths and central exposures of men at ages 55 to 89 in 1961 to 2011, and what was published."""
    folder = shared / "cases" / case
    deaths, exposure = (
        pd.read_csv(folder / f"input_{name}.csv", index_col="age").rename_axis("year", axis=1).T.stack().to_xarray()
        for name in ("deaths", "central_exposure")
    )
    expected = pd.read_csv(folder / "expected_summary.csv").set_index("quantity")
    data = [one.assign_coords(year=one.year.astype(int)).sortby(["year", "age"]) for one in (deaths, exposure)]
    return data, expected


def agree(found, expected, quantity):
    assert found == pytest.approx(expected.expected[quantity], abs=expected.tolerance[quantity], rel=0)


def aic_of_any_exposure(model):
    """AIC of a binomial fit whose coefficients are of the numbers as they are, not of whole ones."""
    dead, initial, q = model.deaths, model.exposure + model.deaths / 2, model.qx
    ways = xr.apply_ufunc(betaln, initial - dead + 1, dead + 1) + np.log(initial + 1)
    cells = -ways + dead * np.log(q) + (initial - dead) * np.log(1 - q)
    return 2 * int(model.parameters) - 2 * float((model.weight * cells).sum())


def test_lee_carter_of_england_and_wales(shared):
    """Villegas, Kaishev and Millossovich (2018), StMoMo, Journal of Statistical Software 84(3), table 2.

    The drifts, the log-likelihood and the Poisson fit are of an independent computation with the same data.
    """
    data, expected = england_and_wales(shared, "stmomo_lee_carter_ew_males")
    model = lee_carter(*data, method="binomial", clip=3)
    agree(int(model.parameters), expected, "n_parameters")
    agree(float(model.aic), expected, "AIC_LC")
    agree(float(model.bic), expected, "BIC_LC")
    assert int(model.observations) == 1773
    assert float(model.log_likelihood) == pytest.approx(-14_814.16, abs=0.005)
    assert [float(model.aic), float(model.bic)] == pytest.approx([29_866.32, 30_518.49], abs=0.005, rel=0)
    assert float(random_walk(model.kappa).drift) == pytest.approx(-0.6867, abs=5e-5)
    whole = lee_carter(*data, method="binomial")
    assert aic_of_any_exposure(whole) == pytest.approx(30_317.6, abs=0.05)
    assert aic_of_any_exposure(model) == pytest.approx(29_870.4, abs=0.05)
    poisson = lee_carter(*data, clip=3)
    assert float(poisson.aic) == pytest.approx(30_113.5, abs=0.05)
    assert float(random_walk(poisson.kappa).drift) == pytest.approx(-0.6682, abs=5e-5)


def test_cairns_blake_dowd_of_england_and_wales(shared):
    """Villegas, Kaishev and Millossovich (2018), StMoMo, Journal of Statistical Software 84(3), table 2 and text."""
    data, expected = england_and_wales(shared, "stmomo_cbd_ew_males")
    model = cairns_blake_dowd(*data, clip=3)
    agree(int(model.parameters), expected, "n_parameters")
    agree(float(model.aic), expected, "AIC_CBD")
    agree(float(model.bic), expected, "BIC_CBD")


def test_models_with_cohorts_of_england_and_wales(shared):
    """Villegas, Kaishev and Millossovich (2018), StMoMo, Journal of Statistical Software 84(3), table 2."""
    data, expected = england_and_wales(shared, "stmomo_cbd_ew_males")
    model = age_period_cohort(*data, method="binomial", clip=3)
    agree(float(model.aic), expected, "AIC_APC")
    assert [int(model.parameters), int(model.observations)] == [162, 1773]
    model = cairns_blake_dowd_cohorts(*data, clip=3)
    agree(float(model.aic), expected, "AIC_M7")
    assert int(model.parameters) == 229
