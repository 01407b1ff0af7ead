"""Model migration schedules of Rogers and Castro: the curve by age, and its fit to data."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import described, labelled, numbers_of, refuse, with_ages
from actuarial.demography.tables.payment_plan import years_of
from actuarial.errors import BadInput, NoSolution

LABOUR = ("a1", "alpha1", "a2", "mu2", "alpha2", "lambda2")
RETIREMENT = ("a3", "mu3", "alpha3", "lambda3")
ELDERLY = ("a4", "alpha4")
MODELS = {
    7: (*LABOUR, "c"),
    9: (*LABOUR, *ELDERLY, "c"),
    11: (*LABOUR, *RETIREMENT, "c"),
    13: (*LABOUR, *RETIREMENT, *ELDERLY, "c"),
}
ROGERS_CASTRO_STANDARD = {"a1": 0.02, "alpha1": 0.1, "a2": 0.06, "mu2": 20.0, "alpha2": 0.1, "lambda2": 0.4, "c": 0.003}
"""The fundamental set of seven parameters of Rogers and Castro (1981)."""
OTHER_NAMES = {"lambda4": "alpha4"}
NET = "Net migrants have no such curve: fit those who come and those who leave, and take the difference of the curves."
BOUNDS = {
    "alpha1": (1e-3, 2.0),
    "mu2": (10.0, 60.0),
    "alpha2": (1e-3, 2.0),
    "lambda2": (1e-2, 3.0),
    "mu3": (45.0, 90.0),
    "alpha3": (1e-3, 3.0),
    "lambda3": (1e-2, 3.0),
    "alpha4": (1e-3, 0.3),
}
STARTS = {
    "alpha1": (0.06, 0.2),
    "mu2": (18.0, 23.0, 30.0),
    "alpha2": (0.06, 0.15),
    "lambda2": (0.25, 0.6),
    "mu3": (65.0, 75.0),
    "alpha3": (0.6,),
    "lambda3": (0.15, 0.5),
    "alpha4": (0.03,),
}
TRIED = 6
EVALUATIONS = 2000
STOP = 1e-12
EXACT = 1e-24
LEVELS = ("a1", "a2", "a3", "a4", "c")


@kind.takes(to=kind.whole, shares=kind.truth)
def rogers_castro(parameters: Any = None, *, to: int = 100, shares: bool = True) -> xr.DataArray:
    """Pattern of migration by age of the model of Rogers and Castro.

    Parameters
    ----------
    parameters : mapping of name to number, or the `parameters` of `fit_rogers_castro`; optional
        Seven (`a1`, `alpha1`, `a2`, `mu2`, `alpha2`, `lambda2`, `c`), nine (with `a4`, `alpha4`), eleven (with `a3`,
        `mu3`, `alpha3`, `lambda3`) or all thirteen; `lambda4` is another name of `alpha4`. Left out,
        `ROGERS_CASTRO_STANDARD`.
    to : int
        Open age.
    shares : bool
        False gives the numbers of the model as they are, such as rates.

    Returns
    -------
    DataArray of (age), dimensionless
        Shares of the ages 0 to `to`, with the sum 1; or M(x), in the units of the levels.

    Raises
    ------
    BadInput
        Other names, or numbers that make negative or no migrants.

    Notes
    -----
    ::

        M(x) = a1 e^(-alpha1 x)                                              children
             + a2 e^(-alpha2 (x - mu2) - e^(-lambda2 (x - mu2)))             labour force
             + a3 e^(-alpha3 (x - mu3) - e^(-lambda3 (x - mu3)))             retirement
             + a4 e^(alpha4 x)                                               elderly
             + c

    It is taken at x = 0, 1, 2, ..., as its authors do.

    References
    ----------
    .. [1] Rogers, A., Castro, L. J. (1981), Model Migration Schedules, RR-81-30, International Institute for Applied
       Systems Analysis.
    .. [2] Castro, L. J., Rogers, A. (1983), Patterns of family migration: two methodological approaches, Environment
       and Planning A 15.

    Examples
    --------
    >>> pattern = rogers_castro()
    >>> int(pattern.values.argmax()), round(float(pattern.sum()), 12)
    (23, 1.0)
    """
    given = ROGERS_CASTRO_STANDARD if parameters is None else parameters
    if isinstance(given, xr.DataArray):
        given = dict(zip(given["parameter"].values.tolist(), given.values.tolist(), strict=True))
    if not isinstance(given, Mapping):
        raise BadInput(
            "rogers_castro: give parameters by name, such as ROGERS_CASTRO_STANDARD, or those of fit_rogers_castro "
            f"(got {type(given).__name__})."
        )
    to = years_of(to, "to", 1)
    values = numbers_of(list(given.values()), "rogers_castro: parameters").tolist()
    numbers = {OTHER_NAMES.get(str(name), str(name)): one for name, one in zip(given, values, strict=True)}
    known = sorted(numbers) in [sorted(names) for names in MODELS.values()] and len(numbers) == len(values)
    if not known or not np.isfinite(values).all():
        raise BadInput(
            f"rogers_castro: {', '.join(map(str, given)) or 'nothing'} are not the parameters of 7, 9, 11 or 13; "
            f"the thirteen are {', '.join(MODELS[13])}. All must be numbers."
        )
    level = curve(numbers, np.arange(to + 1.0))
    if not (level >= 0).all() or not 0 < level.sum() < np.inf:
        raise BadInput("rogers_castro: these parameters make ages with fewer than 0 migrants, none at all or no end.")
    whole = level.sum() if shares else 1.0
    made = xr.DataArray(level / whole, dims="age", coords={"age": np.arange(to + 1)}, name="pattern")
    return made.assign_attrs(units="1", long_name="Share of migrants" if shares else "Migrants by the model")


def curve(numbers: Mapping[str, float], age: np.ndarray) -> np.ndarray:
    """The sum of the components at ages."""
    shapes = components(numbers, age)
    return sum((numbers[name] * shape for name, shape in shapes.items()), np.zeros(age.shape))


def components(numbers: Mapping[str, float], age: np.ndarray) -> dict[str, np.ndarray]:
    """Each component at ages for a level of 1, by the name of its level."""
    found = {"a1": np.exp(-numbers["alpha1"] * age)}
    for k in ("2", "3"):
        if f"mu{k}" in numbers:
            since = age - numbers[f"mu{k}"]
            rise = np.exp(np.minimum(-numbers[f"lambda{k}"] * since, 700.0))
            found[f"a{k}"] = np.exp(-numbers[f"alpha{k}"] * since - rise)
    if "alpha4" in numbers:
        found["a4"] = np.exp(numbers["alpha4"] * age)
    return found | {"c": np.ones(age.shape)}


@kind.takes(
    migrants=kind.numbers, ages=kind.optional(kind.ages), parameters=kind.whole, weights=kind.optional(kind.numbers)
)
def fit_rogers_castro(
    migrants: Any, ages: Sequence[float] | None = None, *, parameters: int = 7, weights: Any = None
) -> xr.Dataset:
    """Fit the model of Rogers and Castro to migrants or rates of migration by age.

    Parameters
    ----------
    migrants : array or DataArray of (age), persons or 1/year
        Those who come or who leave, counts or rates, 0 or more. Net migrants have no such curve.
    ages : sequence of numbers, optional
        Ages of plain numbers, 0, 1, 2, ... where left out. For groups give the age that stands for each, such as 2 for
        the ages 0 to 4.
    parameters : 7 (default), 9, 11 or 13
        Which components: see `rogers_castro`.
    weights : array or DataArray of (age), optional
        Weights of the squared differences, such as the people of each age where `migrants` are rates.

    Returns
    -------
    Dataset
        `parameters` (parameter), of the scale of the data; `fitted` and `residual` (age), the data less the fit;
        `misplaced`, the sum of absolute residuals over the sum of the data.

    Raises
    ------
    BadInput
        Another number of parameters; no more ages than parameters; no migrants.
    OutOfBounds
        Missing or negative numbers.
    NoSolution
        No start of the search converged.

    Notes
    -----
    Minimises the sum of w (M - M^)^2 with levels of 0 or more and slopes and ages within `BOUNDS`. Of a grid of starts
    (the levels by non-negative least squares) the best six are followed by trust-region least squares, the best result
    is kept; nothing is drawn at random. Where a component is hardly in the data its slopes are not determined: look at
    the pattern, or take fewer parameters.

    References
    ----------
    .. [1] Rogers, A., Castro, L. J. (1981), Model Migration Schedules, RR-81-30, International Institute for Applied
       Systems Analysis.

    Examples
    --------
    >>> fit = fit_rogers_castro(1000 * rogers_castro())
    >>> round(float(fit.parameters.sel(parameter="mu2")), 4), round(float(fit.misplaced), 8)
    (20.0, 0.0)
    """
    if parameters not in MODELS:
        raise BadInput(f"parameters: 7, 9, 11 or 13, not {parameters!r}.")
    data = labelled(with_ages(migrants, "migrants", ages), "migrants", ("age",), {"age": ages})
    refuse(data, data.values < 0, "migrants must be 0 or more", NET)
    given = np.ones(data.shape) if weights is None else weights
    weigh = labelled(given, "weights", ("age",), {"age": data["age"]}, least=0.0)
    names, total = MODELS[parameters], float(data.sum())
    if data.ndim != 1 or weigh.shape != data.shape or not np.array_equal(weigh["age"].values, data["age"].values):
        raise BadInput("migrants: one curve by age is fitted at a time, with a weight for every age and no others.")
    if int((weigh > 0).sum()) <= len(names):
        raise BadInput(f"migrants: {int((weigh > 0).sum())} ages cannot tell {len(names)} parameters; give more ages.")
    if total <= 0:
        raise BadInput("migrants: there are none at any age.")
    age = data["age"].values.astype(float)
    refuse(data, (age < 0) | (age > 130), "ages must lie between 0 and 130")
    found = _search(names, age, data.values / total, weigh.values)
    numbers = {name: number * (total if name in LEVELS else 1.0) for name, number in found.items()}
    fitted = curve(numbers, age)
    columns = {"fitted": ("age", fitted), "residual": ("age", data.values - fitted)}
    columns |= {"parameters": ("parameter", [numbers[name] for name in names])}
    result = xr.Dataset(columns, coords={"age": data["age"], "parameter": list(names)})
    return described(result.assign(misplaced=abs(result["residual"]).sum() / total), WORDS)


WORDS = {
    "parameters": ("", "Parameters of the model of Rogers and Castro"),
    "fitted": ("as the data", "Migrants of the model"),
    "residual": ("as the data", "Migrants less those of the model"),
    "misplaced": ("1", "Sum of absolute residuals over the sum of the data"),
}


def _search(names: Sequence[str], age: np.ndarray, data: np.ndarray, weights: np.ndarray) -> dict[str, float]:
    """The best of several searches from the starts that are best themselves."""
    from scipy.optimize import least_squares

    root = np.sqrt(weights / weights.max())
    low = np.array([BOUNDS.get(name, (0.0, np.inf))[0] for name in names])
    high = np.array([BOUNDS.get(name, (0.0, np.inf))[1] for name in names])

    def residuals(values: np.ndarray) -> np.ndarray:
        return root * (curve(dict(zip(names, values, strict=True)), age) - data)

    runs = []
    for start in _starts(names, age, data, root)[:TRIED]:
        first = np.clip([start[name] for name in names], low + 1e-9, high - 1e-9)
        size = np.maximum(np.abs(first), 1e-3)
        run = least_squares(
            residuals, first, bounds=(low, high), x_scale=size, max_nfev=EVALUATIONS, ftol=STOP, xtol=STOP, gtol=STOP
        )
        runs.append(run)
        if run.cost < EXACT:
            break
    done = [run for run in runs if run.success]
    if not done:
        raise NoSolution(f"migrants: no fit of {len(names)} parameters was found from {TRIED} starts; take fewer.")
    best = min(done, key=lambda run: float(run.cost))
    return dict(zip(names, best.x.tolist(), strict=True))


def _starts(names: Sequence[str], age: np.ndarray, data: np.ndarray, root: np.ndarray) -> list[dict[str, float]]:
    """Sets of slopes and ages of a grid with their best levels, those of the least squares first."""
    from itertools import product

    from scipy.optimize import nnls

    slopes = [name for name in names if name in STARTS]
    found = []
    for values in product(*(STARTS[name] for name in slopes)):
        numbers = dict(zip(slopes, values, strict=True))
        shapes = components(numbers, age)
        levels, missed = nnls(root[:, None] * np.stack(list(shapes.values()), axis=1), root * data)
        found.append((float(missed), numbers | dict(zip(shapes, levels.tolist(), strict=True))))
    return [numbers for _, numbers in sorted(found, key=lambda pair: pair[0])]
