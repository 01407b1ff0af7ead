"""Articles beyond the worked cases, each against a number that is worked out by hand."""

from fractions import Fraction

import pytest

from actuarial.errors import BadInput, OutOfBounds
from actuarial.standards import (
    Allowances,
    Counts,
    Resources,
    acceptance,
    accepted_parts,
    account_rate,
    actuarial_equivalent,
    after_birth,
    care_after_leaving,
    career_level,
    ceiling,
    days_per_person,
    decency,
    duration,
    earnings_above_average,
    earnings_of_three_quarters,
    employees_share,
    family_benefits,
    fitter_wage,
    graded_level,
    least_ceiling,
    level,
    lump_sum,
    means_aggregate,
    means_tested,
    means_tested_benefit,
    median_of_regions,
    partial_loss,
    pensionable_age,
    period_at_lowest_age,
    persons_protected,
    pro_rata,
    qualifying_period,
    ratification,
    reduced_right,
    required_rate,
    survivors_benefit,
    totalised,
    transitional,
    typical_skilled_wage,
    typical_unskilled_wage,
    universal_level,
    unskilled_machinery_wage,
    varying_level,
    voluntary_insurance,
    waiting,
)

LARGEST = {
    "manufacturing": {"textiles": (300, 900), "food": (250, 800)},
    "mining": {"coal": (400, 1200)},
}


@pytest.mark.parametrize(
    ("name", "rate", "article"),
    [
        ("C102.III", 45, "16"),
        ("C102.IV", 45, "22"),
        ("C102.V", 40, "28"),
        ("C102.VI.incapacity", 50, "36(1)"),
        ("C102.VI.invalidity", 50, "36(1)"),
        ("C102.VI.survivors", 40, "36(1)"),
        ("C102.VIII", 45, "50"),
        ("C102.IX", 40, "56"),
        ("C102.X", 40, "62"),
        ("C121.temporary", 60, "13"),
        ("C121.total_permanent", 60, "14(2)"),
        ("C121.survivors", 50, "18(1)"),
        ("C128.II", 50, "10"),
        ("C128.III", 45, "17"),
        ("C128.IV", 45, "23"),
        ("C130", 60, "21"),
    ],
)
def test_schedules(name, rate, article):
    assert level(name, rate, 100).verdict == "pass"
    assert level(name, Fraction(rate) - Fraction(1, 10**9), 100).verdict == "fail"
    assert level(name, rate, 100).article.startswith(article)


@pytest.mark.parametrize(
    ("name", "years", "rate"),
    [
        ("C102.V", 10, "30"),
        ("C102.V", 18, "34"),
        ("C102.IX", 5, "30"),
        ("C102.IX", 8, "33"),
        ("C102.X", 15, "40"),
        ("C128.II", 10, "45"),
        ("C128.III", 10, "35"),
        ("C128.III", 20, "40"),
        ("C128.IV", 5, "35"),
    ],
)
def test_percentages_by_years(name, years, rate):
    assert required_rate(name, years) == Fraction(rate) / 100


def test_percentages_by_years_of_residence():
    assert required_rate("C102.V", 20, "residence") == Fraction(40, 100)
    assert required_rate("C102.V", 5, "residence") == Fraction(30, 100)
    assert required_rate("C128.III", 11, "residence") == Fraction(39, 100)
    assert required_rate("C128.II", 6, "residence") == Fraction(42, 100)
    with pytest.raises(BadInput, match=r"C102\.V: no percentage for 12 years of residence; there is one for 5 and 20"):
        required_rate("C102.V", 12, "residence")


@pytest.mark.parametrize("years", [0, 9, 31, "9.999"])
def test_years_without_a_percentage(years):
    with pytest.raises(BadInput, match=r"no percentage for .* years of contribution; there is one for 10 to 30"):
        graded_level("C102.V", years, 100, 100)


