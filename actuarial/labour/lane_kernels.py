"""Recursion of the insured of one group and sex in several scenarios side by side (see `actuarial.lanes`).

The rules and letters are those of `kernels.py`; l = lane, f = what a cell of the inactive holds: persons, then
earnings, floors and ceilings of each base k, then products of them. All members are projected by a coverage target,
without accounts, recoveries, transfers and given distributions of credit; density, entry profiles and the shares of
those who claim are the same in all scenarios. Stocks are kept in place: ages are gone through from the last one down,
so that the next one is empty.
"""

import numpy as np

from actuarial.jit import absorbed, lean
from actuarial.labour.award_kernels import DEATH, EXIT, INVALIDITY, RETIREMENT, TRACE
from actuarial.labour.kernels import (
    ACTIVE,
    ACTIVE_CREDITS,
    ANY,
    AVERAGE,
    CREDITS_REMOVED,
    DEATHS_ACTIVE,
    DEATHS_INACTIVE,
    EXITS,
    HERE_ACTIVE,
    HERE_INACTIVE,
    INACTIVE,
    INACTIVE_CREDITS,
    INVALIDS,
    KAPPA,
    MONTHS_ENTRANTS,
    MONTHS_STAYERS,
    NEW,
    REENTRANTS,
    REFUSED,
    RETIRED_ACTIVE,
    RETIRED_INACTIVE,
    RHO,
    SHORTFALL,
)
from actuarial.labour.lane_amounts_kernels import award, forget
from actuarial.labour.limit_kernels import two_members
from actuarial.lanes import WIDTH, anywhere, choose, least, load, most, spread, store
from actuarial.numeric import constant_force

LEAVE_INACTIVE, LEAVE_ACTIVE, CONTRACT = range(3)


@absorbed
def add(row, value):
    """Add the numbers of all lanes to a row (l,)."""
    store(row, load(row) + value)


@absorbed
def decrements(rates, work, t, x):
    """Dependent probabilities of those aged x in year t: fills work.forces (event and those who stay, l)."""
    for lane in range(WIDTH):
        dies, invalid, leaves, stays = constant_force(
            rates.q[t, x, lane], rates.invalidity[t, x, lane], rates.exit[t, x, lane]
        )
        work.forces[RETIREMENT, lane], work.forces[INVALIDITY, lane] = stays, invalid
        work.forces[DEATH, lane], work.forces[EXIT, lane] = dies, leaves


@absorbed
def total_claim(answers, retire, status, t, y, top):
    """As in `award_kernels.py`: fills retire (c,), the same in all lanes."""
    anybody = False
    for c in range(top + 1):
        retire[c] = 0.0
    for j in range(answers.first[RETIREMENT], answers.first[RETIREMENT + 1]):
        if answers.leaves[j] == 0:
            continue
        share = answers.claim_rows[answers.claim_index[status, j, t, y]]
        for c in range(top + 1):
            retire[c] = min(retire[c] + share[c], 1.0)
            anybody = anybody or share[c] > 0.0
    return anybody


@absorbed
def halfway(people, top, h, upper, result):
    """Move people (c, l) up by h cells, the share `upper` of them by h + 1: fills result up to the cell top + h + 1."""
    for c in range(h):
        store(result[c], 0.0)
    before = spread(0.0)
    for c in range(top + 1):
        n = load(people[c])
        store(result[c + h], n * (1.0 - upper) + before * upper)
        before = n
    store(result[top + h + 1], before * upper)


@absorbed
def become_inactive(stock, earnings, work, share, y, top):
    """The share (l,) of the people in mid-year who join the inactive aged y, with the earnings of work."""
    stock.top[1, y] = max(stock.top[1, y], top)
    leaves, first = load(share), 1 + 3 * work.means.shape[0]
    for c in range(top + 1):
        n, row = load(work.halfway[c]) * leaves, stock.inactive[y, c]
        add(row[0], n)
        for k in range(work.means.shape[0]):
            add(row[3 * k + 1], n * load(work.means[k, 0]))
            add(row[3 * k + 2], n * load(work.floors[k, 0]))
            add(row[3 * k + 3], n * load(work.ceilings[k, 0]))
        for s in range(earnings.apart.shape[0]):
            k, p = earnings.apart[s], first + 3 * s
            earned = n * load(work.means[k, 0])
            add(row[p], earned * load(work.means[k, 0]))
            add(row[p + 1], earned * load(work.floors[k, 0]))
            add(row[p + 2], earned * load(work.ceilings[k, 0]))


