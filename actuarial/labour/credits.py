"""Grids of past credit: months or years, and the way from one to the other."""

import numpy as np
import xarray as xr

from actuarial.check.basis import check_service
from actuarial.jit import WIDTH

STEP = {"months": 1, "years": 12}
NOBODY = -np.inf  # credit of an age without members


def on_grid(stock: xr.DataArray, step: int, cells: int) -> np.ndarray:
    """Opening stock (..., service) on the grid 0, step, ..., step (cells-1): persons and credits are conserved.

    A credit between two points of the coarser grid is split between them in proportion to its distance, so that
    neither the number of persons nor the months of credit change; the spread of credits grows a little.
    """
    months = np.asarray(stock["service"], dtype=np.int64)
    check_service(months)
    values = np.ascontiguousarray(stock.transpose(..., "service").values, dtype=np.float64)
    result = np.zeros((*values.shape[:-1], cells))
    used = values.reshape(-1, len(months)).any(axis=0)
    lower, rest = np.divmod(months, step)
    for up in (1, 0):
        for r in range(up, step):
            there = used & (rest == r)
            result[..., lower[there] + up] += values[..., there] * (r / step if up else 1.0 - r / step)
    return result


def cells_needed(
    stocks: tuple[xr.DataArray, xr.DataArray], density: np.ndarray, entries: np.ndarray, exits: np.ndarray, step: int
) -> int:
    """Number of cells so that nobody ever passes the end of the grid.

    The highest credit of every age is followed through the projection, active and inactive apart: `density` and
    `entries` (t, ..., y) by age reached, `exits` (t, ..., x) by age at the start of the year; an age that nobody enters
    and in which nobody stays has no active members. Who leaves and returns within a year is split between two cells
    twice, at each half year: where both moves are of whole cells the two cells behind the last member are read, too.
    """
    active, inactive = (_highest(stock, step) for stock in stocks)
    others = tuple(range(1, density.ndim - 1))
    rates, enters, stays = density.max(axis=others), entries.max(axis=others) > 0, exits.min(axis=others) < 1
    full, half = np.ceil(12.0 * rates / step), np.ceil(6.0 * rates / step)
    within, stay = np.maximum(full, 2.0 * half), np.where(stays, 0.0, NOBODY)
    back = np.where(enters, half, NOBODY)
    reached = np.empty((len(rates), 3, len(active)))
    opening = max(active.max(), inactive.max(), 0.0)
    for t in range(len(rates)):
        from_active = _older(active)
        reached[t, 0] = from_active + within[t]
        inactive = np.maximum(_older(inactive), from_active + half[t])
        active = np.maximum(_older(active + stay[t]) + full[t], np.maximum(inactive, 0.0) + back[t])
        reached[t, 1], reached[t, 2] = active, inactive
    return max(int(max(opening, reached.max(initial=0.0))) + 3, WIDTH)


def _highest(stock: xr.DataArray, step: int) -> np.ndarray:
    """Highest credit of each age in cells of the grid; minus infinity where there is nobody."""
    values = stock.transpose(..., "age", "service").values
    used: np.ndarray = np.asarray(values.reshape(-1, *values.shape[-2:]).any(axis=0))
    months = np.asarray(stock["service"])
    return np.array([np.ceil(months[row].max() / step) if row.any() else NOBODY for row in used])


def _older(top: np.ndarray) -> np.ndarray:
    """Highest credits of the ages reached; the last age is open."""
    result = np.empty_like(top)
    result[0], result[1:] = NOBODY, top[:-1]
    result[-1] = max(result[-1], top[-1])
    return result
