"""Rules that whole laws need: ways that close, delays that end, factors by age, shares by cohort, limits in wages, one
family. Each against a plain loop over persons, and where it changes nothing."""

import math

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.cases import career, person_benefits
from actuarial.dated import by_age, by_cohort, money, step
from actuarial.earned import Reference
from actuarial.errors import BadInput, BadScheme
from actuarial.law import law
from actuarial.pension import (
    AttendanceSupplement,
    DependantsSupplement,
    FinalAverage,
    Flat,
    Invalidity,
    MinimumInPayment,
    OldAge,
    OldAgeGrant,
    Orphans,
    Phased,
    ProRata,
    Widows,
)
from actuarial.scheme import Contribution, InsurableEarnings, Scheme
from tests.pension.people import AGES, MONTHS, YEARS, basis, grid, on_grid, one
from tests.reference.small import small_basis

AVERAGE = FinalAverage(accrual=0.02, years=3)
PLACES = [(t, x, n) for t in (0, 4) for x in range(0, len(AGES), 3) for n in range(0, len(MONTHS), 6)]


def cell(answer, place):
    """An answer on the grid in one cell (year, age, service), of men of the first group."""
    t, x, n = place
    return on_grid(answer)[t, 0, 0, x, n]


def old_age(**changes):
    return OldAge(**{"retirement_age": 60, "qualifying_years": 10, "formula": AVERAGE} | changes)


def scheme(*benefits, **parts):
    return Scheme(name="S", currency="LTD", benefits=benefits, **parts)


def agree(answer, expected, places=PLACES):
    """An answer on the grid is what a function of year, age and years of service says."""
    whole = on_grid(answer)
    for t, x, n in places:
        assert whole[t, 0, 0, x, n] == pytest.approx(expected(YEARS[t], AGES[x], MONTHS[n] / 12), abs=1e-12)


WAYS = ({"age": 60, "years": 25}, {"age": 65, "years": 5, "below_years": 15}, {"age": 68, "below_years": 5})


def test_a_way_closes_with_service():
    """The second way is for 5 to 15 years, the third below 5; who has 15 to 25 years has no way at all."""

    def due(_, age, service):
        if service >= 25:
            return float(age >= 60)
        if 5 <= service < 15:
            return float(age >= 65)
        return float(age >= 68 and service < 5)

    agree(old_age(retirement_age=None, qualifying_years=None, conditions=WAYS).claim(grid()), due)
    never = [{"age": 60, "years": 10, "below_years": 80}]
    open_ended = old_age(retirement_age=None, qualifying_years=None, conditions=never).claim(grid())
    assert np.array_equal(on_grid(open_ended), on_grid(old_age().claim(grid())))


def test_two_pensions_of_one_age_exclude_each_other():
    basic = old_age(name="basic", retirement_age=None, qualifying_years=None,
                    conditions=[{"age": 60, "below_years": 10}])  # fmt: skip
    both = old_age().claim(grid()) + basic.claim(grid())
    agree(both, lambda _, age, __: float(age >= 60))


@pytest.mark.parametrize("until", [None, 62, 58, by_cohort({1960: 62, 1964: 66})])
def test_delay_counts_up_to_an_age(until):
    form = old_age(late_increase=0.06, late_until_age=until)

    def factor(year, age, _):
        end = {None: math.inf, 62: 62, 58: 58}.get(until if isinstance(until, int) else None, math.inf)
        if not isinstance(until, int) and until is not None:
            end = 62 if year - age < 1964 else 66
        return 1 + 0.06 * max(0, min(age, max(end, 60)) - 60)

    agree(form.age_factor(grid()), factor)
    assert form.age_factor(one(age=67, year=2030)) == pytest.approx(factor(2030, 67, 20))


