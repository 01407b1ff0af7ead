"""The smoothest curve of single ages whose life table has given death rates of groups, on plain arrays."""

from functools import cache
from itertools import pairwise

import numpy as np
from scipy.special import expit, logit

HORIZON = 130
STIFF = 1000.0
STEPS = 60
LARGEST_STEP = 1.0
CLOSE_ENOUGH = 1e-12


@cache
def _smoothest(bounds: tuple[int, ...], oldest: int) -> np.ndarray:
    starts = np.array(bounds)
    ages = np.arange(starts[0], oldest + 1)
    second = np.diff(np.eye(ages.size), n=2, axis=0)
    weight = np.where(ages[1:-1] < starts[-1], 1.0, STIFF)
    ends = np.append(starts[1:], min(starts[-1] + 10, oldest + 1))
    inside = (ages >= starts[:, None]) & (ages < ends[:, None])
    means = inside / inside.sum(axis=1, keepdims=True)
    groups = starts.size
    system = np.block([[second.T @ (weight[:, None] * second), means.T], [means, np.zeros((groups, groups))]])
    right = np.vstack([np.zeros((ages.size, groups)), np.eye(groups)])
    return _refined(system, right)[: ages.size]


def _refined(system: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solution of an ill-conditioned system, refined with residuals of more digits."""
    solution = np.linalg.solve(system, right)
    wide = system.astype(np.longdouble)
    for _ in range(2):
        left = (right - wide @ solution.astype(np.longdouble)).astype(float)
        solution = solution + np.linalg.solve(system, left)
    return solution


def smoothest(bounds: np.ndarray, oldest: int) -> np.ndarray:
    """Matrix (single age, group) from group means to the curve with the least squared second differences.

    `bounds` are the first ages of the groups, the last of them open. From the open age to `oldest` second differences
    weigh STIFF times as much: there the curve is nearly a straight line, and the mean of its first ten ages stands
    for the open group.
    """
    return _smoothest(tuple(int(age) for age in bounds), oldest)


def solve_rates(
    rates: np.ndarray, ending: np.ndarray, bounds: np.ndarray, given: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Death rates of single ages from bounds[0] to HORIZON, and which rows have not converged.

    Parameters
    ----------
    rates : (row, group), 1/year
        What is to be met: the death rate of each group, deaths over person-years.
    ending : (row, group)
        What is to be met instead where `given`: minus the logarithm of the probability of surviving the group.
    bounds : (group,), first ages; the last group is open
    given : (group,) bool
    """
    matrix = smoothest(bounds, HORIZON)
    target = np.log(np.where(given, ending, rates))
    means = logit(rates)
    left = np.ones(rates.shape[0], dtype=bool)
    m = expit(means @ matrix.T)
    for _ in range(STEPS):
        value, slope = _groups(m[left], matrix, bounds - bounds[0], given)
        wrong = target[left] - value
        step = np.linalg.solve(slope, wrong[..., None])[..., 0]
        size = np.abs(step).max(axis=1, keepdims=True)
        means[left] += step * np.minimum(1.0, LARGEST_STEP / np.maximum(size, LARGEST_STEP))
        m[left] = expit(means[left] @ matrix.T)
        left[left] = ~(np.abs(wrong).max(axis=1) <= CLOSE_ENOUGH)
        if not left.any():
            break
    return m, left


def _groups(m: np.ndarray, matrix: np.ndarray, starts: np.ndarray, given: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logarithms of what each group is to meet, and their slopes by the means of the groups."""
    value = np.empty((m.shape[0], starts.size))
    slope = np.empty((m.shape[0], starts.size, matrix.shape[1]))
    ends = [*starts[1:], m.shape[1]]
    for group, (start, end) in enumerate(zip(starts, ends, strict=True)):
        part = m[:, start:end]
        if given[group]:
            value[:, group], by_age = _log_hazard(part)
        elif group < starts.size - 1:
            value[:, group], by_age = _log_rate(part)
        else:
            value[:, group], by_age = _log_open_rate(part)
        slope[:, group] = (by_age * part * (1 - part)) @ matrix[start:end]
    return value, slope


def _survival(m: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Survivors at the exact ages of a group (1 at its start), person-years, and the slope of log p by m."""
    p = (1 - m / 2) / (1 + m / 2)
    living = np.concatenate([np.ones((m.shape[0], 1)), np.cumprod(p, axis=1)], axis=1)
    return living, (living[:, 1:] + living[:, :-1]) / 2, -1 / (1 - m**2 / 4)


def _log_hazard(m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    hazard = 2 * np.arctanh(m / 2).sum(axis=1)
    return np.log(hazard), 1 / (1 - m**2 / 4) / hazard[:, None]


def _log_rate(m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    living, years, by_m = _survival(m)
    deaths = -np.expm1(-2 * np.arctanh(m / 2).sum(axis=1))
    all_years = years.sum(axis=1)
    later = _later(years) + living[:, 1:] / 2
    by_log_p = -living[:, -1:] / deaths[:, None] - later / all_years[:, None]
    return np.log(deaths / all_years), by_log_p * by_m


def _log_open_rate(m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The last age of the horizon is itself open, with its own constant rate."""
    living, years, by_m = _survival(m)
    years[:, -1] = living[:, -2] / m[:, -1]
    all_years = years.sum(axis=1)
    by_log_p = -(_later(years) + living[:, 1:] / 2) / all_years[:, None]
    by_log_p[:, -1] = 0.0
    by_age = by_log_p * by_m
    by_age[:, -1] = years[:, -1] / m[:, -1] / all_years
    return -np.log(all_years), by_age


def _later(years: np.ndarray) -> np.ndarray:
    return np.cumsum(years[:, ::-1], axis=1)[:, ::-1] - years


def open_rate(m: np.ndarray, start: int) -> np.ndarray:
    """Rows of death rates up to the column `start`, which becomes open: 1 over the life expectancy there."""
    if start == m.shape[1] - 1:
        return m
    last = np.exp(_log_open_rate(m[:, start:])[0])
    return np.concatenate([m[:, :start], last[:, None]], axis=1)


def group_rates(m: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Rows of death rates of single ages made those of groups; the first group is age 0, the last is open."""
    parts = [m[:, :1]]
    for start, end in pairwise(starts[1:]):
        parts.append(np.exp(_log_rate(m[:, start:end])[0])[:, None])
    return np.concatenate([*parts, open_rate(m, int(starts[-1]))[:, -1:]], axis=1)
