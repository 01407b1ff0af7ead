"""Matrices of a narrow band against dense ones."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from actuarial.demography.rates import band_kernels as kernels


def band_of(matrix, width):
    """Row j of the band is column j of the matrix from its diagonal downwards."""
    band = np.zeros((len(matrix), width))
    for j in range(len(matrix)):
        for r in range(min(width, len(matrix) - j)):
            band[j, r] = matrix[j + r, j]
    return band


@pytest.mark.parametrize(("size", "width"), [(1, 1), (6, 1), (9, 3), (4, 6)])
def test_factor_solution_and_inverse_are_those_of_the_dense_matrix(size, width):
    rng = np.random.default_rng(size)
    factor = np.tril(rng.normal(size=(size, size))) * (np.subtract.outer(np.arange(size), np.arange(size)) < width)
    np.fill_diagonal(factor, 1.0 + rng.random(size))
    matrix = factor @ factor.T
    band = band_of(matrix, width)
    assert kernels.factorise(band)
    assert_allclose(band, band_of(factor, width), atol=1e-13)
    right = rng.normal(size=(size, 2))
    found = right.copy()
    kernels.solve(band, found)
    assert_allclose(matrix @ found, right, atol=1e-11)
    inverse = np.zeros(band.shape)
    kernels.invert(band, inverse, np.empty(width))
    assert_allclose(inverse, band_of(np.linalg.inv(matrix), width), rtol=1e-9, atol=1e-12)


def test_a_matrix_that_is_not_positive_definite():
    assert not kernels.factorise(band_of(np.array([[1.0, 2.0], [2.0, 1.0]]), 2))
    assert not kernels.factorise(np.array([[np.nan]]))
