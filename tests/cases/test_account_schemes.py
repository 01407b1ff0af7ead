"""The notional accounts and the provident fund of examples/schemes: 25 persons each, and projections of both."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.cases import career, due_at, one_life
from actuarial.labour.insured import project_insured

SCHEMES = Path(__file__).parents[2] / "examples" / "schemes"
OWN = ("accounts_0", "audited_accounts", "observed_awards")  # of the country's own scheme
YEARS = 40
LAWS = ("notional_accounts", "provident_fund")
GROWTH = {"wage_growth": "wage_growth", "inflation": "inflation", "interest": "interest_rate"}


def stated(name):
    """The file of cases of a law."""
    return tomllib.loads((SCHEMES / name / "cases.toml").read_text(encoding="utf-8"))


def economy(given):
    """A basis of constant growth for one person, and the finances that the law looks back at."""
    years = np.arange(given["base_year"], given["base_year"] + 50)
    growth = {name: ("year", np.full(len(years), given[word])) for word, name in GROWTH.items() if word in given}
    basis = xr.Dataset(growth, {"year": years, "sex": ["male", "female"], "age": np.arange(3)})
    if "balance_ratio" not in given:
        return basis, None
    ratio = [given["balance_ratio"].get(str(year), 1.0) for year in years]
    return basis.assign(balance_ratio_0=1.0), xr.Dataset({"balance_ratio": ("year", ratio)}, {"year": years})


def life(scheme, basis, finance, *, sex, born, leaves, months, earnings, year=None):
    """A person with a career; each of the earnings holds until the next one."""
    if isinstance(earnings, dict):
        known = {int(since): amount for since, amount in earnings.items()}
        earnings = {t: known[max(since for since in known if since <= t)] for t in range(min(known), leaves + 1)}
    when, years = leaves if year is None else year, career(leaves, months, earnings)
    return one_life(scheme, sex=sex, born=born, year=when, career=years, basis=basis, finance=finance)


@pytest.mark.parametrize(
    ("name", "case"), [pytest.param(name, case, id=case["name"]) for name in LAWS for case in stated(name)["case"]]
)
def test_what_the_words_of_the_law_give_a_person(name, case):
    person = life(ac.open_scheme(SCHEMES / name / "scheme.toml"), *economy(stated(name)["economy"]), **case["person"])
    due = {benefit: found for benefit, found in due_at(case["event"], person).items() if found.amount != 0.0}
    assert set(due) == set(case["expected"])
    for benefit, amounts in case["expected"].items():
        assert due[benefit].share == 1.0
        for word, amount in amounts.items():
            assert getattr(due[benefit], word) == pytest.approx(amount, rel=1e-12, abs=0.0), f"{benefit}.{word}"


def test_there_are_25_persons_of_each_law():
    assert [len(stated(name)["case"]) for name in LAWS] == [25, 25]


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
