"""Sheets of people, rates, careers and studies: their figures against plain loops, in the cells of a workbook."""

from types import SimpleNamespace

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xarray as xr
import xlsxwriter

import actuarial as ac
from actuarial.errors import BadInput
from actuarial.report import people_tables, rate_tables, study_tables, tables, workbook_sheet
from actuarial.report.workbook import _without, write_workbook
from actuarial.report.workbook_words import words_of
from actuarial.sheets import paper
from actuarial.studies.replacement import replacement_rates
from actuarial.translation import language
from actuarial.valuation.experience import experience
from tests.report.content_data import pensions
from tests.report.made import result_by_hand, two_scenarios

STUDIES = ("Balance sheet", "Sensitivity", "Reconciliation", "Experience", "Assumptions compared", "Illustrations")


@pytest.fixture(scope="module")
def studies():
    """The small valuation, its studies, and one with higher inflation before it."""
    basis, scheme, result = pensions()
    earlier = basis.assign(inflation=basis["inflation"] + 0.01)
    runs = [
        SimpleNamespace(result=one, basis=of, scheme=scheme, manifest={})
        for one, of in ((ac.project(earlier, scheme, service="years"), earlier), (result, basis))
    ]
    deaths = result["deaths"].isel(year=0, drop=True)
    return {
        "balance": ac.studies.balance_sheet(basis, scheme, service="years"),
        "sensitivity": ac.sensitivity(basis, scheme, _two_changes(), service="years"),
        "reconciliation": ac.reconcile(*runs),
        "experience": experience(deaths.round(), 0.5 * deaths, bands=[0, 60]),
        "previous": earlier,
    }


def _two_changes():
    """A change of a name of the catalogue, and one of the user's own."""
    from actuarial.studies.shocks import catalogue

    name = next(iter(catalogue()))
    return {name: catalogue()[name], "=own": lambda basis: basis.assign(wage_growth=basis["wage_growth"] + 0.01)}


@pytest.fixture(scope="module")
def books(studies, tmp_path_factory):
    """The workbook with all studies in each language."""
    basis, scheme, result = pensions()
    folder = tmp_path_factory.mktemp("studies")
    return {
        code: openpyxl.load_workbook(
            write_workbook(result, folder / f"{code}.xlsx", basis=basis, scheme=scheme, **studies, language=code)
        )
        for code in ("en", "fr", "es")
    }


def rows(sheet, keys=1):
    """Key of each row below the headers to its other cells, by their headers."""
    heads = [cell.value for cell in sheet[3]]
    return {
        tuple(cell.value for cell in line[:keys]): dict(zip(heads[keys:], line[keys:], strict=True))
        for line in sheet.iter_rows(min_row=4)
    }


def test_the_sheets_of_studies_are_there_once_and_in_every_language(books):
    names = books["en"].sheetnames
    assert [names.count(name) for name in STUDIES] == [1] * len(STUDIES)
    assert len({len(book.sheetnames) for book in books.values()}) == 1
    assert "Bilan" in books["fr"].sheetnames
    assert "Rapprochement" in books["fr"].sheetnames
    assert {"Balance", "Conciliación", "Sensibilidad", "Ilustraciones"} <= {*books["es"].sheetnames}


SHARED = {
    "fr": {"%", "ratio", "Inflation", "Population", "Illustrations", "Cause", "Total", "Base"},
    "es": {"%", "Total", "Balance", "no"},
}
"""Words of cells that are the same in English."""


@pytest.mark.parametrize("code", SHARED)
def test_numbers_are_the_same_in_all_languages_and_words_are_not(books, code):
    same = set()
    for english, other in zip(books["en"], books[code], strict=True):
        for one, two in zip(english.iter_rows(), other.iter_rows(), strict=True):
            for before, after in zip(one, two, strict=True):
                if before.data_type != "s":
                    assert before.value == after.value
                elif before.value == after.value and not before.value[:1].isdecimal():
                    same.add(before.value)
    assert same - {"–", "=own", ""} <= SHARED[code]


