"""Audited accounts by year: history before the projection, and in projected years instead of what is projected."""

import math
from collections.abc import Mapping

import numpy as np
import xarray as xr

from actuarial.check.variables import check_axes
from actuarial.errors import BadBasis, BadInput
from actuarial.fields import ended, suggestion
from actuarial.translation import N_, Told
from actuarial.vocabulary import ordered, variable

TOTALS = (
    "insurable_earnings",
    "contributions",
    "state_income",
    "other_income",
    "investment_income",
    "administration",
    "reserve",
)
SIGNED = ("other_income", "investment_income", "reserve")  # lines that may be negative
BY_BENEFIT = "expenditure:"
COUNTS = ("average_contributors", "number:")  # shown as history; counts of a projection are never replaced
WHOLE = (int, np.integer)
CLOSES = 1e-3  # how far an audited reserve may lie from the audited income, as a share of it


def audited_years(basis: xr.Dataset) -> list[int]:
    """Projected years for which the basis holds audited accounts.

    Parameters
    ----------
    basis : Dataset with `year` and, where there are any, `audited_accounts` (account_year, account_line)

    Raises
    ------
    BadBasis
        A line that is unknown or twice there, accounts of years that leave a gap after the valuation date, or all of
        whose lines are blank; accounts of counts in a projected year.

    Examples
    --------
    >>> accounts = xr.DataArray([[1e6], [1.1e6]], coords={"account_year": [2024, 2025], "account_line": ["outgo"]})
    >>> audited_years(xr.Dataset(coords={"year": [2025, 2026]}))
    []
    """
    if "audited_accounts" not in basis:
        return []
    given, first = basis["audited_accounts"], int(basis["year"][0])
    _check_lines(given, first)
    years = [int(year) for year in given["account_year"].values if int(year) >= first]
    if years and (years[0] != first or years[-1] > int(basis["year"][-1])):
        raise BadBasis(
            Told(
                "audited_accounts: the audited years after the valuation date are {first} to {last}, but the "
                "projection runs from {start} to {end}.\n"
                "  Give the accounts of every year from {start} on, none after the last projected one.",
                first=str(years[0]),
                last=str(years[-1]),
                start=str(first),
                end=str(int(basis["year"][-1])),
            )
        )
    stated = given.notnull().any([dim for dim in given.dims if dim != "account_year"])
    blank = [year for year in years if not bool(stated.sel(account_year=year))]
    if blank:
        raise BadBasis(
            Told(
                "audited_accounts: all lines of {year} are blank, so that nothing of that projected year is audited.\n"
                "  Fill the lines that are known, or leave the year out.",
                year=str(blank[0]),
            )
        )
    return years


def add_accounts(basis: xr.Dataset, accounts: Mapping[int, Mapping[str, float]]) -> xr.Dataset:
    """A basis with audited accounts of further years, or of further lines of the years that it has.

    `basis.assign(audited_accounts=...)` keeps the years that the basis has and leaves others out without a word, as
    xarray does with labels of a dim that is there; here all of them are kept.

    Parameters
    ----------
    basis : Dataset
    accounts : mapping of year to a mapping of line to amount, currency/year
        Lines as in `audited_accounts`, such as "contributions" or "expenditure:old_age". A number that is there already
        is replaced, all others stay.

    Returns
    -------
    Dataset

    Raises
    ------
    BadBasis
        Lines or years that the accounts cannot have, see `audited_years`.
    BadDimensions
        Years that leave a gap.
    BadInput
        Accounts of another kind.

    Examples
    --------
    >>> basis = xr.Dataset(coords={"year": [2026, 2027]})
    >>> basis = add_accounts(basis, {2025: {"contributions": 100.0}})
    >>> basis = add_accounts(basis, {2026: {"contributions": 105.0, "reserve": 900.0}})
    >>> basis.audited_accounts.values.tolist()
    [[100.0, nan], [105.0, 900.0]]
    """
    if not (isinstance(accounts, Mapping) and accounts and all(isinstance(one, Mapping) for one in accounts.values())):
        raise BadInput(f'accounts: give lines by year, such as {{2026: {{"contributions": 1e6}}}} (got {accounts!r}).')
    given = [(year, line, amount) for year, lines in accounts.items() for line, amount in lines.items()]
    numbers = (*WHOLE, float, np.floating)
    wrong = [one for one in given if not (isinstance(one[0], WHOLE) and isinstance(one[2], numbers))]
    if wrong:
        raise BadInput(
            f"accounts: {len(wrong)} of {len(given)} cells are no number in a year, the first is {wrong[0][1]} of "
            f"{wrong[0][0]!r}, {wrong[0][2]!r}.\n  Write whole years and amounts in currency; leave blank lines out."
        )
    old = basis.get("audited_accounts")
    have = {dim: [] if old is None else old[dim].values.tolist() for dim in ("account_year", "account_line")}
    lines = list(dict.fromkeys([*have["account_line"], *(line for one in accounts.values() for line in one)]))
    years = sorted({*have["account_year"], *map(int, accounts)})
    coords = {"account_year": years, "account_line": lines}
    values = [[float(accounts.get(year, {}).get(line, math.nan)) for line in lines] for year in years]
    told = xr.DataArray(values, coords, tuple(coords))
    if old is not None:
        told = told.fillna(old.reindex(coords))
    rest = basis.drop_dims("account_line", errors="ignore")
    rest = rest.reindex(account_year=years) if "account_year" in rest.dims else rest
    attributes = variable("audited_accounts").attributes()
    found = rest.assign(audited_accounts=told.transpose(*ordered(told.dims)).assign_attrs(attributes))
    check_axes(found)
    audited_years(found)
    return found


