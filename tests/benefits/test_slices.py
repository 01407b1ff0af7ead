"""Slices of pensions that are adjusted apart: the kernel against loops, limiting cases, the stage by hand."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from actuarial.benefits.kernels import run_slices, run_stock
from actuarial.benefits.stock import project_pensions
from actuarial.check.benefits import check_pensions
from actuarial.errors import BadInput, BadScheme
from actuarial.pension import Flat, Indexation, OldAge, Widows
from tests.benefits import small
from tests.oracle import looking_back as oracle

FLAT = Flat(amount={"value": 100, "per": "month"})
FULL, HALF = {"prices": 1.0}, {"above": {"value": 1000, "per": "year"}, "prices": 0.5}
BANDS = Indexation(bands=[{"above": 0, **FULL}, HALF])


@st.composite
def inputs(draw):
    years, ages, bands = draw(st.integers(1, 3)), draw(st.integers(2, 4)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    opening = rng.uniform(0, 100, (3, 2, ages)) * rng.integers(0, 2, (2, ages))
    entering = rng.uniform(0, 10, (3, years, 2, ages)) * rng.integers(0, 2, (years, 2, ages))
    stays, leaving = np.clip(rng.uniform(-0.3, 1.3, (2, years, 2, ages)), 0, 1)
    limits = np.sort(rng.uniform(0.1, 3, (years, bands)), axis=1)
    limits[:, 0] = 0
    cv = rng.uniform(0, 1, (2, ages)) * rng.integers(0, 2, (2, ages))
    return opening, entering, stays, leaving, limits, rng.uniform(-0.2, 0.3, (years, bands)), cv


@given(inputs())
def test_the_kernel_equals_the_oracle(arrays):
    *before, cv = arrays
    adjustment = np.zeros(arrays[2].shape)
    found = run_slices(*before, np.sqrt(np.log1p(cv**2)), adjustment, False)
    expected = oracle.run_slices(*(a.tolist() for a in arrays))
    for got, wanted in zip(found, expected, strict=True):
        assert_allclose(got, np.array(wanted), rtol=1e-10, atol=1e-10)
    again = run_slices(*before, 0 * cv, adjustment, True)
    for got, wanted in zip(again, found, strict=True):
        assert_allclose(got, wanted, rtol=1e-13, atol=1e-13)


@given(inputs())
def test_slices_that_grow_alike_are_no_slices(arrays):
    opening, entering, stays, leaving, limits, growth, cv = arrays
    growth = np.repeat(growth[:, :1], growth.shape[1], axis=1)
    spread, adjustment = np.sqrt(np.log1p(cv**2)), np.zeros(stays.shape)
    stocks, ended, _ = run_slices(opening, entering, stays, 0 * leaving, limits, growth, spread, adjustment, False)
    expected = run_stock(*opening, *entering, stays, np.ascontiguousarray(growth[:, 0]))
    assert_allclose([*stocks, *ended], expected, rtol=1e-12, atol=1e-12)


def old_age(**fields):
    return OldAge(**({"retirement_age": 60, "qualifying_years": 0, "formula": FLAT, "indexation": BANDS} | fields))


def test_by_hand_where_pensions_do_not_vary():
    """Prices rise by 10%: of 1500 the first 1000 rise to 1100, the rest to 525; 800 rises in full."""
    on = small.basis(years=2, pensioners={"old_age": [("male", 70, 10.0, 1500.0), ("female", 70, 10.0, 800.0)]})
    result = small.project(small.scheme_of(old_age()), on)
    mass = result["pension_mass"].sel(benefit="old_age")
    assert float(mass.sel(year=2025, sex="male", age=71)) == pytest.approx(8 * 1625)
    assert float(mass.sel(year=2025, sex="female", age=71)) == pytest.approx(9 * 880)
    starts = 16250 + 8800
    assert float(result["benefit_expenditure"][0, 0]) == pytest.approx((starts + 8 * 1625 + 9 * 880) / 2)
    assert float(result["pension_indexation"][0, 0]) == pytest.approx(starts / 23000 - 1)
    adjusted = result["pension_adjustment"].sel(benefit="old_age", year=2025, age=70)
    assert_allclose(adjusted, [1625 / 1500 - 1, 0.1])
    check_pensions(result, on)


def test_pensions_that_vary_rise_as_loops_say():
    people = {"old_age": [("male", 70, 10.0, 1500.0), ("male", 99, 3.0, 400.0), ("male", 100, 3.0, 4000.0)]}
    on = small.basis(years=2, pensioners=people)
    on = on.assign(pension_cv=("benefit", [0.7]))
    result = small.project(small.scheme_of(old_age(indexation=Indexation(bands=[FULL, HALF], month=4))), on)
    check_pensions(result, on)
    limits, rates = [0, 1000], [0.1, 0.05]
    risen = {mean: oracle.slices(mean, 0.7, limits, rates) for mean in (1500, 400, 4000)}
    mass = result["pension_mass"].sel(benefit="old_age", sex="male", year=2025)
    assert float(mass.sel(age=71)) == pytest.approx(8 * risen[1500], rel=1e-12)
    assert float(mass.sel(age=100)) == pytest.approx(0.8 * 3 * (risen[400] + risen[4000]), rel=1e-12)
    held = {1500: 10, 400: 3, 4000: 3}
    starts = sum(number * (mean + 0.5 * (risen[mean] - mean)) for mean, number in held.items())
    ends = 0.8 * sum(number * risen[mean] for mean, number in held.items())
    assert float(result["benefit_expenditure"][0, 0]) == pytest.approx((starts + ends) / 2, rel=1e-12)


def test_everybody_decides_how_a_part_is_adjusted():
    on = small.basis(years=3, pensioners={"old_age": [("male", 70, 10.0, 1500.0)]}).assign(pension_cv=0.5)
    law = small.scheme_of(old_age())
    claims = [(2025, "old_age", "male", 71, 5.0, 2500.0)]
    whole = small.project(law, on, claims)
    nobody = on.assign(pensioners_0=0 * on["pensioners_0"])
    new = project_pensions(small.insured(law, on, claims), nobody, law, everybody=whole)
    old = project_pensions(small.insured(law, on), on, law, everybody=whole)
    alone = project_pensions(small.insured(law, on, claims), nobody, law)
    for name in ("pension_mass", "benefit_expenditure", "terminations_amount"):
        assert_allclose(new[name] + old[name], whole[name], rtol=1e-12)
    assert not np.allclose(alone["pension_mass"], new["pension_mass"], rtol=1e-6)


def test_other_benefits_of_the_scheme_and_the_valuation_date():
    on = small.basis(years=2, pensioners={"old_age": [("male", 70, 10.0, 1500.0)]})
    law = small.scheme_of(old_age(), Widows(share=0.5, follows=("old_age",), indexation="prices"))
    result = small.project(law, on)
    assert_allclose(result["pension_adjustment"].sel(benefit="widows"), 0.1)
    late = on.assign_attrs(valuation_date="2025-06-30")
    assert_allclose(small.project(law, late)["pension_adjustment"].sel(benefit="old_age", year=2025), 0.0)
    assert "pension_adjustment" not in small.project(small.scheme_of(old_age(indexation="prices")), on)


def test_what_bands_cannot_be():
    on = small.basis(years=2, pensioners={"old_age": [("male", 70, 10.0, 1500.0)]})
    falling = [FULL, HALF, {"above": {"2025": 2000, "2026": 900, "per": "year"}}]
    with pytest.raises(BadScheme, match="in 1 of 2 years they do not, the first is 2026"):
        small.project(small.scheme_of(old_age(indexation=Indexation(bands=falling))), on)
    with pytest.raises(BadScheme, match="depends on the amount of each pension"):
        BANDS(on)
    looking = Indexation(prices=1.0, only_if={"reserve_ratio_above": 1.0})
    with pytest.raises(BadInput, match="old_age: its indexation looks back at the finances; give finance="):
        small.project(small.scheme_of(old_age(indexation=looking)), on)
    first = project_pensions(small.insured(small.scheme_of(old_age(indexation=looking)), on),
                             on.assign(reserve_ratio_0=2.0), small.scheme_of(old_age(indexation=looking)),
                             finance=xr.Dataset())  # fmt: skip
    assert_allclose(first["pension_indexation"][:, 0], [0.1, 0.0])
