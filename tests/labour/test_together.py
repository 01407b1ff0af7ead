"""Scenarios that go through the law together come out as they do one after the other, and a law of one's own is asked
for one scenario at a time."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import actuarial as ac
from actuarial.benefits import stock
from actuarial.dated import money, step
from actuarial.demography.population import project_population
from actuarial.labour import insured, plain
from actuarial.labour.plain_kernels import project_plain
from actuarial.labour.together import TOGETHER, together
from actuarial.pension import Banded, ByEarnings, FinalAverage, Flat, Gratuity, Greatest, Invalidity, Least, OldAge
from actuarial.scheme import InsurableEarnings, Scheme
from tests.reference.full_law import full_law
from tests.reference.small import small_basis

EXAMPLES = Path(__file__).parents[2] / "examples" / "schemes"


def not_revalued():
    """The full law with pensions between limits of last earnings that are not revalued."""
    law = full_law()
    pension = law.benefit("old_age")
    formula = replace(pension.formula, revaluation="none")
    return replace(law, benefits=(replace(pension, formula=formula), *law.benefits[1:]))


def combined():
    """The full law with the greatest of several amounts, bend points that follow wages, and a lump sum beside it."""
    law, pension = full_law(), full_law().benefit("old_age")
    bends = ({"counted": 0.9}, {"above": money(step({2024: 900}), "month", "wages"), "counted": 0.4})
    bent = Banded(bands=bends, formula=pension.formula)
    least = Flat(amount=money(step({2024: 200}), "month", "prices"), full_years=30)
    formula = Least(formulas=[Greatest(formulas=[bent, least]), Flat(amount=money(3_000, "month"))])
    benefits = (replace(pension, formula=formula), Gratuity(formula=pension.formula), *law.benefits[1:])
    wage = money(step({2024: 900}), "month", "wages")
    rates = ({"base_rate": 0.5, "falls_by": 0.01, "for_each": wage}, {"above": wage, "base_rate": 0.3})
    graded = ByEarnings(years=3, brackets=rates, minimum_pension=money(step({2024: 200}), "month", "prices"))
    whole = replace(law, benefits=benefits).amend("invalidity", of=None, formula=graded)
    whole = whole.amend("old_age", early_reduction=({"rate": 0.06}, {"above": 2, "rate": 0.04}))
    return whole.amend("widows", with_children=(0.5, 0.4))


LAWS = {
    "full": full_law(),
    "combined": combined(),
    "not_revalued": not_revalued(),
    "defined_benefit": ac.open_scheme(EXAMPLES / "defined_benefit" / "scheme.toml"),
}


def several(names=TOGETHER) -> xr.Dataset:
    """Four scenarios that differ in everything that scenarios may differ in, or in some of it."""
    rng, basis = np.random.default_rng(3), small_basis().isel(year=slice(0, 5))
    for name in sorted(names & set(map(str, basis.data_vars))):
        array = basis[name] if "year" in basis[name].dims else basis[name].expand_dims(year=basis["year"])
        factor = xr.DataArray(np.exp(-0.05 * rng.random((4, 5))), dims=("scenario", "year"))
        basis[name] = (array * factor).transpose("scenario", ...).assign_attrs(basis[name].attrs)
    return basis.assign_coords(scenario=["a", "b", "c", "d"])


BASIS = several()
POPULATION = project_population(BASIS)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("service", ["years", "months"])
def test_together_is_one_after_the_other(law, service, monkeypatch):
    basis = BASIS.isel(year=slice(0, 3 if service == "years" else 2))
    people = POPULATION.isel(year=slice(0, basis.sizes["year"]))
    assert together(LAWS[law], basis, people)
    found = ac.project_insured(people, basis, LAWS[law], service=service)
    monkeypatch.setattr(insured, "together", lambda *_: False)
    alone = ac.project_insured(people, basis, LAWS[law], service=service)
    assert set(found) == set(alone)
    for name, expected in alone.items():
        np.testing.assert_allclose(found[name].broadcast_like(expected).transpose(*expected.dims), expected, rtol=1e-12)


@pytest.mark.parametrize("name", ["participation_rate", "inflation", "unemployment_rate"])
def test_one_difference_is_enough(name, monkeypatch):
    basis = several({name}).isel(year=slice(0, 2), scenario=slice(0, 2))
    people = project_population(basis)
    assert "scenario" not in people.dims
    ceiling = money(step({2024: 200_000}), "year", "prices")
    law = full_law(insurable_earnings=InsurableEarnings(ceiling=ceiling))
    assert together(law, basis, people)
    found = ac.project_insured(people, basis, law, service="years")
    monkeypatch.setattr(insured, "together", lambda *_: False)
    alone = ac.project_insured(people, basis, law, service="years")
    for array, expected in alone.items():
        wide = found[array].broadcast_like(expected).transpose(*expected.dims)
        np.testing.assert_allclose(wide, expected, rtol=1e-12, err_msg=str(array))


def test_a_scenario_alone_has_the_numbers_that_it_has_among_others():
    flat = Flat(amount=money(step({2024: 50_000}), "year", "wages"), full_years=30)
    law, basis = full_law(), BASIS.isel(year=slice(0, 2))
    law = replace(law, benefits=(replace(law.benefit("old_age"), formula=flat), *law.benefits[1:]))
    people = POPULATION.isel(year=slice(0, 2))
    found = ac.project_insured(people, basis, law, service="years")
    one = {"scenario": [1]}
    alone = ac.project_insured(people.isel(one), basis.isel(one), law, service="years")
    for name, array in alone.items():
        assert np.array_equal(array, found[name].isel(one) if "scenario" in found[name].dims else found[name]), name


@dataclass(frozen=True)
class Odd(OldAge):
    """A pension whose author counts on one scenario."""

    def award(self, person):
        assert "scenario" not in person.index("wages").dims
        return super().award(person)


def test_a_law_of_ones_own_meets_one_scenario_at_a_time():
    law = LAWS["full"]
    old_age = law.benefit("old_age")
    own = replace(law, benefits=(Odd(**vars(old_age)), *law.benefits[1:]))
    assert not together(own, BASIS, POPULATION)
    assert together(law, BASIS, POPULATION)
    assert not together(law, BASIS.assign(recovery_rate=BASIS["invalidity_rate"]))
    assert not together(law, BASIS.assign(salary_0=BASIS["salary_0"] * BASIS["coverage"].isel(year=0)))
    assert not together(law, BASIS, POPULATION.assign_coords(scenario=["d", "c", "b", "a"]))
    assert ac.project_insured(POPULATION, BASIS, own, service="years").sizes["scenario"] == 4


@pytest.mark.parametrize("law", LAWS)
def test_pensions_together_are_those_of_one_after_the_other(law, monkeypatch):
    members = ac.project_insured(POPULATION, BASIS, LAWS[law], service="years")
    found = ac.project_pensions(members, BASIS, LAWS[law])
    monkeypatch.setattr(stock, "together", lambda *_: False)
    alone = ac.project_pensions(members, BASIS, LAWS[law])
    assert set(found) == set(alone)
    for name, expected in alone.items():
        wide = found[name].broadcast_like(expected).transpose(*expected.dims)
        np.testing.assert_allclose(wide, expected, rtol=1e-12, err_msg=str(name))


@pytest.mark.parametrize("service", ["years", "months"])
def test_scenarios_without_limits_and_inactives_have_the_numbers_of_the_general_kernels(service, monkeypatch):
    """Through the kernel that knows no limits, one by one; by the general kernel one by one and side by side."""
    formula = FinalAverage(accrual=0.015, years=1, capped=False)
    law = Scheme(name="Plain", currency=BASIS.attrs["currency"], benefits=(
        OldAge(retirement_age=60.0, qualifying_years=2.0, retirement_rate=0.4, formula=formula),
        Invalidity(qualifying_years=1.0, formula=formula),
    ))  # fmt: skip
    basis = BASIS.isel(year=slice(0, 5 if service == "years" else 2))
    people = POPULATION.isel(year=slice(0, basis.sizes["year"]))
    ill = 0.3 + 0.0 * basis["invalidity_rate"]  # so that new members are needed
    active = basis.assign(inactive_0=0.0 * basis["inactive_0"], exit_rate=0.0 * ill, invalidity_rate=ill)
    passed = []
    monkeypatch.setattr(plain, "project_plain", lambda *given: passed.append(project_plain(*given)) or passed[-1])
    beside = ac.project_insured(people, active, law, service=service)
    assert passed == []
    monkeypatch.setattr(insured, "together", lambda *_: False)
    found = ac.project_insured(people, active, law, service=service)
    assert len(passed) == 4 * basis.sizes["group"] * 2
    assert max(passed) > 0
    monkeypatch.setattr(plain, "fits", lambda given: False)
    general = ac.project_insured(people, active, law, service=service)
    assert len(passed) == 4 * basis.sizes["group"] * 2
    for other in (general, beside):
        for name, array in found.items():
            expected = other[name].broadcast_like(array).transpose(*array.dims)
            np.testing.assert_allclose(array, expected, rtol=1e-11, atol=1e-11 * float(abs(expected).max()),
                                       err_msg=str(name))  # fmt: skip
