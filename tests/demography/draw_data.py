"""A country of 71 ages whose mortality falls, and intervals around its assumptions."""

import numpy as np
import xarray as xr

from actuarial.demography import project_population, uncertainty_from_intervals
from actuarial.demography.futures.draws import SERIES
from actuarial.demography.mortality import basis_life_table

LEVELS = np.array([0.025, 0.1, 0.5, 0.9, 0.975])
AWAY = np.array([-1.9, -1.3, 0.0, 1.2, 2.1])  # of the levels, in units of a width
WIDTHS = {"total_fertility": 0.15, "life_expectancy_male": 0.5, "life_expectancy_female": 0.45, "net_migration": 100.0}


def country(years=6):
    """Years from 2025, ages 0 to 70 and over."""
    year, age = np.arange(years)[:, None, None], np.arange(71)
    level = np.array([1.0, 0.8])[:, None]
    mx = level * (0.0003 + 0.02 * np.exp(-2.0 * age) + 2e-5 * np.exp(0.1 * age)) * np.exp(-0.03 * year)
    mx[..., -1] = 0.09 * level[:, 0] * np.exp(-0.01 * year[..., 0])
    births = np.where((age >= 15) & (age < 50), np.exp(-(((age - 28) / 7) ** 2)), 0.0)
    asfr = 2.4 * births / births.sum() * np.exp(-0.01 * np.arange(years))[:, None]
    young = np.exp(-0.03 * age) * 1000.0
    migrants = 60.0 * np.exp(-(((age - 25) / 10) ** 2)) - 5.0
    return xr.Dataset(
        {
            "population_0": (("sex", "age"), np.stack([1.02 * young, young])),
            "mx": (("year", "sex", "age"), mx),
            "asfr": (("year", "age"), asfr),
            "srb": ("year", np.full(years, 1.05)),
            "net_migration": (("year", "sex", "age"), np.broadcast_to(migrants, mx.shape).copy()),
        },
        coords={"year": np.arange(2025, 2025 + years), "sex": ["male", "female"], "age": age},
        attrs={"a0_rule": "andreev_kingkade"},
    )


def medians(basis):
    """Central path of the series."""
    e0 = basis_life_table(basis).ex.sel(age=0, drop=True)
    values = [basis.asfr.sum("age"), *(e0.sel(sex=sex, drop=True) for sex in ("male", "female"))]
    return dict(zip(SERIES, [*values, basis.net_migration.sum(("sex", "age"))], strict=True))


def intervals(basis, scale=1.0):
    """Quantiles whose width grows with the square root of time; not symmetric."""
    time = xr.DataArray(np.sqrt(np.arange(1.0, basis.sizes["year"] + 1)), dims="year", coords={"year": basis.year})
    away = xr.DataArray(AWAY, dims="level", coords={"level": LEVELS})
    spread = {name: scale * WIDTHS[name] * away * time for name in SERIES}
    return xr.Dataset({name: middle + spread[name] for name, middle in medians(basis).items()}).drop_attrs()


def total(basis):
    return project_population(basis).population.sum(("sex", "age"))


def uncertainty(basis, scale=1.0, **options):
    return uncertainty_from_intervals(intervals(basis, scale), total(basis), **options)
