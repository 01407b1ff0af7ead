"""Laws of mortality at old ages: their rates, their fit, and what is left to live by them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography.labels import refuse
from actuarial.demography.tables.conversion import probabilities
from actuarial.errors import NoSolution

BEYOND = 150  # years above an open age for which a law goes on
CERTAIN = 2.0 - 1e-9  # death rate with which nobody lives to the next age
STEPS = 200


@dataclass(frozen=True)
class Law:
    """A law of one or two parameters (..., parameter).

    Attributes
    ----------
    limit : float, years
        Age of certain death, of Denuit and Goderniaux.
    usual_age : int, years
        First age of the fit where none is given.
    highest : float, years
        Highest open age.
    """

    limit: float
    usual_age: int = 80
    highest: float = 150.0

    def rates(self, parameters: np.ndarray, ages: np.ndarray) -> np.ndarray:
        """Central death rates by age."""
        return self.rate_of(parameters[..., :1] + parameters[..., 1:2] * ages)

    def rate_of(self, line: np.ndarray) -> np.ndarray:
        """Rate from the straight line."""
        raise NotImplementedError

    def line_of(self, rates: np.ndarray) -> np.ndarray:
        """Straight line from a rate."""
        raise NotImplementedError

    def slope_of(self, rates: np.ndarray) -> np.ndarray:
        """Derivative of the rate by the line."""
        raise NotImplementedError


@dataclass(frozen=True)
class Kannisto(Law):
    """logit m = a + b x."""

    def rate_of(self, line: np.ndarray) -> np.ndarray:
        return 1.0 / (1.0 + np.exp(-np.clip(line, -700.0, 700.0)))

    def line_of(self, rates: np.ndarray) -> np.ndarray:
        return np.log(rates / (1.0 - rates))

    def slope_of(self, rates: np.ndarray) -> np.ndarray:
        return rates * (1.0 - rates)


@dataclass(frozen=True)
class Gompertz(Law):
    """ln m = a + b x."""

    def rate_of(self, line: np.ndarray) -> np.ndarray:
        return np.exp(np.minimum(line, 700.0))

    def line_of(self, rates: np.ndarray) -> np.ndarray:
        return np.log(rates)

    def slope_of(self, rates: np.ndarray) -> np.ndarray:
        return rates


@dataclass(frozen=True)
class DenuitGoderniaux(Law):
    """ln q = -c (limit - x)^2, of the one parameter c."""

    def rates(self, parameters: np.ndarray, ages: np.ndarray) -> np.ndarray:
        q = np.exp(-parameters[..., :1] * np.maximum(self.limit - ages, 0.0) ** 2)
        return q / (1.0 - q / 2.0)


LAWS: dict[str, Callable[[float], Law]] = {
    "kannisto": Kannisto,
    "gompertz": Gompertz,
    "denuit-goderniaux": lambda limit: DenuitGoderniaux(limit, usual_age=75, highest=limit),
}
"""The words for a law."""


def expectancy(law: Law, parameters: np.ndarray, age: float) -> np.ndarray:
    """Life expectancy at an exact age by a law."""
    m = law.rates(parameters, age + np.arange(BEYOND + 1.0))
    left = 1.0 / np.maximum(m[..., -1], 1e-300)
    for k in range(BEYOND - 1, -1, -1):
        certain = m[..., k] >= CERTAIN
        q = probabilities(np.where(certain, 1.0, m[..., k]))
        at_once = 1.0 / np.where(certain, m[..., k], 1.0)
        left = np.where(certain, at_once, 1.0 - q / 2.0 + (1.0 - q) * left)
    return left


def fitted(law: Law, rates: xr.DataArray, counts: Any) -> np.ndarray:
    """Parameters of a law by the rates, or deaths and exposures, of single ages."""
    ages = rates["age"].values.astype(float)
    if counts is None or isinstance(law, DenuitGoderniaux):
        wrong = (rates.values <= 0) | ((rates.values >= 1) & isinstance(law, Kannisto))
        refuse(
            rates, wrong, "the fitted rates must lie between 0 and 1", "Give deaths and exposure, or other fit_ages."
        )
    if isinstance(law, DenuitGoderniaux):
        return _one_parameter(law, rates, ages, None if counts is None else counts[0])
    if counts is None:
        found = _line(ages, law.line_of(rates.values), np.ones(rates.shape))
    else:
        found = _likeliest(law, rates, ages, *counts)
    refuse(
        rates.isel(age=0, drop=True).copy(data=found[..., 1]),
        ~(found[..., 1] > 0),
        "the fitted rates must rise with age (slopes)",
        "Give other fit_ages, or rates that are graduated.",
    )
    return found


def _line(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Level at 0 and slope of the weighted least squares over the last axis."""
    total = weight.sum(axis=-1)
    middle, mean = (weight * x).sum(axis=-1) / total, (weight * y).sum(axis=-1) / total
    away = x - middle[..., None]
    slope = (weight * away * y).sum(axis=-1) / (weight * away**2).sum(axis=-1)
    return np.stack([mean - slope * middle, slope], axis=-1)


