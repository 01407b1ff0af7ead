"""The workbook of a health valuation: one sheet per table."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from actuarial.report import annex
from actuarial.report import health_tables as tables
from actuarial.report.columns import KINDS
from actuarial.report.health_figures import cost_by_age
from actuarial.report.health_labels import health_words
from actuarial.report.study_tables import sensitivity_table
from actuarial.report.workbook import write_pages
from actuarial.report.workbook_charts import Chart
from actuarial.report.workbook_contents import Page
from actuarial.report.workbook_manifest import manifest_table
from actuarial.translation import N_, Language
from actuarial.translation import language as language_of

PARTS = ("health_group", "service_type", "benefit")
CHARTS = (
    Chart(
        N_("Income and expenditure"),
        N_("Finance"),
        ("total income", "total expenditure"),
        N_("Lines of total income and total expenditure by year"),
    ),
    Chart(
        N_("Reserve in months of benefits"),
        N_("Rates"),
        ("reserve in months",),
        N_("Line of the reserve less claims outstanding, in months of benefits, by year"),
    ),
)


def write_health_workbook(
    result: xr.Dataset,
    path: str | Path,
    *,
    basis: xr.Dataset | None = None,
    manifest: Mapping[str, Any] | None = None,
    sensitivity: xr.Dataset | None = None,
    language: str = "en",
    locale: str | None = None,
) -> Path:
    """Write the tables of a health valuation as a workbook, complete or not at all.

    Parameters
    ----------
    result : Dataset of `actuarial.project_health`
    path : path of the .xlsx file; an older file is replaced
    basis : Dataset, optional
        Adds coverage, accounts of the base year and the sheet Assumptions.
    manifest : mapping, optional
        Adds the sheet Manifest.
    sensitivity : Dataset of `health_sensitivity`, optional
        Adds the sheet Sensitivity.
    language : {"en", "fr", "es"}
        Of names of sheets, titles, headings, notes, units and charts. Entries of the manifest and names that the
        scheme gives stay as they are.
    locale : str, optional
        Language and country such as `es_MX`, among the properties of the file.

    Returns
    -------
    Path

    Raises
    ------
    MissingVariable
        With the names of what the result lacks.
    BadInput
        An unknown language or locale, or a path that cannot be written.

    Notes
    -----
    The first sheet lists the others with links; amounts and defined names are those of `write_workbook`.
    """
    say = language_of(language, locale)
    words = health_words(say, result, basis)
    charts = () if "scenario" in result.dims else CHARTS
    found = list(_sheets(say, result, basis, manifest, sensitivity))
    return write_pages(path, found, words, str(result.attrs.get("scheme", "")), charts, int(result["year"][0]))


def _sheets(
    say: Language,
    result: xr.Dataset,
    basis: xr.Dataset | None,
    manifest: Mapping[str, Any] | None,
    sensitivity: xr.Dataset | None,
) -> Iterator[Page]:
    """Name, title and table of every sheet, in their order."""
    scheme, first = str(result.attrs.get("scheme", "")), int(result["year"][0])

    def page(name: str, title: str, table: pd.DataFrame, *parts: str) -> Page:
        table.attrs["named"] = _named(result, table, parts)
        return Page(say(name), say(title, scheme=scheme, year=first), table)

    groups, services, benefits = PARTS
    yield page(N_("Key results"), N_("{scheme}: key results"), tables.health_key_results(result))
    table = tables.health_finance_table(result)
    yield page(N_("Finance"), N_("{scheme}: income, outgo and reserve"), table)
    table = tables.health_rates_table(result)
    yield page(N_("Rates"), N_("{scheme}: rates, reserve in months, shares of the economy"), table)
    table = tables.members_table(result, basis)
    yield page(N_("Members"), N_("{scheme}: members by group, means of the year"), table, groups)
    table = tables.contacts_table(result)
    yield page(N_("Contacts"), N_("{scheme}: contacts per 1,000 members"), table, services)
    table = tables.unit_cost_table(result)
    yield page(N_("Unit costs"), N_("{scheme}: mean cost of a contact"), table, services)
    table = tables.expenditure_by_service(result)
    yield page(N_("By service"), N_("{scheme}: expenditure incurred by service"), table, services, benefits)
    table = tables.expenditure_by_group(result)
    yield page(N_("By group"), N_("{scheme}: expenditure incurred by group"), table, groups)
    table = tables.cost_per_member_table(result)
    yield page(N_("For each member"), N_("{scheme}: benefits and income for each member"), table, groups)
    table = cost_by_age(result, first)
    yield page(N_("Cost by age"), N_("{scheme}: cost of services for each member by age, {year}"), table)
    table = tables.calibration_table(result)
    heading = N_("Factors that carry unit costs to the accounts of the base year")
    yield page(N_("Calibration"), heading, table, groups)
    if sensitivity is not None:
        table = sensitivity_table(sensitivity)
        yield page(N_("Sensitivity"), N_("Single changes of assumptions and of the law"), table)
    if basis is not None:
        table = tables.base_year_table(result, basis)
        if len(table):
            heading = N_("Expenditure incurred: accounts of the base year and first projected year")
            yield page(N_("Accounts"), heading, table)
        yield page(N_("Assumptions"), N_("Yearly assumptions"), annex.assumptions_table(basis))
    if manifest is not None:
        told = manifest_table(manifest, say, result)
        yield page(N_("Manifest"), N_("What the result was made of and with"), told)


def _named(result: xr.Dataset, table: pd.DataFrame, parts: tuple[str, ...]) -> dict[str, str]:
    """Columns that have the name of a group, service or benefit, and that name."""
    found: dict[str, str] = {}
    for dim in parts:
        for name in (str(label) for label in result[dim].values if dim in result.coords):
            kinds = ("", f"{KINDS.get(dim, dim)}: ", "cost: ", "income: ")
            found |= {f"{kind}{name}": name for kind in kinds if f"{kind}{name}" in table.columns}
    totals = ("total", "total members", "population", "coverage", "all services", "services and cash benefits")
    return {column: name for column, name in found.items() if column not in (*totals, "paid by patients")}
