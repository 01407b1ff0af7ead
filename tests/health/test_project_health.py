"""The whole projection of a health scheme: stages in order, pensions where groups need them, scenarios, reforms."""

import numpy as np
import pytest
import xarray as xr

import actuarial as ac
from actuarial.benefits.stock import project_pensions
from actuarial.dated import money, ramp, step
from actuarial.demography.population import project_population
from actuarial.errors import BadInput, BadScheme, MissingVariable
from actuarial.health.cash import HealthFuneral
from actuarial.health.groups import Dependants, Insured, Pensioners, Remainder
from actuarial.health.scheme import HealthContribution
from actuarial.labour.insured import project_insured
from tests.reference.full_law import full_law
from tests.reference.health import GROUPS, health_basis, health_scheme, lines

SHORT = 3


@pytest.fixture(scope="module")
def basis():
    return health_basis(SHORT)


@pytest.fixture(scope="module")
def result(basis):
    return ac.project_health(basis, health_scheme())


def test_a_result_has_the_variables_of_all_stages_and_says_where_it_is_from(basis, result):
    stages = ("population", "health_members", "contacts", "provider_cost", "cash_expenditure", "reserve", "loss_ratio")
    assert set(stages) <= set(result.data_vars)
    assert result["health_group"].values.tolist() == GROUPS
    told = {name: result.attrs[name] for name in ("scheme", "currency", "valuation_date")}
    assert told == {"scheme": "Fund", "currency": "LTD", "valuation_date": "2024-12-31"}
    assert "nobody" not in result.attrs["warnings"]
    assert [name for name in result.data_vars if result[name].isnull().any()] == []
    again = ac.project_health(basis, health_scheme(), population=project_population(basis))
    assert again.equals(result)


def test_progress_is_told_stage_by_stage(basis):
    told = []
    ac.project_health(basis, health_scheme(), progress=told.append)
    assert told == ["checks", "population", "members", "use", "cost", "cash benefits", "finance", "valuation"]


def insured_scheme():
    groups = (
        Insured(name="workers"), Pensioners(name="informal", of=("old_age", "invalidity")),
        Dependants(name="poor", of=("workers",)), Remainder(name="others"),
    )  # fmt: skip
    line = HealthContribution(name="retired", payer="pensioner", base="pension", rate=0.05)
    funeral = HealthFuneral(name="funeral", amount=money(5_000.0, per="once"))
    return health_scheme(groups=groups, contributions=(lines()[0], line), benefits=(funeral,))


def with_others(basis):
    """The reference basis with the numbers of the poor for a fourth group."""
    wider = basis.reindex(health_group=[*GROUPS, "others"])
    return wider.fillna(basis.sel(health_group="poor", drop=True)).assign_attrs(basis.attrs)


def test_insured_and_pensioners_are_projected_where_groups_are_made_of_them(basis):
    wide, scheme, law, told = with_others(basis), insured_scheme(), full_law(), []
    found = ac.project_health(wide, scheme, pension_scheme=law, service="years", progress=told.append)
    assert told[:5] == ["checks", "population", "insured", "pensions", "members"]
    insured = project_insured(project_population(wide), wide, law, service="years")
    pensions = project_pensions(insured, wide, law)
    given = ac.project_health(wide, scheme, insured=insured, pensions=pensions, service="years")
    assert given.drop_attrs().equals(found.drop_attrs())
    active = insured["active"].sum(["group", "sex", "age"])
    workers = found["health_members"].sel(health_group="workers").sum(["sex", "age"])
    np.testing.assert_allclose(workers[1:], 0.5 * (active.values[1:] + active.values[:-1]), rtol=1e-12)
    on_pensions = 0.05 * pensions["benefit_expenditure"].sel(benefit=["old_age", "invalidity"]).sum("benefit")
    np.testing.assert_allclose(found["contribution_income"].sel(contribution="retired"), on_pensions, rtol=1e-12)
    assert (found["cash_benefits"] > 0).all()
    paid = found["cash_expenditure"].sum(["benefit", "health_group"])
    np.testing.assert_allclose(found["cash_benefits"], paid, rtol=1e-13)
    with pytest.raises(BadInput, match="workers: the group is made of insured persons, but none were projected"):
        ac.project_health(wide, scheme)
    whole = ac.project(wide, law, service="years")
    third = ac.project_health(wide, scheme, population=whole, insured=whole, pensions=whole)
    np.testing.assert_allclose(third["reserve"], found["reserve"], rtol=1e-12)


