"""Verdicts of schemes from their TOML, computed once more by plain arithmetic; and what no lower benefit may do."""

import re
import tomllib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import actuarial as ac
from actuarial.errors import BadInput
from actuarial.standards import (
    PARTS,
    Allowances,
    Assessment,
    Counts,
    Declared,
    Facts,
    Findings,
    Means,
    Residents,
    Verdict,
    Wages,
    any_of,
    assess,
    by_means,
    facts_of,
    leaves,
    qualifying_period,
    read_facts,
    reduced_universal,
    universal_level,
    universal_period,
    unskilled_machinery_wage,
)
from actuarial.standards.care_parts import Cover, cash_verdicts
from actuarial.standards.periods import declarable
from actuarial.standards.replacement import NONE
from actuarial.standards.shown import outline
from actuarial.translation import language
from tests.oracle import standards as oracle
from tests.standards.laws import flat, level_basis, old_age, pensions

LEVEL = level_basis()
LABOURER = 800
ORDER = {"fail": 0, "not_assessable": 1, "undetermined": 2, "pass": 3}
FLAT = """
name = "Residents"
currency = "LTD"
[[benefit]]
form = "old_age"
retirement_age = 60
qualifying_years = {years}
formula = {{ form = "flat", amount = {{ 2025 = {amount}, per = "year" }}{whole} }}
"""
EARNED = """
name = "Contributors"
currency = "LTD"
[[contributions]]
name = "employees"
payer = "employee"
rate = 0.10
[[benefit]]
form = "old_age"
retirement_age = 60
qualifying_years = {years}
formula = {{ form = "final_average", accrual = {accrual}, years = 1 }}
"""


@pytest.fixture(scope="module")
def data(shared):
    return tomllib.loads((shared / "normative" / "parameters.toml").read_text(encoding="utf-8"))


def opened(path, text):
    """A scheme from the text of its file, and the dictionary that a second computation reads."""
    path.write_text(text, encoding="utf-8")
    return ac.open_scheme(path), tomllib.loads(text)


def word(found, subject, article):
    return next(one for one in found.of("C102", "V", subject) if one.article.startswith(article))


# ---- all residents below a limit of means


@pytest.mark.parametrize(
    ("amount", "whole", "means"),
    [
        (330, "", {"decency": True}),
        (330, "", {}),
        (319, "", {"decency": True}),
        (320, "", {"decency": True}),
        (319, "", {}),
        (330, "", {"decency": False}),
        (330, "", {"decency": True, "disregarded": 60}),
        (330, "", {"decency": True, "disregarded": 60, "substantial": True}),
        (330, "", {"decency": True, "disregarded": 60, "substantial": True, "limit": 300}),
        (330, "", {"decency": True, "disregarded": 60, "substantial": True, "limit": 379}),
        (330, "", {"decency": True, "disregarded": 60, "substantial": True, "limit": 380}),
        (330, "", {"decency": True, "disregarded": 60, "substantial": False, "taper": 0.5}),
        (600, ", full_years = 40", {"decency": True}),
        (640, ", full_years = 40", {"decency": True, "disregarded": 10, "substantial": True, "taper": 0.5}),
    ],
)
def test_article_67_from_the_file_of_a_law(tmp_path, data, amount, whole, means):
    scheme, law = opened(tmp_path / "law.toml", FLAT.format(years=5, amount=amount, whole=whole))
    facts = facts_of({"residence": True, "wages": {"unskilled": LABOURER}, "means": means})
    found = assess(scheme, LEVEL, facts=facts)
    assert word(found, "persons", "27").alternative == "27(c)"
    level = word(found, "level", "28")
    assert level.verdict == oracle.means_tested(data, law, Fraction(LABOURER), means, "residence")
    assert {one.alternative.split(";")[1][:3] for one in level.of} == {" 67"}
    assert [one.article for one in found.of("C102", "V", "level")] == [level.article]


