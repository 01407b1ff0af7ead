"""Numbers of sections, tables and figures, headings of tables, clean text; widths of tables on paper."""

from dataclasses import replace

import pytest

from actuarial.errors import BadInput
from actuarial.report.document import Bullets, Document, Field, Paragraph, Section, Table, Terms
from actuarial.report.fit import AIR, LONGEST, PADDING, ROOMS, SIZES, breakable, em_width, fit, part_of, size_on_paper
from actuarial.report.flow import Title, runs
from actuarial.report.shown import Heading, clean, letters, one_line, show, signed
from actuarial.translation import language
from tests.report.paper import HOSTILE, figure, long_table, middle_table, whole, wide_table

SAY = language("en")


def document(*sections):
    return Document("Title", "", SAY, (), sections)


def shown(*blocks):
    return show(document(Section("one", "One", blocks))).parts[0].items


def test_numbers_of_sections_annexes_tables_and_figures():
    report = show(whole("fr", hostile=False))
    assert [part.heading for part in report.walk()] == [
        "1 Executive summary", "1.1 Method", "2 Results", "Annexe A Data", "A.1 More data",
    ]  # fmt: skip
    labels = [item.label for part in report.walk() for item in part.items if hasattr(item, "label")]
    assert labels == ["Tableau 1", "Graphique 1", "Tableau 2", "Tableau 3", "Graphique 2"]
    assert report.numbers.heading == "Annexe B Données des graphiques"
    assert [item.label for item in report.numbers.items] == ["Graphique 1, données"]
    assert report.on_paper == (*report.parts, report.numbers)


def test_annexes_inside_a_section_count_through_the_document():
    inner = [Section(name, name, annex=True, sections=(Section(f"{name}x", "X", annex=True),)) for name in "ab"]
    report = show(document(Section("one", "One"), Section("all", "Annexes", sections=tuple(inner))))
    assert [part.label for part in report.walk()] == ["1", "2", "Annex A", "A.1", "Annex B", "B.1"]
    assert [letters(number) for number in (1, 26, 27, 52, 53, 703)] == ["A", "Z", "AA", "AZ", "BA", "AAA"]


def test_headings_above_or_below_nothing_cover_both_rows():
    head = shown(long_table(SAY))[0].head
    assert head[0] == (
        Heading("Contents", 0, 1, 2), Heading("Income of the scheme", 1, 3), Heading("Expenditure", 4, 2),
        Heading("Reserve", 6, 1, 2),
    )  # fmt: skip
    assert [heading.text for heading in head[1]] == [
        "Contributions", "Investment income", "Other", "Benefits", "Administration",
    ]  # fmt: skip
    below = Table("t", "T", ((("", 1), ("All", 1)), (("Year", 1), ("Men", 1))), (("2025", "1"),))
    assert shown(below)[0].head == ((Heading("Year", 0, 1, 2), Heading("All", 1, 1)), (Heading("Men", 1, 1),))


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ((Section("a", "A"), Section("a", "B")), "section a: the document has two of this name"),
        ((Section("a", "A", (figure(), figure())),), "figure reserve: the document has two"),
        ((Section("a", "A", (Table("t", "T", ((("x", 2),),), (("1",),)),)),), r"table t: .* \[1, 2\] columns"),
        ((Section("a", "A", (Table("t", "T", (), (("1",),)),)),), "table t: its headings"),
    ],
)
def test_documents_that_cannot_be_shown(sections, message):
    with pytest.raises(BadInput, match=message):
        show(document(*sections))


def test_a_path_in_the_place_of_the_document():
    with pytest.raises(BadInput, match=r"a Document comes first and the path of the file second \(got str\)"):
        show("report.html")


def test_sections_deeper_than_headings():
    section = Section("s7", "S")
    for level in range(6, 0, -1):
        section = Section(f"s{level}", "S", sections=(section,))
    with pytest.raises(BadInput, match="section s7: it is 7 levels deep"):
        show(document(section))


def test_characters_that_files_cannot_hold_or_that_turn_the_text():
    assert clean("a\x00b\x1bc\ud800d\u202e123\r\ne\ufffe") == "a\ufffdb\ufffdc\ufffdd\ufffd123\ne\ufffd"
    assert clean("1\u202f234\u00a0%\u200b\ufeff") == "1\u202f234\u00a0%\u200b\ufeff"
    assert one_line(" a\n\t b\u202f1 ") == "a b\u202f1"


def tables():
    blocks = [block for block in whole().blocks() if isinstance(block, Table)]
    more = [wide_table(SAY, columns) for columns in (1, 8, 12, 17)]
    years = Table("y", "Y", ((("Year", 1), ("Ratio", 1)),), (("2025", "1.00"),), strong=frozenset({0}))
    labelled = replace(middle_table(SAY), labels=2)
    return [shown(table)[0] for table in (*blocks, *more, years, labelled)]


