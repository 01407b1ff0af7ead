"""Money in constant prices and as shares, against plain loops."""

import numpy as np
import openpyxl
import pytest
import xarray as xr

from actuarial.errors import MissingVariable
from actuarial.report import money_tables
from actuarial.report.workbook import write_workbook
from tests.report.made import YEARS, basis_by_hand, result_by_hand, two_scenarios


def basis_with_product(**attrs):
    product = xr.DataArray(np.linspace(5e9, 9e9, len(YEARS)), {"year": YEARS}, ["year"])
    return basis_by_hand().assign(gdp=product).assign_attrs(attrs)


def test_constant_prices_take_out_every_growth_of_prices_up_to_the_year():
    result, basis = result_by_hand(), basis_by_hand()
    table, level = money_tables.constant_prices_table(result, basis), 1.0
    for year, growth in zip(YEARS, basis["inflation"].values, strict=True):
        level *= 1.0 + growth
        for column, name in (("total expenditure", "outgo"), ("reserve", "reserve")):
            assert table.loc[year, column] == pytest.approx(float(result[name].sel(year=year)) / level, rel=1e-12)
    assert table.attrs["note"].startswith("In prices of 2024")
    assert "PAYG rate" not in table


def test_the_outgo_over_the_payroll_is_the_payg_rate():
    result = result_by_hand()
    table = money_tables.payroll_share_table(result)
    assert table["total expenditure"].to_numpy() == pytest.approx(result["payg_cost_rate"].values, rel=1e-12)
    assert table["contributions"].to_numpy() == pytest.approx(np.full(len(YEARS), 0.1), rel=1e-12)
    assert set(table.attrs["units"].values()) == {"fraction"}


def test_flows_of_a_part_of_a_year_are_over_that_part_of_the_product():
    result = result_by_hand()
    whole = money_tables.gdp_share_table(result, basis_with_product())
    part = money_tables.gdp_share_table(result, basis_with_product(valuation_date="2025-06-30"))
    product = 5e9
    assert whole.loc[2025, "contributions"] == pytest.approx(float(result["contributions"][0]) / product, rel=1e-12)
    days = 184 / 365
    assert part.loc[2025, "contributions"] == pytest.approx(whole.loc[2025, "contributions"] / days, rel=1e-12)
    assert part.loc[2025, "reserve"] == whole.loc[2025, "reserve"]
    assert part.loc[2026].to_list() == whole.loc[2026].to_list()


def test_scenarios_are_deflated_by_their_own_prices():
    basis = basis_by_hand()
    double = xr.concat([basis["inflation"], 2 * basis["inflation"]], "scenario").assign_coords(
        scenario=["low", "central"]
    )
    table = money_tables.constant_prices_table(two_scenarios(), basis.assign(inflation=double))
    outgo = two_scenarios()["outgo"]
    for scenario in ("low", "central"):
        level = float((1 + double.sel(scenario=scenario)).prod("year"))
        expected = float(outgo.sel(scenario=scenario)[-1]) / level
        assert table.loc[(scenario, YEARS[-1]), "total expenditure"] == pytest.approx(expected, rel=1e-12)


def test_what_lacks_is_told():
    with pytest.raises(MissingVariable, match="gdp"):
        money_tables.gdp_share_table(result_by_hand(), basis_by_hand())


def test_the_sheets_stand_after_the_financial_one(tmp_path):
    path = write_workbook(result_by_hand(), tmp_path / "x.xlsx", basis=basis_with_product())
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[2:6] == ["Financial", "Constant prices", "% of payroll", "% of GDP"]
    cell = book["% of payroll"]["B4"]
    assert (cell.value, cell.number_format) == (pytest.approx(0.1), "0.00%")
