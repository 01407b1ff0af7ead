"""Income, outgo and reserve of a scheme, and the rates and years that value it; also for plain series."""

from actuarial.valuation.premiums import level_rate, rate_sensitivity, summarized_rates
from actuarial.valuation.reserve import critical_years, roll_reserve
from actuarial.valuation.stepped import scaled_premium

__all__ = [
    "critical_years",
    "level_rate",
    "rate_sensitivity",
    "roll_reserve",
    "scaled_premium",
    "summarized_rates",
]
