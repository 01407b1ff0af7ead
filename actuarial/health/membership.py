"""Members of a health scheme by group, sex and age: who belongs to a group, who is enrolled, who can use services."""

from functools import partial
from typing import Any

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.bridge import align, over_scenarios
from actuarial.check.population import employed_before
from actuarial.check.variables import first_cell
from actuarial.errors import BadScheme
from actuarial.health.contract import MEMBER, Sources
from actuarial.health.groups import PERSONS, dated, since_base
from actuarial.health.scheme import HealthScheme
from actuarial.labour.participation import labour_market
from actuarial.person import make_grid
from actuarial.quick import like
from actuarial.translation import Told
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

    Examples
    --------
    membership = project_membership(population, basis, scheme, insured=insured, pensions=pensions)
    membership.health_members.sum(["sex", "age"]).to_pandas()
    """
    check.require(basis, "population_0")
    check.require(population, "population")

    def one(population: xr.Dataset, basis: xr.Dataset, insured: Any, pensions: Any) -> xr.Dataset:
        return _one_scenario(population, basis, scheme, insured, pensions)

    return annotate(over_scenarios(one, population, basis, insured, pensions))


def _one_scenario(
    population: xr.Dataset, basis: xr.Dataset, scheme: HealthScheme, insured: Any, pensions: Any
) -> xr.Dataset:
    stock = since_base(basis["population_0"], population["population"])
    labour = partial(_employed, population, basis)
    grid = make_grid(basis, None, years=stock["year"].values)
    found: dict[str, xr.DataArray] = {}
    enrolled: dict[str, xr.DataArray] = {}
    effective: dict[str, np.ndarray] = {}
    for order in sorted({group.order for group in scheme.groups}):
        sources = Sources(stock, labour, insured, pensions, basis, dict(found), dict(enrolled), grid)
        for group in (group for group in scheme.groups if group.order == order):
            persons = align(group.eligible(sources).transpose(*PERSONS), PERSONS, stock.coords)
            _nobody_below_zero(group.name, persons, stock)
            members = persons * dated(group.enrolment, sources)
            effective[group.name] = members * dated(group.effective, sources)
            found[group.name], enrolled[group.name] = like(stock, persons), like(stock, members)
    _nobody_twice(enrolled, stock)
    names = [group.name for group in scheme.groups]
    eligible, members = (np.stack([part[name].values for name in names], axis=1) for part in (found, enrolled))
    covered = np.stack([effective[name] for name in names], axis=1)
    parts = {
        "health_eligible": (MEMBER, eligible[1:]),
        "health_members": (MEMBER, 0.5 * (members[:-1] + members[1:])),
        "health_covered": (MEMBER, 0.5 * (covered[:-1] + covered[1:])),
        "health_members_0": (MEMBER[1:], members[0]),
        "health_covered_0": (MEMBER[1:], covered[0]),
    }
    labels = {dim: stock[dim].values for dim in PERSONS} | {"health_group": names, "year": stock["year"].values[1:]}
    return xr.Dataset(parts, coords={dim: labels[dim] for dim in MEMBER})


def _employed(population: xr.Dataset, basis: xr.Dataset) -> xr.DataArray | None:
    """Employed persons from the base year on; None where the basis has no labour market."""
    if not all(name in basis for name in LABOUR):
        return None
    return since_base(employed_before(basis), labour_market(population, basis)["employed"])


def _nobody_below_zero(name: str, persons: np.ndarray, stock: xr.DataArray) -> None:
    lowest = float(persons.min())
    if lowest < -ROUNDING * max(1.0, float(persons.max())):
        place = first_cell(persons == lowest, {dim: stock[dim] for dim in PERSONS})
        raise BadScheme(
            Told(
                "{group}: {number:,.1f} persons belong to the group in {place}: the groups before it hold more than "
                "the population.\n  Lower their shares or their enrolment.",
                group=name,
                number=lowest,
                place=place,
            )
        )


def _nobody_twice(enrolled: dict[str, xr.DataArray], population: xr.DataArray) -> None:
    """BadScheme where a year, sex and age has more members than people."""
    total = np.sum([part.values for part in enrolled.values()], axis=0)
    over = total > population.values * (1 + ROUNDING) + ROUNDING
    if not over.any():
        return
    place = first_cell(over, {dim: population[dim] for dim in PERSONS})
    spot = np.unravel_index(int(np.argmax(over)), over.shape)
    held = {name: float(part.values[spot]) for name, part in enrolled.items()}
    listed = tuple(Told("{group} {number:,.1f}", group=name, number=number) for name, number in held.items())
    raise BadScheme(
        Told(
            "members: more are enrolled than there are people in {count} of {whole} cells; the first: {place}: "
            "{members:,.1f} of {people:,.1f} ({groups}).\n"
            "  Lower a share, or let families and shares be those of persons who are no members otherwise.",
            count=int(over.sum()),
            whole=over.size,
            place=place,
            members=float(total[spot]),
            people=float(population.values[spot]),
            groups=listed,
        )
    )
