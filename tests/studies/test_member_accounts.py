"""Schemes with accounts in the studies: balances, accrued rights, a later date, other money, longer horizons."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.check.insured import check_insured
from actuarial.dated import money, step
from actuarial.errors import BadBasis, IdentityFailed
from actuarial.labour.insured import project_insured
from actuarial.pension import AccountPayout, Balance, Indexation, MemberAccount, OldAge
from actuarial.scheme import Contribution, InsurableEarnings, Scheme
from actuarial.studies import liabilities, roll_forward
from actuarial.studies.groups import ENTRIES, open_run
from tests.reference.small import small_basis

RATE, DIVISOR = 0.16, 17.0
GAINS = {"age": {0: 0.001, 50: 0.02}}


def law(scale=1.0, minimum=None, retires=0.7, **account):
    """A pension from a notional account, which is paid out on invalidity and death."""
    least = {} if minimum is None else {"minimum_pension": {"value": minimum * scale, "per": "year"}}
    formula = Balance(account="notional", divisor=DIVISOR, **least)
    fields = {"name": "notional", "rate": RATE, "growth": Indexation(wages=1.0)} | account
    return Scheme(
        name="Notional",
        currency="LTD",
        insurable_earnings=InsurableEarnings(ceiling=money(step({2024: 200_000 * scale}), "year", "wages")),
        contributions=(Contribution(name="employees", payer="employee", rate=RATE),),
        accounts=(MemberAccount(**fields),),
        benefits=(
            OldAge(
                retirement_age=60, qualifying_years=0, formula=formula, retirement_rate=retires, indexation="prices"
            ),
            AccountPayout(name="on_invalidity", on="invalidity", accounts=("notional",)),
            AccountPayout(name="on_death", on="death", accounts=("notional",)),
        ),
    )


def basis(years=5, groups=1, **changes):
    whole = small_basis().isel(year=slice(0, years), group=slice(0, groups))
    paid = whole["pensioners_0"].where(whole["benefit"] == "old_age", 0.0)
    return whole.assign({"pensioners_0": paid} | changes)


def balances(one, level=3_000.0):
    """Opening balances that rise with age."""
    by_age = level * one["age"].astype(float) * xr.ones_like(one["salary_0"])
    return by_age.drop_attrs().expand_dims(account=["notional"])


def moving(one):
    """Members move between the groups, months differ within a cell, and the first year is half a year."""
    one = one.assign_coords(to_group=one["group"].values)
    moves = (("group", "to_group"), [[0.0, 0.01], [0.004, 0.0]])
    spread = 0.3 + 0.0 * one["earnings_cv"].drop_attrs()
    one = one.assign(transfer_rate=moves, transfer_rate_inactive=moves, density_dispersion=spread)
    return one.assign(newborn_0=("sex", [300.0, 290.0])).assign_attrs(valuation_date="2025-06-30")


@pytest.mark.parametrize("timing", ["index", "interest"])
@pytest.mark.parametrize("inheritance", ["none", "own", "table"])
def test_balances_move_by_credits_growth_and_releases(timing, inheritance):
    """Everybody retires at 60, so that nobody inherits what the dead of that age leave."""
    one, scheme = moving(basis(3, 2)), law(retires=1.0, timing=timing, inheritance=inheritance, gains=GAINS)
    result = ac.project(one.assign(account_0=balances(one)), scheme, service="years")
    credited = result["account_credits"].sum(["account", "age"])
    assert_allclose(credited, RATE * result["assessed_earnings"], rtol=1e-12)
    assert float(abs(result["account_transferred"]).max()) > 0
    if (timing, inheritance) == ("index", "none"):  # the whole growth of the index for the balance of the year before
        older = result["account_balance"].shift(year=1, age=1, fill_value=0.0)
        moved = older + result["account_transferred"]
        index = (1.04 * (1.0 + xr.where(result["age"] >= 50, 0.02, 0.001)) - 1.0) * moved
        below = {"year": slice(1, None), "age": slice(0, 99)}
        assert_allclose(result["account_growth"].isel(below), index.isel(below).transpose(*moved.dims), rtol=1e-9)


@pytest.mark.parametrize("name", ["account_balance", "account_credits", "account_growth", "account_released"])
def test_a_wrong_balance_is_found(name):
    one = basis(2)
    one = one.assign(account_0=balances(one))
    insured = project_insured(ac.project_population(one), one, law(), service="years")
    check_insured(insured, one)
    for year in (2025, 2026):
        wrong = insured.copy(deep=True)
        wrong[name].loc[{"year": year, "age": 40, "sex": "male", "group": "private"}] *= 1.0001
        with pytest.raises(IdentityFailed, match=f"^Balances of accounts are .*\n.*year={year}"):
            check_insured(wrong, one)


def test_balances_of_members_without_credit_are_refused():
    one = basis(2)
    fresh = one["active_0"].where(one["age"] != 30, 0.0)
    fresh = fresh.where((one["age"] != 30) | (one["service"] != 0), 5.0)
    idle = one["inactive_0"].where(one["age"] != 30, 0.0)
    one = one.assign(account_0=balances(one), active_0=fresh, inactive_0=idle)
    told = r"account_0: 2 cells have balances of .* is account=notional, group=private, sex=male, age=30\."
    with pytest.raises(BadBasis, match=told):
        ac.project(one, law(), service="years")


def test_only_all_members_have_balances():
    one, scheme = basis(2), law()
    run = open_run(one, scheme, until=2026, service="years", run_off=None)
    for members in ("present", "future"):
        assert not [name for name in run.part(members).variables if str(name).startswith("account")]


def accrued(run, accrual):
    return run.part("present", accrual)["claims_amount"]


def test_accrued_rights_of_an_account_are_the_balances_of_the_valuation_date():
    """Those of a projection in which nobody enters and nothing is credited any more; none where there is no balance."""
    one = basis(4)
    one = one.assign(account_0=balances(one))
    run = open_run(one, law(), until=2040, service="years", run_off=None)
    nobody = run.insured[ENTRIES].assign(new_entrants=0.0 * run.insured["new_entrants"])
    idle = law(rate=step({1900: RATE, 2025: 0.0}))
    alone = project_insured(run.population, run.basis, idle, service="years", entries=nobody)
    for accrual in ("projected", "frozen"):
        assert_allclose(accrued(run, accrual), alone["claims_amount"], rtol=1e-9, atol=1e-6)
    empty = open_run(
        one.assign(account_0=0.0 * one["account_0"]), law(), until=2040, service="years", run_off=None
    )
    assert float(accrued(empty, "projected").max()) == 0.0
    assert float(empty.part("present")["claims_amount"].max()) > 0.0


def test_amounts_with_limits_accrue_with_service():
    """A minimum that nobody falls below leaves whole claims as they are, and changes how they accrue."""
    one = basis(3)
    one = one.assign(account_0=balances(one))
    free, limited = (
        open_run(one, law(minimum=minimum), until=2030, service="years", run_off=None) for minimum in (None, 1e-9)
    )
    assert_allclose(free.insured["claims_amount"], limited.insured["claims_amount"], rtol=1e-6)
    old_age = {"benefit": "old_age"}
    whole = limited.part("present").sel(old_age)
    share = accrued(limited, "projected").sel(old_age).sum("age") / whole["claims_amount"].sum("age")
    assert bool((share.sel(year=2030) < 0.95).all())
    assert not np.allclose(accrued(free, "projected").sel(old_age), accrued(limited, "projected").sel(old_age))
    lump = {"benefit": ["on_invalidity", "on_death"]}
    assert_allclose(accrued(free, "projected").sel(lump), accrued(limited, "projected").sel(lump), rtol=1e-12)


def test_liabilities_of_accounts_hold_each_other():
    one = basis(3)
    found = liabilities(one.assign(account_0=balances(one)), law(), until=2050, service="years")
    total = found["liability_benefits"].sum("benefit").to_series()
    assert total["accrued_frozen_earnings"] == pytest.approx(total["accrued_projected_earnings"], rel=1e-12)
    assert total["pensions_in_payment"] < total["accrued_projected_earnings"] < total["closed_group"]
    assert total["closed_group"] < total["open_group"]


@pytest.mark.parametrize("timing", ["index", "interest"])
def test_balances_are_carried_to_a_later_date(timing):
    """Balances of all members of an age are exact, what the active and the inactive have of them is spread."""
    one, scheme = basis(5), law(timing=timing)
    first = ac.project(one, scheme, service="years")
    moved = roll_forward(one, scheme, 2026, service="years")
    last = first["account_balance"].sel(year=2026)
    members = (moved["active_0"] + moved["inactive_0"]).sum("service")
    assert_allclose(moved["account_0"] * members, last.where(members > 0, 0.0), rtol=1e-12)
    assert "balances of accounts by past credit" in moved.attrs["not_carried"]
    again = ac.project(moved, scheme, service="years")
    for name in ("account_balance", "claims_amount", "benefit_expenditure"):
        assert_allclose(again[name].sum(), first[name].sel(year=again["year"]).sum(), rtol=1e-3)


def test_a_thousand_times_the_money_is_a_thousand_times_the_balances():
    one = basis(4)
    one = one.assign(account_0=balances(one))
    amounts = ("salary_0", "inactive_earnings_0", "pension_0", "reserve_0", "account_0")
    large = one.assign({name: 1_000.0 * one[name] for name in amounts})
    plain, thousand = (
        ac.project(given, law(scale, minimum=40_000.0), service="years") for given, scale in ((one, 1.0), (large, 1e3))
    )
    assert float(plain["claims_topup"].sum()) > 0
    for name in ("account_balance", "account_growth", "claims_amount", "claims_topup", "outgo", "reserve"):
        assert_allclose(thousand[name] / 1e3, plain[name], rtol=1e-9, atol=1e-6)
    assert_allclose(thousand["claims_at_minimum"], plain["claims_at_minimum"], rtol=1e-9, atol=1e-9)


def test_a_longer_horizon_changes_no_year():
    one, scheme = basis(8), law(timing="interest", inheritance="own")
    short, long = (ac.project(one.isel(year=slice(0, n)), scheme, service="years") for n in (4, 8))
    for name in ("account_balance", "account_credits", "account_growth", "account_released", "outgo", "reserve"):
        same = long[name].sel(year=short["year"])  # but for rounding, of rows of credit that differ in length
        assert_allclose(short[name], same, rtol=1e-14, err_msg=name)


def test_scenarios_of_balances_are_projections_of_their_own(tmp_path):
    one = basis(3)
    one = one.assign(account_0=balances(one))
    both = ac.scenarios(one, low=lambda b: b, high=lambda b: b.assign(account_0=2.0 * b["account_0"]))
    ac.save_basis(both, tmp_path / "basis")
    result = ac.project(ac.open_basis(tmp_path / "basis"), law(), service="years")
    for name, level in (("low", 3_000.0), ("high", 6_000.0)):
        alone = ac.project(one.assign(account_0=balances(one, level)), law(), service="years")
        for variable in ("account_balance", "claims_amount", "outgo"):
            assert_allclose(result[variable].sel(scenario=name), alone[variable], rtol=1e-12)


def test_the_rate_that_is_credited_can_be_solved_for():
    one, scheme = basis(2), law()
    credited = replace(scheme.accounts[0], rate=None, contributions=("employees",))
    by_line = scheme.amend("scheme", accounts=(credited,))
    for given, path, change in ((scheme, "notional.rate", "notional"), (by_line, "employees.rate", "employees")):
        goal = float(ac.project(one, given.amend(change, rate=0.2), service="years")["reserve"][-1])
        found = ac.solve(
            path, lambda r, goal=goal: r["reserve"][-1] - goal, basis=one, scheme=given, service="years"
        )
        assert float(found) == pytest.approx(0.2, rel=1e-9)
