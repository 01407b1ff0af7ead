"""Dated numbers changed by one number, year by year."""

import math

import pytest

from actuarial.dated import at, by_cohort, by_group, by_sex, money, ramp, step
from actuarial.errors import BadInput
from actuarial.pension import FinalAverage, OldAge
from actuarial.pension.grants import FuneralGrant
from actuarial.scheme import Administration, Contribution, Funding
from actuarial.studies.dates import bounds_of_change, changed_number, legal_bounds, numbers_of

YEARS = range(2018, 2046)
WIDE = (-math.inf, math.inf)
VALUES = [
    0.05,
    step({2020: 0.04, 2030: 0.06, 2040: 0.08}),
    step({2032: 0.04, 2040: 0.08}),
    step({2020: ramp({2020: 0.02, 2030: 0.04}), 2035: by_sex(male=0.05, female=0.06)}),
    ramp({2020: 0.04, 2040: 0.08}),
    ramp({2035: 0.04, 2040: 0.08}),
    by_sex(male=step({2025: 0.03, 2035: 0.04}), female=0.02),
    by_group({"a": 0.03, "b": ramp({2020: 0.03, 2030: 0.09})}),
    by_cohort({1960: 0.02, 1985: 0.03}, path="ramp"),
]
WHO = [(sex, group) for sex in ("male", "female") for group in ("a", "b")]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("change", ["replace", "add", "multiply"])
@pytest.mark.parametrize("from_year", [None, 2019, 2030, 2033, 2040])
def test_every_year_from_the_first_one_changed(value, change, from_year):
    found = changed_number(value, 0.5, change, from_year, WIDE)
    for year in YEARS:
        for sex, group in WHO:
            place = {"year": year, "sex": sex, "group": group, "birth_year": year - 50}
            before = at(value, **place)
            after = {"replace": 0.5, "add": before + 0.5, "multiply": before * 0.5}[change]
            expected = before if from_year is not None and year < from_year else after
            assert at(found, **place) == pytest.approx(expected, rel=1e-14), (year, sex, group)


def test_money_keeps_its_unit_and_index():
    fixed = money(step({2025: 100.0, 2030: 120.0}), "month")
    found = changed_number(fixed, 10.0, "add", 2028, WIDE)
    assert [at(found, year=year) for year in (2027, 2028, 2031)] == [1200.0, 1320.0, 1560.0]
    indexed = money(step({2025: 100.0, 2030: 120.0}), "month", "wages")
    assert changed_number(indexed, 150.0, "replace", None, WIDE) == money(step({2025: 150.0}), "month", "wages")
    later = money(step({2025: 100.0, 2028: 150.0}), "month", "wages")
    assert changed_number(indexed, 150.0, "replace", 2028, WIDE) == later
    doubled = money(step({2025: 200.0, 2030: 240.0}), "month", "wages")
    assert changed_number(indexed, 2.0, "multiply", None, WIDE) == doubled
    with pytest.raises(BadInput, match="follows wages cannot be changed from 2028 on"):
        changed_number(indexed, 2.0, "multiply", 2028, WIDE)


@pytest.mark.parametrize(
    ("kind", "field", "bounds"),
    [
        (Contribution, "rate", (0.0, 1.0)),
        (Contribution, "amount", (0.0, math.inf)),
        (Funding, "target_reserve", (0.0, 100.0)),
        (Funding, "timing", (0.0, 1.0)),
        (Administration, "share_of_benefits", (0.0, 1.0)),
        (OldAge, "retirement_age", (0.0, 120.0)),
        (OldAge, "early_age", (0.0, 120.0)),
        (OldAge, "payments", (math.ulp(0.0), 24.0)),
        (FinalAverage, "accrual", (0.0, 1.0)),
        (FinalAverage, "maximum", (0.0, 10.0)),
        (FuneralGrant, "amount", (0.0, math.inf)),
        (OldAge, "name", WIDE),
        (str, "rate", WIDE),
    ],
)
def test_bounds_are_those_of_the_field(kind, field, bounds):
    assert legal_bounds(kind, field) == bounds


def test_bounds_of_a_change_keep_every_number_legal():
    numbers = numbers_of(step({2020: 0.04, 2030: by_sex(male=0.3, female=0.05)}), None)
    assert sorted(numbers) == [0.04, 0.05, 0.3]
    assert numbers_of(step({2020: 0.9, 2030: 0.06, 2040: 0.08}), 2035) == [0.06, 0.08]
    assert bounds_of_change(numbers, "replace", (0.0, 1.0)) == (0.0, 1.0)
    assert bounds_of_change(numbers, "add", (0.0, 1.0)) == (-0.04, 0.7)
    assert bounds_of_change(numbers, "multiply", (0.0, 1.0)) == (0.0, pytest.approx(1 / 0.3))
    assert bounds_of_change([-0.02, 0.05], "multiply", (-0.5, 1.0)) == (0.0, pytest.approx(20.0))
    assert bounds_of_change([-0.1, 0.05], "multiply", (-0.5, 1.0)) == (0.0, pytest.approx(5.0))
    assert changed_number(0.3, 1 / 0.3, "multiply", None, (0.0, 1.0)) <= 1.0
