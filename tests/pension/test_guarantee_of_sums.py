"""A guarantee that looks at a sum of several pensions: against one pension that holds all, in closed form, by hand."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import norm

import actuarial as ac
from actuarial.cases import person_benefits
from actuarial.errors import BadScheme
from actuarial.forms import parse_scheme
from actuarial.labour.insured import project_insured
from actuarial.studies.groups import open_run
from actuarial.translation import language, message_of, told
from tests.reference.small import small_basis

LAW = """
name = "S"
currency = "LTD"
[insurable_earnings]
ceiling = { value = { 2025 = 20_000 }, per = "month", indexed = "wages" }
[[contributions]]
name = "paid"
payer = "employer"
rate = 0.19
[[account]]
name = "main"
rate = 0.12
growth = "wages"
[[account]]
name = "second"
rate = 0.07
growth = SECOND
[[benefit]]
form = "old_age"
retirement_age = 60
qualifying_years = 5
early_age = 58
early_rate = 0.1
early_reduction = 0.05
formula = { form = "balance", account = "main", divisor = 20 }
[[benefit]]
form = "old_age"
name = "beside"
together_with = "old_age"
retirement_age = 58
qualifying_years = 5
formula = { form = "balance", account = "second", divisor = 20 }
[[benefit]]
form = "old_age"
name = "least"
together_with = "old_age"
retirement_age = 58
qualifying_years = 5
[benefit.formula]
form = "guarantee"
amount = { value = { 2025 = 6_000 }, per = "month", indexed = "prices" }
full_years = 25
of = "old_age"
counted_with = ["beside"]
"""
NAMES = ["claims_number", "claims_amount"]


def law(second='"wages"', **changes):
    text = LAW.replace("SECOND", second)
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return parse_scheme(text)


def one_account():
    """The pension of one account with both rates, without a reduction, as the second account has none."""
    both = law().amend("old_age", early_reduction=0.0).amend("main", rate=0.19).amend("least.formula", counted_with=())
    return both.amend("scheme", benefits=[one for one in both.benefits if one.name != "beside"])


@pytest.fixture(scope="module")
def basis():
    return small_basis().isel(year=slice(0, 4))


@pytest.fixture(scope="module")
def population(basis):
    return ac.project_population(basis)


def point(pension, supplement):
    return {"pension": ac.money(pension, "month"), "supplement": ac.money(supplement, "month")}


TAPER = {"amount": None, "taper": (point(500, 900), point(2_000, 2_000), point(8_000, 0))}
SHAPES = {
    "whole": {},
    "at most": {"maximum": ac.money(1_500, "month")},
    "taper": TAPER,
    "taper of a year": TAPER | {"taper_up_to_years": 20, "taper": (point(20, 90), point(400, 0)), "full_years": None},
}


@pytest.mark.parametrize(("shape", "service"), [
    ("whole", "years"), ("at most", "years"), ("taper", "years"), ("whole", "months"), ("taper of a year", "months")
])  # fmt: skip
def test_two_accounts_that_grow_alike_are_one(population, basis, shape, service):
    whole, both = (one.amend("least.formula", **SHAPES[shape]) for one in (one_account(), law()))
    two = project_insured(population, basis, both.amend("old_age", early_reduction=0.0), service=service)
    one = project_insured(population, basis, whole, service=service)
    for name in NAMES:
        assert_allclose(two[name].sel(benefit="least"), one[name].sel(benefit="least"), rtol=1e-9, atol=1e-6)
    share = two["claims_amount"].sum(["year", "sex", "age"])
    assert 0.02 < float(share.sel(benefit="least") / share.sum()) < 0.5
    assert (two["claims_topup"].sel(benefit="least") == 0.0).all()


def test_money_beside_earnings_leaves_less_to_be_lacked(population, basis):
    """What F + Y lacks of L, for F the same for all, is what Y lacks of L - F; of the inactive too, whose last earnings
    nothing revalues."""
    pension = 'form = "balance", account = "main", divisor = 20'
    final = 'form = "final_average", accrual = 0.01, years = 3, minimum_pension = { value = 1_500, per = "month" }'
    flat = '{ form = "flat", amount = { value = 900, per = "month" } }'
    lines = {f"{{ {pension} }}": f"[{{ {final} }}, {flat}]", 'counted_with = ["beside"]\n': "", "full_years = 25\n": ""}
    stated = {'{ value = { 2025 = 6_000 }, per = "month", indexed = "prices" }': '{ value = 6_000, per = "month" }'}
    many = law(**lines | stated)
    alone = law(**lines | stated | {"value = 6_000": "value = 5_100"} | {f"{{ {pension} }}": f"{{ {final} }}"})
    for scheme in (many, alone):
        assert scheme.benefit("old_age").early_reduction == 0.05
    many, alone = (one.amend("old_age", early_reduction=0.0) for one in (many, alone))
    found, other = (project_insured(population, basis, one, service="years") for one in (many, alone))
    mine, theirs = (one["claims_amount"].sel(benefit="least") for one in (found, other))
    assert_allclose(mine, theirs, rtol=1e-9, atol=1e-6)
    assert float(mine.sum()) > 0.0


def test_accounts_that_grow_apart_in_closed_form():
    """All are 59 with 120 months on the valuation date and have one career: of a member S = z M with z lognormal, and
    E[max(0, L - z M)] = L N(-d2) - M N(-d1)."""
    basis, cv = small_basis().isel(year=slice(0, 1)).drop_vars("wage_growth_past"), 0.8
    nobody, there = 0.0 * basis["active_0"], (basis["age"] == 59) & (basis["service"] == 120)
    rates = {name: 0.0 * basis[name] for name in ("exit_rate", "invalidity_rate")}
    basis = basis.assign(
        active_0=nobody + 100.0 * there, inactive_0=nobody, density=0.0 * basis["density"] + 1.0,
        salary_0=0.0 * basis["salary_0"] + 60_000.0, earnings_cv=0.0 * basis["earnings_cv"] + cv,
        admitted_share=0.0, readmitted_share=0.0, **rates,
    )  # fmt: skip
    ceiling = '[insurable_earnings]\nceiling = { value = { 2025 = 20_000 }, per = "month", indexed = "wages" }\n'
    scheme = law("{ fixed = 0.01 }", **{ceiling: ""})
    found = project_insured(ac.project_population(basis), basis, scheme, service="months")
    paid = found[NAMES].sel(year=2025, age=60).sum("sex")
    mean = {name: float(paid["claims_amount"].sel(benefit=name) / paid["claims_number"].sel(benefit=name)) for name in
            ("old_age", "beside", "least")}  # fmt: skip
    level, total, sigma = 12 * 6_000 * 10.5 / 25, mean["old_age"] + mean["beside"], np.sqrt(np.log1p(cv**2))
    d1 = (np.log(total / level) + sigma**2 / 2) / sigma
    assert mean["least"] == pytest.approx(level * norm.cdf(sigma - d1) - total * norm.cdf(-d1), rel=1e-8)
    assert mean["old_age"] / mean["beside"] != pytest.approx(12 / 7, rel=0.01)


def test_one_person_by_hand(basis):
    """Ten years at 10,000 without growth of the second account; wages are those of the basis."""
    asked = {"event": "retirement", "sex": "male", "born": 1967, "leaves": 2027, "months": 120, "basis": small_basis()}
    for earnings in (10_000.0, 200_000.0):
        found = person_benefits(law('"none"', **{"6_000": "3_000"}), earnings=earnings, **asked)
        paid = {name: found[name].per_month * 12 for name in found}
        level = 12 * 3_000 * float(np.prod(1 + small_basis()["inflation"].sel(year=[2026, 2027]))) * 10 / 25
        assert paid.get("least", 0.0) == pytest.approx(max(0.0, level - paid["old_age"] - paid["beside"]), rel=1e-9)
    assert "least" not in found or paid["least"] == 0.0


def test_one_person_with_a_maximum_and_with_a_taper(basis):
    asked = {"event": "retirement", "sex": "male", "born": 1967, "leaves": 2027, "months": 120, "basis": small_basis()}
    for earnings in (10_000.0, 60_000.0, 120_000.0):
        for shape in ("at most", "taper", "taper of a year"):
            found = person_benefits(law().amend("least.formula", **SHAPES[shape]), earnings=earnings, **asked)
            total = sum(found[name].amount for name in ("old_age", "beside"))
            if shape == "at most":
                level = 12 * 6_000 * float(np.prod(1 + small_basis()["inflation"].sel(year=[2026, 2027]))) * 10 / 25
                due = min(max(0.0, level - total), 12 * 1_500)
            elif shape == "taper":
                due = 10 / 25 * 12 * np.interp(total / 12, [500, 2_000, 8_000], [900, 2_000, 0])
            else:
                due = 10 * 12 * np.interp(total / 12 / 10, [20, 400], [90, 0])
            assert found["least"].amount == pytest.approx(due, rel=1e-9), shape


def test_a_taper_of_a_sum_ends_at_nothing(population, basis):
    rest = TAPER | {"taper": (point(500, 900), point(8_000, 100))}
    with pytest.raises(BadScheme, match="least: guarantee: a taper of several pensions that count as one sum must end"):
        project_insured(population, basis, law().amend("least.formula", **rest), service="years")


def test_accrued_supplements_are_those_of_the_one_account(basis):
    """Frozen or not, they accrue with service, whatever the pensions are that count."""
    parts, basis = [], basis.assign(pensioners_0=0.0 * basis["pensioners_0"])
    for scheme in (law().amend("old_age", early_reduction=0.0), one_account()):
        run = open_run(basis, scheme, until=2027, service="years", run_off=lambda _: 2027)
        parts.append(run.part("present", "projected")["claims_amount"].sel(benefit="least"))
    assert_allclose(parts[0], parts[1], rtol=1e-9, atol=1e-6)
    assert float(parts[0].sum()) > 0.0


OTHER = '{ form = "flat", amount = { value = 1, per = "month" } }'
WRONG = {
    "least.formula.counted_with: 'beside': pro_rata pays two parts": (
        '{ form = "balance", account = "second", divisor = 20 }',
        f'{{ form = "pro_rata", since = 2030, old = {OTHER}, new = {OTHER} }}',
    ),
    "least.formula.counted_with: 'besides' is no benefit": ('["beside"]', '["besides"]'),
    "least.formula.counted_with: 'old_age' counts already, as `of`; name it once": ('["beside"]', '["old_age"]'),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_does_not_add_up_is_refused(text):
    right, wrong = WRONG[text]
    with pytest.raises(BadScheme) as found:
        law(**{right: wrong})
    assert text in str(found.value)
    for code in ("fr", "es"):
        assert text[-20:] not in told(message_of(found.value), language(code))


def test_it_is_all_that_its_benefit_awards(population, basis):
    scheme = law()
    least = scheme.benefit("least").formula
    both = scheme.amend("least", formula=(least, ac.pension.Flat(amount=ac.money(1, "month"))))
    with pytest.raises(BadScheme, match="least: what several pensions together lack of a guarantee must be all"):
        project_insured(population, basis, both, service="years")
    asked = {"event": "retirement", "sex": "male", "born": 1967, "leaves": 2027, "months": 120, "earnings": 9_000}
    with pytest.raises(BadScheme, match="guarantee: what several pensions together lack of a guarantee must be all"):
        person_benefits(both, basis=basis, **asked)
