"""Income, outgo and reserve of a scheme, and the rates and years that value it; also for plain series."""

from actuarial.valuation.conditions import FundedShare, NotFalling, ReserveRatio, SameRatio, Solvent
from actuarial.valuation.premiums import level_rate, rate_sensitivity
from actuarial.valuation.reserve import critical_years, roll_reserve
from actuarial.valuation.steady import lowest_rate, steady_rate
from actuarial.valuation.stepped import scaled_premium, stepped_rates
from actuarial.valuation.summarized import average_cost_rates, summarized_rates

__all__ = [
    "FundedShare",
    "NotFalling",
    "ReserveRatio",
    "SameRatio",
    "Solvent",
    "average_cost_rates",
    "critical_years",
    "level_rate",
    "lowest_rate",
    "rate_sensitivity",
    "roll_reserve",
    "scaled_premium",
    "steady_rate",
    "stepped_rates",
    "summarized_rates",
]
