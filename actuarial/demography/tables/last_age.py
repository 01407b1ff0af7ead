"""How long those live who reach the last age of a table of probabilities."""

from typing import Any
from warnings import warn

import numpy as np
import xarray as xr

from actuarial.demography.labels import numbers_of, refuse
from actuarial.demography.tables.conversion import rates_of
from actuarial.demography.tables.lifetable import widths
from actuarial.demography.tables.nax import CONSTANT_FORCE, given_time_lived, share_of_constant_force
from actuarial.errors import BadDimensions, BadInput

MANY = 0.01  # of the lives that reach the last age: from here on its reading matters to a life expectancy


def open_rate(rates: xr.DataArray, ax: Any, ex_open: Any) -> np.ndarray:
    """Death rate at the open age, from its life expectancy or from the last probability."""
    first = rates.isel(age=-1, drop=True)
    if ex_open is None:
        return _last_rate(rates, ax)
    given = ex_open if isinstance(ex_open, xr.DataArray) else _plain(numbers_of(ex_open, "ex_open"), first)
    if any(dim not in first.dims for dim in given.dims):
        dims = ", ".join(map(str, given.dims))
        raise BadDimensions(f"ex_open has the dims {dims}; give a number, or one for each table.")
    refuse(given, ~((given.values > 0) & np.isfinite(given.values)), "ex_open must be a number of years above 0")
    return 1.0 / given.broadcast_like(first).transpose(*first.dims).values


def _last_rate(rates: xr.DataArray, ax: Any) -> np.ndarray:
    """Death rate at the last age by its probability; a warning where many reach that age."""
    age, width, last = rates["age"].values[-1], widths(rates)[-1], rates.isel(age=[-1])
    q = np.minimum(last.values[..., 0], 1.0)
    if width != 1 and (isinstance(ax, str) or (q != 1.0).any()):
        raise BadInput(f"qx does not tell how long those live who reach the open age {age}: give ex_open, years.")
    never = last.values <= 0
    refuse(last, never, "qx must be above 0 at the last age, or some live for ever", "Or give ex_open, years.")
    a = _by_word(ax, q) if isinstance(ax, str) else given_time_lived(rates, ax)[..., -1]
    refuse(last.copy(data=a[..., None]), a[..., None] <= 0, "ax must be above 0 at the last age")
    m = rates_of(q, a, width)
    reached = float(np.prod(1.0 - np.minimum(rates.values[..., :-1], 1.0), axis=-1).max())
    if reached > MANY and (isinstance(ax, str) or np.ndim(ax) == 0):
        warn(
            f"qx ends at the age {age}, which {reached:.1%} of the lives reach: they are taken to live "
            f"{1.0 / float(m.min()):.3g} years more there. Give ex_open, years, if that age is open.",
            UserWarning,
            stacklevel=5,
        )
    return m


def _by_word(ax: str, q: np.ndarray) -> np.ndarray:
    """Half of the last year, or what a force of mortality that does not change leaves of it."""
    if ax.replace("-", "_") != CONSTANT_FORCE:
        return np.full(q.shape, 0.5)
    return np.where(q < 1.0, share_of_constant_force(-np.log1p(-np.where(q < 1.0, q, 0.5))), 0.5)


def _plain(numbers: np.ndarray, labels: xr.DataArray) -> xr.DataArray:
    """A number, or one for each table, labelled as the tables are."""
    if numbers.shape not in ((), labels.shape):
        raise BadDimensions(f"ex_open has the shape {numbers.shape}; give a number, or one for each table.")
    return xr.DataArray(numbers) if numbers.ndim == 0 else labels.copy(data=numbers)
