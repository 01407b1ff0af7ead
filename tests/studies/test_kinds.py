"""What a study says that is given a health scheme, and that what it names answers."""

from types import SimpleNamespace

import pytest

import actuarial as ac
from actuarial import studies
from actuarial.dated import money
from actuarial.errors import BadInput
from actuarial.studies import kinds
from tests.reference.health import health_basis, health_scheme


@pytest.fixture(scope="module")
def basis():
    return health_basis(3)


CALLS = {
    "sensitivity": lambda b, s: ac.sensitivity(b, s),
    "liabilities": lambda b, s: studies.liabilities(b, s),
    "balance_sheet": lambda b, s: studies.balance_sheet(b, s),
    "new_entrants_premium": lambda b, s: studies.new_entrants_premium(b, s),
    "reconcile": lambda b, s: ac.reconcile(SimpleNamespace(scheme=s), SimpleNamespace(scheme=s)),
    "differences": lambda b, s: studies.differences(SimpleNamespace(scheme=s), SimpleNamespace(scheme=s)),
    "roll_forward": lambda b, s: studies.roll_forward(b, s, 2026),
    "reforms": lambda b, s: studies.reforms(b, s, {"more": lambda law: law}),
    "replacement_rates": lambda b, s: studies.replacement_rates(b, s),
}


def test_every_study_of_pensions_is_tried():
    assert set(CALLS) == set(kinds.INSTEAD)


@pytest.mark.parametrize("study", CALLS)
def test_a_study_of_pensions_says_what_answers_for_health(basis, study):
    text = rf"{study}: 'Fund' is a health scheme, and {study} is of pension schemes\.\n  For health schemes: .*solve"
    with pytest.raises(BadInput, match=text):
        CALLS[study](basis, health_scheme())


def test_what_is_named_answers(basis):
    """Variables of results, and scenarios, comparisons and growth by cause of health schemes."""
    result = ac.project_health(ac.scenarios(basis, base=lambda b: b, dear=dearer), health_scheme())
    for name in ("claims_outstanding", "contingency_reserve", "reserve", "level_rate", "cost_per_member"):
        assert bool(result[name].notnull().any()), name
    assert float(result["outgo"].sel(scenario="dear")[-1]) > float(result["outgo"].sel(scenario="base")[-1])
    one = result.sel(scenario="base", drop=True)
    other = ac.project_health(basis, health_scheme().amend("drugs", covered=0.5))
    assert "outgo" in ac.compare({"law": one, "less": other})
    from actuarial.valuation.health_growth import decompose_health_expenditure

    assert "health_growth" in decompose_health_expenditure(one, basis)
    totals = list(studies.stream_health(ac.scenarios(basis, base=lambda b: b, dear=dearer), health_scheme()))
    assert totals[0]["outgo"].sel(scenario="dear", drop=True).equals(result["outgo"].sel(scenario="dear", drop=True))


def dearer(basis):
    return basis.assign(inflation=basis["inflation"] + 0.01)


def test_solve_says_that_trials_do_not_know_a_pension_scheme():
    basis, health = ac.datasets.open("demo health")
    with pytest.raises(BadInput) as told:
        ac.solve("employees.rate", lambda r: r.reserve[-1], basis=basis, scheme=health, from_year=2026)
    assert str(told.value).startswith(
        "solve: members or contributions of 'National Health Insurance of Avania' are those of a pension scheme, which "
        "trials do not know.\n  Give run=, which projects in every trial:\n"
    )
    assert "--pension" not in str(told.value)
    assert "pension_scheme=law" in str(told.value)


def test_solve_with_run_works_as_the_message_says():
    basis, health = ac.datasets.open("demo health")
    basis, law = basis.isel(year=slice(0, 3)), ac.open_scheme(ac.datasets.law("demo"))
    known = ac.project(basis, law, service="years")
    wanted = 1.05 * float(basis["health_reserve_0"])
    rate = ac.solve(
        "employees.rate", lambda r: r.reserve[-1] - wanted, basis=basis, scheme=health, from_year=2026,
        run=lambda b, s: ac.project_health(b, s, insured=known, pensions=known, population=known),
    )  # fmt: skip
    there = health.amend("employees", rate=ac.step({2025: 0.025, 2026: float(rate)}))
    again = ac.project_health(basis, there, pension_scheme=law, service="years")
    assert float(again["reserve"][-1]) == pytest.approx(wanted, rel=1e-6)


def test_solve_needs_no_run_without_members_of_a_pension_scheme(basis):
    rate = ac.solve("informal_premium.amount", lambda r: r.reserve[-1] - 1e9, basis=basis, scheme=priced(),
                    change="multiply", bounds=(0.0, 50.0))  # fmt: skip
    assert float(rate) > 0


def priced():
    premium = ac.health.HealthContribution(name="informal_premium", payer="member", base="head",
                                           amount=money(100.0, per="year"))  # fmt: skip
    return health_scheme(contributions=(*health_scheme().contributions, premium))
