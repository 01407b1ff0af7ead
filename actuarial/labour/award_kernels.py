"""Claims of the insured on benefits at an event, and their expected amounts.

Letters as in `kernels.py`: t = projected year, y = age reached, c = cell of the service grid, j = claim, a = amount,
u = unit, k = base of amounts (reference earnings, then accounts). Status: 0 active, 1 inactive.
"""

import numpy as np

from actuarial.jit import WIDTH, absorbed, inner
from actuarial.labour.account_kernels import FULL
from actuarial.labour.apart_kernels import apart_of, claims_of_member, stand_together
from actuarial.labour.limit_kernels import limited_means, of_both, within_limits
from actuarial.labour.row_kernels import add_scaled, place_of, weigh, weighted
from actuarial.labour.sum_kernels import ABOVE, GAP, INACTIVE, LESS, amount_in_full, counts, up_to_level
from actuarial.lanes import anywhere, load_from, spread, store_from
from actuarial.numeric import UNLIMITED, limited_mean, spread_of

RETIREMENT, INVALIDITY, DEATH, EXIT = (np.int64(event) for event in range(4))  # not compiled anew for each
BOTH = -1  # members who stand for the inactive of a cell
BY_CLAIM = ("claims", "amounts", "topups", "credits", "least")
CLAIMS, AMOUNTS, TOPUPS, CREDITS, LEAST = range(5)
TRACE = 2.0**-60  # a share of claims or members that changes no digit of their number or amount
SOME = 1e-9  # part of the service that is more than rounding


@inner
def forget(work):
    """No amount is known: another age, year, status or other earnings."""
    for u in range(work.known.shape[0]):
        work.known[u, 0], work.known[u, 1] = 0, -1


@inner
def total_claim(answers, retire, status, t, y, top):
    """Share of the members of each cell up to `top` who leave by some retirement benefit: fills retire (c,).

    Returns whether anybody does.
    """
    for c in range(top + 1):
        retire[c] = 0.0
    for j in range(answers.first[RETIREMENT], answers.first[RETIREMENT + 1]):
        if answers.leaves[j] == 0:
            continue
        add_scaled(retire, answers.claim_rows[answers.claim_index[status, j, t, y]], 1.0, top)
    for c in range(top + 1):
        retire[c] = min(retire[c], 1.0)  # shares that add up to more than all by their rounding
    return weighted(retire, retire, 0, top) > 0.0


@inner
def award(answers, rates, accounts, flows, work, status, people, top, t, y, step):
    """People (c,) with the earnings of work (k, c) meet the claims on every event, of which each has its share of them
    in work.leaving (event,): fills flows."""
    for event in range(work.leaving.shape[0]):
        if work.leaving[event] != 0.0:
            on_event(answers, rates, accounts, flows, work, event, status, people, top, t, y, step)


@inner
def on_event(answers, rates, accounts, flows, work, event, status, people, top, t, y, step):
    """As `award`, the claims on one event."""
    factor = work.leaving[event]
    for j in range(answers.first[event], answers.first[event + 1]):
        number, months = weigh(people, answers.claim_rows[answers.award_index[status, j, t, y]], top, work.here)
        if number == 0.0:
            continue
        first, last = counted(work.here, number * TRACE, top)
        flows.by_claim[CLAIMS, t, j, y] += factor * number
        flows.by_claim[CREDITS, t, j, y] += factor * months * step
        if answers.claim_level[j, t] < UNLIMITED or answers.claim_short[j] != 0:
            up_to_level(answers, rates, work, status, j, answers.claim_level[j, t], first, last, t, y)
            flows.by_claim[AMOUNTS, t, j, y] += factor * weighted(work.here, work.worth, first, last)
            continue
        s = apart_of(answers, j, t, y) if status == INACTIVE and answers.claim_choice[j] != 0.0 else -1
        if s >= 0:
            stand_together(answers, work, j, first, last, t, y)
        for member in range(BOTH if s < 0 else 0, 0 if s < 0 else 2):
            if s >= 0:
                forget(work)
                claims_of_member(work, s, member, first, last)
            pay(answers, rates, accounts, flows, work, status, member, j, factor, first, last, top, t, y, step)
        if s >= 0:
            forget(work)


