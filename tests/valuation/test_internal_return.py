"""The rate of return of flows: closed forms, the equation of value, and flows that have none."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from actuarial.errors import BadInput
from actuarial.translation import language, message_of, told
from actuarial.valuation import internal_rate_of_return

rates = st.floats(-0.3, 0.5)
flows = st.lists(st.floats(0.1, 10.0), min_size=1, max_size=30)


@given(rates, flows, flows, st.floats(0.0, 0.9), st.floats(0.0, 1.0))
def test_what_is_accumulated_at_a_rate_returns_it(rate, paid, received, early, late):
    """Contributions of some years, then benefits that are worth as much at the rate."""
    n, m = len(paid), len(received)
    contributions, outgo = np.concatenate([paid, np.zeros(m)]), np.concatenate([np.zeros(n), received])
    start = np.arange(n + m)
    ratio = np.sum(contributions * (1 + rate) ** -(start + early)) / np.sum(outgo * (1 + rate) ** -(start + late))
    found = internal_rate_of_return(contributions, outgo * ratio, timing={"contributions": early, "outgo": late})
    assert float(found) == pytest.approx(rate, abs=1e-11)


def test_closed_forms():
    """Two payments; an annuity certain; a perpetuity of 5 for 100 but for its rest; a first period of half a year."""
    assert float(internal_rate_of_return([100.0, 0.0], [0.0, 108.0])) == pytest.approx(0.08, abs=1e-14)
    annuity = 100.0 * 0.04 / (1 - 1.04**-20)
    timing = {"contributions": 0.0, "outgo": 1.0}
    found = internal_rate_of_return(np.eye(1, 20)[0] * 100.0, np.full(20, annuity), timing=timing)
    assert float(found) == pytest.approx(0.04, abs=1e-13)
    half = internal_rate_of_return([100.0, 0.0], [0.0, 110.0], timing=0.0, first_period=0.5)
    assert float(half) == pytest.approx(1.1**2 - 1, abs=1e-13)


def test_scenarios_have_rates_of_their_own_and_loans_have_one_too():
    year = np.arange(2025, 2028)
    outgo = xr.DataArray([[0, 0, 121.0], [0, 0, 100.0]], dims=("scenario", "year"), coords={"year": year})
    paid = xr.DataArray([100.0, 0.0, 0.0], dims="year", coords={"year": year})
    found = internal_rate_of_return(paid, outgo)
    np.testing.assert_allclose(found, [0.1, 0.0], atol=1e-14)
    assert found.dims == ("scenario",)
    assert found.attrs["units"] == "1/year"
    assert float(internal_rate_of_return([0.0, 105.0], [100.0, 0.0])) == pytest.approx(0.05, abs=1e-14)


@pytest.mark.parametrize(
    ("paid", "received", "text"),
    [
        ([1.0, 1.0], [0.0, 0.0], "changes its sign 0 times, in 1 of 1 cases"),
        ([1.0, 0.0, 1.0], [0.0, 2.5, 0.0], "changes its sign 2 times, in 1 of 1 cases"),
        ([1.0, 2.0], [1.0, 2.0], "changes its sign 0 times"),
        ([1.0, np.nan], [0.0, 2.0], "contributions"),
        ([1.0, 1.0, 0.0], [0.0, 2.0], "year"),
    ],
)
def test_flows_without_one_rate_are_refused(paid, received, text):
    with pytest.raises(BadInput, match=text):
        internal_rate_of_return(np.array(paid), np.array(received))


def test_flows_far_apart_have_a_rate_as_long_as_it_is_a_number():
    """10^200 for 10^-20 a year later, and for 1 after fifty years; not for 10^-250."""
    found = internal_rate_of_return([1e-20, 0.0], [0.0, 1e200])
    assert float(found) == pytest.approx(1e220, rel=1e-9)
    found = internal_rate_of_return(np.eye(1, 51)[0], 1e200 * np.eye(1, 51, 50)[0])
    assert float(found) == pytest.approx(1e4 - 1, rel=1e-12)
    with pytest.raises(BadInput, match="one payment is up to 1e-250 and one benefit up to 1e") as refused:
        internal_rate_of_return([1e-250, 0.0], [0.0, 1e200])
    for code in ("fr", "es"):
        assert "Look at the units" not in told(message_of(refused.value), language(code))
