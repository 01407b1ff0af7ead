"""Chain ladder: a published triangle, a pattern that is known, what is refused."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.errors import BadDimensions, BadInput
from actuarial.valuation.claims import paid_and_outstanding

# Taylor and Ashe (1983), payments up to each lag; results in Mack (1993), table 1, rounded to thousands there.
TAYLOR_ASHE = (
    (357848, 1124788, 1735330, 2218270, 2745596, 3319994, 3466336, 3606286, 3833515, 3901463),
    (352118, 1236139, 2170033, 3353322, 3799067, 4120063, 4647867, 4914039, 5339085),
    (290507, 1292306, 2218525, 3235179, 3985995, 4132918, 4628910, 4909315),
    (310608, 1418858, 2195047, 3757447, 4029929, 4381982, 4588268),
    (443160, 1136350, 2128333, 2897821, 3402672, 3873311),
    (396132, 1333217, 2180715, 2985752, 3691712),
    (440832, 1288463, 2419861, 3483130),
    (359480, 1421128, 2864498),
    (376686, 1363294),
    (344014,),
)  # fmt: skip
OUTSTANDING = (0, 95, 470, 710, 985, 1419, 2178, 3920, 4279, 4626)
SHARE = (0, 0.80, 0.26, 0.19, 0.27, 0.29, 0.26, 0.22, 0.23, 0.29)


def triangle(rows):
    size = len(rows)
    return np.array([[*np.diff(row, prepend=0.0), *[np.nan] * (size - len(row))] for row in rows])


def test_published_triangle():
    found = ac.health.chain_ladder(triangle(TAYLOR_ASHE))
    assert_allclose(found.outstanding / 1e3, OUTSTANDING, atol=0.5)
    assert_allclose((found.standard_error[1:] / found.outstanding[1:]).values, SHARE[1:], atol=0.005)
    assert round(float(found.outstanding.sum())) == 18_680_856
    assert round(found.total_standard_error / 1e3) == 2_447


@pytest.mark.parametrize("tail", [1.0, 1.05])
def test_a_pattern_comes_back_and_fits_a_basis(tail):
    pattern = np.array([0.55, 0.25, 0.12, 0.08]) / tail
    cost = np.array([100.0, 130.0, 90.0, 160.0])
    paid = np.array([[c * p if i + k < 4 else np.nan for k, p in enumerate(pattern)] for i, c in enumerate(cost)])
    years = xr.DataArray(paid, dims=("year", "lag"), coords={"year": [2022, 2023, 2024, 2025], "lag": range(4)})
    found = ac.health.chain_ladder(years.transpose("lag", "year"), tail=tail)
    whole = [*pattern, 1.0 - pattern.sum()] if tail > 1.0 else pattern
    assert_allclose(found.payment_pattern, whole, atol=1e-14)
    assert_allclose(found.incurred.sel(year=[2022, 2023, 2024, 2025]), cost, rtol=1e-13)
    assert_allclose(found.outstanding, cost - np.nansum(paid, axis=1), atol=1e-12)
    assert found.total_standard_error < 1e-5
    basis = xr.Dataset(
        {"payment_pattern": found.payment_pattern, "claims_outstanding_0": float(found.outstanding.sum())}
    )
    later, left = paid_and_outstanding(np.zeros(9), basis)
    assert_allclose(later.sum(), float(found.outstanding.sum()), rtol=1e-12)
    assert abs(left[-1]) < 1e-10


def test_what_cannot_be_completed_is_refused():
    good = triangle([(50.0, 80.0, 90.0), (60.0, 90.0), (70.0,)])
    for change, error, text in (
        ({(0, 2): np.nan}, BadInput, "no number where payments are past, in 1 of 9 cells"),
        ({(2, 1): 3.0}, BadInput, "a number where payments are to come"),
        ({(1, 0): 0.0, (1, 1): 0.0}, BadInput, "up to lag 0 nothing was paid of place 1"),
    ):
        wrong = good.copy()
        for place, value in change.items():
            wrong[place] = value
        with pytest.raises(error, match=text):
            ac.health.chain_ladder(wrong)
    for tail in (0.9, True, "1"):
        with pytest.raises(BadInput, match="tail must be a number, at least 1"):
            ac.health.chain_ladder(good, tail=tail)
    assert ac.health.chain_ladder(good, tail=np.int64(1)).payment_pattern.size == len(good)
    with pytest.raises(BadInput, match="rows of numbers of one length"):
        ac.health.chain_ladder([[1.0, 2.0], [3.0]])
    with pytest.raises(BadDimensions, match="an array of 1 dims"):
        ac.health.chain_ladder([1.0, 2.0])
    with pytest.raises(BadDimensions, match="as many lags as years"):
        ac.health.chain_ladder(good[:, :2])
    with pytest.raises(BadDimensions, match="by year and lag"):
        ac.health.chain_ladder(xr.DataArray(good, dims=("year", "age")))
    with pytest.raises(BadDimensions, match="the lags must be 0, 1, 2"):
        ac.health.chain_ladder(xr.DataArray(good, dims=("year", "lag"), coords={"lag": [1, 2, 3]}))
