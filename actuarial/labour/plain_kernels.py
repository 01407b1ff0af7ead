"""Recursion of the insured of one group and sex while nobody is inactive and no amount has a limit.

The rules and letters are those of `kernels.py`; all members are followed, without accounts, recoveries and given
distributions of credit. Amounts without limits need no distribution of earnings, so that a claim is a sum of products.

Rows (c,) of stocks, claims and units have `MARGIN` empty cells behind the last one, those of members before the first
one too: members move over the ends, and rows are counted several cells at a time without asking where they end.
"""

from typing import NamedTuple

import numpy as np

from actuarial.jit import WIDTH, inlined, inner, lean
from actuarial.labour.award_kernels import AMOUNTS, CLAIMS, CREDITS, DEATH, INVALIDITY, RETIREMENT, TRACE
from actuarial.labour.force_kernels import LARGEST, dependent
from actuarial.labour.kernels import (
    ACTIVE,
    ACTIVE_CREDITS,
    CREDITS_REMOVED,
    DEATHS_ACTIVE,
    GIVEN,
    HERE_ACTIVE,
    INVALIDS,
    MONTHS_ENTRANTS,
    MONTHS_STAYERS,
    NEW,
    REFUSED,
    RETIRED_ACTIVE,
    RHO,
    SHORTFALL,
    measured,
    missing,
)
from actuarial.lanes import added, cells_from, least, load_from, spread, store_from
from actuarial.numeric import constant_force
from actuarial.references import refer

FILLED = (
    ACTIVE, ACTIVE_CREDITS, CREDITS_REMOVED, DEATHS_ACTIVE, INVALIDS, MONTHS_ENTRANTS, MONTHS_STAYERS, NEW, REFUSED,
    RETIRED_ACTIVE, RHO, SHORTFALL,
)  # fmt: skip
MARGIN = 3 * WIDTH  # more than the months of a year and the cells counted at a time together


class PlainLaw(NamedTuple):
    """What is asked of the `records.Answers` in a year: rows of the claims of the active, of who leaves and of what
    is recorded (j, y), places of amounts (j,), their units (a,), rows of these (u, y)."""

    first: np.ndarray
    leaves: np.ndarray
    claims: np.ndarray
    awards: np.ndarray
    claim_rows: np.ndarray
    first_amount: np.ndarray
    unit: np.ndarray
    units: np.ndarray
    unit_rows: np.ndarray


@inner
def find_used(rows, used):
    """First and last cell of each row (row, c) that is not 0: fills used (row, 2); the last is -1 where all are 0."""
    for r in range(rows.shape[0]):
        used[r, 0], used[r, 1] = 0, -1
        for c in range(rows.shape[1]):
            if rows[r, c] != 0.0:
                used[r, 0] = c if used[r, 1] < 0 else used[r, 0]
                used[r, 1] = c


@inner
def after_move(people, c, h, upper):
    """Members in the cell c and the next ones, after people (c,) moved up by h cells, the share `upper` by one more."""
    there = load_from(people, MARGIN + c - h)
    if upper == 0.0:
        return there
    return there * (1.0 - upper) + load_from(people, MARGIN + c - h - 1) * upper


@inner
def claim_together(law, work, y, top):
    """Share of each cell up to `top` who retire by any benefit: fills work.retire. Returns whether anybody does."""
    anybody = False
    for j in range(law.first[RETIREMENT], law.first[RETIREMENT + 1]):
        row = law.claims[j, y]
        if law.leaves[j] == 0 or work.used[row, 1] < 0 or work.used[row, 0] > top:
            continue
        share = law.claim_rows[row]
        for c in range(0, top + 1, WIDTH):
            before = load_from(work.retire, c) if anybody else spread(0.0)
            store_from(work.retire, c, least(before + load_from(share, c), 1.0))
        anybody = True
    return anybody


@inner
def sums(people, share, per_head, start, end):
    """People who claim, the sum of their cells, and of what they have per head, over cells (c,) from a block on."""
    number, cells, paid = spread(0.0), spread(0.0), spread(0.0)
    for c in range(start, end, WIDTH):
        here = load_from(people, c) * load_from(share, c)
        number += here
        cells += here * cells_from(c)
        paid += here * load_from(per_head, c)
    return added(number), added(cells), added(paid)


@inner
def award(law, work, event, factor, top, y):
    """Members at mid-year, of whom the share `factor` meets an event, and their claims on it, with rates of amounts for
    amounts: adds to work."""
    for j in range(law.first[event], law.first[event + 1]):
        row = law.awards[j, y]
        start, end = work.used[row, 0] // WIDTH * WIDTH, min(top, work.used[row, 1]) + 1
        if start >= end:
            continue
        share, number, cells = law.claim_rows[row], 0.0, 0.0
        for a in range(law.first_amount[j], law.first_amount[j + 1]):
            per_head = law.unit_rows[law.units[law.unit[a], y]]
            number, cells, paid = sums(work.halfway, share, per_head, start, end)
            work.paid[a, y] += factor * paid
        if law.first_amount[j] == law.first_amount[j + 1]:
            number, cells, _ = sums(work.halfway, share, share, start, end)
        work.claims[j, y] += factor * number
        work.months[j, y] += factor * cells


