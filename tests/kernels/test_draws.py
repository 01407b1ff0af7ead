"""The kernel of one drawn future against the oracle, and leavers of whom there are not enough."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from actuarial.demography.futures.draw_kernels import STAYS, limit, project_draw, survive
from tests.oracle import population as oracle

YEARS, AGES = 3, 5


def numbers(low, high):
    return st.floats(low, high, allow_nan=False, width=64)


@st.composite
def inputs(draw):
    """Arguments of the kernel; more people than can leave."""
    cells = (YEARS, 2, AGES)
    pattern = draw(arrays(float, (2, AGES), elements=numbers(0.01, 1)))
    return (
        draw(arrays(float, (2, AGES), elements=numbers(500, 1000))),
        draw(arrays(float, cells, elements=numbers(-5, -1))),
        draw(arrays(float, (2, AGES), elements=numbers(0, 1))),
        draw(arrays(float, (YEARS, 2), elements=numbers(-1, 1))),
        draw(arrays(float, (YEARS, 2), elements=numbers(0.05, 0.35))),
        draw(arrays(float, (YEARS, AGES), elements=numbers(0.2, 1))),
        draw(arrays(float, YEARS, elements=numbers(0.5, 2))),
        draw(arrays(float, cells, elements=numbers(-1, 10))),
        draw(arrays(float, YEARS, elements=numbers(-5, 50))),
        pattern / pattern.sum(),
    )


@given(case=inputs())
def test_kernel_equals_oracle(case):
    population_0, log_mx, slope, k, a0, asfr, srb, migration, deviation, pattern = case
    population, births, deaths, moved, unmet = project_draw(*case)
    mx = np.exp(log_mx + slope * k[..., None])
    survival = [
        [oracle.survival_ratios(mx[t, x].tolist(), [a0[t, x]] + [0.5] * (AGES - 1)) for x in range(2)]
        for t in range(YEARS)
    ]
    wished = migration + deviation[:, None, None] * pattern
    arguments = (population_0, survival, asfr, srb, wished)
    expected = oracle.project(*(np.asarray(one).tolist() for one in arguments), "end")
    for ours, theirs in zip((population, births, deaths), expected, strict=True):
        assert_allclose(ours, theirs, rtol=1e-11, atol=1e-9)
    assert_allclose(moved, wished, rtol=1e-14)
    assert_array_equal(unmet, 0)


def test_survival_of_one_table():
    mx = np.array([0.03, 0.002, 0.01, 0.2, 0.5])
    into = np.zeros(5)
    survive(mx, 0.14, into)
    assert_allclose(into, oracle.survival_ratios(mx.tolist(), [0.14] + [0.5] * 4), rtol=1e-14)


def test_leavers_who_are_not_there_leave_at_other_ages():
    stock = np.array([[10.0, 0.0, 30.0], [20.0, 40.0, 1e-9]])
    wished = np.array([[-15.0, 5.0, -10.0], [0.0, -40.0, -2.0]])
    moved = wished.copy()
    assert limit(stock, moved) == 0.0
    left = stock + moved
    assert moved.sum() == pytest.approx(wished.sum(), abs=1e-9)
    assert (left >= 0).all()
    assert_allclose(left[[0, 1], [0, 1]], STAYS, rtol=1e-6)
    # 5 + 2 too many at three cells, taken from the 5, 20 and 20 people left at the others
    assert_allclose([left[0, 1], left[0, 2], left[1, 0]], np.array([5, 20, 20]) * (1 - 7 / 45), rtol=1e-6)


@given(
    stock=arrays(float, (2, 4), elements=st.one_of(st.just(0.0), numbers(1e-12, 1e6))),
    wished=arrays(float, (2, 4), elements=numbers(-1e6, 1e5)),
)
def test_no_stock_below_zero_and_the_total_as_drawn(stock, wished):
    moved = wished.copy()
    unmet = limit(stock, moved)
    assert (stock + moved >= 0).all()
    assert moved.sum() == pytest.approx(wished.sum() + unmet, abs=1e-7)
    assert (unmet > 0) == (wished.sum() < -np.maximum(0, stock - STAYS).sum()) or unmet < 1e-7
    if (stock + wished > STAYS).all():
        assert_array_equal(moved, wished)


def test_more_leavers_than_people():
    stock, moved = np.full((2, 3), 10.0), np.full((2, 3), -11.0)
    assert limit(stock, moved) == pytest.approx(6.0, abs=1e-4)
    assert_allclose(stock + moved, STAYS, rtol=1e-6)
