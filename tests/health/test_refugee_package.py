"""The example of a tax-financed package: its accounts are met, refugees are people, its files are its formulas."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import actuarial as ac

FOLDER = Path(__file__).parents[2] / "examples" / "refugee_package"
REFUGEES = ["camp_refugees", "urban_refugees"]


def module(name):
    spec = spec_from_file_location(f"refugee_package_{name}", FOLDER / f"{name}.py")
    loaded = module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture(scope="module")
def run():
    return module("run")


@pytest.fixture(scope="module")
def projected(run):
    return run.project()


def test_the_base_year_meets_its_accounts(run, projected):
    basis, scheme, result = projected
    assert run.distance(result, basis, scheme) < 1e-9
    dearer = basis.assign(expenditure_by_service_0=1.001 * basis["expenditure_by_service_0"])
    assert run.distance(result, dearer, scheme) > 1e-4, "other accounts are not met"
    used = (result["contacts_0"].sum(["sex", "age"]) > 0).values
    factors = result["calibration_by_service"].values[used]
    assert 0.85 < factors.min() < factors.max() < 1.15
    assert result.attrs["warnings"] == ""


def test_refugees_are_part_of_the_people(run, projected):
    basis, _, result = projected
    host = run.host_country()
    added = float(basis["population_0"].sum() - host["population_0"].sum())
    assert added == pytest.approx(95_000, rel=1e-3)
    eligible = result["health_eligible"].sel(health_group=REFUGEES).sum("health_group")
    assert float((eligible - result["population"]).max()) < 0
    alive = np.exp(-basis["mx"].sel(year=2026))
    for age in (10, 40):
        before = basis["refugees_0"].sum("health_group").sel(sex="female", age=age - 1)
        survivors = before * alive.sel(sex="female", age=age - 1) ** 0.5 * alive.sel(sex="female", age=age) ** 0.5
        coming = basis["refugee_arrivals"].sum("health_group").sel(year=2026, sex="female", age=age)
        found = float(eligible.sel(year=2026, sex="female", age=age))
        assert found == pytest.approx(float(survivors + coming), rel=2e-3)


def test_the_pledge_of_the_donors_runs_out_and_the_treasury_steps_in(run, projected):
    _, _, result = projected
    lines = result["contribution_income"]
    heads = result["health_members"].sel(health_group=REFUGEES).sum(["health_group", "sex", "age"])
    basis = projected[0]
    prices = (1 + basis["inflation"]).cumprod("year")
    pledged = 68 * prices * heads
    share = lines.sel(contribution="donors_for_refugees") / pledged
    expected = xr.where(share["year"] <= 2029, 1.0, (1.0 - 0.08 * (share["year"] - 2029)).clip(0.2))
    np.testing.assert_allclose(share, expected, rtol=1e-9)
    guarantee = lines.sel(contribution="guarantee")
    assert float(guarantee.sel(year=slice(None, 2030)).max()) == 0.0
    assert (guarantee.sel(year=slice(2040, None)) > 0).all()
    assert float(result["reserve"].min()) > -1e-3
    paid = run.who_pays(result)
    assert float(paid.sel(year=2026)) > 0.85 > 0.5 > float(paid.sel(year=2040))


def test_the_files_hold_what_the_formulas_give(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "run", run)
    made = module("build").package_basis(run.host_country(), ac.open_scheme(FOLDER / "health.toml"))
    stored = ac.open_basis(FOLDER / "basis")
    xr.testing.assert_equal(stored.drop_attrs(), made.drop_attrs().astype(float))
    assert stored.attrs == made.attrs
