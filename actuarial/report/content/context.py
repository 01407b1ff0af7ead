"""Experience, economic context, data and their reliability."""

from itertools import product

import numpy as np
import xarray as xr

from actuarial.check.period import year_fraction
from actuarial.report.annex import population_table
from actuarial.report.basis_source import source_of_basis, stated_source
from actuarial.report.content.blocks import asked_for, if_written, section
from actuarial.report.content.cells import Column, by_year, cell, listed, unit_of
from actuarial.report.content.labels import account_word, variable_word
from actuarial.report.content.material import Material, Part
from actuarial.report.content.names import SEXES, name_of
from actuarial.report.document import Block, Bullets, Paragraph, Section, Table
from actuarial.report.workbook_labels import COLUMNS
from actuarial.translation import N_, Language
from actuarial.valuation.accounts import compare_accounts
from actuarial.vocabulary import variables
from actuarial.warned import warnings_of

HELD = {
    "demography": ("population_0", "mx", "asfr", "net_migration", "married_share", "asfr_past"),
    "labour": ("participation_rate", "unemployment_rate", "coverage", "density", "exit_rate", "reentry_share"),
    "members": ("active_0", "inactive_0", "salary_0", "earnings_cv", "collection_rate", "invalidity_rate"),
    "beneficiaries": ("pensioners_0", "pension_0", "observed_awards", "mortality_ratio_pensioners"),
    "finances": ("reserve_0", "assets_book_0", "assets_market_0", "accounts_0", "audited_accounts"),
    "economy": ("wage_growth", "inflation", "interest_rate", "gdp", "government_expenditure"),
    "health": ("use_rate_0", "unit_cost_0", "excess_inflation", "expenditure_by_service_0", "health_reserve_0"),
}
HELD_WORDS = {
    "demography": N_("Demography"),
    "labour": N_("Labour market"),
    "members": N_("Members"),
    "beneficiaries": N_("Beneficiaries"),
    "finances": N_("Finances of the scheme"),
    "economy": N_("Economy"),
    "health": N_("Health care"),
}


EVENT_DIMS = {
    "decrement": N_("Event"),
    "benefit": N_("Benefit"),
    "group": N_("Group"),
    "sex": N_("Sex"),
    "age_band": N_("Age"),
    "age": N_("Age"),
    "year": N_("Year"),
}
EVENTS = {
    "deaths": N_("Deaths"),
    "exits": N_("Exits"),
    "new_invalids": N_("New invalids"),
    "retirements": N_("Retirements"),
    "new_awards": N_("New awards"),
}
STOCKS = {
    "active_0": N_("Active insured on the valuation date"),
    "inactive_0": N_("Inactive insured on the valuation date"),
    "pensioners_0": N_("Beneficiaries on the valuation date"),
}
"""People of the valuation date that a review of the data sets beside the population."""


def changes(material: Material) -> Section | None:
    """What changed since the last valuation."""
    return section("changes", material.say("Changes since the last valuation"), asked_for(material, "scheme.changes"))


def experience(material: Material) -> Section | None:
    """The first projected year against the accounts, and audited accounts of past years."""
    say = material.say
    tables = [
        _actual_to_expected(material),
        *(_accounts(material, part) for part in material.parts),
        _audited(material),
    ]
    blocks: tuple[Block | None, ...] = (*(one for one in tables if one is not None), *material.shown("experience"))
    fields = asked_for(material, "experience.comment")
    return section("experience", say("Experience"), (*blocks, *fields))


def _actual_to_expected(material: Material) -> Table | None:
    """Events that happened beside those expected, with the limits of their ratio."""
    say, found = material.say, material.experience
    if found is None:
        return None
    dims = [str(dim) for dim in found["actual_number"].dims]
    rows = []
    for place in product(*(found[dim].values.tolist() for dim in dims)):
        one = found.sel(dict(zip(dims, place, strict=True)))
        labels = [_label(say, dim, label) for dim, label in zip(dims, place, strict=True)]
        persons = [cell(say, float(one[name]), "persons") for name in ("actual_number", "expected_number")]
        names = ("actual_to_expected", "actual_to_expected_lower", "actual_to_expected_upper")
        rows.append((*labels, *persons, *(cell(say, float(one[name]), "ratio") for name in names)))
    heads = [say(EVENT_DIMS[dim]) if dim in EVENT_DIMS else dim.replace("_", " ") for dim in dims]
    head = (*heads, say("Actual"), say("Expected"), say("Ratio"), say("Lower limit"), say("Upper limit"))
    level = say.percent(float(found.attrs["level"]), 0)
    note = say("Limits of the ratio at a confidence of {level}, for numbers that follow a Poisson law.", level=level)
    title = say("Actual and expected events since the last valuation")
    source = say("Records of the scheme; previous projection")
    units = say("persons; ratio")
    return listed(
        material, "actual_to_expected", title, head, rows, units=units, notes=(note,), source=source, labels=len(dims)
    )


def _label(say: Language, dim: str, label: object) -> str:
    """A label of a dim in words."""
    word = str(label)
    if dim == "sex" and word in SEXES:
        return say(SEXES[word])
    if dim == "decrement" and word in EVENTS:
        return say(EVENTS[word])
    return name_of(say, word)


