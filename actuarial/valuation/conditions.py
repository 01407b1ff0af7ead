"""Conditions that a reserve keeps: each is affine in the contribution rate, so the lowest rate needs no trial."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from actuarial.errors import BadInput
from actuarial.valuation.reserve import ROUNDING, accumulate, before
from actuarial.valuation.series import Series, is_number, is_whole, year_end_factors


@dataclass(frozen=True)
class Path:
    """Reserves V = without + rate x gained over consecutive years in which one rate is charged.

    `opening` has the shape (...), the others (..., year); `next_outgo` is NaN after the end of the series. What a
    condition compares the reserve with is in `flows`.
    """

    years: np.ndarray
    opening: np.ndarray
    without: np.ndarray
    gained: np.ndarray
    flows: dict[str, np.ndarray]


@dataclass(frozen=True)
class Rows:
    """One inequality constant + rate x slope >= 0 (or an equation) by year; `size` says what rounding is small to."""

    constant: np.ndarray
    slope: np.ndarray
    years: np.ndarray
    size: np.ndarray
    text: str
    equation: bool = False

    def broken(self, rate: np.ndarray) -> np.ndarray:
        """Where a rate of shape (...) does not keep the condition, rounding apart; (..., year)."""
        change = np.asarray(rate)[..., None] * self.slope
        left = self.constant + change
        slack = ROUNDING * (self.size + np.abs(self.constant) + np.abs(change))
        return np.abs(left) > slack if self.equation else left < -slack


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What a reserve shall do in some years: all of them, those named, or the last ones of the period.

    Parameters
    ----------
    years : int or sequence of int, optional
        Years in which the condition is looked at.
    last : int, optional
        Number of years before the end of the period (of each control period) in which it is looked at.
    """

    years: int | Sequence[int] | None = None
    last: int | None = None

    def __post_init__(self) -> None:
        if self.years is not None and self.last is not None:
            raise BadInput(f"{type(self).__name__}: give years or last, not both.")
        wrong = [year for year in np.ravel([] if self.years is None else self.years).tolist() if not is_whole(year)]
        if wrong:
            raise BadInput(f"{type(self).__name__}: years must be whole numbers, but one of them is {wrong[0]!r}.")
        if self.last is not None and not (is_whole(self.last) and self.last >= 1):
            raise BadInput(
                f"{type(self).__name__}: last must be a whole number of years, at least 1, but it is {self.last!r}."
            )

    def chosen(self, years: np.ndarray) -> np.ndarray:
        """Positions of the years that are looked at."""
        if self.years is not None:
            return np.flatnonzero(np.isin(years, self.years))
        return np.arange(len(years))[-self.last :] if self.last is not None else np.arange(len(years))

    def rows(self, path: Path) -> Rows:
        """The condition on a path."""
        raise NotImplementedError

    def check_years(self, years: np.ndarray) -> None:
        """Refuse years that the period does not have."""
        missing = np.setdiff1d(np.ravel(years[:0] if self.years is None else self.years), years)
        if missing.size:
            raise BadInput(
                f"{type(self).__name__}: {missing[0]} is not a year of the period, which runs from {years[0]} to "
                f"{years[-1]}."
            )


def _check_level(condition: Condition, level: Any) -> None:
    if not (is_number(level) and level >= 0):
        name = type(condition).__name__
        raise BadInput(f"{name}: at_least must be one number, at least 0, for all years and scenarios (got {level!r}).")


def _rows(path: Path, at: np.ndarray, constant: np.ndarray, slope: np.ndarray, text: str) -> Rows:
    return Rows(constant[..., at], slope[..., at], path.years[at], path.flows["outgo"][..., at], text)


@dataclass(frozen=True, kw_only=True)
class Solvent(Condition):
    """The reserve is not negative on 31 December: V_t >= 0.

    Examples
    --------
    >>> Solvent(years=2075).chosen(np.array([2074, 2075]))
    array([1])
    """

    def rows(self, path: Path) -> Rows:
        """V_t >= 0."""
        return _rows(path, self.chosen(path.years), path.without, path.gained, "the reserve is not negative")


@dataclass(frozen=True, kw_only=True)
class NotFalling(Condition):
    """The reserve is not below that of the year before: V_t >= V_{t-1}."""

    def rows(self, path: Path) -> Rows:
        """V_t - V_{t-1} >= 0."""
        constant = path.without - before(path.opening, path.without)
        slope = path.gained - before(0.0, path.gained)
        return _rows(path, self.chosen(path.years), constant, slope, "the reserve does not fall")


