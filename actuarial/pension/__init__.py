"""Pension benefits: forms only. Each answers per head on labelled coordinates and never sees people."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

_PLACES = {
    "AccountPayout": "accounts",
    "AccountWithdrawal": "withdrawals",
    "AttendanceSupplement": "supplements",
    "Balance": "account_formulas",
    "Band": "formulas",
    "AtAge": "combined",
    "Banded": "combined",
    "Bracket": "by_earnings",
    "ByEarnings": "by_earnings",
    "CareerAverage": "account_formulas",
    "Condition": "conditions",
    "DependantsSupplement": "supplements",
    "EarningsBand": "formulas",
    "FinalAverage": "formulas",
    "Flat": "formulas",
    "ForeignPeriod": "totalisation",
    "FuneralGrant": "grants",
    "Gratuity": "grants",
    "Greatest": "combined",
    "Guarantee": "guarantees",
    "Indexation": "indexation",
    "Invalidity": "invalidity",
    "Least": "combined",
    "LifeAnnuity": "account_formulas",
    "MemberAccount": "accounts",
    "MinimumInPayment": "supplements",
    "OldAge": "old_age",
    "OldAgeGrant": "grants",
    "Orphans": "survivors",
    "OtherYears": "formulas",
    "PaidPart": "accounts",
    "PartOfService": "account_formulas",
    "Phased": "formulas",
    "Points": "conditions",
    "ProRata": "account_formulas",
    "Recent": "conditions",
    "Refund": "grants",
    "RemarriageGrant": "grants",
    "Residence": "conditions",
    "ServiceRate": "accounts",
    "StatedAnnuity": "account_formulas",
    "TaperPoint": "tapers",
    "TotalisedInvalidity": "totalised_invalidity",
    "TotalisedOldAge": "totalisation",
    "TotalisedOrphans": "totalised_survivors",
    "TotalisedWidows": "totalised_survivors",
    "Widows": "survivors",
}

if TYPE_CHECKING:
    from actuarial.pension.account_formulas import (
        Balance,
        CareerAverage,
        LifeAnnuity,
        PartOfService,
        ProRata,
        StatedAnnuity,
    )
    from actuarial.pension.accounts import AccountPayout, MemberAccount, PaidPart, ServiceRate
    from actuarial.pension.by_earnings import Bracket, ByEarnings
    from actuarial.pension.combined import AtAge, Banded, Greatest, Least
    from actuarial.pension.conditions import Condition, Points, Recent, Residence
    from actuarial.pension.formulas import Band, EarningsBand, FinalAverage, Flat, OtherYears, Phased
    from actuarial.pension.grants import FuneralGrant, Gratuity, OldAgeGrant, Refund, RemarriageGrant
    from actuarial.pension.guarantees import Guarantee
    from actuarial.pension.indexation import Indexation
    from actuarial.pension.invalidity import Invalidity
    from actuarial.pension.old_age import OldAge
    from actuarial.pension.supplements import AttendanceSupplement, DependantsSupplement, MinimumInPayment
    from actuarial.pension.survivors import Orphans, Widows
    from actuarial.pension.tapers import TaperPoint
    from actuarial.pension.totalisation import ForeignPeriod, TotalisedOldAge
    from actuarial.pension.totalised_invalidity import TotalisedInvalidity
    from actuarial.pension.totalised_survivors import TotalisedOrphans, TotalisedWidows
    from actuarial.pension.withdrawals import AccountWithdrawal

__all__ = [
    "AccountPayout",
    "AccountWithdrawal",
    "AtAge",
    "AttendanceSupplement",
    "Balance",
    "Band",
    "Banded",
    "Bracket",
    "ByEarnings",
    "CareerAverage",
    "Condition",
    "DependantsSupplement",
    "EarningsBand",
    "FinalAverage",
    "Flat",
    "ForeignPeriod",
    "FuneralGrant",
    "Gratuity",
    "Greatest",
    "Guarantee",
    "Indexation",
    "Invalidity",
    "Least",
    "LifeAnnuity",
    "MemberAccount",
    "MinimumInPayment",
    "OldAge",
    "OldAgeGrant",
    "Orphans",
    "OtherYears",
    "PaidPart",
    "PartOfService",
    "Phased",
    "Points",
    "ProRata",
    "Recent",
    "Refund",
    "RemarriageGrant",
    "Residence",
    "ServiceRate",
    "StatedAnnuity",
    "TaperPoint",
    "TotalisedInvalidity",
    "TotalisedOldAge",
    "TotalisedOrphans",
    "TotalisedWidows",
    "Widows",
]


def __getattr__(name: str) -> Any:
    """Import the module of a form when it is first used: a scheme has few of them."""
    if name not in _PLACES:
        raise AttributeError(f"module 'actuarial.pension' has no attribute {name!r}")
    found = getattr(import_module(f"actuarial.pension.{_PLACES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__} - {"Any", "TYPE_CHECKING", "import_module"})
