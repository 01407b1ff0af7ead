"""Fields of a law that do not fit together are refused, each with the benefit and the field."""

import numpy as np
import pytest
import xarray as xr

from actuarial.dated import by_cohort, money, step
from actuarial.errors import BadScheme
from actuarial.fitting import check_order
from actuarial.forms import parse_scheme
from actuarial.pension import ByEarnings, FinalAverage, Flat, OldAge
from actuarial.pension.indexation import Indexation
from actuarial.person import make_grid
from actuarial.readiness import check_answers, check_basis
from actuarial.scheme import InsurableEarnings, Scheme
from actuarial.translation import language, message_of, told
from tests.reference.small import small_basis

BASIS = small_basis()
BASIS = BASIS.assign(pensioners_0=0.0 * BASIS["pensioners_0"])
AVERAGE = 'form = "final_average"\nyears = 5\naccrual = 0.02\n'
RATES = "[[benefit.formula.brackets]]\nbase_rate = 0.4\n"
BRACKETS = 'form = "by_earnings"\nyears = 5\n{}' + RATES
HIGH, LOW = '{ value = 900, per = "month" }', '{ value = 500, per = "month" }'


def text(formula=AVERAGE, pension="", more=""):
    return (
        f'name = "S"\ncurrency = "LTD"\n[[benefit]]\nform = "old_age"\nretirement_age = 62\nqualifying_years = 10\n'
        f"{pension}\n[benefit.formula]\n{formula}\n{more}"
    )


WITHOUT = "has no meaning without {}; give that too, or leave this out"
ABOVE = "lies above {}; lower one or raise the other"
SUPPLEMENT = '[[benefit]]\nform = "dependants_supplement"\naccompanies = ["old_age"]\n'
REFUSED = {
    "old_age.formula.base_years": (
        text(BRACKETS.format("base_years = 25\nuntil_years = 20\n")), ABOVE.format("until_years (25 against 20)")
    ),
    "old_age.formula.minimum_full_years": (
        text(f"{AVERAGE}minimum_full_years = 20"), WITHOUT.format("minimum_pension")
    ),
    "old_age.formula.minimum": (
        text(f"{AVERAGE}minimum = 0.8\nmaximum = 0.6"), ABOVE.format("maximum (0.8 against 0.6)")
    ),
    "old_age.formula.minimum_pension": (
        text(f"{AVERAGE}minimum_pension = {HIGH}\nmaximum_pension = {LOW}"),
        ABOVE.format("maximum_pension (10,800 against 6,000)"),
    ),
    "old_age.formula.brackets[0].least_rate": (
        text(BRACKETS.format("") + "least_rate = 0.2"), WITHOUT.format("falls_by")
    ),
    "old_age.early_reduction": (text(pension="early_reduction = 0.05"), WITHOUT.format("early_age")),
    "old_age.formula.from_years": (
        text(f'form = "flat"\namount = {LOW}\nfrom_years = 25\nfull_years = 20'),
        ABOVE.format("full_years (25 against 20)"),
    ),
    "old_age.indexation.floor": (
        text(pension="indexation = { prices = 1, floor = 0.05, cap = 0.02 }"), ABOVE.format("cap (0.05 against 0.02)")
    ),
    "insurable_earnings.floor": (
        f"{text()}[insurable_earnings]\nfloor = {HIGH}\nceiling = {LOW}", ABOVE.format("ceiling (10,800 against 6,000)")
    ),
}  # fmt: skip


@pytest.mark.parametrize("place", REFUSED)
def test_a_file_is_refused_at_the_field(place):
    law, said = REFUSED[place]
    with pytest.raises(BadScheme) as caught:
        parse_scheme(law)
    assert f": {place}: {said}" in str(caught.value)


@pytest.mark.parametrize(
    ("place", "french", "spanish"),
    [
        ("old_age.formula.minimum_pension", "est au-dessus de maximum_pension (10\u202f800 contre 6\u202f000)",
         "está por encima de maximum_pension (10.800 frente a 6.000)"),
        ("old_age.early_reduction", "n’a pas de sens sans early_age\u202f; le donner aussi",
         "no tiene sentido sin early_age; delo también"),
    ],
)  # fmt: skip
def test_it_is_said_in_other_languages(place, french, spanish):
    with pytest.raises(BadScheme) as caught:
        parse_scheme(REFUSED[place][0])
    message = message_of(caught.value)
    assert french in told(message, language("fr"))
    assert spanish in told(message, language("es"))