def test_reference_wages():
    assert fitter_wage(700).article == "65(6)(a)"
    assert (typical_skilled_wage(LARGEST).wage, typical_unskilled_wage(LARGEST).wage) == (900, 900)
    assert typical_unskilled_wage(LARGEST).article == "66(4)(b)"
    odd, even = {"north": 500, "south": 900, "west": 700}, {"north": 500, "south": 800}
    assert (median_of_regions(odd, "65(9)").wage, median_of_regions(odd, "65(9)").interpreted) == (700, False)
    assert (median_of_regions(even, "66(7)").wage, median_of_regions(even, "66(7)").interpreted) == (650, True)
    assert median_of_regions(even, "66(7)").worker == "labourer"
    found = level("C128.III", 450, earnings_above_average([800]))
    assert found.alternative == "26(6)(d)"
    assert found.article.endswith(", 26")
    assert level("C102.III", 450, unskilled_machinery_wage(1000)).article.endswith(", 66")
    assert level("C121.temporary", 600, fitter_wage(1000)).alternative == "19(6)(a)"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: earnings_of_three_quarters([]), "there is nobody"),
        (lambda: earnings_above_average([1, 2], [1]), "2 earnings and 1 numbers of persons"),
        (lambda: typical_skilled_wage({}), "a division without major groups"),
        (lambda: median_of_regions({}, "65(9)"), "there is no region"),
        (lambda: median_of_regions({"north": 1}, "65(8)"), "give '65.9.' or '66.7.'"),
        (lambda: level("European_Code.V", 1, earnings_of_three_quarters([1])), "does not offer the reference wage"),
        (lambda: level("C183", 1, 1, method="flat"), "there is no method 'flat'; there are earnings"),
        (lambda: level("C183", 1, unskilled_machinery_wage(1)), "there is no method 'flat'"),
        (lambda: means_tested("C102.VI.survivors", 1, 1), "no means-tested method"),
        (lambda: means_tested("C102.V", 1, fitter_wage(1)), "compared with the labourer's wage"),
        (lambda: family_benefits("C128", 1, 1, children_of_protected=1, children_of_residents=1), "has no Article 44"),
        (
            lambda: family_benefits("C102", 1, fitter_wage(1), children_of_protected=1, children_of_residents=1),
            "takes the labourer's wage",
        ),
        (lambda: varying_level("C102.IV", [], 1), "the profile has no weeks"),
        (lambda: universal_level("C128.III", 1, 1, contribution_years=1, all_active=True), "no alternative for"),
        (lambda: reduced_right("C102.V", 5, basis="residence"), "no reduced benefit"),
        (lambda: qualifying_period("C102.V", 5, "weeks"), "there is no basis 'weeks'"),
        (lambda: required_rate("C102.V", 10, "insurance"), "there is no basis 'insurance'"),
        (lambda: period_at_lowest_age("C102.V", 5), "rises with age"),
        (lambda: transitional("C102.X", True), "no rule on persons too old"),
        (lambda: partial_loss("C102.V", 1, 2, "0.5"), "partial loss is of"),
        (lambda: lump_sum("C102.V", "0.1", slight_below="0.2"), "lump sums for partial loss"),
        (lambda: days_per_person(1, 1, declaration=True, name="C102.IV"), "no number of days"),
        (lambda: duration("C102.III", 26, average=True), "no average duration is named"),
        (lambda: employees_share([Resources(part="I", employees=1, others=1)], complete=True), "I is no Part of C102"),
        (lambda: ratification(["XI"]), "'XI' is no Part with a benefit"),
        (lambda: accepted_parts([], {"C128": ["V"]}), "Part of C128: there is no 'V'; there are II, III, IV"),
        (lambda: accepted_parts([], {"C118": []}), "C118 stands for no Part"),
        (lambda: pensionable_age("C130", 60), "pensionable age: there is no 'C130'"),
        (lambda: career_level("C102.V", [], 1), "there is none to combine"),
    ],
)
def test_what_cannot_be_meant(call, message):
    with pytest.raises(BadInput, match=message):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: level("C102.V", -1, 1), "benefit: -1 is below 0"),
        (lambda: level("C102.V", 1, 0), "wage: it is zero"),
        (lambda: Counts(employees=1, employees_protected=2), "employees_protected: 2 of 1"),
        (lambda: Counts(residents=-1), "residents: -1 is below 0"),
        (lambda: persons_protected("C102.V", Counts(employees=0, employees_protected=0)), "0 persons are none"),
        (lambda: days_per_person(1, 0, declaration=True), "there are none"),
        (lambda: account_rate("0.1", 0, 15), "make no pension"),
        (lambda: pro_rata(1, 2, 1), "share of own periods: 2 is above 1"),
        (lambda: employees_share([Resources(part="V", employees=0, others=0)], complete=True), "no resources"),
    ],
)
def test_numbers_out_of_bounds(call, message):
    with pytest.raises(OutOfBounds, match=message):
        call()


