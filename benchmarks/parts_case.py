"""Many scenarios of an ensemble in a folder, without their valuations: the writing, reading and quantiles are real.

A block of sixteen scenarios of the embedded country is valued; all others are copies of it, each multiplied by a factor
of its own.
"""

import tempfile
from typing import Any

import numpy as np
import xarray as xr

import actuarial as ac
from actuarial.ensemble import autoregression, quantiles, run_block, running
from actuarial.ensemble.running import uncertainties

BLOCK = 16


def run(scenarios: int) -> None:
    """Write the parts and read the quantiles of three variables, some years at a time."""
    country = ac.datasets.open("demo")
    drawn = autoregression({"inflation": 0.01, "real_interest_rate": 0.02}, persistence=0.7)
    valued = run_block(country.basis, country.scheme, uncertainties(drawn), 1, 0, BLOCK - 1)
    real, running.run_block = running.run_block, lambda *given: copied(valued, *given[4:6], given[7])
    try:
        with tempfile.TemporaryDirectory() as folder:
            options: dict[str, Any] = {"seed": 1, "scenarios": scenarios, "folder": folder, "block": BLOCK}
            ac.ensemble.run(country.basis, country.scheme, drawn, **options, gather=[])
            quantiles(folder, ["reserve", "outgo", "payg_cost_rate"])
    finally:
        running.run_block = real


def copied(valued: xr.Dataset, first: int, last: int, done: Any) -> xr.Dataset:
    """The scenarios from first to last."""
    numbers = np.arange(first, last + 1)
    factor = xr.DataArray(np.exp(0.01 * np.sin(numbers)), {"scenario": numbers}, ["scenario"])
    here = valued.isel(scenario=slice(0, numbers.size)).assign_coords(scenario=numbers)
    moving = {name: (one * factor).transpose(*one.dims) for name, one in here.items() if "scenario" in one.dims}
    done(numbers.size)
    return here.assign(moving)
