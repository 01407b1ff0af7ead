"""The population by groups, such as nationals and refugees, who differ in their rates and move between groups."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial import bridge, check
from actuarial.check.period import first_period, year_fraction
from actuarial.check.population import mean_population, migrants_at_start, stock_before
from actuarial.check.population_groups import check_population_groups
from actuarial.demography.labels import refuse
from actuarial.demography.mortality import basis_life_table
from actuarial.demography.survival import DEFAULT_A0
from actuarial.errors import ActuarialError, BadDimensions, BadInput
from actuarial.translation import few
from actuarial.vocabulary import variable

PAIRS = ("year", "group", "to_group", "sex", "age")
INPUTS = {
    "population_0": ("group", "sex", "age"),
    "survival_ratio": ("year", "group", "sex", "age"),
    "asfr": ("year", "group", "age"),
    "srb": ("year", "group"),
    "net_migration": ("year", "group", "sex", "age"),
    "transfer_rate": PAIRS,
    "transfers": PAIRS,
    "birth_group": ("year", "group", "to_group"),
}
RETURNS = ("population", "births", "deaths", "population_transfers_in", "population_transfers_out")
OF_BASIS = ("population_0", "asfr", "srb", "net_migration")
LOSS = 1e-9  # by which shares may miss 1


def project_groups(
    basis: xr.Dataset,
    *,
    transfer_rate: xr.DataArray | None = None,
    transfers: xr.DataArray | None = None,
    birth_group: xr.DataArray | None = None,
    migration: str = "end",
) -> xr.Dataset:
    """Population of every group on every 31 December, where people may move from one group to another.

    Groups have their own stocks, rates and migrants; persons change group by naturalisation, recognition or return. A
    sudden arrival is net migration of one year; return to the country of origin is negative net migration.

    Parameters
    ----------
    basis : Dataset
        As for `project_population`: `population_0` and `net_migration` have the dim `group`; `mx`, `a0`, `asfr` and
        `srb` may have it and hold for all groups where they do not. Any may have `scenario`.
    transfer_rate : DataArray of (group, to_group) and any of year, sex, age, scenario, 1/year
        Share of the persons of `group` who live on 31 December, before that day's migrants and by the age they then
        have, who move to `to_group`; newborn children of the year among them. To the own group 0.
    transfers : DataArray of (year, group, to_group, sex, age), persons per year
        Numbers who move on 31 December, in addition, by the age then.
    birth_group : DataArray of (group, to_group) and any of year, scenario
        Share of the children of mothers in `group` who are born into `to_group`; by default the group of the mother.
    migration : "end" (default), "even" or "start"
        When migrants move, as in `project_population`. Transfers are always of 31 December.

    Returns
    -------
    Dataset of (scenario, year, group, sex, age), persons or persons per year
        `population`, `population_midyear`, `births` (in the group of the child, by its sex and the age of the mother),
        `deaths` (by age reached on 31 December), `population_transfers_in`, `population_transfers_out` (by age on
        31 December). The whole population is `result.sum("group")`. The attributes `migration` and `a0_rule` tell the
        choices.

    Raises
    ------
    MissingVariable, BadDimensions, OutOfBounds
        An input is missing, on other dims or labels, outside its bounds or NaN, in the group that is named; rates to
        other groups or shares of births do not add up; more people leave than there are.
    BadInput
        Another word for the timing, or a valuation date inside the first year.
    IdentityFailed
        The accounts do not close.

    Notes
    -----
    With E_g[x] the survivors on 31 December of group g and of the children born into it, as `project_population` finds
    them before that day's migrants, r the rates and n the numbers of transfers::

        B_h = sum over g of c_gh B'_g          B'_g the births to mothers of group g, by sex with its ratio
        T_gh = r_gh E_g + n_gh                 N_g = E_g + M_g + sum over h of (T_hg - T_gh)

    The children of a year die at the rates of their own group. Those who move die and bear children in their old group
    until 31 December. Migrants of 31 December do not move to another group on that day.

    References
    ----------
    .. [1] Rogers, A. (1995), Multiregional demography: principles, methods and extensions, Wiley, chapter 4.
    .. [2] Preston, S. H., Heuveline, P., Guillot, M. (2001), Demography, Blackwell, chapter 6.

    Examples
    --------
    rate = xr.DataArray([[0, 0], [0.02, 0]], {"group": groups, "to_group": groups}, dims=("group", "to_group"))
    result = project_groups(basis, transfer_rate=rate)
    result.population.sel(group="refugees").sum(("sex", "age"))
    """
    share = migrants_at_start(migration)
    groups = _groups(basis)
    inputs = _of_groups(basis, groups)
    labels = {dim: basis[dim].values.tolist() for dim in ("scenario", "year", "sex", "age") if dim in basis.dims}
    labels |= {"group": groups, "to_group": groups}
    inputs = inputs.assign(_flows(labels, transfer_rate=transfer_rate, transfers=transfers, birth_group=birth_group))
    projected = _projected(inputs, share, 1.0 - share if migration == "even" else 0.0)
    _refuse_leavers(projected["population"], basis, share)
    before = stock_before(projected["population"], basis["population_0"])
    mean = mean_population(before, projected["population"], year_fraction(basis))
    result = _annotated(projected.assign(population_midyear=mean))
    rule = "given" if "a0" in basis else basis.attrs.get("a0_rule") or DEFAULT_A0
    result = result.assign_attrs(migration=migration, a0_rule=rule)
    check_population_groups(result, basis)
    return result


def _groups(basis: xr.Dataset) -> list[Any]:
    """The labels of the groups; BadDimensions where stocks or migrants are not by group or labels occur twice."""
    if not isinstance(basis, xr.Dataset):
        raise BadInput(f"project_groups: a basis is a Dataset (got {type(basis).__name__}).")
    for name in ("population_0", "net_migration"):
        if name in basis and "group" not in basis[name].dims:
            raise BadDimensions(
                f"{name} lacks the dimension group: numbers of persons are not repeated over groups.\n"
                "  Give the stock and the migrants of each group, or call project_population."
            )
    check.require(basis.isel(group=0, drop=True) if "group" in basis.dims else basis, *OF_BASIS)
    if first_period(basis) < 1.0:
        raise BadInput(
            "valuation_date: project_groups needs stocks of the last day of a year.\n"
            "  Carry the stocks of the groups to that day, or call project_population for each group."
        )
    groups = basis["group"].values.tolist() if "group" in basis.coords else []
    if not groups or len(set(groups)) < len(groups):
        names = ", ".join(map(str, groups)) or "no labels"
        raise BadDimensions(f"group: every group needs a name of its own (got {names}).")
    return groups


def _of_groups(basis: xr.Dataset, groups: list[Any]) -> xr.Dataset:
    """What the projection takes of a basis, with the survival ratios of every group."""
    ratios = []
    for place, group in enumerate(groups):
        part = basis.isel(group=place, drop=True)
        try:
            check.require(part, *OF_BASIS)
            ratios.append(basis_life_table(part)["survival_ratio"])
        except ActuarialError as error:
            raise type(error)(f"group {group}: {error}") from error
    births = basis["asfr"]
    ends = births.isel(age=[0, -1])
    oldest = int(births["age"][-1])
    refuse(ends, ends.values != 0, f"asfr must be 0 at the first and at the open age {oldest}", "Give more ages.")
    values, first = np.stack([ratio.values for ratio in ratios]), ratios[0]
    survival = xr.DataArray(values, {"group": groups, **first.coords}, ("group", *first.dims))
    return basis[list(OF_BASIS)].assign(survival_ratio=survival)


def _flows(labels: dict[str, Any], **given: xr.DataArray | None) -> dict[str, xr.DataArray]:
    """Transfers and shares of births, checked; nobody moves and children belong to their mother's group by default."""
    groups, result = labels["group"], {}
    own = {dim: xr.DataArray(groups, dims=dim, coords={dim: groups}) for dim in ("group", "to_group")}
    alike = own["group"] == own["to_group"]
    for name, array in given.items():
        if array is None:
            result[name] = (alike if name == "birth_group" else 0.0 * alike).astype(float)
            continue
        found = result[name] = _labelled(array, name, labels)
        labels |= {"scenario": found["scenario"].values.tolist()} if "scenario" in found.coords else {}
        values = found.values
        refuse(found, ~np.isfinite(values), f"{name} must be numbers")
        refuse(found, values < 0, f"{name} must be at least 0", "Exchange group and to_group.")
        if name != "birth_group":
            refuse(found, (found.where(alike, 0.0) != 0).values, f"{name} to the own group must be 0")
        total = found.sum("to_group")
        if name == "transfer_rate":
            refuse(total, total.values > 1.0 + LOSS, "transfer_rate to all other groups must be at most 1")
        if name == "birth_group":
            refuse(total, abs(total.values - 1.0) > LOSS, "birth_group of each group must add up to 1")
    return result


