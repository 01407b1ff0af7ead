"""Laws of mortality at old ages: their rates, their fit, and what is left to live by them."""

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
LEVEL = 1e-5  # growth by year of age that is none


@dataclass(frozen=True)
class Law:
    """A law with parameters (..., parameter).

    Attributes
    ----------
    limit : float, years
        Age of certain death, of Denuit and Goderniaux.
    usual_fit : (int, int or None), years
        First and last age of the fit where none are given; None is the age below the open one.
    fewest : int
        Ages that the fit needs.
    highest : float, years
        Highest open age.
    ends : (float, float)
        The free parameter of the longest and of the shortest life, see `moved`.
    """

    limit: float = np.inf
    usual_fit: tuple[int, int | None] = (80, None)
    fewest: int = 3
    highest: float = 150.0
    ends: tuple[float, float] = (0.0, 3.0)

    def rates(self, parameters: np.ndarray, ages: np.ndarray) -> np.ndarray:
        """Central death rates by age."""
        raise NotImplementedError

    def fit(self, rates: xr.DataArray, counts: Any) -> np.ndarray:
        """Parameters by the rates, or deaths and exposures, of single ages."""
        raise NotImplementedError

    def moved(self, parameters: np.ndarray, age: float, free: np.ndarray) -> np.ndarray:
        """Parameters with the rate below an open age that they had, and another life expectancy there."""
        raise NotImplementedError


@dataclass(frozen=True)
class StraightLine(Law):
    """A function of the rate that is a + b x.

    Attributes
    ----------
    below_one : bool
        The function is that of a rate below 1.
    """

    below_one: bool = False

    def rates(self, parameters: np.ndarray, ages: np.ndarray) -> np.ndarray:
        return self.rate_of(parameters[..., :1] + parameters[..., 1:2] * ages)

    def fit(self, rates: xr.DataArray, counts: Any) -> np.ndarray:
        ages = rates["age"].values.astype(float)
        if counts is None:
            refuse_rates(rates, below_one=self.below_one)
            found = _line(ages, self.line_of(rates.values), np.ones(rates.shape))
        else:
            found = _likeliest(self, rates, ages, *counts)
        refuse_falling(rates, found[..., 1])
        return found

    def moved(self, parameters: np.ndarray, age: float, free: np.ndarray) -> np.ndarray:
        level = parameters[..., 0] + parameters[..., 1] * (age - 1.0)
        return np.stack([level - free * (age - 1.0), free], axis=-1)

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
class Kannisto(StraightLine):
    """logit m = a + b x."""

    below_one: bool = True

    def rate_of(self, line: np.ndarray) -> np.ndarray:
        return 1.0 / (1.0 + np.exp(-np.clip(line, -700.0, 700.0)))

    def line_of(self, rates: np.ndarray) -> np.ndarray:
        return np.log(rates / (1.0 - rates))

    def slope_of(self, rates: np.ndarray) -> np.ndarray:
        return rates * (1.0 - rates)


@dataclass(frozen=True)
class Gompertz(StraightLine):
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

    usual_fit: tuple[int, int | None] = (75, None)
    ends: tuple[float, float] = (-3.0, 12.0)

    def rates(self, parameters: np.ndarray, ages: np.ndarray) -> np.ndarray:
        q = np.exp(-parameters[..., :1] * np.maximum(self.limit - ages, 0.0) ** 2)
        return q / (1.0 - q / 2.0)

    def fit(self, rates: xr.DataArray, counts: Any) -> np.ndarray:
        refuse_rates(rates)
        weight = np.ones(rates.shape) if counts is None else counts[0]
        q = probabilities(rates.values)
        refuse(rates.copy(data=q), q >= 1.0, "the probabilities of dying at the fitted ages must be below 1")
        away = (self.limit - rates["age"].values.astype(float)) ** 2
        total = (weight * away**2).sum(axis=-1)
        lead = rates.isel(age=0, drop=True)
        refuse(lead.copy(data=total), total <= 0, "deaths are needed at the fitted ages")
        return (-(weight * away * np.log(q)).sum(axis=-1) / total)[..., None]

    def moved(self, parameters: np.ndarray, age: float, free: np.ndarray) -> np.ndarray:
        return np.exp(-free)[..., None]


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


def refuse_rates(rates: xr.DataArray, *, below_one: bool = False) -> None:
    """Refuse fitted rates of which no logarithm (or logit) can be taken."""
    wrong = (rates.values <= 0) | ((rates.values >= 1) & below_one)
    bounds = "lie between 0 and 1" if below_one else "be above 0"
    refuse(rates, wrong, f"the fitted rates must {bounds}", "Give deaths and exposure, or other fit_ages.")


def refuse_falling(rates: xr.DataArray, slope: np.ndarray) -> None:
    """Refuse slopes of fitted rates that are not above 0, or by rounding alone."""
    refuse(
        rates.isel(age=0, drop=True).copy(data=slope),
        ~(slope > LEVEL),
        "the fitted rates must rise with age (slopes)",
        "Give other fit_ages, or rates that are graduated.",
    )


def refuse_few(rates: xr.DataArray, deaths: np.ndarray, needed: int, word: str) -> None:
    """Refuse deaths at fewer ages than a fit needs."""
    some = (deaths > 0).sum(axis=-1)
    lead = rates.isel(age=0, drop=True).copy(data=some.astype(float))
    refuse(lead, some < needed, f"deaths are needed at {word} of the fitted ages or more")


def _line(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Level at 0 and slope of the weighted least squares over the last axis."""
    total = weight.sum(axis=-1)
    middle, mean = (weight * x).sum(axis=-1) / total, (weight * y).sum(axis=-1) / total
    away = x - middle[..., None]
    slope = (weight * away * y).sum(axis=-1) / (weight * away**2).sum(axis=-1)
    return np.stack([mean - slope * middle, slope], axis=-1)


def _likeliest(
    law: StraightLine, rates: xr.DataArray, ages: np.ndarray, deaths: np.ndarray, exposure: np.ndarray
) -> np.ndarray:
    """Parameters of the greatest likelihood of Poisson deaths, by Fisher's scoring from one rate for all ages."""
    refuse_few(rates, deaths, 2, "two")
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


def kept(law: Law, parameters: np.ndarray, rates: xr.DataArray) -> np.ndarray:
    """Parameters with which the life expectancy at the open age of the rates is what its rate says."""
    age = float(rates["age"].values[-1])
    goal = 1.0 / rates.values[..., -1]
    low, high = (np.full(goal.shape, end) for end in law.ends)
    most, least = (expectancy(law, law.moved(parameters, age, end), age) for end in (low, high))
    refuse(
        rates.isel(age=-1, drop=True).copy(data=goal),
        (goal > most) | (goal < least),
        "the life expectancy at the open age must be one that the law can have (1 over the rate)",
        "The open rate contradicts those below: give other fit_ages, or close without keep_ex.",
    )
    for _ in range(60):
        middle = (low + high) / 2.0
        above = expectancy(law, law.moved(parameters, age, middle), age) > goal
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return law.moved(parameters, age, (low + high) / 2.0)
