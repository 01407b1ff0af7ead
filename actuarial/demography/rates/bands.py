"""Sums over bands of ages."""

from collections.abc import Sequence
from itertools import pairwise

import xarray as xr

from actuarial.errors import BadInput


def in_bands(array: xr.DataArray, bands: Sequence[int]) -> xr.DataArray:
    """Sums over bands of ages, labelled 20-29, 30-39, ..., 60+.

    Parameters
    ----------
    array : DataArray of (..., age)
        Counts.
    bands : sequence of int, years
        First ages, rising; the last band is open.

    Returns
    -------
    DataArray of (..., age_band)

    Raises
    ------
    BadInput
        First ages that do not rise, numbers without ages, persons below the first band.
    """
    starts = list(bands)
    if not starts or any(later <= earlier for earlier, later in pairwise(starts)):
        raise BadInput(f"bands must be rising first ages, such as [20, 30, 40], but they are {starts}.")
    if "age" not in array.dims:
        raise BadInput("bands: the numbers have no dimension age.")
    below = float(array.sel(age=array["age"] < starts[0]).sum())
    if below:
        raise BadInput(f"bands start at {starts[0]}, but {below:g} persons are younger; begin at a lower age.")
    ends = [start - 1 for start in starts[1:]]
    parts = [array.sel(age=slice(a, b)).sum("age") for a, b in zip(starts, [*ends, None], strict=True)]
    return xr.concat(parts, dim="age_band").assign_coords(age_band=band_names(starts)).transpose(..., "age_band")


def band_names(bands: Sequence[int]) -> list[str]:
    """The labels of bands of ages by their first ages: 20-29, 30-39, ..., 60+."""
    return [f"{a}-{b - 1}" for a, b in pairwise(bands)] + [f"{bands[-1]}+"]
