"""Results of studies that were made besides the projection: balance sheet, sensitivity, reconciliation, reforms."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial.report.content import leads
from actuarial.report.content.blocks import asked_for, if_written, section
from actuarial.report.content.cells import cell, listed, unit_of, units_words
from actuarial.report.content.labels import indicator_word
from actuarial.report.content.material import Material, one_of
from actuarial.report.content.since_last import beside_present_law, cause_word, difference, parts_of, since_last
from actuarial.report.content.words import CHANGES, ITEMS, RUNS
from actuarial.report.document import Block, Bullets, Section, Table
from actuarial.studies.single_changes import last_of
from actuarial.translation import Language

Blocks = tuple[Block | None, ...]
SIDES_END = ("total_assets", "total_obligations", "deficit")
KINDS = {
    "general_average_premium": "percent2",
    "general_average_premium_net": "percent2",
    "payg_cost_rate": "percent2",
    "contribution_rate": "percent2",
    "reserve_ratio": "ratio",
    "year_reserve_exhausted": "year",
}
OF_HEALTH = {
    "level_rate": "percent2",
    "payg_rate_with_reserve": "percent2",
    "year_reserve_exhausted": "year",
}
"""What is shown of a study of a health scheme."""
WITHOUT_RATES = {"reserve_months": "months", "year_reserve_exhausted": "year"}
"""The same of a scheme that has no contributions on earnings."""


def balance_sheet(material: Material) -> Section | None:
    """Assets and obligations of all, and of present participants."""
    say, found = material.say, material.balance
    if found is None:
        return None
    found = one_of(found, material.main.scenario)
    sides = {
        "open_group_balance": say("Present and future participants"),
        "closed_group_balance": say("Present participants"),
    }
    names = [str(one) for one in found["item"].values]
    money = unit_of(say, material.main.currency, np.concatenate([found[side].values for side in sides]))
    rows = []
    for item in names:
        values = [float(found[side].sel(item=item)) for side in sides]
        rows.append((say(ITEMS[item]), *(cell(say, value, "money", money) for value in values)))
    strong = [place for place, item in enumerate(names) if item in SIDES_END]
    note = say("The deficit is obligations less assets; a negative one is a surplus.")
    table = listed(
        material,
        "balance_sheet",
        say("Actuarial balance sheet on the valuation date"),
        (say("Balance sheet item"), *sides.values()),
        rows,
        units=money.words,
        notes=(note,),
        strong=strong,
    )
    lead = leads.balance(say, material.main, found)
    return section("balance", say("Actuarial balance sheet"), (lead, table, *material.shown("balance")))


def sensitivity(material: Material) -> Section | None:
    """Single changes beside the base, of pensions and of health care, and the risks that people name."""
    say, both = material.say, material.pension is not None and material.health is not None
    fields = asked_for(material, "results.risks")
    written = if_written(material, "results.sensitivity")
    found = material.sensitivity, material.health_sensitivity
    if all(one is None for one in found):
        return section("uncertainty", say("Uncertainty"), (*written, *fields))
    inner = []
    for one, name in zip(found, ("sensitivity", "health_sensitivity"), strict=True):
        if one is not None:
            of_health = name.startswith("health")
            title = say("Sensitivity of health care") if both and of_health else say("Sensitivity of the results")
            shown = material.shown("health_tornado") if of_health else material.shown("tornado", "sensitivity")
            blocks: Blocks = (leads.sensitivity(say, one), _sensitivities(material, one, name), *shown)
            anchor = "health_sensitivities" if of_health else "sensitivities"
            inner.append((anchor, title, blocks))
    last = len(inner) - 1
    parts = [
        section(anchor, title, (*blocks, *written) if place == last else blocks, covers=("results.sensitivity",))
        for place, (anchor, title, blocks) in enumerate(inner)
    ]
    return section("uncertainty", say("Uncertainty"), fields, tuple(parts))


def _sensitivities(material: Material, found: xr.Dataset, name: str) -> Table | None:
    """What the changes of a study make of the results that it keeps; None where it keeps none that is shown."""
    say, of_health = material.say, name.startswith("health")
    rates = any(word in found and bool(found[word].notnull().any()) for word in OF_HEALTH if word not in WITHOUT_RATES)
    head, columns = _sensitivity_columns(say, found, KINDS if not of_health else OF_HEALTH if rates else WITHOUT_RATES)
    if not columns:
        return None
    rows = []
    for at, change in enumerate(found["change"].values):
        told = str(found["words"].values[at]) if "words" in found.coords else str(change)
        cells = (cell(say, float(array.isel(change=at)), kind) for array, kind in columns)
        rows.append((change_word(say, str(change), told), *cells))
    units = say("per cent of insurable earnings, multiples of outgo, years")
    if of_health:
        units = say("per cent of insurable earnings, years") if rates else say("months, years")
    return listed(
        material,
        name,
        say("Single changes of assumptions and of the law"),
        head,
        rows,
        units=units,
        notes=(say("A dash: the change does not apply, or the reserve is not used up within the projection."),),
        strong=(0,),
    )


def _sensitivity_columns(
    say: Language, found: xr.Dataset, kinds: dict[str, str]
) -> tuple[list[str], list[tuple[xr.DataArray, str]]]:
    """Heads and values: cost rates from the second year that is kept, other results of the last year or horizon."""
    head, columns = [say("Change")], []
    for name, kind in kinds.items():
        if name not in found:
            continue
        dims = [dim for dim in ("year", "horizon") if dim in found[name].dims]
        labels = found[dims[0]].values.tolist() if dims else []
        shown = labels[1:] or labels if name.startswith("payg_") else labels[-1:]
        places: list[dict[str, Any]] = [{dims[0]: label} for label in shown] if dims else [{}]
        for place in places:
            head.append(indicator_word(say, " ".join([name, *map(str, place.values())])))
            columns.append((found[name].sel(**place) if place else found[name], kind))
        if places and f"{name}_difference" in found and name in ("general_average_premium", "level_rate"):
            head.append(say("Difference to the base"))
            columns.append((last_of(found[f"{name}_difference"]), kind))
    return head, columns


def change_word(say: Language, name: str, words: str) -> str:
    """What a change is, in the language of the report where it is one of the library's own."""
    if name == "base":
        return say("Base")
    return say(words) if words in CHANGES else words


