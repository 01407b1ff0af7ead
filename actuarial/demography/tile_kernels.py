"""The cohort-component step for a tile of scenarios side by side: t year, x sex, a age, w place in the tile.

A tile stays in the fast memory of a processor through all years, and every loop over its places is one of equal steps.
Places are never added to each other, so that a scenario is the same to the bit whatever stands beside it.
"""

from typing import NamedTuple

import numpy as np

from actuarial.demography.kernels import born, dead
from actuarial.elementary_kernels import decay
from actuarial.jit import inlined, tiled

TILE = 128
TOTAL, YOUNG, MIDDLE, OLD, RATIO, BIRTHS, DEATHS, MIGRANTS = range(8)
"""The rows of the totals of a year; those from YOUNG to OLD are groups of ages."""


class Central(NamedTuple):
    """What the scenarios of all tiles share."""

    population_0: np.ndarray  # (x, a) persons on 31 December of the year before
    hazard: np.ndarray  # (t, x, a) -ln of the survival ratio into age a
    asfr: np.ndarray  # (t, a) births per woman and year
    srb: np.ndarray  # (t,) boys per girl
    migration: np.ndarray  # (t, x, a) net migrants, persons
    moved: np.ndarray  # (t, x) their sums over the ages
    row: np.ndarray  # (a,) YOUNG, MIDDLE or OLD


class Factors(NamedTuple):
    """By scenario and year: of the hazard and of the migrants for one or two sexes, of the fertility."""

    mortality: np.ndarray  # (s, t, 1 or 2)
    fertility: np.ndarray  # (s, t)
    migration: np.ndarray  # (s, t, 1 or 2)


class Tile(NamedTuple):
    """The state of a tile and rows of it."""

    stock: np.ndarray  # (x, a, w)
    mortality: np.ndarray  # (x, w)
    migration: np.ndarray  # (x, w)
    fertility: np.ndarray  # (w,)
    younger: np.ndarray  # (w,) the stock of the start of the year one age below
    lowest: np.ndarray  # (w,) the least stock of all years, at most 0
    sums: np.ndarray  # (8, w)


def new_tile(ages: int) -> Tile:
    """Memory of a tile."""
    shapes = ((2, ages, TILE), (2, TILE), (2, TILE), (TILE,), (TILE,), (TILE,), (8, TILE))
    return Tile(*(np.zeros(shape) for shape in shapes))


@tiled
def project_tiles(first, last, central, factors, at_start, with_mothers, tile, totals, lowest):
    """Yearly totals (8, t, s) of the scenarios of the tiles from `first` to before `last`, and their least stock (s,).

    Shares of the migrants as in `kernels.project_population`.
    """
    for number in range(first, last):
        lane = number * TILE
        for w in range(TILE):
            tile.lowest[w] = 0.0
            for x in range(2):
                for a in range(tile.stock.shape[1]):
                    tile.stock[x, a, w] = central.population_0[x, a]
        for t in range(central.hazard.shape[0]):
            begin_year(factors, central.moved, lane, t, tile)
            for x in range(2):
                age_one_year(central, t, x, at_start, with_mothers, tile)
            survive_birth(central, t, at_start, tile)
            write_totals(tile.sums, t, lane, totals)
        for w in range(min(TILE, lowest.shape[0] - lane)):
            lowest[lane + w] = tile.lowest[w]


@inlined
def begin_year(factors, moved, lane, t, tile):
    """The factors of a year and its migrants; places behind the last scenario repeat it."""
    most = factors.fertility.shape[0] - 1
    dying, moving = factors.mortality.shape[2] - 1, factors.migration.shape[2] - 1
    for w in range(TILE):
        s = min(lane + w, most)
        for i in range(8):
            tile.sums[i, w] = 0.0
        tile.fertility[w] = factors.fertility[s, t]
        for x in range(2):
            tile.mortality[x, w] = factors.mortality[s, t, x * dying]
            tile.migration[x, w] = factors.migration[s, t, x * moving]
            tile.sums[MIGRANTS, w] += moved[t, x] * tile.migration[x, w]


@inlined
def age_one_year(central, t, x, at_start, with_mothers, tile):
    """Everybody of a sex who is there at the start of the year one year older, and the births of the women."""
    early = at_start * central.migration[t, x, 0]
    for w in range(TILE):
        tile.younger[w] = tile.stock[x, 0, w] + early * tile.migration[x, w]
        tile.lowest[w] = min(tile.lowest[w], tile.younger[w])
    for a in range(1, tile.stock.shape[1]):
        hazard, row = -central.hazard[t, x, a], central.row[a]
        early = at_start * central.migration[t, x, a]
        late = central.migration[t, x, a] - early
        if a == tile.stock.shape[1] - 1:
            for w in range(TILE):
                tile.younger[w] += tile.stock[x, a, w] + early * tile.migration[x, w]
        for w in range(TILE):
            start = tile.stock[x, a, w] + early * tile.migration[x, w]
            lost = dead(tile.younger[w], decay(hazard * tile.mortality[x, w]))
            end = tile.younger[w] - lost + late * tile.migration[x, w]
            tile.sums[DEATHS, w] += lost
            tile.sums[row, w] += end
            tile.lowest[w] = min(tile.lowest[w], min(start, end))
            tile.stock[x, a, w] = end
            tile.younger[w] = start
        if x == 1 and central.asfr[t, a] > 0.0:
            others = with_mothers * central.migration[t, x, a] - late
            for w in range(TILE):
                tile.sums[BIRTHS, w] += born(
                    central.asfr[t, a], tile.younger[w], tile.stock[x, a, w], others * tile.migration[x, w]
                )


@inlined
def survive_birth(central, t, at_start, tile):
    """The year's births become age 0 at its end, or deaths of age 0."""
    boys = central.srb[t] / (1.0 + central.srb[t])
    for w in range(TILE):
        tile.sums[BIRTHS, w] *= tile.fertility[w]
        tile.younger[w] = tile.sums[BIRTHS, w] * boys
    for x in range(2):
        hazard, late = -central.hazard[t, x, 0], (1.0 - at_start) * central.migration[t, x, 0]
        for w in range(TILE):
            lost = dead(tile.younger[w], decay(hazard * tile.mortality[x, w]))
            end = tile.younger[w] - lost + late * tile.migration[x, w]
            tile.sums[DEATHS, w] += lost
            tile.sums[YOUNG, w] += end
            tile.lowest[w] = min(tile.lowest[w], end)
            tile.stock[x, 0, w] = end
            tile.younger[w] = tile.sums[BIRTHS, w] - tile.younger[w]


@inlined
def write_totals(sums, t, lane, totals):
    """The totals of a year of the scenarios from `lane` on, with those that follow from others."""
    for w in range(TILE):
        sums[TOTAL, w] = sums[YOUNG, w] + sums[MIDDLE, w] + sums[OLD, w]
        sums[RATIO, w] = sums[OLD, w] / sums[MIDDLE, w] if sums[MIDDLE, w] > 0.0 else 0.0
    for i in range(8):
        for w in range(min(TILE, totals.shape[2] - lane)):
            totals[i, t, lane + w] = sums[i, w]
