"""How time grows with years, groups and scenarios, and the most memory that an ensemble needs.

A straight line is fitted by least squares; what is left of the points is told beside it, since a slope alone hides a
curve. Memory is that of a process of its own.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import xarray as xr

import actuarial as ac
from actuarial.benefits.stock import project_pensions
from actuarial.demography import project_population
from actuarial.labour.insured import project_insured
from benchmarks import pension_case
from benchmarks.cases import lattice, population, stages
from benchmarks.cases.processes import ALONE
from benchmarks.measure import here, interleaved
from benchmarks.running import Verdict

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Line:
    """Seconds by size, the least-squares line through them, and the greatest residual over the mean time."""

    what: str
    unit: str
    sizes: tuple[float, ...]
    seconds: tuple[float, ...]
    intercept: float
    slope: float
    residual: float


def line(what: str, unit: str, sizes: Sequence[float], seconds: Sequence[float]) -> Line:
    """Fit seconds = intercept + slope x size."""
    slope, intercept = np.polyfit(sizes, seconds, 1)
    rest = np.asarray(seconds) - intercept - slope * np.asarray(sizes)
    worst = float(np.abs(rest).max() / np.mean(seconds))
    return Line(what, unit, tuple(sizes), tuple(seconds), float(intercept), float(slope), worst)


def timed(what: str, unit: str, ways: dict[int, Callable[[], object]], rounds: int, clock: str = "process") -> Line:
    """Least times of several sizes, taken in turn."""
    times = interleaved({str(size): here(run) for size, run in ways.items()}, rounds)
    return line(what, unit, list(ways), [times[str(size)].best(clock) for size in ways])


def lines(rounds: int, quick: bool) -> list[Line]:
    """Growth in years, groups and scenarios."""
    years = (25, 50, 100)
    lattices = {size: lattice.ready(size, False).ways["kernel"] for size in years}
    both_stages = {size: stage(size) for size in years}
    whole = {size: by_years(size) for size in (25, 50, 75)}
    groups = {size: grouped(size) for size in (1, 2, 4)}
    scenarios = {size: population.many(size, 100, 1).ways["kernel"] for size in ((256, 512, 1024) if quick else
                 (1024, 2048, 4096, 8192))}  # fmt: skip
    several = {size: lattice.many(size, 50, 1).ways["kernel"] for size in ((8, 16) if quick else (8, 16, 32))}
    return [
        timed("open group, kernels, by years", "year", lattices, rounds),
        timed("members and pensions of the demo, stages, by years", "year", both_stages, rounds),
        timed("valuation of the demo, by years", "year", whole, rounds),
        timed("members and pensions of the demo, stages, by groups", "group", groups, rounds),
        timed("population, kernel, one thread, by scenarios", "scenario", scenarios, rounds),
        timed("open group of 50 years, kernels, one thread, by scenarios", "scenario", several, rounds),
        valuations((16, 32) if quick else (100, 300, 1000)),
    ]


def valuations(sizes: Sequence[int]) -> Line:
    """Whole valuations of the embedded country in drawn economies: time of the processor by scenarios, once each."""
    stages.ensemble(8).ways["api"]()
    seconds = [here(stages.ensemble(size).ways["api"])(1)["process"] for size in sizes]
    return line("stochastic valuations of the demo, by scenarios", "valuation", sizes, seconds)


def by_years(years: int) -> Callable[[], object]:
    """The whole valuation of the embedded country over its first years."""
    country = ac.datasets.open("demo")
    return partial(ac.project, country.basis.isel(year=slice(0, years)), country.scheme, service="years")


def stage(years: int) -> Callable[[], object]:
    """Members and pensions of the embedded country over some years."""
    basis, scheme = pension_case.basis(years), pension_case.scheme()
    return partial(both, project_population(basis), basis, scheme)


def both(people: xr.Dataset, basis: xr.Dataset, scheme: object) -> xr.Dataset:
    """The two stages without their identities."""
    insured = project_insured(people, basis, scheme, service="years")
    return project_pensions(insured, basis, scheme)


def grouped(count: int) -> Callable[[], object]:
    """The first group of the embedded country so many times, each with its share of the people."""
    known = ac.datasets.open("demo")
    one = known.basis.isel(group=[0])
    names = [f"group_{k}" for k in range(count)]
    basis = one.isel(group=[0] * count).assign_coords(group=names)
    shared = [name for name in ("active_0", "inactive_0", "coverage") if name in basis]
    basis = basis.assign({name: basis[name] / count for name in shared})
    scheme = known.scheme.amend("scheme", contributions=(), insurable_earnings=known.scheme.insurable_earnings)
    return partial(both, project_population(basis), basis, scheme)


ENSEMBLE = """
import actuarial as ac
from actuarial.ensemble import autoregression
country = ac.datasets.open("demo")
drawn = autoregression({"inflation": 0.01, "real_interest_rate": 0.02}, persistence=0.7)
basis = country.basis.isel(year=slice(0, 30))
ac.ensemble.run(basis, country.scheme, drawn, seed=1, scenarios=SCENARIOS, keep=["outgo"])
"""
POPULATION = """
from benchmarks.cases import population
population.many(SCENARIOS, 100, 2).ways["kernel"]()
"""
LATTICE = """
from benchmarks.cases import lattice
lattice.many(SCENARIOS, 100, 2).ways["kernel"]()
"""
PARTS = """
from benchmarks import parts_case
parts_case.run(SCENARIOS)
"""
PEAK = """
from benchmarks.growth import own_peak
print(own_peak())
"""


def own_peak() -> float:
    """Most memory that this process had, MB; not that of the one which started it."""
    status = Path("/proc/self/status")
    if status.is_file():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) * 1024 / 1e6
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def peak(code: str, scenarios: int, beginning: str = ALONE) -> float:
    """Most memory of a process with some scenarios, MB: where only what the library asks for is installed, unless the
    process begins otherwise."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    whole = beginning + code.replace("SCENARIOS", str(scenarios)) + PEAK
    done = subprocess.run(
        [sys.executable, "-c", whole], check=True, capture_output=True, text=True, env=environment, cwd=ROOT
    )
    return float(done.stdout.split()[-1])


