"""What health care asks: of a group, whom it covers; of a payment method, what providers are due."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import xarray as xr

from actuarial.contract import Benefit
from actuarial.person import Person
from actuarial.translation import Told

MEMBER = ("year", "health_group", "sex", "age")
EVENTS = ("sickness", "birth", "paternity", "death")
"""Events of members at which cash benefits start; those of pension schemes are others."""


@dataclass(frozen=True)
class Activity:
    """What one service does in a year, before anybody pays for it; all arrays have the labels of the contacts.

    Attributes
    ----------
    service : name of the service
    members : (year, health_group, sex, age), person-years covered for it
    contacts : (year, health_group, sex, age), contacts/year (visits, cases, prescriptions)
    length : (age-independent or by sex, age) days per contact; 1 for what has no length
    unit_cost : (year, ...) reference cost of a contact, currency, calibrated and carried by prices
    base_contacts : contacts of the base year (health_group, sex, age), covered by the package then or not
    base_members : persons covered in the base year (health_group, sex, age)
    base_cost : reference cost of a contact of the base year, currency
    package : (year), part of the service that the package covers; `contacts` are of this part, `base_contacts` of all
    """

    service: str
    members: xr.DataArray
    contacts: xr.DataArray
    length: xr.DataArray
    unit_cost: xr.DataArray
    base_contacts: xr.DataArray
    base_members: xr.DataArray
    base_cost: xr.DataArray
    package: xr.DataArray


class PaymentMethod(Protocol):
    """How the providers of a service are paid: one answer."""

    def cost(self, activity: Activity, basis: xr.Dataset) -> xr.DataArray:
        """What providers are due (year, health_group, sex, age), currency/year, before patients pay their part."""
        ...


def payment_method(raw: Any) -> Any:
    """An object that answers as a payment method does; ValueError for what does not."""
    if callable(getattr(raw, "cost", None)):
        return raw
    form = Told("; a form is for scheme files, here give an object, such as PerDiem()")
    hint = form if isinstance(raw, Mapping) else ""
    raise ValueError(
        Told("{kind} is no payment method: it lacks the answer cost{hint}", kind=type(raw).__name__, hint=hint)
    )


@dataclass(frozen=True)
class Sources:
    """Where members come from: persons on 31 December of the base year and of every projected year.

    Attributes
    ----------
    population : (year, sex, age); the year starts with the base year
    labour : function that answers `employed`
    employed : (year, sex, age), found when a group asks for them; None where the basis has no labour market
    insured : Dataset of `project_insured`, None where there is none
    pensions : Dataset of `project_pensions`, None where there is none
    basis : Dataset
    found : persons of the groups found so far, before enrolment: name to (year, sex, age)
    enrolled : the same after enrolment
    grid : the years (from the base year on), sexes and ages that dated numbers of a group are asked for
    """

    population: xr.DataArray
    labour: Callable[[], xr.DataArray | None]
    insured: xr.Dataset | None
    pensions: xr.Dataset | None
    basis: xr.Dataset
    found: Mapping[str, xr.DataArray]
    enrolled: Mapping[str, xr.DataArray]
    grid: Person

    @cached_property
    def employed(self) -> xr.DataArray | None:
        """Employed persons (year, sex, age)."""
        return self.labour()


class CashBenefit(Benefit):
    """A cash benefit of a health scheme: a benefit whose event is one of `EVENTS`, for some groups of members.

    It answers `claim(person)`, the share of those at the event who are paid, and `award(person)`, an `Amount` for each
    of them; the `group` of the person is the group of members.

    Attributes
    ----------
    groups : groups of members entitled to it; all if empty
    """

    groups: tuple[str, ...] = ()
    lump_sum = True


class MemberGroup(Protocol):
    """Whom a group covers: one answer, and how many of them are enrolled.

    Attributes
    ----------
    name : str
    order : groups of a lower order are found first; dependants need those they depend on, a remainder all others
    enrolment : share of the eligible who are enrolled, dated, fraction
    effective : share of the enrolled who can use services (a valid card), dated, fraction
    selection : how much more those use who enrol of their own will: 1 + selection (1 - enrolment)
    first_use, catching_up : new members use the share first_use of what others use, and catch up at this yearly force
    """

    name: str
    order: int
    enrolment: Any
    effective: Any
    selection: Any
    first_use: Any
    catching_up: Any

    def eligible(self, sources: Sources) -> xr.DataArray:
        """Persons of the group on 31 December (year from the base year on, sex, age), before enrolment."""
        ...
