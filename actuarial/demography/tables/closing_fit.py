"""Whether a law of mortality is close to the last of the rates that it continues."""

from typing import Any
from warnings import warn

import numpy as np
import xarray as xr

from actuarial.demography.labels import place_of
from actuarial.demography.tables.closing_laws import Law

LAST, FAR, CHANCE = 5, 0.1, 2.0


def warn_of_misfit(law: Law, parameters: np.ndarray, rates: xr.DataArray, counts: Any, word: str) -> None:
    """A warning where the law is far from the rates, or deaths, of the last fitted ages (see `close_table`)."""
    ages = rates["age"].values[-LAST:]
    m = law.rates(parameters, ages.astype(float))
    if counts is None:
        away = np.log(m / rates.values[..., -LAST:]).mean(axis=-1)
        far = np.abs(away) > FAR
    else:
        deaths, exposure = (one[..., -LAST:] for one in counts)
        seen, expected = deaths.sum(axis=-1), (exposure * m).sum(axis=-1)
        away = np.log(np.maximum(expected, 1e-300) / np.maximum(seen, 0.5))
        far = (np.abs(away) > FAR) & (np.abs(seen - expected) > CHANCE * np.sqrt(expected))
    if far.any():
        worst = np.unravel_index(int(np.where(far, np.abs(away), -1.0).argmax()), far.shape)
        place = place_of(rates.isel(age=0, drop=True), worst)
        warn(
            f"close_table: the law ({word}) is {np.expm1(away[worst]):+.0%} away from the rates at the last fitted "
            f"ages, {ages[0]} to {ages[-1]}, in {int(far.sum())} of {far.size} tables (that is the most"
            f"{': ' if place else ''}{place}). Give other fit_ages, or another law.",
            UserWarning,
            stacklevel=4,
        )
