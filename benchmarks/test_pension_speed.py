"""Speed of the pension stage of one scheme over a hundred years; not part of the tests.

Three groups, six benefits, two sexes, 101 ages. Stage: insured and pensions of a population that is projected already,
each followed by its identities. Run from the root of the repository, one process and an idle machine::

    python -m pytest benchmarks/test_pension_speed.py -n 0 --benchmark-only --benchmark-columns=min,median

Medians are printed beside the goals and never asserted, since they are those of a machine. With -s each case also tells
how often the loop of `pension_case.calibrate` would run in its least time, which compares machines.

- annual service: goal 80 ms, not reached;
- monthly service: goal 1 s.
"""

import time

import pytest

from actuarial.benefits.stock import project_pensions
from actuarial.check.benefits import check_pensions
from actuarial.check.insured import check_insured
from actuarial.demography.population import project_population
from actuarial.labour.insured import project_insured
from benchmarks import pension_case


class Case:
    """The scheme, its population, insured and pensions, and the least time of the loop that calibrates."""

    def __init__(self) -> None:
        self.basis, self.scheme = pension_case.basis(), pension_case.scheme()
        self.population = project_population(self.basis)
        self.insured, self.pensions = self.stage("years")
        self.loop = min(_timed(pension_case.calibrate) for _ in range(5))

    def stage(self, service):
        return pension_case.stage(self.population, self.basis, self.scheme, service)

    def part(self, name):
        return {
            "insured": lambda: project_insured(self.population, self.basis, self.scheme, service="years"),
            "check_insured": lambda: check_insured(self.insured, self.basis, population=self.population),
            "pensions": lambda: project_pensions(self.insured, self.basis, self.scheme),
            "check_pensions": lambda: check_pensions(self.pensions, self.basis),
        }[name]


def _timed(function) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


@pytest.fixture(scope="module")
def case() -> Case:
    return Case()


def tell(benchmark, case) -> None:
    """Print least and median time, and the least over that of the loop."""
    least, median = benchmark.stats.stats.min, benchmark.stats.stats.median
    benchmark.extra_info["loops"] = least / case.loop
    print(f"\nleast {1e3 * least:.1f} ms, median {1e3 * median:.1f} ms, {least / case.loop:.2f} loops")


@pytest.mark.parametrize("service", ["years", "months"])
def test_the_whole_stage(benchmark, case, service):
    case.stage(service)
    insured, pensions = benchmark.pedantic(lambda: case.stage(service), rounds=9 if service == "years" else 3)
    assert insured.sizes["year"] == pensions.sizes["year"] == pension_case.YEARS
    tell(benchmark, case)


@pytest.mark.parametrize("name", ["insured", "check_insured", "pensions", "check_pensions"])
def test_one_part(benchmark, case, name):
    part = case.part(name)
    part()
    benchmark.pedantic(part, rounds=9)
    tell(benchmark, case)
