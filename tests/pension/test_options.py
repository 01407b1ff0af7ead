"""The greatest or least of formulas on different earnings: laws by hand, cohorts against laws that say the same."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.cases import person_benefits
from actuarial.errors import BadScheme
from actuarial.forms import parse_scheme
from actuarial.labour.insured import project_insured
from actuarial.pension import (
    CareerAverage,
    Flat,
    Greatest,
    Least,
    MinimumInPayment,
    OldAge,
    Phased,
    ProRata,
    TotalisedOldAge,
)
from actuarial.readiness import check_answers
from actuarial.scheme import Scheme
from actuarial.translation import language, message_of, told
from tests.benefits.small import flat_mx
from tests.pension.test_combined import AGE, per_month
from tests.pension.test_other_years import of, steps
from tests.reference.career_schemes import CAREERS
from tests.reference.career_schemes import basis as careers_basis
from tests.reference.insured_basis import population_of
from tests.reference.small import small_basis

PORTUGAL = """
name = "S"
currency = "LTD"
[[benefit]]
form = "old_age"
retirement_age = 65
qualifying_years = 15
[benefit.formula]
form = "greatest"
[[benefit.formula.formulas]]
form = "pro_rata"
since = 2002
old = { form = "final_average", years = 10, best_of = 15, accrual = 0.02, maximum = 0.80 }
new = { form = "career_average", accrual = 0.023, maximum = 0.92 }
[[benefit.formula.formulas]]
form = "career_average"
accrual = 0.023
maximum = 0.92
"""
"""The years before 2002 by the best ten of the last fifteen, the later ones by the whole career, or all by the career
if that is more: Portugal, decree-law 187/2007, article 33, without revaluation and its bands of rates."""


def pension(law, earnings, months=480):
    """Yearly pension of a man of 65 with these earnings of the years before."""
    asked = {"event": "retirement", "sex": "male", "born": 1960, "leaves": 2025}
    return 12 * person_benefits(law, months=months, earnings=earnings, **asked)["old_age"].per_month


@pytest.mark.parametrize(
    ("earnings", "best", "career"),
    [
        (steps((25, 10_000), (15, 20_000)), 20_000, 13_750),
        (steps((25, 20_000), (15, 10_000)), 10_000, 16_250),
        (steps((35, 12_000), (5, 12_600)), 12_300, 12_075),
    ],
)
def test_two_laws_in_proportion_to_time_or_one_of_them(earnings, best, career):
    """16 of 40 years before 2002 at 80% of the best years, 24 at 92% of those of the career."""
    expected = max((16 * 0.80 * best + 24 * 0.92 * career) / 40, 0.92 * career)
    assert pension(parse_scheme(PORTUGAL), earnings) == pytest.approx(expected, rel=1e-12)


RISING, FALLING = steps((30, 10_000), (10, 30_000)), steps((30, 30_000), (10, 15_000))


@pytest.mark.parametrize(
    ("formula", "rising", "falling"),
    [
        (Greatest(formulas=[of(5, 0.01, base_rate=0.1), CareerAverage(accrual=0.015)]), 15_000, 15_750),
        (Least(formulas=[of(5, 0.01, base_rate=0.1), CareerAverage(accrual=0.015)]), 9_000, 7_500),
        (Greatest(formulas=[of(5, 0.01), of(40, 0.015), Flat(amount=per_month(1_200))]), 14_400, 15_750),
        (Least(formulas=[Greatest(formulas=[of(5, 0.01, base_rate=0.1), CareerAverage(accrual=0.015)]),
                         Flat(amount=per_month(1_300))]), 15_000, 15_600),
        (Greatest(formulas=[of(5, 0.01, minimum_pension=per_month(1_100)),
                            CareerAverage(accrual=0.01, minimum_pension=per_month(500))]), 13_200, 13_200),
        ((Greatest(formulas=[of(5, 0.01), CareerAverage(accrual=0.015)]), Flat(amount=per_month(100))), 13_200, 16_950),
        (Greatest(formulas=[(of(5, 0.005), CareerAverage(accrual=0.005)), of(20, 0.012)]), 9_600, 10_800),
        (Phased(share=0.5, formula=Greatest(formulas=[of(5, 0.01), CareerAverage(accrual=0.015)])), 6_000, 7_875),
    ],
)  # fmt: skip
def test_one_person_has_the_option_that_is_more(formula, rising, falling):
    """40 years of service; the last five years 30,000 or 15,000, the mean of all 15,000 or 26,250, of 20 20,000 or
    22,500."""
    law = Scheme(name="S", currency="LTD", benefits=(OldAge(formula=formula, **AGE),))
    assert pension(law, RISING) == pytest.approx(rising, rel=1e-12)
    assert pension(law, FALLING) == pytest.approx(falling, rel=1e-12)


def claims(data, formulas, service="years", **more):
    """Amounts claimed by year, sex and age, by name of the formula, of those who start one pension."""
    pensions = [OldAge(name=name, formula=one, together_with="old_age", **AGE) for name, one in formulas.items()]
    law = Scheme(name="S", currency="LTD", benefits=(OldAge(formula=of(5), **AGE), *pensions), **more)
    found = project_insured(ac.project_population(data), data, law, service=service)["claims_amount"]
    return {name: found.sel(benefit=name, drop=True).values for name in formulas}


LAST, CAREER = of(5, 0.02), CareerAverage(accrual=0.024)
LIMITS = {"minimum_pension": per_month(300), "maximum_pension": per_month(900)}


def small(**changes):
    return small_basis().isel(year=slice(0, 4)).assign(earnings_cv=0.7, **changes)


def test_a_cohort_with_one_past_has_the_greater_of_its_amounts():
    """Nobody has left, so that members of an age have the same last years: one option in each year, sex and age."""
    data = small()
    data = data.assign(exit_rate=0.0 * data["exit_rate"], inactive_0=0.0 * data["inactive_0"])
    steep = of(10, 0.0184, revaluation="wages")
    found = claims(data, {"last": LAST, "ten": steep, "either": Greatest(formulas=[LAST, steep]),
                          "neither": Least(formulas=[LAST, steep])})  # fmt: skip
    assert_allclose(found["either"], np.maximum(found["last"], found["ten"]), rtol=1e-12)
    assert_allclose(found["neither"], np.minimum(found["last"], found["ten"]), rtol=1e-12)
    ahead = np.sign(found["last"] - found["ten"])
    assert set(ahead[found["last"] > 0]) == {-1.0, 1.0}


@pytest.mark.parametrize("service", ["years", "months"])
def test_cohorts_are_those_of_laws_that_say_the_same(service):
    """Limits inside or outside, an option that is always less, and the greatest and least, which are both of them."""
    last, career = of(5, 0.02, **LIMITS), CareerAverage(accrual=0.024, **LIMITS)
    found = claims(small(), {
        "inside": Greatest(formulas=[last, career]),
        "outside": Least(formulas=[Greatest(formulas=[LAST, CAREER, Flat(amount=per_month(300))]),
                                   Flat(amount=per_month(900))]),
        "turned": Greatest(formulas=[career, last]),
        "less": Greatest(formulas=[LAST, Phased(share=0.1, formula=CAREER)]),
        "sums": (Greatest(formulas=[LAST, CAREER]), Flat(amount=per_month(10))),
        "money": Flat(amount=per_month(10)),
        "last": LAST, "career": CAREER,
        "greatest": Greatest(formulas=[LAST, CAREER]),
        "least": Least(formulas=[LAST, CAREER]),
        "part": Greatest(formulas=[ProRata(since=2026, old=LAST, new=CAREER), Phased(share=0.1, formula=LAST)]),
        "whole": ProRata(since=2026, old=LAST, new=CAREER),
    }, service)  # fmt: skip
    for one, other in (("inside", "outside"), ("inside", "turned"), ("less", "last"), ("part", "whole")):
        assert_allclose(found[one], found[other], rtol=1e-12, err_msg=one)
    assert_allclose(found["sums"], found["greatest"] + found["money"], rtol=1e-12)
    assert_allclose(found["greatest"] + found["least"], found["last"] + found["career"], rtol=1e-12)
    best, less = found["greatest"].sum(), found["least"].sum()
    assert best > 1.001 * max(found["last"].sum(), found["career"].sum())
    assert less < 0.999 * min(found["last"].sum(), found["career"].sum())


def left_in_two_years():
    """A man of 56 with 180 months and 12,000 a year, which grows by 44%; nobody dies, works or enters. Of 20, 6 leave
    in the year in which they are 57 and 5 in the next one, 1.2 : 1; all who are 60 retire."""
    nobody, person = np.zeros(CAREERS.active_0.shape), np.zeros(CAREERS.active_0.shape)
    person[56, 180] = 1.0
    exits = np.zeros(len(person))
    exits[56:58] = 0.3, 0.25 / 0.7
    scenario = replace(
        CAREERS, years=5, target=np.ones(5), mx=np.full(len(person), flat_mx(1.0 - 1e-12)), exit_rate=exits,
        invalidity_rate=0.0 * exits, density=0.0 * exits, salary_0=12_000.0 + 0.0 * exits, growth=0.44,
        active_0=person, inactive_0=nobody,
    )  # fmt: skip
    return careers_basis(scenario).assign(admitted_share=0.0, readmitted_share=0.0)


@pytest.mark.parametrize(("share", "options"), [(1.5, ("last", "now", "now")), (2.5, ("last", "last", "now"))])
def test_who_left_at_different_times_has_options_of_their_own(share, options):
    """Shares of the last earnings as they were, or of those revalued by wages: 15 years at 1%."""
    data = left_in_two_years()
    last, now = of(1, 0.01 * share), of(1, 0.01, revaluation="wages")
    law = Scheme(name="S", currency="LTD", benefits=(
        OldAge(name="either", formula=Greatest(formulas=[last, now]), **AGE),
        OldAge(name="neither", formula=Least(formulas=[last, now]), together_with="either", **AGE),
    ))  # fmt: skip
    found = project_insured(population_of(data), data, law)["claims_amount"].sum(["year", "sex", "age"])
    members = {4: 0.45, 2: 0.25, 1: 0.3}
    amounts = {year: {"last": share * 1.44**year, "now": 1.44**4} for year in members}
    either = sum(members[year] * amounts[year][one] for year, one in zip(members, options, strict=True))
    both = sum(members[year] * sum(amounts[year].values()) for year in members)
    assert options == tuple(max(one, key=one.get) for one in amounts.values())
    assert float(found.sel(benefit="either")) == pytest.approx(0.15 * 12_000 * either, rel=1e-9)
    assert float(found.sel(benefit="neither")) == pytest.approx(0.15 * 12_000 * (both - either), rel=1e-9)


def test_scenarios_have_what_each_has_alone():
    data = small()
    several = data.assign(wage_growth=data["wage_growth"] + xr.DataArray([0.0, 0.02, 0.05], dims="scenario"))
    steep = of(10, 0.0184, revaluation="wages")
    law = Scheme(name="S", currency="LTD", benefits=(OldAge(formula=Greatest(formulas=[LAST, steep]), **AGE),))
    together = project_insured(ac.project_population(several), several, law, service="years")["claims_amount"]
    for i in range(3):
        one = several.isel(scenario=i, drop=True)
        alone = project_insured(ac.project_population(one), one, law, service="years")["claims_amount"]
        assert_allclose(together.isel(scenario=i), alone, rtol=1e-12)


def test_awards_up_to_a_level_are_those_of_the_option():
    """Of the greatest of shares alone; where amounts add up they are left out, as those of any formula are."""
    data = small()

    def below(formula):
        pensions = (OldAge(formula=formula, **AGE), MinimumInPayment(minimum=per_month(500), accompanies=("old_age",)))
        law = Scheme(name="S", currency="LTD", benefits=pensions)
        return project_insured(ac.project_population(data), data, law, service="years")

    most, other = Greatest(formulas=[LAST, Phased(share=0.1, formula=CAREER)]), LAST
    assert_allclose(below(most)["claims_below"], below(other)["claims_below"], rtol=1e-12)
    twice = Greatest(formulas=[LAST, Phased(share=0.1, formula=(CAREER, LAST))])
    assert "claims_below" not in below(twice)


@pytest.mark.parametrize(
    ("formulas", "refused", "french"),
    [
        ([of(5, maximum_pension=per_month(900)), CAREER], "greatest: the formulas have different", "comparer"),
        ([(LAST, Flat(amount=per_month(10))), CAREER], "without limits, or with the same ones", "comparer"),
        ([(Greatest(formulas=[LAST, CAREER]), of(3)), of(2)], "different reference earnings", "comparer"),
    ],
)
def test_what_cannot_be_compared_is_refused(formulas, refused, french):
    law = Scheme(name="S", currency="LTD", benefits=(OldAge(formula=Greatest(formulas=formulas), **AGE),))
    with pytest.raises(BadScheme, match=refused) as caught:
        check_answers(small_basis(), law)
    assert french in told(message_of(caught.value), language("fr")).lower()


def test_the_greatest_of_some_and_the_greatest_of_others_add_up():
    """As if each were a benefit of its own; one of them with limits, beside money."""
    steep, flat = of(10, 0.0184, revaluation="wages"), Flat(amount=per_month(10))
    first = Greatest(formulas=[LAST, steep])
    second = Greatest(formulas=[of(5, 0.004, **LIMITS), CareerAverage(accrual=0.0042, **LIMITS)])
    found = claims(small(), {"first": first, "second": second, "both": (first, flat, second), "flat": flat})
    assert_allclose(found["both"], found["first"] + found["second"] + found["flat"], rtol=1e-12)
    least = Least(formulas=[LAST, CAREER])
    found = claims(small(), {"one": least, "twice": (least, least)})
    assert_allclose(found["twice"], 2.0 * found["one"], rtol=1e-12)


def test_options_are_not_added_up_or_totalised():
    either = Greatest(formulas=[LAST, CAREER])
    other = Least(formulas=[LAST, CAREER])
    law = Scheme(name="S", currency="LTD", benefits=(OldAge(formula=(either, other), **AGE),))
    with pytest.raises(BadScheme, match="old_age: it adds up the greatest of formulas on different earnings and the"):
        check_answers(small_basis(), law)
    abroad = TotalisedOldAge(foreign_service=({"months": 60, "share": 0.1},))
    law = Scheme(name="S", currency="LTD", benefits=(OldAge(formula=either, **AGE), abroad))
    with pytest.raises(BadScheme, match="of which periods abroad do not tell the part that is due"):
        check_answers(small_basis(), law)
