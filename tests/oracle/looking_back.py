"""A pension and its fund once more, year after year together: what a rule reads is known because its year is over.

Plain Python: lists by sex of lists by age; one benefit, contributions and administration at mid-year, one rule.
"""

from math import erf, log, sqrt


def condition(above, base, ratio_0):
    """Adjustment `base` where the reserve ratio of the year before lies above a limit, else none."""

    def adjust(t, ratios):
        before = ratio_0 if t == 0 else ratios[t - 1]
        return base[t] if before > above else 0.0

    return adjust


def balance(below, floor, base, ratio_0, restore=True, share=1.0):
    """Adjustment times the ratio over its limit, until what was cut is made up for; never below the floor.

    Two indices are kept: the one that pensions would follow, and the one that they follow.
    """
    indices = {"plain": 1.0, "balanced": 1.0}

    def adjust(t, ratios):
        before = ratio_0 if t == 0 else ratios[t - 1]
        factor = 1 + share * (before / below - 1)
        behind = indices["balanced"] < indices["plain"] * (1 - 1e-13)
        plain = indices["plain"] * (1 + base[t])
        if factor < 1 or (behind and restore):
            new = min(indices["balanced"] * (1 + base[t]) * factor, plain)
        else:
            new = indices["balanced"] * (1 + base[t])
        rise = new / indices["balanced"] - 1
        if floor is not None and rise < floor:
            rise = min(floor, base[t])
        indices["plain"] = plain
        indices["balanced"] *= 1 + rise
        return rise

    return adjust


def together(given, adjust):
    """Adjustments, outgo, reserves and reserve ratios of a fund; `given` holds what does not depend on them."""
    people, money, reserve = given["number_0"], given["mass_0"], given["reserve_0"]
    last = len(money[0]) - 1
    rises, outgo, reserves, ratios = [], [], [], []
    for t in range(len(given["interest"])):
        rise = adjust(t, ratios)
        at_start = sum(map(sum, money)) * (1 + rise)
        people = _older(people, given["stays"][t], given["new_number"][t], 0.0, last)
        money = _older(money, given["stays"][t], given["new_amount"][t], rise, last)
        spent = given["payments"] / 12 * (at_start + sum(map(sum, money))) / 2
        income = given["rate"][t] * given["earnings"][t]
        cost = spent + given["administration"] * spent
        u = 1 + given["interest"][t]
        reserve = reserve * u + (income - cost) * sqrt(u)
        rises.append(rise)
        outgo.append(cost)
        reserves.append(reserve)
        ratios.append(reserve / cost)
    return rises, outgo, reserves, ratios


def _older(stock, stays, new, rise, last):
    after = [list(row) for row in new]
    for s, row in enumerate(stock):
        for x, value in enumerate(row):
            after[s][min(x + 1, last)] += value * (1 + rise) * stays[s][x]
    return after


def limited(mean, cv, limit):
    """E[min(X, limit)] of a lognormal X."""
    if limit <= 0 or mean <= 0:
        return 0.0
    if cv == 0:
        return min(mean, limit)
    s = sqrt(log(1 + cv * cv))
    m = log(mean) - s * s / 2

    def phi(z):
        return (1 + erf(z / sqrt(2))) / 2

    return mean * phi((log(limit) - m - s * s) / s) + limit * (1 - phi((log(limit) - m) / s))


def slices(mean, cv, limits, growth):
    """Mean pension after the slices between the limits have grown."""
    total = 0.0
    for i, rise in enumerate(growth):
        high = limited(mean, cv, limits[i + 1]) if i + 1 < len(limits) else mean
        total += (high - limited(mean, cv, limits[i])) * (1 + rise)
    return total


def run_slices(opening, entering, stays, leaving, limits, growth, cv):
    """Stocks, those who ended and those who left for another pension, three quantities each, by year."""
    last = len(stays[0][0]) - 1
    found = {"stocks": [[], [], []], "ended": [[], [], []], "moved": [[], [], []]}
    now = [[list(row) for row in part] for part in opening]
    for t in range(len(stays)):
        rise = [[0.0] * (last + 1) for _ in now[0]]
        for s in range(len(rise)):
            for x in range(last + 1):
                people, money = now[0][s][x], now[1][s][x]
                if people > 0 and money > 0:
                    mean = money / people
                    rise[s][x] = slices(mean, cv[s][x], limits[t], growth[t]) / mean - 1
                else:
                    rise[s][x] = growth[t][0]
        for q in range(3):
            after = [list(row) for row in entering[q][t]]
            ended = [[0.0] * (last + 1) for _ in after]
            for s in range(len(after)):
                for x in range(last + 1):
                    grown = now[q][s][x] * (1 + (rise[s][x] if q else 0.0))
                    y = min(x + 1, last)
                    after[s][y] += grown * stays[t][s][x]
                    ended[s][y] += grown * (1 - stays[t][s][x])
            moved = [[after[s][x] * leaving[t][s][x] for x in range(last + 1)] for s in range(len(after))]
            now[q] = [[after[s][x] - moved[s][x] for x in range(last + 1)] for s in range(len(after))]
            for name, value in (("stocks", now[q]), ("ended", ended), ("moved", moved)):
                found[name][q].append([list(row) for row in value])
    return found["stocks"], found["ended"], found["moved"]


def balance_ratio(given):
    """Turnover duration, contribution asset, liability and balance ratio of one year by loops over people.

    `given`: earnings by group, sex, age reached; money of pensions at both ends by sex, age; continuance; rate;
    payments; contributions; reserve; balances.
    """
    earned = weighted = 0.0
    for groups in given["earnings"]:
        for row in groups:
            for age, value in enumerate(row):
                earned += value
                weighted += value * age
    paid = drawn = owed = 0.0
    for start, end, stays in zip(given["before"], given["after"], given["stays"], strict=True):
        for age, (one, other) in enumerate(zip(start, end, strict=True)):
            paid += one + other
            drawn += (one + other) * (age + 0.5)
            owed += other * given["payments"] / 12 * annuity(stays, age, given["rate"])
    duration = drawn / paid - weighted / earned
    asset = duration * given["contributions"]
    liability = given["balances"] + owed
    return duration, asset, liability, (asset + given["reserve"]) / liability


def annuity(stays, age, rate):
    """One a year as long as somebody stays, paid half by those there at the start of each year, half by those left."""
    total, alive, k = 0.0, 1.0, 0
    while alive > 1e-16 and k < 3000:
        left = alive * stays[min(age + k, len(stays) - 1)]
        total += (alive + left) / 2 / (1 + rate) ** (k + 0.5)
        alive, k = left, k + 1
    return total
