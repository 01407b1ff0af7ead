"""The notional accounts and the provident fund of examples/schemes, projected on the embedded country."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.labour.insured import project_insured

SCHEMES = Path(__file__).parents[2] / "examples" / "schemes"
OWN = ("accounts_0", "audited_accounts", "observed_awards")  # of the country's own scheme
YEARS = 40


def law(name):
    return ac.open_scheme(SCHEMES / name / "scheme.toml").amend("scheme", currency="AVD")


@pytest.fixture(scope="module")
def country():
    basis, _ = ac.datasets.open("demo")
    return basis.isel(year=slice(0, YEARS)).drop_vars(OWN, errors="ignore").sel(benefit=["old_age"])


@pytest.fixture(scope="module")
def notional(country):
    return ac.project(country.assign(balance_ratio_0=1.0), law("notional_accounts"), service="years")


@pytest.fixture(scope="module")
def short(country):
    """Accounts of 16% for contributions of 6%: the balance ratio falls below one."""
    scheme = law("notional_accounts").amend("notional", contributions=(), rate=0.16)
    for line, rate in (("employees", 0.03), ("employers", 0.03)):
        scheme = scheme.amend(line, rate=rate)
    basis = country.isel(year=slice(0, 15)).assign(balance_ratio_0=0.97)
    return basis, scheme, ac.project(basis, scheme, service="years")


@pytest.fixture(scope="module")
def provident(country):
    nobody = country.assign(pensioners_0=0.0 * country["pensioners_0"]).assign_coords(benefit=["annuity"])
    return ac.project(nobody, law("provident_fund"), service="years")


def total(result, name, **labels):
    chosen = result[name].sel(**labels)
    return chosen.sum([dim for dim in chosen.dims if dim != "year"])


def told(result):
    return [line for line in result.attrs["warnings"].splitlines() if line.startswith("account ")]


def test_notional_accounts_over_forty_years(country, notional):
    assert notional.sizes["year"] == YEARS
    assert notional.attrs["passes"] >= 2
    (line,) = told(notional)
    assert line.startswith("account notional: no opening balances (account_0); ")
    assert bool((total(notional, "account_balance", account="notional") > 0).all())
    assert bool((notional["balance_ratio"] > 1).all())
    wages = country["wage_growth"].drop_attrs()
    adjusted = notional["pension_indexation"].sel(benefit="old_age")
    assert_allclose(adjusted, (1.0 + wages) / 1.016 - 1.0, rtol=1e-12)
    assert_allclose(notional["balancing_index"].sel(benefit="old_age"), 1.0, rtol=0)


def test_pensions_and_accounts_follow_the_balance_ratio_of_the_year_before(short):
    basis, scheme, result = short
    ratio = np.concatenate([[0.97], result["balance_ratio"].values[:-1]])
    assert ratio[1:].min() < 1.0
    index = (1.0 + basis["wage_growth"].drop_attrs()) * np.minimum(1.0, ratio)
    assert_allclose(result["pension_indexation"].sel(benefit="old_age"), index / 1.016 - 1.0, rtol=1e-11)
    assert 3 <= result.attrs["passes"] <= 16
    population = ac.project_population(basis)
    seen = xr.Dataset({"balance_ratio": result["balance_ratio"]})
    again, without = (
        project_insured(population, basis, scheme, service="years", finance=finance)
        for finance in (seen, xr.zeros_like(seen) + 1.0)
    )
    assert (again["account_balance"] == result["account_balance"]).all()
    left = total(again, "account_balance") / total(without, "account_balance")
    assert left[0] == 1.0
    assert bool((left[1:] < 1.0).all())


def test_the_balance_ratio_cuts_what_was_there_and_not_the_contributions_of_the_year(short):
    basis, scheme, result = short
    population = ac.project_population(basis)
    found = []
    for ratio in (1.0, 0.97, 0.94):
        basis = basis.assign(balance_ratio_0=ratio)
        seen = xr.Dataset({"balance_ratio": result["balance_ratio"]})
        insured = project_insured(population, basis, scheme, service="years", finance=seen)
        found.append(float(total(insured, "account_balance")[0]))
    whole, less, least = found
    assert_allclose(whole - less, less - least, rtol=1e-9)
    new = whole - (whole - less) / 0.03
    credited = 0.16 * float(total(result, "assessed_earnings")[0])
    assert 0.97 * credited < new < credited


def test_the_provident_fund_over_forty_years(provident):
    assert "passes" not in provident.attrs
    assert [line.split(":")[0] for line in told(provident)] == ["account before"]
    early = provident["year"] < 2030
    before, since = (total(provident, "account_balance", account=name) for name in ("before", "since"))
    assert bool((since[early] == 0).all())
    assert bool((since[~early] > 0).all())
    assert float(before[-1]) < float(before.max())
    awards = total(provident, "new_awards", benefit="annuity")
    born = provident["year"] - provident["age"]
    claims = provident["claims_number"].sel(benefit="annuity")
    assert float(claims.where(born < 1975, 0.0).sum()) == 0.0
    assert bool((awards.sel(year=slice(2030, None)) > 0).all())
    for name in ("withdrawal", "annuity", "invalidity", "death_benefit"):
        assert float(provident["benefit_expenditure"].sel(benefit=name).sum()) > 0.0
