"""A report as a Word file: the template's title page and styles, and a text that a person may go on writing."""

import secrets
import struct
import zipfile
from collections.abc import Iterator, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from actuarial.errors import BadInput
from actuarial.report import docx_xml as xml
from actuarial.report.document import Document
from actuarial.report.docx_properties import add_properties
from actuarial.report.docx_template import template as own_template
from actuarial.report.fit import fit, height
from actuarial.report.flow import Run, Title, runs
from actuarial.report.placing import need, placed
from actuarial.report.shown import Answer, Figure, Grid, Item, Lines, Pairs, Shown, Text, show
from actuarial.translation import N_, Told

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

COUNTRIES = {"en": "en-GB", "fr": "fr-FR", "es": "es-ES"}
"""Languages as Word checks their spelling, where the report names no country."""
TALLEST, CAPTION = 210.0, 20.0
"""Height of a figure in mm that leaves room for its caption, and what caption, source and distances take about."""
STYLES = {"text": "Normal", "note": "ReportNote", "key": "ReportKey"}
AFTER_FIELDS = frozenset(
    {"hdrShapeDefaults", "footnotePr", "endnotePr", "compat", "docVars", "rsids", "mathPr", "attachedSchema"}
    | {"themeFontLang", "clrSchemeMapping", "shapeDefaults", "decimalSymbol", "listSeparator"}
)
"""Settings of Word that stand behind that of updating fields."""
ROOM_BELOW = "280"
"""Space below a table or figure with its notes, in twentieths of a point."""
CLOSE_CONTENTS = range(42, 54)
"""Lines of contents that are a little longer than a page, and are set closer, so that they are on one."""
CLOSE = {"w:after": "0", "w:line": "220", "w:lineRule": "auto"}
MOST_ROWS = 26
"""Rows of the last table of a chapter that no page takes apart."""
ROOM_AFTER = 160
"""Space below words and what they say, and below what people write, likewise."""
EMU = 36000
"""Units of Word in a millimetre."""
LARGEST = 100_000_000


def write_docx(document: Document, path: str | Path, template: str | Path | None = None) -> Path:
    """Write a report as a Word file, complete or not at all.

    Headings, captions, heads of tables and alternative texts are those of Word itself; what a person is to write is a
    control with the name of the field. The contents are links with the numbers of their pages, which Word computes
    when it opens the file (it asks whether to update fields: yes) and LibreOffice by itself.

    Parameters
    ----------
    document : Document
    path : path of the .docx file; an older file is replaced
    template : path of a .docx file, optional
        A template of the institution, see `docx_template.write_template`.

    Returns
    -------
    Path

    Raises
    ------
    BadInput
        docxtpl is not installed; the document cannot be numbered, see `shown.show`; the template is no Word file,
        has macros or links to other files, lacks styles or the place of the text; the file cannot be written.
    """
    need("docxtpl", N_("a report as a Word file"))
    report = show(document)
    word = _Writer(report, _source(template), str(template or "the template")).word
    with placed(path, ".docx", N_("a report")) as temporary, temporary.open("wb") as file:
        word.save(file)
    return Path(path)


def _source(template: str | Path | None) -> bytes:
    """The bytes of a template that may be used."""
    if template is None:
        return own_template()
    path = Path(template)
    if path.suffix.lower() != ".docx" or not path.is_file():
        raise BadInput(Told("{path}: the template is no .docx file that is there.", path=path))
    content = path.read_bytes()
    try:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST:
                raise BadInput(Told("{path}: the template is larger than {most:,} bytes.", path=path, most=LARGEST))
            names = parts.namelist()
            linked = [name for name in names if name.endswith(".rels") and _links_outside(parts.read(name))]
    except (zipfile.BadZipFile, ElementTree.ParseError) as error:
        raise BadInput(Told("{path}: the template is no Word file.", path=path)) from error
    if any("vbaproject" in name.lower() for name in names):
        raise BadInput(Told("{path}: the template has macros; save it without them.", path=path))
    if linked:
        text = N_("{path}: the template loads something from outside it ({parts}).\n  Embed it or remove it.")
        raise BadInput(Told(text, path=path, parts=tuple(linked)))
    return content


