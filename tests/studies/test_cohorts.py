"""Whole packages on retirement and replacement rates by cohort, against numbers worked out by hand."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import xarray as xr

import actuarial as ac
from actuarial.dated import by_cohort, by_sex, money, step
from actuarial.earned import Account
from actuarial.errors import BadInput, BadScheme
from actuarial.pension import (
    AttendanceSupplement,
    Balance,
    Condition,
    FinalAverage,
    Flat,
    Indexation,
    MemberAccount,
    MinimumInPayment,
    OldAge,
    OldAgeGrant,
    Recent,
)
from actuarial.scheme import Amount, Benefit, Contribution, InsurableEarnings, Scheme
from actuarial.studies.cohorts import cohort_replacement_rates
from actuarial.studies.replacement import Careers, replacement_rates
from tests.reference.small import small_basis

CAREERS = Careers(years=(20, 30), earnings=(0.5, 3.0), retirement=(2030,))
GROWTH, PAST = 1.04, 1.045


@pytest.fixture(scope="module")
def small():
    return small_basis()


def scheme(*benefits, **fields):
    return Scheme(name="S", currency="LTD", benefits=benefits, **fields)


def wage(basis, year):
    """Average wage: growth of 4% from 2025 on, 4.5% before."""
    people = basis["active_0"].sum("service")
    mean = float((people * basis["salary_0"]).sum() / people.sum())
    return mean * (GROWTH ** (year - 2024) if year >= 2024 else PAST ** (year - 2024))


def tiers(**fields):
    """A flat pension of 2,000 a month and beside it 1% a year of final earnings for those with 25 years."""
    flat = OldAge(retirement_age=60, qualifying_years=10, formula=Flat(amount={"value": 2_000, "per": "month"}))
    own = OldAge(
        **{
            "name": "earnings", "retirement_age": 60, "qualifying_years": 25, "payments": 13,
            "together_with": "old_age", "formula": FinalAverage(accrual=0.01, years=1),
        } | fields
    )  # fmt: skip
    return flat, own


def test_two_tiers_with_supplements_by_hand(small):
    """The second tier for the long career only; a tenth for attendance on both; up to 2,500 a month on the first."""
    tenth = AttendanceSupplement(accompanies=("old_age", "earnings"), needed_by=0.5, share=0.2)
    least = MinimumInPayment(accompanies=("old_age",), minimum={"value": 2_500, "per": "month"})
    found = replacement_rates(small, scheme(*tiers(), tenth, least), CAREERS)
    for level in (0.5, 3.0):
        last = level * wage(small, 2030)
        short = 24_000 + 0.1 * 24_000 + 6_000
        long = short + 0.30 * last * 13 / 12 + 0.1 * 0.30 * last
        one = found.sel(earnings_level=level, sex="female", year_of_retirement=2030)
        assert float(one.pension_at_retirement.sel(career=20)) == pytest.approx(short, rel=1e-12)
        assert float(one.pension_at_retirement.sel(career=30)) == pytest.approx(long, rel=1e-12)
        assert float(one.replacement_rate.sel(career=30)) == pytest.approx(long / last, rel=1e-12)


def test_points_by_hand(small):
    """A point for each year of average earnings, at most two; 1% of the average wage of 2030 for each."""
    value = money(step({2025: 0.01 * wage(small, 2025)}), "year", "wages")
    points = MemberAccount(name="points", credits="points")
    limits = InsurableEarnings(ceiling=money(step({2025: 2.0 * wage(small, 2025)}), "year", "wages"))
    pension = OldAge(retirement_age=60, qualifying_years=10, formula=Balance(account="points", value=value))
    law = scheme(pension, accounts=(points,), insurable_earnings=limits)
    found = replacement_rates(small, law, CAREERS).sel(sex="male", year_of_retirement=2030)
    worth = 0.01 * wage(small, 2030)
    for years in (20, 30):
        half = found.pension_at_retirement.sel(career=years, earnings_level=0.5)
        rich = found.pension_at_retirement.sel(career=years, earnings_level=3.0)
        assert float(half) == pytest.approx(0.5 * years * worth, rel=1e-12)
        assert float(rich) == pytest.approx(2.0 * years * worth, rel=1e-9)
        rate = found.replacement_rate.sel(career=years, earnings_level=0.5)
        assert float(rate) == pytest.approx(0.01 * years, rel=1e-12)


def test_a_notional_account_by_hand(small):
    """16% a year with the growth of wages: each year's credit is 16% of the wage of 2030, those of 2030 unindexed."""
    account = MemberAccount(name="notional", rate=0.16, growth="wages")
    pension = OldAge(retirement_age=60, qualifying_years=10, formula=Balance(account="notional", divisor=18))
    found = replacement_rates(small, scheme(pension, accounts=(account,)), CAREERS)
    assert float(found.replacement_rate.sel(career=30, earnings_level=3.0, sex="male")[0]) == pytest.approx(
        30 * 0.16 / 18, rel=1e-10
    )


