"""Families that a basis gives by the ages of both persons: loops over persons, and the limit of derived families."""

from itertools import product

import numpy as np
import pytest
import xarray as xr

import actuarial as ac
from actuarial.demography.families import births, spouses
from actuarial.demography.population import project_population
from actuarial.errors import BadDimensions, MissingVariable
from actuarial.health.groups import Dependants, Employed
from actuarial.health.membership import project_membership
from actuarial.health.readiness import check_health_basis
from tests.health.test_membership import scheme, stock
from tests.reference.small import small_basis

SEXES, AGES, BELOW = ["male", "female"], np.arange(101), 20
SPOUSES = ("sex", "age", "age_of_survivor")
CHILDREN = ("sex", "age", "sex_of_survivor", "age_of_survivor")
LABELS = {"sex": SEXES, "sex_of_survivor": SEXES, "age": AGES, "age_of_survivor": AGES}


@pytest.fixture(scope="module")
def basis():
    return small_basis().isel(year=slice(0, 3))


@pytest.fixture(scope="module")
def population(basis):
    return project_population(basis)


def labelled(values, dims, **more):
    return xr.DataArray(values, dims=dims, coords={dim: (LABELS | more)[dim] for dim in dims})


def derived(people, basis):
    """The numbers per person that marriage and fertility of the basis make of a population (year, sex, age)."""
    married = basis["married_share"].transpose("sex", "age").values
    ages = spouses(basis).values
    born = births(basis, BELOW).transpose("year", "age", "age_of_survivor").values
    weight = people[:, 1, :, None] * born
    mothers = weight / weight.sum(axis=1, keepdims=True)
    pairs = np.stack([people[:, 1 - s, :, None] * married[1 - s][:, None] * ages[1 - s, :, s] for s in (0, 1)], axis=1)
    wives = pairs.swapaxes(2, 3) / people[..., None]
    husbands = married[1][:, None] * ages[1, :, 0]  # of a woman, by his age
    young = people[:, None, :, :BELOW]
    of_women = mothers[:, :, None] * young / people[:, 1, :, None, None]
    of_men = np.einsum("txz,xu->tuz", mothers, husbands)[:, :, None] * young / people[:, 0, :, None, None]
    numbers = np.zeros((len(people), 2, 101, 2, 101))
    numbers[..., :BELOW] = np.stack([of_men, of_women], axis=1)
    years = {"year": basis["year"].values}
    return {
        "spouses_given": labelled(wives, ("year", *SPOUSES), **years),
        "children_given": labelled(numbers, ("year", *CHILDREN), **years),
    }


def drawn():
    """Numbers by chance: spouses about the own age, children younger than the person by 15 years or more."""
    rng = np.random.default_rng(11)
    apart = np.abs(AGES[:, None] - AGES[None, :])
    wives = rng.random((2, 101, 101)) * (apart < 4) * 0.1 * (AGES[:, None] > 16) * (AGES[None, :] > 16)
    numbers = rng.random((2, 101, 2, 101)) * 0.02 * ((AGES[:, None] - AGES[None, :]) > 15)[:, None, :]
    numbers[0, 80:] += 0.01  # men without wives who have children
    wives[0, 80:] = 0.0
    return {"spouses_given": labelled(wives, SPOUSES), "children_given": labelled(numbers, CHILDREN)}


def by_loops(own, people, wives, children, below, with_spouses=True):
    """Expected dependants of one year: for every family member, who of the family may be enrolled."""
    found = np.zeros((2, 101))
    for s, x, y in product((0, 1), AGES, AGES):
        if with_spouses and y >= below:
            found[1 - s, y] += people[s, x] * own[s, x] * wives[s, x, y]
    for k, z in product((0, 1), range(below)):
        of_mother = [people[1, x] * children[1, x, k, z] for x in AGES]
        every = sum(n * own[1, x] for x, n in enumerate(of_mother)) / (sum(of_mother) or 1.0)
        total = sum(n * own[1, x] for x, n in enumerate(of_mother))
        for u in AGES:
            fathered = people[0, u] * own[0, u] * children[0, u, k, z]
            wife = [wives[0, u, x] * children[1, x, k, z] for x in AGES]
            twice = sum(w * own[1, x] for x, w in enumerate(wife)) / sum(wife) if sum(wife) else every
            total += fathered * (1.0 - twice)
        found[k, z] = total
    return found * (1.0 - own)


