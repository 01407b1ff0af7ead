"""Rows of cells (c,) of the insured, several cells at a time: filled, added, multiplied, counted.

Every row has at least as many cells as there are lanes. The last numbers of a row are those at its end, of which the
cells that were met before, and those above `top`, are left out.
"""

from actuarial.jit import WIDTH, absorbed, inner
from actuarial.lanes import added, between, cells_from, choose, load_from, spread, store_from

NOBODY = 1e-300


@absorbed
def place_of(row, start):
    """First cell of the lanes for the cells from `start` on: before it where fewer are left in the row than lanes."""
    return min(start, row.shape[0] - WIDTH)


@absorbed
def put(row, c, start, top, value):
    """Write the numbers of all lanes into a row from the cell c on, but for cells before `start` and above `top`."""
    if start + WIDTH - 1 > top:
        value = choose(between(c, start, top), value, load_from(row, c))
    store_from(row, c, value)


@absorbed
def counted(c, start, top, value):
    """Numbers of the cells from c on; nothing for cells before `start` and above `top`."""
    return choose(between(c, start, top), value, 0.0) if start + WIDTH - 1 > top else value


@inner
def fill(row, value, top):
    """Fill a row up to the cell `top` with a value."""
    for start in range(0, top + 1, WIDTH):
        c = place_of(row, start)
        put(row, c, start, top, spread(value))


@inner
def scale(row, factor, top):
    """Multiply a row up to the cell `top` by a factor."""
    for start in range(0, top + 1, WIDTH):
        c = place_of(row, start)
        put(row, c, start, top, load_from(row, c) * factor)


@inner
def multiple(row, a, factor, top):
    """Fill a row up to the cell `top` with a times a factor."""
    for start in range(0, top + 1, WIDTH):
        c = place_of(row, start)
        put(row, c, start, top, load_from(a, c) * factor)


@inner
def blend(row, a, factor, b, other, top):
    """Fill a row up to the cell `top` with a times a factor and b times another one."""
    for start in range(0, top + 1, WIDTH):
        c = place_of(row, start)
        put(row, c, start, top, load_from(a, c) * factor + load_from(b, c) * other)


@inner
def reciprocal(row, people, top):
    """Fill a row up to the cell `top` with 1 over the people of each cell, 0 of nobody."""
    for start in range(0, top + 1, WIDTH):
        c = place_of(row, start)
        n = load_from(people, c)
        put(row, c, start, top, choose(n > NOBODY, 1.0 / choose(n > NOBODY, n, 1.0), 0.0))


@inner
def lessen(row, share, top):
    """Take a share (c,) of a row up to the cell `top` out of it."""
    for start in range(0, top + 1, WIDTH):
        c = place_of(row, start)
        put(row, c, start, top, load_from(row, c) * (1.0 - load_from(share, c)))


@inner
def add_scaled(row, a, factor, top):
    """Add a row a times a factor to a row up to the cell `top`."""
    for start in range(0, top + 1, WIDTH):
        c = place_of(row, start)
        put(row, c, start, top, load_from(row, c) + load_from(a, c) * factor)


@inner
def product(row, a, b, factor, top):
    """Fill a row up to the cell `top` with a b times a factor."""
    for start in range(0, top + 1, WIDTH):
        c = place_of(row, start)
        put(row, c, start, top, load_from(a, c) * factor * load_from(b, c))


@inner
def add_product(row, a, b, factor, top):
    """Add a b times a factor to a row up to the cell `top`."""
    for start in range(0, top + 1, WIDTH):
        c = place_of(row, start)
        put(row, c, start, top, load_from(row, c) + load_from(a, c) * factor * load_from(b, c))


@inner
def add_products(row, a, b, other, factor, top):
    """Add a times b times another row times a factor to a row up to the cell `top`."""
    for start in range(0, top + 1, WIDTH):
        c = place_of(row, start)
        new = load_from(a, c) * factor * load_from(b, c) * load_from(other, c)
        put(row, c, start, top, load_from(row, c) + new)


@inner
def weighted(weights, values, first, last):
    """Sum of values times weights over some cells."""
    result = spread(0.0)
    for start in range(first, last + 1, WIDTH):
        c = place_of(weights, start)
        result += counted(c, start, last, load_from(weights, c) * load_from(values, c))
    return added(result)


@inner
def weigh(people, share, top, here):
    """People of each cell up to `top` times a share: fills here; their sum and the sum of their cells."""
    number, cells = spread(0.0), spread(0.0)
    for start in range(0, top + 1, WIDTH):
        c = place_of(here, start)
        n = load_from(people, c) * load_from(share, c)
        store_from(here, c, n)
        n = counted(c, start, top, n)
        number += n
        cells += n * cells_from(c)
    return added(number), added(cells)


@inner
def counted_cells(people, top):
    """Sum of people up to the cell `top`, and the sum of their cells."""
    number, cells = spread(0.0), spread(0.0)
    for start in range(0, top + 1, WIDTH):
        c = place_of(people, start)
        n = counted(c, start, top, load_from(people, c))
        number += n
        cells += n * cells_from(c)
    return added(number), added(cells)


@inner
def total(people, top):
    """Sum of people up to the cell `top`."""
    number = spread(0.0)
    for start in range(0, top + 1, WIDTH):
        c = place_of(people, start)
        number += counted(c, start, top, load_from(people, c))
    return added(number)
