"""Pensions of widows, widowers and orphans under an agreement: periods abroad of the deceased open the right."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar

from pydantic import Field

from actuarial.contract import Amount, each
from actuarial.fields import Fraction, Word, Years, rule
from actuarial.pension.indexation import Indexation, IndexationRule
from actuarial.pension.survivors import Orphans, Widows
from actuarial.pension.totalisation import ForeignPeriod, FromAnEvent
from actuarial.translation import Told


@rule
class TotalisedWidows(FromAnEvent):
    """The pension of widows and widowers of members under an agreement with another country.

    Periods abroad of the deceased count for the right to the pension that is totalised. The theoretical amount is the
    share of what the deceased would have had for all periods as if they were own ones, at most the greatest period of
    the law; the part of it that own periods are of them is paid. Who has the right by own periods of the deceased alone
    draws the higher one of this and of the pension without the agreement; nobody draws both. Who the survivors are,
    their share, and when the pension ends is as in the pension that is totalised.

    The survivors of those who draw a pension under an agreement already have a share of it: name it in `follows` of one
    of the two pensions of survivors.

    Notes
    -----
    n own years of the deceased, f years abroad, N the greatest period, k = min(n + f, N):

    PR = share x pension(k) x min(1, n/k); paid where n >= minimum_years.

    With s_f the share of the members with f years abroad, T_f the claim of n + f years of service, B that of n alone,
    and m_f = 1 where PR is higher: claim = sum_f s_f (T_f - B + m_f B), and the claim of the totalised pension is
    B (1 - sum_f s_f m_f). Which one is higher is decided as by `TotalisedOldAge`. Balances are paid whole.

    References
    ----------
    .. [1] Regulation (EC) No 883/2004 of the European Parliament and of the Council on the coordination of social
       security systems, articles 6, 50 and 52.
    .. [2] International Labour Office, Maintenance of Social Security Rights Convention, 1982 (No. 157).
    """

    name: Word = Field(default="totalised_widows", description="Name of the benefit, unique in the scheme")
    totalises: Word = Field(default="widows", description="Pension whose conditions and formula are used")
    foreign_service: tuple[ForeignPeriod, ...] = Field(
        min_length=1, description="Periods abroad and the shares of members who have them; all others have none"
    )
    minimum_years: Years = Field(default=1.0, description="Own service (years) below which nothing is paid")
    maximum_years: Years | None = Field(default=None, description="Greatest period (years) of the theoretical amount")
    follows: tuple[Word, ...] = Field(default=(), description="Benefits whose beneficiaries leave it")
    export_factor: Fraction = Field(
        default=1.0, description="Share of the amount that is paid on average, wherever they live (fraction)"
    )
    indexation: IndexationRule = Field(default_factory=Indexation, description="Adjustment of pensions in payment")
    payments: float | None = Field(  # type: ignore[assignment]
        default=None,
        gt=0,
        le=24,
        description="Monthly payments in a year; those of the pension that is totalised if absent",
    )
    law: str = Field(default="", description="Article of the agreement")

    on = "death"
    advice = Told("name a pension of widows")
    totalised_form: ClassVar[type] = Widows

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return (*super().refers_to, ("follows", "benefit", self.follows))

    def misfits(self, scheme: Any) -> Iterator[tuple[str, str]]:
        """What of a scheme does not fit, by field: a pension of others, deaths that two pensions follow."""
        found = list(super().misfits(scheme))
        yield from found
        other = next((one for one in scheme.benefits if one.name == self.totalises), None)
        if other is None or found:
            return
        if isinstance(other, (Widows, Orphans)) and not isinstance(other, self.totalised_form):
            yield (
                "totalises",
                Told("{name!r} is for other survivors; {advice}", name=self.totalises, advice=self.advice),
            )
        twice = [name for name in self.follows if name in other.follows]
        if twice:
            yield (
                "follows",
                Told(
                    "{names} is followed by {other!r} already; name it in one of them",
                    names=tuple(twice),
                    other=other.name,
                ),
            )

    def award(self, person: Any) -> tuple[Amount, ...]:
        """Share of the part of the theoretical amounts, weighed by the periods abroad of those who die."""
        share = self._own(person).share_of_pension(person)
        return each(super().award(person), lambda amount: amount.times(share))

    def in_payment(self, own: Any) -> Any:
        """What becomes of a pension that was awarded: all as in the one that is totalised, but for name and terms."""
        payments = own.payments if self.payments is None else self.payments
        return replace(own, name=self.name, follows=self.follows, indexation=self.indexation, payments=payments)

    def _theory(self, own: Any, one: ForeignPeriod, person: Any) -> tuple[Amount, ...]:
        """Pension of the deceased as if all periods were own ones."""
        total = self._total(one, person)
        found: tuple[Amount, ...] = own.of_deceased(replace(person, service=total), total)
        return found

    def _alone(self, own: Any, person: Any) -> tuple[Amount, ...]:
        """Pension of the deceased without the agreement."""
        found: tuple[Amount, ...] = own.of_deceased(person, person.service)
        return found


@rule
class TotalisedOrphans(TotalisedWidows):
    """The pension of orphans of members under an agreement; all as in `TotalisedWidows`, for each child.

    Share, age and family maximum are those of the pension that is totalised, so that children have what the spouse's
    share leaves of the same theoretical amount.

    Notes
    -----
    PR = share x pension(k) x min(1, n/k), k = min(n + f, N), for each child.
    """

    name: Word = Field(default="totalised_orphans", description="Name of the benefit, unique in the scheme")
    totalises: Word = Field(default="orphans", description="Pension whose conditions and formula are used")

    advice = Told("name a pension of orphans")
    totalised_form: ClassVar[type] = Orphans
