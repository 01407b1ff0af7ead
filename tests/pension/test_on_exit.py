"""Balances that are paid when members leave, in whole or in part by length of service: they are paid once."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.cases import person_benefits
from actuarial.forms import parse_scheme
from actuarial.labour.insured import project_insured
from tests.reference.small import small_basis

FUND = """
name = "Provident fund"
currency = "LTD"
[[contributions]]
name = "member"
payer = "employee"
rate = 0.05
[[contributions]]
name = "employer"
payer = "employer"
rate = 0.10
[[account]]
name = "own"
contributions = ["member"]
growth = { fixed = 0.04 }
timing = "interest"
[[account]]
name = "vesting"
contributions = ["employer"]
growth = { fixed = 0.04 }
[[benefit]]
form = "account_payout"
name = "whole"
on = "exit"
accounts = ["own", "vesting"]
qualifying_years = 5
[[benefit]]
form = "account_payout"
name = "half"
on = "exit"
accounts = ["own"]
parts = [{ account = "vesting", share = 0.5 }]
qualifying_years = 3
below_years = 5
[[benefit]]
form = "account_payout"
name = "early"
on = "exit"
accounts = ["own"]
parts = [{ account = "vesting", share = 0 }]
below_years = 3
[[benefit]]
form = "account_payout"
name = "old_age"
from_age = 60
accounts = ["own", "vesting"]
"""
ASKED = {"sex": "male", "earnings": 10_000.0, "basis": small_basis()}


@pytest.mark.parametrize(
    ("years", "benefit", "vested"), [(2, "early", 0.0), (3, "half", 0.5), (4, "half", 0.5), (5, "whole", 1.0)]
)
def test_what_a_leaver_has_vested_by_length_of_service(years, benefit, vested):
    """500 and 1,000 a year: interest runs half of the year of the credit, an index does not; no year after the last."""
    law = parse_scheme(FUND)
    found = person_benefits(law, event="exit", born=1990, leaves=2030, months=12 * years, **ASKED)
    own = 500 * (sum(1.04 ** (0.5 + k + 0.5) for k in range(years - 1)) + 1.04**0.25)
    assert list(found) == [benefit]
    assert found[benefit].once == pytest.approx(own + vested * 1_000 * sum(1.04**k for k in range(years)), rel=1e-12)
    later = person_benefits(law, event="retirement", born=1970, leaves=2025, year=2031, months=12 * years, **ASKED)
    assert later["old_age"].once == pytest.approx(0.0, abs=1e-9)


def test_what_is_not_paid_on_exit_waits_for_a_later_benefit():
    """A quarter of all claim a payout on exit; the others have theirs six years later."""
    text = FUND[: FUND.index('[[benefit]]\nform = "account_payout"\nname = "half"')] + "claim_rate = 0.25\n"
    law = parse_scheme(text + FUND[FUND.rindex("[[benefit]]") :])
    asked = {"born": 1970, "leaves": 2025, "months": 60, "year": 2031} | ASKED
    without = parse_scheme(text[: text.index("[[benefit]]")] + FUND[FUND.rindex("[[benefit]]") :])
    kept, all_of_it = (person_benefits(one, event="retirement", **asked)["old_age"].once for one in (law, without))
    assert kept == pytest.approx(0.75 * all_of_it, rel=1e-12)
    assert all_of_it > 60 * 125 * 1.04**5


def run(text, basis):
    return project_insured(ac.project_population(basis), basis, parse_scheme(text), service="years")


def leavers(**rates):
    """The small basis of three years without pensioners, inactive members and entries again, with some rates."""
    basis = small_basis().isel(year=slice(0, 3))
    none = {name: 0.0 * basis[name] for name in ("pensioners_0", "inactive_0", "reentry_share", "invalidity_rate")}
    return basis.assign(none | rates)


@pytest.mark.parametrize("inheritance", ["none", "own"])
def test_those_who_leave_are_paid_as_invalids_are_who_do_not_come_back(inheritance):
    """The same members leave once by one event and once by the other one."""
    text = FUND.replace('timing = "interest"', f'timing = "interest"\ninheritance = "{inheritance}"')
    basis = leavers()
    exits = run(text, basis)
    rate = basis["exit_rate"]
    invalid = run(text.replace('on = "exit"', 'on = "invalidity"'), leavers(exit_rate=0.0 * rate, invalidity_rate=rate))
    assert float(exits["contraction_rate"].max()) == 0.0
    for name in ("account_balance", "account_released", "account_credits", "account_growth"):
        assert_allclose(exits[name], invalid[name], rtol=1e-9, atol=1e-6)
    assert_allclose(exits["claims_amount"], invalid["claims_amount"], rtol=1e-9, atol=1e-6)
    part = exits["claims_amount"].sum(["year", "sex", "age"]).values
    assert (part > 0.0).all()
    result = ac.project(basis, parse_scheme(text), service="years")
    paid = result["benefit_expenditure"].sum("benefit")
    out = result["account_released"].sum(["account", "group", "sex", "age"])
    kept = out - paid
    assert (kept > 0.0).all(), "what is not vested, and what the dead leave where nobody inherits"


def test_balances_are_a_mean_of_those_with_and_without_payouts():
    """Of which two thirds of the leavers claim one."""
    text = FUND[: FUND.index('[[benefit]]\nform = "account_payout"\nname = "half"')] + "claim_rate = %s\n"
    law, basis = text + FUND[FUND.rindex("[[benefit]]") :], leavers(inactive_0=small_basis()["inactive_0"])
    some, every, none = (run(law % share, basis)["account_balance"] for share in (2 / 3, 1.0, 0.0))
    assert_allclose(some, 2 / 3 * every + 1 / 3 * none, rtol=1e-12)
    assert float(every.sum()) < 0.97 * float(none.sum())
    assert np.all(every.values >= 0.0)
