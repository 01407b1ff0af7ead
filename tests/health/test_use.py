"""Use of services: against a loop over groups, sexes and ages; catching up against members followed one by one."""

from itertools import product

import numpy as np
import pytest
import xarray as xr

from actuarial.dated import ramp
from actuarial.demography.mortality import member_survival
from actuarial.demography.population import project_population
from actuarial.errors import BadBasis, MissingVariable
from actuarial.health.cost import project_health_cost
from actuarial.health.groups import Population
from actuarial.health.membership import project_membership
from actuarial.health.payment import FeeForService, PerDiem
from actuarial.health.scheme import CostSharing, HealthFunding, HealthScheme, Service
from actuarial.health.use import _catching_up, project_use
from tests.reference.small import small_basis

SERVICES, GROUPS = ["visits", "stays"], ["voluntary", "others"]
AGES = np.arange(101)


def by(dims, values):
    labels = {"service_type": SERVICES, "health_group": GROUPS, "sex": ["male", "female"], "age": AGES}
    return xr.DataArray(np.asarray(values, dtype=float), coords={d: labels[d] for d in dims}, dims=dims)


def health_basis():
    basis = small_basis()
    years = basis["year"].values
    rng = np.random.default_rng(3)
    rate = np.array([3.0, 0.1])[:, None, None, None] * (1 + 0.02 * AGES) * rng.uniform(0.8, 1.2, (2, 2, 2, 1))
    yearly = {"year": years, "service_type": SERVICES}
    return basis.assign(
        use_rate_0=by(("service_type", "health_group", "sex", "age"), rate),
        unit_cost_0=by(("service_type",), [12.0, 300.0]),
        use_growth=xr.DataArray(np.full((10, 2), [0.01, 0.02]), coords=yearly),
        use_shock=xr.DataArray(np.where(np.arange(10)[:, None] == 2, [0.8, 1.3], 1.0), coords=yearly),
        excess_inflation=xr.DataArray(np.full((10, 2), [0.0, 0.015]), coords=yearly),
        labour_share=by(("service_type",), [0.6, 0.5]),
        decedent_cost_ratio=by(("service_type",), [1.0, 6.0]),
    )


def scheme(**changes):
    groups = (
        Population(name="voluntary", share=0.2, enrolment=ramp({2024: 0.3, 2034: 0.6}), selection=0.5, first_use=0.4),
        Population(name="others", share=0.7, effective=0.9),
    )
    services = (Service(name="visits", payment=FeeForService()), Service(name="stays", payment=FeeForService()))
    given = {"name": "H", "currency": "LTD", "groups": groups, "services": services}
    return HealthScheme(**given | changes)


@pytest.fixture(scope="module")
def basis():
    return health_basis()


@pytest.fixture(scope="module")
def population(basis):
    return project_population(basis)


@pytest.fixture(scope="module")
def membership(population, basis):
    return project_membership(population, basis, scheme())


def test_contacts_and_costs_by_a_loop(membership, basis):
    found = project_use(membership, basis, scheme())
    t, wages, prices = 4, basis["wage_growth"].values, basis["inflation"].values
    q = 1.0 - member_survival(basis).transpose("year", "sex", "age").values
    enrolment = 0.3 + 0.3 * (t + 1) / 10
    for k, j, s, x in product((0, 1), (0, 1), (0, 1), (0, 35, 90)):
        rate = float(basis["use_rate_0"][k, j, s, x]) * (1 + (0.01, 0.02)[k]) ** (t + 1)
        if k == 1:
            rate *= (1 + 5 * q[t, s, x]) / (1 + 5 * q[0, s, x])
        factor = (1 + 0.5 * (1 - enrolment)) if j == 0 else 1.0
        late = float(found["use_factor"][t, j]) / factor
        assert late == 1.0 if j == 1 else 0.8 < late < 1.0
        expected = float(membership["health_covered"][t, j, s, x]) * rate * factor * late
        assert float(found["contacts"][t, k, j, s, x]) == pytest.approx(expected, rel=1e-10)
    for k, (share, excess) in enumerate(((0.6, 0.0), (0.5, 0.015))):
        level = np.prod([1 + share * wages[i] + (1 - share) * prices[i] + excess for i in range(t + 1)])
        np.testing.assert_allclose(found["unit_cost"].values[t, k], [(12.0, 300.0)[k] * level] * 2, rtol=1e-12)


