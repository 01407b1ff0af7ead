"""Case payment: every case at a base rate times the weight of its group of diagnoses, which creeps upwards."""

import xarray as xr
from pydantic import Field

from actuarial.bridge import align
from actuarial.dated import evaluate
from actuarial.fields import Change, rule
from actuarial.health.contract import MEMBER, Activity, of_users
from actuarial.person import make_grid


@rule
class CasePayment:
    """Cases times base rate times case mix.

    Notes
    -----
    cost = contacts x unit cost x CMI[sex, age]/mean CMI of the cases of the group in the base year x prod(1 + creep_t),
    CMI the `case_mix` of the basis, 1 where it has none. The mean is that of all groups where the group had no cases.
    """

    creep: Change = Field(default=0.0, description="Growth of the weights of cases by coding (fraction per year)")

    def cost(self, activity: Activity, basis: xr.Dataset) -> xr.DataArray:
        cost = activity.contacts * activity.unit_cost
        if "case_mix" in basis:
            coords = {dim: activity.contacts[dim] for dim in ("sex", "age")} | {"service_type": [activity.service]}
            values = align(basis["case_mix"], ("service_type", "sex", "age"), coords)[0]
            weight = xr.DataArray(values, dims=("sex", "age"), coords={d: coords[d] for d in ("sex", "age")})
            cases = of_users(activity.base_contacts)
            points, total = ((cases * part).sum(["sex", "age"]) for part in (weight, 1.0))
            cost = cost * (weight * (total / points.where(points > 0, float("inf"))))
        grid = make_grid(basis, None, years=activity.contacts["year"].values)
        level = (1.0 + evaluate(self.creep, grid) + 0.0 * grid.year).cumprod("year")
        return (cost * level).transpose(*MEMBER)
