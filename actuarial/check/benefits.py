"""Accounting identities of the benefits: who joins or leaves a stock of pensions is counted, and so is the money."""

import numpy as np
import xarray as xr

from actuarial.check.identities import identity
from actuarial.check.rolling import rolls_forward
from actuarial.check.variables import require
from actuarial.quick import pick
from actuarial.warned import Warned


def check_pensions(pensions: xr.Dataset, basis: xr.Dataset) -> None:
    """Pensioners and pensions roll forward by benefit, sex and cohort in every scenario; parts sum to totals.

    Parameters
    ----------
    pensions : Dataset
        As `project_pensions` returns it, or a whole result that has its variables.
    basis : Dataset
        `pensioners_0` (persons) and `pension_0` (currency/year) by benefit, sex and age, where there are any; a benefit
        that it does not name starts with nobody.

    Raises
    ------
    MissingVariable, BadDimensions, OutOfBounds
        A variable of the pensions is absent or holds what it cannot hold.
    IdentityFailed
        An identity fails by more than 1e-9 of the persons or of the money concerned.

    Notes
    -----
    By cohort, from age x - 1 to x, the open age from the last two ages; a lump sum starts and ends in the same year::

        N_t[x] = N_{t-1}[x-1] + new_t[x] - ended_t[x] + converted_t[x]
        TB_t[x] = (1 + adj_t) TB_{t-1}[x-1] + new money_t[x] - ended money_t[x] + converted money_t[x]

    Over all benefits those who converted, less those who left for another pension, are none, and so is their money.
    Supplements are left out: their numbers are part of those of the pensions that they accompany.

    The adjustment is that of the age at the start, `pension_adjustment`, where slices of a pension are adjusted apart.
    Pensions in payment are pensioners times the average pension, by sex; where the expenditure on pensions and on lump
    sums is known, it is that of all benefits.
    """
    require(pensions, "pensioners", "pension_mass", "new_awards", "new_awards_amount", "terminations")
    require(pensions, "terminations_amount", "pension_indexation", "average_pension", "benefit_expenditure")
    whole = pensions
    pensions = without_supplements(pensions)
    number_0, mass_0 = _opening(pensions, basis)
    came, money = _converted(pensions)
    _check_number(pensions, number_0, came)
    _check_money(pensions, mass_0, money)
    number, mass = pick(pensions, "pensioners"), pick(pensions, "pension_mass")
    total = mass.sum("age")
    identity(
        "Pensions in payment are pensioners times the average pension",
        (number.sum("age") * pensions["average_pension"]).fillna(0.0),
        total,
        total,
    )
    if "pension_expenditure" in whole and "lump_sum_expenditure" in pensions:
        check_expenditure(whole, whole)


def _check_number(pensions: xr.Dataset, number_0: xr.DataArray, came: list[xr.DataArray]) -> None:
    """Pensioners roll forward from those on the valuation date, with those who came from other pensions."""
    rolls_forward(
        "Pensioners of a cohort are those of the year before plus new awards less those whose benefit ended",
        pick(pensions, "pensioners"),
        number_0,
        came=[pensions["new_awards"]],
        left=[pensions["terminations"]],
        brought=came,
    )


def _check_money(pensions: xr.Dataset, mass_0: xr.DataArray, money: list[xr.DataArray]) -> None:
    """Pensions roll forward from those on the valuation date, with the money of those who came from other pensions."""
    adjusted = "pension_adjustment" if "pension_adjustment" in pensions else "pension_indexation"
    rolls_forward(
        "Pensions of a cohort are those of the year before, adjusted, plus new awards less the pensions that ended",
        pick(pensions, "pension_mass"),
        mass_0,
        came=[pensions["new_awards_amount"]],
        left=[pensions["terminations_amount"]],
        brought=money,
        growth=pensions[adjusted],
    )


