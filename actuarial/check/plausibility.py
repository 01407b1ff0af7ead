"""Assumptions outside their usual range, and paths into the past that are not given: warnings, never errors."""

from typing import Any

import numpy as np

from actuarial.check.population import employed_before, first_year
from actuarial.check.variables import first_place
from actuarial.translation import N_, Told
from actuarial.warned import Warned

INF = float("inf")
BACKCASTS = {
    "wage_growth_past": Warned(
        "wage_growth_past is absent: the growth of wages of the first projected year is used for the past.",
        "The growth of wages of past years is not given; that of the first projected year is used for the past.",
    ),
    "inflation_past": Warned(
        "inflation_past is absent: the inflation of the first projected year is used for the past.",
        "The inflation of past years is not given; that of the first projected year is used for the past.",
    ),
    "asfr_past": Warned(
        "asfr_past is absent: the fertility of the first projected year is used for the children born before.",
        "Past fertility is not given; that of the first projected year is used for the children born before.",
    ),
    "inactive_earnings_0": Warned(
        "inactive_earnings_0 is absent: the inactive insured have the base year's reference earnings of the active of "
        "their age.",
        "Earnings of the inactive insured are not given; they have those of the active of their age.",
    ),
}
STOCKS = (
    (
        0,
        4,
        "male",
        "population_0: {men:,.0f} boys and {women:,.0f} girls at ages 0 to 4; usual are more boys: are the sexes "
        "exchanged?",
        N_(
            "Population of the valuation date: {men} boys and {women} girls at ages 0 to 4; usual are more boys; are "
            "the sexes exchanged?"
        ),
    ),
    (
        80,
        None,
        "female",
        "population_0: {men:,.0f} men and {women:,.0f} women aged 80 and over; usual are more women: are the sexes "
        "exchanged?",
        N_(
            "Population of the valuation date: {men} men and {women} women aged 80 and over; usual are more women; "
            "are the sexes exchanged?"
        ),
    ),
)
"""Ages at which one sex is the more numerous: first and last, the usual majority, what is said where it is not."""
NOBODY = Warned(
    "active_0: nobody is insured on the valuation date; usual only for a new scheme. Its average wage is that of those "
    "whom coverage and entry_profile bring in first.",
    "Nobody is insured on the valuation date; usual only for a new scheme. Its average wage is that of those who enter "
    "first.",
)
DENSITY = Warned("density at ages 20 to 59", "Density of contribution at ages 20 to 59")
COVERED = Warned("coverage, all groups together", "Coverage of all groups together")
EXITS = Warned("exit_rate at ages 25 to 50", "Rate of exit at ages 25 to 50")
INVALIDS = Warned("invalidity_rate at age 50", "Rate of invalidity at age 50")
SPREAD = Warned("earnings_cv at ages 20 to 59", "Coefficient of variation of earnings at ages 20 to 59")
MARRIED = Warned("married_share of men at age 50", "Share of married men at age 50")
REAL_WAGES = Warned("real growth of wages", "Real growth of wages")
REAL_INTEREST = Warned("real interest less real growth of wages", "Real interest less real growth of wages")
PENSION_LEVEL = Warned("average pension over average earnings", "Average pension over average earnings")
ADMINISTRATION = Warned(
    "administration over contributions in the accounts", "Administration over contributions in the accounts"
)
OPENING = Warned(
    "active_0 over coverage of the first year times the employed of the valuation date",
    "Active insured of the valuation date over coverage times the employed",
)
"""What is judged and is no variable of the vocabulary."""
GROWTH = ("wage_growth", "salary_growth", "inflation", "interest_rate", "wage_growth_past", "inflation_past")


def plausibility(basis: Any) -> list[str]:
    """One line for each quantity of a pension basis that leaves its usual range, and for each back-cast.

    The ranges are broad experience of actuarial valuations of social security, not standards.

    Parameters
    ----------
    basis : Dataset that has passed the checks for errors

    Returns
    -------
    list of str
        Quantity, the value farthest outside with its place, number of cells, usual range.
    """
    lines = [line for part in (_population, _careers, _families, _economy, _money, _stocks) for line in part(basis)]
    return lines + [line for name, line in BACKCASTS.items() if name not in basis]


def outside(name: str, array: Any, low: float, high: float, usual: str) -> list[str]:
    """A line where some cell of an array is below `low` or above `high`; NaN cells are not judged.

    The name is that of a variable, or a message that names what is judged.
    """
    with np.errstate(invalid="ignore"):
        excess = np.nan_to_num(np.maximum(low - array.values, array.values - high), nan=-1.0)
    bad = excess > 1e-12
    if not bad.any():
        return []
    place, value = first_place(array, bad & (excess == excess.max()))
    count = {"number": int(bad.sum()), "count": bad.size}
    one = Told(" ({place})", place=place) if bad.ndim else ""
    texts = " ({place}; {number} of {count} cells)", N_(" ({place}, {number} of {count} cells)")
    where = Warned(*texts, place=place, **count)
    return [
        Warned(
            "{variable}: {value:.4g}{where} is unusual; usual is {usual}.",
            "{variable}: {value}{where} is unusual.",
            variable=name,
            value=value,
            where=where if bad.size > 1 else one,
            usual=usual,
        )
    ]


def _ages(array: Any, first: int, last: int) -> Any:
    return array.sel(age=slice(first, last)) if "age" in array.dims else array


def _population(basis: Any) -> list[str]:
    return outside("srb", basis["srb"], 1.0, 1.15, "1.03 to 1.08 boys per girl") + _sexes(basis)


