"""Assessment of real schemes: rates worked out by hand, worked cases of the standards, verdicts that change."""

import sys
from fractions import Fraction
from pathlib import Path

import pytest

import actuarial as ac
from actuarial import form_table
from actuarial.errors import BadInput
from actuarial.standards import Allowances, Care, Facts, Findings, Resources, Wages, assess, leaves
from actuarial.translation import language
from tests.standards.laws import (
    BASE,
    account,
    child_supplement,
    families,
    flat,
    invalidity,
    level,
    level_basis,
    old_age,
    only,
    pensions,
    quantile,
    told,
    wife_supplement,
)

EXAMPLES = Path(__file__).parents[2] / "examples"
SHIPPED = [
    *sorted(EXAMPLES.glob("schemes/*/scheme.toml")),
    EXAMPLES / "thailand_old_age/scheme.toml",
    EXAMPLES / "own_pension_formula/scheme.toml",
    EXAMPLES / "own_payment_method/scheme.toml",
    EXAMPLES / "refugee_inclusion/scheme.toml",
    EXAMPLES / "refugee_package/health.toml",
]
LEVEL = level_basis()


@pytest.fixture(scope="module")
def demo():
    return ac.datasets.open("demo")


@pytest.fixture(scope="module")
def result(demo):
    return ac.project(demo[0].sel(year=slice(2026, 2031)), demo[1], service="years")


@pytest.fixture(scope="module")
def found(demo, result):
    basis, scheme = demo
    health = ac.open_scheme(ac.datasets.law("demo health"))
    years = basis.sel(year=slice(2026, 2031))
    members = ac.project_health(years, health, insured=result, pensions=result, population=result, service="years")
    return assess(scheme, basis, health=health, result=result, health_result=members)


KNOWN = {}


def shipped(basis, path, **given):
    """A scheme of the library on the embedded country, whose amounts are taken to be in its currency; each once."""
    path = EXAMPLES / path
    key = None if given or "balance_ratio_0" in basis else path
    if key not in KNOWN:
        scheme = ac.open_scheme(path)
        found = assess(scheme, basis.assign_attrs(currency=scheme.currency), **given)
        if key is None:
            return found
        KNOWN[key] = found
    return KNOWN[key]


# ---- all schemes of the library


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_every_scheme_that_is_shipped_is_assessed(demo, path, monkeypatch):
    monkeypatch.syspath_prepend(str(path.parent))
    for table in ("FORMS", "HEALTH_FORMS"):  # the words of an example are known to this test alone
        monkeypatch.setattr(form_table, table, dict(getattr(form_table, table)))
    for own in path.parent.glob("*.py"):
        if own.stem in {"jubilee", "bundle"}:
            monkeypatch.delitem(sys.modules, own.stem, raising=False)
            __import__(own.stem)
    found = shipped(demo[0], path)
    parts = {one.part for one in found.of("C102") if one.part}
    assert parts == {"II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"}
    for one in (leaf for verdict in found for leaf in leaves(verdict)):
        assert one.arithmetic or one.value is None, one
        assert one.value is not None or one.note or one.evidence, one
        assert (one.verdict in {"pass", "fail"}) <= (one.value is not None or bool(one.note)), one


def test_a_lump_sum_is_no_periodical_payment(demo):
    found = shipped(demo[0], "schemes/provident_fund/scheme.toml")
    old = level(found, "C102.V", paragraph="29(1)(a)")
    assert (old.value, old.verdict) == (0, "fail")
    said = [one.said(language()) for one in old.evidence]
    assert "What is due is a sum paid once, which is no periodical payment." in said
    assert only(found, "C102", "V", "duration").verdict == "fail"


def test_what_the_basis_lacks_is_named(demo):
    found = shipped(demo[0], "schemes/notional_accounts/scheme.toml")
    one = only(found, "C102", "V", "level")
    assert one.verdict == "undetermined"
    assert "balance_ratio_0" in str(one.note)


# ---- the embedded country, by hand


def test_old_age_of_the_demo(found):
    """20% and 15 years of 1.33%, thirteen payments; the minimum and the ceiling do not bind at the reference wages."""
    rate = (Fraction("0.20") + 15 * Fraction("0.0133")) * Fraction(13, 12)
    for option in ("65(6)(c)", "65(6)(d)"):
        assert level(found, "C102.V", option, "29(1)(a)").value == rate
    assert rate == Fraction(10387, 24000)
    assert only(found, "C102", "V", "age").value == 60
    assert level(found, "C128.III", "26(6)(d)", "18(1)(a)").verdict == "fail"
    assert level(found, "C102.V", "65(6)(d)", "29(4)").value == Fraction("0.20") * Fraction(13, 12)
    assert level(found, "C102.V", "65(6)(d)", "29(3)").value == 0


