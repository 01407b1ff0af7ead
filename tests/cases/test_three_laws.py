"""Laws made after those of Viet Nam, Morocco and Ecuador: persons by their words, cohorts under a law said twice.

Viet Nam (Law on Social Insurance No. 58/2014/QH13, articles 54, 56, 58 and 62), Morocco (Dahir No. 1-72-184 of 1972,
articles 53 to 56, with 26 days to a month) and Ecuador (Ley de Seguridad Social of 2001, articles 185 and 201 to 204).
Amounts of money are round numbers; what else is simplified stands beside the rule.
"""

from math import ceil, floor

import pytest
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.cases import person_benefits
from actuarial.errors import BadScheme
from actuarial.forms import parse_scheme
from actuarial.labour.insured import project_insured
from actuarial.translation import language, message_of, told
from tests.reference.small import small_basis

BASIS = small_basis().isel(year=slice(0, 4)).assign(earnings_cv=0.7)


def awards(text):
    """Claims and their amounts in a small country."""
    law = parse_scheme(text.replace("CODE", BASIS.attrs["currency"]))
    found = project_insured(ac.project_population(BASIS), BASIS, law)
    return found[["claims_number", "claims_amount"]].sum(["sex"])


def same(one, other):
    first, second = awards(one), awards(other)
    assert float(first["claims_amount"].sum()) > 0.0
    for name in first:
        assert_allclose(first[name], second[name], rtol=1e-9, atol=1e-9)


VIET_NAM = """
name = "Viet Nam"
currency = "CODE"
[insurable_earnings]
ceiling = { value = 36, per = "month" }     # twenty times the base salary, millions

[[benefit]]
form = "old_age"                            # the age rises by months; half a year early costs 1%
AGES
early_age = { male = 57, female = 52 }
early_rate = 0.2
early_reduction = 0.01
early_reduction_per = "half_year"
qualifying_years = 20
[benefit.formula]
form = "career_average"                     # 45% and 2% for each further year; 1 to 6 months are half a year
revaluation = "prices"
base_rate = 0.45
base_years = { male = 20, female = 15 }
accrual = 0.02
completed_months = 6
counts_from_months = 1
maximum = 0.75

[[benefit]]
form = "gratuity"                           # half a month for each year beyond those that give 75%
[benefit.formula]
form = "career_average"
revaluation = "prices"
BEYOND
completed_months = 6
counts_from_months = 1
"""
AGES = "male = { 2021 = 60.25, 2028 = 62, path = 'ramp' }, female = { 2021 = 55.33, 2035 = 60, path = 'ramp' }"
VIET_NAM = VIET_NAM.replace("AGES", f"retirement_age = {{ {AGES} }}")
BEYOND = "base_years = { male = 35, female = 30 }\naccrual = 0.041666666666666664"
BANDS = "accrual = [{ above = 0, rate = 0 }, { above = { male = 35, female = 30 }, rate = 0.041666666666666664 }]"


@pytest.mark.parametrize("sex", ["male", "female"])
@pytest.mark.parametrize("months", [240, 241, 246, 247, 300, 426, 480])
def test_viet_nam(sex, months):
    """Without inflation, which needs no basis."""
    first, whole = (20, 35) if sex == "male" else (15, 30)
    years = ceil(months / 6) / 2
    law = parse_scheme(VIET_NAM.replace("BEYOND", BEYOND).replace("CODE", "VND").replace('"prices"', '"none"'))
    due = person_benefits(law, event="retirement", sex=sex, born=1966, leaves=2028, months=months, earnings=120.0)
    assert due["old_age"].per_month == pytest.approx(10 * min(0.75, 0.45 + 0.02 * (years - first)), rel=1e-12)
    once = due["gratuity"].once if "gratuity" in due else 0.0
    assert once == pytest.approx(10 * 0.5 * max(0.0, years - whole), rel=1e-12, abs=1e-12)


def test_the_lump_sum_of_viet_nam_by_bands():
    same(VIET_NAM.replace("BEYOND", BEYOND), VIET_NAM.replace("BEYOND", BANDS))


MOROCCO = """
name = "Morocco"
currency = "CODE"
[insurable_earnings]
ceiling = { value = 6_000, per = "month" }
[[contributions]]
name = "members"
payer = "employee"
rate = 0.0396

[[benefit]]
form = "old_age"                            # 3,240 days; 50%, and 1% for each further 216 days
retirement_age = 60
qualifying_years = 10.384615384615385
[benefit.formula]
form = "final_average"
years = 8
base_rate = 0.5
base_years = 10.384615384615385
completed_months = 8.307692307692308
minimum_pension = { value = 1_000, per = "month" }
ACCRUAL

[[benefit]]
form = "refund"
contributions = ["members"]
"""
AT_MOST = "accrual = 0.014444444444444444\nmaximum = 0.7"
ENDING = "accrual = [{ above = 0, rate = 0.014444444444444444 }, { above = 24.230769230769232, rate = 0 }]"