def test_what_article_67_lacks_is_named():
    found = assess(pensions(flat(330)).amend("scheme", contributions=()), LEVEL)
    tried = [one for one in word(found, "level", "28").of if "; 67" in one.alternative]
    assert {one.verdict for one in tried} == {"not_assessable"}
    said = {text.said(language()) for one in tried for leaf in leaves(one) for text in leaf.note}
    assert "Missing: the wage of an ordinary labourer, with which this Article compares." in said
    assert "All residents whose means do not exceed a prescribed limit must be protected." in said
    contributory = assess(pensions(flat(330)), LEVEL)
    assert not [one for one in leaves(word(contributory, "level", "28")) if "67" in one.alternative]


def test_all_benefits_together_may_stand_for_the_test_of_a_family():
    """1.3 x 100 x 240 = 31,200 after five years of residence, at which the percentage is ten points lower."""
    same = {"rate": Fraction(3, 10), "paragraph": "29(3)"}
    wages, benefit = [unskilled_machinery_wage(LABOURER)], lambda earned: 200
    for paid, expected in ((31_199, "fail"), (31_200, "pass")):
        means = Means(paid={"V": paid}, beneficiaries={"V": 100}, decency=True)
        assert by_means("C102.V", benefit, wages, Residents(True, means), NONE, **same).verdict == expected
    means = Means(beneficiaries={"V": 100}, decency=True)
    assert by_means("C102.V", benefit, wages, Residents(True, means), NONE, **same).verdict == "undetermined"
    projected = Residents(True, means, paid=Fraction(40_000))
    assert by_means("C102.V", benefit, wages, projected, NONE, **same).verdict == "pass"
    assert by_means("C128.III", benefit, wages, Residents(True, means), NONE).verdict == "fail"


@settings(max_examples=60)
@given(
    scale=st.integers(0, 800),
    less=st.integers(0, 800),
    limit=st.none() | st.integers(0, 900),
    free=st.integers(0, 300),
    substantial=st.none() | st.booleans(),
    decency=st.none() | st.booleans(),
    protected=st.none() | st.booleans(),
)
def test_a_lower_benefit_of_residents_never_helps(scale, less, limit, free, substantial, decency, protected):
    means = Means(disregarded=free, limit=limit, substantial=substantial, decency=decency)
    wages = [unskilled_machinery_wage(LABOURER)]
    low, high = (
        by_means("C102.V", lambda earned, paid=paid: paid, wages, Residents(protected, means), Allowances(5, 5))
        for paid in (max(scale - less, 0), scale)
    )
    assert ORDER[low.verdict] <= ORDER[high.verdict]
    if False in (substantial, decency, protected):
        assert high.verdict == "fail"
    elif None in (substantial, decency, protected):
        assert high.verdict != "pass"


@settings(max_examples=40)
@given(
    limit=st.integers(0, 900),
    more=st.integers(0, 300),
    free=st.integers(0, 300),
    taper=st.sampled_from([0, "1/3", 1]),
)
def test_a_higher_limit_of_means_never_hurts_and_a_taper_never_decides(limit, more, free, taper):
    """Whatever is deducted, benefit and means are least without means, or at the limit."""
    wages = [unskilled_machinery_wage(LABOURER)]

    def found(limit, taper):
        means = Means(disregarded=free, limit=limit, taper=taper, substantial=True, decency=True)
        return ORDER[by_means("C102.V", lambda earned: 330, wages, Residents(True, means), NONE).verdict]

    assert found(limit, taper) <= found(limit + more, taper) <= found(None, taper)
    assert found(limit, taper) == found(limit, 1) == ORDER["pass" if limit - free >= 320 else "fail"]


def test_a_guarantee_deducts_other_pensions(tmp_path):
    text = FLAT.format(years=5, amount=330, whole="") + (
        '[[benefit]]\nform = "old_age"\nname = "guarantee"\ntogether_with = "old_age"\n'
        "retirement_age = 60\nqualifying_years = 5\n"
        'formula = { form = "guarantee", amount = { 2025 = 400, per = "year" }, of = "old_age" }\n'
    )
    scheme, _ = opened(tmp_path / "law.toml", text)
    facts = {"residence": True, "wages": {"unskilled": LABOURER}, "means": {"decency": True}}
    found = word(assess(scheme, LEVEL, facts=facts_of(facts)), "level", "28")
    assert found.verdict == "not_assessable"
    facts["means"]["substantial"] = True
    found = word(assess(scheme, LEVEL, facts=facts_of(facts)), "level", "28")
    assert (found.verdict, found.value) == ("pass", 400)


