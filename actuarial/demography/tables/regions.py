"""Time lived below age 5 by those who die there, in the regional families of Coale and Demeny."""

from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from actuarial.demography.a0 import Rule, infant_rates, is_male

SLOPES = {"male": (2.875, 3.013), "female": (3.0, 1.627)}
"""Rise of the time lived in the first year, and fall of that from 1 to 4, by the probability of dying at age 0."""
LEVELS = {
    "north": {"male": (0.0425, 1.859, 0.33, 1.558), "female": (0.05, 1.733, 0.35, 1.570)},
    "south": {"male": (0.0425, 1.541, 0.33, 1.240), "female": (0.05, 1.402, 0.35, 1.239)},
    "east": {"male": (0.0025, 1.614, 0.29, 1.313), "female": (0.01, 1.487, 0.31, 1.324)},
}
"""Of each region and sex: levels at age 0 and at 1 to 4 without deaths of infants, and where many infants die."""
MANY = 0.1


def infants(m0: ArrayLike, sex: str, region: str) -> np.ndarray:
    """a0 = level + slope q0, with the q0 that goes with m0 and a0; constant from q0 = 0.1 on."""
    rates, word = infant_rates(m0), _sex(sex)
    level, _, above, _ = LEVELS[region][word]
    q0 = _infant_mortality(rates, level, SLOPES[word][0])
    return np.where(q0 < MANY, level + SLOPES[word][0] * q0, above)


def children(m0: ArrayLike, sex: str, region: str) -> np.ndarray:
    """The time lived from 1 to 4: level - slope q0, of the same q0."""
    rates, word = infant_rates(m0), _sex(sex)
    first, level, _, above = LEVELS[region][word]
    q0 = _infant_mortality(rates, first, SLOPES[word][0])
    return np.where(q0 < MANY, level - SLOPES[word][1] * q0, above)


REGIONS: dict[str, tuple[Rule, Rule]] = {
    f"coale_demeny_{region}": (partial(infants, region=region), partial(children, region=region)) for region in LEVELS
}
"""The words for the regions, with the rules at age 0 and from 1 to 4."""


def _sex(sex: str) -> str:
    return "male" if is_male(sex) else "female"


def _infant_mortality(m0: np.ndarray, level: float, slope: float) -> np.ndarray:
    """Lesser root of q = m/(1 + (1 - level - slope q) m), which rises from 0; 1 where there is none."""
    b = 1.0 + (1.0 - level) * m0
    inside = b**2 - 4.0 * slope * m0**2
    return np.where(inside > 0, 2.0 * m0 / (b + np.sqrt(np.maximum(inside, 0.0))), 1.0)
