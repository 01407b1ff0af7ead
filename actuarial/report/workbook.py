"""The workbook of a valuation: one sheet per table, numbers as numbers."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from actuarial.report.abroad import Abroad
from actuarial.report.tables import CRITICAL, LEVELS, RATES
from actuarial.report.workbook_charts import CHARTS, Chart, add_charts, add_contents, scenario_charts
from actuarial.report.workbook_contents import Given, Page, pages
from actuarial.report.workbook_sheet import FIRST_ROW, MOST_TITLE, styles_of, write_table
from actuarial.report.workbook_words import Words, words_of
from actuarial.sheets.complete import complete_book
from actuarial.sheets.paper import on_paper, paper_for
from actuarial.translation import language as language_of

GAP = 9
"""Characters of the empty column beside the key results."""
LABELS = {label: name for names in (LEVELS, RATES, CRITICAL) for name, label in names.items()}
"""Variables by their words among the key results."""


def write_workbook(
    result: xr.Dataset,
    path: str | Path,
    *,
    basis: xr.Dataset | None = None,
    scheme: Any = None,
    accounts: Sequence[Any] = (),
    manifest: Mapping[str, Any] | None = None,
    sensitivity: xr.Dataset | None = None,
    reconciliation: xr.Dataset | None = None,
    balance: xr.Dataset | None = None,
    experience: xr.Dataset | None = None,
    previous: xr.Dataset | None = None,
    abroad: Sequence[Abroad] = (),
    language: str = "en",
    locale: str | None = None,
) -> Path:
    """Write the tables of a valuation as a workbook, complete or not at all.

    Parameters
    ----------
    result : Dataset of `actuarial.project`
    path : path of the .xlsx file; an older file is replaced
    basis : Dataset, optional
        Adds the sheets Population, Adequacy and Assumptions, Constant prices and % of GDP where it has prices and
        the product, and New awards where awards were observed.
    scheme : Scheme, optional
        Adds, with a basis, the sheet Illustrations where the law pays a pension after standard careers.
    accounts : sequence of `AccountLine`, optional
        Adds the sheet Accounts.
    manifest : mapping, optional
        Adds the sheet Manifest.
    sensitivity, reconciliation, balance : Dataset, optional
        Results of the studies of these names (`balance_sheet` of the balance): a sheet for each.
    experience : Dataset, optional
        Observed over expected numbers, see `actuarial.valuation.experience`: the sheet Experience.
    previous : Dataset, optional
        Basis of the previous valuation; adds, as scenarios do, the sheet Assumptions compared.
    abroad : sequence of `Abroad`, optional
        What is paid in other currencies at which rates of exchange: the sheet Paid abroad.
    language : {"en", "fr", "es"}
        Of names of sheets, titles, headings, notes, units and charts. Entries of the manifest stay as they are beside
        what they mean, names that the scheme gives too; numbers are shown with the separators that the reader's own
        program uses.
    locale : str, optional
        Language and country such as `es_MX`, among the properties of the file and for decimals within words.

    Returns
    -------
    Path

    Raises
    ------
    MissingVariable
        With the names of what the result lacks.
    BadInput
        An unknown language or locale, payments abroad that cannot be meant, or a path that cannot be written.
    NotTranslated
        A label without translation: a mistake of the library.

    Notes
    -----
    With several scenarios the first column of every table names the scenario; key results have a column for each, and
    the sheet Scenarios puts them side by side. The first sheet lists the others with links. Large amounts are shown in
    thousands, millions or billions, which headers and notes say; the cells hold them whole. Key results have defined
    names in all languages, such as `KEY_general_average_premium` or `KEY_payg_cost_rate_2026`; with scenarios each is
    the row of all of them.

    Examples
    --------
    write_workbook(result, "result.xlsx", basis=basis, scheme=scheme, language="es")
    """
    say = language_of(language, locale)
    given = Given(
        say,
        result,
        basis,
        scheme,
        accounts,
        manifest,
        sensitivity,
        reconciliation,
        balance,
        experience,
        previous,
        tuple(abroad),
    )
    found = list(pages(given))
    many = "scenario" in result.dims
    charts = scenario_charts([str(name) for name in result["scenario"].values]) if many else CHARTS
    first = int(result["year"][0])
    return write_pages(path, found, words_of(say, result, basis), str(result.attrs.get("scheme", "")), charts, first)


def write_pages(
    path: str | Path, found: Sequence[Page], words: Words, subject: str, charts: Sequence[Chart] = (), first: int = 0
) -> Path:
    """Write tables as a workbook, complete or not at all: the first one with a list of the others, then charts.

    Parameters
    ----------
    path : path of the .xlsx file
    found : sheets in their order, of which the first one has key results
    words : what stands in the cells
    subject : name of the scheme, the title among the properties of the file
    charts : charts of these sheets, drawn from the year `first` on
    """
    say = words.say
    with complete_book(path) as book:
        styles = styles_of(book)
        book.set_properties({"title": subject[:MOST_TITLE], "subject": say("Actuarial valuation")})
        book.set_custom_property("Language", say.locale.replace("_", "-"))
        sheets, widths = [], []
        for page in found:
            sheets.append(book.add_worksheet(page.name))
            widths.append(write_table(sheets[-1], page.title, page.table, styles, words))
            if charts and len(sheets) == 1:
                drawing = book.add_worksheet(say("Charts"))
        listed = [(page.name, _without(subject, page.title)) for page in found[1:]]
        if charts:
            listed.insert(0, (say("Charts"), ", ".join(say(chart.title) for chart in charts)))
            add_charts(book, drawing, {page.name: page.table for page in found}, first, words, charts)
            on_paper(drawing)
            drawing.fit_to_pages(1, 1)
        labels, lines = found[0].table.index.nlevels, max(len(found[0].table), len(listed))
        beside = len(found[0].table.columns) + labels + 1
        heads = (say("sheet"), say("title"))
        more = add_contents(sheets[0], beside, listed, heads, styles["head"], book.get_default_url_format())
        paper = paper_for([*(width + 2 for width in widths[0]), GAP, *more], labels, lines)
        on_paper(sheets[0], paper, found[0].title if paper.pages > 1 else "")
        sheets[0].print_area(0, 0, FIRST_ROW + lines - 1, beside + 1)
        for name, place in key_names(found[0].table, found[0].name).items():
            book.define_name(name, f"={place}")
    return Path(path)


def _without(subject: str, title: str) -> str:
    """The title of a sheet in the list of a workbook, whose subject need not be said in every line."""
    words = re.sub(rf"^{re.escape(subject)}\s?:\s", "", title)
    return words[:1].upper() + words[1:]


def key_names(table: pd.DataFrame, sheet: str) -> dict[str, str]:
    """Defined names of key results, which are the same in all languages, and where their figures stand."""
    from xlsxwriter.utility import quote_sheetname, xl_range_abs

    left = table.index.nlevels
    found = {}
    for row, (label, _) in enumerate(table.index, FIRST_ROW):
        words, year = re.fullmatch(r"(.*?)((?: \d+(?:-\d+)?)?)", str(label)).groups()  # type: ignore[union-attr]
        name = re.sub(r"\W+", "_", f"KEY_{LABELS.get(words, words)}{year}").strip("_")
        place = xl_range_abs(row, left, row, left + len(table.columns) - 1)
        found[name] = f"{quote_sheetname(sheet)}!{place}"
    return found
