"""Actual over expected numbers of an experience analysis, with the limits of a Poisson count."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography.rates.bands import in_bands
from actuarial.demography.rates.crude import poisson_limits
from actuarial.errors import BadInput
from actuarial.vocabulary import annotate


def experience(
    actual: xr.DataArray, expected: xr.DataArray, *, bands: Sequence[int] | None = None, level: float = 0.95
) -> xr.Dataset:
    """Compare what happened with what was expected: deaths, exits, new invalids, retirements, new awards.

    Parameters
    ----------
    actual : DataArray, persons
        Whole numbers by any of decrement, year, group, sex, age, benefit.
    expected : DataArray, persons
        Flows of the earlier projection on the same labels (dims that `actual` lacks are summed).
    bands : sequence of int, years, optional
        First ages of age bands, rising; the last band is open. By single ages where absent.
    level : float, fraction
        Probability of the confidence interval.

    Returns
    -------
    Dataset
        `actual_number`, `expected_number` (persons), `actual_to_expected` and its limits `actual_to_expected_lower`,
        `actual_to_expected_upper` (ratios; NaN where nothing is expected), by the dims of `actual`, with `age_band`
        instead of `age` if bands are given.

    Raises
    ------
    BadInput
        Numbers that are no counts, other labels, a dim that was not expected, bands that leave persons out, a level
        outside 0 to 1.

    Notes
    -----
    If the number A is Poisson, its mean lies with the probability 1 - a between chi2(a/2; 2A)/2 and
    chi2(1 - a/2; 2A + 2)/2, with chi2(q; k) the quantiles of the chi-squared distribution of k degrees of freedom [1]_
    (0 below if A = 0); the limits of the ratio are these over the expected number. A ratio of 1 outside them says that
    the assumption did not hold.

    References
    ----------
    .. [1] Garwood, F. (1936), Fiducial limits for the Poisson distribution, Biometrika 28, 437-442.

    Examples
    --------
    >>> ages = {"age": [60, 61]}
    >>> rows = experience(xr.DataArray([4, 6], ages), xr.DataArray([5.0, 5.0], ages), bands=[60])
    >>> [round(float(rows[name][0]), 3) for name in ("actual_to_expected_lower", "actual_to_expected_upper")]
    [0.48, 1.839]
    """
    for name, array in (("actual", actual), ("expected", expected)):
        if not isinstance(array, xr.DataArray):
            raise BadInput(f"{name} must be a DataArray of persons, but it is {type(array).__name__}.")
    if not 0.0 < level < 1.0:
        raise BadInput(f"level must lie between 0 and 1, such as 0.95, but it is {level!r}.")
    _check_counts(actual)
    counted = actual.astype("float64").drop_attrs()
    awaited = _on_labels(expected, counted)
    if bands is not None:
        counted, awaited = (in_bands(array, bands) for array in (counted, awaited))
    lower, upper = poisson_limits(counted.values, level)
    base = awaited.where(awaited > 0)
    found = {
        "actual_number": counted,
        "expected_number": awaited,
        "actual_to_expected": counted / base,
        "actual_to_expected_lower": counted.copy(data=lower) / base,
        "actual_to_expected_upper": counted.copy(data=upper) / base,
    }
    return annotate(xr.Dataset(found)).assign_attrs(level=level)


def _check_counts(actual: Any) -> None:
    values = np.asarray(actual.values, dtype=float)
    bad = ~(values >= 0) | (values != np.floor(values))
    if bad.any():
        raise BadInput(
            f"actual: numbers of persons are whole and not negative, but {int(bad.sum())} of {bad.size} are not, the "
            f"first is {float(values[bad].flat[0])!r}.\n  Give counts of events; leave out what is not known."
        )


def _on_labels(expected: xr.DataArray, actual: xr.DataArray) -> xr.DataArray:
    """Expected numbers on the labels of the actual ones; dims that these lack are summed."""
    lacking = [str(dim) for dim in actual.dims if dim not in expected.dims]
    if lacking:
        raise BadInput(f"expected has no dimension {', '.join(lacking)}: sum the actual numbers over it.")
    summed = expected.drop_attrs().sum([dim for dim in expected.dims if dim not in actual.dims])
    for dim in actual.dims:
        absent = [label for label in actual[dim].values.tolist() if label not in summed[dim].values]
        if absent:
            raise BadInput(f"expected: {len(absent)} labels of {dim} are missing, the first is {absent[0]!r}.")
        summed = summed.sel({dim: actual[dim].values})
    awaited = summed.transpose(*actual.dims)
    if bool((~(awaited >= 0)).any()):
        raise BadInput("expected: numbers of persons must not be negative or NaN.")
    return awaited