def check_recoveries(insured: xr.Dataset, pensions: xr.Dataset) -> list[str]:
    """Who recovers is the same to the pensions and to the insured, where the basis has a rate of recovery.

    Parameters
    ----------
    insured : Dataset with `recoveries` (year, group, sex, age), persons/year
    pensions : Dataset with `pension_recoveries`, `recoveries_without_credits` (year, benefit, sex, age), persons/year

    Returns
    -------
    list of str
        That pensioners of the valuation date who recover are no members again, where there are any.

    Raises
    ------
    IdentityFailed
        Beneficiaries awarded in the projection who recover are not the members who come back.
    """
    if "pension_recoveries" not in pensions or "recoveries" not in insured:
        return []
    require(pensions, "pension_recoveries", "recoveries_without_credits")
    require(insured, "recoveries")
    old = pensions["recoveries_without_credits"].sum("benefit")
    all_of_them, back = pensions["pension_recoveries"].sum("benefit"), insured["recoveries"].sum("group")
    identity("Beneficiaries who recover are members again", all_of_them - old, back, all_of_them)
    total = float(old.sum([dim for dim in old.dims if dim != "scenario"]).max())
    if total <= 0.0:
        return []
    return [
        Warned(
            "recovery_rate: {number:.0f} of the pensioners of the valuation date recover in the projected years; their "
            "credits and groups are not known, and they are no members again.",
            "{number} of the pensioners of the valuation date recover in the projected years; their credits and groups "
            "are not known, and they are no members again.",
            number=total,
        )
    ]


def without_supplements(pensions: xr.Dataset) -> xr.Dataset:
    """The result without the benefits whose beneficiaries are counted by the pensions that they accompany."""
    if "accompanying" not in pensions:
        return pensions
    kind = pensions["accompanying"]
    return pensions.sel(benefit=~(kind > 0).any([dim for dim in kind.dims if dim != "benefit"]))


def check_expenditure(pensions: xr.Dataset, finance: xr.Dataset) -> None:
    """Benefits sum to the total that is financed: to the expenditure on pensions and on lump sums.

    Parameters
    ----------
    pensions : Dataset with `benefit_expenditure` (year, benefit), currency/year
    finance : Dataset with `pension_expenditure` and `lump_sum_expenditure` (year), currency/year

    Raises
    ------
    MissingVariable, BadDimensions, OutOfBounds
        A variable is absent or holds what it cannot hold.
    IdentityFailed
        The sum over benefits differs from the total by more than 1e-9 of it.
    """
    require(pensions, "benefit_expenditure")
    require(finance, "pension_expenditure", "lump_sum_expenditure")
    parts = pensions["benefit_expenditure"].sum("benefit")
    whole = finance["pension_expenditure"] + finance["lump_sum_expenditure"]
    identity("Expenditure of all benefits is that on pensions and lump sums", parts, whole, parts)


def _converted(pensions: xr.Dataset) -> tuple[list[xr.DataArray], list[xr.DataArray]]:
    """Those who came to each pension from others, less those who left, and their money; none where no pension
    converts."""
    if "conversions" not in pensions:
        return [], []
    require(pensions, "conversions", "conversions_amount")
    for name in ("conversions", "conversions_amount"):
        net, size = pensions[name].sum("benefit"), abs(pensions[name]).sum("benefit")
        identity("Who converts leaves one pension and joins another", net, 0.0 * net, size)
    return [pensions["conversions"]], [pensions["conversions_amount"]]


def _opening(pensions: xr.Dataset, basis: xr.Dataset) -> tuple[xr.DataArray, xr.DataArray]:
    """Beneficiaries on the valuation date and their pensions, for every benefit of the result."""
    if "pensioners_0" not in basis:
        none = xr.zeros_like(pensions["pensioners"].isel(year=0, drop=True))
        return none, none
    names = pensions["benefit"].values
    number, pension = (pick(basis, name) for name in ("pensioners_0", "pension_0"))
    if not np.array_equal(number["benefit"].values, names):
        number, pension = (array.reindex(benefit=names, fill_value=0.0) for array in (number, pension))
    return number, number * pension
