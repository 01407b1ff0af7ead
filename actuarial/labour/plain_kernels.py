"""Recursion of the insured of one group and sex while nobody is inactive and no amount has a limit.

The rules and letters are those of `kernels.py`; all members are followed, without accounts, recoveries and given
distributions of credit. Amounts without limits need no distribution of earnings, so that a claim is a sum of products.

Several ages stand side by side (see `actuarial.lanes`): stocks (b, c, l) are blocks of neighbouring ages, with `MARGIN`
empty rows before the first cell and behind the last one. Members stay in their lane while they grow older, see
`lane_of`; rows by age (x,) have as many places as there are lanes, and the first of them once more behind the last one,
so that a block reads those of its members from the age of its first lane on, whatever that is.
"""

import numpy as np

from actuarial.jit import WIDTH, absorbed, inlined, inner, lean
from actuarial.labour.award_kernels import AMOUNTS, CLAIMS, CREDITS, DEATH, INVALIDITY, RETIREMENT, TRACE
from actuarial.labour.force_kernels import LARGEST, dependent
from actuarial.labour.kernels import (
    ACTIVE,
    ACTIVE_CREDITS,
    AVERAGE,
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
    missing,
)
from actuarial.labour.plain_award_kernels import MARGIN, award, claim_together, find_used
from actuarial.lanes import added, anywhere, choose, load, load_from, most, spread, store, store_from, whole
from actuarial.numeric import constant_force
from actuarial.references import refer

LEFT = (DEATHS_ACTIVE, INVALIDS, RETIRED_ACTIVE, CREDITS_REMOVED, MONTHS_STAYERS)
"""Flows of those who were members before, in the order of `records.Plain.left`."""
ENTERED = (NEW, SHORTFALL, REFUSED, MONTHS_ENTRANTS, RHO)
"""Flows of those who enter, in the order of `records.Plain.entered`."""
HALF, FULL = (np.int64(part) for part in range(2))
"""Parts of a year in which members move; not compiled anew for each."""


@absorbed
def lane_of(x, t, lanes):
    """Lane of those aged x at the start of year t among those of all blocks: of those aged x + 1 at its end too."""
    return (x - t) % lanes


@inner
def go_round(row):
    """The first ages of a row (x,) once more behind the last lane."""
    lanes = row.shape[0] - 2 * WIDTH
    for x in range(WIDTH):
        row[lanes + x] = row[x]


@absorbed
def below(cells):
    """The whole cells of a move of so many, one less where nothing is left of it: 0 of a single cell."""
    low = whole(cells)
    return most(choose(low >= cells, low - 1.0, low), 0.0)


@inner
def steps(old, work, block, someone, x, scale, part):
    """How far the members of a block move in a part of a year that is worth `scale` cells at full density: fills
    work.whole (part, l) and work.upper (share who move by one more, (part, l)). Where nobody is, it is as far as
    others.

    Returns the cells if they are the same in all lanes, -1 otherwise, and the most cells of anybody.
    """
    cells = choose(load(old.number[block]) > 0.0, load_from(work.density, x), work.density[x + someone]) * scale
    low = below(cells)
    store(work.whole[part], low)
    store(work.upper[part], cells - low)
    furthest = 0.0
    for lane in range(WIDTH):
        furthest = max(furthest, work.whole[part, lane])
    return (-1 if anywhere(low < furthest) else int(furthest)), int(furthest)


@inner
def move(people, top, furthest, work, part, result):
    """Members (c, l) of a block, moved as `steps` found, each lane by itself: fills result. Returns the last cell in
    use."""
    end = top + furthest + 1
    for c in range(end + 1):
        store(result[MARGIN + c], spread(0.0))
    for lane in range(WIDTH):
        h, upper = int(work.whole[part, lane]), work.upper[part, lane]
        for c in range(top + 1):
            n = people[MARGIN + c, lane]
            result[MARGIN + c + h, lane] += n * (1.0 - upper)
            result[MARGIN + c + h + 1, lane] += n * upper
    return end


@inner
def move_back(work, top, same):
    """Who retires of those in a cell before half a year: fills work.retiring from work.retire."""
    if same >= 0:
        upper = load(work.upper[HALF])
        for c in range(top + 1):
            share = load(work.retire[c + same]) * (1.0 - upper) + load(work.retire[c + same + 1]) * upper
            store(work.retiring[c], share)
        return
    for lane in range(WIDTH):
        h, upper = int(work.whole[HALF, lane]), work.upper[HALF, lane]
        for c in range(top + 1):
            here, next_one = work.retire[c + h, lane], work.retire[c + h + 1, lane]
            work.retiring[c, lane] = here * (1.0 - upper) + next_one * upper


