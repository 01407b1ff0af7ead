"""Laws made after those of Germany, Turkey and Denmark: persons by their words, cohorts under a law said twice.

Germany (Sozialgesetzbuch VI, sections 64 and 76g: points, and the supplement to those of 35 years of low earnings),
Turkey (Law No. 5510, provisional articles 1 and 2: three laws in proportion to time) and Denmark (ATP: contributions in
steps by the hours of work). Amounts of money are round numbers; what else is simplified stands beside the rule.
"""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from actuarial.cases import person_benefits
from actuarial.errors import BadScheme
from actuarial.forms import parse_scheme
from actuarial.labour.density_classes import class_densities
from actuarial.translation import language, message_of, told
from tests.cases.test_three_laws import BASIS, awards, same


def person(text, months, earnings, born=1960):
    law = parse_scheme(text.replace("CODE", "LTD"))
    asked = {"event": "retirement", "sex": "male", "born": born, "leaves": 2025}
    return 12 * person_benefits(law, months=months, earnings=earnings, **asked)["old_age"].per_month


GERMANY = """
name = "Germany"
currency = "CODE"
[[benefit]]
form = "old_age"
retirement_age = 65
qualifying_years = 5

[[benefit.formula]]                       # a point a year for the average wage of 60,000 pays 480: 0.8% of the earnings
form = "phased"
share = 1
below_years = 35
formula = { form = "career_average", accrual = 0.008 }

[[benefit.formula]]                       # of 35 years 7/8 as much again, up to 0.8 points with these
form = "phased"
share = 1
from_years = 35
[[benefit.formula.formula]]
form = "career_average"
accrual = [{ above = 0, rate = 0.008 }, { above = 35, rate = 0 }]
earnings_bands = [
  { counted = 1.875 },
  { above = { value = 24_000, per = "year" }, counted = 0.125 },
  { above = { value = 48_000, per = "year" }, counted = 1 },
]
[[benefit.formula.formula]]
form = "career_average"
accrual = [{ above = 0, rate = 0 }, { above = 35, rate = 0.008 }]
"""
"""The supplement without its rise from 33 to 35 years, its least earnings and what the income of a household takes."""


@pytest.mark.parametrize(
    ("months", "points"),
    [(419, 0.3), (420, 0.3), (480, 0.3), (432, 0.6), (432, 0.8), (432, 1.5)],
)
def test_points_and_a_supplement_for_long_careers_of_low_earnings(months, points):
    """Points p of a year are doubled to at most 0.8 and 7/8 of that is added: 35 x 7/8 min(p, 0.8 - p)."""
    more = 35 * 0.875 * max(min(points, 0.8 - points), 0.0) if months >= 420 else 0.0
    expected = 480 * (points * months / 12 + more)
    assert person(GERMANY, months, 60_000 * points) == pytest.approx(expected, rel=1e-12)


def test_the_supplement_is_the_greater_of_earnings_and_what_they_are_filled_up_to():
    """min(1.875 E, 42,000 + 0.125 E) up to 48,000, and E above it, for the first 35 years."""
    start = GERMANY.index("[[benefit.formula.formula]]")
    end = GERMANY.index("[[benefit.formula.formula]]", start + 1)
    year = "{ form = \"career_average\", base_rate = RATE, accrual = 0 }"
    said = f"""[[benefit.formula.formula]]
form = "greatest"
formulas = [
  {{ form = "least", formulas = [
    {year.replace("RATE", "0.525")},
    [{year.replace("RATE", "0.035")}, {{ form = "flat", amount = {{ value = 11_760, per = "year" }} }}],
  ] }},
  {year.replace("RATE", "0.28")},
]
"""

    def younger(text):
        """With the supplement from 10 years and a pension from 60 on, at which the small country has members."""
        text = text.replace("years = 35", "years = 10").replace("above = 35", "above = 10")
        return text.replace("age = 65", "age = 60")

    earlier = said.replace("0.525", "0.15").replace("0.035", "0.01").replace("0.28", "0.08").replace("11_760", "3_360")
    same(younger(GERMANY), younger(GERMANY[:start]) + earlier + younger(GERMANY[end:]))


TURKEY = """
name = "Turkey"
currency = "CODE"
[[account]]
name = "first"
credits = "months"
rate = { 1900 = 1, 2000 = 0 }
[[account]]
name = "second"
credits = "months"
rate = { 1900 = 0, 2000 = 1, 2009 = 0 }
[[account]]
name = "third"
credits = "months"
rate = { 1900 = 0, 2009 = 1 }
[[benefit]]
form = "old_age"
retirement_age = 60
qualifying_years = 20

[[benefit.formula]]                       # 60% for 5,000 days and 1% for each further 240
form = "part_of_service"
account = "first"
formula = { form = "final_average", years = 10, base_rate = 0.6, base_years = 13.888888888888889, accrual = 0.015 }
[[benefit.formula]]                       # 3.5% of ten years, 2% of fifteen, 1.5% of the rest
form = "part_of_service"
account = "second"
[benefit.formula.formula]
form = "career_average"
accrual = [{ above = 0, rate = 0.035 }, { above = 10, rate = 0.02 }, { above = 25, rate = 0.015 }]
[[benefit.formula]]
form = "part_of_service"
account = "third"
formula = { form = "career_average", accrual = 0.02, maximum = 0.9 }
"""
"""Three whole pensions, of each the part of the months under its law; earnings without revaluation."""


