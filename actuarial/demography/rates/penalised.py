"""Penalised maximum likelihood on cells, and the smoothing that makes the data most likely."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import gammaln, xlogy

from actuarial.demography.rates.penalty import Factor, Penalty, band_matrix, log_determinant
from actuarial.errors import NoSolution

STEPS, CLOSE, SAFE = 100, 1e-10, 1e-4


class Family(Protocol):
    """What the cells tell about their parameters: likelihood, its slope, its curvature and that of the curvature."""

    def start(self) -> np.ndarray: ...
    def log_likelihood(self, cells: np.ndarray) -> float: ...
    def slope(self, cells: np.ndarray) -> np.ndarray: ...
    def weights(self, cells: np.ndarray) -> np.ndarray: ...
    def weights_slope(self, cells: np.ndarray) -> np.ndarray: ...
    def deviance(self, cells: np.ndarray) -> float: ...
    def known(self) -> np.ndarray: ...


@dataclass(frozen=True)
class Poisson:
    """Poisson numbers of deaths by exposure; the cells are logarithms of rates."""

    deaths: np.ndarray
    exposure: np.ndarray

    def start(self) -> np.ndarray:
        mean = self.deaths.sum() / self.exposure.sum()
        return np.log((self.deaths + 1.0) / (self.exposure + 1.0 / mean))

    def log_likelihood(self, cells: np.ndarray) -> float:
        constant = xlogy(self.deaths, self.exposure) - gammaln(self.deaths + 1.0)
        return float((self.deaths * cells - self.weights(cells) + constant).sum())

    def slope(self, cells: np.ndarray) -> np.ndarray:
        return self.deaths - self.weights(cells)

    def weights(self, cells: np.ndarray) -> np.ndarray:
        return self.exposure * np.exp(cells)

    weights_slope = weights

    def deviance(self, cells: np.ndarray) -> float:
        expected = self.weights(cells)
        some = np.where(self.deaths > 0, expected, 1.0)
        return float(2.0 * (xlogy(self.deaths, self.deaths / some) - self.deaths + expected).sum())

    def known(self) -> np.ndarray:
        return self.exposure > 0


@dataclass(frozen=True)
class Normal:
    """Normal values with known precision (1/variance), 0 where nothing is known; the cells are their means."""

    values: np.ndarray
    precision: np.ndarray

    def start(self) -> np.ndarray:
        return np.full(self.values.shape, (self.values * self.precision).sum() / self.precision.sum())

    def log_likelihood(self, cells: np.ndarray) -> float:
        known = self.precision[self.known()]
        return float(0.5 * (np.log(known / (2.0 * np.pi)).sum() - self.deviance(cells)))

    def slope(self, cells: np.ndarray) -> np.ndarray:
        return self.precision * (self.values - cells)

    def weights(self, cells: np.ndarray) -> np.ndarray:
        return self.precision

    def weights_slope(self, cells: np.ndarray) -> np.ndarray:
        return np.zeros_like(self.precision)

    def deviance(self, cells: np.ndarray) -> float:
        return float((self.precision * (self.values - cells) ** 2).sum())

    def known(self) -> np.ndarray:
        return self.precision > 0


@dataclass(frozen=True)
class Fit:
    """Cells that maximise the penalised likelihood, with the factor of the matrix A = W + sum of penalties there."""

    family: Family
    penalties: Sequence[Penalty]
    smoothing: np.ndarray
    cells: np.ndarray
    factor: Factor

    def marginal(self) -> float:
        """Logarithm of the likelihood with the cells integrated out by the method of Laplace."""
        penalty = sum(s * p.size(self.cells) for p, s in zip(self.penalties, self.smoothing, strict=True))
        determinant, _ = log_determinant(self.penalties, self.smoothing)
        free = int(np.prod([(p.eigenvalues == 0).sum() for p in self.penalties]))
        likelihood = self.family.log_likelihood(self.cells) - 0.5 * penalty
        return likelihood + 0.5 * (determinant - self.factor.log_determinant() + free * np.log(2.0 * np.pi))

    def marginal_slopes(self, inverse: np.ndarray) -> np.ndarray:
        """Slopes of the marginal likelihood in the logarithms of the smoothing, by the band of the inverse."""
        _, determinant = log_determinant(self.penalties, self.smoothing)
        change = inverse[0] * self.family.weights_slope(self.cells).ravel()
        slopes = []
        for p, s, own in zip(self.penalties, self.smoothing, determinant, strict=True):
            moved = -self.factor.solve(s * p.product(self.cells).ravel())
            slopes.append(own - s * (p.size(self.cells) + p.trace(inverse)) - change @ moved)
        return 0.5 * np.array(slopes)

    def leverage(self, inverse: np.ndarray) -> np.ndarray:
        """Effective degrees of freedom of each cell: the diagonal of inv(A) W."""
        return inverse[0].reshape(self.cells.shape) * self.family.weights(self.cells)


def fit(family: Family, penalties: Sequence[Penalty], smoothing: np.ndarray, start: np.ndarray) -> Fit:
    """Cells that maximise the likelihood less half the penalties, by Newton steps, halved if they overshoot."""

    def gain(cells: np.ndarray) -> float:
        with np.errstate(over="ignore"):
            penalty = sum(s * p.size(cells) for p, s in zip(penalties, smoothing, strict=True))
            return family.log_likelihood(cells) - 0.5 * penalty

    cells, best = start, gain(start)
    for _ in range(STEPS):
        weights = family.weights(cells)
        factor = Factor.of(band_matrix(weights, penalties, smoothing))
        pull = sum(s * p.product(cells) for p, s in zip(penalties, smoothing, strict=True))
        slope = family.slope(cells) - pull
        step = factor.solve(slope.ravel()).reshape(cells.shape)
        near = (slope * step).sum()
        if (weights * step**2).sum() < CLOSE:
            return Fit(family, penalties, smoothing, cells + step, factor)
        share, after = 1.0, gain(cells + step)
        while not after >= best - 1e-12 * abs(best) and near > SAFE and share > 1e-6:
            share /= 2.0
            after = gain(cells + share * step)
        cells, best = cells + share * step, after
    raise NoSolution(
        f"The graduation did not settle in {STEPS} steps with the smoothing {', '.join(f'{s:.3g}' for s in smoothing)}."
        "\n  Give another smoothing, or a lower order."
    )
