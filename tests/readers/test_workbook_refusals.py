"""What a workbook of inputs may not have: each mistake is told with its cell and what to do, all of them at once."""

import datetime
import re
import zipfile
from types import SimpleNamespace

import openpyxl
import pytest
import xarray as xr

from actuarial import cli
from actuarial.check.plausibility import BACKCASTS
from actuarial.cli.workbooks import approval
from actuarial.dated import Misstated, by_group, money, parse_money
from actuarial.errors import ActuarialError, BadWorkbook
from actuarial.forms import open_scheme
from actuarial.provenance import digest
from actuarial.readers import open_basis, open_workbook
from actuarial.scheme_saving import save_scheme
from actuarial.sheets.told import in_columns
from actuarial.translation import language
from actuarial.translation import told as told_in
from tests.readers.workbook_data import basis, cell, fresh, lines, rewritten, scheme, sheet_part, worked_on

TABLE, YEARS = "By year, sex, age", "By year"


def told(folder, change, read=open_workbook, language="en"):
    """The one mistake that a change makes."""
    found = lines(read, worked_on(folder, change, language=language))
    assert len(found) == 1, found
    return found[0]


def test_what_a_user_may_change(tmp_path):
    def tolerated(book):
        book["Scheme"]["B5"] = "Another label"
        book["By year"]["B5"] = None
        book.create_sheet("My notes")["A1"] = "=1/0"
        sheet = book["Benefits"]
        sheet.insert_rows(1 + cell(sheet, "law").row)
        book["By year"]["AA5"] = "a note beside the table"
        for row in (1, 2, 3):  # what is pasted with a block of numbers
            book[TABLE].cell(book[TABLE].max_row + 1, 4 + row, " ")
        cell(book["Contributions"], "rate", 2025).number_format = "0%"
        book.move_sheet("Benefits", -2)

    back, law = open_workbook(worked_on(tmp_path, tolerated))
    xr.testing.assert_allclose(back, basis(), rtol=1e-15)  # the program that saved it keeps sixteen digits
    assert digest(law) == digest(scheme())


def test_a_formula_without_a_stored_result(tmp_path):
    def change(book):
        book[YEARS]["E5"] = "=D5+0.01"

    assert told(tmp_path, change) == (
        "'By year'!E5: srb: the result of the formula =D5+0.01 is not stored; open the workbook in a spreadsheet "
        "program, let it calculate, save it; or write the number itself"
    )


def with_formula(path, stored, kind="", *, calculated=True):
    """The file with a formula and a result in the place of a number, as spreadsheet programs save it."""
    part = sheet_part(path, YEARS)
    before = '<c r="E7"'

    def put(text):
        start = text.index(before)
        end = text.index("</c>", start) + 4
        return text[:start] + f"{before} {kind}><f>D7*1</f><v>{stored}</v></c>" + text[end:]

    rewritten(path, part, put)
    if calculated:
        rewritten(path, "xl/workbook.xml", lambda text: text.replace(' fullCalcOnLoad="1"', ""))
    return path


def test_a_formula_with_its_result_is_its_result(tmp_path):
    path = with_formula(fresh(tmp_path), 0.0625)
    sheet = openpyxl.load_workbook(path)[YEARS]
    name = sheet["A7"].value
    assert float(open_basis(path)[name][1]) == 0.0625


def test_a_result_that_was_never_calculated_is_not_believed(tmp_path):
    (found,) = lines(open_basis, with_formula(fresh(tmp_path), 0, calculated=False))
    assert found.startswith("'By year'!E7: ")
    assert "the result of the formula =D7*1 is not stored" in found


def test_the_error_of_a_formula(tmp_path):
    (found,) = lines(open_basis, with_formula(fresh(tmp_path), "#DIV/0!", 't="e"'))
    assert found.endswith("the cell shows the error #DIV/0!; mend the formula, or write the number itself")


@pytest.mark.parametrize("text", ["12,5", "1\u202f234.5", "0.05", "5%", "'7"])
def test_numbers_stored_as_text(text, tmp_path):
    places = []

    def change(book):
        book[TABLE]["F9"] = text
        for sheet, *where in (("Contributions", "rate", 2030), ("Benefits", "formula.accrual")):
            one = cell(book[sheet], *where)
            one.value = text
            places.append(f"{sheet}!D{one.row}")

    found = lines(open_workbook, worked_on(tmp_path, change))
    if text == "'7":
        assert len(found) == 3
        return
    assert [one.partition(": ")[0] for one in found] == [*places, "'By year, sex, age'!F9"]
    for one in found:
        assert f"{text!r} is text and no number; give the cell the number format General" in one


