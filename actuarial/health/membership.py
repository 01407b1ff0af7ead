"""Members of a health scheme by group, sex and age: who belongs to a group, who is enrolled, who can use services."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.bridge import over_scenarios
from actuarial.check.population import employed_before
from actuarial.dated import evaluate
from actuarial.errors import BadScheme
from actuarial.health.contract import MEMBER, Sources
from actuarial.health.groups import PERSONS, grid_of
from actuarial.health.scheme import HealthScheme
from actuarial.labour.participation import labour_market
from actuarial.vocabulary import annotate

ROUNDING = 1e-9
LABOUR = ("participation_rate", "unemployment_rate")


def project_membership(
    population: xr.Dataset,
    basis: xr.Dataset,
    scheme: HealthScheme,
    *,
    insured: xr.Dataset | None = None,
    pensions: xr.Dataset | None = None,
) -> xr.Dataset:
    """Members of every group: those who belong to it, those enrolled, those who can use services.

    Parameters
    ----------
    population : Dataset of `project_population`
    basis : Dataset with `population_0` and what the groups read
    scheme : HealthScheme
    insured, pensions : Datasets of `project_insured` and `project_pensions`, where a group is made of their people

    Returns
    -------
    Dataset by (scenario,) year, health_group, sex, age, persons
        `health_eligible` on 31 December, before enrolment; `health_members`, enrolled, and `health_covered`, those who
        can use services, means of two 31 December stocks; `health_members_0` enrolled on the valuation date and
        `health_covered_0` those of them who can use services.

    Raises
    ------
    BadScheme
        A group of unknown insured or pensions; more members than people in a cell.
    BadInput
        A group is made of insured or pensioners and none are given, or of refugees that the basis does not hold.

    Notes
    -----
    Groups in their own right come first, then families, then shares of the population, then the remainder; nobody is
    enrolled twice. Enrolment and effective coverage are those of the year whose 31 December is meant.

    References
    ----------
    .. [1] Cichon, M. et al. (1999), Modelling in health care finance, International Labour Office, chapter 4.
    """
    check.require(basis, "population_0")
    check.require(population, "population")

    def one(population: xr.Dataset, basis: xr.Dataset, insured: Any, pensions: Any) -> xr.Dataset:
        return _one_scenario(population, basis, scheme, insured, pensions)

    return annotate(over_scenarios(one, population, basis, insured, pensions))


def _one_scenario(
    population: xr.Dataset, basis: xr.Dataset, scheme: HealthScheme, insured: Any, pensions: Any
) -> xr.Dataset:
    stock = _from_base(basis["population_0"], population["population"])
    employed = None
    if all(name in basis for name in LABOUR):
        employed = _from_base(employed_before(basis), labour_market(population, basis)["employed"])
    found: dict[str, xr.DataArray] = {}
    enrolled: dict[str, xr.DataArray] = {}
    effective: dict[str, xr.DataArray] = {}
    for order in sorted({group.order for group in scheme.groups}):
        sources = Sources(stock, employed, insured, pensions, basis, dict(found), dict(enrolled))
        grid = grid_of(sources)
        for group in (group for group in scheme.groups if group.order == order):
            found[group.name] = group.eligible(sources)
            _nobody_below_zero(group.name, found[group.name])
            enrolled[group.name] = (found[group.name] * evaluate(group.enrolment, grid)).transpose(*stock.dims)
            usable = enrolled[group.name] * evaluate(group.effective, grid)
            effective[group.name] = usable.transpose(*stock.dims)
    names = [group.name for group in scheme.groups]
    _nobody_twice(enrolled, stock)
    members, covered = _stacked(enrolled, names), _stacked(effective, names)
    return xr.Dataset(
        {
            "health_eligible": _stacked(found, names).isel(year=slice(1, None)),
            "health_members": _mean(members),
            "health_covered": _mean(covered),
            "health_members_0": members.isel(year=0, drop=True),
            "health_covered_0": covered.isel(year=0, drop=True),
        }
    )


def _from_base(opening: xr.DataArray, later: xr.DataArray) -> xr.DataArray:
    """Stock of the valuation date before those of the projected years, by year, sex, age."""
    first = opening.drop_attrs().expand_dims(year=[int(later["year"][0]) - 1])
    return xr.concat([first, later.drop_attrs()], dim="year").transpose("year", "sex", "age")


def _stacked(parts: dict[str, xr.DataArray], names: list[str]) -> xr.DataArray:
    """Persons of all groups (year, health_group, sex, age)."""
    first = parts[names[0]]
    coords = {dim: first[dim].values for dim in PERSONS} | {"health_group": names}
    values = np.stack([parts[name].transpose(*PERSONS).values for name in names], axis=1)
    return xr.DataArray(values, dims=MEMBER, coords=coords)


def _mean(stock: xr.DataArray) -> xr.DataArray:
    """Mean of two 31 December stocks, by cell."""
    later = stock.isel(year=slice(1, None))
    return later.copy(data=0.5 * (stock.values[:-1] + stock.values[1:]))


def _nobody_below_zero(name: str, persons: xr.DataArray) -> None:
    lowest = float(persons.min())
    if lowest < -ROUNDING * max(1.0, float(persons.max())):
        place = _place(persons, persons.values == persons.values.min())
        raise BadScheme(
            f"{name}: {lowest:,.1f} persons belong to the group in {place}: the groups before it hold more than the "
            "population.\n  Lower their shares or their enrolment."
        )


def _nobody_twice(enrolled: dict[str, xr.DataArray], population: xr.DataArray) -> None:
    """BadScheme where a year, sex and age has more members than people."""
    total = sum(enrolled.values())
    assert isinstance(total, xr.DataArray)
    over = total.values > population.values * (1 + ROUNDING) + ROUNDING
    if not over.any():
        return
    place = _place(population, over)
    spot = np.unravel_index(int(np.argmax(over)), over.shape)
    listed = ", ".join(f"{name} {float(part.values[spot]):,.1f}" for name, part in enrolled.items())
    raise BadScheme(
        f"members: more are enrolled than there are people in {int(over.sum())} of {over.size} cells; the first: "
        f"{place}: {float(total.values[spot]):,.1f} of {float(population.values[spot]):,.1f} ({listed}).\n"
        "  Lower a share, or let families and shares be those of persons who are no members otherwise."
    )


def _place(array: xr.DataArray, marked: np.ndarray) -> str:
    spot = np.unravel_index(int(np.argmax(marked)), marked.shape)
    labels = [array[dim].values[at] for dim, at in zip(array.dims, spot, strict=True)]
    return ", ".join(f"{dim} {label}" for dim, label in zip(array.dims, labels, strict=True))