@inner
def pay(answers, rates, accounts, flows, work, status, member, j, factor, first, last, top, t, y, step):
    """Amounts of those in work.here who claim j; of the inactive those of both members, or of one: fills flows."""
    minimums, only = 0, -1
    if answers.claim_choice[j] != 0.0:
        choose(answers, rates, accounts, work, status, member, j, first, last, top, t, y, step)
    for a in range(answers.claim_first_amount[j], answers.claim_first_amount[j + 1]):
        multiple = answers.amount_multiple[a, t, y]
        if multiple == 0.0:
            continue
        u, weights = answers.amount_unit[a], work.here
        per_head(answers, rates, work, status, member, u, first, last, t, y)
        if answers.amount_part[a] >= 0:
            weights = work.part
            shares_of_service(answers, accounts, work, a, first, last, top, step)
        if answers.amount_option[a] >= 0:
            whose_option(work, answers.amount_option[a], weights, first, last)
            weights = work.worth
        paid = weighted(weights, work.paid[u], first, last)
        flows.by_claim[AMOUNTS, t, j, y] += factor * multiple * paid
        if answers.unit_floor[u, t, y] <= 0.0:
            continue
        plain = weighted(weights, work.plain[u], first, last)
        flows.by_claim[TOPUPS, t, j, y] += factor * multiple * (paid - plain)
        minimums += 1
        only = u if answers.amount_part[a] < 0 and answers.amount_option[a] < 0 else -1
    if minimums == 1 and only >= 0:
        flows.by_claim[LEAST, t, j, y] += factor * weighted(work.here, work.least[only], first, last)
    elif minimums > 0:
        at_any_minimum(answers, accounts, work, j, first, last, top, t, y, step)
        flows.by_claim[LEAST, t, j, y] += factor * weighted(work.here, work.raised, first, last)


@inner
def choose(answers, rates, accounts, work, status, member, j, first, last, top, t, y, step):
    """Which option of the claim j is the greatest or the least for the members of each cell: fills work.chosen."""
    sign, a, end = answers.claim_choice[j], answers.claim_first_amount[j], answers.claim_first_amount[j + 1]
    for c in range(first, last + 1):
        work.best[c], work.chosen[c] = -np.inf, -1.0
    while a < end:
        option = answers.amount_option[a]
        for c in range(first, last + 1):
            work.worth[c] = 0.0
        while a < end and answers.amount_option[a] == option:
            multiple = answers.amount_multiple[a, t, y]
            if option >= 0 and multiple != 0.0:
                add_worth(answers, rates, accounts, work, status, member, a, first, last, top, t, y, step)
            a += 1
        for c in range(first, last + 1):
            if option >= 0 and sign * work.worth[c] > work.best[c]:
                work.best[c], work.chosen[c] = sign * work.worth[c], option


@inner
def add_worth(answers, rates, accounts, work, status, member, a, first, last, top, t, y, step):
    """What an amount is for all who claim, in some cells: added to work.worth."""
    u, multiple = answers.amount_unit[a], answers.amount_multiple[a, t, y]
    per_head(answers, rates, work, status, member, u, first, last, t, y)
    weights = work.here
    if answers.amount_part[a] >= 0:
        weights = work.part
        shares_of_service(answers, accounts, work, a, first, last, top, step)
    for c in range(first, last + 1):
        work.worth[c] += multiple * weights[c] * work.paid[u, c]


@inner
def whose_option(work, option, weights, first, last):
    """Weights of the cells of whose members an option is chosen: fills work.worth."""
    for c in range(first, last + 1):
        work.worth[c] = weights[c] if work.chosen[c] == option else 0.0


@inner
def counted(here, trace, top):
    """First and last of the cells up to `top` with claims above a trace of them all."""
    first, last = 0, top
    while first < last and here[first] <= trace:
        first += 1
    while last > first and here[last] <= trace:
        last -= 1
    return first, last


