"""What the finances of a health scheme mean: rates that meet their target when rolled, months, who pays for whom."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from actuarial.dated import money
from actuarial.demography.population import project_population
from actuarial.errors import IdentityFailed
from actuarial.health.cost import project_health_cost
from actuarial.health.groups import Population
from actuarial.health.membership import project_membership
from actuarial.health.payment import FeeForService
from actuarial.health.scheme import HealthContribution, HealthFunding, HealthScheme, Service
from actuarial.health.use import project_use
from actuarial.scheme import Administration
from actuarial.valuation import roll_reserve
from actuarial.valuation.finance import convention_of, flow_of
from actuarial.valuation.health_finance import project_health_finance
from actuarial.valuation.health_indicators import cross_subsidy, value_health
from tests.reference.health import health_basis, health_scheme

STAY = {"year": [2025], "health_group": ["all"], "sex": ["male", "female"], "age": [0, 1]}


class Case:
    def __init__(self, basis, scheme):
        self.basis, self.scheme = basis, scheme
        self.membership = project_membership(project_population(basis), basis, scheme)
        self.cost = project_health_cost(project_use(self.membership, basis, scheme), self.membership, basis, scheme)
        self.finance = project_health_finance(self.membership, self.cost, basis, scheme)
        self.values = value_health(self.finance, self.membership, self.cost, basis)


@pytest.fixture(scope="module")
def case():
    return Case(health_basis(), health_scheme())


def one_person(rate=0.06):
    """One member with earnings of 2 000, services of 100, administration of 6, a reserve of 10 and interest of 5%."""
    scheme = HealthScheme(
        name="One", currency="LTD", groups=(Population(name="all"),),
        services=(Service(name="care", payment=FeeForService()),),
        contributions=(HealthContribution(name="tax", payer="member", rate=rate),),
        administration=Administration(fixed=money(6.0, per="year")), funding=HealthFunding(reserve_months=3.0),
    )  # fmt: skip
    here = np.zeros((1, 1, 2, 2))
    here[0, 0, 0, 1] = 1.0
    membership = xr.Dataset({"health_members": (list(STAY), here)}, coords=STAY)
    cell = {"year": [2025], "service_type": ["care"], "health_group": ["all"]}
    spent = xr.DataArray(np.full((1, 1, 1), 100.0), coords=cell)
    cost = xr.Dataset({"health_expenditure": spent, "out_of_pocket": 0.25 * spent})
    basis = xr.Dataset(
        {
            "interest_rate": ("year", [0.05]), "wage_growth": ("year", [0.0]), "health_reserve_0": 10.0,
            "member_earnings_0": (("health_group", "sex", "age"), np.full((1, 2, 2), 2_000.0)),
        },
        coords=STAY,
    )  # fmt: skip
    finance = project_health_finance(membership, cost, basis, scheme)
    return finance.squeeze(), value_health(finance, membership, cost, basis).isel(year=0).squeeze("health_group")


def test_golden_rate_with_a_reserve_of_three_months():
    rate = float(one_person()[1]["payg_rate_with_reserve"])
    assert rate == pytest.approx(0.0600752755, abs=5e-11)
    assert float(one_person(rate)[0]["reserve"]) == pytest.approx(25.0, rel=1e-14)


def test_indicators_of_one_person_by_hand():
    finance, values = one_person()
    assert float(values["payg_cost_rate"]) == pytest.approx(106 / 2000)
    assert float(values["contribution_rate"]) == pytest.approx(0.06)
    assert float(values["loss_ratio"]) == pytest.approx(100 / 120)
    assert float(values["out_of_pocket_share"]) == pytest.approx(25 / 125)
    assert float(values["cost_per_member"]) == pytest.approx(100)
    assert float(values["contribution_per_member"]) == pytest.approx(120)
    reserve = 10 * 1.05 + (120 - 106) * 1.05**0.5
    assert float(values["reserve_months"]) == pytest.approx(12 * reserve / 100)
    assert float(values["reserve_ratio"]) == pytest.approx(reserve / 106)
    assert float(values["trust_fund_ratio"]) == pytest.approx(10 / 106)
    assert values["cross_subsidy"].values.tolist() == [0.0, pytest.approx(20)]
    income = 120 + float(finance["investment_income"])
    assert values["source_share"].values.tolist() == pytest.approx([120 / income, 0, 0, 0, 0, 0, 1 - 120 / income])
    assert values.sizes["horizon"] == 0
    assert "outgo_to_gdp" not in values


def given_by(finance, kind):
    """Given income of a kind of flow (year)."""
    return finance["given_income"].where(flow_of(finance["given_income"]) == kind, 0.0).sum("contribution")


def rolled(finance, rate):
    """The reserve where earnings pay a rate and all that does not depend on it stays, by the public recursion."""
    paid = rate * finance["total_insurable_earnings"] + given_by(finance, "contributions")
    return roll_reserve(
        paid.drop_attrs(), finance["outgo"], finance["interest_rate"], reserve=finance["reserve_0"],
        other_income=given_by(finance, "other_income"), **convention_of(finance),
    )["reserve"]  # fmt: skip


def test_the_rate_with_a_reserve_leads_to_the_contingency_reserve_in_every_year(case):
    reserve = rolled(case.finance, case.values["payg_rate_with_reserve"])
    np.testing.assert_allclose(reserve, case.finance["contingency_reserve"], rtol=1e-11)


def test_level_rates_leave_the_contingency_reserve_at_the_end_of_their_period(case):
    assert case.values["horizon"].values.tolist() == [3, 5]
    for years in (3, 5):
        rate = float(case.values["level_rate"].sel(horizon=years))
        end = rolled(case.finance, rate).isel(year=years - 1)
        assert float(end) == pytest.approx(float(case.finance["contingency_reserve"][years - 1]), rel=1e-11)


def test_months_of_reserve_are_those_of_the_law_where_the_reserve_is_the_contingency_reserve(case):
    there = case.finance["contingency_reserve"]
    paid = case.finance["service_expenditure"] + case.finance["cash_benefits"]
    months = 12 * (case.finance["reserve"] - case.finance["claims_outstanding"]) / paid
    np.testing.assert_allclose(case.values["reserve_months"], months, rtol=1e-13)
    np.testing.assert_allclose(12 * (there - case.finance["claims_outstanding"]) / paid, 3.0, rtol=1e-13)


def test_members_of_groups_cost_and_pay(case):
    heads = case.membership["health_members"].values.sum(axis=(2, 3))
    spent = case.cost["health_expenditure"].values.sum(axis=1)
    income = case.finance["contribution_by_group"].values.sum(axis=1)
    np.testing.assert_allclose(case.values["cost_per_member"], spent / heads, rtol=1e-13)
    np.testing.assert_allclose(case.values["contribution_per_member"], income / heads, rtol=1e-13)
    lines = income.sum(axis=1) - case.finance["deficit_income"].values
    np.testing.assert_allclose(case.values["loss_ratio"], spent.sum(axis=1) / lines, rtol=1e-13)
    np.testing.assert_allclose(case.values["outgo_to_gdp"], case.finance["outgo"] / case.basis["gdp"], rtol=1e-13)
    share = case.finance["state_income"] / case.basis["government_expenditure"]
    np.testing.assert_allclose(case.values["state_income_to_government"], share, rtol=1e-13)
    np.testing.assert_allclose(case.values["source_share"].sum("source"), 1.0, rtol=1e-12)


def test_workers_pay_for_the_poor(case):
    paid = case.values["cross_subsidy"]
    assert paid["receiving_group"].values.tolist() == ["workers", "informal", "poor", "fund"]
    assert (paid.sel(health_group="workers", receiving_group="poor") > 1e8).all()
    assert not paid.sel(health_group=["informal", "poor"], receiving_group="workers").any()


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6))
def test_surpluses_are_divided_among_deficits_and_the_rest_is_left_to_the_fund(net):
    names = [f"g{i}" for i in range(len(net))]
    found = cross_subsidy(xr.DataArray(net, dims="health_group", coords={"health_group": names}))
    surplus, deficit = (sum(max(0.0, sign * one) for one in net) for sign in (1, -1))
    tolerance = {"atol": 1e-9 * (1.0 + surplus + deficit), "rtol": 1e-9}
    np.testing.assert_allclose(found.sum("receiving_group"), np.maximum(net, 0.0), **tolerance)
    covered = min(1.0, surplus / deficit) if deficit else 0.0
    received = found.sum("health_group")
    lacking = covered * np.maximum(np.negative(net), 0.0)
    np.testing.assert_allclose(received.sel(receiving_group=names), lacking, **tolerance)
    np.testing.assert_allclose(received.sel(receiving_group="fund"), max(0.0, surplus - deficit), **tolerance)


def test_without_contributions_on_earnings_there_is_no_rate(case):
    grant = HealthContribution(name="grant", payer="state", base="budget", amount=money(7.0e9, per="year"))
    scheme = health_scheme(contributions=(grant,))
    finance = project_health_finance(case.membership, case.cost, case.basis, scheme)
    values = value_health(finance, case.membership, case.cost, case.basis)
    for name in ("payg_cost_rate", "payg_rate_with_reserve", "contribution_rate", "level_rate"):
        assert values[name].isnull().all(), name
    assert values["reserve_months"].notnull().all()
    assert values["source_share"].sel(source="state").min() > 0.9


def test_finances_that_do_not_add_up_are_refused(case):
    wrong = case.finance.assign(outgo=1.001 * case.finance["outgo"])
    with pytest.raises(IdentityFailed, match="benefits and administration add up to outgo"):
        value_health(wrong, case.membership, case.cost, case.basis)
