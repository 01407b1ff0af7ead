"""Title page, letter, mandate and the summary of one page."""

from collections.abc import Sequence

from actuarial.report.content.blocks import asked_for, section
from actuarial.report.content.cells import cell, listed, scenario_word
from actuarial.report.content.material import Material, Part, valuation_day
from actuarial.report.content.sentences import health_sentences, pension_sentences
from actuarial.report.content.since_last import since_last
from actuarial.report.document import Bullets, Section, Table
from actuarial.translation import N_, Language

LETTER = (
    "front.letter",
    "front.principal",
    "front.authorship",
    "front.qualification",
    "engagement.trigger",
    "engagement.scope",
    "engagement.frequency_policy",
    "engagement.materiality",
    "engagement.reliance",
    "engagement.limits",
)
EMBEDDED = N_("Avania (invented)")
"""The country that comes with the library; others are called what their users call them."""
Lines = Sequence[tuple[str, str, str]]
Grid = tuple[list[str], list[tuple[str, ...]]]
SHOWN = (
    ("total_contributors", N_("Contributors"), "persons"),
    ("total_pensioners", N_("Pensioners"), "persons"),
    ("payg_cost_rate", N_("Pay-as-you-go cost rate"), "percent"),
    ("contribution_rate", N_("Contribution rate"), "percent"),
    ("reserve_ratio", N_("Reserve over outgo of the year"), "ratio"),
    ("reserve_months", N_("Reserve less claims outstanding, in months of benefits"), "months"),
)
LEVELS = (
    ("general_average_premium", N_("General average premium (level rate for all outgo)"), "percent2"),
    ("general_average_premium_net", N_("General average premium net of other income"), "percent2"),
    ("year_outgo_exceeds_contributions", N_("Outgo exceeds current income in"), "year"),
    ("year_reserve_falls", N_("Reserve falls for the first time in"), "year"),
    ("year_reserve_exhausted", N_("Reserve is used up in"), "year"),
)


def title_page(material: Material) -> tuple[tuple[str, str], ...]:
    """Words of the title page."""
    say, main = material.say, material.main
    day = valuation_day(material)
    rows = [(say("Scheme"), " · ".join(part.scheme.name for part in material.parts))]
    rows += [(say("Valuation date"), day)] if day else []
    rows += [(say("Projection"), f"{main.first}–{main.last}"), (say("Currency"), main.currency)]
    country = str(main.result.attrs.get("country", ""))
    named = say(EMBEDDED) if country == EMBEDDED else country
    return tuple([(say("Country"), named), *rows] if country else rows)


def letter(material: Material) -> Section | None:
    """Letter and mandate, which people write."""
    return section("letter", material.say("Letter and mandate"), asked_for(material, *LETTER))


def summary(material: Material) -> Section | None:
    """The page for ministers: sentences that the numbers choose, and one table."""
    say = material.say
    inner = []
    if material.pension is not None:
        lines = (*pension_sentences(material, material.pension), *since_last(say, material.reconciliation))
        blocks = (Bullets(lines), key_table(material, material.pension))
        inner.append(section("summary_pensions", say("Pensions"), blocks))
    if material.health is not None:
        lines = health_sentences(material, material.health)
        inner.append(
            section("summary_health", say("Health care"), (Bullets(lines), key_table(material, material.health)))
        )
    pictures = material.shown("summary")
    fields = asked_for(material, "summary.recommendations")
    if len(inner) == 1 and inner[0] is not None:
        return section("summary", say("Summary"), (*inner[0].blocks, *pictures, *fields))
    return section("summary", say("Summary"), pictures, [*inner, section("advice", say("Recommendations"), fields)])


def key_table(material: Material, part: Part) -> Table:
    """What is read first: over time or, of several scenarios, with the level rates and critical years of each."""
    say = material.say
    name = "key_results_health" if part is material.health else "key_results"
    years = [year for year in dict.fromkeys((part.first, part.first + 30, part.last)) if year <= part.last]
    lines = [line for line in SHOWN if line[0] in part.result]
    grid = _by_scenario if len(part.scenarios) > 1 else _over_time
    head, rows = grid(say, part, lines, years)
    units = say("persons, per cent of insurable earnings, multiples of outgo, years")
    if part is material.health:
        units = say("per cent of insurable earnings, multiples of outgo, months, years")
    source = say("Projection of {scheme}", scheme=part.scheme.name)
    return listed(material, name, say("Key results"), head, rows, units=units, source=source)


def _over_time(say: Language, part: Part, lines: Lines, years: Sequence[int]) -> Grid:
    """A column for each of some years, and one for what is said of all of them."""
    rows = []
    for name, label, kind in lines:
        values = [float(part.result[name].sel(year=year)) for year in years]
        rows.append((say(label), *(cell(say, value, kind) for value in values), ""))
    for name, label, kind in LEVELS:
        if name in part.result:
            rows.append((say(label), *[""] * len(years), _level(say, float(part.result[name]), kind)))
    return [say("Indicator"), *map(str, years), say("All years")], rows


def _by_scenario(say: Language, part: Part, lines: Lines, years: Sequence[int]) -> Grid:
    """A column for each scenario."""
    rows = []
    for name, label, kind in LEVELS:
        if name in part.whole:
            values = [float(part.of(name, one)) for one in part.scenarios]
            rows.append((say(label), *(_level(say, value, kind) for value in values)))
    for name, label, kind in lines:
        for year in years:
            values = [float(part.of(name, one).sel(year=year)) for one in part.scenarios]
            rows.append((f"{say(label)} {year}", *(cell(say, value, kind) for value in values)))
    return [say("Indicator"), *(scenario_word(say, one) for one in part.scenarios)], rows


def _level(say: Language, value: float, kind: str) -> str:
    """A number of the whole projection; of a year that does not come, that it does not."""
    return say("not within the projection") if kind == "year" and value != value else cell(say, value, kind)
