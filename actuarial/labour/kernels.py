"""Recursion of the insured population of one group and sex, and the claims that leave it.

Letters: t = projected year, x = age last birthday at the start of the year, y = age reached on 31 December, c = cell of
the service grid, m = member tranche (0 = all members; the last one is the tranche reported), k = base of amounts
(reference earnings, then accounts), q = mass of an account, j = claim, a = amount. Events: 0 retirement, 1 invalidity,
2 death, 3 exit. The last age is open.

All decrements fall on average at mid-year: stayers accrue a full year of credit, everybody else half a year, and
eligibility and awards look at the credit after that half year [1]_. Benefits are in `award_kernels.py`, balances of
accounts in `account_kernels.py`.

.. [1] Plamondon et al. (2002), Actuarial practice in social security, International Labour Office, chapters 6 and 10.
"""

import numpy as np

from actuarial.jit import WIDTH, inlined, inner, lean
from actuarial.labour.account_kernels import (
    BY_ACCOUNT,
    clear_balances,
    credit_new,
    distribute,
    halfway_balances,
    inactive_balances,
    keep_balances,
    leave_balances,
    mean_balances,
    reenter,
    total_balances,
)
from actuarial.labour.accrual_kernels import add_after, means_after, move, move_of
from actuarial.labour.apart_kernels import clear_products, leave_apart, stay_apart
from actuarial.labour.award_kernels import (
    BY_CLAIM,
    DEATH,
    EXIT,
    INVALIDITY,
    RETIREMENT,
    TRACE,
    award,
    forget,
    total_claim,
)
from actuarial.labour.recovery_kernels import become_invalid, clear_invalids, leave_invalid
from actuarial.labour.row_kernels import (
    add_product,
    add_scaled,
    blend,
    counted_cells,
    fill,
    lessen,
    product,
    reciprocal,
    scale,
    total,
    weigh,
    weighted,
)
from actuarial.labour.service_kernels import count_leavers, credit_stayers
from actuarial.numeric import constant_force, highest
from actuarial.references import refer

__all__ = ["BY_ACCOUNT", "BY_AGE", "BY_CLAIM", "project_insured"]

STATUS, AVERAGE, ANY, GIVEN = 0, 1, 2, 3
BY_AGE = tuple(
    "active inactive active_credits inactive_credits new reentrants rho shortfall kappa exits deaths_active "
    "deaths_inactive invalids retired_active retired_inactive months_stayers months_entrants credits_removed "
    "refused recoveries credits_restored".split()
)
ACTIVE, INACTIVE, ACTIVE_CREDITS, INACTIVE_CREDITS, NEW, REENTRANTS, RHO, SHORTFALL, KAPPA, EXITS = range(10)
DEATHS_ACTIVE, DEATHS_INACTIVE, INVALIDS, RETIRED_ACTIVE, RETIRED_INACTIVE, MONTHS_STAYERS = range(10, 16)
MONTHS_ENTRANTS, CREDITS_REMOVED, REFUSED = 16, 17, 18
HERE_ACTIVE, HERE_INACTIVE = np.int64(0), np.int64(1)  # status; parts are compiled for each plain number anew


@inner
def clear(new):
    """Empty the cells in use of stocks."""
    for y in range(new.active.shape[1]):
        for m in range(new.active.shape[0] if new.top[0, y] >= 0 else 0):
            fill(new.active[m, y], 0.0, new.top[0, y])
        for m in range(new.active.shape[0] if new.top[1, y] >= 0 else 0):
            fill(new.inactive[m, y], 0.0, new.top[1, y])
        for k in range(new.earnings.shape[0] if new.top[1, y] >= 0 else 0):
            fill(new.earnings[k, y], 0.0, new.top[1, y])
            fill(new.floors[k, y], 0.0, new.top[1, y])
            fill(new.ceilings[k, y], 0.0, new.top[1, y])
    clear_products(new)
    clear_balances(new)
    clear_invalids(new)
    for y in range(new.active.shape[1]):
        new.top[0, y] = -1
        new.top[1, y] = -1


