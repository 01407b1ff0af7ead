"""Mortality of the population and of the members of a scheme, from one stored set of central death rates."""

from collections import deque
from threading import Lock
from typing import Any

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.demography.survival import survival_table
from actuarial.quick import labelled_alike

KEPT, LARGEST = 16, 50_000  # life tables kept, and the most death rates of one that is


def a0_of(basis: xr.Dataset) -> Any:
    """The variable `a0` of a basis, or the rule that its attribute `a0_rule` names."""
    return basis["a0"] if "a0" in basis else basis.attrs.get("a0_rule")


def basis_life_table(basis: xr.Dataset, ratio: xr.DataArray | None = None) -> xr.Dataset:
    """Life table of a basis, whose death rates are multiplied by a ratio where one is given.

    The stages of a projection ask for the same few tables again and again: the last ones are kept and answered as
    arrays that cannot be written to.

    Parameters
    ----------
    basis : Dataset with `mx` (year, sex, age) and `a0` or the attribute `a0_rule`
    ratio : DataArray, optional
        Death rate over that of the population, over any of year, sex, age.

    Raises
    ------
    MissingVariable, OutOfBounds, BadInput
    """
    if "mx" not in basis:
        check.require(basis, "mx")
    inputs = (basis["mx"], ratio, a0_of(basis))
    table = _tables.found(inputs)
    if table is None:
        check.require(basis, "mx")
        rates = inputs[0] if ratio is None else (inputs[0] * ratio).drop_attrs()
        table = _tables.kept(inputs, survival_table(rates, inputs[2]))
    return table


class _Tables:
    """The life tables made last, found by the values, labels and words that they were made of.

    Inputs are compared cell by cell with copies of those of the tables, so that no two are mixed up.
    """

    def __init__(self) -> None:
        self.made: deque[tuple[tuple[Any, ...], xr.Dataset]] = deque(maxlen=KEPT)
        self.lock = Lock()

    def found(self, inputs: tuple[Any, ...]) -> xr.Dataset | None:
        """The table that was made of such inputs, its arrays read-only."""
        with self.lock:
            made = list(self.made)
        for given, table in made:
            if all(_same(one, other) for one, other in zip(given, inputs, strict=True)):
                return table.copy()
        return None

    def kept(self, inputs: tuple[Any, ...], table: xr.Dataset) -> xr.Dataset:
        """The table, kept for the next time if it is not too large."""
        if table["lx"].size > LARGEST:
            return table
        for column in table.data_vars.values():
            column.values.flags.writeable = False
        copied = tuple(one.copy() if isinstance(one, xr.DataArray) else one for one in inputs)
        with self.lock:
            self.made.appendleft((copied, table))
        return table.copy()


def _same(one: Any, other: Any) -> bool:
    """Equal words or numbers, or arrays with equal names, values, labels and attributes."""
    if not (isinstance(one, xr.DataArray) and isinstance(other, xr.DataArray)):
        return type(one) is type(other) and bool(one == other)
    if one.name != other.name or one.dims != other.dims or one.attrs != other.attrs:
        return False
    return np.array_equal(one.values, other.values) and labelled_alike(one, other)


_tables = _Tables()


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


def inheritance(basis: xr.Dataset, kind: str) -> xr.DataArray:
    """What a survivor inherits of the balances of those of the same age who die in a year, over the own balance.

    Parameters
    ----------
    basis : Dataset with `mx` and, where insured persons have other death rates, `mortality_ratio_insured`
    kind : "own", by sex (and group) with the mortality of the insured, or "table", for both sexes together with the
        mortality of the population

    Returns
    -------
    DataArray
        q/(1 - q) by year, (group, sex,) age at the start of the year, fraction; for both sexes together
        1 - q = sum_s L[s, x+1] / sum_s L[s, x]. 0 where nobody survives.
    """
    if kind == "own":
        stays = member_survival(basis, basis.get("mortality_ratio_insured"))
    else:
        table = basis_life_table(basis)
        alive = table["Lx"].sum("sex")
        stays = (table["Lx"] * table["px"]).sum("sex") / alive.where(alive > 0)
    return ((1.0 - stays) / stays.where(stays > 0)).fillna(0.0)
