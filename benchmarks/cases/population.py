"""Cohort-component projections: 101 ages, two sexes, a hundred years, one or many scenarios.

Half of the migrants move at the start of the year and half at its end. In scenario s the hazards of year t are
multiplied by f[s, t], fertility by g[s, t] and migration by h[s, t]; eight totals by year are kept.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
import xarray as xr

import actuarial as ac
from actuarial.bridge import align
from actuarial.demography import kernels, project_population
from actuarial.demography.mortality import basis_life_table
from actuarial.studies.prolong import prolong
from benchmarks.cases.ready import Ready

OUTPUTS = ("population", "young", "working", "old", "births", "deaths", "migrants", "mothers")
TAKES = ("population_0", "survival", "asfr", "srb", "migration")


@cache
def basis(years: int) -> xr.Dataset:
    """The embedded country; the assumptions of its last year go on."""
    known = ac.datasets.open("demo").basis
    first = int(known["year"][0])
    return prolong(known.sel(year=slice(None, first + years - 1)), first + years - 1)


@cache
def told(years: int) -> dict[str, np.ndarray]:
    """Plain arrays of the basis."""
    given = basis(years)
    given = given.assign(survival=basis_life_table(given)["survival_ratio"])
    coords = {dim: given[dim] for dim in ("year", "sex", "age")}
    dims = {"population_0": ("sex", "age"), "survival": ("year", "sex", "age"), "asfr": ("year", "age"),
            "srb": ("year",), "net_migration": ("year", "sex", "age")}  # fmt: skip
    arrays = [align(given[name], dims[name], coords) for name in dims]
    return dict(zip(TAKES, arrays, strict=True))


def factors(scenarios: int, years: int) -> dict[str, np.ndarray]:
    """Factors of hazards, fertility and migration (scenario, year)."""
    random = np.random.Generator(np.random.Philox(1))
    walks = np.exp(np.cumsum(random.normal(0.0, 0.01, (3, scenarios, years)), axis=2))
    return {"hazard": walks[0], "fertility": walks[1], "moves": walks[2]}


def aggregates(population: np.ndarray, births: np.ndarray, deaths: np.ndarray, migration: np.ndarray) -> np.ndarray:
    """Totals (year, output) of arrays (year, sex, age)."""
    young, old = population[:, :, :15].sum(axis=(1, 2)), population[:, :, 65:].sum(axis=(1, 2))
    working = population[:, :, 15:65].sum(axis=(1, 2))
    flows = [part.sum(axis=(1, 2)) for part in (births, deaths, migration)]
    return np.stack([young + working + old, young, working, old, *flows, population[:, 1, 15:50].sum(axis=1)], axis=1)


def one(years: int) -> Ready:
    """One projection, by the kernel and by the public function."""
    given, arrays = basis(years), told(years)

    def kernel() -> np.ndarray:
        found = kernels.project_population(*(arrays[name] for name in TAKES), 0.5, 0.5)
        return aggregates(*found, arrays["migration"])

    def api() -> np.ndarray:
        found = project_population(given, migration="even")
        parts = (found[name].values for name in ("population", "births", "deaths"))
        return aggregates(*parts, arrays["migration"])

    return Ready(ways={"kernel": kernel, "api": api}, told=arrays, cells=2.0 * 101 * years)


def many(scenarios: int, years: int, threads: int) -> Ready:
    """Many scenarios, of which the totals (scenario, year, output) are kept."""
    arrays = told(years) | factors(scenarios, years)
    way = tiled if hasattr(kernels, "project_tile") else by_scenario
    return Ready(
        ways={"kernel": lambda: way(arrays, threads)}, told=arrays, cells=2.0 * 101 * years * scenarios,
    )  # fmt: skip


def by_scenario(arrays: dict[str, np.ndarray], threads: int) -> np.ndarray:
    """The kernel of one projection for every scenario, in threads."""
    scenarios, years = arrays["hazard"].shape
    found = np.empty((scenarios, years, len(OUTPUTS)))
    hazard = np.log(arrays["survival"])

    def run(bounds: tuple[int, int]) -> None:
        for s in range(*bounds):
            survival = np.exp(hazard * arrays["hazard"][s, :, np.newaxis, np.newaxis])
            asfr = arrays["asfr"] * arrays["fertility"][s, :, np.newaxis]
            migration = arrays["migration"] * arrays["moves"][s, :, np.newaxis, np.newaxis]
            given = (arrays["population_0"], survival, asfr, arrays["srb"], migration)
            done = kernels.project_population(*given, 0.5, 0.5)
            found[s] = aggregates(*done, migration)

    edges = np.linspace(0, scenarios, threads + 1).astype(int)
    spans = list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, spans))
    return found


def tiled(arrays: dict[str, np.ndarray], threads: int) -> Any:
    """The kernel of a tile of scenarios."""
    raise NotImplementedError
