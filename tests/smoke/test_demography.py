"""From deaths to a projected table and a population of drawn futures, once; also with the lowest versions allowed."""

import numpy as np
import pytest
import xarray as xr

import actuarial as ac
from actuarial.check import check_variables
from tests.demography.draw_data import country, total, uncertainty
from tests.reference.small import small_basis

pytestmark = pytest.mark.smoke
AGES, YEARS = np.arange(40, 90), np.arange(2000, 2012)


@pytest.fixture(scope="module")
def deaths():
    """Deaths and exposures of a law of Gompertz that falls by 1% a year."""
    rates = 1e-4 * np.exp(0.1 * (AGES - 30)) * 0.99 ** (YEARS - YEARS[0])[:, np.newaxis]
    exposure = np.full(rates.shape, 5_000.0)
    return np.random.default_rng(2).poisson(rates * exposure), exposure


def test_from_deaths_to_a_projected_table(deaths):
    demography, (counts, exposure) = ac.demography, deaths
    smooth = demography.graduate(counts[0], exposure[0], ages=AGES)
    assert (smooth.lower < smooth.rate).all()
    model = demography.lee_carter(counts, exposure, ages=AGES, years=YEARS)
    ahead = demography.mortality_forecast(model, 10).mx.isel(year=-1)
    closed = demography.close_table(ahead, from_age=85, to_age=110)
    table = ac.life_table(closed)
    value = float(demography.annuity(table, 0.02, age=65, payments=12))
    assert 8.0 < value < float(table.ex.sel(age=65))


def test_groups_of_ages_made_single():
    basis = small_basis()
    single = basis.mx.isel(year=0)
    wide = ac.demography.abridge_rates(single, [0, 1, *range(5, 86, 5)])
    back = ac.demography.split_rates(wide, to=100)
    table, again = ac.life_table(single, ax="coale-demeny-west"), ac.life_table(back, ax="coale-demeny-west")
    np.testing.assert_allclose(again.ex.sel(age=0), table.ex.sel(age=0), atol=0.02)


def test_a_basis_of_what_the_functions_of_demography_return():
    """Rates, births, migrants and people of groups, with the units that they come with; numbers of units 1 are pure."""
    demography, years, to = ac.demography, [2025, 2026], 90
    given = small_basis().mx.isel(year=[0, 1], drop=True).assign_coords(year=years)
    mx = demography.split_rates(demography.abridge_rates(given, [0, 1, *range(5, 86, 5)]), to=to)
    births = demography.split_asfr([0.03, 0.1, 0.12, 0.09, 0.05, 0.01], (15, 20, 25, 30, 35, 40, 45), to=to)
    counts = xr.DataArray([[9.0, 30.0, 20.0, 7.0]] * 2, {"sex": mx.sex}, ("sex", "age"))
    table = ac.life_table(mx.isel(year=0))
    people = demography.split_counts(counts, (0, 5, 30, 60), to=to, open_with=table)
    parts = {"mx": mx, "population_0": people}
    parts["asfr"] = demography.fertility([2.0, 2.1], births, years=years, to=to)
    parts["net_migration"] = demography.net_migration(
        [1.0, 0.5], demography.rogers_castro(to=to), male_share=0.5, years=years, to=to
    )
    ratio = demography.mortality_ratio(0.9 * mx.isel(year=0), mx)
    parts |= {"srb": ("year", [1.05, 1.05], {"units": "1"}), "mortality_ratio_insured": ratio}
    basis = xr.Dataset(parts).assign_attrs(valuation_date="2024-12-31", a0_rule="coale_demeny_west")
    assert float(demography.project_population(basis).births.sum(("sex", "age")).min()) > 1.0
    check_variables(basis)
    for rates in (births, parts["asfr"]):
        assert rates.attrs["units"] == ac.variable("asfr").units


def test_drawn_futures():
    basis = country()
    found = ac.demography.project_population_draws(basis, uncertainty(basis), seed=1, scenarios=20)
    middle = found.total_population.sel(quantile=0.5)
    np.testing.assert_allclose(middle, total(basis), rtol=0.01)


def test_tables_are_read(tmp_path):
    path = tmp_path / "deaths.csv"
    path.write_text("sex,age,deaths\nM,40,1\nF,40,2\nM,41,3\nF,41,4\n", encoding="utf-8")
    assert float(ac.readers.read_tidy(path).deaths.sel(sex="female", age=41)) == 4.0
