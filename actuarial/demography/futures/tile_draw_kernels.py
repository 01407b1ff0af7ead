"""Drawn futures of tiles of scenarios side by side: t year, x sex, a age, s scenario, w place in the tile."""

from typing import NamedTuple

import numpy as np

from actuarial.demography.futures.draw_kernels import STAYS, infancy
from actuarial.demography.kernels import born, dead
from actuarial.demography.tile_kernels import BIRTHS, DEATHS, MIGRANTS, TILE, write_totals
from actuarial.elementary_kernels import exp
from actuarial.jit import inlined, tiled

NEAR = 1e-5  # years of life expectancy
ROUNDS = 12


class Family(NamedTuple):
    """The path around which scenarios are drawn, and how they leave it."""

    population_0: np.ndarray  # (x, a) persons on 31 December of the year before
    log_mx: np.ndarray  # (t, x, a) logarithm of the central death rates
    slope: np.ndarray  # (x, a) change of log_mx with k
    first_age: np.ndarray  # (t, x, 7) a0 by the death rate at age 0, see `a0.LINES`
    e0: np.ndarray  # (t, x) central life expectancy, years
    low: np.ndarray  # (t, x) least k
    high: np.ndarray  # (t, x) most k
    unit: np.ndarray  # (x,) the farthest step of k, of about ten years
    bend: np.ndarray  # (t, x) -e''/(2 e') of life expectancy by k on the central path
    asfr: np.ndarray  # (t, a) births per woman and year
    srb: np.ndarray  # (t,) boys per girl
    migration: np.ndarray  # (t, x, a) net migrants, persons
    pattern: np.ndarray  # (x, a) how more migrants are spread, sum 1
    row: np.ndarray  # (a,) the total to which an age belongs


class Places(NamedTuple):
    """Rows of a tile where the places on the family are sought."""

    k: np.ndarray
    target: np.ndarray  # years
    ahead: np.ndarray  # life expectancy, years
    change: np.ndarray  # its change with k
    pace: np.ndarray  # that where the last step began
    drift: np.ndarray  # how far it is off where the place of the year before is moved by the change of the target
    p: np.ndarray
    q: np.ndarray
    change_p: np.ndarray
    change_q: np.ndarray
    found: np.ndarray  # 1 where k has its target


class DrawTile(NamedTuple):
    """The state of a tile and rows of it."""

    stock: np.ndarray  # (x, a, w)
    first: np.ndarray  # (x, w) survival ratio of the births
    younger: np.ndarray  # (w,) the stock of the start of the year one age below
    above: np.ndarray  # (w,) what of the age below stands above the line in the survival ratio
    k: np.ndarray  # (x, w)
    ratio: np.ndarray  # (w,)
    more: np.ndarray  # (w,)
    short: np.ndarray  # (w,) leavers who are not there at their age
    left: np.ndarray  # (w,) persons left at the other ages
    sums: np.ndarray  # (8, w)


def new_places() -> Places:
    """Memory of a search."""
    return Places(*np.zeros((11, TILE)))


def new_draw_tile(ages: int) -> DrawTile:
    """Memory of a tile."""
    row = (TILE,)
    shapes = ((2, ages, TILE), (2, TILE), row, row, (2, TILE), row, row, row, row, (8, TILE))
    return DrawTile(*(np.zeros(shape) for shape in shapes))


@tiled
def find_places(first, last, family, away, rows, k):
    """Places k (s, t, x) of the tiles from `first` to before `last` where life expectancy is that of the central path
    and `away` (s, t, x), years: NaN where none is found.

    The search begins at the place of the year before, moved by the change of the target and by what this lacked then,
    or at the central path.
    """
    for number in range(first, last):
        lane = number * TILE
        size = min(TILE, away.shape[0] - lane)
        for x in range(away.shape[2]):
            for t in range(away.shape[1]):
                for w in range(TILE):
                    s = lane + min(w, size - 1)
                    rows.target[w] = family.e0[t, x] + away[s, t, x]
                    if t > 0 and rows.found[w] == 1.0:
                        step = (away[s, t, x] - away[s, t - 1, x] - rows.drift[w]) / rows.pace[w]
                        rows.k[w] += step * (1.0 + family.bend[t, x] * step)
                    else:
                        rows.k[w] = rows.drift[w] = 0.0
                    rows.found[w] = 0.0
                approach(family, t, x, rows)
                for w in range(size):
                    k[lane + w, t, x] = rows.k[w] if rows.found[w] == 1.0 else np.nan


