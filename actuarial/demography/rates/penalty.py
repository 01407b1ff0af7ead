"""Difference penalties on a line or a grid of cells, and banded symmetric matrices with the inverse inside the band.

Cells are numbered with the last axis running fastest. The matrix A of a penalised fit is positive definite with the
lower band `bands[r, j]` = A[j + r, j]; a grid of n x m cells with the order d along the first axis has d m of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from actuarial.demography.rates import band_kernels
from actuarial.errors import NoSolution


@dataclass(frozen=True)
class Penalty:
    """Sum of the squared differences of an order along one axis of a grid of cells."""

    axis: int
    order: int
    eigenvalues: np.ndarray
    bands: dict[int, np.ndarray]

    def product(self, values: np.ndarray) -> np.ndarray:
        """The penalty matrix times the cells, as differences of differences, which round least."""
        edges = [(self.order, self.order) if axis == self.axis else (0, 0) for axis in range(values.ndim)]
        padded = np.pad(np.diff(values, self.order, axis=self.axis), edges)
        return (-1.0) ** self.order * np.diff(padded, self.order, axis=self.axis)

    def size(self, values: np.ndarray) -> float:
        """Sum of the squared differences of the cells."""
        return float((np.diff(values, self.order, axis=self.axis) ** 2).sum())

    def trace(self, bands: np.ndarray) -> float:
        """Trace of the product of the penalty with a symmetric matrix given by its band."""
        return float(sum((2.0 if r else 1.0) * (bands[r] * band).sum() for r, band in self.bands.items()))


def difference_penalty(shape: Sequence[int], axis: int, order: int) -> Penalty:
    """Penalty D'D of the differences of the order `order` along `axis` of a grid of cells."""
    size = shape[axis]
    differences = np.diff(np.eye(size), order, axis=0)
    matrix = differences.T @ differences
    eigenvalues = np.linalg.eigvalsh(matrix)
    eigenvalues[:order] = 0.0
    stride, repeats = int(np.prod(shape[axis + 1 :])), int(np.prod(shape[:axis]))
    bands = {}
    for k in range(order + 1):
        column = np.concatenate([np.diagonal(matrix, -k), np.zeros(k)])
        bands[k * stride] = np.tile(np.repeat(column, stride), repeats)
    return Penalty(axis, order, eigenvalues, bands)


def width(penalties: Sequence[Penalty]) -> int:
    """Number of sub-diagonals of the sum of the penalties."""
    return max(r for penalty in penalties for r in penalty.bands)


def band_matrix(weights: np.ndarray, penalties: Sequence[Penalty], smoothing: np.ndarray) -> np.ndarray:
    """Lower band of the diagonal of the weights plus the weighted sum of the penalties."""
    bands = np.zeros((width(penalties) + 1, weights.size))
    bands[0] = weights.ravel()
    for penalty, amount in zip(penalties, smoothing, strict=True):
        for r, band in penalty.bands.items():
            bands[r] += amount * band
    return bands


def log_determinant(penalties: Sequence[Penalty], smoothing: np.ndarray) -> tuple[float, np.ndarray]:
    """Logarithm of the product of the positive eigenvalues of the sum, and its slopes in the logs of smoothing."""
    parts = np.stack(
        np.broadcast_arrays(
            *[
                amount * np.expand_dims(p.eigenvalues, tuple(i for i in range(len(penalties)) if i != place))
                for place, (p, amount) in enumerate(zip(penalties, smoothing, strict=True))
            ]
        )
    )
    total = parts.sum(axis=0)
    free = total > 0
    slopes = np.array([(part[free] / total[free]).sum() for part in parts])
    return float(np.log(total[free]).sum()), slopes


@dataclass(frozen=True)
class Factor:
    """Cholesky factor of a positive definite matrix, by its band."""

    band: np.ndarray

    @classmethod
    def of(cls, bands: np.ndarray) -> "Factor":
        """Factor of the matrix with the lower band `bands[r, j]` = A[j + r, j]."""
        band = np.ascontiguousarray(bands.T)
        if not band_kernels.factorise(band):
            raise NoSolution("The graduation did not settle: give more smoothing, or a lower order.")
        return cls(band)

    def solve(self, right: np.ndarray) -> np.ndarray:
        """Solution for one right side, or for one per column."""
        found = np.array(right, dtype=float, order="C")
        band_kernels.solve(self.band, found.reshape(found.shape[0], -1))
        return found

    def log_determinant(self) -> float:
        return float(2.0 * np.log(self.band[:, 0]).sum())

    def inverse_bands(self) -> np.ndarray:
        """The inverse matrix inside the band, `bands[r, j]` = inv(A)[j + r, j]."""
        inverse = np.zeros(self.band.shape)
        band_kernels.invert(self.band, inverse, np.empty(self.band.shape[1]))
        return np.ascontiguousarray(inverse.T)
