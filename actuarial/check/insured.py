"""Accounting identities of the insured: no person and no month of credit is lost, and all fit the labour force."""

import xarray as xr

from actuarial.check.identities import TOLERANCE, identity
from actuarial.check.period import year_fraction
from actuarial.check.population import employed_before, one_year_older, stock_before
from actuarial.check.rolling import rolls_forward
from actuarial.check.variables import require
from actuarial.errors import BadInput
from actuarial.quick import pick, total, where
from actuarial.warned import Warned

CAME = {"active": ("new_entrants", "reentrants"), "inactive": ("exits",)}
LEFT = {
    "active": ("deaths_active", "new_invalids", "exits", "retirements_active"),
    "inactive": ("deaths_inactive", "reentrants", "retirements_inactive"),
}
MONTHS = ("contribution_months_stayers", "contribution_months_entrants")
MOVED = {
    "active": ("transfers_in", "transfers_out"),
    "inactive": ("transfers_in_inactive", "transfers_out_inactive"),
}
ACCOUNTS = ("account_credits", "account_growth", "account_released")
MOVES_ALONG = {
    "transferred_credits": ("active_credits", "inactive_credits", "credits_removed"),
    "account_transferred": ("account_balance", "account_released"),
}
"""What members take along, and the stocks and flows that it is a part of: what comes and goes may be alike."""
RECOVERED = {"active": None, "inactive": "recoveries"}
CREDITS = ("active_credits", "inactive_credits", "credits_removed", *MONTHS)
RETIRED = ("retirements_active", "retirements_inactive")


def check_insured(
    insured: xr.Dataset, basis: xr.Dataset, members: str = "all", population: xr.Dataset | None = None
) -> list[str]:
    """Persons and credits roll forward, awards are retirements, and contributors fit the employed, in every scenario.

    Parameters
    ----------
    insured : Dataset as `labour.insured.project_insured` returns it
    basis : Dataset with the opening stocks, `population_0`, `participation_rate` and `unemployment_rate`
    members : "all", "present" or "future", as the run was asked for
    population : Dataset with `population`, for its bound on the labour force; not compared where absent

    Returns
    -------
    list of str
        Warnings: ages at which there are more contributors than employed.

    Raises
    ------
    IdentityFailed
        An identity fails by more than 1e-9 of the persons, months or awards concerned.
    BadInput, MissingVariable
        Another word for the members, or a variable that is missing.

    Notes
    -----
    By group, sex and age reached, with A' and I' the stocks of the year before one year older::

        A = A' + NENT + RENT - DA - NI - X - RA + TI - TO        I = I' + X - RENT - DI - RI + TII - TOI + REC
        c(A + I) = c(A' + I') + csact + cent - cX + cT + cR      sum over retirement benefits of claims = RA + RI
        KA = KA' + credits + growth - KA_out + KA_in + KA_tr - KA_ser, by account
        average contributors = (csact + cent)/(12 phi) <= average employed + average voluntary insured, by sex
        employed <= labour force <= population

    Members who move between groups (TI - TO and so on) add up to none over the groups.

    phi is the length of the period, 1 but in a first year with the valuation date inside it.

    References
    ----------
    .. [1] Plamondon, P. et al. (2002), Actuarial practice in social security, International Labour Office, chapter 6.
    """
    if members not in ("all", "present", "future"):
        raise BadInput(f'members: {members!r} is not known; write one of "all", "present", "future".')
    require(insured, "active", "inactive", "claims_number", *CREDITS)
    require(insured, *CAME["active"], *LEFT["active"], *LEFT["inactive"])
    require(basis, "active_0", "inactive_0", "population_0", "participation_rate", "unemployment_rate")
    share = 0.0 if members == "future" else 1.0
    if MOVED["active"][0] in insured:
        _transfers(insured)
    _persons(insured, basis, share)
    _credits(insured, basis, share)
    if "account_balance" in insured:
        _accounts(insured, basis)
    _retirements(insured)
    warnings = _coverage(insured, basis, population)
    twelfth = total(insured, MONTHS) / 12.0 / year_fraction(basis)
    contributors = insured["average_contributors"]
    identity("Average contributors are a twelfth of the months contributed", contributors, twelfth, twelfth)
    return warnings


def _transfers(insured: xr.Dataset) -> None:
    require(insured, *(name for names in MOVED.values() for name in names), "transferred_credits")
    for comes, goes in MOVED.values():
        net, size = (insured[comes] - insured[goes]).sum("group"), insured[comes].sum("group")
        identity("Who moves leaves one group and joins another", net, 0.0 * net, size)
    for name, stocks in MOVES_ALONG.items():
        if name in insured:
            size = (abs(insured[name]) + total(insured, stocks)).sum("group")
            identity("Who moves leaves one group and joins another", insured[name].sum("group"), 0.0 * size, size)


