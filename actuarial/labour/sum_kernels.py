"""What counts up to a level of amounts that add up: of one member all of them depend on one multiple of the earnings.

Letters as in `award_kernels.py`. z = what a member earns over the mean of the cell, lognormal with the mean 1: earnings
and balances are z times those of the mean member, within their own limits. S(z) = sum of the amounts.
"""

from actuarial.jit import inner
from actuarial.labour.apart_kernels import apart_of, stand_together
from actuarial.labour.limit_kernels import of_both
from actuarial.numeric import (
    BEYOND,
    UNLIMITED,
    limited,
    limited_mean,
    offset_mean,
    share_above,
    share_below,
    spread_of,
    square_below,
)

LESS, GAP, STEP, SQUARE = range(1, 5)  # kinds of offsets
ABOVE = 2  # of limits of a base: within a floor and a ceiling, and above what does not count
INACTIVE = 1  # status
RATE, MEAN, LOW, HIGH = range(4)  # of a unit
STEPS = 60
NEAR, FAR = 1e-11, 1e9  # of a multiple, and of the amounts at it, relative


@inner
def up_to_level(answers, rates, work, status, j, level, first, last, t, y):
    """Yearly amounts of the claim j for one head, at most a level for every member, in some cells: fills work.worth.

    Of a claim on what is missing the first amounts are the levels, and what the sum of the others lacks of them is due.
    Inactive members of a cell who left at different times are two, see `apart_kernels.stand_together`.
    """
    sigma, s = spread_of(rates.cv[t, y]), apart_of(answers, j, t, y) if status == INACTIVE else -1
    if s >= 0:
        stand_together(answers, work, j, first, last, t, y)
    for c in range(first, last + 1):
        for i in range(1 if s < 0 else 2):
            look_at(answers, rates, work, status, j, i, sigma, c, t, y)
            if answers.claim_short[j] == 0:
                mean = at_most(answers, rates, work, j, level, sigma, c, t, y)
            else:
                mean = lacked(answers, rates, work, j, sigma, c, t, y)
            if i > 0:
                mean = of_both(work.worth[c], mean, work.apart[work.apart.shape[0] // 2 + s, 0, c])
            work.worth[c] = mean


@inner
def lacked(answers, rates, work, j, sigma, c, t, y):
    """Mean of what the sum of a claim lacks of its levels: sum over them of s (l - E[min(S, l)]), s with its sign."""
    total, first = 0.0, answers.claim_first_amount[j]
    for a in range(first, first + answers.claim_short[j]):
        u, multiple = answers.amount_unit[a], answers.amount_multiple[a, t, y]
        share = answers.unit_offset[u, t, y] * answers.unit_rows[answers.unit_offset_index[u, t, y], c]
        if multiple != 0.0 and share != 0.0:
            level = abs(multiple) * unit_at(answers, work, u, 0.0, c, t, y)
            missing = level - at_most(answers, rates, work, j, level, sigma, c, t, y)
            total += share * missing if multiple > 0.0 else -share * missing
    return total


@inner
def at_most(answers, rates, work, j, level, sigma, c, t, y):
    """Mean of the sum of a claim, at most a level for each member of a cell.

    E[min(S, l)] = E[S(min(z, k))] + (l - S(k)) P(z > k), with k the multiple at which S passes l, for amounts whose sum
    does not fall where earnings rise; where it does, k is one of the multiples at which it passes l.
    """
    if sum_at(answers, work, j, 0.0, c, t, y) >= level:
        return level
    k = crossing(answers, work, j, level, c, t, y)
    total = 0.0
    for a in range(answers.claim_first_amount[j] + answers.claim_short[j], answers.claim_first_amount[j + 1]):
        if answers.amount_multiple[a, t, y] != 0.0:
            total += answers.amount_multiple[a, t, y] * mean_up_to(answers, rates, work, a, k, sigma, c, t, y)
    if k < FAR:
        beyond = share_above(k, 1.0, sigma, 0.0, UNLIMITED)
        total += (level - sum_at(answers, work, j, k, c, t, y)) * beyond
    return min(total, level)


@inner
def look_at(answers, rates, work, status, j, i, sigma, c, t, y):
    """Rate, mean earnings and their limits of the units of a claim in a cell, of its first or second member (i): fills
    work.unit. Rates are times what makes means of insurable balances exact."""
    for a in range(answers.claim_first_amount[j], answers.claim_first_amount[j + 1]):
        u = answers.amount_unit[a]
        k, s = answers.unit_base[u], answers.unit_apart[u] if status == INACTIVE else -1
        rate = answers.unit_rows[answers.unit_index[u, t, y], c] * answers.unit_scale[u, t, y]
        mean, floor, ceiling = 0.0, 0.0, UNLIMITED
        if s >= 0:
            row, two = 3 * i + 1, work.apart[work.apart.shape[0] // 2 + s]
            mean, floor, ceiling = two[row, c], two[row + 1, c], two[row + 2, c]
        elif k >= 0:
            mean, floor, ceiling = work.means[k, c], work.floors[k, c], work.ceilings[k, c]
        if k >= 0 and work.exact[k, c] >= 0.0:
            about = limited_to(rates, mean, sigma, floor, ceiling, t, y)
            about -= work.below[k, c] if answers.unit_capped[u] == ABOVE else 0.0
            rate *= work.exact[k, c] / about if about > 0.0 else 1.0
        if answers.unit_capped[u] == 0:
            floor, ceiling = 0.0, UNLIMITED
        work.unit[u, RATE], work.unit[u, MEAN], work.unit[u, LOW], work.unit[u, HIGH] = rate, mean, floor, ceiling


@inner
def limited_to(rates, mean, sigma, floor, ceiling, t, y):
    """E[X] of earnings that count between a floor and a ceiling."""
    tables, which = rates.tables, rates.table[t, y]
    above = limited_mean(mean, sigma, ceiling, tables, which) - limited_mean(mean, sigma, floor, tables, which)
    return min(max(above + floor, floor), ceiling)


@inner
def crossing(answers, work, j, level, c, t, y):
    """The multiple at which the sum of the amounts of a claim passes a level, UNLIMITED where it does not."""
    low, high, under = 0.0, 1.0, sum_at(answers, work, j, 0.0, c, t, y) - level
    over = sum_at(answers, work, j, high, c, t, y) - level
    while over < 0.0:
        if high > FAR:
            return UNLIMITED
        low, under = high, over
        high *= 4.0
        over = sum_at(answers, work, j, high, c, t, y) - level
    for step in range(STEPS):
        if high - low <= NEAR * high or over <= NEAR * level:
            break
        part = -under / (over - under) if step % 2 == 0 else 0.5
        middle = low + min(max(part, NEAR), 1.0 - NEAR) * (high - low)
        found = sum_at(answers, work, j, middle, c, t, y) - level
        if found < 0.0:
            low, under = middle, found
        else:
            high, over = middle, found
    return low if over > NEAR * level else high


@inner
def sum_at(answers, work, j, z, c, t, y):
    """The sum of the amounts of a claim for who earns z times the mean of the cell."""
    total = 0.0
    for a in range(answers.claim_first_amount[j] + answers.claim_short[j], answers.claim_first_amount[j + 1]):
        if answers.amount_multiple[a, t, y] != 0.0:
            total += answers.amount_multiple[a, t, y] * unit_at(answers, work, answers.amount_unit[a], z, c, t, y)
    return total


@inner
def unit_at(answers, work, u, z, c, t, y):
    """The amount of a unit for who earns z times the mean of the cell."""
    minimum, maximum, offset = limits_of(answers, u, c, t, y)
    kind, k, rate = answers.unit_kind[u], answers.unit_base[u], work.unit[u, RATE]
    if k < 0:
        between = min(max(rate, minimum), maximum)
        return between if kind == 0 else max(between - offset, 0.0)
    earned = min(max(z * work.unit[u, MEAN], work.unit[u, LOW]), work.unit[u, HIGH])
    if kind == STEP:
        return rate if earned > offset * BEYOND else 0.0
    if kind == SQUARE:
        upper = min(max(earned, offset), max(maximum, offset))
        return rate * (upper * upper - offset * offset)
    away = rate * work.below[k, c] if answers.unit_capped[u] == ABOVE else 0.0
    between = min(max(rate * earned - away, minimum), maximum)
    return max(between - offset, 0.0) if kind == LESS or away > 0.0 else between


@inner
def limits_of(answers, u, c, t, y):
    """Least and greatest amount and offset of a unit in a cell."""
    minimum = answers.unit_floor[u, t, y] * answers.unit_rows[answers.unit_floor_index[u, t, y], c]
    maximum = answers.unit_ceiling[u, t, y] * answers.unit_rows[answers.unit_ceiling_index[u, t, y], c]
    return minimum, maximum, answers.unit_offset[u, t, y] * answers.unit_rows[answers.unit_offset_index[u, t, y], c]


@inner
def mean_up_to(answers, rates, work, a, k, sigma, c, t, y):
    """Mean of an amount whose earnings count up to k times the mean of the cell."""
    u, tables, which = answers.amount_unit[a], rates.tables, rates.table[t, y]
    base, kind, rate = answers.unit_base[u], answers.unit_kind[u], work.unit[u, RATE]
    if base < 0:
        return unit_at(answers, work, u, 0.0, c, t, y)
    minimum, maximum, offset = limits_of(answers, u, c, t, y)
    mean, floor, ceiling = work.unit[u, MEAN], work.unit[u, LOW], work.unit[u, HIGH]
    ceiling = max(min(ceiling, k * mean), floor) if k < FAR else ceiling
    above = answers.unit_capped[u] == ABOVE
    away = rate * work.below[base, c] if above else 0.0
    below_floor = limited_mean(mean, sigma, floor, tables, which)
    below_ceiling = limited_mean(mean, sigma, ceiling, tables, which)
    return amount_in_full(
        LESS if above and kind == 0 else kind, offset + away, rate, mean, sigma, floor, ceiling, below_floor,
        below_ceiling, minimum + away, maximum + away, tables, which,
    )[0]  # fmt: skip


@inner
def amount_in_full(
    kind, offset, rate, mean, sigma, floor, ceiling, below_floor, below_ceiling, minimum, maximum, tables, which
):
    """An amount with and without its minimum, and the share of those who have the minimum."""
    if kind == STEP:
        paid = rate * share_above(offset, mean, sigma, floor, ceiling)
        return paid, paid, 0.0
    if kind == SQUARE:
        upper = square_below(mean, sigma, floor, ceiling, max(maximum, offset))
        paid = rate * max(upper - square_below(mean, sigma, floor, ceiling, offset), 0.0)
        return paid, paid, 0.0
    least = share_below(minimum, rate, mean, sigma, floor, ceiling) if counts(kind, minimum, offset) else 0.0
    if kind == 0:
        paid, plain = limited(
            rate, mean, sigma, floor, ceiling, below_floor, below_ceiling, minimum, maximum, tables, which
        )
        return paid, plain, least
    paid, plain = offset_mean(
        kind, offset, rate, mean, sigma, floor, ceiling, below_floor, below_ceiling, minimum, maximum, tables, which
    )
    return paid, paid if kind == GAP else plain, least


@inner
def counts(kind, minimum, offset):
    """Whether a minimum is paid: of an amount above an offset if it is higher; never of what is missing to one."""
    return minimum > 0.0 and (kind == 0 or (kind == LESS and minimum > offset))
