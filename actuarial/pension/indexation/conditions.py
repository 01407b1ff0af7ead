"""Conditions of an adjustment on the economy and the finances of years before."""

import numpy as np
import xarray as xr
from pydantic import Field

from actuarial import check
from actuarial.dated import evaluate
from actuarial.errors import BadDimensions, BadInput
from actuarial.fields import Change, Count, rule
from actuarial.pension.indexation.growth import Mix, growth_of
from actuarial.person import make_grid
from actuarial.translation import Told

FINANCES = ("reserve_ratio",)
GROWTHS = {"gdp_growth": "gdp", "real_gdp_growth": "real_gdp", "inflation": "prices"}


@rule
class OnlyIf:
    """What must hold in the year `lag` years before an adjustment; all that is stated must.

    The reserve ratio is the reserve at the end of a year over the outgo of the year; before the projection it is
    `reserve_ratio_0` of the basis.
    """

    reserve_ratio_above: Count | None = Field(default=None, description="Reserve over outgo lies above it (years)")
    reserve_ratio_below: Count | None = Field(default=None, description="Reserve over outgo lies below it (years)")
    gdp_growth_above: Change | None = Field(default=None, description="Nominal growth of the product (fraction)")
    real_gdp_growth_above: Change | None = Field(default=None, description="Real growth of the product (fraction)")
    inflation_above: Change | None = Field(default=None, description="Growth of prices lies above it (fraction)")
    lag: int = Field(default=1, ge=1, le=10, description="Years between what is looked at and the adjustment")

    def __post_init__(self) -> None:
        if not self._stated():
            example = "reserve_ratio_above = 2.0"
            raise ValueError(Told("states no condition; write for example {example}", example=example))

    def _stated(self) -> list[tuple[str, str]]:
        """What is compared, and how."""
        words = [(name, way) for name in (*FINANCES, *GROWTHS) for way in ("above", "below")]
        return [(name, way) for name, way in words if getattr(self, f"{name}_{way}", None) is not None]

    def reads(self, *names: str) -> bool:
        """Whether a condition on one of these names is stated."""
        return any(name in names for name, _ in self._stated())

    def holds(self, basis: xr.Dataset, finance: xr.Dataset | None) -> np.ndarray:
        """Whether the conditions hold by year; they do not where the finances are not known yet."""
        person = make_grid(basis, None)
        found = np.ones(basis.sizes["year"], dtype=bool)
        for name, way in self._stated():
            limit = np.broadcast_to(evaluate(getattr(self, f"{name}_{way}"), person), found.shape)
            if name in FINANCES:
                values = before(name, basis, finance, self.lag)
            else:
                values = growth_of(basis, GROWTHS[name], person.year.values - self.lag).values
            found &= values > limit if way == "above" else values < limit
        return found


@rule
class Alternative(Mix):
    """The adjustment where the one before it is not due, itself under a condition or not."""

    only_if: OnlyIf | None = Field(default=None, description="What must hold for it; always if absent")


def before(name: str, basis: xr.Dataset, finance: xr.Dataset | None, lag: int) -> np.ndarray:
    """Ratio of the year `lag` years before each year of a basis without scenarios (year,).

    In the first years it is the ratio before the projection, `NAME_0` of the basis; NaN where it is not known yet,
    since the finances have not been projected; infinite where there is no outgo.

    Raises
    ------
    MissingVariable
        The basis lacks the ratio before the projection.
    BadDimensions
        Finances of other years, or several scenarios at once.
    BadInput
        Finances that have no such ratio.
    """
    check.require(basis, f"{name}_0")
    years = basis["year"].values
    found = np.full(len(years), np.nan)
    first = basis[f"{name}_0"]
    if first.ndim or (finance is not None and "scenario" in finance.dims):
        raise BadDimensions(
            f"{name}: an adjustment looks back in one scenario at a time; select it with .sel(scenario=...)."
        )
    found[:lag] = float(first)
    if finance is not None and lag < len(years):
        if not np.array_equal(finance["year"].values, years):
            raise BadDimensions(f"{name}: the finances have other years than the basis; give those of the same basis.")
        found[lag:] = _ratio(name, finance)[:-lag]
    return found


def _ratio(name: str, finance: xr.Dataset) -> np.ndarray:
    if name == "reserve_ratio" and {"reserve", "outgo"} <= set(finance):
        reserve, outgo = finance["reserve"].values, finance["outgo"].values
        return np.divide(reserve, outgo, out=np.full(len(outgo), np.inf), where=outgo > 0)
    if name not in finance:
        raise BadInput(
            f"{name}: the finances that an adjustment looks back at do not have it; give those of project, or of "
            "project_finance with project_balancing."
        )
    return finance[name].values
