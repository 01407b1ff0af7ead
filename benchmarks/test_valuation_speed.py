"""Speed of valuation and of solving on the embedded country; not part of the tests.

Run from the root of the repository, one process and an idle machine::

    python -m pytest benchmarks -n 0 --benchmark-only --benchmark-columns=min,median,rounds

Medians are printed beside the goals and never asserted, since they are those of a machine; counts of projections are
asserted, since they are not.

- general average premium of 1,000 scenarios of 75 years: below 10 ms;
- a contribution rate for a reserve ratio, the projected case being given: below 20 ms;
- a parameter that needs the whole projection again: at most four projections beside the case as it is.
"""

import numpy as np
import pytest
import xarray as xr

import actuarial as ac
from actuarial.pension import Refund

SCENARIOS, YEARS = 1000, 75
GRID = "years"


@pytest.fixture(scope="module")
def country():
    return ac.datasets.open("demo")


@pytest.fixture(scope="module")
def case(country):
    return ac.project(country.basis, country.scheme, service=GRID)


@pytest.fixture(scope="module")
def many() -> dict[str, xr.DataArray]:
    """Flows of many scenarios, by (scenario, year)."""
    random = np.random.Generator(np.random.Philox(1))
    coords = {"scenario": np.arange(SCENARIOS), "year": np.arange(2026, 2026 + YEARS)}

    def flow(first, growth, spread):
        noise = random.normal(growth, spread, (SCENARIOS, YEARS))
        return xr.DataArray(first * np.cumprod(1 + noise, axis=1), coords, ("scenario", "year"))

    interest = xr.DataArray(random.normal(0.05, 0.02, (SCENARIOS, YEARS)), coords, ("scenario", "year"))
    return {"outgo": flow(5e8, 0.05, 0.01), "earnings": flow(1e10, 0.03, 0.01), "interest": interest}


def test_general_average_premium_of_1000_scenarios(benchmark, many):
    found = benchmark(lambda: ac.valuation.level_rate(**many, reserve=1e10, target=2.0))
    assert found.shape == (SCENARIOS,)


def test_rate_of_a_line_with_the_case_given(benchmark, country, case):
    def goal(result):
        return result.reserve_ratio.sel(year=2075) - 2.0

    found = benchmark(
        lambda: ac.solve("employers.rate", goal, basis=country.basis, scheme=country.scheme, result=case)
    )
    assert found.attrs["runs"] == 0
    assert found.attrs["computed"] == "rate"


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("old_age.formula.accrual", "replace"),
        ("old_age.retirement_age", "add"),
        ("basis.wage_growth", "add"),
        ("basis.mx", "multiply"),
    ],
)
@pytest.mark.parametrize(
    "goal",
    [
        pytest.param(lambda r: r.general_average_premium - 0.155, id="premium"),
        pytest.param(lambda r: r.reserve_ratio.sel(year=2060) - 5.0, id="reserve"),
    ],
)
def test_projections_of_a_solution(benchmark, country, case, path, change, goal):
    how = {"basis": country.basis, "scheme": country.scheme, "result": case, "change": change}
    found = benchmark.pedantic(lambda: ac.solve(path, goal, **how), rounds=1)
    benchmark.extra_info["runs"] = found.attrs["runs"]
    assert found.attrs["computed"] == "all"
    assert found.attrs["runs"] <= 4


def test_interest_takes_the_finance_stage_alone(benchmark, country, case):
    how = {"basis": country.basis, "scheme": country.scheme, "result": case, "change": "add"}
    found = benchmark.pedantic(
        lambda: ac.solve("basis.interest_rate", lambda r: r.general_average_premium - 0.15, **how), rounds=3
    )
    assert found.attrs["runs"] == 0
    assert found.attrs["evaluations"] <= 7


def test_projections_of_a_rate_that_a_refund_gives_back(benchmark, country):
    benefits = tuple(
        Refund(contributions=("employees", "self_employed")) if benefit.name == "old_age_grant" else benefit
        for benefit in country.scheme.benefits
    )
    scheme = country.scheme.amend("scheme", benefits=benefits)
    basis = country.basis.drop_vars("accounts_0", errors="ignore")
    case = ac.project(basis, scheme, service=GRID)
    how = {"basis": basis, "scheme": scheme, "result": case, "from_year": 2026}
    found = benchmark.pedantic(
        lambda: ac.solve("employees.rate", lambda r: r.reserve_ratio.sel(year=2075) - 2.0, **how), rounds=1
    )
    assert found.attrs["computed"] == "all"
    assert found.attrs["runs"] <= 4
