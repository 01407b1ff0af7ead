"""What a health scheme is with and without refugees: two projections, and the series that a study of them needs."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr

from actuarial.benefits.stock import project_pensions
from actuarial.dated import evaluate
from actuarial.demography.population import project_population
from actuarial.errors import BadInput
from actuarial.health.scheme import HealthScheme
from actuarial.labour.insured import project_insured
from actuarial.person import make_grid
from actuarial.projection_health import needs_pensions, project_health
from actuarial.scheme import Scheme
from actuarial.studies.refugees import Host, Refugees
from actuarial.valuation.feedback import refuse_looking_back

OWN, STATE = ("member", "employer", "pensioner"), ("state",)
SHARED = ("budget", "deficit")  # bases that more members do not raise


def projected_refugees(
    basis: xr.Dataset,
    scheme: HealthScheme,
    groups: Sequence[str],
    *,
    direct_cost_per_head: Any,
    pension_scheme: Scheme | None = None,
    service: str = "months",
    progress: Callable[[str], None] | None = None,
) -> tuple[Refugees, Host]:
    """Project a health scheme with and without groups of refugees.

    Parameters
    ----------
    basis : Dataset of `project_health`, with the groups of refugees
    scheme : HealthScheme
        With the groups as members under the rules of nationals: services, contributions, cash benefits. Their enrolment
        is 1, and before the first year nobody of them can use services (`effective = { 2025 = 0, 2026 = 1 }`), since
        the accounts of the base year are those of nationals.
    groups : names of the groups of refugees
    direct_cost_per_head : see `Refugees`
    pension_scheme, service, progress : as in `project_health`

    Returns
    -------
    (Refugees, Host)
        Persons covered by group and the cost of one, what members and the State pay for a member; the reserve,
        benefits, earnings and interest of the scheme without them. Incomes are added with `dataclasses.replace`. In the
        first year they join evenly, so that half of them are covered.

    Raises
    ------
    BadInput
        Groups that the scheme does not have, of another enrolment, or that use services in the base year; several
        timings of flows.
    ActuarialError
        As `project_health`.

    Notes
    -----
    Their cost is what the expenditure of the scheme is more with them than without them, divided among the groups as
    their own expenditure, and their cash benefits; administration in the proportion of the host to its benefits. Where
    providers are paid a budget or have facilities, a new member costs less than the mean.

    Examples
    --------
    refugees, host = projected_refugees(basis, scheme, ["refugees"], direct_cost_per_head=140.0)
    """
    names = list(groups)
    _check_groups(basis, scheme, names)
    given: dict[str, Any] = {"population": project_population(basis), "service": service, "progress": progress}
    if pension_scheme is not None and needs_pensions(scheme):
        refuse_looking_back(
            pension_scheme,
            "projected_refugees",
            "the finances of the pension scheme are not projected here.\n  Give a law without such a rule.",
        )
        given["insured"] = project_insured(given["population"], basis, pension_scheme, service=service)
        given["pensions"] = project_pensions(given["insured"], basis, pension_scheme)

    def run(law: HealthScheme) -> xr.Dataset:
        return project_health(basis, law, **given)

    host, both = run(without_groups(scheme, names)), run(scheme)
    if float(both["contacts_0"].sel(health_group=names).sum()) > 0:
        raise BadInput(
            f"{', '.join(names)}: refugees use services in the base year, whose accounts are those of nationals.\n"
            "  Give them effective = 0 in the base year and 1 from the first projected year on."
        )
    ours = both[["health_members", "health_covered"]].sel(health_group=names).sum(["sex", "age"])
    heads, covered = (ours[name].drop_attrs() for name in ("health_members", "health_covered"))
    head, user = (people.where(people > 0, np.inf) for people in (heads, covered))
    with_them, without = (one["health_expenditure"].sum(["service_type", "health_group"]) for one in (both, host))
    added = with_them - without
    own_cost = both["health_expenditure"].sel(health_group=names).sum("service_type")
    total = own_cost.sum("health_group")
    cost = own_cost * (added / total.where(total > 0, np.inf))
    if both.sizes.get("benefit", 0):
        cost = cost + both["cash_expenditure"].sel(health_group=names).sum("benefit")
    paid = host["service_expenditure"] + host["cash_benefits"]
    income = both["contribution_by_group"].sel(health_group=names)
    income = income.where(~both["base"].isin(SHARED), 0.0)
    own, state = (income.where(income["payer"].isin(payers), 0.0).sum("contribution") for payers in (OWN, STATE))
    refugees = Refugees(
        persons=_plain(covered),
        cost_per_head=_plain(cost / user),
        direct_cost_per_head=direct_cost_per_head,
        administration_per_head=_plain(cost / user * host["administration"] / paid),
        own_by_rules=_plain(own / head),
        state_by_rules=_plain(state / head),
    )
    return refugees, _host(host, basis, scheme, paid)


def _host(result: xr.Dataset, basis: xr.Dataset, scheme: HealthScheme, paid: xr.DataArray) -> Host:
    timing = scheme.funding.timing
    if not isinstance(timing, float | int):
        raise BadInput("funding.timing: a study of refugees takes one fraction of the year for all flows.")
    months = evaluate(scheme.funding.reserve_months, make_grid(basis, None))
    return Host(
        reserve=_plain(result["reserve"] - result["claims_outstanding"]),
        benefits=_plain(paid),
        earnings=_plain(result["total_insurable_earnings"]),
        interest=_plain(result["interest_rate"]),
        reserve_months=months,
        timing=float(timing),
    )


def without_groups(scheme: HealthScheme, groups: Sequence[str]) -> HealthScheme:
    """The scheme in which some groups of members neither use services, nor pay, nor have cash benefits.

    Services, contributions and cash benefits that were for them alone are left out.
    """
    others = [group.name for group in scheme.groups if group.name not in groups]

    def kept(parts: Sequence[Any]) -> tuple[Any, ...]:
        chosen = [(part, [name for name in (part.groups or others) if name in others]) for part in parts]
        return tuple(replace(part, groups=tuple(names)) for part, names in chosen if names)

    lines = kept(scheme.contributions)
    left = {line.name for line in lines}
    lines = tuple(
        replace(line, of=tuple(name for name in line.of if name in left)) if line.of else line
        for line in lines
        if not line.of or any(name in left for name in line.of)
    )
    return replace(scheme, services=kept(scheme.services), contributions=lines, benefits=kept(scheme.benefits))


def _check_groups(basis: xr.Dataset, scheme: HealthScheme, names: list[str]) -> None:
    known = [group.name for group in scheme.groups]
    absent = [name for name in names if name not in known]
    if absent or not names:
        raise BadInput(
            f"groups: {', '.join(absent) or 'none'} of refugees are no groups of {scheme.name}; they are "
            f"{', '.join(known)}."
        )
    grid = make_grid(basis, None)
    for name in names:
        enrolment = xr.DataArray(evaluate(scheme.group(name).enrolment, grid))
        if bool((abs(enrolment - 1.0) > 0).any()):
            raise BadInput(
                f"{name}.enrolment must be 1: all refugees are projected, and how many enrol under the rules of "
                "nationals is enrolled_by_rules."
            )


def _plain(values: xr.DataArray) -> xr.DataArray:
    return values.drop_attrs().reset_coords(drop=True)
