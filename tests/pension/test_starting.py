"""Pensions that start before or after the retirement age: months that count, factors of equal worth."""

import math

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from actuarial.demography.mortality import basis_life_table
from actuarial.errors import BadInput, BadScheme
from actuarial.forms import parse_scheme
from actuarial.pension import FinalAverage, OldAge
from actuarial.pension.early import AgeBand, annuities_left, counted, neutral, share_of
from actuarial.person import Person, make_grid
from actuarial.translation import language, message_of, told
from tests.oracle import old_age as oracle
from tests.reference.small import small_basis

FORMULA = FinalAverage(accrual=0.01, years=5)
BASIS = small_basis().isel(year=slice(0, 5))
YEAR = int(BASIS["year"][2])


def old_age(**changes):
    base = {"retirement_age": 62, "qualifying_years": 15, "formula": FORMULA, "early_age": 55, "early_rate": 0.2}
    return OldAge(**base | changes)


FAIR = {"early_reduction": "actuarial", "late_increase": "actuarial", "technical_interest": 0.03}


def one(age, sex="male", year=YEAR, basis=BASIS):
    return Person(year, "private", sex, age, 30.0, basis, None)


def columns(sex):
    table = basis_life_table(BASIS).sel(year=YEAR, sex=sex)
    return table["lx"].values.tolist(), table["Lx"].values.tolist(), float(BASIS["mx"].sel(year=YEAR, sex=sex)[-1])


@pytest.mark.parametrize("sex", ["male", "female"])
def test_factors_of_equal_worth(sex):
    benefit, (alive, lived, death) = old_age(**FAIR), columns(sex)
    for age in (55, 58, 61, 62, 63, 66, 70):
        expected = oracle.neutral_factor(alive, lived, death, 0.03, 62, age)
        assert benefit.age_factor(one(age, sex)) == pytest.approx(expected, rel=1e-12), age
    assert benefit.age_factor(one(62, sex)) == 1.0


def test_a_factor_of_equal_worth_under_a_constant_force_of_death():
    """(v p)^(R - x): every annuity for life is then the same at any age."""
    rate = xr.full_like(BASIS["mx"], 0.04)
    data = BASIS.assign(mx=rate, a0=xr.DataArray(0.5))
    survives = (1.0 - 0.02) / (1.0 + 0.02)
    for start in (55, 62, 69):
        factor = neutral(one(start, basis=data), 62, start, 0.03)
        assert factor == pytest.approx((survives / 1.03) ** (62 - start), rel=1e-3)


def test_without_interest_and_death_nothing_but_time_counts():
    """A pension to the last age and half a year beyond: its factor is the years left at R over those at the start."""
    rate = xr.full_like(BASIS["mx"], 0.0)
    rate[{"age": -1}] = 2.0
    data = BASIS.assign(mx=rate, a0=xr.DataArray(0.5))
    end = int(BASIS["age"][-1]) + 0.5
    assert neutral(one(55, basis=data), 62.5, 55.25, 0.0) == pytest.approx((end - 62.5) / (end - 55.25), rel=1e-12)


@settings(max_examples=20)
@given(st.floats(50.0, 99.0), st.floats(50.0, 99.0), st.floats(50.0, 99.0), st.floats(-0.02, 0.1))
def test_factors_multiply_and_rise_with_the_age_of_the_start(a, b, c, interest):
    person = one(60)
    parts = neutral(person, a, b, interest) * neutral(person, b, c, interest)
    assert parts == pytest.approx(neutral(person, a, c, interest), rel=1e-9)
    low, high = sorted((b, c))
    assert neutral(person, a, low, interest) <= neutral(person, a, high, interest) * (1 + 1e-12)


def test_worth_of_a_unit_of_pension_falls_with_age_and_is_of_the_sex_and_year():
    left = annuities_left(make_grid(BASIS, None), 0.02)
    assert set(left.dims) == {"year", "sex", "age"}
    assert bool((left.diff("age") < 0).all())
    alone = annuities_left(one(60, "female"), 0.02)
    assert np.array_equal(alone.values, left.sel(year=YEAR, sex="female").values)


RULES = [
    {"early_reduction": 0.06, "late_increase": 0.05},
    {"early_reduction": 0.005, "early_reduction_per": "month", "late_increase": 0.004, "late_increase_per": "month"},
    {"early_reduction": 0.005, "early_reduction_per": "started_month"},
    FAIR,
]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("limit", [60.0, 61.0])
def test_no_jump_as_the_retirement_age_moves_past_a_birthday(rule, limit):
    below, at, above = (
        old_age(retirement_age=limit + shift, **rule).age_factor(one(60)) for shift in (-1e-6, 0.0, 1e-6)
    )
    step = 0.005 / 2 if limit == 60.0 and rule.get("early_reduction_per") == "started_month" else 0.0
    assert below == pytest.approx(at, abs=1e-5 + step)
    assert above == pytest.approx(at, abs=1e-5 + step)
    if limit == 60.0:
        assert at == pytest.approx(1.0)