def test_the_factor_may_depend_on_service_beside_a_maximum():
    """Where two ways differ in age the delay differs by service: the pension is factor x limited pension."""
    ways = ({"age": 58, "years": 25}, {"age": 60, "years": 15}, {"age": 65, "years": 5})
    limited = FinalAverage(accrual=0.02, years=1, maximum_pension=money(400, "month"),
                           minimum_pension=money(150, "month"), minimum_full_years=20)  # fmt: skip
    form = old_age(retirement_age=None, qualifying_years=None, conditions=ways, late_increase=0.05, formula=limited)
    held = law(scheme(form), basis()).claims[0].amounts
    assert len(held) == 1

    def paid(each, earned):
        rows = {name: np.asarray(getattr(each.unit, name).rows) for name in ("rate", "floor_share", "ceiling_share")}
        rate, share, top = (
            on_grid(xr.DataArray(rows[name], dims=("row", "service"), coords={"service": MONTHS})
                    .isel(row=getattr(each.unit, name).index).drop_vars("row", errors="ignore"))
            for name in rows
        )  # fmt: skip
        between = np.clip(rate * earned, on_grid(each.unit.floor) * share, on_grid(each.unit.ceiling) * top)
        return on_grid(each.multiple) * between

    for earned in (4_000.0, 12_000.0, 60_000.0):
        total = sum(paid(each, earned) for each in held)

        def due(_, age, service, earned=earned):
            limit = next((a for a, least in ((58, 25), (60, 15), (65, 5)) if service >= least - 1e-9), 65)
            pension = min(max(0.02 * service * earned, 1800 * min(1, service / 20)), 4800)
            return pension * (1 + 0.05 * max(0, age - limit))

        agree(xr.DataArray(total, dims=("year", "group", "sex", "age", "service")), due)


def test_a_maximum_that_nobody_reaches_changes_no_projection():
    data = small_basis().isel(year=slice(0, 2)).drop_vars("accounts_0", errors="ignore").sel(benefit=["old_age"])
    ways = ({"age": 58, "years": 25}, {"age": 60, "years": 10})
    line = Contribution(name="all", payer="employer", rate=0.1)

    def run(**limit):
        formula = FinalAverage(accrual=0.02, years=3, minimum_pension=money(3_000, "month"), **limit)
        form = OldAge(conditions=ways, late_increase=0.05, formula=formula)
        return ac.project(data, scheme(form, contributions=[line]))

    free, limited = run(), run(maximum_pension=money(1e7, "month"))
    for name in ("new_awards_amount", "claims_topup", "benefit_expenditure"):
        assert_allclose(limited[name], free[name], rtol=1e-9)
        assert float(free[name].sum()) > 0
    assert 0 < float(free["claims_at_minimum"].sum()) < float(free["claims_number"].sum())
    assert_allclose(limited["claims_at_minimum"], free["claims_at_minimum"], rtol=1e-9)


def test_invalidity_by_status_below_an_age_with_a_factor():
    ends = by_cohort({1900: 60, 1968: 62})
    form = Invalidity(
        qualifying_years=5, qualifying_years_inactive=15, below_age=ends, formula=AVERAGE,
        factor=by_age({52: 0.892, 55: 1.0}, path="ramp"),
    )  # fmt: skip
    claim, people = form.claim(grid()), grid()
    for status, years in (("active", 5), ("inactive", 15)):
        agree(
            claim.sel(status=status, drop=True),
            lambda year, age, n, years=years: float(n >= years and age < (60 if year - age < 1968 else 62)),
        )
    (held,) = form.award(people)
    agree(held.multiple, lambda _, age, __: max(0.892, 1 - 0.036 * max(0, 55 - age)))
    assert [amount.multiple for amount in form.pension(people, people.service)] == [1.0]
    agree(form.reached(people) * form.served(people).sel(status="active", drop=True),
          lambda year, age, n: float(n >= 5 and age < (60 if year - age < 1968 else 62)))  # fmt: skip


def test_survivors_have_their_share_without_the_factor():
    form = Invalidity(qualifying_years=5, formula=AVERAGE, projected_to_age=55, factor=0.5)
    whole = scheme(form, Widows(share=0.6, of="invalidity", follows=()))
    person = {"sex": "male", "born": 1980, "leaves": 2030, "months": 120, "earnings": 12_000}
    invalid = person_benefits(whole, event="invalidity", **person)["invalidity"]
    assert invalid.amount == pytest.approx(0.5 * 0.02 * 15 * 12_000)
    assert person_benefits(whole, event="death", **person)["widows"].amount == pytest.approx(0.6 * 0.02 * 15 * 12_000)


