"""Financial systems: each against the roll of its reserve, terminal and full funding against what they promise."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from actuarial.errors import BadInput
from actuarial.valuation import (
    annuity_value,
    capital_value,
    full_funding,
    level_rate,
    partial_funding,
    payg_rate,
    reserve_ratio_system,
    roll_reserve,
    terminal_funding,
)
from tests.oracle import finance as oracle
from tests.valuation.data import EARNINGS, INTEREST, OUTGO, PAYG, histories, timings

W, O = np.array(EARNINGS), np.array(OUTGO)
AGES = np.arange(60, 71)


def by_year(values, first=2025):
    values = np.asarray(values, dtype=float)
    return xr.DataArray(values, dims="year", coords={"year": first + np.arange(len(values))})


def table(seed, years=12):
    """Continuance by year, sex and age that ends nowhere before the open age."""
    draw = np.random.default_rng(seed)
    chances = np.sort(draw.uniform(0.3, 1.0, (years, 2, len(AGES))), axis=2)[..., ::-1]
    coords = {"year": 2025 + np.arange(years), "sex": ["male", "female"], "age": AGES}
    return xr.DataArray(chances, dims=tuple(coords), coords=coords)


def follow(mass, chances, growth, awards):
    """Pensions in payment on each 31 December, by a loop over cells; awards (year, sex, age) join them then."""
    path = [mass]
    for t, entering in enumerate(awards):
        now = np.array(entering)
        for s in range(2):
            for x in range(len(AGES)):
                now[s, min(x + 1, len(AGES) - 1)] += path[-1][s, x] * chances[t, s, x] * (1 + growth[t])
        path.append(now)
    return np.array(path)


# --- pay-as-you-go, reserve ratio, partial funding --------------------------------------------------------------------


def test_without_a_reserve_pay_as_you_go_is_the_cost_rate():
    found = payg_rate(O, W, interest=INTEREST)
    np.testing.assert_allclose(found.contribution_rate, PAYG, rtol=1e-13)
    np.testing.assert_array_equal(found.reserve, 0.0)


def test_without_interest_the_change_of_the_reserve_is_added_to_outgo():
    outgo, other = np.array([10.0, 12.0, 9.0]), np.array([1.0, 0.0, 2.0])
    found = payg_rate(outgo, np.full(3, 100.0), other_income=other, reserve_ratio=0.5, reserve=3.0)
    np.testing.assert_allclose(found.contribution_rate, [0.11, 0.13, 0.055], rtol=1e-13)


@given(histories(low=-0.05, high=0.1), timings, st.floats(0.0, 3.0))
def test_the_contingency_reserve_is_kept_every_year(history, tau, years_of_outgo):
    names = ("outgo", "earnings", "contributions", "interest")
    outgo, earnings, other, interest = (np.array(history[name]) for name in names)
    settings = {"reserve": history["reserve"], "other_income": other, "timing": {"contributions": tau, "outgo": 0.25}}
    found = payg_rate(outgo, earnings, interest=interest, reserve_ratio=years_of_outgo, **settings)
    rolled = roll_reserve(found.contribution_rate * earnings, outgo, interest, **settings)
    size = 1e-11 * (abs(history["reserve"]) + outgo.sum() + other.sum() + 1) * 1.1 ** len(outgo)
    np.testing.assert_allclose(rolled.reserve, years_of_outgo * outgo, rtol=0, atol=size)
    np.testing.assert_allclose(found.reserve, years_of_outgo * outgo, rtol=1e-14)


@given(histories(low=0.0, high=0.1), timings, st.integers(1, 6), st.floats(0.0, 3.0))
def test_every_period_of_the_reserve_ratio_system_is_a_level_rate_with_a_target(history, tau, period, years_of_outgo):
    outgo, interest = np.array(history["outgo"]), np.array(history["interest"])
    earnings = np.array(history["earnings"]) + 100
    found = reserve_ratio_system(
        outgo,
        earnings,
        interest,
        reserve_ratio=years_of_outgo,
        control_period=period,
        reserve=history["reserve"],
        timing=tau,
    )
    opening = history["reserve"]
    for start in range(0, len(outgo), period):
        part = slice(start, start + period)
        target = years_of_outgo * outgo[part][-1]
        rate = oracle.level_rate(outgo[part], earnings[part], interest[part], opening, target, tau)
        np.testing.assert_allclose(found.contribution_rate[part], rate, rtol=1e-8, atol=1e-8)
        opening = target
    last = float(found.reserve[-1])
    assert last == pytest.approx(target, abs=1e-9 * (abs(history["reserve"]) + outgo.sum()) * 1.1 ** len(outgo))


def test_the_reserve_is_the_given_share_of_the_liability_at_the_end_of_each_period():
    liability = 3000 * 1.05 ** np.arange(60)
    found = partial_funding(O, W, INTEREST, liability=liability, share=0.4, control_period=15, reserve=500.0)
    ends = [15, 30, 45, 60]
    np.testing.assert_allclose(found.degree_of_funding.sel(year=ends), 0.4, rtol=1e-12)
    rolled = roll_reserve(found.contribution_rate * W, O, INTEREST, reserve=500.0).reserve
    np.testing.assert_allclose(rolled, found.reserve, rtol=1e-11)
    np.testing.assert_allclose(found.degree_of_funding, rolled / liability, rtol=1e-11)
    assert len(np.unique(found.contribution_rate)) == 4
    none = partial_funding(O, W, INTEREST, liability=liability, share=0.0, control_period=60)
    assert float(none.contribution_rate[0]) == pytest.approx(0.10834287, abs=5e-9)


# --- annuities and capital values ------------------------------------------------------------------------------------


@pytest.mark.parametrize("early", [0.0, 0.5, 1.0])
def test_annuities_follow_a_life_along_the_diagonal_of_the_table(early):
    chances, draw = table(1), np.random.default_rng(2)
    interest, growth = draw.uniform(0.01, 0.08, 12), draw.uniform(-0.01, 0.05, 12)
    found = annuity_value(chances, by_year(interest), indexation=by_year(growth), indexation_time=early)
    assert found.dims == ("year", "sex", "age")
    assert found.year.values.tolist() == list(range(2024, 2037))
    for start in (0, 5, 11, 12):
        rest = [chances.values[min(t, 11), 1].tolist() for t in range(start, max(start + 1, 12))]
        later = [list(values[min(start, 11) :]) for values in (interest, growth)]
        for age in (60, 66, 70):
            expected = oracle.annuity(rest, *later, 1 - 2 * early, age - 60)
            one = float(found.sel(year=2024 + start, sex="female", age=age))
            assert one == pytest.approx(expected, rel=1e-11)


def test_an_annuity_certain_has_its_closed_form():
    """Ten years for certain: ten payments at mid-year and half a one after them, as the stock leaves at 31 December."""
    chances = table(1).copy(data=np.broadcast_to(np.where(AGES < 70, 1.0, 0.0), (12, 2, 11)))
    found = annuity_value(chances, 0.04)
    v = 1 / 1.04
    expected = (1 - v**10) / 0.04 * 1.04**0.5 + v**10.5 / 2
    assert float(found.sel(year=2024, sex="male", age=60)) == pytest.approx(expected, rel=1e-13)


def test_scenarios_of_interest_have_annuities_of_their_own():
    interest = xr.DataArray([0.02, 0.05], dims="scenario", coords={"scenario": ["low", "high"]})
    both = annuity_value(table(3), interest)
    for name, rate in (("low", 0.02), ("high", 0.05)):
        np.testing.assert_allclose(both.sel(scenario=name), annuity_value(table(3), rate), rtol=1e-14)


@pytest.mark.parametrize("early", [0.0, 0.5])
def test_terminal_funding_holds_the_value_of_the_pensions_in_payment(early):
    """Interest, indexation and tables that change from year to year, pensions of the valuation date among them."""
    chances, draw = table(4), np.random.default_rng(5)
    interest, growth = draw.uniform(0.0, 0.08, 12), draw.uniform(0.0, 0.05, 12)
    awards = chances.copy(data=draw.uniform(0.0, 50.0, chances.shape))
    mass = follow(draw.uniform(0.0, 200.0, (2, 11)), chances.values, growth, awards.values)
    starts = mass[:-1].sum(axis=(1, 2)) * (1 + (1 - 2 * early) * growth)
    payments = (starts + mass[1:].sum(axis=(1, 2))) / 2
    annuity = annuity_value(chances, by_year(interest), indexation=by_year(growth), indexation_time=early)
    capital = capital_value(awards, annuity, by_year(interest))
    worth = (mass * annuity.values).sum(axis=(1, 2))
    found = terminal_funding(capital, by_year(payments), 5000.0, by_year(interest), reserve=worth[0])
    np.testing.assert_allclose(found.reserve, worth[1:], rtol=1e-12)
    np.testing.assert_allclose(found.contribution_rate, capital / 5000.0, rtol=1e-14)
    by_hand = [np.sum(awards[t] * (0.5 + annuity[t + 1] / (1 + interest[t]) ** 0.5)) for t in range(12)]
    np.testing.assert_allclose(capital, by_hand, rtol=1e-12)


# --- a scheme of like cohorts: terminal and full funding --------------------------------------------------------------

GROWTH, RETURN, CAREER, YEARS = 0.025, 0.045, 30, 150


def cohort():
    """Earnings and pensions of one generation by year since its entry, and pensions in payment at the ends of years."""
    alive = np.cumprod(np.where(np.arange(80) < CAREER, 0.995, 0.93 - 0.004 * np.maximum(np.arange(80) - CAREER, 0)))
    number = np.concatenate([[1.0], alive])
    wage = 100 * 1.01 ** np.arange(81)
    working = np.where(np.arange(81) < CAREER, number, 0.0)
    last = np.where(np.arange(81) == CAREER, number, 0.0)  # they retire on that 31 December
    earnings = (working[:-1] + working[1:] + last[1:]) / 2 * wage[1:]
    mass = np.where(np.arange(81) >= CAREER, number, 0.0) * 0.5 * wage[CAREER]
    return earnings, (mass[:-1] + mass[1:]) / 2, mass


def of_all_cohorts(flow):
    """Sum over generations that enter at the ends of years 0, 1, ..., each larger and richer than the one before."""
    size = (1 + GROWTH) ** np.arange(YEARS)
    return np.convolve(size, flow)[:YEARS]


@pytest.fixture(scope="module")
def funded():
    earnings, outgo, mass = cohort()
    normal = float(level_rate(outgo, earnings, RETURN))
    flows = (of_all_cohorts(outgo), of_all_cohorts(earnings), RETURN)
    full = full_funding(*flows, normal_cost=normal)
    chances = np.divide(mass[1:], mass[:-1], out=np.zeros(80), where=mass[:-1] > 0)
    ages = np.arange(80)
    coords = {"year": np.arange(1, YEARS + 1), "age": ages}
    stays = xr.DataArray(np.broadcast_to(chances, (YEARS, 80)), dims=tuple(coords), coords=coords)
    new = np.where(ages == CAREER, mass[:80], 0.0)
    size = np.array([(1 + GROWTH) ** (t - CAREER) if t >= CAREER else 0.0 for t in range(1, YEARS + 1)])
    awards = xr.DataArray(size[:, None] * new, dims=tuple(coords), coords=coords)
    capital = capital_value(awards, annuity_value(stays, RETURN), RETURN)
    return flows, normal, full, terminal_funding(capital, *flows)


def test_full_funding_holds_what_later_contributions_do_not_pay(funded):
    """The reserve is the value of all later benefits of those who entered less that of their later normal costs."""
    earnings, outgo, _ = cohort()
    normal, full = funded[1], funded[2]
    pay = RETURN * np.ones(80)
    for year in (20, 60, 149):
        owed = 0.0
        for entered in range(year):
            rest = slice(year - entered, None)
            if year - entered < 80:
                later = [oracle.present_value(list(flow[rest]), list(pay[rest]), 0.5) for flow in (outgo, earnings)]
                owed += (1 + GROWTH) ** entered * (later[0] - normal * later[1])
        assert float(full.reserve.sel(year=year)) == pytest.approx(owed, rel=1e-9)


def test_terminal_funding_lies_between_pay_as_you_go_and_full_funding(funded):
    flows, _, full, terminal = funded
    mass = of_all_cohorts(cohort()[2][1:])
    assert np.all(terminal.reserve.values[mass > 0] > 0)
    assert np.all(terminal.reserve.values >= -1e-9)
    assert np.all(full.reserve > terminal.reserve)
    payg = payg_rate(flows[0], flows[1]).contribution_rate
    mature = {"full": full, "terminal": terminal}
    rates = [float(mature[name].contribution_rate[-1]) for name in mature] + [float(payg[-1])]
    assert rates == sorted(rates)
    assert len(set(rates)) == 3


def test_the_initial_deficit_is_amortised(funded):
    flows, normal, full, _ = funded
    given_ = {"normal_cost": normal, "reserve": 100.0}
    found = full_funding(*flows, liability=400.0, amortisation_years=15, **given_)
    extra = (found.contribution_rate - normal).values
    assert np.ptp(extra[:15]) == pytest.approx(0.0, abs=1e-15)
    np.testing.assert_array_equal(extra[15:], 0.0)
    assert float(found.reserve[14]) == pytest.approx(float(full.reserve[14]) + 400 * (1 + RETURN) ** 15, rel=1e-12)
    surplus = full_funding(*flows, liability=0.0, amortisation_years=15, **given_)
    assert float(surplus.contribution_rate[0]) < normal


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: payg_rate(O, np.where(W > 1100, W, 0.0)), "earnings are zero in 3 of 60 years, the first is 1"),
        (lambda: terminal_funding(O, O, np.zeros(60), 0.03), "earnings are zero in 60 of 60 years, the first is 1"),
        (lambda: partial_funding(O, W, 0.03, liability=O, share=40), r"share must lie between 0 \(no reserve\) and 1"),
        (lambda: partial_funding(O, W, 0.03, liability=O, share=0.4, control_period=0), "control_period must be"),
        (lambda: full_funding(O, W, 0.03, normal_cost=0.1, amortisation_years=61), "must be whole, between 1 and 60"),
        (lambda: full_funding(O, 0.0, 0.03, normal_cost=0.1), "earnings from 1 to 20 are zero"),
        (lambda: annuity_value(by_year([0.9]), 0.03), "continuance must have the dimension age, but it has year"),
        (lambda: annuity_value(1.5 * table(1), 0.03), "continuance must lie between 0 and 1; "),
        (lambda: annuity_value(table(1), -1.0), "interest and indexation must lie above -1"),
        (lambda: annuity_value(0 * table(1) + 1.0, 0.0), "The value at the open age is infinite"),
        (lambda: annuity_value(table(1), by_year(np.ones(12), 2030)), "interest runs over 2030-2041, but 2025-2036 is"),
        (
            lambda: capital_value(table(1), annuity_value(table(1), 0.0).isel(year=slice(3, None)), 0.0),
            "annuity runs over 2028-2036, but 2025-2036 is needed",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(call, text):
    with pytest.raises(BadInput, match=text):
        call()
