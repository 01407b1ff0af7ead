"""Capital values of pensions: annuities from tables by year and age, along cohorts."""

import numpy as np
import xarray as xr

from actuarial.bridge import exact_labels
from actuarial.errors import BadInput
from actuarial.valuation.series import is_number, span


def annuity_value(continuance, interest, *, indexation=0.0, indexation_time=0.0):
    """Value on 31 December of a pension of one unit a year that is in payment then, by year and age.

    Parameters
    ----------
    continuance : DataArray by (scenario,) year, (sex, ...) age
        Probability that who is aged x on 31 December before the year is paid on 31 December of it; the last age is
        open. After the last year its probabilities, interest and indexation stay.
    interest : DataArray by (scenario,) year, or number, 1/year
    indexation : DataArray by (scenario,) year, or number, 1/year
        Adjustment of pensions in payment.
    indexation_time : float
        Fraction of the year before the adjustment.

    Returns
    -------
    DataArray, years
        The dims of the inputs; `year` begins with the year before the first one: its 31 December is the valuation date.

    Raises
    ------
    BadInput
        Probabilities outside 0..1, interest of -1 or below, an open age at which the value is infinite.

    Notes
    -----
    Payments of a year are the mean of the pensions at its two ends, h the fraction before the adjustment j. Rates are
    those of year t + 1:

        a_{t,x} = v^(1/2) [ 1 + (1 - 2h) j + (1 + j) p_x ] / 2 + v (1 + j) p_x a_{t+1,x+1}

    Without indexation this is the sum over k of v^(k-1/2) (k-1 p_x + k p_x) / 2.

    Examples
    --------
    >>> table = xr.DataArray([[1.0, 1.0, 0.0]], dims=("year", "age"), coords={"year": [2025], "age": [60, 61, 62]})
    >>> annuity_value(table, 0.0).sel(year=2024).values.tolist()
    [2.5, 1.5, 0.5]
    """
    if not isinstance(continuance, xr.DataArray):
        raise BadInput(f"continuance must be a DataArray by year and age, but it is {type(continuance).__name__}.")
    if not (is_number(indexation_time) and 0 <= indexation_time <= 1):
        raise BadInput(f"indexation_time must be a fraction of the year, 0 to 1, but it is {indexation_time!r}.")
    for dim in ("year", "age"):
        if dim not in continuance.dims:
            has = ", ".join(map(str, continuance.dims))
            raise BadInput(f"continuance must have the dimension {dim}, but it has {has}.")
    rates = _same_years("interest", interest, continuance), _same_years("indexation", indexation, continuance)
    chance, rate, growth = xr.broadcast(continuance.astype("float64"), *rates)
    order = [*(dim for dim in chance.dims if dim not in ("year", "age")), "year", "age"]
    p, i, j = (array.transpose(*order).values for array in (chance, rate, growth))
    _meaningful(p, i, j)
    paid = (1 + i) ** -0.5 * payments_of_year(p, j, indexation_time)
    values = backwards(paid, (1 + j) * p / (1 + i))
    years = np.concatenate([[chance["year"].values[0] - 1], chance["year"].values])
    coords = {dim: chance[dim] for dim in order if dim != "year" and dim in chance.coords}
    return xr.DataArray(values, dims=order, coords={**coords, "year": years}, name="annuity_value").transpose(
        *chance.dims
    )


