"""Life tables that are kept: never those of other rates, rules or labels, never to be written to."""

import numpy as np
import pytest
import xarray as xr

from actuarial.demography import mortality
from actuarial.demography.mortality import basis_life_table, member_survival
from actuarial.demography.survival import survival_table
from actuarial.errors import BadDimensions, MissingVariable, OutOfBounds
from tests.reference.small import small_basis


@pytest.fixture
def basis():
    return small_basis()[["mx"]]


def test_a_table_is_that_of_its_rates_whatever_was_asked_before(basis):
    ratio = xr.DataArray([1.2, 0.9], coords={"sex": basis["sex"]}, dims="sex")
    later = basis["mx"].assign_coords(year=basis["year"] + 1)
    cases = [
        (basis, None, basis["mx"]),
        (basis, ratio, basis["mx"] * ratio),
        (basis, 1.1 * ratio, basis["mx"] * (1.1 * ratio)),
        (xr.Dataset({"mx": later}, attrs=basis.attrs), None, later),
        (basis.assign(mx=1.01 * basis["mx"]), None, 1.01 * basis["mx"]),
        (basis.assign_attrs(a0_rule="andreev_kingkade"), None, basis["mx"]),
        (basis.assign(a0=("sex", [0.1, 0.2])), None, basis["mx"]),
    ]
    for _ in range(2):
        for data, factor, rates in cases:
            rule = data["a0"] if "a0" in data else data.attrs["a0_rule"]
            xr.testing.assert_identical(basis_life_table(data, factor), survival_table(rates.drop_attrs(), rule))


def test_rates_changed_in_place_have_another_table(basis):
    before = member_survival(basis).values.copy()
    basis["mx"].values[:] *= 2.0
    after = member_survival(basis)
    np.testing.assert_array_equal(after, survival_table(basis["mx"], basis.attrs["a0_rule"])["px"])
    assert (after.values < before).all()


def test_nobody_writes_into_a_table_that_others_get(basis):
    first = basis_life_table(basis)
    first["note"], first["px"].attrs["units"] = 1.0, "wrong"
    second = basis_life_table(basis)
    assert "note" not in second
    assert second["px"].attrs["units"] != "wrong"
    with pytest.raises(ValueError, match="read-only"):
        second["px"].values[0, 0, 0] = 0.5


def test_a_table_that_is_kept_excuses_no_mistake(basis):
    basis_life_table(basis)
    with pytest.raises(MissingVariable, match="mx"):
        basis_life_table(basis.drop_vars("mx"))
    with pytest.raises(BadDimensions, match="sex"):
        basis_life_table(basis.isel(sex=[1, 0]))
    with pytest.raises(OutOfBounds, match="units"):
        basis_life_table(basis.assign(mx=basis["mx"].assign_attrs(units="per 1000")))


def test_few_tables_are_kept_and_no_large_one(basis, monkeypatch):
    kept = mortality._Tables()
    monkeypatch.setattr(mortality, "_tables", kept)
    for factor in np.linspace(1.0, 1.5, mortality.KEPT + 5):
        basis_life_table(basis.assign(mx=factor * basis["mx"]))
    assert len(kept.made) == mortality.KEPT
    many = basis["mx"].expand_dims(scenario=range(40))
    table = basis_life_table(basis.assign(mx=many))
    assert table["lx"].size > mortality.LARGEST
    assert len(kept.made) == mortality.KEPT
    assert all(one["lx"].size <= mortality.LARGEST for _, one in kept.made)
