"""Least pensions by years beyond a number and by paid months (United States), supplements by mean points (Germany)."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.cases import person_benefits
from actuarial.contract import Amount
from actuarial.earned import Reference
from actuarial.errors import BadScheme
from actuarial.forms import parse_scheme
from actuarial.labour.insured import project_insured
from actuarial.pension import FinalAverage, Guarantee, MemberAccount, OldAge
from actuarial.translation import language, message_of, told
from tests.reference.small import small_basis

STATES = """
name = "United States"            # 42 U.S.C. 415(a)(1)(C)(i): the special minimum in the money of 1979
currency = "USD"
[[account]]
name = "paid"
credits = "months"
rate = { 1900 = 0, 2000 = 1 }
[[benefit]]
form = "old_age"
retirement_age = 65
qualifying_years = 10
[benefit.formula]
form = "final_average"
years = 1
accrual = 0.0001
minimum_pension = { value = 230, per = "month" }
minimum_full_years = 30
minimum_from_years = 10
"""
PAID = 'minimum_credits = "paid"\n'


def of(text, years, earnings=1_200.0):
    asked = {"event": "retirement", "sex": "male", "born": 1960, "leaves": 2025, "months": 12 * years}
    return person_benefits(parse_scheme(text), earnings=earnings, **asked)


@pytest.mark.parametrize(("years", "expected"), [(11, 11.5), (20, 115.0), (30, 230.0), (40, 230.0)])
def test_the_special_minimum_begins_beyond_ten_years(years, expected):
    assert of(STATES, years)["old_age"].per_month == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("years", "expected"), [(20, 115.0), (36, 11.5 * 16), (45, 11.5 * 16)])
def test_paid_months_count_where_the_law_says_so(years, expected):
    """26 years from 2000 to 2025, whatever the years before."""
    assert of(STATES + PAID, years)["old_age"].per_month == pytest.approx(expected, rel=1e-12)


GERMANY = """
name = "Germany"                  # SGB VI, section 76g: a supplement to points after 35 years; value of July 2023
currency = "EUR"
[[account]]
name = "points"
credits = "points"
price = { value = 40_000, per = "once" }
rate = 1
[[benefit]]
form = "old_age"
retirement_age = 65
qualifying_years = 5
[benefit.formula]
form = "balance"
account = "points"
value = { value = 37.60, per = "month" }
[[benefit]]
form = "old_age"
name = "grundrente"
together_with = "old_age"
retirement_age = 65
qualifying_years = 35
[benefit.formula]
form = "guarantee"
of = "old_age"
taper_up_to_years = 35
taper = [
  { pension = { value = 0, per = "month" }, supplement = { value = 0, per = "month" } },
  { pension = { value = 15.04, per = "month" }, supplement = { value = 13.16, per = "month" } },
  { pension = { value = 30.08, per = "month" }, supplement = { value = 0, per = "month" } },
]
"""


@pytest.mark.parametrize(
    ("years", "points", "added"),
    [(40, 0.35, 0.35), (40, 0.4, 0.4), (40, 0.5, 0.3), (36, 0.7, 0.1), (45, 0.8, None), (45, 1, None), (34, 0.5, None)],
)
def test_points_of_low_earners_are_doubled_up_to_four_fifths(years, points, added):
    """The points of a year are raised by as many, up to 0.8, of which 87.5% are paid for 35 years."""
    found = of(GERMANY, years, earnings=40_000.0 * points)
    assert found["old_age"].per_month == pytest.approx(37.60 * years * points, rel=1e-12)
    assert ("grundrente" in found and found["grundrente"].per_month > 1e-9) is (added is not None)
    assert added is None or found["grundrente"].per_month == pytest.approx(37.60 * 35 * 0.875 * added, rel=1e-9)


@dataclass(frozen=True)
class Written:
    """The least pension once more, in the words of Python."""

    def award(self, person, service):
        floor = 96_000.0 * np.clip((service - 10.0) / 20.0, 0.0, 1.0)
        return Amount(rate=0.01 * service, base=Reference(years=3), floor=floor)


def test_a_cohort_has_what_other_words_of_the_same_law_give():
    data = small_basis().isel(year=slice(0, 6))
    data = data.assign(pensioners_0=0.0 * data["pensioners_0"])
    first, *others = [str(name) for name in data["group"].values]
    least, final = ac.money(8_000, "month"), {"accrual": 0.01, "years": 3}
    half = MemberAccount(name="half", credits="months", rate=ac.by_group({first: 0.5} | dict.fromkeys(others, 1.0)))
    full = ac.by_group({first: 60.0} | dict.fromkeys(others, 30.0))
    points = ac.money(100, "month")
    per_year = [{"pension": ac.money(0, "month"), "supplement": ac.money(80, "month")},
                {"pension": points, "supplement": ac.money(0, "month")}]  # fmt: skip
    formulas = {
        "from": FinalAverage(minimum_pension=least, minimum_full_years=30, minimum_from_years=10, **final),
        "written": Written(),
        "paid": FinalAverage(minimum_pension=least, minimum_full_years=30, minimum_credits="half", **final),
        "longer": FinalAverage(minimum_pension=least, minimum_full_years=full, **final),
        "by_year": Guarantee(of="from", taper=per_year, taper_up_to_years=80),
        "at_once": Guarantee(of="from", amount=ac.money(6_400, "month"), full_years=80, counted=0.8),
    }
    rules = {"retirement_age": 60, "qualifying_years": 5}
    benefits = [
        OldAge(name=name, formula=one, together_with=None if name == "from" else "from", **rules)
        for name, one in formulas.items()
    ]
    scheme = ac.Scheme(name="x", currency=data.attrs["currency"], accounts=(half,), benefits=benefits)
    found = project_insured(ac.project_population(data), data, scheme, service="years")
    amount, topup = (found[name].sel for name in ("claims_amount", "claims_topup"))
    for one, other in (("from", "written"), ("paid", "longer"), ("by_year", "at_once")):
        assert_allclose(amount(benefit=one), amount(benefit=other), rtol=1e-9)
        assert float(amount(benefit=one).sum()) > 0.0
    assert float(topup(benefit="from").sum()) > 0.05 * float(amount(benefit="from").sum())


WRONG = {
    "minimum_from_years: has no meaning without minimum_full_years": ("minimum_full_years = 30\n", ""),
    "minimum_from_years: lies above minimum_full_years (10 against 8)": ("full_years = 30", "full_years = 8"),
    "minimum_credits: 'paid' holds points, no months": ('credits = "months"', 'credits = "points"'),
}


@pytest.mark.parametrize("text", WRONG)
def test_wrong_least_pensions_are_refused_in_the_words_of_the_reader(text):
    right, wrong = WRONG[text]
    assert right in STATES
    with pytest.raises(BadScheme) as found:
        parse_scheme(STATES.replace(right, wrong) + PAID)
    assert text in str(found.value)
    for code in ("fr", "es"):
        assert text[-25:] not in told(message_of(found.value), language(code))


def test_months_that_do_not_follow_from_the_service_are_refused_in_a_projection():
    data = small_basis().isel(year=slice(0, 2))
    law = parse_scheme((STATES + PAID).replace("USD", data.attrs["currency"]))
    with pytest.raises(BadScheme, match=r"old_age: minimum_credits: how many months of paid the members"):
        project_insured(ac.project_population(data), data, law, service="years")
