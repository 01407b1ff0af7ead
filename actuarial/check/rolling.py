"""Stocks by age that roll forward: those of the year before, a year older, with who comes and without who leaves."""

import operator
from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import pairwise

import numpy as np
import xarray as xr

from actuarial.check.identities import CELLS, agree, identity
from actuarial.check.population import one_year_older, stock_before
from actuarial.quick import laid_out

Arrays = Sequence[xr.DataArray]


def rolls_forward(
    name: str,
    stock: xr.DataArray,
    opening: xr.DataArray,
    *,
    came: Arrays,
    left: Arrays = (),
    brought: Arrays = (),
    growth: xr.DataArray | None = None,
) -> None:
    """The stock of an age is that of the year before of those a year younger, plus who came, less who left.

    Parameters
    ----------
    name : str
        The identity as a sentence.
    stock : DataArray (..., year, ..., age)
        Stocks on 31 December; the last age is open.
    opening : DataArray
        The stock before the first year, of the dims of `stock` but the year.
    came, left : sequences of DataArrays
        Flows by age reached, none of them negative.
    brought : sequence of DataArrays
        Flows of any sign that come too.
    growth : DataArray, optional
        Rate at which the stock of the year before grows, by age before it if it has ages.

    Raises
    ------
    IdentityFailed
        Both sides differ by more than 1e-9 of what was there and what came; see `identity`.
    """
    if _holds(stock, opening, came, left, brought, growth):
        return
    before = stock_before(stock, opening)
    reached = one_year_older(before if growth is None else (before * (1.0 + growth)).transpose(*before.dims))
    scale = reduce(operator.add, came, reached)
    found = reduce(operator.sub, left, scale)
    if brought:
        more = reduce(operator.add, brought)
        found, scale = found + more, scale + abs(more)
    identity(name, stock, found, scale)


def _holds(
    stock: xr.DataArray,
    opening: xr.DataArray,
    came: Arrays,
    left: Arrays,
    brought: Arrays,
    growth: xr.DataArray | None,
) -> bool:
    """Whether the stock rolls forward, of arrays with the same labels; others have to be looked at by their labels.

    A few years at a time, so that what is found on the way stays in the memory of the processor.
    """
    rates = () if growth is None else (growth,)
    plain = laid_out(stock, *came, *left, *brought, *rates)
    first = laid_out(stock.isel(year=0, drop=True), opening)
    if plain is None or first is None or stock.dims[-1] != "age":
        return False
    ends = np.cumsum([1, len(came), len(left), len(brought)])
    for place in _few_years(stock.dims.index("year"), stock.shape):
        here = [array[place] for array in plain]
        now, (up, down, more) = here[0], (here[start:end] for start, end in pairwise(ends))
        years = place[-1]
        before = np.empty(now.shape)
        before[1:] = now[:-1]
        before[0] = plain[0][(*place[:-1], years.start - 1)] if years.start else first[1][place[:-1]]
        if growth is not None:
            before *= 1.0 + here[-1]
        if not agree(now, *_sides(before, up, down, more)):
            return False
    return True


def _sides(
    before: np.ndarray, up: Sequence[np.ndarray], down: Sequence[np.ndarray], more: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """What a stock must be, and the scale of the comparison; `before` (..., age) is that of the year before."""
    scale = np.zeros(before.shape)
    scale[..., 1:] = before[..., :-1]
    scale[..., -1] += before[..., -1]
    for flow in up:
        scale += flow
    found = scale.copy()
    for flow in down:
        found -= flow
    if more:
        brought = reduce(np.add, more)
        found += brought
        scale += np.abs(brought)
    return found, scale


def _few_years(axis: int, shape: tuple[int, ...]) -> Iterator[tuple]:
    """Places of a few years each in arrays with the years at an axis."""
    cells = int(np.prod(shape[axis + 1 :]))
    step = max(1, CELLS // max(cells, 1))
    for outer in np.ndindex(*shape[:axis]):
        for start in range(0, shape[axis], step):
            yield (*outer, slice(start, min(start + step, shape[axis])))
