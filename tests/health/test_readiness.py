"""Whether a basis and a health scheme fit together: every text, and nothing that the projection needs is forgotten."""

import numpy as np
import pytest
import xarray as xr

import actuarial as ac
from actuarial.dated import money
from actuarial.errors import BadBasis, BadDimensions, BadScheme, MissingVariable, OutOfBounds
from actuarial.health.cash import HealthFuneral, Maternity, Sickness
from actuarial.health.groups import Dependants, Employed, Population, Refugees, Remainder
from actuarial.health.payment import FeeForService
from actuarial.health.readiness import check_health_basis
from actuarial.health.scheme import CostSharing, Service
from actuarial.warned import warning_attributes
from tests.reference.health import GROUPS, SERVICES, health_basis, health_scheme


@pytest.fixture(scope="module")
def basis():
    return health_basis(2)


def test_a_basis_without_accounts_is_warned_of(basis):
    assert check_health_basis(basis, health_scheme()) == [
        "expenditure_by_service_0, expenditure_by_group_0: not given; unit costs are used as they are."
    ]
    accounts = xr.DataArray([1e9, 1e9, 1e9], dims="service_type", coords={"service_type": SERVICES})
    assert check_health_basis(basis.assign(expenditure_by_service_0=accounts), health_scheme()) == []
    basis = basis.assign_attrs(warning_attributes(["net_migration: derived"]))
    assert check_health_basis(basis, health_scheme())[-1] == "net_migration: derived"


def test_services_that_the_law_does_not_know_are_warned_of(basis):
    scheme = health_scheme()
    fewer = health_scheme(services=scheme.services[:1])
    known = scheme.services[0].name
    others = ", ".join(name for name in SERVICES if name != known)
    assert check_health_basis(basis, fewer)[1:] == [
        f"service_type: the scheme has no {others}; nothing is paid for it."
    ]


def test_contacts_of_a_thousand_members_are_warned_of(basis):
    (told,) = check_health_basis(basis.assign(use_rate_0=1000 * basis.use_rate_0), health_scheme())[1:]
    assert told.startswith("use_rate_0: more than a contact a day in ")
    assert "are these the contacts of 1,000 members?" in told


def test_years_out_of_order_are_told_as_such(basis):
    with pytest.raises(BadDimensions, match="year: the years must follow each other without gaps"):
        ac.project_health(basis.isel(year=slice(None, None, -1)), health_scheme())


@pytest.mark.parametrize(
    ("change", "absent"),
    [
        ({"groups": (Employed(name="workers", share=0.5), Remainder(name="poor"))}, "participation_rate"),
        ({"groups": (Population(name="workers"), Dependants(name="poor", of=("workers",)))}, "married_share"),
        ({"groups": (Refugees(name="workers"), Remainder(name="poor"))}, "refugees_0"),
        ({"benefits": (Sickness(rate=0.6),)}, "sickness_incidence"),
        ({"benefits": (Maternity(rate=0.6, weeks=12),)}, "asfr"),
        ({"benefits": (HealthFuneral(amount=money(5.0, per="once")),)}, "mx"),
        ({}, "member_earnings_0"),
        ({}, "member_earnings_cv"),
        ({}, "use_rate_0"),
        ({}, "health_reserve_0"),
        ({}, "payment_pattern"),
    ],
)
def test_what_a_scheme_reads_is_asked_for(basis, change, absent):
    lines = health_scheme().contributions
    kept = tuple(line for line in lines if set(line.groups) <= {"workers"} and not line.of)
    scheme = health_scheme(**({"contributions": kept} | change if "groups" in change else change))
    with pytest.raises(MissingVariable, match=absent):
        check_health_basis(basis.drop_vars(absent, errors="ignore"), scheme)


def test_dependants_by_a_number_for_each_member_need_no_families(basis):
    groups = (Population(name="workers", share=0.3), Dependants(name="informal", of=("workers",), ratio=0.5),
              Remainder(name="poor"))  # fmt: skip
    bare = basis.drop_vars(["married_share", "spouse_age_gap", "spouse_age_sd"])
    assert len(check_health_basis(bare, health_scheme(groups=groups))) == 1


def test_severity_is_asked_for_where_a_rule_needs_it(basis):
    plain = Service(name="visits", payment=FeeForService(), sharing=CostSharing(coinsurance=0.1))
    bare = basis.drop_vars("severity_cv")
    assert len(check_health_basis(bare, health_scheme(services=(plain,)))) == 2
    flat = Service(name="visits", payment=FeeForService(), sharing=CostSharing(copayment=money(5.0, per="once")))
    with pytest.raises(MissingVariable, match="severity_cv"):
        check_health_basis(bare, health_scheme(services=(flat,)))


def test_the_currency_and_the_labels_must_be_those_of_the_scheme(basis):
    with pytest.raises(BadScheme, match=r"currency: the amounts of the scheme are in LTD, those of the basis in ABC\."):
        check_health_basis(basis.assign_attrs(currency="ABC"), health_scheme())
    with pytest.raises(BadBasis, match="service_type: the basis lacks drugs of the scheme Fund; it has visits, stays"):
        check_health_basis(basis.drop_sel(service_type="drugs"), health_scheme())
    with pytest.raises(BadBasis, match="health_group: the basis lacks poor of the scheme Fund"):
        check_health_basis(basis.drop_sel(health_group="poor"), health_scheme())


def test_the_vocabulary_is_applied(basis):
    with pytest.raises(OutOfBounds, match="use_rate_0"):
        check_health_basis(basis.assign(use_rate_0=-basis["use_rate_0"]), health_scheme())
    with pytest.raises(BadDimensions, match="unit_cost_0"):
        check_health_basis(basis.assign(unit_cost_0=("year", np.ones(2))), health_scheme())


def test_what_is_ready_can_be_projected(basis):
    """The check asks for no less than the stages do: without what it does not ask for they still run."""
    scheme = health_scheme()
    spare = ["gdp", "government_expenditure", "use_growth", "excess_inflation", "labour_share"]
    check_health_basis(basis.drop_vars(spare), scheme)
    found = ac.project_health(basis.drop_vars(spare), scheme)
    assert found["health_group"].values.tolist() == GROUPS


def test_spells_of_sickness_that_end_too_early_are_refused_before_the_projection(basis):
    """The longest spell that counts is the days paid after those waited for."""
    scheme = health_scheme().amend("scheme", benefits=(Sickness(rate=0.5, waiting_days=3, maximum_days=180),))
    lasting = ("day", np.linspace(1.0, 0.1, 183))
    often = basis["mx"].isel(year=0, drop=True).drop_attrs()
    ill = basis.assign_coords(day=np.arange(183)).assign(sickness_survival=lasting, sickness_incidence=often)
    check_health_basis(ill, scheme)
    with pytest.raises(BadBasis, match=r"ends on day 181 with 0\.10\d* of the spells, but spells count up to day 183"):
        check_health_basis(ill.isel(day=slice(0, 182)), scheme)
