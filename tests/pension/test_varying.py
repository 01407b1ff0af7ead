"""Any legal number may vary by year, sex, group and year of birth: a grid answers as its persons do, one by one."""

import numpy as np
import pytest

from actuarial.cases import person_benefits
from actuarial.contract import amounts
from actuarial.dated import by_cohort, by_group, by_sex, evaluate, money, ramp, step
from actuarial.pension import (
    FinalAverage,
    Flat,
    FuneralGrant,
    Invalidity,
    OldAge,
    OldAgeGrant,
    Orphans,
    Refund,
    Widows,
    families,
)
from actuarial.person import make_grid
from actuarial.scheme import Administration, Contribution, InsurableEarnings, Scheme
from tests.pension.people import AGES, GROUPS, MONTHS, SEXES, YEARS, basis, on_grid, one

AGE = by_group(
    {
        "private": by_sex(male=ramp({2025: 60, 2031: 63}), female=step({2027: 55, 2029: 57.5})),
        "public": by_cohort({1960: 58, 1972: 65}, path="ramp"),
    }
)
TERM = by_group(
    {"private": by_cohort({1965: 10, 1970: 15}), "public": by_sex(male=15, female=ramp({2026: 10, 2030: 12}))}
)
RATE = by_group(
    {
        "private": by_sex(male=step({2020: 0.010, 2028: 0.015}), female=0.012),
        "public": by_cohort({1960: 0.02, 1975: 0.01}, path="ramp"),
    }
)
EARLY = by_sex(male=by_group({"private": 55, "public": 50}), female=by_cohort({1965: 50, 1970: 52}))
CASH = by_group(
    {"private": by_sex(male=step({2026: 100, 2029: 130}), female=120), "public": by_cohort({1970: 90, 1975: 95})}
)
COHORT = by_cohort({1960: 0.3, 1975: 0.9}, path="ramp")
WIDE = by_sex(male=ramp({2026: 0.4, 2030: 0.8}), female=by_group({"private": 0.5, "public": 0.7}))
MOST = money(by_sex(male=9e3, female=step({2027: 8e3, 2028: 7e3})), "year")
AVERAGE = FinalAverage(
    accrual=RATE, years=5, base_rate=RATE, base_years=TERM, completed_years=True, minimum=RATE, maximum=WIDE,
    minimum_pension=money(CASH, "month"), maximum_pension=MOST,
)  # fmt: skip
BANDS = FinalAverage(accrual=({"above": COHORT, "rate": RATE}, {"above": TERM, "rate": COHORT}), years=3)
FULL = by_sex(male=ramp({2025: 30, 2035: 40}), female=by_cohort({1970: 35}))
FLAT = Flat(amount=money(CASH, "month"), full_years=FULL)
PENSION = OldAge(
    retirement_age=AGE, qualifying_years=TERM, formula=(AVERAGE, BANDS, FLAT), retirement_rate=WIDE,
    early_age=EARLY, early_rate=RATE, early_reduction=RATE, late_increase=RATE,
)  # fmt: skip
LINES = (
    Contribution(name="employees", payer="employee", rate=RATE),
    Contribution(name="employers", payer="employer", rate=COHORT, groups=("public",)),
)
BENEFITS = {
    "old_age": PENSION,
    "late": OldAge(name="late", retirement_age=AGE, qualifying_years=TERM, formula=FLAT, claim_rate_late=COHORT),
    "invalidity": Invalidity(qualifying_years=TERM, of="old_age", projected_to_age=AGE, projected_share=WIDE),
    "widows": Widows(share=WIDE, qualifying_years=TERM, claim_rate=COHORT, follows=()),
    "orphans": Orphans(share=COHORT, until_age=18, claim_rate=WIDE, follows=()),
    "old_age_grant": OldAgeGrant(months=CASH, claim_rate=WIDE),
    "refund": Refund(contributions=("employees", "employers"), share=WIDE, interest=0.02, claim_rate=COHORT),
    "funeral_grant": FuneralGrant(amount=money(CASH, "once"), qualifying_years=TERM, claim_rate=WIDE, follows=()),
}
LAW = Scheme(name="S", currency="LTD", contributions=LINES, benefits=tuple(BENEFITS.values()))
CELLS = [(i % 5, (i // 3) % 2, (i // 2) % 2, (7 * i) % 20, (11 * i) % len(MONTHS)) for i in range(60)]
DATA = basis(growth=0.04, inflation=0.02)


def single(cell):
    y, g, s, a, m = cell
    return one(
        LAW, year=int(YEARS[y]), group=GROUPS[g], sex=SEXES[s], age=int(AGES[a]), service=MONTHS[m] / 12.0, data=DATA
    )


@pytest.fixture(scope="module")
def people():
    return make_grid(DATA, LAW)


def agree(answer, one_by_one):
    full = on_grid(answer)
    found = [full[cell] for cell in CELLS]
    expected = [float(one_by_one(single(cell))) for cell in CELLS]
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)
    assert len(set(expected)) > 1, "the cells tell nothing apart"


@pytest.mark.parametrize("name", BENEFITS)
def test_claims_of_a_grid_are_those_of_its_persons(people, name):
    agree(BENEFITS[name].claim(people), BENEFITS[name].claim)


@pytest.mark.parametrize("name", [name for name in BENEFITS if name != "refund"])
def test_awards_of_a_grid_are_those_of_its_persons(people, name):
    parts = amounts(BENEFITS[name].award(people))
    for i, part in enumerate(parts):
        singles = [amounts(BENEFITS[name].award(single(cell)))[i] for cell in CELLS]
        for field in ("rate", "floor", "ceiling"):
            full = on_grid(getattr(part, field))
            expected = [float(getattr(alone, field)) for alone in singles]
            assert [full[cell] for cell in CELLS] == pytest.approx(expected, rel=1e-12, abs=1e-12), field


def test_a_refund_takes_the_rates_of_each_past_year_and_of_the_age_then(people):
    rate = on_grid(BENEFITS["refund"].award(people).rate)
    for cell in CELLS:
        person, paid = single(cell), 0.0
        for k in range(42):
            weight = min(max(person.service - (k - 0.5 if k else 0.0), 0.0), 1.0 if k else 0.5)
            then = person.in_year(person.year - k)
            rates = evaluate(RATE, then) + (evaluate(COHORT, then) if then.group == "public" else 0.0)
            paid += weight * rates * (1.02 / 1.04) ** k
        assert rate[cell] == pytest.approx(paid * evaluate(WIDE, person), rel=1e-12, abs=1e-15)


def test_limits_of_insurable_earnings(people):
    ceiling = by_sex(male=step({2027: 30_000}), female=step({2028: 50_000}))
    earnings = InsurableEarnings(floor=money(CASH, "month"), ceiling=money(ceiling, "year", "wages"))
    for i in (0, 1):
        agree(earnings.limits(people)[i], lambda person, i=i: earnings.limits(person)[i])


def test_rates_of_contributions_and_shares_of_administration(people):
    for value in (*(line.rate for line in LINES), Administration(share_of_earnings=WIDE).share_of_earnings):
        agree(evaluate(value, people), lambda person, value=value: evaluate(value, person))


def test_the_end_of_an_orphans_pension():
    data = basis().assign_coords(age=np.arange(20))
    pension = Orphans(share=0.2, until_age=step({2025: 15, 2028: 18}), follows=())
    young = families.below(pension.until_age, data, 0.0)
    assert [int(young.sel(year=y, sex="male").sum()) for y in (2026, 2027, 2028, 2030)] == [15, 15, 18, 18]


def test_a_scheme_that_varies_in_everything_serves_one_person():
    woman = {"sex": "female", "born": 1962, "group": "public"}
    due = person_benefits(LAW, event="retirement", leaves=2030, months=300, earnings=12_000, basis=DATA, **woman)
    assert set(due) == {"old_age", "late"}
    assert 0 < due["old_age"].share < 1
    assert isinstance(due["old_age"].amount, float)