def capital_value(awards, annuity, interest):
    """Value at mid-year of the pensions awarded in a year.

    Parameters
    ----------
    awards : DataArray by (scenario,) year, (sex, ...) age, currency/year
        Yearly amount of the pensions awarded in the year that are in payment on its 31 December, by the age then. They
        are paid for half of the year.
    annuity : DataArray of `annuity_value`
    interest : DataArray by (scenario,) year, or number, 1/year

    Returns
    -------
    DataArray, currency/year
        K_t by (scenario,) year, summed over age and sex; other dims (group, benefit) stay.

    Raises
    ------
    BadInput
        Awards, annuity values and interest of different years.

    Notes
    -----
    K_t = sum over ages of B_{t,x} [ 1/2 + (1 + i_t)^(-1/2) a_{t,x} ]

    Examples
    --------
    >>> table = xr.DataArray([[1.0, 0.0]], dims=("year", "age"), coords={"year": [2025], "age": [60, 61]})
    >>> awards = xr.DataArray([[10.0, 0.0]], dims=("year", "age"), coords={"year": [2025], "age": [60, 61]})
    >>> capital_value(awards, annuity_value(table, 0.0), 0.0).values.tolist()
    [20.0]
    """
    _check_awards(awards, annuity)
    later = _same_years("annuity", annuity.isel(year=slice(1, None)), awards)
    half = (1 + _same_years("interest", interest, awards)) ** -0.5
    with exact_labels():
        total = (awards * (0.5 + half * later)).sum([dim for dim in ("sex", "age") if dim in awards.dims])
    return total.transpose(*(dim for dim in ("scenario", "year") if dim in total.dims), ...).rename("capital_value")


def _check_awards(awards, annuity):
    """BadInput where awards are no numbers by year and age, or those of other ages than the annuity values."""
    for name, array in (("awards", awards), ("annuity", annuity)):
        if not isinstance(array, xr.DataArray) or not {"year", "age"} <= set(array.dims):
            raise BadInput(f"{name} must be a DataArray by year and age, but it is {type(array).__name__}.")
    bad = ~np.isfinite(awards.values)
    if bad.any():
        raise BadInput(f"awards must be finite numbers; {int(bad.sum())} of {bad.size} cells are not.")
    if not np.array_equal(awards["age"].values, annuity["age"].values):
        raise BadInput("awards and annuity have other ages: select the same ones.")


def _same_years(name, value, other):
    """The value as an array, whose years, if it has any, are those of another."""
    array = value if isinstance(value, xr.DataArray) else xr.DataArray(value)
    if not np.issubdtype(array.dtype, np.number):
        raise BadInput(f"{name} must be numbers, but it is {value!r}.")
    if "year" in array.dims and not np.array_equal(array["year"].values, other["year"].values):
        raise BadInput(
            f"{name} runs over {span(array['year'].values)}, but {span(other['year'].values)} is needed: select the "
            "same years."
        )
    return array


def _meaningful(p, i, j):
    bad = ~((p >= 0) & (p <= 1))
    if bad.any():
        raise BadInput(f"continuance must lie between 0 and 1; {int(bad.sum())} of {bad.size} cells do not.")
    if not (np.all(i > -1) and np.all(j > -1)):
        raise BadInput("interest and indexation must lie above -1 (fractions per year).")


def payments_of_year(continuance, indexation, indexation_time):
    """Mean payment of a year on a pension of one unit at its start: the mean of the pensions at its two ends."""
    return (1 + (1 - 2 * indexation_time) * indexation + (1 + indexation) * continuance) / 2


def backwards(paid, carried):
    """Values along cohorts, the year before the first included; arrays are (..., year, age at its start)."""
    if np.any(carried[..., -1, -1] >= 1):
        raise BadInput(
            "The value at the open age is infinite: continuance and indexation of the last year outweigh its interest."
        )
    *outer, years, ages = paid.shape
    values = np.empty((*outer, years + 1, ages))
    values[..., -1, -1] = paid[..., -1, -1] / (1 - carried[..., -1, -1])
    for x in range(ages - 2, -1, -1):
        values[..., -1, x] = paid[..., -1, x] + carried[..., -1, x] * values[..., -1, x + 1]
    for t in range(years - 1, -1, -1):
        older = np.concatenate([values[..., t + 1, 1:], values[..., t + 1, -1:]], axis=-1)
        values[..., t, :] = paid[..., t, :] + carried[..., t, :] * older
    return values
