"""A report as a document: sections of paragraphs, tables, figures and fields, in words that are already translated.

What is written here knows no format; `as_html.py`, `as_docx.py` and `as_pdf.py` each show the same document.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from actuarial.translation import Language


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of plain text; `kind` is "note" for what stands smaller, "key" for what stands out."""

    text: str
    kind: str = "text"


@dataclass(frozen=True)
class Bullets:
    """Lines of plain text under each other."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Terms:
    """Words and what they say, as of a summary of provisions; `depths` set rows off that belong to one above them.

    With `symbols` they hold symbols such as V_0, whose indices are printed below the line.
    """

    rows: tuple[tuple[str, str], ...]
    depths: tuple[int, ...] = ()
    symbols: bool = False


@dataclass(frozen=True)
class Table:
    """A table of words and formatted numbers; the first `labels` columns are words, the others stand to the right.

    `head` has one or more rows of headings; a heading is its text and the number of columns that it covers. `strong`
    are rows that stand out, as totals. `name` is unique in the document and stays the same in all languages. With
    `symbols` the rows hold symbols and formulas, whose indices and powers are printed below and above the line.
    """

    name: str
    title: str
    head: tuple[tuple[tuple[str, int], ...], ...]
    rows: tuple[tuple[str, ...], ...]
    units: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()
    labels: int = 1
    strong: frozenset[int] = frozenset()
    symbols: bool = False


@dataclass(frozen=True)
class Picture:
    """A figure with its words: `svg` and `png` are files in memory, `alt` says what it shows to who cannot see it."""

    name: str
    title: str
    alt: str
    svg: str
    png: bytes
    source: str = ""
    data: Table | None = None


@dataclass(frozen=True)
class Field:
    """What a person writes: the name of the field of the checklist, what is asked, and the text, empty as long as
    nobody wrote it. `actuary` marks what only the actuary who signs can say."""

    name: str
    asked: str
    text: str = ""
    actuary: bool = False


Block = Paragraph | Bullets | Terms | Table | Picture | Field


@dataclass(frozen=True)
class Section:
    """A section; `covers` are the fields of the checklist that its blocks answer. `annex` numbers it by letters."""

    name: str
    title: str
    blocks: tuple[Block, ...] = ()
    sections: tuple["Section", ...] = ()
    covers: tuple[str, ...] = ()
    annex: bool = False


@dataclass(frozen=True)
class Document:
    """A whole report: words of the title page, sections in order, and what it was made from.

    `origin` is inside each file, for who wants to know which numbers it belongs to.
    """

    title: str
    subtitle: str
    language: Language
    front: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    origin: dict[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Document({self.title!r}, {self.subtitle!r}, {len(self.sections)} sections)"

    def _repr_html_(self) -> str:
        from actuarial.report.notebook import document_html

        return document_html(self)

    def walk(self) -> Iterator[Section]:
        """All sections, each before those inside it."""
        yield from _walk(self.sections)

    def blocks(self) -> Iterator[Block]:
        """All blocks in the order of the document."""
        for section in self.walk():
            yield from section.blocks


def _walk(sections: tuple[Section, ...]) -> Iterator[Section]:
    for section in sections:
        yield section
        yield from _walk(section.sections)
