"""Laws made after those of three countries as scheme files, and persons worked out by their words.

The Philippines (Republic Act No. 11199 of 2018, section 12), Tunisia (Decree 74-499 of 1974, private employees) and
Barbados (National Insurance and Social Security (Benefit) Regulations of 1967). Amounts of money are round numbers;
what else is simplified stands beside the rule.
"""

from math import floor

import pytest

from actuarial.cases import person_benefits
from actuarial.forms import parse_scheme

PHILIPPINES = """
name = "Philippines"
currency = "PHP"
[insurable_earnings]
floor = { value = 4_000, per = "month" }
ceiling = { value = 30_000, per = "month" }
[[contributions]]
name = "all"
payer = "employer"
rate = 0.15

[[benefit]]
form = "old_age"                  # a year counts with six months; months are not counted by calendar year
conditions = [{ age = 60, years = 10 }]
payments = 13
[benefit.formula]
form = "greatest"
formulas = [
  [
    { form = "flat", amount = { value = 300, per = "month" } },
    { form = "final_average", MEAN, base_rate = 0.2, base_years = 10, accrual = 0.02, YEARS },
  ],
  { form = "final_average", MEAN, base_rate = 0.4, accrual = 0 },
  { form = "flat", amount = { value = 1_200, per = "month" }, from_years = 10 },
  { form = "flat", amount = { value = 2_400, per = "month" }, from_years = 20 },
]

[[benefit]]
form = "dependants_supplement"    # 10% of the pension, or 250 pesos where that is more
accompanies = ["old_age"]
child_share = 0.1
child_at_least = { value = 250, per = "month" }
most_children = 5
child_until_age = 21
payments = 13

[[benefit]]
form = "widows"
share = 1.0
qualifying_years = 3
follows = ["old_age"]

[[benefit]]
form = "refund"
contributions = ["all"]
"""
PHILIPPINES = PHILIPPINES.replace("MEAN", "years = 5, not_below = { years = 45 }")
PHILIPPINES = PHILIPPINES.replace("YEARS", "completed_years = true, counts_from_months = 6")


def filipino(months, levels, event="retirement", family=None):
    """Benefits of a woman of 60 in 2025 whose monthly earnings had some levels, in as many years each."""
    earnings = {2026 - back: 12 * level for back, level in enumerate(by_year(levels), start=1)}
    asked = {"event": event, "sex": "female", "born": 1965, "leaves": 2025, "family": family}
    return person_benefits(parse_scheme(PHILIPPINES), months=months, earnings=earnings, **asked)


def by_year(levels):
    """Levels of the years, the last one first."""
    return [level for count, level in reversed(levels) for _ in range(count)]


@pytest.mark.parametrize(
    ("months", "levels", "base", "years"),
    [
        (300, [(20, 10_000), (5, 20_000)], 20_000, 25),
        (300, [(20, 20_000), (5, 10_000)], 18_000, 25),  # the mean of all credits is the better one
        (306, [(1, 20_000), (20, 20_000), (5, 20_000)], 20_000, 26),
        (305, [(1, 20_000), (20, 20_000), (5, 20_000)], 20_000, 25),
        (120, [(10, 50_000)], 30_000, 10),
        (144, [(12, 4_000)], 4_000, 12),
    ],
)
def test_a_monthly_pension_of_the_philippines(months, levels, base, years):
    expected = max(300 + (0.2 + 0.02 * (years - 10)) * base, 0.4 * base, 2_400 if years >= 20 else 1_200)
    due = filipino(months, levels, family=(True, 7))
    assert due["old_age"].per_month == pytest.approx(expected, rel=1e-12)
    assert due["old_age"].per_year == pytest.approx(13 * expected, rel=1e-12)
    assert due["dependants_supplement"].per_month == pytest.approx(5 * max(250, 0.1 * expected), rel=1e-12)
    assert filipino(months, levels, "death", (True, 0))["widows"].per_month == pytest.approx(expected, rel=1e-12)


def test_less_than_ten_years_in_the_philippines():
    due = filipino(96, [(8, 10_000)])
    assert list(due) == ["refund"]
    assert due["refund"].once == pytest.approx(0.15 * 96 * 10_000)


