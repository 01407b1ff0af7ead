"""The model of Cairns, Blake and Dowd: the logit of the probability of dying is a line in age, another each year."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.trends import glm_fit as glm
from actuarial.demography.trends.death_models import (
    death_data,
    each,
    finished,
    fit_summary,
    named,
    refuse_deathless,
    sample_of,
)
from actuarial.errors import BadInput

INDICES = ["level", "slope"]


@kind.takes(
    deaths=kind.numbers, exposure=kind.numbers, ages=kind.optional(kind.ages), years=kind.optional(kind.ages),
    weights=kind.optional(kind.numbers),
)
def cairns_blake_dowd(
    deaths: Any,
    exposure: Any,
    *,
    ages: Sequence[int] | None = None,
    years: Sequence[int] | None = None,
    weights: Any = None,
    clip: int = 0,
) -> xr.Dataset:
    """Fit logit q = kappa_1 + (x - mean age) kappa_2 to deaths of older ages by year and age.

    Parameters
    ----------
    deaths : array of (year, age), or DataArray with these dims and any others, persons
    exposure : like `deaths`, person-years
        Central exposure; the binomial is on the initial exposure E + D/2.
        Matrices of ages by years, as other programs have them, are to be transposed.
    ages, years : labels of plain arrays
    weights : array like `deaths`, of 0 and 1, optional
        0 leaves a cell out, as it is where nobody was exposed; its deaths and exposure may be NaN.
    clip : int
        Leaves out this many of the first and of the last cohorts (year less age).

    Returns
    -------
    Dataset
        `kappa` (year, index: "level", "slope"), `beta` (index, age) = 1 and x - mean age; and what `lee_carter` gives
        for the binomial.

    Raises
    ------
    OutOfBounds
        Deaths without exposure, a year without deaths.
    NoSolution
        A year has no maximum of the likelihood.
    BadInput, BadDimensions

    Notes
    -----
    A generalised linear model for each year; 2 T parameters.

    References
    ----------
    .. [1] Cairns, A. J. G., Blake, D., Dowd, K. (2006), A two-factor model for stochastic mortality with parameter
       uncertainty: theory and calibration, Journal of Risk and Insurance 73(4), 687-718.
    .. [2] Villegas, A. M., Kaishev, V. K., Millossovich, P. (2018), StMoMo: An R package for stochastic mortality
       modelling, Journal of Statistical Software 84(3).

    Examples
    --------
    >>> import numpy as np
    >>> q = 1 / (1 + np.exp(-np.array([[-3.1, -3.0, -2.9], [-3.3, -3.2, -3.1]])))
    >>> model = cairns_blake_dowd(1e6 * q, 1e6 * (1 - q / 2), ages=[70, 71, 72], years=[2020, 2021])
    >>> model.kappa.round(6).values.tolist()
    [[-3.0, 0.1], [-3.2, 0.1]]
    """
    data = death_data(deaths, exposure, {"age": ages, "year": years}, weights, clip)
    if data.sizes["age"] < 2:
        raise BadInput("deaths: the model needs at least two labels of age.")
    refuse_deathless(data, ("year",), glm.BINOMIAL.link)
    age = data["age"].values
    design = np.stack([np.ones(age.size), age - age.mean()])
    beta = xr.DataArray(design, dims=("index", "age"), coords={"index": INDICES, "age": age})

    def fit(one: xr.Dataset) -> xr.Dataset:
        kappa = glm.fit_linear(sample_of(one, glm.BINOMIAL), design, f"cairns_blake_dowd{named(one)}")
        parts = xr.Dataset({"kappa": (("index", "year"), kappa), "beta": beta}, coords={"year": one["year"]})
        return fit_summary(one, glm.BINOMIAL, parts, kappa.size)

    model = each(data, fit)
    return finished(model.assign(beta=beta), glm.BINOMIAL.link, "binomial")