@dataclass(frozen=True, kw_only=True)
class ReserveRatio(Condition):
    """The reserve is at least a number of years of outgo: V_t >= k O_t.

    Parameters
    ----------
    at_least : float, years
    outgo_of : "same" or "next"
        The year whose outgo is meant.
    """

    at_least: float
    outgo_of: str = "same"

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_level(self, self.at_least)

    def rows(self, path: Path) -> Rows:
        """V_t - k O_t >= 0."""
        at = self.chosen(path.years)
        text = f"the reserve is at least {self.at_least:g} years of outgo"
        return _rows(path, at, path.without - self.at_least * _outgo(path, at, self.outgo_of), path.gained, text)


@dataclass(frozen=True, kw_only=True)
class FundedShare(Condition):
    """The reserve is at least a share of the liability: V_t >= k L_t; in periods that carry a series `liability`."""

    at_least: float

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_level(self, self.at_least)

    def rows(self, path: Path) -> Rows:
        """V_t - k L_t >= 0."""
        if "liability" not in path.flows:
            raise BadInput("FundedShare needs a series of liabilities: use partial_funding.")
        wanted = self.at_least * path.flows["liability"]
        text = f"the reserve is at least {self.at_least:g} of the liability"
        return _rows(path, self.chosen(path.years), path.without - wanted, path.gained, text)


@dataclass(frozen=True, kw_only=True)
class SameRatio(Condition):
    """The reserve ratio is the same in two years: V_s / O_s = V_t / O_t. It fixes the rate.

    Parameters
    ----------
    years : two ints
    last : int
        Instead of years: the end of the period and the year so many years before it.
    outgo_of : "same" or "next"
        The year whose outgo is meant.
    """

    outgo_of: str = "same"

    def __post_init__(self) -> None:
        super().__post_init__()
        pair = [] if self.years is None else np.ravel(np.asarray(self.years)).tolist()
        if self.last is None and (len(pair) != 2 or pair[0] == pair[1]):
            raise BadInput(f"SameRatio needs two different years, or last, but years is {self.years!r}.")

    def chosen(self, years: np.ndarray) -> np.ndarray:
        """Positions of the two years."""
        if self.last is None:
            return super().chosen(years)
        if self.last >= len(years):
            raise BadInput(f"SameRatio: last={self.last}, but the period has {len(years)} years.")
        return np.array([len(years) - 1 - self.last, len(years) - 1])

    def rows(self, path: Path) -> Rows:
        """V_t / O_t - V_s / O_s = 0."""
        at = self.chosen(path.years)
        outgo = _outgo(path, at, self.outgo_of)[..., at]
        if np.any(outgo <= 0):
            year = path.years[at[np.argwhere(outgo <= 0)[0][-1]]]
            raise BadInput(f"SameRatio: no outgo in {year}, so no reserve ratio.")
        without, gained = path.without[..., at] / outgo, path.gained[..., at] / outgo
        constant, slope = (np.diff(values, axis=-1) for values in (without, gained))
        first, last = path.years[at]
        text = f"the reserve ratio is that of {first}"
        return Rows(constant, slope, np.array([last]), np.abs(without).max(axis=-1, keepdims=True), text, equation=True)


def _outgo(path: Path, at: np.ndarray, outgo_of: str) -> np.ndarray:
    """Outgo of the same or the next year; every year that is looked at must have it."""
    if outgo_of not in ("same", "next"):
        raise BadInput(f"outgo_of must be 'same' or 'next', but it is {outgo_of!r}.")
    if outgo_of == "same":
        return path.flows["outgo"]
    values = path.flows["next_outgo"]
    if np.any(np.isnan(values[..., at])):
        raise BadInput(
            f"outgo_of='next' needs the outgo of {path.years[-1] + 1}, which the series do not hold: name the years "
            "of the condition up to the one before, or give one more year and end the period before it."
        )
    return values


