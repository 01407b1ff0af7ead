"""Select life tables: closed forms, one life in figures, and what is refused."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.demography import annuity, close_table, life_table, select_table
from actuarial.errors import BadDimensions, BadInput, OutOfBounds

SELECT = np.array([[0.01, 0.02], [0.012, 0.024], [0.015, 0.03]])


def test_one_selected_life_in_figures():
    ultimate = xr.DataArray([0.1, 0.2, 0.3, 0.4, 1.0], {"age": range(50, 55)}, ["age"], name="qx")
    table = select_table(SELECT, ultimate, age=51, ages=[50, 51, 52], radix=1000.0)
    assert table.age.values.tolist() == [51, 52, 53, 54]
    assert_allclose(table.qx, [0.012, 0.024, 0.4, 1.0], rtol=1e-14)
    assert_allclose(table.lx, [1000.0, 988.0, 988 * 0.976, 988 * 0.976 * 0.6], rtol=1e-14)
    v = 1 / 1.03
    due = 1 + 0.988 * v + 0.988 * 0.976 * v**2 + 0.988 * 0.976 * 0.6 * v**3
    assert float(annuity(table, 0.03, age=51)) == pytest.approx(due, rel=1e-13)
    assert float(annuity(table, 0.03, age=52)) == pytest.approx((due - 1) / (0.988 * v), rel=1e-13)


def test_constant_forces_in_closed_form():
    """Force m for s years and M after them: e = (1 - e^(-s m))/m + e^(-s m)/M, whatever the age at selection."""
    m, force, s = 0.01, 0.03, 5
    ultimate = life_table(np.full(101, force), ax="constant-force")
    select = np.full((90, s), -np.expm1(-m))
    for age in (0, 40, 89):
        table = select_table(select, ultimate, age=age)
        left = (1 - np.exp(-s * m)) / m + np.exp(-s * m) / force
        assert float(table.ex[0]) == pytest.approx(left, rel=2e-4)  # times lived of the ultimate table
        paid = annuity(table, 0.04, age=age, payments=np.inf, fraction="constant-force")
        delta, years = np.log(1.04), np.exp(-s * (m + np.log(1.04)))
        assert float(paid) == pytest.approx((1 - years) / (m + delta) + years / (force + delta), rel=1e-12)


def test_without_an_effect_the_selected_are_everybody():
    rates = xr.DataArray(
        np.exp(-9.5 + 0.09 * np.arange(96)) * np.array([[1.0], [0.7]]),
        {"sex": ["male", "female"], "age": np.arange(96)},
        ["sex", "age"],
    )
    ultimate = life_table(close_table(rates, to_age=105))
    q = ultimate.qx.drop_attrs()
    select = xr.concat([q.sel(age=slice(30, 60)), q.shift(age=-1).sel(age=slice(30, 60))], dim="duration")
    table = select_table(select, ultimate, age=45)
    assert table.qx.dims == ("sex", "age")
    assert_allclose(table.ex, ultimate.ex.sel(age=slice(45, None)), rtol=1e-12)
    assert_allclose(annuity(table, 0.02, age=45), annuity(ultimate, 0.02, age=45), rtol=1e-12)


def test_what_is_refused():
    ultimate = [0.1, 0.2, 0.3, 0.4, 1.0]
    with pytest.raises(BadInput, match=r"selected at the ages 0 to 2 \(got 3\)"):
        select_table(SELECT, ultimate, age=3)
    with pytest.raises(BadInput, match="has the ages 0 to 4, and those selected at 3 come to it at 5"):
        select_table(SELECT, ultimate, age=3, ages=[1, 2, 3])
    with pytest.raises(OutOfBounds, match="select probabilities must not exceed 1"):
        select_table(100 * SELECT, ultimate, age=1)
    with pytest.raises(BadDimensions, match="rows of ages at selection"):
        select_table(SELECT[0], ultimate, age=1)
    by_sex = xr.DataArray([SELECT, SELECT], {"sex": ["male", "female"]}, ["sex", "age", "duration"])
    men = xr.DataArray([ultimate], {"sex": ["male"]}, ["sex", "age"], name="qx")
    with pytest.raises(BadDimensions, match="the same labels"):
        select_table(by_sex, men, age=1)
