"""Balances of accounts of the insured: what they are halfway through the year, and what the dead leave to the others.

Letters as in `kernels.py`: x = age at the start of the year, y = age reached, c = cell of the service grid, q = mass of
an account (of all earnings, of their floors, of their ceilings, of insurable earnings, of what does not count of them),
k = base of amounts.
"""

from actuarial.jit import inner
from actuarial.labour.accrual_kernels import add_after, move
from actuarial.labour.row_kernels import (
    add_product,
    add_scaled,
    blend,
    fill,
    multiple,
    product,
    reciprocal,
    scale,
    total,
    weighted,
)
from actuarial.labour.service_kernels import credit_entrants, credit_halfway
from actuarial.numeric import UNLIMITED, limited_mean, spread_of

BY_ACCOUNT = ("balance", "released", "inherited", "restored")
BALANCE, RELEASED, INHERITED = range(3)
FULL, FLOOR, CEILING, INSURED, BELOW = range(5)
FAINT = 1e-6  # part of a sum that is left by rounding, or nearly


@inner
def clear_balances(new):
    """Empty the cells in use of all balances."""
    for q in range(new.active_accounts.shape[0]):
        for y in range(new.active_accounts.shape[1]):
            fill(new.active_accounts[q, y], 0.0, new.top[0, y])
            fill(new.inactive_accounts[q, y], 0.0, new.top[1, y])


@inner
def halfway_balances(state, accounts, work, density, t, x, y, top, half):
    """Balances of the active aged x at mid-year with half a year of credits, a move up the grid: fills work (q, c).

    Members who contribute more months than others of their cell take no greater part of its balance along.
    """
    for q in range(work.balances.shape[0]):
        up, new = accounts.up_half[t, x, q], 0.5 * density * accounts.half[t, y, q]
        blend(work.here, state.active_accounts[q, x], up, state.active[0, x], new, top)
        move(work.here, top, half, work.balances[q])
    credit_halfway(state, accounts, work, t, x, y, top, half)


@inner
def mean_balances(accounts, rates, work, people, top, t, y):
    """Balances (q, c) per head of people (c,): fills means, floors, ceilings and insurable means of the accounts,
    and means of what of these does not count."""
    first = work.means.shape[0] - accounts.rows.shape[0]
    if accounts.rows.shape[0] > 0:
        reciprocal(work.here, people, top)
    for a in range(accounts.rows.shape[0]):
        full, floor = accounts.rows[a, FULL], accounts.rows[a, FLOOR]
        ceiling, insured, below = accounts.rows[a, CEILING], accounts.rows[a, INSURED], accounts.rows[a, BELOW]
        k = first + a
        per_head(work.means[k], work, full, 0.0, top)
        per_head(work.floors[k], work, floor, 0.0, top)
        per_head(work.ceilings[k], work, ceiling, UNLIMITED, top)
        per_head(work.exact[k], work, insured, -1.0, top)
        per_head(work.below[k], work, below, 0.0, top)
        for c in range(top + 1 if insured >= 0 else 0):
            if work.exact[k, c] > 0.0 and nothing_counts(rates, work, k, c, t, y):
                work.means[k, c], work.ceilings[k, c] = work.exact[k, c], UNLIMITED
                work.floors[k, c], work.below[k, c] = 0.0, 0.0


@inner
def per_head(row, work, q, without, top):
    """Fill a row with a mass times work.here (c,), 1 over the persons, or with what stands where there is none."""
    if q >= 0:
        product(row, work.balances[q], work.here, 1.0, top)
    else:
        fill(row, without, top)


@inner
def nothing_counts(rates, work, k, c, t, y):
    """Whether the mean of all years lies so far below the sum of their floors that nothing of it would count, as where
    some years lie below what counts from, or where a balance was given to members whose past would have credited
    nothing. What does count is then a balance without limits."""
    mean, floor, ceiling, below = work.means[k, c], work.floors[k, c], work.ceilings[k, c], work.below[k, c]
    held = min(max(mean, floor), ceiling)
    if held - below > FAINT * held:
        return False
    sigma = spread_of(rates.cv[t, y])
    if sigma > 0.0 and ceiling > 0.0:
        tables, which = rates.tables, rates.table[t, y]
        held = limited_mean(mean, sigma, ceiling, tables, which) - limited_mean(mean, sigma, floor, tables, which)
        held = min(max(held + floor, floor), ceiling)
    return held - below <= FAINT * held


