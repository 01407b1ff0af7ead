"""Correlated draws of the series that a population projection rests on: fertility, mortality, migration."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.futures.draw_kernels import correlate, on_curve
from actuarial.demography.streams import normal_numbers
from actuarial.errors import BadDimensions, BadInput, OutOfBounds

SERIES = {
    "total_fertility": "logarithm of the ratio",
    "life_expectancy_male": "years",
    "life_expectancy_female": "years",
    "net_migration": "persons",
}
"""The series, and in which unit they leave their central path."""
SINGULAR = 1e-12
"""Below it an eigenvalue of a correlation is 0."""


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """How far and how persistently the assumptions of a population projection may leave their central path.

    Parameters
    ----------
    deviation : DataArray (series, level, year)
        Quantiles of the deviation from the central path at the probabilities `level`, rising, 0.5 among them. Of
        `total_fertility` the logarithm of its ratio to the central path, of `life_expectancy_male` and
        `life_expectancy_female` years, of `net_migration` persons in the year.
    persistence : DataArray (series, year)
        Correlation of the normal score of a year with that of the year before, at least 0 and below 1; that of the
        first year is not used.
    correlation : DataArray (series, other)
        Correlation of the normal scores of the series in the first year, and of their innovations later; 1 of two
        series that move together.

    Raises
    ------
    BadDimensions
        Other dims, unknown series, years with gaps or that differ.
    OutOfBounds
        Quantiles that cross, a persistence outside [0, 1), no correlation matrix.

    Notes
    -----
    The normal score of series i in year t is, with e correlated standard normal numbers, independent between years::

        z_i1 = e_i1            z_it = r_it z_i,t-1 + sqrt(1 - r_it^2) e_it

    so that every z is standard normal, and the deviation is Q_it(z_it) with Q the quantile function of the year: a
    monotone cubic through the quantiles at their normal scores, straight beyond the outermost with the slope of the
    last stretch. Each year has the given quantiles whatever the persistence, which says how years belong together.

    References
    ----------
    .. [1] Nelsen, R. B. (2006), An Introduction to Copulas, Springer, chapter 2.
    .. [2] Fritsch, F. N., Carlson, R. E. (1980), Monotone piecewise cubic interpolation, SIAM Journal on Numerical
       Analysis 17(2), 238-246.
    """

    deviation: xr.DataArray
    persistence: xr.DataArray
    correlation: xr.DataArray

    def __post_init__(self) -> None:
        _require_dims(self)
        _require_numbers(self)

    @property
    def years(self) -> np.ndarray:
        """The years that it covers."""
        return np.asarray(self.deviation["year"].values)

    def of_years(self, years: np.ndarray) -> "Uncertainty":
        """The same for a part of the years."""
        absent = sorted(set(np.asarray(years).tolist()) - set(self.years.tolist()))
        if absent:
            raise BadInput(
                f"uncertainty: {len(absent)} of {len(years)} years are missing, the first is {absent[0]}; "
                f"it covers {self.years[0]} to {self.years[-1]}. Project fewer years, or give more quantiles."
            )
        return Uncertainty(self.deviation.sel(year=years), self.persistence.sel(year=years), self.correlation)


@kind.takes(scenarios=kind.numbers)
def draw_assumptions(uncertainty: Uncertainty, scenarios: int | Sequence[int] | np.ndarray, seed: int) -> xr.Dataset:
    """Deviations of the series from their central path in many scenarios.

    Parameters
    ----------
    uncertainty : Uncertainty
    scenarios : int or sequence of int
        How many, then numbered 0, 1, 2, ..., or their numbers.
    seed : int, from 0 to 2^64 - 1

    Returns
    -------
    Dataset of (scenario, year)
        `total_fertility` (logarithm of the ratio to the central path), `life_expectancy_male` and
        `life_expectancy_female` (years), `net_migration` (persons). A scenario depends on the seed and on its number
        alone, not on how many there are: each has its own stream of the Philox generator.

    Raises
    ------
    BadInput
        No scenario, numbers below 0 or twice, another seed.

    References
    ----------
    .. [1] Salmon, J. K. et al. (2011), Parallel random numbers: as easy as 1, 2, 3, Proceedings of SC11.
    """
    require_uncertainty(uncertainty)
    numbers = scenario_numbers(scenarios)
    scores = normal_scores(uncertainty, numbers, seed)
    columns = {}
    for i, (name, units) in enumerate(SERIES.items()):
        values = deviations(uncertainty.deviation.sel(series=name), scores[:, :, i])
        columns[name] = (("scenario", "year"), values, {"units": units})
    return xr.Dataset(columns, coords={"scenario": numbers, "year": uncertainty.years})


def require_uncertainty(uncertainty: object) -> None:
    """Refuse what is no Uncertainty."""
    if not isinstance(uncertainty, Uncertainty):
        kind = type(uncertainty).__name__
        raise BadInput(f"uncertainty: give an Uncertainty, such as of uncertainty_from_intervals, not a {kind}.")


def scenario_numbers(scenarios: int | Sequence[int] | np.ndarray) -> np.ndarray:
    """Numbers of the scenarios."""
    if isinstance(scenarios, (int, np.integer)) and not isinstance(scenarios, bool):
        numbers = np.arange(int(scenarios))
    else:
        numbers = np.asarray(scenarios)
    whole = numbers.ndim == 1 and numbers.size > 0 and numbers.dtype.kind in "iu"
    if not whole or numbers.min() < 0 or np.unique(numbers).size < numbers.size:
        raise BadInput(f"scenarios: give how many, 1 or more, or their different numbers from 0 (got {scenarios!r}).")
    return numbers.astype(np.int64)


def normal_scores(uncertainty: Uncertainty, numbers: np.ndarray, seed: int) -> np.ndarray:
    """Normal scores (scenario, year, series), drawn year by year: early years do not depend on the last year."""
    kept = uncertainty.persistence.sel(series=list(SERIES)).transpose("year", "series").values.astype(float, order="C")
    mixed = root_of(uncertainty.correlation.sel(series=list(SERIES), other=list(SERIES)).values)
    scores = normal_numbers(seed, numbers, kept.shape)
    correlate(scores, np.ascontiguousarray(mixed), kept)
    return scores


def root_of(correlation: np.ndarray) -> np.ndarray:
    """Lower triangle L with L L' = R of a correlation R; singular where series follow from others."""
    if np.linalg.eigvalsh(correlation).min() > SINGULAR:
        return np.linalg.cholesky(correlation)
    root = np.zeros(correlation.shape)
    for j in range(len(root)):
        rest = correlation[j:, j] - root[j:, :j] @ root[j, :j]
        if rest[0] > SINGULAR:
            root[j:, j] = rest / np.sqrt(rest[0])
    return root


