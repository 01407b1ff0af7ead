"""Groups, services and benefits that are called like columns of tables, like formulas, or at great length."""

import openpyxl
import pytest

import actuarial as ac
from actuarial.report.health_workbook import write_health_workbook
from actuarial.report.workbook import write_workbook
from tests.report.content_data import health_run
from tests.report.made import result_by_hand

COLUMNS = ("year", "total", "sex")
WICKED = ("=1+1", "+SUM(A1)", "-2", "@cmd", "o'neil \"and\" sons", "a name of far more than thirty-one letters")


def heads(book, sheet):
    return [cell.value for cell in book[sheet][3]]


def called(head, name, *kinds):
    """Whether a header is that of a part of this name, alone or after the word of its kind."""
    plain = head.replace("\u202f", "").split(" (")[0].lower()
    return plain in {name, *(f"{kind.lower()}: {name}" for kind in kinds)}


def cells(book):
    return [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]


@pytest.fixture(scope="module")
def pension_books(tmp_path_factory):
    """Workbooks of results whose groups and benefits have such names, in English and French."""
    result = result_by_hand()
    benefits = dict(zip(result["benefit"].values, ("total", "year", "=1+1"), strict=True))
    named = result.assign_coords(group=["sex", "year"], benefit=list(benefits.values()))
    folder = tmp_path_factory.mktemp("names")
    return named, {
        code: openpyxl.load_workbook(write_workbook(named, folder / f"{code}.xlsx", language=code))
        for code in ("en", "fr")
    }


def test_benefits_that_are_called_like_columns_keep_their_numbers(pension_books):
    result, books = pension_books
    for book, sheet, kind, total in (
        (books["en"], "Financial", "benefit", "total benefits"),
        (books["fr"], "Finances", "Prestation", "Total des prestations"),
    ):
        said = heads(book, sheet)
        assert len(set(said)) == len(said)
        page = book[sheet]
        row = [cell.value for cell in page[4]]
        for name in ("total", "year"):
            (place,) = [k for k, head in enumerate(said) if k and called(head, name, kind)]
            assert row[place] == pytest.approx(float(result["benefit_expenditure"].sel(benefit=name)[0]), rel=1e-14)
        (place,) = [k for k, head in enumerate(said) if head.startswith(total)]
        assert row[place] == pytest.approx(float(result["benefit_expenditure"].sum("benefit")[0]), rel=1e-14)


def test_nothing_that_looks_like_a_formula_is_one(pension_books):
    for book in pension_books[1].values():
        formulas = [cell.value for cell in cells(book) if cell.data_type == "f"]
        assert formulas == []
        assert any("=1+1" in str(cell.value) for cell in cells(book))


def test_an_assumption_by_group_says_which_group(tmp_path):
    result = result_by_hand()
    groups = ["sex", WICKED[5]]
    path = write_workbook(result.assign_coords(group=groups), tmp_path / "book.xlsx")
    assert max(len(name) for name in openpyxl.load_workbook(path).sheetnames) <= 31


def test_parts_of_a_health_scheme_may_be_called_anything(tmp_path):
    run = health_run()
    services = [str(name) for name in run.result["service_type"].values]
    groups = [str(name) for name in run.result["health_group"].values]
    pool = [*COLUMNS, *WICKED]
    new_services = [*pool, *services][: len(services)]
    new_groups = [*pool[3:], *pool[:3], *groups][: len(groups)]
    result = run.result.assign_coords(service_type=new_services, health_group=new_groups)
    books = {
        code: openpyxl.load_workbook(write_health_workbook(result, tmp_path / f"{code}.xlsx", language=code))
        for code in ("en", "es")
    }
    for book in books.values():
        assert [cell.value for cell in cells(book) if cell.data_type == "f"] == []
        sheet = book.worksheets[[one.title for one in books["en"].worksheets].index("Contacts")].title
        said = heads(book, sheet)
        assert len(set(said)) == len(said)
        row = [cell.value for cell in book[sheet][4]]
        for name in new_services:
            assert [head for head in said if called(head, name, "service", "Servicio")], name
        assert all(isinstance(value, (int, float)) for value in row[1:])


def test_names_of_services_do_not_change_numbers(tmp_path):
    run = health_run()
    plain = write_health_workbook(run.result, tmp_path / "plain.xlsx")
    count = run.result.sizes["service_type"]
    renamed = run.result.assign_coords(service_type=[*COLUMNS, *WICKED, *map(str, range(count))][:count])
    other = write_health_workbook(renamed, tmp_path / "other.xlsx")
    numbers = [
        [cell.value for cell in cells(openpyxl.load_workbook(path)) if cell.data_type == "n"] for path in (plain, other)
    ]
    assert numbers[0] == numbers[1]
    assert ac.report.health_finance_table(renamed).shape == ac.report.health_finance_table(run.result).shape
