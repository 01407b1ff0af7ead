"""Replacement rates: what a law pays to persons with standard careers, over what they earned before."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import xarray as xr

from actuarial.cases import person_benefits
from actuarial.errors import BadInput
from actuarial.person import Person, growth_path, make_grid
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


def replacement_rates(basis: xr.Dataset, scheme: Scheme, careers: Careers | None = None) -> xr.Dataset:
    """Pension over earnings before retirement, by career, earnings, sex and year of retirement.

    Parameters
    ----------
    basis : Dataset
        For the average wage (`active_0`, `salary_0`) and its growth, prices, and the groups; scenarios are kept.
    scheme : Scheme
        Its law alone decides, on one life after the other (`person_benefits`); no projection is needed.
    careers : Careers, optional

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

    Notes
    -----
    The career: twelve contributed months in each of the last n years up to December of the year of retirement, without
    a gap. Earnings are in every year the same multiple of the average wage of the scheme of that year, so that they
    follow the growth of wages and no salary scale; carried to the year of retirement by wages, their mean is that of
    the last year, and only the mean carried by prices is another number.

    Age: the least age reached on 31 December of the year of retirement at which half of the persons of that age have
    passed the pensionable age of that year; for a benefit that does not tell its pensionable age, the least age at
    which it is due after the longest career.

    Pensions: all that the law pays on retirement in that year, lump sums apart, with all payments of a year (a
    thirteenth one among them) over the earnings of twelve months, before taxes and contributions.

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
    wanted = _checked(careers or Careers(), basis, scheme)
    if "scenario" in basis.dims:
        words = basis["scenario"].values
        parts = [_of_scenario(basis.sel(scenario=word, drop=True), scheme, wanted) for word in words]
        found = xr.concat(parts, dim=xr.DataArray(words, dims="scenario", name="scenario"))
    else:
        found = _of_scenario(basis, scheme, wanted)
    return annotate(found).assign_attrs(
        scheme=scheme.name,
        currency=scheme.currency,
        group=wanted.group,
        pensionable_age_of=wanted.pensionable_age_of,
        **_notes(basis, wanted),
    )


def _checked(careers: Careers, basis: xr.Dataset, scheme: Scheme) -> Careers:
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


def _of_scenario(basis: xr.Dataset, scheme: Scheme, careers: Careers) -> xr.Dataset:
    assert careers.retirement is not None
    ages = np.array([[_age(basis, scheme, careers, sex, year) for year in careers.retirement] for sex in SEXES])
    first = min(careers.retirement) - max(careers.years) + 1
    span = np.arange(min(first, int(basis["year"][0])), max(careers.retirement) + 1)
    wage = make_grid(basis, scheme, years=span).average_wage().to_series()
    prices = make_grid(basis, scheme, years=span).index("prices").to_series()
    shape = (len(careers.years), len(careers.earnings), len(SEXES), len(careers.retirement))
    pension, mean = np.full(shape, np.nan), np.empty(shape)
    for place, years, level, sex, year in _cells(careers):
        earned = {int(k): float(level * wage[k]) for k in range(year - int(years) + 1, year + 1)}
        mean[place] = np.mean([earned[k] * prices[year] / prices[k] for k in earned])
        age = int(ages[place[2], place[3]])
        if age - years + 1 >= LEAST_AGE:
            pension[place] = _pensions(basis, scheme, sex, year, year - age, careers.group, earned)
    last = np.multiply.outer(np.array(careers.earnings), wage[list(careers.retirement)].values)
    dims = ("career", "earnings_level", "sex", "year_of_retirement")
    labels = {
        "career": ("career", list(careers.years), {"units": "years", "long_name": "Years of contributions"}),
        "earnings_level": ("earnings_level", list(careers.earnings), {"long_name": "Multiple of the average wage"}),
        "sex": list(SEXES),
        "year_of_retirement": list(careers.retirement),
    }
    variables = {
        "replacement_rate": (dims, pension / last[None, :, None, :]),
        "career_replacement_rate": (dims, pension / mean),
        "pension_at_retirement": (dims, pension),
        "earnings_at_retirement": (("earnings_level", "year_of_retirement"), last),
        "age_at_retirement": (("sex", "year_of_retirement"), ages.astype(float)),
    }
    return xr.Dataset(variables, labels)


def _cells(careers: Careers) -> Iterator[tuple[tuple[int, int, int, int], int, float, str, int]]:
    """Place in the table, and career, earnings level, sex and year of retirement there."""
    axes = (careers.years, careers.earnings, SEXES, careers.retirement or ())
    for parts in product(*(tuple(enumerate(axis)) for axis in axes)):
        places, labels = zip(*parts, strict=True)
        yield places, *labels


def _pensions(
    basis: xr.Dataset, scheme: Scheme, sex: str, year: int, born: int, group: str | None, earned: dict[int, float]
) -> float:
    """All pensions of one person in a year, currency/year; NaN where none is due."""
    due = person_benefits(
        scheme,
        event="retirement",
        sex=sex,
        born=born,
        leaves=year,
        months=12.0 * len(earned),
        earnings=earned,
        group=str(group),
        basis=basis,
    )
    pensions = [benefit.per_year for benefit in due.values() if not benefit.lump_sum]
    return sum(pensions) if pensions else np.nan


def _age(basis: xr.Dataset, scheme: Scheme, careers: Careers, sex: str, year: int) -> int:
    """Age on 31 December at which a person retires in a year."""
    benefit = _pension(scheme, careers.pensionable_age_of)
    service = float(max(careers.years))
    for age in range(LEAST_AGE, GREATEST_AGE + 1):
        person = Person(year, careers.group, sex, age, service, basis, scheme)
        told = getattr(benefit, "reached", None)
        if (float(told(person)) >= HALF) if told else (float(benefit.claim(person)) > 0.0):
            return age
    raise BadInput(f"{benefit.name}: nobody reaches its pensionable age by {GREATEST_AGE} in {year} ({sex}).")


def _notes(basis: xr.Dataset, careers: Careers) -> dict[str, str]:
    """Where careers go back beyond the wages of the basis, what is taken for their growth."""
    first, start = min(careers.retirement or ()) - max(careers.years) + 2, int(basis["year"][0])
    if first >= start or not growth_path(basis, "wage_growth", [first]).attrs["backcast"]:
        return {}
    known = int(basis["past_year"].min()) if "wage_growth_past" in basis else start
    return {"notes": f"growth of wages before {known}, back to {first}: that of {known}"}
