"""Fee for service: every contact is paid, at a fixed fee or at a point value that floats under a budget."""

import xarray as xr
from pydantic import Field

from actuarial.fields import Amounts, rule
from actuarial.health.contract import Activity
from actuarial.health.payment.figures import answer, dated, figures, over, yearly_total


@rule
class FeeForService:
    """Contacts times fee; with a budget the fee is what the budget leaves for each contact.

    Notes
    -----
    cost = contacts x unit cost; with a budget B_t the point value is B_t / sum(contacts x unit cost), so that the cost
    of all groups is the budget. The payer bears the volume without a budget, providers bear it with one.

    References
    ----------
    .. [1] Langenbrunner, J. C., Cashin, C., O'Dougherty, S. (2009), Designing and implementing health care provider
       payment systems, World Bank.
    """

    budget: Amounts | None = Field(default=None, description="Budget of the service that fees are fitted into (money)")

    def cost(self, activity: Activity, basis: xr.Dataset) -> xr.DataArray:
        cost = figures(activity).due
        if self.budget is not None:
            cost *= over(dated(self.budget, activity, basis), yearly_total(cost))
        return answer(activity, cost)
