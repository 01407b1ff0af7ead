"""The workbook of a health valuation: one sheet per table."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from actuarial.report import annex
from actuarial.report import health_tables as tables
from actuarial.report.health_figures import cost_by_age
from actuarial.report.workbook import manifest_sheet, write_tables


def write_health_workbook(
    result: xr.Dataset,
    path: str | Path,
    *,
    basis: xr.Dataset | None = None,
    manifest: Mapping[str, Any] | None = None,
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

    Returns
    -------
    Path

    Raises
    ------
    MissingVariable
        With the names of what the result lacks.
    """
    sheets = list(_sheets(result, basis, manifest))
    return write_tables(path, sheets, str(result.attrs.get("currency", "")))


def _sheets(
    result: xr.Dataset, basis: xr.Dataset | None, manifest: Mapping[str, Any] | None
) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Name, title and table of every sheet, in their order."""
    title = str(result.attrs.get("scheme", ""))
    first = int(result["year"][0])
    yield "Key results", f"{title}: key results", tables.health_key_results(result)
    yield "Finance", f"{title}: income, outgo and reserve", tables.health_finance_table(result)
    yield "Rates", f"{title}: rates, reserve in months, shares of the economy", tables.health_rates_table(result)
    yield "Members", f"{title}: members by group, means of the year", tables.members_table(result, basis)
    yield "Contacts", f"{title}: contacts per 1,000 members", tables.contacts_table(result)
    yield "Unit costs", f"{title}: mean cost of a contact", tables.unit_cost_table(result)
    yield "By service", f"{title}: expenditure incurred by service", tables.expenditure_by_service(result)
    yield "By group", f"{title}: expenditure incurred by group", tables.expenditure_by_group(result)
    yield "For each member", f"{title}: benefits and income for each member", tables.cost_per_member_table(result)
    yield "Cost by age", f"{title}: cost of services for each member by age, {first}", cost_by_age(result, first)
    factors = tables.calibration_table(result)
    yield "Calibration", "Factors that carry unit costs to the accounts of the base year", factors
    if basis is not None:
        accounts = tables.base_year_table(result, basis)
        if len(accounts):
            yield "Accounts", "Expenditure incurred: accounts of the base year and first projected year", accounts
        yield "Assumptions", "Yearly assumptions", annex.assumptions_table(basis)
    if manifest is not None:
        yield manifest_sheet(manifest)
