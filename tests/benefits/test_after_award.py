"""After the award: conversion, supplements, payment, persons with several pensions, orphans of both parents."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.benefits.paying import Terms, paid_in_year
from actuarial.benefits.stock import project_pensions
from actuarial.check.benefits import check_pensions
from actuarial.demography.families import children, spouses
from actuarial.demography.mortality import basis_life_table
from actuarial.errors import BadBasis, BadInput, BadScheme, IdentityFailed, MissingVariable
from actuarial.pension import (
    AttendanceSupplement,
    DependantsSupplement,
    FinalAverage,
    Flat,
    FuneralGrant,
    Indexation,
    Invalidity,
    MinimumInPayment,
    OldAge,
    OldAgeGrant,
    Orphans,
    Widows,
)
from actuarial.pension.families import both_dead, child_matrix
from actuarial.pension.supplements import check_supplements
from actuarial.person import Person
from actuarial.scheme import Contribution
from tests.benefits import small
from tests.benefits.small import SEXES, scheme_of
from tests.oracle import after_award as oracle
from tests.reference.full_law import full_law
from tests.reference.small import small_basis

STAY = {"male": 0.8, "female": 0.9}
FLAT = Flat(amount={"value": 100, "per": "month"})


def old_age(**fields):
    return OldAge(**({"retirement_age": 65, "qualifying_years": 0, "formula": FLAT} | fields))


def invalidity(**fields):
    turns = {"converts_to": "old_age", "converts_at": 65}
    return Invalidity(**({"qualifying_years": 0, "of": "old_age"} | turns | fields))


def total(pensions, variable, *benefits):
    return pensions[variable].sel(benefit=list(benefits)).sum("benefit")


def as_stock(pensions, variable, benefit, year):
    """{(sex, age): amount} of the cells that are not zero."""
    row = pensions[variable].sel(benefit=benefit, year=year)
    return {(sex, age): float(row.sel(sex=sex, age=age)) for sex in SEXES for age in row["age"].values
            if float(row.sel(sex=sex, age=age)) != 0.0}  # fmt: skip


def same(found, expected):
    expected = {place: amount for place, amount in expected.items() if abs(amount) > 1e-12}
    assert found == pytest.approx(expected, rel=1e-12)


OPENING = {
    "invalidity": [("male", 40, 10, 900), ("male", 63, 20, 1000), ("female", 64, 5, 500), ("male", 80, 3, 700)],
    "old_age": [("male", 70, 50, 1200), ("female", 99, 4, 300)],
}
CLAIMS = [
    (2025, "invalidity", "male", 50, 6, 600),
    (2026, "invalidity", "female", 66, 2, 400),
    (2026, "invalidity", "male", 64, 1, 90),
    (2027, "old_age", "male", 65, 7, 777),
]


@pytest.mark.parametrize("age", [65, 64.25])
def test_conversion_by_loops_over_cohorts(age):
    """Invalids and pensioners with different adjustments; those past the age on the valuation date go in its year."""
    law = scheme_of(
        old_age(indexation=Indexation(fixed=0.02)), invalidity(converts_at=age, indexation=Indexation(fixed=0.05))
    )
    on = small.basis(years=4, pensioners=OPENING)
    result = small.project(law, on, CLAIMS)
    check_pensions(result, on)
    for quantity, names, rises in (
        (0, ("pensioners", "conversions", "terminations"), (0.0, 0.0)),
        (1, ("pension_mass", "conversions_amount", "terminations_amount"), (0.05, 0.02)),
    ):
        stocks = [
            {(sex, x): n * (1.0 if quantity == 0 else b) for sex, x, n, b in OPENING[name]}
            for name in ("invalidity", "old_age")
        ]
        new = [{}, {}, {}, {}]
        for year, name, sex, x, number, amount in CLAIMS:
            if name == "invalidity":
                new[year - 2025][sex, x] = (number, amount)[quantity] * (1 - (1 - STAY[sex]) / 2)
        history = oracle.convert(*stocks, new, STAY, 100, age, rises, 2)  # the award of 2027 comes later
        for year, (first, second, moved, gone, lost) in zip((2025, 2026), history, strict=True):
            same(as_stock(result, names[0], "invalidity", year), first)
            same(as_stock(result, names[0], "old_age", year), second)
            same(as_stock(result, names[1], "old_age", year), moved)
            same(as_stock(result, names[2], "old_age", year), lost)
            starting = {
                place: amount / (1 - (1 - STAY[place[0]]) / 2) * (1 - STAY[place[0]]) / 2
                for place, amount in new[year - 2025].items()
            }
            same(as_stock(result, names[2], "invalidity", year), oracle.plus(gone, starting))
    assert as_stock(result, "new_awards", "old_age", 2026) == {}
    assert float(result["conversions"].sum()) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("date", ["2024-12-31", "2025-04-30"])
def test_nothing_is_lost_when_everybody_converts(date):
    """With the same adjustment, mortality and payments both pensions together are what they are without a conversion,
    and so are survivors and grants; also where the valuation date lies inside the year."""
    more = (Widows(share=0.6, indexation="prices"), FuneralGrant(amount={"value": 5, "per": "once"}))
    on = small.basis(years=4, pensioners=OPENING).assign_attrs(valuation_date=date)
    plain = scheme_of(old_age(indexation="prices"), invalidity(converts_to=None, converts_at=None, indexation="prices"))
    turned = scheme_of(old_age(indexation="prices"), invalidity(indexation="prices"), *more)
    still = scheme_of(*plain.benefits, *more)
    one, two = (small.project(law, on, CLAIMS) for law in (still, turned))
    check_pensions(two, on)
    for name in ("pensioners", "pension_mass", "benefit_expenditure", "terminations"):
        for pair in (("old_age", "invalidity"), ("widows", "funeral_grant")):
            assert_allclose(total(two, name, *pair), total(one, name, *pair), rtol=1e-12)
    after = two["pensioners"].sel(benefit="invalidity", age=slice(65, None))
    assert float(after.max()) == 0.0 < float(one["pensioners"].sel(benefit="invalidity", age=slice(65, None)).max())


def test_a_conversion_that_lasts_the_whole_year_is_paid_half_by_each_pension():
    """Nobody dies and nothing rises: an invalid who turns 65 has half a year of either pension."""
    on = small.basis(years=2, men=1 - 1e-13, pensioners={"invalidity": [("male", 64, 1, 1000)], "old_age": []})
    paid = small.project(scheme_of(old_age(payments=13), invalidity()), on)["benefit_expenditure"]
    assert_allclose(paid.sel(benefit="invalidity"), [500, 0], rtol=1e-9)
    assert_allclose(paid.sel(benefit="old_age"), [500 * 13 / 12, 1000 * 13 / 12], rtol=1e-9)


def test_who_disappears_between_two_pensions_is_found():
    on = small.basis(years=3, pensioners=OPENING)
    result = small.project(scheme_of(old_age(), invalidity()), on)
    wrong = result.copy(deep=True)
    wrong["conversions"].loc[{"year": 2026, "benefit": "old_age", "sex": "male", "age": 65}] += 1e-3
    with pytest.raises(IdentityFailed, match="Who converts leaves one pension and joins another"):
        check_pensions(wrong, on)


def test_pensions_that_convert_in_a_circle_or_to_no_pension_are_refused():
    on = small.basis()
    back = Invalidity(name="other", qualifying_years=0, of="old_age", converts_to="invalidity", converts_at=70)
    circle = scheme_of(old_age(), invalidity(converts_to="other"), back)
    with pytest.raises(BadScheme, match=r"a circle(.|\n)*invalidity converts to other; other converts to invalidity"):
        small.project(circle, on)
    law = scheme_of(old_age(), invalidity(converts_to="old_age_grant"), OldAgeGrant(months=1))
    with pytest.raises(BadScheme, match="converts to 'old_age_grant'; only pensions convert, and to another one"):
        small.project(law, on)
    with pytest.raises(BadScheme, match=r"converts_to .* and converts_at .* belong together"):
        invalidity(converts_at=None)
    with pytest.raises(BadScheme, match="'old' is no benefit"):
        scheme_of(old_age(), invalidity(converts_to="old"))


def test_suspended_pensions_are_in_the_stock_and_not_paid():
    share = np.linspace(0, 0.5, 101)
    on = small.basis(years=2, pensioners={"old_age": [("male", 70, 10, 100), ("female", 80, 2, 300)]})
    kept = on.assign(suspended_share=(("benefit", "age"), share[np.newaxis]))
    law = scheme_of(old_age(indexation="prices"))
    one, two = (small.project(law, basis) for basis in (on, kept))
    xr.testing.assert_identical(one["pension_mass"], two["pension_mass"])
    expected, stock = [], {("male", 70): 1000.0, ("female", 80): 600.0}
    for _ in range(2):
        later, _ = oracle.older(stock, STAY, 100, 0.1)
        expected.append(
            sum(1.1 * money * (1 - share[x]) for (_, x), money in stock.items()) / 2
            + sum(money * (1 - share[y]) for (_, y), money in later.items()) / 2
        )
        stock = later
    assert_allclose(two["benefit_expenditure"].squeeze(), expected, rtol=1e-12)


def terms(law, on, **values):
    """The basis with one value for each benefit of the law."""
    names = [benefit.name for benefit in law.benefits]
    given = {name: ("benefit", np.asarray(row, float)) for name, row in values.items()}
    return on.assign_coords(benefit=names).assign(given)


@pytest.mark.parametrize("lag", [0.0, 0.25, 0.8, 1.0])
def test_awards_that_wait_for_the_first_payment_by_loops_over_days(lag):
    """Nobody dies: what is paid in each year by awards spread over the days of it."""
    law = scheme_of(old_age(), OldAgeGrant(months=1))
    on = small.basis(years=4, men=1 - 1e-13)
    claims = [(2025, "old_age", "male", 65, 1, 1000), (2026, "old_age", "male", 65, 1, 300)]
    claims.append((2026, "old_age_grant", "male", 65, 1, 50))
    result = small.project(law, terms(law, on, award_lag=[lag, lag]), claims)
    expected = oracle.cash_of_awards([1000, 300, 0, 0], lag, 4)
    assert_allclose(result["benefit_expenditure"].sel(benefit="old_age"), expected, rtol=1e-8)
    assert_allclose(
        result["benefit_expenditure"].sel(benefit="old_age_grant"), [0, 50 * (1 - lag), 50 * lag, 0], atol=1e-12
    )


def test_what_is_late_is_paid_in_the_end():
    """With deaths, adjustments and survivors the sum over years is that without a lag, when awards cease in time."""
    law = scheme_of(
        old_age(indexation="prices", payments=13), invalidity(), OldAgeGrant(months=1), Orphans(share=0.2, until_age=18)
    )
    on = small.basis(years=5, pensioners=OPENING)
    claims = [*CLAIMS, (2026, "old_age_grant", "male", 65, 3, 300)]
    plain, late = (small.project(law, basis, claims) for basis in (on, _late(law, on)))
    assert_allclose(late["benefit_expenditure"].sum("year"), plain["benefit_expenditure"].sum("year"), rtol=1e-12)
    assert float(abs(late["benefit_expenditure"] - plain["benefit_expenditure"]).max()) > 1
    xr.testing.assert_identical(late["pension_mass"], plain["pension_mass"])


def _late(law, on):
    names = ["old_age", "invalidity", "old_age_grant", "orphans"]
    wider = on.reindex(benefit=names, fill_value=0.0)
    return wider.assign(award_lag=("benefit", [0.5, 1.0, 0.25, 0.0]))


@pytest.mark.parametrize(
    ("words", "paid"), [({"award_lag": [0.5, 0.0]}, [375, 1125]), ({"first_payment_share": [0.25, 0.5]}, [250, 1000])]
)
def test_who_converts_in_the_year_of_award_is_paid_by_the_other_pension_as_the_one_awarded(words, paid):
    """A pension of 1,000 awarded at mid-year: half of it is due, a quarter of that later; or a quarter of it."""
    law = scheme_of(invalidity(), old_age())
    on = small.basis(years=2, men=1 - 1e-13)
    found = small.project(law, terms(law, on, **words), [(2025, "invalidity", "male", 66, 1, 1000)])
    assert_allclose(found["benefit_expenditure"].sel(benefit="invalidity"), 0.0, atol=1e-9)
    assert_allclose(found["benefit_expenditure"].sel(benefit="old_age"), paid, rtol=1e-10)


def test_the_part_of_the_year_of_award_and_values_that_are_the_usual_ones():
    law = scheme_of(old_age())
    on = small.basis(years=2, men=1 - 1e-13)
    claims = [(2025, "old_age", "male", 65, 1, 1000)]
    early = small.project(law, terms(law, on, first_payment_share=[0.75]), claims)
    assert_allclose(early["benefit_expenditure"].squeeze(), [750, 1000], rtol=1e-10)
    both = small.project(law, terms(law, on, first_payment_share=[0.75], award_lag=[0.5]), claims)
    assert_allclose(both["benefit_expenditure"].squeeze(), [750 * 0.75, 1000 + 750 * 0.25], rtol=1e-10)
    usual = small.project(law, terms(law, on, first_payment_share=[0.5], award_lag=[0], suspended_share=[0]), claims)
    assert_allclose(usual["benefit_expenditure"], small.project(law, on, claims)["benefit_expenditure"], rtol=1e-14)
    inside = on.assign_attrs(valuation_date="2025-09-30")
    late = small.project(law, terms(law, inside, award_lag=[0.5]), claims)
    assert_allclose(late["benefit_expenditure"].squeeze(), [0, 1000 + 500 * 92 / 365], rtol=1e-10)


def test_awards_that_are_all_paid_a_year_late_cost_nothing_before_nor_less():
    """Of a benefit without pensioners; sums of other parts lay below 0 by rounding, which refused the run."""
    new = np.random.default_rng(1).uniform(0, 1e6, (2, 2, 101))
    for first in np.linspace(0.05, 0.95, 50):
        paid = paid_in_year(np.zeros_like(new), new, new, Terms(first=float(first), lag=1.0), np.ones(2), 12.0)
        assert paid[0] == 0.0
        assert paid[1] == pytest.approx(first * new[0].sum(), rel=1e-14)


def test_lump_sums_are_neither_suspended_nor_paid_in_part():
    law = scheme_of(old_age(), OldAgeGrant(months=1))
    for name, value in (("suspended_share", 0.1), ("first_payment_share", 0.6)):
        with pytest.raises(BadBasis, match=f"{name}: it is given for old_age_grant, which is a lump sum"):
            small.project(law, terms(law, small.basis(), **{name: [value, value]}))


def test_persons_with_two_pensions_are_counted_once():
    law = scheme_of(old_age(), invalidity(), Widows(share=0.5), AttendanceSupplement(needed_by=1, share=1))
    people = {"old_age": [("female", 70, 100, 10)], "invalidity": [], "widows": [("female", 70, 40, 10)]}
    on = small.basis(years=2, pensioners=people)
    assert "pension_persons" not in small.project(law, on)
    some = on.assign(overlap=(("benefit", "sex"), [[0, 0], [0, 0], [0, 0.75]]))
    result = small.project(law, some)
    found = result["pension_persons"]
    assert_allclose(found.sel(sex="female"), [0.9 * (100 + 10), 0.81 * 110], rtol=1e-12)
    widowers = result["pensioners"].sel(benefit="widows", sex="male").sum("age")
    assert float(widowers.min()) > 0
    assert_allclose(found.sel(sex="male"), widowers, rtol=1e-12)


def test_a_share_of_every_pension_costs_that_share():
    """Whatever happens to a pension in the year (adjustment, awards, lag, suspension), a tenth of it costs a tenth."""
    supplement = AttendanceSupplement(accompanies=("old_age", "invalidity"), needed_by=0.2, share=0.5, payments=13)
    law = scheme_of(old_age(indexation=Indexation(prices=1, month=4)), invalidity(), supplement)
    on = small.basis(years=4, pensioners=OPENING).sortby("benefit", ascending=False)
    values = {"award_lag": ("benefit", [0.5, 0.75]), "first_payment_share": ("benefit", [0.5, 0.4])}
    on = on.assign(values | {"suspended_share": ("age", np.linspace(0, 0.2, 101))})
    result = small.project(law, on, CLAIMS)
    check_pensions(result, on)
    both = total(result, "benefit_expenditure", "old_age", "invalidity")
    extra = result.sel(benefit="attendance_supplement")
    assert_allclose(extra["benefit_expenditure"], 0.1 * both * 13 / 12, rtol=1e-12)
    assert_allclose(extra["pension_mass"], 0.1 * total(result, "pension_mass", "old_age", "invalidity"), rtol=1e-12)
    assert_allclose(extra["pensioners"], total(result, "pensioners", "old_age", "invalidity"), rtol=1e-12)
    assert not extra["new_awards"].any()
    assert result["accompanying"].values.tolist() == [0, 0, 1]


def test_a_minimum_in_payment_by_the_price_of_an_option():
    """E[max(0, m - P)] for the pensions at both ends of every year, which keep their variation, under its minimum."""
    law = scheme_of(
        old_age(indexation="prices"),
        MinimumInPayment(accompanies=("old_age",), minimum={2025: 1000, 2026: 1500, "per": "year"}),
    )
    people = {"old_age": [("male", 70, 10, 900), ("female", 80, 2, 1200), ("female", 60, 1, 9000)]}
    on = small.basis(years=2, pensioners=people)
    on = on.assign(pension_cv=(("benefit", "sex", "age"), np.linspace(0, 0.9, 202).reshape(1, 2, 101)))
    result = small.project(law, on)
    cv = on["pension_cv"].sel(benefit="old_age")
    people, pension, expected = {("male", 70): 10.0, ("female", 80): 2.0, ("female", 60): 1.0}, {}, []
    pension = {("male", 70): 900.0, ("female", 80): 1200.0, ("female", 60): 9000.0}
    begun = {place: place[1] for place in pension}
    for least in (1000.0, 1500.0):
        spent = 0.0
        later = oracle.older(people, STAY, 100)[0]
        for (sex, x), number in people.items():
            grown = 1.1 * pension[sex, x]
            lacks = oracle.below_minimum(grown, float(cv.sel(sex=sex, age=begun[sex, x])), least)
            spent += (number + later[sex, x + 1]) * lacks / 2
        expected.append(spent)
        people, pension = later, {(sex, x + 1): 1.1 * amount for (sex, x), amount in pension.items()}
        begun = {(sex, x + 1): age for (sex, x), age in begun.items()}
    assert_allclose(result["benefit_expenditure"].sel(benefit="minimum_in_payment"), expected, rtol=1e-9)
    assert check_supplements(law.benefits, on) == []
    flat = small.project(law, on.drop_vars("pension_cv"))["benefit_expenditure"].sel(benefit="minimum_in_payment")
    assert_allclose(flat[0], (10 * 10 + 8 * 10) / 2, rtol=1e-12)


def test_what_a_minimum_costs_if_pensions_vary_is_told_where_the_basis_does_not_say():
    """On the pensions of the valuation date, with 13 payments; the mean of no cell need lie below the minimum."""
    minimum = MinimumInPayment(accompanies=("old_age",), minimum={"value": 850, "per": "year"}, payments=13)
    pensions = {("male", 70): (10, 900), ("female", 80): (2, 1200), ("female", 60): (1, 9000)}
    on = small.basis(years=2, pensioners={"old_age": [(*place, *paid) for place, paid in pensions.items()]})
    (told,) = check_supplements(scheme_of(old_age(), minimum).benefits, on)
    cost = 13 / 12 * sum(number * oracle.below_minimum(paid, 0.5, 850.0) for number, paid in pensions.values())
    assert cost > 1_000
    assert told.startswith("pension_cv is absent for old_age: minimum_in_payment takes the pensions of the valuation")
    assert f"it costs 0 (0.0% of them) in 2025, but with pension_cv = 0.5 it would cost {cost:,.0f} (" in told
    assert f" ({cost / 20_400:.1%} of them). Give pension_cv of old_age: " in told
    turned = on.transpose("age", "sex", ...)
    assert check_supplements(scheme_of(old_age(), minimum).benefits, turned) == [told]
    nobody = on.assign(pensioners_0=0.0 * on["pensioners_0"])
    assert "it costs" not in check_supplements(scheme_of(old_age(), minimum).benefits, nobody)[0]


def person(basis, sex, age, year=2026):
    return Person(year=year, group="all", sex=sex, age=age, service=0.0, basis=basis, scheme=None)


def test_supplements_for_dependants_of_one_pensioner_and_of_all():
    """Half are married, wives three years younger; a birth rate of a fifth at 30; children live a year with p."""
    births = np.where(np.arange(101) == 30, 0.2, 0.0)
    people = {"old_age": [("male", 61, 10, 900), ("female", 44, 2, 800)]}
    on = small.basis(years=2, pensioners=people, asfr=("age", births))
    form = DependantsSupplement(
        accompanies=("old_age",), spouse_share=0.2, spouse_from_age=58, child_share=0.05, claim_rate=0.8,
        child_amount={"value": 5, "per": "month"}, spouse_amount={"value": 30, "per": "year"},
    )  # fmt: skip
    young = sum(
        0.1 * 0.5 * p**child * (1 + p) / 2
        for p in STAY.values() for child in (44 - 30, 44 - 30 - 1) if child < 18
    )  # fmt: skip
    man, woman = 0.8 * 0.5 * (0.2 * 900 + 30), 0.8 * young * (0.05 * 800 + 60)
    assert form.supplement(person(on, "male", 61), 900.0) == pytest.approx(man, rel=1e-12)
    assert form.supplement(person(on, "male", 60), 900.0) == pytest.approx(0.0)
    assert form.supplement(person(on, "female", 44), 800.0) == pytest.approx(woman, rel=1e-12)
    result = small.project(scheme_of(old_age(), form), on).sel(benefit="dependants_supplement", year=2025)
    later = form.supplement(person(on, "female", 45), 800.0)
    spent = (10 * man + 8 * man + 2 * woman + 1.8 * later) / 2
    assert float(result["benefit_expenditure"]) == pytest.approx(spent, rel=1e-12)
    assert as_stock(result.expand_dims(benefit=["d"], year=[1]), "pensioners", "d", 1).keys() == {
        ("male", 62), ("female", 45),
    }  # fmt: skip
    husbands = DependantsSupplement(accompanies=("old_age",), spouse_share=0.2, spouses="husbands")
    assert husbands.supplement(person(on, "male", 61), 900.0) == 0.0
    assert husbands.supplement(person(on, "female", 61), 900.0) == pytest.approx(0.5 * 0.2 * 900)
    with pytest.raises(BadInput, match="depends on the families of pensioners; give basis="):
        form.supplement(person(None, "male", 61), 900.0)
    assert MinimumInPayment(minimum={"value": 100, "per": "month"}).supplement(person(on, "male", 61), 900.0) == 300.0


def test_supplements_have_no_pensioners_of_their_own():
    law = scheme_of(old_age(), AttendanceSupplement(accompanies=("old_age",), needed_by=0.5, share=1))
    on = small.basis(pensioners={"attendance_supplement": [("male", 70, 1, 1)]})
    with pytest.raises(BadBasis, match="beneficiaries of attendance_supplement, which the scheme does not pay"):
        small.project(law, on)
    circle = scheme_of(old_age(), Widows(share=0.5, follows=("attendance_supplement",)), law.benefits[1])
    with pytest.raises(BadScheme, match="circle"):
        small.project(circle, small.basis())


@pytest.fixture(scope="module")
def whole():
    """A small country whose law has everything that comes after the award."""
    law = full_law()
    minimum = MinimumInPayment(accompanies=("old_age", "widows"), minimum={"value": 5000, "per": "month"})
    family = DependantsSupplement(accompanies=("old_age", "invalidity"), spouse_share=0.1, child_share=0.02)
    state = Contribution(name="top_up", payer="state", base="benefit", of=("minimum_in_payment",), rate=1)
    law = full_law(benefits=(*law.benefits, minimum, family), contributions=(*law.contributions, state))
    law = law.amend("invalidity", converts_to="old_age", converts_at=60.5)
    law = law.amend("orphans", full_share=0.4).amend("widows", cumulation={"kept": 0.5})
    rng = np.random.default_rng(5)
    basis = small_basis().isel(year=slice(0, 6))
    basis = basis.assign(
        pension_cv=(("benefit", "sex", "age"), rng.uniform(0, 0.8, (4, 2, 101))),
        award_lag=("benefit", [0.3, 0.5, 0.0, 0.0]),
        suspended_share=(("benefit", "age"), rng.uniform(0, 0.1, (4, 101))),
        overlap=("benefit", [0.0, 0.0, 0.3, 0.0]),
        survivors_with_pension=(("sex", "age"), rng.uniform(0, 1, (2, 101))),
    )
    return law, basis, ac.project(basis, law, service="years")


def test_a_whole_projection_with_all_of_it(whole):
    """Every identity holds (the projection checks them); who pays for the minimum pays it; persons stay persons."""
    law, basis, result = whole
    plain = ac.project(basis, law.amend("scheme", benefits=law.benefits[:-2], contributions=law.contributions[:-1]),
                       service="years")  # fmt: skip
    assert_allclose(result["total_pensioners"], plain["total_pensioners"], rtol=1e-13)
    spent = result["benefit_expenditure"].sel(benefit="minimum_in_payment")
    assert_allclose(result["contribution_income"].sel(contribution="top_up"), spent, rtol=1e-12)
    assert float(spent.min()) > 0
    assert float(result["benefit_expenditure"].sel(benefit="dependants_supplement").min()) > 0
    assert float(result["conversions"].sel(benefit="old_age").sum()) > 0
    own = plain["pensioners"].sum(["benefit", "age"]) - 0.3 * plain["pensioners"].sel(benefit="widows").sum("age")
    assert_allclose(result["pension_persons"], own, rtol=1e-12)
    extra = result["pension_expenditure"] - plain["pension_expenditure"]
    assert_allclose(extra, spent + result["benefit_expenditure"].sel(benefit="dependants_supplement"), rtol=1e-9)


def test_supplements_of_a_part_of_the_insured_are_those_that_all_have_on_average(whole):
    """Parts add up; awards of which the mean alone is known have that of all."""
    law, basis, result = whole
    claims = ["claims_number", "claims_amount", "claims_topup", "claims_below"]
    rng = np.random.default_rng(1)
    share = rng.uniform(0, 1, (result.sizes["year"], 1, 2, result.sizes["age"]))
    share = {name: share if name != "claims_below" else share[:, :, np.newaxis] for name in claims}
    half = result[[*claims, "award_level"]].assign({name: share[name] * result[name] for name in claims})
    rest = result[[*claims, "award_level"]].assign({name: (1 - share[name]) * result[name] for name in claims})
    nobody = basis.assign(pensioners_0=0.0 * basis["pensioners_0"])
    parts = [project_pensions(*part, law, everybody=result) for part in ((half, basis), (rest, nobody))]
    for name in ("benefit_expenditure", "pension_mass"):
        assert_allclose(parts[0][name] + parts[1][name], result[name], rtol=1e-10)
    known = project_pensions(result.drop_vars(["claims_below", "award_level"]), basis, law)
    parts = [project_pensions(part.drop_vars(["claims_below", "award_level"]), on, law, everybody=known)
             for part, on in ((half, basis), (rest, nobody))]  # fmt: skip
    for name in ("benefit_expenditure", "pension_mass"):
        assert_allclose(parts[0][name] + parts[1][name], known[name], rtol=1e-10)
    alone = project_pensions(half.drop_vars(["claims_below", "award_level"]), basis, law)
    assert float(abs(alone["benefit_expenditure"] - parts[0]["benefit_expenditure"]).max()) > 1


def test_scenarios_are_projected_with_supplements_and_conversions(whole):
    law, basis, result = whole
    both = ac.scenarios(basis, one=lambda b: b, two=lambda b: b.assign(inflation=b.inflation + 0.01))
    claims = ["claims_number", "claims_amount", "claims_topup", "claims_below", "award_level"]
    found = project_pensions(result[claims], both, law)
    check_pensions(found, both)
    assert_allclose(found["pension_mass"].sel(scenario="one"), result["pension_mass"], rtol=1e-12)


def test_survivors_with_a_pension_of_their_own_keep_a_part():
    """A tenth of the widows of 67 (wives of men of 70) have a pension: they keep 30% of the survivor's pension."""
    own = np.where(np.arange(101) == 67, 0.1, 0.9)
    on = small.basis(years=1, men=0.5, pensioners={"old_age": [("male", 69, 10, 1000)]})
    on = on.assign(survivors_with_pension=("age", own))
    law = scheme_of(old_age(), Widows(share=0.6, follows=("old_age",), cumulation={"kept": 0.3}))
    found = small.project(law, on).sel(benefit="widows", sex="female", age=67, year=2025)
    assert float(found["new_awards"]) == pytest.approx(10 * 0.5 * 0.5)
    assert float(found["new_awards_amount"]) == pytest.approx(2.5 * 600 * (1 - 0.1 * 0.7))
    with pytest.raises(MissingVariable, match="survivors_with_pension is missing"):
        small.project(law, on.drop_vars("survivors_with_pension"))


