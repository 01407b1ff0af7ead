"""Rates, reserves and accounts found again by loops and scans that share nothing with the library."""

import math

import numpy as np
import pytest
import xarray as xr

from actuarial.errors import BadBasis, BadInput
from actuarial.valuation import (
    NotFalling,
    ReserveRatio,
    Solvent,
    decompose,
    full_funding,
    level_rate,
    lowest_rate,
    partial_funding,
    roll_reserve,
    steady_rate,
    stepped_rates,
)
from actuarial.valuation.finance import project_finance
from tests.valuation import scheme_data as made

FIRST, SIZE, OPENING, OTHER = 2021, 66, 700.0, 4.0
TIMING = {"contributions": 0.4, "outgo": 0.7, "other_income": 0.1}
FLOW_WORDS = ("contributions", "outgo", "other_income")


def noise(seed, low, high):
    """Numbers of a linear congruence, the same on every machine."""
    state, found = seed, []
    for _ in range(SIZE):
        state = (1103515245 * state + 12345) % 2**31
        found.append(low + (high - low) * state / 2**31)
    return found


INTEREST = noise(3, 0.0, 0.06)
OUTGO = [100 * math.exp(0.045 * t + wave) for t, wave in enumerate(noise(4, -0.04, 0.04))]
EARNINGS = [1000 * math.exp(0.03 * t + wave) for t, wave in enumerate(noise(5, -0.03, 0.03))]
YEARS = range(FIRST, FIRST + SIZE)


def series(values):
    return xr.DataArray(np.array(values), dims="year", coords={"year": list(YEARS)})


PLAIN = tuple(map(series, (OUTGO, EARNINGS, INTEREST)))


def rolled(rates, within="compound", opening=OPENING):
    """Reserves of 31 December under a rate of every year, by hand."""
    reserves, reserve = [], opening
    for rate, spent, paid_on, i in zip(rates, OUTGO, EARNINGS, INTEREST, strict=True):
        def worth(word, i=i):
            left = 1 - TIMING[word]
            return (1 + i) ** left if within == "compound" else 1 + left * i

        reserve += reserve * i
        reserve += rate * paid_on * worth("contributions") + OTHER * worth("other_income") - spent * worth("outgo")
        reserves.append(reserve)
    return reserves


@pytest.mark.parametrize("within", ["compound", "simple"])
@pytest.mark.parametrize("outgo_of", ["same", "next"])
def test_under_the_steady_rate_a_rolled_reserve_has_the_same_ratio_twice(within, outgo_of):
    settings = {"reserve": OPENING, "other_income": OTHER, "timing": TIMING, "within_year": within}
    rate = steady_rate(*PLAIN, first_year=2024, rate_before=0.08, outgo_of=outgo_of, **settings)
    assert rate.attrs["same_ratio_in"] == (2033, 2083)
    reserves = rolled([0.08] * 3 + [float(rate)] * (SIZE - 3), within)
    later = 1 if outgo_of == "next" else 0
    ratios = [reserves[year - FIRST] / OUTGO[year - FIRST + later] for year in (2033, 2083)]
    assert ratios[0] == pytest.approx(ratios[1], rel=1e-9)


def keeps_solvent(reserves):
    return all(reserve >= 0 for reserve in reserves)


def keeps_rising(reserves):
    return all(later >= sooner for sooner, later in zip([OPENING, *reserves], reserves, strict=False))


def keeps_two_years(reserves):
    return reserves[2060 - FIRST] >= 2.5 * OUTGO[2060 - FIRST]


CASES = [
    ([Solvent()], keeps_solvent),
    ([NotFalling()], keeps_rising),
    ([ReserveRatio(at_least=2.5, years=2060)], keeps_two_years),
    (
        [NotFalling(last=10)],
        lambda found: all(found[-k] >= found[-k - 1] for k in range(1, 11)),
    ),
    (
        [Solvent(), ReserveRatio(at_least=1.0, last=3)],
        lambda found: keeps_solvent(found) and all(found[-k] >= OUTGO[-k] for k in (1, 2, 3)),
    ),
]


