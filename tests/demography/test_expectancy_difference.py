"""Differences of life expectancies by age: replaced ages, an integral, causes, identities, and what is refused."""

from itertools import pairwise

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.demography import cause_deleted_table, life_expectancy_difference, life_table
from actuarial.errors import BadDimensions, BadInput, MissingVariable, OutOfBounds

AGES = np.array([0, 1, *range(5, 90, 5)])
BEFORE = np.where(AGES < 1, 0.05, np.where(AGES < 5, 0.008, np.exp(-9.5 + 0.088 * AGES) + 1e-3))
AFTER = np.where(AGES < 1, 0.02, np.where(AGES < 5, 0.002, np.exp(-10.4 + 0.095 * AGES) + 5e-4))


@pytest.fixture(scope="module")
def tables():
    return [life_table(mx, ages=AGES, sex="male", radix=radix) for mx, radix in ((BEFORE, 1.0), (AFTER, 1e5))]


def replaced(tables, from_age):
    """Life expectancy at birth by the rates of the second table from an age on, and those of the first below it."""
    below = np.less(AGES, from_age)
    columns = [np.where(below, *(table[name].values for table in tables)) for name in ("mx", "ax")]
    return float(life_table(columns[0], ages=AGES, ax=columns[1])["ex"][0])


def test_ages_are_replaced_one_after_the_other(tables):
    found = life_expectancy_difference(*tables)
    bounds = [*AGES, 200]
    expected = [replaced(tables, a) - replaced(tables, b) for a, b in pairwise(bounds)]
    assert_allclose(found.contribution, expected, atol=1e-12)
    assert float(found.contribution.sum()) == pytest.approx(float(tables[1].ex[0] - tables[0].ex[0]), rel=1e-13)
    assert_allclose(found.direct + found.indirect, found.contribution, rtol=1e-14)
    assert found.contribution.attrs["units"] == "years"


def test_the_parts_are_integrals_of_the_forces():
    """Under constant forces: (m1 - m2) times the integral of l1 e2 over the age, after Pollard."""
    one, two = (life_table(mx, ages=AGES, ax="constant-force") for mx in (BEFORE, AFTER))
    found = life_expectancy_difference(one, two).contribution.values
    points, weights = np.polynomial.legendre.leggauss(20)
    for x, width in enumerate(np.diff(AGES)):
        t = width * (points + 1) / 2
        rest = (1 - np.exp(-AFTER[x] * (width - t))) / AFTER[x]
        left = rest + np.exp(-AFTER[x] * (width - t)) * float(two.ex[x + 1])
        part = (weights * float(one.lx[x]) * np.exp(-BEFORE[x] * t) * left).sum() * width / 2
        assert found[x] == pytest.approx((BEFORE[x] - AFTER[x]) * part, rel=1e-11)


def test_from_an_age_on_and_from_both_sides(tables):
    found = life_expectancy_difference(*tables, from_age=60, symmetric=True)
    assert found.age.values.tolist() == list(range(60, 90, 5))
    gain = tables[1].ex.sel(age=60) - tables[0].ex.sel(age=60)
    assert float(found.contribution.sum()) == pytest.approx(float(gain), rel=1e-13)
    back = life_expectancy_difference(*tables[::-1], from_age=60, symmetric=True)
    for name in ("contribution", "direct", "indirect"):
        assert_allclose(back[name], -found[name], rtol=1e-12)
    once = life_expectancy_difference(*tables, from_age=60).contribution
    other = life_expectancy_difference(*tables[::-1], from_age=60).contribution
    assert_allclose(found.contribution, (once - other) / 2, rtol=1e-12)
    assert abs(once + other).max() > 0.01


def test_a_cause_that_vanishes_has_all_of_the_difference(tables):
    causes = np.array([1.0 + AGES, 40.0 + 0 * AGES, 90.0 - AGES])
    first = tables[0]
    second = cause_deleted_table(first, causes, causes=["a", "b", "c"]).sel(cause="b", drop=True)
    left = causes * np.array([[1.0], [0.0], [1.0]])
    found = life_expectancy_difference(first, second, first_deaths=causes, second_deaths=left, causes=["a", "b", "c"])
    assert found.by_cause.dims == ("cause", "age")
    assert_allclose(found.by_cause.sum("cause"), found.contribution, atol=1e-13)
    assert float(found.by_cause.sel(cause="b").sum()) == pytest.approx(float(second.gain[0]), rel=2e-3)
    parts = found.by_cause.sel(age=slice(5, None))
    assert abs(parts.sel(cause=["a", "c"])).max() < 0.01 * parts.sel(cause="b").max()


def test_causes_are_shared_by_their_rates(tables):
    first, second = np.ones((2, AGES.size)), np.array([[3.0], [1.0]]) * np.ones(AGES.size)
    found = life_expectancy_difference(*tables, first_deaths=first, second_deaths=second, causes=["a", "b"])
    rise = 0.75 * AFTER - 0.5 * BEFORE
    assert_allclose(found.by_cause.sel(cause="a"), found.contribution * rise / (AFTER - BEFORE), rtol=1e-9)


def test_dims_of_both_tables(tables):
    sexes = xr.DataArray([1.0, 1.2], {"sex": ["female", "male"]}, ["sex"])
    years = xr.DataArray([1.0, 0.9, 0.8], {"year": [2020, 2021, 2022]}, ["year"])
    mx = xr.DataArray(BEFORE, {"age": AGES}, ["age"])
    one, two = life_table(mx * sexes), life_table(mx * sexes * years)
    found = life_expectancy_difference(one, two).contribution
    assert found.dims == ("year", "sex", "age")
    assert_allclose(found.sum("age"), (two.ex - one.ex).isel(age=0).transpose("year", "sex"), atol=1e-12)
    assert_allclose(found.sel(year=2020), 0.0, atol=1e-13)


def test_what_is_refused(tables):
    one, two = tables
    some = np.ones((2, AGES.size))
    with pytest.raises(MissingVariable, match="second: mx, "):
        life_expectancy_difference(one, two[["qx"]])
    with pytest.raises(BadDimensions, match="the same ages and labels"):
        life_expectancy_difference(one, two.isel(age=slice(0, -1)))
    with pytest.raises(BadInput, match="from_age: 61 is none of the 19 ages 0 to 85 of first"):
        life_expectancy_difference(one, two, from_age=61)
    with pytest.raises(BadInput, match="give first_deaths and second_deaths, or neither"):
        life_expectancy_difference(one, two, first_deaths=some)
    with pytest.raises(OutOfBounds, match="must differ where the shares of its causes do: 38 of 38"):
        life_expectancy_difference(one, one, first_deaths=some, second_deaths=some * [[3.0], [1.0]])
    ended = life_table(qx=[0.1, 1.0, 0.5], ax=0.5, ex_open=2.0)
    with pytest.raises(OutOfBounds, match="somebody must reach the open age"):
        life_expectancy_difference(ended, ended)