@inlined
def approach(family, t, x, rows):
    """Move the places of a year and sex to their targets, within the bounds of the family.

    Steps are those of Newton's method, corrected by the curvature of the central path. The last one is that from a
    place off by NEAR or less, to one inside the bounds with the same line of a0: less than the square of NEAR is left.
    """
    low, high, unit, bend = family.low[t, x], family.high[t, x], family.unit[x], family.bend[t, x]
    level, slope = family.log_mx[t, x, 0], family.slope[x, 0]
    below, between = family.first_age[t, x, 0], family.first_age[t, x, 3]
    for i in range(ROUNDS):
        expect(family, t, x, rows)
        missing = 0.0
        for w in range(TILE):
            gap = rows.ahead[w] - rows.target[w]
            rows.drift[w] += gap if i == 0 and t > 0 else 0.0
            step = min(max(-gap / rows.change[w], -unit), unit)
            k = min(max(rows.k[w] + step * (1.0 + bend * step), low), high)
            old, new = exp(level + slope * rows.k[w]), exp(level + slope * k)
            stays = (old < below) == (new < below) and (old < between) == (new < between) and low < k < high
            rows.pace[w] = rows.pace[w] if rows.found[w] == 1.0 else rows.change[w]
            rows.k[w] = rows.k[w] if rows.found[w] == 1.0 else k
            rows.found[w] = 1.0 if stays and abs(gap) <= NEAR else rows.found[w]
        for w in range(TILE):
            missing += 1.0 - rows.found[w]
        if missing == 0.0:
            break


@inlined
def expect(family, t, x, rows):
    """Life expectancy at birth, `ahead`, and its change with k.

    That of an age, (1 + (1 - m/2) e_{x+1})/(1 + m/2), is carried down to age 1 as a fraction P/Q with its changes.
    """
    oldest = family.log_mx.shape[2] - 1
    level, slope = family.log_mx[t, x, oldest], family.slope[x, oldest]
    for w in range(TILE):
        m = exp(level + slope * rows.k[w])
        rows.p[w], rows.q[w], rows.change_p[w], rows.change_q[w] = 1.0, m, 0.0, slope * m
    for a in range(oldest - 1, 0, -1):
        level, slope = family.log_mx[t, x, a], family.slope[x, a]
        for w in range(TILE):
            half = 0.5 * exp(level + slope * rows.k[w])
            less, more, moved = 1.0 - half, 1.0 + half, slope * half
            rows.change_p[w] = rows.change_q[w] + less * rows.change_p[w] - moved * rows.p[w]
            rows.change_q[w] = more * rows.change_q[w] + moved * rows.q[w]
            rows.p[w] = rows.q[w] + less * rows.p[w]
            rows.q[w] = more * rows.q[w]
    level, slope = family.log_mx[t, x, 0], family.slope[x, 0]
    for w in range(TILE):
        m = exp(level + slope * rows.k[w])
        a0 = first_lived(family.first_age, t, x, m)
        share, later = 1.0 / (1.0 + (1.0 - a0) * m), rows.p[w] / rows.q[w]
        change = (rows.change_p[w] - later * rows.change_q[w]) / rows.q[w]
        ahead = (1.0 + (1.0 - a0 * m) * later) * share
        lived = a0 + first_slope(family.first_age, t, x, m) * m
        moved = (1.0 - a0 * m) * change - slope * m * (lived * later + (1.0 - lived) * ahead)
        rows.change[w] = moved * share
        rows.ahead[w] = ahead


@inlined
def first_lived(lines, t, x, m):
    """Mean time lived in the first year by those who die in it, of straight lines in the death rate."""
    middle = lines[t, x, 4] + lines[t, x, 5] * m if m < lines[t, x, 3] else lines[t, x, 6]
    return lines[t, x, 1] + lines[t, x, 2] * m if m < lines[t, x, 0] else middle


@inlined
def first_slope(lines, t, x, m):
    """Slope of the line of `first_lived`."""
    middle = lines[t, x, 5] if m < lines[t, x, 3] else 0.0
    return lines[t, x, 2] if m < lines[t, x, 0] else middle


