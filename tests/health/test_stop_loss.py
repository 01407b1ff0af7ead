"""The yearly ceiling: single members simulated year by year, closed forms, the accounts of the base year."""

import math
from itertools import product

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from actuarial.demography.population import project_population
from actuarial.errors import BadBasis, BadScheme, MissingVariable
from actuarial.health.cost import project_health_cost
from actuarial.health.groups import Population
from actuarial.health.membership import project_membership
from actuarial.health.payment import FeeForService
from actuarial.health.scheme import CostSharing, HealthFunding, HealthScheme, Service
from actuarial.health.sharing import share_paid, yearly_terms
from actuarial.health.stop_loss import CELLS, limited_sum, payment_masses
from actuarial.health.use import project_use
from actuarial.person import make_grid
from tests.reference.small import small_basis

NEVER = 1e30
VISITS = (80.0, 1.5, 0.2, 10.0, 0.0, NEVER)  # mean, cv, coinsurance, copayment, deductible, maximum
STAYS = (400.0, 2.0, 0.1, 0.0, 120.0, 1500.0)
DRUGS = (20.0, 0.7, 0.5, 0.0, 0.0, NEVER)
TERMS = (VISITS, STAYS, DRUGS)
FREQUENCIES = (np.array([3.0, 0.2, 4.0]), np.array([0.6, 0.05, 0.5]), np.array([9.0, 1.5, 12.0]))
LIMITS = (100.0, 350.0)


def masses(limit, terms, cells=CELLS):
    return np.stack([payment_masses(limit, cells, *one) for one in terms])


def limited(rates, limit, terms=TERMS, cells=CELLS):
    return limited_sum(np.atleast_2d(rates), masses(limit, terms, cells), limit)


def patient_pays(cost, coinsurance, copay, deductible, most):
    """The patient pays the deductible, a share of what counts, the flat payment, and all beyond the maximum."""
    counted = np.maximum(np.minimum(cost, most) - deductible, 0.0)
    return cost - np.maximum((1.0 - coinsurance) * counted - copay, 0.0)


def simulated(rates, seed, members, terms=TERMS):
    """Payments of a year of single members, claim by claim."""
    rng = np.random.default_rng(seed)
    total = np.zeros(members)
    for rate, (mean, cv, *rule) in zip(rates, terms, strict=True):
        of = np.repeat(np.arange(members), rng.poisson(rate, members))
        sigma = math.sqrt(math.log1p(cv * cv))
        cost = np.exp(rng.normal(math.log(mean) - sigma * sigma / 2, sigma, of.size))
        total += np.bincount(of, patient_pays(cost, *rule), minlength=members)
    return total


def test_members_simulated_one_by_one():
    exact, by_the_mean = [], []
    for rates, seed in product(FREQUENCIES, (1, 2, 3)):
        total = simulated(rates, seed, 700_000 if rates[0] < 1 else 250_000)
        for limit in LIMITS:
            kept = np.minimum(total, limit)
            error = kept.std() / math.sqrt(kept.size)
            assert error <= 0.002 * kept.mean()
            exact.append((limited(rates, limit)[0] - kept.mean()) / error)
            by_the_mean.append((min(total.mean(), limit) - kept.mean()) / error)
    assert np.abs(exact).max() < 4.5
    assert (np.abs(exact) > 3).sum() <= 1
    assert (np.abs(by_the_mean) > 4.5).sum() > 12


rate = st.floats(0.01, 25.0)


@given(
    st.tuples(rate, rate),
    st.floats(5.0, 3000.0),
    st.floats(10.0, 500.0),
    st.sampled_from([0.0, 0.3, 1.0, 2.5]),
    st.sampled_from([0.0, 0.15, 1.0]),
    st.sampled_from([0.0, 12.0]),
    st.sampled_from([0.0, 60.0]),
    st.sampled_from([200.0, NEVER]),
)
def test_half_the_step_changes_nothing(rates, limit, mean, cv, coinsurance, copay, deductible, most):
    terms = ((mean, cv, coinsurance, copay, deductible, most), (15.0, 0.0, 1.0, 0.0, 0.0, NEVER))
    grown = sum(r * m for r, m in zip(rates, (whole(terms[0]), 15.0), strict=True))
    coarse, fine = (limited(np.array(rates), limit, terms, cells)[0] for cells in (CELLS, 2 * CELLS))
    assert abs(coarse - fine) <= 1e-4 * grown
    assert fine <= min(grown, limit) * (1 + 1e-6)


