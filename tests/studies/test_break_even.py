"""Break-even enrolment of a voluntary group: against the closed form, and where there is none."""

import numpy as np
import pytest
import xarray as xr

import actuarial as ac
from actuarial.dated import money, ramp
from actuarial.demography.population import project_population
from actuarial.errors import BadInput, BadScheme
from actuarial.health.groups import Population, Remainder
from actuarial.health.payment import FeeForService
from actuarial.health.scheme import HealthContribution, HealthScheme, Service
from actuarial.studies import break_even_enrolment
from actuarial.valuation import project_health_finance
from tests.reference.small import small_basis

GROUPS, SERVICES = ["voluntary", "others"], ["visits"]
USE, COST, SELECTION, YEAR = 3.0, 20.0, 0.8, 2029


@pytest.fixture(scope="module")
def basis():
    given = small_basis().isel(year=slice(0, 5))
    labels = {"service_type": SERVICES, "health_group": GROUPS}
    return given.assign(
        use_rate_0=xr.DataArray(np.full((1, 2), USE), coords=labels),
        unit_cost_0=xr.DataArray([COST], coords={"service_type": SERVICES}),
        health_reserve_0=xr.DataArray(1e6),
    )


@pytest.fixture(scope="module")
def run(basis):
    """The stages that a break-even looks at, on a population that does not change."""
    people = project_population(basis)

    def stages(basis, scheme):
        members = ac.health.project_membership(people, basis, scheme)
        cost = ac.health.project_health_cost(ac.health.project_use(members, basis, scheme), members, basis, scheme)
        cash = ac.health.project_cash(members, basis, scheme)
        return xr.merge([members, cost, cash, project_health_finance(members, cost, basis, scheme, cash=cash)])

    return stages


def law(premium, **group):
    given = {"enrolment": ramp({2024: 0.1, 2029: 0.4}), "selection": SELECTION} | group
    return HealthScheme(
        name="Mutual",
        currency="LTD",
        groups=(Population(name="voluntary", share=0.5, **given), Remainder(name="others")),
        services=(Service(name="visits", payment=FeeForService()),),
        contributions=(
            HealthContribution(name="premiums", payer="member", base="head", groups=("voluntary",),
                               amount=money(premium, per="year")),
            HealthContribution(name="subsidy", payer="state", base="contribution", of=("premiums",), rate=0.25),
        ),
    )  # fmt: skip


def full_cost(basis):
    """What a member who had to enrol costs in the last year."""
    return USE * COST * float((1 + basis["inflation"]).prod())


def test_the_break_even_is_that_of_the_closed_form(basis, run):
    share = 0.62
    premium = full_cost(basis) * (1 + SELECTION * (1 - share))
    found = break_even_enrolment("voluntary", basis=basis, scheme=law(premium), run=run)
    assert float(found.enrolment) == pytest.approx(share, abs=1e-6)
    assert list(found.curve.index) == [0.05, 0.25, 0.5, 0.75, 1.0]
    np.testing.assert_allclose(found.curve["contribution_per_member"], premium, rtol=1e-12)
    expected = [full_cost(basis) * (1 + SELECTION * (1 - x)) for x in found.curve.index]
    np.testing.assert_allclose(found.curve["cost_per_member"], expected, rtol=1e-9)


def test_at_the_break_even_the_group_neither_gives_nor_takes(basis, run):
    scheme = law(80.0)
    found = break_even_enrolment("voluntary", basis=basis, scheme=scheme, run=run, lines=["premiums", "subsidy"])
    there = run(basis, scheme.amend("voluntary", enrolment={2024: 0.1, 2025: float(found.enrolment)}))
    given = there["contribution_by_group"].sel(year=YEAR, health_group="voluntary").sum("contribution")
    spent = there["health_expenditure"].sel(year=YEAR, health_group="voluntary").sum()
    assert float(given / spent) == pytest.approx(1.0, abs=1e-6)
    alone = 1 - (80.0 / full_cost(basis) - 1) / SELECTION
    assert 0.05 < float(found.enrolment) < alone < 1


def test_a_premium_below_the_cost_of_all_never_breaks_even_and_a_high_one_always_does(basis, run):
    cost, few = full_cost(basis), {"run": run, "points": (0.1, 1.0)}
    assert np.isnan(break_even_enrolment("voluntary", basis=basis, scheme=law(0.99 * cost), **few).enrolment)
    high = break_even_enrolment("voluntary", basis=basis, scheme=law(2 * cost), **few)
    assert float(high.enrolment) == 0.1
    loaded = break_even_enrolment("voluntary", basis=basis, scheme=law(1.05 * cost), loading=0.06, **few)
    assert np.isnan(loaded.enrolment)


def test_scenarios_have_break_evens_of_their_own(basis):
    premium = full_cost(basis) * (1 + SELECTION * 0.4)
    both = ac.scenarios(
        basis,
        central=lambda b: b,
        dear=lambda b: b.assign(unit_cost_0=2 * b["unit_cost_0"]),
        cheap=lambda b: b.assign(unit_cost_0=0.95 * b["unit_cost_0"]),
    )
    found = break_even_enrolment("voluntary", basis=both, scheme=law(premium), points=(0.1, 1.0))
    expected = 1 - ((1 + SELECTION * 0.4) / 0.95 - 1) / SELECTION
    np.testing.assert_allclose(found.enrolment, [0.6, np.nan, expected], atol=1e-6)
    assert found.enrolment["scenario"].values.tolist() == ["central", "dear", "cheap"]
    assert found.curve.index.names == ["scenario", "enrolment"]


def test_what_has_no_break_even_to_look_for(basis):
    given = {"basis": basis, "scheme": law(50.0)}
    with pytest.raises(BadScheme, match="the scheme has no group of members 'volunteers'"):
        break_even_enrolment("volunteers", **given)
    with pytest.raises(BadScheme, match="the scheme has no contribution 'levy'"):
        break_even_enrolment("voluntary", lines=["levy"], **given)
    with pytest.raises(BadInput, match="year: 2040 lies outside the projection, 2025 to 2029"):
        break_even_enrolment("voluntary", year=2040, **given)
    with pytest.raises(BadInput, match="points must be two shares between 0 and 1 at least, rising"):
        break_even_enrolment("voluntary", points=(0.5, 0.2), **given)
    with pytest.raises(BadInput, match=r"voluntary: it has no members in 2029; give points above 0"):
        break_even_enrolment("voluntary", points=(0.0, 1.0), **given)
