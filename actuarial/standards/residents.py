"""Benefits of all residents whose means do not exceed a limit: Article 67 of C102, from the scheme as it is written."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from actuarial.standards.judging import stated, unanswered
from actuarial.standards.means import AGGREGATE, Means, decency, means_aggregate, means_tested
from actuarial.standards.numbers import Number, exact
from actuarial.standards.parameters import Level, find, levels
from actuarial.standards.protected import MEANS
from actuarial.standards.replacement import Allowances
from actuarial.standards.verdicts import Message, Verdict, all_of, any_of, message, with_notes
from actuarial.standards.wages import ReferenceWage
from actuarial.translation import N_

STEPS = 10
CODES = ("C102", "European_Code")
"""Instruments with the test of all benefits together."""
SCALE = N_("The law itself prescribes the amount: {amount} a year for the standard beneficiary without other means.")
KEPT = message(N_("The law deducts no other means of the family."))
LOWERED = message(
    N_("The benefit may be reduced only by other means above an amount that is prescribed and substantial.")
)
OTHER_PENSIONS = message(N_("The law deducts other pensions of the scheme from what it guarantees."))
UNTOLD = message(N_("Missing: the other means of a family that do not reduce the benefit."))
LABOURER = message(N_("Missing: the wage of an ordinary labourer, with which this Article compares."))
NUMBER = message(N_("Missing: the persons who would be in payment had a fifth of the residents been protected."))
TOTAL = message(N_("Missing: all benefits paid under this Part in the year."))


@dataclass(frozen=True)
class Residents:
    """What is known of a benefit for all residents below a limit of means.

    Attributes
    ----------
    protected : bool or None
        Whether all residents are protected whose means do not exceed a prescribed limit; None where nobody said.
    means : Means
    guarantee : bool
        Whether the scheme as it is written deducts other pensions of its own.
    paid : Fraction or None
        Benefits paid under the Part in the year, currency.
    alone : bool
        Whether no other alternative of persons protected is met, so that this method is the only one.
    """

    protected: bool | None
    means: Means
    guarantee: bool = False
    paid: Fraction | None = None
    alone: bool = False

    @property
    def deducted(self) -> bool:
        """Whether other means reduce the benefit: as stated, or as the scheme is written."""
        told = self.means.deducted
        given = self.means.disregarded is not None or self.means.limit is not None
        return (self.guarantee or given) if told is None else told


def by_means(
    name: str,
    benefit: Callable[[Fraction], Number],
    wages: Sequence[ReferenceWage],
    residents: Residents,
    allowances: Allowances,
    *,
    rate: Fraction | None = None,
    paragraph: str = "",
    evidence: Sequence[Message] = (),
) -> Verdict:
    """Level of a benefit for all residents below a limit of means, Article 67 of C102 and its likes.

    Parameters
    ----------
    name : str
        Id of a level that knows the method.
    benefit : function of earnings to an amount, currency per year
        Of the standard beneficiary; the least one up to the wage of the labourer is the scale.
    wages : sequence of ReferenceWage
        Those of ordinary labourers are compared, each an alternative.
    residents : Residents
    allowances : Allowances
    rate : Fraction, optional
        Percentage after the years of a career; by default that of the Schedule.
    paragraph : str
        Paragraph on the career.
    evidence : sequence of Message

    Returns
    -------
    Verdict
        Requirements (a) to (c) and the persons protected in `of`; (d) stands for (c) where its numbers are known.

    Notes
    -----
    Benefit and other means above what is disregarded are least where there are none, or where the limit cuts the
    benefit off: min(S, L - D), S the scale, L the limit, D what is disregarded, as no more is deducted than there is.

    References
    ----------
    .. [1] International Labour Organization (1952), Convention No. 102, Article 67.
    """
    rule = find(levels(), name, "level")
    labourers = [one for one in wages if one.worker == "labourer"]
    top = max((one.wage for one in labourers), default=Fraction(1))
    scale = min(exact(benefit(top * step / STEPS)) for step in range(STEPS + 1))
    article = rule.methods["means"]
    place = f"{paragraph}; {article}" if paragraph else article
    needs = [
        _enough(rule, scale, labourers, residents, allowances, rate, place),
        stated(rule, residents.protected, MEANS, article=place, subject="level", alternative=place),
        _prescribed(rule, scale, place, evidence),
        _reduced(rule, residents, place),
    ]
    found = replace(all_of(needs, article=rule.article, subject="level"), alternative=place)
    listed = rule.standard in CODES and rule.part in AGGREGATE
    untried = listed and rule.part not in residents.means.beneficiaries
    return with_notes(found, NUMBER) if untried and found.verdict != "pass" else found


def _prescribed(rule: Level, scale: Fraction, place: str, evidence: Sequence[Message]) -> Verdict:
    """The rate is one of a prescribed scale, 67(a): the formula of the law."""
    note = (message(SCALE, amount=Fraction(round(scale * 100), 100)),)
    article = f"{place}(a)"
    return unanswered(
        rule, "pass", article=article, subject="level", alternative=article, note=note, evidence=evidence
    )


def _reduced(rule: Level, residents: Residents, place: str) -> Verdict:
    """Reduction by other means above a substantial amount only, 67(b)."""
    article = f"{place}(b)"
    if not residents.deducted:
        said = residents.means.deducted is not None
        return unanswered(
            rule, "pass", article=article, subject="level", alternative=article, note=(KEPT,), interpreted=not said
        )
    found = stated(
        rule, residents.means.substantial, LOWERED, article=article, subject="level", alternative=article
    )
    notes = [] if residents.means.disregarded is not None else [UNTOLD]
    if residents.guarantee:
        notes.append(OTHER_PENSIONS)
    return with_notes(found, *notes)


def _enough(
    rule: Level,
    scale: Fraction,
    labourers: Sequence[ReferenceWage],
    residents: Residents,
    allowances: Allowances,
    rate: Fraction | None,
    place: str,
) -> Verdict:
    """Benefit and other means against what Article 66 gives, 67(c), or all benefits of the Part, 67(d)."""
    if not labourers:
        article = f"{place}(c)"
        return unanswered(
            rule, "not_assessable", article=article, subject="level", alternative=article, note=(LABOURER,)
        )
    tried = []
    for wage in labourers:
        figures = list(_figures(rule, scale, wage, residents.means, allowances, rate, f"{place}(c); {wage.article}"))
        tried.append(all_of([*figures, decency(rule.id, residents.means.decency)], subject="level"))
        tried += _together(rule, residents, wage, figures[0].threshold)
    return any_of(tried, subject="level")


def _figures(
    rule: Level,
    scale: Fraction,
    wage: ReferenceWage,
    means: Means,
    allowances: Allowances,
    rate: Fraction | None,
    place: str,
) -> Iterator[Verdict]:
    """A family without other means, and one whose means reach the limit."""
    same = {"allowances": allowances, "rate": rate, "alternative": place, "taper": means.taper}
    yield means_tested(rule.id, scale, wage, **same)  # type: ignore[arg-type]
    if means.limit is not None:
        free = means.disregarded or 0
        yield means_tested(
            rule.id, scale, wage, other_means=means.limit, disregarded=free, limit=means.limit, **same  # type: ignore[arg-type]
        )


def _together(rule: Level, residents: Residents, wage: ReferenceWage, floor: Fraction | None) -> Iterator[Verdict]:
    """All benefits of the Part, 67(d), where the instrument has it and somebody gives the number of persons."""
    if rule.standard not in CODES or rule.part not in AGGREGATE or floor is None:
        return
    number = residents.means.beneficiaries.get(rule.part)
    if number is None:
        return
    paid = residents.means.paid.get(rule.part, residents.paid)
    if paid is None:
        yield unanswered(
            rule, "undetermined", article="67(d)", subject="level", alternative="67(d)", note=(TOTAL,)
        )
        return
    found = means_aggregate(rule.id, paid, number, max(floor, Fraction(0)))
    yield replace(found, evidence=(*found.evidence, wage.evidence))
