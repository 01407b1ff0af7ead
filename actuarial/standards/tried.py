"""Levels of the pensions of a scheme: every reference wage with every career, and the maxima of Article 65(3)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from actuarial.standards.all_active import reduced_universal
from actuarial.standards.beneficiary import Law, Paid
from actuarial.standards.ceilings import ceiling, least_ceiling
from actuarial.standards.judging import unanswered
from actuarial.standards.means import Means
from actuarial.standards.numbers import exact
from actuarial.standards.parameters import Level, find, levels, qualifying
from actuarial.standards.periods import Basis, graded_level, reduced_right
from actuarial.standards.replacement import NONE, Allowances, compared
from actuarial.standards.residents import Residents, by_means
from actuarial.standards.unstated import OWN_OPTIONS, left_open
from actuarial.standards.verdicts import Message, Verdict, all_of, any_of, message, with_notes
from actuarial.standards.wages import ReferenceWage, options
from actuarial.translation import N_

STEPS = 10
RESIDENT = N_("Residence of {years} years up to {year}, with work in all of them; age {age} at the end of {year}.")
NOT_RESIDENT = N_("A residence of {years} years up to {year} gives no right to a pension at any age.")
CAREER = N_("Career of {years} years up to {year} at the same wage over the average, age {age} at the end of {year}.")
NO_AGE = N_("A career of {years} years up to {year} gives no right to a pension at any age.")
NO_RIGHT = message(N_("No periodical payment is due after this career."))
SUM_ONLY = message(N_("What is due is a sum paid once, which is no periodical payment."))
NEVER = message(N_("No service of up to forty years gives a right to a pension."))
NEVER_RESIDENT = message(N_("No residence of up to forty years gives a right to a pension."))
NO_SPOUSE = message(
    N_("After this career the law gives the spouse no right; the standard beneficiary is a widow with two children.")
)
SHARES = N_("Pension of the spouse {spouse}, of each child {child}.")
LEAST_BENEFIT = message(
    N_("The benefit is the least one that the law pays for this career, whatever the earnings were.")
)
NO_ALLOWANCES = message(N_("No family allowances are stated; they count as zero on both sides."))
LOWEST_ALLOWANCES = message(N_("Where allowances differ by child, the lowest ones are to be stated."))
NO_WAGE = message(N_("There is no reference wage: the basis has no earnings of the insured, and none is stated."))
MEANS_ALONE = message(
    N_("Only the alternative of all residents below a limit of means is met, so that no other method is open.")
)
BY_FLAT = message(
    N_(
        "The level is met by the method for flat benefits, and maxima are not compared; the supervisory bodies have "
        "asked for figures on maxima in such a case."
    )
)
LEAST_CEILING = N_("The least ceiling on earnings with which the level is met is {ceiling}; that of the law is {law}.")
NO_CEILING = N_("Without the ceiling on earnings of {law} the level is not met either.")
UNCAPPED = message(N_("The law has no ceiling on insurable earnings below the reference wage."))
GRID = N_("Earnings from a tenth of the reference wage up to the wage itself were tried.")


NOBODY = Residents(False, Means())
"""Schemes that do not protect all residents below a limit of means."""


@dataclass(frozen=True)
class Event:
    """A contingency: what the law pays after a number of years at a wage, and the levels that it is compared with."""

    law: Law
    paid: Callable[[int, float], Paid]
    least: int | None
    allowances: Allowances | None
    residence: bool
    residents: Residents = NOBODY
    all_active: bool | None = None
    half_average: bool | None = None

    @property
    def basis(self) -> Basis:
        """Kind of years that the law counts."""
        return "residence" if self.residence else "contribution"

    def never(self) -> Message:
        """That no number of years gives a right."""
        return NEVER_RESIDENT if self.residence else NEVER

    def family(self) -> Allowances:
        """Family allowances, none where none are stated."""
        return self.allowances or NONE

    def evidence(self, years: int, wage: float) -> tuple[Message, ...]:
        """What a benefit rests on."""
        paid, year = self.paid(years, wage), self.law.year
        career, none = (RESIDENT, NOT_RESIDENT) if self.residence else (CAREER, NO_AGE)
        found = [
            message(none, years=years, year=str(year))
            if paid.age is None
            else message(career, years=years, year=str(year), age=paid.age)
        ]
        if paid.spouse or paid.child:
            spouse, child = (Fraction(round(one * 100), 100) for one in (paid.spouse, paid.child))
            found.append(message(SHARES, spouse=spouse, child=child))
        if paid.lump_sum:
            found.append(SUM_ONLY)
        elif paid.amount == 0.0:
            found.append(NO_RIGHT)
        found.append(NO_ALLOWANCES if self.allowances is None else LOWEST_ALLOWANCES)
        return tuple(found)


def as_fraction(amount: float, wage: Fraction) -> Fraction:
    """A benefit as the fraction that it cannot be told from: of money, or of the wage, whichever is simpler.

    Examples
    --------
    >>> as_fraction(1000.01 * 2 / 3, Fraction("1000.01")) / Fraction("1000.01")
    Fraction(2, 3)
    """
    money = exact(amount)
    if not wage:
        return money
    of_wage = exact(amount / float(wage)) * wage
    return min((money, of_wage), key=lambda one: (one / wage).denominator)


def option_of(rule: Level, wage: ReferenceWage) -> str:
    """Option of a reference wage under the number that it has in an instrument, or in C102 where it has none."""
    if rule.standard not in OWN_OPTIONS:
        return f"C102 {wage.article}"
    return rule.methods["earnings" if wage.worker == "skilled" else "flat"] + wage.article[2:]


def careers(name: str, basis: Basis, least: int | None) -> tuple[int, ...]:
    """Years of the careers that an instrument names a percentage for, the longest first.

    Those of the full and of the lower percentage, and of the scheme's own qualifying period where it lies between.
    """
    rule = qualifying().get(name)
    if rule is None or rule.full is None:
        return ()
    ends = [getattr(one, basis) for one in (rule.full, rule.lower) if one is not None]
    found = {years for years in ends if years is not None}
    between = getattr(rule.graded, basis) if rule.graded is not None else None
    reduced = getattr(rule.reduced, basis) if rule.reduced is not None else None
    if between is not None:
        found |= {years for years in (least, reduced) if years is not None and between[0] < years < between[1]}
    return tuple(sorted(found, reverse=True))


def reduced(name: str, event: Event) -> Verdict:
    """Whether a reduced benefit is secured after a shorter period; where no service gives a right, it is not.

    For a scheme that protects all economically active persons the alternative of half the yearly average is tried too.
    """
    found = reduced_right(name, event.least, basis=event.basis)
    if event.least is None:
        return found if found.verdict == "not_verified" else with_notes(replace(found, verdict="fail"), event.never())
    if qualifying()[name].reduced_universal is None or not for_all_active(name, event):
        return found
    other = reduced_universal(name, event.least, all_active=event.all_active, half_average=event.half_average)
    return any_of((found, other), article=found.article, subject="qualifying")


def for_all_active(name: str, event: Event) -> bool:
    """Whether the alternatives for schemes that protect all economically active persons are tried.

    Where somebody says that this is one; where nobody says that it is none, if the prescribed period is longer than any
    that is open to other schemes.
    """
    rule = qualifying().get(name)
    if rule is None or rule.universal is None or event.least is None or event.basis != "contribution":
        return False
    longest = rule.full.contribution if rule.full is not None else None
    return bool(event.all_active) or (event.all_active is None and longest is not None and event.least > longest)


def level_of(name: str, event: Event, wages: Sequence[ReferenceWage], full: int) -> Verdict:
    """Level of a pension by every reference wage that the instrument offers and every career it names.

    Parameters
    ----------
    name : str
        Id of the level, such as "C102.V".
    event : Event
    wages : sequence of ReferenceWage
    full : int
        Years of the career for an instrument that names no qualifying period.

    Returns
    -------
    Verdict
        One alternative for each pair of a paragraph on the career and an option of the reference wage.
    """
    rule = find(levels(), name, "level")
    offered = [one for one in options(rule.standard, wages) if one.worker == "skilled" or "flat" in rule.methods]
    years = careers(name, event.basis, event.least) or (full,)
    alone = event.residents.alone and bool(rule.methods.get("means"))
    tried = [] if alone else [_tried(name, event, wage, length) for wage in offered for length in years]
    if event.residents.protected is not False and rule.methods.get("means"):
        tried += [_by_means(name, event, offered, length) for length in years]
    if not tried:
        return unanswered(rule, "undetermined", article=rule.article, subject="level", note=(NO_WAGE,))
    found = any_of(tried, article=rule.article)
    if alone:
        return with_notes(found, MEANS_ALONE)
    return left_open(rule, found, offered, lambda: _flat(event, years), lambda one: _met(name, event, one, years))


def _flat(event: Event, years: Sequence[int]) -> float:
    """The benefit that does not depend on earnings, after the best of some careers."""
    return max(float(event.paid(length, 0.0).amount) for length in years)


def _met(name: str, event: Event, wage: ReferenceWage, years: Sequence[int]) -> bool:
    """Whether the level is met with a reference wage, after one of some careers."""
    return any(_tried(name, event, wage, length).verdict == "pass" for length in years)


def maxima(name: str, event: Event, wages: Sequence[ReferenceWage], full: int) -> Verdict:
    """Level at all earnings up to the wage of the skilled worker, Article 65(3) of C102 and its likes.

    Tried with the reference wages and careers with which the level itself is met, or else with all wages and the full
    career.

    Parameters
    ----------
    name, event, wages, full
        As of `level_of`.
    """
    rule = find(levels(), name, "level")
    skilled = [one for one in options(rule.standard, wages) if one.worker == "skilled"]
    article = f"{rule.methods['earnings']}(3)"
    if not skilled:
        return unanswered(rule, "undetermined", article=article, subject="level", note=(NO_WAGE,))
    known = lengths = careers(name, event.basis, event.least) or (full,)
    pairs = [(wage, years) for wage in skilled for years in known]
    met = [pair for pair in pairs if _tried(name, event, *pair).verdict == "pass"]
    if not met and for_all_active(name, event):
        known = (event.least or full,)
        met = [(wage, known[0]) for wage in skilled if _reaches(rule, event, wage, known[0])]
    if not met and level_of(name, event, wages, full).verdict == "pass":
        return unanswered(rule, "pass", article=article, subject="level", note=(BY_FLAT,), interpreted=True)
    tried = [_up_to(name, event, wage, years) for wage, years in met or [(wage, known[0]) for wage in skilled]]
    found = any_of([replace(one, article=article) for one in tried], article=article)
    offered = [one for one in options(rule.standard, wages) if one.worker == "skilled" or "flat" in rule.methods]
    flat, enough = lambda: _flat(event, lengths), lambda one: _met(name, event, one, lengths)
    return left_open(rule, found, offered, flat, enough, below=True)


def _tried(name: str, event: Event, wage: ReferenceWage, years: int) -> Verdict:
    """One career with one reference wage."""
    found = _at(name, event, wage, years)
    paid = event.paid(years, float(wage.wage) if wage.worker == "skilled" else 0.0)
    if not paid.child or paid.spouse:
        return found
    word = "fail" if found.verdict == "pass" else found.verdict
    return with_notes(replace(found, verdict=word), NO_SPOUSE, interpreted=True)


def _reaches(rule: Level, event: Event, wage: ReferenceWage, years: int) -> bool:
    """Whether the benefit after the prescribed period reaches the whole percentage."""
    benefit = as_fraction(event.paid(years, float(wage.wage)).amount, wage.wage)
    return compared(rule, rule.rate, benefit, wage, event.family()).verdict == "pass"


def _by_means(name: str, event: Event, wages: Sequence[ReferenceWage], years: int) -> Verdict:
    """One career by the method for all residents whose means do not exceed a limit."""
    paragraph = graded_level(name, years, 0, 1, basis=event.basis).alternative if _has_careers(name, event) else ""
    found = by_means(
        name,
        lambda earned: event.paid(years, float(earned)).amount,
        wages,
        event.residents,
        event.family(),
        rate=_needed(name, event, years),
        paragraph=paragraph,
        evidence=event.evidence(years, 0.0),
    )
    if not paragraph or not _asks_for_less(name, event, paragraph):
        return found
    both = all_of((found, reduced(name, event)), subject="level")
    return replace(both, alternative=found.alternative)


def _has_careers(name: str, event: Event) -> bool:
    return name in qualifying() and bool(careers(name, event.basis, event.least))


def _asks_for_less(name: str, event: Event, paragraph: str) -> bool:
    """Whether a paragraph comes with the duty to pay a reduced benefit after a shorter period."""
    period = qualifying()[name]
    lower = period.lower.article if period.lower is not None else ""
    asked = period.reduced is not None and getattr(period.reduced, event.basis) is not None
    return asked and paragraph.split(";")[0] != lower


def _at(name: str, event: Event, wage: ReferenceWage, years: int) -> Verdict:
    """The same, whoever of the family has a right."""
    rule = find(levels(), name, "level")
    earned = float(wage.wage) if wage.worker == "skilled" else 0.0
    benefit = as_fraction(event.paid(years, earned).amount, wage.wage)
    evidence = event.evidence(years, earned)
    if wage.worker == "labourer":
        evidence = (*evidence, LEAST_BENEFIT)
    if not _has_careers(name, event):
        option = option_of(rule, wage)
        return compared(rule, rule.rate, benefit, wage, event.family(), alternative=option, evidence=evidence)
    one = graded_level(
        name, years, benefit, wage, basis=event.basis, allowances=event.family(), evidence=evidence
    )
    paragraph = f"{one.alternative}; {option_of(rule, wage)}"
    one = replace(one, alternative=paragraph)
    if not _asks_for_less(name, event, paragraph):
        return one
    both = all_of((one, reduced(name, event)))
    return replace(both, alternative=paragraph, subject="level")


def _up_to(name: str, event: Event, wage: ReferenceWage, years: int) -> Verdict:
    """The lowest rate at earnings up to a wage, against the percentage of the career."""
    rule, top = find(levels(), name, "level"), wage.wage
    paid = event.paid(years, float(top)).amount > 0.0
    points = [top * step / STEPS for step in range(1, STEPS + 1)] if paid else [top]
    schedule = [(earned, as_fraction(event.paid(years, float(earned)).amount, earned)) for earned in points]
    found = ceiling(name, schedule, wage, allowances=event.family())
    needed = _needed(name, event, years)
    if needed != found.threshold and found.value is not None and found.verdict != "not_verified":
        found = replace(found, threshold=needed, verdict="pass" if found.value >= needed else "fail")
    notes = [message(GRID), *_least(name, event, wage, years, needed)]
    return with_notes(replace(found, alternative=f"{found.alternative}; {option_of(rule, wage)}"), *notes)


def _needed(name: str, event: Event, years: int) -> Fraction:
    """Percentage that the instrument asks for after a career."""
    rule = find(levels(), name, "level")
    if not _has_careers(name, event) or years not in careers(name, event.basis, event.least):
        return rule.rate
    threshold = graded_level(name, years, 0, 1, basis=event.basis).threshold
    return rule.rate if threshold is None else threshold


def _least(name: str, event: Event, wage: ReferenceWage, years: int, needed: Fraction) -> Iterator[Message]:
    """What the ceiling on insurable earnings does to the level at a wage: the least one that is enough."""
    law = event.law.limits()[1]
    if law >= float(wage.wage):
        yield UNCAPPED
        return
    shown, family = Fraction(round(law * 100), 100), event.family()
    free = _without_ceiling(event, years, float(wage.wage))
    share, below = free / float(wage.wage), event.paid(years, law).amount / law
    wanted = needed * (wage.wage + exact(family.work)) - exact(family.contingency)
    if exact(free) < wanted:
        yield message(NO_CEILING, law=shown)
    elif abs(share - below) <= 1e-9 * max(share, below):
        least = _proportional(name, exact(below), wage, family, wanted)
        yield message(LEAST_CEILING, ceiling=least, law=shown)
    else:
        yield message(LEAST_CEILING, ceiling=_by_halving(event, years, float(wage.wage), wanted), law=shown)


def _proportional(name: str, share: Fraction, wage: ReferenceWage, family: Allowances, wanted: Fraction) -> Fraction:
    """Ceiling of a benefit of a constant share of earnings."""
    found = least_ceiling(name, share, wage, allowances=family)
    rule = find(levels(), name, "level").rate * (wage.wage + exact(family.work)) - exact(family.contingency)
    return found if found is not None and rule == wanted else max(wanted, Fraction(0)) / share


def _by_halving(event: Event, years: int, wage: float, wanted: Fraction) -> Fraction:
    """The least ceiling in whole units of money, by halving."""
    low, high = 0, int(wage) + 1
    while high - low > 1:
        middle = (low + high) // 2
        if exact(_without_ceiling(event, years, wage, middle)) >= wanted:
            high = middle
        else:
            low = middle
    return Fraction(high)


def _without_ceiling(event: Event, years: int, wage: float, ceiling: int | None = None) -> float:
    """Benefit under the law with another ceiling of all years in relation to wages, or with none."""
    from actuarial.dated import money

    law, scheme = event.law, event.law.scheme
    limit: Any = None
    if ceiling is not None:
        first = law.year - years
        path = {year: ceiling * _wage_level(law, year) for year in range(first, law.year + 1)}
        limit = money(_stepped(path), per="year")
    other = scheme.amend("insurable_earnings", ceiling=limit, ceiling_wages=None)
    amended = replace(law, scheme=other, known={})
    return float(getattr(amended, event.paid.__name__)(years, wage).amount)


def _wage_level(law: Law, year: int) -> float:
    person = law.life(1, 1.0, 40)
    return float(person.index("wages", year)) / float(person.index("wages", law.year))


def _stepped(path: dict[int, float]) -> Any:
    from actuarial.dated import step

    return step(dict(path))

