"""Income, outgo and reserve of a scheme, and the rates and years that value it; also for plain series."""

from actuarial.audited import add_accounts
from actuarial.valuation.adequacy import adequacy
from actuarial.valuation.assets import opening_assets, with_and_without
from actuarial.valuation.capital import annuity_value, capital_value
from actuarial.valuation.conditions import FundedShare, NotFalling, ReserveRatio, SameRatio, Solvent
from actuarial.valuation.constituent import constituent_capitals, terminal_capitals
from actuarial.valuation.decomposition import decompose, decompose_expenditure
from actuarial.valuation.differences import difference_from, ratio_to
from actuarial.valuation.experience import experience
from actuarial.valuation.financing import financing_rates
from actuarial.valuation.health_finance import project_health_finance
from actuarial.valuation.health_growth import decompose_health_expenditure
from actuarial.valuation.health_indicators import cross_subsidy, value_health
from actuarial.valuation.internal_return import internal_rate_of_return
from actuarial.valuation.observed import compare_awards
from actuarial.valuation.premiums import level_rate, rate_sensitivity
from actuarial.valuation.reserve import critical_years, roll_reserve
from actuarial.valuation.steady import lowest_rate, steady_rate
from actuarial.valuation.stepped import scaled_premium, stepped_rates
from actuarial.valuation.summarized import average_cost_rates, summarized_rates
from actuarial.valuation.systems import (
    full_funding,
    partial_funding,
    payg_rate,
    reserve_ratio_system,
    terminal_funding,
)

__all__ = [
    "FundedShare",
    "NotFalling",
    "ReserveRatio",
    "SameRatio",
    "Solvent",
    "add_accounts",
    "adequacy",
    "annuity_value",
    "average_cost_rates",
    "capital_value",
    "compare_awards",
    "constituent_capitals",
    "critical_years",
    "cross_subsidy",
    "decompose",
    "decompose_expenditure",
    "decompose_health_expenditure",
    "difference_from",
    "experience",
    "financing_rates",
    "full_funding",
    "internal_rate_of_return",
    "level_rate",
    "lowest_rate",
    "opening_assets",
    "partial_funding",
    "payg_rate",
    "project_health_finance",
    "rate_sensitivity",
    "ratio_to",
    "reserve_ratio_system",
    "roll_reserve",
    "scaled_premium",
    "steady_rate",
    "stepped_rates",
    "summarized_rates",
    "terminal_capitals",
    "terminal_funding",
    "value_health",
    "with_and_without",
]
