"""Laws made after those of Senegal, Honduras and Rwanda: persons by their words, cohorts under a law said twice.

Senegal (IPRES, Règlements intérieurs 1 and 2, articles 13 to 15 and 22), Honduras (IHSS, Reglamento de Aplicación) and
Rwanda (Law No. 05/2015 governing the organisation of pension schemes). Amounts of money are round numbers; what else is
simplified stands beside the rule.
"""

from math import floor

import pytest
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.cases import person_benefits
from actuarial.dated import money
from actuarial.errors import BadScheme
from actuarial.forms import parse_scheme
from actuarial.pension import Balance, MemberAccount, OldAge
from actuarial.scheme import Contribution, Scheme
from actuarial.translation import language, message_of, told
from tests.reference.small import small_basis

SENEGAL = """
name = "Senegal"
currency = "XOF"
[insurable_earnings]
ceiling = { value = 1_296_000, per = "month" }
[[contributions]]
name = "general"
payer = "employer"
rate = 0.14                       # 60% of it by employers
ceiling = { value = 432_000, per = "month" }
[[contributions]]
name = "managers"                 # on earnings above the ceiling of the general scheme
payer = "employer"
rate = 0.06
above = { value = 432_000, per = "month" }
[[account]]
name = "points"
credits = "points"
contributions = ["general"]
ceiling = { value = 432_000, per = "month" }
price = { 2020 = 2_000, 2024 = 2_500, per = "once" }
[[account]]
name = "points_of_managers"
credits = "points"
contributions = ["managers"]
above = { value = 432_000, per = "month" }
price = { 2020 = 2_000, 2024 = 2_500, per = "once" }

[[benefit]]
form = "old_age"                  # 5% less for each year before 60
conditions = [{ age = 60, years = 1 }]
early_age = 55
early_rate = 0.2
early_reduction = 0.05
formula = [
  { form = "balance", account = "points", value = { value = 250, per = "year" } },
  { form = "balance", account = "points_of_managers", value = { value = 250, per = "year" } },
]
[[benefit]]
form = "widows"
share = 0.5
follows = ["old_age"]
"""


@pytest.mark.parametrize(
    ("wage", "general", "managers"),
    [(100_000, 100_000, 0), (432_000, 432_000, 0), (800_000, 432_000, 368_000), (2_000_000, 432_000, 864_000)],
)
@pytest.mark.parametrize(("born", "factor"), [(1966, 1.0), (1968, 0.9)])
def test_points_of_senegal(wage, general, managers, born, factor):
    """Five years until 2026, two of them at the old price; two years early costs a tenth."""
    months_of_price = 24 / 2_000 + 36 / 2_500
    points = (0.14 * general + 0.06 * managers) * months_of_price
    asked = {"sex": "male", "born": born, "leaves": 2026, "months": 60, "earnings": 12 * wage}
    found = person_benefits(parse_scheme(SENEGAL), event="retirement", **asked)["old_age"].amount
    assert found == pytest.approx(250 * points * factor, rel=1e-12)
    widow = person_benefits(parse_scheme(SENEGAL), event="death", **asked)["widows"].amount
    assert widow == pytest.approx(0.5 * 250 * points, rel=1e-12)


HONDURAS = """
name = "Honduras"
currency = "HNL"
[insurable_earnings]
ceiling = { value = 10_000, per = "month" }
[[contributions]]
name = "complementary"            # to an account of one's own, above the ceiling of the insurance
payer = "employee"
rate = 0.04
above = { value = 10_000, per = "month" }
ceiling = { value = 60_000, per = "month" }
[[account]]
name = "own"
contributions = ["complementary"]
above = { value = 10_000, per = "month" }
ceiling = { value = 60_000, per = "month" }
[[benefit]]
form = "old_age"                  # deferral, which adds 3% of earnings a year, is left out
conditions = [{ age = { male = 65, female = 60 }, years = 15 }]
[benefit.formula]
form = "final_average"            # 40%, and 1% for each year beyond the first five
years = 15
base_rate = 0.4
base_years = 5
accrual = 0.01
completed_years = true
maximum = 0.8
minimum_pension = { value = 3_000, per = "month" }
[[benefit]]
form = "account_payout"
accounts = ["own"]
together_with = "old_age"
"""


@pytest.mark.parametrize(("wage", "months"), [(4_000, 180), (9_000, 239), (9_000, 240), (25_000, 400), (90_000, 600)])
def test_an_insurance_and_an_account_above_its_ceiling_of_honduras(wage, months):
    rate = min(0.8, 0.4 + 0.01 * floor((months - 60) / 12))
    asked = {"event": "retirement", "sex": "female", "born": 1966, "leaves": 2026, "earnings": 12 * wage}
    found = person_benefits(parse_scheme(HONDURAS), months=months, **asked)
    assert found["old_age"].amount / 12 == pytest.approx(max(3_000, rate * min(wage, 10_000)), rel=1e-12)
    saved = 0.04 * max(0, min(wage, 60_000) - 10_000) * months
    assert found["account_payout"].amount == pytest.approx(saved, rel=1e-12, abs=1e-9)


