"""Salaries, reference earnings and insurable earnings of the insured."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial.bridge import spread, view
from actuarial.labelled import as_array
from actuarial.numeric import UNLIMITED, clip_by_table, limited_tables
from actuarial.person import Person, growth_path, make_grid
from actuarial.quick import labelled, like
from actuarial.scheme import Reference, Scheme


def salary_path(basis: xr.Dataset, before: int = 0) -> xr.DataArray:
    """Average earnings of twelve contributed months (year, group, sex, age), currency/year.

    sal_t = sal_0 prod (1 + asg_u) with sal_0 the base year's curve by age on 31 December; the path starts `before`
    years ahead of the base year, where past growth is that of the basis or, if it has none, the first projected rate.
    """
    first, last = int(basis["year"][0]), int(basis["year"][-1])
    years = np.arange(first - 1 - before, last + 1)
    growth = growth_path(basis, "wage_growth", years)
    if "salary_growth" in basis:
        projected = basis["salary_growth"]
        growth = xr.where(growth["year"] >= first, projected.reindex(year=years).fillna(0.0), growth)
    level = (1.0 + growth).cumprod("year")
    level = level / level.sel(year=first - 1, drop=True)
    return (spread(basis, "salary_0") * level).transpose("year", ..., "group", "sex", "age")


def frozen(salary: xr.DataArray, year: int) -> xr.DataArray:
    """The path of salaries where every cohort keeps those of one year from that year on (year, group, sex, age).

    sal[t, y] = sal[year, y - (t - year)] for t > year; who had not reached the first age has its salary.
    """
    values = salary.values.copy()
    base = int(np.flatnonzero(salary["year"] == year)[0])
    for t in range(base + 1, values.shape[0]):
        values[t, ..., 1:] = values[t - 1, ..., :-1]
        values[t, ..., 0] = values[base, ..., 0]
    return salary.copy(data=values)


def reference_earnings(salary: xr.DataArray, reference: Reference, index: xr.DataArray) -> xr.DataArray:
    """Reference earnings of a member aged y in year t who was always paid the curve.

    RS[t, y] = mean over k < years of sal[t-k, y-k] idx[t] / idx[t-k], or over the `years` greatest of the last
    `best_of`; ages without earnings do not count. `salary` starts `reference.last` - 1 years before the first year
    returned.
    """
    aged = "age" in index.dims
    order = ("year", ..., "age") if aged else ("year", ...)
    path, last = index.sel(year=salary["year"]).transpose(*order), reference.last
    if "scenario" in path.dims and "scenario" not in salary.dims:
        salary = salary.expand_dims(scenario=path["scenario"]).transpose("year", ...)
    values, levels = salary.values, path.values
    keep = values.shape[0] - (last - 1)
    several = np.zeros((last, keep, *values.shape[1:]))
    for k in range(last):
        start = last - 1 - k
        up = _risen(levels[last - 1 :], levels[start : start + keep], k, aged)
        up = up.reshape(*up.shape[: path.ndim - aged], *[1] * (values.ndim - path.ndim), *up.shape[path.ndim - aged :])
        several[k, ..., k:] = values[start : start + keep, ..., : values.shape[-1] - k] * up
    mean = _mean_of_earned(several)
    if last > reference.years:
        best = _mean_of_earned(np.partition(several, last - reference.years, axis=0)[last - reference.years :])
        mean = _best_of(mean, best, best_mean(reference))
    return salary.isel(year=slice(last - 1, None)).copy(data=mean)


def revalued(index: xr.DataArray) -> xr.DataArray:
    """What earnings of the past are multiplied by in a year, by the age reached in it where the index ends at an age;
    of the first year and age it is no factor."""
    before = {dim: 1 for dim in ("year", "age") if dim in index.dims}
    return index / index.shift(before, fill_value=1.0)


def _risen(now: np.ndarray, then: np.ndarray, k: int, aged: bool) -> np.ndarray:
    """What an index has risen by in k years, where it differs by age of those who are k years old at least."""
    return now[..., k:] / then[..., : now.shape[-1] - k] if aged else now / then


def _mean_of_earned(several: np.ndarray) -> np.ndarray:
    """Mean over the first axis of what is above 0."""
    total, count = several.sum(axis=0), (several > 0).sum(axis=0)
    return np.divide(total, count, out=np.zeros_like(total), where=count > 0)


def _best_of(mean: np.ndarray, best: np.ndarray, factor: float) -> np.ndarray:
    """Mean of the best years of earnings that vary around a path, whose own best years have the mean `best`.

    mean (1 + ((best/mean - 1)^2 + (factor - 1)^2)^(1/2)), for what years differ by along the path and around it adds up
    as variances do; exact where the path is level and where nothing varies around it.
    """
    if factor == 1.0:
        return best
    along = np.divide(best, mean, out=np.ones_like(mean), where=mean > 0) - 1.0
    return mean * (1.0 + np.hypot(along, factor - 1.0))


def best_mean(reference: Reference) -> float:
    """Mean of the N greatest of M independent lognormal numbers of mean 1, the earnings of one person over the years.

    M/N E[X P(fewer than N of the M - 1 others exceed X)]; 1 where earnings do not vary or all years count.
    """
    n, m = reference.years, reference.last
    if reference.varying == 0.0 or n == m:
        return 1.0
    from scipy.special import bdtr, ndtr

    sigma = np.sqrt(np.log1p(reference.varying**2))
    edges = np.arange(-12.0, 13.0)
    nodes, weights = np.polynomial.legendre.leggauss(24)
    z = (edges[:-1, np.newaxis] + 0.5 + 0.5 * nodes).ravel()
    density = np.exp(-(z**2) / 2.0) / np.sqrt(2.0 * np.pi) * np.tile(0.5 * weights, len(edges) - 1)
    few = bdtr(n - 1, m - 1, ndtr(-z))
    return float(m / n * (density * np.exp(sigma * z - sigma**2 / 2.0) * few).sum())


def limits(scheme: Scheme, grid: Person) -> tuple[xr.DataArray, xr.DataArray]:
    """Floor and ceiling of insurable earnings by year (and group or sex if the law says so), currency/year."""
    floor, ceiling = scheme.insurable_earnings.limits(grid)
    most: Any = np.minimum(as_array(ceiling), UNLIMITED)
    return as_array(floor), most


def recorded(earned: xr.DataArray, declared: xr.DataArray) -> xr.DataArray:
    """Earnings of each year as far as they were declared in it; before the first year of the basis as in that year."""
    if "year" in declared.dims:
        declared = declared.reindex(year=earned["year"].values, method="bfill")
    return (earned * declared).transpose("year", ..., *(dim for dim in earned.dims if dim != "year"))


def reference_limits(
    scheme: Scheme, basis: xr.Dataset, reference: Reference, declared: xr.DataArray
) -> tuple[xr.DataArray, xr.DataArray]:
    """Means of the revalued floors and ceilings over the reference years, by year from the base year on.

    Of `best_of` years those with the greatest limits count, as they do for who earns less or more than them all the
    time. Of those who declare a share of their earnings the limits count by the same share.
    """
    first, last = int(basis["year"][0]), int(basis["year"][-1])
    grid = make_grid(basis, scheme, years=np.arange(first - reference.last, last + 1))
    index: Any = reference.index(grid)
    means = []
    for limit in limits(scheme, grid):
        if "year" not in limit.dims:
            limit = limit.expand_dims(year=grid.year["year"])
        real = recorded(limit, declared) / index
        aged, back = "age" in index.dims, reference.last - 1
        real = real.transpose("year", ..., "age") if aged else real
        values = real.values
        several = np.stack([_before(values[back - k : len(values) - k], k, aged) for k in range(reference.last)])
        if reference.last > reference.years:
            several = np.sort(several, axis=0)[-reference.years :]
        level = index.isel(year=slice(back, None))
        mean = like(real.isel(year=slice(back, None)), several.sum(axis=0) / reference.years) * level
        means.append(like(mean, np.minimum(mean.values, UNLIMITED)))
    return means[0], means[1]


def _before(values: np.ndarray, k: int, aged: bool) -> np.ndarray:
    """Values of k years before, where they differ by age those of that age less k; of the first age for the younger."""
    return values[..., np.maximum(np.arange(values.shape[-1]) - k, 0)] if aged else values


def insurable_share(salary: xr.DataArray, cv: xr.DataArray, floor: xr.DataArray, ceiling: xr.DataArray) -> xr.DataArray:
    """Insurable over all earnings: (LEV(ceiling) - LEV(floor) + floor) / sal of a lognormal cell, 1 if sal is 0.

    The limited means are those of the awards, from the same tables.
    """
    tables, _, table = limited_tables(cv.values)
    given = (salary, cv, floor, ceiling)
    others = dict.fromkeys(dim for part in given for dim in part.dims if dim not in salary.dims)
    dims = [str(dim) for dim in (*others, *salary.dims)]
    labels = {dim: next(part[dim] for part in given if dim in part.dims) for dim in dims}
    mean, varying, low, high, which = (view(part, dims, labels) for part in (*given, cv.copy(data=table)))
    insured = clip_by_table(mean, varying, which, low, high, tables)
    return labelled(np.divide(insured, mean, out=np.ones_like(insured), where=mean > 0), dims, labels)