def test_invalidity_of_the_demo(found):
    """15 years, and half of those from 40 to 60: 25 years, of which ten beyond the fifteen of the base rate."""
    rate = (Fraction("0.20") + 10 * Fraction("0.0133")) * Fraction(13, 12)
    assert level(found, "C102.IX", paragraph="57(1)(a)").value == rate
    assert level(found, "C102.IX", paragraph="57(3)").value == Fraction("0.20") * Fraction(13, 12)
    assert only(found, "C102", "IX", "level", "56, Schedule to Part XI").verdict == "undetermined"


def test_a_level_that_fails_stays_open_for_want_of_a_labourers_wage():
    """200 a year are 25% of 800, the least wage by the earnings of the insured, and 44% of a labourer's 450."""

    def old_age_level(pension, **wages):
        return assess(pensions(pension), LEVEL, facts=Facts(wages=Wages(**wages))).of("C102", "V", "level")[0]

    met = old_age_level(flat(200), unskilled=450)
    assert (met.value, met.verdict) == (Fraction(200, 450), "pass")
    left = old_age_level(flat(200))
    assert (left.value, left.verdict) == (Fraction(200, 800), "undetermined")
    assert old_age_level(old_age(0.005)).verdict == "fail"


def test_a_level_that_fails_stays_open_for_want_of_a_skilled_wage():
    """52.5% of at most 600: 315 are 39.4% of 800 and 31.5% of 1000, and 40% of 787.5, the wage that would do."""
    law, of_groups = pensions(old_age(0.0175), ceiling=600), {"manufacturing": {"textiles": (300, 800)}}

    def words_of(scheme, **wages):
        found = assess(scheme, LEVEL, facts=Facts(wages=Wages(**wages))).of("C102", "V", "level")[:2]
        assert [one.value for one in found[:1]] == [one.value for one in found[1:]]
        return [one.verdict for one in found], [note.said(language("en")) for note in found[0].note]

    for stated, missing in (({}, "65(6)(a), 65(6)(b)"), ({"fitter": 800}, "65(6)(b)")):
        left, notes = words_of(law, **stated)
        assert left == ["undetermined", "undetermined"]
        assert f"Not assessable: the reference wage by {missing}, for nobody stated one." in notes
        assert "With a reference wage of 700 the figure would be met." in notes
    assert words_of(law, fitter=787.5)[0] == ["pass", "pass"]
    assert words_of(law, fitter=788, skilled_groups=of_groups)[0] == ["fail", "fail"]
    decided, notes = words_of(pensions(old_age(0.0125)))
    assert decided == ["fail", "fail"]
    assert any("no option helps" in note for note in notes)


def test_survivors_of_the_demo(found):
    """A half and two fifths of 20%; the widow needs ten years, so that no reduced benefit is secured after five."""
    rate = Fraction("0.20") * Fraction(9, 10) * Fraction(13, 12)
    whole = next(one for one in found.of("C102", "X", "level")).of
    first = next(leaf for leaf in leaves(whole[0]) if leaf.alternative.startswith("63(1)(a)"))
    assert first.value == rate
    assert only(found, "C102", "X", "qualifying", "63(2)(a)").value == 10
    assert only(found, "C102", "X", "qualifying", "63(2)(a)").verdict == "fail"
    children = level(found, "C102.X", paragraph="63(3)")
    assert children.value == Fraction("0.20") * Fraction(2, 5) * Fraction(13, 12)


def test_sickness_and_maternity_of_the_demo(found):
    assert level(found, "C102.III").value == Fraction(3, 5)
    assert level(found, "C102.VIII").value == Fraction(4, 5)
    assert only(found, "C183", "", "level").value == Fraction(4, 5)
    days = only(found, "C102", "III", "duration")
    assert (days.value, days.threshold, days.verdict) == (Fraction(180, 7), 26, "fail")
    assert only(found, "C102", "III", "waiting").verdict == "pass"
    assert only(found, "C102", "VIII", "duration").value == 14


def test_thirty_years_in_thailand(demo):
    """20% and 15 years of 1.5% of the last sixty months; earnings of the embedded country lie below the floor."""
    found = shipped(demo[0], "thailand_old_age/scheme.toml")
    wage = next(one.wage for one in found.wages if one.article == "65(6)(d)")
    assert wage < 1_650 * 12
    assert level(found, "C102.V", paragraph="29(1)(a)").value == Fraction("0.425") * 1_650 * 12 / wage
    rich = shipped(demo[0], "thailand_old_age/scheme.toml", facts=Facts(wages=Wages(fitter=600_000)))
    capped = Fraction(4 * 15_000 * 12 + 17_500 * 12, 5) * Fraction("0.425") / 600_000
    assert level(rich, "C102.V", "65(6)(a)", "29(1)(a)").value == capped


