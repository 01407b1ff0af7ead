"""Words that a law chooses from are those of the language in a workbook, and come back as those of scheme files."""

from types import SimpleNamespace

import openpyxl
import pytest

from actuarial.check.variables import require
from actuarial.cli import main, parser
from actuarial.cli.workbooks import language_of
from actuarial.errors import BadInput
from actuarial.forms import open_scheme, parse_scheme
from actuarial.provenance import digest
from actuarial.readers import open_basis, open_workbook, write_template, write_workbook
from actuarial.readers.workbook_styles import LINE_HEIGHT
from actuarial.readers.workbook_table import short
from actuarial.schema import json_schema
from actuarial.sheets.cell_words import Names, folded, meant, shown
from actuarial.sheets.law_words import FORMS, WORDS
from actuarial.sheets.told import in_cells
from actuarial.translation import LANGUAGES, language, message_of, told
from actuarial.vocabulary import variables
from tests.readers.workbook_data import LAW, basis, cell, lines, scheme, worked_on


def choices(node):
    """Every set of words of a schema."""
    if isinstance(node, dict):
        if "enum" in node:
            yield tuple(map(str, node["enum"]))
        refs = [str(one.get("$ref", "")).rpartition("/")[2] for one in node.get("oneOf", [])]
        if refs:
            yield tuple(refs)
        for value in node.values():
            yield from choices(value)
    elif isinstance(node, list):
        for value in node:
            yield from choices(value)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_choice_is_said_and_read_back(code):
    say = language(code)
    sets = {words for kind in ("pension", "health") for words in choices(json_schema(kind))}
    assert len(sets) > 20
    for words in sets:
        form = all(word in FORMS for word in words)
        said = [shown(say, word, form=form) for word in words]
        assert [meant(text.upper().replace("’", "'"), words, form=form) for text in said] == list(words)
        assert [meant(word, words, form=form) for word in words] == list(words)
    assert not any("," in say(text) or ";" in say(text) for text in (*WORDS.values(), *FORMS.values()))
    assert folded("  À l’Année ") == "a l'annee"


def test_cells_and_lists_of_a_french_workbook_have_no_key_of_a_scheme_file(tmp_path):
    book = openpyxl.load_workbook(write_template(tmp_path / "x.xlsx", language="fr", years=(2025, 2026)))
    shown_words = {
        str(one.value)
        for sheet in book.worksheets
        if sheet.title != "_manifest"
        for row in sheet.iter_rows(min_row=4, min_col=2)
        for one in row
        if one.value is not None
    }
    for sheet in book.worksheets:
        for one in sheet.data_validations.dataValidation:
            if one.type == "list" and not one.formula1.startswith("_lists"):
                shown_words |= set(one.formula1.strip('"').split(","))
    keys = {*WORDS, *FORMS, "male", "female", "yes", "no"} - {shown(language("fr"), word) for word in WORDS}
    assert shown_words & keys == set()
    assert {"Pension de vieillesse", "prix", "salaires", "mois", "droite", "hommes", "oui", "non"} <= shown_words


def test_words_in_french_or_english_are_the_same_law(tmp_path):
    def french(book):
        lines_of, benefits = book["Cotisations"], book["Prestations"]
        cell(lines_of, "payer").value = "SALARIÉS"
        cell(benefits, "formula.form").value = "moyenne des dernieres ou meilleures annees"
        cell(benefits, "indexation").value = "Prix"
        cell(benefits, "retirement_age", "hommes", 2045).offset(0, 4).value = "Droite"

    def english(book):
        cell(book["Cotisations"], "payer").value = "employee"
        cell(book["Prestations"], "form").value = "old_age"
        cell(book["Prestations"], "retirement_age", "hommes", 2045).offset(0, 4).value = "ramp"

    for change in (french, english):
        assert digest(open_scheme(worked_on(tmp_path, change, language="fr"))) == digest(scheme())


def test_an_unknown_word_is_refused_with_the_words_of_the_language(tmp_path):
    def change(book):
        cell(book["Cotisations"], "payer").value = "salaries du public"
        cell(book["Prestations"], "indexation").value = "les prix"
        cell(book["Prestations"], "retirement_age", "hommes", 2045).offset(0, 4).value = "courbe"

    told = lines(open_workbook, worked_on(tmp_path, change, language="fr"))
    found = "\n".join(told)
    place = cell(openpyxl.load_workbook(tmp_path / "country.xlsx")["Prestations"], "indexation").coordinate
    told_of = "'les prix' ne fait pas partie des mots possibles ici\u202f: aucun, prix, salaires"
    assert f"Prestations!{place}: {told_of}" in found
    assert "vouliez-vous dire prix\u202f?" in found
    assert "'salaries du public' ne fait pas partie des mots possibles ici\u202f: salariés, employeurs" in found
    assert "'courbe' ne fait pas partie des mots possibles ici\u202f: palier, droite" in found
    assert len(told) == 3


