"""Life expectancy of many tables at once, and the place on a one-parameter family where it has a given value."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from actuarial.demography import arguments as kind
from actuarial.demography.a0 import A0_RULES
from actuarial.demography.labels import numbers_of
from actuarial.errors import BadDimensions, BadInput, OutOfBounds

HIGHEST = 2.0  # 1/year: above it a probability of dying would exceed 1
FARTHEST = 30.0  # the most that the logarithm of a death rate moves
CLOSE = 1e-10  # years of life expectancy
ROUNDS = 200
BLOCK = 2048  # tables solved together

Rates = Callable[[np.ndarray, np.ndarray], np.ndarray]
FirstAge = Callable[[np.ndarray, np.ndarray], np.ndarray]


def life_expectancy(mx: np.ndarray, a0: ArrayLike) -> np.ndarray:
    """Life expectancy at birth of tables whose first axis is the age: e_x = (1 + (1 - a m) e_{x+1})/(1 + (1 - a) m)."""
    ahead = 1.0 / mx[-1]
    for rates in mx[-2:0:-1]:
        half = 0.5 * rates
        ahead = (1.0 + (1.0 - half) * ahead) / (1.0 + half)
    first, lived = mx[0], np.asarray(a0)
    return (1.0 + (1.0 - lived * first) * ahead) / (1.0 + (1.0 - lived) * first)


@dataclass(eq=False)
class Search:
    """The search for the parameter of each table of a block: life expectancy falls as it rises.

    Secants, and halves of the bracket where a secant leaves it or the last step did not halve the distance.
    """

    rates: Rates
    """Death rates (age, table) of parameters and the numbers of their tables."""
    first_age: FirstAge
    """a0 of the death rates at age 0 and the numbers of their tables, years."""
    target: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray
    low: np.ndarray = field(init=False)
    high: np.ndarray = field(init=False)

    def gap(self, k: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Life expectancy less its target."""
        mx = self.rates(k, rows)
        return life_expectancy(mx, self.first_age(mx[0], rows)) - self.target[rows]

    def solve(self, start: np.ndarray, unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Parameters, and which tables have their target; `unit` is the step that moves it by about ten years."""
        self.low, self.high = self.lowest.copy(), self.highest.copy()
        k = np.clip(start, self.low, self.high)
        rows = np.arange(len(k))
        gap = self.gap(k, rows)
        self._narrow(rows, k, gap)
        older, distance = k.copy(), gap.copy()
        k = np.clip(k + np.clip(gap / 10.0, -2.0, 2.0) * unit, self.low, self.high)
        for _ in range(ROUNDS):
            rows = rows[(np.abs(distance[rows]) > CLOSE) & self._open(rows)]
            if not rows.size:
                break
            here, was, before = k[rows], older[rows], distance[rows]
            now = self.gap(here, rows)
            self._narrow(rows, here, now)
            older[rows], distance[rows] = here, now
            k[rows] = self._next(rows, here, was, now, before)
        return older, (np.abs(distance) <= CLOSE) | self._jumps()

    def _narrow(self, rows: np.ndarray, k: np.ndarray, gap: np.ndarray) -> None:
        self.low[rows] = np.where(gap > 0, k, self.low[rows])
        self.high[rows] = np.where(gap > 0, self.high[rows], k)

    def _open(self, rows: np.ndarray) -> np.ndarray:
        low, high = self.low[rows], self.high[rows]
        return high - low > 4e-16 * np.maximum(1e-3, np.maximum(np.abs(low), np.abs(high)))

    def _next(
        self, rows: np.ndarray, k: np.ndarray, was: np.ndarray, gap: np.ndarray, before: np.ndarray
    ) -> np.ndarray:
        change = gap - before
        step = np.divide(gap * (k - was), change, out=np.full(k.shape, np.inf), where=change != 0)
        secant, low, high = k - step, self.low[rows], self.high[rows]
        good = (secant > low) & (secant < high) & (np.abs(gap) <= 0.5 * np.abs(before))
        return np.where(good, secant, 0.5 * (low + high))

    def _jumps(self) -> np.ndarray:
        """Tables whose bracket closed between the bounds: the rule of a0 jumps across the target there."""
        rows = np.arange(len(self.low))
        return ~self._open(rows) & (self.low > self.lowest) & (self.high < self.highest)

    def reach(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Life expectancies at the highest and at the lowest parameter, years."""
        target = self.target[rows]
        return self.gap(self.highest[rows], rows) + target, self.gap(self.lowest[rows], rows) + target


def first_age_of(a0: Any, shape: tuple[int, ...], sexes: Sequence[str] | None) -> Callable[[np.ndarray], FirstAge]:
    """For tables of a shape: what makes a0 of a choice of them, by a rule or by values; `sexes` label the last axis."""
    if isinstance(a0, str):
        rule = A0_RULES.get(a0.replace("-", "_"))
        if rule is None:
            words = ", ".join(A0_RULES)
            raise BadInput(f"a0_rule: {a0!r} is not known; write one of {words}, or give the variable a0.")
        if sexes is None:
            raise BadInput("mx: a rule for a0 needs the dimension sex; give a0 itself for one sex.")
        if shape[-1:] != (len(sexes),):
            raise BadDimensions(f"e0 has the shape {shape}, but {len(sexes)} sexes were given for its last axis.")
        word = np.broadcast_to(np.arange(len(sexes)), shape).reshape(-1)
        rules = [(number, str(sex)) for number, sex in enumerate(sexes)]

        def by_rule(chosen: np.ndarray) -> FirstAge:
            mine = word[chosen]

            def first_age(m0: np.ndarray, rows: np.ndarray) -> np.ndarray:
                found = np.empty(m0.shape)
                for number, sex in rules:
                    here = mine[rows] == number
                    found[here] = rule(m0[here], sex)
                return found

            return first_age

        return by_rule
    values = np.broadcast_to(numbers_of(a0, "a0"), shape).reshape(-1)
    return lambda chosen: lambda m0, rows: values[chosen][rows]


def log_linear_bounds(alpha: np.ndarray, beta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Parameters between which exp(alpha + beta k), age first, stays within what a life table can hold."""
    room = np.log(HIGHEST) - alpha
    far = FARTHEST / np.abs(beta).max(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        most = np.where(beta != 0, room / beta, np.inf)
    high = np.minimum(far, np.where(beta > 0, most, np.inf).min(axis=0))
    return np.maximum(-far, np.where(beta < 0, most, -np.inf).max(axis=0)), high


@kind.takes(alpha=kind.numbers, beta=kind.numbers, e0=kind.numbers, a0=kind.rule_or_numbers, start=kind.numbers)
def solve_k(
    alpha: ArrayLike,
    beta: ArrayLike,
    e0: ArrayLike,
    a0: Any = "andreev_kingkade",
    sexes: Sequence[str] | None = ("male", "female"),
    start: ArrayLike = 0.0,
) -> np.ndarray:
    """Parameter k of the death rates exp(alpha + beta k) whose life table has the life expectancy e0.

    Parameters
    ----------
    alpha, beta : array of (..., age)
        Their leading axes are matched with those of `e0` as numpy does; alpha is -inf where nobody dies.
    e0 : array of (...), years
    a0 : "andreev_kingkade", "coale_demeny_west", or array or number of years that fits `e0`
    sexes : labels of the last axis of `e0`, needed by a rule for a0
    start : array or number that fits `e0`
        Where the search begins; a good guess saves a part of the time and changes nothing else.

    Returns
    -------
    array of the shape of `e0`
        The life expectancy at birth is met to 1e-10 years. Where the rule for a0 jumps across the target, the table
        beside the jump is given (Andreev and Kingkade, at m0 of 0.07 to 0.08: less than 5e-6 years away).

    Raises
    ------
    OutOfBounds
        Targets that no table of the family has: how many, the first, and from where to where the family reaches.
        The family ends where a death rate would be above 2 or would be multiplied by more than exp(30).

    Notes
    -----
    Life expectancy must fall as k rises, or rise where the sum of beta is negative: a beta of both signs is allowed as
    long as that is so. The leading axes may hold any number of tables: they are solved in blocks.

    Examples
    --------
    >>> import numpy as np
    >>> k = solve_k(np.log([0.02, 0.001, 0.2]), np.ones(3), [6.0, 7.0], a0=0.1, sexes=None)
    >>> k.round(4).tolist()
    [0.1868, -0.0276]
    """
    target = np.asarray(e0, dtype=float)
    if target.ndim == 0:
        return solve_k(alpha, beta, target[None], a0, sexes, start)[0]
    a, b = (np.asarray(one, dtype=float) for one in (alpha, beta))
    shape = np.broadcast_shapes(a.shape, b.shape)
    if not _fit(shape[:-1], target.shape):
        raise BadDimensions(f"alpha and beta of the shape {shape} do not fit e0 of the shape {target.shape}.")
    a, b = (np.broadcast_to(one, target.shape + shape[-1:]) for one in (a, b))
    choose = first_age_of(a0, target.shape, sexes)
    return solve_blocks(
        lambda index, _: log_linear(*(np.ascontiguousarray(one[index].T) for one in (a, b))), target, choose, start
    )


def _fit(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    pairs = zip(shape[::-1], target[::-1], strict=False)
    return len(shape) <= len(target) and all(size in (1, wanted) for size, wanted in pairs)


class Tables(NamedTuple):
    """A block of tables that one parameter each moves."""

    rates: Rates
    low: np.ndarray
    high: np.ndarray
    unit: np.ndarray
    """The step of the parameter that moves life expectancy by about ten years."""
    sign: np.ndarray
    """-1 where life expectancy rises with the parameter."""


Block = Callable[[tuple[np.ndarray, ...], FirstAge], Tables]


def log_linear(alpha: np.ndarray, beta: np.ndarray) -> Tables:
    """The tables exp(alpha + beta k), age first."""
    if not np.isfinite(beta).all() or (np.abs(beta).max(axis=0) == 0).any():
        raise BadInput("beta: the numbers must be finite and not all 0, or no k can change life expectancy.")

    def rates(k: np.ndarray, rows: np.ndarray) -> np.ndarray:
        level, slope = (alpha, beta) if rows.size == beta.shape[1] else (alpha[:, rows], beta[:, rows])
        return np.exp(level + slope * k)

    low, high = log_linear_bounds(alpha, beta)
    return Tables(rates, low, high, 1.0 / np.abs(beta).mean(axis=0), np.where(beta.sum(axis=0) < 0, -1.0, 1.0))


def blocks(size: int, shape: tuple[int, ...]) -> Iterator[tuple[np.ndarray, tuple[np.ndarray, ...]]]:
    """Numbers of the tables of each block, and their places."""
    for first in range(0, size, BLOCK):
        chosen = np.arange(first, min(first + BLOCK, size))
        yield chosen, np.unravel_index(chosen, shape)


def solve_blocks(
    block: Block,
    target: np.ndarray,
    first_age: Callable[[np.ndarray], FirstAge],
    start: ArrayLike = 0.0,
    place: Callable[[tuple[int, ...]], str] = str,
) -> np.ndarray:
    """Parameters of the tables of any family, in blocks; `block` makes the tables of some places of `target`."""
    if not np.isfinite(target).all():
        raise OutOfBounds(f"e0 must be numbers: {int((~np.isfinite(target)).sum())} of {target.size} are not.")
    found, begin = np.empty(target.shape), np.broadcast_to(np.asarray(start, dtype=float), target.shape)
    missed, first = 0, ""
    for chosen, index in blocks(target.size, target.shape):
        one = block(index, first_age(chosen))
        search = Search(_turned(one), first_age(chosen), target[index], *_turned_bounds(one))
        k, done = search.solve(one.sign * begin[index], one.unit)
        found[index] = one.sign * k
        missed += int((~done).sum())
        if missed and not first:
            row = np.flatnonzero(~done)[:1]
            least, most = (float(end[0]) for end in search.reach(row))
            first = (
                f"the first: {place(tuple(int(axis[row[0]]) for axis in index))} -> {search.target[row[0]]:g} years; "
                f"the family reaches from {least:.6g} to {most:.6g} years there."
            )
    if missed:
        raise OutOfBounds(f"e0: no table of the family has it in {missed} of {target.size} places; {first}")
    return found


def tables_of(
    block: Block, k: np.ndarray, ages: int, first_age: Callable[[np.ndarray], FirstAge]
) -> tuple[np.ndarray, np.ndarray]:
    """The death rates of parameters, age last, and their life expectancies."""
    mx, e0 = np.empty((*k.shape, ages)), np.empty(k.shape)
    for chosen, index in blocks(k.size, k.shape):
        rows, lived = np.arange(chosen.size), first_age(chosen)
        rates = block(index, lived).rates(k[index], rows)
        mx[index], e0[index] = rates.T, life_expectancy(rates, lived(rates[0], rows))
    return mx, e0


def _turned(tables: Tables) -> Rates:
    if (tables.sign > 0).all():
        return tables.rates
    return lambda k, rows: tables.rates(tables.sign[rows] * k, rows)


def _turned_bounds(tables: Tables) -> tuple[np.ndarray, np.ndarray]:
    ends = tables.sign * tables.low, tables.sign * tables.high
    return np.minimum(*ends), np.maximum(*ends)
