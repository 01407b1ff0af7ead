"""Recursion of the beneficiaries of one benefit.

Letters: t = projected year, s = sex, x = age last birthday at the start of the year, y = age reached on 31 December.
"""

import numpy as np

from actuarial.jit import njit
from actuarial.numeric import limited_value


@njit
def advance_one_year(stock, continuance, ended, growth):
    """Survivors of a stock one year older: (s, x) -> (s, y); adds those who leave to `ended` (s, y), before growth."""
    sexes, ages = stock.shape
    result = np.zeros((sexes, ages))
    for s in range(sexes):
        for x in range(ages):
            y = min(x + 1, ages - 1)
            stays = stock[s, x] * continuance[s, x]
            result[s, y] += stays * (1.0 + growth)
            ended[s, y] += stock[s, x] - stays
    return result


@njit
def run_stock(number_0, mass_0, topup_0, entrants, award, topup, continuance, growth):
    """Beneficiaries, their pensions and the part due to the minimum, with those who leave.

    number_0, mass_0, topup_0   (s, x)     persons, currency/year, currency/year
    entrants, award, topup      (t, s, y)  persons, currency/year, currency/year: alive on 31 December
    continuance                 (t, s, x)  probability
    growth                      (t,)       1/year
    returns number, mass, topup (t, s, y), then the same of those who left, with the indexation of the year
    """
    number, mass, extra = np.zeros(entrants.shape), np.zeros(entrants.shape), np.zeros(entrants.shape)
    ended, ended_mass, ended_extra = np.zeros(entrants.shape), np.zeros(entrants.shape), np.zeros(entrants.shape)
    n, b, k = number_0, mass_0, topup_0
    for t in range(len(growth)):
        n = advance_one_year(n, continuance[t], ended[t], 0.0)
        b = advance_one_year(b, continuance[t], ended_mass[t], growth[t])
        k = advance_one_year(k, continuance[t], ended_extra[t], growth[t])
        for s in range(n.shape[0]):
            for y in range(n.shape[1]):
                ended_mass[t, s, y] *= 1.0 + growth[t]
                ended_extra[t, s, y] *= 1.0 + growth[t]
                n[s, y] += entrants[t, s, y]
                b[s, y] += award[t, s, y]
                k[s, y] += topup[t, s, y]
                number[t, s, y], mass[t, s, y], extra[t, s, y] = n[s, y], b[s, y], k[s, y]
    return number, mass, extra, ended, ended_mass, ended_extra


@njit
def adjustment_of_slices(mean, spread, limits, growth):
    """Mean growth of lognormal pensions whose slices above each limit (band,) grow by their own rates (band,).

    sum over slices of growth (LEV(next limit) - LEV(limit)) / mean; that of the lowest slice where there is no pension.
    `spread` is the standard deviation of the logarithm; without it all pensions are the mean.
    """
    if mean <= 0.0:
        return growth[0]
    total, below = 0.0, 0.0
    for i in range(limits.shape[0]):
        upper = mean
        if i + 1 < limits.shape[0]:
            limit = limits[i + 1]
            upper = limited_value(mean, spread, limit) if spread > 0.0 else min(mean, limit)
        total += growth[i] * (upper - below)
        below = upper
    return total / mean


@njit
def advance_adjusted(stock, continuance, ended, growth):
    """As `advance_one_year`, with growth by sex and age at the start (s, x), of those who leave too."""
    sexes, ages = stock.shape
    result = np.zeros((sexes, ages))
    for s in range(sexes):
        for x in range(ages):
            y = min(x + 1, ages - 1)
            stays, up = stock[s, x] * continuance[s, x], 1.0 + growth[s, x]
            result[s, y] += stays * up
            ended[s, y] += (stock[s, x] - stays) * up
    return result


@njit
def run_slices(opening, entering, continuance, leaving, limits, growth, spread, adjustment, known):
    """As `run_stock`, where slices of each pension grow apart, and a share leaves for another pension on 31 December.

    opening         (3, s, x)     persons, currency/year, currency/year: number, mass, topup
    entering        (3, t, s, y)  the same, alive on 31 December
    continuance     (t, s, x)     probability
    leaving         (t, s, y)     share of those in payment on 31 December
    limits, growth  (t, band)     currency/year, where each slice begins; 1/year
    spread          (s, x)        standard deviation of the logarithm of a pension
    adjustment      (t, s, x)     1/year, by age at the start: is filled, or read if `known`
    returns stocks, those who ended, those who left for another pension (3, t, s, y)
    """
    stocks, ended, moved = np.zeros(entering.shape), np.zeros(entering.shape), np.zeros(entering.shape)
    now = opening.copy()
    nothing = np.zeros(spread.shape)
    for t in range(continuance.shape[0]):
        if not known:
            for s in range(spread.shape[0]):
                for x in range(spread.shape[1]):
                    mean = now[1, s, x] / now[0, s, x] if now[0, s, x] > 0.0 else 0.0
                    adjustment[t, s, x] = adjustment_of_slices(mean, spread[s, x], limits[t], growth[t])
        for q in range(3):
            rise = nothing if q == 0 else adjustment[t]
            after = advance_adjusted(now[q], continuance[t], ended[q, t], rise)
            for s in range(spread.shape[0]):
                for y in range(spread.shape[1]):
                    whole = after[s, y] + entering[q, t, s, y]
                    moved[q, t, s, y] = leaving[t, s, y] * whole
                    now[q, s, y] = whole - moved[q, t, s, y]
                    stocks[q, t, s, y] = now[q, s, y]
    return stocks, ended, moved
