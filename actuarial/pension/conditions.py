"""Conditions of an old-age pension: ages, years of service, recent contributions, years of residence, points."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import xarray as xr
from pydantic import Field

from actuarial.dated import ByCohort, ByGroup, BySex, Number, choose, clip, evaluate
from actuarial.earned import Account
from actuarial.errors import BadInput, BadScheme
from actuarial.fields import Age, Count, Fraction, Word, Years, rule
from actuarial.fitting import check_order, require_order
from actuarial.pension.accounts import NetRate
from actuarial.pension.common import ROUNDING, from_basis, reached, served
from actuarial.translation import N_, Told


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
class Points:
    """So many points on an account, or units of whatever else it holds.

    Notes
    -----
    One person has the balance of the career on the day of the event. In a projection members of one service have the
    same where an account is credited with months at a rate r that lasts for life (it may differ by year of birth, sex
    and, where nobody moves, group): 12 r n after n years. Points that follow earnings are known there on average only;
    `share` then says what part of the members with the service has them. As for `Residence`, who does not have them
    stays a member, and all members of a service have its average balance.
    """

    account: Word = Field(description="Account that holds them")
    at_least: Count = Field(description="Points, or whatever else the account holds, that are needed (units)")
    share: Fraction | None = Field(
        default=None,
        description="Share of the members with the service who have them, where they follow earnings (fraction)",
    )

    def held(self, person: Any) -> Number | None:
        """1 where there are enough, else 0; None where a share decides."""
        account, least = person.scheme.account(self.account), evaluate(self.at_least, person)
        moves = person.basis is not None and "transfer_rate" in person.basis
        if self.share is None and lasts(account, moves):
            return 1.0 * (12.0 * evaluate(account.rate, person) * person.service >= least * (1.0 - ROUNDING))
        if person.career:
            return 1.0 if person.account(account) >= least * (1.0 - ROUNDING) else 0.0
        if self.share is not None:
            return None
        if not isinstance(person.age, xr.DataArray):
            raise BadInput(Told("points on the account {account!r} of one person need a career; give one.",
                                account=self.account))  # fmt: skip
        raise BadScheme(
            Told(
                "points: who of the members of a service has {least:,g} of {account} is not known, as they follow "
                "earnings, or a rate that changes with time or service.\n  Give share, the part of these members "
                "who have them.",
                least=float(np.max(np.asarray(least))),
                account=self.account,
            )
        )


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
    points: Points | None = Field(default=None, description="Points needed on an account")

    def __post_init__(self) -> None:
        require_order(self, "years", "below_years")

    @property
    def certain(self) -> bool:
        """Whether age and service alone decide."""
        return self.recent is None and self.residence is None and self.points is None

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return () if self.points is None else (("points", "account", (self.points.account,)),)

    def misfits(self, scheme: Any) -> Iterator[tuple[str, str]]:
        """What of a scheme does not fit, by field: a share of those who have points that follow from the service."""
        if self.points is None or self.points.share is None:
            return
        account = next((one.account for one in scheme.accounts if one.name == self.points.account), None)
        if account is not None and lasts(account, moves=True):
            text = N_("share has no meaning: {account} is credited by service alone; leave it out")
            yield "points", Told(text, account=account.name)

    def served(self, person: Any) -> Number:
        """1 where the service is long enough and not too long, and the points are known to suffice; else 0."""
        least = evaluate(self.years, person)
        enough = served(person, least)
        if self.below_years is not None:
            most = evaluate(self.below_years, person)
            check_order("years", least, "below_years", most)
            enough = enough * (1.0 - served(person, most))
        held = None if self.points is None else self.points.held(person)
        return enough if held is None else enough * held

    def weight(self, person: Any, rate: Callable[[Any], Number]) -> Number:
        """Share of those of the age who meet everything else; `rate` answers the share who then start each year."""
        met = self.served(person)
        if self.recent is not None:
            met = met * self.recent.share(person)
        shares = [] if self.residence is None else [self.residence.share]
        if self.points is not None and self.points.share is not None and not person.career:
            shares.append(self.points.share)
        for share in shares:
            met = met * lasting(person, evaluate(self.age, person), evaluate(share, person), rate(person))
        return met


def lasts(account: Account, moves: bool) -> bool:
    """Whether every month of one person's life, who may move from group to group, credits the same to an account, and
    it does not grow."""
    grows = account.growth is not None or account.gains != 0.0 or account.inheritance != "none"
    if account.credits != "months" or grows or not isinstance(account.rate, NetRate):
        return False
    rate = account.rate
    return all(_for_life(one, moves) for one in (rate.rate, rate.fee, rate.share))


def _for_life(value: Any, moves: bool) -> bool:
    """Whether a number stays the same for one person, who may move from group to group."""
    if isinstance(value, ByCohort):
        return all(_for_life(inner, moves) for _, inner in value.points)
    if isinstance(value, BySex):
        return _for_life(value.male, moves) and _for_life(value.female, moves)
    if isinstance(value, ByGroup):
        return not moves and all(_for_life(inner, moves) for _, inner in value.values)
    return isinstance(value, float)


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
