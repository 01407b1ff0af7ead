"""Medical care, sickness and maternity: the verdicts on a health scheme, article by article."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import xarray as xr

from actuarial.cases import career, one_life
from actuarial.dated import clip, evaluate
from actuarial.errors import BadInput
from actuarial.standards.ceilings import ceiling
from actuarial.standards.counting import member_counts, wives_cared_for
from actuarial.standards.facts import Facts
from actuarial.standards.judging import stated, unanswered
from actuarial.standards.lasting import duration, waiting
from actuarial.standards.numbers import exact
from actuarial.standards.parameters import Level, Record, durations, find, levels, qualifying, raw
from actuarial.standards.periods import qualifying_period
from actuarial.standards.protected import by_means_alone, persons_protected
from actuarial.standards.replacement import NONE, compared
from actuarial.standards.residents import Residents, by_means
from actuarial.standards.tried import (
    BY_FLAT,
    GRID,
    LEAST_BENEFIT,
    LOWEST_ALLOWANCES,
    MEANS_ALONE,
    NO_ALLOWANCES,
    NO_WAGE,
    NOBODY,
    STEPS,
    as_fraction,
    option_of,
)
from actuarial.standards.unstated import left_open
from actuarial.standards.verdicts import Message, Verdict, all_of, any_of, message, with_notes
from actuarial.standards.wages import ReferenceWage, options
from actuarial.translation import N_, Told

WEEK = 7
YEAR_RATE = N_("{benefit}: the yearly rate at which days are paid, of a member of {group} who earned {wage} in {year}.")
COUNTED = N_("Earnings that count for the benefit: {earnings}.")
NO_LIMIT = message(N_("The scheme names no limit to the duration."))
UNTOLD = N_("{benefit} does not tell for which part of a year it is paid, so that it cannot be compared with a wage.")
SHARING = N_("{service}: patients pay {share} per cent of the cost and a flat payment of {flat}.")
SHARE_ALONE = N_("{service}: patients pay {share} per cent of the cost.")
FLAT_ALONE = N_("{service}: patients pay {flat} for each contact.")
HARDSHIP = message(N_("The rules on cost sharing must avoid hardship."))
PREGNANCY = N_("Nobody pays for care in pregnancy and at birth: {services}.")
ITEM = N_("The package must comprise: {item}.")
UNNAMED = message(N_("Which services are care in pregnancy and at birth is not stated."))
ENTITLED = N_("Of those at the event {share} per cent meet the conditions of the law.")
CARE = ("C102.II", "C102.VIII", "C130")
LONG = {
    "sickness": ("C102.III", "C130", "European_Code.III", "R134"),
    "birth": ("C102.VIII", "C183", "European_Code.VIII", "R191"),
}
COVERAGE = {
    "C102.III": "C102.III",
    "C130": "C130.sickness",
    "European_Code.III": "European_Code.III",
    "C102.VIII": "C102.VIII",
    "C183": "C183",
    "European_Code.VIII": "European_Code.VIII",
}
MAXIMA = ("C102", "C130", "European_Code")
"""Instruments with a paragraph on greatest benefits and earnings."""


@dataclass(frozen=True)
class Cover:
    """What an assessment of a health scheme is made of."""

    scheme: Any
    basis: xr.Dataset
    year: int
    facts: Facts
    wages: tuple[ReferenceWage, ...]
    result: xr.Dataset | None
    members: xr.Dataset | None


def care_verdicts(cover: Cover) -> tuple[Verdict, ...]:
    """Verdicts on medical care: Part II of C102, and C130."""
    counts, evidence = member_counts(
        cover.scheme, (), cover.basis, cover.year, cover.facts, cover.result, cover.members
    )
    found = [
        persons_protected(name, counts, declaration=_declared(cover, name), evidence=evidence)
        for name in ("C102.II", "C130.care", "European_Code.II")
    ]
    found += [*_package(cover), *_shared(cover)]
    found.append(qualifying_period("C102.II", 0, "months", declared=cover.facts.preclude_abuse.get("II")))
    found += [with_notes(duration(name, throughout=True), NO_LIMIT) for name in ("C102.II", "European_Code.II")]
    return tuple(found)


def cash_verdicts(cover: Cover, event: str) -> tuple[Verdict, ...]:
    """Verdicts on a cash benefit of a health scheme.

    Parameters
    ----------
    cover : Cover
    event : {"sickness", "birth"}
        The scheme must have a benefit at it.
    """
    benefit = next(one for one in cover.scheme.benefits if one.on == event)
    return tuple(one for name in LONG[event] for one in _of_instrument(cover, benefit, name, event))


def _of_instrument(cover: Cover, benefit: Any, name: str, event: str) -> Iterator[Verdict]:
    residents = NOBODY
    if name in COVERAGE:
        counts, evidence = member_counts(
            cover.scheme, benefit.groups, cover.basis, cover.year, cover.facts, cover.result, cover.members
        )
        if event == "birth":
            wives = wives_cared_for(cover.scheme) if counts.families is None else counts.families
            counts = replace(counts, women=counts.women if counts.women is not None else True, families=wives)
        declared = _declared(cover, name)
        yield persons_protected(COVERAGE[name], counts, declaration=declared, evidence=evidence)
        known = COVERAGE[name].replace("European_Code", "C102")
        alone = by_means_alone(known, persons_protected(known, counts, declaration=declared))
        residents = Residents(counts.means_tested, cover.facts.means, paid=_spent(cover, event), alone=alone)
    level = _level(cover, benefit, name, residents)
    yield level
    if name.split(".")[0] in MAXIMA and level.of and not residents.alone:
        yield _maxima(cover, benefit, name, level)
    if name in qualifying():
        answer = cover.facts.preclude_abuse.get(name.removeprefix("C102."))
        yield with_notes(qualifying_period(name, 0, "months", declared=answer), *_entitled(cover, benefit))
    yield from _duration(cover, benefit, name, event)


def _spent(cover: Cover, event: str) -> Fraction | None:
    """Expenditure of the year on the benefits at an event, where there is a result."""
    found, names = cover.members, [str(one.name) for one in cover.scheme.benefits if one.on == event]
    if found is None or "cash_expenditure" not in found or cover.year not in found["year"].values:
        return None
    spent = found["cash_expenditure"].sel(year=cover.year)
    known = [name for name in names if name in spent["benefit"].values]
    return Fraction(round(float(spent.sel(benefit=known).sum()))) if known else None


def _level(cover: Cover, benefit: Any, name: str, residents: Residents) -> Verdict:
    """Rate of a benefit on the days that it is paid, with every reference wage of a skilled worker."""
    rule = find(levels(), name, "level")
    offered = [one for one in options(rule.standard, cover.wages) if one.worker == "skilled" or "flat" in rule.methods]
    means = residents.protected is not False and bool(rule.methods.get("means"))
    if not offered and not means:
        return unanswered(rule, "undetermined", article=rule.article, subject="level", note=(NO_WAGE,))
    if not hasattr(benefit, "years"):
        note = (message(UNTOLD, benefit=benefit.name),)
        return unanswered(rule, "undetermined", article=rule.article, subject="level", note=note)
    tried = [] if residents.alone else [_compared(cover, benefit, rule, wage) for wage in offered]
    if means:
        family = cover.facts.allowances or NONE
        tried.append(by_means(name, lambda earned: _paid(cover, benefit, earned), offered, residents, family))
    found = any_of(tried, article=rule.article)
    if residents.alone:
        return with_notes(found, MEANS_ALONE)
    flat, enough = lambda: float(_paid(cover, benefit, Fraction(0))), lambda one: _met(cover, benefit, rule, one)
    return left_open(rule, found, offered, flat, enough)


def _met(cover: Cover, benefit: Any, rule: Level, wage: ReferenceWage) -> bool:
    """Whether the level is met with a reference wage."""
    return _compared(cover, benefit, rule, wage).verdict == "pass"


def _paid(cover: Cover, benefit: Any, earned: Fraction) -> Fraction:
    """Yearly rate at which days are paid to a member who earned so much."""
    person, _ = _person(cover, benefit, float(earned))
    part = float(benefit.years(person))
    return as_fraction(float(benefit.exact(person)) / part if part > 0.0 else 0.0, earned)


def _maxima(cover: Cover, benefit: Any, name: str, level: Verdict) -> Verdict:
    """Rate at all earnings up to the wage of the skilled worker, Article 65(3) of C102 and its likes."""
    rule, family = find(levels(), name, "level"), cover.facts.allowances or NONE
    article = f"{rule.methods['earnings']}(3)"
    skilled = [wage for wage in options(rule.standard, cover.wages) if wage.worker == "skilled"]
    if not skilled:
        return unanswered(rule, "undetermined", article=article, subject="level", note=(NO_WAGE,))
    tried = []
    for wage in skilled:
        points = [wage.wage * step / STEPS for step in range(1, STEPS + 1)]
        schedule = [(earned, _paid(cover, benefit, earned)) for earned in points]
        one = ceiling(name, schedule, wage, allowances=family)
        option = f"{one.alternative}; {option_of(rule, wage)}"
        tried.append(with_notes(replace(one, article=article, alternative=option), message(GRID)))
    reached = any(one.verdict == "pass" and rule.methods["earnings"] in one.alternative for one in level.of)
    if level.verdict == "pass" and not reached:
        return unanswered(rule, "pass", article=article, subject="level", note=(BY_FLAT,), interpreted=True)
    found = any_of(tried, article=article)
    offered = [one for one in options(rule.standard, cover.wages) if one.worker == "skilled" or "flat" in rule.methods]
    flat, enough = lambda: float(_paid(cover, benefit, Fraction(0))), lambda one: _met(cover, benefit, rule, one)
    return left_open(rule, found, offered, flat, enough, below=True)


def _compared(cover: Cover, benefit: Any, rule: Level, wage: ReferenceWage) -> Verdict:
    earned = float(wage.wage) if wage.worker == "skilled" else 0.0
    person, group = _person(cover, benefit, earned)
    part = float(benefit.years(person))
    paid = as_fraction(float(benefit.exact(person)) / part if part > 0.0 else 0.0, wage.wage)
    allowances = cover.facts.allowances
    rate = message(YEAR_RATE, benefit=benefit.name, group=group, wage=exact(earned), year=str(cover.year))
    evidence = (
        rate if wage.worker == "skilled" else LEAST_BENEFIT,
        NO_ALLOWANCES if allowances is None else LOWEST_ALLOWANCES,
    )
    if rule.id != "C183":
        option = option_of(rule, wage)
        return compared(rule, rule.rate, paid, wage, allowances or NONE, alternative=option, evidence=evidence)
    award = benefit.award(person)
    counted = exact(float(clip(earned, award.floor, award.ceiling)))
    shown = (wage.evidence, *evidence, message(COUNTED, earnings=counted))
    option = f"6(3); {option_of(rule, wage)}"
    return compared(rule, rule.rate, paid, counted, allowances or NONE, alternative=option, evidence=shown)


def _person(cover: Cover, benefit: Any, earned: float) -> tuple[Any, str]:
    """A member of a group with the right, who worked all the year before."""
    groups = benefit.groups or tuple(one.name for one in cover.scheme.groups)
    group = cover.facts.group if cover.facts.group in groups else groups[0]
    sex = "female" if benefit.on == "birth" else "male"
    person = one_life(
        cover.scheme,
        sex=sex,
        born=cover.year - 30,
        year=cover.year,
        career=career(cover.year, 12.0, earned),
        group=str(group),
        basis=cover.basis,
    )
    return person, str(group)


def _duration(cover: Cover, benefit: Any, name: str, event: str) -> Iterator[Verdict]:
    declared = _declared(cover, name)
    if name not in durations():
        return
    person, _ = _person(cover, benefit, 1.0)
    if event == "birth":
        weeks = _number(getattr(benefit, "weeks", None), person)
        yield duration(name, weeks, declaration=declared) if weeks is not None else _untold(benefit, name)
        return
    days = _number(getattr(benefit, "maximum_days", None), person)
    if days is None:
        yield with_notes(duration(name, throughout=True, declaration=declared), NO_LIMIT)
    else:
        yield duration(name, days / WEEK, declaration=declared)
    wait = _number(getattr(benefit, "waiting_days", 0.0), person)
    yield waiting(name, wait or 0, limited=days is not None, declaration=declared)


def _untold(benefit: Any, name: str) -> Verdict:
    rule, note = find(levels(), name, "level"), (message(UNTOLD, benefit=benefit.name),)
    return unanswered(rule, "undetermined", article=rule.article, subject="duration", note=note)


def _number(value: Any, person: Any) -> Fraction | None:
    if value is None:
        return None
    found = float(evaluate(value, person))
    return exact(found) if np.isfinite(found) else None


def _entitled(cover: Cover, benefit: Any) -> tuple[Message, ...]:
    if getattr(benefit, "entitled", None) is None:
        return ()
    person, _ = _person(cover, benefit, 1.0)
    return (message(ENTITLED, share=100 * exact(float(evaluate(benefit.entitled, person)))),)


@dataclass(frozen=True, kw_only=True)
class _CareRule(Record):
    """An entry on medical care."""


def _package(cover: Cover) -> Iterator[Verdict]:
    """Items of medical care, as somebody states them."""
    known = cover.facts.care.items
    rows = [row for row in raw()["care"] if row["id"] in CARE]
    words = {item for row in rows for key in ("morbid_condition", "pregnancy") for item in row.get(key, ())}
    if wrong := [item for item in known if item not in words]:
        text = N_("care, items: {item!r} is none of the instruments; they are {known}.")
        raise BadInput(Told(text, item=wrong[0], known="; ".join(sorted(words))))
    for row in rows:
        rule, article = _CareRule(id=row["id"], seen=row["seen"]), row["article"]
        items = dict.fromkeys((*row.get("morbid_condition", ()), *row.get("pregnancy", ())))
        needed = {item: message(ITEM, item=message(item)) for item in items}
        one = [stated(rule, known.get(item), text, article=article, subject="care") for item, text in needed.items()]
        yield replace(all_of(one), note=tuple(needed.values()))


def _shared(cover: Cover) -> Iterator[Verdict]:
    """Cost sharing: none for pregnancy, no hardship otherwise; Article 10(2) of C102 and 17 of C130."""
    scheme, facts = cover.scheme, cover.facts
    rule = _CareRule(id="C102.II", seen=True)
    chosen = facts.care.pregnancy_services
    known = [one.name for one in scheme.services]
    if wrong := [name for name in chosen if name not in known]:
        refused = N_("care, pregnancy_services: {name} is no service; the services are {known}.")
        raise BadInput(Told(refused, name=wrong[0], known=tuple(known)))
    shares = {one.name: _what_patients_pay(cover, one) for one in scheme.services}
    text = message(PREGNANCY, services=", ".join(chosen).replace("_", " "))
    if not chosen:
        yield unanswered(rule, "undetermined", article="10(2)", subject="cost_sharing", note=(UNNAMED,))
    else:
        free = all(shares[name] == (0, 0) for name in chosen)
        yield stated(rule, free, text, article="10(2)", subject="cost_sharing")
    paid = {name: both for name, both in shares.items() if both != (0, 0)}
    evidence = tuple(_sharing(name, share, flat) for name, (share, flat) in paid.items())
    for one, article in ((rule, "10(2)"), (_CareRule(id="C130", seen=True), "17")):
        answer = True if not paid else facts.findings.no_hardship
        found = stated(one, answer, HARDSHIP, article=article, subject="cost_sharing")
        yield replace(found, evidence=evidence)


def _sharing(service: str, share: Fraction, flat: Fraction) -> Message:
    """What patients pay of a service, without what is zero."""
    if not flat:
        return message(SHARE_ALONE, service=service, share=100 * share)
    if not share:
        return message(FLAT_ALONE, service=service, flat=flat)
    return message(SHARING, service=service, share=100 * share, flat=flat)


def _what_patients_pay(cover: Cover, service: Any) -> tuple[Fraction, Fraction]:
    person = one_life(
        cover.scheme, sex="female", born=cover.year - 30, year=cover.year, career=(), basis=cover.basis,
        group=str(cover.scheme.groups[0].name),
    )
    sharing = service.sharing
    flat = sum(
        (exact(float(one.evaluate(person))) for one in (sharing.copayment, sharing.deductible) if one is not None),
        Fraction(0),
    )
    return exact(float(evaluate(sharing.coinsurance, person))), Fraction(round(flat * 100), 100)


def _declared(cover: Cover, name: str) -> bool:
    return name.split(".")[0] in cover.facts.declarations


def health_parts(scheme: Any) -> Sequence[str]:
    """Parts of C102 of which a health scheme has a benefit."""
    events = {one.on for one in scheme.benefits}
    return ["II", *(part for part, event in (("III", "sickness"), ("VIII", "birth")) if event in events)]
