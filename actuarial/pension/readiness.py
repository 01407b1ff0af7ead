"""Whether a basis has what the adjustments of a scheme read."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.dated import evaluate
from actuarial.errors import BadBasis, MissingVariable
from actuarial.pension.indexation import Indexation
from actuarial.person import make_grid
from actuarial.translation import Told, message_of
from actuarial.warned import Warned

NO_GDP_0 = Warned(
    "gdp_0 is absent: the growth of the product of the second projected year is used for the first and before.",
    "The product of the base year is not given; its growth in the second projected year is used for the first and "
    "before.",
)


def check_adjustments(benefits: Iterable[Any], basis: xr.Dataset) -> list[str]:
    """Warnings about what adjustments of pensions read and the basis does not have.

    Parameters
    ----------
    benefits : benefits of a scheme, and its accounts
    basis : Dataset

    Returns
    -------
    list of str
        `gdp_0` that is absent where a rule reads the growth of the product; pensions that are taken to be all the same
        in a cell, where slices of them are adjusted apart.

    Raises
    ------
    MissingVariable
        `gdp`, or the ratio before the projection (`reserve_ratio_0`, `balance_ratio_0`) that a rule looks back at.
    """
    benefits = tuple(benefits)
    rules = {one.name: one.indexation for one in benefits if isinstance(getattr(one, "indexation", None), Indexation)}
    needed = {name for part in inside(benefits) if isinstance(part, Indexation) for name in part.needs()}
    check.require(basis, *sorted(needed))
    lines: list[str] = [NO_GDP_0] if "gdp" in needed and "gdp_0" not in basis else []
    return lines + [
        Warned(
            "pension_cv is absent for {benefit}: the pensions of a sex and age are taken to be all the same, though "
            "the law adjusts slices of them apart.",
            "{benefit}: the pensions of a sex and age are taken to be all the same, though the law adjusts slices of "
            "them apart.",
            benefit=name,
        )
        for name, rule in rules.items()
        if rule.bands and not _has_spread(name, basis)
    ]


def check_needs(benefits: Iterable[Any], basis: xr.Dataset) -> None:
    """MissingVariable where the basis lacks what a benefit reads, such as who leaves a spouse."""
    for benefit in benefits:
        try:
            check.require(basis, *getattr(benefit, "needs", ()))
        except MissingVariable as error:
            raise MissingVariable(Told("{benefit}: {wrong}", benefit=benefit.name, wrong=message_of(error))) from None


def check_accounts(accounts: Iterable[Any], basis: xr.Dataset, scheme: Any = None) -> list[str]:
    """Warnings about accounts of whose members the basis does not say what they had on the valuation date.

    Parameters
    ----------
    accounts : accounts of members of a scheme
    basis : Dataset with `active_0`, `inactive_0` and `invalid_0` where it has them, and `account_0` where balances are
        known
    scheme : Scheme whose contribution lines accounts may credit

    Returns
    -------
    list of str
        One line for each account that the careers of present members would have credited.
    """
    if "account_0" in basis or "active_0" not in basis:
        return []
    stocks = (basis[name] for name in ("active_0", "inactive_0", "invalid_0") if name in basis)
    credit = max(float(stock["service"].where(stock > 0).max().fillna(0.0)) for stock in stocks)
    first, longest = int(basis["year"][0]), int(np.ceil(credit / 12.0))
    if longest == 0:
        return []
    past = make_grid(basis, scheme, years=np.arange(first - longest, first))
    return [
        Warned(
            "account {account}: no opening balances (account_0); balances on the valuation date are those of careers "
            "without a gap that were taken back with past rates and the growth of wages.",
            "{account}: no opening balances are given; those of the valuation date are those of careers without a gap "
            "that were taken back with past rates and the growth of wages.",
            account=one.name,
        )
        for one in accounts
        if max(float(np.max(np.asarray(evaluate(rate, past)))) for _, _, rate in one.account.spans) > 0.0
    ]


def check_balances(basis: xr.Dataset, scheme: Any) -> list[str]:
    """Warnings about opening balances of accounts that no benefit of a scheme reads.

    Parameters
    ----------
    basis : Dataset, with `account_0` by `account` where balances are known
    scheme : Scheme

    Returns
    -------
    list of str
        One line for each account of the basis that is not used.

    Raises
    ------
    BadBasis
        Opening balances are given, but not those of every account that benefits read.
    """
    if "account_0" not in basis:
        return []
    given, read = [str(name) for name in basis["account"].values], _read(scheme)
    lacking = [name for name in read if name not in given]
    if lacking:
        close = {name: get_close_matches(name, [one for one in given if one not in read], n=1) for name in lacking}
        meant = [f"does {match[0]} mean {name}?" for name, match in close.items() if match]
        hint = " ".join(meant) if meant else f"it has {', '.join(given)}."
        raise BadBasis(
            Told(
                "account_0: there are no balances of {names}; {hint}\n"
                "  Add them for every account of the law, or leave account_0 out, so that careers without"
                " a gap are taken back.",
                names=tuple(lacking),
                hint=hint,
            )
        )
    return [
        Warned(
            "account_0: no benefit of the scheme reads an account {account!r}; its balances are not used. Rename or "
            "drop it.",
            "{account}: no benefit of the scheme reads this account; its balances are not used.",
            account=name,
        )
        for name in given
        if name not in read and bool((basis["account_0"].sel(account=name) > 0).any())
    ]


def _read(scheme: Any) -> list[str]:
    """Accounts that benefits of a scheme read, those that formulas keep by themselves included."""
    found: dict[str, None] = {}
    for part in (*scheme.benefits, *inside(scheme.benefits)):
        for _, kind, names in getattr(part, "refers_to", ()):
            found |= dict.fromkeys(names if kind == "account" else ())
        if hasattr(part, "own_account"):
            found[part.own_account.name] = None
    return list(found)


def inside(part: Any) -> Iterator[Any]:
    """All that lies inside an object of the law, or a list of them, however deep."""
    if isinstance(part, (tuple, list)):
        inner = list(part)
    else:
        inner = [getattr(part, one.name) for one in fields(part)] if is_dataclass(part) else []
    for one in inner:
        yield one
        yield from inside(one)


def _has_spread(name: str, basis: xr.Dataset) -> bool:
    """Whether the basis says how the pensions of a benefit vary."""
    if "pension_cv" not in basis:
        return False
    return "benefit" not in basis["pension_cv"].dims or name in basis["benefit"].values
