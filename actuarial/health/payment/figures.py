"""The activity of a service as plain numbers, and the labelled answer of a payment method."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from actuarial.bridge import align
from actuarial.dated import evaluate
from actuarial.errors import BadScheme
from actuarial.health.contract import MEMBER, Activity
from actuarial.person import make_grid
from actuarial.quick import labelled, like
from actuarial.translation import Told

CELL = MEMBER[1:]


@dataclass(frozen=True)
class Figures:
    """Arrays of an activity that multiply each other: of each group, sex and age, 1 long where they do not change.

    Attributes
    ----------
    contacts, members : (year, group, sex, age)
    unit_cost : (year, group, 1, 1)
    base_contacts, base_members : (group, sex, age)
    base_cost : (group, 1, 1)
    package : (year, 1, 1, 1), part of the service that the package covers; base contacts are of the whole service
    length : (sex, age)
    """

    contacts: np.ndarray
    members: np.ndarray
    unit_cost: np.ndarray
    base_contacts: np.ndarray
    base_members: np.ndarray
    base_cost: np.ndarray
    package: np.ndarray
    length: np.ndarray

    @property
    def due(self) -> np.ndarray:
        """Contacts at their reference cost (year, group, sex, age), currency/year."""
        return self.contacts * self.unit_cost

    @property
    def users(self) -> np.ndarray:
        """Contacts of the base year (group, sex, age).

        Those of all groups together for a group that had none; in a new scheme, where nobody had any, those of the
        first year that has some.
        """
        first = self.base_contacts
        if not first.any():
            some = self.contacts.any(axis=(1, 2, 3))
            first = self.contacts[int(np.argmax(some))]
        return np.where(total(first) > 0, first, first.sum(axis=0))


def figures(activity: Activity) -> Figures:
    """Plain numbers of an activity, whose arrays have the labels of its contacts."""
    coords = activity.contacts.coords

    def plain(array: xr.DataArray, dims: tuple[str, ...]) -> np.ndarray:
        return array.values if array.dims == dims else align(array, dims, coords)

    return Figures(
        contacts=plain(activity.contacts, MEMBER),
        members=plain(activity.members, MEMBER),
        unit_cost=plain(activity.unit_cost, MEMBER[:2])[:, :, np.newaxis, np.newaxis],
        base_contacts=plain(activity.base_contacts, CELL),
        base_members=plain(activity.base_members, CELL),
        base_cost=plain(activity.base_cost, CELL[:1])[:, np.newaxis, np.newaxis],
        package=plain(activity.package, MEMBER[:1])[:, np.newaxis, np.newaxis, np.newaxis],
        length=plain(activity.length, CELL[1:]),
    )


def check_base(activity: Activity, known: Figures) -> None:
    """BadScheme where a method carries the cost of the base year forward and nobody used the service in it."""
    if known.base_contacts.any() or not known.contacts.any():
        return
    year = activity.contacts["year"].values[int(np.argmax(known.contacts.any(axis=(1, 2, 3))))]
    raise BadScheme(
        Told(
            "{service}.payment: the method carries the cost of the base year forward, but no member used the service "
            "in it; it is used from {year} on.\n  Pay for it by contact, by case or by a budget in money, or enrol "
            "members on the valuation date.",
            service=activity.service,
            year=str(year),
        )
    )


def divided(activity: Activity, due: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Share of what is used that a sum for all makes due (year, 1, 1, 1); BadScheme where nobody bears the sum."""
    whole = yearly_total(used)
    lost = ((due > 0) & (whole <= 0)).any(axis=(1, 2, 3))
    if lost.any():
        t = int(np.argmax(lost))
        year = activity.contacts["year"].values[t]
        raise BadScheme(
            Told(
                "{service}.payment: {amount:,.0f} is due in {year} whatever is used, but nobody uses the service, so "
                "that no group bears it.\n  Take the service out of the package in such years (covered = 0), pay for "
                "it by contact, or let a little be used.",
                service=activity.service,
                amount=float(due[t].max()),
                year=str(year),
            )
        )
    return over(due, whole)


def total(cells: np.ndarray) -> np.ndarray:
    """Sum over sexes and ages, which stay as dims of one."""
    return cells.sum(axis=(-2, -1), keepdims=True)


def yearly_total(cost: np.ndarray) -> np.ndarray:
    """Sum over groups, sexes and ages, which stay as dims of one."""
    return cost.sum(axis=(1, 2, 3), keepdims=True)


def over(above: Any, below: np.ndarray) -> np.ndarray:
    """Quotient, 0 where nothing is below."""
    return above / np.where(below > 0, below, np.inf)


def dated(value: Any, activity: Activity, basis: xr.Dataset) -> np.ndarray:
    """A dated number in the years of an activity (year, 1, sex or 1, age or 1)."""
    years = activity.contacts["year"].values
    if isinstance(value, float):
        return np.full((len(years), 1, 1, 1), value)
    number = evaluate(value, make_grid(basis, None, years=years))
    coords = activity.contacts.coords
    if not isinstance(number, xr.DataArray):
        return np.full((len(years), 1, 1, 1), number)
    few = {dim: coords[dim] if dim in number.dims else np.zeros(1) for dim in CELL[1:]}
    return align(number, ("year", "sex", "age"), {"year": years} | few)[:, np.newaxis]


def carried(growth: Any, activity: Activity, basis: xr.Dataset) -> np.ndarray:
    """prod(1 + growth) up to each year, from the first one on; dims as `dated`."""
    return np.cumprod(1.0 + dated(growth, activity, basis), axis=0)


def answer(activity: Activity, cost: np.ndarray) -> xr.DataArray:
    """What providers are due (year, health_group, sex, age), with the labels of the contacts."""
    if activity.contacts.dims != MEMBER:
        return labelled(cost, MEMBER, activity.contacts.coords)
    return like(activity.contacts, cost)