@inner
def shares_of_service(answers, accounts, work, a, first, last, top, step):
    """Claims times the share of service that an amount is due for, or with rest is not, in some cells: fills work.part.

    The months K of an account over all months n, of one person at most 1. The months of a cell are a mean of members
    who moved up the grid by whole steps, some by more and some by less than they worked: what K exceeds n by in some
    cells is lacking in others, and fills of the latter's room n - K the same share everywhere.
    """
    k = answers.amount_part[a]
    q = accounts.rows[k - work.means.shape[0] + accounts.rows.shape[0], FULL]
    above, room = 0.0, 0.0
    for c in range(top + 1):
        months = work.means[k, c]
        over = work.balances[q, c] * (1.0 - step * c / months) if months > 0.0 else 0.0
        above += max(over, 0.0)
        room -= min(over, 0.0)
    filled = min(1.0, above / room) if room > 0.0 else 0.0
    for c in range(first, last + 1):
        months = work.means[k, c]
        part = min(1.0, months / (step * c)) if c > 0 else 0.0
        part += filled * (1.0 - part) if c > 0 and months > 0.0 else 0.0
        work.part[c] = work.here[c] * (1.0 - part if answers.amount_rest[a] != 0 else part)


@inner
def at_any_minimum(answers, accounts, work, j, first, last, top, t, y, step):
    """Share of the claims in some cells of whom any amount that is due is raised to its minimum: fills work.raised.

    One person has the same place among the earnings of a cell in all amounts, so that the greatest share holds the
    others.
    """
    for c in range(first, last + 1):
        work.raised[c] = 0.0
    for a in range(answers.claim_first_amount[j], answers.claim_first_amount[j + 1]):
        u = answers.amount_unit[a]
        if answers.amount_multiple[a, t, y] == 0.0 or answers.unit_floor[u, t, y] <= 0.0:
            continue
        parts = answers.amount_part[a] >= 0
        if parts:
            shares_of_service(answers, accounts, work, a, first, last, top, step)
        option = answers.amount_option[a]
        for c in range(first, last + 1):
            mine = option < 0 or work.chosen[c] == option
            if mine and (not parts or work.part[c] > SOME * work.here[c]):
                work.raised[c] = max(work.raised[c], work.least[u, c])


@inner
def per_head(answers, rates, work, status, member, u, first, last, t, y):
    """Yearly amount of the unit u for one head, with and without its minimum, in some cells: fills work.

    What an amount falls short of an offset by owes nothing to the minimum of that amount, which makes it smaller.

    E[clip(r X, minimum, maximum)], where X is lognormal and counts between the floor and the ceiling of insurable
    earnings; r E[clip(X, floor, ceiling)] where the limits of the amount are never reached. The mean of the insurable
    balance of an account is known exactly: r is multiplied by what makes that mean of X, whose limits are sums over the
    years, equal to it. Of a base above some balance r times this is taken off, and all limits are raised by it.

    Inactive members of a cell who left at different times have different last earnings, and their mean amount is that
    of `limit_kernels.two_members`, or of one of the two (`member`).
    """
    low, high = work.known[u, 0], work.known[u, 1]
    if high < low:
        work.known[u, 0], work.known[u, 1] = first, last
        amounts(answers, rates, work, status, member, u, first, last, t, y)
        return
    if first < low:
        work.known[u, 0] = first
        amounts(answers, rates, work, status, member, u, first, low - 1, t, y)
    if last > high:
        work.known[u, 1] = last
        amounts(answers, rates, work, status, member, u, high + 1, last, t, y)


@inner
def amounts(answers, rates, work, status, member, u, first, last, t, y):
    """As `per_head`, by the formulas that the unit needs, whether the amounts are known or not."""
    k, which = answers.unit_base[u], rates.table[t, y]
    s = answers.unit_apart[u] if status == INACTIVE else -1
    s += work.apart.shape[0] // 2 if s >= 0 and member != BOTH else 0
    if k < 0:
        in_money(answers, work, u, first, last, t, y)
    elif which < 0 or answers.unit_kind[u] != 0 or work.exact[k, first] >= 0.0:
        in_full(answers, rates, work, s, member, u, first, last, t, y)
    else:
        by_table(answers, work, s, member, u, first, last, t, y, (rates.tables, rates.shares, spread(1.0 * which)))


