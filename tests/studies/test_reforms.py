"""Packages of reforms beside current law: each is what it would be alone, and nothing leaks from one to another."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import actuarial as ac
from actuarial.errors import ActuarialError, BadInput, BadScheme
from actuarial.readers.runs import read_result
from actuarial.report.files import write_netcdf
from actuarial.studies.reforms import reforms
from actuarial.studies.replacement import Careers, replacement_rates
from actuarial.valuation.differences import difference_from
from tests.reference.small import small_basis

LAW = Path(__file__).parents[1] / "smoke" / "small.toml"
CAREERS = Careers(years=(20,), earnings=(1.0,), retirement=(2026, 2029))
YEARS = {"service": "years"}


@pytest.fixture(scope="module")
def scheme():
    return ac.open_scheme(LAW)


@pytest.fixture(scope="module")
def basis():
    return small_basis().isel(year=slice(0, 5))


def later(law):
    return law.amend("old_age", retirement_age=62)


def write_into(basis):
    """A careless change of assumptions: it writes into what it is given."""
    basis["interest_rate"][:] = 0.03
    return basis


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def compared(basis, scheme, told):
    changes = {
        "later": later,
        "lower return": (write_into, None),
        "dearer": scheme.amend("employees", rate=0.08),
        "both": lambda basis, law: (basis.assign(interest_rate=basis.interest_rate - 0.01), later(law)),
    }
    return reforms(basis, scheme, changes, careers=CAREERS, progress=told.append, **YEARS)


def test_current_law_comes_first(compared, told):
    assert compared["run"].values.tolist() == ["current law", "later", "lower return", "dearer", "both"]
    assert compared.attrs["reference"] == "current law"
    assert told[0] == "current law: checks"
    assert told[-1] == "both: replacement rates"
    assert "dearer: pensions" in told


def test_each_is_what_it_is_alone(compared, basis, scheme):
    run, law, alone = "both", later(scheme), basis.assign(interest_rate=basis.interest_rate - 0.01)
    result = ac.project(alone, law, **YEARS)
    for word in ("outgo", "reserve", "payg_cost_rate", "benefit_expenditure", "general_average_premium"):
        np.testing.assert_array_equal(compared[word].sel(run=run), result[word], err_msg=word)
    rates = replacement_rates(alone, law, CAREERS)
    for word in rates.data_vars:
        np.testing.assert_array_equal(compared[word].sel(run=run), rates[word], err_msg=word)


def test_the_directions_are_those_of_the_reforms(compared, basis):
    more = difference_from(compared)
    premium = {str(run): float(more.general_average_premium.sel(run=run)) for run in more["run"].values}
    assert premium["later"] < 0.0
    assert premium["lower return"] > 0.0
    assert premium["dearer"] == pytest.approx(0.0, abs=1e-15)
    np.testing.assert_allclose(more.contribution_rate.sel(run="dearer"), 0.03, rtol=1e-12)
    np.testing.assert_array_equal(more.outgo.sel(run="lower return"), 0.0)
    assert more.age_at_retirement.sel(run="later").values.tolist() == [[2.0, 2.0], [2.0, 2.0]]
    mean = np.mean([1.0, 1 / 1.04, 1.04**-2, 1.04**-3, 1.04**-4])  # of the last five years over the last
    np.testing.assert_allclose(compared.replacement_rate.sel(year_of_retirement=2029), 20 * 0.0175 * mean, rtol=1e-12)
    assert (basis.interest_rate == 0.05).all()


def test_one_file_of_numbers(compared, tmp_path):
    path = write_netcdf(compared, tmp_path / "compared.nc")
    xr.testing.assert_identical(read_result(path), compared)


def test_without_careers_there_are_no_rates(basis, scheme):
    short = basis.isel(year=slice(0, 3))
    found = reforms(short, scheme, {"later": later}, careers=None, **YEARS)
    assert "replacement_rate" not in found
    assert "career" not in found.dims


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, r"reforms: give at least one reform by name\.\n  Write reforms\(basis, scheme, \{"),
        ([later], "give at least one reform by name"),
        ({"current law": later}, "'current law' is the name of the law as it is"),
        ({"none": lambda law: None}, r"^none: its scheme must be a Scheme \(got NoneType\)\.\n  A reform is"),
        ({"number": 62}, r"^number: its scheme must be a Scheme \(got int\)"),
        ({"pair": (lambda basis: 1, None)}, r"^pair: its basis must be a Dataset \(got int\)"),
        ({"one": lambda basis, law: law}, r"^one: a function of basis and scheme must return both \(got Scheme\)"),
    ],
)
def test_changes_that_cannot_be_meant(basis, scheme, changes, text):
    with pytest.raises(BadInput, match=text):
        reforms(basis, scheme, changes, careers=None, **YEARS)


def test_an_error_names_the_run(basis, scheme):
    lost = (lambda basis: basis.drop_vars("mx"), None)
    short = basis.isel(year=slice(0, 2))
    with pytest.raises(ActuarialError, match=r"lost: mx"):
        reforms(short, scheme, {"lost": lost}, careers=None, **YEARS)
    with pytest.raises(BadScheme, match=r"x: old_age\.age: unknown key"):
        reforms(short, scheme, {"x": lambda law: law.amend("old_age", age=3)}, careers=None, **YEARS)
