"""The Word template of a report: styles, title page, header and footer, which an institution may replace by its own."""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from actuarial.report.docx_xml import element, field, words
from actuarial.report.placing import need, placed
from actuarial.translation import N_

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.section import Section

INK, SOFT, RULE = "12264F", "4A5363", "C9D0DA"
FONT = "Arial"
HEADINGS = (18, 14, 12, 11, 11, 11)
"""Sizes of headings in points."""
PARAGRAPHS: dict[str, dict[str, Any]] = {
    "Report Note": {"size": 9, "colour": SOFT, "after": 6},
    "Report Key": {"size": 11.5, "fill": "EEF3FA", "left": INK, "after": 8},
    "Report Term": {"size": 10.5, "after": 3},
    "Report Asked": {"size": 10.5, "bold": True, "fill": "EEF3FA", "left": RULE, "after": 0, "next": True},
    "Report Answer": {"size": 10.5, "fill": "EEF3FA", "left": RULE, "after": 0},
    "Report To Ask": {"size": 10.5, "bold": True, "fill": "FFF6DD", "left": "A8700A", "after": 0, "next": True},
    "Report Missing": {"size": 10.5, "bold": True, "fill": "FFF6DD", "left": "A8700A", "after": 0},
    "Report Table Text": {"size": 9, "after": 0, "line": 1.0},
    "Report Table Head": {"size": 9, "after": 0, "line": 1.0, "bold": True},
    "Report Below": {"size": 8.5, "colour": SOFT, "after": 2},
    "Report Figure": {"size": 10.5, "after": 2, "next": True},
    "Report Contents": {"size": 18, "bold": True, "colour": INK, "after": 10},
}
"""Styles of a report by name, besides those of Word: Normal, Title, Subtitle, Heading 1 to 6, List Bullet, Caption."""


def write_template(path: str | Path) -> Path:
    """Write the Word template that reports are made from, for an institution that wants its own.

    What is in it may be moved, set in other fonts and colours, and joined by a logo; the styles keep their names.
    `{{ title }}`, `{{ subtitle }}` and `{{ language }}` may stand anywhere, rows of the title page between
    `{%tr for row in front %}` and `{%tr endfor %}`, and `{{ report }}` in a paragraph of its own is where contents and
    text begin. `actuarial.report.as_docx.write_docx(document, path, template=...)` takes it.

    Raises
    ------
    BadInput
        docxtpl is not installed; the file cannot be written.
    """
    need("docxtpl", N_("a report as a Word file"))
    with placed(path, ".docx", N_("a template")) as temporary:
        temporary.write_bytes(template())
    return Path(path)


def template() -> bytes:
    """The bytes of the template."""
    import docx

    word = docx.Document()
    _styles(word)
    _page(word.sections[0])
    _cover(word)
    file = BytesIO()
    word.save(file)
    return file.getvalue()