def test_the_balance_sheet_has_the_amounts_and_sums_them(books, studies):
    sheet, found = books["en"]["Balance sheet"], studies["balance"]
    cells = list(sheet.iter_rows(min_row=4, max_col=3))
    assert [line[0].value for line in cells][:2] == ["Reserve", "Contributions of present participants"]
    items = found["item"].values.tolist()
    for place, side in enumerate(("open_group_balance", "closed_group_balance"), 1):
        for line, item in zip(cells, items, strict=True):
            if line[place].data_type != "f":
                assert line[place].value == pytest.approx(float(found[side].sel(item=item)), rel=1e-14)
    assert cells[items.index("total_assets")][1].value == "=SUM(B4:B9)"
    assert cells[items.index("total_obligations")][2].value == "=SUM(C11:C15)"
    assert cells[items.index("deficit")][2].value == "=C16-C10"
    assert "flows until 2126." in sheet["A2"].value


def test_formulas_of_the_balance_sheet_give_its_figures(studies):
    for many in (False, True):
        found = studies["balance"]
        if many:
            twice = xr.concat([found, 2 * found], "scenario")
            found = twice.assign_coords(scenario=["low", "high"], side=found["side"])
        table = study_tables.balance_table(found)
        values = table.iloc[:, 0].to_numpy()
        for row, formula in table.attrs["formulas"].items():
            plain = formula.strip("=SUM()").replace("COLUMN", "").replace("-", ":")
            ends = [int(part) - 4 for part in plain.split(":")]
            told = values[ends[0]] - values[ends[1]] if "-" in formula else values[ends[0] : ends[1] + 1].sum()
            assert values[row] == pytest.approx(told, rel=1e-12)
        assert len(table.attrs["formulas"]) == (6 if many else 3)


def test_sensitivities_beside_the_base(books, studies):
    found, table = studies["sensitivity"], rows(books["en"]["Sensitivity"])
    assert [key for key, in table][::2] == ["base", "=own"]
    premium = found["general_average_premium"].values
    line = table["=own",]
    assert line["general average premium (GAP) (%)"].value == premium[2]
    more = line["difference: general average premium (GAP) (%)"]
    assert more.value == pytest.approx(premium[2] - premium[0], rel=1e-12)
    assert more.number_format == "+0.00%;-0.00%;0.00%"
    cost = float(found["payg_cost_rate"].sel(year=2034)[2])
    assert line["PAYG cost rate 2034 (%)"].value == pytest.approx(cost, rel=1e-14)
    first = table[[key for key, in table][1],]
    assert first["sign as expected"].value == "yes"


def test_the_reconciliation_adds_up(books, studies):
    found = studies["reconciliation"]
    table = rows(books["en"]["Reconciliation"])
    columns = list(next(iter(table.values())))
    assert columns[0] == "general average premium (GAP) (%)"
    values = np.array([line[columns[0]].value for line in table.values()])
    assert values[:-1].sum() == pytest.approx(values[-1], rel=1e-12)
    assert values[-1] == pytest.approx(float(found["reconciled_current"][0]), rel=1e-14)
    formats = [line[columns[0]].number_format for line in table.values()]
    assert formats[0] == formats[-1] == "0.00%"
    assert set(formats[1:-1]) == {"+0.00%;-0.00%;0.00%"}


def test_experience_says_whether_the_assumption_held(books, studies):
    table = rows(books["en"]["Experience"], keys=2)
    line = table["female", "60+"]
    actual = float(pensions()[2]["deaths"].isel(year=0).sel(sex="female", age=slice(60, None)).round().sum())
    assert line["actual (persons)"].value == actual
    assert line["actual over expected (ratio)"].value == pytest.approx(2.0, rel=0.01)
    assert line["assumption held"].value == "no"


def test_assumptions_of_the_previous_valuation_stand_beside(books):
    line = rows(books["en"]["Assumptions compared"], keys=2)["Inflation", "%"]
    assert line["Previous valuation 2025"].value == pytest.approx(line["Valuation 2025"].value + 0.01, rel=1e-12)
    assert line["Valuation 2034"].number_format == "0.00%"


