"""Years before the projection and audited years in the financial table, and what the summary says of them."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from actuarial.report.summary import summary
from actuarial.report.tables import financial_table, key_results
from actuarial.valuation.compare import compare
from tests.report.made import result_by_hand


def with_accounts(result, first=2023, last=2025, **lines):
    """Accounts of two years before the projection and of its first year; lines of 10, 20, 30, ... by year."""
    names = ["insurable_earnings", "contributions", "state_income", "other_income", "investment_income", "reserve"]
    names += ["administration", "expenditure:old_age", "expenditure:widows", "expenditure:funeral_grant"]
    years = np.arange(first, last + 1)
    values = np.array([[1000.0 * (k + 1) + 10.0 * t for k in range(len(names))] for t in range(years.size)])
    given = xr.DataArray(values, coords={"account_year": years, "account_line": names})
    for name, numbers in lines.items():
        given.loc[:, name.replace("__", ":")] = numbers
    marked = (result["year"] <= last).astype(float).drop_attrs()
    return result.assign(audited_accounts=given, audited=marked)


def test_history_comes_first_and_every_year_says_what_it_is():
    table = financial_table(with_accounts(result_by_hand()))
    assert table.index[:4].tolist() == [2023, 2024, 2025, 2026]
    assert table["figures"].tolist()[:4] == ["accounts", "accounts", "audited", "projected"]
    assert list(table.columns[:2]) == ["figures", "insurable payroll"]


def test_totals_and_ratios_of_history_are_made_of_its_lines():
    row = financial_table(with_accounts(result_by_hand())).loc[2024]
    assert row["total income"] == sum(1000.0 * k + 10 for k in (2, 3, 4, 5))
    assert row["total benefits"] == sum(1000.0 * k + 10 for k in (8, 9, 10))
    assert row["total expenditure"] == sum(1000.0 * k + 10 for k in (7, 8, 9, 10))
    assert row["result"] == row["total income"] - row["total expenditure"]
    assert row["PAYG rate"] == pytest.approx(row["total expenditure"] / 1010.0)
    assert row["reserve coefficient"] == pytest.approx(6010.0 / row["total expenditure"])


def test_what_the_accounts_lack_is_not_a_sum_of_the_rest():
    row = financial_table(with_accounts(result_by_hand(), expenditure__widows=[np.nan, np.nan, 1])).loc[2023]
    assert np.isnan(row["widows"])
    assert np.isnan(row["total benefits"])
    assert np.isnan(row["total expenditure"])
    assert np.isnan(row["PAYG rate"])
    assert row["old_age"] == 8000.0


def test_projected_years_are_as_without_accounts():
    result = result_by_hand()
    plain, marked = financial_table(result), financial_table(with_accounts(result))
    assert "figures" not in plain
    pd.testing.assert_frame_equal(marked.drop(columns="figures").loc[2025:], plain, check_dtype=False)


def test_history_is_the_same_in_all_scenarios():
    both = xr.concat([result_by_hand(), result_by_hand(1.2)], dim=pd.Index(["low", "high"], name="scenario"))
    table = financial_table(with_accounts(both))
    assert table.loc["low"].loc[2023].equals(table.loc["high"].loc[2023])
    assert table.loc["low"].loc[2026, "outgo" if "outgo" in table else "total expenditure"] > 0


def test_the_summary_names_the_audited_years():
    text = summary(with_accounts(result_by_hand()))
    assert "; income, outgo and reserve of 2025 as audited" in text.splitlines()[0]


def test_tables_that_hold_audited_figures_say_so():
    text = "Income, outgo and reserve of 2025 are those of audited accounts."
    result = with_accounts(result_by_hand())
    assert financial_table(result).attrs["note"] == key_results(result).attrs["note"] == text
    assert "note" not in key_results(result_by_hand()).attrs
    compared = compare(with_accounts=result, without=result_by_hand())
    assert "with_accounts: income, outgo and reserve of 2025 as audited" in compared.attrs["notes"]
