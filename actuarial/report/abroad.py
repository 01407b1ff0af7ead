"""Benefits that are paid in other currencies, at assumed rates of exchange: a memorandum beside the valuation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.errors import BadInput
from actuarial.report.columns import by_year, needed, noted, with_period
from actuarial.translation import N_, Language, few

NOTE = N_(
    "Parts of the projected expenditure, at assumed rates of exchange (means of the year). The valuation itself is in "
    "{currency} and does not change with these rates."
)
ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class Abroad:
    """Benefits that are paid abroad in one currency.

    Parameters
    ----------
    currency : name of the currency, such as "EUR"
    rate : number, or DataArray by (scenario,) year, > 0
        Mean of the year: how much of the currency of the scheme is paid for one unit of this one.
    shares : mapping of benefit to number, or DataArray by (scenario,) year, 0 to 1
        Part of the expenditure on the benefit that is paid in this currency; 0 for benefits that are not named.

    Examples
    --------
    >>> Abroad(currency="EUR", rate=4.2, shares={"old_age": 0.03}).currency
    'EUR'
    """

    currency: str
    rate: Any
    shares: Mapping[str, Any] = field(default_factory=dict)


def abroad_table(say: Language, result: xr.Dataset, parts: Sequence[Abroad]) -> pd.DataFrame:
    """Expenditure in other currencies by year, in the currency of the scheme and in that of payment.

    Parameters
    ----------
    say : language of the headers
    result : Dataset of `actuarial.project`
    parts : what is paid in each currency

    Returns
    -------
    DataFrame
        Indexed by (scenario and) year. For every currency the rate of exchange, the amount in the currency of the
        scheme and that amount over the rate, in the currency of payment; then the sum in the currency of the scheme
        and its share of all benefits.

    Raises
    ------
    BadInput
        A currency given twice, benefits that the scheme does not have, years without a rate, rates that are not above
        0, shares outside 0 to 1 or of more than all of a benefit.
    MissingVariable

    Notes
    -----
    amount = sum_b share_b x expenditure_b; in the currency of payment amount / rate.

    References
    ----------
    .. [1] International Labour Office, Equality of Treatment (Social Security) Convention, 1962 (No. 118), article 5
       (payment of benefits abroad).
    """
    needed(result, "benefit_expenditure")
    _check(result, parts)
    spent = result["benefit_expenditure"].drop_attrs()
    own = str(result.attrs.get("currency", "")) or say("currency")
    columns: dict[str, tuple[str, xr.DataArray]] = {}
    heads: dict[str, str] = {}
    nothing = 0.0 * spent.sum("benefit")
    total = nothing
    for part in parts:
        rate = _by_year(part.rate, result, f"the rate of {part.currency}")
        shares = {name: _by_year(value, result, f"{part.currency}, {name}") for name, value in part.shares.items()}
        amount = sum((share * spent.sel(benefit=name, drop=True) for name, share in shares.items()), nothing)
        names = [f"{part.currency}: {word}" for word in ("rate", "amount", "paid")]
        columns[names[0]] = ("rate", rate + nothing)
        columns[names[1]] = ("currency/year", amount)
        columns[names[2]] = ("", amount / rate)
        heads[names[0]] = say("{own} for one {currency}", own=own, currency=part.currency)
        heads[names[1]] = say("Paid in {currency}", currency=part.currency)
        heads[names[2]] = say("Paid ({currency} a year)", currency=part.currency)
        total = total + amount
    benefits = spent.sum("benefit")
    columns["total"] = ("currency/year", total)
    columns["share of benefits"] = ("fraction", total / benefits.where(benefits > 0))
    table = with_period(by_year(columns), result)
    table.attrs["heads"] = heads
    table.attrs["amounts"] = tuple(name for name in columns if name.endswith(": paid"))
    return noted(table, NOTE, before=True, currency=own)


def _check(result: xr.Dataset, parts: Sequence[Abroad]) -> None:
    """BadInput for currencies, benefits and shares that cannot be meant."""
    currencies = [part.currency for part in parts]
    twice = [name for name in dict.fromkeys(currencies) if currencies.count(name) > 1]
    if twice:
        raise BadInput(f"abroad: {twice[0]} is given {currencies.count(twice[0])} times; give each currency once.")
    known = [str(name) for name in result["benefit"].values]
    whole: dict[str, Any] = {}
    for part in parts:
        unknown = [name for name in part.shares if name not in known]
        if unknown:
            raise BadInput(
                f"abroad, {part.currency}: the scheme has no benefit {few(unknown)}.\n"
                f"  Its benefits are {', '.join(known)}."
            )
        rate = np.asarray(_by_year(part.rate, result, f"the rate of {part.currency}").values, dtype=float)
        if (rate <= 0).any():
            raise BadInput(
                f"abroad, {part.currency}: rates of exchange must be above 0, but {int((rate <= 0).sum())} of "
                f"{rate.size} are not, the first is {float(rate[rate <= 0].flat[0])!r}."
            )
        for name, value in part.shares.items():
            share = _by_year(value, result, f"{part.currency}, {name}")
            whole[name] = whole.get(name, 0.0) + share
            if bool((share < 0).any()) or bool((whole[name] > 1.0 + ROUNDING).any()):
                raise BadInput(
                    f"abroad, {part.currency}: the shares of {name} must lie between 0 and 1 in every year, all "
                    f"currencies together (up to {float(whole[name].max()):g}, from {float(share.min()):g})."
                )


def _by_year(value: Any, result: xr.Dataset, what: str) -> xr.DataArray:
    """A number or path as an array by year of the result; BadInput for years that it lacks."""
    years = result["year"]
    if not isinstance(value, xr.DataArray):
        path = xr.DataArray(np.full(years.size, float(value)), {"year": years.values}, ["year"])
    else:
        path = value.drop_attrs()
        extra = [str(dim) for dim in path.dims if dim not in ("scenario", "year")]
        if extra:
            raise BadInput(f"abroad, {what}: it has the dimension {', '.join(extra)}; give it by year.")
        if "year" not in path.dims:
            path = path.expand_dims(year=years.values)
        path = path.reindex(year=years.values)
    lacking = [int(year) for year in years.values if bool(path.sel(year=year).isnull().any())]
    if lacking:
        raise BadInput(f"abroad, {what}: {len(lacking)} of {years.size} years have no number, {few(lacking)}.")
    return path
