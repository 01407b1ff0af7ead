"""A basis moved to a later valuation date repeats the later years, and says where it cannot."""

import numpy as np
import pytest
import xarray as xr

import actuarial as ac
from actuarial.errors import BadDimensions, BadInput
from actuarial.pension import Balance, FinalAverage, Invalidity, OldAge
from actuarial.pension.accounts import MemberAccount
from actuarial.scheme import InsurableEarnings
from actuarial.studies.rollforward import roll_forward
from tests.reference.full_law import full_law
from tests.reference.small import small_basis
from tests.studies.runs import basis, law

YEAR = 2027
PERSONS = (
    "population births active inactive active_credits inactive_credits new_entrants reentrants exits new_invalids "
    "retirements_active retirements_inactive pensioners new_awards total_contributors total_insurable_earnings"
).split()


def distance(left, right):
    """Greatest distance over the greatest number, of a variable."""
    scale = float(abs(right).max())
    return float(abs(left - right).max()) / scale if scale else float(abs(left).max())


def compared(one, scheme, service="years", migration="end"):
    """Variables of the rolled projection and how far they lie from the later years of the first one."""
    first = ac.project(one, scheme, service=service, migration=migration)
    moved = roll_forward(one, scheme, YEAR, service=service, migration=migration)
    second = ac.project(moved, scheme, service=service, migration=migration)
    tail = first.sel(year=slice(YEAR + 1, None))
    names = [str(name) for name, array in tail.data_vars.items() if "year" in array.dims and array.dtype == float]
    return moved, {name: distance(second[name], tail[name]) for name in names}


def without_inactive(one):
    return one.assign(exit_rate=0.0 * one["exit_rate"], inactive_0=0.0 * one["inactive_0"])


@pytest.mark.parametrize(("service", "migration"), [("years", "end"), ("months", "even")])
def test_everything_is_repeated_where_the_state_is_complete(service, migration):
    moved, gaps = compared(without_inactive(basis(5, 2)), law(), service, migration)
    assert len(gaps) > 50
    assert {name: gap for name, gap in gaps.items() if gap > 1e-9} == {}
    assert moved.attrs["valuation_date"] == "2027-12-31"
    assert moved.attrs["rolled_forward_from"] == "2024-12-31"
    assert moved["past_year"].values.tolist() == list(range(1925, 2028))


@pytest.mark.parametrize(
    ("date", "years"),
    [
        ("2024-12-31", {"years": 5, "revaluation": "wages"}),
        ("2025-06-30", {"years": 5, "revaluation": "wages"}),
        ("2024-12-31", {"years": 3, "revaluation": "wages", "not_below": {"years": 8, "share": 1.2}}),
        ("2024-12-31", {"years": 3, "not_above": {"years": 8, "share": 0.9}}),
    ],
)
def test_earnings_of_the_inactive_are_exact_where_awards_are_linear_in_them(date, years):
    """A pension of 40% without conditions: only the mean earnings of an age matter."""
    formula = FinalAverage(base_rate=0.4, base_years=0.0, accrual=0.0, **years)
    pension = OldAge(retirement_age=60, qualifying_years=0, formula=formula, retirement_rate=0.7)
    linear = law(benefits=(pension,), contributions=law().contributions[:1], insurable_earnings=InsurableEarnings())
    one = basis(5, 2)
    one = one.assign(pensioners_0=one["pensioners_0"].where(one["benefit"] == "old_age", 0.0))
    if date != one.attrs["valuation_date"]:
        one = one.assign_attrs(valuation_date=date).assign(newborn_0=("sex", [300.0, 290.0]))
    moved, gaps = compared(one, linear)
    assert {name: gap for name, gap in gaps.items() if gap > 1e-9} == {}
    assert "earnings of the inactive" in moved.attrs["not_carried"]


@pytest.mark.parametrize(("date", "until"), [("2024-12-31", 45), ("2025-06-30", None)])
def test_earnings_go_with_those_who_recover_and_those_who_move_between_groups(date, until):
    """Invalids recover in the elapsed years, the inactive of one group go to the other one; awards are linear in
    earnings, so that only the means of an age matter."""
    formula = FinalAverage(
        base_rate=0.4, base_years=0.0, accrual=0.0, years=5, revaluation="wages", revalued_until=until
    )
    benefits = (OldAge(retirement_age=60, qualifying_years=0, formula=formula, retirement_rate=0.7),
                Invalidity(qualifying_years=0, formula=formula))  # fmt: skip
    scheme = law(benefits=benefits, contributions=law().contributions[:1], insurable_earnings=InsurableEarnings())
    one = basis(5, 2)
    ill = 0.02 * one["active_0"]
    stock = one["pensioners_0"].where(one["benefit"] == "old_age", 0.0)
    stock.loc[{"benefit": "invalidity"}] = ill.sum(["group", "service"]).transpose("sex", "age")
    moves = 0.05 * (one["group"] != one["group"].rename(group="to_group"))
    one = one.assign(
        invalid_0=ill, pensioners_0=stock, recovery_rate=0.2 * (one["year"] <= YEAR), transfer_rate_inactive=moves
    )
    if date != one.attrs["valuation_date"]:
        one = one.assign_attrs(valuation_date=date).assign(newborn_0=("sex", [300.0, 290.0]))
    gaps = compared(one, scheme)[1]
    assert {name: gap for name, gap in gaps.items() if gap > 1e-9} == {}