def test_scenarios_are_projections_of_their_own(basis, result):
    """Also where every variable has the scenarios, as in a Dataset that was put together by `xr.concat`."""
    other = basis.assign(
        net_migration=basis["net_migration"] + 10.0, unit_cost_0=1.1 * basis["unit_cost_0"],
        interest_rate=basis["interest_rate"] - 0.01, inflation=basis["inflation"] + 0.02,
        wage_growth=basis["wage_growth"] + 0.015, severity_cv=1.2 * basis["severity_cv"],
    )  # fmt: skip
    scenarios = xr.DataArray(["now", "other"], dims="scenario", name="scenario")
    both = xr.concat([basis, other], dim=scenarios, data_vars="all")
    found = ac.project_health(both, health_scheme())
    alone = ac.project_health(other, health_scheme())
    for name in result.data_vars:
        for label, one in {"now": result, "other": alone}.items():
            here = found[name].sel(scenario=label) if "scenario" in found[name].dims else found[name]
            np.testing.assert_allclose(here, one[name].transpose(*here.dims), rtol=1e-12, atol=1e-12, err_msg=name)


def test_a_reform_is_compared_with_the_law_as_it_is(basis, result):
    reform = ac.project_health(basis, health_scheme().amend("employees", rate=0.08))
    compared = ac.compare(now=result, reform=reform)
    difference = reform["outgo"] - result["outgo"]
    np.testing.assert_allclose(compared["outgo"].sel(run="reform") - compared["outgo"].sel(run="now"), difference)
    assert {"service_expenditure", "payg_rate_with_reserve", "loss_ratio", "reserve_months"} <= set(compared.data_vars)
    with pytest.raises(BadInput, match="currency"):
        ac.compare(now=result, other=reform.assign_attrs(currency="XYZ"))


@pytest.fixture(scope="module")
def people(basis):
    return project_population(basis)


def on(people):
    """The projection on a population that does not change."""
    return lambda basis, scheme: ac.project_health(basis, scheme, population=people)


CONDITIONS = {
    "contribution rate": ("employers.rate", lambda r: r.reserve_months.sel(year=2027) - 1.0, "replace"),
    "copayment": ("stays.sharing.copayment", lambda r: r.out_of_pocket_share.sel(year=2027) - 0.05, "multiply"),
    "coverage": ("informal.enrolment", lambda r: r.outgo.sel(year=2027) - 7.7e9, "replace"),
    "unit price": ("basis.unit_cost_0", lambda r: r.outgo_to_gdp.sel(year=2027) - 0.05, "multiply"),
    "subsidy": ("subsidy.rate", lambda r: r.state_income.sel(year=2027) - 6.0e8, "replace"),
}


@pytest.mark.parametrize("what", CONDITIONS)
def test_a_parameter_of_a_health_scheme_is_solved_for(basis, people, what):
    path, condition, change = CONDITIONS[what]
    scheme = health_scheme()
    settings = {"change": change, "full": True, "tolerance": 1e-4, "run": on(people)}
    found = ac.solve(path, condition, basis=basis, scheme=scheme, **settings)
    size = float(found.result["outgo"].max()) if what in ("coverage", "subsidy") else 1.0
    assert abs(float(condition(found.result))) < 1e-4 * size
    x = float(found.value)
    if path == "basis.unit_cost_0":
        basis = basis.assign(unit_cost_0=x * basis["unit_cost_0"])
    elif change == "replace":
        part, _, field = path.rpartition(".")
        scheme = scheme.amend(part, **{field: x})
    else:
        scheme = scheme.amend("stays.sharing", copayment=money(500.0 * x, per="once"))
    np.testing.assert_allclose(on(people)(basis, scheme)["reserve"], found.result["reserve"], rtol=1e-9)


