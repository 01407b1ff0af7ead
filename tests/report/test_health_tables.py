"""Tables of a health valuation: every figure against a plain sum over the result, and the workbook they stand in."""

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xarray as xr

import actuarial as ac
from actuarial.errors import BadInput, MissingVariable
from actuarial.report import health_figures, health_tables
from actuarial.report.health_workbook import write_health_workbook
from actuarial.report.summary import summary
from actuarial.studies.health_sensitivity import health_sensitivity
from actuarial.valuation.health_growth import decompose_health_expenditure
from tests.reference.health import GROUPS, SERVICES, health_basis, health_scheme

YEARS = [2025, 2026, 2027]
BODY = (1, 2)  # axes of sex and age in one year and group
SHEETS = [
    "Key results", "Charts", "Finance", "Rates", "Members", "Contacts", "Unit costs", "By service", "By group",
    "For each member", "Cost by age", "Calibration", "Accounts", "Assumptions", "Manifest",
]  # fmt: skip


def accounts(basis):
    """Accounts by service 4% above what rates and prices give in the base year; the poor have no visits."""
    rates = basis["use_rate_0"].copy()
    rates.loc[{"service_type": "visits", "health_group": "poor"}] = 0.0
    basis = basis.assign(use_rate_0=rates)
    plain = ac.project_health(basis.isel(year=slice(0, 1)), health_scheme())
    raw = (plain["contacts_0"].sum(["sex", "age"]) * basis["unit_cost_0"]).sum("health_group")
    return basis.assign(expenditure_by_service_0=1.04 * raw.sel(service_type=SERVICES))


@pytest.fixture(scope="module")
def basis():
    return accounts(health_basis(3))


@pytest.fixture(scope="module")
def result(basis):
    return ac.project_health(basis, health_scheme())


@pytest.fixture(scope="module")
def both(basis):
    wider = ac.scenarios(
        basis.drop_vars("expenditure_by_service_0"),
        base=lambda b: b,
        high=lambda b: b.assign(unit_cost_0=1.1 * b["unit_cost_0"]),
    )
    return ac.project_health(wider, health_scheme())


def test_members_are_counted_group_by_group(result, basis):
    table = health_tables.members_table(result, basis)
    assert table.columns.tolist() == [*GROUPS, "total members", "population", "coverage"]
    for group in GROUPS:
        for t, year in enumerate(YEARS):
            one = result["health_members"].sel(health_group=group).values[t]
            assert table.loc[year, group] == pytest.approx(one.sum(), rel=1e-13)
    people = [float(basis["population_0"].sum()), *result["population"].values.sum(axis=(1, 2))]
    np.testing.assert_allclose(table["population"], np.convolve(people, [0.5, 0.5], "valid"), rtol=1e-13)
    np.testing.assert_allclose(table["coverage"], table[GROUPS].sum(axis=1) / table["population"], rtol=1e-13)
    assert table.attrs["units"]["coverage"] == "fraction"
    assert health_tables.members_table(result).columns.tolist() == [*GROUPS, "total members"]


def test_groups_without_members_have_no_column(result):
    empty = result.assign(health_members=result["health_members"].where(result["health_group"] != "poor", 0.0))
    for table in (health_tables.members_table(empty), health_tables.expenditure_by_group(empty)):
        assert table.columns[:2].tolist() == GROUPS[:2]
        assert "poor" not in table
    spent = health_tables.expenditure_by_group(empty)["total"]
    pd.testing.assert_series_equal(spent, health_tables.expenditure_by_group(result)["total"])


def test_contacts_are_per_thousand_members(result):
    table = health_tables.contacts_table(result)
    assert table.columns.tolist() == SERVICES
    for t, year in enumerate(YEARS):
        heads = result["health_members"].values[t].sum()
        for k, service in enumerate(SERVICES):
            assert table.loc[year, service] == pytest.approx(1000 * result["contacts"].values[t, k].sum() / heads)
    nobody = health_tables.contacts_table(result.assign(health_members=0.0 * result["health_members"]))
    assert nobody.isna().all().all()


