"""Per diem: days of stay at a daily rate, or any other quantity of a contact at the price of a piece."""

import xarray as xr
from pydantic import Field

from actuarial.fields import Change, rule
from actuarial.health.contract import Activity
from actuarial.health.payment.figures import answer, carried, figures, over, total


@rule
class PerDiem:
    """Days times the daily rate, the unit cost over the mean length of the contacts of the group in the base year.

    The days are `days_per_contact` of the basis, which may be another quantity: the items of a prescription, each paid.

    Notes
    -----
    cost = contacts x length[sex, age] x prod(1 + growth of the length) x unit cost / mean length of the base year.
    The mean is that of all groups where the group had no contacts. The payer bears the length of stay.

    References
    ----------
    .. [1] Langenbrunner, J. C., Cashin, C., O'Dougherty, S. (2009), Designing and implementing health care provider
       payment systems, World Bank.
    """

    length_growth: Change = Field(default=0.0, description="Growth of the length of a stay (fraction per year)")

    def cost(self, activity: Activity, basis: xr.Dataset) -> xr.DataArray:
        known = figures(activity)
        mean = over(total(known.users * known.length), total(known.users))
        days = over(known.length, mean) * carried(self.length_growth, activity, basis)
        return answer(activity, known.due * days)
