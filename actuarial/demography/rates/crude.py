"""Crude rates of deaths (or of any event) by exposure, with the limits of a Poisson count."""

from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import described, labelled, refuse, require_given
from actuarial.errors import BadDimensions, BadInput

Limits = Callable[[np.ndarray, float], tuple[np.ndarray, np.ndarray]]

WORDS = {
    "deaths": ("persons", "Deaths"),
    "exposure": ("person-years", "Central exposed to risk"),
    "mx": ("1/year", "Crude central death rate"),
    "lower": ("1/year", "Lower limit of the rate"),
    "upper": ("1/year", "Upper limit of the rate"),
    "standard_error": ("1/year", "Standard error of the rate"),
}


@kind.takes(
    deaths=kind.numbers, exposure=kind.numbers, level=kind.number, method=kind.word,
    coords=kind.optional(kind.label_table),
)
def crude_rates(
    deaths: Any, exposure: Any, *, level: float = 0.95, method: str = "exact", coords: dict[str, Any] | None = None
) -> xr.Dataset:
    """Crude central rates with confidence limits.

    Parameters
    ----------
    deaths : array (age), array (year, age) or DataArray, persons
    exposure : like `deaths`, person-years
        Central exposed to risk; without the dim cause it is that of each cause.
    level : float, fraction
        Probability of the confidence interval.
    method : "exact", "log", "byar" or "normal"
        How the limits are found, see below.
    coords : mapping of dim to labels, optional
        Labels of plain arrays.

    Returns
    -------
    Dataset over the dims of `deaths`
        `mx`, `lower`, `upper`, `standard_error` (1/year), `deaths` (persons), `exposure` (person-years). All rates are
        NaN where nobody was exposed.

    Raises
    ------
    BadDimensions
        Deaths and exposures of other dims or labels.
    OutOfBounds
        Negative numbers, NaN, deaths without exposure.
    BadInput
        Another method, a level outside 0 to 1.

    Notes
    -----
    m = D/E, standard error sqrt(D)/E. With D a Poisson number, the limits of its mean are

    * exact: chi2(a/2; 2D)/2 and chi2(1 - a/2; 2D + 2)/2, with a = 1 - level [1]_;
    * byar: D (1 - 1/(9D) - z/(3 sqrt D))^3 and the same with D + 1 and plus z [2]_;
    * log: D exp(-z/sqrt D) and D exp(z/sqrt D);
    * normal: D - z sqrt D, at least 0, and D + z sqrt D.

    Without deaths the lower limit is 0; "log" and "normal" know no upper one, so that it is that of "exact".

    References
    ----------
    .. [1] Garwood, F. (1936), Fiducial limits for the Poisson distribution, Biometrika 28, 437-442.
    .. [2] Breslow, N. E., Day, N. E. (1987), Statistical methods in cancer research, volume 2, IARC, chapter 2.

    Examples
    --------
    >>> rates = crude_rates([0, 4], [100.0, 200.0])
    >>> rates.upper.round(4).values.tolist()
    [0.0369, 0.0512]
    """
    died, exposed = deaths_and_exposure(deaths, exposure, coords)
    years = np.where(exposed.values > 0, exposed.values, np.nan)
    lower, upper = poisson_limits(died.values, level, method)
    found = {
        "mx": died.values / years,
        "lower": lower / years,
        "upper": upper / years,
        "standard_error": np.sqrt(died.values) / years,
    }
    rates = xr.Dataset({name: died.copy(data=values) for name, values in found.items()})
    return described(rates.assign(deaths=died, exposure=exposed), WORDS).assign_attrs(level=level, method=method)


def poisson_limits(number: np.ndarray, level: float = 0.95, method: str = "exact") -> tuple[np.ndarray, np.ndarray]:
    """Limits of the mean of Poisson numbers, see `crude_rates`; any number from 0 on, whole or not."""
    if not 0.0 < level < 1.0:
        raise BadInput(f"level must lie between 0 and 1, such as 0.95, but it is {level!r}.")
    if method not in METHODS:
        raise BadInput(f"method: {method!r} is not known; write one of {', '.join(METHODS)}.")
    return METHODS[method](np.asarray(number, dtype=float), (1.0 - level) / 2.0)


def deaths_and_exposure(deaths: Any, exposure: Any, coords: Any = None) -> tuple[xr.DataArray, xr.DataArray]:
    """Deaths and exposures, labelled alike by age and perhaps more; deaths without exposure are refused.

    All are exposed to every cause: exposures without the dim cause are those of each.
    """
    pair = []
    for values, name in ((deaths, "deaths"), (exposure, "exposure")):
        plain = not isinstance(values, xr.DataArray)
        dims = ("year", "age") if plain and np.ndim(values) == 2 else ("age",)
        pair.append(labelled(values, name, dims, coords, least=0.0))
        require_given(pair[-1], name, coords or {})
    died, exposed = pair
    if "cause" in died.dims and "cause" not in exposed.dims:
        exposed = exposed.expand_dims(cause=died["cause"])
    if set(died.dims) != set(exposed.dims):
        raise BadDimensions(
            f"deaths have the dims {', '.join(map(str, died.dims))}, but exposure has "
            f"{', '.join(map(str, exposed.dims))}; give both by the same."
        )
    exposed = exposed.transpose(*died.dims)
    for dim in died.dims:
        if died.sizes[dim] != exposed.sizes[dim] or not np.array_equal(died[dim].values, exposed[dim].values):
            raise BadDimensions(f"deaths and exposure have other labels of {dim}; give both by the same.")
    lost = (died.values > 0) & (exposed.values == 0)
    refuse(died, lost, "deaths need an exposure above 0", "Give the exposure of these cells, or leave the deaths out.")
    return died, exposed


def _exact(number: np.ndarray, tail: float) -> tuple[np.ndarray, np.ndarray]:
    from scipy.special import chdtri

    lower = chdtri(np.where(number > 0, 2.0 * number, 1.0), 1.0 - tail) / 2.0
    return np.where(number > 0, lower, 0.0), chdtri(2.0 * number + 2.0, tail) / 2.0


def _log(number: np.ndarray, tail: float) -> tuple[np.ndarray, np.ndarray]:
    from scipy.special import ndtri

    spread = np.exp(ndtri(1.0 - tail) / np.sqrt(np.where(number > 0, number, 1.0)))
    return number / spread, np.where(number > 0, number * spread, _exact(number, tail)[1])


def _byar(number: np.ndarray, tail: float) -> tuple[np.ndarray, np.ndarray]:
    from scipy.special import ndtri

    z = ndtri(1.0 - tail)
    some, next_one = np.where(number > 0, number, 1.0), number + 1.0
    below = np.maximum(1.0 - 1.0 / (9.0 * some) - z / (3.0 * np.sqrt(some)), 0.0)
    above = 1.0 - 1.0 / (9.0 * next_one) + z / (3.0 * np.sqrt(next_one))
    return np.where(number > 0, some * below**3, 0.0), next_one * above**3


def _normal(number: np.ndarray, tail: float) -> tuple[np.ndarray, np.ndarray]:
    from scipy.special import ndtri

    spread = ndtri(1.0 - tail) * np.sqrt(number)
    return np.maximum(number - spread, 0.0), np.where(number > 0, number + spread, _exact(number, tail)[1])


METHODS: dict[str, Limits] = {"exact": _exact, "log": _log, "byar": _byar, "normal": _normal}
"""The words for the limits of a Poisson number."""
