"""Recursion of the insured of several groups, sexes or scenarios side by side (see `actuarial.lanes`).

The rules and letters are those of `kernels.py`; l = lane, r = row of the members of one age, f = what is known of an
inactive member of a cell: earnings, floor and ceiling of each base k, then the mean products of them. All members are
projected by a coverage target, without accounts, recoveries, transfers and given distributions of credit; what moves up
by credit moves by one number of whole cells in all lanes, or by one more.

Members stay in their row while they grow older, see `row_of`: nothing is moved. What is known of an inactive member is
a multiple of the index of the revaluation, so that it changes only where others join the cell.
"""

from actuarial.jit import absorbed, lean
from actuarial.labour.award_kernels import DEATH, EXIT, INVALIDITY, RETIREMENT, TRACE
from actuarial.labour.force_kernels import LARGEST, dependent
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
from actuarial.lanes import WIDTH, anywhere, choose, least, load, most, spread, store
from actuarial.numeric import constant_force

LEAVE_INACTIVE, LEAVE_ACTIVE, CONTRACT = range(3)


@absorbed
def row_of(x, t, ages):
    """Row of those aged x at the start of year t: of those aged x + 1 at its end too."""
    return (x - t) % ages


@absorbed
def turn(i, ages):
    """The i-th of the tasks of a year and the age at the start of the year of those it is about.

    From the oldest on; those who become inactive join the row of the inactive of their age, who had their turn just
    before, or of the oldest those a year younger: what is known of both is still at hand then.
    """
    if i >= 2 * ages:
        return CONTRACT, 3 * ages - 1 - i
    if i == 0 or (i % 2 == 1 and i < 2 * ages - 1):
        return LEAVE_INACTIVE, ages - 1 - (i + 1) // 2
    return LEAVE_ACTIVE, ages - (i + 1) // 2


@absorbed
def add(row, value):
    """Add the numbers of all lanes to a row (l,)."""
    store(row, load(row) + value)


@absorbed
def decrements(rates, work, t, x):
    """Dependent probabilities of those aged x in year t: fills work.forces (event and those who stay, l)."""
    q_1, q_2, q_3 = load(rates.q[t, x]), load(rates.invalidity[t, x]), load(rates.exit[t, x])
    dies, invalid, leaves, stays = dependent(q_1, q_2, q_3)
    store(work.forces[RETIREMENT], stays)
    store(work.forces[INVALIDITY], invalid)
    store(work.forces[DEATH], dies)
    store(work.forces[EXIT], leaves)
    if not anywhere(most(most(q_1, q_2), q_3) > LARGEST):
        return
    for lane in range(WIDTH):
        one, two, three = rates.q[t, x, lane], rates.invalidity[t, x, lane], rates.exit[t, x, lane]
        if max(one, two, three) > LARGEST:
            forces = constant_force(one, two, three)
            work.forces[RETIREMENT, lane], work.forces[INVALIDITY, lane] = forces[3], forces[1]
            work.forces[DEATH, lane], work.forces[EXIT, lane] = forces[0], forces[2]


@absorbed
def total_claim(answers, retire, status, t, y, top):
    """As in `award_kernels.py`: fills retire (c, l)."""
    anybody = spread(0.0)
    for c in range(top + 1):
        store(retire[c], 0.0)
    for j in range(answers.first[RETIREMENT], answers.first[RETIREMENT + 1]):
        if answers.leaves[j] == 0:
            continue
        share = answers.claim_rows[answers.claim_index[status, j, t, y]]
        for c in range(top + 1):
            claims = load(share[c])
            store(retire[c], least(load(retire[c]) + claims, 1.0))
            anybody = most(anybody, claims)
    return anywhere(anybody > 0.0)


@absorbed
def halfway(people, top, h, upper, result):
    """Move people (c, l) up by h cells, the share `upper` (l,) by h + 1: fills result up to the cell top + h + 1."""
    for c in range(h):
        store(result[c], 0.0)
    before = spread(0.0)
    for c in range(top + 1):
        n = load(people[c])
        store(result[c + h], n * (1.0 - upper) + before * upper)
        before = n
    store(result[top + h + 1], before * upper)


