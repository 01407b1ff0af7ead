"""Payments in other currencies: amounts by hand, and what cannot be meant."""

import numpy as np
import openpyxl
import pytest
import xarray as xr

from actuarial.errors import BadInput
from actuarial.report import Abroad, write_workbook
from tests.report.made import YEARS, result_by_hand

RATES = xr.DataArray(np.linspace(4.0, 8.0, len(YEARS)), {"year": YEARS}, ["year"])
EUROS = Abroad(currency="EUR", rate=RATES, shares={"old_age": 0.1, "widows": 0.5})
DOLLARS = Abroad(currency="USD", rate=2.0, shares={"old_age": 0.2})


def test_amounts_in_both_currencies_and_their_sum(tmp_path):
    result = result_by_hand()
    book = openpyxl.load_workbook(write_workbook(result, tmp_path / "a.xlsx", abroad=[EUROS, DOLLARS]))
    sheet = book["Paid abroad"]
    heads = [cell.value for cell in sheet[3]]
    assert heads[1:4] == ["LTD for one EUR", "Paid in EUR (thousands of LTD/year)", "Paid (EUR a year)"]
    for row, year in enumerate(YEARS, 4):
        of_year = result["benefit_expenditure"].sel(year=year)
        spent = {name: float(of_year.sel(benefit=name)) for name in ("old_age", "widows")}
        euros, dollars = 0.1 * spent["old_age"] + 0.5 * spent["widows"], 0.2 * spent["old_age"]
        cells = [sheet.cell(row, place).value for place in range(2, 10)]
        rate = 4.0 + 4.0 * (year - YEARS[0]) / (len(YEARS) - 1)
        whole = float(result["benefit_expenditure"].sel(year=year).sum())
        expected = [rate, euros, euros / rate, 2, dollars, dollars / 2, euros + dollars, (euros + dollars) / whole]
        assert cells == pytest.approx(expected, rel=1e-12)
    assert "The valuation itself is in LTD" in sheet["A2"].value


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([Abroad(currency="EUR", rate=0.0)], "must be above 0, but 41 of 41 are not, the first is 0.0"),
        ([EUROS, EUROS], "EUR is given 2 times"),
        ([Abroad(currency="EUR", rate=1.0, shares={"old": 0.1})], "the scheme has no benefit old"),
        ([EUROS, Abroad(currency="USD", rate=1.0, shares={"widows": 0.6})], "the shares of widows must lie between"),
        ([Abroad(currency="EUR", rate=RATES[:-2])], "2 of 41 years have no number, 2064, 2065"),
        ([Abroad(currency="EUR", rate=RATES.expand_dims(sex=["male"]))], "it has the dimension sex; give it by year"),
    ],
)
def test_what_cannot_be_meant(tmp_path, parts, message):
    with pytest.raises(BadInput, match=message):
        write_workbook(result_by_hand(), tmp_path / "a.xlsx", abroad=parts)
    assert list(tmp_path.iterdir()) == []
