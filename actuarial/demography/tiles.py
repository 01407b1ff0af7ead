"""Tiles of scenarios in threads, and what both kinds of population totals share."""

from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr

from actuarial import bridge
from actuarial.demography.tile_kernels import MIDDLE, OLD, TILE, YOUNG
from actuarial.errors import BadInput

TOGETHER = 4  # tiles of one task: a thread that is held up leaves the others to the next
FIRST_MIDDLE, FIRST_OLD = 15, 65
TOTALS = {
    "total_population": ("persons", "Population on 31 December"),
    "population_0_14": ("persons", "Population under 15 on 31 December"),
    "population_15_64": ("persons", "Population from 15 to 64 on 31 December"),
    "population_65_and_over": ("persons", "Population of 65 and over on 31 December"),
    "old_age_dependency_ratio": ("fraction", "Population of 65 and over over that from 15 to 64, on 31 December"),
    "births": ("persons/year", "Live births"),
    "deaths": ("persons/year", "Deaths"),
    "net_migration": ("persons/year", "Net migration"),
}
"""The rows of the totals of the kernels: units and meaning."""


def require_old(basis: xr.Dataset) -> None:
    """Refuse an open age that is too low to tell the old."""
    ages = basis.sizes["age"]
    if ages <= FIRST_OLD:
        raise BadInput(f"basis: ages up to {ages - 1} cannot tell the population of {FIRST_OLD} and over.")


def rows_of_ages(ages: int) -> np.ndarray:
    """The total to which every age belongs."""
    age = np.arange(ages)
    return np.where(age < FIRST_MIDDLE, YOUNG, np.where(age < FIRST_OLD, MIDDLE, OLD))


def thread_count(threads: Any) -> int:
    """Number of threads, by default that of the processors; BadInput for what is no number of them."""
    if threads is None:
        return bridge.threads()
    if isinstance(threads, bool) or not isinstance(threads, (int, np.integer)) or threads < 1:
        raise BadInput(f"threads: give how many, 1 or more (got {threads!r}).")
    return int(threads)


def in_threads(work: Callable[[int, int], None], scenarios: int, threads: int) -> None:
    """Call a function of the first tile and of the one after the last for all tiles of some scenarios."""
    bridge.in_threads(work, -(-scenarios // TILE), TOGETHER, threads)
