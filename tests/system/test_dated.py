"""Numbers that change with the law: each way to write one, and a grid that answers as its cells do."""

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from actuarial.dated import (
    ByCohort,
    ByYear,
    Misstated,
    Money,
    at,
    by_age,
    by_cohort,
    by_group,
    by_sex,
    choose,
    clip,
    evaluate,
    leaves,
    money,
    parse,
    parse_money,
    plain,
    ramp,
    step,
)
from actuarial.errors import BadInput, BadScheme
from actuarial.person import Person

YEARS, AGES, SEXES, GROUPS = np.arange(2025, 2031), np.arange(50, 70), ["male", "female"], ["private", "public"]
GROWTH = {"wages": 0.04, "prices": 0.02}


def labels(dim, values):
    return xr.DataArray(values, dims=dim, coords={dim: values})


class Place(Person):
    """A person, or a grid of them, where wages and prices grow at constant rates from 2024 on."""

    def index(self, name, year=None):
        return (1.0 + GROWTH[name]) ** ((self.year if year is None else year) - 2024)


def place(year, group, sex, age):
    return Place(year=year, group=group, sex=sex, age=age, service=0.0, basis=None, scheme=None)


GRID = place(labels("year", YEARS), labels("group", GROUPS), labels("sex", SEXES), labels("age", AGES))
KEYS = st.integers(2022, 2034)
BIRTHS = st.integers(1955, 1983)
NUMBERS = st.floats(-1000, 1000, allow_nan=False).map(lambda x: round(x, 3))


def points(keys, values):
    return st.dictionaries(keys, values, min_size=1, max_size=3)


def split(inner):
    return st.one_of(
        st.builds(step, points(KEYS, inner)),
        st.builds(ramp, points(KEYS, inner)),
        st.builds(by_cohort, points(BIRTHS, inner), st.sampled_from(["step", "ramp"])),
        st.builds(by_age, points(st.integers(50, 70), inner), st.sampled_from(["step", "ramp"])),
        st.builds(lambda m, f: by_sex(male=m, female=f), inner, inner),
        st.builds(lambda a, b: by_group({"private": a, "public": b}), inner, inner),
    )


DATED = st.recursive(NUMBERS, split, max_leaves=6)
STEPS = st.builds(step, points(KEYS, NUMBERS))
INDEXED = st.one_of(
    STEPS,
    st.builds(lambda m, f: by_sex(male=m, female=f), STEPS, STEPS),
    st.builds(lambda a, b: by_group({"private": a, "public": b}), STEPS, STEPS),
)
MONEY = st.one_of(
    st.builds(money, DATED, st.sampled_from(["week", "month", "year", "once"])),
    st.builds(money, INDEXED, st.sampled_from(["week", "month", "year"]), st.sampled_from(["wages", "prices"])),
)


@given(st.one_of(DATED, MONEY))
def test_a_grid_answers_as_its_cells_do(value):
    answer = evaluate(value, GRID)
    dims = ("year", "group", "sex", "age")
    shape = [len(YEARS), len(GROUPS), len(SEXES), len(AGES)]
    if isinstance(answer, xr.DataArray):
        assert set(answer.dims) <= set(dims)
        coords = {"year": YEARS, "group": GROUPS, "sex": SEXES, "age": AGES}
        answer = answer.expand_dims({d: coords[d] for d in dims if d not in answer.dims}).transpose(*dims).values
    full = np.broadcast_to(answer, shape)
    for i, j, k, m in [(0, 0, 0, 0), (5, 1, 1, 19), (2, 0, 1, 7), (3, 1, 0, 12), (4, 0, 0, 19), (1, 1, 1, 3)]:
        cell = evaluate(value, place(int(YEARS[i]), GROUPS[j], SEXES[k], int(AGES[m])))
        assert isinstance(cell, float)
        assert full[i, j, k, m] == pytest.approx(cell, rel=1e-12, abs=1e-12)


@given(DATED)
def test_a_number_is_read_back_as_it_is_written(value):
    assert parse(plain(value)) == value
    assert parse(value) == value


@given(MONEY)
def test_money_is_read_back_as_it_is_written(value):
    assert parse_money(plain(value)) == value


@given(DATED)
def test_every_leaf_is_a_number_with_its_keys(value):
    found = list(leaves(value))
    assert found
    for path, number in found:
        inner = plain(value)
        for key in path:
            inner = inner[key]
        assert inner == number


@pytest.mark.parametrize("value", [np.int64(60), np.float32(60.5), Fraction(121, 2)])
def test_numbers_of_other_programs_are_numbers(value):
    """Ages out of an array or of a table of pandas."""
    assert parse(value) == float(value)
    assert step({2026: value}) == step({2026: float(value)})


