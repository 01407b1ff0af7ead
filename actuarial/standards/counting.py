"""Numbers of persons for the alternatives of coverage: residents, the economically active, the insured, members."""

from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

import numpy as np
import xarray as xr

from actuarial.errors import BadInput
from actuarial.standards.facts import Facts
from actuarial.standards.of_residents import by_residence
from actuarial.standards.protected import Counts
from actuarial.standards.verdicts import Message, message
from actuarial.translation import N_, Told

DATED = N_("Numbers of persons are those of 31 December {year}.")
EMPLOYEES = N_("Insured employees are those of these groups: {groups}.")
UNSPLIT = N_("Which of the insured are employees is not known; name their groups.")
MEMBERS = N_("Groups of members with the right: {groups}.")
RESIDENTS = N_("Nobody contributes and the period is one of residence, so that all residents are protected.")
NO_MEANS = N_("The scheme has no rule for all residents whose means do not exceed a limit.")
NO_MEMBERS = N_("The numbers of members are those of a projection of the health scheme, and none is given.")
EARNERS = ("employee", "employer")
PERSONS = (*EARNERS, "self_employed", "other")


def employee_groups(scheme: Any, basis: xr.Dataset, facts: Facts) -> tuple[str, ...] | None:
    """Groups of the basis that are employees: as stated, or those for whom employees or employers contribute.

    None where neither is known: a line of all groups does not tell employees from the self-employed if these have a
    line too.
    """
    known = known_groups(basis)
    if facts.employee_groups is not None:
        wrong = [name for name in facts.employee_groups if name not in known]
        if wrong:
            text = N_("employee_groups: the basis has no {names}; its groups are {known}.")
            raise BadInput(Told(text, names=tuple(wrong), known=tuple(known)))
        return tuple(facts.employee_groups)
    lines = getattr(scheme, "contributions", ())
    if not any(line.payer in EARNERS for line in lines):
        return None
    own = {name for line in lines if line.payer == "self_employed" for name in line.groups or known}
    paid = {name for line in lines if line.payer in EARNERS for name in line.groups or known}
    found = tuple(name for name in known if name in paid - own)
    return found or None


def known_groups(basis: xr.Dataset) -> list[str]:
    """Groups of insured of a basis; one for all where it tells none apart."""
    if "group" not in basis.coords:
        return ["all"]
    return [str(name) for name in np.atleast_1d(basis["group"].values)]


def country(basis: xr.Dataset, year: int, result: xr.Dataset | None) -> tuple[Counts, int]:
    """Residents, and economically active persons where the basis has them; the year of the 31 December meant."""
    if _has(result, "population", year):
        assert result is not None
        one = result.sel(year=year)
        return Counts(residents=_whole(one["population"]), active=_whole(one.get("labour_force"))), year
    first = int(basis["year"][0])
    if "population_0" not in basis:
        return Counts(), first - 1
    people, active = basis["population_0"], None
    if "participation_rate" in basis:
        rate = basis["participation_rate"]
        active = people * (rate.isel(year=0, drop=True) if "year" in rate.dims else rate)
    return Counts(residents=_whole(people), active=_whole(active)), first - 1


def insured_counts(
    scheme: Any, basis: xr.Dataset, year: int, facts: Facts, result: xr.Dataset | None
) -> tuple[Counts, tuple[Message, ...]]:
    """Numbers for the Parts of a pension scheme, those that somebody stated first."""
    counts, when = country(basis, year, result)
    by_group = _insured(basis, year, result)
    evidence = [message(DATED, year=when)]
    if by_group is not None:
        counts = replace(counts, active_protected=_whole(by_group))
        groups = employee_groups(scheme, basis, facts)
        if groups is None:
            evidence.append(message(UNSPLIT))
        else:
            evidence.append(message(EMPLOYEES, groups=", ".join(groups).replace("_", " ")))
            part = by_group.sel(group=list(groups)) if "group" in by_group.dims else by_group
            counts = replace(counts, employees_protected=_whole(part))
    if any(line.payer in PERSONS for line in scheme.contributions):
        counts = replace(counts, means_tested=False)
        evidence.append(message(NO_MEANS))
    elif facts.residence or by_residence(scheme.benefits):
        counts = replace(counts, means_tested=True)
        evidence.append(message(RESIDENTS))
    return stated(counts, facts), tuple(evidence)