@pytest.mark.parametrize("rule", RULES)
def test_a_grid_has_the_factors_of_its_persons(rule):
    benefit, people = old_age(retirement_age=61.5, **rule), make_grid(BASIS, None)
    found = xr.DataArray(benefit.age_factor(people))
    for sex, age in (("male", 57), ("female", 61), ("male", 62), ("female", 70), ("male", 100)):
        cell = found.sel({d: v for d, v in (("year", YEAR), ("sex", sex), ("age", age)) if d in found.dims})
        assert float(cell) == pytest.approx(benefit.age_factor(one(age, sex)), rel=1e-12)


def test_months_that_count_are_those_of_starts_spread_over_the_year():
    """A birthday on any day, a start on any day of the year of age: whole and started months, counted one by one."""
    for years in (1, 2.5, 7):
        starts = [years + (i + 0.5) / 997 - 0.5 for i in range(997)]
        whole = sum(math.floor(12 * short) for short in starts) / len(starts)
        started = sum(math.ceil(12 * short) for short in starts) / len(starts)
        assert counted(years, "month") == pytest.approx(whole, abs=0.02)
        assert counted(years, "started_month") == pytest.approx(started, abs=0.02)
    assert [counted(0.0, per) for per in ("year", "month", "started_month")] == [0.0, 0.0, 0.0]


def test_a_reduction_by_whole_months():
    benefit = old_age(early_reduction=0.005, early_reduction_per="month")
    assert benefit.age_factor(one(58)) == pytest.approx(1 - 0.005 * 47.5)
    benefit = old_age(early_reduction=0.005, early_reduction_per="started_month")
    assert benefit.age_factor(one(58)) == pytest.approx(1 - 0.005 * 48.5)
    late = old_age(late_increase=0.004, late_increase_per="month")
    assert late.age_factor(one(65)) == pytest.approx(1 + 0.004 * 35.5)


@pytest.mark.parametrize(("per", "limit", "units"), [("month", 62, 36), ("started_month", 62, 36), ("month", 61.2, 45)])
def test_months_up_to_the_last_age_that_counts_are_those_of_everybody(per, limit, units):
    """Whoever starts after 65 has the months from the retirement age to 65: 36, or 45.6 of which 45 are whole."""
    for rates in (0.004, ({"rate": 0.004}, {"above": 2, "rate": 0.004})):
        late = old_age(retirement_age=limit, late_increase=rates, late_increase_per=per, late_until_age=65)
        assert late.age_factor(one(68)) == pytest.approx(1 + 0.004 * units, rel=1e-12)


AMERICAN = ({"rate": 5 / 900}, {"above": 3, "rate": 5 / 1200})
"""A month before the retirement age takes 5/9 of 1% of the pension, and beyond 36 months 5/12 of 1%."""


def by_month(months):
    return sum(5 / 900 if month <= 36 else 5 / 1200 for month in range(1, months + 1))


@pytest.mark.parametrize("age", [62, 63, 64, 65, 66])
def test_a_reduction_with_two_slopes_is_that_of_persons_by_their_months(age):
    """They start 12 (67 - age) months before it, up to six more and six less, of which the whole ones count."""
    benefit = old_age(retirement_age=67, early_reduction=AMERICAN, early_reduction_per="month")
    months = range(12 * (67 - age) - 6, 12 * (67 - age) + 6)
    assert benefit.age_factor(one(age)) == pytest.approx(1 - sum(map(by_month, months)) / 12, rel=1e-12)
    started = old_age(retirement_age=67, early_reduction=AMERICAN, early_reduction_per="started_month")
    expected = 1 - sum(by_month(month + 1) for month in months) / 12
    assert started.age_factor(one(age)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("age", "added"), [(66, 0.0), (67, 0.01), (68, 0.02 + 0.04 / 8), (70, 0.04 + 0.04 * 2)])
def test_an_increase_that_is_greater_beyond_some_years(age, added):
    """1% a year beyond 66, and 5% a year beyond 68: half of those of 68 are beyond it, by a quarter of a year."""
    benefit = old_age(retirement_age=66, late_increase=({"rate": 0.01}, {"above": 2, "rate": 0.05}))
    assert benefit.age_factor(one(age)) == pytest.approx(1 + added, rel=1e-12)


