"""Population: life tables, rates from data, assumptions, and the cohort-component projection."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

_PLACES = {
    "A0_RULES": "a0",
    "ROGERS_CASTRO_STANDARD": "migration_fit",
    "TableFamily": "target_e0",
    "Uncertainty": "draws",
    "abridge_rates": "splitting_rates",
    "actual_to_expected": "standard_ratio",
    "andreev_kingkade": "a0",
    "annuity": "present_values",
    "basis_of_draws": "stochastic",
    "between_family": "target_e0",
    "brass": "relational",
    "brass_family": "target_e0",
    "brass_from_deaths": "relational_fit",
    "brass_table": "relational",
    "cairns_blake_dowd": "cairns_blake_dowd_fit",
    "cause_deleted_table": "causes",
    "close_table": "closing",
    "coale_demeny_west": "a0",
    "coale_demeny_west_1_4": "nax",
    "cohort_improvement": "improvement",
    "converging_improvement": "improvement",
    "crude_rates": "crude",
    "deaths_by_cause": "causes",
    "dependent_rates": "decrements",
    "draw_assumptions": "draws",
    "exposure_between": "exposure",
    "exposure_from_records": "records",
    "exposure_from_stocks": "exposure",
    "fertility": "fertility_by_age",
    "fit_rogers_castro": "migration_fit",
    "fit_tests": "goodness",
    "full_credibility": "credibility",
    "gamma_pattern": "fertility_by_age",
    "graduate": "graduation",
    "improvement_rates": "improvement",
    "independent_rates": "decrements",
    "insurance": "present_values",
    "joint_annuity": "joint_lives",
    "lee_carter": "lee_carter_fit",
    "life_table": "lifetable",
    "limited_fluctuation": "credibility",
    "log_linear_family": "target_e0",
    "mean_age_at_childbearing": "fertility_by_age",
    "migration_from_rates": "migration",
    "mortality_bootstrap": "parameter_bootstrap",
    "mortality_draws": "mortality_scenarios",
    "mortality_driven_by": "scheme_mortality",
    "mortality_for_e0": "target_e0",
    "mortality_forecast": "time_index",
    "mortality_ratio": "scheme_mortality",
    "mx_from_qx": "lifetable",
    "net_migration": "migration",
    "project_groups": "groups",
    "project_population": "population",
    "project_population_draws": "stochastic",
    "projected_mortality": "improvement",
    "proportional_family": "target_e0",
    "qx_from_mx": "lifetable",
    "random_walk": "time_index",
    "reproduction": "reproduction_rates",
    "reversionary_annuity": "joint_lives",
    "rogers_castro": "migration_fit",
    "shift_mean_age": "fertility_by_age",
    "single_decrement_table": "causes",
    "solve_k": "e0_kernel",
    "split_asfr": "splitting_asfr",
    "split_counts": "splitting",
    "split_rates": "splitting_rates",
    "uncertainty_from_intervals": "draws_calibration",
    "whittaker": "whittaker_henderson",
}

if TYPE_CHECKING:
    from actuarial.demography.a0 import A0_RULES, andreev_kingkade, coale_demeny_west
    from actuarial.demography.cairns_blake_dowd_fit import cairns_blake_dowd
    from actuarial.demography.causes import cause_deleted_table, deaths_by_cause, single_decrement_table
    from actuarial.demography.closing import close_table
    from actuarial.demography.credibility import full_credibility, limited_fluctuation
    from actuarial.demography.crude import crude_rates
    from actuarial.demography.decrements import dependent_rates, independent_rates
    from actuarial.demography.draws import Uncertainty, draw_assumptions
    from actuarial.demography.draws_calibration import uncertainty_from_intervals
    from actuarial.demography.e0_kernel import solve_k
    from actuarial.demography.exposure import exposure_between, exposure_from_stocks
    from actuarial.demography.fertility_by_age import fertility, gamma_pattern, mean_age_at_childbearing, shift_mean_age
    from actuarial.demography.goodness import fit_tests
    from actuarial.demography.graduation import graduate
    from actuarial.demography.groups import project_groups
    from actuarial.demography.improvement import (
        cohort_improvement,
        converging_improvement,
        improvement_rates,
        projected_mortality,
    )
    from actuarial.demography.joint_lives import joint_annuity, reversionary_annuity
    from actuarial.demography.lee_carter_fit import lee_carter
    from actuarial.demography.lifetable import life_table, mx_from_qx, qx_from_mx
    from actuarial.demography.migration import migration_from_rates, net_migration
    from actuarial.demography.migration_fit import ROGERS_CASTRO_STANDARD, fit_rogers_castro, rogers_castro
    from actuarial.demography.mortality_scenarios import mortality_draws
    from actuarial.demography.nax import coale_demeny_west_1_4
    from actuarial.demography.parameter_bootstrap import mortality_bootstrap
    from actuarial.demography.population import project_population
    from actuarial.demography.present_values import annuity, insurance
    from actuarial.demography.records import exposure_from_records
    from actuarial.demography.relational import brass, brass_table
    from actuarial.demography.relational_fit import brass_from_deaths
    from actuarial.demography.reproduction_rates import reproduction
    from actuarial.demography.scheme_mortality import mortality_driven_by, mortality_ratio
    from actuarial.demography.splitting import split_counts
    from actuarial.demography.splitting_asfr import split_asfr
    from actuarial.demography.splitting_rates import abridge_rates, split_rates
    from actuarial.demography.standard_ratio import actual_to_expected
    from actuarial.demography.stochastic import basis_of_draws, project_population_draws
    from actuarial.demography.target_e0 import (
        TableFamily,
        between_family,
        brass_family,
        log_linear_family,
        mortality_for_e0,
        proportional_family,
    )
    from actuarial.demography.time_index import mortality_forecast, random_walk
    from actuarial.demography.whittaker_henderson import whittaker

__all__ = [
    "A0_RULES",
    "ROGERS_CASTRO_STANDARD",
    "TableFamily",
    "Uncertainty",
    "abridge_rates",
    "actual_to_expected",
    "andreev_kingkade",
    "annuity",
    "basis_of_draws",
    "between_family",
    "brass",
    "brass_family",
    "brass_from_deaths",
    "brass_table",
    "cairns_blake_dowd",
    "cause_deleted_table",
    "close_table",
    "coale_demeny_west",
    "coale_demeny_west_1_4",
    "cohort_improvement",
    "converging_improvement",
    "crude_rates",
    "deaths_by_cause",
    "dependent_rates",
    "draw_assumptions",
    "exposure_between",
    "exposure_from_records",
    "exposure_from_stocks",
    "fertility",
    "fit_rogers_castro",
    "fit_tests",
    "full_credibility",
    "gamma_pattern",
    "graduate",
    "improvement_rates",
    "independent_rates",
    "insurance",
    "joint_annuity",
    "lee_carter",
    "life_table",
    "limited_fluctuation",
    "log_linear_family",
    "mean_age_at_childbearing",
    "migration_from_rates",
    "mortality_bootstrap",
    "mortality_draws",
    "mortality_driven_by",
    "mortality_for_e0",
    "mortality_forecast",
    "mortality_ratio",
    "mx_from_qx",
    "net_migration",
    "project_groups",
    "project_population",
    "project_population_draws",
    "projected_mortality",
    "proportional_family",
    "qx_from_mx",
    "random_walk",
    "reproduction",
    "reversionary_annuity",
    "rogers_castro",
    "shift_mean_age",
    "single_decrement_table",
    "solve_k",
    "split_asfr",
    "split_counts",
    "split_rates",
    "uncertainty_from_intervals",
    "whittaker",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that a projection loads only what it needs."""
    if name not in _PLACES:
        raise AttributeError(f"module 'actuarial.demography' has no attribute {name!r}")
    globals()[name] = found = getattr(import_module(f"actuarial.demography.{_PLACES[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
