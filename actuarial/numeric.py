"""Compiled scalars: decrements of constant force, means over a lognormal distribution; and shifts of rows of cells."""

import math
from functools import lru_cache

import numpy as np

from actuarial.jit import inlined, lean

UNLIMITED = 1e30  # an amount no ceiling reaches
BEYOND = 1.0 + 1e-11  # an amount that is not so many times another one is no greater but for rounding
CELLS = 4096  # of a table of limited means
SHARE_CELLS = 1024  # of a table of shares below a limit
TAIL_CELLS = 1024  # of the table of the normal distribution function
FAR = 9.0  # standard deviations, beyond which there is less than 2e-19


@lean
def constant_force(q_1, q_2, q_3):
    """Dependent probabilities of three decrements from independent annual rates, and the probability of none.

    With mu_j = -ln(1 - q_j) and M their sum, (aq)_j = mu_j / M (1 - exp(-M)) and (ap) = exp(-M). 1 - exp(-M) is the sum
    of those who are taken one after the other, without cancellation. A decrement alone keeps its rate.
    """
    if q_2 == 0.0 and q_3 == 0.0:
        return q_1, 0.0, 0.0, 1.0 - q_1
    survivors = (1.0 - q_1) * (1.0 - q_2) * (1.0 - q_3)
    if survivors <= 0.0:
        certain = (1.0 if q_1 >= 1.0 else 0.0) + (1.0 if q_2 >= 1.0 else 0.0) + (1.0 if q_3 >= 1.0 else 0.0)
        if certain == 0.0:
            certain = 1.0
        return (
            (1.0 if q_1 >= 1.0 else 0.0) / certain,
            (1.0 if q_2 >= 1.0 else 0.0) / certain,
            (1.0 if q_3 >= 1.0 else 0.0) / certain,
            0.0,
        )
    m_1, m_2 = -math.log1p(-q_1), -math.log1p(-q_2)
    m_3 = 0.0 if q_3 == 0.0 else -math.log1p(-q_3)
    total = m_1 + m_2 + m_3
    if total == 0.0:
        return 0.0, 0.0, 0.0, 1.0
    share = (q_1 + (1.0 - q_1) * (q_2 + (1.0 - q_2) * q_3)) / total
    return m_1 * share, m_2 * share, m_3 * share, survivors


@lean
def normal_cdf(z):
    """Standard normal distribution function, accurate in both tails."""
    return 0.5 * math.erfc(-z * 0.7071067811865476)


def _tail_table() -> np.ndarray:
    """Taylor polynomials (cell, 6) of Phi(-a) about the middles of cells of a from 0 to FAR, in parts of a cell."""
    step = FAR / TAIL_CELLS
    table = np.zeros((TAIL_CELLS, 6))
    for i in range(TAIL_CELLS):
        a = (i + 0.5) * step
        phi = math.exp(-0.5 * a * a) / math.sqrt(2.0 * math.pi)
        hermite = (1.0, a, a**2 - 1.0, a**3 - 3.0 * a, a**4 - 6.0 * a**2 + 3.0)
        table[i, 0] = 0.5 * math.erfc(a / math.sqrt(2.0))
        for k in range(1, 6):
            table[i, k] = (-step) ** k / math.factorial(k) * phi * hermite[k - 1]
    return table


TAIL = _tail_table()


@inlined
def tabled_cdf(z):
    """Standard normal distribution function from a table, to 2e-16; 0 or 1 beyond FAR."""
    place = abs(z) * (TAIL_CELLS / FAR)
    i = int(min(place, float(TAIL_CELLS)))
    below = 0.0
    if i < TAIL_CELLS:
        d = place - i - 0.5
        below = TAIL[i, 4] + d * TAIL[i, 5]
        below = TAIL[i, 0] + d * (TAIL[i, 1] + d * (TAIL[i, 2] + d * (TAIL[i, 3] + d * below)))
    return below if z < 0.0 else 1.0 - below


@lean
def limited_value(mean, sigma, limit):
    """E[min(X, k)] of a lognormal X: m Phi((ln k - mu - s^2)/s) + k (1 - Phi((ln k - mu)/s)); m and s above 0."""
    if limit <= 0.0:
        return 0.0
    if limit >= UNLIMITED:
        return mean
    z = (math.log(limit / mean)) / sigma
    return mean * normal_cdf(z - 0.5 * sigma) + limit * normal_cdf(-z - 0.5 * sigma)


@lean
def spread_of(cv):
    """Standard deviation of the logarithm of a lognormal with a coefficient of variation: sqrt(ln(1 + cv^2))."""
    return math.sqrt(math.log1p(cv * cv))


