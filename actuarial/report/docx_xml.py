"""Pieces of a Word file: paragraphs, fields, links, tables and pictures as elements of its XML."""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any

from actuarial.report.fit import STEP, pair_widths, part_of
from actuarial.report.scripts import pieces
from actuarial.report.shown import Grid, Heading

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement

DXA_OF_MM = 1440 / 25.4
HEAD_FILL, STRONG_FILL = "E9EEF5", "EEF3FA"
WHOLE, TOGETHER = 15, 6
"""Rows that no page takes apart, and of a longer table how many stay together at its beginning and its end."""


def element(name: str, attributes: "dict[str, str] | None" = None, *children: Any) -> "BaseOxmlElement":
    """An element such as `w:p` with attributes such as `w:val`."""
    tag, spaces = _tag(name)
    made = _maker()(tag, nsmap=spaces)
    for key, value in (attributes or {}).items():
        made.set(_tag(key)[0], value)
    made.extend(children)
    return made


@cache
def _maker() -> Any:
    """What makes an element; a report has two hundred thousand."""
    from docx.oxml.parser import oxml_parser

    return oxml_parser.makeelement


@cache
def _tag(name: str) -> tuple[str, dict[str, str]]:
    """The whole name of `w:p`, and the name space that it is of."""
    from docx.oxml.ns import NamespacePrefixedTag

    tag = NamespacePrefixedTag(name)
    return tag.clark_name, tag.nsmap


def value(name: str, text: str) -> "BaseOxmlElement":
    """An element whose attribute `w:val` says all."""
    return element(name, {"w:val": text})


def words(text: str, *properties: Any) -> "BaseOxmlElement":
    """A run of text with its breaks of lines."""
    run = element("w:r", None, *([element("w:rPr", None, *properties)] if properties else []))
    for place, line in enumerate(text.split("\n")):
        if place:
            run.append(element("w:br"))
        said = element("w:t", {"xml:space": "preserve"})
        said.text = line
        run.append(said)
    return run


def printed(text: str, *properties: Any, symbols: bool) -> "list[BaseOxmlElement]":
    """Runs of a text, with indices and powers below and above the line where it holds symbols."""
    if not symbols:
        return [words(text, *properties)]
    places = {"sub": "subscript", "sup": "superscript"}
    return [
        words(said, *deepcopy(properties), *([value("w:vertAlign", places[place])] if place else []))
        for place, said in pieces(text)
    ]


def paragraph(style: str, *content: Any, properties: Iterable[Any] = ()) -> "BaseOxmlElement":
    """A paragraph of a style, by its id."""
    return element("w:p", None, element("w:pPr", None, value("w:pStyle", style), *properties), *content)


def field(instruction: str, shown: str) -> "list[BaseOxmlElement]":
    """Runs of a field with what it shows until Word computes it."""
    return [*field_begin(instruction), words(shown), field_end()]


def field_begin(instruction: str) -> "list[BaseOxmlElement]":
    """Runs that open a field."""
    said = element("w:instrText", {"xml:space": "preserve"})
    said.text = f" {instruction} "
    return [
        element("w:r", None, element("w:fldChar", {"w:fldCharType": "begin"})),
        element("w:r", None, said),
        element("w:r", None, element("w:fldChar", {"w:fldCharType": "separate"})),
    ]


def field_end() -> "BaseOxmlElement":
    """The run that closes a field."""
    return element("w:r", None, element("w:fldChar", {"w:fldCharType": "end"}))


def bookmarked(name: str, number: int, *content: Any) -> "list[BaseOxmlElement]":
    """Content that links find by a name."""
    start = element("w:bookmarkStart", {"w:id": str(number), "w:name": name})
    return [start, *content, element("w:bookmarkEnd", {"w:id": str(number)})]


def caption(style: str, label: str, counter: str, rest: str) -> "BaseOxmlElement":
    """A caption whose number Word counts itself, where `label` has one."""
    number = next((piece for piece in label.split() if piece.isdigit()), "")
    before, _, after = label.partition(number) if number else (label, "", "")
    runs = [words(before), *field(f"SEQ {counter} \\* ARABIC", number), words(after + rest)]
    return paragraph(style, *(runs if number else [words(label + rest)]), properties=[element("w:keepNext")])


def control(name: str, asked: str, content: Sequence[Any], *, empty: bool) -> "BaseOxmlElement":
    """A control that a person writes in."""
    properties = [value("w:alias", asked[:64]), value("w:tag", name[:64])]
    properties += [element("w:showingPlcHdr")] if empty else []
    return element("w:sdt", None, element("w:sdtPr", None, *properties), element("w:sdtContent", None, *content))


def tables(grid: Grid, parts: Sequence[tuple[Sequence[int], Sequence[float]]], size: float) -> "list[BaseOxmlElement]":
    """A table, or several with some of its columns each."""
    return [_table(grid, columns, widths, size) for columns, widths in parts]