def test_step_holds_from_each_year_and_the_first_value_before():
    rate = step({2035: 0.06, 2025: 0.05})
    assert [at(rate, year=y) for y in (1990, 2025, 2034, 2035, 2100)] == [0.05, 0.05, 0.05, 0.06, 0.06]


def test_ramp_is_straight_between_and_flat_outside():
    age = ramp({2025: 60, 2045: 65})
    assert [at(age, year=y) for y in (2000, 2025, 2029, 2045, 2060)] == [60, 60, 61, 65, 65]


def test_a_ramp_of_one_point_is_constant():
    assert at(ramp({2025: 60}), year=2000) == at(ramp({2025: 60}), year=2050) == 60.0


def test_by_age_reads_the_age_reached():
    gains = by_age({0: 0.001, 50: 0.004, 60: by_sex(male=0.01, female=0.008)})
    found = [at(gains, age=age, sex="male") for age in (20, 49, 50, 59, 60, 99)]
    assert found == [0.001, 0.001, 0.004, 0.004, 0.01, 0.01]
    assert at(gains, age=70, sex="female") == 0.008
    assert at(by_age({60: 20.0, 70: 15.0}, path="ramp"), age=62) == 19.0
    assert parse(plain(gains)) == gains
    with pytest.raises(Misstated, match="not an age between 0 and 150"):
        by_age({2030: 0.1})


def test_by_cohort_reads_the_year_of_birth():
    age = by_cohort({1960: 60, 1970: 65}, path="ramp")
    assert [at(age, birth_year=b) for b in (1950, 1960, 1962, 1970, 1990)] == [60, 60, 61, 65, 65]
    assert evaluate(age, place(2030, "private", "male", 65)) == at(age, birth_year=1965)


def test_nested_numbers():
    value = by_group({"private": by_sex(male=65, female=ramp({2025: 60, 2035: 65})), "public": step({2030: 62})})
    assert at(value, group="private", sex="female", year=2027) == 61.0
    assert at(value, group="private", sex="male") == 65.0
    assert at(value, group="public", year=2000) == 62.0


def test_a_ramp_between_numbers_that_differ_by_sex():
    value = ramp({2025: by_sex(male=60, female=55), 2035: 65})
    assert (at(value, year=2030, sex="male"), at(value, year=2030, sex="female")) == (62.5, 60.0)


def test_money_is_in_currency_per_year():
    assert at(money(100, "month")) == 1200.0
    assert at(money(100, "year")) == 100.0
    assert at(money(100, "once")) == 100.0
    ceiling = money(step({2025: 15_000, 2026: 17_500}), "month")
    assert (at(ceiling, year=2025), at(ceiling, year=2026)) == (180_000.0, 210_000.0)


def test_indexed_money_grows_from_each_stated_year_and_back_from_the_first():
    limit = money(step({2026: 100, 2029: 500}), "year", "wages")
    values = {year: evaluate(limit, place(year, "private", "male", 60)) for year in (2024, 2026, 2028, 2029, 2030)}
    assert values == pytest.approx({2024: 100 / 1.04**2, 2026: 100, 2028: 100 * 1.04**2, 2029: 500, 2030: 500 * 1.04})


def test_indexed_money_by_sex():
    limit = money(by_sex(male=step({2025: 10}), female=step({2026: 20})), "month", "prices")
    assert evaluate(limit, place(2026, "private", "male", 60)) == pytest.approx(10 * 12 * 1.02)
    assert evaluate(limit, place(2026, "private", "female", 60)) == pytest.approx(240)


def test_a_number_that_needs_more_says_what():
    with pytest.raises(BadInput, match=r"changes with birth_year; say which: at\(value, birth_year=\.\.\.\)"):
        at(by_cohort({1960: 60}), year=2030)
    with pytest.raises(BadInput, match="the amount follows wages; evaluate it for a person with a basis"):
        at(money(step({2025: 10}), "year", "wages"), year=2030)


def test_a_group_without_a_value_is_named():
    value = by_group({"private": 1.0})
    with pytest.raises(BadScheme, match="no value for public; it has private"):
        evaluate(value, GRID)
    with pytest.raises(BadScheme, match="no value for miners"):
        at(value, group="miners")


