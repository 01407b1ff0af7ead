"""Graduation: smooth rates from deaths and exposures, along ages or along ages and years, and beyond the data."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import described, refuse
from actuarial.demography.rates.credibility import limited_fluctuation
from actuarial.demography.rates.crude import deaths_and_exposure
from actuarial.demography.rates.penalised import Poisson
from actuarial.demography.rates.smoothed_cells import QUALITY, each, extended, orders_of, quantile, smoothing_of
from actuarial.demography.rates.smoother import Smoothed, enough, smooth

RATES = {
    "rate": ("1/year", "Graduated central death rate"),
    "lower": ("1/year", "Lower limit of the graduated rate"),
    "upper": ("1/year", "Upper limit of the graduated rate"),
    "standard_error": ("1", "Standard error of the logarithm of the rate"),
    "crude": ("1/year", "Crude central death rate"),
    "deaths": ("persons", "Deaths"),
    "exposure": ("person-years", "Central exposed to risk"),
    "fitted_deaths": ("persons", "Deaths by the graduated rates"),
    "edf": ("1", "Effective degrees of freedom of the cell"),
    "credibility": ("1", "Limited fluctuation credibility of all deaths"),
}

HIGHEST = 700.0


@kind.takes(
    deaths=kind.numbers, exposure=kind.numbers, ages=kind.optional(kind.ages), years=kind.optional(kind.ages),
    extend_ages=kind.optional(kind.pair), extend_years=kind.optional(kind.pair), level=kind.number,
)
def graduate(
    deaths: Any,
    exposure: Any,
    *,
    order: int | Mapping[str, int] = 2,
    smoothing: float | Mapping[str, float] | str | None = None,
    ages: Sequence[int] | None = None,
    years: Sequence[int] | None = None,
    extend_ages: tuple[int, int] | None = None,
    extend_years: tuple[int, int] | None = None,
    level: float = 0.95,
) -> xr.Dataset:
    """Graduate death rates by Whittaker and Henderson with the likelihood of Poisson numbers.

    Parameters
    ----------
    deaths : array (age), array (year, age) or DataArray of (..., age), persons
        Deaths by age last birthday; other dims than year and age (sex, group, cause) are graduated one by one.
    exposure : like `deaths`, person-years
        Central exposed to risk; 0 where nothing is known. Without the dim cause it is that of each cause.
    order : int, or mapping of "age" and "year" to int
        Order of the differences that are kept small. A mapping without "year" graduates each year by itself.
    smoothing : number, mapping of "age" and "year" to number, "gcv", or None
        How much they are kept small. None: what makes the data most likely (REML). "gcv": the least generalised
        cross-validation.
    ages, years : sequence of int, optional
        Labels of plain arrays.
    extend_ages, extend_years : pair of int, optional
        First and last label of the result, where it goes beyond the data.
    level : float, fraction
        Probability of the credible intervals.

    Returns
    -------
    Dataset over the dims of `deaths`
        `rate`, `lower`, `upper`, `crude` (1/year; `crude` is NaN without exposure), `standard_error` (of the logarithm
        of the rate), `deaths`, `fitted_deaths` (persons), `exposure` (person-years), `edf` (effective degrees of
        freedom of each cell); and over the other dims `smoothing_age`, `smoothing_year`, `deviance`,
        `marginal_likelihood` (logarithm) and `credibility` (of all deaths, see `limited_fluctuation`).

    Raises
    ------
    BadDimensions, OutOfBounds
        Deaths and exposures that do not fit each other, negative or missing numbers, deaths without exposure; limits of
        rates beyond all numbers, where the smoothing is next to none.
    BadInput
        No deaths, deaths in too few cells or too few cells for the order, labels that are not consecutive, ranges that
        do not hold the data, another word for the smoothing, an order or a level that cannot be meant.
    NoSolution
        A smoothing with which the fit does not settle.

    Notes
    -----
    With t the logarithms of the rates, D deaths and E exposures, t maximises::

        sum(D t - E exp(t)) - 1/2 sum over axes of smoothing x sum((difference of the order of t)^2)

    This is the posterior mode under a prior of normal differences with the variance 1/smoothing; near it t is normal
    with the variance inv(W + P), W the fitted deaths, P the penalty matrix, which gives the intervals (they know
    nothing of the uncertainty of the smoothing, nor of deaths that come in clusters). The smoothing maximises the
    marginal likelihood by the method of Laplace. It is looked for between 1e-6 of the mean deaths of a cell, where the
    crude rates are followed, and a limit where the logarithms of the rates are a polynomial of the degree order - 1.

    Beyond the data (outside the box of cells with exposure) the estimate stays as it is, and the differences that the
    penalty asks for carry it on: along ages alone a polynomial of degree order - 1. The intervals widen.

    An open last age is no single age: leave it out.

    References
    ----------
    .. [1] Whittaker, E. T. (1923), On a new method of graduation, Proceedings of the Edinburgh Mathematical Society 41,
       63-75.
    .. [2] Biessy, G. (2023), Revisiting Whittaker-Henderson smoothing, arXiv:2306.06932.
    .. [3] Wood, S. N., Fasiolo, M. (2017), A generalized Fellner-Schall method for smoothing parameter optimization
       with application to Tweedie location, scale and shape models, Biometrics 73, 1071-1081.

    Examples
    --------
    >>> graduated = graduate([2, 1, 4, 3, 8], [900.0, 800.0, 700.0, 600.0, 500.0], ages=range(60, 65))
    >>> graduated.rate.round(4).values.tolist()
    [0.0014, 0.0025, 0.0044, 0.0078, 0.0139]
    """
    died, exposed = deaths_and_exposure(deaths, exposure, {"age": ages, "year": years})
    orders = orders_of(order, died)
    died, exposed = (extended(array, orders, {"age": extend_ages, "year": extend_years}) for array in (died, exposed))

    def one(here: np.ndarray, years: np.ndarray) -> Smoothed:
        enough(here > 0, years > 0, list(orders.values()), free, "deaths")
        return smooth(Poisson, (here, years), list(orders.values()), amount)

    amount = smoothing_of(smoothing, orders)
    free = not isinstance(amount, list)
    found = each(one, (died, exposed), orders)
    z = quantile(level)
    spread = np.sqrt(found.variance)
    top = (found.cells + z * spread).transpose(*died.dims)
    refuse(top, top.values > HIGHEST, "the upper limits of the rates must be numbers", "Give more smoothing.")
    rate = np.exp(found.cells)
    answers = {
        "rate": rate,
        "lower": np.exp(found.cells - z * spread),
        "upper": np.exp(top),
        "standard_error": spread,
        "crude": (died / exposed.where(exposed > 0)),
        "deaths": died,
        "exposure": exposed,
        "fitted_deaths": rate * exposed,
        "edf": found.edf,
    }
    result = xr.Dataset({name: array.transpose(*died.dims) for name, array in answers.items()})
    quality = found.drop_vars(["cells", "variance", "edf"])
    credible = limited_fluctuation(died.sum(list(orders)))
    result = described(result.assign(quality.data_vars).assign(credibility=credible), RATES | QUALITY)
    return result.assign_attrs(level=level, order=str(orders))
