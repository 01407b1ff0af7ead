"""Makeham's law at old ages: a constant beside the exponential, fitted to rates or to deaths."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from actuarial.demography.tables.closing_laws import Law, refuse_falling, refuse_few, refuse_rates
from actuarial.errors import NoSolution

STEPS, SMALL = 500, 1e-9
USUAL_SLOPE = 0.1


class Logarithms(NamedTuple):
    """Rates by (table, age), to whose logarithms the law is close by least squares."""

    rates: np.ndarray

    def level(self, ages: np.ndarray) -> np.ndarray:
        """Logarithm of the exponential with the usual slope at age 0."""
        return (np.log(self.rates) - USUAL_SLOPE * ages).mean(axis=-1)

    def loss(self, m: np.ndarray) -> np.ndarray:
        """What the parameters make least, by table."""
        return ((np.log(self.rates) - np.log(m)) ** 2).sum(axis=-1)

    def pull(self, m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Weights of ln m, and their product with how far it is away."""
        return np.ones(m.shape), np.log(self.rates) - np.log(m)


class Deaths(NamedTuple):
    """Deaths and exposures by (table, age), of which the law is the most likely by Poisson's distribution."""

    deaths: np.ndarray
    exposure: np.ndarray

    def level(self, ages: np.ndarray) -> np.ndarray:
        """Logarithm of the exponential with the usual slope at age 0."""
        return np.log(self.deaths.sum(axis=-1) / (self.exposure * np.exp(USUAL_SLOPE * ages)).sum(axis=-1))

    def loss(self, m: np.ndarray) -> np.ndarray:
        """What the parameters make least, by table."""
        return (self.exposure * m - self.deaths * np.log(m)).sum(axis=-1)

    def pull(self, m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Weights of ln m, and their product with how far it is away."""
        return self.exposure * m, self.deaths - self.exposure * m


@dataclass(frozen=True)
class Makeham(Law):
    """m = c + exp(a + b x), c from 0 up."""

    fewest: int = 4

    def rates(self, parameters: np.ndarray, ages: np.ndarray) -> np.ndarray:
        line = parameters[..., :1] + parameters[..., 1:2] * ages
        return parameters[..., 2:3] + np.exp(np.minimum(line, 700.0))

    def fit(self, rates: xr.DataArray, counts: Any) -> np.ndarray:
        if counts is None:
            refuse_rates(rates)
        else:
            refuse_few(rates, counts[0], 3, "three")
        middle, shape = float(rates["age"].mean()), (-1, rates.sizes["age"])
        goal = (
            Logarithms(rates.values.reshape(shape))
            if counts is None
            else Deaths(*(one.reshape(shape) for one in counts))
        )
        found = self._closest(rates["age"].values - middle, goal)
        found[:, 0] -= found[:, 1] * middle
        found = found.reshape(*rates.shape[:-1], 3)
        law = self.rates(found, rates["age"].values[[0, -1]].astype(float))
        refuse_falling(rates, np.minimum(found[..., 1], np.log(law[..., 1] / law[..., 0]) / (shape[1] - 1)))
        return found

    def moved(self, parameters: np.ndarray, age: float, free: np.ndarray) -> np.ndarray:
        level = parameters[..., 0] + parameters[..., 1] * (age - 1.0)
        return np.stack([level - free * (age - 1.0), free, parameters[..., 2]], axis=-1)

    def _closest(self, ages: np.ndarray, goal: Logarithms | Deaths) -> np.ndarray:
        """Parameters of the least loss by table, by the method of Levenberg and Marquardt from an exponential."""
        level = goal.level(ages)
        found = np.stack([level, np.full(level.shape, USUAL_SLOPE), np.zeros(level.shape)], axis=-1)
        loss, damping = goal.loss(self.rates(found, ages)), np.full(level.shape, 1e-3)
        done = np.zeros(level.shape, dtype=bool)
        for _ in range(STEPS):
            after = found + self._step(found, ages, goal, damping)
            after[:, 2] = np.maximum(after[:, 2], 0.0)
            lower = goal.loss(self.rates(after, ages))
            better = (lower <= loss + 1e-14 * np.abs(loss)) & ~done
            change = np.abs(np.log(self.rates(after, ages) / self.rates(found, ages))).max(axis=-1)
            done |= (change < SMALL) & (damping <= 1.0)
            found, loss = np.where(better[:, None], after, found), np.where(better, lower, loss)
            if done.all():
                return found
            damping = np.where(better, np.maximum(damping / 10.0, 1e-12), damping * 10.0)
        raise NoSolution(
            f"close_table: no law of Makeham is closest to the rates of {(~done).sum()} of {done.size} tables; give "
            "more fit_ages, at which the rates rise, or take another law."
        )

    def _step(
        self, found: np.ndarray, ages: np.ndarray, goal: Logarithms | Deaths, damping: np.ndarray
    ) -> np.ndarray:
        """Step of each table; a constant of 0 that should fall is held."""
        m = self.rates(found, ages)
        grows = 1.0 - found[:, 2:3] / m
        slopes = np.stack([grows, grows * ages, 1.0 / m], axis=-1)
        weight, away = goal.pull(m)
        gradient = np.einsum("rxi,rx->ri", slopes, away)
        matrix = np.einsum("rxi,rx,rxj->rij", slopes, weight, slopes)
        held = (found[:, 2] <= 0.0) & (gradient[:, 2] <= 0.0)
        gradient[held, 2], matrix[held, 2, :], matrix[held, :, 2] = 0.0, 0.0, 0.0
        matrix[held, 2, 2] = 1.0
        size = np.sqrt(np.einsum("rii->ri", matrix))
        scaled = matrix / size[:, :, None] / size[:, None, :] + damping[:, None, None] * np.eye(3)
        step: np.ndarray = np.linalg.solve(scaled, (gradient / size)[..., None])[..., 0] / size
        return step
