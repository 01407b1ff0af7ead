"""The linear smoother of Whittaker and Henderson, for values with weights."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import described, known, labelled, require_given, same_labels
from actuarial.demography.rates.penalised import Normal
from actuarial.demography.rates.smoothed_cells import AXES, QUALITY, each, extended, orders_of, quantile, smoothing_of
from actuarial.demography.rates.smoother import Smoothed, enough, smooth
from actuarial.errors import BadDimensions

VALUES = {
    "fitted": ("units of the values", "Smoothed values"),
    "lower": ("units of the values", "Lower limit of the smoothed values"),
    "upper": ("units of the values", "Upper limit of the smoothed values"),
    "standard_error": ("units of the values", "Standard error of the smoothed values"),
    "edf": ("1", "Effective degrees of freedom of the cell"),
}


@kind.takes(
    values=kind.numbers, weights=kind.numbers, ages=kind.optional(kind.ages), years=kind.optional(kind.ages),
    level=kind.number,
)
def whittaker(
    values: Any,
    weights: Any,
    *,
    order: int | Mapping[str, int] = 2,
    smoothing: float | Mapping[str, float] | str | None = None,
    ages: Sequence[int] | None = None,
    years: Sequence[int] | None = None,
    level: float = 0.95,
) -> xr.Dataset:
    """Smooth values by Whittaker and Henderson: the linear smoother, with weights.

    Parameters
    ----------
    values : array (age), array (year, age) or DataArray of (..., age)
        Any numbers, such as logarithms of rates, wages or ratios.
    weights : like `values`, 1/variance of the values
        0 where a value is not known (it may be NaN then). Weights that are right only up to a factor smooth as well if
        `smoothing` is given, but the intervals are then not to be used.
    order, smoothing, ages, years, level
        See `graduate`.

    Returns
    -------
    Dataset over the dims of `values`
        `fitted`, `lower`, `upper`, `standard_error`, `edf`; `smoothing_age`, `smoothing_year`, `deviance`,
        `marginal_likelihood` over the other dims.

    Raises
    ------
    BadDimensions, OutOfBounds, BadInput
        See `graduate`.

    Notes
    -----
    The smoothed t minimises sum(w (y - t)^2) + smoothing x sum((difference of the order of t)^2), that is
    t = inv(W + smoothing D'D) W y.

    References
    ----------
    .. [1] Whittaker, E. T. (1923), On a new method of graduation, Proceedings of the Edinburgh Mathematical Society 41,
       63-75.
    .. [2] Henderson, R. (1924), A new method of graduation, Transactions of the Actuarial Society of America 25, 29-40.

    Examples
    --------
    >>> whittaker([1.0, 3.0, 2.0, 4.0], [1, 1, 1, 1], smoothing=1.0).fitted.round(3).values.tolist()
    [1.273, 2.182, 2.818, 3.727]
    """
    coords = {"age": ages, "year": years}
    dims = AXES if not isinstance(values, xr.DataArray) and np.ndim(values) == 2 else ("age",)
    given = labelled(values, "values", dims, coords, gaps=True)
    precision = labelled(weights, "weights", dims, coords, least=0.0)
    require_given(given, "values", coords)
    same_labels("values and weights", given, precision)
    if not set(precision.dims) <= set(given.dims):
        raise BadDimensions(f"weights have the dims {precision.dims}, the values {given.dims}; give both by the same.")
    precision = precision.broadcast_like(given)
    given = known(given, precision, "values")
    orders = orders_of(order, given)
    given, precision = (extended(array, orders, {}) for array in (given, precision))
    amount = smoothing_of(smoothing, orders)

    def one(here: np.ndarray, weight: np.ndarray) -> Smoothed:
        enough(weight > 0, weight > 0, list(orders.values()), not isinstance(amount, list), "values with a weight")
        return smooth(Normal, (here, weight), list(orders.values()), amount)

    found = each(one, (given, precision.transpose(*given.dims)), orders)
    z, spread = quantile(level), np.sqrt(found.variance)
    answers = {"fitted": found.cells, "lower": found.cells - z * spread, "upper": found.cells + z * spread}
    answers |= {"standard_error": spread, "edf": found.edf}
    result = xr.Dataset({name: array.transpose(*given.dims) for name, array in answers.items()})
    quality = found.drop_vars(["cells", "variance", "edf"])
    return described(result.assign(quality.data_vars), VALUES | QUALITY).assign_attrs(level=level, order=str(orders))
