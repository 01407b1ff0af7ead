"""Writing a workbook of inputs: an empty one to fill in, or a basis and a scheme that are read back as they were."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from actuarial.errors import BadInput, BadWorkbook
from actuarial.form_table import HEALTH, PENSION
from actuarial.readers.workbook_content import blank_content, content_of
from actuarial.readers.workbook_law import LawSheets
from actuarial.readers.workbook_styles import LINE_HEIGHT, Lists, exact_sheet, lines_of, said, styles_of
from actuarial.readers.workbook_styles import write_value as put
from actuarial.readers.workbook_table import short
from actuarial.readers.workbook_tables import BasisSheets, Content
from actuarial.schema import shared_schema, version_of
from actuarial.scheme_saving import scheme_text
from actuarial.sheets.cell_words import names_of, shown
from actuarial.sheets.complete import complete_book
from actuarial.sheets.law_rows import Entry, keyed, table_of
from actuarial.sheets.layout import MANIFEST, MARK, SHEETS, START, VERSION
from actuarial.sheets.paper import on_paper
from actuarial.translation import N_, Language, Told
from actuarial.translation import language as _language
from actuarial.vocabulary import variable

if TYPE_CHECKING:
    import xarray as xr

KINDS = {"pension": PENSION, "health": HEALTH}
SHARES = N_("Shares and rates are fractions: {share} for 5 %. A cell in per cent (5 %) is the same number.")


def write_workbook(
    path: "str | Path", *, basis: "xr.Dataset | None" = None, scheme: Any = None, language: str = "en"
) -> Path:
    """Write a basis and a scheme as a workbook; `open_basis` and `open_scheme` read it back as they were, bit by bit.

    Parameters
    ----------
    path : path of the .xlsx file; an older file is replaced when the new one is complete
    basis : Dataset, optional
    scheme : Scheme or HealthScheme, optional
        At least one of the two.
    language : {"en", "fr", "es"}
        Language of names of sheets, headings, rules, explanations, and of words that the law chooses from. In English
        these are the keys of scheme files, which are read in a workbook of any language.

    Returns
    -------
    Path

    Raises
    ------
    BadInput
        Neither of the two, another language, a file that cannot be written.
    BadBasis, BadScheme
        What `save_basis` and `save_scheme` would refuse.

    Notes
    -----
    Sheets: how to fill; rules of the scheme, contributions, accounts, benefits (of health schemes groups and services);
    facts and single numbers of the basis (with defined names `basis_NAME`); one sheet for the variables of each set of
    dims. A cell is found by the key in the hidden column A of its row, so rows may be inserted, moved and copied, and
    words may be changed. Text that begins like a formula is written as text.

    Examples
    --------
    write_workbook("avania.xlsx", basis=basis, scheme=scheme, language="fr")
    """
    if basis is None and scheme is None:
        raise BadInput("write_workbook: give a basis, a scheme, or both; `write_template` makes an empty workbook.")
    raw = None if scheme is None else tomllib.loads(scheme_text(scheme))
    kind = "health" if raw is not None and _is_health(scheme) else "pension"
    content = None if basis is None else content_of(basis)
    return _write(path, language, kind if raw is not None else "", raw, content)


def write_template(
    path: "str | Path",
    *,
    language: str = "en",
    kind: str = "pension",
    years: tuple[int, int] = (2026, 2100),
    groups: Sequence[str] = (),
    oldest: int = 100,
    service: str = "months",
    variables: Sequence[str] = (),
) -> Path:
    """Write an empty workbook of inputs, with every rule that a scheme may have and every variable that a basis needs.

    Parameters
    ----------
    path : path of the .xlsx file
    language : {"en", "fr", "es"}
    kind : {"pension", "health"}
        Kind of scheme. The basis is that of pension schemes; of health schemes the workbook has the law only, and the
        variables that are named.
    years : (int, int)
        First and last projected year.
    groups : names of the groups of insured; by default one, which is called the insured in the language
    oldest : the open age
    service : {"months", "years"}
        Columns of the tables by service: each month of credit, or each twelve months.
    variables : names of further variables of the vocabulary

    Raises
    ------
    BadInput
        Another kind or language, years that do not follow, a variable that no basis has, a file that cannot be written.

    Examples
    --------
    write_template("my_country.xlsx", language="es", years=(2026, 2100), groups=["private", "public"])
    """
    if kind not in KINDS:
        raise BadInput(f"write_template: {kind!r} is no kind of scheme; the kinds are {', '.join(KINDS)}.")
    said = _language(language)
    named = groups or (shown(said, "insured", form=True),)
    return _write(path, language, kind, None, blank_content(kind, years, named, oldest, service, variables))


def _is_health(scheme: Any) -> bool:
    from actuarial.health.scheme import HealthScheme

    return isinstance(scheme, HealthScheme)


def _write(path: Any, code: str, kind: str, raw: Mapping[str, Any] | None, content: Content | None) -> Path:
    """The workbook, complete or not at all."""
    say = _language(code)
    with complete_book(path) as book:
        _fill(book, styles_of(book), say, kind, raw, content)
    return Path(path)


def _fill(
    book: Any, styles: dict[str, Any], say: Language, kind: str, raw: Mapping[str, Any] | None, content: Content | None
) -> None:
    start = book.add_worksheet(say(SHEETS[START]), worksheet_class=exact_sheet())
    marks, lists, schema = {START: say(SHEETS[START])}, Lists(), ""
    if kind:
        schema = version_of(kind)
        law = LawSheets(book, styles, say, lists)
        marks |= law.write(shared_schema(kind), KINDS[kind], raw)
        if raw is not None:
            _check_same(law.fields)
    if content is not None:
        marks |= BasisSheets(book, styles, say, names_of(raw or {})).write(content)
    _start(start, styles, say, marks, content)
    lists.write(book)
    _manifest(book, styles, say, kind, schema, marks, content)


def _check_same(fields: Sequence[tuple[Mapping[str, Any], Sequence[Entry]]]) -> None:
    """BadWorkbook where the rows of the sheets would not give the law back."""
    found: list[Any] = []
    for given, entries in fields:
        table, _ = table_of([keyed(entry) for entry in entries], found)
        if table != given or found:
            names = [key for key in {*table, *given} if table.get(key) != given.get(key)]
            part = given.get("name", given.get("form", "scheme"))
            text = N_("{part}: a workbook cannot hold {names}. Keep this law in a scheme file (.toml).")
            raise BadWorkbook(Told(text, part=part, names=tuple(sorted(names))))


def _start(
    sheet: Any, styles: dict[str, Any], say: Language, marks: Mapping[str, str], content: Content | None
) -> None:
    """How the workbook is filled, and what its colours and sheets are."""
    sheet.set_column("A:A", 3, None, {"hidden": True})
    sheet.set_column("B:B", 34)
    sheet.set_column("C:C", 90)
    put(sheet, MARK, 1, START, styles, "key")
    put(sheet, MARK, 2, say("Inputs of an actuarial valuation"), styles, "title")
    row = 3
    for text in _rules(say):
        put(sheet, row, 2, f"{row - 2}.", styles, "right")
        put(sheet, row, 3, text, styles, "wrapped")
        sheet.set_row(row - 1, LINE_HEIGHT * lines_of(text, 90))
        row += 1
    row += 1
    for style, text in (("number", say("to fill in")), ("needed", say("must be filled in and is empty"))):
        put(sheet, row, 2, None, styles, style)
        put(sheet, row, 3, text, styles, "wrapped")
        row += 1
    put(sheet, row, 2, None, styles, "plain")
    put(sheet, row, 3, say("names, units and labels, which stay as they are"), styles, "wrapped")
    row += 2
    put(sheet, row, 2, say("Sheets"), styles, "head")
    put(sheet, row, 3, None, styles, "head")
    for mark, title in marks.items():
        if mark != START:
            row += 1
            table = tuple(mark.split()[1:])
            names = content.tables.get(table) if content and mark.startswith("basis") else None
            text = say("Law") if mark.startswith("law") else _held(say, names) if names else say("Basis")
            sheet.write_url(row - 1, 1, f"internal:'{title}'!A1", styles["link"], title)
            put(sheet, row, 3, text, styles, "wrapped")
            sheet.set_row(row - 1, LINE_HEIGHT * lines_of(text, 90))
    on_paper(sheet)


def _held(say: Language, names: Iterable[str]) -> str:
    """What a sheet of the basis holds: in English names of variables, else what they mean."""
    if say.code == "en":
        return ", ".join(names)
    return "\n".join(short(said(say, variable(name).meaning)) for name in names)


def _rules(say: Language) -> list[str]:
    return [
        say("Write numbers as numbers, with the decimal mark of your spreadsheet program. Cells may hold formulas."),
        say(SHARES, share=0.05),
        say("A rule that changes has one row for each date: insert rows below it and fill in the same columns."),
        say(
            "Between its years a number is held ({step}), or lies on straight lines where {ramp} is beside it.",
            step=shown(say, "step"),
            ramp=shown(say, "ramp"),
        ),
        say("A block (as a benefit) counts where its first row says yes. Copy all of its rows to add another."),
        say("Do not change the hidden column A and the hidden row 3, do not merge cells, do not hide rows."),
        say("Sheets of your own may be added. Names, labels and explanations may be changed; keys may not."),
        say("Value it: actuarial value FILE.xlsx --basis FILE.xlsx --out FOLDER. Each mistake is told with its cell."),
    ]


def _manifest(
    book: Any,
    styles: dict[str, Any],
    say: Language,
    kind: str,
    schema: str,
    marks: Mapping[str, str],
    content: Content | None,
) -> None:
    """The hidden sheet that says what the workbook is."""
    from actuarial import __version__

    sheet = book.add_worksheet(MANIFEST, worksheet_class=exact_sheet())
    rows: list[tuple[str, ...]] = [
        ("template_version", str(VERSION)),
        ("library", __version__),
        ("language", say.code),
        ("kind", kind or "basis only"),
        ("schema", schema),
    ]
    if content is not None:
        years = content.labels.get("year")
        rows += [("valuation_year", str(years[0] - 1))] if years else []
        rows += [("variables", " ".join(content.names))]
        rows += [("dim", dim, f"{labels[0]} ... {labels[-1]}") for dim, labels in content.labels.items() if labels]
    rows += [("sheet", mark, title) for mark, title in marks.items()]
    for row, cells in enumerate(rows, 1):
        for column, text in enumerate(cells, 1):
            put(sheet, row, column, text, styles, "key")
    sheet.set_column("A:C", 30)
    sheet.hide()