def test_a_shock_lasts_one_year(membership, basis):
    found = project_use(membership, basis, scheme())["contacts"].sum(["health_group", "sex", "age"])
    calm = project_use(membership, basis.drop_vars("use_shock"), scheme())["contacts"]
    calm = calm.sum(["health_group", "sex", "age"])
    ratio = (found / calm).values
    np.testing.assert_allclose(ratio[2], [0.8, 1.3], rtol=1e-12)
    np.testing.assert_allclose(np.delete(ratio, 2, axis=0), 1.0, rtol=1e-12)


def followed(totals, first, force):
    """Use of members followed one by one in tranches of joining years, over that of long-standing ones."""
    joined = {0: totals[0]}
    result = []
    for t in range(1, len(totals)):
        if totals[t] < totals[t - 1]:
            joined = {year: number * totals[t] / totals[t - 1] for year, number in joined.items()}
        else:
            joined[t] = totals[t] - totals[t - 1]
        use = sum(
            number * (1.0 if year == 0 else 1 - (1 - first) * np.exp(-force * (t - year + 0.5)))
            for year, number in joined.items()
        )
        result.append(use / totals[t])
    return result


def test_new_members_catch_up():
    totals = np.array([100.0, 130.0, 150.0, 120.0, 200.0])
    found = _catching_up(totals[:, None], np.array([0.3]), np.array([0.7]))
    np.testing.assert_allclose(found[1:, 0], followed(totals, 0.3, 0.7), rtol=1e-12)
    assert found[0, 0] == 1.0


def test_capacity_rations_all_groups_alike(membership, basis):
    free = project_use(membership, basis, scheme())
    total = free["contacts"].sum(["health_group", "sex", "age"])
    tight = basis.assign(capacity=total * xr.DataArray([0.9, 2.0], coords={"service_type": SERVICES}))
    found = project_use(membership, tight, scheme())
    np.testing.assert_allclose(found["contacts"].isel(service_type=0), 0.9 * free["contacts"].isel(service_type=0))
    np.testing.assert_allclose(found["rationed_share"], np.tile([0.1, 0.0], (10, 1)), atol=1e-12)
    np.testing.assert_allclose(found["contacts"].isel(service_type=1), free["contacts"].isel(service_type=1))


def test_a_higher_share_of_patients_lowers_use_where_demand_is_elastic(membership, basis):
    rules = CostSharing(coinsurance=ramp({2024: 0.1, 2034: 0.3}))
    shared = Service(name="visits", payment=FeeForService(), sharing=rules)
    services = (shared, Service(name="stays", payment=FeeForService()))
    still = project_use(membership, basis, scheme(services=services))
    moved = project_use(membership, basis, scheme(services=services, funding=HealthFunding(demand_elasticity=-0.2)))
    ratio = (moved["contacts"].sum(["sex", "age"]) / still["contacts"].sum(["sex", "age"])).values
    arc = -0.2 * (0.2 / 0.2) / 2
    np.testing.assert_allclose(ratio[-1, 0], (1 + arc) / (1 - arc), rtol=1e-12)
    np.testing.assert_allclose(ratio[:, 1], 1.0, rtol=1e-12)