@absorbed
def become_inactive(stock, work, share, r, top):
    """The share (l,) of the people in mid-year who join the inactive of a row, with the earnings of work.own."""
    stock.top[1, r] = max(stock.top[1, r], top)
    leaves = load(share)
    for c in range(top + 1):
        n, joins = load(stock.inactive[r, c]), load(work.halfway[c]) * leaves
        store(work.here[c], part_of(joins, n))
        store(stock.inactive[r, c], n + joins)
    for f in range(stock.held.shape[1]):
        value = load(work.joins[f])
        for c in range(top + 1):
            part = load(work.here[c])
            store(stock.held[r, f, c], load(stock.held[r, f, c]) * (1.0 - part) + value * part)


@absorbed
def part_of(joins, n):
    """The part of the persons of a cell of those who join the n who are in it; 0 of nobody."""
    everybody = n + joins
    some = everybody > 0.0
    return choose(some, joins / choose(some, everybody, 1.0), 0.0)


@absorbed
def meet(stock, r, other):
    """Those of the last age of the year before, in the row `other`, are joined to those who reach it, in the row r."""
    top = stock.top[1, other]
    stock.top[1, r], stock.top[1, other] = max(stock.top[1, r], top), -1
    for c in range(top + 1):
        n, joins = load(stock.inactive[r, c]), load(stock.inactive[other, c])
        part = part_of(joins, n)
        store(stock.inactive[r, c], n + joins)
        store(stock.inactive[other, c], 0.0)
        for f in range(stock.held.shape[1]):
            mixed = load(stock.held[r, f, c]) * (1.0 - part) + load(stock.held[other, f, c]) * part
            store(stock.held[r, f, c], mixed)


@absorbed
def same_earnings(earnings, work, t, y):
    """The reference earnings of the active aged y, their limits and products, the same in every cell: fills work.own
    (f, 1, l), and work.joins (f, l) as multiples of the index of the revaluation."""
    work.level[0] = 1
    for k in range(work.grown.shape[0]):
        values = load(earnings.reference[t, y, k]), load(earnings.floor[t, k]), load(earnings.ceiling[t, k])
        for i in range(3):
            store(work.own[3 * k + i, 0], values[i])
            store(work.joins[3 * k + i], values[i] / load(work.grown[k]))
    for s in range(earnings.apart.shape[0]):
        k, f = earnings.apart[s], 3 * (work.grown.shape[0] + s)
        for i in range(3):
            store(work.joins[f + i], load(work.joins[3 * k]) * load(work.joins[3 * k + i]))


@absorbed
def leave_active(stock, rates, earnings, answers, work, t, x, step):
    """Decrements of the active aged x in year t; what stays is left in place, before contraction.

    Returns the highest cell of the people in mid-year who may claim, -1 if there are none; so do the next functions.
    """
    ages = stock.active.shape[0]
    y, r = min(x + 1, ages - 1), row_of(x, t, ages)
    top = stock.top[0, r]
    if top < 0:
        return -1
    decrements(rates, work, t, x)
    density, h = load(rates.density[t, y]), rates.half[t, y]
    half = density * 6.0 / step
    upper, end = half - h, top + h + 1
    retires = total_claim(answers, work.retire, HERE_ACTIVE, t, y, end)
    same_earnings(earnings, work, t, y)
    forget(work)
    halfway(stock.active[r], top, h, upper, work.halfway)
    ap, aq_i = load(work.forces[RETIREMENT]), load(work.forces[INVALIDITY])
    aq_d, aq_e = load(work.forces[DEATH]), load(work.forces[EXIT])
    if anywhere(aq_e > 0.0):
        become_inactive(stock, work, work.forces[EXIT], row_of(y, t + 1, ages), end)
    start, cells, retired, claimed = spread(0.0), spread(0.0), spread(0.0), spread(0.0)
    for c in range(top + 1):
        n = load(stock.active[r, c])
        start += n
        cells += n * c
        claims = (1.0 - upper) * load(work.retire[c + h]) + upper * load(work.retire[c + h + 1])
        retired += n * claims
        claimed += n * (claims * (half + c))
        store(stock.active[r, c], n * (1.0 - claims) * ap)
    add(work.by_age[MONTHS_STAYERS, y], start * (density * 6.0))
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
def leave_inactive(stock, rates, answers, work, t, x, step):
    """Deaths and retirements of the inactive aged x in year t; the others stay in their cells."""
    ages = stock.active.shape[0]
    y, r = min(x + 1, ages - 1), row_of(x, t, ages)
    top = stock.top[1, r]
    if top < 0:
        return -1
    retires = total_claim(answers, work.retire, HERE_INACTIVE, t, y, top)
    forget(work)
    work.level[0] = 0
    dies = load(rates.q[t, x])
    alive = 1.0 - dies
    number, cells, retired, claimed = spread(0.0), spread(0.0), spread(0.0), spread(0.0)
    for c in range(top + 1):
        n, claims = load(stock.inactive[r, c]), load(work.retire[c])
        number += n
        cells += n * c
        retired += n * claims
        claimed += n * (claims * c)
        store(work.halfway[c], n)
        store(stock.inactive[r, c], n * (alive * (1.0 - claims)))
    add(work.by_age[DEATHS_INACTIVE, y], number * dies)
    add(work.by_age[RETIRED_INACTIVE, y], retired * alive)
    add(work.by_age[CREDITS_REMOVED, y], (cells * dies + claimed * alive) * step)
    store(work.leaving[RETIREMENT], alive if retires else spread(0.0))
    store(work.leaving[INVALIDITY], 0.0)
    store(work.leaving[DEATH], dies)
    store(work.leaving[EXIT], 0.0)
    return top