@inner
def inactive_balances(state, new, accounts, flows, work, retire, q_dead, t, x, y, top):
    """Balances of the inactive aged x: at mid-year in work (q, c); the share work.part (c,) remains and moves to age
    y."""
    for q in range(work.balances.shape[0]):
        half, up, rest = accounts.up_half[t, x, q], accounts.up[t, x, q], accounts.up_rest[t, x, q]
        here = state.inactive_accounts[q, x]
        add_product(new.inactive_accounts[q, y], here, work.part, up, top)
        multiple(work.balances[q], here, half, top)
        dead = q_dead * total(work.balances[q], top)
        released = (1.0 - q_dead) * weighted(work.balances[q], retire, 0, top)
        leave_balances(accounts, flows, q, rest, dead, released, t, y)


@inner
def keep_balances(new, accounts, answers, flows, work, share, t, x, y, top):
    """The share of the balances at mid-year that those who leave take along to the inactive aged y; what benefits on
    exit pay of them is released."""
    for q in range(work.balances.shape[0]):
        grown = share * accounts.up_rest[t, x, q]
        if accounts.on_exit.shape[0] == 0:
            add_scaled(new.inactive_accounts[q, y], work.balances[q], grown, top)
            continue
        for c in range(top + 1):
            paid = 0.0
            for j in range(accounts.on_exit.shape[0]):
                if accounts.on_exit[j, q] != 0:
                    paid += answers.claim_rows[answers.claim_index[0, j, t, y], c]
            paid = min(paid, 1.0)
            new.inactive_accounts[q, y, c] += grown * (1.0 - paid) * work.balances[q, c]
            flows.by_account[RELEASED, t, q, y] += share * paid * work.balances[q, c]


@inner
def leave_balances(accounts, flows, q, rest, dead, released, t, y):
    """Mid-year balances of the dead go to the others of their age, grown to 31 December, or are released too."""
    if accounts.own[q] != 0:
        flows.by_account[INHERITED, t, q, y] += rest * dead
        dead = 0.0
    flows.by_account[RELEASED, t, q, y] += released + dead


@inner
def credit_new(new, rates, accounts, flows, work, number, shown, t, y, half):
    """Credit half a year to new entrants at age y, of whom those shown are of the tranche reported."""
    for q in range(accounts.own.shape[0]):
        credit = 0.5 * rates.density[t, y] * accounts.half[t, y, q] * number
        add_after(new.active_accounts[q, y], 0, credit, half)
    work.here[0], work.part[0] = number, shown
    credit_entrants(new, accounts, flows, work.here, work.part, 1.0, t, y, 0, half)


@inner
def reenter(new, rates, accounts, flows, work, rho, t, y, end, half):
    """The share rho of the balances of the inactive aged y moves to the active, with half a year of credits."""
    for q in range(accounts.own.shape[0]):
        credit = 0.5 * rates.density[t, y] * accounts.half[t, y, q]
        blend(work.here, new.inactive_accounts[q, y], rho, new.inactive[0, y], credit * rho, end)
        move(work.here, end, half, work.halfway)
        add_scaled(new.active_accounts[q, y], work.halfway, 1.0, end + half[3])
        scale(new.inactive_accounts[q, y], 1.0 - rho, end)
    shown = new.inactive[new.inactive.shape[0] - 1, y]
    credit_entrants(new, accounts, flows, new.inactive[0, y], shown, rho, t, y, end, half)


@inner
def balance_of(new, q, y):
    """Balances of the active and the inactive of an age."""
    return total(new.active_accounts[q, y], new.top[0, y]) + total(new.inactive_accounts[q, y], new.top[1, y])


@inner
def distribute(new, accounts, flows, t, y):
    """What the dead of an age left is shared among the others in proportion to their balances; released if none is."""
    for q in range(accounts.own.shape[0]):
        left = flows.by_account[INHERITED, t, q, y]
        if left == 0.0:
            continue
        stock = balance_of(new, q, y)
        if stock <= 0.0:
            flows.by_account[INHERITED, t, q, y] = 0.0
            flows.by_account[RELEASED, t, q, y] += left
            continue
        share = 1.0 + left / stock
        scale(new.active_accounts[q, y], share, new.top[0, y])
        scale(new.inactive_accounts[q, y], share, new.top[1, y])


@inner
def total_balances(new, flows, t):
    """Balances on 31 December of year t by age."""
    for q in range(new.active_accounts.shape[0]):
        for y in range(new.active_accounts.shape[1]):
            flows.by_account[BALANCE, t, q, y] = balance_of(new, q, y)
