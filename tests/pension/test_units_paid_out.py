"""Lump sums of accounts of points and months: what a unit is paid out at, for one person and in a projection."""

import pytest
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.cases import person_benefits
from actuarial.errors import BadScheme
from actuarial.forms import parse_scheme
from actuarial.labour.insured import project_insured
from actuarial.translation import language, message_of, told
from tests.reference.small import small_basis

LAW = """
name = "S"
currency = "LTD"
[[account]]
name = "served"
credits = "months"
[[account]]
name = "points"
credits = "points"
rate = 0.1
price = { value = 20, per = "once" }
[[account]]
name = "saved"
rate = 0.1
[[benefit]]
form = "account_payout"
name = "severance"
accounts = ["served"]
value = { value = { 2025 = 50, 2028 = 60 }, per = "once" }
from_age = 60
share = 0.5
[[benefit]]
form = "account_payout"
name = "units"
parts = [{ account = "points", share = 0.25 }]
value = { value = 30, per = "once" }
together_with = "severance"
"""
DUE = 'value = { value = 30, per = "once" }\n'
WRONG = {
    "units.parts: 'points' holds points, which are no money; give what one of them is paid out at": (DUE, ""),
    "severance.accounts: 'served' holds months, which are no money; give": (
        'value = { value = { 2025 = 50, 2028 = 60 }, per = "once" }\n', ""
    ),
    "units.value: has no meaning for 'saved', which holds money; leave it out": ('"points", share', '"saved", share'),
}


def test_one_person_has_the_value_of_the_units_of_the_career():
    """Ten years at 24,000: 120 months, and a tenth of earnings over 20 in points."""
    asked = {"event": "retirement", "sex": "male", "born": 1967, "leaves": 2027, "months": 120, "earnings": 24_000}
    found = person_benefits(parse_scheme(LAW), **asked)
    assert found["severance"].amount == pytest.approx(0.5 * 120 * 50)
    assert found["units"].amount == pytest.approx(0.25 * 10 * 0.1 * 24_000 / 20 * 30)


def test_a_projection_pays_the_value_of_all_months_of_those_who_start():
    basis = small_basis().isel(year=slice(0, 6))
    law = parse_scheme(LAW)
    insured = project_insured(ac.project_population(basis), basis, law, service="months")
    found = insured[["claims_amount", "claims_credits"]].sel(benefit="severance").sum(["sex", "age"])
    paid, months = found["claims_amount"], found["claims_credits"]
    assert (months > 0.0).all()
    assert_allclose(paid, 0.5 * months * [50, 50, 50, 60, 60, 60], rtol=1e-9)


@pytest.mark.parametrize("text", WRONG)
def test_units_without_a_value_and_money_with_one_are_refused(text):
    right, wrong = WRONG[text]
    assert right in LAW
    with pytest.raises(BadScheme) as found:
        parse_scheme(LAW.replace(right, wrong))
    assert text in str(found.value)
    for code in ("fr", "es"):
        assert "which" not in told(message_of(found.value), language(code))


def test_what_is_taken_out_in_service_is_money():
    drawn = '[[benefit]]\nform = "account_withdrawal"\nname = "drawn"\naccounts = ["points"]\nshare = 0.1\n'
    with pytest.raises(BadScheme, match=r"drawn\.accounts: 'points' holds points, which are no money; name another"):
        parse_scheme(LAW + drawn)


EXCESS = """
name = "Singapore"                # a sum is set aside for a pension for life, the rest of the balance is paid out
currency = "LTD"
[insurable_earnings]
ceiling = { value = 90_000, per = "year" }
[[account]]
name = "held"
rate = 0.37
growth = { fixed = 0.04 }
[[benefit]]
form = "old_age"
retirement_age = 60
qualifying_years = 0
retirement_rate = 0.4
[benefit.formula]
form = "banded"
formula = { form = "balance", account = "held", divisor = 16 }
bands = [{ counted = 1 }, { above = { value = { 2025 = 12_500 }, per = "year", indexed = "wages" }, counted = 0 }]
[[benefit]]
form = "account_payout"
name = "excess"
accounts = ["held"]
above = { value = { 2025 = 200_000 }, per = "once", indexed = "wages" }
share = 0.5
together_with = "old_age"
[[benefit]]
form = "account_payout"
name = "half"
accounts = ["held"]
share = 0.5
together_with = "old_age"
"""


def test_a_balance_is_what_is_paid_out_above_a_sum_and_what_the_pension_is_worth():
    """Of one person and of all: max(K - A, 0) and d times a pension of at most A/d are K."""
    law = parse_scheme(EXCESS)
    for earnings in (20_000.0, 60_000.0):
        asked = {"event": "retirement", "sex": "male", "born": 1965, "leaves": 2025, "months": 120}
        found = person_benefits(law, earnings=earnings, basis=small_basis(), group="private", **asked)
        held = 0.37 * earnings * (1.04**10 - 1) / 0.04
        assert found["excess"].once == pytest.approx(0.5 * max(0.0, held - 200_000), rel=1e-9)
        assert found["old_age"].amount == pytest.approx(min(held, 200_000) / 16, rel=1e-9)
    basis = small_basis().isel(year=slice(0, 5))
    basis = basis.assign(pensioners_0=0.0 * basis["pensioners_0"])
    paid = project_insured(ac.project_population(basis), basis, law, service="years")["claims_amount"]
    excess, half, pension = (paid.sel(benefit=name) for name in ("excess", "half", "old_age"))
    assert_allclose(excess + 0.5 * 16 * pension, half, rtol=1e-9, atol=1e-6)
    assert 0.1 < float(excess.sum() / half.sum()) < 0.9


@pytest.mark.parametrize(
    ("right", "wrong", "text"),
    [
        ('["held"]\nabove', '["held", "other"]\nabove', "excess.above: needs one account that is paid out, without"),
        ("share = 0.5\ntog", 'parts = [{ account = "held", share = 1 }]\ntog', "excess.above: needs one account"),
        ('share = 0.5\ntogether_with = "old_age"', 'on = "exit"', "excess.above: has no meaning on exit, where what"),
    ],
)
def test_a_balance_that_stays_is_that_of_one_account(right, wrong, text):
    with pytest.raises(BadScheme) as found:
        parse_scheme(EXCESS.replace(right, wrong, 1))
    assert text in str(found.value)
    assert len({told(message_of(found.value), language(code)) for code in ("en", "fr", "es")}) == 3
