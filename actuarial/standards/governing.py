"""Financing and governance: Articles 71 and 72 of C102 for the schemes of an assessment taken together."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import xarray as xr

from actuarial.standards.counting import employee_groups
from actuarial.standards.facts import Facts
from actuarial.standards.financing import Resources, actuarial_studies, employees_share
from actuarial.standards.judging import stated, unanswered
from actuarial.standards.parameters import find, instruments
from actuarial.standards.verdicts import Message, Verdict, message
from actuarial.translation import N_

LINES = N_("{scheme} in {year}: employees {employees}, others {others}.")
LEFT_OUT = N_("{scheme}: income of those who are no employees is left out: {lines}.")
COMMON = N_("{scheme}: income from investment and from the State is counted whole.")
NO_RESULT = message(N_("Income by payer is that of a projection, and none is given."))
HARDSHIP = message(N_("Cost is borne collectively, without hardship for persons of small means."))
STUDIES = message(N_("When actuarial studies were made and the law was changed is not stated."))
MANAGED = message(
    N_("The insured are represented in management or consulted, unless a public authority runs the scheme.")
)
OTHERS = ("self_employed", "pensioner")


def financing_verdicts(
    scheme: Any,
    health: Any,
    basis: xr.Dataset,
    year: int,
    facts: Facts,
    result: xr.Dataset | None,
    members: xr.Dataset | None,
) -> tuple[Verdict, ...]:
    """Collective financing, the employees' share, actuarial studies and representation, Articles 71 and 72 of C102."""
    rule = find(instruments(), "C102", "instrument")
    findings = facts.findings
    found = [stated(rule, findings.no_hardship, HARDSHIP, article="71(1)", subject="financing")]
    found.append(_share(scheme, health, basis, year, facts, result, members))
    if facts.studies is None:
        found.append(unanswered(rule, "undetermined", article="71(3)", subject="financing", note=(STUDIES,)))
    else:
        found.append(actuarial_studies(facts.studies, facts.changes))
    found.append(stated(rule, findings.represented, MANAGED, article="72(1)", subject="administration"))
    return tuple(found)


def _share(
    scheme: Any, health: Any, basis: xr.Dataset, year: int, facts: Facts, result: xr.Dataset | None, members: Any
) -> Verdict:
    branches = list(facts.branches)
    evidence: list[Message] = []
    found = []
    if scheme is not None and result is not None:
        found.append(_pensions(scheme, employee_groups(scheme, basis, facts), year, result))
    if health is not None and members is not None:
        found.append(_care(health, year, members))
    missing = len(found) < sum(law is not None for law in (scheme, health))
    for branch, said in found:
        branches.append(branch)
        evidence += said
    rule = find(instruments(), "C102", "instrument")
    if not branches:
        return unanswered(rule, "undetermined", article="71(2)", subject="financing", note=(NO_RESULT,))
    share = employees_share(branches, complete=facts.all_branches and not missing)
    notes = (*share.note, *((NO_RESULT,) if missing else ()))
    return replace(share, interpreted=bool(found), evidence=tuple(evidence), note=notes)


def _pensions(
    scheme: Any, own: tuple[str, ...] | None, year: int, result: xr.Dataset
) -> tuple[Resources, list[Message]]:
    """Income of a pension scheme by who pays; lines of those who are no employees are left out."""
    income = result["contribution_income"].sel(year=year)
    paid, left = {"employees": 0.0, "others": 0.0}, []
    for line in scheme.contributions:
        amount = float(income.sel(contribution=line.name))
        outside = own is not None and line.groups and not set(line.groups) & set(own)
        if line.payer in OTHERS or outside:
            left.append(line.name)
        else:
            paid["employees" if line.payer == "employee" else "others"] += amount
    return _branch(scheme, year, result, "V", paid, left)


def _care(health: Any, year: int, members: xr.Dataset) -> tuple[Resources, list[Message]]:
    """Income of a health scheme by who pays, of the groups for whom employers contribute; of all where none does."""
    income = members["contribution_by_group"].sel(year=year)
    own = sorted({name for line in health.contributions if line.payer == "employer" for name in line.groups})
    paid, left = {"employees": 0.0, "others": 0.0}, []
    for line in health.contributions:
        if line.groups and own and not set(line.groups) & set(own):
            left.append(line.name)
            continue
        chosen = income.sel(contribution=line.name)
        amount = float(chosen.sel(health_group=own).sum()) if own else float(chosen.sum())
        paid["employees" if line.payer == "member" else "others"] += amount
    return _branch(health, year, members, "II", paid, left)


def _branch(
    law: Any, year: int, run: xr.Dataset, part: str, paid: dict[str, float], left: list[str]
) -> tuple[Resources, list[Message]]:
    if "investment_income" in run:
        paid["others"] += max(float(run["investment_income"].sel(year=year)), 0.0)
    employees, others = (Fraction(round(paid[name])) for name in ("employees", "others"))
    said: list[Message] = [message(LINES, scheme=law.name, year=str(year), employees=employees, others=others)]
    said += list(_remarks(law, left))
    return Resources(part=part, employees=employees, others=others), said


def _remarks(law: Any, left: list[str]) -> Iterator[Message]:
    yield message(COMMON, scheme=law.name)
    if left:
        yield message(LEFT_OUT, scheme=law.name, lines=", ".join(left).replace("_", " "))
