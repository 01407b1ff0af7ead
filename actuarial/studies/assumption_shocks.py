"""Changes of the assumptions: each function here makes one that takes and returns basis and scheme."""

from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr

from actuarial.scheme import Scheme
from actuarial.studies.changes import Changed, NotApplicable, over_years, replaced

Shock = Callable[[xr.Dataset, Any], Changed]
GROWTHS = ("wage_growth", "salary_growth")
ASSETS = ("reserve_0", "assets_book_0", "assets_market_0")
TAIL = 65


def scaled(name: str, factor: float) -> Shock:
    """A variable of the basis times a factor."""

    def shock(basis: xr.Dataset, scheme: Scheme) -> Changed:
        if not bool((basis[name] != 0).any()):
            raise NotApplicable(f"{name} is 0 throughout")
        new, note = replaced(basis, **{name: basis[name] * factor})
        return new, scheme, note

    return shock


def shifted(name: str, points: float) -> Shock:
    """A rate of the basis plus some points, where it is not 0."""

    def shock(basis: xr.Dataset, scheme: Scheme) -> Changed:
        rate = basis[name]
        new, note = replaced(basis, **{name: rate.where(rate == 0, rate + points)})
        return new, scheme, note

    return shock


def interest(points: float) -> Shock:
    """Nominal interest plus some points in every year, those of 0 interest among them."""

    def shock(basis: xr.Dataset, scheme: Scheme) -> Changed:
        new, note = replaced(basis, interest_rate=basis["interest_rate"] + points)
        return new, scheme, note

    return shock


def improvement(power: float, first_age: int = 0, level: float = 1.0) -> Shock:
    """Mortality m_1 (m_t/m_1)^power by sex and age, times a level: it falls that much faster from the first year on."""

    def shock(basis: xr.Dataset, scheme: Scheme) -> Changed:
        rates = basis["mx"]
        falls = "year" in rates.dims and bool((rates != rates.isel(year=0)).any())
        if not falls and level == 1.0:
            raise NotApplicable("mx is the same in all years: there is no improvement to change")
        first = rates.isel(year=0, drop=True) if "year" in rates.dims else rates
        some = (first > 0) & (rates > 0)
        path = xr.where(some, first * (rates.where(some, 1.0) / first.where(some, 1.0)) ** power, rates)
        new, note = replaced(basis, mx=xr.where(rates["age"] >= first_age, level * path, rates))
        return new, scheme, note

    return shock


def first_year_mortality(factor: float) -> Shock:
    """Mortality of the first projected year times a factor, later years as they were."""

    def shock(basis: xr.Dataset, scheme: Scheme) -> Changed:
        rates = over_years(basis, "mx")
        new, note = replaced(basis, mx=rates.where(rates["year"] != rates["year"][0], factor * rates))
        return new, scheme, note

    return shock


def fertility(children: float) -> Shock:
    """Births per woman plus a number of children in every year, with the ages of the mothers as they were."""

    def shock(basis: xr.Dataset, scheme: Scheme) -> Changed:
        total = basis["asfr"].sum("age")
        least = float(total.min())
        if least == 0 or least + children < 0:
            raise NotApplicable(f"total fertility falls to {least:g}: it cannot be changed by {children:+g} children")
        new, note = replaced(basis, asfr=basis["asfr"] * ((total + children) / total))
        return new, scheme, note

    return shock


def coverage_path(share: float) -> Shock:
    """Coverage with a share of its change since the first projected year: 0 keeps that of the first year."""

    def shock(basis: xr.Dataset, scheme: Scheme) -> Changed:
        path = basis["coverage"]
        if "year" not in path.dims or not bool((path != path.isel(year=0)).any()):
            raise NotApplicable("coverage is the same in all years: there is no increase to change")
        first = path.isel(year=0, drop=True)
        new, note = replaced(basis, coverage=first + share * (path - first))
        return new, scheme, note

    return shock


def unemployment(points: float, years: int, fade: int) -> Shock:
    """Unemployment plus some points in the first years, then less of them by equal steps until none is left."""

    def shock(basis: xr.Dataset, scheme: Scheme) -> Changed:
        rate = over_years(basis, "unemployment_rate")
        after = np.arange(rate.sizes["year"]) - (years - 1.0)
        weight = xr.DataArray(np.clip(1.0 - after / fade, 0.0, 1.0), coords={"year": rate["year"]})
        new, note = replaced(basis, unemployment_rate=rate + points * weight)
        return new, scheme, note

    return shock


def real_wages(points: float) -> Shock:
    """Real growth of wages plus some points, on top of inflation: (1 + infl)(1 + real + points) - 1; the past stays."""

    def shock(basis: xr.Dataset, scheme: Scheme) -> Changed:
        prices = 1.0 + over_years(basis, "inflation")
        names = [name for name in GROWTHS if name in basis]
        new, note = replaced(basis, **{name: over_years(basis, name) + points * prices for name in names})
        return new, scheme, note

    return shock


def inflation(points: float, *, alone: bool) -> Shock:
    """Inflation plus some points; with wages, interest and output moved alike so that real rates stay, or alone."""

    def shock(basis: xr.Dataset, scheme: Scheme) -> Changed:
        prices = over_years(basis, "inflation")
        arrays = {"inflation": prices + points}
        if not alone:
            ratio = (1.0 + prices + points) / (1.0 + prices)
            rates = [name for name in (*GROWTHS, "interest_rate") if name in basis]
            arrays |= {name: (1.0 + over_years(basis, name)) * ratio - 1.0 for name in rates}
            if "gdp" in basis:
                arrays["gdp"] = over_years(basis, "gdp") * ratio.cumprod("year")
        new, note = replaced(basis, **arrays)
        return new, scheme, note

    return shock


def assets(factor: float) -> Shock:
    """Reserve on the valuation date, and the assets of each class, times a factor."""

    def shock(basis: xr.Dataset, scheme: Scheme) -> Changed:
        if float(basis["reserve_0"]) <= 0:
            raise NotApplicable("there is no reserve on the valuation date that could lose value")
        new, note = replaced(basis, **{name: basis[name] * factor for name in ASSETS if name in basis})
        return new, scheme, note

    return shock


def invalidity(factor: float) -> Shock:
    """Incidence of invalidity times a factor, in a scheme that pays somebody who becomes invalid."""
    change = scaled("invalidity_rate", factor)

    def shock(basis: xr.Dataset, scheme: Scheme) -> Changed:
        if not any(benefit.on == "invalidity" for benefit in scheme.benefits):
            raise NotApplicable("the scheme has no benefit that starts on invalidity")
        return change(basis, scheme)

    return shock
