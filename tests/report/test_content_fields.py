"""Texts that people write, the checklist that looks for them, and the command that makes reports."""

import json
import re
import tomllib
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from functools import partial
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import actuarial.report
from actuarial import cli
from actuarial.cli.reporting import formats_of
from actuarial.errors import BadInput
from actuarial.provenance import file_digest
from actuarial.report import completeness
from actuarial.report.completeness import ASKED, MISSING, TREATED, WRITTEN, checklist, checklist_text, requirements
from actuarial.report.content.building import build
from actuarial.report.content.labels import variable_word
from actuarial.report.content.material import Material, part_of
from actuarial.report.content.standards import standards
from actuarial.report.content.written import checked_fields, fields_template, read_fields
from actuarial.report.document import Document, Field, Paragraph, Picture, Section, Table, Terms
from actuarial.report.files import write_result
from actuarial.standards.counting import EMPLOYEES
from actuarial.standards.verdicts import Message, Verdict, message
from actuarial.translation import LANGUAGES, catalogues, language
from tests.report.content_data import pensions, report, table

ALL = tuple(completeness.fields())
FOREIGN = ("fr", "es")
TREATED_BY_SECTIONS = """
assumptions.table data.inventory data.quality_report method.group_basis model.coverage_matrix model.disclosures
model.run_manifest model.specification process.controls results.adequacy results.coverage
results.financial_equilibrium results.statistical_tables results.sustainability scheme.provisions
""".split()
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'


def state(document):
    return {item.id: item.status for item in checklist(document)}


@pytest.fixture(scope="module")
def full():
    """A report in which everything is answered: all texts written, all studies given."""
    texts = {name: f"Text of {name}." for name in ALL}
    basis, scheme, result = pensions()
    return build(result, basis, scheme, fields=texts, manifest={"files": {"result.nc": "0" * 64}})


def test_every_text_has_one_place(full):
    names = Counter(block.name for block in full.blocks() if isinstance(block, Field))
    assert names == Counter(ALL)


def changed(document, change):
    """The document with every section passed through a function; None leaves the section out."""

    def walk(section):
        inner = tuple(one for one in map(walk, section.sections) if one is not None)
        return change(replace(section, sections=inner))

    return replace(document, sections=tuple(one for one in map(walk, document.sections) if one is not None))


def without(document, name):
    """The document in which nothing answers a field: no section, and no text."""

    def change(section):
        keep = lambda block: replace(block, text="") if isinstance(block, Field) and block.name == name else block  # noqa: E731
        covers = tuple(one for one in section.covers if one != name)
        return replace(section, covers=covers, blocks=tuple(map(keep, section.blocks)))

    return changed(document, change)


def test_every_item_of_the_reference_is_in_the_checklist(shared):
    reference = tomllib.loads((shared / "normative" / "checklist.toml").read_text(encoding="utf-8"))["item"]
    ours = {row.id: row for row in requirements()}
    assert len(ours) == 62
    assert set(ours) == {row["id"] for row in reference}
    for row in reference:
        mine = ours[row["id"]]
        assert (mine.source, mine.ref, mine.report_field) == (row["source"], row["ref"], row["report_field"])
        assert (mine.auto, mine.seen) == (row["auto"], row["seen"])


def test_the_parts_of_composite_fields_can_be_answered(full):
    reachable = {name for section in full.walk() for name in section.covers} | set(ALL)
    assert {part for parts in completeness.composite().values() for part in parts} <= reachable


def test_with_all_texts_nothing_is_missing(full):
    assert Counter(state(full).values())[MISSING] == 0
    asked = {row.id for row in requirements() if completeness.only_actuary(row.report_field)}
    assert {one for one, status in state(full).items() if status == WRITTEN} == asked


def test_without_texts_no_statement_is_there():
    found = checklist(report())
    for item in found:
        if completeness.only_actuary(item.requirement.report_field):
            assert item.status == ASKED
    assert {item.requirement.report_field for item in found if item.status == TREATED} >= {
        "scheme.provisions", "results.financial_equilibrium", "results.adequacy", "results.sustainability",
        "model.specification", "data.inventory",
    }  # fmt: skip
    assert {item.requirement.report_field for item in found if item.status == MISSING} >= {
        "engagement.scope", "results.reconciliation", "results.sensitivity", "compliance.ilo_conventions",
        "process.archive_manifest", "report.required_sections",
    }  # fmt: skip


@settings(max_examples=80)
@given(name=st.sampled_from(ALL))
def test_deleting_a_field_flips_its_items_and_no_others(full, name):
    before, after = state(full), state(without(full, name))
    whole = completeness.composite()
    touched = {row.id for row in requirements()
               if row.report_field == name or name in whole.get(row.report_field, ())}  # fmt: skip
    assert {one for one in before if before[one] != after[one]} == touched
    for row in requirements():
        if row.id in touched:
            assert after[row.id] == (ASKED if completeness.only_actuary(row.report_field) else MISSING)


