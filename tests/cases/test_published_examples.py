"""Examples that institutions and newspapers work out for one person, from the law alone: Benin, Costa Rica, Japan,
Mexico, the United Kingdom and the United States."""

import math

import numpy as np
import pytest
import xarray as xr

import actuarial as ac
from actuarial.forms import parse_scheme

HEAD = 'name = "S"\ncurrency = "X"\n[[benefit]]\nform = "old_age"\n'


def paid(text, basis=None, name="old_age", **asked):
    """Pension a month of a man who leaves and retires in 2025."""
    given = {"event": "retirement", "sex": "male", "leaves": 2025} | asked
    return ac.person_benefits(parse_scheme(HEAD + text), basis=basis, **given)[name].per_month


BENIN = """
retirement_age = 60
qualifying_years = 15
early_age = 55
early_rate = 1
early_reduction = 0.05
[benefit.formula]
form = "final_average"
years = 5
base_rate = 0.30
base_years = 15
accrual = 0.02
completed_years = true
"""


@pytest.mark.parametrize(("age", "printed"), [(60, 22_000), (58, 19_800)])
def test_benin(age, printed):
    """Caisse nationale de sécurité sociale (cnss.bj, Pension de vieillesse): 270 months at 50,000 are 44%, and 5% less
    for each of two years before 60."""
    found = paid(BENIN, born=2025 - age, age=float(age), months=270, earnings=12 * 50_000)
    assert found == pytest.approx(printed, rel=1e-12)


COSTA_RICA = """
retirement_age = 65
qualifying_years = 25
[benefit.formula]
form = "final_average"
years = 25
best_of = 50
revaluation = "none"
base_rate = 0.525
base_years = 25
accrual = 0.01
maximum_pension = { value = 1_666_062, per = "month" }
"""


@pytest.mark.parametrize(("years", "wage", "printed"), [(35, 500_000, 312_500), (35, 9_000_000, 1_666_062)])
def test_costa_rica(years, wage, printed):
    """Diario Extra, "Cómo calcular pensión del IVM", on the rules of the Caja Costarricense de Seguro Social of 2024:
    52.5% for the best 25 years and 1% for each further one, at most 1,666,062 a month."""
    found = paid(COSTA_RICA, born=1960, months=12 * years, earnings=12 * wage)
    assert found == pytest.approx(printed, rel=1e-12)


JAPAN = """
retirement_age = 65
qualifying_years = 25
early_age = 60
early_rate = 1
early_reduction = 0.06
late_increase = 0.084
late_until_age = 70
formula = FORMULA
"""
BASIC = '{ form = "flat", amount = { value = 788_900, per = "year" }, full_years = 40 }'
BOTH = '{ form = "flat", amount = { value = 1_880_000, per = "year" }, full_years = 40 }'
EARNED = '{ form = "career_average", accrual = 0.007583 }'


@pytest.mark.parametrize(
    ("formula", "age", "printed"), [(BASIC, 60, 552_300), (BOTH, 70, 2_669_600), (EARNED, 65, 1_092_000)]
)
def test_japan(formula, age, printed):
    """Sagami Keizai Shimbun of 1 April 2008 (Nakazawa), amounts and reductions in hundreds of yen: 40 years with
    300,000 a month, of which 7.583 thousandths count for each month; the basic pension five years early is 70%, all of
    it five years late 142%.
    """
    asked = {"born": 2025 - age, "age": float(age), "months": 480, "earnings": 12 * 300_000}
    found = 12 * paid(JAPAN.replace("FORMULA", formula), **asked)
    assert found == pytest.approx(printed, abs=70)


MEXICO = """
conditions = [{ age = 65, years = 9.6 }]
early_age = 60
early_rate = 1
early_reduction = 0.05
early_reduction_per = "whole_year"
[benefit.formula]
form = "phased"                   # 11% more by decree
share = 1.11
[benefit.formula.formula]
form = "by_earnings"
years = 5
base_years = 9.615384615384615    # 500 weeks
completed_years = true
counts_from_months = 6
brackets = [
  { base_rate = 0.80, accrual = 0.00563 },
  { above = { value = 3_651.25, per = "month" }, base_rate = 0.3768, accrual = 0.01756 },
  { above = { value = 17_526.00, per = "month" }, base_rate = 0.13, accrual = ACCRUAL },
]
[[benefit]]
form = "dependants_supplement"
accompanies = ["old_age"]
spouse_share = 0.15
child_share = 0.10
"""


