"""The recursion of beneficiaries against a plain one, and what must hold whatever the numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from actuarial.benefits.kernels import add_per_deceased, add_survivors, run_stock, used_survivors
from tests.oracle import stock as oracle


@st.composite
def inputs(draw, continuance=(0.0, 1.0)):
    """Opening stocks, arrivals, probabilities and adjustments: few years and ages, zeros and ones among the rates."""
    years, ages = draw(st.integers(1, 4)), draw(st.integers(2, 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    stock, flow = (2, ages), (years, 2, ages)
    opening = [rng.uniform(0, 100, stock) * rng.integers(0, 2, stock) for _ in range(3)]
    arrivals = [rng.uniform(0, 10, flow) * rng.integers(0, 2, flow) for _ in range(3)]
    low, high = continuance
    stays = np.clip(rng.uniform(low - 0.3, high + 0.3, flow), low, high)
    return *opening, *arrivals, stays, rng.uniform(-0.5, 0.5, years) * rng.integers(0, 2, years)


@given(inputs())
def test_recursion_equals_the_oracle(arrays):
    for got, expected in zip(run_stock(*arrays), oracle.run_stock(*(a.tolist() for a in arrays)), strict=True):
        assert_allclose(got, np.array(expected), rtol=1e-12, atol=1e-12)


@given(inputs())
def test_nobody_and_no_money_is_lost(arrays):
    *opening, a, b, c, _, growth = arrays
    results = run_stock(*arrays)
    for start, new, after, ended, rise in zip(
        opening, (a, b, c), results[:3], results[3:], (0 * growth, growth, growth), strict=True
    ):
        before = np.concatenate([start[np.newaxis], after[:-1]]).sum(axis=2)
        expected = before * (1 + rise)[:, np.newaxis] + (new - ended).sum(axis=2)
        assert_allclose(after.sum(axis=2), expected, rtol=1e-12, atol=1e-9)


@given(inputs(continuance=(1.0, 1.0)))
def test_pensions_grow_by_the_adjustments_where_nobody_leaves_or_comes(arrays):
    number_0, mass_0, topup_0, new, award, topup, stays, growth = arrays
    number, mass, extra, *ended = run_stock(number_0, mass_0, topup_0, 0 * new, 0 * award, 0 * topup, stays, growth)
    level = np.cumprod(1 + growth)
    assert_allclose(number.sum(axis=(1, 2)), np.full(len(growth), number_0.sum()), rtol=1e-12)
    assert_allclose(mass.sum(axis=(1, 2)), mass_0.sum() * level, rtol=1e-12)
    assert_allclose(extra.sum(axis=(1, 2)), topup_0.sum() * level, rtol=1e-12)
    assert not np.any(ended)


@given(inputs())
def test_arguments_are_left_alone(arrays):
    before = [a.copy() for a in arrays]
    run_stock(*arrays)
    for a, b in zip(arrays, before, strict=True):
        assert_array_equal(a, b)


def test_one_pensioner_by_hand():
    """100 a year at age 1; two years with probability 0.9 and 0.5 to stay and 10% adjustment in the second."""
    one, none = np.array([[0.0, 1.0, 0.0, 0.0], [0.0] * 4]), np.zeros((2, 2, 4))
    stays = np.full((2, 2, 4), 0.9)
    stays[1] = 0.5
    number, mass, _, ended, ended_mass, _ = run_stock(
        one, 100 * one, 0 * one, none, none, none, stays, np.array([0.0, 0.10])
    )
    assert_allclose(number[:, 0], [[0, 0, 0.9, 0], [0, 0, 0, 0.45]], rtol=1e-15)
    assert_allclose(mass[:, 0], [[0, 0, 90, 0], [0, 0, 0, 49.5]], rtol=1e-15)
    assert_allclose(ended[:, 0], [[0, 0, 0.1, 0], [0, 0, 0, 0.45]], rtol=1e-13)
    assert_allclose(ended_mass[:, 0], [[0, 0, 10, 0], [0, 0, 0, 49.5]], rtol=1e-13)


@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.booleans())
def test_survivors_are_the_product_with_the_matrix_whatever_of_it_is_0(seed, years, alike):
    """Survivors of the deceased and what the deceased leave, of matrices of one year or of all; unused cells are not
    looked at."""
    rng = np.random.default_rng(seed)
    matrix = rng.uniform(0, 1, (1 if alike else years, 4, 6)) * (rng.random((4, 6)) < 0.4)
    dead = rng.uniform(0, 9, (3, years, 4)) * rng.integers(0, 2, (3, years, 4))
    worth, used = rng.uniform(0, 9, (3, years, 6)), np.empty((4, 2), dtype=np.int64)
    used_survivors(matrix, used)
    for d in range(4):
        places = np.flatnonzero(matrix[:, d].any(axis=0))
        assert used[d].tolist() == ([places[0], places[-1]] if len(places) else [6, -1])
        matrix[:, d, : used[d, 0]] = matrix[:, d, used[d, 1] + 1 :] = np.nan
    found, left = np.ones((3, years, 6)), np.ones((3, years, 4))
    add_survivors(dead, matrix, used, found)
    add_per_deceased(worth, matrix, used, left)
    whole = np.nan_to_num(matrix)
    assert_allclose(found - 1, np.einsum("qtd,tdv->qtv", dead, np.broadcast_to(whole, (years, 4, 6))), atol=1e-13)
    assert_allclose(left - 1, np.einsum("qtv,tdv->qtd", worth, np.broadcast_to(whole, (years, 4, 6))), atol=1e-13)
