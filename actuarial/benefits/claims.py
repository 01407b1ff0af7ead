"""Who comes to a benefit, by number and by money: from the insured, and from the beneficiaries it follows."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from actuarial.bridge import align
from actuarial.law import single_award
from actuarial.person import Person
from actuarial.scheme import Benefit

PLACE = ("year", "sex", "age")


@dataclass(frozen=True)
class Arrivals:
    """Number, yearly amount and the part due to the minimum, each (year, sex, age reached on 31 December)."""

    number: np.ndarray
    amount: np.ndarray
    topup: np.ndarray

    def __add__(self, other: "Arrivals") -> "Arrivals":
        return Arrivals(self.number + other.number, self.amount + other.amount, self.topup + other.topup)


def from_insured(benefit: Benefit, insured: xr.Dataset) -> Arrivals:
    """Claims that the insured stage made on a benefit (for survivors' benefits: deceased members)."""
    names = ("claims_number", "claims_amount", "claims_topup")
    return Arrivals(*(insured[name].sel(benefit=benefit.name).transpose(*PLACE).values for name in names))


def from_followed(benefit: Benefit, ended: Arrivals, grid: Person) -> Arrivals:
    """Deaths of beneficiaries of a followed benefit: a share of their pension, or a fixed amount per death.

    `ended` holds the number who died and the pensions they left, after the indexation of the year.
    """
    coords = {d: grid.basis[d] for d in PLACE}
    claim = align(benefit.follow_claim(grid), PLACE, coords)
    if benefit.share is None:
        per_head = align(single_award(benefit, grid), PLACE, coords)
        return Arrivals(ended.number * claim, ended.number * claim * per_head, np.zeros_like(ended.number))
    share = align(benefit.share_of_pension(grid), PLACE, coords) * claim
    return Arrivals(ended.number * claim, ended.amount * share, ended.topup * share)