def test_unit_costs_are_means_over_contacts(result):
    table = health_tables.unit_cost_table(result)
    for t, year in enumerate(YEARS):
        for k, service in enumerate(SERVICES):
            weight = result["contacts"].values[t, k].sum(axis=BODY)
            cost = sum(weight * result["unit_cost"].values[t, k]) / sum(weight)
            assert table.loc[year, service] == pytest.approx(cost, rel=1e-13)


def test_expenditure_adds_up_by_service_and_by_group(result):
    by_service, by_group = health_tables.expenditure_by_service(result), health_tables.expenditure_by_group(result)
    np.testing.assert_allclose(by_service[SERVICES].sum(axis=1), by_service["all services"], rtol=1e-13)
    cash = by_service["services and cash benefits"] - by_service["all services"]
    np.testing.assert_allclose(cash, result["cash_expenditure"].sum(["benefit", "health_group"]), rtol=1e-9)
    np.testing.assert_allclose(by_group["total"], by_service["services and cash benefits"], rtol=1e-13)
    np.testing.assert_allclose(by_group[GROUPS].sum(axis=1), by_group["total"], rtol=1e-13)
    patients = result["out_of_pocket"].values.sum(axis=(1, 2))
    np.testing.assert_allclose(by_service["paid by patients"], patients, rtol=1e-13)
    assert (by_service["paid by patients"] > 0).all()


def test_finance_adds_up_and_rolls(result, basis):
    table = health_tables.health_finance_table(result)
    sources = ["members", "employers", "state", "donors"]
    assert table.columns[:5].tolist() == [*sources, "interest"]
    np.testing.assert_allclose(table[[*sources, "interest"]].sum(axis=1), table["total income"], rtol=1e-12)
    spent = table[["services paid", "cash benefits", "administrative"]].sum(axis=1)
    np.testing.assert_allclose(spent, table["total expenditure"], rtol=1e-12)
    np.testing.assert_allclose(table["total income"] - spent, table["result"], rtol=1e-9)
    before = [float(basis["health_reserve_0"]), *table["reserve"].values[:-1]]
    np.testing.assert_allclose(table["reserve"] - before, table["result"], rtol=1e-9, atol=1e-3)
    employers = result["contribution_income"].sel(contribution="employers")
    np.testing.assert_allclose(table["employers"], employers, rtol=1e-13)


def test_rates_are_those_of_the_result(result):
    table = health_tables.health_rates_table(result)
    for name, label in health_tables.RATES.items():
        np.testing.assert_array_equal(table[label], result[name])
    np.testing.assert_allclose(table["outgo over gross domestic product"], result["outgo_to_gdp"])
    assert table.attrs["units"]["reserve in months"] == "months"
    bare = health_tables.health_rates_table(result.drop_vars(["outgo_to_gdp", "state_income_to_government"]))
    assert len(bare.columns) == len(table.columns) - 2


def test_calibration_shows_a_dash_where_nobody_used_a_service(result):
    table = health_tables.calibration_table(result)
    assert (table.index.tolist(), table.columns.tolist()) == (SERVICES, GROUPS)
    assert table.index.name == "service"
    assert np.isnan(table.loc["visits", "poor"])
    found = table.stack().dropna()
    for (service, group), factor in found.items():
        expected = result["calibration_by_service"].sel(service_type=service, health_group=group)
        assert factor == float(expected)
    assert len(found) == 8
    assert ((found > 1.03) & (found < 1.3)).all()


def test_accounts_stand_beside_the_first_year(result, basis):
    table = health_tables.base_year_table(result, basis)
    assert table.index.tolist() == [("service", name) for name in SERVICES]
    given, later = table["accounts of the base year"], table["first projected year"]
    np.testing.assert_array_equal(given, basis["expenditure_by_service_0"])
    np.testing.assert_allclose(later, result["health_expenditure"].values[0].sum(axis=1), rtol=1e-13)
    np.testing.assert_allclose(table["growth"], later / given - 1, rtol=1e-13)
    assert len(health_tables.base_year_table(result, basis.drop_vars("expenditure_by_service_0"))) == 0


