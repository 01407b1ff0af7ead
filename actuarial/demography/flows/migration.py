"""Net migrants by sex and single age: a path of totals times a pattern, or rates times a population."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import in_order, labelled, numbers_of, refuse, require_given, same_labels
from actuarial.demography.splitting.age_groups import refuse_wider
from actuarial.errors import BadDimensions, BadInput
from actuarial.vocabulary import SEXES

DIMS = ("year", "sex", "age")
UNITS = {"units": "persons/year", "long_name": "Net migrants"}


@kind.takes(
    total=kind.numbers, pattern=kind.numbers, leaving=kind.optional(kind.numbers),
    leaving_pattern=kind.optional(kind.numbers), male_share=kind.optional(kind.numbers),
    years=kind.optional(kind.ages), to=kind.whole,
)
def net_migration(
    total: Any,
    pattern: Any,
    *,
    leaving: Any = None,
    leaving_pattern: Any = None,
    male_share: Any = None,
    years: Sequence[int] | None = None,
    to: int = 100,
) -> xr.DataArray:
    """Net migrants from totals and patterns by age, as a projection takes them.

    Parameters
    ----------
    total : array or DataArray of (year) or (year, sex), persons/year
        Net migrants, of any sign; with `leaving` those who come.
    pattern : array or DataArray of (age), (sex, age) or (year, sex, age)
        Counts, rates or shares of any scale that are not below 0, such as those of `rogers_castro`; single ages, plain
        ones from 0 on.
    leaving : like `total`, optional
        Those who leave, as numbers of 0 or more. With both flows the net total may be 0 while its ages are not.
    leaving_pattern : like `pattern`, optional
        Pattern of those who leave; left out, `pattern`.
    male_share : float, or DataArray of (age) or (year), dimensionless, optional
        Share of men among migrants of each age, where neither pattern nor total is by sex.
    years : sequence of int, optional
        Years of plain totals.
    to : int
        Open age of the result.

    Returns
    -------
    DataArray of (year, sex, age), persons/year
        `net_migration` at the ages 0 to `to`.

    Raises
    ------
    BadInput
        A pattern that is 0 everywhere, is not of single ages or has migrants beyond `to`; no sexes and no `male_share`,
        or both.
    OutOfBounds
        Missing numbers; patterns or flows below 0; a share outside 0 to 1.
    BadDimensions
        Other dims; labels that differ.

    Notes
    -----
    M[t,s,x] = T[t] p[s,x] / sum of p over sexes and ages, less the same of those who leave; where totals are by sex the
    sum is over the ages of each sex. The total is divided by the pattern alone, never by net migrants.

    References
    ----------
    .. [1] Preston, S. H., Heuveline, P., Guillot, M. (2001), Demography, Blackwell, chapter 6.
    .. [2] United Nations (1970), Methods of Measuring Internal Migration, Manual VI, Population Studies 47.

    Examples
    --------
    >>> both = [[1.0, 2.0, 1.0], [1.0, 2.0, 1.0]]
    >>> net = net_migration([80.0, -40.0], both, years=[2025, 2026], to=2)
    >>> net.sum("sex").values.tolist()
    [[20.0, 40.0, 20.0], [-10.0, -20.0, -10.0]]
    """
    coming = _flow("total", total, pattern, male_share, years, to, None if leaving is None else 0.0)
    if leaving is None:
        if leaving_pattern is not None:
            raise BadInput("leaving_pattern: give also leaving, the numbers of those who leave.")
        return coming.rename("net_migration").assign_attrs(UNITS)
    other = pattern if leaving_pattern is None else leaving_pattern
    going = _flow("leaving", leaving, other, male_share, years, to, 0.0)
    same_labels("total and leaving", coming, going)
    net = coming - going
    return in_order(net).rename("net_migration").assign_attrs(UNITS)


def migration_from_rates(rates: Any, population: Any) -> xr.DataArray:
    """Net migrants from rates of net migration and a population.

    Parameters
    ----------
    rates : array or DataArray of (sex, age) or (year, sex, age), 1/year
        Net migrants per person; below 0 where more leave.
    population : array or DataArray of (sex, age) or (year, sex, age), persons
        Such as the opening stock, or `population_midyear` of a projection without migration.

    Returns
    -------
    DataArray over the dims of both, persons/year
        `net_migration`.

    Raises
    ------
    OutOfBounds
        Missing numbers, negative people.
    BadDimensions
        Other dims; labels that differ.

    Notes
    -----
    M = r N. A projection takes counts, that do not change with the population it makes: for rates of that population
    project, multiply the rates with the result and project again until the totals stay.

    References
    ----------
    .. [1] Preston, S. H., Heuveline, P., Guillot, M. (2001), Demography, Blackwell, chapter 1.

    Examples
    --------
    >>> migration_from_rates([[0.01, -0.02], [0.0, 0.0]], [[100.0, 50.0], [100.0, 50.0]]).values.tolist()
    [[1.0, -1.0], [0.0, 0.0]]
    """
    rate = _by_sex_and_age(rates, "rates", None)
    people = _by_sex_and_age(population, "population", 0.0)
    same_labels("rates and population", rate, people)
    net = (rate * people).rename("net_migration")
    return in_order(net).assign_attrs(UNITS)


def _flow(
    name: str, total: Any, pattern: Any, male_share: Any, years: Sequence[int] | None, to: int, least: float | None
) -> xr.DataArray:
    """A total spread over sexes and ages."""
    dims = ("year", "sex") if not isinstance(total, xr.DataArray) and _ndim(total) == 2 else ("year",)
    level = labelled(total, name, dims, {"year": years} | _sexes(dims), least=least)
    require_given(level, name, {"year": years})
    shares = _with_sexes(_pattern(pattern, to), male_share, "sex" in level.dims)
    for array, word in ((level, name), (shares, "pattern")):
        if "sex" in array.dims and ("sex" not in array.coords or set(array["sex"].values.tolist()) != set(SEXES)):
            raise BadDimensions(f'{word}: the labels of sex must be "male" and "female".')
    over = ["age"] if "sex" in level.dims else ["sex", "age"]
    sums = shares.sum(over)
    if not bool((sums > 0).all()):
        raise BadInput(f"pattern: it is 0 at all ages, so that {name} cannot be spread by it.")
    same_labels(f"{name} and pattern", level, shares)
    return in_order(level * (shares / sums))


def _with_sexes(shares: xr.DataArray, male_share: Any, by_sex: bool) -> xr.DataArray:
    if "sex" in shares.dims or by_sex:
        if male_share is not None:
            raise BadInput("male_share: the pattern or the total is by sex already; leave it out.")
        return shares if "sex" in shares.dims else shares.expand_dims(sex=list(SEXES))
    if male_share is None:
        raise BadInput("male_share: give it, for neither the pattern nor the total is by sex.")
    if np.ndim(male_share) and not isinstance(male_share, xr.DataArray):
        raise BadInput("male_share: give one number, or a DataArray by age or year.")
    men = male_share if isinstance(male_share, xr.DataArray) else xr.DataArray(numbers_of(male_share, "male_share"))
    refuse(men, ~((men.values >= 0) & (men.values <= 1)), "male_share must lie between 0 and 1")
    same_labels("pattern and male_share", shares, men)
    return xr.concat([shares * men, shares * (1 - men)], dim="sex", join="exact").assign_coords(sex=list(SEXES))


def _pattern(values: Any, to: int) -> xr.DataArray:
    """A pattern over the ages 0 to the open age."""
    plain = {2: ("sex", "age"), 3: DIMS}.get(_ndim(values), ("age",))
    dims = ("age",) if isinstance(values, xr.DataArray) else plain
    shares = labelled(values, "pattern", dims, _sexes(dims), least=0.0)
    refuse_wider(shares, "pattern", "Split the groups by split_counts, or fit fit_rogers_castro to them.")
    if (shares.where((shares["age"] > to) | (shares["age"] < 0), 0.0).values > 0).any():
        raise BadInput(f"pattern: there are migrants beyond the open age {to}.")
    return shares.reindex(age=np.arange(to + 1), fill_value=0.0)


def _by_sex_and_age(values: Any, name: str, least: float | None) -> xr.DataArray:
    dims = ("sex", "age") if isinstance(values, xr.DataArray) or _ndim(values) == 2 else DIMS
    return labelled(values, name, dims, _sexes(dims), least=least)


def _sexes(dims: Sequence[str]) -> dict[str, Any]:
    return {"sex": SEXES} if "sex" in dims else {}


def _ndim(values: Any) -> int:
    try:
        return int(np.ndim(values))
    except ValueError as ragged:
        raise BadDimensions("migration: rows of different lengths were given.") from ragged
