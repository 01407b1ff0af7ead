"""Capitation: a sum for every member, whatever they use, adjusted to their risk by sex and age."""

import xarray as xr
from pydantic import Field

from actuarial.fields import rule
from actuarial.health.contract import MEMBER, Activity


@rule
class Capitation:
    """Members times the capitation, which is the cost of a member of the base year carried by the unit cost.

    Notes
    -----
    cost = members x c_0 (unit cost_t / unit cost_0) x R[sex, age], c_0 the mean cost of a member of the base year in
    each group; R the cost of a sex and age over the mean of all members of the base year, 1 without risk adjustment.
    Providers bear the volume: the cost does not depend on the contacts of the year.
    """

    risk_adjusted: bool = Field(default=True, description="Whether the sum depends on sex and age as use did at first")

    def cost(self, activity: Activity, basis: xr.Dataset) -> xr.DataArray:
        cells = ["health_group", "sex", "age"]
        spent, people = activity.base_contacts * activity.base_cost, activity.base_members
        growth = activity.unit_cost / activity.base_cost.where(activity.base_cost > 0, float("inf"))
        by_group = spent.sum(["sex", "age"]) / people.sum(["sex", "age"]).where(lambda n: n > 0, float("inf"))
        cost = activity.members * (growth * by_group)
        if self.risk_adjusted:
            mean = spent.sum(cells) / people.sum(cells)
            by_age = spent.sum("health_group") / people.sum("health_group").where(lambda n: n > 0, float("inf"))
            risk = by_age / mean
            level = (people * risk).sum(["sex", "age"]) / people.sum(["sex", "age"]).where(lambda n: n > 0, float("inf"))
            cost = cost * (risk / level.where(level > 0, float("inf")))
        return cost.transpose(*MEMBER)
