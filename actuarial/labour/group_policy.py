"""Dividing a group of insured into several, in the basis and in every number of the law that names it."""

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

import xarray as xr

from actuarial.check.variables import check_variable
from actuarial.dated import Along, ByGroup, BySex, Money, Split
from actuarial.errors import BadInput
from actuarial.fields import ended, suggestion
from actuarial.translation import N_
from actuarial.vocabulary import variable, variables

S = TypeVar("S")
SUM = 1e-9  # how far shares may sum away from one
TARGETS = ("coverage",)
"""Variables that are divided although they are no persons: their sum over the groups is a total."""


def split_group(
    basis: xr.Dataset,
    scheme: S,
    group: str,
    shares: Mapping[str, float],
    *,
    factors: Mapping[str, Mapping[str, float]] | None = None,
) -> tuple[xr.Dataset, S]:
    """Divide a group of insured into several that start as its copies.

    Persons (opening stocks, voluntary insured) and the coverage target of the group are divided by the shares, and so
    are the members whom other groups send to it; all other variables by group are repeated. In the scheme every number
    by group and every list of groups that names the group names the new ones instead. The new groups may then be made
    to differ, by `factors` or in the basis itself.

    Parameters
    ----------
    basis : Dataset
    scheme : Scheme, or any frozen dataclass that holds dated numbers
    group : name of a group of the basis
    shares : new names (the old one may be among them) and their shares of the group; they sum to one
    factors : variable -> new name -> factor, optional
        Variables of the new groups that are multiplied; a name that is left out has 1.

    Returns
    -------
    basis, scheme
        With the new groups in the place of the old one.

    Raises
    ------
    BadInput
        A group or variable that is not there, a name that another group has, shares that are no division.
    OutOfBounds
        A factor that takes a variable out of its bounds.

    Notes
    -----
    The recursion of the insured is linear in persons, and so are entries and contraction while the target, the
    stayers and the inactive are divided alike: copies of a group give the totals of the group to rounding.

    Examples
    --------
    basis, scheme = split_group(basis, scheme, "private", {"formal": 0.6, "informal": 0.4},
                                factors={"salary_0": {"formal": 1.2, "informal": 0.7}})
    """
    names = [str(name) for name in basis["group"].values]
    _check_names(names, group, shares)
    here = names.index(group)
    labels = [*names[:here], *shares, *names[here + 1 :]]
    source = [group if name in shares else name for name in labels]
    weight = xr.DataArray([shares.get(name, 1.0) for name in labels], {"group": labels}, "group")
    spread = basis.assign({name: _by_group(basis, name) for name in TARGETS if name in basis})
    repeated = _received(spread.sel(group=source).assign_coords(group=labels), group, shares)
    divided = [name for name in map(str, repeated.data_vars) if _divided(repeated, name)]
    result = repeated.assign({name: _times(repeated[name], weight) for name in divided})
    for name, by_name in (factors or {}).items():
        result = result.assign({name: _scaled(result, name, by_name, list(shares))})
    return result, renamed(scheme, group, tuple(shares))


def _received(basis: xr.Dataset, group: str, shares: Mapping[str, float]) -> xr.Dataset:
    """The basis in which what other groups send to a group goes to the new ones by their shares."""
    if "to_group" not in basis.dims:
        return basis
    old = [str(name) for name in basis["to_group"].values]
    pairs = [(one, name) for name in old for one in (shares if name == group else [name])]
    result = basis.sel(to_group=[name for _, name in pairs]).assign_coords(to_group=[one for one, _ in pairs])
    part = xr.DataArray([shares.get(one, 1.0) for one, _ in pairs], {"to_group": result["to_group"]}, "to_group")
    sent = [name for name in result.data_vars if "to_group" in result[name].dims]
    return result.assign({name: _times(result[name], part) for name in sent})


def _check_names(names: list[str], group: str, shares: Mapping[str, float]) -> None:
    if group not in names:
        hint = ended(suggestion(group, names, N_("its groups are {names}")))
        raise BadInput(f"split_group: the basis has no group {group!r}; {hint}")
    taken = [name for name in shares if name in names and name != group]
    if taken:
        raise BadInput(f"split_group: the basis has a group {taken[0]!r} already. Give the new group another name.")
    if not shares or any(not 0.0 < share <= 1.0 for share in shares.values()):
        raise BadInput(f"split_group: every share must be above 0 and at most 1 (got {dict(shares)}).")
    if abs(sum(shares.values()) - 1.0) > SUM:
        raise BadInput(f"split_group: the shares must sum to 1 (their sum is {sum(shares.values()):g}).")