def lived(basis):
    table = basis_life_table(basis)["Lx"]
    return {sex: [*table.sel(sex=sex).values[:-1].tolist(), 0.0] for sex in SEXES}


def test_orphans_of_both_parents_by_loops():
    on = small.basis(years=1, men=0.97, women=0.98, spouse_age_gap=2.5)
    on = on.assign(asfr=("age", np.where((np.arange(101) >= 20) & (np.arange(101) < 45), 0.1, 0.0)))
    family = child_matrix(on, 18, "demography")
    found = both_dead(on, family).isel(year=0)
    number = family.isel(year=0).sum("sex_of_survivor")
    for sex, age in (("male", 30), ("male", 61), ("female", 44), ("female", 20), ("male", 18)):
        n = number.sel(sex=sex, age=age).values
        d = [oracle.alive_and_dead(lived(on), 2.5, sex, age, child, 18) for child in range(18)]
        expected = float(n @ d) / float(n.sum()) if n.sum() > 0 else 0.0
        assert float(found.sel(sex=sex, age=age)) == pytest.approx(expected, rel=1e-12), (sex, age)
    immortal = both_dead(small.basis(years=1, men=1 - 1e-12, women=1 - 1e-12, asfr=on["asfr"]), family)
    assert float(immortal.sel(age=slice(0, 70)).max()) < 1e-9
    assert float(found.sel(sex="female", age=40)) < 1.0


