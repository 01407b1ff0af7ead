"""A whole valuation, from the basis to the general average premium, against a second one without common code."""

import copy
import math

import numpy as np
import pytest
import xarray as xr
from scipy import integrate, stats

import actuarial as ac
from tests.oracle import valuation as oracle
from tests.oracle.valuation_law import clip_mean
from tests.reference.small import small_basis
from tests.system.second_schemes import AVANIA, EVERY_FORM, EVERY_FORM_FILE

RTOL = 1e-9
PERSONS = ("sex", "age")
MONEY = {
    "total_insurable_earnings": "earnings", "contributions": "contributions", "state_income": "state",
    "other_income": "other", "administration": "administration", "outgo": "outgo", "reserve": "reserve",
    "investment_income": "invested", "payg_cost_rate": "payg", "general_average_premium": "gap",
    "general_average_premium_net": "gap_net", "total_contributors": "contributors",
}  # fmt: skip
STOCKS = {
    "pensioners": "number", "pension_mass": "mass", "topup_mass": "topup", "benefit_expenditure": "spent",
    "topup_expenditure": "spent_topup",
}  # fmt: skip
CRITICAL = ("year_outgo_exceeds_contributions", "year_reserve_falls", "year_reserve_exhausted")


@pytest.fixture(scope="module")
def every_form(tmp_path_factory):
    """The scheme of every form, read from its file."""
    path = tmp_path_factory.mktemp("scheme") / "scheme.toml"
    path.write_text(EVERY_FORM_FILE, encoding="utf-8")
    return ac.open_scheme(path)


@pytest.fixture(scope="module")
def avania():
    """Eight years of the embedded country, and its scheme."""
    basis, scheme = ac.datasets.open("demo")
    return basis.isel(year=slice(0, 8)), scheme


def pairs(result, second, benefits):
    """Every quantity that both computations have, by name: the library's and the second one's."""
    for name in ("population", "labour_force", "employed"):
        yield name, result[name], second[name]
    for name in ("births", "deaths"):
        yield name, result[name].sum(PERSONS), second[name]
    for name, found in second["flows"].items():
        yield name, result[name], found
    for benefit in benefits:
        of = result.sel(benefit=benefit)
        for what in ("number", "amount", "topup"):
            yield f"claims_{what} {benefit}", of[f"claims_{what}"], second["claims"][benefit][what]
        for name, place in STOCKS.items():
            value = of[name].sum(PERSONS) if "age" in of[name].dims else of[name]
            yield f"{name} {benefit}", value, getattr(second["pensions"], place)[benefit]
        if benefit in second["pensions"].awards:
            awards = second["pensions"].awards[benefit]
            yield f"new_awards {benefit}", of["new_awards"].sum(PERSONS), awards[:, 0]
            yield f"new_awards_amount {benefit}", of["new_awards_amount"].sum(PERSONS), awards[:, 1]
    for line, income in second["lines"].items():
        yield f"contribution_income {line}", result["contribution_income"].sel(contribution=line), income
    for name, place in MONEY.items():
        yield name, result[name], second[place]
    yield "critical years", xr.DataArray([float(result[name]) for name in CRITICAL]), second["critical"]


def differences(result, second, benefits):
    """Names of what differs in any year, sex, age or group by more than rounding."""
    found = []
    for name, ours, other in pairs(result, second, benefits):
        ours, other = np.asarray(ours.values, float), np.asarray(other, float)
        assert ours.shape == other.shape, name
        floor = 1e-12 * np.max(np.abs(np.nan_to_num(other)), initial=0.0)
        if not np.allclose(ours, other, rtol=RTOL, atol=floor, equal_nan=True):
            found.append(name)
    return found


