"""Amounts between limits of the inactive, whose earnings are not revalued, against members by the year they left in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from actuarial.labour.insured import project_insured
from actuarial.pension import FinalAverage, OldAge
from actuarial.scheme import InsurableEarnings, Scheme
from tests.reference.career_schemes import CAREERS, basis, money
from tests.reference.insured_basis import population_of
from tests.reference.vintages import Limits, awards

YEARS = 15
LEAST, MOST, CEILING, FULL_YEARS = 2_600.0, 6_000.0, 16_000.0, 30.0
EARNED = 5  # years of reference


def awarded(scenario, ceiling, indexed, revaluation="none"):
    """Pensions with and without their minimum (T, 2) and persons who have it (T,), as the library has them."""
    formula = FinalAverage(
        accrual=scenario.accrual, years=EARNED, revaluation=revaluation, capped=ceiling is not None,
        minimum_pension=money(LEAST, "wages"), minimum_full_years=FULL_YEARS, maximum_pension=money(MOST, "wages"),
    )
    pension = OldAge(
        formula=formula, retirement_age=scenario.retirement_age, qualifying_years=scenario.qualifying_months / 12,
        retirement_rate=scenario.claim_rate,
    )
    insurable = InsurableEarnings(ceiling=None if ceiling is None else money(ceiling, indexed))
    data = basis(scenario)
    scheme = Scheme(name="test", currency="LTD", benefits=(pension,), insurable_earnings=insurable)
    found = project_insured(population_of(data), data, scheme).sum(["benefit", "sex", "age"])
    paid = found["claims_amount"].values
    return np.stack([paid, paid - found["claims_topup"].values], axis=1), found["claims_at_minimum"].values


def limits_of(scenario, ceiling, indexed):
    """The limits of the law by year."""
    wages = (1.0 + scenario.growth) ** np.arange(1 - EARNED, YEARS + 1)
    each = np.full(len(wages), 1e30) if ceiling is None else ceiling * (wages if indexed == "wages" else wages**0.0)
    mean = np.convolve(each, np.ones(EARNED), "valid") / EARNED
    return Limits(LEAST * wages[EARNED:], FULL_YEARS, MOST * wages[EARNED:], mean)


@pytest.mark.parametrize(("growth", "ceiling", "indexed", "bound"), [
    (0.03, None, "wages", 0.005), (0.03, CEILING, "wages", 0.005), (0.03, CEILING / 2, "none", 0.005),
    (0.1, None, "wages", 0.005), (0.1, CEILING, "wages", 0.01), (0.1, CEILING, "none", 0.005),
])  # fmt: skip
def test_top_ups_of_members_who_left_in_different_years(growth, ceiling, indexed, bound):
    """Of the top-ups of a year, of which one mean for all members of an age and credit misses several times as much."""
    scenario = replace(CAREERS, years=YEARS, target=CAREERS.target[:YEARS], growth=growth)
    limits = limits_of(scenario, ceiling, indexed)
    (expected, who), (found, at_least) = awards(scenario, limits), awarded(scenario, ceiling, indexed)
    topped, missed = expected[:, 0] - expected[:, 1], found[:, 0] - found[:, 1]
    assert abs(missed / topped - 1.0).max() < bound
    assert abs(found / expected - 1.0).max() < 0.0006
    assert abs(at_least.sum() / who.sum() - 1.0) < 0.005
    mean = awards(scenario, limits, averaged=True)[0]
    lacking = 1.0 - (mean[:, 0] - mean[:, 1]) / topped
    assert lacking[5:].min() > 0.01
    assert lacking.max() > 5 * bound


def test_earnings_that_wages_revalue_are_those_of_one_member():
    """There the two members of a cell are left out, as all of it differs by the curve of salaries alone."""
    scenario = replace(CAREERS, years=YEARS, target=CAREERS.target[:YEARS], growth=0.0, revaluation="wages")
    found = awarded(scenario, CEILING, "wages", "wages")
    expected = awards(scenario, limits_of(scenario, CEILING, "wages"), averaged=True)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10)
