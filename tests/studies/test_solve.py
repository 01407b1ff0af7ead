"""Solved parameters: put into projections of their own, against closed forms, stage by stage against all stages."""

from dataclasses import dataclass

import numpy as np
import pytest
import xarray as xr

import actuarial as ac
from actuarial.dated import by_cohort, by_group, by_sex, money, ramp, step
from actuarial.errors import BadInput, BadScheme, NoSolution
from actuarial.pension import OldAge, Refund, Widows
from actuarial.scheme import Amount, Benefit, Contribution
from actuarial.studies.parameters import parameter_of
from actuarial.studies.recompute import Trials, stage_of, with_finance
from tests.reference.full_law import full_law
from tests.system.chain import project, same, short

FULL = full_law()
BENEFITS = (FULL.benefit("old_age"), Widows(follows=("old_age",), share=0.5, qualifying_years=3))
CEILING = money(step({2024: 350_000}), "year", "wages")
GRADED = by_group({"private": by_sex(male=0.02, female=0.01), "public": 0.0})
LINES = (
    Contribution(name="employees", payer="employee", rate=step({2025: 0.04, 2027: 0.05})),
    Contribution(name="employers", payer="employer", rate=0.05, ceiling=CEILING),
    Contribution(name="graded", payer="employer", rate=GRADED),
    Contribution(name="young", payer="self_employed", rate=by_cohort({1960: 0.02, 1990: 0.01})),
    Contribution(name="public", payer="state", rate=ramp({2025: 0.01, 2028: 0.02}), groups=("public",)),
    Contribution(name="subsidy", payer="state", base="benefit", of=("widows",), rate=0.2),
    Contribution(name="minimum", payer="state", base="minimum"),
    Contribution(name="aid", payer="other", base="fixed", amount=money(step({2024: 3e8}), "year", "prices"), rate=0.9),
)
LAW = full_law(contributions=LINES, benefits=BENEFITS)
BASIS = short(3)
BASIS = BASIS.sel(benefit=["old_age", "widows"])
TREBLED = by_group({"private": by_sex(male=0.06, female=0.03), "public": 0.0})
WHOLE = [({}, 0.037), ({}, 0.03)]  # trials that are compared with all stages, and not with the finance stage alone
LAST = int(BASIS["year"][-1])


@pytest.fixture(scope="module")
def case() -> xr.Dataset:
    return project(BASIS, LAW)


@pytest.fixture(scope="module")
def two() -> xr.Dataset:
    return ac.scenarios(
        BASIS,
        central=lambda b: b,
        poor=lambda b: b.assign(interest_rate=b.interest_rate - 0.03, reserve_0=b.reserve_0 * 0.5),
    )


@pytest.fixture(scope="module")
def two_cases(two) -> xr.Dataset:
    return project(two, LAW)


def at(path, x, basis=BASIS, law=LAW, result=None, stage=None, **how):
    """Results of one trial, computed by one stage or by what the library chooses."""
    parameter = parameter_of(path, basis, law, **how)
    trials = Trials(parameter, basis, law, result, {"service": "years"}, stage or stage_of(parameter, basis, law))
    ((_, found),) = trials({0: x})
    return found