@inner
def last_in_use(people, x, limit):
    """The last cell of people (m, x, c) aged x, up to a limit, with more than a trace of any tranche; -1 if none."""
    top = -1
    for m in range(people.shape[0]):
        trace, c = TRACE * total(people[m, x], limit), limit
        while c > top and people[m, x, c] <= trace:
            c -= 1
        top = max(top, c)
    return top


@inner
def empty(several, x, top, limit):
    """Empty the cells above `top`, up to a limit, of rows (i, x, c)."""
    for i in range(several.shape[0] if limit > top else 0):
        for c in range(top + 1, limit + 1):
            several[i, x, c] = 0.0


@inner
def survey(state):
    """Find the cells in use of every age, not above those noted so far, and empty those above them.

    Members spread up the grid a little more every year; a cell above which nobody but a trace of the members of an age
    is left, which changes no digit of anything, is the last one.
    """
    for x in range(state.active.shape[1]):
        limit, top = state.top[0, x], last_in_use(state.active, x, state.top[0, x])
        state.top[0, x] = top
        empty(state.active, x, top, limit)
        empty(state.active_accounts, x, top, limit)
        limit, top = state.top[1, x], last_in_use(state.inactive, x, state.top[1, x])
        state.top[1, x] = top
        empty(state.inactive, x, top, limit)
        empty(state.earnings, x, top, limit)
        empty(state.floors, x, top, limit)
        empty(state.ceilings, x, top, limit)
        empty(state.products, x, top, limit)
        empty(state.inactive_accounts, x, top, limit)
    for x in range(state.invalid.shape[1]):
        state.top[2, x] = highest(state.invalid, x, state.top[2, x])


@inner
def same_earnings(earnings, work, t, y, top):
    """The reference earnings of the active aged y and their limits, the same in every cell up to `top`."""
    z = min(y, earnings.floor.shape[1] - 1)
    for k in range(earnings.reference.shape[2]):
        fill(work.means[k], earnings.reference[t, y, k], top)
        fill(work.floors[k], earnings.floor[t, z, k], top)
        fill(work.ceilings[k], earnings.ceiling[t, z, k], top)
        fill(work.exact[k], -1.0, top)


@inner
def become_inactive(new, earnings, accounts, answers, flows, work, share, m, t, x, y, top):
    """The share of the people in mid-year who join the inactive aged y, with their earnings and balances (m = 0)."""
    if share == 0.0:
        return
    new.top[1, y] = max(new.top[1, y], top)
    add_scaled(new.inactive[m, y], work.halfway, share, top)
    if m > 0:
        return
    for k in range(new.earnings.shape[0]):
        add_product(new.earnings[k, y], work.halfway, work.means[k], share, top)
        add_product(new.floors[k, y], work.halfway, work.floors[k], share, top)
        add_product(new.ceilings[k, y], work.halfway, work.ceilings[k], share, top)
    leave_apart(new, earnings, work, share, y, top)
    keep_balances(new, accounts, answers, flows, work, share, t, x, y, top)


