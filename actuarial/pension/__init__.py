"""Pension benefits: forms only. Each answers per head on labelled coordinates and never sees people."""

from actuarial.pension.conditions import Condition, Recent, Residence
from actuarial.pension.formulas import Band, FinalAverage, Flat
from actuarial.pension.grants import FuneralGrant, OldAgeGrant, Refund
from actuarial.pension.indexation import Indexation
from actuarial.pension.invalidity import Invalidity
from actuarial.pension.old_age import OldAge
from actuarial.pension.supplements import AttendanceSupplement, DependantsSupplement, MinimumInPayment
from actuarial.pension.survivors import Orphans, Widows
from actuarial.pension.totalisation import ForeignPeriod, TotalisedOldAge

__all__ = [
    "AttendanceSupplement",
    "Band",
    "Condition",
    "DependantsSupplement",
    "FinalAverage",
    "Flat",
    "ForeignPeriod",
    "FuneralGrant",
    "Indexation",
    "Invalidity",
    "MinimumInPayment",
    "OldAge",
    "OldAgeGrant",
    "Orphans",
    "Recent",
    "Refund",
    "Residence",
    "TotalisedOldAge",
    "Widows",
]
