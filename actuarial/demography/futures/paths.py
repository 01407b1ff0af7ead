"""Drawn futures as plain arrays: the central path, how mortality and migration leave it, and the population."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from actuarial import bridge, check, jit
from actuarial.check.period import first_period
from actuarial.demography.a0 import A0_RULES, a0_by_sex
from actuarial.demography.futures.draw_kernels import project_draw
from actuarial.demography.futures.draws import Uncertainty, draw_assumptions, require_uncertainty
from actuarial.demography.mortality import a0_of, basis_life_table
from actuarial.demography.population import project_population
from actuarial.demography.survival import DEFAULT_A0
from actuarial.demography.trends.e0_search import solve_k
from actuarial.errors import BadDimensions, BadInput, OutOfBounds
from actuarial.vocabulary import SEXES, variable


@dataclass(frozen=True, eq=False)
class Central:
    """The central path as plain arrays: t year, x sex, a age."""

    years: np.ndarray
    population_0: np.ndarray
    log_mx: np.ndarray
    a0: Any
    e0: np.ndarray
    asfr: np.ndarray
    srb: np.ndarray
    migration: np.ndarray
    mortality_pattern: np.ndarray
    migration_pattern: np.ndarray

    def death_rates(self, k: np.ndarray) -> np.ndarray:
        """Death rates (t, x, a) at places of the family (t, x)."""
        return np.exp(self.log_mx + self.mortality_pattern * k[..., None])

    def first_age(self, k: np.ndarray) -> np.ndarray:
        """a0 at places of the family (..., t, x)."""
        if isinstance(self.a0, str):
            m0 = np.exp(self.log_mx[..., 0] + self.mortality_pattern[..., 0] * k)
            return a0_by_sex(A0_RULES[self.a0], m0, SEXES)
        return np.broadcast_to(self.a0, k.shape).copy()


@dataclass(frozen=True, eq=False)
class Future:
    """One scenario as plain arrays."""

    population: np.ndarray
    births: np.ndarray
    deaths: np.ndarray
    moved: np.ndarray
    unmet: np.ndarray
    asfr: np.ndarray
    k: np.ndarray
    e0: np.ndarray


def central_path(
    basis: xr.Dataset, mortality_pattern: xr.DataArray | None, migration_pattern: xr.DataArray | None
) -> Central:
    """The basis as plain arrays, and how deviations are spread over ages; refuses a basis that cannot be projected."""
    check.require(basis, "population_0", "mx", "asfr", "srb", "net_migration")
    if "scenario" in basis.dims:
        raise BadDimensions("basis: the draws are made around one central path; select one scenario.")
    if first_period(basis) != 1.0:
        raise BadInput("basis: the draws need whole years; the valuation date must be a 31 December.")
    mx = basis["mx"]
    if (mx.values <= 0).any():
        raise OutOfBounds(f"mx: {int((mx.values <= 0).sum())} of {mx.size} death rates are 0; smooth them first.")
    project_population(basis)
    labels = {dim: basis[dim] for dim in ("year", "sex", "age")}
    names = ("population_0", "mx", "asfr", "srb", "net_migration")
    population_0, rates, asfr, srb, migration = (bridge.align(basis[n], variable(n).dims, labels) for n in names)
    e0 = bridge.align(basis_life_table(basis)["ex"].sel(age=0, drop=True), ("year", "sex"), labels)
    a0 = a0_of(basis) if a0_of(basis) is not None else DEFAULT_A0
    plain_a0 = a0.replace("-", "_") if isinstance(a0, str) else bridge.align(a0, ("year", "sex"), labels)
    log_mx = np.log(rates)
    moves = _pattern(mortality_pattern, labels) if mortality_pattern is not None else _projected_change(log_mx, e0)
    spread = _pattern(migration_pattern, labels) if migration_pattern is not None else rogers_castro(basis.sizes["age"])
    if abs(spread.sum() - 1.0) > 1e-9:
        raise BadInput(f"migration_pattern: the sum over sexes and ages must be 1 (got {spread.sum():g}).")
    return Central(basis["year"].values, population_0, log_mx, plain_a0, e0, asfr, srb, migration, moves, spread)


def _pattern(pattern: xr.DataArray, labels: dict[str, Any]) -> np.ndarray:
    found = bridge.align(pattern, ("sex", "age"), labels)
    if not np.isfinite(found).all():
        raise OutOfBounds("mortality_pattern and migration_pattern must be numbers.")
    return found


def _projected_change(log_mx: np.ndarray, e0: np.ndarray) -> np.ndarray:
    """Fall of the logarithms of the death rates for a year more of life expectancy, (x, a), least squares."""
    if np.ptp(e0, axis=0).min() < 0.1:
        raise BadInput(
            "mx: life expectancy hardly changes in the basis, so it does not tell how mortality moves. "
            "Give mortality_pattern, such as 1 at every age for death rates that move in proportion."
        )
    away = e0 - e0.mean(axis=0)
    return -(log_mx * away[..., None]).sum(axis=0) / (away**2).sum(axis=0)[:, None]


def rogers_castro(ages: int) -> np.ndarray:
    """Standard migration schedule by age, without retirement peak, the same for both sexes, sum 1, (x, a)."""
    age = np.arange(ages, dtype=float)
    rate = 0.02 * np.exp(-0.1 * age) + 0.06 * np.exp(-0.1 * (age - 20) - np.exp(-0.4 * (age - 20))) + 0.003
    return np.tile(rate / (2 * rate.sum()), (2, 1))


def futures(central: Central, uncertainty: Uncertainty, numbers: np.ndarray, seed: int) -> Iterator[Future]:
    """The scenarios one after the other; their mortality is solved together."""
    require_uncertainty(uncertainty)
    jit.announce()
    draws = draw_assumptions(uncertainty.of_years(central.years), numbers, seed)
    away = np.stack([draws[f"life_expectancy_{sex}"].values for sex in SEXES], axis=-1)
    e0 = central.e0 + away
    k = _places(central, e0, numbers)
    a0 = central.first_age(k)
    ratio, more = np.exp(draws["total_fertility"].values), draws["net_migration"].values
    for i in range(numbers.size):
        asfr = central.asfr * ratio[i][:, None]
        population, births, deaths, moved, unmet = project_draw(
            central.population_0,
            central.log_mx,
            central.mortality_pattern,
            k[i],
            a0[i],
            asfr,
            central.srb,
            central.migration,
            more[i],
            central.migration_pattern,
        )
        yield Future(population, births, deaths, moved, unmet, asfr, k[i], e0[i])


def _places(central: Central, e0: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Places on the family (scenario, t, x) where life expectancy is the drawn one."""
    start = 0.1 * (central.e0 - e0) / np.abs(central.mortality_pattern).mean(axis=-1)
    try:
        return solve_k(central.log_mx, central.mortality_pattern, e0, central.a0, SEXES, start)
    except OutOfBounds as wrong:
        raise OutOfBounds(
            f"life expectancy of the scenarios {numbers[0]} to {numbers[-1]} (scenario of these, year, sex): {wrong}\n"
            "  Give a mortality_pattern that reaches further, or a narrower uncertainty."
        ) from wrong