@pytest.mark.parametrize(("months", "before", "between"), [(396, 7, 9), (360, 4, 9), (240, 0, 3)])
def test_three_laws_in_proportion_to_time(months, before, between):
    years, earned = months / 12, 30_000.0
    first = 0.6 + 0.015 * (years - 5_000 / 360)
    second = 0.035 * 10 + 0.02 * min(years - 10, 15) + 0.015 * max(years - 25, 0)
    third = min(0.02 * years, 0.9)
    expected = earned * (first * before + second * between + third * (years - before - between)) / years
    assert person(TURKEY, months, earned) == pytest.approx(expected, rel=1e-12)


def test_two_laws_of_three_that_are_the_same_are_one():
    """Then the law is an old and a new one in proportion to time, but for what the months of a cell are a mean of, see
    `PartOfService`."""
    new = '{ form = "career_average", accrual = 0.02, maximum = 0.9 }'
    third = TURKEY.index("[[benefit.formula]]", TURKEY.index('account = "second"'))
    second = TURKEY.index("[[benefit.formula]]", TURKEY.index('account = "first"'))
    three = f'{TURKEY[:second]}[[benefit.formula]]\nform = "part_of_service"\naccount = "second"\n'
    three += f"formula = {new}\n{TURKEY[third:]}"
    start = TURKEY.index("[[benefit.formula]]")
    old = TURKEY[TURKEY.index("formula = {", start) :].split("\n")[0].removeprefix("formula = ")
    two = f'{TURKEY[:start]}[benefit.formula]\nform = "pro_rata"\nsince = 2000\nold = {old}\nnew = {new}\n'
    first, second = (awards(text)["claims_amount"].sum("age") for text in (three, two))
    assert_allclose(first, second, rtol=5e-3)
    assert float(first.sum()) > 0.0


HOURS = np.array([39.0, 78.0, 117.0]) / 160.0
"""Hours a month, of 160, from which a third, two thirds and all of the contribution is due."""
DENMARK = """
name = "Denmark"
currency = "CODE"
[[account]]
name = "contributions"                    # a whole contribution a month
credits = "months"
rate = { group = { RATES } }
[[benefit]]
form = "old_age"
retirement_age = 60
qualifying_years = 0
formula = { form = "balance", account = "contributions", value = { value = 70, per = "year" } }
"""


def paid(density):
    """Part of a contribution that is due with so many of all hours."""
    return np.searchsorted(HOURS, density, side="right") / 3


def test_contributions_in_steps_by_hours_are_rates_by_class():
    """A class of members with the density d is credited with 12 d months a year and pays 12 contributions of its step:
    a rate of step/d for each month. The mean over ten classes misses that over all hours by at most one class at each
    step."""
    densities = class_densities(0.6, 0.25, 10)
    a, b = ((1 / 0.25**2 * 0.24 - 1) * share for share in (0.6, 0.4))
    whole = sum(1.0 - stats.beta.cdf(HOURS, a, b)) / 3
    assert abs(paid(densities).mean() - whole) < 1 / 10
    assert paid(densities).tolist() == pytest.approx([0, 1 / 3, 1 / 3, 2 / 3, 2 / 3, 2 / 3, 1, 1, 1, 1])
    first, second = (str(name) for name in BASIS["group"].values)
    for low, high in ((2, 7), (4, 9)):
        rates = {first: low, second: high}
        text = ", ".join(f"{name} = {paid(densities[i]) / densities[i]}" for name, i in rates.items())
        law = parse_scheme(DENMARK.replace("RATES", text).replace("CODE", "LTD"))
        asked = {"event": "retirement", "sex": "male", "born": 1960, "leaves": 2025, "earnings": 1_000.0}
        for name, i in rates.items():
            months = 20 * 12 * densities[i]
            due = person_benefits(law, months=months, group=name, **asked)["old_age"].per_month
            assert 12 * due == pytest.approx(70 * 20 * 12 * paid(densities[i]), rel=1e-12)


@pytest.mark.parametrize(
    ("text", "old", "new", "english", "french"),
    [
        (GERMANY, "from_years = 35", "from_years = 350", "formula[1].from_years: must be <= 80", "350"),
        (GERMANY, "from_years = 35", "from_years = 35\nbelow_years = 30", "from_years: lies above", "below_years"),
        (TURKEY, 'account = "third"\nformula', 'account = "thrid"\nformula', "did you mean third?", "third"),
    ],
)
def test_wrong_laws_are_told(text, old, new, english, french):
    with pytest.raises(BadScheme) as caught:
        parse_scheme(text.replace(old, new))
    assert english in str(caught.value)
    assert french in told(message_of(caught.value), language("fr"))
