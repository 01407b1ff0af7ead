"""Several decrements at once: dependent and independent probabilities, and each turned into the other."""

from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import labelled, refuse
from actuarial.errors import BadInput, NoSolution

STEPS = 100


@kind.takes(independent=kind.numbers, method=kind.word, causes=kind.optional(kind.labels))
def dependent_rates(independent: Any, *, method: str = "constant-force", causes: Any = None) -> xr.DataArray:
    """Probabilities of leaving by each cause while the others act too, from those of each cause alone.

    Parameters
    ----------
    independent : array (cause) or (cause, age), or DataArray of (..., cause, ...), dimensionless
        Yearly probability of each cause if it acted alone.
    method : "constant-force" or "udd"
        Constant forces within the year, or the leavers of each cause alone evenly spread over it.
    causes : sequence, optional
        Names of the causes of a plain array.

    Returns
    -------
    DataArray over the same dims, dimensionless
        They sum to 1 less the product of the probabilities of staying.

    Raises
    ------
    OutOfBounds
        Numbers outside 0 to 1.
    BadInput
        Another method.
    BadDimensions
        No dimension `cause`.

    Notes
    -----
    ::

        constant force   (aq)_j = mu_j/mu (1 - exp(-mu))    mu_j = -ln(1 - q_j), mu their sum; certain ones share alike
        udd              (aq)_j = q_j integral over s from 0 to 1 of the product over i other than j of (1 - s q_i)

    With two causes the second is q_1 (1 - q_2/2), with three q_1 (1 - (q_2 + q_3)/2 + q_2 q_3/3) [1]_.

    References
    ----------
    .. [1] Bowers, N. L., Gerber, H. U., Hickman, J. C., Jones, D. A., Nesbitt, C. J. (1997), Actuarial Mathematics,
       2nd edition, Society of Actuaries, chapter 10.

    Examples
    --------
    >>> dependent_rates([0.004, 0.01, 0.05]).round(8).values.tolist()
    [0.00387986, 0.00972897, 0.04965317]
    >>> dependent_rates([0.004, 0.01, 0.05], method="udd").round(8).values.tolist()
    [0.00388067, 0.00973067, 0.04965067]
    """
    forward = METHODS[_known(method)][0]
    rates = _rates(independent, "independent", causes)
    return _over_causes(rates, forward, "Dependent probability of leaving by the cause")


@kind.takes(dependent=kind.numbers, method=kind.word, causes=kind.optional(kind.labels))
def independent_rates(dependent: Any, *, method: str = "constant-force", causes: Any = None) -> xr.DataArray:
    """Probabilities of leaving by each cause alone, from those while all of them act.

    Parameters
    ----------
    dependent : array (cause) or (cause, age), or DataArray of (..., cause, ...), dimensionless
        Yearly probability of leaving by each cause; their sum is at most 1.
    method, causes
        As for `dependent_rates`, whose inverse it is.

    Returns
    -------
    DataArray over the same dims, dimensionless

    Raises
    ------
    OutOfBounds
        Numbers outside 0 to 1, or whose sum is above 1; a sum of 1 by several causes under constant forces, which
        cannot be told apart.
    BadInput, BadDimensions
        As `dependent_rates`.
    NoSolution
        No even spread has these probabilities.

    Notes
    -----
    Constant force: q_j = 1 - (1 - (aq))^((aq)_j/(aq)), with (aq) the sum; this is also what an even spread of the
    leavers of all causes together over the year means [1]_. UDD of each cause: Newton's method.

    References
    ----------
    .. [1] Bowers, N. L., Gerber, H. U., Hickman, J. C., Jones, D. A., Nesbitt, C. J. (1997), Actuarial Mathematics,
       2nd edition, Society of Actuaries, chapter 10.

    Examples
    --------
    >>> independent_rates(dependent_rates([0.004, 0.01, 0.05])).round(12).values.tolist()
    [0.004, 0.01, 0.05]
    """
    word = _known(method)
    backward = METHODS[word][1]
    rates = _rates(dependent, "dependent", causes)
    total = rates.sum("cause")
    several = (rates > 0).sum("cause") > 1
    refuse(total, total.values > 1.0 + 1e-12, "the dependent probabilities must sum to 1 at most")
    if word == "constant-force":
        refuse(
            total,
            ((total > 1.0 - 1e-12) & several).values,
            "somebody must stay, or the causes cannot be told apart",
            'Use method="udd".',
        )
    return _over_causes(rates, backward, "Probability of leaving by the cause alone")