@pytest.mark.parametrize(("conditions", "kept"), CASES)
def test_the_lowest_rate_is_where_a_scan_first_keeps_the_conditions(conditions, kept):
    rate = float(lowest_rate(*PLAIN, conditions=conditions, reserve=OPENING, other_income=OTHER, timing=TIMING))
    step = 1e-3
    scanned = next(k * step for k in range(1000) if kept(rolled([k * step] * SIZE)))
    assert scanned - step < rate <= scanned
    assert kept(rolled([rate + 1e-9] * SIZE))
    assert not kept(rolled([rate - 1e-9] * SIZE))


def by_the_rule(*, lag, period, unit, greatest, initial):
    """Rates by the rule in words: hold, look at the year, raise to the least multiple that keeps the next years."""
    rates, reserves = [], []

    def continued(rate, years):
        return rolled([*rates, *[rate] * years, *[0.0] * (SIZE - len(rates) - years)])[: len(rates) + years]

    def rising(rate, years):
        path = [OPENING, *continued(rate, years)]
        return all(b >= a - 1e-7 for a, b in zip(path[-years - 1 :], path[-years:], strict=False))

    for place in range(SIZE):
        held = rates[-1] if rates else initial
        ahead = min(period, SIZE - place)

        if place >= lag and not rising(held, 1):
            count = next(k for k in range(10_000) if rising(k * unit, ahead))
            held = min(count * unit, math.floor((held + greatest) / unit + 1e-6) * unit)
        rates.append(held)
        reserves = continued(held, 0)
    return rates, reserves


@pytest.mark.parametrize(("lag", "greatest"), [(0, 0.9), (5, 0.9), (5, 0.01)])
def test_event_driven_rates_follow_the_rule_in_words(lag, greatest):
    setting = {"control_period": 7, "maximum_step": greatest, "approval_lag": lag, "initial_rate": 0.075}
    found = stepped_rates(
        *PLAIN,
        conditions=[NotFalling()],
        event_driven=True,
        rounding=0.0025,
        reserve=OPENING,
        other_income=OTHER,
        timing=TIMING,
        **setting,
    )
    rates, _ = by_the_rule(lag=lag, period=7, unit=0.0025, greatest=greatest, initial=0.075)
    np.testing.assert_allclose(found.contribution_rate, rates, rtol=0, atol=1e-12)
    assert len(set(np.round(rates, 6))) > 3
    reserves = rolled(rates)
    np.testing.assert_allclose(found.reserve, reserves, rtol=1e-9)
    kept = [b >= a - 1e-7 for a, b in zip([OPENING, *reserves], reserves, strict=False)]
    np.testing.assert_array_equal(found.condition_kept, kept)


def test_a_flow_at_half_of_a_part_of_a_year():
    """From 30 September: a quarter of a year, whose flows fall after an eighth of one."""
    phi, i, outgo, earnings = 0.25, [0.08, 0.05], [30.0, 130.0], [200.0, 900.0]
    rolled_on = roll_reserve(np.zeros(2), np.array(outgo), np.array(i), reserve=500.0, first_period=phi)
    first = 500 * 1.08**phi - 30 * 1.08 ** (phi / 2)
    second = first * 1.05 - 130 * 1.05**0.5
    np.testing.assert_allclose(rolled_on.reserve, [first, second], rtol=1e-13)
    assert float(rolled_on.investment_income[0]) == pytest.approx(first - 500 + 30, rel=1e-12)
    values = [1.08 ** (-phi / 2), 1.08**-phi * 1.05**-0.5]
    spent, paid_on = (sum(v * x for v, x in zip(values, flow, strict=True)) for flow in (outgo, earnings))
    rate = level_rate(np.array(outgo), np.array(earnings), np.array(i), reserve=40.0, first_period=phi)
    assert float(rate) == pytest.approx((spent - 40) / paid_on, rel=1e-13)


