"""Greatest, least and slices of amounts: against the formulas themselves, laws worked by hand, and other forms."""

from functools import reduce

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.cases import person_benefits
from actuarial.contract import Amount
from actuarial.dated import money
from actuarial.earned import Reference
from actuarial.errors import BadScheme
from actuarial.labour.insured import project_insured
from actuarial.pension import (
    Balance,
    Banded,
    CareerAverage,
    FinalAverage,
    Flat,
    Gratuity,
    Greatest,
    Guarantee,
    Least,
    OldAge,
    Phased,
    ProRata,
)
from actuarial.pension.accounts import MemberAccount
from actuarial.pension.slopes import greatest_of, least_of, line_of, sliced
from actuarial.readiness import check_answers
from actuarial.scheme import Scheme
from tests.reference.small import small_basis

AGE = {"retirement_age": 60, "qualifying_years": 10}
BASE = Reference(years=5)
EARNINGS = xr.DataArray(np.append(np.linspace(0, 400, 81), 1e5), dims="earnings")


def parts(draw):
    """One amount, in money or of earnings, with or without limits and what another tier pays."""
    rate, multiple = labelled(draw, 0, 1.5), draw.uniform(0, 2)
    if draw.random() < 0.3:
        return Amount(rate=50 * rate, base="currency", multiple=multiple)
    floor = labelled(draw, 0, 100) if draw.random() < 0.5 else 0.0
    ceiling = labelled(draw, 101, 200) if draw.random() < 0.5 else np.inf
    less = labelled(draw, 0, 150) if draw.random() < 0.5 else 0.0
    rate = rate * (draw.random() < 0.9)
    return Amount(rate=rate, base=BASE, floor=floor, ceiling=ceiling, less=less, multiple=multiple)


def labelled(draw, low, high):
    """A number, or one for each of three numbers of years of service."""
    return xr.DataArray(draw.uniform(low, high, 3), dims="service") if draw.random() < 0.5 else draw.uniform(low, high)


def total(amounts, earnings=EARNINGS):
    """The amounts for known earnings, added."""
    found = 0.0 * earnings
    for one in amounts:
        earned = one.rate * (1.0 if one.base == "currency" else earnings)
        found = found + one.multiple * one.due(np.minimum(np.maximum(earned, one.floor), one.ceiling))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_lines_are_the_amounts_whatever_the_earnings(seed):
    draw = np.random.default_rng(seed)
    several = [[parts(draw) for _ in range(draw.integers(1, 3))] for _ in range(draw.integers(2, 4))]
    bend, counted = draw.uniform(1, 90), draw.random()
    lines, each = [line_of(one, "law") for one in several], [total(one) for one in several]
    first = each[0]
    slices = 0.8 * np.minimum(first, bend) + counted * np.maximum(first - bend, 0)
    for line, expected in (
        (greatest_of(lines, "law"), reduce(np.maximum, each)),
        (least_of(lines, "law"), reduce(np.minimum, each)),
        (sliced(lines[0], [0.0, bend], [0.8, counted], "law"), slices),
    ):
        found, meant = xr.broadcast(total(line.amounts()), expected)
        assert_allclose(found, meant, rtol=1e-9, atol=1e-9)


def per_month(value, **more):
    return money(value, "month", **more)


def pension(formula, earnings, months=240, **fields):
    """The monthly pension of a person of 65 whose earnings were the same in all years."""
    law = Scheme(name="S", currency="LTD", benefits=(OldAge(formula=formula, **AGE),), **fields)
    due = person_benefits(
        law, event="retirement", sex="male", born=1960, leaves=2025, months=months, earnings=12 * earnings
    )
    return due["old_age"].per_month


THREE_WAYS = Greatest(
    formulas=[
        (
            Flat(amount=per_month(300)),
            FinalAverage(years=5, base_rate=0.20, base_years=10, accrual=0.02, completed_years=True),
        ),
        FinalAverage(years=5, base_rate=0.40, accrual=0),
        Flat(amount=per_month(1_000)),
        Flat(amount=per_month(1_200), from_years=10),
        Flat(amount=per_month(2_400), from_years=20),
    ]
)
"""Monthly pension of section 12 of the Social Security Act of 2018 of the Philippines (Republic Act No. 11199)."""


