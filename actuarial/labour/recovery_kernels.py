"""Invalids with a pension who may recover: they keep their credits, earnings and balances, and return to the inactive.

Letters as in `kernels.py`. The stock has no ages where nobody recovers.
"""

from actuarial.jit import inner
from actuarial.labour.row_kernels import add_scaled

BACK, RESTORED_CREDITS = 19, 20  # flows by age
RESTORED = 3  # flow by account


@inner
def clear_invalids(new):
    """Empty the cells in use of the invalids."""
    for y in range(new.invalid.shape[1]):
        for c in range(new.top[2, y] + 1):
            for m in range(new.invalid.shape[0]):
                new.invalid[m, y, c] = 0.0
            for k in range(new.invalid_earnings.shape[0]):
                new.invalid_earnings[k, y, c] = 0.0
                new.invalid_floors[k, y, c] = 0.0
                new.invalid_ceilings[k, y, c] = 0.0
            for p in range(new.invalid_products.shape[0]):
                new.invalid_products[p, y, c] = 0.0
            for q in range(new.invalid_accounts.shape[0]):
                new.invalid_accounts[q, y, c] = 0.0
        new.top[2, y] = -1


@inner
def sum_of_claims(answers, rates, claims, t, y, top):
    """Share of the invalids of each cell up to `top` who start a pension from which they may recover: fills claims."""
    for c in range(top + 1):
        claims[c] = 0.0
    for i in range(rates.recovers.shape[0]):
        add_scaled(claims, answers.claim_rows[answers.claim_index[0, rates.recovers[i], t, y]], 1.0, top)


@inner
def become_invalid(new, rates, earnings, accounts, answers, flows, work, share, m, t, x, y, top, step):
    """The share of the people in mid-year who become invalid: those with the pension stay invalid or recover by the end
    of the year, with their earnings and balances (m = 0)."""
    claims = work.part
    sum_of_claims(answers, rates, claims, t, y, top)
    stay, back = share * rates.started_stays[t, y] * (1.0 - rates.converts[t, y]), share * rates.started_back[t, y]
    new.top[2, y] = max(new.top[2, y], top)
    new.top[1, y] = max(new.top[1, y], top)
    shown, number, months = new.active.shape[0] - 1, 0.0, 0.0
    for c in range(top + 1):
        n = claims[c] * work.halfway[c]
        new.invalid[m, y, c] += stay * n
        new.inactive[m, y, c] += back * n
        number += back * n
        months += back * n * c
    if m == shown:
        flows.by_age[BACK, t, y] += number
        flows.by_age[RESTORED_CREDITS, t, y] += months * step
    if m > 0:
        return
    for k in range(new.earnings.shape[0]):
        for c in range(top + 1):
            n = claims[c] * work.halfway[c]
            new.invalid_earnings[k, y, c] += stay * n * work.means[k, c]
            new.invalid_floors[k, y, c] += stay * n * work.floors[k, c]
            new.invalid_ceilings[k, y, c] += stay * n * work.ceilings[k, c]
            new.earnings[k, y, c] += back * n * work.means[k, c]
            new.floors[k, y, c] += back * n * work.floors[k, c]
            new.ceilings[k, y, c] += back * n * work.ceilings[k, c]
    for s in range(earnings.apart.shape[0]):
        k = earnings.apart[s]
        for c in range(top + 1):
            earned = claims[c] * work.halfway[c] * work.means[k, c]
            with_each = earned * work.means[k, c], earned * work.floors[k, c], earned * work.ceilings[k, c]
            for i in range(3):
                new.invalid_products[3 * s + i, y, c] += stay * with_each[i]
                new.products[3 * s + i, y, c] += back * with_each[i]
    for q in range(work.balances.shape[0]):
        for c in range(top + 1):
            held = claims[c] * accounts.up_rest[t, x, q] * work.balances[q, c]
            new.invalid_accounts[q, y, c] += stay * held
            new.inactive_accounts[q, y, c] += back * held
            flows.by_account[RESTORED, t, q, y] += back * held


@inner
def leave_invalid(state, new, rates, earnings, accounts, flows, t, x, step):
    """The invalids aged x die, recover or convert in year t; the others are a year older."""
    y = min(x + 1, state.invalid.shape[1] - 1)
    shown, top = state.invalid.shape[0] - 1, state.top[2, x]
    if top < 0:
        return
    stay = rates.invalid_stays[t, x] * (1.0 - rates.converts[t, y])
    back = (1.0 - rates.invalid_stays[t, x]) * rates.invalid_back[t, y]
    new.top[1, y] = max(new.top[1, y], top)
    new.top[2, y] = max(new.top[2, y], top)
    for m in range(shown + 1):
        for c in range(top + 1):
            n = state.invalid[m, x, c]
            new.invalid[m, y, c] += stay * n
            new.inactive[m, y, c] += back * n
            if m == shown:
                flows.by_age[BACK, t, y] += back * n
                flows.by_age[RESTORED_CREDITS, t, y] += back * n * c * step
    z = min(y, earnings.growth.shape[1] - 1)
    for k in range(state.earnings.shape[0]):
        up = 1.0 + earnings.growth[t, z, k]
        for c in range(top + 1):
            mean, floor = up * state.invalid_earnings[k, x, c], up * state.invalid_floors[k, x, c]
            ceiling = up * state.invalid_ceilings[k, x, c]
            new.invalid_earnings[k, y, c] += stay * mean
            new.invalid_floors[k, y, c] += stay * floor
            new.invalid_ceilings[k, y, c] += stay * ceiling
            new.earnings[k, y, c] += back * mean
            new.floors[k, y, c] += back * floor
            new.ceilings[k, y, c] += back * ceiling
    for p in range(state.products.shape[0]):
        up = (1.0 + earnings.growth[t, z, earnings.apart[p // 3]]) ** 2
        for c in range(top + 1):
            product = up * state.invalid_products[p, x, c]
            new.invalid_products[p, y, c] += stay * product
            new.products[p, y, c] += back * product
    for q in range(state.invalid_accounts.shape[0]):
        for c in range(top + 1):
            held = accounts.up[t, x, q] * state.invalid_accounts[q, x, c]
            new.invalid_accounts[q, y, c] += stay * held
            new.inactive_accounts[q, y, c] += back * held
            flows.by_account[RESTORED, t, q, y] += back * held
