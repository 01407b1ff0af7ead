"""Amounts that institutions publish for one career: nominal earnings indexed until 60, reductions by age or service.

And what they publish of pensions in payment: adjustments by a norm and a balance ratio.
"""

import math

import numpy as np
import pytest
import xarray as xr

import actuarial as ac
from actuarial.errors import BadInput
from actuarial.forms import parse_scheme
from actuarial.pension import Indexation

BASES = """
16500 17700 22900 25900 29700 32400 35700 37800 39600 42000 43800 45000 48000 51300 53400 55500 57600 60600 61200 62700
65400 68400 72600 76200 80400 84900 87000 87900 90000 94200 97500 102000 106800 106800 106800 110100 113700 117000
118500 118500
"""
WAGES = """
9779.44 10556.03 11479.46 12513.46 13773.10 14531.34 15239.24 16135.07 16822.51 17321.82 18426.51 19334.04 20099.55
21027.98 21811.60 22935.42 23132.67 23753.53 24705.66 25913.90 27426.00 28861.44 30469.84 32154.82 32921.92 33252.09
34064.95 35648.55 36952.94 38651.41 40405.48 41334.97 40711.61 41673.83 42979.61 44321.67 44888.16 46481.52 48098.63
48642.15
"""
"""Contribution and benefit bases and average wage indices of the United States, 1977 to 2016 (Social Security
Administration, Office of the Chief Actuary)."""

UNITED_STATES = """
name = "United States"
currency = "USD"
[[account]]
name = "earnings"
rate = 1
growth = "wages"
growth_until = 60
[[benefit]]
form = "old_age"
retirement_age = 66
qualifying_years = 10
formula = FORMULA
"""
INDEXED = {
    "account": '{ form = "balance", account = "earnings", divisor = 35 }',
    "best years": '{ form = "final_average", years = 35, best_of = 40, revaluation = "wages", revalued_until = 60, '
    "accrual = RATE, maximum = 1 }".replace("RATE", repr(1 / 35)),
}
SLICES = """{ form = "banded", formula = WHOLE, bands = [
  { counted = 0.90 },
  { above = { value = 791, per = "month" }, counted = 0.32 },
  { above = { value = 4_768, per = "month" }, counted = 0.15 },
] }"""


@pytest.mark.parametrize("way", INDEXED)
def test_average_indexed_monthly_earnings_of_the_united_states(way):
    """Social Security Administration (2017), Benefit calculation examples, case B: born in 1951, 1977 to 2016 at the
    maximum, earnings before 2011 indexed to it; AIME of 8,843 (whole dollars), which gives 2,595.79.

    The five lowest indexed years are the first ones: an account has the other 35 of them.
    """
    years = range(1977, 2017)
    earned, index = (np.array(text.split(), dtype=float) for text in (BASES, WAGES))
    growth = np.append(0.0, index[1:] / index[:-1] - 1.0)
    first = 1977 if way == "best years" else 1982
    basis = xr.Dataset(
        {"wage_growth": ("year", [0.0, 0.0]), "wage_growth_past": ("past_year", growth)},
        {"year": [2017, 2018], "past_year": list(years), "sex": ["male"], "age": np.arange(101)},
    )

    def monthly(formula):
        law = parse_scheme(UNITED_STATES.replace("FORMULA", formula))
        asked = {"event": "retirement", "sex": "male", "born": 1951, "leaves": 2016, "year": 2017, "basis": basis}
        career = {year: earned[year - 1977] for year in range(first, 2017)}
        return ac.person_benefits(law, months=12 * len(career), earnings=career, **asked)["old_age"].per_month

    mean = monthly(INDEXED[way])
    assert math.floor(mean) == 8_843
    pension = monthly(SLICES.replace("WHOLE", INDEXED[way]))
    assert pension == pytest.approx(2_595.79 + 0.15 * (mean - 8_843), abs=0.005)


WHOLE_LAW = """
[benefit.formula]
form = "at_age"                  # cost-of-living adjustments from 62 on
age = 62
rises_with = "prices"
[benefit.formula.formula]
form = "at_age"                  # bend points of 1979, which follow the wages of two years before
age = 60
[benefit.formula.formula.formula]
form = "banded"
bands = [
  { counted = 0.90 },
  { above = { value = { 1977 = 180 }, per = "month", indexed = "wages" }, counted = 0.32 },
  { above = { value = { 1977 = 1_085 }, per = "month", indexed = "wages" }, counted = 0.15 },
]
formula = WHOLE
"""


