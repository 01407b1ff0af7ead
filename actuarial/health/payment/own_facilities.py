"""Own facilities: staff and buildings cost the same whatever is used, drugs and materials follow the contacts."""

import xarray as xr
from pydantic import Field

from actuarial.dated import evaluate
from actuarial.fields import Change, Fraction, rule
from actuarial.health.contract import MEMBER, Activity
from actuarial.person import make_grid


@rule
class OwnFacilities:
    """A fixed part of the cost of the base year, carried by the unit cost and by new capacity, and a part by contact.

    Notes
    -----
    cost = f E_0 p_t prod(1 + capacity_t) + (1 - f) contacts x unit cost, E_0 the cost of the base year, p the growth of
    the unit cost; the fixed part is divided among the members by what they use. A new member costs less than the mean.
    """

    fixed_share: Fraction = Field(default=0.7, description="Part of the cost of the base year that is fixed (fraction)")
    capacity_growth: Change = Field(default=0.0, description="Growth of the facilities (fraction per year)")

    def cost(self, activity: Activity, basis: xr.Dataset) -> xr.DataArray:
        grid = make_grid(basis, None, years=activity.contacts["year"].values)
        share = evaluate(self.fixed_share, grid)
        used = (activity.contacts * activity.unit_cost).transpose(*MEMBER)
        total = used.sum(["health_group", "sex", "age"])
        grown = (1.0 + evaluate(self.capacity_growth, grid) + 0.0 * grid.year).cumprod("year")
        fixed = (activity.base_contacts * activity.unit_cost).sum(["health_group", "sex", "age"]) * grown
        return (used * ((1.0 - share) + share * fixed / total.where(total > 0, float("inf")))).transpose(*MEMBER)
