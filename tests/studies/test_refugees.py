"""Refugees in a national scheme: what they can pay, four ways of paying year by year, two projections."""

import math

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from actuarial.dated import ramp, step
from actuarial.errors import BadDimensions, BadInput
from actuarial.health.groups import Population
from actuarial.health.groups import Refugees as RefugeeGroup
from actuarial.health.payment import FeeForService, OwnFacilities
from actuarial.health.scheme import CostSharing, HealthContribution, HealthFunding, HealthScheme, Service
from actuarial.projection_health import project_health
from actuarial.studies.capacity import contributory_capacity
from actuarial.studies.refugee_series import projected_refugees, without_groups
from actuarial.studies.refugees import FULL, PARALLEL, RULES, TIERED, Host, Refugees, refugee_inclusion
from tests.reference.small import small_basis

YEARS = np.arange(2026, 2031)


def by_year(*values):
    return xr.DataArray(np.array(values, dtype=float), dims="year", coords={"year": YEARS})


def test_published_shares_of_those_who_can_pay():
    found = contributory_capacity(120.0, 0.7, 70.0, 0.25, 10.0)
    expected = {
        "pays_in_full": 0.42937893,
        "pays_nothing": 0.29536051,
        "pays_in_part": 0.27526056,
        "mean_own_contribution": 5.59484848,
        "premium_subsidy_share": 0.44051515,
    }
    for name, value in expected.items():
        assert float(found[name]) == pytest.approx(value, abs=5e-9), name


def test_what_people_can_pay_by_integrating_over_incomes():
    sigma = math.sqrt(math.log1p(0.49))
    z = np.linspace(-8, 8, 200_001)
    weight = np.exp(-z * z / 2)
    income = np.exp(math.log(120.0) - sigma**2 / 2 + sigma * z)
    paid = np.clip(0.25 * (income - 70.0), 0.0, 10.0)
    found = contributory_capacity(120.0, 0.7, 70.0, 0.25, 10.0)
    assert float(found["mean_own_contribution"]) == pytest.approx(float(paid @ weight / weight.sum()), rel=1e-6)


amount = st.floats(0.0, 1000.0)


@given(amount, st.floats(0.0, 3.0), amount, st.floats(0.0, 1.0), st.floats(0.1, 200.0), st.floats(1.0, 3.0))
def test_subsidies_lie_between_nothing_and_the_premium_and_fall_with_incomes(mean, cv, low, share, premium, factor):
    poor, rich = (contributory_capacity(m, cv, low, share, premium) for m in (mean, factor * mean))
    for found in (poor, rich):
        assert 0.0 <= float(found["premium_subsidy"]) <= premium
        parts = [float(found[name]) for name in ("pays_in_full", "pays_in_part", "pays_nothing")]
        assert min(parts) >= 0.0
        assert sum(parts) == pytest.approx(1.0, abs=1e-12)
    assert float(rich["premium_subsidy"]) <= float(poor["premium_subsidy"]) + 1e-9 * premium


def test_incomes_by_group_and_year():
    coords = {"year": [2026, 2027], "health_group": ["camp", "town"]}
    income = xr.DataArray([[0.0, 100.0], [50.0, 200.0]], coords=coords)
    found = contributory_capacity(income, 0.0, 60.0, 0.5, 30.0)
    np.testing.assert_allclose(found["mean_own_contribution"], [[0.0, 20.0], [0.0, 30.0]])
    assert float(found["pays_in_full"].sel(year=2027, health_group="town")) == 1.0


@pytest.mark.parametrize(
    ("numbers", "words"),
    [((-1, 0.5, 10, 0.2, 5), "income_mean must be"), ((9, 0.5, 10, 1.2, 5), "share must be a fraction, 0 to 1, but 1"),
     ((9, 0.5, 10, 0.2, 0), "premium must be an amount above 0"), ((math.nan, 0, 1, 0.2, 1), "income_mean must be")],
)  # fmt: skip
def test_capacity_of_impossible_numbers_is_refused(numbers, words):
    with pytest.raises(BadInput, match=words):
        contributory_capacity(*numbers)