@pytest.mark.parametrize(("code", "as_named"), [("fr", (True, False)), ("es", (False, True)), ("fr", (True, True))])
def test_a_name_of_the_user_that_is_called_like_a_form_stays_a_name(code, as_named, tmp_path):
    called = language(code)(FORMS["old_age"])
    law = scheme().amend("old_age", name=called) if as_named[0] else scheme()
    labels = [called if one == "old_age" and as_named[1] else one for one in basis()["benefit"].values]
    country = basis()[["pensioners_0"]].assign_coords(benefit=labels)
    back, read = open_workbook(write_workbook(tmp_path / "x.xlsx", basis=country, scheme=law, language=code))
    assert back.identical(country)
    assert digest(read) == digest(law)
    assert open_basis(write_workbook(tmp_path / "y.xlsx", basis=country, language=code)).identical(country)


def test_a_variable_is_told_by_its_label_and_numbers_as_in_the_language(tmp_path):
    def change(book):
        sheet = next(one for one in book if one["A1"].value == "basis year group sex")
        sheet["F5"] = 30

    found = lines(open_workbook, worked_on(tmp_path, change, language="fr"))
    assert found[0].endswith(
        "!F5: Assurés rapportés aux personnes occupées (coverage)\u202f: valeur attendue ≤ 1 (et non 30)\u202f; il "
        "s’agit de fractions, vouliez-vous dire 0,3\u202f?"
    )


def test_a_command_speaks_the_language_of_its_workbook(tmp_path):
    path = worked_on(tmp_path, language="es")
    for law, given in ((path, path), ("law.toml", path), (path, "basis")):
        assert language_of(SimpleNamespace(scheme=str(law), basis=str(given))) == "es"
    assert language_of(SimpleNamespace(scheme="law.toml", basis="basis")) is None
    words = ["value", "a.xlsx", "--basis", "a.xlsx", "--out", "x"]
    assert parser().parse_args(words).language is None


def test_labels_are_told_as_the_sheet_shows_them(tmp_path):
    """In a workbook the words of its language; where scheme files and folders are read, their keys."""

    def change(book):
        sheet = next(one for one in book if one["A1"].value == "basis year sex age")
        sheet["E9"] = 3

    (found,) = lines(open_workbook, worked_on(tmp_path, change, language="es"))
    assert "sexo=hombres, edad=3" in found
    country = basis()
    mx = country["mx"].copy()
    mx.loc[{"year": 2025, "sex": "female", "age": 1}] = -0.1
    with pytest.raises(BadInput) as caught:
        require(country.assign(mx=mx), "mx")
    text, spanish = message_of(caught.value), language("es")
    assert "sex female" in told(text, spanish)
    assert "sexo mujeres" in in_cells(text, {}, Names(), spanish)
    assert "sex='female'" in in_cells(text, {}, Names(), language())


def test_an_empty_workbook_is_printed_on_few_pages_with_whole_blocks(tmp_path):
    book = openpyxl.load_workbook(write_template(tmp_path / "x.xlsx", language="fr", years=(2025, 2026)))
    for sheet in book:
        if sheet.sheet_state == "visible":
            assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
            assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0), sheet.title
    benefits = book["Prestations"]
    breaks = [one.id for one in benefits.row_breaks.brk]
    assert len(breaks) > 5
    assert {benefits.cell(one + 1, 1).value for one in breaks} == {"[[benefit]]"}
    by_service = next(one for one in book if str(one["A1"].value).endswith("age service"))
    assert by_service.max_column > 400
    last = openpyxl.utils.cell.range_boundaries(by_service.print_area.partition("!")[2])[2]
    assert 12 < last < 60, "the first of columns that are empty"


INVALIDITY = """
[[benefit]]
form = "invalidity"
qualifying_years = 3
of = "old_age"
"""


def test_a_benefit_that_another_one_reads_is_named_in_words(tmp_path):
    law = parse_scheme(LAW + INVALIDITY)
    path = write_workbook(tmp_path / "x.xlsx", scheme=law, language="fr")
    book = openpyxl.load_workbook(path)
    named = cell(book["Prestations"], "of")
    assert named.value == "Pension de vieillesse"
    for word in ("pension de vieillesse", "old_age", "Pensión de vejez"):
        named.value = word
        book.save(path)
        assert digest(open_scheme(path)) == digest(law)
    named.value = True
    book.save(path)
    (found,) = lines(open_scheme, path)
    assert "(invalidity.of)\u202f: mot attendu (et non True)" in found
    named.value = "Pension de vieux"
    book.save(path)
    (found,) = lines(open_scheme, path)
    assert found == (
        f"Prestations!{named.coordinate}: Prestation dont la formule est utilisée (invalidity.of)\u202f: "
        "'Pension de vieux' n’est pas une prestation du régime\u202f; les prestations sont Pension de vieillesse"
    )


