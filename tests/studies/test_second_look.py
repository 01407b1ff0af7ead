"""Studies found again by hand: one member, one couple, a game whose values are known, plain projections."""

from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

import actuarial as ac
from actuarial.errors import BadInput, NoSolution
from actuarial.pension import FinalAverage, OldAge, Widows
from actuarial.pension.indexation import Indexation
from actuarial.scheme import Contribution, Scheme
from actuarial.studies import balance_sheet, liabilities, prolong, reconcile, roll_forward, sensitivity
from actuarial.studies.lattice import _sequential, _shapley
from actuarial.studies.roots import Failed, Found, find_roots, search
from actuarial.studies.solve import solve
from actuarial.valuation import annuity_value, capital_value, experience, financing_rates
from actuarial.valuation.constituent import constituent_capitals, terminal_capitals
from tests.reference.small import small_basis
from tests.studies.runs import basis, law, run

NOBODY = ["mx", "exit_rate", "invalidity_rate", "reentry_share", "active_0", "inactive_0", "pensioners_0"]
SALARY, CREDIT, GROWTH, INTEREST = 120_000.0, 240, 1.04, 1.05


def one_member():
    """A man of 50 with twenty years of credit, who pays every month, always earns the same real wage and never dies."""
    made = small_basis().isel(group=[0]).sel(benefit=["old_age"])
    made = made.assign({name: 0.0 * made[name] for name in [*NOBODY, "earnings_cv", "net_migration"]})
    made = made.assign(
        mx=made["mx"].where(made["age"] < 100, 0.5),
        density=0.0 * made["density"] + 1.0,
        salary_0=0.0 * made["salary_0"] + SALARY,
    )
    made["active_0"].loc[{"sex": "male", "age": 50, "service": CREDIT}] = 1.0
    return made


def test_what_one_member_has_earned_by_hand():
    """He retires in the middle of 2034 with 354 months, of which he had 240; half of that year is paid."""
    formula = FinalAverage(accrual=0.0175, years=1, revaluation="wages")
    lines = (Contribution(name="employees", payer="employee", rate=0.1),)
    benefits = (OldAge(retirement_age=60, qualifying_years=10, formula=formula),)
    scheme = Scheme(name="One member", currency="LTD", contributions=lines, benefits=benefits)
    found = liabilities(one_member(), scheme, until=2044)
    annuity = sum((0.5 if t == 10 else 1.0) * INTEREST ** (0.5 - t) for t in range(10, 21))
    whole = 0.0175 * (354 / 12) * SALARY * GROWTH**10 * annuity
    paid = sum(
        0.1 * 0.93 * SALARY * GROWTH**t * (0.5 if t == 10 else 1.0) * INTEREST ** (0.5 - t) for t in range(1, 11)
    )
    benefits = found["liability_benefits"].sum("benefit")
    for measure, expected in {
        "pensions_in_payment": 0.0,
        "accrued_frozen_earnings": 0.0175 * (CREDIT / 12) * SALARY * annuity,
        "accrued_projected_earnings": whole * CREDIT / 354,
        "closed_group": whole,
    }.items():
        assert float(benefits.sel(measure=measure)) == pytest.approx(expected, rel=1e-12), measure
    closed = found.sel(measure="closed_group")
    assert float(closed["liability_contributions"]) == pytest.approx(paid, rel=1e-12)
    assert float(closed["liability"]) == pytest.approx(whole - paid, rel=1e-12)


def game(worth):
    """A lattice whose quantity is the worth of a coalition."""
    steps = ["left", "right", "second_right"]

    def values(taken=()):
        return np.array([float(worth(frozenset(taken)))])

    known = {"steps": {step: [] for step in steps}, "quantities": {"worth": None}}
    return SimpleNamespace(moving=steps, values=values, **known)


def test_glove_game():
    """One left glove and two right ones: a pair is worth 1; Shapley gives 2/3, 1/6, 1/6."""
    pairs = game(lambda owners: min("left" in owners, len(owners & {"right", "second_right"})))
    found = {name: float(value[0]) for name, value in _shapley(pairs).items()}
    assert found == pytest.approx({"left": 2 / 3, "right": 1 / 6, "second_right": 1 / 6}, rel=1e-14)
    in_order = {name: float(value[0]) for name, value in _sequential(pairs).items()}
    assert in_order == {"left": 0.0, "right": 1.0, "second_right": 0.0}


def test_what_does_not_move_is_no_player():
    pairs = game(lambda owners: len(owners) ** 2)
    pairs.moving = ["left", "right"]
    assert {name: float(value[0]) for name, value in _shapley(pairs).items()} == {
        "left": 2.0,
        "right": 2.0,
        "second_right": 0.0,
    }