@pytest.mark.parametrize("per", ["year", "whole_year", "half_year", "month", "started_month"])
@pytest.mark.parametrize("limit", [60.0, 60.5])
def test_bands_of_one_rate_are_the_rate(per, limit):
    """For all years, sexes and ages, and for cohorts with rates of their own."""
    people, rate = make_grid(BASIS, None), {"cohort": {"1960": 0.004, "1970": 0.002}}
    pers = {"early_reduction_per": per, "late_increase_per": per}
    plain, bands = (
        old_age(retirement_age=limit, early_reduction=one, late_increase=one, **pers).age_factor(people)
        for one in (rate, ({"rate": rate}, {"above": 2, "rate": rate}))
    )
    assert float(plain.std()) > 0
    assert np.allclose(plain, bands, rtol=1e-12, atol=0)


def test_whole_years_are_those_of_starts_spread_over_the_year():
    benefit = old_age(late_increase=0.06, late_increase_per="whole_year")
    assert benefit.age_factor(one(65)) == pytest.approx(1 + 0.06 * 2.5)
    stepped = old_age(late_increase=({"rate": 0.06}, {"above": 3, "rate": 0.08}), late_increase_per="whole_year")
    assert stepped.age_factor(one(65)) == pytest.approx(1 + 0.06 * 2.5)
    assert stepped.age_factor(one(66)) == pytest.approx(1 + 0.06 * 3 + 0.08 * 0.5)


def test_half_years_are_those_of_starts_spread_over_the_year():
    """Who is 65 starts 2.5 to 3.5 years after 62 and has 5 or 6 half-years, and 1.5 to 2.5 years before 67, 3 or 4."""
    late = old_age(late_increase=0.01, late_increase_per="half_year")
    assert late.age_factor(one(65)) == pytest.approx(1 + 0.01 * 5.5)
    early = old_age(retirement_age=67, early_reduction=0.01, early_reduction_per="half_year")
    assert early.age_factor(one(65)) == pytest.approx(1 - 0.01 * (3 + 4) / 2)
    steps = ({"rate": 0.01}, {"above": 2, "rate": 0.03})
    stepped = old_age(retirement_age=67, early_reduction=steps, early_reduction_per="half_year")
    assert stepped.age_factor(one(65)) == pytest.approx(1 - 0.01 * 3.5)
    assert stepped.age_factor(one(64)) == pytest.approx(1 - 0.01 * 4 - 0.03 * 1.5)


@pytest.mark.parametrize("years", [2.2, 2.8, 3.4, 4.0])
def test_whole_years_beyond_a_part_of_one_count_from_there(years):
    """Of those who all start so many years late as of those who start within a moment of it."""
    rates = (AgeBand(rate=0.05), AgeBand(above=2.5, rate=0.02))
    expected = 0.05 * math.floor(years) - 0.03 * max(math.floor(years - 2.5), 0)
    for spread in (0.0, 1e-9):
        found = share_of(rates, None, years + 1e-6, spread, "whole_year")
        assert found == pytest.approx(expected, abs=1e-6)


SLOPES = "[{ rate = 0.0666666667 }, { above = 3, rate = 0.05 }]"
LAW = """
name = "S"
currency = "LTD"
[[benefit]]
form = "old_age"
retirement_age = 67
qualifying_years = 10
early_age = 62
early_rate = 0.2
early_reduction = SLOPES
formula = { form = "final_average", accrual = 0.01, years = 5 }
""".replace("SLOPES", SLOPES)


@pytest.mark.parametrize(
    ("right", "wrong", "said", "french"),
    [
        ("[{ rate = 0.0666666667 }, ", "[", "needs rates from the retirement age on", "à partir de l’âge"),
        ("above = 3, ", "", "needs rates from the retirement age on", "dans l’ordre de above"),
        ("rate = 0.05", "rate = 5", r"early_reduction\[1\].rate: must be <= 1", "early_reduction[1].rate"),
        (SLOPES, '"fair"', "rates by years or", "taux selon les années"),
    ],
)  # fmt: skip
def test_wrong_bands_are_told(right, wrong, said, french):
    assert parse_scheme(LAW).benefits[0].age_factor(one(63)) == pytest.approx(1 - 0.2 - 0.05, abs=1e-9)
    with pytest.raises(BadScheme, match=said) as caught:
        parse_scheme(LAW.replace(right, wrong))
    assert french in told(message_of(caught.value), language("fr"))


def test_a_fair_factor_needs_a_life_table():
    with pytest.raises(BadInput, match='a factor "actuarial" needs the life table of a basis; give basis='):
        old_age(**FAIR).age_factor(one(58, basis=None))
    last = int(BASIS["year"][-1])
    with pytest.raises(BadInput, match=f"mx: the basis has no year {last + 1}"):
        old_age(**FAIR).age_factor(one(58, year=last + 1))
