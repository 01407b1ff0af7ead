"""The premium of new entrants against closed forms: the theory of the steady state, continuous and in yearly steps."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.check.variables import check_variables
from actuarial.errors import BadInput
from actuarial.studies import new_entrants_premium
from actuarial.studies.groups import by_participants, open_run
from actuarial.studies.worth import worth_of
from tests.reference import steady_state as theory
from tests.studies.runs import basis as small_run
from tests.studies.runs import law
from tests.system.test_steady_state import PX, basis, scheme

YEARS = np.arange(2001, 2003)
GOLDEN = [(0.05, 0.0, 0.06692639), (0.03, 0.0, 0.13276057), (0.05, theory.GAMMA, 0.08189525)]


def steady(beta, **changes):
    return basis(theory.stable_start(PX, beta), YEARS, **changes).assign_attrs(price_basis="nominal")


@pytest.mark.parametrize(("force", "beta", "golden"), GOLDEN)
def test_premium_of_the_theory(force, beta, golden):
    """1e-9 from the closed form in yearly steps; the continuous one, which yearly steps approach, within 2e-4."""
    rate = np.expm1(force)
    found = new_entrants_premium(steady(beta), scheme(beta), discount_rate=rate, until=2160, service="years")
    premium = float(found["new_entrants_premium"])
    assert_allclose(premium, theory.discrete_premium(PX, force, beta), rtol=1e-9)
    assert_allclose(premium, golden, rtol=2e-4)


def test_little_lies_beyond_the_horizon_by_default():
    """And the estimate of it is right to a twentieth."""
    premium = theory.discrete_premium(PX, 0.05, 0.0)
    by_default = new_entrants_premium(steady(0.0), scheme(0.0), discount_rate=np.expm1(0.05), service="years")
    beyond = premium / float(by_default["new_entrants_premium"]) - 1
    assert 0 < beyond < 1e-6
    assert_allclose(by_default["entrants_share_after_horizon"], beyond, rtol=0.05)


def test_at_the_growth_of_earnings_it_is_the_cost_rate():
    """Aaron and Samuelson: discounted with n + gamma, each generation pays what pay-as-you-go costs."""
    beta, growth = theory.GAMMA, np.expm1(theory.N + theory.GAMMA)
    found = new_entrants_premium(steady(beta), scheme(beta), discount_rate=growth, until=2160, service="years")
    assert_allclose(float(found["new_entrants_premium"]), theory.discrete_payg(PX, beta), rtol=1e-9)
    funded = new_entrants_premium(steady(beta), scheme(beta), service="years")
    assert float(funded["new_entrants_premium"]) < 0.7 * theory.discrete_payg(PX, beta)


def test_entrants_of_all_years_are_the_future_entrants():
    """Without exits the cohorts are independent: their values add up to those of the future entrants."""
    made, law = steady(0.0), scheme(0.0)
    run = open_run(made, law, until=2002, service="years", run_off=None)
    finance, flows = by_participants(run)
    earned = flows["total_insurable_earnings"].sel(participants="future_entrants")
    expected = worth_of(finance).value(earned, "contributions")
    parts = [new_entrants_premium(made, law, entry_year=year, until=2002, service="years") for year in YEARS]
    assert_allclose(sum(float(part["entrants_earnings"]) for part in parts), expected, rtol=1e-9)


def test_a_later_year_of_the_steady_state_has_the_same_premium():
    premium = [
        float(new_entrants_premium(steady(0.0), scheme(0.0), entry_year=year, service="years").new_entrants_premium)
        for year in (2001, 2002)
    ]
    assert_allclose(premium[1], premium[0], rtol=1e-9)


def test_benefits_of_several_kinds_and_scenarios():
    """By benefit; each scenario is a run of its own."""
    small = small_run(years=3)
    factor = xr.DataArray([1.0, 1.3], dims="scenario", coords={"scenario": ["central", "exits"]})
    both = small.assign(exit_rate=small["exit_rate"] * factor)
    options = {"service": "years", "until": 2032}
    found = new_entrants_premium(both, law(), **options)
    alone = new_entrants_premium(both.sel(scenario="exits", drop=True), law(), **options)
    check_variables(found)
    assert found["entrants_benefits"].dims == ("scenario", "benefit")
    xr.testing.assert_allclose(found.sel(scenario="exits", drop=True), alone)
    assert float(found["new_entrants_premium"].sel(scenario="central")) != float(alone["new_entrants_premium"])
    ratio = found["entrants_benefits"].sum("benefit") / found["entrants_earnings"]
    assert_allclose(found["new_entrants_premium"], ratio, rtol=1e-12)
    assert found.attrs["horizon"] == "flows until 2032; after 2027 the assumptions of that year stay"


def test_years_without_entrants_are_refused():
    made = steady(0.0)
    with pytest.raises(BadInput, match=r"entry_year: 2030 is not a year of the basis \(2001-2002\)"):
        new_entrants_premium(made, scheme(0.0), entry_year=2030)
    shrinking = steady(0.0, growth=-0.2)
    with pytest.raises(BadInput, match="entry_year: nobody enters in 2001"):
        new_entrants_premium(shrinking, scheme(0.0), until=2002)
