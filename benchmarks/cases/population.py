"""Cohort-component projections: 101 ages, two sexes, a hundred years, one or many scenarios.

Half of the migrants move at the start of the year and half at its end. In scenario s the hazards of year t are
multiplied by f[s, t], fertility by g[s, t] and migration by h[s, t]; eight totals by year are kept.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Any

import numpy as np
import xarray as xr

import actuarial as ac
from actuarial.bridge import align
from actuarial.demography import kernels, project_population, project_population_totals
from actuarial.demography.mortality import basis_life_table
from actuarial.demography.tile_kernels import MIDDLE, OLD, YOUNG, Central, Factors, new_tile, project_tiles
from actuarial.demography.tiles import TOTALS, in_threads
from actuarial.studies.prolong import prolong
from benchmarks.cases.ready import Ready, Way

OUTPUTS = ("population", "young", "working", "old", "dependency", "births", "deaths", "migrants")
BLOCK = 400  # scenarios whose population goes into a store as one part, 65 MB
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
    return np.stack([young + working + old, young, working, old, old / working, *flows], axis=1)


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
    """Many scenarios, of which the totals (scenario, year, output) are kept: the kernel, the public function, and the
    kernel in one thread."""
    arrays, given = told(years) | factors(scenarios, years), basis(years)
    coords = {"scenario": np.arange(scenarios), "year": given["year"]}
    words = {"hazard": "mortality_factor", "fertility": "fertility_factor", "moves": "migration_factor"}
    named = {word: xr.DataArray(arrays[name], coords, ("scenario", "year")) for name, word in words.items()}

    def api() -> np.ndarray:
        found = project_population_totals(given, **named, migration="even", threads=threads)
        return np.stack([found[name].values for name in TOTALS], axis=-1)

    ways = {"kernel": tiles(arrays, threads), "api": api, "one thread": tiles(arrays, 1)}
    return Ready(ways=ways, told=arrays, cells=2.0 * 101 * years * scenarios)


def states(scenarios: int, years: int) -> Ready:
    """Scenarios of fertility by the public function that keeps every age of every year; the last of them is known."""
    given, drawn = basis(years), factors(scenarios, years)["fertility"]
    coords = {"scenario": np.arange(scenarios), "year": given["year"]}
    several = given.assign(asfr=given["asfr"] * xr.DataArray(drawn, coords, ("scenario", "year")))

    def api() -> np.ndarray:
        return project_population(several, migration="even")["population"].isel(scenario=-1).values

    return Ready(ways={"api": api}, cells=2.0 * 101 * years * scenarios, known=partial(alone, drawn[-1]))


def alone(fertility: np.ndarray) -> np.ndarray:
    """Population (year, sex, age) of one scenario of factors of fertility (year,), by the kernel of a single one."""
    arrays = told(len(fertility))
    one = arrays | {"asfr": arrays["asfr"] * fertility[:, np.newaxis]}
    return kernels.project_population(*(one[name] for name in TAKES), 0.5, 0.5)[0]


def stored(scenarios: int, years: int) -> Ready:
    """The same scenarios, of which the population is kept: in memory that is there before, and in the store of a
    peer."""
    drawn = factors(scenarios, years)["fertility"]
    kept = np.empty((scenarios, years, 2, 101))

    def memory() -> np.ndarray:
        keep(drawn, kept)
        return kept[-1]

    cells = 2.0 * 101 * years * scenarios
    return Ready(ways={"memory": memory}, told={"fertility": drawn}, cells=cells, known=partial(alone, drawn[-1]))


def keep(drawn: np.ndarray, target: Any) -> None:
    """Write the population (scenario, year, sex, age) of factors of fertility (scenario, year), a block of scenarios
    while the next one is projected."""
    starts = range(0, len(drawn), BLOCK)
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(block, drawn, starts[0])
        for first in starts:
            found = coming.result()
            if first != starts[-1]:
                coming = pool.submit(block, drawn, first + BLOCK)
            target[first : first + BLOCK] = found


def block(drawn: np.ndarray, first: int) -> np.ndarray:
    """Population (scenario, year, sex, age) of a block of scenarios by the public function."""
    factor = drawn[first : first + BLOCK]
    given = basis(factor.shape[1])
    coords = {"scenario": first + np.arange(len(factor)), "year": given["year"]}
    several = given.assign(asfr=given["asfr"] * xr.DataArray(factor, coords, ("scenario", "year")))
    return project_population(several, migration="even")["population"].values


def tiles(arrays: dict[str, np.ndarray], threads: int) -> Way:
    """The kernel of tiles of scenarios; the memory of its results is made before."""
    scenarios, years = arrays["hazard"].shape
    shared = central(arrays)
    drawn = Factors(arrays["hazard"][..., np.newaxis], arrays["fertility"].view(), arrays["moves"][..., np.newaxis])
    for factor in drawn:
        factor.flags.writeable = False  # as those of the public function, for which the kernel is compiled
    totals, lowest = np.empty((len(OUTPUTS), years, scenarios)), np.empty(scenarios)

    def work(first: int, last: int) -> None:
        project_tiles(first, last, shared, drawn, 0.5, 0.5, new_tile(101), totals, lowest)

    def run() -> np.ndarray:
        in_threads(work, scenarios, threads)
        return totals.transpose(2, 1, 0)

    return run


def central(arrays: dict[str, np.ndarray]) -> Central:
    """What all scenarios share."""
    age, migration = np.arange(101), arrays["migration"]
    row = np.where(age < 15, YOUNG, np.where(age < 65, MIDDLE, OLD))
    hazard = -np.log(arrays["survival"])
    return Central(arrays["population_0"], hazard, arrays["asfr"], arrays["srb"], migration, migration.sum(axis=2), row)
