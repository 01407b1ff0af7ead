"""Recursion of the beneficiaries of one benefit.

Letters: t = projected year, s = sex, x = age last birthday at the start of the year, y = age reached on 31 December.
"""

import numpy as np

from actuarial.jit import WIDTH, inner, lean, summing, tiled
from actuarial.lanes import load_from, store_from
from actuarial.numeric import limited_value


@inner
def advance_row(before, stays, growth, came, after, ended):
    """Those of one sex (x,) one year older: fills after (y,) and those who ended (y,), with the growth of the year."""
    last, up = before.shape[0] - 1, 1.0 + growth
    together = last // WIDTH * WIDTH
    after[0], ended[0] = came[0], 0.0
    for x in range(0, together, WIDTH):
        here = load_from(before, x)
        kept = here * load_from(stays, x)
        store_from(after, x + 1, kept * up + load_from(came, x + 1))
        store_from(ended, x + 1, (here - kept) * up)
    for x in range(together, last):
        kept = before[x] * stays[x]
        after[x + 1] = kept * up + came[x + 1]
        ended[x + 1] = (before[x] - kept) * up
    kept = before[last] * stays[last]
    after[last] += kept * up
    ended[last] += (before[last] - kept) * up


@lean
def roll_stock(opening, came, stays, growth, stocks, ended):
    """Persons, money and the part due to the minimum, or some of them (q), of all years from what there is before the
    first one (q, s, x), with growth (q, t): fills stocks and ended (q, t, s, y); see `run_stock`."""
    for t in range(growth.shape[1]):
        for s in range(opening.shape[1]):
            for q in range(opening.shape[0]):
                before = opening[q, s] if t == 0 else stocks[q, t - 1, s]
                advance_row(before, stays[t, s], growth[q, t], came[q, t, s], stocks[q, t, s], ended[q, t, s])


def run_stock(number_0, mass_0, topup_0, entrants, award, topup, continuance, growth):
    """Beneficiaries, their pensions and the part due to the minimum, with those who leave.

    number_0, mass_0, topup_0   (s, x)     persons, currency/year, currency/year
    entrants, award, topup      (t, s, y)  persons, currency/year, currency/year: alive on 31 December
    continuance                 (t, s, x)  probability
    growth                      (t,)       1/year
    returns number, mass, topup (t, s, y), then the same of those who left, with the indexation of the year
    """
    several = 3 if topup_0.any() or topup.any() else 2
    opening, came = np.stack([number_0, mass_0, topup_0][:several]), np.stack([entrants, award, topup][:several])
    rises = np.stack([np.zeros_like(growth), growth, growth][:several])
    stocks, ended = np.zeros((3, *entrants.shape)), np.zeros((3, *entrants.shape))
    roll_stock(opening, came, continuance, rises, stocks[:several], ended[:several])
    return (*stocks, *ended)


@lean
def used_survivors(matrix, used):
    """First and last survivor of each of the deceased in a matrix (t, d, v) in any year: fills used (d, 2).

    The last is -1 where there is none.
    """
    years, _, survivors = matrix.shape
    for d in range(used.shape[0]):
        first, last = survivors, -1
        for t in range(years):
            v = 0
            while v < first and matrix[t, d, v] == 0.0:
                v += 1
            first, v = v, survivors - 1
            while v > last and matrix[t, d, v] == 0.0:
                v -= 1
            last = v
        used[d, 0], used[d, 1] = first, last


@tiled
def add_survivors(deceased, matrix, used, result):
    """Survivors (q, t, v) of persons or money (q, t, d) by a matrix (t, d, v), of one year where it is the same in all
    years; used (d, 2) as `used_survivors` fills it."""
    for t in range(deceased.shape[1]):
        year = min(t, matrix.shape[0] - 1)
        for d in range(deceased.shape[2]):
            share = matrix[year, d]
            for q in range(deceased.shape[0]):
                number, row = deceased[q, t, d], result[q, t]
                if number == 0.0:
                    continue
                for v in range(used[d, 0], used[d, 1] + 1):
                    row[v] += number * share[v]


@summing
def add_per_deceased(worth, matrix, used, result):
    """What each of the deceased leaves (q, t, d) where survivors are worth so much (q, t, v); else as
    `add_survivors`."""
    for q in range(worth.shape[0]):
        for t in range(worth.shape[1]):
            year, row = min(t, matrix.shape[0] - 1), worth[q, t]
            for d in range(result.shape[2]):
                total, share = 0.0, matrix[year, d]
                for v in range(used[d, 0], used[d, 1] + 1):
                    total += row[v] * share[v]
                result[q, t, d] += total


@inner
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


@inner
def advance_adjusted(before, continuance, entering, leaving, adjusted, growth, after, ended, moved):
    """Add survivors (s, x) a year older, with growth by age at the start (s, x) where `adjusted` is 1 and not 0, to
    `after`, and those who leave with theirs to `ended`; who leaves for another pension goes to `moved` (s, y)."""
    ages = before.shape[1]
    for s in range(before.shape[0]):
        for x in range(ages):
            y = min(x + 1, ages - 1)
            stays, up = before[s, x] * continuance[s, x], 1.0 + adjusted * growth[s, x]
            after[s, y] += stays * up
            ended[s, y] += (before[s, x] - stays) * up
        for y in range(ages):
            whole = after[s, y] + entering[s, y]
            moved[s, y] = leaving[s, y] * whole
            after[s, y] = whole - moved[s, y]


@lean
def roll_slices(
    opening, entering, continuance, leaving, limits, growth, spread, adjustment, known, stocks, ended, moved
):
    """As `run_slices`, into stocks, ended and moved (3, t, s, y), of which the first two are zero before."""
    for t in range(continuance.shape[0]):
        number, mass = opening[0], opening[1]
        if t > 0:
            number, mass = stocks[0, t - 1], stocks[1, t - 1]
        if not known:
            for s in range(spread.shape[0]):
                for x in range(spread.shape[1]):
                    mean = mass[s, x] / number[s, x] if number[s, x] > 0.0 else 0.0
                    adjustment[t, s, x] = adjustment_of_slices(mean, spread[s, x], limits[t], growth[t])
        for q in range(3):
            before, adjusted = opening[q], 0.0 if q == 0 else 1.0
            if t > 0:
                before = stocks[q, t - 1]
            advance_adjusted(
                before, continuance[t], entering[q, t], leaving[t], adjusted, adjustment[t], stocks[q, t],
                ended[q, t], moved[q, t],
            )  # fmt: skip


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
    roll_slices(
        opening, entering, continuance, leaving, limits, growth, spread, adjustment, known, stocks, ended, moved
    )
    return stocks, ended, moved