@absorbed
def same_earnings(earnings, work, t, y):
    """The reference earnings of the active aged y and their limits, the same in every cell: in the first one."""
    work.level[0] = 1
    for k in range(work.means.shape[0]):
        store(work.means[k, 0], load(earnings.reference[t, y, k]))
        store(work.floors[k, 0], load(earnings.floor[t, k]))
        store(work.ceilings[k, 0], load(earnings.ceiling[t, k]))


@absorbed
def leave_active(stock, rates, earnings, answers, work, t, x, step):
    """Decrements of the active aged x in year t; what stays is left in place, before contraction.

    Returns the highest cell of the people in mid-year who may claim, -1 if there are none; so do the next functions.
    """
    y = min(x + 1, stock.active.shape[0] - 1)
    top = stock.top[0, x]
    if top < 0:
        return -1
    decrements(rates, work, t, x)
    half = 6.0 * rates.density[t, y] / step
    h = int(np.floor(half))
    upper, end = half - h, top + h + 1
    retires = total_claim(answers, work.retire, HERE_ACTIVE, t, y, end)
    same_earnings(earnings, work, t, y)
    forget(work)
    halfway(stock.active[x], top, h, upper, work.halfway)
    ap, aq_i = load(work.forces[RETIREMENT]), load(work.forces[INVALIDITY])
    aq_d, aq_e = load(work.forces[DEATH]), load(work.forces[EXIT])
    if anywhere(aq_e > 0.0):
        become_inactive(stock, earnings, work, work.forces[EXIT], y, end)
    start, cells, retired, claimed = spread(0.0), spread(0.0), spread(0.0), spread(0.0)
    for c in range(top + 1):
        n = load(stock.active[x, c])
        start += n
        cells += n * c
        claims = (1.0 - upper) * work.retire[c + h] + upper * work.retire[c + h + 1]
        retired += n * claims
        claimed += n * (claims * (c + half))
        store(stock.active[x, c], n * (1.0 - claims) * ap)
    add(work.by_age[MONTHS_STAYERS, y], start * (6.0 * rates.density[t, y]))
    add(work.by_age[DEATHS_ACTIVE, y], start * aq_d)
    add(work.by_age[INVALIDS, y], start * aq_i)
    add(work.by_age[EXITS, y], start * aq_e)
    add(work.by_age[RETIRED_ACTIVE, y], retired * ap)
    add(work.by_age[CREDITS_REMOVED, y], ((aq_d + aq_i) * (cells + start * half) + claimed * ap) * step)
    store(work.leaving[RETIREMENT], ap if retires else spread(0.0))
    store(work.leaving[INVALIDITY], aq_i)
    store(work.leaving[DEATH], aq_d)
    store(work.leaving[EXIT], aq_e)
    return end