@pytest.mark.parametrize(
    ("path", "how", "x", "rate"),
    [
        ("employees.rate", {}, 0.037, 0.037),
        ("employees.rate", {}, 0.0, 0.0),
        ("employees.rate", {"change": "add"}, 0.01, step({2025: 0.05, 2027: 0.06})),
        ("employees.rate", {"change": "multiply"}, 1.5, step({2025: 0.06, 2027: 0.075})),
        ("employees.rate", {"from_year": 2026}, 0.07, step({2025: 0.04, 2026: 0.07})),
        ("employees.rate", {"from_year": 2026, "change": "add"}, 0.01, step({2025: 0.04, 2026: 0.05, 2027: 0.06})),
        ("employers.rate", {}, 0.11, 0.11),
        ("graded.rate", {}, 0.03, 0.03),
        ("graded.rate", {"change": "multiply"}, 3.0, TREBLED),
        ("young.rate", {"change": "add"}, 0.01, by_cohort({1960: 0.03, 1990: 0.02})),
        ("public.rate", {}, 0.08, 0.08),
        ("public.rate", {"change": "add"}, -0.01, ramp({2025: 0.0, 2028: 0.01})),
        ("public.rate", {"change": "multiply", "from_year": 2027}, 2.0, None),
        ("subsidy.rate", {}, 0.7, 0.7),
        ("minimum.rate", {}, 0.25, 0.25),
        ("aid.rate", {"change": "multiply"}, 0.5, 0.45),
    ],
)
def test_another_rate_is_that_of_a_projection_in_every_variable(case, path, how, x, rate):
    name = path.split(".")[0]
    if rate is None:
        rate = step({2025: 0.01, 2026: 0.01 + 0.01 / 3, 2027: 2 * (0.01 + 0.02 / 3)})
    amended = LAW.amend(name, rate=rate)
    expected = project(BASIS, amended) if (how, x) in WHOLE else with_finance(case, BASIS, amended)
    found = at(path, x, result=case, **how)
    assert set(found.data_vars) == set(expected.data_vars)
    same(found, expected, rtol=1e-12)
    unchanged = case.contribution_income.sel(contribution=name)
    assert not np.allclose(found.contribution_income.sel(contribution=name), unchanged)


def test_a_trial_leaves_the_given_result_alone(case):
    before = case.copy(deep=True)
    at("employees.rate", 0.2, result=case)
    xr.testing.assert_identical(case, before)


def test_rates_by_scenario(two, two_cases):
    parameter = parameter_of("employees.rate", two, LAW)
    trials = Trials(parameter, two, LAW, two_cases, {"service": "years"}, "rate")
    ((numbers, found),) = trials({0: 0.03, 1: 0.08})
    assert numbers == [0, 1]
    for label, rate in zip(two["scenario"].values, (0.03, 0.08), strict=True):
        expected = project(two.sel(scenario=label, drop=True), LAW.amend("employees", rate=rate))
        same(found.sel(scenario=label, drop=True), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("path", "how", "x", "basis", "law"),
    [
        ("administration.share_of_benefits", {}, 0.04, BASIS, LAW.amend("administration", share_of_benefits=0.04)),
        (
            "employers.ceiling", {}, 500_000.0, BASIS,
            LAW.amend("employers", ceiling=money(step({2024: 500_000}), "year", "wages")),
        ),
        ("basis.interest_rate", {"change": "add"}, 0.02, BASIS.assign(interest_rate=BASIS.interest_rate + 0.02), LAW),
        ("basis.reserve_0", {"change": "multiply"}, 2.0, BASIS.assign(reserve_0=BASIS.reserve_0 * 2), LAW),
    ],
)  # fmt: skip
def test_another_finance_stage_is_that_of_a_projection_in_every_variable(case, path, how, x, basis, law):
    assert stage_of(parameter_of(path, BASIS, LAW, **how), BASIS, LAW) == "finance"
    same(at(path, x, result=case, **how), project(basis, law), rtol=1e-12)


def refunding() -> tuple:
    """Benefits of the law, one of which gives the contributions of the employees back."""
    return (*BENEFITS, Refund(contributions=("employees",), interest=0.01, instead_of="old_age"))


@pytest.mark.parametrize(
    ("path", "law", "stage"),
    [
        ("employees.rate", LAW, "rate"),
        ("employees.rate", FULL, "finance"),
        ("guarantee.rate", FULL, "finance"),
        ("employees.rate", full_law(contributions=LINES, benefits=refunding()), "all"),
        ("employers.rate", full_law(contributions=LINES, benefits=refunding()), "rate"),
        ("insurable_earnings.ceiling", LAW, "all"),
        ("old_age.formula.accrual", LAW, "all"),
        ("widows.share", LAW, "all"),
    ],
)
def test_what_is_computed_again(path, law, stage):
    assert stage_of(parameter_of(path, BASIS, law), BASIS, law) == stage


