"""Mixtures: parts of a service are paid in different ways, and the parts change along a path."""

from typing import Annotated, Any

import numpy as np
import xarray as xr
from pydantic import Field, PlainValidator, WithJsonSchema

from actuarial.bridge import view
from actuarial.errors import BadScheme
from actuarial.fields import Fraction, rule
from actuarial.health.contract import MEMBER, Activity, payment_method
from actuarial.health.payment.figures import answer, dated
from actuarial.translation import Told


@rule
class Part:
    """One part of a mixture."""

    share: Fraction = Field(description="Part of the service that is paid in this way (fraction)")
    payment: Annotated[
        Any, PlainValidator(payment_method), WithJsonSchema({"type": "object", "$comment": "payment"})
    ] = Field(description="How it is paid")


@rule
class Mixture:
    """The sum of shares times what each method costs; the shares sum to one in every year.

    Notes
    -----
    cost_t = sum_p a_p,t cost_p,t. A transition is a path of the shares.

    References
    ----------
    .. [1] Langenbrunner, J. C., Cashin, C., O'Dougherty, S. (2009), Designing and implementing health care provider
       payment systems, World Bank.
    """

    parts: tuple[Part, ...] = Field(min_length=1, description="Parts, each with its share and its payment")

    def cost(self, activity: Activity, basis: xr.Dataset) -> xr.DataArray:
        years = activity.contacts["year"].values
        shares = [dated(part.share, activity, basis) for part in self.parts]
        whole = sum(shares[1:], start=shares[0])
        wrong = np.abs(whole - 1.0) > 1e-9
        if wrong.any():
            place = tuple(np.argwhere(wrong)[0])
            raise BadScheme(
                Told(
                    "{service}.payment.parts: the shares sum to {total:g} in {year}, not to 1.\n"
                    "  Correct a share or its path.",
                    service=activity.service,
                    total=float(whole[place]),
                    year=str(years[place[0]]),
                )
            )
        labels = activity.contacts.coords
        costs = [view(part.payment.cost(activity, basis), MEMBER, labels) for part in self.parts]
        return answer(activity, np.sum([share * cost for share, cost in zip(shares, costs, strict=True)], axis=0))
