"""One change of a law turns the verdicts that it is about, and no other."""

from fractions import Fraction

import actuarial as ac
from actuarial.standards import Facts, Findings, assess, leaves
from tests.standards.laws import (
    BASE,
    child_supplement,
    families,
    invalidity,
    level,
    level_basis,
    old_age,
    only,
    pensions,
    told,
    words,
)

LEVEL = level_basis()
PLACES = (("C102", "V"), ("C128", "III"), ("European_Code", "V"))


def changed(before, after):
    old, new = words(before), words(after)
    assert old.keys() == new.keys()
    return {place[:3] for place in old if old[place] != new[place]}


def test_the_accrual_turns_levels_of_old_age_alone():
    low = BASE.amend("old_age.formula", accrual=0.013)
    old = {("C102", "V", "level"), ("C128", "III", "level"), ("European_Code", "V", "level")}
    assert changed(assess(BASE, LEVEL), assess(low, LEVEL)) == old


def test_the_ceiling_turns_levels_alone():
    """46.5% and 55% of 600 over the wages of 800 (three quarters earn no more) and 1000 (125 per cent).

    For invalidity C128 asks for 40% after five years: 55% of 600 over 800 is 41.25%.
    """
    capped = BASE.amend("insurable_earnings", ceiling=ac.money(600, per="year"))
    expected = {("C102", "V"), ("C128", "III"), ("European_Code", "V"), ("European_Code", "IX")}
    assert changed(assess(BASE, LEVEL), assess(capped, LEVEL)) == {(*place, "level") for place in expected}


def test_a_long_qualifying_period_takes_the_reduced_benefit_away():
    late = assess(BASE.amend("old_age", qualifying_years=20.0), LEVEL)
    found = changed(assess(BASE, LEVEL), late)
    places = (("C102", "V"), ("C128", "III"))
    assert found == {(*place, subject) for place in places for subject in ("qualifying", "level")}
    assert only(late, "C102", "V", "qualifying", "29(2)(a)").verdict == "fail"
    assert only(late, "C102", "V", "qualifying", "29(1)(a)").verdict == "pass"


def test_a_high_pensionable_age_needs_findings():
    old = BASE.amend("old_age", retirement_age=67.0)
    found = assess(old, LEVEL)
    assert changed(assess(BASE, LEVEL), found) <= {(name, part, "age") for name, part in PLACES}
    assert only(found, "C102", "V", "age").verdict == "not_assessable"
    told_so = assess(old, LEVEL, facts=Facts(findings=Findings(working_ability=True)))
    assert only(told_so, "C102", "V", "age").verdict == "pass"


def test_pensions_that_follow_nothing_are_not_reviewed():
    basis = told(LEVEL, inflation=0.04, wage_growth=0.04)
    kept = assess(BASE, basis)
    frozen = assess(BASE.amend("old_age", indexation="none"), basis)
    assert only(kept, "C102", "V", "review").verdict == "pass"
    assert only(frozen, "C102", "V", "review").verdict == "fail"
    assert only(frozen, "C102", "IX", "review").verdict == "pass"


def test_the_alternative_of_all_active_persons_takes_nothing_away():
    """46.5% after thirty years by 29(1)(a); what is paid after the least years is too little by 29(1)(b)."""
    law = pensions(old_age(0.0155))
    for findings in (Findings(), Findings(all_active=True, average_paid=True)):
        found = assess(law, LEVEL, facts=Facts(findings=findings))
        rows = found.of("C102", "V", "level")
        assert {one.verdict for one in rows} == {"pass"}
        assert rows[0].alternative.startswith("29(1)(a)")
    tried = [one for one in leaves(rows[0]) if one.alternative == "29(1)(b); 65(6)(d)"]
    assert [(one.value, one.verdict) for one in tried] == [(15 * Fraction("0.0155"), "fail")]


def test_years_of_residence_have_shorter_periods():
    found = assess(BASE, LEVEL, facts=Facts(residence=True))
    tried = leaves(found.of("C102", "V", "level")[0])
    assert {one.alternative.split(";")[0] for one in tried} == {"29(1)(a)", "29(3)"}
    assert level(found, "C102.V", paragraph="29(1)(a)").value == 20 * Fraction("0.0155")
    assert level(found, "C102.V", paragraph="29(3)").value == 0
    assert only(found, "C102", "V", "qualifying", "29(1)(a)").threshold == 20


def test_a_wife_counts_from_an_age_on():
    """She is younger than her husband of 40 by three years."""
    for age, value in ((37.0, Fraction(43, 100)), (38.0, Fraction(40, 100))):
        extra = child_supplement(0.1)
        extra = type(extra)(accompanies=("invalidity",), spouse_amount=ac.money(30, per="year"), spouse_from_age=age)
        found = assess(pensions(old_age(0.02), invalidity(0.40), extra), LEVEL)
        assert level(found, "C102.IX", paragraph="57(1)(a)").value == value


def test_invalidity_up_to_an_age_is_found_below_it():
    law = BASE.amend("invalidity", below_age=50.0)
    assert changed(assess(BASE, LEVEL), assess(law, LEVEL)) == set()


def test_children_alone_are_no_standard_beneficiary():
    """60% for two children after five years are more than 30%, but the widow needs ten years."""
    widows, orphans = families(0.5, 0.5, years=10.0)[0], families(0.5, 0.5)[1]
    law = old_age(0.0, years=10.0, base_rate=0.60)
    one = level(assess(pensions(law, widows, orphans), LEVEL), "C102.X", paragraph="63(3)")
    assert (one.value, one.verdict, one.interpreted) == (Fraction(3, 5), "fail", True)
    both = level(assess(pensions(law, *families(0.5, 0.5)), LEVEL), "C102.X", paragraph="63(3)")
    assert (both.value, both.verdict) == (Fraction(9, 10), "pass")