@lean
def mean_between(mean, sigma, low, high):
    """E[min(max(X, low), high)] of a lognormal X with a mean and a standard deviation of its logarithm.

    LEV(high) - LEV(low) + low [1]_; the bounds themselves where they meet, the clipped mean where nothing varies.

    .. [1] Klugman, Panjer, Willmot (2012), Loss models, 4th edition, sections 3.1 and 8.2, appendix A.
    """
    if high <= low:
        return high
    if mean <= 0.0 or sigma <= 0.0:
        return min(max(mean, low), high)
    if low <= 0.0 and high >= UNLIMITED:
        return mean
    floor = max(low, 0.0)
    value = limited_value(mean, sigma, high) - limited_value(mean, sigma, floor) + floor
    return min(max(value, low), high)


@lean
def expected_clip(mean, cv, low, high):
    """E[min(max(X, low), high)] of a lognormal X with a mean and a coefficient of variation, see `mean_between`."""
    return mean_between(mean, spread_of(cv), low, high)


@lean
def fill_table(sigma, table):
    """Fill cubics (cell, 4) of h(u) = E[min(X, k)]/(k + m) of a lognormal X over u = k/(k + m) from 0 to 1/2.

    h(u) = (1-u) Phi(z - s/2) + u Phi(-z - s/2) with z = ln(u/(1-u))/s, and h'(u) = Phi(-z - s/2) - Phi(z - s/2); both
    are met at the ends of the cells, and h(1-u) = h(u). The error is below 2e-12 h from s = 0.05 to 1.3, 2e-15 at 0.5.
    """
    here, slope = 0.0, 1.0
    for i in range(table.shape[0]):
        u = 0.5 * (i + 1.0) / table.shape[0]
        z = math.log(u / (1.0 - u)) / sigma
        below, above = normal_cdf(z - 0.5 * sigma), normal_cdf(-z - 0.5 * sigma)
        after, later = (1.0 - u) * below + u * above, above - below
        first, last = 0.5 * slope / table.shape[0], 0.5 * later / table.shape[0]
        table[i, 0] = here
        table[i, 1] = first
        table[i, 2] = 3.0 * (after - here) - 2.0 * first - last
        table[i, 3] = 2.0 * (here - after) + first + last
        here, slope = after, later


@inlined
def limited_mean(mean, sigma, limit, tables, which):
    """E[min(X, limit)] of a lognormal X from the table `which` of tables (n, cell, 4), without one (-1) in full."""
    if limit <= 0.0:
        return limit
    if mean <= 0.0 or sigma <= 0.0:
        return min(max(mean, 0.0), limit)
    if limit >= UNLIMITED:
        return mean
    if which < 0:
        return min(limited_value(mean, sigma, limit), limit)
    both = limit + mean
    place = 2.0 * min(limit, mean) / both * tables.shape[1]
    i = min(int(place), tables.shape[1] - 1)
    d = place - i
    cubic = tables[which, i, 0] + d * (tables[which, i, 1] + d * (tables[which, i, 2] + d * tables[which, i, 3]))
    return min(max(both * cubic, 0.0), limit)


@lean
def highest(a, x, limit):
    """Highest cell in use at age x over the tranches, not above a limit (-1 if none): a (m, x, c)."""
    for c in range(limit, -1, -1):
        for m in range(a.shape[0]):
            if a[m, x, c] != 0.0:
                return c
    return -1


@lean
def split(people, top, h, upper, result):
    """Move people (c,) up by h cells, the share `upper` of them by h + 1: fills result up to the cell top + h + 1.

    Unsigned places are never counted from the end of a row, so that the compiler takes several cells at a time.
    """
    for c in range(h):
        result[c] = 0.0
    if top < 0:
        result[h] = 0.0
        return
    start = np.uint64(h)
    result[h] = people[0] * (1.0 - upper)
    for d in range(np.uint64(1), np.uint64(top + 1)):
        result[d + start] = people[d] * (1.0 - upper) + people[d - np.uint64(1)] * upper
    result[top + h + 1] = people[top] * upper


