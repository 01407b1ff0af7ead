"""Mistakes that are easily made with the standards, each with the wrong answer beside the right one."""

from datetime import date
from fractions import Fraction

import pytest

from actuarial.errors import BadInput
from actuarial.standards import (
    Allowances,
    Counts,
    Resources,
    accepted_parts,
    actuarial_studies,
    career_level,
    ceiling,
    days_per_person,
    duration,
    earnings_above_average,
    employees_share,
    graded_level,
    leaves,
    level,
    means_aggregate,
    open_clause,
    persons_protected,
    ratification,
    replacement_rate,
    review,
    review_due,
    waiting,
)


def test_family_allowances_stand_on_both_sides():
    both = Allowances(contingency=80, work=80)
    assert level("C102.IV", 380, 900, allowances=both, method="flat").verdict == "pass"
    assert level("C102.IV", 380, 900, allowances=Allowances(contingency=80), method="flat").value == Fraction(460, 900)
    assert level("C102.IV", 380, 900, allowances=Allowances(work=80), method="flat").verdict == "fail"


@pytest.mark.parametrize("benefit", [Fraction(600), 600, 600.0, 2 / 3 * 900, "600", 900 * (1 / 3 + 1 / 3)])
def test_two_thirds_are_two_thirds(benefit):
    found = level("C183", benefit, 900)
    assert found.value == Fraction(2, 3)
    assert found.verdict == "pass"
    assert found.threshold > Fraction(6666, 10**4)
    assert level("C183", "599.9999999", 900).verdict == "fail"


def test_a_ceiling_below_the_skilled_wage():
    wage = earnings_above_average([800])
    paid = [(earned, Fraction(45, 100) * min(earned, 700)) for earned in (400, 700, 1000)]
    assert level("C102.V", paid[0][1], 400).verdict == "pass"
    assert ceiling("C102.V", paid, wage).verdict == "fail"
    assert ceiling("C102.V", [*paid, (5000, 315)], wage).value == Fraction(315, 1000)
    assert ceiling("C102.V", [(0, 0), (300, 60), (700, 420), (1000, 600)], wage).verdict == "fail"
    with pytest.raises(BadInput, match="the benefit at the skilled wage of 1000 is missing"):
        ceiling("C102.V", paid[:2], wage)


def test_waiting_days_go_with_a_benefit_that_is_limited():
    assert waiting("C102.III", 3).verdict == "pass"
    unlimited = waiting("C102.III", 3, limited=False)
    assert unlimited.verdict == "not_assessable"
    assert "26 weeks" in unlimited.note[0].text
    assert waiting("C102.III", 0, limited=False).verdict == "pass"
    assert waiting("C102.III", 4, limited=False).verdict == "fail"
    assert waiting("European_Code.III", 3, limited=False).verdict == "pass"


@pytest.mark.parametrize("name", ["C102.IV", "C102.VIII", "C128.III", "C102.VI.incapacity", "European_Code.IV"])
def test_the_aggregate_means_test_is_not_for_unemployment(name):
    with pytest.raises(BadInput, match=r"Article 67\(d\) of C102 does not list it; it lists C102\.III"):
        means_aggregate(name, 2, 1, 1)
    assert means_aggregate("C102.III", 13, 10, 1).verdict == "pass"


def test_the_second_alternative_has_all_residents_below():
    counts = Counts(residents=5000, active=2000, active_protected=900)
    assert persons_protected("C102.V", counts).verdict == "undetermined"
    second = persons_protected("C102.V", counts).of[1]
    assert second.value == Fraction(900, 5000)
    assert second.verdict == "fail"
    assert Fraction(900, 2000) > second.threshold
    third = next(one for one in persons_protected("C128.III", counts).of if one.article == "16(1)(b)")
    assert (third.value, third.threshold) == (Fraction(900, 2000), Fraction(75, 100))


def test_a_supplement_is_no_family_allowance():
    assert level("C102.V", 375 + 50, 1000).value == Fraction(425, 1000)
    booked = replacement_rate(375, 1000, Allowances(contingency=50, work=50))
    assert booked == Fraction(425, 1050)
    assert level("C102.V", 350 + 50, 1000).verdict == "pass"
    assert replacement_rate(350, 1000, Allowances(contingency=50, work=50)) < Fraction(40, 100)


def test_all_branches_are_pooled_or_nothing_is_known():
    pensions = Resources(part="V", employees=8, others=6)
    sickness = Resources(part="III", employees=0, others=3)
    assert employees_share([pensions], complete=False).verdict == "undetermined"
    assert employees_share([pensions, sickness], complete=True).verdict == "pass"
    family = Resources(part="VII", employees=0, others=100)
    injury = Resources(part="VI", employees=0, others=100, separate=True)
    assert employees_share([pensions, family, injury], complete=True).value == Fraction(8, 14)
    same_branch = Resources(part="VI", employees=0, others=100)
    assert employees_share([pensions, same_branch], complete=True).value == Fraction(8, 114)
    assert employees_share([Resources(part="V", employees=7, others=7)], complete=True).verdict == "pass"
    with pytest.raises(BadInput, match="no branch counts"):
        employees_share([family, injury], complete=True)


