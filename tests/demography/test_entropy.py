"""Entropy and disparity of life tables: closed forms, changed mortality, ages at death one by one."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.demography import life_table, life_table_entropy
from actuarial.errors import MissingVariable

AGES = np.array([0, 1, *range(5, 90, 5)])
RATES = np.where(AGES < 1, 0.05, np.where(AGES < 5, 0.008, np.exp(-9.5 + 0.088 * AGES) + 1e-3))


def test_a_constant_force_has_the_entropy_one():
    found = life_table_entropy(life_table(np.full(AGES.size, 0.02), ages=AGES, ax="constant-force", radix=1e5))
    assert_allclose(found.entropy, 1.0, rtol=1e-12)
    assert_allclose(found.disparity, 50.0, rtol=1e-12)
    assert found.disparity.attrs["units"] == "years"


def test_deaths_spread_evenly_have_the_entropy_one_half():
    """l = w - x: e-dagger = w/4 and H = 1/2 at every age, but for the last years."""
    table = life_table(qx=np.append(1.0 / np.arange(100, 1, -1), 1.0), ax=0.5, ex_open=0.5)
    found = life_table_entropy(table)
    assert_allclose(found.entropy[:60], 0.5, atol=5e-4)
    assert_allclose(found.disparity[:60], (100.0 - np.arange(60)) / 4, rtol=1e-3)


@pytest.mark.parametrize("age", [0, 5, 65])
def test_it_is_the_fall_where_all_mortality_rises(age):
    single = np.exp(-9.5 + 0.088 * np.arange(111)) + 1e-3
    for rates, ages, off in ((RATES, AGES, 2e-3), (single, np.arange(111), 4e-4)):
        tables = [life_table(rates * (1 + part), ages=ages, ax="constant-force") for part in (-1e-5, 0.0, 1e-5)]
        low, middle, high = (float(table.ex.sel(age=age)) for table in tables)
        found = life_table_entropy(tables[1]).sel(age=age)
        assert float(found.disparity) == pytest.approx((low - high) / 2e-5, rel=1.5 * off)
        assert float(found.entropy) == pytest.approx((low - high) / 2e-5 / middle, rel=1.5 * off)


def test_single_and_wider_ages_agree_by_sex():
    single = np.exp(-9.5 + 0.088 * np.arange(111)) + 1e-3
    mx = xr.DataArray(single * np.array([[1.0], [1.3]]), dims=("sex", "age"), coords={"sex": ["female", "male"]})
    table = life_table(mx)
    wide = table.isel(age=range(0, 111, 5))
    died, width = 1 - wide.lx.shift(age=-1, fill_value=0.0) / wide.lx, np.append(np.full(22, 5.0), 0.0)
    ended = wide.lx.shift(age=-1, fill_value=0.0)
    lived = wide.Tx - wide.Tx.shift(age=-1, fill_value=0.0) - width * ended
    found = life_table_entropy(life_table(qx=died, ax=lived / (wide.lx - ended), ex_open=table.ex.isel(age=-1)))
    assert_allclose(found.disparity[:, 0], life_table_entropy(table).disparity[:, 0], atol=0.03)


def test_nobody_left_and_no_table():
    found = life_table_entropy(life_table(qx=[0.5, 1.0, 0.5], ax=0.5, ex_open=2.0))
    assert float(found.disparity[2]) == float(found.entropy[2]) == 0.0
    with pytest.raises(MissingVariable, match="table: mx, "):
        life_table_entropy(xr.Dataset({"qx": ("age", [0.5, 1.0])}))
