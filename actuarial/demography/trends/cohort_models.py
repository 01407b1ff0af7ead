"""Models of mortality with effects of the year of birth, beside those of the age and of the year."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import gap_in
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

METHODS = {"poisson": glm.POISSON, "binomial": glm.BINOMIAL}
INDICES = ["level", "slope", "curvature"]


@kind.takes(
    deaths=kind.numbers, exposure=kind.numbers, method=kind.word, ages=kind.optional(kind.ages),
    years=kind.optional(kind.ages), weights=kind.optional(kind.numbers),
)
def age_period_cohort(
    deaths: Any,
    exposure: Any,
    *,
    method: str = "poisson",
    ages: Sequence[int] | None = None,
    years: Sequence[int] | None = None,
    weights: Any = None,
    clip: int = 0,
) -> xr.Dataset:
    """Fit ln m = alpha_x + kappa_t + gamma_(t-x) (or logit q) to deaths by year and age.

    Parameters
    ----------
    deaths : array of (year, age), or DataArray with these dims and any others, persons
        Single years and ages that follow each other. Each sex, group ... is fitted on its own.
    exposure : like `deaths`, person-years
        Central exposure; "binomial" is on the initial exposure E + D/2.
        Matrices of ages by years, as other programs have them, are to be transposed.
    method : "poisson" (default) or "binomial"
        Deaths Poisson and a log link, or binomial and a logit link.
    ages, years : labels of plain arrays
    weights : array like `deaths`, of 0 and 1, optional
        0 leaves a cell out, as it is where nobody was exposed; its deaths and exposure may be NaN.
    clip : int
        Leaves out this many of the first and of the last cohorts (year less age), which are seen only a few times.

    Returns
    -------
    Dataset
        `alpha` (age), `kappa` (year), `gamma` (cohort, the year less the age; NaN where no cell of it is used), `beta`
        (age) = 1; and what `lee_carter` gives. Rates of cells of cohorts that are not seen are NaN.

    Raises
    ------
    OutOfBounds
        Deaths without exposure, an age or a year without deaths.
    NoSolution
        No maximum of the likelihood, such as a cohort without deaths: how far the search was.
    BadInput, BadDimensions

    Notes
    -----
    Levels and linear trends of the three effects are not told by the data: sum(kappa) = 0, and over the cohorts that
    are seen sum(gamma) = 0 and sum(c gamma_c) = 0, a choice by which linear trends are those of ages and years. With A
    ages, T years and C cohorts there are A + T + C - 3 parameters. Newton's method in all at once. Forecasts of the
    model (`mortality_forecast`) do not depend on that choice, for the drifts of years and cohorts take it up.

    References
    ----------
    .. [1] Osmond, C. (1985), Using age, period and cohort models to estimate future mortality rates, International
       Journal of Epidemiology 14(1), 124-129.
    .. [2] Villegas, A. M., Kaishev, V. K., Millossovich, P. (2018), StMoMo: An R package for stochastic mortality
       modelling, Journal of Statistical Software 84(3).

    Examples
    --------
    >>> import numpy as np
    >>> year, age = np.arange(2000, 2012)[:, None], np.arange(60, 66)
    >>> mx = np.exp(-9.0 + 0.08 * age - 0.02 * (year - 2005.5) + 0.1 * np.cos(year - age))
    >>> model = age_period_cohort(1e6 * mx, np.full(mx.shape, 1e6), ages=age, years=year[:, 0])
    >>> bool(np.allclose(model.mx, mx)), abs(round(float(model.gamma.sum()), 9))
    (True, 0.0)
    """
    if method not in METHODS:
        raise BadInput(f"method: {method!r} is not known; write one of {', '.join(METHODS)}.")
    data, errors = _data(deaths, exposure, ages, years, weights, clip), METHODS[method]
    refuse_deathless(data, ("year", "age"), errors.link)

    def fit(one: xr.Dataset) -> xr.Dataset:
        parts, free = fit_age_period_cohort(one, sample_of(one, errors), f"age_period_cohort{named(one)}")
        return fit_summary(one, errors, parts, free)

    return finished(each(data, fit), errors.link, method)


def fit_age_period_cohort(data: xr.Dataset, sample: glm.Sample, words: str) -> tuple[xr.Dataset, int]:
    """Effects of ages, years and cohorts of one sample, which has the labels of the data, and how many are free."""
    count, span = data.sizes["age"], data.sizes["year"]
    by_age = np.broadcast_to(np.eye(count), (span, count, count))
    by_year = np.broadcast_to(np.eye(span)[:, None], (span, count, span))
    level = np.concatenate([np.ones(count), -np.ones(span)])
    design = np.concatenate([by_age, by_year], axis=-1)
    found, gamma, free = _with_cohorts(data, sample, design, 1, (level,), words)
    alpha, kappa = found[:count], found[count:]
    parts = {"alpha": ("age", alpha + kappa.mean()), "kappa": ("year", kappa - kappa.mean()), "gamma": gamma}
    parts |= {"beta": ("age", np.ones(count))}
    return xr.Dataset(parts, {"age": data["age"], "year": data["year"]}), free


@kind.takes(
    deaths=kind.numbers, exposure=kind.numbers, ages=kind.optional(kind.ages), years=kind.optional(kind.ages),
    weights=kind.optional(kind.numbers),
)
def cairns_blake_dowd_cohorts(
    deaths: Any,
    exposure: Any,
    *,
    ages: Sequence[int] | None = None,
    years: Sequence[int] | None = None,
    weights: Any = None,
    clip: int = 0,
) -> xr.Dataset:
    """Fit the model M7: logit q = kappa_1 + z kappa_2 + (z^2 - s^2) kappa_3 + gamma_(t-x), z = x - mean age.

    Parameters
    ----------
    deaths, exposure, ages, years, weights, clip
        As for `age_period_cohort`, of older ages; the binomial is on the initial exposure E + D/2.

    Returns
    -------
    Dataset
        `kappa` (year, index: "level", "slope", "curvature"), `beta` (index, age) = 1, z and z^2 - s^2 with s^2 the
        mean of z^2; `gamma` (cohort) and the rest as for `age_period_cohort`.

    Raises
    ------
    OutOfBounds, NoSolution, BadInput, BadDimensions
        As for `age_period_cohort`; fewer than three ages.

    Notes
    -----
    A quadratic in the year of birth is one in the age whose coefficients change with the year: over the cohorts that
    are seen sum(gamma), sum(c gamma_c) and sum(c^2 gamma_c) are 0. With T years and C cohorts there are 3 T + C - 3
    parameters. Forecasts do depend on the choice of the quadratic, which no drift continues.

    References
    ----------
    .. [1] Cairns, A. J. G., Blake, D., Dowd, K., Coughlan, G. D., Epstein, D., Ong, A., Balevich, I. (2009), A
       quantitative comparison of stochastic mortality models using data from England and Wales and the United States,
       North American Actuarial Journal 13(1), 1-35.
    .. [2] Villegas, A. M., Kaishev, V. K., Millossovich, P. (2018), StMoMo: An R package for stochastic mortality
       modelling, Journal of Statistical Software 84(3).

    Examples
    --------
    >>> import numpy as np
    >>> year, age = np.arange(2000, 2012)[:, None], np.arange(60, 66)
    >>> q = 1 / (1 + np.exp(4.0 - 0.1 * (age - 62.5) + 0.02 * (year - 2000) - 0.1 * np.cos(year - age)))
    >>> model = cairns_blake_dowd_cohorts(1e6 * q, 1e6 * (1 - q / 2), ages=age, years=year[:, 0])
    >>> bool(np.allclose(model.qx, q)), int(model.parameters)
    (True, 50)
    """
    data, errors = _data(deaths, exposure, ages, years, weights, clip), glm.BINOMIAL
    if data.sizes["age"] < 3:
        raise BadInput("deaths: the model needs at least three labels of age.")
    refuse_deathless(data, ("year",), errors.link)
    z = data["age"].values - data["age"].values.mean()
    curves = np.stack([np.ones(z.size), z, z**2 - (z**2).mean()])
    beta = xr.DataArray(curves, dims=("index", "age"), coords={"index": INDICES, "age": data["age"].values})

    def fit(one: xr.Dataset) -> xr.Dataset:
        words = f"cairns_blake_dowd_cohorts{named(one)}"
        parts, free = fit_curves_and_cohorts(one, beta, sample_of(one, errors), words)
        return fit_summary(one, errors, parts, free)

    return finished(each(data, fit).assign(beta=beta), errors.link, "binomial")


def fit_curves_and_cohorts(
    data: xr.Dataset, beta: xr.DataArray, sample: glm.Sample, words: str
) -> tuple[xr.Dataset, int]:
    """Indices of given curves (index, age), and effects of cohorts, of one sample, and how many are free."""
    span, curves = data.sizes["year"], beta.transpose("age", "index").values
    design = (np.eye(span)[:, None, None] * curves[None, :, :, None]).reshape(span, len(curves), -1)
    found, gamma, free = _with_cohorts(data, sample, design, 2, (), words)
    parts = {"kappa": (("index", "year"), found.reshape(-1, span)), "gamma": gamma, "beta": beta}
    return xr.Dataset(parts, {"year": data["year"]}), free


def _data(deaths: Any, exposure: Any, ages: Any, years: Any, weights: Any, clip: int) -> xr.Dataset:
    data = death_data(deaths, exposure, {"age": ages, "year": years}, weights, clip)
    for dim in ("year", "age"):
        gap = gap_in(data[dim].values)
        if data.sizes[dim] < 2 or gap:
            raise BadInput(f"deaths: cohorts need two or more labels of {dim} that follow each other{gap}.")
    return data


def _with_cohorts(
    data: xr.Dataset, sample: glm.Sample, design: np.ndarray, degree: int, free: glm.Parts, words: str
) -> tuple[np.ndarray, xr.DataArray, int]:
    """Coefficients of a design (year, age, coefficient) and of cohorts without a trend of a degree, and how many are
    free.

    Such a trend is one of the design as well: its part of the cohorts is moved there.
    """
    born = data["year"].values[:, None] - data["age"].values
    cohorts = np.arange(born.min(), born.max() + 1)
    seen = np.isin(cohorts, born[sample.weight > 0])
    if seen.sum() <= degree + 1:
        raise BadInput(f"{words}: {seen.sum()} cohorts are used; the model needs {degree + 2} or more.")
    middle, width = cohorts[seen].mean(), max(float(np.ptp(cohorts[seen])) / 2.0, 1.0)
    trends = ((cohorts[:, None] - middle) / width) ** np.arange(degree + 1)
    flat, size = design.reshape(born.size, -1), design.shape[-1]
    alike = np.linalg.lstsq(flat, trends[born.ravel() - cohorts[0]], rcond=None)[0]
    of_cohorts = (born[..., None] == cohorts[seen]).astype(float)
    none = np.zeros(int(seen.sum()))
    directions = [np.concatenate([one, none]) for one in free]
    directions += [np.concatenate([-alike[:, k], trends[seen, k]]) for k in range(degree + 1)]
    whole = np.concatenate([design, of_cohorts], axis=-1)
    found = glm.fit_design(sample, whole, tuple(directions), words)
    trend = np.linalg.lstsq(trends[seen], found[size:], rcond=None)[0]
    gamma = np.full(cohorts.size, np.nan)
    gamma[seen] = found[size:] - trends[seen] @ trend
    effect = xr.DataArray(gamma, dims="cohort", coords={"cohort": cohorts})
    return found[:size] + alike @ trend, effect, whole.shape[-1] - len(directions)
