"""Improvement of mortality: rates seen, scales by age, year and cohort, and rates projected with them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import gap_in, labelled, numbers_of, refuse, require_given, same_labels
from actuarial.errors import BadInput

SHAPES: dict[str, Callable[[Any], Any]] = {"linear": lambda u: u, "cosine": lambda u: 0.5 * (1.0 - np.cos(np.pi * u))}


@kind.takes(rates=kind.numbers, years=kind.optional(kind.ages))
def improvement_rates(rates: Any, years: Sequence[int] | None = None) -> xr.DataArray:
    """Share by which mortality fell from each year to the next.

    Parameters
    ----------
    rates : array of (year, age), or DataArray with `year`
        Central death rates or probabilities of dying, above 0.
    years : labels of a plain array

    Returns
    -------
    DataArray by year (the later one) and the other dims, fraction
        1 - m_t/m_{t-1}.

    Raises
    ------
    OutOfBounds
        A rate that is not above 0.
    BadInput
        Fewer than two years, or years that do not follow each other.

    Examples
    --------
    >>> improvement_rates([[0.10, 0.2], [0.09, 0.2]]).round(6).values.tolist()
    [[0.1, 0.0]]
    """
    seen = labelled(rates, "rates", ("year",) if isinstance(rates, xr.DataArray) else ("year", "age"), {"year": years})
    require_given(seen, "rates", {"year": years})
    refuse(seen, seen.values <= 0, "rates must be above 0", "Graduate them first.")
    gap = gap_in(seen["year"].values) if "year" in seen.coords else ""
    if seen.sizes["year"] < 2 or gap:
        raise BadInput(f"rates: improvement needs at least two years that follow each other{gap}.")
    later, earlier = seen.isel(year=slice(1, None)), seen.isel(year=slice(None, -1))
    return _named(1.0 - later / earlier.assign_coords({"year": later["year"]}), "Improvement of mortality in the year")


@kind.takes(rates=kind.numbers, improvement=kind.numbers, years=kind.ages)
def projected_mortality(rates: Any, improvement: Any, years: Sequence[int]) -> xr.DataArray:
    """Death rates or probabilities of dying projected with a scale of improvement.

    Parameters
    ----------
    rates : array of (age), or DataArray with `age`
        Those of the first of `years`; either kind is projected alike.
    improvement : array of (age) or (year, age), or DataArray with `age` and perhaps `year`, fraction
        Below 1. By age it is the same in all years; by year it is that from the year before, and a plain array has a
        row for each year but the first.
    years : sequence of int
        Years that follow each other; the first is that of `rates`.

    Returns
    -------
    DataArray by year, age and the other dims, in the unit of `rates`
        m_{t,x} = m_{0,x} prod_{u <= t} (1 - AA_{u,x}).

    Raises
    ------
    OutOfBounds
        An improvement of 1 or more.
    BadInput
        Years that do not follow each other, or years without improvement.

    References
    ----------
    .. [1] Society of Actuaries (2012), Mortality Improvement Scale BB Report, Schaumburg.

    Examples
    --------
    >>> projected_mortality([0.01, 0.02], [0.5, 0.0], [2025, 2026, 2027]).values.tolist()
    [[0.01, 0.02], [0.005, 0.02], [0.0025, 0.02]]
    """
    labels = _years(years)
    if labels.size < 1 or gap_in(labels):
        raise BadInput(f"years: they must follow each other, and the first is that of the rates{gap_in(labels)}.")
    first = labelled(rates, "rates", ("age",), {"age": _ages(improvement, rates)}, least=0.0)
    scale = _scale(improvement, labels[1:], _ages(rates, improvement))
    refuse(scale, scale.values >= 1.0, "improvement must be below 1")
    if "year" in scale.dims:
        missing = sorted(set(labels[1:].tolist()) - set(scale["year"].values.tolist()))
        if missing:
            raise BadInput(f"improvement: {len(missing)} years have none; the first is {missing[0]}.")
        scale = scale.sel(year=labels[1:])
    else:
        scale = scale.expand_dims(year=labels[1:])
    left = (1.0 - scale).cumprod("year")
    start = xr.ones_like(left.isel(year=0, drop=True) if left.sizes["year"] else first).expand_dims(year=labels[:1])
    left = xr.concat([start, left], dim="year") if left.sizes["year"] else start
    try:
        found = xr.align(first, left, join="exact")
    except ValueError as error:
        raise BadInput(f"improvement: it must have the labels of the rates: {error}") from error
    return _ordered(found[0] * found[1])


@kind.takes(rates=kind.numbers, years=kind.ages, ages=kind.ages)
def cohort_improvement(rates: Any, years: Sequence[int], ages: Sequence[int]) -> xr.DataArray:
    """A scale by year and age of one by year of birth.

    Parameters
    ----------
    rates : DataArray with `cohort` (year of birth), fraction
    years, ages : sequences of int

    Returns
    -------
    DataArray by year and age
        AA_{t,x} = C_{t-x}.

    Raises
    ------
    BadInput
        Years of birth without improvement.
    """
    scale = labelled(rates, "improvement", ("cohort",))
    born = _axis("year", years) - _axis("age", ages)
    missing = np.setdiff1d(born.values, scale["cohort"].values)
    if missing.size:
        raise BadInput(f"improvement: {missing.size} years of birth have none; the first is {missing[0]}.")
    return _named(_ordered(scale.sel(cohort=born).drop_vars("cohort")), "Improvement of mortality in the year")


@kind.takes(
    initial=kind.numbers, ultimate=kind.numbers, years=kind.ages, start=kind.numbers, end=kind.numbers,
    shape=kind.word,
)
def converging_improvement(
    initial: Any, ultimate: Any, years: Sequence[int], *, start: Any, end: Any, shape: str = "linear"
) -> xr.DataArray:
    """A scale that moves from initial to ultimate improvement over some years.

    Parameters
    ----------
    initial, ultimate : array of (age), number, or DataArray, fraction
        Improvement until `start` and from `end` on.
    years : sequence of int
    start, end : int, or DataArray with `age`
        Last year of the initial and first year of the ultimate improvement; by age where a DataArray says so.
    shape : "linear" or "cosine"
        Of the weight w of the ultimate improvement: u, or (1 - cos(pi u))/2; between, u = (t - start)/(end - start).

    Returns
    -------
    DataArray by year and the other dims, fraction
        (1 - w) initial + w ultimate.

    Raises
    ------
    BadInput
        An end that is not after its start, an unknown shape.
    BadDimensions
        Scales or years of other ages.

    Examples
    --------
    >>> scale = converging_improvement([0.02, 0.03], 0.01, range(2025, 2030), start=2025, end=2029)
    >>> scale.sel(age=1).round(4).values.tolist()
    [0.03, 0.025, 0.02, 0.015, 0.01]
    """
    if shape not in SHAPES:
        raise BadInput(f"shape: {shape!r} is not known; write one of {', '.join(SHAPES)}.")
    given = {"initial": initial, "ultimate": ultimate, "start": start, "end": end}
    arrays = [_by_age(one, name) for name, one in given.items()]
    same_labels("initial, ultimate, start and end", *arrays)
    before, after, first, last = xr.align(*arrays, join="exact")
    if bool((last <= first).any()):
        raise BadInput("end: the ultimate improvement must begin after the last year of the initial one.")
    weight = SHAPES[shape](((_axis("year", years) - first) / (last - first)).clip(0.0, 1.0))
    return _named(_ordered((1.0 - weight) * before + weight * after), "Improvement of mortality in the year")


def _years(labels: Any, dim: str = "year") -> np.ndarray:
    numbers = np.asarray(labels)
    if numbers.ndim != 1 or (numbers.size and numbers.dtype.kind not in "iuf"):
        raise BadInput(f"{dim}s: give a sequence of numbers, such as range(20, 40), not {labels!r}.")
    return numbers


def _axis(dim: str, labels: Sequence[int]) -> xr.DataArray:
    return xr.DataArray(_years(labels, dim), dims=dim, coords={dim: _years(labels, dim)})


def _by_age(value: Any, name: str) -> xr.DataArray:
    if isinstance(value, xr.DataArray):
        return labelled(value, name, ())
    if np.ndim(value):
        return labelled(value, name, ("age",))
    return labelled(xr.DataArray(numbers_of(value, name)), name, ())


def _ages(other: Any, values: Any) -> Any:
    """Ages of a labelled array for plain numbers beside it, where there are as many."""
    known = isinstance(other, xr.DataArray) and "age" in other.coords and not isinstance(values, xr.DataArray)
    return other["age"].values if known and np.shape(values)[-1:] == other["age"].shape else None


def _scale(improvement: Any, years: np.ndarray, ages: Any) -> xr.DataArray:
    if isinstance(improvement, xr.DataArray) or np.ndim(improvement) < 2:
        return labelled(improvement, "improvement", ("age",), {"age": ages})
    return labelled(improvement, "improvement", ("year", "age"), {"year": years, "age": ages})


def _ordered(array: xr.DataArray) -> xr.DataArray:
    last = [dim for dim in ("scenario", "year", "cause", "group", "sex", "age") if dim in array.dims]
    return array.transpose(..., *last)


def _named(array: xr.DataArray, long_name: str) -> xr.DataArray:
    return array.assign_attrs(units="1", long_name=long_name)
