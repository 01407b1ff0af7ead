"""Pages of a report: what stays together, what begins a page or lies across, numbers of pages in the contents."""

import re
from dataclasses import replace

import docx
import pypdf
import pytest

from actuarial.report import as_pdf
from actuarial.report.as_docx import write_docx
from actuarial.report.as_html import html_text
from actuarial.report.as_pdf import FEW, FEW_PAIRS, LAST_PAIRS, write_pdf
from actuarial.report.document import Bullets, Document, Field, Paragraph, Section, Table, Terms
from actuarial.report.docx_xml import TOGETHER, WHOLE
from actuarial.report.fit import MM_OF_POINT, ROOMS, SIZES, em_width, fit
from actuarial.report.flow import runs
from actuarial.report.last_pages import turned_before
from actuarial.report.shown import show
from actuarial.translation import language
from tests.report.paper import figure, long_table, middle_table, whole

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
EN = language("en")


def report(*sections):
    return Document("T", "", EN, (), sections)


def years(text):
    """Rows of the table of a page."""
    return len(re.findall(r"^20\d\d", text, re.MULTILINE))


@pytest.fixture(scope="module")
def body(tmp_path_factory):
    """The text of a Word file with tables of 75, 6 and 1 rows and with figures."""
    path = write_docx(whole("fr", hostile=False), tmp_path_factory.mktemp("word") / "a.docx")
    return docx.Document(path).element.body


def stays(paragraph):
    """Whether a paragraph is on the page of the next one, by itself or by its style."""
    return paragraph.find(f"{W}pPr/{W}keepNext") is not None


def test_few_rows_and_notes_are_not_alone_on_a_page(tmp_path):
    tables = [long_table(EN, rows) for rows in range(56, 72, 3)]
    sections = [Section(f"s{place}", "S", (replace(one, name=f"t{place}"),)) for place, one in enumerate(tables)]
    path = write_pdf(report(*sections), tmp_path / "a.pdf")
    pages = [sheet.extract_text() for sheet in pypdf.PdfReader(path).pages]
    with_source = [text for text in pages if "Source: Made up" in text]
    assert len(with_source) == len(tables)
    assert len(pages) > len(tables) + 2
    assert min(map(years, with_source)) > FEW
    assert sum(map(years, pages)) == sum(range(56, 72, 3))


def test_the_last_block_of_a_chapter_is_not_alone_on_its_page(tmp_path):
    counts = range(13, 20)
    sections = [
        Section(f"s{many}", f"Chapter of {many}", tuple(Field(f"f{many}_{one}", "Why?") for one in range(many)))
        for many in counts
    ]
    path = write_pdf(report(*sections), tmp_path / "a.pdf")
    found = [len(re.findall("Why", sheet.extract_text())) for sheet in pypdf.PdfReader(path).pages]
    assert sum(found) == sum(counts)
    assert sorted(filter(None, found))[0] == 2
    assert max(found) in counts


def test_a_block_stays_where_it_does_not_fit_beside_the_last_one_or_would_leave_its_page_empty():
    kinds = ("heading", "field", "heading", "table", "heading", "figure")
    items = [{"kind": kind, "number": place, "new_page": place == 0} for place, kind in enumerate(kinds)]

    def turned(begins, high, across=False):
        places = ((1, 1, 100), (1, 1, 120), (3, 1, begins), (3, 1, begins + high), (5, 2, 70), (5, 2, 400))
        edges = [{"number": number, "page": page, "y": y} for number, page, y in places]
        return list(turned_before([{"across": across, "items": items}], edges))

    assert turned(500, 200) == [2]
    assert turned(200, 200) == []
    assert turned(310, 450) == []
    assert turned(300, 200, across=True) == []
    assert list(turned_before([{"across": False, "items": items}], [])) == []