# ---- all economically active persons


@pytest.mark.parametrize(
    ("accrual", "told"),
    [
        ("0.0155", {}),
        ("0.01", {}),
        ("0.0155", {"all_active": False}),
        ("0.0155", {"all_active": True}),
        ("0.0155", {"all_active": True, "average_paid": True}),
        ("0.0155", {"all_active": True, "average_paid": True, "half_average": True}),
        ("0.01", {"all_active": True, "average_paid": True, "half_average": True}),
        ("0.0155", {"all_active": True, "average_paid": True, "half_average": False}),
        ("0.0155", {"all_active": True, "average_paid": False, "half_average": True}),
    ],
)
def test_a_period_above_thirty_years_from_the_file_of_a_law(tmp_path, data, accrual, told):
    scheme, law = opened(tmp_path / "law.toml", EARNED.format(years=35, accrual=accrual))
    found = assess(scheme, LEVEL, facts=Facts(findings=Findings(**told)))
    rate, level, period, less = oracle.for_all_active(data, law, Fraction(1000), told)
    assert word(found, "level", "28").verdict == level
    assert word(found, "qualifying", "29(1)(a)").verdict == period
    assert word(found, "qualifying", "29(2)(a)").verdict == less
    tried = [one for one in leaves(word(found, "level", "28")) if one.alternative == "29(1)(b); 65(6)(d)"]
    assert [one.value for one in tried] == ([] if told.get("all_active") is False else [rate])
    most = word(found, "level", "65(3)").verdict
    assert most == ("pass" if rate >= Fraction(2, 5) and told.get("all_active") is not False else "fail")
    assert word(found, "age", "26(2)").value == 60


def test_three_years_for_invalidity_and_survivors():
    for name in ("C102.IX", "C102.X"):
        for years, verdict in ((3, "pass"), (4, "fail")):
            assert reduced_universal(name, years, all_active=True, half_average=True).verdict == verdict
            assert universal_period(name, years, all_active=True, average_paid=True).verdict == verdict
    assert reduced_universal("C102.V", 35, all_active=True).verdict == "not_assessable"
    with pytest.raises(BadInput, match=r"C128\.III: there is no alternative for schemes that protect all"):
        reduced_universal("C128.III", 35, all_active=True, half_average=True)


@given(
    benefit=st.integers(0, 1000),
    less=st.integers(0, 1000),
    years=st.integers(0, 45),
    told=st.tuples(*[st.none() | st.booleans()] * 2),
    name=st.sampled_from(["C102.V", "C102.IX", "C102.X"]),
)
def test_a_lower_benefit_or_an_unanswered_question_never_helps(benefit, less, years, told, name):
    def found(paid, everybody, average):
        words = {"contribution_years": years, "all_active": everybody, "average_paid": average}
        return ORDER[universal_level(name, paid, 1000, **words).verdict]

    assert found(max(benefit - less, 0), *told) <= found(benefit, *told)
    assert found(benefit, *told) <= found(benefit, True, True)
    for place in (0, 1):
        worse = tuple(False if at == place else one for at, one in enumerate(told))
        assert found(benefit, *worse) == ORDER["fail"]
        unsaid = tuple(None if at == place else one for at, one in enumerate(told))
        assert found(benefit, *unsaid) < ORDER["pass"]


@settings(max_examples=8)
@given(accrual=st.integers(1, 30), less=st.integers(0, 29), years=st.sampled_from([5, 15, 20, 31, 40]))
def test_a_lower_accrual_turns_no_verdict_to_met(accrual, less, years):
    law = pensions(old_age(accrual / 1000, years=float(years)))
    low = law.amend("old_age.formula", accrual=max(accrual - less, 0) / 1000)
    facts = Facts(findings=Findings(all_active=True, average_paid=True, half_average=True))
    one, other = (assess(scheme, LEVEL, facts=facts) for scheme in (low, law))
    assert len(one) == len(other)
    for lower, higher in zip(one, other, strict=True):
        if {lower.verdict, higher.verdict} <= set(ORDER) and lower.subject in ("level", "qualifying"):
            assert ORDER[lower.verdict] <= ORDER[higher.verdict], (lower.place, higher.place)