def _likeliest(law: Law, rates: xr.DataArray, ages: np.ndarray, deaths: np.ndarray, exposure: np.ndarray) -> np.ndarray:
    """Parameters of the greatest likelihood of Poisson deaths, by Fisher's scoring from one rate for all ages."""
    lead = rates.isel(age=0, drop=True)
    some = (deaths > 0).sum(axis=-1)
    refuse(lead.copy(data=some.astype(float)), some < 2, "deaths are needed at two of the fitted ages or more")
    crude = deaths / np.where(exposure > 0, exposure, 1.0)
    start = law.line_of(np.minimum(deaths.sum(axis=-1) / exposure.sum(axis=-1), 0.9))
    found = np.stack([start, np.zeros_like(start)], axis=-1)
    for _ in range(STEPS):
        m = law.rates(found, ages)
        slope = law.slope_of(m)
        line = found[..., :1] + found[..., 1:2] * ages
        weight = exposure * slope**2 / m
        after = _line(ages, line + (crude - m) / slope, weight)
        moved = np.abs(after - found).max()
        found = after
        if moved < 1e-11:
            return found
    raise NoSolution("close_table: the likelihood of the deaths has no maximum; give more fit_ages.")


def _one_parameter(law: Law, rates: xr.DataArray, ages: np.ndarray, deaths: np.ndarray | None) -> np.ndarray:
    weight = np.ones(rates.shape) if deaths is None else deaths
    q = probabilities(rates.values)
    refuse(rates.copy(data=q), q >= 1.0, "the probabilities of dying at the fitted ages must be below 1")
    away = (law.limit - ages) ** 2
    total = (weight * away**2).sum(axis=-1)
    lead = rates.isel(age=0, drop=True)
    refuse(lead.copy(data=total), total <= 0, "deaths are needed at the fitted ages")
    return (-(weight * away * np.log(q)).sum(axis=-1) / total)[..., None]


def kept(law: Law, parameters: np.ndarray, rates: xr.DataArray) -> np.ndarray:
    """Parameters with which the life expectancy at the open age of the rates is what its rate says."""
    age = float(rates["age"].values[-1])
    goal = 1.0 / rates.values[..., -1]
    if isinstance(law, DenuitGoderniaux):

        def moved(free: np.ndarray) -> np.ndarray:
            return np.exp(-free)[..., None]

        low, high = np.full(goal.shape, -3.0), np.full(goal.shape, 12.0)
    else:
        level = parameters[..., 0] + parameters[..., 1] * (age - 1.0)

        def moved(free: np.ndarray) -> np.ndarray:
            return np.stack([level - free * (age - 1.0), free], axis=-1)

        low, high = np.zeros(goal.shape), np.full(goal.shape, 3.0)
    most, least = (expectancy(law, moved(end), age) for end in (low, high))
    refuse(
        rates.isel(age=-1, drop=True).copy(data=goal),
        (goal > most) | (goal < least),
        "the life expectancy at the open age must be one that the law can have (1 over the rate)",
        "The open rate contradicts those below: give other fit_ages, or close without keep_ex.",
    )
    for _ in range(60):
        middle = (low + high) / 2.0
        above = expectancy(law, moved(middle), age) > goal
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return moved((low + high) / 2.0)