def member_counts(
    health: Any,
    groups: tuple[str, ...],
    basis: xr.Dataset,
    year: int,
    facts: Facts,
    result: xr.Dataset | None,
    members: xr.Dataset | None,
) -> tuple[Counts, tuple[Message, ...]]:
    """Numbers for the Parts of a health scheme, of the groups of members that have a right (all if empty).

    Parameters
    ----------
    health : HealthScheme
    groups : names of groups of members
    members : Dataset of `project_health`, or None
    """
    counts, when = country(basis, year, members if _has(members, "population", year) else result)
    entitled = [one for one in health.groups if one.name in groups or (not groups and one.enrolment != 0.0)]
    insured = [one for one in entitled if hasattr(one, "of") and hasattr(one, "share") and not hasattr(one, "overlap")]
    names = ", ".join(one.name for one in entitled).replace("_", " ")
    evidence = [message(DATED, year=when), message(MEMBERS, groups=names)]
    employees, active, residents = _members(health, entitled, insured, year, members)
    if members is None:
        active = _of_insured(insured, basis, year, result)
        employees = _of_insured([one for one in insured if _employed(health, one)], basis, year, result)
        evidence.append(message(NO_MEMBERS))
    counts = replace(
        counts,
        employees_protected=employees,
        active_protected=active,
        residents_protected=residents,
        families=_families(entitled),
        means_tested=False if any(line.payer == "member" for line in health.contributions) else None,
    )
    return stated(counts, facts), tuple(evidence)


def stated(counts: Counts, facts: Facts) -> Counts:
    """Counts with those that somebody stated in their place."""
    default = Counts()
    given = {
        one.name: getattr(facts.persons, one.name)
        for one in fields(Counts)
        if getattr(facts.persons, one.name) != getattr(default, one.name)
    }
    return replace(counts, **given)


def by_age(basis: xr.Dataset, year: int, result: xr.Dataset | None) -> xr.DataArray | None:
    """Residents by age, of the year or else of the valuation date."""
    if _has(result, "population", year):
        assert result is not None
        return result["population"].sel(year=year).sum("sex")
    return basis["population_0"].sum("sex") if "population_0" in basis else None


def _members(
    health: Any, entitled: list[Any], insured: list[Any], year: int, members: xr.Dataset | None
) -> tuple[Fraction | None, Fraction | None, Fraction | None]:
    if not _has(members, "health_members", year):
        return None, None, None
    assert members is not None
    people = members["health_members"].sel(year=year)

    def number(groups: list[Any]) -> Fraction | None:
        return _whole(people.sel(health_group=[one.name for one in groups])) if groups else None

    return number([one for one in insured if _employed(health, one)]), number(insured), number(entitled)


def _employed(health: Any, group: Any) -> bool:
    """Whether employers pay for a group."""
    lines = [line for line in health.contributions if line.payer == "employer"]
    return any(not line.groups or group.name in line.groups for line in lines)


def _of_insured(groups: list[Any], basis: xr.Dataset, year: int, result: xr.Dataset | None) -> Fraction | None:
    by_group = _insured(basis, year, result)
    if by_group is None or "group" not in by_group.dims:
        return None
    known = [str(name) for name in by_group["group"].values]
    chosen = [name for one in groups for name in (one.of or known) if name in known]
    return _whole(by_group.sel(group=chosen)) if chosen else None


def _families(entitled: list[Any]) -> bool | None:
    """Whether wives and children of members are members: a group of dependants among those entitled."""
    found = [one for one in entitled if hasattr(one, "children_below")]
    return True if any(one.spouses and one.children_below >= 15 for one in found) else None


def wives_cared_for(health: Any) -> bool | None:
    """Whether the wives of members have medical care: spouses among those enrolled; None where nobody says."""
    found = [one for one in health.groups if hasattr(one, "children_below") and one.enrolment != 0.0]
    return True if any(one.spouses for one in found) else None


def _insured(basis: xr.Dataset, year: int, result: xr.Dataset | None) -> xr.DataArray | None:
    """Insured persons by group."""
    if _has(result, "active", year):
        assert result is not None
        people = result["active"].sel(year=year)
    elif "active_0" in basis:
        people = basis["active_0"]
    else:
        return None
    return people.sum([dim for dim in people.dims if dim != "group"])


def _has(result: xr.Dataset | None, name: str, year: int) -> bool:
    return result is not None and name in result and year in result["year"].values


def _whole(persons: xr.DataArray | None) -> Fraction | None:
    """Persons, rounded to whole ones."""
    if persons is None:
        return None
    total = float(np.asarray(persons.sum()))
    return Fraction(round(total)) if np.isfinite(total) else None