def test_what_sections_treat():
    assert {name for section in report().walk() for name in section.covers} == {*TREATED_BY_SECTIONS}


@pytest.mark.parametrize("name", TREATED_BY_SECTIONS)
def test_a_section_without_content_answers_nothing(name):
    def emptied(section):
        return replace(section, blocks=(), sections=()) if name in section.covers else section

    before, after = state(report()), state(changed(report(), emptied))
    flipped = {row.report_field for row in requirements() if before[row.id] != after[row.id]}
    assert flipped == {name} & {row.report_field for row in requirements() if before[row.id] == TREATED}


def test_a_note_and_an_empty_field_are_no_content():
    def document(*blocks):
        return Document("", "", language("en"), (), (Section("a", "A", blocks, (), ("context.scheme",)),))

    assert state(document(Paragraph("x", "note"), Field("context.scheme", "", " ")))["A03"] == MISSING
    assert state(document(Paragraph("x")))["A03"] == TREATED
    assert state(document(Field("context.scheme", "", "x")))["A03"] == TREATED
    opinion = Document("", "", language("en"), (), (Section("a", "A", (Paragraph("x"),), (), ("opinion.text",)),))
    assert state(opinion)["S08"] == ASKED


def test_the_annex_of_the_checklist_is_the_checklist(full):
    rows = table(full, "checklist").rows
    assert [(row[0], row[-1]) for row in rows] == [(item.id, item.status) for item in checklist(full)]
    assert checklist_text(checklist(full), language("en")).count("\n") == 62
    assert actuarial.report.checklist(full) == checklist(full)


@pytest.mark.parametrize("code", FOREIGN)
def test_every_requirement_is_translated(code):
    asked = {row.requirement for row in requirements()}
    asked |= {text for texts in completeness.fields().values() for text in texts}
    known = {message.id for message in catalogues(code)["checklist"] if message.id}
    assert known == asked


def test_verdicts_answer_the_items_of_their_subject():
    basis, scheme, result = pensions()
    material = partial(Material, language("fr"), part_of(result, basis, scheme, "it"), None)
    parts = {
        "level": "compliance.replacement_rates",
        "persons": "compliance.coverage",
        "review": "compliance.review_of_pensions",
        "financing": "compliance.ilo_conventions",
    }
    for subject, field in parts.items():
        one = Verdict("C102", "V", "28", "", Fraction(2, 5), Fraction(1, 2), "fail", "40/100", subject=subject)
        found = standards(material(assessment=SimpleNamespace(verdicts=[one])))
        covers = {name for section in (found, *found.sections) for name in section.covers}
        assert covers == {field, "compliance.ilo_conventions"}
        rows = found.sections[0].blocks[0].rows
        assert rows == (("C102 V", "28", "40,0\xa0%", "50,0\xa0%", one.label(language("fr")), "40/100", ""),)
        none = replace(one, value=None, threshold=None, verdict="undetermined")
        found = standards(material(assessment=SimpleNamespace(verdicts=[none])))
        assert {name for section in (found, *found.sections) for name in section.covers} == set()
        assert found.sections[0].blocks[0].rows[0][2:4] == ("–", "–")


def test_notes_of_verdicts_are_numbered_and_said_once():
    basis, scheme, result = pensions()
    first = Verdict("C102", "V", "28", "", None, None, "undetermined", "", note=(Message("one"), Message("two")))
    second = replace(first, article="29", note=(Message("three"), Message("one")))
    found = standards(Material(
        language(), part_of(result, basis, scheme, "it"), None, assessment=SimpleNamespace(verdicts=[first, second])
    ))  # fmt: skip
    table, notes = found.sections[0].blocks
    assert [row[-1] for row in table.rows] == ["1, 2", "1, 3"]
    assert notes.rows == (("1", "one"), ("2", "two"), ("3", "three"))