def test_what_is_not_carried_is_told_and_small():
    one, scheme = small_basis().isel(year=slice(0, 5)), full_law()
    moved, gaps = compared(one, scheme)
    assert {name: gaps[name] for name in PERSONS if gaps[name] > 1e-9} == {}
    told = moved.attrs["not_carried"].splitlines()
    assert [line.split(":")[0] for line in told] == [
        "earnings of the inactive by past credit",
        "the part of pensions in payment that is due to the minimum",
        "average wages of funeral_grant",
    ]
    assert 1e-6 < gaps["claims_amount"] < 0.01
    assert gaps["topup_expenditure"] > 0.1
    assert gaps["outgo"] < 1e-3
    assert gaps["payg_cost_rate"] < 1e-3


def test_average_wages_that_limits_and_points_are_in_are_told():
    scheme = full_law().amend("insurable_earnings", ceiling=None, ceiling_wages=2.5)
    price, value = {"value": 50, "per": "once"}, {"value": 10, "per": "year"}
    priced = MemberAccount(name="priced", credits="points", price=price, rate=0.1)
    points = MemberAccount(name="pts", credits="points"), priced
    formulas = tuple(Balance(account=one.name, value=value) for one in points)
    paid = OldAge(name="more", together_with="old_age", retirement_age=60, qualifying_years=0, formula=formulas)
    scheme = scheme.amend("scheme", accounts=points, benefits=(*scheme.benefits, paid))
    told = roll_forward(small_basis().isel(year=slice(0, 4)), scheme, YEAR, service="years").attrs["not_carried"]
    assert "average wages of funeral_grant, pts, insurable_earnings: " in told


def test_earnings_of_the_inactive_are_those_of_a_loop_over_persons():
    one, scheme = basis(5), law()
    moved = roll_forward(one, scheme, YEAR, service="years")
    result = ac.project(one, scheme, service="years")
    names = ("deaths_inactive", "retirements_inactive", "exits", "inactive")
    given = {name: result[name].isel(group=0).sel(sex="male").values for name in names}
    rates = [*one["wage_growth_past"].values, *one["wage_growth"].values]
    growth = dict(zip([*range(1925, 2025), *one["year"].values], rates, strict=True))
    start = one["salary_0"].isel(group=0).sel(sex="male").values

    def salary(year, age):
        level = 1.0
        for t in range(year + 1, 2025):
            level /= 1.0 + growth[t]
        for t in range(2025, year + 1):
            level *= 1.0 + growth[t]
        return start[age] * level

    def reference(year, age):
        total, up = 0.0, 1.0
        for back in range(5):
            total += salary(year - back, age - back) * up
            up *= 1.0 + growth[year - back]
        return total / 5

    age = 45
    mean = float(one["inactive_earnings_0"].isel(group=0).sel(sex="male", age=age - 3))
    people = float(one["inactive_0"].isel(group=0).sel(sex="male", age=age - 3).sum())
    for t, year in enumerate(range(2025, YEAR + 1)):
        x = age - 2 + t
        stayed = people - given["deaths_inactive"][t, x] - given["retirements_inactive"][t, x]
        left = given["exits"][t, x]
        mean = (stayed * mean * (1 + growth[year]) + left * reference(year, x)) / (stayed + left)
        people = given["inactive"][t, x]
    found = float(moved["inactive_earnings_0"].isel(group=0).sel(sex="male", age=age))
    assert found == pytest.approx(mean, rel=1e-12)


def test_a_new_basis_stands_alone(tmp_path):
    """It is saved and opened like any other, has the benefits of the law, and nothing of the old date."""
    one = basis(4).assign(accounts_0=("line", [1.0])).assign_coords(line=["contributions"])
    one = one.sel(benefit=["old_age", "widows"])
    moved = roll_forward(one, law(), 2026, service="years")
    assert moved["benefit"].values.tolist() == ["old_age", "widows", "invalidity"]
    assert float(moved["pensioners_0"].sel(benefit="invalidity").sum()) > 0
    assert "accounts_0" not in moved
    assert "line" not in moved.coords
    ac.save_basis(moved, tmp_path / "basis")
    back = ac.open_basis(tmp_path / "basis")
    xr.testing.assert_equal(back[list(moved.data_vars)], moved)


def test_a_path_without_a_past_gets_the_projected_years():
    one = basis(4).drop_vars(["wage_growth_past", "inflation_past", "asfr_past", "past_year"])
    moved = roll_forward(one, law(), 2026, service="years")
    np.testing.assert_array_equal(moved["wage_growth_past"], one["wage_growth"].sel(year=[2025, 2026]))
    assert moved["asfr_past"].dims == ("past_year", "age")


def test_what_a_basis_does_not_hold_is_told():
    """Paths that are known from the valuation date on, and members whose claims depend on that date."""
    usual = roll_forward(basis(4), law(), 2026, service="years").attrs["not_carried"]
    one = basis(4).assign_attrs(coverage_concept="any")
    drift = one["wage_growth"].drop_attrs() - 0.04
    one = one.assign(
        recovery_rate=0.1 + 0.0 * one["mx"].drop_attrs(),
        salary_growth=one["wage_growth"] + 0.01,
        declared_share=0.9 + 10 * drift,
        participation_rate=one["participation_rate"] * (0.9 + drift),
    )
    late = law().amend("old_age", claim_rate_late=0.5)
    told = roll_forward(one, late, 2026, service="years").attrs["not_carried"]
    for words in (
        "members past the retirement age of old_age",
        "earnings of the invalids who may recover: those of the active of their age are used",
        "the share of earnings declared",
        "the growth of salaries",
        "the employed on the new valuation date",
    ):
        assert words in told
        assert words not in usual


def test_a_year_outside_the_projection_is_refused():
    with pytest.raises(BadInput, match=r"from 2025 to 2027 \(got 2028\)"):
        roll_forward(basis(4), law(), 2028)
    many = ac.scenarios(basis(4), low=lambda b: b, high=lambda b: b.assign(mx=0.9 * b["mx"]))
    with pytest.raises(BadDimensions, match="select one scenario"):
        roll_forward(many, law(), 2026)
