"""What a pension is multiplied by where it starts before or after the retirement age."""

from typing import Annotated, Any, Literal

import numpy as np
import xarray as xr

from actuarial.dated import Number, choose, clip
from actuarial.demography.mortality import basis_life_table
from actuarial.errors import BadInput
from actuarial.pension.common import fraction_or, picked

ACTUARIAL = "actuarial"
Per = Literal["year", "month", "started_month"]
RateOrActuarial = Annotated[Any, *fraction_or(ACTUARIAL)]


def counted(years: Number, per: str) -> Number:
    """Years, or months that count, between the start of a pension and the retirement age.

    Starts are spread evenly over the months, so that of a mean of s years 12 s - 1/2 months are whole ones and
    12 s + 1/2 have started; none where s = 0.
    """
    if per == "year":
        return years
    half = -0.5 if per == "month" else 0.5
    return choose(years > 0.0, clip(12.0 * years + half, 0.0, np.inf), 0.0 * years)


def neutral(person: Any, limit: Number, start: Number, interest: float) -> Number:
    """Factor with which a pension from another age is worth as much as one from the age `limit`.

    Parameters
    ----------
    person : Person or grid, with a basis
    limit, start : exact ages, years
    interest : technical rate of interest above the adjustment of pensions, 1/year

    Returns
    -------
    float or DataArray, 1 where both ages are the same

    Raises
    ------
    BadInput
        No basis, or one without the year of the person.

    Notes
    -----
    a(R) R-x p x v^(R-x) / a(x) = N(R)/N(x), with N(x) the integral of v^s l(s) over s >= x for an annuity paid
    continuously, by the life table of the population of the sex and the year of the start. Within a year of age
    l(s) v^s lasts as at mid-year, so that N is linear there; beyond the last age the death rate is constant.

    References
    ----------
    .. [1] Bowers, N. L., Gerber, H. U., Hickman, J. C., Jones, D. A., Nesbitt, C. J. (1997), Actuarial Mathematics,
       Society of Actuaries, chapter 5.
    """
    value = annuities_left(person, interest)
    return _at(value, limit) / _at(value, start)


def annuities_left(person: Any, interest: float) -> xr.DataArray:
    """N(x) by year, sex and exact age, from 0 to the last age."""
    if person.basis is None:
        raise BadInput(f'a factor "{ACTUARIAL}" needs the life table of a basis; give basis=, or a rate instead.')
    table = basis_life_table(person.basis)
    v = 1.0 / (1.0 + interest)
    lived, alive = _of_person(table["Lx"], person), _of_person(table["lx"], person)
    age = lived["age"]
    last = int(age[-1])
    force = np.log1p(interest)
    death = (alive / lived.where(lived > 0)).isel(age=-1, drop=True).fillna(1.0)
    end = alive.isel(age=-1, drop=True) * v**last / (force + death)
    within = (lived * v ** (age + 0.5)).isel(age=slice(0, -1))
    whole = xr.concat([within, end.expand_dims(age=[last])], dim="age")
    return whole.isel(age=slice(None, None, -1)).cumsum("age").isel(age=slice(None, None, -1)).assign_coords(age=age)


def _of_person(column: xr.DataArray, person: Any) -> xr.DataArray:
    """A column of a life table for the year and sex of a person, by age; of a grid for all of its years and sexes."""
    labels = {dim: np.asarray(getattr(person, dim)) for dim in ("year", "sex") if dim in column.dims}
    return xr.DataArray(picked(column.drop_attrs(), labels | {"age": column["age"].values}, "mx"))


def _at(value: xr.DataArray, age: Number) -> Number:
    """A value at exact ages, by straight lines between whole ones."""
    last = value.sizes["age"] - 1
    exact = xr.DataArray(age).clip(0, last)
    low = np.floor(exact).clip(0, last - 1)
    part = exact - low
    places = {str(dim): xr.DataArray(np.arange(value.sizes[dim]), dims=[dim]) for dim in value.dims if dim != "age"}
    for dim in set(places) & set(exact.dims):
        places[str(dim)] = places[str(dim)].assign_coords({dim: exact[dim]})
    first = low.astype(np.int64)
    ends = [value.drop_vars("age").isel(places | {"age": first + step}) for step in (0, 1)]
    found = (1.0 - part) * ends[0] + part * ends[1]
    return found if found.ndim else float(found)
