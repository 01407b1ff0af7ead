"""The comparison as tables, text and workbook: numbers are those of the runs; the workbook is complete or absent."""

import zipfile
from types import SimpleNamespace

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xarray as xr

from actuarial import cli
from actuarial.check.plausibility import BACKCASTS
from actuarial.errors import BadInput
from actuarial.report import comparison, comparison_sheets
from actuarial.report.comparison import (
    comparison_text,
    key_comparison,
    replacement_comparison,
    write_comparison,
    yearly_comparison,
)
from actuarial.report.comparison_notes import notes_of
from actuarial.report.workbook_words import Words
from actuarial.translation import Told, language
from actuarial.valuation.compare import compare
from actuarial.vocabulary import annotate
from actuarial.warned import warning_attributes
from tests.report.made import YEARS, result_by_hand, two_scenarios

NOW, REFORM = result_by_hand(), result_by_hand(1.5)
SHEETS = ["Key results", "PAYG cost rate", "Contribution rate", "Reserve", "Reserve ratio", "Total expenditure"]
SHEETS += ["Expenditure difference", "Replacement rates", "Notes"]
GAP = "general average premium (GAP)"


def with_rates(compared):
    """Replacement rates of two careers, made by hand: the reform pays less, and nothing after ten years."""
    dims = ("run", "career", "earnings_level", "sex", "year_of_retirement")
    rates = np.array([[np.nan, 0.6], [np.nan, 0.45]])[:, :, None, None, None] + np.zeros((2, 2, 1, 2, 2))
    ages = np.array([60.0, 63.0])[:, None, None] + np.zeros((2, 2, 2))
    labels = {"run": compared.run, "career": [10, 30], "earnings_level": [1.0], "sex": ["male", "female"]}
    variables = {"replacement_rate": (dims, rates), "age_at_retirement": (("run", *dims[3:]), ages)}
    made = annotate(xr.Dataset(variables, labels | {"year_of_retirement": [2025, 2035]}))
    return compared.merge(made)


@pytest.fixture(scope="module")
def compared():
    return with_rates(compare({"current law": NOW, "=reform": REFORM}))


@pytest.fixture(scope="module")
def path(compared, tmp_path_factory):
    path = tmp_path_factory.mktemp("comparison") / "comparison.xlsx"
    assert write_comparison(compared, path) == path
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    return path


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


def rows(sheet, top=3, keys=1):
    """Key of a row (its first cells) to its other cells, below the headers in row `top`."""
    lines = list(sheet.iter_rows(min_row=top + 1))
    return {tuple(cell.value for cell in line[:keys]): line[keys:] for line in lines}


def test_sheets_and_charts(book, path):
    assert book.sheetnames == SHEETS
    with zipfile.ZipFile(path) as files:
        charts = [name for name in files.namelist() if name.startswith("xl/charts/chart")]
        assert len(charts) == 6
        first = files.read("xl/charts/chart1.xml").decode()
    assert "'PAYG cost rate'!$B$4:$B$44" in first
    assert "'PAYG cost rate'!$A$4:$A$44" in first
    assert "<c:f>'PAYG cost rate'!$C$3</c:f>" in first


def test_key_results_by_run_and_their_difference(book):
    sheet = book["Key results"]
    heads = [cell.value for cell in sheet[3]]
    assert heads == ["indicator", "units", "current law", "=reform", "=reform less current law"]
    found = rows(sheet)
    gap = found[GAP,]
    assert [cell.value for cell in gap] == ["%", 0.1234, pytest.approx(0.1851), pytest.approx(0.0617)]
    assert [cell.number_format for cell in gap[1:]] == ["0.00%", "0.00%", "+0.00%;-0.00%;0.00%"]
    falls, exhausted = found["reserve falls for the first time in",], found["reserve is exhausted in",]
    assert [cell.value for cell in falls] == ["year", 2050, 2050, 0]
    assert [cell.value for cell in exhausted] == ["year", "–", "–", "–"]
    reserve = found["reserve 2065",]
    last = [run.reserve[-1].item() for run in (NOW, REFORM)]
    assert [cell.value for cell in reserve[1:3]] == pytest.approx(last, rel=1e-14)
    assert (reserve[0].value, reserve[1].number_format) == ("LTD", "#,##0")
    replaced = found["replacement rate, 30 years at the average wage, female, 2035",]
    assert [cell.value for cell in replaced[1:]] == [0.6, 0.45, pytest.approx(-0.15)]


@pytest.mark.parametrize(
    ("sheet", "name"),
    [
        ("PAYG cost rate", "payg_cost_rate"),
        ("Contribution rate", "contribution_rate"),
        ("Reserve", "reserve"),
        ("Reserve ratio", "reserve_ratio"),
        ("Total expenditure", "outgo"),
    ],
)
def test_sheets_by_year(book, sheet, name):
    found = rows(book[sheet])
    assert list(found) == [(year,) for year in YEARS]
    for place, run in enumerate((NOW, REFORM)):
        cells = [line[place] for line in found.values()]
        assert [cell.value for cell in cells] == pytest.approx(run[name].values.tolist(), rel=1e-14)
        assert {cell.data_type for cell in cells} == {"n"}
    assert book[sheet].freeze_panes == "B4"


