"""A report as a page, a Word file and a PDF: the same words under the same numbers, and text that stays text."""

import io
import re
import zipfile
from datetime import UTC, datetime
from html.parser import HTMLParser

import docx
import pypdf
import pytest
from docx.shared import Inches

from actuarial import report
from actuarial.errors import BadInput
from actuarial.report import svg
from actuarial.report.as_docx import write_docx
from actuarial.report.as_html import html_text, write_html
from actuarial.report.as_pdf import write_pdf
from actuarial.report.document import Document, Paragraph, Picture, Section
from actuarial.report.docx_template import write_template
from actuarial.report.shown import Grid, show
from actuarial.translation import language
from tests.report.content_data import pensions
from tests.report.paper import HOSTILE, SVG, figure, png, texts, whole

WRITERS = {".html": write_html, ".docx": write_docx, ".pdf": write_pdf}
MADE = datetime(2025, 6, 30, 12, tzinfo=UTC)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VOID = {"meta", "br", "hr", "img", "link"}


class Page(HTMLParser):
    """Elements of a page with their attributes and text."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.open = [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), []))
        if tag not in VOID:
            self.open.append((tag, self.elements[-1]))

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), []))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        for _, (_, _, said) in self.open:
            said.append(data)

    def texts(self, *tags):
        return ["".join(said) for tag, _, said in self.elements if tag in tags]


def squeezed(text):
    """The text without what extraction adds or loses: spaces, breaks, places for breaks."""
    return re.sub("[\\s\u200b\u200d\ufeff]", "", text)


def word_text(element):
    return "".join("\n" if one.tag == f"{W}br" else one.text or "" for one in element.iter(f"{W}t", f"{W}br"))


def word_tables(path):
    """Rows of the tables of a Word file that have a head."""
    body = docx.Document(path).element.body
    tables = [table for table in body.iter(f"{W}tbl") if table.find(f".//{W}tblHeader") is not None]
    return [[[word_text(cell) for cell in row.iter(f"{W}tc")] for row in table.iter(f"{W}tr")] for table in tables]


@pytest.fixture(scope="module", params=["en", "fr", "es"])
def written(request, tmp_path_factory):
    """A report in a language and its three files; the English one is full of hostile text."""
    code = request.param
    document, folder = whole(code, hostile=code == "en"), tmp_path_factory.mktemp(code)
    files = {suffix: write(document, folder / f"report{suffix}") for suffix, write in WRITERS.items()}
    return document, files


@pytest.fixture(scope="module")
def page(written):
    return Page(written[1][".html"].read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def paper(written):
    return pypdf.PdfReader(written[1][".pdf"])


@pytest.fixture(scope="module")
def extracted(paper):
    """Text of all pages of the PDF."""
    return "".join(sheet.extract_text() for sheet in paper.pages)


def test_all_words_are_in_all_three(written, page, extracted):
    document, files = written
    body = next("".join(said) for tag, _, said in page.elements if tag == "body")
    said = {
        ".html": squeezed(body),
        ".docx": squeezed(word_text(docx.Document(files[".docx"]).element.body)),
        ".pdf": squeezed(extracted),
    }
    for text in texts(document):
        for suffix, everything in said.items():
            if suffix != ".pdf" or not re.search("[\u0590-\u06ff]", text):
                assert squeezed(text) in everything, (suffix, text)


def test_headings_have_the_same_numbers_in_all_three(written, page, paper):
    document, files = written
    report = show(document)
    headings = [part.heading for part in report.walk()]
    assert page.texts("h2", "h3", "h4") == headings
    word = docx.Document(files[".docx"])
    on_paper = [*headings, report.numbers.heading]
    assert [one.text for one in word.paragraphs if one.style.name.startswith("Heading")] == on_paper
    assert [squeezed(title) for title in bookmarks(paper.outline)][-len(on_paper) :] == list(map(squeezed, on_paper))


def bookmarks(outline):
    for one in outline:
        if isinstance(one, list):
            yield from bookmarks(one)
        else:
            yield one.title


def test_captions_have_the_same_numbers_in_all_three(written, page, extracted):
    document, files = written
    report = show(document)
    items = [item for part in report.walk() for item in part.items if hasattr(item, "label")]
    units = [f" ({item.units})" if getattr(item, "units", "") else "" for item in items]
    wanted = [f"{item.label}. {item.title}{unit}" for item, unit in zip(items, units, strict=True)]
    on_page = [re.sub(r"\s+", " ", text) for text in page.texts("caption", "figcaption")]
    data = [f"{item.data.label}. {item.data.title}" for item in report.figures() if item.data]
    assert [text for text in on_page if text not in data] == wanted
    assert [text for text in on_page if text in data] == data
    captions = [one.text for one in docx.Document(files[".docx"]).paragraphs if one.style.name == "Caption"]
    assert [text for text in captions if report.words["continued"] not in text] == wanted + data
    everything = squeezed(extracted)
    assert all(squeezed(text) in everything for text in wanted + data if not re.search("[\u0590-\u06ff]", text))


def test_tables_have_the_same_rows_in_all_three(written, page, extracted):
    document, files = written
    report = show(document)
    grids = [item for part in report.on_paper for item in part.items if isinstance(item, Grid)]
    whole_ones = [grid for grid in grids if grid.name != "wide"]
    in_word = word_tables(files[".docx"])
    everything = squeezed(extracted)
    rows = [["".join(said) for tag, _, said in row] for row in page_rows(page)]
    for grid in whole_ones:
        body = [list(row) for row in grid.rows]
        assert any(table[len(grid.head) :] == body for table in in_word), grid.name
        for row in body:
            assert row in rows
            assert squeezed("".join(row)) in everything or re.search("[\u0590-\u06ff]", row[0])
    wide = next(grid for grid in grids if grid.name == "wide")
    parts = [table for table in in_word if table[-1][0] == wide.rows[-1][0]]
    assert len(parts) == 3
    assert [cell for part in parts for cell in part[1][1:]] == list(wide.rows[0][1:])
    assert list(wide.rows[0]) in rows


def page_rows(page):
    """Cells of each row of the bodies of tables."""
    rows = []
    for element in page.elements:
        if element[0] == "tr":
            rows.append([])
        elif rows and element[0] in ("td", "th"):
            rows[-1].append(element)
    return rows


def test_tables_and_figures_of_the_page_say_what_they_are(written, page):
    document, _ = written
    assert page.elements[0][0] == "html"
    assert page.elements[0][1]["lang"] == document.language.code
    ids = [attributes["id"] for _, attributes, _ in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [attributes["href"] for tag, attributes, _ in page.elements if tag in ("a", "use") and "href" in attributes]
    assert links
    assert {link[1:] for link in links} <= set(ids)
    for tag, attributes, _ in page.elements:
        assert "style" not in attributes
        if tag == "th":
            assert attributes["scope"] in ("col", "colgroup", "row")
        if tag == "svg":
            assert attributes["role"] == "img"
            assert set(attributes["aria-labelledby"].split()) <= set(ids)
        if "scroll" in attributes.get("class", "").split():
            assert attributes["tabindex"] == "0"
            assert attributes["role"] == "region"
            assert attributes["aria-labelledby"] in ids
    tables = page.texts("table")
    assert len(tables) == len(page.texts("caption")) == len(page.texts("thead"))


def test_words_of_the_frame_are_those_of_the_language():
    frames = {code: html_text(whole(code, hostile=False)) for code in ("en", "fr", "es")}
    said = {"en": "To be written by the actuary", "fr": "À rédiger par l’actuaire", "es": "A redactar por el actuario"}
    for code, words in said.items():
        assert [name for name, text in frames.items() if f"[{words}]" in text] == [code]
    assert "Source\u202f: Made up" in frames["fr"]
    assert '<html lang="es-MX">' in html_text(whole("es", "es_MX", hostile=False))


def test_hostile_text_is_no_code_in_the_page(page):
    tags = {tag for tag, _, _ in page.elements}
    assert not tags & {"script", "iframe", "object", "embed", "form", "base", "link", "img", "foreignobject"}
    for tag, attributes, _ in page.elements:
        assert not [name for name in attributes if name.startswith("on")]
        addresses = [attributes.get(name) or "#" for name in ("href", "src", "xlink:href")]
        assert all(address.startswith("#") for address in addresses), tag
    policy = next(a["content"] for _, a, _ in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_nothing_of_a_text_is_computed(written, extracted):
    document, files = written
    outside = Page(html_text(Document(HOSTILE[1], "", language("en"), (), (Section("s", HOSTILE[1]),))))
    assert outside.texts("h1", "h2") == [HOSTILE[1], f"1 {HOSTILE[1]}"]
    word = word_text(docx.Document(files[".docx"]).element)
    everything = extracted + word
    assert "root:" not in everything
    assert not re.search(r"\b49\b", re.sub(r"2049|\d[\d.,\u202f]+", "", everything))
    if "<script>" in document.title:
        assert HOSTILE[1] in word


def test_the_word_file_is_one_that_word_knows(written):
    document, files = written
    word = docx.Document(files[".docx"])
    body = word.element.body
    code = {"en": "en-GB", "fr": "fr-FR", "es": "es-ES"}[document.language.code]
    assert word.core_properties.language == code
    assert word.core_properties.title == document.title
    assert word.styles.element.find(f".//{W}rPrDefault//{W}lang").get(f"{W}val") == code
    fields = [one.text.split()[0] for one in body.iter(f"{W}instrText")]
    assert {"PAGEREF", "SEQ"} == set(fields)
    report = show(document)
    numbered = [item for part in report.walk() for item in part.items if hasattr(item, "label")]
    assert fields.count("SEQ") == len(numbered)
    described = [shape._inline.docPr.get("descr") for shape in word.inline_shapes]
    assert described == [item.alt for item in report.figures()]
    anchors = {one.get(f"{W}anchor") for one in body.iter(f"{W}hyperlink")}
    assert anchors <= {one.get(f"{W}name") for one in body.iter(f"{W}bookmarkStart")}
    assert all(len(anchor) <= 40 for anchor in anchors)
    for table in body.iter(f"{W}tbl"):
        if table.find(f".//{W}tblCaption") is not None:
            rows = [row.find(f"{W}trPr/{W}tblHeader") is not None for row in table.iter(f"{W}tr")]
            assert rows[0]
            assert rows == sorted(rows, reverse=True)
    missing = [item for part in report.walk() for item in part.items if item.kind == "field" and item.missing]
    empty = [one for one in body.iter(f"{W}sdtPr") if one.find(f"{W}showingPlcHdr") is not None]
    assert [one.find(f"{W}tag").get(f"{W}val") for one in empty] == [item.name for item in missing]


def test_pages_of_the_word_file_lie_across_where_a_table_needs_it(written):
    sections = docx.Document(written[1][".docx"]).sections
    across = [section.page_width > section.page_height for section in sections]
    assert across[:3] == [False, True, False]
    assert not any(across[3:])
    fronts = [section.different_first_page_header_footer for section in sections]
    assert fronts == [True] + [False] * (len(sections) - 1)
    for table in written_tables(written):
        widths = [int(column.get(f"{W}w")) for column in table.iter(f"{W}gridCol")]
        assert sum(widths) <= 257 * 1440 / 25.4 + 1


def written_tables(written):
    return docx.Document(written[1][".docx"]).element.body.iter(f"{W}tbl")


def test_the_pdf_is_tagged_and_speaks(written, paper):
    document, _ = written
    root = paper.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == document.language.code
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert squeezed(paper.metadata.title) == squeezed(document.title)
    described = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfuaid:part>1<", described)
    assert re.search(r"pdfaid:part>2<.*pdfaid:conformance>A<", described, re.DOTALL)
    alts, kinds = [], []
    walk_tags(root["/StructTreeRoot"], alts, kinds, set())
    assert [alt for kind, alt in alts if kind == "/Figure"] == [item.alt for item in show(document).figures()]
    assert {"/Table", "/TH", "/TD", "/TR", "/THead", "/H1", "/H2", "/TOC", "/TOCI", "/L", "/Caption"} <= set(kinds)
    fonts = {font["/BaseFont"] for sheet in paper.pages for font in _fonts(sheet)}
    assert all(re.match(r"/[A-Z]{6}\+(Libertinus|DejaVu)", font) for font in fonts)


def walk_tags(node, alts, kinds, seen, passed=()):
    """Kinds and words of all parts of a tagged document, but not of what is inside of kinds that are passed."""
    node = node.get_object()
    if not isinstance(node, dict) or id(node) in seen or node.get("/S") in passed:
        return
    seen.add(id(node))
    if "/S" in node:
        kinds.append(node["/S"])
        if "/Alt" in node:
            alts.append((node["/S"], node["/Alt"]))
    inner = node.get("/K", [])
    for child in inner if isinstance(inner, list) else [inner]:
        if not isinstance(child, int):
            walk_tags(child, alts, kinds, seen, passed)


def _fonts(sheet):
    return [font.get_object() for font in sheet["/Resources"].get("/Font", {}).values()]


def test_the_same_document_is_the_same_file(tmp_path):
    document = whole("fr", hostile=False)
    assert html_text(document) == html_text(whole("fr", hostile=False))
    first = write_pdf(document, tmp_path / "a.pdf", made=MADE).read_bytes()
    assert first == write_pdf(document, tmp_path / "b.pdf", made=MADE).read_bytes()


def test_letters_that_no_font_has_are_told(tmp_path):
    document = Document("สำนัก", "", language("en"), (), (Section("s", "S", (Paragraph("a\u0e2ab"),)),))
    with pytest.warns(UserWarning, match=r"no font of the PDF has \d characters .*U\+0E2A"):
        path = write_pdf(document, tmp_path / "a.pdf")
    assert "a\ufffdb" in "".join(sheet.extract_text() for sheet in pypdf.PdfReader(path).pages)


def test_folders_of_fonts_are_folders(tmp_path):
    with pytest.raises(BadInput, match=r"fonts: .* is no folder"):
        write_pdf(Document("T", "", language("en"), (), ()), tmp_path / "a.pdf", fonts=[tmp_path / "nowhere"])


def test_accents_spaces_and_dashes_are_in_the_fonts(tmp_path, recwarn):
    said = "Élargir l’assiette\u202f: «\u202fœuvre\u202f» – señor ¿qué? Ω ≤ − × € ₣ ₲ ₡ Ł ş ğ"
    document = Document("T", "", language("fr"), (), (Section("s", "S", (Paragraph(said),)),))
    path = write_pdf(document, tmp_path / "a.pdf")
    assert not recwarn.list
    assert squeezed(said) in squeezed(pypdf.PdfReader(path).pages[2].extract_text())


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_file_is_complete_or_not_there(suffix, tmp_path, monkeypatch):
    document, write = whole("en", hostile=False), WRITERS[suffix]
    with pytest.raises(BadInput, match="let the name end with it"):
        write(document, tmp_path / "report.txt")
    with pytest.raises(BadInput, match="make its folder"):
        write(document, tmp_path / "nowhere" / f"report{suffix}")
    target = tmp_path / f"report{suffix}"
    target.write_text("before")
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(PermissionError(13, "held open")))
    with pytest.raises(BadInput, match="held open"):
        write(document, target)
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    assert target.read_text() == "before"


@pytest.mark.parametrize(("suffix", "package"), [(".html", "jinja2"), (".docx", "docxtpl"), (".pdf", "typst")])
def test_a_missing_extra_is_told(suffix, package, tmp_path, monkeypatch):
    monkeypatch.setattr("actuarial.report.placing.find_spec", lambda name: None)
    with pytest.raises(BadInput, match=rf"needs {package}.\n  Install it: pip install 'actuarial\[report\]'"):
        WRITERS[suffix](whole(), tmp_path / f"report{suffix}")


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        ("<script>alert(1)</script>", "element <script>"),
        ('<g onclick="alert(1)"/>', "onclick="),
        ('<a href="javascript:alert(1)"/>', "element <a>"),
        ('<image href="http://example.org/x.png"/>', "points to 'http://example.org"),
        ('<rect fill="url(http://example.org/x)"/>', "fill="),
        ('<rect style="fill: url( \'http://example.org/x\')"/>', "fill="),
        ("<style>@import url(http://example.org)</style>", "styles that name elements"),
        ("<foreignObject/>", "element <foreignObject>"),
    ],
)
def test_drawings_that_are_more_than_drawings(inside, message):
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">{inside}</svg>'
    with pytest.raises(BadInput, match=re.escape(message)):
        svg.inline(drawing, "figure-x", "T", "A")


@pytest.mark.parametrize("drawing", ["no svg", "<svg/>", '<!DOCTYPE x [<!ENTITY a "b">]><svg>&a;</svg>'])
def test_drawings_that_are_none(drawing):
    picture = Picture("x", "T", "A", drawing, png())
    with pytest.raises(BadInput, match="the drawing"):
        html_text(Document("T", "", language("en"), (), (Section("s", "S", (picture,)),)))


def test_a_drawing_keeps_its_look_under_names_of_its_own():
    drawn = svg.inline(SVG, "figure-x", 'T"<', "A&B")
    assert 'clip-path="url(#figure-x-clip)"' in drawn
    assert 'href="#figure-x-mark"' in drawn
    assert 'stroke-linejoin="round"' in drawn
    assert 'stroke-width="4"' in drawn
    assert "style" not in drawn
    assert '<title id="figure-x-title">T"&lt;</title><desc id="figure-x-desc">A&amp;B</desc>' in drawn


def test_a_template_of_the_institution(tmp_path):
    path = write_template(tmp_path / "ours.docx")
    word = docx.Document(path)
    word.add_paragraph("Our address: {{ title }}")
    word.styles["Heading 1"].font.name = "Georgia"
    word.sections[0].page_width = Inches(22)
    word.save(path)
    made = docx.Document(write_docx(whole("en"), tmp_path / "report.docx", path))
    assert made.styles["Heading 1"].font.name == "Georgia"
    assert len(made.sections) == 1  # such paper is wide enough for every table
    assert made.paragraphs[-1].text == f"Our address: {whole('en').title}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ nobody }}", "'nobody' is undefined"),
        ("{{ title.__class__.__mro__ }}", "unsafe"),
        ("{{ report }}", "in one paragraph of its own"),
        ("{% for x in", "docx_template.write_template"),
    ],
)
def test_templates_that_say_what_nobody_gives(text, message, tmp_path):
    path = write_template(tmp_path / "ours.docx")
    word = docx.Document(path)
    word.add_paragraph(text)
    word.save(path)
    with pytest.raises(BadInput, match=message):
        write_docx(whole("en"), tmp_path / "report.docx", path)


def test_templates_that_are_not_taken(tmp_path):
    path, other = write_template(tmp_path / "ours.docx"), tmp_path / "other.docx"
    with pytest.raises(BadInput, match=r"no \.docx file that is there"):
        write_docx(whole(), tmp_path / "report.docx", tmp_path / "missing.docx")
    other.write_text("no zip")
    with pytest.raises(BadInput, match="is no Word file"):
        write_docx(whole(), tmp_path / "report.docx", other)
    link = '<Relationship Id="rX" Type="http://x/attachedTemplate" Target="http://example.org" TargetMode="External"/>'
    for name, change, message in (
        ("word/vbaProject.bin", lambda _: b"x", "has macros"),
        ("word/_rels/settings.xml.rels", lambda text: rels(link), "loads something from outside"),
    ):
        rewritten(path, other, name, change)
        with pytest.raises(BadInput, match=message):
            write_docx(whole(), tmp_path / "report.docx", other)
    clicked = link.replace("attachedTemplate", "hyperlink")
    rewritten(path, other, "word/_rels/settings.xml.rels", lambda _: rels(clicked))
    assert write_docx(Document("T", "", language("en"), (), ()), tmp_path / "linked.docx", other).exists()
    plain = tmp_path / "plain.docx"
    docx.Document().save(plain)
    with pytest.raises(BadInput, match="lacks the styles Report Note"):
        write_docx(whole(), tmp_path / "report.docx", plain)
    assert not (tmp_path / "report.docx").exists()


def rels(inside):
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{inside}</Relationships>'.encode()


def rewritten(source, target, name, change):
    """A copy of a Word file in which one part is another."""
    with zipfile.ZipFile(io.BytesIO(source.read_bytes())) as old, zipfile.ZipFile(target, "w") as new:
        for one in old.namelist():
            if one != name:
                new.writestr(one, old.read(one))
        new.writestr(name, change(old.read(name) if name in old.namelist() else b""))


def test_a_report_without_figures_or_sections(tmp_path):
    empty = Document("T", "", language("es"), (), ())
    for suffix, write in WRITERS.items():
        assert write(empty, tmp_path / f"report{suffix}").stat().st_size > 1000
    assert figure().data is None


@pytest.mark.parametrize("name", ["html", "docx", "pdf"])
def test_a_report_in_one_call(name, tmp_path):
    basis, scheme, result = pensions()
    path = getattr(report, name)(result, tmp_path / f"valuation.{name}", basis=basis, scheme=scheme, language="fr")
    assert path.stat().st_size > 20_000
    if name == "html":
        assert path.read_text(encoding="utf-8") == html_text(report.build(result, basis, scheme, language="fr"))
    with pytest.raises(BadInput, match=r"Give the basis and the scheme of the result: basis=basis, scheme=scheme\."):
        getattr(report, name)(result, tmp_path / "x")
    assert not (tmp_path / "x").exists()
