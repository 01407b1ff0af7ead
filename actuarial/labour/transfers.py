"""Groups of insured that depend on each other: members move between them, one is asked for whom another refuses.

A year of all groups of a sex comes before the next year of any. Groups that do not depend on each other run through all
years by themselves, in `kernels.project_insured`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from actuarial.bridge import align
from actuarial.check.groups import SUCCESSORS, TRANSFERS, order_of
from actuarial.check.period import first_period, of_periods
from actuarial.labour import kernels, records
from actuarial.labour.account_flows import held

MOVED = (
    "transfers_in",
    "transfers_out",
    "transfers_in_inactive",
    "transfers_out_inactive",
    "transferred_credits",
)
DIMS = ("year", "sex", "group", "to_group", "age")
STOCKS: dict[str, tuple[str, ...]] = {
    "active": ("active", "active_accounts"),
    "inactive": ("inactive", "earnings", "floors", "ceilings", "products", "inactive_accounts"),
}
"""What persons of a status take along."""


@dataclass(frozen=True)
class Links:
    """Shares of the active and of the inactive members who move (year, sex, from, to, age at the start of the year), of
    those refused who are sent on (from, to), and the order of the groups within a year."""

    active: np.ndarray
    inactive: np.ndarray
    sent: np.ndarray
    order: list[int]


def links(basis: xr.Dataset) -> Links | None:
    """How the groups of a basis depend on each other; None where they do not."""
    if not any(name in basis for name in (*TRANSFERS, SUCCESSORS)):
        return None
    coords: dict[str, Any] = {dim: basis[dim] for dim in ("year", "sex", "group", "age")}
    coords["to_group"] = basis["group"].values
    length = first_period(basis)
    moves = [of_periods(align(basis.get(name, 0.0), DIMS, coords), length) for name in TRANSFERS]
    return Links(moves[0], moves[1], align(basis.get(SUCCESSORS, 0.0), DIMS[2:4], coords), order_of(basis))


def project_coupled(slices: list[tuple], links: Links, s: int) -> tuple[np.ndarray, np.ndarray]:
    """All years of the groups of one sex; `slices` are arguments of `kernels.project_insured`, by group.

    Returns who moved and their credits (group, flow in the order of MOVED, year, age reached), and the balances of
    accounts that they brought, less those that left so (group, year, mass, age at the start of the year).

    Notes
    -----
    On 1 January the share r of the stock of 31 December moves with its credits, balances and earnings left with, before
    anything else happens, so that the year is one in the new group:

        A_g[x, c] (1 - sum_h r_gh) + sum_h r_hg A_h[x, c]
    """
    years, ages = slices[0][2].density.shape
    moved = np.zeros((len(slices), len(MOVED), years, ages))
    brought = np.zeros((len(slices), years, slices[0][0].active_accounts.shape[0], ages))
    for t in range(years):
        states = [part[t % 2] for part in slices]
        step = slices[0][-1]
        for status, rates in (("active", links.active[t, s]), ("inactive", links.inactive[t, s])):
            if rates.any():
                brought[:, t] -= np.stack([held(state) for state in states])
                _move(states, status, rates, moved[:, :, t], step)
                brought[:, t] += np.stack([held(state) for state in states])
        for g in links.order:
            old, new = slices[g][t % 2], slices[g][1 - t % 2]
            given: Any = (old, new, *slices[g][2:], t, t + 1)
            refused = kernels.project_insured(*given)
            for h in np.flatnonzero(links.sent[g]):
                slices[h][3].sent[t] += links.sent[g, h] * refused
    return moved, brought


def _move(states: list[records.State], status: str, rates: np.ndarray, moved: np.ndarray, step: float) -> None:
    """Members of one status move at the start of a year by rates (from, to, age); adds to moved (group, flow, age)."""
    pairs = [(int(g), int(h)) for g, h in np.argwhere(rates.any(axis=2))]
    people = [getattr(state, status) for state in states]
    months = step * np.arange(people[0].shape[2])
    before = [persons[-1].copy() for persons in people]
    stay = np.maximum(1.0 - rates.sum(axis=1), 0.0)[:, :, np.newaxis]
    for name in STOCKS[status]:
        stocks = [getattr(state, name) for state in states]
        parts = [(h, rates[g, h][:, np.newaxis] * stocks[g]) for g, h in pairs]
        for g in {g for g, _ in pairs}:
            stocks[g] *= stay[g]
        for h, part in parts:
            stocks[h] += part
    first = 0 if status == "active" else 2
    for g, h in pairs:
        part = rates[g, h][:, np.newaxis] * before[g]
        for place, sign, flow in ((h, 1.0, first), (g, -1.0, first + 1)):
            _add(moved[place, flow], part.sum(axis=1))
            _add(moved[place, -1], sign * (part @ months))


def _add(flow: np.ndarray, values: np.ndarray) -> None:
    """Add values by age at the start of the year to a flow by age reached; the last age is open."""
    flow[1:] += values[:-1]
    flow[-1] += values[-1]