RWANDA = """
name = "Rwanda"
currency = "RWF"
[[contributions]]
name = "all"
payer = "employer"
rate = 0.06
[[benefit]]
form = "old_age"                  # 30% for fifteen years, 2% for each further one; months for 60 of them
retirement_age = 60
qualifying_years = 15
[benefit.formula]
form = "final_average"
years = 5
window = "months"
base_rate = 0.3
base_years = 15
accrual = 0.02
completed_years = true
minimum_pension = { value = 13_000, per = "month" }
[[benefit]]
form = "old_age_grant"            # a month of mean pay for each year
months = 1
years = 5
[[benefit]]
form = "widows"
share = 0.5
follows = ["old_age"]
"""


@pytest.mark.parametrize("months", [120, 179, 180, 191, 192, 360])
@pytest.mark.parametrize("wage", [20_000, 300_000])
def test_rwanda(months, wage):
    asked = {"event": "retirement", "sex": "male", "born": 1966, "leaves": 2026, "earnings": 12 * wage}
    found = person_benefits(parse_scheme(RWANDA), months=months, **asked)
    if months < 180:
        assert found["old_age_grant"].amount == pytest.approx(months / 12 * wage, rel=1e-12)
        return
    rate = 0.3 + 0.02 * floor((months - 180) / 12)
    assert found["old_age"].amount / 12 == pytest.approx(max(13_000, rate * wage), rel=1e-12)
    assert "old_age_grant" not in found


BASIS = small_basis().isel(year=slice(0, 4)).assign(earnings_cv=0.7)
BASIS = BASIS.assign(pensioners_0=0.0 * BASIS["pensioners_0"])


def projected(account, value):
    pension = OldAge(retirement_age=60, qualifying_years=10, formula=Balance(account="a", value=value))
    line = Contribution(name="all", payer="employer", rate=0.1)
    parts = {"contributions": (line,), "accounts": (account,), "benefits": (pension,)}
    scheme = Scheme(name="S", currency=BASIS.attrs["currency"], **parts)
    return ac.project(BASIS, scheme)[["claims_amount", "outgo", "account_balance"]]


def test_a_price_that_follows_wages_is_the_average_wage_and_a_dated_one_a_dated_rate():
    wage = float((BASIS["salary_0"] * BASIS["active_0"].sum("service")).sum() / BASIS["active_0"].sum())
    half = {"value": {"2024": wage / 2}, "per": "once", "indexed": "wages"}
    value = money(100, "year")
    by_wages = (
        MemberAccount(name="a", credits="points", rate=0.1, price=half),
        MemberAccount(name="a", credits="points", rate=0.2),
    )
    prices = {2000: 40.0, 2026: 50.0}
    dated = (
        MemberAccount(name="a", credits="points", rate=0.1, price={"value": prices, "per": "once"}),
        MemberAccount(name="a", rate={year: 0.1 / price for year, price in prices.items()}),
    )
    for pair in (by_wages, dated):
        one, other = (projected(account, value) for account in pair)
        assert float(one["claims_amount"].sum()) > 0.0
        for name in one:
            assert_allclose(one[name], other[name], rtol=1e-9, atol=1e-9, err_msg=name)


PRICE = "price = { 2020 = 2_000, 2024 = 2_500, per = \"once\" }"
WRONG = {
    "points.price.2020: must be > 0 (got 0.0)": ("2020 = 2_000", "2020 = 0", "valeur attendue > 0 (et non 0)", "> 0"),
    'points.price: has no meaning with credits = "earnings"; leave it out': (
        'credits = "points"', 'credits = "earnings"', "n’a pas de sens avec credits", "no tiene sentido con credits"
    ),
    'points.price.per: must be "once" for a lump sum (got \'year\')': (
        PRICE, PRICE.replace("once", "year"), "\"once\" attendu pour un", "se espera \"once\""
    ),
    "points.inheritance: must be 'none', 'own' or 'table' (got 'mine')": (
        PRICE, f"{PRICE}\ninheritance = \"mine\"", "'none', 'own' ou 'table' attendu", "'none', 'own' o 'table'"
    ),
}  # fmt: skip


@pytest.mark.parametrize("said", WRONG)
def test_fields_that_do_not_fit_are_refused(said):
    right, wrong, french, spanish = WRONG[said]
    with pytest.raises(BadScheme) as caught:
        parse_scheme(SENEGAL.replace(right, wrong, 1))
    assert str(caught.value).endswith(said)
    message = message_of(caught.value)
    assert french in told(message, language("fr"))
    assert spanish in told(message, language("es"))
