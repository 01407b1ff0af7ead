"""Adequacy of benefits, and results by sex."""

import numpy as np
import xarray as xr

from actuarial.errors import ActuarialError
from actuarial.report.adequacy import can_be_judged
from actuarial.report.content import leads
from actuarial.report.content.blocks import asked_for, if_written, section
from actuarial.report.content.cells import Column, by_year, cell, listed
from actuarial.report.content.material import Material, Part
from actuarial.report.content.names import SEXES, name_of
from actuarial.report.content.results import paid_benefits
from actuarial.report.document import Section, Table
from actuarial.studies.replacement import replacement_rates
from actuarial.translation import N_
from actuarial.valuation.adequacy import adequacy as judged

TWELVE = N_("Pensions are twelve monthly payments of a year, before taxes; wages are taken before floor and ceiling.")


def adequacy(material: Material) -> Section | None:
    """Replacement rates, pensions over wages, minimum pensions, and what standard careers give."""
    part, say = material.pension, material.say
    if part is None or not can_be_judged(part.result):
        return None
    found = judged(part.result, part.basis, by_sex=False)
    if "sex" in found.dims:
        found = found.isel(sex=0, drop=True)
    blocks = (
        leads.adequacy(say, part, found),
        _replacement(material, part, found),
        _awards(material, part, found),
        _indexation(material, part),
        illustrations(material, part),
        *if_written(material, "results.adequacy"),
        *material.shown("adequacy"),
    )
    return section("adequacy", say("Adequacy of benefits"), blocks, covers=("results.adequacy",))


def _replacement(material: Material, part: Part, found: xr.Dataset) -> Table:
    """Pensions in payment and new pensions over wages."""
    say = material.say
    columns = [
        Column(say("Average pension over average wage"), found["benefit_ratio"], "percent"),
        Column(say("Persons aged 65 and over with a pension"), found["coverage_of_old"], "percent"),
    ]
    for name in paid_benefits(part):
        value = found["replacement_rate_new"].sel(benefit=name, drop=True)
        if bool(np.isfinite(value.values).any()):
            columns.append(Column(name_of(say, name), value, "percent", say("New pension over earnings at its age")))
    title = say("Replacement rates and coverage of the old")
    return by_year(material, part, "replacement", title, columns, notes=(say(TWELVE),))


def _awards(material: Material, part: Part, found: xr.Dataset) -> Table | None:
    """Age and service of new pensioners, and how many get the minimum."""
    say, columns = material.say, []
    for name in paid_benefits(part):
        for variable, words, kind in (
            ("new_awards_age", N_("Age"), "years"),
            ("new_awards_service", N_("Years of service"), "years"),
            ("share_at_minimum", N_("At the minimum"), "percent"),
        ):
            value = found[variable].sel(benefit=name, drop=True)
            if bool(np.isfinite(value.values).any()):
                columns.append(Column(say(words), value, kind, name_of(say, name)))
    return by_year(material, part, "new_pensions", say("New pensions"), columns) if columns else None


def _indexation(material: Material, part: Part) -> Table | None:
    """Adjustment of pensions beside the growth of wages and prices."""
    say = material.say
    if "pension_indexation" not in part.result:
        return None
    columns = [
        Column(
            name_of(say, name),
            part.result["pension_indexation"].sel(benefit=name, drop=True),
            "percent",
            say("Pensions"),
        )
        for name in paid_benefits(part)
    ]
    for name, words in (("wage_growth", N_("Wages")), ("inflation", N_("Prices"))):
        columns.append(Column(say(words), part.basis[name], "percent", say("Growth")))
    return by_year(material, part, "indexation", say("Adjustment of pensions in payment"), columns)


def illustrations(material: Material, part: Part) -> Table | None:
    """What the law gives after standard careers, in the first year; None where such careers cannot be meant."""
    say = material.say
    try:
        found = replacement_rates(part.basis, part.scheme, finance=part.result)
    except ActuarialError:
        return None
    rates = found["replacement_rate"]
    years = [int(rates["year_of_retirement"].values[0]), int(rates["year_of_retirement"].values[-1])]
    rows = []
    for sex in ("male", "female"):
        for career in rates["career"].values.tolist():
            for level in rates["earnings_level"].values.tolist():
                place = {"sex": sex, "career": career, "earnings_level": level}
                values = [float(rates.sel(year_of_retirement=year, **place)) for year in dict.fromkeys(years)]
                shown = [cell(say, value, "percent") for value in values]
                rows.append((say(SEXES[sex]), f"{career:g}", say.number(level, 1), *shown))
    retire = [say("Retirement in {year}", year=year) for year in dict.fromkeys(years)]
    head = (say("Sex"), say("Years of contributions"), say("Earnings over the average wage"), *retire)
    note = say(
        "Gross pension, with all payments of a year, over the earnings of the last year; "
        "a dash where no pension is due."
    )
    return listed(
        material,
        "illustrations",
        say("Replacement rates of standard careers"),
        head,
        rows,
        units=say("per cent of the earnings of the last year"),
        source=say("Law of the scheme"),
        notes=(note,),
        labels=3,
    )


def gender(material: Material) -> Section | None:
    """Women among contributors and pensioners, and the averages of both sexes."""
    part, say = material.pension, material.say
    if part is None or not can_be_judged(part.result):
        return None
    apart = judged(part.result, part.basis)
    columns = [
        Column(say("of contributors"), apart["women_of_contributors"], "percent", say("Share of women")),
        Column(say("of pensioners"), apart["women_of_pensioners"], "percent", say("Share of women")),
    ]
    for variable, words in (
        ("coverage_of_labour_force", N_("Contributors of the labour force")),
        ("coverage_of_old", N_("Pensioners of those aged 65 and over")),
        ("benefit_ratio", N_("Average pension over average wage")),
    ):
        for sex in ("male", "female"):
            columns.append(Column(say(SEXES[sex]), apart[variable].sel(sex=sex, drop=True), "percent", say(words)))
    table = by_year(material, part, "by_sex", say("Results by sex"), columns, notes=(say(TWELVE),))
    fields = asked_for(material, "results.gender")
    blocks = (leads.gender(say, part, apart), table, *material.shown("gender"), *fields)
    return section("gender", say("Women and men"), blocks)