def test_full_orphans_cost_what_their_expected_share_is():
    births = np.where((np.arange(101) >= 20) & (np.arange(101) < 45), 0.1, 0.0)
    on = small.basis(years=2, men=0.97, women=0.98, asfr=("age", births), pensioners={"old_age": [("male", 50, 9, 10)]})

    def money(**fields):
        law = scheme_of(old_age(), Orphans(share=0.2, until_age=18, follows=("old_age",), **fields))
        return small.project(law, on)["pension_mass"].sel(benefit="orphans", year=2025).sum()

    alone = float(both_dead(on, child_matrix(on, 18, "demography")).sel(year=2025, sex="male", age=51))
    assert 0.05 < alone < 0.5
    assert float(money(full_share=0.2)) == pytest.approx(float(money()), rel=1e-12)
    assert float(money(full_share=0.5)) == pytest.approx(float(money()) * (1 + alone * 1.5), rel=1e-12)
    assert float(money(full_share=0.5, family_maximum=9)) == pytest.approx(float(money(full_share=0.5)), rel=1e-9)
    assert float(money(full_share=0.5, family_maximum=0.5)) < float(money(full_share=0.5))


def test_given_families_that_are_those_derived_change_nothing():
    births = np.where((np.arange(101) >= 20) & (np.arange(101) < 45), 0.1, 0.0)
    on = small.basis(years=2, asfr=("age", births), spouse_age_sd=2.0, pensioners={"old_age": [("male", 50, 9, 10)]})
    wives = (spouses(on) * on["married_share"]).sum("sex_of_survivor")
    given = on.assign(spouses_given=wives, children_given=children(on))

    def law(families):
        return scheme_of(
            old_age(),
            Widows(share=0.5, follows=("old_age",), families=families),
            Orphans(share=0.2, until_age=17.5, follows=("old_age", "widows"), families=families, full_share=0.3),
            DependantsSupplement(accompanies=("old_age",), spouse_share=0.1, child_share=0.2, families=families),
        )

    one, two = small.project(law("demography"), on), small.project(law("given"), given)
    xr.testing.assert_allclose(one, two, rtol=1e-12)
    both = given.assign(children_given=children(on).sum("sex_of_survivor"))
    expected = one["new_awards"].sel(benefit="orphans").sum()
    assert float(small.project(law("given"), both)["new_awards"].sel(benefit="orphans").sum()) != 0.0
    twice = small.project(law("given"), given.assign(children_given=2 * children(on)))
    assert float(twice["new_awards"].sel(benefit="orphans").sum()) == pytest.approx(2 * float(expected), rel=1e-12)
    with pytest.raises(MissingVariable, match="spouses_given"):
        small.project(law("given"), on)