def test_dates_truths_and_words_in_the_place_of_numbers(tmp_path):
    def change(book):
        sheet = book[TABLE]
        sheet["F9"] = datetime.date(2026, 1, 2)
        sheet["G9"] = True
        sheet["H9"] = "none"
        cell(book["Benefits"], "qualifying_years").value = datetime.datetime(1900, 1, 15)

    assert lines(open_workbook, worked_on(tmp_path, change)) == [
        "Benefits!D11: the cell is a date (1900-01-15); give it the number format General and write the number again",
        "'By year, sex, age'!F9: mx: the cell is a date (2026-01-02); give it the number format General and write the "
        "number again",
        "'By year, sex, age'!G9: mx: the cell is true or false; write a number",
        "'By year, sex, age'!H9: mx: 'none' is no number",
    ]


def test_empty_cells(tmp_path):
    def change(book):
        sheet = book[TABLE]
        for place in ("F9", "G9", "F12"):
            sheet[place] = None
        for column in "DEFG":
            book[YEARS][f"{column}6"] = None
        cell(book["Benefits"], "qualifying_years").value = None
        cell(book["Scheme"], "name").value = None
        cell(book["Basis"], "scalars.reserve_0").value = None
        cell(book["Basis"], "attributes.currency").value = " "

    found = lines(open_workbook, worked_on(tmp_path, change))
    assert "'By year, sex, age'!F9: mx: the cell is empty; fill it, nothing is guessed (3 cells are like this)" in found
    assert "Scheme!D5: name: is missing; add it (Name of the scheme)" in found
    assert "Benefits!D5: old_age: needs retirement_age and qualifying_years, or conditions" in found
    assert any(one.startswith("Basis!D") and "reserve_0: the cell is empty; fill it" in one for one in found)
    name = openpyxl.load_workbook(tmp_path / "country.xlsx")[YEARS]["A6"].value
    assert any(one.startswith(f"'By year'!D6: {name}: all cells are empty; fill them") for one in found)
    assert any("Currency code: the cell is empty; it says the code" in one for one in found)
    assert len(found) == 6


def test_numbers_outside_their_bounds(tmp_path):
    def change(book):
        cell(book["By year, group, sex"], "coverage").offset(0, 2).value = 30
        cell(book["Contributions"], "rate", 2025).value = 5

    found = lines(open_workbook, worked_on(tmp_path, change))
    assert len(found) == 2
    assert "employees.rate.2025: must be <= 1 (got 5" in found[0]
    assert found[0].startswith("Contributions!D")
    assert found[1].startswith("'By year, group, sex'!F5: coverage: must be <= 1 (got 30); fractions are meant")
    assert "did you mean 0.3?" in found[1]


def swap(sheet, one, other):
    sheet[one].value, sheet[other].value = sheet[other].value, sheet[one].value


def test_two_years_swapped(tmp_path):
    found = told(tmp_path, lambda book: swap(book[YEARS], "E4", "F4"))
    assert found == (
        "'By year'!E4: year: 2025 is followed by 2027; they must be in ascending order (none is missing); "
        "put them right with their numbers"
    )


def test_a_year_is_missing(tmp_path):
    assert "'By year'!E4: year: 2025 is followed by 2027" in told(tmp_path, lambda book: book[YEARS].delete_cols(5))
    found = lines(open_basis, worked_on(tmp_path, lambda book: book[YEARS].delete_cols(7)))
    assert len(found) >= 1
    assert all("the labels of year are not those of" in one and "2028 missing" in one for one in found), found


def test_years_as_text_and_twice(tmp_path):
    def change(book):
        book[YEARS]["E4"] = "2026"
        book[TABLE]["G4"] = 2025

    assert lines(open_basis, worked_on(tmp_path, change)) == [
        "'By year, sex, age'!G4: year 2025 stands there twice; correct one of them",
        "'By year'!E4: year must be a whole number: '2026' is text; write it as a number",
    ]


