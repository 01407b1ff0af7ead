"""What `value` says of projected finances: cost rates and their factors, level rates, ratios and critical years."""

import numpy as np
import pytest
import xarray as xr

from actuarial.errors import BadInput, IdentityFailed, MissingVariable
from actuarial.scheme import Administration, Contribution, Funding
from actuarial.valuation import level_rate
from actuarial.valuation.finance import project_finance
from actuarial.valuation.indicators import value
from tests.valuation.scheme_data import (
    CONTRIBUTORS,
    EARNINGS,
    EXPENDITURE,
    INTEREST,
    OPENING,
    PENSIONERS,
    YEARS,
    basis,
    insured,
    member,
    pensions,
    scheme,
)

COSTS = Administration(share_of_earnings=0.01, share_of_benefits=0.02)
OUTGO = 1.02 * EXPENDITURE.sum(axis=1) + 0.01 * EARNINGS


def finances(*lines, assumptions=None, **parts):
    lines = lines or (member(rate=0.03), member(name="aid", payer="state", rate=0.005))
    parts = {"administration": COSTS, **parts}
    return project_finance(
        insured(), pensions(), basis() if assumptions is None else assumptions, scheme(*lines, **parts)
    )


def test_cost_rate_and_its_factors():
    result = value(finances())
    mean_pensioners = np.array([(58 + 70) / 2, (70 + 82) / 2, (82 + 94) / 2])
    contributors = CONTRIBUTORS.sum(axis=(1, 2, 3))
    average_pension = EXPENDITURE[:, :2].sum(axis=1) / mean_pensioners
    np.testing.assert_allclose(result.payg_cost_rate, OUTGO / EARNINGS, rtol=1e-13)
    np.testing.assert_allclose(result.demographic_ratio, mean_pensioners / contributors, rtol=1e-13)
    np.testing.assert_allclose(result.financial_ratio, average_pension / (EARNINGS / contributors), rtol=1e-13)
    np.testing.assert_allclose(result.lump_sum_rate, EXPENDITURE[:, 2] / EARNINGS, rtol=1e-13)
    parts = result.demographic_ratio * result.financial_ratio + result.lump_sum_rate + result.administration_rate
    np.testing.assert_allclose(parts, result.payg_cost_rate, rtol=1e-13)
    np.testing.assert_allclose(result.contribution_rate, 0.03, rtol=1e-13)
    assert PENSIONERS.sum(axis=1).tolist() == [70.0, 82.0, 94.0]


def test_reserve_ratios_take_all_outgo_with_administration():
    finance = finances()
    result = value(finance)
    np.testing.assert_allclose(result.reserve_ratio, finance.reserve / OUTGO, rtol=1e-13)
    before = np.append(OPENING, finance.reserve.values[:-1])
    np.testing.assert_allclose(result.trust_fund_ratio, before / OUTGO, rtol=1e-13)


def test_level_rates_gross_and_net_of_the_state():
    funding = Funding(target_reserve=1.5, timing={"contributions": 0.4, "outgo": 0.6}, within_year="simple")
    result = value(finances(funding=funding))
    settings = {"reserve": OPENING, "target": 1.5, "timing": funding.timing, "within_year": "simple"}
    flows = (OUTGO, EARNINGS, np.array(INTEREST))
    assert float(result.general_average_premium) == pytest.approx(float(level_rate(*flows, **settings)), rel=1e-12)
    net = level_rate(*flows, other_income=0.005 * EARNINGS, **settings)
    assert float(result.general_average_premium_net) == pytest.approx(float(net), rel=1e-12)
    assert result.general_average_premium.attrs["last_year"] == 2026
    assert result.general_average_premium.attrs["target_outgo"].startswith("outgo of 2027, extrapolated")


def test_horizon_and_target_can_be_chosen():
    result = value(finances(), last_year=2025, target=1.0)
    expected = level_rate(OUTGO, EARNINGS, np.array(INTEREST), reserve=OPENING, target=1.0, last_year=2)
    assert float(result.general_average_premium) == pytest.approx(float(expected), rel=1e-12)
    assert result.general_average_premium.attrs["target_outgo"] == "outgo of 2026"
    last = value(finances(), target=1.0, target_of="last").general_average_premium
    assert last.attrs["target_outgo"] == "outgo of 2026"
    with pytest.raises(BadInput, match="last_year=2031 is not a year of the series, which run from 2024 to 2026"):
        value(finances(), last_year=2031)


