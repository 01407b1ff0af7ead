"""Rates of return of standard careers: the equation of value of one person, typed by hand."""

import numpy as np
import pytest
import xarray as xr

from actuarial.demography.mortality import member_survival
from actuarial.errors import BadInput
from actuarial.forms import parse_scheme
from actuarial.studies import Careers, career_returns
from actuarial.translation import language, message_of, told
from tests.reference.small import small_basis

LAW = """
name = "S"
currency = "LTD"
[insurable_earnings]
ceiling = { value = 12_000, per = "month" }
[[contributions]]
name = "members"
payer = "employee"
rate = { 2000 = 0.05, 2028 = 0.06 }
[[contributions]]
name = "employers"
payer = "employer"
rate = 0.10
groups = ["private"]
above = { value = 2_000, per = "month" }
[[contributions]]
name = "state"
payer = "state"
rate = 0.03
[[benefit]]
form = "old_age"
retirement_age = 60
qualifying_years = 3
payments = 13
indexation = { prices = 0.5 }
formula = { form = "final_average", accrual = 0.015, years = 1 }
[[benefit]]
form = "account_payout"
name = "once"
together_with = "old_age"
accounts = ["held"]
[[account]]
name = "held"
rate = 0.01
"""
FIVE = Careers(years=(2, 5), earnings=(0.5, 3.0), retirement=(2030,), group="private")


@pytest.fixture(scope="module")
def basis():
    return small_basis()


def by_hand(basis, level, payers, rate):
    """Worth at a rate, on 1 January 2026, of five years up to 2030, a lump sum and a pension at 60, of a man."""
    people = basis["active_0"].sum("service")
    mean = float((people * basis["salary_0"]).sum() / people.sum())
    paid, held, v = 0.0, 0.0, 1.0 / (1.0 + rate)
    for year in range(2026, 2031):
        earned = min(level * mean * 1.04 ** (year - 2024), 144_000.0)
        of = {"employee": 0.05 if year < 2028 else 0.06, "employer": 0.10 * (1 - 24_000 / earned)}
        paid += sum(of[payer] for payer in payers) * earned * v ** (year + 0.5 - 2026)
        held += 0.01 * earned
    stays = member_survival(basis).sel(sex="male").values
    pension, alive, received = 0.015 * 5 * earned * 13 / 12, 1.0, held * v**5
    for k in range(119):
        left = alive * stays[min(6 + k, 9), min(60 + k, 100)]
        pension *= 1.0125
        received += pension * (alive + left) / 2 * v ** (5.5 + k)
        alive = left
    return received, paid


@pytest.mark.parametrize("level", [0.5, 3.0])
@pytest.mark.parametrize("payers", [("employee", "employer"), ("employee",)])
def test_at_the_rate_found_both_sides_are_worth_the_same(basis, level, payers):
    found = career_returns(basis, parse_scheme(LAW), FIVE, payers=payers)
    one = found.sel(sex="male", career=5, earnings_level=level, year_of_retirement=2030)
    received, paid = by_hand(basis, level, payers, float(one["career_return"]))
    assert received == pytest.approx(paid, rel=1e-9)
    assert float(one["career_real_return"]) == pytest.approx((1 + float(one["career_return"])) / 1.025 - 1, abs=1e-11)
    assert np.isnan(found["career_return"].sel(career=2)).all()


def test_a_cohort_has_the_rate_of_the_year_in_which_it_retires(basis):
    words = xr.DataArray(["low", "high"], dims="scenario", name="scenario")
    several = basis.assign(mx=xr.concat([basis["mx"], 0.8 * basis["mx"]], words).transpose("scenario", ...))
    law, careers = parse_scheme(LAW), Careers(years=(5,), earnings=(1.0,), group="private")
    found = career_returns(several, law, careers, born=[1970, 1972])["career_return"]
    years = career_returns(several, law, Careers(years=(5,), earnings=(1.0,), group="private", retirement=(2030, 2032)))
    np.testing.assert_allclose(found, years["career_return"], rtol=1e-12)
    assert (found.sel(scenario="high") > found.sel(scenario="low")).all()
    assert (found.sel(sex="female") > found.sel(sex="male")).all()


WRONG = {
    "these payers have one: employee, employer, state": (LAW, {"payers": ["pensioner"]}),
    "payers must be some of employee, employer, self_employed": (LAW, {"payers": ["employee", "member"]}),
    "payers must be some of": (LAW, {"payers": "employee"}),
    "no contribution is due in the career of group public that ends in 2030": (
        LAW, {"payers": ["employer"], "careers": Careers(years=(5,), retirement=(2030,), group="public")}
    ),
}


@pytest.mark.parametrize("text", WRONG)
def test_careers_without_contributions_are_refused(basis, text):
    law, asked = WRONG[text]
    with pytest.raises(BadInput) as found:
        career_returns(basis, parse_scheme(law), **({"careers": FIVE} | asked))
    assert text in str(found.value)
    for code in ("fr", "es"):
        assert "Take another" not in told(message_of(found.value), language(code))
        assert text[:20] not in told(message_of(found.value), language(code))


def test_years_of_retirement_and_cohorts_exclude_each_other(basis):
    with pytest.raises(BadInput, match="leave `retirement` out"):
        career_returns(basis, parse_scheme(LAW), FIVE, born=[1970])