def test_solving_with_a_function_and_with_ones_own_projection(basis, people):
    def condition(result):
        return result["total_income"].sel(year=2027) - 8.0e9

    def both(basis, scheme, x):
        return basis, scheme.amend("employees", rate=x).amend("employers", rate=x)

    scheme = health_scheme()
    found = ac.solve(both, condition, basis=basis, scheme=scheme, bounds=(0.0, 0.3))
    mine = ac.solve(both, condition, basis=basis, scheme=scheme, bounds=(0.0, 0.3), run=on(people))
    assert float(mine) == float(found)
    assert found.attrs["computed"] == "all"
    assert abs(float(condition(on(people)(*both(basis, scheme, float(found)))))) < 1e4


def test_what_solving_refuses(basis, result):
    given = {"basis": basis, "scheme": health_scheme()}
    with pytest.raises(BadInput, match="leave result out"):
        ac.solve("employees.rate", len, result=result, **given)
    with pytest.raises(BadInput, match=r"run must be a function \(basis, scheme\) to a Dataset"):
        ac.solve("employees.rate", len, run="project", **given)
    with pytest.raises(BadInput, match="run says itself how it projects; leave service out"):
        ac.solve("employees.rate", len, run=ac.project_health, service="years", **given)
    with pytest.raises(BadScheme, match=r"the scheme has no part 'employee'; did you mean employees\?"):
        ac.solve("employee.rate", len, **given)


def test_a_group_to_which_nobody_belongs_is_warned_of(basis):
    scheme = health_scheme().amend("informal", share=step({2024: 0.0, 2027: 0.5}))
    told = "informal: nobody belongs to the group in 2 of 3 years, the first is 2025; look at its form, shares and "
    assert told in ac.project_health(basis, scheme).attrs["warnings"]


def test_factors_away_from_one_are_warned_of(basis):
    spent = ac.project_health(basis, health_scheme())["health_expenditure"].isel(year=0).sum("health_group")
    told = ac.project_health(basis.assign(expenditure_by_service_0=2.0 * spent.drop_vars("year")), health_scheme())
    assert "calibration: 9 of 9 factors lie outside 0.8 to 1.25" in told.attrs["warnings"]


def test_enrolment_that_grows_moves_people_out_of_the_remainder(basis):
    growing = health_scheme().amend("informal", enrolment=ramp({2024: 0.6, 2027: 0.9}))
    members = ac.project_health(basis, growing)["health_members"].sum(["sex", "age"])
    assert (members.sel(health_group="informal").diff("year") > 0).all()
    assert (members.sel(health_group="poor").diff("year") < 0).all()


def test_what_a_projection_refuses(basis):
    scheme = health_scheme()
    with pytest.raises(BadInput, match=r"'Full' is a Scheme, not a HealthScheme\.\n  Project it with project\("):
        ac.project_health(basis, ac.Scheme(name="Full", currency="LTD", benefits=full_law().benefits,
                                           contributions=full_law().contributions))  # fmt: skip
    with pytest.raises(BadInput, match="the basis comes first and the scheme second; write project_health"):
        ac.project_health(scheme, basis)
    with pytest.raises(BadInput, match=r"pension_scheme must be a Scheme \(got HealthScheme\)"):
        ac.project_health(basis, scheme, pension_scheme=scheme)
    with pytest.raises(BadScheme, match="currency: the amounts of the scheme are in XYZ, those of the basis in LTD"):
        ac.project_health(basis, health_scheme(currency="XYZ"))
    with pytest.raises(MissingVariable, match="unit_cost_0 is missing"):
        ac.project_health(basis.drop_vars("unit_cost_0"), scheme)
    with pytest.raises(BadInput, match="lies inside a year"):
        ac.project_health(basis.assign_attrs(valuation_date="2025-06-30"), scheme)


def test_a_yearly_ceiling_moves_what_patients_pay_to_the_scheme(basis, result):
    scheme = health_scheme().amend("funding", out_of_pocket_ceiling=money(600.0, per="year"))
    found = ac.project_health(basis, scheme)
    relief = found["ceiling_relief"]
    assert (relief.sel(health_group=["workers", "informal"]) > 0).all()
    less = (result["out_of_pocket"] - found["out_of_pocket"]).sum("service_type")
    np.testing.assert_allclose(less, relief, rtol=1e-9, atol=1e-3)
    more = (found["health_expenditure"] - result["health_expenditure"]).sum("service_type")
    np.testing.assert_allclose(more, relief, rtol=1e-9, atol=1e-3)