def test_who_no_longer_contributes_is_inactive():
    whole = scheme(Invalidity(qualifying_years=5, qualifying_years_inactive=15, formula=AVERAGE))
    person = {"event": "invalidity", "sex": "male", "born": 1980, "leaves": 2030, "earnings": 12_000}
    due = {(months, year): len(person_benefits(whole, months=months, year=year, **person))
           for months in (60, 179, 180) for year in (2030, 2031)}  # fmt: skip
    assert due == {(60, 2030): 1, (179, 2030): 1, (180, 2030): 1, (60, 2031): 0, (179, 2031): 0, (180, 2031): 1}


def test_a_grant_at_an_age_and_service_of_its_own():
    form = OldAgeGrant(months=1.5, years=3, from_age=62, below_years=by_cohort({1900: 12, 1966: 8}), claim_rate=0.7)
    claim = form.claim(grid(scheme(old_age(), form)))
    agree(claim, lambda year, age, n: 0.7 * (age >= 62 and n < (12 if year - age < 1966 else 8)))
    assert form.refers_to == ()
    alone = scheme(form)
    assert list(person_benefits(alone, event="retirement", sex="male", born=1960, leaves=2025, months=60,
                                earnings=100)) == ["old_age_grant"]  # fmt: skip


@given(st.integers(12, 400), st.floats(0, 5), st.floats(1_000, 90_000))
def test_a_grant_by_a_formula_is_that_by_months(months, stated, earned):
    def paid(**fields):
        whole = scheme(OldAgeGrant(from_age=60, below_years=80, **fields))
        person = {"sex": "female", "born": 1960, "leaves": 2025, "months": months, "earnings": earned}
        return person_benefits(whole, event="retirement", **person)["old_age_grant"].once

    by_formula = paid(formula=FinalAverage(accrual=stated / 12, years=4))
    assert by_formula == pytest.approx(paid(months=stated, years=4), rel=1e-12)
    assert by_formula == pytest.approx(stated / 12 * months / 12 * earned, rel=1e-12)


def test_shares_by_cohort_choose_a_formula_and_parts_add_up():
    old, new = FinalAverage(accrual=0.02, years=1), FinalAverage(accrual=0.01, years=4)
    chosen = (
        Phased(share={"cohort": {1900: 1, 1966: 0}}, formula=old),
        Phased(share={"cohort": {1900: 0, 1966: 1}}, formula=(new, Flat(amount=money(10, "month")))),
    )
    assert [len(each.award(grid(), grid().service)) for each in chosen] == [1, 2]
    earned = {year: 1_000.0 * (year - 2000) for year in range(2010, 2029)}
    for born in (1960, 1965, 1966, 1970):
        person = {"event": "retirement", "sex": "male", "born": born, "leaves": 2028, "months": 228}
        due = person_benefits(scheme(old_age(retirement_age=50, formula=chosen)), earnings=earned, **person)["old_age"]
        expected = 0.02 * 19 * 28_000 if born < 1966 else 0.01 * 19 * 26_500 + 120
        assert due.amount == pytest.approx(expected, rel=1e-12)
        parts = tuple(Phased(share=share, formula=old) for share in (0.3, step({2000: 0.7})))
        split = person_benefits(scheme(old_age(retirement_age=50, formula=parts)), earnings=earned, **person)
        assert split["old_age"].amount == pytest.approx(0.02 * 19 * 28_000, rel=1e-12)


def test_shares_of_formulas_inside_two_laws():
    inner = Phased(share=0.5, formula=Flat(amount=money(100, "month")))
    both = ProRata(since=2020, old=(inner, inner), new=inner)
    person = {"sex": "male", "born": 1960, "leaves": 2029, "months": 240, "earnings": 1}
    due = person_benefits(scheme(old_age(formula=both)), event="retirement", **person)["old_age"]
    assert due.per_month == pytest.approx(100 * 0.5 + 50 * 0.5)


