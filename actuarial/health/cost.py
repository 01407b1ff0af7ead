"""What services cost: what providers are due, what patients pay, what the scheme spends."""

from collections.abc import Iterator

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.bridge import align, over_scenarios, view
from actuarial.check.variables import first_of
from actuarial.errors import BadScheme
from actuarial.health.contract import MEMBER, Activity
from actuarial.health.scheme import HealthScheme
from actuarial.health.sharing import severity
from actuarial.health.stop_loss import ceiling_of, spared_table
from actuarial.health.use import CELL, labels
from actuarial.person import make_grid
from actuarial.quick import like
from actuarial.translation import N_, Told
from actuarial.vocabulary import annotate

NEEDED = ("contacts", "contacts_wanted_0", "covered_share", "unit_cost", "paid_share", "calibration_by_service")
USED = {"contacts": MEMBER, "contacts_wanted_0": CELL, "unit_cost": MEMBER[:2], "covered_share": MEMBER[:1]}
TOLERANCE = 1e-9


def project_health_cost(
    use: xr.Dataset, membership: xr.Dataset, basis: xr.Dataset, scheme: HealthScheme
) -> xr.Dataset:
    """Cost of every service: what providers are due, what patients pay, what is left to the scheme.

    Parameters
    ----------
    use : Dataset of `project_use`
    membership : Dataset of `project_membership`
    basis : Dataset with `unit_cost_0` and what the payment methods read (`days_per_contact`, `case_mix`)
    scheme : HealthScheme

    Returns
    -------
    Dataset, currency/year
        `provider_cost` (year, service_type, health_group, sex, age); `out_of_pocket` and `health_expenditure` (year,
        service_type, health_group), incurred in the year; `ceiling_relief` (year, health_group), what the yearly
        ceiling spares patients: it lies in the expenditure and not in what they pay, by service as they would pay.

    Raises
    ------
    BadScheme
        A payment method that answers something else than costs of every year and group, or patients who pay more than
        providers are due.

    Notes
    -----
    expenditure = sum of provider cost over sex and age less what patients pay of the contacts at their reference cost,
    in a year at most the ceiling, see `stop_loss.Ceiling`.

    References
    ----------
    .. [1] Cichon, M. et al. (1999), Modelling in health care finance, International Labour Office, chapter 6.

    Examples
    --------
    cost = project_health_cost(use, membership, basis, scheme)
    cost.health_expenditure.sum("health_group").to_pandas()
    """
    check.require(use, *NEEDED)
    check.require(membership, "health_covered", "health_covered_0")

    def one(use: xr.Dataset, membership: xr.Dataset, basis: xr.Dataset) -> xr.Dataset:
        return _one_scenario(use, membership, basis, scheme)

    return annotate(over_scenarios(one, use, membership, basis))


def _one_scenario(use: xr.Dataset, membership: xr.Dataset, basis: xr.Dataset, scheme: HealthScheme) -> xr.Dataset:
    coords = labels(membership, scheme)
    shape = tuple(coords[dim].size for dim in ("year", "service_type", *CELL))
    cost, spent = np.empty(shape), np.empty(shape[:3])
    asked = zip(scheme.services, activities(use, membership, basis, coords), strict=True)
    for k, (service, activity) in enumerate(asked):
        due = _checked(service.name, service.payment.cost(activity, basis), coords)
        cost[:, k], spent[:, k] = due, due.sum(axis=(2, 3))
    contacts = use["contacts"].values.sum(axis=(3, 4))
    pocket = contacts * use["unit_cost"].values * (1.0 - use["paid_share"].values)
    spared = _spared(use, membership, basis, scheme, coords)
    pocket = np.maximum(pocket - spared, 0.0)
    _check_pocket(pocket, spent, coords)
    pocket = np.minimum(pocket, spent)
    cell = ("year", "service_type", *CELL)
    found = {
        "provider_cost": (cell, cost),
        "out_of_pocket": (cell[:3], pocket),
        "health_expenditure": (cell[:3], spent - pocket),
        "ceiling_relief": (("year", "health_group"), spared.sum(axis=1)),
    }
    return xr.Dataset(found, coords={dim: coords[dim] for dim in cell})


