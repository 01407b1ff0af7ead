"""Members who move between groups of insured, and groups that take in whom others refuse: shares that can be meant."""

from typing import Any

import numpy as np

from actuarial.check.variables import check_variables, first_place
from actuarial.errors import BadBasis
from actuarial.translation import Told

TRANSFERS = ("transfer_rate", "transfer_rate_inactive")
SUCCESSORS = "successor_share"
ALL = 1.0 + 1e-9  # greatest sum of shares


def check_groups(basis: Any) -> None:
    """Transfers between groups and successors of closed groups, where a basis has them.

    Raises
    ------
    BadDimensions, OutOfBounds
        A variable that fails the vocabulary.
    BadBasis
        Other groups along `to_group` than along `group`, a group whose members move to itself or of which more than all
        move, groups that send whom they refuse to each other in a circle.
    """
    present = [name for name in (*TRANSFERS, SUCCESSORS) if name in basis]
    if not present:
        return
    check_variables(basis[present])
    for name in present:
        _check_shares(basis, name)
    if SUCCESSORS in basis:
        order_of(basis)


def _check_shares(basis: Any, name: str) -> None:
    share = basis[name]
    for dim in ("group", "to_group"):
        if dim not in share.dims:
            raise BadBasis(
                Told(
                    "{name} lacks the dimension {dim}: it says from which group to which members go.",
                    name=name,
                    dim=dim,
                )
            )
    groups, to = ([str(one) for one in basis[dim].values] for dim in ("group", "to_group"))
    if sorted(groups) != sorted(to):
        raise BadBasis(
            Told(
                "to_group: the labels must be the groups, {names} (they are {given}).",
                names=tuple(groups),
                given=tuple(to),
            )
        )
    own = share.where(share["group"] == share["to_group"], 0.0)
    total = share.sum("to_group")
    words = Told("members do not move to their own group"), Told("more than all move")
    for values, limit, what in ((own, 0.0, words[0]), (total, ALL, words[1])):
        bad = values.values > limit
        if bad.any():
            place, value = first_place(values, bad)
            raise BadBasis(
                Told(
                    "{name}: {what} ({number} cells; the first: {place} -> {value:g}).\n  Correct it.",
                    name=name,
                    what=what,
                    number=int(bad.sum()),
                    place=place,
                    value=value,
                )
            )


def order_of(basis: Any) -> list[int]:
    """Places of the groups in an order in which a group comes after those that send it whom they refuse.

    Raises
    ------
    BadBasis
        There is none.
    """
    count = basis.sizes["group"]
    if SUCCESSORS not in basis:
        return list(range(count))
    share = basis[SUCCESSORS].sel(to_group=basis["group"].values)
    others = [dim for dim in share.dims if dim not in ("group", "to_group")]
    sends = np.asarray((share > 0).any(others).transpose("group", "to_group").values)
    order: list[int] = []
    while len(order) < count:
        left = [g for g in range(count) if g not in order]
        free = [g for g in left if not sends[left, g].any()]
        if not free:
            names = [str(basis["group"].values[g]) for g in left]
            raise BadBasis(
                Told(
                    "{variable}: {names} send whom they refuse to each other in a circle.",
                    variable=SUCCESSORS,
                    names=tuple(names),
                )
            )
        order.append(free[0])
    return order