@absorbed
def leave_inactive(stock, rates, earnings, answers, work, t, x, step):
    """Deaths and retirements of the inactive aged x in year t; the others move to age y with their earnings."""
    y = min(x + 1, stock.inactive.shape[0] - 1)
    top = stock.top[1, x]
    if top < 0:
        return -1
    retires = total_claim(answers, work.retire, HERE_INACTIVE, t, y, top)
    if y != x:
        stock.top[1, x] = -1
    stock.top[1, y] = max(stock.top[1, y], top)
    forget(work)
    work.level[0] = 0
    dies = load(rates.q[t, x])
    number, cells, retired, claimed = spread(0.0), spread(0.0), spread(0.0), spread(0.0)
    for c in range(top + 1):
        row, there = stock.inactive[x, c], stock.inactive[y, c]
        n, claims = load(row[0]), work.retire[c]
        number += n
        cells += n * c
        retired += n * claims
        claimed += n * (claims * c)
        store(work.halfway[c], n)
        stays, head = (1.0 - dies) * (1.0 - claims), choose(n > 1e-300, 1.0 / n, 0.0)
        carry(row[0], there[0], n * stays, x != y)
        for k in range(work.means.shape[0]):
            grown = load(earnings.growth[t, k]) + 1.0
            mean, floor = load(row[3 * k + 1]) * grown, load(row[3 * k + 2]) * grown
            ceiling = load(row[3 * k + 3]) * grown
            store(work.means[k, c], mean * head)
            store(work.floors[k, c], floor * head)
            store(work.ceilings[k, c], ceiling * head)
            carry(row[3 * k + 1], there[3 * k + 1], mean * stays, x != y)
            carry(row[3 * k + 2], there[3 * k + 2], floor * stays, x != y)
            carry(row[3 * k + 3], there[3 * k + 3], ceiling * stays, x != y)
        for s in range(earnings.apart.shape[0]):
            lie_apart(row, there, earnings, work, s, c, head, stays, x != y, t)
    alive = 1.0 - dies
    add(work.by_age[DEATHS_INACTIVE, y], number * dies)
    add(work.by_age[RETIRED_INACTIVE, y], retired * alive)
    add(work.by_age[CREDITS_REMOVED, y], (cells * dies + claimed * alive) * step)
    store(work.leaving[RETIREMENT], alive if retires else spread(0.0))
    store(work.leaving[INVALIDITY], 0.0)
    store(work.leaving[DEATH], dies)
    store(work.leaving[EXIT], 0.0)
    return top


@absorbed
def lie_apart(row, there, earnings, work, s, c, head, stays, moves, t):
    """Fill work.apart of a base and a cell with `two_members`; products of those who stay move to the next age."""
    k = earnings.apart[s]
    p, grown = 1 + 3 * (work.means.shape[0] + s), load(earnings.growth[t, k]) + 1.0
    up = grown * grown
    square, with_floor, with_ceiling = load(row[p]) * up, load(row[p + 1]) * up, load(row[p + 2]) * up
    found = two_members(
        load(work.means[k, c]), load(work.floors[k, c]), load(work.ceilings[k, c]), square * head, with_floor * head,
        with_ceiling * head,
    )
    for i in range(work.apart.shape[1]):
        store(work.apart[s, i, c], found[i])
    carry(row[p], there[p], square * stays, moves)
    carry(row[p + 1], there[p + 1], with_floor * stays, moves)
    carry(row[p + 2], there[p + 2], with_ceiling * stays, moves)


@absorbed
def carry(here, there, value, moves):
    """What stays of a cell leaves it for the next age, or stays where it is at the last age."""
    if moves:
        store(here, 0.0)
        add(there, value)
    else:
        store(here, value)


@absorbed
def needed(stock, rates, entries, work, t):
    """As in `kernels.py`: fills work.entrants (l,) and work.kappa (l,), the contraction of the stayers."""
    last = stock.active.shape[0] - 1
    average, have, weight = entries.concept[0] == AVERAGE, spread(0.0), 0.0
    for x in range(last + 1):
        counted = spread(0.0)
        for c in range(stock.top[0, x] + 1):
            counted += load(stock.active[x, c])
        have += counted * (rates.density[t, min(x + 1, last)] if average else 1.0)
    for y in range(last + 1):
        weight += rates.profile[t, y] * (rates.density[t, y] if average else 1.0)
    if entries.concept[0] == ANY:
        need = load(entries.target[t]) - load(work.opening)
    else:
        need = load(entries.target[t]) - have
        need = choose(need > 0.0, need / weight if weight > 0.0 else spread(0.0), need)
    store(work.entrants, most(need, 0.0))
    short = choose(have > 0.0, least((0.0 - need) / choose(have > 0.0, have, 1.0), 1.0), 0.0)
    store(work.kappa, choose(need < 0.0, short * entries.admitted[t], 0.0))


@absorbed
def contract(stock, rates, earnings, work, t, x, step):
    """The share work.kappa (contraction) of the stayers aged x leaves with half a year of credit."""
    y, top = min(x + 1, stock.active.shape[0] - 1), stock.top[0, x]
    if top < 0 or not anywhere(load(work.kappa) > 0.0):
        return -1
    half = 6.0 * rates.density[t, y] / step
    h = int(np.floor(half))
    same_earnings(earnings, work, t, y)
    forget(work)
    halfway(stock.active[x], top, h, half - h, work.halfway)
    become_inactive(stock, earnings, work, work.kappa, y, top + h + 1)
    stayers = spread(0.0)
    for c in range(top + 1):
        stayers += load(stock.active[x, c])
    add(work.by_age[EXITS, y], stayers * load(work.kappa))
    for event in range(work.leaving.shape[0]):
        store(work.leaving[event], 0.0)
    store(work.leaving[EXIT], load(work.kappa))
    return top + h + 1


