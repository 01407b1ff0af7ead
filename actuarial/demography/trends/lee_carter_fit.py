"""The model of Lee and Carter: log death rates of all ages move with one index of time."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import refuse
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
from actuarial.demography.trends.e0_search import first_age_of, life_expectancy, solve_k
from actuarial.errors import BadInput, OutOfBounds

METHODS = {"poisson": glm.POISSON, "binomial": glm.BINOMIAL, "svd": glm.POISSON}
ADJUSTMENTS = (None, "deaths", "e0")


@kind.takes(
    deaths=kind.numbers, exposure=kind.numbers, method=kind.word, ages=kind.optional(kind.ages),
    years=kind.optional(kind.ages), weights=kind.optional(kind.numbers), adjust_kappa=kind.optional(kind.word),
)
def lee_carter(
    deaths: Any,
    exposure: Any,
    *,
    method: str = "poisson",
    ages: Sequence[int] | None = None,
    years: Sequence[int] | None = None,
    weights: Any = None,
    clip: int = 0,
    adjust_kappa: str | None = None,
    a0: Any = "andreev_kingkade",
) -> xr.Dataset:
    """Fit ln m = alpha_x + beta_x kappa_t (or logit q) to deaths by year and age.

    Parameters
    ----------
    deaths : array of (year, age), or DataArray with these dims and any others, persons
        Each sex, group ... is fitted on its own.
    exposure : like `deaths`, person-years
        Central exposure.
        Matrices of ages by years, as other programs have them, are to be transposed.
    method : "poisson" (default), "binomial" or "svd"
        Maximum likelihood with deaths Poisson and a log link; binomial on the initial exposure E + D/2 and a logit
        link; or least squares on the log death rates by the singular value decomposition.
    ages, years : labels of plain arrays
    weights : array like `deaths`, of 0 and 1, optional
        0 leaves a cell out, as it is where nobody was exposed; its deaths and exposure may be NaN.
    clip : int
        Leaves out this many of the first and of the last cohorts (year less age), which are seen only a few times.
    adjust_kappa : None, "deaths" or "e0"
        For "svd": the index of each year is moved until all deaths of the year, or its life expectancy, are met.
    a0 : rule or number of years, see `solve_k`
        For `adjust_kappa="e0"`; a rule needs the dim `sex`.

    Returns
    -------
    Dataset
        `alpha`, `beta` (age), `kappa` (year), with sum(beta) = 1 and sum(kappa) = 0; fitted `mx` (year, age), also `qx`
        where the link is logit; `deaths`, `expected_deaths`, `exposure`, `weight`, `residual` (year, age);
        `log_likelihood`, `deviance`, `parameters`, `observations`, and, of maximum likelihood, `aic` and `bic`.
        The attributes are `link` ("log" or "logit") and `method`.

    Raises
    ------
    OutOfBounds
        Deaths without exposure, an age or a year without deaths, and for "svd" any cell without deaths.
    NoSolution
        No maximum of the likelihood was found: how far the search was.
    BadInput, BadDimensions

    Notes
    -----
    Scoring in all parameters at once. AIC = 2 nu - 2 L, BIC = nu ln K - 2 L with nu = 2 A + T - 2 parameters and K
    cells used. The binomial likelihood takes its coefficients of whole numbers of persons; m = q/(1 - q/2). With "svd"
    the likelihood is that of Poisson at the fitted rates and is no maximum.

    References
    ----------
    .. [1] Lee, R. D., Carter, L. R. (1992), Modeling and forecasting U.S. mortality, Journal of the American
       Statistical Association 87(419), 659-671.
    .. [2] Brouhns, N., Denuit, M., Vermunt, J. K. (2002), A Poisson log-bilinear regression approach to the
       construction of projected lifetables, Insurance: Mathematics and Economics 31(3), 373-393.
    .. [3] Villegas, A. M., Kaishev, V. K., Millossovich, P. (2018), StMoMo: An R package for stochastic mortality
       modelling, Journal of Statistical Software 84(3).

    Examples
    --------
    >>> import numpy as np
    >>> kappa, beta = np.array([2.0, 0.5, -0.5, -2.0]), np.array([0.5, 0.3, 0.2])
    >>> mx = np.exp([-5.0, -4.0, -3.0] + np.outer(kappa, beta))
    >>> model = lee_carter(1e6 * mx, np.full(mx.shape, 1e6), years=[2020, 2021, 2022, 2023])
    >>> model.kappa.values.round(6).tolist(), model.beta.values.round(6).tolist()
    ([2.0, 0.5, -0.5, -2.0], [0.5, 0.3, 0.2])
    """
    if method not in METHODS:
        raise BadInput(f"method: {method!r} is not known; write one of {', '.join(METHODS)}.")
    if adjust_kappa not in ADJUSTMENTS or (adjust_kappa and method != "svd"):
        raise BadInput('adjust_kappa: write "deaths" or "e0", and only with method="svd".')
    data = death_data(deaths, exposure, {"age": ages, "year": years}, weights, clip)
    errors, free = METHODS[method], 2 * data.sizes["age"] + data.sizes["year"] - 2
    for dim in ("year", "age"):
        if data.sizes[dim] < 2:
            raise BadInput(f"deaths: the model needs at least two labels of {dim}.")
    refuse_deathless(data, ("year", "age"), errors.link)
    if method != "svd":
        model = each(data, lambda one: fit_summary(one, errors, _by_likelihood(one, errors), free))
        return finished(model, errors.link, method)
    _refuse_svd(data)
    parts = each(data, _by_svd)
    if adjust_kappa:
        parts = _adjusted(parts, data, adjust_kappa, a0)
    model = each(data.merge(parts), lambda one: fit_summary(one, errors, one[["alpha", "beta", "kappa"]], free))
    return finished(model.drop_vars(["aic", "bic"]), errors.link, method)


def _refuse_svd(data: xr.Dataset) -> None:
    if (data["weight"].values == 0).any():
        raise BadInput('weights, clip: method="svd" cannot leave cells out; use "poisson".')
    dead = data["deaths"]
    remedy = 'Graduate the death rates first, or use method="poisson".'
    refuse(dead, dead.values <= 0, 'method="svd" takes logarithms: each cell must have deaths', remedy)


def _parts(data: xr.Dataset, alpha: np.ndarray, beta: np.ndarray, kappa: np.ndarray) -> xr.Dataset:
    axes = {"age": data["age"], "year": data["year"]}
    return xr.Dataset({"alpha": ("age", alpha), "beta": ("age", beta), "kappa": ("year", kappa)}, coords=axes)


def _by_likelihood(data: xr.Dataset, errors: glm.Errors) -> xr.Dataset:
    sample = sample_of(data, errors)
    return _parts(data, *glm.fit_bilinear(sample, start_of(sample), f"lee_carter{named(data)}"))


def start_of(sample: glm.Sample) -> glm.Parts:
    """Rates by age over all years, equal shares of all ages, and an index that meets the deaths of each year."""
    dead, lived = sample.weight * sample.deaths, sample.weight * sample.at_risk
    alpha = np.log(dead.sum(0) / lived.sum(0))
    kappa = len(alpha) * np.log(dead.sum(1) / (lived * np.exp(alpha)).sum(1))
    return alpha, np.full(len(alpha), 1.0 / len(alpha)), kappa


def _by_svd(data: xr.Dataset) -> xr.Dataset:
    log_rates = np.log((data["deaths"] / data["exposure"]).transpose("year", "age").values)
    alpha = log_rates.mean(axis=0)
    left, size, right = np.linalg.svd(log_rates - alpha, full_matrices=False)
    if size[0] <= 1e-12 * max(1.0, float(np.abs(alpha).max())) or abs(right[0].sum()) < 1e-9:
        raise OutOfBounds(f"lee_carter{named(data)}: death rates do not change over the years; there is no index.")
    return _parts(data, *glm.constrained(alpha, right[0], left[:, 0] * size[0]))


def _adjusted(model: xr.Dataset, data: xr.Dataset, to: str, a0: Any) -> xr.Dataset:
    """The model whose index meets the deaths or the life expectancy of each year."""
    dims = [dim for dim in data["deaths"].dims if dim not in ("sex", "age")] + ["sex"] * ("sex" in data.dims)
    wide = (model[name].expand_dims(year=data["year"]).transpose(*dims, "age") for name in ("alpha", "beta"))
    alpha, beta = (one.values for one in wide)
    dead, lived = (data[name].transpose(*dims, "age").values for name in ("deaths", "exposure"))
    kappa = model["kappa"].transpose(*dims)
    if to == "deaths":
        found = _meeting_deaths(alpha, beta, kappa.values, dead.sum(-1), lived)
    else:
        if int(data["age"][0]) != 0:
            raise BadInput('adjust_kappa="e0" needs the ages 0, 1, 2, ... with an open last age.')
        sexes = [str(sex) for sex in data["sex"].values] if "sex" in dims else None
        observed = (dead / lived).reshape(-1, dead.shape[-1]).T
        rows = np.arange(observed.shape[1])
        lived_0 = first_age_of(a0, kappa.shape, sexes)(rows)(observed[0], rows)
        e0 = life_expectancy(observed, lived_0).reshape(kappa.shape)
        found = solve_k(alpha, beta, e0, a0, sexes, start=kappa.values)
    moved = kappa.copy(data=found)
    middle = moved.mean("year")
    return model.assign(alpha=model["alpha"] + model["beta"] * middle, kappa=moved - middle)


def _meeting_deaths(
    alpha: np.ndarray, beta: np.ndarray, kappa: np.ndarray, total: np.ndarray, exposure: np.ndarray
) -> np.ndarray:
    """Newton's method on the logarithm of the deaths of a year."""
    for _ in range(glm.ROUNDS):
        expected = exposure * np.exp(alpha + beta * kappa[..., None])
        whole = expected.sum(-1)
        change = np.log(total / whole) * whole / (beta * expected).sum(-1)
        kappa = kappa + change
        if np.abs(change).max() <= 1e-12 * (1.0 + np.abs(kappa).max()):
            return kappa
    raise OutOfBounds('adjust_kappa="deaths": no index meets the deaths of each year.')
