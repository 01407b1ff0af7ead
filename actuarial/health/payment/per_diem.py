"""Per diem: days of stay at a daily rate."""

import xarray as xr
from pydantic import Field

from actuarial.dated import evaluate
from actuarial.fields import Change, rule
from actuarial.health.contract import MEMBER, Activity, of_users
from actuarial.person import make_grid


@rule
class PerDiem:
    """Days times the daily rate, the unit cost over the mean length of the contacts of the group in the base year.

    Notes
    -----
    cost = contacts x length[sex, age] x prod(1 + growth of the length) x unit cost / mean length of the base year.
    The mean is that of all groups where the group had no contacts. The payer bears the length of stay.
    """

    length_growth: Change = Field(default=0.0, description="Growth of the length of a stay (fraction per year)")

    def cost(self, activity: Activity, basis: xr.Dataset) -> xr.DataArray:
        cases = of_users(activity.base_contacts)
        total = cases.sum(["sex", "age"])
        mean = (cases * activity.length).sum(["sex", "age"]) / total.where(total > 0, float("inf"))
        grid = make_grid(basis, None, years=activity.contacts["year"].values)
        level = (1.0 + evaluate(self.length_growth, grid) + 0.0 * grid.year).cumprod("year")
        days = activity.contacts * (activity.length * level)
        return (days * (activity.unit_cost / mean.where(mean > 0, float("inf")))).transpose(*MEMBER)
