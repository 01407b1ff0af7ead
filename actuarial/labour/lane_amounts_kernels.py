"""Claims of the insured and their expected amounts, of several scenarios side by side (see `actuarial.lanes`).

Letters as in `award_kernels.py`, whose rules these are for amounts without an offset and without accounts; l = lane.
Which claims and amounts there are, and of which earnings, is the same in all lanes.
"""

from actuarial.jit import absorbed
from actuarial.labour.award_kernels import AMOUNTS, CLAIMS, CREDITS, LEAST, TOPUPS
from actuarial.labour.limit_kernels import limited_means, of_both, two_members, within_limits
from actuarial.lanes import anywhere, choose, load, most, spread, store
from actuarial.numeric import UNLIMITED


@absorbed
def forget(work):
    """No amount is known: another age, year, status or other earnings."""
    for u in range(work.known.shape[0]):
        work.known[u, 0], work.known[u, 1] = 0, -1


@absorbed
def award(answers, rates, work, held, status, people, top, t, y, step):
    """People (c, l) with the earnings `held` (f, c, l) meet the claims on every event, of which each has its share of
    them in work.leaving (event, l): adds to work.by_claim (flow, j, y, l)."""
    for event in range(work.leaving.shape[0]):
        if not anywhere(load(work.leaving[event]) > 0.0):
            continue
        for j in range(answers.first[event], answers.first[event + 1]):
            share = answers.claim_rows[answers.claim_index[status, j, t, y]]
            first, last = weigh(work, people, share, event, j, top, y, step)
            if first > last:
                continue
            minimums = False
            for a in range(answers.claim_first_amount[j], answers.claim_first_amount[j + 1]):
                u, row = answers.amount_unit[a], answers.amount_multiple[a, t, age_of(answers.amount_multiple, y)]
                multiple = load(row)
                if anywhere(multiple > 0.0):
                    per_head(answers, rates, work, held, u, first, last, t, y)
                    minimums = add_amounts(answers, work, event, j, multiple, u, first, last, t, y, minimums)
            if minimums:
                add_raised(work, event, j, first, last, y)


@absorbed
def weigh(work, people, share, event, j, top, y, step):
    """Claims of each cell up to `top` (c, l): fills work.here and adds their number and credits.

    Returns the first and the last cell in which anybody may claim, a first one behind the last where there is none.
    """
    number, months, factor = spread(0.0), spread(0.0), load(work.leaving[event])
    first, last = 0, top
    while first <= last and not anywhere(load(share[first]) > 0.0):
        first += 1
    while last >= first and not anywhere(load(share[last]) > 0.0):
        last -= 1
    for c in range(first, last + 1):
        n = load(people[c]) * load(share[c])
        store(work.here[c], n)
        number += n
        months += n * c
    store(work.by_claim[CLAIMS, j, y], load(work.by_claim[CLAIMS, j, y]) + factor * number)
    store(work.by_claim[CREDITS, j, y], load(work.by_claim[CREDITS, j, y]) + factor * months * step)
    return first, last


@absorbed
def add_amounts(answers, work, event, j, multiple, u, first, last, t, y, minimums):
    """Add what the claims of work.here are awarded by an amount, and the part of it that is due to its minimum.

    Who has the minimum joins those of work.raised (c, l), who have that of an amount before it: one person has the same
    place among the earnings of a cell in all amounts. Returns whether there is any minimum (`minimums`: before it).
    """
    paid, plain, due = spread(0.0), spread(0.0), load(work.leaving[event]) * multiple
    for c in range(first, last + 1):
        n = load(work.here[c])
        paid += n * load(work.paid[u, c])
        plain += n * load(work.plain[u, c])
    store(work.by_claim[AMOUNTS, j, y], load(work.by_claim[AMOUNTS, j, y]) + due * paid)
    binds = load(answers.unit_floor[u, t, age_of(answers.unit_floor, y)]) > 0.0
    if not anywhere(binds):
        return minimums
    more = choose(binds, due * (paid - plain), 0.0)
    store(work.by_claim[TOPUPS, j, y], load(work.by_claim[TOPUPS, j, y]) + more)
    for c in range(first, last + 1):
        share = choose(multiple > 0.0, choose(binds, load(work.least[u, c]), 0.0), 0.0)
        if minimums:
            share = most(share, load(work.raised[c]))
        store(work.raised[c], share)
    return True


@absorbed
def add_raised(work, event, j, first, last, y):
    """Add those of the claims of work.here who have any minimum."""
    number = spread(0.0)
    for c in range(first, last + 1):
        number += load(work.here[c]) * load(work.raised[c])
    store(work.by_claim[LEAST, j, y], load(work.by_claim[LEAST, j, y]) + load(work.leaving[event]) * number)


