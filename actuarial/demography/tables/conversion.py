"""Central death rates and probabilities of dying, and each turned into the other."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import numbers_of, refuse

TOO_HIGH = (
    "The rates are too high; are they per thousand? Those of the oldest ages go with an ax below 1/2, as of\n"
    '  life_table(..., ax="constant-force"), or the table is closed at a lower age.'
)


@kind.takes(mx=kind.numbers, ax=kind.numbers, width=kind.numbers)
def qx_from_mx(mx: Any, ax: Any = 0.5, width: Any = 1.0) -> Any:
    """Probability of dying between two exact ages from the central death rate.

    Parameters
    ----------
    mx : float, sequence, array or DataArray, 1/year
        Central death rate.
    ax : array or float, years
        Mean time lived within the age by those who die in it.
    width : array or float, years
        Years from one exact age to the next.

    Returns
    -------
    like `mx`, dimensionless

    Raises
    ------
    OutOfBounds
        NaN, negative rates, `ax` above `width` where it is not 1/mx, rates so high that a probability would exceed 1.
    BadInput
        Words instead of numbers.

    Notes
    -----
    q_x = n m_x / (1 + (n - a_x) m_x). At the open age of a life table, where a_x = 1/m_x, q is 1.

    References
    ----------
    .. [1] Preston, S. H., Heuveline, P., Guillot, M. (2001), Demography, Blackwell, chapter 3.

    Examples
    --------
    >>> round(qx_from_mx(0.02), 6)
    0.019802
    """
    m, a, n = _exact(mx, ax, width, "mx")
    _refuse_late(a, n, np.isclose(np.asarray(a * m), 1.0, rtol=0.0, atol=1e-12))
    q = probabilities(m, a, n)
    _refuse(q, np.asarray(q) > 1.0 + 1e-12, "qx must not exceed 1", TOO_HIGH)
    return q


def probabilities(m: Any, a: Any = 0.5, n: Any = 1.0) -> Any:
    """`qx_from_mx` of checked numbers."""
    return n * m / (1.0 + (n - a) * m)


@kind.takes(qx=kind.numbers, ax=kind.numbers, width=kind.numbers)
def mx_from_qx(qx: Any, ax: Any = 0.5, width: Any = 1.0) -> Any:
    """Central death rate from the probability of dying, the inverse of `qx_from_mx`.

    Parameters
    ----------
    qx : float, sequence, array or DataArray, dimensionless
    ax : array or float, years
        Mean time lived within the age by those who die in it.
    width : array or float, years
        Years from one exact age to the next.

    Returns
    -------
    like `qx`, 1/year

    Raises
    ------
    OutOfBounds
        NaN, numbers outside 0 to 1, `ax` above `width` where q is below 1, or 0 where q is 1.
    BadInput
        Words instead of numbers.

    Notes
    -----
    m_x = q_x / (n - (n - a_x) q_x): 1/a_x where q is 1, as at the open age of a life table.

    References
    ----------
    .. [1] Preston, S. H., Heuveline, P., Guillot, M. (2001), Demography, Blackwell, chapter 3.

    Examples
    --------
    >>> round(mx_from_qx(qx_from_mx(0.02)), 6)
    0.02
    """
    q, a, n = _exact(qx, ax, width, "qx")
    _refuse_late(a, n, np.asarray(q) == 1.0)
    _refuse(q, np.asarray(q) > 1.0, "qx must not exceed 1", "If these are central death rates, keep them.")
    at_once = a + 0.0 * q
    _refuse(at_once, np.asarray((at_once == 0.0) & (q == 1.0)), "ax must be above 0 where qx is 1")
    return rates_of(q, a, n)


def rates_of(q: Any, a: Any = 0.5, n: Any = 1.0) -> Any:
    """`mx_from_qx` of checked numbers."""
    return q / (n - (n - a) * q)


def _exact(values: Any, ax: Any, width: Any, name: str) -> list[Any]:
    """Numbers, `ax` and `width`, sequences made arrays; OutOfBounds where they cannot be meant."""
    words = {name: values, "ax": ax, "width": width}
    found = [numbers_of(one, word) if isinstance(one, Sequence) else one for word, one in words.items()]
    for word, one in zip(words, found, strict=True):
        fine = (np.asarray(one) >= 0) & (np.asarray(one) < np.inf)
        _refuse(one, ~fine, f"{word} must be numbers of 0 or more")
    return found


def _refuse_late(a: Any, n: Any, certain: np.ndarray) -> None:
    """Refuse deaths after the end of their age, which only those of an open age are."""
    late = np.asarray(a > n) & ~certain
    if late.any():
        _refuse(a + 0.0 * n + 0.0 * certain, late, "ax must lie between 0 and the width of its age")


def _refuse(values: Any, bad: np.ndarray, what: str, remedy: str = "") -> None:
    if bad.any():
        plain = xr.DataArray(np.asarray(values), dims=[f"place {k}" for k in range(1, bad.ndim + 1)])
        refuse(values if isinstance(values, xr.DataArray) else plain, bad, what, remedy)
