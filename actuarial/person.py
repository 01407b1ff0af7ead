"""Whom the law looks at: a grid of labelled coordinates, or one person with a career."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.bands import ByService, years_between
from actuarial.check.variables import first_place
from actuarial.contract import amounts
from actuarial.dated import evaluate
from actuarial.earned import Account, Reference
from actuarial.errors import BadInput, BadScheme
from actuarial.fitting import own_limits
from actuarial.quick import axis, labelled
from actuarial.remembered import remembered
from actuarial.translation import N_, Told

STATUS = ("active", "inactive")
GROWING = ("wage_growth", "inflation", "interest_rate")
INDEX = {"wages": "wage_growth", "prices": "inflation"}


@dataclass(frozen=True)
class WorkYear:
    """A year of a career: months contributed, and earnings of twelve such months (currency/year)."""

    year: int
    months: float
    earnings: float


@dataclass(frozen=True, eq=False)
class Person:
    """Coordinates of a person or of a whole grid of them.

    Attributes
    ----------
    year : year of the event
    group, sex : words
    age : age reached on 31 December of the year
    service : years of credit at the event, over `service` (months) on a grid
    basis : Dataset or None
    scheme : Scheme or None
    status : "active" or "inactive", over `status` on a grid
    finance : result of the finances of the projection before, which rules that look back read; or None
    gains : function of "own" or "table" that answers q/(1 - q) by year, sex and age at the start, for accounts that
        inherit; or None
    family : whether one person, deceased or with a pension, has a spouse, and how many children below the age of the
        law; or None
    spouse_age : age of that spouse on 31 December, where a supplement asks for one; None: any age will do
    exact_age : age of one person at the event, years with their fractions; None where birthdays and starts are spread
        evenly over the year, as on a grid
    """

    year: Any
    group: Any
    sex: Any
    age: Any
    service: Any
    basis: xr.Dataset | None
    scheme: Any
    career: tuple[WorkYear, ...] = ()
    status: Any = "active"
    finance: Any = None
    gains: Any = None
    family: tuple[bool, int] | None = None
    spouse_age: int | None = None
    exact_age: float | None = None

    @property
    def starting_age(self) -> Any:
        """Age at the event, of several people its mean: that on 31 December."""
        return self.age if self.exact_age is None else self.exact_age

    @property
    def birth_year(self) -> Any:
        """Year less the age reached on its 31 December."""
        return self.year - self.age

    def at_years(self, years: Any) -> "Person":
        """The same grid for other years."""
        labels = np.asarray(years, dtype=np.int64)
        return replace(self, year=labelled(labels, ("year",), {"year": labels}))

    def in_year(self, year: int) -> "Person":
        """The same person, or people of the same years of birth, in another year of life."""
        exact = None if self.exact_age is None else self.exact_age + year - self.year
        return replace(self, year=year, age=year - self.birth_year, exact_age=exact)

    def index(self, name: str, year: Any = None) -> Any:
        """Level of wages ("wages") or prices ("prices"): 1 in the year before the first projected year.

        By year of the grid, or at other years. Years before the projection follow the past growth of the basis, or
        where it has none the first projected rate.
        """
        if name not in INDEX:
            raise BadInput(f"index: {name!r} is unknown; the indices are {', '.join(INDEX)}.")
        if self.basis is None:
            raise BadInput(f"an amount of the law follows {name}, but there is no basis; give basis=.")
        wanted = self.year if year is None else year
        asked = np.asarray(wanted, dtype=np.int64)
        path = _levels(self.basis, INDEX[name], int(asked.min()), int(asked.max()))
        if not isinstance(wanted, xr.DataArray) and not asked.ndim and not path.others:
            return float(path.values[int(asked) - path.years[0]])
        if isinstance(wanted, xr.DataArray) and wanted.dims == ("year",):
            return path.labelled(asked)
        if isinstance(wanted, xr.DataArray) and wanted.ndim:
            coords = {dim: wanted[dim] for dim in wanted.dims}
            return labelled(path.at(asked), (*wanted.dims, *path.others), coords | path.others)
        found = path.labelled(path.years).sel(year=wanted)
        return found if found.ndim else float(found)

    def average_wage(self) -> Any:
        """Average earnings of the opening active insured, carried by the growth of wages, currency/year.

        Where nobody is insured yet, of those who enter first, at the wages of the base year.
        """
        if self.basis is None:
            raise BadInput("an amount of the law is a share of the average wage, but there is no basis; give basis=.")
        return _opening_wage(self.basis) * self.index("wages")

    def base(self, base: Reference | Account | str) -> float:
        """Base of an amount for one person with a career, currency/year."""
        if base == "currency":
            return 1.0
        if base == "average_wage":
            return float(self.average_wage())
        if isinstance(base, Account):
            return self.account(base)
        return self.reference_earnings(Reference(years=1) if isinstance(base, str) else base)

    def reference_earnings(self, reference: Reference) -> float:
        """Reference earnings of one person with a career, currency/year.

        The mean of the last years of the career (or of the last contributed months), each within the floor and ceiling
        of its year and revalued to the year of the award. Years without earnings do not count.
        """
        if not self.career:
            raise BadInput("reference earnings of one person need a career; give earnings= and months=.")
        return float(reference.bounded(self._mean_earnings))

    def _mean_earnings(self, reference: Reference) -> float:
        """The same, whatever the means of other years."""
        last, left = max(row.year for row in self.career), 12.0 * reference.years
        counted: list[tuple[float, float]] = []
        for row in sorted(self.career, key=lambda row: -row.year):
            if reference.window == "calendar_years":
                weight = 1.0 if last - row.year < reference.last and row.months > 0 else 0.0
            else:
                weight = min(row.months, left)
                left -= weight
            if weight == 0.0:
                continue
            up = 1.0
            if reference.revaluation != "none":
                up = self._revalued(reference, row.year)
            earned = self.insurable(row) if reference.capped else row.earnings
            counted.append((earned * up, weight))
        if reference.best_of is not None:
            counted = sorted(counted, reverse=True)[: reference.years]
        weights = sum(weight for _, weight in counted)
        return sum(earned * weight for earned, weight in counted) / weights if weights else 0.0

    def _revalued(self, reference: Reference, year: int) -> float:
        """What earnings of a past year are multiplied by."""
        if reference.revalued_until is not None:
            return float(reference.index(self) / reference.index(self.in_year(year)))
        return float(self.index(reference.revaluation) / self.index(reference.revaluation, year))

    def account(self, account: Account) -> float:
        """Balance of an account of one person with a career on the day of the award, in mid-year of its year.

        Credits of a year before that of the award have the growth of the later years; see `Account` for the years in
        which they are credited and awarded. Of the balances of the dead a person has q/(1 - q) at each age.
        """
        balance, grown, credit = self._brought(account)
        old, new = (1.0, 0.0) if account.timing == "index" else (0.5, 0.25)
        return self._remaining(account, int(self.year)) * balance * grown**old + credit * grown**new

    def withdrawable(self, account: Account) -> float:
        """Balance of the start of the year, grown until its middle: what may be taken out in it."""
        balance, grown, _ = self._brought(account)
        return balance * grown ** (1.0 if account.timing == "index" else 0.5)

    def _brought(self, account: Account) -> tuple[float, float, float]:
        """Balance of the start of the year, growth of the year, and what is credited until the award."""
        balance, when = 0.0, int(self.year)
        rows = {row.year: row for row in self.career}
        years = range(min(rows, default=when), when + 1)
        for year, growth in zip(years, self._growth(account, years), strict=True):
            then = self.in_year(year)
            growth = growth if account.grows(then) else 1.0
            grown = growth * (1.0 + float(evaluate(account.gains, then)))
            credit = self._credited(account, rows[year]) if year in rows else 0.0
            if year == when:
                return balance, grown, credit
            new = 0.0 if account.timing == "index" else 0.5
            kept = self._remaining(account, year) * (1.0 + self._gain(account, year))
            balance = balance * grown * kept + credit * grown**new
            if year == max(rows):
                balance *= 1.0 - self._paid_on_exit(account, year)
        raise AssertionError(years)

    def _remaining(self, account: Account, year: int) -> float:
        """Part of the balance of the start of a year that is not taken out in service."""
        return 1.0 if account.withdrawn is None else 1.0 - float(account.withdrawn.evaluate(self.in_year(year)))

    def _paid_on_exit(self, account: Account, year: int) -> float:
        """Share of such persons who are paid the balance when they leave."""
        leaver, share = replace(self.in_year(year), status="active"), 0.0
        for benefit in self.scheme.benefits:
            if benefit.on == "exit" and benefit.lump_sum:
                bases = [amount.base for amount in amounts(benefit.award(leaver))]
                if any(isinstance(base, Account) and base.name == account.name for base in bases):
                    share += float(benefit.claim(leaver))
        return share

    def _growth(self, account: Account, years: range) -> list[float]:
        """Growth factors of balances by year."""
        if account.growth is None:
            return [1.0 for _ in years]
        if self.basis is None:
            raise BadInput(f"the account {account.name!r} grows by the basis, but there is none; give basis=.")
        return _growth_factors(account.name, account.growth, self.basis, self.finance, years.start, years.stop)

    def _gain(self, account: Account, year: int) -> float:
        """What the balance inherits of the dead of its age at the end of one year."""
        if account.inheritance == "none":
            return 0.0
        if self.gains is None:
            raise BadInput(f"the account {account.name!r} inherits from the dead; give basis= for their mortality.")
        gains = self.gains(account.inheritance)
        age = min(max(year - 1 - self.birth_year, 0), int(gains["age"][-1]))
        place = {"age": age, "sex": self.sex, "group": self.group}
        if "year" in gains.dims:
            place["year"] = min(max(year, int(gains["year"][0])), int(gains["year"][-1]))
        return float(gains.sel({dim: place[str(dim)] for dim in gains.dims}))

    def _credited(self, account: Account, row: WorkYear) -> float:
        """What one year of the career credits, without growth."""
        then = self.in_year(row.year)
        rate = self._rate(account, then, row)
        if account.credits == "months":
            return rate * row.months
        usual = then.scheme.insurable_earnings.limits(then) if account.capped else (0.0, np.inf)
        floor, ceiling, above = own_limits(account, then, usual)
        earned = float(min(max(row.earnings, floor), ceiling) - above) * row.months / 12.0
        return rate * earned / float(account.unit(then))

    def _rate(self, account: Account, then: "Person", row: WorkYear) -> float:
        """Rate of the months of a year of the career, by length of service their mean."""
        if not isinstance(account.rate, ByService):
            return float(evaluate(account.rate, then))
        start = math.fsum(one.months for one in self.career if one.year < row.year) / 12.0
        end, rate = start + row.months / 12.0, 0.0
        for above, below, own in account.spans if row.months > 0.0 else ():
            years = years_between(end, above, below) - years_between(start, above, below)
            rate += float(evaluate(own, then)) * float(years) * 12.0 / row.months
        return rate

    def insurable(self, row: WorkYear) -> float:
        """Earnings of a year of the career within the floor and ceiling of that year, currency/year."""
        floor, ceiling = self.scheme.insurable_earnings.limits(self.in_year(row.year))
        return float(min(max(row.earnings, floor), ceiling))

    def insurable_career(self) -> list[tuple[int, float]]:
        """Insurable earnings on which contributions were paid, by year of the career, currency."""
        return [(row.year, row.months / 12.0 * self.insurable(row)) for row in self.career]


@remembered
def _opening_wage(basis: xr.Dataset) -> Any:
    """Mean earnings of the `earners`, currency/year: the average wage of the base year."""
    people = earners(basis)
    return (basis["salary_0"] * people).sum() / people.sum()


def earners(basis: xr.Dataset) -> Any:
    """Persons by group, sex and age whose mean earnings are the average wage of the base year: the active insured.

    Where nobody is insured yet, whom coverage and entry profile bring in of the employed, in the first year with any.
    """
    people = basis["active_0"].sum("service")
    if float(people.sum()) > 0.0:
        return people
    names = ("population_0", "participation_rate", "unemployment_rate", "coverage", "entry_profile")
    check.require(basis, *names)
    population, share, unemployed, coverage, profile = (basis[name] for name in names)
    covered = coverage * (population * share * (1.0 - unemployed)).sum("age")
    some = (covered > 0.0).any([dim for dim in covered.dims if dim != "year"]).values
    covered, profile = (part.isel(year=int(np.argmax(some)), missing_dims="ignore") for part in (covered, profile))
    return covered * profile


def make_grid(
    basis: xr.Dataset,
    scheme: Any,
    *,
    service: xr.DataArray | None = None,
    years: Any = None,
    finance: xr.Dataset | None = None,
) -> Person:
    """Grid on which a law is evaluated.

    Parameters
    ----------
    basis : Dataset with the coordinates year, sex, age and, if groups are told apart, group
    scheme : Scheme, or None where no answer needs it
    service : DataArray or coordinate of months of credit; that of `active_0` where absent, else no credit at all
    years : other years than those of the basis
    finance : result of the finances of the projection before, for rules that look back at it

    Returns
    -------
    Person
        With labelled DataArrays; `service` is in years over the dim `service`, whose labels are months.

    Raises
    ------
    BadInput
        A basis without the coordinate year, sex or age.
    """

    def labels(dim: str, given: Any = None) -> xr.DataArray:
        if given is None and dim not in basis.coords:
            raise BadInput(
                f"the basis has no {dim}, but a rule of the law is asked for every year, sex and age.\n"
                "  Give a basis with the coordinates year, sex and age, such as that of a country."
            )
        if given is None:
            return axis(basis, dim)
        values = np.asarray(given)
        return labelled(values, (dim,), {dim: given if isinstance(given, xr.DataArray) else values})

    months = [0] if service is None and "service" not in basis.coords else service
    year = None if years is None else np.asarray(years, dtype=np.int64)
    return Person(
        year=labels("year", year),
        group=labels("group", None if "group" in basis.coords else ["all"]),
        sex=labels("sex"),
        age=labels("age"),
        service=labels("service", months) / 12.0,
        basis=basis,
        scheme=scheme,
        status=labels("status", np.asarray(STATUS)),
        finance=finance,
    )


def growth_path(basis: xr.Dataset, name: str, years: Any) -> xr.DataArray:
    """Yearly growth of wages or prices, or fertility (`wage_growth`, ..., `asfr`), in years up to the end of a basis.

    Before the first projected year the path is that of the basis (`wage_growth_past`); years before that, or all past
    years where it has none, take the earliest rate known. The attribute `backcast` is 1 where that was done, else 0.

    Parameters
    ----------
    basis : Dataset
    name : variable by year, 1/year
    years : sequence of int

    Raises
    ------
    BadInput
        A year after the last one of the basis.
    """
    asked = np.asarray(years, dtype=np.int64)
    known = _known_growth(basis, name, int(asked.max()))
    attributes = basis[name].attrs | {"backcast": int(asked.min() < known.years[0])}
    return known.labelled(asked).assign_attrs(attributes)


def account_growth(
    name: str, growth: Any, basis: xr.Dataset, finance: xr.Dataset | None, years: np.ndarray
) -> xr.DataArray:
    """Growth of the balances of an account by year, 1/year, from the rule of its growth and without inheritance.

    Years before the projection have the past growth of wages and prices as far as it is known (`growth_path`), and the
    law and the other assumptions of the first projected year; a rule may answer for them itself (`before_projection`).

    Raises
    ------
    BadScheme
        Growth of -100% a year or less.
    """
    first = int(basis["year"][0])
    parts = []
    for asked, known in ((years[years < first], None), (years[years >= first], finance)):
        if len(asked):
            past = asked[0] < first
            then = _earlier(basis, asked) if past else basis
            rule: Any = getattr(growth, "before_projection", None) if past else None
            if rule is not None:
                path = rule(basis, asked)
            else:
                path = xr.DataArray(0.0 if growth is None else growth(then, known))
            parts.append((path + xr.zeros_like(then["year"], dtype=float)).sel(year=asked))
    grown = xr.concat(parts, dim="year")
    bad = ~((grown > -1.0) & np.isfinite(grown))
    if bool(bad.any()):
        place, value = first_place(grown, bad.values)
        text = N_(
            "account {name}: its growth must be a number above -1 in every year; in {count} of {whole} it is not, the "
            "first: {place} -> {value:g}.\n  Look at the rule of its growth."
        )
        found = {"count": int(bad.sum()), "whole": bad.size, "place": place, "value": value}
        raise BadScheme(Told(text, name=name, **found))
    return grown


@remembered
def _growth_factors(
    name: str, growth: Any, basis: xr.Dataset, finance: xr.Dataset | None, start: int, stop: int
) -> list[float]:
    """Growth factors of the balances of an account in the years from start to before stop."""
    return (1.0 + account_growth(name, growth, basis, finance, np.arange(start, stop)).values).tolist()


def _earlier(basis: xr.Dataset, years: np.ndarray) -> xr.Dataset:
    """The basis of past years: growth as far as it is known, everything else as in the first projected year."""
    growth = {name: growth_path(basis, name, years) for name in GROWING if name in basis}
    first = basis.isel(year=np.zeros(len(years), dtype=int)).assign_coords(year=years)
    return first.assign(growth)


@dataclass(frozen=True)
class _Path:
    """Values by year, the first axis, and by other dims of a basis."""

    years: np.ndarray
    values: np.ndarray
    others: dict[Any, xr.DataArray]

    def at(self, years: np.ndarray) -> np.ndarray:
        """Values of years that may lie before the first one, which then is taken."""
        return self.values[np.searchsorted(self.years, years)]

    def labelled(self, years: np.ndarray) -> xr.DataArray:
        return labelled(self.at(years), ("year", *self.others), {"year": years} | self.others)


@remembered
def _known_growth(basis: xr.Dataset, name: str, last: int) -> _Path:
    """Years for which a basis has a growth rate, and the rates; BadInput where the last one asked for lies after them.

    Plain values are read, without the labelled arrays in between: the law asks for levels thousands of times.
    """
    if name not in basis.variables:
        check.require(basis, name)
    years, past = basis.variables["year"].values, f"{name}_past"
    if last > years[-1]:
        raise BadInput(
            f"{name}: the year {last} lies after the last year of the basis ({years[-1]}).\n"
            "  Shorten the period, or prolong the basis."
        )
    given = [basis.variables[one].dims for one in (name, past) if one in basis.variables]
    others = list(dict.fromkeys(dim for dims in given for dim in dims if dim not in ("year", "past_year")))
    values = _by_year(basis, name, "year", others)
    labels = {dim: basis[dim] for dim in others}
    if past not in basis.variables:
        return _Path(years, values, labels)
    before = basis.variables["past_year"].values
    order = np.argsort(before)
    order = order[before[order] < years[0]]
    check.check_past(before[order], int(years[0]))
    earlier = _by_year(basis, past, "past_year", others)[order]
    return _Path(np.concatenate([before[order], years]), np.concatenate([earlier, values]), labels)


def _by_year(basis: xr.Dataset, name: str, first: str, others: list[Any]) -> np.ndarray:
    """Values of a rate with the year in front; it may be the same along the year and along what others change with."""
    rate, dims = basis.variables[name], (first, *others)
    if rate.dims == dims:
        return rate.values
    sizes = {dim: basis.sizes[dim] for dim in dims}
    return rate.set_dims(sizes).transpose(*dims).values


def index_path(basis: xr.Dataset, name: str, first: int, last: int) -> xr.DataArray:
    """Cumulated growth by year, 1 in the year before the first projected one; from `first` to `last` at least."""
    path = _levels(basis, name, first, last)
    return path.labelled(path.years)


@remembered
def _levels(basis: xr.Dataset, name: str, first: int, last: int) -> _Path:
    """What `index_path` answers."""
    origin = int(basis.variables["year"].values[0]) - 1
    years = np.arange(min(first, origin), max(last, origin) + 1)
    if len(years) == 1:
        return _Path(years, np.ones(1), {})
    known = _known_growth(basis, name, int(years[-1]))
    growth = known.at(years[1:])
    level = np.concatenate([np.ones((1, *growth.shape[1:])), np.cumprod(1.0 + growth, axis=0)])
    return _Path(years, level / level[origin - years[0]], known.others)