def deviations(quantiles: xr.DataArray, scores: np.ndarray) -> np.ndarray:
    """Deviations (scenario, year) of the normal scores, from the quantiles (level, year) of a series."""
    from scipy.interpolate import PchipInterpolator
    from scipy.special import ndtri

    knots, values = ndtri(quantiles["level"].values), quantiles.transpose("level", "year").values
    slopes = np.diff(values, axis=0) / np.diff(knots)[:, None]
    cubics = np.ascontiguousarray(PchipInterpolator(knots, values).c)
    found = np.empty(scores.shape)
    on_curve(np.ascontiguousarray(scores), knots, cubics, slopes[[0, -1]], found)
    return found


def _require_dims(uncertainty: Uncertainty) -> None:
    wanted = {"deviation": ("series", "level", "year"), "persistence": ("series", "year")}
    wanted["correlation"] = ("series", "other")
    for name, dims in wanted.items():
        array = getattr(uncertainty, name)
        if not isinstance(array, xr.DataArray) or set(array.dims) != set(dims) or set(dims) - set(array.coords):
            raise BadDimensions(f"{name}: give a DataArray with the labelled dims {', '.join(dims)}.")
        for dim in ("series", "other"):
            have = [str(label) for label in array[dim].values] if dim in dims else list(SERIES)
            if sorted(have) != sorted(SERIES):
                raise BadDimensions(
                    f"{name}: the series are {', '.join(SERIES)}, each once (got {', '.join(have) or 'none'})."
                )
    years = uncertainty.deviation["year"].values
    if years.size == 0 or (np.diff(years) != 1).any() or not np.array_equal(uncertainty.persistence["year"], years):
        raise BadDimensions("deviation and persistence need the same years, one after the other without gaps.")


def _require_numbers(uncertainty: Uncertainty) -> None:
    levels = uncertainty.deviation["level"].values
    if levels.size < 3 or (np.diff(levels) <= 0).any() or not 0 < levels[0] < 0.5 < levels[-1] < 1 or 0.5 not in levels:
        raise OutOfBounds(f"level: three or more rising probabilities are needed, 0.5 among them (got {levels}).")
    values = uncertainty.deviation.transpose("series", "level", "year")
    if not np.isfinite(values.values).all():
        raise OutOfBounds("deviation: the quantiles must be numbers.")
    crossed = (np.diff(values.values, axis=1) < 0).any(axis=1)
    if crossed.any():
        i, t = np.unravel_index(int(crossed.argmax()), crossed.shape)
        raise OutOfBounds(
            f"deviation: the quantiles cross in {int(crossed.sum())} of {crossed.size} series and years; the first: "
            f"{values['series'].values[i]}, {values['year'].values[t]}. They must rise with the level."
        )
    kept = uncertainty.persistence.values
    if not ((kept >= 0) & (kept < 1)).all():
        raise OutOfBounds("persistence: the correlation with the year before must lie in [0, 1).")
    matrix = uncertainty.correlation.sel(series=list(SERIES), other=list(SERIES)).values
    least = np.linalg.eigvalsh(matrix).min()
    if not np.array_equal(matrix, matrix.T) or (np.diag(matrix) != 1).any() or least < -SINGULAR:
        raise OutOfBounds(
            "correlation: a symmetric matrix without negative eigenvalues and with ones on its diagonal is needed."
        )
