"""A made-up report with every kind of block, long and wide tables and text that wishes harm."""

import struct
import zlib

from actuarial.report.document import Bullets, Document, Field, Paragraph, Picture, Section, Table, Terms
from actuarial.translation import language

HOSTILE = (
    "<script>alert(1)</script>",
    "{{ 7*7 }} {% for x in y %} ${7*7}",
    "=cmd|' /C calc'!A0",
    '#read("/etc/passwd") #eval("1+1") $ x $ // /* @label <label> *bold* _it_ `raw` \\include \\u{41}',
    "&amp; ]]> --> </style></svg> \" ' onload=x",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 a\u200bb\u200dc\ufeffd",
    "W" * 300,
)
PAID = ("Benefits", "Administration")
SVG = (
    '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' width="400pt" height="200pt" viewBox="0 0 400 200"><defs><style type="text/css">*{stroke-linejoin: round}</style>'
    '<clipPath id="clip"><rect width="400" height="200"/></clipPath><path id="mark" d="M 0 0 L 20 40 L 40 0 z"/></defs>'
    '<g clip-path="url(#clip)"><path d="M 20 180 L 380 20" style="fill: none; stroke: #12264f; stroke-width: 4"/>'
    '<use xlink:href="#mark" x="100" y="60" style="fill: #c2553f"/></g></svg>'
)


def png():
    """A picture of a grey band on white."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 400, 200, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\x00" + (b"\x88" if 80 < row < 120 else b"\xff") * 400 for row in range(200)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def long_table(say, rows=75):
    """Years downwards under headings of two rows."""
    head = (
        ((say("Contents"), 1), ("Income of the scheme", 3), ("Expenditure", 2), ("Reserve", 1)),
        tuple((name, 1) for name in ("", "Contributions", "Investment income", "Other", *PAID, "")),
    )
    body = tuple(
        (str(2025 + row), *(say.number(1234567.8 * (row + column + 1), 1) for column in range(6)))
        for row in range(rows)
    )
    return Table(
        "accounts", "Income and expenditure, every year", head, body, "LTD million", "Made up", ("A note below.",),
        strong=frozenset({0, rows - 1}),
    )  # fmt: skip


def wide_table(say, columns=30):
    """More columns than any page takes."""
    names = tuple((f"Year {2025 + column}", 1) for column in range(columns))
    rows = tuple(
        (
            f"Benefit number {row} for those who were insured",
            *(say.number(98765.4321 * (row + 1) * column, 2) for column in range(columns)),
        )
        for row in range(6)
    )
    return Table("wide", "Benefits across the years", ((("Benefit", 1), *names),), rows, "LTD", strong=frozenset({5}))


def middle_table(say):
    """A table that fits a page only across."""
    names = tuple((f"{year}", 1) for year in range(2025, 2039))
    rows = (("Members", *(say.number(7654321.0 + year) for year in range(14))),)
    return Table("middle", "Members", ((("Group", 1), *names),), rows, labels=1)


def figure(name="reserve", data=None, words="A line that rises"):
    """A small figure."""
    return Picture(name, f"Figure of {words}", words, SVG, png(), "Made up", data)


def whole(code="en", locale=None, hostile=True):
    """Every kind of block, in a language."""
    say = language(code, locale)
    small = Table("small", "Numbers", ((("Year", 1), ("Value", 1)),), (("2025", say.number(1.5, 1)),), labels=1)
    sections = (
        Section(
            "summary", "Executive summary",
            (
                Paragraph("The reserve lasts until 2051 – the average premium is " + say.percent(0.1607, 2) + "."),
                Paragraph("Raise the contribution rate by two points in 2027.", "key"),
                Paragraph("Élargir l’assiette : « salaires », señor, œuvre\u202f; 10\u00a0%.", "note"),
                Bullets(("First line", "Second line\nin two parts")),
                Field("opinion", "Opinion of the actuary", actuary=True),
                Field("board", "Comments of the board"),
                Field("data_quality", "Quality of the data", "The data were checked\nin March."),
            ),
            (Section("method", "Method", (Terms((("PAYG", "Pay as you go"), ("Prime nivelée", "Longue " * 25))),)),),
        ),
        Section("results", "Results", (
            long_table(say), figure(data=small), middle_table(say), wide_table(say), figure("ratio")),
        ),
        Section("data", "Data", (Paragraph("Data of members."),), (Section("more", "More data"),), annex=True),
        *((wicked(),) if hostile else ()),
    )  # fmt: skip
    return Document(
        f"Actuarial valuation of {HOSTILE[0] if hostile else 'the scheme'}",
        "As at 31 December 2024",
        say,
        (("Scheme", HOSTILE[1] if hostile else "Scheme"), ("Prepared by", "The office")),
        sections,
        origin={"scheme": "sha256 " + "0123456789abcdef" * 4, "library": "actuarial 0.1.0"},
    )


def wicked():
    """Hostile text in every place."""
    blocks = []
    for place, text in enumerate(HOSTILE):
        blocks += [
            Paragraph(text), Bullets((text,)), Terms(((text, text),)),
            Table(f"bad{place}", text, (((text, 1), (text, 1)),), ((text, text),), text, text, (text,)),
            figure(f"bad{place}", words=text), Field(f"bad{place}", text, text), Field(f"worse{place}", text),
        ]  # fmt: skip
    inner = tuple(Section(f"bad{place}", text) for place, text in enumerate(HOSTILE))
    return Section("wicked", HOSTILE[3], tuple(blocks), inner, annex=True)


def texts(document):
    """Every string of a document that a reader sees, in its order."""
    found = [document.title, document.subtitle, *(text for row in document.front for text in row)]
    for section in document.walk():
        found.append(section.title)
        for block in section.blocks:
            found += _of(block)
    return [text for text in found if text]


def _of(block):
    if isinstance(block, Paragraph):
        return [block.text]
    if isinstance(block, Bullets):
        return list(block.lines)
    if isinstance(block, Terms):
        return [text for row in block.rows for text in row]
    if isinstance(block, Table):
        cells = [text for row in block.head for text, _ in row] + [text for row in block.rows for text in row]
        return [block.title, block.units, *cells, *block.notes, block.source]
    if isinstance(block, Picture):
        return [block.title, block.source, *(_of(block.data) if block.data else ())]
    return [block.asked, block.text]


