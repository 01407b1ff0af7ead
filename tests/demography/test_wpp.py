"""World Population Prospects 2024: what the published rates and flows make of the published base."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.check.population import check_population
from actuarial.demography import project_population
from actuarial.demography.survival import survival_table
from actuarial.readers import read_wpp

COUNTRIES = ("CYP", "EGY", "ETH", "GHA", "HND", "JOR", "JPN", "KEN", "LAO", "SLE", "THA", "VNM")
SMALL = "LCA"  # rounding to persons of stocks and of 202 migration cells is the limit
TOTAL = dict.fromkeys(COUNTRIES, 3e-4) | {SMALL: 3e-3}
GROUPS = dict.fromkeys(COUNTRIES, 2e-3) | {SMALL: 1.1e-2}
BIRTHS = dict.fromkeys(COUNTRIES, 3e-4) | {SMALL: 1e-2}
DEATHS = dict.fromkeys(COUNTRIES, 2e-3) | {SMALL: 1e-2}


@pytest.fixture(scope="module")
def folder(shared):
    return shared / "data" / "wpp"


@pytest.fixture(scope="module", params=[*COUNTRIES, SMALL])
def case(request, folder):
    """Country, its basis and its projection."""
    basis = read_wpp(folder, request.param)
    return request.param, basis, project_population(basis)


def published(folder, country, column):
    frame = pd.read_parquet(folder / f"{country}.parquet", columns=["year", "sex", "age", column]).dropna()
    table = frame.astype({column: float}).set_index(["year", "sex", "age"])[column].to_xarray()
    return table.sel(sex=["m", "f"]).assign_coords(sex=["male", "female"])


def annual(folder, country):
    frame = pd.read_parquet(folder / "_annual.parquet")
    return frame[frame.iso3 == country].set_index("year").loc[2024:2100]


def total(stock):
    return stock.sum(("sex", "age"))


def worst(ours, theirs):
    return float(np.max(np.abs(np.asarray(ours) / np.asarray(theirs) - 1)))


def test_stocks_of_1_july(folder, case):
    country, _, projection = case
    expected = published(folder, country, "pop_jul1").sel(year=slice(2025, 2100))
    got = projection.population_midyear.sel(year=slice(2025, 2100))
    assert got.shape == expected.shape == (76, 2, 101)
    assert worst(total(got), total(expected)) < TOTAL[country]
    ours, theirs = (stock.sel(age=slice(0, 79)).coarsen(age=5).sum() for stock in (got, expected))
    assert worst(ours, theirs) < GROUPS[country]


def test_births_and_deaths(folder, case):
    country, _, projection = case
    figures = annual(folder, country)
    assert worst(total(projection.births) / 1000, figures.births_k) < BIRTHS[country]
    assert worst(total(projection.deaths) / 1000, figures.deaths_k) < DEATHS[country]


def test_engine_against_the_reference_projection(folder, case):
    country, _, projection = case
    expected = published(folder, country, "pop_jan1_ref").sel(year=slice(2025, 2101))
    assert_allclose(projection.population, expected, rtol=1e-6, atol=1e-6)


def test_life_expectancy(folder, case):
    country, basis, _ = case
    figures = annual(folder, country)
    at_birth = survival_table(basis.mx, basis.attrs["a0_rule"]).ex.sel(age=0)
    assert_allclose(at_birth.sel(sex="male"), figures.e0M, atol=2e-4, rtol=0)
    assert_allclose(at_birth.sel(sex="female"), figures.e0F, atol=2e-4, rtol=0)


def test_identities(case):
    _, basis, projection = case
    check_population(projection, basis)


@pytest.mark.parametrize("country", [country for country in COUNTRIES if country != "HND"])
def test_migrants_at_the_start_miss(folder, country):
    """Another convention is outside the tolerance, so that the tolerance means something (in Honduras it is not)."""
    projection = project_population(read_wpp(folder, country), migration="start")
    expected = published(folder, country, "pop_jul1").sel(year=slice(2025, 2100))
    assert worst(total(projection.population_midyear.sel(year=slice(2025, 2100))), total(expected)) > TOTAL[country]


@pytest.mark.parametrize("country", ["CYP", "ETH", "JPN", "KEN"])
def test_financial_years_to_30_june(folder, country):
    """Averaged rates and flows carry the means of adjacent stocks."""
    basis = read_wpp(folder, country, year_end=(6, 30))
    assert basis.year.values[[0, -1]].tolist() == [2025, 2100]
    projection = project_population(basis)
    check_population(projection, basis)
    calendar = project_population(read_wpp(folder, country)).population_midyear.sel(year=basis.year)
    assert worst(total(projection.population), total(calendar)) < 2.2e-4
    july = published(folder, country, "pop_jul1").sel(year=basis.year)
    assert worst(total(projection.population), total(july)) < 3e-4


def test_financial_years_are_weighted_by_months(folder):
    calendar = read_wpp(folder, "KEN")
    fiscal = read_wpp(folder, "KEN", year_end=(9, 30), first_year=2030, last_year=2031)
    for name in ("mx", "asfr", "srb", "net_migration"):
        expected = 0.25 * calendar[name].sel(year=2029, drop=True) + 0.75 * calendar[name].sel(year=2030, drop=True)
        assert_allclose(fiscal[name].sel(year=2030), expected, rtol=1e-14)
    january = published(folder, "KEN", "pop_jan1_ref")
    assert_allclose(fiscal.population_0, 0.25 * january.sel(year=2029) + 0.75 * january.sel(year=2030), rtol=1e-14)
    assert fiscal.attrs["year_end"] == "09-30"


def test_what_is_read(folder):
    basis = read_wpp(folder, "JOR")
    assert basis.year.values.tolist() == list(range(2024, 2101))
    assert basis.sex.values.tolist() == ["male", "female"]
    assert basis.age.values.tolist() == list(range(101))
    assert all(array.dtype == np.float64 for array in basis.data_vars.values())
    assert basis.attrs["a0_rule"] == "coale_demeny_west"
    assert read_wpp(folder, "JPN").attrs["a0_rule"] == "andreev_kingkade"
    assert "CC BY 3.0 IGO" in basis.attrs["source"]
    assert_allclose(basis.population_0, published(folder, "JOR", "pop_jan1_base").sel(year=2024), rtol=0)
    assert_allclose(basis.srb, annual(folder, "JOR").srb_used, rtol=0)
    assert float(basis.asfr.sum("age").sel(year=2030)) == pytest.approx(annual(folder, "JOR").tfr[2030], abs=1e-4)


def test_a_later_start_takes_the_reference_stock(folder):
    later, whole = read_wpp(folder, "JOR", first_year=2040, last_year=2050), read_wpp(folder, "JOR")
    assert_allclose(later.population_0, published(folder, "JOR", "pop_jan1_ref").sel(year=2040), rtol=0)
    xr.testing.assert_identical(later.mx, whole.mx.sel(year=slice(2040, 2050)))
    expected = project_population(whole).population.sel(year=slice(2040, 2050))
    assert_allclose(project_population(later).population, expected, rtol=1e-5, atol=1e-3)
