"""Rates of return of standard careers: what persons pay into a scheme, and the pensions that they may expect of it."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple, get_args

import numpy as np
import xarray as xr

from actuarial.benefits.staying import known
from actuarial.bridge import align
from actuarial.cases import packages, with_supplements
from actuarial.contract import Benefit
from actuarial.dated import evaluate
from actuarial.errors import BadInput
from actuarial.fitting import own_limits
from actuarial.person import Person, WorkYear, growth_path, make_grid
from actuarial.scheme import Contribution, Payer, Scheme
from actuarial.studies.cohorts import check_cohorts, years_of
from actuarial.studies.kinds import pensions_only
from actuarial.studies.replacement import (
    LEAST_AGE,
    Careers,
    Law,
    checked_careers,
    each_scenario,
    labels_of,
    years_and_ages,
)
from actuarial.translation import N_, Told
from actuarial.valuation.internal_return import rates_of
from actuarial.vocabulary import SEXES, annotate

PLACE = ("year", "sex", "age")
LONGEST = 120  # years for which a pension is followed
MID_YEAR = 0.5


def career_returns(
    basis: xr.Dataset,
    scheme: Scheme,
    careers: Careers | None = None,
    *,
    payers: Sequence[str] = ("employee", "employer", "self_employed"),
    born: Sequence[int] | None = None,
    finance: xr.Dataset | None = None,
) -> xr.Dataset:
    """Rate of return of contributions by the pensions expected, by career, earnings, sex and year of retirement.

    Parameters
    ----------
    basis : Dataset
        As for `replacement_rates`, with mortality and prices.
    scheme : Scheme
    careers : Careers, optional
    payers : sequence of str
        Payers of the contribution lines that count; ("employee",) for what members pay themselves.
    born : sequence of int, optional
        Years of birth; careers then end where these retire, and the dim is `cohort` instead of `year_of_retirement`.
    finance : Dataset, optional
        Result of `project`, for rules that look back at the finances.

    Returns
    -------
    Dataset by (scenario,) career, earnings_level, sex, year_of_retirement or cohort
        `career_return` and, in constant prices, `career_real_return` (1/year); NaN where no pension is due, or where
        the career would have had to start before the age of 15.

    Raises
    ------
    BadInput
        What `replacement_rates` and `cohort_replacement_rates` refuse; payers that are none; no contribution line of
        theirs on insurable earnings, or none of them due in a career.
    BadScheme
        Pensions adjusted by bands of their amount, whose later amounts depend on the pension.

    Notes
    -----
    The rate i of the equation of value, for a career of n years that ends in December of the year R at the age x::

        sum_{t=R-n+1}^{R} c_t W_t (1+i)^-(t+1/2) = S (1+i)^-(R+1) + sum_{t>R} P_t l_t (1+i)^-(t+1/2)

    c_t are the rates of the lines on insurable earnings W_t within their limits, S lump sums on retirement, P_t all
    payments of the pensions of `retirement_package` with the adjustments since, l_t the probability of drawing a
    pension until t of who drew it on 31 December of R. Of a year of payments half is due to who dies in it. Supplements
    are those of the start and rise with their pension. Contributions are those of who lives to retire; survivors'
    pensions and invalidity are not counted, so that the return on all that is paid for is higher.

    After the last year of the basis mortality, prices and adjustments are those of that year.

    References
    ----------
    .. [1] World Bank (2010), PROST: Pension reform options simulation toolkit (internal rates of return of individuals
       by cohort, sex and earnings).

    Examples
    --------
    career_returns(basis, scheme, Careers(years=(40,)), born=range(1965, 2000, 5)).career_real_return
    """
    pensions_only("career_returns", scheme)
    if born is not None:
        check_cohorts(born, careers)
    wanted, lines = checked_careers(careers or Careers(), basis, scheme), lines_of(scheme, payers)
    found = each_scenario(Law(basis, scheme, wanted, finance), partial(_of_law, lines=lines, born=born))
    return annotate(found).assign_attrs(scheme=scheme.name, group=wanted.group)


def lines_of(scheme: Scheme, payers: Sequence[str]) -> list[Contribution]:
    """Contribution lines of some payers on insurable earnings."""
    several = isinstance(payers, Iterable) and not isinstance(payers, str)
    if not several or not payers or not set(payers) <= set(get_args(Payer)):
        text = N_("career_returns: payers must be some of {known}, as a list (got {payers!r}).")
        raise BadInput(Told(text, known=get_args(Payer), payers=payers))
    on_earnings = [line for line in scheme.contributions if line.base == "insurable_earnings"]
    lines = [line for line in on_earnings if line.payer in payers]
    if not lines:
        text = N_(
            "career_returns: no line of {payers} is due on insurable earnings; these payers have one: {known}.\n"
            "  Give others of them as payers."
        )
        there = tuple(dict.fromkeys(line.payer for line in on_earnings)) or "-"
        raise BadInput(Told(text, payers=tuple(payers), known=there))
    on_credits = [line for line in scheme.contributions if line.base == "account_credits"]
    others = tuple(line.name for line in on_credits if line.payer in payers)
    if others:
        text = N_(
            "career_returns: {names} is due on what is credited to accounts, which careers are not asked for.\n"
            "  Give payers who pay on insurable earnings alone."
        )
        raise BadInput(Told(text, names=others))
    return lines


class Path(NamedTuple):
    """What pensions of a benefit do by year of the basis: adjustment (year,), who is paid on (year, sex, age)."""

    growth: np.ndarray
    stays: np.ndarray


class Ahead:
    """What a law pays in the years after retirement, and prices."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self.first = int(law.basis["year"][0])
        self.paths: dict[str, Path] = {}
        self.known: dict[tuple[str, str, int, int], np.ndarray] = {}

    def path(self, benefit: Benefit) -> Path:
        """Adjustments and continuance of a benefit."""
        if benefit.name not in self.paths:
            basis, labels = self.law.basis, {dim: self.law.basis[dim] for dim in PLACE}
            growth = align(benefit.indexation(basis, known(benefit, self.law.finance)), PLACE[:1], labels)
            self.paths[benefit.name] = Path(growth, align(benefit.continuance(basis), PLACE, labels))
        return self.paths[benefit.name]

    def expected(self, benefit: Benefit, person: Person) -> np.ndarray:
        """Mean payments in the years after that of the award, over the payments of a year at the award."""
        place = (benefit.name, person.sex, person.year, person.age)
        if place not in self.known:
            self.known[place] = self._followed(benefit, person)
        return self.known[place]

    def _followed(self, benefit: Benefit, person: Person) -> np.ndarray:
        growth, stays = self.path(benefit)
        sex, last, late = SEXES.index(person.sex), stays.shape[-1] - 1, benefit.indexation_time
        alive, level, paid = 1.0, 1.0, np.zeros(LONGEST)
        for k in range(LONGEST):
            t = min(person.year + 1 + k - self.first, len(growth) - 1)
            before, level = level, level * (1.0 + growth[t])
            ends = alive * stays[t, sex, min(person.age + k, last)]
            paid[k] = (late * before + (1.0 - late) * level) * (alive + ends) / 2.0
            alive = ends
        return paid

    def prices(self, times: np.ndarray) -> np.ndarray:
        """Level of prices at times in years, 1 at the start of the first projected year."""
        start, end = int(np.floor(times.min())), int(np.ceil(times.max()))
        known = np.arange(start, min(end, int(self.law.basis["year"][-1])) + 1)
        growth = growth_path(self.law.basis, "inflation", known).values
        growth = np.concatenate([growth, np.full(end + 1 - start - len(growth), growth[-1])])
        level = np.concatenate([[0.0], np.cumsum(np.log1p(growth))])
        return np.exp(np.interp(times, np.arange(start, start + len(level)), level))


