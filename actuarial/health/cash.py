"""Cash benefits of health schemes: sickness, maternity, paternity, funerals."""

from typing import Any

import numpy as np
import xarray as xr
from pydantic import Field

from actuarial import check
from actuarial.contract import Amount
from actuarial.dated import Number, clip, evaluate
from actuarial.earned import Reference
from actuarial.errors import BadBasis, BadInput
from actuarial.fields import Amounts, Count, Fraction, LumpSum, Word, rule
from actuarial.health.contract import CashBenefit
from actuarial.translation import N_, Told

DAYS, WEEKS = 365.0, 52.0
LAST_YEAR = Reference(years=1, capped=False)
ENDED = 1e-9  # share of the spells that may be left on the last day of a table that counts as whole
ENTITLED = "Share of members at the event who meet the conditions (fraction)"
TAKE_UP = "Share of the entitled who claim (fraction)"


class _Claimed(CashBenefit):
    """Entitlement by group, conditions and take-up; the fields are those of the forms."""

    entitled: Any
    take_up: Any

    def claim(self, person: Any) -> Number:
        """Share of those at the event who are paid: those of the groups, entitled, who claim."""
        return _belongs(person.group, self.groups) * evaluate(self.entitled, person) * evaluate(self.take_up, person)


class _OfEarnings(_Claimed):
    """A share of earnings for some time."""

    rate: Any
    floor: Any
    ceiling: Any

    def years(self, person: Any) -> Number:
        """Part of a year that is paid for each event."""
        raise NotImplementedError

    def award(self, person: Any) -> Amount:
        return Amount(
            rate=1.0,
            base="final_earnings",
            floor=0.0 if self.floor is None else evaluate(self.floor, person),
            ceiling=np.inf if self.ceiling is None else evaluate(self.ceiling, person),
            multiple=evaluate(self.rate, person) * self.years(person),
        )

    def exact(self, person: Any) -> float:
        """Amount of one person, from the earnings of the last year of the career."""
        amount, earned = self.award(person), person.reference_earnings(LAST_YEAR)
        return float(amount.multiple * clip(earned, amount.floor, amount.ceiling))


@rule
class Sickness(_OfEarnings):
    """A share of earnings for the days of sickness after the waiting days, up to a maximum.

    Notes
    -----
    amount = rate x E[min((D - w)+, m)]/365 x earnings between floor and ceiling, with D the days of a spell, w the
    waiting days and m the maximum::

        E[min((D - w)+, m)] = sum_{d=w}^{w+m-1} S(d), S(d) = P(D > d) the `sickness_survival` of the basis

    The whole spell is paid in the year in which it begins.
    """

    name: Word = Field(default="sickness", description="Name of the benefit, unique in the scheme")
    rate: Fraction = Field(description="Share of earnings that is paid (fraction)")
    waiting_days: Count = Field(default=0.0, description="Days of sickness before the first one paid (days)")
    maximum_days: Count | None = Field(default=None, description="Most days paid for a spell; all if absent (days)")
    floor: Amounts | None = Field(default=None, description="Least earnings that count (money)")
    ceiling: Amounts | None = Field(default=None, description="Greatest earnings that count (money)")
    entitled: Fraction = Field(default=1.0, description=ENTITLED)
    take_up: Fraction = Field(default=1.0, description=TAKE_UP)
    groups: tuple[Word, ...] = Field(default=(), description="Groups of members entitled to it; all if empty")
    law: str = Field(default="", description="Article of the law")

    on = "sickness"

    def years(self, person: Any) -> Number:
        if person.basis is None:
            text = N_("{benefit}: the days of a spell are those of the basis; give basis=.")
            raise BadInput(Told(text, benefit=self.name))
        check.require(person.basis, "sickness_survival")
        maximum = np.inf if self.maximum_days is None else evaluate(self.maximum_days, person)
        waiting = evaluate(self.waiting_days, person)
        return days_paid(person.basis["sickness_survival"], waiting, maximum) / DAYS


@rule
class Maternity(_OfEarnings):
    """A share of earnings for some weeks at a birth.

    Notes
    -----
    amount = rate x weeks/52 x earnings between floor and ceiling, paid in the year of the birth. Births are children:
    lower the take-up by the share of twins where the law pays by confinement.
    """

    name: Word = Field(default="maternity", description="Name of the benefit, unique in the scheme")
    rate: Fraction = Field(description="Share of earnings that is paid (fraction)")
    weeks: Count = Field(description="Weeks that are paid (weeks)")
    floor: Amounts | None = Field(default=None, description="Least earnings that count (money)")
    ceiling: Amounts | None = Field(default=None, description="Greatest earnings that count (money)")
    entitled: Fraction = Field(default=1.0, description=ENTITLED)
    take_up: Fraction = Field(default=1.0, description=TAKE_UP)
    groups: tuple[Word, ...] = Field(default=(), description="Groups of members entitled to it; all if empty")
    law: str = Field(default="", description="Article of the law")

    on = "birth"

    def years(self, person: Any) -> Number:
        return evaluate(self.weeks, person) / WEEKS