@absorbed
def accrue(stock, rates, work, t, x, step):
    """Stayers aged x accrue a full year and are a year older."""
    y, top = min(x + 1, stock.active.shape[0] - 1), stock.top[0, x]
    if top < 0:
        return
    full = 12.0 * rates.density[t, y] / step
    h = int(np.floor(full))
    halfway(stock.active[x], top, h, full - h, work.here)
    stayers, rest = spread(0.0), 1.0 - load(work.kappa)
    for c in range(top + 1):
        stayers += load(stock.active[x, c])
        store(stock.active[x, c], 0.0)
    stock.top[0, x] = -1
    stock.top[0, y] = max(stock.top[0, y], top + h + 1)
    for c in range(h, top + h + 2):
        add(stock.active[y, c], load(work.here[c]) * rest)
    add(work.by_age[MONTHS_STAYERS, y], stayers * rest * (6.0 * rates.density[t, y]))


@absorbed
def enter(stock, rates, entries, work, t, y, step):
    """New entrants and re-entrants at age y; the latter are drawn from the inactive in proportion to each cell."""
    wish, end = load(work.entrants) * rates.profile[t, y], stock.top[1, y]
    if not anywhere(wish > 0.0):
        return
    held = spread(0.0)
    for c in range(end + 1 if rates.reentry[t, y] > 0.0 else 0):
        held += load(stock.inactive[y, c, 0])
    wanted = wish * rates.reentry[t, y]
    drawn = least(wanted, held)
    fresh, readmitted = (wish - drawn) * entries.admitted[t], drawn * entries.readmitted[t]
    rho = choose(held > 0.0, readmitted / choose(held > 0.0, held, 1.0), 0.0)
    half = 6.0 * rates.density[t, y] / step
    h = int(np.floor(half))
    upper, back = half - h, spread(0.0)
    stock.top[0, y] = max(stock.top[0, y], h + 1)
    if anywhere(rho > 0.0):
        stock.top[0, y] = max(stock.top[0, y], end + h + 1)
        for c in range(end + 1):
            row = stock.inactive[y, c]
            r = rho * load(row[0])
            back += r
            add(stock.active[y, c + h], r * (1.0 - upper))
            add(stock.active[y, c + h + 1], r * upper)
            store(row[0], load(row[0]) - r)
            for f in range(1, row.shape[0]):
                store(row[f], load(row[f]) * (1.0 - rho))
    add(stock.active[y, h], fresh * (1.0 - upper))
    add(stock.active[y, h + 1], fresh * upper)
    store(work.by_age[NEW, y], fresh)
    store(work.by_age[REENTRANTS, y], back)
    store(work.by_age[RHO, y], rho)
    store(work.by_age[SHORTFALL, y], wanted - drawn)
    store(
        work.by_age[REFUSED, y],
        (wish - drawn) * (1.0 - entries.admitted[t]) + drawn * (1.0 - entries.readmitted[t]),
    )
    store(work.by_age[MONTHS_ENTRANTS, y], (fresh + back) * (6.0 * rates.density[t, y]))


@absorbed
def measure(stock, work, step):
    """Stocks and credits on 31 December: fills work.by_age; cells at the end of an age with no more than a trace of it
    are left out after it."""
    for y in range(stock.active.shape[0]):
        count(stock.active[y], stock.top[0, y], work.by_age[ACTIVE, y], work.by_age[ACTIVE_CREDITS, y], step)
        idle = stock.inactive[y]
        count(idle[:, 0], stock.top[1, y], work.by_age[INACTIVE, y], work.by_age[INACTIVE_CREDITS, y], step)
        stock.top[0, y] = trim(stock.active[y], idle[:, :0], stock.top[0, y], work.by_age[ACTIVE, y])
        stock.top[1, y] = trim(idle[:, 0], idle[:, 1:], stock.top[1, y], work.by_age[INACTIVE, y])


