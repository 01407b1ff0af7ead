"""Amounts of earnings within limits, several at a time: of cells side by side, or of scenarios."""

from actuarial.jit import absorbed
from actuarial.lanes import anywhere, choose, four, least, most, spread, whole
from actuarial.numeric import UNLIMITED

NOTHING = 1e-300


@absorbed
def limited_means(mean, limit, table):
    """E[min(X, limit)] of a lognormal X in each lane, from a table of `fill_table`; both are not negative."""
    both = limit + mean
    place = 2.0 * least(limit, mean) / most(both, NOTHING) * table.shape[0]
    i = whole(least(place, table.shape[0] - 1.0))
    d = place - i
    c_0, c_1, c_2, c_3 = four(table, i, spread(0.0))
    found = least(most(both * (c_0 + d * (c_1 + d * (c_2 + d * c_3))), 0.0), limit)
    return choose(limit >= UNLIMITED, mean, found)


@absorbed
def shares_below(mean, limit, shares):
    """P(X < limit) of a lognormal X in each lane, from a table of `share_table`; 1 where X is nothing."""
    place = 2.0 * least(limit, mean) / most(limit + mean, NOTHING) * shares.shape[0]
    i = whole(least(place, shares.shape[0] - 1.0))
    d = place - i
    low = limit <= mean
    first = choose(low, spread(0.0), 6.0)
    c_0, c_1, _, _ = four(shares, i, first)
    c_2, c_3, c_4, c_5 = four(shares, i, first + 2.0)
    found = c_0 + d * (c_1 + d * (c_2 + d * (c_3 + d * (c_4 + d * c_5))))
    return choose(mean > 0.0, choose(low, found, 1.0 - found), 1.0)


@absorbed
def within_limits(
    rate, mean, floor, ceiling, below_floor, below_ceiling, minimum, maximum, table, share, raised, bounded, earned
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
            reached = choose(over, limited_means(rate * mean, maximum, table), reached)
        high = choose(over, maximum, high)
    usual = least(most(reached - rate * below_floor + low, low), high)
    usual = choose(low < high, usual, high)
    if not raised:
        return usual, usual, spread(0.0)
    paid, there = at_least(usual, rate * mean, low, most_paid, high, reached, minimum, maximum, table, share, earned)
    return usual, paid, there


@absorbed
def at_least(usual, mean, low, most_paid, high, reached, minimum, maximum, table, share, earned):
    """An amount with its minimum, and the share of those who have the minimum."""
    paid = choose(minimum >= high, least(minimum, maximum), usual)
    paid = choose(minimum <= low, usual, paid)
    above, chance = minimum > low, spread(1.0)
    if earned and anywhere(above):
        one = least(most(reached - limited_means(mean, minimum, table) + minimum, minimum), high)
        paid = choose(above, choose(minimum < high, one, paid), paid)
        chance = choose(most_paid < minimum, spread(1.0), shares_below(mean, minimum, share))
    paid = choose(minimum > 0.0, paid, usual)
    return paid, choose(minimum > 0.0, choose(above, chance, 0.0), 0.0)
