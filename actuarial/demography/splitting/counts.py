"""Counts by groups of ages spread over single ages: people, deaths, births or net migrants."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import labelled, refuse, same_labels
from actuarial.demography.splitting.age_groups import by_group, rows, single_ages
from actuarial.demography.splitting.interpolation import beers, beers_modified, pchip, sprague, uniform
from actuarial.errors import BadDimensions, BadInput

METHODS = {
    "pchip": pchip,
    "sprague": sprague,
    "beers": beers,
    "beers-modified": beers_modified,
    "uniform": uniform,
}
ROUNDING = 1e-12


@kind.takes(
    counts=kind.numbers, ages=kind.optional(kind.ages), method=kind.word, signed=kind.truth, negative=kind.word,
    to=kind.optional(kind.whole), open_with=kind.optional(kind.dataset), growth=kind.numbers,
)
def split_counts(
    counts: Any,
    ages: Sequence[int] | None = None,
    *,
    method: str = "pchip",
    signed: bool = False,
    negative: str = "refuse",
    to: int | None = None,
    open_with: xr.Dataset | None = None,
    growth: Any = 0.0,
) -> xr.DataArray:
    """Single ages from groups of ages; the total of every group is kept, or that of all of them.

    Parameters
    ----------
    counts : array or DataArray of (..., age), persons or events
        Plain numbers are (age), (year, age) or (year, sex, age).
    ages : sequence of int
        First age of each group, such as (0, 1, 5, 10, ..., 85): the last group is open. With one number more the last
        group ends there, as births of mothers do: (15, 20, ..., 45, 50). Left out, the coordinate `age` tells it.
    method : "pchip" (default), "sprague", "beers", "beers-modified" or "uniform"
        "pchip": the cumulated counts are interpolated by monotone cubics, so that no single age is below 0; groups may
        have any width. "sprague": fifth-difference osculatory interpolation of groups of five years, smoother, and it
        may fall below 0. "beers": the ordinary formula of Beers for such groups, with the least fifth
        differences; it may fall below 0 too. "beers-modified": his other formula for such groups, of events rather than
        persons: it smooths what is interpolated, so that only the total of all closed groups is kept. "uniform": each
        group in equal parts.
    signed : bool
        The counts are net flows, that may be below 0.
    negative : "refuse" (default) or "pchip"
        What to do where the formula of Sprague or Beers makes a single age negative though no group is: refuse, or take
        the whole curve (that year and sex) from "pchip". It has no meaning for signed counts, whose negative ages are
        kept.
    to : int, optional
        Age at which the result is open. Left out, it is the open age of the counts; a later one needs `open_with`.
    open_with : Dataset of `life_table`, optional
        Its `lx` and `Lx` spread the open group as a stable population: over the dims of the counts or fewer, with
        single ages up to `to` or beyond.
    growth : float or DataArray, 1/year
        Growth rate r of that stable population.

    Returns
    -------
    DataArray of (..., age), like the counts
        Ages from the first one by single years; the last one is open where the counts are.

    Raises
    ------
    BadInput
        Another word for the method; groups that are not of five years, or fewer than five closed ones (Sprague, Beers);
        `to` without `open_with`.
    BadDimensions, OutOfBounds
        Other dims or labels than those of the table; numbers that are NaN or below 0; a negative age of the
        formula of Sprague or Beers.

    Notes
    -----
    "pchip": F(x), the counts below the age x, is known at the bounds of the groups; between two of them it is a cubic
    with the slopes of Fritsch and Butland (weighted harmonic mean of the densities beside, 0 where their signs differ).
    "sprague" and "beers" [4]_: a density of a polynomial of degree 3 in age (F of degree 4) is given back exactly;
    by "beers-modified" one of degree 2 is. Of all such formulas it has the least sum of squared weights of the groups
    in the fourth differences of F. The open group is no part of any interpolation. It is spread as
    e^(-r (x - w + 1/2)) L_x, and at the open age W as e^(-r (W - w)) l_W / (m_W + r) with m_W = l_W / L_W.

    References
    ----------
    .. [1] Fritsch, F. N., Butland, J. (1984), A method for constructing local monotone piecewise cubic interpolants,
       SIAM Journal on Scientific and Statistical Computing 5.
    .. [2] Sprague, T. B. (1880-81), Explanation of a new formula for interpolation, Journal of the Institute of
       Actuaries 22.
    .. [3] Shryock, H. S., Siegel, J. S. (1973), The Methods and Materials of Demography, U.S. Bureau of the Census,
       appendix C.
    .. [4] Beers, H. S. (1945), Six-term formulas for routine actuarial interpolation, Record of the American
       Institute of Actuaries 34; Modified-interpolation formulas that minimize fourth differences, the same volume.

    Examples
    --------
    >>> split_counts([50.0, 45.0, 35.0, 20.0], (0, 5, 10, 15), method="uniform").values[[0, 5, 10, 15]].tolist()
    [10.0, 9.0, 7.0, 20.0]
    """
    method = method.replace("_", "-")
    array, bounds = by_group(counts, ages, "counts", None if signed else 0.0)
    if method not in METHODS or negative not in ("refuse", "pchip"):
        words = f'method: one of {", ".join(METHODS)}; negative: "refuse" or "pchip"'
        raise BadInput(f"{words} (got {method!r} and {negative!r}).")
    groups = bounds.size - 1
    curves = METHODS[method](rows(array)[:, :groups], bounds)
    if not signed:
        curves = _cure(array, curves, bounds, method, negative)
    if method == "beers-modified":
        curves = _keep_totals(curves, rows(array)[:, :groups].sum(axis=1, keepdims=True), bounds[[0, -1]], signed)
    else:
        curves = _keep_totals(curves, rows(array)[:, :groups], bounds, signed)
    if array.sizes["age"] > groups:
        curves = np.concatenate([curves, _open(array, int(bounds[-1]), to, open_with, growth)], axis=1)
    elif to is not None and to != bounds[-1]:
        raise BadInput(f"to: the last group ends at {bounds[-1]}; only an open group can be spread to the age {to}.")
    return single_ages(array, curves, int(bounds[0]), "counts", str(array.attrs.get("units", "persons")), "Counts")


def _cure(array: xr.DataArray, curves: np.ndarray, bounds: np.ndarray, method: str, negative: str) -> np.ndarray:
    """No negative ages: those of rounding are 0, others are refused or their curve is made by monotone cubics."""
    width = np.diff(bounds)
    mean = np.repeat(rows(array)[:, : width.size] / width, width, axis=1)
    below = curves < -ROUNDING * np.maximum(mean, mean.max(axis=1, keepdims=True))
    if below.any() and negative == "refuse":
        made = single_ages(array, curves, int(bounds[0]), "counts", "", "")
        remedy = 'Take method="pchip", or negative="pchip" to have it for the curves that fall below 0.'
        refuse(made, below.reshape(made.shape), f'single ages by method="{method}" must be at least 0', remedy)
    bad = below.any(axis=1)
    if bad.any():
        curves = curves.copy()
        curves[bad] = pchip(rows(array)[bad][:, : width.size], bounds)
    return np.maximum(curves, 0.0)


def _keep_totals(curves: np.ndarray, totals: np.ndarray, bounds: np.ndarray, signed: bool) -> np.ndarray:
    """Take the rounding of the interpolation out of the totals of the groups."""
    width, starts = np.diff(bounds), bounds[:-1] - bounds[0]
    found = np.add.reduceat(curves, starts, axis=1)
    if signed:
        return curves + np.repeat((totals - found) / width, width, axis=1)
    factor = np.divide(totals, found, out=np.ones(found.shape), where=found > 0)
    return curves * np.repeat(factor, width, axis=1)


def _open(array: xr.DataArray, start: int, to: int | None, table: xr.Dataset | None, growth: Any) -> np.ndarray:
    """The open group: as it is, or over single ages up to the age `to`."""
    group = rows(array)[:, -1:]
    if to is None or to == start:
        return group
    if table is None or to < start:
        raise BadInput(
            f"to: the counts are open from the age {start}. An open age of {to} needs open_with=, a life table that "
            f"spreads them, and must lie above {start}."
        )
    weights, whole = _stable(table, start, to, growth), array.isel(age=0, drop=True)
    same_labels("counts and open_with", whole, weights)
    extra = [str(dim) for dim in weights.dims if dim not in array.dims]
    if extra:
        raise BadDimensions(f"open_with: the table has {', '.join(extra)}, the counts have not; choose one of them.")
    weights = weights.broadcast_like(whole).transpose(*array.dims)
    shares = weights.values.reshape(group.shape[0], -1)
    return group * shares / shares.sum(axis=1, keepdims=True)


def _stable(table: xr.Dataset, start: int, to: int, growth: Any) -> xr.DataArray:
    """A stable population of the ages from `start` to the open age `to`."""
    if "lx" not in table or "Lx" not in table or int(table["age"][-1]) < to or int(table["age"][0]) > start:
        raise BadInput(f"open_with: give the lx and Lx of a life table of the single ages {start} to {to} or beyond.")
    years, age = table["Lx"], table["age"]
    rate = labelled(growth, "growth", ()) if np.ndim(growth) == 0 or isinstance(growth, xr.DataArray) else None
    if rate is None:
        raise BadInput("growth: give a number, or a DataArray with the dims of the counts.")
    closed = years.sel(age=slice(start, to - 1)) * np.exp(-rate * (age.sel(age=slice(start, to - 1)) - start + 0.5))
    living = table["lx"].sel(age=to)
    force = living / years.where(age >= to, 0.0).sum("age") + rate
    refuse(force, force.values <= 0, f"growth must be above minus the death rate at {to} and over")
    last = living / force * np.exp(-rate * (to - start))
    return xr.concat([closed, last.expand_dims(age=[to])], dim="age", join="exact").transpose(..., "age")
