"""One scenario of a population on plain arrays: death rates moved along a family, leavers limited by those there."""

import numpy as np

from actuarial.demography.kernels import age_one_year, bear, move, survive_birth
from actuarial.jit import njit

STAYS = 1e-6


@njit
def project_draw(population_0, log_mx, slope, k, a0, asfr, srb, migration, deviation, pattern):
    """Population, births, deaths and net migrants of one scenario, all migrants at the end of the year.

    population_0  (x, a)     persons on 31 December of the year before
    log_mx        (t, x, a)  logarithm of the central death rates
    slope         (x, a)     change of log_mx with k
    k             (t, x)     place on the family
    a0            (t, x)     years, of the death rates at k
    asfr          (t, a)     births per woman and year
    srb           (t,)       boys per girl
    migration     (t, x, a)  central net migrants, persons
    deviation     (t,)       more net migrants, persons
    pattern       (x, a)     how they are spread, sum 1
    returns                  (t, x, a) population, births, deaths, net migrants; (t,) leavers who were not there
    """
    shape = log_mx.shape
    population, births, deaths, moved = np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape)
    unmet = np.zeros(shape[0])
    mx, survival = np.zeros(shape[1:]), np.zeros(shape[1:])
    before = population_0
    for t in range(shape[0]):
        for x in range(shape[1]):
            for a in range(shape[2]):
                mx[x, a] = np.exp(log_mx[t, x, a] + slope[x, a] * k[t, x])
                moved[t, x, a] = migration[t, x, a] + deviation[t] * pattern[x, a]
            survive(mx[x], a0[t, x], survival[x])
        age_one_year(before, survival, population[t], deaths[t])
        bear(before[1], population[t, 1], asfr[t], moved[t, 1], 0.0, srb[t], births[t])
        survive_birth(births[t], survival, population[t], deaths[t])
        unmet[t] = limit(population[t], moved[t])
        move(population[t], moved[t], 1.0, population[t])
        before = population[t]
    return population, births, deaths, moved, unmet


@njit
def survive(mx, a0, survival):
    """Survival ratios into every age of one life table with half a year lived in the year of death from age 1, (a,)."""
    last = mx.shape[0] - 1
    alive = 1.0 - mx[0] / (1.0 + (1.0 - a0) * mx[0])
    lived = alive + a0 * (1.0 - alive)
    survival[0] = lived
    for a in range(1, last):
        after = alive * (1.0 - mx[a] / (1.0 + 0.5 * mx[a]))
        here = 0.5 * (alive + after)
        survival[a] = here / lived
        alive, lived = after, here
    open_age = alive / mx[last]
    survival[last] = open_age / (lived + open_age)


@njit
def limit(stock, migration):
    """Keep migrants, (x, a), above the stock that they leave; what cannot leave at an age leaves at the others.

    Those who could not leave at their age are taken from the ages with people left, in proportion to these. STAYS
    persons of every cell stay, so that no rounding makes it negative later. Returns the leavers for whom nobody is
    left: 0 unless more leave than there are.
    """
    short, left = 0.0, 0.0
    for x in range(stock.shape[0]):
        for a in range(stock.shape[1]):
            after = max(0.0, stock[x, a] - STAYS) + migration[x, a]
            if after < 0.0:
                short -= after
            else:
                left += after
    if short == 0.0:
        return 0.0
    share = 1.0 - short / left if left > short else 0.0
    for x in range(stock.shape[0]):
        for a in range(stock.shape[1]):
            leave = max(0.0, stock[x, a] - STAYS)
            after = leave + migration[x, a]
            migration[x, a] = (after * share if after > 0.0 else 0.0) - leave
    return max(0.0, short - left)
