"""Values of annuities by life tables: the theory, loops along cohorts, limits."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.demography.annuities import annuity_due
from actuarial.errors import BadInput
from actuarial.pension import Balance, LifeAnnuity
from tests.pension.people import one
from tests.reference import steady_state as theory

YEARS, AGES = np.arange(2026, 2030), np.arange(101)
NORM = 0.016


def basis(male=1.0, female=1.0, improvement=1.0):
    """Makeham's law for both sexes, times a factor each, falling from year to year."""
    factor = np.array([male, female])[None, :, None] * improvement ** np.arange(len(YEARS))[:, None, None]
    coords = {"year": YEARS, "sex": ["male", "female"], "age": AGES}
    mx = xr.DataArray(factor * theory.makeham_mx(100), dims=("year", "sex", "age"), coords=coords)
    return xr.Dataset({"mx": mx, "a0": ((), 0.5)}, attrs={"valuation_date": "2025-12-31"})


def by_age(first, interest, terms):
    """Annuity from an exact age on, of the survivors of the theory."""
    ages = first + np.arange(terms)
    return float((theory.survivors(ages) * (1.0 + interest) ** -np.arange(terms)).sum() / theory.survivors(first))


def loop(mx, year, age, interest):
    """Value along a cohort, payment by payment; after the last year its mortality stays."""
    value, alive, stays = 0.0, 1.0, [theory.survival(rates) for rates in mx]
    for k in range(500):
        value += alive * (1.0 + interest) ** -k
        alive *= stays[min(year + k + 1, len(mx) - 1)][min(age + k, len(AGES) - 1)]
    return value


def test_the_divisor_of_the_theory():
    assert_allclose(by_age(65, NORM, 50), 16.4362007, rtol=1e-8)
    found = annuity_due(basis(), NORM).sel(year=2026, sex="male")
    for age in (60, 65, 70):
        lived = [theory.integral(theory.survivors, x, x + 1) for x in range(age, theory.LIMIT)]
        expected = sum(years * (1.0 + NORM) ** -k for k, years in enumerate(lived)) / lived[0]
        assert_allclose(found.sel(age=age), expected, rtol=2e-4)  # yearly death rates instead of the force of mortality
        assert by_age(age + 1, NORM, 50) < float(found.sel(age=age)) < by_age(age, NORM, 50)


@pytest.mark.parametrize("interest", [-0.01, 0.0, NORM, 0.05])
@pytest.mark.parametrize(("year", "age"), [(2026, 65), (2028, 62), (2029, 99), (2026, 100)])
def test_a_cohort_payment_by_payment(year, age, interest):
    data = basis(female=0.8, improvement=0.97)
    found = annuity_due(data, interest).sel(year=year, age=age)
    for sex in ("male", "female"):
        expected = loop(data["mx"].sel(sex=sex).values, year - 2026, age, interest)
        assert_allclose(found.sel(sex=sex), expected, rtol=1e-11)


def test_both_sexes_together():
    same, apart = (annuity_due(basis(), NORM, together=together) for together in (True, False))
    assert same.dims == ("year", "age")
    assert_allclose(same, apart.sel(sex="female"), rtol=1e-13)
    lighter = annuity_due(basis(female=0.5), NORM, together=True).sel(age=65)
    men, women = (annuity_due(basis(female=0.5), NORM).sel(sex=sex, age=65) for sex in ("male", "female"))
    assert ((men < lighter) & (lighter < women)).all()


def test_without_deaths_it_is_a_perpetuity_and_with_certain_death_one_payment():
    mortal = basis(male=1e-9, female=1e-9)
    mortal["mx"] = mortal["mx"].where(mortal["age"] < 100, 1e-9)
    assert_allclose(annuity_due(mortal, 0.05).sel(year=2026, age=30), 1.05 / 0.05, rtol=1e-5)
    alone = annuity_due(basis(), 1e9)
    assert_allclose(alone, 1.0, rtol=1e-8)


def test_interest_of_minus_everything_is_refused():
    with pytest.raises(BadInput, match="the interest must be above -1"):
        annuity_due(basis(), -1.0)


def test_a_balance_is_paid_by_the_life_table():
    data = basis(female=0.8)
    person = one(sex="female", year=2028, age=65, data=data)
    together = Balance(account="a", annuity=LifeAnnuity(interest=NORM))
    apart = Balance(account="a", annuity=LifeAnnuity(interest=NORM, sexes="apart"))
    value = annuity_due(data, NORM).sel(year=2028, age=65)
    assert_allclose(1.0 / apart.factor(person), value.sel(sex="female"), rtol=1e-14)
    assert 1.0 / apart.factor(person) > 1.0 / together.factor(person) > float(value.sel(sex="male"))
