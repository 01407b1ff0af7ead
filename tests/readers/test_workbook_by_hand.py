"""An empty workbook that somebody fills in gives what a scheme file and CSV files give, to the last number."""

from functools import cache

import openpyxl
import pytest

import actuarial as ac
from actuarial.errors import BadInput
from actuarial.form_table import PENSION
from actuarial.provenance import digest
from actuarial.readers import open_basis, open_workbook, write_template
from actuarial.readers.workbook_styles import Lists
from actuarial.sheets.law_words import FORMS, WORDS
from actuarial.translation import LANGUAGES, catalogues, language
from tests.readers.workbook_data import cell
from tests.reference.small import small_basis
from tests.smoke.test_smoke import SCHEME as SMALL


def law():
    return ac.open_scheme(SMALL)


def country():
    """The small basis with fewer digits than any program keeps, and years of credit."""
    basis = small_basis().isel(service=slice(0, None, 12), year=slice(0, 5), past_year=slice(-30, None))
    basis = basis.map(lambda array: array.round(9), keep_attrs=True)
    lasting = ("density", "exit_rate", "invalidity_rate", "reentry_share", "entry_profile")
    basis = basis.assign({name: basis[name].isel(year=0, drop=True) for name in lasting})
    careers = basis[["active_0", "inactive_0"]].reindex(service=range(0, 541, 12), fill_value=0.0)
    return basis.drop_dims("service").assign(careers.data_vars).transpose(..., *basis.dims, missing_dims="ignore")


def fill_law(book, say):
    """What the scheme file says, cell by cell; rows are added below where a number changes."""
    general, lines, benefits = (book[say(name)] for name in ("Scheme", "Contributions", "Benefits"))
    cell(general, "name").value = "Small"
    cell(general, "currency").value = "LTD"
    starts = [row for row in range(5, lines.max_row) if lines.cell(row, 1).value == "[[contributions]]"]
    second = list(lines.iter_rows(min_row=starts[1]))
    for rows, name, rate in ((list(lines.iter_rows(min_row=5)), "employees", 0.05), (second, "employers", 0.05)):
        rows[0][3].value = say("yes")
        keys = [str(row[0].value or "").partition(" (")[0] for row in rows]
        payer = say(WORDS[name.removesuffix("s")])
        for key, value in (("name", name), ("payer", payer), ("rate", rate)):
            rows[keys.index(key)][3].value = value
    row = second[0][0].row + [str(one[0].value).partition(" (")[0] for one in second].index("rate")
    lines.cell(row, 7).value = 2025
    lines.insert_rows(row + 1)
    lines.cell(row + 1, 4).value, lines.cell(row + 1, 7).value = 0.06, 2030
    fill_benefits(benefits, say)


FORMULA = {"formula.form": "final_average", "formula.accrual": 0.0175, "formula.years": 5, "formula.maximum": 0.80}
BENEFITS = {
    "old_age": {"retirement_age": 60, "qualifying_years": 15, **FORMULA},
    "invalidity": {"qualifying_years": 3, **FORMULA},
    "widows": {"follows": "old_age, invalidity", "share": 0.6},
    "orphans": {"follows": "old_age; invalidity", "share": 0.2, "until_age": 18},
}


def fill_benefits(sheet, say):
    starts = [row for row in range(5, sheet.max_row) if sheet.cell(row, 1).value == "[[benefit]]"]
    for start, end in zip(starts, [*starts[1:], sheet.max_row], strict=True):
        keys = {str(sheet.cell(row, 1).value or "").partition(" (")[0]: row for row in range(start, end)}
        called = sheet.cell(keys["form"], 4).value
        form = next(word for word, text in FORMS.items() if say(text) == called)
        if form in BENEFITS:
            sheet.cell(start, 4).value = say("yes")
            for key, value in ({"indexation": "prices"} | BENEFITS[form]).items():
                sheet.cell(keys[key], 4).value = in_words(key, value, say)


