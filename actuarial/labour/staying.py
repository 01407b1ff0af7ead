"""What a benefit answers about those who draw it, as arrays: who stays a year longer, and who is alive."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr

from actuarial.bridge import align
from actuarial.check.period import first_period
from actuarial.demography.ages import from_start
from actuarial.errors import BadScheme
from actuarial.quick import labels_of
from actuarial.remembered import of_answers
from actuarial.scheme import Benefit
from actuarial.translation import N_, Told

PLACE = ("year", "sex", "age")


@dataclass(frozen=True)
class Staying:
    """What becomes of the beneficiaries of a pension in every period, each (year, sex, age).

    Attributes
    ----------
    stays, alive : probabilities to be paid and to be alive a year later, by age at the start
    exposed : probability of those who start at mid-year to stay a whole year, by age reached
    """

    stays: np.ndarray
    alive: np.ndarray
    exposed: np.ndarray

    @cached_property
    def lost(self) -> np.ndarray:
        """Share of those who start at mid-year who leave before the end of the year, by age reached."""
        return 0.5 * (1.0 - self.exposed)

    @cached_property
    def kept(self) -> np.ndarray:
        """The others of them."""
        return 1.0 - self.lost

    @cached_property
    def die(self) -> np.ndarray:
        """Share of those who leave, of the beneficiaries at the start, who die, by age reached."""
        return share_of_deaths(from_start(self.stays), from_start(self.alive))

    @cached_property
    def die_soon(self) -> np.ndarray:
        """Share of those who leave in the year in which they start who die, by age reached."""
        return share_of_deaths(self.exposed, from_start(self.alive))


@of_answers("continuance", "survival", "exposure")
def staying(benefit: Benefit, basis: xr.Dataset) -> Staying:
    """Probabilities to be paid and to be alive a year later by age at the start, and exposure by age reached.

    Those who retire have outlived the decrements of the year; invalids and survivors start at mid-year and meet half of
    the annual probability of leaving, that of the age they had at the start of the year. In a first period of the
    fraction phi of a year all probabilities p of staying are p^phi.

    Raises
    ------
    BadScheme
        A probability outside 0..1, or more who stay than are alive.
    """
    coords = labels_of(basis, PLACE)
    stays = align(benefit.continuance(basis), PLACE, coords)
    survival, exposure = benefit.survival(basis), benefit.exposure(basis)
    alive = stays if survival is None else align(survival, PLACE, coords)
    exposed = stays if exposure is None else align(exposure, PLACE, coords)
    for word, values, upper, limit in (
        ("continuance", stays, 1.0, 1),
        ("survival", alive, 1.0, 1),
        ("continuance", stays, alive, Told("the survival")),
        ("exposure", exposed, alive, Told("the survival")),
    ):
        bad = ~((values >= 0.0) & (values <= upper + 1e-12))
        if bad.any():
            text = N_(
                "{name}: {word} must lie between 0 and {limit}; {count} of {whole} cells (year, sex, age) do not, the "
                "first holds {value:g}.\n  Correct what the benefit answers."
            )
            first = {"count": int(bad.sum()), "whole": bad.size, "value": values[bad][0]}
            raise BadScheme(Told(text, name=benefit.name, word=word, limit=limit, **first))
    length = first_period(basis)
    if length < 1.0:
        stays, alive, exposed = (np.concatenate([part[:1] ** length, part[1:]]) for part in (stays, alive, exposed))
    return Staying(stays, alive, from_start(exposed))


def share_of_deaths(stays: np.ndarray, alive: np.ndarray) -> np.ndarray:
    """Share of those who leave who die, where death and the other ways out are spread evenly over the year.

    d = (1 - p)(1 + r)/2 / (1 - p r), p the probability to be alive and p r to stay a year later; 0 where all stay. By
    age reached, those of the open age count with the share of the age before, which is exact where nobody of the open
    age leaves alive.
    """
    rest = np.divide(stays, alive, out=np.ones_like(stays), where=alive > 0)
    return np.divide((1.0 - alive) * (1.0 + rest) / 2.0, 1.0 - stays, out=np.zeros_like(stays), where=stays < 1)
