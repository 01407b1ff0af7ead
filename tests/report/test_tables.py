"""The standard tables: their columns, their sums, their errors."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from actuarial.errors import BadDimensions, MissingVariable
from actuarial.report import annex, tables
from actuarial.report.columns import by_year, needed
from tests.report.made import AGES, COORDS, LINES, YEARS, basis_by_hand, result_by_hand, two_scenarios

FINANCIAL = [
    *("insurable payroll", "contributions", "state", "other income", "interest", "total income"),
    *("old_age", "widows", "funeral_grant", "total benefits", "administrative", "total expenditure"),
    *("result", "PAYG rate", "reserve", "reserve coefficient"),
]
DEMOGRAPHIC = [
    *("employed", "active contributors", "pensioners: old_age", "pensioners: widows", "total pensioners"),
    *("new: old_age", "new: widows", "new: funeral_grant", "total new", "terminations"),
]


def test_the_financial_table_has_the_standard_columns():
    table = tables.financial_table(result_by_hand())
    assert list(table.columns) == FINANCIAL
    assert table.index.name == "year"
    assert list(table.index) == list(YEARS)


def test_the_financial_table_adds_up():
    table = tables.financial_table(result_by_hand())
    sums = {
        "total income": table[["contributions", "state", "other income", "interest"]].sum(axis=1),
        "total benefits": table[COORDS["benefit"]].sum(axis=1),
        "total expenditure": table["total benefits"] + table["administrative"],
        "result": table["total income"] - table["total expenditure"],
        "reserve": table["reserve"].shift(fill_value=5e8) + table["result"],
        "PAYG rate": table["total expenditure"] / table["insurable payroll"],
        "reserve coefficient": table["reserve"] / table["total expenditure"],
    }
    for name, expected in sums.items():
        np.testing.assert_allclose(table[name], expected, rtol=1e-9, err_msg=name)


def test_the_demographic_table_has_the_standard_columns_by_sex():
    table = tables.demographic_table(result_by_hand())
    assert list(table.columns) == DEMOGRAPHIC
    assert table.index.names == ["sex", "year"]
    assert list(table.index.unique("sex")) == ["male", "female", "total"]


def test_the_demographic_table_adds_up():
    result = result_by_hand()
    table = tables.demographic_table(result)
    parts = table.loc["male"] + table.loc["female"]
    pd.testing.assert_frame_equal(table.loc["total"], parts, rtol=1e-9)
    paid = [name for name in DEMOGRAPHIC if name.startswith("pensioners: ")]
    np.testing.assert_allclose(table["total pensioners"], table[paid].sum(axis=1), rtol=1e-9)
    new = [name for name in DEMOGRAPHIC if name.startswith("new: ")]
    np.testing.assert_allclose(table["total new"], table[new].sum(axis=1), rtol=1e-9)
    women = float(result["pensioners"].sel(year=2030, sex="female", benefit="widows").sum())
    assert table.loc[("female", 2030), "pensioners: widows"] == pytest.approx(women, rel=1e-12)


def test_scenarios_are_the_first_level_in_their_own_order():
    table = tables.financial_table(two_scenarios())
    assert table.index.names == ["scenario", "year"]
    assert list(table.index.unique("scenario")) == ["low", "central"]
    assert (table.loc["central", "total benefits"] > table.loc["low", "total benefits"]).all()
    assert tables.demographic_table(two_scenarios()).index.names == ["sex", "year"]


def test_people_by_scenario_and_sex():
    both = two_scenarios()
    more = both.assign(pensioners=both["pensioners"] * xr.DataArray([1.0, 2.0], dims="scenario"))
    table = tables.demographic_table(more)
    assert table.index.names == ["scenario", "sex", "year"]
    low, central = (table.xs((name, "female"), level=("scenario", "sex")) for name in ("low", "central"))
    np.testing.assert_allclose(central["total pensioners"], 2 * low["total pensioners"], rtol=1e-12)
    pd.testing.assert_series_equal(central["employed"], low["employed"])


def test_key_results_name_the_figures():
    result = result_by_hand()
    table = tables.key_results(result)["value"]
    flat = table.droplevel("units")
    assert flat["general average premium (GAP)"] == 0.1234
    assert flat["GAP net of income from the State and others"] == 0.1134
    for year in (2025, 2055, 2065):
        assert flat[f"PAYG cost rate {year}"] == float(result["payg_cost_rate"].sel(year=year))
    ratios = [name for name in flat.index if name.startswith("reserve ratio")]
    assert ratios == [f"reserve ratio {year}" for year in (2025, 2030, 2040, 2050, 2060, 2065)]
    assert flat["reserve ratio 2040"] == float(result["reserve_ratio"].sel(year=2040))
    assert flat["outgo exceeds contributions and State income in"] == 2041
    assert np.isnan(flat["reserve is exhausted in"])
    assert np.isnan(flat["financial ratio 2025"])


def test_key_results_have_a_column_per_scenario():
    table = tables.key_results(two_scenarios())
    assert list(table.columns) == ["low", "central"]
    gap = table.loc[("general average premium (GAP)", "fraction")]
    assert list(gap) == pytest.approx([0.1234, 0.1851])


def test_a_short_projection_has_no_year_thirty_years_on():
    table = tables.key_results(result_by_hand().isel(year=slice(0, 5)))
    names = [name for name, _ in table.index if name.startswith("PAYG")]
    assert names == ["PAYG cost rate 2025", "PAYG cost rate 2029"]


def test_a_missing_variable_is_named():
    with pytest.raises(MissingVariable) as caught:
        tables.financial_table(result_by_hand().drop_vars(["reserve", "balance"]))
    assert str(caught.value) == (
        "the result lacks 1 of the variables of this table:\n"
        "  balance: Total income less outgo\n"
        "  Give the Dataset of actuarial.project, which has those of all stages."
    )


def test_a_column_with_ages_is_refused():
    with pytest.raises(BadDimensions, match="the column people has the dimension age; select or sum it"):
        by_year({"people": ("persons", result_by_hand()["population"])})


def test_population_by_broad_age():
    result, basis = result_by_hand(), basis_by_hand()
    table = annex.population_table(result, basis)
    np.testing.assert_allclose(table["total"], table[["male", "female"]].sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(table["total"], table[["0-14", "15-64", "65+"]].sum(axis=1), rtol=1e-12)
    young = result["population"].sel(year=2040, age=slice(0, 14)).sum()
    old = result["population"].sel(year=2040, age=slice(65, AGES[-1])).sum()
    work = result["population"].sel(year=2040, age=slice(15, 64)).sum()
    assert table.loc[2040, "dependency ratio"] == pytest.approx(float((young + old) / work), rel=1e-12)
    assert table.loc[2040, "net migration"] == pytest.approx(float(basis["net_migration"].sel(year=2040).sum()))


def test_insured_averages_are_weighted():
    result = result_by_hand()
    row = annex.insured_table(result).loc[2033]
    year = result.sel(year=2033)
    weights = year["average_contributors"]
    assert row["average salary"] == pytest.approx(float(year["salary"].weighted(weights).mean()), rel=1e-12)
    share = year["insurable_share"].weighted(weights * year["salary"]).mean()
    assert row["ceiling ratio"] == pytest.approx(float(share), rel=1e-12)
    assert row["average credits"] == pytest.approx(float(year["active_credits"].sum() / year["active"].sum() / 12))
    assert row["average contributors"] == pytest.approx(row["male"] + row["female"], rel=1e-12)


def test_assumptions_are_those_by_year():
    table = annex.assumptions_table(basis_by_hand())
    assert list(table.columns) == [
        *("collection_rate private", "collection_rate public", "wage_growth", "inflation", "total fertility rate")
    ]
    assert table.attrs["units"]["inflation"] == "1/year"


def test_a_basis_without_years_has_no_assumptions_table():
    with pytest.raises(MissingVariable, match="the basis has no assumption by year"):
        annex.assumptions_table(basis_by_hand()[["reserve_0"]])


def test_accounts_line_by_line():
    table = annex.accounts_table(LINES)
    assert table.loc["number:old_age", "ratio"] == 1.04
    assert table.loc["insurable_earnings", "model year 1"] == 1.26e9


def test_a_variable_that_the_vocabulary_lacks_is_missing_like_any_other():
    with pytest.raises(MissingVariable, match=r"lacks 2 of the variables.*\n  outgo: .+\n  no_such_thing\n"):
        needed(xr.Dataset(), "outgo", "no_such_thing")