@dataclass(frozen=True)
class Looking(Benefit):
    """A pension of a balance that grows by the reserve ratio of the year before."""

    name: str = "old_age"
    on: str | None = "retirement"

    def claim(self, person: Any) -> Any:
        return 1.0 * (person.age >= 60)

    def award(self, person: Any) -> Amount:
        def growth(basis, finance):
            ratio = 0.0 if finance is None else finance["reserve_ratio"].shift(year=1, fill_value=0.0)
            return 0.0 * basis["year"] + ratio

        return Amount(rate=1.0, base=Account("looking", credits="months", growth=growth))


def test_accounts_that_look_back_read_the_finances_given(small):
    """240 months, those before the last five grown by 10% in 2028 and 2029."""
    ratios = xr.DataArray([0, 0, 0.1, 0.1, 0, 0, 0, 0, 0, 0], dims="year", coords={"year": small["year"]})
    careers = Careers(years=(20,), earnings=(1.0,), retirement=(2030,))
    known = xr.Dataset({"reserve_ratio": ratios})
    plain = replacement_rates(small, scheme(Looking()), careers)
    found = replacement_rates(small, scheme(Looking()), careers, finance=known)
    by_hand = 0.0
    for year in range(2011, 2031):
        by_hand = by_hand * (1.1 if year in (2028, 2029) else 1.0) + 12
    np.testing.assert_allclose(plain.pension_at_retirement.values.ravel(), 240.0, rtol=1e-12)
    np.testing.assert_allclose(found.pension_at_retirement.values.ravel(), by_hand, rtol=1e-12)


def test_conditions_decide_with_the_career(small):
    """60 with 25 years, or 63 with 15: the long career retires at 60, and the short one has nothing then."""
    ways = (Condition(age=60, years=25, recent=Recent(months=36, in_years=5)), Condition(age=63, years=15))
    pension = OldAge(conditions=ways, formula=Flat(amount={"value": 1_000, "per": "month"}))
    found = replacement_rates(small, scheme(pension), CAREERS).sel(earnings_level=0.5, sex="male")
    assert found.age_at_retirement.values.tolist() == [60.0]
    assert np.isnan(found.pension_at_retirement.sel(career=20)).all()
    assert float(found.pension_at_retirement.sel(career=30)[0]) == pytest.approx(12_000.0)
    alone = replacement_rates(small, scheme(pension), Careers(years=(20,), earnings=(0.5,), retirement=(2030,)))
    assert alone.age_at_retirement.values.ravel().tolist() == [63.0, 63.0]
    assert alone.pension_at_retirement.values.ravel().tolist() == pytest.approx([12_000.0] * 2)


@dataclass(frozen=True)
class Part(Benefit):
    """A pension that a share of the persons starts."""

    name: str = "part"
    on: str | None = "retirement"
    part: float = 0.25
    amount: float = 6_000.0
    together_with: str | None = None
    lump_sum: bool = False

    def claim(self, person: Any) -> Any:
        return self.part * (person.age >= 60)

    def award(self, person: Any) -> Amount:
        return Amount(rate=self.amount, base="currency")


@pytest.mark.parametrize(
    ("benefits", "expected"),
    [
        ([Part(part=0.25)], 6_000.0),
        ([Part(part=0.25), Part("other", part=0.75, amount=2_000.0)], 0.25 * 6_000 + 0.75 * 2_000),
        ([Part(part=0.25), Part("grant", part=0.75, amount=9e9, lump_sum=True)], 6_000.0),
        ([Part(part=0.5), Part("beside", part=0.4, amount=1_000.0, together_with="part")], 6_400.0),
        ([Part(part=0.5, lump_sum=True), Part("beside", part=1.0, amount=1_000.0, together_with="part")], 1_000.0),
    ],
)
def test_shares_of_a_package(small, benefits, expected):
    """What starts instead of each other is a mean, what is drawn together a sum."""
    careers = Careers(years=(20,), earnings=(1.0,), retirement=(2030,))
    found = replacement_rates(small, scheme(*benefits), careers)
    np.testing.assert_allclose(found.pension_at_retirement.values.ravel(), expected, rtol=1e-12)


def test_pensions_that_exclude_each_other_and_are_both_due_are_refused(small):
    both = scheme(Part(part=0.75), Part("other", part=0.75))
    with pytest.raises(BadScheme, match=r"sum to 1\.5: part, other\."):
        replacement_rates(small, both, Careers(years=(20,), earnings=(1.0,), retirement=(2030,)))


