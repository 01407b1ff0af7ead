"""Risk in an ensemble: probability of depletion, and how bad the worst scenarios are."""

import numpy as np
import xarray as xr

from actuarial.demography.arguments import is_number
from actuarial.demography.futures.order_statistics import ranks
from actuarial.demography.labels import described
from actuarial.ensemble.quantiles import interval, over_scenarios, told_by
from actuarial.errors import BadDimensions, BadInput

WORDS = {
    "probability_below": ("fraction", "Share of the scenarios that are below the threshold at the end of the year"),
    "probability_ever_below": ("fraction", "Share of the scenarios that are below it in the year or in one before"),
    "probability_first_below": ("fraction", "Share of the scenarios that are below it in the year for the first time"),
    "lower_below": ("fraction", "Lower end of the interval around the probability of being below the threshold"),
    "upper_below": ("fraction", "Upper end of the interval around the probability of being below the threshold"),
    "standard_error_below": ("fraction", "Standard error of the probability of being below the threshold"),
    "lower_ever_below": ("fraction", "Lower end of the interval around the probability of having been below it"),
    "upper_ever_below": ("fraction", "Upper end of the interval around the probability of having been below it"),
    "standard_error_ever_below": ("fraction", "Standard error of the probability of having been below it"),
    "first_year": ("year", "First year below the threshold, missing where none is"),
}


def depletion(
    result: xr.Dataset, name: str = "reserve", *, threshold: float = 0.0, confidence: float = 0.95
) -> xr.Dataset:
    """Probability by year that a reserve is exhausted, or falls below a threshold.

    Parameters
    ----------
    result : Dataset of `run`
    name : str, default "reserve"
        Such as `reserve` or `reserve_ratio`, by year.
    threshold : float, default 0
        In the units of the variable; a scenario is below it where its number is less.
    confidence : float between 0 and 1
        Of the intervals.

    Returns
    -------
    Dataset
        By year `probability_below` (in that year), `probability_ever_below` (in that year or before: first passage),
        `probability_first_below`; of the first two the interval (`lower_below`, `upper_below`, `lower_ever_below`,
        `upper_ever_below`) and the standard error, fractions; by scenario `first_year`, NaN where there is none.

    Raises
    ------
    MissingVariable, BadDimensions, OutOfBounds
        The variable is not there, has no scenarios or years, or NaN.
    BadInput
        A threshold that is no number.

    Notes
    -----
    With k of n scenarios below, the share is p = k/n. Its interval is that of Wilson [1]_, z the normal quantile of the
    confidence, which tells something where no scenario is below, or all are::

        (p + z^2/2n +/- z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n)

    The standard error is half of its length over z: sqrt(p (1 - p)/n) where n is large, and not 0 where k is.

    A fund that has been exhausted may have assets again, in the projection at the rate of return on a debt. The first
    passage is therefore what says whether the benefits can be paid.

    References
    ----------
    .. [1] Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference, Journal of the
       American Statistical Association 22(158), 209-212.

    Examples
    --------
    >>> paths = [[2.0, -1.0, 1.0], [2.0, 1.0, 1.0], [3.0, 1.0, -2.0], [3.0, 2.0, 1.0]]
    >>> result = xr.Dataset({"reserve": (("scenario", "year"), paths)}, {"year": [2025, 2026, 2027]})
    >>> found = depletion(result)
    >>> found[["probability_below", "probability_ever_below"]].to_array().values.tolist()
    [[0.0, 0.25, 0.25], [0.0, 0.25, 0.5]]
    >>> found.upper_ever_below.values.round(2).tolist()
    [0.49, 0.7, 0.85]
    """
    array = over_scenarios(result, name)
    if set(array.dims) != {"scenario", "year"}:
        dims = ", ".join(map(str, array.dims))
        raise BadDimensions(f"{name}: a path by scenario and year is needed (it is by {dims}).")
    if not is_number(threshold) or not np.isfinite(threshold):
        raise BadInput(f"threshold: a number is needed (got {threshold!r}).")
    if not 0 < confidence < 1:
        raise BadInput(f"confidence: a number between 0 and 1 is needed (got {confidence!r}).")
    below = array.transpose("scenario", "year").values < threshold
    ever = np.maximum.accumulate(below, axis=1)
    count = len(below)
    at_date, passed = below.sum(axis=0) / count, ever.sum(axis=0) / count
    first = np.diff(ever.sum(axis=0), prepend=0) / count
    years = array["year"].values
    columns = {
        "probability_below": ("year", at_date),
        "probability_ever_below": ("year", passed),
        "probability_first_below": ("year", first),
        **_around(at_date, count, confidence, "below"),
        **_around(passed, count, confidence, "ever_below"),
        "first_year": ("scenario", np.where(ever[:, -1], years[ever.argmax(axis=1)], np.nan)),
    }
    coords = {dim: array[dim] for dim in ("scenario", "year") if dim in array.coords}
    told = {"of": name, "threshold": float(threshold), "scenarios": count, "confidence": float(confidence)}
    attrs = told_by(result) | told
    return described(xr.Dataset(columns, coords=coords), WORDS).assign_attrs(attrs)