@absorbed
def needed(stock, rates, entries, work, t):
    """As in `kernels.py`: fills work.entrants (l,) and work.kappa (l,), the contraction of the stayers."""
    last = stock.active.shape[0] - 1
    average, have, weight = entries.concept[0] == AVERAGE, spread(0.0), spread(0.0)
    for x in range(last + 1):
        counted, r = spread(0.0), row_of(x, t, last + 1)
        for c in range(stock.top[0, r] + 1):
            counted += load(stock.active[r, c])
        have += counted * load(rates.density[t, min(x + 1, last)]) if average else counted
    for y in range(last + 1):
        weight += load(rates.profile[t, y]) * (load(rates.density[t, y]) if average else spread(1.0))
    if entries.concept[0] == ANY:
        need = load(entries.target[t]) - load(work.opening)
    else:
        need = load(entries.target[t]) - have
        entering = choose(weight > 0.0, need / choose(weight > 0.0, weight, 1.0), 0.0)
        need = choose(need > 0.0, entering, need)
    store(work.entrants, most(need, 0.0))
    short = choose(have > 0.0, least((0.0 - need) / choose(have > 0.0, have, 1.0), 1.0), 0.0)
    store(work.kappa, choose(need < 0.0, short * load(entries.admitted[t]), 0.0))


@absorbed
def contract(stock, rates, earnings, work, t, x, step):
    """The share work.kappa (contraction) of the stayers aged x leaves with half a year of credit."""
    ages = stock.active.shape[0]
    y, r = min(x + 1, ages - 1), row_of(x, t, ages)
    top = stock.top[0, r]
    if top < 0 or not anywhere(load(work.kappa) > 0.0):
        return -1
    h = rates.half[t, y]
    same_earnings(earnings, work, t, y)
    forget(work)
    halfway(stock.active[r], top, h, load(rates.density[t, y]) * 6.0 / step - h, work.halfway)
    become_inactive(stock, work, work.kappa, row_of(y, t + 1, ages), top + h + 1)
    stayers = spread(0.0)
    for c in range(top + 1):
        stayers += load(stock.active[r, c])
    add(work.by_age[EXITS, y], stayers * load(work.kappa))
    for event in range(work.leaving.shape[0]):
        store(work.leaving[event], 0.0)
    store(work.leaving[EXIT], load(work.kappa))
    return top + h + 1


