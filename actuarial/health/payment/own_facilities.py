"""Own facilities: staff and buildings cost the same whatever is used, drugs and materials follow the contacts."""

import xarray as xr
from pydantic import Field

from actuarial.fields import Change, Fraction, rule
from actuarial.health.contract import Activity
from actuarial.health.payment.figures import answer, carried, check_base, dated, divided, figures, yearly_total


@rule
class OwnFacilities:
    """A fixed part of the cost of the base year, carried by the unit cost and by new capacity, and a part by contact.

    Notes
    -----
    cost = f E_0 package_t p_t prod(1 + capacity_t) + (1 - f) contacts x unit cost, E_0 the cost of the whole service in
    the base year, package the part that is covered, p the growth of the unit cost; the fixed part is divided among the
    members by what they use. A new member costs less than the mean.

    References
    ----------
    .. [1] Cichon, M. et al. (1999), Modelling in health care finance, International Labour Office, chapter 6.
    """

    fixed_share: Fraction = Field(default=0.7, description="Part of the cost of the base year that is fixed (fraction)")
    capacity_growth: Change = Field(default=0.0, description="Growth of the facilities (fraction per year)")

    def cost(self, activity: Activity, basis: xr.Dataset) -> xr.DataArray:
        known = figures(activity)
        check_base(activity, known)
        used, share = known.due, dated(self.fixed_share, activity, basis)
        grown = carried(self.capacity_growth, activity, basis)
        fixed = yearly_total(known.base_contacts * known.unit_cost) * known.package * grown
        return answer(activity, used * ((1.0 - share) + divided(activity, share * fixed, used)))
