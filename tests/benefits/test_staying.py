"""How long pensions last and how they are adjusted: mortality of beneficiaries, indexation rules."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.demography.survival import survival_table
from actuarial.labour.staying import share_of_deaths
from actuarial.pension import Flat, Indexation, OldAge
from actuarial.pension.common import stays_alive
from tests.benefits import small
from tests.benefits.small import scheme_of


def test_mortality_of_beneficiaries_is_a_multiple_of_that_of_the_population():
    """Men: 3 m = 3 x 0.4/1.8 = 2/3, p = (1 - 1/3)/(1 + 1/3)."""
    on = small.basis(pensioners={"old_age": [], "invalidity": []})
    on = on.assign(mortality_ratio_pensioners=(("benefit", "sex"), [[1.0, 0.8], [3.0, 2.0]]))
    for name, (men, women) in (("old_age", (1.0, 0.8)), ("invalidity", (3.0, 2.0)), ("widows", (1.0, 1.0))):
        factor = xr.DataArray([men, women], dims="sex", coords={"sex": on["sex"]})
        expected = survival_table(on["mx"] * factor, on["a0"])["px"]
        assert_allclose(stays_alive(name, on), expected, rtol=1e-14)
    assert float(stays_alive("invalidity", on).sel(sex="male", age=40)) == pytest.approx(1 / 2)


def test_deaths_and_other_ends_share_those_who_leave():
    """p = 0.8 alive, of them r = 0.5 stay: 0.2 x 0.75 die, 0.5 x 0.9 leave otherwise, together 1 - 0.4."""
    assert share_of_deaths(np.array([0.4]), np.array([0.8])) * 0.6 == pytest.approx(0.2 * 0.75)
    assert share_of_deaths(np.array([0.8]), np.array([0.8])) == 1.0
    assert_allclose(share_of_deaths(np.array([0.5, 1.0, 0.0]), np.array([1.0, 1.0, 0.0])), [0.0, 0.0, 1.0])


@pytest.fixture(scope="module")
def growing():
    on = small.basis(years=4, inflation=("year", [0.01, 0.02, 0.03, 0.04]), wage_growth=("year", [0.1, 0.2, 0.3, 0.4]))
    past = {"inflation_past": ("past_year", [0.005, 0.007])}
    return on.assign(past).assign_coords(past_year=[2023, 2024])


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"prices": 1.0}, [0.01, 0.02, 0.03, 0.04]),
        ({"wages": 1.0}, [0.1, 0.2, 0.3, 0.4]),
        ({"prices": 0.5, "wages": 0.25, "fixed": 0.01}, [0.04, 0.07, 0.10, 0.13]),
        ({"prices": 1.0, "lag": 1}, [0.007, 0.01, 0.02, 0.03]),
        ({"prices": 1.0, "lag": 3}, [0.005, 0.005, 0.007, 0.01]),
        ({"wages": 1.0, "lag": 1}, [0.1, 0.1, 0.2, 0.3]),
        ({"prices": {2025: 1.0, 2027: 0.5}}, [0.01, 0.02, 0.015, 0.02]),
        ({"prices": {2025: 0.0, 2026: 1.0}, "fixed": {2025: 0.05, 2026: 0.0}}, [0.05, 0.02, 0.03, 0.04]),
        ({}, [0.0, 0.0, 0.0, 0.0]),
    ],
)
def test_adjustment_mixes_prices_wages_and_a_fixed_rate(growing, rule, expected):
    assert_allclose(Indexation(**rule)(growing), expected, rtol=1e-14)


def test_the_adjustment_reaches_the_stock(growing):
    flat = Flat(amount={"value": 100, "per": "month"})
    old_age = OldAge(retirement_age=60, qualifying_years=0, formula=flat, indexation=Indexation(wages=1.0, month=4))
    assert old_age.indexation_time == 0.25
    result = small.project(scheme_of(old_age), growing, [(2025, "old_age", "female", 60, 1, 1000)])
    mass = 1000 * np.cumprod([1, 0.9 * 1.2, 0.9 * 1.3, 0.9 * 1.4])
    assert_allclose(result["pension_mass"].sum(["benefit", "sex", "age"]), mass, rtol=1e-12)
    before = np.concatenate([[0], mass[:-1]]) * (1 + 0.5 * growing["wage_growth"].values)
    assert_allclose(result["benefit_expenditure"].squeeze(), (before + mass) / 2, rtol=1e-12)


def test_pensioners_of_the_open_age_stay_in_it():
    on = small.basis(years=2, ages=90, pensioners={"old_age": [("male", 88, 10.0, 1.0), ("male", 89, 20.0, 1.0)]})
    flat = Flat(amount={"value": 100, "per": "month"})
    result = small.project(scheme_of(OldAge(retirement_age=60, qualifying_years=0, formula=flat)), on)
    stock = result["pensioners"].sel(benefit="old_age", sex="male")
    assert_allclose(stock.sel(age=89), [24, 19.2], rtol=1e-12)
    assert_allclose(stock.sum("age"), [24, 19.2], rtol=1e-12)
