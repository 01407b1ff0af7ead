"""What counts of sums of amounts up to a level, for pensions that are filled up: against laws with that maximum."""

import pytest
from numpy.testing import assert_allclose

from actuarial.demography.population import project_population
from actuarial.labour.insured import project_insured
from actuarial.pension import (
    Balance,
    ByEarnings,
    CareerAverage,
    FinalAverage,
    Flat,
    Indexation,
    Least,
    MemberAccount,
    MinimumInPayment,
    OldAge,
)
from actuarial.scheme import InsurableEarnings, Scheme
from tests.pension.test_combined import per_month
from tests.reference.small import small_basis

NAME, LEVEL = "old_age", 4
LIMITS = InsurableEarnings(floor=per_month(500), ceiling=per_month(40_000))
WAGES = MemberAccount(name="earned", rate=1.0, growth=Indexation(wages=1.0))


def claims(formula, *, least=True, service="months", month=4_000, **changes):
    basis = small_basis().isel(year=slice(0, 3)).assign(earnings_cv=0.6)
    pension = OldAge(**{"retirement_age": 60, "qualifying_years": 5, "formula": formula} | changes)
    minimum = {"value": {2024: month}, "per": "month", "indexed": "wages"}
    filled = (MinimumInPayment(accompanies=(NAME,), minimum=minimum),) if least else ()
    law = Scheme(name="S", currency="LTD", benefits=(pension, *filled), accounts=(WAGES,), insurable_earnings=LIMITS)
    return project_insured(project_population(basis), basis, law, service=service)


def most(found):
    """The level of every year as an amount of money."""
    levels = found["award_level"].sel(accompanied=NAME, level=LEVEL).to_series()
    return {"value": {int(year): float(level) for year, level in levels.items()}, "per": "year"}


def below(found):
    return found["claims_below"].sel(accompanied=NAME, level=LEVEL, drop=True)


def amount(found):
    return found["claims_amount"].sel(benefit=NAME, drop=True)


FALLING = {"base_rate": 0.655, "falls_by": 0.005, "for_each": per_month(3_000), "least_rate": 0.55, "accrual": 0.01}
ONE, OTHER = FinalAverage(years=3, accrual=0.01), FinalAverage(years=3, accrual=0.005, earnings_bands=(
    {"counted": 0.5}, {"above": per_month(9_000), "counted": 1}))  # fmt: skip


@pytest.mark.parametrize("formula", [
    ByEarnings(years=3, brackets=[FALLING]),
    ByEarnings(years=3, brackets=[FALLING], minimum_pension=per_month(2_500)),
    ByEarnings(years=3, brackets=[{"accrual": 0.01}, {"above": per_month(9_000), "accrual": 0.015}]),
])  # fmt: skip
def test_a_rate_that_depends_on_earnings_counts_up_to_the_level(formula):
    found = claims(formula)
    fields = ("brackets", "years", "minimum_pension")
    under = ByEarnings(**{name: getattr(formula, name) for name in fields}, maximum_pension=most(found))
    assert_allclose(below(found), amount(claims(under, least=False)), rtol=1e-9)
    assert float(below(found).sum() / amount(found).sum()) < 0.97
    assert (found["claims_below"].diff("level") >= 0.0).all()


@pytest.mark.parametrize("formulas", [
    (ONE, OTHER),
    (ONE, FinalAverage(years=3, accrual=0.01, minimum_pension=per_month(1_500), maximum_pension=per_month(9_000))),
    (Flat(amount=per_month(900), full_years=30), ONE),
    (OTHER,),
])  # fmt: skip
def test_amounts_of_the_same_earnings_count_together_up_to_the_level(formulas):
    found = claims(formulas)
    under = Least(formulas=[formulas, Flat(amount=most(found))])
    assert_allclose(below(found), amount(claims(under, least=False)), rtol=1e-9)
    assert float(below(found).sum() / amount(found).sum()) < 0.99


def test_the_inactive_of_a_cell_lie_as_far_apart_as_those_under_a_maximum():
    """Who left at different times has different last earnings: on a grid of years of almost all cells."""
    found = claims((ONE, OTHER), service="years")
    under = Least(formulas=[(ONE, OTHER), Flat(amount=most(found))])
    assert_allclose(below(found), amount(claims(under, least=False, service="years")), rtol=1e-5)
    plain = claims((ONE, OTHER), least=False, service="years")
    assert_allclose(amount(found), amount(plain), rtol=1e-15)


def test_amounts_of_two_accounts_that_hold_the_same_count_as_one_would():
    """The career once as the formula keeps it and once as an account: one account alone with both rates has the level
    as its maximum. Of the inactive and of all."""
    career = CareerAverage(accrual=0.01, revaluation="wages")
    found = claims((career, Balance(account="earned", divisor=200.0)))
    one = claims(Balance(account="earned", divisor=1.0 / (0.01 + 1 / 200.0)))
    assert_allclose(amount(found), amount(one), rtol=1e-12)
    assert_allclose(below(found), below(one), rtol=1e-9)


def test_a_reduced_pension_counts_up_to_the_level_too():
    """Each amount has the reduction: the whole one counts up to the level over it."""
    early = {"early_age": 58, "early_rate": 0.2, "early_reduction": 0.1}
    found = claims((ONE, OTHER), **early)
    one = claims(Least(formulas=[(ONE, OTHER), Flat(amount=per_month(1e9))]), **early)
    assert_allclose(below(found), below(one), rtol=1e-12)
    assert float(below(found).sel(age=58).sum()) > 0.0


def test_all_of_a_sum_counts_up_to_a_level_that_nobody_reaches():
    """Earnings of those who left early lie further apart where they are not revalued than where prices revalue them."""
    whole = {"years": 3, "accrual": 0.01, "capped": False}
    formula = FinalAverage(**whole), FinalAverage(revaluation="prices", **whole)
    found = claims(formula, service="years", month=1e8)
    assert_allclose(below(found), amount(found), rtol=1e-9)
