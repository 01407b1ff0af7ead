"""Studies: questions that take several whole projections, such as liabilities, sensitivities and reconciliations."""

from actuarial.studies.balance import balance_sheet
from actuarial.studies.break_even import BreakEven, break_even_enrolment
from actuarial.studies.capacity import contributory_capacity
from actuarial.studies.career_returns import career_returns
from actuarial.studies.causes import differences, format_differences, standard_steps
from actuarial.studies.changes import Change, NotApplicable
from actuarial.studies.cohorts import cohort_replacement_rates
from actuarial.studies.entrants import new_entrants_premium
from actuarial.studies.health_sensitivity import health_sensitivity
from actuarial.studies.health_shocks import health_catalogue
from actuarial.studies.health_stream import stream_health
from actuarial.studies.liability import liabilities
from actuarial.studies.prolong import prolong
from actuarial.studies.reconcile import reconcile
from actuarial.studies.reforms import reforms
from actuarial.studies.refugee_series import projected_refugees
from actuarial.studies.refugees import Host, Refugees, refugee_inclusion
from actuarial.studies.replacement import Careers, replacement_rates
from actuarial.studies.rollforward import roll_forward
from actuarial.studies.sensitivity import sensitivity
from actuarial.studies.shocks import STRESS_TESTS, catalogue
from actuarial.studies.tornado import elasticities, tornado

__all__ = [
    "STRESS_TESTS",
    "BreakEven",
    "Careers",
    "Change",
    "Host",
    "NotApplicable",
    "Refugees",
    "balance_sheet",
    "break_even_enrolment",
    "career_returns",
    "catalogue",
    "cohort_replacement_rates",
    "contributory_capacity",
    "differences",
    "elasticities",
    "format_differences",
    "health_catalogue",
    "health_sensitivity",
    "liabilities",
    "new_entrants_premium",
    "projected_refugees",
    "prolong",
    "reconcile",
    "reforms",
    "refugee_inclusion",
    "replacement_rates",
    "roll_forward",
    "sensitivity",
    "standard_steps",
    "stream_health",
    "tornado",
]