def test_tables_are_set_closer_where_the_last_words_of_a_chapter_would_be_alone_on_a_page(tmp_path):
    words = Paragraph("Last words of the chapter. " * 6)
    for rows in (54, 55, 56):
        chapter = Section("s", "S", (long_table(EN, rows), words))
        pages = pypdf.PdfReader(write_pdf(report(chapter), tmp_path / "a.pdf")).pages
        assert len(pages) == 3, rows
        assert years(pages[-1].extract_text()) == rows


def test_a_short_section_is_not_alone_on_a_page():
    short = [Section(f"short{place}", "S", (Field(f"f{place}", "Why?"),)) for place in range(3)]
    long = [Section(f"long{place}", "L", (replace(long_table(EN), name=f"t{place}"),)) for place in range(4)]
    annex = replace(long[3], annex=True)
    parts = show(report(long[0], short[0], long[1], long[2], short[1], annex)).parts
    assert [part.new_page for part in parts] == [True, False, False, True, False, True]
    alone = show(report(short[0], replace(short[1], annex=True), replace(short[2], annex=True), annex)).parts
    assert [part.new_page for part in alone] == [False, False, False, False]


def test_an_annex_that_lies_across_has_no_empty_page_before_it(tmp_path):
    text = Section("text", "Upright", (replace(long_table(EN), name="rows"),))
    annex = Section("annex", "Across", (replace(middle_table(EN), name="wide"),), annex=True)
    document = report(text, annex)
    assert show(document).parts[1].new_page
    sheets = pypdf.PdfReader(write_pdf(document, tmp_path / "a.pdf")).pages
    assert any(sheet.mediabox.width > sheet.mediabox.height for sheet in sheets)
    lines = [len(sheet.extract_text().split("\n")) for sheet in sheets]
    assert min(lines[1:]) > 3
    assert "Across" in next(sheet.extract_text() for sheet in sheets if sheet.mediabox.width > sheet.mediabox.height)


def test_a_heading_of_the_page_lies_across_where_its_table_does():
    inner = Section("inner", "I", (middle_table(EN),))
    text = Section("text", "T", (Paragraph("First"), replace(middle_table(EN), name="other")))
    upright = Section("upright", "U", (long_table(EN),))
    led = Section("led", "L", (Bullets(("Few.",)), replace(middle_table(EN), name="third"), Bullets(("After.",))))
    page = html_text(report(Section("outer", "O", (), (inner,)), text, upright, led))
    lies = re.findall(r'<h\d id="section-(\w+)-heading" class="lies">', page)
    assert lies == ["outer", "inner", "led"]
    assert re.findall(r'<ul class="lies"><li>([^<]*)', page) == ["Few."]
    assert re.search(r"\.table\.across, \.lies \{ page: across; \}", page)


def columns(count):
    """A table of so many columns of narrow numbers."""
    names = tuple((str(2025 + column), 1) for column in range(count))
    table = Table("t", "T", ((("Benefit", 1), *names),), (("Old age", *("1.5",) * count),))
    return show(report(Section("s", "S", (table,)))).parts[0].items[0]


def test_columns_that_no_page_takes_stand_upright_in_two_parts_of_one_width():
    assert len(fit(columns(24)).parts) == 1
    laid = fit(columns(30))
    assert not laid.across
    first, second = (columns for columns, _ in laid.parts)
    assert first[0] == second[0] == 0
    assert sorted({*first, *second}) == list(range(31))
    assert abs(len(first) - len(second)) <= 1
    assert all(sum(widths) <= ROOMS[0] + 0.1 for _, widths in laid.parts)
    many = fit(columns(120))
    assert (many.across, many.size) == (True, SIZES[-1])
    assert max(map(len, (part for part, _ in many.parts))) - min(map(len, (part for part, _ in many.parts))) <= 1