@inner
def leave_active(state, new, rates, earnings, accounts, answers, flows, work, t, x, step):
    """Decrements of the active aged x in year t; what stays is left in state.active, before contraction.

    Returns the number at the start, of the tranche reported.
    """
    y = min(x + 1, state.active.shape[1] - 1)
    shown = state.active.shape[0] - 1
    top = state.top[0, x]
    if top < 0:
        return 0.0
    aq_d, aq_i, aq_e, ap = constant_force(rates.q_active[t, x], rates.invalidity[t, x], rates.exit[t, x])
    half = 6.0 * rates.density[t, y] / step
    up = move_of(half, rates.half[t, y])
    end = top + up[3]
    retires = total_claim(answers, work.retire, HERE_ACTIVE, t, y, end)
    if retires:
        means_after(work.retire, top, up, work.retiring)
    same_earnings(earnings, work, t, y, end)
    forget(work)
    start = 0.0
    for m in range(shown + 1):
        move(state.active[m, x], top, up, work.halfway)
        if m == 0:
            halfway_balances(state, accounts, work, rates.density[t, y], t, x, y, top, up)
            mean_balances(accounts, rates, work, work.halfway, end, t, y)
            count_leavers(state, accounts, flows, work, aq_d + aq_i + aq_e, ap * retires, t, x, y, top, up)
            release(state, accounts, flows, work, aq_d, aq_i, ap, retires, t, x, y, top, up)
        become_inactive(new, earnings, accounts, answers, flows, work, aq_e, m, t, x, y, end)
        if rates.recovers[0] >= 0 and aq_i > 0.0:
            become_invalid(new, rates, earnings, accounts, answers, flows, work, aq_i, m, t, x, y, end, step)
        retired, removed = 0.0, 0.0
        if m == shown:
            start, cells = counted_cells(state.active[m, x], top)
            removed = (aq_d + aq_i) * (cells + half * start)
        if m == shown and retires:
            retired, cells = weigh(state.active[m, x], work.retiring, top, work.here)
            retired, removed = ap * retired, removed + ap * (cells + half * retired)
        if retires:
            lessen(state.active[m, x], work.retiring, top)
        scale(state.active[m, x], ap, top)
        if m < shown:
            continue
        flows.by_age[DEATHS_ACTIVE, t, y] += start * aq_d
        flows.by_age[INVALIDS, t, y] += start * aq_i
        flows.by_age[EXITS, t, y] += start * aq_e
        flows.by_age[RETIRED_ACTIVE, t, y] += retired
        flows.by_age[CREDITS_REMOVED, t, y] += removed * step
        work.leaving[RETIREMENT], work.leaving[INVALIDITY] = ap * retires, aq_i
        work.leaving[DEATH], work.leaving[EXIT] = aq_d, aq_e
        award(answers, rates, accounts, flows, work, HERE_ACTIVE, work.halfway, end, t, y, step)
    return start


@inner
def release(state, accounts, flows, work, aq_d, aq_i, ap, retires, t, x, y, top, up):
    """Balances of the active aged x who die, become invalid or retire leave; state keeps those of the others."""
    end = top + up[3]
    for q in range(work.balances.shape[0]):
        held, retired = total(work.balances[q], end), weighted(work.balances[q], work.retire, 0, end)
        if retires:
            lessen(state.active_accounts[q, x], work.retiring, top)
        scale(state.active_accounts[q, x], ap, top)
        released = aq_i * held + ap * retired
        leave_balances(accounts, flows, q, accounts.up_rest[t, x, q], aq_d * held, released, t, y)


@inner
def leave_inactive(state, new, rates, earnings, accounts, answers, flows, work, t, x, step):
    """Deaths and retirements of the inactive aged x in year t; the others move to age y with their earnings."""
    y = min(x + 1, state.inactive.shape[1] - 1)
    shown = state.inactive.shape[0] - 1
    top = state.top[1, x]
    if top < 0:
        return
    retires = total_claim(answers, work.retire, HERE_INACTIVE, t, y, top)
    new.top[1, y] = max(new.top[1, y], top)
    q = rates.q_inactive[t, x]
    reciprocal(work.halfway, state.inactive[0, x], top)
    for c in range(top + 1):
        work.part[c] = (1.0 - q) * (1.0 - work.retire[c])
    for k in range(state.earnings.shape[0]):
        up = 1.0 + earnings.growth[t, min(y, earnings.growth.shape[1] - 1), k]
        product(work.means[k], state.earnings[k, x], work.halfway, up, top)
        product(work.floors[k], state.floors[k, x], work.halfway, up, top)
        product(work.ceilings[k], state.ceilings[k, x], work.halfway, up, top)
        add_product(new.earnings[k, y], state.earnings[k, x], work.part, up, top)
        add_product(new.floors[k, y], state.floors[k, x], work.part, up, top)
        add_product(new.ceilings[k, y], state.ceilings[k, x], work.part, up, top)
        fill(work.exact[k], -1.0, top)
    stay_apart(state, new, earnings, work, t, x, y, top)
    inactive_balances(state, new, accounts, flows, work, work.retire, q, t, x, y, top)
    mean_balances(accounts, rates, work, state.inactive[0, x], top, t, y)
    forget(work)
    retired = 0.0
    for m in range(shown + 1):
        add_product(new.inactive[m, y], state.inactive[m, x], work.part, 1.0, top)
    number, cells = counted_cells(state.inactive[shown, x], top)
    removed = q * cells
    if retires:
        retired, cells = weigh(state.inactive[shown, x], work.retire, top, work.here)
        retired *= 1.0 - q
        removed += (1.0 - q) * cells
    flows.by_age[DEATHS_INACTIVE, t, y] += number * q
    flows.by_age[RETIRED_INACTIVE, t, y] += retired
    flows.by_age[CREDITS_REMOVED, t, y] += removed * step
    work.leaving[RETIREMENT], work.leaving[INVALIDITY] = (1.0 - q) * retires, 0.0
    work.leaving[DEATH], work.leaving[EXIT] = q, 0.0
    award(answers, rates, accounts, flows, work, HERE_INACTIVE, state.inactive[shown, x], top, t, y, step)