def _links_outside(relations: bytes) -> bool:
    """Whether a part of a Word file loads what is not in the file; links that a reader clicks on are none of that."""
    return any(
        one.get("TargetMode") == "External" and not one.get("Type", "").endswith("/hyperlink")
        for one in ElementTree.fromstring(relations).iter()
    )


class _Writer:
    """A Word file that is being written: `word` is the whole of it."""

    def __init__(self, report: Shown, source: bytes, name: str) -> None:
        self.report, self.name = report, name
        self.marks: dict[str, str] = {}
        self.word = self._rendered(source)
        self.first = self.word.sections[0]._sectPr
        self.rooms = self._rooms()
        self._check_styles()
        place = self._place()
        for made in (*self._contents(), *self._text()):
            place.addprevious(made)
        place.getparent().remove(place)
        self._properties()

    def _rendered(self, source: bytes) -> "WordDocument":
        """The template with the words of the title page; no word of the report is read as a template."""
        from docxtpl import DocxTemplate
        from jinja2 import StrictUndefined, TemplateError
        from jinja2.sandbox import SandboxedEnvironment

        self.mark = secrets.token_hex(16)
        before, _, after = self.report.words["page"].partition("\x01")
        between, _, end = after.partition("\x02")
        made = DocxTemplate(BytesIO(source))
        try:
            made.render(
                {
                    "title": self.report.title,
                    "subtitle": self.report.subtitle,
                    "language": self.report.code,
                    "front": self.report.front,
                    "page": (before, between, end),
                    "report": self.mark,
                },
                SandboxedEnvironment(undefined=StrictUndefined, autoescape=True),
                autoescape=True,
            )
        except TemplateError as error:
            text = N_("{name}: {error}.\n  docx_template.write_template says which names may stand there.")
            raise BadInput(Told(text, name=self.name, error=error)) from error
        return made.docx

    def _rooms(self) -> tuple[float, float]:
        """Widths of the text in mm, upright and across."""
        section = self.word.sections[0]
        sides = section.left_margin, section.right_margin
        if None in (*sides, section.page_width, section.page_height):
            text = N_("{name}: the template does not say the size and the margins of its pages.")
            raise BadInput(Told(text, name=self.name))
        taken = sum(int(side or 0) for side in sides)
        wide, high = int(section.page_width or 0), int(section.page_height or 0)
        self.high = (high - int(section.top_margin or 0) - int(section.bottom_margin or 0)) / EMU
        return (wide - taken) / EMU, (high - taken) / EMU

    def _check_styles(self) -> None:
        from actuarial.report.docx_template import PARAGRAPHS

        known = {style.name for style in self.word.styles}
        needed = [*PARAGRAPHS, "Report Table", "Caption", "List Bullet", *(f"Heading {level}" for level in range(1, 7))]
        missing = [style for style in needed if style not in known]
        if missing:
            text = N_("{name}: the template lacks the styles {styles}.")
            raise BadInput(Told(text, name=self.name, styles=tuple(missing)))

    def _place(self) -> Any:
        """The paragraph of the template that the text takes the place of."""
        found = [one for one in self.word.element.body if self.mark in "".join(one.itertext())]
        if len(found) != 1 or not found[0].tag.endswith("}p"):
            text = N_("{name}: the template needs {mark} in one paragraph of its own, outside tables.")
            raise BadInput(Told(text, name=self.name, mark="{{ report }}"))
        return found[0]

    def _contents(self) -> Iterator[Any]:
        """The table of contents: a link to each heading, with a field that is the number of its page."""
        yield xml.paragraph(
            "ReportContents", xml.words(self.report.words["contents"]), properties=[xml.element("w:pageBreakBefore")]
        )
        lines = [line for line in self._parts(self.report.on_paper) if line[0] <= 3]
        close = len(lines) in CLOSE_CONTENTS
        for level, text, mark in lines:
            link = xml.element("w:hyperlink", {"w:anchor": mark, "w:history": "1"}, xml.words(text))
            link.append(xml.element("w:r", None, xml.element("w:tab")))
            link.extend(xml.field(f"PAGEREF {mark} \\h", ""))
            closer = [xml.element("w:spacing", CLOSE)] if close else []
            yield xml.paragraph(f"TOC{level}", link, properties=closer)

    def _parts(self, parts: Sequence[Any]) -> Iterator[tuple[int, str, str]]:
        for part in parts:
            yield part.level, part.heading, self._mark(part.anchor)
            yield from self._parts(part.parts)

    def _mark(self, anchor: str) -> str:
        """The name of a bookmark, of at most 40 letters."""
        return self.marks.setdefault(anchor, f"_actuarial_{1001 + len(self.marks)}")

    def _text(self) -> Iterator[Any]:
        """Headings and blocks; pages turn where a table needs it, and the last section is that of the template."""
        last = self.word.element.body.sectPr
        found = runs(self.report.on_paper, lambda grid: fit(grid, self.rooms).across)
        for place, run in enumerate(found):
            blocks = [list(self._block(item)) for item in run.items]
            for number in self._taken_along(run):
                _keep_whole(blocks[number])
                _keep_with_next(blocks[number][-1])
            for number in _last_tables(run.items):
                _keep_whole(blocks[number])
            for number in (*_first_words(run.items), *_asked_along(run.items)):
                for paragraph in (one for block in blocks[number] for one in block.iter("{*}p")):
                    _keep_with_next(paragraph)
            made = [one for block in blocks for one in block]
            if place + 1 < len(found):
                self._end_section(made, self._section(run.across, place == 0))
            yield from made
        final = self._section(bool(found) and found[-1].across, len(found) < 2)
        last.getparent().replace(last, final)

    def _taken_along(self, run: Run) -> Iterator[int]:
        """Numbers of the tables that stay with a figure, which would else be alone on the last page of a chapter, where
        there is room for both on a page."""
        room = self.rooms[0] if run.across else self.high
        for number, (item, following) in enumerate(pairwise(run.items)):
            if not (isinstance(item, Grid) and isinstance(following, Figure) and _ends_chapter(run.items, number + 1)):
                continue
            if height(item, fit(item, self.rooms)) + self._figure_height(following) <= room:
                yield number

    def _figure_height(self, item: Figure) -> float:
        """Height of a picture with its caption, in mm."""
        wide, high = struct.unpack(">II", item.drawing.png[16:24])
        return min(TALLEST, high * self.rooms[0] / wide) + CAPTION

    def _end_section(self, made: list[Any], section: Any) -> None:
        """End a section with the last paragraph of its text, so that none that is empty begins a page."""
        if made[-1].tag.endswith("}p"):
            made[-1].pPr.append(section)
        else:
            made.append(xml.element("w:p", None, xml.element("w:pPr", None, _small(0), section)))

    def _section(self, across: bool, opening: bool) -> Any:
        """A section like that of the template; later ones go on with its header and footer on every page."""
        from docx.oxml.ns import qn

        made = deepcopy(self.first)
        size = made.find(qn("w:pgSz"))
        if across:
            wide, high = size.get(qn("w:h")), size.get(qn("w:w"))
            size.set(qn("w:w"), wide)
            size.set(qn("w:h"), high)
            size.set(qn("w:orient"), "landscape")
        if not opening:
            for name in ("w:headerReference", "w:footerReference", "w:titlePg", "w:pgNumType"):
                for child in made.findall(qn(name)):
                    made.remove(child)
        return made

    def _block(self, item: Title | Item) -> Iterator[Any]:
        """Elements of a heading or a block."""
        if isinstance(item, Title):
            mark = self._mark(item.anchor)
            content = xml.bookmarked(mark, int(mark.rsplit("_", 1)[-1]), xml.words(item.text))
            same_page = [xml.value("w:pageBreakBefore", "0")] if item.level == 1 and not item.new_page else []
            yield xml.paragraph(f"Heading{item.level}", *content, properties=same_page)
        elif isinstance(item, Text):
            yield xml.paragraph(STYLES[item.style], xml.words(item.text))
        elif isinstance(item, Lines):
            yield from (xml.paragraph("ListBullet", xml.words(line)) for line in item.lines)
        elif isinstance(item, Pairs):
            yield from self._pairs(item.rows, "ReportTerm", item.depths, symbols=item.symbols)
        elif isinstance(item, Grid):
            yield from self._table(item)
        elif isinstance(item, Figure):
            yield from self._figure(item)
        else:
            yield from self._answer(item)

    def _pairs(
        self, rows: Sequence[tuple[str, str]], style: str, depths: Sequence[int] = (), *, symbols: bool = False
    ) -> Iterator[Any]:
        if rows:
            yield xml.pairs(rows, depths or [0] * len(rows), self.rooms[0], style, symbols=symbols)
            yield xml.paragraph(style, properties=[_small(ROOM_AFTER)])

    def _table(self, item: Grid) -> Iterator[Any]:
        """Caption, table, notes and source; columns in parts have a caption each."""
        laid = fit(item, self.rooms)
        units = f" ({item.units})" if item.units else ""
        more = f" ({self.report.words['continued']})"
        for place, made in enumerate(xml.tables(item, laid.parts, laid.size)):
            if place:
                rest = f"{item.label}. {item.title}{units}{more}"
                yield xml.paragraph("Caption", xml.words(rest), properties=[xml.element("w:keepNext")])
            else:
                counter = "Table" if item.anchor.startswith("table-") else ""
                yield self._caption(item.label, counter, f". {item.title}{units}")
            yield made
        yield from self._below(item.below)

    def _caption(self, label: str, counter: str, rest: str) -> Any:
        if counter:
            return xml.caption("Caption", label, counter, rest)
        return xml.paragraph("Caption", xml.words(label + rest), properties=[xml.element("w:keepNext")])

    def _below(self, lines: Sequence[str]) -> Iterator[Any]:
        """Notes and source, on one page and with room below; what has none still is apart from the next table."""
        for line in lines[:-1]:
            yield xml.paragraph("ReportBelow", xml.words(line), properties=[xml.element("w:keepNext")])
        room = xml.element("w:spacing", {"w:after": ROOM_BELOW})
        yield xml.paragraph("ReportBelow", *map(xml.words, lines[-1:]), properties=[room])

    def _figure(self, item: Figure) -> Iterator[Any]:
        """A caption and a picture with its alternative text."""
        from docx.image.exceptions import UnrecognizedImageError
        from docx.shared import Mm

        yield self._caption(item.label, "Figure", f". {item.title}")
        try:
            shape = self.word.part.new_pic_inline(BytesIO(item.drawing.png), width=Mm(round(self.rooms[0])))
        except UnrecognizedImageError as error:
            raise BadInput(f"figure {item.name}: its png is no picture.") from error
        if shape.extent.cy > Mm(TALLEST):
            shape = self.word.part.new_pic_inline(BytesIO(item.drawing.png), height=Mm(TALLEST))
        shape.docPr.set("descr", item.alt)
        shape.docPr.set("name", item.anchor)
        yield xml.paragraph("ReportFigure", xml.element("w:r", None, xml.element("w:drawing", None, shape)))
        yield from self._below(item.below)

    def _answer(self, item: Answer) -> Iterator[Any]:
        """What is asked, and a control with the answer or with who is to write it."""
        asked, answer = ("ReportToAsk", "ReportMissing") if item.missing else ("ReportAsked", "ReportAnswer")
        said = f"[{item.missing}]" if item.missing else item.text
        yield xml.paragraph(asked, xml.words(item.asked))
        content = [xml.paragraph(answer, xml.words(line)) for line in said.split("\n")]
        yield xml.control(item.name, item.asked, content, empty=bool(item.missing))
        yield xml.paragraph("ReportBelow", properties=[_small(ROOM_AFTER)])

    def _properties(self) -> None:
        """Title, language and time of the file; Word computes pages of the contents when it opens it."""
        core, now = self.word.core_properties, datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        code = self.report.locale if "-" in self.report.locale else COUNTRIES[self.report.code]
        core.title, core.subject, core.language = self.report.title[:255], self.report.subtitle[:255], code
        core.author, core.comments, core.last_modified_by, core.keywords = "", "", "", ""
        core.created = core.modified = now
        add_properties(self.word.part.package, self.report.origin)
        defaults = self.word.styles.element.find(".//{*}rPrDefault/{*}rPr")
        for style in (defaults, *(style.element.find("{*}rPr") for style in self.word.styles)):
            for one in [] if style is None else style.findall("{*}lang"):
                style.remove(one)
        if defaults is not None:
            defaults.append(xml.element("w:lang", {"w:val": code, "w:eastAsia": code, "w:bidi": "ar-SA"}))
        settings = self.word.settings.element
        if settings.find("{*}updateFields") is None:
            later = [child for child in settings if child.tag.rsplit("}", 1)[-1] in AFTER_FIELDS]
            asks = xml.value("w:updateFields", "true")
            later[0].addprevious(asks) if later else settings.append(asks)


