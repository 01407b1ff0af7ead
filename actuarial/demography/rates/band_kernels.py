"""Positive definite matrices of a narrow band: factor, solution, and the inverse inside the band.

A row of a band is a column of the matrix from its diagonal downwards: `band[j, r]` = A[j + r, j], 0 below the last row
of the matrix. One thread does it all, since many small steps are faster so.
"""

from actuarial.jit import summing


@summing
def factorise(band):
    """Replace the band of A by that of its Cholesky factor L; False if A is not positive definite."""
    n, width = band.shape
    for j in range(n):
        if not band[j, 0] > 0.0:
            return False
        root = band[j, 0] ** 0.5
        for r in range(width):
            band[j, r] /= root
        for k in range(1, min(width, n - j)):
            factor = band[j, k]
            if factor != 0.0:
                for r in range(width - k):
                    band[j + k, r] -= factor * band[j, k + r]
    return True


@summing
def solve(band, right):
    """Replace the right sides (a column each) by the solutions, by the band of the factor."""
    n, width = band.shape
    columns = right.shape[1]
    for j in range(n):
        for c in range(columns):
            right[j, c] /= band[j, 0]
        for r in range(1, min(width, n - j)):
            for c in range(columns):
                right[j + r, c] -= band[j, r] * right[j, c]
    for j in range(n - 1, -1, -1):
        for r in range(1, min(width, n - j)):
            for c in range(columns):
                right[j, c] -= band[j, r] * right[j + r, c]
        for c in range(columns):
            right[j, c] /= band[j, 0]


@summing
def invert(band, inverse, sums):
    """Fill the band of inv(A) by that of the factor, from the last column on; `sums` is room for a row.

    inv(A) L = inv(L)' gives for i > j Z_ij = -sum over k > j of L_kj Z_ik / L_jj, and
    Z_jj = (1/L_jj - sum over k > j of L_kj Z_kj) / L_jj (Takahashi).
    """
    n, width = band.shape
    for j in range(n - 1, -1, -1):
        last = min(width, n - j)
        for r in range(last):
            sums[r] = 0.0
        for k in range(1, last):
            factor, across = band[j, k], band[j, k] * inverse[j + k, 0]
            for i in range(k + 1, last):
                sums[i] += factor * inverse[j + k, i - k]
                across += band[j, i] * inverse[j + k, i - k]
            sums[k] += across
        total = 0.0
        for k in range(1, last):
            inverse[j, k] = -sums[k] / band[j, 0]
            total += band[j, k] * inverse[j, k]
        inverse[j, 0] = (1.0 / band[j, 0] - total) / band[j, 0]