# ---- cash benefits of health schemes at all earnings


def test_maxima_of_cash_benefits_from_the_file_of_a_law(tmp_path):
    text = Path(ac.datasets.law("demo health")).read_text(encoding="utf-8")
    limit = 'ceiling = { 2025 = 3_000, per = "month", indexed = "wages" }'
    start = text.index('form    = "maternity"')
    text = text[:start] + text[start:].replace(limit, 'ceiling = { 2025 = 3_000, per = "month" }', 1)
    health, law = opened(tmp_path / "health.toml", text)
    basis = ac.datasets.open("demo")[0]
    for wage in (30_000, 90_000):
        found = assess(health, basis, facts=Facts(wages=Wages(fitter=wage)))
        most = next(one for one in found.of("C102", "VIII", "level") if one.article == "65(3)")
        tried = next(one for one in most.of if one.alternative.endswith("65(6)(a)"))
        assert tried.value == oracle.rate_of_days(law, "maternity", wage)
        assert tried.verdict == {30_000: "pass", 90_000: "fail"}[wage]
        assert next(one for one in found.of("C130", "", "level") if one.article == "22(3)").verdict == "pass"


def test_cash_benefits_of_residents_below_a_limit_of_means():
    """60% of nothing is nothing: what is due to a family without earnings decides by Article 67."""
    health, basis = ac.open_scheme(ac.datasets.law("demo health")), ac.datasets.open("demo")[0]
    plain = assess(health, basis, facts=Facts(wages=Wages(unskilled=6_600)))
    assert not [one for one in leaves(plain.of("C102", "III", "level")[0]) if "67" in one.alternative]
    told = Facts(wages=Wages(unskilled=6_600), persons=Counts(means_tested=True), means=Means(decency=True))
    rows = assess(health, basis, facts=told).of("C102", "III", "level")
    assert [(one.verdict, one.value) for one in rows] == [("fail", 0)]


# ---- declared facts


def test_a_declared_fact_is_shown_as_declared(tmp_path):
    assert declarable() == ("II", "III", "IV", "VIII")
    health, basis = ac.open_scheme(ac.datasets.law("demo health")), ac.datasets.open("demo")[0]
    path = tmp_path / "facts.toml"
    path.write_text(
        '[preclude_abuse.II]\nanswer = true\nreason = "No period."\n'
        '[preclude_abuse.VIII]\nanswer = false\nreason = "Five years."\n'
    )
    found, plain = (assess(health, basis, facts=facts) for facts in (read_facts(path), Facts()))
    for part, word, label in (
        ("II", "pass", "Met as declared"),
        ("III", "not_assessable", "Needs a finding that is not a figure"),
        ("VIII", "fail", "Not met as declared"),
    ):
        one, before = (each.of("C102", part, "qualifying")[0] for each in (found, plain))
        assert (one.verdict, one.label(language()), before.verdict) == (word, label, "not_assessable")
    assert [text.said(language()) for text in found.of("C102", "II", "qualifying")[0].evidence] == [
        "Declared, not computed, for this reason: No period."
    ]
    assert [one for one in zip(found, plain, strict=True) if one[0] != one[1]] == [
        (found.of("C102", part, "qualifying")[0], plain.of("C102", part, "qualifying")[0]) for part in ("II", "VIII")
    ]


