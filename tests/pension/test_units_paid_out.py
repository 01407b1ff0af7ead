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