@lean
def limited(rate, mean, sigma, floor, ceiling, below_floor, below_ceiling, minimum, maximum, tables, which):
    """E[clip(r X, minimum, maximum)] with X between a floor and a ceiling, and the same without the minimum.

    below_floor and below_ceiling are E[min(X, floor)] and E[min(X, ceiling)]; those of r X are r times as much. The
    tables are those of `limited_mean`.
    """
    low, high = rate * floor, rate * ceiling
    if high <= low:
        return min(max(high, minimum), maximum), min(high, maximum)
    reached = rate * below_ceiling
    if high > maximum:
        high, reached = maximum, limited_mean(rate * mean, sigma, maximum, tables, which)
    plain = high
    if low < high:
        plain = min(max(reached - rate * below_floor + low, low), high)
    if minimum <= low:
        return plain, plain
    if minimum >= high:
        return min(minimum, maximum), plain
    one = reached - limited_mean(rate * mean, sigma, minimum, tables, which) + minimum
    return min(max(one, minimum, plain), high), plain


@lean
def offset_mean(
    kind, offset, rate, mean, sigma, floor, ceiling, below_floor, below_ceiling, minimum, maximum, tables, which
):
    """E[max(0, Y - offset)] (kind 1) or E[max(0, offset - Y)] (kind 2) of Y = clip(r X, minimum, maximum) as `limited`,
    and the same without the minimum."""
    if kind == 1:
        least, none, most = max(minimum, offset), offset, max(maximum, offset)
    else:
        least, none, most = min(minimum, offset), 0.0, min(maximum, offset)
    paid = limited(rate, mean, sigma, floor, ceiling, below_floor, below_ceiling, least, most, tables, which)[0]
    plain = limited(rate, mean, sigma, floor, ceiling, below_floor, below_ceiling, none, most, tables, which)[0]
    paid = max(paid, plain)
    if kind == 1:
        return paid - offset, plain - offset
    return offset - paid, offset - plain


def share_table(sigma: float) -> np.ndarray:
    """Quintics (cell, 12) over u = k/(k + m) from 0 to 1/2 of P(X < k), and of P(X > m^2/k) after them, X lognormal.

    Both are Phi(z + s/2) and Phi(z - s/2) with z = ln(u/(1-u))/s; value, slope and curvature are met at the ends of the
    cells. The error is below 4e-13 from s = 0.05 to 1.1, 3e-16 at 0.5; 3e-10 far from the mean at 1.3.
    """
    step = 0.5 / SHARE_CELLS
    u = step * np.arange(1, SHARE_CELLS + 1)
    stretch = sigma * u * (1.0 - u)
    both = []
    for half in (0.5 * sigma, -0.5 * sigma):
        z = np.log(u / (1.0 - u)) / sigma + half
        value = np.array([normal_cdf(one) for one in z])
        slope = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi) / stretch
        curve = -slope * (z + sigma * (1.0 - 2.0 * u)) / stretch
        both.append(_quintics(*(np.concatenate([[0.0], a]) for a in (value, step * slope, step * step * curve))))
    return np.concatenate(both, axis=1)


def _quintics(p: np.ndarray, v: np.ndarray, a: np.ndarray) -> np.ndarray:
    """Polynomials (cell, 6) over 0..1 with values p, slopes v and curvatures a at the ends of the cells."""
    up, v_0, v_1, a_0, a_1 = p[1:] - p[:-1], v[:-1], v[1:], 0.5 * a[:-1], 0.5 * a[1:]
    return np.stack(
        [
            p[:-1],
            v_0,
            a_0,
            10.0 * up - 6.0 * v_0 - 4.0 * v_1 - 3.0 * a_0 + a_1,
            -15.0 * up + 8.0 * v_0 + 7.0 * v_1 + 3.0 * a_0 - 2.0 * a_1,
            6.0 * up - 3.0 * v_0 - 3.0 * v_1 - a_0 + a_1,
        ],
        axis=1,
    )


@inlined
def share_below(limit, rate, mean, sigma, floor, ceiling):
    """P(r X < limit), where X is lognormal and counts between a floor and a ceiling; nobody who is at a floor or a
    ceiling that is the limit but for rounding lies below it."""
    if rate * floor * BEYOND >= limit:
        return 0.0
    if rate * ceiling * BEYOND < limit:
        return 1.0
    if rate * mean <= 0.0 or sigma <= 0.0:
        return 1.0 if rate * mean * BEYOND < limit else 0.0
    return tabled_cdf(math.log(limit / (rate * mean)) / sigma + 0.5 * sigma)


@inlined
def share_above(limit, mean, sigma, floor, ceiling):
    """P(X > limit), where X is lognormal and counts between a floor and a ceiling; nobody who is at a floor or at a
    ceiling that is the limit but for rounding lies above it."""
    if floor > limit * BEYOND:
        return 1.0
    if ceiling <= limit * BEYOND:
        return 0.0
    if mean <= 0.0 or sigma <= 0.0 or limit <= 0.0:
        return 1.0 if mean > limit else 0.0
    return tabled_cdf(-math.log(limit / mean) / sigma - 0.5 * sigma)


