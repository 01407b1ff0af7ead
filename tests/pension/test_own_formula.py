"""The example of a formula of one's own: one short file, the numbers by hand, for one person and in a projection."""

import importlib.util
from math import erf, floor, log, sqrt
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial import form_table
from actuarial.cases import person_benefits
from actuarial.errors import BadScheme
from actuarial.pension import FinalAverage
from actuarial.scheme import InsurableEarnings
from actuarial.scheme_saving import scheme_text
from tests.pension.people import grid
from tests.reference.small import small_basis

FOLDER = Path(__file__).parents[2] / "examples" / "own_pension_formula"
FILE = FOLDER / "jubilee.py"


@pytest.fixture(scope="module")
def own():
    """The module of the example; its word is forgotten afterwards."""
    spec = importlib.util.spec_from_file_location("jubilee", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del form_table.FORMS["jubilee"]


@pytest.fixture(scope="module")
def scheme(own):
    return ac.open_scheme(FOLDER / "scheme.toml").amend("scheme", currency="LTD")


def members():
    """A small basis of one group whose members are all active and stay so, without a gap."""
    data = small_basis().isel(year=slice(0, 6)).sel(benefit=["old_age"], group=["private"])
    return data.assign(
        inactive_0=0.0 * data["inactive_0"], exit_rate=0.0 * data["exit_rate"], density=1.0 + 0.0 * data["density"],
        pensioners_0=0.0 * data["pensioners_0"],
    )  # fmt: skip


def by_hand(n, mean, wage, accrual, excess, rise=0.02):
    """The formula once more."""
    return min(n, 40) * (1 + rise * floor(n / 5 + 1e-9)) * (accrual * mean + excess * max(0.0, mean - wage))


def test_the_new_file_is_short():
    text = FILE.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 60
    assert "numba" not in text
    assert text.count("register_form(") == 1


@pytest.mark.parametrize("months", [239, 240, 299, 300, 480, 504])
@pytest.mark.parametrize("earned", [2_000.0, 30_000.0])
def test_one_person_by_hand(scheme, months, earned):
    data = small_basis()
    due = person_benefits(
        scheme, event="retirement", sex="male", born=1972, leaves=2033, months=months, earnings=earned, basis=data
    )
    level = np.cumprod(1 + data["wage_growth"].values)
    mean = earned * sum(level[8] / level[8 - back] for back in range(5)) / 5
    people = data["active_0"].sum("service")
    wage = float((data["salary_0"] * people).sum() / people.sum()) * level[8]
    excess = 0.009 + 0.002 * (2033 - 2026) / 14
    assert_allclose(due["old_age"].amount, by_hand(months / 12, mean, wage, 0.008, excess), rtol=1e-12)


def test_the_rates_of_all_years_of_service(own):
    people = grid()
    accrued, above = own.Jubilee(accrual=0.01, excess=0.02, rise=0.03).award(people, people.service)
    expected = [by_hand(n, 1.0, 2.0, 0.01, 0.0, 0.03) for n in people.service.values]
    assert_allclose(accrued.rate, expected, rtol=1e-13)
    assert_allclose(above.rate, 2.0 * accrued.rate, rtol=1e-13)
    assert_allclose(above.less, above.rate * people.average_wage(), rtol=1e-13)


def test_what_earnings_above_the_level_add_to_a_projection(scheme):
    """Earnings are lognormal: of E[max(0, X - B)] the closed form (Black) is known."""
    data = members()
    free = scheme.amend("scheme", insurable_earnings=InsurableEarnings())
    shapes = {"accrual": 0.01, "full_years": 90, "rise": 0.0}
    plain, more = (free.amend("old_age.formula", **shapes | {"excess": excess}) for excess in (0.0, 0.02))
    first, second = (ac.project(data, law, service="years").sel(benefit="old_age") for law in (plain, more))
    due = first["claims_amount"].values
    years = first["claims_credits"].values / 12
    some = due > 1e-6
    assert some.sum() > 20
    wage = np.broadcast_to(grid(data=data).average_wage().values[:, None, None], due.shape)[some]
    cv = float(data["earnings_cv"].max())
    assert float(data["earnings_cv"].min()) == cv
    sigma = sqrt(log(1 + cv**2))
    mean = due[some] / (0.01 * years[some])
    high = (np.log(mean / wage) + sigma**2 / 2) / sigma
    normal = np.vectorize(lambda z: (1 + erf(z / sqrt(2))) / 2)
    added = mean * normal(high) - wage * normal(high - sigma)
    found = (second["claims_amount"].values - due)[some]
    assert_allclose(found, 0.02 * years[some] * added, rtol=1e-7)


def test_limits_are_forms_of_the_library(scheme):
    data = members()
    bands = ({"above": 0, "rate": 0.01}, {"above": 40, "rate": 0.0})
    known = scheme.amend("old_age", formula=FinalAverage(accrual=bands, years=5, revaluation="wages"))
    plain = scheme.amend("old_age.formula", accrual=0.01, excess=0.0, rise=0.0)
    never = scheme.amend("old_age.formula", accrual=0.01, excess=0.0, rise=0.5, every=90)
    risen = scheme.amend("old_age.formula", accrual=0.01, excess=0.0, rise=0.05)
    runs = [ac.project(data, law, service="years") for law in (known, plain, never, risen)]
    costs = [run["payg_cost_rate"] for run in runs]
    assert_allclose(costs[1], costs[0], rtol=1e-12)
    assert_allclose(costs[2], costs[0], rtol=1e-12)
    assert bool((costs[3] > costs[0]).all())


def test_the_law_is_saved_and_mistakes_are_told(scheme, own):
    back = ac.forms.parse_scheme(scheme_text(scheme))
    assert back.benefit("old_age").formula == scheme.benefit("old_age").formula
    assert isinstance(back.benefit("old_age").formula, own.Jubilee)
    text = (FOLDER / "scheme.toml").read_text(encoding="utf-8")
    with pytest.raises(BadScheme, match=r"old_age\.formula\.excesss: unknown key; did you mean excess\?"):
        ac.forms.parse_scheme(text.replace("excess ", "excesss"))
    with pytest.raises(BadScheme, match="every must be above 0"):
        ac.forms.parse_scheme(text + "every = 0\n")
