"""One life through the law: which benefits are due at an event, and their exact amounts."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.contract import EVENTS, Benefit, settled
from actuarial.demography.arguments import dataset, number, optional, takes, whole
from actuarial.demography.mortality import inheritance
from actuarial.errors import BadInput, BadScheme
from actuarial.person import Person, WorkYear
from actuarial.remembered import remembering
from actuarial.scheme import Scheme

SERVICE = "service"  # no event: what members take out of accounts while they are insured


@dataclass(frozen=True)
class Due:
    """A benefit that is due to one person (for survivors: to each survivor of the person).

    Attributes
    ----------
    benefit : name
    share : share of such persons who start it; less than 1 where the law or its use leaves a part out
    amount : twelve monthly payments, currency/year; for a lump sum the sum itself, currency
    payments : monthly payments in a year
    lump_sum : paid once
    """

    benefit: str
    share: float
    amount: float
    payments: float
    lump_sum: bool

    @property
    def per_month(self) -> float:
        """One monthly payment, currency."""
        self._only(not self.lump_sum, "per_month")
        return self.amount / 12.0

    @property
    def per_week(self) -> float:
        """A 52nd of twelve monthly payments, for a law that states weekly amounts, currency."""
        self._only(not self.lump_sum, "per_week")
        return self.amount / 52.0

    @property
    def per_year(self) -> float:
        """All payments of a year, a thirteenth one among them, currency/year."""
        self._only(not self.lump_sum, "per_year")
        return self.amount / 12.0 * self.payments

    @property
    def once(self) -> float:
        """A lump sum, currency."""
        self._only(self.lump_sum, "once")
        return self.amount

    def _only(self, meant: bool, word: str) -> None:
        if not meant:
            kind, other = ("a lump sum", "once") if self.lump_sum else ("a pension", "per_month or per_year")
            raise BadInput(f"{self.benefit} is {kind} and has no {word}; ask for {other}.")


@takes(
    born=whole, leaves=whole, months=number, year=optional(whole), age=optional(number), basis=optional(dataset)
)
def person_benefits(
    scheme: Scheme,
    *,
    event: str,
    sex: str,
    born: int,
    leaves: int,
    months: float,
    earnings: float | Mapping[int, float] | pd.Series,
    year: int | None = None,
    age: float | None = None,
    group: str = "all",
    basis: Any = None,
    family: tuple[bool, int] | None = None,
) -> dict[str, Due]:
    """Benefits that are due to one person at an event, by name.

    The career ends in December of the year `leaves` and goes back without a gap for the months contributed. Each
    benefit answers for this person as it does for a projected population, but with the career itself instead of a
    distribution of earnings: amount = clip(rate x base, floor, ceiling).

    Parameters
    ----------
    scheme : Scheme
    event : "retirement", "invalidity", "death" or "exit"; or "service" for what is taken out of accounts in a year
    sex : "male" or "female"
    born : year of birth; the age of the person is the one reached on 31 December of the year of the event. Without
        `age` benefits start when it is half a year less to half a year more: reductions and increases by age are the
        mean of these, that of the age itself where one rate for a year and parts of it holds all along; by whole or
        started months it is that of half a month less or more
    leaves : last year of the career
    months : months contributed, > 0
    earnings : currency/year of twelve contributed months: one number for all years, or one for each year of the career,
        a mapping or a pandas Series by year
    year : year of the event, where it is later than `leaves`
    age : exact age at the event, such as 62.5, which decides whether ages of the law are reached, about reductions and
        increases by age and about service projected to an age; other rules (family, divisors) go by `born`
    group : group of insured
    basis : Dataset, where the law follows wages or prices (`wage_growth`, `inflation`) or reads the average wage
    family : whether the person has, or leaves, a spouse, and the number of children below the age of the law: for what
        survivors have, with a family maximum, and for supplements; where absent, an average family of the basis

    Returns
    -------
    dict of Due
        In the order of the scheme; a benefit that is not due is not in it. Supplements are those of the person's own
        pensions, at their start.

    Raises
    ------
    BadInput
        An unknown event or sex, a career that cannot be, earnings that lack a year, or a basis that is needed.

    Examples
    --------
    due = person_benefits(scheme, event="retirement", sex="male", born=1975, leaves=2030, months=240, earnings=360_000)
    due["old_age"].per_month
    """
    when = leaves if year is None else year
    _check(event, sex, born, leaves, months, when)
    _check_group(group, basis)
    _check_family(event, family)
    years = career(leaves, months, earnings)
    life = one_life(scheme, sex=sex, born=born, year=when, career=years, group=group, basis=basis)
    life = replace(life, exact_age=_exact(age, when, born))
    life = life if family is None else replace(life, family=(bool(family[0]), int(family[1])))
    with remembering():
        due = due_at(event, life)
        if event != "death":
            due |= supplements(life, due)
    return {one.name: due[one.name] for one in scheme.benefits if one.name in due}


def _exact(age: float | None, year: int, born: int) -> float | None:
    """The exact age at an event of a year, where it is given: the last birthday may lie a year before or be still to
    come."""
    if age is not None and not year - born - 1 < age < year - born + 1:
        raise BadInput(
            f"age: who was born in {born} is more than {year - born - 1} and less than {year - born + 1} years old in "
            f"{year} (got {age:g}).\n  Correct it, the year of the event or that of birth."
        )
    return age


def one_life(
    scheme: Scheme,
    *,
    sex: str,
    born: int,
    year: int,
    career: tuple[WorkYear, ...],
    group: str = "all",
    basis: Any = None,
    finance: Any = None,
) -> Person:
    """A person with a career at an event of a year, active if it lasts until then.

    `finance` are finances for rules that look back at them.
    """
    last = max((row.year for row in career), default=year)
    return Person(
        year=year,
        group=group,
        sex=sex,
        age=year - born,
        service=math.fsum(row.months for row in career) / 12.0,
        basis=basis,
        scheme=scheme,
        career=career,
        status="active" if last == year else "inactive",
        finance=finance,
        gains=None if basis is None else partial(inheritance, basis),
    )


def due_at(event: str, person: Person) -> dict[str, Due]:
    """Benefits that are due to a person at an event, by name, in the order of the scheme."""
    if event == SERVICE:
        return taken_out(person)
    scheme, due = person.scheme, {}
    shares = {one.name: float(one.claim(person)) for one in scheme.benefits if one.on == event}
    for benefit, paid in zip(scheme.benefits, settled(scheme), strict=True):
        share = shares.get(benefit.name, 0.0)
        if benefit.together_with is not None:
            share *= shares.get(benefit.together_with, 0.0)
        if share > 0.0:
            amount = float(benefit.exact(person))
            due[benefit.name] = Due(benefit.name, share, amount, float(paid.payments), bool(benefit.lump_sum))
    return due


def taken_out(person: Person) -> dict[str, Due]:
    """What a person takes out of accounts in service in a year, by benefit."""
    due = {}
    for benefit in person.scheme.benefits:
        share = float(benefit.withdrawing(person))
        if benefit.withdraws and share > 0.0:
            balance = sum(person.withdrawable(person.scheme.account(name)) for name in benefit.withdraws)
            amount = float(benefit.withdrawn(person)) / share * balance
            due[benefit.name] = Due(benefit.name, share, amount, float(benefit.payments), True)
    return due


def retirement_package(person: Person) -> float:
    """All payments of a year of the pensions that one person draws together on retirement.

    Parameters
    ----------
    person : Person with a scheme and a career, see `one_life`

    Returns
    -------
    float
        currency/year; NaN where no pension is due. Lump sums have no part in it.

    Raises
    ------
    BadScheme
        The shares of those who start the benefits that exclude each other sum to more than 1.

    Notes
    -----
    P = sum over b of s_b (P_b + sum over c drawn together with b of s_c P_c + supplements) / sum over b of s_b, with
    s_b the share of such persons who start b and s_c that of those who start c among them: where several pensions
    start instead of each other, the mean of those who start one. Supplements are those of the pension of this person.
    """
    counted = []
    for weight, parts in packages(person):
        pensions = [(share, one, due) for share, one, due in parts if not one.lump_sum]
        if pensions:
            paid = sum(share * with_supplements(person, due) for share, _, due in pensions)
            counted.append((weight, paid))
    started = sum(weight for weight, _ in counted)
    return sum(weight * amount for weight, amount in counted) / started if counted else math.nan


def packages(person: Person) -> list[tuple[float, list[tuple[float, Benefit, Due]]]]:
    """What one person may start on retirement: the share of such persons who do, and of these the share who start each
    benefit of the package, lump sums among them.

    Raises
    ------
    BadScheme
        As `retirement_package`.
    """
    benefits, due = person.scheme.benefits, due_at("retirement", person)
    mains = [one for one in benefits if one.name in due and one.together_with is None]
    total = sum(due[one.name].share for one in mains)
    if total > 1.0 + 1e-9:
        raise BadScheme(
            "retirement claims: the shares of all benefits on retirement must not sum to more than 1; for a person "
            f"aged {person.age} in {person.year} ({person.sex}) they sum to {total:.4g}: "
            f"{', '.join(one.name for one in mains)}.\n  Make the conditions exclude each other, or say with which "
            "benefit one is drawn (together_with)."
        )
    found = []
    for main in mains:
        weight = due[main.name].share
        beside = [one for one in benefits if one.name in due and one.together_with == main.name]
        found.append((weight, [(due[one.name].share / weight, one, due[one.name]) for one in (main, *beside)]))
    return found


def with_supplements(person: Person, pension: Due) -> float:
    """All payments of a year of a pension and of what accompanies it."""
    extra = [one for one in person.scheme.benefits if pension.benefit in one.accompanies]
    paid = [_supplement(one, person, pension) / 12.0 * float(one.payments) for one in extra]
    return pension.per_year + sum(paid)


def _supplement(benefit: Benefit, person: Person, pension: Due) -> float:
    """What a benefit pays beside one pension, currency/year."""
    named = xr.DataArray(pension.amount, coords={"benefit": pension.benefit})
    return float(benefit.supplement(person, named))


def supplements(person: Person, due: Mapping[str, Due]) -> dict[str, Due]:
    """What accompanies the pensions that a person draws; of several the mean of those who draw one."""
    found = {}
    for benefit in person.scheme.benefits:
        pensions = [due[name] for name in benefit.accompanies if name in due]
        amounts = [one.share * _supplement(benefit, person, one) for one in pensions]
        if sum(amounts) > 0.0:
            share = max(one.share for one in pensions)
            found[benefit.name] = Due(benefit.name, share, sum(amounts) / share, float(benefit.payments), False)
    return found


def career(leaves: int, months: float, earnings: float | Mapping[int, float] | pd.Series) -> tuple[WorkYear, ...]:
    """Years of a career that ends in December of a year, the first of them perhaps in part.

    Raises
    ------
    BadInput
        Earnings by year that lack a year of the career, or that are negative or not a number.
    """
    years: list[tuple[int, float]] = []
    left = float(months)
    while left > 0.0:
        years.append((leaves - len(years), min(12.0, left)))
        left -= 12.0
    given = _by_year(earnings, [year for year, _ in years])
    lacking = [year for year, _ in years if year not in given]
    if lacking:
        raise BadInput(
            f"earnings: {len(lacking)} years of the career have none; the first: {min(lacking)}.\n"
            f"  Give earnings for each year from {years[-1][0]} to {leaves}, or one number for all."
        )
    words = [year for year, _ in years if not isinstance(given[year], (int, float, np.number))]
    if words:
        raise BadInput(
            f"earnings: {given[min(words)]!r} is no number. Give currency a year, such as 14_000 without quotes."
        )
    bad = [year for year, _ in years if not 0.0 <= given[year] < float("inf")]
    if bad:
        raise BadInput(f"earnings: must be >= 0 and finite; the first of {len(bad)} that are not: {given[min(bad)]}.")
    return tuple(WorkYear(year, part, float(given[year])) for year, part in reversed(years))


def _by_year(earnings: Any, years: list[int]) -> Mapping[int, Any]:
    """Earnings by year: as they are given, or one number for all years."""
    if isinstance(earnings, Mapping):
        return earnings
    return earnings.to_dict() if isinstance(earnings, pd.Series) else dict.fromkeys(years, earnings)


def _check_family(event: str, family: tuple[bool, int] | None) -> None:
    """BadInput for a family that cannot be, or one that no benefit of the event asks for."""
    if family is None:
        return
    if event == "exit":
        raise BadInput("family: no benefit on exit depends on it; leave it out.")
    several = isinstance(family, (tuple, list)) and len(family) == 2 and isinstance(family[0], (bool, np.bool_))
    if not several or isinstance(family[1], bool) or not isinstance(family[1], Integral) or family[1] < 0:
        raise BadInput(f"family: give whether there is a spouse, and the number of children (True, 2); got {family!r}.")


def _check_group(group: str, basis: Any) -> None:
    """BadInput where the basis has other groups; without a group the law alone decides."""
    known = [str(name) for name in basis["group"].values] if basis is not None and "group" in basis.coords else []
    if known and group not in (*known, "all"):
        raise BadInput(f"group: {group!r} is unknown; the groups of the basis are {', '.join(known)}.")


def _check(event: str, sex: str, born: int, leaves: int, months: float, when: int) -> None:
    if event not in (*EVENTS, SERVICE):
        raise BadInput(f"event: {event!r} is unknown; the events are {', '.join((*EVENTS, SERVICE))}.")
    if sex not in ("male", "female"):
        raise BadInput(f'sex: {sex!r} is unknown; write "male" or "female".')
    if not months > 0.0:
        raise BadInput(f"months: must be > 0 (got {months}).")
    if when < leaves:
        raise BadInput(f"year: the event ({when}) cannot lie before the last year of the career ({leaves}).")
    if leaves - (months - 1) // 12 <= born:
        raise BadInput(f"months: a career of {months} months up to {leaves} starts before the person is born ({born}).")
