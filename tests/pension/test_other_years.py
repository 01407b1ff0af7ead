"""Reference earnings that are the better of two means, or that the mean of other years bounds."""

import pytest
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.cases import person_benefits
from actuarial.errors import BadScheme
from actuarial.forms import parse_scheme
from actuarial.labour.insured import project_insured
from actuarial.pension import FinalAverage, Flat, Greatest, Least, OldAge, Phased
from actuarial.readiness import check_answers
from actuarial.scheme import InsurableEarnings, Scheme
from actuarial.translation import language, message_of, told
from tests.pension.test_combined import AGE, per_month
from tests.reference.small import small_basis

URUGUAY = """
name = "S"
currency = "LTD"
[insurable_earnings]
ceiling = { value = 50_000, per = "year" }
[[benefit]]
form = "old_age"
retirement_age = 60
qualifying_years = 30
[benefit.formula]
form = "final_average"
years = 10
accrual = 0
base_rate = 0.5
not_above = { years = 20, best_of = 40, share = 1.05 }
not_below = { years = 20, best_of = 40 }
"""
"""The mean of the last ten years, at most 5% above that of the best twenty, which counts if it is better: basic
earnings of Uruguay (law 16,713 of 1995, article 27)."""


def pension(law, earnings, months=480):
    """Yearly pension of a man of 65 with these earnings of the years before."""
    asked = {"event": "retirement", "sex": "male", "born": 1960, "leaves": 2025}
    return 12 * person_benefits(law, months=months, earnings=earnings, **asked)["old_age"].per_month


def steps(*parts):
    """Earnings up to 2025, level for some years each."""
    levels = [level for count, level in parts for _ in range(count)]
    return dict(zip(range(2026 - len(levels), 2026), levels, strict=True))


@pytest.mark.parametrize(
    ("earnings", "expected"),
    [
        (steps((30, 10_000), (10, 10_500)), 10_500),
        (steps((20, 10_000), (10, 20_000), (10, 20_400)), 20_400),
        (steps((30, 10_000), (10, 40_000)), 1.05 * 25_000),
        (steps((20, 30_000), (20, 10_000)), 30_000),
        (steps((20, 80_000), (20, 10_000)), 50_000),
    ],
)
def test_the_last_years_beside_the_best_ones(earnings, expected):
    assert pension(parse_scheme(URUGUAY), earnings) == pytest.approx(0.5 * expected, rel=1e-12)


def of(years, accrual=0.02, **more):
    return FinalAverage(years=years, accrual=accrual, **more)


RISING, FALLING = steps((30, 10_000), (10, 30_000)), steps((30, 30_000), (10, 15_000))


@pytest.mark.parametrize(
    ("formula", "rising", "falling"),
    [
        (Greatest(formulas=[of(5, 0.02), of(20, 0.015)]), 0.8 * 30_000, 0.6 * 22_500),
        (Greatest(formulas=[of(20, 0.015), of(5, 0.02)]), 0.8 * 30_000, 0.6 * 22_500),
        (Least(formulas=[of(5, 0.02), of(20, 0.015)]), 0.6 * 20_000, 0.8 * 15_000),
        (Greatest(formulas=[of(5), Flat(amount=per_month(1_250)), of(40)]), 0.8 * 30_000, 0.8 * 26_250),
        (Greatest(formulas=[of(5), of(20), of(40)]), 0.8 * 30_000, 0.8 * 26_250),
        (Least(formulas=[of(5), of(20), of(40)]), 0.8 * 15_000, 0.8 * 15_000),
        (Least(formulas=[Greatest(formulas=[of(5), of(20)]), of(40, 0.0225)]), 0.9 * 15_000, 0.8 * 22_500),
        (Greatest(formulas=[of(40), Least(formulas=[of(5), Phased(share=1.05, formula=of(20))])]), 16_800, 21_000),
    ],
)  # fmt: skip
def test_the_greatest_of_formulas_of_different_years(formula, rising, falling):
    """The last ones are 40 years of service with 30,000 in ten of them and 10,000 before, or 15,000 and 30,000."""
    law = Scheme(name="S", currency="LTD", benefits=(OldAge(formula=formula, **AGE),))
    assert pension(law, RISING) == pytest.approx(rising, rel=1e-12)
    assert pension(law, FALLING) == pytest.approx(falling, rel=1e-12)