def test_schemes_that_protect_all_active_persons():
    """Article 57(1)(b): three years and the yearly average; 29(1)(b) names no period."""
    given = {"all_active": True, "average_paid": True}
    assert universal_level("C102.IX", 40, 100, contribution_years=3, **given).verdict == "pass"
    assert universal_level("C102.IX", 40, 100, contribution_years=4, **given).verdict == "fail"
    assert universal_level("C102.IX", 39, 100, contribution_years=3, **given).verdict == "fail"
    assert universal_level("C102.V", 40, 100, contribution_years=25, **given).verdict == "pass"
    assert universal_level("C102.V", 40, 100, contribution_years=25, all_active=True).verdict == "not_assessable"
    assert universal_level("C102.X", 40, 100, contribution_years=1, all_active=False).verdict == "fail"


@pytest.mark.parametrize(
    ("name", "period", "basis", "word"),
    [
        ("C102.V", 30, "contribution", "pass"),
        ("C102.V", 31, "contribution", "fail"),
        ("C102.V", 20, "residence", "pass"),
        ("C102.V", 361, "months", "fail"),
        ("C102.IX", 180, "months", "pass"),
        ("C102.VII", 3, "months", "pass"),
        ("C102.VII", 4, "months", "fail"),
        ("C102.VII", "0.5", "contribution", "fail"),
        ("C102.VII", 1, "residence", "pass"),
        ("C102.VI", 0, "contribution", "pass"),
        ("C102.VI", 1, "months", "fail"),
        ("C121", "0.1", "contribution", "fail"),
        ("C102.IV", 6, "months", "not_assessable"),
        ("C183", 12, "months", "not_assessable"),
        ("C130", 0, "months", "not_assessable"),
        ("C168", 6, "months", "not_verified"),
        ("R131.III", 20, "contribution", "not_verified"),
    ],
)
def test_qualifying_periods(name, period, basis, word):
    assert qualifying_period(name, period, basis).verdict == word


def test_shorter_periods():
    assert [reduced_right("C102.V", years).verdict for years in (15, 16, None)] == ["pass", "fail", "undetermined"]
    assert reduced_right("C128.II", 5, basis="residence").verdict == "pass"
    assert [period_at_lowest_age("C128.IV", years).verdict for years in (5, 6)] == ["pass", "fail"]
    assert [transitional("C102.V", told).verdict for told in (True, False, None)] == ["pass", "fail", "not_assessable"]


def test_persons_of_later_conventions():
    """C121: 100 employees of whom 10 casual; 90 must be protected, 81 with a tenth of the others left out."""
    for protected, word in ((90, "pass"), (81, "not_assessable"), (80, "fail")):
        counts = Counts(employees=100, employees_left_out=10, employees_protected=protected)
        assert persons_protected("C121", counts).verdict == word
    industry = Counts(industrial=100, industrial_protected=75)
    assert persons_protected("C121", industry, declaration=True).verdict == "pass"
    assert persons_protected("C121", industry).verdict == "undetermined"
    assert persons_protected("C128.II", Counts(active=100, active_protected=75)).verdict == "pass"
    fewer = Counts(employees=100, employees_protected=25)
    assert persons_protected("C128.III", fewer, declaration=True).verdict == "pass"
    care = Counts(active=100, active_protected=80)
    assert persons_protected("C130.care", care).verdict == "undetermined"
    families = Counts(active=100, active_protected=80, families=True)
    assert persons_protected("C130.care", families).verdict == "pass"
    assert persons_protected("C130.sickness", care).verdict == "pass"
    assert persons_protected("C130.care", Counts(residents=4, residents_protected=3)).verdict == "pass"
    women = Counts(employed_women=100, employed_women_protected=100)
    assert persons_protected("C183", women).verdict == "pass"
    fewer = Counts(employed_women=100, employed_women_protected=99)
    assert persons_protected("C183", fewer).verdict == "not_assessable"


