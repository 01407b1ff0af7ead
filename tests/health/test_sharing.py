"""What patients pay of a contact: simulated claims one by one, closed forms, limits that cannot be meant."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actuarial.errors import BadScheme
from actuarial.health.groups import Population
from actuarial.health.scheme import CostSharing, HealthScheme, Service
from actuarial.health.sharing import check_ever_paid, demand_factor, excess, share_paid, yearly_terms
from actuarial.person import make_grid
from tests.reference.small import small_basis

MEAN, CV, CLAIMS = 80.0, 1.5, 2_000_000
ONCE = "once"


class Free:
    def cost(self, activity, basis):
        return 0.0 * activity.contacts


def money(value):
    return {"value": value, "per": ONCE}


def share(mean=MEAN, cv=CV, **rules):
    """Share of a contact that the scheme pays in 2025, first group."""
    service = Service(name="care", payment=Free(), sharing=CostSharing(**rules))
    groups = (Population(name="people", share=0.5), Population(name="poor", share=0.5))
    scheme = HealthScheme(name="H", currency="LTD", groups=groups, services=[service])
    grid = make_grid(small_basis(), None, years=[2025])
    terms = yearly_terms(service, scheme, grid)
    check_ever_paid(service.name, terms)
    return share_paid(terms, np.full((1, 2), mean), cv)[0]


RULES = {
    "coinsurance": {"coinsurance": 0.2},
    "copayment": {"copayment": money(15)},
    "deductible": {"deductible": money(30)},
    "maximum": {"maximum": money(150)},
    "deductible and coinsurance": {"deductible": money(30), "coinsurance": 0.25},
    "copayment and coinsurance": {"copayment": money(15), "coinsurance": 0.25},
    "everything": {"copayment": money(10), "coinsurance": 0.1, "deductible": money(20), "maximum": money(300)},
}


def claims(seed, mean=MEAN, cv=CV, count=CLAIMS):
    sigma = np.sqrt(np.log1p(cv * cv))
    return np.exp(np.random.default_rng(seed).normal(np.log(mean) - sigma * sigma / 2, sigma, count))


def paid(claim, coinsurance=0.0, copayment=None, deductible=None, maximum=None):
    """What the scheme pays of single claims: the patient pays the deductible, then the rest is shared."""
    d, f = (0.0 if amount is None else amount["value"] for amount in (deductible, copayment))
    most = np.inf if maximum is None else maximum["value"]
    counted = np.maximum(np.minimum(claim, most) - d, 0.0)
    return np.maximum((1.0 - coinsurance) * counted - f, 0.0)


def copayment_first(claim, coinsurance=0.0, copayment=None, deductible=None, maximum=None):
    """A wrong variant: the flat payment comes off the cost before the rest is shared."""
    d, f = (0.0 if amount is None else amount["value"] for amount in (deductible, copayment))
    most = np.inf if maximum is None else maximum["value"]
    return (1.0 - coinsurance) * np.maximum(np.minimum(claim, most) - d - f, 0.0)


def scores(rule):
    """Distances to five simulations in standard errors, by rule."""
    found = {}
    for seed in range(1, 6):
        sample = claims(seed)
        for name, terms in RULES.items():
            values = rule(sample, **terms)
            error = values.std() / np.sqrt(values.size)
            assert error <= 0.002 * values.mean()
            found[name, seed] = (MEAN * share(**terms)[0] - values.mean()) / error
    return found


def test_every_rule_is_the_mean_of_simulated_claims():
    distances = np.abs(list(scores(paid).values()))
    assert (distances > 3.0).mean() <= 0.01 + 1 / distances.size
    assert distances.max() < 4.5


def test_the_simulation_tells_a_wrong_rule_apart():
    distances = scores(copayment_first)
    assert min(abs(distances["copayment and coinsurance", seed]) for seed in range(1, 6)) > 4.5


def test_exempt_groups_pay_nothing_and_others_what_they_owe():
    found = share(coinsurance=0.3, exempt=("poor",))
    assert found.tolist() == [0.7, 1.0]


def test_without_variation_the_rule_holds_for_the_mean():
    terms = RULES["everything"]
    assert share(cv=0.0, **terms)[0] == pytest.approx(float(paid(np.array(MEAN), **terms)) / MEAN, rel=1e-12)


@given(
    st.floats(1, 500), st.floats(0.05, 3), st.floats(0, 0.9), st.floats(0, 50), st.floats(0, 50), st.floats(120, 1000)
)
def test_the_scheme_never_pays_more_than_the_cost_and_less_of_stricter_rules(mean, cv, chi, copay, deductible, most):
    terms = {"coinsurance": chi, "copayment": money(copay), "deductible": money(deductible), "maximum": money(most)}
    if deductible + copay / (1 - chi) >= most:
        return
    found = share(mean, cv, **terms)[0]
    assert 0.0 <= found <= 1.0 + 1e-12
    for stricter in ({"coinsurance": min(chi + 0.05, 0.95)}, {"deductible": money(deductible + 1)}):
        try:
            assert share(mean, cv, **terms | stricter)[0] <= found + 1e-9
        except BadScheme:
            continue


def test_a_rule_under_which_nothing_is_ever_paid_is_refused():
    with pytest.raises(BadScheme, match=r"care.sharing: deductible and copayment reach the maximum"):
        share(deductible=money(100), maximum=money(90))


def test_what_is_paid_for_an_exempt_group_only_is_paid():
    assert share(coinsurance=1.0, exempt=("poor",)).tolist() == [0.0, 1.0]


def test_excess_is_zero_where_the_limits_meet():
    assert excess(np.array([[5.0]]), 1.0, np.array([[9.0]]), np.array([[9.0]])).tolist() == [[0.0]]


def test_demand_follows_the_arc_elasticity_of_the_price_that_patients_pay():
    factor = float(demand_factor(np.array(0.7), np.array(0.8), -0.2))
    change, price = (factor - 1) / ((factor + 1) / 2), (0.3 - 0.2) / 0.25
    assert change == pytest.approx(-0.2 * price, rel=1e-12)
    assert float(demand_factor(np.array(1.0), np.array(1.0), -0.2)) == 1.0
    assert float(demand_factor(np.array(0.7), np.array(0.8), 0.0)) == 1.0