def accounts(**lines):
    """Accounts of the first year of the small scheme, by scenario where a line has two numbers."""
    values = np.array([np.broadcast_to(value, 2) for value in lines.values()]).T[:, None, :]
    coords = {"scenario": ["low", "high"], "account_year": [made.YEARS[0]], "account_line": list(lines)}
    return xr.DataArray(values, dims=tuple(coords), coords=coords)


def test_implied_return_with_simple_interest_and_a_timing_by_flow_in_two_scenarios():
    """V1 = V0 (1+i) + sum of F (1 + (1-tau) i) is linear in i: i = (V1 - V0 - sum F) / (V0 + sum (1-tau) F)."""
    lines = (made.member(), made.member("treasury", "state", 0.02))
    funding = made.Funding(timing=TIMING, within_year="simple")
    scheme = made.scheme(*lines, funding=funding)
    plain = made.basis()
    wages = xr.DataArray([1.0, 1.1], dims="scenario", coords={"scenario": ["low", "high"]})
    goal = np.array([52e3, 61e3])
    basis = plain.assign(
        interest_rate=plain["interest_rate"] + 0.01 * wages,
        audited_accounts=accounts(reserve=goal, administration=[900.0, 950.0], contributions=[30e3, 31e3]),
    )
    found = project_finance(made.insured(), made.pensions(), basis, scheme).isel(year=0)
    flows = {
        "contributions": found["contributions"],
        "other_income": found["state_income"],
        "outgo": -found["outgo"],
    }
    net = sum(flows.values())
    weighted = sum((1 - TIMING[word]) * flows[word] for word in FLOW_WORDS)
    np.testing.assert_allclose(found["contributions"], [30e3, 31e3], rtol=1e-12)
    np.testing.assert_allclose(found["administration"], [900, 950], rtol=1e-12)
    np.testing.assert_allclose(found["reserve"], goal, rtol=1e-12)
    by_hand = (goal - made.OPENING - net) / (made.OPENING + weighted)
    np.testing.assert_allclose(found["interest_rate"], by_hand, rtol=1e-9)
    np.testing.assert_allclose(found["investment_income"], goal - made.OPENING - net, rtol=1e-9)


def test_a_fund_with_nothing_to_earn_on_keeps_its_assumed_return():
    """Income pays for outgo and there is no reserve: every return leads to the audited one."""
    outgo = float(made.EXPENDITURE[0].sum())
    lines = {"reserve": 0.0, "contributions": outgo, "administration": 0.0}
    basis = made.basis().assign(audited_accounts=accounts(**lines).isel(scenario=0, drop=True))
    basis = basis.assign(reserve_0=0.0 * basis["reserve_0"])
    found = project_finance(made.insured(), made.pensions(), basis, made.scheme(made.member()))
    np.testing.assert_array_equal(found["interest_rate"], made.INTEREST)
    assert float(found["reserve"][0]) == pytest.approx(0.0, abs=1e-6)


def test_projected_years_whose_accounts_are_blank_or_twice_there_are_refused():
    plain, scheme = made.basis(), made.scheme(made.member())
    given = accounts(reserve=60e3, administration=777.0).isel(scenario=0, drop=True)
    for wrong, message in (
        (math.nan * given, "audited_accounts: all lines of 2024 are blank"),
        (given.isel(account_line=[0, 1, 0]), "the line 'reserve' is there 2 times; give it once"),
    ):
        with pytest.raises(BadBasis, match=message):
            project_finance(made.insured(), made.pensions(), plain.assign(audited_accounts=wrong), scheme)


def test_a_change_of_three_factors_by_logarithmic_means():
    before, after = (2.0, 3.0, 5.0), (2.5, 2.0, 9.0)
    start, end = math.prod(before), math.prod(after)
    mean = (end - start) / math.log(end / start)
    by_hand = [mean * math.log(b / a) for a, b in zip(before, after, strict=True)]
    factors = {name: np.array(pair) for name, pair in zip("xyz", zip(before, after, strict=True), strict=True)}
    found = decompose(factors, from_year=1, to_year=2)
    np.testing.assert_allclose(found.factor_contribution, by_hand, rtol=1e-13)
    assert float(found.factor_contribution.sum()) == pytest.approx(end - start, rel=1e-13)


