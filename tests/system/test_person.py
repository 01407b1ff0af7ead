"""Indices of wages and prices that the law follows: past growth, back-cast, and the end of the basis."""

import numpy as np
import pytest
import xarray as xr

from actuarial.cases import person_benefits
from actuarial.errors import BadDimensions, BadInput, MissingVariable
from actuarial.person import Person, growth_path, index_path, make_grid
from tests.reference.full_law import full_law

GROWTH = [0.01, 0.02, 0.03]
PAST = {2021: 0.07, 2022: 0.05, 2023: 0.04, 2024: 0.06}


@pytest.fixture
def basis():
    data = {"wage_growth": ("year", GROWTH), "inflation": ("year", [0.0, 0.5, 0.0])}
    data["wage_growth_past"] = ("past_year", list(PAST.values()))
    coords = {"year": [2025, 2026, 2027], "past_year": list(PAST), "sex": ["male", "female"], "age": [60, 61]}
    return xr.Dataset(data, coords)


def known(year):
    return PAST.get(max(year, 2021)) if year < 2025 else GROWTH[year - 2025]


def test_growth_is_that_of_the_basis_then_of_the_past_then_the_earliest_known(basis):
    years = np.arange(2018, 2028)
    path = growth_path(basis, "wage_growth", years)
    assert path.values.tolist() == [known(year) for year in years]
    assert path.attrs["backcast"] == 1
    assert growth_path(basis, "wage_growth", [2021, 2027]).attrs["backcast"] == 0
    assert growth_path(basis, "inflation", [2024]).attrs["backcast"] == 1


def test_past_years_in_any_order_and_those_of_the_projection_are_passed_over(basis):
    late = basis.reindex(past_year=[2024, 2025, 2022, 2021, 2023], fill_value=9.9)
    years = np.arange(2020, 2028)
    assert growth_path(late, "wage_growth", years).values.tolist() == [known(year) for year in years]


def test_a_past_that_ends_before_the_year_in_front_of_the_projection_is_refused(basis):
    told = "^past_year: the years must follow each other .* 2023 is followed by 2025 .* from 2021 to 2024 once"
    with pytest.raises(BadDimensions, match=told):
        growth_path(basis.sel(past_year=[2022, 2021, 2023]), "wage_growth", [2022, 2026])


def test_a_constant_rate_serves_every_year(basis):
    constant = basis.drop_vars("wage_growth_past").assign(wage_growth=0.04)
    assert growth_path(constant, "wage_growth", [2010, 2026]).values.tolist() == [0.04, 0.04]


def test_the_past_of_all_scenarios_goes_before_the_rates_of_each_and_the_other_way_round(basis):
    rates = xr.DataArray([GROWTH, [0.1, 0.2, 0.3]], dims=("scenario", "year"))
    by_rate = growth_path(basis.assign(wage_growth=rates), "wage_growth", [2023, 2026])
    assert by_rate.transpose("scenario", "year").values.tolist() == [[0.04, 0.02], [0.04, 0.2]]
    past = xr.DataArray([list(PAST.values()), [0.0] * 4], dims=("scenario", "past_year"))
    by_past = growth_path(basis.assign(wage_growth_past=past), "wage_growth", [2023, 2026])
    assert by_past.transpose("scenario", "year").values.tolist() == [[0.04, 0.02], [0.0, 0.02]]
    assert index_path(basis.assign(wage_growth=rates), "wage_growth", 2022, 2026).sizes == {"year": 5, "scenario": 2}


def test_a_year_after_the_basis_is_refused(basis):
    with pytest.raises(BadInput, match=r"the year 2028 lies after the last year of the basis \(2027\)"):
        growth_path(basis, "wage_growth", [2026, 2028])


