"""Fertility rates of groups of ages made single ages."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import labelled, refuse, same_labels
from actuarial.demography.splitting.age_groups import by_group, rows, single_ages
from actuarial.errors import BadDimensions, BadInput, NoSolution

OPEN_AGE = 100
STEPS = 60
ROUNDING = 1e-12


@kind.takes(asfr=kind.numbers, ages=kind.optional(kind.ages), women=kind.optional(kind.numbers), to=kind.whole)
def split_asfr(asfr: Any, ages: Sequence[int] | None = None, *, women: Any = None, to: int = OPEN_AGE) -> xr.DataArray:
    """Fertility of single ages from that of groups: smooth, never negative, with the rates of the groups.

    Parameters
    ----------
    asfr : array or DataArray of (..., age), births per woman and year
        Births over women of each group, 0.12 and not 120 per thousand. Plain numbers are (age) or (year, age).
    ages : sequence of int
        First age of each group, and where the last one ends: (15, 20, ..., 45, 50).
    women : array or DataArray of (..., age), persons, optional
        Women, or their share, by single age over the ages of the groups: plain numbers begin with the first one. With
        them the births of every group are kept; without, the total fertility, as if ages were equally many. In a
        growing population this matters: project once without, take `population_midyear` of the women, split again.
    to : int
        Open age of the result.

    Returns
    -------
    DataArray of (..., age), births per woman and year
        Ages 0 to `to`, 0 outside the groups.

    Raises
    ------
    BadInput
        An open last group, or groups at age 0 or at `to`.
    BadDimensions, OutOfBounds
        Other dims; negative or missing numbers, or some above 1, as rates per thousand are; a group without women.
    NoSolution
        The search for the smoothest curve did not end.

    Notes
    -----
    The curve f minimises the sum of squared second differences over the ages of the groups and two ages beyond on
    either side, where it is 0, such that for every group the sum of w_x f_x over the sum of w_x is its rate and that no
    f_x is below 0. This quadratic programme is solved by its active set: ages that fall below 0 are held at 0, those
    that would gain from rising are let go, until nothing changes.

    References
    ----------
    .. [1] Whittaker, E. T. (1923), On a new method of graduation, Proceedings of the Edinburgh Mathematical Society 41.
    .. [2] Hintermueller, M., Ito, K., Kunisch, K. (2002), The primal-dual active set strategy as a semismooth Newton
       method, SIAM Journal on Optimization 13.

    Examples
    --------
    >>> single = split_asfr([0.02, 0.10, 0.12, 0.08, 0.03, 0.01, 0.0], range(15, 51, 5))
    >>> round(float(single.sum()), 12), float(single.min())
    (1.8, 0.0)
    """
    array, bounds = by_group(asfr, ages, "asfr", 0.0)
    remedy = "Divide rates per thousand women by 1,000."
    refuse(array, array.values > 1.0, "asfr must be births per woman and year, at most 1", remedy)
    if bounds.size == array.sizes["age"] or bounds[0] < 1 or bounds[-1] > to:
        raise BadInput(
            f"asfr: the groups must be closed and lie between the ages 1 and {to}; ages= ends with the age at which "
            "the last group ends, such as (15, 20, ..., 45, 50)."
        )
    groups = rows(array)
    curves, missed = smoothest_positive(groups, _weights(array, women, bounds), bounds)
    if missed.any():
        raise NoSolution(
            f"asfr: the smoothest curve of {int(missed.sum())} of {missed.size} rows was not found; the first is "
            f"number {int(missed.argmax())}."
        )
    full = np.zeros((groups.shape[0], to + 1))
    full[:, bounds[0] : bounds[-1]] = curves
    return single_ages(array, full, 0, "asfr", "births/woman/year", "Births per woman and year")


def _weights(array: xr.DataArray, women: Any, bounds: np.ndarray) -> np.ndarray:
    """Weights of (row, single age) that add up to 1 in each group."""
    size = int(bounds[-1] - bounds[0])
    if women is None:
        weights = np.ones((rows(array).shape[0], size))
    else:
        first = np.arange(bounds[0], bounds[-1])
        dims = ("year", "age") if not isinstance(women, xr.DataArray) and np.ndim(women) == 2 else ("age",)
        given = labelled(women, "women", dims, {"age": first}, least=0.0).reindex(age=first)
        refuse(given, ~np.isfinite(given.values), "women must be given at every age of the groups")
        whole = array.isel(age=0, drop=True)
        same_labels("asfr and women", whole, given)
        if not set(given.dims) <= set(array.dims):
            raise BadDimensions("women: they have dims that asfr has not; give asfr over the same ones.")
        wide = given.broadcast_like(whole).transpose(*array.dims)
        weights = wide.values.reshape(-1, size)
    starts = bounds[:-1] - bounds[0]
    sums = np.add.reduceat(weights, starts, axis=1)
    shaped = array.copy(data=sums.reshape(array.shape))
    refuse(shaped, shaped.values <= 0, "every group must have women")
    return weights / np.repeat(sums, np.diff(bounds), axis=1)


def smoothest_positive(groups: np.ndarray, weights: np.ndarray, bounds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Curves (row, single age) of the quadratic programme of `split_asfr`, and which rows were not solved."""
    width = np.diff(bounds)
    size, count = int(width.sum()), width.size
    scale = groups.max(axis=1, keepdims=True)
    scale = np.where(scale > 0, scale, 1.0)
    target = groups / scale
    second = np.diff(np.eye(size + 4), n=2, axis=0)[:, 2:-2]
    belongs = np.repeat(np.arange(count), width) == np.arange(count)[:, None]
    system = np.zeros((groups.shape[0], size + count, size + count))
    system[:, :size, :size] = second.T @ second
    system[:, size:, :size] = weights[:, None, :] * belongs
    system[:, :size, size:] = np.swapaxes(system[:, size:, :size], 1, 2)
    nobody = np.repeat(target == 0, width, axis=1)
    held, left = nobody.copy(), np.ones(groups.shape[0], dtype=bool)
    found = np.zeros((groups.shape[0], size))
    for _ in range(STEPS):
        value, gain = _solve(system[left], target[left], held[left])
        found[left] = value
        now = nobody[left] | np.where(held[left], gain >= -ROUNDING, value < -ROUNDING)
        changed = (now != held[left]).any(axis=1)
        held[left] = now
        left[left] = changed
        if not left.any():
            break
    return _exact(np.maximum(found, 0.0), target, weights, bounds) * scale, left


def _solve(system: np.ndarray, target: np.ndarray, held: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Curves with the held ages at 0, and the slope of the criterion where an age is held."""
    size = held.shape[1]
    empty = target == 0
    fixed = np.concatenate([held, empty], axis=1)
    matrix = np.where(fixed[:, :, None] | fixed[:, None, :], 0.0, system)
    corner = np.arange(matrix.shape[1])
    matrix[:, corner, corner] += fixed
    right = np.concatenate([np.zeros(held.shape), target], axis=1)
    solution = np.linalg.solve(matrix, right[..., None])[..., 0]
    gain = (system[:, :size] @ solution[..., None])[..., 0]
    return solution[:, :size], gain


def _exact(curves: np.ndarray, target: np.ndarray, weights: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """Take the rounding out of the rates of the groups."""
    found = np.add.reduceat(curves * weights, bounds[:-1] - bounds[0], axis=1)
    factor = np.divide(target, found, out=np.ones(found.shape), where=found > 0)
    return curves * np.repeat(factor, np.diff(bounds), axis=1)
