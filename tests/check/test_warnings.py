"""Warnings of a result: stored as one text, read as a sequence, shown one below the other."""

import pytest
import xarray as xr

import actuarial as ac
from actuarial.errors import BadInput
from actuarial.report.files import write_netcdf


def test_warnings_are_a_sequence_that_survives_a_file(tmp_path):
    lines = ("density is low", f"wages are high: {'very ' * 40}high", "été à 3%")
    result = xr.Dataset({"x": 1.0}, attrs={"warnings": "\n".join(lines)})
    write_netcdf(result, tmp_path / "r.nc")
    with xr.open_dataset(tmp_path / "r.nc") as stored:
        assert ac.warnings_of(stored) == lines
    shown = repr(ac.warnings_of(result)).splitlines()
    assert shown[:2] == ["Warnings: 3", "  - density is low"]
    assert shown[3].startswith("    very")
    assert max(map(len, shown)) <= 110
    assert shown[-1] == "  - été à 3%"


def test_a_result_without_warnings():
    assert ac.warnings_of(xr.Dataset()) == ()
    assert repr(ac.warnings_of(xr.Dataset(attrs={"warnings": ""}))) == "No warnings."
    with pytest.raises(BadInput, match=r"warnings_of: give the Dataset of a run \(got str\)"):
        ac.warnings_of("density is low")