@pytest.mark.parametrize(
    ("title", "shift"),
    [
        (TABLE, lambda sheet: sheet.insert_cols(1)),
        (TABLE, lambda sheet: sheet.insert_rows(1)),
        (TABLE, lambda sheet: sheet.insert_cols(3)),
        (TABLE, lambda sheet: sheet.delete_cols(1)),
        (TABLE, lambda sheet: sheet.delete_rows(3)),
        (TABLE, lambda sheet: sheet.move_range("F9:I9", cols=1)),
        ("Benefits", lambda sheet: sheet.insert_cols(2)),
        ("Benefits", lambda sheet: sheet.insert_rows(2)),
        ("Benefits", lambda sheet: sheet.delete_rows(1)),
    ],
)
def test_a_shifted_table(title, shift, tmp_path):
    found = lines(open_workbook, worked_on(tmp_path, lambda book: shift(book[title])))
    place = title if title.isalpha() else f"'{title}'"
    assert all(one.startswith(f"{place}!") for one in found), found
    assert 1 <= len(found) <= 2
    assert any("shifted" in one or "hidden column A" in one for one in found), found


def test_merged_cells(tmp_path):
    found = told(tmp_path, lambda book: book[TABLE].merge_cells("A4:C4"))
    assert found == (
        "'By year, sex, age'!A4: the cells A4:C4 are merged; unmerge them and write what belongs into each of them"
    )
    assert "Benefits!G12: the cells G12:H12 are merged" in told(
        tmp_path, lambda book: book["Benefits"].merge_cells("G12:H12")
    )


def test_hidden_rows_and_columns(tmp_path):
    def change(book):
        for row in (9, 10, 11, 20):
            book[TABLE].row_dimensions[row].hidden = True
        book[TABLE].column_dimensions["G"].hidden = True
        book["Benefits"].row_dimensions[9].hidden = True

    assert lines(open_workbook, worked_on(tmp_path, change)) == [
        "Benefits!B9: row 9 is hidden; show it (also with a filter), or remove it",
        "'By year, sex, age'!B9: rows 9 to 11 are hidden; show them (also with a filter), or remove them",
        "'By year, sex, age'!B20: row 20 is hidden; show it (also with a filter), or remove it",
        "'By year, sex, age'!G4: column G is hidden; show it, or remove it",
    ]


def rename(book, title, name):
    book[title].title = name


@pytest.mark.parametrize(
    ("change", "start", "text"),
    [
        (lambda book: book.remove(book["Benefits"]), "Benefits!A1: ", "the sheet is missing; undo its removal"),
        (lambda book: rename(book, "Benefits", "Prestaciones"), "Prestaciones!A1: ", "is the sheet 'Benefits' under"),
        (lambda book: book.copy_worksheet(book["Benefits"]), "'Benefits Copy'!A1: ", "is a copy of 'Benefits'; remove"),
        (lambda book: book.create_sheet("Benefit"), "Benefit!A1: ", "the sheet is not read; did you mean 'Benefits'?"),
        (lambda book: setattr(book["Benefits"], "sheet_state", "hidden"), "Benefits!A1: ", "the sheet is hidden; show"),
        (lambda book: book["Benefits"].__setitem__("A1", None), "Benefits!A1: ", "the mark 'law benefit' is missing"),
    ],
)
def test_sheets(change, start, text, tmp_path):
    found = lines(open_workbook, worked_on(tmp_path, change))
    assert found[0].startswith(start)
    assert text in found[0]


def test_a_sheet_of_another_workbook(tmp_path):
    def change(book):
        book.create_sheet("Old")["A1"] = "law funding"

    assert told(tmp_path, change).startswith("Old!A1: the sheet comes from another workbook; copy its numbers")


def test_keys_that_are_none(tmp_path):
    def change(book):
        book[TABLE]["A9"] = "mxx"
        book[TABLE]["A10"] = None
        book["Benefits"]["A11"] = "qualifying_year (number)"
        cell(book["Basis"], "scalars.reserve_0", column=1).value = "scalars.reserv_0"

    found = lines(open_workbook, worked_on(tmp_path, change))
    assert "Benefits!D11: old_age.qualifying_year: unknown key; did you mean qualifying_years?" in found
    assert any(one.endswith("the vocabulary has no such variable; did you mean reserve_0?") for one in found)
    assert "'By year, sex, age'!A9: 'mxx': the vocabulary has no such variable; did you mean mx?" in found
    assert any(one.startswith("'By year, sex, age'!A10: the row has numbers and no key") for one in found)


def test_keys_and_labels_twice(tmp_path):
    def change(book):
        book[TABLE]["E9"] = 3
        sheet = book["Basis"]
        first = cell(sheet, "scalars.reserve_0")
        sheet.cell(first.row + 30, 1, "scalars.reserve_0")
        sheet.cell(first.row + 30, 4, 5.0)
        sheet = book["Contributions"]
        cell(sheet, "rate", 2030).offset(0, 3).value = 2025

    found = lines(open_workbook, worked_on(tmp_path, change))
    assert any(one.startswith("'By year, sex, age'!D9: sex=male, age=3 stands there twice, already") for one in found)
    assert any("'scalars.reserve_0' stands already in row" in one for one in found)
    assert any(one.startswith("Contributions!D") and "the same number stands here twice" in one for one in found)
    assert len(found) == 3