def _persons(insured: xr.Dataset, basis: xr.Dataset, share: float) -> None:
    for name in ("active", "inactive"):
        comes, goes = MOVED[name] if MOVED[name][0] in insured else (None, None)
        back = RECOVERED[name] if "recoveries" in insured else None
        rolls_forward(
            f"The {name} insured of an age are those of the year before plus those who come, less those who leave",
            insured[name],
            share * basis[f"{name}_0"].sum("service"),
            came=[insured[flow] for flow in (*CAME[name], comes, back) if flow],
            left=[insured[flow] for flow in (*LEFT[name], goes) if flow],
        )


def _credits(insured: xr.Dataset, basis: xr.Dataset, share: float) -> None:
    months = basis["service"].astype("float64")
    opening = share * (total(basis, ("active_0", "inactive_0")) * months).sum("service")
    rolls_forward(
        "The credits of an age are those of the year before plus the months contributed, less what is carried away",
        total(insured, ("active_credits", "inactive_credits")),
        opening,
        came=[insured[name] for name in MONTHS],
        left=[insured["credits_removed"]],
        brought=[insured[name] for name in ("transferred_credits", "credits_restored") if name in insured],
    )


def _accounts(insured: xr.Dataset, basis: xr.Dataset) -> None:
    """Of balances that the basis does not know, from the second year on; without the open age, whose parts differ."""
    require(insured, *ACCOUNTS)
    balance = insured["account_balance"]
    opening, first = balance.isel(year=0, drop=True), 1
    if "account_0" in basis:
        members = total(basis, ("active_0", "inactive_0")).sum("service")
        given, first = basis["account_0"].sel(account=balance["account"]) * members, 0
        opening = given.transpose(*opening.dims)
    before = one_year_older(stock_before(balance, opening))
    credits, growth, released = (insured[name] for name in ACCOUNTS)
    came, brought = before + credits + growth, 0.0 * credits
    for name in [name for name in ("account_restored", "account_transferred") if name in insured]:
        came, brought = came + insured[name], brought + abs(insured[name])
    if "account_withdrawn" in insured:
        came = came - insured["account_withdrawn"]
    known = {"year": slice(first, None), "age": slice(None, -1)}
    identity(
        "Balances of accounts are those of the year before plus credits and growth, less what is released",
        balance.isel(known),
        (came - released).isel(known),
        (before + credits + abs(growth) + brought).isel(known),
    )


def _retirements(insured: xr.Dataset) -> None:
    claims = insured["claims_number"]
    events = claims.attrs.get("events")
    if events is None:
        raise BadInput("claims_number: the attribute events (of each benefit) is missing; keep it with the claims.")
    on = [place for place, event in enumerate(events.split()) if event == "retirement"]
    gone = total(insured, RETIRED).sum("group")
    identity("Claims on retirement are the retirements", claims.isel(benefit=on).sum("benefit"), gone, gone)


def _coverage(insured: xr.Dataset, basis: xr.Dataset, population: xr.Dataset | None) -> list[str]:
    """The bound on contributors by sex; by age, where careers and employment are measured apart, only a warning."""
    require(insured, "average_contributors", "employed", "labour_force")
    employed, force = pick(insured, "employed"), pick(insured, "labour_force")
    before = stock_before(employed, employed_before(basis))
    contributors = pick(insured, "average_contributors").sum("group")
    contributors = contributors * (1.0 - _voluntary_share(contributors.sum("age"), basis))
    mean = 0.5 * (before + employed)
    _at_most("Average contributors are at most the average employed, by sex", contributors.sum("age"), mean.sum("age"))
    _at_most("The employed are at most the labour force", employed, force)
    if population is not None:
        _at_most("The labour force is at most the population", force, population["population"])
    excess = (contributors > mean * (1.0 + TOLERANCE) + TOLERANCE) & (contributors > 0.0)
    if not bool(excess.any()):
        return []
    ages = excess.any([dim for dim in excess.dims if dim != "age"])
    found = [int(age) for age in ages["age"].values[ages.values]]
    return [
        Warned(
            "average_contributors: more than the employed at {number} ages, the first is {age}, in {cells} of {count} "
            "cells. Compare the ages of opening stocks and entries with the employed.",
            "Average contributors are more than the employed at {number} ages, of which the first is {age}.",
            number=len(found),
            age=found[0],
            cells=int(excess.sum()),
            count=excess.size,
        )
    ]


def _voluntary_share(contributors: xr.DataArray, basis: xr.Dataset) -> xr.DataArray | float:
    """Share of the contributors who may be insured without employment (year, sex): mean of two years, at most all."""
    if "voluntary_insured" not in basis:
        return 0.0
    persons = (basis["voluntary_insured"].sum("group") + 0.0 * contributors).transpose(*contributors.dims)
    mean = 0.5 * (stock_before(persons, persons.isel(year=0, drop=True)) + persons)
    return (mean / contributors.where(contributors > 0.0, 1.0)).clip(max=1.0)


def _at_most(name: str, smaller: xr.DataArray, larger: xr.DataArray) -> None:
    """An inequality as an identity: the smaller side with the lesser of both."""
    identity(name, smaller, where(smaller > larger, larger, smaller), larger)