@absorbed
def count(people, top, persons, credits, step):
    """Persons and credits (l,) of people (c, l) up to a cell."""
    number, cells = spread(0.0), spread(0.0)
    for c in range(top + 1):
        n = load(people[c])
        number += n
        cells += n * c
    store(persons, number)
    store(credits, cells * step)


@absorbed
def trim(people, held, top, persons):
    """Empty the cells up to `top` of people (c, l), and what they hold (c, f, l), above which only a trace of the
    persons (l,) of a lane is left. Returns the last cell in use by any lane, -1 if there is none."""
    trace, above, used = load(persons) * TRACE, spread(1.0), -1
    for c in range(top, -1, -1):
        above = choose(load(people[c]) <= trace, above, 0.0)
        used = max(used, c) if anywhere(above < 1.0) else used
        if not anywhere(above > 0.0):
            break
        store(people[c], choose(above > 0.0, 0.0, load(people[c])))
        for f in range(held.shape[1]):
            store(held[c, f], choose(above > 0.0, 0.0, load(held[c, f])))
    return used


@absorbed
def begin_year(stock, work):
    """Empty the flows of a year; persons in active status before it in work.opening (l,)."""
    nothing, opening = spread(0.0), spread(0.0)
    for y in range(stock.active.shape[0]):
        for i in range(work.by_age.shape[0]):
            store(work.by_age[i, y], nothing)
        for i in range(work.by_claim.shape[0]):
            for j in range(work.by_claim.shape[1]):
                store(work.by_claim[i, j, y], nothing)
        for c in range(stock.top[0, y] + 1):
            opening += load(stock.active[y, c])
    store(work.opening, opening)


@absorbed
def end_year(work, place, places, by_age, by_claim, t):
    """Write the flows of a year to by_age (flow, scenario, t, g, s, y), and add them to by_claim (flow, scenario, t,
    benefit, s, y)."""
    first, g, s = place[0], place[1], place[2]
    lanes = min(WIDTH, by_age.shape[1] - first)
    for i in range(work.by_age.shape[0]):
        for y in range(work.by_age.shape[1]):
            for lane in range(lanes):
                by_age[i, first + lane, t, g, s, y] = work.by_age[i, y, lane]
    for i in range(work.by_claim.shape[0]):
        for j in range(work.by_claim.shape[1]):
            for y in range(work.by_claim.shape[2]):
                for lane in range(lanes):
                    by_claim[i, first + lane, t, places[j], s, y] += work.by_claim[i, j, y, lane]


@lean
def project_lanes(stock, rates, entries, earnings, answers, work, place, places, by_age, by_claim, step):
    """All years of the insured of one group and sex, at the place (first scenario, g, s) of the results.

    `stock` has the stocks before the first year and holds those of the last one afterwards. Where there are fewer
    scenarios left than lanes, the others are not written. Claims of the groups are added up; `places` (j,) are those of
    their benefits.
    """
    ages = stock.active.shape[0]
    measure(stock, work, step)
    for t in range(by_age.shape[2]):
        begin_year(stock, work)
        for task in range(3):
            if task == CONTRACT:
                needed(stock, rates, entries, work, t)
            for x in range(ages - 1, -1, -1):
                if task == LEAVE_INACTIVE:
                    top = leave_inactive(stock, rates, earnings, answers, work, t, x, step)
                elif task == LEAVE_ACTIVE:
                    top = leave_active(stock, rates, earnings, answers, work, t, x, step)
                else:
                    top = contract(stock, rates, earnings, work, t, x, step)
                if top >= 0:
                    status = HERE_INACTIVE if task == LEAVE_INACTIVE else HERE_ACTIVE
                    award(answers, rates, work, status, work.halfway, top, t, min(x + 1, ages - 1), step)
                if task == CONTRACT:
                    accrue(stock, rates, work, t, x, step)
        for y in range(ages):
            if y > 0:
                store(work.by_age[KAPPA, y], load(work.kappa))
            enter(stock, rates, entries, work, t, y, step)
        measure(stock, work, step)
        end_year(work, place, places, by_age, by_claim, t)
