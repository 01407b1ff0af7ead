"""Assessment: a scheme, a basis and a result against the standards, one verdict for each article."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, overload

import xarray as xr

from actuarial.errors import BadInput
from actuarial.health.scheme import HealthScheme
from actuarial.remembered import remembering
from actuarial.scheme import Scheme
from actuarial.standards.accepting import ratification
from actuarial.standards.beneficiary import Law, for_one_person
from actuarial.standards.care_parts import Cover, care_verdicts, cash_verdicts, health_parts
from actuarial.standards.counting import employee_groups, known_groups
from actuarial.standards.facts import Facts
from actuarial.standards.governing import financing_verdicts
from actuarial.standards.judging import unanswered
from actuarial.standards.parameters import PARTS, find, instruments, persons
from actuarial.standards.pension_parts import EVENTS, Asked, pension_verdicts
from actuarial.standards.reference import average_earnings, reference_wages
from actuarial.standards.verdicts import OPEN, Message, Verdict, all_of, leaves, message, with_notes
from actuarial.standards.wages import ReferenceWage
from actuarial.translation import N_, Told

if TYPE_CHECKING:
    from pandas import DataFrame

NO_BENEFIT = message(N_("The schemes assessed have no benefit of this Part; another institution may provide it."))
COMMON = message(
    N_("The Parts are enough; the common provisions of Part XIII must be met as well, and they are not yet.")
)
EVENT_OF = {"III": "sickness", "VIII": "birth"}


@dataclass(frozen=True, repr=False)
class Assessment:
    """Verdicts on the articles of the standards, in the order of the Parts of C102; it is read like a tuple of them.

    Attributes
    ----------
    name, currency : str
        Of the scheme, of both where there are two.
    year : int
        Year of the contingency and of the reference wages.
    verdicts : tuple of Verdict
    wages : tuple of ReferenceWage
        All reference wages that the inputs allow, currency/year.
    averages : tuple of Message
        Average earnings of the insured by group and sex.
    provided : tuple of str
        Parts of C102 of which the schemes have a benefit.
    all_branches : bool
        Whether the schemes are all branches of social security of the country, so that nobody serves the other Parts.
    """

    name: str
    currency: str
    year: int
    verdicts: tuple[Verdict, ...]
    wages: tuple[ReferenceWage, ...] = ()
    averages: tuple[Message, ...] = ()
    provided: tuple[str, ...] = field(default=())
    all_branches: bool = False

    def __len__(self) -> int:
        return len(self.verdicts)

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self.verdicts)

    @overload
    def __getitem__(self, place: int) -> Verdict: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Verdict, ...]: ...
    def __getitem__(self, place: int | slice) -> Verdict | tuple[Verdict, ...]:
        return self.verdicts[place]

    def of(self, standard: str, part: str = "", subject: str | None = None) -> tuple[Verdict, ...]:
        """Verdicts on an instrument, and on one Part or subject of it.

        Examples
        --------
        assessment.of("C102", "V", "level")[0].value
        """
        return tuple(
            one
            for one in self.verdicts
            if one.standard == standard and (not part or one.part == part) and subject in (None, one.subject)
        )

    def overall(self, standard: str, part: str = "") -> Verdict:
        """All articles of an instrument, or of one Part of it: each must meet its figure.

        Raises
        ------
        BadInput
            There is no verdict on it.
        """
        found = self.of(standard, part)
        if not found:
            raise BadInput(f"overall: there is no verdict on {standard} {part}".rstrip() + ".")
        return all_of(found, article=part, subject="other")

    def ratification(self) -> Verdict:
        """Parts of C102 all of whose figures are met, against the least of Article 2(a), and its common provisions.

        Where they are too few, the question stays open as long as Parts that data or findings may still decide, or that
        another institution may serve unless the schemes are all branches, would be enough together with them. Where
        they are enough, the common provisions must be met as well: Article 2(a)(ii) names Part XIII among them.
        """
        words = {part: self.overall("C102", part).verdict for part in PARTS}
        found = ratification([part for part, word in words.items() if word == "pass"])
        closed = "absent" if self.all_branches else ""
        unsettled = [word for word in OPEN if word != closed and word in words.values()]
        held = [part for part, word in words.items() if word == "pass" or word in unsettled]
        if found.verdict == "pass":
            return self._with_common_provisions(found)
        if ratification(held).verdict != "pass":
            return found
        return replace(found, verdict="undetermined" if unsettled[0] == "absent" else unsettled[0])

    def _with_common_provisions(self, found: Verdict) -> Verdict:
        """The count of Parts, which the common provisions may still undo or leave open."""
        common = [one for one in self.of("C102") if not one.part]
        word = all_of((found, *common)).verdict
        return found if word == "pass" else replace(with_notes(found, COMMON), verdict=word)

    def to_frame(self, *, language: str = "en", alternatives: bool = False) -> "DataFrame":
        """The verdicts as a table.

        Parameters
        ----------
        language : {"en", "fr", "es"}
            Of the words in it; numbers are numbers.
        alternatives : bool
            Whether the alternatives and requirements that were tried have a row each, below the verdict they make.

        Returns
        -------
        DataFrame
            With the columns standard, part, subject, article, alternative, value, threshold, unit, verdict, label,
            arithmetic, evidence, note and interpreted.
        """
        from actuarial.standards.shown import frame

        rows = [(one, False) for one in self.verdicts]
        if alternatives:
            rows = [row for one in self.verdicts for row in ((one, False), *((leaf, True) for leaf in _below(one)))]
        return frame(rows, language)

    def __repr__(self) -> str:
        from actuarial.standards.shown import outline
        from actuarial.translation import language

        return "\n".join(outline(self, language()))

    def _repr_html_(self) -> str:
        from actuarial.standards.shown import html
        from actuarial.translation import language

        return html(self, language())


@remembering()
def assess(
    scheme: Scheme | HealthScheme | None,
    basis: xr.Dataset,
    *,
    health: HealthScheme | None = None,
    result: xr.Dataset | None = None,
    health_result: xr.Dataset | None = None,
    year: int | None = None,
    facts: Facts | None = None,
) -> Assessment:
    """Assess schemes against C102 and the instruments after it, from their own formulas.

    Each benefit is that of a standard beneficiary with a career at a reference wage, sent through the law of the scheme
    for one person; numbers of persons and income are those of the basis or of a result.

    Parameters
    ----------
    scheme : Scheme, HealthScheme or None
        Pension scheme; a health scheme may stand alone.
    basis : Dataset
        Without scenarios. For wages, prices, earnings and numbers of the insured, the population.
    health : HealthScheme, optional
    result, health_result : Dataset, optional
        Of `project` and `project_health`, of the years of the basis or the first of them; pensions in payment are
        compared with earnings and prices up to their end. Without them numbers of persons are those of the valuation
        date, numbers of members are missing, and so is the income by payer.
    year : int, optional
        Year of the contingency within the basis; by default its first year.
    facts : Facts, optional
        What a valuation cannot know; see `read_facts`.

    Returns
    -------
    Assessment
        A verdict is "undetermined" where an input is missing, which its note names, and "absent" for a Part of which
        the schemes have no benefit.

    Raises
    ------
    BadInput
        No scheme, a year outside the basis, several scenarios, a group that the basis does not have, amounts of a
        scheme in another currency than those of the basis.

    Notes
    -----
    Old age: a man with a wife of pensionable age who retires at the pensionable age of the year. Invalidity: a man with
    a wife and two children. Survivors: a widow with two children. The career is one of twelve months a year without a
    gap up to the year, at a constant multiple of the average wage. All payments of a year, a thirteenth one among them,
    are compared with the wage of a year, gross with gross.

    References
    ----------
    .. [1] International Labour Organization (1952), Social Security (Minimum Standards) Convention, No. 102.
    .. [2] International Labour Organization, Conventions No. 121 (1964), No. 128 (1967), No. 130 (1969) and No. 183
       (2000).

    Examples
    --------
    found = assess(scheme, basis, facts=read_facts("facts.toml"))
    found.of("C102", "V", "level")[0].arithmetic
    """
    if isinstance(scheme, HealthScheme):
        scheme, health = None, scheme
    if scheme is None and health is None:
        raise BadInput("assess: there is no scheme; give a pension scheme, a health scheme or both.")
    for what, data in (("basis", basis), ("result", result), ("health_result", health_result)):
        if data is not None and "scenario" in data.dims:
            text = N_("assess: the {what} has several scenarios; select one with .sel(scenario=...).")
            raise BadInput(Told(text, what=what))
        if data is not None and year is not None and year not in data["year"].values:
            first, last = (int(data["year"][place]) for place in (0, -1))
            text = N_("year: {year} lies outside the {what}, {first} to {last}.")
            raise BadInput(Told(text, year=year, what=what, first=first, last=last))
    _check_currency(basis, scheme, health)
    when, known = _year(basis, year), facts or Facts()
    wages = reference_wages(basis, when, known, result)
    found: dict[str, tuple[Verdict, ...]] = {}
    if scheme is not None:
        asked = Asked(_law(scheme, basis, when, known, result), basis, known, wages, result)
        found |= {part: pension_verdicts(asked, part) for part in EVENTS if asked.law.covers(EVENTS[part])}
    if health is not None:
        cover = Cover(health, basis, when, known, wages, result, health_result)
        for part in health_parts(health):
            found[part] = cash_verdicts(cover, EVENT_OF[part]) if part in EVENT_OF else care_verdicts(cover)
    verdicts = [one for part in PARTS for one in found.get(part, (_absent(part),))]
    verdicts += financing_verdicts(scheme, health, basis, when, known, result, health_result)
    verdicts += _unread({one.standard for one in verdicts})
    laws = [one for one in (scheme, health) if one is not None]
    return Assessment(
        name=", ".join(one.name for one in laws),
        currency=laws[0].currency,
        year=when,
        verdicts=tuple(sorted(verdicts, key=_place)),
        wages=wages,
        averages=average_earnings(basis, when, result),
        provided=tuple(part for part in PARTS if part in found),
        all_branches=known.all_branches,
    )


def _law(scheme: Scheme, basis: xr.Dataset, year: int, facts: Facts, result: xr.Dataset | None) -> Law:
    groups = known_groups(basis)
    own = employee_groups(scheme, basis, facts)
    group = facts.group or (own or groups)[0]
    if group not in groups:
        text = N_("group: the basis has no {group!r}; the groups are {known}.")
        raise BadInput(Told(text, group=group, known=tuple(groups)))
    if result is not None:
        basis = basis.sel(year=result["year"].values)
    return Law(scheme, for_one_person(basis), year, group, facts.age_at_invalidity, facts.age_at_death, result)


def _year(basis: xr.Dataset, year: int | None) -> int:
    return int(basis["year"][0]) if year is None else int(year)


def _check_currency(basis: xr.Dataset, *laws: Scheme | HealthScheme | None) -> None:
    """Wages of the basis and amounts of the laws are compared, so that both are in one currency."""
    given = basis.attrs.get("currency")
    for one in laws:
        if one is not None and given is not None and one.currency != given:
            text = N_(
                "currency: the amounts of {name} are in {own}, those of the basis in {given}.\n"
                "  Convert one of them, or correct its currency."
            )
            raise BadInput(Told(text, name=one.name, own=one.currency, given=given))


def _absent(part: str) -> Verdict:
    rule = find(persons(), f"C102.{part}", "Part")
    return unanswered(rule, "absent", article=rule.contingency, subject="contingency", note=(NO_BENEFIT,))


def _unread(standards: set[str]) -> list[Verdict]:
    """Instruments whose text was not read and of which nothing is compared."""
    rows = [one for name, one in instruments().items() if not one.seen and name not in standards]
    return [unanswered(one, "not_verified", article=one.article, subject="instrument") for one in rows]


def _place(one: Verdict) -> tuple[int, int]:
    """Place of a verdict: the instrument, then its Part; C102 first, common provisions last."""
    standards, parts = list(instruments()), list(PARTS)
    return standards.index(one.standard), parts.index(one.part) if one.part else len(parts)


def _below(verdict: Verdict) -> tuple[Verdict, ...]:
    return leaves(verdict) if verdict.of else ()