@pytest.mark.parametrize(
    ("years", "earned", "expected"),
    [
        (25, 20_000, 300 + (0.20 + 15 * 0.02) * 20_000),
        (12, 5_000, 0.40 * 5_000),
        (15, 2_000, 1_200),
        (20, 3_000, 2_400),
        (30, 5_000, 300 + 0.60 * 5_000),
    ],
)
def test_the_greatest_of_three_formulas_and_least_pensions_by_years(years, earned, expected):
    assert pension(THREE_WAYS, earned, 12 * years) == pytest.approx(expected, rel=1e-12)


BENDS = ({"counted": 0.90}, {"above": per_month(1_226), "counted": 0.32}, {"above": per_month(7_391), "counted": 0.15})
MEAN_OF_35 = FinalAverage(years=35, best_of=45, accrual=1 / 35, maximum=1.0)


@pytest.mark.parametrize(
    ("years", "earned", "expected"),
    [
        (35, 1_000, 900),
        (40, 5_000, 0.90 * 1_226 + 0.32 * 3_774),
        (20, 10_500, 0.90 * 1_226 + 0.32 * 4_774),
        (35, 10_000, 0.90 * 1_226 + 0.32 * 6_165 + 0.15 * 2_609),
    ],
)
def test_bend_points_of_the_mean_over_a_fixed_number_of_years(years, earned, expected):
    """Bend points of the United States of 2025; years that lack of 35 count as nothing."""
    assert pension(Banded(bands=BENDS, formula=MEAN_OF_35), earned, 12 * years) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("form", [FinalAverage, CareerAverage])
@pytest.mark.parametrize(("earned", "expected"), [(1_000, 20 * 25.0), (2_000, 20 * (37.5 + 10.0)), (9_000, 1_500.0)])
def test_an_accrual_that_is_lower_above_an_amount_of_earnings(form, earned, expected):
    """2.5% a year of earnings up to 1,500 and 2% of what is above, at most 1,500 a month."""
    bands = ({"counted": 1}, {"above": per_month(1_500), "counted": 0.8})
    stated = {"years": 5} if form is FinalAverage else {}
    formula = form(accrual=0.025, earnings_bands=bands, maximum_pension=per_month(1_500), **stated)
    assert pension(formula, earned) == pytest.approx(expected, rel=1e-12)


RISING = FinalAverage(
    years=40, base_rate=1, accrual=0, earnings_bands=({"counted": 0.26}, {"above": per_month(3_780), "counted": 0.16})
)
OF_BOTH = (Flat(amount=per_month(932.4)), RISING)
IN_PROPORTION = Phased(
    share=1,
    full_years=44,
    formula=Least(
        formulas=[Flat(amount=per_month(2_520)), Greatest(formulas=[Flat(amount=per_month(1_260)), OF_BOTH])]
    ),
)


@pytest.mark.parametrize(
    ("months", "earned", "expected"),
    [
        (528, 800, 1_260),
        (528, 3_000, 0.74 * 1_260 + 12 * 3_000 * 13 / 600),
        (528, 5_000, 1.04 * 1_260 + 12 * 5_000 * 8 / 600),
        (528, 9_000, 2_520),
        (264, 5_000, (1.04 * 1_260 + 12 * 5_000 * 8 / 600) / 2),
    ],
)
def test_limits_inside_and_service_in_proportion(months, earned, expected):
    """The scale of the old-age pension of Switzerland of 2025: 1,260 to 2,520 francs a month, whole after 44 years."""
    assert pension(IN_PROPORTION, earned, months) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("balance", "expected"), [(100, 200), (147, 200), (300, (546.5 - 300) / 2), (600, 0)])
def test_a_guarantee_that_is_level_and_then_tapers(balance, expected):
    """200 a month for pensions up to 146.50, then half of what they lack of 546.50."""
    taper = Guarantee(
        formula=FinalAverage(years=1, base_rate=1, accrual=0),
        counted=0.5,
        amount=per_month(273.25),
        maximum=per_month(200),
    )
    exact = min(200, max(0, 273.25 - balance / 2))
    assert exact == pytest.approx(expected, abs=0.3)
    assert pension(taper, balance) == pytest.approx(exact, abs=1e-9)


