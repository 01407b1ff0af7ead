"""Case payment: every case at a base rate times the weight of its group of diagnoses, which creeps upwards."""

import xarray as xr
from pydantic import Field

from actuarial.bridge import align
from actuarial.fields import Change, rule
from actuarial.health.contract import Activity
from actuarial.health.payment.figures import answer, carried, figures, over, total


@rule
class CasePayment:
    """Cases times base rate times case mix.

    Notes
    -----
    cost = contacts x unit cost x CMI[sex, age]/mean CMI of the cases of the group in the base year x prod(1 + creep_t),
    CMI the `case_mix` of the basis, 1 where it has none. The mean is that of all groups where the group had no cases.

    References
    ----------
    .. [1] Fetter, R. B. et al. (1980), Case mix definition by diagnosis-related groups, Medical Care 18(2), supplement.
    .. [2] Carter, G. M., Newhouse, J. P., Relles, D. A. (1990), How much change in the case mix index is DRG creep?,
       Journal of Health Economics 9(4), 411-428.
    """

    creep: Change = Field(default=0.0, description="Growth of the weights of cases by coding (fraction per year)")

    def cost(self, activity: Activity, basis: xr.Dataset) -> xr.DataArray:
        known = figures(activity)
        level = carried(self.creep, activity, basis)
        if "case_mix" in basis:
            coords = {dim: activity.contacts[dim] for dim in ("sex", "age")} | {"service_type": [activity.service]}
            weight = align(basis["case_mix"], ("service_type", "sex", "age"), coords)[0]
            level = level * (weight * over(total(known.users), total(known.users * weight)))
        return answer(activity, known.due * level)
