"""Payment methods: every method against individuals simulated one by one, and what each is neutral or linear to."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from actuarial.dated import by_sex, ramp
from actuarial.errors import BadScheme
from actuarial.health.contract import Activity
from actuarial.health.payment import (
    Capitation,
    CasePayment,
    FeeForService,
    GlobalBudget,
    Mixture,
    OwnFacilities,
    Part,
    PerDiem,
)

YEARS, GROUPS, SEXES, AGES = np.arange(2025, 2028), ["a", "b"], ["male", "female"], np.arange(3)
CELL = {"health_group": GROUPS, "sex": SEXES, "age": AGES}
MEMBERS = np.array([[[400.0, 300.0, 100.0], [420.0, 310.0, 130.0]], [[200.0, 900.0, 50.0], [210.0, 800.0, 60.0]]])
USE = np.array([[[2.0, 1.0, 6.0], [2.1, 2.0, 5.5]], [[1.5, 0.8, 4.0], [1.6, 1.7, 4.2]]])
LENGTH = np.array([[2.0, 3.0, 9.0], [2.5, 4.0, 8.0]])
WEIGHT = np.array([[0.6, 0.9, 2.2], [0.7, 1.1, 1.9]])
COST_0 = np.array([50.0, 80.0])
PRICES = np.array([1.04, 1.1, 1.2])
GROWTH = np.array([1.02, 1.05, 1.09])  # of members


def cells(values, **more):
    coords = {**more, **CELL}
    return xr.DataArray(values, dims=tuple(coords), coords=coords)


def basis():
    yearly = {"year": YEARS}
    return xr.Dataset(
        {
            "inflation": xr.DataArray([0.03, 0.02, 0.02], coords=yearly),
            "wage_growth": xr.DataArray([0.05, 0.04, 0.04], coords=yearly),
            "case_mix": xr.DataArray(WEIGHT[None], coords={"service_type": ["care"], "sex": SEXES, "age": AGES}),
        },
        coords={"sex": SEXES, "age": AGES},
    )


def activity(**changes):
    members = cells(MEMBERS * GROWTH[:, None, None, None], year=YEARS)
    unit = xr.DataArray(COST_0 * PRICES[:, None], coords={"year": YEARS, "health_group": GROUPS})
    made = Activity(
        service="care",
        members=members,
        contacts=members * cells(USE),
        length=xr.DataArray(LENGTH, coords={"sex": SEXES, "age": AGES}),
        unit_cost=unit,
        base_contacts=cells(MEMBERS * USE),
        base_members=cells(MEMBERS),
        base_cost=xr.DataArray(COST_0, coords={"health_group": GROUPS}),
        package=xr.DataArray(np.ones(3), coords={"year": YEARS}),
    )
    return replace(made, **changes)


BASE_COST = float((MEMBERS * USE * COST_0[:, None, None]).sum())
METHODS = {
    "fee for service": FeeForService(),
    "floating points": FeeForService(budget={"value": 1.1 * BASE_COST, "per": "year"}),
    "capitation": Capitation(),
    "flat capitation": Capitation(risk_adjusted=False),
    "case payment": CasePayment(creep=0.01),
    "per diem": PerDiem(length_growth=-0.01),
    "global budget": GlobalBudget(growth=0.01),
    "capped budget": GlobalBudget(rule="capped", indexed="wages"),
    "own facilities": OwnFacilities(fixed_share=0.6, capacity_growth=0.02),
    "mixture": Mixture(
        parts=[
            Part(share=ramp({2025: 0.3, 2027: 0.7}), payment=Capitation()),
            Part(share=ramp({2025: 0.7, 2027: 0.3}), payment=FeeForService()),
        ]
    ),
}
LAST = 2  # the simulated year


class People:
    """One year of single members: how often each goes, what each contact costs, how long it lasts, what it weighs."""

    def __init__(self, seed, times=110):
        rng = np.random.default_rng(seed)
        place = np.array(list(np.ndindex(MEMBERS.shape)))
        count = (MEMBERS * GROWTH[LAST] * times).round().astype(int).ravel()
        self.weight = MEMBERS.ravel() * GROWTH[LAST] / count  # persons that one simulated member stands for
        self.cell = np.repeat(np.arange(len(place)), count)
        visits = rng.poisson(USE.ravel()[self.cell])
        self.of = np.repeat(self.cell, visits)
        group, sex, age = place[self.of].T
        self.group = group
        cv = 0.8
        sigma = np.sqrt(np.log1p(cv * cv))
        noise = rng.normal(-sigma * sigma / 2, sigma, self.of.size)
        self.price = COST_0[group] * PRICES[LAST] * np.exp(noise)
        self.days = rng.geometric(1.0 / LENGTH[sex, age])
        self.points = WEIGHT[sex, age]
        self.tariff = COST_0[group] * PRICES[LAST]
        self.place = place

    def total(self, amount):
        """Sum over all persons, and its standard error."""
        of = self.of
        sums = np.bincount(of, amount, len(self.place))
        squares = np.bincount(of, amount * amount, len(self.place))  # the variance of a compound Poisson sum
        return float((sums * self.weight).sum()), float(np.sqrt((squares * self.weight**2).sum()))


def simulated(name, people):
    """Total cost of 2027 as the words of the method say, person by person."""
    use_0 = MEMBERS * USE
    if name == "fee for service":
        return people.total(people.price)
    if name == "floating points":
        return 1.1 * BASE_COST, 1e-9 * BASE_COST
    if name in ("capitation", "flat capitation"):
        per_head = (use_0 * COST_0[:, None, None]).sum(axis=(1, 2)) / MEMBERS.sum(axis=(1, 2)) * PRICES[LAST]
        risk = np.ones(MEMBERS.shape)
        if name == "capitation":
            by_age = (use_0 * COST_0[:, None, None]).sum(axis=0) / MEMBERS.sum(axis=0)
            risk = by_age / ((MEMBERS * by_age).sum(axis=(1, 2)) / MEMBERS.sum(axis=(1, 2)))[:, None, None]
        heads = people.weight[people.cell] * (per_head[:, None, None] * risk).ravel()[people.cell]
        return float(heads.sum()), 1e-9 * float(heads.sum())
    if name == "case payment":
        mean = (use_0 * WEIGHT).sum(axis=(1, 2)) / use_0.sum(axis=(1, 2))
        return people.total(people.tariff * people.points / mean[people.group] * 1.01**3)
    if name == "per diem":
        mean = (use_0 * LENGTH).sum(axis=(1, 2)) / use_0.sum(axis=(1, 2))
        return people.total(people.tariff / mean[people.group] * people.days * 0.99**3)
    if name == "global budget":
        return BASE_COST * 1.03 * 1.02 * 1.02 * 1.01**3, 1e-9 * BASE_COST
    if name == "capped budget":
        budget = BASE_COST * 1.05 * 1.04 * 1.04
        total, error = people.total(people.price)
        return (budget, 1e-9 * budget) if budget < total else (total, error)
    if name == "own facilities":
        fixed = 0.6 * float((use_0 * (COST_0 * PRICES[LAST])[:, None, None]).sum()) * 1.02**3
        total, error = people.total(0.4 * people.price)
        return fixed + total, error
    assert name == "mixture"
    heads, _ = simulated("capitation", people)
    fees, error = people.total(0.3 * people.price)
    return 0.7 * heads + fees, error


def distances(name, seeds=range(1, 6), method=None):
    cost = (method or METHODS[name]).cost(activity(), basis()).isel(year=LAST)
    found = []
    for seed in seeds:
        total, error = simulated(name, People(seed))
        assert error <= 0.002 * total
        found.append((float(cost.sum()) - total) / max(error, 1e-9 * total))
    return np.abs(found)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_the_sum_over_simulated_members(name):
    assert distances(name).max() < 4.0


def test_the_simulation_tells_methods_apart():
    assert distances("per diem", method=FeeForService()).min() > 4.5
    assert distances("case payment", method=CasePayment(creep=0.02)).min() > 4.5
    assert distances("capitation", method=Capitation(risk_adjusted=False)).min() >= 0.0


def test_a_fee_is_linear_in_volume_and_price_and_a_capitation_neutral_to_volume():
    one, more = activity(), activity()
    more = replace(more, contacts=1.3 * more.contacts)
    dear = replace(one, unit_cost=1.2 * one.unit_cost)
    fee, head = FeeForService(), Capitation()
    xr.testing.assert_allclose(fee.cost(more, basis()), 1.3 * fee.cost(one, basis()), rtol=1e-12)
    xr.testing.assert_allclose(fee.cost(dear, basis()), 1.2 * fee.cost(one, basis()), rtol=1e-12)
    xr.testing.assert_identical(head.cost(more, basis()), head.cost(one, basis()))
    xr.testing.assert_allclose(head.cost(dear, basis()), 1.2 * head.cost(one, basis()), rtol=1e-12)


def test_a_budget_does_not_depend_on_volume_but_who_uses_more_gets_more_of_it():
    one = activity()
    more = replace(one, contacts=one.contacts * cells(np.where(np.arange(3) == 2, 2.0, 1.0) + np.zeros((2, 2, 3))))
    for method in (METHODS["floating points"], GlobalBudget()):
        before, after = method.cost(one, basis()), method.cost(more, basis())
        np.testing.assert_allclose(after.sum(list(CELL)), before.sum(list(CELL)), rtol=1e-12)
        assert bool((after.sel(age=2) > before.sel(age=2)).all())


def test_a_member_more_costs_own_facilities_less_than_the_mean():
    one = activity()
    more = replace(one, contacts=1.1 * one.contacts)
    method = METHODS["own facilities"]
    before, after = (float(method.cost(a, basis()).isel(year=0).sum()) for a in (one, more))
    assert 0 < (after - before) / before < 0.05


def test_every_method_starts_from_the_cost_of_the_base_year():
    still = activity(
        members=cells(np.repeat(MEMBERS[None], 3, axis=0), year=YEARS),
        contacts=cells(np.repeat((MEMBERS * USE)[None], 3, axis=0), year=YEARS),
        unit_cost=xr.DataArray(np.repeat(COST_0[None], 3, axis=0), coords={"year": YEARS, "health_group": GROUPS}),
    )
    for method in (FeeForService(), Capitation(), PerDiem(), OwnFacilities(), GlobalBudget(indexed="none")):
        cost = method.cost(still, basis()).isel(year=0)
        assert float(cost.sum()) == pytest.approx(BASE_COST, rel=1e-12), type(method).__name__


def test_shares_of_a_mixture_sum_to_one():
    wrong = Mixture(parts=[Part(share=0.5, payment=FeeForService()), Part(share=0.4, payment=Capitation())])
    with pytest.raises(BadScheme, match=r"care.payment.parts: the shares sum to 0.9 in 2025, not to 1"):
        wrong.cost(activity(), basis())


def test_what_is_no_payment_method_is_refused():
    with pytest.raises(BadScheme, match="int is no payment method: it lacks the answer cost"):
        Part(share=0.5, payment=3)
    with pytest.raises(BadScheme, match=r"dict is no payment method: it lacks the answer cost; a form is for"):
        Part(share=0.5, payment={"form": "per_diem"})


def newly_joined(method, entitled=True):
    """Cost of group b in the last year, had it no members in the base year; contacts of both groups are those of a."""
    full = activity()
    none = xr.DataArray([1.0, 0.0], coords={"health_group": GROUPS})
    first = full.members.isel(health_group=[0, 0]).assign_coords(health_group=GROUPS)
    contacts = first * cells(USE[[0, 0]])
    found = method.cost(
        replace(
            full,
            members=first,
            contacts=contacts if entitled else contacts * none,
            unit_cost=full.unit_cost.isel(health_group=[0, 0]).assign_coords(health_group=GROUPS),
            base_contacts=full.base_contacts * none,
            base_members=full.base_members * none,
            base_cost=full.base_cost.isel(health_group=[0, 0]).assign_coords(health_group=GROUPS),
        ),
        basis(),
    )
    return found.sel(health_group="a"), found.sel(health_group="b")


PER_CASE = ["fee for service", "capitation", "flat capitation", "case payment", "per diem"]


@pytest.mark.parametrize("name", PER_CASE)
def test_a_group_without_members_in_the_base_year_costs_what_others_do(name):
    old, new = newly_joined(METHODS[name])
    assert float(new.min()) > 0.0
    np.testing.assert_allclose(new, old, rtol=1e-12)
    assert float(newly_joined(METHODS[name], entitled=False)[1].max()) == 0.0


@pytest.mark.parametrize("name", METHODS)
def test_the_order_of_dims_and_of_labels_does_not_matter(name):
    one = activity()
    turned = replace(
        one,
        contacts=one.contacts.transpose("age", "sex", "year", "health_group"),
        members=one.members.isel(sex=[1, 0]).transpose(),
        unit_cost=one.unit_cost.isel(health_group=[1, 0]).transpose(),
        base_contacts=one.base_contacts.transpose(),
        base_members=one.base_members.isel(age=[2, 0, 1]).transpose("sex", ...),
        length=one.length.transpose(),
    )
    found = METHODS[name].cost(turned, basis())
    assert found.dims == ("year", "health_group", "sex", "age")
    xr.testing.assert_allclose(found, METHODS[name].cost(one, basis()).transpose(*found.dims), rtol=1e-14)


def test_a_unit_cost_that_is_that_of_all_groups():
    one = activity()
    same = one.unit_cost.isel(health_group=0, drop=True)
    found = FeeForService().cost(replace(one, unit_cost=same), basis())
    np.testing.assert_allclose(found, one.contacts.values * (COST_0[0] * PRICES)[:, None, None, None], rtol=1e-14)


def test_weights_that_creep_by_sex():
    both = CasePayment(creep=by_sex(male=0.01, female=ramp({2025: 0.0, 2027: 0.04}))).cost(activity(), basis())
    plain = CasePayment().cost(activity(), basis())
    level = np.array([[1.01, 1.0], [1.01**2, 1.02], [1.01**3, 1.02 * 1.04]])
    np.testing.assert_allclose(both, plain.values * level[:, None, :, None], rtol=1e-14)


def test_an_answer_has_the_labels_of_the_contacts_and_none_of_their_words():
    one = activity()
    named = replace(one, contacts=one.contacts.rename("contacts").assign_attrs(units="contacts/year"))
    for method in METHODS.values():
        found = method.cost(named, basis())
        assert (found.attrs, found.name) == ({}, None)
    assert named.contacts.attrs == {"units": "contacts/year"}
