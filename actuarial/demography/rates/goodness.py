"""Tests of a graduation: does it stay as near to the deaths as chance allows, and without runs of one sign?"""

from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import described, labelled, refuse
from actuarial.errors import BadDimensions, BadInput

TESTS = ("chi_square", "signs", "runs", "serial_correlation", "groups", "cumulative_deviation")

WORDS = {
    "statistic": ("1", "Chi-square, positive residuals, runs of one sign, correlation with the next residual"),
    "p_value": ("1", "Probability of what is as far off, or farther"),
    "cells": ("1", "Groups of ages that are compared"),
    "degrees": ("1", "Degrees of freedom of chi-square"),
    "residual": ("1", "Standardised residual of the age"),
}


@kind.takes(
    deaths=kind.numbers, expected=kind.numbers, parameters=kind.numbers, least=kind.number,
    coords=kind.optional(kind.label_table),
)
def fit_tests(
    deaths: Any, expected: Any, parameters: Any = 0.0, *, least: float = 5.0, coords: Any = None
) -> xr.Dataset:
    """Tests of fit of graduated rates along age.

    Parameters
    ----------
    deaths : array (age), array (year, age) or DataArray of (..., age), persons
    expected : like `deaths`, persons
        Exposure times the graduated rate.
    parameters : number, or like `deaths`
        Parameters that were fitted to these deaths, or effective degrees of freedom of each cell.
    least : float, persons
        Ages are joined with the following ones until so many deaths are expected.
    coords : mapping of dim to labels, optional
        Labels of plain arrays.

    Returns
    -------
    Dataset over the other dims of `deaths`
        By `test` (chi_square, signs, runs, serial_correlation, groups, cumulative_deviation): `statistic`, `p_value`;
        `cells`, `degrees`; by age `residual` (NaN where nobody is expected to die). What cannot be computed is NaN:
        chi-square without degrees of freedom, runs and groups of one sign only, the correlation of fewer than 3 cells.

    Raises
    ------
    BadDimensions, OutOfBounds
        Other dims, negative numbers or NaN, deaths where none is expected.
    BadInput
        A least number that is not above 0, parameters below 0 or missing.

    Notes
    -----
    Residuals z = (D - E)/sqrt(E) of the joined ages.

    * chi_square: sum of z^2, with cells less parameters degrees of freedom; a small p tells rates too far off.
    * signs: positive z, binomial with 1/2, both sides.
    * runs of one sign, of n positive and m negative z in any order; the p of so few runs: small if the graduation
      passes by a part of the ages on one side.
    * serial_correlation r of z with the next one; p of the normal variable r sqrt(cells), upper side: small if
      deviations last, that is if the rates are too smooth.
    * groups: groups of positive z, as runs but of this sign alone [3]_.
    * cumulative_deviation: (sum of D - sum of E)/sqrt(sum of E), normal, both sides; it tells nothing about rates that
      were fitted so that both sums are the same.

    References
    ----------
    .. [1] Forfar, D. O., McCutcheon, J. J., Wilkie, A. D. (1988), On graduation by mathematical formula, Journal of the
       Institute of Actuaries 115, 1-149.
    .. [2] Wald, A., Wolfowitz, J. (1940), On a test whether two samples are from the same population, Annals of
       Mathematical Statistics 11, 147-162.
    .. [3] Stevens, W. L. (1939), Distribution of groups in a sequence of alternatives, Annals of Eugenics 9, 10-17.

    Examples
    --------
    >>> found = fit_tests([12, 15, 9, 22, 30], [10.0, 13.0, 12.0, 20.0, 33.0], parameters=2)
    >>> found.p_value.round(3).values.tolist()
    [0.587, 1.0, 0.9, 0.866, 0.9, 1.0]
    """
    if not least > 0:
        raise BadInput(f"least must be above 0, such as 5 deaths, but it is {least!r}.")
    dims = ("year", "age") if not isinstance(deaths, xr.DataArray) and np.ndim(deaths) == 2 else ("age",)
    died, awaited = (labelled(a, n, dims, coords, least=0.0) for a, n in ((deaths, "deaths"), (expected, "expected")))
    if set(died.dims) != set(awaited.dims):
        raise BadDimensions("deaths and expected deaths must have the same dims and labels.")
    awaited = awaited.transpose(*died.dims)
    for dim in died.dims:
        if not np.array_equal(died[dim].values, awaited[dim].values):
            raise BadDimensions(f"deaths and expected deaths have other labels of {dim}; give both by the same.")
    refuse(died, (died.values > 0) & (awaited.values == 0), "deaths must be expected")
    if not died.size:
        raise BadInput("deaths: there are no cells.")
    spent = _spent(parameters, died)
    shape, others = died.shape[:-1], died.dims[:-1]
    answers = np.empty((*shape, len(TESTS), 2))
    counts = np.empty((*shape, 2))
    for place in np.ndindex(*shape):
        z = _joined(died.values[place], awaited.values[place], least)
        counts[place] = z.size, z.size - spent.values[place].sum()
        whole = _cumulative(float(died.values[place].sum()), float(awaited.values[place].sum()))
        answers[place] = _chi_square(z, counts[place][1]), _signs(z), _runs(z), _serial(z), _groups(z), whole
    by_test = {"test": list(TESTS)}
    result = xr.Dataset(
        {
            "statistic": ((*others, "test"), answers[..., 0]),
            "p_value": ((*others, "test"), answers[..., 1]),
            "cells": (others, counts[..., 0]),
            "degrees": (others, counts[..., 1]),
            "residual": (died - awaited) / np.sqrt(awaited.where(awaited > 0)),
        },
        coords=by_test,
    )
    return described(result, WORDS)


