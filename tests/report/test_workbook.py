"""The workbook read back: numbers are numbers, words are words, and the figures are those of the Dataset."""

from pathlib import Path

import openpyxl
import pytest

from actuarial.errors import BadInput
from actuarial.report import workbook, workbook_sheet
from actuarial.report.units import format_of, header
from tests.report.made import LINES, YEARS, basis_by_hand, result_by_hand, two_scenarios

SHEETS = [
    *("Key results", "Charts", "Financial", "Constant prices", "% of payroll", "Rates"),
    *("Demographic male", "Demographic female", "Demographic total", "Population"),
    *("Insured", "Accounts", "Assumptions", "Manifest"),
]
FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)"]
MANIFEST = {"library": {"actuarial": "0.1.0"}, "warnings": FORMULAS, "passes": 1}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "result.xlsx"
    workbook.write_workbook(result_by_hand(), path, basis=basis_by_hand(), accounts=LINES, manifest=MANIFEST)
    assert [file.name for file in path.parent.iterdir()] == ["result.xlsx"]
    return openpyxl.load_workbook(path)


def cells(sheet):
    """Header to column of values, below the headers in the third row."""
    return {column[0].value: list(column[1:]) for column in sheet.iter_cols(min_row=3)}


def test_the_sheets_in_their_order(book):
    assert book.sheetnames == SHEETS


def test_financial_figures_are_those_of_the_result(book):
    result, columns = result_by_hand(), cells(book["Financial"])
    assert [cell.value for cell in columns["year"]] == list(YEARS)
    expected = {
        "insurable payroll (millions of LTD/year)": ("total_insurable_earnings", "#,##0.0,,"),
        "PAYG rate (%)": ("payg_cost_rate", "0.00%"),
        "reserve (millions of LTD)": ("reserve", "#,##0.0,,"),
        "reserve coefficient (years of outgo)": ("reserve_ratio", "0.00"),
    }
    for head, (name, number_format) in expected.items():
        assert [cell.value for cell in columns[head]] == pytest.approx(result[name].values.tolist(), rel=1e-14)
        assert {cell.number_format for cell in columns[head]} == {number_format}
    assert "old age (millions of LTD/year)" in columns
    assert book["Financial"]["A2"].value == "Amounts are shown in millions of LTD; the cells hold them whole."


def test_key_results_come_first_in_the_format_of_their_units(book):
    sheet = book["Key results"]
    rows = {sheet.cell(r, 1).value: sheet.cell(r, 3) for r in range(4, sheet.max_row + 1)}
    gap = rows["general average premium (GAP)"]
    assert (gap.value, gap.number_format) == (0.1234, "0.00%")
    assert (rows["reserve falls for the first time in"].value, rows["reserve is exhausted in"].value) == (2050, "–")
    assert rows["reserve falls for the first time in"].number_format == "0"
    assert [sheet.cell(r, 2).value for r in (4, sheet.max_row)] == ["%", "year"]


WORDED = ("Key results", "Charts", "Accounts", "Manifest")


@pytest.mark.parametrize("name", [name for name in SHEETS if name not in WORDED])
def test_every_figure_is_a_number(book, name):
    for head, column in cells(book[name]).items():
        assert {cell.data_type for cell in column} == {"n"}, head


def test_headers_and_keys_stay_in_view(book):
    assert book["Financial"].freeze_panes == "B4"
    assert book["Key results"].freeze_panes == "C4"


def test_words_that_look_like_formulas_stay_words(book):
    entries = {row[0].value: row[1] for row in book["Manifest"].iter_rows(min_row=4)}
    for place, text in enumerate(FORMULAS, 1):
        cell = entries[f"warnings.{place}"]
        assert (cell.value, cell.data_type) == (text, "s")
    assert entries["passes"].value == 1


def test_accounts_line_by_line(book):
    columns = cells(book["Accounts"])
    assert [cell.value for cell in columns["line"]] == ["insurable earnings", "number: old age"]
    assert [cell.value for cell in columns["ratio"]] == [1.008, 1.04]


