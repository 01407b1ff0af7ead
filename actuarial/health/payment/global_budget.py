"""Global budget: a sum for all that providers do, carried forward by an index."""

from typing import Literal

import numpy as np
import xarray as xr
from pydantic import Field

from actuarial.fields import Change, rule
from actuarial.health.contract import Activity
from actuarial.health.payment.figures import answer, carried, check_base, divided, figures, yearly_total
from actuarial.person import index_path

INDEX = {"wages": "wage_growth", "prices": "inflation"}


@rule
class GlobalBudget:
    """The cost of the base year carried by an index, divided among the members by what they use.

    Notes
    -----
    B_t = B_0 package_t I_t/I_0 prod(1 + growth_t), B_0 the cost of the whole service in the base year, package the part
    that is covered. Under the rule "fixed" providers are due the budget whatever they do, under
    "capped" the lesser of the budget and of contacts x unit cost.

    References
    ----------
    .. [1] Langenbrunner, J. C., Cashin, C., O'Dougherty, S. (2009), Designing and implementing health care provider
       payment systems, World Bank.
    """

    indexed: Literal["none", "wages", "prices"] = Field(default="prices", description="Index of the budget")
    growth: Change = Field(default=0.0, description="Growth above the index (fraction per year)")
    rule: Literal["fixed", "capped"] = Field(default="fixed", description="What happens when less is used")

    def cost(self, activity: Activity, basis: xr.Dataset) -> xr.DataArray:
        known = figures(activity)
        check_base(activity, known)
        used = known.due
        whole, years = yearly_total(used), activity.contacts["year"].values
        budget = (known.base_contacts * known.base_cost).sum() * known.package
        budget = budget * carried(self.growth, activity, basis)
        if self.indexed != "none":
            level = index_path(basis, INDEX[self.indexed], int(years[0]), int(years[-1])).sel(year=years)
            budget = budget * level.values[:, np.newaxis, np.newaxis, np.newaxis]
        due = budget if self.rule == "fixed" else np.minimum(budget, whole)
        return answer(activity, used * divided(activity, due, used))
