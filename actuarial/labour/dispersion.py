"""Months that members of a cell contribute in a year: not the same number for all, but a distribution."""

from math import comb, floor

import numpy as np
import xarray as xr

from actuarial.bridge import align
from actuarial.check.period import first_period
from actuarial.law import HEAD

YEAR = 12  # months


def beta_binomial(months: int, density: np.ndarray, correlation: np.ndarray) -> np.ndarray:
    """Chances (..., months + 1) of contributing 0, 1, ... months out of so many.

    Parameters
    ----------
    months : int
    density : fraction, mean of months contributed over months
    correlation : fraction
        Of two months of one member and year: 0 where months are independent, 1 where all or none are contributed.

    Notes
    -----
    Each member has a chance p of contributing a month, drawn anew every year from Beta(a, b) with the mean d = a/(a+b)
    and rho = 1/(a + b + 1) [1]_. With n months the mean is n d and the variance n d (1 - d)(1 + (n - 1) rho);

        P(k) = C(n, k) prod_{i<k} (d (1-rho) + i rho) prod_{i<n-k} ((1-d)(1-rho) + i rho) / prod_{i<n} (1 - rho + i rho)

    References
    ----------
    .. [1] Johnson, N. L., Kemp, A. W., Kotz, S. (2005), Univariate discrete distributions, 3rd edition, Wiley,
       chapter 6.

    Examples
    --------
    >>> beta_binomial(2, np.array(0.5), np.array([0.0, 0.5, 1.0])).tolist()
    [[0.25, 0.5, 0.25], [0.375, 0.25, 0.375], [0.5, 0.0, 0.5]]
    """
    d, rho = np.broadcast_arrays(np.asarray(density, dtype=float), np.asarray(correlation, dtype=float))
    result = np.zeros((*d.shape, months + 1))
    whole = rho >= 1.0
    r = np.where(whole, 0.0, rho)
    paid, unpaid, both = np.ones((months + 1, *d.shape)), np.ones((months + 1, *d.shape)), np.ones(d.shape)
    for i in range(months):
        paid[i + 1] = paid[i] * (d * (1.0 - r) + i * r)
        unpaid[i + 1] = unpaid[i] * ((1.0 - d) * (1.0 - r) + i * r)
        both = both * (1.0 - r + i * r)
    for k in range(months + 1):
        result[..., k] = comb(months, k) * paid[k] * unpaid[months - k] / both
    result[whole] = 0.0
    result[whole, 0] += 1.0 - d[whole]
    result[whole, -1] += d[whole]
    return result


def chances(months: float, density: np.ndarray, correlation: np.ndarray, size: int) -> np.ndarray:
    """Chances (..., size) of months contributed, of a number of months that is a mean of two where it is not whole."""
    lower = floor(months + 1e-9)
    over = max(months - lower, 0.0)
    result = np.zeros((*density.shape, size))
    result[..., : lower + 1] = (1.0 - over) * beta_binomial(lower, density, correlation)
    if over > 1e-9:
        result[..., : lower + 2] += over * beta_binomial(lower + 1, density, correlation)
    return result


def credit_taps(basis: xr.Dataset, step: int) -> tuple[np.ndarray, np.ndarray]:
    """Chances (year, group, sex, age, cell) of the credits of a year and of half of it; no cells where the credit of a
    member is the mean of the members.

    On a grid of years a credit between two cells is divided between them, and the distribution makes no difference.
    """
    coords = {dim: basis[dim] for dim in HEAD}
    density = align(basis["density"], HEAD, coords)
    if "density_dispersion" not in basis or step != 1:
        return np.zeros((*density.shape, 0)), np.zeros((*density.shape, 0))
    correlation = align(basis["density_dispersion"], HEAD, coords)
    result = tuple(_by_year(months, density, correlation, first_period(basis)) for months in (YEAR, YEAR / 2))
    return result[0], result[1]


def _by_year(months: float, density: np.ndarray, correlation: np.ndarray, length: float) -> np.ndarray:
    pairs, place = np.unique(np.stack([density.ravel(), correlation.ravel()]), axis=1, return_inverse=True)
    size = int(months) + 1
    found = chances(months, pairs[0], pairs[1], size)[place.ravel()].reshape(*density.shape, size)
    if length < 1.0:
        found[0] = chances(months * length, density[0], correlation[0], size)
    return found


def most_density(density: np.ndarray, basis: xr.Dataset, step: int) -> np.ndarray:
    """Greatest density that a member may have: all months of the period, where credits of a cell are spread."""
    if "density_dispersion" not in basis or step != 1:
        return density
    most = np.where(density > 0.0, 1.0, 0.0)
    most[0] *= first_period(basis)
    return most
