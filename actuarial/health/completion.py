"""Claims paid by year and lag: what is still to be paid, and how the cost of a year is paid over the years after it."""

from numbers import Real
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from actuarial.errors import BadDimensions, BadInput

DIMS = ("year", "lag")


class Completed(NamedTuple):
    """Cost of past years, completed for what is not paid yet.

    Attributes
    ----------
    payment_pattern : DataArray (lag), fraction
        Share of the cost of a year that is paid in it and in each later year.
    incurred : DataArray (year), currency/year
        Cost of the year: what was paid and what is still to be paid.
    outstanding : DataArray (year), currency
        Incurred and not paid at the end of the last year.
    standard_error : DataArray (year), currency
        Root of the mean square error of what is outstanding.
    total_standard_error : float, currency
        The same of the sum over the years, which share the factors of development.
    """

    payment_pattern: xr.DataArray
    incurred: xr.DataArray
    outstanding: xr.DataArray
    standard_error: xr.DataArray
    total_standard_error: float


def chain_ladder(paid: Any, *, tail: float = 1.0) -> Completed:
    """Complete the cost of past years by the chain ladder, for the accounts and the payment pattern of a basis.

    Parameters
    ----------
    paid : DataArray or array (year, lag), currency/year
        Paid in the year of treatment (lag 0) and in each later year, by year of treatment; NaN after the last year.
        There are as many lags as years: the first year is known to the last lag, the last one to lag 0.
    tail : number, at least 1
        Whole cost over what is paid up to the last lag. What it adds is paid one year after the last lag.

    Returns
    -------
    Completed

    Raises
    ------
    BadDimensions
        Other dims, or lags that are not 0, 1, 2, ....
    BadInput
        Numbers where nothing can be known yet or none where something must be, nothing paid at first, a tail below 1.

    Notes
    -----
    With C the payments of a year up to a lag, the factor of development and its variance are [1]_::

        f_k = sum_i C_i,k+1 / sum_i C_i,k      sigma2_k = sum_i C_i,k (C_i,k+1 / C_i,k - f_k)^2 / (n_k - 1)

    over the n_k years whose lag k + 1 is known; the last variance is min(s_k-1^2 / s_k-2, s_k-2, s_k-1). The cost of a
    year is C times the factors that are left, the pattern p_k = c_k - c_k-1 with c_k = 1/(f_k f_k+1 ...), and ::

        mse_i = C_i^2 sum_k sigma2_k / f_k^2 (1/C_i,k + 1/sum_j C_j,k),  C_i,k completed

    The tail has no error. Where prices rise, give payments at the prices of one year.

    References
    ----------
    .. [1] Mack, T. (1993), Distribution-free calculation of the standard error of chain ladder reserve estimates, ASTIN
       Bulletin 23, 213-225.

    Examples
    --------
    >>> found = chain_ladder(np.array([[60.0, 30.0, 10.0], [72.0, 36.0, np.nan], [90.0, np.nan, np.nan]]))
    >>> found.payment_pattern.round(6).values.tolist(), found.outstanding.round(6).values.tolist()
    ([0.6, 0.3, 0.1], [0.0, 12.0, 60.0])
    """
    table = _table(paid)
    if isinstance(tail, bool) or not (isinstance(tail, Real) and 1.0 <= tail < np.inf):
        raise BadInput(f"tail must be a number, at least 1 (got {tail!r}).")
    years, values = table["year"], table.values
    factors, variances, weights = _development(np.cumsum(values, axis=1))
    whole = _completed(np.cumsum(values, axis=1), factors)
    latest = np.nansum(values, axis=1)
    incurred = whole[:, -1] * tail
    left = np.append(np.cumprod((np.append(factors, tail))[::-1])[::-1], 1.0)
    pattern = np.diff(1.0 / left, prepend=0.0)[: len(left) if tail > 1.0 else -1]
    squares, together = _errors(whole, factors, variances, weights)

    def by_year(amount: np.ndarray) -> xr.DataArray:
        return xr.DataArray(amount, dims="year", coords={"year": years.values})

    lags = xr.DataArray(pattern, dims="lag", coords={"lag": np.arange(pattern.size)}, name="payment_pattern")
    errors = by_year(tail * np.sqrt(squares))
    return Completed(lags, by_year(incurred), by_year(incurred - latest), errors, tail * float(np.sqrt(together)))


