"""Rows of cells (c,) of the insured, several cells at a time: filled, added, multiplied, counted.

Every row has at least as many cells as there are lanes. The last numbers of a row are those at its end, of which the
cells that were met before, and those above `top`, are left out.
"""

from actuarial.jit import WIDTH, inner
from actuarial.lanes import added, between, cells_from, choose, load_from, spread, store_from


@inner
def fill(row, value, top):
    """Fill a row up to the cell `top` with a value."""
    for start in range(0, top + 1, WIDTH):
        c = min(start, row.shape[0] - WIDTH)
        store_from(row, c, choose(between(c, start, top), spread(value), load_from(row, c)))


@inner
def scale(row, factor, top):
    """Multiply a row up to the cell `top` by a factor."""
    for start in range(0, top + 1, WIDTH):
        c = min(start, row.shape[0] - WIDTH)
        old = load_from(row, c)
        store_from(row, c, choose(between(c, start, top), old * factor, old))


@inner
def lessen(row, share, top):
    """Take a share (c,) of a row up to the cell `top` out of it."""
    for start in range(0, top + 1, WIDTH):
        c = min(start, row.shape[0] - WIDTH)
        old = load_from(row, c)
        store_from(row, c, choose(between(c, start, top), old * (1.0 - load_from(share, c)), old))


@inner
def add_scaled(row, a, factor, top):
    """Add a row a times a factor to a row up to the cell `top`."""
    for start in range(0, top + 1, WIDTH):
        c = min(start, row.shape[0] - WIDTH)
        old = load_from(row, c)
        store_from(row, c, choose(between(c, start, top), old + load_from(a, c) * factor, old))


@inner
def product(row, a, b, factor, top):
    """Fill a row up to the cell `top` with a b times a factor."""
    for start in range(0, top + 1, WIDTH):
        c = min(start, row.shape[0] - WIDTH)
        new = load_from(a, c) * factor * load_from(b, c)
        store_from(row, c, choose(between(c, start, top), new, load_from(row, c)))


@inner
def add_product(row, a, b, factor, top):
    """Add a b times a factor to a row up to the cell `top`."""
    for start in range(0, top + 1, WIDTH):
        c = min(start, row.shape[0] - WIDTH)
        old = load_from(row, c)
        new = old + load_from(a, c) * factor * load_from(b, c)
        store_from(row, c, choose(between(c, start, top), new, old))


@inner
def add_products(row, a, b, other, factor, top):
    """Add a times b times another row times a factor to a row up to the cell `top`."""
    for start in range(0, top + 1, WIDTH):
        c = min(start, row.shape[0] - WIDTH)
        old = load_from(row, c)
        new = old + load_from(a, c) * factor * load_from(b, c) * load_from(other, c)
        store_from(row, c, choose(between(c, start, top), new, old))


@inner
def weighted(weights, values, first, last):
    """Sum of values times weights over some cells."""
    result = spread(0.0)
    for start in range(first, last + 1, WIDTH):
        c = min(start, weights.shape[0] - WIDTH)
        result += choose(between(c, start, last), load_from(weights, c) * load_from(values, c), 0.0)
    return added(result)


@inner
def weigh(people, share, top, here):
    """People of each cell up to `top` times a share: fills here; their sum and the sum of their cells."""
    number, cells = spread(0.0), spread(0.0)
    for start in range(0, top + 1, WIDTH):
        c = min(start, here.shape[0] - WIDTH)
        n = load_from(people, c) * load_from(share, c)
        store_from(here, c, n)
        n = choose(between(c, start, top), n, 0.0)
        number += n
        cells += n * cells_from(c)
    return added(number), added(cells)


@inner
def counted_cells(people, top):
    """Sum of people up to the cell `top`, and the sum of their cells."""
    number, cells = spread(0.0), spread(0.0)
    for start in range(0, top + 1, WIDTH):
        c = min(start, people.shape[0] - WIDTH)
        n = choose(between(c, start, top), load_from(people, c), 0.0)
        number += n
        cells += n * cells_from(c)
    return added(number), added(cells)


@inner
def total(people, top):
    """Sum of people up to the cell `top`."""
    number = spread(0.0)
    for start in range(0, top + 1, WIDTH):
        c = min(start, people.shape[0] - WIDTH)
        number += choose(between(c, start, top), load_from(people, c), 0.0)
    return added(number)