def _small(after: int) -> Any:
    """Spacing of a paragraph without text, which is too low to begin a page of its own."""
    return xml.element("w:spacing", {"w:before": "0", "w:after": str(after), "w:line": "20", "w:lineRule": "exact"})


def _first_words(items: Sequence[Title | Item]) -> Iterator[int]:
    """Numbers of the lists that a table follows, and which stay with it."""
    for number, (item, following) in enumerate(pairwise(items)):
        if isinstance(item, Lines) and isinstance(following, Grid):
            yield number


def _asked_along(items: Sequence[Title | Item]) -> Iterator[int]:
    """Numbers of the fields that stay with the field that ends a chapter, which would else be alone on a page."""
    blocks = [number for number, item in enumerate(items) if not isinstance(item, Title)]
    for number, last in pairwise(blocks):
        both = isinstance(items[number], Answer) and isinstance(items[last], Answer)
        if both and _ends_chapter(items, last) and not _ends_chapter(items, number):
            yield number


def _last_tables(items: Sequence[Title | Item]) -> Iterator[int]:
    """Numbers of the tables that end a chapter, whose last rows would else be alone on a page, and that fit on one."""
    for number, item in enumerate(items):
        if isinstance(item, Grid) and len(item.rows) <= MOST_ROWS and _ends_chapter(items, number):
            yield number


def _ends_chapter(items: Sequence[Title | Item], number: int) -> bool:
    """Whether what follows begins a page."""
    after = items[number + 1] if number + 1 < len(items) else None
    return after is None or (isinstance(after, Title) and after.new_page)


def _keep_whole(made: Sequence[Any]) -> None:
    """Let all rows of tables stay on one page."""
    for table in made:
        for paragraph in table.iter("{*}p") if table.tag.endswith("}tbl") else ():
            _keep_with_next(paragraph)


def _keep_with_next(paragraph: Any) -> None:
    """Let a paragraph stay on the page of what is below it."""
    if paragraph.pPr.find("{*}keepNext") is None:
        paragraph.pPr.find("{*}pStyle").addnext(xml.element("w:keepNext"))
