"""A document as it is shown: numbered, captioned, in text that every format can hold; all renderers start here."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from actuarial.errors import BadInput
from actuarial.report.document import Block, Bullets, Document, Field, Paragraph, Picture, Section, Table, Terms
from actuarial.translation import Language

NO_CHARACTER = "\N{REPLACEMENT CHARACTER}"
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ufdd0-\ufdef\ud800-\udfff"
    + "".join(map(chr, (plane * 0x10000 + last for plane in range(17) for last in (0xFFFE, 0xFFFF))))
    + "]"
)
_NEGATIVE = re.compile(r"(?<![^\s(])-(?=[\d.,])")
DEEPEST = 6
"""Levels of headings that all formats have."""


@dataclass(frozen=True)
class Text:
    """A paragraph; `style` is text, note or key."""

    text: str
    style: str
    kind: str = "text"


@dataclass(frozen=True)
class Lines:
    """Lines under each other."""

    lines: tuple[str, ...]
    kind: str = "lines"


@dataclass(frozen=True)
class Pairs:
    """Words and what they say, and how deep each row belongs below those before it."""

    rows: tuple[tuple[str, str], ...]
    depths: tuple[int, ...]
    symbols: bool = False
    kind: str = "pairs"


@dataclass(frozen=True)
class Heading:
    """A heading of columns: where it begins, how many columns and how many rows of headings it covers."""

    text: str
    first: int
    columns: int
    rows: int = 1


@dataclass(frozen=True)
class Grid:
    """A table with its caption; `below` are source and notes."""

    name: str
    anchor: str
    label: str
    title: str
    units: str
    head: tuple[tuple[Heading, ...], ...]
    rows: tuple[tuple[str, ...], ...]
    labels: int
    strong: tuple[int, ...]
    below: tuple[str, ...]
    symbols: bool = False
    kind: str = "table"

    @property
    def columns(self) -> int:
        """Number of columns."""
        return sum(heading.columns for heading in self.head[0])


@dataclass(frozen=True)
class Figure:
    """A figure with its caption; `drawing` holds the files."""

    name: str
    anchor: str
    label: str
    title: str
    alt: str
    below: tuple[str, ...]
    drawing: Picture
    data: Grid | None
    kind: str = "figure"


@dataclass(frozen=True)
class Answer:
    """What a person writes; `missing` says who is to write it as long as `text` is empty."""

    name: str
    asked: str
    text: str
    missing: str
    kind: str = "field"


FEW = 3  # blocks of a section that begins no page

Item = Text | Lines | Pairs | Grid | Figure | Answer


@dataclass(frozen=True)
class Part:
    """A section with its number; `label` is what its heading says before the title."""

    name: str
    anchor: str
    label: str
    title: str
    level: int
    annex: bool
    items: tuple[Item, ...]
    parts: tuple["Part", ...]
    new_page: bool = False

    @property
    def heading(self) -> str:
        """Number and title."""
        return f"{self.label} {self.title}"

    @property
    def short(self) -> bool:
        """Whether it has no more than a few lines."""
        blocks = [item for part in _walk((self,)) for item in part.items]
        return len(blocks) <= FEW and not any(isinstance(item, Grid | Figure) for item in blocks)


@dataclass(frozen=True)
class Shown:
    """A whole document as it is shown."""

    code: str
    locale: str
    title: str
    subtitle: str
    front: tuple[tuple[str, str], ...]
    words: dict[str, str]
    parts: tuple[Part, ...]
    numbers: Part | None
    origin: dict[str, str]

    @property
    def on_paper(self) -> tuple[Part, ...]:
        """Parts of a report on paper: an annex has the numbers that a page shows below each figure."""
        return self.parts if self.numbers is None else (*self.parts, self.numbers)

    def walk(self) -> Iterator[Part]:
        """All parts, each before those inside it."""
        yield from _walk(self.parts)

    def figures(self) -> tuple[Figure, ...]:
        """All figures in their order."""
        return tuple(item for part in self.walk() for item in part.items if isinstance(item, Figure))


def show(document: Document) -> Shown:
    """Number a document, say its labels and clean its text.

    Sections are numbered 1, 1.1, annexes A, A.1; tables and figures 1, 2, ... through the document. Characters that
    files cannot hold, and those that turn the direction of what follows, become U+FFFD.

    Raises
    ------
    BadInput
        Two sections, tables or figures of one name; a table whose rows and headings differ in their columns; sections
        deeper than headings go.
    """
    if not isinstance(document, Document):
        raise BadInput(
            f"report: a Document comes first and the path of the file second (got {type(document).__name__}).\n"
            "  Make one from a result: report.build(result, basis, scheme)."
        )
    counters = _Counters(document.language)
    parts = tuple(_paged(tuple(counters.parts(document.sections, "", 1, False))))
    return Shown(
        code=document.language.code,
        locale=document.language.locale.replace("_", "-"),
        title=one_line(document.title),
        subtitle=one_line(document.subtitle),
        front=tuple((one_line(name), clean(text)) for name, text in document.front),
        words=said(document.language),
        parts=parts,
        numbers=counters.numbers(parts),
        origin={one_line(name): one_line(text) for name, text in document.origin.items()},
    )


def _paged(parts: Sequence[Part]) -> Iterator[Part]:
    """Whole sections and annexes: short ones stand below what is before them, and those after them do so as well, so
    that none is alone on a page; the first annex is below no section."""
    for before, part in zip((None, *parts), parts, strict=False):
        follows = before is not None and before.short and before.annex == part.annex
        yield replace(part, new_page=not part.short and not follows)


def said(say: Language) -> dict[str, str]:
    """Words of the frame of a report."""
    return {
        "contents": say("Contents"),
        "skip": say("Skip to the content"),
        "numbers": say("Numbers of this figure"),
        "page": say("Page {number} of {pages}", number="\x01", pages="\x02"),
        "continued": say("columns continued"),
    }


def clean(text: str) -> str:
    """Text that every format can hold."""
    return _UNFIT.sub(NO_CHARACTER, text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Clean text without breaks of lines."""
    return re.sub("[\t\n ]+", " ", clean(text)).strip(" ")


