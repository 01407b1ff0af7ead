"""Accrued benefits: those in proportion to service, and those that the balance of an account has earned already."""

from dataclasses import replace

import xarray as xr

from actuarial.labour.earnings import UNLIMITED
from actuarial.law import NO_OFFSET, AmountLaw, ClaimLaw, Law


def apart(rules: Law, drawn: bool) -> tuple[Law, Law | None]:
    """A law whose amounts accrue with service, and one of those that are a share of the balance of an account.

    In each law the multiples of the amounts of the other one are zero; the second is None where there are no such
    amounts and accounts are not drawn on in service. An amount that has a minimum, a maximum or an offset, that is a
    part by months or one of several options, accrues with service, and so does what several lack of a guarantee.
    """
    if not drawn and not any(of_balance(amount) for claim in rules.claims for amount in claim.amounts):
        return rules, None
    return _only(rules, False), _only(rules, True)


def of_balance(amount: AmountLaw) -> bool:
    """Whether an amount is a share of a balance, whatever its size."""
    unit = amount.unit
    if unit.account < 0 or amount.part >= 0 or amount.option >= 0 or unit.kind != NO_OFFSET:
        return False
    no_minimum = not bool((unit.floor > 0).any()) or not unit.floor_share.rows.any()
    tops = (float(unit.ceiling.min()), float(unit.ceiling_share.rows.min()))
    return no_minimum and max(tops) >= UNLIMITED and min(tops) > 0.0


def _only(rules: Law, balances: bool) -> Law:
    return replace(rules, claims=tuple(_claim(claim, balances) for claim in rules.claims))


def _claim(claim: ClaimLaw, balances: bool) -> ClaimLaw:
    none = xr.DataArray(0.0)
    held = [not claim.short and of_balance(amount) for amount in claim.amounts]
    amounts = (a if own == balances else replace(a, multiple=none) for a, own in zip(claim.amounts, held, strict=True))
    return replace(claim, amounts=tuple(amounts))
