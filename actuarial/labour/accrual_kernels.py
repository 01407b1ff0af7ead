"""Members move up the grid of credit by what they contribute: by one number of months, or by a distribution of it.

Letters as in `kernels.py`. A move `up` is (h, upper, taps, most): h cells and the share `upper` of one cell more, where
`taps` is empty; else the shares of members who move by 0, 1, 2 ... cells. Nobody moves by more than `most` cells.
"""

import numpy as np

from actuarial.jit import inlined, inner
from actuarial.numeric import split


@inner
def move_of(cells, taps):
    """The move by a number of cells, which need not be whole, or by given shares (cell,)."""
    if taps.shape[0] > 0:
        most = taps.shape[0] - 1
        while most > 0 and taps[most] == 0.0:
            most -= 1
        return 0, 0.0, taps, most
    h = int(np.floor(cells))
    return h, cells - h, taps, h + 1


@inner
def move(people, top, up, result):
    """Move people (c,) with `top` as the highest cell in use: fills result up to the cell top + most."""
    h, upper, taps, most = up
    if taps.shape[0] == 0:
        split(people, top, h, upper, result)
        return
    for c in range(top + most + 1):
        result[c] = 0.0
    for c in range(top + 1):
        for j in range(most + 1):
            result[c + j] += people[c] * taps[j]


@inner
def means_after(values, top, up, result):
    """Mean of shares (c,) over where members of each cell are after a move: fills result up to the cell `top`."""
    h, upper, taps, most = up
    if taps.shape[0] == 0:
        start = np.uint64(h)
        for c in range(np.uint64(0), np.uint64(top + 1)):
            result[c] = (1.0 - upper) * values[c + start] + upper * values[c + start + np.uint64(1)]
        return
    for c in range(top + 1):
        result[c] = 0.0
        for j in range(most + 1):
            result[c] += taps[j] * values[c + j]
        result[c] = min(result[c], 1.0)  # shares of members that add up to more than all by their rounding


@inlined
def add_after(target, c, number, up):
    """Add a number of members of the cell c to the cells of target (c,) where they are after a move."""
    h, upper, taps, most = up
    if taps.shape[0] == 0:
        target[c + h] += number * (1.0 - upper)
        target[c + h + 1] += number * upper
        return
    for j in range(most + 1):
        target[c + j] += number * taps[j]