def test_an_item_is_not_met_while_one_of_its_articles_lacks_data():
    """A figure of 49 per cent of one scheme is no share of all branches; one level that was found is not all levels."""
    basis, scheme, result = pensions()
    material = partial(Material, language(), part_of(result, basis, scheme, "it"), None)

    def covers(*verdicts):
        found = standards(material(assessment=SimpleNamespace(verdicts=verdicts)))
        return {name for section in (found, *found.sections) for name in section.covers}

    half = Fraction(1, 2)
    share = Verdict("C102", "", "71(2)", "", None, half, "undetermined", "49 / 100", subject="financing")
    level = Verdict("C102", "V", "28", "", half, half, "pass", "50/100")
    other = replace(level, part="IX", value=None, verdict="undetermined")
    assert covers(share, level) == {"compliance.replacement_rates"}
    assert covers(replace(share, value=half, verdict="pass"), level) == {
        "compliance.replacement_rates", "compliance.employee_share", "compliance.ilo_conventions",
    }  # fmt: skip
    assert covers(level, other) == set()
    assert covers(level, replace(other, standard="R131", verdict="not_verified")) >= {"compliance.replacement_rates"}
    assert state(report())["L03"] == MISSING
    assert state(report(health=True))["L03"] == MISSING


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_template_is_read_back_and_is_empty(code, tmp_path):
    path = tmp_path / "report.toml"
    path.write_text(fields_template(code, None, ["mx", "asfr"]), encoding="utf-8")
    assert read_fields(path) == {}
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    assert raw["assumptions"]["rationale"] == {"mx": "", "asfr": ""}
    names = {f"{head}.{key}" for head, keys in raw.items() for key in keys}
    assert names == set(ALL)
    assert fields_template(code).count("# ") > len(ALL)
    say = language(code)
    lines = path.read_text(encoding="utf-8").splitlines()
    for key in ("origin.mx", "rationale.asfr"):
        above = lines[lines.index(f'{key} = ""') - 1]
        assert above == f"# {variable_word(say, key.partition('.')[2])}"
    assert 'origin.mx = "..."' in fields_template(code)


def test_unknown_fields_are_refused_all_at_once(tmp_path):
    path = tmp_path / "report.toml"
    text = '[statement]\nisapp = "x"\n[opinion]\ntext = 3\n[assumptions]\nrationale.mxx = "x"\n'
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as error:
        read_fields(path)
    assert str(error.value).splitlines() == [
        "report.toml: 3 of 3 fields cannot be used.",
        "  statement.isapp: unknown field; did you mean statement.isap?",
        "  opinion.text: must be a text (got 3).",
        "  assumptions.rationale.mxx: no such assumption; did you mean mx?",
    ]
    with pytest.raises(BadInput, match=r"zzz: unknown field; actuarial report --fields-template FILE\.toml writes"):
        checked_fields({"zzz": "x"})
    with pytest.raises(BadInput, match="cannot be read"):
        read_fields(tmp_path / "none.toml")
    path.write_text("[", encoding="utf-8")
    with pytest.raises(BadInput, match=r"report\.toml:1: the file ends too early"):
        read_fields(path)


def test_reasons_may_be_given_for_each_assumption():
    basis, scheme, result = pensions()
    some = build(result, basis, scheme, fields={"assumptions": {"rationale": {"mx": "Life tables of 2024."}}})
    written = [block for block in some.blocks() if isinstance(block, Field)]
    rows = [block for block in written if block.name.startswith("assumptions.rationale")]
    assert len(rows) > 5
    assert [row.text for row in rows if row.text] == ["Life tables of 2024."]
    assert rows[0].name == "assumptions.rationale.mx"
    assert rows[0].asked == "Central death rate"
    assert state(some)["A08"] == MISSING
    texts = {row.name: "Because." for row in rows}
    assert state(build(result, basis, scheme, fields=texts))["A08"] == TREATED