@inner
def stay(old, new, work, block, retires, same, full, top):
    """The share work.leaving[RETIREMENT] of the members (c, l) of a block who neither die nor become invalid, less
    those who retire: fills work.retired with how many retire, their cells, and how many stay.

    If members move by the same cells in all lanes in half a year and in a year, fills work.halfway with them at
    mid-year and the stock of the next year with who stays; else work.stays with who stays before the year.
    """
    people, after = old.stock[block], new.stock[block]
    stays, retired, cells, before, stayed = spread(0.0), spread(0.0), spread(0.0), spread(0.0), spread(0.0)
    remains, alike = load(work.leaving[RETIREMENT]), full >= 0
    upper, up = load(work.upper[HALF]), load(work.upper[FULL])
    lower, low = 1.0 - upper, 1.0 - up
    for c in range(full if alike else 0):
        store(after[MARGIN + c], spread(0.0))
    for c in range(same if alike else 0):
        store(work.halfway[MARGIN + c], spread(0.0))
    for c in range(top + 2):
        here = load(people[MARGIN + c])
        n = here * remains
        if retires:
            left = load(work.retiring[c]) * n
            retired += left
            cells += left * c
            n = n - left
        stays += n
        if alike:
            store(work.halfway[MARGIN + c + same], here * lower + before * upper)
            store(after[MARGIN + c + full], n * low + stayed * up)
            before, stayed = here, n
        else:
            store(work.stays[MARGIN + c], n)
    store(work.retired[0], retired)
    store(work.retired[1], cells)
    store(work.retired[2], stays)


@inner
def decrements(rates, work, t):
    """Dependent probabilities of those aged x in year t: fills work.dies, work.invalid and work.remains (x,)."""
    ages = rates.q_active.shape[1]
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
    for row in (work.dies, work.invalid, work.remains):
        go_round(row)


@inner
def leave(old, new, law, work, block, x, step):
    """Decrements of a block of ages from x on; the others get a year of credit. Returns the last cell in use."""
    top, number, someone = old.top[block], old.number[block], 0
    while number[someone] <= 0.0 and someone < WIDTH - 1:
        someone += 1
    same, furthest = steps(old, work, block, someone, x, 6.0 / step, HALF)
    full, most_cells = steps(old, work, block, someone, x, 12.0 / step, FULL)
    dies, invalid = load_from(work.dies, x), load_from(work.invalid, x)
    store(work.leaving[DEATH], dies)
    store(work.leaving[INVALIDITY], invalid)
    store(work.leaving[RETIREMENT], load_from(work.remains, x))
    end = top + furthest + 1
    retires = claim_together(law, old, work, block, someone, x, end)
    if retires:
        move_back(work, top + 1, same)
    alike = same >= 0 and full >= 0
    stay(old, new, work, block, retires, same, full if alike else -1, top)
    if not alike:
        move(old.stock[block], top, furthest, work, HALF, work.halfway)
        move(work.stays, top, most_cells, work, FULL, new.stock[block])
    persons, months = load(number), load_from(work.density, x) * 6.0
    retired, stayers, cells = load(work.retired[0]), load(work.retired[2]), months / step
    removed = (dies + invalid) * (load(old.cells[block]) + cells * persons) + load(work.retired[1]) + cells * retired
    store_from(work.left[0], x + 1, persons * dies)
    store_from(work.left[1], x + 1, persons * invalid)
    store_from(work.left[2], x + 1, retired)
    store_from(work.left[3], x + 1, removed * step)
    store_from(work.left[4], x + 1, months * (persons + stayers))
    for event in (RETIREMENT, INVALIDITY, DEATH):
        if (event != RETIREMENT or retires) and anywhere(load(work.leaving[event]) > 0.0):
            award(law, old, work, block, event, someone, x, end)
    return top + most_cells + 1


@inner
def enter(new, rates, entries, work, entrants, t, step):
    """New entrants by age; those who would be drawn from the inactive are lacking: fills work.entered.

    Returns the first age with anybody who enters or lacks, and the one after the last.
    """
    entered, given, lanes = work.entered, entries.concept[0] == GIVEN, new.top.shape[0] * WIDTH
    place, first, end = lane_of(0, t + 1, lanes), rates.profile.shape[1], 0
    for y in range(rates.profile.shape[1]):
        wish, fresh = 0.0 if given else entrants * rates.profile[t, y], entries.new[t, y] if given else 0.0
        if wish != 0.0 or given:
            first, end = min(first, y), y + 1
            fresh += entries.admitted[t] * wish
            entered[0, y] = fresh
            entered[1, y] = wish * rates.reentry[t, y]
            entered[2, y] = (1.0 - entries.admitted[t]) * wish
            entered[3, y] = 6.0 * rates.density[t, y] * fresh
            entered[4, y] = entries.rho[t, y] if given else 0.0
        if fresh > 0.0:
            cells = 6.0 * rates.density[t, y] / step
            h, block, lane = int(cells), place // WIDTH, place % WIDTH
            new.stock[block, MARGIN + h, lane] += fresh * (h + 1.0 - cells)
            new.stock[block, MARGIN + h + 1, lane] += fresh * (cells - h)
            new.top[block] = max(new.top[block], h + 1)
        place = place + 1 if place + 1 < lanes else 0
    return first, end