def test_the_difference_of_expenditure_has_its_sign(book):
    sheet = book["Expenditure difference"]
    assert sheet["A1"].value == "Expenditure less that of current law (thousands of LTD/year)"
    assert [cell.value for cell in sheet[3][:2]] == ["year", "=reform"]
    values = [line[0].value for line in rows(sheet).values()]
    np.testing.assert_allclose(values, REFORM.outgo - NOW.outgo, rtol=1e-14)
    assert sheet["B4"].number_format == "+#,##0.0,;-#,##0.0,;#,##0.0,"


def test_replacement_rates_by_career(book, compared):
    found = rows(book["Replacement rates"], keys=4)
    assert len(found) == 8
    assert [cell.value for cell in found[30, 1.0, "female", 2035]] == [0.6, 0.45, pytest.approx(-0.15), 60, 63]
    assert [cell.value for cell in found[10, 1.0, "male", 2025]] == ["–", "–", "–", 60, 63]
    assert book["Replacement rates"].auto_filter.ref == "A3:I11"
    table = replacement_comparison(compared)
    assert table.loc[(30, 1.0, "male", 2025)].tolist() == pytest.approx([0.6, 0.45, -0.15, 60.0, 63.0])


def test_notes_are_words(book):
    notes = {line[0].value: line[1] for line in book["Notes"].iter_rows(min_row=4)}
    assert notes["reference"].value == "current law"
    assert notes["schemes"].value == "current law: National Pension Scheme"


def test_scenarios_are_blocks(tmp_path):
    both = compare(now=two_scenarios(), reform=two_scenarios())
    path = write_comparison(both, tmp_path / "two.xlsx")
    sheet = openpyxl.load_workbook(path)["PAYG cost rate"]
    assert [sheet["A3"].value, sheet["A4"].value, sheet["A5"].value] == ["Scenario: low", "year", 2025]
    second = 4 + len(YEARS) + 2
    assert [sheet.cell(second, 1).value, sheet.cell(second + 1, 1).value] == ["Scenario: central", "year"]
    rate = two_scenarios().payg_cost_rate.sel(scenario="central", year=2025).item()
    assert sheet.cell(second + 2, 2).value == pytest.approx(rate, rel=1e-14)
    table = yearly_comparison(both, "payg_cost_rate")
    assert table.loc[("central", 2025), "now"] == rate
    assert key_comparison(both).loc[("central", GAP, "fraction"), "now"] == 0.1234 * 1.5


def test_what_a_comparison_lacks_has_no_sheet(tmp_path):
    few = compare(now=NOW[["payg_cost_rate"]], reform=REFORM[["payg_cost_rate"]])
    book = openpyxl.load_workbook(write_comparison(few, tmp_path / "few.xlsx"))
    assert book.sheetnames == ["Key results", "PAYG cost rate", "Notes"]
    with pytest.raises(BadInput, match="none of the key results"):
        key_comparison(compare(now=NOW[["balance"]], reform=REFORM[["balance"]]))
    with pytest.raises(BadInput, match="the comparison has no replacement rates"):
        replacement_comparison(few)
    with pytest.raises(BadInput, match="give the Dataset of `compare`"):
        write_comparison(NOW, tmp_path / "no.xlsx")


