"""Plain yearly series on one footing: whatever the caller holds becomes aligned arrays with the year last."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from actuarial import quick
from actuarial.errors import BadInput
from actuarial.vocabulary import annotate

FLOWS = ("contributions", "outgo", "other_income", "earnings")
RATES = ("interest", "discount_rate")


@dataclass(frozen=True)
class Series:
    """Aligned inputs: every array has the shape (*extra, year); what belongs to one date has the shape (*extra,).

    Flows are those of their periods, interest and discount rates those of a whole period: a first period of less than a
    year bears less of both.
    """

    values: dict[str, np.ndarray]
    years: np.ndarray
    coords: dict[str, object]
    extra: tuple[str, ...]
    first_period: float = 1.0

    def __getitem__(self, name):
        return self.values[name]

    def yearly(self, name):
        """A flow at the pace of a whole year: that of the first period over its length."""
        if self.first_period == 1.0:
            return self.values[name]
        return self.values[name] / period_lengths(len(self.years), self.first_period)

    def times(self, timing):
        """Time at which each flow of a period falls, years after the valuation date."""
        lengths = period_lengths(len(self.years), self.first_period)
        starts = np.concatenate([[0.0], np.cumsum(lengths)[:-1]])
        return {flow: starts + fraction * lengths for flow, fraction in timings(timing).items()}

    def unlike(self, name, other):
        """Words on the years in which two series differ: how many of them, and the first; empty where there is none."""
        differ = np.any(self[name] != self[other], axis=tuple(range(len(self.extra))))
        if not differ.any():
            return ""
        return f"in {differ.sum()} of {differ.size} years, the first is {self.years[differ][0]}"

    def by_year(self, values, name):
        """Label an array of shape (*extra, year)."""
        coords = {**self.coords, "year": self.years}
        found = quick.labelled(np.asarray(values), tuple(coords), coords, xr.DataArray)
        found.name = name
        return found

    def at_date(self, values, name):
        """Label an array of shape (*extra,)."""
        return xr.DataArray(values, dims=self.extra, coords=self.coords, name=name)

    def position(self, year, argument, default):
        """Place of a year on the axis; `default` where the caller named none."""
        if year is None:
            return default
        found = np.flatnonzero(self.years == year)
        if len(found) == 0:
            raise BadInput(
                f"{argument}={year} is not a year of the series, which run from {self.years[0]} to {self.years[-1]}."
            )
        return int(found[0])


def align(yearly, dated=None, first_period=1.0):
    """Align series by year and broadcast everything else.

    Parameters
    ----------
    yearly : mapping of name to series
        1-D array, pandas Series or DataArray by `year`; a number or an array without `year` is constant over years.
    dated : mapping of name to value, optional
        Quantities of one date (an opening reserve): a number or an array without `year`.
    first_period : float, years
        Length of the first period, above 0 and at most 1; `interest` and `discount_rate` are annual rates and become
        those of their periods.

    Returns
    -------
    Series

    Raises
    ------
    BadInput
        No series at all, different years, different lengths, NaN, a year dimension where none belongs, a first period
        of no length or of more than a year.
    """
    arrays = {name: _labelled(name, value) for name, value in yearly.items()}
    points = {name: _labelled(name, value) for name, value in (dated or {}).items()}
    for name, array in points.items():
        if array.ndim and ("year" in array.dims or array.dims == ("unlabelled",)):
            raise BadInput(f"{name} must be one value (or one per scenario), but it is a series by year.")
    years = _common_years(arrays)
    extra, coords = _extra_dims({**arrays, **points})
    shape = tuple(len(coords[dim]) for dim in extra)
    values = {}
    for name, array in arrays.items():
        values[name] = np.broadcast_to(as_block(array, extra), (*shape, len(years)))
    for name, array in points.items():
        values[name] = np.broadcast_to(as_block(array, extra)[..., 0], shape)
    series = Series(values, years, coords, extra, first_period)
    _finite(series)
    for name in RATES:
        if name in yearly:
            values[name] = of_period(values[name], first_period)
    return series


def of_period(interest, first_period):
    """Interest of every period from annual rates (..., year): (1+i)^phi - 1 in a first one of the length phi.

    Raises
    ------
    BadInput
        A length that is not above 0 and at most 1; interest of -100% or less.
    """
    if not (is_number(first_period) and 0 < first_period <= 1):
        raise BadInput(f"first_period must be a part of a year, above 0 and at most 1, but it is {first_period!r}.")
    if first_period == 1.0:
        return interest
    check_interest(interest)
    found = np.array(interest, dtype="float64")
    found[..., 0] = (1 + found[..., 0]) ** first_period - 1
    return found


def period_lengths(years, first_period):
    """Lengths of so many periods: the first one, then whole years."""
    return np.concatenate([[first_period], np.ones(years - 1)])


def _labelled(name, value):
    """A DataArray whose dims are `year`, other words, or the mark `unlabelled` for a bare 1-D array."""
    if isinstance(value, xr.DataArray):
        return value if value.dtype == np.float64 else value.astype("float64")
    if hasattr(value, "index") and hasattr(value, "to_numpy"):
        if value.ndim != 1 or not np.issubdtype(np.asarray(value.index).dtype, np.integer):
            held = f"dtype {np.asarray(value.index).dtype}" if value.ndim == 1 else f"a {type(value).__name__}"
            raise BadInput(
                f"{name}: a pandas object must be a Series whose index holds the years as integers (got {held}).\n"
                "  Take one column of a table; years are made of words with .astype(int), of dates with .year."
            )
        return xr.DataArray(
            value.to_numpy(dtype="float64", na_value=np.nan), dims="year", coords={"year": np.asarray(value.index)}
        )
    try:
        array = np.asarray(value, dtype="float64")
    except (TypeError, ValueError) as error:
        raise BadInput(f"{name} must be numbers, but it is {type(value).__name__}: {error}.") from None
    array = np.where(np.ma.getmaskarray(value), np.nan, array) if np.ma.is_masked(value) else array
    if array.ndim > 1:
        raise BadInput(
            f"{name} has {array.ndim} dimensions without names. Give a DataArray with dims such as (scenario, year)."
        )
    return xr.DataArray(array, dims="unlabelled" if array.ndim else ())


def _common_years(arrays):
    """The years that all series share; 1, 2, ... where nothing is labelled."""
    years, owner = None, ""
    for name, array in arrays.items():
        if "year" not in array.dims:
            continue
        here = array["year"].values if "year" in array.coords else np.arange(1, array.sizes["year"] + 1)
        if years is None:
            if not np.issubdtype(here.dtype, np.number) or np.any(here != np.floor(here)):
                raise BadInput(
                    f"{name}: the labels of year must be whole years, but the first is {here[0]!r}.\n"
                    "  Years are made of words with .astype(int), of dates with .dt.year."
                )
            years, owner = here.astype("int64"), name
            if len(years) == 0 or np.any(np.diff(years) != 1):
                raise BadInput(f"{name}: the years must follow each other without a gap, but {_break(years)}.")
        elif not np.array_equal(here, years):
            raise BadInput(
                f"{name} runs over other years than {owner}: {span(here)} against {span(years)}. "
                "Select the same years in both."
            )
    for name, array in arrays.items():
        if array.dims != ("unlabelled",):
            continue
        if years is None:
            years, owner = np.arange(1, array.size + 1), name
        if array.size != len(years):
            raise BadInput(f"{name} has {array.size} years, but {owner} has {len(years)}.")
    if years is None or len(years) == 0:
        raise BadInput(f"None of {', '.join(arrays)} is a series by year: give at least one array of yearly values.")
    return years


def _break(years):
    """The first place where the years do not follow each other."""
    places = np.flatnonzero(np.diff(years) != 1)
    if not places.size:
        return "there are none"
    return f"{years[places[0]]} is followed by {years[places[0] + 1]} ({places.size} such places)"


def span(years):
    """First and last of some years in words."""
    return f"{years[0]}-{years[-1]}" if len(years) else "none"


def _extra_dims(arrays):
    """Dims other than the year, `scenario` first, with their labels."""
    coords: dict[str, np.ndarray] = {}
    for name, array in arrays.items():
        for dim in map(str, array.dims):
            if dim in ("year", "unlabelled"):
                continue
            labels = array[dim].values if dim in array.coords else np.arange(array.sizes[dim])
            if dim in coords and not np.array_equal(coords[dim], labels):
                raise BadInput(f"{name}: the labels of {dim} differ from those of the other series.")
            coords.setdefault(dim, labels)
    extra = tuple(sorted(coords, key=lambda dim: dim != "scenario"))
    return extra, {dim: coords[dim] for dim in extra}


def as_block(array, extra):
    """Plain values with one axis per extra dim and the year last; missing dims have the length 1."""
    last = tuple(dim for dim in array.dims if dim in ("year", "unlabelled"))
    present = tuple(dim for dim in extra if dim in array.dims)
    values = array.transpose(*present, *last).values
    shape = [array.sizes[dim] if dim in present else 1 for dim in extra]
    return values.reshape(*shape, values.shape[-1] if last else 1)


def _finite(series):
    for name, values in series.values.items():
        bad = ~np.isfinite(values)
        if not bad.any():
            continue
        place = np.argwhere(bad)[0]
        dims = (*series.extra, "year")[: values.ndim]
        labels = {**series.coords, "year": series.years}
        where = ", ".join(f"{dim}={labels[dim][at]}" for dim, at in zip(dims, place, strict=True)) or "the value"
        raise BadInput(
            f"{name} must hold finite numbers.\n  {int(bad.sum())} of {values.size} fail; the first: {where} -> "
            f"{values[tuple(place)]}"
        )


def is_number(value):
    """Whether a setting is one finite number."""
    return isinstance(value, int | float | np.number) and not isinstance(value, bool) and bool(np.isfinite(value))


def is_whole(value):
    """Whether a setting is one whole number."""
    return is_number(value) and value == int(value)


def check_interest(interest):
    """Interest of -100% or less leaves nothing to compound, interest above 100% is a percentage.

    Raises
    ------
    BadInput
        A rate of -1 or below, or above 1.
    """
    for bad, bound, extreme in ((interest <= -1, "above -1", np.min), (interest > 1, "below 1", np.max)):
        if np.any(bad):
            raise BadInput(
                f"interest must lie {bound} (a fraction per year), but {int(np.sum(bad))} values are not; the "
                f"{'lowest' if extreme is np.min else 'highest'} is {float(extreme(interest))}. If these are "
                "percentages, divide them by 100."
            )


def timings(timing):
    """Fraction of the year at which each flow falls, from one number or from a mapping by flow.

    Parameters
    ----------
    timing : float or mapping
        0 is 1 January, 1 is 31 December. Flows that a mapping does not name fall in the middle of the year (0.5).

    Returns
    -------
    dict with the keys contributions, outgo, other_income, earnings

    Raises
    ------
    BadInput
        An unknown flow or a fraction outside 0..1.
    """
    if isinstance(timing, Mapping):
        unknown = [str(name) for name in timing if name not in FLOWS]
        if unknown:
            raise BadInput(f"timing: unknown flow {', '.join(unknown)}; the flows are {', '.join(FLOWS)}.")
        chosen = {name: timing.get(name, 0.5) for name in FLOWS}
    else:
        chosen = dict.fromkeys(FLOWS, timing)
    for name, value in chosen.items():
        if not (is_number(value) and 0 <= value <= 1):
            raise BadInput(f"timing of {name} must be a fraction of the year between 0 and 1, but it is {value!r}.")
    return {name: float(value) for name, value in chosen.items()}


def year_end_factors(interest, timing, within_year):
    """What one unit of each flow is worth on 31 December of its year.

    With interest i and a flow at the fraction tau of the year the factor is (1+i)^(1-tau) under compound interest
    (`within_year="compound"`) and 1 + (1-tau) i under simple interest, which is what the exposures of the trustees of
    the United States' OASDI funds mean (an exposure of 0.518 is a timing of 0.482).

    Parameters
    ----------
    interest : array of (..., year), 1/year
    timing : float or mapping by flow
    within_year : "compound" or "simple"

    Returns
    -------
    dict of flow to array of the shape of `interest`

    Raises
    ------
    BadInput
        Another word, a wrong timing, or interest of -100% or less.
    """
    check_interest(interest)
    if within_year not in ("compound", "simple"):
        raise BadInput(f"within_year must be 'compound' or 'simple', but it is {within_year!r}.")
    fractions = timings(timing)
    worth = {}
    for tau in set(fractions.values()):
        worth[tau] = (1 + interest) ** (1 - tau) if within_year == "compound" else 1 + (1 - tau) * interest
    return {flow: worth[tau] for flow, tau in fractions.items()}


def year_end_discount(interest):
    """D_t = prod 1/(1+i_u) over u <= t: value on the valuation date of one unit on 31 December of year t."""
    return 1 / np.cumprod(1 + interest, axis=-1)


def labelled(variables):
    """One annotated Dataset out of named arrays."""
    return annotate(quick.gathered(variables))