@inner
def measure(group):
    """Members of each lane, and the sum of their cells; empties the cells at the end with no more than a trace."""
    for block in range(group.top.shape[0]):
        number, cells, people = spread(0.0), spread(0.0), group.stock[block]
        for c in range(group.top[block] + 1):
            n = load(people[MARGIN + c])
            number += n
            cells += n * c
        store(group.number[block], number)
        store(group.cells[block], cells)
        group.top[block] = trim(people, group.number[block], group.top[block])


@inner
def trim(people, persons, top):
    """Empty the cells up to `top` of people (c, l) above which only a trace of the persons of a lane is left. Returns
    the last cell in use, -1 if there is none."""
    number, above, used = load(persons), spread(1.0), -1
    trace = number * TRACE
    for c in range(top, -1, -1):
        n = load(people[MARGIN + c])
        above = choose(n <= trace, above, 0.0)
        used = max(used, c) if anywhere(above < 1.0) else used
        if not anywhere(choose(number > 0.0, above, 0.0) > 0.0):
            break
        store(people[MARGIN + c], choose(above > 0.0, 0.0, n))
    return used


@inner
def join_oldest(new, work, t, last):
    """Those who outlive the last age in year t join those who reach it."""
    lanes = new.top.shape[0] * WIDTH
    behind, reached = lane_of(last + 1, t + 1, lanes), lane_of(last, t + 1, lanes)
    older, block = behind // WIDTH, reached // WIDTH
    for c in range(new.top[older] + 1):
        new.stock[block, MARGIN + c, reached % WIDTH] += new.stock[older, MARGIN + c, behind % WIDTH]
        new.stock[older, MARGIN + c, behind % WIDTH] = 0.0
    new.top[block] = max(new.top[block], new.top[older])
    for rows in (work.left, work.claims, work.months, work.paid):
        for i in range(rows.shape[0]):
            rows[i, last] += rows[i, last + 1]
            for y in range(WIDTH):
                rows[i, y] += rows[i, lanes + y]