POINTS = """
[[account]]
name = "points"
credits = "points"
rate = 0.1
price = { value = 50, per = "once" }
"""


def test_a_field_without_meaning_is_told_in_words_of_the_sheet(tmp_path):
    path = write_workbook(tmp_path / "x.xlsx", scheme=parse_scheme(LAW + POINTS), language="fr")
    book = openpyxl.load_workbook(path)
    cell(book["Comptes"], "credits").value = "gains"
    book.save(path)
    (found,) = lines(open_scheme, path)
    assert "Prix d’un point (points.price)\u202f: n’a pas de sens à côté de ce qui est choisi pour credits" in found


def test_a_word_that_stands_in_few_rows_and_looks_like_another_is_told(tmp_path):
    def change(book):
        sheet = next(one for one in book if one["A1"].value == "basis group sex age")
        sheet["D7"] = "privat"

    (found,) = lines(open_workbook, worked_on(tmp_path, change))
    assert "!D7: " in found
    assert "'privat' stands in fewer rows (1) than 'private' (11); write 'private' if that is meant" in found


@pytest.mark.parametrize(
    ("label", "said"),
    [
        (3, "the label of group is the number 3; write the word that is meant, such as 'private'"),
        (True, "the label of group is TRUE, which is no word; write the one that is meant"),
    ],
)
def test_a_number_or_a_truth_in_the_place_of_a_group_is_named(tmp_path, label, said):
    def change(book):
        sheet = next(one for one in book if one["A1"].value == "basis group sex age")
        sheet["D7"] = label

    (found,) = lines(open_workbook, worked_on(tmp_path, change))
    assert "!D7: " in found
    assert said in found


def test_a_group_that_lacks_a_row_is_not_taken_for_another_one_like_it(tmp_path):
    def change(book):
        sheet = next(one for one in book if one["A1"].value == "basis group sex age")
        rows = [row for row in sheet.iter_rows(max_col=4) if row[0].value == "salary_0" and row[3].value == "public"]
        for row in rows:
            row[3].value = "private2"
        sheet.delete_rows(rows[-1][0].row)

    (found,) = lines(open_workbook, worked_on(tmp_path, change))
    assert "salary_0: 1 rows are missing, the first: group=private2, age=11; add them" in found


def test_a_file_that_is_no_workbook_of_inputs_is_told_in_the_language(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("ACTUARIAL_LANGUAGE", "fr")
    other, text = tmp_path / "other.xlsx", tmp_path / "text.xlsx"
    openpyxl.Workbook().save(other)
    text.write_text("no archive")
    for path, what in ((other, "ce n’est donc pas un classeur de données"), (text, "le fichier n’est pas un classeur")):
        assert main(["check", str(path), "--basis", str(path)]) == 2
        assert what in capsys.readouterr().err


def test_an_attribute_is_told_by_its_label_and_once(tmp_path):
    def change(book):
        cell(book["Base"], "attributes.coverage_concept").value = "contributors"
        cell(book["Base"], "attributes.valuation_date").value = "31/12/2024"

    concept, date = lines(open_workbook, worked_on(tmp_path, change, language="fr"))
    assert "Assurés que compte le taux de couverture (coverage_concept)\u202f: 'contributors' ne fait" in concept
    assert "Date d’évaluation (valuation_date) doit être un jour comme 2024-12-31" in date


@pytest.mark.parametrize("code", LANGUAGES)
def test_names_of_variables_have_whole_parentheses(code):
    names = [short(language(code)(one.meaning)) for one in variables().values()]
    assert [name for name in names if name.count("(") != name.count(")")] == []


def test_columns_have_room_for_the_money_of_a_country_and_rows_for_their_lines(tmp_path):
    rich = basis().assign(gdp=("year", [987_654_321_012.0] * basis().sizes["year"]))
    rich = rich.assign_attrs(name="A name that takes a second line since it is longer than its cell is wide")
    book = openpyxl.load_workbook(write_workbook(tmp_path / "a.xlsx", basis=rich, scheme=scheme()))
    (sheet,) = [one for one in book if one["A1"].value == "basis year"]
    (row,) = [row for row in sheet.iter_rows(min_row=5) if row[0].value == "gdp"]
    (width,) = [one.width for one in sheet.column_dimensions.values() if one.min <= row[-1].column <= one.max]
    assert width >= len(f"{row[-1].value:,.2f}")
    facts = book["Basis"]
    (at,) = [row[0].row for row in facts.iter_rows(min_row=5) if row[0].value == "attributes.name"]
    assert facts.row_dimensions[at].height == 2 * LINE_HEIGHT
