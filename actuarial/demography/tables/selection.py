"""Life tables of those selected at an age: their own mortality for some years, that of everybody after them."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import labelled, numbers_of, refuse, with_ages
from actuarial.demography.tables.lifetable import by_age, life_table
from actuarial.demography.tables.lives import life_of
from actuarial.errors import BadDimensions, BadInput


@kind.takes(select=kind.numbers, age=kind.whole, ages=kind.optional(kind.ages), radix=kind.number)
def select_table(select: Any, ultimate: Any, *, age: int, ages: Any = None, radix: float = 1.0) -> xr.Dataset:
    """Life table of those who were selected at an age.

    Parameters
    ----------
    select : array (age, duration), or DataArray of (..., age, duration), dimensionless
        Probabilities of dying in each year since the selection, q_[x]+t, by the age x at selection; as many years as
        the selection has an effect.
    ultimate : Dataset of `life_table`, or array (age), (year, age) or DataArray of (..., age)
        Those for whom it has none any more, of single ages; read as by `annuity`.
    age : int, years
        Age x at the selection.
    ages : sequence of numbers, years
        Ages at selection, where they are not the labels of a DataArray; 0, 1, 2, ... by default.
    radix : float, persons
        Lives selected, l_[x].

    Returns
    -------
    Dataset over the dims of both
        The columns of `life_table` at the ages x, x + 1, ...: at x + t they are those of [x] + t. `annuity` and
        `insurance` of it have the value at selection at the age x, and t years later at the age x + t.

    Raises
    ------
    BadInput
        An age that is not in both tables, a selection that lasts to the last age.
    BadDimensions
        No ages by durations; other labels than those of the ultimate table.
    OutOfBounds
        Probabilities outside 0 to 1, and as `annuity`.

    Notes
    -----
    With s the years of selection q is q_[x]+t for t below s and q_{x+t} from s on [1]_. The mean time lived in a year
    by those who die in it is that of the ultimate table, 1/2 where it has none.

    References
    ----------
    .. [1] Dickson, D. C. M., Hardy, M. R., Waters, H. R. (2013), Actuarial mathematics for life contingent risks,
       2nd edition, Cambridge University Press, section 3.7.

    Examples
    --------
    >>> found = select_table([[0.1, 0.2], [0.1, 0.3]], [0.2, 0.3, 0.4, 1.0], age=1, radix=100.0)
    >>> found.age.values.tolist(), found.lx.round(9).values.tolist()
    ([1, 2, 3], [100.0, 90.0, 63.0])
    """
    early = _select(select, ages)
    late, time_lived, left = _ultimate(ultimate)
    years = early.sizes["duration"]
    _refuse_age(age, early["age"].values, late["age"].values, years)
    chosen = early.sel(age=age, drop=True).assign_coords(duration=age + np.arange(years)).rename(duration="age")
    try:
        xr.align(chosen, late, join="exact", exclude=["age"])
    except ValueError as wrong:
        raise BadDimensions("select and ultimate must have the same labels of the dims that both have.") from wrong
    like = xr.broadcast(chosen.isel(age=0, drop=True), late.isel(age=0, drop=True))[0]
    parts = [chosen, late.sel(age=slice(age + years, None))]
    q = xr.concat([part.broadcast_like(like, exclude=["age"]) for part in parts], dim="age")
    q = labelled(q, "qx", ("age",))
    return life_table(qx=q, ax=time_lived.sel(age=slice(age, None)), ex_open=left, radix=radix)


def _select(select: Any, ages: Any) -> xr.DataArray:
    """Probabilities (..., age, duration)."""
    if isinstance(select, xr.DataArray):
        array = labelled(with_ages(select, "select", ages), "select", ("age", "duration"), least=0.0)
    else:
        if numbers_of(select, "select").ndim != 2:
            raise BadDimensions("select: give rows of ages at selection with a column for each year since then.")
        array = labelled(select, "select", ("age", "duration"), {"age": ages}, least=0.0)
    refuse(array, array.values > 1.0, "select probabilities must not exceed 1")
    return array.transpose(..., "age", "duration")


def _ultimate(ultimate: Any) -> tuple[xr.DataArray, xr.DataArray, Any]:
    """Probabilities and mean times lived in each year of age, and the life expectancy at the last one."""
    life = life_of(ultimate, 1.0)
    size = life.labels.sizes["age"]
    q = life.labels.copy(data=1.0 - life.px[..., :size])
    if isinstance(ultimate, xr.Dataset) and "ax" in ultimate and "ex" in ultimate:
        return q, by_age(ultimate["ax"], "ax"), ultimate["ex"].isel(age=-1, drop=True)
    return q, xr.full_like(q, 0.5), 0.5


def _refuse_age(age: int, selected: np.ndarray, ultimate: np.ndarray, years: int) -> None:
    last = int(ultimate[-1])
    if age not in selected:
        raise BadInput(f"age: lives are selected at the ages {selected[0]} to {selected[-1]} (got {age}).")
    if age < ultimate[0] or age + years > last:
        raise BadInput(
            f"age: the ultimate table has the ages {ultimate[0]} to {last}, and those selected at {age} come to it at "
            f"{age + years}."
        )
