"""What people can pay: the part of an income above subsistence, against a premium."""

import math
from typing import Any

import numpy as np
import xarray as xr

from actuarial.errors import BadInput
from actuarial.numeric import expected_clip_array
from actuarial.vocabulary import annotate

BOUNDS = {
    "income_mean": (0.0, math.inf, "an income, at least 0"),
    "income_cv": (0.0, math.inf, "a coefficient of variation, at least 0"),
    "subsistence": (0.0, math.inf, "an amount, at least 0"),
    "share": (0.0, 1.0, "a fraction, 0 to 1"),
    "premium": (math.ulp(0.0), math.inf, "an amount above 0"),
}


def contributory_capacity(income_mean: Any, income_cv: Any, subsistence: Any, share: Any, premium: Any) -> xr.Dataset:
    """Shares of people who can pay a premium in full, in part, not at all, and the subsidy that the others need.

    Parameters
    ----------
    income_mean : number or DataArray (by year, group, ...), mean income, currency/year
    income_cv : coefficient of variation of income (lognormal)
    subsistence : income that nobody pays from, currency/year
    share : share of what lies above it that can be paid, fraction
    premium : currency/year; all of the same persons or households

    Returns
    -------
    Dataset on the dims of the arguments
        `pays_in_full`, `pays_in_part`, `pays_nothing` (fractions that sum to 1), `mean_own_contribution` and
        `premium_subsidy` (currency/year, they sum to the premium), `premium_subsidy_share` (fraction of the premium).

    Raises
    ------
    BadInput
        A number outside its bounds or none at all.

    Notes
    -----
    With income Y, subsistence z, share theta and premium P, a person pays min(theta (Y - z)+, P). In full pays who has
    Y >= z + P/theta, nothing who has Y <= z; the mean is theta (LEV(z + P/theta) - LEV(z)), LEV the limited expected
    value of Y.

    References
    ----------
    .. [1] Klugman, S. A., Panjer, H. H., Willmot, G. E. (2012), Loss models, 4th edition, Wiley, chapter 8.

    Examples
    --------
    >>> found = contributory_capacity(120.0, 0.7, 70.0, 0.25, 10.0)
    >>> round(float(found.pays_in_full), 6), round(float(found.mean_own_contribution), 6)
    (0.429379, 5.594848)
    """
    given = dict(zip(BOUNDS, (income_mean, income_cv, subsistence, share, premium), strict=True))
    arrays = xr.broadcast(*(_labelled(name, value) for name, value in given.items()))
    mean, cv, low, part, price = (np.asarray(array.values, dtype=float) for array in arrays)
    with np.errstate(over="ignore"):
        high = low + np.where(part > 0, price / np.where(part > 0, part, 1.0), np.inf)
    full, poor = 1.0 - _below(np.nextafter(high, 0.0), mean, cv), _below(low, mean, cv)
    own = part * (expected_clip_array(mean, cv, low, np.minimum(high, 1e30)) - low)
    own = np.clip(np.where(part > 0, own, 0.0), 0.0, price)
    poor = np.where(part > 0, poor, 1.0)
    found = {
        "pays_in_full": full,
        "pays_in_part": np.maximum(1.0 - full - poor, 0.0),
        "pays_nothing": poor,
        "mean_own_contribution": own,
        "premium_subsidy": price - own,
        "premium_subsidy_share": 1.0 - own / price,
    }
    return annotate(xr.Dataset({name: arrays[0].copy(data=values) for name, values in found.items()}))


def _labelled(name: str, value: Any) -> xr.DataArray:
    array = value.astype("float64").drop_attrs() if isinstance(value, xr.DataArray) else xr.DataArray(float(value))
    low, high, meant = BOUNDS[name]
    bad = ~((array >= low) & (array <= high) & np.isfinite(array)).values
    if bad.any():
        raise BadInput(
            f"{name} must be {meant}, but {int(bad.sum())} of {bad.size} values are not; the first: "
            f"{np.ravel(array.values)[np.argmax(bad)]:g}."
        )
    return array


def _below(limit: np.ndarray, mean: np.ndarray, cv: np.ndarray) -> np.ndarray:
    """P(Y <= limit) of a lognormal Y, at least what lies at 0 where the mean is 0."""
    return np.vectorize(_probability, otypes=[float])(limit, mean, cv)


def _probability(limit: float, mean: float, cv: float) -> float:
    if mean <= 0.0 or limit == math.inf:
        return 1.0
    if limit <= 0.0:
        return 0.0
    variance = math.log1p(cv * cv)
    if variance <= 0.0:
        return float(mean <= limit)
    return 0.5 * math.erfc((math.log(mean) - math.log(limit) - 0.5 * variance) / math.sqrt(2.0 * variance))
