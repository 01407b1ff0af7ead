"""Replacement rates by cohort: what generations are paid under one law and another, as before and after a reform."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import numpy as np
import xarray as xr

from actuarial.errors import BadInput
from actuarial.scheme import Scheme
from actuarial.studies.kinds import pensions_only
from actuarial.studies.replacement import GREATEST_AGE, Careers, Law, checked_careers, each_scenario, rates_of
from actuarial.valuation.compare import along_runs
from actuarial.vocabulary import SEXES, annotate


def cohort_replacement_rates(
    basis: xr.Dataset,
    laws: Mapping[str, Scheme],
    born: Sequence[int],
    careers: Careers | None = None,
    *,
    finances: Mapping[str, xr.Dataset] | None = None,
) -> xr.Dataset:
    """Pension over earnings before retirement by cohort, sex, career and earnings, under one law beside another.

    Parameters
    ----------
    basis : Dataset
        For the average wage and its growth, prices, and the groups; scenarios are kept.
    laws : mapping of name to Scheme
        Such as {"before": scheme, "after": reform}; each cohort retires at the pensionable age of each of them.
    born : sequence of int
        Years of birth.
    careers : Careers, optional
        Years of contributions, earnings, group and pension; its years of retirement follow from the cohorts.
    finances : mapping of name to Dataset, optional
        Results of `project` under laws that look back at the finances, by their names.

    Returns
    -------
    Dataset by run, (scenario,) career, earnings_level, sex, cohort
        The variables of `replacement_rates`, and `retirement_year` by run, sex and cohort. The pension and both rates
        are NaN where the person does not qualify, or would have had to start the career before the age of 15.

    Raises
    ------
    BadInput
        No law, no cohort or one that is there twice, years of retirement in `careers`; a cohort that has passed the
        pensionable age before the first year of the basis or does not pass it by the last one; what `replacement_rates`
        refuses.

    Notes
    -----
    A cohort retires in the first year by whose 31 December half of it have passed the pensionable age of that year, in
    which it reaches the age year - year of birth. Careers, earnings and pensions are those of `replacement_rates`: the
    whole package that is drawn together.

    References
    ----------
    .. [1] OECD (2023), Pensions at a Glance, methodology of replacement rates.

    Examples
    --------
    rates = cohort_replacement_rates(basis, {"before": scheme, "after": reform}, born=range(1965, 2000, 5))
    rates.replacement_rate.sel(run="after") - rates.replacement_rate.sel(run="before")
    """
    pensions_only("cohort_replacement_rates", *laws.values())
    _check(laws, born, careers)
    found = {}
    for name, law in laws.items():
        wanted = checked_careers(careers or Careers(), basis, law)
        known = None if finances is None else finances.get(name)
        found[name] = each_scenario(Law(basis, law, wanted, known), partial(_of_law, born=born))
    names = list(next(iter(found.values())).data_vars)
    stacked = {word: along_runs({run: part[word] for run, part in found.items()}) for word in names}
    return annotate(xr.Dataset(stacked)).assign_attrs(currency=next(iter(laws.values())).currency)


def _check(laws: Mapping[str, Scheme], born: Sequence[int], careers: Careers | None) -> None:
    if not laws:
        raise BadInput('cohorts: give at least one law by name, {"before": scheme, "after": reform}.')
    check_cohorts(born, careers)


def check_cohorts(born: Sequence[int], careers: Careers | None) -> None:
    """BadInput for cohorts that are no years of birth, or careers that say when they retire."""
    several = isinstance(born, Iterable) and not isinstance(born, str)
    if not several or not all(isinstance(year, int | np.integer) for year in born):
        raise BadInput(f"cohorts: born must be years of birth, such as range(1965, 2000, 5) (got {born!r}).")
    twice = [year for year in born if list(born).count(year) > 1]
    if twice or not len(born):
        which = f"{twice[0]} is there {list(born).count(twice[0])} times" if twice else "none is given"
        raise BadInput(f"cohorts: give each year of birth once; {which}.")
    if careers is not None and careers.retirement is not None:
        raise BadInput(
            "careers: years of retirement follow from the cohorts; leave `retirement` out, or ask `replacement_rates`."
        )


def _of_law(law: Law, born: Sequence[int]) -> xr.Dataset:
    when = years_of(law, born)
    found = rates_of(law, when, when - np.asarray(born), "cohort").assign_coords(cohort=[int(year) for year in born])
    found["retirement_year"] = (("sex", "cohort"), when.astype(float))
    return found


def years_of(law: Law, born: Sequence[int]) -> np.ndarray:
    """Years in which cohorts retire, by sex and cohort."""
    return np.array([[_retires_in(law, sex, int(year)) for year in born] for sex in SEXES])


def _retires_in(law: Law, sex: str, born: int) -> int:
    """Year in which a cohort retires."""
    first, last = int(law.basis["year"][0]), int(law.basis["year"][-1])
    name = law.careers.pensionable_age_of
    if born < first and law.retires(sex, first - 1, first - 1 - born):
        raise BadInput(
            f"cohorts: {sex} born in {born} have passed the pensionable age of {name} before {first}, the first year "
            "of the basis; give later cohorts."
        )
    for year in range(max(first, born), min(last, born + GREATEST_AGE) + 1):
        if law.retires(sex, year, year - born):
            return year
    raise BadInput(
        f"cohorts: {sex} born in {born} do not pass the pensionable age of {name} by {last}, the last year of the "
        f"basis, nor by the age of {GREATEST_AGE}; give earlier cohorts, or prolong the basis."
    )
