"""Roots of functions of one number, several at a time: inverse interpolation, guarded by a bracket."""

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

Point = tuple[float, float]
Search = Generator[float, float, "Found | Failed"]

LIMIT = 100  # evaluations of one search
OPEN = 6  # of them without a change of sign, before the bounds themselves are tried
AFFINE = 1e-9  # residual of the secant's root, as a share of the first two values, that means a straight line
EXACT = 1e-13  # residual, as a share of the first two values, that is nothing but rounding
SMOOTH = 10  # evaluations within which smooth functions are done: later the bracket must shrink faster
LEVEL = 12  # values in a row that repeat an end of the bracket exactly, which only a step does
DEGREE = 4  # of the inverse polynomial, at most
STEEP = 100.0  # slope at the root, as a multiple of the first slope, up to which a residual is judged by the step


class Found(NamedTuple):
    """A root: its place, what the function is there, evaluations, and whether the function was a straight line."""

    x: float
    residual: float
    evaluations: int
    affine: bool


class Failed(NamedTuple):
    """No root: the two points between which it was looked for, and whether the function jumps over zero there."""

    low: Point
    high: Point
    evaluations: int
    jumps: bool


def find_roots(
    searches: Sequence[Search], evaluate: Callable[[Mapping[int, float]], Mapping[int, float]]
) -> list[Found | Failed]:
    """Let several searches advance side by side.

    Parameters
    ----------
    searches : made by `search`
    evaluate : function from the places that are asked for, by number of the search, to the values there
    """
    ended: dict[int, Found | Failed] = {}
    asked = {number: next(one) for number, one in enumerate(searches)}
    while asked:
        answers, asked = evaluate(asked), {}
        for number, value in answers.items():
            try:
                asked[number] = searches[number].send(value)
            except StopIteration as stop:
                ended[number] = stop.value
    return [ended[number] for number in range(len(searches))]


def search(low: float, high: float, first: float, second: float, tolerance: float) -> Search:
    """Look for a root between two bounds; a generator that yields places and is sent the values there.

    The first two places give a secant. Where its root is one, the function is affine. Otherwise steps of inverse
    interpolation through the last points follow (two points more than Brent's inverse parabola takes [1]_, since every
    value costs a projection), and once the sign has changed every step stays within the bracket, which is halved when
    it does not shrink. A place is a root when the next step would be within the tolerance of it.

    Parameters
    ----------
    low, high : places tried at most
    first, second : places tried first
    tolerance : of the place, as a share of its size, or of a hundredth of the range if that is more

    References
    ----------
    .. [1] Brent (1973), Algorithms for minimization without derivatives, chapter 4.
    """
    width = high - low
    reach = 0.01 * width if math.isfinite(width) else abs(first)
    points: list[Point] = []
    for x in (first, second):
        points.append((x, (yield x)))
        if points[-1][1] == 0:
            return Found(x, 0.0, len(points), affine=False)
    size = max(abs(value) for _, value in points)
    slope = abs((points[1][1] - points[0][1]) / (points[1][0] - points[0][0]))
    gap, level = math.inf, 0
    while len(points) < LIMIT:
        bracket = bracket_of(points)
        x = _inside(points, bracket, level) if bracket else _beyond(points, low, high)
        if math.isnan(x):
            return _unbracketed(points)
        value = yield x
        level = level + 1 if bracket and value in (bracket[0][1], bracket[1][1]) else 0
        points.append((x, value))
        allowed = tolerance * max(abs(x), reach)
        small = STEEP * slope * allowed + EXACT * size
        if abs(value) <= EXACT * size or (len(points) == 3 and abs(value) <= AFFINE * size):
            return Found(x, value, len(points), affine=len(points) == 3)
        if abs(value) <= small and _next_step(points) <= allowed:
            return Found(x, value, len(points), affine=False)
        bracket = bracket_of(points)
        if bracket and level >= LEVEL:
            return Failed(*bracket, len(points), jumps=True)
        if bracket and bracket[1][0] - bracket[0][0] <= allowed:
            best = min(bracket, key=lambda point: abs(point[1]))
            jump = abs(bracket[1][1] - bracket[0][1])
            if abs(best[1]) <= small:
                return Found(*best, len(points), affine=False)
            gap = jump if math.isinf(gap) else gap
            if bracket[1][0] - bracket[0][0] <= max(allowed / 64, 4 * math.ulp(x)):
                return _at_the_end(bracket, best, jump > gap / 2, len(points))
    return Failed(*(bracket_of(points) or (min(points), max(points))), len(points), jumps=False)