def test_a_part_that_is_met_by_a_declaration_says_so():
    declared = qualifying_period("C102.II", 0, "months", declared=Declared(answer=True, reason="No period."))
    absent = [Verdict("C102", part, "1", "", None, None, "absent") for part in PARTS if part not in ("II", "V")]
    care, pension = (Verdict("C102", part, "10", "", None, None, "pass") for part in ("II", "V"))
    text = "\n".join(outline(Assessment("Law", "LTD", 2025, (care, declared, pension, *absent)), language()))
    assert re.search("^  II .* Meets the figure, in part as declared$", text, re.MULTILINE)
    assert re.search("^  V .* Meets the figure$", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"preclude_abuse": {"V": {"answer": True, "reason": "x"}}}, "Part V has no such rule; there are II, III, IV"),
        ({"preclude_abuse": {"II": {"answer": True}}}, r"\[preclude_abuse\], II, reason: is missing"),
        ({"preclude_abuse": {"II": {"answer": "yes"}}}, r"II, answer: must be true or false \(got 'yes'\)"),
        ({"preclude_abuse": {"II": {"why": "x"}}}, r"\], II: there is no why; there are answer, reason"),
        ({"preclude_abuse": True}, "must hold a table for each Part"),
        ({"means": {"taper": 2}}, "means, taper: 2 is above 1"),
        ({"means": {"deducted": False, "limit": 3}}, "deducted is false, and limit would have no meaning"),
        ({"means": {"paid": {"IV": 3}}}, "means, paid: must be a table of numbers by Part; there are III, V, IX, X"),
        ({"means": {"beneficiaries": {"V": 0}}}, "means, beneficiaries, V: zero compares nothing"),
        ({"means": {"decency": 1}}, r"\[means\], decency: must be true or false"),
    ],
)
def test_what_cannot_be_declared(table, said):
    with pytest.raises(BadInput, match=said):
        facts_of(table)


def test_a_declaration_on_another_rule_is_refused():
    with pytest.raises(BadInput, match=r"C183: a declaration on the abuse of benefits is no answer to 6\(5\)-\(6\)"):
        qualifying_period("C183", 0, "months", declared=Declared(answer=True, reason="x"))


# ---- readings


def test_a_combination_is_a_reading_where_none_without_one_is_enough():
    plain = by_means("C102.V", lambda earned: 400, [unskilled_machinery_wage(LABOURER)],
                     Residents(True, Means(deducted=False, decency=True)), NONE)  # fmt: skip
    read = replace(plain, interpreted=True)
    worse = replace(plain, verdict="fail", interpreted=True)
    assert [any_of(pair).interpreted for pair in ([read, plain], [plain, read], [read, read])] == [False, False, True]
    assert any_of([worse, replace(worse, interpreted=False)]).interpreted
    assert read.marked(language()) == "Meets the figure, by a reading"
    assert plain.marked(language("fr")) == plain.label(language("fr"))


def test_persons_by_the_limit_of_means_leave_no_other_method(tmp_path):
    """380 of 800 would do by Article 66; for residents by Article 67 alone, whose decency nobody states."""
    scheme, _ = opened(tmp_path / "law.toml", FLAT.format(years=5, amount=380, whole=""))
    facts = Facts(residence=True, wages=Wages(unskilled=LABOURER))
    assert word(assess(scheme, LEVEL, facts=facts), "level", "28").verdict == "not_assessable"
    many = replace(facts, persons=Counts(active_protected=500_000))
    assert word(assess(scheme, LEVEL, facts=many), "level", "28").verdict == "pass"


def test_all_cash_benefits_of_sickness_together_are_those_of_the_result():
    """1.3 x 100 x 45 per cent of 5,000 = 292,500; maternity and funerals are no benefits of Part III."""
    basis, _ = ac.datasets.open("demo")
    health = ac.open_scheme(ac.datasets.law("demo health")).amend("scheme", contributions=())
    facts = facts_of({"means": {"beneficiaries": {"III": 100}, "decency": True}})
    wages = (unskilled_machinery_wage(5_000),)

    def of(paid):
        spent = [[[paid - 1_000, 1_000], [500_000, 0], [500_000, 0]]]
        labels = {"year": [2026], "benefit": ["sickness", "maternity", "funeral"], "health_group": ["a", "b"]}
        return xr.Dataset({"cash_expenditure": (tuple(labels), spent)}, labels)

    def verdict(result):
        found = cash_verdicts(Cover(health, basis, 2026, facts, wages, None, result), "sickness")
        return next(leaf.verdict for one in found for leaf in leaves(one) if leaf.alternative == "67(d)")

    assert [verdict(of(paid)) for paid in (292_499, 292_500)] == ["fail", "pass"]
    assert verdict(None) == "undetermined"
