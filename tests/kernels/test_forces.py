"""Decrements with constant forces side by side against the library functions of one number."""

import math

import numpy as np

from actuarial.jit import lean
from actuarial.labour.force_kernels import LARGEST, dependent
from actuarial.lanes import load, store
from actuarial.numeric import constant_force
from tests.kernels.test_insured import UNCOMPILED


@lean
def dependent_all(rates, result):
    """Fills result (i, decrement or none, lane) from annual rates (i, decrement, lane)."""
    for i in range(rates.shape[0]):
        found = dependent(load(rates[i, 0]), load(rates[i, 1]), load(rates[i, 2]))
        for k in range(4):
            store(result[i, k], found[k])


def test_decrements_side_by_side_are_those_of_one():
    rng = np.random.default_rng(7)
    rates = np.exp(rng.uniform(-30.0, math.log(LARGEST), (5 if UNCOMPILED else 2000, 3, 8)))
    rates[rng.random(rates.shape) < 0.3] = 0.0
    rates[0, :, 0], rates[0, :, 1] = LARGEST, (LARGEST, 0.0, 0.0)
    found = np.full((len(rates), 4, 8), np.nan)
    dependent_all(rates, found)
    known = np.array([[constant_force(*rates[i, :, lane]) for lane in range(8)] for i in range(len(rates))])
    np.testing.assert_allclose(found, known.transpose(0, 2, 1), rtol=2e-15, atol=0.0)
    np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-15)
    assert (found[:, :3][rates == 0.0] == 0.0).all()
    assert found[0, 0, 1] == LARGEST  # a decrement alone keeps its rate
