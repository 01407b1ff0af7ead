"""Present values of annuities that depend on two lives, who die independently."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.tables.lives import Life, life_of
from actuarial.demography.tables.payment_plan import Plan, fall_of, value_of
from actuarial.demography.tables.present_values import ATTRS, Start, annuity_plan, starts_of, values_of_one
from actuarial.errors import BadDimensions, BadInput

Pair = tuple[np.ndarray, np.ndarray, np.ndarray]
STATUSES: dict[str, Callable[[Pair], np.ndarray]] = {
    "joint": lambda values: values[2],
    "last": lambda values: values[0] + values[1] - values[2],
}
"""The words for how long is paid: while both live, while one of them does; from the values of each and of both."""


@kind.takes(
    interest=kind.numbers, age=kind.optional(kind.numbers), other_age=kind.optional(kind.numbers), status=kind.word,
    growth=kind.number, in_advance=kind.truth, fraction=kind.word,
)
def joint_annuity(
    table: Any,
    other: Any,
    interest: Any,
    *,
    age: Any = None,
    other_age: Any = None,
    status: str = "joint",
    term: int | None = None,
    deferred: int = 0,
    payments: float = 1,
    in_advance: bool = True,
    fraction: str = "udd",
    growth: float = 0.0,
) -> xr.DataArray:
    """Present value of 1 a year while both of two lives go on, or while at least one of them does.

    Parameters
    ----------
    table, other : as `table` of `annuity`
        Tables of the one life and of the other; dims besides age are shared by label.
    age, other_age : number or sequence, years
        Exact ages at the valuation, between birthdays too; all of each table by default.
    status : "joint" or "last"
        Paid while both live, or until the last survivor dies.
    interest, term, deferred, payments, in_advance, fraction, growth
        As for `annuity`.

    Returns
    -------
    DataArray over the dims of the tables, `age` and `other_age`, years
        Without those for which one age is given.

    Raises
    ------
    BadInput, BadDimensions, OutOfBounds
        As `annuity`; dims of the two tables with other labels.

    Notes
    -----
    tp_xy = tp_x tp_y, within a year too, each by the assumption of `fraction` (Woolhouse's formula is that of the
    yearly products); the last survivor is a_x + a_y - a_xy. Under UDD of each life the alpha and beta form does not
    hold for two [1]_.

    References
    ----------
    .. [1] Bowers, N. L., Gerber, H. U., Hickman, J. C., Jones, D. A., Nesbitt, C. J. (1997), Actuarial Mathematics,
       2nd edition, Society of Actuaries, chapter 9.

    Examples
    --------
    >>> float(joint_annuity([0.5, 1.0], [0.2, 1.0], 0.0, age=0, other_age=0))
    1.4
    """
    if status not in STATUSES:
        raise BadInput(f"status: {status!r} is not known; write one of {', '.join(STATUSES)}.")
    plan = annuity_plan(interest, term, deferred, payments, in_advance, growth, fraction)
    return _of_two(plan, table, other, age, other_age, STATUSES[status])


@kind.takes(
    interest=kind.numbers, age=kind.optional(kind.numbers), other_age=kind.optional(kind.numbers), growth=kind.number,
    in_advance=kind.truth, fraction=kind.word,
)
def reversionary_annuity(
    table: Any,
    other: Any,
    interest: Any,
    *,
    age: Any = None,
    other_age: Any = None,
    term: int | None = None,
    deferred: int = 0,
    payments: float = 1,
    in_advance: bool = True,
    fraction: str = "udd",
    growth: float = 0.0,
) -> xr.DataArray:
    """Present value of 1 a year to the survivor of one life, from the first payment after its death on.

    Parameters
    ----------
    table, other : as `table` of `annuity`
        Table of the life at whose death it begins, and of the one to whom it is paid.
    age, other_age, interest, term, deferred, payments, in_advance, fraction, growth
        As for `joint_annuity`; years count from the valuation, not from the death.

    Returns
    -------
    DataArray over the dims of the tables, `age` and `other_age`, years
        Without those for which one age is given.

    Raises
    ------
    BadInput, BadDimensions, OutOfBounds
        As `joint_annuity`.

    Notes
    -----
    a_{x|y} = a_y - a_xy [1]_.

    References
    ----------
    .. [1] Bowers, N. L., Gerber, H. U., Hickman, J. C., Jones, D. A., Nesbitt, C. J. (1997), Actuarial Mathematics,
       2nd edition, Society of Actuaries, chapter 9.

    Examples
    --------
    >>> round(float(reversionary_annuity([0.5, 1.0], [0.2, 1.0], 0.0, age=0, other_age=0)), 12)
    0.4
    """
    plan = annuity_plan(interest, term, deferred, payments, in_advance, growth, fraction)
    return _of_two(plan, table, other, age, other_age, lambda values: values[1] - values[2])


def _of_two(
    plan: Plan, table: Any, other: Any, age: Any, other_age: Any, made: Callable[[Pair], np.ndarray]
) -> xr.DataArray:
    fall = fall_of(plan.interest, plan.growth, plan.term)
    lives = _side_by_side(life_of(table, fall), life_of(other, fall))
    (starts, ages), (other_starts, other_ages) = starts_of(lives[0], age), starts_of(lives[1], other_age)
    mine, theirs = values_of_one(plan, lives[0], starts), values_of_one(plan, lives[1], other_starts)
    both = _values_of_both(plan, lives, starts, other_starts)
    rows = [[made((x, y, xy)) for y, xy in zip(theirs, row, strict=True)] for x, row in zip(mine, both, strict=True)]
    lead = lives[0].labels
    others = {key: one for key, one in lead.coords.items() if "age" not in one.dims}
    values = np.moveaxis(np.array(rows), (0, 1), (-2, -1))
    coords = {**others, "age": ages, "other_age": other_ages}
    result = xr.DataArray(values, dims=(*lead.dims, "other_age"), coords=coords, name="annuity")
    result.attrs = ATTRS["annuity"]
    single = [dim for dim, one in (("age", age), ("other_age", other_age)) if one is not None and np.ndim(one) == 0]
    return result.squeeze(single) if single else result


def _values_of_both(
    plan: Plan, lives: tuple[Life, Life], starts: list[Start], other_starts: list[Start]
) -> list[list[np.ndarray]]:
    """Values while both lives go on, from each start of the one (rows) and of the other."""
    parts = {(one[1], two[1]) for one in starts for two in other_starts}
    plans = {pair: plan.at(*pair) for pair in parts}
    aged = {
        pair: [life.aged(part, plans[pair].times, plan.fraction) for life, part in zip(lives, pair, strict=True)]
        for pair in parts
    }
    return [
        [value_of(plans[f, g], aged[f, g], [x, y], False) for y, g in other_starts]
        for x, f in starts
    ]


def _side_by_side(first: Life, second: Life) -> tuple[Life, Life]:
    """Both lives over the dims of both, age apart."""
    leads = [life.labels.isel(age=0, drop=True) for life in (first, second)]
    try:
        leads = list(xr.align(*leads, join="exact"))
    except ValueError as wrong:
        raise BadDimensions("The two tables have other labels of a dimension; give both by the same.") from wrong
    lead = xr.broadcast(*leads)[0]
    return _over(first, lead), _over(second, lead)


def _over(life: Life, lead: xr.DataArray) -> Life:
    def wide(array: xr.DataArray) -> xr.DataArray:
        return array.broadcast_like(lead).transpose(*lead.dims, "age")

    labels = life.labels.drop_vars([name for name, one in life.labels.coords.items() if one.ndim == 0])
    px = xr.DataArray(life.px, dims=labels.dims, coords={d: c for d, c in labels.coords.items() if d != "age"})
    return replace(life, labels=wide(labels), px=wide(px).values)
