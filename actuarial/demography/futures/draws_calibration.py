"""Uncertainty of a population projection from published quantiles of its assumptions, by one rule for all countries."""

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from actuarial.demography import arguments as kind
from actuarial.demography.futures.draws import SERIES, Uncertainty
from actuarial.demography.labels import labelled, refuse
from actuarial.errors import BadDimensions, BadInput, MissingVariable, OutOfBounds

FERTILITY, MORTALITY, SEXES = 0.98, 1.0, 0.95
MOST = 0.999
CANDIDATES = np.arange(1000) / 1000
OUTCOMES = ("total_population", "births", "deaths")


@kind.takes(
    intervals=kind.dataset, fertility=kind.number, mortality=kind.number, migration=kind.optional(kind.number),
    sexes=kind.number,
)
def uncertainty_from_intervals(
    intervals: xr.Dataset,
    population: xr.DataArray,
    *,
    fertility: float = FERTILITY,
    mortality: float = MORTALITY,
    migration: float | None = None,
    sexes: float = SEXES,
) -> Uncertainty:
    """Uncertainty whose quantiles are the published ones in every year, and whose persistence follows their widths.

    Parameters
    ----------
    intervals : Dataset of (level, year)
        Quantiles at the probabilities `level`, 0.5 among them, such as 0.025, 0.1, 0.5, 0.9, 0.975, of
        `total_fertility` (births per woman), `life_expectancy_male` and `life_expectancy_female` (years) and
        `net_migration` (persons per year). `total_population`, `births` and `deaths` may be there and are not read.
    population : DataArray (year), persons
        Total population on the central path, by which the width of net migration is divided before its persistence is
        estimated.
    fertility, mortality : float in [0, 1]
        Share of a deviation of fertility and of life expectancy that is left a year later, without new shocks; 1 is a
        random walk.
    migration : float in [0, 1], optional
        The same for net migration; where it is left out it is estimated from the widths.
    sexes : float in (-1, 1)
        Correlation of the life expectancies of men and women in a year. Fertility, mortality and migration are
        independent of each other.

    Returns
    -------
    Uncertainty
        The deviations are those from the median of each year.

    Raises
    ------
    MissingVariable, BadDimensions, BadInput
        A series is missing or unknown; dims or years that do not fit; a share outside its bounds.
    OutOfBounds
        NaN, total fertility of 0 or less, quantiles that cross.

    Notes
    -----
    Of a deviation x_t = phi x_{t-1} + e_t with the standard deviation s_t and shocks e_t of any size the correlation
    of two consecutive years is phi s_{t-1}/s_t, here at most 0.999. The quantiles tell s_t, up to a factor, by the
    distance of the two levels next to the median on either side; of the two sexes their mean, of net migration that
    over population. So a width that still grows fast means new shocks, and a width that has settled means old ones.

    phi is the same for all countries. A random walk for life expectancy, whose width grows as the square root of time;
    0.98 for fertility, which returns to its long-term mean over decades, while that mean is itself unknown (a hundredth
    more or less changes the width of the population of 2100 by some 7%). For net migration, whose persistence differs
    between countries from nearly none (flights and returns) to decades, it is estimated from the growth of the width
    by the least squares over c and phi of::

        sum_t (s_t^2 - c (1 - phi^(2 t)))^2       t = 1, 2, ... years from the first        phi = 0, 0.001, ..., 0.999

    the variances of a process that starts from a known value.

    References
    ----------
    .. [1] United Nations, DESA, Population Division (2024), World Population Prospects 2024: Methodology of the
       United Nations population estimates and projections.
    .. [2] Raftery, A. E., Alkema, L., Gerland, P. (2014), Bayesian population projections for the United Nations,
       Statistical Science 29(1), 58-68.
    .. [3] Azose, J. J., Raftery, A. E. (2015), Bayesian probabilistic projection of international migration,
       Demography 52(5), 1627-1650.

    Examples
    --------
    people = project_population(basis).population.sum(("sex", "age"))
    uncertainty = uncertainty_from_intervals(read_wpp_intervals("wpp", "KEN"), people)
    """
    quantiles = _quantiles(intervals)
    years = quantiles["year"].values
    people = _people(population, years)
    for name, share in (("fertility", fertility), ("mortality", mortality), ("migration", migration)):
        if share is not None and not 0 <= share <= 1:
            raise BadInput(f"{name}: the share of a deviation that is left a year later lies in [0, 1] (got {share}).")
    if not -1 < sexes < 1:
        raise BadInput(f"sexes: a correlation lies in (-1, 1) (got {sexes}).")
    deviation = _deviation(quantiles)
    width = _width(deviation)
    both = 0.5 * (width["life_expectancy_male"] + width["life_expectancy_female"])
    moved = width["net_migration"] / people
    left = ar1_from_widths(moved) if migration is None else migration
    kept = [consecutive(width["total_fertility"], fertility), consecutive(both, mortality)]
    rows = [kept[0], kept[1], kept[1], consecutive(moved, left)]
    matrix = np.eye(len(SERIES))
    matrix[1, 2] = matrix[2, 1] = sexes
    series = list(SERIES)
    return Uncertainty(
        deviation,
        xr.DataArray(np.array(rows), dims=("series", "year"), coords={"series": series, "year": years}),
        xr.DataArray(matrix, dims=("series", "other"), coords={"series": series, "other": series}),
    )