@inner
def multiply(row, factors):
    """Multiply a row (y,) by factors (y,)."""
    for y in range(row.shape[0]):
        row[y] *= factors[y]


@inner
def empty(row):
    """Nothing in a row (y,)."""
    for y in range(row.shape[0]):
        row[y] = 0.0


@inner
def take(row, values, factor):
    """Add values (y,) times a factor to a row (y,), and empty them."""
    for y in range(row.shape[0]):
        row[y] += values[y] * factor
        values[y] = 0.0


@inner
def record(answers, earnings, flows, work, t, step):
    """The claims of year t with their amounts in money: fills flows, and empties what was added up."""
    for j in range(work.claims.shape[0]):
        for q in (CLAIMS, CREDITS, AMOUNTS):
            empty(flows.by_claim[q, t, j])
        take(flows.by_claim[CLAIMS, t, j], work.claims[j], 1.0)
        take(flows.by_claim[CREDITS, t, j], work.months[j], step)
        for a in range(answers.claim_first_amount[j], answers.claim_first_amount[j + 1]):
            u, paid = answers.amount_unit[a], work.paid[a]
            multiply(paid, answers.amount_multiple[a, t])
            multiply(paid, answers.unit_scale[u, t])
            if answers.unit_base[u] >= 0:
                multiply(paid, earnings.reference[t, :, answers.unit_base[u]])
            take(flows.by_claim[AMOUNTS, t, j], paid, 1.0)


