"""Recursion of the beneficiaries of one benefit.

Letters: t = projected year, s = sex, x = age last birthday at the start of the year, y = age reached on 31 December.
"""

import numpy as np

from actuarial.jit import njit


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
