"""Amounts that rise with earnings along straight lines: sums, greatest and least of them, and slices."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr

from actuarial.contract import Amount
from actuarial.dated import Number
from actuarial.earned import Account, Reference
from actuarial.errors import BadScheme
from actuarial.translation import N_, Told

KNOT = "knot"
ROUNDING = 1e-9  # of earnings and slopes, relative
LEAST = 1e-15  # a rate that is none
BLOCK = 4096  # cells whose numbers stay in the memory of a processor


@dataclass(frozen=True, eq=False)
class Line:
    """An amount y(X) of the base X of an amount, continuous and straight between knots.

    Parameters
    ----------
    base : Reference, Account or word of an amount; None where it depends on money alone
    knots, values : DataArray with `knot` as the first dim, rising from X = 0, currency/year
    slope : DataArray, slope beyond the last knot
    """

    base: Reference | Account | str | None
    knots: xr.DataArray
    values: xr.DataArray
    slope: xr.DataArray

    @property
    def proportional(self) -> bool:
        """Whether it is a share of the base."""
        return self.base is not None and not any(bool((part != 0.0).any()) for part in (self.knots, self.values))

    def at(self, earnings: xr.DataArray) -> xr.DataArray:
        """Amounts at other knots, currency/year."""
        several = xr.broadcast(earnings, self.knots, self.values, self.slope, exclude=[KNOT])
        asked, x, y = (one.transpose(KNOT, ...) for one in several[:3])
        starts, wanted = (one.values.reshape(one.sizes[KNOT], -1) for one in (x, asked))
        steep = _slopes(x.values, y.values, several[3].transpose(*asked.dims[1:]).values).reshape(starts.shape)
        lowest, total = y.values[0].ravel(), np.empty(wanted.shape)
        for first in range(0, wanted.shape[1], BLOCK):
            here = slice(first, first + BLOCK)
            _along(starts[:, here], steep[:, here], lowest[here], wanted[:, here], total[:, here])
        return asked.copy(data=total.reshape(asked.shape))

    def slopes(self) -> xr.DataArray:
        """Slope after each knot; where knots coincide that before them."""
        knots, values, last = xr.broadcast(self.knots, self.values, self.slope, exclude=[KNOT])
        x, y = (one.transpose(KNOT, ...) for one in (knots, values))
        return x.copy(data=_slopes(x.values, y.values, last.transpose(*x.dims[1:]).values))

    def amounts(self) -> tuple[Amount, ...]:
        """The same as amounts that add up: what is due without earnings, and a slice of the base for each slope.

        What is due up to where a share of the base exceeds it is the least amount of that share.
        """
        steep, first = self.slopes(), self.values.isel(knot=0, drop=True)
        steep = steep.where(steep > ROUNDING * steep.max(KNOT), 0.0)
        slices, rest, later = [], first, xr.zeros_like(first, dtype=bool)
        last = steep.sizes[KNOT] - 1
        for k in range(last + 1):
            rate, start = steep.isel(knot=k, drop=True), self.knots.isel(knot=k, drop=True)
            if not bool((rate > 0.0).any()):
                continue
            end = np.inf if k == last else _plain(rate * self.knots.isel(knot=k + 1, drop=True))
            raised = ~later & (first > 0.0) & (np.abs(rate * start - first) <= ROUNDING * first)
            rest, later = rest.where(~raised, 0.0), later | (rate > 0.0)
            assert self.base is not None
            floor = _plain(xr.where(raised, first, 0.0)) if bool(raised.any()) else 0.0
            less = _plain((rate * start).where(~raised, 0.0))
            slices.append(Amount(rate=_plain(rate), base=self.base, floor=floor, ceiling=end, less=less))
        due = [Amount(rate=_plain(rest), base="currency")] if bool((rest != 0.0).any()) else []
        return (*due, *slices) or (Amount(rate=0.0, base="currency"),)

    def simplified(self) -> "Line":
        """The same with the knots alone at which the slope changes, and the first one."""
        steep = self.slopes()
        change = np.abs(np.diff(steep.values, axis=0)) > ROUNDING * np.maximum(steep.values[1:], 1e-6)
        needed = np.concatenate([np.ones((1, *change.shape[1:]), dtype=bool), change])
        x = xr.broadcast(self.knots, steep)[0].transpose(KNOT, ...).values
        kept = np.sort(np.where(needed, x, np.inf), axis=0)[: needed.sum(axis=0).max()]
        there = np.isfinite(kept)
        greatest = np.where(there, kept, 0.0).max(axis=0)
        knots = steep.isel(knot=slice(len(kept))).copy(data=np.where(there, kept, greatest))
        return Line(self.base, knots, self.at(knots), self.slope)


def line_of(amounts: Sequence[Amount], what: str) -> Line:
    """The sum of several amounts; `what` names it in errors.

    Raises
    ------
    BadScheme
        Amounts of different bases, for a part of the service, or short of a guarantee.
    """
    return total_of([_line(amount, what) for amount in amounts], what)


def constant(value: Number) -> Line:
    """The same amount whatever the earnings, currency/year."""
    value = xr.DataArray(value)
    return Line(None, xr.zeros_like(value, dtype=float).expand_dims({KNOT: 1}), _one(value), 0.0 * value)


def through(base: Reference | Account | str, rate: Number) -> Line:
    """rate x base."""
    rate = xr.DataArray(rate)
    return Line(base, _one(0.0 * rate), _one(0.0 * rate), rate)


def total_of(lines: Sequence[Line], what: str, weights: Sequence[Number] | None = None) -> Line:
    """The sum of lines, each with its weight; the whole must not fall."""
    knots = _together([one.knots for one in lines])
    given: Sequence[Number] = [1.0] * len(lines) if weights is None else weights
    values: Any = sum(weight * one.at(knots) for weight, one in zip(given, lines, strict=True))
    slope: Any = sum(weight * one.slope for weight, one in zip(given, lines, strict=True))
    return Line(_base_of(lines, what), knots, values.transpose(KNOT, ...), slope).simplified()


def greatest_of(lines: Sequence[Line], what: str) -> Line:
    """The greatest of several amounts, whatever the earnings."""
    return _best(lines, what, 1.0)


def least_of(lines: Sequence[Line], what: str) -> Line:
    """The least of several amounts, whatever the earnings."""
    return _best(lines, what, -1.0)


def on_one_base(lines: Sequence[Line], sign: float) -> bool:
    """Whether the greatest (sign 1) or least (-1) of lines is one: they have one base, or shares of several that are in
    one proportion for everybody."""
    bases = [one.base for one in lines if one.base is not None]
    if all(base == bases[0] for base in bases):
        return True
    if any(line.base is not None and not line.proportional for line in lines):
        return False
    first, *others = [line for line in lines if line.base is not None]
    for other in others:
        together = _of_both(first, other, sign)
        if together is None:
            return False
        first = together
    return True


def sliced(line: Line, above: Sequence[Number], counted: Sequence[Number], what: str) -> Line:
    """Of each slice of an amount the part that counts: the sum over i of (c_i - c_{i-1}) max(0, y - a_i).

    Parameters
    ----------
    above : where the slices begin, rising, currency/year
    counted : c_i, the part of each slice that counts, fraction
    """
    before: Sequence[Number] = (0.0, *counted[:-1])
    weights = [share - last for share, last in zip(counted, before, strict=True)]
    parts = [greatest_of([line, constant(start)], what) for start in above]
    whole = total_of(parts, what, weights)
    lower: Any = sum(weight * start for weight, start in zip(weights, above, strict=True))
    return Line(whole.base, whole.knots, (whole.values - lower).clip(min=0.0).transpose(KNOT, ...), whole.slope)


def _line(amount: Amount, what: str) -> Line:
    """One amount as a line."""
    if amount.choice is not None:
        raise BadScheme(different(what))
    if amount.shape != "line":
        raise BadScheme(
            Told(
                "{what}: one of the amounts has rates by earnings (by_earnings), which cannot be compared.\n"
                "  Put its least and greatest pension inside it.",
                what=what,
            )
        )
    if amount.part is not None or amount.gap_to is not None or amount.short:
        kinds = Told("what is missing to a guarantee"), Told("a part of the service")
        text = N_(
            "{what}: one of the amounts is that of {kind}, which cannot be compared earnings by earnings.\n"
            "  Put the greatest, least or bands inside it."
        )
        raise BadScheme(Told(text, what=what, kind=kinds[amount.part is not None]))
    rate, floor, ceiling, less = (xr.DataArray(v) for v in (amount.rate, amount.floor, amount.ceiling, amount.less))
    if amount.base == "currency":
        due: Any = np.minimum(np.maximum(rate, floor), ceiling) - less
        return constant(amount.multiple * due.clip(min=0.0))
    some, first = rate > LEAST, np.minimum(floor, ceiling)
    safe = xr.where(some, rate, 1.0)
    low = xr.where(some, np.maximum(first, less) / safe, 0.0)
    bounded = some & np.isfinite(ceiling)
    high = xr.where(bounded, np.maximum(xr.where(bounded, ceiling, 0.0) / safe, low), low)
    start = (first - less).clip(min=0.0)
    knots = _stacked([0.0 * low, low, high])
    values = _stacked([start, start, start + rate * (high - low)])
    return Line(amount.base, knots, amount.multiple * values, amount.multiple * xr.where(some & ~bounded, rate, 0.0))


def _best(lines: Sequence[Line], what: str, sign: float) -> Line:
    """The greatest (sign 1) or least (-1) of several lines, shares of earnings first, whose bases may differ."""
    first, *others = sorted(lines, key=lambda line: not line.proportional)
    for other in others:
        first = _chosen(first, other, what, sign)
    return first


def _chosen(one: Line, other: Line, what: str, sign: float) -> Line:
    """The greater of two lines (sign 1), or the lesser (-1): straight between knots of both and where they cross."""
    if (together := _of_both(one, other, sign)) is not None:
        return together
    base, knots = _base_of([one, other], what), _together([one.knots, other.knots])
    ahead, steeper, own = xr.broadcast(
        one.at(knots) - other.at(knots), one.slope - other.slope, one.slope, exclude=[KNOT]
    )
    ahead = ahead.transpose(KNOT, ...)
    d, rise = ahead.values, steeper.transpose(*ahead.dims[1:]).values
    x = xr.broadcast(knots, ahead)[0].transpose(*ahead.dims).values
    found = _knots(ahead, _crossed(x, d, rise))
    mine, theirs = xr.broadcast(one.at(found), other.at(found))
    both: Any = np.maximum(sign * mine, sign * theirs)
    second = own - steeper
    outer: Any = sign * np.maximum(sign * own, sign * second)
    switched, leads = d[-1] * rise <= 0.0, sign * d[-1] > 0.0
    slope = xr.where(own.copy(data=leads), own, second)
    slope = xr.where(own.copy(data=switched & (rise != 0.0)), outer, slope)
    return Line(base, found, (sign * both).transpose(KNOT, ...), slope).simplified()


def _of_both(one: Line, other: Line, sign: float) -> Line | None:
    """The greater or lesser of two shares of different reference earnings, whose proportion is the same for everybody:
    a share of one of them, which the other one bounds; None where they are not such shares."""
    first, second = one.base, other.base
    if not (isinstance(first, Reference) and isinstance(second, Reference)) or first == second:
        return None
    if any(getattr(first, name) != getattr(second, name) for name in ("revaluation", "revalued_until", "capped")):
        return None
    if not (one.proportional and other.proportional):
        return None
    own, others = (part.values for part in xr.broadcast(one.slope, other.slope))
    if not np.any(own > 0.0) or not np.any(others > 0.0):
        return None
    ratio = float(others.max() / own.max())
    if np.any(np.abs(others - ratio * own) > ROUNDING * others.max()):
        return None
    for line, base in (
        (one, _bounded(first, second, ratio, sign)),
        (other, _bounded(second, first, 1.0 / ratio, sign)),
    ):
        if base is not None:
            return replace(line, base=base)
    return None


def _bounded(first: Reference, second: Reference, share: float, sign: float) -> Reference | None:
    """The greater (sign 1) or lesser (-1) of reference earnings and a share of others, as one; None where the first
    are at least something already, so that they are no mean to be bounded from above."""
    if sign < 0 and first.not_below is not None:
        return None
    held = first.not_below if sign > 0 else first.not_above
    bound: tuple[Reference, float] = (second, share)
    if held is not None:
        inner = _bounded(held[0], second, share / held[1], sign)
        if inner is None:
            return None
        bound = inner, held[1]
    return replace(first, not_below=bound) if sign > 0 else replace(first, not_above=bound)


def _along(starts: np.ndarray, steep: np.ndarray, first: np.ndarray, wanted: np.ndarray, total: np.ndarray) -> None:
    """Amounts at wanted earnings (wanted, cell), of slopes after knots (knot, cell) and the amount at the first one."""
    total[:] = first
    for k, slope in enumerate(steep):
        above = wanted - starts[k] if k + 1 == len(starts) else np.minimum(wanted, starts[k + 1]) - starts[k]
        np.maximum(above, 0.0, out=above)
        above *= slope
        total += above


def _crossed(x: np.ndarray, d: np.ndarray, rise: np.ndarray) -> np.ndarray:
    """Knots (knot, ...), and where a difference is nothing: it is d there, and has a slope `rise` beyond."""
    changes = d[:-1] * d[1:] < 0.0
    part = np.divide(d[:-1], d[:-1] - d[1:], out=np.zeros_like(d[1:]), where=changes)
    beyond = np.divide(-d[-1], rise, out=np.zeros_like(rise), where=d[-1] * rise < 0.0)
    return np.sort(np.concatenate([x, x[:-1] + part * np.diff(x, axis=0), x[-1:] + beyond]), axis=0)


def _slopes(x: np.ndarray, y: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Slopes after knots (knot, ...), the last one given (...); where knots coincide that before them."""
    step = np.diff(x, axis=0)
    long = step > ROUNDING * np.maximum(1.0, x[1:])
    found = np.divide(np.diff(y, axis=0), step, out=np.zeros_like(step), where=long)
    for k in range(1, len(found)):
        found[k] = np.where(long[k], found[k], found[k - 1])
    return np.concatenate([found, last[np.newaxis]])


