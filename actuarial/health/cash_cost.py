"""Cash benefits of health schemes: how many are paid, and what they cost."""

from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.bridge import align, over_scenarios
from actuarial.check.variables import first_of
from actuarial.contract import Amount, amounts
from actuarial.dated import Number
from actuarial.errors import BadScheme
from actuarial.health.contract import MEMBER
from actuarial.health.events import NEEDED, event_counts
from actuarial.health.scheme import HealthScheme
from actuarial.person import Person, make_grid
from actuarial.translation import N_, Told
from actuarial.vocabulary import annotate


def project_cash(membership: xr.Dataset, basis: xr.Dataset, scheme: HealthScheme) -> xr.Dataset:
    """Cash benefits of a health scheme: how many are paid and what they cost.

    Parameters
    ----------
    membership : Dataset of `project_membership`
    basis : Dataset with what the benefits of the scheme read
        `sickness_incidence` (sex, age), `sickness_survival` (day); `asfr` (year, age), `fertility_ratio` (health_group,
        age) where members have other fertility, `spouse_age_gap` for fathers; `mx` (year, sex, age);
        `member_earnings_0`, `wage_growth` (year) where earnings count, `member_earnings_cv` (health_group, sex, age)
        where they do between limits.
    scheme : HealthScheme

    Returns
    -------
    Dataset by (scenario,) year, benefit, health_group
        `cash_events`, events paid a year; `cash_expenditure`, currency/year.

    Raises
    ------
    MissingVariable
        The basis lacks what a benefit of the scheme reads.
    BadBasis
        Durations of sickness that end too early.
    BadScheme
        A benefit that claims for less than nobody or more than all, or whose amount has a base that members do not
        have.

    Notes
    -----
    With H the mean members of the year and y their mean earnings, carried by the growth of wages::

        events      = claim x H incidence (those who earn) | H[f] asfr ratio | H[m] (asfr ratio)[x - gap] | H m_x
        expenditure = events x E[amount], over the lognormal distribution of earnings

    Benefits are paid in the year of their event. Nothing replaces earnings where the mean of a cell is 0.

    References
    ----------
    .. [1] Cichon, M. et al. (1999), Modelling in health care finance, International Labour Office.
    .. [2] Klugman, S. A., Panjer, H. H., Willmot, G. E. (2012), Loss models, 4th edition, Wiley, chapter 3.
    """
    check.require(membership, "health_members")
    for event in dict.fromkeys(benefit.on for benefit in scheme.benefits):
        check.require(basis, *NEEDED[event])

    def one(membership: xr.Dataset, basis: xr.Dataset) -> xr.Dataset:
        return _one_scenario(membership["health_members"], basis, scheme)

    return annotate(over_scenarios(one, membership, basis))


def _one_scenario(members: xr.DataArray, basis: xr.Dataset, scheme: HealthScheme) -> xr.Dataset:
    coords = {dim: members[dim] for dim in MEMBER}
    grid = member_grid(members, basis, scheme)
    names = np.array([benefit.name for benefit in scheme.benefits], dtype=str)
    number = np.zeros((members.sizes["year"], names.size, members.sizes["health_group"]))
    money = np.zeros_like(number)
    for b, benefit in enumerate(scheme.benefits):
        paid = event_counts(benefit.on, members, basis) * _claimed(benefit, grid, coords)
        if not paid.any():
            continue
        number[:, b] = paid.sum(axis=(2, 3))
        place, few, here = _where_paid(paid, grid, coords)
        for amount in amounts(benefit.award(few)):
            money[:, b, place[1].ravel()] += (
                paid[place] * _expected(benefit.name, amount, few, basis, here)
            ).sum(axis=(2, 3))
    dims = ("year", "benefit", "health_group")
    labels = {"year": coords["year"], "benefit": names, "health_group": coords["health_group"]}
    return xr.Dataset({"cash_events": (dims, number), "cash_expenditure": (dims, money)}, coords=labels)


