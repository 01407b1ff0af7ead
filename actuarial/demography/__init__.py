"""Population: life tables and the cohort-component projection."""

from actuarial.demography.a0 import A0_RULES, andreev_kingkade, coale_demeny_west
from actuarial.demography.lifetable import life_table, mx_from_qx, qx_from_mx
from actuarial.demography.population import project_population

__all__ = [
    "A0_RULES",
    "andreev_kingkade",
    "coale_demeny_west",
    "life_table",
    "mx_from_qx",
    "project_population",
    "qx_from_mx",
]
