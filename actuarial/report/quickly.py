"""A report from a result in one call: content and format together."""

from pathlib import Path
from typing import Any

from actuarial.errors import BadInput
from actuarial.report.document import Document


def html(
    result: Any,
    path: str | Path,
    *,
    basis: Any = None,
    scheme: Any = None,
    language: str = "en",
    locale: str | None = None,
) -> Path:
    """Write the report of a valuation as a page, without figures and studies; `build` and `write_html` give all.

    Parameters
    ----------
    result : Dataset of `actuarial.project`, or a Document of `build`, whose language stays
    path : path of the file; an older file is replaced
    basis, scheme : what the result was projected from; needed with a Dataset
    language : {"en", "fr", "es"}
    locale : language and country whose numbers are written, such as `es_MX`

    Returns
    -------
    Path

    Raises
    ------
    BadInput
        No basis or scheme. Others as `build` and `write_html`.

    Examples
    --------
    ac.report.html(result, "valuation.html", basis=basis, scheme=scheme, language="fr")
    """
    from actuarial.report.as_html import write_html

    return write_html(_document(result, basis, scheme, language, locale), path)


def docx(
    result: Any,
    path: str | Path,
    *,
    basis: Any = None,
    scheme: Any = None,
    language: str = "en",
    locale: str | None = None,
) -> Path:
    """Write the report of a valuation as a Word file, see `html` and `write_docx`."""
    from actuarial.report.as_docx import write_docx

    return write_docx(_document(result, basis, scheme, language, locale), path)


def pdf(
    result: Any,
    path: str | Path,
    *,
    basis: Any = None,
    scheme: Any = None,
    language: str = "en",
    locale: str | None = None,
) -> Path:
    """Write the report of a valuation as a PDF, see `html` and `write_pdf`."""
    from actuarial.report.as_pdf import write_pdf

    return write_pdf(_document(result, basis, scheme, language, locale), path)


def _document(result: Any, basis: Any, scheme: Any, language: str, locale: str | None) -> Document:
    if isinstance(result, Document):
        return result
    if basis is None or scheme is None:
        raise BadInput(
            "report: a report tells the assumptions and the law too.\n"
            "  Give the basis and the scheme of the result: basis=basis, scheme=scheme."
        )
    from actuarial.report.content.building import build

    return build(result, basis, scheme, language=language, locale=locale)