@inner
def becomes_inactive(old, rates, entries, t):
    """Whether anybody leaves the active in year t for another reason than a target below those who stay."""
    for x in range(rates.exit.shape[1]):
        if rates.exit[t, x] > 0.0 or (entries.concept[0] == GIVEN and entries.kappa[t, x] > 0.0):
            lane = lane_of(x, t, old.top.shape[0] * WIDTH)
            if old.number[lane // WIDTH, lane % WIDTH] > 0.0:
                return True
    return False


@inner
def empty(row):
    """Nothing in a row (y,)."""
    for y in range(row.shape[0]):
        row[y] = 0.0


@inner
def put(row, values, factor, first, end):
    """Set the part of a row (y,) from first to end to values (y,) times a factor."""
    y = first
    while y + WIDTH <= end:
        store_from(row, y, load_from(values, y) * factor)
        y += WIDTH
    for z in range(y, end):
        row[z] = values[z] * factor


@inner
def multiply(row, factors, first, end):
    """Multiply the part of a row (y,) from first to end by factors (y,)."""
    y = first
    while y + WIDTH <= end:
        store_from(row, y, load_from(row, y) * load_from(factors, y))
        y += WIDTH
    for z in range(y, end):
        row[z] *= factors[z]


@inner
def record(answers, earnings, flows, work, new, t, step, first, end):
    """The year t with amounts in money, of the ages from first to end, which have any: fills flows."""
    for i in range(len(LEFT)):
        put(flows.by_age[LEFT[i], t], work.left[i], 1.0, first, end)
    for i in range(len(ENTERED)):
        put(flows.by_age[ENTERED[i], t], work.entered[i], 1.0, first, end)
    lanes = new.top.shape[0] * WIDTH
    lane = lane_of(first, t + 1, lanes)
    for y in range(first, end):
        flows.by_age[ACTIVE, t, y] = new.number[lane // WIDTH, lane % WIDTH]
        flows.by_age[ACTIVE_CREDITS, t, y] = new.cells[lane // WIDTH, lane % WIDTH] * step
        lane = lane + 1 if lane + 1 < lanes else 0
    for j in range(work.claims.shape[0]):
        put(flows.by_claim[CLAIMS, t, j], work.claims[j], 1.0, first, end)
        put(flows.by_claim[CREDITS, t, j], work.months[j], step, first, end)
        money, amounts = flows.by_claim[AMOUNTS, t, j], answers.claim_first_amount
        for a in range(amounts[j], amounts[j + 1]):
            u, paid = answers.amount_unit[a], work.paid[a]
            multiply(paid, answers.amount_multiple[a, t], first, end)
            multiply(paid, answers.unit_scale[u, t], first, end)
            for y in range(first, end if answers.unit_base[u] >= 0 else 0):
                paid[y] *= earnings.reference[t, y, answers.unit_base[u]]
            if a > amounts[j]:
                for y in range(first, end):
                    paid[y] += money[y]
            put(money, paid, 1.0, first, end)


@inner
def begin_year(rates, answers, work, t):
    """Nothing has happened; by age at the start of the year the density and the rows of the law of the age reached."""
    for rows in (work.left, work.entered, work.claims, work.months, work.paid):
        for i in range(rows.shape[0]):
            empty(rows[i])
    come_of_age(work.density, rates.density[t])
    claims = work.claims.shape[0]
    for j in range(claims):
        come_of_age(work.rows[j], answers.claim_index[HERE_ACTIVE, j, t])
        come_of_age(work.rows[claims + j], answers.award_index[HERE_ACTIVE, j, t])
    for u in range(answers.unit_index.shape[0]):
        come_of_age(work.rows[2 * claims + u], answers.unit_index[u, t])


@inner
def come_of_age(row, reached):
    """Fill a row by age at the start of a year (x,) from one by the age reached (y,)."""
    last = reached.shape[0] - 1
    for x in range(last):
        row[x] = reached[x + 1]
    row[last] = reached[last]
    go_round(row)


@inlined
def advance_year(old, new, rates, entries, earnings, answers, flows, work, t, step):
    """The year t of the members of one group and sex. Returns whether nobody became inactive; else it is not over."""
    if becomes_inactive(old, rates, entries, t):
        return False
    begin_year(rates, answers, work, t)
    decrements(rates, work, t)
    ages = rates.density.shape[1]
    before, stayers, counted, youngest, oldest = spread(0.0), spread(0.0), spread(0.0), ages, 0
    lanes = new.top.shape[0] * WIDTH
    for block in range(new.top.shape[0]):
        end, x = -1, lane_of(block * WIDTH, -t, lanes)
        if old.top[block] >= 0:
            youngest, oldest = min(youngest, x + 1 if x + WIDTH <= lanes else 0), max(oldest, min(x + WIDTH + 1, ages))
            end = leave(old, new, answers, work, block, x, step)
            stayers += load(work.retired[2])
            counted += load(work.retired[2]) * load_from(work.density, x)
        for c in range(end + 1, new.top[block] + 1):
            store(new.stock[block, MARGIN + c], spread(0.0))
        new.top[block] = end
        before += load(old.number[block])
    entrants = 0.0
    if entries.concept[0] != GIVEN:
        have = added(counted) if entries.concept[0] == AVERAGE else added(stayers)
        entrants, have = missing(have, added(stayers), rates, entries, added(before), t)
        if entrants < 0.0 and have > 0.0 and entries.admitted[t] > 0.0:
            return False
    join_oldest(new, work, t, ages - 1)
    if entrants > 0.0 or entries.concept[0] == GIVEN:
        first, end = enter(new, rates, entries, work, entrants, t, step)
        youngest, oldest = min(youngest, first), max(oldest, end)
    measure(new)
    record(answers, earnings, flows, work, new, t, step, min(youngest, ages - 1), oldest)
    return True


@inner
def take_in(group, active):
    """Fill the blocks of ages from members (x, c) before the first year."""
    for x in range(active.shape[0]):
        for c in range(active.shape[1]):
            group.stock[x // WIDTH, MARGIN + c, x % WIDTH] = active[x, c]


@inner
def hand_back(group, active, t):
    """Fill members (x, c) at the start of year t from the blocks of ages."""
    for x in range(active.shape[0]):
        lane = lane_of(x, t, group.top.shape[0] * WIDTH)
        for c in range(active.shape[1]):
            active[x, c] = group.stock[lane // WIDTH, MARGIN + c, lane % WIDTH]


@lean
def project_plain(active, group, spare, rates, entries, earnings, answers, flows, work, step, years):
    """The first years of the members (x, c) of one group and sex, as many as pass before anybody becomes inactive.

    Returns the number of years, and leaves the members after them if there are more. The flows are zero before; those
    of later years, and of ages without members, are left as they are.
    """
    old, new, rate, enters, paid = refer(group), refer(spare), refer(rates), refer(entries), refer(earnings)
    law, out, scratch = refer(answers), refer(flows), refer(work)
    find_used(law.claim_rows, scratch.used)
    take_in(old, active)
    measure(old)
    for t in range(years):
        if not advance_year(old, new, rate, enters, paid, law, out, scratch, t, step):
            hand_back(old, active, t)
            return t
        old, new = new, old
    return years
