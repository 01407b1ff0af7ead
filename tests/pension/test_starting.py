"""Pensions that start before or after the retirement age: months that count, factors of equal worth."""

import math

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from actuarial.demography.mortality import basis_life_table
from actuarial.errors import BadInput
from actuarial.pension import FinalAverage, OldAge
from actuarial.pension.early import annuities_left, counted, neutral
from actuarial.person import Person, make_grid
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


def test_a_fair_factor_needs_a_life_table():
    with pytest.raises(BadInput, match='a factor "actuarial" needs the life table of a basis; give basis='):
        old_age(**FAIR).age_factor(one(58, basis=None))
    last = int(BASIS["year"][-1])
    with pytest.raises(BadInput, match=f"mx: the basis has no year {last + 1}"):
        old_age(**FAIR).age_factor(one(58, year=last + 1))
