"""Claims of the insured on benefits at an event, and their expected amounts.

Letters as in `kernels.py`: t = projected year, y = age reached, c = cell of the service grid, j = claim, a = amount,
u = unit, k = base of amounts (reference earnings, then accounts). Status: 0 active, 1 inactive.
"""

from actuarial.jit import lean
from actuarial.numeric import UNLIMITED, limited, limited_mean, offset_mean, share_below, spread_of

RETIREMENT, INVALIDITY, DEATH, EXIT = 0, 1, 2, 3
BY_CLAIM = ("claims", "amounts", "topups", "credits", "least")
CLAIMS, AMOUNTS, TOPUPS, CREDITS, LEAST = range(5)
LESS, GAP = 1, 2  # kinds of offsets
UNKNOWN = -1.0  # amount of a cell that no claim has asked for
TRACE = 2.0**-60  # a share of the claims that changes no digit of their amount


@lean
def forget(work, top):
    """No amount is known in the cells up to `top`: another age, year, status or other earnings."""
    for u in range(work.paid.shape[0]):
        for c in range(top + 1):
            work.paid[u, c] = UNKNOWN


@lean
def total_claim(answers, retire, status, t, y, top):
    """Share of the members of each cell up to `top` who leave by some retirement benefit: fills retire (c,).

    Returns whether anybody does.
    """
    for c in range(top + 1):
        retire[c] = 0.0
    anybody = False
    for j in range(answers.first[RETIREMENT], answers.first[RETIREMENT + 1]):
        if answers.leaves[j] == 0:
            continue
        row = answers.claim_index[status, j, t, y]
        for c in range(top + 1):
            retire[c] += answers.claim_rows[row, c]
            anybody = anybody or retire[c] != 0.0
    return anybody


@lean
def spread(rates, t, y):
    """Standard deviation of the logarithm of earnings at age y, the tables of limited means and which is theirs."""
    return spread_of(rates.cv[t, y]), rates.tables, rates.table[t, y]


@lean
def award(answers, flows, work, event, status, people, factor, top, t, y, spread, step):
    """The share `factor` of people (c,) with the earnings of work (k, c) meets the claims on an event: fills flows."""
    for j in range(answers.first[event], answers.first[event + 1]):
        share = answers.claim_rows[answers.award_index[status, j, t, y]]
        number, months = 0.0, 0.0
        for c in range(top + 1):
            number += people[c] * share[c]
            months += people[c] * share[c] * c
        if number == 0.0:
            continue
        first, last = counted(people, share, number * TRACE, top)
        flows.by_claim[CLAIMS, t, j, y] += factor * number
        flows.by_claim[CREDITS, t, j, y] += factor * months * step
        for a in range(answers.claim_first_amount[j], answers.claim_first_amount[j + 1]):
            u = answers.amount_unit[a]
            per_head(answers, work, u, people, share, first, last, t, y, spread)
            paid, plain, least = 0.0, 0.0, 0.0
            for c in range(first, last + 1):
                here = people[c] * share[c]
                least += here * work.least[u, c]
                if answers.amount_part[a] >= 0:
                    here *= part_of_service(answers, work, a, c, step)
                paid += here * work.paid[u, c]
                plain += here * work.plain[u, c]
            flows.by_claim[AMOUNTS, t, j, y] += factor * answers.amount_multiple[a, t, y] * paid
            flows.by_claim[TOPUPS, t, j, y] += factor * answers.amount_multiple[a, t, y] * (paid - plain)
            if a == answers.claim_first_amount[j]:
                flows.by_claim[LEAST, t, j, y] += factor * least


@lean
def counted(people, share, trace, top):
    """First and last of the cells up to `top` with claims above a trace of them all."""
    first, last = 0, top
    while first < last and people[first] * share[first] <= trace:
        first += 1
    while last > first and people[last] * share[last] <= trace:
        last -= 1
    return first, last


@lean
def part_of_service(answers, work, a, c, step):
    """Months of an account over all months of service, at most 1, or the rest of them; nothing without service."""
    months = step * c
    part = min(1.0, work.means[answers.amount_part[a], c] / months) if months > 0.0 else 0.0
    return 1.0 - part if answers.amount_rest[a] != 0 else part


@lean
def per_head(answers, work, u, people, share, first, last, t, y, spread):
    """Yearly amount of the unit u for one head, with and without its minimum, in the cells that claim: fills work.

    E[clip(r X, minimum, maximum)], where X is lognormal and counts between the floor and the ceiling of insurable
    earnings; r E[clip(X, floor, ceiling)] where the limits of the amount are never reached. The mean of the insurable
    balance of an account is known exactly: r is multiplied by what makes that mean of X, whose limits are sums over the
    years, equal to it.
    """
    rates, scale = answers.unit_rows[answers.unit_index[u, t, y]], answers.unit_scale[u, t, y]
    lowest, shares = answers.unit_floor[u, t, y], answers.unit_rows[answers.unit_floor_index[u, t, y]]
    highest, k, capped = answers.unit_ceiling[u, t, y], answers.unit_base[u], answers.unit_capped[u] != 0
    tops = answers.unit_rows[answers.unit_ceiling_index[u, t, y]]
    kind, other = answers.unit_kind[u], answers.unit_offset[u, t, y]
    parts = answers.unit_rows[answers.unit_offset_index[u, t, y]]
    sigma, tables, which = spread
    seen_mean, seen_floor, seen_ceiling, below_floor, below_ceiling = -1.0, -1.0, -1.0, 0.0, 0.0
    for c in range(first, last + 1):
        if people[c] * share[c] == 0.0 or work.paid[u, c] != UNKNOWN:
            continue
        rate, minimum, maximum, offset = rates[c] * scale, lowest * shares[c], highest * tops[c], other * parts[c]
        if k < 0:
            work.paid[u, c], work.plain[u, c] = min(max(rate, minimum), maximum), min(rate, maximum)
            work.least[u, c] = 1.0 if minimum > rate else 0.0
            if kind != 0:
                work.paid[u, c] = beyond(kind, work.paid[u, c], offset)
                work.plain[u, c] = beyond(kind, work.plain[u, c], offset)
            continue
        mean = work.means[k, c]
        floor = work.floors[k, c] if capped else 0.0
        ceiling = work.ceilings[k, c] if capped else UNLIMITED
        if mean != seen_mean or floor != seen_floor or ceiling != seen_ceiling:
            seen_mean, seen_floor, seen_ceiling = mean, floor, ceiling
            below_floor = limited_mean(mean, sigma, floor, tables, which)
            below_ceiling = limited_mean(mean, sigma, ceiling, tables, which)
        if work.exact[k, c] >= 0.0:
            about = min(max(below_ceiling - below_floor + floor, floor), ceiling)
            rate *= work.exact[k, c] / about if about > 0.0 else 1.0
        if kind != 0:
            work.paid[u, c], work.plain[u, c] = offset_mean(
                kind, offset, rate, mean, sigma, floor, ceiling, below_floor, below_ceiling, minimum, maximum, tables,
                which,
            )
            work.least[u, c] = 0.0
            continue
        work.paid[u, c], work.plain[u, c] = limited(
            rate, mean, sigma, floor, ceiling, below_floor, below_ceiling, minimum, maximum, tables, which
        )
        work.least[u, c] = share_below(minimum, rate, mean, sigma, floor, ceiling) if minimum > 0.0 else 0.0


@lean
def beyond(kind, amount, offset):
    """What an amount exceeds an offset by, or falls short of it."""
    return max(0.0, amount - offset) if kind == LESS else max(0.0, offset - amount)