@inner
def in_money(answers, work, u, first, last, t, y):
    """Amounts of a unit that depends on nobody's earnings."""
    rates, scale = answers.unit_rows[answers.unit_index[u, t, y]], answers.unit_scale[u, t, y]
    lowest, shares = answers.unit_floor[u, t, y], answers.unit_rows[answers.unit_floor_index[u, t, y]]
    highest, tops = answers.unit_ceiling[u, t, y], answers.unit_rows[answers.unit_ceiling_index[u, t, y]]
    kind, other = answers.unit_kind[u], answers.unit_offset[u, t, y]
    parts = answers.unit_rows[answers.unit_offset_index[u, t, y]]
    paid, plain, least = work.paid[u], work.plain[u], work.least[u]
    for c in range(np.uint64(first), np.uint64(last + 1)):
        rate, minimum, maximum = rates[c] * scale, lowest * shares[c], highest * tops[c]
        paid[c], plain[c] = min(max(rate, minimum), maximum), min(rate, maximum)
        least[c] = 1.0 if minimum > max(rate, 0.0) else 0.0
    for c in range(first, last + 1 if kind != 0 else first):
        paid[c], offset = beyond(kind, paid[c], other * parts[c]), other * parts[c]
        plain[c] = paid[c] if kind == GAP else beyond(kind, plain[c], offset)
        if not counts(kind, lowest * shares[c], offset):
            least[c] = 0.0


@inner
def by_table(answers, work, s, member, u, first, last, t, y, tables):
    """Amounts of a unit of earnings without an offset, from tables of limited means and of shares below a limit.

    Several cells at a time; the last of them are those at the end of the row, if there are no more.
    """
    rates, scale = answers.unit_rows[answers.unit_index[u, t, y]], answers.unit_scale[u, t, y]
    lowest, shares = answers.unit_floor[u, t, y], answers.unit_rows[answers.unit_floor_index[u, t, y]]
    highest, tops = answers.unit_ceiling[u, t, y], answers.unit_rows[answers.unit_ceiling_index[u, t, y]]
    k, capped = answers.unit_base[u], answers.unit_capped[u] != 0
    begin, end = members_of(s, member)
    means = work.means[k]
    paid, plain, raised = work.paid[u], work.plain[u], work.least[u]
    if not capped and lowest <= 0.0 and highest >= UNLIMITED and (s < 0 or member == BOTH):
        without_limits(rates, scale, means, paid, plain, raised, first, last)
        return
    seen, seen_floor, seen_ceiling = spread(-1.0), spread(-1.0), spread(-1.0)
    floor, ceiling, below_floor, below_ceiling = spread(0.0), spread(UNLIMITED), spread(0.0), spread(0.0)
    for start in range(first, last + 1, WIDTH):
        c = place_of(means, start)
        minimum, maximum = load_from(shares, c) * lowest, load_from(tops, c) * highest
        usual, whole, least = spread(0.0), spread(0.0), spread(0.0)
        for i in range(begin, end):
            mean, low, high = of_member(work, k, s, i, c)
            if capped:
                floor, ceiling = low, high
                if differs(mean, seen) or differs(floor, seen_floor) or differs(ceiling, seen_ceiling):
                    seen, seen_floor, seen_ceiling = mean, floor, ceiling
                    below_floor = limited_means(mean, floor, tables)
                    below_ceiling = limited_means(mean, ceiling, tables)
            else:
                below_ceiling = mean
            one, two, three = within_limits(
                load_from(rates, c) * scale, mean, floor, ceiling, below_floor, below_ceiling, minimum, maximum, tables,
                lowest > 0.0, highest < UNLIMITED, True,
            )
            if i > begin:
                f = load_from(work.apart[s, 0], c)
                one, two, three = of_both(usual, one, f), of_both(whole, two, f), of_both(least, three, f)
            usual, whole, least = one, two, three
        store_from(plain, c, usual)
        store_from(paid, c, whole)
        store_from(raised, c, least)


@absorbed
def members_of(s, member):
    """First of the members of a cell that are looked at, and the one after the last of them."""
    if s < 0:
        return 0, 1
    return (0, 2) if member == BOTH else (member, member + 1)