def test_key_results_name_years_horizons_and_turns(result):
    table = health_tables.health_key_results(result)["value"]
    assert table["members 2027", "persons"] == pytest.approx(result["health_members"].values[2].sum())
    benefits = result["health_expenditure"].values[0].sum() + result["cash_expenditure"].values[0].sum()
    heads = result["health_members"].values[0].sum()
    assert table["benefits for each member 2025", "currency/person/year"] == pytest.approx(benefits / heads)
    rate = float(result["level_rate"].sel(horizon=3))
    assert table["level rate over 3 years", "fraction"] == rate
    assert [name for name, _ in table.index if name.startswith("level rate")] == ["level rate over 3 years"]
    assert table["reserve in months 2027", "months"] == float(result["reserve_months"].sel(year=2027))
    text = summary(result)
    assert f"  level rate over 3 years {100 * rate:.2f}%".split() in [line.split() for line in text.splitlines()]
    people = f"members 2025 {heads:,.0f}".split()
    assert people in [line.split() for line in text.splitlines()]


def test_the_summary_shows_the_factors_and_marks_unusual_ones(basis):
    """Half the price of stays doubles their factor; in a group factors are weighted by cost."""
    dearer = basis.assign(unit_cost_0=basis["unit_cost_0"] * xr.where(basis["service_type"] == "stays", 0.5, 1.0))
    result = ac.project_health(dearer, health_scheme())
    text = summary(result)
    assert "Calibration to the accounts of the base year (* outside 0.8 to 1.25)" in text
    lines = [line.split() for line in text.splitlines()]
    factors, costs = result["calibration_by_service"], result["unit_cost"].isel(year=0)
    for service in SERVICES:
        value = float(factors.sel(service_type=service, health_group="workers"))
        words = f"{value:.3f}" + ("*" if service == "stays" else "")
        assert [service, words, words, words] in lines
        assert (value > 1.25) == (service == "stays")
    found = health_tables.calibration_margins(result)
    for group in GROUPS:
        cost = raw = 0.0
        for service in SERVICES:
            here = {"service_type": service, "health_group": group}
            one = float(result["contacts_0"].sel(here).sum()) * float(costs.sel(here))
            cost, raw = cost + one, raw + one / float(factors.sel(here))
        assert found.loc[("group", group), "factor"] == pytest.approx(cost / raw, rel=1e-12)


def test_a_scheme_without_contributions_on_earnings_has_no_rates_on_them(basis):
    result = ac.project_health(basis, health_scheme(contributions=health_scheme().contributions[2:5]))
    words = health_tables.health_key_results(result).index.get_level_values("indicator")
    assert not [word for word in words if "rate" in word]
    assert "benefits over contributions 2025" in words
    rates = health_tables.health_rates_table(result)
    assert rates.columns[:2].tolist() == ["benefits over contributions", "share that patients pay"]
    assert not rates.isna().any().any()


def test_scenarios_have_columns_or_rows_of_their_own(both, basis):
    keys = health_tables.health_key_results(both)
    assert keys.columns.tolist() == ["base", "high"]
    per_head = keys.loc["benefits for each member 2025"].values.ravel()
    assert per_head[1] > 1.05 * per_head[0]
    finance = health_tables.health_finance_table(both)
    assert finance.index.names == ["scenario", "year"]
    first = health_tables.health_finance_table(both.sel(scenario="high", drop=True))
    np.testing.assert_allclose(finance.loc["high"], first[finance.columns], rtol=1e-13)
    calibration = health_tables.calibration_table(both)
    assert calibration.index.names == ["scenario", "service"]
    assert calibration.loc["high"].index.tolist() == SERVICES
    ages = health_figures.cost_by_age(both, 2025)
    assert ages.index.names == ["scenario", "age"]
    np.testing.assert_allclose(ages.loc["high", "total"], 1.1 * ages.loc["base", "total"], rtol=1e-9)