def _development(reached: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Factors f_k, variances sigma2_k and sums of C_k over the years whose next lag is known, by lag."""
    size = len(reached)
    factors, variances, weights = (np.zeros(size - 1) for _ in range(3))
    for k in range(size - 1):
        before, after = reached[: size - 1 - k, k], reached[: size - 1 - k, k + 1]
        weights[k] = before.sum()
        factors[k] = after.sum() / weights[k]
        if before.size > 1:
            variances[k] = (before * (after / before - factors[k]) ** 2).sum() / (before.size - 1)
    if size > 3:
        older, newer = variances[-3], variances[-2]
        variances[-1] = min(newer**2 / older if older > 0 else 0.0, older, newer)
    return factors, variances, weights


def _completed(reached: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Payments up to each lag, with those to come."""
    whole = reached.copy()
    for k, factor in enumerate(factors):
        whole[:, k + 1] = np.where(np.isnan(reached[:, k + 1]), whole[:, k] * factor, reached[:, k + 1])
    return whole


def _errors(
    whole: np.ndarray, factors: np.ndarray, variances: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, float]:
    """Mean square error of the completed payments by year, and of their sum."""
    size = len(whole)
    relative = variances / factors**2
    errors, shared = np.zeros(size), np.zeros(size)
    for i in range(1, size):
        first = size - 1 - i
        shared[i] = (relative[first:] / weights[first:]).sum()
        errors[i] = whole[i, -1] ** 2 * ((relative[first:] / whole[i, first:-1]).sum() + shared[i])
    later = np.array([whole[i + 1 :, -1].sum() for i in range(size)])
    return errors, float(errors.sum() + 2.0 * (whole[:, -1] * later * shared).sum())


def _table(paid: Any) -> xr.DataArray:
    """Payments (year, lag), checked."""
    table = paid if isinstance(paid, xr.DataArray) else _unlabelled(paid)
    if set(table.dims) != set(DIMS):
        raise BadDimensions(f"paid must be by year and lag (got {', '.join(map(str, table.dims))}).")
    table = table.transpose(*DIMS).astype(float)
    size = table.sizes["year"]
    if size != table.sizes["lag"] or size < 2:
        raise BadDimensions(
            f"paid must have as many lags as years, at least two (got {size} years and {table.sizes['lag']} lags).\n"
            "  Leave out the years or the lags that are too many."
        )
    if not np.array_equal(table["lag"].values, np.arange(size)):
        raise BadDimensions(f"paid: the lags must be 0, 1, 2, ... years (got {table['lag'].values.tolist()}).")
    _check(table.values)
    return table


def _unlabelled(paid: Any) -> xr.DataArray:
    """Rows of numbers as payments by year and lag."""
    try:
        values = np.asarray(paid, dtype=float)
    except (TypeError, ValueError):
        raise BadInput("paid must be rows of numbers of one length, by year, with NaN after the last year.") from None
    if values.ndim != len(DIMS):
        raise BadDimensions(f"paid must be by year and lag (got an array of {values.ndim} dims).")
    return xr.DataArray(values, dims=DIMS)


def _check(values: np.ndarray) -> None:
    size = len(values)
    past = np.add.outer(np.arange(size), np.arange(size)) < size
    lacking, early = past & ~np.isfinite(values), ~past & ~np.isnan(values)
    for what, bad in (("no number where payments are past", lacking), ("a number where payments are to come", early)):
        if bad.any():
            i, k = np.argwhere(bad)[0]
            raise BadInput(
                f"paid has {what}, in {int(bad.sum())} of {values.size} cells; the first: place {i} of the years, "
                f"lag {k}.\n  Give what was paid up to the last year, and NaN after it."
            )
    none = np.argwhere(past & ~(np.cumsum(np.where(past, values, 0.0), axis=1) > 0))
    if none.size:
        i, k = none[0]
        raise BadInput(
            f"paid: up to lag {k} nothing was paid of place {i} of the years, so that no factor follows; leave the "
            "first lags or these years out."
        )
