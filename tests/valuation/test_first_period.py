"""Reserves and rates after a first period that is a part of a year: closed forms, and rates rolled forward."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from actuarial.errors import BadInput
from actuarial.valuation import (
    ReserveRatio,
    Solvent,
    critical_years,
    level_rate,
    lowest_rate,
    rate_sensitivity,
    roll_reserve,
    scaled_premium,
    steady_rate,
    summarized_rates,
)
from actuarial.valuation.series import of_period

PHI = 184 / 365
YEARS = 30
LENGTHS = np.array([PHI, *np.ones(YEARS - 1)])
OUTGO = np.linspace(80.0, 260.0, YEARS) * LENGTHS
EARNINGS = np.linspace(1000.0, 1500.0, YEARS) * LENGTHS
OTHER = 3.0 * LENGTHS
INTEREST = np.linspace(0.06, 0.03, YEARS)


def rolled(contributions, timing=0.5, within_year="compound"):
    """The reserve by a plain loop, 150 to begin with."""
    reserve, path = 150.0, []
    for t, length in enumerate(LENGTHS):
        earned = (1.0 + INTEREST[t]) ** length - 1.0
        worth = (1.0 + earned) ** (1.0 - timing) if within_year == "compound" else 1.0 + (1.0 - timing) * earned
        reserve = reserve * (1.0 + earned) + (contributions[t] + OTHER[t] - OUTGO[t]) * worth
        path.append(reserve)
    return np.array(path)


@pytest.mark.parametrize(("timing", "within_year"), [(0.5, "compound"), (0.25, "simple"), (1.0, "compound")])
def test_reserve_equals_the_plain_loop(timing, within_year):
    options = {"reserve": 150.0, "other_income": OTHER, "timing": timing, "within_year": within_year}
    found = roll_reserve(0.1 * EARNINGS, OUTGO, INTEREST, first_period=PHI, **options)
    path = rolled(0.1 * EARNINGS, timing, within_year)
    assert_allclose(found["reserve"], path, rtol=1e-12)
    assert_allclose(found["reserve_ratio"], path / (OUTGO / LENGTHS), rtol=1e-12)
    assert_allclose(found["trust_fund_ratio"], [150.0, *path[:-1]] / (OUTGO / LENGTHS), rtol=1e-12)
    gained = np.diff([150.0, *path]) - (0.1 * EARNINGS + OTHER - OUTGO)
    assert_allclose(found["investment_income"], gained, rtol=1e-9)
    years = critical_years(0.1 * EARNINGS, OUTGO, INTEREST, first_period=PHI, **options)
    assert float(years["year_reserve_exhausted"]) == 1 + np.argmax(path < 0)


def test_constant_flows_are_the_integral_of_a_continuous_fund():
    """Of 1 a year, paid evenly, V(s) = e^(d s) + (e^(d s) - 1)/d; payments at mid-period miss it by (d phi)^2/24."""
    force, spans = np.log(1.04), np.array([PHI, 1.0, 1.0, 1.0])
    found = roll_reserve(spans, 0.0 * spans, 0.04, reserve=1.0, first_period=PHI)["reserve"].values
    passed = np.cumsum(spans)
    assert_allclose(found, np.exp(force * passed) + np.expm1(force * passed) / force, rtol=force**2 / 24)
    exact = 1.0
    for span, value in zip(spans, found, strict=True):
        exact = exact * np.exp(force * span) + span * np.exp(force * span / 2)
        assert value == pytest.approx(exact, rel=1e-14)


@pytest.mark.parametrize("options", [{"timing": 0.5}, {"timing": 0.3, "within_year": "simple"}])
@pytest.mark.parametrize("aim", [{"target": 0.0}, {"target": 2.0, "target_of": "last"}])
def test_level_rate_rolled_forward_hits_its_target(options, aim):
    common = {"reserve": 150.0, "other_income": OTHER, "first_period": PHI, **options}
    rate = float(level_rate(OUTGO, EARNINGS, INTEREST, **aim, **common))
    path = rolled(rate * EARNINGS, **options)
    assert path[-1] == pytest.approx(aim["target"] * OUTGO[-1], abs=1e-8)
    solved = summarized_rates(rate * EARNINGS, OUTGO, EARNINGS, INTEREST, **(aim | common))
    assert float(solved["actuarial_balance"]) == pytest.approx(0.0, abs=1e-3 if "within_year" in options else 1e-12)
    missed = level_rate(OUTGO, EARNINGS, INTEREST, **aim, **(common | {"first_period": 1.0}))
    assert abs(float(missed) - rate) > 1e-4


@pytest.mark.parametrize("last", [1, 2])
def test_a_target_in_years_of_outgo_means_whole_years(last):
    """Of a horizon that ends with the part of a year, and of one whose next outgo is extrapolated from it."""
    of = {"last_year": last, "target": 2.0, "reserve": 150.0, "first_period": PHI}
    rate = float(level_rate(OUTGO[:2], EARNINGS[:2], 0.05, target_of="last", **of))
    end = roll_reserve(rate * EARNINGS[:2], OUTGO[:2], 0.05, reserve=150.0, first_period=PHI)["reserve_ratio"]
    assert float(end[last - 1]) == pytest.approx(2.0, rel=1e-12)
    if last == 2:
        rate = float(level_rate(OUTGO[:2], EARNINGS[:2], 0.05, **of))
        end = roll_reserve(rate * EARNINGS[:2], OUTGO[:2], 0.05, reserve=150.0, first_period=PHI)["reserve"]
        assert float(end[1]) == pytest.approx(2.0 * OUTGO[1] ** 2 / (OUTGO[0] / PHI), rel=1e-12)


def test_durations_count_from_the_date():
    found = rate_sensitivity(OUTGO, EARNINGS, INTEREST, reserve=150.0, first_period=PHI)
    force, step = np.log1p(INTEREST), 1e-6
    up, down = (
        float(level_rate(OUTGO, EARNINGS, np.expm1(force + shift), reserve=150.0, first_period=PHI))
        for shift in (step, -step)
    )
    assert float(found["level_rate_slope"]) == pytest.approx((up - down) / (2 * step), rel=1e-6)
    only = np.array([1.0, 0.0, 0.0])
    one = rate_sensitivity(only, np.roll(only, 1), 0.05, first_period=PHI)
    assert float(one["duration_outgo"]) == pytest.approx(PHI / 2, rel=1e-12)
    assert float(one["duration_earnings"]) == pytest.approx(PHI + 0.5, rel=1e-12)


def test_rates_under_conditions_keep_them():
    common = {"reserve": 150.0, "other_income": OTHER, "first_period": PHI}
    rate = float(lowest_rate(OUTGO, EARNINGS, INTEREST, conditions=[ReserveRatio(at_least=1.0, years=1)], **common))
    assert rolled(rate * EARNINGS)[0] / (OUTGO[0] / PHI) == pytest.approx(1.0, rel=1e-12)
    rate = float(lowest_rate(OUTGO, EARNINGS, INTEREST, conditions=[Solvent()], **common))
    assert rolled(rate * EARNINGS).min() == pytest.approx(0.0, abs=1e-8)
    rate = float(steady_rate(OUTGO, EARNINGS, INTEREST, years=(1, 20), **common))
    ratios = rolled(rate * EARNINGS) / (OUTGO / LENGTHS)
    assert ratios[0] == pytest.approx(ratios[19], rel=1e-10)
    steps = scaled_premium(OUTGO, EARNINGS, INTEREST, control_period=10, **common)
    path = rolled(steps["scaled_premium"].values * EARNINGS)
    assert_allclose(steps["reserve"], path, rtol=1e-10)
    assert np.diff([150.0, *path]).reshape(3, 10).min(axis=1) == pytest.approx([0.0, 0.0, 0.0], abs=1e-8)


def test_a_whole_first_year_changes_no_bit():
    interest = np.array([0.05, 0.04])
    assert of_period(interest, 1.0) is interest
    plain, same = (roll_reserve(OUTGO, EARNINGS, INTEREST, reserve=1.0, **more) for more in ({}, {"first_period": 1.0}))
    assert all(np.array_equal(plain[name], same[name]) for name in plain)


@pytest.mark.parametrize("length", [0.0, -0.5, 1.5, float("nan")])
def test_a_first_period_is_a_part_of_a_year(length):
    with pytest.raises(BadInput, match=r"^first_period must be a part of a year, above 0 and at most 1, but it is"):
        roll_reserve(OUTGO, EARNINGS, INTEREST, reserve=1.0, first_period=length)


def test_growth_after_a_part_of_a_year_has_no_base():
    with pytest.raises(BadInput, match=r"^tail_growth: the flows that grow are those of a whole year"):
        level_rate(OUTGO[:1], EARNINGS[:1], 0.05, tail_growth=0.02, first_period=PHI)
    endless = level_rate(OUTGO[:2], EARNINGS[:2], 0.05, tail_growth=0.02, first_period=PHI)
    grown = 1.02 ** np.arange(1500)
    flows = [np.concatenate([flow[:1], flow[1] * grown]) for flow in (OUTGO, EARNINGS)]
    assert float(endless) == pytest.approx(float(level_rate(*flows, 0.05, first_period=PHI)), rel=1e-9)
