"""The ratios that automatic balancing looks at: contribution asset, pension liability, balance ratio."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.benefits.staying import PLACE
from actuarial.bridge import align, over_scenarios
from actuarial.calibration import calibration_factor
from actuarial.check.period import year_fraction
from actuarial.check.population import stock_before
from actuarial.contract import amounts, settled
from actuarial.earned import Account
from actuarial.errors import BadScheme
from actuarial.pension.indexation.balancing import LEAST
from actuarial.person import make_grid
from actuarial.scheme import Scheme
from actuarial.translation import N_, Told
from actuarial.valuation.finance import members_part
from actuarial.vocabulary import annotate

NEEDED = ("salary", "insurable_share", "average_contributors", "insurable_earnings")


def balanced_benefits(scheme: Scheme, by: str | None = None) -> list[Any]:
    """Benefits whose adjustment is balanced, by a ratio or by any."""
    rules = [(benefit, getattr(benefit.indexation, "balancing", None)) for benefit in scheme.benefits]
    return [benefit for benefit, rule in rules if rule is not None and by in (None, rule.by)]


def project_balancing(
    insured: xr.Dataset, pensions: xr.Dataset, finance: xr.Dataset, basis: xr.Dataset, scheme: Scheme
) -> xr.Dataset:
    """What automatic balancing looks at in every year, and the level to which it takes the pensions.

    Parameters
    ----------
    insured : Dataset of `project_insured`, with `account_balance` where a rule looks at the balance ratio
    pensions : Dataset of `project_pensions`
    finance : Dataset of `project_finance`
    basis : Dataset
        `balance_ratio_0` or `reserve_ratio_0`, as the rules need; `balancing_index_0` where there is one.
    scheme : Scheme with a benefit whose indexation has `balancing`

    Returns
    -------
    Dataset by (scenario,) year
        `balancing_index` (benefit). Where a rule looks at the balance ratio also `turnover_duration` (years),
        `contribution_asset`, `pension_liability` (currency), `balance_ratio`, on 31 December.

    Raises
    ------
    BadScheme
        No accounts of earnings behind the benefits that are balanced by the balance ratio, rules that value pensions at
        several rates, a ratio that would take the pensions away.
    MissingVariable, BadDimensions, OutOfBounds
        An input is absent.

    Notes
    -----
    With what members and employers pay for the benefits that are balanced by this ratio, C a year::

        BR = (TD C + V)/PL
        TD = mean age of pensions - mean age of contributions
        PL = sum of account balances + sum over benefits, sexes and ages of payments/12 TB a_x
        a_x = sum_{k>=1} v^(k-1/2) (k-1 p_x + k p_x)/2, p the continuance in the table of the year

    The turnover duration is the time between the payment of a contribution and that of the pension it pays for: from
    the mean age of contributors (by earnings) to retirement, and from there to the mean age of pensions in payment.
    Ages are those of the year, without projections; who reaches age x in the year pays and is paid at x on average, a
    pensioner of a 31 December is x + 1/2.

    References
    ----------
    .. [1] Settergren, O. and Mikula, B. D. (2005), The rate of return of pay-as-you-go pension systems, Journal of
       Pension Economics and Finance 4(2).
    .. [2] Sweden, Social Insurance Code (2010:110), chapter 58.
    """

    def one(insured: xr.Dataset, pensions: xr.Dataset, finance: xr.Dataset, basis: xr.Dataset) -> xr.Dataset:
        found = xr.Dataset()
        if balanced_benefits(scheme, "balance_ratio"):
            found = balance_sheet_of_year(insured, pensions, finance, basis, scheme)
        looked = finance.assign(found.data_vars)
        return found.assign(balancing_index=balancing_index(looked, basis, scheme))

    return annotate(over_scenarios(one, insured, pensions, finance, basis))


def balance_sheet_of_year(
    insured: xr.Dataset, pensions: xr.Dataset, finance: xr.Dataset, basis: xr.Dataset, scheme: Scheme
) -> xr.Dataset:
    """Turnover duration, contribution asset, pension liability and balance ratio of one scenario, see the stage."""
    benefits = balanced_benefits(scheme, "balance_ratio")
    names = [benefit.name for benefit in benefits]
    paid = [one for one in settled(scheme) if one.name in names]
    accounts = accounts_of(benefits, basis, scheme)
    check.require(insured, *NEEDED, "account_balance")
    duration = turnover_duration(insured, pensions.sel(benefit=names), basis)
    asset = duration * contributions_for(names, finance, scheme) / year_fraction(basis)
    balances = insured["account_balance"].sel(account=accounts).sum(["account", "group", "sex", "age"])
    liability = balances + pensions_liability(paid, pensions, basis)
    ratio = (asset + finance["reserve"]) / liability.where(liability > 0)
    found = {
        "turnover_duration": duration,
        "contribution_asset": asset,
        "pension_liability": liability,
        "balance_ratio": ratio.fillna(np.inf),
    }
    return xr.Dataset({name: value.reset_coords(drop=True) for name, value in found.items()})


def accounts_of(benefits: list[Any], basis: xr.Dataset, scheme: Scheme) -> list[str]:
    """Names of the accounts of earnings behind benefits; BadScheme where there are none."""
    grid = make_grid(basis, scheme)
    found = [
        amount.base.name
        for benefit in benefits
        for amount in amounts(benefit.award(grid))
        if isinstance(amount.base, Account) and amount.base.credits == "earnings"
    ]
    if not found:
        text = N_(
            "{name}: the balance ratio needs accounts of the members, but no benefit that it balances is an amount of "
            'an account of earnings.\n  Balance by = "reserve_ratio", or give the benefit a formula with accounts.'
        )
        raise BadScheme(Told(text, name=benefits[0].name))
    return list(dict.fromkeys(found))


def contributions_for(names: list[str], finance: xr.Dataset, scheme: Scheme) -> xr.DataArray:
    """Contributions of members and employers by year on lines that pay for one of some benefits, currency/year."""
    lines = [
        line.name for line in scheme.contributions if line.finances == "all" or set(line.finances) & set(names)
    ]
    return members_part(finance["contribution_income"].sel(contribution=lines))


def turnover_duration(insured: xr.Dataset, pensions: xr.Dataset, basis: xr.Dataset) -> xr.DataArray:
    """Mean age at which pensions are paid less mean age at which contributions are, by year, years; see the stage.

    0 where nobody contributes or draws a pension.
    """
    earned = insured["average_contributors"] * insured["salary"] * insured["insurable_share"]
    whole = earned.sum("age")
    earned = earned * (insured["insurable_earnings"] / whole.where(whole > 0)).fillna(0.0)
    mass = pensions["pension_mass"]
    names = mass["benefit"].values
    opening = basis["pensioners_0"] * basis["pension_0"]
    opening = opening.drop_attrs().reindex(benefit=names, fill_value=0.0)
    paid = (stock_before(mass, opening) + mass) / 2.0
    contributing, drawing = _mean_age(earned), _mean_age(paid) + 0.5
    return (drawing - contributing).fillna(0.0)


def _mean_age(weight: xr.DataArray) -> xr.DataArray:
    """Mean age by year of money by age; NaN without any."""
    others = [dim for dim in weight.dims if dim != "year"]
    total = weight.sum(others)
    return (weight * weight["age"]).sum(others) / total.where(total > 0)


def pensions_liability(benefits: list[Any], pensions: xr.Dataset, basis: xr.Dataset) -> xr.DataArray:
    """Value on each 31 December of the pensions in payment of some benefits, by year, currency."""
    rate = _one_rate(benefits)
    coords = {dim: basis[dim] for dim in PLACE}
    total = np.zeros(basis.sizes["year"])
    for benefit in benefits:
        divisor = period_divisors(align(benefit.continuance(basis), PLACE, coords), rate)
        mass = align(pensions["pension_mass"].sel(benefit=benefit.name, drop=True), PLACE, coords)
        factor = calibration_factor(basis, f"expenditure:{benefit.name}")
        total = total + factor * benefit.payments / 12.0 * (mass * divisor).sum(axis=(1, 2))
    return xr.DataArray(total, dims="year", coords={"year": basis["year"]})


def _one_rate(benefits: list[Any]) -> float:
    rules = {benefit.name: benefit.indexation.balancing.rate for benefit in benefits}
    rates = set(rules.values())
    if len(rates) > 1 or not all(isinstance(rate, float) for rate in rates):
        stated = tuple(Told("{rate!r} of {name}", rate=rate, name=name) for name, rate in rules.items())
        text = N_(
            "balancing.rate: one balance ratio needs one rate, the same in all years (got {stated}).\n"
            "  Give all benefits that the balance ratio balances the same number."
        )
        raise BadScheme(Told(text, stated=stated))
    return rates.pop()


def period_divisors(continuance: np.ndarray, rate: float) -> np.ndarray:
    """Value of one unit a year paid while the probabilities of staying (..., age) of one year last, by age.

    a_x = v^(1/2) (1 + p_x)/2 + v p_x a_{x+1}; at the open age a = v^(1/2) (1 + p)/2 / (1 - v p).

    Examples
    --------
    >>> period_divisors(np.array([1.0, 0.5, 0.0]), 0.0).tolist()
    [2.0, 1.0, 0.5]
    """
    v = 1.0 / (1.0 + rate)
    paid = v**0.5 * (1.0 + continuance) / 2.0
    found = np.zeros_like(continuance)
    found[..., -1] = paid[..., -1] / (1.0 - v * continuance[..., -1])
    for x in range(continuance.shape[-1] - 2, -1, -1):
        found[..., x] = paid[..., x] + v * continuance[..., x] * found[..., x + 1]
    return found


def balancing_index(finance: xr.Dataset, basis: xr.Dataset, scheme: Scheme) -> xr.DataArray:
    """Level of the adjusted pensions over that without balancing by year and benefit, of one scenario.

    Raises
    ------
    BadScheme
        A ratio that would take the pensions away in one year.
    """
    names = [benefit.name for benefit in scheme.benefits]
    found = np.ones((basis.sizes["year"], len(names)))
    for benefit in balanced_benefits(scheme):
        rule = benefit.indexation
        factors = rule.balancing.factors(basis, finance)
        bad = factors < LEAST
        if bad.any() and rule.balancing.floor is None:
            text = N_(
                "{name}: balancing by {by} would take the pensions away in {count} of {whole} years, the first is "
                "{year}, in which they would be multiplied by {factor:g}.\n  Give balancing a floor."
            )
            first = {"year": int(basis["year"].values[bad][0]), "factor": factors[bad][0]}
            known = {"name": benefit.name, "by": rule.balancing.by, "count": int(bad.sum()), "whole": bad.size}
            raise BadScheme(Told(text, **known, **first))
        found[:, names.index(benefit.name)] = rule.balanced(basis, finance).level
    return xr.DataArray(found, dims=("year", "benefit"), coords={"year": basis["year"].values, "benefit": names})
