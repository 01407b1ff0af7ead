"""What a valuation cannot know and an assessment needs: wages, allowances, numbers, findings; from a TOML file."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

from actuarial.errors import BadInput
from actuarial.standards.declared import Declared
from actuarial.standards.financing import Resources
from actuarial.standards.means import Means
from actuarial.standards.numbers import Number
from actuarial.standards.parameters import instruments
from actuarial.standards.periods import declarable
from actuarial.standards.protected import Counts
from actuarial.standards.replacement import Allowances
from actuarial.toml_faults import syntax
from actuarial.translation import N_, Told, few, message_of, why

AGE = 40
"""Age of the standard beneficiary at invalidity and of the breadwinner at death, where nothing else is stated."""


AGES = (15, 75)
"""Ages at which somebody who still earns may become an invalid or die."""


@dataclass(frozen=True, kw_only=True)
class Wages:
    """Wages of reference workers in the year of the assessment, currency/year, normal hours.

    Attributes
    ----------
    fitter, unskilled : Number or None
        Of a fitter or turner and of an unskilled worker in the manufacture of machinery other than electrical.
    skilled_groups, unskilled_groups : mapping of division to mapping of major group to (males protected, wage)
        See `typical_skilled_wage`.
    classes : sequence of (earnings, persons)
        All persons protected by class of earnings, instead of the earnings of the basis.
    """

    fitter: Number | None = None
    unskilled: Number | None = None
    skilled_groups: Mapping[str, Mapping[str, tuple[Number, Number]]] = field(default_factory=dict)
    unskilled_groups: Mapping[str, Mapping[str, tuple[Number, Number]]] = field(default_factory=dict)
    classes: tuple[tuple[Number, Number], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Answers that are no figures; None where nobody gave one.

    Attributes
    ----------
    working_ability, statistics : bool or None
        The finding of C102, Article 26(2), and the statistics of C128, Article 15(2), for an age above 65.
    lower_for_arduous : bool or None
        A lower age for arduous or unhealthy occupations (C128, Article 15(3)).
    all_active, average_paid : bool or None
        All economically active persons are protected in principle, and a yearly average of contributions is prescribed.
    half_average : bool or None
        Half of this average is enough for a reduced benefit (C102, Articles 29(2)(b), 57(2)(b) and 63(2)(b)).
    transitional : bool or None
        Those too old to qualify when the scheme began are provided for (C102, Article 29(5)).
    no_hardship : bool or None
        Financing bears no hardship for persons of small means (C102, Article 71(1)); so does cost sharing (10(2)).
    represented : bool or None
        The insured take part in management or are consulted, where that is asked for (C102, Article 72(1)).
    reviewed : bool or None
        Pensions in payment were reviewed; None takes the rule of the law.
    """

    working_ability: bool | None = None
    statistics: bool | None = None
    lower_for_arduous: bool | None = None
    all_active: bool | None = None
    average_paid: bool | None = None
    half_average: bool | None = None
    transitional: bool | None = None
    no_hardship: bool | None = None
    represented: bool | None = None
    reviewed: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Care:
    """Medical care of the package.

    Attributes
    ----------
    items : mapping of item of the instrument to bool
        Items as `instruments.toml` words them, for each whether the package has it.
    pregnancy_services : tuple of str
        Services of the scheme that are care in pregnancy and at birth, for which nobody may pay.
    """

    items: Mapping[str, bool] = field(default_factory=dict)
    pregnancy_services: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a valuation cannot know.

    Attributes
    ----------
    group : str or None
        Group of insured whose law the standard beneficiary is under; by default the first one of employees.
    employee_groups : tuple of str or None
        Groups of the basis that are employees; by default those for which a line of employees or employers is due.
    residence : bool
        Qualifying periods of the law are years of residence.
    age_at_invalidity, age_at_death : int
        Of the standard beneficiary and of the breadwinner; C102 names none.
    wages : Wages
    allowances : Allowances
        Family allowances of the family of the standard beneficiary, currency/year; None where none are stated.
    persons : Counts
        Numbers that replace those of the basis or the result.
    findings : Findings
    care : Care
    means : Means
        Means test of the law, which a scheme cannot say.
    preclude_abuse : mapping of Part of C102 to Declared
        Whether the qualifying period of a Part is no longer than is considered necessary to preclude abuse, and why:
        Articles 11, 17, 23 and 51.
    declarations : frozenset of str
        Instruments whose declaration of temporary exceptions is in force.
    substantial : Number
        Change of earnings or prices from which on it is substantial (fraction).
    review_years : int
        Years over which the adjustment of pensions is compared with earnings and prices.
    branches : tuple of Resources
        Other branches of the country, pooled with those that are assessed.
    all_branches : bool
        Whether these and the schemes assessed are all branches of the country.
    studies, changes : tuple of date or None
        Actuarial studies, and changes of benefits, contributions or allocated taxes.

    Examples
    --------
    >>> Facts(wages=Wages(fitter=12_000)).allowances is None
    True
    """

    group: str | None = None
    employee_groups: tuple[str, ...] | None = None
    residence: bool = False
    age_at_invalidity: int = AGE
    age_at_death: int = AGE
    wages: Wages = field(default_factory=Wages)
    allowances: Allowances | None = None
    persons: Counts = field(default_factory=Counts)
    findings: Findings = field(default_factory=Findings)
    care: Care = field(default_factory=Care)
    means: Means = field(default_factory=Means)
    preclude_abuse: Mapping[str, Declared] = field(default_factory=dict)
    declarations: frozenset[str] = frozenset()
    substantial: Number = "0.10"
    review_years: int = 5
    branches: tuple[Resources, ...] = ()
    all_branches: bool = False
    studies: tuple[date, ...] | None = None
    changes: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        _check(self)


TABLES = {
    "wages": Wages,
    "allowances": Allowances,
    "persons": Counts,
    "findings": Findings,
    "care": Care,
    "means": Means,
}


def read_facts(path: str | Path) -> Facts:
    """Facts from a TOML file: the fields of `Facts`, with tables for `wages`, `persons` and so on.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Facts

    Raises
    ------
    BadInput
        The file is not there or no TOML, or it has a name that there is not or a value that cannot be meant.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        text = N_("{path}: is no TOML file: {error}.")
        raise BadInput(Told(text, path=path, error=why(error, Told("it is not UTF-8 text")))) from None
    except OSError as error:
        raise BadInput(
            Told(
                "{path}: the facts cannot be read: {error}.\n"
                "  Give the path of a TOML file with tables such as {tables}, or leave the facts out:\n"
                "  a verdict that lacks one says which.",
                path=path,
                error=why(error),
                tables=tuple(f"[{name}]" for name in TABLES),
            )
        ) from None
    try:
        return facts_of(tomllib.loads(text), str(path))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(syntax(path, text, error)) from None


