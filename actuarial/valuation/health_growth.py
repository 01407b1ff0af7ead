"""Growth of health expenditure split among members, their structure, use, prices and rules, without a rest."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.bridge import align, over_scenarios
from actuarial.errors import BadInput
from actuarial.health.use import CELL, price_index
from actuarial.valuation.decomposition import contributions
from actuarial.vocabulary import annotate

NEEDED = ("health_members", "contacts", "unit_cost", "health_expenditure")
PEOPLE = ("population", "coverage")
REST = ("group mix", "age and sex", "use per member", "prices and wages", "excess prices", "payment and cost sharing")
MEANINGS = (
    "people in the country; with coverage the number of members",
    "members over people",
    "share of a group in the members",
    "share of a sex and age in a group",
    "contacts of a member of the same group, sex and age",
    "unit costs as wages and prices move them",
    "unit costs beyond wages and prices (technology, intensity of a contact)",
    "expenditure over contacts at unit costs: payment methods, what patients pay",
)
FACTORS = (*PEOPLE, *REST)


def decompose_health_expenditure(
    result: xr.Dataset,
    basis: xr.Dataset,
    *,
    population: xr.DataArray | None = None,
    from_year: int | None = None,
    to_year: int | None = None,
) -> xr.Dataset:
    """Split the growth of expenditure on services into members, structure, use, prices and rules, exactly.

    Parameters
    ----------
    result : Dataset of `project_health`, or its members, use and cost merged
    basis : Dataset with `wage_growth`, `inflation`, and `labour_share` where the scheme was projected with one
    population : DataArray by year (and scenario, sex, age), persons, optional
        By default the mean of two 31 December stocks of the `population` of the result and of `population_0`.
    from_year, to_year : int, optional
        Two years, whose change is split at once. Without them every year is compared with the year before it.

    Returns
    -------
    Dataset
        `health_growth` (scenario, year, service_type, health_group, factor), currency/year, and `health_growth_total`
        (scenario, year, service_type, health_group), its sum over the factors and the change of `health_expenditure`;
        without `year` between two years. Sums over services and groups are the decomposition of their sum.

    Raises
    ------
    MissingVariable, BadDimensions
        A variable that is absent, or one of other labels.
    BadInput
        One of the two years alone, a year that the result does not have, expenditure on a service and group without
        contacts.

    Notes
    -----
    Each service, group, sex and age is a product of factors,

        E = N (M/N) (M_j/M) (M_jsx/M_j) (con/M_jsx) p (uc/p) (E_kj/sum(con uc)),

    N people, M members, p the index of wages and prices, uc the unit cost. A factor contributes L(E_1, E_0) ln(x_1/x_0)
    in the cell, L the logarithmic mean; cells are added. What is 0 in one of the years is dealt with as in `decompose`;
    a ratio over nobody is taken from the other year, so that new groups and services count as what they are.

    References
    ----------
    .. [1] Ang, B. W. (2005), The LMDI approach to decomposition analysis: a practical guide, Energy Policy 33, 867-871.
    .. [2] Cichon, M. et al. (1999), Modelling in health care finance, International Labour Office, chapter 6.

    Examples
    --------
    found = decompose_health_expenditure(result, basis, from_year=2026, to_year=2050)
    found.health_growth.sum(["service_type", "health_group"]).to_series()
    """
    check.require(result, *NEEDED)
    check.require(basis, "wage_growth", "inflation")
    people = _people(result, basis) if population is None else population
    people = people.sum([dim for dim in people.dims if dim not in ("scenario", "year")])
    pairs = _pairs(result["year"].values, from_year, to_year)

    def one(result: xr.Dataset, basis: xr.Dataset, people: xr.Dataset) -> xr.Dataset:
        return _one_scenario(result, basis, people["people"], pairs)

    chosen = [name for name in ("wage_growth", "inflation", "labour_share") if name in basis]
    found = over_scenarios(one, result[list(NEEDED)], basis[chosen], people.to_dataset(name="people"))
    if from_year is not None:
        found = found.isel(year=0, drop=True)
    words = xr.DataArray(list(MEANINGS), dims="factor", coords={"factor": list(FACTORS)})
    return annotate(found).assign_coords(meaning=words)


def _people(result: xr.Dataset, basis: xr.Dataset) -> xr.DataArray:
    """Mean number of people of every year."""
    check.require(result, "population")
    check.require(basis, "population_0")
    later = result["population"].sum(["sex", "age"]).drop_attrs()
    opening = basis["population_0"].sum(["sex", "age"]).drop_attrs()
    before = later.shift(year=1)
    return 0.5 * (later + before.where(before["year"] > before["year"][0], opening))


def _pairs(years: np.ndarray, from_year: int | None, to_year: int | None) -> list[tuple[int, int]]:
    """Places of the years that are compared."""
    if (from_year is None) != (to_year is None):
        raise BadInput("health growth: give both from_year and to_year, or neither.")
    if from_year is None:
        if len(years) < 2:
            raise BadInput("health growth: a change needs two years, but the result has one.")
        return [(t, t + 1) for t in range(len(years) - 1)]
    absent = [year for year in (from_year, to_year) if year not in years]
    if absent:
        raise BadInput(f"health growth: {absent[0]} is no year of the result, which has {years[0]} to {years[-1]}.")
    first, second = (int(np.flatnonzero(years == year)[0]) for year in (from_year, to_year))
    return [(first, second)]


def _one_scenario(
    result: xr.Dataset, basis: xr.Dataset, people: xr.DataArray, pairs: list[tuple[int, int]]
) -> xr.Dataset:
    names = ("year", "service_type", *CELL)
    coords: dict[str, Any] = {dim: result[dim] for dim in names}
    spent = align(result["health_expenditure"], names[:3], coords)
    series = (
        align(people, ("year",), coords),
        align(result["health_members"], ("year", *CELL), coords),
        align(result["contacts"], names, coords),
        align(result["unit_cost"], names[:3], coords),
        price_index(basis, coords),
        spent,
    )
    found = np.empty((len(pairs), *spent.shape[1:], len(FACTORS)))
    for row, (first, second) in enumerate(pairs):
        found[row] = split(*(tuple(part[t] for part in series) for t in (first, second)))
    change = np.stack([spent[second] - spent[first] for first, second in pairs])
    later = [int(coords["year"].values[second]) for _, second in pairs]
    dims = ("year", "service_type", "health_group")
    return xr.Dataset(
        {"health_growth": ((*dims, "factor"), found), "health_growth_total": (dims, change)},
        coords={"year": later, "factor": list(FACTORS), **{dim: coords[dim] for dim in dims[1:]}},
    )


def split(before: tuple[np.ndarray, ...], after: tuple[np.ndarray, ...]) -> np.ndarray:
    """Contributions of the factors (service, group, factor) between two years, each as `factors` takes it."""
    first, second = factors(*before), factors(*after)
    return contributions(_completed(first, second), _completed(second, first)).sum(axis=(2, 3))


def _completed(ratios: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Ratios over nothing from the other year, 1 where it has none either."""
    return np.where(np.isnan(ratios), np.where(np.isnan(others), 1.0, others), ratios)


