"""The whole chain on the small basis, and what it means that two results are alike."""

import numpy as np
import xarray as xr
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.scheme import Scheme
from actuarial.vocabulary import variables
from tests.reference.full_law import full_law
from tests.reference.small import small_basis

LAW = full_law()
UNITS = {name: row.units for name, row in variables().items()}


def short(years: int = 4) -> xr.Dataset:
    """The first years of the small basis, with a reserve that does not last."""
    basis = small_basis().isel(year=slice(0, years))
    return basis.assign(reserve_0=basis["reserve_0"] * 0.2)


def project(basis: xr.Dataset, law: Scheme = LAW) -> xr.Dataset:
    """All stages, on the grid of years."""
    return ac.project(basis, law, service="years")


def same(found, expected, names=None, rtol=1e-9):
    """All variables agree, relative to the greatest value of each."""
    for name in names or expected.data_vars:
        a, b = (side[name].transpose(*expected[name].dims).values for side in (found, expected))
        size = np.nanmax(abs(b)) if b.size and np.isfinite(b).any() else 0.0
        assert_allclose(a, b, rtol=rtol, atol=rtol * size + 1e-12, err_msg=str(name))


def identical(found, expected):
    """All variables have the same bits."""
    assert set(found.data_vars) == set(expected.data_vars)
    for name, array in expected.data_vars.items():
        other = found[name]
        assert (other.dims, other.dtype) == (array.dims, array.dtype), name
        assert other.values.tobytes() == array.values.tobytes(), name
