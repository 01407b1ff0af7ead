"""From the age at the start of a year to the age reached on its 31 December, and back; ages on the last axis."""

import numpy as np


def from_start(values: np.ndarray) -> np.ndarray:
    """From age last birthday at the start of the year to age reached on 31 December."""
    return np.concatenate([values[..., :1], values[..., :-1]], axis=-1)


def from_end(values: np.ndarray) -> np.ndarray:
    """From age reached on 31 December to age at the start of the year; the last age is open."""
    return np.concatenate([values[..., 1:], values[..., -1:]], axis=-1)


def a_year_older(stock: np.ndarray) -> np.ndarray:
    """A stock by age a year later: nobody at the first age, two ages together at the last one, which is open."""
    older = np.concatenate([np.zeros_like(stock[..., :1]), stock[..., :-1]], axis=-1)
    older[..., -1] += stock[..., -1]
    return older
