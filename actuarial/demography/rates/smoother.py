"""Whittaker-Henderson smoothing of one line or grid of cells, and its continuation beyond the data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from actuarial.demography.rates.penalised import Family, Fit, fit
from actuarial.demography.rates.penalty import Factor, Penalty, difference_penalty
from actuarial.demography.rates.smoothing_choice import least_validated, most_likely
from actuarial.errors import BadInput

Make = Callable[..., Family]
Smoothing = str | None | Sequence[float]


@dataclass(frozen=True)
class Smoothed:
    """The cells, the variances of what is estimated, and how freely each of them follows the data."""

    cells: np.ndarray
    variance: np.ndarray
    leverage: np.ndarray
    smoothing: np.ndarray
    deviance: float
    marginal: float


def smooth(make: Make, data: Sequence[np.ndarray], orders: Sequence[int], smoothing: Smoothing) -> Smoothed:
    """Smooth the box of cells that holds all data, and carry it on to the cells around it.

    `make` makes a family of arrays like those of `data`; the last of these is 0 where nothing is known.
    """
    shape = data[-1].shape
    axes = sorted(range(len(shape)), key=lambda axis: -shape[axis])
    turned = [np.transpose(array, axes) for array in data]
    box = _box(turned[-1] > 0)
    family = make(*[array[box] for array in turned])
    best = _fit(family, [orders[axis] for axis in axes], None if smoothing is None else _turned(smoothing, axes))
    inverse = best.factor.inverse_bands()
    cells, variance = continued(best, inverse, turned[-1].shape, box)
    leverage = np.zeros(cells.shape)
    leverage[box] = best.leverage(inverse)
    back = np.argsort(axes)
    cells, variance, leverage = (np.transpose(array, back) for array in (cells, variance, leverage))
    deviance = family.deviance(best.cells)
    return Smoothed(cells, variance, leverage, best.smoothing[back], deviance, best.marginal())


def enough(informs: np.ndarray, known: np.ndarray, orders: Sequence[int], free: bool, what: str) -> None:
    """Refuse cells that do not tell the polynomial that no penalty holds, nor (where it is free) the smoothing."""
    if not informs.any():
        raise BadInput(f"graduation: there are no {what}, so that no rate can be estimated.")
    box = _box(known)
    shape = known[box].shape
    words = " x ".join(map(str, orders))
    if any(size <= order for size, order in zip(shape, orders, strict=True)):
        raise BadInput(
            f"graduation: the order {words} needs more cells than that with data, but they span "
            f"{' x '.join(map(str, shape))}.\n  Give more ages or years, or a lower order."
        )
    basis: np.ndarray = np.ones((1, 1))
    for size, order in zip(shape, orders, strict=True):
        basis = np.kron(basis, np.polynomial.legendre.legvander(np.linspace(-1.0, 1.0, size), order - 1))
    needed = basis.shape[1]
    if np.linalg.matrix_rank(basis[informs[box].ravel()]) < needed:
        raise BadInput(
            f"graduation: the order {words} needs {what} in {needed} cells that are not in one row; there are "
            f"{int(informs.sum())} cells with {what}.\n  Join ages, years or groups, give a lower order, or use a "
            "standard table (actual_to_expected)."
        )
    if free and int(known.sum()) <= needed:
        raise BadInput(f"graduation: {int(known.sum())} cells do not tell the smoothing; give a number for it.")


def continued(
    best: Fit, inverse: np.ndarray, shape: Sequence[int], box: tuple[slice, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Cells and variances on the whole grid: those of the box as they are, the others as the penalty carries them on.

    With the penalty matrix P of the whole grid in parts o (box) and n (new), new = B old with B = -inv(P_nn) P_no, and
    the variance B V B' + inv(P_nn), V that of the box.
    """
    cells, variance = np.zeros(shape), np.zeros(shape)
    cells[box], variance[box] = best.cells, inverse[0].reshape(best.cells.shape)
    inside = np.zeros(shape, dtype=bool)
    inside[box] = True
    if inside.all():
        return cells, variance
    rows, columns, values = _entries(best, shape)
    place = np.where(inside.ravel(), np.cumsum(inside) - 1, np.cumsum(~inside) - 1)
    among = ~inside.ravel()[rows] & ~inside.ravel()[columns]
    i, j = place[rows[among]], place[columns[among]]
    bands = np.zeros((int((i - j).max()) + 1, int((~inside).sum())))
    np.add.at(bands, (i - j, j), values[among])
    ahead = Factor.of(bands)
    edge, strip = _edge(rows, columns, values, inside.ravel(), place)
    across = -ahead.solve(edge)
    picked = np.zeros((best.cells.size, strip.size))
    picked[strip, np.arange(strip.size)] = 1.0
    held = best.factor.solve(picked)[strip]
    cells[~inside] = across @ best.cells.ravel()[strip]
    variance[~inside] = ahead.inverse_bands()[0] + ((across @ held) * across).sum(axis=1)
    return cells, variance


def _entries(best: Fit, shape: Sequence[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, columns and values of the lower half of the penalty matrix of the whole grid; parts of a cell add up."""
    parts, size = [], int(np.prod(shape))
    for old, amount in zip(best.penalties, best.smoothing, strict=True):
        for r, band in difference_penalty(shape, old.axis, old.order).bands.items():
            column = np.flatnonzero(band[: size - r])
            parts.append((column + r, column, amount * band[column]))
    rows, columns, values = (np.concatenate(part) for part in zip(*parts, strict=True))
    return rows, columns, values


def _edge(
    rows: np.ndarray, columns: np.ndarray, values: np.ndarray, inside: np.ndarray, place: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The penalty between new cells and those of the box that touch them, and the places of the latter in the box."""
    below, above = ~inside[rows] & inside[columns], inside[rows] & ~inside[columns]
    new = place[np.concatenate([rows[below], columns[above]])]
    old = place[np.concatenate([columns[below], rows[above]])]
    strip, column = np.unique(old, return_inverse=True)
    edge = np.zeros((int((~inside).sum()), strip.size))
    np.add.at(edge, (new, column), np.concatenate([values[below], values[above]]))
    return edge, strip


def _fit(family: Family, orders: Sequence[int], smoothing: Smoothing) -> Fit:
    shape = family.start().shape
    penalties: list[Penalty] = [difference_penalty(shape, axis, order) for axis, order in enumerate(orders)]
    if smoothing is None:
        return most_likely(family, penalties)
    if isinstance(smoothing, str):
        return least_validated(family, penalties)
    return fit(family, penalties, np.asarray(smoothing, dtype=float), family.start())


def _turned(smoothing: str | Sequence[float], axes: Sequence[int]) -> str | list[float]:
    return smoothing if isinstance(smoothing, str) else [smoothing[axis] for axis in axes]


def _box(known: np.ndarray) -> tuple[slice, ...]:
    """The smallest box of cells that holds all known ones."""
    places = [np.flatnonzero(known.any(axis=tuple(i for i in range(known.ndim) if i != a))) for a in range(known.ndim)]
    return tuple(slice(int(place[0]), int(place[-1]) + 1) for place in places)
