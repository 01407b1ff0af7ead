"""What a benefit answers, per head: the contracts between the law and the people it meets."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import xarray as xr

from actuarial.dated import Number, clip
from actuarial.errors import BadInput

EVENTS = ("retirement", "invalidity", "death", "exit")
BASES = ("currency", "average_wage", "final_earnings")


@dataclass(frozen=True)
class Reference:
    """Reference earnings: the mean of the earnings of the last years, each revalued to the year of the award.

    Parameters
    ----------
    years : int
        Number of years; the year of the award (or of the exit, for those who left before) is the last of them.
    revaluation : "none", "wages" or "prices"
        Index that carries the earnings of a past year to the year of the award.
    window : "calendar_years" or "months"
        Calendar years count alike; "months" takes the last 12 x years contributed months. A cohort has whole calendar
        years only, so the two differ for one person and not in a projection.
    capped : bool
        Earnings count between the floor and the ceiling of insurable earnings of their own year.

    Notes
    -----
    RS_t = 1/N sum_{k<N} w_{t-k} I_t / I_{t-k}
    """

    years: int = 1
    revaluation: str = "none"
    window: str = "calendar_years"
    capped: bool = True

    def index(self, person: Any) -> Number:
        """Level of the index of revaluation by year of the person (1 throughout without revaluation)."""
        if self.revaluation == "none":
            return 1.0 + 0.0 * person.year
        return person.index(self.revaluation)


@dataclass(frozen=True, eq=False)
class Amount:
    """Amount of a benefit per head: a multiple of rate x base between floor and ceiling, currency/year.

    For lump sums the unit is currency. Amounts that differ by their multiple alone (an old-age pension and the widow's
    share of it) are evaluated once.

    Parameters
    ----------
    rate : float or DataArray over service, and over year, group, sex, age if the law says so
        Share of the base; currency/year where the base is "currency".
    base : Reference, "final_earnings" (of the year), "average_wage" (of all active insured) or "currency" (1)
    floor, ceiling : float or DataArray over year, group, sex, age, currency/year
        Least and greatest amount, before the multiple.
    multiple : float or DataArray over year, group, sex, age
    """

    rate: Number
    base: Reference | str = "final_earnings"
    floor: Number = 0.0
    ceiling: Number = np.inf
    multiple: Number = 1.0

    def __post_init__(self) -> None:
        if isinstance(self.base, str) and self.base not in BASES:
            raise BadInput(f"Amount: base {self.base!r} is unknown; give a Reference or one of {', '.join(BASES)}.")

    def times(self, factor: Number) -> "Amount":
        """A share of the amount."""
        return replace(self, multiple=self.multiple * factor)

    def expected(
        self, mean: Number, cv: Number, base_floor: Number = 0.0, base_ceiling: Number = np.inf
    ) -> xr.DataArray:
        """Mean amount over a lognormal distribution of reference earnings.

        With X = rate x earnings of the given mean and coefficient of variation, where earnings count between
        `base_floor` and `base_ceiling` (means of the floors and ceilings of the reference years),

        E = multiple x (LEV_X(b) - LEV_X(a) + a),

        a = clip(rate x base_floor, floor, ceiling), b = clip(rate x base_ceiling, floor, ceiling).
        """
        from actuarial.numeric import UNLIMITED, expected_clip_array

        arrays = (self.rate * mean, cv, _product(base_floor, self.rate), _product(base_ceiling, self.rate))
        low, high = clip(arrays[2], self.floor, self.ceiling), clip(arrays[3], self.floor, self.ceiling)
        labelled = xr.broadcast(*(xr.DataArray(value) for value in (arrays[0], arrays[1], low, high)))
        one = labelled[0].copy(data=expected_clip_array(*(np.minimum(value.values, UNLIMITED) for value in labelled)))
        return self.multiple * one

    def exact(self, person: Any) -> float:
        """Amount of one person, whose base is known exactly."""
        return float(self.multiple * clip(self.rate * person.base(self.base), self.floor, self.ceiling))


def _product(bound: Number, factor: Number) -> Number:
    """Bound times factor, where no bound stays none."""
    if not isinstance(bound, xr.DataArray) and bound in (0.0, np.inf):
        return bound
    return bound * factor


def amounts(award: Amount | tuple[Amount, ...]) -> tuple[Amount, ...]:
    """The parts of an award."""
    return award if isinstance(award, tuple) else (award,)


def each(award: Amount | tuple[Amount, ...], change: Callable[[Amount], Amount]) -> tuple[Amount, ...]:
    """The parts of an award, changed one by one."""
    return tuple(change(amount) for amount in amounts(award))


class Benefit(Protocol):
    """Answers of a benefit, per head and without people.

    A benefit names the event of an insured person at which it starts (`on`) or the benefits whose beneficiaries' deaths
    start it (`follows`), or both. The other answers have defaults, so that a new benefit writes `claim` and `award`.

    Attributes
    ----------
    name : str
    on : "retirement", "invalidity", "death", "exit" or None
    follows : names of benefits
    lump_sum : paid once
    payments : monthly payments in a year (13 with a thirteenth payment)
    share : dated share of the pension of a deceased beneficiary that is followed; None where the amount is an `award`
    indexation_time : fraction of the year before the yearly adjustment of pensions
    """

    name: str
    on: str | None = None
    follows: tuple[str, ...] = ()
    lump_sum: bool = False
    payments: float = 12.0
    share: Any = None
    law: str = ""

    def claim(self, person: Any) -> Number:
        """Share of those at the event who start the benefit, 0..1, over (year, group, sex, age, service) as needed."""
        ...

    def award(self, person: Any) -> Amount | tuple[Amount, ...]:
        """Amount per head; several amounts add up."""
        ...

    def continuance(self, basis: xr.Dataset) -> Number:
        """Probability that a beneficiary aged x on 31 December (sex, age) is paid a year later; 0 for lump sums."""
        return 0.0

    def survival(self, basis: xr.Dataset) -> Number | None:
        """Probability that a beneficiary is alive a year later; None where the benefit ends with death only."""
        return None

    def exposure(self, basis: xr.Dataset) -> Number | None:
        """Annual probability of staying that those who start at mid-year meet by half; None: the continuance."""
        return None

    def indexation(self, basis: xr.Dataset, finance: xr.Dataset | None = None) -> Number:
        """Adjustment of pensions in payment by year; reading `finance` (of the previous pass) causes passes."""
        return 0.0

    @property
    def indexation_time(self) -> float:
        """Fraction of the year that lies before the adjustment: 0 for 1 January."""
        return getattr(self.indexation, "time", 0.0)

    def family(self, basis: xr.Dataset) -> xr.DataArray | None:
        """Survivors per deceased (year, sex, age, sex_of_survivor, age_of_survivor); None if no survivor is paid."""
        return None

    def follow_claim(self, person: Any) -> Number:
        """Share of the deceased beneficiaries that are followed whose death starts this benefit."""
        return 1.0

    def share_of_pension(self, person: Any) -> Number:
        """Share of a followed pension that each survivor receives."""
        return 0.0

    def exact(self, person: Any) -> float:
        """Amount for one person."""
        return sum(amount.exact(person) for amount in amounts(self.award(person)))


class Formula(Protocol):
    """From a person and their years of service to an amount."""

    def award(self, person: Any, service: Number) -> Amount | tuple[Amount, ...]:
        """Amount per head for `service` years of credit."""
        ...
