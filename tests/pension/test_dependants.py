"""Supplements for dependants in their order and with a least amount for each child: persons, families, cohorts."""

from math import exp, factorial

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.cases import person_benefits
from actuarial.errors import BadInput, BadScheme
from actuarial.forms import parse_scheme
from actuarial.pension import DependantsSupplement, FinalAverage, MinimumInPayment, OldAge
from actuarial.pension.families import chance_of
from actuarial.person import make_grid
from actuarial.scheme import Contribution, Scheme
from actuarial.translation import language, message_of, told
from tests.reference.small import small_basis

JORDAN = """
name = "Jordan"
currency = "JOD"
[insurable_earnings]
ceiling = { value = 3_000, per = "month" }
[[benefit]]
form = "old_age"                  # 2.5% a year of the mean up to 1,500, 2% of what is above
retirement_age = 60
qualifying_years = 15
[benefit.formula]
form = "final_average"
years = 5
accrual = 0.025
earnings_bands = [{ counted = 1 }, { above = { value = 1_500, per = "month" }, counted = 0.8 }]
[[benefit]]
form = "dependants_supplement"    # 12% for the first dependant, 6% for the second and the third
accompanies = ["old_age"]
dependant_shares = [0.12, 0.06, 0.06]
"""
"""Made after the Social Security Law No. 1 of 2014."""


@pytest.mark.parametrize(
    ("family", "share"),
    [((True, 0), 0.12), ((False, 1), 0.12), ((True, 1), 0.18), ((True, 2), 0.24), ((False, 7), 0.24)],
)  # fmt: skip
def test_dependants_in_their_order(family, share):
    asked = {"event": "retirement", "sex": "male", "born": 1965, "leaves": 2025, "months": 240}
    due = person_benefits(parse_scheme(JORDAN), earnings=12 * 2_000, family=family, **asked)
    pension = 20 * (0.025 * 1_500 + 0.02 * 500)
    assert due["old_age"].per_month == pytest.approx(pension, rel=1e-12)
    assert due["dependants_supplement"].per_month == pytest.approx(share * pension, rel=1e-12)


@pytest.mark.parametrize(("earnings", "each"), [(2_000, 250.0), (6_250, 250.0), (10_000, 400.0)])
@pytest.mark.parametrize("children", [1, 3, 6])
def test_a_least_amount_for_each_child(earnings, each, children):
    """10% of the pension, 40% of earnings, or 250 a month where that is more, for five children at most."""
    text = JORDAN.partition("[benefit.formula]")[0] + (
        'formula = { form = "final_average", years = 5, base_rate = 0.4, accrual = 0 }\n'
        '[[benefit]]\nform = "dependants_supplement"\naccompanies = ["old_age"]\nmost_children = 5\nchild_share = 0.1\n'
        'child_at_least = { value = 250, per = "month" }\n'
    )
    law = parse_scheme(text.replace("3_000", "30_000"))
    asked = {"event": "retirement", "sex": "female", "born": 1965, "leaves": 2025, "months": 240}
    due = person_benefits(law, earnings=12 * earnings, family=(True, children), **asked)
    assert due["dependants_supplement"].per_month == pytest.approx(min(children, 5) * each, rel=1e-12)


BASIS = small_basis().isel(year=slice(0, 12))
BASIS = BASIS.assign(pensioners_0=0.0 * BASIS["pensioners_0"])
OLD_AGE = OldAge(
    retirement_age=50, qualifying_years=0, indexation={"prices": 1},
    formula=FinalAverage(accrual=0.02, years=3, minimum_pension={"value": 10, "per": "month"}),
)  # fmt: skip
LINE = Contribution(name="all", payer="employer", rate=0.1)


def extra(**fields):
    return DependantsSupplement(**({"accompanies": ("old_age",), "claim_rate": 0.8} | fields))


def law(*benefits):
    return Scheme(name="S", currency="LTD", contributions=(LINE,), benefits=(OLD_AGE, *benefits))


def paid(supplement, on=BASIS):
    """Supplements in payment (year, sex, age) and expenditure (year,)."""
    found = ac.project(on, law(supplement))
    name = supplement.name
    return found.pension_mass.sel(benefit=name).values, found.benefit_expenditure.sel(benefit=name).values