@pytest.mark.parametrize("span", ["2027-2036", "2027–2036"])
def test_a_span_of_years_stays_on_one_line_however_many_columns_stand_beside_it(span):
    for count in range(4, 16):
        names = tuple((f"remuneration {number}", 1) for number in range(count))
        table = Table("t", "T", ((("Year", 1), *names),), ((span, *("1.5",) * count),))
        laid = fit(show(report(Section("s", "S", (table,)))).parts[0].items[0])
        for _, widths in laid.parts:
            assert widths[0] >= em_width(span) * laid.size * MM_OF_POINT, count


def test_contents_have_a_field_for_each_page_number(body):
    entries = [one for one in body.iter(f"{W}p") if re.match("TOC[123]$", style(one))]
    headings = [one for one in body.iter(f"{W}p") if re.match("Heading[123]$", style(one))]
    assert len(entries) == len(headings) > 5
    marks = {one.get(f"{W}name") for one in body.iter(f"{W}bookmarkStart")}
    for entry, heading in zip(entries, headings, strict=True):
        (said,) = entry.iter(f"{W}instrText")
        name, mark, _ = said.text.split()
        assert (name, mark in marks) == ("PAGEREF", True)
        assert heading.find(f"{W}bookmarkStart").get(f"{W}name") == mark
        assert entry.find(f"{W}hyperlink").get(f"{W}anchor") == mark
    assert not any("TOC " in said.text for said in body.iter(f"{W}instrText"))


def style(paragraph):
    return paragraph.find(f"{W}pPr/{W}pStyle").get(f"{W}val") if paragraph.find(f"{W}pPr/{W}pStyle") is not None else ""


def test_tables_of_the_word_file_stay_with_their_captions_and_notes(body):
    sizes = []
    for table in body.iter(f"{W}tbl"):
        if table.find(f".//{W}tblCaption") is None:
            continue
        caption, rows = table.getprevious(), list(table.iter(f"{W}tr"))
        assert style(caption) == "Caption"
        assert stays(caption)
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
        head = [row for row in rows if row.find(f"{W}trPr/{W}tblHeader") is not None]
        assert all(map(stays, (paragraph for row in head for paragraph in row.iter(f"{W}p"))))
        kept = [all(map(stays, row.iter(f"{W}p"))) for row in rows[len(head) :]]
        free = kept.count(False)
        assert kept[: TOGETHER - 1] == [True] * len(kept[: TOGETHER - 1])
        assert all(kept[-TOGETHER:])
        assert free == (0 if len(kept) <= WHOLE else len(kept) - 2 * TOGETHER + 1)
        sizes.append(len(kept))
    assert {1, 6, 75} <= set(sizes)


@pytest.mark.parametrize(("rows", "breaks"), [(12, False), (75, True)])
def test_parts_of_a_wide_table_stay_whole_if_they_are_short(rows, breaks):
    head = ((("Year", 1), *((f"Column {number}", 1) for number in range(18))),)
    cells = tuple((str(2026 + place), *("123,456,789.7",) * 18) for place in range(rows))
    (_, item) = as_pdf._run(
        *runs(show(report(Section("a", "A", (Table("wide", "Wide", head, cells),)))).on_paper, lambda _: False)
    )["items"]
    assert len(item["parts"]) > 1
    assert {part["breaks"] for part in item["parts"]} == {breaks}


@pytest.mark.parametrize(("rows", "groups"), [(FEW_PAIRS, [FEW_PAIRS]), (40, [40 - LAST_PAIRS, LAST_PAIRS])])
def test_the_last_notes_of_a_long_list_are_not_alone(rows, groups):
    terms = Terms(tuple((str(number), "A note.") for number in range(rows)))
    (_, item) = as_pdf._run(*runs(show(report(Section("a", "A", (terms,)))).on_paper, lambda _: False))["items"]
    assert [len(group["rows"]) for group in item["groups"]] == groups
    assert [group["breaks"] for group in item["groups"]] == [True, False][-len(groups) :]


