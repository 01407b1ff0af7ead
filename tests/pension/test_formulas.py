"""Formulas: from service to a share of reference earnings or an amount, and from there to money."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from actuarial.cases import person_benefits
from actuarial.contract import Amount
from actuarial.dated import ramp, step
from actuarial.earned import Reference
from actuarial.errors import BadInput, BadScheme
from actuarial.labour.grid_law import law_on_grid
from actuarial.pension import Band, ByEarnings, CareerAverage, FinalAverage, Flat, OldAge
from actuarial.pension.formulas import award_of
from actuarial.person import WorkYear
from actuarial.scheme import Scheme
from tests.pension.people import one
from tests.reference.small import small_basis

SERVICE = st.floats(0, 60)
RATES = st.floats(0, 0.05)
MONEY = st.floats(0, 1e5)


def year(amount):
    return {"value": amount, "per": "year"}


@st.composite
def formulas(draw):
    bands = draw(st.lists(st.tuples(st.integers(0, 40), RATES), min_size=1, max_size=4, unique_by=lambda b: b[0]))
    accrual = draw(st.one_of(RATES, st.just(tuple({"above": a, "rate": r} for a, r in sorted(bands)))))
    least, greatest = sorted(draw(st.tuples(st.floats(0, 1), st.floats(0, 1))))
    floor, ceiling = sorted(draw(st.tuples(MONEY, MONEY)))
    return FinalAverage(
        accrual=accrual,
        years=5,
        base_rate=draw(st.floats(0, 0.5)),
        base_years=draw(st.floats(0, 20)),
        completed_years=draw(st.booleans()),
        minimum=least,
        maximum=greatest,
        minimum_pension=year(floor),
        maximum_pension=year(ceiling),
    )


@given(formulas(), SERVICE, SERVICE)
def test_a_pension_never_falls_with_service_and_stays_within_its_limits(formula, a, b):
    short, long = sorted((a, b))
    shares = [float(formula.share(None, n)) for n in (short, long)]
    assert shares[0] <= shares[1] + 1e-12
    assert formula.minimum <= shares[0] <= formula.maximum


@given(formulas(), SERVICE, MONEY, MONEY)
def test_a_pension_never_falls_with_earnings_and_stays_within_its_limits(formula, service, a, b):
    pensions = []
    for earnings in sorted((a, b)):
        amount = formula.award(one(), service)
        pensions.append(float(np.clip(amount.rate * earnings, amount.floor, amount.ceiling)))
    assert pensions[0] <= pensions[1] * (1 + 1e-12)
    assert amount.floor <= pensions[0]
    assert pensions[1] <= amount.ceiling


def test_base_rate_and_completed_further_years():
    formula = FinalAverage(base_rate=0.20, base_years=15, accrual=0.015, completed_years=True, years=5)
    shares = {n: round(float(formula.share(None, n / 12)), 9) for n in (0, 180, 191, 192, 239, 240, 241)}
    assert shares == {0: 0.2, 180: 0.2, 191: 0.2, 192: 0.215, 239: 0.26, 240: 0.275, 241: 0.275}


def test_completed_years_survive_the_rounding_of_twelfths():
    formula = FinalAverage(accrual=0.01, completed_years=True, years=1)
    grid = np.arange(0, 721)
    shares = np.array([float(formula.share(None, n / 12.0)) for n in grid])
    assert np.allclose(shares, 0.01 * (grid // 12), rtol=0, atol=1e-15)


def test_bands_add_up():
    bands = (Band(above=0, rate=0.02), Band(above=10, rate=0.01), Band(above=30, rate=0.005))
    formula = FinalAverage(accrual=bands, years=5)
    shares = [round(float(formula.share(None, n)), 9) for n in (0, 5, 10, 20, 30, 40)]
    assert shares == [0, 0.10, 0.20, 0.30, 0.40, 0.45]


def test_a_first_band_that_starts_late_gives_nothing_before():
    formula = FinalAverage(accrual=(Band(above=10, rate=0.02),), years=5)
    assert [float(formula.share(None, n)) for n in (0, 10, 15)] == pytest.approx([0, 0, 0.1])


def test_bands_after_a_base_rate_count_from_their_own_service():
    bands = (Band(above=0, rate=0.02), Band(above=20, rate=0.01))
    formula = FinalAverage(base_rate=0.3, base_years=15, accrual=bands, years=5)
    assert float(formula.share(None, 25)) == pytest.approx(0.3 + 5 * 0.02 + 5 * 0.01)
    assert float(formula.share(None, 10)) == pytest.approx(0.3)


def test_bands_out_of_order_or_none_are_refused():
    for bands in ((), ({"above": 5, "rate": 0.1}, {"above": 5, "rate": 0.2})):
        with pytest.raises(BadScheme, match=r"FinalAverage.accrual: needs at least one band .* in the order of above"):
            FinalAverage(accrual=bands, years=5)
    with pytest.raises(BadScheme, match=r"accrual\[0\].rate: must be <= 1"):
        FinalAverage(accrual=({"above": 5, "rate": 2},), years=5)


def test_bands_may_move_with_the_law_but_not_past_each_other():
    bands = (Band(above=0, rate=0.02), Band(above=ramp({2025: 10, 2035: 20}), rate=0.01), Band(above=18, rate=0.0))
    formula = FinalAverage(accrual=bands, years=5)
    assert float(formula.share(one(year=2030), 16)) == pytest.approx(15 * 0.02 + 1 * 0.01)
    with pytest.raises(BadScheme, match="`above` must rise from band to band"):
        formula.share(one(year=2034), 16)


def test_a_minimum_above_the_maximum_is_refused():
    formula = FinalAverage(accrual=0.01, years=5, minimum=ramp({2025: 0.2, 2035: 0.4}), maximum=0.3)
    assert float(formula.share(one(year=2030), 0)) == pytest.approx(0.3)
    with pytest.raises(BadScheme, match=r"minimum lies above maximum \(0.32 against 0.3\)"):
        formula.share(one(year=2031), 0)


def test_flat_in_proportion_to_a_full_career():
    flat = Flat(amount={"value": 100, "per": "month"}, full_years=40)
    assert [flat.award(one(), n).exact(one()) for n in (0, 10, 40, 50)] == [0, 300, 1200, 1200]
    assert Flat(amount={"value": 100, "per": "month"}).award(one(), 1).exact(one()) == 1200


def test_several_formulas_add_up():
    parts = (Flat(amount=year(100)), FinalAverage(accrual=0.02, years=1))
    person = one(career=(WorkYear(2028, 12, 5_000),), scheme=None)
    amounts = award_of(parts, person, 10)
    assert [type(a.base) for a in amounts] == [str, Reference]


PAIRS = st.tuples(MONEY, MONEY)


@given(st.floats(0.001, 0.08), st.floats(1e3, 1e5), st.floats(0.05, 2.0), PAIRS, PAIRS)
def test_minimum_and_maximum_act_on_the_distribution(rate, mean, cv, pension, earnings):
    floor, ceiling = sorted(pension)
    low, high = sorted(earnings)
    amount = Amount(rate=rate * 20, floor=floor, ceiling=ceiling)
    expected = float(amount.expected(mean, cv, low, high))
    probability = (np.arange(40_000) + 0.5) / 40_000
    sigma = np.sqrt(np.log1p(cv**2))
    wages = mean * np.exp(sigma * ndtri(probability) - sigma**2 / 2)
    paid = np.clip(amount.rate * np.clip(wages, low, high), floor, ceiling)
    tail = amount.rate * min(mean, high) * 2e-3
    assert expected == pytest.approx(paid.mean(), rel=2e-3, abs=tail)
    assert floor * (1 - 1e-12) <= expected <= ceiling * (1 + 1e-12) or floor == ceiling


def test_a_minimum_raises_the_mean_although_the_mean_earner_is_above_it():
    amount = Amount(rate=0.5, floor=4_000)
    assert float(amount.expected(10_000, 0.8)) > 5_200
    assert float(amount.expected(10_000, 0.0)) == pytest.approx(5_000)


def test_an_amount_on_labels():
    rate = xr.DataArray([0.1, 0.2], dims="service")
    mean = xr.DataArray([100.0, 200.0, 300.0], dims="age")
    expected = Amount(rate=rate, ceiling=45.0).expected(mean, 0.0)
    by_hand = np.minimum(np.outer([100, 200, 300], [0.1, 0.2]), 45)
    assert expected.transpose("age", "service").values == pytest.approx(by_hand)


def test_a_share_of_an_amount_shares_its_limits():
    half = Amount(rate=0.5, floor=10.0, ceiling=100.0).times(0.5)
    assert (half.rate, half.floor, half.ceiling, half.multiple) == (0.5, 10.0, 100.0, 0.5)
    assert [float(half.expected(mean, 0.0)) for mean in (10.0, 100.0, 900.0)] == [5.0, 25.0, 50.0]
    assert float(Amount(rate=0.5).times(0.0).expected(100.0, 0.5)) == 0.0


def test_a_base_that_is_no_base_is_refused():
    text = "base 'earnings' is unknown; give a Reference, an Account or one of currency, average_wage"
    with pytest.raises(BadInput, match=text):
        Amount(rate=1, base="earnings")


def test_dated_limits_of_a_pension():
    formula = FinalAverage(accrual=0.02, years=1, minimum_pension={"2025": 100, "2030": 150, "per": "month"})
    assert formula.minimum_pension.value == step({2025: 100, 2030: 150})
    assert formula.award(one(year=2031), 10).floor == 1800


@pytest.mark.parametrize(
    ("spans", "months", "counted"),
    [
        ({"completed_years": True}, 227, 216),
        ({"completed_months": 6}, 227, 222),
        ({"completed_months": 3}, 227, 225),
        ({"completed_months": 3}, 228, 228),
        ({"completed_years": True, "counts_from_months": 6}, 221, 216),
        ({"completed_years": True, "counts_from_months": 6}, 222, 228),
        ({"completed_months": 6, "counts_from_months": 3}, 225, 228),
        ({"completed_months": 600 / 52}, 12 * 50 * 18 / 52, 12 * 50 * 18 / 52),
        ({"completed_months": 600 / 52}, 12 * 50 * 18 / 52 + 11, 12 * 50 * 18 / 52),
    ],
)
def test_only_completed_spans_of_service_count(spans, months, counted):
    """30% for 10 years and 1.5% for each further one, of a person with so many months."""
    formula = FinalAverage(base_rate=0.3, base_years=0, accrual=0.015, years=5, **spans)
    law = Scheme(name="S", currency="LTD", benefits=(OldAge(retirement_age=60, qualifying_years=10, formula=formula),))
    person = {"event": "retirement", "sex": "male", "born": 1960, "leaves": 2025, "earnings": 12_000}
    due = person_benefits(law, months=months, **person)["old_age"]
    assert due.per_month == pytest.approx((0.3 + 0.015 * counted / 12) * 1_000, rel=1e-12)
    other = ByEarnings(years=5, brackets=[{"base_rate": 0.3, "accrual": 0.015}], **spans)
    assert other.award(None, months / 12)[0].rate == pytest.approx(0.3 + 0.015 * counted / 12, rel=1e-12)


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        ({"completed_years": True, "completed_months": 6}, "has completed_years and completed_months; give one"),
        ({"counts_from_months": 6}, "counts_from_months must lie within"),
        ({"completed_months": 3, "counts_from_months": 6}, "counts_from_months must lie within"),
        ({"completed_months": 0}, "completed_months: must be > 0"),
    ],
)
def test_wrong_spans_are_told(spans, said):
    for made in (FinalAverage, CareerAverage):
        with pytest.raises(BadScheme, match=said):
            made(accrual=0.01, **({"years": 5} if made is FinalAverage else {}), **spans)


def test_completed_spans_of_a_cohort_are_means_over_its_months():
    """On the grid of months each cell as a person; on that of years the mean of members around it."""
    basis = small_basis().isel(year=slice(0, 3))
    service = xr.DataArray(np.arange(0, 481), dims="service", coords={"service": np.arange(481)})
    formula = FinalAverage(accrual=0.02, years=5, completed_months=6, counts_from_months=3)
    law = Scheme(name="S", currency="LTD", benefits=(OldAge(retirement_age=60, qualifying_years=0, formula=formula),))
    (unit,) = {id(a.unit): a.unit for c in law_on_grid(law, basis, service).claims for a in c.amounts}.values()
    expected = 0.02 * np.floor((service.values + 3) / 6) / 2
    np.testing.assert_allclose(unit.rate.rows[0], expected, rtol=1e-12, atol=1e-15)
