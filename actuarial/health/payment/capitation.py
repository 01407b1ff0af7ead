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
    each group; R the cost of a sex and age in the base year over the mean of the members of the group (so that the
    group costs what it cost), 1 without risk adjustment. A group without members in the base year costs what a member
    of all groups did, where it uses the service.
    Providers bear the volume: the cost does not depend on the contacts of the year.
    """

    risk_adjusted: bool = Field(default=True, description="Whether the sum depends on sex and age as use did at first")

    def cost(self, activity: Activity, basis: xr.Dataset) -> xr.DataArray:
        spent, people = activity.base_contacts * activity.base_cost, activity.base_members
        growth = activity.unit_cost / activity.base_cost.where(activity.base_cost > 0, float("inf"))
        number = people.sum(["sex", "age"])
        joins = (number <= 0) & (activity.contacts.sum(["sex", "age"]) > 0)
        by_group = _per_head(spent.sum(["sex", "age"]), number).where(~joins, _per_head(spent.sum(), people.sum()))
        cost = activity.members * (growth * by_group)
        if self.risk_adjusted:
            risk = _per_head(spent.sum("health_group"), people.sum("health_group"))
            counted = people.where(number > 0, people.sum("health_group"))
            level = _per_head((counted * risk).sum(["sex", "age"]), counted.sum(["sex", "age"]))
            cost = cost * (risk / level.where(level > 0, float("inf")))
        return cost.transpose(*MEMBER)


def _per_head(amount: xr.DataArray, people: xr.DataArray) -> xr.DataArray:
    """Amount for each person, 0 where there is nobody."""
    return amount / people.where(people > 0, float("inf"))
