"""A scheme, a law, groups and a country whose names wish harm, through everything that is written and shown."""

import contextlib
import itertools
import json
import re
import zipfile
from types import SimpleNamespace
from xml.etree import ElementTree

import docx
import openpyxl
import pypdf
import pytest

import actuarial as ac
from actuarial.cli import main
from actuarial.provenance import digest
from actuarial.readers.workbook import write_workbook as write_inputs
from actuarial.report.health_workbook import write_health_workbook
from tests.reference.full_law import full_law
from tests.reference.small import small_basis
from tests.report.content_data import health_run
from tests.report.test_renderers import Page, squeezed, word_text

NAMES = (
    "=HYPERLINK(\"http://example.org\";\"<script>alert('x')</script>\")",
    '<img src=x onerror="alert(1)"></title></style></svg><script>alert(2)</script> & "quoted" \' ]]> -->',
    '../../../etc/{{ 7*7 }} {% for x in y %} ${7*7} {scheme} %s %(x)s #read("/etc/passwd") #eval("1+1") $ x $ \\input',
    "+1-2@SUM(A1) \u202emirrored\u202c a\u200bb \u05e9\u05dc\u05d5\u05dd \t end",
)
PARTS = {"en": NAMES[0] + NAMES[1], "es": NAMES[2]}
FORMULA = re.compile(r"<f[ >]|<hyperlink [^>]*r:id|externalLink")


def country():
    """The small country with names of groups and of itself that wish harm; those of groups have no line breaks."""
    basis = small_basis().assign_coords(group=list(NAMES[:2])).isel(year=slice(0, 3))
    return basis.assign_attrs(name=NAMES[2], source=NAMES[1])


def law(name):
    """The law with every form, with harm in its name, its title, the articles of its lines and its benefits."""
    found = full_law().amend("scheme", name=name, law=NAMES[3])
    for part, word in zip((*found.contributions, *found.benefits), itertools.cycle(NAMES)):
        found = found.amend(part.name, law=word)
    return found


@pytest.fixture(scope="module")
def projected():
    return ac.project(country(), law(NAMES[0]), service="years")


@pytest.fixture(scope="module", params=list(PARTS))
def written(request, projected, tmp_path_factory):
    """A run in a folder, with the workbook and the reports of a language; the PDF, slow to read, of one."""
    code, folder = request.param, tmp_path_factory.mktemp(request.param)
    run, scheme = folder / "run", law(PARTS[code])
    told = projected.assign_attrs(scheme=PARTS[code])
    ac.report.write_result(told, run, basis=country(), scheme=scheme, figures=code == "es", language=code)
    before = {path for path in folder.parent.rglob("*") if folder not in (path, *path.parents)}
    formats = "html,docx,pdf" if code == "en" else "html,docx"
    assert main(["report", str(run), "--format", formats, "--language", code]) == 0
    assert {path for path in folder.parent.rglob("*") if folder not in (path, *path.parents)} == before
    return SimpleNamespace(code=code, run=run, scheme=scheme, name=PARTS[code])


def test_the_run_comes_back(written):
    again = ac.open_run(written.run)
    assert digest(again.scheme) == digest(written.scheme)
    assert again.scheme.name == written.name
    assert list(again.basis.group.values) == list(NAMES[:2])
    assert json.loads((written.run / "manifest.json").read_text(encoding="utf-8"))
    assert {path.name for path in written.run.parent.iterdir()} == {"run"}


def test_the_page_holds_words_only(written):
    page = Page((written.run / f"report_{written.code}.html").read_text(encoding="utf-8"))
    tags = {tag for tag, _, _ in page.elements}
    assert not {"script", "img", "iframe", "object", "embed", "base", "form", "input"} & tags
    assert not [one for _, of, _ in page.elements for one in of if one.startswith("on")]
    inside = ("#", "data:image/png;base64,")
    away = [of["href"] for _, of, _ in page.elements if not of.get("href", "#").startswith(inside)]
    assert away == []
    said = squeezed("".join(page.texts("body")))
    assert squeezed(written.name) in said
    assert squeezed(NAMES[1]) in said


