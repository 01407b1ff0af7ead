"""A basis beyond its last year."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.errors import BadInput
from actuarial.readiness import check_basis
from actuarial.studies import prolong
from actuarial.studies.prolong import run_off_year
from tests.reference.full_law import full_law
from tests.reference.small import small_basis


@pytest.fixture(scope="module")
def basis():
    factor = xr.DataArray([1.0, 1.1], dims="scenario", coords={"scenario": ["central", "exits"]})
    made = small_basis()
    growth = xr.DataArray([1.0, 1.03], dims="scenario", coords={"scenario": ["central", "exits"]})
    gdp = 5e11 * growth ** (made["year"] - 2024)
    return made.assign(exit_rate=made["exit_rate"] * factor, gdp=gdp)


def test_assumptions_of_the_last_year_stay_and_money_goes_on_growing(basis):
    longer = prolong(basis, 2040)
    assert longer["year"].values.tolist() == list(range(2025, 2041))
    xr.testing.assert_identical(longer.isel(year=slice(0, 10)).drop_vars("gdp"), basis.drop_vars("gdp"))
    last = basis.isel(year=-1, drop=True)
    for name in ("mx", "exit_rate", "coverage", "interest_rate"):
        assert longer[name].dims == basis[name].dims
        assert (longer[name].sel(year=slice(2035, None)) == last[name]).all()
    assert longer["gdp"].dims == basis["gdp"].dims
    assert_allclose(longer["gdp"].sel(year=2040), [5e11, 5e11 * 1.03**16], rtol=1e-12)
    check_basis(longer, full_law())
    assert prolong(basis, 2034) is basis


def test_run_off_ends_20_years_after_the_youngest_is_of_the_last_age(basis):
    """Members of 18 and more in 2024: 100 in 2106."""
    assert run_off_year(basis) == 2126
    old = basis.assign(active_0=basis["active_0"].where(basis["age"] >= 50, 0.0), inactive_0=0 * basis["inactive_0"])
    assert run_off_year(old) == 2094
    nobody = basis.assign(active_0=0 * basis["active_0"], inactive_0=0 * basis["inactive_0"])
    assert run_off_year(nobody) == 2034


@pytest.mark.parametrize("year", [2033, 2040.5])
def test_a_basis_is_not_shortened(basis, year):
    with pytest.raises(BadInput, match=f"prolong: {year} is no year from 2034 on"):
        prolong(basis, year)
    with pytest.raises(BadInput, match="has no years"):
        prolong(basis.isel(year=0, drop=True), 2040)


def test_money_that_is_0_stays():
    basis = xr.Dataset({"gdp": ("year", np.zeros(2))}, {"year": [2025, 2026]})
    assert prolong(basis, 2030)["gdp"].values.tolist() == [0.0] * 6
