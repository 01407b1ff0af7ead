"""A small basis, a small law, and workbooks that somebody has worked on."""

import re
import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path

import openpyxl
from openpyxl.formatting.formatting import ConditionalFormattingList

from actuarial.errors import BadWorkbook
from actuarial.forms import parse_scheme
from actuarial.readers import write_workbook
from tests.reference.small import small_basis

LAW = """
name = "Small"
currency = "LTD"

[[contributions]]
name = "employees"
payer = "employee"
rate = { 2025 = 0.05, 2030 = 0.06 }
groups = ["private", "public"]

[[benefit]]
form = "old_age"
retirement_age = { male = { 2025 = 60, 2045 = 65, path = "ramp" }, female = 60 }
qualifying_years = 15
formula = { form = "final_average", accrual = 0.0175, years = 5, maximum = 0.80 }
indexation = "prices"
law = "art. 5"
"""


@cache
def basis():
    """Four years, twelve ages, twelve months of credit."""
    small = small_basis()
    cut = {"year": slice(0, 4), "age": slice(0, 12), "service": slice(0, 13), "past_year": slice(-3, None)}
    return small.isel(cut)


@cache
def scheme():
    return parse_scheme(LAW)


@cache
def original(language):
    """Bytes of the workbook of both."""
    path = Path(__file__).with_name(f".original-{language}.xlsx")
    try:
        return write_workbook(path, basis=basis(), scheme=scheme(), language=language).read_bytes()
    finally:
        path.unlink(missing_ok=True)


def fresh(folder, language="en"):
    """A new copy of the workbook."""
    path = folder / "country.xlsx"
    path.write_bytes(original(language))
    return path


@cache
def bare(language):
    """Bytes of the same workbook without comments and choices, which take long to open and are not read."""
    book = openpyxl.load_workbook(BytesIO(original(language)))
    for sheet in book:
        sheet.data_validations.dataValidation = []
        sheet.conditional_formatting = ConditionalFormattingList()
        sheet.legacy_drawing = None
        for row in sheet.iter_rows():
            for one in row:
                one.comment = None
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def worked_on(folder, *changes, language="en"):
    """A copy in which functions of the opened workbook have changed something, saved as a user does."""
    path = folder / "country.xlsx"
    book = openpyxl.load_workbook(BytesIO(bare(language)))
    for change in changes:
        change(book)
    book.save(path)
    return path


def rewritten(path, part, change):
    """The same file with the text of one of its parts changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    (name,) = [one for one in parts if one.endswith(part)]
    after = change(parts[name].decode())
    assert after != parts[name].decode()
    parts[name] = after.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, text in parts.items():
            archive.writestr(key, text)
    return path


def sheet_part(path, title):
    """Name of the part of a file that holds a sheet."""
    with zipfile.ZipFile(path) as archive:
        names = re.findall(r'<sheet name="([^"]*)"', archive.read("xl/workbook.xml").decode())
    return f"worksheets/sheet{names.index(title) + 1}.xml"


def cell(sheet, key, *labels, column=None):
    """The first cell of values in the row of a key with some labels, or the cell of another column of that row."""
    for row in sheet.iter_rows(min_row=5):
        word = str(row[0].value or "").partition(" (")[0]
        if word == key and all(label in [one.value for one in row[:9]] for label in labels):
            return row[(column or 4) - 1]
    raise KeyError((sheet.title, key, labels))


def lines(read, path):
    """The mistakes that reading a workbook tells, one a line."""
    try:
        read(path)
    except BadWorkbook as error:
        text = str(error)
        assert "Traceback" not in text
        head, *rest = text.split("\n")
        assert head.startswith(f"{path}: ")
        return rest
    raise AssertionError("nothing was refused")
