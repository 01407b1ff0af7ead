"""Claims of the members of `plain_kernels` and their amounts, which have no limits: sums of products.

The letters are those of `plain_kernels.py`; i = what is asked of the law at every age, of which work.rows has the row
(row, c) of its answer. Members of a block of ages hardly ever meet more than two rows.
"""

import numpy as np

from actuarial.jit import WIDTH, absorbed, inner
from actuarial.labour.award_kernels import RETIREMENT
from actuarial.lanes import anywhere, choose, least, load, load_from, spread, store, store_from

MARGIN = 16  # empty rows of cells at both ends of stocks: more than the months of a year
SHARE, RATE = (np.int64(kind) for kind in range(2))  # not compiled anew for each
"""Places of rows by credit: of who claims, and of what there is per head."""


@inner
def find_used(rows, used):
    """First and last cell of each row (row, c) that is not 0: fills used (row, 2); the last is -1 where all are 0."""
    for r in range(rows.shape[0]):
        used[r, 0], used[r, 1] = 0, -1
        for c in range(rows.shape[1]):
            if rows[r, c] != 0.0:
                used[r, 0] = c if used[r, 1] < 0 else used[r, 0]
                used[r, 1] = c


@absorbed
def add_from(row, first, value):
    """Add the numbers of all lanes to a row of many cells, from the first cell on."""
    store_from(row, first, load_from(row, first) + value)


@inner
def two_rows(old, work, block, someone, x, i, kind):
    """The members of a block meet rows of the law, which work.rows has for each age: fills work.other[kind] (l,) with 1
    where it is the second one.

    Returns both, the same twice where there is one, and whether there are more than two.
    """
    rows, number = work.rows[i], old.number[block]
    one = rows[x + someone]
    further = choose(load(number) > 0.0, load_from(rows, x) - one, 0.0)
    apart = further * further > 0.0
    store(work.other[kind], choose(apart, 1.0, 0.0))
    if not anywhere(apart):
        return int(one), int(one), False
    two, more = one, False
    for lane in range(WIDTH):
        row = rows[x + lane]
        if number[lane] > 0.0 and row != one:
            more = more or (two != one and row != two)
            two = row
    return int(one), int(two), more


@inner
def spread_out(shares, old, work, block, x, i, kind, top):
    """Shares (row, c) of the rows that the members of a block meet, side by side: fills work.table[kind] (c, l)."""
    for lane in range(WIDTH):
        row = int(work.rows[i, x + lane])
        for c in range(top + 1):
            work.table[kind, c, lane] = shares[row, c] if old.number[block, lane] > 0.0 else 0.0


@inner
def claim_together(law, old, work, block, someone, x, top):
    """Share of each cell up to `top` who retire by any benefit: fills work.retire. Returns whether anybody does."""
    anybody = False
    for j in range(law.first[RETIREMENT], law.first[RETIREMENT + 1]):
        if law.leaves[j] == 0:
            continue
        one, two, more = two_rows(old, work, block, someone, x, j, SHARE)
        if more:
            spread_out(law.claim_rows, old, work, block, x, j, SHARE, top)
        elif min(first_used(work, one), first_used(work, two)) > top:
            continue
        apart, low, high = load(work.other[SHARE]) > 0.0, law.claim_rows[one], law.claim_rows[two]
        for c in range(top + 1):
            before = load(work.retire[c]) if anybody else spread(0.0)
            share = load(work.table[SHARE, c]) if more else choose(apart, spread(high[c]), spread(low[c]))
            store(work.retire[c], least(before + share, 1.0))
        anybody = True
    return anybody


@absorbed
def first_used(work, row):
    """First cell of a row that is not 0, a cell behind all where there is none."""
    return work.used[row, 0] if work.used[row, 1] >= 0 else work.halfway.shape[0]


@absorbed
def sums(work, shares, one, two, rates, low, high, start, end):
    """Of those of work.halfway who claim by one of two rows (row, c) of shares: their number, the sum of their cells,
    and what they have by one of two rows per head; each by lane."""
    number, cells, paid, cell = spread(0.0), spread(0.0), spread(0.0), spread(float(start))
    apart, differ = load(work.other[SHARE]) > 0.0, load(work.other[RATE]) > 0.0
    share, other_share, rate, other_rate = shares[one], shares[two], rates[low], rates[high]
    for c in range(max(start, 0), end):
        here = load(work.halfway[MARGIN + c]) * choose(apart, spread(other_share[c]), spread(share[c]))
        number += here
        cells += here * cell
        paid += here * choose(differ, spread(other_rate[c]), spread(rate[c]))
        cell += 1.0
    return number, cells, paid


@absorbed
def sums_of_tables(work, start, end):
    """As `sums`, where shares and amounts per head stand in work.table."""
    number, cells, paid = spread(0.0), spread(0.0), spread(0.0)
    for c in range(max(start, 0), end):
        here = load(work.halfway[MARGIN + c]) * load(work.table[SHARE, c])
        number += here
        cells += here * c
        paid += here * load(work.table[RATE, c])
    return number, cells, paid


@inner
def award(law, old, work, block, event, someone, x, top):
    """Members of a block at mid-year, of whom a share (l,) in work.leaving meets an event, and their claims on it, with
    rates of amounts for amounts: adds to work."""
    factor, claims = load(work.leaving[event]), work.claims.shape[0]
    for j in range(law.first[event], law.first[event + 1]):
        one, two, more = two_rows(old, work, block, someone, x, claims + j, SHARE)
        start, end = 0, top + 1
        if not more:
            start = min(first_used(work, one), first_used(work, two))
            end = min(top, max(work.used[one, 1], work.used[two, 1])) + 1
        if start >= end:
            continue
        first, persons, cells = law.claim_first_amount[j], spread(0.0), spread(0.0)
        amounts = law.claim_first_amount[j + 1] - first
        for a in range(first, first + max(amounts, 1)):
            rates, i = law.claim_rows, claims + j
            if amounts > 0:
                rates, i = law.unit_rows, 2 * claims + law.amount_unit[a]
            low, high, several = two_rows(old, work, block, someone, x, i, RATE)
            if more or several:
                spread_out(law.claim_rows, old, work, block, x, claims + j, SHARE, top)
                spread_out(rates, old, work, block, x, i, RATE, top)
                persons, cells, paid = sums_of_tables(work, start, end)
            else:
                persons, cells, paid = sums(work, law.claim_rows, one, two, rates, low, high, start, end)
            if amounts > 0:
                add_from(work.paid[a], x + 1, factor * paid)
        add_from(work.claims[j], x + 1, factor * persons)
        add_from(work.months[j], x + 1, factor * cells)