def test_the_index_is_one_in_the_year_before_the_projection(basis):
    level = index_path(basis, "wage_growth", 2019, 2027)
    assert float(level.sel(year=2024)) == 1.0
    for year in range(2020, 2028):
        assert float(level.sel(year=year) / level.sel(year=year - 1)) == pytest.approx(1 + known(year), rel=1e-14)
    assert index_path(basis, "wage_growth", 2024, 2024).values.tolist() == [1.0]
    assert index_path(basis, "wage_growth", 2027, 2027).sel(year=[2024, 2027]).values[0] == 1.0


def test_the_index_of_a_person_and_of_a_grid(basis):
    grid = make_grid(basis, None)
    assert grid.index("wages").values == pytest.approx([1.01, 1.01 * 1.02, 1.01 * 1.02 * 1.03])
    assert grid.index("wages", 2023) == pytest.approx(1 / 1.06)
    alone = Person(year=2026, group="all", sex="male", age=60, service=1.0, basis=basis, scheme=None)
    assert alone.index("prices") == 1.5
    assert alone.in_year(2022).index("wages") == pytest.approx(1 / 1.06 / 1.04)
    with pytest.raises(BadInput, match="index: 'gold' is unknown; the indices are wages, prices"):
        alone.index("gold")
    with pytest.raises(BadInput, match="follows wages, but there is no basis"):
        Person(year=2026, group="all", sex="male", age=60, service=1.0, basis=None, scheme=None).index("wages")


def test_levels_of_one_year_of_years_and_of_a_table_of_years_are_those_of_the_path(basis):
    rates = xr.DataArray([GROWTH, [0.1, 0.2, 0.3]], dims=("scenario", "year"))
    table = xr.DataArray([[2019, 2024], [2027, 2022]], dims=("age", "sex"))
    for data, at in ((basis, {}), (basis.assign(wage_growth=rates), {"scenario": 1})):
        grid, path = make_grid(data, None), index_path(data, "wage_growth", 2015, 2027)
        for year in (2015, 2023, 2024, 2026):
            np.testing.assert_allclose(grid.index("wages", year), path.sel(year=year), rtol=1e-14)
        some = grid.at_years([2026, 2020]).index("wages")
        assert some["year"].values.tolist() == [2026, 2020]
        np.testing.assert_allclose(some, path.sel(year=[2026, 2020]), rtol=1e-14)
        found = Person(table, "all", "male", 60, 1.0, data, None).index("wages")
        expected = [[float(path.isel(at).sel(year=year)) for year in row] for row in table.values]
        np.testing.assert_allclose(found.isel(at).transpose("age", "sex"), expected, rtol=1e-14)


def test_a_basis_without_the_index_is_told_so(basis):
    with pytest.raises(MissingVariable, match="inflation"):
        make_grid(basis.drop_vars("inflation"), None).index("prices")


def test_the_grid_has_the_service_of_the_opening_stock_in_years(basis):
    grid = make_grid(basis.assign_coords(service=[0, 6, 12]), None)
    assert grid.service.values.tolist() == [0.0, 0.5, 1.0]
    assert grid.service["service"].values.tolist() == [0, 6, 12]
    assert grid.group.values.tolist() == ["all"]
    assert grid.birth_year.sel(year=2026, age=61).item() == 1965
    assert grid.in_year(2024).age.sel(year=2026, age=61).item() == 59


def test_reference_earnings_need_a_career():
    alone = Person(year=2026, group="all", sex="male", age=60, service=1.0, basis=None, scheme=None)
    with pytest.raises(BadInput, match="reference earnings of one person need a career"):
        alone.base("final_earnings")


def test_a_group_that_the_basis_does_not_have_is_refused(basis):
    career = {"event": "death", "sex": "male", "born": 1960, "leaves": 2025, "months": 12, "earnings": 1.0}
    with pytest.raises(BadInput, match="group: 'miners' is unknown; the groups of the basis are private, public"):
        person_benefits(full_law(), group="miners", basis=basis.assign_coords(group=["private", "public"]), **career)
