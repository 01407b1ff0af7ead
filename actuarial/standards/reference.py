"""Reference wages that the inputs allow: from the earnings of the insured, and those that somebody stated."""

from fractions import Fraction

import numpy as np
import xarray as xr

from actuarial.errors import BadInput
from actuarial.person import earners, make_grid
from actuarial.standards.facts import Facts
from actuarial.standards.numbers import plain
from actuarial.standards.verdicts import Message, message
from actuarial.standards.wages import (
    ReferenceWage,
    earnings_above_average,
    earnings_of_three_quarters,
    fitter_wage,
    typical_skilled_wage,
    typical_unskilled_wage,
    unskilled_machinery_wage,
)
from actuarial.translation import N_

QUANTILE = 0.75
CLOSE = 1e-12  # of logarithms of earnings
CELL = ("group", "sex", "age")
NEEDED = ("active_0", "salary_0", "wage_growth")
LOGNORMAL = N_(
    "Earnings that equal or exceed those of 75 per cent of the insured, who are lognormal around the mean of their "
    "group, sex and age: {wage}"
)
MEAN = N_("Average earnings of {persons} insured, {group}, {sex}: {mean}")
SEXES = {"male": N_("men"), "female": N_("women")}


def reference_wages(
    basis: xr.Dataset, year: int, facts: Facts, result: xr.Dataset | None = None
) -> tuple[ReferenceWage, ...]:
    """Every option of Articles 65(6) and 66(4) of C102 that the inputs allow, currency/year.

    Parameters
    ----------
    basis : Dataset
        With `active_0`, `salary_0` and `wage_growth` for the options of the insured themselves: 65(6)(c) and (d).
    year : int
    facts : Facts
        Wages of reference workers, classes of earnings.
    result : Dataset, optional
        Of `project`, for the insured and their earnings of a later year; else those of the valuation date, their
        earnings carried by the growth of wages.

    Returns
    -------
    tuple of ReferenceWage
        In the order of the articles. Wages of the insured are rounded to cents, being estimates.

    References
    ----------
    .. [1] International Labour Organization (1952), Convention No. 102, Articles 65(6), 65(7), 66(4) and 66(5).
    """
    given, found = facts.wages, []
    if given.fitter is not None:
        found.append(fitter_wage(given.fitter))
    if given.skilled_groups:
        found.append(typical_skilled_wage(given.skilled_groups))
    if given.classes:
        earned, persons = zip(*given.classes, strict=True)
        found += [earnings_of_three_quarters(earned, persons), earnings_above_average(earned, persons)]
    elif all(name in basis for name in NEEDED):
        cells = insured_cells(basis, year, result)
        found += [_three_quarters(*cells), earnings_above_average([_cents(_mean(*cells[:2]))])]
    if given.unskilled is not None:
        found.append(unskilled_machinery_wage(given.unskilled))
    if given.unskilled_groups:
        found.append(typical_unskilled_wage(given.unskilled_groups))
    return tuple(found)


def insured_cells(
    basis: xr.Dataset, year: int, result: xr.Dataset | None = None
) -> tuple[xr.DataArray, xr.DataArray, xr.DataArray]:
    """Insured persons, their mean earnings (currency/year) and coefficients of variation by group, sex and age."""
    if result is not None and {"active", "salary"} <= set(result) and year in result["year"]:
        one = result.sel(year=year)
        persons, earned = one["active"], one["salary"]
    else:
        persons = earners(basis)
        level = make_grid(basis, None, years=[year]).index("wages")
        earned = basis["salary_0"] * float(np.asarray(level).ravel()[0])
    varying = basis["earnings_cv"] if "earnings_cv" in basis else xr.DataArray(0.0)
    several = xr.broadcast(persons.reset_coords(drop=True), earned.reset_coords(drop=True), varying)
    people, mean, cv = (one.transpose(*CELL, missing_dims="ignore") for one in several)
    return people, mean, cv


def average_earnings(basis: xr.Dataset, year: int, result: xr.Dataset | None = None) -> tuple[Message, ...]:
    """Average earnings of the insured by group and sex, as evidence; nothing where nobody is insured yet."""
    if not all(name in basis for name in NEEDED) or (result is None and float(basis["active_0"].sum()) <= 0.0):
        return ()
    people, earned, _ = insured_cells(basis, year, result)
    groups = [str(name) for name in people["group"].values] if "group" in people.dims else []
    found = []
    for group in groups:
        for sex in SEXES:
            persons = people.sel(group=group, sex=sex)
            if float(persons.sum()) > 0.0:
                mean = _cents(_mean(persons, earned.sel(group=group, sex=sex)))
                number = Fraction(round(float(persons.sum())))
                name, which = group.replace("_", " "), message(SEXES[sex])
                found.append(message(MEAN, persons=number, group=name, sex=which, mean=mean))
    return tuple(found)


def _three_quarters(people: xr.DataArray, mean: xr.DataArray, cv: xr.DataArray) -> ReferenceWage:
    """The 75th percentile of a mixture of lognormal earnings, or of the means where nothing varies."""
    weight, level, spread = (one.values.ravel() for one in (people, mean, cv))
    kept = (weight > 0.0) & (level > 0.0)
    weight, level, spread = weight[kept], level[kept], spread[kept]
    if not (spread > 0.0).any():
        return earnings_of_three_quarters([_cents(one) for one in level], [float(one) for one in weight])
    wage = _cents(_quantile(weight / weight.sum(), level, spread))
    text = message(LOGNORMAL, wage=wage)
    return ReferenceWage(wage, "65(6)(c)", "skilled", f"F({plain(wage)}) = 75%", text, interpreted=True)


def _quantile(share: np.ndarray, mean: np.ndarray, cv: np.ndarray) -> float:
    """Earnings w with sum of share x Phi((ln w - m)/s) = 75%, s^2 = ln(1 + cv^2) and m = ln mean - s^2/2."""
    from scipy.special import ndtr

    spread = np.sqrt(np.log1p(cv**2))
    middle = np.log(mean) - spread**2 / 2.0

    def enough(logarithm: float) -> bool:
        gap = logarithm - middle
        below = np.where(spread > 0.0, ndtr(gap / np.where(spread > 0.0, spread, 1.0)), gap >= 0.0)
        return float(share @ below) >= QUANTILE

    low, high = float((middle - 8.0 * spread).min()) - 1.0, float((middle + 8.0 * spread).max()) + 1.0
    while high - low > CLOSE:
        half = (low + high) / 2.0
        low, high = (low, half) if enough(half) else (half, high)
    return float(np.exp(high))


def _mean(people: xr.DataArray, earned: xr.DataArray) -> float:
    total = float(people.sum())
    if not total > 0.0:
        raise BadInput("reference wage: the basis has no insured persons; state the wages of reference workers.")
    return float((people * earned).sum()) / total


def _cents(amount: float) -> Fraction:
    return Fraction(round(float(amount) * 100.0), 100)
