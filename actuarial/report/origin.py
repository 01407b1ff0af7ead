"""What a report was made of, inside the file itself: version of the library, digests of result, basis and law, time."""

import html
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from actuarial.errors import BadInput
from actuarial.translation import N_, Told, why

PREFIX = "actuarial"
PARTS = ("result", "basis", "scheme", "pension_scheme")
CUSTOM = "docProps/custom.xml"
FILES = (".docx", ".pdf", ".html")
REPORT = re.compile(r"report_(en|fr|es)\.(html|docx|pdf|xlsx)")
"""Names of reports that the command line writes."""
LARGEST = 10_000_000
"""Bytes of the properties of a Word file."""


def origin_of(
    manifest: Mapping[str, Any], result: Any, basis: Any, scheme: Any, health: Any = None
) -> dict[str, str]:
    """What a report says of itself: by names that are the same in all languages, which no reader sees.

    Parameters
    ----------
    manifest : manifest of the run; what it lacks is computed from the others
    result, basis, scheme : what the report is about
    health : run of a health scheme besides, optional

    Returns
    -------
    dict of name to text
        `library`, `written` (time of the run, where there is one), and the SHA-256 digests `result`, `basis`,
        `scheme`, `pension_scheme`, and those of the health scheme as `health_result`, `health_basis`, `health_scheme`.
    """
    from actuarial import __version__

    library = manifest.get("library", {}).get("actuarial", __version__)
    found = {"library": str(library)} | ({"written": str(manifest["written"])} if manifest.get("written") else {})
    found |= dict(_digests(manifest, result, basis, scheme))
    if health is not None:
        of_health = _digests(getattr(health, "manifest", {}) or {}, health.result, health.basis, health.scheme)
        found |= {f"health_{name}": text for name, text in of_health}
    return found


def _digests(manifest: Mapping[str, Any], result: Any, basis: Any, scheme: Any) -> Iterator[tuple[str, str]]:
    """Digests of a manifest, and those of inputs that it lacks."""
    from actuarial.basis.saving import without_idle_labels
    from actuarial.provenance import digest, result_digest

    given = {name: manifest[name]["digest"] for name in PARTS if "digest" in (manifest.get(name) or {})}
    yield "result", given["result"] if "result" in given else result_digest(result)
    yield "basis", given["basis"] if "basis" in given else digest(without_idle_labels(basis))
    yield "scheme", given["scheme"] if "scheme" in given else digest(scheme)
    if "pension_scheme" in given:
        yield "pension_scheme", given["pension_scheme"]


def words_of_origin(origin: Mapping[str, str]) -> list[str]:
    """The same as keywords of a PDF."""
    return [f"{PREFIX}.{name}={text}" for name, text in origin.items()]


def read_origin(path: str | Path) -> dict[str, str]:
    """What a report file says that it was made of.

    Parameters
    ----------
    path : path of a .docx, .pdf or .html file that this library wrote; a Word file may have been edited since

    Returns
    -------
    dict of name to text, see `origin_of`

    Raises
    ------
    BadInput
        Another kind of file, one that cannot be read, or one that says nothing of its origin.

    Examples
    --------
    read_origin("report_en.docx")["basis"]
    """
    file = Path(path)
    readers = {".docx": _of_word, ".pdf": _of_pdf, ".html": _of_page}
    if file.suffix.lower() not in readers:
        raise BadInput(Told("{file}: no report; give a file that ends with {names}.", file=file, names=FILES))
    try:
        found = readers[file.suffix.lower()](file)
    except (OSError, zipfile.BadZipFile, ElementTree.ParseError, UnicodeDecodeError) as error:
        reason = why(error, Told("it is damaged or of another kind"))
        raise BadInput(Told("{file}: the report cannot be read: {reason}.", file=file, reason=reason)) from error
    if not {"library", "basis", "scheme"} <= found.keys():
        text = N_(
            "{file}: the file does not say what it was made of.\n"
            "  It was not written by this library, by an older version of it, or another program removed it."
        )
        raise BadInput(Told(text, file=file))
    return found


def stale_reports(home: Path, manifest: Mapping[str, Any]) -> list[Path]:
    """Reports in the folder of a run that were made of another result: the manifest does not name them, and they do not
    say that they are of it. A workbook says nothing."""
    found = []
    for path in sorted(home.glob("report_*")):
        if REPORT.fullmatch(path.name) and path.name not in manifest.get("reports", {}):
            try:
                of = read_origin(path).get("result")
            except BadInput:
                of = None
            found += [] if of == manifest["result"].get("digest") else [path]
    return found


def _of_word(file: Path) -> dict[str, str]:
    with zipfile.ZipFile(file) as parts:
        if CUSTOM not in parts.namelist():
            return {}
        if parts.getinfo(CUSTOM).file_size > LARGEST:
            raise BadInput(f"{file}: its properties are larger than {LARGEST:,} bytes.")
        root = ElementTree.fromstring(parts.read(CUSTOM))
    named = ((str(one.get("name")), "".join(one.itertext())) for one in root)
    return {name.removeprefix(f"{PREFIX}."): text for name, text in named if name.startswith(f"{PREFIX}.")}


def _of_pdf(file: Path) -> dict[str, str]:
    """From the metadata, which files for archives hold as plain text."""
    content = file.read_bytes()
    begin = content.find(b"<pdf:Keywords>")
    end = content.find(b"</pdf:Keywords>", begin)
    if min(begin, end) < 0:
        return {}
    text = html.unescape(content[begin + len(b"<pdf:Keywords>") : end].decode("utf-8"))
    return dict(re.findall(rf"{PREFIX}\.(\w+)=([^\s,]+)", text))


def _of_page(file: Path) -> dict[str, str]:
    text = file.read_text(encoding="utf-8")
    pairs = re.findall(rf'<meta name="{PREFIX}\.(\w+)" content="([^"]*)">', text.split("</head>")[0])
    return {name: html.unescape(value) for name, value in pairs}
