"""Old age, invalidity and survivors: the verdicts on a pension scheme, article by article."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import xarray as xr

from actuarial.errors import MissingVariable
from actuarial.pension.guarantees import Guarantee
from actuarial.standards.age import pensionable_age
from actuarial.standards.all_active import universal_level, universal_period
from actuarial.standards.beneficiary import Law
from actuarial.standards.counting import by_age, insured_counts
from actuarial.standards.facts import Facts
from actuarial.standards.judging import judge, unanswered
from actuarial.standards.lasting import duration
from actuarial.standards.numbers import exact, percent
from actuarial.standards.parameters import ages, durations, find, instruments, levels, persons, qualifying
from actuarial.standards.periods import qualifying_period, transitional
from actuarial.standards.protected import by_means_alone, persons_protected
from actuarial.standards.residents import Residents
from actuarial.standards.reviews import Standard, review
from actuarial.standards.tried import (
    NEVER,
    NEVER_RESIDENT,
    Event,
    as_fraction,
    for_all_active,
    level_of,
    maxima,
    option_of,
    reduced,
)
from actuarial.standards.verdicts import Message, Verdict, all_of, any_of, message
from actuarial.standards.wages import ReferenceWage, options
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
    findings = facts.findings
    return Event(
        law,
        paid,
        least,
        facts.allowances,
        facts.residence or law.by_residence(EVENTS[part]),
        _residents(asked, part),
        findings.all_active,
        findings.half_average,
    )


def _residents(asked: Asked, part: str) -> Residents:
    """Whether all residents below a limit of means are protected, and what the law deducts."""
    law, facts = asked.law, asked.facts
    counts, _ = insured_counts(law.scheme, asked.basis, law.year, facts, asked.result)
    pensions = law.pensions(EVENTS[part])
    guarantee = any(isinstance(getattr(one, "formula", None), Guarantee) for one in pensions)
    return Residents(counts.means_tested, facts.means, guarantee, _paid(asked, [one.name for one in pensions]))


def _alone(asked: Asked, part: str, name: str, event: Event) -> Event:
    """The event, with a mark where the persons protected are enough by the limit of means and by nothing else."""
    known = name.replace("European_Code", "C102")
    if event.residents.protected is not True or known not in persons():
        return event
    alone = by_means_alone(known, _persons(asked, part, known))
    return replace(event, residents=replace(event.residents, alone=alone))


def _paid(asked: Asked, names: Sequence[str]) -> Fraction | None:
    """Expenditure of the year on some benefits, where there is a result."""
    year, result = asked.law.year, asked.result
    if result is None or "benefit_expenditure" not in result or year not in result["year"].values:
        return None
    spent = result["benefit_expenditure"].sel(year=year)
    known = [name for name in names if name in spent["benefit"].values]
    return Fraction(round(float(spent.sel(benefit=known).sum()))) if known else None


def _of_instrument(asked: Asked, part: str, name: str, event: Event) -> Iterator[Verdict]:
    """Verdicts on one level and what belongs to it, in the order of Article 76(1)(b) of C102."""
    if name in persons():
        yield _persons(asked, part, name)
    event = _alone(asked, part, name, event)
    if part == "V" and name.split(".")[0] in ("C102", "C128", "European_Code"):
        yield _age(asked, name.split(".")[0], max(YEARS[part], event.least or 0))
    yield _level(asked, part, name, event)
    if find(levels(), name, "level").seen and not event.residents.alone:
        yield maxima(name, event, asked.wages, YEARS[part])
    if name in qualifying() and qualifying()[name].full is not None:
        yield from _periods(asked, name, event)
    if name in durations():
        yield duration(name, throughout=event.least is not None)
    if name.split(".")[0] in ("C102", "C128"):
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


def _age(asked: Asked, standard: str, years: int) -> Verdict:
    """Pensionable age after a career of so many years."""
    law, findings = asked.law, asked.facts.findings
    men, women = (law.pensionable_age(years, sex) for sex in ("male", "female"))
    known = [age for age in (men, women) if age is not None]
    if not known:
        rule = find(instruments(), standard, "instrument")
        never = NEVER_RESIDENT if law.by_residence("retirement") else NEVER
        return unanswered(rule, "undetermined", article="26(2)", subject="age", note=(never,))
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
    others = tuple(_universal(asked, name, event)) if for_all_active(name, event) else ()
    return any_of((found, *others), article=found.article, subject="level") if others else found


def _periods(asked: Asked, name: str, event: Event) -> Iterator[Verdict]:
    """The qualifying period of the law and the right to a reduced benefit after a shorter one."""
    rule = find(qualifying(), name, "qualifying period")
    if event.least is None:
        article = rule.full.article if rule.full else rule.article
        yield unanswered(rule, "fail", article=article, subject="qualifying", note=(event.never(),))
    else:
        found = qualifying_period(name, event.least, event.basis)
        if for_all_active(name, event):
            found = any_of((found, _for_all(asked, name, event)), article=found.article)
        yield found
    if rule.reduced is not None and getattr(rule.reduced, event.basis) is not None:
        yield reduced(name, event)
    if rule.transitional:
        yield transitional(name, asked.facts.findings.transitional)


def _universal(asked: Asked, name: str, event: Event) -> Iterator[Verdict]:
    """The alternative for schemes that protect all economically active persons, with every reference wage."""
    findings, rule, least = asked.facts.findings, find(levels(), name, "level"), event.least or 0
    offered = [one for one in options(rule.standard, asked.wages) if one.worker == "skilled" or "flat" in rule.methods]
    for wage in offered:
        earned = float(wage.wage) if wage.worker == "skilled" else 0.0
        one = universal_level(
            name,
            as_fraction(event.paid(least, earned).amount, wage.wage),
            wage,
            contribution_years=least,
            all_active=findings.all_active,
            average_paid=findings.average_paid,
            allowances=event.family(),
            option=option_of(rule, wage),
            evidence=event.evidence(least, earned),
        )
        yield replace(all_of((one, reduced(name, event)), subject="level"), alternative=one.alternative)


def _for_all(asked: Asked, name: str, event: Event) -> Verdict:
    """The qualifying period of a scheme that protects all economically active persons."""
    findings = asked.facts.findings
    return universal_period(
        name, event.least or 0, all_active=findings.all_active, average_paid=findings.average_paid
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
    return replace(found, part=place, evidence=tuple(evidence), arithmetic=_growths(adjusted, (wages, prices), facts))


def _growths(adjusted: float, grown: tuple[float, float], facts: Facts) -> str:
    """Growth of earnings and of prices beside what is substantial, and what the law adjusts pensions by."""
    limit = exact(facts.substantial)
    sizes = [abs(_rounded(one)) for one in grown]
    shown = [f"{percent(one, limit)} {'>=' if one >= limit else '<'} {percent(limit)}" for one in sizes]
    sign = ">" if adjusted > 0.0 else "<" if adjusted < 0.0 else "="
    return ", ".join([*shown, f"{percent(_rounded(adjusted))} {sign} 0"])


def _grown(rate: xr.DataArray, basis: xr.Dataset, first: int, last: int) -> float:
    """Growth over some years; the least over what else a rate depends on."""
    years = basis["year"]
    path = (rate + xr.zeros_like(years, dtype=float)).sel(year=slice(first, last))
    grown = np.prod(1.0 + path.transpose("year", ...).values, axis=0) - 1.0
    return float(np.min(grown))


def _rounded(change: float) -> Fraction:
    return Fraction(str(round(change, 6)))
