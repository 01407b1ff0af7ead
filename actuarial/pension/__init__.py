"""Pension benefits: forms only. Each answers per head on labelled coordinates and never sees people."""

from actuarial.pension.account_formulas import (
    Balance,
    CareerAverage,
    Guarantee,
    LifeAnnuity,
    PartOfService,
    ProRata,
    StatedAnnuity,
)
from actuarial.pension.accounts import AccountPayout, MemberAccount, PaidPart
from actuarial.pension.conditions import Condition, Recent, Residence
from actuarial.pension.formulas import Band, FinalAverage, Flat, Phased
from actuarial.pension.grants import FuneralGrant, OldAgeGrant, Refund, RemarriageGrant
from actuarial.pension.indexation import Indexation
from actuarial.pension.invalidity import Invalidity
from actuarial.pension.old_age import OldAge
from actuarial.pension.supplements import AttendanceSupplement, DependantsSupplement, MinimumInPayment
from actuarial.pension.survivors import Orphans, Widows
from actuarial.pension.totalisation import ForeignPeriod, TotalisedOldAge
from actuarial.pension.totalised_invalidity import TotalisedInvalidity
from actuarial.pension.totalised_survivors import TotalisedOrphans, TotalisedWidows

__all__ = [
    "AccountPayout",
    "AttendanceSupplement",
    "Balance",
    "Band",
    "CareerAverage",
    "Condition",
    "DependantsSupplement",
    "FinalAverage",
    "Flat",
    "ForeignPeriod",
    "FuneralGrant",
    "Guarantee",
    "Indexation",
    "Invalidity",
    "LifeAnnuity",
    "MemberAccount",
    "MinimumInPayment",
    "OldAge",
    "OldAgeGrant",
    "Orphans",
    "PaidPart",
    "PartOfService",
    "Phased",
    "ProRata",
    "Recent",
    "Refund",
    "RemarriageGrant",
    "Residence",
    "StatedAnnuity",
    "TotalisedInvalidity",
    "TotalisedOldAge",
    "TotalisedOrphans",
    "TotalisedWidows",
    "Widows",
]