def test_a_service_of_some_groups_and_a_part_of_the_package(membership, basis):
    services = (
        Service(name="visits", payment=FeeForService(), groups=("others",), covered=ramp({2024: 0.5, 2034: 1.0})),
        Service(name="stays", payment=FeeForService()),
    )
    found, whole = project_use(membership, basis, scheme(services=services)), project_use(membership, basis, scheme())
    assert float(found["contacts"].sel(service_type="visits", health_group="voluntary").sum()) == 0.0
    part = found["contacts"].sel(service_type="visits", health_group="others").sum(["sex", "age"])
    all_of_it = whole["contacts"].sel(service_type="visits", health_group="others").sum(["sex", "age"])
    np.testing.assert_allclose(part / all_of_it, np.linspace(0.55, 1.0, 10), rtol=1e-12)


def test_base_year_accounts_are_met(membership, basis):
    accounts = basis.assign(expenditure_by_service_0=by(("service_type",), [5e7, 7e7]))
    shared = Service(name="visits", payment=FeeForService(), sharing=CostSharing(copayment={"value": 2, "per": "once"}))
    services = (shared, Service(name="stays", payment=FeeForService()))
    given = accounts.assign(severity_cv=by(("service_type",), [0.8, 2.0]))
    found = project_use(membership, given, scheme(services=services))
    cost = basis["unit_cost_0"] * found["calibration_by_service"]
    contacts = found["contacts_0"].sum(["sex", "age"])
    sigma = np.sqrt(np.log1p(0.64))
    claims = np.exp(np.random.default_rng(1).normal(-sigma * sigma / 2, sigma, 400_000))
    stays = float((contacts * cost).sel(service_type="stays").sum())
    assert stays == pytest.approx(7e7, rel=1e-9)
    mean = float(cost.sel(service_type="visits").isel(health_group=0))
    paid = np.maximum(claims * mean - 2.0, 0.0).mean()
    assert float(contacts.sel(service_type="visits").sum()) * paid == pytest.approx(5e7, rel=5e-3)


def test_what_the_basis_lacks_is_named(membership, basis):
    with pytest.raises(BadBasis, match=r"service_type: the basis lacks dental of the scheme H; it has visits, stays"):
        project_use(membership, basis, scheme(services=(Service(name="dental", payment=FeeForService()),)))
    rules = CostSharing(copayment={"value": 1, "per": "once"})
    limited = Service(name="visits", payment=FeeForService(), sharing=rules)
    with pytest.raises(MissingVariable, match="severity_cv is missing"):
        project_use(membership, basis, scheme(services=(limited,)))


def test_intensity_grows_with_what_is_done_in_a_contact(membership, basis):
    """Unit costs follow it, contacts do not; items of a prescription by age are paid piece by piece."""
    years = basis["year"].values
    growth = xr.DataArray(np.full((10, 2), [0.03, 0.0]), coords={"year": years, "service_type": SERVICES})
    plain = project_use(membership, basis, scheme())
    found = project_use(membership, basis.assign(intensity_growth=growth), scheme())
    ratio = (found["unit_cost"] / plain["unit_cost"]).isel(health_group=0)
    np.testing.assert_allclose(ratio, np.stack([1.03 ** np.arange(1, 11), np.ones(10)], axis=1), rtol=1e-12)
    np.testing.assert_allclose(found["contacts"], plain["contacts"], rtol=1e-15)
    items = by(("service_type", "age"), np.stack([1 + AGES / 50, np.ones(101)]))
    given = basis.assign(days_per_contact=items)
    pieces = scheme(services=(Service(name="visits", payment=PerDiem()), Service(name="stays", payment=PerDiem())))
    cost = project_health_cost(plain, membership, given, pieces)["provider_cost"].isel(service_type=0, health_group=1)
    start = plain["contacts_0"].isel(service_type=0, health_group=1)
    first = items.isel(service_type=0)
    price = plain["unit_cost"].isel(service_type=0, health_group=1) / ((start * first).sum() / start.sum())
    piece = cost / (plain["contacts"].isel(service_type=0, health_group=1) * first * price)
    np.testing.assert_allclose(piece, 1.0, rtol=1e-12)
