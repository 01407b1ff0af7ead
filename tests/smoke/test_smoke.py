"""Every stage once on a small basis; also run with the lowest versions that are allowed."""

from pathlib import Path

import numpy as np
import pytest

import actuarial as ac
from tests.reference.health import health_basis, health_scheme
from tests.reference.small import small_basis

pytestmark = pytest.mark.smoke
SCHEME = Path(__file__).with_name("small.toml")


@pytest.fixture(scope="module")
def basis():
    return small_basis()


@pytest.fixture(scope="module")
def scheme():
    return ac.open_scheme(SCHEME)


@pytest.fixture(scope="module")
def population(basis):
    return ac.project_population(basis)


@pytest.fixture(scope="module")
def insured(population, basis, scheme):
    return ac.project_insured(population, basis, scheme)


@pytest.fixture(scope="module")
def pensions(insured, basis, scheme):
    return ac.project_pensions(insured, basis, scheme)


@pytest.fixture(scope="module")
def finance(insured, pensions, basis, scheme):
    return ac.project_finance(insured, pensions, basis, scheme)


def test_population(population, basis):
    growth = population.population.sum(("sex", "age")).diff("year")
    moves = population.births.sum(("sex", "age")) - population.deaths.sum(("sex", "age"))
    moves = moves + basis.net_migration.sum(("sex", "age"))
    np.testing.assert_allclose(growth, moves.sel(year=growth.year), rtol=1e-9)


def test_insured(insured):
    assert float(insured.active.min()) >= 0
    assert (insured.active.sum(("group", "age")) <= insured.employed.sum("age")).all()


def test_pensions(pensions, scheme):
    assert pensions.benefit.values.tolist() == [benefit.name for benefit in scheme.benefits]
    assert (pensions.benefit_expenditure > 0).all()


def test_finance(finance, basis):
    before = finance.reserve.shift(year=1, fill_value=float(basis.reserve_0))
    np.testing.assert_allclose(finance.reserve - before, finance.total_income - finance.outgo, rtol=1e-9)


def test_value(finance):
    result = ac.value(finance)
    np.testing.assert_allclose(result.payg_cost_rate, finance.outgo / finance.total_insurable_earnings, rtol=1e-12)
    assert 0 < float(result.general_average_premium) < 1


def test_project_is_the_stages_in_order(basis, scheme, finance):
    np.testing.assert_array_equal(ac.project(basis, scheme).reserve, finance.reserve)


def test_scenarios_have_their_dimension(basis, scheme):
    both = ac.scenarios(basis, central=lambda b: b, low=lambda b: b.assign(interest_rate=b.interest_rate - 0.01))
    reserve = ac.project(both, scheme).reserve.isel(year=-1)
    assert float(reserve.sel(scenario="low")) < float(reserve.sel(scenario="central"))


def test_health_care_and_a_figure_of_it(tmp_path):
    result = ac.project_health(health_basis(3), health_scheme())
    drawn = ac.report.draw_services(result)
    np.testing.assert_allclose(drawn.data.sum(axis=1), 1.0, rtol=1e-12)
    assert ac.report.save_figure(drawn.figure, tmp_path / "services.svg").stat().st_size > 10_000


def test_a_basis_is_written_and_read(basis, tmp_path):
    ac.save_basis(basis, tmp_path / "basis")
    read = ac.open_basis(tmp_path / "basis")
    np.testing.assert_allclose(read.mx, basis.mx, rtol=1e-12)
    np.testing.assert_allclose(read.active_0, basis.active_0, rtol=1e-12)
