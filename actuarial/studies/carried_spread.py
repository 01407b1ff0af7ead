"""How pensions vary on a later valuation date, from what they lack of the minimum up to which they are filled."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial.benefits.slices import spread_of_pensions
from actuarial.bridge import align
from actuarial.numeric import expected_clip_array
from actuarial.person import make_grid
from actuarial.scheme import Scheme

PLACE = ("sex", "age")
MOST = 5.0  # that the vocabulary allows
STEPS = 60


def carried_spread(pensions: xr.Dataset, basis: xr.Dataset, scheme: Scheme, year: int) -> dict[str, xr.DataArray]:
    """`pension_cv` (benefit, sex, age) of the pensions in payment on 31 December of a year; {} where none is filled up.

    Parameters
    ----------
    pensions : Dataset of `project_pensions`
    basis : Dataset until the year
    scheme : Scheme
    year : int

    Notes
    -----
    The coefficient of variation with which lognormal pensions lack of the last limit L what `pension_shortfall` says::

        N (L - E[min(P, L)]) = H

    It is 0 where nobody lacks anything, or as much as the mean does. Pensions without a limit keep that of the basis.
    """
    if "pension_shortfall" not in pensions:
        return {}
    grid, names = make_grid(basis, scheme), [str(name) for name in pensions["benefit"].values]
    coords = {dim: basis[dim] for dim in PLACE}
    now = pensions.sel(year=year, drop=True)
    found = {name: spread_of_pensions(name, basis) for name in names}
    for supplement in reversed(scheme.benefits):
        limits: tuple[Any, ...] = supplement.fills_up_to(grid) if supplement.accompanies else ()
        for name in supplement.accompanies if limits else ():
            here = xr.DataArray(limits[-1])
            here = here.sel(year=year, drop=True) if "year" in here.dims else here
            number, mass, lacks = (
                align(now[word].sel(benefit=name, drop=True), PLACE, coords)
                for word in ("pensioners", "pension_mass", "pension_shortfall")
            )
            found[name] = variation(number, mass, lacks, align(here, PLACE, coords))
    values = np.stack([found[name] for name in names])
    labels = {"benefit": names} | {dim: basis[dim].values for dim in PLACE}
    return {"pension_cv": xr.DataArray(values, dims=("benefit", *PLACE), coords=labels)}


def variation(number: np.ndarray, mass: np.ndarray, lacks: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """Coefficient of variation of lognormal pensions that lack so much of a limit, by bisection; from 0 to 5."""
    some = (number > 0) & (mass > 0)
    mean = np.divide(mass, number, out=np.ones_like(mass), where=some)
    each = np.divide(lacks, number, out=np.zeros_like(mass), where=some)
    low, high = np.zeros_like(mean), np.full_like(mean, MOST)
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        more = limit - expected_clip_array(mean, middle, np.zeros_like(mean), limit) < each
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    return np.where(some & (high > 1e-9), 0.5 * (low + high), 0.0)