def test_tables_fit_the_paper_and_lose_no_column():
    seen = set()
    for grid in tables():
        laid = fit(grid)
        seen.add((laid.across, len(laid.parts) > 1))
        stub = tuple(range(grid.labels))
        for columns, widths in laid.parts:
            assert sum(widths) <= ROOMS[laid.across] + 0.01 * len(widths)
            assert min(widths) > 0
            assert columns[: grid.labels] == stub
            for column, width in zip(columns, widths, strict=True):
                widest = max(em_width(row[column]) for row in grid.rows)
                assert column < grid.labels or widest > LONGEST or widest * laid.size * 25.4 / 72 <= width
        rest = [column for columns, _ in laid.parts for column in columns[grid.labels :]]
        assert rest == list(range(grid.labels, grid.columns))
        assert laid.size in SIZES
        assert 3.0 <= size_on_paper(grid)[0] <= SIZES[0]
    assert seen == {(False, False), (True, False), (True, True)}


def test_columns_leave_room_for_a_wider_type_where_the_page_has_some():
    small = shown(middle_table(SAY))[0]
    laid = fit(small, (400.0, 400.0))
    ((columns, wide),), needed = laid.parts, sum(laid.parts[0][1]) / AIR
    tight = fit(small, (needed, 400.0)).parts[0][1]
    assert columns == tuple(range(small.columns))
    assert wide == pytest.approx([AIR * width for width in tight], abs=0.05)


def test_one_long_cell_does_not_take_the_room_of_a_column_that_needs_it_in_many_rows():
    head = ((("Article", 1), ("Verdict", 1), ("Calculation", 1)),)
    verdict = "A judgement is asked for that no number can give"
    seldom = "a fraction of one number and another that is told in many more words " * 2
    rows = (*(("10(2)", verdict, ""),) * 20, ("71(2)", "Met", seldom))
    grid = shown(Table("v", "V", head, rows, labels=3))[0]
    laid = fit(grid, (120.0, 120.0))
    ((_, (article, words, calculation)),) = laid.parts
    em = laid.size * 25.4 / 72
    assert words >= (em_width(verdict) + PADDING) * em
    assert article + words + calculation == pytest.approx(120.0, abs=0.05)
    assert calculation >= (em_width("Calculation") + PADDING) * em


def test_parts_of_a_table_keep_headings_over_their_columns():
    grid = shown(long_table(SAY, 2))[0]
    head, rows = part_of(grid, (0, 2, 3, 4))
    assert head[0][:2] == (Heading("Contents", 0, 1, 2), Heading("Income of the scheme", 1, 2))
    assert head[0][2:] == (Heading("Expenditure", 3, 1),)
    assert [heading.text for heading in head[1]] == ["Investment income", "Other", "Benefits"]
    assert rows[0] == tuple(grid.rows[0][column] for column in (0, 2, 3, 4))


def test_long_words_may_break_and_stay_the_same_words():
    for text in HOSTILE:
        broken = breakable(text, 10.0)
        assert broken.replace("\u200b", "") == text.replace("\u200b", "")
        assert all(em_width(piece) <= 10.0 for word in broken.split() for piece in word.split("\u200b"))
    assert breakable("1\u202f234\u202f567,89 words") == "1\u202f234\u202f567,89 words"


def test_headings_go_with_a_table_across():
    across = [Section("a", "A", sections=(Section("b", "B", (middle_table(SAY), Paragraph("x"))),)), Section("c", "C")]
    found = runs(show(document(*across)).parts, lambda grid: fit(grid).across)
    assert [run.across for run in found] == [True, False]
    assert [item.text for item in found[0].items if isinstance(item, Title)] == ["1 A", "1.1 B"]
    assert [item.kind for item in found[1].items] == ["text", "heading"]


def test_negative_numbers_have_the_sign_of_a_minus():
    assert signed("-5 and (-0,3\xa0%), 2020-5, a-5, - 5, -") == "−5 and (−0,3\xa0%), 2020-5, a-5, - 5, -"
    table = Table("t", "T", ((("Item", 1), ("Value", 1)),), (("growth -1", "-2.5"),))
    blocks = Terms((("change", "-1"),)), Bullets(("-2",)), Paragraph("-3"), table, Field("f", "Why?", "-4")
    pairs, lines, text, grid, answer = shown(*blocks)
    assert (pairs.rows, lines.lines, text.text) == ((("change", "−1"),), ("−2",), "−3")
    assert (grid.rows, answer.text) == ((("growth −1", "−2.5"),), "-4")