def test_persons_of_the_demo(found, result):
    one = result.sel(year=2026)
    part = next(leaf for leaf in leaves(only(found, "C102", "V", "persons")) if leaf.alternative == "27(b)")
    assert part.value == Fraction(round(float(one["active"].sum())), round(float(one["population"].sum())))
    employees = next(leaf for leaf in leaves(only(found, "C102", "V", "persons")) if leaf.alternative == "27(a)")
    assert employees.verdict == "undetermined"
    assert "Numbers are missing: employees." in [one.said(language()) for one in employees.note]
    assert only(found, "C102", "", "financing", "71(2)").verdict == "undetermined"


# ---- worked cases of the standards as schemes


def test_a_wife_supplement_is_part_of_the_benefit():
    plain = assess(pensions(old_age(0.0125)), LEVEL)
    more = assess(pensions(old_age(0.0125), wife_supplement(50)), LEVEL)
    assert level(plain, "C102.V", paragraph="29(1)(a)").value == Fraction(3, 8)
    one = level(more, "C102.V", paragraph="29(1)(a)")
    assert (one.value, one.verdict) == (Fraction(17, 40), "pass")
    assert level(plain, "C102.V", paragraph="29(1)(a)").verdict == "fail"
    assert level(more, "C128.III", "26(6)(d)", "18(1)(a)").verdict == "fail"


def test_a_ceiling_below_the_skilled_wage():
    found = assess(pensions(old_age(0.015), ceiling=700), LEVEL)
    one = level(found, "C102.V", paragraph="29(1)(a)")
    assert (one.value, one.verdict) == (Fraction(63, 200), "fail")
    assert next(wage.wage for wage in found.wages if wage.article == "65(6)(d)") == 1000
    most = found.of("C102", "V", "level")[1]
    tried = [leaf for leaf in leaves(most) if "65(6)(d)" in leaf.alternative]
    least = next(text for text in tried[0].note if "least ceiling" in text.text)
    assert dict(least.values) == {"ceiling": Fraction(8000, 9), "law": 700}
    enough = assess(pensions(old_age(0.015), ceiling=889), LEVEL)
    assert level(enough, "C102.V", paragraph="29(1)(a)").verdict == "pass"


def test_shares_of_widow_and_children():
    """The rules of Barbados: 40% after ten years and a point a year, a half and two sixths of it after fifteen."""
    law = old_age(0.01, years=10.0, base_rate=0.40, base_years=10.0)
    found = assess(pensions(law, *families(0.5, 1 / 6)), LEVEL)
    one = level(found, "C102.X", paragraph="63(1)(a)")
    assert (one.value, one.verdict) == (Fraction(3, 8), "fail")
    assert level(found, "C102.X", paragraph="63(3)").value == Fraction(1, 3)
    assert level(found, "C102.X", paragraph="63(3)").verdict == "pass"
    assert level(found, "C128.IV", "26(6)(d)", "24(1)(a)").verdict == "fail"


def test_supplements_for_two_children():
    found = assess(pensions(old_age(0.02), invalidity(1 / 3), child_supplement(0.15)), LEVEL)
    one = level(found, "C102.IX", paragraph="57(1)(a)")
    assert (one.value, one.verdict) == (Fraction(13, 30), "pass")
    assert level(found, "C128.II", "26(6)(d)", "11(1)(a)").verdict == "fail"


@pytest.mark.parametrize(("growth", "percent"), [(0.0, 20.0), (0.015, 25.0258)])
def test_accounts_after_thirty_years(growth, percent):
    own, pension = account(growth)
    one = level(assess(pensions(pension, accounts=(own,)), LEVEL), "C102.V", paragraph="29(1)(a)")
    assert float(one.value) * 100 == pytest.approx(percent, abs=5e-5)
    assert one.verdict == "fail"
    if growth == 0.0:
        assert one.value == Fraction(1, 5)


def test_a_flat_pension_by_the_labourers_wage():
    facts = Facts(wages=Wages(unskilled=900), allowances=Allowances(contingency=80, work=80))
    found = assess(pensions(flat(380)), LEVEL, facts=facts)
    assert level(found, "C102.V", "66(4)(a)", "29(1)(a)").value == Fraction(23, 49)
    gone = assess(pensions(flat(380)), LEVEL, facts=Facts(wages=Wages(unskilled=1000)))
    one = level(gone, "C102.V", "66(4)(a)", "29(1)(a)")
    assert (one.value, one.verdict) == (Fraction(38, 100), "fail")


# ---- reference wages, persons, money


def test_three_quarters_of_lognormal_earnings():
    basis = told(LEVEL, earnings_cv=0.5)
    wage = next(one.wage for one in assess(BASE, basis).wages if one.article == "65(6)(c)")
    assert float(wage) == pytest.approx(quantile(800.0, 0.5, 0.6744897501960817), abs=0.006)


