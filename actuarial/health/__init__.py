"""Health care: who is covered, what they use, what it costs, who pays it."""

from actuarial.health.cash import HealthFuneral, Maternity, Paternity, Sickness
from actuarial.health.cash_cost import project_cash
from actuarial.health.completion import Completed, chain_ladder
from actuarial.health.cost import project_health_cost
from actuarial.health.groups import Dependants, Employed, Insured, Pensioners, Population, Refugees, Remainder
from actuarial.health.membership import project_membership
from actuarial.health.payment import (
    Capitation,
    CasePayment,
    FeeForService,
    GlobalBudget,
    Mixture,
    OwnFacilities,
    Part,
    PerDiem,
)
from actuarial.health.scheme import CostSharing, HealthContribution, HealthFunding, HealthScheme, Service
from actuarial.health.smoothing import Smoothed, smooth_relativities, whittaker
from actuarial.health.use import project_use

__all__ = [
    "Capitation",
    "CasePayment",
    "Completed",
    "CostSharing",
    "Dependants",
    "Employed",
    "FeeForService",
    "GlobalBudget",
    "HealthContribution",
    "HealthFunding",
    "HealthFuneral",
    "HealthScheme",
    "Insured",
    "Maternity",
    "Mixture",
    "OwnFacilities",
    "Part",
    "Paternity",
    "Pensioners",
    "PerDiem",
    "Population",
    "Refugees",
    "Remainder",
    "Service",
    "Sickness",
    "Smoothed",
    "chain_ladder",
    "project_cash",
    "project_health_cost",
    "project_membership",
    "project_use",
    "smooth_relativities",
    "whittaker",
]