def test_alternatives_are_or():
    found = career_level("C102.V", [(10, 200), (30, 600)], 1000)
    assert [one.verdict for one in found.of] == ["fail", "pass"]
    assert found.verdict == "pass"
    late = career_level("C102.V", [(30, 600)], 1000)
    assert late.verdict == "undetermined"
    assert career_level("C102.V", [(30, 600)], 1000, least_years=20).verdict == "fail"
    assert career_level("C102.V", [(30, 600)], 1000, least_years=15).verdict == "pass"
    assert career_level("C102.V", [(10, 300)], 1000, least_years=10).alternative == "29(3)"
    assert career_level("C102.V", [(20, 200)], 1, basis="residence").verdict == "pass"


def test_clauses_of_a_declaration_are_shut_without_it():
    counts = Counts(industrial_20=100, industrial_20_protected=60)
    assert persons_protected("C102.V", counts).of[3].verdict == "fail"
    assert persons_protected("C102.V", counts, declaration=True).verdict == "pass"
    assert days_per_person(20, 1, declaration=False).verdict == "fail"
    assert days_per_person(10, 1, declaration=True).verdict == "pass"
    assert duration("C102.III", 13).verdict == "fail"
    assert duration("C102.III", 13, declaration=True).verdict == "pass"
    assert waiting("C121", 3).verdict == "fail"
    assert waiting("C121", 3, law_at_entry=True).verdict == "pass"
    assert waiting("C121", 3, declaration=True).verdict == "pass"
    assert not open_clause("C102", "18(2)(b)", False)
    assert open_clause("C102", "18(1)", False)


def test_later_conventions_count_for_the_parts_that_they_replace():
    assert ratification(["II", "VIII"]).verdict == "fail"
    assert ratification(["II", "VIII"], {"C128": ["III"]}).verdict == "pass"
    assert ratification(["II", "VIII"], {"C128": ["III"]}, agriculture=["C128"]).verdict == "fail"
    assert accepted_parts([], {"C121": [], "C130": [], "C128": ["II", "IV"]}) == {
        "III": "C130",
        "VI": "C121",
        "IX": "C128",
        "X": "C128",
    }
    assert accepted_parts(["II"], {"C130": []}) == {"II": "C102", "III": "C130"}
    unread = ratification(["II", "VIII"], {"C168": []})
    assert (unread.verdict, unread.value) == ("not_verified", 2)
    assert ratification(["II", "V", "VIII"], {"C168": []}).verdict == "pass"
    assert ratification(["II", "III", "VIII"]).note[0].text.startswith("At least one")


def test_what_makes_a_review_of_pensions_due():
    change = {"earnings": "0.2", "prices": "0.01", "substantial": "0.1"}
    assert [review_due(name, **change) for name in ("C102", "C121", "C128")] == [False, False, True]
    assert review("C102", **change, reviewed=False).verdict == "pass"
    assert review("C128", **change, reviewed=False).verdict == "fail"
    assert review("C128", **change, reviewed=None).verdict == "not_assessable"
    assert review("C128", **change, reviewed=True).interpreted
    dear = {"earnings": "0.2", "prices": "-0.2", "substantial": "0.2"}
    assert review("C102", **dear, reviewed=True).verdict == "pass"
    assert review("C102", **dear, reviewed=False).verdict == "fail"


def test_a_study_after_the_change_is_too_late():
    reform = [date(2022, 1, 1)]
    assert actuarial_studies([date(2021, 6, 30)], reform).verdict == "pass"
    assert actuarial_studies([date(2022, 6, 30)], reform).verdict == "fail"
    assert actuarial_studies([], reform).verdict == "fail"
    assert actuarial_studies([], []).verdict == "fail"
    assert actuarial_studies([date(2021, 6, 30)], []).verdict == "not_assessable"
    twice = actuarial_studies([date(2021, 6, 30)], [*reform, date(2023, 1, 1)])
    assert twice.verdict == "not_assessable"
    assert (twice.value, twice.threshold) == (1, 2)


def test_nothing_that_was_not_read_gives_a_verdict():
    """Every figure of every unread entry, met by far and missed by far."""
    names = ("C168", "R121", "R131.II", "R131.III", "R131.IV", "R134")
    unread = [level(name, benefit, 100) for name in names for benefit in (0, 500)]
    unread += [graded_level("R131.III", 20, benefit, 100) for benefit in (0, 500)]
    for weeks in (0, 500):
        unread += [duration("C168", weeks), duration("C168", weeks, declaration=True)]
    unread += [duration("C168", throughout=True)]
    unread += [waiting("C168", days) for days in (0, 500)]
    everybody = Counts(employees=1, employees_protected=1, means_tested=True)
    unread += [persons_protected("C168", everybody), persons_protected("C168", Counts(means_tested=False))]
    unread += [persons_protected("C168", everybody, declaration=True)]
    words = {leaf.verdict for one in unread for leaf in (one, *leaves(one))}
    assert words == {"not_verified"}
    assert all("not read" in leaf.note[-1].text for one in unread for leaf in leaves(one))
