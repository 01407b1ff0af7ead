"""Fertility by single ages: a path of total fertility times a pattern by age."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import in_order, labelled, numbers_of, refuse, require_given, same_labels
from actuarial.demography.splitting.age_groups import refuse_children, refuse_wider
from actuarial.errors import BadInput

OPEN_AGE = 100
CLOSE_ENOUGH = 1e-12


@kind.takes(
    total=kind.numbers, pattern=kind.numbers, mean_age=kind.optional(kind.numbers), years=kind.optional(kind.ages),
    to=kind.whole,
)
def fertility(
    total: Any, pattern: Any, *, mean_age: Any = None, years: Sequence[int] | None = None, to: int = OPEN_AGE
) -> xr.DataArray:
    """Age-specific fertility from total fertility and a pattern by age.

    Parameters
    ----------
    total : array or DataArray of (year), births per woman
        Total fertility.
    pattern : array or DataArray of (age) or (year, age)
        Rates of any scale, such as those of a year or `gamma_pattern`; single ages, plain ones from 0 on.
    mean_age : float, array or DataArray of (year), years, optional
        Mean age at childbearing of every year; the pattern is moved to it. Left out, the pattern is taken as it is.
    years : sequence of int, optional
        Years of plain `total`.
    to : int
        Open age of the result.

    Returns
    -------
    DataArray of (year, age), births per woman and year
        `asfr` at the ages 0 to `to`, 0 at the first and the last, as a projection wants it.

    Raises
    ------
    BadInput
        A pattern that is 0 everywhere, of ages that are not single, or beyond `to`.
    OutOfBounds
        Negative or missing numbers; births at the first or last age, also after the move.

    Notes
    -----
    f[t,x] = T[t] p[t,x] / sum of p[t]. The mean age is the mean of x + 1/2. It is moved by d = mean_age - mean of the
    pattern: the cumulated births F, straight within an age, become F(x - d), so that the mean age is met exactly, every
    birth moves by the same time, and the variance grows by g (1 - g), at most 1/4, with g the fraction of d.

    A pattern of the ages 15 to 49 that stands for all births has those of younger women too late; the published mean
    age puts that right. Without it the population of Angola in 2100 is 1.2% below that of the United Nations, with it
    0.1%.

    References
    ----------
    .. [1] Preston, S. H., Heuveline, P., Guillot, M. (2001), Demography, Blackwell, chapter 5.
    .. [2] United Nations, DESA, Population Division (2024), World Population Prospects 2024: Methodology of the
       United Nations population estimates and projections.

    Examples
    --------
    >>> asfr = fertility([2.1, 2.0], gamma_pattern(28.0, 6.0), mean_age=[28.0, 29.0], years=[2025, 2026])
    >>> asfr.sum("age").round(12).values.tolist()
    [2.1, 2.0]
    """
    level = labelled(total, "total", ("year",), {"year": years}, least=0.0)
    require_given(level, "total", {"year": years})
    shape = _pattern(pattern, to)
    if mean_age is not None:
        if np.ndim(mean_age) == 0:
            target = labelled(xr.DataArray(numbers_of(mean_age, "mean_age")), "mean_age", (), least=0.0)
        else:
            target = labelled(mean_age, "mean_age", ("year",), {"year": level.coords.get("year")}, least=0.0)
        shape = shift_mean_age(shape, target)
    same_labels("total and pattern", level, shape)
    asfr = in_order(level * shape)
    refuse(asfr[..., [0, -1]], asfr.values[..., [0, -1]] != 0, "asfr must be 0 at the first and the last age", ENDS)
    return asfr.rename("asfr").assign_attrs(units="births/woman/year", long_name="Births per woman and year")


ENDS = "Give a pattern without births at these ages, or mean ages nearer to the one of the pattern."


@kind.takes(mean_age=kind.number, sd=kind.number, youngest=kind.number, oldest=kind.number)
def gamma_pattern(mean_age: float, sd: float, *, youngest: float = 12.0, oldest: float = 55.0) -> xr.DataArray:
    """Pattern of fertility by single ages from a gamma density of three parameters.

    Parameters
    ----------
    mean_age, sd : float, years
        Mean age at childbearing and its standard deviation, of the density that is not yet cut at `oldest`.
    youngest, oldest : float, years
        Exact ages between which there are births, such as 15 and 50.

    Returns
    -------
    DataArray of (age), dimensionless
        Shares of the ages 0 to 100, with the sum 1.

    Raises
    ------
    BadInput
        A mean age outside the ages, a standard deviation of 0 or less, ages that are not in order within 0 to 100.

    Notes
    -----
    Births at the age x have the density (x - b)^(k-1) e^(-(x-b)/s) with b = `youngest`, k s = mean_age - b and
    k s^2 = sd^2; it is integrated over each year of age up to `oldest` and divided by its integral. Where the density
    is not cut the mean of x + 1/2 is `mean_age` up to the curvature within ages of one year, and the variance
    sd^2 + 1/12; where it is cut the mean is lower. `fertility` with `mean_age` moves the pattern to a mean age exactly.

    References
    ----------
    .. [1] Hoem, J. M. et al. (1981), Experiments in modelling recent Danish fertility curves, Demography 18.
    .. [2] Thompson, P. A., Bell, W. R., Long, J. F., Miller, R. B. (1989), Multivariate time series projections of
       parameterized age-specific fertility rates, Journal of the American Statistical Association 84.

    Examples
    --------
    >>> pattern = gamma_pattern(28.0, 6.0)
    >>> round(float(mean_age_at_childbearing(pattern)), 1), round(float(pattern.sum()), 12)
    (28.0, 1.0)
    """
    youngest, mean_age, oldest, sd = _numbers(youngest=youngest, mean_age=mean_age, oldest=oldest, sd=sd)
    if not 0 <= youngest < mean_age < oldest <= OPEN_AGE or not 0 < sd < np.inf:
        raise BadInput(
            f"gamma_pattern: the ages must be in the order 0, youngest {youngest:g}, mean_age {mean_age:g}, oldest "
            f"{oldest:g}, {OPEN_AGE}, and sd above 0 ({sd:g})."
        )
    from scipy.special import gammainc

    above = mean_age - youngest
    exact = np.clip(np.arange(OPEN_AGE + 2.0), youngest, oldest) - youngest
    shares = np.diff(gammainc(above**2 / sd**2, exact * above / sd**2))
    if not shares.sum() > 0:
        raise BadInput(f"gamma_pattern: no births fall between {youngest:g} and {oldest:g} with sd {sd:g}.")
    made = xr.DataArray(shares / shares.sum(), dims="age", coords={"age": np.arange(OPEN_AGE + 1)}, name="pattern")
    return made.assign_attrs(units="1", long_name="Share of total fertility")


def _numbers(**given: Any) -> list[float]:
    for name, one in given.items():
        if isinstance(one, bool) or np.ndim(one) or not isinstance(one, (int, float, np.number, np.ndarray)):
            raise BadInput(f"gamma_pattern: {name} must be a number of years (got {one!r}).")
    return [float(one) for one in given.values()]


@kind.takes(asfr=kind.numbers)
def mean_age_at_childbearing(asfr: Any) -> xr.DataArray:
    """Mean age at childbearing.

    Parameters
    ----------
    asfr : array or DataArray of (..., age)
        Rates or a pattern by single ages; plain ones are (age) or (year, age), from age 0 on.

    Returns
    -------
    DataArray of the other dims, years
        Sum of (x + 1/2) f_x over sum of f_x.

    Raises
    ------
    BadInput
        No births, ages that are not single.
    OutOfBounds
        Negative or missing numbers, plain ones with more than 1% of the births below age 8.

    References
    ----------
    .. [1] Preston, S. H., Heuveline, P., Guillot, M. (2001), Demography, Blackwell, chapter 5.

    Examples
    --------
    >>> float(mean_age_at_childbearing(20 * [0.0] + [0.1, 0.1]))
    21.0
    """
    rates = _rates(asfr, "asfr")
    births = rates.sum("age")
    if not bool((births > 0).all()):
        raise BadInput("asfr: there are no births, so that they have no mean age.")
    middle = rates["age"] + 0.5
    found = ((middle * rates).sum("age") / births).rename("mean_age")
    return found.assign_attrs(units="years", long_name="Mean age at childbearing")


@kind.takes(pattern=kind.numbers, target=kind.numbers)
def shift_mean_age(pattern: Any, target: Any) -> xr.DataArray:
    """Move a pattern of fertility to another mean age, keeping its shape and its sum.

    Parameters
    ----------
    pattern : array or DataArray of (..., age)
        Rates or shares by single ages; plain ones are (age) or (year, age), from age 0 on.
    target : float or DataArray, years
        Mean age to be met.

    Returns
    -------
    DataArray over the dims of both

    Raises
    ------
    BadInput
        No births, ages that are not single, several plain mean ages.
    OutOfBounds
        Plain rates with more than 1% of the births below age 8, births moved beyond the ages of the pattern.

    Notes
    -----
    See `fertility`: with d = target - mean age, i = floor(d) and g = d - i, f'[x] = (1 - g) f[x-i] + g f[x-i-1].

    Examples
    --------
    >>> shift_mean_age(20 * [0.0] + [0.2, 0.0, 0.0], 21.0).values[20:].tolist()
    [0.1, 0.1, 0.0]
    """
    rates = _rates(pattern, "pattern")
    goal = labelled(target if isinstance(target, xr.DataArray) else xr.DataArray(_number(target)), "target", ())
    same_labels("pattern and mean age", goal, rates)
    move = goal - mean_age_at_childbearing(rates)
    wide = rates.broadcast_like(move)
    wide = wide.transpose(*[dim for dim in ("scenario", "year") if dim in wide.dims], ..., "age")
    by = move.broadcast_like(wide.isel(age=0, drop=True)).transpose(*wide.dims[:-1]).values
    whole = np.floor(by).astype(int)
    share = (by - whole)[..., None]
    moved = (1 - share) * _moved(wide.values, whole) + share * _moved(wide.values, whole + 1)
    lost = wide.values.sum(axis=-1) - moved.sum(axis=-1) > CLOSE_ENOUGH * wide.values.sum(axis=-1)
    moves = wide.isel(age=0, drop=True).copy(data=by)
    refuse(moves, lost, "births of the moved pattern must stay within its ages", ENDS)
    return wide.copy(data=moved)


def _number(target: Any) -> float:
    if np.ndim(target):
        raise BadInput("target: give one mean age, or a DataArray by year.")
    return float(numbers_of(target, "target"))


def _moved(rates: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Rates moved up by whole ages, a number for every row; what leaves the ages is lost."""
    source = np.arange(rates.shape[-1]) - whole[..., None]
    inside = (source >= 0) & (source < rates.shape[-1])
    return np.where(inside, np.take_along_axis(rates, np.clip(source, 0, rates.shape[-1] - 1), axis=-1), 0.0)


def _rates(values: Any, name: str) -> xr.DataArray:
    dims = ("year", "age") if not isinstance(values, xr.DataArray) and np.ndim(values) == 2 else ("age",)
    rates = labelled(values, name, dims, least=0.0)
    refuse_wider(rates, name, "Split the groups by split_asfr.")
    if not isinstance(values, xr.DataArray):
        remedy = "Plain numbers are by age from 0 on: give a DataArray with its ages, or 0 at the ages before."
        refuse_children(rates, name, remedy)
    return rates


def _pattern(values: Any, to: int) -> xr.DataArray:
    """A pattern over the ages 0 to the open age, with the sum 1."""
    rates = _rates(values, "pattern")
    births = rates.sum("age")
    if not bool((births > 0).all()):
        raise BadInput("pattern: it is 0 at all ages; give the rates of a year, or gamma_pattern.")
    beyond = rates.where((rates["age"] > to) | (rates["age"] < 0), 0.0)
    if (beyond.values > 0).any():
        raise BadInput(f"pattern: there are births beyond the open age {to}.")
    return (rates / births).reindex(age=np.arange(to + 1), fill_value=0.0)
