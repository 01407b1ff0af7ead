"""Persons protected: every alternative of an instrument, each with its own denominator."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction

from actuarial.errors import OutOfBounds
from actuarial.standards.judging import judge, over, quotient, stated, unanswered
from actuarial.standards.numbers import Number, exact, plain
from actuarial.standards.parameters import Alternative, Persons, find, persons
from actuarial.standards.verdicts import NO_DECLARATION, Message, Verdict, Word, all_of, any_of, message
from actuarial.translation import N_, Told

FAMILIES = message(N_("The wives and children of those who are counted must be protected as well."))
SURVIVORS = message(N_("The wives and children of those who are counted must be protected on their death."))
WIVES_CARE = message(N_("The wives of men in these classes must be protected for medical care."))
WOMEN = message(N_("All women in the classes that are counted must be protected."))
MEANS = message(N_("All residents whose means do not exceed a prescribed limit must be protected."))
ALL = message(N_("All employees must be protected, but for categories that Article {article} lets be left out."))
WOMEN_EMPLOYED = message(
    N_("All employed women must be protected, but for limited categories that raise substantial special problems.")
)
MISSING = N_("Numbers are missing: {names}.")
COUNTS = {
    "employees": N_("employees"),
    "employees_protected": N_("employees protected"),
    "employees_left_out": N_("employees of categories that may be left out"),
    "residents": N_("residents"),
    "residents_protected": N_("residents protected"),
    "active": N_("economically active persons"),
    "active_protected": N_("economically active persons protected"),
    "industrial": N_("employees in industrial undertakings"),
    "industrial_protected": N_("employees protected in industrial undertakings"),
    "industrial_20": N_("employees in industrial workplaces of 20 or more"),
    "industrial_20_protected": N_("employees protected in industrial workplaces of 20 or more"),
    "employed_women": N_("employed women"),
    "employed_women_protected": N_("employed women protected"),
}
FAMILY_RULES = {"all": FAMILIES, "survivors": SURVIVORS, "wives_care": WIVES_CARE}


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Numbers of persons and what is known of the classes; None where it is not known.

    Attributes
    ----------
    employees, residents, active, industrial, industrial_20, employed_women : Number or None
        All of them in the country: employees, residents, economically active persons, employees in industrial
        undertakings, employees in industrial workplaces with 20 or more persons, employed women.
    employees_protected, residents_protected, active_protected, industrial_protected, industrial_20_protected,
    employed_women_protected : Number or None
        Those protected; for survivors the breadwinners, for maternity both sexes in the classes (Article 48 of C102).
    employees_left_out : Number
        Employees of the categories that C121 (Article 4(2)(a) to (c)) and C128 (Article 37) name and let be left out:
        casual workers, out-workers, members of the employer's family. Others are at most a tenth of the rest.
    means_tested : bool or None
        Whether all residents are protected whose means do not exceed a prescribed limit.
    families : bool or None
        Whether the wives and children of those counted are protected too, where the alternative asks for it.
    women : bool or None
        Whether all women in the classes counted are protected for maternity.
    """

    employees: Number | None = None
    employees_protected: Number | None = None
    employees_left_out: Number = 0
    residents: Number | None = None
    residents_protected: Number | None = None
    active: Number | None = None
    active_protected: Number | None = None
    industrial: Number | None = None
    industrial_protected: Number | None = None
    industrial_20: Number | None = None
    industrial_20_protected: Number | None = None
    employed_women: Number | None = None
    employed_women_protected: Number | None = None
    means_tested: bool | None = None
    families: bool | None = None
    women: bool | None = None

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if value is not None and one.name in COUNTS:
                exact(value, one.name)
        for name in COUNTS:
            whole, part = getattr(self, name), getattr(self, f"{name}_protected", None)
            if whole is not None and part is not None and exact(part) > exact(whole):
                text = N_("{name}_protected: {part} of {whole}; give no more than there are.")
                raise OutOfBounds(Told(text, name=name, part=part, whole=whole))


