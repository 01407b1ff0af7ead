"""The catalogue of changes of a health scheme: use and cost of services, the economy, members, the law, rare events."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import xarray as xr

from actuarial.health.scheme import HealthScheme
from actuarial.studies import assumption_shocks as of_basis
from actuarial.studies import law_shocks as of_law
from actuarial.studies.assumption_shocks import Shock
from actuarial.studies.changes import Change, Changed, NotApplicable, is_zero, mapped, over_years, replaced
from actuarial.studies.dates import changed_number
from actuarial.studies.shocks import catalogue, pair
from actuarial.vocabulary import variable

NEUTRAL = {"use_shock": 1.0, "use_growth": 0.0, "excess_inflation": 0.0}
"""What a basis that leaves a variable out has of it."""
OF_OTHERS = ("contribution", "deficit")
"""Bases of lines that follow other lines or what the fund lacks."""
SHARED = ("coinsurance", "copayment", "deductible")
EPIDEMIC = 2
"""Years of more use."""


def completed(basis: xr.Dataset) -> xr.Dataset:
    """The basis with the variables that changes move, as they are where it leaves them out."""
    return basis.assign({name: given(basis, name) for name in NEUTRAL})


def given(basis: xr.Dataset, name: str) -> xr.DataArray:
    """A variable by year and service, also where the basis leaves it out."""
    if name in basis:
        return over_years(basis, name)
    coords = {dim: basis[dim] for dim in ("year", "service_type")}
    values = np.full([one.size for one in coords.values()], NEUTRAL[name])
    return xr.DataArray(values, coords=coords, dims=tuple(coords), attrs=variable(name).attributes())


def use(factor: float, years: int | None = None) -> Shock:
    """Contacts of all services times a factor, in all years or in the first ones."""

    def shock(basis: xr.Dataset, scheme: HealthScheme) -> Changed:
        usual = given(basis, "use_shock")
        moved = slice(None) if years is None else slice(0, years)
        later = usual["year"].isin(usual["year"].values[moved])
        new, note = replaced(completed(basis), use_shock=usual.where(~later, factor * usual))
        return new, scheme, note

    return shock


def growth(name: str, points: float) -> Shock:
    """A rate of growth of all services plus some points in every year."""

    def shock(basis: xr.Dataset, scheme: HealthScheme) -> Changed:
        new, note = replaced(completed(basis), **{name: given(basis, name) + points})
        return new, scheme, note

    return shock


def unit_cost(factor: float) -> Shock:
    """Cost of a contact times a factor from the first projected year on: (1 + g_1 + x_1) becomes factor times that."""

    def shock(basis: xr.Dataset, scheme: HealthScheme) -> Changed:
        excess = given(basis, "excess_inflation")
        labour = basis.get("labour_share", 0.0)
        wages, prices = (over_years(basis, name) for name in ("wage_growth", "inflation"))
        index = 1.0 + labour * wages + (1.0 - labour) * prices + excess
        first = excess["year"] == excess["year"][0]
        new, note = replaced(completed(basis), excess_inflation=excess.where(~first, excess + (factor - 1.0) * index))
        return new, scheme, note

    return shock


def assets(factor: float) -> Shock:
    """Reserve of the health fund on the valuation date times a factor."""

    def shock(basis: xr.Dataset, scheme: HealthScheme) -> Changed:
        if float(basis["health_reserve_0"]) <= 0:
            raise NotApplicable("there is no reserve on the valuation date that could lose value")
        new, note = replaced(basis, health_reserve_0=basis["health_reserve_0"] * factor)
        return new, scheme, note

    return shock


def no_cost_sharing() -> Shock:
    """No coinsurance, copayment or deductible from the first projected year on; the base year, to whose accounts unit
    costs are carried, keeps its law."""

    def shock(basis: xr.Dataset, scheme: HealthScheme) -> Changed:
        first, found = int(basis["year"][0]), 0
        for service in scheme.services:
            parts = {word: getattr(service.sharing, word) for word in SHARED}
            parts = {word: part for word, part in parts.items() if not is_zero(part)}
            if parts:
                none = {word: changed_number(part, 0.0, "replace", first, (0.0, 1.0)) for word, part in parts.items()}
                scheme, found = scheme.amend(f"{service.name}.sharing", **none), found + 1
        if not found:
            raise NotApplicable("patients pay no coinsurance, copayment or deductible")
        return basis, scheme, ""

    return shock


def collected(factor: float) -> Shock:
    """What is collected of the contributions of members, employers and pensioners times a factor."""

    def shock(basis: xr.Dataset, scheme: HealthScheme) -> Changed:
        own = ("member", "employer", "pensioner")
        lines = [line for line in scheme.contributions if line.payer in own and line.base not in OF_OTHERS]
        if not lines:
            raise NotApplicable("members, employers and pensioners pay no contribution")
        for line in lines:
            less: Any = mapped(line.collected, lambda share: factor * share)
            scheme = scheme.amend(line.name, collected=less)
        return basis, scheme, ""

    return shock


def state_pays(share: float) -> Shock:
    """Every line of the State at a share of its rate or amount."""

    def shock(basis: xr.Dataset, scheme: HealthScheme) -> Changed:
        found = 0
        for line in scheme.contributions:
            word = "rate" if line.amount is None else "amount"
            value = getattr(line, word)
            if line.payer == "state" and not is_zero(value):
                part: Any = mapped(value, lambda number: share * number)
                scheme, found = scheme.amend(line.name, **{word: part}), found + 1
        if not found:
            raise NotApplicable("the State pays nothing")
        return basis, scheme, ""

    return shock


ADVERSE = (use(1.1), growth("excess_inflation", 0.01), of_basis.interest(-0.01), of_law.administration(1.1))
FAVOURABLE = (use(0.9), growth("excess_inflation", -0.01), of_basis.interest(0.01), of_law.administration(0.9))
COMBINED = "use {0}10%, unit costs {0}1 pt a year, interest {1}1 pt, administration {0}10%"


@cache
def health_catalogue() -> dict[str, Change]:
    """All changes of a health scheme, by name, in the order of a table.

    Returns
    -------
    dict of name to Change

    Examples
    --------
    >>> health_catalogue()["unit_cost_up"].words
    'Cost of a contact 10% higher'
    """
    parts = (_of_care(), _economic(), _of_people(), _legal(), _events())
    return {change.name: change for part in parts for change in part}


def _of_care() -> tuple[Change, ...]:
    slower, faster = "Use of services grows 0.5 points a year less", "Use of services grows 0.5 points a year more"
    return (
        *pair(
            "use", "relative",
            (-0.1, "Use of services 10% lower", use(0.9), "down"),
            (0.1, "Use of services 10% higher", use(1.1), "up"),
            why="where capacity does not limit it",
        ),
        *pair(
            "use_growth", "percentage point",
            (-0.5, slower, growth("use_growth", -0.005), "down"),
            (0.5, faster, growth("use_growth", 0.005), "up"),
            why="where capacity does not limit it",
        ),
        *pair(
            "unit_cost", "relative",
            (-0.1, "Cost of a contact 10% lower", unit_cost(0.9), "down"),
            (0.1, "Cost of a contact 10% higher", unit_cost(1.1), "up"),
        ),
        *pair(
            "excess_inflation", "percentage point",
            (-1.0, "Unit costs grow 1 point a year less", growth("excess_inflation", -0.01), "down"),
            (1.0, "Unit costs grow 1 point a year more", growth("excess_inflation", 0.01), "up"),
        ),
    )  # fmt: skip


def _as_for_pensions(*names: str, **other: Any) -> tuple[Change, ...]:
    """Changes of pension schemes by their names, with another reason, sign or function."""
    return tuple(replace(catalogue()[name], **other) for name in names)


def _economic() -> tuple[Change, ...]:
    wages = "earnings follow wages, unit costs the part of wages in them, limits and amounts what the law says"
    growing = "where outgo grows faster than earnings, or there is a reserve"
    return (
        *_as_for_pensions("real_wages_down", "real_wages_up", why=wages),
        *_as_for_pensions("interest_down", "interest_up", why=growing),
        *_as_for_pensions("inflation_alone_down", "inflation_alone_up", why="where unit costs follow prices"),
    )


def _of_people() -> tuple[Change, ...]:
    lives = "whoever lives longer needs more care, and is longer a member who pays"
    births = "children need care before they earn"
    members = "new members pay and need care, so that their earnings and their ages decide"
    return (
        *_as_for_pensions("mortality_down", "mortality_up", expected="either", why=lives),
        *_as_for_pensions("fertility_down", "fertility_up", expected="either", why=births),
        *_as_for_pensions("coverage_constant", why=members),
    )


def _legal() -> tuple[Change, ...]:
    state = "the rate on earnings stays where the State pays as employer, a share of lines on earnings, or deficits"
    return (
        Change(
            name="cost_sharing_none", words="No coinsurance, copayment or deductible", function=no_cost_sharing(),
            expected="up", parameter="cost_sharing", step=-1.0, unit="relative",
        ),
        Change(
            name="collected_less", words="Contributions collected 10% less", function=collected(0.9), expected="up",
            parameter="collected", step=-0.1, unit="relative",
        ),
        *_as_for_pensions("administration_down", "administration_up"),
        *_as_for_pensions("state_unpaid", function=state_pays(0.0), why=state, effect_on=""),
        *_as_for_pensions("state_half", function=state_pays(0.5), why=state, effect_on=""),
    )  # fmt: skip


def _events() -> tuple[Change, ...]:
    lost = "members who lose their work pay nothing, and need care as members of another group or not at all"
    return (
        Change(
            name="epidemic", words="Use of services 20% higher in the first two years", function=use(1.2, EPIDEMIC),
            expected="up", step=0.2, unit="relative", why="where capacity does not limit it",
        ),
        *_as_for_pensions("unemployment_shock", why=lost),
        *_as_for_pensions("assets_fall", function=assets(0.8)),
        Change(
            name="combined_adverse", words=f"Adverse: {COMBINED.format('+', '-')}",
            function=of_law.together(*ADVERSE), expected="up", parameter="combined",
        ),
        Change(
            name="combined_favourable", words=f"Favourable: {COMBINED.format('-', '+')}",
            function=of_law.together(*FAVOURABLE), expected="down", parameter="combined",
        ),
    )  # fmt: skip
