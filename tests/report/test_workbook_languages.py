"""The workbook in other languages: the same numbers in the same cells, no English word left, English as it was."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xarray as xr

import actuarial as ac
from actuarial.errors import BadInput
from actuarial.report import workbook, workbook_sheet, workbook_words
from actuarial.report.columns import noted
from actuarial.report.comparison import write_comparison
from actuarial.report.health_workbook import write_health_workbook
from actuarial.report.workbook_manifest import manifest_table
from actuarial.translation import NotTranslated, language
from actuarial.valuation.accounts import compare_accounts
from actuarial.valuation.observed import told
from actuarial.warned import Warned, warning_attributes
from tests.report.content_data import health_run
from tests.report.made import LINES, basis_by_hand, result_by_hand, two_scenarios

COGNATES = {"fr": {"%", "–", "ratio", "Population"}, "es": {"%", "–"}}
"""Cells that are the same in English."""
MANIFEST = {"library": {"actuarial": "0.1.0"}}


@pytest.fixture(scope="module")
def run():
    country = ac.datasets.open("demo")
    basis = country.basis.isel(year=slice(0, 5))
    return ac.project(basis, country.scheme, service="years"), basis


@pytest.fixture(scope="module")
def books(run, tmp_path_factory):
    """The workbook of five years in each language, and that of which no language was told."""
    result, basis = run
    given = {"basis": basis, "accounts": compare_accounts(result, basis), "manifest": MANIFEST}
    folder = tmp_path_factory.mktemp("books")
    words = {"": {}, "en": {"language": "en"}, "fr": {"language": "fr", "locale": "fr_CA"}, "es": {"language": "es"}}
    return {
        code: openpyxl.load_workbook(workbook.write_workbook(result, folder / f"book{code}.xlsx", **given, **more))
        for code, more in words.items()
    }


def cells(sheet):
    return {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value not in (None, "")}


def charts(book):
    """Titles, names of lines and of axes, and where the numbers of the lines stand."""
    found, places = [], []
    for chart in book.worksheets[1]._charts:
        runs = [chart.title.tx.rich, *([chart.y_axis.title.tx.rich] if chart.y_axis.title else [])]
        found += [run.t for text in runs for part in text.p for run in part.r]
        found += [line.tx.v for line in chart.series]
        places += [line.yVal.numRef.f for line in chart.series]
    return found, places


def test_english_is_what_is_written_without_a_language(books):
    assert books["en"].sheetnames == books[""].sheetnames
    for one, other in zip(books["en"], books[""], strict=True):
        assert cells(one) == cells(other)
    assert charts(books["en"]) == charts(books[""])


def test_english_names_of_columns_are_those_of_the_tables(books):
    heads = [cell.value for cell in books["en"]["Financial"][3]]
    assert heads[:4] == [
        *("year", "figures", "insurable payroll (millions of AVD/year)", "contributions (millions of AVD/year)")
    ]
    assert books["en"]["Financial"]["A1"].value == "National Pension Scheme of Avania: financial summary"
    assert books["en"]["Constant prices"]["A2"].value == (
        "In prices of 2025, by the growth of prices of the basis. "
        "Amounts are shown in millions of AVD; the cells hold them whole."
    )


@pytest.mark.parametrize("code", COGNATES)
def test_no_cell_is_english_and_all_numbers_are_the_same(books, code):
    same = set()
    for english, other in zip(books["en"], books[code], strict=True):
        before, after = cells(english), cells(other)
        assert before.keys() == after.keys()
        words = {place for place, value in before.items() if isinstance(value, str)}
        assert all(before[place] == after[place] for place in before.keys() - words), english.title
        if english.title == "Manifest":
            words -= {"A4", "B4"}
        same |= {before[place] for place in words if before[place] == after[place] and not before[place].isdecimal()}
        assert [cell.number_format for cell in english[6]] == [cell.number_format for cell in other[6]]
    assert same == COGNATES[code]
    assert set(books["en"].sheetnames) & set(books[code].sheetnames) <= COGNATES[code]


@pytest.mark.parametrize("code", COGNATES)
def test_charts_and_links_speak_the_language_and_find_their_sheets(books, code):
    (english, _), (words, places) = charts(books["en"]), charts(books[code])
    assert len(words) == len(english) > 6
    assert not {*english} - {"AVD/year"} & {*words}
    heads = [cell.value for cell in books[code].worksheets[2][3]]
    assert {place.split("!")[0].strip("'") for place in places} == {books[code].sheetnames[2]}
    assert all(any(head.startswith(word) for head in heads) for word in (words[2], words[3], words[4]))
    links = [cell.hyperlink.location for row in books[code].worksheets[0].iter_rows() for cell in row if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in books[code].sheetnames[1:]]


def test_properties_name_title_and_language(books):
    spoken = {code: book.custom_doc_props["Language"].value for code, book in books.items()}
    assert spoken == {"": "en", "en": "en", "fr": "fr-CA", "es": "es"}
    assert books["es"].properties.subject == "Valuación actuarial"
    assert books["es"].properties.title == "National Pension Scheme of Avania"


def test_words_of_the_law_and_of_the_library(books):
    heads = [cell.value for cell in books["fr"]["Démographie, femmes"][3]]
    assert "Nouvelles attributions\u202f: Pension d’invalidité (personnes)" in heads
    assert "Asegurados sobre ocupados, Mujeres, Sector público (%)" in [c.value for c in books["es"]["Hipótesis"][3]]
    assert [cell.value for cell in books["es"]["Finanzas"]["B"]][3:] == ["cuentas"] * 5 + ["proyectadas"] * 5


def test_scenarios_and_names_that_a_scheme_gives(tmp_path):
    result = two_scenarios().assign_coords(benefit=["old_age", "widows", "bono {sol}"])
    result.attrs["scheme"] = "Caja {uno}: 100%"
    path = workbook.write_workbook(result, tmp_path / "two.xlsx", language="es")
    book = openpyxl.load_workbook(path)
    sheet = book["Finanzas"]
    assert sheet["A1"].value == "Caja {uno}: 100%: resumen financiero"
    assert sheet["A2"].value.startswith("Una fila por escenario y año")
    assert {cell.value for cell in sheet["A"][3:]} == {"bajo", "central"}
    assert "Bono {sol} (millones de LTD por año)" in [cell.value for cell in sheet[3]]


def spoken(code="fr"):
    return workbook_words.words_of(language(code), result_by_hand(), basis_by_hand())


def test_notes_say_their_dates_in_words():
    text = "{year}: the part of the year after the valuation date, {begins} to {ends}."
    table = noted(pd.DataFrame(), text, year=2025, begins=date(2025, 7, 1), ends=date(2025, 12, 31))
    noted(table, "In prices of {year}, by the growth of prices of the basis.", before=True, year=2024)
    assert table.attrs["note"] == (
        "In prices of 2024, by the growth of prices of the basis. "
        "2025: the part of the year after the valuation date, 2025-07-01 to 2025-12-31."
    )
    assert spoken("es").note(table) == (
        "A precios de 2024, según el alza de los precios de la base. 2025: parte del año posterior a la fecha de "
        "valuación, del 1 de julio de 2025 al 31 de diciembre de 2025."
    )
    table.attrs = {"note": "Said by hand"}
    with pytest.raises(NotTranslated, match="no words for the note 'Said by hand'"):
        spoken().note(table)


@pytest.mark.parametrize(
    ("line", "expected", "model", "english", "french"),
    [
        ("number", 100.0, 112.0, "+12%", "+12\xa0%"),
        ("at_minimum", 0.5, 0.47, "-3 points", "-3 points"),
        ("age", 60.0, 62.5, "+2.5 years", "+2,5 ans"),
        ("age", 60.0, np.nan, "nobody", "personne"),
        ("number", 0.0, 5.0, "observed none", "aucune observation"),
    ],
)
def test_how_far_awards_lie_from_those_observed(line, expected, model, english, french):
    row = SimpleNamespace(line=line, expected=expected, model=model, difference=model - expected)
    assert told(row) == english
    assert spoken().value("beyond the band", told(row)) == french
    assert spoken().value("beyond the band", "") == ""


@pytest.mark.parametrize("ask", [lambda w: w.column("new"), lambda w: w.key("town"), lambda w: w.column("x: y")])
def test_a_label_without_translation_is_an_error(ask):
    with pytest.raises(NotTranslated, match="has no words in other languages"):
        ask(spoken())


def test_a_language_that_no_workbook_speaks(tmp_path):
    with pytest.raises(BadInput, match="'de' is none that reports are written in"):
        workbook.write_workbook(result_by_hand(), tmp_path / "book.xlsx", accounts=LINES, language="de")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("code", ["en", *COGNATES])
def test_columns_of_words_are_as_wide_as_their_words(books, code):
    for sheet in (books[code].worksheets[0], books[code].worksheets[-3]):
        longest = max(len(cell.value) for cell in sheet["A"][3:] if isinstance(cell.value, str))
        assert min(longest, workbook_sheet.WIDEST) < sheet.column_dimensions["A"].width, sheet.title


@pytest.mark.parametrize("code", ["fr", "es"])
def test_health_and_comparison_speak_the_language_with_the_same_numbers(code, tmp_path):
    run = health_run()
    compared = ac.compare(**{"current law": result_by_hand(), "reform": result_by_hand(1.5)})
    for kind, write, what, given in (
        ("health", write_health_workbook, run.result, {"basis": run.basis}),
        ("compare", write_comparison, compared, {}),
    ):
        english, other = (
            openpyxl.load_workbook(write(what, tmp_path / f"{kind}{one}.xlsx", language=one, **given))
            for one in ("en", code)
        )
        same = set()
        for one, two in zip(english, other, strict=True):
            before, after = cells(one), cells(two)
            assert before.keys() == after.keys()
            words = {place for place, value in before.items() if isinstance(value, str)}
            assert all(before[place] == after[place] for place in before.keys() - words), one.title
            if one.title != "Notes":
                same |= {before[place] for place in words if before[place] == after[place]}
        assert same <= COGNATES[code] | {"Service", "Contacts", "reform", "Total", "Notes", "LTD"}, kind
        assert other.custom_doc_props["Language"].value == code


def test_the_manifest_says_what_its_entries_are():
    line = Warned("srb: {value:g}; look at it.", "{variable}: {value}", variable="srb", value=1.4)
    result = xr.Dataset(attrs=warning_attributes([line]))
    told_of = {"library": {"actuarial": "0.1.0"}, "basis": {"stored": True}, "warnings": [str(line)], "own": None}
    told_of["assumed_where_absent"] = {"voluntary_insured": "0"}
    table = manifest_table(told_of, language("en"), result)
    assert table["value"].tolist() == ["0.1.0", "yes", str(line), "null", "0"]
    with pytest.raises(NotTranslated):
        manifest_table(told_of, language("fr"), result)
    table = manifest_table(told_of | {"warnings": []}, language("fr"), xr.Dataset())
    assert table.loc["basis.stored"].tolist() == ["oui", "Base"]
    assert table.loc["assumed_where_absent.voluntary_insured", "value"] == "0 en l’absence de données"
    assert table.loc["own", "meaning"] == ""
