"""The standard tables of a valuation as DataFrames: financial, demographic, and the key results."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.report.columns import by_year, labels_of, needed, with_audited, with_period, with_total
from actuarial.report.history import benefit_lines, marks, past_years, with_past

MONEY, PERSONS = "currency/year", "persons"
FINANCIAL = ("contributions", "state_income", "other_income", "investment_income", "total_income")
OWN = (
    *("insurable payroll", "contributions", "state", "other income", "interest", "total income", "total benefits"),
    *("administrative", "total expenditure", "result", "PAYG rate", "reserve", "reserve coefficient"),
)
"""Columns of the financial table besides those of the benefits."""
RATES = {
    "payg_cost_rate": "PAYG cost rate",
    "contribution_rate": "contribution rate",
    "demographic_ratio": "demographic ratio",
    "financial_ratio": "financial ratio",
}
LEVELS = {
    "general_average_premium": "general average premium (GAP)",
    "general_average_premium_net": "GAP net of income from the State and others",
}
CRITICAL = {
    "year_outgo_exceeds_contributions": "outgo exceeds contributions and State income in",
    "year_reserve_falls": "reserve falls for the first time in",
    "year_reserve_exhausted": "reserve is exhausted in",
}


def financial_table(result: xr.Dataset) -> pd.DataFrame:
    """Income, outgo and reserve by year in the columns of the ILO's financial summary table.

    Parameters
    ----------
    result : Dataset
        Variables of the pension, finance and valuation stages together.

    Returns
    -------
    DataFrame
        Indexed by year, or by scenario and year; money in currency/year, the reserve in currency on 31 December,
        years before the projection first where the result holds their audited accounts (NaN for what they lack); then
        a column `figures` tells accounts, audited and projected years apart;
        `PAYG rate` a fraction, `reserve coefficient` the reserve over the outgo of the year (NaN without outgo). One
        column per benefit, under its name (`benefit: NAME` where the table has a column of that name); total income is
        the sum of the four columns before it, total expenditure that of benefits and administration, the result their
        difference.

    Raises
    ------
    MissingVariable
        With the names of what the result lacks.

    References
    ----------
    .. [1] Plamondon et al. (2002), Actuarial practice in social security, International Labour Office, part II.

    Examples
    --------
    financial_table(result).loc[2030::10, ["total income", "total expenditure", "reserve"]]
    """
    needed(result, "total_insurable_earnings", *FINANCIAL, "benefit_expenditure", "administration", "outgo", "balance")
    needed(result, "payg_cost_rate", "reserve", "reserve_ratio")
    benefits = result["benefit_expenditure"]
    names = [str(name) for name in result["benefit"].values]
    labels = labels_of(names, OWN, "benefit")
    paid, spent = benefit_lines(result), (*benefit_lines(result), "administration")
    earned = ("contributions", "state_income", "other_income", "investment_income")
    columns: dict[str, tuple[Any, ...]] = {
        "insurable payroll": (MONEY, result["total_insurable_earnings"], "insurable_earnings"),
        "contributions": (MONEY, result["contributions"], "contributions"),
        "state": (MONEY, result["state_income"], "state_income"),
        "other income": (MONEY, result["other_income"], "other_income"),
        "interest": (MONEY, result["investment_income"], "investment_income"),
        "total income": (MONEY, result["total_income"], *earned),
        **{
            labels[name]: (MONEY, benefits.sel(benefit=name, drop=True), line)
            for name, line in zip(names, paid, strict=True)
        },
        "total benefits": (MONEY, benefits.sum("benefit"), *paid),
        "administrative": (MONEY, result["administration"], "administration"),
        "total expenditure": (MONEY, result["outgo"], *spent),
        "result": (MONEY, result["balance"]),
        "PAYG rate": ("fraction", result["payg_cost_rate"]),
        "reserve": ("currency", result["reserve"], "reserve"),
        "reserve coefficient": ("years of outgo", result["reserve_ratio"]),
    }
    whole = {name: (units, with_past(result, value, *lines)) for name, (units, value, *lines) in columns.items()}
    table = by_year(whole)
    table.attrs["named"] = {label: name for name, label in labels.items()}
    return with_audited(with_period(_marked(_completed(table, past_years(result)), marks(result)), result), result)


def _completed(table: pd.DataFrame, past: Sequence[int]) -> pd.DataFrame:
    """Result and ratios of the years before the projection, as far as the accounts hold what they are made of."""
    rows = table.index.get_level_values("year").isin(past)
    spent, payroll = table.loc[rows, "total expenditure"], table.loc[rows, "insurable payroll"]
    table.loc[rows, "result"] = table.loc[rows, "total income"] - spent
    table.loc[rows, "PAYG rate"] = spent / payroll.where(payroll > 0)
    table.loc[rows, "reserve coefficient"] = table.loc[rows, "reserve"] / spent.where(spent > 0)
    return table


def _marked(table: pd.DataFrame, status: xr.DataArray | None) -> pd.DataFrame:
    """The table with a first column that says what the figures of a year are, where not all of them are projected."""
    if status is not None:
        words = status.to_series()
        table.insert(0, "figures", [words[year] for year in table.index.get_level_values("year")])
        table.attrs["units"] = {"figures": "", **table.attrs["units"]}
    return table


def demographic_table(result: xr.Dataset) -> pd.DataFrame:
    """Members and beneficiaries by year and sex in the columns of the ILO's demographic summary table.

    Parameters
    ----------
    result : Dataset
        Variables of the labour, insured and pension stages together.

    Returns
    -------
    DataFrame
        Indexed by sex (male, female, total) and year, or by scenario, sex and year; persons. `employed` and pensioners
        on 31 December, `active contributors` the mean of the months of the year, new awards and terminations in the
        year. A benefit that is never in payment at the end of a year (a lump sum) has a column among the new awards
        only. The attribute `note` says where the first year is a part of one.

    Raises
    ------
    MissingVariable
        With the names of what the result lacks.

    References
    ----------
    .. [1] Plamondon et al. (2002), Actuarial practice in social security, International Labour Office, part II.

    Examples
    --------
    demographic_table(result).loc["female"]
    """
    needed(result, "employed", "average_contributors", "pensioners", "new_awards", "terminations")
    stock, new = (result[name].sum("age") for name in ("pensioners", "new_awards"))
    names = [str(name) for name in result["benefit"].values]
    paid = [name for name in names if bool((stock.sel(benefit=name) > 0).any())]
    columns = {
        "employed": (PERSONS, result["employed"].sum("age")),
        "active contributors": (PERSONS, result["average_contributors"].sum(["group", "age"])),
        **{f"pensioners: {name}": (PERSONS, stock.sel(benefit=name, drop=True)) for name in paid},
        "total pensioners": (PERSONS, stock.sum("benefit")),
        **{f"new: {name}": (PERSONS, new.sel(benefit=name, drop=True)) for name in names},
        "total new": (PERSONS, new.sum("benefit")),
        "terminations": (PERSONS, result["terminations"].sum(["benefit", "age"])),
    }
    table = by_year({name: (units, with_total(value)) for name, (units, value) in columns.items()})
    return with_period(table, result)


def key_results(result: xr.Dataset) -> pd.DataFrame:
    """What is read first: cost rates now, in thirty years and at the end, level rates, reserve path, critical years.

    Parameters
    ----------
    result : Dataset
        Variables of the finance and valuation stages together.

    Returns
    -------
    DataFrame
        One row per figure, indexed by `indicator` and `units` ("fraction", "ratio" or "year"), one column per scenario
        (`value` where there are none). A critical year is NaN where it does not lie within the projection.

    Raises
    ------
    MissingVariable
        With the names of what the result lacks.

    Examples
    --------
    key_results(result)
    """
    needed(result, *RATES, *LEVELS, *CRITICAL, "reserve_ratio")
    first, last = int(result["year"][0]), int(result["year"][-1])
    rows = []
    for name, label in LEVELS.items():
        rows.append((label, "fraction", result[name]))
    for name, label in RATES.items():
        units = "ratio" if name.endswith("ratio") else "fraction"
        rows += [(f"{label} {year}", units, result[name].sel(year=year)) for year in stations(first, last)]
    for year in decades(first, last):
        rows.append((f"reserve ratio {year}", "ratio", result["reserve_ratio"].sel(year=year)))
    rows += [(label, "year", result[name]) for name, label in CRITICAL.items()]
    return with_audited(figure_rows(result, rows), result)


def stations(first: int, last: int) -> list[int]:
    """The first year, thirty years later, the last year."""
    return [year for year in dict.fromkeys((first, first + 30, last)) if year <= last]


def decades(first: int, last: int) -> list[int]:
    """The first year, every tenth year by the calendar, the last year."""
    return sorted({first, last, *(year for year in range(first, last + 1) if year % 10 == 0)})


class Figures(pd.DataFrame):
    """Figures with their units, which a notebook shows as a person reads them; what is selected is a DataFrame."""

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    def _repr_html_(self) -> str:
        from actuarial.report.notebook import figures_html

        return figures_html(self)


def figure_rows(result: xr.Dataset, rows: Sequence[tuple[str, str, xr.DataArray]]) -> pd.DataFrame:
    """Figures with their labels and units as the rows of a table, one column per scenario."""
    many = "scenario" in result.dims
    columns = [str(name) for name in result["scenario"].values] if many else ["value"]
    values = np.array([np.broadcast_to(np.atleast_1d(value.values), len(columns)) for _, _, value in rows], dtype=float)
    index = pd.MultiIndex.from_tuples([row[:2] for row in rows], names=["indicator", "units"])
    table = Figures(values, index=index, columns=columns)
    table.attrs["scenarios"] = tuple(columns) if many else ()
    return table
