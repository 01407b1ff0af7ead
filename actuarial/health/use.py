"""What members use: contacts by service, group, sex and age, and what one contact costs."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.bridge import align, over_scenarios, view
from actuarial.demography.mortality import member_survival
from actuarial.errors import BadBasis
from actuarial.health.calibration import calibration, unusual
from actuarial.health.scheme import HealthScheme
from actuarial.health.sharing import (
    Terms,
    check_ever_paid,
    demand_factor,
    severity,
    share_paid,
    yearly,
    yearly_terms,
)
from actuarial.health.stop_loss import ceiling_of, spared_table
from actuarial.person import make_grid
from actuarial.translation import Told
from actuarial.vocabulary import annotate
from actuarial.warned import Warned, warning_attributes, warnings_of

CELL = ("health_group", "sex", "age")
NEEDED = ("use_rate_0", "unit_cost_0")
GROWTH = ("wage_growth", "inflation")
ACCOUNTS = ("expenditure_by_service_0", "expenditure_by_group_0")


def project_use(membership: xr.Dataset, basis: xr.Dataset, scheme: HealthScheme) -> xr.Dataset:
    """Contacts of every service by group, sex and age, and the reference cost of one contact.

    Parameters
    ----------
    membership : Dataset of `project_membership`
    basis : Dataset
        `use_rate_0` (service_type, health_group, sex, age), `unit_cost_0` (service_type, health_group); optionally
        `use_growth`, `intensity_growth`, `use_shock`, `capacity`, `excess_inflation` (year, service_type),
        `labour_share`, `decedent_cost_ratio` (service_type); `wage_growth`, `inflation` (year); `mx` where there are
        decedents.
    scheme : HealthScheme

    Returns
    -------
    Dataset
        `contacts` (year, service_type, health_group, sex, age), `contacts_0` of the base year without year, contacts a
        year; `contacts_wanted_0`, those of the base year whether the package covered them or not, and `covered_share`
        (year, service_type), the part that the package covers; `unit_cost` (year, service_type, health_group), currency
        per contact, carried to the accounts of the base year by `calibration_by_service` (service_type, health_group);
        `paid_share`, what the scheme pays of a contact; `use_factor` (year, health_group), the effect of selection and
        of catching up; `rationed_share` (year, service_type), the share of the contacts wanted that capacity does not
        allow. The attribute `warnings` names factors outside 0.8 to 1.25, and what the accounts of the base year level
        out although it differs by scenario.

    Raises
    ------
    MissingVariable, BadDimensions, OutOfBounds
        An input that is absent or has other labels than the scheme.
    BadBasis
        Services or groups of the scheme that the basis does not have.

    Notes
    -----
    With H the covered members, g the growth of use, r the ratio of decedents, q the probability to die in the year::

        contacts_t = H_t u_0 prod(1 + g) shock_t dying_t factor_t demand_t package_t ration_t
        dying_t    = (1 - q_t + q_t r)/(1 - q_1 + q_1 r)
        factor_t   = (1 + selection (1 - enrolment_t)) x catching up
        unit cost  = unit cost_0 calibration prod((1 + w gam + (1 - w) infl + x)(1 + i))

    with w the labour share, gam the growth of wages, infl that of prices, x the excess inflation and i the growth of
    intensity: what is done in one contact. Its level is part of the unit cost; where it depends on sex and age and is
    paid by quantity, it is `days_per_contact` of a service paid per diem, or `case_mix` of one paid by case.

    Who joined tau years ago uses the share 1 - (1 - first_use) exp(-catching_up tau) of what others use, by the law of
    the year of joining; those who join in a year do so evenly over it. Only growth of a group counts as joining.

    References
    ----------
    .. [1] Cichon, M. et al. (1999), Modelling in health care finance, International Labour Office, chapters 5 and 6.
    .. [2] Zweifel, P., Felder, S., Meiers, M. (1999), Ageing of population and health care expenditure: a red herring?,
       Health Economics 8(6), 485-496.

    Examples
    --------
    use = project_use(membership, basis, scheme)
    use.contacts.sum(["health_group", "sex", "age"]).to_pandas()
    """
    check.require(membership, "health_covered", "health_covered_0", "health_members", "health_members_0")
    check.require(basis, *NEEDED, *GROWTH)
    check_labels(basis, scheme)

    def one(membership: xr.Dataset, basis: xr.Dataset) -> xr.Dataset:
        return _one_scenario(membership, basis, scheme)

    found = annotate(over_scenarios(one, membership, basis))
    return found.assign_attrs(warning_attributes([*warnings_of(found), *_levelled(basis)]))


def _levelled(basis: xr.Dataset) -> list[str]:
    """Warnings: what differs by scenario in the base year, whose accounts do not."""
    accounts = [name for name in ACCOUNTS if name in basis]
    moved = [name for name in NEEDED if "scenario" in basis[name].dims]
    if not (moved and accounts) or any("scenario" in basis[name].dims for name in accounts):
        return []
    return [
        Warned(
            "{variables}: differ by scenario, but all scenarios have the same accounts of the base year, to which "
            "unit costs are carried, so that only proportions are left; for another level of prices or use give "
            "excess_inflation, use_growth or use_shock.",
            "What differs by scenario in the base year ({variables}) is carried to the same accounts in all scenarios, "
            "so that only its proportions are left.",
            variables=tuple(moved),
        )
    ]


def check_labels(basis: xr.Dataset, scheme: HealthScheme) -> None:
    """BadBasis where the basis lacks a service or a group of the scheme."""
    for dim, names in (
        ("service_type", [service.name for service in scheme.services]),
        ("health_group", [group.name for group in scheme.groups]),
    ):
        if dim not in basis.coords:
            continue
        absent = [name for name in names if name not in basis[dim].values]
        if absent:
            raise BadBasis(
                Told(
                    "{dim}: the basis lacks {names} of the scheme {scheme}; it has {known}.\n"
                    "  Add them to its use rates and unit costs, or rename them.",
                    dim=dim,
                    names=tuple(absent),
                    scheme=scheme.name,
                    known=tuple(map(str, basis[dim].values)),
                )
            )


def _one_scenario(membership: xr.Dataset, basis: xr.Dataset, scheme: HealthScheme) -> xr.Dataset:
    coords = labels(membership, scheme)
    years, services = coords["year"], coords["service_type"]
    grid = make_grid(basis, None, years=[int(years[0]) - 1, *years.values])
    rates = view(basis["use_rate_0"], ("service_type", *CELL), coords)
    covered = view(membership["health_covered"], ("year", *CELL), coords)
    opening = align(membership["health_covered_0"], CELL, coords)
    factor = use_factors(membership["health_members"], membership["health_members_0"], scheme, grid)
    package = _by_year(scheme.services, "covered", grid)
    entitled = _entitled(scheme)
    wanted_0 = opening * rates * (entitled * factor[0])[:, :, None, None]
    contacts_0 = wanted_0 * package[0][:, None, None, None]
    prices = _Prices(basis, scheme, coords, grid, contacts_0, opening)
    scale = (_trend(basis, coords) * package[1:])[:, :, None] * entitled * factor[1:, None] * prices.demand
    contacts = np.empty((len(years), len(services), *covered.shape[1:]))
    dying = _decedents(basis, coords)
    for k in range(len(services)):
        np.multiply(covered, rates[k] * dying.get(k, 1.0), out=contacts[:, k])
        contacts[:, k] *= scale[:, k, :, None, None]
    kept = _ration(contacts, basis, coords)
    cell = ("year", "service_type", *CELL)
    found = {
        "contacts": (cell, contacts),
        "contacts_0": (cell[1:], contacts_0),
        "contacts_wanted_0": (cell[1:], wanted_0),
        "covered_share": (cell[:2], package[1:]),
        "unit_cost": (cell[:3], prices.unit_cost),
        "paid_share": (cell[:3], prices.paid),
        "calibration_by_service": (cell[1:3], prices.factors),
        "use_factor": (("year", "health_group"), factor[1:]),
        "rationed_share": (cell[:2], 1.0 - kept),
    }
    result = xr.Dataset(found, coords={dim: coords[dim] for dim in cell})
    return result.assign_attrs(warning_attributes(prices.warnings))


class _Prices:
    """Unit costs carried to the accounts of the base year and forward by prices, and what the scheme pays of them.

    `factors` (service, group); `unit_cost`, `paid` and `demand` (year, service, group).
    """

    def __init__(
        self,
        basis: xr.Dataset,
        scheme: HealthScheme,
        coords: dict[str, xr.DataArray],
        grid: Any,
        contacts: np.ndarray,
        covered: np.ndarray,
    ) -> None:
        start = align(basis["unit_cost_0"], ("service_type", "health_group"), coords)
        cv = severity(basis, scheme, coords)
        base = grid.at_years(grid.year.values[:1])
        used, ceiling = contacts.sum(axis=(2, 3)), ceiling_of(scheme, cv, base)

        later = grid.at_years(grid.year.values[1:])
        rules, rules_0 = ([yearly_terms(one, scheme, when) for one in scheme.services] for when in (later, base))
        for service, *both in zip(scheme.services, rules, rules_0, strict=True):
            check_ever_paid(service.name, *both)

        def paid(costs: np.ndarray, rules: list[Terms]) -> np.ndarray:
            return np.stack([share_paid(rule, costs[:, k], cv[k]) for k, rule in enumerate(rules)], axis=1)

        def expenditure(factors: np.ndarray) -> np.ndarray:
            cost = start * factors
            return used * cost * paid(cost[None], rules_0)[0]

        def spared(factors: np.ndarray) -> np.ndarray:
            cost = start * factors
            return spared_table(ceiling, 0, contacts, covered, cost, paid(cost[None], rules_0)[0])

        self.factors = calibration(basis, coords, expenditure, None if ceiling is None else spared)
        self.warnings = unusual(self.factors, coords, used > 0)
        calibrated = start * self.factors
        self.unit_cost = calibrated * price_index(basis, coords)[:, :, None]
        self.paid = paid(self.unit_cost, rules)
        first = paid(calibrated[None], rules_0)
        self.demand = demand_factor(self.paid, first, scheme.funding.demand_elasticity)


def labels(membership: xr.Dataset, scheme: HealthScheme) -> dict[str, xr.DataArray]:
    """Labels of years, services of the scheme, groups, sexes and ages."""
    names = [service.name for service in scheme.services]
    found = {str(dim): membership[dim] for dim in ("year", *CELL)}
    return found | {"service_type": xr.DataArray(names, dims="service_type", coords={"service_type": names})}


def _by_year(parts: Sequence[Any], word: str, grid: Any) -> np.ndarray:
    """A dated number of groups or services as an array (year from the base year on, group or service)."""
    return np.stack([yearly(getattr(part, word), grid, f"{part.name}.{word}") for part in parts], axis=1)


def use_factors(members: xr.DataArray, opening: xr.DataArray, scheme: HealthScheme, grid: Any) -> np.ndarray:
    """Selection and catching up by year (from the base year on) and group."""
    totals = np.concatenate(
        [[opening.sum(["sex", "age"]).values], members.transpose("year", *CELL).sum(["sex", "age"]).values]
    )
    words = ("selection", "first_use", "catching_up")
    selection, first, force = (_by_year(scheme.groups, word, grid) for word in words)
    more = np.ones(totals.shape)
    for j, group in enumerate(scheme.groups):
        if selection[:, j].any():
            more[:, j] += selection[:, j] * (1.0 - yearly(group.enrolment, grid, f"{group.name}.enrolment"))
    return more * _catching_up(totals, first, force)


def _catching_up(totals: np.ndarray, first: np.ndarray, force: np.ndarray) -> np.ndarray:
    """Mean use of members over that of long-standing ones (year, group), by cohorts of joining years.

    A cohort that joins evenly over its year has been there for half a year on average in it, then for k + 1/2 years;
    those of the base year are long-standing. Who leaves is of all cohorts alike. `first` and `force` (year, group) are
    those of the year of joining.
    """
    years, groups = totals.shape
    first, force = np.broadcast_to(first, totals.shape), np.broadcast_to(force, totals.shape)
    cohorts = np.zeros((years, years, groups))
    cohorts[0, 0] = totals[0]
    result = np.ones(totals.shape)
    for t in range(1, years):
        before = totals[t - 1]
        kept = np.divide(np.minimum(totals[t], before), before, out=np.zeros(groups), where=before > 0)
        cohorts[t] = cohorts[t - 1] * kept
        cohorts[t, t] = np.maximum(totals[t] - before, 0.0)
        since = np.maximum(t - np.arange(1, t + 1), 0.0)[:, None] + 0.5
        lag = (1.0 - first[1 : t + 1]) * np.exp(-force[1 : t + 1] * since)
        behind = (cohorts[t, 1 : t + 1] * lag).sum(axis=0)
        result[t] = 1.0 - np.divide(behind, totals[t], out=np.zeros(groups), where=totals[t] > 0)
    return result


def _entitled(scheme: HealthScheme) -> np.ndarray:
    """1 where a group is entitled to a service, else 0 (service, group)."""
    rows = [[not one.groups or group.name in one.groups for group in scheme.groups] for one in scheme.services]
    return np.array(rows, dtype=float)


def _trend(basis: xr.Dataset, coords: dict[str, xr.DataArray]) -> np.ndarray:
    """Growth and shocks of use (year, service): 1 in the base year."""
    dims = ("year", "service_type")
    growth = align(basis["use_growth"], dims, coords) if "use_growth" in basis else np.zeros(_sizes(coords, dims))
    shock = align(basis["use_shock"], dims, coords) if "use_shock" in basis else 1.0
    return np.cumprod(1.0 + growth, axis=0) * shock


def _sizes(coords: dict[str, xr.DataArray], dims: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(coords[dim].size for dim in dims)


def _decedents(basis: xr.Dataset, coords: dict[str, xr.DataArray]) -> dict[int, np.ndarray]:
    """(1 - q_t + q_t r)/(1 - q_1 + q_1 r) by year, 1, sex and age, of the services that have decedents."""
    if "decedent_cost_ratio" not in basis:
        return {}
    ratios = align(basis["decedent_cost_ratio"], ("service_type",), coords)
    if np.all(ratios == 1.0):
        return {}
    q = 1.0 - align(member_survival(basis), ("year", "sex", "age"), coords)
    use = {k: 1.0 - q + q * ratios[k] for k in np.flatnonzero(ratios != 1.0).tolist()}
    return {k: (values / values[0])[:, None] for k, values in use.items()}


def _ration(contacts: np.ndarray, basis: xr.Dataset, coords: dict[str, xr.DataArray]) -> np.ndarray:
    """Cut contacts to what providers can deliver; returns the share that is delivered (year, service)."""
    if "capacity" not in basis:
        return np.ones(contacts.shape[:2])
    wanted = contacts.sum(axis=(2, 3, 4))
    allowed = align(basis["capacity"], ("year", "service_type"), coords)
    kept = np.minimum(1.0, np.divide(allowed, wanted, out=np.ones_like(wanted), where=wanted > 0))
    contacts *= kept[:, :, None, None, None]
    return kept


def price_index(basis: xr.Dataset, coords: dict[str, xr.DataArray]) -> np.ndarray:
    """Cost of a contact (year, service), 1 in the base year: wages, prices, excess inflation and intensity."""
    wages, prices = (align(basis[name], ("year",), coords)[:, None] for name in GROWTH)
    labour = align(basis["labour_share"], ("service_type",), coords) if "labour_share" in basis else 0.0
    dims = ("year", "service_type")
    none = np.zeros(_sizes(coords, dims))
    excess = align(basis["excess_inflation"], dims, coords) if "excess_inflation" in basis else none
    intensity = align(basis["intensity_growth"], dims, coords) if "intensity_growth" in basis else none
    return np.cumprod((1.0 + labour * wages + (1.0 - labour) * prices + excess) * (1.0 + intensity), axis=0)
