"""How far the numbers of a scheme can be believed: limited fluctuation credibility."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.errors import BadInput


@kind.takes(probability=kind.number, closeness=kind.number, variation=kind.number)
def full_credibility(probability: float = 0.90, closeness: float = 0.05, variation: float = 0.0) -> float:
    """Number of deaths from which on the experience alone is believed.

    Parameters
    ----------
    probability : float, fraction
        Probability with which the number must come close to its mean.
    closeness : float, fraction of the mean
        What "close" is.
    variation : float
        Coefficient of variation of the amounts at death, where it is their sum that must come close: amounts insured,
        pensions, claims.

    Returns
    -------
    float, deaths

    Raises
    ------
    BadInput
        A probability outside 0 to 1, a closeness that is not above 0, a variation outside 0 to 100.

    Notes
    -----
    A Poisson number of mean D lies within D (1 - r) and D (1 + r) with the probability p, about, if D = (z/r)^2, where
    z is the quantile (1 + p)/2 of the normal distribution. Of amounts with the coefficient of variation c,
    independent of each other, it takes D = (z/r)^2 (1 + c^2).

    References
    ----------
    .. [1] Longley-Cook, L. H. (1962), An introduction to credibility theory, Proceedings of the Casualty Actuarial
       Society 49, 194-221.

    Examples
    --------
    >>> round(full_credibility(), 1)
    1082.2
    >>> round(full_credibility(variation=2.0))
    5411
    """
    if not 0.0 < probability < 1.0:
        raise BadInput(f"probability must lie between 0 and 1, such as 0.90, but it is {probability!r}.")
    if not closeness > 0.0:
        raise BadInput(f"closeness must be above 0, such as 0.05, but it is {closeness!r}.")
    if not 0.0 <= variation <= 100.0:
        raise BadInput(f"variation must lie between 0 and 100, such as 1.5, but it is {variation!r}.")
    from scipy.special import ndtri

    return float((ndtri((1.0 + probability) / 2.0) / closeness) ** 2 * (1.0 + variation**2))


@kind.takes(deaths=kind.numbers, probability=kind.number, closeness=kind.number, variation=kind.number)
def limited_fluctuation(
    deaths: Any, probability: float = 0.90, closeness: float = 0.05, variation: float = 0.0
) -> Any:
    """Credibility of an experience by its number of deaths.

    Parameters
    ----------
    deaths : number, array or DataArray, persons
    probability, closeness, variation : float
        See `full_credibility`.

    Returns
    -------
    like `deaths`, fraction

    Raises
    ------
    BadInput
        Negative deaths, NaN, or what `full_credibility` refuses.

    Notes
    -----
    Z = min(1, sqrt(D/D_full)): the square root keeps the random part of Z D/E as small as it is at full credibility.

    References
    ----------
    .. [1] Longley-Cook, L. H. (1962), An introduction to credibility theory, Proceedings of the Casualty Actuarial
       Society 49, 194-221.

    Examples
    --------
    >>> round(float(limited_fluctuation(100)), 3)
    0.304
    """
    values = np.asarray(deaths.values if isinstance(deaths, xr.DataArray) else deaths, dtype=float)
    bad = ~(values >= 0)
    if bad.any():
        raise BadInput(f"deaths must be at least 0: {int(bad.sum())} of {bad.size} are not.")
    share = np.minimum(1.0, np.sqrt(values / full_credibility(probability, closeness, variation)))
    return deaths.copy(data=share).drop_attrs() if isinstance(deaths, xr.DataArray) else share