def _check_lines(given: xr.DataArray, first: int) -> None:
    lines = [str(line) for line in given["account_line"].values]
    twice = [line for line in lines if lines.count(line) > 1]
    if twice:
        text = N_("audited_accounts: the line {name!r} is there {count} times; give it once.")
        raise BadBasis(Told(text, name=twice[0], count=lines.count(twice[0])))
    by_line = given.transpose("account_line", "account_year", ...).values
    years = given["account_year"].values
    for name, values in zip(lines, by_line.reshape(len(lines), len(years), math.prod(by_line.shape[2:])), strict=True):
        known = name in TOTALS or name.startswith((BY_BENEFIT, *COUNTS))
        if not known:
            lines = [*TOTALS, "expenditure:NAME", "number:NAME", COUNTS[0]]
            hint = ended(suggestion(name, lines, N_("the lines are {names}")))
            raise BadBasis(Told("audited_accounts: unknown line {name!r}; {hint}", name=name, hint=hint))
        negative = (values < 0).any(axis=1)
        if name not in SIGNED and negative.any():
            year = int(years[np.argmax(negative)])
            raise BadBasis(
                Told(
                    "audited_accounts: {line} of {year} is negative; income and outgo are both given as positive "
                    "amounts.",
                    line=name,
                    year=str(year),
                )
            )
        if name.startswith(COUNTS) and not np.isnan(values[years >= first]).all():
            raise BadBasis(
                Told(
                    "audited_accounts: {line} of {year} or later; counts of projected years are not replaced.\n"
                    "  Leave the line blank from {year} on, or move the valuation date.",
                    line=name,
                    year=str(first),
                )
            )


def audited_line(basis: xr.Dataset, line: str) -> xr.DataArray | None:
    """Audited values of a line by projected year, NaN in years without; None where there is none at all."""
    if "audited_accounts" not in basis or not (basis["account_year"].values >= int(basis["year"].values[0])).any():
        return None
    if not audited_years(basis) or line not in basis["audited_accounts"]["account_line"].values:
        return None
    given = basis["audited_accounts"].sel(account_line=line, drop=True).rename(account_year="year")
    found = given.reindex(year=basis["year"].values).drop_attrs()
    return found if bool(found.notnull().any()) else None


def replaced(projected: xr.DataArray, basis: xr.Dataset, line: str) -> xr.DataArray:
    """The projected values of a line by year, those of audited years instead where the basis has them."""
    audited = audited_line(basis, line)
    if audited is None:
        return projected
    found = audited.fillna(projected)
    return found.transpose(*ordered(found.dims))


def scaling(projected: xr.DataArray, basis: xr.Dataset, line: str) -> xr.DataArray | float:
    """Factor by year that carries what is projected to what was audited; 1 in all other years.

    Raises
    ------
    BadBasis
        Nothing is projected where something was audited, so that no factor can do it.
    """
    audited = audited_line(basis, line)
    if audited is None:
        return 1.0
    impossible = (projected == 0) & audited.notnull() & (audited != 0)
    if bool(impossible.any()):
        years = impossible.any([dim for dim in impossible.dims if dim != "year"])
        year = int(basis["year"].values[int(np.argmax(years.values))])
        raise BadBasis(
            Told(
                "audited_accounts: {line} of {year} is {amount:,.0f}, but the scheme has nothing of the kind in that "
                "year, so that it cannot be divided among its parts.\n"
                "  Correct the scheme (a contribution line, a benefit, its dates), or leave the cell blank.",
                line=line,
                year=str(year),
                amount=float(audited.sel(year=year).max()),
            )
        )
    factor = audited / projected.where(projected != 0, 1.0)
    return factor.where(audited.notnull() & (projected != 0), 1.0)


def span_audited(result: xr.Dataset) -> Told | str:
    """Years of a result whose flows are those of audited accounts, in words; empty where there are none."""
    if "audited" not in result or not bool(result["audited"].any()):
        return ""
    years = result["year"].values[result["audited"].values > 0]
    return str(years[0]) if len(years) == 1 else Told("{first} to {last}", first=years[0], last=years[-1])
