"""Grids of past credit: months or years, and the way from one to the other."""

import numpy as np
import xarray as xr

from actuarial.errors import BadDimensions

STEP = {"months": 1, "years": 12}


def grid_step(service: xr.DataArray) -> int:
    """Step of a service coordinate in months: 1 (monthly) or 12 (yearly); it starts at 0 and has no gaps."""
    months = np.asarray(service)
    steps = np.unique(np.diff(months))
    if months.size < 2 or months[0] != 0 or steps.size != 1 or steps[0] not in (1, 12):
        raise BadDimensions(
            "service: the coordinate is months of past credit, 0, 1, 2, ... or 0, 12, 24, ...\n"
            f"  it starts at {months[:1]} and has steps of {steps[:5]} months.\n"
            "  Give the opening stocks on one of the two grids."
        )
    return int(steps[0])


def on_grid(stock: xr.DataArray, step: int, cells: int) -> np.ndarray:
    """Opening stock (..., service) on the grid 0, step, ..., step (cells-1): persons and credits are conserved.

    A credit between two points of the coarser grid is split between them in proportion to its distance, so that
    neither the number of persons nor the months of credit change; the spread of credits grows a little.
    """
    months = np.asarray(stock["service"], dtype=np.int64)
    grid_step(stock["service"])
    values = np.ascontiguousarray(stock.transpose(..., "service").values, dtype=np.float64)
    result = np.zeros((*values.shape[:-1], cells))
    for i, month in enumerate(months):
        lower, rest = divmod(int(month), step)
        if not values[..., i].any():
            continue
        result[..., lower] += values[..., i] * (1.0 - rest / step)
        if rest:
            result[..., lower + 1] += values[..., i] * (rest / step)
    return result


def cells_needed(stocks: tuple[xr.DataArray, ...], density: np.ndarray, step: int) -> int:
    """Number of cells so that nobody ever passes the end of the grid.

    `density` (t, ..., x) by age reached; the highest credit of every age is followed through the projection. Who leaves
    and returns within a year is split between two cells twice, at each half year.
    """
    highest = np.max(density, axis=tuple(range(1, density.ndim - 1))) if density.ndim > 2 else density
    ages = highest.shape[-1]
    top = np.zeros(ages)
    for stock in stocks:
        values = stock.transpose(..., "age", "service").values
        used: np.ndarray = np.asarray(values.reshape(-1, ages, values.shape[-1]).any(axis=0))
        months = np.asarray(stock["service"])
        top = np.maximum(top, [np.ceil(months[row].max() / step) if row.any() else 0 for row in used])
    best = top.max()
    for rates in highest:
        reached = np.concatenate([[0.0], top[:-1]])
        reached[-1] = max(reached[-1], top[-1])
        gain = np.maximum(np.ceil(12.0 * rates / step), 2.0 * np.ceil(6.0 * rates / step))
        top = np.maximum(reached, 0.0) + gain
        best = max(best, top.max())
    return int(best) + 2
