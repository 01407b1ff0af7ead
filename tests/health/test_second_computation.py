"""Two health schemes valued once more by loops that share nothing with the library, and compared with it.

Agreement is to 1e-9 of every yearly total, every member, contact and cost by service and group.
"""

import numpy as np
import pytest

import actuarial as ac
from actuarial.benefits.stock import project_pensions
from actuarial.dated import money, step
from actuarial.demography.population import project_population
from actuarial.labour.insured import project_insured
from tests.health.awkward import awkward_basis, awkward_scheme
from tests.health.health_laws import AVANIA, AWKWARD
from tests.oracle.health import Valuation
from tests.oracle.health_ceiling import spared
from tests.reference.full_law import full_law

CLOSE = 1e-9
BODY = ("sex", "age")


def same(found, wanted, name, close=CLOSE):
    """Relative to each number, and to the largest where a number is nearly nothing."""
    found, wanted = np.asarray(found, dtype=float), np.asarray(wanted, dtype=float)
    assert found.shape == wanted.shape, name
    nothing = close * 1e-3 * np.nanmax(np.abs(wanted), initial=0.0)
    np.testing.assert_allclose(found, wanted, rtol=close, atol=nothing, err_msg=name)


def compare_members(result, ours):
    for group in result["health_group"].values:
        here = {"health_group": group}
        for name, paths in (("health_eligible", ours.members.eligible), ("health_members", ours.costs.mean),
                            ("health_covered", ours.costs.covered)):  # fmt: skip
            wanted = paths[group][1:] if name == "health_eligible" else paths[group]
            same(result[name].sel(here).transpose("year", *BODY), wanted, f"{name} {group}")
        first = ours.members
        same(result["health_members_0"].sel(here).transpose(*BODY), first.enrolled[group][0], f"members_0 {group}")
        same(result["health_covered_0"].sel(here).transpose(*BODY), first.covered[group][0], f"covered_0 {group}")
        same(result["use_factor"].sel(here), ours.costs.factor[group][1:], f"use_factor {group}")


def compare_services(result, ours, close=CLOSE):
    whole = [str(dim) for dim in BODY]
    for k in result["service_type"].values:
        same(result["rationed_share"].sel(service_type=k), ours.costs.rationed[k], f"rationed {k}")
        for j in result["health_group"].values:
            here, cell = {"service_type": k, "health_group": j}, (k, j)
            pairs = (("contacts", ours.costs.contacts[cell]), ("provider_cost", ours.costs.provider[k][j]))
            for name, wanted in pairs:
                same(result[name].sel(here).transpose("year", *BODY), wanted, f"{name} {k} {j}", close)
            same(result["contacts_0"].sel(here).sum(whole), ours.costs.contacts_0[cell].sum(), f"contacts_0 {k} {j}")
            used = ours.costs.contacts_0[cell].sum() > 0
            if used:
                same(result["calibration_by_service"].sel(here), ours.costs.factors[cell], f"factor {k} {j}", close)
            for name, answer in ours.cells().items():
                wanted = [answer(t, k, j) for t in range(len(ours.inputs.years))]
                same(result[name].sel(here), wanted, f"{name} {k} {j}", close)


def compare_fund(result, ours, close=CLOSE):
    n, fund = range(len(ours.inputs.years)), ours.fund
    for name, wanted in ours.yearly().items():
        same(result[name], wanted, name, close)
    for line in result["contribution"].values:
        for j in result["health_group"].values:
            wanted = [fund.by_line[line, t, j] for t in n]
            same(result["contribution_by_group"].sel(contribution=line, health_group=j), wanted, f"{line} {j}", close)
    for payer, name in (("state", "state_income"),):
        same(result[name], [fund.total(t, (payer,)) for t in n], name, close)
    same(result["other_income"], [fund.total(t, ("donor", "other")) for t in n], "other_income", close)
    for j in result["health_group"].values:
        heads = [ours.costs.mean[j][t].sum() for t in n]
        for name, answer in (("cost_per_member", lambda t, j: fund.incurred[t, j]),
                             ("contribution_per_member", fund.group_income)):  # fmt: skip
            wanted = [answer(t, j) / heads[t] if heads[t] > 0 else np.nan for t in n]
            same(result[name].sel(health_group=j), wanted, f"{name} {j}", close)
        for other in result["receiving_group"].values:
            wanted = [fund.subsidies(t)[j, other] for t in n]
            found = result["cross_subsidy"].sel(health_group=j, receiving_group=other)
            scale = max(fund.outgo)
            np.testing.assert_allclose(found, wanted, rtol=close, atol=1e-3 * close * scale, err_msg=f"{j} to {other}")
    for horizon in result["horizon"].values:
        same(result["level_rate"].sel(horizon=horizon), fund.level_rate(int(horizon)), f"level {horizon}", close)


def compare_cash(result, ours):
    n = range(len(ours.inputs.years))
    for benefit in result["benefit"].values:
        for j in result["health_group"].values:
            here = {"benefit": benefit, "health_group": j}
            for name, paths in (("cash_events", ours.cash.events), ("cash_expenditure", ours.cash.spent)):
                same(result[name].sel(here), [paths[benefit, t, j] for t in n], f"{name} {benefit} {j}")


