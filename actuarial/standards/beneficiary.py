"""Standard beneficiaries: careers at a reference wage, sent through the law of the scheme itself."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any

import xarray as xr

from actuarial.cases import Due, career, due_at, one_life, retirement_package, supplements
from actuarial.pension.conditions import applicable
from actuarial.pension.grants import FuneralGrant
from actuarial.person import Person, earners
from actuarial.scheme import Scheme
from actuarial.standards.of_residents import after_residence, by_residence

YOUNGEST, OLDEST, LONGEST = 15, 100, 40
CHILDREN = 2
FAMILY, ALONE, ORPHANS = (True, CHILDREN), (True, 0), (False, CHILDREN)
WHOLE = 1.0 - 1e-9


@dataclass(frozen=True)
class Paid:
    """What the law pays to a standard beneficiary.

    Attributes
    ----------
    amount : float
        All payments of a year, currency/year; 0 where no periodical payment is due.
    age : int or None
        Age on 31 December of the year; None where nobody of any age has the right.
    lump_sum : bool
        Whether a sum is due, paid once, and no pension.
    spouse, child : float
        Of survivors the pension of the spouse and of each child, currency/year.
    """

    amount: float
    age: int | None
    lump_sum: bool = False
    spouse: float = 0.0
    child: float = 0.0


@dataclass(frozen=True, eq=False)
class _Insured(Person):
    """A person who knows the average wage of the opening insured, so that it is added up once for all years."""

    mean: float = math.nan

    def average_wage(self) -> Any:
        return self.mean * self.index("wages")


@dataclass(frozen=True, eq=False)
class Law:
    """A pension scheme in a year, asked for standard beneficiaries of a group.

    Attributes
    ----------
    scheme : Scheme
    basis : Dataset
        For wages, prices, and the average wage.
    year : int
        Year of the contingency.
    group : str
    age_at_invalidity, age_at_death : int
    finance : Dataset or None
        Result for rules that look back at the finances.
    """

    scheme: Scheme
    basis: xr.Dataset
    year: int
    group: str
    age_at_invalidity: int = 40
    age_at_death: int = 40
    finance: xr.Dataset | None = None
    known: dict[Any, Any] = field(default_factory=dict, repr=False)

    def old_age(self, years: int, wage: float) -> Paid:
        """Pensions of a man with a wife of pensionable age who retires at the pensionable age, after a career."""
        return self._once(("old_age", years, wage), lambda: self._of_resident(years)._old_age(years, wage))

    def invalidity(self, years: int, wage: float) -> Paid:
        """Pensions of a man with two children and a wife, younger by the gap of the basis, who becomes an invalid."""
        return self._once(("invalidity", years, wage), lambda: self._invalidity(years, wage))

    def survivors(self, years: int, wage: float) -> Paid:
        """Pensions of a widow with two children, all of them together."""
        return self._once(("survivors", years, wage), lambda: self._survivors(years, wage))

    def age(self, years: int, sex: str = "male") -> int | None:
        """Least age on 31 December at which all of that age have passed the pensionable one, with a right.

        None where nobody has it at any age.
        """
        return self._once(("age", years, sex), lambda: self._of_resident(years)._age(years, sex))

    def pensionable_age(self, years: int, sex: str = "male") -> float | None:
        """Exact pensionable age after a career, years."""
        age = self.age(years, sex)
        if age is None:
            return None
        law = self._of_resident(years)
        person = law.life(years, 1.0, age, sex)
        ruled = [one for one in law._retiring() if hasattr(one, "rules")]
        exact = [applicable(one.rules, person, lambda limit: limit) for one in ruled]
        fits = [float(limit) for limit in exact if age - 1 < float(limit) <= age]
        return max(fits, default=float(age))

    def least_years(self, event: str) -> int | None:
        """Least years of service with which a pension is due; of survivors to the spouse and to the children.

        Years of residence where the law asks for these, see `by_residence`.

        Found by halving, as longer service takes no right away; None where forty years are not enough, or the longest
        career up to the age of the standard beneficiary.
        """
        return self._once(("least", event), lambda: self._least_years(event))

    def by_residence(self, event: str) -> bool:
        """Whether the pensions at an event are due after years of residence, and none after years of service."""
        return event == "retirement" and by_residence(self._retiring())

    def life(self, years: int, wage: float, age: int, sex: str = "male") -> Person:
        """A person whose career ends in the year, with the wage then and in the past the same share of the average."""
        told = self.known.get("index")
        if told is None:
            told = self.known["index"] = _index(self)
        earned = {year: wage * told(year) for year in range(self.year - years + 1, self.year + 1)}
        person = one_life(
            self.scheme,
            sex=sex,
            born=self.year - age,
            year=self.year,
            career=career(self.year, 12.0 * years, earned),
            group=self.group,
            basis=self.basis,
            finance=self.finance,
        )
        if not {"active_0", "salary_0"} <= set(self.basis):
            return person
        mean = self._once("mean", lambda: float(person.average_wage()) / float(person.index("wages")))
        return _Insured(**{one.name: getattr(person, one.name) for one in fields(Person)}, mean=mean)

    def covers(self, event: str) -> bool:
        """Whether the scheme has a benefit at an event other than a grant for the funeral."""
        return any(one.on == event and not isinstance(one, FuneralGrant) for one in self.scheme.benefits)

    def pensions(self, event: str) -> tuple[Any, ...]:
        """Pensions that start at an event."""
        return tuple(one for one in self.scheme.benefits if one.on == event and not one.lump_sum)

    def limits(self) -> tuple[float, float]:
        """Floor and ceiling of insurable earnings of the year, currency/year."""
        person = self.life(1, 1.0, self.age_at_death)
        floor, ceiling = self.scheme.insurable_earnings.limits(person)
        return float(floor), float(ceiling)

    def _of_resident(self, years: int) -> "Law":
        """The law for a person with so many years of residence, who worked in all of them; itself where none counts."""
        if not self.by_residence("retirement"):
            return self
        asked = Person(self.year, self.group, "male", OLDEST, 0.0, self.basis, self.scheme)
        made = lambda: replace(self, scheme=after_residence(self.scheme, years, asked), known={})  # noqa: E731
        law: Law = self._once(("resident", years), made)
        return law

    def _once(self, key: Any, made: Any) -> Any:
        if key not in self.known:
            self.known[key] = made()
        return self.known[key]

    def _old_age(self, years: int, wage: float) -> Paid:
        age = self.age(years)
        if age is None:
            return Paid(0.0, None, lump_sum=self._only_sums("retirement", years, wage, 70))
        wife = self.age(years, "female")
        person = replace(self.life(years, wage, age), family=ALONE, spouse_age=wife)
        paid = retirement_package(person)
        if math.isnan(paid):
            return Paid(0.0, age, lump_sum=self._only_sums("retirement", years, wage, age))
        return Paid(paid, age)

    def _invalidity(self, years: int, wage: float) -> Paid:
        age = max(self.age_at_invalidity, YOUNGEST + years - 1)
        wife = age - round(float(self.basis["spouse_age_gap"])) if "spouse_age_gap" in self.basis else age
        person = replace(self.life(years, wage, age), family=FAMILY, spouse_age=wife)
        due = due_at("invalidity", person)
        found = list((due | supplements(person, due)).values())
        pensions = [one for one in found if not one.lump_sum]
        share = min(1.0, sum(one.share for one in pensions if one.benefit in due))
        paid = sum(one.share * one.per_year for one in pensions) / share if pensions else 0.0
        return Paid(paid, age, lump_sum=bool(found) and not pensions)

    def _survivors(self, years: int, wage: float) -> Paid:
        age = max(self.age_at_death, YOUNGEST + years - 1)
        person = self.life(years, wage, age)
        due = due_at("death", replace(person, family=FAMILY))
        alone, orphans = (due_at("death", replace(person, family=family)) for family in (ALONE, ORPHANS))
        pensions = {name: one for name, one in due.items() if not one.lump_sum}
        each = {name for name in pensions if name in orphans and name not in alone}
        child = sum(one.per_year for name, one in pensions.items() if name in each)
        spouse = sum(one.per_year for name, one in pensions.items() if name not in each)
        return Paid(spouse + CHILDREN * child, age, bool(self._sums(due)) and not pensions, spouse, child)

    def _sums(self, due: dict[str, Due]) -> list[str]:
        """Sums that are due, other than for the funeral."""
        return [
            one.benefit
            for one in due.values()
            if one.lump_sum and not isinstance(self.scheme.benefit(one.benefit), FuneralGrant)
        ]

    def _only_sums(self, event: str, years: int, wage: float, age: int) -> bool:
        return bool(self._sums(due_at(event, self.life(years, wage, age))))

    def _retiring(self) -> Iterator[Any]:
        """Benefits on retirement with which a pension starts: itself, or what is drawn together with it."""
        with_pension = {one.together_with for one in self.pensions("retirement")}
        for one in self.scheme.benefits:
            if one.on == "retirement" and one.together_with is None and (not one.lump_sum or one.name in with_pension):
                yield one

    def _age(self, years: int, sex: str) -> int | None:
        person = self.life(years, 1.0, YOUNGEST + years, sex)
        for age in range(max(YOUNGEST + years - 1, 40), OLDEST + 1):
            then = replace(person, age=age)
            for one in self._retiring():
                told = getattr(one, "reached", None)
                if (told is None or float(told(then)) >= WHOLE) and float(one.claim(then)) > 0.0:
                    return age
        return None

    def _least_years(self, event: str) -> int | None:
        if not self.pensions(event):
            return None
        low, high = 0, self._longest(event)
        if not self._entitled(event, high):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._entitled(event, middle) else (middle, high)
        return high

    def _entitled(self, event: str, years: int) -> bool:
        """Whether a pension is due after so many years."""
        if event == "retirement":
            return self._right(years)
        if event == "invalidity":
            return self.invalidity(years, 1.0).amount > 0.0
        paid = self.survivors(years, 1.0)
        return paid.spouse > 0.0 and (paid.child > 0.0 or not self._for_children())

    def _right(self, years: int) -> bool:
        age = self.age(years)
        return age is not None and self.old_age(years, 1.0).amount > 0.0

    def _longest(self, event: str) -> int:
        """Years of the longest career up to an event."""
        age = {"invalidity": self.age_at_invalidity, "death": self.age_at_death}.get(event)
        return LONGEST if age is None else max(1, min(LONGEST, age - YOUNGEST + 1))

    def _for_children(self) -> bool:
        """Whether the scheme has a pension of its own for children."""
        return self.survivors(self._longest("death"), 1.0).child > 0.0


def for_one_person(basis: xr.Dataset) -> xr.Dataset:
    """A basis with one average of the earnings of the insured, which is all that a single person asks of them."""
    slim = basis.drop_dims("service", errors="ignore")
    if "active_0" not in basis or "salary_0" not in basis:
        return slim
    people = earners(basis)
    total = people.sum()
    mean = (basis["salary_0"] * people).sum() / total
    return slim.assign(active_0=total.expand_dims(service=[0]), salary_0=mean)


def _index(law: Law) -> Any:
    """Wages of a year over those of the year of the contingency."""
    asked = Person(law.year, law.group, "male", 40, 0.0, law.basis, law.scheme)
    now = float(asked.index("wages"))
    known: dict[int, float] = {}

    def told(year: int) -> float:
        if year not in known:
            known[year] = float(asked.index("wages", year)) / now
        return known[year]

    return told
