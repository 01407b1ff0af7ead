"""Laws that ask for years of residence and for no contributions: what they give after so many years of residence."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from actuarial.dated import evaluate
from actuarial.pension.conditions import Condition
from actuarial.scheme import Scheme

NEVER_SERVED = 80.0
"""Years of service that no standard beneficiary has."""


def by_residence(benefits: Iterable[Any]) -> bool:
    """Whether all ways to these pensions ask for years of residence and for no service.

    Pensions without several ways ask for service, or for none where they need none; those that have no ways at all are
    not looked at where another one has some.
    """
    ways = [way for one in benefits for way in getattr(one, "conditions", ())]
    free = (way.years == 0.0 and way.points is None for way in ways)
    return bool(ways) and all(way.residence is not None for way in ways) and all(free)


def after_residence(scheme: Scheme, years: int, person: Any) -> Scheme:
    """The scheme as it is for one person with so many years of residence: what these meet is no condition any more.

    Parameters
    ----------
    scheme : Scheme
    years : int
        Completed years of residence.
    person : Person
        For numbers of the law that change with year, sex or group.

    Returns
    -------
    Scheme
        A way to a pension with a longer residence is one that nobody meets.
    """
    for benefit in scheme.benefits:
        ways = getattr(benefit, "conditions", ())
        if any(way.residence is not None for way in ways):
            met = tuple(_after(way, years, person) for way in ways)
            scheme = scheme.amend(benefit.name, conditions=met)
    return scheme


def _after(way: Condition, years: int, person: Any) -> Condition:
    """A way to a pension for one person with so many years of residence."""
    if way.residence is None:
        return way
    enough = float(evaluate(way.residence.years, person)) <= years
    service = way.years if enough else NEVER_SERVED
    return replace(way, years=service, residence=None)
