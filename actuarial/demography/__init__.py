"""Population: life tables, rates from data, assumptions, and the cohort-component projection."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

_PLACES = {
    "A0_RULES": "a0",
    "ROGERS_CASTRO_STANDARD": "flows.migration_fit",
    "TableFamily": "trends.target_e0",
    "Uncertainty": "futures.draws",
    "abridge_rates": "splitting.rates",
    "actual_to_expected": "rates.standard_ratio",
    "age_period_cohort": "trends.cohort_models",
    "andreev_kingkade": "a0",
    "annuity": "tables.present_values",
    "arima_index": "trends.arima_index",
    "basis_of_draws": "futures.stochastic",
    "between_family": "trends.target_e0",
    "brass": "rates.relational",
    "brass_family": "trends.target_e0",
    "brass_from_deaths": "rates.relational_fit",
    "brass_table": "rates.relational",
    "cairns_blake_dowd": "trends.cairns_blake_dowd_fit",
    "cairns_blake_dowd_cohorts": "trends.cohort_models",
    "cause_deleted_table": "tables.causes",
    "close_table": "tables.closing",
    "coale_demeny_west": "a0",
    "coale_demeny_west_1_4": "tables.nax",
    "cohort_improvement": "trends.improvement",
    "converging_improvement": "trends.improvement",
    "crude_rates": "rates.crude",
    "deaths_by_cause": "tables.causes",
    "dependent_rates": "tables.decrements",
    "draw_assumptions": "futures.draws",
    "exposure_between": "rates.exposure",
    "exposure_from_records": "rates.records",
    "exposure_from_stocks": "rates.exposure",
    "fertility": "flows.fertility_by_age",
    "fit_rogers_castro": "flows.migration_fit",
    "fit_tests": "rates.goodness",
    "full_credibility": "rates.credibility",
    "gamma_pattern": "flows.fertility_by_age",
    "graduate": "rates.graduation",
    "improvement_rates": "trends.improvement",
    "independent_rates": "tables.decrements",
    "insurance": "tables.present_values",
    "joint_annuity": "tables.joint_lives",
    "lee_carter": "trends.lee_carter_fit",
    "life_expectancy_difference": "tables.difference",
    "life_expectancy_interval": "rates.expectancy",
    "life_table": "tables.lifetable",
    "life_table_at": "tables.exact_ages",
    "life_table_entropy": "tables.disparity",
    "limit_emigration": "flows.emigration",
    "limited_fluctuation": "rates.credibility",
    "log_linear_family": "trends.target_e0",
    "mean_age_at_childbearing": "flows.fertility_by_age",
    "migration_from_rates": "flows.migration",
    "mortality_bootstrap": "trends.parameter_bootstrap",
    "mortality_draws": "trends.mortality_scenarios",
    "mortality_driven_by": "trends.scheme_mortality",
    "mortality_for_e0": "trends.target_e0",
    "mortality_forecast": "trends.time_index",
    "mortality_ratio": "trends.scheme_mortality",
    "mx_from_qx": "tables.conversion",
    "net_migration": "flows.migration",
    "project_groups": "groups",
    "project_population": "population",
    "project_population_draws": "futures.stochastic",
    "project_population_totals": "totals",
    "projected_mortality": "trends.improvement",
    "proportional_family": "trends.target_e0",
    "qx_from_mx": "tables.conversion",
    "random_walk": "trends.time_index",
    "reproduction": "tables.reproduction_rates",
    "reversionary_annuity": "tables.joint_lives",
    "rogers_castro": "flows.migration_fit",
    "select_table": "tables.selection",
    "shift_mean_age": "flows.fertility_by_age",
    "single_decrement_table": "tables.causes",
    "solve_k": "trends.e0_search",
    "split_asfr": "splitting.births",
    "split_counts": "splitting.counts",
    "split_rates": "splitting.rates",
    "uncertainty_from_intervals": "futures.draws_calibration",
    "whittaker": "rates.whittaker_henderson",
}

if TYPE_CHECKING:
    from actuarial.demography.a0 import A0_RULES, andreev_kingkade, coale_demeny_west
    from actuarial.demography.flows.emigration import limit_emigration
    from actuarial.demography.flows.fertility_by_age import (
        fertility,
        gamma_pattern,
        mean_age_at_childbearing,
        shift_mean_age,
    )
    from actuarial.demography.flows.migration import migration_from_rates, net_migration
    from actuarial.demography.flows.migration_fit import ROGERS_CASTRO_STANDARD, fit_rogers_castro, rogers_castro
    from actuarial.demography.futures.draws import Uncertainty, draw_assumptions
    from actuarial.demography.futures.draws_calibration import uncertainty_from_intervals
    from actuarial.demography.futures.stochastic import basis_of_draws, project_population_draws
    from actuarial.demography.groups import project_groups
    from actuarial.demography.population import project_population
    from actuarial.demography.rates.credibility import full_credibility, limited_fluctuation
    from actuarial.demography.rates.crude import crude_rates
    from actuarial.demography.rates.expectancy import life_expectancy_interval
    from actuarial.demography.rates.exposure import exposure_between, exposure_from_stocks
    from actuarial.demography.rates.goodness import fit_tests
    from actuarial.demography.rates.graduation import graduate
    from actuarial.demography.rates.records import exposure_from_records
    from actuarial.demography.rates.relational import brass, brass_table
    from actuarial.demography.rates.relational_fit import brass_from_deaths
    from actuarial.demography.rates.standard_ratio import actual_to_expected
    from actuarial.demography.rates.whittaker_henderson import whittaker
    from actuarial.demography.splitting.births import split_asfr
    from actuarial.demography.splitting.counts import split_counts
    from actuarial.demography.splitting.rates import abridge_rates, split_rates
    from actuarial.demography.tables.causes import cause_deleted_table, deaths_by_cause, single_decrement_table
    from actuarial.demography.tables.closing import close_table
    from actuarial.demography.tables.conversion import mx_from_qx, qx_from_mx
    from actuarial.demography.tables.decrements import dependent_rates, independent_rates
    from actuarial.demography.tables.difference import life_expectancy_difference
    from actuarial.demography.tables.disparity import life_table_entropy
    from actuarial.demography.tables.exact_ages import life_table_at
    from actuarial.demography.tables.joint_lives import joint_annuity, reversionary_annuity
    from actuarial.demography.tables.lifetable import life_table
    from actuarial.demography.tables.nax import coale_demeny_west_1_4
    from actuarial.demography.tables.present_values import annuity, insurance
    from actuarial.demography.tables.reproduction_rates import reproduction
    from actuarial.demography.tables.selection import select_table
    from actuarial.demography.totals import project_population_totals
    from actuarial.demography.trends.arima_index import arima_index
    from actuarial.demography.trends.cairns_blake_dowd_fit import cairns_blake_dowd
    from actuarial.demography.trends.cohort_models import age_period_cohort, cairns_blake_dowd_cohorts
    from actuarial.demography.trends.e0_search import solve_k
    from actuarial.demography.trends.improvement import (
        cohort_improvement,
        converging_improvement,
        improvement_rates,
        projected_mortality,
    )
    from actuarial.demography.trends.lee_carter_fit import lee_carter
    from actuarial.demography.trends.mortality_scenarios import mortality_draws
    from actuarial.demography.trends.parameter_bootstrap import mortality_bootstrap
    from actuarial.demography.trends.scheme_mortality import mortality_driven_by, mortality_ratio
    from actuarial.demography.trends.target_e0 import (
        TableFamily,
        between_family,
        brass_family,
        log_linear_family,
        mortality_for_e0,
        proportional_family,
    )
    from actuarial.demography.trends.time_index import mortality_forecast, random_walk

__all__ = [
    "A0_RULES",
    "ROGERS_CASTRO_STANDARD",
    "TableFamily",
    "Uncertainty",
    "abridge_rates",
    "actual_to_expected",
    "age_period_cohort",
    "andreev_kingkade",
    "annuity",
    "arima_index",
    "basis_of_draws",
    "between_family",
    "brass",
    "brass_family",
    "brass_from_deaths",
    "brass_table",
    "cairns_blake_dowd",
    "cairns_blake_dowd_cohorts",
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
    "life_expectancy_difference",
    "life_expectancy_interval",
    "life_table",
    "life_table_at",
    "life_table_entropy",
    "limit_emigration",
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
    "project_population_totals",
    "projected_mortality",
    "proportional_family",
    "qx_from_mx",
    "random_walk",
    "reproduction",
    "reversionary_annuity",
    "rogers_castro",
    "select_table",
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
