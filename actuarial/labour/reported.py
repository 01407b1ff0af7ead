"""Names of the flows of the insured in a result, and which of them are reported."""

from actuarial.check.groups import TRANSFERS
from actuarial.labour.packing import GATES

FLOW_NAMES = {
    "active": "active",
    "inactive": "inactive",
    "active_credits": "active_credits",
    "inactive_credits": "inactive_credits",
    "new": "new_entrants",
    "reentrants": "reentrants",
    "rho": "reentry_rate",
    "shortfall": "reentry_shortfall",
    "kappa": "contraction_rate",
    "exits": "exits",
    "deaths_active": "deaths_active",
    "deaths_inactive": "deaths_inactive",
    "invalids": "new_invalids",
    "retired_active": "retirements_active",
    "retired_inactive": "retirements_inactive",
    "months_stayers": "contribution_months_stayers",
    "months_entrants": "contribution_months_entrants",
    "credits_removed": "credits_removed",
    "refused": "entries_refused",
    "recoveries": "recoveries",
    "credits_restored": "credits_restored",
}
CLAIM_NAMES = {
    "claims": "claims_number",
    "amounts": "claims_amount",
    "topups": "claims_topup",
    "credits": "claims_credits",
    "least": "claims_at_minimum",
}
ACCOUNT_NAMES = {
    "balance": "account_balance",
    "released": "account_released",
    "restored": "account_restored",
    "credits": "account_credits",
    "growth": "account_growth",
    "transferred": "account_transferred",
    "withdrawn": "account_withdrawn",
}
BY_SERVICE = ("active_by_service", "inactive_by_service", "invalid_by_service")
ONLY_WITH: dict[str, tuple[str, ...]] = {
    "refused": GATES,
    "transferred": TRANSFERS,
    **dict.fromkeys(("recoveries", "credits_restored", "restored"), ("recovery_rate",)),
}
"""Variables of the basis, of which one must be there for a flow to be reported."""