def test_a_pension_and_the_widows_it_will_leave_by_a_loop():
    """One pensioner of 100 a year; all die at one rate at all ages, so that ages of spouses do not matter."""
    force, adjustment, share, married = 0.05, 0.03, 0.6, 0.8
    made = small_basis().isel(group=[0]).sel(benefit=["old_age", "widows"])
    made = made.assign(
        mx=0.0 * made["mx"] + force,
        pensioners_0=0.0 * made["pensioners_0"],
        married_share=0.0 * made["married_share"] + married,
    )
    made["pensioners_0"].loc[{"benefit": "old_age", "sex": "male", "age": 60}] = 1.0
    made["pension_0"].loc[{"benefit": "old_age", "sex": "male", "age": 60}] = 100.0
    july = Indexation(fixed=adjustment, month=7)
    formula = FinalAverage(accrual=0.0175, years=1, revaluation="wages")
    old_age = OldAge(retirement_age=60, qualifying_years=10, formula=formula, indexation=july)
    widows = Widows(share=share, follows=("old_age",), indexation=july)
    scheme = Scheme(
        name="One pension",
        currency="LTD",
        contributions=(Contribution(name="employees", payer="employee", rate=0.1),),
        benefits=(old_age, widows),
    )
    insured = ac.project_insured(ac.project_population(made), made, scheme, service="years")
    leaving = force / (1 + force / 2)
    alive, widowed, amount, own, with_widows = 1.0, 0.0, 100.0, 0.0, 0.0
    for year in range(1, 600):
        worth, raised = INTEREST ** (0.5 - year), amount * (1 + adjustment)
        new = married * alive * leaving * (1 - leaving / 2)
        paid = (alive * amount + alive * (1 - leaving) * raised) / 2
        to_widows = share * ((widowed * amount + widowed * (1 - leaving) * raised) / 2 + new * raised / 2)
        own, with_widows = own + worth * paid, with_widows + worth * (paid + to_widows)
        alive, widowed, amount = alive * (1 - leaving), widowed * (1 - leaving) + new, raised
    constituent = constituent_capitals(insured, made, scheme)["opening_capital"]
    terminal = terminal_capitals(insured, ac.project_pensions(insured, made, scheme), made, scheme)["opening_capital"]
    assert float(constituent.sel(benefit="old_age")) == pytest.approx(with_widows, rel=1e-10)
    assert float(terminal.sel(benefit="old_age")) == pytest.approx(own, rel=1e-10)


def test_sensitivity_to_interest_is_a_plain_projection_with_a_point_less():
    made, scheme = basis(years=4), law()
    found = sensitivity(made, scheme, ["interest_down", "mortality_up"], service="years")
    for change, altered in {
        "interest_down": made.assign(interest_rate=made["interest_rate"] - 0.01),
        "mortality_up": made.assign(mx=1.1 * made["mx"]),
    }.items():
        plain = ac.project(altered.drop_vars("accounts_0", errors="ignore"), scheme, service="years")
        row = found.sel(change=change)
        for name in ("general_average_premium", "general_average_premium_net"):
            assert float(row[name]) == pytest.approx(float(plain[name]), rel=1e-12)
        for name in ("payg_cost_rate", "reserve_ratio"):
            np.testing.assert_allclose(row[name], plain[name].sel(year=row["year"]), rtol=1e-11)
        gap = float(plain["general_average_premium"] - found["general_average_premium"].sel(change="base"))
        assert float(row["general_average_premium_difference"]) == pytest.approx(gap, rel=1e-9)


CURVES = {
    "cubic": (lambda x: x**3 - 2 * x - 5, -10.0, 10.0, 2.0945514815423265),
    "flat start": (lambda x: np.expm1(8 * x) - 20.0, -1.0, 3.0, np.log(21.0) / 8),
    "kink": (lambda x: max(x - 0.3, 20 * (x - 0.3)) if x > 0 else -0.3, -1.0, 1.0, 0.3),
    "near the bound": (lambda x: 1 / (x - 1.0) + 1000.0, 0.0, 0.99999, 0.999),
}


@pytest.mark.parametrize("curve", CURVES)
def test_roots_of_curves(curve):
    function, low, high, root = CURVES[curve]
    start = low + 0.4 * (high - low)
    (found,) = find_roots([search(low, high, start, start + 0.01 * (high - low), 1e-9)], lambda asked: {
        number: function(x) for number, x in asked.items()
    })
    assert isinstance(found, Found)
    assert found.x == pytest.approx(root, abs=2e-9 * (high - low))


@pytest.mark.parametrize(("function", "jumps"), [(lambda x: x * x + 0.1, False), (lambda x: np.sign(x - 0.23), True)])
def test_curves_without_a_root(function, jumps):
    (found,) = find_roots(
        [search(-1.0, 1.0, 0.1, 0.3, 1e-6)], lambda asked: {number: float(function(x)) for number, x in asked.items()}
    )
    assert isinstance(found, Failed)
    assert found.jumps is jumps


