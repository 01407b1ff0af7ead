"""Old-age pensions between limits of members who are kept apart by the year in which they left: no mean of earnings.

One group, one sex; who is active and who enters again is as in `insured_loop`, whose steps in time these are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from tests.reference.insured_loop import chance_of_claim, claim_table, credited, dependent, reference_earnings


@dataclass(frozen=True)
class Limits:
    """Least pension after `full_years`, in proportion before, greatest pension, and ceiling of insurable earnings, by
    year from 1; the ceiling is the mean of those of the reference years, that of year 0 in front."""

    least: np.ndarray
    full_years: float
    most: np.ndarray
    ceiling: np.ndarray


def awards(scenario, limits, *, averaged=False):
    """Pensions of a year with and without their minimum (T, 2), and the persons who have the minimum (T,).

    `averaged` takes the inactive of an age and credit to have left with the mean of their earnings.
    """
    ages, years = len(scenario.active_0), scenario.years
    active, claim = scenario.active_0.copy(), claim_table(scenario)
    idle = np.zeros((years + 1, *active.shape))
    idle[0] = scenario.inactive_0
    left_with = np.zeros((years + 1, ages))
    left_with[0] = scenario.inactive_earnings_0
    money, raised = np.zeros((years, 2)), np.zeros(years)
    for t in range(years):
        idle, left_with, stay = _older(idle), _older(left_with), np.zeros_like(active)
        idle *= 1.0 - np.append(0.0, scenario.q[:-1])[:, np.newaxis]
        for x in range(ages - 1):
            y, halfway = x + 1, 6 * scenario.density[x + 1]
            (_, _, leaves), survives = dependent(
                [scenario.q[x], scenario.invalidity_rate[x], scenario.exit_rate[x]]
            )
            people, earnings = credited(active[x], halfway), reference_earnings(scenario, t + 1, y)
            _pay(people * survives * claim[y], earnings, limits.ceiling[t + 1], t, scenario, limits, money, raised)
            stay[y] = active[x] * survives * (1.0 - chance_of_claim(claim[y], halfway))
            _pay_idle(idle[:, y] * claim[y], left_with[:, y], averaged, t, scenario, limits, money, raised)
            idle[:, y] *= 1.0 - claim[y]
            idle[t + 1, y], left_with[t + 1, y] = people * leaves, earnings
        active = _entered(stay, idle, scenario, t)
    return money, raised


def _older(values):
    """The last age is left empty: nobody is looked at so long."""
    return np.concatenate([np.zeros_like(values[:, :1]), values[:, :-1]], axis=1)


def _entered(stay, idle, scenario, t):
    """Active members on 31 December; takes those who enter again from the inactive."""
    active, need = np.zeros_like(stay), max(0.0, scenario.target[t] - stay.sum())
    assert need > 0, "more members stay than are wanted"
    for y in range(len(stay)):
        wanted, there = need * scenario.entry_profile[y], idle[:, y].sum()
        back = min(wanted * scenario.reentry_share[y], there)
        entrants = idle[:, y].sum(axis=0) * (back / there if there > 0 else 0.0)
        entrants[0] += wanted - back
        idle[:, y] *= 1.0 - (back / there if there > 0 else 0.0)
        active[y] = credited(stay[y], 12 * scenario.density[y]) + credited(entrants, 6 * scenario.density[y])
    return active


def _pay_idle(claims, left_with, averaged, t, scenario, limits, money, raised):
    """Pensions of inactive members (vintage, c) of one age who start them."""
    if averaged:
        people = claims.sum(axis=0)
        head = np.divide(1.0, people, out=np.zeros_like(people), where=people > 0)
        ceiling = (claims * limits.ceiling[: len(claims), np.newaxis]).sum(axis=0) * head
        mean = (claims * left_with[:, np.newaxis]).sum(axis=0) * head
        _pay(people, mean, ceiling, t, scenario, limits, money, raised)
        return
    for vintage in range(t + 1):
        _pay(claims[vintage], left_with[vintage], limits.ceiling[vintage], t, scenario, limits, money, raised)


def _pay(people, earnings, ceiling, t, scenario, limits, money, raised):
    """Pensions of people (c,) with mean earnings, whose multiples of it are lognormal."""
    some = np.flatnonzero(people > 0)
    if not len(some):
        return
    earnings, ceiling = (np.broadcast_to(value, people.shape)[some] for value in (earnings, ceiling))
    people, years = people[some], some / 12.0
    rate = scenario.accrual * years
    least = limits.least[t] * np.minimum(1.0, years / limits.full_years)
    top = np.minimum(ceiling, limits.most[t] / rate)
    plain = rate * _limited(earnings, top, scenario.wage_cv)
    below = np.minimum(least / rate, top)
    paid = plain - rate * _limited(earnings, below, scenario.wage_cv) + np.minimum(rate * below, least)
    paid = np.where(least / rate >= top, least, paid)
    sigma = np.sqrt(np.log1p(scenario.wage_cv**2))
    share = np.where(least / rate > ceiling, 1.0, ndtr(np.log(least / rate / earnings) / sigma + sigma / 2))
    money[t] += (people * paid).sum(), (people * plain).sum()
    raised[t] += (people * share).sum()


def _limited(mean, limit, cv):
    """E[min(X, limit)] of a lognormal X."""
    sigma = np.sqrt(np.log1p(cv**2))
    z = np.log(limit / mean) / sigma
    return mean * ndtr(z - sigma / 2) + limit * ndtr(-z - sigma / 2)
