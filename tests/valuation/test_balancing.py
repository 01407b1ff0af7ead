"""Balance ratio of a scheme with accounts: against loops over people, and what it does in a projection."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.contract import Amount
from actuarial.demography.population import project_population
from actuarial.earned import Account
from actuarial.errors import BadScheme, MissingVariable
from actuarial.labour.insured import project_insured
from actuarial.pension import Flat, Indexation, OldAge
from actuarial.pension.accounts import MemberAccount
from actuarial.projection import project
from actuarial.scheme import Contribution, Scheme
from actuarial.studies.parameters import parameter_of
from actuarial.studies.recompute import stage_of
from actuarial.valuation.balancing import period_divisors, project_balancing
from actuarial.valuation.feedback import looks_back
from tests.oracle import looking_back as oracle
from tests.reference.small import small_basis

RATE, NORM, LIMIT, YEARS = 0.16, 0.016, 2.0, 6
BASIS = small_basis().sel(benefit=["old_age"]).isel(year=slice(0, YEARS))
BASIS = BASIS.assign(balance_ratio_0=LIMIT, pensioners_0=0.5 * BASIS["pensioners_0"])
BASIS = BASIS.assign(reserve_0=0.5 * BASIS["reserve_0"])
run = partial(project, service="years")


@dataclass(frozen=True)
class Notional:
    """A pension that is a fixed part of a balance of contributions."""

    growth: Any
    divisor: float = 16.0

    def award(self, person, service):
        account = Account(name="notional", rate=RATE, growth=self.growth)
        return Amount(rate=1.0 / self.divisor, base=account)


def law(growth, indexation):
    old_age = OldAge(retirement_age=60, qualifying_years=0, formula=Notional(growth), indexation=indexation)
    members = Contribution(name="members", payer="employee", rate=RATE)
    aid = Contribution(name="aid", payer="state", base="benefit", of=("old_age",), rate=0.1)
    return Scheme(name="Notional", currency="LTD", contributions=(members, aid), benefits=(old_age,))


RULE = Indexation(wages=1.0, balancing={"by": "balance_ratio", "rate": NORM, "below": LIMIT})
SCHEME = law(RULE, RULE)


@pytest.fixture(scope="module")
def result():
    return run(BASIS, SCHEME)


def of_year(result, t):
    """What the oracle is given: labels are gone."""
    old_age = SCHEME.benefits[0]
    mass = result["pension_mass"].sel(benefit="old_age").transpose("year", "sex", "age").values
    opening = (BASIS["pensioners_0"] * BASIS["pension_0"]).sel(benefit="old_age").transpose("sex", "age").values
    earned = (result["average_contributors"] * result["salary"] * result["insurable_share"]).isel(year=t)
    collected = earned.transpose("group", "sex", "age") * BASIS["collection_rate"].isel(year=t)
    return {
        "earnings": collected.transpose("group", "sex", "age").values.tolist(),
        "before": (mass[t - 1] if t else opening).tolist(),
        "after": mass[t].tolist(),
        "stays": old_age.continuance(BASIS).transpose("year", "sex", "age").values[t].tolist(),
        "rate": NORM,
        "payments": 12,
        "contributions": float(result["contributions"][t]),
        "reserve": float(result["reserve"][t]),
        "balances": float(result["account_balance"].isel(year=t).sum()),
    }


@pytest.mark.parametrize("t", [0, 1, YEARS - 1])
def test_the_ratio_equals_loops_over_people(result, t):
    expected = oracle.balance_ratio(of_year(result, t))
    names = ("turnover_duration", "contribution_asset", "pension_liability", "balance_ratio")
    assert_allclose([float(result[name][t]) for name in names], expected, rtol=1e-9)
    assert 15 < expected[0] < 45


def test_pensions_and_accounts_follow_the_ratio_of_the_year_before(result):
    ratios = np.array([LIMIT, *result["balance_ratio"].values[:-1]]) / LIMIT
    level = [1.0]
    for ratio in ratios:
        level.append(min(1.0, level[-1] * ratio))
    expected = (1 + BASIS["wage_growth"].values) * np.array(level[1:]) / level[:-1] - 1
    assert_allclose(result["pension_indexation"].sel(benefit="old_age"), expected, rtol=1e-12)
    assert min(level) < 1
    path = xr.DataArray(expected, {"year": BASIS["year"].values})

    def final(basis, finance=None):
        return path.reindex(year=basis["year"].values).fillna(basis["wage_growth"])

    fixed = law(final, RULE)
    population = project_population(BASIS)
    insured = project_insured(population, BASIS, fixed, service="years")
    assert_allclose(result["account_balance"], insured["account_balance"], rtol=1e-12)
    assert_allclose(result["claims_amount"], insured["claims_amount"], rtol=1e-12)


def test_the_insured_stage_is_repeated_where_accounts_are_balanced():
    assert looks_back(SCHEME) == "insured"
    assert looks_back(law(Indexation(wages=1.0), RULE)) == "pensions"


def test_accounts_of_the_scheme_are_asked_too():
    account = MemberAccount(name="notional", contributions=("members",), growth=RULE)
    scheme = replace(SCHEME, accounts=(account,), benefits=law(Indexation(wages=1.0), Indexation()).benefits)
    assert looks_back(scheme) == "insured"
    free = replace(scheme, accounts=(replace(account, growth=Indexation(wages=1.0)),))
    assert looks_back(free) is None
    assert stage_of(parameter_of("members.rate", BASIS, free), BASIS, free) == "all"


def test_divisors_in_closed_form():
    """For ever with 5% of interest: (1 + p)/2 v^(1/2) / (1 - v p)."""
    v, p = 1 / 1.05, np.full(5, 0.9)
    assert_allclose(period_divisors(p, 0.05), v**0.5 * 0.95 / (1 - 0.9 * v), rtol=1e-14)
    assert period_divisors(np.zeros(3), 0.05)[0] == pytest.approx(v**0.5 / 2)


def test_what_has_no_balance_ratio(result):
    flat = replace(SCHEME, benefits=(replace(SCHEME.benefits[0], formula=Flat(amount={"value": 100, "per": "month"})),))
    with pytest.raises(BadScheme, match="old_age: the balance ratio needs accounts of the members"):
        run(BASIS, flat)
    with pytest.raises(MissingVariable, match="account_balance"):
        project_balancing(result.drop_vars("account_balance"), result, result, BASIS, SCHEME)
    with pytest.raises(MissingVariable, match="balance_ratio_0"):
        run(BASIS.drop_vars("balance_ratio_0"), SCHEME)
    later = replace(SCHEME.benefits[0], name="later", retirement_rate=0.0)
    other = replace(later, indexation=Indexation(balancing={"by": "balance_ratio", "rate": 0.02}))
    two = replace(SCHEME, benefits=(SCHEME.benefits[0], other))
    with pytest.raises(BadScheme, match="one balance ratio needs one rate, the same in all years"):
        run(BASIS, two)


def test_a_ratio_that_takes_pensions_away_is_refused():
    rule = {"by": "reserve_ratio", "below": 1.0}
    scheme = law(Indexation(wages=1.0), Indexation(balancing=rule))
    basis = BASIS.assign(reserve_ratio_0=-1.0)
    with pytest.raises(BadScheme, match="would take the pensions away in 1 of 6 years, the first is 2025"):
        run(basis, scheme)
    kept = run(basis, law(Indexation(wages=1.0), Indexation(balancing=rule | {"floor": -0.02})))
    assert float(kept["pension_indexation"].sel(benefit="old_age")[0]) == pytest.approx(-0.02)
