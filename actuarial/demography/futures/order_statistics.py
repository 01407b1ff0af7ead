"""Quantiles of scenarios as order statistics: no two scenarios are mixed."""

from collections.abc import Sequence

import numpy as np

from actuarial.errors import BadInput


def rising_levels(name: str, levels: Sequence[float]) -> np.ndarray:
    """The levels of an argument as numbers; BadInput where they do not rise inside (0, 1)."""
    found = np.asarray(levels, dtype=float)
    if found.ndim != 1 or not found.size or not ((found > 0) & (found < 1)).all() or (np.diff(found) <= 0).any():
        raise BadInput(f"{name}: rising numbers between 0 and 1 are needed (got {levels!r}).")
    return found


def ranks(count: int, levels: np.ndarray) -> np.ndarray:
    """Ranks ceil(n p), rounding of n p aside."""
    return np.ceil(np.round(count * levels, 9)).astype(int).clip(1, count)
