"""Changes of the law: each function here makes one that takes and returns basis and scheme."""

import dataclasses
from collections.abc import Callable
from typing import Any

import xarray as xr

from actuarial.pension.indexation import Indexation
from actuarial.scheme import Scheme
from actuarial.studies.assumption_shocks import Shock
from actuarial.studies.changes import Changed, NotApplicable, is_zero, mapped

AGES = ("retirement_age", "early_age", "forced_age")
SHARES = ("share_of_earnings", "share_of_contributions", "share_of_benefits", "fixed")


def retirement_age(years: float) -> Shock:
    """Every retirement age, and the ages of an early and of a forced pension with it, so many years later."""

    def shock(basis: xr.Dataset, scheme: Scheme) -> Changed:
        return basis, _each_benefit(scheme, "retirement_age", lambda benefit: _older(benefit, years)), ""

    return shock


def _older(benefit: Any, years: float) -> Any:
    names = [name for name in AGES if getattr(benefit, name, None) is not None]
    new: dict[str, Any] = {name: mapped(getattr(benefit, name), lambda age: age + years) for name in names}
    if getattr(benefit, "conditions", ()):
        several = benefit.conditions
        new["conditions"] = tuple(dataclasses.replace(c, age=mapped(c.age, lambda age: age + years)) for c in several)
    return dataclasses.replace(benefit, **new)


def indexation(word: str) -> Shock:
    """Every pension adjusted by the growth of "prices" or of "wages", with the month and lag of the law."""

    def adjusted(benefit: Any) -> Any:
        law = benefit.indexation
        fields: dict[str, Any] = {"lag": law.lag, "month": law.month} if isinstance(law, Indexation) else {}
        rule = Indexation(**fields | {word: 1.0})
        return dataclasses.replace(benefit, indexation=rule)

    def shock(basis: xr.Dataset, scheme: Scheme) -> Changed:
        new = _each_benefit(scheme, "indexation", adjusted)
        if new == scheme:
            raise NotApplicable(f"the law adjusts all pensions by {word} already")
        return basis, new, ""

    return shock


def _each_benefit(scheme: Scheme, field: str, change: Callable[[Any], Any]) -> Scheme:
    """The scheme with every benefit changed that has a field of a name."""

    def has(benefit: Any) -> bool:
        return dataclasses.is_dataclass(benefit) and field in {one.name for one in dataclasses.fields(benefit)}

    if not any(has(benefit) for benefit in scheme.benefits):
        raise NotApplicable(f"the scheme has no benefit with a field {field}")
    new = tuple(change(benefit) if has(benefit) else benefit for benefit in scheme.benefits)
    return dataclasses.replace(scheme, benefits=new)


def administration(factor: float) -> Shock:
    """Every part of the cost of administration times a factor."""

    def shock(basis: xr.Dataset, scheme: Scheme) -> Changed:
        rules = scheme.administration
        parts = {name: getattr(rules, name) for name in SHARES if not is_zero(getattr(rules, name))}
        if not parts:
            raise NotApplicable("the scheme has no cost of administration")
        new: dict[str, Any] = {name: mapped(part, lambda number: factor * number) for name, part in parts.items()}
        return basis, scheme.amend("administration", **new), ""

    return shock


def state_pays(share: float) -> Shock:
    """Every contribution line of the State at a share of its rate."""

    def shock(basis: xr.Dataset, scheme: Scheme) -> Changed:
        lines = [line for line in scheme.contributions if line.payer == "state" and not is_zero(line.rate)]
        if not lines:
            raise NotApplicable("the State pays no contribution")
        for line in lines:
            assert line.rate is not None
            rate: Any = mapped(line.rate, lambda number: share * number)
            scheme = scheme.amend(line.name, rate=rate)
        deficit = [line.name for line in lines if line.base == "deficit"]
        note = f"{', '.join(deficit)}: what makes good a deficit moves the reserve, not the level premium"
        return basis, scheme, note if deficit else ""

    return shock


def together(*shocks: Shock) -> Shock:
    """Several changes, one after the other; those that have nothing to change are left out and noted."""

    def shock(basis: xr.Dataset, scheme: Scheme) -> Changed:
        notes, left_out = [], []
        for part in shocks:
            try:
                basis, scheme, note = part(basis, scheme)
            except NotApplicable as reason:
                left_out.append(str(reason))
                continue
            notes += [note] if note else []
        if len(left_out) == len(shocks):
            raise NotApplicable("; ".join(left_out))
        return basis, scheme, "; ".join([*notes, *(f"left out: {reason}" for reason in left_out)])

    return shock
