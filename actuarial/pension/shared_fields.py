"""Fields that several formulas have, and what they say: years and spans that count, least and greatest pension."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from actuarial.dated import Misstated, Number, clip, evaluate
from actuarial.errors import BadScheme
from actuarial.fields import Amounts, Word, Years
from actuarial.fitting import check_order, require_order, require_with
from actuarial.pension.common import ROUNDING
from actuarial.pension.conditions import lasts
from actuarial.translation import Told

MeanYears = Annotated[int, Field(ge=1, le=60, description="Years whose mean is the reference earnings")]
BestOf = Annotated[
    int | None,
    Field(ge=1, le=60, description="Last years of which the best ones count; the last ones if absent"),
]
Revaluation = Annotated[Literal["none", "wages", "prices"], Field(description="Index of past earnings")]
RevaluedUntil = Annotated[
    int | None,
    Field(
        ge=0,
        le=120,
        description="Age (years) up to which past earnings are revalued; those of years after the one in which it is "
        "reached count as they are, all are revalued to the award if absent",
    ),
]
Capped = Annotated[bool, Field(description="Earnings count within the floor and ceiling of insurable earnings")]
BaseYears = Annotated[Years, Field(description="Service (years) that the base rate covers")]
CompletedYears = Annotated[bool, Field(description="Only completed (further) years count")]
CompletedMonths = Annotated[
    float | None, Field(gt=0, le=120, description="Only completed spans of so many months of (further) service count")
]
CountsFromMonths = Annotated[
    float | None, Field(gt=0, le=120, description="Months from which a span counts as completed; all of it if absent")
]
LeastPension = Annotated[Amounts | None, Field(description="Least pension (money)")]
LeastFullYears = Annotated[
    Years | None,
    Field(description="Service (years) for the whole least pension, in proportion below; any if absent"),
]
LeastFromYears = Annotated[
    Years | None,
    Field(description="Service (years) up to which there is no least pension, in proportion beyond; 0 if absent"),
]
LeastCredits = Annotated[
    Word | None,
    Field(description="Account of months that count for the least pension, such as paid ones; all service if absent"),
]
GreatestPension = Annotated[Amounts | None, Field(description="Greatest pension (money)")]


def completed(formula: Any, years: Number) -> Number:
    """Years of service of which only completed spans count: years, or spans of `completed_months`.

    The last span counts from `counts_from_months` on: s floor(12 n/s + 1 - from/s)/12 of spans of s months.
    """
    span = 12.0 if formula.completed_years else formula.completed_months
    if span is None:
        return years
    late = 1.0 if formula.counts_from_months is None else formula.counts_from_months / span
    whole: Any = np.floor(12.0 / span * years + 1.0 - late + ROUNDING)
    return span / 12.0 * whole


def require_spans(formula: Any) -> None:
    """ValueError where spans of service that count are said twice, or begin to count after their end."""
    if formula.completed_years and formula.completed_months is not None:
        raise ValueError(Told("has completed_years and completed_months; give one of them"))
    span = 12.0 if formula.completed_years else formula.completed_months
    if formula.counts_from_months is not None and (span is None or formula.counts_from_months > span):
        raise ValueError(
            Told("counts_from_months must lie within the completed_years or completed_months that it belongs to")
        )


def require_limits(formula: Any) -> None:
    """Misstated where the least pension lies above the greatest, or has a full service without being one."""
    require_with(formula, "minimum_full_years", "minimum_pension")
    for field in ("minimum_from_years", "minimum_credits"):
        require_with(formula, field, "minimum_full_years")
    require_order(formula, "minimum_from_years", "minimum_full_years")
    require_order(formula, "minimum_pension", "maximum_pension")


def check_limits(formula: Any, person: Any) -> None:
    """BadScheme where the least pension of a year or cohort lies above the greatest."""
    least, most = formula.minimum_pension, formula.maximum_pension
    if least is not None and most is not None:
        check_order("minimum_pension", least.evaluate(person), "maximum_pension", most.evaluate(person))


def require_best(years: int, best_of: int | None) -> None:
    """ValueError where more years count than are looked at."""
    if best_of is not None and best_of < years:
        raise ValueError(
            Told(
                "best_of must be >= years ({years}), of which the best count (got {best_of})",
                years=years,
                best_of=best_of,
            )
        )


def require_revaluation(formula: Any) -> None:
    """Misstated where an age ends a revaluation that there is not."""
    if formula.revalued_until is not None and formula.revaluation == "none":
        text = Told("has no meaning without {names}; give that too, or leave this out", names=("revaluation",))
        raise Misstated(text, ("revalued_until",))


def proportion(full: Any, person: Any, service: Number) -> Number:
    """min(1, n / full years); 1 without full years."""
    return 1.0 if full is None else clip(service / evaluate(full, person), 0.0, 1.0)


def least_pension(formula: Any, person: Any, service: Number) -> Number:
    """Least pension of a formula for `service` years of credit, currency/year; 0 without one."""
    if formula.minimum_pension is None:
        return 0.0
    whole: Number = formula.minimum_pension.evaluate(person)
    if formula.minimum_credits is not None:
        service = credited(formula.minimum_credits, person, service)
    if formula.minimum_from_years is None:
        return whole * proportion(formula.minimum_full_years, person, service)
    first, full = evaluate(formula.minimum_from_years, person), evaluate(formula.minimum_full_years, person)
    check_order("minimum_from_years", first, "minimum_full_years", full)
    return whole * clip((service - first) / clip(full - first, ROUNDING, np.inf), 0.0, 1.0)


def credited(name: str, person: Any, service: Number) -> Number:
    """Years of `service` that are months on an account, of projected service in the proportion of the other.

    Raises
    ------
    BadScheme
        An account of a projection whose months do not follow from the service.
    """
    account = person.scheme.account(name)
    if lasts(account, person.basis is not None and "transfer_rate" in person.basis):
        return clip(evaluate(account.rate, person), 0.0, 1.0) * service
    if person.career:
        own = 12.0 * person.service
        return service * min(1.0, person.account(account) / own) if own > 0.0 else 0.0 * service
    raise BadScheme(
        Told(
            "minimum_credits: how many months of {account} the members of a service have is not known, as its rate "
            "changes with time or service.\n  Name an account of months whose rate lasts for life, by year of birth, "
            "sex or group.",
            account=name,
        )
    )


def least_credits(formula: Any) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """The account that a formula names, by field."""
    return (("minimum_credits", "account", () if formula.minimum_credits is None else (formula.minimum_credits,)),)


def misfitting_credits(formula: Any, scheme: Any) -> Iterator[tuple[str, str]]:
    """What is wrong with the account of a formula: it holds no months."""
    name = formula.minimum_credits
    held = next((getattr(one.account, "credits", None) for one in scheme.accounts if one.name == name), "months")
    if name is not None and held not in (None, "months"):
        text = '{account!r} holds {credits}, no months; name an account with credits = "months"'
        yield "minimum_credits", Told(text, account=name, credits=held)


def greatest_pension(formula: Any, person: Any) -> Number:
    """Greatest pension of a formula, currency/year; infinite without one."""
    return np.inf if formula.maximum_pension is None else formula.maximum_pension.evaluate(person)
