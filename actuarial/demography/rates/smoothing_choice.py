"""The amount of smoothing that the data themselves ask for: by the marginal likelihood, or by cross-validation."""

from collections.abc import Sequence

import numpy as np

from actuarial.demography.rates.penalised import Family, Fit, fit
from actuarial.demography.rates.penalty import Penalty, log_determinant

ROUGHEST, SMOOTHEST, TINY = 1e-6, 1e3, 1e-300
PRECISE = {"ftol": 1e-12, "gtol": 1e-6}  # of the likelihood less that of the start, and of its slopes


def smoothing_bounds(family: Family, penalties: Sequence[Penalty]) -> list[tuple[float, float]]:
    """Logarithms of smoothing between which it is looked for: at the ends the data, or a polynomial, are followed."""
    weights = family.weights(family.start())[family.known()]
    low = np.log(ROUGHEST * weights.mean())
    return [(low, float(np.log(SMOOTHEST * weights.max() / p.eigenvalues[p.eigenvalues > 0].min()))) for p in penalties]


def most_likely(family: Family, penalties: Sequence[Penalty]) -> Fit:
    """The fit whose smoothing has the highest marginal likelihood (REML).

    A few fixed-point steps of Fellner and Schall come near; a quasi-Newton search with exact slopes goes on. Where the
    likelihood still rises, ever more slowly, towards the most smoothing that is looked for, that is taken; elsewhere
    the search ends where nothing more is gained.
    """
    from scipy.optimize import minimize

    bounds = smoothing_bounds(family, penalties)
    last = _fixed_point(family, penalties, bounds)
    level = last.marginal()

    def value(logs: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal last
        last = fit(family, penalties, np.exp(logs), last.cells)
        return level - last.marginal(), -last.marginal_slopes(last.factor.inverse_bands())

    def searched(start: np.ndarray, options: dict[str, float]) -> Fit:
        found = minimize(value, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
        return fit(family, penalties, np.exp(found.x), last.cells)

    best = near = searched(np.log(last.smoothing), {"ftol": 1e-9, "gtol": 1e-3})
    for axis, (_, high) in enumerate(bounds):
        smoothing = np.where(np.arange(len(bounds)) == axis, np.exp(high), best.smoothing)
        end = fit(family, penalties, smoothing, best.cells)
        best = end if end.marginal() >= best.marginal() else best
    return best if best is not near and len(bounds) == 1 else searched(np.log(best.smoothing), PRECISE)


def least_validated(family: Family, penalties: Sequence[Penalty]) -> Fit:
    """The fit whose smoothing has the least generalised cross-validation n deviance/(n - edf)^2."""
    from scipy.optimize import minimize

    bounds = smoothing_bounds(family, penalties)
    last, number = _fixed_point(family, penalties, bounds), int(family.known().sum())

    def value(logs: np.ndarray) -> float:
        nonlocal last
        last = fit(family, penalties, np.exp(logs), last.cells)
        edf = last.leverage(last.factor.inverse_bands()).sum()
        return float(np.log(max(family.deviance(last.cells), TINY)) - 2.0 * np.log(max(number - edf, TINY)))

    options = {"xatol": 0.01, "fatol": 1e-6}
    found = minimize(value, np.log(last.smoothing), method="Nelder-Mead", bounds=bounds, options=options)
    return fit(family, penalties, np.exp(found.x), last.cells)


def _fixed_point(family: Family, penalties: Sequence[Penalty], bounds: list[tuple[float, float]]) -> Fit:
    """Smoothing moved until the penalty of each axis is as large as its degrees of freedom say, or for six steps."""
    low, high = np.exp(np.array(bounds).T)
    known = family.weights(family.start())[family.known()]
    smoothing = np.clip(np.full(len(penalties), known.mean()), low, high)
    last = fit(family, penalties, smoothing, family.start())
    for _ in range(6):
        inverse = last.factor.inverse_bands()
        from_prior = _own_freedom(last, inverse)
        size = np.array([p.size(last.cells) for p in penalties])
        moved = np.clip(from_prior / np.maximum(size, TINY), low, high)
        change = np.abs(np.log(moved / last.smoothing)).max()
        last = fit(family, penalties, moved, last.cells)
        if change < 0.3:
            break
    return last


def _own_freedom(last: Fit, inverse: np.ndarray) -> np.ndarray:
    """Degrees of freedom that each penalty leaves: its share of the rank less the trace of its part of inv(A)."""
    _, rank = log_determinant(last.penalties, last.smoothing)
    traces = [s * p.trace(inverse) for p, s in zip(last.penalties, last.smoothing, strict=True)]
    return np.maximum(rank - np.array(traces), 1e-9)