def _spared(
    use: xr.Dataset, membership: xr.Dataset, basis: xr.Dataset, scheme: HealthScheme, coords: dict[str, xr.DataArray]
) -> np.ndarray:
    """What the yearly ceiling spares patients (year, service, group)."""
    result = np.zeros(use["unit_cost"].shape)
    if scheme.funding.out_of_pocket_ceiling is None:
        return result
    grid = make_grid(basis, None, years=coords["year"].values)
    ceiling = ceiling_of(scheme, severity(basis, scheme, coords), grid)
    covered = align(membership["health_covered"], ("year", *CELL), coords)
    for t in range(len(result)):
        cost, paid, contacts = (use[name].values[t] for name in ("unit_cost", "paid_share", "contacts"))
        result[t] = spared_table(ceiling, t, contacts, covered[t], cost, paid)
    return result


def activities(
    use: xr.Dataset, membership: xr.Dataset, basis: xr.Dataset, coords: dict[str, xr.DataArray]
) -> Iterator[Activity]:
    """What payment methods are asked about: the activity of each service, in the order of their labels."""
    start = align(basis["unit_cost_0"], ("service_type", "health_group"), coords)
    length = np.ones([coords[dim].size for dim in ("service_type", "sex", "age")])
    if "days_per_contact" in basis:
        length = align(basis["days_per_contact"], ("service_type", "sex", "age"), coords)
    start = start * align(use["calibration_by_service"], ("service_type", "health_group"), coords)
    used = {name: view(use[name], ("service_type", *dims), coords) for name, dims in USED.items()}
    labels = {dim: coords[dim].values for dim in MEMBER}
    people = xr.DataArray(align(membership["health_covered"], MEMBER, coords), labels, MEMBER)
    first = people.isel(year=0, drop=True)
    yearly = people.isel(sex=0, age=0, drop=True)
    cost, places = yearly.isel(year=0, drop=True), first.isel(health_group=0, drop=True)
    years = yearly.isel(health_group=0, drop=True)
    opening = like(first, align(membership["health_covered_0"], CELL, coords))
    for k, name in enumerate(coords["service_type"].values):
        yield Activity(
            service=str(name),
            members=people,
            contacts=like(people, used["contacts"][k]),
            length=like(places, length[k]),
            unit_cost=like(yearly, used["unit_cost"][k]),
            base_contacts=like(first, used["contacts_wanted_0"][k]),
            base_members=opening,
            base_cost=like(cost, start[k]),
            package=like(years, used["covered_share"][k]),
        )


def _checked(name: str, cost: xr.DataArray, coords: dict[str, xr.DataArray]) -> np.ndarray:
    """The answer of a payment method as an array (year, group, sex, age)."""
    if not isinstance(cost, xr.DataArray):
        kind = type(cost).__name__
        text = N_("{name}.payment: cost must answer a DataArray by {dims} (got {kind}).")
        raise BadScheme(Told(text, name=name, dims=tuple(MEMBER), kind=kind))
    values = view(cost, MEMBER, coords)
    if not (values.min() >= 0 and values.max() < np.inf):
        bad = ~np.isfinite(values) | (values < 0)
        text = N_(
            "{name}.payment: the cost must be a number of at least 0; {count} of {whole} cells are not, the first: "
            "{place} -> {value:g}.\n  Look at its budget, shares and growth."
        )
        raise BadScheme(Told(text, name=name, **first_of(bad, values, {dim: coords[dim] for dim in MEMBER})))
    return values


def _check_pocket(pocket: np.ndarray, spent: np.ndarray, coords: dict[str, xr.DataArray]) -> None:
    """BadScheme where patients pay more than providers are due."""
    over = pocket > spent * (1 + TOLERANCE) + TOLERANCE
    if not over.any():
        return
    t, k, j = np.argwhere(over)[0]
    dims = ("year", "service_type", "health_group")
    place = ", ".join(str(coords[dim].values[at]) for dim, at in zip(dims, (t, k, j), strict=True))
    text = N_(
        "sharing: patients pay more than providers are due in {count} of {whole} cells; the first: {place}: "
        "{paid:,.0f} of {due:,.0f}.\n  Lower what patients pay, or raise what providers are paid."
    )
    paid, due = float(pocket[t, k, j]), float(spent[t, k, j])
    raise BadScheme(Told(text, count=int(over.sum()), whole=over.size, place=place, paid=paid, due=due))
