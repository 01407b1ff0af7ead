"""Numbers as the cells of tables: one scale for the money of a table, one form for each kind of figure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from actuarial.report.content.material import Material, Part, stations
from actuarial.report.content.names import SCENARIOS, joined
from actuarial.report.document import Table
from actuarial.translation import N_, NO_NUMBER, Language

SCALES = (
    (1e9, N_("billions of {currency}")),
    (1e6, N_("millions of {currency}")),
    (1e3, N_("thousands of {currency}")),
)
LARGE = 1e3
"""Money is shown in the greatest unit in which the greatest amount of a table is not smaller than this."""
WORDS = {
    "persons": N_("persons"),
    "percent": N_("per cent"),
    "percent2": N_("per cent"),
    "ratio": N_("ratio"),
    "years": N_("years"),
    "months": N_("months"),
    "factor": N_("factor"),
    "rate": N_("contacts a year"),
}


@dataclass(frozen=True)
class Column:
    """A column of a table by year: its words, its values by year, and the kind of figure that they are."""

    title: str
    values: xr.DataArray
    kind: str
    group: str = ""


@dataclass(frozen=True)
class Money:
    """The unit of the money of a table."""

    scale: float
    words: str


def unit_of(say: Language, currency: str, values: Iterable[float]) -> Money:
    """The unit in which the greatest of some amounts is shown."""
    greatest = max((abs(value) for value in values if np.isfinite(value)), default=0.0)
    for scale, words in SCALES:
        if greatest / scale >= LARGE:
            return Money(scale, say(words, currency=currency))
    return Money(1.0, currency)


def cell(say: Language, value: float, kind: str, money: Money | None = None) -> str:
    """A figure of a kind as the text of a cell; a dash for one that does not exist."""
    if not np.isfinite(value):
        return NO_NUMBER
    if kind in ("money", "amount"):
        scale = money.scale if money is not None and kind == "money" else 1.0
        return say.number(_plain(value / scale, 1 if scale > 1 else 0), 1 if scale > 1 else 0)
    if kind in ("percent", "percent2"):
        digits = 1 if kind == "percent" else 2
        return say.percent(_plain(value, digits + 2), digits)
    if kind == "year":
        return f"{value:.0f}"
    digits = {"persons": 0, "ratio": 2, "years": 1, "months": 1, "factor": 3, "rate": 1, "price": 2}[kind]
    return say.number(_plain(value, digits), digits)


def _plain(value: float, digits: int) -> float:
    """The value without the sign of a number that is shown as zero."""
    return 0.0 if round(value, digits) == 0 else value


def units_words(say: Language, kinds: Iterable[str], currency: str, money: Money | None) -> str:
    """The units of a table in words."""
    found = []
    for kind in dict.fromkeys(kinds):
        if kind == "money" and money is not None:
            found.append(money.words)
        elif kind == "price":
            found.append(say("{currency} for each contact", currency=currency))
        elif kind == "amount":
            found.append(say("{currency} a year for each person", currency=currency))
        elif kind in WORDS:
            found.append(say(WORDS[kind]))
    return joined(say, dict.fromkeys(found))


def by_year(
    material: Material,
    part: Part,
    name: str,
    title: str,
    columns: Sequence[Column],
    *,
    years: Sequence[int] | None = None,
    notes: Sequence[str] = (),
    source: str = "",
) -> Table:
    """A table with a row for each year that is shown."""
    say = material.say
    chosen = stations(part.first, part.last) if years is None else list(years)
    series = [along(column.values, "year") for column in columns]
    rows = [[values.get(year, float("nan")) for values in series] for year in chosen]
    amounts = (row[i] for row in rows for i, column in enumerate(columns) if column.kind == "money")
    money = unit_of(say, part.currency, amounts) if any(column.kind == "money" for column in columns) else None
    kinds = [column.kind for column in columns]
    cells = tuple(
        (str(year), *(cell(say, value, kind, money) for value, kind in zip(row, kinds, strict=True)))
        for year, row in zip(chosen, rows, strict=True)
    )
    return Table(
        name=name,
        title=title,
        head=heads(say("Year"), [(column.group, column.title) for column in columns]),
        rows=cells,
        units=units_words(say, kinds, part.currency, money),
        source=source or projection_source(material, part),
        notes=(*notes, *period_notes(material, part, chosen)),
    )


def along(array: xr.DataArray, dim: str) -> dict[int, float]:
    """Values of an array by the labels of its only dim."""
    return dict(zip(array[dim].values.tolist(), array.transpose(dim).values.tolist(), strict=True))


def heads(first: str, columns: Sequence[tuple[str, str]]) -> tuple[tuple[tuple[str, int], ...], ...]:
    """One row of headings, or two where columns stand in groups."""
    low = ((first, 1), *((title, 1) for _, title in columns))
    if not any(group for group, _ in columns):
        return (low,)
    top: list[tuple[str, int]] = []
    for group, _ in columns:
        if top and top[-1][0] == group:
            top[-1] = (group, top[-1][1] + 1)
        else:
            top.append((group, 1))
    return ((("", 1), *top), low)


def listed(
    material: Material,
    name: str,
    title: str,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    units: str = "",
    source: str = "",
    notes: Sequence[str] = (),
    labels: int = 1,
    strong: Iterable[int] = (),
    symbols: bool = False,
) -> Table:
    """A table of texts with one row of headings; by default its source is the projection."""
    return Table(
        name=name,
        title=title,
        head=(tuple((text, 1) for text in head),),
        rows=tuple(tuple(row) for row in rows),
        units=units,
        source=source or projection_source(material, material.main),
        notes=tuple(notes),
        labels=labels,
        strong=frozenset(strong),
        symbols=symbols,
    )


def projection_source(material: Material, part: Part) -> str:
    """Where the figures of a projection come from."""
    say = material.say
    if part.scenario:
        words = scenario_word(say, part.scenario)
        return say("Projection of {scheme}, scenario {scenario}", scheme=part.scheme.name, scenario=words)
    return say("Projection of {scheme}", scheme=part.scheme.name)


def scenario_word(say: Language, name: str) -> str:
    """Name of a scenario; the usual ones in the language of the report."""
    return say(SCENARIOS[name]) if name in SCENARIOS else name.replace("_", " ")


def period_notes(material: Material, part: Part, years: Sequence[int]) -> tuple[str, ...]:
    """A note where the first year is the part of one after the valuation date."""
    short = "year_fraction" in part.result and float(part.result["year_fraction"].values[0]) < 1.0
    if not short or part.first not in years:
        return ()
    return (material.say("{year}: the part of the year after the valuation date", year=part.first),)


def deflated(part: Part, value: xr.DataArray) -> xr.DataArray:
    """Money by year in the prices of the year before the projection: over the prices of the year of each flow."""
    return value / (1.0 + part.basis["inflation"]).cumprod("year")
