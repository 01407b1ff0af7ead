"""A closed group of pensioners and the funding of new pensions at their award: values from the life table alone."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from actuarial.pension import Flat, Indexation, OldAge
from tests.benefits import small
from tests.benefits.small import scheme_of
from tests.reference.steady_state import annuities, makeham_mx, survival

YEARS = 190
INTEREST = 0.04
PEOPLE = [("male", 50, 3.0, 700.0), ("male", 61, 100.0, 1000.0), ("male", 75, 40.0, 1300.0), ("male", 100, 2.0, 90.0)]
CLAIMS = [
    (2025, "old_age", "male", 62, 10, 12000),
    (2026, "old_age", "male", 62, 12, 15000),
    (2026, "old_age", "male", 66, 1, 800),
    (2040, "old_age", "male", 70, 5, 9000),
]


def law(growth, month=1):
    flat = Flat(amount={"value": 100, "per": "month"})
    indexation = Indexation(fixed=growth, month=month)
    return scheme_of(OldAge(retirement_age=62, qualifying_years=0, formula=flat, indexation=indexation))


def projected(growth, claims=(), pensioners=None, month=1):
    mx = makeham_mx()
    opening = {"old_age": PEOPLE if pensioners is None else pensioners}
    on = small.basis(years=YEARS, pensioners=opening, mx=(("sex", "age"), np.stack([mx, mx])))
    return small.project(law(growth, month), on, claims), survival(mx)


def present_value(expenditure):
    return (expenditure.squeeze() / (1 + INTEREST) ** (np.arange(YEARS) + 0.5)).sum().item()


@pytest.mark.parametrize("growth", [0.0, 0.025, -0.01])
def test_a_closed_group_costs_its_annuities(growth):
    result, px = projected(growth)
    value = annuities(px, INTEREST, growth)
    expected = sum(number * pension * value[age] for _, age, number, pension in PEOPLE)
    assert present_value(result["benefit_expenditure"]) == pytest.approx(expected, rel=1e-9)
    assert float(result["pensioners"].isel(year=-1).sum()) < 1e-12


def test_a_wrong_annuity_is_told_apart():
    """Paid at the start of the year, or with deaths at the end of it, the group would cost some per cent more."""
    result, px = projected(0.0)
    alive = [np.cumprod([1.0, *[px[min(age + k, 100)] for k in range(300)]]) for _, age, *_ in PEOPLE]
    values = [(a / (1 + INTEREST) ** np.arange(301)).sum() for a in alive]
    due = sum(n * pension * value for (_, _, n, pension), value in zip(PEOPLE, values, strict=True))
    assert abs(due / present_value(result["benefit_expenditure"]) - 1) > 0.03


@pytest.mark.parametrize("growth", [0.0, 0.025])
def test_terminal_funding_closes_in_every_year(growth):
    """R_t = u R_{t-1} + u^(1/2) (K_t - paid_t), K_t = new money (1/2 + u^(-1/2) a_x): the value of what is in payment.

    Year by year to 1e-12; rolled on, rounding grows with u^t, so that it is judged against the greatest reserve.
    """
    result, px = projected(growth, CLAIMS, pensioners=[])
    value, u = annuities(px, INTEREST, growth), 1 + INTEREST
    capital = np.zeros(YEARS)
    for year, _, _, age, _, amount in CLAIMS:
        capital[year - small.FIRST] += amount * (0.5 + u**-0.5 * value[age])
    paid = result["benefit_expenditure"].squeeze().values
    in_payment = (result["pension_mass"].sel(benefit="old_age", sex="male") * value).sum("age").values
    before = np.concatenate([[0.0], in_payment[:-1]])
    assert_allclose(u * before + u**0.5 * (capital - paid), in_payment, rtol=1e-12, atol=1e-9)
    reserve = 0.0
    for t in range(60):
        reserve = u * reserve + u**0.5 * (capital[t] - paid[t])
        assert reserve == pytest.approx(in_payment[t], abs=1e-12 * in_payment.max())
    discounted = capital / u ** (np.arange(YEARS) + 0.5)
    assert present_value(result["benefit_expenditure"]) == pytest.approx(discounted.sum(), rel=1e-12)
    assert_allclose(in_payment[-1], 0.0, atol=1e-9)


def test_adjustment_in_the_middle_of_the_year_costs_the_mean_of_both_ends():
    """Adjusted on 1 July: the year pays half at the old and half at the new level, (k-1)p + kp (1 + g) over two."""
    growth = 0.03
    result, px = projected(growth, month=7)
    expected = 0.0
    for _, age, number, pension in PEOPLE:
        alive = 1.0
        for k in range(1, YEARS + 1):
            after = alive * px[min(age + k - 1, 100)] * (1 + growth)
            expected += number * pension * (1 + INTEREST) ** (0.5 - k) * (alive + after) / 2
            alive = after
    assert present_value(result["benefit_expenditure"]) == pytest.approx(expected, rel=1e-9)
