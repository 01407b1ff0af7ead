"""A report in a browser: it asks for nothing, fits screen and paper, and is read in the dark and by keyboard."""

import re
from contextlib import contextmanager
from dataclasses import replace

import pypdf
import pytest

from actuarial.report.as_html import write_html
from actuarial.report.document import Document, Field, Section
from actuarial.translation import language
from tests.report.paper import long_table, whole

A4 = int(170 * 96 / 25.4), int(257 * 96 / 25.4)
"""Widths of the text on paper, upright and across, in points of the screen."""
CONTRAST = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = parts(colour).slice(0, 3).map(c => c / 255)
      .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor, alpha = parts(colour)[3];
      if (alpha === undefined || alpha === 1) return colour;
      if (alpha > 0) throw new Error('a colour that lets through: ' + colour);
    }
    return 'rgb(255, 255, 255)';
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest('svg')) continue;
    const pair = [light(getComputedStyle(element).color), light(behind(element))].sort((a, b) => b - a);
    found.push([(pair[0] + 0.05) / (pair[1] + 0.05), element.tagName + '.' + element.className]);
  }
  return found;
}"""
WIDER = """(room) => [...document.querySelectorAll('body *')]
  .filter(one => !one.closest('svg') && !one.closest('.skip') && one.getClientRects().length)
  .filter(one => one.getBoundingClientRect().right > room + 1 || one.getBoundingClientRect().left < -1)
  .map(one => one.tagName + '.' + one.className + ' ' + one.getBoundingClientRect().right)"""

WIDTHS = """(lying) => [...document.querySelectorAll('.table')]
  .filter(one => one.matches('.across') === lying && !one.closest('details'))
  .map(one => one.querySelector('table').offsetWidth)"""
SHOWN = "(how) => document.querySelectorAll('.across').forEach(one => one.style.display = how)"
MOVING = "[...document.querySelectorAll('.scroll')].filter(one => one.scrollWidth > one.clientWidth).length"
IN_TABLES = ("TABLE", "CAPTION", "THEAD", "TBODY", "TR", "TH", "TD")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A page full of hostile text."""
    return write_html(whole("en"), tmp_path_factory.mktemp("en") / "report.html")


@pytest.fixture(scope="module")
def foreign(tmp_path_factory):
    """A page in French, whose numbers and words are wider."""
    return write_html(whole("fr", hostile=False), tmp_path_factory.mktemp("fr") / "report.html")


