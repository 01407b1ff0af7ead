"""A report on paper: a tagged PDF made by typst from its own fonts, with the document as data."""

import json
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from itertools import count, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

from actuarial.errors import BadInput
from actuarial.report.document import Document
from actuarial.report.fit import breakable, fit, part_of
from actuarial.report.flow import Run, Title, runs
from actuarial.report.last_pages import ends_of_little, turned_before
from actuarial.report.origin import words_of_origin
from actuarial.report.placing import need, placed
from actuarial.report.scripts import pieces
from actuarial.report.shown import NO_CHARACTER, Figure, Grid, Pairs, Shown, show
from actuarial.translation import N_

if TYPE_CHECKING:
    import typst

TEMPLATE = Path(__file__).with_name("templates") / "report.typ"
TEXT_FONTS = ("Libertinus Serif", "DejaVu Sans")
"""Fonts of the text, in typst and in matplotlib; the second has the letters that the first lacks."""
STANDARDS: list[Any] = ["ua-1", "a-2a"]
"""PDF/UA-1, for readers who hear or touch the text, and PDF/A-2a, for archives."""
MOST_LOOKS = 2
"""How often the pages are looked through for tables that leave little on their last one."""
FEW = 8
"""So many rows of a table on its last page are few."""
WHOLE = 26, 2500
"""Rows and characters of a table that is not taken apart between pages."""
WORD = 30.0
"""Words wider than these em may be broken in running text."""
FEW_PAIRS = 15
"""So many words and what they say stay on one page."""
LAST_PAIRS = 3
"""So many of the last ones of a longer list are on one page."""


def write_pdf(
    document: Document, path: str | Path, *, fonts: Sequence[str | Path] = (), made: datetime | None = None
) -> Path:
    """Write a report as PDF (PDF/UA-1 and PDF/A-2a), complete or not at all.

    The same document and time have the same bytes. Fonts of the system are not used, and nothing is fetched.

    Parameters
    ----------
    document : Document
    path : path of the .pdf file; an older file is replaced
    fonts : folders with fonts for scripts that Latin, Greek and Cyrillic fonts lack, as Thai
    made : time that the file says it was made at, by default now

    Returns
    -------
    Path

    Raises
    ------
    BadInput
        typst or matplotlib is not installed; the document cannot be numbered, see `shown.show`; a drawing is none;
        a folder of fonts is none; the file cannot be written.

    Warns
    -----
    UserWarning
        The fonts lack characters of the document, which become U+FFFD.
    """
    need("typst", N_("a report as PDF"))
    need("matplotlib", N_("a report as PDF"))
    for folder in fonts:
        if not Path(folder).is_dir():
            raise BadInput(f"fonts: {folder} is no folder.")
    paper = _compiled(show(document), tuple(map(str, fonts)), made or datetime.now(UTC))
    with placed(path, ".pdf", N_("a report")) as temporary:
        temporary.write_bytes(paper)
    return Path(path)