def consecutive(width: ArrayLike, left: float) -> np.ndarray:
    """Correlation with the year before, (year,), of widths and the share of a deviation that is left a year later.

    Where the year before has no width there is nothing that could be left, and where this year has none all is left.
    """
    s = np.asarray(width, dtype=float)
    kept = np.zeros(s.shape)
    kept[1:] = left * np.divide(s[:-1], s[1:], out=np.ones(s.size - 1), where=s[1:] > 0)
    return np.minimum(kept, MOST)


def ar1_from_widths(width: ArrayLike) -> float:
    """Share of a deviation that is left a year later, by the growth of the widths (year,) from a known start."""
    variance = np.asarray(width, dtype=float) ** 2
    if not variance.any():
        return 0.0
    time = np.arange(1, variance.size + 1)
    shapes = 1.0 - CANDIDATES[:, None] ** (2 * time)
    level = (shapes * variance).sum(1) / (shapes**2).sum(1)
    error = ((variance - level[:, None] * shapes) ** 2).sum(1)
    return float(CANDIDATES[int(error.argmin())])


def _quantiles(intervals: xr.Dataset) -> xr.DataArray:
    """The published quantiles, (series, level, year)."""
    if not isinstance(intervals, xr.Dataset):
        raise BadInput(f"intervals: give a Dataset of quantiles (got {type(intervals).__name__}).")
    absent = [name for name in SERIES if name not in intervals]
    if absent:
        raise MissingVariable(f"intervals: {', '.join(absent)} missing; all of {', '.join(SERIES)} are needed.")
    others = [str(name) for name in intervals.data_vars if name not in (*SERIES, *OUTCOMES)]
    if others:
        raise BadInput(f"intervals: {', '.join(others)} unknown; the series are {', '.join(SERIES)}.")
    rows = []
    for name in SERIES:
        row = labelled(intervals[name], f"intervals: {name}", ("level", "year"))
        if set(row.dims) != {"level", "year"} or not {"level", "year"} <= set(row.coords):
            raise BadDimensions(f"intervals: {name} needs the dims level and year with labels, and no others.")
        rows.append(row.transpose("level", "year"))
    years = rows[0]["year"].values
    if years.size == 0 or (np.diff(years) != 1).any():
        raise BadDimensions(f"intervals: the years must follow one another without gaps (got {years.size} of them).")
    if not (np.isclose(rows[0]["level"], 0.5).any() and (np.diff(rows[0]["level"]) > 0).all()):
        raise OutOfBounds("intervals: the levels must rise, and 0.5 must be among them.")
    refuse(rows[0], rows[0].values <= 0, "intervals: total_fertility must be above 0")
    for row, name in zip(rows, SERIES, strict=True):
        crossed = np.zeros(row.shape, dtype=bool)
        crossed[1:] = np.diff(row.values, axis=0) < 0
        refuse(row, crossed, f"intervals: the quantiles of {name} must rise with the level", "Check which is which.")
    return xr.concat(rows, dim=xr.DataArray(list(SERIES), dims="series", name="series"))


def _people(population: xr.DataArray, years: np.ndarray) -> np.ndarray:
    people = labelled(population, "population", ("year",), least=0)
    if people.dims != ("year",) or "year" not in people.coords:
        raise BadDimensions("population: give the total by year, with the years as labels.")
    absent = sorted(set(years.tolist()) - set(people["year"].values.tolist()))
    if absent:
        raise BadInput(f"population: {len(absent)} of {years.size} years are missing, the first is {absent[0]}.")
    found = people.sel(year=years)
    refuse(found, found.values <= 0, "population must be above 0")
    return found.values


def _deviation(quantiles: xr.DataArray) -> xr.DataArray:
    """Deviations from the median: logarithm of the ratio for fertility, difference for the others."""
    middle = quantiles.isel(level=int(np.abs(quantiles["level"].values - 0.5).argmin()), drop=True)
    found = quantiles - middle
    name = {"series": "total_fertility"}
    ratio = np.log(quantiles.sel(name) / middle.sel(name))
    found.loc[name] = ratio.transpose(*found.loc[name].dims)
    return found


def _width(deviation: xr.DataArray) -> dict[str, np.ndarray]:
    """Distance of the levels next to the median, by series, (year,)."""
    middle = int(np.abs(deviation["level"].values - 0.5).argmin())
    inner = deviation.transpose("series", "year", "level").values
    return dict(zip(SERIES, inner[..., middle + 1] - inner[..., middle - 1], strict=True))
