"""Pensions of migrant workers under an agreement: periods abroad open the right, own periods are paid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr
from pydantic import Field

from actuarial.contract import Amount, Benefit
from actuarial.dated import Number, choose, clip, evaluate, leaves
from actuarial.earned import Account
from actuarial.errors import BadInput, BadScheme
from actuarial.fields import Count, Fraction, Word, Years, rule
from actuarial.pension.common import served, stays_alive
from actuarial.pension.conditions import applicable, lasting
from actuarial.pension.indexation import Indexation, IndexationRule
from actuarial.translation import Told

NEAR = 1e-12  # shares of earnings: what differs by less is equal


@rule
class ForeignPeriod:
    """A length of periods abroad, and the share of the members who have it."""

    months: Count = Field(description="Months of insurance in the other country")
    share: Fraction = Field(description="Share of the members of an age who have them (fraction)")


@dataclass(frozen=True)
class _Part:
    """The members with one length of periods abroad: who of all starts, with which total service."""

    share: Number
    person: Any


class AcrossBorders(Benefit):
    """What pensions under an agreement have in common: the pension that they total, periods abroad, the own part."""

    totalises: str
    foreign_service: tuple[ForeignPeriod, ...]
    minimum_years: Any
    maximum_years: Any
    advice = Told("name a pension of the same event")  # what it may total

    def __post_init__(self) -> None:
        at_most_all(self.foreign_service)

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return (("totalises", "benefit", (self.totalises,)),)

    def misfits(self, scheme: Any) -> Iterator[tuple[str, str]]:
        """What of a scheme does not fit, by field: a pension of another event."""
        other = next((one for one in scheme.benefits if one.name == self.totalises), None)
        if other is not None and other.on not in (None, self.on):
            yield (
                "totalises",
                Told("{name!r} is due on {event}; {advice}", name=self.totalises, event=other.on, advice=self.advice),
            )

    def moved(self, person: Any) -> Number:
        """Share of those with a pension of their own who draw this one instead."""
        own = self._own(person)
        return sum((self._had(one, person) * self._better(own, one, person) for one in self.foreign_service), 0.0)

    def continuance(self, basis: xr.Dataset) -> xr.DataArray:
        return stays_alive(self.name, basis)

    def _own(self, person: Any) -> Any:
        """The pension that is totalised."""
        if person.scheme is None:
            raise BadInput(f"{self.name} needs the scheme whose {self.totalises} it totalises; give scheme=.")
        return person.scheme.benefit(self.totalises)

    def _had(self, one: ForeignPeriod, person: Any) -> Number:
        """Share of members with these periods abroad and enough own ones."""
        return evaluate(one.share, person) * served(person, evaluate(self.minimum_years, person))

    def _total(self, one: ForeignPeriod, person: Any) -> Number:
        """Years of the theoretical amount."""
        total = with_periods(one, person).service
        return total if self.maximum_years is None else clip(total, 0.0, evaluate(self.maximum_years, person))

    def _theory(self, own: Any, one: ForeignPeriod, person: Any) -> tuple[Amount, ...]:
        """Amounts as if all periods were own ones."""
        raise NotImplementedError

    def _alone(self, own: Any, person: Any) -> tuple[Amount, ...]:
        """Amounts of the own pension."""
        raise NotImplementedError

    def _pro_rata(self, amount: Amount, one: ForeignPeriod, person: Any, factor: Number) -> Amount:
        """The part of an amount that is due to own periods, at most 1, 0 without any; a balance is due to them all."""
        if isinstance(amount.base, Account):
            return amount.times(factor)
        total = self._total(one, person)
        none = total == 0.0
        return amount.times(factor * choose(none, 0.0, clip(person.service / choose(none, 1.0, total), 0.0, 1.0)))

    def _better(self, own: Any, one: ForeignPeriod, person: Any) -> Number:
        """1 where the part of the theoretical amount exceeds the own pension, else 0."""
        theirs = [self._pro_rata(each, one, person, 1.0) for each in self._theory(own, one, person)]
        if any(amount.choice is not None for amount in theirs):
            raise BadScheme(
                Told(
                    "{name}: {other} is the greatest or least of formulas on different earnings, of which periods "
                    "abroad do not tell the part that is due.\n  Let both formulas have the same earnings.",
                    name=self.name,
                    other=self.totalises,
                )
            )
        if any(amount.short for amount in theirs):
            raise BadScheme(
                Told(
                    "{name}: {other} is what several pensions together lack of a guarantee, of which periods abroad do "
                    "not tell the part that is due.\n  Totalise the pensions, and leave the guarantee out.",
                    name=self.name,
                    other=self.totalises,
                )
            )
        enough = served(person, evaluate(self.minimum_years, person))
        return enough * compared(self._alone(own, person), theirs, person)


class FromAnEvent(AcrossBorders):
    """Pensions under agreements that start at an event, at any age: invalidity or death."""

    export_factor: Any

    def claim(self, person: Any) -> Number:
        own = self._own(person)
        alone = own.starting(person)
        total: Number = 0.0
        for one in self.foreign_service:
            total = total + self._starts(own, alone, one, person)
        return total

    def award(self, person: Any) -> tuple[Amount, ...]:
        """Amounts of all lengths of periods abroad, each weighed by the active who start the pension with it."""
        own, active = self._own(person), replace(person, status="active")
        alone = own.starting(active)
        starts = [self._starts(own, alone, one, active) for one in self.foreign_service]
        total = sum(starts, 0.0)
        some = total > 0.0
        several = []
        for share, one in zip(starts, self.foreign_service, strict=True):
            weight = choose(some, share / choose(some, total, 1.0), 1.0 / len(starts))
            factor = weight * evaluate(self.export_factor, person)
            several.append([self._pro_rata(each, one, person, factor) for each in self._theory(own, one, person)])
        return tuple(amount for same in zip(*several, strict=True) for amount in joined(same))

    def _starts(self, own: Any, alone: Number, one: ForeignPeriod, person: Any) -> Number:
        """Share of those at the event who start this pension with one length of periods abroad."""
        extra = clip(own.starting(with_periods(one, person)) - alone, 0.0, 1.0)
        return self._had(one, person) * (extra + self._better(own, one, person) * alone)


@rule
class TotalisedOldAge(AcrossBorders):
    """The old-age pension under an agreement with another country (or several with the same rules).

    Periods abroad count for the right to the pension that is totalised. The theoretical amount is that for all periods
    as if they were own ones, at most the greatest period of the law; the part of it that own periods are of them is
    paid. Who has the right by own periods alone draws the higher one of this and of the own pension; nobody draws both.

    Notes
    -----
    n own years, f years abroad, N the greatest period, k = min(n + f, N):

    PR = pension(k) x min(1, n/k); paid where n >= minimum_years.

    With s_f the share of the members with f years abroad, T_f the share who start with n + f years of service, B with n
    alone, and m_f = 1 where PR is higher, else 0: claim = sum_f s_f ((T_f - B) (1 - unpaid) + m_f B), and the claim
    of the totalised pension is B (1 - sum_f s_f m_f). Which one is higher is decided by the shares of earnings, before
    minimum and maximum of the pension; those apply to the theoretical amount. Where a pension has parts with different
    bases all are taken at the average wage. Balances of accounts stand for own periods and are paid whole.

    References
    ----------
    .. [1] Regulation (EC) No 883/2004 of the European Parliament and of the Council on the coordination of social
       security systems, articles 6, 52, 56 and 57.
    .. [2] International Labour Office, Maintenance of Social Security Rights Convention, 1982 (No. 157).
    """

    name: Word = Field(default="totalised_old_age", description="Name of the benefit, unique in the scheme")
    totalises: Word = Field(default="old_age", description="Pension whose conditions and formula are used")
    foreign_service: tuple[ForeignPeriod, ...] = Field(
        min_length=1, description="Periods abroad and the shares of members who have them; all others have none"
    )
    minimum_years: Years = Field(default=1.0, description="Own service (years) below which nothing is paid")
    maximum_years: Years | None = Field(default=None, description="Greatest period (years) of the theoretical amount")
    export_factor: Fraction = Field(
        default=1.0, description="Share of the amount that is paid on average, wherever they live (fraction)"
    )
    unpaid_share: Fraction = Field(
        default=0.0, description="Share of those without a pension of their own whose right is never settled (fraction)"
    )
    indexation: IndexationRule = Field(default_factory=Indexation, description="Adjustment of pensions in payment")
    payments: float | None = Field(  # type: ignore[assignment]
        default=None,
        gt=0,
        le=24,
        description="Monthly payments in a year; those of the pension that is totalised if absent",
    )
    law: str = Field(default="", description="Article of the agreement")

    on = "retirement"
    advice = Told("name an old-age pension")

    def claim(self, person: Any) -> Number:
        return sum((part.share for part in self._parts(person)), 0.0)

    def added(self, person: Any) -> Number:
        """Share of members who meet a condition of the pension but for its age, by their periods abroad only."""
        own = self._own(person)
        alone = own.served(person)
        more = [clip(own.served(with_periods(one, person)) - alone, 0.0, 1.0) for one in self.foreign_service]
        return sum((self._had(one, person) * extra for one, extra in zip(self.foreign_service, more, strict=True)), 0.0)

    def award(self, person: Any) -> tuple[Amount, ...]:
        """One amount for each length of periods abroad and each part of the formula; one for all where none is limited.

        The lengths are weighed by the active who start the pension.
        """
        return self._amounts(person, None)

    def depends_on_age(self, what: str, scheme: Any) -> bool:
        own: bool = scheme.benefit(self.totalises).depends_on_age(what, scheme)
        return own

    def award_before(self, person: Any, what: str) -> tuple[Amount, ...]:
        return self._amounts(person, what)

    def _amounts(self, person: Any, without: str | None) -> tuple[Amount, ...]:
        own, active = self._own(person), replace(person, status="active")
        parts = self._parts(active)
        total = sum((part.share for part in parts), 0.0)
        some = total > 0.0
        several = []
        for part, one in zip(parts, self.foreign_service, strict=True):
            weight = choose(some, part.share / choose(some, total, 1.0), 1.0 / len(parts))
            factor = weight * own.age_factor(part.person, without) * evaluate(self.export_factor, person)
            several.append([self._pro_rata(each, one, person, factor) for each in self._theory(own, one, person)])
        return tuple(amount for same in zip(*several, strict=True) for amount in joined(same))

    def _parts(self, person: Any) -> list[_Part]:
        """Who starts this pension, by their periods abroad."""
        own = self._own(person)
        alone = own.starting(person)
        found = []
        for one in self.foreign_service:
            there = with_periods(one, person)
            better = self._better(own, one, person)
            extra = clip(own.starting(there) - alone, 0.0, 1.0) * self._settled(own, there)
            found.append(_Part(self._had(one, person) * (extra + better * alone), there))
        return found

    def _settled(self, own: Any, person: Any) -> Number:
        """Share of those still there whose right is settled one day, where others never have it settled."""
        if self.unpaid_share == 0.0:
            return 1.0
        share, rate = 1.0 - evaluate(self.unpaid_share, person), own.rate(person)
        return applicable(own.rules, person, lambda limit: lasting(person, limit, share, rate))

    def _theory(self, own: Any, one: ForeignPeriod, person: Any) -> tuple[Amount, ...]:
        """Amounts as if all periods were own ones: a balance as it is, a mean of earnings over all of the periods."""
        total = self._total(one, person)
        return own.pension(replace(person, service=total), total)

    def _alone(self, own: Any, person: Any) -> tuple[Amount, ...]:
        """Amounts of the own pension."""
        return own.pension(person, person.service)


def at_most_all(foreign_service: Sequence[ForeignPeriod]) -> None:
    """ValueError where more than all members have periods abroad."""
    least = sum(min(number for _, number in leaves(one.share)) for one in foreign_service)
    if least > 1.0 + NEAR:
        raise ValueError(Told("the shares of foreign_service sum to {least:g}, at most 1 is possible", least=least))


def compared(ours: Sequence[Amount], theirs: Sequence[Amount], person: Any) -> Number:
    """True where the shares of earnings of the second are higher, before minimum and maximum of the pension."""
    scales = _scales(ours, person)
    worth = [
        sum((scale * each.rate * each.multiple for scale, each in zip(scales, side, strict=True)), 0.0)
        for side in (ours, theirs)
    ]
    return worth[1] > worth[0] * (1.0 + NEAR)


def with_periods(one: ForeignPeriod, person: Any) -> Any:
    """The same person or grid with the periods abroad added to its service."""
    return replace(person, service=person.service + evaluate(one.months, person) / 12.0)


def _scales(several: Sequence[Amount], person: Any) -> list[Number]:
    """What the rates of amounts are multiplied by to be compared: 1 where they share a base, else the average wage."""
    if all(amount.base == several[0].base for amount in several):
        return [1.0] * len(several)
    wage = person.average_wage()
    return [1.0 if amount.base == "currency" else wage for amount in several]


def joined(several: Sequence[Amount]) -> Sequence[Amount]:
    """One amount for several with one base and no limits, else themselves."""
    first = several[0]
    plain = [_unlimited(one) and one.base == first.base for one in several]
    if not all(plain):
        return several
    rate = sum((one.rate * one.multiple for one in several), 0.0)
    return [Amount(rate=rate, base=first.base)]


def _unlimited(amount: Amount) -> bool:
    """Whether an amount is a plain multiple of its base."""
    bare = amount.gap_to is None and amount.part is None and bool(np.all(np.isinf(amount.ceiling)))
    return bare and all(bool(np.all(np.asarray(limit) == 0.0)) for limit in (amount.floor, amount.less))
