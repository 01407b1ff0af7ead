"""How providers are paid: one file for each method, each with one answer, `cost(activity, basis)`."""

from actuarial.health.payment.capitation import Capitation
from actuarial.health.payment.case_payment import CasePayment
from actuarial.health.payment.fee_for_service import FeeForService
from actuarial.health.payment.global_budget import GlobalBudget
from actuarial.health.payment.mixture import Mixture, Part
from actuarial.health.payment.own_facilities import OwnFacilities
from actuarial.health.payment.per_diem import PerDiem

__all__ = [
    "Capitation",
    "CasePayment",
    "FeeForService",
    "GlobalBudget",
    "Mixture",
    "OwnFacilities",
    "Part",
    "PerDiem",
]
