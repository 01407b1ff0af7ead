"""One scenario of a population on plain arrays: death rates moved along a family, leavers limited by those there."""

import numpy as np

from actuarial.demography.kernels import age_one_year, bear, move, survive_birth
from actuarial.jit import inlined, lean

STAYS = 1e-6


@lean
def fill_draw(
    population_0, log_mx, slope, k, a0, asfr, srb, migration, deviation, pattern, population, births, deaths, moved,
    unmet, mx, survival,
):  # fmt: skip
    """As `project_draw`: fills population, deaths and net migrants (t, x, a), births (t, x, a) and leavers who were not
    there (t,); deaths and births are zero before. `mx` and `survival` (x, a) are those of the last year."""
    before = population_0
    for t in range(log_mx.shape[0]):
        for x in range(log_mx.shape[1]):
            for a in range(log_mx.shape[2]):
                mx[x, a] = np.exp(log_mx[t, x, a] + slope[x, a] * k[t, x])
                moved[t, x, a] = migration[t, x, a] + deviation[t] * pattern[x, a]
            survive(mx[x], a0[t, x], survival[x])
        age_one_year(before, survival, population[t], deaths[t])
        bear(before[1], population[t, 1], asfr[t], moved[t, 1], 0.0, srb[t], births[t])
        survive_birth(births[t], survival, population[t], deaths[t])
        unmet[t] = limit(population[t], moved[t])
        move(population[t], moved[t], 1.0, population[t])
        before = population[t]


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
    population, births, deaths, moved = np.zeros((4, *log_mx.shape))
    unmet, mx, survival = np.zeros(len(log_mx)), np.zeros(slope.shape), np.zeros(slope.shape)
    given = (population_0, log_mx, slope, k, a0, asfr, srb, migration, deviation, pattern)
    fill_draw(*given, population, births, deaths, moved, unmet, mx, survival)
    return population, births, deaths, moved, unmet


@lean
def survive(mx, a0, survival):
    """Survival ratios into every age of one life table with half a year lived in the year of death from age 1, (a,).

    With a = 1/2 the ratio L_x/L_{x-1} is (1 - m_{x-1}/2)/(1 + m_x/2), and T_W/T_{W-1} = (1 - m_{W-1}/2)/(1 - m_{W-1}/2
    + m_W); into age 1 the years lived of age 0 stand in the place of the first bracket.
    """
    last = mx.shape[0] - 1
    survival[0], left = infancy(mx[0], a0)
    for a in range(1, last):
        survival[a] = left / (1.0 + 0.5 * mx[a])
        left = 1.0 - 0.5 * mx[a]
    survival[last] = left / (left + mx[last])


@inlined
def infancy(m, a0):
    """Years lived in the first year of age, for every birth, and survivors at its end for every year lived."""
    alive = 1.0 - m / (1.0 + (1.0 - a0) * m)
    lived = alive + a0 * (1.0 - alive)
    return lived, alive / lived


@lean
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


@lean
def correlate(numbers, mixed, kept):
    """Turn independent normal numbers (s, t, i) into correlated scores, each the share kept (t, i) of the one before.

    mixed (i, j) is the lower triangle whose square is the correlation.
    """
    series = numbers.shape[2]
    for s in range(numbers.shape[0]):
        for t in range(numbers.shape[1]):
            for i in range(series - 1, -1, -1):
                shock = 0.0
                for j in range(i + 1):
                    shock += mixed[i, j] * numbers[s, t, j]
                numbers[s, t, i] = shock
            if t > 0:
                for i in range(series):
                    new = np.sqrt(1.0 - kept[t, i] * kept[t, i]) * numbers[s, t, i]
                    numbers[s, t, i] = kept[t, i] * numbers[s, t - 1, i] + new


@lean
def on_curve(scores, knots, cubics, ends, found):
    """Values (s, t) at scores (s, t) of the cubics (4, cell, t) between knots, straight with slopes (2, t) beyond."""
    last = knots.shape[0] - 1
    for s in range(scores.shape[0]):
        for t in range(scores.shape[1]):
            z = scores[s, t]
            inside = min(max(z, knots[0]), knots[last])
            i = 0
            while i < last - 1 and inside >= knots[i + 1]:
                i += 1
            d = inside - knots[i]
            value = cubics[3, i, t] + d * (cubics[2, i, t] + d * (cubics[1, i, t] + d * cubics[0, i, t]))
            beyond = min(z - knots[0], 0.0) * ends[0, t] + max(z - knots[last], 0.0) * ends[1, t]
            found[s, t] = value + beyond
