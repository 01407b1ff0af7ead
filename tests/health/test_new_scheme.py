"""A scheme that nobody is a member of on the valuation date, numbers that change by what a stage does not know."""

import numpy as np
import pytest

import actuarial as ac
from actuarial.dated import by_sex, step
from actuarial.errors import BadScheme
from actuarial.health import Capitation, CasePayment, FeeForService, GlobalBudget, OwnFacilities, PerDiem
from tests.reference.health import GROUPS, health_basis, health_scheme

DRUGS = {"service_type": "drugs"}


@pytest.fixture(scope="module")
def basis():
    basis = health_basis(3)
    cells = (("service_type", "sex", "age"), np.broadcast_to(1.0 + 0.02 * np.arange(101), (3, 2, 101)).copy())
    return basis.assign(case_mix=cells, days_per_contact=cells)


def starting(payment):
    """Everybody may enrol from 2026 on."""
    scheme = health_scheme().amend("drugs", payment=payment).amend("stays", payment=FeeForService())
    for name in GROUPS:
        scheme = scheme.amend(name, enrolment=step({2024: 0.0, 2026: 0.6}))
    return scheme


@pytest.mark.parametrize("payment", [CasePayment(), PerDiem()])
def test_weights_of_a_new_scheme_are_those_of_its_first_year(basis, payment):
    by_weight, by_contact = (ac.project_health(basis, starting(one)) for one in (payment, FeeForService()))
    due = [result["provider_cost"].sel(DRUGS).sum(["health_group", "sex", "age"]) for result in (by_weight, by_contact)]
    assert float(due[0].sel(year=2025)) == 0.0
    np.testing.assert_allclose(due[0].sel(year=2026), due[1].sel(year=2026), rtol=1e-12)
    assert float(due[0].sel(year=2027)) > float(due[0].sel(year=2026)) > 0.0


@pytest.mark.parametrize("payment", [Capitation(), GlobalBudget(), OwnFacilities()])
def test_a_new_scheme_has_no_cost_of_the_base_year_to_carry_forward(basis, payment):
    with pytest.raises(BadScheme, match=r"drugs.payment: .* no member used the service in it; it is used from 2026 on"):
        ac.project_health(basis, starting(payment))


def test_who_joins_uses_what_the_law_says_of_those_who_join_then(basis):
    """Shares of use in the first moment are those of the year of joining, not of the base year."""
    enrolment = step({2024: 0.2, 2026: 0.5})
    scheme = health_scheme().amend("informal", enrolment=enrolment, first_use=0.5, catching_up=0.4)
    dated = scheme.amend("informal", first_use=step({2024: 0.5, 2026: 0.9}))
    first, second = (
        ac.project_health(basis, one)["use_factor"].sel(health_group="informal").values for one in (scheme, dated)
    )
    assert first[0] == second[0]
    assert (second[1:] > first[1:] + 0.01).all()


@pytest.mark.parametrize(("part", "field"), [
    ("drugs", "covered"), ("visits.sharing", "coinsurance"), ("informal", "selection"), ("informal", "first_use"),
])  # fmt: skip
def test_a_number_that_may_not_change_by_sex_is_refused_in_words(basis, part, field):
    scheme = health_scheme().amend(part, **{field: by_sex(male=0.6, female=0.3)})
    with pytest.raises(BadScheme, match=rf"{part}.{field}: must be one number for each year, but it varies by sex"):
        ac.project_health(basis, scheme)


def test_enrolment_and_effective_cover_may_differ_by_sex(basis):
    """Half the men and no women can use services: the use of men is halved, that of women is nothing."""
    scheme = health_scheme().amend("drugs", payment=FeeForService())
    half = scheme.amend("informal", effective=by_sex(male=0.5, female=0.0), enrolment=by_sex(male=0.6, female=0.6))
    whole, found = (ac.project_health(basis, one)["contacts"].sel(DRUGS | {"health_group": "informal"})
                    for one in (scheme, half))  # fmt: skip
    np.testing.assert_allclose(found.sel(sex="male"), 0.5 * whole.sel(sex="male"), rtol=1e-12)
    assert float(found.sel(sex="female").sum()) == 0.0
    selected = scheme.amend("informal", selection=0.2, enrolment=by_sex(male=0.6, female=0.4))
    with pytest.raises(BadScheme, match=r"informal.enrolment: must be one number for each year, but it varies by sex"):
        ac.project_health(basis, selected)


def test_no_use_is_left_where_demand_cannot_fall_further():
    with pytest.raises(BadScheme, match="demand_elasticity"):
        health_scheme().amend("funding", demand_elasticity=-1.5)


def test_a_result_says_that_nothing_was_calibrated_and_which_services_it_leaves_out(basis):
    scheme = health_scheme()
    fewer = health_scheme(services=scheme.services[:2])
    told = ac.project_health(basis, fewer).attrs["warnings"].split("\n")
    assert told[0].startswith("expenditure_by_service_0, expenditure_by_group_0: not given")
    assert told[1] == "service_type: the scheme has no stays; nothing is paid for it."


@pytest.mark.parametrize("payment", [GlobalBudget(indexed="none"), OwnFacilities(fixed_share=0.7)])
def test_a_sum_that_is_due_whatever_is_used_is_not_lost_where_nothing_is_used(basis, payment):
    """A year in which a service is closed: the sum is due, and no use says which group bears it."""
    closed = np.ones((3, 3))
    closed[1, 1] = 0.0
    scheme = health_scheme().amend("drugs", payment=payment)
    shut = basis.assign(use_shock=(("year", "service_type"), closed))
    with pytest.raises(BadScheme, match=r"drugs.payment: [0-9,]+ is due in 2026 whatever is used, but nobody uses"):
        ac.project_health(shut, scheme)
    out = scheme.amend("drugs", covered=step({2024: 1.0, 2026: 0.0, 2027: 1.0}))
    spent = ac.project_health(shut, out)["provider_cost"].sel(DRUGS).sum(["health_group", "sex", "age"])
    assert (spent.values > 0).tolist() == [True, False, True]
