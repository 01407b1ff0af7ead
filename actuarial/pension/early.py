"""What a pension is multiplied by where it starts before or after the retirement age."""

from functools import cache
from itertools import pairwise
from typing import Annotated, Any, Literal

import numpy as np
import xarray as xr
from pydantic import Field, TypeAdapter, ValidationError

from actuarial.dated import Misstated, Number, choose, clip, evaluate
from actuarial.demography.mortality import basis_life_table
from actuarial.errors import BadInput, BadScheme
from actuarial.fields import Fraction, Reads, Several, Shape, Years, dated_schema, fraction, mistakes, rule
from actuarial.pension.common import picked
from actuarial.quick import without_attrs
from actuarial.translation import Told

ACTUARIAL = "actuarial"
Per = Literal["year", "whole_year", "half_year", "month", "started_month"]
IN_A_YEAR = {"year": 1.0, "whole_year": 1.0, "half_year": 2.0, "month": 12.0, "started_month": 12.0}
ROUNDING = 1e-9  # years or months


@rule
class AgeBand:
    """A rate for the time by which a pension starts more than a number of years from the retirement age."""

    above: Years = Field(default=0.0, description="Years from the retirement age above which the rate holds")
    rate: Fraction = Field(description="Share of the pension for each such year, half-year or month (fraction)")


@cache
def _bands() -> TypeAdapter[tuple[AgeBand, ...]]:
    return TypeAdapter(tuple[AgeBand, ...])


def _rates(raw: Any) -> Any:
    """A dated rate, the word, or rates by years from the retirement age."""
    if isinstance(raw, str):
        if raw != ACTUARIAL:
            raise Misstated(
                Told('must be a rate (fraction), rates by years or "{word}" (got {value!r})', word=ACTUARIAL, value=raw)
            )
        return raw
    if not isinstance(raw, (tuple, list)):
        return fraction(raw)
    try:
        bands = _bands().validate_python(tuple(raw))
    except ValidationError as error:
        raise Several(mistakes(error, AgeBand)) from None
    plain = [band.above for band in bands if isinstance(band.above, float)]
    if not bands or any(a >= b for a, b in pairwise(plain)) or plain[:1] != [0.0]:
        raise Misstated(
            Told(
                "needs rates from the retirement age on, {first}, then {next} in the order of above",
                first="{ rate = ... }",
                next="{ above = YEARS, rate = ... }",
            )
        )
    return bands


def _shape() -> dict[str, Any]:
    """JSON Schema of a rate, the word, or rates by years."""
    several = {"type": "array", "minItems": 1, "items": TypeAdapter(AgeBand).json_schema()}
    number = {"type": "number", "minimum": 0.0, "maximum": 1.0}
    return {"anyOf": [*dated_schema(number)["anyOf"], {"const": ACTUARIAL}, several]}


RateOrActuarial = Annotated[Any, Reads(_rates), Shape(_shape)]


def counted(years: Number, per: str) -> Number:
    """Years, or months that count, between the start of a pension and the retirement age.

    Starts are spread evenly over the months, so that of a mean of s years 12 s - 1/2 months are whole ones and
    12 s + 1/2 have started; none where s = 0.
    """
    if per == "year":
        return years
    half = 0.5 if per == "started_month" else -0.5
    return choose(years > 0.0, clip(12.0 * years + half, 0.0, np.inf), 0.0 * years)


def share_of(rates: Any, person: Any, years: Number, spread: Number, per: str) -> Number:
    """Share of the pension that rates take or add.

    Parameters
    ----------
    rates : dated rate, or bands of rates
    years : mean of the years between the start of the pension and the retirement age
    spread : years to either side of the mean over which starts are spread evenly; 0 where all start then

    Notes
    -----
    sum_i (r_i - r_{i-1}) E[u(max(0, s - a_i))], u the years or months that count of s years, over the starts.
    """
    if not isinstance(rates, tuple):
        usual = _beyond(years, spread, 0.0, per) if per in ("whole_year", "half_year") else counted(years, per)
        return evaluate(rates, person) * choose(spread > 0.0, usual, _exactly(years, per))
    total: Number = 0.0 * years
    before: Number = 0.0
    last: Number = -1.0
    for band in rates:
        above, rate = evaluate(band.above, person), evaluate(band.rate, person)
        if np.any(np.asarray(above <= last)):
            raise BadScheme(
                Told(
                    "{what}: `above` must rise from band to band for everybody in every year.",
                    what="early_reduction, late_increase",
                )
            )
        total = total + (rate - before) * _beyond(years, spread, above, per)
        before, last = rate, above
    return total


def _beyond(years: Number, spread: Number, above: Number, per: str) -> Number:
    """Mean of the years or months that count beyond `above` years."""
    unit = IN_A_YEAR[per]
    high, low = (unit * (years + side * spread - above) for side in (1.0, -1.0))
    wide = spread > 0.0
    mean = (_sum_to(high, per) - _sum_to(low, per)) / choose(wide, high - low, 1.0)
    return choose(wide, mean, _exactly(clip(years - above, 0.0, np.inf), per))


def _exactly(years: Number, per: str) -> Number:
    """Years, or months that count, where all start at this time from the retirement age."""
    if per == "year":
        return years
    up = 1.0 if per == "started_month" else 0.0
    whole: Any = np.floor(IN_A_YEAR[per] * years + ROUNDING + up * (1.0 - 2.0 * ROUNDING))
    return whole


def _sum_to(end: Number, per: str) -> Number:
    """Integral of what counts from 0 to an end in years or months, 0 below."""
    end = clip(end, 0.0, np.inf)
    if per == "year":
        return end * end / 2.0
    whole: Any = np.floor(end + ROUNDING)
    started = 1.0 if per == "started_month" else 0.0
    return whole * (whole - 1.0) / 2.0 + started * whole + (end - whole) * (whole + started)


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
    return xr.DataArray(picked(without_attrs(column), labels | {"age": column["age"].values}, "mx"))


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