def reconciliation(material: Material) -> Section | None:
    """From the previous valuation to this one, cause by cause."""
    say, found = material.say, material.reconciliation
    if found is None:
        written = if_written(material, "results.reconciliation")
        return section("reconciliation", say("Reconciliation with the previous valuation"), written)
    kinds = [KINDS.get(str(one).split(" ")[0], "ratio") for one in found["quantity"].values]
    kinds = ["years" if kind == "year" else kind for kind in kinds]
    head = (say("Cause"), *(indicator_word(say, str(one)) for one in found["quantity"].values))

    def row(words: str, values: xr.DataArray, whole: bool) -> tuple[str, ...]:
        if not whole:
            return (words, *(difference(say, float(one), kind) for one, kind in zip(values.values, kinds, strict=True)))
        shown = ["year" if kind == "years" else kind for kind in kinds]
        return (words, *(cell(say, float(value), kind) for value, kind in zip(values.values, shown, strict=True)))

    rows = [row(say("Previous valuation"), found["reconciled_previous"], True)]
    for cause in found["cause"].values:
        rows.append(row(cause_word(say, str(cause)), parts_of(found).sel(cause=cause), False))
    rows.append(row(say("Current valuation"), found["reconciled_current"], True))
    notes = [say("The lines between the two valuations are changes, of rates in percentage points; they add up.")]
    if any(str(cause) == "state not carried forward" for cause in found["cause"].values):
        notes.append(
            say(
                "State that cannot be carried forward: what is known of single persons in a projection and only as an "
                "average on a new valuation date."
            )
        )
    table = listed(
        material,
        "reconciliation",
        say("Reconciliation with the previous valuation"),
        head,
        rows,
        units=say("per cent of insurable earnings, multiples of outgo, years"),
        notes=tuple(notes),
        source=say("Projections with the inputs of both valuations"),
        strong=(0, len(rows) - 1),
    )
    written = if_written(material, "results.reconciliation")
    said = since_last(say, found)
    blocks: Blocks = (Bullets(said) if said else None, table, *material.shown("reconciliation"), *written)
    return section(
        "reconciliation", say("Reconciliation with the previous valuation"), blocks, covers=("results.reconciliation",)
    )


def reforms(material: Material) -> Section | None:
    """Other laws beside the present one."""
    say, found = material.say, material.reforms
    if found is None:
        return section("reforms", say("Reform options"), if_written(material, "results.reform_costing"))
    found = one_of(found, material.main.scenario)
    runs = [str(one) for one in found["run"].values]
    years = found["year"].values.tolist()
    chosen = [year for year in dict.fromkeys((years[0], years[0] + 30, years[-1])) if year <= years[-1]]
    rows = []
    for name, kind in KINDS.items():
        if name not in found:
            continue
        for place in [{"year": year} for year in chosen] if "year" in found[name].dims else [{}]:
            words = indicator_word(say, " ".join([name, *map(str, place.values())]))
            rows.append((words, *(cell(say, float(found[name].sel(run=run, **place)), kind) for run in runs)))
    if "replacement_rate" in found:
        rows += _replacement(say, found, runs)
    head = (say("Indicator"), *(say(RUNS[run]) if run in RUNS else run for run in runs))
    table = listed(
        material,
        "reforms",
        say("Reform options beside the present law"),
        head,
        rows,
        units=units_words(say, ("percent", "ratio", "years"), "", None),
        source=say("Projections of each law"),
    )
    said, written = beside_present_law(say, found), if_written(material, "results.reform_costing")
    blocks: Blocks = (Bullets(said) if said else None, table, *material.shown("reforms"), *written)
    return section("reforms", say("Reform options"), blocks, covers=("results.reform_costing",))


def _replacement(say: Language, found: xr.Dataset, runs: list[str]) -> list[tuple[str, ...]]:
    """Replacement rates of the longest career at the average wage, for the last year of retirement."""
    rates = found["replacement_rate"].isel(career=-1, year_of_retirement=-1)
    level = float(rates["earnings_level"].values[int(np.abs(rates["earnings_level"].values - 1.0).argmin())])
    rows = []
    for sex, words in (("male", say("men")), ("female", say("women"))):
        label = say(
            "Replacement rate after {years} years, {sex}, retirement in {year}",
            years=f"{float(rates['career']):g}",
            sex=words,
            year=int(rates["year_of_retirement"]),
        )
        values = [float(rates.sel(run=run, sex=sex, earnings_level=level)) for run in runs]
        rows.append((label, *(cell(say, value, "percent") for value in values)))
    return rows
