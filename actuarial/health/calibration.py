"""Factors that carry unit costs to the accounts of the base year, by service and by group."""

from collections.abc import Callable, Sequence

import numpy as np
import xarray as xr

from actuarial.bridge import align
from actuarial.errors import BadBasis
from actuarial.translation import N_, Told
from actuarial.warned import Warned

Table = Callable[[np.ndarray], np.ndarray]
USUAL = (0.8, 1.25)
APART = 0.005  # how far the sums of the two margins may lie apart
TOLD = 1e-9  # how far they may lie apart without a warning
EXACT = 1e-12
ROUNDS, STEPS, DOUBLINGS, HALVINGS = 500, 60, 60, 90
CLOSE, MOST, STEEP = 1e-10, 0.99, 20.0  # of a ceiling: accounts met, its greatest part of them, steepest reaction

UNUSED = (
    N_(
        "expenditure_by_group_0: {name} has accounts of {amount:,.0f} and no use in the base year.\n"
        "  Give its members and their use, or accounts of 0 for it."
    ),
    N_(
        "expenditure_by_service_0: {name} has accounts of {amount:,.0f} and no use in the base year.\n"
        "  Give its use, or accounts of 0 for it."
    ),
)
"""What is told of accounts without use, by the axis of their sums."""


def rake(
    start: np.ndarray,
    rows: np.ndarray | None,
    columns: np.ndarray | None,
    names: tuple[Sequence[str], Sequence[str]] | None = None,
) -> np.ndarray:
    """A table with given sums of its rows and columns that stays as close to another as can be.

    Parameters
    ----------
    start : array (row, column), not negative
    rows, columns : sums wanted, None where a margin is free; with both, the columns are scaled to the sum of the rows
    names : of the rows and of the columns, for messages; else their numbers

    Returns
    -------
    array (row, column)
        start[i, j] r_i c_j, iterative proportional fitting until every sum is met to 1e-12, and Newton's method on the
        logarithms of r and c where that is slow, as with zeros that leave little to exchange.

    Raises
    ------
    BadBasis
        A row or column that is to have a sum and holds nothing, margins whose sums differ by more than 0.5%, margins
        that no table with these zeros can meet.

    References
    ----------
    .. [1] Deming, W. E., Stephan, F. F. (1940), On a least squares adjustment of a sampled frequency table when the
       expected marginal totals are known, Annals of Mathematical Statistics 11(4), 427-444.

    Examples
    --------
    >>> rake(np.array([[1.0, 1.0], [1.0, 3.0]]), np.array([4.0, 4.0]), None).tolist()
    [[2.0, 2.0], [1.0, 3.0]]
    """
    table = np.array(start, dtype=float)
    for sums, axis in ((rows, 1), (columns, 0)):
        if sums is not None and bool(((table.sum(axis=axis) <= 0) & (sums > 0)).any()):
            place = int(np.argmax((table.sum(axis=axis) <= 0) & (sums > 0)))
            name = str(place + 1) if names is None else str(names[1 - axis][place])
            raise BadBasis(Told(UNUSED[axis], name=name, amount=float(sums[place])))
    if rows is not None and columns is not None:
        total, other = float(rows.sum()), float(columns.sum())
        if abs(other - total) > APART * total:
            raise BadBasis(
                Told(
                    "calibration: the accounts by service sum to {total:,.0f}, those by group to {other:,.0f}, "
                    "{apart:+.1%}.\n  Both must be the same expenditure; correct one, or leave it out.",
                    total=total,
                    other=other,
                    apart=other / total - 1,
                )
            )
        columns = columns * (total / other)
    for _ in range(ROUNDS):
        for sums, axis in ((rows, 1), (columns, 0)):
            if sums is not None:
                have = table.sum(axis=axis)
                factor = np.divide(sums, have, out=np.zeros_like(have), where=have > 0)
                table = table * (factor[:, None] if axis == 1 else factor)
        if rows is None or columns is None or np.allclose(table.sum(axis=1), rows, rtol=EXACT, atol=0.0):
            return table
    assert rows is not None
    assert columns is not None
    finished = _nearer(table, rows, columns)
    if finished is not None:
        return finished
    raise BadBasis(
        Told(
            "calibration: no table with the use of these groups has both sums; a group may use too few of the "
            "services.\n  Give accounts by service only, or correct the accounts by group."
        )
    )