LEVEL = per_month(600)
PLAIN = {"years": 3, "base_rate": 0.5, "accrual": 0.0}
SAME = {
    "minimum": (Greatest(formulas=[FinalAverage(years=3, accrual=0.02), Flat(amount=per_month(400), full_years=30)]),
                FinalAverage(years=3, accrual=0.02, minimum_pension=per_month(400), minimum_full_years=30)),
    "maximum": (Least(formulas=[FinalAverage(years=3, accrual=0.02), Flat(amount=per_month(500))]),
                FinalAverage(years=3, accrual=0.02, maximum_pension=per_month(500))),
    "bands": (FinalAverage(earnings_bands=({"counted": 1}, {"above": per_month(900), "counted": 0.3}), **PLAIN),
              (FinalAverage(**PLAIN | {"base_rate": 0.15}),
               FinalAverage(maximum_pension=per_month(315), **PLAIN | {"base_rate": 0.35}))),
    "career": (Banded(bands=({"counted": 1}, {"above": per_month(300), "counted": 0}),
                      formula=CareerAverage(accrual=0.02)),
               CareerAverage(accrual=0.02, maximum_pension=per_month(300))),
    "points": (Greatest(formulas=[Balance(account="points", value=per_month(15)), Flat(amount=per_month(350))]),
               Balance(account="points", value=per_month(15), minimum_pension=per_month(350))),
    "in_proportion": (Phased(share=1, full_years=40,
                             formula=Greatest(formulas=[FinalAverage(**PLAIN), Flat(amount=LEVEL)])),
                      FinalAverage(years=3, accrual=0.0125, maximum=0.5, minimum_pension=LEVEL, minimum_full_years=40)),
}  # fmt: skip
"""Formulas that say the same thing in two ways."""


@pytest.mark.parametrize("service", ["years", "months"])
def test_projected_claims_are_those_of_other_forms_that_say_the_same(service):
    """Over a wide distribution of earnings, for active and inactive members, in every year, sex and age."""
    data = small_basis().isel(year=slice(0, 4)).assign(earnings_cv=0.7)
    formulas = {f"{name}_{i}": one for name, pair in SAME.items() for i, one in enumerate(pair)}
    pensions = [OldAge(formula=PLAIN_FORMULA, **AGE)]
    pensions += [OldAge(name=name, formula=one, together_with="old_age", **AGE) for name, one in formulas.items()]
    points = MemberAccount(name="points", credits="points")
    law = Scheme(name="S", currency="LTD", accounts=(points,), benefits=tuple(pensions))
    found = project_insured(ac.project_population(data), data, law, service=service)["claims_amount"]
    for name in SAME:
        one, other = (found.sel(benefit=f"{name}_{i}", drop=True) for i in (0, 1))
        assert float(other.sum()) > 0
        assert_allclose(one, other, rtol=1e-9, atol=1e-9, err_msg=name)
    limited = {name: float(found.sel(benefit=f"{name}_1").sum()) for name in SAME}
    assert len({round(value) for value in limited.values()}) == len(SAME)


PLAIN_FORMULA = FinalAverage(**PLAIN)


def test_what_a_least_amount_adds_to_a_share_of_earnings_is_the_cost_of_a_minimum():
    """Also where it is due from some years on only, and where bands, a maximum or another share lie above it."""
    data = small_basis().isel(year=slice(0, 4)).assign(earnings_cv=0.7)
    least, share = per_month(900), FinalAverage(years=3, accrual=0.02)
    late = Flat(amount=least, from_years=25)
    formulas = {
        "stated": FinalAverage(years=3, accrual=0.02, minimum_pension=least),
        "greatest": Greatest(formulas=[share, Flat(amount=least)]),
        "bounded": Least(formulas=[Greatest(formulas=[Flat(amount=least), share]), Flat(amount=per_month(5_000))]),
        "late": Greatest(formulas=[share, late]),
        "more": (Greatest(formulas=[Flat(amount=least), (Flat(amount=per_month(1)), share)]),),
    }
    pensions = [OldAge(formula=PLAIN_FORMULA, **AGE)]
    pensions += [OldAge(name=name, formula=one, together_with="old_age", **AGE) for name, one in formulas.items()]
    law = Scheme(name="S", currency="LTD", benefits=tuple(pensions))
    found = project_insured(ac.project_population(data), data, law, service="months")
    added = {name: found["claims_topup"].sel(benefit=name, drop=True) for name in formulas}
    assert_allclose(added["greatest"], added["stated"], rtol=1e-9, atol=1e-6)
    assert float(added["bounded"].sum()) == pytest.approx(float(added["stated"].sum()), rel=1e-9)
    paid = found["claims_amount"]
    plain, more = (float(paid.sel(benefit=name).sum()) for name in ("stated", "late"))
    assert 0 < float(added["late"].sum()) == pytest.approx(more - plain + float(added["stated"].sum()), rel=1e-9)
    assert float(added["more"].sum()) == 0.0


