"""Whether a basis and a health scheme can be valued together, before anybody is projected."""

from typing import Any

import xarray as xr

from actuarial import check
from actuarial.check.variables import first_place
from actuarial.errors import BadScheme
from actuarial.health.calibration import scaled_groups
from actuarial.health.cash import Sickness
from actuarial.health.cash_cost import member_grid
from actuarial.health.events import NEEDED as OF_EVENTS
from actuarial.health.groups import Dependants, Employed, Refugees
from actuarial.health.scheme import HealthScheme
from actuarial.health.sharing import severity
from actuarial.health.use import check_labels
from actuarial.translation import Told
from actuarial.warned import Warned, warnings_of

NEEDED = ("population_0", "use_rate_0", "unit_cost_0", "wage_growth", "inflation", "interest_rate", "health_reserve_0")
OF_GROUPS: dict[type, tuple[str, ...]] = {
    Employed: ("participation_rate", "unemployment_rate"),
    Dependants: ("married_share", "spouse_age_gap", "spouse_age_sd"),
    Refugees: ("refugees_0", "refugee_arrivals"),
}
"""Variables of the basis that forms of groups read."""
GIVEN = ("spouses_given", "children_given")
"""What families read that are given instead."""
DAYS = 366.0
LATER = ("payment_pattern", "claims_outstanding_0")
UNCALIBRATED = Warned(
    "expenditure_by_service_0, expenditure_by_group_0: not given; unit costs are used as they are.",
    "Expenditure of the base year is not given; unit costs are used as they are.",
)


def check_health_basis(basis: xr.Dataset, scheme: HealthScheme) -> list[str]:
    """Whether a basis and a health scheme can be valued together.

    Parameters
    ----------
    basis : Dataset
        Population, economy and what health schemes read, with or without scenarios.
    scheme : HealthScheme

    Returns
    -------
    list of str
        Warnings, one line each: no accounts to calibrate with, accounts by group that are scaled to those by service,
        services of the basis that the scheme does not have, members who use a service more than once a day; what the
        basis itself was warned of when it was made.

    Raises
    ------
    MissingVariable, BadDimensions, OutOfBounds, BadBasis
        The basis is incomplete, or lacks a service or a group of the scheme.
    BadScheme
        Amounts in another currency than those of the basis.

    Examples
    --------
    for warning in check_health_basis(basis, scheme):
        print(warning)
    """
    check.require(basis, *NEEDED, *_read_by(scheme))
    if any(name in basis for name in LATER):
        check.require(basis, *LATER)
    check.check_variables(basis)
    _same_currency(basis, scheme)
    check_labels(basis, scheme)
    one = basis.isel(scenario=0, drop=True) if "scenario" in basis.dims else basis
    _ask_spells(one, scheme)
    severity(one, scheme, {"service_type": basis["service_type"]} if "service_type" in basis.coords else {})
    labels = {"service_type": scheme.services, "health_group": scheme.groups}
    coords = {dim: xr.DataArray([part.name for part in parts], dims=dim) for dim, parts in labels.items()}
    found = [*_uncalibrated(basis), *scaled_groups(basis, coords), *_unused(basis, scheme), *_often(basis)]
    return [*found, *warnings_of(basis)]


def _ask_spells(basis: xr.Dataset, scheme: HealthScheme) -> None:
    """Let cash benefits say whether the spells of sickness of the basis last as long as they are paid."""
    sickness = [benefit for benefit in scheme.benefits if isinstance(benefit, Sickness)]
    if sickness:
        labels = {"year": basis["year"].values, "health_group": [group.name for group in scheme.groups]}
        nobody = xr.DataArray(0.0, labels, ("year", "health_group"))
        grid = member_grid(nobody, basis, scheme)
        for benefit in sickness:
            benefit.years(grid)


def _read_by(scheme: HealthScheme) -> list[str]:
    """Variables that the groups, benefits and contributions of a scheme read."""
    names = [name for group in scheme.groups for name in _read_by_group(group)]
    for benefit in scheme.benefits:
        names += OF_EVENTS[benefit.on]
    on_earnings = [line for line in scheme.contributions if line.base == "earnings"]
    names += ["member_earnings_0"] if on_earnings else []
    limited = any(line.floor is not None or line.ceiling is not None for line in on_earnings)
    return list(dict.fromkeys([*names, *(["member_earnings_cv"] if limited else [])]))


def _read_by_group(group: Any) -> tuple[str, ...]:
    """Variables that a group reads; numbers of dependants for each member need no families."""
    if not isinstance(group, Dependants):
        return OF_GROUPS.get(type(group), ())
    if group.ratio is not None:
        return ()
    if group.families == "given":
        return GIVEN if group.children_below else GIVEN[:1]
    return OF_GROUPS[Dependants]


def _same_currency(basis: xr.Dataset, scheme: HealthScheme) -> None:
    given = basis.attrs.get("currency")
    if given is not None and given != scheme.currency:
        raise BadScheme(
            Told(
                "currency: the amounts of the scheme are in {currency}, those of the basis in {other}.\n"
                "  Convert one of them, or correct its currency.",
                currency=scheme.currency,
                other=given,
            )
        )


def _uncalibrated(basis: xr.Dataset) -> list[str]:
    if "expenditure_by_service_0" in basis or "expenditure_by_group_0" in basis:
        return []
    return [UNCALIBRATED]


def _unused(basis: xr.Dataset, scheme: HealthScheme) -> list[str]:
    rates = basis["use_rate_0"]
    known = {service.name for service in scheme.services}
    given = [str(name) for name in rates["service_type"].values] if "service_type" in rates.coords else []
    spare = [name for name in given if name not in known]
    if not spare:
        return []
    return [
        Warned(
            "service_type: the scheme has no {services}; nothing is paid for it.",
            "The scheme has no {services}, for which the basis has rates of use; nothing is paid for it.",
            services=tuple(spare),
        )
    ]


def _often(basis: xr.Dataset) -> list[str]:
    """Warnings: more than one contact a day, as where contacts are those of 1,000 members."""
    rates = basis["use_rate_0"]
    often = (rates > DAYS).values
    if not often.any():
        return []
    place, value = first_place(rates, often)
    return [
        Warned(
            "use_rate_0: more than a contact a day in {number} of {count} cells, the first is {place} with "
            "{value:,.0f} a year; are these the contacts of 1,000 members? Those of one member are needed.",
            "Members use a service more than once a day in {number} of {count} cells, of which the first is {place} "
            "with {value:,.0f} contacts a year.",
            number=int(often.sum()),
            count=often.size,
            place=place,
            value=value,
        )
    ]
