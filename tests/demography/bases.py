"""A basis of six ages, small enough to be seen whole."""

import numpy as np
import xarray as xr

SEXES = ["male", "female"]


def small_basis(years=4):
    """Years from 2025, ages 0 to 5 and over, a little immigration."""
    coords = {"year": np.arange(2025, 2025 + years), "sex": SEXES, "age": np.arange(6)}
    mx = np.array([[0.02, 0.01, 0.02, 0.05, 0.1, 0.5], [0.015, 0.008, 0.015, 0.04, 0.08, 0.4]])
    migrants = np.array([[3.0, 2, 4, 1, 0, -1], [2.0, 3, 5, 1, 0, -1]])
    return xr.Dataset(
        {
            "population_0": (("sex", "age"), np.array([[100.0, 98, 95, 90, 80, 110], [95.0, 94, 92, 88, 80, 150]])),
            "mx": (("year", "sex", "age"), np.tile(mx, (years, 1, 1))),
            "asfr": (("year", "age"), np.tile([0.0, 0.2, 0.6, 0.3, 0.1, 0.0], (years, 1))),
            "srb": ("year", np.full(years, 1.05)),
            "net_migration": (("year", "sex", "age"), np.tile(migrants, (years, 1, 1))),
        },
        coords=coords,
        attrs={"a0_rule": "coale_demeny_west"},
    )


def with_scenarios(name, **factors):
    """The small basis where one variable is multiplied by a factor in every scenario."""
    basis = small_basis()
    factor = xr.DataArray(list(factors.values()), dims="scenario", coords={"scenario": list(factors)})
    return basis.assign({name: basis[name] * factor})
