"""Options of the reference wage for which nobody stated a wage: what they leave open of a level that is not met."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import takewhile

from actuarial.standards.judging import unanswered
from actuarial.standards.parameters import Level, raw
from actuarial.standards.verdicts import Message, Verdict, message, with_notes
from actuarial.standards.wages import ReferenceWage
from actuarial.translation import N_

OWN_OPTIONS = ("C102", "C121", "C128", "C130", "European_Code")
"""Instruments with options of the reference wage of their own."""
TENTHS = (*range(1, 11), 12, 15, 20)
"""Wages that are tried for an option without one, in tenths of the highest wage that is known."""
UNTRIED = N_("Not assessable: the reference wage by {options}, for nobody stated one.")
MET_AT = N_("With a reference wage of {wage} the figure would be met.")
NEVER_MET = message(
    N_("At no wage from a tenth of the highest one tried up to twice that wage is the figure met: no option helps.")
)
NO_LABOURER = message(N_("The method for flat benefits was not tried: no wage of an ordinary labourer is stated."))


def supposed(wages: Sequence[ReferenceWage]) -> tuple[ReferenceWage, ...]:
    """Wages of a skilled worker between a tenth and twice the highest of those that are known, in their order."""
    top = _highest(wages)
    return tuple(
        ReferenceWage(top * tenths / 10, "65(6)(a)", "skilled", "", message("")) for tenths in TENTHS if top > 0
    )


def left_open(
    rule: Level,
    found: Verdict,
    wages: Sequence[ReferenceWage],
    flat: Callable[[], float],
    enough: Callable[[ReferenceWage], bool],
    *,
    below: bool = False,
) -> Verdict:
    """A level that fails by the wages that are known: open where another option or method may meet it.

    A Member chooses one of the options of Article 65(6) of C102, or the method of Article 66: one that meets the
    figure is enough.

    Parameters
    ----------
    rule : Level
    found : Verdict
        By the wages that are known.
    wages : sequence of ReferenceWage
        Those that the instrument offers.
    flat : function that gives an amount
        The benefit that does not depend on earnings; what does not meet the percentage of the wage of a skilled worker
        may meet that of a labourer's, which is lower.
    enough : function of a reference wage
        Whether the figure is met with it.
    below : bool
        Whether it must be met with all lower wages as well.

    Returns
    -------
    Verdict
        "undetermined" where an option or a method that nobody stated a wage for may be enough.
    """
    labourer = "flat" not in rule.methods or any(one.worker == "labourer" for one in wages)
    missing = _options(rule, wages)
    if found.verdict != "fail":
        return found if labourer else with_notes(found, NO_LABOURER)
    untried = [message(UNTRIED, options=", ".join(missing))] if missing else []
    if not labourer and flat() > 0.0:
        method = f"{rule.article}, {rule.methods['flat']}"
        other = unanswered(rule, "undetermined", article=method, subject="level", note=(NO_LABOURER,))
        return _open(found, other, untried)
    wage = _nearest(wages, enough, below) if missing else None
    if wage is not None:
        notes = (*untried, message(MET_AT, wage=wage))
        place = ", ".join(missing)
        other = unanswered(
            rule, "undetermined", article=found.article, subject="level", alternative=place, note=notes
        )
        found = _open(found, other)
    else:
        found = with_notes(found, *untried, *([NEVER_MET] if missing else []))
    return found if labourer else with_notes(found, NO_LABOURER)


def _open(found: Verdict, other: Verdict, more: Sequence[Message] = ()) -> Verdict:
    """What fails with an alternative that keeps the question open."""
    return with_notes(replace(found, verdict="undetermined", of=(*found.of, other)), *more, *other.note)


def _nearest(wages: Sequence[ReferenceWage], enough: Callable[[ReferenceWage], bool], below: bool) -> Fraction | None:
    """The supposed wage nearest to the highest one that is known with which the figure is met."""
    tried = supposed(wages)
    if below:
        met = tuple(takewhile(enough, tried))
        return met[-1].wage if met else None
    top = _highest(wages)
    nearest = sorted(tried, key=lambda one: abs(one.wage - top))
    return next((one.wage for one in nearest if enough(one)), None)


def _highest(wages: Sequence[ReferenceWage]) -> Fraction:
    """The highest wage of a skilled worker that is known, 0 where there is none."""
    return max((one.wage for one in wages if one.worker == "skilled"), default=Fraction(0))


def _options(rule: Level, wages: Sequence[ReferenceWage]) -> tuple[str, ...]:
    """Options of the wage of a skilled worker without a wage, under the numbers of the instrument."""
    if rule.standard not in OWN_OPTIONS or "earnings" not in rule.methods:
        return ()
    known = {one.article for one in wages}
    offered = [
        row["article"].partition(",")[0]
        for row in raw()["calculation"]["skilled"]
        if rule.standard != "European_Code" or row.get("in_european_code") is not False
    ]
    return tuple(rule.methods["earnings"] + one[2:] for one in offered if one not in known)