@inner
def needed(state, rates, entries, opening, t):
    """Entries that reach the coverage target in the measure of its concept with those whom other groups refused, and
    the stayers in that measure."""
    last = state.active.shape[1] - 1
    have, stayers = 0.0, 0.0
    for x in range(last + 1):
        n = total(state.active[0, x], state.top[0, x])
        stayers += n
        have += measured(n, rates, entries, t, min(x + 1, last))
    return missing(have, stayers, rates, entries, opening, t)


@inner
def measured(number, rates, entries, t, y):
    """A number of members aged y in the measure of the coverage target."""
    return number * rates.density[t, y] if entries.concept[0] == AVERAGE else number


@inner
def missing(have, stayers, rates, entries, opening, t):
    """As `needed`, of the stayers in the measure of the target and as persons."""
    if entries.concept[0] == ANY:
        return entries.target[t] - opening + entries.sent[t], stayers
    weight = 0.0
    for y in range(rates.profile.shape[1]):
        weight += measured(rates.profile[t, y], rates, entries, t, y)
    need = entries.target[t] - have + entries.sent[t] * weight
    if need > 0.0:
        return (need / weight if weight > 0.0 else 0.0), have
    return need, have


@inner
def advance_stayers(state, new, rates, earnings, accounts, answers, flows, work, kappa, t, x, step):
    """Stayers aged x accrue a full year; the share kappa (contraction) leaves with half a year. Returns who stays."""
    y = min(x + 1, state.active.shape[1] - 1)
    shown = state.active.shape[0] - 1
    top = state.top[0, x]
    if top < 0:
        return 0.0
    full = move_of(12.0 * rates.density[t, y] / step, rates.full[t, y])
    new.top[0, y] = max(new.top[0, y], top + full[3])
    for m in range(shown + 1):
        move(state.active[m, x], top, full, work.halfway)
        add_scaled(new.active[m, y], work.halfway, 1.0 - kappa, top + full[3])
    for q in range(work.balances.shape[0]):
        up, credit = accounts.up[t, x, q], rates.density[t, y] * accounts.stay[t, y, q]
        blend(work.here, state.active_accounts[q, x], up, state.active[0, x], credit, top)
        move(work.here, top, full, work.halfway)
        add_scaled(new.active_accounts[q, y], work.halfway, 1.0 - kappa, top + full[3])
    credit_stayers(state, new, accounts, flows, 1.0 - kappa, t, x, y, top, full)
    stayers = total(state.active[shown, x], top)
    if kappa == 0.0:
        return stayers
    half = move_of(6.0 * rates.density[t, y] / step, rates.half[t, y])
    end = top + half[3]
    count_leavers(state, accounts, flows, work, kappa, 0.0, t, x, y, top, half)
    same_earnings(earnings, work, t, y, end)
    forget(work)
    for m in range(shown + 1):
        move(state.active[m, x], top, half, work.halfway)
        if m == 0:
            halfway_balances(state, accounts, work, rates.density[t, y], t, x, y, top, half)
            mean_balances(accounts, rates, work, work.halfway, end, t, y)
        become_inactive(new, earnings, accounts, answers, flows, work, kappa, m, t, x, y, end)
    flows.by_age[EXITS, t, y] += kappa * stayers
    work.leaving[RETIREMENT], work.leaving[INVALIDITY], work.leaving[DEATH], work.leaving[EXIT] = 0.0, 0.0, 0.0, kappa
    award(answers, rates, accounts, flows, work, HERE_ACTIVE, work.halfway, end, t, y, step)
    return (1.0 - kappa) * stayers


