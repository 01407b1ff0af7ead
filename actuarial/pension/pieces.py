"""Amounts that are a polynomial of earnings, another one in each piece, and that may jump from piece to piece."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from actuarial.contract import Amount
from actuarial.dated import Number
from actuarial.earned import Reference

PIECE = "piece"
NARROW = 1e-12  # of earnings, relative
GOES_ON = 1e-9  # of an amount, by which it may differ on both sides of a start
POWERS = 3


@dataclass(frozen=True, eq=False)
class Pieces:
    """An amount y(X) = a + b X + c X^2 of reference earnings X, with other a, b and c from each start on.

    Parameters
    ----------
    base : Reference
    starts : DataArray (..., piece), rising from 0; infinite where a piece is that of others only, currency/year
    powers : a, b and c on the dims of `starts`
    """

    base: Reference
    starts: xr.DataArray
    powers: tuple[xr.DataArray, ...]

    def at_least(self, level: Number, slope: Number = 0.0) -> "Pieces":
        """The greater of the amount and level + slope X."""
        return self._limited(level, slope, 1.0)

    def at_most(self, level: Number, slope: Number = 0.0) -> "Pieces":
        """The lesser of the amount and level + slope X."""
        return self._limited(level, slope, -1.0)

    def amounts(self) -> tuple[Amount, ...]:
        """The same as amounts that add up: slices of the earnings and of their square, and steps.

        What is due up to where the earnings exceed it is the least amount of a share of them, see `_least`.
        """
        starts, powers = self.starts.values, [power.values for power in self.powers]
        there = np.isfinite(starts)
        start = np.where(there, starts, 0.0)
        end = _ends(np.where(there, starts, np.inf))
        a, b, c = powers
        first, chord = a[..., 0], self._chord()
        plain = np.where(chord > 0.0, 0.0, first)
        found = [Amount(rate=self._without_piece(plain), base="currency")] if np.any(plain > 0.0) else []
        if np.any(chord > 0.0):
            found.append(self._least(np.where(chord > 0.0, first, 0.0), chord))
        for k in range(starts.shape[-1]):
            s, e, some = start[..., k], end[..., k], there[..., k]
            found += self._signed(self._slice, np.where(some, b[..., k], 0.0), s, e)
            found += self._signed(self._squares, np.where(some, c[..., k], 0.0), s, e)
            if k > 0:
                up: Any = sum(s**p * (one[..., k] - one[..., k - 1]) for p, one in enumerate(powers))
                size: Any = sum(s**p * np.abs(one[..., k]) for p, one in enumerate(powers))
                jump = np.where(some & (np.abs(up) > NARROW * size), up, 0.0)
                found += self._signed(self._step, jump, s)
        return tuple(found) or (Amount(rate=0.0, base="currency"),)

    def _chord(self) -> np.ndarray:
        """Slope of the line from nothing to the end of a first piece that is the same for all; 0 where an amount of
        nothing for no earnings does not go on from there."""
        if self.starts.shape[-1] < 2:
            return np.zeros(self.starts.shape[:-1])
        a, b, c = (power.values for power in self.powers)
        there = np.isfinite(self.starts.values[..., 1]) & (b[..., 0] == 0.0) & (c[..., 0] == 0.0) & (a[..., 1] == 0.0)
        end = np.where(there, self.starts.values[..., 1], 1.0)
        goes_on = np.abs(end * (b[..., 1] + end * c[..., 1]) - a[..., 0]) <= GOES_ON * a[..., 0]
        return np.where(there & goes_on & (a[..., 0] > 0.0), a[..., 0] / end, 0.0)

    def _least(self, level: np.ndarray, chord: np.ndarray) -> Amount:
        """A level, which is the least amount of a share of earnings: what it adds to this is the cost of a minimum."""
        rate, both = self._without_piece(chord), self._without_piece(level)
        return Amount(rate=rate, base=self.base, floor=both, ceiling=both)

    def _slice(self, rate: np.ndarray, start: np.ndarray, end: np.ndarray) -> Amount:
        """rate x (min(X, end) - start), where X is above the start."""
        ceiling = np.where(np.isfinite(end), rate * np.where(np.isfinite(end), end, 0.0), np.inf)
        label = self._without_piece
        return Amount(rate=label(rate), base=self.base, ceiling=label(ceiling), less=label(rate * start))

    def _squares(self, rate: np.ndarray, start: np.ndarray, end: np.ndarray) -> Amount:
        """rate x (min(X, end)^2 - start^2), where X is above the start."""
        label = self._without_piece
        return Amount(rate=label(rate), base=self.base, ceiling=label(end), less=label(start), shape="square")

    def _step(self, rate: np.ndarray, start: np.ndarray) -> Amount:
        """rate, where X is above the start."""
        return Amount(rate=self._without_piece(rate), base=self.base, less=self._without_piece(start), shape="step")

    def _signed(self, made: Callable[..., Amount], value: np.ndarray, *ends: np.ndarray) -> list[Amount]:
        """Amounts of what is above 0, and of what is below it to be taken away."""
        parts = ((1.0, np.maximum(value, 0.0)), (-1.0, np.maximum(-value, 0.0)))
        return [made(part, *ends).signed(sign) for sign, part in parts if np.any(part > 0.0)]

    def _without_piece(self, values: np.ndarray) -> Number:
        """Values (...) with the labels of the starts, plain where there are none."""
        like = self.starts.isel({PIECE: 0}, drop=True)
        return like.copy(data=np.ascontiguousarray(values)) if like.ndim else float(values)

    def _limited(self, level: Number, slope: Number, sign: float) -> "Pieces":
        """The amount, or a line where that is greater (sign 1) or lesser (-1): pieces end where they cross it."""
        given = (self.starts, *self.powers, xr.DataArray(level), xr.DataArray(slope))
        parts = [_with_piece(part, self.starts) for part in given]
        several = [one.transpose(..., PIECE) for one in xr.broadcast(*parts)]
        start, a, b, c, low, steep = (one.values for one in several)
        end = _ends(start)
        crossed = np.sort(np.stack([np.clip(one, start, end) for one in _roots(a - low, b - steep, c)]), axis=0)
        starts, ends = np.stack([start, *crossed], axis=-1), np.stack([*crossed, end], axis=-1)
        there = np.isfinite(starts)
        first = np.where(there, starts, 0.0)
        middle = np.where(np.isfinite(ends) & there, (first + np.where(np.isfinite(ends), ends, 0.0)) / 2.0,
                          first + np.maximum(first, 1.0))  # fmt: skip
        own = [power[..., np.newaxis] for power in (a, b, c)]
        line = [power[..., np.newaxis] for power in (low, steep, np.zeros_like(c))]
        ahead: Any = sum((one - other) * middle**p for p, (one, other) in enumerate(zip(own, line, strict=True)))
        chosen = [np.where(sign * ahead >= 0.0, one, other) for one, other in zip(own, line, strict=True)]
        flat = [part.reshape(*start.shape[:-1], -1) for part in (starts, *chosen)]
        return _kept(self.base, several[0], flat)


def pieces_of(base: Reference, starts: Sequence[Number], powers: Sequence[tuple[Number, Number, Number]]) -> Pieces:
    """Pieces with their starts, the first of which is 0, and a, b and c of each."""
    numbers = [*starts, *(number for each in powers for number in each)]
    labels = xr.broadcast(*(xr.DataArray(number) for number in numbers))
    values, count = [one.values.astype(float) for one in labels], len(starts)
    stacked = [np.stack(values[:count], axis=-1)]
    stacked += [np.stack(values[count + p :: POWERS], axis=-1) for p in range(POWERS)]
    like = labels[0].expand_dims({PIECE: 1}, -1)
    return _kept(base, like, stacked)


def _kept(base: Reference, like: xr.DataArray, parts: list[np.ndarray]) -> Pieces:
    """Pieces of some width that differ from the one before, first in each cell; starts of what is left are infinite."""
    starts, powers = parts[0], parts[1:]
    with np.errstate(invalid="ignore"):
        wide = _ends(starts) - starts > NARROW * np.maximum(starts, 1.0)
    needed = np.zeros(starts.shape, dtype=bool)
    last = [np.full(starts.shape[:-1], np.nan) for _ in powers]
    for k in range(starts.shape[-1]):
        differs = np.any([power[..., k] != one for power, one in zip(powers, last, strict=True)], axis=0)
        needed[..., k] = wide[..., k] & differs
        last = [np.where(needed[..., k], power[..., k], one) for power, one in zip(powers, last, strict=True)]
    order = np.argsort(~needed, axis=-1, kind="stable")[..., : needed.sum(axis=-1).max()]
    there = np.take_along_axis(needed, order, axis=-1)
    coords = {name: coord for name, coord in like.coords.items() if PIECE not in coord.dims}
    found = [np.take_along_axis(part, order, axis=-1) for part in parts]
    found = [np.where(there, found[0], np.inf), *(np.where(there, one, end[..., np.newaxis])
                                                 for one, end in zip(found[1:], last, strict=True))]  # fmt: skip
    starts_, *others = (xr.DataArray(one, dims=like.dims, coords=coords) for one in found)
    return Pieces(base, starts_, tuple(others))


def _ends(starts: np.ndarray) -> np.ndarray:
    """Where each piece ends."""
    return np.concatenate([starts[..., 1:], np.full_like(starts[..., :1], np.inf)], axis=-1)


def _roots(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> list[np.ndarray]:
    """Where a + b x + c x^2 is nothing; 0 where it is nowhere."""
    with np.errstate(invalid="ignore", divide="ignore"):
        half = -0.5 * (b + np.copysign(np.sqrt(b * b - 4.0 * a * c), b))
        found = [half / c, a / half]
    return [np.where(np.isfinite(one), one, 0.0) for one in found]


def _with_piece(part: xr.DataArray, like: xr.DataArray) -> xr.DataArray:
    """A number for every piece."""
    return part if PIECE in part.dims else part.expand_dims({PIECE: like.sizes[PIECE]}, -1)