def _accounts(material: Material, part: Part) -> Table | None:
    """Accounts of the base year beside the first projected year."""
    say = material.say
    if part is material.health:
        return None
    rows = compare_accounts(part.result, part.basis)
    if not rows:
        return None
    money = unit_of(say, part.currency, [row.model for row in rows if not _counts(row.line)])
    cells = []
    for row in rows:
        kind = "persons" if _counts(row.line) else "money"
        figures = [cell(say, value, kind, money) for value in (row.accounts, row.carried_forward, row.model)]
        cells.append((account_word(say, row.line), *figures, cell(say, row.ratio, "ratio")))
    head = (say("Line"), say("Accounts"), say("Carried forward"), say("Year {year}", year=part.first), say("Ratio"))
    note = say(
        "Carried forward: with the growth of the line in the base year where the accounts of the year before are "
        "known; else money with the growth of wages of the first year, numbers of persons unchanged."
    )
    units = say("{money}; numbers of persons", money=money.words)
    title = say("Accounts of the base year and the first projected year")
    return listed(
        material,
        "experience",
        title,
        head,
        cells,
        units=units,
        notes=(note,),
        source=say("Accounts of the scheme; projection"),
    )


def _counts(line: str) -> bool:
    return line.split(":")[0] in ("number", "new_awards", "average_contributors")


def _audited(material: Material) -> Table | None:
    """Audited accounts of past years."""
    say, part = material.say, material.pension
    if part is None or "audited_accounts" not in part.result:
        return None
    given = part.result["audited_accounts"]
    lines, years = [str(one) for one in given["account_line"].values], given["account_year"].values.tolist()
    money = unit_of(say, part.currency, given.sel(account_line=[x for x in lines if not _counts(x)]).values.ravel())
    rows = []
    for line in lines:
        values = [float(given.sel(account_line=line, account_year=year)) for year in years]
        kind = "persons" if _counts(line) else "money"
        rows.append((account_word(say, line), *(cell(say, value, kind, money) for value in values)))
    return listed(
        material,
        "audited",
        say("Audited accounts"),
        (say("Line"), *map(str, years)),
        rows,
        units=say("{money}; numbers of persons", money=money.words),
        source=say("Audited accounts of the scheme"),
    )


def context(material: Material) -> Section | None:
    """Economic context, population and labour market of the projection."""
    say, part = material.say, material.main
    fields = asked_for(material, "context.economy", "context.scheme")
    blocks: tuple[Block | None, ...] = (*fields, _economy(material, part))
    inner = []
    if "population" in part.result and "net_migration" in part.basis and "births" in part.result:
        tables = (_population(material, part), _demography(material, part))
        drawn = material.shown("population", "population_range", "total_fertility", "life_expectancy")
        inner.append(section("population", say("Population"), (*tables, *drawn)))
    if "labour_force" in part.result and "average_contributors" in part.result:
        inner.append(
            section(
                "labour",
                say("Labour market and coverage"),
                (_labour(material, part), *material.shown("labour")),
                covers=("results.coverage",),
            )
        )
    return section("context", say("Economic and demographic context"), blocks, inner)


def _economy(material: Material, part: Part) -> Table | None:
    """Growth of wages and prices, interest, and what they are in real terms."""
    say, basis = material.say, part.basis
    if not all(name in basis and "year" in basis[name].dims for name in ("wage_growth", "inflation", "interest_rate")):
        return None
    wages, prices, interest = basis["wage_growth"], basis["inflation"], basis["interest_rate"]
    columns = [
        Column(say("Growth of wages"), wages, "percent", say("Nominal")),
        Column(say("Inflation"), prices, "percent", say("Nominal")),
        Column(say("Interest"), interest, "percent", say("Nominal")),
        Column(say("Wages"), (1 + wages) / (1 + prices) - 1, "percent", say("Real")),
        Column(say("Interest"), (1 + interest) / (1 + prices) - 1, "percent", say("Real")),
        Column(say("Interest less wages"), interest - wages, "percent", say("Real")),
    ]
    source = source_of_basis(part.basis, say)
    return by_year(material, part, "economy", say("Economic assumptions"), columns, source=source)


def _population(material: Material, part: Part) -> Table:
    say = material.say
    table = population_table(part.result, part.basis)
    rows = {key: xr.DataArray.from_series(table[key]) for key in table}
    counted = ("total", "male", "female", "0-14", "15-64", "65+")
    kinds = dict.fromkeys(counted, "persons") | {"dependency ratio": "percent"}
    columns = [Column(say(COLUMNS[key]), rows[key], kind) for key, kind in kinds.items()]
    note = say("Dependency ratio: persons aged 0 to 14 and 65 and over to those aged 15 to 64.")
    return by_year(material, part, "population", say("Population on 31 December"), columns, notes=(note,))