@inner
def enter(new, rates, entries, accounts, flows, work, entrants, t, y, step):
    """New entrants and re-entrants at age y; the latter are drawn from the inactive in proportion to each cell.

    Returns who is refused, of all tranches.
    """
    tranches, shown, end = new.active.shape[0], new.active.shape[0] - 1, new.top[1, y]
    if entries.concept[0] == GIVEN:
        fresh, rho, short, refused = entries.new[t, y], entries.rho[t, y], 0.0, 0.0
    else:
        wish = entrants * rates.profile[t, y]
        stock = total(new.inactive[0, y], end) if wish * rates.reentry[t, y] > 0.0 else 0.0
        drawn = min(wish * rates.reentry[t, y], stock)
        fresh, short = wish - drawn, wish * rates.reentry[t, y] - drawn
        refused = (1.0 - entries.admitted[t]) * fresh + (1.0 - entries.readmitted[t]) * drawn
        fresh, drawn = entries.admitted[t] * fresh, entries.readmitted[t] * drawn
        rho = drawn / stock if stock > 0.0 else 0.0
    if fresh == 0.0 and rho == 0.0 and short == 0.0 and refused == 0.0:
        return 0.0
    half = move_of(6.0 * rates.density[t, y] / step, rates.half[t, y])
    back = 0.0
    if rho > 0.0:
        new.top[0, y] = max(new.top[0, y], end + half[3])
        reenter(new, rates, accounts, flows, work, rho, t, y, end, half)
        back = rho * total(new.inactive[shown, y], end)
        for m in range(tranches):
            move(new.inactive[m, y], end, half, work.halfway)
            add_scaled(new.active[m, y], work.halfway, rho, end + half[3])
            scale(new.inactive[m, y], 1.0 - rho, end)
        for k in range(new.earnings.shape[0]):
            scale(new.earnings[k, y], 1.0 - rho, end)
            scale(new.floors[k, y], 1.0 - rho, end)
            scale(new.ceilings[k, y], 1.0 - rho, end)
        for p in range(new.products.shape[0]):
            scale(new.products[p, y], 1.0 - rho, end)
    joined = 0.0
    for m in range(tranches):
        n = fresh * entries.joins[m]
        if n > 0.0:
            new.top[0, y] = max(new.top[0, y], half[3])
            add_after(new.active[m, y], 0, n, half)
            if m == 0:
                credit_new(new, rates, accounts, flows, work, n, fresh * entries.joins[shown], t, y, half)
        if m == shown:
            joined = n
    flows.by_age[NEW, t, y] = joined
    flows.by_age[REENTRANTS, t, y] = back
    flows.by_age[RHO, t, y] = rho
    flows.by_age[SHORTFALL, t, y] = short * entries.joins[shown]
    flows.by_age[REFUSED, t, y] = refused * entries.joins[shown]
    flows.by_age[MONTHS_ENTRANTS, t, y] = 6.0 * rates.density[t, y] * (joined + back)
    return refused