def test_persons_of_c102():
    everybody = Counts(means_tested=True)
    for part in ("III", "IV", "V", "VII", "IX", "X"):
        assert persons_protected(f"C102.{part}", everybody).verdict == "pass"
    for part in ("II", "VI", "VIII"):
        assert persons_protected(f"C102.{part}", everybody).verdict == "undetermined"
    half = {"employees": 100, "employees_protected": 50}
    first = persons_protected("C102.VIII", Counts(**half, women=True, families=True)).of[0]
    assert first.verdict == "pass"
    assert [one.verdict for one in persons_protected("C102.VIII", Counts(**half, women=False)).of] == [
        "fail",
        "fail",
        "fail",
    ]
    assert persons_protected("C102.II", Counts(residents=2, residents_protected=1)).verdict == "pass"
    assert persons_protected("C102.X", Counts(**half, families=True)).verdict == "pass"
    assert persons_protected("C102.IV", Counts(residents=5, active_protected=5, **half)).of[0].article == "21(a)"
    missing = persons_protected("C102.V", Counts(employees=1)).of[0]
    assert dict(missing.note[0].values)["names"].text == "employees protected"


def test_durations():
    assert duration("C102.IV", 13, persons="means_tested").verdict == "fail"
    assert duration("C102.IV", 26, persons="means_tested").verdict == "pass"
    assert duration("C102.IV", "12.9", average=True).article == "24(2)"
    assert duration("C102.IV", "12.9", average=True).verdict == "fail"
    assert duration("C102.VIII", 12, absence=14).verdict == "fail"
    assert duration("C102.VIII", 14, absence=14).verdict == "pass"
    assert duration("C102.VIII", 12, absence=6).verdict == "pass"
    assert duration("C102.II", 13, declaration=True).verdict == "pass"
    assert duration("C102.V", 520).verdict == "fail"
    assert duration("C102.X").verdict == "undetermined"
    assert duration("C102.III").verdict == "undetermined"
    assert duration("C128.II", throughout=True).verdict == "pass"
    assert [after_birth(weeks).verdict for weeks in (5, 6)] == ["fail", "pass"]
    assert [care_after_leaving(weeks).verdict for weeks in (25, 26)] == ["fail", "pass"]
    assert [waiting("C102.V", days).verdict for days in (0, 1)] == ["pass", "fail"]
    assert [waiting("C102.VI", days).verdict for days in (3, 4)] == ["pass", "fail"]


def test_profiles():
    assert varying_level("C102.IV", [(13, 450), (13, 100)], 1000).verdict == "pass"
    assert varying_level("C102.IV", [(13, 450), (13, 100)], 1000, weeks=26).verdict == "fail"
    assert varying_level("C130", [(26, 700), (26, 600), (10, 100)], 1000).verdict == "pass"
    assert varying_level("C102.IX", [(100, 400), (100, 390)], 1000).verdict == "fail"
    both = Allowances(contingency=100, work=100)
    assert varying_level("C102.VIII", [(6, 800), (6, 0)], 1000, allowances=both).value == Fraction(500, 1100)


def test_ages():
    assert pensionable_age("C102", 67, finding=True).verdict == "pass"
    assert pensionable_age("C102", 67, finding=False).verdict == "fail"
    assert pensionable_age("C128", 64).verdict == "pass"
    assert pensionable_age("C128", 65).verdict == "not_assessable"
    assert pensionable_age("C128", 65, lower_for_arduous=True).verdict == "pass"
    assert pensionable_age("C128", 67, finding=True, lower_for_arduous=False).verdict == "fail"
    assert pensionable_age("C128", 67, finding=True, lower_for_arduous=True).verdict == "pass"
    assert pensionable_age("European_Code", 67).verdict == "undetermined"
    tenth = {"residents_at_or_over": 1, "residents_under": 10}
    assert pensionable_age("European_Code", 67, **tenth).verdict == "pass"
    assert pensionable_age("European_Code", 67, **tenth | {"residents_under": 11}).verdict == "fail"
    assert pensionable_age("European_Code", 65).verdict == "pass"