def test_benefits_of_ones_own_are_asked_again():
    class Mine(OldAge):
        """May read any part of the law."""

    mine = Mine(name="mine", retirement_age=60, qualifying_years=15, formula=FULL.benefit("old_age").formula)
    law = full_law(contributions=LINES, benefits=(*BENEFITS, mine))
    assert stage_of(parameter_of("employees.rate", BASIS, law), BASIS, law) == "all"
    looking_back = OldAge(
        name="mine", retirement_age=60, qualifying_years=15, formula=FULL.benefit("old_age").formula,
        indexation=lambda basis, finance=None: 0.0 * basis["year"],
    )  # fmt: skip
    law = full_law(contributions=LINES, benefits=(*BENEFITS, looking_back))
    assert stage_of(parameter_of("basis.interest_rate", BASIS, law, change="add"), BASIS, law) == "all"


@dataclass(frozen=True, kw_only=True)
class Bonus(Benefit):
    """A lump sum at retirement: months of final earnings."""

    name: str = "bonus"
    on: str | None = "exit"
    lump_sum: bool = True
    months: float = 3
    share: float = 0.1

    def claim(self, person):
        return self.share + 0.0 * person.age

    def award(self, person):
        return Amount(rate=self.months / 12)


def test_numbers_of_a_benefit_of_ones_own_need_bounds():
    law = full_law(contributions=LINES, benefits=(*BENEFITS, Bonus()))
    how = {"basis": BASIS, "scheme": law, "service": "years"}

    def condition(r):
        return r.lump_sum_expenditure.sel(year=LAST) - 1e8

    with pytest.raises(BadInput, match=r"nothing says which values bonus\.months can have; give bounds"):
        ac.solve("bonus.months", condition, **how)
    solution = ac.solve("bonus.months", condition, bounds=(0.0, 12.0), **how)
    assert solution.attrs["method"] == "affine"
    assert abs(solution.attrs["residual"]) < 1e-3


@pytest.mark.parametrize(
    ("path", "change", "units"),
    [
        ("employees.rate", "replace", "fraction"),
        ("employees.rate", "multiply", "ratio"),
        ("old_age.retirement_age", "add", "years"),
        ("basis.reserve_0", "add", "LTD"),
        ("basis.interest_rate", "add", "1/year"),
        ("employees.ceiling", "replace", "LTD/month"),
    ],
)
def test_a_parameter_has_units(path, change, units):
    law = LAW.amend("employees", ceiling=ac.money(900.0, per="month"))
    assert parameter_of(path, BASIS, law, change=change).units == units


def test_the_solved_rate_of_one_line_is_the_level_rate():
    law = LAW.amend("scheme", contributions=(Contribution(name="all", payer="employee", rate=0.1),))
    law = law.amend("administration", share_of_contributions=0.0)
    result = project(BASIS, law)
    convention = {"reserve": result.reserve_0, "target": 3.0, "target_of": "last"}
    series = (result.outgo, result.total_insurable_earnings, result.interest_rate)
    expected = ac.valuation.level_rate(*series, **convention)
    solution = ac.solve(
        "all.rate", lambda r: r.reserve_ratio.sel(year=LAST) - 3.0, basis=BASIS, scheme=law, result=result
    )
    assert float(solution) == pytest.approx(float(expected), rel=1e-10)
    assert (solution.attrs["method"], solution.attrs["units"]) == ("affine", "fraction")
    assert (solution.attrs["evaluations"], solution.attrs["runs"], solution.attrs["computed"]) == (3, 0, "rate")
    assert abs(solution.attrs["residual"]) < 1e-9