def test_rows_of_one_number_that_do_not_agree(tmp_path):
    def change(book):
        sheet = book["Benefits"]
        cell(sheet, "retirement_age", "female").offset(0, 5).value = None
        cell(book["Contributions"], "rate", 2030).offset(0, 3).value = "soon"

    def step(book):
        cell(book["Benefits"], "retirement_age", "male", 2045).offset(0, 4).value = "step"

    found = lines(open_workbook, worked_on(tmp_path, change))
    assert any("G" in one.partition(":")[0] and "'soon' must be a whole number" in one for one in found)
    assert any('the column "Sex" is filled in above, and not in this row' in one for one in found)
    assert len(found) == 2
    differ = "the rows of one number do not say the same between years (ramp, step); write one of them"
    assert told(tmp_path, step).endswith(differ)


def test_blocks_that_do_not_say_whether_they_count(tmp_path):
    def change(word):
        return lambda book: cell(book["Contributions"], "[[contributions]]").__setattr__("value", word)

    found = told(tmp_path, change(None))
    assert found.startswith("Contributions!D5: the block has values and does not say whether they are used; write yes")
    assert told(tmp_path, change("perhaps")).startswith("Contributions!D5: 'perhaps' is no answer; write yes or no")
    for word in ("non", "OUI", True):
        law = open_scheme(worked_on(tmp_path, change(word)))
        assert [line.name for line in law.contributions] == (["employees"] if word in ("OUI", True) else [])


def test_truths_and_dates_in_the_place_of_words(tmp_path):
    def change(word):
        return lambda book: cell(book["Benefits"], "formula.capped").__setattr__("value", word)

    for word in ("no", "FAUX", False):
        assert open_scheme(worked_on(tmp_path, change(word))).benefit("old_age").formula.capped is False
    assert told(tmp_path, change("perhaps")).endswith("old_age.formula.capped: must be true or false (got 'perhaps')")

    def date(book):
        cell(book["Benefits"], "law").value = datetime.date(2025, 5, 1)

    assert told(tmp_path, date).endswith("the cell is a date (2025-05-01); give it the number format Text and write "
                                         "the words again")  # fmt: skip


def test_a_mistake_of_the_law_has_its_cell_in_every_language(tmp_path):
    def change(book):
        sheet = book["Prestations"]
        cell(sheet, "formula.form").value = "final_averag"
        cell(sheet, "retirement_age", "hommes", 2045).value = 200

    found = lines(open_scheme, worked_on(tmp_path, change, language="fr"))
    book = openpyxl.load_workbook(tmp_path / "country.xlsx")
    places = [cell(book["Prestations"], "retirement_age", "hommes", 2045), cell(book["Prestations"], "formula.form")]
    starts = {f"Prestations!{one.coordinate}" for one in places}
    assert {one.partition(": ")[0] for one in found} == starts
    assert any(one.endswith("vouliez-vous dire Moyenne des dernières ou meilleures années\u202f?") for one in found)
    called = "Âge à partir duquel la pension est payée (old_age.retirement_age.male.2045)\u202f: "
    assert any(f"{called}valeur attendue ≤ 120 (et non 200" in one for one in found)


def test_an_older_or_newer_layout(tmp_path):
    def change(book):
        book["_manifest"]["B1"] = "0"

    with pytest.raises(BadWorkbook, match=r"made for version 0 of the layout; this library reads 1"):
        open_basis(worked_on(tmp_path, change))
    with pytest.raises(BadWorkbook, match="the sheet _manifest is missing"):
        open_basis(worked_on(tmp_path, lambda book: book.remove(book["_manifest"])))


