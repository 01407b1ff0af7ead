"""Studies: questions that take several whole projections, such as liabilities, sensitivities and reconciliations."""

from actuarial.studies.balance import balance_sheet
from actuarial.studies.changes import Change, NotApplicable
from actuarial.studies.entrants import new_entrants_premium
from actuarial.studies.liability import liabilities
from actuarial.studies.prolong import prolong
from actuarial.studies.reforms import reforms
from actuarial.studies.replacement import Careers, replacement_rates
from actuarial.studies.sensitivity import sensitivity
from actuarial.studies.shocks import STRESS_TESTS, catalogue
from actuarial.studies.tornado import elasticities, tornado

__all__ = [
    "STRESS_TESTS",
    "Careers",
    "Change",
    "NotApplicable",
    "balance_sheet",
    "catalogue",
    "elasticities",
    "liabilities",
    "new_entrants_premium",
    "prolong",
    "reforms",
    "replacement_rates",
    "sensitivity",
    "tornado",
]