@inner
def stay(people, work, share, retires, h, upper, top):
    """The share of people (c,) who neither die nor become invalid, less those who retire: fills work.stays.

    Returns how many stay, how many retire, and the cells of the latter.
    """
    stays, retired, cells = spread(0.0), spread(0.0), spread(0.0)
    for c in range(0, top + 1, WIDTH):
        n = load_from(people, MARGIN + c) * share
        if retires:
            left = load_from(work.retire, c + h) * (1.0 - upper) + load_from(work.retire, c + h + 1) * upper
            left = left * n
            retired += left
            cells += left * cells_from(c)
            n = n - left
        stays += n
        store_from(work.stays, MARGIN + c, n)
    store_from(work.stays, MARGIN + top // WIDTH * WIDTH + WIDTH, spread(0.0))
    return added(stays), added(retired), added(cells)


@inner
def decrements(rates, work, t):
    """Dependent probabilities of those aged x in year t: fills work.dies, work.invalid and work.remains (x,)."""
    ages = work.dies.shape[0]
    together = ages // WIDTH * WIDTH
    for x in range(0, together, WIDTH):
        q_1, q_2 = load_from(rates.q_active[t], x), load_from(rates.invalidity[t], x)
        dies, invalid, _, remains = dependent(q_1, q_2, spread(0.0))
        store_from(work.dies, x, dies)
        store_from(work.invalid, x, invalid)
        store_from(work.remains, x, remains)
    for x in range(ages):
        q_1, q_2 = rates.q_active[t, x], rates.invalidity[t, x]
        if x >= together or max(q_1, q_2) > LARGEST:
            work.dies[x], work.invalid[x], _, work.remains[x] = constant_force(q_1, q_2, 0.0)


@inner
def leave(old, new, rates, law, flows, work, t, x, step):
    """Decrements of those aged x in year t; the others get a year of credit. Returns who stays."""
    y, top, people = min(x + 1, old.top.shape[0] - 1), old.top[x], old.stock[x]
    dies, invalid, remains = work.dies[x], work.invalid[x], work.remains[x]
    months = 6.0 * rates.density[t, y]
    cells = months / step
    h = int(np.floor(cells))
    upper, end = cells - h, top + h + 1
    for c in range(0, end + 1, WIDTH):
        store_from(work.halfway, c, after_move(people, c, h, upper))
    retires = claim_together(law, work, y, end)
    stays, retired, theirs = stay(people, work, remains, retires, h, upper, top)
    number = old.number[x]
    removed = (dies + invalid) * (old.cells[x] + cells * number) + theirs + cells * retired
    flows.by_age[DEATHS_ACTIVE, t, y] += number * dies
    flows.by_age[INVALIDS, t, y] += number * invalid
    flows.by_age[RETIRED_ACTIVE, t, y] += retired
    flows.by_age[CREDITS_REMOVED, t, y] += removed * step
    flows.by_age[MONTHS_STAYERS, t, y] += months * (number + stays)
    if retires:
        award(law, work, RETIREMENT, remains, end, y)
    if invalid > 0.0:
        award(law, work, INVALIDITY, invalid, end, y)
    if dies > 0.0:
        award(law, work, DEATH, dies, end, y)
    cells = 2.0 * months / step
    h = int(np.floor(cells))
    upper, end, after = cells - h, top + h + 1, new.stock[y]
    for c in range(0, end + 1, WIDTH):
        store_from(after, MARGIN + c, load_from(after, MARGIN + c) + after_move(work.stays, c, h, upper))
    new.top[y] = max(new.top[y], end)
    return stays


@inner
def enter(new, rates, entries, flows, entrants, t, y, step):
    """New entrants at age y; those who would be drawn from the inactive are lacking."""
    if entries.concept[0] == GIVEN:
        fresh, short, refused = entries.new[t, y], 0.0, 0.0
        flows.by_age[RHO, t, y] = entries.rho[t, y]
    else:
        wish = entrants * rates.profile[t, y]
        if wish == 0.0:
            return
        short = wish * rates.reentry[t, y]
        refused, fresh = (1.0 - entries.admitted[t]) * wish, entries.admitted[t] * wish
    if fresh > 0.0:
        cells = 6.0 * rates.density[t, y] / step
        h = int(np.floor(cells))
        new.stock[y, MARGIN + h] += fresh * (h + 1.0 - cells)
        new.stock[y, MARGIN + h + 1] += fresh * (cells - h)
        new.top[y] = max(new.top[y], h + 1)
    flows.by_age[NEW, t, y] = fresh
    flows.by_age[SHORTFALL, t, y] = short
    flows.by_age[REFUSED, t, y] = refused
    flows.by_age[MONTHS_ENTRANTS, t, y] = 6.0 * rates.density[t, y] * fresh


@inner
def clear(new):
    """Empty the cells in use."""
    for y in range(new.top.shape[0]):
        for c in range(0, new.top[y] + 1, WIDTH):
            store_from(new.stock[y], MARGIN + c, spread(0.0))
        new.top[y] = -1


@inner
def measure(group):
    """Members of each age, and the sum of their cells; empties the cells at the end with no more than a trace."""
    for y in range(group.top.shape[0]):
        number, cells = spread(0.0), spread(0.0)
        for c in range(0, group.top[y] + 1, WIDTH):
            n = load_from(group.stock[y], MARGIN + c)
            number += n
            cells += n * cells_from(c)
        group.number[y], group.cells[y] = added(number), added(cells)
        trace = TRACE * group.number[y]
        while group.top[y] >= 0 and group.stock[y, MARGIN + group.top[y]] <= trace:
            group.stock[y, MARGIN + group.top[y]] = 0.0
            group.top[y] -= 1


@inner
def becomes_inactive(old, rates, entries, t):
    """Whether anybody leaves the active in year t for another reason than a target below those who stay."""
    for x in range(old.top.shape[0]):
        if old.top[x] >= 0 and rates.exit[t, x] > 0.0:
            return True
        if entries.concept[0] == GIVEN and entries.kappa[t, x] > 0.0:
            return True
    return False


@inner
def begin_year(flows, t):
    """No flows in a year; its claims are emptied when they are recorded."""
    for i in FILLED:
        empty(flows.by_age[i, t])


@inlined
def of_year(answers, t):
    """Claims and units of a year."""
    return PlainLaw(
        answers.first, answers.leaves, answers.claim_index[HERE_ACTIVE, :, t], answers.award_index[HERE_ACTIVE, :, t],
        answers.claim_rows, answers.claim_first_amount, answers.amount_unit, answers.unit_index[:, t],
        answers.unit_rows,
    )


@inlined
def advance_year(old, new, rates, entries, earnings, answers, flows, work, t, step):
    """The year t of the members of one group and sex. Returns whether nobody became inactive; else it is not over."""
    if becomes_inactive(old, rates, entries, t):
        return False
    clear(new)
    begin_year(flows, t)
    decrements(rates, work, t)
    law = refer(of_year(answers, t))
    ages, opening, have, stayers = old.top.shape[0], 0.0, 0.0, 0.0
    for x in range(ages):
        opening += old.number[x]
        if old.top[x] >= 0:
            stays = leave(old, new, rates, law, flows, work, t, x, step)
            stayers += stays
            have += measured(stays, rates, entries, t, min(x + 1, ages - 1))
    entrants = 0.0
    if entries.concept[0] != GIVEN:
        entrants, have = missing(have, stayers, rates, entries, opening, t)
        if entrants < 0.0 and have > 0.0 and entries.admitted[t] > 0.0:
            return False
    for y in range(ages if entrants > 0.0 or entries.concept[0] == GIVEN else 0):
        enter(new, rates, entries, flows, entrants, t, y, step)
    record(answers, earnings, flows, work, t, step)
    measure(new)
    for y in range(ages):
        flows.by_age[ACTIVE, t, y] = new.number[y]
        flows.by_age[ACTIVE_CREDITS, t, y] = step * new.cells[y]
    return True


@lean
def project_plain(group, spare, rates, entries, earnings, answers, flows, work, step, years):
    """The first years of the members of one group and sex, as many as pass before anybody becomes inactive.

    `group` has the stocks before the first year. Returns the number of years: `group` has the stocks after them if it
    is even, else `spare` has.
    """
    old, new, rate, enters, paid = refer(group), refer(spare), refer(rates), refer(entries), refer(earnings)
    law, out, scratch = refer(answers), refer(flows), refer(work)
    find_used(law.claim_rows, scratch.used)
    measure(old)
    for t in range(years):
        if not advance_year(old, new, rate, enters, paid, law, out, scratch, t, step):
            begin_year(out, t)
            return t
        old, new = new, old
    return years