def _of_law(law: Law, lines: list[Contribution], born: Sequence[int] | None) -> xr.Dataset:
    careers, ahead = law.careers, Ahead(law)
    if born is None:
        column, (when, ages) = "year_of_retirement", years_and_ages(law)
        labels: list[int] = [int(year) for year in when[0]]
    else:
        column, when, labels = "cohort", years_of(law, born), [int(year) for year in born]
        ages = when - np.asarray(labels)
    first = min(int(when.min()) - max(careers.years) + 1, ahead.first)
    wage = make_grid(law.basis, law.scheme, years=np.arange(first, int(when.max()) + 1)).average_wage().to_series()
    shape = (len(careers.years), len(careers.earnings), *when.shape)
    rates = np.full((2, *shape), np.nan)
    for place in np.ndindex(shape):
        years, level, age = careers.years[place[0]], careers.earnings[place[1]], int(ages[place[2:]])
        year = int(when[place[2:]])
        if age - years + 1 >= LEAST_AGE:
            earned = {int(k): float(level * wage[k]) for k in range(year - int(years) + 1, year + 1)}
            rates[(slice(None), *place)] = _returns(law.life(SEXES[place[2]], year, age, earned), lines, ahead)
    dims = ("career", "earnings_level", "sex", column)
    found = {"career_return": (dims, rates[0]), "career_real_return": (dims, rates[1])}
    return xr.Dataset(found, labels_of(careers) | {column: labels})


def _returns(person: Person, lines: list[Contribution], ahead: Ahead) -> tuple[float, float]:
    """Rate of return of one person, and in constant prices; NaN where no pension is due."""
    once, paid = received(person, ahead)
    if not paid.any():
        return np.nan, np.nan
    contributed = {row.year: _contributed(person, row, lines) for row in person.career}
    if not any(contributed.values()):
        text = N_(
            "career_returns: no contribution is due in the career of group {group} that ends in {year}.\n"
            "  Take another group or other payers."
        )
        raise BadInput(Told(text, year=person.year, group=person.group))
    when = np.concatenate([
        np.array(list(contributed)) + MID_YEAR, [person.year + 1.0], person.year + 1.0 + np.arange(LONGEST) + MID_YEAR
    ])  # fmt: skip
    balance = np.concatenate([-np.array(list(contributed.values())), [once], paid])
    nominal, real = rates_of(np.stack([balance, balance / ahead.prices(when)]), when)
    return float(nominal), float(real)


def received(person: Person, ahead: Ahead) -> tuple[float, np.ndarray]:
    """Lump sums on retirement (currency) and pensions expected by year after it (currency/year), of those who start
    one package or another the mean."""
    found = packages(person)
    whole, once, paid = sum(weight for weight, _ in found), 0.0, np.zeros(LONGEST)
    for weight, parts in found:
        for share, benefit, due in parts:
            part = weight * share / whole
            if benefit.lump_sum:
                once += part * due.once
            else:
                paid += part * with_supplements(person, due) * ahead.expected(benefit, person)
    return once, paid


def _contributed(person: Person, row: WorkYear, lines: list[Contribution]) -> float:
    """What some lines take of the earnings of a year of the career, currency."""
    then = person.in_year(row.year)
    usual: Any = then.scheme.insurable_earnings.limits(then)
    total = 0.0
    for line in lines:
        if line.groups and person.group not in line.groups:
            continue
        floor, ceiling, above = own_limits(line, then, usual)
        counted = max(float(min(max(row.earnings, floor), ceiling) - above), 0.0)
        assert line.rate is not None, f"{line.name} was built without a rate"
        total += float(evaluate(line.rate, then)) * counted * row.months / 12.0
    return total