def whole(terms):
    """Mean payment of a contact, by the rule of a contact."""
    mean, cv, coinsurance, copay, deductible, most = terms
    money = {"copayment": copay, "deductible": deductible, "maximum": most}
    rules = {word: {"value": value, "per": "once"} for word, value in money.items() if 0 < value < NEVER}
    service = Service(name="care", payment=FeeForService(), sharing=CostSharing(coinsurance=coinsurance, **rules))
    groups = (Population(name="people"),)
    scheme = HealthScheme(name="H", currency="LTD", groups=groups, services=[service])
    if coinsurance == 1.0 or deductible + copay / max(1.0 - coinsurance, 1e-9) >= most:
        return mean
    grid = make_grid(small_basis(), None, years=[2025])
    return mean * (1.0 - share_paid(yearly_terms(service, scheme, grid), np.array([[mean]]), cv)[0, 0])


def poisson_limited(rate, payment, limit):
    """E[min(payment N, limit)] of Poisson N, term by term."""
    most = math.ceil(limit / payment)
    chances = [math.exp(-rate + n * math.log(rate) - math.lgamma(n + 1)) for n in range(most)]
    return limit - sum((limit - payment * n) * p for n, p in enumerate(chances))


@pytest.mark.parametrize(("rate", "payment", "limit"), [(2.0, 5.0, 10.0), (7.0, 25.0, 200.0), (0.1, 30.0, 31.0)])
def test_fixed_payments_by_the_poisson_distribution(rate, payment, limit):
    found = limited([rate], limit, [(payment, 0.0, 1.0, 0.0, 0.0, NEVER)])[0]
    assert found == pytest.approx(poisson_limited(rate, payment, limit), rel=1e-8 if limit % payment == 0 else 1e-4)


@pytest.mark.parametrize("terms", TERMS)
def test_discretised_payments_keep_their_mean(terms):
    assert limited([1.0], 1e5, [terms], 20_000)[0] == pytest.approx(whole(terms), rel=1e-4)
    step = 400_000.0 / 50_000
    assert step * (masses(400_000.0, [terms], 50_000)[0] @ np.arange(50_000)) == pytest.approx(whole(terms), rel=1e-4)


SERVICES, GROUPS, AGES = ["visits", "stays"], ["workers", "poor", "free"], np.arange(101)


def health_basis(**changes):
    basis = small_basis().isel(year=slice(0, 4))
    rng = np.random.default_rng(5)
    kind = xr.DataArray(SERVICES, dims="service_type", coords={"service_type": SERVICES})
    bands = np.repeat(rng.uniform(0.5, 2.0, (2, 1, 2, 11)), 10, axis=3)[..., :101]
    level = np.array([[3.0, 3.9, 3.0], [0.1, 0.13, 0.1]])[:, :, None, None]
    coords = {"service_type": SERVICES, "health_group": GROUPS, "sex": ["male", "female"], "age": AGES}
    return basis.assign(
        use_rate_0=xr.DataArray(bands * level, coords=coords),
        unit_cost_0=xr.DataArray([60.0, 900.0], coords=[kind]),
        severity_cv=xr.DataArray([0.8, 1.6], coords=[kind]),
        **changes,
    )


def scheme(ceiling, **changes):
    groups = [Population(name=name, of_remaining=False, share=0.3, effective=0.9) for name in GROUPS]
    funding = HealthFunding(out_of_pocket_ceiling=None if ceiling is None else {"value": ceiling, "per": "year"})
    services = [
        Service(name="visits", payment=FeeForService(), sharing=CostSharing(coinsurance=0.3, exempt=["free"])),
        Service(
            name="stays",
            payment=FeeForService(),
            sharing=CostSharing(coinsurance=0.1, deductible={"value": 100, "per": "once"}, exempt=["free"]),
        ),
    ]
    given = {"name": "H", "currency": "LTD", "groups": groups, "services": services, "funding": funding}
    return HealthScheme(**given | changes)


def run(basis, scheme, population=None):
    population = project_population(basis) if population is None else population
    membership = project_membership(population, basis, scheme)
    use = project_use(membership, basis, scheme)
    return xr.merge([membership, use, project_health_cost(use, membership, basis, scheme)], combine_attrs="override")


@pytest.fixture(scope="module")
def plain():
    return run(health_basis(), scheme(None))


@pytest.mark.parametrize(("ceiling", "left", "close"), [(0.0, 0.0, 1e-12), (1e9, 1.0, 1e-6), (1e12, 1.0, 1e-12)])
def test_a_ceiling_of_nothing_and_one_that_nobody_reaches(ceiling, left, close, plain):
    found = run(health_basis(), scheme(ceiling))
    np.testing.assert_allclose(found["out_of_pocket"], left * plain["out_of_pocket"], rtol=close, atol=1e-6)
    spent = plain["out_of_pocket"] * (1 - left) + plain["health_expenditure"]
    np.testing.assert_allclose(found["health_expenditure"], spent, rtol=close)