@rule
class Paternity(_OfEarnings):
    """A share of the earnings of fathers for some days at a birth.

    Notes
    -----
    amount = rate x days/365 x earnings between floor and ceiling. Fathers are the men among the members who have
    children: those of an age have as many as women who are younger by `spouse_age_gap`.
    """

    name: Word = Field(default="paternity", description="Name of the benefit, unique in the scheme")
    rate: Fraction = Field(description="Share of earnings that is paid (fraction)")
    days: Count = Field(description="Calendar days that are paid (days)")
    floor: Amounts | None = Field(default=None, description="Least earnings that count (money)")
    ceiling: Amounts | None = Field(default=None, description="Greatest earnings that count (money)")
    entitled: Fraction = Field(default=1.0, description=ENTITLED)
    take_up: Fraction = Field(default=1.0, description=TAKE_UP)
    groups: tuple[Word, ...] = Field(default=(), description="Groups of members entitled to it; all if empty")
    law: str = Field(default="", description="Article of the law")

    on = "paternity"

    def years(self, person: Any) -> Number:
        return evaluate(self.days, person) / DAYS


@rule
class HealthFuneral(_Claimed):
    """A sum of money at the death of a member, whatever the group."""

    name: Word = Field(default="funeral", description="Name of the benefit, unique in the scheme")
    amount: LumpSum = Field(description="Amount (money, once)")
    entitled: Fraction = Field(default=1.0, description=ENTITLED)
    take_up: Fraction = Field(default=1.0, description=TAKE_UP)
    groups: tuple[Word, ...] = Field(default=(), description="Groups of members entitled to it; all if empty")
    law: str = Field(default="", description="Article of the law")

    on = "death"

    def award(self, person: Any) -> Amount:
        return Amount(rate=evaluate(self.amount, person), base="currency")


def days_paid(survival: xr.DataArray, waiting: Number, maximum: Number) -> Number:
    """Mean number of days paid for a spell of sickness: E[min((D - w)+, m)] = sum_{d=w}^{w+m-1} P(D > d).

    Parameters
    ----------
    survival : DataArray over `day` = 0, 1, 2, ..., share of the spells that last longer than so many days
    waiting, maximum : days; infinity for no maximum. A part of a day counts in proportion.

    Returns
    -------
    float, or DataArray on the dims of the two numbers, days

    Raises
    ------
    BadBasis
        Days that do not count from 0 on, shares that rise, or a table that ends before the spells and the maximum do.

    Examples
    --------
    >>> days = xr.DataArray([1.0, 0.5, 0.25, 0.0], coords={"day": range(4)})
    >>> days_paid(days, 1, 2), days_paid(days, 0, np.inf)
    (0.75, 1.75)
    """
    shares = np.asarray(survival, dtype=float)
    labels = np.asarray(survival["day"])
    if survival.dims != ("day",) or not np.array_equal(labels, np.arange(labels.size)):
        raise BadBasis(
            Told(
                "sickness_survival: the days must be 0, 1, 2, ... (got {first} to {last}, {count} of them).\n"
                "  Give the share of the spells that last longer than each number of days, from day 0 on.",
                first=labels[0].item(),
                last=labels[-1].item(),
                count=labels.size,
            )
        )
    if (np.diff(shares) > 0).any():
        at = int(np.argmax(np.diff(shares) > 0)) + 1
        raise BadBasis(
            Told(
                "sickness_survival: rises from {before:g} to {after:g} on day {day}.\n"
                "  It is the share of the spells that last longer; it cannot rise.",
                before=float(shares[at - 1]),
                after=float(shares[at]),
                day=at,
            )
        )
    end = waiting + maximum
    longest = float(np.max(np.asarray(end)))
    if shares[-1] > ENDED and longest > shares.size:
        paid, endless = Told("spells count up to day {days:g}", days=longest), Told("there is no maximum of days")
        raise BadBasis(
            Told(
                "sickness_survival: ends on day {day} with {share:g} of the spells, but {wanted}.\n"
                "  Continue it until no spell is left, or pay fewer days (maximum_days, after the waiting_days).",
                day=shares.size - 1,
                share=float(shares[-1]),
                wanted=paid if np.isfinite(longest) else endless,
            )
        )
    before = np.concatenate([[0.0], np.cumsum(shares)])
    count = np.arange(before.size)

    def up_to(day: Number) -> Number:
        if isinstance(day, xr.DataArray):
            return day.copy(data=np.interp(day.values, count, before))
        return float(np.interp(day, count, before))

    return up_to(end) - up_to(waiting)


def _belongs(group: Any, groups: tuple[str, ...]) -> Number:
    """1 for members of entitled groups, else 0."""
    if not groups:
        return 1.0
    if isinstance(group, xr.DataArray):
        return group.isin(list(groups)).astype("float64")
    return float(group in groups)
