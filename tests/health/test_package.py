"""A service that enters the package step by step: every payment method pays for the part that is covered."""

import numpy as np
import pytest

import actuarial as ac
from actuarial.dated import money, ramp, step
from actuarial.demography.population import project_population
from actuarial.health.membership import project_membership
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
from actuarial.health.scheme import Service
from tests.reference.health import health_basis, health_scheme

METHODS = {
    "fee for service": FeeForService(),
    "capitation": Capitation(),
    "case payment": CasePayment(creep=0.01),
    "per diem": PerDiem(),
    "global budget": GlobalBudget(growth=0.01),
    "capped budget": GlobalBudget(rule="capped"),
    "own facilities": OwnFacilities(capacity_growth=0.01),
    "mixture": Mixture(parts=[Part(share=0.4, payment=Capitation()), Part(share=0.6, payment=GlobalBudget())]),
}


@pytest.fixture(scope="module")
def basis():
    return health_basis(3)


@pytest.fixture(scope="module")
def people(basis):
    return project_membership(project_population(basis), basis, health_scheme())


def cost(payment, covered, basis, people):
    scheme = health_scheme(services=(Service(name="stays", payment=payment, covered=covered),))
    use = ac.health.project_use(people, basis, scheme)
    return use, ac.health.project_health_cost(use, people, basis, scheme)["provider_cost"]


@pytest.mark.parametrize("name", METHODS)
def test_what_was_not_covered_in_the_base_year_costs_its_part_when_it_is(name, basis, people):
    whole = cost(METHODS[name], 1.0, basis, people)[1]
    assert float(whole.min()) >= 0 < float(whole.sum())
    late = cost(METHODS[name], step({2024: 0.0, 2026: 1.0}), basis, people)[1]
    np.testing.assert_allclose(late, whole * (whole["year"] >= 2026), rtol=1e-12)
    grows = cost(METHODS[name], ramp({2024: 0.1, 2028: 0.9}), basis, people)[1]
    for year, share in ((2025, 0.3), (2027, 0.7)):
        np.testing.assert_allclose(grows.sel(year=year), share * whole.sel(year=year), rtol=1e-12)


def test_contacts_of_the_base_year_are_those_that_were_covered_then(basis, people):
    use, _ = cost(FeeForService(), ramp({2024: 0.1, 2028: 0.9}), basis, people)
    np.testing.assert_allclose(use["contacts_0"], 0.1 * use["contacts_wanted_0"], rtol=1e-13)
    np.testing.assert_allclose(use["covered_share"].squeeze(), [0.3, 0.5, 0.7], rtol=1e-13)
    rates = basis["use_rate_0"].sel(service_type="stays", drop=True)
    wanted = (people["health_covered_0"] * rates).transpose("health_group", "sex", "age")
    np.testing.assert_allclose(use["contacts_wanted_0"].squeeze("service_type"), wanted, rtol=1e-13)


def test_accounts_of_nothing_for_a_service_that_is_not_covered_yet(basis):
    """The others meet their accounts, and the new service costs what its unit cost says from the first year on."""
    scheme = health_scheme().amend("drugs", covered=step({2024: 0.0, 2025: 1.0}))
    scheme = scheme.amend("stays.sharing", copayment=money(0.0, per="once"))
    plain = ac.project_health(basis, scheme)
    spent = (basis["unit_cost_0"] * plain["contacts_0"].sum(["sex", "age"])).sum("health_group")
    accounts = spent * np.array([0.9, 0.0, 1.1])
    found = ac.project_health(basis.assign(expenditure_by_service_0=accounts), scheme)
    np.testing.assert_array_equal(found["calibration_by_service"].sel(service_type="drugs"), 1.0)
    drugs = found["health_expenditure"].sel(service_type="drugs")
    np.testing.assert_allclose(drugs, plain["health_expenditure"].sel(service_type="drugs"), rtol=1e-12)
    assert float(drugs.min()) > 0
