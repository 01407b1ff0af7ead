"""The cohort-component projection of a population by single ages and sex."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial import bridge, check
from actuarial.check.period import first_period, year_fraction
from actuarial.check.population import mean_population, migrants_at_start, newborn_0, stock_before
from actuarial.check.variables import first_place
from actuarial.demography import kernels
from actuarial.demography.first_period import project_first_period
from actuarial.demography.mortality import basis_life_table
from actuarial.demography.survival import DEFAULT_A0
from actuarial.errors import OutOfBounds
from actuarial.quick import labelled, labels_of, pick, quick_set
from actuarial.vocabulary import variable

TAKES = ("population_0", "survival_ratio", "asfr", "srb", "net_migration")
RETURNS = ("population", "population_midyear", "births", "deaths")
CELLS = ("year", "sex", "age")


def project_population(basis: xr.Dataset, *, migration: str = "end") -> xr.Dataset:
    """Population on every 31 December, with the births and deaths of the years between.

    Parameters
    ----------
    basis : Dataset
        `population_0` (sex, age), persons on the valuation date, which is 31 December of the year before the first or
        lies inside the first: then by the age on that 31 December, with `newborn_0` (sex), those born since then, and
        the first year is a part of a year, see `project_first_period`; `mx` (year, sex, age), 1/year;
        `a0` (year, sex), years, or the attribute `a0_rule`; `asfr` (year, age), births per woman and year; `srb`
        (year), boys per girl; `net_migration` (year, sex, age), persons per year. Any may have `scenario`.
    migration : "end" (default), "even" or "start"
        When the net migrants of a year move. "end": all on 31 December, at the age they have then; they neither die nor
        bear children in that year (United Nations, World Population Prospects 2024). "even": one half on 1 January, at
        the age they have then, the other half on 31 December (the textbook). "start": all on 1 January.

    Returns
    -------
    Dataset of (scenario, year, sex, age), persons or persons per year
        `population`, `population_midyear`, `births` (by sex of the child and age of the mother), `deaths` (by age
        reached on 31 December). Of a first year that is a part of one the births and deaths are those after the
        valuation date and `population_midyear` is the mean of the period. The attributes `migration` and `a0_rule`
        tell the choices.

    Raises
    ------
    MissingVariable, BadDimensions, OutOfBounds
        An input is missing, on other dims, outside its bounds or NaN; the fertility of the first or of the open age is
        not 0; more people leave than there are.
    BadInput
        Another word for the timing or for the a0 rule.

    Notes
    -----
    With N' = N_{t-1} and the migrants of the start of the year, S the survival ratios of `survival_table`, M_e the
    migrants of the end of the year::

        D[x] = (1 - S[x]) N'[x-1]        1 <= x < W         D[W] = (1 - S[W]) (N'[W-1] + N'[W])
        B[x] = f[x] (N'[F,x] + N+[F,x]) / 2                 girls B / (1 + z), boys the others
        D[s,0] = (1 - S[s,0]) B_s
        N_t[x] = N'[x-1] - D[x] + M_e[x]                    N_t[s,0] = B_s - D[s,0] + M_e[s,0]

    N+ is the stock of the end of the year, with the half of "even" that moves then, and without the migrants of "end".
    A stock below 0 is refused, not replaced by a small number.

    References
    ----------
    .. [1] United Nations, DESA, Population Division (2024), World Population Prospects 2024: Methodology of the
       United Nations population estimates and projections.
    .. [2] Preston, S. H., Heuveline, P., Guillot, M. (2001), Demography, Blackwell, chapter 6, boxes 6.1 and 6.2.
    """
    share = migrants_at_start(migration)
    check.require(basis, "population_0", "asfr", "srb", "net_migration")
    basis = quick_set(bridge.doubles(basis))
    refuse_fertile_ends(basis["asfr"])
    found, below = _projected(basis, share, 1.0 - share if migration == "even" else 0.0)
    if below:
        refuse_leavers(found["population"], basis, share)
    columns = {name: (array.dims, array.values, variable(name).attributes()) for name, array in found.items()}
    rule = "given" if "a0" in basis else basis.attrs.get("a0_rule") or DEFAULT_A0
    return xr.Dataset(columns, found["population"].coords, {"migration": migration, "a0_rule": rule})


def _projected(basis: xr.Dataset, share: float, with_mothers: float) -> tuple[dict[str, xr.DataArray], bool]:
    """Whole years by the kernel; before them the rest of the first year where the valuation date lies inside it.

    With them whether a stock is below 0 in the whole years.
    """
    table, length = basis_life_table(basis), first_period(basis)
    newborn_0(basis)
    ratio = table["survival_ratio"]
    if length == 1.0:
        return whole_years(basis, ratio, share, with_mothers)
    first = project_first_period(basis, table, length, share, with_mothers)
    opening, reached = basis.isel(year=slice(0, 1)), first["population"]
    refuse_leavers(reached, opening, share)
    before = stock_before(reached, basis["population_0"])
    first = first.assign(population_midyear=mean_population(before, reached, year_fraction(opening)))
    if basis.sizes["year"] == 1:
        return {name: pick(first, name) for name in RETURNS}, False
    later = basis.isel(year=slice(1, None)).assign(population_0=reached.isel(year=0, drop=True))
    if "year" in ratio.dims:
        ratio = ratio.isel(year=slice(1, None))
    rest, below = whole_years(later, ratio, share, with_mothers)
    joined = {name: xr.concat([pick(first, name), rest[name]], dim="year", join="exact") for name in RETURNS}
    return joined, below


def whole_years(
    basis: xr.Dataset, ratio: xr.DataArray, share: float, with_mothers: float
) -> tuple[dict[str, xr.DataArray], bool]:
    """The results of the kernel in every scenario, and whether a stock is below 0 in one.

    A scenario alone is not taken through the loop over many.
    """
    check.check_variable(ratio, variable("survival_ratio"))
    given = {name: ratio if name == "survival_ratio" else pick(basis, name) for name in TAKES}
    below: list[int] = []
    found: dict[str, xr.DataArray]

    def project(*arrays: Any) -> None:
        states: Any = kernels.project_states
        below.append(states(*arrays))

    alone = all(dim in basis.indexes for dim in CELLS)
    if not alone or any(dim not in CELLS for array in given.values() for dim in array.dims):
        several = bridge.run(project, basis.assign(survival_ratio=ratio), TAKES, RETURNS, share, with_mothers)
        found = {name: pick(several, name) for name in RETURNS}
    else:
        labels = labels_of(basis, CELLS)
        results = [np.zeros([basis.sizes[dim] for dim in CELLS]) for _ in RETURNS]
        arrays = [bridge.align(given[name], variable(name).dims, labels) for name in TAKES]
        project(*arrays, share, with_mothers, *results)
        found = {name: labelled(one, CELLS, labels) for name, one in zip(RETURNS, results, strict=True)}
    return found, any(below)


def refuse_fertile_ends(asfr: xr.DataArray) -> None:
    """Refuse births at the first and at the open age, which the steps of a projection do not read."""
    ends = asfr.isel(age=[0, -1])
    bad = ends.values != 0
    if bad.any():
        raise OutOfBounds(
            f"asfr must be 0 at the first and at the open age {int(asfr['age'][-1])}: {_listed(ends, bad)}\n"
            "  Give more ages, or put these births at the age beside."
        )


def refuse_leavers(population: xr.DataArray, basis: xr.Dataset, share: float) -> None:
    """OutOfBounds with the first place where more people leave than there are, `share` of them on 1 January."""
    if share:
        before = stock_before(population, basis["population_0"])
        left = before + share * basis["net_migration"] * year_fraction(basis)
        _refuse_negative(left, "1 January, after the migrants of the start of the year")
    _refuse_negative(population, "31 December")


def _refuse_negative(stock: xr.DataArray, when: str) -> None:
    bad = stock.values < 0
    if bad.any():
        raise OutOfBounds(
            f"population is negative on {when}: {_listed(stock, bad)}\n"
            "  More people leave than there are: lower the net emigration of net_migration at these ages, or let "
            "demography.limit_emigration do it."
        )


def _listed(array: xr.DataArray, bad: np.ndarray) -> str:
    place, value = first_place(array, bad)
    return f"{int(bad.sum())} of {bad.size} cells.\n  the first: {place} -> {value:g}"