def _labelled(array: Any, name: str, labels: dict[str, list[Any]]) -> xr.DataArray:
    """A flow between groups on dims that it may have, with the labels of the basis."""
    allowed = INPUTS[name]
    needed = PAIRS if name == "transfers" else ("group", "to_group")
    if not isinstance(array, xr.DataArray):
        raise BadInput(f"{name}: give a DataArray with the labels of group and to_group (got {type(array).__name__}).")
    absent = [dim for dim in needed if dim not in array.dims]
    extra = [str(dim) for dim in array.dims if dim not in (*allowed, "scenario")]
    if absent or extra:
        raise BadDimensions(
            f"{name} needs the dims {', '.join(needed)} and may have {', '.join(allowed)}, scenario; "
            f"it has {', '.join(map(str, array.dims)) or 'none'}."
        )
    wanted = {dim: labels[str(dim)] for dim in array.dims if dim in labels}
    for dim, words in wanted.items():
        have = array[dim].values.tolist() if dim in array.coords else []
        missing = [label for label in words if label not in have]
        strangers = [label for label in have if label not in words and dim != "year"]
        if missing or strangers or len(set(have)) < len(have):
            raise BadDimensions(
                f"{name}: the labels of {dim} must be those of the basis, {few(words)} (they are "
                f"{few(have) or 'absent'})."
            )
    return array.drop_attrs().sel(wanted).astype(float)


