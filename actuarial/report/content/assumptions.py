"""Assumptions: base, variants and those of the previous valuation, with who set them and why."""

from collections.abc import Callable, Iterator
from typing import Any

import xarray as xr

from actuarial.report.basis_source import source_of_basis
from actuarial.report.content.blocks import asked_for, for_each, section
from actuarial.report.content.cells import cell, scenario_word
from actuarial.report.content.labels import variable_word
from actuarial.report.content.material import CENTRAL, Material, one_of
from actuarial.report.document import Section, Table
from actuarial.translation import N_, Language

RATES = (
    ("wage_growth", N_("Growth of wages"), "percent"),
    ("inflation", N_("Inflation"), "percent"),
    ("interest_rate", N_("Interest"), "percent"),
)
Line = tuple[str, tuple[Any, ...]]
Ends = Callable[[xr.DataArray], tuple[float, ...]]
OWN = (
    "unit_cost_0",
    "excess_inflation",
    "use_growth",
    "mx",
    "asfr",
    "net_migration",
    "participation_rate",
    "unemployment_rate",
    "coverage",
    "density",
    "exit_rate",
    "reentry_share",
    "invalidity_rate",
    "earnings_cv",
    "collection_rate",
    "mortality_ratio_pensioners",
    "married_share",
    "wage_growth",
    "inflation",
    "interest_rate",
)
"""Variables of a basis for which a report gives origin and reasons, as far as the basis has them."""


def assumptions(material: Material) -> Section | None:
    """The table of assumptions, and what people say of them."""
    say = material.say
    names = [(name, variable_word(say, name)) for name in assumed(material)]
    fields = asked_for(
        material,
        "assumptions.prescribed",
        "assumptions.mandated",
        "assumptions.mandated_effect",
        "assumptions.neutrality",
        "assumptions.opinion",
    )
    inner = (
        section(
            "assumptions_table", say("Assumptions and variants"), (table(material),), covers=("assumptions.table",)
        ),
        section(
            "assumptions_origin", say("Origin of the assumptions"), for_each(material, "assumptions.origin", names)
        ),
        section(
            "assumptions_reasons",
            say("Reasons for the assumptions"),
            for_each(material, "assumptions.rationale", names),
        ),
    )
    return section("assumptions", say("Assumptions"), fields, inner)


def assumed(material: Material) -> list[str]:
    """Variables for which the report gives origin and reasons."""
    return [name for name in OWN if any(name in part.basis for part in material.parts)]


def table(material: Material) -> Table:
    """Assumptions in the first and the last year: each scenario, and the previous valuation where it is given."""
    say, part = material.say, material.main
    bases = [(scenario_word(say, name), one_of(part.assumptions, name)) for name in part.scenarios]
    bases = bases or [(say("Valuation"), part.basis)]
    if material.previous is not None:
        bases.append((say("Previous valuation"), one_of(material.previous, CENTRAL)))
    columns = [dict(lines_of(say, basis, (part.first, part.last))) for _, basis in bases]
    labels = list(dict.fromkeys(label for column in columns for label in column))
    rows = []
    for label in labels:
        cells = []
        for column in columns:
            kind, *values = column.get(label, ("percent", float("nan"), float("nan")))
            cells += [cell(say, value, kind) for value in values]
        rows.append((label, *cells))
    top = (("", 1), *((words, 2) for words, _ in bases))
    low = ((say("Assumption"), 1), *((str(year), 1) for _ in bases for year in (part.first, part.last)))
    return Table(
        name="assumptions",
        title=say("Assumptions"),
        head=(top, low),
        rows=tuple(rows),
        units=say("as the rows say: per cent a year, years, children, persons"),
        source=source_of_basis(material.main.basis, say),
        notes=(say("Rates by age are those of the population from 15 to 64 without weights."),),
    )


def lines_of(say: Language, basis: xr.Dataset, years: tuple[int, ...]) -> Iterator[Line]:
    """Words, kind and values of the assumptions of a basis in some years, NaN in those that it lacks."""

    def ends(array: xr.DataArray) -> tuple[float, ...]:
        found = []
        for year in years:
            if "year" in array.dims and year not in array["year"].values:
                found.append(float("nan"))
            else:
                found.append(float(array.sel(year=year)) if "year" in array.dims else float(array))
        return tuple(found)

    for name, label, kind in RATES:
        if name in basis:
            yield say(label), (kind, *ends(basis[name]))
    if "wage_growth" in basis and "inflation" in basis:
        prices = 1 + basis["inflation"]
        yield say("Real growth of wages"), ("percent2", *ends((1 + basis["wage_growth"]) / prices - 1))
        if "interest_rate" in basis:
            yield say("Real interest"), ("percent2", *ends((1 + basis["interest_rate"]) / prices - 1))
    if "asfr" in basis:
        yield say("Children for each woman"), ("ratio", *ends(basis["asfr"].sum("age")))
    yield from _mortality(say, basis, ends)
    if "net_migration" in basis:
        yield say("Net migration (persons a year)"), ("persons", *ends(basis["net_migration"].sum(["sex", "age"])))
    yield from _work(say, basis, ends)


def _mortality(say: Language, basis: xr.Dataset, ends: Ends) -> Iterator[Line]:
    from actuarial.demography.survival import survival_table

    if "mx" not in basis:
        return
    found = survival_table(basis["mx"], basis["a0"] if "a0" in basis else basis.attrs.get("a0_rule"))["ex"]
    for age, label in ((0, N_("Life expectancy at birth, {sex}")), (60, N_("Life expectancy at 60, {sex}"))):
        for sex, word in (("male", N_("men")), ("female", N_("women"))):
            yield say(label, sex=say(word)), ("years", *ends(found.sel(age=age, sex=sex, drop=True)))


def _work(say: Language, basis: xr.Dataset, ends: Ends) -> Iterator[Line]:
    """Means over the ages from 15 to 64 of what differs by age."""
    for name, label in (
        ("participation_rate", N_("Participation in the labour force")),
        ("unemployment_rate", N_("Unemployment")),
        ("coverage", N_("Coverage of the employed")),
        ("density", N_("Density of contributions")),
        ("exit_rate", N_("Exits from active membership")),
        ("invalidity_rate", N_("Incidence of invalidity")),
        ("collection_rate", N_("Collection of contributions")),
    ):
        if name not in basis:
            continue
        array = basis[name]
        if "age" in array.dims:
            array = array.sel(age=slice(15, 64)).mean("age")
        total = array.sum("group") if name == "coverage" and "group" in array.dims else array
        mean = total.mean([dim for dim in total.dims if dim != "year"])
        yield say(label), ("percent2" if name == "invalidity_rate" else "percent", *ends(mean))