@dataclass(frozen=True)
class Fund:
    """Flows of a fund valued on 31 December of their year: what a rate of 1 brings, and what must be paid."""

    series: Series
    charged: np.ndarray
    spent: np.ndarray
    compared: dict[str, np.ndarray]

    def path(self, opening: np.ndarray, start: int, end: int) -> Path:
        """Reserves over the years from start to before end, as a function of the rate charged in them."""
        part = np.s_[..., start:end]
        without, _ = accumulate(opening, self.series["interest"][part], -self.spent[part])
        gained, _ = accumulate(np.zeros(np.shape(opening)), self.series["interest"][part], self.charged[part])
        compared = {name: values[part] for name, values in self.compared.items()}
        return Path(self.series.years[start:end], opening, without, gained, compared)


def fund(series: Series, timing: Any, within_year: str) -> Fund:
    """Value the flows `outgo`, `earnings` and `other_income` of aligned series at the ends of their years."""
    worth = year_end_factors(series["interest"], timing, within_year)
    charged = series["earnings"] * worth["contributions"]
    spent = series["outgo"] * worth["outgo"] - series["other_income"] * worth["other_income"]
    nothing = np.full((*series["outgo"].shape[:-1], 1), np.nan)
    outgo = series.yearly("outgo")
    compared = {"outgo": outgo, "next_outgo": np.concatenate([outgo[..., 1:], nothing], axis=-1)}
    if "liability" in series.values:
        compared["liability"] = series["liability"]
    return Fund(series, charged, spent, compared)


def lowest(rows: Sequence[Rows], due: np.ndarray | None = None) -> np.ndarray:
    """The lowest rate (...) that keeps all conditions; an equation fixes it. Only where it is due must there be one.

    Raises
    ------
    BadInput
        No rate keeps them: the first year and condition that fail, and in how many cases.
    """
    fixed = any(row.equation for row in rows)
    rate = _fixed(rows) if fixed else _bound(rows, due)
    for row in rows:
        if not fixed and np.all(row.slope > 0):
            continue
        broken = row.broken(rate)
        broken = broken if due is None else broken & due[..., None]
        if broken.any():
            raise BadInput(_why(row, rate, broken))
    return rate


def _bound(rows: Sequence[Rows], due: np.ndarray | None) -> np.ndarray:
    """max over years and conditions of -constant / slope, where the slope is positive."""
    needed = []
    for row in rows:
        rises = row.slope > 0
        bound = np.full(np.broadcast_shapes(row.constant.shape, row.slope.shape), -np.inf)
        np.divide(-row.constant, row.slope, out=bound, where=rises)
        needed.append(np.max(bound, axis=-1, initial=-np.inf))
    rate = np.max(needed, axis=0)
    unbound = np.isneginf(rate)
    missing = unbound if due is None else unbound & due
    if missing.any():
        raise BadInput(_no_slope(rows, int(missing.sum()), missing.size))
    return np.where(unbound, 0.0, rate)


def _fixed(rows: Sequence[Rows]) -> np.ndarray:
    """The root of the first equation."""
    row = next(row for row in rows if row.equation)
    constant, slope = row.constant[..., 0], row.slope[..., 0]
    if np.any(slope == 0):
        raise BadInput(_no_slope([row], int(np.sum(slope == 0)), slope.size))
    return -constant / slope


def _no_slope(rows: Sequence[Rows], failing: int, cases: int) -> str:
    years = np.concatenate([row.years for row in rows])
    if not len(years):
        return "None of the conditions looks at a year in which the rate is charged: there is no lowest rate."
    return (
        f"The reserve of {years.min()} does not rise with the contribution rate (no earnings, or interest too far "
        f"below zero), nor does that of any year that the conditions look at, in {failing} of {cases} cases: there is "
        "no lowest rate."
    )


def _why(row: Rows, rate: np.ndarray, broken: np.ndarray) -> str:
    """Which year no rate can mend, and why."""
    place = tuple(np.argwhere(broken)[0])
    year, tried = row.years[place[-1]], float(np.asarray(rate)[place[:-1]])
    cases = int(broken.any(axis=-1).sum())
    count = f"in {cases} of {broken[..., 0].size} cases"
    if row.slope[place] <= 0 and not row.equation:
        return (
            f"The reserve of {year} does not rise with the contribution rate (no earnings, or interest too far below "
            f"zero), so that no rate keeps the condition: {row.text} ({count}; at the rate of {tried:.6g}, which the "
            "other years need, it is broken)."
        )
    return (
        f"No rate keeps all conditions: {row.text} is broken in {year} at the rate of {tried:.6g}, which another "
        f"condition fixes ({count})."
    )