@absorbed
def age_of(values, y):
    """Place of an age in values (a, t, y, l), which are one for all ages where there is one place."""
    return y if values.shape[2] > 1 else 0


@absorbed
def per_head(answers, rates, work, held, u, first, last, t, y):
    """Yearly amount of the unit u for one head, with and without its minimum, in those of some cells that are not known
    yet: before and after the known ones."""
    low, high = work.known[u, 0], work.known[u, 1]
    if high < low:
        low, high = last + 1, last
        work.known[u, 0], work.known[u, 1] = first, last
    else:
        work.known[u, 0], work.known[u, 1] = min(first, low), max(last, high)
    for part in range(2):
        lower, upper = (first, min(last, low - 1)) if part == 0 else (max(first, high + 1), last)
        if lower <= upper:
            amounts(answers, rates, work, held, u, lower, upper, t, y)


@absorbed
def amounts(answers, rates, work, held, u, first, last, t, y):
    """As `per_head`, whether the amounts are known or not."""
    row, k = answers.unit_rows[answers.unit_index[u, t, y]], answers.unit_base[u]
    shares = answers.unit_rows[answers.unit_floor_index[u, t, y]]
    tops = answers.unit_rows[answers.unit_ceiling_index[u, t, y]]
    scale = load(answers.unit_scale[u, t, age_of(answers.unit_scale, y)])
    lowest = load(answers.unit_floor[u, t, age_of(answers.unit_floor, y)])
    highest = load(answers.unit_ceiling[u, t, age_of(answers.unit_ceiling, y)])
    raised, bounded = anywhere(lowest > 0.0), anywhere(highest < UNLIMITED)
    capped, level = k >= 0 and answers.unit_capped[u] != 0, work.level[0] != 0
    s = -1 if level else answers.unit_apart[u]
    tables = rates.tables, rates.shares, load(rates.table[t, y])
    mean, floor, ceiling = spread(1.0), spread(0.0), spread(UNLIMITED)
    below_floor, below_ceiling, f = spread(0.0), spread(1.0), spread(1.0)
    usual, paid, there = spread(0.0), spread(0.0), spread(0.0)
    for c in range(first, last + 1):
        rate = scale * load(row[c])
        minimum, maximum = lowest * load(shares[c]), highest * load(tops[c])
        again = c > first and (level or k < 0) and same_shares(row, shares, tops, c)
        for i in range(0 if again else 1 if s < 0 else 2):
            if k >= 0 and (c == first or not level):
                f, mean, low, high = of_member(work, held, k, s, i, 0 if level else c)
                below_ceiling = mean
                if capped:
                    floor, ceiling = low, high
                    below_floor = limited_means(mean, floor, tables)
                    below_ceiling = limited_means(mean, ceiling, tables)
            one, two, three = within_limits(
                rate, mean, floor, ceiling, below_floor, below_ceiling, minimum, maximum, tables, raised, bounded,
                k >= 0,
            )
            if i > 0:
                one, two, three = of_both(usual, one, f), of_both(paid, two, f), of_both(there, three, f)
            usual, paid, there = one, two, three
        store(work.plain[u, c], usual)
        store(work.paid[u, c], paid)
        store(work.least[u, c], there)


@absorbed
def same_shares(row, shares, tops, c):
    """Whether a cell has the rate, and the shares of the minimum and of the maximum, of the one before it."""
    apart = most(step_of(row, c), most(step_of(shares, c), step_of(tops, c)))
    return not anywhere(apart > 0.0)


@absorbed
def step_of(row, c):
    """How far a number of a row (c, l) and the one before it lie apart."""
    step = load(row[c]) - load(row[c - 1])
    return most(step, 0.0 - step)


@absorbed
def of_member(work, held, k, s, i, c):
    """Earnings, floor and ceiling of a cell, after the factor of `two_members`: of all members (1), or (s >= 0) of the
    first or second of them."""
    up = spread(1.0) if work.level[0] != 0 else load(work.grown[k])
    mean, floor, ceiling = load(held[3 * k, c]) * up, load(held[3 * k + 1, c]) * up, load(held[3 * k + 2, c]) * up
    if s < 0:
        return spread(1.0), mean, floor, ceiling
    p, twice = 3 * (work.grown.shape[0] + s), up * up
    square, with_floor, with_ceiling = load(held[p, c]), load(held[p + 1, c]), load(held[p + 2, c])
    f, upper, low, high, lower, lower_low, lower_high = two_members(
        mean, floor, ceiling, square * twice, with_floor * twice, with_ceiling * twice
    )
    if i == 0:
        return f, upper, low, high
    return f, lower, lower_low, lower_high