def members(population, basis, **choice):
    groups = (Employed(name="workers", share=0.4), Dependants(of=("workers",), children_below=BELOW, **choice))
    found = project_membership(population, basis, scheme(*groups))["health_eligible"]
    return found.sel(health_group="workers").values, found.sel(health_group="dependants").values


@pytest.mark.parametrize("with_spouses", [True, False])
def test_given_families_by_loops_over_persons(population, basis, with_spouses):
    given = drawn()
    workers, shown = members(population, basis.assign(given), families="given", spouses=with_spouses)
    people = stock(population, basis)[2]
    matrices = (given[name].values for name in given)
    expected = by_loops(workers[1] / people, people, *matrices, BELOW, with_spouses)
    np.testing.assert_allclose(shown[1], expected, rtol=1e-12, atol=1e-12)
    assert expected[:, BELOW:].any() == with_spouses


def test_derived_families_that_are_given_are_those_derived(population, basis):
    people = stock(population, basis)[1:]
    _, plain = members(population, basis)
    _, given = members(population, basis.assign(derived(people, basis)), families="given")
    np.testing.assert_allclose(given, plain, rtol=1e-12, atol=1e-12 * plain.max())


def test_children_of_two_enrolled_parents_are_counted_once(population, basis):
    """Everybody of 20 to 60 is enrolled, every child has a mother and a father of 40: a child is a member once."""
    wives, numbers = np.zeros((2, 101, 101)), np.zeros((2, 101, 2, 101))
    wives[:, 40, 40] = 1.0
    numbers[:, 40, :, 5] = 1.0
    given = {"spouses_given": labelled(wives, SPOUSES), "children_given": labelled(numbers, CHILDREN)}
    people = stock(population, basis)
    employed = basis["participation_rate"] * 0.0 + ((basis["age"] >= 20) & (basis["age"] <= 60))
    market = {"participation_rate": employed, "unemployment_rate": 0.0 * basis["unemployment_rate"]}
    everybody = basis.assign(given | market)
    groups = (Employed(name="workers", share=1.0), Dependants(of=("workers",), families="given"))
    found = project_membership(population, everybody, scheme(*groups))["health_eligible"]
    young = found.sel(health_group="dependants", age=5).values
    np.testing.assert_allclose(young, people[1:, 1, 40, None] * np.ones(2), rtol=1e-12)


def test_children_of_both_sexes_together_are_split_as_the_population(population, basis):
    given = drawn()
    both = given["children_given"].sum("sex_of_survivor")
    _, shown = members(population, basis.assign(given | {"children_given": both}), families="given")
    people = stock(population, basis)[1:, :, :BELOW]
    share = labelled(people / people.sum(1, keepdims=True), ("year", "sex_of_survivor", "age_of_survivor"),
                     year=basis["year"].values, age_of_survivor=AGES[:BELOW])  # fmt: skip
    split = (both * share).reindex(age_of_survivor=AGES, fill_value=0.0)
    _, expected = members(population, basis.assign(given | {"children_given": split}), families="given")
    np.testing.assert_allclose(shown[1:], expected[1:], rtol=1e-12)  # the split of the base year differs


def test_what_given_families_need_is_said(population, basis):
    from tests.reference.health import health_basis, health_scheme

    groups = (Employed(name="workers", share=0.4), Dependants(name="informal", of=("workers",), families="given"))
    other = health_scheme(groups=(*groups, *health_scheme().groups[2:]))
    with pytest.raises(MissingVariable, match="spouses_given"):
        check_health_basis(health_basis(2), other)
    flat = drawn()["spouses_given"].sum("age_of_survivor")
    with pytest.raises(BadDimensions, match="spouses_given lacks the dimension age_of_survivor: it is by the ages"):
        members(population, basis.assign(drawn() | {"spouses_given": flat}), families="given")
    with pytest.raises(ValueError, match='ratio has no meaning with families = "given"'):
        Dependants(of=("workers",), families="given", ratio=1.0)


def test_given_families_are_saved_and_read_back(tmp_path, basis):
    kept = basis.isel(service=slice(0, 3)).assign(drawn())
    ac.save_basis(kept, tmp_path / "basis")
    found = ac.open_basis(tmp_path / "basis")
    for name in ("spouses_given", "children_given"):
        xr.testing.assert_equal(found[name].drop_attrs(), kept[name].drop_attrs())
