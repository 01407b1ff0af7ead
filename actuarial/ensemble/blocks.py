"""A block of drawn scenarios through the ordinary projection: the one calculation of all engines."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import xarray as xr

from actuarial.ensemble.draws import Uncertainties, draw_basis
from actuarial.errors import ActuarialError, BadInput
from actuarial.fields import ended, suggestion
from actuarial.health.scheme import HealthScheme
from actuarial.projection import stages_of
from actuarial.projection_health import project_health
from actuarial.quick import bare, gathered, like, quick_set
from actuarial.scheme import Scheme
from actuarial.translation import N_

TILE = 16
"""Scenarios that are projected together: what they share is made once, and their details fit into memory."""
LONG = ("age", "service", "day", "age_of_survivor")
"""Dims that leave no block."""
YEARLY = {"scenario", "year", "flow"}
"""Dims of the totals that are kept where none are named."""


@dataclass(frozen=True, eq=False)
class Options:
    """How scenarios are projected, and what is kept of them.

    Parameters
    ----------
    service, migration
        See `actuarial.project`.
    keep : sequence of str, optional
        Names of variables; by default all totals by year and all single numbers.
    pension_scheme : Scheme, optional
        For a health scheme, see `actuarial.project_health`.
    """

    service: str = "years"
    migration: str = "end"
    keep: tuple[str, ...] | None = None
    pension_scheme: Any = None


def run_block(
    basis: xr.Dataset,
    scheme: Scheme | HealthScheme,
    uncertainty: Uncertainties,
    seed: int,
    first: int,
    last: int,
    options: Options = Options(),
    done: Callable[[int], None] | None = None,
) -> xr.Dataset:
    """Totals of the scenarios from `first` to `last`, both included: draws, projection, sums over ages.

    Parameters
    ----------
    basis, scheme, uncertainty, seed
        See `run`.
    first, last : int
        Numbers of scenarios.
    options : Options
    done : function of int, optional
        Called after each few scenarios with how many they were; what it raises ends the block.

    Returns
    -------
    Dataset
        The kept variables by (scenario, year); what no scenario changes has no scenario. Nothing but the arguments
        decides about its numbers, so that any computer, process or thread may compute any block.

    Raises
    ------
    ActuarialError
        As the projection, with the numbers of the scenarios among which it failed.
    """
    parts = []
    for start in range(first, last + 1, TILE):
        numbers = np.arange(start, min(start + TILE, last + 1))
        try:
            drawn = draw_basis(basis, uncertainty, seed=seed, scenarios=numbers)
            parts.append(totals(_projected(drawn, scheme, options), drawn, options.keep))
        except ActuarialError as error:
            span = f"scenarios {numbers[0]} to {numbers[-1]} of the seed {seed}"
            raise type(error)(f"{span}: {error}") from error
        if done is not None:
            done(numbers.size)
    return joined(parts, last - first + 1)


def joined(parts: Iterable[xr.Dataset], count: int) -> xr.Dataset:
    """Blocks one after the other, of so many scenarios together; a block is not needed once it is copied."""
    each = iter(parts)
    first = next(each)
    if first.sizes.get("scenario", count) == count:
        return first
    own = {name: one for name, one in first.variables.items() if "scenario" in one.dims}
    shapes = {name: [count if dim == "scenario" else one.sizes[dim] for dim in one.dims] for name, one in own.items()}
    made = {name: np.empty(shapes[name], one.dtype) for name, one in own.items()}
    start = 0
    for part in chain([first], each):
        end = start + part.sizes["scenario"]
        for name, one in own.items():
            place = tuple(slice(start, end) if dim == "scenario" else slice(None) for dim in one.dims)
            made[name][place] = part.variables[name].transpose(*one.dims).values
        start = end
    return first.drop_dims("scenario").assign_coords(scenario=made.pop("scenario")).assign(
        {name: (own[name].dims, values, own[name].attrs) for name, values in made.items()}
    )[list(first.data_vars)].assign_attrs(first.attrs)


def totals(result: xr.Dataset, drawn: xr.Dataset, keep: Sequence[str] | None) -> xr.Dataset:
    """What is kept of a projection: the totals by year, or the named variables, with those by age summed over age.

    Raises
    ------
    BadInput
        A name that neither the result nor the basis has, or a rate by age, which has no sum.
    """
    result, drawn = quick_set(result), quick_set(drawn)
    if keep is None:
        yearly = {name for name, one in result.variables.items() if set(one.dims) <= YEARLY}
        moved = {name for name, one in drawn.variables.items() if {"scenario"} <= set(one.dims) <= YEARLY}
        found = {str(name): result[name] for name in result.data_vars if name in yearly}
        found |= {str(name): drawn[name] for name in drawn.data_vars if name in moved and name not in found}
    else:
        have = [str(name) for name in (*result.data_vars, *drawn.data_vars)]
        for name in keep:
            if name not in have:
                known = ended(suggestion(name, have, N_("they have {names}")))
                raise BadInput(f"keep: neither the result nor the basis has {name}; {known}")
        found = {name: _summed(result[name] if name in result else drawn[name]) for name in keep}
    return gathered({name: _decimal(array) for name, array in found.items()})


def _decimal(array: xr.DataArray) -> xr.DataArray:
    """An array as decimal numbers, with its attributes and the labels of its dims."""
    made = like(bare(array), np.array(array.values, dtype=float))
    made.attrs = array.attrs
    return made


def _summed(array: xr.DataArray) -> xr.DataArray:
    """A stock, flow or amount of money without its dims of age."""
    long = [dim for dim in LONG if dim in array.dims]
    if not long:
        return array
    if array.attrs.get("kind") not in ("stock", "flow"):
        raise BadInput(
            f"keep: {array.name} is by {', '.join(long)} and has no sum over them.\n"
            "  Keep stocks and flows, or variables without these dims."
        )
    return array.sum(long, keep_attrs=True)


def _projected(drawn: xr.Dataset, scheme: Scheme | HealthScheme, options: Options) -> xr.Dataset:
    if isinstance(scheme, HealthScheme):
        return project_health(drawn, scheme, pension_scheme=options.pension_scheme, service=options.service)
    return stages_of(drawn, scheme, [], service=options.service, migration=options.migration)