def _nearer(table: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray | None:
    """A table that nearly has both sums, until it has them; None where it never does."""
    wanted = np.concatenate([rows, columns])
    for _ in range(STEPS):
        have = np.concatenate([table.sum(axis=1), table.sum(axis=0)])
        if np.allclose(have, wanted, rtol=EXACT, atol=0.0):
            return table
        slope = np.block([[np.diag(have[: len(rows)]), table], [table.T, np.diag(have[len(rows) :])]])
        move = np.linalg.lstsq(slope, wanted - have, rcond=None)[0]
        move = move / max(1.0, float(np.abs(move).max()))
        table = table * np.exp(move[: len(rows), None] + move[None, len(rows) :])
    return None


def calibration(
    basis: xr.Dataset,
    coords: dict[str, xr.DataArray],
    expenditure: Table,
    spared: Table | None = None,
) -> np.ndarray:
    """Factors of the unit costs (service, group) with which the base year is that of the accounts.

    Parameters
    ----------
    basis : Dataset with `expenditure_by_service_0`, `expenditure_by_group_0`, one of them, both, or none
    coords : labels of services and groups
    expenditure : function of factors (service, group) to the expenditure of the base year (service, group), currency
    spared : function of factors to what the scheme pays besides, because patients reach the ceiling of a year

    Raises
    ------
    BadBasis
        As `rake`; or no factor leads to the accounts, because the scheme pays nothing of a service.

    Notes
    -----
    The table of expenditure is raked to the accounts; the factor of a cell is what it is to be over what it is. Where
    patients pay a deductible or there is a maximum, expenditure is not proportional to the cost, and each factor is
    found by halving an interval. What a ceiling spares patients depends on all services at once: the
    rest of the accounts is met for what it was, until it is what it was.
    """
    shape = (coords["service_type"].size, coords["health_group"].size)
    factors = np.ones(shape)
    rows, columns = (
        align(basis[name], (dim,), coords) if name in basis else None
        for name, dim in (("expenditure_by_service_0", "service_type"), ("expenditure_by_group_0", "health_group"))
    )
    if rows is None and columns is None:
        return factors
    names = coords["service_type"].values.tolist(), coords["health_group"].values.tolist()
    if spared is None:
        return _met(rake(expenditure(factors), rows, columns, names), expenditure)
    first = spared(factors)
    return _below_ceiling(rake(expenditure(factors) + first, rows, columns, names), first, expenditure, spared)


def _met(target: np.ndarray, expenditure: Table) -> np.ndarray:
    """Factors whose expenditure is the target."""
    start = expenditure(np.ones(target.shape))
    factors = np.divide(target, start, out=np.ones(target.shape), where=(target > 0) & (start > 0))
    if np.allclose(expenditure(factors), target, rtol=EXACT, atol=0.0):
        return factors
    return _found(factors, target, expenditure)


def _below_ceiling(target: np.ndarray, first: np.ndarray, expenditure: Table, spared: Table) -> np.ndarray:
    """Factors whose expenditure and what the ceiling spares patients are the target together, by secants."""
    given = np.minimum(first, MOST * target)
    reaction = np.zeros(target.shape)
    before = found = given
    for turn in range(ROUNDS // 5):
        factors = _met(target - given, expenditure)
        last, found = found, spared(factors)
        if np.allclose(expenditure(factors) + found, target, rtol=CLOSE, atol=0.0):
            return factors
        moved = given - before
        if turn:
            fell = np.divide(last - found, moved, out=reaction, where=np.abs(moved) > 0)
            reaction = np.clip(fell, 0.0, STEEP)
        before = given
        given = np.minimum(given + (found - given) / (1.0 + reaction), MOST * target)
    raise BadBasis(
        Told(
            "calibration: no factor leads to the accounts of the base year, since nearly all that is added is paid "
            "because of the ceiling on what patients pay.\n"
            "  Look at funding.out_of_pocket_ceiling, at coinsurance and at unit costs."
        )
    )


def _found(start: np.ndarray, target: np.ndarray, expenditure: Table) -> np.ndarray:
    """Factors whose expenditure is the target, by halving an interval in every cell: it rises with the factor."""
    low, high = np.zeros(start.shape), np.array(start)
    for _ in range(DOUBLINGS):
        short = expenditure(high) < target
        if not short.any():
            break
        low, high = np.where(short, high, low), np.where(short, 2.0 * high, high)
    else:
        raise BadBasis(
            Told(
                "calibration: no factor leads to the accounts of the base year in {count} of {whole} cells, since "
                "patients pay what is added.\n"
                "  Look at the maximum that the scheme pays for a contact, and at unit costs.",
                count=int(short.sum()),
                whole=short.size,
            )
        )
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        short = expenditure(middle) < target
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.where(target > 0, 0.5 * (low + high), start)


def scaled_groups(basis: xr.Dataset, coords: dict[str, xr.DataArray]) -> list[str]:
    """Warning where the accounts by group are scaled to the sum of those by service."""
    names = {"service_type": "expenditure_by_service_0", "health_group": "expenditure_by_group_0"}
    if any(name not in basis for name in names.values()):
        return []
    known = basis.assign_coords({dim: coords[dim] for dim in names if dim not in basis.coords})
    total, other = (known[name].sel({dim: coords[dim].values}).sum(dim) for dim, name in names.items())
    apart = np.atleast_1d((other / total.where(total > 0) - 1.0).fillna(0.0).values)
    most = int(np.argmax(np.abs(apart)))
    if abs(apart[most]) <= TOLD:
        return []
    services, groups = (float(np.broadcast_to(part.values, apart.shape)[most]) for part in (total, other))
    where = f" in scenario {basis['scenario'].values[most]}" if apart.size > 1 else ""
    return [
        Warned(
            "calibration: the accounts by group sum to {groups:,.0f}, those by service to {total:,.0f} "
            "({difference:+.2g}%){where}; those by group are multiplied by {factor:.6f}.",
            "The accounts by group sum to {groups}, those by service to {total} ({difference} %); those by group are "
            "multiplied by {factor}.",
            groups=groups,
            total=services,
            difference=100 * apart[most],
            where=where,
            factor=1.0 / (1.0 + apart[most]),
        )
    ]


def unusual(factors: np.ndarray, coords: dict[str, xr.DataArray], used: np.ndarray) -> list[str]:
    """Warnings: factors outside 0.8 to 1.25 of services and groups with use."""
    low, high = USUAL
    away = used & ((factors < low) | (factors > high))
    if not away.any():
        return []
    services, groups = coords["service_type"].values, coords["health_group"].values
    places = [
        Warned(
            "{service}/{group} {factor:.3f}",
            "{service}, {group}: {factor}",
            service=str(services[k]),
            group=str(groups[j]),
            factor=factors[k, j],
        )
        for k, j in np.argwhere(away)[:5]
    ]
    more = Told(" and {count} more", count=int(away.sum()) - 5) if away.sum() > 5 else ""
    return [
        Warned(
            "calibration: {number} of {count} factors lie outside {low} to {high}: {places}{more}; look at unit costs "
            "and use rates.",
            "{number} of {count} factors that carry unit costs to the accounts lie outside {low} to {high}: "
            "{places}{more}.",
            number=int(away.sum()),
            count=int(used.sum()),
            low=low,
            high=high,
            places=tuple(places),
            more=more,
        )
    ]