def facts_of(raw: Mapping[str, Any], place: str = "facts") -> Facts:
    """Facts from tables as a TOML file holds them.

    Raises
    ------
    BadInput
        A name that there is not, a table that is none, or an answer, age or date that cannot be meant.
    """
    found = dict(_known(Facts, raw, place))
    for name, kind in TABLES.items():
        if name in found:
            found[name] = kind(**_known(kind, found[name], f"{place}, [{name}]"))
    if "preclude_abuse" in found:
        found["preclude_abuse"] = _declared(found["preclude_abuse"], f"{place}, [preclude_abuse]")
    if "branches" in found:
        found["branches"] = tuple(
            Resources(**_known(Resources, row, f"{place}, [[branches]]")) for row in found["branches"]
        )
    if "declarations" in found:
        found["declarations"] = frozenset(found["declarations"])
    try:
        return Facts(**found)
    except BadInput as error:
        raise BadInput(_inside(place, error)) from error


def _check(found: Facts) -> None:
    """Answers are true or false, days are dates, ages those of a working life, declarations those of instruments."""
    answers = {f"[findings], {one.name}": getattr(found.findings, one.name) for one in fields(Findings)}
    answers |= {f"[care.items], {item}": told for item, told in found.care.items.items()}
    answers |= {f"[means], {name}": getattr(found.means, name) for name in ("deducted", "substantial", "decency")}
    answers |= {"residence": found.residence, "all_branches": found.all_branches}
    for name, told in answers.items():
        if told is not None and not isinstance(told, bool):
            raise BadInput(Told("{name}: must be true or false (got {given!r}).", name=name, given=told))
    for name, days in (("studies", found.studies or ()), ("changes", found.changes)):
        if not isinstance(days, (tuple, list)) or any(type(day) is not date for day in days):
            text = N_("{name}: must be a list of dates such as [2024-06-30] (got {given!r}).")
            raise BadInput(Told(text, name=name, given=days))
    for name, age in (("age_at_invalidity", found.age_at_invalidity), ("age_at_death", found.age_at_death)):
        if type(age) is not int or not AGES[0] <= age <= AGES[1]:
            text = N_("{name}: must be a whole number from {first} to {last} (got {given!r}).")
            raise BadInput(Told(text, name=name, first=AGES[0], last=AGES[1], given=age))
    if type(found.review_years) is not int or found.review_years < 1:
        text = N_("review_years: must be a whole number of 1 or more (got {given!r}).")
        raise BadInput(Told(text, given=found.review_years))
    if wrong := [part for part in found.preclude_abuse if part not in declarable()]:
        text = N_("preclude_abuse: Part {names} has no such rule; there are {known}.")
        raise BadInput(Told(text, names=few(wrong), known=tuple(declarable())))
    if unknown := sorted(set(found.declarations) - set(instruments())):
        raise BadInput(_no_such("declarations", unknown, instruments()))


def _declared(raw: Any, place: str) -> dict[str, Declared]:
    """Declared facts by Part, each a table with an answer and its reason."""
    if not isinstance(raw, Mapping):
        raise BadInput(Told("{name}: must hold a table for each Part (got {given!r}).", name=place, given=raw))
    found = {}
    for part, row in raw.items():
        known = _known(Declared, row, f"{place}, {part}")
        try:
            found[part] = Declared(**known)
        except BadInput as error:
            raise BadInput(_inside(f"{place}, {part}", error)) from error
    return found


def _known(kind: type, raw: Any, place: str) -> dict[str, Any]:
    """Fields of a table, lists as tuples."""
    if not isinstance(raw, Mapping):
        raise BadInput(Told("{name}: must be a table (got {given!r}).", name=place, given=raw))
    names = [one.name for one in fields(kind)]
    if unknown := [name for name in raw if name not in names]:
        raise BadInput(_no_such(place, unknown, names))
    return {name: tuple(value) if isinstance(value, list) else value for name, value in raw.items()}


def _no_such(place: str, unknown: Sequence[str], known: Iterable[str]) -> Told:
    """That a table has names that there are not."""
    text = N_("{name}: there is no {unknown}; there are {known}.")
    return Told(text, name=place, unknown=few(unknown), known=tuple(known))


def _inside(place: str, error: BadInput) -> Told:
    """A refusal with the place around it."""
    return Told("{place}, {error}", place=place, error=message_of(error))
