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
from actuarial.labour import insured
from actuarial.labour.together import TOGETHER, together
from actuarial.pension import Flat, OldAge
from actuarial.scheme import InsurableEarnings
from tests.reference.full_law import full_law
from tests.reference.small import small_basis

EXAMPLES = Path(__file__).parents[2] / "examples" / "schemes"
LAWS = {
    "full": full_law(),
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
    basis = BASIS if service == "years" else BASIS.isel(year=slice(0, 2))
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
