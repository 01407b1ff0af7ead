"""Calibration: margins met, the base year of the accounts reproduced, contradictions refused."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from actuarial.errors import BadBasis
from actuarial.health.calibration import calibration, rake, scaled_groups, unusual
from actuarial.health.sharing import excess

COORDS = {
    "service_type": xr.DataArray(["a", "b"], dims="service_type", coords={"service_type": ["a", "b"]}),
    "health_group": xr.DataArray(["x", "y", "z"], dims="health_group", coords={"health_group": ["x", "y", "z"]}),
}
positive = st.floats(0.1, 100.0)


def accounts(services=None, groups=None):
    found = {}
    if services is not None:
        found["expenditure_by_service_0"] = xr.DataArray(np.array(services, float), coords=[COORDS["service_type"]])
    if groups is not None:
        found["expenditure_by_group_0"] = xr.DataArray(np.array(groups, float), coords=[COORDS["health_group"]])
    return xr.Dataset(found)


@given(*(arrays(float, shape, elements=positive) for shape in ((4, 3), 4, 3)))
def test_raking_meets_both_margins_and_keeps_odds_ratios(start, rows, columns):
    columns = columns * rows.sum() / columns.sum()
    found = rake(start, rows, columns)
    np.testing.assert_allclose(found.sum(axis=1), rows, rtol=1e-9)
    np.testing.assert_allclose(found.sum(axis=0), columns, rtol=1e-9)
    odds = [table[1:, 1:] * table[0, 0] / (table[1:, :1] * table[:1, 1:]) for table in (start, found)]
    np.testing.assert_allclose(odds[1], odds[0], rtol=1e-8)


def test_margins_that_leave_little_to_exchange_are_met_too():
    """Two services with a thousandth of their use in common: one table alone has these sums and the zero."""
    start, common = np.array([[1.0, 1.0], [0.0, 1.0]]), 1e-3
    found = rake(start, np.array([1.0 + common, 1.0]), np.array([1.0, 1.0 + common]))
    np.testing.assert_allclose(found, [[1.0, common], [0.0, 1.0]], rtol=1e-8)


def test_one_margin_is_met_at_once():
    start = np.array([[1.0, 3.0], [2.0, 2.0]])
    np.testing.assert_allclose(rake(start, None, np.array([6.0, 5.0])), [[2.0, 3.0], [4.0, 2.0]], rtol=1e-14)


def linear(used):
    return lambda factors: used * factors


USED = np.array([[10.0, 20.0, 30.0], [5.0, 5.0, 20.0]])


def test_factors_lead_to_the_accounts_by_service_and_group():
    factors = calibration(accounts([90.0, 27.0], [20.0, 40.0, 57.0]), COORDS, linear(USED))
    table = USED * factors
    np.testing.assert_allclose(table.sum(axis=1), [90.0, 27.0], rtol=1e-9)
    np.testing.assert_allclose(table.sum(axis=0), [20.0, 40.0, 57.0], rtol=1e-9)
    assert calibration(accounts(), COORDS, linear(USED)).tolist() == np.ones((2, 3)).tolist()


def test_factors_are_found_where_patients_pay_a_deductible():
    def expenditure(factors):
        mean = 40.0 * factors
        low, high = np.full((2, 3), 25.0), np.full((2, 3), 1e18)
        return USED * excess(mean, 1.2, low, high)

    goal = np.array([1500.0, 400.0])
    factors = calibration(accounts(goal), COORDS, expenditure)
    np.testing.assert_allclose(expenditure(factors).sum(axis=1), goal, rtol=1e-9)
    assert np.ptp(factors[0]) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("given_accounts", "used", "words"),
    [
        (accounts([90, 27], [20, 40, 50]), USED, r"by service sum to 117, those by group to 110, -6.0%"),
        (accounts([90, 27]), np.array([[1, 1, 1], [0, 0, 0]]), "service_0: b has accounts of 27 and no use"),
        (accounts(None, [1, 1, 1]), np.array([[1, 1, 0], [1, 1, 0]]), "group_0: z has accounts of 1 and no use"),
    ],
)
def test_accounts_that_cannot_be_met_are_refused(given_accounts, used, words):
    with pytest.raises(BadBasis, match=words):
        calibration(given_accounts, COORDS, linear(np.asarray(used, dtype=float)))


def test_margins_that_no_table_meets_are_refused():
    with pytest.raises(BadBasis, match="no table with the use of these groups has both sums"):
        rake(np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([9.0, 1.0]), np.array([2.0, 8.0]))


def test_factors_far_from_one_are_named():
    factors = np.array([[1.0, 1.3, 0.9], [0.7, 1.0, 1.2]])
    (text,) = unusual(factors, COORDS, np.array([[True, True, True], [True, False, True]]))
    assert text.startswith("calibration: 2 of 5 factors lie outside 0.8 to 1.25: a/y 1.300, b/x 0.700;")
    assert unusual(np.ones((2, 3)), COORDS, USED > 0) == []


def test_accounts_by_group_that_are_scaled_are_told():
    basis = accounts([600.0, 400.0], [500.0, 300.0, 204.0])
    assert scaled_groups(basis, COORDS) == [
        "calibration: the accounts by group sum to 1,004, those by service to 1,000 (+0.4%); those by group are "
        "multiplied by 0.996016."
    ]
    assert scaled_groups(accounts([600.0, 400.0], [500.0, 300.0, 200.0 + 1e-8]), COORDS) == []
    assert scaled_groups(accounts([600.0, 400.0]), COORDS) == []
    by_scenario = xr.concat([accounts([600.0, 400.0], [500.0, 300.0, 200.0]), basis], dim="scenario")
    told = scaled_groups(by_scenario.assign_coords(scenario=["low", "high"]), COORDS)
    assert told[0].endswith("(+0.4%) in scenario high; those by group are multiplied by 0.996016.")