PEOPLE, COST, DIRECT = (1000.0, 1200.0, 900.0, 900.0, 950.0), (100.0, 104.0, 109.0, 113.0, 117.0), 180.0
INTEREST, WAGES = (0.03, 0.04, 0.05, 0.04, 0.03), (4e6, 4.2e6, 4.4e6, 4.5e6, 4.7e6)
BENEFITS = (2e5, 2.1e5, 2.2e5, 2.3e5, 2.4e5)
DONORS = (1.0, 0.75, 0.5, 0.25, 0.0)


def plain(**changes):
    given = {
        "persons": by_year(*PEOPLE),
        "cost_per_head": by_year(*COST),
        "direct_cost_per_head": DIRECT,
        "administration_per_head": 5.0,
        "own_by_rules": 30.0,
        "state_by_rules": 20.0,
        "enrolled_by_rules": 0.4,
        "income_mean": 700.0,
        "income_cv": 0.6,
        "subsistence": 500.0,
        "payable_share": 0.2,
    }
    return Refugees(**given | changes)


def host(**changes):
    given = {
        "reserve": by_year(*(months / 4 for months in BENEFITS)),
        "benefits": by_year(*BENEFITS),
        "earnings": by_year(*WAGES),
        "interest": by_year(*INTEREST),
    }
    return Host(**given | changes)


def loop(run, premiums=None):
    """One way of paying, year by year, as a clerk would book it."""
    account, wanted_before, rows = 0.0, 0.0, []
    for t in range(len(YEARS)):
        everybody, cost, growth = PEOPLE[t], COST[t], 1 + INTEREST[t]
        worth = growth**0.5
        members = {PARALLEL: 0.0, RULES: 0.4 * everybody}.get(run, everybody)
        wanted = 0.25 * cost * members
        spent = (cost + 5.0) * members
        even = spent + (wanted - growth * wanted_before) / worth
        premium = even / members if members else math.nan
        own = donor = state = 0.0
        if run == RULES:
            own, state = 30.0 * members, 20.0 * members
        elif run in (FULL, TIERED):
            due = premium if premiums is None else premiums
            able = float(contributory_capacity(700.0, 0.6, 500.0, 0.2, due)["mean_own_contribution"])
            able = able if run == TIERED else 0.0
            own = able * members
            donor, state = (share * (due - able) * members for share in (DONORS[t], 1 - DONORS[t]))
        effect = own + donor + state - spent
        account = account * growth + effect * worth
        short = (even if members else 0.0) - own - donor - state
        rows.append(
            {
                "refugee_members": members,
                "own_contributions": own,
                "state_payments": state,
                "donor_payments": donor + (everybody - members) * DIRECT,
                "break_even_premium": premium,
                "fund_effect": effect,
                "contribution_rate_effect": short / WAGES[t],
                "inclusion_saving": members * DIRECT - (even if members else 0.0),
                "fund_reserve_months": 12 * (BENEFITS[t] / 4 + account) / (BENEFITS[t] + cost * members),
            }
        )
        wanted_before = wanted
    return {name: [row[name] for row in rows] for name in rows[0]}


@pytest.mark.parametrize("premium", [None, 110.0])
@pytest.mark.parametrize("run", [PARALLEL, FULL, TIERED, RULES])
def test_four_ways_of_paying_by_a_loop_over_years(run, premium):
    found = refugee_inclusion(plain(), host(), donor_share=ramp({2026: 1.0, 2030: 0.0}), premium=premium).sel(run=run)
    for name, expected in loop(run, premium).items():
        np.testing.assert_allclose(found[name], expected, rtol=1e-10, atol=1e-9, err_msg=name)


def test_the_break_even_premium_leaves_the_months_of_reserve():
    found = refugee_inclusion(plain(), host(), donor_share=by_year(*DONORS)).sel(run=[FULL, TIERED])
    np.testing.assert_allclose(found["fund_reserve_months"], 3.0, rtol=1e-12)
    np.testing.assert_allclose(found["contribution_rate_effect"], 0.0, atol=1e-15)
    assert float(found["donor_payments"].sel(year=2030).max()) == 0.0
    paid = found["donor_payments"] + found["state_payments"] + found["own_contributions"]
    np.testing.assert_allclose(paid, found["refugee_members"] * found["break_even_premium"], rtol=1e-12)