@pytest.mark.parametrize(
    ("months", "earnings"), [(125, 5_000), (132, 5_000), (133, 5_000), (200, 9_000), (291, 6_000), (480, 1_500)]
)
def test_morocco(months, earnings):
    further = floor((26 * months - 3_240) / 216)
    expected = max(1_000, min(0.7, 0.5 + 0.01 * further) * min(earnings, 6_000))
    law = parse_scheme(MOROCCO.replace("ACCRUAL", AT_MOST).replace("CODE", "MAD"))
    asked = {"event": "retirement", "sex": "male", "born": 1965, "leaves": 2025}
    due = person_benefits(law, months=months, earnings=12 * earnings, **asked)
    assert due["old_age"].per_month == pytest.approx(expected, rel=1e-12)
    short = person_benefits(law, months=124, earnings=12 * earnings, **asked)
    assert list(short) == ["refund"]
    assert short["refund"].once == pytest.approx(0.0396 * 124 * min(earnings, 6_000))


def test_the_greatest_share_of_morocco_by_bands():
    same(MOROCCO.replace("ACCRUAL", AT_MOST), MOROCCO.replace("ACCRUAL", ENDING))


ECUADOR = """
name = "Ecuador"
currency = "CODE"

[[benefit]]
form = "old_age"
conditions = [{ age = 45, years = 40 }, { age = 60, years = 30 }, { age = 65, years = 15 }, { age = 70, years = 10 }]
payments = 13
[benefit.formula]
form = "least"                              # the five best years, within limits by service, in minimum wages of 400
formulas = [{ form = "greatest", formulas = [{ form = "final_average", BEST, base_rate = 0.5, BANDS }, LEAST] }, MOST]

[[benefit]]
form = "attendance_supplement"              # the fourteenth payment: a minimum wage a year for everybody
accompanies = ["old_age"]
needed_by = 1
amount = { value = 400, per = "year" }
"""
COEFFICIENTS = "{ above = 0, rate = 0.0125 }, { above = 35, rate = 0.0375 }, { above = 40, rate = 0.0125 }"
ECUADOR = ECUADOR.replace("BANDS", f"base_years = 10, accrual = [{COEFFICIENTS}]")
ECUADOR = ECUADOR.replace("BEST", "years = 5, best_of = 40")


def flat(wages, years=0):
    since = f", from_years = {years}" if years else ""
    return f'{{ form = "flat", amount = {{ value = {400 * wages:g}, per = "month" }}{since} }}'


LEASTS = {0: 0.5, 11: 0.6, 21: 0.7, 31: 0.8, 36: 0.9, 40: 1.0}
MOSTS = {0: 2.5, 15: 3.0, 20: 3.5, 25: 4.0, 30: 4.5, 35: 5.0, 40: 5.5}
LEAST = ", ".join(flat(wages, years) for years, wages in LEASTS.items())
MOST = f"[{flat(2.5)}, {', '.join(flat(0.5, years) for years in MOSTS if years > 0)}]"
IN_WORDS = f'{{ form = "greatest", formulas = [{", ".join(flat(wages, years) for years, wages in MOSTS.items())}] }}'


def held(table, years):
    return max(wages for since, wages in table.items() if years >= since)


@pytest.mark.parametrize("years", [30, 33, 36, 39, 40, 42])
@pytest.mark.parametrize("earnings", [350, 500, 1_200, 4_000])
def test_ecuador(years, earnings):
    law = parse_scheme(ECUADOR.replace("LEAST", LEAST).replace("MOST", MOST).replace("CODE", "USD"))
    best = {2025 - back: 12.0 * earnings * (1.0 if 3 <= back < 8 else 0.6) for back in range(years)}
    asked = {"event": "retirement", "sex": "female", "born": 1963, "leaves": 2025}
    due = person_benefits(law, months=12 * years, earnings=best, **asked)
    coefficient = 0.5 + 0.0125 * (min(years, 35) - 10) + 0.0375 * max(0, min(years, 40) - 35)
    coefficient += 0.0125 * max(0, years - 40)
    least, most = 400 * held(LEASTS, years), 400 * held(MOSTS, years)
    expected = min(max(coefficient * earnings, least), most)
    assert due["old_age"].per_month == pytest.approx(expected, rel=1e-12)
    assert due["attendance_supplement"].per_year == pytest.approx(400.0)
    assert due["old_age"].per_year == pytest.approx(13 * expected, rel=1e-12)


def test_limits_by_service_as_a_sum_and_as_the_greatest():
    text = ECUADOR.replace("LEAST", LEAST)
    same(text.replace("MOST", MOST), text.replace("MOST", IN_WORDS))


@pytest.mark.parametrize(
    ("text", "said", "french", "spanish"),
    [
        (VIET_NAM.replace("BEYOND", BEYOND.replace("0.0416", "4.16")),
         "gratuity.formula.accrual: must be <= 1", "les taux sont des fractions", "las tasas son fracciones"),
        (MOROCCO.replace("ACCRUAL", "accrual = 0.0144\nmaximum = 0.45\nminimum = 0.5"),
         "old_age.formula.minimum: lies above maximum (0.5 against 0.45)", "est au-dessus de maximum", "por encima de"),
        (ECUADOR.replace("LEAST", LEAST).replace("MOST", MOST).replace("above = 40", "above = 34"),
         "accrual: needs at least one band", "au moins", "al menos"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_these_laws_is_told(text, said, french, spanish):
    with pytest.raises(BadScheme) as caught:
        parse_scheme(text.replace("CODE", "USD"))
    assert said in str(caught.value)
    assert french in told(message_of(caught.value), language("fr"))
    assert spanish in told(message_of(caught.value), language("es"))
