"""Members by group: nobody twice, nobody lost, families by a plain loop, refugees by hand."""

import math
from itertools import product

import numpy as np
import pytest
import xarray as xr

from actuarial.dated import by_sex, ramp
from actuarial.demography.families import children
from actuarial.demography.mortality import basis_life_table
from actuarial.demography.population import project_population
from actuarial.errors import BadInput, BadScheme
from actuarial.health.groups import Dependants, Employed, Insured, Pensioners, Population, Refugees, Remainder
from actuarial.health.membership import project_membership
from actuarial.health.scheme import HealthContribution, HealthFunding, HealthScheme, Service
from actuarial.labour.participation import labour_market
from tests.reference.small import small_basis


class Free:
    """A payment method of no cost."""

    def cost(self, activity, basis):
        return 0.0 * activity.contacts


def scheme(*groups):
    return HealthScheme(name="H", currency="LTD", groups=groups, services=[Service(name="care", payment=Free())])


@pytest.fixture(scope="module")
def basis():
    return small_basis()


@pytest.fixture(scope="module")
def population(basis):
    return project_population(basis)


def stock(population, basis):
    """Population on 31 December of the base year and of every projected one (year, sex, age)."""
    opening = basis["population_0"].transpose("sex", "age").values[np.newaxis]
    return np.concatenate([opening, population["population"].transpose("year", "sex", "age").values])


def test_members_are_the_mean_of_two_stocks_and_enrolment_that_of_its_year(population, basis):
    path = ramp({2024: 0.2, 2034: 0.7})
    found = project_membership(population, basis, scheme(Population(name="all", enrolment=path, effective=0.9)))
    people = stock(population, basis)
    rate = np.linspace(0.2, 0.7, 11)[:, None, None]
    mean = 0.5 * ((people * rate)[:-1] + (people * rate)[1:])
    np.testing.assert_allclose(found["health_members"].sel(health_group="all").values, mean, rtol=1e-12)
    np.testing.assert_allclose(found["health_covered"].sel(health_group="all").values, 0.9 * mean, rtol=1e-12)
    np.testing.assert_allclose(found["health_members_0"].sel(health_group="all").values, 0.2 * people[0], rtol=1e-12)


def test_groups_with_a_remainder_are_the_population(population, basis):
    groups = (
        Employed(name="workers", share=0.4),
        Dependants(of=("workers",)),
        Population(name="poor", share=0.3),
        Population(name="informal", share=0.5, enrolment=0.2),
        Remainder(enrolment=1.0),
    )
    found = project_membership(population, basis, scheme(*groups))
    people = stock(population, basis)
    total = found["health_members"].sum("health_group").values
    np.testing.assert_allclose(total, 0.5 * (people[:-1] + people[1:]), rtol=1e-9)


def families(own, outside, basis, births, below):
    """Dependants of one year by loops over persons and their possible spouses and mothers."""
    ages, gap, sd = range(101), float(basis["spouse_age_gap"]), float(basis["spouse_age_sd"])
    married = basis["married_share"].transpose("sex", "age").values

    def around(sex, age):
        centre = min(max(age - gap if sex == 0 else age + gap, 15), 100)
        weights = []
        for y in ages:
            upper, lower = ((y + side - centre) / sd / math.sqrt(2) for side in (0.5, -0.5))
            weights.append(0.0 if y < 15 else 0.5 * (math.erf(upper) - math.erf(lower)))
        return [weight / sum(weights) for weight in weights]

    partner = [[sum(w * own[1 - s][y] for y, w in enumerate(around(s, x))) for x in ages] for s in (0, 1)]
    found = np.zeros((2, 101))
    for s, x in product((0, 1), ages):
        share = married[s, x] * partner[s][x]
        if x < below:
            mothers = [births[m][s][x] for m in ages]
            either = [own[1][m] + (1 - own[1][m]) * married[1, m] * partner[1][m] for m in ages]
            share = sum(a * b for a, b in zip(mothers, either, strict=True)) / max(sum(mothers), 1e-300)
        found[s, x] = outside[s][x] * share
    return found


def test_families_by_loops_over_persons(population, basis):
    found = project_membership(
        population, basis, scheme(Employed(name="workers", share=0.4), Dependants(of=("workers",), children_below=20))
    )
    t = 3
    people = stock(population, basis)[t + 1]
    workers = found["health_eligible"].sel(health_group="workers").values[t]
    born = children(basis, 20).sel(sex="female").isel(year=t)
    born = born.transpose("age", "sex_of_survivor", "age_of_survivor").values * people[1][:, None, None]
    own = workers / people
    expected = families(own, people - workers, basis, born, 20)
    shown = found["health_eligible"].sel(health_group="dependants").values[t]
    np.testing.assert_allclose(shown, expected, rtol=1e-8, atol=1e-12)  # of the oldest 1e-10 persons are married


