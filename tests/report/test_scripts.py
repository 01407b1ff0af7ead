"""Indices and powers of symbols stand below and above the line in every format."""

import json
import re
from datetime import date

import docx
import pytest

from actuarial.report import as_pdf, write_docx, write_html
from actuarial.report.document import Document, Section, Table, Terms
from actuarial.report.scripts import pieces
from actuarial.report.shown import show
from actuarial.translation import language
from actuarial.vocabulary import variables

FORMULA = "V_0 <b> + N_t-1,x-1 (1+i)^(1-tau) and old_age"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("V_0", [("", "V"), ("sub", "0")]),
        ("L_x+1/L_x", [("", "L"), ("sub", "x+1"), ("", "/L"), ("sub", "x")]),
        ("R_w_t-1 + C_j - C_d", [("", "R"), ("sub", "w,t-1"), ("", " + C"), ("sub", "j"), ("", " - C"), ("sub", "d")]),
        ("(1+i)^-(1-tau) x^2", [("", "(1+i)"), ("sup", "-(1-tau)"), ("", " x"), ("sup", "2")]),
        ("V_0-weighted, no more", [("", "V"), ("sub", "0"), ("", "-weighted, no more")]),
        ("", []),
    ],
)
def test_pieces_of_symbols(text, found):
    assert list(pieces(text)) == found


def test_no_symbol_of_the_vocabulary_shows_its_marks():
    for row in variables().values():
        assert not re.search(r"\w_\w|\^", "".join(said for _, said in pieces(row.symbol)))


@pytest.fixture(scope="module")
def document():
    head = ((("Symbol", 1), ("Formula", 1)),)
    table = Table("formulas", "Formulas", head, (("GAP_n", FORMULA),), labels=2, symbols=True)
    plain = Terms((("my_word", "stays_as it is"),))
    section = Section("symbols", "Symbols", (Terms((("V_0", FORMULA),), symbols=True), table, plain))
    return Document("Title", "", language(), (("Day", language().day(date(2025, 12, 31))),), (section,))


def test_the_page(document, tmp_path):
    page = write_html(document, tmp_path / "x.html").read_text(encoding="utf-8")
    assert "<dt>V<sub>0</sub></dt>" in page
    assert "GAP<sub>n</sub>" in page
    assert page.count("V<sub>0</sub> &lt;b&gt; + N<sub>t-1,x-1</sub> (1+i)<sup>1-tau</sup>") == 2
    assert "<dt>my_word</dt><dd>stays_as it is</dd>" in page
    assert "31 December 2025" in page


def test_the_word_file(document, tmp_path):
    body = docx.Document(write_docx(document, tmp_path / "x.docx")).element.body
    raised = {place: [] for place in ("subscript", "superscript")}
    for mark in body.iter(f"{W}vertAlign"):
        run = mark.getparent().getparent()
        raised[mark.get(f"{W}val")].append("".join(text.text for text in run.iter(f"{W}t")))
    lower = ["0", "t-1,x-1", "age"]
    assert raised == {"subscript": ["0", *lower, "n", *lower], "superscript": ["1-tau"] * 2}
    _, words, *_ = body.iter(f"{W}tbl")
    assert all(one.find(f"{W}pPr/{W}keepNext") is not None for one in words.iter(f"{W}p"))


def test_what_the_pdf_is_made_of(document):
    pairs, grid, plain = (as_pdf._item(item) for item in show(document).parts[0].items)
    assert json.loads(json.dumps(pairs["groups"][0]["rows"][0][1])) == [["", "V"], ["sub", "0"]]
    assert ("sup", "1-tau") in grid["parts"][0]["rows"][0][1]
    assert plain["groups"] == [{"rows": [(0, "my_word", "stays_as it is")], "breaks": False}]


def test_what_belongs_together_is_on_one_page_of_the_pdf():
    parts = [("a", 0), *(("b", 1) for _ in range(9)), ("c", 0), *(("d", 1) for _ in range(20))]
    terms = Terms(tuple((word, "said") for word, _ in parts), tuple(depth for _, depth in parts))
    (item,) = show(Document("Title", "", language(), (), (Section("law", "Law", (terms,)),))).parts[0].items
    groups = as_pdf._item(item)["groups"]
    assert [(len(group["rows"]), group["breaks"]) for group in groups] == [(10, False), (21, True)]
    assert [row for group in groups for row in group["rows"]] == [(depth, word, "said") for word, depth in parts]
