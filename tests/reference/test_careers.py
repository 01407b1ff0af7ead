"""Benefits of cohorts against careers of single members, for every formula: awards, pensions in payment, balances.

A cohort knows of each age and length of service the mean of its members; a member has a history. Where a benefit is
linear in the history the two agree, and everything is held to that: of all comparisons at most 1% beyond three standard
errors, none beyond 4.5, each error at most 0.3%. Where a benefit is not linear, the cohort's is that of the averages of
the histories of a cell, and `BOUND` is allowed beside the 4.5 standard errors, for the reasons of `AVERAGED`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.benefits.stock import project_pensions
from actuarial.labour.insured import project_insured
from actuarial.pension import Balance, FinalAverage, Flat, Indexation, OldAge
from actuarial.pension.account_formulas import CareerAverage
from actuarial.pension.accounts import MemberAccount
from actuarial.scheme import Scheme
from tests.benefits.small import flat_mx
from tests.reference import career_formulas as law
from tests.reference.career_schemes import CAREERS, YEARS, basis, money, scheme
from tests.reference.careers import COUNTED, careers, compared, pooled
from tests.reference.insured_basis import FIRST, population_of
from tests.reference.microsim import judge

SEEDS = (1, 2, 3, 4, 5)
PRECISION = 0.003
BOUND = 0.01
AVERAGED = {
    "final_limits": "the ceiling binds in some of the five years only",
    "indexed_limits": "the same, and of those who left the earnings lie apart",
    "invalid_limits": "the ceiling binds in some of the five years only",
    "career_limits": "limits act on the mean history of a cell, and the ceiling in some years only",
    "funded_limits": "limits act on the mean history of a cell, and the ceiling in some years only",
    "guarantee": "the gap is that of the mean history of a cell",
    "tapered": "what is missing to the points of the taper is that of the mean history of a cell",
    "tapered_years": "the same",
    "least_beyond": "the least pension acts on the mean history of a cell",
    "least_paid": "the same",
    "both": "which amounts are greater is decided for the mean history of a cell",
    "both_limits": "the same, and the limits of career_limits",
    "better_limits": "the ceiling binds in some of the years only",
    "best_varying": "what years differ by along the path and around it is added as variances",
    "either": "which amount is greater is decided for the mean history of a cell",
    "neither": "which amount is less is decided for the mean history of a cell",
    "either_limits": "the same, and the limits of career_limits",
    "either_part": "the same, and the months of pro_rata",
    "pro_rata": "months under the old law times nominal earnings at the exit: a product of two histories",
    "granted": "months under the old law times nominal earnings at the exit: a product of two histories",
}
BALANCES = {
    "all earnings of the career (wages)": "career",
    "account_points": "points",
    "account_notional_own": "notional_own",
    "account_notional_table": "notional_table",
    "account_saved": "saved",
    "account_saved_own": "saved_own",
    "account_saved_capped": "saved_capped",
    "account_drawn_own": "drawn_own",
    "account_served": "served",
    "months before 2032": "early",
}
OF_EVENTS = {"final": "retirement", "invalid_final": "invalidity", "widows": "death"}


def alone(accounts, benefits, data):
    """A scheme by itself."""
    rules = Scheme(name="test", currency="LTD", benefits=tuple(benefits), accounts=tuple(accounts))
    return project_insured(population_of(data), data, rules)


def test_points_are_a_career_average_revalued_by_wages():
    """With the value of the point = accrual x average wage the two pensions are the same (catalogue 23)."""
    data = basis(replace(CAREERS, years=10, target=CAREERS.target[:10]))
    people = CAREERS.active_0.sum(axis=1)
    average = float((people * CAREERS.salary_0).sum() / people.sum())
    age = {"retirement_age": 60, "qualifying_years": 15}
    value = money(0.02 * average, "wages")
    pensions = [
        OldAge(name="points", formula=Balance(account="p", value=value), retirement_rate=0.6, **age),
        OldAge(
            name="average",
            formula=CareerAverage(accrual=0.02, revaluation="wages"),
            together_with="points",
            **age,
        ),
    ]
    claims = alone([MemberAccount(name="p", credits="points")], pensions, data)["claims_amount"]
    assert_allclose(claims.sel(benefit="points"), claims.sel(benefit="average"), rtol=1e-11)
    assert float(claims.sum()) > 0


@pytest.mark.parametrize("rate", [0.0, 0.03])
def test_a_notional_account_that_grows_at_the_rate_of_interest_is_a_funded_one(rate):
    """With inheritance in both, no fee and the same divisor (catalogue 24); other growth is another pension."""
    scenario = replace(CAREERS, years=10, target=CAREERS.target[:10], growth=rate)
    years = xr.ones_like(basis(scenario)["wage_growth"])
    age = {"retirement_age": 60, "qualifying_years": 15}
    held = {"rate": 0.16, "timing": "interest", "inheritance": "own"}
    accounts = [
        MemberAccount(name="n", growth=Indexation(wages=1.0), **held),
        MemberAccount(name="f", growth=Indexation(interest=1.0), **held),
    ]
    pensions = [
        OldAge(name="notional", formula=Balance(account="n", divisor=16.4), **age),
        OldAge(name="funded", formula=Balance(account="f", divisor=16.4), together_with="notional", **age),
    ]
    same, other = (
        alone(accounts, pensions, basis(scenario).assign(interest_rate=r * years)) for r in (rate, rate + 0.01)
    )
    claims = same["claims_amount"]
    assert_allclose(claims.sel(benefit="funded"), claims.sel(benefit="notional"), rtol=1e-11)
    assert_allclose(same["account_balance"].sel(account="f"), same["account_balance"].sel(account="n"), rtol=1e-11)
    assert float(other["claims_amount"].sel(benefit="funded").sum()) > 1.02 * float(claims.sel(benefit="funded").sum())


def one_member():
    """One man aged 56 with 180 months, paid 12,000 a year; nobody enters, 2% of an age die, half the months count."""
    ages, services = CAREERS.active_0.shape
    nobody, person = np.zeros((ages, services)), np.zeros((ages, services))
    person[56, 180] = 1.0
    scenario = replace(
        CAREERS, years=5, target=np.ones(5), mx=np.full(ages, flat_mx(0.98)), exit_rate=np.zeros(ages),
        invalidity_rate=np.zeros(ages), density=np.full(ages, 0.5), salary_0=np.full(ages, 12_000.0), active_0=person,
        inactive_0=nobody,
    )  # fmt: skip
    return basis(scenario).assign(admitted_share=0.0, readmitted_share=0.0)


def test_one_member_followed_by_hand_for_five_years():
    """Pension at 60 by four formulas, 60% of those entitled in a year (catalogue 18).

    Months are 186, 192, 198 after the years in which the member is 57, 58 and 59 years old; 201 at the award in the
    fourth year, and 204 after it, 207 at the award in the fifth.
    """
    age = {"retirement_age": 60, "qualifying_years": 16, "retirement_rate": 1.0}
    first = {"retirement_age": 60, "qualifying_years": 16, "retirement_rate": 0.6}
    pensions = [
        OldAge(name="final", formula=FinalAverage(accrual=0.02, years=1), **first),
        OldAge(name="career", formula=CareerAverage(accrual=0.02, revaluation="wages"), together_with="final", **age),
        OldAge(name="fund", formula=Balance(account="f", divisor=10.0), together_with="final", **age),
        OldAge(name="flat", formula=Flat(amount=money(1_000, "none"), full_years=20), together_with="final", **age),
    ]
    fund = MemberAccount(name="f", rate=0.10, fee=0.05, growth=Indexation(interest=1.0), timing="interest")
    names = ["f", "insurable earnings of the career (wages)"]
    opening = np.where(np.arange(101) == 56, np.array([[10_000.0], [15 * 12_000.0]]), 0.0)
    data = one_member().assign_coords(account=names).assign(account_0=(("account", "age"), opening))
    found = alone([fund], pensions, data)
    active = found["active"].sel(group="all", sex="male")
    here = [float(active.sel(year=FIRST + t, age=57 + t)) for t in range(5)]
    assert_allclose(here, [0.98, 0.98**2, 0.98**3, 0.98**4 * 0.4, 0.98**5 * 0.16], rtol=1e-12)
    months = found["active_credits"].sel(group="all", sex="male").sum("age")
    expected = [186 * 0.98, 192 * 0.98**2, 198 * 0.98**3, 204 * 0.98**4 * 0.4, 210 * 0.98**5 * 0.16]
    assert_allclose(months, expected, rtol=1e-12)

    yearly = [0.5 * 0.095 * 12_000.0 * 1.03**t for t in range(1, 6)]
    held = [10_000.0]
    for credit in yearly:
        held.append(held[-1] * 1.04 + credit * 1.04**0.5)
    balance = found["account_balance"].sel(account="f", group="all", sex="male").sum("age")
    assert_allclose(balance, np.array(held[1:]) * here, rtol=1e-12)

    claims = found["claims_amount"].sel(sex="male")
    for year, number, service, who in ((3, 0.98**4 * 0.6, 201, 60), (4, 0.98**5 * 0.4 * 0.6, 207, 61)):
        wage = 12_000.0 * 1.03 ** (year + 1)
        kept = held[year] * 1.04**0.5 + 0.5 * yearly[year] * 1.04**0.25
        due = {
            "final": 0.02 * service / 12 * wage,
            "career": 0.02 * service / 12 * wage,
            "fund": kept / 10.0,
            "flat": 1_000.0 * service / 240,
        }
        for name, amount in due.items():
            one = claims.sel(benefit=name, year=FIRST + year)
            assert_allclose(float(one.sum()), number * amount, rtol=1e-12, err_msg=name)
            assert float(one.sel(age=who)) == float(one.sum())


class Both:
    """Results of the library and of the simulation, table by table (T, age) and (batch, T, age)."""

    def __init__(self, simulated):
        self.simulated, self.basis, self.scheme = simulated, basis(), scheme()
        self.insured = project_insured(population_of(self.basis), self.basis, self.scheme)
        self.pensions = project_pensions(self.insured, self.basis, self.scheme)

    def claims(self, benefit):
        return self.insured["claims_amount"].sel(benefit=benefit).sum("sex").values

    def of(self, variable, benefit):
        return self.pensions[variable].sel(benefit=benefit).sum("sex").values

    def formulas(self):
        """Name in the simulation, and the claims of the library."""
        for name in [*law.RETIREMENT.formulas, *law.INVALIDITY.formulas, "payout"]:
            if not name.startswith("wrong") and name not in ("late", "final_each", "invalid_each"):
                yield name, self.claims(name)
        yield "widow", self.claims("widows") / 0.6

    def stocks(self):
        """Members, claims by number, pensioners and widows, new ones and their pensions."""
        for name in ("active", "inactive"):
            yield name, self.insured[name].sum(["group", "sex"]).values
        for benefit, event in OF_EVENTS.items():
            yield f"{event}_number", self.insured["claims_number"].sel(benefit=benefit).sum("sex").values
        for benefit, kind in (("final", "old_age"), ("invalid_final", "invalidity"), ("widows", "widows")):
            yield kind, self.of("pensioners", benefit)
            yield f"new {kind}", self.of("new_awards", benefit)
            one = {"widows": "widow"}.get(benefit, benefit)
            yield f"{kind}: {one}", self.of("pension_mass", benefit)
            yield f"new {kind}: {one}", self.of("new_awards_amount", benefit)
        for benefit in ("career_limits", "notional_own"):
            yield f"old_age: {benefit}", self.of("pension_mass", benefit)
        yield "taken of drawn_own", self.claims("taken")

    def compare(self, name, expected, cells):
        """Comparisons in all cells and in groups of years and ages, as far as they are precise enough."""
        found = [compared(f"{name}, {label}", self.simulated[name], expected, c) for label, c in cells]
        return [one for one in found if one.simulated and one.error <= PRECISION * one.simulated]


def groups(low, high, width):
    """All years and ages, five years together, and groups of ages."""
    year, age = np.arange(1, YEARS + 1)[:, np.newaxis], np.arange(101)[np.newaxis, :]
    every = (year > 0) & (age >= 0)
    yield "all", every
    for first in range(1, YEARS, 5):
        yield f"years {first}-{first + 4}", every & (year >= first) & (year < first + 5)
    for y in range(low, high, width):
        yield f"ages {y}-{y + width - 1}", every & (age >= y) & (age < y + width)


@pytest.fixture(scope="module")
def both():
    """Five simulations of 160,000 careers over 25 years, each with its own seed."""
    return Both(pooled([careers(CAREERS, seed) for seed in SEEDS]))


def exactly(both):
    """All comparisons without an allowance."""
    found = []
    for name, expected in both.formulas():
        if name not in AVERAGED:
            found += both.compare(name, expected, groups(60, 63, 1))
    for name, expected in both.stocks():
        if name != "old_age: career_limits":
            found += both.compare(name, expected, groups(20, 90, 10))
    return found


@pytest.mark.slow  # five simulations of 160,000 careers over 25 years
def test_what_is_linear_is_that_of_single_careers(both):
    found = exactly(both)
    verdict = judge([one for one in found if not one.name.startswith("active, all")])
    assert verdict.passed, verdict
    assert verdict.count >= 200
    names = {one.name for one in found}
    for name, _ in both.formulas():
        assert name in AVERAGED or f"{name}, all" in names, name
    for name, _ in both.stocks():
        assert name == "old_age: career_limits" or f"{name}, all" in names, name


@pytest.mark.slow  # the same simulations, made by whichever test comes first
def test_balances_of_accounts_are_those_of_single_members(both):
    """By groups of ages on 31 December after ten years, those of inheritance among the others of an age included."""
    label = np.zeros((YEARS, 101), dtype=bool)
    label[COUNTED - 1] = True
    found = []
    balances = both.insured["account_balance"].sum(["group", "sex"])
    for account, name in BALANCES.items():
        cells = [(where, label & cell) for where, cell in groups(20, 60, 10) if not where.startswith("years")]
        several = both.compare(f"balance of {name}", balances.sel(account=account).values, cells)
        assert len(several) == 5, name
        found += several
    assert sum(abs(one.z) > 3 for one in found) <= 0.01 * len(found), max(found, key=lambda one: abs(one.z))
    assert max(abs(one.z) for one in found) < 4.5


@pytest.mark.slow  # the same simulations, made by whichever test comes first
@pytest.mark.parametrize("name", AVERAGED)
def test_averages_of_histories_miss_single_careers_by_less_than_one_percent(both, name):
    found = both.compare(name, dict(both.formulas())[name], groups(60, 63, 1))
    if name == "career_limits":
        found += both.compare(f"old_age: {name}", both.of("pension_mass", name), groups(60, 80, 5))
    assert found[0].name.endswith(", all")
    assert len(found) >= (1 if name == "invalid_limits" else 8), "invalids are too few for groups of years"
    for one in found:
        assert abs(one.simulated - one.expected) <= BOUND * abs(one.expected) + 4.5 * one.error, one


@pytest.mark.slow  # the same simulations, made by whichever test comes first
@pytest.mark.parametrize("wrong", [
    name for name in [*law.RETIREMENT.formulas, *law.INVALIDITY.formulas, *law.DEATH.formulas] if name[:5] == "wrong"
])  # fmt: skip
def test_a_wrong_formula_is_found_out(both, wrong):
    """Each deliberately wrong variant misses the library by more than is allowed."""
    name = wrong.removeprefix("wrong_")
    one = compared(wrong, both.simulated[wrong], dict(both.formulas())[name], np.ones((YEARS, 101), dtype=bool))
    allowed = BOUND * abs(one.expected) if name in AVERAGED else 0.0
    assert abs(one.simulated - one.expected) > allowed + 4.5 * one.error, one


@pytest.mark.slow  # the same simulations, made by whichever test comes first
def test_an_adjustment_a_year_late_is_found_out(both):
    expected = both.of("pension_mass", "final")
    found = both.compare("old_age: late", expected, groups(60, 80, 5))
    assert len(found) >= 5
    assert min(abs(one.z) for one in found) > 4.5


@pytest.mark.slow  # the same simulations and another one
def test_a_whole_year_of_credit_for_leavers_is_found_out(both):
    other = Both.__new__(Both)
    other.__dict__ = both.__dict__ | {"simulated": careers(CAREERS, 1, full_year=True)}
    found = [compared(name, other.simulated[name], expected, np.ones((YEARS, 101), dtype=bool))
             for name, expected in both.formulas() if name in ("final", "career", "points", "notional_own", "funded")]
    assert len(found) == 5
    assert min(one.z for one in found) > 4.5


@pytest.mark.slow  # the same simulations, made by whichever test comes first
def test_top_ups_to_a_minimum_in_payment(both):
    """Pensions are followed award by award, without a word of the basis about how they vary.

    Of pensions with their top-ups, which are 4-8% of them, the cohort misses less than 0.1%; of the top-ups alone less
    than 0.5%, though many left before and their last earnings are not revalued.
    """
    assert "pension_cv" not in both.basis
    expected = both.of("pension_mass", "minimum_in_payment")
    topped, mass = both.simulated["top-up of final_each"], both.simulated["old_age: final_each"]
    for year in range(5, YEARS + 1, 5):
        cells = np.zeros((YEARS, 101), dtype=bool)
        cells[year - 1] = True
        one = compared(f"year {year}", mass + topped, both.of("pension_mass", "final") + expected, cells)
        assert one.error < PRECISION * one.simulated
        assert abs(one.simulated - one.expected) <= 0.001 * one.expected + 4.5 * one.error, one
        alone = compared(f"year {year}", topped, expected, cells)
        assert abs(alone.simulated / alone.expected - 1.0) < 0.005, alone
        assert 0.04 * one.simulated < alone.simulated < 0.08 * one.simulated
    for age in (62, 70, 80):
        cells = np.zeros((YEARS, 101), dtype=bool)
        cells[:, age] = True
        alone = compared(f"age {age}", topped, expected, cells)
        assert abs(alone.simulated / alone.expected - 1.0) < 0.005, alone


@pytest.mark.slow  # the same simulations, made by whichever test comes first
def test_supplements_by_a_taper_in_payment(both):
    """Of old-age pensions, invalids and widows together, a fifth of their pensions and a third of it of widows."""
    expected = both.of("pension_mass", "supplement")
    simulated = sum(both.simulated[f"supplement of {name}"] for name in ("final_each", "invalid_each", "widow_each"))
    cells = [cell for cell in groups(60, 80, 10) if cell[0] != "years 1-5"]
    found = [compared(f"supplement, {label}", simulated, expected, cell) for label, cell in cells]
    assert len(found) == 7
    for one in found:
        assert one.error < PRECISION * one.simulated, one
        assert abs(one.simulated - one.expected) <= 0.002 * one.expected + 4.5 * one.error, one
    widows = both.simulated["supplement of widow_each"].sum() / simulated.sum()
    assert 0.25 < widows < 0.40
