"""A flat pension after years of residence, by hand: 400 a year beside a labourer's wage of 1,000."""

from fractions import Fraction

import pytest

from actuarial.dated import money, step
from actuarial.pension import Condition, Flat, OldAge, Residence
from actuarial.standards import Facts, Wages, assess, leaves
from actuarial.standards.beneficiary import Law
from actuarial.standards.of_residents import after_residence, by_residence
from actuarial.translation import language
from tests.standards.laws import level_basis, old_age, pensions

LEVEL = level_basis()
FACTS = Facts(wages=Wages(unskilled=1_000))


def residents(years, amount=400.0, *more):
    """Everybody from 65 on who has resided so long; nobody contributes."""
    ways = (Condition(age=65.0, residence=Residence(years=years, share=0.7)), *more)
    pension = OldAge(conditions=ways, formula=Flat(amount=money(amount, per="year")))
    return pensions(pension).amend("scheme", contributions=())


def paragraphs(found, name):
    """Benefit, amount asked for and verdict of each paragraph of a level beside the wage of the labourer."""
    standard, part = name.split(".")
    tried = [one for row in found.of(standard, part, "level") for one in leaves(row)]
    return {
        one.alternative.split(";")[0]: (one.value, one.threshold, one.verdict)
        for one in tried
        if "; 66" in one.alternative or "; 27(" in one.alternative
    }


@pytest.mark.parametrize(
    ("years", "verdict", "threshold"),
    [(5.0, "pass", 20), (20.0, "pass", 20), (20.5, "fail", 20), (25.0, "fail", 20)],
)
def test_the_qualifying_period_is_one_of_residence(years, verdict, threshold):
    """Article 29(1)(a): thirty years of contribution or twenty of residence."""
    (one,) = [
        one
        for row in assess(residents(years), LEVEL, facts=FACTS).of("C102", "V", "qualifying")
        for one in leaves(row)
        if one.article == "29(1)(a)"
    ]
    assert (one.verdict, one.threshold, one.value) == (verdict, threshold, -(-years // 1))


def test_the_level_after_twenty_and_after_five_years_of_residence():
    """400 is 40% after 20 years, which 29(1)(a) asks for, and after the 12 that the law asks for; not after 5."""
    found = paragraphs(assess(residents(12.0), LEVEL, facts=FACTS), "C102.V")
    assert found["29(1)(a)"] == (400, 400, "pass")
    assert found["29(3)"] == (0, 300, "fail")
    lower = paragraphs(assess(residents(5.0, 300.0), LEVEL, facts=FACTS), "C102.V")
    assert lower["29(1)(a)"][2] == "fail"
    assert lower["29(3)"] == (300, 300, "pass")


def test_the_later_standard_grades_by_years_of_residence():
    """Article 18(4) of C128: 45% after 20 years, 35% after 5, so 35 + 10 x 7 / 15 per cent after 12."""
    found = paragraphs(assess(residents(12.0), LEVEL, facts=FACTS), "C128.III")
    assert found["18(4)"] == (400, 350 + Fraction(700, 15), "pass")
    assert found["18(1)(a)"][2] == "fail"


def test_the_least_years_are_searched_among_those_of_residence():
    for years, least in ((0.5, 1), (10.0, 10), (39.5, 40), (41.0, None)):
        law = Law(residents(years), LEVEL, 2026, "private")
        assert (law.by_residence("retirement"), law.least_years("retirement")) == (True, least)
    shorter = Condition(age=67.0, residence=Residence(years=8.0, share=0.9))
    law = Law(residents(20.0, 400.0, shorter), LEVEL, 2026, "private")
    assert law.least_years("retirement") == 8
    assert (law.pensionable_age(10), law.pensionable_age(20)) == (67.0, 65.0)
    assert law.old_age(7, 1_000.0).amount == 0.0
    assert law.old_age(8, 1_000.0).amount == pytest.approx(400.0, rel=1e-12)


def test_a_period_of_the_law_that_changes_is_that_of_the_year():
    for year, least in ((2026, 10), (2030, 15)):
        assert Law(residents(step({2020: 10.0, 2030: 15.0})), LEVEL, year, "private").least_years("retirement") == least


def test_a_scheme_with_service_on_one_of_its_ways_counts_service():
    service = Condition(age=65.0, years=15.0)
    mixed = residents(20.0, 400.0, service)
    assert not by_residence(mixed.benefits)
    assert not by_residence(pensions(old_age(0.02)).benefits)
    assert Law(mixed, LEVEL, 2026, "private").by_residence("retirement") is False
    person = Law(mixed, LEVEL, 2026, "private").life(20, 1.0, 65)
    after = after_residence(mixed, 19, person).benefits[0].conditions
    assert [(one.years, one.residence) for one in after] == [(80.0, None), (15.0, None)]


def test_an_assessment_speaks_of_residence():
    found = assess(residents(45.0), LEVEL, facts=FACTS)
    said = {
        text.said(language("fr"))
        for row in found
        for one in leaves(row)
        for text in (*one.note, *one.evidence)
    }
    assert "Aucune durée de résidence jusqu’à quarante ans n’ouvre droit à une pension." in said
    assert not any("carrière de" in text.lower() for text in said)