def test_injuries_and_survivors():
    assert survivors_benefit(1000, "0.5", "0.3", 3, most=1) == 1000
    assert survivors_benefit(1000, "0.5", "0.2", 0) == 500
    proportion = partial_loss("C102.VI.invalidity", 22, 55, "0.4")
    assert (proportion.verdict, proportion.value, proportion.interpreted) == ("pass", Fraction(2, 5), True)
    assert partial_loss("C121.total_permanent", 20, 55, "0.4").verdict == "not_assessable"
    assert lump_sum("C102.VI.invalidity", "0.19", slight_below="0.2").verdict == "pass"
    assert lump_sum("C102.VI.invalidity", "0.2", slight_below="0.2").verdict == "not_assessable"
    assert lump_sum("C102.VI.invalidity", "0.2", slight_below="0.2", properly_used=False).verdict == "fail"
    assert lump_sum("C102.VI.invalidity", "0.9", slight_below=None, properly_used=True).verdict == "pass"
    assert lump_sum("C121.total_permanent", "0.2", slight_below="0.2", properly_used=True).verdict == "fail"
    assert lump_sum("C121.total_permanent", "0.2", slight_below=None).verdict == "not_assessable"
    worth = actuarial_equivalent(1500, [(100, 12), (30, 10)])
    assert (worth.verdict, worth.threshold, worth.arithmetic) == ("pass", 1500, "100 x 12 + 30 x 10 = 1500")
    assert actuarial_equivalent(1499, [(100, 12), (30, 10)]).verdict == "fail"


def test_means_tests():
    assert means_tested_benefit(300, 500, 0) == 0
    assert means_tested_benefit(300, 100, 50, taper="0.5") == 275
    found = means_tested("C128.III", 400, 800, allowances=Allowances(contingency=10, work=100))
    assert found.threshold == Fraction(45, 100) * 900 - 10
    assert found.article.endswith(", 28")
    assert [decency("C102.V", told).verdict for told in (True, False, None)] == ["pass", "fail", "not_assessable"]
    assert means_aggregate("C102.X", 12, 10, 1).verdict == "fail"
    assert means_aggregate("C102.X", 13, 10, 1).alternative == "67(d)"


def test_ceilings():
    assert least_ceiling("C102.V", "0.40", 1000) == 1000
    assert least_ceiling("C102.V", "0.39", 1000) is None
    assert least_ceiling("C102.V", 0, 1000) is None
    assert least_ceiling("C102.V", "0.45", 1000, allowances=Allowances(contingency=450, work=100)) == 0
    assert least_ceiling("C102.V", "0.45", 1000, allowances=Allowances(work=100)) == Fraction(440, Fraction(45, 100))
    found = ceiling("C128.III", [(1000, 500), (100, 44)], earnings_above_average([800]))
    assert (found.value, found.alternative) == (Fraction(44, 100), "26(3)")


def test_family_benefits_of_unknown_children():
    found = family_benefits("C102", 10, 100, children_of_protected=None, children_of_residents=5)
    assert [one.verdict for one in found.of] == ["undetermined", "pass"]
    code = family_benefits("European_Code", 10, 100, children_of_protected=5, children_of_residents=5)
    assert (code.standard, code.part, code.article, len(code.of)) == ("European_Code", "VII", "44", 1)


def test_parts_of_the_european_code():
    assert acceptance("European_Code", ["II", "V", "VIII"]).verdict == "pass"
    assert acceptance("European_Code", ["III", "IV", "VI", "VII", "VIII"]).verdict == "fail"
    assert acceptance("European_Code_Protocol", ["II", "V", "VIII"]).verdict == "fail"
    assert acceptance("European_Code_Protocol", ["II", "V", "VIII", "IX", "X"]).value == 8
    assert acceptance("C128", []).verdict == "fail"


def test_voluntary_insurance():
    assert voluntary_insurance("V", supervised=True, substantial=True, complies=True).verdict == "pass"
    assert voluntary_insurance("V", supervised=True, substantial=None, complies=True).verdict == "not_assessable"
    assert voluntary_insurance("V", supervised=True, substantial=None, complies=False).verdict == "fail"
    assert voluntary_insurance("VI", supervised=True, substantial=True, complies=True).verdict == "fail"
    assert voluntary_insurance("VIII", supervised=True, substantial=True, complies=True).verdict == "pass"


def test_totalised_periods_of_an_instrument_that_was_not_read():
    found = totalised(12, 18, 15, 600, standard="C157")
    assert (found.alone.verdict, found.together.verdict) == ("not_verified", "not_verified")
    assert found.amount == 240
