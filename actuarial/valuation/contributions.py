"""Income lines of a scheme: who pays, on what, at which rate."""

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.calibration import calibration_factor
from actuarial.check.period import year_fraction
from actuarial.check.population import one_year_older, stock_before
from actuarial.dated import evaluate
from actuarial.errors import BadScheme
from actuarial.fitting import own_limits, require_only
from actuarial.labelled import as_array
from actuarial.labour.earnings import UNLIMITED, insurable_share
from actuarial.person import Person
from actuarial.quick import stacked
from actuarial.scheme import Contribution, Scheme
from actuarial.translation import N_, Told

HEADS = ("group", "sex", "age")


def income_of_lines(
    insured: xr.Dataset, pensions: xr.Dataset, basis: xr.Dataset, scheme: Scheme, grid: Person
) -> tuple[xr.DataArray, xr.DataArray]:
    """Income by contribution line, and the share of a shortfall that each line makes good.

    Returns
    -------
    income : DataArray by (scenario,) year, contribution
        Currency/year, zero for lines whose base is the deficit; coordinates `payer` and `base` by contribution.
    guaranteed : DataArray by (scenario,) year, contribution
        Rates of the lines whose base is the deficit, zero elsewhere.
    """
    if not scheme.contributions:
        text = N_("{scheme}: the scheme has no contributions; give at least one [[contributions]].")
        raise BadScheme(Told(text, scheme=scheme.name))
    zero = xr.zeros_like(insured["insurable_earnings"].sum(["group", "sex"]))
    income, guaranteed = [], []
    for line in scheme.contributions:
        assert line.rate is not None, f"{line.name} was built without a rate"
        rate = as_array(evaluate(line.rate, grid))
        if line.base == "deficit":
            income.append(zero)
            guaranteed.append(zero + of_the_year(rate, f"{line.name}.rate"))
        else:
            income.append(zero + line_income(line, rate, insured, pensions, basis, grid))
            guaranteed.append(zero)
    words = {word: [getattr(line, word) for line in scheme.contributions] for word in ("payer", "base")}
    words["contribution"] = [line.name for line in scheme.contributions]
    shares, paid = (
        stacked(several, "contribution", words).transpose(..., "year", "contribution")
        for several in (guaranteed, income)
    )
    _check_guarantee(shares)
    return paid, shares


def line_income(line, rate, insured, pensions, basis, grid):
    """Rate x base of one line by (scenario,) year, currency/year; `rate` is a DataArray on what it needs of a grid."""
    if line.base == "insurable_earnings":
        groups = _groups(line, insured)
        paid = _groups_of(rate, groups) * _earnings_of(line, groups, rate, insured, basis, grid)
        return paid.sum([dim for dim in HEADS if dim in paid.dims])
    rate = of_the_year(rate, f"{line.name}.rate")
    if line.base == "fixed":
        if line.amount is None:
            raise BadScheme(Told("{line}: a contribution with base = 'fixed' needs an amount.", line=line.name))
        amount = of_the_year(as_array(line.amount.evaluate(grid)), f"{line.name}.amount")
        return rate * amount * year_fraction(basis)
    if line.base == "account_credits":
        return rate * _credited(line, insured, basis, grid)
    if line.base == "working_pensioners":
        return rate * _earnings_of_pensioners(line, pensions["pensioners"], basis, grid) * year_fraction(basis)
    source = {"benefit": "benefit_expenditure", "minimum": "topup_expenditure"}.get(line.base)
    if source is None:
        text = N_(
            "{line}.base: {base!r} is unknown; the bases are insurable_earnings, account_credits, benefit, minimum, "
            "working_pensioners, fixed, deficit."
        )
        raise BadScheme(Told(text, line=line.name, base=line.base))
    return rate * _chosen_benefits(line, pensions[source]).sum("benefit")


def _chosen_benefits(line: Contribution, expenditure: xr.DataArray) -> xr.DataArray:
    known = [str(name) for name in expenditure["benefit"].values]
    chosen = list(line.of) if line.of else known
    wrong = [name for name in chosen if name not in known]
    if wrong:
        text = N_("{line}.of: {names} is no benefit of the scheme; they are {known}.")
        raise BadScheme(Told(text, line=line.name, names=tuple(wrong), known=tuple(known)))
    return expenditure.sel(benefit=chosen)