@absorbed
def of_member(work, k, s, i, c):
    """Earnings, floor and ceiling from the cell c on: of all members, or (s >= 0) of the first or second of two."""
    if s < 0:
        return load_from(work.means[k], c), load_from(work.floors[k], c), load_from(work.ceilings[k], c)
    row = 3 * i + 1
    apart = work.apart
    return load_from(apart[s, row], c), load_from(apart[s, row + 1], c), load_from(apart[s, row + 2], c)


@inner
def differs(one, other):
    """Whether two numbers differ in any lane."""
    return anywhere(one < other) or anywhere(one > other)


@inner
def without_limits(rates, scale, means, paid, plain, least, first, last):
    """Amounts that no limit changes."""
    for c in range(np.uint64(first), np.uint64(last + 1)):
        paid[c] = rates[c] * scale * means[c]
        plain[c] = paid[c]
        least[c] = 0.0


@inner
def in_full(answers, rates, work, s, member, u, first, last, t, y):
    """Amounts of a unit of earnings or of an account, with an offset if there is one, each with formulas of its own."""
    rows, scale = answers.unit_rows[answers.unit_index[u, t, y]], answers.unit_scale[u, t, y]
    lowest, shares = answers.unit_floor[u, t, y], answers.unit_rows[answers.unit_floor_index[u, t, y]]
    highest, tops = answers.unit_ceiling[u, t, y], answers.unit_rows[answers.unit_ceiling_index[u, t, y]]
    kind, other = answers.unit_kind[u], answers.unit_offset[u, t, y]
    parts = answers.unit_rows[answers.unit_offset_index[u, t, y]]
    k, capped, above = answers.unit_base[u], answers.unit_capped[u] != 0, answers.unit_capped[u] == ABOVE
    begin, end = members_of(s, member)
    sigma, tables, which = spread_of(rates.cv[t, y]), rates.tables, rates.table[t, y]
    seen_mean, seen_floor, seen_ceiling, below_floor, below_ceiling = -1.0, -1.0, -1.0, 0.0, 0.0
    for c in range(first, last + 1):
        rate, minimum, maximum, offset = rows[c] * scale, lowest * shares[c], highest * tops[c], other * parts[c]
        for i in range(begin, end):
            mean, floor, ceiling = each_member(work, k, s, i, c, capped)
            if mean != seen_mean or floor != seen_floor or ceiling != seen_ceiling:
                seen_mean, seen_floor, seen_ceiling = mean, floor, ceiling
                below_floor = limited_mean(mean, sigma, floor, tables, which)
                below_ceiling = limited_mean(mean, sigma, ceiling, tables, which)
            if work.exact[k, c] >= 0.0:
                about = min(max(below_ceiling - below_floor + floor, floor), ceiling)
                about -= work.below[k, c] if above else 0.0
                rate *= work.exact[k, c] / about if about > 0.0 else 1.0
            away = rate * work.below[k, c] if above else 0.0
            paid, plain, least = amount_in_full(
                LESS if above and kind == 0 else kind, offset + away, rate, mean, sigma, floor, ceiling, below_floor,
                below_ceiling, minimum + away, maximum + away, tables, which,
            )
            if i > begin:
                f = work.apart[s, 0, c]
                paid, plain = of_both(work.paid[u, c], paid, f), of_both(work.plain[u, c], plain, f)
                least = of_both(work.least[u, c], least, f)
            work.paid[u, c], work.plain[u, c], work.least[u, c] = paid, plain, least


@inner
def each_member(work, k, s, i, c, capped):
    """As `of_member`, of one cell."""
    mean, floor, ceiling = work.means[k, c], work.floors[k, c], work.ceilings[k, c]
    if s >= 0:
        row = 3 * i + 1
        mean, floor, ceiling = work.apart[s, row, c], work.apart[s, row + 1, c], work.apart[s, row + 2, c]
    return mean, floor if capped else 0.0, ceiling if capped else UNLIMITED


@inner
def beyond(kind, amount, offset):
    """What an amount exceeds an offset by, or falls short of it."""
    return max(0.0, amount - offset) if kind == LESS else max(0.0, offset - amount)