def goal(result):
    return result.reserve_ratio.sel(year=LAST) - 1.0


def test_solved_rates_of_scenarios_hold_in_projections_of_their_own(two, two_cases):
    solution = ac.solve("employees.rate", goal, basis=two, scheme=LAW, result=two_cases, tolerance=1e-10)
    assert solution.dims == ("scenario",)
    assert len(set(solution.values)) == 2
    for label in two["scenario"].values:
        law = LAW.amend("employees", rate=float(solution.sel(scenario=label)))
        alone = project(two.sel(scenario=label, drop=True), law)
        assert float(alone.reserve_ratio.sel(year=LAST)) == pytest.approx(1.0, abs=1e-8)


def test_without_a_result_the_case_is_projected_once_and_the_solved_run_is_returned():
    solution, run = ac.solve("employees.rate", goal, basis=BASIS, scheme=LAW, service="years", full=True)
    assert solution.attrs["runs"] == 1
    same(run, project(BASIS, LAW.amend("employees", rate=float(solution))), rtol=1e-12)
    assert "employees.rate" in run.attrs["solved"]


def test_a_solution_that_takes_all_stages_holds_in_a_projection_of_its_own(case):
    def condition(r):
        return r.pension_expenditure.sel(year=LAST) / case.pension_expenditure.sel(year=LAST) - 0.97

    how = {"basis": BASIS, "scheme": LAW, "result": case, "change": "add"}
    solution = ac.solve("old_age.retirement_age", condition, **how)
    assert solution.attrs["computed"] == "all"
    assert 1 <= solution.attrs["runs"] <= 4
    x = float(solution)
    exact = float(condition(project(BASIS, LAW.amend("old_age", retirement_age=60 + x))))
    assert exact == pytest.approx(solution.attrs["residual"], abs=1e-12)
    slope = (float(condition(case)) - exact) / (0.0 - x)
    assert abs(exact / slope) <= 2e-6 * max(abs(x), 1.2)


def test_a_rate_that_a_refund_gives_back_moves_outgo_too():
    law = full_law(contributions=LINES, benefits=refunding())
    result = project(BASIS, law)
    solution = ac.solve("employees.rate", goal, basis=BASIS, scheme=law, result=result)
    assert solution.attrs["computed"] == "all"
    assert solution.attrs["runs"] <= 5  # whole projections: outgo, and who has to be paid back, move with the rate
    alone = project(BASIS, law.amend("employees", rate=float(solution)))
    assert float(goal(alone)) == pytest.approx(0.0, abs=1e-5)
    refunds = alone.benefit_expenditure.sel(benefit="refund", year=LAST)
    assert float(refunds) != pytest.approx(float(result.benefit_expenditure.sel(benefit="refund", year=LAST)), rel=1e-3)


@pytest.mark.parametrize(
    ("path", "condition", "amended"),
    [
        (
            "old_age.formula.accrual",
            lambda r: r.payg_cost_rate.sel(year=LAST) / 0.155 - 1.0,
            lambda b, x: (b, LAW.amend("old_age.formula", accrual=0.0175 * x)),
        ),
        (
            "basis.interest_rate",
            lambda r: r.investment_income.sel(year=2026) / r.reserve_0 - 0.06,
            lambda b, x: (b.assign(interest_rate=b.interest_rate * x), LAW),
        ),
        (
            "basis.mx",
            lambda r: r.demographic_ratio.sel(year=LAST) / 0.49 - 1.0,
            lambda b, x: (b.assign(mx=b.mx * x), LAW),
        ),
    ],
)
def test_scenarios_side_by_side_hold_one_by_one(two, two_cases, path, condition, amended):
    how = {"basis": two, "scheme": LAW, "result": two_cases, "change": "multiply"}
    solution, run = ac.solve(path, condition, full=True, **how)
    for label in two["scenario"].values:
        x = float(solution.sel(scenario=label))
        assert abs(x - 1.0) > 1e-3
        alone = project(*amended(two.sel(scenario=label, drop=True), x))
        same(run.sel(scenario=label), alone, names=["pensioners", "reserve", "payg_cost_rate"])
        assert float(condition(alone)) == pytest.approx(0.0, abs=2e-6)