@pytest.mark.parametrize(("rows", "kept"), [(WHOLE + 1, True), (50, False)])
def test_a_short_table_goes_along_with_the_figure_that_ends_a_chapter(tmp_path, rows, kept):
    short = Table("short", "Short", ((("A", 1), ("B", 1)),), (("a", "1"),) * rows, source="Accounts")
    path = write_docx(report(Section("a", "A", (short, figure()))), tmp_path / "a.docx")
    body = docx.Document(str(path)).element.body
    (source,) = [one for one in body.iter(f"{W}p") if "Source: Accounts" in "".join(one.itertext())]
    assert stays(source) is kept
    (table,) = [one for one in body.iter(f"{W}tbl") if one.find(f".//{W}tblCaption") is not None]
    assert all(map(stays, table.iter(f"{W}p"))) is kept


@pytest.mark.parametrize(("many", "close"), [(40, False), (50, True), (60, False)])
def test_contents_a_little_longer_than_a_page_are_set_closer_in_a_word_file(tmp_path, many, close):
    sections = [Section(f"s{number}", "S", (Paragraph("Words."),)) for number in range(many)]
    path = write_docx(report(*sections), tmp_path / "a.docx")
    lines = [one for one in docx.Document(str(path)).element.body.iter(f"{W}p") if style(one) == "TOC1"]
    assert [one.find(f"{W}pPr/{W}spacing") is not None for one in lines] == [close] * many


@pytest.mark.parametrize("last", [True, False])
def test_the_last_table_of_a_chapter_is_not_taken_apart_in_a_word_file(tmp_path, last):
    years = Table("years", "Years", ((("A", 1), ("B", 1)),), (("a", "1"),) * 23)
    path = write_docx(report(Section("a", "A", (years, *(() if last else (Paragraph("End."),))))), tmp_path / "a.docx")
    found = docx.Document(str(path)).element.body.iter(f"{W}tbl")
    (table,) = [one for one in found if one.find(f".//{W}tblCaption") is not None]
    assert all(map(stays, table.iter(f"{W}p"))) is last


def test_notes_of_the_word_file_stay_together_and_pictures_with_them(body):
    pictures = [one for one in body.iter(f"{W}p") if style(one) == "ReportFigure"]
    assert len(pictures) == 2
    assert all(style(one.getprevious()) == "Caption" and stays(one.getprevious()) for one in pictures)
    notes = [one for one in body if style(one) == "ReportBelow"]
    lines = [[text.text for text in one.iter(f"{W}t")] for one in notes]
    assert ["A note below."] in lines
    for one, said in zip(notes, lines, strict=True):
        following = one.getnext() is not None and style(one.getnext()) == "ReportBelow"
        assert stays(one) == following
        assert bool(said) or not following


def test_no_empty_paragraph_begins_a_section_of_the_word_file(body):
    ends = [one.getparent().getparent() for one in body.iter(f"{W}sectPr") if one.getparent().tag == f"{W}pPr"]
    assert len(ends) == 2
    assert all("".join(text.text for text in one.iter(f"{W}t")) or style(one) == "ReportBelow" for one in ends)


def test_first_words_stay_with_their_table_and_the_last_field_of_a_chapter_with_the_one_before_it(tmp_path):
    years = Table("years", "Years", ((("A", 1), ("B", 1)),), (("a", "1"),) * 3)
    fields = [Section(name, name.upper(), (Field(name, f"Ask {name}", ""),)) for name in ("b", "c", "d")]
    path = write_docx(
        report(Section("a", "A", (Bullets(("Few.", "Many.")), years, Bullets(("Free.",))), tuple(fields))),
        tmp_path / "a.docx",
    )
    paragraphs = list(docx.Document(str(path)).element.body.iter(f"{W}p"))
    kept = {"".join(text.text or "" for text in one.iter(f"{W}t")): stays(one) for one in paragraphs}
    words = ("Few.", "Many.", "Free.", "Ask b", "Ask c", "Ask d")
    assert [kept[one] for one in words] == [True, True, False, False, True, False]