def _styles(word: "WordDocument") -> None:
    """Styles of text, headings, tables and contents."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    _look(word.styles["Normal"], {"size": 10.5, "after": 6})
    _look(word.styles["Title"], {"size": 28, "bold": True, "colour": INK, "after": 10})
    _look(word.styles["Subtitle"], {"size": 14, "colour": SOFT, "after": 24})
    _look(word.styles["Caption"], {"size": 10, "bold": True, "colour": INK, "after": 4, "next": True})
    word.styles["Caption"].paragraph_format.space_before = Pt(12)
    for level, size in enumerate(HEADINGS, 1):
        style = word.styles[f"Heading {level}"]
        _look(style, {"size": size, "bold": True, "colour": INK, "after": 6, "next": True})
        style.paragraph_format.space_before = Pt(22 if level == 1 else 14)
    word.styles["Heading 1"].paragraph_format.page_break_before = True
    for name, look in PARAGRAPHS.items():
        style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = word.styles["Normal"]
        _look(style, look)
    for level in (1, 2, 3):
        _contents_style(word, level)
    for name in ("Header", "Footer"):
        _look(word.styles[name], {"size": 8, "colour": SOFT, "after": 0})
    _table_style(word)
    borders = word.styles["Title"].element.pPr.find(".//{*}pBdr")
    if borders is not None:
        borders.getparent().remove(borders)


def _look(style: Any, look: dict[str, Any]) -> None:
    """Type, colour, space and frame of a style of paragraphs."""
    from docx.shared import Pt, RGBColor

    font, form = style.font, style.paragraph_format
    type_ = style.element.get_or_add_rPr()
    for loose in type_.findall("{*}spacing") + type_.findall("{*}kern"):
        type_.remove(loose)
    fonts = type_.get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    font.name, font.size = FONT, Pt(look["size"])
    font.bold, font.italic = look.get("bold", False), False
    font.color.rgb = RGBColor.from_string(look.get("colour", "1B2230"))
    form.space_after, form.space_before = Pt(look["after"]), Pt(0)
    form.keep_with_next = look.get("next", False)
    if "line" in look:
        form.line_spacing = look["line"]
    if "fill" in look:
        side = {"w:val": "single", "w:sz": "24", "w:space": "6", "w:color": look["left"]}
        properties = style.element.get_or_add_pPr()
        border = element("w:pBdr", None, element("w:left", side))
        shade = element("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": look["fill"]})
        properties.insert_element_before(border, "w:shd", "w:spacing", "w:ind", "w:jc")
        properties.insert_element_before(shade, "w:spacing", "w:ind", "w:jc")


def _contents_style(word: "WordDocument", level: int) -> None:
    """A level of the table of contents: indented, with dots to the page number."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
    from docx.shared import Mm

    style = word.styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = word.styles["Normal"]
    _look(style, {"size": 10.5, "after": 3, "bold": level == 1})
    style.paragraph_format.left_indent = Mm(5 * (level - 1))
    style.paragraph_format.tab_stops.add_tab_stop(Mm(170), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)


def _table_style(word: "WordDocument") -> None:
    """A table with thin lines between its rows and a thick one below its head."""
    from docx.enum.style import WD_STYLE_TYPE

    style = word.styles.add_style("Report Table", WD_STYLE_TYPE.TABLE)
    thin = {"w:val": "single", "w:sz": "4", "w:space": "0", "w:color": RULE}
    thick = {"w:val": "single", "w:sz": "8", "w:space": "0", "w:color": INK}
    margins = [element(f"w:{side}", {"w:w": "60", "w:type": "dxa"}) for side in ("left", "right")]
    up_down = [element(f"w:{side}", {"w:w": "20", "w:type": "dxa"}) for side in ("top", "bottom")]
    style.element.append(
        element(
            "w:tblPr",
            None,
            element("w:tblBorders", None, element("w:bottom", thin), element("w:insideH", thin)),
            element("w:tblCellMar", None, up_down[0], margins[0], up_down[1], margins[1]),
        )
    )
    cell = element("w:tcPr", None, element("w:tcBorders", None, element("w:bottom", thick)))
    style.element.append(element("w:tblStylePr", {"w:type": "firstRow"}, cell))


def _page(section: "Section") -> None:
    """A4 with a header and a footer on all pages but the first."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm

    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(24), Mm(20)
    section.header_distance = section.footer_distance = Mm(11)
    section.different_first_page_header_footer = True
    head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
    head._p.append(words("{{ title }}"))
    for content in (
        [words("{{ page[0] }}")],
        field("PAGE", "1"),
        [words("{{ page[1] }}")],
        field("NUMPAGES", "1"),
        [words("{{ page[2] }}")],
    ):
        foot._p.extend(content)
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _cover(word: "WordDocument") -> None:
    """The title page, and the place where the text begins."""
    from docx.shared import Mm

    title = word.add_paragraph("{{ title }}", style="Title")
    title.paragraph_format.space_before = Mm(55)
    word.add_paragraph("{{ subtitle }}", style="Subtitle")
    table = word.add_table(rows=3, cols=2)
    rows = (("{%tr for row in front %}", ""), ("{{ row[0] }}", "{{ row[1] }}"), ("{%tr endfor %}", ""))
    for row, texts in zip(table.rows, rows, strict=True):
        for column, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = (Mm(50), Mm(120))[column]
            cell.paragraphs[0].style = word.styles["Report Term"]
            cell.paragraphs[0].add_run(text).bold = column == 0
    word.add_paragraph("{{ report }}")
