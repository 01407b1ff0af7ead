"""Old ages after Coale and Kisker: the growth of the death rate falls in a straight line towards a rate at age 110."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography.labels import labelled, numbers_of, refuse
from actuarial.demography.tables.closing_laws import Law, refuse_falling, refuse_rates
from actuarial.errors import BadInput

OLD = 110.0
USUAL = {"male": 1.0, "female": 0.8}


@dataclass(frozen=True)
class CoaleKisker(Law):
    """ln m = a + b x + c x^2, which stays where it would fall.

    Attributes
    ----------
    oldest : array of (...), 1/year
        Death rate at age 110.
    """

    oldest: Any = None
    usual_fit: tuple[int, int | None] = (81, 86)
    fewest: int = 2
    ends: tuple[float, float] = (1.0, -0.5)

    def rates(self, parameters: np.ndarray, ages: np.ndarray) -> np.ndarray:
        level, slope, bend = (parameters[..., i : i + 1] for i in range(3))
        peak = np.divide(-slope, 2.0 * bend, out=np.full(bend.shape, np.inf), where=bend < 0)
        at = np.minimum(ages, peak)
        return np.exp(np.minimum(level + slope * at + bend * at**2, 700.0))

    def fit(self, rates: xr.DataArray, counts: Any) -> np.ndarray:
        ages = rates["age"].values
        first, last = int(ages[0]), int(ages[-1])
        if counts is not None:
            raise BadInput("close_table: Coale and Kisker take rates alone; leave deaths and exposure out.")
        if (last - first) % 2 == 0 or last >= OLD:
            raise BadInput(
                f"fit_ages: {first} to {last} must be an even number of ages below {OLD:g}, so that the mean growth is "
                "that of one age, such as (81, 86) for 84 or (83, 84) for 84 without a mean."
            )
        refuse_rates(rates)
        base = (first + last + 1) // 2
        growth = np.log(rates.values[..., -1] / rates.values[..., 0]) / (last - first)
        refuse_falling(rates, growth)
        level, years = np.log(rates.sel(age=base).values), OLD - base
        fall = (years * growth + level - np.log(self.oldest)) / (years * (years + 1.0) / 2.0)
        at_last = growth - years * fall
        refuse(
            rates.isel(age=0, drop=True).copy(data=at_last),
            at_last <= 0,
            "the rates must still rise at the age of 110 (growth there)",
            "Give a higher rate_110, or fit_ages between which the rates rise less.",
        )
        return _polynomial(base, level, growth, fall)

    def moved(self, parameters: np.ndarray, age: float, free: np.ndarray) -> np.ndarray:
        level, slope, bend = (parameters[..., i] for i in range(3))
        below = age - 1.0
        growth = slope + bend * (2.0 * below - 1.0)
        fall = np.minimum(free, 2.0 * growth)  # with which rates stay from the age below on
        return _polynomial(below, level + slope * below + bend * below**2, growth, fall)


def _polynomial(base: float, level: np.ndarray, growth: np.ndarray, fall: np.ndarray) -> np.ndarray:
    """Coefficients by age where the growth from each age to the next is less by `fall` than the one before."""
    at_zero = level - base * growth - fall * base * (base - 1.0) / 2.0
    return np.stack([at_zero, growth + fall * (base - 0.5), -fall / 2.0], axis=-1)


def oldest_rate(rates: xr.DataArray, rate_110: Any) -> np.ndarray:
    """Death rates at age 110 of each table, by its sex where none are given."""
    lead = rates.isel(age=0, drop=True)
    if rate_110 is None:
        sexes = rates["sex"] if "sex" in rates.coords else xr.DataArray("")
        if not np.isin(sexes.values, list(USUAL)).all():
            raise BadInput(
                "rate_110: the usual ones are those of men (1.0) and of women (0.8), and the rates have no such label "
                "sex; give rate_110=."
            )
        rate_110 = sexes.copy(data=np.vectorize(USUAL.get)(sexes.values).astype(float))
    plain = rate_110 if isinstance(rate_110, xr.DataArray) else xr.DataArray(numbers_of(rate_110, "rate_110"))
    given = labelled(plain, "rate_110", ())
    strange = [str(dim) for dim in given.dims if dim not in lead.dims]
    if strange:
        raise BadInput(f"rate_110: it has the dims {', '.join(strange)}, which the rates have not.")
    refuse(given, (given.values <= 0) | (given.values > 2), "rate_110 must be above 0 and at most 2")
    return np.asarray((given + 0.0 * lead).transpose(*lead.dims).values)