MISTAKES = [
    ("sixty", r"must be a number, or a table of numbers by year, cohort, age, sex or group \(got 'sixty'\)", ()),
    (True, r"must be a number, or a table", ()),
    (float("nan"), r"must be a finite number \(got nan\)", ()),
    ({}, "is empty; give at least one year and its value", ()),
    ({"2025": "x"}, "must be a number", ("2025",)),
    ({"205": 1}, "is not a year of four digits", ("205",)),
    ({"2025": 1, "path": "slope"}, r'must be "step" or "ramp" \(got \'slope\'\)', ("path",)),
    ({"twenty": 1}, "unknown key; a number that changes is written", ("twenty",)),
    ({"male": 1}, "a number by sex needs both; female is missing", ()),
    ({"male": 1, "female": 2, "2025": 3}, "unknown key beside male; the keys are male, female", ("2025",)),
    ({"male": 1, "female": 2, "path": "ramp"}, "unknown key beside male", ("path",)),
    ({"group": {"a": 1}, "path": "ramp"}, "unknown key beside group", ("path",)),
    ({"cohort": {"1960": 1}, "path": "slope"}, 'must be "step" or "ramp"', ("path",)),
    ({"cohort": {}}, "is empty; give at least one year of birth", ()),
    ({"cohort": {"1960": {"male": 1}}}, "female is missing", ("cohort", "1960")),
    ({"cohort": 3}, r"must be a table \(got 3\)", ("cohort",)),
    ({"group": {}}, "names no group", ("group",)),
    ({"group": {"a": None}}, "must be a number", ("group", "a")),
]


@pytest.mark.parametrize(("raw", "text", "path"), MISTAKES)
def test_a_mistake_says_what_and_where(raw, text, path):
    with pytest.raises(Misstated, match=text) as caught:
        parse(raw)
    assert caught.value.path == path


MONEY_MISTAKES = [
    (100, r'needs its unit; write \{ value = 100, per = "month" \}', ()),
    ({"value": 100}, 'per is missing; write per = "week"', ()),
    ({"value": 100, "per": "day"}, r'must be "week", "month", "year" or "once" \(got \'day\'\)', ("per",)),
    ({"value": 100, "per": "year", "indexed": "gold"}, 'must be "none", "wages" or "prices"', ("indexed",)),
    ({"value": 100, "per": "year", "indexed": "wages"}, r"needs the year from which it does: \{ 2025 = 100", ()),
    ({"value": 100, "per": "year", "2025": 3}, "unknown key beside value; the keys are value, per, indexed", ("2025",)),
    ({"value": {"2025": "x"}, "per": "year"}, "must be a number", ("value", "2025")),
    ({"2025": 1, "2030": 2, "path": "ramp", "per": "year", "indexed": "wages"}, "cannot be a ramp as well", ("path",)),
    ({"cohort": {"1960": 1}, "per": "year", "indexed": "wages"}, "by year of birth or age cannot follow", ("cohort",)),
]


@pytest.mark.parametrize(("raw", "text", "path"), MONEY_MISTAKES)
def test_a_mistake_in_money_says_what_and_where(raw, text, path):
    with pytest.raises(Misstated, match=text) as caught:
        parse_money(raw)
    inner = caught.value.path
    assert inner[-len(path) :] == path if path else inner in ((), ("value",))


def test_points_given_by_hand_must_be_in_order_and_once():
    with pytest.raises(Misstated, match="each year must be given once, in order"):
        ByYear(((2030, 1.0), (2025, 2.0)))
    with pytest.raises(Misstated, match="each year of birth must be given once"):
        ByCohort(((1960, 1.0), (1960, 2.0)))


def test_clip_and_choose_on_labels_and_on_numbers():
    line = xr.DataArray([0.0, 5.0, 10.0], dims="age")
    assert clip(line, 1.0, 8.0).values.tolist() == [1.0, 5.0, 8.0]
    assert clip(12.0, 1.0, 8.0) == 8.0
    assert clip(3.0, line, 20.0).values.tolist() == [3.0, 5.0, 10.0]
    assert choose(line > 4, 1.0, 0.0).values.tolist() == [0.0, 1.0, 1.0]


def test_money_is_frozen_and_compares_by_value():
    assert money(5, "year") == Money(5.0, "year")
    assert hash(step({2025: 1})) == hash(step({2025: 1.0}))
    with pytest.raises(AttributeError):
        money(5, "year").per = "month"


def test_an_object_with_the_coordinates_is_a_person():
    person = SimpleNamespace(year=2030, group="private", sex="female", birth_year=1970)
    assert evaluate(by_sex(male=1, female=step({2025: 2, 2030: 3})), person) == 3.0


def test_a_word_that_is_no_sex_is_refused():
    with pytest.raises(BadInput, match="sex: 'Male' is unknown"):
        at(by_sex(male=1, female=2), sex="Male")


@pytest.mark.parametrize("build", [step, ramp, by_cohort])
def test_a_number_is_no_table_of_years(build):
    with pytest.raises(BadScheme) as caught:
        build(60)
    assert str(caught.value) == "a number that changes needs years and values, {2025: ..., 2035: ...} (got 60)"


def test_a_number_is_no_table_of_groups():
    with pytest.raises(BadScheme) as caught:
        by_group(0.05)
    assert str(caught.value) == 'a number by group needs groups and their values, {"NAME": ...} (got 0.05)'


def test_a_mistake_names_its_place():
    with pytest.raises(Misstated, match=r"^65: is not a year of four digits$"):
        ramp({65: 2026})