def test_relief_moves_from_patients_to_the_scheme(plain):
    found = run(health_basis(), scheme(150.0))
    moved = (plain["out_of_pocket"] - found["out_of_pocket"]).sum("service_type")
    np.testing.assert_allclose(moved, found["ceiling_relief"], rtol=1e-9, atol=1e-6)
    assert float(found["ceiling_relief"].sel(health_group="free").max()) == 0.0
    workers, poor = (found["ceiling_relief"].sel(health_group=name) for name in GROUPS[:2])
    assert (poor > workers).all()
    both = [one["out_of_pocket"] + one["health_expenditure"] for one in (plain, found)]
    np.testing.assert_allclose(both[1], both[0], rtol=1e-12)
    share = (found["out_of_pocket"] / plain["out_of_pocket"]).sel(health_group="workers").values
    np.testing.assert_allclose(share[:, 0], share[:, 1], rtol=1e-9)


def relief_by_loops(found, year, group, unit_cost, contacts, covered, limit):
    """Members of every sex and age times what they pay above the ceiling."""
    terms = [(float(unit_cost[0]), 0.8, 0.3, 0.0, 0.0, NEVER), (float(unit_cost[1]), 1.6, 0.1, 0.0, 100.0, NEVER)]
    means = np.array([whole(one) for one in terms])
    total = 0.0
    for s, x in product((0, 1), range(101)):
        rates = contacts[:, s, x] / covered[s, x]
        total += covered[s, x] * (rates @ means - limited(rates, limit, terms)[0])
    return total


def test_relief_by_a_loop_over_sexes_and_ages():
    found = run(health_basis(), scheme(150.0))
    here = found.sel(health_group="poor").isel(year=2)
    contacts = here["contacts"].transpose("service_type", "sex", "age").values
    covered = here["health_covered"].transpose("sex", "age").values
    expected = relief_by_loops(found, 2, "poor", here["unit_cost"].values, contacts, covered, 150.0)
    assert float(here["ceiling_relief"]) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("ceiling", [60.0, 300.0])
def test_the_accounts_of_the_base_year_hold_what_the_ceiling_spares(ceiling):
    accounts = xr.DataArray([4e6, 5e6], coords={"service_type": SERVICES})
    basis = health_basis(expenditure_by_service_0=accounts)
    found = run(basis, scheme(ceiling))
    spent = np.zeros(2)
    for group in GROUPS:
        cost = found["calibration_by_service"].sel(health_group=group) * basis["unit_cost_0"]
        here = found.sel(health_group=group)
        contacts = here["contacts_0"].transpose("service_type", "sex", "age").values
        used = contacts.sum(axis=(1, 2)) * cost.values
        if group == "free":
            spent += used
            continue
        terms = [(float(cost[0]), 0.8, 0.3, 0.0, 0.0, NEVER), (float(cost[1]), 1.6, 0.1, 0.0, 100.0, NEVER)]
        pocket = contacts.sum(axis=(1, 2)) * [whole(one) for one in terms]
        covered = 0.9 * here["health_members_0"].transpose("sex", "age").values
        relief = relief_by_loops(found, 0, group, cost.values, contacts, covered, ceiling)
        spent += used - pocket * (1 - relief / pocket.sum())
    np.testing.assert_allclose(spent, accounts, rtol=1e-9)


def test_accounts_that_only_the_ceiling_could_meet_are_refused():
    services = [
        Service(name="visits", payment=FeeForService(), sharing=CostSharing(maximum={"value": 1, "per": "once"})),
        Service(name="stays", payment=FeeForService()),
    ]
    accounts = xr.DataArray([9e6, 9e6], coords={"service_type": SERVICES})
    with pytest.raises(BadBasis, match="no factor leads to the accounts of the base year"):
        run(health_basis(expenditure_by_service_0=accounts), scheme(50.0, services=services))


def test_a_ceiling_needs_the_spread_of_costs_and_one_number_a_year(plain):
    services = [Service(name="visits", payment=FeeForService(), sharing=CostSharing(coinsurance=0.3))]
    bare, law = health_basis().drop_vars("severity_cv"), scheme(50.0, services=services)
    with pytest.raises(MissingVariable, match="severity_cv"):
        run(bare, law)
    law = scheme({"male": 50.0, "female": 60.0})
    with pytest.raises(BadScheme, match="out_of_pocket_ceiling: must be one number for each year"):
        run(health_basis(), law)
