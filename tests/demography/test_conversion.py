"""Rates turned into probabilities and back: sequences, wide ages, and what is refused."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.demography import (
    andreev_kingkade,
    coale_demeny_west,
    coale_demeny_west_1_4,
    life_table,
    mx_from_qx,
    qx_from_mx,
)
from actuarial.errors import BadInput, OutOfBounds


def test_sequences_and_tables_are_taken():
    """4 x 0.1/(1 + 2.5 x 0.1) = 0.32."""
    assert_allclose(qx_from_mx([0.02, 0.1], [0.1, 1.5], [1, 4]), [0.02 / 1.018, 0.32], rtol=1e-15)
    assert_allclose(mx_from_qx((0.02 / 1.018, 0.32), [0.1, 1.5], [1, 4]), [0.02, 0.1], rtol=1e-14)
    index = pd.Index([60, 61], name="age")
    assert qx_from_mx(pd.Series([0.1, 0.2], index=index)).index.equals(index)


def test_columns_of_a_life_table_come_back():
    """The open age too, where those who die live beyond the age: 1/0.2 = 5 years."""
    table = life_table([0.01, 0.002, 0.2], ages=[60, 61, 62], ax=0.5)
    assert_allclose(mx_from_qx(table.qx, table.ax), table.mx, rtol=1e-15)
    assert_allclose(qx_from_mx(table.mx, table.ax), table.qx, rtol=1e-15)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: qx_from_mx([0.1, -0.2]), OutOfBounds, "mx must be numbers of 0 or more: 1 of 2 .* place 1 1 -> -0.2"),
        (lambda: qx_from_mx(np.array([np.nan])), OutOfBounds, "mx must be numbers of 0 or more: 1 of 1"),
        (lambda: qx_from_mx([0.1, 2.5]), OutOfBounds, r"qx must not exceed 1.*\n.*per thousand"),
        (lambda: mx_from_qx([0.1, 1.5]), OutOfBounds, r"qx must not exceed 1.*\n.*keep them"),
        (lambda: qx_from_mx([0.1], ax=1.5), OutOfBounds, "ax must lie between 0 and the width of its age"),
        (lambda: qx_from_mx(0.25, ax=5), OutOfBounds, "ax must lie between 0 and the width of its age"),
        (lambda: mx_from_qx([0.5, 1.0], ax=[2.0, 3.0]), OutOfBounds, "ax must lie .* place 1 0 -> 2"),
        (lambda: mx_from_qx(1.0, ax=0.0), OutOfBounds, "ax must be above 0 where qx is 1"),
        (lambda: qx_from_mx("low"), BadInput, "mx: give numbers"),
        (
            lambda: mx_from_qx(xr.DataArray([0.1, -0.1], {"age": [60, 61]}, "age")),
            OutOfBounds,
            "qx must be numbers of 0 or more: .* age 61 -> -0.1",
        ),
    ],
)
def test_what_cannot_be_meant(call, error, words):
    with pytest.raises(error, match=words):
        call()


@pytest.mark.parametrize("rule", [andreev_kingkade, coale_demeny_west, coale_demeny_west_1_4])
def test_infant_rates_that_are_none(rule):
    for bad in ([0.01, np.nan], [0.01, -0.01]):
        with pytest.raises(OutOfBounds, match="m0 must be numbers of 0 or more: 1 of 2 are not"):
            rule(bad, "female")
    with pytest.raises(BadInput, match="m0: give numbers"):
        rule("low", "male")