def test_mexico():
    """Grupo Reforma (16 February 2023, "Se acerca tu pensión"), law of 1973: 750 a day are 13% and twelve times 18.38 a
    day, with 15% for a wife and 10% for a child, 11% more and 80% of all of it at 61: 10,738.50 a month.

    The printed 18.38 are 2.45% of 750, rounded. An increment is due from half a year on: 500 weeks, 11 years and 6
    months have twelve.
    """
    law = parse_scheme(HEAD + MEXICO.replace("ACCRUAL", repr(18.38 / 750)))
    asked = {"event": "retirement", "sex": "male", "born": 1964, "leaves": 2025, "age": 61.0}
    for months in (115.4 + 138, 115.4 + 149):
        due = ac.person_benefits(law, months=months, earnings=365 * 750.0, family=(True, 1), **asked)
        assert sum(one.per_month for one in due.values()) == pytest.approx(10_738.50, abs=0.01)
    due = ac.person_benefits(law, months=115.4 + 137, earnings=365 * 750.0, family=(True, 1), **asked)
    assert sum(one.per_month for one in due.values()) < 10_300


KINGDOM = """
retirement_age = 65
qualifying_years = 1
late_increase = 0.104
formula = { form = "flat", amount = { value = AMOUNT, per = "week" }, full_years = 30 }
"""


@pytest.mark.parametrize(("week", "more"), [(113.10, 611 / 52), (169.50, 17.62)])
def test_the_basic_pension_of_the_united_kingdom_a_year_later(week, more):
    """Gov.uk, "Deferring your State Pension": 10.4% a year; pence, or for the older rate pounds a year, without the
    rest."""
    text = KINGDOM.replace("AMOUNT", repr(week))
    first, later = (12 * paid(text, born=2025 - a, age=float(a), months=480, earnings=1.0) / 52 for a in (65, 66))
    assert first == pytest.approx(week, rel=1e-12)
    assert more <= later - first < more + 0.02


STATES = """
retirement_age = 67
qualifying_years = 10
early_age = 62
early_rate = 1
[benefit.formula]
form = "banded"
bands = [
  { counted = 0.90 },
  { above = { value = 885, per = "month" }, counted = 0.32 },
  { above = { value = 5_336, per = "month" }, counted = 0.15 },
]
formula = { form = "final_average", years = 35, best_of = 40, accrual = 0.02857142857142857, maximum = 1 }
"""


def test_the_primary_insurance_amount_of_the_united_states():
    """Social Security Administration, Office of the Chief Actuary (2017), "Primary Insurance Amount", case A: of 4,010
    a month 0.9 of 885 and 0.32 of the rest are 1,796.50."""
    found = paid(STATES, born=1963, months=420, earnings=12 * 4_010.0)
    assert found == pytest.approx(1_796.50, abs=1e-9)


def test_earnings_of_the_united_states_are_indexed_until_60():
    """Annual Statistical Supplement, 2023, appendix D: for a person who is 62 in 2023, 20,000 of 1990 are 57,613.78 at
    the wages of 2021 (average wage indices of 21,027.98 and 60,575.07); earnings of 2022 count as they are."""
    years = np.arange(1990, 2024)
    level = np.interp(years, [1990, 2021, 2023], [21_027.98, 60_575.07, 70_000.0])
    growth = np.append(0.0, level[1:] / level[:-1] - 1.0)
    basis = xr.Dataset(
        {"wage_growth": ("year", [0.0, 0.0]), "wage_growth_past": ("past_year", growth)},
        {"year": [2024, 2025], "past_year": years, "sex": ["male"], "age": np.arange(101)},
    )
    text = STATES.split("[benefit.formula]")[0] + (
        'formula = { form = "final_average", years = 40, accrual = 0, base_rate = 1, revaluation = "wages", '
        "revalued_until = 60 }\n"
    )
    earned = dict.fromkeys(range(1990, 2024), 0.0) | {1990: 20_000.0, 2022: 1_000.0}
    asked = {"born": 1961, "leaves": 2023, "months": 12 * 34, "earnings": earned}
    found = 12 * 34 * paid(text, basis, **asked)
    assert math.floor(100 * (found - 1_000.0) + 0.5) / 100 == 57_613.78