@tiled
def project_draw_tiles(first, last, family, k, ratio, more, tile, totals, unmet):
    """Yearly totals (8, t, s) of the scenarios of the tiles from `first` to before `last`, as of `project_draw`.

    k (s, t, x) places on the family, ratio (s, t) of fertility, more (s, t) net migrants; unmet (t, s) leavers who were
    not there.
    """
    for number in range(first, last):
        lane = number * TILE
        size = min(TILE, k.shape[0] - lane)
        for w in range(TILE):
            for x in range(2):
                for a in range(tile.stock.shape[1]):
                    tile.stock[x, a, w] = family.population_0[x, a]
        for t in range(k.shape[1]):
            for w in range(TILE):
                s = lane + min(w, size - 1)
                tile.ratio[w], tile.more[w] = ratio[s, t], more[s, t]
                tile.k[0, w], tile.k[1, w] = k[s, t, 0], k[s, t, 1]
                for i in range(8):
                    tile.sums[i, w] = 0.0
            for x in range(2):
                age_draws(family, t, x, tile)
            survive_births(family.srb[t], tile)
            miss_leavers(family, t, tile)
            for w in range(size):
                unmet[t, lane + w] = max(0.0, tile.short[w] - tile.left[w])
            move_migrants(family, t, tile)
            write_totals(tile.sums, t, lane, totals)


@inlined
def age_draws(family, t, x, tile):
    """Everybody of a sex one year older by the drawn life table, see `survive`, and the births of the women."""
    level, slope, oldest = family.log_mx[t, x, 0], family.slope[x, 0], tile.stock.shape[1] - 1
    for w in range(TILE):
        m = exp(level + slope * tile.k[x, w])
        tile.first[x, w], tile.above[w] = infancy(m, first_lived(family.first_age, t, x, m))
        tile.younger[w] = tile.stock[x, 0, w]
    for a in range(1, oldest):
        level, slope = family.log_mx[t, x, a], family.slope[x, a]
        for w in range(TILE):
            half = 0.5 * exp(level + slope * tile.k[x, w])
            start, lost = tile.stock[x, a, w], dead(tile.younger[w], tile.above[w] / (1.0 + half))
            tile.stock[x, a, w] = tile.younger[w] - lost
            tile.sums[DEATHS, w] += lost
            tile.younger[w], tile.above[w] = start, 1.0 - half
        if x == 1 and family.asfr[t, a] > 0.0:
            for w in range(TILE):
                tile.sums[BIRTHS, w] += born(family.asfr[t, a], tile.younger[w], tile.stock[x, a, w], 0.0)
    level, slope = family.log_mx[t, x, oldest], family.slope[x, oldest]
    for w in range(TILE):
        people = tile.younger[w] + tile.stock[x, oldest, w]
        lost = dead(people, tile.above[w] / (tile.above[w] + exp(level + slope * tile.k[x, w])))
        tile.stock[x, oldest, w] = people - lost
        tile.sums[DEATHS, w] += lost


@inlined
def survive_births(srb, tile):
    """The year's births become age 0 at its end, or deaths of age 0."""
    boys = srb / (1.0 + srb)
    for w in range(TILE):
        tile.sums[BIRTHS, w] *= tile.ratio[w]
        tile.younger[w] = tile.sums[BIRTHS, w] * boys
    for x in range(2):
        for w in range(TILE):
            lost = dead(tile.younger[w], tile.first[x, w])
            tile.stock[x, 0, w] = tile.younger[w] - lost
            tile.sums[DEATHS, w] += lost
            tile.younger[w] = tile.sums[BIRTHS, w] - tile.younger[w]


@inlined
def miss_leavers(family, t, tile):
    """How many leavers are not there at their age, and how many persons are left at the others."""
    for w in range(TILE):
        tile.short[w] = 0.0
        tile.left[w] = 0.0
    for x in range(2):
        for a in range(tile.stock.shape[1]):
            moved, pattern = family.migration[t, x, a], family.pattern[x, a]
            for w in range(TILE):
                after = max(0.0, tile.stock[x, a, w] - STAYS) + (moved + tile.more[w] * pattern)
                tile.short[w] -= min(after, 0.0)
                tile.left[w] += max(after, 0.0)


@inlined
def move_migrants(family, t, tile):
    """The migrants of the end of the year, as `limit` leaves them, and the stocks of the totals."""
    for w in range(TILE):
        tile.ratio[w] = 1.0 - tile.short[w] / tile.left[w] if tile.left[w] > tile.short[w] else 0.0
    for x in range(2):
        for a in range(tile.stock.shape[1]):
            central, pattern, row = family.migration[t, x, a], family.pattern[x, a], family.row[a]
            for w in range(TILE):
                stock, moved = tile.stock[x, a, w], central + tile.more[w] * pattern
                leave = max(0.0, stock - STAYS)
                limited = max(leave + moved, 0.0) * tile.ratio[w] - leave
                moved = limited if tile.short[w] > 0.0 else moved
                tile.stock[x, a, w] = stock + moved
                tile.sums[row, w] += stock + moved
                tile.sums[MIGRANTS, w] += moved
