"""Who starts a benefit, and with which amount: ages, qualifying periods, early and late starts, grants, refunds."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from actuarial.cases import career, person_benefits
from actuarial.dated import by_cohort, by_sex, money, step
from actuarial.earned import Reference
from actuarial.errors import BadInput, BadScheme
from actuarial.pension import (
    FinalAverage,
    Flat,
    FuneralGrant,
    Indexation,
    Invalidity,
    OldAge,
    OldAgeGrant,
    Orphans,
    Refund,
    Widows,
)
from actuarial.person import WorkYear
from actuarial.scheme import Contribution, InsurableEarnings, Scheme
from tests.pension.people import AGES, YEARS, basis, grid, on_grid, one

AVERAGE = FinalAverage(accrual=0.01, years=5)


def old_age(**changes):
    return OldAge(**{"retirement_age": 60, "qualifying_years": 15, "formula": AVERAGE} | changes)


def scheme(*benefits, **parts):
    return Scheme(name="S", currency="LTD", benefits=benefits, **parts)


def test_a_fractional_retirement_age_is_reached_by_a_part_of_an_age():
    benefit = old_age(retirement_age=60.5)
    assert [benefit.claim(one(age=age)) for age in (59, 60, 61, 62)] == [0.0, 0.5, 1.0, 1.0]
    assert benefit.claim(one(age=61, service=14.99)) == 0.0
    assert benefit.claim(one(age=61, service=180 / 12)) == 1.0


def test_retirement_and_early_rates_share_an_age():
    benefit = old_age(retirement_age=60.5, retirement_rate=0.8, early_age=58, early_rate=0.2)
    claims = [benefit.claim(one(age=age)) for age in (57, 58, 59, 60, 61)]
    assert claims == pytest.approx([0.0, 0.2, 0.2, 0.5 * 0.8 + 0.5 * 0.2, 0.8])


def test_early_reduction_and_late_increase_meet_at_the_retirement_age():
    benefit = old_age(early_age=55, early_rate=0.1, early_reduction=0.06, late_increase=0.05)
    factors = [benefit.age_factor(one(age=age)) for age in (55, 58, 59, 60, 61, 63)]
    assert factors == pytest.approx([0.70, 0.88, 0.94, 1.0, 1.05, 1.15])


@pytest.mark.parametrize("limit", [60.0, 61.0])
def test_the_factor_has_no_jump_as_the_retirement_age_moves(limit):
    changes = {"early_age": 55, "early_rate": 0.1, "early_reduction": 0.06, "late_increase": 0.05}
    below, at, above = (
        old_age(retirement_age=limit + shift, **changes).age_factor(one(age=60)) for shift in (-1e-6, 0.0, 1e-6)
    )
    assert at == pytest.approx(1.0 if limit == 60.0 else 0.94)
    assert below == pytest.approx(at, abs=1e-5)
    assert above == pytest.approx(at, abs=1e-5)


def test_the_factor_of_an_age_in_which_some_start_early():
    benefit = old_age(
        retirement_age=60.5, retirement_rate=0.8, early_age=55, early_rate=0.2, early_reduction=0.06
    )
    usual, early = 0.5 * 0.8, 0.5 * 0.2
    expected = (usual + early * (1 - 0.06 * 0.75)) / (usual + early)
    assert benefit.age_factor(one(age=60)) == pytest.approx(expected)


def test_a_reduction_never_makes_a_pension_negative():
    benefit = old_age(retirement_age=65, early_age=40, early_rate=0.1, early_reduction=0.06)
    assert benefit.age_factor(one(age=41)) == 0.0


def test_members_past_the_age_on_the_valuation_date_claim_at_their_own_rate():
    benefit = old_age(retirement_rate=0.9, claim_rate_late=0.3)
    claims = on_grid(benefit.claim(grid()))[:, 0, 0, :, -1]
    age_then = AGES[np.newaxis, :] - (YEARS[:, np.newaxis] - 2025)
    expected = np.where(AGES < 60, 0.0, np.where(age_then >= 60, 0.3, 0.9))
    assert np.array_equal(claims, expected)


def test_a_half_year_of_the_late_is_late():
    benefit = old_age(retirement_age=60.5, retirement_rate=0.9, claim_rate_late=0.3)
    person = one(year=2026, age=61, data=basis())
    assert benefit.claim(person) == pytest.approx(0.5 * 0.3 + 0.5 * 0.9)


def test_the_late_of_a_retirement_age_by_year_of_birth_are_those_past_their_own():
    benefit = old_age(
        retirement_age=by_cohort({1955: 60, 1966: 65}), retirement_rate=0.9, claim_rate_late=0.3
    )
    claims = {born: benefit.claim(one(year=2028, age=2028 - born, data=basis())) for born in (1962, 1965, 1966, 1967)}
    assert claims == {1962: 0.3, 1965: 0.3, 1966: 0.0, 1967: 0.0}
    assert benefit.claim(one(year=2031, age=65, data=basis())) == 0.9


def test_without_a_basis_nobody_is_late():
    assert old_age(retirement_rate=0.9, claim_rate_late=0.3).claim(one(age=69)) == 0.9


def test_a_grant_for_those_who_miss_the_pension():
    grant = OldAgeGrant(months=2, claim_rate=0.5)
    law = scheme(old_age(), grant)
    claims = [grant.claim(one(law, age=age, service=n)) for age, n in ((59, 10), (60, 10), (60, 15), (66, 14.9))]
    assert claims == [0.0, 0.5, 0.0, 0.5]
    person = one(law, service=10.0, career=tuple(WorkYear(y, 12, 6_000) for y in range(2019, 2029)))
    assert grant.exact(person) == pytest.approx(2 * 10 * 500)
    assert grant.award(person).base == Reference(years=1)
    assert grant.lump_sum


def test_a_grant_for_invalids():
    grant = OldAgeGrant(name="invalids_grant", months=1, on="invalidity", instead_of="invalidity")
    law = scheme(old_age(), Invalidity(qualifying_years=5, formula=AVERAGE), grant)
    assert [grant.claim(one(law, age=30, service=n)) for n in (4, 5)] == [1.0, 0.0]


def test_projected_service_of_invalids():
    benefit = Invalidity(
        qualifying_years=5, formula=FinalAverage(accrual=0.01, years=1), projected_to_age=60, projected_share=0.5
    )
    shares = {age: float(benefit.award(one(age=age, service=10))[0].rate) for age in (30, 59, 60, 64)}
    assert shares == pytest.approx({30: 0.25, 59: 0.105, 60: 0.1, 64: 0.1})


def test_invalids_with_the_formula_of_the_old_age_pension_have_no_reduction():
    early = {"early_age": 50, "early_rate": 0.1, "early_reduction": 0.06}
    law = scheme(old_age(**early), Invalidity(qualifying_years=5, of="old_age"))
    person = one(law, age=52, service=20)
    assert float(law.benefit("invalidity").award(person)[0].rate) == pytest.approx(0.2)
    assert float(law.benefit("old_age").award(person)[0].multiple) == pytest.approx(1 - 0.06 * 8)


def test_a_funeral_grant_of_money_or_of_months_of_the_average_wage():
    cash = FuneralGrant(amount={"value": 20_000, "per": "once"}, follows=(), qualifying_years=1)
    assert cash.exact(one()) == 20_000
    assert [cash.claim(one(service=n)) for n in (0.5, 1)] == [0, 1]
    months = FuneralGrant(months=3, follows=(), claim_rate=0.9)
    assert months.exact(one(year=2027, data=basis(growth=0.1))) == pytest.approx(3 * 1_000 * 1.1**2)
    assert months.follow_claim(one()) == 0.9
    with pytest.raises(BadScheme, match="needs either amount"):
        FuneralGrant(follows=())
    with pytest.raises(BadInput, match="a share of the average wage, but there is no basis"):
        months.exact(one())


def test_survivors_of_a_member_share_the_pension_that_would_have_been():
    law = scheme(old_age(early_age=50, early_rate=0.1, early_reduction=0.06), Widows(share=0.6, follows=("old_age",)))
    years = tuple(WorkYear(y, 12, 10_000) for y in range(2009, 2029))
    assert law.benefit("widows").exact(one(law, age=45, career=years)) == pytest.approx(0.6 * 0.2 * 10_000)


REFUND = Refund(contributions=("employees", "employers"), share=0.9, interest=0.03)


def contributions(**changes):
    lines = {"employees": {"payer": "employee", "rate": 0.03}, "employers": {"payer": "employer", "rate": 0.04}}
    return tuple(Contribution(name=name, **line | changes) for name, line in lines.items())


@pytest.mark.parametrize("growth", [0.0, 0.05])
@pytest.mark.parametrize("months", [6, 42, 150])
def test_a_refund_of_a_career_along_the_average_wage_is_that_of_a_cohort(growth, months):
    rates = contributions(rate=by_sex(male=step({1990: 0.02, 2024: 0.03, 2027: 0.05}), female=0.04))
    law = scheme(old_age(), REFUND, contributions=rates)
    data = basis(growth=growth, months=np.array([0, 6, 42, 150]))
    wages = {year: 10_000 * (1 + growth) ** (year - 2028) for year in range(2010, 2029)}
    for sex in ("male", "female"):
        parts = [(2028, 6)] + [(2028 - k, 12) for k in range(1, (months - 6) // 12 + 1)]
        person = one(
            law, sex=sex, service=months / 12, data=data, career=tuple(WorkYear(y, m, wages[y]) for y, m in parts)
        )
        amount = REFUND.award(grid(law, data))
        cohort = float(amount.rate.sel(year=2028, service=months, sex=sex)) * wages[2028]
        assert amount.base == Reference(years=1)
        assert REFUND.exact(person) == pytest.approx(cohort, rel=1e-12)
    by_hand = 0.9 * 0.08 * sum(m / 12 * wages[y] * 1.03 ** (2028 - y) for y, m in parts)
    assert REFUND.exact(person) == pytest.approx(by_hand, rel=1e-12)


def test_a_refund_of_lines_of_some_groups():
    law = scheme(old_age(), REFUND, contributions=contributions(groups=("public",)))
    assert set(np.unique(on_grid(REFUND.award(grid(law)).rate)[:, 0])) == {0.0}
    assert on_grid(REFUND.award(grid(law)).rate)[0, 1, 0, 0, -1] > 0
    years = (WorkYear(2028, 12, 10_000),)
    refunds = {group: REFUND.exact(one(law, group=group, career=years)) for group in ("private", "public")}
    assert refunds == pytest.approx({"private": 0.0, "public": 0.9 * 0.07 * 10_000})


def test_a_refund_counts_earnings_up_to_the_ceiling_of_their_year():
    ceiling = InsurableEarnings(ceiling=money(step({2020: 5_000, 2028: 8_000}), "year"))
    refund = Refund(contributions=("employees",))
    law = scheme(old_age(), refund, contributions=contributions(), insurable_earnings=ceiling)
    years = (WorkYear(2027, 6, 10_000), WorkYear(2028, 12, 10_000))
    assert law.benefit("refund").exact(one(law, career=years)) == pytest.approx(0.03 * (0.5 * 5_000 + 8_000))


def test_reference_earnings_of_a_career():
    law = scheme(old_age(), insurable_earnings=InsurableEarnings(ceiling={"value": 9_000, "per": "year"}))
    years = (WorkYear(2026, 12, 3_000), WorkYear(2027, 12, 6_000), WorkYear(2028, 6, 12_000))
    person = one(law, career=years, data=basis(growth=0.1))
    calendar = person.reference_earnings(Reference(years=2))
    months = person.reference_earnings(Reference(years=2, window="months"))
    assert calendar == pytest.approx((9_000 + 6_000) / 2)
    assert months == pytest.approx((6 * 9_000 + 12 * 6_000 + 6 * 3_000) / 24)
    assert person.reference_earnings(Reference(years=1, window="months", capped=False)) == pytest.approx(9_000)
    revalued = person.reference_earnings(Reference(years=3, revaluation="wages"))
    assert revalued == pytest.approx((9_000 + 6_000 * 1.1 + 3_000 * 1.21) / 3)


def test_reference_earnings_of_one_who_left_early_end_with_the_career():
    person = one(scheme(old_age()), year=2030, career=(WorkYear(2026, 12, 4_000), WorkYear(2027, 12, 6_000)))
    assert person.reference_earnings(Reference(years=2)) == 5_000


def test_a_thirteenth_payment_is_part_of_the_pension_and_not_of_the_reference_earnings():
    due = {}
    for payments in (12, 13):
        law = scheme(old_age(payments=payments), Widows(share=0.5, follows=("old_age",), payments=payments))
        found = {}
        for event in ("retirement", "death"):
            found |= person_benefits(
                law, event=event, sex="male", born=1968, leaves=2028, months=240, earnings=12_000, basis=basis()
            )
        due[payments] = found
    for name in ("old_age", "widows"):
        assert due[13][name].amount == due[12][name].amount
        assert due[13][name].per_month == due[12][name].per_month
        assert due[13][name].per_year == pytest.approx(due[12][name].per_year * 13 / 12)
    assert due[13]["old_age"].per_year == pytest.approx(0.2 * 12_000 * 13 / 12)


def test_indexation_mixes_growth_of_the_years_before():
    data = basis(growth=0.06, inflation=0.02)
    mix = Indexation(prices=0.5, wages=step({2025: 0.5, 2029: 0.25}), fixed=0.001, lag=2, month=7)
    assert mix(data).values == pytest.approx([0.041, 0.041, 0.041, 0.026, 0.026])
    assert mix.time == 0.5
    assert old_age(indexation=mix).indexation_time == 0.5
    assert np.array_equal(Indexation()(data).values, np.zeros(5))


def test_an_indexation_of_ones_own():
    def frozen(data, finance=None):
        return xr.zeros_like(data["inflation"])

    benefit = old_age(indexation=frozen)
    assert benefit.indexation is frozen
    assert benefit.indexation_time == 0.0


def test_the_end_of_an_orphans_pension_may_change_with_the_law():
    pension = Orphans(share=0.2, until_age=step({2025: 18, 2028: 20}), follows=())
    assert pension.until_age == step({2025: 18.0, 2028: 20.0})


CASE = {"event": "retirement", "sex": "male", "born": 1968, "leaves": 2028, "months": 240, "earnings": 12_000}


def test_what_is_due_to_one_person():
    law = scheme(
        old_age(formula=(AVERAGE, Flat(amount={"value": 100, "per": "month"}))),
        OldAgeGrant(months=1),
        FuneralGrant(amount={"value": 500, "per": "once"}, follows=()),
    )
    assert list(person_benefits(law, **CASE)) == ["old_age"]
    assert person_benefits(law, **CASE)["old_age"].per_year == pytest.approx(0.2 * 12_000 + 1_200)
    assert person_benefits(law, **CASE | {"months": 100})["old_age_grant"].once == pytest.approx(100 / 12 * 1_000)
    assert person_benefits(law, **CASE | {"event": "death"})["funeral_grant"].once == 500
    assert person_benefits(law, **CASE | {"event": "exit"}) == {}
    assert person_benefits(law, **CASE | {"born": 1980}) == {}
    later = person_benefits(law, **CASE | {"leaves": 2010, "year": 2028, "earnings": {y: y for y in range(1991, 2011)}})
    assert later["old_age"].per_year == pytest.approx(0.2 * 2008 + 1_200)


def test_what_is_asked_of_a_lump_sum_and_of_a_pension():
    law = scheme(old_age(), OldAgeGrant(months=1))
    with pytest.raises(BadInput, match="old_age is a pension and has no once; ask for per_month or per_year"):
        _ = person_benefits(law, **CASE)["old_age"].once
    with pytest.raises(BadInput, match="old_age_grant is a lump sum and has no per_year; ask for once"):
        _ = person_benefits(law, **CASE | {"months": 100})["old_age_grant"].per_year


PERSONS = [
    ({"event": "marriage"}, "event: 'marriage' is unknown; the events are retirement, invalidity, death, exit"),
    ({"sex": "m"}, "sex: 'm' is unknown"),
    ({"months": 0}, r"months: must be > 0 \(got 0\)"),
    ({"months": 900}, "a career of 900 months up to 2028 starts before the person is born"),
    ({"year": 2020}, r"year: the event \(2020\) cannot lie before the last year of the career \(2028\)"),
    ({"earnings": -1}, "earnings: must be >= 0 and finite"),
    ({"earnings": "14_000"}, "earnings: '14_000' is no number"),
    ({"born": "1968"}, r"born: give a whole number \(got '1968'\)"),
    ({"leaves": 2028.5}, r"leaves: give a whole number \(got 2028.5\)"),
    ({"months": "240"}, r"months: give a number \(got '240'\)"),
    ({"year": "2028"}, r"year: give a whole number \(got '2028'\)"),
    ({"basis": "demo"}, r"basis: give a Dataset \(got 'demo'\)"),
    ({"earnings": {2028: 5}}, "earnings: 19 years of the career have none; the first: 2009"),
]


@pytest.mark.parametrize(("changes", "text"), PERSONS)
def test_a_person_that_cannot_be_is_refused(changes, text):
    with pytest.raises(BadInput, match=text):
        person_benefits(scheme(old_age()), **CASE | changes)


def test_a_career_goes_back_from_december():
    assert career(2030, 30, 100) == (WorkYear(2028, 6, 100), WorkYear(2029, 12, 100), WorkYear(2030, 12, 100))
    for earnings in ({2029: 1, 2030: 2, 2031: 3}, pd.Series([2, 1], index=[2030, 2029])):
        assert career(2030, 24, earnings) == (WorkYear(2029, 12, 1), WorkYear(2030, 12, 2))


def test_a_year_without_contributions_does_not_count():
    years = (WorkYear(2026, 12, 4_000), WorkYear(2027, 0, 9_000), WorkYear(2028, 3, 6_000))
    person = one(scheme(old_age()), career=years)
    assert person.reference_earnings(Reference(years=3)) == 5_000
    assert person.reference_earnings(Reference(years=1, window="months")) == pytest.approx((3 * 6_000 + 9 * 4_000) / 12)
    assert one(scheme(old_age()), career=years[1:2]).reference_earnings(Reference(years=1)) == 0.0