def test_a_failure_leaves_the_old_workbook(compared, tmp_path, monkeypatch):
    path = tmp_path / "comparison.xlsx"
    path.write_bytes(b"old")
    monkeypatch.setattr(comparison_sheets, "_page", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_comparison(compared, path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


AXES = [
    (9e5, "LTD", "#,##0"),
    (2e6, "thousands of LTD", "#,##0,"),
    (2e9, "millions of LTD", "#,##0,,"),
    (2e12, "billions of LTD", "#,##0,,,"),
]


@pytest.mark.parametrize(("largest", "words", "number"), AXES)
def test_axes_of_large_amounts(largest, words, number):
    table = yearly_comparison(compare(now=NOW, reform=NOW), "reserve")
    table[:] = -largest
    block = comparison_sheets.Block("", table, "currency")
    scale = comparison_sheets.scale_of_sheet(comparison_sheets.Sheet("Reserve", "Reserve", [block]))
    assert comparison_sheets._axis(block, Words(language(), "LTD"), scale) == (words, number)


def test_the_text_has_runs_beside_each_other_and_differences_with_their_sign(compared):
    lines = comparison_text(compared.assign_attrs(notes="years differ", warnings="wages are high")).splitlines()
    assert lines[:3] == ["Runs", "  current law: National Pension Scheme", "  =reform: National Pension Scheme"]
    key, less = lines.index("Key results"), lines.index("Difference to current law")
    assert lines[key + 1].split() == ["current", "law", "=reform"]
    of = [line.removeprefix(f"  {GAP}").split() for line in lines if line.startswith(f"  {GAP}")]
    assert of == [["12.34%", "18.51%"], ["+6.17", "pts"]]
    assert lines[less + 1].split() == ["=reform"]
    exhausted = [line for line in lines if line.startswith("  reserve is exhausted in")]
    assert exhausted[0].endswith("not within the projection  not within the projection")
    assert exhausted[1].endswith(" -")
    assert lines[-5:] == ["Notes: 1", "  - years differ", "", "Warnings: 1", "  - wages are high"]


@pytest.mark.parametrize(
    ("value", "units", "signed", "word"),
    [
        (-0.00001, "fraction", True, "0"),
        (-0.0123, "fraction", True, "-1.23 pts"),
        (3.0, "year", True, "+3 yr"),
        (1234567.8, "currency", False, "1,234,568"),
        (-1234567.8, "currency", True, "-1,234,568"),
        (np.nan, "year", False, "not within the projection"),
        (np.nan, "ratio", False, "-"),
    ],
)
def test_figures_in_words(value, units, signed, word):
    assert comparison._word(value, units, signed, language()) == word


@pytest.fixture
def opened(monkeypatch, tmp_path):
    """Two folders of runs; reading them gives results made by hand."""
    results = {"now": NOW, "reform": REFORM}
    for name in results:
        (tmp_path / name).mkdir()
    read = SimpleNamespace(open_run=lambda folder: SimpleNamespace(result=results[folder.resolve().name]))
    monkeypatch.setitem(__import__("sys").modules, "actuarial.readers.runs", read)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command_prints_and_writes(opened, capsys):
    assert cli.main(["compare", "now", "other=reform", "--out", "c.xlsx"]) == 0
    printed = capsys.readouterr()
    schemes = "  now: National Pension Scheme\n  other: National Pension Scheme\n"
    assert printed.out.startswith(f"Runs\n{schemes}\nKey results\n")
    assert printed.out.endswith("\nWorkbook: c.xlsx\n")
    assert printed.err == ""
    assert openpyxl.load_workbook(opened / "c.xlsx")["Key results"]["D3"].value == "other"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["now"], "a comparison needs two runs.\n  Write actuarial compare DIR DIR"),
        (["now", "./now"], "now: the name of two runs, now and ./now.\n  Name them: NAME=DIR."),
        (["now", "=reform"], "=reform: the run has no name.\n  Write NAME=DIR."),
        (["now", "reform", "--out", "c.csv"], "--out c.csv: the comparison is written as a workbook"),
        (["now", "reform", "--out", "x/c.xlsx"], "--out x/c.xlsx: there is no folder x."),
    ],
)
def test_words_that_cannot_be_meant(opened, capsys, words, text):
    assert cli.main(["compare", *words]) == 2
    printed = capsys.readouterr()
    assert text in printed.err
    assert printed.out == ""


def test_what_is_printed_is_in_the_language():
    compared = compare(now=result_by_hand(), then=result_by_hand())
    english, french = (comparison_text(compared, say).splitlines() for say in (language(), language("fr")))
    assert len(english) == len(french)
    assert "Principaux résultats" in french
    assert not any(line.startswith("  PAYG") or "Difference" in line for line in french)


def test_the_notes_are_in_the_language_of_the_workbook():
    both = Told("{runs}: {warning}", runs="now, then", warning=BACKCASTS["inflation_past"])
    told = {"reference": "now", "service_grid": "months", "currency": "LTD"}
    told |= warning_attributes([both, "then: something new"])
    compared = xr.Dataset(coords={"run": ["now", "then"]}, attrs=told)
    assert list(notes_of(compared, language()).index)[:2] == ["reference", "service grid"]
    french = notes_of(compared, language("fr"))
    assert list(french.index) == ["Référence", "Pas des périodes validées", "Monnaie", "Avertissements", ""]
    assert french["value"].iloc[1] == "mois"
    assert french["value"].iloc[3].startswith("now, then\u202f: L’inflation passée n’est pas donnée")
    assert french["value"].iloc[4] == "then: something new"


def test_a_difference_of_rounding_is_none():
    table = pd.DataFrame({"now": [0.1 + 0.2, 1.0], "then": [0.3, 1.1]})
    part = xr.Dataset(coords={"run": ["now", "then"]})
    assert comparison._with_differences(table, part)["then less now"].tolist() == [0.0, 1.1 - 1.0]


def test_notes_of_a_comparison_are_said_in_the_language():
    now = NOW.isel(year=slice(0, -1)).assign_attrs(service_grid="months", migration_timing="end")
    compared = compare(now=now, reform=REFORM.assign_attrs(service_grid="years", migration_timing="start"))
    text = " ".join(comparison_text(compared, language("fr")).split())
    assert "différence (unité des périodes validées) : now mois ; reform années" in text
    assert "(moment des migrations) : now à la fin de l’année ; reform au début de l’année" in text
    assert "les années diffèrent : now" in text
    notes = notes_of(compared, language("es"))["value"]
    assert notes[notes.str.startswith("los años difieren")].size == 1
    assert not notes.str.contains("differ\\b").any()
