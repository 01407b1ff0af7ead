"""Global budget: a sum for all that providers do, carried forward by an index."""

from typing import Literal

import xarray as xr
from pydantic import Field

from actuarial.dated import evaluate
from actuarial.fields import Change, rule
from actuarial.health.contract import MEMBER, Activity
from actuarial.person import index_path, make_grid

INDEX = {"wages": "wage_growth", "prices": "inflation"}


@rule
class GlobalBudget:
    """The cost of the base year carried by an index, divided among the members by what they use.

    Notes
    -----
    B_t = B_0 I_t/I_0 prod(1 + growth_t). Under the rule "fixed" providers are due the budget whatever they do, under
    "capped" the lesser of the budget and of contacts x unit cost.
    """

    indexed: Literal["none", "wages", "prices"] = Field(default="prices", description="Index of the budget")
    growth: Change = Field(default=0.0, description="Growth above the index (fraction per year)")
    rule: Literal["fixed", "capped"] = Field(default="fixed", description="What happens when less is used")

    def cost(self, activity: Activity, basis: xr.Dataset) -> xr.DataArray:
        used = (activity.contacts * activity.unit_cost).transpose(*MEMBER)
        total = used.sum(["health_group", "sex", "age"])
        grid = make_grid(basis, None, years=used["year"].values)
        budget = (activity.base_contacts * activity.base_cost).sum()
        budget = budget * (1.0 + evaluate(self.growth, grid) + 0.0 * grid.year).cumprod("year")
        if self.indexed != "none":
            years = used["year"].values
            budget = budget * index_path(basis, INDEX[self.indexed], int(years[0]), int(years[-1])).sel(year=years)
        due = budget if self.rule == "fixed" else xr.where(budget < total, budget, total)
        return (used * (due / total.where(total > 0, float("inf")))).transpose(*MEMBER)
