"""Correlated draws of economic assumptions: autoregressions around their central path."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.demography.arguments import is_number, numbers, shown
from actuarial.demography.futures.draws import SINGULAR, root_of, scenario_numbers
from actuarial.demography.streams import random_stream
from actuarial.ensemble.transforms import REAL, TRANSFORMS, usual_transform
from actuarial.errors import BadDimensions, BadInput, OutOfBounds
from actuarial.fields import ended, suggestion
from actuarial.translation import N_
from actuarial.vocabulary import INPUTS, variables

DIMS = ("series", "other")
ROOM = 1e-9
"""Rounding that the greatest eigenvalue of a random walk and the symmetry of a matrix are allowed."""


@dataclass(frozen=True, eq=False)
class EconomicUncertainty:
    """How far and how persistently economic assumptions leave their central path: a vector autoregression.

    `autoregression` makes one of plain numbers.

    Parameters
    ----------
    deviation : DataArray (series)
        Standard deviation of the shock of a year, in the unit of the transform; 0 for a series that moves with others
        only, or not at all.
    persistence : DataArray (series, other)
        What is left of the deviation of `other` in the year before, as a part of that of `series`. No eigenvalue is
        above 1; where all are below it the deviations return to zero, and their variance has a limit.
    correlation : DataArray (series, other)
        Correlation of the shocks of a year, 1 of two series that move together; those of different years are
        independent.
    initial : DataArray (series)
        Deviation in the year before the first that is drawn.
    transform : mapping of series to "additive", "log", "growth", "logit" or "level"
        How a deviation moves the assumption.
    first_year : int, optional
        First year that is drawn; the years before are certain. By default the first of the basis.

    Raises
    ------
    BadDimensions
        Other dims or labels, or a series twice.
    BadInput
        A series that no basis has by year, an unknown transform, a nominal rate beside its real one.
    OutOfBounds
        A negative standard deviation, deviations that explode, a correlation that is none: which series is the first
        whose correlation with those before it cannot be.

    Notes
    -----
    With the shocks e, independent between years, the deviations x of year t are::

        x_t = Phi x_{t-1} + e_t        e_t ~ N(0, D R D)        D deviation, R correlation, Phi persistence

    and an assumption with the central path c becomes, at every age, sex and group::

        additive  c + x                  growth  (1 + c) exp(x) - 1        log   c exp(x)
        level     c_t exp(x_1 + ... + x_t)                                 logit 1/(1 + (1/c - 1) exp(-x))

    The central path is the median of each year. "growth" keeps a rate of growth or return above -1, "log" an amount
    above 0, "logit" a share between 0 and 1; "level" is for amounts whose growth is drawn, such as GDP.

    Three series are relative to prices, and follow drawn inflation: `real_wage_growth` and `real_interest_rate` move
    `wage_growth` and `interest_rate` with 1 + nominal = (1 + real)(1 + inflation); `real_gdp_growth` moves `gdp`, and
    with it `government_expenditure`, whose share stays. `salary_growth`, where the basis has it, moves with
    `wage_growth`. All else stays on its central path.

    References
    ----------
    .. [1] Lütkepohl, H. (2005), New Introduction to Multiple Time Series Analysis, Springer, chapter 2.
    .. [2] Board of Trustees of the Federal OASI and DI Trust Funds (2024), Annual Report, appendix E: Stochastic
       projections.
    """

    deviation: xr.DataArray
    persistence: xr.DataArray
    correlation: xr.DataArray
    initial: xr.DataArray
    transform: Mapping[str, str] = field(default_factory=dict)
    first_year: int | None = None

    def __post_init__(self) -> None:
        _require_labels(self)
        _require_names(self)
        _require_numbers(self)

    @property
    def series(self) -> list[str]:
        """Names of the series, in the order in which they are drawn: that of the alphabet, however they are given."""
        return sorted(str(name) for name in self.deviation["series"].values)

    def matrix(self, name: str) -> np.ndarray:
        """A field as plain numbers in the order of the series."""
        array = getattr(self, name)
        return array.sel(dict.fromkeys(array.dims, self.series)).transpose(*DIMS[: array.ndim]).values.astype(float)

    def transform_of(self, name: str) -> str:
        """The transform of a series: the one given, or the usual one of its unit."""
        return self.transform.get(name, usual_transform(name))

    def standard_deviations(self, years: Sequence[int] | np.ndarray) -> xr.DataArray:
        """Standard deviation of the deviations by (series, year): V_t = Phi V_{t-1} Phi' + D R D, V_0 = 0.

        In the units of the transforms; that of "level" is the one of the growth of the year.
        """
        years = np.asarray(years)
        phi, shocks = self.matrix("persistence"), np.outer(*2 * [self.matrix("deviation")]) * self.matrix("correlation")
        variance, found = np.zeros(phi.shape), np.zeros((len(phi), years.size))
        for t, drawn in enumerate(self.drawn(years)):
            if drawn:
                variance = phi @ variance @ phi.T + shocks
                found[:, t] = np.sqrt(np.diag(variance))
        return xr.DataArray(found, dims=("series", "year"), coords={"series": self.series, "year": years})

    def drawn(self, years: np.ndarray) -> np.ndarray:
        """Which years are drawn; BadDimensions where they do not follow one another."""
        if years.size == 0 or (np.diff(years) != 1).any():
            raise BadDimensions("years: they must follow one another without gaps.")
        return years >= (years[0] if self.first_year is None else self.first_year)


def autoregression(
    shocks: Mapping[str, float] | xr.DataArray | pd.Series | pd.DataFrame,
    *,
    persistence: float | Mapping[str, float] | xr.DataArray | pd.Series | pd.DataFrame = 0.0,
    correlation: xr.DataArray | pd.DataFrame | None = None,
    transform: Mapping[str, str] | None = None,
    initial: Mapping[str, float] | None = None,
    first_year: int | None = None,
) -> EconomicUncertainty:
    """Economic uncertainty of plain numbers.

    Parameters
    ----------
    shocks : mapping of series to float, or DataArray (series, other)
        Standard deviations of the shocks of a year, or their covariances.
    persistence : float, mapping of series to float, or DataArray (series, other)
        Of every series its own share of the deviation of the year before that is left, or the whole matrix.
    correlation : DataArray (series, other), optional
        Of the shocks, in any order; by default they are independent. Covariances hold them already.
    transform : mapping of series to word, optional
        See `EconomicUncertainty`. By default "growth" of rates per year, "logit" of shares, "level" of amounts per year
        and "log" of all else.
    initial : mapping of series to float, optional
        Deviation in the year before; by default 0.
    first_year : int, optional

    Returns
    -------
    EconomicUncertainty

    Raises
    ------
    BadDimensions, BadInput, OutOfBounds
        As `EconomicUncertainty`; a correlation beside covariances, words for numbers, or numbers of a series without
        shocks.

    Notes
    -----
    A Series of pandas is as good as a mapping, a table as a DataArray: its index is `series`, its columns are `other`.

    Examples
    --------
    >>> economy = autoregression({"inflation": 0.01, "real_interest_rate": 0.02}, persistence={"inflation": 0.6})
    >>> economy.standard_deviations([2025, 2026, 2027]).round(4).values.tolist()
    [[0.01, 0.0117, 0.0122], [0.02, 0.02, 0.02]]
    """
    given = {"shocks": shocks, "persistence": persistence, "correlation": correlation, "initial": initial}
    shocks, persistence, correlation, initial = (_of_pandas(value, name) for name, value in given.items())
    deviation, correlation = _shocks(shocks, correlation)
    names = [str(name) for name in deviation["series"].values]
    if not isinstance(persistence, xr.DataArray):
        own = persistence if isinstance(persistence, Mapping) else dict.fromkeys(names, persistence)
        persistence = _square(np.diag(_numbers(own, names, "persistence")), names)
    away = _numbers({} if initial is None else initial, names, "initial")
    start = xr.DataArray(away, dims="series", coords={"series": names})
    return EconomicUncertainty(deviation, persistence, correlation, start, dict(transform or {}), first_year)


def draw_economy(
    uncertainty: EconomicUncertainty, years: np.ndarray, scenarios: int | Sequence[int] | np.ndarray, seed: int
) -> xr.Dataset:
    """Deviations of economic series from their central path in many scenarios.

    Parameters
    ----------
    uncertainty : EconomicUncertainty
    years : sequence of int, one after the other
    scenarios : int or sequence of int
        How many, then numbered 0, 1, 2, ..., or their numbers.
    seed : int, from 0 to 2^64 - 1

    Returns
    -------
    Dataset
        Of every series the deviation by (scenario, year), in the unit of its transform. Scenario i has the stream of
        the Philox generator with the key (seed, i), 2^128 numbers after the one of its demographic draws; it does not
        depend on the other scenarios, nor early years on the last one, nor a series on the place where it is given. A
        further series changes the draws of the others.

    Raises
    ------
    BadInput
        No whole seed, no scenarios.

    Examples
    --------
    >>> draws = draw_economy(autoregression({"inflation": 0.01}), [2025, 2026], 3, seed=7)
    >>> dict(draws.inflation.sizes)
    {'scenario': 3, 'year': 2}
    """
    years, numbers = np.asarray(years), scenario_numbers(scenarios)
    mixed = root_of(uncertainty.matrix("correlation")) * uncertainty.matrix("deviation")[:, None]
    phi, drawn, count = uncertainty.matrix("persistence"), uncertainty.drawn(years), len(mixed)
    shape = (int(drawn.sum()), count)
    own = np.stack([economic_stream(seed, int(number)).standard_normal(shape) for number in numbers])
    away = np.zeros((numbers.size, years.size, count))
    before = np.broadcast_to(uncertainty.matrix("initial"), (numbers.size, count))
    for step, t in enumerate(np.flatnonzero(drawn)):
        for i in range(count):
            before_i = sum(before[:, j] * phi[i, j] for j in range(count))
            away[:, t, i] = before_i + sum(own[:, step, j] * mixed[i, j] for j in range(i + 1))
        before = away[:, t]
    columns = {name: (("scenario", "year"), away[:, :, i]) for i, name in enumerate(uncertainty.series)}
    return xr.Dataset(columns, coords={"scenario": numbers, "year": years})


def economic_stream(seed: int, number: int) -> np.random.Generator:
    """Random numbers of the economy of a scenario, which no demographic draw uses."""
    philox: np.random.Philox = random_stream(seed, number).bit_generator  # type: ignore[assignment]
    return np.random.Generator(philox.jumped())


def _of_pandas(given: Any, what: str) -> Any:
    """A table of pandas as a matrix, a Series as a mapping; all else as it is."""
    if isinstance(given, pd.DataFrame):
        numbers(given.to_numpy(), what)
        labels = dict(zip(DIMS, (given.index.map(str), given.columns.map(str)), strict=True))
        return xr.DataArray(given.to_numpy(dtype=float), dims=DIMS, coords=labels)
    return given.to_dict() if isinstance(given, pd.Series) else given


def _shocks(
    shocks: Mapping[str, float] | xr.DataArray, correlation: xr.DataArray | None
) -> tuple[xr.DataArray, xr.DataArray]:
    """Standard deviations and correlation of what is given."""
    if isinstance(shocks, Mapping):
        names = list(shocks)
        deviation = _numbers(shocks, names, "shocks")
        unrelated = _square(np.eye(len(names)), names)
        found = xr.DataArray(deviation, dims="series", coords={"series": names})
        return found, unrelated if correlation is None else correlation
    if correlation is not None:
        raise BadInput("correlation: the covariances hold it already; give one of the two.")
    if not isinstance(shocks, xr.DataArray) or set(shocks.dims) != set(DIMS) or set(DIMS) - set(shocks.coords):
        raise BadDimensions("shocks: give a number for each series, or covariances with the labels series, other.")
    names = [str(name) for name in shocks["series"].values]
    matrix = shocks.sel(other=names).transpose(*DIMS).values.astype(float)
    if (np.diag(matrix) < 0).any():
        raise OutOfBounds(f"shocks: the variance of {names[int(np.diag(matrix).argmin())]} is negative.")
    size = np.sqrt(np.diag(matrix))
    scale = np.outer(size, size)
    related = np.divide(matrix, scale, out=np.where(matrix == 0, 0.0, np.inf), where=scale > 0)
    np.fill_diagonal(related, 1.0)
    return xr.DataArray(size, dims="series", coords={"series": names}), _square(related, names)


def _square(matrix: np.ndarray, names: list[str]) -> xr.DataArray:
    return xr.DataArray(matrix, dims=DIMS, coords={"series": names, "other": names})


def _numbers(given: Mapping[str, float], names: list[str], what: str) -> np.ndarray:
    if not isinstance(given, Mapping):
        raise BadInput(f'{what}: give numbers by series, such as {{"inflation": 0.01}} (got {shown(given)}).')
    words = [name for name, value in given.items() if not is_number(value)]
    if words:
        raise BadInput(f"{what}: that of {words[0]} is no number (got {shown(given[words[0]])}).")
    others = [name for name in given if name not in names]
    if others:
        raise BadInput(f"{what}: {', '.join(others)} has no shocks; the series are {', '.join(names)}.")
    return np.array([float(given.get(name, 0.0)) for name in names])


def _require_labels(uncertainty: EconomicUncertainty) -> None:
    for name, dims in (("deviation", DIMS[:1]), ("initial", DIMS[:1]), ("persistence", DIMS), ("correlation", DIMS)):
        array = getattr(uncertainty, name)
        if not isinstance(array, xr.DataArray) or set(array.dims) != set(dims) or set(dims) - set(array.coords):
            raise BadDimensions(f"{name}: give a DataArray with the labelled dims {', '.join(dims)}.")
        for dim in dims:
            have = [str(label) for label in array[dim].values]
            if sorted(have) != sorted(set(uncertainty.series)) or not have:
                raise BadDimensions(
                    f"{name}: its {dim} are {', '.join(have) or 'none'}; each series is needed once: "
                    f"{', '.join(dict.fromkeys(uncertainty.series)) or 'none is given'}."
                )


def _require_names(uncertainty: EconomicUncertainty) -> None:
    by_year = {name for name, row in variables().items() if row.role in INPUTS and "year" in row.dims}
    for name in uncertainty.series:
        if name not in REAL and name not in by_year:
            known = ended(suggestion(name, [*sorted(by_year), *REAL], N_("give one of {names}")))
            raise BadInput(f"{name}: this is no assumption of a basis by year; {known}")
        word = uncertainty.transform_of(name)
        if word not in TRANSFORMS:
            raise BadInput(f"{name}: {word!r} is no transform; write one of {', '.join(TRANSFORMS)}.")
        if name in REAL and name in uncertainty.transform and word != usual_transform(name):
            raise BadInput(f"{name}: its transform is {usual_transform(name)}; leave it out of transform.")
        if REAL.get(name) in uncertainty.series:
            raise BadInput(f"{name} and {REAL[name]} say the same; draw one of the two.")
    others = [name for name in uncertainty.transform if name not in uncertainty.series]
    if others:
        raise BadInput(f"transform: {', '.join(others)} has no shocks; the series are {', '.join(uncertainty.series)}.")


def _require_numbers(uncertainty: EconomicUncertainty) -> None:
    names = uncertainty.series
    for name in ("deviation", "persistence", "correlation", "initial"):
        if not np.isfinite(uncertainty.matrix(name)).all():
            raise OutOfBounds(f"{name}: NaN or an infinite number among its values.")
    deviation = uncertainty.matrix("deviation")
    if (deviation < 0).any():
        raise OutOfBounds(f"deviation: that of {names[int(deviation.argmin())]} is negative.")
    greatest = float(np.abs(np.linalg.eigvals(uncertainty.matrix("persistence"))).max())
    if greatest > 1.0 + ROOM:
        raise OutOfBounds(
            f"persistence: its greatest eigenvalue is {greatest:.4g}, so that deviations grow without end.\n"
            "  It must not be above 1 (a random walk)."
        )
    _require_correlation(uncertainty.matrix("correlation"), names)


def _require_correlation(matrix: np.ndarray, names: list[str]) -> None:
    if np.abs(np.diag(matrix) - 1.0).max() > ROOM or np.abs(matrix - matrix.T).max() > ROOM:
        i, j = np.unravel_index(int(np.abs(matrix - matrix.T).argmax()), matrix.shape)
        where = f"{names[i]} and {names[j]}" if i != j else "the diagonal"
        raise OutOfBounds(f"correlation: a symmetric matrix with ones on its diagonal is needed; look at {where}.")
    for count in range(1, len(names) + 1):
        least = float(np.linalg.eigvalsh(matrix[:count, :count]).min())
        if least < -SINGULAR:
            before = ", ".join(names[: count - 1])
            raise OutOfBounds(
                f"correlation: an eigenvalue is negative ({least:.3g}); the first series whose correlations with those "
                f"before it cannot be is {names[count - 1]} (before it: {before}).\n"
                "  Correct them; what is rounded needs more digits where others determine a series."
            )