def _rates(values: Any, name: str, causes: Any) -> xr.DataArray:
    plain = ("cause", "age") if np.ndim(values) == 2 else ("cause",)
    dims = ("cause",) if isinstance(values, xr.DataArray) else plain
    rates = labelled(values, name, dims, {"cause": causes}, least=0.0)
    refuse(rates, rates.values > 1.0, f"{name} probabilities must not exceed 1")
    return rates


def _over_causes(rates: xr.DataArray, change: Callable[[np.ndarray], np.ndarray], words: str) -> xr.DataArray:
    last = rates.transpose(..., "cause")
    found = last.copy(data=change(last.values)).transpose(*rates.dims)
    found.attrs = {"units": "1", "long_name": words}
    return found


def _constant_force(q: np.ndarray) -> np.ndarray:
    """Dependent probabilities (..., cause) under constant forces."""
    certain = q >= 1.0
    sure = certain.any(axis=-1, keepdims=True)
    force = np.where(sure, certain.astype(float), -np.log1p(-np.where(certain, 0.0, q)))
    total = force.sum(axis=-1, keepdims=True)
    leaving = np.where(sure, 1.0, -np.expm1(-total))
    return np.divide(force, total, out=np.zeros(force.shape), where=total > 0) * leaving


def _constant_force_back(aq: np.ndarray) -> np.ndarray:
    """Independent probabilities (..., cause) under constant forces."""
    total = np.minimum(aq.sum(axis=-1, keepdims=True), 1.0)
    share = np.divide(aq, total, out=np.zeros(aq.shape), where=total > 0)
    stays = np.log1p(-np.where(total < 1.0, total, 0.0))
    return np.where(total < 1.0, -np.expm1(share * stays), (aq > 0).astype(float))


def _spread(q: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points and weights of an exact integral over the year, and 1 - s q by (..., cause, point)."""
    points, weights = np.polynomial.legendre.leggauss(q.shape[-1] // 2 + 1)
    points, weights = (points + 1.0) / 2.0, weights / 2.0
    return points, weights, 1.0 - points * q[..., None]


def _udd(q: np.ndarray) -> np.ndarray:
    """Dependent probabilities (..., cause) where the leavers of each cause alone are evenly spread."""
    _, weights, staying = _spread(q)
    parts = [(np.delete(staying, j, axis=-2).prod(axis=-2) * weights).sum(axis=-1) for j in range(q.shape[-1])]
    return q * np.stack(parts, axis=-1)


def _udd_slopes(q: np.ndarray) -> np.ndarray:
    """Derivatives of the dependent probabilities by the independent ones, (..., cause, cause)."""
    points, weights, staying = _spread(q)
    count = q.shape[-1]
    found = np.zeros((*q.shape, count))
    for j in range(count):
        others = np.delete(staying, j, axis=-2)
        found[..., j, j] = (others.prod(axis=-2) * weights).sum(axis=-1)
        for i in range(count):
            if i != j:
                rest = np.delete(staying, [i, j], axis=-2).prod(axis=-2)
                found[..., j, i] = -q[..., j] * (points * rest * weights).sum(axis=-1)
    return found


def _udd_back(aq: np.ndarray) -> np.ndarray:
    """Independent probabilities (..., cause) under even spread, by Newton's method from below."""
    q = aq.copy()
    for _ in range(STEPS):
        error = _udd(q) - aq
        if np.abs(error).max() < 1e-15:
            break
        step = np.linalg.solve(_udd_slopes(q) + 1e-14 * np.eye(aq.shape[-1]), error[..., None])[..., 0]
        q = np.clip(q - step, 0.0, 1.0)
    if np.abs(_udd(q) - aq).max() > 1e-12:
        raise NoSolution("independent_rates: no even spread of each cause has these dependent probabilities.")
    return q


METHODS: dict[str, tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray]]] = {
    "constant-force": (_constant_force, _constant_force_back),
    "udd": (_udd, _udd_back),
}
"""The words for the leaving within a year: from independent probabilities, and back."""


def _known(method: str) -> str:
    word = str(method).replace("_", "-")
    if word not in METHODS:
        raise BadInput(f"method: {method!r} is not known; write one of {', '.join(METHODS)}.")
    return word