def _credited(line: Contribution, insured: xr.Dataset, basis: xr.Dataset, grid: Person) -> xr.DataArray:
    """What is paid of the credits of accounts, by (scenario,) year, currency/year.

    Credits of what is assessed times the share of it that is collected; those of an account of what is collected are
    paid. Both times the calibration of insurable earnings, and in audited years what leads to these.
    """
    known = [str(name) for name in insured["account"].values] if "account_credits" in insured else []
    lacking = tuple(name for name in line.of if name not in known)
    if lacking:
        text = N_(
            "{line}.of: what is credited to {names} is not known, as no benefit pays these accounts.\n"
            "  Add one, such as an account_payout, or another base."
        )
        raise BadScheme(Told(text, line=line.name, names=lacking))
    groups = _groups(line, insured)
    earned = insured[["insurable_earnings", "assessed_earnings"]].sel(group=groups)
    share = earned["insurable_earnings"] / earned["assessed_earnings"].where(earned["assessed_earnings"] > 0)
    collected = _groups_of(basis["collection_rate"].drop_attrs(), groups)
    paid = xr.zeros_like(share.sum(["group", "sex"]))
    for account in grid.scheme.accounts:
        if account.name in line.of:
            credits = insured["account_credits"].sel(account=account.name, drop=True).sel(group=groups).sum("age")
            whole = getattr(account, "paid", "assessed") == "assessed"
            due = credits if whole else credits / collected.where(collected > 0)
            paid = paid + (due * share).fillna(0.0).sum(["group", "sex"])
    return paid * calibration_factor(basis, "insurable_earnings")


def _earnings_of_pensioners(line: Contribution, stock: xr.DataArray, basis: xr.Dataset, grid: Person) -> xr.DataArray:
    """Earnings of the pensioners who go on working, by (scenario,) year, currency/year.

    (P_{t-1} + P_t)/2 by age on 31 December x share x relative earnings x average wage of the insured, which is that of
    the law, so that the parts of a valuation add up.
    """
    check.require(basis, "working_pensioners_share", "pensioners_0")
    retired = [one.name for one in grid.scheme.benefits if one.on == "retirement" and not one.lump_sum]
    now = _chosen_benefits(line, stock).sum("benefit") if line.of else stock.sel(benefit=retired).sum("benefit")
    opening = basis["pensioners_0"]
    opening = opening.sel(benefit=opening["benefit"].isin(line.of or retired)).sum("benefit")
    mean = (one_year_older(stock_before(now, opening)) + now) / 2.0
    earning = mean * basis["working_pensioners_share"]
    if "working_pensioners_earnings" in basis:
        earning = earning * basis["working_pensioners_earnings"]
    return earning.sum(["sex", "age"]) * grid.average_wage()


def _groups(line: Contribution, insured: xr.Dataset) -> list[str]:
    """Groups that a line is due for."""
    known = [str(name) for name in insured["group"].values]
    wrong = [name for name in line.groups if name not in known]
    if wrong:
        text = N_("{line}.groups: {names} is no group of the basis; they are {known}.")
        raise BadScheme(Told(text, line=line.name, names=tuple(wrong), known=tuple(known)))
    return list(line.groups) if line.groups else known


def _earnings_of(line, groups, rate, insured, basis, grid):
    """Collected insurable earnings of the groups of a line, by age only where its rate or its limits ask for it."""
    collected = insured["insurable_earnings"].sel(group=groups)
    limited = any(one is not None for one in (line.floor, line.ceiling, line.above))
    if not limited and "age" not in rate.dims:
        return collected
    members = insured[["salary", "insurable_share", "average_contributors"]].sel(group=groups)
    full = members["salary"] * members["average_contributors"]
    share = members["insurable_share"]
    counted = (full * share).sum("age")
    if limited:
        chosen = own_limits(line, grid, grid.scheme.insurable_earnings.limits(grid))
        *limits, above = (np.minimum(_groups_of(as_array(limit), groups), UNLIMITED) for limit in chosen)
        share = insurable_share(members["salary"], _groups_of(basis["earnings_cv"], groups), *limits)
        if line.above is not None:
            share = (share - above / members["salary"].where(members["salary"] > 0)).fillna(0.0).clip(min=0.0)
    return full * share * (collected / counted.where(counted > 0)).fillna(0.0)


def _groups_of(value, groups):
    return value.sel(group=groups) if "group" in value.dims else value


def _check_guarantee(shares):
    total = shares.sum("contribution")
    if bool((total > 1 + 1e-12).any()):
        raise BadScheme(
            Told(
                "contributions with base = 'deficit' make good more than the whole deficit: their rates sum to "
                "{total:g}, at most 1 is possible.",
                total=float(total.max()),
            )
        )


def of_the_year(value: xr.DataArray, place: str) -> xr.DataArray:
    """Refuse what varies by person where one number per year is needed.

    Raises
    ------
    BadScheme
        The value varies by group, sex or age.
    """
    require_only(place, [str(dim) for dim in value.dims if dim in HEADS])
    return value
