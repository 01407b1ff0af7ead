"""Reference wages: the skilled manual male employee and the ordinary adult male labourer, by every option."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Literal

from actuarial.errors import BadInput
from actuarial.standards.numbers import Number, exact, plain
from actuarial.standards.parameters import raw
from actuarial.standards.verdicts import Message, message
from actuarial.translation import N_

Groups = Mapping[str, Mapping[str, tuple[Number, Number]]]
"""Division of industry -> major group -> economically active males protected (or breadwinners) and wage."""

SKILLED = "skilled"
LABOURER = "labourer"


@dataclass(frozen=True)
class ReferenceWage:
    """A wage with which benefits are compared.

    Attributes
    ----------
    wage : Fraction, currency per period
    article : str
        Option of Article 65(6) or 66(4) of C102 that it comes from.
    worker : {"skilled", "labourer"}
        Whether it serves the earnings-related method (65) or the flat-rate method (66).
    arithmetic : str
    evidence : Message
    interpreted : bool
    """

    wage: Fraction
    article: str
    worker: Literal["skilled", "labourer"]
    arithmetic: str
    evidence: Message
    interpreted: bool = False


def fitter_wage(wage: Number) -> ReferenceWage:
    """Wage of a fitter or turner in the manufacture of machinery other than electrical, Article 65(6)(a).

    Parameters
    ----------
    wage : Number, currency per period
        For normal hours, with cost-of-living allowances (65(9)).
    """
    found = exact(wage, "wage of a fitter or turner")
    return ReferenceWage(
        found,
        "65(6)(a)",
        "skilled",
        plain(found),
        message(N_("Wage of a fitter or turner, machinery other than electrical: {wage}"), wage=found),
    )


def typical_skilled_wage(groups: Groups) -> ReferenceWage:
    """Wage of the typical skilled worker of the largest major group in the largest division, Article 65(6)(b) and (7).

    Parameters
    ----------
    groups : mapping of division to mapping of major group to (males protected, wage)

    Returns
    -------
    ReferenceWage

    Raises
    ------
    BadInput
        There is no division or a division without major groups.

    Examples
    --------
    >>> groups = {"manufacturing": {"textiles": (300, 900), "food": (200, 800)}, "mining": {"coal": (400, 1200)}}
    >>> typical_skilled_wage(groups).wage
    Fraction(900, 1)
    """
    division, group, wage = _largest(groups)
    evidence = message(
        N_("Wage of a skilled worker of {group}, the largest group of {division}, the largest division: {wage}"),
        group=group,
        division=division,
        wage=wage,
    )
    return ReferenceWage(wage, "65(6)(b)", "skilled", plain(wage), evidence)


def earnings_of_three_quarters(earnings: Sequence[Number], persons: Sequence[Number] | None = None) -> ReferenceWage:
    """Earnings that equal or exceed those of 75 per cent of all persons protected, Article 65(6)(c).

    The smallest earnings that at least 75 per cent of the persons do not exceed; how the quantile of a finite number of
    persons is read is an interpretation. The European Code does not have this option.

    Parameters
    ----------
    earnings : sequence of Number, currency per period
        Of each person protected, or of each class.
    persons : sequence of Number, optional
        Persons of each class; one each by default.

    Raises
    ------
    BadInput
        There is nobody, or the lengths differ.

    Examples
    --------
    >>> earnings_of_three_quarters([400, 500, 600, 700, 800, 900, 1200, 1600]).wage
    Fraction(900, 1)
    """
    pairs = sorted(_pairs(earnings, persons))
    share = Fraction(_option("c")["quantile"])
    needed = share * sum(count for _, count in pairs)
    reached = accumulate(count for _, count in pairs)
    wage = next(wage for (wage, _), so_far in zip(pairs, reached, strict=True) if so_far >= needed)
    text = N_("Earnings that equal or exceed those of 75 per cent of all persons protected ({persons}): {wage}")
    evidence = message(text, persons=sum((count for _, count in pairs), Fraction(0)), wage=wage)
    return ReferenceWage(wage, "65(6)(c)", "skilled", plain(wage), evidence, interpreted=True)


def earnings_above_average(earnings: Sequence[Number], persons: Sequence[Number] | None = None) -> ReferenceWage:
    """125 per cent of the average earnings of all persons protected, Article 65(6)(d).

    Parameters
    ----------
    earnings : sequence of Number, currency per period
        Of each person protected, or of each class; one number is the average itself.
    persons : sequence of Number, optional
        Persons of each class; one each by default.

    Raises
    ------
    BadInput
        There is nobody, or the lengths differ.

    Examples
    --------
    >>> earnings_above_average([800]).wage
    Fraction(1000, 1)
    """
    pairs = _pairs(earnings, persons)
    mean = sum((wage * count for wage, count in pairs), Fraction(0)) / sum(count for _, count in pairs)
    factor = Fraction(_option("d")["factor"])
    wage = factor * mean
    text = N_("125 per cent of the average earnings of all persons protected, {mean}: {wage}")
    evidence = message(text, mean=mean, wage=wage)
    return ReferenceWage(wage, "65(6)(d)", "skilled", f"{plain(factor)} x {plain(mean)} = {plain(wage)}", evidence)


def unskilled_machinery_wage(wage: Number) -> ReferenceWage:
    """Wage of a typical unskilled worker in the manufacture of machinery other than electrical, Article 66(4)(a)."""
    found = exact(wage, "wage of an unskilled worker")
    return ReferenceWage(
        found,
        "66(4)(a)",
        "labourer",
        plain(found),
        message(N_("Wage of an unskilled worker, machinery other than electrical: {wage}"), wage=found),
    )


def typical_unskilled_wage(groups: Groups) -> ReferenceWage:
    """Wage of the typical unskilled worker of the largest major group in the largest division, 66(4)(b) and (5).

    Parameters
    ----------
    groups : mapping of division to mapping of major group to (males protected, wage)
    """
    division, group, wage = _largest(groups)
    evidence = message(
        N_("Wage of an unskilled worker of {group}, the largest group of {division}, the largest division: {wage}"),
        group=group,
        division=division,
        wage=wage,
    )
    return ReferenceWage(wage, "66(4)(b)", "labourer", plain(wage), evidence)


def median_of_regions(wages: Mapping[str, Number], article: str) -> ReferenceWage:
    """Median of the wages of the regions where rates differ and benefits do not, Articles 65(9) and 66(7).

    Of an even number of regions it is half-way between the two in the middle, which is an interpretation.

    Parameters
    ----------
    wages : mapping of region to Number, currency per period
    article : {"65(9)", "66(7)"}

    Raises
    ------
    BadInput
        There is no region, or another article.
    """
    if article not in raw()["calculation"]["rules"]["regional_median"]:
        raise BadInput(f"median of regions: {article!r} does not name one; give '65(9)' or '66(7)'.")
    if not wages:
        raise BadInput("median of regions: there is no region; give the wage of each.")
    ordered = sorted(exact(wage, f"wage of {region}") for region, wage in wages.items())
    half = len(ordered) // 2
    even = len(ordered) % 2 == 0
    wage = (ordered[half - 1] + ordered[half]) / 2 if even else ordered[half]
    worker: Literal["skilled", "labourer"] = "skilled" if article.startswith("65") else "labourer"
    evidence = message(N_("Median of the wages of {regions} regions: {wage}"), regions=len(ordered), wage=wage)
    return ReferenceWage(wage, article, worker, plain(wage), evidence, interpreted=even)


def options(standard: str, wages: Sequence[ReferenceWage]) -> tuple[ReferenceWage, ...]:
    """Wages that an instrument offers: the European Code leaves Article 65(6)(c) out.

    The Member chooses one; a report names the one chosen and shows the others.
    """
    if not standard.startswith("European_Code"):
        return tuple(wages)
    missing = {row["article"] for row in raw()["calculation"]["skilled"] if row.get("in_european_code") is False}
    return tuple(one for one in wages if one.article not in missing)


def _option(letter: str) -> Mapping[str, str]:
    return next(row for row in raw()["calculation"]["skilled"] if row["option"] == letter)


def _pairs(earnings: Sequence[Number], persons: Sequence[Number] | None) -> list[tuple[Fraction, Fraction]]:
    counts = [1] * len(earnings) if persons is None else list(persons)
    if len(counts) != len(earnings):
        raise BadInput(f"reference wage: {len(earnings)} earnings and {len(counts)} numbers of persons; give as many.")
    pairs = [(exact(wage, "earnings"), exact(count, "persons")) for wage, count in zip(earnings, counts, strict=True)]
    if not sum(count for _, count in pairs):
        raise BadInput("reference wage: there is nobody; give the earnings of the persons protected.")
    return pairs


def _largest(groups: Groups) -> tuple[str, str, Fraction]:
    if not groups or not all(groups.values()):
        raise BadInput("reference wage: a division without major groups; give males protected and wage of each.")
    sizes = {name: sum(exact(males, "males") for males, _ in inside.values()) for name, inside in groups.items()}
    division = max(sizes, key=lambda name: sizes[name])
    inside = groups[division]
    group = max(inside, key=lambda name: exact(inside[name][0], "males"))
    return division, group, exact(inside[group][1], "wage")