def _base_of(lines: Sequence[Line], what: str) -> Reference | Account | str | None:
    """The base that all lines share."""
    bases = [one.base for one in lines if one.base is not None]
    if any(base != bases[0] for base in bases):
        raise BadScheme(different(what))
    return bases[0] if bases else None


def different(what: str) -> Told:
    """What is told of amounts of different reference earnings or accounts that are compared."""
    return Told(
        "{what}: the formulas have different reference earnings or accounts, so that which of them is greater differs "
        "from person to person by more than one amount tells.\n"
        "  Compare shares of each without limits, or with the same ones, and amounts of money beside them; or give the "
        "formulas the same years, best_of, revaluation, revalued_until, window and capped, or the same account.",
        what=what,
    )


def _together(knots: Sequence[xr.DataArray]) -> xr.DataArray:
    """The knots of several lines in their order."""
    several = xr.broadcast(*knots, exclude=[KNOT])
    first = several[0].transpose(KNOT, ...)
    return _knots(first, np.sort(np.concatenate([one.transpose(*first.dims).values for one in several]), axis=0))


def _knots(like: xr.DataArray, values: np.ndarray) -> xr.DataArray:
    """Other knots with the labels of an array."""
    coords = {name: coord for name, coord in like.coords.items() if KNOT not in coord.dims}
    return xr.DataArray(values, dims=like.dims, coords=coords)


def _stacked(numbers: Sequence[Any]) -> xr.DataArray:
    """Several numbers along the knots."""
    several = xr.broadcast(*(xr.DataArray(number) for number in numbers))
    return xr.concat(several, dim=KNOT).transpose(KNOT, ...)


def _one(number: Any) -> xr.DataArray:
    """A number at the only knot."""
    return xr.DataArray(number).expand_dims({KNOT: 1})


def _plain(number: xr.DataArray) -> Number:
    """A number without labels as a float."""
    return number if number.ndim else float(number)