def _around(share: np.ndarray, count: int, confidence: float, what: str) -> dict[str, tuple[str, np.ndarray]]:
    """Interval and standard error of shares of scenarios by year."""
    from scipy.special import ndtri

    z = float(ndtri(0.5 + confidence / 2.0))
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2)) / (1 + z**2 / count)
    return {
        f"lower_{what}": ("year", (middle - half).clip(0.0)),
        f"upper_{what}": ("year", (middle + half).clip(max=1.0)),
        f"standard_error_{what}": ("year", half / z),
    }


def tail(
    result: xr.Dataset, name: str, level: float = 0.95, *, side: str = "upper", confidence: float = 0.95
) -> xr.Dataset:
    """Value at risk and expected shortfall: the border of the worst scenarios, and their mean.

    Parameters
    ----------
    result : Dataset of `run`
    name : str
        A single number, or a path by year, whose years are taken each by itself.
    level : float between 0 and 1
        Share of the scenarios that are not among the worst.
    side : "upper" or "lower"
        Where the worst are: "upper" for a cost or a premium, "lower" for a reserve.
    confidence : float between 0 and 1
        Of the interval around the value at risk.

    Returns
    -------
    Dataset
        By the other dims of the variable `value_at_risk`, its interval `lower`, `upper`, and `expected_shortfall` with
        its `standard_error`, all in the units of the variable.

    Raises
    ------
    MissingVariable, BadDimensions, OutOfBounds
        As `quantiles`, and NaN of any kind.
    BadInput
        A level or confidence outside (0, 1), another side.

    Notes
    -----
    The value at risk is the quantile `level`, of the lower side 1 - `level` counted from above, of rank ceil(n level)
    in the order from good to bad. The expected shortfall [1]_ is the mean of the worst n (1 - level) scenarios; where
    that is no whole number, the scenario at the border counts by its part::

        ES = (sum of the k worst + (n (1-level) - k) of the next one)/(n (1-level)),        k = floor(n (1-level))

    Its standard error [2]_ is sqrt((s^2 + level (ES - VaR)^2)/(n (1-level))), s the standard deviation of those beyond
    the value at risk.

    References
    ----------
    .. [1] Acerbi, C., Tasche, D. (2002), On the coherence of expected shortfall, Journal of Banking and Finance 26(7),
       1487-1503.
    .. [2] Manistre, B. J., Hancock, G. H. (2005), Variance of the CTE estimator, North American Actuarial Journal 9(2),
       129-156.

    Examples
    --------
    >>> result = xr.Dataset({"premium": ("scenario", [float(i) for i in range(1, 11)])})
    >>> found = tail(result, "premium", 0.8)
    >>> float(found.value_at_risk), float(found.expected_shortfall)
    (8.0, 9.5)
    """
    if side not in ("upper", "lower"):
        raise BadInput(f'side: write "upper" or "lower" (got {side!r}).')
    if not 0 < level < 1:
        raise BadInput(f"level: a number between 0 and 1 is needed (got {level!r}).")
    array = over_scenarios(result, name)
    if np.isnan(array.values).any():
        raise BadInput(f"{name}: in some scenarios the year has not come, so that the worst have no mean.")
    sign = 1.0 if side == "upper" else -1.0
    ordered = np.sort(sign * array.values, axis=0)
    count = len(ordered)
    risk = ordered[ranks(count, np.array([level]))[0] - 1]
    worst = round(count * (1.0 - level), 9)
    shortfall, spread = _shortfall(ordered, worst)
    error = np.sqrt((spread**2 + level * (shortfall - risk) ** 2) / worst)
    ends = [sign * end[0] for end in interval(array.copy(data=sign * array.values), np.array([level]), confidence)]
    low, high = ends if side == "upper" else ends[::-1]
    words = {
        "value_at_risk": (sign * risk, f"Value at risk {level:g}: {name}"),
        "lower": (low, f"Lower end of the interval of {confidence:g} around the value at risk: {name}"),
        "upper": (high, f"Upper end of the interval of {confidence:g} around the value at risk: {name}"),
        "expected_shortfall": (sign * shortfall, f"Mean of the worst {1.0 - level:g} of the scenarios: {name}"),
        "standard_error": (error, f"Standard error of the expected shortfall: {name}"),
    }
    units = str(array.attrs.get("units", ""))
    columns = {key: (array.dims[1:], v, {"units": units, "long_name": word}) for key, (v, word) in words.items()}
    coords = {dim: array[dim] for dim in array.dims[1:] if dim in array.coords}
    return xr.Dataset(columns, coords=coords, attrs=told_by(result) | {"level": level, "side": side})


def _shortfall(ordered: np.ndarray, size: float) -> tuple[np.ndarray, np.ndarray]:
    """Mean of the last `size` rows, the one at the border by its part, and the standard deviation of whole ones."""
    whole = int(np.floor(size))
    worst = ordered[len(ordered) - whole :]
    part = size - whole
    border = ordered[len(ordered) - whole - 1] if part > 1e-9 else 0.0
    spread = worst.std(axis=0, ddof=1) if whole > 1 else np.zeros(ordered.shape[1:])
    return (worst.sum(axis=0) + part * border) / size, spread