def in_words(key, value, say):
    """What somebody who does not know the keys writes."""
    if key == "follows":
        return value.replace("old_age", say(FORMS["old_age"])).replace("invalidity", say(FORMS["invalidity"]).upper())
    return say((FORMS | {"prices": "prices"})[value]) if isinstance(value, str) else value


def fill_basis(book, basis, say):
    """The numbers of a basis below the labels that the sheets have; columns are added for labels that they lack."""
    for sheet in book.worksheets:
        mark = str(sheet["A1"].value or "")
        if mark == "basis general":
            for row in sheet.iter_rows(min_row=5):
                part, _, name = str(row[0].value).partition(".")
                row[3].value = basis.attrs.get(name) if part == "attributes" else float(basis[name])
        elif mark.startswith("basis "):
            fill_table(sheet, mark.split()[1:], basis, say)


def fill_table(sheet, dims, basis, say):
    keys = [one.value for one in sheet[3] if one.value and one.column > 3]
    heads, wide = keys[:-1], keys[-1]
    sexes = {say(word): word for word in ("male", "female")} | {say(text): word for word, text in FORMS.items()}

    @cache
    def plain(name):
        array = basis[name]
        array = array.transpose(*(dim for dim in (*heads, wide) if dim in array.dims))
        labels = {dim: array[dim].values.tolist() for dim in array.dims}
        return array.values, {dim: {label: i for i, label in enumerate(found)} for dim, found in labels.items()}

    labels = [sexes.get(one.value, one.value) for one in sheet[4][3 + len(heads) :] if one.value is not None]
    for row in sheet.iter_rows(min_row=5):
        if row[0].value is None:
            continue
        values, places = plain(row[0].value)
        place = [sexes.get(one.value, one.value) for one in row[3 : 3 + len(heads)]]
        inner = values[tuple(places[dim][label] for dim, label in zip(heads, place, strict=True) if dim in places)]
        for label, one in zip(labels, row[3 + len(heads) :], strict=False):
            number = float(inner[places[wide][label]] if wide in places else inner)
            if not (wide == "service" and number == 0.0):
                one.value = number


@pytest.fixture(scope="module", params=["es"])
def filled(request, tmp_path_factory):
    say = language(request.param)
    path = write_template(
        tmp_path_factory.mktemp("hand") / "mine.xlsx",
        language=request.param,
        years=(2025, 2029),
        groups=["private", "public"],
        service="years",
        variables=["asfr_past", "wage_growth_past", "inflation_past"],
    )
    book = openpyxl.load_workbook(path)
    fill_law(book, say)
    fill_basis(book, country(), say)
    book.save(path)
    return path


def test_the_law_is_that_of_the_file(filled):
    assert digest(ac.open_scheme(filled)) == digest(law())


def test_the_valuation_is_that_of_the_files(filled, tmp_path):
    ac.save_basis(country(), tmp_path / "basis")
    files = open_basis(tmp_path / "basis")
    basis, scheme = open_workbook(filled)
    for name in basis.data_vars:
        assert basis[name].identical(files[name]), name
    shared = files[[name for name in files.data_vars if name in basis]].assign_attrs(files.attrs)
    one, other = (ac.project(part, law_of, service="years") for part, law_of in ((basis, scheme), (shared, law())))
    assert one.drop_attrs().identical(other.drop_attrs())


def test_an_empty_workbook_tells_all_that_is_missing(tmp_path):
    from tests.readers.workbook_data import lines

    found = lines(open_workbook, write_template(tmp_path / "x.xlsx", years=(2025, 2026)))
    assert len(found) == 27
    assert sum("all cells are empty; fill them" in one for one in found) == 23


@pytest.mark.parametrize("code", LANGUAGES)
def test_an_empty_workbook_of_a_health_scheme(code, tmp_path):
    path = write_template(tmp_path / "x.xlsx", kind="health", language=code)
    book = openpyxl.load_workbook(path)
    marks = [str(sheet["A1"].value) for sheet in book.worksheets]
    assert [one for one in marks if one.startswith("law")] == [
        "law", "law member_group", "law service", "law contributions", "law benefit"
    ]  # fmt: skip
    assert not any(one.startswith("basis") for one in marks)