def test_limits_of_earnings_in_average_wages():
    data = basis(growth=0.03)
    limits = InsurableEarnings(floor_wages=0.25, ceiling_wages=step({2000: 2.0, 2028: 2.5})).limits(grid(data=data))
    wages = [12_000 * 1.03 ** (year - 2025) for year in YEARS]
    assert_allclose(limits[0], [0.25 * wage for wage in wages], rtol=1e-12)
    assert_allclose(limits[1], [(2.0 if year < 2028 else 2.5) * wage for year, wage in zip(YEARS, wages, strict=True)])
    whole = scheme(old_age(), insurable_earnings=InsurableEarnings(ceiling_wages=2.0))
    person = one(whole, data=data, career=career(2028, 36, 1e9))
    mean = sum(24_000 * 1.03 ** (year - 2025) for year in (2026, 2027, 2028)) / 3
    assert person.reference_earnings(Reference(years=3)) == pytest.approx(mean, rel=1e-12)
    assert InsurableEarnings().limits(person) == (0.0, math.inf)
    with pytest.raises(BadScheme, match="has ceiling and ceiling_wages; give one of them"):
        InsurableEarnings(ceiling=money(1, "year"), ceiling_wages=2)
    with pytest.raises(BadInput, match="give basis="):
        InsurableEarnings(floor_wages=1).limits(one())


def test_a_ceiling_in_wages_projects_as_one_in_money_that_follows_wages():
    data = small_basis().isel(year=slice(0, 3)).drop_vars("accounts_0", errors="ignore").sel(benefit=["old_age"])
    wage = float((data["salary_0"] * data["active_0"].sum("service")).sum() / data["active_0"].sum())
    line = Contribution(name="all", payer="employer", rate=0.1)

    def run(**limits):
        return ac.project(data, scheme(old_age(), contributions=[line], insurable_earnings=InsurableEarnings(**limits)),
                          service="years")  # fmt: skip

    stated = run(ceiling=money(step({2024: 0.8 * wage}), "year", "wages"))
    by_wages = run(ceiling_wages=0.8)
    for name in ("total_insurable_earnings", "new_awards_amount", "benefit_expenditure"):
        assert_allclose(by_wages[name], stated[name], rtol=1e-10)
    assert float(by_wages["total_insurable_earnings"][0]) < 0.9 * float(run()["total_insurable_earnings"][0])


MINIMUM = MinimumInPayment(
    minimum={"value": 100, "per": "month"}, counted=0.6,
    from_age=by_cohort({1900: 60, 1966: 62}), any_age=("invalidity",),
)  # fmt: skip


def test_a_part_of_the_pension_counts_towards_the_minimum_from_an_age_on():
    people = grid(data=basis())
    shape = {"year": YEARS, "sex": ["male", "female"], "age": AGES}
    for name, anyone in (("old_age", False), ("invalidity", True)):
        pension = xr.DataArray(np.full((5, 2, 20), 1_500.0), coords=shape).assign_coords(benefit=name)
        found = MINIMUM.supplement(people, pension).drop_vars("benefit")
        agree(found, lambda year, age, _, anyone=anyone:
              300 * float(anyone or age >= (60 if year - age < 1966 else 62)))  # fmt: skip
    whole = MinimumInPayment(minimum={"value": 100, "per": "month"}, counted=0)
    assert float(whole.supplement(one(), 1e9)) == 1_200
    assert MINIMUM.supplement(one(age=61, year=2028), 1_990.0) == 0.0
    with pytest.raises(BadScheme, match="any_age names widows, which is not in accompanies"):
        MinimumInPayment(minimum={"value": 1, "per": "month"}, from_age=60, any_age=("widows",))
    with pytest.raises(BadScheme, match="any_age: has no meaning without from_age"):
        MinimumInPayment(minimum={"value": 1, "per": "month"}, any_age=("old_age",))


def test_supplements_are_due_beside_the_pension_of_one_person():
    attendance = AttendanceSupplement(needed_by=0.5, share=0.1, accompanies=("old_age",), payments=13)
    whole = scheme(attendance, old_age(payments=14), MINIMUM, Invalidity(qualifying_years=5, of="old_age"))
    person = {"sex": "male", "leaves": 2028, "months": 240, "earnings": 4_000}
    due = person_benefits(whole, event="retirement", born=1964, **person)
    assert list(due) == ["attendance_supplement", "old_age", "minimum_in_payment"]
    assert due["attendance_supplement"].per_year == pytest.approx(0.5 * 0.1 * 1_600 * 13 / 12)
    assert due["minimum_in_payment"].amount == pytest.approx(1_200 - 0.6 * 1_600)
    assert list(person_benefits(whole, event="retirement", born=1967, **person)) == ["attendance_supplement", "old_age"]
    due = person_benefits(whole, event="invalidity", born=1980, **person)
    assert list(due) == ["minimum_in_payment", "invalidity"]
    second = old_age(name="second", together_with="old_age", formula=Flat(amount=money(100, "year")))
    both = AttendanceSupplement(needed_by=1, share=0.1, accompanies=("old_age", "second"))
    again = scheme(old_age(), both, second)
    due = person_benefits(again, event="retirement", born=1964, **person)
    assert due["attendance_supplement"].amount == pytest.approx(0.1 * (1_600 + 100))