def test_options_of_the_reference_wage_are_alternatives():
    facts = Facts(wages=Wages(fitter=5_000, classes=((500, 3), (900, 1))))
    found = assess(pensions(old_age(0.0155), ceiling=1000), LEVEL, facts=facts)
    assert [(one.article, one.wage) for one in found.wages] == [
        ("65(6)(a)", 5000), ("65(6)(c)", 500), ("65(6)(d)", 750),
    ]
    assert level(found, "C102.V", "65(6)(a)", "29(1)(a)").verdict == "fail"
    overall = found.of("C102", "V", "level")[0]
    assert (overall.verdict, overall.alternative) == ("pass", "29(1)(a); 65(6)(c)")


def test_employees_are_known_by_who_contributes(demo):
    from actuarial.standards.counting import employee_groups

    basis, scheme = demo
    assert employee_groups(scheme, basis, Facts()) == ("private", "public")
    assert employee_groups(scheme, basis, Facts(employee_groups=("public",))) == ("public",)
    with pytest.raises(BadInput, match="the basis has no farmers; its groups are private, public, self_employed"):
        employee_groups(scheme, basis, Facts(employee_groups=("farmers",)))


def test_the_employees_share_needs_all_branches(demo, result):
    income = result["contribution_income"].sel(year=2026)
    paid = round(float(income.sel(contribution="employees")))
    others = sum(float(income.sel(contribution=name)) for name in ("employers", "minimum_guarantee"))
    others = round(others + float(result["investment_income"].sel(year=2026)))
    facts = Facts(all_branches=True, branches=(Resources(part="VI", employees=0, others=10**9, separate=True),))
    found = only(assess(demo[1], demo[0], result=result, facts=facts), "C102", "", "financing", "71(2)")
    assert found.value == Fraction(paid, paid + others)
    assert found.verdict == "pass"


def test_cost_sharing_at_birth(demo):
    health = ac.open_scheme(ac.datasets.law("demo health"))
    for services, word in ((("delivery",), "pass"), (("delivery", "inpatient"), "fail")):
        facts = Facts(care=Care(pregnancy_services=services))
        found = assess(health, demo[0], facts=facts)
        free = next(one for one in found.of("C102", "II", "cost_sharing") if one.article == "10(2)")
        assert free.verdict == word


def test_what_can_not_be_meant(demo):
    with pytest.raises(BadInput, match="year: 2300 lies outside the basis, 2025 to 2034"):
        assess(BASE, LEVEL, year=2300)
    with pytest.raises(BadInput, match="there is no scheme"):
        assess(None, LEVEL)
    with pytest.raises(BadInput, match="the basis has no 'farmers'"):
        assess(BASE, LEVEL, facts=Facts(group="farmers"))
    with pytest.raises(BadInput, match=r"^age_at_death: must be a whole number"):
        Facts(age_at_death=7)
    with pytest.raises(BadInput, match="are in AVD, those of the basis in THB"):
        assess(demo[1], demo[0].assign_attrs(currency="THB"))
    health, facts = ac.open_scheme(ac.datasets.law("demo health")), Facts(care=Care(pregnancy_services=("delivry",)))
    with pytest.raises(BadInput, match="delivry is no service"):
        assess(health, demo[0], facts=facts)


def test_a_later_year_has_the_age_of_that_year(demo):
    for year, age, word in ((2045, 65, "pass"), (2060, 67, "not_assessable")):
        one = only(assess(demo[1], demo[0], year=year), "C102", "V", "age")
        assert (one.value, one.verdict) == (age, word)
    finding = Facts(findings=Findings(working_ability=True))
    assert only(assess(demo[1], demo[0], year=2060, facts=finding), "C102", "V", "age").verdict == "pass"


def test_notional_accounts_with_their_balance_ratio(demo):
    basis = demo[0].assign(balance_ratio_0=1.0)
    found = shipped(basis, "schemes/notional_accounts/scheme.toml")
    one = level(found, "C102.V", paragraph="29(1)(a)")
    assert one.value is not None
    assert Fraction(1, 10) < one.value < 1


def test_a_law_that_looks_back_at_the_finances(demo):
    basis = demo[0].assign(reserve_ratio_0=3.0).sel(year=slice(2026, 2040))
    rule = {"prices": 1.0, "only_if": {"reserve_ratio_above": 1.0}}
    law = demo[1].amend("old_age", indexation=rule)
    result = ac.project(basis.sel(year=slice(2026, 2031)), law, service="years")
    found = only(assess(law, basis, result=result), "C102", "V", "review")
    assert found.verdict == "pass"
    with pytest.raises(BadInput, match="year: 2035 lies outside the result, 2026 to 2031"):
        assess(law, basis, result=result, year=2035)


