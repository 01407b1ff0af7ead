"""The index of a mortality model in the years to come: a random walk with drift, and its forecast."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import ORDER, described, labelled, refuse
from actuarial.demography.trends.arima_index import Course, Order, course_of, years_of_index
from actuarial.demography.trends.cohort_index import by_cell, cohorts_ahead
from actuarial.demography.trends.death_models import predictor, rates_of
from actuarial.errors import BadInput, MissingVariable

WALK_WORDS = {
    "drift": ("1/year", "Mean change of the index in a year"),
    "standard_error": ("1/year", "Standard error of the drift"),
    "innovation": ("1", "Standard deviation of the change in a year around the drift"),
    "covariance": ("1", "Covariance of the changes in a year"),
    "changes": ("1", "Number of changes seen"),
    "last": ("1", "Index in the last year"),
}
FORECAST_WORDS = {
    "kappa": ("1", "Index of mortality over time"),
    "process_variance": ("1", "Variance of the index from changes to come"),
    "drift_variance": ("1", "Variance of the index from the estimated drift"),
    "gamma": ("1", "Effect of the cohort"),
    "gamma_process_variance": ("1", "Variance of the effect of the cohort from changes to come"),
    "gamma_drift_variance": ("1", "Variance of the effect of the cohort from the estimated drift"),
    "mx": ("1/year", "Central death rate"),
    "mx_lower": ("1/year", "Central death rate, lower end of the interval"),
    "mx_upper": ("1/year", "Central death rate, upper end of the interval"),
    "qx": ("1", "Probability of dying within a year"),
    "qx_lower": ("1", "Probability of dying within a year, lower end of the interval"),
    "qx_upper": ("1", "Probability of dying within a year, upper end of the interval"),
}
SERIES = ("series", "other_series")
JUMP_OFF = ("fitted", "observed")
MOST_YEARS = 1000


@kind.takes(kappa=kind.numbers)
def random_walk(kappa: Any) -> xr.Dataset:
    """Drift, its standard error and the covariance of the changes of one or several indices.

    Parameters
    ----------
    kappa : array of (year), or DataArray with `year` and any others
        Index of each year; several (both indices of Cairns, Blake and Dowd, sexes) change together. Years
        may be missing between others.

    Returns
    -------
    Dataset
        `drift`, `standard_error`, `innovation` (standard deviation) and `last` over the dims of `kappa` without year;
        `covariance` (series, other_series) of all series, in the order of those dims; `changes`, their number n.

    Raises
    ------
    BadInput
        Fewer than three years, or years that do not rise.

    Notes
    -----
    With u the years of the n changes, T in all: drift = (kappa_T - kappa_1)/T; covariance of (change - u drift)/sqrt(u)
    with divisor n - 1; standard error = innovation/sqrt(T). Without gaps u is 1 and T is n. Indices of a few censuses
    are enough [3]_.

    References
    ----------
    .. [1] Lee, R. D., Carter, L. R. (1992), Modeling and forecasting U.S. mortality, Journal of the American
       Statistical Association 87(419), 659-671.
    .. [2] Cairns, A. J. G., Blake, D., Dowd, K. (2006), A two-factor model for stochastic mortality with parameter
       uncertainty: theory and calibration, Journal of Risk and Insurance 73(4), 687-718.
    .. [3] Li, N., Lee, R., Tuljapurkar, S. (2004), Using the Lee-Carter method to forecast mortality for populations
       with limited data, International Statistical Review 72(1), 19-36.

    Examples
    --------
    >>> walk = random_walk([4.0, 3.0, 1.0, -1.0, -4.0])
    >>> float(walk.drift), round(float(walk.innovation), 6), round(float(walk.standard_error), 6)
    (-2.0, 0.816497, 0.408248)
    """
    index = labelled(kappa, "kappa", ("year",))
    years = years_of_index(index, "kappa: a random walk", 3)
    first = index.isel(year=0, drop=True)
    moved = index.transpose(..., "year").values.reshape(-1, len(years))
    spans, changes = np.diff(years), np.diff(moved, axis=1)
    drift, n = changes.sum(axis=1) / spans.sum(), changes.shape[1]
    errors = (changes - drift[:, None] * spans) / np.sqrt(spans)
    covariance = errors @ errors.T / (n - 1)
    deviation = np.sqrt(np.diagonal(covariance)).reshape(first.shape)
    found = xr.Dataset(
        {
            "drift": first.copy(data=drift.reshape(first.shape)),
            "standard_error": first.copy(data=deviation / np.sqrt(spans.sum())),
            "innovation": first.copy(data=deviation),
            "last": index.isel(year=-1, drop=True),
            "covariance": (SERIES, covariance),
            "changes": n,
        }
    )
    return described(found, WALK_WORDS)


@kind.takes(model=kind.dataset, level=kind.number, jump_off=kind.word)
def mortality_forecast(
    model: xr.Dataset,
    horizon: int,
    *,
    level: float = 0.95,
    jump_off: str = "fitted",
    order: Order = (0, 1, 0),
    cohort_order: Order | None = None,
) -> xr.Dataset:
    """Central death rates of the years to come, and intervals, in closed form.

    Parameters
    ----------
    model : Dataset of `lee_carter` or `cairns_blake_dowd`, or of one of them with cohorts
    horizon : int, years
    level : float
        Probability of the intervals, between 0 and 1.
    jump_off : "fitted" or "observed"
        Start from the fitted death rates of the last year, or from the observed ones.
    order : (p, d, q)
        Of the index, see `arima_index`; by default the random walk with drift.
    cohort_order : (p, d, q), optional
        Of the effects of cohorts from one year of birth to the next; by default (1, 1, 0).

    Returns
    -------
    Dataset by year, from the first after the data
        `kappa`; its `process_variance` and `drift_variance`; `mx`, `mx_lower`, `mx_upper` (also `qx` of a logit link).
        With cohorts also `gamma` of all cohorts of those years, `gamma_process_variance`, `gamma_drift_variance`.

    Raises
    ------
    OutOfBounds
        No deaths observed at an age in the last year, for "observed".
    BadInput
        Fewer than six cohorts (three for a random walk), or some that are not seen between others; for "observed"
        cells of the last year whose cohorts are not seen.
    MissingVariable

    Notes
    -----
    After h years kappa has the mean kappa_T + h drift, and the variance h s^2 from changes to come and h^2 s^2/n from
    the drift, estimated of the changes of n years (data may lack some, see `random_walk`). With another order the mean
    is that of the changes to come given all that were seen, and a shock is in the index after k years with the share
    1 + (ar + ma) (1 + ar + ... + ar^(k-2)), k >= 1. The intervals have both, and not the uncertainty of ar, ma, alpha,
    beta, kappa and gamma (see `mortality_bootstrap`). The central death rates are medians.

    Effects of cohorts that were seen stay as they are. Those that follow are a series of their own, independent of the
    index, which begins with the last one seen and has the same mean and variances as the index. Its drift continues
    whatever linear trend the constraints of the fit have left: forecasts of `age_period_cohort` do not depend on them.
    The last cohorts, seen in a few cells only, are the least certain of all; `clip` leaves them to the forecast.

    References
    ----------
    .. [1] Lee, R. D., Carter, L. R. (1992), Modeling and forecasting U.S. mortality, Journal of the American
       Statistical Association 87(419), 659-671.
    .. [2] Cairns, A. J. G., Blake, D., Dowd, K., Coughlan, G. D., Epstein, D., Khalaf-Allah, M. (2011), Mortality
       density forecasts: an analysis of six stochastic mortality models, Insurance: Mathematics and Economics 48(3),
       355-367.
    .. [3] Villegas, A. M., Kaishev, V. K., Millossovich, P. (2018), StMoMo: An R package for stochastic mortality
       modelling, Journal of Statistical Software 84(3).
    """
    from scipy.special import ndtri

    if not 0 < level < 1:
        raise BadInput(f"level: {level:g} is not between 0 and 1.")
    course, base = start(model, horizon, jump_off, order)
    born = cohorts_ahead(model, horizon, cohort_order)
    walk, root = course.model, _root(course.model)
    spread = walk["innovation"].drop_attrs() ** 2
    process, drift = spread * (course.shocks**2).cumsum("year"), spread * course.of_drift**2
    found = {"kappa": walk["last"] + course.expected, "process_variance": process, "drift_variance": drift}
    centre = base + moved_by(model["beta"], course.expected)
    by_shock = (moved_by(model["beta"], root * course.shocks) ** 2).sum("noise").cumsum("year")
    by_drift = (moved_by(model["beta"], root * course.of_drift) ** 2).sum("noise")
    variance = by_shock + by_drift
    if born is not None:
        cells = course.expected["year"], model["age"]
        effects = born.effects(born.course.expected)
        of_shocks, of_drift = born.variances()
        centre, variance = centre + by_cell(effects, *cells), variance + by_cell(of_shocks + of_drift, *cells)
        ahead = {"gamma": effects, "gamma_process_variance": of_shocks, "gamma_drift_variance": of_drift}
        oldest = int(cells[0][0] - cells[1].max())
        found |= {name: values.sel(cohort=slice(oldest, None)) for name, values in ahead.items()}
    wide = float(ndtri(0.5 + 0.5 * level)) * np.sqrt(variance)
    for word, eta in {"": centre, "_lower": centre - wide, "_upper": centre + wide}.items():
        found |= {name + word: rates for name, rates in rates_of(eta, model.attrs["link"]).items()}
    return described(ordered(xr.Dataset(found)), FORECAST_WORDS)


def start(model: xr.Dataset, horizon: int, jump_off: str, order: Order) -> tuple[Course, xr.DataArray]:
    """The years ahead of the index, and the predictor of the last year of data without effects of cohorts."""
    missing = [name for name in ("kappa", "beta", "deaths", "exposure") if name not in model]
    if missing or "link" not in model.attrs:
        raise MissingVariable(f"model: {', '.join(missing) or 'the attribute link'} is missing; give a fitted model.")
    if jump_off not in JUMP_OFF:
        raise BadInput(f"jump_off: {jump_off!r} is not known; write one of {', '.join(JUMP_OFF)}.")
    if not isinstance(horizon, (int, np.integer)) or horizon < 1:
        raise BadInput(f"horizon: a whole number of years is needed, at least 1 (got {horizon!r}).")
    if horizon > MOST_YEARS:
        raise BadInput(f"horizon: give the number of years, up to {MOST_YEARS}, and not the last one (got {horizon}).")
    last = model.isel(year=-1, drop=True)
    base = predictor(last.drop_vars("gamma", errors="ignore")) if jump_off == "fitted" else _observed(model, last)
    year = int(model["year"][-1]) + np.arange(1, horizon + 1)
    return course_of(model["kappa"], order, year), base


def _observed(model: xr.Dataset, last: xr.Dataset) -> xr.DataArray:
    """Predictor of the observed rates of the last year, without the effects of cohorts."""
    link = model.attrs["link"]
    seen = _observed_whole(last, link)
    if "gamma" not in model:
        return seen
    effect = by_cell(model["gamma"].drop_attrs(), model["year"][-1], model["age"]).drop_vars("year")
    lost = int(effect.isnull().sum())
    if lost:
        raise BadInput(
            f'jump_off="observed": the cohorts of {lost} cells of the last year are not seen; take "fitted", or fit '
            "without clip and weights."
        )
    return seen - effect


def _observed_whole(last: xr.Dataset, link: str) -> xr.DataArray:
    dead, lived = last["deaths"].drop_attrs(), last["exposure"].drop_attrs()
    refuse(dead, dead.values <= 0, 'jump_off="observed" takes logarithms of the last year: each age must have deaths')
    whole = (link == "logit") & (dead >= 2.0 * lived).values
    refuse(dead, whole, 'jump_off="observed": deaths of the last year must be below the initial exposure E + D/2')
    if link == "log":
        return dead.copy(data=np.log((dead / lived).values))
    q = (dead / (lived + 0.5 * dead)).values
    return dead.copy(data=np.log(q / (1.0 - q)))


def moved_by(beta: xr.DataArray, change: xr.DataArray) -> xr.DataArray:
    """Change of the predictor from that of the index or indices."""
    product = beta.drop_attrs() * change
    return product.sum("index") if "index" in product.dims else product


def square_root(covariance: np.ndarray) -> np.ndarray:
    """The symmetric square root, of a covariance of any rank."""
    size, direction = np.linalg.eigh(covariance)
    return (direction * np.sqrt(np.maximum(size, 0.0))) @ direction.T


def _root(walk: xr.Dataset) -> xr.DataArray:
    root = square_root(walk["covariance"].values)
    drift = walk["drift"]
    return xr.DataArray(root.reshape(*drift.shape, -1), dims=(*drift.dims, "noise"), coords=drift.coords)


def ordered(dataset: xr.Dataset) -> xr.Dataset:
    known = [dim for dim in ("year", *ORDER[2:-1], "index", "cohort", "age") if dim in dataset.dims]
    first = [dim for dim in dataset.dims if dim == "scenario"]
    others = [dim for dim in dataset.dims if dim not in (*known, *first)]
    return dataset.transpose(*first, *others, *known)
