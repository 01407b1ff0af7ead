"""How far the earnings lie apart that the inactive of a cell left with at different times: products of them and limits.

Letters as in `kernels.py`; s = base of amounts that keeps products (`Earnings.apart`), of which those with earnings,
floors and ceilings are at p = 3 s, p + 1 and p + 2.
"""

import numpy as np

from actuarial.jit import WIDTH, inner
from actuarial.labour.limit_kernels import two_members
from actuarial.labour.row_kernels import add_product, add_products, fill, place_of, put
from actuarial.lanes import load_from


@inner
def clear_products(new):
    """Empty the cells in use of the products."""
    for y in range(new.active.shape[1]):
        for p in range(new.products.shape[0] if new.top[1, y] >= 0 else 0):
            fill(new.products[p, y], 0.0, new.top[1, y])


@inner
def leave_apart(new, earnings, work, share, y, top):
    """The products of the share of the people in mid-year who join the inactive aged y."""
    for s in range(earnings.apart.shape[0]):
        k, p = earnings.apart[s], 3 * s
        add_products(new.products[p, y], work.halfway, work.means[k], work.means[k], share, top)
        add_products(new.products[p + 1, y], work.halfway, work.means[k], work.floors[k], share, top)
        add_products(new.products[p + 2, y], work.halfway, work.means[k], work.ceilings[k], share, top)


@inner
def stay_apart(state, new, earnings, work, t, x, y, top):
    """Of the inactive aged x in year t who stands for each cell in work.apart; the share work.part (c,) of the products
    moves to age y. work.halfway (c,) is 1 over the persons."""
    for s in range(earnings.apart.shape[0]):
        k, p = earnings.apart[s], 3 * s
        up = (1.0 + earnings.growth[t, min(y, earnings.growth.shape[1] - 1), k]) ** 2
        lie_apart(
            work.apart[s], work.means[k], work.floors[k], work.ceilings[k], state.products[p, x],
            state.products[p + 1, x], state.products[p + 2, x], work.halfway, up, top,
        )
        for i in range(p, p + 3):
            add_product(new.products[i, y], state.products[i, x], work.part, up, top)


@inner
def lie_apart(apart, means, floors, ceilings, square, with_floor, with_ceiling, heads, factor, top):
    """Fill rows (7, c) up to the cell `top` with `two_members`; of the masses (c,) of products heads times a factor is
    the mean of a member."""
    for start in range(0, top + 1, WIDTH):
        c = place_of(means, start)
        head = load_from(heads, c) * factor
        found = two_members(
            load_from(means, c), load_from(floors, c), load_from(ceilings, c), load_from(square, c) * head,
            load_from(with_floor, c) * head, load_from(with_ceiling, c) * head,
        )
        for i in range(apart.shape[0]):
            put(apart[i], c, start, top, found[i])


@inner
def apart_of(answers, j, t, y):
    """Place of a base of the claim j of which earnings lie apart, of an amount that is due; -1 without one."""
    for a in range(answers.claim_first_amount[j], answers.claim_first_amount[j + 1]):
        s = answers.unit_apart[answers.amount_unit[a]]
        if s >= 0 and answers.amount_multiple[a, t, y] != 0.0:
            return s
    return -1


@inner
def stand_together(answers, work, j, first, last, t, y):
    """Two members who stand for those of some cells in all amounts of the claim j: fills the second half of work.apart.

    The upper one earns more of all bases; f is that of the base whose earnings lie apart the most.
    """
    begin, end = answers.claim_first_amount[j], answers.claim_first_amount[j + 1]
    for c in range(first, last + 1):
        f = 1.0
        for a in range(begin, end):
            s = answers.unit_apart[answers.amount_unit[a]]
            if s >= 0 and answers.amount_multiple[a, t, y] != 0.0:
                f = max(f, work.apart[s, 0, c])
        for a in range(begin, end):
            u = answers.amount_unit[a]
            if answers.unit_apart[u] >= 0 and answers.amount_multiple[a, t, y] != 0.0:
                with_factor(work, answers.unit_apart[u], answers.unit_base[u], f, c)


@inner
def with_factor(work, s, k, f, c):
    """Two members for earnings of the base k in a cell, 1 part in 1 + f and f parts, with the mean and variance that
    members have of whom these are 1 part in 1 + g and g parts."""
    own, found = work.apart[s], work.apart[work.apart.shape[0] // 2 + s]
    g, mean, floor, ceiling = own[0, c], work.means[k, c], work.floors[k, c], work.ceilings[k, c]
    rest = 1.0 / (g - 1.0) if g > 1.0 else 0.0
    found[0, c] = f
    for i in range(2):
        move = (g - 1.0) * np.sqrt(f / g) if i == 0 else -(g - 1.0) / np.sqrt(f * g)
        found[3 * i + 1, c] = mean * (1.0 + move)
        found[3 * i + 2, c] = max(floor + (own[2, c] - floor) * rest * move, 0.0)
        found[3 * i + 3, c] = max(ceiling + (own[3, c] - ceiling) * rest * move, found[3 * i + 2, c])


@inner
def claims_of_member(work, s, member, first, last):
    """Claims of the first of two members who stand for those of a cell, of whom it is 1 part in 1 + f, or (after it) of
    the second: fills work.here."""
    factors = work.apart[work.apart.shape[0] // 2 + s, 0]
    for c in range(first, last + 1):
        work.here[c] *= 1.0 / (1.0 + factors[c]) if member == 0 else factors[c]