def test_solve_where_there_is_no_solution_and_where_there_is_one():
    """The reserve at the end is affine in the rate, and no rate makes it boundless."""
    made, scheme = basis(years=4), law()
    end = int(made["year"][-1])
    rate = solve("employees.rate", lambda r: r.reserve.sel(year=end) - 4e10, basis=made, scheme=scheme, service="years")
    assert rate.attrs["method"] == "affine"
    changed = ac.project(made, scheme.amend("employees", rate=float(rate)), service="years")
    assert float(changed["reserve"].sel(year=end)) == pytest.approx(4e10, rel=1e-9)
    with pytest.raises(NoSolution, match=r"no value of employees\.rate between 0 and 1 meets the condition"):
        solve("employees.rate", lambda r: r.reserve.sel(year=end) - 1e18, basis=made, scheme=scheme, service="years")


CASE = {"basis": basis(years=2), "scheme": law(), "service": "years"}
ENDS = xr.DataArray([[0.5, 0.0]], coords={"year": [2025], "age": [60, 61]})
WORTH = annuity_value(ENDS, 0.0)
REFUSED = [
    (lambda: prolong(CASE["basis"], "x"), "prolong: x is no year from 2026 on"),
    (lambda: prolong(CASE["basis"], 99_999), "prolong: 99999 is more than 500 years after 2026"),
    (lambda: liabilities(CASE["basis"], law(), until=99_999), "prolong: 99999 is more than 500 years after 2026"),
    (lambda: balance_sheet(CASE["basis"], law(), until=2026, target=-1, service="years"), "target must be years of"),
    (lambda: sensitivity(CASE["basis"], law(), 3), r"changes: must be names, changes, or a mapping .*got 3"),
    (lambda: roll_forward(law(), CASE["basis"], 2025), "the basis comes first and the scheme second"),
    (lambda: solve("employees.rate", lambda r: r.reserv, **CASE), "asks for what the results do not have .*reserv"),
    (lambda: solve("employees.rate", lambda r: r.reserve.sel(year=1900), **CASE), "They run from 2025 to 2026"),
    (lambda: solve("employees.rate", abs, bounds=("a", "b"), **CASE), r"bounds must be two finite numbers"),
    (lambda: solve("employees.rate", abs, bounds=3, **CASE), r"bounds must be two finite numbers, .*got 3"),
    (lambda: solve("employees.rate", abs, from_year="x", **CASE), "from_year=x lies outside the projection"),
    (lambda: solve("employees.rate", abs, tolerance="x", **CASE), "tolerance must be a small positive number"),
    (lambda: annuity_value(ENDS, 0.0, indexation_time=5), "indexation_time must be a fraction of the year"),
    (lambda: annuity_value(0.5, 0.0), "continuance must be a DataArray by year and age, but it is float"),
    (lambda: annuity_value(ENDS, "x"), "interest must be numbers, but it is 'x'"),
    (lambda: capital_value(np.nan * ENDS, WORTH, 0.0), "awards must be finite numbers; 2 of 2 cells are not"),
    (lambda: capital_value(ENDS, WORTH.isel(age=[0]), 0.0), "awards and annuity have other ages"),
    (lambda: capital_value(3, WORTH, 0.0), "awards must be a DataArray by year and age, but it is int"),
    (lambda: experience(3, ENDS), "actual must be a DataArray of persons, but it is int"),
]


@pytest.mark.parametrize(("call", "message"), REFUSED)
def test_arguments_of_another_kind_are_refused_in_words(call, message):
    with pytest.raises(BadInput, match=message):
        call()


def test_steps_of_another_kind_are_refused_in_words():
    made = run(CASE["basis"], CASE["scheme"])
    for steps, message in ((["mx"], "steps: must be names of inputs by step"), ({"a": 3}, "steps: 'a' must be a name")):
        with pytest.raises(BadInput, match=message):
            reconcile(made, made, steps)
    for options, message in (
        ({"horizons": 25}, "horizons must be whole numbers of years, .*but it is 25"),
        ({"horizons": (2.5,)}, "horizons must be whole numbers"),
        ({"control_periods": ()}, "control_periods: none is given"),
    ):
        with pytest.raises(BadInput, match=message):
            financing_rates(made.result, **options)


def test_a_basis_whose_years_end_in_february_is_carried_to_a_day_that_exists():
    """The year ends on the last day of February: 29 in leap years, 28 in others."""
    made = basis(years=3).assign_attrs(valuation_date="2024-02-29", year_end="02-29")
    rolled = roll_forward(made, law(), 2025, service="years")
    assert rolled.attrs["valuation_date"] == "2025-02-28"