def _spent(parameters: Any, died: xr.DataArray) -> xr.DataArray:
    """Parameters or degrees of freedom of each cell; a number is that of all ages together."""
    if np.ndim(parameters) == 0 and not 0.0 <= float(parameters) < np.inf:
        raise BadInput(f"parameters must be a number of at least 0, but it is {parameters!r}.")
    if np.ndim(parameters) == 0:
        return died.copy(data=np.full(died.shape, float(parameters) / died.sizes["age"]))
    dims = [str(dim) for dim in died.dims]
    return labelled(parameters, "parameters", dims, {dim: died[dim].values for dim in dims}, least=0.0).transpose(*dims)


def _joined(deaths: np.ndarray, expected: np.ndarray, least: float) -> np.ndarray:
    """Standardised residuals of groups of ages; what is left at the end joins the last group."""
    if not expected.sum() > 0:
        return np.empty(0)
    groups, first, total = [], 0, 0.0
    for age, number in enumerate(expected):
        total += number
        if total >= least:
            groups.append((first, age + 1))
            first, total = age + 1, 0.0
    if not groups:
        groups = [(0, expected.size)]
    groups[-1] = (groups[-1][0], expected.size)
    sums = np.array([[deaths[a:b].sum(), expected[a:b].sum()] for a, b in groups])
    return np.asarray((sums[:, 0] - sums[:, 1]) / np.sqrt(sums[:, 1]))


def _chi_square(z: np.ndarray, degrees: float) -> tuple[float, float]:
    from scipy.special import gammaincc

    total = float((z**2).sum())
    return total, float(gammaincc(degrees / 2.0, total / 2.0)) if degrees > 0 else np.nan


def _signs(z: np.ndarray) -> tuple[float, float]:
    from scipy.special import bdtr

    above, count = int((z > 0).sum()), int((z != 0).sum())
    if not count:
        return float(above), np.nan
    least = min(above, count - above)
    return float(above), float(min(1.0, 2.0 * bdtr(least, count, 0.5)))


def _runs(z: np.ndarray) -> tuple[float, float]:
    from math import comb

    signs = z[z != 0] > 0
    n, m = int(signs.sum()), int((~signs).sum())
    runs = int((signs[1:] != signs[:-1]).sum()) + 1 if signs.size else 0
    if not n or not m:
        return float(runs), np.nan
    ways = 0
    for number in range(2, runs + 1):
        k = number // 2
        if number % 2 == 0:
            ways += 2 * comb(n - 1, k - 1) * comb(m - 1, k - 1)
        else:
            ways += comb(n - 1, k) * comb(m - 1, k - 1) + comb(n - 1, k - 1) * comb(m - 1, k)
    return float(runs), float(min(1.0, ways / comb(n + m, n)))


def _serial(z: np.ndarray) -> tuple[float, float]:
    from scipy.special import ndtr

    apart = z - z.sum() / max(z.size, 1)
    if z.size < 3 or not (apart**2).sum() > 0:
        return np.nan, np.nan
    correlation = float((apart[1:] * apart[:-1]).sum() / (z.size - 1) / ((apart**2).sum() / z.size))
    return correlation, float(ndtr(-correlation * np.sqrt(z.size)))


def _groups(z: np.ndarray) -> tuple[float, float]:
    from math import comb

    signs = z[z != 0] > 0
    n, m = int(signs.sum()), int((~signs).sum())
    groups = int((signs & np.append(True, ~signs[:-1])).sum())
    if not n or not m:
        return float(groups), np.nan
    ways = sum(comb(n - 1, number - 1) * comb(m + 1, number) for number in range(1, groups + 1))
    return float(groups), float(ways / comb(n + m, n))


def _cumulative(deaths: float, expected: float) -> tuple[float, float]:
    from scipy.special import ndtr

    if not expected > 0:
        return np.nan, np.nan
    deviation = (deaths - expected) / np.sqrt(expected)
    return float(deviation), float(2.0 * ndtr(-abs(deviation)))
