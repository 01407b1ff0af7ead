"""A report as one page that asks nothing of any network: HTML with its styles and drawings inside."""

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from actuarial.report import svg
from actuarial.report.document import Document
from actuarial.report.fit import SIZES, has_long_words, is_long, size_on_paper
from actuarial.report.placing import need, placed
from actuarial.report.scripts import pieces
from actuarial.report.shown import Figure, Grid, Lines, Part, show
from actuarial.translation import N_

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATES = Path(__file__).with_name("templates")
SMALLER = tuple(half / 2 for half in range(6, 2 * int(SIZES[-1])))
"""Sizes of type on paper for tables that other formats take apart."""


def write_html(document: Document, path: str | Path) -> Path:
    """Write a report as a page, complete or not at all.

    Parameters
    ----------
    document : Document
    path : path of the .html file; an older file is replaced

    Returns
    -------
    Path

    Raises
    ------
    BadInput
        jinja2 is not installed; the document cannot be numbered, see `shown.show`; a drawing is none, see
        `svg.inline`; the file cannot be written.
    """
    text = html_text(document)
    with placed(path, ".html", N_("a page")) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return Path(path)


def html_text(document: Document) -> str:
    """A report as the text of a page.

    The page forbids itself scripts, and styles, pictures and addresses that are not its own.

    Raises
    ------
    BadInput
        As `write_html`, except for the file.
    """
    need("jinja2", N_("a report as a page"))
    from markupsafe import Markup

    report, page = show(document), _environment()
    style = page.get_template("report.css").render(sizes=(*SIZES, *SMALLER))
    return page.get_template("report.html").render(
        report=report,
        words=report.words,
        style=Markup(style),
        policy=_policy(style),
        on_paper=size_on_paper,
        drawing=_drawing,
        printed=_printed,
        lies=_lies,
        has_long_words=has_long_words,
        is_long=is_long,
    ) + "\n"  # fmt: skip


def _environment() -> "Environment":
    """Templates of the package; everything that they say is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _policy(style: str) -> str:
    """What the page may load: nothing but this style and pictures inside drawings."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _lies(part: Part) -> bool:
    """Whether a heading, with a list of first words or none, stands above a table that lies across: on its page."""
    if part.items:
        leads = len(part.items) > 1 and isinstance(part.items[0], Lines) and isinstance(part.items[1], Grid)
        first = part.items[1 if leads else 0]
        return isinstance(first, Grid) and size_on_paper(first)[1]
    return bool(part.parts) and _lies(part.parts[0])


def _printed(text: str, symbols: bool) -> "str | Markup":
    """A text, with indices and powers below and above the line where it holds symbols."""
    from markupsafe import Markup, escape

    if not symbols:
        return text
    tag = Markup("<{0}>{1}</{0}>")
    return Markup("").join(tag.format(Markup(place), said) if place else escape(said) for place, said in pieces(text))


def _drawing(item: Figure) -> "Markup":
    from markupsafe import Markup

    return Markup(svg.inline(item.drawing.svg, item.anchor, item.title, item.alt))


