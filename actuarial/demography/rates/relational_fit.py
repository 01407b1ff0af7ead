"""The relational model of Brass fitted to deaths and exposures."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import described, gap_in, numbers_of, refuse
from actuarial.demography.rates.crude import deaths_and_exposure
from actuarial.demography.rates.relational import like, slope_of, survivors
from actuarial.errors import BadInput, NoSolution

WIDEST_ERROR = 0.2

WORDS = {
    "alpha": ("1", "Level of mortality against the standard"),
    "beta": ("1", "Slope of mortality by age against the standard"),
    "alpha_error": ("1", "Standard error of alpha"),
    "beta_error": ("1", "Standard error of beta"),
    "fitted_deaths": ("persons", "Deaths by the fitted table"),
    "deviance": ("1", "Deviance"),
}


@kind.takes(
    deaths=kind.numbers, exposure=kind.numbers, standard=kind.numbers, beta=kind.optional(kind.number),
    ax=kind.numbers, coords=kind.optional(kind.label_table),
)
def brass_from_deaths(
    deaths: Any, exposure: Any, standard: Any, *, beta: float | None = None, ax: Any = 0.5, coords: Any = None
) -> xr.Dataset:
    """Fit the model of Brass to deaths and exposures by maximum likelihood.

    Parameters
    ----------
    deaths : array (age), array (year, age) or DataArray of (..., age), persons
        Of consecutive ages, also of some ages only, such as those of the insured.
    exposure : like `deaths`, person-years
        Central exposed to risk.
    standard : array (age from 0) or DataArray of age and perhaps other dims of `deaths`, dimensionless
        Survivors of the standard, of one birth, at the exact ages of the deaths and at the age after the last.
    beta : float, optional
        The slope if it is known, such as 1; then alpha alone is fitted.
    ax : number or array by the ages of the deaths, years
        Mean time lived in the age by those who die in it.
    coords : mapping of dim to labels, optional
        Labels of plain arrays.

    Returns
    -------
    Dataset over the other dims of `deaths`
        `alpha`, `beta`, `alpha_error`, `beta_error` (0 if beta was given), `deviance`; by age `fitted_deaths`.

    Raises
    ------
    BadDimensions, OutOfBounds
        See `crude_rates`; survivors outside 0 to 1 or that do not fall.
    BadInput
        No deaths, ages that the standard lacks or that are not consecutive, deaths that do not tell beta.
    NoSolution
        The fit does not settle.

    Notes
    -----
    Y_x = alpha + beta Y_x of the standard gives l_x, q_x and m_x = q_x/(1 - (1 - a_x) q_x); the deaths are Poisson
    numbers of mean E_x m_x. Scoring by Fisher from alpha = 0, beta = 1; the errors are those of the information matrix.

    Populations have a beta between 0.6 and 1.4, about. Where its standard error exceeds 0.2 the deaths tell nothing
    about it; this is refused, so that beta must be given.

    References
    ----------
    .. [1] Brass, W. (1971), On the scale of mortality, in: Brass, W. (ed.), Biological aspects of demography, Taylor
       and Francis, London.
    """
    died, exposed = deaths_and_exposure(deaths, exposure, coords)
    if not died.size:
        raise BadInput("deaths: there are no cells.")
    first, last = int(died["age"][0]), int(died["age"][-1])
    if not np.array_equal(died["age"].values, np.arange(first, last + 1)):
        raise BadInput(f"deaths: the ages must be consecutive, single years{gap_in(died['age'].values)}.")
    norm = survivors(standard, "standard", None)
    wanted = died.isel(age=0, drop=True).expand_dims(age=np.arange(first, last + 2)).transpose(*died.dims)
    norm = like(norm, wanted)
    refuse(norm, norm.values <= 0, "survivors of the standard must be above 0 up to the age after the last death's")
    falls = norm.diff("age")
    refuse(falls, falls.values >= 0, "survivors of the standard must fall with age")
    lived = numbers_of(ax, "ax")
    if lived.shape not in ((), (died.sizes["age"],)) or not ((lived >= 0) & (lived <= 1)).all():
        raise BadInput(f"ax: give a number from 0 to 1, or one for each of the {died.sizes['age']} ages of the deaths.")
    lived = np.broadcast_to(lived, (died.sizes["age"],))
    others = died.dims[:-1]
    shape = died.shape[:-1]
    names = ("alpha", "beta", "alpha_error", "beta_error", "deviance")
    scalars, fitted = {name: np.empty(shape) for name in names}, np.empty(died.shape)
    for place in np.ndindex(*shape):
        answer = _scored(died.values[place], exposed.values[place], norm.values[place], lived, beta)
        fitted[place] = answer.pop("fitted_deaths")
        for name, value in answer.items():
            scalars[name][place] = value
    result = died.isel(age=0, drop=True).to_dataset(name="deaths").drop_vars("deaths")
    result = result.assign({name: (others, values) for name, values in scalars.items()})
    return described(result.assign(fitted_deaths=died.copy(data=fitted)), WORDS)


def _scored(
    deaths: np.ndarray, exposure: np.ndarray, norm: np.ndarray, lived: np.ndarray, beta: float | None
) -> dict[str, Any]:
    """Fisher scoring of alpha and perhaps beta; each step is halved until the likelihood rises and beta is above 0."""
    if not deaths.any():
        raise BadInput("deaths: there are none, so that alpha cannot be estimated.")
    free = 2 if beta is None else 1
    now = np.array([0.0, 1.0 if beta is None else slope_of(beta)])
    rate, slopes = _rates(now, norm, lived)
    best = _likelihood(deaths, exposure, rate)
    for _ in range(100):
        fitted = exposure * rate
        information = (slopes[:free] * fitted) @ slopes[:free].T
        if np.linalg.cond(information) > 1e12:
            raise BadInput("deaths: they do not tell beta; give it, such as beta=1.0.")
        step = np.zeros(2)
        step[:free] = np.linalg.solve(information, slopes[:free] @ (deaths - fitted))
        if np.abs(step).max() < 1e-10:
            errors = np.zeros(2)
            errors[:free] = np.sqrt(np.diag(np.linalg.inv(information)))
            return _told(now, errors, deaths, fitted)
        while True:
            near = now + step
            value = -np.inf
            if near[1] > 0:
                rate, slopes = _rates(near, norm, lived)
                value = _likelihood(deaths, exposure, rate)
            if value >= best - 1e-9 * (1.0 + abs(best)) or np.abs(step).max() < 1e-12:
                break
            step = step / 2.0
        now, best = near, value
    raise NoSolution("The fit of alpha and beta did not settle in 100 steps; give beta, such as beta=1.0.")


def _told(now: np.ndarray, errors: np.ndarray, deaths: np.ndarray, fitted: np.ndarray) -> dict[str, Any]:
    from scipy.special import xlogy

    if errors[1] > WIDEST_ERROR:
        raise BadInput(
            f"deaths: {deaths.sum():g} of them do not tell beta, which would be {now[1]:.2f} with a standard error of "
            f"{errors[1]:.2f}.\n  Give it, such as beta=1.0, and fit alpha alone."
        )
    deviance = 2.0 * (xlogy(deaths, deaths / np.where(deaths > 0, fitted, 1.0)) - deaths + fitted).sum()
    found = {"alpha": now[0], "beta": now[1], "alpha_error": errors[0], "beta_error": errors[1]}
    return found | {"deviance": deviance, "fitted_deaths": fitted}


def _likelihood(deaths: np.ndarray, exposure: np.ndarray, rate: np.ndarray) -> float:
    from scipy.special import xlogy

    return float((xlogy(deaths, rate) - exposure * rate).sum())


def _rates(now: np.ndarray, norm: np.ndarray, lived: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Death rates of the model, and the slopes of their logarithms in alpha and beta."""
    born = norm >= 1.0
    logit = 0.5 * np.log((1.0 - np.where(born, 0.5, norm)) / np.where(born, 0.5, norm))
    moved = now[0] + now[1] * logit
    log_living = np.where(born, 0.0, -np.logaddexp(0.0, 2.0 * moved))
    force = -np.diff(log_living)
    dying = -np.expm1(-force)
    by_logit = 2.0 * np.where(born, 0.0, -np.expm1(log_living))
    by_force = np.diff(by_logit * np.array([np.ones(logit.size), logit]), axis=1)
    below = 1.0 - (1.0 - lived) * dying
    return dying / below, by_force * np.exp(-force) / (dying * below)