def test_no_age_has_more_dependants_than_people(population, basis):
    everybody = Employed(name="workers", share=1.0)
    found = project_membership(population, basis, scheme(everybody, Dependants(of=("workers",), children_below=30)))
    total = found["health_members"].sum("health_group").values
    people = stock(population, basis)
    assert (total <= 0.5 * (people[:-1] + people[1:]) * (1 + 1e-12)).all()


def test_a_ratio_gives_that_many_dependants(population, basis):
    found = project_membership(
        population, basis, scheme(Employed(name="workers", share=0.3), Dependants(of=("workers",), ratio=1.5))
    )
    persons = found["health_eligible"].sum(["sex", "age"])
    np.testing.assert_allclose(
        persons.sel(health_group="dependants"), 1.5 * persons.sel(health_group="workers"), rtol=1e-12
    )


def test_a_ratio_may_differ_by_the_sex_of_the_member(population, basis):
    ratio = by_sex(male=ramp({2024: 2.0, 2034: 1.0}), female=0.5)
    groups = (Employed(name="workers", share=0.3), Dependants(of=("workers",), ratio=ratio, to_age=24))
    found = project_membership(population, basis, scheme(*groups))
    workers, family = (found["health_eligible"].sel(health_group=name) for name in ("workers", "dependants"))
    of_men = xr.DataArray(2.0 - 0.1 * np.arange(1, workers.sizes["year"] + 1), coords={"year": workers["year"]})
    each = workers.sum("age")
    expected = of_men * each.sel(sex="male") + 0.5 * each.sel(sex="female")
    np.testing.assert_allclose(family.sum(["sex", "age"]), expected, rtol=1e-12)
    assert float(family.sel(age=slice(25, None)).sum()) == 0.0


def test_insured_and_pensioners_are_those_of_the_pension_stage(population, basis):
    rng = np.random.default_rng(1)
    cell = [basis[d] for d in ("year", "group", "sex", "age")]
    insured = xr.Dataset({"active": xr.DataArray(rng.random((10, 2, 2, 101)), coords=cell)})
    drawn = [basis[d] for d in ("year", "benefit", "sex", "age")]
    pensions = xr.Dataset({"pensioners": xr.DataArray(rng.random((10, 4, 2, 101)), coords=drawn)})
    groups = (Insured(name="members", of=("public",)), Pensioners(of=("old_age", "widows"), overlap=0.1))
    found = project_membership(population, basis, scheme(*groups), insured=insured, pensions=pensions)
    active = insured["active"].sel(group="public").values
    np.testing.assert_allclose(found["health_eligible"].sel(health_group="members"), active, rtol=1e-12)
    paid = pensions["pensioners"].sel(benefit=["old_age", "widows"]).sum("benefit").values
    np.testing.assert_allclose(found["health_eligible"].sel(health_group="pensioners"), 0.9 * paid, rtol=1e-12)
    opening = basis["active_0"].sum("service").sel(group="public").transpose("sex", "age")
    np.testing.assert_allclose(found["health_members_0"].sel(health_group="members"), opening, rtol=1e-12)


def with_refugees(basis, arrivals=100.0):
    coords = {"health_group": ["refugees"], "sex": ["male", "female"], "age": np.arange(101)}
    opening = xr.DataArray(np.zeros((1, 2, 101)), coords=coords)
    opening.loc[:, :, 20:30] = 500.0
    coming = xr.zeros_like(opening)
    coming.loc[:, :, 25] = arrivals
    return basis.assign(refugees_0=opening, refugee_arrivals=coming)


def test_refugees_age_die_arrive_and_have_children(population, basis):
    given = with_refugees(basis)
    found = project_membership(population, given, scheme(Refugees()))["health_eligible"].isel(health_group=0).values
    table = basis_life_table(basis)
    p = table["px"].transpose("year", "sex", "age").values
    before = given["refugees_0"].isel(health_group=0).values
    first = found[0]
    assert first[0, 26] == pytest.approx(before[0, 25] * p[0, 0, 25], rel=1e-12)
    assert first[1, 25] == pytest.approx(before[1, 24] * p[0, 1, 24] + 100.0, rel=1e-12)
    arrived = given["refugee_arrivals"].isel(health_group=0).sel(sex="female").values
    women = 0.5 * (before[1] + first[1] - arrived)
    born = float((women * basis["asfr"].isel(year=0).values).sum())
    boys = float(basis["srb"].isel(year=0)) if "year" in basis["srb"].dims else float(basis["srb"])
    alive = (table["Lx"] / table["lx"]).sel(age=0).isel(year=0).values
    assert first[0, 0] == pytest.approx(born * boys / (1 + boys) * alive[0], rel=1e-12)
    assert first[1, 0] == pytest.approx(born / (1 + boys) * alive[1], rel=1e-12)
    none = project_membership(population, given, scheme(Refugees(births=False)))["health_eligible"]
    assert float(none.sel(age=0).sum()) == 0.0