EQUAL = {
    "of each child": (extra(child_shares=(0.1,) * 60), extra(child_share=0.1)),
    "of two children": (extra(child_shares=(0.1, 0.1)), extra(child_share=0.1, most_children=2)),
    "of everybody": (extra(dependant_shares=(0.1,) * 60), extra(child_share=0.1, spouse_share=0.1)),
    "of the spouse": (
        extra(dependant_shares=(0.1,), child_until_age=0, spouse_from_age=45),
        extra(spouse_share=0.1, spouse_from_age=45),
    ),
    "at least nothing": (
        extra(child_share=0.1, child_at_least={"value": 0, "per": "month"}), extra(child_share=0.1)
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", EQUAL)
def test_the_same_law_in_other_words(case):
    (mass, spent), (other, other_spent) = (paid(one) for one in EQUAL[case])
    assert_allclose(mass, other, rtol=1e-9, atol=1e-9)
    assert_allclose(spent, other_spent, rtol=1e-9)
    assert spent[-1] > 0.0


def test_the_order_is_that_of_all_sizes_of_families():
    """Sum over the number of children, beside a spouse and without one."""
    grid, shares = make_grid(BASIS, None), (0.12, 0.06, 0.03)
    place, pension = {"year": int(BASIS["year"][0]), "sex": "male", "age": 45}, xr.ones_like(BASIS["mx"])
    married, number = (
        float(extra(claim_rate=1, **field).supplement(grid, pension).sel(place, method=None))
        for field in ({"spouse_share": 1}, {"child_share": 1})
    )
    expected = sum(
        exp(-number) * number**j / factorial(j) * (married * sum(shares[: j + 1]) + (1 - married) * sum(shares[:j]))
        for j in range(60)
    )
    found = extra(claim_rate=1, dependant_shares=shares).supplement(grid, pension).sel(place)
    assert float(found) == pytest.approx(expected, rel=1e-12)
    assert 0.3 < married < 1.0 < number


def test_a_cohort_has_the_least_amount_child_by_child():
    """n (0.1 P + what 10% of each pension lacks of the amount), the lack as of a minimum that counts 10% of it."""
    amount = {"value": {2025: 500, 2030: 700}, "per": "month"}
    supplement = extra(child_share=0.1, child_at_least=amount)
    minimum = MinimumInPayment(accompanies=("old_age",), minimum=amount, counted=0.1)
    together = ac.project(BASIS, law(minimum))
    pensions, lacks = (together.pension_mass.sel(benefit=name).values for name in ("old_age", "minimum_in_payment"))
    number = extra(child_share=1).supplement(make_grid(BASIS, None), xr.ones_like(BASIS["mx"]))
    number = number.transpose("year", "sex", "age").values
    found, spent = paid(supplement)
    assert_allclose(found, number * (0.1 * pensions + lacks), rtol=1e-9, atol=1e-9)
    assert 0.2 < lacks[-1].sum() / (0.1 * pensions[-1].sum()) < 0.8
    assert np.all(spent > 0.0)


def test_chances_of_children():
    number = xr.DataArray([0.0, 0.7, 4.0], dims="age")
    for least in range(5):
        below = [sum(exp(-n) * n**j / factorial(j) for j in range(least)) for n in number.values]
        assert_allclose(xr.DataArray(chance_of(number, least)), 1.0 - np.array(below), rtol=1e-12, atol=1e-15)


MONEY = {"value": 10, "per": "month"}


@pytest.mark.parametrize(
    ("fields", "place", "french", "spanish"),
    [
        ({"child_at_least": MONEY, "spouse_share": 0.1}, "child_at_least: has no meaning without child_share",
         "n’a pas de sens sans child_share", "no tiene sentido sin child_share"),
        ({"child_at_least": MONEY, "child_share": 0.1, "child_amount": MONEY},
         "child_at_least: stands instead of child_amount; leave one of them out",
         "remplace child_amount\u202f; omettre l’un d’eux", "sustituye a child_amount; omita uno de ellos"),
        ({"child_shares": (0.1,), "child_share": 0.1}, "child_shares: stands instead of child_share; leave one",
         "remplace child_share\u202f;", "sustituye a child_share;"),
        ({"dependant_shares": (0.1,), "spouse_amount": MONEY, "child_shares": (0.1,)},
         "dependant_shares: stands instead of spouse_amount, child_shares; leave one",
         "remplace spouse_amount, child_shares\u202f;", "sustituye a spouse_amount, child_shares;"),
        ({"dependant_shares": (12, 6)}, "dependant_shares[0]: must be <= 1 (got 12.0); rates are fractions",
         "les taux sont des fractions", "las tasas son fracciones"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_told(fields, place, french, spanish):
    with pytest.raises(BadScheme) as caught:
        extra(**fields)
    assert f"dependants_supplement.{place}" in str(caught.value)
    text = caught.value.mistakes[0].text
    assert french in told(text, language("fr"))
    assert spanish in told(text, language("es"))


@pytest.mark.parametrize("fields", [{"dependant_shares": (0.1,)}, {"child_share": 0.1, "child_at_least": MONEY}])
def test_families_are_asked_for(fields):
    asked = {"event": "retirement", "sex": "male", "born": 1965, "leaves": 2025, "months": 240, "earnings": 12_000}
    with pytest.raises(BadInput, match="dependants_supplement: it depends on the families of pensioners"):
        person_benefits(law(extra(**fields)), **asked)


def test_a_least_amount_beside_no_share():
    nothing = extra(child_share=ac.step({2020: 0.1, 2028: 0.0}), child_at_least=MONEY)
    with pytest.raises(BadScheme, match="child_share: must be above 0 for everybody in every year") as caught:
        ac.project(BASIS, law(nothing))
    assert "doit être supérieur à 0" in told(message_of(caught.value), language("fr"))
    assert "debe ser mayor que 0" in told(message_of(caught.value), language("es"))
