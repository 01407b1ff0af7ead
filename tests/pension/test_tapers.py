"""Supplements in straight lines of the own pension: persons by the laws of Chile and Sweden, laws that say the same."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from scipy.integrate import quad

import actuarial as ac
from actuarial.benefits.stock import project_pensions
from actuarial.cases import person_benefits
from actuarial.dated import money
from actuarial.errors import BadScheme
from actuarial.forms import parse_scheme
from actuarial.labour.insured import project_insured
from actuarial.pension import FinalAverage, Flat, Guarantee, MinimumInPayment, OldAge, TaperPoint
from actuarial.studies.carried_spread import carried_spread
from actuarial.translation import language, message_of, told
from tests.benefits import small
from tests.reference.small import small_basis

CHILE = """
name = "Chile"                    # Ley 21.419, articles 8 to 12: the universal guaranteed pension beside one's own
currency = "CLP"
[[account]]
name = "capital"
rate = 0.10
[[benefit]]
form = "old_age"
retirement_age = 65
qualifying_years = 0
formula = { form = "balance", account = "capital", divisor = 20 }
[[benefit]]
form = "minimum_in_payment"
name = "pgu"
accompanies = ["old_age"]
from_age = 65
taper = [
  { pension = { value = 630_000, per = "month" }, supplement = { value = 185_000, per = "month" } },
  { pension = { value = 1_000_000, per = "month" }, supplement = { value = 0, per = "month" } },
]
"""
SWEDEN = """
name = "Sweden"                   # Socialförsäkringsbalk, chapter 67, sections 21, 22: not married, base amount 57,300
currency = "SEK"
[[benefit]]
form = "old_age"
retirement_age = 65
qualifying_years = 0
formula = { form = "final_average", accrual = 0.01, years = 1 }
[[benefit]]
form = "old_age"
name = "guarantee"
together_with = "old_age"
retirement_age = 65
qualifying_years = 3
[benefit.formula]
form = "guarantee"
of = "old_age"
full_years = 40
taper = [
  { pension = { value = 0, per = "year" }, supplement = { value = 122_049, per = "year" } },
  { pension = { value = 72_198, per = "year" }, supplement = { value = 49_851, per = "year" } },
  { pension = { value = 176_054.25, per = "year" }, supplement = { value = 0, per = "year" } },
]
"""
ASKED = {"event": "retirement", "sex": "female", "born": 1960, "leaves": 2025, "months": 480}


@pytest.mark.parametrize(
    ("wage", "expected"),
    [
        (2_000_000, 185_000),
        (3_150_000, 185_000),
        (4_000_000, 185_000 * (1_000_000 - 800_000) / 370_000),
        (4_990_000, 185_000 * 2_000 / 370_000),
        (5_000_000, None),
        (9_000_000, None),
    ],
)
def test_the_universal_pension_of_chile_falls_to_nothing(wage, expected):
    """Forty years of a tenth of the wage, over 20: a fifth of the wage a month."""
    found = person_benefits(parse_scheme(CHILE), earnings=12 * wage, **ASKED)
    assert found["old_age"].amount == pytest.approx(12 * 0.1 * 40 * wage / 20, rel=1e-12)
    assert ("pgu" in found) is (expected is not None)
    assert expected is None or found["pgu"].amount == pytest.approx(12 * expected, rel=1e-9)


@pytest.mark.parametrize(
    ("wage", "months", "expected"),
    [
        (100_000, 480, 2.13 * 57_300 - 40_000),
        (180_495, 480, 0.87 * 57_300),
        (300_000, 480, 0.87 * 57_300 - 0.48 * (120_000 - 1.26 * 57_300)),
        (500_000, 480, 0.0),
        (400_000, 240, (0.87 * 57_300 - 0.48 * (80_000 - 1.26 * 57_300)) / 2),
    ],
)
def test_the_guarantee_pension_of_sweden_has_two_slopes(wage, months, expected):
    found = person_benefits(parse_scheme(SWEDEN), earnings=wage, **ASKED | {"months": months})
    amount = found["guarantee"].amount if "guarantee" in found else 0.0
    assert amount == pytest.approx(expected, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(("wage", "expected"), [(3_150_000, 185_000), (3_160_000, None)])
def test_a_supplement_may_be_lost_as_a_whole(wage, expected):
    lost = CHILE.replace("1_000_000", "630_001")
    found = person_benefits(parse_scheme(lost), earnings=12 * wage, **ASKED)
    assert ("pgu" in found) is (expected is not None)
    assert expected is None or found["pgu"].amount == pytest.approx(12 * expected, rel=1e-9)


def point(pension, supplement):
    return TaperPoint(pension=money(pension, "year"), supplement=money(supplement, "year"))


THREE = ((0.0, 90.0), (1_000.0, 300.0), (2_200.0, 60.0))


def test_supplements_of_the_pensions_of_the_valuation_date_are_means_over_lognormal_ones():
    """Up from 90 of nothing to 300, down to 60, which those above have too: at both ends of the year, by quadrature."""
    form = MinimumInPayment(accompanies=("old_age",), taper=tuple(point(*one) for one in THREE), counted=0.8)
    old = OldAge(retirement_age=60, qualifying_years=0, formula=Flat(amount=money(100, "month")))
    people = {("male", 70): (10.0, 1_200.0), ("female", 80): (4.0, 2_600.0)}
    rows = [(*place, *one) for place, one in people.items()]
    on = small.basis(years=1, pensioners={"old_age": rows}).assign(pension_cv=0.6)
    found = small.project(small.scheme_of(old, form), on).sel(benefit=form.name)
    carried = carried_spread(small.project(small.scheme_of(old, form), on), on, small.scheme_of(old, form), 2025)
    assert_allclose(carried["pension_cv"].sel(benefit="old_age", sex="male", age=71), 0.6, rtol=1e-9)
    sigma, spent = np.sqrt(np.log1p(0.36)), 0.0
    kinks = np.log([pension / 0.8 for pension, _ in THREE if pension > 0.0])

    def mean(pension):
        normal = stats.norm(np.log(pension) - sigma**2 / 2, sigma)
        parts = [normal.ppf(1e-13), *kinks, normal.ppf(1 - 1e-13)]

        def due(log):
            return np.interp(0.8 * np.exp(log), *zip(*THREE, strict=True)) * normal.pdf(log)

        return sum(quad(due, *edge, epsabs=1e-12)[0] for edge in pairwise(sorted(parts)))

    for (sex, age), (number, pension) in people.items():
        stays = {"male": 0.8, "female": 0.9}[sex]
        ends = number * stays * mean(pension)
        assert_allclose(float(found["pension_mass"].sel(sex=sex, age=age + 1)[0]), ends, rtol=1e-9)
        spent += (number * mean(pension) + ends) / 2
    assert_allclose(float(found["benefit_expenditure"][0]), spent, rtol=1e-9)


def test_a_cohort_has_what_a_law_of_minima_gives():
    """A line from m to nothing at m is a minimum; a level that falls is one that counts in part less another one."""
    basis = small_basis().isel(year=slice(0, 6))
    basis = basis.assign(pensioners_0=basis["pensioners_0"].where(basis["benefit"] == "old_age", 0.0))
    unit = {"per": "month", "indexed": "wages"}

    def wages(value):
        return {"value": {2024: value}} | unit

    def tapered(*points):
        return tuple({"pension": wages(pension), "supplement": wages(due)} for pension, due in points)

    final = FinalAverage(accrual=0.02, years=3)
    old = OldAge(retirement_age=60, qualifying_years=5, formula=final, indexation="prices")
    age = {"retirement_age": 60, "qualifying_years": 5, "together_with": "old_age"}
    falls = tapered((3_000, 1_500), (6_000, 0))
    awards = {
        "line": Guarantee(of="old_age", taper=tapered((0, 2_000), (2_000, 0))),
        "minimum": Guarantee(of="old_age", amount=wages(2_000)),
        "falls": Guarantee(of="old_age", taper=falls, full_years=40),
        "held": Guarantee(of="old_age", amount=wages(3_000), maximum=wages(1_500), counted=0.5),
        "lost": Guarantee(of="old_age", taper=tapered((2_000, 1_000), (2_000.002, 0))),
        "least": FinalAverage(accrual=0.02, years=3, minimum_pension=wages(2_000)),
    }
    payments = {
        "pays_line": {"taper": tapered((0, 3_000), (3_000, 0))},
        "pays_minimum": {"minimum": wages(3_000)},
        "pays_falls": {"taper": falls},
        "pays_more": {"minimum": wages(3_000), "counted": 0.5},
        "pays_less": {"minimum": wages(1_500), "counted": 0.5},
    }
    tiers = [OldAge(name=name, formula=one, indexation="prices", **age) for name, one in awards.items()]
    tops = [MinimumInPayment(name=name, accompanies=("old_age",), **one) for name, one in payments.items()]
    scheme = ac.Scheme(name="x", currency=basis.attrs["currency"], benefits=(old, *tiers, *tops))
    insured = project_insured(ac.project_population(basis), basis, scheme, service="years")
    of = project_pensions(insured, basis, scheme)["pension_mass"].sel
    assert_allclose(of(benefit="line"), of(benefit="minimum"), rtol=1e-9, atol=1e-9)
    thousand = 12_000 * (1.0 + basis["wage_growth"]).cumprod("year")
    below = insured["claims_at_minimum"].sel(benefit="least") * thousand
    assert_allclose(insured["claims_amount"].sel(benefit="lost"), below.transpose("year", "sex", "age"), rtol=1e-5)
    assert_allclose(of(benefit="pays_line"), of(benefit="pays_minimum"), rtol=1e-12)
    apart = of(benefit="pays_more") - of(benefit="pays_less")
    assert_allclose(of(benefit="pays_falls"), apart, rtol=1e-9, atol=1e-6)
    assert float(of(benefit="pays_falls").sum()) > 0.02 * float(of(benefit="old_age").sum())
    shorter = insured["claims_amount"]
    whole = scheme.amend("falls.formula", full_years=None)
    longer = project_insured(ac.project_population(basis), basis, whole, service="years")["claims_amount"]
    assert_allclose(longer.sel(benefit="falls"), shorter.sel(benefit="held"), rtol=1e-9, atol=1e-9)
    assert 0.3 < float(shorter.sel(benefit="falls").sum() / longer.sel(benefit="falls").sum()) < 0.99


TAPER = CHILE[CHILE.index("taper") :]
LOW = '  { pension = { value = 630_000, per = "month" }, supplement = { value = 185_000, per = "month" } },\n'
WRONG = {
    "pgu: needs either a minimum or a taper": (TAPER, ""),
    "pgu.taper: stands instead of minimum; leave one of them out": (
        TAPER, 'minimum = { value = 1, per = "month" }\n' + TAPER
    ),
    "pgu.taper: needs two points or more; add the pension from which nothing is paid, {": (LOW, ""),
    "rise from point to point for everybody in every year, but it is 7,560,000 in point 1 and 7,200,000 in the next": (
        "1_000_000", "600_000"
    ),
}


@pytest.mark.parametrize("text", WRONG)
def test_wrong_tapers_are_refused_in_the_words_of_the_reader(text):
    right, wrong = WRONG[text]
    assert right in CHILE
    with pytest.raises(BadScheme) as found:
        person_benefits(parse_scheme(CHILE.replace(right, wrong)), earnings=1.0, **ASKED)
    assert text in str(found.value)
    for code in ("fr", "es"):
        said = told(message_of(found.value), language(code))
        assert text[-30:] not in said
        assert "taper" in said
