"""Accounting identities: two sides that must agree in every cell and every scenario."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial.errors import IdentityFailed
from actuarial.translation import N_, Told

TOLERANCE = 1e-9
CELLS = 32_768
"""Cells that are compared at once: what is found of them on the way stays in the memory of the processor."""


def identity(name: str, left: Any, right: Any, scale: Any) -> None:
    """Both sides agree to 1e-9 of a scale.

    Parameters
    ----------
    name : str
        The identity as a sentence.
    left, right, scale : DataArrays that broadcast against each other

    Raises
    ------
    IdentityFailed
        With the number of cells that fail and the first of them; NaN on either side fails.
    """
    if _alike(left, right, scale) and not _differ(left.values, right.values, scale.values):
        return
    bad = _apart(left, right, scale)
    count = int(bad.sum())
    if not count:
        return
    spot = np.unravel_index(int(np.argmax(bad.values)), bad.shape)
    place = tuple(
        f"{dim}={bad[dim].values[[i]].tolist()[0] if dim in bad.coords else i!r}"
        for dim, i in zip(bad.dims, spot, strict=True)
    )
    a, b = (_at(side, bad, spot) for side in (left, right))
    text = N_(
        "{name}: the two sides differ in {count} of {size} cells.\n"
        "  the first: {place}: {left!r} against {right!r}\n"
        "  The result must not be used; a stage was given numbers that do not belong together."
    )
    told = {"name": name, "count": count, "size": bad.size, "left": a, "right": b}
    raise IdentityFailed(Told(text, place=place or Told("the only one"), **told))


def _differ(left: np.ndarray, right: np.ndarray, scale: np.ndarray) -> bool:
    """Whether two sides differ in any cell, of plain arrays of one shape."""
    if left.ndim == 0:
        return bool(_apart(left, right, scale))
    rows = max(1, len(left) * CELLS // max(left.size, 1))
    parts = (slice(start, start + rows) for start in range(0, len(left), rows))
    return not all(agree(left[part], right[part], scale[part]) for part in parts)


def _apart(left: Any, right: Any, scale: Any) -> Any:
    """Where two sides differ by more than rounding, of plain or of labelled arrays."""
    return ~(abs(left - right) <= TOLERANCE * abs(scale) + 1e-12)


def agree(left: np.ndarray, right: np.ndarray, scale: np.ndarray) -> bool:
    """Whether two sides agree in every cell, of plain arrays of one shape; NaN never does."""
    return not bool(_apart(left, right, scale).any())


def _alike(first: Any, *others: Any) -> bool:
    """Whether arrays have the same dims and labels, so that their plain values may be compared."""
    if not all(isinstance(array, xr.DataArray) and array.dims == first.dims for array in (first, *others)):
        return False
    indices = [[array.get_index(dim) for dim in array.dims] for array in (first, *others)]
    return all(here.equals(there) for row in indices[1:] for here, there in zip(row, indices[0], strict=True))


def _at(side: Any, bad: Any, spot: tuple[Any, ...]) -> float:
    values = side + 0.0 * bad
    return float(values.transpose(*bad.dims).values[spot])
