"""Each identity of the pensions notices one wrong cell."""

import numpy as np
import pytest
import xarray as xr

from actuarial.check.benefits import check_pensions
from actuarial.errors import IdentityFailed, MissingVariable, OutOfBounds
from actuarial.pension import Flat, FuneralGrant, Invalidity, OldAge, OldAgeGrant, Widows
from tests.benefits import small
from tests.benefits.small import scheme_of

SCHEME = scheme_of(
    OldAge(
        retirement_age=60, qualifying_years=0, formula=Flat(amount={"value": 100, "per": "month"}), indexation="prices"
    ),
    Invalidity(qualifying_years=0, of="old_age"),
    Widows(share=0.5, indexation="prices"),
    FuneralGrant(amount={"value": 500, "per": "once"}),
    OldAgeGrant(months=1),
)
CLAIMS = [
    (2025, "old_age", "male", 60, 10, 12000, 100),
    (2026, "invalidity", "female", 40, 8, 7200),
    (2026, "widows", "male", 50, 4, 1200),
    (2027, "old_age_grant", "female", 60, 3, 1500),
    (2027, "old_age", "female", 100, 2, 20),
]
PEOPLE = {"old_age": [("male", 70, 100.0, 1000.0), ("female", 100, 5.0, 10.0)], "widows": [("female", 99, 50.0, 400.0)]}


@pytest.fixture(scope="module")
def basis():
    return small.basis(pensioners=PEOPLE)


@pytest.fixture(scope="module")
def pensions(basis):
    return small.project(SCHEME, basis, CLAIMS)


def corrupted(pensions, name, by=1e-6, **place):
    """The same with one cell off by a part of what it holds (of 1 where it holds nothing)."""
    changed = pensions.copy(deep=True)
    at = changed[name].loc[place]
    changed[name].loc[place] = at + by * np.maximum(abs(at), 1.0)
    return changed


STOCK = {"year": 2026, "benefit": "old_age", "sex": "male", "age": 61}


@pytest.mark.parametrize(
    ("name", "place", "message"),
    [
        ("pensioners", STOCK, "Pensioners of a cohort"),
        ("pensioners", STOCK | {"year": 2025, "age": 71}, "Pensioners of a cohort"),
        ("new_awards", STOCK, "Pensioners of a cohort"),
        ("terminations", STOCK | {"benefit": "widows", "sex": "female", "age": 100}, "Pensioners of a cohort"),
        ("new_awards", STOCK | {"benefit": "funeral_grant"}, "Pensioners of a cohort"),
        ("pensioners", STOCK | {"benefit": "old_age_grant", "age": 5}, "Pensioners of a cohort"),
        ("pension_mass", STOCK, "Pensions of a cohort"),
        ("new_awards_amount", STOCK | {"benefit": "old_age_grant"}, "Pensions of a cohort"),
        ("terminations_amount", STOCK | {"benefit": "invalidity", "sex": "female", "age": 40}, "Pensions of a cohort"),
        ("pension_indexation", {"year": 2027, "benefit": "old_age"}, "Pensions of a cohort"),
        ("average_pension", {"year": 2027, "benefit": "widows", "sex": "female"}, "Pensions in payment are"),
    ],
)
def test_one_wrong_cell_is_noticed(pensions, basis, name, place, message):
    check_pensions(pensions, basis)
    with pytest.raises(IdentityFailed, match=message) as error:
        check_pensions(corrupted(pensions, name, **place), basis)
    assert f"year={place['year']}" in str(error.value) or f"year={place['year'] + 1}" in str(error.value)


@pytest.mark.parametrize("name", ["pensioners_0", "pension_0"])
def test_another_opening_is_noticed(pensions, basis, name):
    with pytest.raises(IdentityFailed, match="in 1 of 3030 cells"):
        check_pensions(pensions, corrupted(basis, name, benefit="old_age", sex="male", age=70))


def test_the_parts_sum_to_the_expenditure_of_the_whole_result(pensions, basis):
    cost = pensions["benefit_expenditure"]
    lump_sums = cost.sel(benefit=["funeral_grant", "old_age_grant"]).sum("benefit")
    whole = pensions.assign(pension_expenditure=cost.sum("benefit") - lump_sums, lump_sum_expenditure=lump_sums)
    check_pensions(whole, basis)
    for name in ("pension_expenditure", "lump_sum_expenditure"):
        with pytest.raises(IdentityFailed, match="Expenditure of all benefits"):
            check_pensions(corrupted(whole, name, year=2026), basis)
    with pytest.raises(IdentityFailed, match="Expenditure of all benefits"):
        check_pensions(corrupted(whole, "benefit_expenditure", year=2026, benefit="widows"), basis)


def test_every_scenario_is_checked(pensions, basis):
    wrong = corrupted(pensions, "pensioners", **STOCK)
    scenarios = xr.DataArray(["right", "wrong"], dims="scenario", name="scenario")
    check_pensions(xr.concat([pensions, pensions], dim=scenarios), basis)
    with pytest.raises(IdentityFailed, match="scenario='wrong'"):
        check_pensions(xr.concat([pensions, wrong], dim=scenarios), basis)


def test_without_opening_pensioners_the_first_year_starts_at_zero(basis, pensions):
    none = basis.drop_vars(["pensioners_0", "pension_0", "benefit"])
    check_pensions(small.project(SCHEME, none, CLAIMS), none)
    with pytest.raises(IdentityFailed, match="Pensioners of a cohort"):
        check_pensions(pensions, none)


def test_missing_and_impossible_variables(pensions, basis):
    with pytest.raises(MissingVariable, match="terminations_amount is missing"):
        check_pensions(pensions.drop_vars("terminations_amount"), basis)
    with pytest.raises(OutOfBounds, match="pension_mass"):
        check_pensions(corrupted(pensions, "pension_mass", by=np.nan, **STOCK), basis)