def test_illustrations_are_what_the_law_gives(books):
    basis, scheme, result = pensions()
    found = replacement_rates(basis, scheme, finance=result)
    table = rows(books["en"]["Illustrations"], keys=4)
    rate = found["replacement_rate"].sel(career=30, earnings_level=2.0, sex="female")
    for year in rate["year_of_retirement"].values.tolist():
        line = table["female", 30, 2, year]
        assert line["replacement rate (%)"].value == float(rate.sel(year_of_retirement=year))
        pension, last = (line[f"{name} at retirement (LTD/person/year)"] for name in ("pension", "earnings"))
        assert pension.value / last.value == pytest.approx(float(rate.sel(year_of_retirement=year)), rel=1e-12)


def test_pensions_and_contributors_by_age():
    _, _, result = pensions()
    table = people_tables.age_table(result)
    assert sorted({year for _, year, _ in table.index}) == [2025, 2034]
    count = money = heads = mass = 0.0
    for sex in ("male", "female"):
        for group in result["group"].values:
            place = {"year": 2034, "sex": sex, "age": 40, "group": group}
            people = float(result["average_contributors"].sel(place))
            count += people
            money += people * float(result["salary"].sel(place))
        place = {"year": 2034, "sex": sex, "age": 70, "benefit": "old_age"}
        heads += float(result["pensioners"].sel(place))
        mass += float(result["pension_mass"].sel(place))
    assert table.loc[("total", 2034, 40), "contributors"] == pytest.approx(count, rel=1e-12)
    assert table.loc[("total", 2034, 40), "average earnings"] == pytest.approx(money / count, rel=1e-12)
    assert table.loc[("total", 2034, 70), "pensioners: old_age"] == pytest.approx(heads, rel=1e-12)
    assert table.loc[("total", 2034, 70), "old_age: average pension"] == pytest.approx(mass / heads, rel=1e-12)


def test_average_pensions_are_those_of_the_result():
    _, _, result = pensions()
    table = people_tables.pensions_table(result)
    assert "funeral_grant: average age" not in table
    there = result["pensioners"].sel(benefit="invalidity", sex="male", year=2030)
    ages = float((there * there["age"]).sum() / there.sum())
    assert table.loc[("male", 2030), "invalidity: average age"] == pytest.approx(ages, rel=1e-12)
    mean = float(result["average_pension"].sel(benefit="invalidity", sex="male", year=2030))
    assert table.loc[("male", 2030), "invalidity: average pension"] == pytest.approx(mean, rel=1e-12)


def test_a_fund_of_lump_sums_alone_has_no_sheet_of_pensions(tmp_path):
    _, _, result = pensions()
    nobody = result.assign(pensioners=0.0 * result["pensioners"], pension_mass=0.0 * result["pension_mass"])
    with pytest.raises(BadInput, match="nobody draws a pension in any year"):
        people_tables.pensions_table(nobody)
    book = openpyxl.load_workbook(write_workbook(nobody, tmp_path / "fund.xlsx"), read_only=True)
    assert "Pensions in payment" not in book.sheetnames
    assert "By age" in book.sheetnames


def test_the_labour_market_of_both_sexes():
    _, _, result = pensions()
    table = people_tables.labour_table(result).loc["total"]
    force, employed = (float(result[name].sel(year=2028).sum()) for name in ("labour_force", "employed"))
    assert table.loc[2028, "unemployment rate"] == pytest.approx(1 - employed / force, rel=1e-12)
    active = float(result["average_contributors"].sel(year=2028).sum())
    assert table.loc[2028, "contributors over employed"] == pytest.approx(active / employed, rel=1e-12)


def test_rates_and_scenarios_side_by_side(tmp_path):
    both = two_scenarios()
    rates = rate_tables.rates_table(both)
    expected = float((both["contribution_rate"] - both["payg_cost_rate"]).sel(scenario="low", year=2040))
    assert rates.loc[("low", 2040), "difference of rates"] == pytest.approx(expected, rel=1e-12)
    table = rate_tables.scenario_table(both)
    assert table.loc[2040, "total expenditure: central"] == float(both["outgo"].sel(scenario="central", year=2040))
    book = openpyxl.load_workbook(write_workbook(both, tmp_path / "two.xlsx", language="fr"))
    assert "Taux de coût par répartition\u202f: bas (%)" in [cell.value for cell in book["Scénarios"][3]]
    assert len(book["Graphiques"]._charts) == 3
    assert [len(chart.series) for chart in book["Graphiques"]._charts] == [2, 2, 2]


