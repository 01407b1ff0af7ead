"""Yearly totals of a population in many scenarios of factors on mortality, fertility and migration."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial import bridge, check
from actuarial.check.period import first_period
from actuarial.check.population import migrants_at_start
from actuarial.demography import arguments as kind
from actuarial.demography.labels import described
from actuarial.demography.mortality import basis_life_table
from actuarial.demography.population import refuse_fertile_ends, refuse_leavers, whole_years
from actuarial.demography.tile_kernels import Central, Factors, new_tile, project_tiles
from actuarial.demography.tiles import TOTALS, in_threads, require_old, rows_of_ages, thread_count
from actuarial.errors import BadDimensions, BadInput, OutOfBounds
from actuarial.translation import few
from actuarial.vocabulary import variable

WITH_SEX = ("scenario", "year", "sex")


def project_population_totals(
    basis: xr.Dataset,
    *,
    mortality_factor: xr.DataArray | None = None,
    fertility_factor: xr.DataArray | None = None,
    migration_factor: xr.DataArray | None = None,
    migration: str = "end",
    threads: int | None = None,
) -> xr.Dataset:
    """Population by broad age group, births, deaths and migration of many scenarios, without the details by age.

    Parameters
    ----------
    basis : Dataset
        As for `project_population`, in whole years, without scenarios, with ages above 65.
    mortality_factor : DataArray (scenario, year[, sex]), dimensionless, above 0, optional
        Multiplies each age's force of mortality over the year, -ln S of the survival ratio S of `project_population`,
        so that S becomes S^f. (A death rate multiplied by f gives nearly, but not exactly, the same life table.)
    fertility_factor : DataArray (scenario, year), dimensionless, 0 or more, optional
        Multiplies `asfr`.
    migration_factor : DataArray (scenario, year[, sex]), dimensionless, optional
        Multiplies `net_migration`.
    migration : "end" (default), "even" or "start"
        When the net migrants of a year move, see `project_population`.
    threads : int, optional
        How many, by default one for each processor; changes no number.

    Returns
    -------
    Dataset of (scenario, year)
        `total_population`, `population_0_14`, `population_15_64`, `population_65_and_over` (persons on 31 December),
        `old_age_dependency_ratio` (fraction; 0 where nobody is 15 to 64), `births`, `deaths`, `net_migration` (persons
        per year). The attribute `migration` tells the timing.

    Raises
    ------
    BadInput
        No factor, another word for the timing, a part of a first year, an open age of 65 or less.
    BadDimensions
        A basis with scenarios; factors with other dims, without labelled scenarios or years, with different ones, or
        with a scenario that is there twice.
    MissingVariable, OutOfBounds
        As `project_population`; factors that are no numbers or outside their bounds; scenarios in which more people
        leave than there are.

    Notes
    -----
    With f, g and h the factors of mortality, fertility and migration the steps are those of `project_population` with::

        S[t,s,x]^f[t,s]        asfr[t,x] g[t]        M[t,s,x] h[t,s]

    A result depends on its scenario alone, to the last bit.

    References
    ----------
    .. [1] Preston, S. H., Heuveline, P., Guillot, M. (2001), Demography, Blackwell, chapter 6, boxes 6.1 and 6.2.

    Examples
    --------
    coords = {"scenario": ["low"], "year": basis.year}
    lower = xr.DataArray(np.full((1, basis.sizes["year"]), 0.9), coords, ("scenario", "year"))
    project_population_totals(basis, mortality_factor=lower).total_population.sel(scenario="low")
    """
    share = migrants_at_start(migration)
    count = thread_count(threads)
    _check(basis)
    given = {"mortality": mortality_factor, "fertility": fertility_factor, "migration": migration_factor}
    labels = _labels({f"{word}_factor": one for word, one in given.items()}, basis)
    factors = Factors(*(_factor(word, one, labels) for word, one in given.items()))
    central = _central(basis)
    scenarios = len(factors.fertility)
    totals, lowest = np.empty((len(TOTALS), basis.sizes["year"], scenarios)), np.empty(scenarios)

    def work(first: int, last: int) -> None:
        tile = new_tile(basis.sizes["age"])
        with_mothers = 1.0 - share if migration == "even" else 0.0
        project_tiles(first, last, central, factors, share, with_mothers, tile, totals, lowest)

    in_threads(work, scenarios, count)
    if (lowest < 0.0).any():
        _refuse_leavers(basis, factors, lowest < 0.0, labels["scenario"], migration)
    columns = {name: (("scenario", "year"), totals[i].T) for i, name in enumerate(TOTALS)}
    coords = {"scenario": labels["scenario"], "year": basis["year"].values}
    return described(xr.Dataset(columns, coords, {"migration": migration}), TOTALS)


def _check(basis: xr.Dataset) -> None:
    check.require(basis, "population_0", "mx", "asfr", "srb", "net_migration")
    if "scenario" in basis.dims:
        raise BadDimensions("basis: the factors make scenarios of one path; select one scenario.")
    if first_period(basis) != 1.0:
        raise BadInput("basis: the totals need whole years; the valuation date must be a 31 December.")
    refuse_fertile_ends(basis["asfr"])
    require_old(basis)


def _central(basis: xr.Dataset) -> Central:
    labels = {dim: basis[dim] for dim in ("year", "sex", "age")}

    def aligned(value: xr.DataArray, name: str) -> np.ndarray:
        return bridge.align(value, variable(name).dims, labels)

    with np.errstate(divide="ignore"):
        hazard = -np.log(aligned(basis_life_table(basis)["survival_ratio"], "survival_ratio"))
    population_0, asfr, srb, moved = (
        aligned(basis[name], name) for name in ("population_0", "asfr", "srb", "net_migration")
    )
    return Central(population_0, hazard, asfr, srb, moved, moved.sum(axis=-1), rows_of_ages(basis.sizes["age"]))


def _labels(factors: dict[str, Any], basis: xr.Dataset) -> dict[str, Any]:
    """Labels of the scenarios, which all factors share, with the years and sexes of the basis."""
    found: dict[str, np.ndarray] = {}
    for name, factor in factors.items():
        dims = WITH_SEX if name != "fertility_factor" else WITH_SEX[:2]
        if factor is None:
            continue
        if not isinstance(factor, xr.DataArray):
            raise BadDimensions(f"{name}: give a DataArray by {', '.join(dims)} (got {type(factor).__name__}).")
        kind.numbers(factor, name)
        labelled = {dim for dim in factor.dims if dim in factor.coords}
        if set(factor.dims) - set(dims) or not {"scenario", "year"} <= labelled:
            have = ", ".join(map(str, factor.dims)) or "none"
            wanted = "scenario, year" if len(dims) == 2 else "scenario, year and, if it differs by sex, sex"
            raise BadDimensions(f"{name} needs the labelled dims {wanted} (it has {have}).")
        found[name] = factor["scenario"].values
    if not found:
        raise BadInput("project_population_totals: give at least one factor; without one, use project_population.")
    first, *others = found
    for name in others:
        if not np.array_equal(found[name], found[first]):
            raise BadDimensions(
                f"{name} has the scenarios {few(found[name].tolist())}, {first} has {few(found[first].tolist())}."
            )
    return {"scenario": bridge.distinct(found[first]), "year": basis["year"], "sex": basis["sex"]}


def _factor(word: str, factor: xr.DataArray | None, labels: dict[str, Any]) -> np.ndarray:
    """A factor as an array (scenario, year), of mortality and migration with one or two sexes behind; 1 if left out.

    It can be read only, always: the kernel is compiled for one kind of array, and long factors are not copied.
    """
    dims = WITH_SEX[:2] if word == "fertility" else WITH_SEX
    shape = labels["scenario"].size, labels["year"].size
    if factor is None:
        return _read_only(np.ones(shape if word == "fertility" else (*shape, 1)))
    own = [dim for dim in dims if dim in factor.dims]
    values = np.require(bridge.view(factor.rename(f"{word}_factor"), own, labels), np.float64, ["C"])
    bad = ~np.isfinite(values)
    if word != "migration":
        bad |= values <= 0.0 if word == "mortality" else values < 0.0
    if bad.any():
        at = np.unravel_index(int(bad.argmax()), bad.shape)
        place = ", ".join(f"{dim} {np.asarray(labels[dim])[i]}" for dim, i in zip(own, at, strict=True))
        bounds = {"mortality": "above 0", "fertility": "of 0 or more", "migration": "and finite"}[word]
        raise OutOfBounds(
            f"{word}_factor must hold numbers {bounds}: {int(bad.sum())} of {bad.size} are not; the first: {place} -> "
            f"{values[at]:g}"
        )
    return _read_only(values if word == "fertility" or "sex" in own else values[..., None])


def _read_only(values: np.ndarray) -> np.ndarray:
    """The same memory, through which nothing can be written."""
    found = values.view()
    found.flags.writeable = False
    return found


def _refuse_leavers(basis: xr.Dataset, factors: Factors, bad: np.ndarray, names: np.ndarray, migration: str) -> None:
    """Project the first scenario in which more people leave than there are by itself, to say when and of which age."""
    place, share = int(bad.argmax()), migrants_at_start(migration)
    coords, dims = {"year": basis["year"], "sex": basis["sex"]}, ("year", "sex")

    def factor(values: np.ndarray) -> xr.DataArray:
        spread = np.broadcast_to(values.reshape(coords["year"].size, -1), [one.size for one in coords.values()])
        return xr.DataArray(spread, coords, dims)

    mortality, fertility, moved = (factor(values[place]) for values in factors)
    one = basis.assign(
        asfr=basis["asfr"] * fertility.isel(sex=0, drop=True), net_migration=basis["net_migration"] * moved
    )
    ratio = basis_life_table(basis)["survival_ratio"] ** mortality
    found, _ = whole_years(one, ratio, share, 1.0 - share if migration == "even" else 0.0)
    where = f"{int(bad.sum())} of {bad.size} scenarios, the first {names[place]}"
    try:
        refuse_leavers(found["population"], one, share)
    except OutOfBounds as error:
        raise OutOfBounds(f"{where}: {error}\n  Or lower the migration_factor.") from None
    raise OutOfBounds(f"{where}: population is negative.\n  Lower the net emigration, or the migration_factor.")
