"""Every public function of demography refuses what cannot be meant with words of its own, whatever the argument."""

from inspect import signature

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from actuarial import demography
from actuarial.errors import ActuarialError
from tests.demography.draw_data import country, intervals, total, uncertainty

AGES, YEARS = range(60, 66), range(2015, 2021)
SLOPES = np.array([0.3, 0.2, 0.2, 0.1, 0.1, 0.1])
DEATHS = np.round(2e4 * np.exp(np.outer([2.0, 1.3, 0.2, -0.3, -1.0, -2.2], SLOPES) + np.linspace(-4.5, -3.5, 6)))
EXPOSURE = np.full((6, 6), 2e4)
RATES = np.concatenate([[0.02], 0.0004 * np.exp(0.07 * np.arange(100))])
GROUPS, FIRST = [0.02, 0.001, *(0.0002 * 1.5 ** np.arange(17))], (0, 1, *range(5, 86, 5))
PATTERN = np.exp(-(((np.arange(101) - 27) / 7.0) ** 2))
MIGRANTS = np.exp(-(((np.arange(61) - 25) / 9.0) ** 2)) + np.exp(-0.1 * np.arange(61)) + 0.1


def by(dim, values, labels):
    return xr.DataArray(values, dims=dim, coords={dim: labels})


def calls():
    """A call of each public function that succeeds, with every parameter that has a meaning in it."""
    d = demography
    basis, lives = country(2), d.life_table(RATES, sex="female")
    dying = d.life_table(qx=[0.1, 0.3, 1.0], ax=0.5, ex_open=0.5)
    groups = xr.DataArray(["a", "b"], dims="group", coords={"group": ["a", "b"]})
    alike = xr.ones_like(groups, dtype=float)
    grouped = basis.assign({name: basis[name] * alike for name in ("population_0", "net_migration")})
    own = xr.DataArray(np.eye(2), {"group": ["a", "b"], "to_group": ["a", "b"]}, ("group", "to_group"))
    uncertain, model = uncertainty(basis), d.lee_carter(DEATHS, EXPOSURE, ages=AGES, years=YEARS)
    boot, rates = d.mortality_bootstrap(model, 2, 1), basis.mx.isel(sex=0, drop=True)
    single, of_birth = by("age", RATES, range(101)), by("cohort", [0.01] * 100, range(1930, 2030))
    causes = np.array([[5.0, 6, 1], [2, 3, 9]])
    record = {"birth": "1950-03-01", "entry": "2019-01-01", "exit": "2020-05-05", "status": "dead"}
    data, fits = {"deaths": DEATHS, "exposure": EXPOSURE}, {"ages": AGES, "years": YEARS}
    payments = {"term": None, "deferred": 0, "fraction": "udd", "growth": 0.0}
    two = {"table": lives, "other": lives, "interest": 0.03, "age": 60, "other_age": 58}
    factor = xr.DataArray([[1.0, 1.1]], {"scenario": [0], "year": basis.year}, ("scenario", "year"))
    shape = by("age", np.where(np.arange(71) < 60, 0.5, 0.2), range(71))
    draws = {"basis": basis, "uncertainty": uncertain, "seed": 1, "scenarios": 2}
    draws |= {"mortality_pattern": shape, "migration_pattern": None}
    return {
        "TableFamily": {"columns": (single,), "tables": lambda k: k, "start": 0.0},
        "Uncertainty": dict(vars(uncertain)),
        "abridge_rates": {"mx": RATES, "ages": FIRST},
        "actual_to_expected": data | {"standard": np.full(6, 0.02), "by": (), "bands": None, "level": 0.95}
        | {"probability": 0.9, "closeness": 0.05, "coords": {"age": AGES}},
        "age_period_cohort": data | fits | {"method": "poisson", "weights": None, "clip": 0},
        "andreev_kingkade": {"m0": 0.02, "sex": "male"},
        "annuity": {"table": lives, "interest": 0.03, "age": 60, "payments": 12, "in_advance": True}
        | {"along": "period", "guaranteed": 5, "increase": 0.0} | payments,
        "arima_index": {"kappa": [1.0, 0.5, 0.3, -0.2, 0.1, -0.6, -1.5, -1.2], "order": (1, 1, 0)},
        "basis_of_draws": draws,
        "between_family": {"first": RATES, "second": RATES / 2},
        "brass": {"lx": lives.lx, "standard": lives.lx, "weights": None, "beta": 1.0, "coords": None},
        "brass_family": {"mx": RATES},
        "brass_from_deaths": {"deaths": 1e4 * RATES[:100], "exposure": np.full(100, 1e4), "standard": lives.lx}
        | {"beta": 1.0, "ax": 0.5, "coords": None},
        "brass_table": {"standard": lives.lx, "alpha": 0.1, "beta": 1.0, "coords": None},
        "cairns_blake_dowd": data | fits | {"weights": None, "clip": 0},
        "cairns_blake_dowd_cohorts": data | fits | {"weights": None, "clip": 0},
        "cause_deleted_table": {"table": dying, "deaths": causes, "causes": ["a", "b"], "ax": "constant-force"},
        "close_table": {"mx": RATES, "method": "kannisto", "fit_ages": (75, 95), "from_age": 96, "to_age": 110}
        | {"deaths": None, "exposure": None, "limit_age": 130, "keep_ex": False}
        | {"rate_110": None},
        "coale_demeny_west": {"m0": 0.02, "sex": "male"},
        "coale_demeny_west_1_4": {"m0": 0.02, "sex": "male"},
        "cohort_improvement": {"rates": of_birth, "years": range(2020, 2023), "ages": range(50, 55)},
        "converging_improvement": {"initial": [0.02, 0.03], "ultimate": [0.01, 0.01], "years": range(2025, 2028)}
        | {"start": 2025, "end": 2027, "shape": "linear"},
        "crude_rates": data | {"level": 0.95, "method": "exact", "coords": {"age": AGES}},
        "deaths_by_cause": {"table": dying, "deaths": causes, "causes": ["a", "b"]},
        "dependent_rates": {"independent": [[0.1, 0.2], [0.1, 0.1]], "method": "constant-force", "causes": ["a", "b"]},
        "draw_assumptions": {"uncertainty": uncertain, "scenarios": 2, "seed": 1},
        "exposure_between": {"first": [5.0, 6], "second": [6.0, 7], "years": 1, "exponential": False, "coords": None},
        "exposure_from_records": {"records": pd.DataFrame([record]), "events": ("dead",), "others": ("alive",)}
        | {"oldest": 90, "leave_out": False},
        "exposure_from_stocks": {"stocks": EXPOSURE, "at": "start", "lower_deaths": None, "upper_deaths": None}
        | {"coords": None},
        "fertility": {"total": [2.0, 2.1], "pattern": PATTERN * (np.abs(np.arange(101) - 30) < 15), "mean_age": None}
        | {"years": [2025, 2026], "to": 100},
        "fit_rogers_castro": {"migrants": MIGRANTS, "ages": range(61), "parameters": 7, "weights": None},
        "fit_tests": {"deaths": DEATHS[0], "expected": DEATHS[0] + 3, "parameters": 0.0, "least": 5.0, "coords": None},
        "full_credibility": {"probability": 0.9, "closeness": 0.05, "variation": 0.0},
        "gamma_pattern": {"mean_age": 28.0, "sd": 6.0, "youngest": 12.0, "oldest": 55.0},
        "graduate": {"deaths": DEATHS[0], "exposure": EXPOSURE[0], "order": 2, "smoothing": 10.0, "ages": AGES}
        | {"years": None, "extend_ages": (55, 70), "extend_years": None, "level": 0.95},
        "improvement_rates": {"rates": DEATHS / EXPOSURE, "years": YEARS},
        "independent_rates": {"dependent": [[0.1, 0.2], [0.1, 0.1]], "method": "constant-force", "causes": ["a", "b"]},
        "insurance": {"table": lives, "interest": 0.03, "age": 60, "periods": 1, "endowment": False, "increase": 0.0}
        | {"along": "period"} | payments,
        "joint_annuity": two | {"status": "joint", "payments": 1, "in_advance": True} | payments,
        "lee_carter": data | fits | {"method": "poisson", "weights": None, "clip": 0, "adjust_kappa": None}
        | {"a0": "andreev_kingkade"},
        "life_expectancy_difference": {"first": dying, "second": d.life_table(qx=[0.2, 0.4, 1.0], ax=0.5, ex_open=0.6)}
        | {"from_age": 0, "symmetric": False, "first_deaths": causes, "second_deaths": causes, "causes": ["a", "b"]},
        "life_expectancy_interval": data
        | {"sex": "male", "ax": 0.5, "level": 0.95, "open_age": True, "coords": {"age": AGES}},
        "life_table": {"mx": RATES, "qx": None, "sex": "male", "ax": 0.5, "ages": range(101), "radix": 1.0}
        | {"ex_open": None},
        "life_table_at": {"table": lives, "age": [60.5, 61.0], "fraction": "udd", "radix": 1.0},
        "life_table_entropy": {"table": lives},
        "limit_emigration": {"basis": basis, "migration": "end"},
        "limited_fluctuation": {"deaths": [10.0, 900.0], "probability": 0.9, "closeness": 0.05, "variation": 1.0},
        "log_linear_family": {"mx": RATES, "pattern": np.ones(101)},
        "mean_age_at_childbearing": {"asfr": PATTERN},
        "migration_from_rates": {"rates": 0.01 * basis.net_migration / 60, "population": basis.population_0},
        "mortality_bootstrap": {"model": model, "samples": 2, "seed": 1},
        "mortality_draws": {"model": model, "horizon": 2, "scenarios": 2, "seed": 1, "uncertainty": "both"}
        | {"jump_off": "fitted", "bootstrap": boot, "order": (0, 1, 0), "cohort_order": None},
        "mortality_driven_by": {"rates": rates.isel(year=0, drop=True), "reference": rates, "base_year": 2025}
        | {"most": 1.0},
        "mortality_for_e0": {"e0": 60.0, "family": d.proportional_family(RATES), "a0": 0.1},
        "mortality_forecast": {"model": model, "horizon": 2, "level": 0.95, "jump_off": "fitted", "order": (0, 1, 0)}
        | {"cohort_order": None},
        "mortality_ratio": {"rates": rates.isel(year=0, drop=True), "reference": rates, "base_year": 2025},
        "mx_from_qx": {"qx": 0.1, "ax": 0.5, "width": 1.0},
        "net_migration": {"total": [100.0, 90.0], "pattern": PATTERN, "leaving": None, "leaving_pattern": None}
        | {"male_share": 0.5, "years": [2025, 2026], "to": 100},
        "project_groups": {"basis": grouped, "transfer_rate": 0 * own, "transfers": None, "birth_group": own}
        | {"migration": "end"},
        "project_population": {"basis": basis, "migration": "end"},
        "project_population_draws": draws | {"quantiles": (0.5,), "keep": (), "block": 2, "threads": 1},
        "project_population_totals": {"basis": basis, "mortality_factor": factor, "fertility_factor": factor}
        | {"migration_factor": None, "migration": "end", "threads": 1},
        "projected_mortality": {"rates": [0.1, 0.2], "improvement": [[0.01, 0.01]], "years": [2025, 2026]},
        "proportional_family": {"mx": RATES},
        "qx_from_mx": {"mx": 0.1, "ax": 0.5, "width": 1.0},
        "random_walk": {"kappa": [1.0, 0.5, 0.3, -0.2]},
        "reproduction": {"asfr": PATTERN / 5, "Lx": None, "srb": 1.05, "ages": range(101), "radix": 1.0},
        "reversionary_annuity": two | {"payments": 1, "in_advance": True} | payments,
        "rogers_castro": {"parameters": None, "to": 100, "shares": True},
        "select_table": {"select": [[0.1, 0.2], [0.1, 0.2]], "ultimate": lives, "age": 61, "ages": [60, 61]}
        | {"radix": 1.0},
        "shift_mean_age": {"pattern": PATTERN * (np.abs(np.arange(101) - 30) < 15), "target": 29.0},
        "single_decrement_table": {"table": dying, "deaths": causes, "causes": ["a", "b"]},
        "solve_k": {"alpha": np.log([RATES, RATES]), "beta": np.ones((2, 101)), "e0": [60.0, 62.0], "a0": 0.1}
        | {"sexes": ("male", "female"), "start": 0.0},
        "split_asfr": {"asfr": [0.02, 0.1, 0.05], "ages": (15, 20, 30, 40), "women": None, "to": 100},
        "split_counts": {"counts": [50.0, 45, 35, 20], "ages": (0, 5, 10, 15), "method": "pchip", "signed": False}
        | {"negative": "refuse", "to": 20, "open_with": lives, "growth": 0.0},
        "split_rates": {"mx": GROUPS, "ages": FIRST, "ax": None, "to": 100},
        "uncertainty_from_intervals": {"intervals": intervals(basis), "population": total(basis), "fertility": 0.98}
        | {"mortality": 1.0, "migration": None, "sexes": 0.95},
        "whittaker": {"values": DEATHS[0], "weights": EXPOSURE[0], "order": 2, "smoothing": 10.0, "ages": AGES}
        | {"years": None, "level": 0.95},
    }