@lean
def square_below(mean, sigma, floor, ceiling, limit):
    """E[min(X, limit)^2], where X is lognormal and counts between a floor and a ceiling.

    The second moment up to k is m^2 exp(s^2) Phi(ln(k/m)/s - 3 s/2) [1]_.

    .. [1] Klugman, Panjer, Willmot (2012), Loss models, 4th edition, appendix A.4.1.
    """
    top = min(ceiling, limit)
    low = min(max(floor, 0.0), top)
    if low >= top or mean <= 0.0 or sigma <= 0.0:
        one = min(max(mean, low), top)
        return one * one
    below, first, above, last = 0.0, 0.0, 0.0, 1.0
    if low > 0.0:
        z = math.log(low / mean) / sigma
        below, first = normal_cdf(z + 0.5 * sigma), normal_cdf(z - 1.5 * sigma)
    if top < UNLIMITED:
        z = math.log(top / mean) / sigma
        above, last = normal_cdf(-z - 0.5 * sigma), normal_cdf(z - 1.5 * sigma)
    else:
        top = 0.0
    return low * low * below + mean * mean * math.exp(sigma * sigma) * (last - first) + top * top * above


@lean
def _clip_all(mean, cv, low, high, result):
    """expected_clip cell by cell over flat arrays."""
    for i in range(mean.shape[0]):
        result[i] = expected_clip(mean[i], cv[i], low[i], high[i])


@lean
def _clip_by_table(mean, sigma, low, high, which, tables, result):
    """As `_clip_all`, with standard deviations of the logarithm and the tables of `limited_mean`."""
    for i in range(mean.shape[0]):
        if high[i] <= low[i] or mean[i] <= 0.0 or sigma[i] <= 0.0 or which[i] < 0:
            result[i] = mean_between(mean[i], sigma[i], low[i], high[i])
        else:
            floor = max(low[i], 0.0)
            upper = limited_mean(mean[i], sigma[i], high[i], tables, which[i])
            value = upper - limited_mean(mean[i], sigma[i], floor, tables, which[i]) + floor
            result[i] = min(max(value, low[i]), high[i])


def limited_tables(cv: np.ndarray, most: int = 64) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tables for `limited_means` and for `shares_below` of `labour.limit_kernels`, of the distinct coefficients of
    variation of an array, and the table of every cell.

    Cells whose distribution is too narrow or too wide for a table have none (-1), and so have all where more than
    `most` differ.
    """
    values, index = np.unique(cv, return_inverse=True)
    sigma = np.sqrt(np.log1p(values**2))
    useful = (sigma >= 0.05) & (sigma <= 1.3)
    place = np.where(useful, np.cumsum(useful) - 1, -1)
    if useful.sum() > most:
        place, useful = np.full(values.size, -1), np.zeros(values.size, dtype=bool)
    several = [_tables_of(float(one)) for one in sigma[useful]]
    means = np.stack([mean for mean, _ in several]) if several else np.zeros((0, CELLS, 4))
    shares = np.stack([share for _, share in several]) if several else np.zeros((0, SHARE_CELLS, 12))
    return means, shares, place[index].reshape(cv.shape).astype(np.int64)


@lru_cache(maxsize=64)
def _tables_of(sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """The two tables of one standard deviation of the logarithm, made once for all projections."""
    mean = np.zeros((CELLS, 4))
    fill_table(sigma, mean)
    return mean, share_table(sigma)


def clip_by_table(
    mean: np.ndarray, cv: np.ndarray, table: np.ndarray, low: np.ndarray, high: np.ndarray, tables: np.ndarray
) -> np.ndarray:
    """`expected_clip` over arrays that broadcast against each other, from the table of every cell, see
    `limited_tables`; in full where it has none."""
    blocks = np.broadcast_arrays(mean, np.sqrt(np.log1p(cv * cv)), low, high, table)
    flat = [np.require(block, requirements=("C", "W")).ravel() for block in blocks]
    result = np.zeros(flat[0].size)
    _clip_by_table(flat[0], flat[1], flat[2], flat[3], flat[4], tables, result)
    return result.reshape(blocks[0].shape)


def expected_clip_array(mean: np.ndarray, cv: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """`expected_clip` over arrays that broadcast against each other."""
    blocks = np.broadcast_arrays(mean, cv, low, high)
    flat = [np.require(block, np.float64, ("C", "W")).ravel() for block in blocks]
    result = np.zeros(flat[0].size)
    _clip_all(flat[0], flat[1], flat[2], flat[3], result)
    return result.reshape(blocks[0].shape)