BASE = {"years": 5, "brackets": ({"base_rate": 0.4, "accrual": 0.01},)}
FALLING = money(step({2020: 900, 2028: 450}), "month")
MOVING = by_cohort({1950: 900, 1985: 400})
DATED = {
    "by year": (
        ByEarnings(**BASE, minimum_pension=money(500, "month"), maximum_pension=FALLING),
        "old_age: minimum_pension lies above maximum_pension (6,000 against 5,400; year=2028, one of ",
    ),
    "by cohort": (
        FinalAverage(
            years=5, accrual=0.02, minimum_pension=money(500, "month"), maximum_pension=money(MOVING, "month"),
            earnings_bands=({"counted": 0.5},),
        ),
        "old_age: minimum_pension lies above maximum_pension (6,000 against 4,800; year=2025, age=0, one of ",
    ),
    "of a flat pension": (
        Flat(amount=money(100, "month"), from_years=22, full_years=by_cohort({1950: 30, 1985: 20})),
        "old_age: from_years lies above full_years (22 against 20; year=2025, age=0, one of ",
    ),
    "of years": (
        ByEarnings(**BASE, base_years=25, until_years=by_cohort({1950: 30, 1985: 20})),
        "old_age: base_years lies above until_years (25 against 20; year=2025, age=0, one of ",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", DATED)
def test_what_changes_with_the_law_is_compared_in_every_year_and_cohort(case):
    formula, said = DATED[case]
    law = Scheme(
        name="S", currency="LTD", benefits=(OldAge(retirement_age=62, qualifying_years=10, formula=formula),)
    )
    with pytest.raises(BadScheme) as caught:
        check_answers(BASIS, law)
    assert str(caught.value).startswith(said)
    assert str(caught.value).endswith("Lower one or raise the other, for every year and cohort.")


def test_what_has_no_effect_is_warned_of():
    """Numbers may be 0 in a reform, so that these are no refusals."""
    laws = {
        "most_children = 3\nspouse_share = 0.1": "without child_share, child_amount; give one of them too",
        "spouse_from_age = 60\nchild_share = 0.1": "spouse_from_age: has no meaning without spouse_share, ",
        "": "dependants_supplement: pays nothing; give at least one of spouse_share, spouse_amount, child_share, ",
    }
    for fields, said in laws.items():
        lines = check_basis(BASIS, parse_scheme(text(more=SUPPLEMENT + fields)))
        (line,) = [one for one in lines if one.startswith("dependants_supplement")]
        assert said in line
    lines = check_basis(BASIS, parse_scheme(text(pension="late_until_age = 70")))
    (line,) = [one for one in lines if one.startswith("old_age.late")]
    assert line == "old_age.late_until_age: has no meaning without late_increase; give that too, or leave this out."
    rates = {"late_increase": 'late_increase_per = "month"', "early_reduction": 'early_reduction_per = "month"'}
    for rate, fields in rates.items():
        lines = check_basis(BASIS, parse_scheme(text(pension=f"early_age = 60\nearly_rate = 0.1\n{fields}")))
        (line,) = [one for one in lines if one.startswith("old_age.")]
        assert line == f"old_age.{rate}_per: has no meaning without {rate}; give that too, or leave this out."


def old_age(**more):
    one = OldAge(retirement_age=62, qualifying_years=10, formula=Flat(amount=money(100, "month")), **more)
    return Scheme(name="S", currency="LTD", benefits=(one,))


def test_nobody_is_made_to_retire_before_the_age():
    check_basis(BASIS, old_age(forced_age=62))
    with pytest.raises(BadScheme, match=r"old_age\.retirement_age lies above old_age\.forced_age \(62 against 60\)"):
        check_basis(BASIS, old_age(forced_age=60))
    with pytest.raises(BadScheme, match=r"old_age\.late_until_age \(62 against 61; year=2027, one of "):
        check_basis(BASIS, old_age(late_increase=0.05, late_until_age=step({2020: 65, 2027: 61})))


def test_limits_of_earnings_and_adjustments_in_every_year():
    earnings = InsurableEarnings(floor=money(500, "month"), ceiling=FALLING)
    law = Scheme(name="S", currency="LTD", insurable_earnings=earnings, benefits=old_age().benefits)
    with pytest.raises(BadScheme, match=r"insurable_earnings\.ceiling \(6,000 against 5,400; year=2028, one of "):
        law.insurable_earnings.limits(make_grid(BASIS, law))
    with pytest.raises(BadScheme, match=r"floor lies above cap \(0\.03 against 0\.01; year=2028, one of "):
        Indexation(prices=1, floor=0.03, cap=step({2020: 0.05, 2028: 0.01}))(BASIS)


def test_bounds_may_be_equal():
    check_order("low", 0.3, "high", 0.1 + 0.2)
    both = xr.DataArray([1.0, 2.0], dims="year", coords={"year": [2025, 2026]})
    check_order("low", both, "high", both)
    check_order("low", both, "high", np.inf)
    with pytest.raises(BadScheme, match=r"low lies above high \(2 against 1\.5; year=2026, one of 1\)"):
        check_order("low", both, "high", 1.5)


def test_shares_of_earnings_beyond_those_of_pensions_are_warned_of():
    law = parse_scheme(text('form = "final_average"\nyears = 5\naccrual = { 2020 = 0.02, 2030 = 0.2 }\nmaximum = 8'))
    lines = [line for line in check_basis(BASIS, law) if line.startswith("old_age.formula")]
    assert lines == [
        "old_age.formula.accrual.2030: 0.2 is unusual for a share of earnings, usual is at most 0.1; did you mean "
        "0.02?",
        "old_age.formula.maximum: 8 is unusual for a share of earnings, usual is at most 2; did you mean 0.8?",
    ]
    law = parse_scheme(text('form = "final_average"\nyears = 5\naccrual = 1\nmaximum = 2'))
    (line,) = [line for line in check_basis(BASIS, law) if line.startswith("old_age.formula")]
    assert line.endswith("accrual: 1 is unusual for a share of earnings, usual is at most 0.1; did you mean 0.01?")


def test_ages_of_children_beyond_all_studies_are_warned_of():
    orphans = '[[benefit]]\nform = "orphans"\nshare = 0.2\nuntil_age = { 2020 = 18, 2030 = 118 }\nfollows = []\n'
    lines = check_basis(BASIS, parse_scheme(text(more=orphans)))
    (line,) = [one for one in lines if one.startswith("orphans")]
    assert line.startswith("orphans.until_age.2030: 118 is unusual for the age of a child, usual is at most 30; a pens")
    assert "118 est inhabituel pour l’âge d’un enfant" in told(line, language("fr"))
    assert "118 es inusual para la edad de un hijo" in told(line, language("es"))
    usual = parse_scheme(text(more=orphans.replace("118", "27")))
    assert not [one for one in check_basis(BASIS, usual) if one.startswith("orphans")]
