"""Schemes of examples/schemes: persons whose amounts were worked out from the words of the law, before any file."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.cases import person_benefits
from actuarial.forms import open_scheme
from actuarial.person import make_grid
from tests.cases.scheme_economy import economy, family, yearly

SCHEMES = Path(__file__).parents[2] / "examples" / "schemes"
LAWS = ("defined_benefit", "points")
AMOUNTS = {"per_month", "per_year", "once"}


def stated(law):
    """The file of cases of a law."""
    return tomllib.loads((SCHEMES / law / "cases.toml").read_text(encoding="utf-8"))


def cases():
    """One parameter for each case of each law."""
    for law in LAWS:
        for case in stated(law)["case"]:
            yield pytest.param(law, case, id=f"{law}: {case['name']}")


@pytest.fixture(scope="module")
def opened():
    """The scheme and the economy of each law."""
    return {law: (open_scheme(SCHEMES / law / "scheme.toml"), economy(stated(law)["economy"])) for law in LAWS}


@pytest.mark.parametrize(("law", "case"), list(cases()))
def test_case(law, case, opened):
    scheme, basis = opened[law]
    found = person_benefits(scheme, event=case["event"], basis=basis, family=family(case), **yearly(case["person"]))
    due = {name: one for name, one in found.items() if one.amount > 0.0}
    assert set(due) == set(case["expected"])
    for name, amounts in case["expected"].items():
        assert set(amounts) <= AMOUNTS
        for word, amount in amounts.items():
            assert getattr(due[name], word) == pytest.approx(amount, rel=1e-12), f"{name}.{word}"


def test_every_law_has_25_persons_and_its_source():
    for law in LAWS:
        assert len(stated(law)["case"]) == 25
        assert (SCHEMES / law / "SOURCE.md").exists()


YEARS = 40
OWN = ("accounts_0", "audited_accounts", "observed_awards")  # of the country's own scheme


@pytest.fixture(scope="module")
def projected():
    """Both laws on the embedded country over 40 years; what must add up is checked on the way."""
    basis, _ = ac.datasets.open("demo")
    basis = basis.isel(year=slice(0, YEARS)).drop_vars(OWN, errors="ignore")
    basis = basis.sel(benefit=["old_age", "invalidity", "widows", "orphans"])
    laws = {law: open_scheme(SCHEMES / law / "scheme.toml").amend("scheme", currency="AVD") for law in LAWS}
    return {law: (basis, scheme, ac.project(basis, scheme, service="years")) for law, scheme in laws.items()}


def ages(result, benefit):
    """Years of birth and ages at which a benefit is awarded."""
    new = result["claims_number"].sel(benefit=benefit).sum("sex")
    born = new["year"] - new["age"]
    return [(int(born[t, x]), int(new["age"][x])) for t, x in np.argwhere(new.transpose("year", "age").values > 1e-9)]


def test_a_country_under_the_defined_benefit_law(projected):
    _, _, result = projected["defined_benefit"]

    def limit(born):
        return 60 if born < 1970 else min(61 + (born - 1970) // 2, 65)

    assert min(age - limit(born) for born, age in ages(result, "old_age")) == -3
    assert max(age - limit(born) for born, age in ages(result, "invalidity")) == -1
    assert min(age for _, age in ages(result, "old_age_grant")) == 65
    came = result["conversions"].sel(benefit="old_age").sum("sex").transpose("year", "age").values[1:]
    moved = [(int(result["year"][t + 1]) - x, x) for t, x in np.argwhere(came > 1e-9)]
    assert len(moved) > 25
    assert all(age == limit(born) for born, age in moved)
    assert float(result["claims_at_minimum"].sel(benefit="old_age").sum()) > 0
    assert float(result["benefit_expenditure"].min()) > 0


def test_a_country_under_the_points_law(projected):
    basis, scheme, result = projected["points"]

    def limit(born):
        return 65 if born < 1959 else 66 if born < 1964 else 67

    assert min(age for _, age in ages(result, "old_age")) == 63
    assert all(age >= limit(born) for born, age in ages(result, "basic_pension"))
    assert all(age < limit(born) for born, age in ages(result, "invalidity"))
    money = result["benefit_expenditure"]
    parts = money.sel(benefit=["basic_supplement", "basic_pension"]).sum("benefit")
    assert_allclose(result["state_income"], parts, rtol=1e-12)
    grid = make_grid(basis, scheme)
    _, ceiling = scheme.insurable_earnings.limits(grid)
    assert_allclose(ceiling, 2.5 * grid.average_wage(), rtol=1e-12)


def test_the_supplement_of_a_country_is_that_of_its_mean_pensions(projected):
    """On 31 December: 12 x the basic amount less 60% of the pension, old-age pensions from an age on.

    Of pensions of the valuation date by their mean; of later awards more, as the lower ones lack it where the mean does
    not.
    """
    basis, _, result = projected["points"]
    amount = 12 * 500 * np.cumprod(1 + basis["inflation"].values)
    born = result["year"].values[:, np.newaxis] - result["age"].values
    standard = np.select([born < 1959, born < 1964], [65, 66], 67)
    due = 0.0
    for name in ("old_age", "invalidity"):
        people = result["pensioners"].sel(benefit=name).transpose("year", "sex", "age").values
        mass = result["pension_mass"].sel(benefit=name).transpose("year", "sex", "age").values
        lacking = np.maximum(0, amount[:, np.newaxis, np.newaxis] * people - 0.6 * mass)
        entitled = result["age"].values >= standard if name == "old_age" else np.ones(born.shape)
        due = due + lacking * entitled[:, np.newaxis]
    found = result["pension_mass"].sel(benefit="basic_supplement").transpose("year", "sex", "age")
    began = result["new_awards"].sel(benefit=["old_age", "invalidity"]).sum("benefit").transpose("year", "sex", "age")
    since = began.values.copy()
    for t in range(1, len(since)):
        since[t, :, 1:] += since[t - 1, :, :-1]
        since[t, :, -1] += since[t - 1, :, -1]
    old = (since == 0.0) & (due > 0.0)
    assert old.sum() > 500
    assert_allclose(found.values[old], due[old], rtol=1e-9)
    assert (found.values >= due * (1 - 1e-6) - 1e-3).all()
    assert found.values[-1].sum() > 10 * due[-1].sum(), "on average pensions no longer lack anything"