def test_the_law_of_the_united_states_from_earnings_to_the_pension():
    """The same example: bend points of 791 and 4,768 are those of 1979 at the wages of 2011, and 2,595.79 of 2013 rises
    by 1.5%, 1.7%, nothing and 0.3% until 2017: 2,687.30, of whole dollars, dollars and dimes on the way."""
    earned, index = (np.array(text.split(), dtype=float) for text in (BASES, WAGES))
    prices = np.zeros(40)
    prices[-3:] = 0.015, 0.017, 0.0
    basis = xr.Dataset(
        {
            "wage_growth": ("year", [0.02]), "inflation": ("year", [0.003]), "inflation_past": ("past_year", prices),
            "wage_growth_past": ("past_year", np.append(0.0, index[1:] / index[:-1] - 1.0)),
        },
        {"year": [2017], "past_year": np.arange(1977, 2017), "sex": ["male"], "age": np.arange(101)},
    )  # fmt: skip
    law = parse_scheme(
        UNITED_STATES.replace("formula = FORMULA\n", "") + WHOLE_LAW.replace("WHOLE", INDEXED["best years"])
    )
    asked = {"event": "retirement", "sex": "male", "born": 1951, "leaves": 2016, "year": 2017, "basis": basis}
    career = dict(zip(range(1977, 2017), earned, strict=True))
    found = ac.person_benefits(law, months=480, earnings=career, **asked)["old_age"].per_month
    assert found == pytest.approx(2_687.30, abs=0.7)


FRANCE = """
name = "France"                   # public servants of 1962: 169 quarters, full rate at 67
currency = "EUR"
[[benefit]]
form = "old_age"
conditions = [{ age = 62, years = 15 }]
[benefit.formula]
form = "greatest"
[[benefit.formula.formulas]]      # 1.25% less for each quarter of service that lacks, at most 20 of them
form = "phased"
share = 1
full_years = 42.25
[benefit.formula.formulas.formula]
form = "final_average"
years = 1
base_rate = 0.5625
base_years = 37.25
accrual = 0.0375
maximum = 0.75
[[benefit.formula.formulas]]      # or of age
form = "phased"
share = { age = { 0 = 0.75, 63 = 0.80, 64 = 0.85, 65 = 0.90, 66 = 0.95, 67 = 1 } }
full_years = 42.25
formula = { form = "final_average", years = 1, base_rate = 0.75, accrual = 0 }
"""


@pytest.mark.parametrize(
    ("age", "quarters", "expected"),
    [
        (63, 158, 1_814.31),
        (67, 158, 2_103.55),
        (63, 150, 3_000 * 0.75 * 150 / 169 * 0.80),
        (62, 140, 3_000 * 0.75 * 140 / 169 * 0.75),
        (64, 172, 3_000 * 0.75),
    ],
)
def test_reduction_of_france_by_missing_quarters_of_age_or_service(age, quarters, expected):
    """Service-public.fr, sheet F1049: 158 of 169 quarters at 63 and 3,000 a month, 11 and not 16 quarters lack:
    2,103.55 before and 1,814.31 after the reduction. The others are worked out by the same words."""
    asked = {"event": "retirement", "sex": "female", "born": 2025 - age, "leaves": 2025}
    found = ac.person_benefits(parse_scheme(FRANCE), months=3 * quarters, earnings=36_000, **asked)["old_age"]
    assert found.per_month == pytest.approx(expected, abs=0.006)


SWITZERLAND = """
name = "Switzerland"
currency = "CHF"
[[benefit]]
form = "old_age"
retirement_age = 65
qualifying_years = 1
early_age = 63
early_rate = 1
early_reduction = 0.068
formula = { form = "flat", amount = { value = 2_390, per = "month" } }
"""


@pytest.mark.parametrize(("age", "printed"), [(65, 28_680), (63, 24_780)])
def test_early_pension_of_switzerland(age, printed):
    """HEV Schweiz, the highest pension of 28,680 francs a year at 65, 24,780 at 63; by the month in francs."""
    asked = {"event": "retirement", "sex": "male", "born": 2022 - age, "leaves": 2022, "months": 504}
    found = ac.person_benefits(parse_scheme(SWITZERLAND), earnings=100_000, **asked)["old_age"]
    assert 12 * round(found.per_month) == printed


GHANA = """
name = "Ghana"                    # National Pensions Act, 2008 (Act 766), first tier
currency = "GHS"
[[benefit]]
form = "old_age"
retirement_age = 60
qualifying_years = 15
early_age = 55
early_rate = 1
early_reduction = [{ rate = 0.10 }, { above = 1, rate = 0.075 }]
[benefit.formula]
form = "final_average"
years = 3
best_of = 45
base_rate = 0.375
base_years = 15
accrual = 0.01125
maximum = 0.6
"""


def ghanaian(age, months, earnings, exact=None):
    asked = {"event": "retirement", "sex": "male", "born": 2022 - age, "leaves": 2022, "months": months, "age": exact}
    return ac.person_benefits(parse_scheme(GHANA), earnings=earnings, **asked)["old_age"].per_month