def test_children_given_without_their_sex_are_split_by_the_sex_ratio_at_birth():
    on = small.basis(years=1, srb=1.5, pensioners={"old_age": [("male", 50, 10, 10)]})
    numbers = xr.zeros_like(spouses(on).sum("sex_of_survivor"))
    numbers.loc[{"age_of_survivor": 7}] = 2.0
    law = scheme_of(old_age(), Orphans(share=0.2, until_age=18, follows=("old_age",), families="given"))
    found = small.project(law, on.assign(children_given=numbers))["new_awards"].sel(benefit="orphans", age=7)
    assert_allclose(found.squeeze(), 10 * 0.2 * 2 * np.array([0.6, 0.4]), rtol=1e-12)


def test_an_invalid_has_at_least_a_share_of_reference_earnings():
    formula = FinalAverage(accrual=0.02, years=1)
    law = scheme_of(old_age(formula=formula), invalidity(minimum_share=0.4))
    due = {
        months: ac.person_benefits(
            law, event="invalidity", sex="male", born=1990, leaves=2030, months=months, earnings=1000
        )["invalidity"].per_year
        for months in (60, 240, 300)
    }
    assert due == pytest.approx({60: 400, 240: 400, 300: 500})
    two = scheme_of(old_age(formula=(formula, formula)), invalidity(minimum_share=0.4))
    with pytest.raises(BadScheme, match="of the 2 amounts of the formula not just one is a share of them"):
        ac.person_benefits(two, event="invalidity", sex="male", born=1990, leaves=2030, months=60, earnings=1000)


def test_pensions_whose_slices_are_adjusted_apart_convert_as_others_do():
    """Slices with one and the same rate are an adjustment of all of the pension."""
    two = Indexation(bands=[{"fixed": 0.05}, {"fixed": 0.05, "above": {"value": 60, "per": "month"}}])
    on = small.basis(years=4, pensioners=OPENING).assign(pension_cv=0.5)
    extra = AttendanceSupplement(needed_by=1, share=0.1)
    sliced, whole = (
        small.project(scheme_of(old_age(indexation=rule), invalidity(indexation=rule), extra), on, CLAIMS)
        for rule in (two, Indexation(fixed=0.05))
    )
    check_pensions(sliced, on)
    for name in ("pension_mass", "conversions_amount", "benefit_expenditure", "terminations_amount"):
        assert_allclose(sliced[name], whole[name], rtol=1e-12, atol=1e-9)
