"""Capitation: a sum for every member, whatever they use, adjusted to their risk by sex and age."""

import numpy as np
import xarray as xr
from pydantic import Field

from actuarial.fields import rule
from actuarial.health.contract import Activity
from actuarial.health.payment.figures import answer, check_base, figures, over, total


@rule
class Capitation:
    """Members times the capitation, which is the cost of a member of the base year carried by the unit cost.

    Notes
    -----
    cost = members x package_t x c_0 (unit cost_t / unit cost_0) x R[sex, age], c_0 the mean cost of a member of the
    base year in each group, had the whole service been covered, and package the part that is covered; R the cost of a
    sex and age in the base year over the mean of the members of the group (so that the group costs what it cost), 1
    without risk adjustment. A group without members in the base year costs what a member of all groups did, where it
    uses the service.
    Providers bear the volume: the cost does not depend on the contacts of the year.

    References
    ----------
    .. [1] Van de Ven, W. P. M. M., Ellis, R. P. (2000), Risk adjustment in competitive health plan markets, Handbook of
       health economics 1A, Elsevier, chapter 14.
    """

    risk_adjusted: bool = Field(default=True, description="Whether the sum depends on sex and age as use did at first")

    def cost(self, activity: Activity, basis: xr.Dataset) -> xr.DataArray:
        known = figures(activity)
        check_base(activity, known)
        spent, people = known.base_contacts * known.base_cost, known.base_members
        number = total(people)
        joins = (number <= 0) & (known.contacts.sum(axis=(2, 3), keepdims=True) > 0)
        by_group = np.where(joins, over(spent.sum(), people.sum()), over(total(spent), number))
        rate: np.ndarray = over(known.unit_cost, known.base_cost) * by_group
        if self.risk_adjusted:
            risk = over(spent.sum(axis=0), people.sum(axis=0))
            counted = np.where(number > 0, people, people.sum(axis=0))
            rate = rate * over(risk, over(total(counted * risk), total(counted)))
        return answer(activity, known.members * (known.package * rate))