def _by_group(basis: xr.Dataset, name: str) -> xr.DataArray:
    """A variable on the dim group, where it may be the same for all groups."""
    array = basis[name]
    if "group" in array.dims:
        return array
    dims = variable(name).dims
    return array.expand_dims(group=basis["group"]).transpose(..., *dims, missing_dims="ignore")


def _divided(basis: xr.Dataset, name: str) -> bool:
    """Whether a variable counts persons or their share, so that the new groups have parts of it."""
    known = variables().get(name)
    persons = known is not None and known.units.startswith("persons")
    return "group" in basis[name].dims and (name in TARGETS or persons)


def _times(array: xr.DataArray, factor: xr.DataArray) -> xr.DataArray:
    """A product with the dims, the order and the attributes of the first factor."""
    return (array * factor).transpose(*array.dims).assign_attrs(array.attrs)


def _scaled(basis: xr.Dataset, name: str, by_name: Mapping[str, float], new: list[str]) -> xr.DataArray:
    """A variable with the factors of the new groups, within its bounds."""
    known = [str(one) for one in basis.data_vars if "group" in variable(str(one)).dims]
    if name not in known:
        hint = ended(suggestion(name, known, N_("those by group are {names}")))
        raise BadInput(f"factors: the basis has no variable {name!r} by group; {hint}")
    unknown = [one for one in by_name if one not in new]
    if unknown:
        hint = ended(suggestion(unknown[0], new, N_("the new groups are {names}")))
        raise BadInput(f"factors[{name!r}]: {unknown[0]!r} is no new group; {hint}")
    labels = [str(one) for one in basis["group"].values]
    factor = xr.DataArray([float(by_name.get(one, 1.0)) for one in labels], {"group": labels}, "group")
    scaled = _times(_by_group(basis, name), factor)
    check_variable(scaled, variable(name))
    return scaled


def renamed(part: Any, group: str, names: tuple[str, ...]) -> Any:
    """A scheme, or a part of it, in which a group is replaced by others with the same numbers."""
    if isinstance(part, (*Split, Money)):
        return _dated(part, group, names)
    if isinstance(part, tuple):
        changed = tuple(renamed(one, group, names) for one in part)
        return part if all(new is old for new, old in zip(changed, part, strict=True)) else changed
    if not dataclasses.is_dataclass(part) or isinstance(part, type):
        return part
    changes = {}
    for field in dataclasses.fields(part):
        old = getattr(part, field.name)
        listed = field.name == "groups" and isinstance(old, tuple) and group in old
        new = _listed(old, group, names) if listed else renamed(old, group, names)
        if new is not old:
            changes[field.name] = new
    return dataclasses.replace(part, **changes) if changes else part


def _listed(old: tuple[str, ...], group: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one for name in old for one in (names if name == group else (name,)))


def _dated(value: Any, group: str, names: tuple[str, ...]) -> Any:
    """A dated number whose values by group have one for each new group; the same object where it names none."""
    if isinstance(value, Money):
        inner = _dated(value.value, group, names)
        return value if inner is value.value else dataclasses.replace(value, value=inner)
    if isinstance(value, Along):
        points = tuple((key, _dated(inner, group, names)) for key, inner in value.points)
        return value if _same(points, value.points) else dataclasses.replace(value, points=points)
    if isinstance(value, BySex):
        both = _dated(value.male, group, names), _dated(value.female, group, names)
        return value if both[0] is value.male and both[1] is value.female else BySex(*both)
    if isinstance(value, ByGroup):
        inside = [(name, _dated(inner, group, names)) for name, inner in value.values]
        pairs = tuple((one, inner) for name, inner in inside for one in (names if name == group else (name,)))
        return value if group not in dict(value.values) and _same(pairs, value.values) else ByGroup(pairs)
    return value


def _same(new: Any, old: Any) -> bool:
    return len(new) == len(old) and all(one[1] is other[1] for one, other in zip(new, old, strict=True))