def test_refugees_are_the_population_of_the_same_persons(population, basis):
    given = with_refugees(basis)
    found = project_membership(population, given, scheme(Refugees()))["health_eligible"].isel(health_group=0)
    opening, coming = (given[name].isel(health_group=0, drop=True) for name in ("refugees_0", "refugee_arrivals"))
    moved = coming.expand_dims(year=basis["year"])
    expected = project_population(basis.assign(population_0=opening, net_migration=moved))["population"]
    np.testing.assert_allclose(found.transpose(*expected.dims).values, expected.values, rtol=1e-12)


def test_labour_market_shares_are_of_the_employed(population, basis):
    found = project_membership(population, basis, scheme(Employed(name="w", share=0.25, from_age=20, to_age=59)))
    employed = labour_market(population, basis)["employed"].transpose("year", "sex", "age").values
    shown = found["health_eligible"].isel(health_group=0).values
    np.testing.assert_allclose(shown[:, :, 20:60], 0.25 * employed[:, :, 20:60], rtol=1e-12)
    assert shown[:, :, :20].sum() == shown[:, :, 60:].sum() == 0.0


REFUSED = {
    "insured": (lambda: scheme(Insured()), BadInput, "insured: the group is made of insured persons, but none were"),
    "pensioners": (lambda: scheme(Pensioners()), BadInput, "the group is made of pensioners, but none were projected"),
    "refugees": (lambda: scheme(Refugees()), BadInput, "the basis has no refugees_0 of the group 'refugees'"),
    "twice": (
        lambda: scheme(Population(name="a", of_remaining=False), Population(name="b", of_remaining=False, share=0.1)),
        BadScheme,
        r"members: more are enrolled than there are people in \d+ of 2222 cells; the first: year 2024, sex male, age 0",
    ),
    "leaving": (lambda: scheme(Refugees()), BadScheme, "refugees: more refugees leave than there are"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_meant_is_refused(case, population, basis):
    make, error, words = REFUSED[case]
    given = with_refugees(basis, arrivals=-1000.0) if case == "leaving" else basis
    with pytest.raises(error, match=words):
        project_membership(population, given, make())


def test_a_group_of_unknown_insured_is_named(population, basis):
    cell = [basis[d] for d in ("year", "group", "sex", "age")]
    insured = xr.Dataset({"active": xr.DataArray(np.zeros((10, 2, 2, 101)), coords=cell)})
    with pytest.raises(BadScheme, match=r"insured.of: farmers is no group of the projection; they are private, public"):
        project_membership(population, basis, scheme(Insured(of=("farmers",))), insured=insured)


def test_scenarios_stand_beside_each_other(population, basis):
    both = xr.concat([basis["population_0"], 2 * basis["population_0"]], dim="scenario")
    doubled = basis.assign(population_0=both.assign_coords(scenario=["once", "twice"]))
    path = project_population(doubled)
    found = project_membership(path, doubled, scheme(Population(name="all")))
    once = project_membership(population, basis, scheme(Population(name="all")))
    twice = found["health_members_0"].sel(scenario="twice")
    np.testing.assert_allclose(twice, 2 * once["health_members_0"], rtol=1e-12)


def test_names_of_groups_must_exist():
    with pytest.raises(BadScheme, match=r"dependants.of: 'workers' is no other group of members"):
        scheme(Dependants(of=("workers",)))


def test_a_premium_by_household_needs_the_size_of_households():
    line = HealthContribution(name="premium", payer="member", base="household", amount={"value": 9, "per": "month"})
    given = {"name": "H", "currency": "LTD", "groups": [Population()], "contributions": [line]}
    services = [Service(name="care", payment=Free())]
    with pytest.raises(BadScheme, match=r"funding.household_size: is missing; premium is due for each household"):
        HealthScheme(services=services, **given)
    assert HealthScheme(services=services, funding=HealthFunding(household_size=4.2), **given).contributions == (line,)