def test_files_that_are_no_workbooks_of_inputs(tmp_path):
    other = openpyxl.Workbook()
    other.save(tmp_path / "other.xlsx")
    with pytest.raises(BadWorkbook, match=r"no sheet _manifest, so it is no workbook of inputs"):
        open_scheme(tmp_path / "other.xlsx")
    (tmp_path / "text.xlsx").write_text("name,value\n")
    (tmp_path / "half.xlsx").write_bytes(fresh(tmp_path).read_bytes()[:5000])
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as archive:
        archive.writestr("letter.txt", "x")
    for name in ("text", "half", "zip"):
        with pytest.raises(BadWorkbook, match=rf"{name}.xlsx: the file is no workbook, or is damaged"):
            open_basis(tmp_path / f"{name}.xlsx")
    (tmp_path / "locked.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    with pytest.raises(BadWorkbook, match=r"protected with a password, or of the old kind .xls"):
        open_basis(tmp_path / "locked.xlsx")
    for name in ("old.xls", "table.ods"):
        (tmp_path / name).write_bytes(b"x")
        with pytest.raises(BadWorkbook, match=rf"{name}: workbooks of this kind are not read. Save it as .xlsx"):
            open_scheme(tmp_path / name)
    with pytest.raises(ActuarialError, match=r"nowhere.xlsx: the workbook cannot be read: No such file"):
        open_scheme(tmp_path / "nowhere.xlsx")


def test_one_message_lists_sixty_at_most(tmp_path):
    def change(book):
        for row in range(5, 30):
            for column in "FGHI":
                book[TABLE][f"{column}{row}"] = None
            book[TABLE][f"D{row}"] = "men"
        for row in range(30, 100):
            book[TABLE][f"D{row}"] = "womenn"

    found = lines(open_basis, worked_on(tmp_path, change))
    assert len(found) == 61
    assert found[-1].startswith("... and ")


def test_a_sex_is_told_in_the_words_of_the_language(tmp_path):
    def change(book):
        cell(book["Prestaciones"], "retirement_age", "hombres", 2045).offset(0, 5).value = "hombre"

    path = worked_on(tmp_path, change, language="es")
    assert lines(open_workbook, path)[0].endswith(": 'hombre' no es un sexo; escriba hombres o mujeres (¿hombres?)")


def test_what_is_found_after_the_reading_is_told_with_its_cell(tmp_path, capsys, monkeypatch):
    def euros(book):
        cell(book["Régime"], "currency").value = "EUR"

    monkeypatch.setattr("actuarial.readiness.check_inputs", lambda _: [])
    path = worked_on(tmp_path, euros, language="fr")
    place = cell(openpyxl.load_workbook(path)["Régime"], "currency").coordinate
    assert cli.main(["check", str(path), "--basis", str(path)]) == cli.BAD_INPUT
    wanted = f"actuarial: Régime!{place}: monnaie (currency)\u202f: les montants du régime sont en EUR"
    assert wanted in capsys.readouterr().err
    monkeypatch.undo()
    separate = tmp_path / "law.toml"
    save_scheme(scheme(), separate)
    assert cli.main(["check", str(separate), "--basis", str(fresh(tmp_path, "es"))]) == cli.BAD_INPUT
    wanted = r"actuarial: 'Por año, grupo, sexo, edad'!\w+: la suma de entry_profile.*\n.*\n  Divídalo por su suma\.$"
    assert re.search(wanted, capsys.readouterr().err.strip())


def test_warnings_are_in_the_language_of_the_workbook_with_cells():
    book = SimpleNamespace(places={"old_age": "Prestations!D5", "x": "A1"}, say=language("fr"))
    arguments = SimpleNamespace(books=[book], language=None, locale=None, say=language("fr"))
    text = approval(basis(), scheme(), [BACKCASTS["inflation_past"], "old_age: new"], arguments)
    assert text.splitlines() == [
        "Small\u202f: le régime et la base peuvent être évalués, de 2025 à 2028.",
        "Avertissements\u202f: 2",
        "  - L’inflation passée n’est pas donnée\u202f; celle de la première année projetée sert pour le passé.",
        "  - Prestations!D5: old_age: new",
    ]


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (lambda: parse_money(350),
         "un montant demande son unité\u202f; écrire semaine, mois ou année dans la colonne «\u202fPar\u202f»"),
        (lambda: parse_money({"value": 1.0}), "écrire semaine, mois ou année dans la colonne «\u202fPar\u202f»"),
        (lambda: money(350.0, "month", "wages"),
         "un montant qui suit un indice demande l’année à partir de laquelle il le fait\u202f; l’écrire dans la "
         "colonne «\u202fÀ partir de l’année\u202f»"),
        (lambda: by_group({}), "ne nomme aucun groupe\u202f; en écrire un dans la colonne «\u202fGroupe\u202f»"),
    ],
)  # fmt: skip
def test_advice_is_about_columns(made, wanted):
    with pytest.raises(Misstated) as caught:
        made()
    assert told_in(in_columns(caught.value.text), language("fr")) == wanted
