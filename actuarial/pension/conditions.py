"""Conditions of an old-age pension: ages, years of service, recent contributions, years of residence."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import xarray as xr
from pydantic import Field

from actuarial.dated import Number, choose, clip, evaluate
from actuarial.fields import Age, Fraction, Years, rule
from actuarial.fitting import check_order, require_order
from actuarial.pension.common import from_basis, reached, served
from actuarial.translation import Told


@rule
class Recent:
    """Contributions of so many months within the last years before the pension.

    Notes
    -----
    A month in active status is contributed with the probability dens (`density`), independently of the others: of the
    12 y months of the last y years N are contributed, N binomial, and P(N >= months) have enough of them, if their
    service is as long. Every year is judged anew. How long ago the inactive left is not known; of them the share given
    has enough. For one person with a career, the calendar years of the career up to the year of the event count.
    """

    months: int = Field(ge=1, le=960, description="Months of contributions that are needed")
    in_years: int = Field(ge=1, le=80, description="Last years within which they must lie")
    inactive_share: Fraction = Field(default=0.0, description="Share of the inactive members who have them (fraction)")

    def __post_init__(self) -> None:
        if self.months > 12 * self.in_years:
            raise ValueError(
                Told("{months} months do not fit into {in_years} years", months=self.months, in_years=self.in_years)
            )

    def share(self, person: Any) -> Number:
        """Share of members who have the contributions."""
        if person.career:
            first = person.year - self.in_years
            paid = sum(row.months for row in person.career if first < row.year <= person.year)
            return 1.0 if paid >= self.months - 1e-9 else 0.0
        active = isinstance(person.status, xr.DataArray) or person.status == "active"
        met: Number = evaluate(self.inactive_share, person)
        if active:
            met = choose(person.status == "active", self._by_density(person), met)
        return met * served(person, self.months / 12.0)

    def _by_density(self, person: Any) -> Number:
        from scipy.special import bdtrc

        density = from_basis(person, "density")
        chance = bdtrc(self.months - 1, 12 * self.in_years, np.asarray(density))
        return density.copy(data=chance) if isinstance(density, xr.DataArray) else float(chance)


@rule
class Residence:
    """Years of residence, as the share of the persons at the retirement age who have them.

    Notes
    -----
    Who does not have them stays a member. If a share r of those entitled starts the pension each year, then of those
    who passed the age k years before and are still there, s (1 - r)^k / (1 - s + s (1 - r)^k) have them, s the share
    given.
    """

    years: Years = Field(description="Residence (years) needed")
    share: Fraction = Field(description="Share of the persons of the age who have them (fraction)")


@rule
class Condition:
    """One way to a pension: everything that it names must be met."""

    age: Age = Field(description="Age (years) from which the pension is paid")
    years: Years = Field(default=0.0, description="Service (years) needed")
    below_years: Years | None = Field(
        default=None, description="Service (years) from which this way is closed; never if absent"
    )
    recent: Recent | None = Field(default=None, description="Contributions needed in the last years")
    residence: Residence | None = Field(default=None, description="Residence needed")

    def __post_init__(self) -> None:
        require_order(self, "years", "below_years")

    @property
    def certain(self) -> bool:
        """Whether age and service alone decide."""
        return self.recent is None and self.residence is None

    def served(self, person: Any) -> Number:
        """1 where the service is long enough and not too long, else 0."""
        least = evaluate(self.years, person)
        if self.below_years is None:
            return served(person, least)
        most = evaluate(self.below_years, person)
        check_order("years", least, "below_years", most)
        return served(person, least) * (1.0 - served(person, most))

    def weight(self, person: Any, rate: Callable[[Any], Number]) -> Number:
        """Share of those of the age who meet everything else; `rate` answers the share who then start each year."""
        met = self.served(person)
        if self.recent is not None:
            met = met * self.recent.share(person)
        if self.residence is not None:
            share, limit = evaluate(self.residence.share, person), evaluate(self.age, person)
            met = met * lasting(person, limit, share, rate(person))
        return met


def lasting(person: Any, limit: Number, share: Number, rate: Number) -> Number:
    """Share of those past an age and still there who have a lasting quality, if of all a share has it.

    With z = x + 1 - limit, the fraction z - [z] of those aged x has seen [z] years go by in which those of the quality
    left at the rate, and the others [z] - 1: sum of f_k s (1-r)^k over the sum of f_k (1 - s + s (1-r)^k). For one
    person with a career it is the share of all.
    """
    if person.career:
        return share
    past = clip(person.age + 1.0 - limit, 0.0, np.inf)
    whole: Any = np.floor(past)
    stay: Any = 1.0 - rate
    newer: Any = choose(whole > 0.0, stay ** clip(whole - 1.0, 0.0, np.inf), 1.0)
    older: Any = choose(whole > 0.0, stay**whole, 1.0)
    left = choose(whole > 0.0, (past - whole) * older + (1.0 - past + whole) * newer, 1.0)
    there = 1.0 - share + share * left
    none = there == 0.0
    return choose(none, 1.0, share * left / choose(none, 1.0, there))


def applicable(conditions: Sequence[Condition], person: Any, answer: Callable[[Number], Number]) -> Number:
    """The answer for the age that applies: the least one whose service is met, the greatest one where none is.

    Parameters
    ----------
    conditions : sequence of Condition
    person : Person or grid
    answer : function of an age, float or DataArray without service; it is asked once for each condition
    """
    ages = [evaluate(one.age, person) for one in conditions]
    if len(ages) == 1:
        return answer(ages[0])
    limit = greatest(ages)
    found = answer(limit)
    for age, one in zip(ages, conditions, strict=True):
        fits = (one.served(person) > 0.0) & (age <= limit)
        found, limit = choose(fits, answer(age), found), choose(fits, age, limit)
    return found


def greatest_age(conditions: Sequence[Condition], person: Any, answer: Callable[[Number], Number]) -> Number:
    """The answer for the greatest age of the conditions."""
    return answer(greatest([evaluate(one.age, person) for one in conditions]))


def met(conditions: Sequence[Condition], person: Any, rate: Callable[[Any], Number]) -> Number:
    """Share of those past all ages who meet a condition: the greatest weight, as the laxer one is met by whoever meets
    the stricter one."""
    return greatest([one.weight(person, rate) for one in conditions])


def entitled(
    conditions: Sequence[Condition], person: Any, rate: Callable[[Any], Number], above: Number | None = None
) -> Number:
    """Share of those of an age who meet a condition by 31 December, age included; beyond another age too if given.

    Notes
    -----
    The part u of a year since the birthday is uniform: E = integral over u of max_j w_j 1{u <= c_j}, with c_j the share
    who have passed the age of condition j and w_j the share who meet its rest. Where w_j is 0 or 1, E = max_j w_j c_j.
    """
    passed = [reached(person, evaluate(one.age, person)) for one in conditions]
    if above is not None:
        both = reached(person, above)
        passed = [clip(both, 0.0, share) for share in passed]
    weights = [one.weight(person, rate) for one in conditions]
    if len(conditions) == 1 or all(one.certain for one in conditions):
        return greatest([share * weight for share, weight in zip(passed, weights, strict=True)])
    labelled = xr.broadcast(*(xr.DataArray(share) for share in passed))
    stacked = xr.concat(labelled, dim="condition")
    levels = stacked.copy(data=np.sort(stacked.values, axis=stacked.get_axis_num("condition")))
    total: Number = 0.0
    below: Number = 0.0
    for i in range(len(conditions)):
        level = levels.isel(condition=i, drop=True)
        there = [choose(share >= level, weight, 0.0) for share, weight in zip(passed, weights, strict=True)]
        total, below = total + (level - below) * greatest(there), level
    return total


def greatest(numbers: Sequence[Number]) -> Number:
    """The greatest of several numbers, labelled or plain."""
    found = numbers[0]
    for number in numbers[1:]:
        found = clip(number, found, np.inf)
    return found
