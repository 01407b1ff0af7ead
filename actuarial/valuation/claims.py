"""Claims paid against claims incurred: how the cost of a year is paid over the years that follow it."""

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.errors import BadBasis
from actuarial.translation import Told

ROUNDING = 1e-6  # of shares in single precision, or with six decimals


def paid_and_outstanding(incurred: np.ndarray, basis: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Payments of every year and what is incurred and not yet paid at its end.

    Parameters
    ----------
    incurred : array (year), currency/year
    basis : Dataset
        `payment_pattern` (lag), share of the cost of a year that is paid in it and in each later year;
        `claims_outstanding_0`, incurred and not paid on the valuation date. Without both all is paid at once.

    Returns
    -------
    paid, outstanding : arrays (year), currency/year and currency

    Raises
    ------
    MissingVariable
        One of the two variables without the other.
    BadBasis
        Lags that are not 0, 1, 2, ..., shares that do not sum to one, claims outstanding of a pattern that pays all
        at once.

    Notes
    -----
    paid_t = sum_k pat_k I_{t-k} + out_0 w_t. The claims outstanding on the valuation date are paid as if the cost of
    all earlier years had been the same: w_t = T_t / sum_s T_s with T_t = sum_{k >= t} pat_k.

    References
    ----------
    .. [1] Taylor, G. (2000), Loss reserving: an actuarial perspective, Kluwer, chapter 2.

    Examples
    --------
    >>> basis = xr.Dataset({"payment_pattern": ("lag", [0.6, 0.4]), "claims_outstanding_0": 40.0})
    >>> paid, outstanding = paid_and_outstanding(np.array([100.0, 200.0]), basis)
    >>> paid.tolist(), outstanding.tolist()
    ([100.0, 160.0], [40.0, 80.0])
    """
    if "payment_pattern" not in basis and "claims_outstanding_0" not in basis:
        return incurred.copy(), np.zeros_like(incurred)
    check.require(basis, "payment_pattern", "claims_outstanding_0")
    pattern, opening = _pattern(basis["payment_pattern"]), float(basis["claims_outstanding_0"])
    later, years = 1.0 - np.cumsum(pattern), incurred.size
    left = np.maximum(np.append(later[:-1], 0.0), 0.0)
    runoff = left / left.sum() if left.sum() > 0 else left
    if opening > 0 and not left.any():
        raise BadBasis(
            Told(
                "claims_outstanding_0 is {opening:,.0f}, but payment_pattern pays all in the year in which it is "
                "incurred.\n  Give the shares of later years, or no claims outstanding.",
                opening=float(opening),
            )
        )
    paid = np.convolve(incurred, pattern)[:years] + opening * _cut(runoff, years)
    unpaid = np.convolve(incurred, left)[:years] + opening * _cut(np.maximum(1.0 - np.cumsum(runoff), 0.0), years)
    return paid, unpaid


def _cut(values: np.ndarray, years: int) -> np.ndarray:
    """The first values, with zeros after their end."""
    return np.append(values, np.zeros(years))[:years]


def _pattern(given: xr.DataArray) -> np.ndarray:
    values = given.values
    if "lag" in given.coords and not np.array_equal(given["lag"].values, np.arange(values.size)):
        lags = tuple(map(str, given["lag"].values.tolist()))
        raise BadBasis(Told("payment_pattern: the lags must be 0, 1, 2, ... years (got {lags}).", lags=lags))
    total = float(values.sum())
    if abs(total - 1.0) > ROUNDING:
        raise BadBasis(
            Told(
                "payment_pattern: the shares must sum to 1 (got {total:.10g}).\n"
                "  Divide them by their sum, or add the years in which the rest is paid.",
                total=total,
            )
        )
    return np.asarray(values, dtype=float) / total