def factors(
    people: np.ndarray,
    members: np.ndarray,
    contacts: np.ndarray,
    unit_cost: np.ndarray,
    index: np.ndarray,
    spent: np.ndarray,
) -> np.ndarray:
    """Factors of every cell (service, group, sex, age, factor), NaN for a ratio over nothing.

    people one number; members (group, sex, age); contacts (service, group, sex, age); unit_cost, spent (service,
    group); index (service,).
    """
    worth = contacts.sum(axis=(2, 3)) * unit_cost
    if ((worth == 0) & (spent != 0)).any():
        k, j = np.argwhere((worth == 0) & (spent != 0))[0]
        raise BadInput(
            f"health growth: service number {k + 1} costs group number {j + 1} {spent[k, j]:,.0f} without any contact, "
            "so that the cost has no use and no price.\n  Give the group use rates, or leave the service out."
        )
    groups = members.sum(axis=(1, 2))
    total = groups.sum()
    one = (Ellipsis, None, None)
    parts = (
        people,
        _over(total, people),
        _over(groups, total)[one],
        _over(members, groups[one]),
        _over(contacts, members),
        index[:, None, None, None],
        _over(unit_cost, index[:, None])[one],
        _over(spent, worth)[one],
    )
    return np.stack([np.broadcast_to(part, contacts.shape) for part in parts], axis=-1)


def _over(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """A ratio, NaN over nothing."""
    whole = np.broadcast_to(whole, np.broadcast_shapes(np.shape(part), np.shape(whole)))
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole != 0)