@inner
def measure(new, flows, history, t, step):
    """Stocks and credits on 31 December of year t; by cell (t, status, y, c) where history has room for them."""
    shown, keep = new.active.shape[0] - 1, history.shape[0] > 0
    for y in range(new.active.shape[1]):
        if new.top[0, y] >= 0:
            number, cells = counted_cells(new.active[shown, y], new.top[0, y])
            flows.by_age[ACTIVE, t, y] = number
            flows.by_age[ACTIVE_CREDITS, t, y] = step * cells
        if new.top[1, y] >= 0:
            number, cells = counted_cells(new.inactive[shown, y], new.top[1, y])
            flows.by_age[INACTIVE, t, y] = number
            flows.by_age[INACTIVE_CREDITS, t, y] = step * cells
        if keep:
            add_scaled(history[t, 0, y], new.active[shown, y], 1.0, new.top[0, y])
            add_scaled(history[t, 1, y], new.inactive[shown, y], 1.0, new.top[1, y])
            if new.invalid.shape[1] > 0:
                add_scaled(history[t, 2, y], new.invalid[shown, y], 1.0, new.top[2, y])


@inlined
def advance_year(old, new, rates, entries, earnings, accounts, answers, flows, work, history, t, step):
    """The year t of the insured of one group and sex, from the stocks `old` to `new`. Returns who is refused entry."""
    ages = old.active.shape[1]
    clear(new)
    opening = 0.0
    for x in range(ages if entries.concept[0] == ANY else 0):
        opening += total(old.active[0, x], old.top[0, x])
    for x in range(ages):
        start = leave_active(old, new, rates, earnings, accounts, answers, flows, work, t, x, step)
        y = min(x + 1, ages - 1)
        flows.by_age[MONTHS_STAYERS, t, y] += 6.0 * rates.density[t, y] * start
        leave_inactive(old, new, rates, earnings, accounts, answers, flows, work, t, x, step)
        if rates.recovers[0] >= 0:
            leave_invalid(old, new, rates, earnings, accounts, flows, t, x, step)
    entrants, contraction = 0.0, 0.0
    if entries.concept[0] != GIVEN:
        need, have = needed(old, rates, entries, opening, t)
        if need >= 0.0:
            entrants = need
        elif have > 0.0:
            contraction = entries.admitted[t] * min(1.0, -need / have)
    for x in range(ages):
        y = min(x + 1, ages - 1)
        kappa = entries.kappa[t, y] if entries.concept[0] == GIVEN else contraction
        stay = advance_stayers(old, new, rates, earnings, accounts, answers, flows, work, kappa, t, x, step)
        flows.by_age[MONTHS_STAYERS, t, y] += 6.0 * rates.density[t, y] * stay
        flows.by_age[KAPPA, t, y] = kappa
    refused = 0.0
    for y in range(ages):
        distribute(new, accounts, flows, t, y)
        refused += enter(new, rates, entries, accounts, flows, work, entrants, t, y, step)
    survey(new)
    total_balances(new, flows, t)
    measure(new, flows, history, t, step)
    return refused


@inner
def begin(state, spare):
    """Find the cells in use of the opening stocks; all cells of the others are to be emptied."""
    for status in range(state.top.shape[0]):
        for x in range(state.top.shape[1]):
            state.top[status, x] = state.active.shape[2] - 1
            spare.top[status, x] = state.active.shape[2] - 1
    survey(state)


@lean
def project_insured(state, spare, rates, entries, earnings, accounts, answers, flows, work, history, step, first, last):
    """The years from `first` to before `last` of the insured of one group and sex.

    `state` has the stocks before the first year; `state` and `spare` change places every year. `history` (t, status,
    y, c) is filled where it has room for the years, and left alone where its first size is 0. Returns who was refused
    entry in the last of them.
    """
    if state.active.shape[2] < WIDTH:
        raise ValueError("The service grid has fewer cells than are counted at a time (actuarial.jit.WIDTH).")
    old, new, refused = refer(state), refer(spare), 0.0
    rate, enters, paid, saved = refer(rates), refer(entries), refer(earnings), refer(accounts)
    law, out, scratch = refer(answers), refer(flows), refer(work)
    begin(old, new)
    for t in range(first, last):
        refused = advance_year(old, new, rate, enters, paid, saved, law, out, scratch, history, t, step)
        old, new = new, old
    return refused