def test_scenarios_are_a_column(tmp_path):
    path = workbook.write_workbook(two_scenarios(), tmp_path / "two.xlsx")
    book = openpyxl.load_workbook(path)
    assert "Population" not in book.sheetnames
    columns = cells(book["Financial"])
    assert [cell.value for cell in columns["scenario"]] == ["low"] * len(YEARS) + ["central"] * len(YEARS)
    assert book["Financial"].freeze_panes == "C4"
    assert book["Financial"].auto_filter.ref == f"A3:R{3 + 2 * len(YEARS)}"
    assert [book["Key results"].cell(3, c).value for c in (3, 4)] == ["low", "central"]


def test_a_failure_leaves_the_old_workbook(tmp_path, monkeypatch):
    path = tmp_path / "result.xlsx"
    path.write_bytes(b"old")
    monkeypatch.setattr(workbook_sheet, "_sizes", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        workbook.write_workbook(result_by_hand(), path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("column", "units", "text"),
    [
        ("old_age", "currency/year", "old age (LTD/year)"),
        ("PAYG rate", "fraction", "PAYG rate (%)"),
        ("inflation", "1/year", "inflation (% a year)"),
        ("dependency ratio", "ratio", "dependency ratio"),
        ("births", "persons", "births (persons)"),
    ],
)
def test_headers_name_the_units(column, units, text):
    assert header(column, units, "LTD") == text


def test_the_first_sheet_leads_to_the_others(book):
    sheet = book["Key results"]
    links = {link.ref: link.location for row in sheet.iter_rows() for link in [cell.hyperlink for cell in row] if link}
    assert [sheet[place].value for place in links] == SHEETS[1:]
    assert list(links.values()) == [f"'{name}'!A1" for name in SHEETS[1:]]


def test_charts_show_the_columns_that_they_name(book):
    heads = [cell.value for cell in book["Financial"][3]]
    shown = []
    for chart in book["Charts"]._charts:
        for line in chart.series:
            sheet, place = line.yVal.numRef.f.split("!")
            letter, top, bottom = place.split("$")[1], place.split("$")[2].rstrip(":"), place.split("$")[4]
            assert (sheet, top, bottom) == ("Financial", "4", str(3 + len(YEARS)))
            shown.append(heads[openpyxl.utils.column_index_from_string(letter) - 1])
            assert shown[-1].startswith(line.tx.v)
    assert shown == [
        *(f"{name} (millions of LTD/year)" for name in ("contributions", "total income", "total expenditure")),
        *("reserve coefficient (years of outgo)", "PAYG rate (%)"),
    ]


def test_small_amounts_have_decimals():
    assert format_of("currency/year", whole=False) == "small"
    assert format_of("currency/year") == "amount"


def test_long_words_are_wrapped_and_words_stand_off_the_numbers_before_them(tmp_path):
    told = "This line of a manifest is longer than a column of a sheet shall be wide. " * 3
    path = workbook.write_workbook(
        result_by_hand(), tmp_path / "result.xlsx", manifest=MANIFEST | {"warnings": [told], "country": "Lata"}
    )
    sheet = openpyxl.load_workbook(path)["Manifest"]
    values = {row[0].value: row[1] for row in sheet.iter_rows(min_row=4)}
    assert sheet.row_dimensions[values["warnings.1"].row].height == 4 * workbook_sheet.LINE_HEIGHT
    assert values["warnings.1"].value == told
    assert values["warnings.1"].alignment.wrap_text
    assert (values["country"].alignment.wrap_text, values["country"].alignment.indent) == (None, 1)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nowhere/result.xlsx", "the workbook cannot be written: No such file"),
        ("folder.xlsx", "the workbook cannot be written: "),
        ("result.xls", "the name of a workbook ends with .xlsx"),
    ],
)
def test_a_workbook_that_cannot_be_written_is_told(tmp_path, name, told):
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(BadInput, match=told):
        workbook.write_workbook(result_by_hand(), tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.xlsx"]


def test_a_workbook_that_another_program_holds_is_told(tmp_path, monkeypatch):
    def held(self, target):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(BadInput, match=r"cannot be written: Permission denied\.\n  Close it where it is open"):
        workbook.write_workbook(result_by_hand(), tmp_path / "result.xlsx")
