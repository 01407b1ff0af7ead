"""How far the earnings lie apart that the inactive of a cell left with at different times: products of them and limits.

Letters as in `kernels.py`; s = base of amounts that keeps products (`Earnings.apart`), of which those with earnings,
floors and ceilings are at p = 3 s, p + 1 and p + 2.
"""

from actuarial.jit import WIDTH, inner
from actuarial.labour.limit_kernels import two_members
from actuarial.labour.row_kernels import add_product, add_products, fill
from actuarial.lanes import between, choose, load_from, store_from


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
        up = (1.0 + earnings.growth[t, k]) ** 2
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
        c = min(start, means.shape[0] - WIDTH)
        head = load_from(heads, c) * factor
        found = two_members(
            load_from(means, c), load_from(floors, c), load_from(ceilings, c), load_from(square, c) * head,
            load_from(with_floor, c) * head, load_from(with_ceiling, c) * head,
        )
        for i in range(apart.shape[0]):
            store_from(apart[i], c, choose(between(c, start, top), found[i], load_from(apart[i], c)))
