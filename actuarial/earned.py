"""What amounts are a share of: mean earnings of the last or best years, and balances that are kept for members."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from actuarial.bands import ByService
from actuarial.dated import Number, choose, evaluate
from actuarial.errors import BadInput

CREDITS = ("earnings", "points", "months")
TIMINGS = ("index", "interest")
INHERITANCES = ("none", "own", "table")


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
    best_of : int or None
        The `years` greatest of the last so many revalued earnings count; None: the last ones.
    varying : float
        Coefficient of variation of one person's earnings from year to year around a path of their own, with `best_of`.
    not_below, not_above : (Reference, share) or None
        A share of the mean of other years that it is at least, and at most; of both the least counts. The index and
        whether earnings count within limits are those of this one.
    revalued_until : int or None
        Last age reached in a year to whose index earnings are revalued: those of later years count as they are, and
        nothing is revalued after it. None: to the year of the award.

    Notes
    -----
    RS_t = 1/N sum_{k<N} w_{t-k} I_t / I_{t-k}, and with other years max(b RS', min(RS, a RS''))

    With `revalued_until` = A, I_t of somebody born in b is that of the year min(t, b + A). It rises for all past
    earnings of a person alike, so that the best years remain the best ones after somebody has left.

    A cohort compares the means of its path, each member a fixed multiple of it; of limits of insurable earnings the
    means over the years are compared as well, which is exact where the same years have the greater ones.

    The best N of M years of a cohort are those of its path. Where earnings vary around it by independent lognormal
    numbers of mean 1, of which the N greatest of M have the mean b, RS = m (1 + ((r/m - 1)^2 + (b - 1)^2)^(1/2)), m the
    mean of the path over all M years and r over its best: exact where the path is level and where nothing varies, and
    within 0.8% of simulated careers for paths that rise or fall by up to 3% a year and a coefficient of up to 0.2.
    """

    years: int = 1
    revaluation: str = "none"
    window: str = "calendar_years"
    capped: bool = True
    best_of: int | None = None
    varying: float = 0.0
    not_below: "tuple[Reference, float] | None" = None
    not_above: "tuple[Reference, float] | None" = None
    revalued_until: int | None = None

    @property
    def last(self) -> int:
        """Number of last years that are looked at."""
        return self.years if self.best_of is None else self.best_of

    def bounded(self, value: Callable[["Reference"], Number]) -> Number:
        """A number of this reference between those of the others, of which `value` gives each by itself."""
        found: Any = value(self)
        if self.not_above is not None:
            other, share = self.not_above
            found = np.minimum(found, share * other.bounded(value))
        if self.not_below is not None:
            other, share = self.not_below
            found = np.maximum(found, share * other.bounded(value))
        return found

    def index(self, person: Any) -> Number:
        """Level of the index of revaluation by year of the person (1 throughout without revaluation), by age as well
        where it ends at an age."""
        if self.revaluation == "none":
            return 1.0 + 0.0 * person.year
        if self.revalued_until is None:
            return person.index(self.revaluation)
        return person.index(self.revaluation, person.year - np.maximum(person.age - self.revalued_until, 0))


@dataclass(frozen=True)
class Account:
    """A balance kept for every member: points, notional or funded accounts, revalued earnings of a career, months.

    Parameters
    ----------
    name : str
        Unique among the accounts of a scheme that differ.
    credits : "earnings", "points" or "months"
        What is credited: insurable earnings of the months contributed, these over the average earnings of all active
        insured, or the months themselves.
    rate : dated number or ByService
        Share of it that is credited, by year (and year of birth, sex, group), or by length of service.
    capped : bool
        Earnings count between the floor and the ceiling of insurable earnings of their year.
    floor, ceiling : amounts of money, or None
        Limits of its own in the place of these.
    above : amount of money, or None
        Of earnings within the limits what exceeds it counts.
    price : lump sum, or None
        What a point costs, in the place of the average earnings.
    growth : function (basis, finance) -> growth of balances by year, 1/year, such as `pension.Indexation`; None: none
    timing : "index" or "interest"
        With an index the opening balance of a year has the whole growth of it whenever the benefit starts, and what is
        credited in the year has none. Interest runs with time: half a year until a benefit starts in mid-year, and
        from the middle of the time in which credits are earned.
    gains : dated number
        Further growth of the opening balance of every year by the age reached, as a law states it (fraction).
    inheritance : "none", "own" or "table"
        What becomes of the balances of the dead: they go to those of their age, sex and group ("own"), or balances grow
        by q/(1 - q) of a table for both sexes together ("table").
    growth_until : dated number, or None
        Last age reached in a year at whose growth balances rise; all of them where it is None.
    withdrawn : object with `evaluate(person)`, or None
        Share w of the opening balance that members take out in the middle of the year, by the age reached.

    Notes
    -----
    K_t[x+1] = K_{t-1}[x] (1 - w)(1 + g_t)(1 + gains)(1 + h_t[x]) + credits of the year, h what is inherited
    """

    name: str
    credits: str = "earnings"
    rate: Any = 1.0
    capped: bool = True
    growth: Any = None
    gains: Any = 0.0
    timing: str = "index"
    inheritance: str = "none"
    floor: Any = None
    ceiling: Any = None
    above: Any = None
    price: Any = None
    withdrawn: Any = None
    growth_until: Any = None

    def __post_init__(self) -> None:
        for field, known in (("credits", CREDITS), ("timing", TIMINGS), ("inheritance", INHERITANCES)):
            if getattr(self, field) not in known:
                raise BadInput(
                    f"Account {self.name!r}: {field} = {getattr(self, field)!r} is unknown; write one of "
                    f"{', '.join(known)}."
                )

    def grows(self, person: Any) -> Number:
        """1 in the years in which balances grow, for the age reached in them, else 0."""
        if self.growth_until is None:
            return 1.0
        grows: Number = choose(person.age <= evaluate(self.growth_until, person), 1.0, 0.0)
        return grows

    @property
    def spans(self) -> tuple[tuple[float, float, Any], ...]:
        """Service (years) above which and up to which each rate holds, and the rate."""
        return self.rate.spans if isinstance(self.rate, ByService) else ((0.0, np.inf, self.rate),)

    def unit(self, person: Any) -> Number:
        """Earnings for which one is credited at a rate of 1, currency: a point has a price, or is an average wage."""
        if self.credits == "earnings":
            return 1.0
        unit: Number = person.average_wage() if self.price is None else self.price.evaluate(person)
        return unit
