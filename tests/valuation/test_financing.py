"""The table of financing rates: each cell is the rate that its own function finds, and what has none says why."""

import numpy as np
import pytest
import xarray as xr

from actuarial.errors import BadInput, MissingVariable
from actuarial.valuation import financing_rates, level_rate, scaled_premium, steady_rate, summarized_rates
from actuarial.valuation.finance import project_finance
from actuarial.valuation.indicators import value
from tests.valuation import scheme_data
from tests.valuation.data import EARNINGS, OUTGO
from tests.valuation.scheme_data import member

COUNT = 80
YEARS = np.arange(2025, 2025 + COUNT)
W = np.array([*EARNINGS, *(EARNINGS[-1] * 1.03**t for t in range(1, 21))])
O = np.array([*OUTGO, *(OUTGO[-1] * 1.03**t for t in range(1, 21))])
PAYERS = ("employee", "state", "state", "employer")
BASES = ("insurable_earnings", "benefit_expenditure", "deficit", "deficit")
RATES = np.array([0.09, 0.01, 0.002, 0.001])
TIMING = {"contributions": 0.4, "outgo": 0.5, "other_income": 0.6, "earnings": 0.4}


def finances(interest=0.05, target=1.0, years=COUNT):
    """Plain finances: members pay 9% and the State 1%; 0.3% make good a deficit."""
    year = ("year", YEARS[:years])
    lines = RATES * W[:years, None]
    interest = np.asarray(interest)
    dims = ("scenario", "year") if interest.ndim else ("year",)
    by_year = np.broadcast_to(interest[..., None], (*interest.shape, years))
    data = {
        "contribution_income": (("year", "contribution"), lines),
        "contributions": ("year", lines[:, 0] + lines[:, 3]),
        "state_income": ("year", lines[:, 1] + lines[:, 2]),
        "other_income": ("year", np.zeros(years)),
        "outgo": ("year", O[:years]),
        "total_insurable_earnings": ("year", W[:years]),
        "interest_rate": (dims, by_year),
        "reserve_0": 500.0,
        "target_reserve": target,
        "flow_timing": ("flow", list(TIMING.values()), {"within_year": "simple"}),
    }
    coords = {"year": year[1], "payer": ("contribution", list(PAYERS)), "base": ("contribution", list(BASES))}
    return xr.Dataset(data, {**coords, "flow": list(TIMING)})


SETTINGS = {"reserve": 500.0, "other_income": 0.01 * W, "timing": TIMING, "within_year": "simple"}


def test_every_cell_is_the_rate_of_its_own_function():
    found = financing_rates(finances())
    assert found.horizon.values.tolist() == [25, 50, 75, 80, np.inf]
    for length in (25, 50, 75, 80):
        settings = {"last_year": length, "target": 1.0, **SETTINGS}
        level = level_rate(O, W, 0.05, **settings)
        assert float(found.level_rate.sel(horizon=length)) == pytest.approx(float(level), rel=1e-13)
        summarized = summarized_rates(0.09 * W, O, W, 0.05, **settings)
        for name in ("summarized_income_rate", "summarized_cost_rate", "actuarial_balance"):
            assert float(found[name].sel(horizon=length)) == pytest.approx(float(summarized[name]), rel=1e-12)
    steady = steady_rate(O, W, 0.05, first_year=4, rate_before=0.09, **SETTINGS)
    assert float(found.steady_rate) == pytest.approx(float(steady), rel=1e-13)
    assert found.steady_rate.attrs["note"] == "reserve ratios of 2037 and 2087 are the same; charged from 2028"
    for period in (10, 15, 20):
        scaled = scaled_premium(O, W, 0.05, control_period=period, **SETTINGS).scaled_premium
        np.testing.assert_allclose(found.scaled_premium.sel(control_period=period), scaled, rtol=1e-13)
    assert found.scaled_premium.dims == ("control_period", "year")
    assert found.attrs == {"note": "none"}, "nothing that holds for one horizon alone"


def test_the_infinite_horizon_is_the_limit_of_long_ones():
    found = financing_rates(finances(target=0.0)).sel(horizon=np.inf)
    years = np.arange(1, 2000)
    outgo, earnings = (np.append(x, x[-1] * 1.03**years) for x in (O, W))
    settings = {**SETTINGS, "other_income": 0.01 * earnings, "target": 0.0}
    assert float(found.level_rate) == pytest.approx(float(level_rate(outgo, earnings, 0.05, **settings)), rel=1e-10)
    long = summarized_rates(0.09 * earnings, outgo, earnings, 0.05, **settings)
    assert float(found.actuarial_balance) == pytest.approx(float(long.actuarial_balance), rel=1e-9)
    assert float(found.actuarial_balance) == pytest.approx(0.09 - float(found.level_rate), rel=1e-10)
    assert found.level_rate.attrs["note"].endswith("in the last 10 years, 3.0000% a year")


def test_scenarios_whose_interest_is_not_above_growth_have_no_infinite_horizon():
    found = financing_rates(finances(interest=[0.05, 0.02]))
    infinite = found.sel(horizon=np.inf)
    alone = financing_rates(finances()).sel(horizon=np.inf)
    assert float(infinite.level_rate[0]) == float(alone.level_rate)
    assert np.isnan(infinite.level_rate[1])
    assert np.isnan(infinite.actuarial_balance[1])
    assert "no value in 1 of 2 cases, where interest is not above it" in found.level_rate.attrs["note"]
    assert not found.sel(horizon=[25, 50, 75, 80]).isnull().any().to_array().any()
    assert np.isnan(financing_rates(finances(interest=0.02)).level_rate.sel(horizon=np.inf))


def test_short_projections_say_what_they_cannot_tell():
    found = financing_rates(finances(years=30))
    assert found.horizon.values.tolist() == [25, 30, np.inf]
    assert found.attrs["note"] == "horizons of 50, 75 years are longer than the projection"
    assert np.isnan(found.steady_rate)
    assert "The series end with 2054, but the reserve ratios of 2037 and 2087 are wanted" in found.steady_rate.note
    one = financing_rates(finances(years=1).assign(target_reserve=0.0), horizons=())
    assert one.horizon.values.tolist() == [1, np.inf]
    assert one.level_rate.attrs["note"] == "no infinite horizon: there is no growth of earnings to go on"


def test_of_projected_finances_the_whole_horizon_is_the_net_general_average_premium():
    lines = (member(rate=0.03), member(name="aid", payer="state", rate=0.005))
    lines += (member(name="rest", payer="state", rate=0.5, base="deficit"),)
    finance = project_finance(
        scheme_data.insured(), scheme_data.pensions(), scheme_data.basis(), scheme_data.scheme(*lines)
    )
    assert float(finance.deficit_income.sum()) > 0
    found = financing_rates(finance)
    assert float(found.level_rate.sel(horizon=3)) == pytest.approx(
        float(value(finance).general_average_premium_net), rel=1e-13
    )
    assert float(found.actuarial_balance.sel(horizon=3)) == pytest.approx(
        0.03 - float(found.level_rate.sel(horizon=3)), rel=1e-12
    )


def test_what_cannot_be_meant_is_refused():
    with pytest.raises(BadInput, match="horizons must be whole numbers of years, at least 1"):
        financing_rates(finances(), horizons=(0, 25))
    with pytest.raises(MissingVariable, match="reserve_0"):
        financing_rates(finances().drop_vars("reserve_0"))
