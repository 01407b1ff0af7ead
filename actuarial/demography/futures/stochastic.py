"""Population in many scenarios of fertility, mortality and migration, and the quantiles of its yearly totals."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography import tiles
from actuarial.demography.futures.draws import Uncertainty, require_uncertainty, scenario_numbers
from actuarial.demography.futures.order_statistics import ranks, rising_levels
from actuarial.demography.futures.paths import Central, Drawn, central_path, draw, futures, warn_of_longest
from actuarial.demography.futures.tile_draw_kernels import new_draw_tile, project_draw_tiles
from actuarial.demography.labels import described
from actuarial.demography.tile_kernels import TILE
from actuarial.errors import BadInput
from actuarial.vocabulary import variable

LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
TOTALS = tiles.TOTALS | {
    "total_fertility": ("births per woman", "Total fertility"),
    "life_expectancy_male": ("years", "Life expectancy of men at birth"),
    "life_expectancy_female": ("years", "Life expectancy of women at birth"),
}
"""What is known of every scenario and year: units and meaning."""


@kind.takes(
    scenarios=kind.numbers, quantiles=kind.numbers, keep=kind.words, mortality_pattern=kind.optional(kind.numbers),
    migration_pattern=kind.optional(kind.numbers),
)
def project_population_draws(
    basis: xr.Dataset,
    uncertainty: Uncertainty,
    *,
    seed: int,
    scenarios: int | Sequence[int] = 1000,
    quantiles: Sequence[float] = LEVELS,
    keep: Sequence[str] = (),
    block: int = 512,
    mortality_pattern: xr.DataArray | None = None,
    migration_pattern: xr.DataArray | None = None,
    threads: int | None = None,
) -> xr.Dataset:
    """Quantiles of the population, its age groups, births and deaths of many drawn futures.

    Parameters
    ----------
    basis : Dataset
        The central path, as for `project_population`, in whole years and without scenarios.
    uncertainty : Uncertainty
        As of `uncertainty_from_intervals`; covers the years of the basis.
    seed : int
    scenarios : int or sequence of int, default 1000
        How many, or their numbers, see `draw_assumptions`.
    quantiles : sequence of float, default 0.025, 0.1, 0.5, 0.9, 0.975
    keep : sequence of str
        Totals that are also given for every scenario.
    block : int, default 512
        Scenarios computed together, at least 128 of them; changes memory, and no number.
    mortality_pattern, migration_pattern : DataArray (sex, age), optional
        See `basis_of_draws`.
    threads : int, optional
        How many, by default one for each processor; changes no number.

    Returns
    -------
    Dataset
        By (quantile, year) `total_population`, `population_0_14`, `population_15_64`, `population_65_and_over`
        (persons on 31 December), `old_age_dependency_ratio` (fraction), `births`, `deaths`, `net_migration` (persons
        per year), `total_fertility`, `life_expectancy_male` and `life_expectancy_female`; of those in `keep` also
        NAME_by_scenario (scenario, year). The attributes count the scenarios in which a year has more leavers than
        people (`scenarios_without_people`) or a life expectancy beyond the family (`scenarios_of_longest_life`).

    Raises
    ------
    BadInput, MissingVariable, BadDimensions, OutOfBounds
        As `project_population` and `basis_of_draws`; quantiles that do not rise inside (0, 1), an unknown total.

    Warns
    -----
    UserWarning
        As `basis_of_draws`.

    Notes
    -----
    A quantile p of n scenarios is an order statistic, the total of rank ceil(n p) of the year: no two totals are mixed
    and none of another year. All totals of all scenarios are kept until the end, the populations by age are not.

    References
    ----------
    .. [1] Raftery, A. E., Li, N., Sevcikova, H., Gerland, P., Heilig, G. K. (2012), Bayesian probabilistic population
       projections for all countries, PNAS 109(35), 13915-13921.

    Examples
    --------
    futures = project_population_draws(basis, uncertainty, seed=2024)
    futures.total_population.sel(quantile=0.9)
    """
    levels = rising_levels("quantiles", quantiles)
    unknown = [name for name in keep if name not in TOTALS]
    if unknown:
        raise BadInput(f"keep: {', '.join(unknown)} unknown; the totals are {', '.join(TOTALS)}.")
    if not isinstance(block, (int, np.integer)) or block < 1:
        raise BadInput(f"block: at least 1 scenario is computed at a time (got {block!r}).")
    require_uncertainty(uncertainty)
    count = tiles.thread_count(threads)
    central = central_path(basis, mortality_pattern, migration_pattern)
    tiles.require_old(basis)
    numbers = scenario_numbers(scenarios)
    given = uncertainty.of_years(central.years)
    totals, emptied, beyond = _all_totals(central, given, numbers, seed, int(block), count)
    warn_of_longest(beyond, numbers.size)
    result = _by_quantile(totals, levels, central.years, count)
    for name in keep:
        kept = totals[list(TOTALS).index(name)].T
        result[f"{name}_by_scenario"] = (("scenario", "year"), kept, result[name].attrs)
    result = result.assign_coords(scenario=numbers) if keep else result
    counts = {"scenarios_without_people": emptied, "scenarios_of_longest_life": beyond}
    return result.assign_attrs(scenarios=numbers.size, seed=seed, **counts)


@kind.takes(
    scenarios=kind.numbers, mortality_pattern=kind.optional(kind.numbers),
    migration_pattern=kind.optional(kind.numbers),
)
def basis_of_draws(
    basis: xr.Dataset,
    uncertainty: Uncertainty,
    *,
    seed: int,
    scenarios: int | Sequence[int],
    mortality_pattern: xr.DataArray | None = None,
    migration_pattern: xr.DataArray | None = None,
) -> xr.Dataset:
    """A basis whose mortality, fertility and migration are drawn, for any projection that takes scenarios.

    Parameters
    ----------
    basis, uncertainty, seed, scenarios
        As for `project_population_draws`: the scenarios of the same seed and number are the same.
    mortality_pattern : DataArray (sex, age), optional
        How the logarithms of the death rates move relative to each other. Where it is left out: as in the basis, by the
        regression of the logarithm of the death rate on life expectancy over its years.
    migration_pattern : DataArray (sex, age), optional
        How a deviation of net migration is spread, sum 1. Where it is left out: the standard schedule of Rogers and
        Castro, the same for men and women.

    Returns
    -------
    Dataset
        The basis with `mx`, `asfr` and `net_migration` by scenario.

    Raises
    ------
    BadInput
        A part of a first year, years that the uncertainty does not cover, a life expectancy that hardly changes where
        the pattern of mortality is left out, a pattern without sum 1.
    OutOfBounds
        Death rates of 0, life expectancies below those of all tables of the family.

    Warns
    -----
    UserWarning
        Life expectancies above those of all tables of the family: in how many scenarios; they have the longest.

    Notes
    -----
    With the draws F (ratio), E (years) and D (persons) of `draw_assumptions` and the central f, m and M::

        asfr   f[t,a] F[t]
        mx     m[t,s,a] exp(b[s,a] k[t,s]),  k so that life expectancy is the central one plus E[t,s]
        net    M[t,s,a] + D[t] w[s,a]

    all migrants moving on 31 December. A stock is never negative: where more would leave a sex and age than are there,
    those who are there leave and the others are taken from all other sexes and ages, in proportion to the people left
    there after their own migration (a millionth of a person stays). The total is as drawn, unless more leave than there
    are.

    References
    ----------
    .. [1] Rogers, A., Castro, L. J. (1981), Model Migration Schedules, International Institute for Applied Systems
       Analysis, RR-81-30.
    .. [2] Lee, R. D., Tuljapurkar, S. (1994), Stochastic population forecasts for the United States: beyond high,
       medium, and low, Journal of the American Statistical Association 89(428), 1175-1189.

    Examples
    --------
    drawn = basis_of_draws(basis, uncertainty, seed=2024, scenarios=100)
    project(drawn, scheme)
    """
    central = central_path(basis, mortality_pattern, migration_pattern)
    require_uncertainty(uncertainty)
    numbers = scenario_numbers(scenarios)
    drawn = draw(central, uncertainty.of_years(central.years), numbers, seed)
    warn_of_longest(int(drawn.beyond.sum()), numbers.size)
    several = list(futures(central, drawn))
    cells = ("scenario", *variable("mx").dims)
    columns = {
        "mx": (cells, np.stack([central.death_rates(future.k) for future in several])),
        "asfr": (("scenario", "year", "age"), np.stack([future.asfr for future in several])),
        "net_migration": (cells, np.stack([future.moved for future in several])),
    }
    found = {name: (dims, values, basis[name].attrs) for name, (dims, values) in columns.items()}
    return basis.drop_vars(list(found)).assign_coords(scenario=numbers).assign(found)


def _all_totals(
    central: Central, uncertainty: Uncertainty, numbers: np.ndarray, seed: int, block: int, threads: int
) -> tuple[np.ndarray, int, int]:
    """The totals of TOTALS, (total, t, scenario), and in how many scenarios nobody was left to leave, or life
    expectancy was beyond the family."""
    totals = np.empty((len(TOTALS), central.years.size, numbers.size))

    def one(first: int) -> tuple[int, int]:
        chosen = slice(first, first + size)
        drawn = draw(central, uncertainty, numbers[chosen], seed)
        totals[..., chosen], without = _totals(central, drawn)
        return without, int(drawn.beyond.sum())

    size = -(-block // TILE) * TILE
    with ThreadPoolExecutor(threads) as pool:
        without, beyond = np.sum(list(pool.map(one, range(0, numbers.size, size))), axis=0)
    return totals, int(without), int(beyond)


def _totals(central: Central, drawn: Drawn) -> tuple[np.ndarray, int]:
    """The totals of the scenarios of a block."""
    scenarios, years, _ = drawn.k.shape
    totals, unmet = np.empty((len(TOTALS), years, scenarios)), np.empty((years, scenarios))
    tile, shared = new_draw_tile(len(central.asfr[0])), totals[: len(tiles.TOTALS)]
    last = -(-scenarios // TILE)
    project_draw_tiles(0, last, central.family, drawn.k, drawn.ratio, drawn.more, tile, shared, unmet)
    totals[len(shared) :] = (drawn.ratio * central.asfr.sum(axis=1)).T, *drawn.e0.T
    return totals, int((unmet > 0.0).any(axis=0).sum())


def _by_quantile(totals: np.ndarray, levels: np.ndarray, years: np.ndarray, threads: int) -> xr.Dataset:
    """Order statistics of the totals."""
    places = ranks(totals.shape[-1], levels) - 1
    with ThreadPoolExecutor(threads) as pool:
        ordered = list(pool.map(lambda rows: np.partition(rows, places)[:, places].T, totals))
    columns = {name: (("quantile", "year"), ordered[i]) for i, name in enumerate(TOTALS)}
    return described(xr.Dataset(columns, coords={"quantile": levels, "year": years}), TOTALS)
