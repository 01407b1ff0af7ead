"""Level rates by horizon and the scaled premium: rolled year by year they leave what they shall."""

from itertools import pairwise

import numpy as np
import openpyxl
import pytest
import xarray as xr

import actuarial as ac
from actuarial.report import workbook
from actuarial.report.premium_tables import have_premiums, premiums_table
from tests.report.made import result_by_hand


@pytest.fixture(scope="module")
def result():
    country = ac.datasets.open("demo")
    return ac.project(country.basis.isel(year=slice(0, 25)), country.scheme, service="years")


def rolled(result, rates, other):
    """Reserves of rates by year, in a loop."""
    at = {str(flow): float(result["flow_timing"].sel(flow=flow)) for flow in result["flow_timing"]["flow"].values}
    assert result["flow_timing"].attrs["within_year"] == "compound"
    reserve, found = float(result["reserve_0"]), []
    names = ("total_insurable_earnings", "outgo", "interest_rate")
    for k, rate in enumerate(rates):
        earnings, outgo, interest = (float(result[name][k]) for name in names)
        grown = {flow: (1 + interest) ** (1 - when) for flow, when in at.items()}
        reserve = reserve * (1 + interest) + rate * earnings * grown["contributions"] - outgo * grown["outgo"]
        reserve += float(other[k]) * grown["other_income"]
        found.append(reserve)
    return found


def value(table, label):
    return float(table.xs(label, level="indicator").iloc[0, 0])


def test_level_rates_leave_the_reserve_of_the_law(result):
    table = premiums_table(result)
    other = result["state_income"] + result["other_income"] - result.get("deficit_income", 0.0)
    wanted = float(result["target_reserve"]) * float(result["outgo"].sel(year=2046))
    for label, income in (
        ("level rate for all outgo 2026-2045", 0.0 * other),
        ("level rate net of income from the State and others 2026-2045", other),
    ):
        assert rolled(result, [value(table, label)] * 20, income)[-1] == pytest.approx(wanted, rel=1e-9, abs=1e-3)
    assert value(table, "level rate for all outgo 2026-2050") == float(result["general_average_premium"])


def test_a_scaled_premium_is_the_lowest_under_which_the_reserve_does_not_fall(result):
    table = premiums_table(result)
    other = result["state_income"] + result["other_income"] - result.get("deficit_income", 0.0)
    rates = [value(table, "scaled premium 2026-2040")] * 15 + [value(table, "scaled premium 2041-2050")] * 10
    reserves = [float(result["reserve_0"]), *rolled(result, rates, other)]
    rises = [after - before for before, after in pairwise(reserves)]
    scale = 1e-9 * max(reserves)
    assert min(rises[:15]) == pytest.approx(0.0, abs=scale)
    assert min(rises[15:]) == pytest.approx(0.0, abs=scale)


def test_scenarios_are_columns_and_the_sheet_is_left_out_without_its_numbers(result, tmp_path):
    two = xr.concat([result, result.assign(reserve_0=2 * result["reserve_0"])], dim="scenario", data_vars="all")
    table = premiums_table(two.assign_coords(scenario=["low", "high"]))
    assert list(table.columns) == ["low", "high"]
    np.testing.assert_array_equal(table["low"], premiums_table(result)["value"])
    assert table["high"].iloc[0] < table["low"].iloc[0]
    assert not have_premiums(result_by_hand())
    book = openpyxl.load_workbook(workbook.write_workbook(result, tmp_path / "book.xlsx", language="fr"))
    words = [cell.value for cell in book["Primes"]["A"]][3:]
    assert words[0] == "Taux nivelé pour toutes les dépenses 2026-2045"
    assert words[-1] == "Prime échelonnée 2041-2050"
    assert "par périodes de 15 ans" in book["Primes"]["A2"].value


def test_under_the_minimum_rate_the_reserve_touches_zero_and_never_falls_below(result):
    table, years = premiums_table(result), 25
    other = result["state_income"] + result["other_income"] - result.get("deficit_income", 0.0)
    for label, income in (
        ("minimum rate for all outgo 2026-2050", 0.0 * other),
        ("minimum rate net of income from the State and others 2026-2050", other),
    ):
        reserves = rolled(result, [value(table, label)] * years, income)
        assert min(reserves) == pytest.approx(0.0, abs=1e-9 * float(result["reserve_0"]))


def test_the_steady_state_rate_needs_sixty_years_after_the_review(result):
    assert np.isnan(value(premiums_table(result), "steady-state rate for all outgo 2029-2088"))
    country = ac.datasets.open("demo")
    long = ac.project(country.basis, country.scheme, service="years")
    short = premiums_table(long.isel(year=slice(0, 62)))
    assert np.isnan(value(short, "steady-state rate for all outgo 2029-2088"))
    table = premiums_table(long)
    rate = value(table, "steady-state rate net of income from the State and others 2029-2088")
    other = long["state_income"] + long["other_income"] - long.get("deficit_income", 0.0)
    rates = [float(long["contribution_rate"][k]) for k in range(3)] + [rate] * (long.sizes["year"] - 3)
    reserves = rolled(long, rates, other)
    at = [list(long["year"].values).index(year) for year in (2038, 2088)]
    first, second = (reserves[k] / float(long["outgo"][k]) for k in at)
    assert first == pytest.approx(second, rel=1e-9)
