"""A pension formula of one's own: more for earnings above the average wage, and a rise at every jubilee of service."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from actuarial.contract import Amount, Reference
from actuarial.dated import clip, evaluate, parse
from actuarial.form_table import register_form

ROUNDING = 1e-9  # years: a jubilee on the last day of a month counts


@dataclass(frozen=True, kw_only=True)
class Jubilee:
    """A fund beside a flat state pension: what the latter does not replace accrues faster, and loyalty is rewarded.

    Notes
    -----
    With RS the mean of the revalued earnings of the last `years` years, B = level x average wage of the year of award
    and n years of service, P = min(n, full_years) (1 + rise [n/every]) (accrual RS + excess max(0, RS - B)).
    """

    accrual: Any  # share of all earnings for each year of service (fraction), by year or cohort if need be
    excess: Any  # further share of earnings above the level (fraction)
    level: float = 1.0  # of the average wage
    years: int = 5
    full_years: float = 40.0
    every: float = 5.0  # years between jubilees
    rise: float = 0.0  # of the pension at each jubilee (fraction)

    def __post_init__(self):
        for name in ("accrual", "excess"):
            object.__setattr__(self, name, parse(getattr(self, name)))
        if min(self.full_years, self.every) <= 0:
            raise ValueError("full_years and every must be above 0")

    def award(self, person, service):
        jubilees = np.floor(service / self.every + ROUNDING)
        career = clip(service, 0.0, self.full_years) * (1.0 + self.rise * jubilees)
        earnings = Reference(years=self.years, revaluation="wages")
        above = career * evaluate(self.excess, person)
        return (
            Amount(rate=career * evaluate(self.accrual, person), base=earnings),
            Amount(rate=above, base=earnings, less=above * self.level * person.average_wage()),
        )


register_form("jubilee", Jubilee)