def test_the_word_file_holds_words_only(written):
    path = written.run / f"report_{written.code}.docx"
    said = word_text(docx.Document(path).element)
    assert squeezed(written.name) in squeezed(said)
    assert "root:" not in said
    with zipfile.ZipFile(path) as parts:
        assert not [part for part in parts.namelist() if part.startswith(("/", ".."))]
        links = [part for part in parts.namelist() if part.endswith(".rels")]
        assert [part for part in links if b'TargetMode="External"' in parts.read(part)] == []


def test_the_pdf_holds_words_only(written):
    if written.code != "en":
        return
    paper = pypdf.PdfReader(written.run / "report_en.pdf")
    assert squeezed(written.name) in squeezed(str(paper.metadata.subject))
    said = squeezed("".join(page.extract_text() for page in paper.pages))
    assert "root:" not in said
    assert squeezed(NAMES[2]) in said
    notes = [one.get_object().get("/A", {}) for page in paper.pages for one in page.get("/Annots", [])]
    assert [note for note in notes if "/URI" in note or "/JS" in note] == []


def no_formulas(path):
    """Texts of a workbook, in which no cell may compute or lead away."""
    with zipfile.ZipFile(path) as parts:
        sheets = [part for part in parts.namelist() if part.startswith("xl/worksheets/")]
        assert [part for part in sheets if FORMULA.search(parts.read(part).decode())] == []
        assert not [part for part in parts.namelist() if "External" in part or "vba" in part]
    with contextlib.closing(openpyxl.load_workbook(path, read_only=True)) as book:
        rows = (row for sheet in book for row in sheet.iter_rows(values_only=True))
        return {value for row in rows for value in row if isinstance(value, str)}


def test_workbooks_compute_nothing(written, tmp_path):
    assert written.name in no_formulas(written.run / "result.xlsx")
    path = write_inputs(tmp_path / "x.xlsx", basis=country(), scheme=written.scheme, language=written.code)
    assert written.name in no_formulas(path)
    assert digest(ac.open_scheme(path)) == digest(written.scheme)
    assert ac.open_basis(path).identical(country())


def test_comparison_and_health(projected, tmp_path):
    same = law(NAMES[0]).amend("old_age", retirement_age=61)
    other = ac.project(country(), same, service="years")
    compared = ac.compare(**{NAMES[0]: projected, NAMES[1]: other})
    texts = no_formulas(ac.report.write_comparison(compared, tmp_path / "compared.xlsx"))
    assert {*NAMES[:2]} <= texts
    run = health_run()
    path = write_health_workbook(run.result.assign_attrs(scheme=NAMES[0]), tmp_path / "health.xlsx", basis=run.basis)
    assert any(text.startswith(NAMES[0]) for text in no_formulas(path))


@pytest.mark.parametrize("name", NAMES)
def test_what_notebooks_show(name, projected):
    scheme = law(name)
    page = Page(scheme._repr_html_())
    assert not {"script", "img", "iframe", "object", "title", "svg", "a"} & {tag for tag, _, _ in page.elements}
    said = squeezed("".join("".join(one) for _, _, one in page.elements))
    assert squeezed(re.sub("[\u202a-\u202e]", "", name)) in said
    assert not [one for _, of, _ in page.elements for one in of if one.startswith("on")]
    assert repr(scheme)


def test_figures_are_drawings(written):
    if written.code != "es":
        return
    drawings = sorted((written.run / "figures").glob("*.svg"))
    assert len(drawings) > 3
    for path in drawings:
        tree = ElementTree.fromstring(path.read_text(encoding="utf-8"))
        tags = {one.tag.split("}")[-1] for one in tree.iter()}
        assert not tags & {"script", "foreignObject", "a"}
        pictures = [one for one in tree.iter() if one.tag.endswith("}image")]
        held = [value for one in pictures for key, value in one.attrib.items() if key.endswith("href")]
        assert [value for value in held if not value.startswith("data:image/png;base64,")] == []


def test_names_that_lead_out_of_the_folder(tmp_path):
    """A file named by a scheme never leaves the folder that was asked for."""
    folder = tmp_path / "deep" / "laws"
    folder.mkdir(parents=True)
    ac.save_scheme(law(NAMES[2]), folder / "scheme.toml")
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [folder / "scheme.toml"]
    assert digest(ac.open_scheme(folder / "scheme.toml")) == digest(law(NAMES[2]))
