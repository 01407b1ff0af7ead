"""Laws made after those of the United States and Canada: persons by their words, cohorts under a law said twice.

The United States (Social Security Act, sections 202 and 215: bend points on the best 35 years, reductions by month,
increments, half of the pension for a spouse) and Canada (Canada Pension Plan with the drop-out of 17% of the lowest
earnings, Old Age Security with its recovery, Guaranteed Income Supplement). Earnings are revalued to the award, not to
age 60; residence is not asked for, and income is the pension of the plan alone.
"""

import pytest
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.benefits.stock import project_pensions
from actuarial.cases import person_benefits
from actuarial.errors import BadScheme
from actuarial.forms import parse_scheme
from actuarial.labour.insured import project_insured
from actuarial.pension import FinalAverage, OldAge
from actuarial.translation import language, message_of, told
from tests.reference.small import small_basis

STATES = """
name = "United States"
currency = "USD"
[insurable_earnings]
ceiling = { 2026 = 168_600, per = "year", indexed = "wages" }
[[benefit]]
form = "old_age"
retirement_age = 67
qualifying_years = 10
early_age = 62
early_rate = 1
early_reduction = [{ rate = 0.06666666666666667 }, { above = 3, rate = 0.05 }]
late_increase = 0.08
late_until_age = 70
[benefit.formula]
form = "banded"
bands = [
  { counted = 0.90 },
  { above = { value = 1_174, per = "month" }, counted = 0.32 },
  { above = { value = 7_078, per = "month" }, counted = 0.15 },
]
[benefit.formula.formula]
form = "final_average"
years = 35
best_of = 45
revaluation = "wages"
accrual = 0.02857142857142857
maximum = 1
[[benefit]]
form = "dependants_supplement"
accompanies = ["old_age"]
spouse_share = 0.5
spouse_from_age = 67
"""
CANADA = """
name = "Canada"
currency = "CAD"
[insurable_earnings]
ceiling = { 2026 = 68_500, per = "year", indexed = "wages" }
[[benefit]]
form = "old_age"
name = "plan"
retirement_age = 65
qualifying_years = 1
early_age = 60
early_rate = 1
early_reduction = 0.072
late_increase = 0.084
late_until_age = 70
[benefit.formula]
form = "final_average"
years = 39
best_of = 47
revaluation = "wages"
accrual = 0.00641025641025641
maximum = 0.25
[[benefit]]
form = "minimum_in_payment"
name = "old_age_security"
accompanies = ["plan"]
from_age = 65
taper = [
  { pension = { value = 14_000, per = "year" }, supplement = { value = 713.34, per = "month" } },
  { pension = { value = 71_067.20, per = "year" }, supplement = { value = 0, per = "month" } },
]
[[benefit]]
form = "minimum_in_payment"
name = "income_supplement"
accompanies = ["plan"]
from_age = 65
minimum = { value = 1_065.47, per = "month" }
counted = 0.5
"""
"""The recovery of Old Age Security from 14,000 on instead of 90,997, so that the pension of the plan alone meets it."""
BASIS = small_basis().assign(wage_growth=0.03).drop_vars("wage_growth_past", errors="ignore")


def of(text, age, level, months, **more):
    """A woman who starts in 2026, with earnings that have grown as wages up to a level in 2026, in every year."""
    last = 2026
    earnings = {year: level(year) * 1.03 ** (year - last) for year in range(last - 60, last + 1)}
    asked = {"event": "retirement", "sex": "female", "born": last - age, "leaves": last, "months": months}
    return person_benefits(parse_scheme(text), earnings=earnings, basis=BASIS, **asked, **more)


def primary(monthly):
    return 0.9 * min(monthly, 1_174) + 0.32 * max(0, min(monthly, 7_078) - 1_174) + 0.15 * max(0, monthly - 7_078)


@pytest.mark.parametrize(
    ("age", "wage", "years", "factor"),
    [(67, 60_000, 40, 1), (67, 12_000, 36, 1), (67, 150_000, 35, 1), (67, 200_000, 35, 1), (67, 60_000, 20, 1),
     (62, 60_000, 40, 0.70), (69, 60_000, 40, 1.16), (71, 60_000, 40, 1.24)],
)  # fmt: skip
def test_primary_insurance_amount_early_and_late(age, wage, years, factor):
    """Sums of 35 years over 420 months, however few there are: 6 2/3% a year of the first three, 5% of the others."""
    found = of(STATES, age, lambda _: wage, 12 * years)["old_age"]
    indexed = min(wage, 168_600) * min(35, years) / 420
    assert found.per_month == pytest.approx(factor * primary(indexed), rel=1e-9)