def test_choices_comments_names_and_colours(tmp_path):
    book = openpyxl.load_workbook(write_template(tmp_path / "x.xlsx", language="fr"))
    sheet = book["Prestations"]
    form = cell(sheet, "form")
    lists = [one for one in sheet.data_validations.dataValidation if form.coordinate in one.sqref]
    assert [one.type for one in lists] == ["list"]
    words = lists[0].formula1
    there = [one.value for one in book["_lists"]["A"]] if words.startswith("_lists") else words.strip('"').split(",")
    assert there == [language("fr")(FORMS[word]) for word in PENSION.words("claim")]
    age = cell(sheet, "retirement_age")
    note = sheet.cell(age.row, 2).comment.text
    assert "retirement_age" in note
    said = catalogues("fr")["fields"].get("Age (years) from which the pension is paid")
    assert sheet.cell(age.row, 2).value == said.string
    bounds = [one for one in sheet.data_validations.dataValidation if age.coordinate in one.sqref]
    assert [(one.type, one.formula1, one.formula2) for one in bounds] == [("decimal", "0.0", "120.0")]
    assert age.fill.fgColor.rgb != sheet.cell(age.row, 2).fill.fgColor.rgb
    assert book.defined_names["basis_reserve_0"].attr_text.startswith("'Base'!$D$")
    assert book["_manifest"].sheet_state == "hidden"
    assert sheet.column_dimensions["A"].hidden
    assert sheet.freeze_panes == "C5"


def test_long_lists_of_choices_have_a_sheet():
    lists = Lists()
    words = tuple(f"{word:03d}" for word in range(80))
    assert lists.source(words) == lists.source(words) == "=_lists!$A$1:$A$80"
    assert lists.source(("a, b", "c")) == "=_lists!$B$1:$B$2"
    assert lists.source(("a", "b")) == ["a", "b"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kind": "life"}, "'life' is no kind of scheme; the kinds are pension, health"),
        ({"years": (2030, 2025)}, "2030 to 2025 are no years of a projection"),
        ({"groups": ["a", "a"]}, "give the groups of insured, each once"),
        ({"oldest": 20}, "the open age must be between 60 and 130"),
        ({"variables": ["mxx"]}, "did you mean mx"),
        ({"variables": ["unit_cost_0"]}, "unit_cost_0 is by service_type"),
        ({"service": "days"}, "'days' is neither months nor years"),
        ({"language": "de"}, "'de' is none that reports are written in"),
    ],
)
def test_empty_workbooks_that_cannot_be_meant(given, message, tmp_path):
    with pytest.raises(BadInput, match=message):
        write_template(tmp_path / "x.xlsx", **given)


def test_the_command(tmp_path, capsys):
    from actuarial.cli import main

    path = str(tmp_path / "x.xlsx")
    assert main(["template", path, "--language", "es", "--scheme", str(SMALL)]) == 0
    assert capsys.readouterr().out.endswith(f"actuarial check {path} --basis BASE\n"), "there is no basis in it"
    assert digest(ac.open_scheme(path)) == digest(law())
    assert main(["template", path]) == 2
    assert "the file exists and may hold numbers" in capsys.readouterr().err
    assert digest(ac.open_scheme(path)) == digest(law())
    path = str(tmp_path / "y.xlsx")
    assert main(["template", path, "--years", "2025", "2026", "--groups", "a", "b"]) == 0
    assert f"actuarial check {path} --basis {path}" in capsys.readouterr().out
    assert main(["check", path, "--basis", path]) == 2
    told = capsys.readouterr().err
    assert "Scheme!D5: name: is missing" in told
    assert "'By year'!D5: srb: all cells are empty" in told
    assert main(["template", str(tmp_path / "z.xlsx"), "--health", "--scheme", str(SMALL)]) == 2
