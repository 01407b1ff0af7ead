"""Speed and memory of the projection of a large health scheme; not part of the tests.

Ten groups, twenty services, two sexes, 101 ages, fifty years. Run from the root of the repository, one process and an
idle machine::

    python -m pytest benchmarks/test_health_speed.py -n 0 --benchmark-only --benchmark-columns=min,median

Medians are printed beside the goals and never asserted, since they are those of a machine.

- members, use, cost and finance, of a population and pensions that are projected already: below 0.3 s;
- the same with cash benefits, valuation, checks and identities, which is all of `project_health`: below 0.3 s
  (0.21 s on two cores of an AMD EPYC, most of it labels of short series);
- the whole process: below 500 MB at its peak (printed with -s; 420 MB with what comes before);
- scenarios stream: the memory is that of one block, however many there are (1,000 of them, four at a time, of growth of
  wages and prices: 214 s and 690 MB; what they share, such as the members, is found anew in each).
"""

import sys

import numpy as np
import pytest
import xarray as xr

import actuarial as ac
from actuarial.benefits.stock import project_pensions
from actuarial.demography.population import project_population
from actuarial.health.cost import project_health_cost
from actuarial.health.membership import project_membership
from actuarial.health.use import project_use
from actuarial.labour.insured import project_insured
from actuarial.projection_health import project_health
from actuarial.studies import stream_health
from actuarial.valuation.health_finance import project_health_finance
from benchmarks import health_case

SCENARIOS, BLOCK = 24, 4


class Case:
    """The large scheme, and the stages that come before it."""

    def __init__(self) -> None:
        self.basis, self.scheme = health_case.basis(), health_case.scheme()
        self.population = project_population(self.basis)
        self.insured = project_insured(self.population, self.basis, ac.datasets.open("demo").scheme, service="years")
        self.pensions = project_pensions(self.insured, self.basis, ac.datasets.open("demo").scheme)

    @property
    def before(self) -> dict[str, xr.Dataset]:
        return {"population": self.population, "insured": self.insured, "pensions": self.pensions}

    def members(self) -> xr.Dataset:
        given = {"insured": self.insured, "pensions": self.pensions}
        return project_membership(self.population, self.basis, self.scheme, **given)

    def stages(self) -> xr.Dataset:
        membership = self.members()
        use = project_use(membership, self.basis, self.scheme)
        cost = project_health_cost(use, membership, self.basis, self.scheme)
        return project_health_finance(membership, cost, self.basis, self.scheme, pensions=self.pensions)


@pytest.fixture(scope="module")
def case() -> Case:
    return Case()


def peak() -> float:
    """Most memory that the process had so far, MB."""
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def test_members_use_cost_and_finance(benchmark, case):
    finance = benchmark(case.stages)
    benchmark.extra_info["peak"] = peak()
    print(f"\npeak of the process: {peak():,.0f} MB")
    assert finance.sizes["year"] == health_case.YEARS


@pytest.mark.parametrize("stage", ["members", "use", "cost", "finance"])
def test_one_stage(benchmark, case, stage):
    basis, scheme = case.basis, case.scheme
    membership = case.members()
    use = project_use(membership, basis, scheme)
    cost = project_health_cost(use, membership, basis, scheme)
    benchmark(
        {
            "members": case.members,
            "use": lambda: project_use(membership, basis, scheme),
            "cost": lambda: project_health_cost(use, membership, basis, scheme),
            "finance": lambda: project_health_finance(membership, cost, basis, scheme, pensions=case.pensions),
        }[stage]
    )


def test_the_whole_with_its_checks_and_indicators(benchmark, case):
    benchmark(lambda: project_health(case.basis, case.scheme, **case.before))


def test_scenarios_in_blocks(benchmark, case):
    random = np.random.Generator(np.random.Philox(1))
    coords = {"scenario": np.arange(SCENARIOS), "year": case.basis["year"]}
    shock = xr.DataArray(random.normal(0.0, 0.01, (SCENARIOS, health_case.YEARS)), coords)
    basis = case.basis.assign({name: case.basis[name] + shock for name in ("wage_growth", "inflation")})
    peaks: list[float] = []

    def run() -> xr.Dataset:
        blocks = []
        for totals in stream_health(basis, case.scheme, block=BLOCK, keep=["outgo", "reserve"], **case.before):
            blocks.append(totals)
            peaks.append(peak())
        return xr.concat(blocks, dim="scenario")

    found = benchmark.pedantic(run, rounds=1)
    assert found["outgo"].shape == (SCENARIOS, health_case.YEARS)
    print(f"\npeak after the first block {peaks[0]:,.0f} MB, after the last {peaks[-1]:,.0f} MB")
    assert peaks[-1] < 1.2 * peaks[0]