def test_the_net_rate_charged_balances_the_scheme():
    """Projected again at the net rate, the reserve ends at its target: the deficit line then has nothing to pay."""
    aid = member(name="aid", payer="state", rate=0.005)
    guarantee = Contribution(name="guarantee", payer="state", base="deficit")
    funding = Funding(target_reserve=0.5)
    first = finances(member(rate=0.001), aid, guarantee, funding=funding)
    assert first.deficit_income.sum() > 0
    rate = float(value(first, target_of="last").general_average_premium_net)
    again = finances(member(rate=rate), aid, guarantee, funding=funding)
    assert not again.deficit_income.any()
    assert float(again.reserve[-1]) == pytest.approx(0.5 * OUTGO[-1], rel=1e-10)


def test_critical_years_in_their_order_and_nan_where_they_do_not_come():
    """Flows of the first year are covered, interest carries the second, the reserve falls in the third and is left."""
    assumptions = basis()
    assumptions["interest_rate"][:] = [0.05, 0.05, 0.05]
    assumptions["reserve_0"] = xr.DataArray(100e3)
    rate = float(OUTGO[0] / EARNINGS[0]) * 1.0001
    result = value(finances(member(rate=rate), assumptions=assumptions))
    assert int(result.year_outgo_exceeds_contributions) == 2025
    assert int(result.year_reserve_falls) == 2026
    assert np.isnan(result.year_reserve_exhausted)
    poor = value(finances(member(rate=0.0001), assumptions=assumptions))
    years = [
        int(poor[f"year_{name}"]) for name in ("outgo_exceeds_contributions", "reserve_falls", "reserve_exhausted")
    ]
    assert years == [2024, 2024, 2025]


def test_without_pensioners_or_outgo_ratios_are_nan_and_the_cost_rate_is_not():
    nobody, opening = pensions(), basis()
    for name in ("benefit_expenditure", "pensioners"):
        nobody[name] = nobody[name] * xr.where(nobody["year"] == 2024, 0.0, 1.0)
    opening["pensioners_0"] = opening["pensioners_0"] * 0
    result = value(project_finance(insured(), nobody, opening, scheme(member())))
    assert np.isnan(result.financial_ratio[0])
    assert np.isnan(result.reserve_ratio[0])
    assert np.isnan(result.trust_fund_ratio[0])
    assert float(result.payg_cost_rate[0]) == 0.0
    assert np.isfinite(result.financial_ratio[1:]).all()


def test_every_scenario_is_valued_as_if_alone():
    assumptions = basis()
    shift = xr.DataArray([0.0, 0.02], dims="scenario", coords={"scenario": ["central", "high"]})
    assumptions["interest_rate"] = assumptions["interest_rate"] + shift
    result = value(finances(assumptions=assumptions))
    alone = value(finances(assumptions=assumptions.sel(scenario="high", drop=True)))
    assert result.general_average_premium.dims == ("scenario",)
    assert result.payg_cost_rate.dims == ("scenario", "year")
    for name in alone:
        np.testing.assert_allclose(result[name].sel(scenario="high"), alone[name], rtol=1e-12, err_msg=name)


@pytest.mark.parametrize(
    ("name", "meaning"), [("total_insurable_earnings", "insurable earnings"), ("total_contributors", "contributors")]
)
def test_a_year_without_anybody_insured_is_refused(name, meaning):
    finance = finances().copy(deep=True)
    finance[name].loc[{"year": 2025}] = 0.0
    with pytest.raises(BadInput) as caught:
        value(finance)
    assert str(caught.value) == (
        f"{name}: 1 of 3 years have no {meaning}, the first is 2025; a rate of nothing has no meaning.\n"
        "  Look at coverage and density of the basis, or value a shorter period."
    )


def test_pension_expenditure_without_pensioners_breaks_the_factors():
    finance = finances().copy(deep=True)
    finance["total_pensioners"].loc[{"year": 2026}] = 0.0
    with pytest.raises(IdentityFailed, match="the cost rate is the sum of its factors"):
        value(finance)


def test_finances_that_do_not_add_up_are_not_valued():
    finance = finances().copy(deep=True)
    finance["reserve"].loc[{"year": 2025}] += 100.0
    with pytest.raises(IdentityFailed, match="the reserve rolls forward"):
        value(finance)
    with pytest.raises(MissingVariable, match="outgo is missing: Total expenditure"):
        value(finances().drop_vars("outgo"))


def test_result_is_annotated_and_holds_its_own_variables_only():
    result = value(finances())
    assert result.payg_cost_rate.attrs["symbol"] == "PAYG"
    assert "reserve" not in result
    assert result.year.values.tolist() == YEARS