@pytest.fixture(scope="module")
def avania():
    basis, scheme = ac.datasets.open("demo health")
    basis, pension = basis.isel(year=slice(0, 12)), ac.datasets.open("demo").scheme
    population = project_population(basis)
    insured = project_insured(population, basis, pension, service="years")
    pensions = project_pensions(insured, basis, pension)
    given = {"population": population, "insured": insured, "pensions": pensions}
    people = population["population"].transpose("year", *BODY).values
    found = ac.project_health(basis, scheme, service="years", **given)
    return found, Valuation(basis, AVANIA, people, insured, pensions)


@pytest.mark.parametrize("compared", [compare_members, compare_services, compare_cash, compare_fund])
def test_the_embedded_scheme(avania, compared):
    compared(*avania)


@pytest.fixture(scope="module")
def given():
    """Basis and the people of the pension scheme for the awkward scheme."""
    basis = awkward_basis()
    population = project_population(basis)
    insured = project_insured(population, basis, full_law(), service="years")
    return basis, population, insured, project_pensions(insured, basis, full_law())


@pytest.fixture(scope="module")
def awkward(given):
    basis, population, insured, pensions = given
    people = population["population"].transpose("year", *BODY).values
    found = ac.project_health(basis, awkward_scheme(), population=population, insured=insured, pensions=pensions)
    return found, Valuation(basis, AWKWARD, people, insured, pensions)


@pytest.mark.parametrize("compared", [compare_members, compare_services, compare_cash, compare_fund])
def test_a_scheme_that_uses_every_feature_at_once(awkward, compared):
    compared(*awkward)


def test_the_awkward_scheme_is_awkward(awkward):
    result, ours = awkward
    assert (result["deficit_income"] > 0).any()
    assert (result["rationed_share"].sel(service_type="surgery") > 0.1).all()
    assert float(result["health_members_0"].sel(health_group=["village", "refugees"]).sum()) == 0.0
    assert float(result["health_expenditure"].sel(service_type="checks", year=2026).sum()) > 0.0
    assert (ours.inputs.basis["excess_inflation"] < 0).any()


CEILING = {"step": {2024: 4_800.0}, "index": "prices"}


@pytest.fixture(scope="module")
def capped(given):
    """A year of the awkward scheme with a yearly ceiling on what patients pay; factors are those of the library."""
    basis, population, insured, pensions = (part.isel(year=slice(0, 1)) for part in given)
    ceiling = money(step({2024: 4_800.0}), per="year", indexed="prices")
    scheme = awkward_scheme(out_of_pocket_ceiling=ceiling).amend("teeth.sharing", coinsurance=0.6)
    found = ac.project_health(basis, scheme, population=population, insured=insured, pensions=pensions)
    factors = {
        (k, j): float(found["calibration_by_service"].sel(service_type=k, health_group=j))
        for k in found["service_type"].values for j in found["health_group"].values
    }  # fmt: skip
    services = [one | {"coinsurance": 0.6} if one["name"] == "teeth" else one for one in AWKWARD["services"]]
    law = AWKWARD | {"services": services, "fund": AWKWARD["fund"] | {"ceiling": CEILING}}
    people = population["population"].transpose("year", *BODY).values
    return found, Valuation(basis, law, people, insured, pensions, factors)


@pytest.mark.parametrize("compared", [compare_services, compare_fund])
def test_a_yearly_ceiling_by_another_method(capped, compared):
    """Money of the year agrees to 1e-9: payments on the same steps, summed by recursion instead of a transform."""
    compared(*capped)


def test_what_a_ceiling_spares_and_what_its_steps_cost(capped):
    """Relief to 1e-8 by group: what wraps around in the transform. Steps of a 1200th cost 1e-5 of it (h^2)."""
    result, ours = capped
    assert float(result["ceiling_relief"].sum()) > 1e5
    for j in result["health_group"].values:
        wanted = sum(money for (_, group), money in ours.relief[0].items() if group == j)
        np.testing.assert_allclose(result["ceiling_relief"].sel(health_group=j), [wanted], rtol=1e-8, err_msg=j)
    coarse, fine = (sum(spared(ours.costs, 0, steps).values()) for steps in (300, 600))
    limit = fine + (fine - coarse) / 3
    np.testing.assert_allclose(float(result["ceiling_relief"].sum()), limit, rtol=2e-5)


def test_accounts_are_met_with_what_a_ceiling_spares_in_the_base_year(capped):
    _, ours = capped
    spent, relief = ours.costs.first_spending(ours.costs.factors), spared(ours.costs, None)
    accounts = ours.inputs.basis["expenditure_by_service_0"]
    for k in accounts["service_type"].values:
        found = sum(spent[cell] + relief[cell] for cell in spent if cell[0] == k)
        np.testing.assert_allclose(found, accounts.sel(service_type=k), rtol=1e-9, err_msg=k)
