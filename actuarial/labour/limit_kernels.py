"""Amounts of earnings within limits, several at a time: of cells side by side, or of scenarios.

`tables` are those of limited means and of shares below a limit (w, cell, ...), and which of them (w) is that of each
lane.
"""

from actuarial.jit import absorbed
from actuarial.lanes import anywhere, choose, four, least, most, root, spread, whole
from actuarial.numeric import BEYOND, UNLIMITED

NOTHING = 1e-300
ROUNDING = 1e-13  # a squared coefficient of variation that is none


@absorbed
def two_members(mean, floor, ceiling, square, with_floor, with_ceiling):
    """Two members who stand for those of a cell, whose mean earnings m differ: a factor f, then earnings, floor and
    ceiling of the upper one, and those of the lower one; f is 1 where all are alike.

    1 part in 1 + f has f E[m], and f parts have E[m]/f, with f + 1/f = 2 + v and v = E[m^2]/E[m]^2 - 1: mean and
    variance are those of all members, and the skewness is v^(1/2). A limit k is that of its regression on m, which
    moves by (E[m k]/E[m] - E[k])/v where m moves by its mean. square, with_floor and with_ceiling are E[m^2] and
    E[m k].
    """
    head = 1.0 / most(mean, NOTHING)
    v = square * head * head - 1.0
    alike = v <= ROUNDING
    v = choose(alike, 0.0, v)
    rest = 1.0 / most(v, ROUNDING)
    steep_floor = choose(alike, 0.0, (with_floor * head - floor) * rest)
    steep = choose(alike, 0.0, (with_ceiling * head - ceiling) * rest)
    f = 1.0 + 0.5 * v + root(v + 0.25 * v * v)
    part = 1.0 / f
    up, down = f - 1.0, part - 1.0
    low, lower = most(floor + steep_floor * up, 0.0), most(floor + steep_floor * down, 0.0)
    high, higher = most(ceiling + steep * up, low), most(ceiling + steep * down, lower)
    return f, mean * f, low, high, mean * part, lower, higher


@absorbed
def of_both(upper, lower, f):
    """Mean over the members of a cell, see `two_members`, of what the two have."""
    return (upper + f * lower) / (1.0 + f)


@absorbed
def limited_means(mean, limit, tables):
    """E[min(X, limit)] of a lognormal X in each lane, from tables of `fill_table`; both are not negative."""
    table, _, which = tables
    both = limit + mean
    place = 2.0 * least(limit, mean) / most(both, NOTHING) * table.shape[1]
    i = whole(least(place, table.shape[1] - 1.0))
    d = place - i
    c_0, c_1, c_2, c_3 = four(table, which * table.shape[1] + i, spread(0.0))
    found = least(most(both * (c_0 + d * (c_1 + d * (c_2 + d * c_3))), 0.0), limit)
    return choose(limit >= UNLIMITED, mean, found)


@absorbed
def shares_below(mean, limit, tables):
    """P(X < limit) of a lognormal X in each lane, from tables of `share_table`; 1 where X is nothing."""
    _, shares, which = tables
    place = 2.0 * least(limit, mean) / most(limit + mean, NOTHING) * shares.shape[1]
    i = whole(least(place, shares.shape[1] - 1.0))
    d = place - i
    low = limit <= mean
    first, row = choose(low, spread(0.0), 6.0), which * shares.shape[1] + i
    c_0, c_1, _, _ = four(shares, row, first)
    c_2, c_3, c_4, c_5 = four(shares, row, first + 2.0)
    found = c_0 + d * (c_1 + d * (c_2 + d * (c_3 + d * (c_4 + d * c_5))))
    return choose(mean > 0.0, choose(low, found, 1.0 - found), 1.0)


@absorbed
def within_limits(
    rate, mean, floor, ceiling, below_floor, below_ceiling, minimum, maximum, tables, raised, bounded, earned
):
    """Amounts with and without their minimum, and the share of those who have the minimum.

    `raised` and `bounded`: whether there is any minimum or maximum; where amounts are not `earned`, the rate is the
    amount. below_floor and below_ceiling are E[min(X, floor)] and E[min(X, ceiling)].
    """
    low, most_paid, high, reached = rate * floor, rate * ceiling, rate * ceiling, rate * below_ceiling
    if not earned:
        low, most_paid, high = rate, rate, rate
    if bounded:
        over = high > maximum
        if earned and anywhere(over):
            reached = choose(over, limited_means(rate * mean, maximum, tables), reached)
        high = choose(over, maximum, high)
    usual = least(most(reached - rate * below_floor + low, low), high)
    usual = choose(low < high, usual, high)
    if not raised:
        return usual, usual, spread(0.0)
    paid, there = at_least(usual, rate * mean, low, most_paid, high, reached, minimum, maximum, tables, earned)
    return usual, paid, there


@absorbed
def at_least(usual, mean, low, most_paid, high, reached, minimum, maximum, tables, earned):
    """An amount with its minimum, and the share of those who have the minimum; not of those at a floor or a ceiling of
    earnings whose amount is the minimum but for rounding."""
    paid = choose(minimum >= high, least(minimum, maximum), usual)
    paid = choose(minimum <= low, usual, paid)
    above, chance = minimum > low, spread(1.0)
    if earned and anywhere(above):
        one = most(reached - limited_means(mean, minimum, tables) + minimum, most(minimum, usual))
        one = least(one, high)
        paid = choose(above, choose(minimum < high, one, paid), paid)
        chance = choose(most_paid * BEYOND < minimum, spread(1.0), shares_below(mean, minimum, tables))
    paid = choose(minimum > 0.0, paid, usual)
    return paid, choose(minimum > 0.0, choose(low * BEYOND < minimum, chance, 0.0), 0.0)