def _projected(inputs: xr.Dataset, share: float, with_mothers: float) -> xr.Dataset:
    """All years of all groups, scenario by scenario."""
    dims = INPUTS["survival_ratio"]

    def one(part: xr.Dataset) -> xr.Dataset:
        labels = {dim: part[dim] for dim in PAIRS}
        arrays = {name: bridge.align(part[name], INPUTS[name], labels) for name in INPUTS}
        found = project(arrays, share, with_mothers)
        columns = {name: (dims, values) for name, values in zip(RETURNS, found, strict=True)}
        return xr.Dataset(columns, {dim: labels[dim] for dim in dims})

    return bridge.over_scenarios(one, inputs)


def project(given: dict[str, np.ndarray], at_start: float, with_mothers: float) -> list[np.ndarray]:
    """Population, births, deaths, transfers in and out, year after year, on the plain arrays of `INPUTS`.

    `at_start` and `with_mothers` are those of `kernels.project_population`. The operations and their order are those of
    that kernel, so that groups which nobody leaves or joins come out equal to the bit.
    """
    survival, asfr, migration = given["survival_ratio"], given["asfr"], given["net_migration"]
    boys = given["srb"] / (1.0 + given["srb"])
    results = [np.zeros(survival.shape) for _ in RETURNS]
    population, births, deaths, came, left = results
    before = given["population_0"]
    for t in range(survival.shape[0]):
        start = before + at_start * migration[t]
        exposed = start[..., :-1].copy()
        exposed[..., -1] += start[..., -1]
        deaths[t, ..., 1:] = exposed * (1.0 - survival[t, ..., 1:])
        reached = population[t]
        reached[..., 1:] = exposed - deaths[t, ..., 1:]
        women = start[:, 1, 1:-1] + reached[:, 1, 1:-1] + with_mothers * migration[t, :, 1, 1:-1]
        born = 0.5 * asfr[t, :, 1:-1] * women
        male = born * boys[t, :, None]
        children = np.stack([male, born - male], axis=1)
        births[t, ..., 1:-1] = _mixed(children, given["birth_group"][t])
        total = np.cumsum(births[t], axis=-1)[..., -1]
        deaths[t, ..., 0] = total * (1.0 - survival[t, ..., 0])
        reached[..., 0] = total - deaths[t, ..., 0]
        moved = given["transfer_rate"][t] * reached[:, None] + given["transfers"][t]
        came[t], left[t] = moved.sum(axis=0), moved.sum(axis=1)
        reached += (1.0 - at_start) * migration[t]
        reached += came[t] - left[t]
        before = reached
    return results


def _mixed(children: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Children (g, x, a) of mothers by group in the groups into which they are born."""
    if np.array_equal(share, np.eye(len(share))):
        return children
    return np.einsum("gxa,gh->hxa", children, share)


def _refuse_leavers(population: xr.DataArray, basis: xr.Dataset, share: float) -> None:
    words = "population of a group must be at least 0 on "
    remedy = "More people leave than there are: lower the net emigration or the transfers of this group and age."
    if share:
        left = stock_before(population, basis["population_0"]) + share * basis["net_migration"]
        refuse(left, left.values < 0, f"{words}1 January, after the migrants of the start of the year", remedy)
    refuse(population, population.values < 0, f"{words}31 December", remedy)


def _annotated(result: xr.Dataset) -> xr.Dataset:
    """Units, names and symbols of the vocabulary, whose population has no groups."""
    for name in result.data_vars:
        result[name].attrs = variable(str(name)).attributes()
    return result.transpose("scenario", "year", "group", "sex", "age", missing_dims="ignore")
