"""Pensions of invalids under an agreement: periods abroad open the right, own periods are paid."""

from dataclasses import replace
from typing import Any

import xarray as xr
from pydantic import Field

from actuarial.contract import Amount, amounts
from actuarial.fields import Fraction, Word, Years, rule
from actuarial.pension.common import outlives_invalidity, stays_invalid
from actuarial.pension.indexation import Indexation, IndexationRule
from actuarial.pension.totalisation import ForeignPeriod, FromAnEvent
from actuarial.translation import Told


@rule
class TotalisedInvalidity(FromAnEvent):
    """The pension of invalids under an agreement with another country (or several with the same rules).

    Periods abroad count for the right to the pension that is totalised. The theoretical amount is that for all periods
    as if they were own ones, at most the greatest period of the law, with the service that the law adds up to an age;
    the part of it that own periods are of all periods before the event is paid. Who has the right by own periods alone
    draws the higher one of this and of the own pension; nobody draws both.

    Notes
    -----
    n own years, f years abroad, N the greatest period, k = min(n + f, N):

    PR = award(k) x min(1, n/k); paid where n >= minimum_years.

    With s_f the share of the members with f years abroad, T_f = 1 where n + f years give the right, B where n do, and
    m_f = 1 where PR is higher: claim = sum_f s_f (T_f - B + m_f B), and the claim of the totalised pension is
    B (1 - sum_f s_f m_f). Which one is higher is decided as by `TotalisedOldAge`. Balances are paid whole.

    Where invalids recover (`recovery_rate` of the basis) those with this pension and with the pension that it totals
    are one stock of invalids, who return with their own credits, earnings and balances; then the share s_f of them has
    f years abroad again, as of all members, whichever pension they drew. Both pensions need the same mortality, and
    nobody may recover after the age at which one of them converts.

    References
    ----------
    .. [1] Regulation (EC) No 883/2004 of the European Parliament and of the Council on the coordination of social
       security systems, articles 6, 46 and 52.
    .. [2] International Labour Office, Maintenance of Social Security Rights Convention, 1982 (No. 157).
    """

    name: Word = Field(default="totalised_invalidity", description="Name of the benefit, unique in the scheme")
    totalises: Word = Field(default="invalidity", description="Pension whose conditions and formula are used")
    foreign_service: tuple[ForeignPeriod, ...] = Field(
        min_length=1, description="Periods abroad and the shares of members who have them; all others have none"
    )
    minimum_years: Years = Field(default=1.0, description="Own service (years) below which nothing is paid")
    maximum_years: Years | None = Field(default=None, description="Greatest period (years) of the theoretical amount")
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

    on = "invalidity"
    advice = Told("name a pension on invalidity")

    def continuance(self, basis: xr.Dataset) -> xr.DataArray:
        return stays_invalid(self.name, basis)

    def survival(self, basis: xr.Dataset) -> xr.DataArray | None:
        return outlives_invalidity(self.name, basis)

    def _theory(self, own: Any, one: ForeignPeriod, person: Any) -> tuple[Amount, ...]:
        """Amounts as if all periods were own ones."""
        return amounts(own.award(replace(person, service=self._total(one, person))))

    def _alone(self, own: Any, person: Any) -> tuple[Amount, ...]:
        """Amounts of the own pension."""
        return amounts(own.award(person))