def signed(text: str) -> str:
    """The text with the sign of a minus before its negative numbers."""
    return _NEGATIVE.sub("\N{MINUS SIGN}", text)


def letters(number: int) -> str:
    """1, 2, ..., 26, 27 as A, B, ..., Z, AA."""
    above, last = divmod(number - 1, 26)
    return (letters(above) if above else "") + chr(ord("A") + last)


class _Counters:
    """Numbers of sections, annexes, tables and figures, and the names that were seen."""

    def __init__(self, say: Language) -> None:
        self.say = say
        self.annexes, self.tables, self.figures = count(1), count(1), count(1)
        self.names: set[str] = set()

    def parts(self, sections: Sequence[Section], above: str, level: int, annex: bool) -> Iterator[Part]:
        """Sections of one level with their numbers."""
        numbers = count(1)
        for section in sections:
            if level > DEEPEST:
                raise BadInput(f"section {section.name}: it is {level} levels deep; headings have {DEEPEST}.")
            letter = section.annex and not annex
            number = letters(next(self.annexes)) if letter else f"{above}{next(numbers)}"
            yield Part(
                name=section.name,
                anchor=self.anchor("section", section.name),
                label=self.say("Annex {number}", number=number) if letter else number,
                title=one_line(section.title),
                level=level,
                annex=letter,
                items=tuple(self.item(block) for block in section.blocks),
                parts=tuple(self.parts(section.sections, f"{number}.", level + 1, annex or section.annex)),
            )

    def anchor(self, kind: str, name: str) -> str:
        """A name for links, which nothing else in the document has."""
        found = f"{kind}-{re.sub('[^A-Za-z0-9_]', '-', name)}"
        if found in self.names:
            raise BadInput(f"{kind} {name}: the document has two of this name; each needs its own.")
        self.names.add(found)
        return found

    def item(self, block: Block) -> Item:
        """A block as it is shown."""
        if isinstance(block, Paragraph):
            return Text(signed(clean(block.text)), block.kind)
        if isinstance(block, Bullets):
            return Lines(tuple(signed(clean(line)) for line in block.lines))
        if isinstance(block, Terms):
            rows = tuple((one_line(word), signed(clean(text))) for word, text in block.rows)
            return Pairs(rows, block.depths or (0,) * len(rows), block.symbols)
        if isinstance(block, Table):
            return self.grid(block, self.say("Table {number}", number=next(self.tables)), "table")
        if isinstance(block, Picture):
            return self.figure(block)
        return self.answer(block)

    def numbers(self, parts: Sequence[Part]) -> Part | None:
        """The annex with the numbers of all figures, if there are any."""
        figures = (item for part in _walk(parts) for item in part.items if isinstance(item, Figure))
        grids = tuple(item.data for item in figures if item.data is not None)
        if not grids:
            return None
        return Part(
            name="numbers",
            anchor="numbers-of-figures",
            label=self.say("Annex {number}", number=letters(next(self.annexes))),
            title=self.say("Numbers of the figures"),
            level=1,
            annex=True,
            items=grids,
            parts=(),
            new_page=True,
        )

    def figure(self, block: Picture) -> Figure:
        """A figure and its numbers, whose table has no number of its own."""
        label = self.say("Figure {number}", number=next(self.figures))
        numbers = self.say("{figure}, numbers", figure=label)
        return Figure(
            name=block.name,
            anchor=self.anchor("figure", block.name),
            label=label,
            title=one_line(block.title),
            alt=one_line(block.alt),
            below=self.below(block.source, ()),
            drawing=block,
            data=None if block.data is None else self.grid(block.data, numbers, "data"),
        )

    def answer(self, block: Field) -> Answer:
        """A field, and who is to write it."""
        missing = self.say("To be written by the actuary") if block.actuary else self.say("To be written")
        text = clean(block.text)
        return Answer(block.name, one_line(block.asked), text, "" if text.strip() else missing)

    def grid(self, table: Table, label: str, kind: str) -> Grid:
        """A table, whose rows and headings have the same columns."""
        columns = {sum(span for _, span in row) for row in table.head} | {len(row) for row in table.rows}
        if len(columns) != 1 or not table.head:
            raise BadInput(
                f"table {table.name}: its headings and rows have {sorted(columns)} columns; all need the same number."
            )
        return Grid(
            name=table.name,
            anchor=self.anchor(kind, table.name),
            label=label,
            title=one_line(table.title),
            units=one_line(table.units),
            head=_merged(table.head),
            rows=tuple(tuple(signed(one_line(cell)) for cell in row) for row in table.rows),
            labels=table.labels,
            strong=tuple(sorted(table.strong)),
            below=self.below(table.source, table.notes),
            symbols=table.symbols,
        )

    def below(self, source: str, notes: Sequence[str]) -> tuple[str, ...]:
        """Lines below a table or figure."""
        said = (self.say("Source: {source}", source=clean(source)),) if source.strip() else ()
        return (*map(clean, notes), *said)


