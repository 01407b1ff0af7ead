"""Net emigration limited to those who are there, against the stocks that the projection then has."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.demography import limit_emigration, project_population
from actuarial.errors import BadInput, OutOfBounds
from actuarial.warned import warnings_of
from tests.demography.bases import small_basis, with_scenarios

STAYS = 1e-6
WOMEN = {"year": 2026, "sex": "female", "age": 3}


def leaving(persons=-300.0):
    basis = small_basis()
    basis.net_migration.loc[WOMEN] = persons
    return basis


def test_those_who_are_there_leave():
    """All but a millionth of the survivors of the women of 2 who are 3 at the end of 2026."""
    with pytest.warns(UserWarning, match=r"in 1 of 48 cells, the first: year=2026, sex='female', age=3; 2\d\d leavers"):
        found = limit_emigration(leaving())
    there = project_population(leaving(0.0)).population.sel(WOMEN)
    assert_allclose(found.net_migration.sel(WOMEN), -(1 - STAYS) * there, rtol=1e-12)
    assert_allclose(project_population(found).population.sel(WOMEN), STAYS * there, rtol=1e-8)
    xr.testing.assert_identical(found.net_migration.where(found.net_migration == leaving().net_migration, -300.0),
                                leaving().net_migration)  # fmt: skip
    (told,) = warnings_of(found)
    assert "leavers were left out" in told


def test_where_nobody_is_missing_nothing_changes(recwarn):
    xr.testing.assert_identical(limit_emigration(small_basis()), small_basis())
    assert not recwarn


@pytest.mark.parametrize("timing", ["end", "even", "start"])
def test_flows_that_empty_many_cells(timing):
    """Every flow is as it was or leaves a millionth of a stock of 1 January or of 31 December."""
    basis = small_basis()
    basis["net_migration"] -= 60.0
    with pytest.raises(OutOfBounds, match="limit_emigration"):
        project_population(basis, migration=timing)
    with pytest.warns(UserWarning, match="leavers were left out"):
        found = limit_emigration(basis, migration=timing)
    share, moved = {"end": 0.0, "even": 0.5, "start": 1.0}[timing], found.net_migration
    stock = project_population(found, migration=timing).population
    before = stock.shift(year=1).fillna(basis.population_0)
    assert float(stock.min()) >= 0.0
    assert float((before + share * moved).min()) >= 0.0
    early = np.isclose(before + share * moved, STAYS * before, rtol=1e-6)
    late = np.isclose(stock, STAYS * (stock - (1 - share) * moved), rtol=1e-6) & (share < 1)
    same = (moved == basis.net_migration).values
    assert same.any()
    assert not same.all()
    assert (same | (early & (share > 0)) | late)[:, :, 1:-1].all()
    assert (moved >= basis.net_migration).all()


def test_scenarios_have_limits_of_their_own():
    basis = with_scenarios("net_migration", calm=1.0, exodus=-100.0)
    with pytest.warns(UserWarning, match="leavers were left out"):
        found = limit_emigration(basis)
    xr.testing.assert_equal(found.net_migration.sel(scenario="calm"), basis.net_migration.sel(scenario="calm"))
    alone = basis.sel(scenario="exodus", drop=True)
    with pytest.warns(UserWarning, match="leavers were left out"):
        assert_allclose(found.net_migration.sel(scenario="exodus"), limit_emigration(alone).net_migration, rtol=1e-12)


def test_a_first_period_that_is_a_part_of_a_year_is_refused():
    with pytest.raises(BadInput, match="inside the first year"):
        limit_emigration(leaving().assign_attrs(valuation_date="2025-06-30"))
    with pytest.raises(BadInput, match="timing of the migrants"):
        limit_emigration(leaving(), migration="never")