LAST, BEST = {"years": 5, "revaluation": "prices"}, {"years": 5, "revaluation": "prices", "best_of": 12}
OTHER, SAME = {"years": 5, "best_of": 12}, {"years": 5}
LESS = {"years": 1, "share": 0.2}
PAIRS = {
    "better": (of(accrual=0.02, not_below=OTHER, **LAST), of(**BEST)),
    "worse": (of(not_above=OTHER, **LAST), of(**LAST)),
    "last": (of(not_above=SAME, **BEST), of(**LAST)),
    "both": (of(not_above=LESS, not_below=OTHER, **LAST), of(**BEST)),
    "greatest": (Greatest(formulas=[of(accrual=0.02, **LAST), of(accrual=0.02, **BEST)]), of(**BEST)),
    "least": (Least(formulas=[of(**BEST), of(**LAST), Flat(amount=per_month(900))]),
              of(maximum_pension=per_month(900), **LAST)),
    "share": (Greatest(formulas=[of(accrual=0.01, **BEST), of(accrual=0.02, **LAST)]),
              of(not_below={"years": 5, "best_of": 12, "share": 0.5}, **LAST)),
}  # fmt: skip
"""Formulas that say the same thing in two ways."""


@pytest.mark.parametrize("service", ["years", "months"])
def test_projected_claims_are_those_of_formulas_that_say_the_same(service):
    """Over a wide distribution of earnings within a floor and a ceiling, for active and inactive members."""
    data = small_basis().isel(year=slice(0, 4)).assign(earnings_cv=0.7)
    formulas = {f"{name}_{i}": one for name, pair in PAIRS.items() for i, one in enumerate(pair)}
    pensions = [OldAge(formula=of(**LAST), **AGE)]
    pensions += [OldAge(name=name, formula=one, together_with="old_age", **AGE) for name, one in formulas.items()]
    limits = InsurableEarnings(floor=per_month(200), ceiling=per_month(1_500))
    law = Scheme(name="S", currency="LTD", benefits=tuple(pensions), insurable_earnings=limits)
    found = project_insured(ac.project_population(data), data, law, service=service)["claims_amount"]
    for name in PAIRS:
        one, other = (found.sel(benefit=f"{name}_{i}", drop=True) for i in (0, 1))
        assert_allclose(one, other, rtol=1e-9, atol=1e-9, err_msg=name)
    best, last = (float(found.sel(benefit=name).sum()) for name in ("better_1", "old_age"))
    assert best > 1.1 * last > 0


@pytest.mark.parametrize(
    ("wrong", "refused"),
    [
        ((of(5), of(10, maximum_pension=per_month(500))), "different reference earnings"),
        (((of(5), of(10)), of(10, minimum_pension=per_month(500))), "without limits, or with the same ones"),
    ],
)
def test_what_cannot_be_compared_is_refused(wrong, refused):
    law = Scheme(name="S", currency="LTD", benefits=(OldAge(formula=Greatest(formulas=wrong), **AGE),))
    with pytest.raises(BadScheme, match=refused):
        check_answers(small_basis(), law)


@pytest.mark.parametrize(
    ("old", "new", "english", "french"),
    [
        ("w = { years = 20, best_of = 40", "w = { years = 20, best_of = 4", "not_below.*best_of", "doit être ≥"),
        ("share = 1.05", "share = 105", "not_above.share: ", "105"),
        ("below = { years = 20,", "below = { years = 20, revaluation = 1,", "revaluation", "not_below"),
    ],
)
def test_wrong_years_are_told(old, new, english, french):
    with pytest.raises(BadScheme, match=english) as caught:
        parse_scheme(URUGUAY.replace(old, new))
    assert french in told(message_of(caught.value), language("fr"))
