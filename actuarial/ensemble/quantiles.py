"""Order statistics of an ensemble: fans by year, distributions of single numbers, and how well they are known."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import xarray as xr

from actuarial.demography.futures.order_statistics import ranks, rising_levels
from actuarial.ensemble.part_passes import by_years
from actuarial.errors import BadDimensions, BadInput, MissingVariable, OutOfBounds
from actuarial.fields import ended, suggestion
from actuarial.translation import N_
from actuarial.vocabulary import variables

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
NEVER = "year"
"""Units of numbers that may be missing: the first year of something that does not happen in every scenario."""


def quantiles(
    result: xr.Dataset | str | Path, names: str | Sequence[str], levels: Sequence[float] = LEVELS
) -> xr.Dataset:
    """Quantiles over the scenarios, by year where the variables are.

    Parameters
    ----------
    result : Dataset of `run`, or of any projection with scenarios, or the folder of an ensemble
        The parts of a folder are read some years at a time, all scenarios of them, so that memory is bounded whatever
        was kept and however many scenarios there are.
    names : str or sequence of str
        Variables of it.
    levels : sequence of float between 0 and 1, rising

    Returns
    -------
    Dataset
        The variables by (quantile, their other dims), with their units; a variable of it is what
        `actuarial.report.draw_fan` draws. The attribute `scenarios` says how many there are.

    Raises
    ------
    MissingVariable, BadDimensions
        A variable is not there or has no scenarios.
    BadInput
        Levels that do not rise between 0 and 1; a folder without parts or with a part missing among them, or variables
        that were not kept in it.
    OutOfBounds
        NaN, but where a year has not come in a scenario: it counts as later than all.

    Notes
    -----
    The quantile p of n scenarios is the order statistic of rank ceil(n p) [1]_: a number of one scenario, not between
    two, and of each year by itself. It is NaN where it is a year that has not come.

    References
    ----------
    .. [1] Hyndman, R. J., Fan, Y. (1996), Sample quantiles in statistical packages, The American Statistician 50(4),
       361-365, definition 1.

    Examples
    --------
    >>> result = xr.Dataset({"reserve": ("scenario", [4.0, 1.0, 3.0, 2.0])})
    >>> quantiles(result, "reserve", [0.25, 0.5, 0.9]).reserve.values.tolist()
    [1.0, 2.0, 4.0]
    """
    given, wanted = rising_levels("levels", levels), [names] if isinstance(names, str) else list(names)
    if isinstance(result, (str, Path)):
        return by_years(Path(result), wanted, lambda some, own: quantiles(some, own, levels))
    found = {}
    for name in wanted:
        array = over_scenarios(result, name)
        rows = np.sort(array.values, axis=0)[ranks(array.sizes["scenario"], given) - 1]
        dims = ("quantile", *array.dims[1:])
        coords = {dim: array[dim] for dim in array.dims[1:] if dim in array.coords}
        found[name] = xr.DataArray(rows, dims=dims, coords={"quantile": given, **coords}, attrs=array.attrs)
    return xr.Dataset(found, attrs=told_by(result))


def distribution(
    result: xr.Dataset,
    name: str,
    levels: Sequence[float] = LEVELS,
    *,
    confidence: float = 0.95,
) -> xr.Dataset:
    """Distribution over the scenarios of a number, such as the general average premium, or of a path by year.

    Parameters
    ----------
    result : Dataset of `run`
    name : str
        `general_average_premium_net` is the level contribution rate that pays for all; its quantile 0.9 is enough in
        nine of ten scenarios.
    levels : sequence of float between 0 and 1, rising
    confidence : float between 0 and 1
        Of the intervals around the quantiles.

    Returns
    -------
    Dataset
        By the other dims of the variable `mean`, `standard_deviation`, `standard_error` (of the mean), `smallest`,
        `largest`; by (quantile, these) `quantile_value`, `lower`, `upper`, `standard_error_quantile`. All in the units
        of the variable.

    Raises
    ------
    MissingVariable, BadDimensions, BadInput, OutOfBounds
        As `quantiles`; fewer than two scenarios.

    Notes
    -----
    The interval of a quantile has the ranks l and u between which the number of scenarios below the true quantile,
    binomial with n and p, lies with the confidence [1]_; it needs no assumption about the distribution. The standard
    error is half of its length over the normal quantile of the confidence. Where n is too small for such a rank the end
    of the interval is infinite.

    References
    ----------
    .. [1] David, H. A., Nagaraja, H. N. (2003), Order Statistics, 3rd edition, Wiley, section 7.1.

    Examples
    --------
    distribution(futures, "general_average_premium_net", [0.5, 0.75, 0.9])
    """
    from scipy.special import ndtri

    array = over_scenarios(result, name)
    count, values = array.sizes["scenario"], array.values
    if count < 2:
        raise BadInput("scenarios: the distribution of one scenario is not known; draw 2 or more.")
    central = quantiles(result, name, levels)[name]
    lower, upper = interval(array, rising_levels("levels", levels), confidence)
    spread = values.std(axis=0, ddof=1)
    half = (upper - lower) / 2.0 / ndtri(0.5 + confidence / 2.0)
    single = {
        "mean": (values.mean(axis=0), f"Mean of the scenarios: {name}"),
        "standard_deviation": (spread, f"Standard deviation over the scenarios: {name}"),
        "standard_error": (spread / np.sqrt(count), f"Standard error of the mean: {name}"),
        "smallest": (values.min(axis=0), f"Smallest of the scenarios: {name}"),
        "largest": (values.max(axis=0), f"Largest of the scenarios: {name}"),
    }
    by_level = {
        "quantile_value": (central.values, f"Quantile: {name}"),
        "lower": (lower, f"Lower end of the interval of {confidence:g} around the quantile: {name}"),
        "upper": (upper, f"Upper end of the interval of {confidence:g} around the quantile: {name}"),
        "standard_error_quantile": (half, f"Standard error of the quantile: {name}"),
    }
    units = str(array.attrs.get("units", ""))
    columns = {
        **{key: (array.dims[1:], v, {"units": units, "long_name": w}) for key, (v, w) in single.items()},
        **{key: (central.dims, v, {"units": units, "long_name": w}) for key, (v, w) in by_level.items()},
    }
    return xr.Dataset(columns, coords=central.coords, attrs=told_by(result))


def convergence(
    result: xr.Dataset,
    name: str,
    level: float,
    counts: Sequence[int] | None = None,
    *,
    year: int | None = None,
    confidence: float = 0.95,
) -> xr.Dataset:
    """A quantile of the first n scenarios and its interval, for rising n: whether more of them are needed.

    Parameters
    ----------
    result : Dataset of `run`
    name : str
    level : float between 0 and 1
    counts : sequence of int, optional
        By default ten rising numbers up to all scenarios.
    year : int, optional
        Of a variable by year; by default its last one.
    confidence : float between 0 and 1

    Returns
    -------
    Dataset
        By `count`: `quantile_value`, `lower`, `upper`, `standard_error_quantile`, see `distribution`.

    Raises
    ------
    MissingVariable, BadDimensions, BadInput, OutOfBounds
        As `distribution`; counts below 2 or above the scenarios, a year that is not there.

    Examples
    --------
    convergence(futures, "reserve_ratio", 0.05, year=2060)
    """
    array = over_scenarios(result, name)
    if "year" in array.dims:
        chosen = int(array["year"].values[-1]) if year is None else year
        if chosen not in array["year"].values:
            raise BadInput(f"year: {chosen} is none of {array['year'].values[0]} to {array['year'].values[-1]}.")
        array = array.sel(year=chosen, drop=True)
    if array.dims != ("scenario",):
        raise BadDimensions(f"{name} is by {', '.join(map(str, array.dims))} as well; select one label of each.")
    most = array.sizes["scenario"]
    given = sorted({max(2, most * i // 10) for i in range(1, 11)}) if counts is None else list(counts)
    if not given or min(given) < 2 or max(given) > most:
        raise BadInput(f"counts: numbers from 2 to {most}, the scenarios there are, are needed (got {counts}).")
    whole = xr.Dataset({name: array})
    parts = [distribution(whole.isel(scenario=slice(0, n)), name, [level], confidence=confidence) for n in given]
    names = ["quantile_value", "lower", "upper", "standard_error_quantile"]
    along = xr.DataArray(given, dims="count", name="count")
    stacked = xr.concat([part[names].isel(quantile=0) for part in parts], along)
    return stacked.assign_attrs(told_by(result))


def over_scenarios(result: xr.Dataset, name: str) -> xr.DataArray:
    """A variable with the scenarios first, without NaN but in years that have not come."""
    if not isinstance(result, xr.Dataset):
        raise BadInput(f"result: give the Dataset of an ensemble (got {type(result).__name__}).")
    if name not in result:
        raise MissingVariable(_not_there(result, name))
    array = result[name]
    if "scenario" not in array.dims:
        raise BadDimensions(f"{name}: it is the same in all scenarios, or the result has none.")
    array = array.transpose("scenario", ...)
    missing = np.isnan(array.values)
    if missing.any() and array.attrs.get("units") != NEVER:
        raise OutOfBounds(
            f"{name}: {int(missing.sum())} of {missing.size} values are NaN, so that they have no order.\n"
            "  Select the years in which all scenarios have a number."
        )
    return array


def _not_there(result: xr.Dataset, name: str) -> str:
    """Why an ensemble lacks a variable: its name is misspelled, or it was not kept."""
    have = [str(one) for one in result.data_vars if "scenario" in result[one].dims]
    if name in variables():
        more = f'Run it again with keep=[..., "{name}"]' if "seed" in result.attrs else "Select another one"
        return f"{name}: the result has not kept it.\n  {more}; it has {', '.join(have)}."
    hint = ended(suggestion(name, have, N_("it has {names}")))
    return f"{name}: the result has no such variable; {hint}"


def interval(array: xr.DataArray, levels: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the intervals of quantiles by ranks, (level, other dims), infinite where there is no such rank."""
    from scipy.stats import binom

    if not 0 < confidence < 1:
        raise BadInput(f"confidence: a number between 0 and 1 is needed (got {confidence!r}).")
    count, outside = array.sizes["scenario"], (1.0 - confidence) / 2.0
    ends = np.full((1, *array.shape[1:]), np.inf)
    padded = np.concatenate([-ends, np.sort(array.values, axis=0), ends])
    low = binom.ppf(outside, count, levels).astype(int)
    high = binom.ppf(1.0 - outside, count, levels).astype(int) + 1
    return padded[low.clip(0)], padded[high.clip(max=count + 1)]


def told_by(result: xr.Dataset) -> dict[str, object]:
    names = ("scheme", "currency", "valuation_date", "seed", "library_version")
    told = {name: result.attrs[name] for name in names if name in result.attrs}
    return told | {f"{dim}s": size for dim, size in result.sizes.items() if dim == "scenario"}