@pytest.mark.parametrize("tiny", [1e-60, 1e-140])
def test_factors_that_are_zero_take_the_limit_of_ever_smaller_ones(tiny):
    """Shares go to their limits as one over the logarithm: zeros alike, the third factor nothing."""
    exact = decompose({"x": [0.0, 2.0], "y": [0.0, 3.0], "z": [7.0, 5.0]}, from_year=1, to_year=2)
    near = decompose({"x": [tiny, 2.0], "y": [tiny, 3.0], "z": [7.0, 5.0]}, from_year=1, to_year=2)
    np.testing.assert_allclose(exact.factor_contribution, [15.0, 15.0, 0.0], atol=1e-12)
    slack = 40 / -math.log(tiny)
    np.testing.assert_allclose(near.factor_contribution, exact.factor_contribution, atol=slack)
    gone = decompose({"x": [4.0, 0.0], "z": [2.0, 3.0]}, from_year=1, to_year=2)
    np.testing.assert_allclose(gone.factor_contribution, [-8.0, 0.0], atol=1e-12)
    both = decompose({"x": [0.0, 2.0], "z": [2.0, 0.0]}, from_year=1, to_year=2)
    np.testing.assert_allclose(both.factor_contribution, 0.0, atol=1e-12)


REFUSED = [
    (lambda: steady_rate(*PLAIN, years=("a", "b")), "SameRatio: years must be whole numbers, but one of them is 'a'"),
    (lambda: steady_rate(*PLAIN, years=(2030.5, 2040)), "years must be whole numbers, but one of them is 2030.5"),
    (lambda: steady_rate(*PLAIN, years=(math.nan, 2040)), "years must be whole numbers, but one of them is nan"),
    (lambda: lowest_rate(*PLAIN, conditions=None), "but one is None"),
    (lambda: lowest_rate(*PLAIN, conditions=Solvent), "conditions must be conditions such as Solvent"),
    (lambda: ReserveRatio(at_least=math.nan), "ReserveRatio: at_least must be one number, at least 0, .*got nan"),
    (lambda: ReserveRatio(at_least="2"), "at_least must be one number, at least 0, .*got '2'"),
    (lambda: ReserveRatio(at_least=-1), "at_least must be one number, at least 0, .*got -1"),
    (lambda: NotFalling(years="2040"), "NotFalling: years must be whole numbers, but one of them is '2040'"),
    (
        lambda: stepped_rates(*PLAIN, conditions=[NotFalling(), ReserveRatio(at_least=9, years=2999)]),
        "ReserveRatio: 2999 is not a year of the period, which runs from 2021 to 2086",
    ),
    (lambda: stepped_rates(*PLAIN, control_period=math.nan), "control_period must be a whole number of years"),
    (lambda: stepped_rates(*PLAIN, rounding="0.01"), "rounding must be a part of earnings .*but it is '0.01'"),
    (lambda: lowest_rate(*PLAIN, first_period="x"), "first_period must be a part of a year, .*but it is 'x'"),
    (lambda: lowest_rate(*PLAIN, timing=True), "timing of contributions must be a fraction of the year"),
    (lambda: level_rate(*PLAIN, tail_growth="x"), "tail_growth must be a growth per year above -1 .*but it is 'x'"),
    (lambda: partial_funding(*PLAIN, liability=PLAIN[0], share="x"), "share must lie between 0 .*but it is 'x'"),
    (lambda: full_funding(*PLAIN, normal_cost=0.1, amortisation_years=math.nan), "amortisation_years must be whole"),
    (lambda: decompose([1.0, 2.0]), "decompose: the factors are list; write series by name"),
    (lambda: decompose(PLAIN[0]), "decompose: the factors are DataArray"),
]


@pytest.mark.parametrize(("call", "message"), REFUSED)
def test_settings_of_another_kind_are_refused_in_words(call, message):
    with pytest.raises(BadInput, match=message):
        call()