TUNISIA = """
name = "Tunisia"
currency = "TND"
[insurable_earnings]
ceiling = { value = 3_000, per = "month" }   # six times the minimum wage of 40 hours, here 500

[[benefit]]
form = "old_age"
conditions = [{ age = 62, years = 5 }]
early_age = 57
early_years = 30
early_rate = 0.3
early_reduction = 0.005
early_reduction_per = "month"
[[benefit.formula]]
form = "phased"                              # in proportion below ten years
share = 1
full_years = 10
[benefit.formula.formula]
form = "final_average"                       # 40% for ten years and half a point for each further quarter
years = 10
revaluation = "none"
base_rate = 0.4
base_years = 10
accrual = 0.02
completed_months = 3
maximum = 0.8
minimum_pension = { value = 333, per = "month" }

[[benefit]]
form = "widows"
share = 0.75
with_children = [0.7, 0.5]
follows = ["old_age"]

[[benefit]]
form = "orphans"
share = 0.3
until_age = 16
follows = ["old_age"]
family_maximum = 1
beside = "widows"
"""


def tunisian(months, earned, **asked):
    person = {"sex": "male", "born": 1963, "leaves": 2025, "event": "retirement"} | asked
    return person_benefits(parse_scheme(TUNISIA), months=months, earnings=12 * earned, **person)


@pytest.mark.parametrize(("months", "earned"), [(120, 1_000), (259, 1_000), (400, 2_000), (520, 9_000), (60, 1_500)])
def test_a_pension_of_tunisia(months, earned):
    base, quarters = min(earned, 3_000), floor(max(months - 120, 0) / 3)
    expected = min(1, months / 120) * max(333, min(0.4 + 0.005 * quarters, 0.8) * base)
    assert tunisian(months, earned)["old_age"].per_month == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("children", [0, 1, 2, 4])
def test_survivors_of_tunisia(children):
    pension = 0.6 * 1_000
    due = tunisian(240, 1_000, event="death", family=(True, children))
    spouse, together = {0: (0.75, 0), 1: (0.7, 0.3)}.get(children, (0.5, 0.5))
    assert due["widows"].per_month == pytest.approx(spouse * pension)
    if children:
        assert children * due["orphans"].per_month == pytest.approx(together * pension)
    alone = tunisian(240, 1_000, event="death", family=(False, children))
    assert "widows" not in alone
    if children:
        assert children * alone["orphans"].per_month == pytest.approx(min(0.3 * children, 1) * pension)


BARBADOS = """
name = "Barbados"
currency = "BBD"
[insurable_earnings]
ceiling = { value = 1_200, per = "week" }

[[benefit]]
form = "old_age"
retirement_age = 67
qualifying_years = 9.615384615384615         # 500 weeks
early_age = 60
early_rate = 0.2
early_reduction = 0.005
early_reduction_per = "started_month"
late_increase = 0.005
late_increase_per = "month"
late_until_age = 70
[benefit.formula]
form = "final_average"                       # 40% for 500 weeks and 1% for each 50 further ones, at most 60%
years = 5
best_of = 15
base_rate = 0.4
base_years = 9.615384615384615
accrual = 0.0104
completed_months = 11.538461538461538
maximum = 0.6
minimum_pension = { value = 200, per = "week" }

[[benefit]]
form = "old_age_grant"                       # six weeks of earnings for each 50 weeks
months = 1.44
"""


def barbadian(weeks, levels, age=67):
    """Benefits of a man in 2025 after some weeks, with weekly earnings of some levels in as many years each."""
    earnings = {2026 - back: 52 * level for back, level in enumerate(by_year(levels), start=1)}
    asked = {"event": "retirement", "sex": "male", "born": 2025 - age, "leaves": 2025}
    return person_benefits(parse_scheme(BARBADOS), months=12 * weeks / 52, earnings=earnings, **asked)


@pytest.mark.parametrize(
    ("weeks", "levels", "base"),
    [
        (500, [(12, 600)], 600),
        (1_149, [(10, 500), (13, 900)], 900),
        (1_150, [(10, 500), (10, 900), (3, 300)], 900),
        (2_000, [(35, 1_000), (5, 1_300)], 1_200),
        (520, [(12, 100)], 100),
    ],
)
def test_a_weekly_pension_of_barbados(weeks, levels, base):
    expected = max(200, min(0.4 + 0.01 * ((weeks - 500) // 50), 0.6) * base)
    assert barbadian(weeks, levels)["old_age"].per_week == pytest.approx(expected, rel=1e-9)


def test_earlier_later_and_never_in_barbados():
    """At 63 between 42 and 54 months before 67, of which those that have started count; at 69 18 to 30 whole ones."""
    whole = 0.5 * 800
    levels = [(20, 800)]
    assert barbadian(1_000, levels, 63)["old_age"].per_week == pytest.approx(whole * (1 - 0.005 * 48.5))
    assert barbadian(1_000, levels, 69)["old_age"].per_week == pytest.approx(whole * (1 + 0.005 * 23.5))
    due = barbadian(400, [(8, 800)])
    assert list(due) == ["old_age_grant"]
    assert due["old_age_grant"].once == pytest.approx(6 * 800 * 400 / 50)
