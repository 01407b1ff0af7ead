"""When and how much is paid while a life (or two) goes on, as weights of survival by year and time within it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography.labels import gap_in
from actuarial.demography.tables.lives import Life
from actuarial.errors import BadDimensions, BadInput

POINTS = 24  # of the quadrature of Gauss and Legendre within a year


@dataclass(frozen=True)
class Plan:
    """Weights of survival.

    Attributes
    ----------
    interest : array of (duration), 1/year
        The last one stays.
    growth, increase : float, 1/year
        The amount of the k-th year from the first paid one on is (1 + growth)^k (1 + increase k).
    deferred : int, years
    term : int, years, or None for life
    number : float
        Payments a year, or parts of a year at the end of which deaths in them are paid; inf for all the time.
    fraction : one of FRACTIONS
        Survival within a year; with "woolhouse" survival times discount is a straight line in it.
    kind : "start", "end", "always", "deaths" or "moments"
        Paid at the start or the end of each part of a year, or continuously; at the end of the part in which a life
        ends, or at its end.
    endowment : bool
        The amount of the last year of the term is paid to those who survive it.
    guaranteed : int, years
        Years from the first paid one on in which it is paid to the dead too.
    birthdays : tuple of float, years
        Times within a year, between 0 and 1, at which lives have birthdays; only continuous payments ask.
    """

    interest: np.ndarray
    growth: float
    increase: float
    deferred: int
    term: int | None
    number: float
    fraction: str
    kind: str
    endowment: bool = False
    guaranteed: int = 0
    birthdays: tuple[float, ...] = ()

    @property
    def times(self) -> np.ndarray:
        """Times within a year, from 0 to 1, at which survival counts."""
        return times_of(1.0 if self.fraction == "woolhouse" else self.number, self.birthdays)[0]

    def at(self, *parts: float) -> "Plan":
        """The plan for lives whose last birthdays were so long before."""
        return replace(self, birthdays=tuple(sorted({1.0 - part for part in parts if part > 0.0})))

    def weights(self, years: int) -> np.ndarray:
        """What survival to each time of each of the years is worth, by (time, year)."""
        duration = np.arange(years)
        rate = self.interest[np.minimum(duration, self.interest.size - 1)]
        force = np.concatenate([[0.0], np.cumsum(np.log1p(rate))])[:-1]
        paid = duration - self.deferred
        due = (paid >= 0) & (paid < (np.inf if self.term is None else self.term))
        paid = np.where(due, paid, 0)
        level = np.where(due, 1.0 + self.increase * paid, 0.0)
        amount = level * np.exp(paid * np.log1p(self.growth) - force)
        found = amount * self._within(rate)
        if self.endowment and self.term is not None and self.deferred + self.term <= years:
            last = self.deferred + self.term - 1
            found[-1, last] += amount[last] / (1.0 + rate[last])
        return found

    def _within(self, rate: np.ndarray) -> np.ndarray:
        """Weights of survival within a year of each rate of interest, by (time, year).

        A death between two times is paid at the later one (kind "deaths"): the weights follow by parts, and at any
        moment (kind "moments") so does 1 - delta times the annuity.
        """
        if self.fraction == "woolhouse":
            return self._straight(rate)
        worth = (1.0 + rate) ** -self.times[:, None]
        if self.kind == "start":
            return np.concatenate([worth[:-1], np.zeros((1, rate.size))]) / (self.times.size - 1)
        if self.kind == "end":
            return np.concatenate([np.zeros((1, rate.size)), worth[1:]]) / (self.times.size - 1)
        if self.kind == "deaths":
            later = np.concatenate([worth[1:], np.zeros((1, rate.size))])
            return later - np.concatenate([np.zeros((1, rate.size)), worth[1:]])
        share = times_of(self.number, self.birthdays)[1][:, None]
        if self.kind == "always":
            return share * worth
        found = -np.log1p(rate) * share * worth
        found[0] += 1.0
        found[-1] -= worth[-1]
        return found

    def _straight(self, rate: np.ndarray) -> np.ndarray:
        """The same where survival times discount falls in a straight line from 1 to what is left after the year."""
        later = 0.5 - 0.5 / self.number
        half, part = np.log1p(rate) / 2.0, (1.0 + rate) ** (-1.0 / self.number)
        now, left = later + 0.0 * rate, 1.0 - later + 0.0 * rate
        if self.kind == "start":
            now, left = left, now
        elif self.kind == "moments":
            now, left = 1.0 - half, -1.0 - half
        elif self.kind == "deaths":
            now, left = self.number * (part * left - now), self.number * (part * now - left)
        return np.stack([now, left / (1.0 + rate)])


@cache
def times_of(number: float, birthdays: tuple[float, ...] = ()) -> tuple[np.ndarray, np.ndarray]:
    """Times within a year, and their weights in an integral over it: the ends of its parts, which have none.

    For infinitely many parts they are 0, the points of a quadrature between each two birthdays, and 1.
    """
    if number != np.inf:
        return np.arange(int(number) + 1) / int(number), np.zeros(int(number) + 1)
    points, weights = np.polynomial.legendre.leggauss(POINTS)
    bounds = np.array([0.0, *birthdays, 1.0])
    wide, middle = np.diff(bounds)[:, None] / 2.0, (bounds[1:] + bounds[:-1])[:, None] / 2.0
    times = (middle + wide * points).ravel()
    return np.concatenate([[0.0], times, [1.0]]), np.concatenate([[0.0], (wide * weights).ravel(), [0.0]])


def parts(number: Any, name: str) -> float:
    """Parts of a year: a whole number of at least 1, or infinitely many."""
    whole = isinstance(number, (int, float, np.integer)) and not isinstance(number, bool) and number >= 1
    if not whole or (number != np.inf and number % 1):
        raise BadInput(f"{name}: write 1, 2, 4, 12, ... times a year, or inf (got {number!r}).")
    return float(number)


def interest_of(interest: Any) -> np.ndarray:
    """Interest by duration."""
    if isinstance(interest, xr.DataArray) and interest.dims not in ((), ("year",), ("duration",)):
        raise BadDimensions(
            f"interest: it has the dims {', '.join(map(str, interest.dims))}; give one number, or one for each year "
            "from the valuation on (dim year or duration).\n  Where tables differ in it, value each of them apart."
        )
    labelled = isinstance(interest, xr.DataArray) and "year" in interest.dims and "year" in interest.coords
    years = interest["year"].values if labelled else np.arange(1)
    if gap_in(years):
        raise BadDimensions(f"interest: its years must follow each other{gap_in(years)}.")
    rates = np.atleast_1d(np.asarray(interest, dtype=float))
    if rates.ndim != 1 or not rates.size or not (np.isfinite(rates) & (rates > -1.0)).all():
        raise BadInput(f"interest: give a number above -1, or one for each year from the start on (got {interest!r}).")
    if rates[-1] >= 1.0:
        raise BadInput(f"interest: {rates[-1]:g} for ever is {rates[-1]:.0%} a year; 4% is written 0.04.")
    return rates


def years_of(number: Any, name: str, least: int) -> int:
    """Whole years."""
    whole = isinstance(number, (int, float, np.integer)) and not isinstance(number, bool) and number % 1 == 0
    if not whole or number < least:
        raise BadInput(f"{name}: give whole years, {least} or more (got {number!r}).")
    return int(number)


def growth_of(growth: Any, name: str = "growth") -> float:
    """A rate of growth above -1."""
    if isinstance(growth, (int, float, np.number)) and -1.0 < growth < np.inf:
        return float(growth)
    raise BadInput(f"{name}: give a number above -1 (got {growth!r}).")


def fall_of(interest: np.ndarray, growth: float, term: int | None) -> float:
    """Force of interest less that of growth in the end; a term ends all growth."""
    return float(np.log1p(interest[-1]) - np.log1p(growth)) if term is None else 1.0


def value_of(plan: Plan, lives: Sequence[tuple[Life, np.ndarray]], starts: Sequence[int], cohorts: bool) -> np.ndarray:
    """Value of a plan while all of the lives go on, each with its survival within the years, from their starts."""
    alive, within, years = np.ones(1), np.ones(1), None
    for (life, survival), start in zip(lives, starts, strict=True):
        yearly = life.along(life.px, start, cohorts)
        years = min(years or yearly.shape[-1], yearly.shape[-1])
        before = np.ones((*yearly.shape[:-1], years))
        before[..., 1:] = np.cumprod(yearly[..., : years - 1], axis=-1)
        alive = alive[..., :years] * before
        within = within[..., :years] * life.along(survival, start, cohorts)[..., :years]
    first, last = plan.deferred, plan.deferred + plan.guaranteed
    weights = plan.weights(int(years or 0))
    weights[:, first:last] = 0.0
    value = (np.einsum("tk,t...k->...k", weights, within) * alive).sum(axis=-1)
    if not plan.guaranteed or first >= alive.shape[-1]:
        return np.asarray(value)
    certain = replace(plan, fraction="udd").weights(last)[:, first:]
    return np.asarray(value + certain.sum() * alive[..., first])