def test_groups_are_added_and_a_scenario_is_kept():
    kinds = xr.DataArray([0.25, 0.75], dims="health_group", coords={"health_group": ["camp", "town"]})
    prices = xr.DataArray([1.0, 1.2], dims="scenario", coords={"scenario": ["usual", "dear"]})
    split = plain(persons=by_year(*PEOPLE) * kinds, cost_per_head=by_year(*COST) * prices)
    found = refugee_inclusion(split, host(), donor_share=0.5)
    whole = refugee_inclusion(plain(), host(), donor_share=0.5)
    usual = found.sel(scenario="usual", drop=True)
    for name in ("fund_effect", "donor_payments", "own_contributions", "fund_reserve_months"):
        np.testing.assert_allclose(usual[name].transpose("run", "year"), whole[name], rtol=1e-12)
    dear = found["fund_effect"].sel(scenario="dear", run=RULES)
    assert (dear < usual["fund_effect"].sel(run=RULES)).all()


REFUSED = {
    "donor_share must be between 0 and 1, but 5 of 5": lambda: refugee_inclusion(plain(), host(), donor_share=1.5),
    "cost_per_head must be at least 0": lambda: refugee_inclusion(plain(cost_per_head=-1), host(), donor_share=1),
    "persons must be a DataArray by year": lambda: refugee_inclusion(plain(persons=5), host(), donor_share=1),
    "there are no refugees in 2027": lambda: refugee_inclusion(
        plain(persons=by_year(1, 0, 1, 1, 1)), host(), donor_share=1
    ),
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_cannot_be_compared_is_refused(words):
    with pytest.raises(BadInput, match=words):
        REFUSED[words]()


def test_other_years_and_groups_are_refused():
    later = by_year(*COST).assign_coords(year=YEARS + 1)
    with pytest.raises(BadDimensions, match="cost_per_head: its years are not those of persons, 2026 to 2030"):
        refugee_inclusion(plain(cost_per_head=later), host(), donor_share=1)
    one, other = (xr.DataArray([1.0], coords={"health_group": [name]}) for name in ("camp", "town"))
    odd = plain(persons=by_year(*PEOPLE) * one, cost_per_head=100.0 * other)
    with pytest.raises(BadDimensions, match="the series have different labels"):
        refugee_inclusion(odd, host(), donor_share=1)


GROUPS, SERVICES = ["nationals", "refugees"], ["visits", "stays"]


def small_health():
    basis = small_basis().isel(year=slice(0, 5))
    ages, sexes = np.arange(101), ["male", "female"]
    cell = {"health_group": GROUPS, "sex": sexes, "age": ages}
    rate = np.array([3.0, 0.1])[:, None, None, None] * (1 + 0.01 * ages) * np.array([1.0, 0.8])[:, None, None]
    stock = np.zeros((2, 2, 101))
    stock[1, :, 20:30] = 500.0
    return basis.assign(
        use_rate_0=xr.DataArray(np.broadcast_to(rate, (2, 2, 2, 101)), coords={"service_type": SERVICES, **cell}),
        unit_cost_0=xr.DataArray([20.0, 400.0], coords={"service_type": SERVICES}),
        health_reserve_0=xr.DataArray(1e6),
        member_earnings_0=xr.DataArray(np.full((2, 2, 101), 800.0), coords=cell),
        refugees_0=xr.DataArray(stock, coords=cell),
        refugee_arrivals=xr.DataArray(0.01 * stock, coords=cell),
    )


def law(payment=None, **refugees):
    given = {"effective": step({2024: 0.0, 2025: 1.0})} | refugees
    return HealthScheme(
        name="Host",
        currency="LTD",
        groups=[Population(name="nationals", share=0.5), RefugeeGroup(name="refugees", **given)],
        services=[
            Service(name="visits", payment=FeeForService(), sharing=CostSharing(coinsurance=0.1)),
            Service(name="stays", payment=payment or FeeForService()),
        ],
        contributions=[
            HealthContribution(name="earners", payer="member", rate=0.05, groups=["nationals"]),
            HealthContribution(name="heads", payer="member", base="head", amount={"value": 9, "per": "year"}),
            HealthContribution(name="double", payer="state", base="contribution", of=["heads"], rate=0.5),
            HealthContribution(name="help", payer="state", base="budget", amount={"value": 1e5, "per": "year"}),
        ],
        funding=HealthFunding(reserve_months=2),
    )


@pytest.fixture(scope="module")
def basis():
    return small_health()


def test_series_of_two_projections(basis):
    refugees, fund = projected_refugees(basis, law(), ["refugees"], direct_cost_per_head=90.0)
    both = project_health(basis, law())
    members = both["health_covered"].sel(health_group="refugees").sum(["sex", "age"])
    assert float(members[0] / members[1]) == pytest.approx(0.5, abs=0.02)
    np.testing.assert_allclose(refugees.persons.sel(health_group="refugees"), members, rtol=1e-12)
    spent = both["health_expenditure"].sel(health_group="refugees").sum("service_type")
    np.testing.assert_allclose(refugees.cost_per_head.sel(health_group="refugees"), spent / members, rtol=1e-9)
    np.testing.assert_allclose(refugees.own_by_rules, 9.0, rtol=1e-12)
    np.testing.assert_allclose(refugees.state_by_rules, 4.5, rtol=1e-12)
    found = refugee_inclusion(refugees, fund, donor_share=1.0).sel(run=RULES)
    np.testing.assert_allclose(found["fund_effect"], 13.5 * members - spent, rtol=1e-9)
    heads = both["health_members"].sel(health_group="refugees").sum(["sex", "age"])
    late = 13.5 * (heads[0] - members[0]) * (1 + basis["interest_rate"][0]) ** 0.5  # those who join pay for the year
    level = (1 + basis["interest_rate"]).cumprod("year") / (1 + basis["interest_rate"][0])
    with_them = 12 * (both["reserve"] - late * level) / both["service_expenditure"]
    np.testing.assert_allclose(found["fund_reserve_months"], with_them, rtol=1e-9)


def test_where_facilities_are_there_a_refugee_costs_less(basis):
    mean, _ = projected_refugees(basis, law(), ["refugees"], direct_cost_per_head=90.0)
    less, _ = projected_refugees(basis, law(OwnFacilities(fixed_share=0.7)), ["refugees"], direct_cost_per_head=90.0)
    assert (less.cost_per_head < 0.8 * mean.cost_per_head).all()


def test_a_scheme_without_a_group_drops_what_was_for_it_alone():
    amount = {"value": 5, "per": "year"}
    other = HealthContribution(name="aid", payer="donor", base="head", amount=amount, groups=["refugees"])
    share = HealthContribution(name="matched", payer="state", base="contribution", of=["aid"], rate=1.0)
    scheme = law()
    wider = HealthScheme(
        name="Host", currency="LTD", groups=scheme.groups, services=scheme.services,
        contributions=(*scheme.contributions, other, share),
    )  # fmt: skip
    left = without_groups(wider, ["refugees"])
    assert [line.name for line in left.contributions] == ["earners", "heads", "double", "help"]
    assert {line.groups for line in left.contributions} == {("nationals",)}
    assert {service.groups for service in left.services} == {("nationals",)}


def test_projections_that_cannot_be_compared_are_refused(basis):
    with pytest.raises(BadInput, match="groups: guests of refugees are no groups of Host; they are nationals"):
        projected_refugees(basis, law(), ["guests"], direct_cost_per_head=90.0)
    with pytest.raises(BadInput, match=r"refugees.enrolment must be 1"):
        projected_refugees(basis, law(enrolment=0.5), ["refugees"], direct_cost_per_head=90.0)
    with pytest.raises(BadInput, match="refugees: refugees use services in the base year"):
        projected_refugees(basis, law(effective=1.0), ["refugees"], direct_cost_per_head=90.0)