def test_a_function_as_parameter(case):
    def both(basis, scheme, x):
        return basis, scheme.amend("employees", rate=x).amend("employers", rate=2 * x)

    def condition(r):
        return (r.reserve.sel(year=LAST) - 1e10) / 1e10

    solution, run = ac.solve(
        both, condition, basis=BASIS, scheme=LAW, service="years", bounds=(0.0, 0.3), full=True
    )
    assert solution.attrs["method"] == "affine"
    x = float(solution)
    expected = with_finance(case, BASIS, LAW.amend("employees", rate=x).amend("employers", rate=2 * x))
    same(run, expected, rtol=1e-12)
    assert float(condition(expected)) == pytest.approx(0.0, abs=1e-10)


def test_no_solution_names_bounds_values_and_scenarios(two, two_cases):
    with pytest.raises(NoSolution) as caught:
        ac.solve("employees.rate", lambda r: r.reserve_ratio.sel(year=LAST) - 0.45, basis=two, scheme=LAW,
                 result=two_cases, bounds=(0.0, 0.01))  # fmt: skip
    text = str(caught.value)
    assert "no value of employees.rate between 0 and 0.01 meets the condition in" in text
    assert "of 2 scenarios" in text
    assert "scenario='poor': it is " in text
    with pytest.raises(NoSolution, match="between 0 and 1 meets the condition"):
        ac.solve("employees.rate", lambda r: r.reserve_ratio.sel(year=LAST) + 1e6, basis=BASIS, scheme=LAW,
                 service="years")  # fmt: skip


def test_a_condition_that_does_not_depend_on_the_parameter(case):
    with pytest.raises(NoSolution, match=r"it is 1 at 0 and 1 at 1\n.*does not change with employees\.rate"):
        ac.solve("employees.rate", lambda r: 1.0 + 0.0 * r.reserve.sel(year=LAST), basis=BASIS, scheme=LAW, result=case)


def test_a_condition_that_jumps_has_no_solution(case):
    with pytest.raises(NoSolution, match=r"jumps over zero when employees\.rate is changed") as caught:
        ac.solve("employees.rate", lambda r: np.sign(goal(r)), basis=BASIS, scheme=LAW, result=case)
    exact = float(ac.solve("employees.rate", goal, basis=BASIS, scheme=LAW, result=case, tolerance=1e-10))
    words = str(caught.value).split("it is -1 at ")[1].split()
    low, high = float(words[0]), float(words[4])
    assert low <= exact <= high < low + 1e-3


@pytest.mark.parametrize(
    ("condition", "match"),
    [
        (lambda r: r.reserve_ratio.sel(year=LAST) > 2.0, "true or false; return a number"),
        (lambda r: bool(r.reserve_ratio.sel(year=LAST) > 2.0), "true or false; return a number"),
        (lambda r: r.reserve_ratio - 2.0, "it has the dimension year; select from it"),
        (lambda r: r.reserve_ratio.sel(year=LAST) * np.nan, "is nan at employees.rate = 0.0"),
        (lambda r: r[["reserve_ratio"]], r"a number or a DataArray by scenario \(got Dataset\)"),
        (lambda r: r.year_reserve_exhausted.where(False) - LAST, "is nan at employees.rate = .*\n.*always has a value"),
        ("reserve_ratio", "must be a function of the results"),
    ],
)
def test_conditions_that_cannot_be_meant(case, condition, match):
    with pytest.raises(BadInput, match=match):
        ac.solve("employees.rate", condition, basis=BASIS, scheme=LAW, result=case)


