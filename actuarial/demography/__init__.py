"""Population: life tables, rates from data, assumptions, and the cohort-component projection."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

_PLACES = {
    "A0_RULES": "a0",
    "TableFamily": "target_e0",
    "andreev_kingkade": "a0",
    "between_family": "target_e0",
    "brass_family": "target_e0",
    "coale_demeny_west": "a0",
    "life_table": "lifetable",
    "log_linear_family": "target_e0",
    "mortality_for_e0": "target_e0",
    "mx_from_qx": "lifetable",
    "project_population": "population",
    "proportional_family": "target_e0",
    "qx_from_mx": "lifetable",
    "solve_k": "e0_kernel",
    "split_counts": "splitting",
}

if TYPE_CHECKING:
    from actuarial.demography.a0 import A0_RULES, andreev_kingkade, coale_demeny_west
    from actuarial.demography.e0_kernel import solve_k
    from actuarial.demography.lifetable import life_table, mx_from_qx, qx_from_mx
    from actuarial.demography.population import project_population
    from actuarial.demography.splitting import split_counts
    from actuarial.demography.target_e0 import (
        TableFamily,
        between_family,
        brass_family,
        log_linear_family,
        mortality_for_e0,
        proportional_family,
    )

__all__ = [
    "A0_RULES",
    "TableFamily",
    "andreev_kingkade",
    "between_family",
    "brass_family",
    "coale_demeny_west",
    "life_table",
    "log_linear_family",
    "mortality_for_e0",
    "mx_from_qx",
    "project_population",
    "proportional_family",
    "qx_from_mx",
    "solve_k",
    "split_counts",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that a projection loads only what it needs."""
    if name not in _PLACES:
        raise AttributeError(f"module 'actuarial.demography' has no attribute {name!r}")
    globals()[name] = found = getattr(import_module(f"actuarial.demography.{_PLACES[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
