"""Mortality of the population and of the members of a scheme, from one stored set of central death rates."""

from typing import Any

import xarray as xr

from actuarial import check
from actuarial.demography.lifetable import life_table


def a0_of(basis: xr.Dataset) -> Any:
    """The variable `a0` of a basis, or the rule that its attribute `a0_rule` names."""
    return basis["a0"] if "a0" in basis else basis.attrs.get("a0_rule")


def basis_life_table(basis: xr.Dataset, ratio: xr.DataArray | None = None) -> xr.Dataset:
    """Life table of a basis, whose death rates are multiplied by a ratio where one is given.

    Parameters
    ----------
    basis : Dataset with `mx` (year, sex, age) and `a0` or the attribute `a0_rule`
    ratio : DataArray, optional
        Death rate over that of the population, over any of year, sex, age.

    Raises
    ------
    MissingVariable, OutOfBounds, BadInput
    """
    check.require(basis, "mx")
    rates = basis["mx"] if ratio is None else (basis["mx"] * ratio).drop_attrs()
    return life_table(rates, a0_of(basis))


def member_survival(basis: xr.Dataset, ratio: xr.DataArray | None = None) -> xr.DataArray:
    """Probability that a member of a 31 December stock aged x last birthday is alive a year later.

    p_x = L_{x+1}/L_x of the stored life table, T_W/T_{W-1} for the last two ages: the survival that carries the
    population also carries insured persons and pensioners. Parameters and errors as `basis_life_table`; the ratio may
    also vary by group.
    """
    if ratio is not None and "group" in ratio.dims:
        groups = [member_survival(basis, ratio.isel(group=g, drop=True)) for g in range(ratio.sizes["group"])]
        return xr.concat(groups, dim="group").assign_coords(group=ratio["group"])
    return basis_life_table(basis, ratio)["px"]