def persons_protected(
    name: str, counts: Counts, *, declaration: bool = False, evidence: Sequence[Message] = ()
) -> Verdict:
    """Persons protected by all alternatives of an instrument; one that is met is enough.

    Parameters
    ----------
    name : str
        Id, such as "C102.V", "C121", "C128.III", "C130.care" or "C130.sickness".
    counts : Counts
    declaration : bool
        Whether a declaration of temporary exceptions is in force, which opens further alternatives.
    evidence : sequence of Message

    Returns
    -------
    Verdict
        All alternatives in `of`; without numbers an alternative is "undetermined".

    Raises
    ------
    BadInput
        There is no such id.

    References
    ----------
    .. [1] International Labour Organization (1952), Convention No. 102, Articles 9, 15, 21, 27, 33, 41, 48, 55 and 61.

    Examples
    --------
    >>> counts = Counts(employees=1000, employees_protected=480, residents=5000, active_protected=1100)
    >>> [one.verdict for one in persons_protected("C102.V", counts).of]
    ['fail', 'pass', 'undetermined', 'fail']
    """
    rule = find(persons(), name, "persons protected")
    return any_of([_alternative(rule, row, counts, declaration, evidence) for row in rule.rows], subject="persons")


def by_means_alone(name: str, found: Verdict) -> bool:
    """Whether the alternative of all residents below a limit of means is met, and none beside it.

    Parameters
    ----------
    name : str
        Id of persons protected.
    found : Verdict
        Of `persons_protected` for it.
    """
    rows = find(persons(), name, "persons protected").rows
    return {row.group for row, one in zip(rows, found.of, strict=True) if one.verdict == "pass"} == {"means_tested"}


def _alternative(
    rule: Persons, row: Alternative, counts: Counts, declaration: bool, evidence: Sequence[Message]
) -> Verdict:
    if row.declaration and not declaration:
        return unanswered(
            rule, "fail", article=row.article, subject="persons", alternative=row.article, note=(NO_DECLARATION,)
        )
    if row.group == "means_tested":
        return replace(_stated(rule, row, counts.means_tested, MEANS), evidence=tuple(evidence))
    if row.group in {"all_employees", "employed_women"}:
        needs = [_all(rule, row, counts, evidence)]
    else:
        needs = [_share(rule, row, counts, evidence)]
    if row.women:
        needs.append(_stated(rule, row, counts.women, WOMEN))
    if row.families:
        needs.append(_stated(rule, row, counts.families, FAMILY_RULES[row.families]))
    return needs[0] if len(needs) == 1 else all_of(needs)


def _share(rule: Persons, row: Alternative, counts: Counts, evidence: Sequence[Message]) -> Verdict:
    part = f"{row.of if row.group == 'employees' else row.group}_protected"
    value, shown, missing = _divided(getattr(counts, part), getattr(counts, row.of), part, row.of, row.share)
    return judge(
        rule,
        value,
        row.share,
        article=row.article,
        alternative=row.article,
        subject="persons",
        arithmetic=shown,
        evidence=evidence,
        note=missing,
    )


def _all(rule: Persons, row: Alternative, counts: Counts, evidence: Sequence[Message]) -> Verdict:
    women = row.group == "employed_women"
    whole = getattr(counts, row.of)
    if whole is not None and not women and row.exceptions is not None:
        whole = exact(whole) - exact(counts.employees_left_out)
    part = f"{row.of}_protected"
    value, shown, missing = _divided(getattr(counts, part), whole, part, row.of, Fraction(1))
    asked = WOMEN_EMPLOYED if women else message(ALL.text, article=row.exceptions_article or row.article)
    found = judge(
        rule,
        value,
        Fraction(1),
        article=row.article,
        alternative=row.article,
        subject="persons",
        arithmetic=shown,
        evidence=evidence,
        note=(asked, *missing),
    )
    least = Fraction(1) - row.exceptions if row.exceptions is not None else Fraction(0)
    if found.verdict == "fail" and value is not None and value >= least:
        return _reworded(found, "not_assessable")
    return found


def _divided(
    part: Number | None, whole: Number | None, part_name: str, whole_name: str, threshold: Fraction | None
) -> tuple[Fraction | None, str, tuple[Message, ...]]:
    names = [name for name, value in ((part_name, part), (whole_name, whole)) if value is None]
    if part is None or whole is None:
        return None, "", tuple(message(MISSING, names=message(COUNTS[name])) for name in names)
    above, below = exact(part), exact(whole)
    if below <= 0:
        raise OutOfBounds(f"{whole_name}: {plain(below)} persons are none that a share can be of.")
    value = above / below
    return value, quotient(over(above, below), value, threshold), ()


def _stated(rule: Persons, row: Alternative, answer: bool | None, needed: Message) -> Verdict:
    found = stated(rule, answer, needed, article=row.article, subject="persons", alternative=row.article)
    return _reworded(found, "undetermined") if answer is None else found


def _reworded(found: Verdict, word: Word) -> Verdict:
    return replace(found, verdict=word) if found.verdict != "not_verified" else found