@contextmanager
def opened(browser, path, width=1280, scheme="light"):
    """The page in a window; it fails if anything but the page is asked for or the browser complains."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
    asked, said = [], []
    page = context.new_page()

    def answer(route):
        asked.append(route.request.url)
        if route.request.url == path.as_uri():
            route.continue_()
        else:
            route.abort()

    page.route("**/*", answer)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto(path.as_uri())
    try:
        yield page
        assert asked == [path.as_uri()]
        assert said == []
    finally:
        context.close()


def open_all(page):
    """Open what can be opened, without a script of the page."""
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


@pytest.mark.parametrize("name", ["path", "foreign"])
def test_the_page_fits_screens_and_paper(browser, request, name):
    with opened(browser, request.getfixturevalue(name)) as page:
        fits_the_paper(page)
        page.emulate_media(media="screen")
        open_all(page)
        for width in (360, 768, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert [one for one in page.evaluate(WIDER, width) if one.split(".")[0] not in IN_TABLES] == []
            assert page.evaluate(MOVING) >= 1  # the wide table moves within its own box


def fits_the_paper(page):
    """What lies across fits the paper that lies across, and the rest the upright one."""
    page.emulate_media(media="print")
    for room, lying in zip(A4, (False, True), strict=True):
        page.set_viewport_size({"width": room, "height": 900})
        widths = page.evaluate(WIDTHS, lying)
        assert widths
        assert max(widths) <= room
        if not lying:
            page.evaluate(SHOWN, "none")
            assert page.evaluate(WIDER, room) == []
            page.evaluate(SHOWN, "")


def test_the_paper_lies_across_for_wide_tables_alone(browser, path, tmp_path):
    with opened(browser, path) as page:
        printed = tmp_path / "printed.pdf"
        page.pdf(path=printed, prefer_css_page_size=True)
        across = page.evaluate("document.querySelectorAll('.across').length")
    sheets = pypdf.PdfReader(printed).pages
    lying = [sheet.mediabox.width > sheet.mediabox.height for sheet in sheets]
    assert 1 <= sum(lying) <= across
    assert not any(lying[:3])
    said = [sheet.extract_text() for sheet in sheets]
    table = [text for text in said if "Investment" in text]
    assert len(table) >= 2  # the head of the long table stands on each of its pages


def test_few_rows_or_a_last_field_are_not_alone_on_a_printed_page(browser, tmp_path):
    """Chapters of tables with three rows more each, some of which end just below or above the end of a page."""
    say = language()
    sections = [
        Section(f"s{rows}", "S", (replace(long_table(say, rows), name=f"t{rows}"), Field(f"f{rows}", "Why?")))
        for rows in range(44, 62, 3)
    ]
    printed = tmp_path / "printed.pdf"
    with opened(browser, write_html(Document("T", "", say, (), tuple(sections)), tmp_path / "a.html")) as page:
        page.pdf(path=printed, prefer_css_page_size=True)
    said = [sheet.extract_text() for sheet in pypdf.PdfReader(printed).pages]
    rows = [len(re.findall(r"^20\d\d ", text, re.MULTILINE)) for text in said]
    assert sum(rows) == sum(range(44, 62, 3))
    assert len([many for many in rows if many]) > len(sections)
    assert min(many for many in rows if many) >= 5
    assert all(many for many, text in zip(rows, said, strict=True) if "Why?" in text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_on_its_ground(browser, path, scheme):
    with opened(browser, path, scheme=scheme) as page:
        open_all(page)
        ratios = page.evaluate(CONTRAST)
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 31)"}[scheme]
        assert len(ratios) > 500
        assert [pair for pair in ratios if pair[0] < 4.5] == []
        cards = page.evaluate("[...document.querySelectorAll('.card')].map(e => getComputedStyle(e).backgroundColor)")
        assert set(cards) == {"rgb(255, 255, 255)"}


def test_all_is_reached_by_keyboard(browser, path):
    with opened(browser, path, 360) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
        page.evaluate("document.activeElement.blur()")
        reached = set()
        for _ in range(page.evaluate("document.querySelectorAll('a, summary, [tabindex=\"0\"]').length") + 1):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.tagName") == "SUMMARY":
                page.keyboard.press("Enter")
            if page.evaluate("document.activeElement.className") == "scroll":
                reached.add(page.evaluate("document.activeElement.getAttribute('aria-labelledby')"))
                assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        assert len(reached) == page.locator("table").count()
        wide = page.locator("#table-wide .scroll")
        wide.focus()
        page.keyboard.press("ArrowRight")
        moved = (wide.evaluate("one => one.scrollLeft") for _ in range(100) if not page.wait_for_timeout(20))
        assert any(moved)


def test_headings_of_rows_and_captions_stay_in_sight(browser, path):
    with opened(browser, path, 360) as page:
        page.evaluate("document.querySelector('#table-wide .scroll').scrollLeft = 400")
        for part in ("caption > span", "tbody th"):
            box = page.locator(f"#table-wide {part}").first.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 360


def test_words_of_row_headings_are_not_broken(browser, path):
    wraps = "all => [...new Set(all.map(one => getComputedStyle(one).overflowWrap))]"
    with opened(browser, path, 1000) as page:
        assert page.eval_on_selector_all("tbody th:not(.long)", wraps) == ["break-word"]


def test_the_page_runs_no_script(browser, path):
    with opened(browser, path) as page:
        page.evaluate("window.ran = []")
        assert page.evaluate("document.querySelectorAll('script, iframe, object, embed').length") == 0
        assert page.evaluate("[...document.querySelectorAll('svg')].every(e => e.getBoundingClientRect().height > 50)")
        marks = page.evaluate("[...document.querySelectorAll('svg use')].map(e => e.getBBox().width)")
        assert marks
        assert min(marks) == 40