def _merged(head: Sequence[Sequence[tuple[str, int]]]) -> tuple[tuple[Heading, ...], ...]:
    """Headings in their rows; one above or below nothing but empty ones of its width covers their rows as well."""
    rows: list[dict[tuple[int, int], str]] = []
    for row in head:
        cells, first = {}, 0
        for text, columns in row:
            cells[first, columns] = one_line(text)
            first += columns
        rows.append(cells)
    shown: list[list[Heading]] = [[] for _ in rows]
    covered: set[tuple[int, int, int]] = set()
    for place, cells in enumerate(rows):
        for (first, columns), text in cells.items():
            if (place, first, columns) in covered:
                continue
            deep = _depth([row.get((first, columns)) for row in rows[place:]])
            covered |= {(below, first, columns) for below in range(place, place + deep)}
            texts = [rows[below][first, columns] for below in range(place, place + deep)]
            shown[place].append(Heading(next(filter(None, texts), text), first, columns, deep))
    return tuple(map(tuple, shown))


def _depth(texts: Sequence[str | None]) -> int:
    """How many cells from the first one downwards hold no more than one text together."""
    deep, full = 0, 0
    for text in texts:
        full += bool(text)
        if text is None or full > 1:
            break
        deep += 1
    return max(deep, 1)


def _walk(parts: Sequence[Part]) -> Iterator[Part]:
    for part in parts:
        yield part
        yield from _walk(part.parts)
