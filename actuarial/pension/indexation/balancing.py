"""Automatic balancing: adjustments are cut while a ratio of the finances is too low, and made up for afterwards."""

from typing import Literal, NamedTuple

import numpy as np
import xarray as xr
from pydantic import Field

from actuarial.dated import evaluate
from actuarial.fields import Change, Count, rule
from actuarial.pension.indexation.conditions import before
from actuarial.person import make_grid

LEAST = 0.01  # factor of one year below which none is applied


class Balanced(NamedTuple):
    """Factor of (1 + adjustment) and level of the balanced index over the other one, both by year."""

    factor: np.ndarray
    level: np.ndarray


@rule
class Balancing:
    """Adjustments times a ratio of the finances while it is too low, until what was cut is made up for.

    Notes
    -----
    With r the ratio of the year t - lag over `below`, f = 1 + share (r - 1), and z the level that pensions have over
    the one they would have without balancing, 1 at first (`balancing_index_0` of the basis, where it is given)::

        z_t = min(1, z_{t-1} f)            with `restore`: a ratio above 1 brings back what was cut
        z_t = z_{t-1} min(1, f)            without
        1 + adj_t = (1 + base_t) z_t / z_{t-1}

    so that balancing begins when the ratio falls below its limit, and ends when the balanced index has met the other
    one again; higher adjustments than the other one's are given in between only. The floor bounds the adjustment after
    balancing, which is never below it unless the base is; z then is what pensions have indeed. This is the automatic
    balancing of the Swedish pension scheme where the ratio is the balance ratio [1]_ [2]_.

    References
    ----------
    .. [1] Settergren, O. and Mikula, B. D. (2005), The rate of return of pay-as-you-go pension systems, Journal of
       Pension Economics and Finance 4(2).
    .. [2] Sweden, Social Insurance Code (2010:110), chapter 58.
    """

    by: Literal["balance_ratio", "reserve_ratio"] = Field(description="Ratio of the finances that is looked at")
    below: Count = Field(default=1.0, description="Ratio below which adjustments are cut (ratio, or years of outgo)")
    share: float = Field(default=1.0, gt=0, le=1, description="Part of the deviation that counts (fraction)")
    floor: Change | None = Field(default=None, description="Least adjustment after balancing (fraction per year)")
    restore: bool = Field(default=True, description="Whether what was cut is made up for when the ratio recovers")
    lag: int = Field(default=1, ge=1, le=10, description="Years between the ratio and the adjustment")
    rate: Change = Field(default=0.0, description="Interest at which pensions are valued (fraction per year)")

    def factors(self, basis: xr.Dataset, finance: xr.Dataset | None) -> np.ndarray:
        """Factor f by year, before it is bounded; 1 where the finances are not known yet."""
        limit = np.broadcast_to(evaluate(self.below, make_grid(basis, None)), basis.sizes["year"])
        found = 1.0 + self.share * (before(self.by, basis, finance, self.lag) / limit - 1.0)
        return np.where(np.isnan(found), 1.0, found)

    def balanced(
        self, base: np.ndarray, basis: xr.Dataset, finance: xr.Dataset | None, *, begun: bool = False
    ) -> Balanced:
        """Factors of 1 + base, the adjustment without balancing by year; none in a first year that has `begun`.

        A factor below 0.01 counts as that, since ratios of a first pass may be out of all proportion;
        `project_balancing` refuses them in a result.
        """
        factors = np.maximum(self.factors(basis, finance), LEAST)
        floors = None
        if self.floor is not None:
            floors = np.broadcast_to(evaluate(self.floor, make_grid(basis, None)), base.shape)
        level = float(basis["balancing_index_0"]) if "balancing_index_0" in basis else 1.0
        applied, index = np.ones(len(base)), np.zeros(len(base))
        for t, factor in enumerate(factors):
            if not (begun and t == 0):
                new = min(1.0, level * factor) if self.restore else level * min(1.0, factor)
                applied[t] = 1.0 if new == level else new / level
                if floors is not None:
                    least = (1.0 + min(floors[t], base[t])) / (1.0 + base[t])
                    applied[t] = max(applied[t], least)
                level *= applied[t]
            index[t] = level
        return Balanced(applied, index)
