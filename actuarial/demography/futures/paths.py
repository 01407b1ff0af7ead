"""Drawn futures as plain arrays: the central path, how mortality and migration leave it, and the population."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr

from actuarial import bridge, check
from actuarial.check.period import first_period
from actuarial.demography.a0 import A0_RULES, LINES, a0_by_sex
from actuarial.demography.futures.draw_kernels import project_draw
from actuarial.demography.futures.draws import Uncertainty, draw_assumptions
from actuarial.demography.futures.tile_draw_kernels import Family, find_places, new_places
from actuarial.demography.labels import refuse
from actuarial.demography.mortality import a0_of, basis_life_table
from actuarial.demography.population import project_population
from actuarial.demography.survival import DEFAULT_A0
from actuarial.demography.tile_kernels import TILE
from actuarial.demography.tiles import rows_of_ages
from actuarial.demography.trends.e0_search import life_expectancy, log_linear_bounds, solve_k
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


    @cached_property
    def family(self) -> Family:
        """What the kernels of tiles take."""
        alpha, beta = np.moveaxis(self.log_mx, -1, 0), self.mortality_pattern.T[:, None]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            low, high = log_linear_bounds(alpha, beta)
            unit = 1.0 / np.abs(self.mortality_pattern).mean(axis=-1)
        return Family(
            self.population_0,
            self.log_mx,
            self.mortality_pattern,
            self._first_age(),
            self.e0,
            low,
            high,
            unit,
            self._bend(unit),
            self.asfr,
            self.srb,
            self.migration,
            self.migration_pattern,
            rows_of_ages(len(self.migration_pattern[0])),
        )

    @cached_property
    def longest(self) -> np.ndarray:
        """Longest life expectancy (t, x) of the tables of the family that are searched, less a thousandth of a year."""
        ends = (self.family.low, self.family.high)
        found = [life_expectancy(np.moveaxis(self.death_rates(k), -1, 0), self.first_age(k)) for k in ends]
        return np.fmax(*found) - 0.001

    def _bend(self, unit: np.ndarray) -> np.ndarray:
        """-e''/(2 e') of life expectancy by k on the central path, (t, x); 0 where the pattern is."""
        step = np.where(np.isfinite(unit), 0.05 * unit, 0.0)
        less, here, more = (
            life_expectancy(np.moveaxis(self.death_rates(k), -1, 0), self.first_age(k))
            for k in (step * sign * np.ones(self.e0.shape) for sign in (-1.0, 0.0, 1.0))
        )
        change = step * (more - less)
        return np.divide(2.0 * here - more - less, change, out=np.zeros(change.shape), where=change != 0)

    def _first_age(self) -> np.ndarray:
        """a0 by the death rate at age 0 (t, x, 7), see `a0.LINES`."""
        lines = np.zeros((*self.e0.shape, 7))
        if isinstance(self.a0, str):
            lines[:] = [LINES[self.a0][sex] for sex in SEXES]
        else:
            lines[..., 6] = self.a0
        return lines


@dataclass(frozen=True, eq=False)
class Drawn:
    """The assumptions of some scenarios."""

    k: np.ndarray
    """Places on the family (scenario, t, x)."""
    e0: np.ndarray
    ratio: np.ndarray
    """Of fertility (scenario, t)."""
    more: np.ndarray
    """Net migrants (scenario, t)."""
    beyond: np.ndarray
    """Whether more was drawn of life expectancy than a table has, which has the longest then (scenario,)."""


@dataclass(frozen=True, eq=False)
class Future:
    """What is drawn of one scenario: net migrants (t, x, a), births per woman (t, a), places on the family (t, x)."""

    moved: np.ndarray
    asfr: np.ndarray
    k: np.ndarray


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
    moves, spread = _pattern(mortality_pattern, "mortality", labels), _pattern(migration_pattern, "migration", labels)
    moves = _projected_change(log_mx, e0) if moves is None else moves
    _refuse_still(moves)
    spread = rogers_castro(basis.sizes["age"]) if spread is None else spread
    if abs(spread.sum() - 1.0) > 1e-9:
        raise BadInput(f"migration_pattern: the sum over sexes and ages must be 1 (got {spread.sum():g}).")
    return Central(basis["year"].values, population_0, log_mx, plain_a0, e0, asfr, srb, migration, moves, spread)


def _pattern(pattern: xr.DataArray | None, word: str, labels: dict[str, Any]) -> np.ndarray | None:
    if pattern is None:
        return None
    name = f"{word}_pattern"
    if not isinstance(pattern, xr.DataArray):
        raise BadDimensions(f"{name}: give a DataArray by sex, age (got {type(pattern).__name__}).")
    found = bridge.align(pattern.rename(name), ("sex", "age"), labels)
    refuse(pattern, ~np.isfinite(pattern.values), f"{name} must be numbers")
    return found


def _refuse_still(moves: np.ndarray) -> None:
    """Refuse a pattern that moves no death rate of a sex."""
    still = [sex for sex, of_ages in zip(SEXES, moves, strict=True) if not of_ages.any()]
    if still:
        raise BadInput(
            f"mortality_pattern: it is 0 at every age ({', '.join(still)}), so that mortality cannot move.\n"
            "  Give numbers other than 0, such as 1 at every age."
        )


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


def futures(central: Central, drawn: Drawn) -> Iterator[Future]:
    """The scenarios one after the other, in full; their mortality is solved together."""
    a0 = central.first_age(drawn.k)
    for i in range(len(drawn.k)):
        asfr = central.asfr * drawn.ratio[i][:, None]
        moved = project_draw(
            central.population_0,
            central.log_mx,
            central.mortality_pattern,
            drawn.k[i],
            a0[i],
            asfr,
            central.srb,
            central.migration,
            drawn.more[i],
            central.migration_pattern,
        )[3]
        yield Future(moved, asfr, drawn.k[i])


def draw(central: Central, uncertainty: Uncertainty, numbers: np.ndarray, seed: int) -> Drawn:
    """The assumptions of some scenarios."""
    found = draw_assumptions(uncertainty, numbers, seed)
    away = np.stack([found[f"life_expectancy_{sex}"].values for sex in SEXES], axis=-1)
    room = central.longest - central.e0
    beyond, away = (away > room).any(axis=(1, 2)), np.fmin(away, room)
    ratio, more = np.exp(found["total_fertility"].values), found["net_migration"].values
    return Drawn(_places(central, away, numbers), central.e0 + away, ratio, more, beyond)


def warn_of_longest(count: int, of: int) -> None:
    """UserWarning where scenarios have the longest life expectancy of the family and not the drawn one."""
    if count:
        warnings.warn(
            f"life expectancy: in {count} of {of} scenarios more is drawn than any table of the family has; they have "
            "the longest there is. Give a mortality_pattern that moves old ages more, or a narrower uncertainty.",
            UserWarning,
            stacklevel=4,
        )


def _places(central: Central, away: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Places on the family (scenario, t, x) where life expectancy is the drawn one."""
    found = np.empty(away.shape)
    find_places(0, -(-numbers.size // TILE), central.family, away, new_places(), found)
    missed = np.isnan(found).any(axis=(1, 2))
    if missed.any():
        found[missed] = _searched(central, central.e0 + away[missed], numbers[missed])
    return found


def _searched(central: Central, e0: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """The same by a slower search, which also finds places beside a jump of a0, and says where there is none."""
    start = 0.1 * (central.e0 - e0) / np.abs(central.mortality_pattern).mean(axis=-1)
    try:
        return solve_k(central.log_mx, central.mortality_pattern, e0, central.a0, SEXES, start)
    except OutOfBounds as wrong:
        raise OutOfBounds(
            f"life expectancy of the scenarios {numbers[0]} to {numbers[-1]} (scenario of these, year, sex): {wrong}\n"
            "  Give a mortality_pattern that reaches further, or a narrower uncertainty."
        ) from wrong
