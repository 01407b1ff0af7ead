"""Rules for a0: the mean time lived in their first year by those who die in it."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from actuarial.errors import BadInput, OutOfBounds

Rule = Callable[[ArrayLike, str], np.ndarray]

LINES = {
    "andreev_kingkade": {
        "male": (0.0230, 0.14929, -1.99545, 0.08307, 0.02832, 3.26021, 0.29915),
        "female": (0.01724, 0.14903, -2.05527, 0.06891, 0.04667, 3.88089, 0.31411),
    },
    "coale_demeny_west": {
        "male": (0.107, 0.045, 2.684, 0.107, 0.330, 0.0, 0.330),
        "female": (0.107, 0.053, 2.800, 0.107, 0.350, 0.0, 0.350),
    },
}
"""Of each rule and sex: a death rate, level and slope of the line below it, the same once more, and what is above."""


def andreev_kingkade(m0: ArrayLike, sex: str) -> np.ndarray:
    """Mean age at death of infants by Andreev and Kingkade.

    Parameters
    ----------
    m0 : array or float, 1/year
        Central death rate at age 0.
    sex : "male" or "female"

    Returns
    -------
    array like `m0`, years

    Raises
    ------
    BadInput
        Another word for the sex, words instead of rates.
    OutOfBounds
        NaN or negative rates.

    Notes
    -----
    Three straight lines in m0. At low mortality a0 *falls* while m0 rises (the rarer infant deaths are, the fewer of
    them happen in the first days), then it rises, then it is constant::

        male    m0 < 0.0230: 0.14929 - 1.99545 m0;  < 0.08307: 0.02832 + 3.26021 m0;  else 0.29915
        female  m0 < 0.01724: 0.14903 - 2.05527 m0;  < 0.06891: 0.04667 + 3.88089 m0;  else 0.31411

    References
    ----------
    .. [1] Andreev, E. M., Kingkade, W. W. (2015), Average age at death in infancy and infant mortality level,
       Demographic Research 33, article 13.
    .. [2] Wilmoth, J. R. et al. (2021), Methods protocol for the Human Mortality Database, version 6, section 7.1.

    Examples
    --------
    >>> float(andreev_kingkade(0.01, "male").round(4))
    0.1293
    """
    return _on_lines("andreev_kingkade", m0, sex)


def coale_demeny_west(m0: ArrayLike, sex: str) -> np.ndarray:
    """Mean age at death of infants in the West family of Coale and Demeny.

    Parameters
    ----------
    m0 : array or float, 1/year
        Central death rate at age 0.
    sex : "male" or "female"

    Returns
    -------
    array like `m0`, years

    Raises
    ------
    BadInput
        Another word for the sex, words instead of rates.
    OutOfBounds
        NaN or negative rates.

    Notes
    -----
    Below m0 = 0.107: 0.045 + 2.684 m0 (male), 0.053 + 2.800 m0 (female); from there on 0.330 and 0.350.

    References
    ----------
    .. [1] Preston, S. H., Heuveline, P., Guillot, M. (2001), Demography, Blackwell, table 3.3.

    Examples
    --------
    >>> float(coale_demeny_west(419 / 47925, "male").round(3))
    0.068
    """
    return _on_lines("coale_demeny_west", m0, sex)


A0_RULES: dict[str, Rule] = {"andreev_kingkade": andreev_kingkade, "coale_demeny_west": coale_demeny_west}
"""The words that the attribute `a0_rule` of a basis may carry."""


def _on_lines(rule: str, m0: ArrayLike, sex: str) -> np.ndarray:
    rates = infant_rates(m0)
    first, level, slope, second, next_level, next_slope, above = LINES[rule]["male" if is_male(sex) else "female"]
    beyond = np.where(rates < second, next_level + next_slope * rates, above)
    return np.where(rates < first, level + slope * rates, beyond)


def a0_by_sex(rule: Rule, m0: np.ndarray, sexes: Sequence[str]) -> np.ndarray:
    """Apply a rule to plain rates whose last axis is the sex, labelled by `sexes`."""
    return np.stack([rule(m0[..., i], str(sex)) for i, sex in enumerate(sexes)], axis=-1)


def infant_rates(m0: ArrayLike) -> np.ndarray:
    """Death rates at age 0, checked."""
    try:
        rates = np.asarray(m0, dtype=float)
    except (TypeError, ValueError) as wrong:
        raise BadInput(f"m0: give numbers, death rates at age 0 ({wrong}).") from wrong
    bad = ~(rates >= 0)
    if bad.any():
        raise OutOfBounds(
            f"m0 must be numbers of 0 or more: {int(bad.sum())} of {bad.size} are not; the first: {rates[bad][0]:g}"
        )
    return rates


def is_male(sex: str) -> bool:
    """Whether the word is that for men; BadInput for another one than the two."""
    if sex not in ("male", "female"):
        raise BadInput(f"sex: {sex!r} is not known; write \"male\" or \"female\".")
    return sex == "male"
