"""Pensions under agreements: who has the right by periods abroad, and what own periods are paid."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.cases import person_benefits
from actuarial.contract import Amount, amounts
from actuarial.dated import by_group, money
from actuarial.earned import Account
from actuarial.errors import BadInput, BadScheme
from actuarial.forms import parse_scheme
from actuarial.law import law
from actuarial.pension import CareerAverage, FinalAverage, Flat, OldAge, OldAgeGrant, TotalisedOldAge
from actuarial.scheme import Scheme
from tests.oracle import old_age as oracle
from tests.pension.people import AGES, basis, grid, on_grid, one
from tests.pension.test_conditions import full
from tests.reference.small import small_basis


def scheme(*foreign, formula=None, grant=False, pension=(), accounts=(), **changes):
    formula = FinalAverage(accrual=0.02, years=5) if formula is None else formula
    old = OldAge(**{"retirement_age": 60, "qualifying_years": 15, "formula": formula} | dict(pension))
    abroad = TotalisedOldAge(foreign_service=[{"months": m, "share": s} for m, s in foreign], **changes)
    grants = (OldAgeGrant(months=1),) if grant else ()
    return Scheme(name="S", currency="LTD", accounts=accounts, benefits=(old, abroad, *grants))


def claims(rules, **place):
    person = one(rules, **{"age": 61} | place)
    return [float(benefit.claim(person)) for benefit in rules.benefits]


def due(rules, months, earnings=1000.0):
    return person_benefits(
        rules, event="retirement", sex="male", born=1968, leaves=2030, months=months, earnings=earnings
    )


def test_own_eight_years_and_fourteen_abroad():
    """Theoretical amount 22 x 2% x 1000 = 440, of which 8/22 = 160."""
    rules = scheme((14 * 12, 1.0))
    theory = rules.benefit("old_age").pension(one(rules, service=22.0), 22.0)[0].rate * 1000.0
    assert theory == pytest.approx(440.0)
    found = due(rules, 8 * 12)
    assert list(found) == ["totalised_old_age"]
    assert (found["totalised_old_age"].share, found["totalised_old_age"].amount) == (1.0, pytest.approx(160.0))


def test_the_greatest_period_caps_the_theoretical_amount_and_its_divisor():
    """16 of 20 years count: 16 x 2% x 1000 x 8/16; the years that open the right are not capped."""
    found = due(scheme((12 * 12, 1.0), maximum_years=16), 8 * 12)
    assert found["totalised_old_age"].amount == pytest.approx(160.0)
    flat = FinalAverage(base_rate=0.4, base_years=10, accrual=0.01, years=5)
    for abroad, longest in ((60, 20), (30, 20), (12, 20), (30, None)):
        found = due(scheme((abroad * 12, 1.0), formula=flat, maximum_years=longest), 8 * 12)
        years = min(8 + abroad, longest or 1e9)
        amount = (0.4 + 0.01 * (years - 10)) * 1000.0 * 8 / years
        assert found["totalised_old_age"].amount == pytest.approx(amount), (abroad, longest)


@pytest.mark.parametrize(
    ("own", "abroad", "claimed"),
    [
        (96, 84, [0.0, 1.0]), (96, 83, [0.0, 0.0]), (12, 168, [0.0, 1.0]), (11, 480, [0.0, 0.0]),
        (180, 168, [1.0, 0.0]), (179, 1, [0.0, 1.0]), (179, 0, [0.0, 0.0]),
    ],
)  # fmt: skip
def test_one_month_decides(own, abroad, claimed):
    assert claims(scheme((abroad, 1.0)), service=own / 12) == claimed


def test_the_age_is_that_of_the_condition_that_all_periods_meet():
    pension = {"conditions": ({"age": 58, "years": 30}, {"age": 63, "years": 15}),
               "retirement_age": None, "qualifying_years": None}  # fmt: skip
    rules = scheme((120, 1.0), pension=pension)
    assert [claims(rules, age=age, service=20.0) for age in (57, 58, 62)] == [[0, 0], [0, 1], [0, 1]]
    assert claims(rules, age=63, service=20.0) == [1.0, 0.0]
    assert [claims(rules, age=age, service=19.9) for age in (58, 63)] == [[0, 0], [1, 0]]


@given(
    st.integers(1, 480), st.lists(st.integers(0, 480), min_size=1, max_size=3), st.sampled_from([0.02, 0.05]),
    st.sampled_from([15, 20]), st.sampled_from([None, 25.0]),
)  # fmt: skip
def test_members_with_each_length_abroad_one_by_one(own, abroad, accrual, needed, longest):
    """Equal shares of the members have each length; the rest has none."""
    share = 0.9 / len(abroad)
    formula = FinalAverage(base_rate=0.3, base_years=5, accrual=accrual, years=5, maximum=0.9)
    bare = {"qualifying_years": needed}
    rules = scheme(*((m, share) for m in abroad), formula=formula, pension=bare, maximum_years=longest)
    person = one(rules, age=63, service=own / 12)

    def worth(years):
        return min(0.3 + accrual * max(0.0, years - 5.0), 0.9)

    moved = started = paid = 0.0
    alone = own >= 12 * needed
    for months in abroad:
        total = min((own + months) / 12, longest or 1e9)
        rata = worth(total) * min(1.0, own / 12 / total)
        if own < 12 or own + months < 12 * needed:
            continue
        better = rata > worth(own / 12) * (1 + 1e-12)
        if alone and not better:
            continue
        moved += share if alone else 0.0
        started += share
        paid += share * rata
    old, abroad_benefit = rules.benefits
    assert old.claim(person) == pytest.approx((1.0 - moved) if alone else 0.0, abs=1e-12)
    assert abroad_benefit.claim(person) == pytest.approx(started, abs=1e-12)
    if started:
        (amount,) = amounts(abroad_benefit.award(person))
        assert amount.rate * amount.multiple == pytest.approx(paid / started, rel=1e-9)


def test_the_higher_one_is_drawn():
    """A base rate for ten years and little more favours own periods; a bonus above twenty the totalised ones."""
    bonus = FinalAverage(accrual=({"above": 0, "rate": 0.01}, {"above": 20, "rate": 0.04}), years=5)
    found = due(scheme((240, 1.0), formula=bonus), 16 * 12)
    assert list(found) == ["totalised_old_age"]
    assert found["totalised_old_age"].amount == pytest.approx((0.20 + 16 * 0.04) * 1000.0 * 16 / 36)
    base = FinalAverage(base_rate=0.3, base_years=15, accrual=0.01, years=5)
    found = due(scheme((240, 1.0), formula=base), 16 * 12)
    assert list(found) == ["old_age"]
    assert claims(scheme((240, 0.25), formula=bonus), service=16.0) == [0.75, 0.25]


@pytest.mark.parametrize("earnings", [500.0, 3_000.0, 20_000.0])
def test_minimum_and_maximum_bind_the_theoretical_amount(earnings):
    formula = FinalAverage(
        accrual=0.02, years=5, minimum_pension=money(600, "year"), maximum_pension=money(3_000, "year")
    )
    rules = scheme((14 * 12, 0.5), (20 * 12, 0.25), formula=formula)
    found = due(rules, 8 * 12, earnings)["totalised_old_age"]
    pairs = [(oracle.totalised(8, f, 15, 0.02, earnings, 600.0, 3_000.0)[1], s) for f, s in ((14, 0.5), (20, 0.25))]
    assert found.share == pytest.approx(0.75)
    assert found.amount == pytest.approx(sum(amount * share for amount, share in pairs) / 0.75)
    assert len(rules.benefit("totalised_old_age").award(one(rules, service=8.0))) == 2


def test_one_amount_is_enough_without_limits_and_equals_the_several():
    two = scheme((14 * 12, 0.5), (20 * 12, 0.25))
    (joined,) = two.benefit("totalised_old_age").award(one(two, age=61, service=8.0))
    expected = (0.5 * 0.44 * 8 / 22 + 0.25 * 0.56 * 8 / 28) / 0.75
    assert joined.rate * joined.multiple == pytest.approx(expected)


def test_parts_with_different_bases_are_compared_at_the_average_wage():
    formula = (FinalAverage(accrual=0.01, years=5), Flat(amount=money(100, "month"), full_years=30))
    data = basis()
    low = replace(one(scheme((240, 1.0), formula=formula), age=61, service=20.0), basis=data)
    own, abroad = low.scheme.benefits
    assert (own.claim(low), abroad.claim(low)) == (1.0, 0.0)
    step = (FinalAverage(accrual=({"above": 0, "rate": 0.01}, {"above": 20, "rate": 0.04}), years=5), formula[1])
    high = replace(one(scheme((240, 1.0), formula=step), age=61, service=16.0), basis=data)
    own, abroad = high.scheme.benefits
    assert (own.claim(high), abroad.claim(high)) == (0.0, 1.0)
    assert len(abroad.award(high)) == 2


def test_balances_of_own_accounts_are_paid_whole():
    class Balance:
        def award(self, person, service):
            return Amount(rate=0.05, base=Account("points"))

    rules = scheme((168, 1.0), formula=Balance())
    (amount,) = rules.benefit("totalised_old_age").award(one(rules, age=61, service=8.0))
    assert amount.rate * amount.multiple == 0.05
    assert claims(rules, service=20.0) == [1.0, 0.0]


POINTS = ac.pension.MemberAccount(name="points", credits="points")
EARNED = (CareerAverage(accrual=0.012), ac.pension.Balance(account="points", value=money(40, "month")))


@pytest.mark.parametrize("formula", EARNED, ids=["career", "points"])
@pytest.mark.parametrize("months", [60, 180])
def test_rights_in_proportion_to_what_was_earned_are_the_same_with_periods_abroad(formula, months):
    """The theoretical amount over all periods, times own over all, is the own pension: nobody moves."""
    rules = scheme((months, 1.0), formula=formula, accounts=(POINTS,))
    person = one(rules, age=61, service=20.0)
    own, abroad = rules.benefits
    assert (own.claim(person), abroad.claim(person)) == (1.0, 0.0)
    for ours, theirs in zip(own.pension(person, person.service), abroad.award(person), strict=True):
        assert ours.base == theirs.base
        assert float(theirs.rate * theirs.multiple) == pytest.approx(float(ours.rate * ours.multiple), rel=1e-12)


def test_rights_that_are_never_settled_stay():
    rules = scheme((168, 1.0), unpaid_share=0.3, export_factor=0.8)
    left = 1.0
    for age in range(59, 80):
        left *= 1.0 - claims(rules, age=age, service=8.0)[1]
    assert left == pytest.approx(0.3)
    found = due(rules, 8 * 12)["totalised_old_age"]
    assert (found.share, found.amount) == (pytest.approx(0.7), pytest.approx(0.8 * 160.0))


def test_claims_exclude_each_other_and_grants_go_to_those_without_any_right():
    rules = scheme((84, 0.3), (168, 0.4), grant=True)
    assert claims(rules, service=7.9) == pytest.approx([0.0, 0.4, 0.6])
    assert claims(rules, service=8.0) == pytest.approx([0.0, 0.7, 0.3])
    assert claims(rules, service=0.5) == pytest.approx([0.0, 0.0, 1.0])
    assert claims(rules, service=15.0) == pytest.approx([1.0, 0.0, 0.0])
    people = grid(rules)
    total = sum(on_grid(benefit.claim(people)) for benefit in rules.benefits)
    assert np.allclose(total[..., AGES >= 60, :], 1.0)
    assert np.all(total[..., AGES < 60, :] == 0.0)


def test_shares_by_group_on_a_grid():
    rules = scheme((168, by_group({"private": 0.5, "public": 0.1})))
    claim = on_grid(rules.benefit("totalised_old_age").claim(grid(rules)))
    person = {group: claims(rules, group=group, service=112 / 12)[1] for group in ("private", "public")}
    assert person == {"private": 0.5, "public": 0.1}
    place = (2, slice(None), 0, 11, 112 // 7)
    assert claim[place].tolist() == [0.5, 0.1]


def test_a_projection_pays_what_the_law_says():
    """Whoever has 14 years abroad: as if the qualifying period of a part of the members were shorter."""
    data = small_basis().isel(year=slice(0, 4))
    usual = OldAge(retirement_age=55, qualifying_years=15, formula=FinalAverage(accrual=0.02, years=3))
    abroad = TotalisedOldAge(foreign_service=({"months": 120, "share": 0.4},), minimum_years=0.0)
    both = Scheme(name="S", currency=data.attrs["currency"], benefits=full(usual, abroad))
    alone = Scheme(name="S", currency=data.attrs["currency"], benefits=full(usual))
    population = ac.project_population(data)
    rules, plain = law(both, data), law(alone, data)
    first, second = (
        ac.project_insured(population, data, one, service="years")["claims_number"] for one in (both, alone)
    )
    year = int(data["year"][0])
    assert len(rules.claims) == len(plain.claims) + 1
    own = second.sel(benefit="old_age", year=year)
    assert first.sel(benefit="old_age", year=year).values == pytest.approx(own.values)
    assert float(first.sel(benefit="totalised_old_age").sum()) > 0.0
    short = Scheme(
        name="S", currency=data.attrs["currency"], benefits=full(replace(usual, qualifying_years=5))
    )
    easier = ac.project_insured(population, data, short, service="years")["claims_number"]
    more = easier.sel(benefit="old_age", year=year) - own
    assert first.sel(benefit="totalised_old_age", year=year).values == pytest.approx(0.4 * more.values)


def test_it_is_paid_as_often_as_the_pension_that_is_totalised():
    abroad = (14 * 12, 1.0)
    for options, payments in (({}, 13.0), ({"payments": 12}, 12.0)):
        rules = scheme(abroad, pension={"payments": 13}, **options)
        assert due(rules, 8 * 12)["totalised_old_age"].payments == payments
        changed = rules.amend("old_age", payments=14)
        assert due(changed, 8 * 12)["totalised_old_age"].payments == (payments if options else 14.0)
    assert due(scheme(abroad), 8 * 12)["totalised_old_age"].payments == 12.0


def test_a_projection_pays_as_often_as_well():
    data = small_basis().isel(year=slice(0, 3)).drop_dims("benefit")
    places = {dim: data[dim] for dim in ("sex", "age")}
    none = xr.DataArray(0.0, places, ("sex", "age")).expand_dims(benefit=["old_age", "totalised_old_age"])
    rules = replace(scheme((120, 0.4), pension={"payments": 13}), currency=data.attrs["currency"])
    data = data.assign(pensioners_0=none, pension_0=none)
    insured = ac.project_insured(ac.project_population(data), data, rules, service="years")
    paid = ac.project_pensions(insured, data, rules)["benefit_expenditure"].sel(benefit="totalised_old_age")
    fewer = ac.project_pensions(insured, data, rules.amend("totalised_old_age", payments=12))["benefit_expenditure"]
    assert float(paid.sum()) > 0.0
    assert_allclose(paid, 13 / 12 * fewer.sel(benefit="totalised_old_age"), rtol=1e-12)


TEXT = """\
name = "S"
currency = "LTD"
[[benefit]]
form = "old_age"
retirement_age = 60
qualifying_years = 15
formula = { form = "final_average", accrual = 0.02, years = 5 }
[[benefit]]
form = "totalised_old_age"
foreign_service = [ { months = 120, share = 0.1 }, { months = 240, share = { male = 0.1, female = 0.05 } } ]
[[benefit]]
form = "funeral_grant"
months = 1
follows = []
"""
ABROAD = 'form = "totalised_old_age"'


def test_an_agreement_of_a_file():
    rules = parse_scheme(TEXT)
    assert rules.benefit("totalised_old_age").foreign_service[0].months == 120.0
    with pytest.raises(BadScheme, match=r"'old' is no benefit of the scheme; did you mean old_age\?"):
        parse_scheme(TEXT.replace(ABROAD, f'{ABROAD}\ntotalises = "old"'))
    with pytest.raises(BadScheme, match="has no answer starting, served, rules; name an old-age pension"):
        parse_scheme(TEXT.replace(ABROAD, f'{ABROAD}\ntotalises = "funeral_grant"'))
    with pytest.raises(BadScheme, match=r"the shares of foreign_service sum to 1.1, at most 1 is possible"):
        scheme((12, 0.5), (24, 0.6))


def test_an_agreement_needs_its_scheme():
    with pytest.raises(BadInput, match="needs the scheme whose old_age it totalises"):
        TotalisedOldAge(foreign_service=({"months": 12, "share": 0.1},)).claim(one())