def _compiled(report: Shown, folders: tuple[str, ...], made: datetime) -> bytes:
    """The bytes of the PDF; everything that the template reads lies in a folder of its own."""
    import typst

    fonts = _fonts(folders)
    data = _known(_data(report, fonts), folders)
    with TemporaryDirectory() as name:
        root = Path(name)
        (root / "report.typ").write_bytes(TEMPLATE.read_bytes())
        (root / "report.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        for item in report.figures():
            (root / _file(item)).write_text(item.drawing.svg, encoding="utf-8")
        try:
            compiler = _settled(root, fonts, data["runs"])
            paper = compiler.compile(pdf_standards=STANDARDS, timestamp=int(made.timestamp()))
        except typst.TypstError as error:
            raise BadInput(f"the report cannot be set as PDF: {error.message}.\n  {' '.join(error.hints)}") from error
    return cast(bytes, paper)


def _settled(root: Path, fonts: "typst.Fonts", told: list[dict[str, Any]]) -> "typst.Compiler":
    """The report with those tables set closer that would else leave notes alone, or a few rows, on their last page.

    A table for which that is not enough has its rows further apart than others, so that its last page has more of them.
    Tables of a chapter whose last page has a few lines are set closer where this saves the page; a block that would
    stand alone there takes the one before it along.
    """
    tight: set[str] = set()
    loose: set[str] = set()
    compiler = _compiler(root, fonts, tight, loose)
    for _ in range(MOST_LOOKS):
        tables = json.loads(compiler.query("<placed>", field="value"))
        little = [table for table in tables if _end_of_little(table) is not None]
        closer, stuck = _closer(little, tables) - tight, {table["anchor"] for table in little} & tight
        if not closer | stuck:
            break
        tight, loose = tight | closer, loose | stuck
        compiler = _compiler(root, fonts, tight - loose, loose)
    edges = json.loads(compiler.query("<edge>", field="value"))
    short = set(ends_of_little(told, edges, json.loads(compiler.query("<placed>", field="value")))) - tight
    if short:
        tried = _compiler(root, fonts, (tight | short) - loose, loose)
        moved = json.loads(tried.query("<edge>", field="value"))
        if moved[-1]["page"] < edges[-1]["page"]:
            compiler, edges, tight = tried, moved, tight | short
    turned = list(turned_before(told, edges))
    return _compiler(root, fonts, tight - loose, loose, turned) if turned else compiler


def _compiler(
    root: Path, fonts: "typst.Fonts", tight: set[str], loose: set[str], turned: Sequence[int] = ()
) -> "typst.Compiler":
    import typst

    rows = {"tight": sorted(tight), "loose": sorted(loose), "turned": turned}
    (root / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    return typst.Compiler(root / "report.typ", root=root, font_paths=fonts)


def _closer(little: Sequence[dict[str, Any]], tables: Sequence[dict[str, Any]]) -> set[str]:
    """Tables that leave little on their last page, and those that end on the pages before it."""
    found = {table["anchor"] for table in little}
    for table in little:
        end = _end_of_little(table) or 0
        found |= {one["anchor"] for one in tables if table["first"] <= one["notes"] < end}
    return found


def _end_of_little(table: dict[str, Any]) -> int | None:
    """The page on which a table has few rows, or notes alone, of which others are on the page before."""
    if table["late"] is not None and table["late"] < table["last"]:
        return int(table["last"])
    return int(table["notes"]) if table["last"] < table["notes"] else None


def _data(report: Shown, fonts: "typst.Fonts") -> dict[str, Any]:
    """What the template reads."""
    language, _, region = report.locale.partition("-")
    families = fonts.families()
    return {
        "code": language,
        "region": region if len(region) == 2 else None,
        "fonts": [*TEXT_FONTS, *(family for family in families if family not in TEXT_FONTS)],
        "title": breakable(report.title, 12.0),
        "subtitle": breakable(report.subtitle, WORD),
        "front": _pairs(report.front),
        "words": report.words,
        "runs": _numbered([_run(run) for run in runs(report.on_paper, lambda grid: fit(grid).across)]),
        "origin": words_of_origin(report.origin),
    }


def _numbered(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The runs, each block of which has its number."""
    numbers = count()
    for run in told:
        for item in run["items"]:
            item["number"] = next(numbers)
    return told


def _pairs(rows: Sequence[tuple[str, str]]) -> list[list[str]]:
    return [[breakable(word, WORD), breakable(text, WORD)] for word, text in rows]


def _run(run: Run) -> dict[str, Any]:
    """Blocks on pages of one direction; pages across begin with a page of their own, and need no break before it."""
    first, *others = run.items
    begins = replace(first, new_page=False) if run.across and isinstance(first, Title) else first
    return {"across": run.across, "items": [_item(item) for item in (begins, *others)]}


def _item(item: Any) -> dict[str, Any]:
    """A block as data; words that are too long get places where they may break."""
    if isinstance(item, Grid):
        return _grid(item)
    if isinstance(item, Title):
        return {
            "kind": item.kind,
            "text": breakable(item.text, 20.0),
            "level": item.level,
            "new_page": item.new_page,
        }
    if isinstance(item, Figure):
        caption = {"label": item.label, "title": breakable(item.title, WORD), "below": _broken(item.below)}
        return {"kind": item.kind, "alt": item.alt, "file": _file(item), **caption}
    if isinstance(item, Pairs):
        return {"kind": item.kind, "groups": _groups(item)}
    return {key: value if key == "kind" else _broken(value) for key, value in vars(item).items()}


def _groups(item: Pairs) -> list[dict[str, Any]]:
    """Words and what they say in groups that no page takes apart: all, or each with what belongs to it, if few; of a
    long list the last ones."""
    whole = len(item.rows) <= FEW_PAIRS or not any(item.depths)
    begins = [place for place, depth in enumerate(item.depths) if place == 0 or (depth == 0 and not whole)]
    if len(item.rows) > FEW_PAIRS and not any(item.depths):
        begins.append(len(item.rows) - LAST_PAIRS)
    said = _printed if item.symbols else partial(breakable, most=WORD)
    rows = [(depth, *map(said, row)) for depth, row in zip(item.depths, item.rows, strict=True)]
    parts = [rows[first:end] for first, end in pairwise([*begins, len(rows)])]
    return [{"rows": part, "breaks": len(part) > FEW_PAIRS} for part in parts]


def _broken(value: Any) -> Any:
    """Texts in whatever holds them, each with places for breaks."""
    return breakable(value, WORD) if isinstance(value, str) else [_broken(one) for one in value]


def _printed(text: str) -> list[tuple[str, str]]:
    """Pieces of a text that holds symbols, with where they stand."""
    return [(place, breakable(said, WORD)) for place, said in pieces(text)] or [("", "")]


def _grid(item: Grid) -> dict[str, Any]:
    laid = fit(item)
    return {
        "kind": "table",
        "anchor": item.anchor,
        "label": item.label,
        "title": breakable(item.title, WORD),
        "units": breakable(item.units, WORD),
        "below": _broken(item.below),
        "labels": item.labels,
        "strong": item.strong,
        "size": laid.size,
        "breaks": not _stays_whole(item.rows) or len(laid.parts) > 1,
        "parts": [_columns(item, columns, widths) for columns, widths in laid.parts],
    }


def _stays_whole(shown: Sequence[Sequence[str]]) -> bool:
    rows, characters = WHOLE
    return len(shown) <= rows and sum(len(text) for row in shown for text in row) <= characters


def _columns(item: Grid, columns: Sequence[int], widths: Sequence[float]) -> dict[str, Any]:
    """Some columns of a table."""
    head, rows = part_of(item, columns)
    headings = [
        [
            {
                "text": breakable(heading.text),
                "first": heading.first,
                "y": place,
                "columns": heading.columns,
                "rows": heading.rows,
                "deep": len(head),
                "word": heading.first < item.labels,
            }
            for heading in row
        ]
        for place, row in enumerate(head)
    ]
    marks = {"first": 0, "late": len(rows) - FEW - 1, "last": len(rows) - 1}
    said = [[_printed(cell) if item.symbols else breakable(cell) for cell in row] for row in rows]
    return {"widths": widths, "head": headings, "rows": said, "marks": marks, "breaks": not _stays_whole(rows)}


def _file(item: Figure) -> str:
    return f"{item.anchor}.svg"


def _fonts(folders: tuple[str, ...]) -> "typst.Fonts":
    """Fonts of typst, of matplotlib and of the folders, and no others."""
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[*_dejavu(), *folders])


def _dejavu() -> list[str]:
    """Files of DejaVu Sans, which come with matplotlib."""
    import matplotlib

    return [str(path) for path in sorted((Path(matplotlib.get_data_path()) / "fonts/ttf").glob("DejaVuSans*.ttf"))]


def _known(data: dict[str, Any], folders: tuple[str, ...]) -> dict[str, Any]:
    """The data without characters that no font has; a warning names those."""
    known = _characters(folders)
    used = {character for text in _texts(data) for character in text}
    unknown = sorted(one for one in used - known if unicodedata.category(one) not in ("Cf", "Cc", "Zl", "Zp"))
    if unknown:
        names = ", ".join(f"{one!r} (U+{ord(one):04X})" for one in unknown[:10])
        warnings.warn(
            f"no font of the PDF has {len(unknown)} characters of the report, which are left out: {names}.\n"
            "  Give a folder with fonts that have them: write_pdf(document, path, fonts=[folder]).",
            stacklevel=4,
        )
    table = str.maketrans(dict.fromkeys(unknown, NO_CHARACTER))
    return _translated(data, table)


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, (list, tuple)):
        for value in data:
            yield from _texts(value)


def _translated(data: Any, table: dict[int, str]) -> Any:
    if isinstance(data, str):
        return data.translate(table)
    if isinstance(data, dict):
        return {key: _translated(value, table) for key, value in data.items()}
    return [_translated(value, table) for value in data] if isinstance(data, (list, tuple)) else data


@cache
def _characters(folders: tuple[str, ...]) -> frozenset[str]:
    """Characters that at least one font has, of those that a text falls back to."""
    from fontTools.ttLib import TTFont

    found: set[int] = set(range(0x20, 0x7F))
    given = [path for folder in folders for path in Path(folder).rglob("*") if path.suffix.lower() in (".ttf", ".otf")]
    for path in (*_dejavu(), *given):
        with TTFont(path, lazy=True) as font:
            found |= set(font.getBestCmap() or ())
    return frozenset(map(chr, found))
