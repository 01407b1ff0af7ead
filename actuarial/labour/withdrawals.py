"""What members take out of their accounts in service, as claims of the benefits that draw on these."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import xarray as xr

from actuarial.bridge import align
from actuarial.check.period import first_period
from actuarial.demography.ages import a_year_older
from actuarial.errors import BadInput, BadScheme
from actuarial.labour import kernels, records
from actuarial.labour.packing import Inputs, members_0
from actuarial.labour.transfers import MOVED
from actuarial.law import HEAD, Law
from actuarial.scheme import Benefit
from actuarial.translation import Told


def drawing(benefits: Iterable[Benefit]) -> list[Benefit]:
    """Benefits that pay members in service from their accounts."""
    return [benefit for benefit in benefits if benefit.withdraws]


def check_withdrawals(run: Inputs, rules: Law) -> None:
    """BadScheme for accounts that no other benefit pays; BadInput for members whose balances are not known."""
    benefits = drawing(run.scheme.benefits)
    if not benefits:
        return
    known = {account.name for account in rules.accounts}
    for benefit in benefits:
        lacking = tuple(name for name in benefit.withdraws if name not in known)
        if lacking:
            raise BadScheme(
                Told(
                    "{benefit}: no other benefit pays what remains of {names}.\n"
                    "  Add one, such as an account_payout on retirement, or leave the account out.",
                    benefit=benefit.name,
                    names=lacking,
                )
            )
    if run.members != "all" and run.accrued == "no":
        raise BadInput(
            Told(
                "{benefit}: what members take out in service is known for all members together, not for {members!r} "
                "members.\n  Project all members, or leave the benefit out.",
                benefit=benefits[0].name,
                members=run.members,
            )
        )


def with_withdrawals(
    found: records.Outcome, run: Inputs, rules: Law, moved: np.ndarray | None = None
) -> records.Outcome:
    """The flows of all members with claims (year, sex, age) of what is taken out of accounts.

    `moved` are those who move between groups, in the order of MOVED (flow, scenario, year, group, sex, age reached).
    Of a first period that is a part of a year, that part of the members takes money out in it.
    """
    benefits = drawing(run.scheme.benefits)
    if not benefits:
        return found
    names = [account.name for account in rules.accounts]
    by_claim, paid, people = found.by_claim.copy(), found.by_account[-1], _older(found, run, moved)
    number, amount = (kernels.BY_CLAIM.index(word) for word in ("claims", "amounts"))
    people[:, 0] *= first_period(run.basis)
    coords: dict[str, Any] = {dim: run.basis[dim] for dim in HEAD}
    for benefit in benefits:
        place = [one.name for one in run.scheme.benefits].index(benefit.name)
        share = align(benefit.withdrawing(rules.grid), HEAD, coords)
        of = [names.index(name) for name in benefit.withdraws]
        by_claim[number, :, :, place] = (people * share).sum(axis=2)
        by_claim[amount, :, :, place] = paid[:, :, of].sum(axis=(2, 3))
    return found._replace(by_claim=by_claim)


def accrued_withdrawals(found: records.Outcome, run: Inputs, rules: Law) -> np.ndarray:
    """Present members who take money out in service (i, t, benefit, s, y), each with the part of the months that he had
    on the valuation date.

    Members of 1 January are those of the group of the day before. `found` has months of the valuation date by cell.
    """
    cells = found.history.shape[-1]
    per_month = np.divide(1.0, run.step * np.arange(cells), out=np.zeros(cells), where=np.arange(cells) > 0)
    members = members_0(run.basis)
    people = _at_start((found.history @ per_month).sum(axis=0), members.where(members["service"] > 0, 0.0))
    people[:, 0] *= first_period(run.basis)
    coords: dict[str, Any] = {dim: run.basis[dim] for dim in HEAD}
    shape = people.shape
    number = np.zeros((*shape[:2], len(run.scheme.benefits), *shape[3:]))
    for place, benefit in enumerate(run.scheme.benefits):
        if benefit.withdraws:
            share = align(benefit.withdrawing(rules.grid), HEAD, coords)
            number[:, :, place] = (people * share).sum(axis=2)
    return number


def _at_start(ends: np.ndarray, opening: xr.DataArray) -> np.ndarray:
    """Members of 1 January of every year by the age that they reach in it (i, t, g, s, y), of those of 31 December and
    those of the valuation date by service."""
    first = opening.sum("service").transpose("group", "sex", "age").values
    older: np.ndarray = a_year_older(np.concatenate([np.broadcast_to(first, ends[:, :1].shape), ends[:, :-1]], axis=1))
    return older


def _older(found: records.Outcome, run: Inputs, moved: np.ndarray | None) -> np.ndarray:
    """Members of 1 January of every year, in the groups to which they move then, by the age that they reach in it
    (i, t, g, s, y)."""
    stocks = [kernels.BY_AGE.index(word) for word in ("active", "inactive")]
    older = _at_start(found.by_age[stocks].sum(axis=0), members_0(run.basis))
    if moved is None:
        return older
    flows = dict(zip(MOVED, moved, strict=True))
    came = flows["transfers_in"] + flows["transfers_in_inactive"]
    return older + came - flows["transfers_out"] - flows["transfers_out_inactive"]