def test_cost_by_age_is_cost_over_members(result):
    table = health_figures.cost_by_age(result, 2026)
    spent, heads = result["provider_cost"].values[1], result["health_members"].values[1]
    for age in (0, 30, 70):
        both = spent[:, :, :, age].sum() / heads[:, :, age].sum()
        men = spent[:, :, 0, age].sum() / heads[:, 0, age].sum()
        assert table.loc[age, "total"] == pytest.approx(both, rel=1e-13)
        assert table.loc[age, "male"] == pytest.approx(men, rel=1e-13)
    with pytest.raises(BadInput, match="year: 2040 is not in the result, which has 2025 to 2027"):
        health_figures.cost_by_age(result, 2040)


def test_shares_and_sources_are_of_the_whole(result):
    for table in (health_figures.shares_of_services(result), health_figures.shares_of_groups(result)):
        np.testing.assert_allclose(table.sum(axis=1), 1.0, rtol=1e-13)
    visits = result["health_expenditure"].values[2, 0].sum() / result["health_expenditure"].values[2].sum()
    assert health_figures.shares_of_services(result).loc[2027, "visits"] == pytest.approx(visits, rel=1e-13)
    sources = health_figures.sources_of_finance(result)
    np.testing.assert_allclose(sources.sum(axis=1), result["total_income"], rtol=1e-12)


def test_growth_by_factor_is_the_change_of_expenditure(result, basis):
    growth = decompose_health_expenditure(result, basis)
    table = health_figures.growth_by_factor(growth)
    spent = result["health_expenditure"].values.sum(axis=(1, 2))
    assert table.index.tolist() == YEARS[1:]
    np.testing.assert_allclose(table["total"], np.diff(spent), rtol=1e-9)
    np.testing.assert_allclose(table.drop(columns="total").sum(axis=1), table["total"], rtol=1e-9)
    two = decompose_health_expenditure(result, basis, from_year=2025, to_year=2027)
    with pytest.raises(BadInput, match="growth: the decomposition is that of two years, which has no path"):
        health_figures.growth_by_factor(two)


def test_what_is_missing_is_named(result):
    with pytest.raises(MissingVariable, match=r"(?s)out_of_pocket: .*Give the Dataset of actuarial.project_health"):
        health_tables.expenditure_by_service(result.drop_vars("out_of_pocket"))


def test_the_workbook_has_a_sheet_for_each_table(tmp_path, result, basis):
    found = health_sensitivity(basis, health_scheme(), ["use_up"])
    given = {"basis": basis, "manifest": {"library": {"actuarial": "1"}}, "sensitivity": found}
    book = openpyxl.load_workbook(write_health_workbook(result, tmp_path / "h.xlsx", **given))
    assert book.sheetnames == [*SHEETS[:-3], "Sensitivity", *SHEETS[-3:]]
    changes = book["Sensitivity"]
    place = next(cell.column for cell in changes[3] if str(cell.value).startswith("level rate over 3 years"))
    assert changes.cell(5, place).value == float(found["level_rate"][1, 0])
    heads = {name: [cell.value for cell in book[name][3]] for name in book.sheetnames}
    assert heads["Members"][:2] == ["year", "workers (persons)"]
    assert heads["Unit costs"][1] == "visits (LTD/contact)"
    sheet = book["Finance"]
    place = next(k for k, head in enumerate(heads["Finance"], 1) if head.startswith("reserve ("))
    values = [sheet.cell(row, place).value for row in range(4, 7)]
    np.testing.assert_allclose(values, result["reserve"], rtol=1e-14)
    units = {row[0].value: row[1].value for row in book["Key results"].iter_rows(min_row=4)}
    assert units["benefits for each member 2025"] == "LTD/person/year"
    assert book["Calibration"].cell(4, 4).value == "\N{EN DASH}", "the poor have no visits"
    bare = openpyxl.load_workbook(write_health_workbook(result, tmp_path / "bare.xlsx"))
    assert bare.sheetnames == [name for name in SHEETS if name not in ("Accounts", "Assumptions", "Manifest")]


def test_the_workbook_of_several_scenarios_names_them(tmp_path, both):
    book = openpyxl.load_workbook(write_health_workbook(both, tmp_path / "h.xlsx"))
    assert [cell.value for cell in book["Finance"]["A"][3:]] == ["base"] * 3 + ["high"] * 3
    assert [cell.value for cell in book["Key results"][3]][:4] == ["indicator", "units", "base", "high"]