def test_names_of_benefits_and_scenarios_never_hide_a_column(tmp_path):
    result = result_by_hand().assign_coords(benefit=["reserve", "year", "state"])
    table = tables.financial_table(result)
    assert list(table.columns).count("reserve") == 1
    assert table["reserve"].tolist() == result["reserve"].values.tolist()
    spent = result["benefit_expenditure"]
    assert table["benefit: reserve"].tolist() == spent.sel(benefit="reserve").values.tolist()
    sums = table[["benefit: reserve", "benefit: year", "benefit: state"]].sum(axis=1)
    np.testing.assert_allclose(table["total benefits"], sums, rtol=1e-12)
    book = openpyxl.load_workbook(write_workbook(result, tmp_path / "one.xlsx", language="fr"))
    heads = [cell.value for cell in book["Finances"][3]]
    assert "Prestation\u202f: Reserve (millions de LTD par an)" in heads
    assert "Réserve (millions de LTD)" in heads
    both = two_scenarios().assign_coords(scenario=["indicator", "units"])
    book = openpyxl.load_workbook(write_workbook(both, tmp_path / "two.xlsx", language="es"))
    assert [cell.value for cell in book.worksheets[0][3]][2:4] == ["indicator", "units"]


def test_key_results_have_the_same_names_in_all_languages(books, tmp_path):
    result = pensions()[2]
    for book in books.values():
        name = book.defined_names["KEY_payg_cost_rate_2034"]
        ((sheet, place),) = name.destinations
        expected = float(result["payg_cost_rate"].sel(year=2034))
        assert book[sheet][place].value == pytest.approx(expected, rel=1e-14)
        assert {"KEY_general_average_premium", "KEY_year_reserve_exhausted"} <= {*book.defined_names}
    both = openpyxl.load_workbook(write_workbook(two_scenarios(), tmp_path / "two.xlsx"))
    ((sheet, place),) = both.defined_names["KEY_general_average_premium"].destinations
    assert [cell.value for cell in both[sheet][place][0]] == [0.1234, 0.1234 * 1.5]


def test_the_unit_of_amounts_follows_the_largest_and_small_columns_keep_their_own(tmp_path):
    result = result_by_hand()
    result["other_income"] = 0.0 * result["outgo"] + 777.0
    book = openpyxl.load_workbook(write_workbook(result, tmp_path / "book.xlsx"))
    cells = {column[2].value: column[3] for column in book["Financial"].iter_cols()}
    assert cells["other income (LTD/year)"].number_format == "#,##0"
    assert cells["other income (LTD/year)"].value == 777
    large = cells["contributions (millions of LTD/year)"]
    assert (large.value, large.number_format) == (float(result["contributions"][0]), "#,##0.0,,")
    assert book["Financial"].print_title_rows == "$3:$3"
    assert book["Financial"].print_title_cols == "$A:$A"
    axis = book["Charts"]._charts[0].x_axis
    assert (axis.scaling.min, axis.scaling.max, axis.majorUnit) == (2025, 2065, 5)


def test_names_of_sheets_fit(books):
    for code, book in books.items():
        assert max(len(name) for name in book.sheetnames) <= 31, code


def test_changes_that_the_library_knows_are_said_in_the_language(studies):
    say = language("es")
    words = words_of(say, pensions()[2], None)
    table = study_tables.sensitivity_table(studies["sensitivity"])
    assert [words.label("change", label) for label in table.index] == ["Base", "Mortalidad un 10\xa0% menor", "=own"]


def test_both_sexes_are_on_paper_and_totals_of_the_balance_sheet_stand_out(books):
    book = books["en"]
    sheet = book["By age"]
    sexes = [cell.value for cell in sheet["A"]][3:]
    both = sexes.count("total")
    assert sexes[:both] == ["total"] * both
    assert both < len(sexes)
    assert sheet.print_area.endswith(f"${3 + both}")
    bold = {row[0].value for row in book["Balance sheet"].iter_rows(min_row=4) if all(cell.font.b for cell in row)}
    assert bold == {"Total assets", "Total obligations", "Deficit"}
    assert not any(cell.font.b for row in book["Financial"].iter_rows(min_row=4) for cell in row)