def member_grid(members: xr.DataArray, basis: xr.Dataset, scheme: HealthScheme) -> Person:
    """Grid on which cash benefits answer: years, groups of members, sexes and ages; credit is not known of members."""
    group = members["health_group"]
    labelled = xr.DataArray(group.values, dims="health_group", coords={"health_group": group.values})
    grid = make_grid(basis, scheme, years=members["year"].values)
    return replace(grid, group=labelled, service=float("nan"))


def _where_paid(
    paid: np.ndarray, grid: Person, coords: dict[str, xr.DataArray]
) -> tuple[tuple[np.ndarray, ...], Person, dict[str, xr.DataArray]]:
    """Groups, sexes and ages in which a benefit is paid at all: their places, the grid and the labels of these."""
    used = [np.arange(paid.shape[0])]
    used += [np.flatnonzero(paid.any(axis=tuple(other for other in range(4) if other != axis))) for axis in (1, 2, 3)]
    here = {dim: coords[dim].isel({dim: places}) for dim, places in zip(MEMBER, used, strict=True)}
    group, sex, age = (
        labels.isel({dim: places})
        for labels, dim, places in zip((grid.group, grid.sex, grid.age), MEMBER[1:], used[1:], strict=True)
    )
    return np.ix_(*used), replace(grid, group=group, sex=sex, age=age), here


def _claimed(benefit: Any, grid: Person, coords: dict[str, xr.DataArray]) -> np.ndarray:
    """The claim of a benefit on all dims of members."""
    claim = align(benefit.claim(grid), MEMBER, coords)
    bad = ~((claim >= 0) & (claim <= 1))
    if bad.any():
        text = N_(
            "{name}: the claim must be a share between 0 and 1; {count} of {whole} cells are not, the first: {place} "
            "-> {value:g}.\n  Correct what claim(person) answers."
        )
        raise BadScheme(Told(text, name=benefit.name, **first_of(bad, claim, coords)))
    return claim


def _expected(
    name: str, amount: Amount, grid: Person, basis: xr.Dataset, coords: dict[str, xr.DataArray]
) -> np.ndarray:
    """Mean amount for each event on all dims of members."""
    if amount.base == "currency":
        mean = align(amount.expected(1.0, 0.0), MEMBER, coords)
    elif amount.base == "final_earnings":
        mean = _of_earnings(amount, grid, basis, coords)
    else:
        text = N_(
            "{name}: the amount is a share of {base}, which members of a health scheme do not have.\n"
            '  Let award(person) answer an Amount whose base is "currency" or "final_earnings".'
        )
        raise BadScheme(Told(text, name=name, base=amount.base))
    bad = ~(np.isfinite(mean) & (mean >= 0))
    if bad.any():
        text = N_(
            "{name}: the amount must be a number of at least 0; {count} of {whole} cells are not, the first: {place} "
            "-> {value:g}.\n  Correct what award(person) answers."
        )
        raise BadScheme(Told(text, name=name, **first_of(bad, mean, coords)))
    return mean


def _of_earnings(amount: Amount, grid: Person, basis: xr.Dataset, coords: dict[str, xr.DataArray]) -> np.ndarray:
    """Mean of an amount that depends on earnings; 0 where nobody earns."""
    check.require(basis, "member_earnings_0", "wage_growth")
    cell = {dim: coords[dim] for dim in MEMBER[1:]}
    first = xr.DataArray(align(basis["member_earnings_0"], MEMBER[1:], coords), cell, MEMBER[1:])
    cv: Number = 0.0
    if not (_nothing(amount.floor, 0.0) and _nothing(amount.ceiling, np.inf)):
        check.require(basis, "member_earnings_cv")
        cv = xr.DataArray(align(basis["member_earnings_cv"], MEMBER[1:], coords), cell, MEMBER[1:])
    mean = first * grid.index("wages")
    return align(amount.expected(mean, cv).where(first > 0, 0.0), MEMBER, coords)


def _nothing(limit: Number, value: float) -> bool:
    return not isinstance(limit, xr.DataArray) and limit == value