def test_texts_of_people_stay_as_they_are():
    basis, scheme, result = pensions()
    text = "<b>{year}</b> 100% & \\ “x”\n\nsecond"
    document = build(result, basis, scheme, fields={"opinion.text": text})
    assert next(block.text for block in document.blocks() if getattr(block, "name", "") == "opinion.text") == text


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run of the small valuation in a folder."""
    basis, scheme, result = pensions()
    home = tmp_path_factory.mktemp("run")
    write_result(result, home, basis=basis, scheme=scheme, command=["actuarial", "value"])
    return home


def test_the_command_writes_into_the_run_and_verify_still_passes(folder, tmp_path, capsys, monkeypatch):
    texts = tmp_path / "report.toml"
    texts.write_text('[engagement]\nscope = "Pensions alone"\n', encoding="utf-8")
    words = ["report", str(folder), "--language", "es", "--locale", "es_MX", "--fields", str(texts), "--no-figures"]
    assert cli.main(words) == 0
    said = capsys.readouterr().out
    assert "Lista de verificación del informe" in said
    assert str(folder / "report_es.html") in said
    content = (folder / "report_es.html").read_text(encoding="utf-8")
    assert "Pensions alone" in content
    assert "Prima media general" in content
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert told["reports"] == {"report_es.html": file_digest(folder / "report_es.html")}
    drawn = {"rates": Picture("rates", "Rates drawn", "All rates", DRAWING, b"")}
    asked = []

    def draw(*_, **settings):
        asked.append(settings)
        return drawn

    monkeypatch.setattr("actuarial.report.figures.pictures.pictures", draw)
    assert cli.main(["report", str(folder)]) == 0
    assert asked[0]["language"] == "en"
    assert "Rates drawn" in (folder / "report_en.html").read_text(encoding="utf-8")
    assert set(json.loads((folder / "manifest.json").read_text())["reports"]) == {"report_es.html", "report_en.html"}
    capsys.readouterr()
    assert cli.main(["verify", str(folder)]) == 0
    assert re.search(r"report_es\.html +ok", capsys.readouterr().out)
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_a_report_that_was_changed_is_told(folder, capsys):
    assert cli.main(["report", str(folder), "--no-figures", "--no-standards", "--format", "html,docx"]) == 0
    page, letter = folder / "report_en.html", folder / "report_en.docx"
    whole = page.read_bytes()
    letter.write_bytes(letter.read_bytes() + b" ")
    capsys.readouterr()
    assert cli.main(["verify", str(folder)]) == 0
    assert re.search(r"report_en\.docx +edited since it was written", capsys.readouterr().out)
    page.write_bytes(whole.replace(b"</html>", b"<!-- --></html>"))
    assert cli.main(["verify", str(folder)]) == cli.BAD_INPUT
    assert "report_en.html: changed" in capsys.readouterr().err
    page.unlink()
    assert cli.main(["verify", str(folder)]) == 0
    assert re.search(r"report_en\.html +not there", capsys.readouterr().out)


def test_a_report_that_fails_leaves_the_run_as_it_was(folder, monkeypatch, capsys):
    before = (folder / "manifest.json").read_bytes()
    full = OSError(28, "disk full")
    monkeypatch.setattr("actuarial.report.as_html.write_html", lambda *_: (_ for _ in ()).throw(full))
    assert cli.main(["report", str(folder), "--language", "fr", "--no-figures"]) == cli.BAD_INPUT
    assert "le rapport ne peut pas être écrit\u202f: disk full" in capsys.readouterr().err
    assert (folder / "manifest.json").read_bytes() == before
    assert not (folder / "report_fr.html").exists()


def test_the_command_writes_an_empty_file_of_fields_once(folder, tmp_path, capsys):
    target = tmp_path / "texts.toml"
    assert cli.main(["report", str(folder), "--fields-template", str(target), "--language", "fr"]) == 0
    assert "mx" in tomllib.loads(target.read_text(encoding="utf-8"))["assumptions"]["origin"]
    assert cli.main(["report", "--fields-template", str(target)]) == cli.BAD_INPUT
    assert "may hold texts" in capsys.readouterr().err
    assert cli.main(["report"]) == cli.BAD_INPUT


def test_the_standards_are_assessed_unless_they_are_left_out(folder, monkeypatch, capsys):
    given = []

    def assess(scheme, basis, **settings):
        given.append((scheme.name, settings["facts"], settings["result"].sizes["year"]))
        one = Verdict("C102", "V", "28", "", Fraction(2, 5), Fraction(1, 2), "fail", "40/100")
        return SimpleNamespace(verdicts=[one])

    monkeypatch.setattr("actuarial.standards.assess", assess)
    assert cli.main(["report", str(folder), "--no-figures"]) == 0
    assert given == [("Full", None, 10)]
    assert "L04  treated" in capsys.readouterr().out
    assert cli.main(["report", str(folder), "--no-figures", "--no-standards"]) == 0
    assert len(given) == 1
    assert "L04  missing" in capsys.readouterr().out


def test_a_run_is_not_its_own_last_valuation(folder, capsys):
    assert cli.main(["report", str(folder), "--no-figures", "--previous", str(folder)]) == cli.BAD_INPUT
    assert "it is the run that is reported, or a copy of it" in capsys.readouterr().err


def test_formats_of_a_report():
    assert formats_of("html, docx,html") == ["html", "docx"]
    with pytest.raises(BadInput, match="did you mean docx"):
        formats_of("html,doc")
    with pytest.raises(BadInput, match="the formats are html, docx, pdf"):
        formats_of(",")


def test_names_and_numbers_of_verdicts_are_those_of_the_reader():
    seen = message(EMPLOYEES, groups="private, self employed, miners")
    basis, scheme, result = pensions()
    material = Material(language("fr"), part_of(result, basis, scheme, "it"), None)
    one = Verdict("European_Code", "V", "28", "", Fraction(2, 5), Fraction(2, 5), "pass", "9.5 / 2 = 47.5%", (seen,))
    found = standards(replace(material, assessment=SimpleNamespace(verdicts=[replace(one, subject="level")])))
    table = next(block for section in found.sections for block in section.blocks if isinstance(block, Table))
    assert table.rows[0][0] == "Code européen V"
    assert table.rows[0][-2:] == ("9,5 / 2 = 47,5\xa0%", "1")
    notes = next(block for section in found.sections for block in section.blocks if isinstance(block, Terms))
    assert "Secteur privé, Travailleurs indépendants, miners" in notes.rows[0][1]