@given(st.booleans(), st.integers(0, 12), st.floats(0.05, 1), st.floats(0.1, 2), st.booleans())
def test_the_maximum_of_one_family(spouse, children, share, most, counts):
    orphans = Orphans(share=share, until_age=18, of="invalidity", family_maximum=most, follows=(),
                      beside="widows" if counts else None)  # fmt: skip
    pension = Invalidity(qualifying_years=0, formula=Flat(amount=money(1_000, "year")))
    widows = Widows(share=0.6, of="invalidity", follows=(), spouses="widows")
    person = {"sex": "male", "born": 1980, "leaves": 2030, "months": 120, "earnings": 12_000}
    due = person_benefits(scheme(pension, widows, orphans), event="death", family=(spouse, children), **person)
    room = max(0.0, most - (0.6 if spouse and counts else 0.0))
    each = min(share, room / children) if children else 0.0
    paid = {"widows": 600.0} if spouse else {}
    paid |= {"orphans": 1_000 * each} if children else {}
    assert {name: one.amount for name, one in due.items()} == pytest.approx(paid, abs=1e-9)


def test_a_family_is_that_of_the_person():
    whole = scheme(old_age(), Widows(share=0.5, spouses="widows", follows=()))
    person = {"born": 1980, "leaves": 2030, "months": 120, "earnings": 12_000}
    assert person_benefits(whole, event="death", sex="female", family=(True, 0), **person) == {}
    assert list(person_benefits(whole, event="death", sex="male", family=(True, 0), **person)) == ["widows"]
    with pytest.raises(BadInput, match="family: no benefit on exit depends on it; leave it out"):
        person_benefits(whole, event="exit", sex="male", family=(True, 0), **person)
    of_numpy = (np.bool_(True), np.int64(0))
    known = person_benefits(whole, event="death", sex="male", family=of_numpy, **person)
    assert known == person_benefits(whole, event="death", sex="male", family=(True, 0), **person)
    for wrong in ((1, 2), (True, -1), (True, 1.5), (True,), (True, True), (True, np.bool_(True)), 5):
        with pytest.raises(BadInput, match="give whether there is a spouse, and the number of children"):
            person_benefits(whole, event="death", sex="male", family=wrong, **person)


@pytest.mark.parametrize(
    ("family", "due"),
    [((False, 0), 0.0), ((True, 0), 240.0), ((False, 2), 2 * 0.05 * 1_000), ((True, 3), 240 + 3 * 0.05 * 1_000)],
)
@pytest.mark.parametrize("event", ["retirement", "invalidity"])
def test_supplements_for_a_known_family_of_a_pensioner(event, family, due):
    """20 a month for a wife and 5% of a pension of 1,000 a year for each child, without a basis."""
    whole = scheme(
        old_age(retirement_age=50, formula=Flat(amount=money(1_000, "year"))),
        Invalidity(qualifying_years=0, formula=Flat(amount=money(1_000, "year"))),
        DependantsSupplement(spouse_amount=money(20, "month"), spouses="wives", child_share=0.05, claim_rate=0.7),
    )
    person = {"sex": "male", "born": 1970, "leaves": 2030, "months": 240, "earnings": 12_000}
    found = person_benefits(whole, event=event, family=family, **person)
    assert found[{"retirement": "old_age"}.get(event, event)].amount == pytest.approx(1_000)
    assert ("dependants_supplement" in found) is (due > 0)
    assert due == 0 or found["dependants_supplement"].amount == pytest.approx(due)


def test_grants_say_one_way():
    for fields, told in (
        ({}, "needs either months"),
        ({"months": 1, "formula": AVERAGE}, "needs either months"),
        ({"formula": AVERAGE, "years": 3}, "years, revaluation and capped have no meaning with a formula"),
        ({"months": 1, "from_age": 60}, "from_age and below_years belong together"),
    ):
        with pytest.raises(BadScheme, match=told):
            OldAgeGrant(**fields)