def test_a_title_that_is_wider_than_its_table_is_on_paper(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    words = words_of(language(), result_by_hand(), None)
    for place, title in enumerate(("Short", "Expenditure incurred: accounts of the base year and the first one")):
        table = pd.DataFrame({"amount": [1.0, 2.0]}, pd.Index(["a", "b"], name="item"))
        sheet = book.add_worksheet(str(place))
        workbook_sheet.write_table(sheet, title, table, workbook_sheet.styles_of(book), words)
    book.close()
    short, long = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets
    assert short.print_area == "'0'!$A$1:$B$5"
    bounds = openpyxl.utils.cell.range_boundaries(long.print_area.partition("!")[2])
    wide = sum(long.column_dimensions[letter].width for letter in "AB") + 8.43 * (bounds[2] - 2)
    assert len(long["A1"].value) < wide < 2 * len(long["A1"].value)


def test_a_title_stands_above_every_page_of_a_sheet_that_has_several(books):
    sheet = books["fr"]["Par âge"]
    title = sheet["A1"].value
    assert sheet.oddHeader.left.text.startswith(title.replace("&", "&&"))
    assert "$A$3:" in sheet.print_area
    first = books["fr"].worksheets[0]
    assert first.oddHeader.left.text is None
    last = max(row for row in range(1, first.max_row + 1) if first.cell(row, first.max_column).value)
    assert int(first.print_area.rpartition("$")[2]) >= last


def test_key_results_are_printed_with_the_list_of_sheets_reckoned_in(books):
    first = books["fr"].worksheets[0]
    widths = [first.column_dimensions[letter].width or 9 for letter in "ABCDEFG"[: first.max_column]]
    wanted = paper.paper_for(widths, 2, first.max_row - 3)
    assert (first.page_setup.orientation == "landscape") == wanted.landscape
    titles = [first.cell(row, first.max_column).value for row in range(4, first.max_row + 1)]
    assert "Synthèse financière" in titles
    assert books["fr"]["Finances"]["A1"].value.endswith("synthèse financière")


def test_a_scheme_whose_name_begins_the_title_of_a_sheet_takes_no_letters_from_it():
    assert _without("A", "Annual assumptions") == "Annual assumptions"
    assert _without("A", "A: yearly assumptions") == "Yearly assumptions"
    assert _without("A (b)", "A (b)\u202f: hypothèses") == "Hypothèses"


def test_shares_of_a_chart_say_what_they_are_of(books):
    drawn = [chart for sheet in books["es"].worksheets for chart in sheet._charts]
    words = ["".join(run.t for line in chart.y_axis.title.tx.rich.p for run in line.r) for chart in drawn]
    assert "proporción de los salarios cotizables" in words


def test_a_sheet_is_printed_on_the_fewest_pages_that_can_be_read():
    narrow, wide = paper.paper_for([10] * 5, 1, 40), paper.paper_for([14] * 20, 3, 400)
    assert narrow[:4] == (False, 1, 1, paper.A4)
    assert wide[:4] == (True, 1, 7, paper.A4)
    assert paper.paper_for([10] * 5, 1, 10)[:4] == (True, 1, 1, paper.A4)
    assert paper.LEAST < (841.9 - 72 * 0.8) / (20 * (5.25 * 14 + 3.75))
    assert paper.paper_for([16] * 20, 3, 400).across == 2
    assert paper.paper_for([200] * 400, 1, 5).across == paper.MOST


def test_pages_below_each_other_have_as_many_rows_each():
    two = paper.Paper(True, 1, 2, lines=50)
    assert two.even_breaks(80) == [40]
    assert two.even_breaks(95) == []
    assert paper.Paper(True, 2, 6, lines=50).even_breaks(101) == [34, 68]
    assert paper.Paper(True, 1, 1, lines=50).even_breaks(30) == []