CALLS = calls()
ODD = {
    "word": "many", "digits": "100", "None": None, "NaN": float("nan"), "negative": -1.0, "half": 0.5,
    "list": [1.0, "a"], "empty": [], "ragged": [[1.0], [1.0, 2.0]], "mapping": {"a": 1}, "object": object(),
}  # fmt: skip
NEVER = ("word", "digits", "NaN", "object")
UNUSED = {("lee_carter", "a0"), ("life_table", "sex"), ("solve_k", "sexes")}  # not looked at in these calls
UNUSED |= {("life_expectancy_interval", "sex")}
UNUSED |= {("andreev_kingkade", "m0"), ("coale_demeny_west", "m0")}  # digits are read
ANYTHING = {"TableFamily", "Uncertainty"}


def functions():
    return [name for name in demography.__all__ if callable(getattr(demography, name))]


def test_every_function_is_called_with_all_its_parameters():
    assert set(CALLS) == set(functions())
    for name, given in CALLS.items():  # each succeeds
        missing = set(signature(getattr(demography, name)).parameters) ^ set(given)
        assert not missing, (name, missing)
        getattr(demography, name)(**given)


def test_one_number_may_be_an_array():
    """Numbers of another library, without a dim: they are the numbers that they hold."""
    places = {"crude_rates": "level", "life_table_at": "radix", "mortality_driven_by": "most", "split_rates": "to"}
    for name, argument in places.items():
        call, given = getattr(demography, name), CALLS[name]
        for other in (xr.DataArray(given[argument]), np.float64(given[argument])):
            assert call(**given | {argument: other}).identical(call(**given)), (name, argument)


@pytest.mark.parametrize("name", sorted(set(CALLS) - ANYTHING))
def test_only_own_errors(name):
    """Each odd value in the place of each argument: a result, or a refusal of this library with some words."""
    foreign, taken = [], []
    for argument in CALLS[name]:
        for word, odd in ODD.items():
            try:
                getattr(demography, name)(**CALLS[name] | {argument: odd})
                taken += [f"{argument}={word}"] if word in NEVER and (name, argument) not in UNUSED else []
            except ActuarialError as error:
                foreign += [] if len(str(error)) > 15 else [f"{argument}={word}: {error!r}"]
            except Exception as error:
                foreign.append(f"{argument}={word}: {type(error).__name__}: {str(error)[:90]!r}")
    assert not foreign, "\n" + "\n".join(foreign)
    assert not taken, taken
