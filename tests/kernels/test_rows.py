"""Rows of cells several at a time: each function against the same line of NumPy, in every place of a row."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from actuarial.jit import WIDTH, lean
from actuarial.labour import row_kernels as rows


@lean
def changed(which, row, a, b, factor, top):
    """A row changed in place by one of the functions that return nothing."""
    if which == 0:
        rows.fill(row, factor, top)
    elif which == 1:
        rows.scale(row, factor, top)
    elif which == 2:
        rows.add_scaled(row, a, factor, top)
    elif which == 3:
        rows.product(row, a, b, factor, top)
    elif which == 4:
        rows.lessen(row, a, top)
    else:
        rows.add_product(row, a, b, factor, top)


@lean
def counted(people, share, first, last, here):
    """Sums over cells: weighted from the first to the last one; of all up to the last one, and of claims among them."""
    claims, cells = rows.weigh(people, share, last, here)
    number, credits = rows.counted_cells(people, last)
    return rows.weighted(people, share, first, last), rows.total(people, last), number, credits, claims, cells


BY_NUMPY = (
    lambda row, a, b, factor: np.full_like(row, factor),
    lambda row, a, b, factor: row * factor,
    lambda row, a, b, factor: row + a * factor,
    lambda row, a, b, factor: factor * a * b,
    lambda row, a, b, factor: row * (1.0 - a),
    lambda row, a, b, factor: row + factor * a * b,
)
CELLS = st.integers(WIDTH, 4 * WIDTH)


@given(CELLS, st.data())
@pytest.mark.parametrize("which", range(6))
def test_rows_change_up_to_the_top_and_nowhere_else(which, cells, data):
    top = data.draw(st.integers(-1, cells - 1))
    rng = np.random.default_rng(cells)
    block, a, b = rng.normal(size=(3, cells)), rng.normal(size=cells), rng.normal(size=cells)
    a[top + 1 :], before = np.nan, block.copy()
    changed(which, block[1], a, b, 0.7, top)
    assert_array_equal(block[[0, 2]], before[[0, 2]])
    assert_array_equal(block[1, top + 1 :], before[1, top + 1 :])
    expected = BY_NUMPY[which](before[1], a, b, 0.7)[: top + 1]
    assert_allclose(block[1, : top + 1], expected, rtol=1e-15, atol=2e-16)


@given(CELLS, st.data())
def test_sums_over_cells_leave_out_the_others(cells, data):
    first = data.draw(st.integers(0, cells - 1))
    last = data.draw(st.integers(first, cells - 1))
    rng = np.random.default_rng(cells)
    people, share, here = rng.random(cells), rng.random(cells), np.zeros(cells)
    people[last + 1 :] = np.nan
    found = counted(people, share, first, last, here)
    kept, place = slice(0, last + 1), np.arange(last + 1)
    claims = people[kept] * share[kept]
    assert_array_equal(here[kept], claims)
    expected = [claims[first:].sum(), *[people[kept].sum()] * 2, people[kept] @ place, claims.sum(), claims @ place]
    assert_allclose(found, expected, rtol=1e-14)
