"""Deaths of a scheme over those of a standard table, and how far that ratio may be believed."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import described, labelled, refuse
from actuarial.demography.rates.bands import band_names, in_bands
from actuarial.demography.rates.credibility import limited_fluctuation
from actuarial.demography.rates.crude import deaths_and_exposure, poisson_limits
from actuarial.errors import BadInput

WORDS = {
    "deaths": ("persons", "Deaths"),
    "expected": ("persons", "Deaths expected by the standard"),
    "ratio": ("1", "Actual over expected deaths"),
    "lower": ("1", "Lower limit of the ratio"),
    "upper": ("1", "Upper limit of the ratio"),
    "credibility": ("1", "Limited fluctuation credibility"),
    "credible_ratio": ("1", "Ratio weighted by its credibility with 1"),
    "mx": ("1/year", "Central death rate: the standard times the credible ratio"),
}


@kind.takes(
    deaths=kind.numbers, exposure=kind.numbers, standard=kind.numbers, by=kind.words, bands=kind.optional(kind.ages),
    level=kind.number, probability=kind.number, closeness=kind.number, coords=kind.optional(kind.label_table),
)
def actual_to_expected(
    deaths: Any,
    exposure: Any,
    standard: Any,
    *,
    by: Sequence[str] = (),
    bands: Sequence[int] | None = None,
    level: float = 0.95,
    probability: float = 0.90,
    closeness: float = 0.05,
    coords: Any = None,
) -> xr.Dataset:
    """Compare the deaths of a scheme with a standard table, and make a table of the scheme.

    Parameters
    ----------
    deaths : array (age), array (year, age) or DataArray, persons
    exposure : like `deaths`, person-years
        Central exposed to risk.
    standard : array (age) or DataArray of age and perhaps other dims of `deaths`, 1/year
        Central death rates; further labels (such as younger ages) are allowed.
    by : sequence of str
        Dims that have their own ratio, such as ("sex",); all other dims are summed.
    bands : sequence of int, years, optional
        First ages of bands with their own ratio, rising; the last band is open.
    level : float, fraction
        Probability of the confidence interval.
    probability, closeness : float
        What full credibility means, see `full_credibility`.
    coords : mapping of dim to labels, optional
        Labels of plain arrays.

    Returns
    -------
    Dataset
        By the dims of `by`, and `age_band` if bands are given: `deaths`, `expected` (persons), `ratio`, `lower`,
        `upper` (NaN where nothing is expected), `credibility`, `credible_ratio`; over the dims of `standard` and those
        of `by` the rates `mx` (1/year).

    Raises
    ------
    BadDimensions, OutOfBounds
        Deaths and exposures that do not fit each other, negative or missing numbers, deaths where none is expected.
    BadInput
        Labels that the standard lacks, other dims, bands that leave persons out, a level that cannot be meant.

    Notes
    -----
    With A deaths and E = sum of exposure times standard: ratio A/E, limits those of the Poisson number A over E,
    Z = min(1, sqrt(A/A_full)), credible ratio Z A/E + (1 - Z), mx = credible ratio times standard. Ages below the first
    band keep the standard.

    References
    ----------
    .. [1] Longley-Cook, L. H. (1962), An introduction to credibility theory, Proceedings of the Casualty Actuarial
       Society 49, 194-221.
    .. [2] Garwood, F. (1936), Fiducial limits for the Poisson distribution, Biometrika 28, 437-442.

    Examples
    --------
    >>> found = actual_to_expected([40, 60], [1000.0, 1000.0], [0.05, 0.075])
    >>> [round(float(found[name]), 3) for name in ("ratio", "credibility", "credible_ratio")]
    [0.8, 0.304, 0.939]
    """
    died, exposed = deaths_and_exposure(deaths, exposure, coords)
    rates = labelled(standard, "standard", ("age",), coords, least=0.0)
    if "cause" in died.dims and "cause" not in rates.dims:
        raise BadInput("standard has no dim cause: sum the deaths over the causes, or give a standard by cause.")
    expected = (exposed * _on_labels(rates, died)).transpose(*died.dims)
    refuse(died, (died.values > 0) & (expected.values == 0), "deaths must be expected", "The standard has the rate 0.")
    kept = [by] if isinstance(by, str) else list(by)
    absent = [dim for dim in kept if dim not in died.dims or dim == "age"]
    if absent:
        raise BadInput(f"by: the deaths have no dims {', '.join(absent)} of their own; bands make ratios by age.")
    summed = [dim for dim in died.dims if dim not in kept and dim != "age"]
    counts = [array.sum(summed) for array in (died, expected)]
    number, awaited = (array.sum("age") if bands is None else in_bands(array, bands) for array in counts)
    found = _ratios(number, awaited, level, limited_fluctuation(number, probability, closeness))
    ratio = found["credible_ratio"]
    if bands is not None:
        ratio = _by_age(ratio, rates["age"], bands)
    return described(found.assign(mx=(rates * ratio).transpose(..., "age")), WORDS).assign_attrs(level=level)


def _ratios(number: xr.DataArray, awaited: xr.DataArray, level: float, credibility: xr.DataArray) -> xr.Dataset:
    lower, upper = poisson_limits(number.values, level)
    base = awaited.where(awaited > 0)
    ratio = number / base
    return xr.Dataset(
        {
            "deaths": number,
            "expected": awaited,
            "ratio": ratio,
            "lower": number.copy(data=lower) / base,
            "upper": number.copy(data=upper) / base,
            "credibility": credibility,
            "credible_ratio": credibility * ratio.fillna(1.0) + (1.0 - credibility),
        }
    )


def _on_labels(rates: xr.DataArray, died: xr.DataArray) -> xr.DataArray:
    """The standard on the labels of the deaths."""
    for dim in rates.dims:
        if dim not in died.dims:
            raise BadInput(f"standard has the dim {dim}, which the deaths have not: choose one of its tables.")
        absent = [label for label in died[dim].values.tolist() if label not in rates[dim].values]
        if absent:
            raise BadInput(f"standard: {len(absent)} labels of {dim} are missing, the first is {absent[0]!r}.")
        rates = rates.sel({dim: died[dim].values})
    return rates


def _by_age(ratio: xr.DataArray, ages: xr.DataArray, bands: Sequence[int]) -> xr.DataArray:
    """The ratio of the band of each age, 1 below the first band."""
    place = np.searchsorted(np.asarray(bands), ages.values, side="right")
    names = ["", *band_names(bands)]
    younger = xr.ones_like(ratio.isel(age_band=[0])).assign_coords(age_band=[""])
    every = xr.concat([younger, ratio], dim="age_band").sel(age_band=[names[k] for k in place])
    return every.rename(age_band="age").assign_coords(age=ages.values)
