"""Central exposed to risk from counts: populations at one, two or more dates."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import gap_in, labelled, refuse
from actuarial.errors import BadInput

DIMS = ("year", "age")


@kind.takes(
    stocks=kind.numbers, at=kind.word, lower_deaths=kind.optional(kind.numbers),
    upper_deaths=kind.optional(kind.numbers), coords=kind.optional(kind.label_table),
)
def exposure_from_stocks(
    stocks: Any, *, at: str = "start", lower_deaths: Any = None, upper_deaths: Any = None, coords: Any = None
) -> xr.DataArray:
    """Person-years lived in calendar years, by age last birthday, from yearly stocks (the census method).

    Parameters
    ----------
    stocks : array (year, age) or DataArray of (..., year, ..., age), persons
        Population by age last birthday, of consecutive years.
    at : "start", "mid" or "end"
        Date of the stocks in the year that labels them: 1 January, 1 July, 31 December.
    lower_deaths, upper_deaths : like `stocks`, persons, optional
        Deaths of the year by age last birthday, of those who reached that age in the year (lower triangle of Lexis),
        and of those who had reached it before (upper triangle). Years that the stocks do not frame are not used. Both
        or neither; not with "mid".
    coords : mapping of dim to labels, optional
        Labels of plain arrays.

    Returns
    -------
    DataArray over the dims of `stocks`, person-years
        For the years between two stocks, that is all but the last ("start") or the first ("end"); all years with "mid".

    Raises
    ------
    BadDimensions, OutOfBounds
        Other dims, negative numbers or NaN, an exposure below 0.
    BadInput
        Another date, years that are not consecutive, a single stock, deaths that cannot be used.

    Notes
    -----
    With P the stocks at the start and P' at the end of the year E = (P + P')/2 + (D_lower - D_upper)/6; without deaths
    the second term is left out. The halves count those of the lower triangle a sixth of a year too little for each
    death, those of the upper one a sixth too much, if births and deaths are spread evenly. The stock of 1 July is
    itself the exposure of its year.

    References
    ----------
    .. [1] Wilmoth, J. R. et al. (2007), Methods protocol for the Human Mortality Database, version 5, section 6.
    .. [2] Preston, S. H., Heuveline, P., Guillot, M. (2001), Demography, Blackwell, chapter 1.

    Examples
    --------
    >>> exposure_from_stocks([[100.0, 80.0], [110.0, 84.0]], coords={"year": [2020, 2021]}).values.tolist()
    [[105.0, 82.0]]
    """
    stock = labelled(stocks, "stocks", DIMS, coords, least=0.0)
    years = stock["year"].values
    if gap_in(years):
        raise BadInput(
            f"stocks: the years must be consecutive{gap_in(years)}; for two dates further apart see exposure_between."
        )
    deaths = (lower_deaths, upper_deaths)
    if at == "mid" and all(one is None for one in deaths):
        return _exposure(stock.assign_coords(year=years))
    if at not in ("start", "end"):
        raise BadInput(f'at must be "start", "end", or (without deaths) "mid", but it is {at!r}.')
    if years.size < 2:
        raise BadInput("stocks: a stock at the start and one at the end of the year are needed; there is one.")
    named = years[:-1] if at == "start" else years[1:]
    first, second = (stock.isel(year=part).assign_coords(year=named) for part in (slice(None, -1), slice(1, None)))
    found = (first + second) / 2.0
    if any(one is not None for one in deaths):
        lower, upper = (_deaths(one, name, found, coords) for one, name in zip(deaths, ("lower", "upper"), strict=True))
        found = (found + (lower - upper) / 6.0).transpose(*stock.dims)
        refuse(found, found.values < 0, "the exposure must be at least 0", "Compare the deaths with the stocks.")
    return _exposure(found)


@kind.takes(first=kind.numbers, second=kind.numbers, exponential=kind.truth, coords=kind.optional(kind.label_table))
def exposure_between(
    first: Any, second: Any, years: float, *, exponential: bool = False, coords: Any = None
) -> xr.DataArray:
    """Person-years lived between two dates, such as two censuses.

    Parameters
    ----------
    first, second : array (age) or DataArray of (..., age), persons
        Population by age at the two dates.
    years : float, years
        Time between them.
    exponential : bool
        The population of each age changed at a constant rate, not by a constant number.
    coords : mapping of dim to labels, optional
        Labels of plain arrays.

    Returns
    -------
    DataArray over the dims of `first`, person-years

    Raises
    ------
    BadDimensions, OutOfBounds
        Other dims, negative numbers or NaN, a constant rate from or to nobody.
    BadInput
        A time that is not above 0, other labels.

    Notes
    -----
    t (P + P')/2, or t (P' - P)/ln(P'/P) if exponential.

    References
    ----------
    .. [1] Preston, S. H., Heuveline, P., Guillot, M. (2001), Demography, Blackwell, chapter 1.

    Examples
    --------
    >>> exposure_between([100.0], [121.0], 2.0, exponential=True).round(3).values.tolist()
    [220.333]
    """
    if not isinstance(years, (int, float, np.number)) or not (np.isfinite(years) and years > 0):
        raise BadInput(f"years must be above 0, but it is {years!r}.")
    early, late = (labelled(p, name, ("age",), coords, least=0.0) for p, name in ((first, "first"), (second, "second")))
    early, late = _alike(early, late)
    if not exponential:
        return _exposure(years * (early + late) / 2.0)
    refuse(early, (early.values == 0) != (late.values == 0), "a constant rate of change needs persons at both dates")
    growth = np.log(np.where(late.values > 0, late.values, 1.0) / np.where(early.values > 0, early.values, 1.0))
    small = np.abs(growth) < 1e-6
    rate = np.where(small, 1.0, growth)
    slope = np.where(small, 1.0 + growth / 2.0, np.expm1(rate) / rate)
    return _exposure(years * early * slope)


def _deaths(deaths: Any, name: str, exposure: xr.DataArray, coords: Any) -> xr.DataArray:
    if deaths is None:
        raise BadInput(f"{name}_deaths are missing: give the deaths of both triangles of Lexis, or none.")
    plain = not isinstance(deaths, xr.DataArray)
    if plain and np.shape(deaths) == exposure.shape:
        coords = {dim: exposure[dim].values for dim in DIMS}
    found = labelled(deaths, f"{name}_deaths", DIMS, coords, least=0.0)
    absent = sorted(set(exposure["year"].values.tolist()) - set(found["year"].values.tolist()))
    if absent:
        raise BadInput(f"{name}_deaths: {len(absent)} years are missing, the first is {absent[0]}.")
    return _alike(exposure, found.sel(year=exposure["year"].values))[1]


def _alike(first: xr.DataArray, second: xr.DataArray) -> tuple[xr.DataArray, xr.DataArray]:
    """The two with the same dims and labels, or a refusal."""
    try:
        if set(first.dims) != set(second.dims):
            raise ValueError("other dims")
        xr.align(first, second, join="exact")
    except ValueError as error:
        raise BadInput(f"the populations and deaths must have the same dims and labels ({error}).") from error
    return first, second.transpose(*first.dims)


def _exposure(values: xr.DataArray) -> xr.DataArray:
    return values.rename("exposure").assign_attrs(units="person-years", long_name="Central exposed to risk")