@absorbed
def accrue(stock, rates, work, t, x, step):
    """Stayers aged x accrue a full year: from the highest cell down, each takes what comes from two below it."""
    ages = stock.active.shape[0]
    y, r = min(x + 1, ages - 1), row_of(x, t, ages)
    top = stock.top[0, r]
    if top < 0:
        return
    density, h = load(rates.density[t, y]), rates.full[t, y]
    upper, stayers, rest, people = density * 12.0 / step - h, spread(0.0), 1.0 - load(work.kappa), stock.active[r]
    above = spread(0.0)
    for c in range(top, -1, -1):
        n = load(people[c])
        stayers += n
        store(people[c + h + 1], (above * (1.0 - upper) + n * upper) * rest)
        above = n
    store(people[h], above * (1.0 - upper) * rest)
    for c in range(h):
        store(people[c], 0.0)
    stock.top[0, r] = top + h + 1
    add(work.by_age[MONTHS_STAYERS, y], stayers * rest * (density * 6.0))


@absorbed
def join(stock, r, other):
    """As `meet`, of the active."""
    top = stock.top[0, other]
    stock.top[0, r], stock.top[0, other] = max(stock.top[0, r], top), -1
    for c in range(top + 1):
        add(stock.active[r, c], load(stock.active[other, c]))
        store(stock.active[other, c], 0.0)


@absorbed
def enter(stock, rates, entries, work, t, y, step):
    """New entrants and re-entrants at age y; the latter are drawn from the inactive in proportion to each cell."""
    wish, r = load(work.entrants) * load(rates.profile[t, y]), row_of(y, t + 1, stock.active.shape[0])
    if not anywhere(wish > 0.0):
        return
    held, end, people, reentry = spread(0.0), stock.top[1, r], stock.active[r], load(rates.reentry[t, y])
    for c in range(end + 1 if anywhere(reentry > 0.0) else 0):
        held += load(stock.inactive[r, c])
    wanted, admitted, readmits = wish * reentry, load(entries.admitted[t]), load(entries.readmitted[t])
    drawn = least(wanted, held)
    fresh, readmitted = (wish - drawn) * admitted, drawn * readmits
    rho = choose(held > 0.0, readmitted / choose(held > 0.0, held, 1.0), 0.0)
    density, h = load(rates.density[t, y]), rates.half[t, y]
    upper, back = density * 6.0 / step - h, spread(0.0)
    stock.top[0, r] = max(stock.top[0, r], h + 1)
    if anywhere(rho > 0.0):
        stock.top[0, r] = max(stock.top[0, r], end + h + 1)
        before = spread(0.0)
        for c in range(end + 1):
            n = load(stock.inactive[r, c])
            again = rho * n
            back += again
            add(people[c + h], again * (1.0 - upper) + before * upper)
            store(stock.inactive[r, c], n - again)
            before = again
        add(people[end + h + 1], before * upper)
    add(people[h], fresh * (1.0 - upper))
    add(people[h + 1], fresh * upper)
    store(work.by_age[NEW, y], fresh)
    store(work.by_age[REENTRANTS, y], back)
    store(work.by_age[RHO, y], rho)
    store(work.by_age[SHORTFALL, y], wanted - drawn)
    store(work.by_age[REFUSED, y], (wish - drawn) * (1.0 - admitted) + drawn * (1.0 - readmits))
    store(work.by_age[MONTHS_ENTRANTS, y], (fresh + back) * (density * 6.0))


@absorbed
def measure(stock, work, t, y, step):
    """Stocks and credits of an age at the start of year t: fills work.by_age; cells at the end with no more than a
    trace of the age are left out after it."""
    r = row_of(y, t, stock.active.shape[0])
    count(stock.active[r], stock.top[0, r], work.by_age[ACTIVE, y], work.by_age[ACTIVE_CREDITS, y], step)
    count(stock.inactive[r], stock.top[1, r], work.by_age[INACTIVE, y], work.by_age[INACTIVE_CREDITS, y], step)
    stock.top[0, r] = trim(stock.active[r], stock.top[0, r], work.by_age[ACTIVE, y])
    stock.top[1, r] = trim(stock.inactive[r], stock.top[1, r], work.by_age[INACTIVE, y])


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
def trim(people, top, persons):
    """Empty the cells up to `top` of people (c, l), above which only a trace of the persons (l,) of a lane is left.
    Returns the last cell in use by any lane, -1 if there is none."""
    trace, above, used = load(persons) * TRACE, spread(1.0), -1
    for c in range(top, -1, -1):
        above = choose(load(people[c]) <= trace, above, 0.0)
        used = max(used, c) if anywhere(above < 1.0) else used
        if not anywhere(above > 0.0):
            break
        store(people[c], choose(above > 0.0, 0.0, load(people[c])))
    return used


