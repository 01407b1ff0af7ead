"""Studies: questions that take several whole projections, such as liabilities, sensitivities and reconciliations."""

from actuarial.studies.balance import balance_sheet
from actuarial.studies.entrants import new_entrants_premium
from actuarial.studies.liability import liabilities
from actuarial.studies.prolong import prolong

__all__ = ["balance_sheet", "liabilities", "new_entrants_premium", "prolong"]
