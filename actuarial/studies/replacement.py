"""Replacement rates: what a law pays to persons with standard careers, over what they earned before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from actuarial.cases import career, one_life, retirement_package
from actuarial.errors import BadInput
from actuarial.person import Person, growth_path, make_grid
from actuarial.quick import quick_set
from actuarial.remembered import meanwhile, remembered
from actuarial.scheme import Scheme
from actuarial.studies.kinds import pensions_only
from actuarial.vocabulary import SEXES, annotate

LEAST_AGE, GREATEST_AGE = 15, 100
HALF = 0.5


@dataclass(frozen=True, kw_only=True)
class Careers:
    """Standard careers, and the years in which they end with retirement.

    Parameters
    ----------
    years : years of contributions, whole numbers > 0
    earnings : multiples of the average wage, > 0
    retirement : years of retirement within the basis; by default its first year and every tenth one after it
    group : group of insured; by default the first of the basis
    pensionable_age_of : name of the retirement pension at whose age they retire; by default the first of the scheme
    """

    years: tuple[int, ...] = (15, 30, 40)
    earnings: tuple[float, ...] = (0.5, 1.0, 2.0)
    retirement: tuple[int, ...] | None = None
    group: str | None = None
    pensionable_age_of: str | None = None


@remembered
def replacement_rates(
    basis: xr.Dataset, scheme: Scheme, careers: Careers | None = None, *, finance: xr.Dataset | None = None
) -> xr.Dataset:
    """Pension over earnings before retirement, by career, earnings, sex and year of retirement.

    Parameters
    ----------
    basis : Dataset
        For the average wage (`active_0`, `salary_0`) and its growth, prices, and the groups; scenarios are kept.
    scheme : Scheme
        Its law alone decides, on one life after the other (`retirement_package`); no projection is needed.
    careers : Careers, optional
    finance : Dataset, optional
        Result of `project`, for rules that look back at the finances, such as the growth of accounts under automatic
        balancing; without it they answer as if nothing of the finances were known.

    Returns
    -------
    Dataset by (scenario,) career, earnings_level, sex, year_of_retirement
        `replacement_rate` (fraction): pensions over the earnings of the last year; `career_replacement_rate`: over the
        mean earnings of the career, carried to the year of retirement by prices; `pension_at_retirement` and
        `earnings_at_retirement` (currency/year); by sex and year of retirement `age_at_retirement` (years). The pension
        and both rates are NaN where the person does not qualify for any pension, or would have had to start the career
        before the age of 15.

    Raises
    ------
    BadInput
        No careers, or careers that cannot be meant; a year outside the basis; an unknown group; a scheme without a
        pension at retirement, or whose pensionable age nobody reaches.
    BadScheme
        Benefits on retirement that a person would draw instead of each other, and both.

    Notes
    -----
    The career: twelve contributed months in each of the last n years up to December of the year of retirement, without
    a gap. Earnings are in every year the same multiple of the average wage of the scheme of that year, so that they
    follow the growth of wages and no salary scale; carried to the year of retirement by wages, their mean is that of
    the last year, and only the mean carried by prices is another number.

    Age: the least age reached on 31 December of the year of retirement at which half of the persons of that age have
    passed the pensionable age of that year; for a benefit that does not tell its pensionable age, the least age at
    which it is due after the longest career.

    Pensions: the whole package that the law pays on retirement in that year, lump sums apart: the pension that starts,
    those that are drawn together with it and the supplements that accompany them, with all payments of a year (a
    thirteenth one among them) over the earnings of twelve months, before taxes and contributions. Of pensions that
    start instead of each other the mean of those who start one, see `actuarial.cases.retirement_package`. Accounts hold
    what this career credited.

    References
    ----------
    .. [1] OECD (2023), Pensions at a Glance, methodology of replacement rates (careers with earnings that are a
       constant multiple of the average).
    .. [2] International Labour Office, Social Security (Minimum Standards) Convention, 1952 (No. 102), articles 28, 29
       and 65 (thirty years of contribution).

    Examples
    --------
    rates = replacement_rates(basis, scheme, Careers(years=(30,), earnings=(1.0,)))
    rates.replacement_rate.sel(sex="female")
    """
    pensions_only("replacement_rates", scheme)
    wanted = checked_careers(careers or Careers(), basis, scheme)
    found = each_scenario(Law(basis, scheme, wanted, finance), _of_scenario)
    return annotate(found).assign_attrs(
        scheme=scheme.name,
        currency=scheme.currency,
        group=wanted.group,
        pensionable_age_of=wanted.pensionable_age_of,
        **_notes(basis, wanted),
    )


def checked_careers(careers: Careers, basis: xr.Dataset, scheme: Scheme) -> Careers:
    """The careers with every default written out."""
    first, last = int(basis["year"][0]), int(basis["year"][-1])
    years = tuple(range(first, last + 1, 10)) if careers.retirement is None else careers.retirement
    for name, values, least in (("years", careers.years, 1), ("earnings", careers.earnings, 1e-9)):
        bad = [value for value in values if not least <= value < float("inf")]
        if bad or not values:
            raise BadInput(f"careers: {name} must be numbers above 0 (got {bad[0] if bad else 'none'}).")
    fractions = [value for value in careers.years if value != int(value)]
    if fractions:
        raise BadInput(f"careers: years of contributions must be whole numbers (got {fractions[0]}).")
    outside = [year for year in years if not first <= year <= last]
    if outside or not years:
        which = f"{len(outside)} of {len(years)} lie outside, the first is {outside[0]}" if outside else "none is given"
        raise BadInput(f"careers: years of retirement must lie within the basis, {first} to {last}; {which}.")
    groups = [str(word) for word in np.atleast_1d(basis["group"].values)] if "group" in basis.coords else ["all"]
    group = groups[0] if careers.group is None else careers.group
    if group not in groups:
        raise BadInput(f"careers: the basis has no group {group!r}; the groups are {', '.join(groups)}.")
    pension = _pension(scheme, careers.pensionable_age_of)
    return Careers(
        years=careers.years, earnings=careers.earnings, retirement=years, group=group, pensionable_age_of=pension.name
    )


def _pension(scheme: Scheme, name: str | None) -> Any:
    """The retirement pension of a name, or the first one."""
    pensions = [benefit for benefit in scheme.benefits if benefit.on == "retirement" and not benefit.lump_sum]
    if not pensions:
        raise BadInput(f"{scheme.name}: no benefit is a pension on retirement, so that no replacement rate exists.")
    found = [benefit for benefit in pensions if name in (None, benefit.name)]
    if not found:
        names = ", ".join(benefit.name for benefit in pensions)
        raise BadInput(f"careers: the scheme pays no pension {name!r} on retirement; its pensions are {names}.")
    return found[0]


@meanwhile()
def each_scenario(law: "Law", answer: Callable[["Law"], xr.Dataset]) -> xr.Dataset:
    """An answer for each scenario of the basis by itself, or for the only one."""
    basis, finance = law.basis, law.finance
    if "scenario" not in basis.dims:
        return answer(law._replace(basis=quick_set(basis)))
    words, parts = basis["scenario"].values, []
    for word in words:
        seen = finance if finance is None or "scenario" not in finance.dims else finance.sel(scenario=word, drop=True)
        parts.append(answer(law._replace(basis=quick_set(basis.sel(scenario=word, drop=True)), finance=seen)))
    return xr.concat(parts, dim=xr.DataArray(words, dims="scenario", name="scenario"))


def _of_scenario(law: "Law") -> xr.Dataset:
    when, ages = years_and_ages(law)
    found = rates_of(law, when, ages, "year_of_retirement")
    found["earnings_at_retirement"] = found["earnings_at_retirement"].isel(sex=0, drop=True)
    return found.assign_coords(year_of_retirement=list(when[0]))


def years_and_ages(law: "Law") -> tuple[np.ndarray, np.ndarray]:
    """Years of retirement of the careers and the ages then, both by sex and year."""
    years = law.careers.retirement or ()
    ages = [[_age(law, sex, year) for year in years] for sex in SEXES]
    return np.array([years for _ in SEXES]), np.array(ages)


class Law(NamedTuple):
    """What decides about the pensions of standard careers."""

    basis: xr.Dataset
    scheme: Scheme
    careers: Careers
    finance: xr.Dataset | None

    def retires(self, sex: str, year: int, age: int) -> bool:
        """Whether half of the persons of an age on 31 December have passed the pensionable age of a year."""
        benefit = _pension(self.scheme, self.careers.pensionable_age_of)
        service = float(max(self.careers.years))
        person = Person(
            year, self.careers.group, sex, age, service, self.basis, self.scheme, finance=self.finance
        )
        told = getattr(benefit, "reached", None)
        return float(told(person)) >= HALF if told else float(benefit.claim(person)) > 0.0

    def life(self, sex: str, year: int, age: int, earned: dict[int, float]) -> Person:
        """One person who retires in a year after a career."""
        return one_life(
            self.scheme,
            sex=sex,
            born=year - age,
            year=year,
            career=career(year, 12.0 * len(earned), earned),
            group=str(self.careers.group),
            basis=self.basis,
            finance=self.finance,
        )

    def package(self, sex: str, year: int, age: int, earned: dict[int, float]) -> float:
        """All pensions of one person who retires, currency/year; NaN where none is due."""
        return retirement_package(self.life(sex, year, age, earned))


def rates_of(law: Law, when: np.ndarray, ages: np.ndarray, column: str) -> xr.Dataset:
    """Pensions and rates of all careers, for years of retirement and ages then, both by sex and column."""
    careers = law.careers
    first = min(int(when.min()) - max(careers.years) + 1, int(law.basis["year"][0]))
    grid = make_grid(law.basis, law.scheme, years=np.arange(first, int(when.max()) + 1))
    wage, prices = grid.average_wage().to_series(), grid.index("prices").to_series()
    shape = (len(careers.years), len(careers.earnings), *when.shape)
    pension, mean, last = np.full(shape, np.nan), np.empty(shape), np.empty(shape[1:])
    for place in np.ndindex(shape):
        years, level = careers.years[place[0]], careers.earnings[place[1]]
        year, age = int(when[place[2:]]), int(ages[place[2:]])
        earned = {int(k): float(level * wage[k]) for k in range(year - int(years) + 1, year + 1)}
        mean[place] = np.mean([earned[k] * prices[year] / prices[k] for k in earned])
        last[place[1:]] = earned[year]
        if age - years + 1 >= LEAST_AGE:
            pension[place] = law.package(SEXES[place[2]], year, age, earned)
    dims = ("career", "earnings_level", "sex", column)
    variables = {
        "replacement_rate": (dims, pension / last),
        "career_replacement_rate": (dims, pension / mean),
        "pension_at_retirement": (dims, pension),
        "earnings_at_retirement": (dims[1:], last),
        "age_at_retirement": (dims[2:], ages.astype(float)),
    }
    return xr.Dataset(variables, labels_of(careers))


def labels_of(careers: Careers) -> dict[str, Any]:
    """Coordinates of careers, their earnings and both sexes."""
    return {
        "career": ("career", list(careers.years), {"units": "years", "long_name": "Years of contributions"}),
        "earnings_level": ("earnings_level", list(careers.earnings), {"long_name": "Multiple of the average wage"}),
        "sex": list(SEXES),
    }


def _age(law: Law, sex: str, year: int) -> int:
    """Age on 31 December at which a person retires in a year."""
    for age in range(LEAST_AGE, GREATEST_AGE + 1):
        if law.retires(sex, year, age):
            return age
    name = law.careers.pensionable_age_of
    raise BadInput(f"{name}: nobody reaches its pensionable age by {GREATEST_AGE} in {year} ({sex}).")


def _notes(basis: xr.Dataset, careers: Careers) -> dict[str, str]:
    """Where careers go back beyond the wages of the basis, what is taken for their growth."""
    first, start = min(careers.retirement or ()) - max(careers.years) + 2, int(basis["year"][0])
    if first >= start or not growth_path(basis, "wage_growth", [first]).attrs["backcast"]:
        return {}
    known = int(basis["past_year"].min()) if "wage_growth_past" in basis else start
    return {"notes": f"growth of wages before {known}, back to {first}: that of {known}"}