def test_a_gratuity_and_the_pension_that_is_left():
    """A quarter of the pension is commuted at a factor of 20."""
    whole = FinalAverage(years=1, accrual=1 / 40)
    law = Scheme(
        name="S",
        currency="LTD",
        benefits=(
            OldAge(formula=Phased(share=0.75, formula=whole), **AGE),
            Gratuity(formula=Phased(share=5, formula=whole), qualifying_years=15),
        ),
    )
    person = {"event": "retirement", "sex": "male", "born": 1960, "leaves": 2025, "earnings": 12_000}
    due = person_benefits(law, months=240, **person)
    assert due["old_age"].per_month == pytest.approx(0.75 * 500)
    assert due["gratuity"].once == pytest.approx(0.25 * 6_000 * 20)
    assert list(person_benefits(law, months=179, **person)) == ["old_age"]
    data = small_basis().isel(year=slice(0, 4))
    claims = project_insured(ac.project_population(data), data, law, service="months")
    old, once = (claims["claims_amount"].sel(benefit=name, drop=True) for name in ("old_age", "gratuity"))
    numbers = claims["claims_number"]
    assert 0 < float(numbers.sel(benefit="gratuity").sum()) < float(numbers.sel(benefit="old_age").sum())
    assert 0 < float(once.sum()) < 5 / 0.75 * float(old.sum())


def test_what_cannot_be_compared_is_refused():
    five, ten = FinalAverage(years=5, accrual=0.02), FinalAverage(years=10, accrual=0.02, minimum_pension=per_month(9))
    with pytest.raises(BadScheme, match="least: the formulas have different reference earnings"):
        pension(Least(formulas=[five, ten]), 1_000)
    with pytest.raises(BadScheme, match="bands: one of the amounts is that of a part of the service"):
        pension(Banded(bands=BENDS, formula=ProRata(since=2020, old=five, new=five)), 1_000)
    with pytest.raises(BadScheme, match="bands: `above` must rise from band to band"):
        pension(Banded(bands=(BENDS[0], BENDS[2], BENDS[1]), formula=five), 1_000)
    with pytest.raises(BadScheme, match="minimum_pension inside it"):
        Guarantee(amount=per_month(1), formula=Greatest(formulas=[five, Flat(amount=per_month(1))]))


def test_lists_that_are_too_short_and_what_is_wrong_inside_are_told_apart():
    five = FinalAverage(years=5, accrual=0.02)
    with pytest.raises(BadScheme, match=r"formulas: must be a list of 2 or more \(got 1\)$"):
        Greatest(formulas=[five])
    with pytest.raises(BadScheme, match=r"^\S*bands\[0\].counted: must be <= 10 \(got 90.0\)[^\n]*$"):
        Banded(bands=[{"counted": 90}], formula=five)


@pytest.mark.parametrize("scenarios", [0, 2])
def test_a_check_without_projection_asks_the_law(scenarios):
    """And the refusal names the benefit; rules that look back at the finances know nothing of them."""
    basis = small_basis()
    if scenarios:
        basis = basis.assign(wage_growth=basis["wage_growth"].expand_dims(scenario=scenarios))
    averages = [FinalAverage(years=years, accrual=0.02, maximum_pension=per_month(years)) for years in (3, 5)]
    for formula, known in ((averages[0], True), (Greatest(formulas=averages), False)):
        law = Scheme(name="x", currency="LTD", benefits=(OldAge(**AGE, name="age", formula=formula),))
        if known:
            check_answers(basis, law)
            continue
        with pytest.raises(BadScheme, match=r"^age: greatest: the formulas have different reference earnings"):
            check_answers(basis, law)
