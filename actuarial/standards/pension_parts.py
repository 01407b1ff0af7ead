"""Old age, invalidity and survivors: the verdicts on a pension scheme, article by article."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import xarray as xr

from actuarial.errors import MissingVariable
from actuarial.standards.age import pensionable_age
from actuarial.standards.beneficiary import Law
from actuarial.standards.counting import by_age, insured_counts
from actuarial.standards.facts import Facts
from actuarial.standards.judging import judge, unanswered
from actuarial.standards.lasting import duration
from actuarial.standards.numbers import exact
from actuarial.standards.parameters import ages, find, instruments, levels, persons, qualifying
from actuarial.standards.periods import qualifying_period, transitional, universal_level
from actuarial.standards.protected import persons_protected
from actuarial.standards.reviews import Standard, review
from actuarial.standards.tried import NEVER, Event, level_of, maxima, reduced
from actuarial.standards.verdicts import Message, Verdict, any_of, message
from actuarial.standards.wages import ReferenceWage
from actuarial.translation import N_

LACKING = N_("The law cannot be asked without what the basis lacks: {name}.")
SCHOOL = message(N_("A child is one under school-leaving age or under 15 years of age, whichever the law prescribes."))
OF_AGE = N_("Pensionable age in {year}: men {men}, women {women}.")
ADJUSTED = N_("From {first} to {last} the law adjusts pensions by {pensions} per cent.")
NEITHER = message(N_("The law adjusts no pensions in payment."))
NO_PENSIONS = message(N_("No pensions are paid at this contingency that could be reviewed."))
NO_GROWTH = message(N_("The basis ends with the year, so that there is no growth to compare with."))
YEARS = {"V": 30, "IX": 15, "X": 15}
CHILD_AGE = 15

NAMES = {
    "V": ("C102.V", "C128.III", "European_Code.V", "R131.III"),
    "IX": ("C102.IX", "C128.II", "European_Code.IX", "R131.II"),
    "X": ("C102.X", "C128.IV", "European_Code.X", "R131.IV"),
}
"""Ids of levels by Part of C102."""
EVENTS = {"V": "retirement", "IX": "invalidity", "X": "death"}


@dataclass(frozen=True)
class Asked:
    """What an assessment is made of."""

    law: Law
    basis: xr.Dataset
    facts: Facts
    wages: tuple[ReferenceWage, ...]
    result: xr.Dataset | None


def pension_verdicts(asked: Asked, part: str) -> tuple[Verdict, ...]:
    """Verdicts on one Part of C102, and on what the later instruments ask for the same contingency.

    Parameters
    ----------
    asked : Asked
    part : {"V", "IX", "X"}
        The scheme must have a benefit of it.
    """
    event = _event(asked, part)
    found: list[Verdict] = []
    for name in NAMES[part]:
        try:
            found += _of_instrument(asked, part, name, event)
        except MissingVariable as error:
            rule, lacking = find(levels(), name, "level"), str(error).split()[0]
            note = (message(LACKING, name=lacking),)
            found.append(unanswered(rule, "undetermined", article=rule.article, subject="level", note=note))
    return tuple(found)


def _event(asked: Asked, part: str) -> Event:
    law, facts = asked.law, asked.facts
    paid = {"V": law.old_age, "IX": law.invalidity, "X": law.survivors}[part]
    try:
        least = law.least_years(EVENTS[part])
    except MissingVariable:
        least = None
    return Event(law, paid, least, facts.allowances, facts.residence)


def _of_instrument(asked: Asked, part: str, name: str, event: Event) -> Iterator[Verdict]:
    """Verdicts on one level and what belongs to it, in the order of Article 76(1)(b) of C102."""
    if name in persons():
        yield _persons(asked, part, name)
    if part == "V" and name.split(".")[0] in ("C102", "C128", "European_Code"):
        yield _age(asked, name.split(".")[0])
    yield _level(asked, part, name, event)
    if find(levels(), name, "level").seen:
        yield maxima(name, event, asked.wages, YEARS[part])
    if name in qualifying() and qualifying()[name].full is not None:
        yield from _periods(asked, name, event)
    if name in ("C102.V", "C102.IX", "C102.X", "C128.II", "C128.III", "C128.IV"):
        yield duration(name, throughout=event.least is not None)
        yield _reviewed(asked, part, name)
    if name == "C102.X":
        yield from _children(asked)


def _persons(asked: Asked, part: str, name: str) -> Verdict:
    law = asked.law
    counts, evidence = insured_counts(law.scheme, asked.basis, law.year, asked.facts, asked.result)
    if part == "X" and counts.families is None:
        wage = float(asked.wages[0].wage) if asked.wages else 1.0
        paid = law.survivors(YEARS[part], wage)
        counts = replace(counts, families=True if paid.spouse and paid.child else None)
    declared = name.split(".")[0] in asked.facts.declarations
    return persons_protected(name, counts, declaration=declared, evidence=evidence)


def _age(asked: Asked, standard: str) -> Verdict:
    law, findings = asked.law, asked.facts.findings
    men, women = (law.pensionable_age(YEARS["V"], sex) for sex in ("male", "female"))
    known = [age for age in (men, women) if age is not None]
    if not known:
        rule = find(instruments(), standard, "instrument")
        return unanswered(rule, "undetermined", article="26(2)", subject="age", note=(NEVER,))
    age = max(known)
    people = by_age(asked.basis, law.year, asked.result)
    over = under = None
    if people is not None:
        labels = people["age"].values
        over = round(float(people.values[labels >= age].sum()))
        under = round(float(people.values[(labels > CHILD_AGE) & (labels < age)].sum()))
    finding = findings.working_ability if standard == "C102" else findings.statistics
    found = pensionable_age(
        standard,
        age,
        finding=finding,
        lower_for_arduous=findings.lower_for_arduous,
        residents_at_or_over=over,
        residents_under=under,
    )
    both = (("men", men), ("women", women))
    shown = {word: "–" if one is None else Fraction(str(round(one, 4))) for word, one in both}
    found = replace(found, part="V" if standard != "C128" else "III")
    if found.value is None:
        found = replace(found, value=exact(age), threshold=Fraction(ages()[standard].most), unit="years")
    return replace(found, evidence=(*found.evidence, message(OF_AGE, year=str(law.year), **shown)))


def _level(asked: Asked, part: str, name: str, event: Event) -> Verdict:
    """Level by the careers that the instrument names, or by the alternative where all active persons are protected."""
    found = level_of(name, event, asked.wages, YEARS[part])
    others = tuple(_universal(asked, name, event))
    return any_of((found, *others), article=found.article, subject="level") if others else found


def _periods(asked: Asked, name: str, event: Event) -> Iterator[Verdict]:
    """The qualifying period of the law and the right to a reduced benefit after a shorter one."""
    rule = find(qualifying(), name, "qualifying period")
    if event.least is None:
        article = rule.full.article if rule.full else rule.article
        yield unanswered(rule, "fail", article=article, subject="qualifying", note=(NEVER,))
    else:
        yield qualifying_period(name, event.least, event.basis)
    if rule.reduced is not None and getattr(rule.reduced, event.basis) is not None:
        yield reduced(name, event)
    if rule.transitional:
        yield transitional(name, asked.facts.findings.transitional)


def _universal(asked: Asked, name: str, event: Event) -> Iterator[Verdict]:
    """The alternative for schemes that protect all economically active persons, where somebody says so of this one."""
    rule, findings = qualifying().get(name), asked.facts.findings
    skilled = [one for one in asked.wages if one.worker == "skilled"]
    if not findings.all_active or rule is None or rule.universal is None or event.least is None or not skilled:
        return
    wage = skilled[-1]
    yield universal_level(
        name,
        event.paid(event.least, float(wage.wage)).amount,
        wage,
        contribution_years=event.least,
        all_active=findings.all_active,
        average_paid=findings.average_paid,
        allowances=event.family(),
    )


def _children(asked: Asked) -> Iterator[Verdict]:
    """Age up to which children have a pension, against Article 1(1)(e)."""
    rule = find(instruments(), "C102", "instrument")
    person = asked.law.life(15, 1.0, asked.law.age_at_death)
    from actuarial.dated import evaluate

    for one in asked.law.pensions("death"):
        until = getattr(one, "until_age", None)
        if until is not None:
            age = Fraction(str(round(float(evaluate(until, person)), 4)))
            sign = ">=" if age >= CHILD_AGE else "<"
            found = judge(
                rule,
                age,
                Fraction(CHILD_AGE),
                article="1(1)(e), 60(1)",
                subject="children",
                unit="years",
                arithmetic=f"{float(age):g} {sign} {CHILD_AGE}",
                note=(SCHOOL,),
            )
            yield replace(found, part="X")


def _reviewed(asked: Asked, part: str, name: str) -> Verdict:
    """Adjustment of pensions by the law over some years, beside earnings and prices."""
    law, facts = asked.law, asked.facts
    standard: Standard = "C102" if name.startswith("C102") else "C128"
    rule = find(instruments(), standard, "instrument")
    article = {"C102": "65(10), 66(8)", "C128": "29(1)"}[standard]
    place = name.split(".")[1]
    pensions = law.pensions(EVENTS[part])
    first, last = law.year + 1, min(law.year + facts.review_years, int(law.basis["year"][-1]))
    if not pensions or last < first:
        note = (NO_GROWTH if pensions else NO_PENSIONS,)
        return replace(unanswered(rule, "undetermined", article=article, subject="review", note=note), part=place)
    wages, prices = (_grown(law.basis[word], law.basis, first, last) for word in ("wage_growth", "inflation"))
    given = [
        _grown(xr.DataArray(one.indexation(law.basis, law.finance)), law.basis, first, last) for one in pensions
    ]
    adjusted = min(given)
    reviewed = facts.findings.reviewed if facts.findings.reviewed is not None else adjusted != 0.0
    found = review(standard, _rounded(wages), _rounded(prices), substantial=facts.substantial, reviewed=reviewed)
    evidence: Sequence[Message] = (NEITHER,)
    if adjusted != 0.0:
        shown = Fraction(round(adjusted * 10_000), 100)
        evidence = (message(ADJUSTED, first=str(first), last=str(last), pensions=shown),)
    return replace(found, part=place, evidence=tuple(evidence), arithmetic=_growths(adjusted, wages, prices))


def _growths(adjusted: float, wages: float, prices: float) -> str:
    return f"{100 * adjusted:.2f}% / {100 * wages:.2f}% / {100 * prices:.2f}%"


def _grown(rate: xr.DataArray, basis: xr.Dataset, first: int, last: int) -> float:
    """Growth over some years; the least over what else a rate depends on."""
    years = basis["year"]
    path = (rate + xr.zeros_like(years, dtype=float)).sel(year=slice(first, last))
    grown = np.prod(1.0 + path.transpose("year", ...).values, axis=0) - 1.0
    return float(np.min(grown))


def _rounded(change: float) -> Fraction:
    return Fraction(str(round(change, 6)))