def memory(quick: bool) -> dict[str, float]:
    """Most memory of whole processes, MB."""
    few, many, people = (4, 8, 1_000) if quick else (32, 96, 10_000)
    parts = 500 if quick else 10_000
    return {
        f"population, {people:,} scenarios": peak(POPULATION, people),
        f"open group, {few} scenarios, 2 threads": peak(LATTICE, few),
        f"ensemble of the demo, 30 years, {few} scenarios": peak(ENSEMBLE, few),
        f"ensemble of the demo, 30 years, {many} scenarios": peak(ENSEMBLE, many),
        f"ensemble in a folder, 75 years, {parts:,} scenarios": peak(PARTS, parts),
        f"open group, {few} scenarios, with all that is installed": peak(LATTICE, few, ""),
    }


def verdicts(found: Sequence[Line], peaks: dict[str, float], quick: bool) -> list[Verdict]:
    """Linear within a tenth, a scenario as long among many as among few, memory within its limits."""
    judged = [Verdict("growth", f"{one.what}: greatest residual over the mean", 0.10, one.residual, one.residual <= 0.1)
              for one in found if one.unit != "scenario"]  # fmt: skip
    for one in found:
        if one.unit == "scenario":
            each = [seconds / size for seconds, size in zip(one.seconds, one.sizes, strict=True)]
            spread = max(each) / min(each) - 1.0
            judged.append(Verdict("growth", f"{one.what}: spread of the time of one", 0.05, spread, spread <= 0.05))
    names = list(peaks)
    if not quick:
        judged.append(_below(names[0], peaks, 400.0))
        judged.append(_below(names[1], peaks, 300.0))
        judged.append(_below(names[4], peaks, 600.0))
        judged.append(_below(names[5], peaks, 300.0))
    rise = peaks[names[3]] / peaks[names[2]]
    judged.append(Verdict("memory", "ensemble, many scenarios over few", 1.2, rise, rise <= 1.2))
    return judged


def _below(name: str, peaks: dict[str, float], limit: float) -> Verdict:
    return Verdict("memory", f"{name}: MB, at most", limit, peaks[name], peaks[name] <= limit)