def bracket_of(points: Sequence[Point]) -> tuple[Point, Point] | None:
    """The closest two neighbouring points between which the sign changes, the latest point one of them if it can be."""
    ordered = sorted(points)
    pairs = [(a, b) for a, b in pairwise(ordered) if (a[1] > 0) != (b[1] > 0)]
    latest = [pair for pair in pairs if points[-1] in pair]
    return min(latest or pairs, key=lambda pair: pair[1][0] - pair[0][0], default=None)


def _at_the_end(bracket: tuple[Point, Point], best: Point, jumps: bool, evaluations: int) -> Found | Failed:
    return Failed(*bracket, evaluations, jumps=True) if jumps else Found(*best, evaluations, affine=False)


def _next_step(points: Sequence[Point]) -> float:
    """How far the secant of the last two points would go on."""
    (a, at_a), (b, at_b) = points[-2:]
    return abs(at_b * (b - a) / (at_b - at_a)) if at_b != at_a else math.inf


def _inside(points: Sequence[Point], bracket: tuple[Point, Point], level: int) -> float:
    """The next place within a bracket: interpolated, or the middle where that gains too little or values repeat."""
    (low, at_low), (high, at_high) = bracket
    middle = low + (high - low) / 2
    before = bracket_of(points[: -3 if len(points) < SMOOTH else -2])
    if level > 1 or (before and high - low > 0.5 * (before[1][0] - before[0][0])):
        return middle
    secant = low - at_low * (high - low) / (at_high - at_low)
    for x in (_inverse(points), secant):
        if low < x < high:
            return x
    return middle


def _beyond(points: Sequence[Point], low: float, high: float) -> float:
    """The next place where the sign has not changed yet; NaN where there is none."""
    tried = [x for x, _ in points]
    least, greatest = min(tried), max(tried)
    span = max(greatest - least, abs(greatest), abs(least)) * 10
    if len(points) <= OPEN:
        for x in (_inverse(points), _secant(points)):
            x = min(max(x, low, least - span), high, greatest + span)
            if math.isfinite(x) and x not in tried:
                return x
    for x in (low, high):
        if math.isfinite(x) and x not in tried:
            return x
    room = greatest + span if math.isinf(high) else least - span if math.isinf(low) else math.nan
    return room if math.isfinite(room) and abs(room) < 1e18 else math.nan


def _secant(points: Sequence[Point]) -> float:
    (a, at_a), (b, at_b) = points[-2:]
    return b - at_b * (b - a) / (at_b - at_a) if at_b != at_a else math.nan


def _inverse(points: Sequence[Point]) -> float:
    """Root of the inverse polynomial through the last points; NaN unless it lies ahead of them, near the secant's.

    Neville's scheme on the places as a function of the values, at the value 0.
    """
    known = [points[-1]]
    for point in reversed(points[:-1]):
        if len(known) == DEGREE + 1 or any(point[1] == value for _, value in known):
            break
        known.append(point)
    if len(known) < 3:
        return math.nan
    places, values = [x for x, _ in known], [value for _, value in known]
    for order in range(1, len(known)):
        places = [
            (values[i] * places[i + 1] - values[i + order] * places[i]) / (values[i] - values[i + order])
            for i in range(len(places) - 1)
        ]
    step = _secant(points) - points[-1][0]
    return places[0] if step != 0 and 0 < (places[0] - points[-1][0]) / step < 3 else math.nan


def _unbracketed(points: Sequence[Point]) -> Failed:
    return Failed(min(points), max(points), len(points), jumps=False)
