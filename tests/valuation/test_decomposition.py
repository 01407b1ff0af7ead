"""The change of a product split exactly among its factors."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from actuarial.errors import BadInput, MissingVariable
from actuarial.valuation.decomposition import (
    contributions,
    decompose,
    decompose_expenditure,
    expenditure_factors,
    logarithmic_mean,
)
from tests.studies.runs import basis, law, run

positive = st.floats(1e-6, 1e6)
rows = st.lists(st.tuples(positive, positive), min_size=1, max_size=5)


def test_two_factors_by_hand():
    """10 x 2 = 20 becomes 15 x 4 = 60: L = 40/ln 3; parts L ln 1.5 and L ln 2."""
    found = decompose({"price": [10.0, 15.0], "number": [2.0, 4.0]}, from_year=1, to_year=2)
    parts = found["factor_contribution"].values
    np.testing.assert_allclose(parts, [14.7628098571417, 25.2371901428583], rtol=1e-13)
    assert float(found["decomposed_change"]) == 40.0


@given(rows)
def test_contributions_sum_to_the_change(pairs):
    before, after = np.array(pairs).T
    found = contributions(before, after)
    change = after.prod() - before.prod()
    assert found.sum() == pytest.approx(change, abs=1e-12 * max(after.prod(), before.prod()) * len(pairs) * 4)
    np.testing.assert_allclose(contributions(after, before), -found, rtol=1e-9, atol=1e-12 * abs(found).max())
    assert ((found > 0) == (after > before))[after != before].all()


@given(st.floats(0.5, 2.0), st.lists(st.floats(-1e-9, 1e-9), min_size=3, max_size=3))
def test_small_changes_keep_their_digits(level, moves):
    before = level * np.array([1.0, 2.0, 3.0])
    after = before * (1.0 + np.array(moves))
    found = contributions(before, after)
    np.testing.assert_allclose(found, before.prod() * (after - before) / before, rtol=1e-6, atol=1e-22)


def test_logarithmic_mean_has_its_limits():
    assert logarithmic_mean(np.array([3.0]), np.array([3.0])).item() == 3.0
    assert logarithmic_mean(np.array([3.0]), np.array([0.0])).item() == 0.0
    assert logarithmic_mean(np.array([np.e]), np.array([1.0])).item() == pytest.approx(np.e - 1, rel=1e-15)
    assert logarithmic_mean(np.array([1.0]), np.array([np.e])).item() == pytest.approx(np.e - 1, rel=1e-15)


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        ([0.0, 2.0], [3.0, 4.0], [12.0, 0.0]),
        ([3.0, 2.0], [0.0, 4.0], [-6.0, 0.0]),
        ([0.0, 0.0, 1.0], [1.0, 2.0, 3.0], [3.0, 3.0, 0.0]),
        ([0.0, 2.0], [0.0, 5.0], [0.0, 0.0]),
        ([0.0, 2.0], [3.0, 0.0], [0.0, 0.0]),
    ],
)
def test_zeros_are_the_limit_of_small_numbers(before, after, parts):
    found = contributions(np.array(before), np.array(after))
    assert found.tolist() == parts
    tiny = [np.where(np.array(x) == 0, 1e-140, x) for x in (before, after)]
    np.testing.assert_allclose(contributions(*tiny), parts, rtol=0.02, atol=0.3)


def test_the_path_adds_up_year_by_year():
    years = {"year": [2030, 2031, 2032, 2033]}
    factors = {"a": xr.DataArray([1.0, 2.0, 2.5, 2.0], years), "b": xr.DataArray([5.0, 4.0, 4.0, 6.0], years), "c": 2.0}
    path = decompose(factors, total=xr.DataArray([10.0, 16.0, 20.0, 24.0], years))
    assert path["factor_contribution"].dims == ("year", "factor")
    assert path["year"].values.tolist() == [2031, 2032, 2033]
    np.testing.assert_allclose(path["factor_contribution"].sum("factor"), [6.0, 4.0, 4.0], atol=1e-12)
    np.testing.assert_allclose(path["decomposed_change"], [6.0, 4.0, 4.0], atol=1e-12)
    assert (path["factor_contribution"].sel(factor="c") == 0.0).all()
    ends = decompose(factors, from_year=2030, to_year=2033)
    assert float(ends["decomposed_change"]) == 14.0
    assert (ends.attrs["from_year"], ends.attrs["to_year"]) == (2030, 2033)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (({},), {}, "no factor is given"),
        (({"a": [1.0, -1.0]},), {}, "must not be negative, but 1 of 2 values are, the first of a: -1.0"),
        (({"a": [1.0, 2.0]}, [1.0, 2.5]), {}, "do not multiply to the total in 1 of 2 values, .* 2.0 against 2.5"),
        (({"a": [1.0, 2.0]},), {"from_year": 1}, "give both from_year and to_year"),
        (({"a": [1.0, 2.0]},), {"from_year": 1, "to_year": 3}, "to_year=3 is not a year of the series"),
        (({"a": [1.0]},), {}, "a change needs two years"),
    ],
)
def test_what_cannot_be_split_is_refused(arguments, options, message):
    values = [np.asarray(a, dtype=float) if isinstance(a, list) else a for a in arguments]
    with pytest.raises(BadInput, match=message):
        decompose(*values, **options)


@pytest.fixture(scope="module")
def case():
    one = basis(6)
    one = one.assign(gdp=1e11 * (1 + one["wage_growth"].drop_attrs()).cumprod("year"))
    return run(one, law())


def test_expenditure_over_gdp_is_the_product_of_four_factors(case):
    result, one, _ = case
    factors = expenditure_factors(result, one)
    assert list(factors) == ["dependency", "coverage", "benefit_ratio", "labour_market"]
    people = result["population_midyear"].sum("sex")
    ages = people["age"].values
    old, able = (people[:, mask].sum("age") for mask in (ages >= 65, (ages >= 15) & (ages < 65)))
    np.testing.assert_allclose(factors["dependency"], old / able, rtol=1e-14)
    np.testing.assert_allclose(factors["labour_market"], able / result["employed"].sum(["sex", "age"]), rtol=1e-14)
    ratio = result["pension_expenditure"] / one["gdp"]
    product = np.prod([factor.values for factor in factors.values()], axis=0)
    np.testing.assert_allclose(product, ratio, rtol=1e-13)
    for options in ({}, {"old_age": 60}):
        found = decompose_expenditure(result, one, 2025, 2030, **options)
        change = float(ratio[-1] - ratio[0])
        assert float(found["factor_contribution"].sum()) == pytest.approx(change, abs=1e-12 * float(ratio[-1]))
    path = decompose_expenditure(result, one)["factor_contribution"].sum("factor")
    np.testing.assert_allclose(path, np.diff(ratio), rtol=0, atol=1e-12 * float(ratio[-1]))


def test_expenditure_needs_gdp_and_old_persons(case):
    result, one, _ = case
    with pytest.raises(MissingVariable, match="has no gdp"):
        decompose_expenditure(result, one.drop_vars("gdp"))
    with pytest.raises(BadInput, match="old_age must lie between 16 and 100"):
        expenditure_factors(result, one, old_age=101)
    with pytest.raises(BadInput, match="years without pensioners"):
        expenditure_factors(result.assign(total_pensioners=0.0 * result["total_pensioners"]), one)
