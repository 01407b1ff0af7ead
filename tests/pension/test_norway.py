"""A law with a notional account up to a ceiling and a guarantee that a part of its pension reduces: Norway."""

import pytest
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.cases import person_benefits
from actuarial.forms import parse_scheme
from actuarial.labour.insured import project_insured
from tests.reference.small import small_basis

NORWAY = """
name = "Norway"                  # National Insurance Act, chapter 20: 18.1% up to 7.1 basic amounts; divisors by cohort
currency = "LTD"
[[account]]
name = "income"
rate = 0.181
growth = "wages"
ceiling = { value = { 2024 = 880_000 }, per = "year", indexed = "wages" }
[[benefit]]
form = "old_age"
retirement_age = 67
qualifying_years = 0
indexation = { wages = 1, fixed = -0.0075 }
[benefit.formula]
form = "balance"
account = "income"
divisor = { cohort = { 1900 = 15.9, 1963 = { age = { 60 = 19.5, 67 = 16.3 } } } }
[[benefit]]
form = "old_age"
name = "guarantee"
together_with = "old_age"
retirement_age = 67
qualifying_years = 5
[benefit.formula]
form = "guarantee"
of = "old_age"
full_years = 40
"""
UP = 'per = "year", indexed = "wages"'
NONE = '{ value = 0, per = "year" }'
AMOUNT = f"amount = {{ value = {{ 2024 = 237_000 }}, {UP} }}\ncounted = 0.8\n"
TAPER = f"""taper = [
  {{ pension = {NONE}, supplement = {{ value = {{ 2024 = 237_000 }}, {UP} }} }},
  {{ pension = {{ value = {{ 2024 = 296_250 }}, {UP} }}, supplement = {NONE} }},
]
"""


def wages(year):
    """4% a year from 2025 on, 4.5% before; 1 in 2024."""
    return 1.04 ** (year - 2024) if year >= 2024 else 1.045 ** (year - 2024)


@pytest.mark.parametrize(("born", "divisor"), [(1962, 15.9), (1963, 16.3)])
@pytest.mark.parametrize(("earnings", "years"), [(60_000, 40), (300_000, 40), (1_500_000, 40), (60_000, 10)])
def test_a_person_has_the_account_over_the_divisor_and_what_four_fifths_of_it_lack(born, divisor, earnings, years):
    when = born + 67
    credits = [0.181 * min(earnings, 880_000 * wages(t)) / wages(t) for t in range(when - years + 1, when + 1)]
    pension = sum(credits) * wages(when) / divisor
    missing = max(0.0, 237_000 * wages(when) * years / 40 - 0.8 * pension)
    asked = {"event": "retirement", "sex": "female", "born": born, "leaves": when, "months": 12 * years}
    found = person_benefits(parse_scheme(NORWAY + AMOUNT), earnings=float(earnings), basis=small_basis(), **asked)
    assert found["old_age"].amount == pytest.approx(pension, rel=1e-12)
    assert found["guarantee"].amount == pytest.approx(missing, rel=1e-12)


def test_a_cohort_has_what_a_straight_line_gives():
    """Four fifths of pensions up to 237,000/0.8; from 60 on, for whatever service."""
    basis = small_basis().isel(year=slice(0, 4))
    basis = basis.assign(pensioners_0=0.0 * basis["pensioners_0"])
    full = NORWAY.replace("full_years = 40\n", "").replace("retirement_age = 67", "retirement_age = 60")
    line, part = (
        project_insured(ac.project_population(basis), basis, parse_scheme(full + one), service="years")["claims_amount"]
        for one in (TAPER, AMOUNT)
    )
    assert_allclose(line, part, rtol=1e-9, atol=1e-6)
    share = float(part.sel(benefit="guarantee").sum() / part.sel(benefit="old_age").sum())
    assert share > 0.1, share