@pytest.mark.parametrize(
    ("path", "how", "kind", "match"),
    [
        ("employeees.rate", {}, BadScheme, r"no part 'employeees'; did you mean employees\?"),
        ("employees.rates", {}, BadScheme, r"employees.rates: unknown key; did you mean rate\?"),
        ("old_age.formulas.accrual", {}, BadScheme, "old_age has no part 'formulas'; did you mean formula?"),
        ("employees.payer", {}, BadScheme, "employees.payer is no number"),
        ("old_age.formula.years", {}, BadScheme, "old_age.formula.years takes whole numbers only"),
        ("old_age.formula.capped", {}, BadScheme, "is true or false"),
        ("employees.ceiling", {}, BadScheme, "has no value that could be changed; state one first"),
        ("rate", {}, BadInput, 'is written "NAME.field"'),
        ("basis.interest", {"change": "add"}, BadInput, "no variable 'interest'; did you mean interest_rate"),
        ("basis.interest_rate", {}, BadInput, 'say how basis.interest_rate is changed: change="add"'),
        ("basis.reserve_0", {"change": "add", "from_year": 2026}, BadInput, "reserve_0 does not change by year"),
        ("employees.rate", {"change": "plus"}, BadInput, "change must be one of replace, add, multiply"),
        ("employees.rate", {"from_year": 2090}, BadInput, "from_year=2090 lies outside the projection, 2025 to 2027"),
        ("employees.rate", {"bounds": (0.0, 1.5)}, BadInput, "leave the values that employees.rate can have.*0 to 1"),
        ("employees.rate", {"bounds": (0.5, 0.1)}, BadInput, "two finite numbers, the lower one first"),
        ("aid.amount", {"change": "add", "from_year": 2026}, BadInput, "an amount that follows prices cannot"),
        (lambda b, s, x: (b, s), {}, BadInput, "nothing says which values the function can have; give bounds"),
        (lambda b, s, x: (b, s), {"change": "add"}, BadInput, "a function says itself what it changes"),
    ],
)
def test_parameters_that_cannot_be_meant(path, how, kind, match):
    with pytest.raises(kind, match=match):
        ac.solve(path, goal, basis=BASIS, scheme=LAW, service="years", **how)


def test_results_of_another_case_are_refused(case, two):
    for basis, law, word in (
        (BASIS, FULL, "contribution lines"),
        (BASIS.assign(reserve_0=BASIS.reserve_0 + 1), LAW, "opening reserve"),
        (BASIS.assign(interest_rate=BASIS.interest_rate + 0.01), LAW, "interest"),
        (two, LAW, "scenarios"),
        (BASIS, LAW.amend("employers", rate=0.2), "law"),
        (BASIS, LAW.amend("administration", share_of_benefits=0.5), "law"),
        (BASIS, LAW.amend("old_age", retirement_age=64), "law"),
    ):
        with pytest.raises(BadInput, match=f"it has other .*{word}"):
            ac.solve("employees.rate", goal, basis=basis, scheme=law, result=case)
    with pytest.raises(BadInput, match="projected with service='years'"):
        ac.solve("employees.rate", goal, basis=BASIS, scheme=LAW, result=case, service="months")
    with pytest.raises(BadInput, match="must be the Dataset that project"):
        ac.solve("employees.rate", goal, basis=BASIS, scheme=LAW, result=case[["reserve"]])
    with pytest.raises(BadInput, match=r"ac\.open_basis"):
        ac.solve("employees.rate", goal, basis="folder", scheme=LAW)


def test_a_refusal_says_what_was_tried():
    with pytest.raises(ac.BadScheme) as caught:
        ac.solve(
            "old_age.formula.minimum", lambda r: r.pension_expenditure.sel(year=LAST) - 1e12, basis=BASIS,
            scheme=LAW, service="years",
        )  # fmt: skip
    assert any("while old_age.formula.minimum was " in note for note in caught.value.__notes__)
