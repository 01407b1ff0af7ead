"""Pensions by the law of the year in which an age is reached: one person, cohorts, and what the same law says twice."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose, assert_array_equal

import actuarial as ac
from actuarial.cases import person_benefits
from actuarial.errors import BadScheme
from actuarial.labour.insured import project_insured
from actuarial.pension import (
    AtAge,
    Balance,
    Banded,
    FinalAverage,
    Flat,
    Greatest,
    Guarantee,
    Invalidity,
    OldAge,
)
from actuarial.scheme import Scheme
from tests.reference.small import small_basis

AMOUNT = {"value": {2025: 900, 2027: 1_000}, "per": "month", "indexed": "wages"}
MEAN = FinalAverage(years=35, best_of=40, accrual=1 / 35, maximum=1, revaluation="wages", revalued_until=60)
BENT = Banded(formula=MEAN, bands=[{"counted": 0.9}, {"above": AMOUNT, "counted": 0.32}])


def law(*formulas):
    """Pensions from 58 on, all claimed together."""
    asked = {"retirement_age": 58, "qualifying_years": 1}
    first, *others = (
        OldAge(name=f"p{i}", formula=one, together_with="p0" if i else None, retirement_rate=1.0 if i else 0.3, **asked)
        for i, one in enumerate(formulas)
    )
    return Scheme(name="s", currency="LTD", benefits=(first, *others))


@pytest.fixture(scope="module")
def basis():
    data = small_basis().isel(year=slice(0, 6))
    return data.assign(pensioners_0=0.0 * data["pensioners_0"])


def claims(basis, *formulas):
    insured = project_insured(ac.project_population(basis), basis, law(*formulas), service="years")
    return insured[["claims_amount", "claims_number"]]


@pytest.mark.parametrize("index", ["none", "wages", "prices"])
def test_a_flat_amount_of_a_year_and_what_it_has_risen_by(basis, index):
    """Who is y years old in t has the amount of the year s in which 60 was reached, at most t, in money of t."""
    found = claims(basis, AtAge(age=60, rises_with=index, formula=Flat(amount=AMOUNT)))
    paid = (found["claims_amount"] / found["claims_number"]).sel(benefit="p0")
    level = {"none": 1.0 + 0.0 * basis["inflation"]}
    for name, growth in (("wages", "wage_growth"), ("prices", "inflation")):
        level[name] = (1.0 + basis[growth]).cumprod("year")
    for t in basis["year"].values:
        for y in range(58, 66):
            s = min(t, t - y + 60)
            if float(found["claims_number"].sel(year=t, age=y, benefit="p0", sex="male")) == 0.0 or s < 2025:
                continue
            stated = (900 if s < 2027 else 1_000) * float(level["wages"].sel(year=s) / level["wages"].sel(
                year=2025 if s < 2027 else 2027))
            expected = 12 * stated * float(level[index].sel(year=t) / level[index].sel(year=s))
            assert float(paid.sel(year=t, age=y, sex="male")) == pytest.approx(expected, rel=1e-12), (t, y)
    assert int((found["claims_number"].sel(age=slice(61, 65)) > 0).sum()) > 10


def test_a_late_or_an_early_age_is_the_law_of_the_start_or_of_a_cohort(basis):
    """With an age that nobody has reached it is the formula itself; twice in a row the earlier age counts."""
    found = claims(basis, BENT, AtAge(age=100, rises_with="prices", formula=BENT), AtAge(age=59, formula=BENT),
                   AtAge(age=61, rises_with="none", formula=AtAge(age=59, formula=BENT)))["claims_amount"]  # fmt: skip
    assert_array_equal(found.sel(benefit="p1"), found.sel(benefit="p0"))
    assert_allclose(found.sel(benefit="p3"), found.sel(benefit="p2"), rtol=1e-14)
    assert float(found.sel(benefit="p2").sum()) < float(found.sel(benefit="p0").sum())


def test_one_person_is_one_of_the_cohort(basis):
    """Born in 1964 and started at 66: the guarantee of the year of 62, in prices of the year of the start."""
    formula = AtAge(age=62, rises_with="prices", formula=Guarantee(amount=AMOUNT, formula=FinalAverage(
        years=1, accrual=0.001)))  # fmt: skip
    asked = {"event": "retirement", "sex": "male", "born": 1964, "leaves": 2030, "months": 120, "group": "private"}
    found = person_benefits(law(formula), earnings=24_000.0, basis=basis, **asked)["p0"].amount
    wages, prices = ((1.0 + basis[name]) for name in ("wage_growth", "inflation"))
    level = 12 * 900 * float(wages.sel(year=2026))
    rise = float(prices.sel(year=slice(2027, 2030)).prod())
    assert found == pytest.approx((level - 0.01 * 24_000) * rise, rel=1e-12)


def test_service_that_is_projected_to_an_age_is_that_of_each_age(basis):
    """Invalids have service until 58, whose whole amount follows wages from 2025 on: y years old in t, that of t less
    the years since 50."""
    amount = {"value": {2025: 900}, "per": "month", "indexed": "wages"}

    def of(age):
        formula = AtAge(age=age, formula=Flat(amount=amount, full_years=30))
        scheme = law(formula)
        invalid = Invalidity(of="p0", qualifying_years=0, projected_to_age=58)
        scheme = scheme.amend("scheme", benefits=(*scheme.benefits, invalid))
        insured = project_insured(ac.project_population(basis), basis, scheme, service="years")
        return insured["claims_amount"].sel(benefit="invalidity")

    early, late = of(50), of(100)
    wages = (1.0 + basis["wage_growth"]).cumprod("year")
    for t in (2028, 2030):
        for y in (45, 51, 52):
            s, here = min(t, t - y + 50), {"year": t, "age": y}
            ratio = float(wages.sel(year=s) / wages.sel(year=t))
            assert_allclose(early.sel(here), ratio * late.sel(here), rtol=1e-12)
            assert (late.sel(here) > 0).all()


def test_an_annuity_is_that_of_the_start_and_is_refused():
    balance = Balance(account="a", annuity={"interest": 0.02})
    with pytest.raises(BadScheme, match="formula: knows no annuity of an earlier year"):
        AtAge(age=60, formula=Greatest(formulas=[(balance, Flat(amount=AMOUNT)), Flat(amount=AMOUNT)]))


def test_scenarios_are_those_of_each_by_itself(basis):
    growth = xr.DataArray([0.0, 0.05], dims="scenario", coords={"scenario": ["low", "high"]})
    several = basis.assign(wage_growth=(basis["wage_growth"] * 0 + growth).transpose("scenario", "year"))
    formula = AtAge(age=59, rises_with="prices", formula=BENT)
    found = claims(several, formula)["claims_amount"]
    for name in growth["scenario"].values:
        alone = claims(several.sel(scenario=name, drop=True), formula)["claims_amount"]
        assert_allclose(found.sel(scenario=name), alone, rtol=1e-14)
    assert np.all(found.sum(["year", "benefit", "sex", "age"]) > 0)
