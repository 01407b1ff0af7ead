"""Annexes: tables of all years, assumptions by age, formulas, glossary, standards, disclosures, where it comes from."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

import xarray as xr

from actuarial import provenance
from actuarial.report.basis_source import source_of_basis
from actuarial.report.completeness import Item
from actuarial.report.completeness import fields as known_fields
from actuarial.report.content.blocks import asked_for, if_written, section
from actuarial.report.content.cells import along, cell, listed
from actuarial.report.content.health import finance as health_finance
from actuarial.report.content.labels import variable_word
from actuarial.report.content.material import Material, Part, moment, valuation_day
from actuarial.report.content.names import SEXES, name_of
from actuarial.report.content.results import income, outgo
from actuarial.report.content.standards import standards
from actuarial.report.content.warning_words import said_warning
from actuarial.report.document import Block, Bullets, Field, Paragraph, Picture, Section, Table, Terms
from actuarial.translation import N_, NO_NUMBER, Language
from actuarial.vocabulary import Variable, variables
from actuarial.warned import warnings_of

DISCLOSED = (
    "statement.isap",
    "statement.professional",
    "statement.independence",
    "results.subsequent_events",
)
ALL = tuple(known_fields())
ADULT, OLDEST, STEP = 15, 100, 5
BY_AGE = (
    ("mx", N_("Deaths per 1,000"), 1000.0, "years"),
    ("participation_rate", N_("Participation"), 1.0, "percent"),
    ("density", N_("Density"), 1.0, "percent"),
    ("exit_rate", N_("Exits"), 1.0, "percent"),
    ("invalidity_rate", N_("Invalidity"), 1.0, "percent2"),
    ("salary_0", N_("Earnings"), 1.0, "amount"),
    ("married_share", N_("Married"), 1.0, "percent"),
)


def annexes(material: Material) -> list[Section | None]:
    """All annexes but that of the checklist, which comes from the document itself."""
    return [
        years(material),
        by_age(material),
        formulas(material),
        glossary(material),
        standards(material),
        disclosures(material),
        warnings(material),
        origin(material),
    ]


def further(material: Material, sections: Iterable[Section]) -> Section | None:
    """Texts that people wrote and that have no place in the other sections."""
    placed = {block.name for one in sections for block in _blocks(one) if isinstance(block, Field)}
    left = [name for name in ALL if name in material.written and name not in placed]
    return section("texts", material.say("Further texts"), asked_for(material, *left), annex=True)


def figures(material: Material, sections: Iterable[Section]) -> Section | None:
    """Figures that were given and have no place in the other sections."""
    drawn = {block.name for one in sections for block in _blocks(one) if isinstance(block, Picture)}
    left = [picture for picture in material.pictures.values() if picture.name not in drawn]
    return section("figures", material.say("Further figures"), left, annex=True)


def _blocks(one: Section) -> Iterator[Block]:
    yield from one.blocks
    for inner in one.sections:
        yield from _blocks(inner)


def years(material: Material) -> Section | None:
    """The financial tables with every year."""
    blocks: list[Table] = []
    if (part := material.pension) is not None:
        whole = list(range(part.first, part.last + 1))
        blocks += [income(material, part, whole, "income_by_year"), outgo(material, part, whole, "outgo_by_year")]
    if (part := material.health) is not None:
        blocks.append(health_finance(material, part, list(range(part.first, part.last + 1)), "health_flows_by_year"))
    texts = if_written(material, "results.statistical_tables")
    covers = ("results.statistical_tables",)
    return section("years", material.say("Financial tables of all years"), (*blocks, *texts), covers=covers, annex=True)


def by_age(material: Material) -> Section | None:
    """Assumptions of the first year by age, every five years, a table for each sex."""
    say, part = material.say, material.main
    tables = [_by_age(material, part, sex) for sex in ("male", "female")]
    return section("by_age", say("Assumptions by age"), [one for one in tables if one is not None], annex=True)


def _by_age(material: Material, part: Part, sex: str) -> Table | None:
    say, basis = material.say, part.basis
    columns: list[tuple[str, xr.DataArray, str]] = []
    for name, words, factor, kind in BY_AGE:
        if name not in basis or "age" not in basis[name].dims:
            continue
        array = basis[name].isel(year=0, drop=True) if "year" in basis[name].dims else basis[name]
        array = factor * (array.sel(sex=sex, drop=True) if "sex" in array.dims else array)
        array = array if name == "mx" else array.where(array["age"] >= ADULT)
        if "group" not in array.dims:
            columns.append((say(words), array, kind))
        for group in array["group"].values if "group" in array.dims else ():
            title = say("{place}: {subject}", place=say(words), subject=name_of(say, str(group)))
            columns.append((title, array.sel(group=group, drop=True), kind))
    if not columns:
        return None
    oldest = int(columns[0][1]["age"].max())
    ages = range(0, min(OLDEST, oldest) + 1, STEP)
    curves = [(along(array, "age"), kind) for _, array, kind in columns]
    rows = [(str(age), *(cell(say, curve[age], kind) for curve, kind in curves)) for age in ages]
    title = say("Assumptions by age in {year}: {sex}", year=part.first, sex=say(SEXES[sex]))
    units = say("per cent, deaths per 1,000, {currency} a year for each person", currency=part.currency)
    head = (say("Age"), *(words for words, _, _ in columns))
    return listed(material, f"by_age_{sex}", title, head, rows, units=units, source=source_of_basis(basis, say))


def formulas(material: Material) -> Section | None:
    """Formulas of what was calculated, in the symbols of the glossary."""
    say = material.say
    used = {row.name: row for row in _used(material)}
    shown = {name: FORMULAS.get(name) or _plain(row.formula) for name, row in used.items()}
    rows = [
        (greek(used[name].symbol), variable_word(say, name), greek(formula), _unit(say, used[name].units))
        for name, formula in shown.items()
        if formula
    ]
    head = (say("Symbol"), say("Figure"), say("Formula"), say("Unit"))
    table = listed(
        material,
        "formulas",
        say("Formulas"),
        head,
        rows,
        units=say("as the last column says"),
        source=say("Vocabulary of the calculation program"),
        labels=4,
        symbols=True,
    )
    text = Paragraph(
        say(
            "What the symbols stand for is in the glossary; t-1 is the year before, x the age, PV a "
            "present value on the valuation date."
        )
    )
    return section("formulas", say("Formulas"), (text, table), covers=("model.specification",), annex=True)


def greek(text: str) -> str:
    """Symbols that are names of Greek letters as these letters."""
    return GREEK.sub(lambda name: LETTERS[name.group()], text)


def _plain(formula: str) -> str:
    """A formula of the vocabulary that has symbols only; empty where it has words."""
    words = set(re.findall("[A-Za-z]{2,}", formula)) - _symbols() - SIGNS
    return "" if words else re.sub(r"\bsum\b", "Σ", formula)


@cache
def _symbols() -> set[str]:
    return {part for row in variables().values() for part in re.findall("[A-Za-z]{2,}", row.symbol)}


def glossary(material: Material) -> Section | None:
    """What the symbols and figures mean."""
    say = material.say
    rows = tuple((greek(row.symbol), greek(_in_symbols(say(row.meaning)))) for row in _used(material) if row.symbol)
    return section("glossary", say("Glossary"), (Terms(rows, symbols=True),), annex=True)


def _in_symbols(meaning: str) -> str:
    """A meaning with symbols in the place of names of the vocabulary, without remarks on other names of the program."""
    known = variables()
    bare = re.sub(rf"\s*\([^()]*{NAME.pattern}[^()]*\)", "", meaning)
    said = NAME.sub(lambda name: known[name.group()].symbol if name.group() in known else name.group(), bare)
    first, *remarks = re.split(r"(?=\s*;)", said)
    return first + "".join(one for one in remarks if not _is_program(one))


def _is_program(remark: str) -> bool:
    symbols = {row.symbol for row in variables().values()}
    return any(name.group() not in symbols for name in NAME.finditer(remark))


def _used(material: Material) -> list[Variable]:
    names = {str(name) for part in material.parts for name in part.result.data_vars}
    return [row for name, row in variables().items() if name in names]


MACHINE = {
    "python": N_("Python"),
    "platform": N_("Operating system"),
    "cpu": N_("Processor"),
}
CHOICES = {
    "service_grid": (N_("Steps of past credit"), {"months": N_("months"), "years": N_("years")}),
    "migration_timing": (
        N_("Migrants move"),
        {
            "end": N_("at the end of the year"),
            "even": N_("half at the start, half at the end of the year"),
            "start": N_("at the start of the year"),
        },
    ),
}
"""What of the manifest is told of the machine and of the way of projecting, by its name there."""
LETTERS = {"kappa": "κ", "pi": "π", "rho": "ρ", "tau": "τ", "phi": "φ"}
GREEK = re.compile(rf"(?<![^\W_])(?:{'|'.join(LETTERS)})(?![^\W_])")
NAME = re.compile(r"\b[a-z]{3,}(?:_[a-z0-9]+)+\b")
SIGNS = {"sum", "min", "max", "exp", "PV", "ln", "Pbar"}
FORMULAS = {
    "population": "S_x (N_t-1,x-1 + s M_x-1) + (1-s) M_x",
    "deaths": "(1-S_x) (N_t-1,x-1 + s M_x-1)",
    "active": "A_t-1 - DA - NI - X - RA + NENT + RENT",
    "inactive": "I_t-1 - DI - RI + X - RENT",
    "pensioners": "P_t-1 + NEW - END",
    "pension_mass": "(1+adj) TB_t-1 + NEWP - ENDP",
    "benefit_expenditure": "(TB_t-1 (1 + (1-2h) adj) + TB_t)/2",
    "contributions": "Σ_j C_j",
    "administration": "a_1 W + a_2 C + a_3 E + a_0",
    "investment_income": "i V_t-1 + Σ ± F ((1+i)^(1-τ) - 1)",
    "reserve": "(1+i) V_t-1 + Σ ± F (1+i)^(1-τ)",
    "contacts": "Hc u_0 Π(1 + g_u) shk f_u pkg",
    "unit_cost": "kap uc_0 Π(1 + w_l gam + (1 - w_l) infl + x_k)(1 + g_i)",
    "health_expenditure": "Σ Pc - oop",
}
"""Formulas in symbols alone of what the vocabulary explains with words as well; F is a flow, τ its moment."""

UNITS = {
    "persons": N_("persons"),
    "persons/year": N_("persons a year"),
    "fraction": N_("fraction"),
    "ratio": N_("ratio"),
    "currency": N_("money"),
    "currency/year": N_("money a year"),
    "year": N_("year"),
    "years": N_("years"),
    "months": N_("months"),
    "1/year": N_("a year"),
    "person-months": N_("months of persons"),
    "person-months/year": N_("months of persons a year"),
    "contacts/year": N_("contacts a year"),
    "events/year": N_("events a year"),
    "currency/contact": N_("money for each contact"),
    "currency/person/year": N_("money for each person and year"),
}


def _unit(say: Language, units: str) -> str:
    return say(UNITS[units]) if units in UNITS else NO_NUMBER


def disclosures(material: Material) -> Section | None:
    """Statements of the actuary and events after the valuation date."""
    return section(
        "disclosures", material.say("Statements and disclosures"), asked_for(material, *DISCLOSED), annex=True
    )


def warnings(material: Material) -> Section | None:
    """What the checks of the program said; a message that the report has no words for stays as it is."""
    say = material.say
    lines = tuple(line for part in material.parts for line in warnings_of(part.whole))
    if not lines:
        return None
    said = {line: said_warning(say, line) for line in dict.fromkeys(lines)}
    known, others = [text for text in said.values() if text], [line for line, text in said.items() if not text]
    blocks: list[Block | None] = [Bullets(tuple(known)) if known else None]
    if others:
        blocks.append(Paragraph(say("Messages of the calculation program, in its own words:"), "note"))
        blocks.append(Bullets(tuple(others)))
    return section("warnings", say("Warnings of the checks"), blocks, annex=True)


def origin(material: Material) -> Section | None:
    """Program, way of projecting and machine, and the digests of what the results come from."""
    say, told = material.say, material.manifest
    rows = [(say("Program"), f"actuarial {provenance.version_of('actuarial')}")]
    if day := valuation_day(material):
        rows.append((say("Valuation date"), day))
    rows += [(say(word), say(said[told[key]])) for key, (word, said) in CHOICES.items() if told.get(key) in said]
    if command := told.get("command"):
        rows.append((say("Command"), " ".join(map(str, command))))
    if written := told.get("written"):
        rows.append((say("Run written"), moment(say, str(written))))
    rows += [(say(word), str(told[key])) for key, word in MACHINE.items() if told.get(key)]
    covers = ["model.run_manifest", *(["process.archive_manifest"] if told.get("files") else [])]
    blocks = (Terms(tuple(rows)), _digests(material))
    return section("provenance", say("Where the results come from"), blocks, covers=covers, annex=True)


def _digests(material: Material) -> Table:
    """Digests of results, inputs and files."""
    say = material.say
    rows = []
    for part in material.parts:
        scheme = part.scheme.name
        rows += [
            (say("Result: {scheme}", scheme=scheme), provenance.result_digest(part.whole)),
            (say("Basis: {scheme}", scheme=scheme), provenance.digest(part.assumptions)),
            (say("Law: {scheme}", scheme=scheme), provenance.digest(part.scheme)),
        ]
    files = material.manifest.get("files") or {}
    rows += [(say("File {name}", name=name), str(value)) for name, value in files.items()]
    return listed(
        material,
        "digests",
        say("Digests of results, inputs and files"),
        (say("Of what"), say("Digest (SHA-256)")),
        rows,
        units=say("hexadecimal digits"),
        source=say("Manifest of the run") if files else say("Program"),
        labels=2,
    )


def states(material: Material, items: Iterable[Item]) -> Section | None:
    """The checklist with the state of every item."""
    say = material.say
    rows = [one.row(say) for one in items]
    head = (say("Item"), say("Source"), say("Requirement"), say("Status"))
    table = listed(
        material,
        "checklist",
        say("Checklist of the report"),
        head,
        rows,
        units=say("status of each item"),
        source=say("Standards named in the table, in the words of the calculation program"),
        labels=4,
    )
    return section("checklist", say("Checklist"), (table,), annex=True)