def test_the_best_35_years_and_a_spouse_of_the_united_states():
    """37 years from 1990 to 2026 at 6,000 a month."""
    found = of(STATES, 67, lambda year: 30_000 if year < 1990 else 72_000, 12 * 45, family=(True, 0))
    assert found["old_age"].per_month == pytest.approx(primary(6_000), rel=1e-9)
    assert found["dependants_supplement"].per_month == pytest.approx(0.5 * primary(6_000), rel=1e-9)


@pytest.mark.parametrize(
    ("age", "wage", "years", "plan"),
    [(65, 20_000, 40, 5_000), (65, 68_500, 45, 17_125), (65, 90_000, 39, 17_125), (65, 40_000, 13, 40_000 / 12),
     (62, 40_000, 40, 10_000 * (1 - 3 * 0.072)), (68, 60_000, 45, 15_000 * (1 + 3 * 0.084))],
)  # fmt: skip
def test_the_plan_and_what_is_paid_beside_it_from_65(age, wage, years, plan):
    """A quarter of the mean of the best 39 years, in proportion below; half of it counts against the supplement, 15% of
    what exceeds 14,000 against Old Age Security."""
    found = of(CANADA, age, lambda _: wage, 12 * years)
    assert found["plan"].amount == pytest.approx(plan, rel=1e-9)
    if age < 65:
        assert list(found) == ["plan"]
        return
    security = 12 * 713.34 - 0.15 * max(0.0, plan - 14_000)
    assert found["old_age_security"].amount == pytest.approx(security, rel=1e-9)
    supplement = max(0.0, 12 * 1_065.47 - 0.5 * plan)
    assert found["income_supplement"].amount == pytest.approx(supplement, rel=1e-9)


def test_low_years_drop_out():
    found = of(CANADA, 65, lambda year: 5_000 if year < 1988 else 50_000, 12 * 47)
    assert found["plan"].amount == pytest.approx(12_500, rel=1e-9)


def cohort(*benefits):
    data = BASIS.isel(year=slice(0, 7))
    data = data.assign(pensioners_0=0.0 * data["pensioners_0"])
    scheme = ac.Scheme(name="x", currency=data.attrs["currency"], benefits=benefits)
    insured = project_insured(ac.project_population(data), data, scheme, service="years")
    return project_pensions(insured, data, scheme)["pension_mass"].sel


def test_bend_points_are_three_pensions_with_maxima():
    rules = {"retirement_age": 62, "qualifying_years": 10}
    mean = {"years": 35, "best_of": 45, "revaluation": "wages", "maximum": 1.0}
    parts = [(0.15, None), (0.17, 7_078), (0.58, 1_174)]
    limits = [{} if top is None else {"maximum_pension": ac.money(share * top, "month")} for share, top in parts]
    means = [
        FinalAverage(accrual=share / 35, **mean | {"maximum": share} | limit)
        for (share, _), limit in zip(parts, limits, strict=True)
    ]
    bent = parse_scheme(STATES).benefit("old_age").formula
    other = {"together_with": "one"} | rules
    sel = cohort(OldAge(name="one", formula=bent, **rules), OldAge(name="three", formula=tuple(means), **other))
    assert_allclose(sel(benefit="one"), sel(benefit="three"), rtol=1e-9)
    assert float(sel(benefit="one").sum()) > 0.0


def test_a_supplement_that_nobody_loses_is_one_that_looks_at_no_pension():
    plan = parse_scheme(CANADA).benefit("plan")
    points = ((1e9, 700), (2e9, 0))
    steps = [{"pension": ac.money(at, "year"), "supplement": ac.money(due, "month")} for at, due in points]
    far = parse_scheme(CANADA).amend("old_age_security", taper=steps).benefits[1]
    flat = parse_scheme(CANADA).amend("income_supplement", minimum=ac.money(700, "month"), counted=0.0).benefits[2]
    sel = cohort(plan, far, flat)
    assert_allclose(sel(benefit="old_age_security"), sel(benefit="income_supplement"), rtol=1e-9)
    assert float(sel(benefit="old_age_security").sum()) > 0.0


WRONG = {
    "income_supplement: needs either a minimum or a taper": ('minimum = { value = 1_065.47, per = "month" }\n', ""),
    "plan.early_reduction: has no meaning without early_age": ("early_age = 60\nearly_rate = 1\n", ""),
    "old_age_security.taper[1].supplement.value: must be >= 0": ("{ value = 0, per", "{ value = -5, per"),
}


@pytest.mark.parametrize("text", WRONG)
def test_wrong_laws_are_told(text):
    right, wrong = WRONG[text]
    assert right in CANADA
    with pytest.raises(BadScheme) as found:
        parse_scheme(CANADA.replace(right, wrong))
    assert text in str(found.value)
    assert len({told(message_of(found.value), language(code)) for code in ("en", "fr", "es")}) == 3