def _sexes(basis: Any) -> list[str]:
    """Women who die earlier than men, fewer boys than girls, more old men than old women: numbers exchanged?"""
    lines: list[str] = []
    rates, people = _ages(basis["mx"], 15, 79), basis["population_0"]
    if "sex" in rates.dims:
        higher = rates.sel(sex="female") > rates.sel(sex="male")
        if float(higher.mean()) > 0.5:
            lines.append(
                Warned(
                    "mx: the death rate of women exceeds that of men in {number} of {count} cells at ages 15 to 79; "
                    "are the sexes exchanged?",
                    "The death rate of women exceeds that of men in {number} of {count} cells at ages 15 to 79; are "
                    "the sexes exchanged?",
                    number=int(higher.sum()),
                    count=higher.size,
                )
            )
    for first, last, majority, text, shown in STOCKS:
        count = people.sel(age=slice(first, last)).sum("age")
        men, women = (np.atleast_1d(count.sel(sex=sex).values) for sex in ("male", "female"))
        bad = men < women if majority == "male" else men > women
        if bad.any():
            at = int(np.argmax(bad))
            lines.append(Warned(text, shown, men=men[at], women=women[at]))
    return lines


def _careers(basis: Any) -> list[str]:
    covered = basis["coverage"].sum("group") if "group" in basis["coverage"].dims else basis["coverage"]
    exits, invalids = _ages(basis["exit_rate"], 25, 50), _ages(basis["invalidity_rate"], 50, 50)
    return [
        *outside(DENSITY, _ages(basis["density"], 20, 59), 0.4, 1.0, "0.65 to 0.95"),
        *outside(COVERED, covered, 0.0, 1.0, "0.05 to 0.6 of the employed"),
        *outside(EXITS, exits, 0.0, 0.30, "0.03 to 0.15 a year"),
        *outside(INVALIDS, invalids, 0.0, 0.02, "0.002 to 0.008 a year"),
        *outside(SPREAD, _ages(basis["earnings_cv"], 20, 59), 0.2, 1.5, "0.4 to 0.9"),
    ]


def _families(basis: Any) -> list[str]:
    lines: list[str] = []
    if "married_share" in basis:
        married = _ages(basis["married_share"], 50, 50)
        men = married.sel(sex=["male"]) if "sex" in married.dims else married
        lines += outside(MARRIED, men, 0.5, 0.98, "0.75 to 0.92")
    if "spouse_age_gap" in basis:
        lines += outside("spouse_age_gap", basis["spouse_age_gap"], 0.0, 10.0, "2 to 5 years, the husband older")
    return lines


def _economy(basis: Any) -> list[str]:
    prices = 1.0 + basis["inflation"]
    wages, returns = (1.0 + basis["wage_growth"]) / prices - 1.0, (1.0 + basis["interest_rate"]) / prices - 1.0
    lines = [
        line
        for name in GROWTH
        if name in basis
        for line in outside(name, basis[name], -0.5, 0.5, "below 0.2 a year; 0.05 is 5%, 3.0 is 300%")
    ]
    lines += outside(REAL_WAGES, wages, -INF, 0.04, "0.005 to 0.025 a year")
    return lines + outside(REAL_INTEREST, returns - wages, 0.0, INF, "0.005 to 0.02 a year")


def _money(basis: Any) -> list[str]:
    lines = outside("collection_rate", basis["collection_rate"], 0.6, 1.0, "0.8 to 0.98")
    number, people = basis["pensioners_0"].sum(["sex", "age"]), basis["active_0"].sum("service")
    mass = (basis["pensioners_0"] * basis["pension_0"]).sum(["sex", "age"])
    wage = (people * basis["salary_0"]).sum(["group", "sex", "age"]) / people.sum(["group", "sex", "age"])
    ratio = mass / number.where(number > 0) / wage.where(wage > 0)
    usual = "0.1 to 0.8; both are amounts of a year"
    lines += outside(PENSION_LEVEL, ratio, 0.02, 1.5, usual)
    return lines + _accounts(basis)


def _accounts(basis: Any) -> list[str]:
    lines = [] if "accounts_0" not in basis else [str(line) for line in basis["line"].values]
    if "administration" not in lines or "contributions" not in lines:
        return []
    paid, due = (basis["accounts_0"].sel(line=line, drop=True) for line in ("administration", "contributions"))
    return outside(ADMINISTRATION, paid / due, 0.0, 0.25, "0.03 to 0.15")


def _stocks(basis: Any) -> list[str]:
    """Opening stocks against ages, credits and the labour market."""
    lines: list[str] = []
    most = 12 * (basis["age"] - 14).clip(min=0)
    for name in [name for name in ("active_0", "inactive_0", "invalid_0") if name in basis]:
        stock = basis[name]
        young = float(_ages(stock, 0, 14).sum())
        if young:
            lines.append(
                Told(
                    "{variable}: {number:.4g} persons are younger than 15; usual is none.", variable=name, number=young
                )
            )
        long = float(stock.where(basis["service"] > most, 0.0).sum()) - young
        if long > 1e-9 * float(stock.sum()):
            lines.append(
                Told(
                    "{variable}: {number:.4g} persons have more credit than the months since age 14; usual is none.",
                    variable=name,
                    number=long,
                )
            )
    return lines + _first_year(basis)


def _first_year(basis: Any) -> list[str]:
    """The opening stock of active insured against the first target, where both count the same persons."""
    people = basis["active_0"].sum(["age", "service"])
    if float(people.sum()) == 0.0:
        return [NOBODY]
    if basis.attrs.get("coverage_concept") != "status":
        return []
    target = first_year(basis, "coverage") * employed_before(basis).sum("age")
    return outside(OPENING, people / target.where(target > 0), 0.8, 1.25, "0.95 to 1.02")
