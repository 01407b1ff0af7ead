"""What members take out of their accounts in service, as claims of the benefits that draw on these."""

from collections.abc import Iterable
from typing import Any

import numpy as np

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


def _older(found: records.Outcome, run: Inputs, moved: np.ndarray | None) -> np.ndarray:
    """Members of 1 January of every year, in the groups to which they move then, by the age that they reach in it
    (i, t, g, s, y)."""
    stocks = [kernels.BY_AGE.index(word) for word in ("active", "inactive")]
    ends = found.by_age[stocks].sum(axis=0)
    opening = members_0(run.basis).sum("service").transpose("group", "sex", "age").values
    start = np.concatenate([np.broadcast_to(opening, ends[:, :1].shape), ends[:, :-1]], axis=1)
    older: np.ndarray = a_year_older(start)
    if moved is None:
        return older
    flows = dict(zip(MOVED, moved, strict=True))
    came = flows["transfers_in"] + flows["transfers_in_inactive"]
    return older + came - flows["transfers_out"] - flows["transfers_out_inactive"]