@absorbed
def begin_year(stock, entries, earnings, work, t):
    """Empty the flows of a year; persons in active status before it, where the target counts them, in work.opening
    (l,), the index of the revaluation of the year in work.grown (k, l)."""
    nothing, opening, ages = spread(0.0), spread(0.0), stock.active.shape[0]
    for k in range(work.grown.shape[0]):
        store(work.grown[k], load(work.grown[k]) * (load(earnings.growth[t, k]) + 1.0))
    for y in range(ages):
        for i in range(work.by_age.shape[0]):
            store(work.by_age[i, y], nothing)
        for i in range(work.by_claim.shape[0]):
            for j in range(work.by_claim.shape[1]):
                store(work.by_claim[i, j, y], nothing)
        r = row_of(y, t, ages)
        for c in range(stock.top[0, r] + 1 if entries.concept[0] == ANY else 0):
            opening += load(stock.active[r, c])
    store(work.opening, opening)


@absorbed
def counts(value):
    """Whether the number of any lane is not 0."""
    return anywhere(choose(value >= 0.0, choose(value <= 0.0, 0.0, 1.0), 1.0) > 0.0)


@absorbed
def end_year(work, place, places, by_age, by_claim, t):
    """Write the flows of a year to by_age (flow, scenario, t, g, s, y) and add those of claims to by_claim (flow,
    scenario, t, benefit, s, y); either may have the first of its flows only."""
    for i in range(by_age.shape[0]):
        for y in range(work.by_age.shape[1]):
            for lane in range(len(place) if counts(load(work.by_age[i, y])) else 0):
                by_age[i, place[lane, 0], t, place[lane, 1], place[lane, 2], y] = work.by_age[i, y, lane]
    for i in range(by_claim.shape[0]):
        for j in range(work.by_claim.shape[1]):
            for y in range(work.by_claim.shape[2]):
                for lane in range(len(place) if counts(load(work.by_claim[i, j, y])) else 0):
                    by_claim[i, place[lane, 0], t, places[j], place[lane, 2], y] += work.by_claim[i, j, y, lane]


@lean
def project_lanes(stock, rates, entries, earnings, answers, work, place, places, by_age, by_claim, step):
    """All years of the insured of each lane, at its place (lane, 3) in the results: scenario, g, s.

    `stock` has the stocks before the first year, a row for each age, and is used up. Lanes without a place are not
    written. Claims of the groups are added up; `places` (j,) are those of their benefits.
    """
    ages = stock.active.shape[0]
    for k in range(work.grown.shape[0]):
        store(work.grown[k], 1.0)
    for y in range(ages):
        measure(stock, work, 0, y, step)
    for t in range(by_age.shape[2]):
        oldest, reached = row_of(ages - 1, t, ages), row_of(ages - 1, t + 1, ages)
        begin_year(stock, entries, earnings, work, t)
        for i in range(3 * ages):
            task, x = turn(i, ages)
            if task == LEAVE_INACTIVE:
                top = leave_inactive(stock, rates, answers, work, t, x, step)
            elif task == LEAVE_ACTIVE:
                top = leave_active(stock, rates, earnings, answers, work, t, x, step)
            else:
                if x == ages - 1:
                    needed(stock, rates, entries, work, t)
                top = contract(stock, rates, earnings, work, t, x, step)
            if top >= 0:
                status = HERE_INACTIVE if task == LEAVE_INACTIVE else HERE_ACTIVE
                known = work.own if work.level[0] != 0 else stock.held[row_of(x, t, ages)]
                award(answers, rates, work, known, status, work.halfway, top, t, min(x + 1, ages - 1), step)
            if task == CONTRACT:
                accrue(stock, rates, work, t, x, step)
            if i == 1 and oldest != reached:
                meet(stock, reached, oldest)
        if oldest != reached:
            join(stock, reached, oldest)
        for y in range(ages):
            if y > 0:
                store(work.by_age[KAPPA, y], load(work.kappa))
            enter(stock, rates, entries, work, t, y, step)
            measure(stock, work, t + 1, y, step)
        end_year(work, place, places, by_age, by_claim, t)
