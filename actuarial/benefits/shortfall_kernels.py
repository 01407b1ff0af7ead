"""What pensions in payment lack of a limit, award by award.

Letters: t = projected year, s = sex, x = age last birthday at the start of the year, y = age reached on 31 December,
j = level of awards, r = pension whose beneficiaries are left some of this one.
"""

import math

from actuarial.jit import inner, lean
from actuarial.numeric import UNLIMITED, limited_value


@inner
def lacking(number, below, levels, limit):
    """What some pensions lack of a limit, from the sums B (j,) of what counts of each up to the levels.

    It is a cubic of the limit through the level above it and the three below it. Such a cubic gives every pension at
    least nothing, and the sum of two groups of pensions what it gives to both: what a pension b lacks of the limit, as
    a function of b, is linear between levels and not negative at any of them. Below the levels what is lacking falls
    with the fifth power of the limit, above them it goes on as a straight line.
    """
    last = levels.shape[0] - 1
    if limit <= levels[0]:
        return (number * levels[0] - below[0]) * (limit / levels[0]) ** 5
    if limit >= levels[last]:
        top = number * levels[last] - below[last]
        slope = (top - number * levels[last - 1] + below[last - 1]) / (levels[last] - levels[last - 1])
        return top + slope * (limit - levels[last])
    above = min(1 + int(math.log(limit / levels[0]) * last / math.log(levels[last] / levels[0])), last)
    first = max(above - 3, 0)
    total = 0.0
    for i in range(first, above + 1):
        weight = 1.0
        for k in range(first, above + 1):
            if k != i:
                weight *= (limit - levels[k]) / (levels[i] - levels[k])
        total += weight * (number * levels[i] - below[i])
    return total


@inner
def at_most(kind, number, mass, spread, below, levels, up, limit):
    """Sum of some pensions that have risen by the factor `up`, each at most `limit`: those of the valuation date
    (kind 0), which are lognormal, or awards (kind 1)."""
    if limit <= 0.0 or number <= 0.0:
        return 0.0
    if kind == 1:
        return number * limit - up * lacking(number, below, levels, limit / up) if limit < UNLIMITED else up * mass
    mean = up * mass / number
    if mean <= 0.0:
        return 0.0
    return number * (limited_value(mean, spread, limit) if spread > 0.0 else min(mean, limit))


@inner
def follow(kind, first, s, y, number, mass, spread, below, levels, up, flows, limits, asked, found):
    """One award (or one age of the valuation date) through the years from `first` on: adds to `found`.

    flows    stays (t, s, x), leaving (t, s, y), growth (t,), rise (t,)
    limits   (t, s, y) of the year, 0 where there is none
    asked    limits (r, t, s, y, j) of those who end, and (t, s, y, j) of those who convert
    found    what is lacking at the start (t, s, x) and the end (t, s, y); the sums up to `asked`
    """
    stays, leaving, growth, rise = flows
    ends, converts = asked
    start, end, ended, moved = found
    alive, last = 1.0, stays.shape[2] - 1
    for t in range(first, growth.shape[0]):
        if kind == 0 or t > first:
            x = y
            up_then, limit = up * (1.0 + rise[t]), limits[t, s, x]
            if limit > 0.0:
                kept = at_most(kind, number, mass, spread, below, levels, up_then, limit)
                start[t, s, x] += alive * (number * limit - kept)
            up *= 1.0 + growth[t]
            y = min(x + 1, last)
            gone = alive * (1.0 - stays[t, s, x])
            if gone > 0.0:
                for r in range(ends.shape[0]):
                    for j in range(ends.shape[4]):
                        kept = at_most(kind, number, mass, spread, below, levels, up, ends[r, t, s, y, j])
                        ended[r, t, s, y, j] += gone * kept
            alive *= stays[t, s, x]
        if alive <= 0.0:
            return
        share = leaving[t, s, y]
        if share > 0.0:
            for j in range(converts.shape[3]):
                kept = at_most(kind, number, mass, spread, below, levels, up, converts[t, s, y, j])
                moved[t, s, y, j] += alive * share * kept
            alive *= 1.0 - share
        limit = limits[t, s, y]
        if limit > 0.0:
            kept = at_most(kind, number, mass, spread, below, levels, up, limit)
            end[t, s, y] += alive * (number * limit - kept)


@lean
def run_shortfall(opening, spread, number, mass, below, levels, scale, flows, limits, asked, found, new):
    """What pensions in payment lack of a limit at the start and the end of every year, and what new ones lack.

    opening         (2, s, x)     persons, currency/year: number and mass on the valuation date, lognormal with the
    spread          (s, x)        standard deviation of the logarithm
    number, mass    (t, s, y)     persons, currency/year: awards, alive on 31 December
    below, levels   (t, s, y, j)  currency/year: of these with each award before its scale at most the level (t, j)
    scale           (t, s, y)     share of each award that is paid
    new             (t, s, y)     currency/year: is filled with what awards lack; see `follow` for the rest
    """
    for s in range(spread.shape[0]):
        for x in range(spread.shape[1]):
            if opening[0, s, x] > 0.0:
                unread, at = below[0, s, x], levels[0]
                follow(
                    0, 0, s, x, opening[0, s, x], opening[1, s, x], spread[s, x], unread, at, 1.0, flows, limits, asked,
                    found,
                )
    for t in range(number.shape[0]):
        for s in range(number.shape[1]):
            for y in range(number.shape[2]):
                people, up = number[t, s, y], scale[t, s, y]
                if people <= 0.0 or up <= 0.0:
                    new[t, s, y] = max(people, 0.0) * limits[t, s, y]
                    continue
                money = mass[t, s, y] / up
                here, at = below[t, s, y], levels[t]
                if limits[t, s, y] > 0.0:
                    kept = at_most(1, people, money, 0.0, here, at, up, limits[t, s, y])
                    new[t, s, y] = people * limits[t, s, y] - kept
                follow(1, t, s, y, people, money, 0.0, here, at, up, flows, limits, asked, found)


@lean
def limit_all(number, mass, below, levels, scale, asked, found):
    """Sums of awards, each at most the limits asked for (t, s, y, j): fills found; see `run_shortfall`."""
    for t in range(number.shape[0]):
        for s in range(number.shape[1]):
            for y in range(number.shape[2]):
                people, up = number[t, s, y], scale[t, s, y]
                if people <= 0.0 or up <= 0.0:
                    continue
                for j in range(asked.shape[3]):
                    here, at = below[t, s, y], levels[t]
                    found[t, s, y, j] = at_most(1, people, mass[t, s, y] / up, 0.0, here, at, up, asked[t, s, y, j])