def _demography(material: Material, part: Part) -> Table:
    say, basis, result = material.say, part.basis, part.result
    people = ["sex", "age"]
    columns = [
        Column(say("Births"), result["births"].sum(people), "persons"),
        Column(say("Deaths"), result["deaths"].sum(people), "persons"),
        Column(
            say("Net migration"), _yearly(basis["net_migration"] * year_fraction(basis), part).sum(people), "persons"
        ),
        Column(say("Children for each woman"), _yearly(basis["asfr"], part).sum("age"), "ratio"),
    ]
    for age, words in ((0, N_("Life expectancy at birth")), (60, N_("Life expectancy at 60"))):
        expectancy = life_expectancy(part)
        for sex, text in (("male", N_("Men")), ("female", N_("Women"))):
            columns.append(Column(say(text), expectancy.sel(sex=sex, age=age, drop=True), "years", say(words)))
    return by_year(material, part, "demography", say("Births, deaths, migration and life expectancy"), columns)


def life_expectancy(part: Part) -> xr.DataArray:
    """Life expectancy of the population by year, sex and age."""
    from actuarial.demography.survival import survival_table

    basis = part.basis
    rule = basis["a0"] if "a0" in basis else basis.attrs.get("a0_rule")
    return _yearly(survival_table(basis["mx"], rule)["ex"], part)


def _yearly(array: xr.DataArray, part: Part) -> xr.DataArray:
    """The array with the years of the projection, repeated where it has none."""
    years = part.result["year"]
    return array if "year" in array.dims else array.expand_dims(year=years.values)


def _labour(material: Material, part: Part) -> Table:
    say, result = material.say, part.result
    force, employed = (result[name].sum(["sex", "age"]) for name in ("labour_force", "employed"))
    contributors = result["average_contributors"].sum(["group", "sex", "age"])
    columns = [
        Column(say("Labour force"), force, "persons"),
        Column(say("Employed"), employed, "persons"),
        Column(say("Unemployment"), 1 - employed / force.where(force > 0), "percent"),
        Column(say("Active insured"), result["active"].sum(["group", "sex", "age"]), "persons"),
        Column(say("Average contributors"), contributors, "persons"),
        Column(say("of the labour force"), contributors / force.where(force > 0), "percent", say("Contributors")),
        Column(say("of the employed"), contributors / employed.where(employed > 0), "percent", say("Contributors")),
    ]
    return by_year(material, part, "labour", say("Labour market and coverage"), columns)


def data(material: Material) -> Section | None:
    """What the basis holds, balances and warnings; the judgement is the actuary's."""
    say = material.say
    review = section(
        "data_review",
        say("Review of the data"),
        (*_review(material), *if_written(material, "data.quality_report")),
        covers=("data.quality_report",),
    )
    held = section("data_inventory", say("What the data hold"), (_held(material),), covers=("data.inventory",))
    fields = asked_for(material, "data.opinion")
    return section("data", say("Data and their reliability"), fields, (held, review))


def _held(material: Material) -> Table:
    """Data that the basis holds and that it does not."""
    say = material.say
    rows = []
    known = variables()
    for group, names in HELD.items():
        if group == "health" and material.health is None:
            continue
        for name in names:
            if name in known and (there := [part for part in material.parts if name in part.basis]):
                sizes = " × ".join(str(size) for size in there[0].basis[name].shape) or "1"
                rows.append((say(HELD_WORDS[group]), variable_word(say, name), sizes))
    head = (say("Subject"), say("Data"), say("Cells"))
    source = stated_source(material.main.basis, say) or say("Basis of the valuation")
    return listed(
        material,
        "data_held",
        say("Data of the valuation"),
        head,
        rows,
        units=say("number of cells"),
        source=source,
        labels=2,
    )


def _review(material: Material) -> list[Paragraph | Bullets]:
    """Balances of the base year and how many warnings the checks gave."""
    say = material.say
    blocks: list[Paragraph | Bullets] = []
    for part in material.parts:
        warnings = warnings_of(part.whole)
        if warnings:
            text = say(
                "Warnings of the checks of {scheme}, which an annex lists: {count}.",
                scheme=part.scheme.name,
                count=len(warnings),
            )
        else:
            text = say("The checks of {scheme} gave no warning.", scheme=part.scheme.name)
        blocks.append(Paragraph(text))
    balances = _balances(material)
    return [Bullets(balances), *blocks] if balances else blocks


def _balances(material: Material) -> tuple[str, ...]:
    """How the stocks of the valuation date fit together."""
    say, part = material.say, material.pension
    if part is None or not all(name in part.basis for name in ("active_0", "pensioners_0", "population_0")):
        return ()
    basis = part.basis
    people = float(basis["population_0"].sum())
    stocks = {name: float(basis[name].sum()) for name in STOCKS if name in basis}
    lines = [
        say(
            "{what}: {number} persons, {share} of the population.",
            what=say(STOCKS[name]),
            number=say.number(value),
            share=say.percent(value / people),
        )
        for name, value in stocks.items()
    ]
    if rows := compare_accounts(part.result, basis):
        away = [row for row in rows if not np.isclose(row.ratio, 1.0, atol=0.02)]
        lines.append(
            say(
                "Of {count} lines of the accounts, {away} are more than 2% away from the first projected year.",
                count=len(rows),
                away=len(away),
            )
        )
    return tuple(lines)
