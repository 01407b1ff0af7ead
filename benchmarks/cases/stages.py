"""Stages of the library by their public functions: pensions, health, valuation, solving, ensembles."""

from typing import Any

import numpy as np
import xarray as xr

import actuarial as ac
from actuarial.benefits.stock import project_pensions
from actuarial.demography.population import project_population
from actuarial.ensemble import autoregression, draw_basis
from actuarial.health.cost import project_health_cost
from actuarial.health.membership import project_membership
from actuarial.health.use import project_use
from actuarial.labour.insured import project_insured
from actuarial.projection_health import project_health
from actuarial.valuation.health_finance import project_health_finance
from benchmarks import health_case, pension_case
from benchmarks.cases.ready import Ready

SCENARIOS, YEARS = 1000, 75


def pension(service: str) -> Ready:
    """The pension stage with its identities."""
    basis, scheme = pension_case.basis(), pension_case.scheme()
    population = project_population(basis)
    insured, pensions = pension_case.stage(population, basis, scheme, service)
    ways = {
        "stage": lambda: pension_case.stage(population, basis, scheme, service),
        "members": lambda: project_insured(population, basis, scheme, service=service),
        "pensions": lambda: project_pensions(insured, basis, scheme),
    }
    return Ready(ways=ways, cells=float(_size(insured) + _size(pensions)))


def _size(result: xr.Dataset) -> int:
    return sum(int(array.size) for array in result.data_vars.values())


def health() -> Ready:
    """Members, use, cost and finance of the large health scheme; the whole adds benefits, valuation and checks."""
    basis, scheme, demo = health_case.basis(), health_case.scheme(), ac.datasets.open("demo")
    population = project_population(basis)
    insured = project_insured(population, basis, demo.scheme, service="years")
    pensions = project_pensions(insured, basis, demo.scheme)
    before: dict[str, Any] = {"population": population, "insured": insured, "pensions": pensions}

    def stages() -> np.ndarray:
        members = project_membership(population, basis, scheme, insured=insured, pensions=pensions)
        use = project_use(members, basis, scheme)
        cost = project_health_cost(use, members, basis, scheme)
        return project_health_finance(members, cost, basis, scheme, pensions=pensions)["outgo"].values

    def whole() -> np.ndarray:
        return project_health(basis, scheme, **before)["outgo"].values

    return Ready(ways={"stages": stages, "whole": whole})


def premium() -> Ready:
    """The level rate of many scenarios from their yearly flows, and the same by its formula."""
    given = flows()
    reserve, target = 1e10, 2.0

    def api() -> np.ndarray:
        return ac.valuation.level_rate(**given, reserve=reserve, target=target).values

    return Ready(ways={"api": api}, cells=float(SCENARIOS * YEARS), known=lambda: by_formula(given, reserve, target))


def flows() -> dict[str, xr.DataArray]:
    """Outgo, earnings and interest of many scenarios, by (scenario, year)."""
    random = np.random.Generator(np.random.Philox(1))
    coords = {"scenario": np.arange(SCENARIOS), "year": np.arange(2026, 2026 + YEARS)}

    def flow(first: float, growth: float, spread: float) -> xr.DataArray:
        noise = random.normal(growth, spread, (SCENARIOS, YEARS))
        return xr.DataArray(first * np.cumprod(1 + noise, axis=1), coords, ("scenario", "year"))

    interest = xr.DataArray(random.normal(0.05, 0.02, (SCENARIOS, YEARS)), coords, ("scenario", "year"))
    return {"outgo": flow(5e8, 0.05, 0.01), "earnings": flow(1e10, 0.03, 0.01), "interest": interest}


def by_formula(given: dict[str, xr.DataArray], reserve: float, target: float) -> np.ndarray:
    """Rate that leads from the reserve to the target by the recursion of the reserve, which is affine in the rate."""

    def last(rate: float) -> np.ndarray:
        fund = np.full(SCENARIOS, reserve)
        for t in range(YEARS):
            i = given["interest"].values[:, t]
            net = rate * given["earnings"].values[:, t] - given["outgo"].values[:, t]
            fund = fund * (1.0 + i) + net * np.sqrt(1.0 + i)
        outgo = given["outgo"].values
        return fund - target * outgo[:, -1] ** 2 / outgo[:, -2]

    nothing, all_ = last(0.0), last(1.0)
    return -nothing / (all_ - nothing)


def solving() -> Ready:
    """A rate with the projection given, and a parameter for which it is made again."""
    country = ac.datasets.open("demo")
    case = ac.project(country.basis, country.scheme, service="years")
    last = int(country.basis["year"][-1])
    how = {"basis": country.basis, "scheme": country.scheme, "result": case}

    def given() -> float:
        return float(ac.solve("employers.rate", lambda found: found.reserve_ratio.sel(year=last) - 2.0, **how))

    def again() -> float:
        goal = {"path": "old_age.formula.accrual", "goal": lambda found: found.general_average_premium - 0.155}
        return float(ac.solve(goal["path"], goal["goal"], **how, change="replace"))

    return Ready(ways={"given": given, "again": again})


def ensemble(scenarios: int) -> Ready:
    """Drawn economies through the whole valuation; the checked answer is one of them projected by itself."""
    country = ac.datasets.open("demo")
    spread = {"inflation": 0.01, "real_interest_rate": 0.02}
    drawn = autoregression(spread, persistence=0.7)

    def run() -> np.ndarray:
        found = ac.ensemble.run(country.basis, country.scheme, drawn, seed=1, scenarios=scenarios, keep=["outgo"])
        return found["outgo"].isel(scenario=-1).values

    def one() -> np.ndarray:
        basis = draw_basis(country.basis, drawn, seed=1, scenarios=[scenarios - 1])
        return ac.project(basis, country.scheme, service="years")["outgo"].isel(scenario=0).values

    return Ready(ways={"api": run}, known=one, each=float(scenarios))