def hard_basis():
    """The small basis with coverage that falls, declaration that rises, growth by group and spreads by age."""
    basis = small_basis()
    year, age, group = basis["year"], basis["age"], basis["group"]
    ramp = xr.DataArray(np.linspace(0.0, 1.0, year.size), dims="year", coords={"year": year})
    older = xr.DataArray(np.linspace(0.0, 1.0, age.size), dims="age", coords={"age": age})
    private = xr.DataArray([1.0, 0.0], dims="group", coords={"group": group})
    return basis.assign(
        coverage=basis["coverage"] * (1.0 - 0.6 * ramp),
        declared_share=0.7 + 0.2 * ramp + 0.1 * private,
        salary_growth=0.03 + 0.02 * ramp * private,
        earnings_cv=basis["earnings_cv"] * 2.0 * older,
        remarriage_rate=xr.DataArray([0.01, 0.02], dims="sex", coords={"sex": basis["sex"]}) + 0.0 * older,
        mortality_ratio_insured=0.9 + 0.2 * private,
        reserve_0=basis["reserve_0"] / 4.0,
    )


def test_every_form_of_benefit(every_form):
    """Six years; members for whom there is no room have ten."""
    basis = small_basis().isel(year=slice(0, 6))
    result = ac.project(basis, every_form, service="years")
    assert differences(result, oracle.value(basis, EVERY_FORM), EVERY_FORM["benefits"]) == []
    used = result[["claims_number", "claims_amount"]].sum(("year", *PERSONS))
    assert bool((used.to_dataarray() > 0).all())
    assert float(result["topup_mass"].sum()) > 0


def test_every_form_by_months(every_form):
    basis = small_basis().isel(year=slice(0, 3))
    result = ac.project(basis, every_form, service="months")
    assert differences(result, oracle.value(basis, EVERY_FORM, step=1), EVERY_FORM["benefits"]) == []


def test_members_for_whom_there_is_no_room_and_rates_that_change(every_form):
    basis = hard_basis()
    result = ac.project(basis, every_form, service="years")
    assert float(result["contraction_rate"].max()) > 0
    assert not math.isnan(float(result["year_reserve_exhausted"]))
    assert differences(result, oracle.value(basis, EVERY_FORM), EVERY_FORM["benefits"]) == []


def test_embedded_country(avania):
    basis, scheme = avania
    result = ac.project(basis, scheme, service="years")
    assert differences(result, oracle.value(basis, AVANIA), AVANIA["benefits"]) == []


def test_embedded_country_by_months(avania):
    basis, scheme = avania
    basis = basis.isel(year=slice(0, 3))
    result = ac.project(basis, scheme, service="months")
    assert differences(result, oracle.value(basis, AVANIA, step=1), AVANIA["benefits"]) == []


def test_wrong_second_computations_are_found(avania):
    """Retirement at the end of the year, and reference earnings without floor and ceiling."""
    basis, scheme = avania
    basis = basis.isel(year=slice(0, 3))
    result = ac.project(basis, scheme, service="years")
    late = differences(result, oracle.value(basis, AVANIA, variant="end_of_year"), AVANIA["benefits"])
    law = copy.deepcopy(AVANIA)
    law["benefits"]["old_age"]["formula"][0]["capped"] = False
    uncapped = differences(result, oracle.value(basis, law), AVANIA["benefits"])
    moved = {"claims_amount old_age", "pension_mass invalidity", "outgo", "reserve", "general_average_premium"}
    assert moved | {"claims_number old_age", "active"} <= set(late)
    assert moved <= set(uncapped)
    assert not {"population", "employed", "total_insurable_earnings"} & set(uncapped)
    assert "population" not in late


@pytest.mark.parametrize("cv", [0.2, 0.6, 1.4])
@pytest.mark.parametrize(("low", "high"), [(0.0, 900.0), (400.0, 2_000.0), (1_500.0, 1e30), (0.0, 1e30)])
def test_mean_within_limits_of_the_second_computation_is_an_integral(cv, low, high):
    """low + the integral of the share above each amount between the limits."""
    spread = math.sqrt(math.log(1.0 + cv * cv))
    earnings = stats.lognorm(spread, scale=1_000.0 / math.sqrt(1.0 + cv * cv))
    top = min(high, earnings.isf(1e-13) * 10.0)
    area, _ = integrate.quad(earnings.sf, low, top, points=[p for p in (500, 1_000, 3_000) if low < p < top], limit=400)
    assert float(clip_mean(1_000.0, cv, low, high)) == pytest.approx(low + area, rel=1e-7)
