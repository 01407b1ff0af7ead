"""Mortality of the members of a scheme, tied to that of the population."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import gap_in, labelled, numbers_of, refuse
from actuarial.errors import BadDimensions, BadInput


@kind.takes(base_year=kind.optional(kind.whole), most=kind.number)
def mortality_driven_by(
    rates: Any, reference: xr.DataArray, *, base_year: int | None = None, most: float = 1.0
) -> xr.DataArray:
    """A scheme's table in the years to come, driven by the ratios from year to year of a reference.

    Parameters
    ----------
    rates : array of (age), or DataArray with `age`
        The scheme's probabilities of dying, or its death rates, of the base year.
    reference : DataArray with `year` and `age`
        The same kind of numbers of the population, such as a projection of the United Nations, above 0.
    base_year : int, optional
        Year of `rates`; the first of the reference by default.
    most : float
        The most a result may be: 1 for probabilities; 2 for death rates.

    Returns
    -------
    DataArray by year from the base year on, age and the other dims, in the unit of `rates`
        zeta_{t,x} = r_{t+1,x}/r_{t,x} and q_{t+1,x} = zeta_{t,x} q_{t,x}: the ratio q/r of the base year is kept.

    Raises
    ------
    OutOfBounds
        A reference that is not above 0, or a result above `most`.
    BadInput, BadDimensions
        A base year without reference, other labels.

    Notes
    -----
    Valuations of the Instituto Ecuatoriano de Seguridad Social carry its tables forward so, with the improvement that
    the United Nations project.

    Examples
    --------
    >>> un = xr.DataArray(
    ...     [[0.010, 0.02], [0.009, 0.02], [0.0081, 0.01]],
    ...     dims=("year", "age"),
    ...     coords={"year": [2024, 2025, 2026], "age": [60, 61]},
    ... )
    >>> scheme = xr.DataArray([0.008, 0.01], dims="age", coords={"age": [60, 61]})
    >>> mortality_driven_by(scheme, un).round(5).values.tolist()
    [[0.008, 0.01], [0.0072, 0.01], [0.00648, 0.005]]
    """
    path = _from_base(reference, base_year)
    if "year" not in path.dims:
        raise BadDimensions("reference needs the dims year, age: its changes from year to year drive the rates.")
    start = _matched(rates, path)
    found = start * (path / path.isel(year=0, drop=True))
    found = found.transpose(*(dim for dim in start.dims if dim not in path.dims), *path.dims)
    refuse(found, found.values > most, f"the scheme's rates must be at most {most:g}")
    return found


@kind.takes(base_year=kind.optional(kind.whole))
def mortality_ratio(rates: Any, reference: xr.DataArray, *, base_year: int | None = None) -> xr.DataArray:
    """Ratio of a scheme's table to that of the population in the base year, by age.

    Parameters
    ----------
    rates, reference, base_year
        As `mortality_driven_by`; the reference may be without `year`.

    Returns
    -------
    DataArray with `age`, dimensionless
        kappa_x = q_x/r_x. Held in all years, kappa r_t is the table of `mortality_driven_by`; of death rates it is the
        `mortality_ratio_insured` of a basis.

    Raises
    ------
    OutOfBounds, BadInput, BadDimensions
        As `mortality_driven_by`.
    """
    path = _from_base(reference, base_year)
    base = path.isel(year=0, drop=True) if "year" in path.dims else path
    ratio = _matched(rates, path) / base
    ratio = ratio.transpose(*(dim for dim in ratio.dims if dim not in base.dims), *base.dims)
    told = {"units": "ratio", "long_name": "Mortality of the scheme over that of the population"}
    return ratio.rename("mortality_ratio").assign_attrs(told)


def _from_base(reference: xr.DataArray, base_year: int | None) -> xr.DataArray:
    path = labelled(reference, "reference", ("age",))
    refuse(path, path.values <= 0, "the reference must be above 0", "Graduate it first, or leave these ages out.")
    if "year" not in path.dims:
        return path
    years = path["year"].values if "year" in path.coords else np.arange(path.sizes["year"])
    first = years[0] if base_year is None else base_year
    if first not in years or gap_in(years):
        raise BadInput(
            f"reference: its years, {years[0]} to {years[-1]}, must follow each other and have {first}{gap_in(years)}."
        )
    return path.assign_coords(year=years).sel(year=slice(first, None))


def _matched(rates: Any, path: xr.DataArray) -> xr.DataArray:
    plain = rates if isinstance(rates, xr.DataArray) else numbers_of(rates, "rates")
    coords = {"age": path["age"].values} if plain.shape == path["age"].shape else None
    start = labelled(rates, "rates", ("age",), coords, least=0.0)
    if "year" in start.dims:
        raise BadDimensions("rates: those of the base year alone, without the dim year.")
    try:
        return xr.align(start, path.isel(year=0, drop=True) if "year" in path.dims else path, join="exact")[0]
    except ValueError as error:
        raise BadDimensions(f"rates: they must have the labels of the reference: {error}") from error
