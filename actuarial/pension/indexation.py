"""Adjustment of pensions in payment."""

from collections.abc import Callable
from typing import Annotated, Any

import xarray as xr
from pydantic import Field, TypeAdapter, WithJsonSchema, WrapValidator

from actuarial.dated import Misstated, evaluate
from actuarial.fields import Change, Fraction, rule
from actuarial.person import growth_path, make_grid

WORDS = ("none", "prices", "wages")


@rule
class Indexation:
    """Yearly adjustment: a mix of the growth of prices and wages and a fixed rate.

    adj_t = a infl_{t-lag} + b gam_{t-lag} + fixed

    Examples
    --------
    Indexation(prices=0.5, wages=0.5, lag=1, month=7)
    """

    prices: Fraction = Field(default=0.0, description="Weight of the growth of prices (fraction)")
    wages: Fraction = Field(default=0.0, description="Weight of the growth of wages (fraction)")
    fixed: Change = Field(default=0.0, description="Fixed adjustment (fraction per year)")
    lag: int = Field(default=0, ge=0, le=10, description="Years between the growth and the adjustment")
    month: int = Field(default=1, ge=1, le=12, description="Month of the adjustment, on its first day")

    def __call__(self, basis: xr.Dataset, finance: xr.Dataset | None = None) -> xr.DataArray:
        """Adjustment by year, 1/year."""
        person = make_grid(basis, None)
        total = evaluate(self.fixed, person) + 0.0 * person.year
        for weight, variable in ((self.prices, "inflation"), (self.wages, "wage_growth")):
            share = evaluate(weight, person)
            if isinstance(share, xr.DataArray) or share != 0.0:
                growth = growth_path(basis, variable, person.year.values - self.lag)
                total = total + share * growth.assign_coords(year=person.year)
        return total.transpose(..., "year")

    @property
    def time(self) -> float:
        """Fraction of the year before the adjustment."""
        return (self.month - 1) / 12


def _validate(raw: Any, check: Callable[[Any], Indexation]) -> Any:
    """A word, a mix, or any object that answers as `Indexation` does when called."""
    if isinstance(raw, str):
        if raw not in WORDS:
            raise Misstated(
                f"must be one of {', '.join(WORDS)}, or a mix {{ prices = 0.5, wages = 0.5 }} (got {raw!r})"
            )
        weights: dict[str, Any] = {} if raw == "none" else {raw: 1.0}
        return Indexation(**weights)
    return raw if callable(raw) else check(raw)


_SHAPES = [{"enum": list(WORDS)}, TypeAdapter(Indexation).json_schema()]
IndexationRule = Annotated[Indexation, WrapValidator(_validate), WithJsonSchema({"anyOf": _SHAPES})]
