"""Death rates of an abridged life table made single ages, and the other way."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import labelled, numbers_of, refuse, same_labels
from actuarial.demography.splitting.age_groups import PLAIN_DIMS, bounds_of, by_group, rows, single_ages
from actuarial.demography.splitting.penalised_curve import HORIZON, group_rates, open_rate, solve_rates
from actuarial.errors import BadDimensions, BadInput, NoSolution
from actuarial.translation import few
from actuarial.vocabulary import SEXES


@kind.takes(mx=kind.numbers, ages=kind.optional(kind.ages), ax=kind.optional(kind.numbers), to=kind.whole)
def split_rates(mx: Any, ages: Sequence[int] | None = None, *, ax: Any = None, to: int = 100) -> xr.DataArray:
    """Death rates of single ages whose life table has the death rates of an abridged one.

    Parameters
    ----------
    mx : array or DataArray of (..., age), 1/year
        Death rates of groups of ages; the last group is open. Plain numbers are (age), (year, age) or (year, sex, age).
    ages : sequence of int
        First age of each group: 0, 1, then any, such as (0, 1, 5, 10, ..., 80, 85). Left out, the coordinate tells it.
    ax : array or DataArray of (..., age), years, optional
        Mean time lived in the group by those who die in it, as an abridged table has them: then its survivors at the
        first age of every group are met, else its death rates.
    to : int
        Open age of the result, 85 or any other that is not below the one of the table, up to 120.

    Returns
    -------
    DataArray of (..., age), 1/year
        `mx` at the ages 0, 1, ..., `to`; at the open age 1 over the life expectancy there, as `life_table` takes it.

    Raises
    ------
    BadInput
        Ages that do not begin with 0, 1; an open age below 60 or above `to`.
    BadDimensions
        Labels of `ax` that are not those of `mx`.
    OutOfBounds
        A rate that is 0 or less (the logarithm of the curve would have no bound) or 1 or more; an open group whose rate
        is so low that rates would fall with age within it.
    NoSolution
        Rates so erratic that no smooth curve has them.

    Notes
    -----
    The rate of age 0 is kept. From age 1 to 130 the curve logit m_x = W b is, among all with the same means b of its
    logits over each group, the one with the least sum of squared second differences; these weigh 1000 times as much
    from the open age on, so that the curve is Kannisto's straight line of logits there, continued from the curve below
    with the slope that the open rate asks for. The means b are found by Newton's method such that in every group ::

        without ax   sum of d_x / sum of L_x = m of the group        (open group: 1 / e_w = m of the group)
        with ax      product of (1 - q_x) = 1 - n m / (1 + (n - a) m)

    with q_x = m_x / (1 + m_x / 2) as in `life_table`, up to 1e-12. The rates, the survivors and the life expectancy at
    the first age of each group are thus those of the abridged table, if this has the same rates or survivors.

    Single ages are a graduation: what the groups do not tell (a hump of accidents inside one group, say) is not found
    again. On death rates of thirteen countries to 2100 that were summed up to groups and split, 97.5% of the q_x at 5
    to 90 come back within 3% (99.8% in the median country). Single ages 25 to 90 do but for irregular ones of a few
    tables. At 5 to 24, where the lowest rates turn, those of countries whose tables have a kink or a wave at the young
    ages do not: a kink at age 2 (Egypt, Japan, Cyprus) or at age 5 (Kenya). A curve that may bend there finds these and
    loses the other countries; the mean curve of the other countries as a standard, and what can be learnt from them, do
    no better either.

    References
    ----------
    .. [1] Thatcher, A. R., Kannisto, V., Vaupel, J. W. (1998), The Force of Mortality at Ages 80 to 120, Odense
       University Press.
    .. [2] Preston, S. H., Heuveline, P., Guillot, M. (2001), Demography, Blackwell, chapter 3.
    .. [3] Whittaker, E. T. (1923), On a new method of graduation, Proceedings of the Edinburgh Mathematical Society 41.

    Examples
    --------
    >>> ages = (0, 1, *range(5, 86, 5))
    >>> groups = [0.02, 0.001] + [0.0002 * 1.5**k for k in range(17)]
    >>> mx = split_rates(groups, ages)
    >>> mx.sizes["age"], float(mx[0])
    (101, 0.02)
    """
    array, bounds = by_group(mx, ages, "mx")
    _check(array, bounds, to)
    refuse(array, (array.values <= 0) | (array.values >= 1), "mx must lie above 0 and below 1", REMEDY)
    given = np.zeros(bounds.size - 1, dtype=bool)
    hazard = np.ones((rows(array).shape[0], bounds.size - 1))
    if ax is not None:
        given[:-1], hazard = True, _hazard(array, ax, bounds)[:, 1:]
    single, missed = solve_rates(rows(array)[:, 1:], hazard, bounds[1:], given)
    if missed.any():
        raise NoSolution(
            f"mx: {int(missed.sum())} of {missed.size} tables have no smooth curve of single ages with these rates; "
            f"the first is number {int(missed.argmax())}.\n  Look for errors, or smooth the rates of the groups before."
        )
    falls = (single[:, -1] <= single[:, bounds[-1] - 1]).reshape(array.shape[:-1])
    refuse(array.isel(age=-1), falls, "mx of the open group must let the rates rise within it", OLDEST)
    curves = np.concatenate([rows(array)[:, :1], open_rate(single, to - 1)], axis=1)
    return single_ages(array, curves, 0, "mx", "1/year", "Central death rate")


REMEDY = "Where nobody died, join groups or take more years together; an open group with 1 or more is too old to split."
OLDEST = "Ages are overstated there, or the group is too small: let the table be open from an earlier age."


@kind.takes(mx=kind.numbers, ages=kind.ages)
def abridge_rates(mx: Any, ages: Sequence[int]) -> xr.DataArray:
    """Death rates of groups of ages from those of single ages: deaths over person-years of the life table.

    Parameters
    ----------
    mx : array or DataArray of (..., age), 1/year
        Single ages from 0 on, the last one open. Plain numbers are (age), (year, age) or (year, sex, age).
    ages : sequence of int
        First age of each group: 0, 1, then any; the last group is open.

    Returns
    -------
    DataArray of (..., age), 1/year

    Raises
    ------
    BadInput
        Ages that do not begin with 0, 1 or go beyond the last one of the rates, rates of other ages than 0, 1, 2, ...
    OutOfBounds
        Rates below 0 or above 2, or no deaths at the open age.

    Notes
    -----
    m of the ages from x to y = (l_x - l_y) / (L_x + ... + L_{y-1}); of the open group from w on l_w / T_w; that of
    infants is kept. No group depends on the survivors of another, so that no rule for infants is needed.

    References
    ----------
    .. [1] Preston, S. H., Heuveline, P., Guillot, M. (2001), Demography, Blackwell, chapter 3.

    Examples
    --------
    >>> abridge_rates([0.02, 0.01, 0.01, 0.01, 0.25], (0, 1, 4)).round(6).values.tolist()
    [0.02, 0.01, 0.25]
    """
    plain = mx if isinstance(mx, xr.DataArray) else numbers_of(mx, "mx")
    dims = ("age",) if isinstance(plain, xr.DataArray) else PLAIN_DIMS.get(plain.ndim, ("age",))
    single = labelled(mx, "mx", dims, {"sex": SEXES} if "sex" in dims else None, least=0.0)
    count = single.sizes["age"]
    if not np.array_equal(single["age"].values, np.arange(count)):
        raise BadInput(f"mx: the ages must be 0, 1, 2, ... (they are {few(single['age'].values)}).")
    starts = bounds_of(ages, "abridge_rates")
    if starts[:2].tolist() != [0, 1] or starts[-1] >= count:
        raise BadInput(f"ages: they must begin with 0, 1, rise and end at the open age {count - 1} or before.")
    refuse(single, single.values > 2, "mx must be at most 2")
    refuse(single[..., -1:], single.values[..., -1:] <= 0, "mx of the open age must be above 0")
    found = group_rates(rows(single), starts)
    array = single.isel(age=starts)
    shaped = array.copy(data=found.reshape(array.shape)).rename("mx")
    return shaped.assign_attrs(units="1/year", long_name="Death rate of the group")


def _check(array: xr.DataArray, bounds: np.ndarray, to: int) -> None:
    if bounds.size != array.sizes["age"] or bounds.size < 4 or bounds[:2].tolist() != [0, 1]:
        raise BadInput("mx: the groups must begin at the ages 0, 1 and others (infants apart), and the last is open.")
    if not 60 <= bounds[-1] <= to <= HORIZON - 10:
        raise BadInput(
            f"to: the table is open from the age {bounds[-1]} and the result from {to}; they must be in this order, "
            f"at least 60 and at most {HORIZON - 10}."
        )


def _hazard(array: xr.DataArray, ax: Any, bounds: np.ndarray) -> np.ndarray:
    """Minus the logarithms of the probabilities of surviving the groups; that of the open one is not used."""
    mean, _ = by_group(ax, bounds, "ax", 0.0)
    same_labels("mx and ax", array, mean)
    width = xr.DataArray(np.append(np.diff(bounds), 1.0), dims="age", coords={"age": bounds})
    if not set(mean.dims) <= set(array.dims):
        raise BadDimensions("ax: it has dims that mx has not; give mx over the same ones.")
    far = (mean > width) & (width["age"] < bounds[-1])
    refuse(mean, far.transpose(*mean.dims).values, "ax must be at most the width of the group")
    dying = (width * array / (1 + (width - mean) * array)).transpose(*array.dims)
    refuse(dying[..., :-1], dying.values[..., :-1] >= 1, "the probability of dying of mx and ax must be below 1")
    return np.concatenate([-np.log1p(-rows(dying)[:, :-1]), np.ones((rows(dying).shape[0], 1))], axis=1)