def _table(grid: Grid, columns: Sequence[int], widths: Sequence[float], size: float) -> "BaseOxmlElement":
    head, rows = part_of(grid, columns)
    dxa = [str(round(width * DXA_OF_MM)) for width in widths]
    properties = element(
        "w:tblPr",
        None,
        value("w:tblStyle", "ReportTable"),
        element("w:tblW", {"w:w": str(sum(map(int, dxa))), "w:type": "dxa"}),
        element("w:tblLayout", {"w:type": "fixed"}),
        element("w:tblLook", {"w:val": "0020", "w:firstRow": "1", "w:noHBand": "1", "w:noVBand": "1"}),
        value("w:tblCaption", f"{grid.label}. {grid.title}"[:255]),
    )
    columns_of = element("w:tblGrid", None, *(element("w:gridCol", {"w:w": width}) for width in dxa))
    made = element("w:tbl", None, properties, columns_of)
    made.extend(_head(head, dxa, grid.labels, size))
    for place, row in enumerate(rows):
        stays = len(rows) <= WHOLE or place < TOGETHER - 1 or place >= len(rows) - TOGETHER
        strong = place in grid.strong
        made.append(_row(row, dxa, grid.labels, size, strong, stays=stays, symbols=grid.symbols))
    return made


def _head(head: Sequence[Sequence[Heading]], dxa: Sequence[str], labels: int, size: float) -> "list[BaseOxmlElement]":
    """Rows of headings, repeated on every page; a heading of several rows continues in those below it."""
    made = []
    for place in range(len(head)):
        here = [
            (heading, above) for above in range(place + 1) for heading in head[above] if above + heading.rows > place
        ]
        row = element("w:tr", None, element("w:trPr", None, element("w:cantSplit"), element("w:tblHeader")))
        for heading, above in sorted(here, key=lambda pair: pair[0].first):
            row.append(_heading(heading, dxa, labels, size, begins=above == place))
        made.append(row)
    return made


def _heading(heading: Heading, dxa: Sequence[str], labels: int, size: float, *, begins: bool) -> "BaseOxmlElement":
    width = sum(int(one) for one in dxa[heading.first : heading.first + heading.columns])
    properties = [element("w:tcW", {"w:w": str(width), "w:type": "dxa"})]
    if heading.columns > 1:
        properties.append(value("w:gridSpan", str(heading.columns)))
    if heading.rows > 1:
        properties.append(value("w:vMerge", "restart") if begins else element("w:vMerge"))
    properties += [_fill(HEAD_FILL), value("w:vAlign", "bottom")]
    side = "left" if heading.first < labels else "center" if heading.columns > 1 else "right"
    text = [words(heading.text, *_type(size))] if begins else []
    said = paragraph("ReportTableHead", *text, properties=[element("w:keepNext"), value("w:jc", side)])
    return element("w:tc", None, element("w:tcPr", None, *properties), said)


def _row(
    row: Sequence[str],
    dxa: Sequence[str],
    labels: int,
    size: float,
    strong: bool,
    *,
    stays: bool,
    symbols: bool,
) -> "BaseOxmlElement":
    """A row that no page takes apart; where it `stays`, what is below it is on the same page."""
    made = element("w:tr", None, element("w:trPr", None, element("w:cantSplit")))
    for column, (cell, width) in enumerate(zip(row, dxa, strict=True)):
        properties = [element("w:tcW", {"w:w": width, "w:type": "dxa"}), *([_fill(STRONG_FILL)] if strong else [])]
        side = [*([element("w:keepNext")] if stays else []), *([] if column < labels else [value("w:jc", "right")])]
        bold = [element("w:b")] if strong else []
        text = printed(cell, *bold, *_type(size), symbols=symbols)
        said = paragraph("ReportTableText", *text, properties=side)
        made.append(element("w:tc", None, element("w:tcPr", None, *properties), said))
    return made


def pairs(
    rows: Sequence[tuple[str, str]], depths: Sequence[int], room: float, style: str, *, symbols: bool
) -> "BaseOxmlElement":
    """Words and what they say, beside each other without lines; what belongs to words above it is set off.

    No page takes a few rows apart; of many neither the first nor the last one is alone on a page.
    """
    dxa = [str(round(width * DXA_OF_MM)) for width in pair_widths(rows, depths, room)]
    properties = element(
        "w:tblPr",
        None,
        element("w:tblW", {"w:w": str(sum(map(int, dxa))), "w:type": "dxa"}),
        element("w:tblLayout", {"w:type": "fixed"}),
        element("w:tblLook", {"w:val": "0080", "w:firstColumn": "1", "w:noHBand": "1", "w:noVBand": "1"}),
    )
    made = element(
        "w:tbl", None, properties, element("w:tblGrid", None, *(element("w:gridCol", {"w:w": one}) for one in dxa))
    )
    stay = range(len(rows)) if len(rows) <= WHOLE else (0, len(rows) - 2)
    for place, (row, depth, below) in enumerate(zip(rows, depths, (*depths[1:], 0), strict=True)):
        stays = below > depth or place in stay
        heads = [[element("w:keepNext")] if stays else [] for _ in row]
        off = [element("w:ind", {"w:left": str(round(depth * STEP * DXA_OF_MM))})] if depth else []
        said = (
            paragraph(style, *printed(row[0], element("w:b"), symbols=symbols), properties=[*heads[0], *off]),
            paragraph(style, *printed(row[1], symbols=symbols), properties=heads[1]),
        )
        made.append(
            element(
                "w:tr",
                None,
                element("w:trPr", None, element("w:cantSplit")),
                *(element("w:tc", None, _cell_width(one), cell) for one, cell in zip(dxa, said, strict=True)),
            )
        )
    return made


def _cell_width(dxa: str) -> "BaseOxmlElement":
    return element("w:tcPr", None, element("w:tcW", {"w:w": dxa, "w:type": "dxa"}))


def _type(size: float) -> "list[BaseOxmlElement]":
    half = str(round(2 * size))
    return [value("w:sz", half), value("w:szCs", half)]


def _fill(colour: str) -> "BaseOxmlElement":
    return element("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": colour})