def test_a_lump_sum_instead_of_the_pension_has_no_part(small):
    law = scheme(tiers()[0], OldAgeGrant(months=1, years=2))
    found = replacement_rates(small, law, Careers(years=(5, 20), earnings=(1.0,), retirement=(2030,)))
    assert np.isnan(found.pension_at_retirement.sel(career=5)).all()
    np.testing.assert_allclose(found.pension_at_retirement.sel(career=20).values.ravel(), 24_000, rtol=1e-12)


def test_cohorts_before_and_after_a_reform_by_hand(small):
    """From 60 to 62 for those born from 1970 on, women two years earlier; 1.5% a year instead of 2%."""
    def law(accrual, late):
        formula = FinalAverage(accrual=accrual, years=1)
        return scheme(OldAge(retirement_age=late, qualifying_years=10, formula=formula))

    before = law(0.02, by_sex(male=60, female=58))
    after = law(0.015, by_sex(
        male=by_cohort({1900: 60, 1970: 62}), female=by_cohort({1900: 58, 1970: 60})
    ))  # fmt: skip
    found = cohort_replacement_rates(
        small, {"before": before, "after": after}, [1969, 1971], Careers(years=(20, 30), earnings=(0.5, 2.0))
    )
    assert found.replacement_rate.dims == ("run", "career", "earnings_level", "sex", "cohort")
    assert found.retirement_year.sel(run="before").values.tolist() == [[2029, 2031], [2027, 2029]]
    assert found.retirement_year.sel(run="after").values.tolist() == [[2029, 2033], [2027, 2031]]
    assert found.age_at_retirement.sel(run="after", cohort=1971).values.tolist() == [62.0, 60.0]
    np.testing.assert_allclose(found.replacement_rate.sel(run="before", career=30), 0.60, rtol=1e-12)
    np.testing.assert_allclose(found.replacement_rate.sel(run="after", career=20), 0.30, rtol=1e-12)
    last = found.earnings_at_retirement.sel(run="after", earnings_level=2.0, sex="male", cohort=1971)
    assert float(last) == pytest.approx(2.0 * wage(small, 2033), rel=1e-12)


def test_a_cohort_has_the_rates_of_its_year_of_retirement(small):
    law = scheme(*tiers())
    by_year = replacement_rates(small, law, CAREERS).isel(year_of_retirement=0)
    careers = Careers(years=CAREERS.years, earnings=CAREERS.earnings)
    found = cohort_replacement_rates(small, {"now": law}, [1970], careers).isel(run=0, cohort=0)
    for name in ("replacement_rate", "career_replacement_rate", "pension_at_retirement"):
        np.testing.assert_array_equal(found[name], by_year[name])
    two = ac.scenarios(small, central=lambda b: b, fast=lambda b: b.assign(wage_growth=b.wage_growth + 0.02))
    both = cohort_replacement_rates(two, {"now": law}, [1970], careers)
    assert both.replacement_rate.dims == ("run", "scenario", "career", "earnings_level", "sex", "cohort")
    np.testing.assert_array_equal(both.replacement_rate.isel(run=0, scenario=0, cohort=0), by_year.replacement_rate)


@pytest.mark.parametrize(
    ("born", "careers", "text"),
    [
        ([1960], None, r"male born in 1960 have passed the pensionable age of old_age before 2025"),
        ([1990], None, r"male born in 1990 do not pass the pensionable age of old_age by 2034"),
        ([1970, 1970], None, r"give each year of birth once; 1970 is there 2 times"),
        ([], None, r"none is given"),
        (1970, None, r"born must be years of birth, such as range\(1965, 2000, 5\) \(got 1970\)"),
        ([1970.5], None, r"born must be years of birth, such as range\(1965, 2000, 5\) \(got \[1970.5\]\)"),
        ([1970], CAREERS, r"years of retirement follow from the cohorts"),
    ],
)
def test_cohorts_that_cannot_be_meant(small, born, careers, text):
    with pytest.raises(BadInput, match=text):
        cohort_replacement_rates(small, {"now": scheme(*tiers())}, born, careers)
    with pytest.raises(BadInput, match="give at least one law by name"):
        cohort_replacement_rates(small, {}, [1970])


def test_projections_accept_what_the_study_accepts(small):
    """The two-tier scheme is one that can be projected, and the indexation of its parts does not touch the award."""
    first, second = tiers(indexation=Indexation(prices=1.0))
    basis = small.isel(year=slice(0, 2))
    basis = basis.assign({name: basis[name].where(basis["benefit"] == "old_age", 0.0) for name in ("pensioners_0",)})
    law = scheme(first, second, contributions=(Contribution(name="all", payer="employee", rate=0.1),))
    result = ac.project(basis, law, service="years")
    place = {"benefit": "earnings", "year": 2026, "sex": "male"}
    assert float(result.new_awards.sel(place).sum()) > 0
