"""Pensions in payment whose slices between limits of the law are adjusted apart."""

from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from actuarial.benefits import kernels
from actuarial.benefits.claims import Arrivals
from actuarial.benefits.staying import PLACE, SAME_DAY, known, refuse_rates
from actuarial.bridge import align
from actuarial.check import require
from actuarial.check.period import twelfths_before
from actuarial.quick import labels_of
from actuarial.scheme import Benefit

Stocks = tuple[np.ndarray, np.ndarray, np.ndarray]


class Adjusted(NamedTuple):
    """Stocks and those who left them (year, sex, age), and the mean adjustment by year and by age at the start."""

    stocks: list[np.ndarray]
    moved: Arrivals
    growth: np.ndarray
    adjustment: np.ndarray


def has_bands(benefit: Benefit) -> bool:
    """Whether the adjustment of a benefit depends on the amount of each pension."""
    return bool(getattr(benefit.indexation, "bands", ()))


def run_banded(
    benefit: Benefit,
    opening: Stocks,
    entering: Stocks,
    stays: np.ndarray,
    leaving: np.ndarray | None,
    basis: xr.Dataset,
    finance: xr.Dataset | None,
    everybody: xr.Dataset | None = None,
) -> Adjusted:
    """As `kernels.run_stock` for a benefit that has bands.

    Parameters
    ----------
    leaving : share that converts to another pension on 31 December (year, sex, age reached), or None
    everybody : Dataset of `project_pensions` for all insured, where these are a part of them: adjustments are then
        those that all have on average

    Raises
    ------
    BadScheme
        Limits that do not increase, rates that are no numbers above -1.

    Notes
    -----
    Pensions of a cell are lognormal with the mean TB/N and the coefficient of variation `pension_cv` of the basis, 0
    where it is absent. With the limits L_0 = 0 < L_1 < ... and the rates adj_i of the slices::

        TB' = N sum_i (LEV(L_{i+1}) - LEV(L_i)) (1 + adj_i)

    References
    ----------
    .. [1] Klugman, S. A., Panjer, H. H. and Willmot, G. E. (2012), Loss models, 4th edition, section 3.1 and appendix A
       (limited expected value).
    """
    rule: Any = benefit.indexation
    growth, limits = rule.slices(basis, known(benefit, finance))
    refuse_rates(benefit.name, growth, np.broadcast_to(basis["year"].values, growth.shape))
    if benefit.indexation_time < twelfths_before(basis) - SAME_DAY:
        growth[:, 0] = 0.0
    shape = tuple(basis.sizes[dim] for dim in PLACE)
    adjustment = np.zeros(shape)
    if everybody is not None:
        theirs = everybody["pension_adjustment"].sel(benefit=benefit.name, drop=True)
        adjustment = align(theirs, PLACE, labels_of(basis, PLACE))
    stocks, ended, moved = kernels.run_slices(
        np.stack(opening),
        np.stack(entering),
        stays,
        np.zeros(shape) if leaving is None else np.ascontiguousarray(leaving),
        np.ascontiguousarray(limits.T),
        np.ascontiguousarray(growth.T),
        np.sqrt(np.log1p(spread_of_pensions(benefit.name, basis) ** 2)),
        adjustment,
        everybody is not None,
    )
    mean = mean_rise(adjustment, opening[1], stocks[1], growth[0])
    return Adjusted([*stocks, *ended], Arrivals(*moved), mean, adjustment)


def spread_of_pensions(name: str, basis: xr.Dataset) -> np.ndarray:
    """Coefficient of variation of the pensions of a benefit (sex, age); 0 where the basis has none."""
    shape = tuple(basis.sizes[dim] for dim in PLACE[1:])
    if "pension_cv" not in basis:
        return np.zeros(shape)
    require(basis, "pension_cv")
    given = basis["pension_cv"]
    if "benefit" in given.dims:
        if name not in given["benefit"].values:
            return np.zeros(shape)
        given = given.sel(benefit=name, drop=True)
    return align(given, PLACE[1:], labels_of(basis, PLACE[1:]))


def mean_rise(adjustment: np.ndarray, opening: np.ndarray, stock: np.ndarray, empty: np.ndarray) -> np.ndarray:
    """Mean by year of an adjustment (year, sex, age) over the money at the start of it; `empty` where there is none."""
    starts = np.concatenate([opening[np.newaxis], stock[:-1]])
    total = starts.sum(axis=(1, 2))
    risen = (starts * adjustment).sum(axis=(1, 2))
    return np.divide(risen, total, out=np.array(empty, dtype=float), where=total > 0)
