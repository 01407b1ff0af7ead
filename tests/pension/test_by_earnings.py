"""Pensions whose rate depends on the earnings: persons by hand, cohorts against sums over single members."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

import actuarial as ac
from actuarial.cases import person_benefits
from actuarial.dated import step
from actuarial.errors import BadScheme
from actuarial.forms import parse_scheme
from actuarial.labour.insured import project_insured
from actuarial.numeric import share_above, square_below
from actuarial.pension import ByEarnings, FinalAverage, Greatest, OldAge
from actuarial.readiness import check_answers
from actuarial.scheme import InsurableEarnings, Scheme
from actuarial.translation import language, message_of, told
from tests.pension.test_combined import AGE, per_month
from tests.reference.insured_basis import FIRST, population_of
from tests.reference.small import small_basis
from tests.reference.test_careers import one_member

COLOMBIA = """
name = "S"
currency = "LTD"
[insurable_earnings]
ceiling = { value = 25_000, per = "month" }
[[benefit]]
form = "old_age"
retirement_age = 62
qualifying_years = 25
[benefit.formula]
form = "by_earnings"
years = 10
base_years = 25
until_years = 35
minimum_pension = { value = 1_000, per = "month" }
[[benefit.formula.brackets]]
base_rate = 0.655
falls_by = 0.005
for_each = { value = 1_000, per = "month" }
least_rate = 0.55
accrual = 0.015
"""
"""65.5% less half a point for each minimum wage of 1,000 a month, and 1.5% for each further year, at most 15%."""


def pension(law, earnings, months=300):
    """Monthly pension of a person of 65 with these monthly earnings in all years."""
    asked = {"event": "retirement", "sex": "male", "born": 1960, "leaves": 2025}
    return person_benefits(law, months=months, earnings=12 * earnings, **asked)["old_age"].per_month


@pytest.mark.parametrize("years", [25, 30, 42])
@pytest.mark.parametrize("wages", [1, 4, 10, 21, 24, 30])
def test_a_rate_that_falls_with_earnings(years, wages):
    counted = min(wages, 25)
    rate = max(0.655 - 0.005 * counted, 0.55) + 0.015 * min(years - 25, 10)
    expected = max(1_000, rate * counted * 1_000)
    assert pension(parse_scheme(COLOMBIA), 1_000 * wages, 12 * years) == pytest.approx(expected, rel=1e-12)


COSTA_RICA = ByEarnings(
    years=20,
    base_years=20,
    brackets=[
        {"base_rate": 0.525, "accrual": 0.01},
        {"above": per_month(2_000), "base_rate": 0.51, "accrual": 0.01},
        {"above": per_month(3_000), "base_rate": 0.494, "accrual": 0.01},
        {"above": per_month(8_000), "base_rate": 0.43, "accrual": 0.01},
    ],
)
MEXICO = ByEarnings(
    years=5,
    base_years=10,
    completed_years=True,
    minimum_pension=per_month(900),
    maximum_pension=per_month(6_000),
    brackets=[
        {"base_rate": 0.80, "accrual": 0.00563},
        {"above": per_month(1_000), "base_rate": 0.77, "accrual": 0.00814},
        {"above": per_month(2_000), "base_rate": 0.42, "accrual": 0.01615},
        {"above": per_month(6_000), "base_rate": 0.13, "accrual": 0.0245},
    ],
)


@pytest.mark.parametrize(
    ("formula", "years", "earned", "expected"),
    [
        (COSTA_RICA, 25, 1_999, (0.525 + 0.05) * 1_999),
        (COSTA_RICA, 25, 2_000, (0.525 + 0.05) * 2_000),
        (COSTA_RICA, 25, 2_001, (0.51 + 0.05) * 2_001),
        (COSTA_RICA, 30, 9_000, (0.43 + 0.10) * 9_000),
        (MEXICO, 30.5, 1_500, (0.77 + 20 * 0.00814) * 1_500),
        (MEXICO, 30.5, 7_000, (0.13 + 20 * 0.0245) * 7_000),
        (MEXICO, 30.5, 11_000, 6_000),
        (MEXICO, 12, 1_010, 900),
    ],
)
def test_rates_by_bracket_of_all_earnings(formula, years, earned, expected):
    law = Scheme(name="S", currency="LTD", benefits=(OldAge(formula=formula, **AGE),))
    assert pension(law, earned, 12 * years) == pytest.approx(expected, rel=1e-12)


FALLING = ByEarnings(
    years=5,
    maximum=0.6,
    maximum_pension=per_month(1_300),
    minimum_pension=per_month(400),
    minimum_full_years=30,
    brackets=[
        {"base_rate": 0.7, "falls_by": 0.05, "for_each": per_month(500), "least_rate": 0.3, "accrual": 0.002},
        {"above": per_month(3_000), "base_rate": 0.5, "falls_by": 0.01, "for_each": per_month(500)},
    ],
)


def rate_of(formula, x, n):
    """Yearly pension for earnings x and n years, by the words of the law."""
    found = np.zeros_like(x)
    further = max(n - formula.base_years, 0.0)
    further = np.floor(further + 1e-9) if formula.completed_years else further
    for one in formula.brackets:
        here = x > (one.above.evaluate(None) if one.above is not None else 0.0)
        fall = 0.0 if one.for_each is None else one.falls_by * x / one.for_each.evaluate(None)
        rate = np.maximum(one.base_rate - fall, one.least_rate if one.for_each is not None else 0.0)
        found = np.where(here, (rate + one.accrual * further) * x, found)
    if formula.maximum is not None:
        found = np.minimum(found, formula.maximum * x)
    if formula.minimum_pension is not None:
        full = formula.minimum_full_years
        part = 1.0 if full is None else min(1.0, n / full)
        found = np.maximum(found, formula.minimum_pension.evaluate(None) * part)
    if formula.maximum_pension is not None:
        found = np.minimum(found, formula.maximum_pension.evaluate(None))
    return found


@pytest.mark.parametrize("formula", [COSTA_RICA, MEXICO, FALLING])
@pytest.mark.parametrize("n", [8.0, 20.0, 33.5])
def test_amounts_are_those_of_the_words_for_all_earnings(formula, n):
    earnings = np.concatenate([np.linspace(1, 200_000, 4_001), [24_000, 36_000, 96_000]])
    found = sum(one_amount(part, earnings) for part in formula.award(None, n))
    assert_allclose(found, rate_of(formula, earnings, n), rtol=1e-10)


def one_amount(part, x):
    """One of several amounts for known earnings, by the words of `Amount`."""
    if part.base == "currency":
        return part.sign * part.multiple * part.rate + 0.0 * x
    if part.floor > 0.0:
        return part.sign * np.clip(part.rate * x, part.floor, part.ceiling)
    if part.shape == "step":
        return part.sign * part.rate * (x > part.less)
    if part.shape == "square":
        return part.sign * part.rate * (np.clip(x, part.less, part.ceiling) ** 2 - part.less**2)
    return part.sign * np.maximum(np.minimum(part.rate * x, part.ceiling) - part.less, 0.0)


LAWS = [("costa_rica", COSTA_RICA), ("mexico", MEXICO), ("falling", FALLING)]
CV = 0.7
SPREAD = np.sqrt(np.log1p(CV**2))


def yearly(value):
    return {"value": value, "per": "year"}


def mean_over_members(paid, mean, edges, floor=0.0, ceiling=np.inf):
    """E[paid(X)] of a lognormal X within a floor and a ceiling, by quadrature between the edges of the law."""

    def at(z):
        x = np.clip(mean * np.exp(SPREAD * z - SPREAD**2 / 2), floor, ceiling)
        return float(paid(np.array([x]))[0]) * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)

    known = [one for one in (*edges, floor, ceiling) if 0 < one < np.inf]
    places = [np.log(one / mean) / SPREAD + SPREAD / 2 for one in known]
    cuts = [-12.0, *np.sort(np.clip([*places, *np.linspace(-11, 11, 23)], -12, 12)), 12.0]
    return sum(quad(at, a, b, epsabs=0, epsrel=1e-12)[0] for a, b in pairwise(cuts) if b > a)


@pytest.mark.parametrize(("floor", "ceiling"), [(0.0, 1e30), (0.4, 1e30), (0.4, 1.6), (0.7, 0.7)])
@pytest.mark.parametrize("limit", [0.2, 0.4, 0.9, 1.6, 5.0])
def test_shares_and_squares_are_those_of_the_distribution(limit, floor, ceiling):
    top = min(ceiling, 1e6)
    above = mean_over_members(lambda x: 1.0 * (x > limit), 1.0, [limit], floor, top)
    assert share_above(limit, 1.0, SPREAD, floor, ceiling) == pytest.approx(above, abs=1e-11)
    squared = mean_over_members(lambda x: np.minimum(x, limit) ** 2, 1.0, [limit], floor, top)
    assert square_below(1.0, SPREAD, floor, ceiling, limit) == pytest.approx(squared, rel=1e-11)


@pytest.mark.parametrize("rounding", [-1e-14, 0.0, 1e-14])
def test_nobody_at_a_limit_of_earnings_is_above_a_bracket_that_begins_there(rounding):
    above = share_above(0.5 * (1.0 + rounding), 1.0, SPREAD, 0.5, 4.0)
    assert above == pytest.approx(share_above(0.5, 1.0, SPREAD, 0.1, 4.0), rel=1e-12)
    assert share_above(4.0 * (1.0 + rounding), 1.0, SPREAD, 0.5, 4.0) == 0.0


@pytest.mark.parametrize("limits", [(0.0, np.inf), (6_000.0, 20_000.0)])
def test_a_cohort_has_the_mean_over_its_members(limits):
    """One man with a known wage in the year of the award, who stands for members with all multiples of it: he is 60 in
    the fourth year, with 201 months and then, of those who wait, 207 months at 61."""
    age = {"retirement_age": 60, "qualifying_years": 16}
    pensions = [OldAge(name="first", formula=FinalAverage(accrual=0.02, years=1), retirement_rate=0.6, **age)]
    pensions += [OldAge(name=name, formula=replace(one, years=1), together_with="first", **age) for name, one in LAWS]
    low, high = limits
    earnings = InsurableEarnings(floor=yearly(low) if low else None, ceiling=yearly(high) if high < np.inf else None)
    law = Scheme(name="x", currency="LTD", benefits=tuple(pensions), insurable_earnings=earnings)
    data = one_member().assign(earnings_cv=CV)
    claims = project_insured(population_of(data), data, law)["claims_amount"].sel(sex="male")
    for year, number, months, who in ((3, 0.98**4 * 0.6, 201, 60), (4, 0.98**5 * 0.4 * 0.6, 207, 61)):
        wage = 12_000.0 * 1.03 ** (year + 1)
        for name, formula in LAWS:
            edges = [one.above.evaluate(None) for one in formula.brackets[1:]]
            mean = mean_over_members(lambda x, f=formula, n=months / 12: rate_of(f, x, n), wage, edges, low, high)
            one = claims.sel(benefit=name, year=FIRST + year, age=who)
            assert_allclose(float(one.sum()), number * mean, rtol=1e-9, err_msg=name)


def test_one_bracket_is_a_final_average():
    data = small_basis().isel(year=slice(0, 4)).assign(earnings_cv=CV)
    rates = {"base_rate": 0.3, "accrual": 0.015}
    limits = {"minimum_pension": per_month(600), "maximum_pension": per_month(900), "minimum_full_years": 30}
    asked = {"years": 3, "best_of": 5, "base_years": 10, "completed_years": True, **limits}
    same = (
        FinalAverage(**asked, **rates),
        ByEarnings(**asked, brackets=[rates]),
        ByEarnings(**asked, brackets=[rates, {"above": per_month(700), **rates}]),
        ByEarnings(**asked, brackets=[rates, {"above": per_month(700), "base_rate": 0.31, "accrual": 0.015}]),
    )
    pensions = [OldAge(formula=same[0], **AGE)]
    pensions += [OldAge(name=f"p_{i}", formula=one, together_with="old_age", **AGE) for i, one in enumerate(same)]
    earnings = InsurableEarnings(floor=per_month(200), ceiling=per_month(2_500))
    law = Scheme(name="S", currency="LTD", benefits=tuple(pensions), insurable_earnings=earnings)
    for service in ("years", "months"):
        found = project_insured(ac.project_population(data), data, law, service=service)
        for word in ("claims_amount", "claims_topup", "claims_at_minimum"):
            one, *others = (found[word].sel(benefit=f"p_{i}", drop=True) for i in range(4))
            for other in others[:2]:
                assert_allclose(other, one, rtol=1e-9, atol=1e-9, err_msg=word)
        assert float(found["claims_topup"].max()) > 5.0
        one, _, _, higher = (found["claims_amount"].sel(benefit=f"p_{i}", drop=True) for i in range(4))
        assert 1.001 < float(higher.sum()) / float(one.sum()) < 1.03


def test_what_a_minimum_adds_to_a_rate_that_falls():
    """The share of those who have it is exact; what it adds is too much by less than what the rate has fallen by."""
    data = one_member().assign(earnings_cv=CV)
    age = {"retirement_age": 60, "qualifying_years": 16}
    least, level = yearly(7_000), 7_000.0
    rates = {"base_rate": 0.655, "falls_by": 0.005, "for_each": yearly(5_000), "least_rate": 0.55}
    formula = ByEarnings(years=1, minimum_pension=least, brackets=[rates])
    law = Scheme(name="x", currency="LTD", benefits=(OldAge(formula=formula, retirement_rate=0.6, **age),))
    found = project_insured(population_of(data), data, law).sel(sex="male", benefit="old_age", year=FIRST + 3, age=60)
    number, wage, fall = 0.98**4 * 0.6, 12_000.0 * 1.03**4, 0.005 / 5_000
    reached = (0.655 - np.sqrt(0.655**2 - 4 * fall * level)) / (2 * fall)
    without = replace(formula, minimum_pension=None)
    added = mean_over_members(lambda x: np.maximum(level - rate_of(without, x, 16.75), 0.0), wage, [reached])
    share = mean_over_members(lambda x: 1.0 * (x < reached), wage, [reached])
    assert_allclose(float(found["claims_at_minimum"].sum()), number * share, rtol=1e-9)
    rate = 0.655 - fall * reached
    over = float(found["claims_topup"].sum()) / (number * added) - 1.0
    assert 0.002 < over < fall * reached / (rate - fall * reached) < 0.02


@pytest.mark.parametrize(
    ("right", "wrong", "said", "french"),
    [
        ('for_each = { value = 1_000, per = "month" }', "", "falls_by and for_each belong together", "vont ensemble"),
        ("base_rate = 0.655", "base_rate = 65.5", "base_rate: must be <= 1", "base_rate"),
        ("base_rate", 'above = { value = 1, per = "month" }\nbase_rate', "the first one has no `above`", "n’a pas de"),
    ],
)
def test_wrong_brackets_are_told(right, wrong, said, french):
    with pytest.raises(BadScheme, match=said) as caught:
        parse_scheme(COLOMBIA.replace(right, wrong))
    assert french in told(message_of(caught.value), language("fr"))


def test_a_rate_may_begin_to_fall_later():
    """Nothing for each 1,000 a month until 2030, then half a point."""
    rates = {"base_rate": 0.6, "falls_by": step({2020: 0.0, 2031: 0.005}), "for_each": per_month(1_000)}
    for least, usual, later in ((0.0, 0.6, 0.59), (0.595, 0.6, 0.595)):
        formula = ByEarnings(years=1, brackets=[rates | {"least_rate": least}])
        law = Scheme(name="S", currency="LTD", benefits=(OldAge(formula=formula, **AGE),))
        asked = {"event": "retirement", "sex": "male", "born": 1960, "months": 120, "earnings": 24_000}
        for year, rate in ((2030, usual), (2031, later)):
            found = person_benefits(law, leaves=year, **asked)["old_age"].amount
            assert found == pytest.approx(rate * 24_000, rel=1e-12)
    nothing = ByEarnings(years=1, brackets=[rates | {"for_each": per_month(0)}])
    with pytest.raises(BadScheme, match="brackets: for_each must be above 0"):
        pension(Scheme(name="S", currency="LTD", benefits=(OldAge(formula=nothing, **AGE),)), 1_000)


def test_what_depends_on_earnings_is_no_line():
    formula = Greatest(formulas=[COSTA_RICA, FinalAverage(years=20, accrual=0.02)])
    law = Scheme(name="S", currency="LTD", benefits=(OldAge(formula=formula, **AGE),))
    with pytest.raises(BadScheme, match="old_age: greatest: one of the amounts has rates by earnings"):
        check_answers(small_basis(), law)
    falling = ByEarnings(years=1, brackets=[{"base_rate": 0.5}, {"above": per_month(2), "base_rate": 0.4},
                                            {"above": per_month(1), "base_rate": 0.3}])  # fmt: skip
    with pytest.raises(BadScheme, match="brackets: `above` must rise from band to band"):
        pension(Scheme(name="S", currency="LTD", benefits=(OldAge(formula=falling, **AGE),)), 1_000)