@pytest.mark.parametrize(
    ("months", "best", "printed"),
    [
        (300, {2018: 200_000, 2019: 220_000, 2020: 250_000, 2021: 450_000, 2022: 500_000}, 16_250),
        (300, {2020: 93_000, 2021: 96_000, 2022: 99_000}, 3_900),
        (540, {1990: 39_200, 2005: 37_500, 2017: 36_200}, 1_881.67),
    ],
)
def test_pension_right_of_ghana(months, best, printed):
    """Institute of Chartered Accountants Ghana, principles of taxation, two questions of examinations: 48.75% of the
    best three years after 300 months. The third is of years far apart and 60% after 45 years, of which 35 count."""
    earnings = dict.fromkeys(range(2023 - months // 12, 2023), 20_000.0) | best
    assert ghanaian(60, months, earnings) == pytest.approx(printed, abs=0.005)


@pytest.mark.parametrize(("age", "printed"), [(55, 0.60), (56, 0.675), (57, 0.75), (58, 0.825), (59, 0.90), (60, 1.0)])
def test_early_pensions_of_ghana(age, printed):
    """The same law's table by exact age. Of starts spread around 59, where 10% a year become 7.5%, an eighth of a year
    has the lower rate: E max(0, s - 1) of starts s spread evenly from half a year to one and a half before 60."""
    bend = 0.025 / 8 if age == 59 else 0.0
    assert ghanaian(age, 420, 20_000.0, exact=age) / 1_000.0 == pytest.approx(printed, rel=1e-12)
    assert ghanaian(age, 420, 20_000.0) / 1_000.0 == pytest.approx(printed + bend, rel=1e-12)


BY_AGE = """
name = "By age"
currency = "EUR"
[[benefit]]
form = "old_age"
retirement_age = 65
qualifying_years = 1
early_age = 60
early_rate = 1
early_reduction = RATE
early_reduction_per = "PER"
late_increase = 0.06
late_increase_per = "whole_year"
formula = { form = "flat", amount = { value = 1_000, per = "month" } }
"""


@pytest.mark.parametrize(
    ("rate", "per", "age", "expected"),
    [
        (0.005, "month", 60, 0.70),
        (0.005, "started_month", 60, 0.70),
        (0.06, "whole_year", 60, 0.70),
        (0.005, "month", 62 + 0.5 / 12, 1 - 35 * 0.005),
        (0.005, "started_month", 62 + 0.5 / 12, 1 - 36 * 0.005),
        (0.06, "whole_year", 62 + 0.5 / 12, 1 - 2 * 0.06),
        (0.06, "year", 64.75, 1 - 0.25 * 0.06),
        (0.06, "year", 65, 1.0),
        (0.06, "year", 66.9, 1.06),
        (0.06, "year", 67, 1.12),
    ],
)
def test_a_pension_from_an_exact_age(rate, per, age, expected):
    """Worked out by the words: months or years that count between the start and 65."""
    law = parse_scheme(BY_AGE.replace("RATE", str(rate)).replace("PER", per))
    asked = {"event": "retirement", "sex": "female", "leaves": 2030, "months": 400, "earnings": 10_000.0}
    for born in {2030 - math.floor(age), 2030 - math.ceil(age)}:  # the birthday in 2030 is past, or to come
        found = ac.person_benefits(law, born=born, age=age, **asked)["old_age"]
        assert found.share == 1.0
        assert found.per_month == pytest.approx(1_000 * expected, rel=1e-12)
    assert ac.person_benefits(law, born=1971, age=59.99, **asked) == {}
    with pytest.raises(BadInput, match="age: who was born in 1971 is more than 58 and less than 60 years old in 2030"):
        ac.person_benefits(law, born=1971, age=60, **asked)


def test_adjustments_of_sweden_before_and_under_balancing():
    """Swedish Pensions Agency (2010), changes of pensions in recent years: income indices of 2002 to 2010, the balance
    ratio of 2010 (1 or more before, which nothing is to be made up for by), the balance index of 2010 of 137.31 and
    adjustments in per cent: the index over that of the year before, over 1.016."""
    income = np.array([106.16, 111.79, 115.64, 118.41, 121.65, 125.57, 131.18, 139.26, 139.74])
    printed = [3.6, 1.8, 0.8, 1.1, 1.6, 2.8, 4.5, -3.0]
    years = np.arange(2003, 2011)
    growth = xr.Dataset({"wage_growth": ("year", income[1:] / income[:-1] - 1.0)})
    basis = growth.assign(balance_ratio_0=1.01).assign_coords(year=years, sex=["male", "female"], age=[0, 1])
    finance = xr.Dataset({"balance_ratio": ("year", [*[1.01] * 6, 0.9826, 1.0])}, {"year": years})
    rule = Indexation(wages=1, norm=0.016, balancing={"by": "balance_ratio"})
    assert np.round(100.0 * rule(basis, finance).values, 1).tolist() == printed
    level = rule.balanced(basis, finance).level
    assert (level[:7] == 1.0).all()
    assert round(level[7] * income[8], 2) == 137.31
